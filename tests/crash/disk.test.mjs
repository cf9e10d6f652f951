// A disk that is full: the recording ends well and says why, taps go on as
// long as they find room, and what was said to be kept is kept.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmdirSync, statfsSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, afterEach, test } from 'node:test';
import { Server, sleep, until } from '../lib/terugblik.mjs';
import * as crash from './tools.mjs';

const MB = 1000 * 1000;
const folder = mkdtempSync(join(tmpdir(), 'terugblik-disk-'));
const mount = () => spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64m,mode=0700', 'terugblik-test', folder], { encoding: 'utf8' });
const unmount = () => spawnSync('umount', [folder]);

const tried = mount();
const skip = tried.status === 0 ? false : `no small disk could be made (mount: ${(tried.stderr ?? String(tried.error)).trim()}); run as root to test this`;
if (!skip) unmount();
after(() => rmdirSync(folder));

let server;
beforeEach(async () => {
  if (skip) return;
  assert.equal(mount().status, 0);
  server = await Server.start({ data: folder });
});
afterEach(async () => {
  if (skip) return;
  try {
    await server?.stop();
  } finally {
    server = undefined;
    assert.equal(unmount().status, 0);
  }
});

const free = () => { const disk = statfsSync(folder); return disk.bavail * disk.bsize; };
const other = join(folder, 'another-program');

/** Another program writes until LEFT bytes are free. */
function fill(left) {
  const file = openSync(other, 'a');
  const block = Buffer.alloc(65536, 1);
  try {
    while (free() > left) writeSync(file, block, 0, Math.min(block.length, Math.max(free() - left, 1)));
  } catch (error) {
    if (error.code !== 'ENOSPC') throw error;
  } finally {
    closeSync(file);
  }
}

/** Everything recorded is closed, whole to its last fragment, and can be played. */
async function checkRecorded(visit, numbers) {
  for (const track of visit.tracks) {
    assert.deepEqual(track.segments.map((each) => each.number), numbers, `${track.kind}: its segments are in the database`);
    for (const segment of track.segments) {
      assert.ok(segment.ended, `${track.kind} ${segment.number} is closed`);
      const playlist = await crash.getPlaylist(server, visit.id, track.id, segment.number);
      assert.ok(playlist?.ended, `${track.kind} ${segment.number} has a playlist with an end`);
      const mp4 = segment.files.find((file) => file.kind === 'mp4');
      const bytes = await crash.mediaFile(server, visit.id, mp4.name);
      if (track.kind === 'video') crash.checkMarks(crash.decodeVideo(bytes, playlist.whole), segment);
      else assert.equal(crash.decodeSound(bytes, playlist.whole).errors, '');
      console.log(`# ${track.kind} ${segment.number}: ${segment.start.toFixed(2)} + ${segment.duration.toFixed(2)} s${segment.note ? `, ${segment.note}` : ''}`);
    }
  }
}

/** What one look at the journal file by file says: nothing half-written. */
async function checkAfterRestart(visit, tapper) {
  await server.kill('SIGKILL');
  await server.run();
  await crash.checkTaps(server, await crash.untilMended(server, visit.id), tapper);
}

test('the limit is reached: warned before, ended well, tapped on', { skip, timeout: 90000 }, async () => {
  await server.good('PATCH', '/api/settings', { disk_stop_mb: 22, disk_warn_minutes: 1 });
  const visit = await crash.newVisit(server);
  const tapper = new crash.Tapper(visit.id);
  const states = [];
  const endFollow = server.follow(`/api/visits/${visit.id}/events`, (event, data) => {
    if (event === 'recording' && states.at(-1) !== `${data.actual} ${data.disk.state}`) states.push(`${data.actual} ${data.disk.state}`);
  });
  await server.good('POST', `/api/visits/${visit.id}/recording`, {});
  tapper.start(server);
  await crash.untilTrack(server, visit.id, 'video', (track) => track.seconds > 1.5);
  fill(23.5 * MB);
  const low = await until(async () => {
    const status = await crash.getStatus(server, visit.id);
    return status.disk.state === 'low' && status;
  }, 8000, 'the state low');
  assert.equal(low.actual, 'recording', 'a warning does not end the recording');
  assert.ok(low.disk.seconds_left >= 0 && low.disk.seconds_left < 60, `${low.disk.seconds_left} s left`);
  assert.equal((await server.good('GET', '/api/disk')).state, 'low');
  await sleep(1000);
  fill(21 * MB);
  const ended = await until(async () => {
    const status = await crash.getStatus(server, visit.id);
    return status.actual === 'stopped' && status;
  }, 10000, 'the end of the recording');
  assert.equal(ended.reason, 'disk-full');
  assert.ok(ended.message, 'it says why');
  const before = tapper.acknowledged.length;
  await sleep(1500);
  await tapper.stop();
  endFollow();
  assert.ok(tapper.acknowledged.length > before + 5, 'taps go on after the recording has ended');
  assert.deepEqual(tapper.refused, [], 'no tap was refused');
  assert.ok(states.some((state) => state.endsWith(' low')) && states.some((state) => state.startsWith('stopped')), `the page heard: ${states}`);
  console.log(`# heard: ${states.join(' → ')}; ${tapper.acknowledged.length} taps`);

  await checkRecorded(await crash.getVisit(server, visit.id), [1]);
  const again = await server.ask('POST', `/api/visits/${visit.id}/recording`, {});
  assert.equal(again.status, 507, 'recording cannot begin without room');
  assert.equal(again.body.error.code, 'disk-full');
  unlinkSync(other);
  await checkAfterRestart(visit, tapper);
  await server.good('POST', `/api/visits/${visit.id}/recording`, {});
  await crash.untilTrack(server, visit.id, 'video', (track) => track.seconds > 1.2);
  await server.good('DELETE', `/api/visits/${visit.id}/recording`);
  await checkRecorded(await crash.getVisit(server, visit.id), [1, 2]);
});

test('not a byte left: nothing lost, nothing half-written, and on again when there is room', { skip, timeout: 90000 }, async () => {
  await server.good('PATCH', '/api/settings', { disk_stop_mb: 20 });
  const visit = await crash.newVisit(server);
  const tapper = new crash.Tapper(visit.id);
  await server.good('POST', `/api/visits/${visit.id}/recording`, {});
  tapper.start(server, 50);
  await crash.untilTrack(server, visit.id, 'video', (track) => track.seconds > 2.2);
  // The other program takes also what the server gives free.
  const from = Date.now();
  let status;
  do {
    fill(0);
    status = await crash.getStatus(server, visit.id);
    await sleep(20);
  } while (status.actual !== 'stopped' && Date.now() - from < 15000);
  for (const end = Date.now() + 2000; Date.now() < end; await sleep(20)) fill(0);
  assert.equal(status.actual, 'stopped', JSON.stringify(status));
  assert.equal(status.reason, 'disk-full');
  assert.ok(tapper.refused.length > 0, 'at last there was no room for taps either');
  for (const { status: code, code: name } of tapper.refused) assert.deepEqual([code, name], [507, 'disk-full']);
  assert.equal((await server.ask('GET', '/api/visits')).status, 200, 'it still answers');
  const refused = tapper.refused.length;
  unlinkSync(other);
  const acknowledged = tapper.acknowledged.length;
  await until(() => tapper.acknowledged.length > acknowledged + 5, 5000, 'taps are taken again');
  await tapper.stop();
  console.log(`# ended ${Date.now() - from} ms after the disk was full; ${tapper.acknowledged.length} taps taken, ${refused} refused`);

  // What was refused may be sent again, as the page does.
  const again = tapper.refused.splice(0).map(({ operation }) => operation);
  await tapper.send(server, again.filter((operation) => operation.action === 'add'));
  await crash.checkTaps(server, await crash.getVisit(server, visit.id), tapper);
  await server.good('POST', `/api/visits/${visit.id}/recording`, {});
  await crash.untilTrack(server, visit.id, 'video', (track) => track.seconds > 1.2);
  await server.good('DELETE', `/api/visits/${visit.id}/recording`);
  const after = await until(async () => {
    const now = await crash.getVisit(server, visit.id);
    return now.tracks.every((track) => track.segments.every((each) => each.ended)) && now;
  }, 5000, 'every segment closed, without a restart');
  for (const track of after.tracks) assert.ok(track.segments.length >= 2, `${track.kind}: ${JSON.stringify(track.segments)}`);
  await checkRecorded(after, after.tracks[0].segments.map((each) => each.number));
  await checkAfterRestart(visit, tapper);
  const restarted = await crash.getVisit(server, visit.id);
  await checkRecorded(restarted, restarted.tracks[0].segments.map((each) => each.number));
});
