import assert from 'node:assert/strict';
import test from 'node:test';
import * as draft from '../src/model/instrument-draft';
import { problems, sectionOf } from '../src/model/instrument-problems';
import type { Code, Instrument } from '../src/model/types';

const w = (nl: string, en = nl) => ({ nl, en });
const code = (id: string, more: Partial<Code> = {}): Code => ({
  id, domain: 'd', kind: 'point', title: w(id), short: w(id), lead: 5, lag: 10, help: { counts: w('wel'), not: w('niet') }, ...more,
});
const document = (more: Partial<Instrument> = {}) => draft.whole({
  format: 2, id: 'proef', version: 1, title: w('Proef'), description: w('Uitleg'), domains: [{ id: 'd', title: w('D'), color: '#0072B2' }, { id: 'e', title: w('E'), color: '#E69F00' }],
  codes: [code('a', { key: 'a' }), code('b'), code('c', { domain: 'e' })], ...more,
});
const ids = (all: readonly { id: string }[]) => all.map((one) => one.id);
const paths = (of: draft.Document) => problems(of).map((one) => `${one.path} ${one.rule}`);

test('a name becomes an id that nothing else has', () => {
  assert.equal(draft.slug('  Geeft één beurt (op naam)! '), 'geeft-een-beurt-op-naam');
  assert.equal(draft.slug('…'), '');
  assert.equal(draft.slug('x'.repeat(80)).length, 56);
  assert.equal(draft.uniqueSlug('Rust', ['rust', 'rust-2']), 'rust-3');
  assert.equal(draft.uniqueSlug('…', [], 'code'), 'code');
});

test('a right document has no problems, an empty one says what to do', () => {
  assert.deepEqual(paths(document()), []);
  const empty = draft.blank('nieuw', w('Nieuw', ''));
  assert.deepEqual(paths(empty), ['title.en empty', 'description.nl empty', 'description.en empty', 'domains[0].title.en empty', 'codes noCodes']);
  assert.deepEqual(paths(draft.filledOther(empty)), ['description.nl empty', 'description.en empty', 'codes noCodes']);
  assert.equal(draft.halfTexts(empty), 2);
});

test('what stands in one language goes to the other, and nothing is overwritten', () => {
  const filled = draft.filledOther(document({ codes: [code('a', { title: w('Nl', ''), short: w('', 'En'), help: { counts: w('x', 'y'), not: w('', '') } })] }));
  assert.deepEqual([filled.codes[0]!.title, filled.codes[0]!.short, filled.codes[0]!.help], [w('Nl'), w('En'), { counts: w('x', 'y'), not: w('', '') }]);
});

test('problems name their place', () => {
  const wrong = document({
    codes: [code('a', { key: 'k', lead: Number.NaN, short: w('x'.repeat(19), 'x') }), code('b', { key: 'b', kind: 'rating' }), code('c', { key: 'b', kind: 'interval', sampling: 'weg' }), code('d', { domain: 'weg', group: 'weg', kind: 'state', title: w('a\nb', 'a') })],
    scales: [{ id: 's', title: w('S'), not_applicable: false, steps: [{ value: 2, title: w('t') }, { value: 1, title: w('o'), anchor: w('alleen', '') }] }],
    samplings: [{ id: 'r', title: w('R'), every: 0, rule: 'whole', many: true, none: 'a' }],
    modifiers: [{ id: 'm', title: w('M'), type: 'number', min: 3, max: 3 }, { id: 'n', title: w('N'), type: 'one', choices: [] }],
    layout: { tabs: [{ id: 't', title: w('', ''), codes: [] }] },
  });
  assert.deepEqual(paths(wrong), [
    'codes[0].short.nl long', 'codes[0].key badKey', 'codes[0].lead clip', 'codes[1].key keyTaken', 'codes[1].scale noScale', 'codes[2].key keyTaken', 'codes[2].sampling noSampling',
    'codes[3].title.nl oneLine', 'codes[3].domain noDomain', 'codes[3].group noGroup', 'modifiers[0].max range', 'modifiers[1].choices choices', 'scales[0].steps[1].value ascending',
    'scales[0].steps[1].anchor.en empty', 'samplings[0].every every', 'samplings[0].none noneCode', 'layout.tabs[0].title.nl empty', 'layout.tabs[0].title.en empty',
  ]);
  assert.deepEqual(['codes[1].key', 'domains[0].title.nl', 'scales[0].steps[1].value', 'layout.tabs[0].title.nl', 'title.nl'].map(sectionOf), ['codes', 'codes', 'lists', 'layout', 'about']);
});

test('another kind takes what does not fit away and brings what is needed', () => {
  const start = document({ groups: [{ id: 'g', title: w('G') }], codes: [code('a', { kind: 'state', group: 'g', key: 'a' })] });
  const rating = draft.withKind(start, 'a', 'rating', null);
  assert.equal(rating.id, 'a');
  assert.equal(rating.document.scales.length, 1);
  const { group, key, scale } = rating.document.codes[0]!;
  assert.deepEqual([group, key, scale], [undefined, undefined, rating.document.scales[0]!.id]);
  assert.deepEqual(paths(rating.document), []);
  const interval = draft.withKind(rating.document, 'a', 'interval', null).document;
  assert.deepEqual([interval.codes[0]!.scale, interval.codes[0]!.sampling], [undefined, interval.samplings[0]!.id]);
  assert.deepEqual(paths(interval), []);
});

test('a published code of another kind is another code', () => {
  const published = draft.finished(document({ layout: { tabs: [{ id: 't', title: w('T'), codes: ['a', 'b'] }] } }));
  const next = draft.nextVersion(published);
  assert.equal(next.version, 2);
  const { document: made, id } = draft.withKind(next, 'a', 'state', published);
  assert.notEqual(id, 'a');
  assert.deepEqual(made.layout!.tabs[0]!.codes, [id, 'b']);
  assert.deepEqual(ids(draft.goneCodes(published, made)), ['a']);
  // Put into use: it gets a name after its title, and not that of the old one.
  const settled = draft.settled(draft.withBecame(made, published, { a: null }), published);
  assert.deepEqual(ids(settled.codes), ['a-2', 'b', 'c']);
  assert.deepEqual(settled.layout!.tabs[0]!.codes, ['a-2', 'b']);
  assert.deepEqual(settled.became, { from: 1, codes: { a: null } });
});

test('what is new is called after its title when it is put into use', () => {
  let now = document();
  const one = draft.addedCode(now, 'd');
  const two = draft.addedCode(one.document, 'e');
  assert.notEqual(one.id, two.id);
  now = draft.changedCode(draft.changedCode(two.document, one.id, { title: w('A') }), two.id, { title: w('A') });
  const group = draft.added(now, 'groups', { title: w('Fasen') });
  const sampling = draft.added(group.document, 'samplings', { ...draft.newSampling(), none: one.id });
  now = draft.changedCode(sampling.document, two.id, { kind: 'state', group: group.id });
  now = draft.withBecame(now, draft.finished(document()), { weg: one.id });
  const done = draft.settled(now, document());
  assert.deepEqual(ids(done.codes), ['a', 'b', 'c', 'a-2', 'a-3']);
  assert.deepEqual([done.groups[0]!.id, done.codes[4]!.group, done.samplings[0]!.none, done.became!.codes], ['fasen', 'fasen', 'a-2', { weg: 'a-2' }]);
});

test('how often is asked says so in its name, until it is given another', () => {
  const sampling = { id: 's', ...draft.newSampling() };
  assert.deepEqual(draft.withEvery(sampling, 120), { every: 120, title: w('Elke 2 minuten', 'Every 2 minutes') });
  assert.deepEqual(draft.withEvery({ ...sampling, title: w('Rondje') }, 120), { every: 120 });
  assert.deepEqual(draft.withEvery(sampling, Number.NaN), { every: Number.NaN });
});

test('a key is proposed from the words, and never twice', () => {
  const now = document({ codes: [code('a', { short: w('Beurt'), key: 'b' }), code('x', { short: w('Beeld'), title: w('Kijkt'), key: undefined })] });
  // b is taken; e, k, j and i belong to the page.
  assert.equal(draft.suggestKey(now, 'x'), 'd');
  const full = document({ codes: [...draft.KEYS.map((key, at) => code(`c${at}`, { key })), code('x')] });
  assert.equal(draft.suggestKey(full, 'x'), null);
});

test('what is taken away leaves no trace in what referred to it', () => {
  const now = document({
    codes: [code('a', { kind: 'interval', sampling: 's' }), code('b', { modifiers: ['m', 'n'] }), code('c', { domain: 'e' })],
    samplings: [{ id: 's', title: w('S'), every: 30, rule: 'partial', many: false, none: 'a' }],
    modifiers: ['m', 'n'].map((id) => ({ id, title: w(id), type: 'number' as const, min: 0, max: 1 })),
    layout: { tabs: [{ id: 't', title: w('T'), codes: ['a', 'b'] }] },
  });
  const without = draft.removedCode(now, 'a');
  assert.deepEqual([without.samplings[0]!.none, without.layout!.tabs[0]!.codes], [undefined, ['b']]);
  assert.deepEqual(draft.removed(now, 'modifiers', 'm').codes[1]!.modifiers, ['n']);
  assert.equal(draft.removed(now, 'samplings', 's').codes[0]!.sampling, undefined);
  assert.deepEqual(draft.removed(now, 'domains', 'd').codes.map((one) => one.domain), ['e', 'e', 'e']);
  const single = document({ domains: [{ id: 'd', title: w('D'), color: '#0072B2' }], codes: [code('a')] });
  assert.equal(draft.removed(single, 'domains', 'd'), single);
});

test('codes move within and between domains, by steps too', () => {
  const now = document();
  const holders = draft.byDomain(now);
  assert.deepEqual(holders, [{ id: 'd', items: ['a', 'b'] }, { id: 'e', items: ['c'] }]);
  assert.deepEqual(draft.neighbour(holders, 'a', -1), null);
  assert.deepEqual(draft.neighbour(holders, 'b', 1), { to: 'e', index: 0 });
  assert.deepEqual(draft.neighbour(holders, 'c', -1), { to: 'd', index: 2 });
  const after = draft.withDomains(now, draft.moved(holders, 'a', 'e', 1));
  assert.deepEqual(after.codes.map((one) => `${one.domain}/${one.id}`), ['d/b', 'e/c', 'e/a']);
  assert.deepEqual(ids(draft.withDomains(now, holders).codes), ids(now.codes));
});

test('tabs: one per domain to begin with; what is in none is loose', () => {
  let now = draft.tabPerDomain(document());
  assert.deepEqual(draft.byTab(now).map((one) => [one.id, one.items]), [['d', ['a', 'b']], ['e', ['c']], [draft.LOOSE, []]]);
  now = draft.withTabs(now, draft.moved(draft.byTab(now), 'b', draft.LOOSE, 0));
  assert.deepEqual(draft.byTab(now)[2]!.items, ['b']);
  now = draft.removedTab(now, 'e');
  assert.deepEqual(draft.byTab(now)[1]!.items, ['b', 'c']);
  assert.equal(draft.finished(draft.removedTab(now, 'd')).layout, undefined);
});

test('steps back and forth; what is written in one go is one step', () => {
  const steps = new draft.Steps<number>(3);
  let now = 0;
  const set = (value: number, touched = '') => { steps.before(now, touched); now = value; };
  set(1, 'title');
  set(2, 'title');
  set(3, 'short');
  steps.pause();
  set(4, 'short');
  now = steps.undo(now)!;
  assert.equal(now, 3);
  now = steps.undo(now)!;
  now = steps.undo(now)!;
  assert.deepEqual([now, steps.canUndo, steps.undo(now)], [0, false, null]);
  now = steps.redo(now)!;
  assert.equal(now, 2);
  set(9);
  assert.equal(steps.canRedo, false);
  set(10);
  set(11);
  set(12);
  for (let n = 0; n < 3; n++) now = steps.undo(now)!;
  assert.deepEqual([now, steps.canUndo], [9, false], 'the oldest steps are forgotten');
});

test('the help of a code may stay empty, but is said in both languages', () => {
  const half = document({ codes: [code('a', { help: { counts: w('', ''), not: w('x', '') } }), code('b', { help: { counts: w('', ''), not: w('', '') } })] });
  assert.deepEqual(paths(half), ['codes[0].help.not.en empty']);
  const done = draft.finished(draft.filledOther(half));
  assert.deepEqual(done.codes.map((one) => one.help), [{ not: w('x') }, undefined]);
});

test('what goes to the server has no empty lists, and comes back the same', () => {
  const done = draft.finished(document({ codes: [code('a', { modifiers: [], key: '', size: 'normal', group: undefined })], became: { from: 0, codes: {} } }));
  assert.deepEqual(Object.keys(done).sort(), ['codes', 'description', 'domains', 'format', 'id', 'subjects', 'title', 'version']);
  assert.deepEqual(Object.keys(done.codes[0]!).sort(), ['domain', 'help', 'id', 'kind', 'lag', 'lead', 'short', 'title']);
  assert.deepEqual(draft.finished(draft.whole(done)), done);
});

test('differences are told by name', () => {
  const a = document();
  const b = draft.removedCode(draft.changedCode(draft.withDomains(a, draft.moved(draft.byDomain(a), 'b', 'd', 0)), 'a', { lead: 9 }), 'c');
  assert.deepEqual(draft.differences(a, b).map((one) => `${one.what} ${one.part} ${one.title?.nl ?? ''}`.trim()), ['changed code a', 'removed code c', 'changed layout']);
  assert.deepEqual(draft.differences(a, a), []);
});
