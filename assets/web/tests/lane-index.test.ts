import assert from 'node:assert/strict';
import test from 'node:test';
import { apart, inView, indexLane } from '../src/model/lane-index';

const point = (at: number) => ({ at, until: null, kind: 'point' });
const state = (at: number, until: number | null) => ({ at, until, kind: 'state' });
const times = (list: { at: number }[]) => list.map((one) => one.at);

test('in view is what lies in it, also what began long before', () => {
  const index = indexLane([state(0, 50), point(10), state(12, 13), point(30), point(60), state(70, null)]);
  assert.deepEqual(times(inView(index, { from: 20, to: 60 })), [0, 30, 60]);
  assert.deepEqual(times(inView(index, { from: 51, to: 59 })), []);
  assert.deepEqual(times(inView(index, { from: 500, to: 600 })), [70], 'what is open lasts');
  assert.deepEqual(times(inView(indexLane([point(5), point(1)]), { from: 0, to: 9 })), [1, 5], 'in any order');
  assert.deepEqual(inView(indexLane([]), { from: 0, to: 9 }), []);
});

test('the same as looking at each of them', () => {
  const all = Array.from({ length: 500 }, (_, i) => (i % 3 === 0 ? state((i * 37) % 1000, ((i * 37) % 1000) + (i % 40)) : point((i * 91) % 1000)));
  const index = indexLane(all);
  for (const from of [0, 100, 333, 990]) {
    const view = { from, to: from + 45 };
    const expected = all.filter((one) => one.at <= view.to && (one.until ?? one.at) >= view.from);
    assert.deepEqual(new Set(inView(index, view)), new Set(expected));
  }
});

test('of what cannot be told apart one is left', () => {
  const look = () => '';
  assert.deepEqual(times(apart([point(0.1), point(0.2), point(0.9), point(1.1)], 1, look)), [0.1, 1.1]);
  assert.deepEqual(times(apart([state(0.1, 5), state(0.2, 3), state(0.3, 9)], 1, look)), [0.1, 0.3], 'a longer one stays');
  assert.equal(apart([point(0.1), point(0.2)], 1, (one) => String(one.at)).length, 2, 'what looks different stays');
});
