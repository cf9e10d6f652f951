// The journal over HTTP: taps are durable and counted once, everybody who
// follows gets every operation once and in order, whatever the connection does.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Server, sleep, tap, until, uuid } from '../lib/terugblik.mjs';
import { assertFits, assertRefused, call, head, hold, named, unchunked } from './tools.mjs';

let server;
before(async () => { server = await Server.start(); });
after(async () => { await server?.stop(); });

async function started(fields = {}) {
  const visit = await server.good('POST', '/api/visits', { title: 'Les', ...fields });
  return server.good('POST', `/api/visits/${visit.id}/start`);
}
const send = (visit, ...operations) => server.good('POST', `/api/visits/${visit.id}/operations`, { operations });
const sendOne = async (visit, operation) => (await send(visit, operation)).results[0];
const observations = async (visit, query = '') => (await server.good('GET', `/api/visits/${visit.id}/observations${query}`)).observations;
const operations = (visit, query = '') => server.good('GET', `/api/visits/${visit.id}/operations${query}`);
const change = (id, fields, extra = {}) => ({ id: uuid(), target: 'observation', target_id: id, action: 'change', author: 'Test', device: 'test', fields, ...extra });
const undo = (extra = {}) => ({ id: uuid(), action: 'undo', author: 'Test', device: 'test', ...extra });

describe('taps', () => {
  test('an acknowledged tap is there after a kill', async () => {
    const own = await Server.start();
    const visit = await own.good('POST', '/api/visits', { title: 'Les' });
    await own.good('POST', `/api/visits/${visit.id}/start`);
    const acknowledged = [];
    for (let i = 0; i < 20; i++) {
      const given = tap({ note: `tik ${i}` });
      await own.good('POST', `/api/visits/${visit.id}/operations`, { operations: [given] });
      acknowledged.push(given.target_id);
    }
    await own.kill();
    await own.run();
    const there = (await own.good('GET', `/api/visits/${visit.id}/observations`)).observations;
    assert.deepEqual(there.map((one) => one.id).sort(), acknowledged.sort());
    await own.stop();
  });

  test('the same operation counts once', async () => {
    const visit = await started();
    const given = tap();
    const first = await sendOne(visit, given);
    assert.deepEqual(first, { id: given.id, seq: 1, status: 'applied' });
    for (let i = 0; i < 3; i++) assert.deepEqual(await sendOne(visit, given), { id: given.id, seq: 1, status: 'duplicate' });
    const twice = await send(visit, tap(), given, given);
    assert.deepEqual(twice.results.map((result) => [result.seq, result.status]), [[2, 'applied'], [1, 'duplicate'], [1, 'duplicate']]);
    assert.equal(twice.seq, 2);
    // Also when its copies arrive at one time.
    const other = tap();
    const answers = await Promise.all(Array.from({ length: 8 }, () => sendOne(visit, other)));
    assert.deepEqual(answers.map((answer) => answer.status).sort(), ['applied', ...Array(7).fill('duplicate')]);
    assert.deepEqual(new Set(answers.map((answer) => answer.seq)), new Set([3]));
    assert.equal((await observations(visit)).length, 3);
  });

  test('an operation of another visit is not taken for a duplicate', async () => {
    const [one, two] = [await started(), await started()];
    const given = tap();
    await send(one, given);
    const answer = await sendOne(two, given);
    assert.equal(answer.status, 'refused');
    assert.equal(answer.error.code, 'conflict');
    assert.equal((await sendOne(two, { ...given, id: uuid() })).status, 'refused', 'its observation neither');
    assert.equal((await sendOne(two, change(given.target_id, { note: 'x' }))).status, 'refused');
    assert.equal((await observations(two)).length, 0);
  });

  test('a refused one does not keep the others back', async () => {
    const visit = await started();
    const answer = await send(visit, tap(), { id: 'x' }, tap({ at: 'nu' }), 7, tap());
    assert.deepEqual(answer.results.map((result) => result.status), ['applied', 'refused', 'refused', 'refused', 'applied']);
    assert.deepEqual(answer.results.map((result) => result.seq), [1, 0, 0, 0, 2]);
    assert.equal(answer.results[1].id, null);
    for (const result of answer.results.slice(1, 4)) assert.equal(result.error.code, 'invalid');
  });

  test('500 at once, 501 not', async () => {
    const visit = await started();
    const many = Array.from({ length: 501 }, () => tap());
    assertRefused(await call(server, 'POST', `/api/visits/${visit.id}/operations`, { body: { operations: many } }), 413, '501');
    assert.equal((await operations(visit)).seq, 0);
    const answer = await send(visit, ...many.slice(0, 500));
    assert.deepEqual(answer.results.map((result) => result.seq), Array.from({ length: 500 }, (_, i) => i + 1));
    assert.equal((await observations(visit)).length, 500);
    const page = await operations(visit, '?after=0&limit=1000');
    assert.equal(page.operations.length, 500);
    const walked = [];
    for (let after_ = 0; ;) {
      const part = await operations(visit, `?after=${after_}&limit=120`);
      walked.push(...part.operations.map((one) => one.seq));
      if (part.operations.length < 120) break;
      after_ = walked.at(-1);
    }
    assert.deepEqual(walked, page.operations.map((one) => one.seq));
    assert.deepEqual((await send(visit)).results, []);
  });

  test('the largest batch that the fields allow fits', async () => {
    const visit = await started();
    const batch = Array.from({ length: 500 }, () => tap({ note: 'x'.repeat(4000) }));
    assert.equal((await send(visit, ...batch)).seq, 500);
  });

  test('a visit that has not started has no time yet', async () => {
    const visit = await server.good('POST', '/api/visits', { title: 'Straks' });
    for (const given of [tap(), tap({ at: 3 }), undo()]) {
      const answer = await sendOne(visit, given);
      assert.equal(answer.status, 'refused');
      assert.equal(answer.error.code, 'visit-not-started');
    }
    assert.equal((await observations(visit)).length, 0);
  });

  test('the time of a tap is the time it was made, not the time it came', async () => {
    const visit = await started();
    const zero = Date.parse(visit.started_at);
    await sleep(1100);
    const made = new Date(zero + 500).toISOString();
    const given = tap({ tapped_at: made, uncertainty: 0.02 });
    await send(visit, given);
    const [one] = await observations(visit);
    assert.ok(Math.abs(one.at - 0.5) < 0.0011, `${one.at}`); // the start was cut to milliseconds here
    assert.equal(one.tapped_time, one.at);
    assert.equal(one.uncertainty, 0.02);
    await send(visit, change(given.target_id, { at: 0.9 }));
    const [moved] = await observations(visit);
    assert.equal(moved.at, 0.9);
    assert.equal(moved.tapped_time, one.tapped_time);
    assert.equal(moved.tapped_at, one.tapped_at);
    assert.equal((await sendOne(visit, change(given.target_id, { tapped_at: made }))).status, 'refused');
    assert.equal((await sendOne(visit, tap({ tapped_at: '2020-01-01T00:00:00Z' }))).status, 'refused', 'years away');
  });

  test('lead and lag come from the code, and make the clip', async () => {
    const visit = await started();
    const code = (await server.good('GET', '/api/instruments/snelle-start')).codes.find((one) => one.kind === 'point');
    const given = tap({ instrument: 'snelle-start', code: code.id, at: 60, tapped_at: undefined });
    await send(visit, given);
    const [one] = await observations(visit);
    assert.deepEqual([one.lead, one.lag, one.kind], [code.lead, code.lag, 'point']);
    assert.deepEqual(one.clip, { from: 60 - code.lead, to: 60 + code.lag });
    assert.equal((await sendOne(visit, tap({ instrument: 'snelle-start', code: 'bestaat-niet' }))).status, 'refused');
    assert.equal((await sendOne(visit, tap({ instrument: 'klassenmanagement', code: 'x' }))).status, 'refused');
  });
});

describe('undo', () => {
  test('undo and redo', async () => {
    const visit = await started();
    const given = tap({ note: 'eerst' });
    const changed = change(given.target_id, { note: 'toen' });
    await send(visit, given, changed);
    const back = undo();
    await send(visit, back);
    assert.equal((await observations(visit))[0].note, 'eerst');
    await send(visit, undo());
    assert.equal((await observations(visit)).length, 0);
    assert.equal((await observations(visit, '?removed=1'))[0].removed, true);
    assert.equal((await sendOne(visit, undo())).error.code, 'not-found');
    // Redo: the undo of the undo, newest first.
    const undos = (await operations(visit)).operations.filter((one) => one.action === 'undo');
    await send(visit, undo({ of: undos[1].id }));
    assert.equal((await observations(visit))[0].note, 'eerst');
    await send(visit, undo({ of: back.id }));
    assert.equal((await observations(visit))[0].note, 'toen');
    assertFits(await operations(visit), named('OperationList'), 'operations');
  });

  test('what another did meanwhile stays', async () => {
    const visit = await started();
    const given = tap({ note: '' });
    const mine = change(given.target_id, { note: 'van mij', valence: 'sterk' });
    await send(visit, given, mine, change(given.target_id, { valence: 'aandacht' }, { author: 'Ander', device: 'tablet' }));
    await send(visit, undo());
    const [one] = await observations(visit);
    assert.deepEqual([one.note, one.valence], ['', 'aandacht']);
    assert.equal((await sendOne(visit, undo({ device: 'elders' }))).error.code, 'not-found');
  });
});

describe('whose it is', () => {
  test('the session says it, whatever the client writes', async () => {
    const visit = await started();
    const given = tap({ observer: 'Iemand anders' }, { author: 'Iemand anders' });
    await send(visit, given);
    const [operation] = (await operations(visit)).operations;
    assert.equal(operation.author, 'Test');
    assert.equal((await observations(visit))[0].observer, 'Test');
  });
});

describe('the end of a lesson', () => {
  test('closes what is open, and says who did it', async () => {
    const visit = await started();
    const code = (await server.good('GET', '/api/instruments/snelle-start')).codes.find((one) => one.kind === 'state').id;
    const [open, shut, gone] = [1, 2, 3].map(() => tap({ instrument: 'snelle-start', code, kind: 'state', at: 0.1 }));
    await send(visit, open, shut, gone, change(shut.target_id, { until: 0.2 }), { id: uuid(), target: 'observation', target_id: gone.target_id, action: 'remove', author: 'Test', device: 'test' });
    assert.deepEqual((await observations(visit)).map((one) => one.open).sort(), [false, true]);
    const heard = [];
    const end = server.follow(`/api/visits/${visit.id}/events`, (event, data) => { if (event === 'operation') heard.push(data); });
    await sleep(200);
    const ended = await server.good('POST', `/api/visits/${visit.id}/end`);
    assert.equal(ended.state, 'ended');
    const list = await observations(visit, '?removed=1');
    const of = (given) => list.find((one) => one.id === given.target_id);
    assert.equal(of(open).closed_by, 'end');
    assert.equal(of(open).open, false);
    assert.ok(Math.abs(of(open).until - ended.duration) < 1e-5);
    assert.deepEqual([of(shut).until, of(shut).closed_by], [0.2, null]);
    assert.deepEqual([of(gone).until, of(gone).removed], [null, true]);
    await until(() => heard.length === 1, 3000, 'the closing is told');
    assert.equal(heard[0].author, 'terugblik');
    assert.equal(heard[0].object.closed_by, 'end');
    end();
    // A person who corrects it has closed it.
    await send(visit, change(open.target_id, { until: 0.5 }));
    assert.equal((await observations(visit)).find((one) => one.id === open.target_id).closed_by, null);
  });

  test('late taps come in after it', async () => {
    const visit = await started();
    const code = (await server.good('GET', '/api/instruments/snelle-start')).codes.find((one) => one.kind === 'state').id;
    const made = new Date().toISOString();
    await sleep(300);
    await server.good('POST', `/api/visits/${visit.id}/end`);
    const [late, state] = [tap({ tapped_at: made }), tap({ tapped_at: made, instrument: 'snelle-start', code, kind: 'state' })];
    const answer = await send(visit, late, state);
    assert.deepEqual(answer.results.map((result) => result.status), ['applied', 'applied']);
    const list = await observations(visit);
    assert.ok(list.find((one) => one.id === late.target_id).at < 0.3);
    const closed = list.find((one) => one.id === state.target_id);
    assert.deepEqual([closed.open, closed.closed_by], [false, 'end']);
    assert.equal((await server.good('GET', `/api/visits/${visit.id}`)).state, 'ended');
  });
});

describe('followers', () => {
  /** Follows a visit; `seqs` are what came, in the order it came. */
  function follow(visit, headers = {}, query = '') {
    const follower = { seqs: [], ids: new Set(), events: [] };
    follower.end = server.follow(`/api/visits/${visit.id}/events${query}`, (event, data, id) => {
      follower.events.push(event);
      if (event !== 'operation') return;
      assert.equal(id, data.seq);
      follower.seqs.push(data.seq);
      follower.ids.add(data.id);
    }, headers);
    return follower;
  }
  const upTo = (count, first = 1) => Array.from({ length: count - first + 1 }, (_, i) => i + first);
  const greeted = (...all) => until(() => all.every((one) => one.events.includes('hello')), 5000, 'hello');

  test('four writers, two followers: everything once and in order', async () => {
    const visit = await started();
    const [one, two] = [follow(visit), follow(visit)];
    await greeted(one, two);
    const sent = [];
    await Promise.all(Array.from({ length: 4 }, async (_, writer) => {
      for (let i = 0; i < 50; i++) {
        const batch = Array.from({ length: 1 + (i + writer) % 4 }, () => tap({}, { device: `tablet ${writer}` }));
        sent.push(...batch.map((given) => given.id));
        const answer = await send(visit, ...batch);
        const seqs = answer.results.map((result) => result.seq);
        assert.deepEqual(seqs, upTo(seqs.at(-1), seqs[0]), 'a batch stays together');
      }
    }));
    for (const follower of [one, two]) {
      await until(() => follower.seqs.length >= sent.length, 10000, 'all came');
      await sleep(100);
      assert.deepEqual(follower.seqs, upTo(sent.length));
      assert.deepEqual([...follower.ids].sort(), [...sent].sort());
      follower.end();
    }
  });

  test('another visit is not heard', async () => {
    const [mine, other] = [await started(), await started()];
    const follower = follow(mine);
    await greeted(follower);
    await send(other, tap());
    await send(mine, tap());
    await until(() => follower.seqs.length > 0, 3000, 'my own');
    await sleep(200);
    assert.deepEqual(follower.seqs, [1]);
    follower.end();
  });

  test('who comes back misses nothing and hears nothing twice', async () => {
    const visit = await started();
    const all = [];
    let stop = false;
    const writing = (async () => { while (!stop) { await send(visit, tap(), tap()); await sleep(3); } })();
    for (let round = 0; round < 12; round++) {
      const follower = follow(visit, all.length > 0 ? { 'Last-Event-ID': String(all.at(-1)) } : {}, '?after=0');
      await until(() => follower.seqs.length > 5 + round, 5000, 'some operations');
      follower.end();
      all.push(...follower.seqs);
    }
    stop = true;
    await writing;
    const { seq } = await operations(visit, '?limit=1');
    const last = follow(visit, { 'Last-Event-ID': String(all.at(-1)) });
    await until(() => (last.seqs.at(-1) ?? all.at(-1)) === seq, 5000, 'the end');
    last.end();
    assert.deepEqual([...all, ...last.seqs], upTo(seq));
  });

  test('who was away for a whole lesson gets it without waiting', async () => {
    const visit = await started();
    for (let i = 0; i < 6; i++) await send(visit, ...Array.from({ length: 400 }, () => tap()));
    const began = Date.now();
    const follower = follow(visit, {}, '?after=0');
    await until(() => follower.seqs.length >= 2400, 3500, 'all 2400');
    assert.ok(Date.now() - began < 3900);
    assert.deepEqual(follower.seqs, upTo(2400));
    follower.end();
    const fresh = follow(visit);
    await greeted(fresh);
    await send(visit, tap());
    await until(() => fresh.seqs.length > 0, 3000, 'news');
    assert.deepEqual(fresh.seqs, [2401], 'without a number only what is new');
    fresh.end();
  });

  test('a number that this journal never gave silences nothing', async () => {
    const visit = await started();
    await send(visit, tap());
    const follower = follow(visit, { 'Last-Event-ID': '999999' });
    await greeted(follower);
    await send(visit, tap());
    await until(() => follower.seqs.length > 0, 3000, 'the new one');
    assert.deepEqual(follower.seqs, [2]);
    follower.end();
    for (const wrong of ['x', '-1', '1.5', '99999999999999999999'])
      assertRefused(await call(server, 'GET', `/api/visits/${visit.id}/events`, { headers: { 'Last-Event-ID': wrong } }), 400, wrong);
  });

  test('one that does not read holds nobody up, and catches up', async () => {
    const visit = await started();
    const quick = follow(visit);
    const slow = hold(server, head(server, 'GET', `/api/visits/${visit.id}/events`, [['Accept', 'text/event-stream']]));
    await until(() => slow.said.includes('event: hello'), 3000, 'the slow one is greeted');
    await greeted(quick);
    slow.socket.pause();
    // More than its connection and its queue hold.
    const note = 'x'.repeat(4000);
    const times = [];
    for (let i = 0; i < 20; i++) {
      const at = performance.now();
      await send(visit, ...Array.from({ length: 150 }, () => tap({ note })));
      times.push(performance.now() - at);
    }
    await until(() => quick.seqs.length >= 3000, 20000, 'the quick one has all');
    assert.deepEqual(quick.seqs, upTo(3000));
    const single = performance.now();
    await send(visit, tap());
    assert.ok(performance.now() - single < 3000, 'taps are quick meanwhile');
    slow.socket.resume();
    const numbers = () => [...unchunked(slow.said).matchAll(/^id: (\d+)\n/gm)].map((match) => Number(match[1]));
    await until(() => numbers().at(-1) === 3001, 15000, 'the slow one has all');
    assert.deepEqual(numbers(), upTo(3001));
    slow.socket.destroy();
    quick.end();
  });
});

test('the clock never goes back, and is the one of the timeline', async () => {
  let last = '';
  for (let i = 0; i < 200; i++) {
    const { now } = await server.good('GET', '/api/clock');
    assert.ok(now > last, `${last}, then ${now}`);
    last = now;
  }
  const clocks = await Promise.all(Array.from({ length: 20 }, async () => { const from = Date.now(); const { now } = await server.good('GET', '/api/clock'); return [from, Date.parse(now), Date.now()]; }));
  for (const [from, now, to] of clocks) assert.ok(now >= from - 50 && now <= to + 50, `${from} ${now} ${to}`);
  const visit = await started();
  const { now } = await server.good('GET', '/api/clock');
  const whole = await server.good('GET', `/api/visits/${visit.id}`);
  const there = (Date.parse(now) - Date.parse(visit.started_at)) / 1000;
  assert.ok(whole.now >= there - 0.002 && whole.now < there + 0.5, `${there} and ${whole.now}`);
});
