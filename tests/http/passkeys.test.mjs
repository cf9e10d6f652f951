// Passkeys over HTTP, with an authenticator written here: what is right gets in, and whatever is wrong about it does not.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { Client, PASSPHRASE, Server, until, uuid } from '../lib/terugblik.mjs';
import { assertFits, named } from './tools.mjs';

const b64 = (bytes) => Buffer.from(bytes).toString('base64url');
const sha256 = (bytes) => createHash('sha256').update(bytes).digest();
const PRESENT = 1;
const VERIFIED = 4;
const ATTESTED = 0x40;
const EXTENDED = 0x80;

/** The few shapes of CBOR in a public key. */
function cbor(value) {
  const head = (major, n) => (n < 24 ? Buffer.from([major << 5 | n]) : n < 256 ? Buffer.from([major << 5 | 24, n]) : Buffer.from([major << 5 | 25, n >> 8, n & 255]));
  if (value instanceof Map) return Buffer.concat([head(5, value.size), ...[...value].flatMap(([k, v]) => [cbor(k), cbor(v)])]);
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
  return value < 0 ? head(1, -1 - value) : head(0, value);
}

const bytesOf = (text) => Buffer.from(text, 'base64url');
const kinds = {
  ES256: {
    make: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    cose: ({ x, y }) => new Map([[1, 2], [3, -7], [-1, 1], [-2, bytesOf(x)], [-3, bytesOf(y)]]),
    sign: (data, key) => sign('sha256', data, key),
  },
  EdDSA: {
    make: () => generateKeyPairSync('ed25519'),
    cose: ({ x }) => new Map([[1, 1], [3, -8], [-1, 6], [-2, bytesOf(x)]]),
    sign: (data, key) => sign(null, data, key),
  },
  RS256: {
    make: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
    cose: ({ n, e }) => new Map([[1, 3], [3, -257], [-1, bytesOf(n)], [-2, bytesOf(e)]]),
    sign: (data, key) => sign('sha256', data, key),
  },
};

/** One key in one device. The options of both calls say what is to be wrong. */
class Authenticator {
  constructor(kind = 'ES256') {
    this.kind = kinds[kind];
    this.keys = this.kind.make();
    this.id = randomBytes(32);
    this.counter = 0;
  }

  data({ rp = 'localhost', flags = PRESENT | VERIFIED, counter } = {}, rest = Buffer.alloc(0)) {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter ?? ++this.counter);
    return Buffer.concat([sha256(rp), Buffer.from([flags]), count, rest]);
  }

  client(type, challenge, { origin, ...more }) {
    return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false, ...more }));
  }

  create(challenge, options) {
    const key = cbor(this.kind.cose(this.keys.publicKey.export({ format: 'jwk' })));
    const size = Buffer.alloc(2);
    size.writeUInt16BE(this.id.length);
    return {
      client_data: b64(this.client(options.type ?? 'webauthn.create', challenge, { origin: options.origin, ...options.client })),
      authenticator_data: b64(this.data({ ...options, flags: (options.flags ?? PRESENT | VERIFIED) | ATTESTED }, Buffer.concat([Buffer.alloc(16), size, this.id, key]))),
    };
  }

  get(challenge, options) {
    const client = this.client(options.type ?? 'webauthn.get', challenge, { origin: options.origin, ...options.client });
    const data = this.data(options);
    const signature = this.kind.sign(Buffer.concat([data, sha256(client)]), (options.by ?? this).keys.privateKey);
    return { credential: b64(this.id), client_data: b64(client), authenticator_data: b64(data), signature: b64(signature) };
  }
}

let server;
const at = () => `http://localhost:${server.port}`;
/** Nobody yet, at the server's name. */
const nobody = () => new Client({ address: at() });
const coach = () => new Client({ address: at() }, server.cookie, server.person);

const challenge = async (client, purpose, more = {}) => (await client.good('POST', '/api/passkeys/challenge', { purpose, ...more })).challenge;

async function register(client, device, name = 'Laptop', options = {}) {
  const asked = options.challenge ?? await challenge(client, 'register', { passphrase: PASSPHRASE });
  return client.ask('POST', '/api/passkeys', { name, ...device.create(asked, { origin: at(), ...options }) });
}

async function enter(device, options = {}) {
  const client = nobody();
  const asked = options.challenge ?? await challenge(client, 'sign-in');
  const answer = await client.ask('POST', '/api/passkeys/sign-in', { ...device.get(asked, { origin: at(), ...options }), ...options.fields });
  return Object.assign(client, { answer });
}

async function assertOut(device, options, what) {
  const { answer, cookie } = await enter(device, options);
  assert.equal(answer.status, 401, `${what}: ${JSON.stringify(answer.body)}`);
  assert.equal(answer.body.error.code, 'wrong', what);
  assert.equal(cookie, null, what);
}

/** A person of their own for each test, so that no waiting of one is felt by another. */
let count = 0;
async function somebody(roles = ['teacher']) {
  const invited = await server.invite({ name: `Iemand ${'abcdefghijklmnopqrstuvwxyz'[count++]}`, roles });
  return new Client({ address: at() }, invited.cookie, invited.person);
}

async function withPasskey(kind) {
  const client = await somebody();
  const device = new Authenticator(kind);
  const { status, body } = await register(client, device);
  assert.equal(status, 201, JSON.stringify(body));
  return { client, device, passkey: body };
}

before(async () => { server = await Server.start(); });
after(() => server?.stop());
// All tests come from one address, which is allowed only so many failures.
beforeEach(() => execFileSync('sqlite3', [join(server.data, 'terugblik.db'), '.timeout 5000', 'DELETE FROM sign_in_try']));

for (const kind of Object.keys(kinds)) {
  test(`a passkey of ${kind} is added, signs in, and is removed`, async () => {
    const { client, device, passkey } = await withPasskey(kind);
    assertFits(passkey, named('Passkey'), 'the passkey');
    assert.equal(passkey.rp, 'localhost');
    const once = await enter(device);
    assert.equal(once.answer.status, 200, JSON.stringify(once.answer.body));
    assertFits(once.answer.body, named('Session'), 'the session');
    assert.equal(once.answer.body.person.id, client.person.id);
    assert.equal((await once.good('GET', '/api/session')).person.id, client.person.id);
    const [listed] = (await once.good('GET', '/api/passkeys')).passkeys;
    assert.equal(listed.id, passkey.id);
    assert.ok(listed.used_at);
    await once.good('DELETE', `/api/passkeys/${passkey.id}`);
    assert.equal((await once.ask('GET', '/api/session')).body.person?.id, client.person.id, 'who removes it stays signed in');
    await assertOut(device, {}, 'removed');
  });
}

test('a signature that is not right gets nobody in', async () => {
  const { device } = await withPasskey();
  const { device: other } = await withPasskey();
  await assertOut(device, { by: other }, 'signed by another device');
  await assertOut(device, { rp: 'example.org' }, 'another RP');
  assert.equal((await enter(device)).answer.status, 200);
  await assertOut(device, { flags: PRESENT }, 'nobody verified');
  await assertOut(device, { flags: VERIFIED }, 'nobody present');
  assert.equal((await enter(device)).answer.status, 200);
  await assertOut(device, { origin: 'http://localhost:1' }, 'another origin');
  await assertOut(device, { origin: at().replace('http:', 'https:') }, 'another scheme');
  assert.equal((await enter(device)).answer.status, 200);
  await assertOut(device, { client: { crossOrigin: true } }, 'inside another page');
  await assertOut(device, { type: 'webauthn.create' }, 'made for another purpose');
  assert.equal((await enter(device)).answer.status, 200);
});

test('bits that are turned in what was signed', async () => {
  for (const field of ['client_data', 'authenticator_data', 'signature']) {
    const { device } = await withPasskey();
    const client = nobody();
    const good = device.get(await challenge(client, 'sign-in'), { origin: at() });
    const bytes = bytesOf(good[field]);
    bytes[bytes.length - 2] ^= 1;
    const answer = await client.ask('POST', '/api/passkeys/sign-in', { ...good, [field]: b64(bytes) });
    assert.equal(answer.status, 401, field);
  }
});

test('a challenge is good once, and for what it was made', async () => {
  const { client, device } = await withPasskey();
  const asked = await challenge(nobody(), 'sign-in');
  assert.equal((await enter(device, { challenge: asked })).answer.status, 200);
  await assertOut(device, { challenge: asked }, 'a second time');
  await assertOut(device, { challenge: b64(randomBytes(32)) }, 'one that was never made');
  assert.equal((await enter(device)).answer.status, 200);
  await assertOut(device, { challenge: await challenge(client, 'register', { passphrase: PASSPHRASE }) }, 'one for registering');
  const failed = await challenge(nobody(), 'sign-in');
  await assertOut(device, { challenge: failed, flags: PRESENT }, 'wrong');
  await assertOut(device, { challenge: failed }, 'right, but that challenge is used up');
});

test('the counter does not go back', async () => {
  const { device } = await withPasskey();
  assert.equal((await enter(device, { counter: 10 })).answer.status, 200);
  await assertOut(device, { counter: 10 }, 'the same');
  await assertOut(device, { counter: 9 }, 'back');
  await assertOut(device, { counter: 0 }, 'to nothing');
  assert.equal((await enter(device, { counter: 11 })).answer.status, 200);
  const still = new Authenticator();
  const client = await somebody();
  assert.equal((await register(client, still, 'Telefoon', { counter: 0 })).status, 201);
  for (let i = 0; i < 2; i++) assert.equal((await enter(still, { counter: 0 })).answer.status, 200, 'a device that does not count');
});

test('registering is for who is signed in, and knows the passphrase', async () => {
  const client = await somebody();
  const other = await somebody();
  const ask = (who, more) => who.ask('POST', '/api/passkeys/challenge', { purpose: 'register', ...more });
  assert.equal((await ask(nobody(), { passphrase: PASSPHRASE })).status, 401);
  assert.equal((await ask(client, {})).status, 400);
  assert.equal((await ask(client, { passphrase: 'niet deze woorden' })).status, 401);
  const made = (await ask(client, { passphrase: PASSPHRASE })).body;
  assertFits(made, named('PasskeyChallenge'), 'the challenge');
  assert.equal(Buffer.from(made.challenge, 'base64url').length, 32);
  assert.equal(bytesOf(made.user.id).toString(), client.person.id);
  const device = new Authenticator();
  assert.equal((await register(other, device, 'x', { challenge: made.challenge })).status, 403, 'the challenge of somebody else');
  assert.equal((await register(client, device, 'x', { challenge: made.challenge })).status, 403, 'used up by that');
  assert.equal((await register(client, device, 'x', { challenge: await challenge(nobody(), 'sign-in') })).status, 403, 'one for signing in');
  for (const [what, options] of Object.entries({
    'another rp': { rp: 'example.org' }, 'nobody verified': { flags: PRESENT }, 'nobody present': { flags: VERIFIED },
    'another origin': { origin: 'https://example.org' }, 'another type': { type: 'webauthn.get' }, 'inside another page': { client: { topOrigin: 'https://example.org' } },
  })) assert.equal((await register(client, device, 'x', options)).status, 403, what);
  for (const name of ['', '   ', 'é'.repeat(61)]) assert.equal((await register(client, device, name)).status, 400, `the name “${name}”`);
  assert.deepEqual((await client.good('GET', '/api/passkeys')).passkeys, []);
  assert.equal((await register(client, device, ' é'.repeat(30))).status, 201);
  assert.equal((await register(client, device)).status, 409, 'twice');
  assert.equal((await register(other, device)).status, 409, 'of somebody else already');
  const known = (await ask(client, { passphrase: PASSPHRASE })).body.known;
  assert.deepEqual(known, [b64(device.id)]);
});

test('authenticator data that is nothing', async () => {
  const client = await somebody();
  const device = new Authenticator();
  const good = device.create('x', { origin: at() });
  const whole = bytesOf(good.authenticator_data);
  const cases = [randomBytes(200), whole.subarray(0, 37), whole.subarray(0, whole.length - 1), whole.subarray(0, 54), Buffer.from([0]),
    Buffer.concat([whole.subarray(0, 53), Buffer.from([0xff, 0xff]), whole.subarray(55)]), Buffer.concat([whole.subarray(0, 87), randomBytes(77)]), Buffer.alloc(4000, 0x9f)];
  for (const bytes of cases) {
    const { client_data } = device.create(await challenge(client, 'register', { passphrase: PASSPHRASE }), { origin: at() });
    const answer = await client.ask('POST', '/api/passkeys', { name: 'x', client_data, authenticator_data: b64(bytes) });
    assert.equal(answer.status, 400, `${b64(bytes).slice(0, 40)}: ${JSON.stringify(answer.body)}`);
  }
  for (const text of ['', '{', '[]', '"x"', '{"type":"webauthn.create"}', '\u0000', '{"type":1,"challenge":"x","origin":"y"}', '['.repeat(3000)])
    assert.equal((await client.ask('POST', '/api/passkeys', { ...good, name: 'x', client_data: b64(text) })).status, 400, text.slice(0, 40));
  for (const text of ['=', 'a', 'ab=', 'a b', '+/+/', 'AB', 'é', 'A'.repeat(6004)]) // “AB”: bits left over that are not 0
    assert.equal((await client.ask('POST', '/api/passkeys', { ...good, name: 'x', authenticator_data: text })).status, 400, text.slice(0, 40));
});

test('a few bytes that say they are very many take no memory', async () => {
  const most = () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))[1]) / 1024;
  const { client, device } = await withPasskey();
  const before = most();
  for (const head of [[0x9a, 0x1f, 0xff, 0xff, 0xff], [0xba, 0x1f, 0xff, 0xff, 0xff], [0xa1, 0, 0x9a, 0x1f, 0xff, 0xff, 0xff], [0x9b, ...Array(8).fill(0xff)]]) {
    const list = Buffer.from(head);
    const { client_data } = device.create(await challenge(client, 'register', { passphrase: PASSPHRASE }), { origin: at() });
    const data = device.data({ flags: PRESENT | VERIFIED | ATTESTED }, Buffer.concat([Buffer.alloc(16), Buffer.from([0, 1, 7]), list]));
    assert.equal((await client.ask('POST', '/api/passkeys', { name: 'x', client_data, authenticator_data: b64(data) })).status, 400, `${head}`);
    const { answer } = await enter(Object.assign(Object.create(device), { data: (options) => device.data({ ...options, flags: PRESENT | VERIFIED | EXTENDED }, list) }));
    assert.equal(answer.status, 401, `${head}`);
  }
  assert.ok(most() - before < 30, `${most() - before} MB more`);
});

test('what is asked too often has to wait', async () => {
  const device = new Authenticator();
  for (let i = 0; i < 5; i++) await assertOut(device, {}, 'nobody has this one');
  const { answer } = await enter(device);
  assert.equal(answer.status, 429);
  assert.ok(Number(answer.headers.get('Retry-After')) >= 1 && answer.body.wait >= 1);
});

test('whose it is does not depend on what the browser says', async () => {
  const { client, device } = await withPasskey();
  const other = await somebody();
  assert.equal((await enter(device, { fields: { user: b64(client.person.id) } })).answer.status, 200);
  await assertOut(device, { fields: { user: b64(other.person.id) } }, 'the handle of somebody else');
});

test('nobody removes what is somebody else’s', async () => {
  const { client, device, passkey } = await withPasskey();
  const other = await somebody();
  assert.equal((await other.ask('DELETE', `/api/passkeys/${passkey.id}`)).status, 404);
  assert.equal((await coach().ask('DELETE', `/api/passkeys/${passkey.id}`)).status, 404);
  assert.equal((await client.ask('DELETE', `/api/passkeys/${uuid()}`)).status, 404);
  assert.equal((await enter(device)).answer.status, 200);
});

test('removing a passkey ends the sign-ins made by it', async () => {
  const { client, device, passkey } = await withPasskey();
  const lost = await enter(device);
  const told = [];
  const stop = lost.follow('/api/events', (event, data) => { if (event === 'session') told.push(data); });
  await until(async () => (await client.good('GET', '/api/sessions')).sessions.length === 2);
  await client.good('DELETE', `/api/passkeys/${passkey.id}`);
  assert.equal((await lost.ask('GET', '/api/sessions')).status, 401);
  await until(() => told.length > 0, 5000, 'an open page is told');
  stop();
  assert.equal((await client.good('GET', '/api/sessions')).sessions.length, 1, 'other sign-ins stay');
});

test('who is disabled is nobody, and so is who got a new passphrase from outside', async () => {
  const { client, device } = await withPasskey();
  const inside = await enter(device);
  await server.good('PATCH', `/api/people/${client.person.id}`, { disabled: true });
  assert.equal((await inside.ask('GET', '/api/sessions')).status, 401);
  await assertOut(device, {}, 'disabled');
  await server.good('PATCH', `/api/people/${client.person.id}`, { disabled: false });
  assert.equal((await enter(device)).answer.status, 200);
  const { code } = await server.good('POST', `/api/people/${client.person.id}/invitation`, {});
  await nobody().good('POST', '/api/invitations/accept', { code, passphrase: 'een heel andere zin' });
  await assertOut(device, {}, 'made anew');
});

test('a passkey does not open the vault', async () => {
  const client = coach();
  const device = new Authenticator();
  assert.equal((await register(client, device)).status, 201);
  await client.good('POST', '/api/vault/lock', {});
  const { answer } = await enter(device);
  assert.equal(answer.status, 200);
  assert.equal(answer.body.vault.state, 'locked');
  await client.good('POST', '/api/vault/unlock', { passphrase: PASSPHRASE });
});

test('at an address in numbers there are none', async () => {
  const { device } = await withPasskey();
  const client = new Client(server);
  for (const [path, body] of [['challenge', { purpose: 'sign-in' }], ['sign-in', device.get(await challenge(nobody(), 'sign-in'), { origin: server.url })]]) {
    const answer = await client.ask('POST', `/api/passkeys/${path}`, body);
    assert.equal(answer.status, 409, JSON.stringify(answer.body));
    assert.equal(answer.body.error.code, 'unsupported');
  }
});
