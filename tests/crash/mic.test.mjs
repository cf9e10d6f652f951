// A microphone that disappears, or falls silent on its wire: the page hears it
// at once, it is tried again, and the others never notice.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server, until } from '../lib/terugblik.mjs';
import * as crash from './tools.mjs';

let server;
before(async () => { server = await Server.start(); });
after(() => server?.stop());

/** Follows the recording of a visit: the first instant each (kind, fits) was seen, in ms. */
function watch(visit, look) {
  return server.follow(`/api/visits/${visit}/events`, (event, data) => {
    if (event === 'recording') for (const track of data.tracks) look(track, Date.now(), data);
  });
}

/** Every other track recorded without a gap, in one segment. */
async function checkOthers(visit, kinds) {
  for (const kind of kinds) {
    const track = crash.track(visit, kind);
    assert.deepEqual(track.segments.map((each) => each.number), [1], `${kind} has one segment`);
    const [segment] = track.segments;
    const mp4 = segment.files.find((file) => file.kind === 'mp4');
    const playlist = await crash.getPlaylist(server, visit.id, track.id, 1);
    if (kind === 'video') {
      const frames = crash.decodeVideo(await crash.mediaFile(server, visit.id, mp4.name), playlist.whole);
      for (let i = 1; i < frames.length; i++)
        assert.ok(frames[i].pts - frames[i - 1].pts < 0.085, `no picture from ${frames[i - 1].pts} to ${frames[i].pts}`);
      crash.checkMarks(frames, segment);
    }
  }
}

for (const [what, uri, allowed] of [['is pulled out', 'test:?fail=3', 1], ['says nothing any more', 'test:?stall=3', 3.5]]) {
  test(`a microphone that ${what}`, { timeout: 60000 }, async () => {
    const visit = await crash.newVisit(server, [crash.CAMERA, { uri, kind: 'audio', name: 'Microphone' }], what);
    const seen = { trouble: 0, retrying: 0, back: 0 };
    let others = 0;
    const end = watch(visit.id, (track, at, status) => {
      if (track.kind === 'video' && track.actual === 'retrying') others++;
      if (track.kind !== 'audio') return;
      if (!seen.trouble && track.message_code) seen.trouble = at;
      if (!seen.retrying && track.actual === 'retrying') {
        seen.retrying = at;
        seen.status = status;
        seen.track = track;
      }
      if (seen.retrying && track.actual === 'recording' && track.segment >= 2) seen.back ||= at;
    });
    await server.good('POST', `/api/visits/${visit.id}/recording`, {});
    await crash.untilTrack(server, visit.id, 'audio', 'recording');
    const first = crash.track(await until(async () => {
      const now = await crash.getVisit(server, visit.id);
      return crash.track(now, 'audio')?.segments.length > 0 && now;
    }), 'audio').segments[0];
    const gone = (crash.wall((await crash.getVisit(server, visit.id)).started_at) + first.start + 3) * 1000;
    await until(() => seen.back, 20000, 'recording again');
    await crash.untilTrack(server, visit.id, 'audio', (track) => track.segment >= 2 && track.actual === 'recording');
    await crash.untilTrack(server, visit.id, 'video', (track) => track.seconds > 6, 20000);
    await server.good('DELETE', `/api/visits/${visit.id}/recording`);
    end();
    console.log(`# seen ${seen.trouble - gone | 0} ms after the last sound, ‘retrying’ after ${seen.retrying - gone | 0} ms, recording again after ${seen.back - gone | 0} ms`);
    assert.ok(seen.trouble - gone <= 1300, 'the page hears within a second that something is wrong');
    assert.ok(seen.retrying - gone <= allowed * 1000 + 300, `tried again within ${allowed} s`);
    assert.equal(others, 0, 'the camera never noticed');
    assert.equal(seen.status.actual, 'recording', 'the recording as a whole goes on');
    assert.ok(seen.track.message && seen.track.message_code, 'it says what is wrong');

    const after = await crash.getVisit(server, visit.id);
    await checkOthers(after, ['video']);
    const sound = crash.track(after, 'audio');
    assert.ok(sound.segments.length >= 2);
    for (const segment of sound.segments) {
      assert.ok(segment.ended);
      if (segment.duration < 0.5) continue;
      const flac = segment.files.find((file) => file.kind === 'flac');
      const heard = crash.decodeSound(await crash.mediaFile(server, visit.id, flac.name));
      assert.equal(heard.errors, '');
      crash.checkTicks(heard, segment);
    }
  });
}

test('a microphone that is not there: the camera records', { timeout: 30000 }, async () => {
  const visit = await crash.newVisit(server, [crash.CAMERA, { uri: 'test:?absent=1', kind: 'audio', name: 'Microphone' }], 'absent');
  await server.good('POST', `/api/visits/${visit.id}/recording`, {});
  await crash.untilTrack(server, visit.id, 'video', (track) => track.seconds > 2);
  const status = await crash.getStatus(server, visit.id);
  const sound = status.tracks.find((track) => track.kind === 'audio');
  assert.ok(['retrying', 'connecting', 'failed'].includes(sound.actual), sound.actual);
  assert.ok(sound.message && sound.message_code, 'it says what is wrong');
  assert.equal(status.actual, 'recording');
  await server.good('DELETE', `/api/visits/${visit.id}/recording`);
  const after = await crash.getVisit(server, visit.id);
  assert.deepEqual(crash.track(after, 'audio').segments, [], 'no empty segment is left');
  await checkOthers(after, ['video']);
});
