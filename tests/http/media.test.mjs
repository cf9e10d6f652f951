// A recording over the API from start to end: what is said of it, the live
// pictures, playlists and bytes while it grows and after, and clips out of it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Server, sleep, until, uuid } from '../lib/terugblik.mjs';
import { assertFits, assertRefused, call, named, testPicture, testSound } from './tools.mjs';

let server;
let visit; // records in the first half of the tests, has ended in the second
let picture;
let sound;
let folder;
const base = () => `/api/visits/${visit.id}`;
const of = (track) => `${base()}/tracks/${track.id}`;
const status = () => server.good('GET', `${base()}/recording`);
const whole = () => server.good('GET', base());
const playlistOf = (track, number = 1) => call(server, 'GET', `${of(track)}/segments/${number}/playlist.m3u8`);
const bytes = async (path, from, to) => {
  const answer = await call(server, 'GET', path, { headers: from === undefined ? {} : { Range: `bytes=${from}-${to}` } });
  assert.equal(answer.status, from === undefined ? 200 : 206);
  return answer.body;
};

/** A playlist in parts: {map: {path, offset, size}, pieces: [{path, offset, size, duration}], ended, type}. */
function parsePlaylist(text) {
  const lines = text.split('\n');
  assert.equal(lines[0], '#EXTM3U');
  const map = /^#EXT-X-MAP:URI="([^"]+)",BYTERANGE="(\d+)@(\d+)"$/m.exec(text);
  const pieces = [];
  let duration;
  let range;
  for (const line of lines) {
    if (line.startsWith('#EXTINF:')) duration = parseFloat(line.slice(8));
    else if (line.startsWith('#EXT-X-BYTERANGE:')) range = line.slice(17).split('@').map(Number);
    else if (line.startsWith('/')) pieces.push({ path: line, size: range[0], offset: range[1], duration });
  }
  return {
    map: { path: map[1], size: Number(map[2]), offset: Number(map[3]) }, pieces,
    target: Number(/^#EXT-X-TARGETDURATION:(\d+)$/m.exec(text)[1]),
    type: /^#EXT-X-PLAYLIST-TYPE:(\w+)$/m.exec(text)[1],
    ended: lines.includes('#EXT-X-ENDLIST'),
  };
}

async function assertPlayable(track, ended) {
  const answer = await playlistOf(track);
  assert.equal(answer.status, 200, answer.text().slice(0, 200));
  const list = parsePlaylist(answer.text());
  const file = await bytes(list.map.path);
  assert.equal(list.ended, ended);
  assert.equal(list.type, ended ? 'VOD' : 'EVENT');
  assert.equal(list.map.offset, 0);
  assert.equal(file.toString('latin1', 4, 8), 'ftyp');
  assert.ok((await bytes(list.map.path, 0, list.map.size - 1)).equals(file.subarray(0, list.map.size)));
  assert.equal(file.subarray(0, list.map.size).includes('moov'), true);
  let at = list.map.size;
  for (const piece of list.pieces) {
    assert.equal(piece.path, list.map.path);
    assert.equal(piece.offset, at, 'piece after piece, without a gap');
    at += piece.size;
    assert.ok(at <= file.length, 'inside the file');
    assert.equal(file.toString('latin1', piece.offset + 4, piece.offset + 8), 'moof');
    const part = await bytes(piece.path, piece.offset, piece.offset + piece.size - 1);
    assert.ok(part.equals(file.subarray(piece.offset, piece.offset + piece.size)));
    assert.ok(piece.duration > 0 && Math.round(piece.duration) <= list.target, `${piece.duration} of at most ${list.target}`);
  }
  if (ended) assert.equal(at, file.length, 'nothing behind the last piece');
  return { ...list, bytes: file, seconds: list.pieces.reduce((sum, piece) => sum + piece.duration, 0) };
}

const probe = (path, ...entries) => {
  const run = spawnSync('ffprobe', ['-v', 'error', '-print_format', 'json', ...entries, path], { encoding: 'utf8' });
  assert.equal(run.status, 0, run.stderr);
  assert.equal(run.stderr, '', 'nothing to complain of');
  return JSON.parse(run.stdout);
};
const assertJpeg = (body) => assert.deepEqual([...body.subarray(0, 2), ...body.subarray(-2)], [0xff, 0xd8, 0xff, 0xd9]);

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'terugblik-media-'));
  server = await Server.start();
  visit = await server.good('POST', '/api/visits', { title: 'Rekenen', sources: [testPicture, testSound] });
});
after(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('before a recording', () => {
  test('there is nothing, and that is said plainly', async () => {
    const now = await status();
    assert.deepEqual([now.wanted, now.actual, now.tracks.length], ['stopped', 'stopped', 0]);
    const empty = await server.good('POST', '/api/visits', { title: 'Zonder bronnen' });
    const answer = await call(server, 'POST', `/api/visits/${empty.id}/recording`, { body: {} });
    assertRefused(answer, 400, 'no sources');
    assert.match(answer.json().error.message, /camera|microphone/);
    assert.equal((await server.good('GET', `/api/visits/${empty.id}`)).state, 'planned');
  });

  test('a preview shows and tells', async () => {
    const one = await server.good('POST', '/api/previews', { uri: testPicture.uri, kind: 'video' });
    const again = await server.good('POST', '/api/previews', { uri: testPicture.uri, kind: 'video' });
    assert.equal(again.id, one.id);
    const jpeg = await call(server, 'GET', `/api/previews/${one.id}/picture.jpg`);
    assert.equal(jpeg.status, 200, jpeg.text().slice(0, 200));
    assertJpeg(jpeg.body);
    assert.equal((await server.good('GET', `/api/previews/${one.id}`)).state, 'running');
    const ear = await server.good('POST', '/api/previews', { uri: 'test:', kind: 'audio' });
    const level = await until(async () => (await server.good('GET', `/api/previews/${ear.id}`)).level, 10000, 'a level');
    assert.ok(level.peak_db <= 0 && level.rms_db <= level.peak_db + 0.01, JSON.stringify(level));
    const blind = await call(server, 'GET', `/api/previews/${ear.id}/picture.jpg`);
    assert.ok(blind.status >= 400 && blind.status < 600);
    assert.equal((await call(server, 'DELETE', `/api/previews/${ear.id}`)).status, 204);
    assertRefused(await call(server, 'GET', `/api/previews/${ear.id}`), 404, 'closed');
    assertRefused(await call(server, 'DELETE', `/api/previews/${ear.id}`), 404, 'closed twice');
  });

  test('a source that is not there says so', async () => {
    const gone = await server.good('POST', '/api/previews', { uri: 'test:?absent=1', kind: 'video' });
    const now = await until(async () => { const one = await server.good('GET', `/api/previews/${gone.id}`); return one.state === 'failed' && one; }, 10000, 'failed');
    assert.ok(now.message.length > 0 && now.message_code !== null, JSON.stringify(now));
    assertFits(now, named('Preview'), 'preview');
    await call(server, 'DELETE', `/api/previews/${gone.id}`);
  });
});

describe('while it records', () => {
  const seen = [];
  const told = [];
  let end;

  before(async () => {
    end = server.follow(`${base()}/events`, (event, data) => {
      told.push(event);
      if (event === 'recording' && seen.at(-1) !== data.actual) seen.push(data.actual);
    });
    await until(() => told.includes('hello'), 5000, 'hello');
  });
  after(() => end());

  test('it starts, and says when it records', async () => {
    const first = await call(server, 'POST', `${base()}/recording`, { body: {} });
    assert.equal(first.status, 201, first.text());
    assert.equal(first.json().wanted, 'recording');
    assert.ok(['starting', 'recording'].includes(first.json().actual));
    const now = await until(async () => { const one = await status(); return one.tracks.every((track) => track.actual === 'recording' && track.seconds > 0) && one.actual === 'recording' && one; }, 15000, 'both record');
    assert.deepEqual(now.tracks.map((track) => [track.kind, track.name, track.segment]), [['video', 'Beeld', 1], ['audio', 'Geluid', 1]]);
    assert.deepEqual([now.tracks[0].width, now.tracks[0].height], [320, 180]);
    const all = await until(async () => { const one = await whole(); return one.tracks.every((track) => track.segments[0]?.duration > 0) && one; }, 10000, 'segments');
    assert.equal(all.state, 'running');
    assert.equal(all.recording, true);
    picture = all.tracks.find((track) => track.kind === 'video');
    sound = all.tracks.find((track) => track.kind === 'audio');
    assert.deepEqual(picture.segments[0].files.map((file) => file.name), [`${picture.id}-1.mp4`]);
    assert.deepEqual(sound.segments[0].files.map((file) => file.name).sort(), [`${sound.id}-1.flac`, `${sound.id}-1.mp4`]);
    assert.deepEqual(seen.slice(-2), ['starting', 'recording']);
  });

  test('a second start is refused', async () => {
    assertRefused(await call(server, 'POST', `${base()}/recording`, { body: {} }), 409, 'twice');
    assert.equal((await status()).wanted, 'recording');
  });

  test('the events tell of it every second, and of the sound more often', async () => {
    told.length = 0;
    await sleep(2500);
    const count = (name) => told.filter((event) => event === name).length;
    assert.ok(count('recording') >= 2 && count('recording') <= 12, `recording ${count('recording')} times`);
    assert.ok(count('level') >= 6 && count('level') <= 30, `level ${count('level')} times`);
  });

  test('the playlist grows, and its pieces are there', async () => {
    for (const track of [picture, sound]) {
      const first = await assertPlayable(track, false);
      const later = await until(async () => { const list = await assertPlayable(track, false); return list.pieces.length > first.pieces.length && list; }, 8000, 'it grows');
      assert.deepEqual(later.pieces.slice(0, first.pieces.length - 1), first.pieces.slice(0, -1), 'what was said stays');
      assert.ok(later.bytes.subarray(0, first.bytes.length).equals(first.bytes), 'the file only grows');
    }
  });

  test('the size of a file grows with what can be read of it', async () => {
    const now = await whole();
    const file = now.tracks.find((track) => track.kind === 'video').segments[0].files[0];
    const answer = await call(server, 'GET', `/media/${visit.id}/${file.name}`, { headers: { Range: `bytes=${file.size - 1}-` } });
    assert.equal(answer.status, 206);
    assert.ok(Number(answer.headers['content-range'].split('/')[1]) >= file.size);
  });

  test('the shape of the sound', async () => {
    const peaks = await server.good('GET', `${of(sound)}/peaks?from=0.5&to=1.5&points=100`);
    assert.equal(peaks.min.length, 100);
    assert.equal(peaks.max.length, 100);
    assert.ok(peaks.min.some((value) => value !== null && value < -0.01), JSON.stringify(peaks.min));
    assert.ok(peaks.max.some((value) => value > 0.01));
    peaks.min.forEach((low, i) => assert.ok(low === null ? peaks.max[i] === null : low <= peaks.max[i]));
    const beyond = await server.good('GET', `${of(sound)}/peaks?from=1000&to=1001&points=4`);
    assert.deepEqual(beyond.max, [null, null, null, null]);
    assertRefused(await call(server, 'GET', `${of(picture)}/peaks`), 409, 'of a camera');
  });

  test('live.jpg is a picture', async () => {
    const answer = await call(server, 'GET', `${of(picture)}/live.jpg`);
    assert.equal(answer.status, 200, answer.text().slice(0, 200));
    assertJpeg(answer.body);
    const blind = await call(server, 'GET', `${of(sound)}/live.jpg`, { ms: 20000 });
    assert.ok(blind.status >= 400, 'a microphone has none');
  });

  test('live.mjpeg is picture after picture', async () => {
    const answer = await call(server, 'GET', `${of(picture)}/live.mjpeg`, { enough: (body) => body.toString('latin1').split('--terugblik\r\n').length > 5 });
    assert.match(answer.headers['content-type'], /^multipart\/x-mixed-replace; *boundary=terugblik$/);
    const pictures = [];
    for (let at = 0; pictures.length < 4;) {
      const end_ = answer.body.indexOf('\r\n\r\n', at);
      const lines = answer.body.toString('latin1', at, end_);
      assert.match(lines, /^--terugblik\r\nContent-Type: image\/jpeg\r\n/);
      const length = Number(/Content-Length: (\d+)/.exec(lines)[1]);
      pictures.push(answer.body.subarray(end_ + 4, end_ + 4 + length));
      at = end_ + 4 + length + 2;
    }
    pictures.forEach(assertJpeg);
    assert.ok(new Set(pictures.map((one) => one.toString('latin1'))).size > 1, 'it moves');
  });

  test('live.h264 begins with what it is, then a key frame', async () => {
    const records = (body) => {
      const list = [];
      for (let at = 0; at + 13 <= body.length;) {
        const length = body.readUInt32BE(at);
        if (at + 13 + length > body.length) break;
        list.push({ flags: body[at + 4], us: body.readBigInt64BE(at + 5), payload: body.subarray(at + 13, at + 13 + length) });
        at += 13 + length;
      }
      return list;
    };
    const now = (await whole()).now;
    const answer = await call(server, 'GET', `${of(picture)}/live.h264`, { enough: (body) => records(body).length >= 30 });
    const [info, key, ...more] = records(answer.body);
    assert.equal(info.flags, 2);
    assertFits(JSON.parse(info.payload.toString()), named('LiveInfo'), 'info');
    assert.deepEqual([JSON.parse(info.payload.toString()).width, JSON.parse(info.payload.toString()).height], [320, 180]);
    assert.equal(key.flags, 1);
    const kinds = [...key.payload.toString('latin1').matchAll(/\0\0\u0001([^])/g)].map((match) => match[1].charCodeAt(0) & 31);
    assert.ok(kinds.includes(7) && kinds.includes(8) && kinds.includes(5), `SPS, PPS and IDR: ${kinds}`);
    let last = key.us;
    for (const record of more) {
      assert.ok(record.flags === 0 || record.flags === 1);
      assert.ok(record.us > last);
      assert.ok(record.us - last < 200000n, 'none left out');
      last = record.us;
    }
    assert.ok(Math.abs(Number(key.us) / 1e6 - now) < 5, `on the timeline: ${Number(key.us) / 1e6} and ${now}`);
  });

  test('stopping closes the files; observing goes on', async () => {
    const before_ = Date.now();
    const stopped = await call(server, 'DELETE', `${base()}/recording`);
    assert.equal(stopped.status, 200, stopped.text());
    assert.ok(Date.now() - before_ < 5000);
    assert.deepEqual([stopped.json().wanted, stopped.json().actual, stopped.json().reason], ['stopped', 'stopped', null]);
    const now = await whole();
    assert.deepEqual([now.state, now.recording], ['running', false]);
    for (const track of now.tracks) {
      assert.equal(track.segments.length, 1);
      assert.equal(track.segments[0].ended, true);
      assert.equal(track.segments[0].note, null);
      assert.ok(track.segments[0].duration > 3);
    }
    assert.equal((await call(server, 'DELETE', `${base()}/recording`)).status, 200, 'twice');
    assertRefused(await call(server, 'GET', `${of(picture)}/live.jpg`), 404, 'no picture any more');
    assertRefused(await call(server, 'GET', `${of(picture)}/live.h264`), 404, 'no stream any more');
    await until(() => seen.at(-1) === 'stopped', 3000, 'the events say so');
  });
});

describe('after it', () => {
  test('the playlist is whole and says the length of the segment', async () => {
    const now = await whole();
    for (const track of now.tracks) {
      const list = await assertPlayable(track, true);
      assert.ok(Math.abs(list.seconds - track.segments[0].duration) < 0.2, `${list.seconds} and ${track.segments[0].duration}`);
      const path = join(folder, `${track.kind}.mp4`);
      writeFileSync(path, list.bytes);
      const { streams } = probe(path, '-count_packets', '-show_streams');
      assert.equal(streams.length, 1);
      assert.equal(streams[0].codec_name, track.kind === 'video' ? 'h264' : 'aac');
      if (track.kind === 'video') {
        assert.deepEqual([streams[0].width, streams[0].height], [320, 180]);
        assert.ok(Math.abs(Number(streams[0].nb_read_packets) - 25 * track.segments[0].duration) <= 2, `${streams[0].nb_read_packets} frames in ${track.segments[0].duration} s`);
      }
    }
  });

  test('the FLAC can be decoded', async () => {
    const flac = sound.segments[0].files.find((file) => file.kind === 'flac');
    const answer = await call(server, 'GET', `/media/${visit.id}/${flac.name}`);
    assert.equal(answer.headers['content-type'], 'audio/flac');
    const path = join(folder, 'sound.flac');
    writeFileSync(path, answer.body);
    const run = spawnSync('ffmpeg', ['-v', 'error', '-i', path, '-f', 'null', '-'], { encoding: 'utf8' });
    assert.equal(run.stderr, '');
  });

  test('a second recording goes on in the same tracks, as a new segment', async () => {
    await server.good('POST', `${base()}/recording`, {});
    await until(async () => (await whole()).tracks.every((track) => track.segments[1]?.duration > 0.5), 15000, 'second segments');
    await server.good('DELETE', `${base()}/recording`);
    const now = await whole();
    assert.deepEqual(now.tracks.map((track) => track.id).sort(), [picture.id, sound.id].sort());
    for (const track of now.tracks) {
      const [one, two] = track.segments;
      assert.deepEqual([one.number, two.number], [1, 2]);
      assert.ok(two.start >= one.start + one.duration, 'at its own place');
      assert.equal((await playlistOf(track, 2)).status, 200);
    }
    assertRefused(await playlistOf(picture, 3), 404, 'no third');
  });

  const finished = (id) => until(async () => { const job = await server.good('GET', `/api/exports/${id}`); assertFits(job, named('ExportJob'), 'job'); return !['waiting', 'running'].includes(job.state) && job; }, 60000, 'the export ends');
  const start = (body) => server.good('POST', `${base()}/exports`, body);

  test('a clip is written as an ordinary MP4', async () => {
    const first = (await whole()).tracks.find((track) => track.kind === 'video').segments[0];
    const [from, to] = [first.start + 0.6, first.start + 2.2];
    const job = await finished((await start({ from, to, camera: picture.id, mic: sound.id, title: 'Wachttijd: na één vraag!' })).id);
    assert.equal(job.state, 'done', JSON.stringify(job));
    assert.equal(job.progress, 1);
    assert.equal(job.has_gaps, false);
    assert.equal(job.name, 'Wachttijd-na-een-vraag.mp4');
    const answer = await call(server, 'GET', `/api/exports/${job.id}/file`);
    assert.equal(answer.headers['content-disposition'], 'attachment; filename="Wachttijd-na-een-vraag.mp4"');
    assert.equal(answer.body.length, job.bytes);
    const path = join(folder, 'clip.mp4');
    writeFileSync(path, answer.body);
    const { streams, format } = probe(path, '-count_frames', '-show_streams', '-show_format');
    assert.deepEqual(streams.map((stream) => stream.codec_type).sort(), ['audio', 'video']);
    assert.ok(Math.abs(Number(format.duration) - (to - from)) < 0.081, `${format.duration}`);
    const frames = Number(streams.find((stream) => stream.codec_type === 'video').nb_read_frames);
    assert.ok(Math.abs(frames - 40) <= 1, `${frames} frames`);
    assert.ok(answer.body.indexOf('moov') < answer.body.indexOf('mdat'), 'plays before it is loaded whole');
  });

  test('a clip over the gap between two recordings says that it has one', async () => {
    const [one, two] = (await whole()).tracks.find((track) => track.kind === 'video').segments;
    const job = await finished((await start({ from: one.start + one.duration - 0.3, to: two.start + 0.3, camera: picture.id })).id);
    assert.deepEqual([job.state, job.has_gaps], ['done', true], JSON.stringify(job));
  });

  test('a clip of nothing fails with a reason, or is empty', async () => {
    const job = await finished((await start({ from: 5000, to: 5001, camera: picture.id })).id);
    assert.ok(job.state === 'failed' ? job.message.length > 0 : job.has_gaps, JSON.stringify(job));
    if (job.state === 'failed') assertRefused(await call(server, 'GET', `/api/exports/${job.id}/file`), 409, 'no file');
    for (const body of [{ from: 2, to: 1, camera: picture.id }, { from: 1, to: 1, camera: picture.id }, { from: 0, to: 1, camera: sound.id }, { from: 0, to: 1, camera: picture.id, mic: picture.id }])
      assertRefused(await call(server, 'POST', `${base()}/exports`, { body }), 400, JSON.stringify(body));
    assertRefused(await call(server, 'POST', `${base()}/exports`, { body: { from: 0, to: 1, camera: uuid() } }), 404, 'another camera');
  });

  test('an export that is cancelled leaves nothing behind', async () => {
    // Behind another, so that it still waits or runs.
    const long = { from: 0, to: 600, camera: picture.id, mic: sound.id };
    const [first, second] = [await start(long), await start(long)];
    for (const job of [second, first]) assert.equal((await call(server, 'DELETE', `/api/exports/${job.id}`)).status, 204);
    for (const job of [first, second]) {
      const done = await finished(job.id);
      assert.equal(done.state, 'cancelled');
      assertRefused(await call(server, 'GET', `/api/exports/${job.id}/file`), 409, 'no file');
    }
    const finishedOne = await finished((await start({ from: 0.5, to: 1, camera: picture.id })).id);
    assert.equal((await call(server, 'DELETE', `/api/exports/${finishedOne.id}`)).status, 204);
    assert.equal((await server.good('GET', `/api/exports/${finishedOne.id}`)).state, 'cancelled');
    assertRefused(await call(server, 'GET', `/api/exports/${finishedOne.id}/file`), 409, 'gone');
    const left = existsSync(join(server.data, 'exports')) ? readdirSync(join(server.data, 'exports')) : [];
    for (const job of [first, second, finishedOne]) assert.ok(!left.some((name) => name.includes(job.id)), `${left}`);
  });

  test('the end of the lesson ends a recording as well', async () => {
    const other = await server.good('POST', '/api/visits', { title: 'Taal', sources: [testPicture] });
    await server.good('POST', `/api/visits/${other.id}/recording`, {});
    await until(async () => (await server.good('GET', `/api/visits/${other.id}`)).tracks[0]?.segments[0]?.duration > 0.5, 15000, 'it records');
    const ended = await server.good('POST', `/api/visits/${other.id}/end`);
    assert.deepEqual([ended.state, ended.recording, ended.now], ['ended', false, null]);
    assert.equal(ended.tracks[0].segments[0].ended, true);
    assert.ok(ended.duration >= ended.tracks[0].segments[0].start + ended.tracks[0].segments[0].duration - 0.1, `${ended.duration}`);
    assertRefused(await call(server, 'POST', `/api/visits/${other.id}/recording`, { body: {} }), 409, 'after the end');
  });

  test('starting and stopping at the same time leaves one recording, or none', async () => {
    const other = await server.good('POST', '/api/visits', { title: 'Haast', sources: [testSound] });
    const path = `/api/visits/${other.id}/recording`;
    const starts = await Promise.all([1, 2, 3].map(() => call(server, 'POST', path, { body: {} })));
    assert.deepEqual(starts.map((answer) => answer.status).sort(), [201, 409, 409]);
    for (let i = 0; i < 3; i++) {
      const answers = await Promise.all([call(server, 'DELETE', path), call(server, 'POST', path, { body: {} }), call(server, 'DELETE', path)]);
      for (const answer of answers) assert.ok([200, 201, 409].includes(answer.status), `${answer.status} ${answer.text()}`);
    }
    assert.equal((await call(server, 'DELETE', path)).status, 200);
    const now = await server.good('GET', `/api/visits/${other.id}`);
    assert.equal(now.recording, false);
    for (const track of now.tracks) for (const segment of track.segments) assert.equal(segment.ended, true);
  });
});
