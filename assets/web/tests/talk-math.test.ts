import assert from 'node:assert/strict';
import test from 'node:test';
import type { TalkItem, TalkState } from '../src/model/coaching-types';
import { fold, neighbour, playedOn, presses, type Press } from '../src/model/talk-math';

const item = (id: string, position: number, from: number, to: number, skipped = false): TalkItem => ({
  id, position, from, to, skipped, coach_moment: id, teacher_moment: null, question: '', notes: '', private_note: '', changed_at: '',
});
const items = [item('a', 0, 10, 20), item('b', 1, 40, 50), item('c', 2, 60, 70, true), item('d', 3, 80, 90)];
const playing: TalkState = { item: 'a', position: 12, playing: true, rate: 1 };
const after = (state: TalkState, ms: number) => playedOn(state, ms, items);
const press = (state: TalkState, ...all: Press[]) => fold(state, 0, all.map((one) => ({ at: 0, press: one, by: 'Marieke' })), items).state;

test('what plays goes on by its rate, stops at the end of the moment, and begins again when it is repeated', () => {
  assert.equal(after(playing, 3000).position, 15);
  assert.equal(after({ ...playing, rate: 0.5 }, 3000).position, 13.5);
  assert.deepEqual([after(playing, 9000).position, after(playing, 9000).playing], [20, false]);
  assert.deepEqual([after({ ...playing, loop: true }, 9000).position, after({ ...playing, loop: true }, 9000).playing], [11, true]);
  assert.equal(after({ ...playing, playing: false }, 9000).position, 12);
  assert.equal(after(playing, -500).position, 12, 'a clock that is behind does not turn it back');
  assert.equal(after({ playing: true }, 1000).position, 11, 'without a moment it is the first');
});

test('presses', () => {
  assert.equal(press({ ...playing, position: 20, playing: false }, presses.play(true)).position, 10, 'at the end it begins again');
  assert.equal(press(playing, presses.play(false)).playing, false);
  assert.equal(press(playing, presses.move(-5)).position, 7, 'a little before the moment can be seen too');
  assert.equal(press({ item: 'b', position: 41 }, presses.move(-60)).position, 10);
  assert.equal(press(playing, presses.move(100)).position, 20);
  const stepped = press(playing, presses.step(1), presses.step(1));
  assert.ok(Math.abs(stepped.position! - 12.08) < 1e-9);
  assert.equal(stepped.playing, false);
  assert.equal(press({ ...playing, frame: 0.5 }, presses.step(-1)).position, 11.5);
  assert.equal(press(playing, presses.speed(-1)).rate, 0.75);
  assert.equal(press({ ...playing, rate: 2 }, presses.speed(1)).rate, 2);
  const chosen = press({ ...playing, layout: 'two', second: 'b' }, presses.item('d'));
  assert.deepEqual([chosen.item, chosen.position, chosen.playing, chosen.layout], ['d', 80, false, 'one']);
  assert.equal(press(playing, presses.item('gone')).item, 'a');
  assert.equal(press(playing, presses.besideMoment('b')).layout, 'two');
});

test('next and previous pass what is skipped', () => {
  assert.equal(neighbour({ item: 'b' }, items, 1)?.id, 'd');
  assert.equal(neighbour({ item: 'd' }, items, -1)?.id, 'b');
  assert.equal(neighbour({ item: 'd' }, items, 1), undefined);
  assert.equal(neighbour({ item: 'c' }, items, 1)?.id, 'd');
});

test('presses on a state that another changed meanwhile keep to its time', () => {
  const { state, at } = fold(playing, 1000, [{ at: 3000, press: presses.rate(0.5), by: 'Marieke' }, { at: 5000, press: presses.play(false), by: 'Marieke' }], items);
  assert.equal(at, 5000);
  assert.equal(state.position, 15);
  assert.equal(state.playing, false);
  assert.equal(state.by, 'Marieke');
  // Pressed before the newer state was set: it holds from then on.
  assert.equal(fold(playing, 9000, [{ at: 3000, press: presses.play(false), by: '' }], items).state.position, 12);
});

test('what the screen shows is taken over only for the same moment, and by nobody', () => {
  assert.deepEqual(press({ ...playing, by: 'Sanne' }, presses.settle('a', 13)), { ...playing, position: 13, by: 'Sanne', settled: true });
  assert.equal(press(playing, presses.settle('b', 41)).position, 12);
  assert.equal(press({ ...playing, settled: true }, presses.loop(true)).settled, false);
});
