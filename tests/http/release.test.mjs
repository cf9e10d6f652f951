// Teacher first: who is given what, who must say yes, what ends it, and what the log says of all that. On the real
// program, with everybody signed in on a browser of their own.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Client, Server, command, sleep, tap, until, uuid, PASSPHRASE } from '../lib/terugblik.mjs';
import { assertFits, named, nobody, testPicture, testSound } from './tools.mjs';

const sqlite = spawnSync('sqlite3', ['--version']).error ? 'sqlite3 is not there' : false;

let server; // also the coach
let teacher;
let colleague;
let trainee;
let privacy;
let head;
let data;
/** A filmed lesson of the teacher, shared by the tests: each gives and takes back what it needs. */
let lesson;

const day = 86400e3;
const later = (ms = 30 * day) => new Date(Date.now() + ms).toISOString();

async function makeVisit(title = 'Rekenen') {
  return server.good('POST', '/api/visits', { title, teacher_person: teacher.person.id, sources: [testPicture, testSound] });
}

async function film(visit, seconds) {
  await server.good('POST', `/api/visits/${visit.id}/recording`, {});
  await until(async () => (await server.good('GET', `/api/visits/${visit.id}`)).tracks.some((t) => t.kind === 'video' && t.segments[0]?.duration > seconds), 30000, 'it records');
  await server.good('DELETE', `/api/visits/${visit.id}/recording`);
  await server.good('POST', `/api/visits/${visit.id}/end`, {});
  return server.good('GET', `/api/visits/${visit.id}`);
}

async function makeClip(visit, from, to, title = 'Fragment') {
  const clip = uuid();
  const sent = await server.good('POST', `/api/visits/${visit.id}/operations`, { operations: [tap({}, { target: 'clip', target_id: clip, fields: { from, to, title, note: '' } })] });
  assert.equal(sent.results[0].status, 'applied', JSON.stringify(sent.results[0]));
  return clip;
}

const asking = (person, more = {}) => ({ person: person.person.id, clip: null, purpose: 'coaching', until: later(), download: false, ...more });
const giving = (visit, person, more) => server.ask('POST', `/api/visits/${visit.id}/releases`, asking(person, more));
async function give(visit, person, more) {
  const answer = await giving(visit, person, more);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  assertFits(answer.body, named('Release'), 'a release');
  return answer.body;
}
const answer = (who, release, agree) => who.ask('POST', `/api/visits/${release.visit}/releases/${release.id}/answer`, { agree });
const withdraw = (who, release) => who.ask('DELETE', `/api/visits/${release.visit}/releases/${release.id}`);
const listed = async (who, query = '') => (await who.good('GET', `/api/visits${query}`)).visits.map((visit) => visit.id);
const stateOf = async (release) => (await server.good('GET', `/api/visits/${release.visit}/releases`)).releases.find((one) => one.id === release.id).state;
const logOf = async (visit, who = teacher) => {
  const log = await who.good('GET', `/api/visits/${visit.id}/log`);
  assertFits(log, named('Log'), 'the log');
  return log;
};
const what = (log) => log.rows.map((row) => `${row.person.name}: ${row.what} ${row.detail}`.trim());

/** The address of the film of LESSON. */
const filmOf = (visit) => {
  const track = visit.tracks.find((one) => one.kind === 'video');
  return { track, playlist: `/api/visits/${visit.id}/tracks/${track.id}/segments/1/playlist.m3u8`, file: `/media/${visit.id}/${track.segments[0].files.find((file) => file.kind === 'mp4').name}` };
};
/** How many pieces of the film WHO is given by the playlist, each tried; null when there is no playlist for them. */
async function watch(who, visit) {
  const list = await who.ask('GET', filmOf(visit).playlist);
  if (list.status !== 200) return null;
  let gap = false;
  let pieces = 0;
  for (const line of list.body.split('\n')) {
    if (line === '#EXT-X-GAP') gap = true;
    if (!line.startsWith('#EXT-X-BYTERANGE:')) continue;
    const [size, offset] = line.slice(17).split('@').map(Number);
    const answered = await who.ask('GET', filmOf(visit).file, undefined, { Range: `bytes=${offset}-${offset + size - 1}` });
    assert.equal(answered.status, gap ? 403 : 206, `${gap ? 'a gap' : 'a piece'} at ${offset}`);
    if (!gap) pieces++;
    gap = false;
  }
  return pieces;
}

/** Ends all that is live or asked of VISIT. */
async function clear(visit) {
  for (const release of (await server.good('GET', `/api/visits/${visit.id}/releases`)).releases)
    if (['live', 'asked'].includes(await stateOf(release))) await withdraw(server, release);
}

before(async () => {
  data = mkdtempSync(join(tmpdir(), 'terugblik-'));
  server = await Server.start({ data });
  teacher = await server.invite({ name: 'Tess', roles: ['teacher'] });
  colleague = await server.invite({ name: 'Cor', roles: ['teacher'] });
  trainee = await server.invite({ name: 'Stan', roles: ['trainee'] });
  privacy = await server.invite({ name: 'Frits', roles: ['privacy'] });
  head = await server.invite({ name: 'Dirk', roles: ['head'] });
  lesson = await film(await makeVisit('Taal'), 6);
});
after(async () => { if (process.env.TB_SAY) console.error(server?.errors); await server?.stop(); if (data) rmSync(data, { recursive: true, force: true }); });

test('a draft is the coach’s alone', async () => {
  const { file, playlist } = filmOf(lesson);
  for (const who of [teacher, colleague, trainee]) {
    assert.deepEqual(await listed(who), []);
    for (const path of [`/api/visits/${lesson.id}`, `/api/visits/${lesson.id}/clips`, playlist, file])
      assert.ok([403, 404].includes((await who.ask('GET', path)).status), path);
    const mine = await who.good('GET', '/api/releases');
    assertFits(mine, named('MyReleases'), 'what concerns me');
    assert.deepEqual(mine, { to_me: [], to_answer: [], my_lessons: [] });
  }
});

test('the order: first the teacher, then others, and only what the teacher has', async () => {
  const clip = await makeClip(lesson, 1, 2);
  const another = await makeClip(lesson, 3, 4);
  assert.equal((await giving(lesson, colleague)).status, 409);
  const first = await give(lesson, teacher, { clip });
  assert.equal(first.state, 'live');
  assert.equal(first.to_teacher, true);
  assert.equal(first.clip.from, 1);
  assert.equal((await giving(lesson, teacher, { clip })).status, 409);
  assert.equal((await giving(lesson, colleague)).status, 409);
  assert.equal((await giving(lesson, colleague, { clip: another })).status, 409);
  const asked = await give(lesson, colleague, { clip, purpose: 'team' });
  assert.equal(asked.state, 'asked');
  assert.deepEqual(await listed(colleague), []);
  await give(lesson, teacher);
  assert.equal((await give(lesson, trainee, { clip: another, purpose: 'training' })).state, 'asked');
  await clear(lesson);
});

test('what is no release is refused', async () => {
  const bad = [
    { purpose: 'beoordelen' }, { until: later(-1000) }, { until: later(401 * day) }, { until: 'morgen' }, { person: 'Tess' }, { person: undefined },
    { clip: 'x' }, { download: 'ja' }, { colour: 'red' }, { person: server.person.id }, { person: head.person.id }, { person: privacy.person.id },
  ];
  for (const more of bad) assert.equal((await giving(lesson, teacher, more)).status, 400, JSON.stringify(more));
  assert.equal((await giving(lesson, teacher, { person: nobody })).status, 404);
  assert.equal((await giving(lesson, teacher, { clip: nobody })).status, 404);
  // Of another visit's clip, too.
  const other = await makeVisit('Ander');
  await server.good('POST', `/api/visits/${other.id}/start`);
  assert.equal((await giving(lesson, teacher, { clip: await makeClip(other, 0.1, 0.2) })).status, 404);
  // Nobody but the coach gives.
  assert.equal((await teacher.ask('POST', `/api/visits/${lesson.id}/releases`, asking(teacher))).status, 403);
  assert.equal((await colleague.ask('POST', `/api/visits/${lesson.id}/releases`, asking(colleague))).status, 404);
  assert.ok((await server.good('GET', `/api/visits/${lesson.id}/releases`)).releases.every((one) => one.state !== 'live'));
});

test('one clip and nothing else', async () => {
  const clip = await makeClip(lesson, 2.2, 2.8, 'Wachttijd');
  await makeClip(lesson, 4, 5, 'Niet dit');
  const all = await watch(server, lesson);
  await give(lesson, teacher, { clip });
  assert.deepEqual(await listed(teacher), [lesson.id]);
  const seen = await teacher.good('GET', `/api/visits/${lesson.id}`);
  assert.equal(seen.shared.clips.length, 1);
  assert.equal(seen.shared.clips[0].id, clip);
  assert.deepEqual((await teacher.good('GET', `/api/visits/${lesson.id}/clips`)).clips.map((one) => one.title), ['Wachttijd']);
  const pieces = await watch(teacher, lesson);
  assert.ok(pieces > 0 && pieces <= 2 && all >= 6, `${pieces} of ${all} pieces`);
  assert.notEqual((await teacher.ask('GET', filmOf(lesson).file)).status, 200, 'the whole file');
  const mine = await teacher.good('GET', '/api/releases');
  assert.equal(mine.to_me[0].clip.title, 'Wachttijd');
  assert.deepEqual(mine.my_lessons, [{ visit: lesson.id, title: 'Taal', started_at: lesson.started_at, coach: { id: server.person.id, name: 'Test' }, releases: 1 }]);

  // The clip goes, and what was seen of it; it comes back with the undo.
  const removal = uuid();
  await server.good('POST', `/api/visits/${lesson.id}/operations`, { operations: [{ id: removal, target: 'clip', target_id: clip, action: 'remove', author: 'Test', device: 'test' }] });
  assert.equal(await watch(teacher, lesson), null);
  assert.deepEqual((await teacher.good('GET', '/api/releases')).to_me, []);
  await server.good('POST', `/api/visits/${lesson.id}/operations`, { operations: [{ id: uuid(), action: 'undo', of: removal, author: 'Test', device: 'test' }] });
  assert.equal(await watch(teacher, lesson), pieces);
  await clear(lesson);
});

test('no score goes with a clip', async () => {
  const visit = await server.good('POST', '/api/visits', { title: 'Score', teacher_person: teacher.person.id, instruments: ['kijkwijzer-drie-domeinen', 'snelle-start'] });
  await server.good('POST', `/api/visits/${visit.id}/start`, {});
  const seen = (fields) => tap({ at: 0.1, tapped_at: undefined, uncertainty: undefined, ...fields });
  const { results } = await server.good('POST', `/api/visits/${visit.id}/operations`, { operations: [
    seen({ instrument: 'kijkwijzer-drie-domeinen', code: 'vlotte-start', kind: 'rating', rating: 1, note: 'tussen ons' }),
    seen({ instrument: 'snelle-start', code: 'lesdoel', kind: 'point' }),
  ] });
  assert.ok(results.every((result) => result.status === 'applied'), JSON.stringify(results));
  await server.good('POST', `/api/visits/${visit.id}/end`, {});
  const codes = async (who) => (await who.good('GET', `/api/visits/${visit.id}/observations`)).observations.map((one) => one.code).sort();
  await give(visit, teacher, { clip: await makeClip(visit, 0, 0.2) });
  assert.deepEqual(await codes(teacher), ['lesdoel']);
  await give(visit, teacher);
  assert.deepEqual(await codes(teacher), ['lesdoel', 'vlotte-start']);
  await clear(visit);
});

test('the teacher’s yes and no', async () => {
  const toTeacher = await give(lesson, teacher);
  const yes = await give(lesson, colleague, { purpose: 'team' });
  const no = await give(lesson, trainee, { purpose: 'training' });
  assert.deepEqual((await teacher.good('GET', '/api/releases')).to_answer.map((one) => one.id).sort(), [yes.id, no.id].sort());
  assert.equal(await watch(colleague, lesson), null);
  for (const who of [server, colleague]) assert.ok([403, 404].includes((await answer(who, yes, true)).status), 'nobody else answers');
  assert.equal((await answer(teacher, toTeacher, true)).status, 409);
  assert.equal((await answer(teacher, yes, true)).body.state, 'live');
  assert.equal((await answer(teacher, no, false)).body.state, 'refused');
  assert.equal((await answer(teacher, no, true)).status, 409);
  assert.ok(await watch(colleague, lesson) > 0);
  assert.equal(await watch(trainee, lesson), null);
  assert.deepEqual(await listed(trainee), []);
  // Under the address of another visit it is not there.
  const other = await makeVisit('Nog een');
  assert.equal((await server.ask('DELETE', `/api/visits/${other.id}/releases/${yes.id}`)).status, 404);
  assert.equal((await teacher.ask('POST', `/api/visits/${other.id}/releases/${no.id}/answer`, { agree: true })).status, 404);
  assert.equal((await teacher.ask('POST', `/api/visits/${lesson.id}/releases/${yes.id}/answer`, {})).status, 400);
  await clear(lesson);
});

test('a date that passes ends it', async () => {
  const release = await give(lesson, teacher, { until: later(2500) });
  assert.ok(await watch(teacher, lesson) > 0);
  await sleep(2600);
  assert.equal(await watch(teacher, lesson), null);
  assert.deepEqual(await listed(teacher), []);
  assert.equal(await stateOf(release), 'ended');
  assert.equal((await withdraw(server, release)).status, 409);
});

test('either takes it back, the teacher’s takes the others with it, and all hear of it', async () => {
  const toTeacher = await give(lesson, teacher);
  const shared = await give(lesson, colleague, { purpose: 'team' });
  const asked = await give(lesson, trainee, { purpose: 'training' });
  await answer(teacher, shared, true);
  assert.ok(await watch(colleague, lesson) > 0);
  const heard = new Set();
  const stops = Object.entries({ coach: server, teacher, colleague, trainee, head }).map(([name, who]) => who.follow('/api/events', (event) => { if (event === 'releases') heard.add(name); }));
  await sleep(500);
  heard.clear();
  assert.equal((await withdraw(colleague, shared)).status, 403);
  const gone = await withdraw(teacher, toTeacher);
  assert.equal(gone.status, 200);
  assert.deepEqual(gone.body.withdrawn_by, { id: teacher.person.id, name: 'Tess' });
  await until(() => heard.size === 4, 3000, 'coach, teacher, colleague and trainee hear of it');
  assert.equal(heard.has('head'), false);
  for (const stop of stops) stop();
  assert.deepEqual([await stateOf(shared), await stateOf(asked)], ['withdrawn', 'withdrawn']);
  for (const who of [teacher, colleague]) assert.equal(await watch(who, lesson), null);

  // The coach, of one person only.
  await give(lesson, teacher);
  const again = await give(lesson, colleague);
  await answer(teacher, again, true);
  assert.equal((await withdraw(server, again)).status, 200);
  assert.equal(await watch(colleague, lesson), null);
  assert.ok(await watch(teacher, lesson) > 0);
  await clear(lesson);
});

test('a clip made by somebody goes when it is withdrawn, and the log has it', async () => {
  const { track } = filmOf(lesson);
  const plain = await give(lesson, teacher);
  const wanted = { from: 1, to: 2, camera: track.id, title: 'Kopie' };
  assert.equal((await teacher.ask('POST', `/api/visits/${lesson.id}/exports`, wanted)).status, 403, 'no download unless it was said');
  await withdraw(server, plain);
  const release = await give(lesson, teacher, { download: true });
  const job = await teacher.good('POST', `/api/visits/${lesson.id}/exports`, wanted);
  await until(async () => (await teacher.good('GET', `/api/exports/${job.id}`)).state === 'done', 60000, 'the export is done');
  assert.equal((await teacher.ask('GET', `/api/exports/${job.id}/file`)).status, 200);
  assert.ok([403, 404].includes((await colleague.ask('GET', `/api/exports/${job.id}/file`)).status), 'it is the maker’s');
  await withdraw(teacher, release);
  for (const path of [`/api/exports/${job.id}/file`, `/api/exports/${job.id}`]) assert.equal((await teacher.ask('GET', path)).status, 404, path);
  assert.deepEqual(readdirSync(join(data, 'exports'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()), [], 'no file is left');
  const rows = what(await logOf(lesson));
  assert.ok(rows.some((row) => row.startsWith('Tess: export')), rows.join('\n'));
});

test('the log: who did what, under the right names, each once', async () => {
  const visit = await film(await makeVisit('Log'), 1);
  assert.deepEqual((await logOf(visit)).rows, []);
  const until_ = later();
  const date = new Date(until_).toLocaleDateString('sv');
  const toTeacher = await give(visit, teacher, { until: until_ });
  await watch(teacher, visit);
  await watch(teacher, visit);
  const shared = await give(visit, colleague, { purpose: 'team', until: until_, download: true });
  const refused = await give(visit, trainee, { purpose: 'training', until: until_ });
  await answer(teacher, shared, true);
  await answer(teacher, refused, false);
  await watch(colleague, visit);
  await watch(trainee, visit); // sees nothing, so is not in it
  await withdraw(server, toTeacher);
  const log = await logOf(visit);
  assert.equal(log.sound, true);
  assert.deepEqual(what(log).reverse().map((row) => row.replace(/^(\w+: view).*$/, '$1')), [
    `Test: release Tess (coaching, ${date})`, 'Tess: view', `Test: release Cor (team, ${date}, download)`, `Test: release Stan (training, ${date})`,
    `Tess: agree Cor (team, ${date}, download)`, `Tess: refuse Stan (training, ${date})`, 'Cor: view',
    `Test: withdraw Tess (coaching, ${date})`, `Test: withdraw Cor (team, ${date}, download)`,
  ]);
  assert.ok(log.rows.every((row) => row.visit === visit.id && row.visit_title === 'Log'));
  // Whom it concerns may read it; the coach, whom it watches, may not.
  for (const who of [server, head]) assert.ok([403, 404].includes((await who.ask('GET', `/api/visits/${visit.id}/log`)).status));
  for (const who of [colleague, trainee]) assert.ok([403, 404].includes((await who.ask('GET', `/api/visits/${visit.id}/log`)).status));
  assert.deepEqual(await logOf(visit, privacy), log);

  const page = await privacy.good('GET', '/api/log?limit=2');
  assert.equal(page.rows.length, 2);
  assert.equal(page.more, true);
  const next = await privacy.good('GET', `/api/log?limit=1000&before=${page.rows[1].seq}`);
  assert.equal(next.rows[0].seq, page.rows[1].seq - 1);
  assert.equal(next.rows.at(-1).seq, 1);
  for (const query of ['before=0', 'before=x', 'limit=0', 'limit=1001']) assert.equal((await privacy.ask('GET', `/api/log?${query}`)).status, 400, query);
  for (const who of [server, teacher, head]) assert.equal((await who.ask('GET', '/api/log')).status, 403);
});

test('the register has every visit and no footage', async () => {
  await give(lesson, teacher, { until: later(day) });
  await give(lesson, colleague, { until: later(day / 2) }); // asked: not live
  const register = await privacy.good('GET', '/api/register');
  assertFits(register, named('Register'), 'the register');
  const row = register.visits.find((one) => one.id === lesson.id);
  assert.deepEqual([row.title, row.teacher, row.coach.name, row.releases], ['Taal', 'Tess', 'Test', 1]);
  assert.ok(row.bytes > 10000);
  assert.ok(Math.abs(Date.parse(row.first_until) - Date.now() - day) < 60e3);
  await server.lock();
  assert.equal((await privacy.good('GET', '/api/register')).visits.find((one) => one.id === lesson.id).bytes, row.bytes, 'also while the vault is locked');
  await server.unlock();
  const { file, playlist } = filmOf(lesson);
  for (const path of [file, playlist, `/api/visits/${lesson.id}`, `/api/visits/${lesson.id}/clips`, `/api/visits/${lesson.id}/observations`, '/api/visits', '/api/numbers'])
    assert.equal((await privacy.ask('GET', path)).status, 403, path);
  for (const who of [server, teacher, head]) assert.equal((await who.ask('GET', '/api/register')).status, 403);
  await clear(lesson);
});

test('the head sees numbers and never a name', async () => {
  const answered = await head.ask('GET', '/api/numbers');
  assert.equal(answered.status, 200);
  const numbers = answered.body;
  assertFits(numbers, named('Numbers'), 'the numbers');
  assert.equal(numbers.months.length, 1);
  assert.deepEqual(numbers.people, { coach: 1, admin: 1, teacher: 2, trainee: 1, privacy: 1, head: 1 });
  assert.equal(numbers.months[0].coaches, 1);
  assert.equal(numbers.months[0].teachers_with_release, 1);
  assert.ok(numbers.months[0].visits >= 2 && numbers.months[0].releases >= 10 && numbers.bytes > 10000);
  assert.doesNotMatch(JSON.stringify(numbers), /Tess|Cor|Stan|Frits|Dirk|Taal|[0-9a-f]{8}-/);
  for (const path of ['/api/visits', `/api/visits/${lesson.id}`, `/api/visits/${lesson.id}/releases`, filmOf(lesson).file, '/api/releases', '/api/log'])
    assert.ok([403, 404].includes((await head.ask('GET', path)).status), path);
});

test('the list of visits says with how many people each is shared now', async () => {
  await give(lesson, teacher, { until: later(day) });
  await give(lesson, colleague, { until: later(day / 2) }); // asked: not live
  const { visits } = await server.good('GET', '/api/visits');
  assert.equal(visits.find((visit) => visit.id === lesson.id).releases, 1);
  for (const visit of visits) {
    const { releases } = await server.good('GET', `/api/visits/${visit.id}/releases`);
    assert.equal(visit.releases, new Set(releases.filter((one) => one.state === 'live').map((one) => one.person.id)).size, visit.title);
  }
  await clear(lesson);
});

test('a row taken out of the database shows, to the teacher and to “check”', { skip: sqlite }, async () => {
  assert.equal((await logOf(lesson)).sound, true);
  await server.stop();
  const whole = command(['check', '--json', '--data', data], { input: `${PASSPHRASE}\n` });
  assert.equal(JSON.parse(whole.stdout).log_sound, true, whole.stdout);
  execFileSync('sqlite3', [join(data, 'terugblik.db'), 'DELETE FROM view_log WHERE seq = (SELECT max (seq) FROM view_log)']);
  const cut = command(['check', '--json', '--data', data], { input: `${PASSPHRASE}\n` });
  assert.equal(JSON.parse(cut.stdout).log_sound, false, 'the newest row');
  assert.equal(cut.status, 1);
  await server.run();
  const again = new Client(server);
  await again.signIn('tess');
  assert.equal((await logOf(lesson, again)).sound, false);
  // It stays so, whatever is written after.
  const release = await give(lesson, teacher);
  await withdraw(server, release);
  assert.equal((await logOf(lesson, again)).sound, false);
});
