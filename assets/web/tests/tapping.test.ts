import assert from 'node:assert/strict';
import test from 'node:test';
import { boardCodes, boardTabs, groupMates, isTappable, modifiersOf, oneTabAtATime, ownSubjects, typedSubject } from '../src/model/instruments';
import { laneGroups } from '../src/model/lanes';
import { isChosen, modifierTexts, withChoice, withNumber } from '../src/model/modifiers';
import { countRatings, lacksEvidence, ratingOf, stepOfKey, withEvidence } from '../src/model/ratings';
import { answer, answeredAt, answerTimes, answersOf, askedAt, boardSamplings, intervalAt, isPaused, missedBefore } from '../src/model/samplings';
import type { Code, Instrument, Kind, Observation } from '../src/model/types';

const both = (text: string) => ({ nl: text, en: text });
const code = (id: string, kind: Kind, more: Partial<Code> = {}): Code => ({ id, kind, domain: 'd', title: both(id), short: both(id), lead: 5, lag: 10, ...more });
const instrument: Instrument = {
  format: 2, id: 'proef', version: 1, title: both('Proef'), description: both(''),
  domains: [{ id: 'd', title: both('Domein'), color: '#0072b2' }],
  groups: [{ id: 'fase', title: both('Fase') }],
  modifiers: [
    { id: 'wie', title: both('Wie'), type: 'one', choices: [{ id: 'een', title: both('Een') }, { id: 'twee', title: both('Twee') }] },
    { id: 'hoe', title: both('Hoe'), type: 'many', choices: [{ id: 'a', title: both('A') }, { id: 'b', title: both('B') }] },
    { id: 'tel', title: both('Aantal'), type: 'number', min: 1, max: 9 },
  ],
  scales: [{ id: 'vier', title: both('Vier'), not_applicable: true, steps: [1, 2, 3, 4].map((value) => ({ value, title: both(String(value)) })) }],
  samplings: [
    { id: 'grid', title: both('Grid'), every: 120, rule: 'partial', many: true, none: 'niets' },
    { id: 'snel', title: both('Snel'), every: 3, rule: 'whole', many: false },
  ],
  codes: [
    code('uitleg', 'state', { group: 'fase' }), code('werk', 'state', { group: 'fase' }), code('los', 'state'),
    code('vraag', 'point', { modifiers: ['wie', 'tel'] }),
    code('luistert', 'interval', { sampling: 'grid' }), code('niets', 'interval', { sampling: 'grid' }), code('praat', 'interval', { sampling: 'grid' }),
    code('leraar', 'interval', { sampling: 'snel' }), code('leerling', 'interval', { sampling: 'snel' }),
    code('rust', 'rating', { scale: 'vier' }), code('doel', 'rating', { scale: 'vier' }),
  ],
};
const codes = boardCodes([instrument]);
const by = (id: string) => codes.find((one) => one.code.id === id)!;
const [grid, quick] = boardSamplings(codes) as [ReturnType<typeof boardSamplings>[0], ReturnType<typeof boardSamplings>[0]];
let made = 0;
const seen = (id: string, at: number, more: Partial<Observation> = {}): Observation => ({
  id: `o${String(++made).padStart(4, '0')}`, instrument: 'proef', code: id, kind: by(id).code.kind, at, until: null, observer: 'ik', subject: null, rating: null, evidence: null, ...more,
}) as Observation;

test('only points and states are pressed on the board', () => {
  assert.deepEqual(codes.filter(isTappable).map((one) => one.code.id), ['uitleg', 'werk', 'los', 'vraag']);
});

test('tabs as the kijkwijzer has them, what is left last; else one for each domain', () => {
  assert.deepEqual(boardTabs(codes).map((tab) => [tab.id, tab.codes.length]), [['proef/d', 11]]);
  assert.equal(oneTabAtATime(boardTabs(codes)), false);
  const laid = { ...instrument, layout: { tabs: [{ id: 'eerst', title: both('Eerst'), codes: ['vraag', 'uitleg'] }] } };
  const tabs = boardTabs(boardCodes([laid]).filter(isTappable));
  assert.deepEqual(tabs.map((tab) => tab.codes.map((one) => one.code.id)), [['vraag', 'uitleg'], ['werk', 'los']]);
  assert.equal(oneTabAtATime(tabs), true);
});

test('the states of a group exclude each other, others do not', () => {
  assert.deepEqual(groupMates(codes, by('uitleg')).map((one) => one.code.id), ['werk']);
  assert.deepEqual(groupMates(codes, by('los')), []);
  assert.deepEqual(groupMates(codes, by('vraag')), []);
});

test('somebody typed on the spot is a listed subject when the name is the same', () => {
  const subjects = [{ id: 'klas', title: { nl: 'Hele klas', en: 'Whole class' } }];
  assert.equal(typedSubject(subjects, '  hele  klas '), 'klas');
  assert.equal(typedSubject(subjects, ' voorste  rij '), 'voorste rij');
  assert.equal(typedSubject(subjects, '   '), null);
  assert.deepEqual(ownSubjects(subjects, [{ subject: 'Noor' }, { subject: 'klas' }, { subject: null }, { subject: 'Noor' }]), ['Noor']);
});

test('modifiers: one replaces, several add up, a number stays within its bounds', () => {
  const [wie, hoe, tel] = instrument.modifiers as [NonNullable<Instrument['modifiers']>[0], NonNullable<Instrument['modifiers']>[0], NonNullable<Instrument['modifiers']>[0]];
  const one = withChoice(null, wie, 'een');
  assert.deepEqual(one, { wie: 'een' });
  assert.deepEqual(withChoice(one, wie, 'twee'), { wie: 'twee' });
  assert.equal(withChoice(one, wie, 'een'), null);
  const many = withChoice(withChoice(one, hoe, 'b'), hoe, 'a');
  assert.deepEqual(many, { wie: 'een', hoe: ['a', 'b'] });
  assert.equal(isChosen(many, hoe, 'b'), true);
  assert.deepEqual(withChoice(withChoice(many, hoe, 'a'), hoe, 'b'), { wie: 'een' });
  assert.deepEqual(withNumber(null, tel, 30), { tel: 9 });
  assert.deepEqual(withNumber({ tel: 4 }, tel, null), null);
  assert.deepEqual(modifierTexts(modifiersOf(by('vraag')), { tel: 4, wie: 'twee' }), ['Twee', 'Aantal 4']);
});

test('which interval is asked about, by the rule', () => {
  assert.equal(intervalAt(119.99, 120), 0);
  assert.equal(intervalAt(0.1 * 3, 0.1), 3);
  assert.equal(askedAt(125, grid.sampling), 1);
  assert.equal(askedAt(2.9, quick.sampling), -1);
  assert.equal(askedAt(3.1, quick.sampling), 0);
  assert.deepEqual(answerTimes(1, grid.sampling), { at: 120, until: 240 });
  assert.deepEqual(answerTimes(2, { every: 300, rule: 'momentary' }), { at: 900, until: 900 });
  assert.equal(askedAt(299, { every: 300, rule: 'momentary' }), -1);
  assert.equal(askedAt(301, { every: 300, rule: 'momentary' }), 0);
  assert.deepEqual([0, 300, 600, 740].map((at) => answeredAt(at, { every: 300, rule: 'momentary' })), [0, 0, 1, 1]);
  assert.deepEqual(grid.codes.map((one) => one.code.id), ['luistert', 'praat', 'niets']);
});

test('in a grid a press adds or takes away; nothing of these excludes the rest', () => {
  assert.deepEqual(answer(grid, [], by('luistert')), { remove: [], change: null, add: true });
  const listens = seen('luistert', 120);
  assert.deepEqual(answer(grid, [listens], by('luistert')), { remove: [listens.id], change: null, add: false });
  assert.deepEqual(answer(grid, [listens], by('praat')), { remove: [], change: null, add: true });
  assert.deepEqual(answer(grid, [listens], by('niets')), { remove: [listens.id], change: null, add: true });
  const none = seen('niets', 120);
  assert.deepEqual(answer(grid, [none], by('praat')), { remove: [none.id], change: null, add: true });
});

test('of one answer a press puts another in its place', () => {
  const teacher = seen('leraar', 3);
  const twice = seen('leraar', 3);
  assert.deepEqual(answer(quick, [], by('leraar')), { remove: [], change: null, add: true });
  assert.deepEqual(answer(quick, [teacher], by('leerling')), { remove: [], change: teacher.id, add: false });
  assert.deepEqual(answer(quick, [teacher, twice], by('leerling')), { remove: [twice.id], change: teacher.id, add: false });
});

test('answers are of their own interval, sampling and observer; what is left is missed, pauses apart', () => {
  const all = [seen('leraar', 0), seen('leerling', 6), seen('luistert', 0), seen('leraar', 9, { observer: 'zij' })];
  const answers = answersOf(quick, all, 'ik');
  assert.deepEqual([...answers.keys()], [0, 2]);
  assert.deepEqual(missedBefore(5, answers, 3, [], 15), [1, 3, 4]);
  assert.deepEqual(missedBefore(5, answers, 3, [{ from: 9.5, to: null }], 15), [1]);
  assert.equal(isPaused(3, 3, [{ from: 11, to: 20 }], 30), false);
  assert.equal(isPaused(3, 3, [{ from: 10, to: 20 }], 30), true);
});

test('one score per code, observer and subject; the later of two counts', () => {
  const first = seen('rust', 10, { rating: 2 });
  const later = seen('rust', 5, { rating: 3, evidence: ['x'] });
  const all = [later, first, seen('rust', 10, { rating: 1, observer: 'zij' }), seen('rust', 10, { rating: 4, subject: 'Noor' })];
  assert.equal(ratingOf(by('rust'), all, 'ik', null)?.id, later.id);
  assert.equal(ratingOf(by('rust'), all, 'ik', 'Noor')?.rating, 4);
  assert.equal(ratingOf(by('doel'), all, 'ik', null), undefined);
});

test('scores without evidence are counted; what does not apply needs none', () => {
  const all = [seen('rust', 10, { rating: 2 }), seen('doel', 10, { rating: null })];
  assert.deepEqual(countRatings([by('rust'), by('doel')], all, 'ik', null), { codes: 2, done: 2, withoutEvidence: 1 });
  assert.equal(lacksEvidence(undefined), false);
  assert.deepEqual(withEvidence(null, 'a', true), ['a']);
  assert.deepEqual(withEvidence(['a', 'b'], 'a', false), ['b']);
  assert.equal(withEvidence(['a'], 'a', false), null);
  assert.equal(withEvidence(Array.from({ length: 50 }, (_, i) => `e${i}`), 'z', true)!.length, 50);
});

test('keys of a scale', () => {
  const four = instrument.scales![0]!;
  assert.equal(stepOfKey('3', four), 3);
  assert.equal(stepOfKey('5', four), undefined);
  assert.equal(stepOfKey('n', four), null);
  assert.equal(stepOfKey('0', four), null);
  assert.equal(stepOfKey('x', four), undefined);
  assert.equal(stepOfKey('n', { ...four, not_applicable: false }), undefined);
  assert.equal(stepOfKey('0', { steps: [{ value: 0 }, { value: 1 }], not_applicable: true }), 0);
  assert.equal(stepOfKey('2', { steps: [{ value: -10 }, { value: 10 }], not_applicable: true }), 10);
});

test('states of a group share a lane as long as none hides another; ratings have none', () => {
  const one = seen('uitleg', 0, { until: 10 });
  const two = seen('werk', 10, { until: 20 });
  const lanes = laneGroups(codes, [one, two, seen('vraag', 3), seen('rust', 3, { rating: 2 }), seen('leraar', 0, { until: 3 }), seen('leerling', 3, { until: 6 })]);
  assert.deepEqual(lanes.map((lane) => lane.codes.map((each) => each.code.id)), [['uitleg', 'werk'], ['vraag'], ['leraar', 'leerling']]);
  const apart = laneGroups(codes, [one, two, seen('uitleg', 5, { until: 8, observer: 'zij' })]);
  assert.deepEqual(apart.map((lane) => lane.codes.map((each) => each.code.id)), [['uitleg'], ['werk']]);
});
