// Walks the whole API as everybody there is, and proves that nothing answers outside the one table of access
// (src/web/access-table.c). A route without a row fails, and a row without a route.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Client, Server, sleep, tap, until, uuid } from '../lib/terugblik.mjs';

const build = process.env.TB_BUILD_DIR ?? new URL('../../build', import.meta.url).pathname;
const printed = spawnSync(join(build, 'tests/http/print-access'), { encoding: 'utf8' });
const { rows, routes } = JSON.parse(printed.stdout);
const key = ({ method, pattern }) => `${method} ${pattern}`;

/** Routes that give footage or what was seen in it: only who has a relation to the visit may ever have an answer. */
const footage = (pattern) => pattern.startsWith('/media/') || /\{visit\}\/(tracks|observations|clips|operations|events|exports|recording)/.test(pattern);

let server;
let places;
/** name → {client, roles, relations: to the visit} */
const people = new Map();
/** What a person may be asked about without harm to the rest of the walk. */
const leave = new Set(['DELETE /api/session', 'DELETE /api/sessions', 'POST /api/vault/lock']);

async function film() {
  const visit = await server.good('POST', '/api/visits', { title: 'Les' });
  await server.good('POST', `/api/visits/${visit.id}/recording`, { sources: [{ uri: 'test:', kind: 'video' }, { uri: 'test:', kind: 'audio' }] });
  await until(async () => (await server.good('GET', `/api/visits/${visit.id}`)).tracks.some((t) => t.kind === 'video' && t.segments[0]?.duration > 6), 30000);
  await server.good('DELETE', `/api/visits/${visit.id}/recording`);
  await server.good('POST', `/api/visits/${visit.id}/end`, {});
  return server.good('GET', `/api/visits/${visit.id}`);
}

before(async () => {
  server = await Server.start();
  const visit = await film();
  const invite = async (name, roles) => {
    const client = await server.invite({ name, roles });
    people.set(name, { client, roles, relations: [] });
    return client;
  };
  people.set('coach', { client: server, roles: ['coach', 'admin'], relations: ['coach'] });
  people.set('nobody', { client: new Client(server), roles: [], relations: [] });
  people.set('stale cookie', { client: new Client(server, `terugblik=${'A'.repeat(43)}`), roles: [], relations: [] });
  await invite('other coach', ['coach']);
  const teacher = await invite('teacher', ['teacher']);
  await invite('unrelated teacher', ['teacher']);
  const trainee = await invite('trainee', ['trainee']);
  const colleague = await invite('colleague', ['teacher']);
  const observer = await invite('observer', ['trainee']);
  const coachBeside = await invite('coach beside', ['coach']);
  await invite('privacy', ['privacy']);
  await invite('head', ['head']);
  await invite('admin', ['admin']);
  await server.good('PATCH', `/api/visits/${visit.id}`, { teacher_person: teacher.person.id });

  const clip = uuid();
  await server.good('POST', `/api/visits/${visit.id}/operations`, { operations: [
    { ...tap(), target: 'clip', target_id: clip, fields: { from: 2, to: 3, title: 'Fragment' } },
  ] });
  const soon = new Date(Date.now() + 86400e3).toISOString();
  const release = async (person, of, purpose) => server.good('POST', `/api/visits/${visit.id}/releases`, { person: person.person.id, clip: of, purpose, until: soon, download: false });
  await release(teacher, null, 'coaching');
  const asked = [await release(trainee, null, 'training'), await release(colleague, clip, 'team')];
  for (const { id } of asked) await teacher.good('POST', `/api/visits/${visit.id}/releases/${id}/answer`, { agree: true });
  const open = await release(people.get('unrelated teacher').client, null, 'team'); // asked and never answered: gives nothing
  for (const beside of [observer, coachBeside]) await server.good('POST', `/api/visits/${visit.id}/observers`, { person: beside.person.id });
  for (const name of ['observer', 'coach beside']) people.get(name).relations = ['observer'];
  people.get('teacher').relations = ['teacher', 'whole'];
  people.get('trainee').relations = ['whole'];
  people.get('colleague').relations = ['clip'];
  people.get('privacy').relations = ['privacy'];

  const video = visit.tracks.find((t) => t.kind === 'video');
  places = {
    visit: visit.id, track: video.id, segment: '1', file: video.segments[0].files[0].name, release: open.id,
    export: uuid(), preview: uuid(), person: uuid(), session: uuid(), passkey: uuid(), instrument: 'snelle-start', topic: 'begin', folder: 'x',
    moment: uuid(), item: uuid(), agreement: uuid(), comment: uuid(), number: '1', trajectory: uuid(), handover: uuid(), question: uuid(), lesson: uuid(), import: uuid(),
  };
});
after(() => server?.stop());

test('every route has its row, and every row its route', () => {
  assert.equal(printed.status, 0, printed.stderr);
  const known = new Set(rows.map(key));
  const there = new Set(routes.map(key));
  assert.deepEqual(routes.map(key).filter((route) => !known.has(route)), [], 'routes that nobody was thought of for');
  assert.deepEqual(rows.map(key).filter((row) => !there.has(row)), [], 'rows of routes that are not there');
  assert.equal(known.size, rows.length, 'a route stands in the table twice');
});

test('what gives footage is open to nobody by role', () => {
  for (const row of rows.filter(({ pattern }) => footage(pattern))) {
    assert.equal(row.open, false, key(row));
    assert.deepEqual(row.roles, [], key(row));
    assert.ok(row.relations.length > 0 && row.relations.every((r) => (/\/(observations|operations|events)$/.test(row.pattern) ? ['coach', 'whole', 'clip', 'observer'] : ['coach', 'whole', 'clip']).includes(r)), `${key(row)}: ${row.relations}`);
  }
});

/** A stream is left as soon as its head is here. */
async function status(client, method, path) {
  const controller = new AbortController();
  const answer = await fetch(server.address + path, {
    method,
    signal: controller.signal,
    headers: { ...(client.cookie ? { Cookie: client.cookie } : {}), ...(['GET', 'DELETE'].includes(method) ? {} : { 'Content-Type': path.endsWith('/voices') ? 'audio/webm' : path === '/api/imports' ? 'application/octet-stream' : 'application/json' }) },
    body: ['GET', 'DELETE'].includes(method) ? undefined : '[]', // never a good body: what is let in changes nothing
  });
  controller.abort();
  return answer.status;
}

test('everybody at every route', async () => {
  let asked = 0;
  for (const row of rows) {
    const path = row.pattern.replace(/\{(\w+)\}/g, (_, name) => places[name]);
    assert.ok(!path.includes('undefined'), path);
    for (const [name, { client, roles, relations }] of people) {
      if (row.open) continue;
      const about = row.pattern.includes('{visit}');
      const may = about ? row.relations.some((r) => relations.includes(r)) : row.roles.some((r) => roles.includes(r));
      if (may && leave.has(key(row))) continue;
      const got = await status(client, row.method, path);
      const what = `${name}: ${row.method} ${path} gives ${got}`;
      asked += 1;
      if (client.cookie === null || name === 'stale cookie') assert.equal(got, 401, what);
      else if (may && relations.length > 0 && !relations.includes('coach') && row.pattern === '/media/{visit}/{file}' && relations.includes('clip')) assert.equal(got, 403, `${what}: the whole file is more than the clip`);
      else if (may) assert.ok(got !== 401 && got !== 403, what);
      else if (about && relations.length === 0) assert.equal(got, 404, what);
      else assert.equal(got, 403, what);
    }
  }
  assert.ok(asked > 500, `only ${asked} were asked`);
});

test('HEAD is let in as GET is', async () => {
  const path = `/media/${places.visit}/${places.file}`;
  for (const [name, { client, relations }] of people) {
    const answer = await fetch(server.address + path, { method: 'HEAD', headers: client.cookie ? { Cookie: client.cookie } : {} });
    const may = relations.includes('coach') || relations.includes('whole');
    assert.equal(answer.status === 200, may, `${name}: HEAD gives ${answer.status}`);
  }
});

test('of a shared clip only its pieces leave the server', async () => {
  const { client } = people.get('colleague');
  const base = `/api/visits/${places.visit}/tracks/${places.track}/segments/1/playlist.m3u8`;
  const whole = await server.good('GET', base);
  const mine = await client.good('GET', base);
  const pieces = (text) => [...text.matchAll(/(#EXT-X-GAP\n)?#EXTINF:([\d.]+),\n#EXT-X-BYTERANGE:(\d+)@(\d+)/g)].map(([, gap, , size, at]) => ({ gap: gap !== undefined, from: Number(at), to: Number(at) + Number(size) - 1 }));
  assert.ok(pieces(whole).length >= 5 && pieces(whole).every((p) => !p.gap));
  const shared = pieces(mine).filter((p) => !p.gap);
  assert.ok(shared.length >= 1 && shared.length <= 3, `a clip of one second needs ${shared.length} pieces`);
  const ask = async (from, to) => (await client.ask('GET', `/media/${places.visit}/${places.file}`, undefined, { Range: `bytes=${from}-${to}` })).status;
  const init = Number(/BYTERANGE="(\d+)@0"/.exec(mine)[1]);
  assert.equal(await ask(0, init - 1), 206);
  for (const piece of pieces(mine)) assert.equal(await ask(piece.from, piece.to), piece.gap ? 403 : 206, JSON.stringify(piece));
  const [first] = shared;
  const last = shared.at(-1);
  assert.equal(await ask(first.from, last.to), 206);
  assert.equal(await ask(first.from - 1, last.to), 403);
  assert.equal(await ask(first.from, last.to + 1), 403);
  assert.equal(await ask(0, last.to), 403);
  assert.equal(await ask(first.from, 1e12), 403);
  const sound = (await client.good('GET', `/api/visits/${places.visit}`)).tracks.find((t) => t.kind === 'audio');
  const flac = sound.segments[0].files.find((f) => f.kind === 'flac').name;
  assert.equal((await client.ask('GET', `/media/${places.visit}/${flac}`, undefined, { Range: 'bytes=0-9' })).status, 403);
  const peaks = await client.good('GET', `/api/visits/${places.visit}/tracks/${sound.id}/peaks?from=0&to=6&points=60`);
  assert.ok(peaks.max.slice(0, 19).every((p) => p === null) && peaks.max.slice(31).every((p) => p === null), 'the sound picture outside the clip');
  assert.ok(peaks.max.slice(21, 29).some((p) => p !== null), 'the sound picture of the clip');
});

test('what is shared shows nothing of the coach alone', async () => {
  await server.good('PATCH', `/api/visits/${places.visit}`, { note: 'alleen voor mij' });
  for (const name of ['teacher', 'colleague', 'trainee']) {
    const { client } = people.get(name);
    const text = JSON.stringify([await client.good('GET', `/api/visits/${places.visit}`), await client.good('GET', '/api/visits')]);
    assert.ok(!text.includes('alleen voor mij'), name);
    assert.ok(!text.includes('test:'), `${name} is told where the camera is`);
  }
});

test('a reply under way ends when the release is withdrawn, and when one is signed out', async () => {
  const { client } = people.get('trainee');
  const sitting = await fetch(`${server.address}/api/events`, { headers: { Cookie: client.cookie } });
  const reader = sitting.body.getReader();
  await reader.read();
  await client.good('DELETE', '/api/sessions');
  const ended = (async () => {
    try { while (!(await reader.read()).done); } catch { /* broken off: as good */ }
    return true;
  })();
  assert.ok(await Promise.race([ended, sleep(6000)]), 'the stream of somebody signed out goes on');
});
