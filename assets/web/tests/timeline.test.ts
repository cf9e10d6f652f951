import assert from 'node:assert/strict';
import test from 'node:test';
import { clockTime, parseClockTime } from '../src/model/format';
import { clampView, delayOf, frameDuration, fromMediaTime, panView, rulerStep, segmentAt, showTime, timelineEnd, toMediaTime, zoomView } from '../src/model/timeline-math';
import type { Segment } from '../src/model/types';

const segment = (number: number, start: number, duration: number): Segment => ({ number, start, duration, ended: true, files: [] });
const track = { delay: 0.5, delay_estimate: 0.2, segments: [segment(1, 2, 10), segment(2, 20, 5)] };

test('a time finds its segment, the delay of the camera taken off', () => {
  assert.equal(segmentAt(track, 1.4), undefined);
  assert.equal(segmentAt(track, 1.5)?.number, 1);
  assert.equal(segmentAt(track, 11.49)?.number, 1);
  assert.equal(segmentAt(track, 11.5), undefined);
  assert.equal(segmentAt(track, 19.5)?.number, 2);
});

test('what somebody set counts before what was measured', () => {
  assert.equal(delayOf({ delay: 0.5, delay_estimate: 0.2 }), 0.5);
  assert.equal(delayOf({ delay: 0, delay_estimate: 0.2 }), 0.2);
  assert.equal(delayOf({ delay: 0, delay_estimate: null }), 0);
});

test('media time and timeline time are each other’s reverse', () => {
  const at = toMediaTime(track, track.segments[1]!, 21.25);
  assert.equal(at, 1.75);
  assert.equal(fromMediaTime(track, track.segments[1]!, at), 21.25);
});

test('the end is that of whatever lasts longest', () => {
  assert.equal(timelineEnd(12, [track], [3, 14]), 24.5);
  assert.equal(timelineEnd(0, [], []), 1);
});

test('the frame duration comes from the frames that were seen', () => {
  assert.equal(frameDuration([]), 0.04);
  const at30 = Array.from({ length: 20 }, (_, i) => i / 30);
  assert.ok(Math.abs(frameDuration(at30) - 1 / 30) < 1e-9);
  // every other frame skipped now and then, and a seek in between
  assert.ok(Math.abs(frameDuration([0, 0.04, 0.08, 0.16, 0.2, 0.28, 0.32, 9, 9.04]) - 0.04) < 1e-9);
});

test('zooming keeps the place under the pointer', () => {
  const view = zoomView({ from: 0, to: 100 }, 0.5, 25, 100);
  assert.deepEqual(view, { from: 12.5, to: 62.5 });
  assert.deepEqual(zoomView(view, 100, 25, 100), { from: 0, to: 100 });
  const closest = zoomView({ from: 0, to: 100 }, 0.0001, 50, 100);
  assert.equal(closest.to - closest.from, 2);
});

test('a view never leaves the lesson', () => {
  assert.deepEqual(panView({ from: 10, to: 20 }, -50, 100), { from: 0, to: 10 });
  assert.deepEqual(panView({ from: 10, to: 20 }, 500, 100), { from: 90, to: 100 });
  assert.deepEqual(clampView({ from: 0, to: 10 }, 1), { from: 0, to: 1 });
});

test('the view follows the playhead only when it leaves', () => {
  const view = { from: 10, to: 20 };
  assert.equal(showTime(view, 15, 100), view);
  assert.deepEqual(showTime(view, 21, 100), { from: 20, to: 30 });
});

test('labels of the ruler do not touch', () => {
  assert.equal(rulerStep({ from: 0, to: 3600 }, 900), 300);
  assert.equal(rulerStep({ from: 0, to: 10 }, 1000), 1);
});

test('times are written and read alike', () => {
  assert.equal(clockTime(0), '0:00');
  assert.equal(clockTime(59.96, 1), '0:59,9');
  assert.equal(clockTime(725.5, 1), '12:05,5');
  assert.equal(clockTime(3723), '1:02:03');
  assert.equal(parseClockTime('12:05,5'), 725.5);
  assert.equal(parseClockTime('1:02:03'), 3723);
  assert.equal(parseClockTime('90'), 90);
  assert.equal(parseClockTime('half een'), null);
});
