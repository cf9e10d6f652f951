import assert from 'node:assert/strict';
import test from 'node:test';
import type { Moment, MomentKind } from '../src/model/coaching-types';
import { PLAIN, around, fit, places } from '../src/model/moment-places';

const moment = (id: string, kind: MomentKind) => ({ id, kind }) as Moment;
const shown = (...mine: Moment[]) => places(mine, PLAIN).map((one) => one.moment?.id ?? `(${one.prompt?.kind})`).join(' ');

test('an empty place stands after what fills the one before it', () => {
  assert.equal(shown(), '(pride) (pride) (improve)');
  assert.equal(shown(moment('a', 'pride')), 'a (pride) (improve)');
  assert.equal(shown(moment('a', 'improve')), '(pride) (pride) a');
  assert.equal(shown(moment('a', 'pride'), moment('b', 'improve')), 'a (pride) b');
  assert.equal(shown(moment('a', 'pride'), moment('b', 'pride'), moment('c', 'improve')), 'a b c');
});

test('what fits no place keeps its own, in the order of the list', () => {
  assert.equal(shown(moment('x', 'other')), '(pride) (pride) (improve) x');
  assert.equal(shown(moment('a', 'improve'), moment('b', 'improve'), moment('c', 'pride')), 'a b c (pride)');
  assert.equal(shown(moment('a', 'pride'), moment('b', 'pride'), moment('c', 'pride')), 'a b (improve) c');
});

test('a moment stays inside what was shared, and long enough to see', () => {
  assert.deepEqual(around(60, { from: 0, to: 100 }), { from: 52, to: 64 });
  assert.deepEqual(around(2, { from: 0, to: 100 }), { from: 0, to: 6 });
  assert.deepEqual(around(100, { from: 50, to: 100 }), { from: 92, to: 100 });
  assert.deepEqual(fit(10, 12, { from: 30, to: 40 }), { from: 30, to: 31 });
  assert.deepEqual(fit(50, 60, { from: 30, to: 40 }), { from: 39, to: 40 });
  assert.deepEqual(fit(0, 9, { from: 3, to: 3.5 }), { from: 3, to: 3.5 });
});
