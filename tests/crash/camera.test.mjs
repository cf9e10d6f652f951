// A network camera that is switched off, freezes, comes back, or was never
// there: the page hears it within a second, the microphone never stops, and
// what comes after lies at its right place.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import net from 'node:net';
import { after, afterEach, before, test } from 'node:test';
import { rtspCamera, Server, sleep, until } from '../lib/terugblik.mjs';
import * as crash from './tools.mjs';

const program = process.env.TB_RTSP_CAMERA ?? rtspCamera;
const skip = existsSync(program) ? false : `${program} is not there (libgstrtspserver-1.0-dev)`;

let server, running = [];
before(async () => { server = await Server.start(); });
after(() => server?.stop());
afterEach(() => {
  running.forEach((each) => each.kill('SIGKILL'));
  running = [];
});

/** Starts a camera; gives {address, port, kill (a signal)}. */
async function startCamera(port = 0) {
  const child = spawn(program, ['--port', String(port), '--gop', '25'], { stdio: ['ignore', 'pipe', 'inherit'] });
  running.push(child);
  let text = '';
  for await (const chunk of child.stdout) {
    text += chunk;
    if (text.includes('\n')) break;
  }
  const address = text.trim();
  const exited = once(child, 'exit');
  return { address, port: Number(new URL(address).port), pid: child.pid, signal: (name) => child.kill(name), kill: async () => { child.kill('SIGKILL'); await exited; } };
}

/** Follows the camera of a visit; gives what was seen when: [{at, actual, code, segment, recording}]. */
function watch(visit) {
  const seen = [];
  const end = server.follow(`/api/visits/${visit}/events`, (event, data) => {
    if (event !== 'recording') return;
    const camera = data.tracks.find((track) => track.kind === 'video');
    if (camera) seen.push({ at: Date.now(), actual: camera.actual, code: camera.message_code, message: camera.message, segment: camera.segment, recording: data.actual });
  });
  return { seen, end };
}

/** The microphone heard everything: one part, as long as the recording, every second with its tick. */
async function checkMicrophone(visit, seconds) {
  const track = crash.track(visit, 'audio');
  assert.deepEqual(track.segments.map((each) => each.number), [1], 'the microphone has one part');
  const [segment] = track.segments;
  assert.ok(segment.duration > seconds - 0.5, `${segment.duration} s of sound, of ${seconds}`);
  const flac = segment.files.find((file) => file.kind === 'flac');
  const heard = crash.decodeSound(await crash.mediaFile(server, visit.id, flac.name));
  assert.equal(heard.errors, '');
  assert.ok(heard.ticks.length >= Math.floor(segment.duration) - 1, `${heard.ticks.length} ticks in ${segment.duration} s`);
  for (let i = 1; i < heard.ticks.length; i++)
    assert.ok(Math.abs(heard.ticks[i] - heard.ticks[i - 1] - 1) < 0.03, `from tick to tick ${heard.ticks[i] - heard.ticks[i - 1]} s: a gap`);
  crash.checkTicks(heard, segment);
}

/** How far each part of the picture lies behind the clock in the picture: the camera's own delay, the same in each part. */
async function delays(visit) {
  const zero = crash.wall(visit.started_at);
  const found = [];
  for (const segment of crash.track(visit, 'video').segments) {
    const playlist = await crash.getPlaylist(server, visit.id, crash.track(visit, 'video').id, segment.number);
    if (playlist === null) continue;
    const mp4 = segment.files.find((file) => file.kind === 'mp4');
    const frames = crash.decodeVideo(await crash.mediaFile(server, visit.id, mp4.name), playlist.whole);
    const late = frames.filter((frame) => frame.mark !== null).map((frame) => segment.start + frame.pts - (frame.mark - zero)).sort((a, b) => a - b);
    assert.ok(late.length > 0, `part ${segment.number} has no marks`);
    found.push({ number: segment.number, start: segment.start, delay: late[Math.floor(late.length / 2)], least: late[0], most: late.at(-1) });
  }
  return found;
}

function checkDelays(found) {
  for (const each of found) {
    console.log(`# part ${each.number} at ${each.start.toFixed(2)} s lies ${(each.delay * 1000).toFixed(0)} ms behind the camera's clock (${(each.least * 1000).toFixed(0)} to ${(each.most * 1000).toFixed(0)})`);
    assert.ok(each.delay > -0.05 && each.delay < 0.6, `part ${each.number} does not lie where it belongs`);
  }
  const all = found.map((each) => each.delay);
  assert.ok(Math.max(...all) - Math.min(...all) < 0.25, 'the parts do not lie as far from their camera as each other');
}

const sources = (address) => [{ uri: address, kind: 'video', name: 'Camera' }, crash.MICROPHONE];

for (const [what, harm, mend, heard] of [
  ['killed and started again', (camera) => camera.kill(), (camera) => startCamera(camera.port), (each) => each.actual === 'retrying'],
  ['frozen, and thawed', (camera) => camera.signal('SIGSTOP'), (camera) => camera.signal('SIGCONT'), (each) => each.code !== null],
]) {
  test(`a camera that is ${what}`, { skip, timeout: 90000 }, async () => {
    const camera = await startCamera();
    const visit = await crash.newVisit(server, sources(camera.address), what);
    const { seen, end } = watch(visit.id);
    await server.good('POST', `/api/visits/${visit.id}/recording`, {});
    const first = await crash.untilTrack(server, visit.id, 'video', (track) => track.seconds > 2.2, 20000);
    assert.equal(first.passthrough, true, 'its picture is not encoded again');
    const harmed = Date.now();
    await harm(camera);
    const told = await until(() => seen.find((each) => each.at >= harmed && heard(each)), 8000, 'that it is gone');
    const retrying = await until(() => seen.find((each) => each.at >= harmed && each.actual === 'retrying'), 8000, '‘retrying’');
    await sleep(1500);
    const mended = Date.now();
    await mend(camera);
    const back = await until(() => seen.find((each) => each.at >= mended && each.actual === 'recording' && each.segment > 1), 25000, 'the camera again');
    await crash.untilTrack(server, visit.id, 'video', (track) => track.actual === 'recording' && track.seconds > 4.2, 20000);
    const stopped = Date.now();
    await server.good('DELETE', `/api/visits/${visit.id}/recording`);
    end();
    console.log(`# told ${told.at - harmed} ms after (“${told.message}”), ‘retrying’ ${retrying.at - harmed} ms after, recording again ${back.at - mended} ms after it was back`);
    assert.ok(told.at - harmed <= 1000 + 250, 'the page hears it within a second');
    assert.ok(seen.filter((each) => each.at >= harmed && each.at <= back.at).every((each) => each.recording === 'recording'), 'the recording goes on');

    const left = await crash.getVisit(server, visit.id);
    const segments = crash.track(left, 'video').segments;
    assert.ok(segments.length >= 2 && segments.every((each) => each.ended), JSON.stringify(segments));
    const zero = crash.wall(left.started_at);
    const gone = harmed / 1000 - zero, again = segments.at(-1).start;
    assert.ok(gone - (segments[0].start + segments[0].duration) < 2, `${gone} - ${JSON.stringify(segments[0])}: more than 2 s lost`);
    assert.ok(again > mended / 1000 - zero - 0.1, 'the new part begins before the camera was there');
    checkDelays(await delays(left));
    await checkMicrophone(left, stopped / 1000 - zero - crash.track(left, 'audio').segments[0].start);
  });
}

test('a camera that takes the call and never answers', { skip, timeout: 60000 }, async () => {
  const silent = net.createServer((socket) => { socket.on('error', () => {}); });
  await new Promise((done) => { silent.listen(0, '127.0.0.1', done); });
  const visit = await crash.newVisit(server, sources(`rtsp://127.0.0.1:${silent.address().port}/camera`), 'silent');
  const from = Date.now();
  await server.good('POST', `/api/visits/${visit.id}/recording`, {});
  assert.ok(Date.now() - from < 1000, 'starting does not wait for it');
  await crash.untilTrack(server, visit.id, 'audio', (track) => track.seconds > 2);
  const camera = await crash.untilTrack(server, visit.id, 'video', (track) => track.message !== null, 20000);
  console.log(`# “${camera.message}” (${camera.message_code}) after ${Date.now() - from} ms`);
  const stop = Date.now();
  await server.ask('DELETE', `/api/visits/${visit.id}/recording`);
  console.log(`# stopping took ${Date.now() - stop} ms`);
  assert.ok(Date.now() - stop < 9500, 'stopping does not hang on it');
  silent.close();
  const left = await crash.getVisit(server, visit.id);
  await checkMicrophone(left, crash.track(left, 'audio').segments[0].duration);
  assert.deepEqual(crash.track(left, 'video').segments, [], 'no empty part is left');
});

test('an address where nobody listens, and one the camera does not know', { skip, timeout: 60000 }, async () => {
  const camera = await startCamera();
  const closed = net.createServer();
  await new Promise((done) => { closed.listen(0, '127.0.0.1', done); });
  const free = closed.address().port;
  await new Promise((done) => { closed.close(done); });
  for (const address of [`rtsp://127.0.0.1:${free}/camera`, camera.address.replace('/camera', '/elsewhere')]) {
    const visit = await crash.newVisit(server, sources(address), address);
    const from = Date.now();
    await server.good('POST', `/api/visits/${visit.id}/recording`, {});
    const wrong = await crash.untilTrack(server, visit.id, 'video', (track) => track.message !== null && track.actual !== 'connecting', 5000);
    console.log(`# ${address}: ${wrong.actual}, “${wrong.message}” (${wrong.message_code}) after ${Date.now() - from} ms`);
    assert.ok(Date.now() - from < 2500, 'it is said at once');
    await crash.untilTrack(server, visit.id, 'audio', (track) => track.seconds > 1.2);
    await server.good('DELETE', `/api/visits/${visit.id}/recording`);
    const left = await crash.getVisit(server, visit.id);
    await checkMicrophone(left, 1);
  }
  assert.equal((await server.ask('POST', '/api/visits', { title: 'x', sources: [{ uri: 'rtsp:/nothing', kind: 'video', name: 'x' }] })).status, 400, 'what is no address is refused when it is typed');
});
