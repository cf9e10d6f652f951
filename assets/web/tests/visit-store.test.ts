import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import './bare';
import './browser-store';
import { account } from '../src/model/account';
import { ApiError, api } from '../src/model/api';
import { observing } from '../src/model/observing';
import type { Observers } from '../src/model/observing-types';
import type { Instrument, Observation, Visit } from '../src/model/types';
import { VisitStore } from '../src/model/visit-store';

const streams: Stream[] = [];

class Stream {
  onopen: () => void = () => undefined;
  onerror: () => void = () => undefined;
  closed = false;
  addEventListener = () => undefined;
  close = () => void (this.closed = true);
  constructor() {
    streams.push(this);
  }
}

Object.assign(globalThis, { window: globalThis, EventSource: Stream, document: Object.assign(new EventTarget(), { hidden: false }) });

const tap = (id: string, observer: string) => ({ id, observer, kind: 'point', at: 1, until: null, removed: false }) as Observation;
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

/** A visit with a coach and somebody beside them, blind to each other. */
async function opened(t: TestContext) {
  const state = { observers: { blind: true, opened_at: null, observers: [] } as Observers, down: false };
  api.visit = async () => ({ id: 'v', state: 'running', started_at: null, instruments: [], tracks: [], sources: [] }) as unknown as Visit;
  api.clips = async () => ({ clips: [], seq: 2 });
  api.recording = () => Promise.reject(new ApiError('not-found', '', 404));
  api.operations = async () => ({ operations: [], seq: 2 });
  api.observations = async () => {
    if (state.down) throw new ApiError('offline', '', 0);
    const all = state.observers.opened_at !== null || !state.observers.blind;
    return { observations: [tap('a', 'coach'), ...(all ? [tap('b', 'beside')] : [])], seq: 2 };
  };
  observing.observers = async () => state.observers;
  const store = new VisitStore('v');
  t.after(() => store.close());
  await store.open();
  streams.at(-1)!.onopen();
  await settled();
  return { state, seen: () => store.journal.observations.map((one) => one.id).join() };
}

test('layers that were opened while the stream was away are there when it is back', async (t) => {
  const { state, seen } = await opened(t);
  assert.equal(seen(), 'a');
  state.observers = { ...state.observers, opened_at: '2026-01-01T00:00:00Z' };
  state.down = true;
  streams.at(-1)!.onopen();
  await settled();
  assert.equal(seen(), 'a');
  state.down = false;
  streams.at(-1)!.onopen();
  await settled();
  assert.equal(seen(), 'a,b', 'also when the first attempt failed');
});

test('what is seen follows whether one taps blind, also for who comes back', async (t) => {
  const { state, seen } = await opened(t);
  state.observers = { ...state.observers, blind: false };
  account.dispatchEvent(new Event('return'));
  await settled();
  assert.equal(seen(), 'a,b');
  state.observers = { ...state.observers, blind: true };
  account.dispatchEvent(new Event('return'));
  await settled();
  assert.equal(seen(), 'a');
});

test('who leaves while the visit is still being loaded leaves nothing behind', async (t) => {
  const { state } = await opened(t);
  const before = streams.length;
  let asked = 0;
  observing.observers = async () => (asked++, state.observers);
  for (const wait of [0, 1, 5]) {
    let answer = () => undefined as void;
    api.visit = () => new Promise((done) => (answer = () => done({ id: 'v', state: 'running', started_at: null, instruments: [], tracks: [], sources: [] } as unknown as Visit)));
    const store = new VisitStore('v');
    const opening = store.open();
    await new Promise((done) => setTimeout(done, wait));
    store.close();
    await settled();
    answer();
    await opening;
  }
  assert.ok(streams.slice(before).every((one) => one.closed), 'no stream');
  const then = asked;
  account.dispatchEvent(new Event('return'));
  await settled();
  assert.equal(asked, then + 1, 'only the one that is still open asks');
});

test('a kijkwijzer and the observers that did not come at first are asked for again', async (t) => {
  const { state } = await opened(t);
  let away = true;
  const offline = () => Promise.reject(new ApiError('offline', '', 0));
  api.visit = async () => ({ id: 'w', state: 'running', started_at: null, instruments: ['een', 'twee'], tracks: [], sources: [] }) as unknown as Visit;
  api.visitInstrument = async (_visit, id) => (away && id === 'een' ? offline() : ({ id, domains: [], codes: [] }) as unknown as Instrument);
  observing.observers = async () => (away ? offline() : { ...state.observers, observers: [{ layer: 'M. de Boer', me: true, coach: true } as Observers['observers'][number]] });
  const store = new VisitStore('w');
  t.after(() => store.close());
  await store.open();
  assert.deepEqual(store.missing, ['een']);
  away = false;
  streams.at(-1)!.onopen();
  await settled();
  assert.deepEqual(store.missing, []);
  assert.deepEqual(store.instruments.map((one) => one.id), ['een', 'twee'], 'in the order of the visit');
  assert.equal(store.observer, 'M. de Boer');
});
