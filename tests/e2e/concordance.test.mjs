// Two observers compared on the command line.
import test from 'node:test';
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { command, PASSPHRASE } from '../lib/terugblik.mjs';

const schemas = new URL('../../schemas/', import.meta.url);
const read = (name) => JSON.parse(readFileSync(new URL(`${name}.schema.json`, schemas)));
const ajv = new Ajv({ strict: false, allErrors: true });
addFormats(ajv);
ajv.addSchema(read('visit'));
const check = ajv.compile(read('concordance'));

const folder = mkdtempSync(join(tmpdir(), 'terugblik-concordance-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));
const run = (...args) => command([args[0], '--data', join(folder, 'data'), ...args.slice(1)], { env: { TERUGBLIK_PASSPHRASE: PASSPHRASE } });

function done(...args) {
  const result = run(...args);
  assert.equal(result.status, 0, `${args.join(' ')}: ${result.stderr}`);
  return result.stdout;
}

const both = ['--by', 'Anna', '--by', 'Bert'];
const figure = (document, id) => document.figures.find((one) => one.id === id);
let visit;

function compare(...more) {
  const document = JSON.parse(done('concordance', '--json', visit, ...both, ...more));
  assert.ok(check(document), ajv.errorsText(check.errors));
  assert.equal(document.visit, visit);
  return document;
}

test('a lesson that two observed', () => {
  writeFileSync(join(folder, 'passphrase'), `${PASSPHRASE}\n`, { mode: 0o600 });
  done('vault', 'init', '--name', 'Marieke', '--login', 'coach', '--passphrase-file', join(folder, 'passphrase'));
  visit = JSON.parse(done('record', '--json', '--camera', 'test:?width=320&height=180&fps=25', '--for', '4')).visit;
  assert.match(run('concordance', visit, ...both).stderr, /Nobody observed/);
  // Three taps each, of issue 228 of BORIS.
  for (const at of ['155.105', '169.855', '264.855']) done('observe', visit, '--code', 'compliment', '--at', at, '--by', 'Anna');
  for (const at of ['156.405', '170.852', '264.606']) done('observe', visit, '--code', 'compliment', '--at', at, '--by', 'Bert');
});

test('events, one to one', () => {
  const matched = compare();
  assert.deepEqual(matched.matches.map((row) => [row.left.at, row.right.at, row.result]),
    [[155.105, 156.405, 'same'], [169.855, 170.852, 'same'], [264.855, 264.606, 'same']]);
  assert.match(matched.matches[0].left.observation, /^[0-9a-f-]{36}$/);
  assert.equal(figure(matched, 'percent').value, 1);
  assert.deepEqual([figure(matched, 'kappa-pairs').value, figure(matched, 'kappa-pairs').why], [null, 'one-category']);
  assert.deepEqual(compare('--tolerance', '1').matches.map((row) => row.result), ['missed', 'missed', 'same', 'same']);
});

test('samples in time, as BORIS makes them', () => {
  const kappas = ['2', '3'].map((tolerance) => figure(compare('--method', 'sampled', '--tolerance', tolerance), 'kappa').value);
  assert.deepEqual(kappas.map((kappa) => kappa.toFixed(3)), ['-0.038', '1.000']);
});

test('overlap of states', () => {
  done('observe', visit, '--code', 'wachttijd', '--at', '1', '--until', '3', '--by', 'Anna');
  done('observe', visit, '--code', 'wachttijd', '--at', '1', '--until', '2', '--by', 'Bert');
  const overlap = compare('--method', 'overlap');
  assert.equal(overlap.left_out, 6); // taps have no length
  assert.deepEqual(overlap.codes.map((one) => [one.code.split('/')[1], one.each, one.any, one.all]), [['wachttijd', [2, 1], 2, 1]]);
  const alpha = figure(overlap, 'alpha-u');
  assert.ok(alpha.value > 0 && alpha.value < 1 && overlap.bootstrap.resampled === 'blocks');
});

test('more than two; by subject', () => {
  done('observe', visit, '--code', 'compliment', '--at', '170', '--by', 'Cor', '--subject', 'leerling');
  const three = compare('--by', 'Cor', '--method', 'sampled', '--by-subject');
  assert.equal(three.observers.length, 3);
  assert.equal(figure(three, 'kappa'), undefined);
  assert.equal(figure(three, 'fleiss').why, 'defined');
});

test('what people see is text, in Dutch too', () => {
  const text = done('concordance', visit, ...both);
  assert.match(text, /Anna: 4\nBert: 4\n/);
  assert.match(text, /Percent +100 % .*\n +Of all events that either saw/);
  assert.match(text, /155\.1\d +compliment +156\.4\d +compliment +same/);
  const env = { LC_ALL: 'C.UTF-8', LANGUAGE: 'nl', TERUGBLIK_LOCALE: join(process.env.TB_BUILD_DIR, 'assets/po') };
  const dutch = command(['concordance', '--data', join(folder, 'data'), visit, ...both], { env });
  assert.match(dutch.stdout, /Van alles wat een van beiden zag/);
  assert.match(run('concordance', '--help').stdout, /--tolerance=S/);
  for (const name of ['budget', 'concordance', 'export', 'import', 'instrument', 'observe'])
    assert.doesNotMatch(command([name, '--help'], { env }).stdout, /\b(the|which|only|its|an|was|without) [a-z]/i, `${name} --help is Dutch`);
});

test('what is wrong is told in one sentence', () => {
  const wrong = [
    [], ['a', 'b', ...both], [visit], [visit, '--by', 'Anna'], [visit, '--by', 'Anna', '--by', 'Anna'],
    ...[['--method', 'guess'], ['--of', 'x'], ['--tolerance', '61'], ['--tolerance', '-1'], ['--tolerance', 'wide'],
      ['--by', 'Cor'], ['--method', 'sampled', '--tolerance', '0']].map((more) => [visit, ...both, ...more]),
  ];
  for (const args of wrong) {
    const result = run('concordance', ...args);
    assert.equal(result.status, 2, `${args.join(' ')}: ${result.stdout}${result.stderr}`);
    assert.match(result.stderr, /^terugblik: .+\n/, args.join(' '));
  }
  for (const [args, says] of [[['ffff', ...both], /no visit/], [[visit, '--by', 'Anna', '--by', 'Dirk'], /“Dirk”.*Anna, Bert, Cor/]]) {
    const result = run('concordance', ...args);
    assert.equal(result.status, 1, result.stdout);
    assert.match(result.stderr, says);
  }
});
