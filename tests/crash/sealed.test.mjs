// Whoever takes the disk finds nothing to look at: not while a lesson is
// recorded, not after, not while a clip is made to take along, not in what is
// kept to be quick, and not after a kill. And a recording goes on, whole, while
// the vault is locked and opened again.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Server, sleep, until } from '../lib/terugblik.mjs';
import * as crash from './tools.mjs';

// Long enough never to be met by chance in what is sealed.
const PLAIN = [/ftyp(iso|mp4|M4|cmf|avc)/, /moof[^]{4}mfhd/, /moov[^]{4}mvhd/, /fLaC\x00\x00\x00\x22/, /AGE-SECRET-KEY-1/];

let server, visit;
before(async () => { server = await Server.start(); });
after(() => server?.stop());

const plainIn = (bytes) => PLAIN.filter((each) => each.test(bytes.toString('latin1')));

/** Looks into every file of the data folder; gives how many there were. */
function lookThrough(folder = server.data) {
  let count = 0;
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    let status;
    try { status = statSync(path); } catch { continue; } // it was replaced meanwhile
    if (status.isDirectory()) count += lookThrough(path);
    if (!status.isFile()) continue;
    let bytes;
    try { bytes = readFileSync(path); } catch { continue; }
    assert.deepEqual(plainIn(bytes), [], `${path} can be read by anybody`);
    count++;
  }
  return count;
}

/** Looks again and again until WORK is done. */
async function lookWhile(work) {
  let done = false, looks = 0;
  const ended = work.finally(() => { done = true; });
  ended.catch(() => {});
  while (!done) {
    lookThrough();
    looks++;
    await sleep(50);
  }
  await ended;
  return looks;
}

async function exportClip(camera, mic) {
  const from = crash.track(visit, 'video').segments[0].start + 0.5;
  const job = await server.good('POST', `/api/visits/${visit.id}/exports`, { from, to: from + 4, camera, mic, title: 'Kringgesprek' });
  await until(async () => {
    const { state, message } = await server.good('GET', `/api/exports/${job.id}`);
    assert.notEqual(state, 'failed', message);
    return state === 'done';
  }, 30000, 'the clip');
  return job.id;
}

test('the patterns that are looked for are those of films and sound', async () => {
  visit = await crash.newVisit(server, undefined, 'Sealed');
  await server.good('POST', `/api/visits/${visit.id}/recording`, {});
  const looks = await lookWhile(crash.untilTrack(server, visit.id, 'video', (track) => track.seconds > 6, 20000));
  await server.good('DELETE', `/api/visits/${visit.id}/recording`);
  visit = await crash.getVisit(server, visit.id);
  console.log(`# ${lookThrough()} files, looked through ${looks} times during the recording: nothing to see in any`);
  let found = 0;
  for (const track of visit.tracks)
    for (const file of track.segments[0].files) found += plainIn(await crash.mediaFile(server, visit.id, file.name)).length;
  assert.ok(found >= 5, `opened, they show ${found} of the patterns`);
});

test('a clip to take along is made, lies there and goes without being seen', { timeout: 60000 }, async () => {
  const camera = crash.track(visit, 'video').id, mic = crash.track(visit, 'audio').id;
  let id;
  const looks = await lookWhile(exportClip(camera, mic).then((made) => { id = made; }));
  const answer = await fetch(`${server.address}/api/exports/${id}/file`, { headers: { Cookie: server.cookie } });
  assert.equal(answer.status, 200);
  const bytes = Buffer.from(await answer.arrayBuffer());
  assert.equal(plainIn(bytes).length, 2, 'what comes out is an ordinary MP4');
  const frames = crash.decodeVideo(bytes, bytes.length);
  assert.ok(Math.abs(frames.length - 4 * 25) <= 1, `${frames.length} frames`);
  lookThrough();
  const file = readdirSync(join(server.data, 'exports', visit.id));
  assert.equal(file.length, 1);
  await server.ask('DELETE', `/api/exports/${id}`);
  assert.deepEqual(readdirSync(join(server.data, 'exports', visit.id)), [], 'a cancelled clip leaves nothing');
  console.log(`# looked through ${looks} times while it was made`);
});

test('the sound picture in the cache is sealed', async () => {
  const mic = crash.track(visit, 'audio');
  const peaks = () => server.ask('GET', `/api/visits/${visit.id}/tracks/${mic.id}/peaks?from=0&to=5&points=50`);
  const first = await peaks();
  assert.ok(first.body.max.some((value) => value > 0.2));
  await server.lock();
  assert.equal((await peaks()).status, 423);
  await server.unlock();
  assert.deepEqual((await peaks()).body, first.body, 'from the cache, it is the same');
  const kept = ['cache.db', 'cache.db-wal'].map((name) => { try { return readFileSync(join(server.data, name)); } catch { return Buffer.alloc(0); } });
  assert.ok(kept.some((bytes) => bytes.includes('age-encryption.org/v1')), 'it is in the cache, sealed');
});

test('locked and opened in the middle of a recording: not a frame is lost', { timeout: 60000 }, async () => {
  const lesson = await crash.newVisit(server, undefined, 'Locked');
  await server.good('POST', `/api/visits/${lesson.id}/recording`, {});
  await crash.untilTrack(server, lesson.id, 'video', (track) => track.seconds > 2);
  await server.lock();
  await sleep(2500);
  const status = await crash.getStatus(server, lesson.id);
  assert.equal(status.actual, 'recording', 'it goes on');
  await server.unlock();
  await sleep(1500);
  assert.equal((await crash.getStatus(server, lesson.id)).actual, 'recording', 'what mends leaves it alone');
  await server.good('DELETE', `/api/visits/${lesson.id}/recording`);
  const ended = await crash.untilMended(server, lesson.id);
  for (const track of ended.tracks) {
    assert.equal(track.segments.length, 1);
    assert.equal(track.segments[0].note, null, 'nothing was broken off');
  }
  const segment = crash.track(ended, 'video').segments[0];
  const frames = crash.decodeVideo(await crash.mediaFile(server, lesson.id, segment.files[0].name));
  crash.checkMarks(frames, segment);
  for (let i = 1; i < frames.length; i++) assert.ok(frames[i].pts - frames[i - 1].pts < 0.085, `no picture from ${frames[i - 1].pts} to ${frames[i].pts}`);
  assert.ok(segment.duration > 5.5, `${segment.duration} s`);
});

test('a film from before the vault is sealed when it opens, and stays what it was', { timeout: 60000 }, async () => {
  const segment = crash.track(visit, 'video').segments[0];
  const name = segment.files[0].name;
  const bytes = await crash.mediaFile(server, visit.id, name);
  const folder = join(server.data, 'media', visit.id);
  await server.lock();
  writeFileSync(join(folder, 'old.mp4'), bytes, { mode: 0o600 });
  await server.unlock();
  await until(() => !readdirSync(folder).includes('old.mp4') && readdirSync(folder).includes('old.mp4.age'), 10000, 'the old film sealed');
  lookThrough();
  assert.ok((await crash.mediaFile(server, visit.id, 'old.mp4')).equals(bytes));
});

test('killed: nothing to be seen either, before and after it is mended', { timeout: 60000 }, async () => {
  const lesson = await crash.newVisit(server, undefined, 'Killed');
  await server.good('POST', `/api/visits/${lesson.id}/recording`, {});
  await crash.untilTrack(server, lesson.id, 'video', (track) => track.seconds > 3);
  await server.kill();
  lookThrough();
  await server.run();
  await crash.untilMended(server, lesson.id);
  console.log(`# ${lookThrough()} files`);
});
