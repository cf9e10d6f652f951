// Clips to take along: whose they are, who may make one of what, what the log
// says of it, and that they go when what was shared is withdrawn.
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Server, tap, until } from '../lib/terugblik.mjs';

let server, teacher, colleague, visit, camera;

before(async () => {
  server = await Server.start();
  teacher = await server.invite({ name: 'Juf Noor', roles: ['teacher'] });
  colleague = await server.invite({ name: 'Meester Bas', roles: ['teacher'] });
  visit = await server.good('POST', '/api/visits', { title: 'Uit handen', teacher_person: teacher.person.id, sources: [{ uri: 'test:?width=320&height=180&fps=25', kind: 'video', name: 'Camera' }] });
  await server.good('POST', `/api/visits/${visit.id}/recording`, {});
  await until(async () => (await server.good('GET', `/api/visits/${visit.id}/recording`)).tracks.some((track) => track.seconds > 4), 20000, 'four seconds');
  await server.good('DELETE', `/api/visits/${visit.id}/recording`);
  visit = await server.good('GET', `/api/visits/${visit.id}`);
  camera = visit.tracks[0];
});
after(() => server?.stop());

const path = () => `/api/visits/${visit.id}/exports`;
const start = () => camera.segments[0].start;
const piece = (from, to) => ({ from: start() + from, to: start() + to, camera: camera.id });
const share = (person, fields) => server.good('POST', `/api/visits/${visit.id}/releases`, {
  person: person.person.id, clip: null, purpose: 'coaching', until: new Date(Date.now() + 86400e3).toISOString(), download: false, ...fields,
});
const withdraw = (release) => server.good('DELETE', `/api/visits/${visit.id}/releases/${release.id}`);

async function make(client, from, to) {
  const job = await client.good('POST', path(), piece(from, to));
  await until(async () => (await client.good('GET', `/api/exports/${job.id}`)).state === 'done', 20000, 'the clip');
  return job.id;
}

const get = (client, id) => fetch(`${server.address}/api/exports/${id}/file`, { headers: { Cookie: client.cookie } });

test('an export is its maker’s and nobody else’s', async () => {
  const id = await make(server, 1, 2);
  const release = await share(teacher, { download: true });
  for (const other of [teacher, colleague]) {
    assert.equal((await other.ask('GET', `/api/exports/${id}`)).status, 404);
    assert.equal((await other.ask('GET', `/api/exports/${id}/file`)).status, 404);
    assert.equal((await other.ask('DELETE', `/api/exports/${id}`)).status, 404);
  }
  const answer = await get(server, id);
  assert.equal(answer.status, 200);
  assert.equal(Buffer.from(await answer.arrayBuffer()).toString('latin1', 4, 8), 'ftyp');
  await withdraw(release);
});

test('what was shared to look at cannot be taken along', async () => {
  const release = await share(teacher, {});
  assert.equal((await teacher.ask('POST', path(), piece(1, 2))).status, 403);
  assert.equal((await colleague.ask('POST', path(), piece(1, 2))).status, 404);
  await withdraw(release);
  assert.notEqual((await teacher.ask('POST', path(), piece(1, 2))).status, 202);
});

test('what was shared to take along can, is logged, and goes when it is withdrawn', async () => {
  const release = await share(teacher, { download: true });
  const id = await make(teacher, 1, 2);
  const answer = await get(teacher, id);
  assert.equal(answer.status, 200);
  await answer.arrayBuffer();
  const { rows } = await teacher.good('GET', `/api/visits/${visit.id}/log`);
  for (const what of ['export', 'download'])
    assert.ok(rows.some((row) => row.what === what && row.person.id === teacher.person.id && /^\d.*-\d/.test(row.detail)), `${what}: ${JSON.stringify(rows)}`);
  const folder = join(server.data, 'exports', visit.id);
  assert.ok(readdirSync(folder).includes(`${id}.mp4.age`));
  await withdraw(release);
  assert.equal((await get(teacher, id)).status, 404);
  assert.ok(!existsSync(join(folder, `${id}.mp4.age`)), 'its file is gone');
});

test('of a clip, the clip and no more', async () => {
  const operation = tap({}, { target: 'clip', fields: { title: 'Kring', from: start() + 1, to: start() + 2.5 } });
  const { results } = await server.good('POST', `/api/visits/${visit.id}/operations`, { operations: [operation] });
  assert.notEqual(results[0].status, 'refused', JSON.stringify(results));
  const release = await share(teacher, { clip: operation.target_id, download: true });
  await make(teacher, 1, 2.5);
  await make(teacher, 1.2, 2);
  for (const [from, to] of [[0.5, 2], [1.5, 3], [3, 4]]) assert.equal((await teacher.ask('POST', path(), piece(from, to))).status, 403, `${from}-${to}`);
  await withdraw(release);
});

test('while the vault is locked nothing is made or fetched', async () => {
  const id = await make(server, 1, 2);
  await server.lock();
  assert.equal((await server.ask('POST', path(), piece(1, 2))).status, 423);
  assert.equal((await get(server, id)).status, 423);
  await server.unlock();
  assert.equal((await get(server, id)).status, 200);
});
