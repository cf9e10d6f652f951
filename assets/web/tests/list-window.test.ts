import assert from 'node:assert/strict';
import test from 'node:test';
import { RowHeights, placeRows } from '../src/model/list-window';

const ids = Array.from({ length: 1000 }, (_, i) => `row-${i}`);

function heights(of: (index: number) => number, known = ids.length): RowHeights {
  const rows = new RowHeights();
  rows.setRows(ids);
  rows.learn(ids.slice(0, known).map((id, i): [string, number] => [id, of(i)]));
  return rows;
}

test('a window holds what is in view, and little more', () => {
  const rows = heights(() => 50);
  assert.deepEqual(rows.between(-500, -100), { from: 0, to: 8 });
  const { from, to } = rows.between(5000, 5500);
  assert.ok(from <= 100 && from > 90 && to >= 111 && to < 125, `${from} to ${to}`);
  assert.equal(rows.between(1e9, 2e9).to, 1000);
});

test('rows of different heights', () => {
  const rows = heights((i) => (i % 10 === 0 ? 200 : 40));
  for (const y of [0, 199, 200, 20000, 55999]) {
    const { from, to } = rows.between(y, y);
    assert.ok(rows.top(from) <= y && rows.top(to) > y, `${y}: ${from} to ${to}`);
  }
  assert.equal(rows.top(1000), 56000);
});

test('the first rows stand for those never seen', () => {
  const rows = heights(() => 60, 10);
  assert.equal(rows.top(1000), 60000);
  assert.equal(rows.learn([['row-3', 60.2]]), false, 'less than half a pixel is no news');
  assert.equal(rows.learn([['row-500', 100]]), true);
  assert.equal(rows.top(1000), 60040);
});

test('what is kept has its place wherever the window is', () => {
  const rows = heights(() => 50);
  const placed = placeRows(rows, 1000, { from: 400, to: 403 }, [2, 401, 900, -1]);
  assert.deepEqual(placed.rows, [
    { index: 2, before: 100 },
    { index: 400, before: 397 * 50 },
    { index: 401, before: 0 },
    { index: 402, before: 0 },
    { index: 900, before: 497 * 50 },
  ]);
  assert.equal(placed.after, 99 * 50);
  const height = placed.rows.reduce((sum, one) => sum + one.before + 50, placed.after);
  assert.equal(height, 1000 * 50);
});
