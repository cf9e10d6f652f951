import test from 'node:test';
import assert from 'node:assert/strict';
import {
  binsOf, busiest, coveredTime, cut, fitText, intervalsOf, lastRatings, merged, niceTop, rowsOf, spanOf, striking, swarm, ticks,
} from '../src/model/figures-math';

const point = (at: number) => ({ kind: 'point' as const, at, until: null, closed_by: null });
const state = (at: number, until: number | null, closedBy: 'end' | null = null) => ({ kind: 'state' as const, at, until, closed_by: closedBy });

test('stretches of time: what overlaps is one, and only what lies within counts', () => {
  assert.deepEqual(merged([{ from: 8, to: 9 }, { from: 0, to: 4 }, { from: 3, to: 5 }, { from: 5, to: 6 }]), [{ from: 0, to: 6 }, { from: 8, to: 9 }]);
  assert.deepEqual(merged([]), []);
  assert.deepEqual(cut({ from: 2, to: 9 }, { from: 4, to: 20 }), { from: 4, to: 9 });
  assert.equal(cut({ from: 2, to: 4 }, { from: 4, to: 20 }), null);
  assert.equal(coveredTime([{ from: 0, to: 10 }, { from: 5, to: 15 }], { from: 8, to: 100 }), 7);
  const given = [{ from: 5, to: 6 }, { from: 0, to: 1 }];
  merged(given);
  assert.deepEqual(given, [{ from: 5, to: 6 }, { from: 0, to: 1 }]);
});

test('spans that run at once stand in rows of their own', () => {
  assert.deepEqual(rowsOf([{ from: 0, to: 10 }, { from: 5, to: 8 }, { from: 10, to: 12 }, { from: 6, to: 7 }]), [0, 1, 0, 2]);
  assert.deepEqual(rowsOf([{ from: 6, to: 9 }, { from: 0, to: 6 }]), [0, 0]);
});

test('a scale ends at a round number that has room for everything', () => {
  assert.deepEqual([0, 0.3, 1, 1.1, 2.4, 3, 7, 12, 250].map((one) => niceTop(one)), [1, 0.3, 1, 1.5, 3, 3, 8, 15, 300]);
  assert.equal(niceTop(0.2, 4), 4);
  assert.equal(niceTop(NaN), 1);
  assert.deepEqual(ticks(10), [0, 2.5, 5, 7.5, 10]);
  assert.deepEqual(ticks(15), [0, 5, 10, 15]);
  assert.deepEqual(ticks(0.3, 3), [0, 0.1, 0.2, 0.3]);
});

test('bins begin at whole minutes, and the last has the end of the lesson too', () => {
  const bins = binsOf([point(0), point(59.9), point(60), point(150), point(150.5), state(30, 90), state(140, null)], { from: 0, to: 150 }, 60, 150);
  assert.deepEqual(bins.map((one) => [one.from, one.to, one.count]), [[0, 60, 3], [60, 120, 1], [120, 150, 3]]);
  assert.deepEqual(bins.map((one) => one.share), [0.5, 0.5, 10 / 30]);
});

test('what nobody ended runs to the end of the lesson', () => {
  assert.deepEqual(spanOf(state(10, null), 90), { from: 10, to: 90 });
  assert.deepEqual(spanOf(state(10, 60, 'end'), 90), { from: 10, to: 90 });
  assert.deepEqual(spanOf(state(10, 60), 90), { from: 10, to: 60 });
  assert.deepEqual(spanOf(point(10), 90), { from: 10, to: 10 });
});

test('bins of a part are cut by it; what begins outside it is not in them', () => {
  const bins = binsOf([point(10), point(100), point(130), point(200)], { from: 90, to: 200 }, 60, 300);
  assert.deepEqual(bins.map((one) => [one.from, one.to, one.count]), [[90, 120, 1], [120, 180, 1], [180, 200, 0]]);
  assert.deepEqual(binsOf([point(-5)], { from: 0, to: 60 }, 60, 300).map((one) => one.count), [1]);
});

test('dots that would lie on one another stand on one another', () => {
  assert.deepEqual(swarm([0, 20, 5, 40, 6], 10), [0, 0, 1, 0, 2]);
  assert.deepEqual(swarm([], 10), []);
});

test('what stands out of what came after what', () => {
  const cell = (from: number, to: number, count: number, expected: number | null, residual: number | null) => ({ from, to, count, expected, residual, probability: null });
  const cells = [cell(0, 1, 9, 4, 2.6), cell(1, 0, 1, 5, -3), cell(0, 2, 1, 0.2, 2.2), cell(2, 0, 3, 3, 0.1), cell(2, 1, 0, null, null)];
  assert.deepEqual(striking(cells).map((one) => [one.from, one.to]), [[1, 0], [0, 1]]);
  assert.equal(striking(cells, 1).length, 1);
  assert.deepEqual(busiest(3, cells, 2), [0, 1]);
  assert.deepEqual(busiest(4, cells, 9), [0, 1, 2]);
});

test('of two scores of one code the later one counts, for each observer and subject', () => {
  const one = (id: string, observer: string, subject: string | null) => ({ id, instrument: 'i', code: 'c', observer, subject });
  const last = lastRatings([one('02', 'Anna', null), one('01', 'Anna', null), one('03', 'Bert', null), one('04', 'Anna', 'leerling')]);
  assert.deepEqual(last.map((each) => each.id).sort(), ['02', '03', '04']);
});

test('intervals: answered, missed, and the last one cut by the end', () => {
  const seen = (at: number, code: string | null) => ({ at, code });
  const partial = (every: number) => ({ every, rule: 'partial' as const });
  const list = intervalsOf([seen(0, 'a'), seen(0, 'b'), seen(20, 'a'), seen(40, 'a'), seen(10, null)], partial(10), 35, { from: 0, to: 35 });
  assert.deepEqual(list.map((one) => [one.from, one.to, one.missed, one.codes.size]), [[0, 10, false, 2], [10, 20, true, 0], [20, 30, false, 1], [30, 35, true, 0]]);
  assert.deepEqual(intervalsOf([], partial(10), 40, { from: 20, to: 40 }).map((one) => one.index), [2, 3]);
  // 0.1 three times is a little more than 0.3
  assert.deepEqual([...intervalsOf([seen(0.3, 'a')], partial(0.1), 0.5, { from: 0, to: 0.5 })[3]!.codes], ['a']);
  // Momentary: looked at where they end, so not at 0, and not after the lesson.
  const moments = intervalsOf([seen(0, 'a'), seen(10, 'a'), seen(30, 'b')], { every: 10, rule: 'momentary' }, 35, { from: 0, to: 35 });
  assert.deepEqual(moments.map((one) => [one.to, [...one.codes].join()]), [[10, 'a'], [20, ''], [30, 'b']]);
  assert.deepEqual(intervalsOf([], { every: 10, rule: 'momentary' }, 40, { from: 0, to: 20 }).map((one) => one.to), [10]);
});

test('a name is cut when there is no room for it', () => {
  assert.equal(fitText('Wachttijd', 200), 'Wachttijd');
  assert.match(fitText('Stuurt bij zonder woorden', 80), /^Stuurt.*…$/);
  assert.equal(fitText('Wachttijd', 10), '');
});
