import test from 'node:test';
import assert from 'node:assert/strict';
import { plotTop, plotValue } from '../src/model/plot-math';

test('a short and a long lesson with the same pace are the same', () => {
  assert.equal(plotValue('point', { minutes: 20, count: 6, seconds: 0, answered: null }), 3);
  assert.equal(plotValue('point', { minutes: 60, count: 18, seconds: 0, answered: null }), 3);
  assert.equal(plotValue('state', { minutes: 20, count: 2, seconds: 300, answered: null }), 25);
  assert.equal(plotValue('state', { minutes: 60, count: 9, seconds: 900, answered: null }), 25);
});

test('what lasts is never more than the lesson, and without a lesson there is no figure', () => {
  assert.equal(plotValue('state', { minutes: 10, count: 1, seconds: 700, answered: null }), 100);
  assert.equal(plotValue('point', { minutes: 0, count: 3, seconds: 0, answered: null }), null);
  assert.equal(plotValue('point', { minutes: 10, count: 0, seconds: 0, answered: null }), 0);
});

test('intervals are a share of those that were answered, and without an answer there is no figure', () => {
  assert.equal(plotValue('interval', { minutes: 40, count: 3, seconds: 0, answered: 12 }), 25);
  assert.equal(plotValue('interval', { minutes: 40, count: 0, seconds: 0, answered: 12 }), 0);
  assert.equal(plotValue('interval', { minutes: 40, count: 0, seconds: 0, answered: 0 }), null);
  assert.equal(plotTop('interval', [5]), 20);
});

test('a scale goes as far as the highest figure, but never makes little look like much', () => {
  assert.equal(plotTop('point', [0.2, 0.4]), 2);
  assert.equal(plotTop('point', [null, 7]), 7);
  assert.equal(plotTop('state', [5, null]), 20);
  assert.equal(plotTop('state', [5, 64]), 64);
});
