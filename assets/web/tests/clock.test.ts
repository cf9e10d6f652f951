import assert from 'node:assert/strict';
import test from 'node:test';
import { ServerClock, chooseSample, parseRfc3339, rfc3339, sampleOf, type ClockSource } from '../src/model/clock';

/** A device whose clock and network are in the hand of the test. Times in ms. */
class Device implements ClockSource {
  at = 1_700_000_000_000;
  asleep = 0;
  now = () => this.at;
  wall = () => this.at + this.asleep;
  delays: [number, number][] = [];
  readonly difference = 5000;
  ask = async () => {
    const delay = this.delays.shift();
    if (!delay) throw new Error('no network');
    this.at += delay[0];
    const now = rfc3339(this.at + this.difference);
    this.at += delay[1];
    return { now };
  };
}

test('times of day keep their microseconds', () => {
  assert.equal(rfc3339(1_700_000_000_123.456), '2023-11-14T22:13:20.123456Z');
  assert.ok(Math.abs(parseRfc3339('2023-11-14T22:13:20.123456Z') - 1_700_000_000_123.456) < 0.001);
  assert.equal(parseRfc3339('2023-11-14T22:13:20Z'), 1_700_000_000_000);
});

test('half of the round trip bounds the error', () => {
  const sample = sampleOf(1000, 6010, 1020, 0);
  assert.equal(sample.offset, 5000);
  assert.equal(sample.error, 10);
});

test('the shortest round trip wins', () => {
  const samples = [sampleOf(0, 100, 80, 0), sampleOf(0, 50, 4, 0), sampleOf(0, 70, 40, 0)];
  assert.equal(chooseSample(samples), samples[1]);
  assert.equal(chooseSample([]), null);
});

test('an uneven network is off by no more than said', async () => {
  const device = new Device();
  device.delays = [[90, 10], [2, 8], [30, 30]];
  const clock = new ServerClock(device.ask, device);
  assert.equal(clock.measured, false);
  assert.equal(await clock.measure(3), true);
  const error = Math.abs(clock.serverTime() - (device.at + device.difference));
  assert.ok(error <= clock.uncertainty * 1000 + 1e-6, `${error} ms`);
  assert.ok(clock.uncertainty >= 0.005 && clock.uncertainty < 0.012);
});

test('a worse measurement later does not replace a better one, until drift has', async () => {
  const device = new Device();
  device.delays = [[2, 2]];
  const clock = new ServerClock(device.ask, device);
  await clock.measure(1);
  device.at += 1000;
  device.delays = [[300, 0]];
  await clock.measure(1);
  assert.ok(clock.uncertainty < 0.01);
  device.at += 6 * 3600 * 1000;
  device.delays = [[300, 0]];
  await clock.measure(1);
  assert.ok(Math.abs(clock.uncertainty - 0.15) < 0.001);
});

test('after a sleep the wall clock fills the hole and the doubt is said', async () => {
  const device = new Device();
  device.delays = [[1, 1]];
  const clock = new ServerClock(device.ask, device);
  await clock.measure(1);
  device.asleep = 60_000;
  assert.ok(Math.abs(clock.serverTime() - (device.wall() + device.difference)) < 2);
  assert.ok(clock.uncertainty > 0.9);
});

test('without a connection nothing is claimed; what was kept is used', async () => {
  const device = new Device();
  const kept = new Map<string, string>();
  const storage = { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value) };
  const first = new ServerClock(device.ask, device, storage);
  assert.equal(await first.measure(), false);
  assert.equal(first.measured, false);
  device.delays = [[1, 1]];
  await first.measure(1);
  const second = new ServerClock(device.ask, device, storage);
  assert.equal(second.measured, true);
  assert.ok(Math.abs(second.serverTime() - (device.at + device.difference)) < 2);
  assert.ok(second.uncertainty >= 0.05 && second.uncertainty < 0.06);
  device.at += 24 * 3600 * 1000;
  assert.equal(new ServerClock(device.ask, device, storage).uncertainty, 1);
});
