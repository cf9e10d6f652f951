// A trajectory from the first question to its closing, and what a handover gives and takes: on the real program, with
// everybody signed in on a browser of their own.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server, sleep, tap, until, uuid } from '../lib/terugblik.mjs';
import { assertFits, named, nobody, testPicture, testSound } from './tools.mjs';

let server; // also the coach, and an administrator
let interim;
let otherCoach;
let teacher;
let otherTeacher;
let admin;
let privacy;
let head;
/** What is filmed once: a lesson of the teacher. */
let lesson;
let trajectory;

const day = 86400e3;
const later = (ms = 30 * day) => new Date(Date.now() + ms).toISOString();
const made = (who, fields) => who.good('POST', '/api/visits', { teacher_person: teacher.person.id, sources: [testPicture, testSound], ...fields });
const whole = (who, id = trajectory.id) => who.good('GET', `/api/trajectories/${id}`);
const status = async (who, method, path, body) => (await who.ask(method, path, body)).status;
const invite = (fields = {}) => server.good('POST', '/api/trajectories', { teacher_person: teacher.person.id, ...fields });
const put = (visit, into = trajectory, who = server) => who.ask('POST', `/api/trajectories/${into.id}/visits`, { visit: visit?.id ?? null });
const release = (visit, person, more = {}) => server.good('POST', `/api/visits/${visit.id}/releases`, { person: person.person.id, purpose: 'coaching', until: later(), ...more });
const agree = (visit, fields, who = teacher) => who.good('POST', `/api/visits/${visit.id}/agreements`, { text: 'Ik tel tot vijf', ...fields });

async function fits(answer, status, name) {
  const { status: got, body } = await answer;
  assert.equal(got, status, JSON.stringify(body));
  assertFits(body, named(name), name);
  return body;
}

async function film(visit, seconds = 2) {
  await server.good('POST', `/api/visits/${visit.id}/recording`, {});
  await until(async () => (await server.good('GET', `/api/visits/${visit.id}`)).tracks.some((t) => t.kind === 'video' && t.segments[0]?.duration > seconds), 30000, 'it records');
  await server.good('DELETE', `/api/visits/${visit.id}/recording`);
  await server.good('POST', `/api/visits/${visit.id}/end`, {});
  return server.good('GET', `/api/visits/${visit.id}`);
}

/** Ends a lesson in which CODES were tapped: [code, kind, at, until]. */
async function observed(visit, codes) {
  await server.good('POST', `/api/visits/${visit.id}/start`, {});
  const { results } = await server.good('POST', `/api/visits/${visit.id}/operations`, {
    operations: codes.map(([code, kind, at, end]) => tap({ instrument: 'snelle-start', code, kind, at, ...(end === undefined ? {} : { until: end }), tapped_at: undefined, uncertainty: undefined })),
  });
  assert.ok(results.every((result) => result.status === 'applied'), JSON.stringify(results));
  await server.good('POST', `/api/visits/${visit.id}/end`, {});
}

/** Both choose nothing more, and both lists are shown. */
async function reveal(visit) {
  await server.good('POST', `/api/visits/${visit.id}/talk/ready`, { ready: true });
  await teacher.good('POST', `/api/visits/${visit.id}/talk/ready`, { ready: true });
  await server.good('POST', `/api/visits/${visit.id}/talk/reveal`, {});
}

/** A report that both signed. */
async function report(visit, coach = server) {
  await reveal(visit);
  const { draft } = await coach.good('GET', `/api/visits/${visit.id}/report?language=nl`);
  const { number } = await coach.good('POST', `/api/visits/${visit.id}/report`, { seen: 0, language: 'nl', content: draft });
  for (const who of [coach, teacher]) await who.good('POST', `/api/visits/${visit.id}/report/sign`, { number });
}

const fileOf = (visit) => `/media/${visit.id}/${visit.tracks.find((track) => track.kind === 'video').segments[0].files.find((file) => file.kind === 'mp4').name}`;

before(async () => {
  server = await Server.start();
  interim = await server.invite({ name: 'Ina', roles: ['coach'] });
  otherCoach = await server.invite({ name: 'Otto', roles: ['coach'] });
  teacher = await server.invite({ name: 'Tess', roles: ['teacher'] });
  otherTeacher = await server.invite({ name: 'Cor', roles: ['teacher'] });
  admin = await server.invite({ name: 'Ada', roles: ['admin'] });
  await server.good('POST', '/api/people', { name: 'Nog Niet', login: 'nog.niet', roles: ['coach'] });
  privacy = await server.invite({ name: 'Frits', roles: ['privacy'] });
  head = await server.invite({ name: 'Dirk', roles: ['head'] });
  lesson = await film(await made(server, { title: 'Rekenen', group: '5b', instruments: ['snelle-start', 'pedagogisch-handelen'] }));
});
after(async () => { await server?.stop(); });

test('it begins with the question of a teacher, or the invitation of a coach', async () => {
  const coaches = await fits(teacher.ask('GET', '/api/coaches'), 200, 'CoachList');
  assert.deepEqual(coaches.coaches.map((one) => one.name).sort(), ['Ina', 'Otto', 'Test'], 'and not who was only invited');
  const heard = [];
  const stop = server.follow('/api/events', (event, data) => { if (event === 'coaching') heard.push(data); });
  await sleep(300);
  const asked = await fits(teacher.ask('POST', '/api/trajectories', { origin: 'request', coach: server.person.id, question: 'Hoe krijg ik rust?' }), 201, 'Trajectory');
  assert.deepEqual([asked.origin, asked.coach.name, asked.teacher_person.name, asked.question], ['request', 'Test', 'Tess', 'Hoe krijg ik rust?']);
  await until(() => heard.some((one) => one.what === 'trajectory' && one.trajectory === asked.id), 5000, 'the coach hears of it');
  stop();
  trajectory = await fits(server.ask('POST', '/api/trajectories', { teacher_person: teacher.person.id, film_first: true }), 201, 'Trajectory');
  assert.deepEqual([trajectory.origin, trajectory.film_first, trajectory.question], ['invitation', true, '']);
  const unknown = await fits(server.ask('POST', '/api/trajectories', { teacher: 'Mevrouw Zonder' }), 201, 'Trajectory');
  assert.equal(unknown.teacher_person, null);
  for (const who of [server, teacher])
    assert.deepEqual((await fits(who.ask('GET', '/api/trajectories'), 200, 'TrajectoryList')).trajectories.map((one) => one.id), who === server ? [unknown.id, trajectory.id, asked.id] : [trajectory.id, asked.id]);
  for (const [who, fields] of [
    [teacher, {}], [teacher, { origin: 'request' }], [teacher, { origin: 'request', coach: otherTeacher.person.id }], [teacher, { origin: 'request', coach: nobody }],
    [teacher, { teacher_person: otherTeacher.person.id }], [server, {}], [server, { teacher_person: head.person.id }], [server, { origin: 'request', coach: otherCoach.person.id }],
    [server, { teacher_person: teacher.person.id, coach: otherCoach.person.id }],
  ]) assert.equal(await status(who, 'POST', '/api/trajectories', fields), 400, JSON.stringify(fields));
});

test('both change the question, the coach alone what comes first', async () => {
  const path = `/api/trajectories/${trajectory.id}`;
  assert.equal((await fits(teacher.ask('PATCH', path, { question: 'Wachttijd na een vraag' }), 200, 'Trajectory')).question, 'Wachttijd na een vraag');
  assert.equal(await status(teacher, 'PATCH', path, { film_first: false }), 403);
  assert.equal((await server.good('PATCH', path, { film_first: false })).film_first, false);
  assert.equal((await whole(server)).side, 'coach');
  assert.equal((await fits(teacher.ask('GET', path), 200, 'TrajectoryWhole')).side, 'teacher');
});

test('to whom is on neither side it is not there', async () => {
  const path = `/api/trajectories/${trajectory.id}`;
  const ways = [
    ['GET', path], ['PATCH', path, { question: 'x' }], ['GET', `${path}/plots`], ['GET', `${path}/closing`], ['GET', `${path}/reports/${lesson.id}`],
    ['POST', `${path}/visits`, { visit: null }], ['POST', `${path}/visits/remove`, { visit: lesson.id }], ['POST', `${path}/close`, { kept: {} }],
    ['POST', `${path}/handover`, { to: otherCoach.person.id }],
  ];
  const count = (await server.good('GET', '/api/visits')).visits.length;
  for (const [method, address, body] of ways) {
    const missing = await otherCoach.ask(method, address.replace(trajectory.id, nobody), body);
    const refused = await otherCoach.ask(method, address, body);
    assert.equal(refused.status, 404, `${method} ${address}`);
    assert.deepEqual(refused.body, missing.body, `${method} ${address}: no difference can be told`);
    assert.ok([403, 404].includes(await status(otherTeacher, method, address, body)), `${method} ${address}`);
    for (const who of [head, privacy]) assert.equal(await status(who, method, address, body), 403, `${method} ${address}`);
    if (!address.endsWith('/handover')) assert.equal(await status(admin, method, address, body), 403, `${method} ${address}`);
  }
  for (const who of [otherCoach, otherTeacher]) assert.deepEqual(await who.good('GET', '/api/trajectories'), { trajectories: [], handovers: [] });
  assert.equal((await server.good('GET', '/api/visits')).visits.length, count);
  assert.equal((await otherCoach.good('GET', '/api/visits')).visits.length, 0, 'a refused press leaves no visit behind');
});

test('visits in a line, and a new one in one press', async () => {
  const foreign = await made(server, { title: 'Van Cor', teacher_person: otherTeacher.person.id });
  const others = await made(otherCoach, { title: 'Van Otto' });
  assert.deepEqual((await fits(put(lesson), 201, 'VisitAdded')).visit, { id: lesson.id, title: 'Rekenen' });
  assert.equal((await put(foreign)).status, 409);
  assert.equal((await put(others)).status, 404);
  assert.equal((await put({ id: nobody })).status, 404);
  assert.equal((await put({ id: 'x' })).status, 400);
  assert.equal((await put(null, trajectory, teacher)).status, 403);
  const another = await invite();
  assert.equal((await put(lesson, another)).status, 409, 'in one trajectory only');

  const next = (await put(null)).body.visit;
  const visit = await server.good('GET', `/api/visits/${next.id}`);
  assert.deepEqual([visit.teacher_person, visit.group, visit.state], [{ id: teacher.person.id, name: 'Tess' }, '5b', 'planned']);
  assert.deepEqual(visit.instruments, ['snelle-start', 'pedagogisch-handelen']);
  assert.deepEqual(visit.trajectory, { id: trajectory.id, question: 'Wachttijd na een vraag', film_first: false });
  const first = (await put(null, another)).body.visit;
  assert.deepEqual((await server.good('GET', `/api/visits/${first.id}`)).instruments, ['snelle-start'], 'the first of all has the default kijkwijzer');
  assert.deepEqual((await whole(server)).visits.map((one) => one.id), [lesson.id, next.id]);
  assert.deepEqual((await whole(teacher)).visits.map((one) => one.id), [lesson.id, next.id]);

  const removed = await fits(server.ask('POST', `/api/trajectories/${trajectory.id}/visits/remove`, { visit: next.id }), 200, 'Trajectory');
  assert.equal(removed.visits, 1);
  assert.equal(await status(server, 'POST', `/api/trajectories/${trajectory.id}/visits/remove`, { visit: next.id }), 404);
  assert.equal((await server.good('GET', `/api/visits/${next.id}`)).trajectory, null);
});

test('of a visit only its coach and its teacher are told of the trajectory', async () => {
  await release(lesson, teacher);
  const shared = await release(lesson, otherTeacher);
  await teacher.good('POST', `/api/visits/${lesson.id}/releases/${shared.id}/answer`, { agree: true });
  assert.equal((await fits(teacher.ask('GET', `/api/visits/${lesson.id}`), 200, 'Visit')).trajectory.id, trajectory.id);
  assert.equal('trajectory' in await otherTeacher.good('GET', `/api/visits/${lesson.id}`), false);
  await server.good('DELETE', `/api/visits/${lesson.id}/releases/${shared.id}`);
});

test('an agreement becomes the question of the next visit', async () => {
  const heard = [];
  const stop = server.follow('/api/events', (event, data) => { if (event === 'coaching') heard.push(data); });
  await sleep(300);
  const path = `/api/visits/${lesson.id}/agreements`;
  const agreement = await fits(teacher.ask('POST', path, { text: 'Na elke vraag tel ik tot vijf', who_person: teacher.person.id, due_at: later(), codes: ['pedagogisch-handelen/persoonlijk-contact'] }), 201, 'Agreement');
  await until(() => heard.some((one) => one.what === 'agreements' && one.visit === lesson.id), 5000, 'the coach hears of it');
  stop();
  assert.deepEqual((await fits(server.ask('GET', path), 200, 'AgreementList')).agreements.map((one) => one.text), ['Na elke vraag tel ik tot vijf']);
  for (const body of [{ text: '' }, { text: 'x', who_person: otherTeacher.person.id }, { text: 'x', codes: ['klassenmanagement/lesstart'] }, { text: 'x', colour: 1 }])
    assert.equal(await status(server, 'POST', path, body), 400, JSON.stringify(body));
  assert.equal((await server.good('PATCH', `${path}/${agreement.id}`, { who: 'het team', due_at: null })).who.name, 'het team');

  assert.equal(await status(teacher, 'POST', `${path}/${agreement.id}/next`, {}), 403);
  const { agreement: linked, visit } = await fits(server.ask('POST', `${path}/${agreement.id}/next`, { visit: null }), 200, 'AgreementNext');
  assert.equal(visit.focus, 'Na elke vraag tel ik tot vijf');
  assert.equal(linked.became_visit.id, visit.id);
  const next = await server.good('GET', `/api/visits/${visit.id}`);
  assert.deepEqual([next.focus, next.teacher_person.name, next.group, next.instruments, next.trajectory.id, next.state],
    [visit.focus, 'Tess', '5b', ['snelle-start', 'pedagogisch-handelen'], trajectory.id, 'planned']);
  const count = (await server.good('GET', '/api/visits')).visits.length;
  assert.equal(await status(server, 'POST', `${path}/${agreement.id}/next`, { visit: null }), 409, 'once');
  assert.equal((await server.good('GET', '/api/visits')).visits.length, count, 'and no visit is left of the second press');

  // Into one that is planned already; it brings what its codes need.
  const planned = await made(server, { title: 'Taal', instruments: [] });
  const second = await agree(lesson, { codes: ['pedagogisch-handelen/persoonlijk-contact'] });
  assert.equal(await status(server, 'POST', `${path}/${second.id}/next`, { visit: lesson.id }), 409);
  assert.equal(await status(server, 'POST', `${path}/${second.id}/next`, { visit: (await made(otherCoach)).id }), 404);
  assert.equal(await status(server, 'POST', `${path}/${second.id}/next`, { visit: 'x' }), 400);
  await server.good('POST', `${path}/${second.id}/next`, { visit: planned.id });
  const prefilled = await server.good('GET', `/api/visits/${planned.id}`);
  assert.deepEqual([prefilled.focus, prefilled.instruments, prefilled.trajectory.id], ['Ik tel tot vijf', ['pedagogisch-handelen'], trajectory.id]);
  await server.good('POST', `/api/trajectories/${trajectory.id}/visits/remove`, { visit: planned.id });

  // Whether it came about, said by either.
  const kept = await fits(teacher.ask('POST', `${path}/${agreement.id}/outcome`, { outcome: 'kept', note: 'Het lukt' }), 200, 'Agreement');
  assert.deepEqual([kept.outcome, kept.outcome_note], ['kept', 'Het lukt']);
  assert.equal((await whole(teacher)).trajectory.agreements_kept, 1);
  assert.equal((await server.good('POST', `${path}/${agreement.id}/outcome`, { outcome: null })).outcome_at, null);
  for (const body of [{}, { outcome: 'better' }, { outcome: 1 }]) assert.equal(await status(server, 'POST', `${path}/${agreement.id}/outcome`, body), 400, JSON.stringify(body));

  // It is one of this visit, and of these two.
  for (const [method, rest, body] of [['PATCH', '', { text: 'x' }], ['DELETE', ''], ['POST', '/outcome', { outcome: 'kept' }], ['POST', '/next', {}]]) {
    assert.equal(await status(server, method, `/api/visits/${planned.id}/agreements/${agreement.id}${rest}`, body), 404, `${method} ${rest}`);
    for (const who of [otherCoach, otherTeacher, interim, admin, head]) assert.equal(await status(who, method, `${path}/${agreement.id}${rest}`, body), 404, `${method} ${rest}`);
    assert.equal(await status(privacy, method, `${path}/${agreement.id}${rest}`, body), 403);
  }
  assert.equal(await status(teacher, 'DELETE', `${path}/${second.id}`), 204);
  assert.equal((await whole(server)).agreements.length, 1);
});

test('small plots of the own visits, and of no tap that one may not see', async () => {
  const line = await invite();
  const [first, second, bare, untapped] = await Promise.all(['Een', 'Twee', 'Kaal', 'Leeg'].map((title) => made(server, { title })));
  const point = (await server.good('GET', '/api/instruments/snelle-start')).codes.find((code) => code.kind === 'point');
  await observed(first, [['lesovergang', 'state', 0, 1]]);
  await observed(second, [[point.id, 'point', 0.1], [point.id, 'point', 0.2]]);
  await observed(bare, [[point.id, 'point', 0.1]]);
  await observed(untapped, []);
  for (const visit of [first, second, bare, untapped]) await put(visit, line);
  const plots = async (who) => (await fits(who.ask('GET', `/api/trajectories/${line.id}/plots`), 200, 'Plots')).plots;
  const counts = (list, code) => list.find((plot) => plot.code === code)?.points.map(({ title, count }) => [title, count]);

  const all = await plots(server);
  assert.deepEqual(all.map((plot) => plot.code).sort(), ['lesovergang', point.id].sort(), 'only what occurs');
  assert.deepEqual(counts(all, point.id), [['Een', 0], ['Twee', 2], ['Kaal', 1]]);
  assert.deepEqual(counts(all, 'lesovergang'), [['Een', 1], ['Twee', 0], ['Kaal', 0]]);
  const state = all.find((plot) => plot.code === 'lesovergang');
  assert.deepEqual([state.kind, state.color, state.title.nl, state.instrument_title.en.length > 0], ['state', '#0072B2', 'Lesovergang', true]);
  const { duration } = await server.good('GET', `/api/visits/${first.id}`);
  assert.ok(Math.abs(state.points[0].minutes * 60 - duration) < 0.01);
  assert.ok(Math.abs(state.points[0].seconds - Math.min(duration, 1)) < 0.01, 'a state is cut at the end of the lesson');

  assert.deepEqual(await plots(teacher), []);
  await release(second, teacher);
  const film = await release(first, teacher, { taps: false });
  assert.deepEqual(counts(await plots(teacher), point.id), [['Twee', 2]], 'the bare film shows no taps');
  await server.good('POST', `/api/visits/${first.id}/releases/${film.id}/taps`, {});
  assert.deepEqual(counts(await plots(teacher), point.id), [['Een', 0], ['Twee', 2]]);

  // The reveal opens nothing that is not shared; of the bare film it gives the taps, as long as that is shared.
  const listed = async () => {
    const answer = await teacher.ask('GET', `/api/visits/${bare.id}/observations`);
    return answer.status === 200 ? answer.body.observations.length : answer.status;
  };
  const withBare = [['Een', 0], ['Twee', 2], ['Kaal', 1]], without = withBare.slice(0, 2);
  await reveal(bare);
  assert.ok([403, 404].includes(await listed()));
  assert.deepEqual(counts(await plots(teacher), point.id), without, 'never shared');
  const naked = await release(bare, teacher, { taps: false });
  assert.equal(await listed(), 1);
  assert.deepEqual(counts(await plots(teacher), point.id), withBare);
  await server.good('DELETE', `/api/visits/${bare.id}/releases/${naked.id}`);
  assert.ok([403, 404].includes(await listed()));
  assert.deepEqual(counts(await plots(teacher), point.id), without, 'withdrawn');
  // A piece of it is no lesson to count in.
  const piece = tap({}, { target: 'clip', target_id: uuid(), fields: { from: 0, to: 0.2, title: 'Stukje', note: '' } });
  await server.good('POST', `/api/visits/${bare.id}/operations`, { operations: [piece] });
  await release(bare, teacher, { clip: piece.target_id });
  assert.equal(await listed(), 1);
  assert.deepEqual(counts(await plots(teacher), point.id), without, 'a clip');
});

test('plots over versions of a kijkwijzer: intervals of those answered, and no scores', async () => {
  const words = (nl) => ({ nl, en: nl });
  const code = (id, kind, more = {}) => ({ id, domain: 'les', kind, title: words(id), short: words(id), lead: 5, lag: 5, help: { counts: words('Ja'), not: words('Nee') }, ...more });
  const codes = [code('oud', 'point'), code('weg', 'point'), code('bezig', 'interval', { sampling: 'kort' }), code('niets', 'interval', { sampling: 'kort' }), code('nooit', 'interval', { sampling: 'lang' }), code('oordeel', 'rating', { scale: 'twee' })];
  const document = {
    format: 2, id: 'plaatjes', version: 1, title: words('Plaatjes'), description: words('Voor de proef'), default: false,
    domains: [{ id: 'les', title: words('Les'), color: '#009E73' }], subjects: [],
    scales: [{ id: 'twee', title: words('Twee'), not_applicable: false, steps: [{ value: 1, title: words('Een') }, { value: 4, title: words('Vier') }] }],
    samplings: [{ id: 'kort', title: words('Kort'), every: 1, rule: 'partial', many: false, none: 'niets' }, { id: 'lang', title: words('Lang'), every: 2, rule: 'partial', many: true }], codes,
  };
  const publish = async (one) => {
    const { revision } = await server.good('POST', '/api/instruments', { document: one });
    const saved = await server.good('POST', `/api/instruments/${one.id}/draft`, { document: one, seen: revision });
    await server.good('POST', `/api/instruments/${one.id}/publish`, { seen: saved.revision });
  };
  const lesson = async (title, taps) => {
    const visit = await made(server, { title, instruments: ['plaatjes'] });
    await server.good('POST', `/api/visits/${visit.id}/start`, {});
    const { results } = await server.good('POST', `/api/visits/${visit.id}/operations`, {
      operations: taps.map(([id, kind, more]) => tap({ instrument: 'plaatjes', code: id, kind, at: 0, tapped_at: undefined, uncertainty: undefined, ...more })),
    });
    assert.ok(results.every((result) => result.status === 'applied'), JSON.stringify(results));
    await server.good('POST', `/api/visits/${visit.id}/end`, {});
    return visit;
  };
  const line = await invite();
  await publish(document);
  const first = await lesson('Eerst', [['oud', 'point'], ['weg', 'point'], ['bezig', 'interval'], ['oordeel', 'rating', { rating: 4 }]]);
  await publish({ ...document, version: 2, codes: [code('nieuw', 'point'), ...codes.slice(2)], became: { from: 1, codes: { oud: 'nieuw', weg: null } } });
  const second = await lesson('Daarna', [['nieuw', 'point'], ['nieuw', 'point'], ['niets', 'interval']]);
  const form = await lesson('Formulier', [['oordeel', 'rating', { rating: 1 }]]);
  for (const visit of [first, second, form]) await put(visit, line);
  const { plots } = await fits(server.ask('GET', `/api/trajectories/${line.id}/plots`), 200, 'Plots');
  // “nooit” was seen in no lesson at all.
  assert.deepEqual(Object.fromEntries(plots.map((plot) => [plot.code, plot.points.map((point) => [point.title, point.count, point.answered])])), {
    nieuw: [['Eerst', 1, null], ['Daarna', 2, null]],
    weg: [['Eerst', 1, null]],
    bezig: [['Eerst', 1, 1], ['Daarna', 0, 1]],
    niets: [['Eerst', 0, 1], ['Daarna', 1, 1]],
  });

  // The next visit takes over what can be chosen still, in its newest version.
  const next = async () => server.good('GET', `/api/visits/${(await put(null, line)).body.visit.id}`);
  assert.deepEqual((await next()).instruments, ['plaatjes']);
  await server.good('POST', '/api/instruments/plaatjes/retire', { retired: true });
  assert.deepEqual((await next()).instruments, ['snelle-start'], 'else the default one');
  // What was agreed about is watched with the kijkwijzer in which it was seen.
  const { id } = await agree(first, { codes: ['plaatjes/oud'] }, server);
  const { visit } = await server.good('POST', `/api/visits/${first.id}/agreements/${id}/next`, { visit: null });
  assert.deepEqual((await server.good('GET', `/api/visits/${visit.id}`)).instruments, ['plaatjes']);
  assert.equal((await server.good('GET', `/api/visits/${visit.id}/instruments/plaatjes`)).version, 1);
});

test('closing: shown before it happens, and nothing changes after', async () => {
  const line = await invite();
  const visit = await film(await made(server, { title: 'Laatste' }), 1);
  await put(visit, line);
  const clips = ['Mooi', 'Niet gedeeld'].map((title, index) => tap({}, { target: 'clip', fields: { from: index / 2, to: index / 2 + 0.4, title, note: '' } }));
  await server.good('POST', `/api/visits/${visit.id}/operations`, { operations: clips });
  const [clip, unshared] = clips.map((one) => one.target_id);
  await release(visit, teacher, { clip });
  const agreement = await agree(visit);
  await report(visit);

  const path = `/api/trajectories/${line.id}`;
  const preview = (await fits(server.ask('GET', `${path}/closing`), 200, 'Closing')).visits;
  assert.equal(preview.length, 1);
  assert.ok(preview[0].bytes > 1000);
  assert.deepEqual([preview[0].title, preview[0].report, preview[0].releases, preview[0].clips.map((one) => one.title)], ['Laatste', { number: 1, final: true }, 1, ['Mooi', 'Niet gedeeld']]);
  assert.deepEqual((await teacher.good('GET', `${path}/closing`)).visits[0].clips.map((one) => one.title), ['Mooi'], 'a clip that was not shared is the coach’s own');
  assert.equal((await fits(teacher.ask('GET', `${path}/reports/${visit.id}`), 200, 'Report')).number, 1);
  assert.equal(await status(server, 'GET', `${path}/reports/${lesson.id}`), 404, 'of this trajectory only');

  const kept = { reports: [visit.id], clips: [clip], destroy_at: later() };
  assert.equal(await status(teacher, 'POST', `${path}/close`, { kept, both_agree: true }), 403);
  assert.equal(await status(server, 'POST', `${path}/close`, { kept }), 400, 'clips only when both agree');
  assert.equal(await status(server, 'POST', `${path}/close`, { kept: { reports: [lesson.id] } }), 400);
  assert.equal(await status(server, 'POST', `${path}/close`, { kept: { clips: [nobody] }, both_agree: true }), 400);
  assert.equal(await status(server, 'POST', `${path}/close`, {}), 400);
  assert.equal((await whole(server, line.id)).trajectory.closed_at, null);
  const closed = await fits(server.ask('POST', `${path}/close`, { kept, both_agree: true, note: 'Dank je wel' }), 200, 'Trajectory');
  assert.deepEqual([closed.closed_by.name, closed.closing_note, closed.kept.clips, closed.kept.reports], ['Test', 'Dank je wel', [clip], [visit.id]]);
  assert.notEqual(unshared, clip);

  for (const [who, method, address, body] of [
    [server, 'POST', `${path}/close`, { kept: {} }], [server, 'PATCH', path, { question: 'x' }], [teacher, 'PATCH', path, { question: 'x' }],
    [server, 'POST', `${path}/visits`, { visit: null }], [server, 'POST', `${path}/visits/remove`, { visit: visit.id }], [server, 'POST', `${path}/handover`, { to: interim.person.id }],
    [teacher, 'POST', `/api/visits/${visit.id}/agreements`, { text: 'x' }], [teacher, 'PATCH', `/api/visits/${visit.id}/agreements/${agreement.id}`, { text: 'x' }],
    [server, 'DELETE', `/api/visits/${visit.id}/agreements/${agreement.id}`], [server, 'POST', `/api/visits/${visit.id}/agreements/${agreement.id}/outcome`, { outcome: 'kept' }],
    [server, 'POST', `/api/visits/${visit.id}/agreements/${agreement.id}/next`, { visit: null }],
    [teacher, 'POST', `/api/visits/${visit.id}/moments`, { from: 0, to: 1 }], [server, 'POST', `/api/visits/${visit.id}/comments`, { at: 0, text: 'x' }],
    [server, 'POST', `/api/visits/${visit.id}/talk/start`, {}], [server, 'POST', `/api/visits/${visit.id}/report/sign`, { number: 1 }],
  ]) assert.equal(await status(who, method, address, body), 409, `${method} ${address}`);
  // What there is stays to be read.
  assert.equal((await whole(teacher, line.id)).agreements.length, 1);
  assert.equal(await status(teacher, 'GET', `${path}/reports/${visit.id}`), 200);
  assert.equal((await teacher.good('GET', '/api/trajectories')).trajectories.at(-1).id, line.id, 'open ones come first');
});

test('a handover: asked, refused, taken back', async () => {
  const line = await invite();
  const ask = (who, to = interim) => who.ask('POST', `/api/trajectories/${line.id}/handover`, { to: to.person.id });
  const answer = (who, id, body) => who.ask('POST', `/api/handovers/${id}/answer`, body);
  const candidate = async (who) => (await fits(who.ask('GET', '/api/handovers'), 200, 'Handovers')).candidates.find((one) => one.trajectory === line.id);
  assert.deepEqual(await candidate(server), { trajectory: line.id, coach: { id: server.person.id, name: 'Test' }, teacher_name: 'Tess', has_account: true, asked: false });
  for (const who of [interim, teacher, otherCoach]) assert.equal(await candidate(who), undefined);
  assert.equal((await ask(teacher)).status, 403);
  assert.equal((await ask(server, otherTeacher)).status, 400);
  assert.equal((await ask(server, server)).status, 400);
  assert.equal(await status(server, 'POST', `/api/trajectories/${line.id}/handover`, { to: 'Ina' }), 400);

  const first = await fits(ask(server), 201, 'Handover');
  assert.deepEqual([first.state, first.from.name, first.to.name, first.teacher.name, first.by.name, first.allowed], ['asked', 'Test', 'Ina', 'Tess', 'Test', null]);
  assert.equal((await ask(server, otherCoach)).status, 409, 'one at a time');
  assert.equal((await whole(teacher, line.id)).trajectory.handover_asked, true);
  assert.equal(await status(server, 'POST', `/api/trajectories/${line.id}/close`, { kept: {} }), 409);
  const [missing, foreign] = [await answer(otherTeacher, nobody, { agree: true }), await answer(otherTeacher, first.id, { agree: true })];
  assert.deepEqual([foreign.status, foreign.body], [404, missing.body], 'no difference can be told');
  assert.equal((await answer(interim, first.id, { agree: true })).status, 403);
  for (const body of [{}, { agree: 'yes' }, { agree: true, allowed: { all: true } }, { agree: true, allowed: { visits: [lesson.id] } }, { agree: true, allowed: [] }])
    assert.equal((await answer(teacher, first.id, body)).status, 400, JSON.stringify(body));
  assert.equal((await fits(answer(teacher, first.id, { agree: false, allowed: null }), 200, 'Handover')).state, 'refused');
  assert.equal((await answer(teacher, first.id, { agree: true })).status, 409);
  assert.equal((await whole(server, line.id)).trajectory.coach.name, 'Test');
  assert.equal(await status(interim, 'GET', `/api/trajectories/${line.id}`), 404);

  const second = await fits(ask(server), 201, 'Handover');
  assert.equal(await status(otherCoach, 'DELETE', `/api/handovers/${second.id}`), 404);
  assert.equal(await status(interim, 'DELETE', `/api/handovers/${second.id}`), 403);
  assert.equal((await fits(server.ask('DELETE', `/api/handovers/${second.id}`), 200, 'Handover')).state, 'withdrawn');
  assert.equal(await status(server, 'DELETE', `/api/handovers/${second.id}`), 409);

  // The coach is away: somebody who manages accounts asks, and knows no more than that it is there.
  const away = await otherCoach.good('POST', '/api/trajectories', { teacher_person: otherTeacher.person.id, question: 'Geheim' });
  const seen = (await admin.good('GET', '/api/handovers')).candidates.find((one) => one.trajectory === away.id);
  assert.deepEqual(seen, { trajectory: away.id, coach: { id: otherCoach.person.id, name: 'Otto' }, teacher_name: 'Cor', has_account: true, asked: false });
  assert.equal(JSON.stringify(await admin.good('GET', '/api/handovers')).includes('Geheim'), false);
  const third = await fits(admin.ask('POST', `/api/trajectories/${away.id}/handover`, { to: interim.person.id }), 201, 'Handover');
  assert.equal(third.by.name, 'Ada');
  assert.equal((await admin.ask('DELETE', `/api/handovers/${third.id}`)).body.state, 'withdrawn');
  const fourth = (await admin.ask('POST', `/api/trajectories/${away.id}/handover`, { to: interim.person.id })).body;
  await otherTeacher.good('POST', `/api/handovers/${fourth.id}/answer`, { agree: true });
  assert.equal((await whole(interim, away.id)).trajectory.question, 'Geheim');
  assert.equal(await status(otherCoach, 'GET', `/api/trajectories/${away.id}`), 404);
  assert.equal(await status(admin, 'GET', `/api/trajectories/${away.id}`), 403);
  // Nobody without an account can say yes.
  const nameless = await server.good('POST', '/api/trajectories', { teacher: 'Mevrouw Zonder' });
  assert.equal(await status(server, 'POST', `/api/trajectories/${nameless.id}/handover`, { to: interim.person.id }), 409);
});

test('a handover: what the teacher allows passes, the rest is gone for the coach before and never comes to the new one', async () => {
  const line = await invite({ question: 'Rust in de klas' });
  const mine = await film(await made(server, { title: 'Gegeven', group: '6a' }));
  const held = await film(await made(server, { title: 'Achtergehouden' }), 1);
  for (const visit of [mine, held]) await put(visit, line);
  await agree(mine, { text: 'Van de gegeven les' });
  await agree(held, { text: 'Van de andere les' });
  for (const visit of [mine, held]) await report(visit);
  await server.good('POST', `/api/visits/${mine.id}/operations`, { operations: [tap({ note: 'een tik' })] });
  const exported = await server.good('POST', `/api/visits/${mine.id}/exports`, { from: 0, to: 1, camera: mine.tracks.find((track) => track.kind === 'video').id, title: 'Kopie' });
  await until(async () => (await server.good('GET', `/api/exports/${exported.id}`)).state === 'done', 60000, 'the export is done');
  const { body: asked } = await server.ask('POST', `/api/trajectories/${line.id}/handover`, { to: interim.person.id });

  // The coach looks on while the teacher answers: an event stream, and film on its way.
  const ended = [];
  const watch = async (name, path) => {
    const answer = await fetch(server.address + path, { headers: { Cookie: server.cookie } });
    assert.equal(answer.status, 200, path);
    const reader = answer.body.getReader();
    await reader.read();
    (async () => {
      try { while (!(await reader.read()).done); } catch { /* broken off: as good */ }
      ended.push(name);
    })();
  };
  await watch('events', `/api/visits/${mine.id}/events`);
  const heard = {};
  const stops = Object.entries({ server, interim, teacher, otherCoach }).map(([name, who]) => who.follow('/api/events', (event, data) => { if (event === 'coaching' || event === 'visit') (heard[name] ??= []).push(`${event} ${data.what ?? data.id}`); }));
  await sleep(400);
  assert.deepEqual(ended, []);
  for (const key of Object.keys(heard)) heard[key] = [];
  const allowed = { visits: [mine.id], reports: [mine.id], agreements: true };
  const done = await fits(teacher.ask('POST', `/api/handovers/${asked.id}/answer`, { agree: true, allowed }), 200, 'Handover');
  assert.deepEqual([done.state, done.allowed], ['done', allowed]);
  await until(() => ended.includes('events'), 3000, 'the stream of the coach before ends');
  for (const name of ['server', 'interim', 'teacher']) await until(() => heard[name]?.includes('coaching handover'), 3000, `${name} hears of it`);
  await until(() => heard.interim.includes(`visit ${mine.id}`), 3000, 'the new coach is told of the visit');
  assert.equal(heard.otherCoach?.length ?? 0, 0);
  for (const stop of stops) stop();

  // The coach before: nothing of the trajectory, nothing of what passed.
  const lost = [`/api/trajectories/${line.id}`, `/api/trajectories/${line.id}/plots`, `/api/trajectories/${line.id}/reports/${mine.id}`, `/api/visits/${mine.id}`, `/api/visits/${mine.id}/observations`,
    `/api/visits/${mine.id}/agreements`, `/api/visits/${mine.id}/talk`, `/api/visits/${mine.id}/report`, `/api/visits/${mine.id}/events`, fileOf(mine), `/api/exports/${exported.id}/file`, `/api/exports/${exported.id}`];
  for (const path of lost) assert.equal(await status(server, 'GET', path), 404, path);
  assert.ok((await server.good('GET', '/api/visits?limit=200')).visits.every((visit) => visit.id !== mine.id));
  assert.ok((await server.good('GET', '/api/trajectories')).trajectories.every((one) => one.id !== line.id));
  // What was held back stays their own visit, outside of the trajectory.
  assert.equal('trajectory' in await server.good('GET', `/api/visits/${held.id}`), false);
  assert.equal(await status(server, 'GET', fileOf(held)), 200);

  // The new coach: what was allowed and nothing else.
  const now = await whole(interim, line.id);
  assert.deepEqual([now.side, now.trajectory.coach.name, now.visits.map((visit) => visit.title)], ['coach', 'Ina', ['Gegeven']]);
  assert.deepEqual(now.agreements.map((one) => one.text), ['Van de gegeven les', 'Van de andere les']);
  assert.equal(await status(interim, 'GET', fileOf(mine)), 200);
  assert.equal((await interim.good('GET', `/api/visits/${mine.id}/observations`)).observations.length, 1);
  assert.equal(await status(interim, 'GET', `/api/trajectories/${line.id}/reports/${mine.id}`), 200);
  assert.equal(await status(interim, 'GET', `/api/trajectories/${line.id}/reports/${held.id}`), 404, 'the report was not handed over');
  for (const path of [`/api/visits/${held.id}`, fileOf(held), `/api/visits/${held.id}/agreements`, `/api/visits/${held.id}/report`]) assert.equal(await status(interim, 'GET', path), 404, path);
  const closing = (await interim.good('GET', `/api/trajectories/${line.id}/closing`)).visits;
  assert.deepEqual(closing.map((visit) => visit.title), ['Gegeven']);
  // The teacher keeps it all in one line, and goes on with the new coach.
  assert.deepEqual((await whole(teacher, line.id)).visits.map((visit) => visit.title), ['Gegeven', 'Achtergehouden']);
  const next = (await put(null, line, interim)).body.visit;
  const visit = await interim.good('GET', `/api/visits/${next.id}`);
  assert.deepEqual([visit.teacher_person.name, visit.group, visit.trajectory.id], ['Tess', '6a', line.id]);
  assert.equal(await status(server, 'GET', `/api/visits/${next.id}`), 404);

  // All of it is written down.
  const log = await privacy.good('GET', '/api/log?limit=200');
  assert.equal(log.sound, true);
  const rows = log.rows.map((row) => `${row.person.name}: ${row.what} ${row.detail}`);
  assert.ok(rows.includes('Test: handover-ask Test → Ina') && rows.includes('Tess: handover-agree Test → Ina'), rows.join('\n'));
  for (const what of ['Tess: handover-refuse Test → Ina', 'Test: handover-withdraw Test → Ina', 'Ada: handover-ask Otto → Ina']) assert.ok(rows.includes(what), what);
  const ofVisit = (await teacher.good('GET', `/api/visits/${mine.id}/log`)).rows.map((row) => row.what);
  assert.ok(ofVisit.includes('handover'), ofVisit.join());
  assert.ok(!(await teacher.good('GET', `/api/visits/${held.id}/log`)).rows.some((row) => row.what === 'handover'));
});
