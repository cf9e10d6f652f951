// Other programs' files at the command line: in, out, and what is said of what
// could not be carried.
import test from 'node:test';
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { command } from '../lib/terugblik.mjs';

const schemas = new URL('../../schemas/', import.meta.url);
const read = (name) => JSON.parse(readFileSync(new URL(name, schemas)));
const ajv = new Ajv({ strict: false, allErrors: true });
addFormats(ajv);
for (const name of ['visit', 'observation', 'budget', 'concordance', 'import', 'export', 'command-line']) ajv.addSchema(read(`${name}.schema.json`));

const folder = mkdtempSync(join(tmpdir(), 'terugblik-exchange-'));
const data = join(folder, 'data');
test.after(() => rmSync(folder, { recursive: true, force: true }));
const run = (...args) => command([args[0], '--data', data, ...args.slice(1)]);

function file(name, content) {
  writeFileSync(join(folder, name), content, { mode: 0o600 });
  return join(folder, name);
}

function json(status, shape, ...args) {
  const result = run(args[0], '--json', ...args.slice(1));
  assert.equal(result.status, status, result.stderr);
  const document = JSON.parse(result.stdout);
  const check = ajv.getSchema(`urn:terugblik:schema:command-line:1#/$defs/${shape}`);
  assert.ok(check(document), `${args.join(' ')}: ${ajv.errorsText(check.errors)}`);
  for (const loss of document.files?.map((one) => one.loss) ?? [document.loss])
    if (loss) assert.equal(loss.present, loss.carried + loss.dropped);
  return document;
}

const observations = (visit) => json(0, 'show', 'show', visit).observations
  .map(({ code, kind, at, until, subject, note, observer, modifiers, rating, valence }) => ({ code, kind, at, until, subject, note, observer, modifiers, rating, valence }))
  .sort((a, b) => a.at - b.at || (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

const project = {
  project_format_version: '7.0', project_name: 'Groep 5', project_date: '2026-01-02T10:00:00', project_description: '', time_format: 'hh:mm:ss',
  behaviors_conf: {
    0: { type: 'Point event', key: 'v', code: 'Vraag', description: 'een vraag aan de klas', category: 'didactisch', excluded: '', 'coding map': '',
      modifiers: { 0: { name: 'aan wie', type: 0, values: ['klas', 'leerling'] } } },
    1: { type: 'State event', key: 'u', code: 'Uitleg', description: '', category: 'didactisch', excluded: '', 'coding map': '', modifiers: {} },
  },
  subjects_conf: { 0: { key: '', name: 'leraar', description: '' } },
  observations: {
    'les 1': { type: 'LIVE', date: '2026-01-02T10:00:00', description: 'taal', 'time offset': 0, file: {}, media_info: {},
      independent_variables: { groep: '5' },
      events: [[2.5, 'leraar', 'Vraag', 'klas', 'mooi'], [4, 'leraar', 'Uitleg', '', ''], [9.25, 'leraar', 'Uitleg', '', ''], [12, '', 'Vraag', 'None', '']] },
    'les 2': { type: 'LIVE', date: '2026-01-03T10:00:00', description: '', 'time offset': 0, file: {}, media_info: {}, independent_variables: {},
      events: [[1, '', 'Uitleg', '', ''], ['x', '', 'Vraag', '', '']] },
  },
  independent_variables: {}, coding_map: {}, behaviors_coding_map: [], converters: {}, behavioral_categories: ['didactisch'],
};

let visit;

test('a project becomes visits with a kijkwijzer of its codes; what is not carried is told', () => {
  const path = file('groep5.boris', JSON.stringify(project));
  const dry = json(3, 'import', 'import', path, '--dry-run');
  assert.equal(dry.dry_run, true);
  assert.deepEqual(dry.files[0].visits.map((one) => [one.id, one.title, one.observations]), [[null, 'les 1', 3], [null, 'les 2', 1]]);
  assert.equal(json(0, 'visits', 'visits').visits.length, 0);

  const done = json(3, 'import', 'import', path, '--by', 'Joost');
  assert.equal(done.files[0].format, 'boris');
  assert.deepEqual(done.files[0].loss.items.map((item) => [item.kind, item.count, item.what]),
    [['dropped', 1, 'an event without a time'], ['changed', 1, 'a state without an end']]);
  assert.equal(done.files[0].loss.present, 6);
  visit = done.files[0].visits[0].id;
  assert.deepEqual(observations(visit).map((one) => [one.code, one.kind, one.at, one.until, one.subject, one.observer, one.modifiers]), [
    ['vraag', 'point', 2.5, null, 'leraar', 'Joost', { 'aan-wie': 'klas' }], ['uitleg', 'state', 4, 9.25, 'leraar', 'Joost', null], ['vraag', 'point', 12, null, null, 'Joost', null]]);
  const shown = json(0, 'show', 'show', visit).visit;
  assert.equal(shown.title, 'les 1');
  assert.equal(shown.group, '5');
  assert.equal(shown.state, 'ended');
  assert.equal(shown.duration, 12);

  const people = run('import', path, '--dry-run').stdout;
  assert.match(people, /les 1: 3 observations/);
  assert.match(people, /Not taken over:\n +1 × an event without a time: its time is no number\. First: .*les 2/);
  assert.match(people, /Nothing was changed/);
  assert.equal(run('import', file('groep5.boris.gz', gzipSync(JSON.stringify(project)))).status, 3);
});

test('what goes out comes back the same, in every format that goes both ways', () => {
  for (const [format, suffix] of [['boris', 'boris'], ['boris-gz', 'boris.gz'], ['csv', 'csv'], ['csv-excel', 'csv'], ['tsv', 'tsv'], ['eaf', 'eaf'],
    ['opf', 'opf'], ['webvtt', 'vtt'], ['otio', 'otio'], ['webanno', 'jsonld']]) {
    const path = join(folder, `uit-${format}.${suffix}`);
    const result = run('export', '--json', visit, '--format', format, '-o', path);
    assert.ok([0, 3].includes(result.status), result.stderr);
    const report = JSON.parse(result.stdout);
    assert.equal(report.loss.dropped, 0);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.equal(statSync(path).size, report.bytes);
    const back = run('import', '--json', path);
    assert.ok([0, 3].includes(back.status), back.stderr);
    const [taken] = JSON.parse(back.stdout).files;
    assert.equal(taken.instrument, null, format); // its codes are here already
    assert.deepEqual(observations(taken.visits[0].id), observations(visit), format);
  }
  json(0, 'export', 'export', visit, '--format', 'csv', '-o', join(folder, 'x.csv'));
});

test('to standard output, several visits at once, and formats that are only written', () => {
  const out = run('export', visit, '--format', 'csv-excel');
  assert.equal(out.status, 0);
  assert.ok(out.stdout.startsWith('\ufeffklassenbezoek;waarnemer;wie;code;domein;soort;begin;einde;score;kenmerken;notitie\r\n'));
  assert.match(out.stdout, /les 1;Joost;leraar;uitleg;didactisch;state;4,0;9,25;;;\r\n/);
  assert.match(out.stderr, /Taken over: 3 of 3 observations/);
  const other = json(0, 'visits', 'visits').visits.find((one) => one.title === 'les 2').id;
  assert.equal(json(0, 'export', 'export', visit, other, '--format', 'csv', '-o', join(folder, 'beide.csv')).loss.carried, 4);
  const one = json(3, 'export', 'export', visit, other, '--format', 'eaf', '-o', join(folder, 'een.eaf')); // holds one timeline
  assert.deepEqual([one.loss.present, one.loss.dropped], [4, 1]);
  for (const format of ['srt', 'textgrid', 'sdis']) assert.ok([0, 3].includes(run('export', visit, '--format', format, '-o', join(folder, 'x')).status), format);
});

test('a table of one’s own: what its columns are, and which codes they become', () => {
  const path = file('eigen.csv', 'moment;gezien;zeker\n3,5;lachen;ja\n7;huilen;nee\n9;hoesten;ja\n');
  const refused = run('import', path);
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /which column of this table is the time/);
  const map = file('map.json', JSON.stringify({
    columns: { moment: 'start', gezien: 'code', zeker: 'modifier' },
    codes: { lachen: { instrument: 'snelle-start', code: 'compliment' }, hoesten: null },
  }));
  const { files: [taken] } = json(3, 'import', 'import', path, '--map', map, '--by', 'Joost');
  assert.equal(taken.visits[0].title, 'eigen');
  assert.deepEqual(taken.loss.items.filter((item) => item.kind !== 'left').map((item) => [item.kind, item.count]), [['changed', 1], ['dropped', 1]]);
  assert.deepEqual(observations(taken.visits[0].id).map((one) => [one.code, one.at, one.note, one.modifiers]),
    [['compliment', 3.5, 'zeker: ja', null], ['huilen', 7, '', { zeker: 'nee' }]]);
  // Into a visit that is there.
  const before = observations(visit).length;
  const { files: [added] } = json(3, 'import', 'import', path, '--map', map, '--visit', visit.slice(0, 20));
  assert.equal(added.visits[0].id, visit);
  assert.equal(observations(visit).length, before + 2);
});

test('a kijkwijzer becomes one of the school', () => {
  const text = readFileSync(new URL('../../assets/instruments/snelle-start.json', import.meta.url), 'utf8').replace('"id": "snelle-start"', '"id": "onze-start"');
  const path = file('onze.json', text);
  const { files: [taken] } = json(0, 'import', 'import', path);
  assert.deepEqual([taken.format, taken.instrument.id, taken.visits], ['kijkwijzer', 'onze-start', []]);
  const again = run('import', path);
  assert.equal(again.status, 1);
  assert.match(again.stderr, /onze-start/);
});

test('wrong usage is status 2, what cannot be done 1, in one sentence', () => {
  for (const args of [['import'], ['export'], ['export', visit], ['export', visit, '--format', 'nonsense'], ['export', visit, '--format', 'lgm'],
    ['export', visit, '--format', 'csv', '--json'], ['import', 'x', '--visit', visit, '--coach', 'a']])
    assert.equal(run(...args).status, 2, args.join(' '));
  const film = file('les.mp4', 'niets');
  for (const [args, says] of [[['import', '/nonexistent.boris'], /nonexistent/], [['import', film], /Films and sound cannot be imported yet/],
    [['import', file('leeg.csv', '')], /empty/], [['import', file('raar.bin', '\u0001\u0002')], /of no kind/], [['export', 'ffff', '--format', 'csv'], /no visit/],
    [['export', visit, visit, '--format', 'csv'], /before/], [['import', film, '--coach', 'niemand'], /niemand|no such|nobody/i],
    [['export', visit, '--format', 'csv', '-o', join(folder, 'none/x.csv')], /./]]) {
    const result = run(...args);
    assert.equal(result.status, 1, `${args.join(' ')}: ${result.stdout}${result.stderr}`);
    assert.match(result.stderr, says, args.join(' '));
  }
  for (const name of ['import', 'export']) assert.match(run(name, '--help').stdout, /Exit status: .*3 done but something was left out or changed/);
});
