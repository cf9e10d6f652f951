import test from 'node:test';
import assert from 'node:assert/strict';
import { changes, equal, finished, full, merge, retell, takeTheirs, type FullReport } from '../src/model/report-changes';

const A = '00000000-0000-7000-8000-00000000000a';
const B = '00000000-0000-7000-8000-00000000000b';
const C = '00000000-0000-7000-8000-00000000000c';
const base = (): FullReport => full({
  format: 1, language: 'nl', title: 'Rekenen', context: 'Rustig', moments: [{ id: A, title: 'A', coach: 'a' }, { id: B, title: 'B', still: 'soft' }],
  agreements: [{ text: 'Tellen', who: 'Sanne' }],
});
const places = (list: { place: string }[]) => list.map((one) => one.place);
const titles = (report: FullReport) => report.moments.map((one) => one.title);

test('absent, null and empty are the same', () => {
  assert.ok(equal(full({ format: 1, language: 'nl' }), full({ format: 1, language: 'nl', title: '', moments: null as never, next: null })));
  assert.deepEqual(finished({ ...base(), agreements: [{ text: ' ', who: 'x', due: '' }] }).agreements, []);
  assert.equal(full({ format: 1, language: 'nl', title: 'a\u202eb\nc' }).title, 'ab c');
});

test('what changed, field by field', () => {
  const after = base();
  after.context = 'Druk';
  after.moments = [{ ...after.moments[1]!, still: 'clear' }, after.moments[0]!, { ...after.moments[0]!, id: C, title: 'C' }];
  after.agreements = [];
  const list = changes(base(), after);
  assert.deepEqual(places(list).sort(), ['added', 'agreements', 'context', 'order', 'still']);
  assert.deepEqual(changes(base(), base()), []);
  assert.deepEqual(places(changes(after, base())).filter((one) => one === 'removed'), ['removed']);
});

test('what only one of two changed is taken', () => {
  const [mine, theirs] = [base(), base()];
  mine.moments[0]!.coach = 'mijn';
  theirs.moments[0]!.teacher = 'hun';
  theirs.title = 'Breuken';
  mine.agreements = [...mine.agreements, { text: 'Wachten', who: '', due: '' }];
  const { report, clashes } = merge(base(), mine, theirs);
  assert.deepEqual(clashes, []);
  assert.equal(report.moments[0]!.coach, 'mijn');
  assert.equal(report.moments[0]!.teacher, 'hun');
  assert.equal(report.title, 'Breuken');
  assert.equal(report.agreements.length, 2);
});

test('where both wrote, mine stays and theirs is told', () => {
  const [mine, theirs] = [base(), base()];
  mine.context = 'mijn';
  theirs.context = 'hun';
  mine.moments[1]!.still = 'clear';
  theirs.moments[1]!.still = null;
  const { report, clashes } = merge(base(), mine, theirs);
  assert.deepEqual(places(clashes), ['context', 'still']);
  assert.equal(report.context, 'mijn');
  assert.equal(takeTheirs(report, theirs, clashes[0]!).context, 'hun');
  assert.equal(takeTheirs(report, theirs, clashes[1]!).moments[1]!.still, null);
});

test('moments taken away, added and moved by one of two', () => {
  const [mine, theirs] = [base(), base()];
  mine.moments = [{ ...base().moments[0]!, id: C, title: 'C' }, mine.moments[1]!, mine.moments[0]!];
  theirs.moments = [theirs.moments[0]!]; // B was taken away
  assert.deepEqual(titles(merge(base(), mine, theirs).report), ['C', 'A']);
  mine.moments[1] = { ...mine.moments[1]!, coach: 'nieuw' }; // but I wrote in it
  assert.deepEqual(titles(merge(base(), mine, theirs).report), ['C', 'B', 'A']);
  const fewer = { ...base(), moments: [base().moments[1]!] };
  assert.deepEqual(titles(merge(base(), fewer, base()).report), ['B']);
  assert.deepEqual(titles(merge(base(), base(), fewer).report), ['B']);
});

test('in another language only what the program wrote is told anew', () => {
  const from = full({ format: 1, language: 'nl', context: 'Klassenbezoek van 9:00 tot 10:00.', next: { text: 'Volgend klassenbezoek' } });
  const to = full({ format: 1, language: 'en', context: 'Classroom visit from 9:00 to 10:00.', next: { text: 'Next classroom visit' } });
  const told = retell({ ...from, context: 'Zelf geschreven' }, from, to);
  assert.equal(told.language, 'en');
  assert.equal(told.context, 'Zelf geschreven');
  assert.equal(told.next.text, 'Next classroom visit');
});
