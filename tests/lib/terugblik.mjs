// Starts the real program on a folder of its own, and talks to it: for every
// test that needs a running server.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { once } from 'node:events';
import { webcrypto as crypto } from 'node:crypto';
import net from 'node:net';

const build = process.env.TB_BUILD_DIR ?? new URL('../../build', import.meta.url).pathname;
export const program = process.env.TERUGBLIK ?? join(build, 'src/terugblik');
export const rtspCamera = join(build, 'tests/element/rtsp-camera');

/** For every process of the program: warnings are fatal, and keys cheap (only for tests). */
export const environment = { G_DEBUG: 'fatal-warnings', TERUGBLIK_KDF_WORK: '10' };

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** Waits until CHECK gives something true, and gives that; fails after MS. */
export async function until(check, ms = 10000, what = check.toString()) {
  const deadline = Date.now() + ms;
  for (;;) {
    const value = await check();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`not within ${ms} ms: ${what}`);
    await sleep(50);
  }
}

/** The passphrase of everybody in the tests. */
export const PASSPHRASE = 'vier woorden als proef';

/** Somebody who talks to a server: signed in by a cookie, or nobody. */
export class Client {
  constructor(server, cookie = null, person = null) {
    this.server = server;
    this.cookie = cookie;
    this.person = person;
  }

  get address() { return this.server.url ?? this.server.address; }

  /** One request; gives {status, body, headers}. */
  async ask(method, path, body, headers = {}) {
    const answer = await fetch(this.address + path, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(this.cookie === null ? {} : { Cookie: this.cookie }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const given = answer.headers.getSetCookie?.() ?? [answer.headers.get('set-cookie')].filter(Boolean);
    for (const line of given) {
      const pair = line.split(';')[0];
      this.cookie = pair.endsWith('=') ? null : pair;
    }
    const text = await answer.text();
    let parsed = text;
    if ((answer.headers.get('content-type') ?? '').startsWith('application/json') && text !== '') parsed = JSON.parse(text);
    return { status: answer.status, body: parsed, headers: answer.headers };
  }

  /** The same, and fails unless it is well. */
  async good(method, path, body) {
    const answer = await this.ask(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** An event stream: calls LISTENER(event, data, id); gives a function that ends it. */
  follow(path, listener, headers = {}) {
    const controller = new AbortController();
    (async () => {
      const answer = await fetch(this.address + path, {
        headers: { Accept: 'text/event-stream', ...(this.cookie === null ? {} : { Cookie: this.cookie }), ...headers },
        signal: controller.signal,
      });
      const decoder = new TextDecoder();
      let rest = '';
      for await (const chunk of answer.body) {
        rest += decoder.decode(chunk, { stream: true });
        for (let end; (end = rest.indexOf('\n\n')) >= 0; rest = rest.slice(end + 2)) {
          const fields = {};
          for (const line of rest.slice(0, end).split('\n')) {
            const colon = line.indexOf(': ');
            if (colon > 0) fields[line.slice(0, colon)] = line.slice(colon + 2);
          }
          if (fields.event) listener(fields.event, JSON.parse(fields.data), fields.id === undefined ? undefined : Number(fields.id));
        }
      }
    })().catch(() => {});
    return () => controller.abort();
  }

  async signIn(login, passphrase = PASSPHRASE) {
    const answer = await this.good('POST', '/api/session', { login, passphrase });
    this.person = answer.person;
    return answer;
  }
}

/** A running program. It is also the first coach, who set it up (login “coach”), signed in. */
export class Server extends Client {
  /** options: data (kept if given), listen, env, prefix (a command in front, as "prlimit …"), args (more of them),
   *  fresh (not set up, nobody signed in), signIn: false (not signed in anew: the vault stays as it is) */
  static async start(options = {}) {
    const server = new Server();
    server.server = { get address() { return server.url; } };
    server.own = options.data === undefined;
    server.data = options.data ?? mkdtempSync(join(tmpdir(), 'terugblik-'));
    await server.run(options);
    return server;
  }

  async run(options = {}) {
    const words = [...(options.prefix ?? []), program, 'serve', '--json', '--data', this.data,
      '--listen', options.listen ?? '127.0.0.1:0', ...(options.args ?? [])];
    this.errors = '';
    this.process = spawn(words[0], words.slice(1), {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...environment, ...options.env },
    });
    this.process.stderr.on('data', (text) => { this.errors += text; });
    const exited = once(this.process, 'exit');
    let text = '';
    const ready = new Promise((done) => {
      this.process.stdout.on('data', (chunk) => {
        text += chunk;
        if (text.includes('}\n')) done(JSON.parse(text));
      });
    });
    const first = await Promise.race([ready, exited]);
    if (Array.isArray(first)) throw new Error(`terugblik ended with ${first[0] ?? first[1]}: ${this.errors}`);
    this.url = first.address;
    this.addresses = first.addresses;
    this.port = Number(new URL(first.address).port);
    this.exited = exited;
    if (!options.fresh && options.signIn !== false) await this.enter();
  }

  get address() { return this.url; }

  /** Sets it up when nobody has; signs in as the coach, which opens the vault. */
  async enter() {
    const { setup_needed: needed } = await this.good('GET', '/api/session');
    if (needed) {
      const made = await this.good('POST', '/api/setup', { name: 'Test', login: 'coach', passphrase: PASSPHRASE });
      this.person = made.person;
      this.recovery = made.recovery;
    } else {
      await this.signIn('coach');
    }
  }

  lock() { return this.good('POST', '/api/vault/lock', {}); }
  unlock() { return this.good('POST', '/api/vault/unlock', { passphrase: PASSPHRASE }); }

  /** Invites somebody and signs them in: {name, roles, login?}. Gives their client. */
  async invite(fields) {
    const login = fields.login ?? fields.name.toLowerCase().replace(/[^a-z]+/g, '.');
    const { person, invitation } = await this.good('POST', '/api/people', { name: fields.name, login, roles: fields.roles });
    const client = new Client(this);
    await client.good('POST', '/api/invitations/accept', { code: invitation.code, passphrase: PASSPHRASE });
    client.person = person;
    return client;
  }

  /** Films a visit until there are SECONDS of it; it goes on. */
  async film(visit, seconds) {
    await this.good('POST', `/api/visits/${visit.id}/recording`, {});
    await until(async () => (await this.good('GET', `/api/visits/${visit.id}`)).tracks.some((one) => one.segments[0]?.duration >= seconds), 60000 + seconds * 1000, `${seconds} s are filmed`);
  }

  get pid() { return this.process.pid; }

  /** Bytes as they are; gives everything the server says until it closes (or MS pass). */
  raw(bytes, ms = 5000) {
    return new Promise((done) => {
      const socket = net.connect(this.port, '127.0.0.1');
      let text = '';
      const finish = () => { socket.destroy(); done(text); };
      socket.setTimeout(ms, finish);
      socket.on('data', (chunk) => { text += chunk.toString('latin1'); });
      socket.on('close', () => done(text));
      socket.on('error', () => done(text));
      socket.on('connect', () => { socket.write(bytes); });
    });
  }

  async kill(signal = 'SIGKILL') {
    this.process.kill(signal);
    await this.exited;
  }

  /** Ends it as a person would, and clears up. Fails when it did not end well. */
  async stop() {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      this.process.kill('SIGTERM');
      const [code, signal] = await this.exited;
      if (code !== 0) throw new Error(`terugblik ended with ${code ?? signal}: ${this.errors}`);
    }
    if (this.own) rmSync(this.data, { recursive: true, force: true });
  }
}

/** Runs a command of the program; gives {status, stdout, stderr}. */
export function command(args, options = {}) {
  const run = spawnSync(program, args, {
    encoding: 'utf8', timeout: 120000, ...options, env: { ...process.env, TERUGBLIK_KDF_WORK: '10', ...options.env },
  });
  return { status: run.status, stdout: run.stdout, stderr: run.stderr };
}

/** Makes the vault of a data folder and its first coach (as Server does), for commands without a server. */
export function init(data) {
  const file = join(data, '..', `${basename(data)}.passphrase`);
  writeFileSync(file, `${PASSPHRASE}\n`, { mode: 0o600 });
  const made = command(['vault', 'init', '--data', data, '--name', 'Test', '--login', 'coach', '--passphrase-file', file]);
  rmSync(file);
  if (made.status !== 0) throw new Error(`vault init: ${made.stderr}`);
}

/** A UUID version 7, as a browser makes it. */
export function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  new DataView(bytes.buffer).setUint32(0, Math.floor(Date.now() / 65536));
  new DataView(bytes.buffer).setUint16(4, Date.now() % 65536);
  bytes[6] = 0x70 | (bytes[6] & 15);
  bytes[8] = 0x80 | (bytes[8] & 63);
  const hex = [...bytes].map((b) => b.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** A tap as the page sends it. */
export function tap(fields = {}, extra = {}) {
  return {
    id: uuid(), target: 'observation', target_id: uuid(), action: 'add', author: 'Test', device: 'test',
    made_at: new Date().toISOString(),
    fields: { instrument: null, code: null, kind: 'point', tapped_at: new Date().toISOString(), uncertainty: 0.001, observer: 'Test', ...fields },
    ...extra,
  };
}
