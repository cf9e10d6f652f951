// What the README says of opening a recording with age and sqlite3 alone: its very commands, on a real recording.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Server, sleep } from '../lib/terugblik.mjs';
import { call, testPicture, testSound } from './tools.mjs';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const commands = /^```sh\ncd ~\/\.local\/share\/terugblik\n([^`]+)^```$/m.exec(readme)[1];
const has = (name) => spawnSync('sh', ['-c', `command -v ${name}`]).status === 0;
const skip = has('age') && has('sqlite3') ? false : 'age and sqlite3 are not here';

describe('without this program', { skip }, () => {
  let server;
  let folder;
  let visit;
  const films = new Map(); // name → bytes, as the server gives them

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'terugblik-without-'));
    server = await Server.start();
    ({ id: visit } = await server.good('POST', '/api/visits', { title: 'Zonder ons', sources: [testPicture, testSound] }));
    await server.good('POST', `/api/visits/${visit}/recording`, {});
    await sleep(3000);
    await server.good('DELETE', `/api/visits/${visit}/recording`);
    for (const file of readdirSync(join(server.data, 'media', visit))) {
      const name = file.replace(/\.age$/, '');
      const answer = await call(server, 'GET', `/media/${visit}/${name}`);
      assert.equal(answer.status, 200, name);
      films.set(name, answer.body);
    }
    await server.lock();
    cpSync(server.data, join(folder, 'data'), { recursive: true, filter: (path) => !statSync(path).isSocket() });
  });
  after(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const run = (script) => spawnSync('sh', ['-ec', script], { cwd: join(folder, 'data'), encoding: 'utf8' });

  test('every file of a recording comes out as the server plays it', () => {
    assert.ok(films.size >= 3, [...films.keys()].join(' '));
    writeFileSync(join(folder, 'data', 'recovery.txt'), `${server.recovery.key}\n`);
    for (const [name, bytes] of films) {
      const done = run(commands.replaceAll('VISIT', visit).replaceAll('NAME', name));
      assert.equal(done.status, 0, done.stderr);
      assert.ok(bytes.length > 1000);
      assert.ok(readFileSync(join(folder, 'data', name)).equals(bytes), name);
      rmSync(join(folder, 'data', name));
    }
  });

  test('not without the recovery key', () => {
    const other = spawnSync('age-keygen', [], { encoding: 'utf8' }).stdout;
    writeFileSync(join(folder, 'data', 'recovery.txt'), other);
    rmSync(join(folder, 'data', 'school.key'));
    const name = [...films.keys()][0];
    assert.notEqual(run(commands.replaceAll('VISIT', visit).replaceAll('NAME', name)).status, 0);
    assert.ok(!existsSync(join(folder, 'data', name)));
  });

  test('nothing of a film or a sound lies there in the open', () => {
    for (const entry of readdirSync(join(folder, 'data', 'media', visit))) {
      assert.match(entry, /\.age$/);
      const bytes = readFileSync(join(folder, 'data', 'media', visit, entry)).toString('latin1');
      assert.ok(bytes.startsWith('age-encryption.org/v1\n-> X25519 '), entry);
      for (const mark of ['ftyp', 'moof', 'fLaC']) assert.ok(!bytes.slice(0, 4096).includes(mark), `${entry}: ${mark}`);
    }
  });
});
