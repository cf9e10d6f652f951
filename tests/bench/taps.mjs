// How soon a tap, and a press in the talk, is seen elsewhere, and where a tap lands.
import { join } from 'node:path';
import { Client, Server, sleep, tap as makeTap, until } from '../lib/terugblik.mjs';
import { marksOfFile } from '../lib/mark.mjs';
import { fetchFile, quantile } from './tools.mjs';

const TAPS = 500;

export async function tap(table) {
  const server = await Server.start({ env: { G_DEBUG: '' } });
  try {
    const visit = await server.good('POST', '/api/visits', { title: 'taps', sources: [{ uri: 'test:', kind: 'video' }, { uri: 'test:', kind: 'audio' }] });
    await server.good('POST', `/api/visits/${visit.id}/recording`, {});
    const seen = new Map();
    const end = server.follow(`/api/visits/${visit.id}/events`, (event, data) => { if (event === 'operation') seen.set(data.id, performance.now()); });
    await sleep(1500);
    const sent = new Map(), acknowledged = [];
    for (let i = 0; i < TAPS; i++) {
      const operation = makeTap();
      sent.set(operation.id, performance.now());
      await server.good('POST', `/api/visits/${visit.id}/operations`, { operations: [operation] });
      acknowledged.push(performance.now() - sent.get(operation.id));
      await sleep(15);
    }
    await until(() => seen.size >= TAPS, 5000, 'all taps on the second device');
    end();
    const times = [...sent].map(([id, time]) => seen.get(id) - time);
    table.add('tap on one device → durable → seen on another, while recording',
      `p50 ${quantile(times, 0.5).toFixed(1)} ms, p99 ${quantile(times, 0.99).toFixed(1)} ms`,
      `acknowledged to the first device: p50 ${quantile(acknowledged, 0.5).toFixed(1)} ms`, 'p99 ≤ 50 ms', quantile(times, 0.99) <= 50);
    await server.good('POST', `/api/visits/${visit.id}/end`, {});
  } finally {
    await server.stop();
  }
}

const PRESSES = 300;

/** A press on the phone that steers the talk, until the large screen hears what to show; in turn with a tap. */
export async function steer(table) {
  const server = await Server.start({ env: { G_DEBUG: '' } });
  try {
    const screen = new Client(server);
    await screen.signIn('coach');
    const visit = await server.good('POST', '/api/visits', { title: 'nabespreking', teacher: 'M. de Wit' });
    await server.good('POST', `/api/visits/${visit.id}/start`);
    await server.good('POST', `/api/visits/${visit.id}/moments`, { from: 1, to: 20 });
    await server.good('POST', `/api/visits/${visit.id}/talk/reveal`, { together: true });
    const { items: [item] } = await server.good('GET', `/api/visits/${visit.id}/talk`);
    const shown = new Map(), tapped = new Map();
    const end = screen.follow(`/api/visits/${visit.id}/events`, (event, data) => {
      if (event === 'talk') shown.set(data.state_seq, performance.now());
      if (event === 'operation') tapped.set(data.id, performance.now());
    });
    await sleep(500);
    const presses = [], taps = [], answers = [];
    for (let seq = 1; seq <= PRESSES; seq++) {
      const state = { item: item.id, position: seq / 10, playing: seq % 2 === 0, rate: 1, loop: false, layout: 'one', second: null, other: null, show: 'moment', scores: false, minutes: 30 };
      presses.push(performance.now());
      const { applied } = await server.good('POST', `/api/visits/${visit.id}/talk/state`, { seen: seq - 1, state });
      if (!applied) throw new Error(`press ${seq} was not applied`);
      answers.push(performance.now() - presses.at(-1));
      await sleep(15);
      const operation = makeTap();
      taps.push([operation.id, performance.now()]);
      await server.good('POST', `/api/visits/${visit.id}/operations`, { operations: [operation] });
      await sleep(15);
    }
    await until(() => shown.has(PRESSES) && tapped.size >= PRESSES, 5000, 'the screen heard all');
    end();
    // Of presses that wait together a screen is told the newest: that one counts for those before it.
    const times = presses.map((time, i) => {
      let seq = i + 1;
      while (!shown.has(seq)) seq++;
      return shown.get(seq) - time;
    });
    const figures = (list, ...quantiles) => quantiles.map((q) => `p${q * 100} ${quantile(list, q).toFixed(1)} ms`).join(', ');
    table.add('press on the phone → durable → heard by the large screen of the talk', figures(times, 0.5, 0.95, 0.99),
      `a tap in between: ${figures(taps.map(([id, time]) => tapped.get(id) - time), 0.5, 0.95, 0.99)}; acknowledged to the phone: ${figures(answers, 0.5)}`,
      'p95 ≤ 100 ms', quantile(times, 0.95) <= 100);
  } finally {
    await server.stop();
  }
}

/** Taps at instants of the wall clock; the frame recorded at the observation's place must carry that instant. */
export async function frame(table, folder) {
  const server = await Server.start({ env: { G_DEBUG: '' } });
  try {
    const visit = await server.good('POST', '/api/visits', { title: 'frames', sources: [{ uri: 'test:?width=640&height=360&fps=25', kind: 'video' }] });
    await server.good('POST', `/api/visits/${visit.id}/recording`, {});
    await until(async () => (await server.good('GET', `/api/visits/${visit.id}/recording`)).actual === 'recording');
    await sleep(1000);
    const whole = await server.good('GET', `/api/visits/${visit.id}`);
    const zero = Date.parse(whole.started_at);
    const expected = [];
    for (let i = 0; i < 10; i++) {
      await sleep(150 + Math.random() * 300);
      const before = performance.now();
      const now = Date.parse((await server.good('GET', '/api/clock')).now);
      const operation = makeTap({ tapped_at: new Date(now + (performance.now() - before) / 2).toISOString() });
      await server.good('POST', `/api/visits/${visit.id}/operations`, { operations: [operation] });
      expected.push(Date.parse(operation.fields.tapped_at) - zero);
    }
    await sleep(1200);
    await server.good('POST', `/api/visits/${visit.id}/end`, {});
    const { observations } = await server.good('GET', `/api/visits/${visit.id}/observations`);
    const track = (await server.good('GET', `/api/visits/${visit.id}`)).tracks[0];
    const frames = marksOfFile(await fetchFile(server, visit.id, track.segments[0].files[0].name, join(folder, 'frame.mp4')));
    const errors = observations.map((observation, i) => {
      const inFile = observation.at - track.segments[0].start;
      const shown = frames.filter((f) => f.time <= inFile + 1e-6).at(-1);
      return Math.abs(shown.mark - expected[i]);
    });
    table.add('where a tap lands: time in the recorded frame against the time of the tap', `at most ${Math.max(...errors).toFixed(0)} ms in ${errors.length} taps`,
      'one frame at 25/s: 40 ms', 'within one frame', Math.max(...errors) <= 41);
  } finally {
    await server.stop();
  }
}
