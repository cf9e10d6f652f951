// Several people tap on one visit, each with a layer of their own. Every route and every stream is asked by everybody:
// while the layers are blind nobody finds anything of another's.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { Client, Server, sleep, tap, until, uuid } from '../lib/terugblik.mjs';
import { assertFits, call, named, nobody, testPicture } from './tools.mjs';

let server; // also the coach, called Test
let bram; // a coach beside them
let iris; // a trainee
let teacher;
let stranger; // a coach with nothing to do with it
/** A visit that runs, made anew for each test. */
let visit;
const streams = [];

const path = (rest = '') => `/api/visits/${visit.id}${rest}`;
const observers = (who = server) => who.good('GET', path('/observers'));
const add = (who) => server.good('POST', path('/observers'), { person: who.person.id });
const drop = (who) => server.good('DELETE', path(`/observers/${who.person.id}`));
const done = (who, yes = true) => who.good('POST', path('/observers/done'), { done: yes });
const open = () => server.good('POST', path('/observers/open'), {});
const send = (who, ...operations) => who.good('POST', path('/operations'), { operations });
const observations = async (who, query = '') => (await who.good('GET', path(`/observations${query}`))).observations;
const change = (id, fields, extra = {}) => ({ id: uuid(), target: 'observation', target_id: id, action: 'change', author: 'x', device: 'test', fields, ...extra });
const undo = (extra = {}) => ({ id: uuid(), action: 'undo', author: 'x', device: 'test', ...extra });
const refusal = async (who, operation) => (await send(who, operation)).results[0].error?.code;

/** A tap whose note says whose it is; nothing of it may come to who may not see it. */
const secret = (who) => `geheim van ${who.person.name}`;
async function taps(who, fields = {}) {
  const given = tap({ note: secret(who), at: 4, ...fields });
  const { results: [result] } = await send(who, given);
  assert.equal(result.status, 'applied', JSON.stringify(result));
  return given;
}

/** All that comes to WHO, as text; ids of operations are kept too. */
function listen(who, where = path('/events')) {
  const heard = { events: [], numbers: [] };
  heard.end = who.follow(where, (event, data, id) => {
    heard.events.push([event, data]);
    if (event === 'operation') { heard.numbers.push(id); assert.equal(data.seq, id); }
  });
  heard.text = () => JSON.stringify(heard.events);
  heard.greeted = () => until(() => heard.events.some(([event]) => event === 'hello'));
  streams.push(heard);
  return heard;
}

before(async () => {
  server = await Server.start();
  bram = await server.invite({ name: 'Bram', roles: ['coach'] });
  iris = await server.invite({ name: 'Iris', roles: ['trainee'] });
  teacher = await server.invite({ name: 'Tess', roles: ['teacher'] });
  stranger = await server.invite({ name: 'Otto', roles: ['coach'] });
});
beforeEach(async () => {
  visit = await server.good('POST', '/api/visits', { title: `Les ${uuid()}`, note: 'alleen voor mij', teacher_person: teacher.person.id, sources: [testPicture] });
  await server.good('POST', path('/start'), {});
  await server.good('POST', path('/releases'), { person: teacher.person.id, clip: null, purpose: 'coaching', until: new Date(Date.now() + 86400e3).toISOString(), download: false });
});
after(async () => {
  for (const stream of streams) stream.end();
  await server?.stop();
});

/** Everything a client can ask about the visit, with operations from the first. */
async function everything(who) {
  const places = ['', '/observations', '/observations?removed=1', '/clips', '/operations?after=0', '/observers', '/moments', '/talk', '/comments', '/agreements', '/releases', '/log',
    '/report', '/recording', '/budget', '/concordance?by=Bram&by=Iris', '/foreign?format=csv', '/foreign/loss?format=csv', '/instruments/snelle-start'];
  const texts = [];
  for (const place of places) texts.push(JSON.stringify((await who.ask('GET', path(place))).body));
  for (const place of ['/api/visits', '/api/visits?shared=1', '/api/search?q=geheim', `/api/budget?visit=${visit.id}`, '/api/releases', '/api/trajectories'])
    texts.push(JSON.stringify((await who.ask('GET', place)).body));
  return texts.join('\n');
}

test('who can be asked, and who is told', async () => {
  const first = await observers();
  assertFits(first, named('Observers'), 'without anybody');
  assert.deepEqual([first.blind, first.opened_at, first.observers.length], [true, null, 1]);
  assert.deepEqual(first.candidates.map((one) => one.name), ['Bram', 'Iris', 'Otto']);
  for (const who of [server, teacher]) assert.equal((await server.ask('POST', path('/observers'), { person: who.person.id })).status, 400);
  assert.equal((await server.ask('POST', path('/observers'), { person: nobody })).status, 400);

  const news = listen(iris, '/api/events');
  await news.greeted();
  const two = await add(iris);
  assertFits(two, named('Observers'), 'with one');
  assert.deepEqual(two.observers.map((one) => [one.person.name, one.layer, one.coach, one.me]), [['Test', 'Test', true, true], ['Iris', 'Iris', false, false]]);
  assert.deepEqual((await add(iris)).observers.length, 2, 'asked twice');
  assert.deepEqual((await observers()).candidates.map((one) => one.name), ['Bram', 'Otto']);
  await until(() => news.events.some(([event, data]) => event === 'observers' && data.visit === visit.id));
  const summary = (await until(() => news.events.find(([event, data]) => event === 'visit' && data.id === visit.id)))[1];
  assert.deepEqual([summary.beside, summary.note, summary.tracks], [true, '', 0]);

  const theirs = await observers(iris);
  assertFits(theirs, named('Observers'), 'as an observer');
  assert.equal(theirs.candidates, undefined);
  for (const who of [stranger, teacher]) assert.ok([403, 404].includes((await who.ask('GET', path('/observers'))).status));
});

test('an observer has the visit without what is filmed', async () => {
  await add(iris);
  await add(bram);
  for (const who of [iris, bram]) {
    const whole = await who.good('GET', path());
    assertFits(whole, named('Visit'), 'beside');
    assert.deepEqual([whole.beside, whole.layer, whole.note, whole.shared, whole.tracks, whole.sources], [true, who.person.name, '', null, [], []]);
    assert.ok(!JSON.stringify(whole).includes('test:'));
    const listed = (await who.good('GET', '/api/visits')).visits.find((one) => one.id === visit.id);
    assert.deepEqual([listed.beside, listed.note, listed.tracks, listed.releases], [true, '', 0, undefined]);
    await who.good('GET', path('/instruments/snelle-start'));
    for (const [method, place] of [['GET', '/recording'], ['POST', '/recording'], ['GET', '/clips'], ['PATCH', ''], ['POST', '/start'], ['POST', '/end'], ['GET', '/releases'], ['POST', '/releases'], ['GET', '/moments'], ['GET', '/talk'],
      ['GET', '/comments'], ['GET', '/report'], ['GET', '/log'], ['POST', '/exports'], ['POST', '/observers'], ['PATCH', '/observers'], ['POST', '/observers/open'], ['DELETE', `/observers/${iris.person.id}`]])
      assert.equal((await who.ask(method, path(place), method === 'GET' || method === 'DELETE' ? undefined : {})).status, 403, `${method} ${place}`);
  }
  assert.equal((await server.good('GET', path())).beside, undefined);
  assert.equal((await server.good('GET', '/api/visits')).visits[0].beside, undefined);
  assert.ok(!(await bram.good('GET', '/api/visits?shared=1')).visits.some((one) => one.id === visit.id), 'observed is not shared');
  assert.ok(!(await stranger.good('GET', '/api/visits')).visits.some((one) => one.id === visit.id));

  // The stream has no news of the recording either.
  const heard = listen(iris);
  await heard.greeted();
  await server.good('POST', path('/recording'), {});
  await until(async () => (await server.good('GET', path())).tracks[0]?.segments[0]?.duration > 1, 20000);
  await server.good('DELETE', path('/recording'));
  await until(() => heard.events.some(([event, data]) => event === 'visit' && data.recording === true));
  assert.deepEqual(heard.events.filter(([event]) => ['recording', 'level', 'devices'].includes(event)), []);
  const whole = await server.good('GET', path());
  assert.ok(!(await everything(iris)).includes(whole.tracks[0].id));
  for (const place of [`/media/${visit.id}/${whole.tracks[0].segments[0].files[0].name}`, path(`/tracks/${whole.tracks[0].id}/segments/1/playlist.m3u8`), path(`/tracks/${whole.tracks[0].id}/live.jpg`)])
    assert.equal((await iris.ask('GET', place)).status, 403, place);
});

test('blind: nobody finds anything of another, by any route or stream', async () => {
  await add(bram);
  await add(iris);
  const all = [server, bram, iris];
  const heard = new Map([...all, teacher].map((who) => [who, who === teacher ? listen(who, '/api/events') : listen(who)]));
  for (const stream of heard.values()) await stream.greeted();
  const made = new Map();
  for (const who of all) {
    const given = await taps(who);
    made.set(who, given.target_id);
    await send(who, change(given.target_id, { note: `${secret(who)} gewijzigd` }), { ...change(given.target_id), action: 'remove', fields: undefined });
    await send(who, undo());
  }
  const { clip } = await (async () => { const id = uuid(); await send(server, { ...tap(), target: 'clip', target_id: id, fields: { from: 1, to: 2, title: secret(server), observation: made.get(server) } }); return { clip: id }; })();
  assert.ok((await server.good('GET', path('/clips'))).clips.some((one) => one.id === clip));

  for (const who of all) {
    const others = all.filter((one) => one !== who);
    const stream = heard.get(who);
    await until(() => stream.numbers.length === 13, 5000, `${who.person.name} hears of all`);
    const text = `${await everything(who)}\n${stream.text()}`;
    for (const other of others) {
      assert.ok(!text.includes(secret(other)), `${who.person.name} sees what ${other.person.name} tapped: ${text.slice(text.indexOf(secret(other)) - 300, text.indexOf(secret(other)) + 50)}`);
      assert.ok(!text.includes(made.get(other)), `${who.person.name} sees an id of ${other.person.name}`);
    }
    assert.ok(text.includes(secret(who)));
    assert.deepEqual(stream.numbers, Array.from({ length: 13 }, (_, i) => i + 1), 'the numbers are whole');
    const page = await who.good('GET', path('/operations?after=0'));
    assertFits(page, named('OperationList'), 'operations');
    assert.deepEqual(page.operations.map((one) => one.seq), stream.numbers);
    assert.equal(page.seq, 13);
    const hidden = page.operations.filter((one) => one.hidden);
    assert.equal(hidden.length, who === server ? 8 : 9, 'an observer has no clips either');
    for (const one of hidden) assert.deepEqual(Object.keys(one).sort(), ['hidden', 'seq']);
    assert.deepEqual(stream.events.filter(([event, data]) => event === 'operation' && data.hidden).map(([, data]) => data), hidden);
    assert.deepEqual((await observations(who)).map((one) => one.observer), [who.person.name]);
    assert.equal((await who.good('GET', path())).observations, 1);
    assert.equal((await who.good('GET', '/api/visits')).visits.find((one) => one.id === visit.id).observations, 1);
    assert.deepEqual((await observers(who)).observers.map((one) => one.observations), all.map((one) => (one === who ? 1 : null)));
    // Whoever comes back from without reach gets no more.
    const again = who.follow(path('/events'), (event, data) => { if (event === 'operation') late.push(data); }, { 'Last-Event-ID': '0' });
    const late = [];
    await until(() => late.length === 13);
    again();
    assert.deepEqual(late, page.operations);
  }
  assert.deepEqual((await observations(teacher)).map((one) => one.observer), ['Test']);
  assert.equal((await teacher.good('GET', path())).observations, 1);
  const seen = `${await everything(teacher)}\n${heard.get(teacher).text()}`;
  for (const other of [bram, iris]) assert.ok(!seen.includes(secret(other)));
  assert.ok(!(await everything(stranger)).includes('geheim'));
  // A moment cannot be made of what one does not see.
  for (const who of [server, teacher])
    assert.equal((await who.ask('POST', path('/moments'), { from: 1, to: 2, observation: made.get(iris) })).status, 404);
  await server.good('POST', path('/moments'), { from: 1, to: 2, observation: made.get(server) });
});

test('nobody changes the layer of another, also when it is open', async () => {
  await add(iris);
  await add(bram);
  const mine = await taps(server);
  const hers = await taps(iris);
  for (const opened of [false, true]) {
    if (opened) await open();
    assert.equal(await refusal(server, change(hers.target_id, { note: 'x' })), 'not-yours');
    assert.equal(await refusal(bram, change(hers.target_id, { note: 'x' })), 'not-yours');
    assert.equal(await refusal(iris, { ...change(mine.target_id), action: 'remove', fields: undefined }), 'not-yours');
    assert.equal(await refusal(iris, undo({ of: mine.id })), 'not-yours');
    assert.equal(await refusal(server, undo({ of: hers.id })), 'not-yours');
    assert.equal(await refusal(bram, undo()), 'not-found', 'has done nothing');
    assert.equal(await refusal(iris, { ...tap(), target: 'clip', target_id: uuid(), fields: { from: 1, to: 2 } }), 'not-yours');
    // One that is not theirs does not keep the others back.
    const batch = await send(iris, tap(), change(mine.target_id, { note: 'x' }), change(hers.target_id, { note: `van mij ${opened}` }));
    assertFits(batch, named('OperationResults'), 'results');
    assert.deepEqual(batch.results.map((one) => one.status), ['applied', 'refused', 'applied']);
  }
  // Whatever name is sent, it is the own one.
  const other = tap({ observer: 'Test' }, { author: 'Test' });
  await send(iris, other);
  assert.equal((await observations(iris)).find((one) => one.id === other.target_id).observer, 'Iris');
  for (const who of [teacher, stranger]) assert.ok([403, 404].includes((await who.ask('POST', path('/operations'), { operations: [tap()] })).status));
});

test('opened when all are done', async () => {
  await add(iris);
  await add(bram);
  await taps(server);
  const first = await taps(iris);
  await taps(bram);
  const heard = listen(iris);
  await heard.greeted();
  const compared = await iris.ask('GET', path('/concordance?by=Bram&by=Iris'));
  assert.deepEqual([compared.status, compared.body.error?.code], [409, 'not-opened']);
  await done(iris);
  assert.equal((await done(iris, false)).observers.find((one) => one.me).done_at, null);
  await done(iris);
  await done(bram);
  assert.equal((await observers(iris)).opened_at, null, 'the coach tapped too');
  assert.equal((await observations(iris)).length, 1);
  heard.events.length = 0;
  const opened = await done(server);
  assertFits(opened, named('Observers'), 'opened');
  assert.ok(opened.opened_at);
  assert.equal((await iris.ask('GET', path('/concordance?by=Bram&by=Iris'))).status, 200);
  await until(() => heard.events.some(([event, data]) => event === 'observers' && data.visit === visit.id));
  for (const who of [server, bram, iris, teacher]) assert.deepEqual((await observations(who)).map((one) => one.observer).sort(), ['Bram', 'Iris', 'Test']);
  assert.deepEqual((await observers(iris)).observers.map((one) => one.observations), [1, 1, 1]);
  assert.equal((await iris.good('GET', path())).observations, 3);
  assert.ok((await iris.good('GET', path('/operations?after=0'))).operations.every((one) => !one.hidden));
  assert.equal((await iris.ask('POST', path('/observers/done'), { done: false })).status, 409);
  assert.equal((await server.ask('PATCH', path('/observers'), { blind: true })).status, 409);
  // From now on each hears what the others do.
  await send(bram, tap({ note: secret(bram) }));
  await until(() => heard.text().includes(secret(bram)));

  // What was tapped without reach comes after the end of the lesson and the opening, and counts once.
  await server.good('POST', path('/end'), {});
  const queue = [tap({ note: 'later' }), change(first.target_id, { note: 'ook later' }), tap({ note: 'nog een' })];
  const came = await send(iris, ...queue);
  assert.deepEqual(came.results.map((one) => one.status), ['applied', 'applied', 'applied']);
  const before = await observations(server);
  const twice = await send(iris, ...queue);
  assert.deepEqual(twice.results.map((one) => [one.status, one.seq]), came.results.map((one) => ['duplicate', one.seq]));
  assert.equal(twice.seq, came.seq);
  assert.deepEqual(await observations(server), before);
  assert.equal(before.filter((one) => one.observer === 'Iris').length, 3);
});

test('opened by the coach', async () => {
  assert.equal((await server.ask('POST', path('/observers/open'), {})).status, 409, 'nobody observes');
  await add(iris);
  await taps(iris);
  await taps(server);
  await server.good('POST', path('/end'), {});
  assert.equal((await send(iris, tap())).results[0].status, 'applied', 'after the lesson');
  const { opened_at: at } = await open();
  assert.ok(at);
  assert.equal((await open()).opened_at, at);
  assert.equal((await observations(server)).length, 3);
  assert.equal((await observations(iris)).length, 3);
});

test('not blind: those who observe see each other at once, the teacher does not', async () => {
  await server.good('PATCH', path('/observers'), { blind: false });
  await add(iris);
  assert.equal((await observers(iris)).blind, false);
  const heard = listen(server);
  await heard.greeted();
  await taps(iris);
  await until(() => heard.text().includes(secret(iris)));
  await taps(server);
  assert.equal((await observations(iris)).length, 2);
  assert.deepEqual((await observations(teacher)).map((one) => one.observer), ['Test']);
  assert.equal((await teacher.good('GET', path())).observations, 1);
  // Blind after all: what is tapped from now on stays hidden, in streams under way too.
  await server.good('PATCH', path('/observers'), { blind: true });
  await taps(iris, { note: 'na het sluiten' });
  await until(() => heard.numbers.length === 3);
  assert.ok(!heard.text().includes('na het sluiten'));
  assert.equal((await observations(iris)).length, 2);
});

test('who is removed has nothing from that moment on, and the coach has the layer', async () => {
  await add(iris);
  const hers = await taps(iris);
  const heard = iris.follow(path('/events'), () => {});
  const answer = await fetch(server.address + path('/events'), { headers: { Cookie: iris.cookie } });
  const reader = answer.body.getReader();
  await reader.read();
  assert.deepEqual(await observations(server), []);
  const coach = listen(server);
  await coach.greeted();
  await drop(iris);
  heard();
  const ended = (async () => { try { while (!(await reader.read()).done); } catch { /* broken off: as good */ } return true; })();
  assert.ok(await Promise.race([ended, sleep(6000)]), 'the stream goes on');
  for (const [method, place] of [['GET', ''], ['GET', '/observations'], ['GET', '/operations'], ['POST', '/operations'], ['GET', '/observers'], ['POST', '/observers/done']])
    assert.equal((await iris.ask(method, path(place), method === 'GET' ? undefined : { operations: [tap()] })).status, 404, `${method} ${place}`);
  assert.ok(!(await iris.good('GET', '/api/visits')).visits.some((one) => one.id === visit.id));
  assert.equal((await server.ask('DELETE', path(`/observers/${iris.person.id}`))).status, 404, 'twice');
  assert.deepEqual((await observations(server)).map((one) => one.id), [hers.target_id]);
  assert.deepEqual(await observations(teacher), [], 'it does not become the coach\'s');
  assert.equal((await send(server, change(hers.target_id, { note: 'gecorrigeerd' }))).results[0].status, 'applied');
  await add(iris);
  assert.deepEqual((await observations(iris)).map((one) => one.id), [hers.target_id], 'asked again, it is there');
});

test('who loses the role loses the visit', async () => {
  const noor = await server.invite({ name: `Noor ${uuid()}`, login: uuid(), roles: ['trainee'] });
  await add(noor);
  await taps(noor);
  await server.good('PATCH', `/api/people/${noor.person.id}`, { roles: ['teacher'] });
  assert.equal((await noor.ask('GET', path('/observations'))).status, 404);
  assert.deepEqual(await observations(server), [], 'still an observer, whose layer is blind');
});

test('a name that changes changes no layer', async () => {
  const eva = await server.invite({ name: 'Eva', login: `eva.${uuid()}`, roles: ['trainee'] });
  await add(eva);
  const given = await taps(eva);
  await server.good('PATCH', `/api/people/${eva.person.id}`, { name: `Eefje ${uuid()}` });
  const other = await server.invite({ name: 'Eva', login: `eva.${uuid()}`, roles: ['trainee'] });
  await add(other);
  await taps(other, { note: 'een ander' });
  assert.equal((await send(eva, change(given.target_id, { note: 'nog steeds van mij' }))).results[0].status, 'applied');
  assert.equal((await send(eva, undo())).results[0].status, 'applied', 'undo knows who did it');
  assert.deepEqual((await observations(eva)).map((one) => [one.observer, one.note]), [['Eva', secret(eva)]]);
  assert.deepEqual((await observations(other)).map((one) => [one.observer, one.note]), [['Eva (2)', 'een ander']]);
  assert.equal((await other.good('GET', path())).layer, 'Eva (2)');
  assert.deepEqual((await observations(server)).length, 0);
});

test('an observer to whom it was shared too sees the film, and not the layers', async () => {
  await add(bram);
  const { id } = await server.good('POST', path('/releases'), { person: bram.person.id, clip: null, purpose: 'team', until: new Date(Date.now() + 86400e3).toISOString(), download: false });
  await teacher.good('POST', path(`/releases/${id}/answer`), { agree: true });
  await taps(server);
  await taps(bram);
  assert.deepEqual((await observations(bram)).map((one) => one.observer), ['Bram']);
  const whole = await bram.good('GET', path());
  assert.deepEqual([whole.beside, whole.shared.purpose, whole.observations], [true, 'team', 1]);
  assertFits(whole, named('Visit'), 'both');
});

test('the plots of a trajectory count the coach, not everybody', async () => {
  const code = (await server.good('GET', '/api/instruments/snelle-start')).codes.find((one) => one.kind === 'point').id;
  const { id } = await server.good('POST', '/api/trajectories', { teacher_person: teacher.person.id });
  await server.good('POST', `/api/trajectories/${id}/visits`, { visit: visit.id });
  await add(iris);
  await taps(server, { instrument: 'snelle-start', code });
  await taps(iris, { instrument: 'snelle-start', code });
  const count = async () => (await server.good('GET', `/api/trajectories/${id}/plots`)).plots.map((plot) => plot.points.map((point) => point.count));
  assert.deepEqual(await count(), [[1]]);
  await open();
  assert.deepEqual(await count(), [[1]]);
});

test('many tap at once: each hears of all, in order, and of the own whole', async () => {
  await add(bram);
  await add(iris);
  const all = [server, bram, iris];
  const heard = all.map((who) => listen(who));
  for (const stream of heard) await stream.greeted();
  await Promise.all(all.flatMap((who) => Array.from({ length: 15 }, (_, i) => send(who, tap({ note: `${secret(who)} ${i}` })))));
  for (const [i, stream] of heard.entries()) {
    await until(() => stream.numbers.length === 45);
    assert.deepEqual(stream.numbers, Array.from({ length: 45 }, (_, n) => n + 1));
    const own = stream.events.filter(([event, data]) => event === 'operation' && !data.hidden).map(([, data]) => data.object.observer);
    assert.deepEqual(own, Array(15).fill(all[i].person.name));
  }
});
