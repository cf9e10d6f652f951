import assert from 'node:assert/strict';
import test from 'node:test';
import { MOMENT_REF, type BoardCode } from '../src/model/instruments';
import { assignKeys, isOurs, normalKey, undoKey } from '../src/model/keys';
import { TapGuard } from '../src/model/taps';
import { uuid7 } from '../src/model/uuid';
import { parseRoute } from '../src/router';

const code = (ref: string, key?: string) => ({ ref, code: { key } }) as unknown as BoardCode;
const press = (key: string, more: Partial<Record<'ctrlKey' | 'altKey' | 'metaKey' | 'shiftKey', boolean>> = {}, path: object[] = []) => ({
  key, ctrlKey: false, altKey: false, metaKey: false, shiftKey: false, ...more, composedPath: () => path as EventTarget[],
});

test('keys of the kijkwijzer, changed by the device, never twice', () => {
  const codes = [code('a', '1'), code('b', '2'), code('c', '1'), code('d', 'm')];
  const keys = assignKeys(codes, {});
  assert.deepEqual([...keys], [['a', '1'], ['b', '2'], ['d', 'm']]);
  const changed = assignKeys(codes, { b: '1', d: '' });
  assert.deepEqual([...changed].sort(), [['b', '1'], [MOMENT_REF, 'm']].sort());
});

test('only single visible characters are keys', () => {
  assert.equal(normalKey('A'), 'a');
  assert.equal(normalKey('Enter'), '');
  assert.equal(normalKey(' '), '');
});

test("a browser's shortcut and typing are left alone", () => {
  assert.equal(isOurs(press('1')), true);
  assert.equal(isOurs(press('1', { ctrlKey: true })), false);
  assert.equal(isOurs(press('1', { altKey: true })), false);
  assert.equal(isOurs(press('1', { metaKey: true })), false);
  assert.equal(isOurs(press('1', {}, [{ tagName: 'TEXTAREA' }])), false);
  assert.equal(isOurs(press('1', {}, [{ tagName: 'INPUT', type: 'text' }])), false);
  assert.equal(isOurs(press('1', {}, [{ tagName: 'INPUT', type: 'checkbox' }])), true);
  assert.equal(isOurs(press('1', {}, [{ tagName: 'BUTTON' }, { tagName: 'DIALOG' }])), false);
});

test('undo and redo as everywhere', () => {
  assert.equal(undoKey(press('z', { ctrlKey: true })), 'undo');
  assert.equal(undoKey(press('Z', { ctrlKey: true, shiftKey: true })), 'redo');
  assert.equal(undoKey(press('z', { metaKey: true })), 'undo');
  assert.equal(undoKey(press('y', { ctrlKey: true })), 'redo');
  assert.equal(undoKey(press('z')), null);
  assert.equal(undoKey(press('z', { ctrlKey: true }, [{ tagName: 'TEXTAREA' }])), null);
});

test('a second tap by accident does not count, a third in time does', () => {
  const guard = new TapGuard();
  assert.equal(guard.accept('a', 1000), true);
  assert.equal(guard.accept('a', 1200), false);
  assert.equal(guard.accept('b', 1200), true);
  assert.equal(guard.accept('a', 1401), true);
});

test('ids sort in the order in which they were made', () => {
  const ids = Array.from({ length: 5000 }, () => uuid7(1_700_000_000_000));
  assert.deepEqual([...ids].sort(), ids);
  assert.equal(new Set(ids).size, ids.length);
  assert.match(ids[0]!, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('addresses', () => {
  const at = (path: string) => parseRoute(new URL(path, 'http://x'));
  assert.deepEqual(at('/'), { page: 'home' });
  assert.deepEqual(at('/gedeeld'), { page: 'shared' });
  assert.deepEqual(at('/toString'), { page: 'unknown' });
  assert.deepEqual(at('/#/welkom/aB3_x-9'), { page: 'invitation', code: 'aB3_x-9' });
  assert.deepEqual(at('/#/koppel/aB3_x-9'), { page: 'invitation', code: 'aB3_x-9' });
  assert.deepEqual(at('/#/elders/aB3'), { page: 'home' });
  assert.deepEqual(at('/bezoeken/abc/terugkijken?t=12.5'), { page: 'review', visit: 'abc', at: '12.5' });
  assert.deepEqual(at('/hulp/privacy'), { page: 'help', topic: 'privacy' });
  assert.deepEqual(at('/bezoeken/abc'), { page: 'unknown' });
});
