// The talk afterwards: choosing blind, showing each other, one list, what is on the screens, notes, comments with
// spoken notes, questions, and the bare film first. On the real program, with everybody signed in on a browser of
// their own.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Client, PASSPHRASE, Server, command, sleep, tap, until, uuid } from '../lib/terugblik.mjs';
import { assertFits, call, named, nobody } from './tools.mjs';

const strings = spawnSync('grep', ['--version']).error ? 'grep is not there' : false;

let server; // also the coach
let teacher;
let colleague; // a coach too, of other visits
let head;
let data;

/** A visit that has begun. TEACHER: who has the account, or undefined. */
async function makeVisit(more = {}) {
  const visit = await server.good('POST', '/api/visits', { title: 'Rekenen', teacher_person: teacher.person.id, ...more });
  await server.good('POST', `/api/visits/${visit.id}/start`);
  return visit;
}
const at = (visit, path) => `/api/visits/${visit.id}/${path}`;
const choose = async (who, visit, from, to, more = {}) => {
  const moment = await who.good('POST', at(visit, 'moments'), { from, to, ...more });
  assertFits(moment, named('Moment'), 'a moment');
  return moment;
};
const talkOf = async (who, visit) => {
  const talk = await who.good('GET', at(visit, 'talk'));
  assertFits(talk, named('TalkWhole'), 'a talk');
  return talk;
};
const momentsOf = async (who, visit) => {
  const list = await who.good('GET', at(visit, 'moments'));
  assertFits(list, named('MomentList'), 'the moments');
  return list;
};
const press = (who, visit, what, body = {}) => who.ask('POST', at(visit, `talk/${what}`), body);

async function revealed(visit, ...who) {
  for (const one of [server, teacher, ...who]) assert.equal((await press(one, visit, 'ready', { ready: true })).status, 200);
  assert.equal((await press(server, visit, 'reveal')).status, 200);
  return talkOf(server, visit);
}

/** What WHO hears on PATH: a list of [event, data] that grows, and how it ends. */
async function listen(who, path = '/api/events') {
  const heard = [];
  const end = who.follow(path, (event, body) => heard.push([event, body]));
  await until(() => heard.some(([event]) => event === 'hello'), 5000, 'the stream began');
  return {
    heard, end,
    /** Of VISIT: "talk", or the WHATs of "coaching". */
    of: (visit) => heard.filter(([event, body]) => ['talk', 'coaching'].includes(event) && body.visit === visit.id)
      .map(([event, body]) => (event === 'talk' ? 'talk' : body.what)),
  };
}

before(async () => {
  data = mkdtempSync(join(tmpdir(), 'terugblik-'));
  server = await Server.start({ data });
  teacher = await server.invite({ name: 'Tess', roles: ['teacher'] });
  colleague = await server.invite({ name: 'Cor', roles: ['coach', 'admin', 'privacy'] });
  head = await server.invite({ name: 'Dirk', roles: ['head'] });
});
after(async () => { if (process.env.TB_SAY) console.error(server?.errors); await server?.stop(); if (data) rmSync(data, { recursive: true, force: true }); });

test('before the reveal neither learns what the other chose, nor how much', async () => {
  const visit = await makeVisit();
  const [coachHears, teacherHears, colleagueHears] = await Promise.all([listen(server), listen(teacher), listen(colleague)]);
  const mine = await choose(server, visit, 10, 20, { kind: 'improve', line: 'Wachttijd' });
  const hidden = await choose(teacher, visit, 5, 8, { kind: 'pride', title: 'Begin' });
  await choose(teacher, visit, 12, 22);
  await teacher.good('PATCH', at(visit, `moments/${hidden.id}`), { line: 'Dit ging goed' });
  await until(() => teacherHears.of(visit).length >= 1 && coachHears.of(visit).length >= 1, 5000, 'each hears of their own');
  await sleep(200);
  assert.deepEqual(coachHears.of(visit), ['moments']);
  assert.ok(teacherHears.of(visit).every((what) => what === 'moments'));

  const coachs = await momentsOf(server, visit);
  assert.equal(coachs.side, 'coach');
  assert.deepEqual(coachs.moments.map((moment) => moment.id), [mine.id]);
  assert.deepEqual(coachs.missing, { pride: 2, improve: 0 });
  const teachers = await momentsOf(teacher, visit);
  assert.equal(teachers.side, 'teacher');
  assert.equal(teachers.moments.length, 2);
  assert.deepEqual(teachers.missing, { pride: 1, improve: 1 });
  for (const who of [server, teacher]) {
    const talk = await talkOf(who, visit);
    assert.deepEqual([talk.items, talk.pairs], [[], []]);
    assert.equal(talk.moments.length, who === server ? 1 : 2);
    assert.equal(talk.has_teacher, true);
  }

  // What the other chose is not there: the same answer as for what never was.
  const none = { status: 404, code: 'not-found' };
  for (const method of ['PATCH', 'DELETE']) {
    const said = await server.ask(method, at(visit, `moments/${hidden.id}`), method === 'PATCH' ? { line: 'x' } : undefined);
    const never = await server.ask(method, at(visit, `moments/${nobody}`), method === 'PATCH' ? { line: 'x' } : undefined);
    assert.deepEqual(said.body, never.body);
    assert.deepEqual({ status: said.status, code: said.body.error.code }, none);
    assert.equal((await teacher.ask(method, at(visit, `moments/${mine.id}`), method === 'PATCH' ? { line: 'x' } : undefined)).status, 404);
  }
  assert.equal((await server.ask('POST', at(visit, 'moments/order'), { ids: [mine.id, hidden.id] })).status, 409);
  assert.equal((await server.ask('POST', at(visit, 'moments'), { from: 1, to: 2, sight: 'now' })).status, 400);

  // The teacher shows one at once: the coach sees that one alone, at the first place.
  const shown = await choose(teacher, visit, 30, 35, { sight: 'now' });
  await until(() => coachHears.of(visit).length === 2, 5000, 'the coach hears of what is shown');
  const seen = (await momentsOf(server, visit)).moments.filter((moment) => moment.side === 'teacher');
  assert.deepEqual(seen.map((moment) => [moment.id, moment.position]), [[shown.id, 0]]);
  assert.deepEqual((await talkOf(server, visit)).moments.filter((moment) => moment.side === 'teacher').map((moment) => moment.position), [0]);
  await teacher.good('PATCH', at(visit, `moments/${shown.id}`), { sight: 'talk' });
  await until(() => coachHears.of(visit).length === 3, 5000, 'and that it is shown no more');
  assert.equal((await momentsOf(server, visit)).moments.length, 1);

  assert.deepEqual(colleagueHears.of(visit), []);
  for (const { end } of [coachHears, teacherHears, colleagueHears]) end();
});

test('the own list is put in order and taken from', async () => {
  const visit = await makeVisit();
  const other = await makeVisit();
  const ids = [];
  for (const from of [1, 2, 3]) ids.push((await choose(teacher, visit, from, from + 0.5)).id);
  const ordered = await teacher.good('POST', at(visit, 'moments/order'), { ids: [ids[2], ids[0], ids[1]] });
  assert.deepEqual(ordered.moments.map((moment) => moment.id), [ids[2], ids[0], ids[1]]);
  for (const bad of [{ ids: [ids[0]] }, { ids: [ids[0], ids[0], ids[1]] }])
    assert.equal((await teacher.ask('POST', at(visit, 'moments/order'), bad)).status, 409);
  for (const bad of [{ ids: [1, 2] }, { ids: 'x' }, {}]) assert.equal((await teacher.ask('POST', at(visit, 'moments/order'), bad)).status, 400);
  // Of another visit there is none of this id.
  for (const method of ['PATCH', 'DELETE'])
    assert.equal((await teacher.ask(method, at(other, `moments/${ids[0]}`), method === 'PATCH' ? { title: 'x' } : undefined)).status, 404);
  assert.equal((await teacher.ask('DELETE', at(visit, `moments/${ids[0]}`))).status, 204);
  assert.deepEqual((await momentsOf(teacher, visit)).moments.map((moment) => moment.id), [ids[2], ids[1]]);
});

test('ready, reveal, one list', async () => {
  const visit = await makeVisit();
  const both = [await choose(server, visit, 10, 20), await choose(teacher, visit, 12, 22)];
  const only = await choose(teacher, visit, 40, 45);
  const coachHears = await listen(server, at(visit, 'events'));
  const teacherHears = await listen(teacher);
  for (const early of ['start', 'end']) assert.equal((await press(server, visit, early)).status, 409);
  assert.equal((await press(server, visit, 'state', { seen: 0, state: {} })).status, 409);
  assert.equal((await press(server, visit, 'ready', { ready: true })).body.coach_ready_at !== null, true);
  // Pressed by one for both: only where the teacher has no account.
  assert.equal((await press(server, visit, 'reveal', { together: true })).status, 409);
  assert.equal((await press(teacher, visit, 'reveal', { together: true })).status, 409);
  assert.equal((await momentsOf(server, visit)).moments.length, 1);
  await press(teacher, visit, 'ready', { ready: true });
  await press(teacher, visit, 'ready', { ready: false });
  assert.equal((await press(server, visit, 'reveal')).status, 409);
  await press(teacher, visit, 'ready', { ready: true });
  const talk = (await press(teacher, visit, 'reveal')).body;
  assertFits(talk, named('Talk'), 'a talk');
  assert.ok(talk.revealed_at);
  assert.equal(talk.together, false);
  assert.equal((await press(server, visit, 'ready', { ready: false })).status, 409);
  assert.equal((await press(server, visit, 'reveal')).body.revealed_at, talk.revealed_at);
  for (const { of, heard } of [coachHears, teacherHears])
    await until(() => heard.some(([event, body]) => event === 'talk' && body.revealed_at) && ['moments', 'items', 'comments'].every((what) => of(visit).includes(what)), 5000, 'both hear of it');
  coachHears.end(); teacherHears.end();

  for (const who of [server, teacher]) {
    const { moments, items, pairs } = await talkOf(who, visit);
    assert.equal(moments.length, 3);
    assert.deepEqual(pairs, [{ coach: both[0].id, teacher: both[1].id }, { coach: null, teacher: only.id }]);
    assert.deepEqual(items.map((item) => [item.coach_moment, item.teacher_moment, item.from, item.to]), [[both[0].id, both[1].id, 10, 22], [null, only.id, 40, 45]]);
  }
  // What is chosen later comes at the end of both lists.
  const late = await choose(server, visit, 2, 3);
  const { items } = await talkOf(teacher, visit);
  assert.equal(items.at(-1).coach_moment, late.id);
  const order = items.map((item) => item.id).reverse();
  const ordered = await teacher.good('POST', at(visit, 'talk/order'), { ids: order });
  assert.deepEqual(ordered.items.map((item) => item.id), order);
  assert.deepEqual((await talkOf(server, visit)).items.map((item) => item.id), order);
  assert.equal((await server.ask('POST', at(visit, 'talk/order'), { ids: order.slice(1) })).status, 409);
});

test('without an account of the teacher the coach presses for both, in the room', async () => {
  const visit = await makeVisit({ teacher_person: undefined, teacher: 'M. de Wit' });
  await choose(server, visit, 1, 2);
  assert.equal((await talkOf(server, visit)).has_teacher, false);
  assert.equal((await press(server, visit, 'reveal')).status, 409);
  assert.equal((await press(server, visit, 'reveal', { together: false })).status, 409);
  const { body } = await press(server, visit, 'reveal', { together: true });
  assert.ok(body.revealed_at);
  assert.equal(body.together, true);
});

test('notes are for both, private ones for the coach alone', async () => {
  const visit = await makeVisit();
  const other = await makeVisit();
  await choose(server, visit, 1, 2);
  const { items: [item] } = await revealed(visit);
  const teacherHears = await listen(teacher);
  const change = (who, fields, where = visit) => who.ask('PATCH', at(where, `talk/items/${item.id}`), fields);
  const changed = await change(server, { private_note: 'Vraag door naar de wachttijd' });
  assertFits(changed.body, named('TalkItem'), 'an item');
  assert.equal(changed.body.private_note, 'Vraag door naar de wachttijd');
  assert.equal((await change(teacher, { private_note: 'x' })).status, 403);
  await sleep(200);
  assert.deepEqual(teacherHears.of(visit), [], 'a private note is no news for the other');
  const written = await change(teacher, { notes: 'Ik wachtte langer', question: 'Wat zag je?', skipped: true });
  assert.deepEqual([written.body.notes, written.body.private_note, written.body.skipped], ['Ik wachtte langer', '', true]);
  await until(() => teacherHears.of(visit).includes('items'), 5000, 'notes are news');
  teacherHears.end();
  for (const [who, note] of [[server, 'Vraag door naar de wachttijd'], [teacher, '']]) {
    const text = JSON.stringify(await talkOf(who, visit));
    assert.ok(text.includes('Ik wachtte langer'));
    assert.equal(text.includes('Vraag door'), note !== '');
  }
  assert.equal((await change(server, { notes: 'x' }, other)).status, 404);
  for (const bad of [{ notes: 5 }, { colour: 'red' }, { skipped: 'ja' }]) assert.equal((await change(server, bad)).status, 400);
});

test('what is on the screens: one press wins, it is heard by both, and survives a restart', async () => {
  const visit = await makeVisit();
  await choose(server, visit, 1, 2);
  const { items: [item] } = await revealed(visit);
  const screen = await listen(server, at(visit, 'events'));
  const phone = await listen(teacher);
  const other = await listen(colleague);
  const state = (position) => ({ item: item.id, position, playing: true, rate: 1, loop: false, layout: 'one', second: null, other: null, show: 'moment', scores: false, minutes: 30 });
  const set = (who, seen, given) => press(who, visit, 'state', { seen, state: given });

  const started = (await press(server, visit, 'start')).body;
  assert.ok(started.started_at);
  const first = (await set(server, 0, state(1.5))).body;
  assertFits(first, named('TalkStateResult'), 'a state that was set');
  assert.equal(first.applied, true);
  assert.equal(first.talk.state_seq, 1);
  assert.deepEqual(first.talk.state, state(1.5));
  for (const { heard } of [screen, phone])
    await until(() => heard.some(([event, talk]) => event === 'talk' && talk.visit === visit.id && talk.state_seq === 1 && talk.state.position === 1.5), 5000, 'the state was heard');

  // Two devices press at once: exactly one holds, and the other gets to know which.
  for (let round = 1; round <= 20; round++) {
    const answers = await Promise.all([set(server, round, state(round)), set(teacher, round, state(round + 0.25))]);
    assert.deepEqual(answers.map((answer) => answer.status), [200, 200]);
    assert.equal(answers.filter((answer) => answer.body.applied).length, 1);
    assert.deepEqual(answers[0].body.talk.state, answers[1].body.talk.state);
    assert.equal(answers[0].body.talk.state_seq, round + 1);
  }
  const last = (await talkOf(teacher, visit)).talk;
  for (const { heard } of [screen, phone]) {
    await until(() => heard.some(([event, talk]) => event === 'talk' && talk.state_seq === last.state_seq), 5000, 'the last is heard');
    const seqs = heard.filter(([event, talk]) => event === 'talk' && talk.visit === visit.id).map(([, talk]) => talk.state_seq);
    assert.deepEqual(seqs, [...seqs].sort((a, b) => a - b), 'never an older one after a newer one');
  }
  assert.deepEqual(other.of(visit), []);
  for (const { end } of [screen, phone, other]) end();

  const bad = [
    { seen: last.state_seq, state: { position: -1 } }, { seen: last.state_seq, state: { rate: 9 } }, { seen: last.state_seq, state: { item: nobody } },
    { seen: last.state_seq, state: [] }, { seen: -1, state: {} }, { seen: 'x', state: {} }, { state: {} }, { seen: 1 }, { seen: last.state_seq, state: {}, force: true },
  ];
  for (const body of bad) assert.equal((await press(server, visit, 'state', body)).status, 400, JSON.stringify(body));
  assert.equal((await set(server, last.state_seq, { show: 'x'.repeat(5000) })).status, 413);

  await server.kill(); // not even a friendly end
  await server.run();
  await teacher.signIn('tess');
  await colleague.signIn('cor');
  await head.signIn('dirk');
  assert.deepEqual((await talkOf(teacher, visit)).talk, last);
  assert.equal((await set(teacher, last.state_seq, state(9))).body.applied, true);
  const ended = (await press(teacher, visit, 'end')).body;
  assert.ok(ended.ended_at);
  assert.equal((await press(server, visit, 'start')).body.ended_at, null);
});

/* --- comments ---------------------------------------------------------------- */

const webm = (size = 40000) => Buffer.concat([Buffer.from([0x1a, 0x45, 0xdf, 0xa3]), Buffer.from('terugblik-spoken-note'), randomBytes(size)]);
const ogg = () => Buffer.concat([Buffer.from('OggS\0'), randomBytes(500)]);
const mp4 = () => Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypM4A \0\0\0\0isomM4A '), randomBytes(500)]);
const say = (who, visit, bytes, type = 'audio/webm') => call(server, 'POST', at(visit, 'voices'), { body: bytes, type, headers: { Cookie: who.cookie } });
const hear = (who, visit, comment, headers = {}) => call(server, 'GET', at(visit, `comments/${comment.id}/voice`), { headers: { Cookie: who.cookie, ...headers } });
const comment = async (who, visit, fields) => {
  const made = await who.good('POST', at(visit, 'comments'), fields);
  assertFits(made, named('Comment'), 'a comment');
  return made;
};
const commentsOf = async (who, visit) => {
  const list = await who.good('GET', at(visit, 'comments'));
  assertFits(list, named('CommentList'), 'the comments');
  return list.comments;
};
const files = (visit) => {
  try { return readdirSync(join(data, 'media', visit.id)).filter((name) => name.includes('voice')); } catch { return []; }
};

test('comments: on an instant or a stretch, seen now or in the talk, with answers', async () => {
  const visit = await makeVisit();
  const other = await makeVisit();
  const coachHears = await listen(server);
  const hidden = await comment(teacher, visit, { at: 10, until: 12, text: 'Alleen voor mij' });
  assert.equal(hidden.sight, 'talk');
  await sleep(200);
  assert.deepEqual(coachHears.of(visit), []);
  assert.deepEqual(await commentsOf(server, visit), []);
  const never = await server.ask('POST', at(visit, 'comments'), { parent: nobody, text: 'x' });
  const unseen = await server.ask('POST', at(visit, 'comments'), { parent: hidden.id, text: 'x' });
  assert.equal(unseen.status, 404);
  assert.equal(unseen.body.error.message.replace(hidden.id, ''), never.body.error.message.replace(nobody, ''));
  assert.equal((await server.ask('PATCH', at(visit, `comments/${hidden.id}`), { text: 'x' })).status, 404);
  assert.equal((await server.ask('DELETE', at(visit, `comments/${hidden.id}`))).status, 404);

  const shown = await comment(teacher, visit, { at: 5, text: 'Kijk hier', sight: 'now' });
  await until(() => coachHears.of(visit).length === 1, 5000, 'the coach hears of it');
  const answer = await comment(server, visit, { parent: shown.id, text: 'Mooi' });
  assert.deepEqual((await commentsOf(server, visit)).map((one) => one.id), [shown.id, answer.id]);
  assert.deepEqual((await commentsOf(teacher, visit)).map((one) => one.id), [shown.id, answer.id, hidden.id]);
  assert.equal((await teacher.ask('POST', at(visit, 'comments'), { parent: answer.id, text: 'x' })).status, 400);
  assert.equal((await teacher.ask('PATCH', at(visit, `comments/${answer.id}`), { text: 'x' })).status, 403);
  assert.equal((await teacher.ask('PATCH', at(visit, `comments/${shown.id}`), { sight: 'talk' })).status, 409);
  assert.equal((await teacher.ask('PATCH', at(other, `comments/${shown.id}`), { text: 'x' })).status, 404);
  assert.equal((await teacher.ask('DELETE', at(other, `comments/${shown.id}`))).status, 404);
  assert.equal((await teacher.good('PATCH', at(visit, `comments/${shown.id}`), { text: 'Kijk daar' })).text, 'Kijk daar');
  for (const bad of [{ at: 1 }, { text: 'x' }, { at: -1, text: 'x' }, { at: 3, until: 2, text: 'x' }, { at: 1, text: 'x', sight: 'later' }, { at: 1, text: 5 }])
    assert.equal((await teacher.ask('POST', at(visit, 'comments'), bad)).status, 400, JSON.stringify(bad));
  assert.equal((await teacher.ask('DELETE', at(visit, `comments/${shown.id}`))).status, 204);
  const left = await commentsOf(server, visit);
  assert.deepEqual(left.map((one) => [one.id, one.text]), [[shown.id, ''], [answer.id, 'Mooi']]);
  coachHears.end();
  await choose(server, visit, 1, 2);
  await revealed(visit);
  assert.ok((await commentsOf(server, visit)).some((one) => one.id === hidden.id), 'seen in the talk');
});

test('a spoken note: sent, used once, heard in parts, sealed, gone when it is removed', async () => {
  const visit = await makeVisit();
  const other = await makeVisit();
  const sound = webm();
  const sent = await say(teacher, visit, sound);
  assert.equal(sent.status, 201, sent.text());
  const { voice } = sent.json();
  assert.match(voice, /^voice-[0-9a-f-]{36}\.webm$/);
  assert.deepEqual(files(visit), [], 'what no comment uses leaves nothing on the disk');

  // Only for who sent it, for the visit it was sent for, and once.
  for (const [who, where] of [[server, visit], [teacher, other]])
    assert.equal((await who.ask('POST', at(where, 'comments'), { at: 1, voice })).status, 400);
  for (const name of ['voice-x.webm', '../visit.db', 'voice-00000000-0000-7000-8000-000000000000.webm', ''])
    assert.equal((await teacher.ask('POST', at(visit, 'comments'), { at: 1, text: 'x', voice: name })).status, 400, name);
  // A comment that is refused does not use it up.
  assert.equal((await teacher.ask('POST', at(visit, 'comments'), { at: -1, voice })).status, 400);
  assert.deepEqual(files(visit), []);
  const spoken = await comment(teacher, visit, { at: 1, voice });
  assert.equal(spoken.voice, true);
  assert.equal(JSON.stringify(spoken).includes('voice-'), false, 'its file is nobody’s business');
  assert.equal((await teacher.ask('POST', at(visit, 'comments'), { at: 2, voice })).status, 400);
  assert.equal(files(visit).length, 1);

  // Whole, in parts, not in a cache; only to who sees the comment.
  const whole = await hear(teacher, visit, spoken);
  assert.equal(whole.status, 200);
  assert.equal(whole.headers['content-type'], 'audio/webm');
  assert.equal(whole.headers['cache-control'], 'no-store');
  assert.equal(whole.headers['x-content-type-options'], 'nosniff');
  assert.equal(whole.headers['accept-ranges'], 'bytes');
  assert.ok(whole.body.equals(sound));
  const part = await hear(teacher, visit, spoken, { Range: 'bytes=100-199', 'If-Range': whole.headers.etag });
  assert.equal(part.status, 206);
  assert.equal(part.headers['content-range'], `bytes 100-199/${sound.length}`);
  assert.ok(part.body.equals(sound.subarray(100, 200)));
  assert.ok((await hear(teacher, visit, spoken, { Range: 'bytes=-50' })).body.equals(sound.subarray(-50)));
  assert.equal((await hear(teacher, visit, spoken, { Range: 'bytes=100-199', 'If-Range': '"other"' })).status, 200);
  const beyond = await hear(teacher, visit, spoken, { Range: `bytes=${sound.length}-` });
  assert.equal(beyond.status, 416);
  assert.equal(beyond.headers['content-range'], `bytes */${sound.length}`);
  assert.equal((await hear(server, visit, spoken)).status, 404);
  assert.equal((await hear(teacher, other, spoken)).status, 404);
  for (const who of [colleague, head]) assert.ok([403, 404].includes((await hear(who, visit, spoken)).status));
  await teacher.good('PATCH', at(visit, `comments/${spoken.id}`), { sight: 'now' });
  assert.equal((await hear(server, visit, spoken)).status, 200);

  // Footage it is not, for nobody.
  await server.good('POST', at(visit, 'releases'), { person: teacher.person.id, clip: null, purpose: 'coaching', until: new Date(Date.now() + 86400e3).toISOString() });
  const never = await server.ask('GET', `/media/${visit.id}/voice-${nobody}.webm`);
  for (const who of [server, teacher]) {
    const refused = await who.ask('GET', `/media/${visit.id}/${voice}`);
    assert.equal(refused.status, 404);
    assert.deepEqual(refused.body, never.body);
  }

  // Other kinds, and what is none.
  for (const [bytes, type, ending] of [[ogg(), 'audio/ogg', 'ogg'], [mp4(), 'audio/mp4', 'm4a']]) {
    const name = (await say(server, visit, bytes, type)).json().voice;
    assert.ok(name.endsWith(`.${ending}`), name);
    const made = await comment(server, visit, { at: 3, voice: name });
    const heard = await hear(server, visit, made);
    assert.equal(heard.headers['content-type'], type);
    assert.ok(heard.body.equals(bytes));
    // Another note in its place: the old one is gone. And none: it is gone too.
    const second = (await say(server, visit, webm(100))).json().voice;
    await server.good('PATCH', at(visit, `comments/${made.id}`), { voice: second });
    assert.equal(files(visit).some((file) => file.startsWith(name)), false);
    assert.equal(files(visit).length, 2);
    assert.equal((await server.good('PATCH', at(visit, `comments/${made.id}`), { voice: null, text: 'x' })).voice, false);
    assert.equal(files(visit).length, 1);
    assert.equal((await hear(server, visit, made)).status, 404);
  }
  for (const bytes of [Buffer.from('RIFF....WAVE'), Buffer.from('<html>'), Buffer.from([0x1a, 0x45]), Buffer.alloc(0)])
    assert.equal((await say(teacher, visit, bytes)).status, 400);
  assert.equal((await say(teacher, visit, webm(10 * 1024 * 1024))).status, 413);
  assert.equal((await say(teacher, visit, Buffer.concat([webm(0), randomBytes(10 * 1024 * 1024 - 30)]))).status, 201, 'ten MiB is allowed');
  for (const who of [colleague, head]) assert.ok([403, 404].includes((await say(who, visit, sound)).status));
  // A fifth that waits takes the place of the first.
  const waiting = [];
  for (let i = 0; i < 5; i++) waiting.push((await say(teacher, visit, ogg())).json().voice);
  assert.equal((await teacher.ask('POST', at(visit, 'comments'), { at: 4, voice: waiting[0] })).status, 400);
  await comment(teacher, visit, { at: 4, voice: waiting[4] });

  // Sealed, also while the vault is locked; then nobody hears it.
  if (!strings) {
    const found = spawnSync('grep', ['-rl', '--binary-files=text', 'terugblik-spoken-note', data], { encoding: 'utf8' });
    assert.equal(found.stdout, '', 'no plain bytes in the data folder');
  }
  await server.lock();
  const dark = (await say(teacher, visit, ogg())).json().voice;
  const inTheDark = await comment(teacher, visit, { at: 6, voice: dark });
  assert.equal((await hear(teacher, visit, inTheDark)).status, 423);
  assert.ok(files(visit).every((file) => file.endsWith('.age')));
  await server.unlock();
  assert.equal((await hear(teacher, visit, inTheDark)).status, 200);

  // Removed is removed, though an answer keeps its place.
  await comment(server, visit, { parent: spoken.id, text: 'Gehoord' });
  const count = files(visit).length;
  assert.equal((await teacher.ask('DELETE', at(visit, `comments/${spoken.id}`))).status, 204);
  assert.equal(files(visit).length, count - 1);
  assert.equal(files(visit).some((file) => file.startsWith(voice)), false);
  assert.equal((await hear(teacher, visit, spoken)).status, 404);
});

test('the check of everything that is kept knows spoken notes', async () => {
  const visit = await makeVisit();
  const { voice } = (await say(teacher, visit, webm(200000))).json();
  await comment(teacher, visit, { at: 1, voice });
  const look = () => {
    const run = command(['check', '--json', '--data', data, visit.id], { env: { TERUGBLIK_PASSPHRASE: PASSPHRASE }, input: '' });
    assert.ok([0, 1].includes(run.status), run.stderr);
    return JSON.parse(run.stdout);
  };
  const sound = look();
  assert.equal(sound.damaged, 0, JSON.stringify(sound));
  assert.equal(sound.files, 1);
  assert.deepEqual(sound.findings.filter((finding) => finding.includes('voice-')), []);
  const [file] = files(visit);
  const path = join(data, 'media', visit.id, file);
  renameSync(path, join(data, 'aside'));
  const missing = look();
  assert.equal(missing.damaged, 1);
  assert.ok(missing.findings.some((finding) => finding.includes(voice)));
  const bytes = readFileSync(join(data, 'aside'));
  bytes[bytes.length - 70000] ^= 1;
  writeFileSync(path, bytes, { mode: 0o600 });
  assert.equal(look().damaged, 1, 'a broken one is found');
});

/* --- questions --------------------------------------------------------------- */

test('questions: the library, the school’s own, and what fits a moment', async () => {
  const library = await teacher.good('GET', '/api/questions');
  assertFits(library, named('QuestionLibrary'), 'the library');
  assert.ok(library.questions.length > 50);
  assert.deepEqual(library.own, []);
  const fields = { text: 'Wat hoorde je de kinderen zeggen?', phase: 'looking-back', language: 'nl' };
  assert.equal((await teacher.ask('POST', '/api/questions', fields)).status, 403);
  const own = await server.good('POST', '/api/questions', fields);
  assertFits(own, named('OwnQuestion'), 'an own question');
  assert.equal((await server.ask('POST', '/api/questions', fields)).status, 409);
  for (const bad of [{ ...fields, text: '' }, { ...fields, phase: 'x' }, { ...fields, language: 'de' }, { text: 'x' }])
    assert.equal((await server.ask('POST', '/api/questions', bad)).status, 400);
  assert.deepEqual((await teacher.good('GET', '/api/questions')).own.map((one) => one.id), [own.id]);
  assert.equal((await head.ask('GET', '/api/questions')).status, 403);

  const visit = await makeVisit({ instruments: ['snelle-start'] });
  const other = await makeVisit();
  const instrument = await server.good('GET', at(visit, 'instruments/snelle-start'));
  const code = instrument.codes.find((one) => library.questions.some((question) => question.tags?.includes(`snelle-start/${one.id}`)));
  const operation = tap({ instrument: 'snelle-start', code: code.id, kind: code.kind });
  const [result] = (await server.good('POST', at(visit, 'operations'), { operations: [operation] })).results;
  assert.equal(result.status, 'applied', JSON.stringify(result));
  await choose(server, visit, 1, 2, { observation: operation.target_id });
  await choose(server, visit, 10, 12);
  const { items: [item, plain] } = await revealed(visit);
  const ask = async (query, one = item, where = visit) => teacher.ask('GET', `${at(where, `talk/items/${one.id}/questions`)}${query}`);
  const fitting = (await ask('?language=nl')).body;
  assertFits(fitting, named('QuestionSuggestions'), 'what fits');
  const tagged = library.questions.filter((question) => question.tags?.includes(`snelle-start/${code.id}`)).map((question) => question.id);
  assert.ok(tagged.includes(fitting.questions[0].id), 'the one about what was seen comes first');
  assert.deepEqual(fitting.questions.filter((question) => question.own).map((question) => question.id), [own.id]);
  const looking = (await ask('?language=en&phase=looking-back')).body.questions;
  assert.ok(looking.length > 0 && looking.every((question) => question.phase === 'looking-back' && !question.own));
  for (const query of ['?language=de', '?phase=x']) assert.equal((await ask(query)).status, 400);
  assert.equal((await ask('', { id: nobody })).status, 404);
  assert.equal((await ask('', item, other)).status, 404);
  // What another moment asks already is not offered again; the own question stays.
  const used = fitting.questions.find((question) => !question.own && library.questions.find((one) => one.id === question.id).domain === 'algemeen') ?? fitting.questions[0];
  await server.good('PATCH', at(visit, `talk/items/${plain.id}`), { question: used.text });
  assert.equal((await ask('?language=nl')).body.questions.some((question) => question.id === used.id), false);
  assert.equal((await ask('?language=nl', plain)).body.questions.some((question) => question.id === used.id), true);

  assert.equal((await server.ask('DELETE', `/api/questions/${nobody}`)).status, 404);
  assert.equal((await teacher.ask('DELETE', `/api/questions/${own.id}`)).status, 403);
  assert.equal((await colleague.ask('DELETE', `/api/questions/${own.id}`)).status, 204, 'the list is the school’s');
  assert.deepEqual((await teacher.good('GET', '/api/questions')).own, []);
});

/* --- the bare film ------------------------------------------------------------- */

test('the bare film first: what was tapped comes by the coach’s hand, or with the reveal', async () => {
  const visit = await makeVisit();
  const trainee = await server.invite({ name: 'Stan', roles: ['trainee'] });
  const zero = Date.parse((await server.good('GET', `/api/visits/${visit.id}`)).started_at);
  await sleep(1200);
  const places = [0.2, 0.6, 1.0];
  const taps = places.map((place) => tap({ tapped_at: new Date(zero + place * 1000).toISOString() }));
  const clip = uuid();
  await server.good('POST', at(visit, 'operations'), { operations: [...taps, tap({}, { target: 'clip', target_id: clip, fields: { from: 0.5, to: 0.7, title: 'Stukje', note: '' } })] });
  const give = (person, more) => server.good('POST', at(visit, 'releases'), { person: person.person.id, clip: null, purpose: 'coaching', until: new Date(Date.now() + 86400e3).toISOString(), ...more });
  const seen = async (who) => {
    const list = await who.good('GET', at(visit, 'observations'));
    assertFits(list, named('ObservationList'), 'the observations');
    return [list.observations.length, list.bare];
  };

  const whole = await give(teacher, { taps: false });
  assertFits(whole, named('Release'), 'a release');
  assert.equal(whole.taps, false);
  assert.deepEqual(await seen(teacher), [0, true]);
  assert.deepEqual(await seen(server), [3, false]);
  const counted = async (who) => [(await who.good('GET', `/api/visits/${visit.id}`)).observations, (await who.good('GET', '/api/visits')).visits.find((one) => one.id === visit.id).observations];
  assert.deepEqual(await counted(server), [3, 3]);
  assert.deepEqual(await counted(teacher), [0, 0], 'nor how many there are');
  assert.deepEqual((await teacher.good('GET', at(visit, 'clips'))).clips.map((one) => one.title), ['Stukje'], 'what was chosen is shared with its name');

  // A piece of it with what was tapped there.
  const piece = await give(teacher, { clip });
  assert.equal(piece.taps, true);
  assert.deepEqual(await seen(teacher), [1, true]);
  await server.ask('DELETE', at(visit, `releases/${piece.id}`));
  assert.deepEqual(await seen(teacher), [0, true]);

  // Given later: by the coach of the visit alone, and written down.
  const path = at(visit, `releases/${whole.id}/taps`);
  for (const who of [teacher, colleague, head]) assert.ok([403, 404].includes((await who.ask('POST', path, {})).status));
  assert.equal((await server.ask('POST', path, { taps: false })).status, 400);
  assert.equal((await server.ask('POST', at(visit, `releases/${nobody}/taps`), {})).status, 404);
  const teacherHears = await listen(teacher);
  const given = await server.good('POST', path, {});
  assert.equal(given.taps, true);
  await until(() => teacherHears.heard.some(([event]) => event === 'releases'), 5000, 'the teacher hears of it');
  teacherHears.end();
  assert.deepEqual(await seen(teacher), [3, false]);
  assert.deepEqual(await counted(teacher), [3, 3]);
  const log = await teacher.good('GET', at(visit, 'log'));
  assertFits(log, named('Log'), 'the log');
  assert.equal(log.rows[0].what, 'taps');
  await server.ask('DELETE', at(visit, `releases/${whole.id}`));
  assert.equal((await server.ask('POST', path, {})).status, 409);

  // With the reveal the teacher sees them, and nobody else.
  await give(teacher, { taps: false });
  const asked = await give(trainee, { taps: false, purpose: 'training' });
  await teacher.good('POST', at(visit, `releases/${asked.id}/answer`), { agree: true });
  assert.deepEqual(await seen(trainee), [0, true]);
  await choose(server, visit, 0.1, 0.3, { observation: taps[0].target_id });
  assert.deepEqual(await seen(teacher), [0, true]);
  assert.deepEqual(await counted(teacher), [0, 0]);
  await revealed(visit);
  assert.deepEqual(await seen(teacher), [3, false]);
  assert.deepEqual(await seen(trainee), [0, true]);
  assert.deepEqual(await counted(teacher), [3, 3]);
  assert.deepEqual(await counted(trainee), [0, 0]);
});

/* --- everybody else ------------------------------------------------------------ */

test('nobody but the two sides gets anything of it', async () => {
  const visit = await makeVisit();
  const moment = await choose(teacher, visit, 1, 2);
  const said = await comment(teacher, visit, { at: 1, text: 'x', sight: 'now' });
  const { items: [item] } = await revealed(visit);
  const stranger = new Client(server);
  const paths = [
    ['GET', 'moments'], ['POST', 'moments', { from: 1, to: 2 }], ['POST', 'moments/order', { ids: [moment.id] }], ['PATCH', `moments/${moment.id}`, { title: 'x' }], ['DELETE', `moments/${moment.id}`],
    ['GET', 'talk'], ['POST', 'talk/ready', { ready: true }], ['POST', 'talk/reveal', {}], ['POST', 'talk/start', {}], ['POST', 'talk/end', {}], ['POST', 'talk/state', { seen: 0, state: {} }],
    ['POST', 'talk/order', { ids: [item.id] }], ['PATCH', `talk/items/${item.id}`, { notes: 'x' }], ['GET', `talk/items/${item.id}/questions`],
    ['GET', 'comments'], ['POST', 'comments', { at: 1, text: 'x' }], ['PATCH', `comments/${said.id}`, { text: 'x' }], ['DELETE', `comments/${said.id}`], ['GET', `comments/${said.id}/voice`],
  ];
  const before = JSON.stringify([await talkOf(server, visit), await commentsOf(server, visit)].map((one) => ({ ...one, now: 0 })));
  for (const [method, path, body] of paths) {
    for (const who of [colleague, head]) {
      const answer = await who.ask(method, at(visit, path), body);
      assert.ok([403, 404].includes(answer.status), `${method} ${path}: ${answer.status}`);
      assert.equal(JSON.stringify(answer.body).includes('Tess'), false);
    }
    assert.equal((await stranger.ask(method, at(visit, path), body)).status, 401);
  }
  assert.equal(JSON.stringify([await talkOf(server, visit), await commentsOf(server, visit)].map((one) => ({ ...one, now: 0 }))), before);
});
