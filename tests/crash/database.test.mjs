// What happens to a person's work when its database is not as it should be:
// said in a sentence, and never written over.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { command as run, PASSPHRASE, program, Server, sleep, tap } from '../lib/terugblik.mjs';
import * as crash from './tools.mjs';

const sqlite = spawnSync('sqlite3', ['--version']).error ? 'sqlite3 is not there' : false;
let lesson, visit, taps;

/** A command that may open the vault. */
const command = (args, options = {}) => run(args, { ...options, env: { ...process.env, TERUGBLIK_PASSPHRASE: PASSPHRASE, ...options.env } });

/** One short lesson, made once; each test works on a copy of it. */
before(async () => {
  const server = await Server.start({ data: mkdtempSync(join(tmpdir(), 'terugblik-')) });
  lesson = server.data;
  visit = await crash.newVisit(server);
  await server.good('POST', `/api/visits/${visit.id}/recording`, {});
  const operations = Array.from({ length: 400 }, () => tap({ note: 'een aantekening '.repeat(5) }));
  await server.good('POST', `/api/visits/${visit.id}/operations`, { operations });
  taps = operations.length;
  await crash.untilTrack(server, visit.id, 'video', (track) => track.seconds > 2.5);
  await server.good('POST', `/api/visits/${visit.id}/end`, {});
  visit = await crash.getVisit(server, visit.id);
  for (const each of visit.tracks) await crash.getPlaylist(server, visit.id, each.id, 1); // fills the cache
  await server.stop();
});

after(() => rmSync(lesson, { recursive: true, force: true }));

const folders = [];
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

function copy() {
  const folder = mkdtempSync(join(tmpdir(), 'terugblik-'));
  cpSync(lesson, folder, { recursive: true });
  folders.push(folder);
  return folder;
}

const hash = (path) => createHash('sha256').update(readFileSync(path)).digest('hex');

/** Tries to start; gives what it said. It must not have started. */
function refuse(folder) {
  const run = command(['serve', '--json', '--data', folder, '--listen', '127.0.0.1:0'], { timeout: 15000, env: { ...process.env, LANGUAGE: 'C' } });
  assert.equal(run.status, 1, `exit ${run.status}: ${run.stdout}${run.stderr}`);
  const lines = run.stderr.trim().split('\n');
  assert.match(lines.at(-1), /^terugblik: /);
  assert.equal(lines.length, 1, `one sentence, not: ${run.stderr}`);
  return lines[0];
}

/** Damages terugblik.db; the server and every command refuse, and not a byte changes. */
function checkRefused(damage, pattern) {
  const folder = copy();
  const database = join(folder, 'terugblik.db');
  damage(database, folder);
  const before = readdirSync(folder).filter((name) => name.startsWith('terugblik.db')).map((name) => [name, hash(join(folder, name))]);
  const said = refuse(folder);
  assert.match(said, pattern);
  for (const words of [['check'], ['visits'], ['show', visit.id]]) {
    const { status, stderr } = command([...words, '--data', folder]);
    assert.equal(status, 1, `${words[0]} ended with ${status}`);
    assert.match(stderr, pattern);
  }
  for (const [name, was] of before) assert.equal(hash(join(folder, name)), was, `${name} was written over`);
  console.log(`# ${said.replace(folder, '…')}`);
}

const patch = (path, from, bytes) => {
  const all = readFileSync(path);
  bytes.copy(all, from);
  writeFileSync(path, all);
};

test('a database of a newer version is refused', { skip: sqlite }, () => {
  checkRefused((path) => execFileSync('sqlite3', [path, 'PRAGMA user_version = 999; PRAGMA wal_checkpoint(TRUNCATE)']), /newer/i);
});

test('garbage instead of a database', () => {
  checkRefused((path) => writeFileSync(path, Buffer.alloc(65536, 'geen database ')), /damaged|not a database|another program/i);
});

test('a damaged header', () => {
  checkRefused((path) => patch(path, 0, Buffer.alloc(100, 0x55)), /damaged|not a database|another program/i);
});

test('a database that was cut off', () => {
  checkRefused((path) => truncateSync(path, Math.floor(readFileSync(path).length / 2 / 4096) * 4096), /damaged/i);
});

test('a database that was cut off within a page', () => {
  checkRefused((path) => truncateSync(path, Math.floor(readFileSync(path).length / 2) + 777), /damaged/i);
});

test('an empty database beside a log with changes', () => {
  checkRefused((path) => {
    writeFileSync(`${path}-wal`, Buffer.alloc(8192, 1));
    truncateSync(path, 0);
  }, /empty or missing/i);
});

test('another program’s database is refused', { skip: sqlite }, () => {
  checkRefused((path) => {
    rmSync(path);
    execFileSync('sqlite3', [path, 'PRAGMA application_id = 1234; PRAGMA user_version = 7; CREATE TABLE recipe (name); INSERT INTO recipe VALUES (1)']);
  }, /another program|not .*Terugblik/i);
});

test('flipped pages in the middle: reported, and what is there is not written over', async () => {
  const folder = copy();
  const database = join(folder, 'terugblik.db');
  const size = readFileSync(database).length;
  const middle = Math.floor(size / 2 / 4096) * 4096;
  patch(database, middle, Buffer.alloc(3 * 4096, 0xaa));
  const was = hash(database);
  const check = command(['check', '--data', folder]);
  assert.equal(check.status, 1);
  assert.match(check.stderr + check.stdout, /damaged|malformed/i);
  const serve = command(['serve', '--data', folder, '--listen', '127.0.0.1:0'], { timeout: 4000 });
  if (serve.status === 1) assert.match(serve.stderr, /damaged/i);
  else assert.fail(`a damaged database of ${size} bytes is not noticed at the start`);
  assert.equal(hash(database), was, 'the damaged database was written over');
});

/** The lesson can be looked back, whatever happened to the cache. Gives its journal. */
async function checkLesson(folder) {
  const server = await Server.start({ data: folder });
  const { observations } = await server.good('GET', `/api/visits/${visit.id}/observations`);
  assert.equal(observations.length, taps);
  for (const each of visit.tracks) {
    const playlist = await crash.getPlaylist(server, visit.id, each.id, 1);
    assert.ok(playlist.ended && Math.abs(playlist.seconds - each.segments[0].duration) < 0.1, `${playlist.seconds} of ${each.segments[0].duration}`);
    const name = each.segments[0].files.find((file) => file.kind === 'mp4').name;
    const piece = await server.ask('GET', `/media/${visit.id}/${name}`, undefined, { Range: 'bytes=0-99' });
    assert.equal(piece.status, 206);
    if (each.kind === 'audio') {
      const peaks = await server.good('GET', `/api/visits/${visit.id}/tracks/${each.id}/peaks?from=0&to=3&points=30`);
      assert.ok(peaks.max.some((value) => value > 0.2), 'the ticks are to be seen');
    }
  }
  const journal = await crash.readJournal(server, visit.id);
  await server.stop();
  return journal;
}

for (const [what, damage] of [
  ['garbage', (path) => writeFileSync(path, Buffer.alloc(50000, 'rommel '))],
  ['cut off', (path) => truncateSync(path, 5000)],
  ['empty', (path) => truncateSync(path, 0)],
  ['flipped in the middle', (path) => patch(path, 4096, Buffer.alloc(readFileSync(path).length - 4096, 0x5a))],
  ['deleted', (path) => unlinkSync(path)],
  ['of another version', (path) => sqlite || execFileSync('sqlite3', [path, 'PRAGMA user_version = 77'])],
]) {
  test(`a cache.db that is ${what} is made anew`, { timeout: 30000 }, async () => {
    const folder = copy();
    for (const suffix of ['-wal', '-shm']) rmSync(join(folder, `cache.db${suffix}`), { force: true });
    damage(join(folder, 'cache.db'));
    const first = await checkLesson(folder);
    const second = await checkLesson(folder); // and the new one is good
    assert.ok(existsSync(join(folder, 'cache.db')));
    assert.deepEqual(first, second, 'looking back changed what people made');
  });
}

test('two servers on one folder: the second refuses, and names the first', { timeout: 30000 }, async () => {
  const first = await Server.start({ data: copy() });
  const said = refuse(first.data);
  assert.match(said, new RegExp(`\\b${first.pid}\\b`), said);
  await first.good('GET', '/api/about');
  const record = command(['record', '--data', first.data, '--title', 'x', '--seconds', '1', '--camera', 'test:'], { timeout: 15000 });
  assert.notEqual(record.status, 0, 'nor may another recorder');
  await first.kill();
  const second = await Server.start({ data: first.data }); // no lock is left behind
  await second.stop();
});

test('a command looks while a server runs, and mends nothing', { timeout: 30000 }, async () => {
  const server = await Server.start({ data: copy() });
  const running = await crash.newVisit(server);
  await server.good('POST', `/api/visits/${running.id}/recording`, {});
  await crash.untilTrack(server, running.id, 'video', (track) => track.seconds > 1.2);
  const { status, stdout, stderr } = command(['check', '--json', '--data', server.data]);
  assert.equal(status, 0, stderr + stdout);
  assert.ok(JSON.parse(stdout).findings.some((line) => line.includes(String(server.pid))), stdout);
  assert.equal((await crash.getStatus(server, running.id)).actual, 'recording');
  assert.ok(crash.track(await crash.getVisit(server, running.id), 'video').segments.every((each) => !each.ended));
  await server.stop();
});

test('a deleted database: the films stay, and check names them', { timeout: 30000 }, async () => {
  const folder = copy();
  for (const name of readdirSync(folder)) if (name.startsWith('terugblik.db')) unlinkSync(join(folder, name));
  const files = crash.listMedia(folder, visit.id);
  assert.equal(files.size, 3);
  const server = await Server.start({ data: folder });
  assert.deepEqual((await server.good('GET', '/api/visits')).visits, []);
  const fresh = await crash.newVisit(server);
  await server.good('POST', `/api/visits/${fresh.id}/recording`, {});
  await sleep(500);
  await server.stop();
  assert.deepEqual(crash.listMedia(folder, visit.id), files, 'the films of the lost database were touched');
  const { stdout } = command(['check', '--data', folder]);
  for (const name of [...files.keys()].map((each) => each.replace(/\.age$/, ''))) assert.ok(stdout.includes(name), `check does not name ${name}:\n${stdout}`);
});

test('a data folder that cannot be written to', { timeout: 30000 }, () => {
  const folder = copy();
  chmodSync(folder, 0o500);
  // The administrator may write anywhere: be somebody else.
  const root = process.getuid() === 0;
  if (root) execFileSync('chown', ['-R', '65534:65534', folder]);
  const words = ['serve', '--data', folder, '--listen', '127.0.0.1:0'];
  const run = root
    ? spawnSync('setpriv', ['--reuid=65534', '--regid=65534', '--clear-groups', '--inh-caps=-all', '--bounding-set=-all', program, ...words],
      { encoding: 'utf8', timeout: 10000, env: { ...process.env, HOME: tmpdir() } })
    : spawnSync(program, words, { encoding: 'utf8', timeout: 10000 });
  chmodSync(folder, 0o700);
  assert.equal(run.status, 1, `exit ${run.status} ${run.signal}: ${run.stdout}${run.stderr}`);
  assert.match(run.stderr.trim(), /^terugblik: .*(Permission denied|read-only|readonly|denied).*$/i);
  assert.equal(run.stderr.trim().split('\n').length, 1, run.stderr);
});
