// The command line as a new user meets it: what it prints, in which shape, and
// what it says of wrong usage.
import test from 'node:test';
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { command, PASSPHRASE, program, Server } from '../lib/terugblik.mjs';
import { marksOfFile } from '../lib/mark.mjs';

const schemas = new URL('../../schemas/', import.meta.url);
const read = (name) => JSON.parse(readFileSync(new URL(name, schemas)));
const ajv = new Ajv({ strict: false, allErrors: true });
addFormats(ajv);
for (const name of ['visit', 'observation', 'budget', 'concordance', 'import', 'export', 'command-line']) ajv.addSchema(read(`${name}.schema.json`));

const folder = mkdtempSync(join(tmpdir(), 'terugblik-commands-'));
const data = join(folder, 'data');
test.after(() => rmSync(folder, { recursive: true, force: true }));

/** As a coach who has the passphrase at hand. */
const env = { TERUGBLIK_PASSPHRASE: PASSPHRASE };
const run = (...args) => command([args[0], '--data', data, ...args.slice(1)], { env });
/** The same with another passphrase, or (null) none. */
const runWith = (passphrase, ...args) =>
  command([args[0], '--data', data, ...args.slice(1)], { env: passphrase === null ? {} : { TERUGBLIK_PASSPHRASE: passphrase }, input: '' });

function file(name, text) {
  writeFileSync(join(folder, name), text, { mode: 0o600 });
  return join(folder, name);
}

/** Runs with --json; what it prints must have the shape that schemas/ gives. */
function json(shape, ...args) {
  const result = run(args[0], '--json', ...args.slice(1));
  assert.equal(result.status, 0, result.stderr);
  const document = JSON.parse(result.stdout);
  const check = ajv.getSchema(`urn:terugblik:schema:command-line:1#/$defs/${shape}`);
  assert.ok(check(document), `${args.join(' ')}: ${ajv.errorsText(check.errors)}`);
  return document;
}

let visit, recovery;

test('without a vault nothing is recorded; one is made once', () => {
  const camera = ['record', '--camera', 'test:', '--for', '1'];
  const refused = run(...camera);
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /^terugblik: .+terugblik vault init.+\n$/);
  assert.equal(run('vault', 'verify').status, 1);
  const short = run('vault', 'init', '--name', 'Marieke', '--login', 'coach', '--passphrase-file', file('short', 'kort\n'));
  assert.equal(short.status, 1);
  assert.equal(run('vault', 'init', '--name', 'Marieke').status, 2);

  const given = file('passphrase', `${PASSPHRASE}\nnot this line\n`);
  recovery = json('vault-init', 'vault', 'init', '--name', 'Marieke', '--login', 'coach', '--passphrase-file', given);
  assert.match(recovery.person, /^[0-9a-f-]{36}$/);
  const again = run('vault', 'init', '--name', 'Marieke', '--login', 'coach', '--passphrase-file', given);
  assert.equal(again.status, 1);
  assert.match(again.stderr, /vault here already/);
});

test('record, observe, show, clip, check', () => {
  const recorded = json('record', 'record', '--camera', 'test:?width=320&height=180&fps=25', '--mic', 'test:', '--title', 'Rekenen', '--for', '4');
  visit = recorded.visit;
  assert.ok(recorded.recording.tracks.every((track) => track.actual === 'ended' && track.dropped === 0 && track.seconds > 3));

  assert.equal(json('visits', 'visits').visits.length, 1);
  assert.equal(json('visits', 'visits', 'rekenen').visits.length, 1);
  assert.equal(json('visits', 'visits', 'aardrijkskunde').visits.length, 0);

  json('observe', 'observe', visit, '--code', 'compliment', '--at', '2.5', '--by', 'Marieke', '--note', 'rustig');
  json('observe', 'observe', visit, '--code', 'wachttijd', '--at', '1', '--until', '2.25', '--subject', 'leerling');
  json('observe', 'observe', visit, '--at', '3');
  const shown = json('show', 'show', visit.slice(0, 13));
  assert.deepEqual(shown.observations.map((one) => [one.code, one.at]), [['wachttijd', 1], ['compliment', 2.5], [null, 3]]);
  assert.equal(shown.tracks.length, 2);

  const file = join(folder, 'clip.mp4');
  const clip = json('clip', 'clip', visit, '--from', '1.5', '--to', '2.5', '-o', file);
  const marks = marksOfFile(file);
  assert.equal(marks.length, clip.frames);
  // The frame that is shown at 1.5 s is the first, the one just before 2.5 s the last.
  assert.ok(clip.frames === 25 || clip.frames === 26, `${clip.frames} frames`);
  const [first, last] = [marks[0].mark, marks.at(-1).mark];
  assert.ok(first <= 1501 && first > 1459 && last < 2501 && last > 2459, `${first} to ${last}`);

  const checked = json('check', 'check');
  assert.equal(checked.files, 3);
  assert.equal(checked.damaged, 0);
});

test('budget: in JSON, as a table, as a file for a spreadsheet', () => {
  json('observe', 'observe', visit, '--code', 'compliment', '--at', '1.5', '--by', '=Joost');
  const budget = json('budget', 'budget', visit, '--part', '0-2', '--phase', 'wachttijd', '--by-subject', '--by-observer',
    '--latency', 'wachttijd,compliment', '--during', 'wachttijd', '--transitions', '--repeats');
  const whole = budget.rows.filter((row) => row.part === 0);
  assert.deepEqual(whole.map((row) => [row.code.split('/')[1], row.subject, row.count]).sort(),
    [['compliment', null, 1], ['compliment', null, 1], ['wachttijd', 'leerling', 1]]);
  assert.equal(budget.uncoded, 1);
  const waiting = budget.rows.filter((row) => row.code.endsWith('/wachttijd'));
  assert.deepEqual(waiting.map((row) => [row.part, row.count, row.total]), [[0, 1, 1.25], [1, 1, 1], [2, 1, 1.25]]);
  assert.ok(Math.abs(waiting[0].share - 1.25 / budget.visits[0].seconds) < 1e-6);
  assert.equal(waiting[1].share, 0.5);
  assert.equal(waiting[0].lasting.median, 1.25);
  assert.deepEqual(budget.latencies.map((one) => one.pairs), [[], [], []]); // each of another observer
  assert.deepEqual(budget.during[0].rows.map((row) => [row.inside, row.outside]), [[0, 2]]); // so are these
  assert.equal(budget.transitions.total, 0); // each of another observer
  assert.equal(json('budget', 'budget', visit).transitions, null);

  const table = run('budget', visit, '--part', '0-2', '--latency', 'wachttijd,compliment', '--during', 'wachttijd', '--transitions').stdout;
  assert.match(table, /The whole lesson \(0:0\d\)\n/);
  assert.match(table, /compliment +2 +\d+\.\d\d/);
  assert.match(table, /0-2 \(0:02\)/);
  assert.match(table, /wachttijd +1 +30\.00 +0:01 +50\.0% +1\.[23]/);
  assert.match(table, /Moments without a code, not in the table: 1/);
  assert.match(table, /There are \d observers/);
  assert.doesNotMatch(table, /Not ended/);
  json('observe', 'observe', visit, '--code', 'wachttijd', '--at', '2.5', '--by', 'Marieke');
  assert.match(run('budget', visit).stdout, /Not ended, so taken to the end of the lesson: 1\n/);

  const csv = run('budget', visit, '--csv', '--by-observer').stdout;
  assert.ok(csv.startsWith('\ufeff"part";'));
  const lines = csv.slice(1).trimEnd().split('\r\n');
  assert.equal(lines.length, 5);
  assert.ok(lines.every((line) => line.split(';').length === 31), csv);
  assert.match(csv, /;"'=Joost";/); // a spreadsheet must not compute with a name
  assert.match(csv, /"state";.*;1,250;/);
});

test('what is recorded is sealed, and opens with the passphrase or the recovery key only', () => {
  const files = readdirSync(join(data, 'media'), { recursive: true }).map(String).filter((name) => name.includes('.'));
  assert.ok(files.length === 3 && files.every((name) => name.endsWith('.age')), files.join());
  const verified = json('vault-verify', 'vault', 'verify');
  assert.deepEqual([verified.sealed, verified.unfinished, verified.plain, verified.broken], [3, 0, [], []]);

  const out = join(folder, 'wrong.mp4');
  for (const words of [['clip', visit, '--from', '1', '--to', '2', '-o', out], ['check'], ['vault', 'verify']])
    for (const passphrase of ['vier verkeerde woorden samen', null]) {
      const result = runWith(passphrase, ...words);
      assert.equal(result.status, 1, words.join(' '));
      assert.match(result.stderr, /passphrase/i);
    }
  assert.throws(() => statSync(out));

  // Another passphrase, and back by the recovery key: as words and as a key.
  const other = 'nog vier andere woorden';
  json('vault-passphrase', 'vault', 'passphrase', '--login', 'coach', '--passphrase-file', file('other', other));
  assert.equal(run('vault', 'verify').status, 1);
  assert.equal(runWith(other, 'vault', 'verify').status, 0);
  const wrong = [...recovery.words];
  [wrong[3], wrong[4]] = [wrong[4], wrong[3]];
  const back = (text) => run('vault', 'recover', '--login', 'coach', '--recovery-file', file('recovery', text), '--passphrase-file', file('passphrase', PASSPHRASE));
  if (wrong[3] !== wrong[4]) assert.equal(back(wrong.join(' ')).status, 1);
  assert.equal(run('vault', 'verify').status, 1);
  assert.equal(back(`${recovery.words.slice(0, 12).join(' ')}\n${recovery.words.slice(12).join(' ')}\n`).status, 0);
  assert.equal(run('vault', 'verify').status, 0);
  assert.equal(back(recovery.key.toLowerCase()).status, 0);
  const fresh = json('vault-recovery', 'vault', 'recovery', '--login', 'coach');
  assert.notDeepEqual(fresh.words, recovery.words);
  assert.equal(back(recovery.key).status, 1, 'the one before opens nothing any more');
  assert.equal(back(fresh.words.join('\n')).status, 0);
  assert.equal(runWith(other, 'vault', 'recovery', '--login', 'coach').status, 1);

  assert.equal(run('vault', 'passphrase', '--passphrase-file', file('other', other)).status, 1); // of whom is not said
  assert.equal(run('vault', 'passphrase', '--login', 'nobody', '--passphrase-file', file('other', other)).status, 1);

  // What is plain is told, and sealed when that is asked; what is broken is told.
  const lesson = join(data, 'media', visit), [name] = files.map((path) => path.split('/').pop()), sealed = join(lesson, name);
  writeFileSync(join(lesson, 'old.flac'), 'from before the vault', { mode: 0o600 });
  assert.deepEqual(json('vault-verify', 'vault', 'verify').plain, [`${visit}/old.flac`]);
  assert.deepEqual(json('vault-verify', 'vault', 'verify', '--seal').plain, []);
  assert.throws(() => statSync(join(lesson, 'old.flac')));
  const good = readFileSync(sealed), bad = Buffer.from(good);
  bad[300] ^= 1;
  writeFileSync(sealed, bad);
  const broken = run('vault', '--json', 'verify');
  assert.equal(broken.status, 1);
  assert.deepEqual(JSON.parse(broken.stdout).broken.map((one) => one.file), [`${visit}/${name.slice(0, -4)}`]);
  writeFileSync(sealed, good);
  rmSync(join(lesson, 'old.flac.age'));
});

test('the vault of a server that runs is opened and locked', async () => {
  for (const what of ['unlock', 'lock']) {
    const none = run('vault', what);
    assert.equal(none.status, 1);
    assert.match(none.stderr, /No server is running/);
  }
  const server = await Server.start({ data, signIn: false });
  try {
    assert.equal(json('vault-unlock', 'vault', 'unlock').state, 'open');
    assert.equal(json('vault-lock', 'vault', 'lock').state, 'locked');
    assert.equal(runWith('vier verkeerde woorden samen', 'vault', 'unlock').status, 1);
    assert.equal(run('vault', 'unlock', '--login', 'coach').status, 0);
    assert.equal(run('vault', 'passphrase', '--login', 'coach', '--passphrase-file', file('other', PASSPHRASE)).status, 1); // it has the folder
  } finally {
    await server.stop();
  }
});

test('the other documents', () => {
  assert.equal(json('doctor', 'doctor').ready, true);
  const { instruments } = json('instrument-list', 'instrument', 'list');
  assert.equal(instruments[0].id, 'snelle-start');
  for (const { id } of instruments) {
    json('instrument-check', 'instrument', 'check', new URL(`../../assets/instruments/${id}.json`, import.meta.url).pathname);
    assert.equal(JSON.parse(run('instrument', '--json', 'show', id).stdout).id, id);
  }
});

test('a key, and what was sealed for it', () => {
  const key = join(folder, 'key.txt'), sealed = join(folder, 'sealed.age'), out = join(folder, 'plain.txt');
  const { recipient } = json('vault-keygen', 'vault', 'keygen', '-o', key);
  const made = spawnSync('age', ['-r', recipient, '-o', sealed], { input: 'een les', encoding: 'utf8' });
  assert.equal(made.status, 0, made.stderr);
  assert.equal(json('vault-decrypt', 'vault', 'decrypt', '-i', key, '-o', out, sealed).bytes, 7);
  assert.equal(readFileSync(out, 'utf8'), 'een les');
  assert.equal(run('vault', 'keygen', '-o', key).status, 1); // never over another key
});

test('what people see is text, and every command has help', () => {
  for (const name of ['serve', 'record', 'doctor', 'visits', 'show', 'observe', 'budget', 'import', 'export', 'clip', 'check', 'instrument', 'vault']) {
    const help = command([name, '--help']);
    assert.equal(help.status, 0, name);
    assert.match(help.stdout, /--data=DIR/);
    assert.match(help.stdout, /--json/);
  }
  assert.match(run('show', visit).stdout, /compliment +Marieke +rustig/);
  assert.match(run('visits').stdout, /Rekenen/);
  assert.match(run('doctor').stdout, /Ready to record/);
  const dutch = command(['--help'], { env: { ...process.env, LC_ALL: 'C.UTF-8', LANGUAGE: 'nl', TERUGBLIK_LOCALE: join(process.env.TB_BUILD_DIR, 'assets/po') } });
  assert.match(dutch.stdout, /Gebruik: terugblik OPDRACHT/);
});

test('wrong usage is told in one sentence, with status 2', () => {
  const wrong = [
    [], ['nonsense'], ['serve', 'extra'], ['serve', '--nonsense'], ['record', '--for', '-1'], ['record', '--for', 'long'],
    ['record', '--camera', 'nonsense'], ['record', '--mic', 'v4l2:/dev/video0'], ['record', '--visit', 'a', '--title', 'b'],
    ['show'], ['show', 'a', 'b'], ['observe', visit], ['observe', visit, '--at', 'soon'], ['clip', visit], ['clip', visit, '--from', '1', '--to', '2'],
    ['clip', visit, '--from', '1', '--to', '2', '-o', 'x.mp4', '--copy', '--exact'], ['instrument'], ['instrument', 'sing'], ['check', 'a', 'b'], ['visits', 'a', 'b'],
    ['budget'], ['budget', visit, '--part', '10'], ['budget', visit, '--part', '20-10'], ['budget', visit, '--latency', 'compliment'],
    ['budget', visit, '--within', '0'], ['budget', visit, '--lag', '0'], ['budget', visit, '--csv', '--json'],
  ];
  for (const args of wrong) {
    const result = args.length > 0 ? run(...args) : command([]);
    assert.equal(result.status, 2, `${args.join(' ')}: ${result.stdout}${result.stderr}`);
    if (args.length > 0) assert.match(result.stderr, /^terugblik: .+\n/, args.join(' '));
  }
});

test('what cannot be done is told in one sentence, with status 1', () => {
  const impossible = [
    [['show', 'ffff'], /no visit/], [['observe', visit, '--code', 'nonsense', '--at', '1'], /nonsense/], [['observe', visit, '--code', 'compliment', '--at', '1', '--until', '2'], /until/],
    [['clip', visit, '--from', '3', '--to', '2', '-o', join(folder, 'x.mp4')], /./], [['clip', visit, '--from', '1000', '--to', '1001', '-o', join(folder, 'x.mp4')], /./],
    [['clip', visit, '--from', '1', '--to', '2', '-o', join(folder, 'none/x.mp4')], /./], [['instrument', 'show', 'nonsense'], /nonsense/],
    [['budget', 'ffff'], /no visit/], [['budget', visit, visit], /before/], [['budget', visit, '--during', 'nonsense'], /nonsense/], [['budget', visit, '--phase', 'nonsense'], /nonsense/],
    [['instrument', 'check', '/nonexistent.json'], /nonexistent/], [['record', '--for', '1.5', '--camera', 'test:?absent=1'], /nothing was recorded/],
  ];
  for (const [args, says] of impossible) {
    const result = run(...args);
    assert.equal(result.status, 1, `${args.join(' ')}: ${result.stdout}${result.stderr}`);
    assert.match(result.stderr.split('\n').filter((line) => line.startsWith('terugblik: ')).join('\n'), says, args.join(' '));
  }
  assert.throws(() => statSync(join(folder, 'x.mp4')));
});

test('a kijkwijzer with a mistake is told with the field and the line', () => {
  const path = join(folder, 'wrong.json');
  const text = readFileSync(new URL('../../assets/instruments/snelle-start.json', import.meta.url), 'utf8');
  writeFileSync(path, text.replace('"kind": "point"', '"kind": "points"'));
  const result = run('instrument', 'check', path);
  assert.equal(result.status, 1);
  assert.match(result.stderr, /codes\[\d+\]\.kind \(line \d+\)/);
});

test('a recording is ended well by an interruption', () => {
  const script = `"$1" record --json --data "$2" --camera 'test:?width=320&height=180&fps=25' & sleep 3; kill -INT $!; wait $!`;
  const result = spawnSync('bash', ['-c', script, 'bash', program, data], { encoding: 'utf8', timeout: 30000 });
  assert.equal(result.status, 0, result.stderr);
  assert.equal(JSON.parse(result.stdout).recording.tracks[0].actual, 'ended');
});
