// What the crash tests share: a visit, somebody who taps, and a sharp look at
// what is left afterwards: in the journal, in the files, and in the picture.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readStrip } from '../lib/mark.mjs';
import { sleep, tap, until, uuid } from '../lib/terugblik.mjs';

export const CAMERA = { uri: 'test:?width=640&height=360&fps=25', kind: 'video', name: 'Camera' };
export const MICROPHONE = { uri: 'test:', kind: 'audio', name: 'Microphone' };
export const MARK = { width: 640, height: 40 }; // the strip with the time mark: a ninth of the height
export const WIDTH = 640, HEIGHT = 360;

/** Seconds since 1970 of an RFC 3339 time, to the microsecond. */
export function wall(text) {
  const [, whole, fraction] = /^(.*T\d\d:\d\d:\d\d)(\.\d+)?Z$/.exec(text);
  return Date.parse(`${whole}Z`) / 1000 + Number(fraction ?? 0);
}

/** What the server's clock says more than ours, in seconds: the shortest of several round trips. */
export async function clockOffset(server) {
  let best = { trip: Infinity };
  for (let i = 0; i < 5; i++) {
    const from = Date.now();
    const { now } = await server.good('GET', '/api/clock');
    const trip = Date.now() - from;
    if (trip < best.trip) best = { trip, offset: wall(now) - (from + trip / 2) / 1000 };
  }
  return best.offset;
}

export const newVisit = (server, sources = [CAMERA, MICROPHONE], title = 'Crash') =>
  server.good('POST', '/api/visits', { title, teacher: 'Juf Noor', group: '5', sources });

export const getVisit = (server, id) => server.good('GET', `/api/visits/${id}`);
export const getStatus = (server, id) => server.good('GET', `/api/visits/${id}/recording`);
export const track = (visit, kind) => visit.tracks.find((each) => each.kind === kind);

/** Waits until the track of KIND is ACTUAL (a name, or a function of its status); gives the status of the track. */
export async function untilTrack(server, id, kind, actual, ms = 10000) {
  const deadline = Date.now() + ms;
  const fits = typeof actual === 'function' ? actual : (each) => each.actual === actual;
  for (;;) {
    const status = await getStatus(server, id);
    const found = status.tracks.find((each) => each.kind === kind);
    if (found && fits(found)) return found;
    if (Date.now() > deadline) throw new Error(`${kind} is not ${actual} within ${ms} ms: ${JSON.stringify(status)}`);
    await sleep(25);
  }
}

/** Somebody who taps some ten times a second, and remembers what the server said yes to. */
export class Tapper {
  constructor(visit) {
    this.visit = visit;
    this.acknowledged = []; // operations
    this.pending = []; // sent, no answer came
    this.refused = []; // {operation, status, code}
    this.open = []; // observations whose state is open
  }

  make() {
    const pick = Math.random();
    if (pick < 0.15 && this.open.length > 0)
      return { ...tap(), fields: { until_tapped_at: new Date().toISOString() }, action: 'change', target_id: this.open.shift() };
    if (pick < 0.3) return tap({ kind: 'state' });
    return tap({ kind: 'point', note: pick > 0.9 ? 'een aantekening' : '' });
  }

  async send(server, operations) {
    let answer;
    try {
      answer = await server.ask('POST', `/api/visits/${this.visit}/operations`, { operations });
    } catch {
      this.pending.push(...operations);
      return 'lost';
    }
    if (answer.status !== 200) {
      for (const operation of operations)
        this.refused.push({ operation, status: answer.status, code: answer.body?.error?.code });
      return 'refused';
    }
    for (const [i, result] of answer.body.results.entries()) {
      if (result.status === 'refused') {
        this.refused.push({ operation: operations[i], status: 200, code: result.error.code });
        continue;
      }
      this.acknowledged.push(operations[i]);
      if (operations[i].action === 'add' && operations[i].fields.kind === 'state') this.open.push(operations[i].target_id);
    }
    return 'acknowledged';
  }

  start(server, every = 100) {
    this.running = true;
    this.done = (async () => {
      while (this.running && (await this.send(server, [this.make()])) !== 'lost') await sleep(every * (0.5 + Math.random()));
    })();
  }

  async stop() {
    this.running = false;
    await this.done;
  }

  /** As the page does after a lost connection: everything without an answer again, and here also what had one. */
  async resend(server) {
    const again = this.pending.splice(0);
    const before = this.acknowledged.slice(-5);
    if (again.length > 0) await this.send(server, again);
    if (before.length === 0) return;
    const { results } = await server.good('POST', `/api/visits/${this.visit}/operations`, { operations: before });
    for (const result of results) assert.equal(result.status, 'duplicate', 'an acknowledged operation sent twice');
  }
}

/** The whole journal, and that nothing is missing in it. */
export async function readJournal(server, id) {
  const operations = [];
  for (;;) {
    const page = await server.good('GET', `/api/visits/${id}/operations?after=${operations.length}&limit=500`);
    operations.push(...page.operations);
    if (page.operations.length === 0) {
      assert.equal(page.seq, operations.length, 'the last number is that of the last operation');
      break;
    }
  }
  operations.forEach((operation, i) => assert.equal(operation.seq, i + 1, 'the journal has a gap'));
  assert.equal(new Set(operations.map((each) => each.id)).size, operations.length, 'an operation is there twice');
  return operations;
}

/** Every acknowledged tap is there once, with its time. Gives how many there are. */
export async function checkTaps(server, visit, tapper) {
  const journal = new Map((await readJournal(server, visit.id)).map((each) => [each.id, each]));
  const { observations } = await server.good('GET', `/api/visits/${visit.id}/observations`);
  const byId = new Map(observations.map((each) => [each.id, each]));
  const zero = wall(visit.started_at);
  assert.equal(byId.size, observations.length, 'an observation is there twice');
  for (const operation of tapper.acknowledged) {
    assert.ok(journal.has(operation.id), `an acknowledged operation is lost: ${JSON.stringify(operation)}`);
    const observation = byId.get(operation.target_id);
    assert.ok(observation, `an acknowledged observation is lost: ${JSON.stringify(operation)}`);
    if (operation.action === 'add') {
      assert.ok(Math.abs(wall(observation.tapped_at) - wall(operation.fields.tapped_at)) < 1e-5, 'tapped_at has changed');
      const at = wall(operation.fields.tapped_at) - zero;
      assert.ok(Math.abs(observation.at - Math.max(at, 0)) < 1e-4, `an observation lies at ${observation.at}, not at ${at}`);
    } else {
      const until = wall(operation.fields.until_tapped_at) - zero;
      assert.ok(Math.abs(observation.until - until) < 1e-4, `a state ends at ${observation.until}, not at ${until}`);
    }
  }
  return observations.length;
}

/** The bytes of a recorded file, as the server gives them: on the disk they lie sealed. */
export async function mediaFile(server, visit, name) {
  const answer = await fetch(`${server.address}/media/${visit}/${name}`, { headers: { Cookie: server.cookie } });
  assert.equal(answer.status, 200, `${name} cannot be read`);
  return Buffer.from(await answer.arrayBuffer());
}

const CHUNK = 65536 + 16; // of a sealed file

/** How much of a sealed file cannot change any more: its header, its nonce, and its chunks that are whole and not the last. */
function lasting(bytes) {
  const mac = bytes.indexOf('\n--- ');
  const start = mac < 0 ? 0 : bytes.indexOf(10, mac + 1) + 1 + 16;
  return start === 0 || bytes.length < start ? 0 : start + Math.floor(Math.max(bytes.length - start - 1, 0) / CHUNK) * CHUNK;
}

/** Each file of before a crash is there after the repair: unchanged if it was finished, else ended, with what was whole as it was. */
export function checkMended(before, after) {
  for (const [name, { bytes, hash }] of before) {
    if (name.endsWith('.part')) continue;
    const left = after.get(name);
    assert.ok(left, `${name} is gone`);
    if (!before.has(`${name}.part`)) {
      assert.equal(left.hash, hash, `${name} was finished, and changed by the repair`);
      continue;
    }
    const same = lasting(bytes);
    assert.ok(bytes.subarray(0, same).equals(left.bytes.subarray(0, same)), `${name}: what was whole was changed by the repair`);
  }
  assert.deepEqual([...after.keys()].filter((name) => after.has(`${name}.part`)), [], 'something is left unfinished');
}

/** Waits until what was broken off in a visit was ended, after the vault has opened; gives the visit. */
export async function untilMended(server, id, ms = 10000) {
  const folder = join(server.data, 'media', id);
  return until(async () => {
    const visit = await getVisit(server, id);
    const names = existsSync(folder) ? readdirSync(folder) : [];
    // A part alone is of a file that was killed before it had its name: nothing was in it.
    return names.every((name) => !names.includes(`${name}.part`)) && visit.tracks.every((each) => each.segments.every((one) => one.ended)) && visit;
  }, ms, 'everything that was broken off is ended');
}

/** Every file of a visit, as it lies on the disk: name -> {size, hash, bytes}. */
export function listMedia(data, visit) {
  const folder = join(data, 'media', visit);
  const files = new Map();
  for (const name of existsSync(folder) ? readdirSync(folder).sort() : []) {
    const bytes = readFileSync(join(folder, name));
    files.set(name, { size: bytes.length, hash: createHash('sha256').update(bytes).digest('hex'), bytes });
  }
  return files;
}

/** The playlist of a segment; null when nothing is whole. {text, whole (bytes), seconds, ended} */
export async function getPlaylist(server, visit, trackId, number) {
  const answer = await server.ask('GET', `/api/visits/${visit}/tracks/${trackId}/segments/${number}/playlist.m3u8`);
  if (answer.status === 404) return null;
  assert.equal(answer.status, 200);
  let whole = 0, seconds = 0;
  for (const [, size, offset] of answer.body.matchAll(/BYTERANGE[:=]"?(\d+)@(\d+)/g)) whole = Math.max(whole, Number(size) + Number(offset));
  for (const [, length] of answer.body.matchAll(/#EXTINF:([\d.]+)/g)) seconds += Number(length);
  return { text: answer.body, whole, seconds, ended: answer.body.includes('#EXT-X-ENDLIST') };
}

function ffmpeg(program, args, input) {
  const run = spawnSync(program, ['-v', 'error', ...args], { input, maxBuffer: 256 * 1024 * 1024, timeout: 60000 });
  assert.ifError(run.error);
  return { out: run.stdout, errors: run.stderr.toString().trim(), status: run.status };
}

/** Decodes the whole part of a video (its bytes): the frames, as [{pts, mark}] in seconds. Fails when the decoder complains. */
export function decodeVideo(film, whole) {
  const bytes = film.subarray(0, whole);
  const times = ffmpeg('ffprobe', ['-i', '-', '-select_streams', 'v', '-show_entries', 'packet=pts_time', '-of', 'csv=p=0'], bytes);
  const picture = ffmpeg('ffmpeg', ['-i', '-', '-fps_mode', 'passthrough', '-vf', `crop=${MARK.width}:${MARK.height}:0:0,setpts=N/25/TB`,
    '-pix_fmt', 'gray', '-f', 'rawvideo', '-'], bytes);
  assert.equal(times.errors + picture.errors, '', 'the picture does not decode');
  const pts = times.out.toString().trim().split('\n').map((line) => Number(line.split(',')[0])).sort((a, b) => a - b);
  const size = MARK.width * MARK.height;
  assert.equal(picture.out.length / size, pts.length, 'as many pictures as packets');
  return pts.map((at, i) => {
    const mark = readStrip(picture.out.subarray(i * size, (i + 1) * size), MARK.width, MARK.height);
    return { pts: at, mark: mark === null ? null : mark / 1000 };
  });
}

/** Decodes sound (its bytes); {seconds, ticks (the places, in seconds, where a tick begins), errors}. */
export function decodeSound(sound, whole) {
  const bytes = sound.subarray(0, whole);
  const { out, errors } = ffmpeg('ffmpeg', ['-i', '-', '-ac', '1', '-ar', '48000', '-f', 's16le', '-'], bytes);
  const samples = new Int16Array(out.buffer, out.byteOffset, Math.floor(out.length / 2));
  const ticks = [];
  for (let i = 0; i < samples.length; i++) {
    if (Math.abs(samples[i]) < 1000) continue;
    ticks.push(i / 48000);
    i += 24000;
  }
  return { seconds: samples.length / 48000, ticks, errors };
}

/** Every frame of a video segment lies within one frame of the time that is drawn in it. Gives the largest difference. */
export function checkMarks(frames, segment, fps = 25, zero = 0) {
  let worst = 0;
  for (const frame of frames) {
    assert.notEqual(frame.mark, null, `the frame at ${frame.pts} has no mark`);
    worst = Math.max(worst, Math.abs(segment.start + frame.pts - (frame.mark - zero)));
  }
  assert.ok(worst <= 1 / fps + 0.001, `a frame lies ${(worst * 1000).toFixed(1)} ms from where it belongs`);
  return worst;
}

/** The ticks of the test source begin at whole seconds of the timeline. Gives the largest difference. */
export function checkTicks(sound, segment, slack = 0.03) {
  let worst = 0;
  for (const at of sound.ticks) {
    const place = segment.start + at;
    if (at > 0.02) worst = Math.max(worst, Math.abs(place - Math.round(place)));
  }
  assert.ok(worst <= slack, `a tick lies ${(worst * 1000).toFixed(1)} ms from its second`);
  return worst;
}

export { uuid };
