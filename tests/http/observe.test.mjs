// Kijkwijzers as files, and observing at the command line: what a rating, a group, an interval and a modifier are there.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { Server, environment, program } from '../lib/terugblik.mjs';

const source = new URL('../../', import.meta.url).pathname;
const read = (path) => JSON.parse(readFileSync(join(source, path), 'utf8'));
const ajv = new Ajv2020.default({ strict: false });
addFormats.default(ajv);
for (const name of ['instrument', 'visit', 'observation', 'command-line', 'budget', 'concordance']) ajv.addSchema(read(`schemas/${name}.schema.json`), `${name}`);
const fitsInstrument = ajv.getSchema('instrument');
const fits = (name, value) => {
  const check = ajv.compile({ $ref: `urn:terugblik:schema:command-line:1#/$defs/${name}` });
  assert.ok(check(value), `${name}: ${ajv.errorsText(check.errors)} ${JSON.stringify(value)}`);
  return value;
};
const run = (...words) => spawnSync(program, words, { encoding: 'utf8', env: { ...process.env, ...environment, LANGUAGE: 'C', LC_ALL: 'C.UTF-8' } });

let folder;
before(() => { folder = mkdtempSync(join(tmpdir(), 'terugblik-observe-')); });
after(() => rmSync(folder, { recursive: true, force: true }));

describe('kijkwijzers as files', () => {
  const check = (document) => {
    const path = join(folder, 'kijkwijzer.json');
    writeFileSync(path, JSON.stringify(document, null, 1));
    return run('instrument', 'check', '--json', path);
  };

  test('those of the program are as the schema says', () => {
    const files = readdirSync(join(source, 'assets/instruments')).filter((name) => name.endsWith('.json'));
    assert.equal(files.length, 9);
    for (const name of files) {
      const document = read(`assets/instruments/${name}`);
      assert.ok(fitsInstrument(document), `${name}: ${ajv.errorsText(fitsInstrument.errors)}`);
      assert.equal(`${document.id}.json`, name);
      fits('instrument-check', JSON.parse(run('instrument', 'check', '--json', join(source, 'assets/instruments', name)).stdout));
    }
  });

  test('the program and the schema agree on what is right', () => {
    const good = read('tests/unit/proef-twee.json');
    const old = read('tests/store/proef.json');
    const code = (id) => (document) => document.codes.find((one) => one.id === id);
    const set = (find, values) => (document) => Object.assign(find(document), values);
    const drop = (find, name) => (document) => { delete find(document)[name]; };
    const whole = (document) => document;
    const step = { value: 1, title: { nl: 'a', en: 'b' } };
    const cases = [
      [true, () => {}],
      [true, drop(whole, 'layout')], [true, set(whole, { layout: null })], [true, drop(whole, 'became')], [true, drop(whole, 'subjects')],
      [true, set(code('kort'), { modifiers: [] })], [true, set(code('kort'), { key: null, group: null, scale: null, sampling: null, size: null })],
      [true, set((d) => d.scales[0].steps[1], { anchor: null })], [true, set((d) => d.samplings[0], { none: null })],
      [true, set((d) => d.modifiers[0], { min: null })], [true, set((d) => d.became.codes, { kort: null })],
      [false, set(whole, { format: 1 })], [false, set(whole, { format: 3 })], [false, set(whole, { groups: {} })],
      [false, set(code('kort'), { kind: 'score' })], [false, set(code('kort'), { scale: 'vier' })], [false, set(code('kort'), { sampling: 'blok' })],
      [false, set(code('kort'), { group: 'fase' })], [false, set(code('kort'), { size: 'huge' })], [false, set(code('kort'), { key: 'e' })],
      [false, set(code('kort'), { modifiers: ['van', 'van'] })], [false, set(code('kort'), { modifiers: ['a', 'b', 'c', 'd', 'f', 'g'] })],
      [false, drop(code('start'), 'scale')], [false, set(code('start'), { scale: null })], [false, drop(code('uitleg'), 'sampling')],
      [false, set((d) => d.modifiers[0], { type: 'two' })], [false, set((d) => d.modifiers[0], { type: 'number' })],
      [false, set((d) => d.modifiers[0], { choices: [] })], [false, set((d) => d.modifiers[0], { max: 3 })], [false, drop((d) => d.modifiers[2], 'min')],
      [false, set((d) => d.modifiers[2], { choices: [] })], [false, set((d) => d.modifiers[2], { max: 1e10 })],
      [false, set((d) => d.scales[0], { steps: [step] })], [false, drop((d) => d.scales[0], 'not_applicable')], [false, set((d) => d.scales[0].steps[0], { value: -101 })],
      [false, set((d) => d.scales[0].steps[1], { anchor: { nl: 'x'.repeat(301), en: 'x' } })],
      [false, set((d) => d.samplings[0], { every: 0.9 })], [false, set((d) => d.samplings[0], { every: 3601 })], [false, set((d) => d.samplings[0], { rule: 'half' })],
      [false, drop((d) => d.samplings[0], 'many')], [false, set((d) => d.layout, { tabs: [] })], [false, set((d) => d.layout, { rows: [] })],
      [false, set((d) => d.layout.tabs[0], { codes: ['begin', 'begin'] })], [false, set((d) => d.became.codes, { kort: 3 })], [false, drop((d) => d.became, 'from')],
      [false, set((d) => d.became.codes, { Kort: null })],
    ];
    cases.forEach(([right, change], i) => {
      const document = structuredClone(good);
      change(document);
      const answer = check(document);
      assert.equal(fitsInstrument(document), right, `${i}, the schema: ${change} ${ajv.errorsText(fitsInstrument.errors)}`);
      assert.equal(answer.status, right ? 0 : 1, `${i}, the program: ${change} ${answer.stderr}`);
      fits(right ? 'instrument-check' : 'instrument-problems', JSON.parse(answer.stdout));
    });
    // What format 1 does not have.
    for (const change of [set(whole, { groups: [] }), set(code('vraag'), { kind: 'interval' }), set(code('vraag'), { modifiers: [] }), drop(code('vraag'), 'key'), drop(whole, 'subjects')]) {
      const document = structuredClone(old);
      change(document);
      assert.equal(fitsInstrument(document), false, `${change}`);
      assert.equal(check(document).status, 1, `${change}`);
    }
  });

  test('a file that is wrong in several places: each with its field and line', () => {
    const path = join(folder, 'fout.json');
    const text = readFileSync(join(source, 'tests/unit/proef-twee.json'), 'utf8');
    writeFileSync(path, text.replace('"every":120', '"every":0').replace('"key":"2"', '"key":"1"').replace('"from":2', '"from":9'));
    const answer = run('instrument', 'check', path);
    assert.equal(answer.status, 1);
    assert.equal(answer.stdout, '');
    assert.deepEqual(answer.stderr.trim().split('\n').map((line) => line.replace(`terugblik: ${path}: `, '').replace(/: .*/, '')),
      ['samplings[0].every (line 16)', 'codes[1].key (line 21)', 'became.from (line 31)']);
  });
});

describe('at the command line', () => {
  let server, visit;
  const observe = (...words) => run('observe', '--data', server.data, visit, ...words);
  const add = (...words) => {
    const answer = observe('--by', 'Anna', '--json', ...words);
    assert.equal(answer.status, 0, answer.stderr);
    return fits('observe', JSON.parse(answer.stdout));
  };
  const all = () => fits('show', JSON.parse(run('show', '--json', '--data', server.data, visit).stdout)).observations;
  const one = (id) => all().find((observation) => observation.id === id);

  before(async () => {
    server = await Server.start();
    visit = (await server.good('POST', '/api/visits', { title: 'Rekenen', instruments: ['lesfasen', 'betrokkenheid', 'basiscommunicatie', 'tweeminutengrid', 'kijkwijzer-drie-domeinen', 'snelle-start'] })).id;
    await server.good('POST', `/api/visits/${visit}/start`, {});
  });
  after(() => server?.stop());

  test('a phase ends the one before, of the same observer and subject', () => {
    const first = add('--code', 'start-en-lesdoel', '--at', '0');
    assert.deepEqual(first.ended, []);
    const other = JSON.parse(observe('--by', 'Bram', '--json', '--code', 'voorkennis', '--at', '5').stdout);
    const group = add('--code', 'verlengde-instructie', '--at', '6', '--subject', 'groepje');
    const second = add('--code', 'instructie', '--at', '90.5');
    assert.deepEqual(second.ended, [first.observation]);
    assert.deepEqual([one(first.observation).until, one(first.observation).open], [90.5, false]);
    for (const id of [other.observation, group.observation, second.observation]) assert.equal(one(id).open, true);
    // One that is refused ends nothing.
    const refused = observe('--by', 'Anna', '--code', 'afsluiting', '--at', '200', '--until', '100');
    assert.equal(refused.status, 1);
    assert.equal(one(second.observation).open, true);
  });

  test('modifiers: one, several, and what is wrong', () => {
    const made = one(add('--code', 'stemt-in', '--at', '30', '--modifier', 'hoe=stem', '--modifier', 'naar-wie=klas', '--modifier', 'hoe=blik').observation);
    assert.deepEqual(made.modifiers, { 'naar-wie': 'klas', hoe: ['blik', 'stem'] });
    for (const [words, status, what] of [
      [['--modifier', 'hoe'], 2, 'Say --modifier MODIFIER=VALUE'], [['--modifier', '=x'], 2, 'Say --modifier'], [['--modifier', 'hoe='], 2, 'Say --modifier'],
      [['--modifier', 'kleur=rood'], 2, 'has no modifier “kleur”'], [['--modifier', 'naar-wie=klas', '--modifier', 'naar-wie=leerling'], 2, 'takes one value'],
      [['--modifier', 'naar-wie=niemand'], 1, '“niemand” is no choice of “naar-wie”'],
    ]) {
      const answer = observe('--code', 'stemt-in', '--at', '30', ...words);
      assert.equal(answer.status, status, answer.stderr);
      assert.ok(answer.stderr.includes(what), answer.stderr);
    }
    assert.equal(observe('--at', '3', '--modifier', 'hoe=stem').status, 2);
  });

  test('a rating: one per code, observer and subject', () => {
    const proof = add('--code', 'stemt-in', '--at', '40').observation;
    const first = add('--code', 'vertrouwen', '--at', '1', '--rating', '3', '--evidence', proof);
    assert.deepEqual([one(first.observation).rating, one(first.observation).evidence], [3, [proof]]);
    const again = add('--code', 'vertrouwen', '--at', '2', '--rating', 'nvt');
    assert.equal(again.observation, first.observation);
    assert.deepEqual([one(first.observation).rating, one(first.observation).evidence], [null, [proof]]);
    assert.notEqual(JSON.parse(observe('--by', 'Bram', '--json', '--code', 'vertrouwen', '--at', '2', '--rating', '4').stdout).observation, first.observation);
    for (const [words, status, what] of [
      [['--code', 'vertrouwen'], 2, 'say --rating N'], [['--code', 'vertrouwen', '--rating', 'hoog'], 2, 'whole number or nvt'],
      [['--code', 'vertrouwen', '--rating', '2x'], 2, 'whole number or nvt'], [['--code', 'vertrouwen', '--rating', '5'], 1, '5 is no step'],
      [['--code', 'stemt-in', '--rating', '3'], 2, 'leave out --rating'], [['--code', 'stemt-in', '--evidence', proof], 2, 'leave out --evidence'],
      [['--code', 'vertrouwen', '--rating', '3', '--evidence', 'x'], 2, 'takes the id'], [['--rating', '3'], 2, 'need --code'],
    ]) {
      const answer = observe('--by', 'Anna', '--at', '3', ...words);
      assert.equal(answer.status, status, `${words}: ${answer.stderr}`);
      assert.ok(answer.stderr.includes(what), answer.stderr);
    }
  });

  test('an interval lies on its grid', () => {
    const block = one(add('--code', 'legt-uit', '--at', '130').observation);
    assert.deepEqual([block.kind, block.at, block.until, block.open], ['interval', 120, 240, false]);
    const signal = one(add('--code', 'de-meesten', '--at', '63').observation);
    assert.deepEqual([signal.at, signal.until], [60, 60]);
  });

  test('show says the step and the modifiers', () => {
    const text = run('show', '--data', server.data, visit).stdout;
    assert.match(text, /vertrouwen  n\/a  Anna/);
    assert.match(text, /vertrouwen  4  Bram/);
    assert.match(text, /stemt-in  naar-wie=klas  hoe=blik,stem  Anna/);
  });

  test('what is shown is what the API and its schema say', async () => {
    const { observations } = await server.good('GET', `/api/visits/${visit}/observations`);
    const seen = ajv.getSchema('observation');
    for (const observation of observations) assert.ok(seen(observation), ajv.errorsText(seen.errors));
    assert.deepEqual(new Set(observations.map((observation) => observation.kind)), new Set(['point', 'state', 'interval', 'rating']));
    const wrong = { ...observations.find((observation) => observation.kind === 'point'), rating: 3 };
    assert.equal(seen(wrong), false);
  });
});
