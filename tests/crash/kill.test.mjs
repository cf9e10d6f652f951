// kill -9 of the server at random instants of a recording with taps.
//
// TB_KILLS=50 is the long campaign; TB_SEED repeats the same instants.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { command, PASSPHRASE, Server, sleep } from '../lib/terugblik.mjs';
import { Player, missing } from './player.mjs';
import * as crash from './tools.mjs';

const KILLS = Number(process.env.TB_KILLS ?? 12);
const SEED = Number(process.env.TB_SEED ?? Math.floor(Math.random() * 1e6));
const PER_VISIT = 4;
const ALLOWED = 2; // seconds of a track

let state = SEED;
/** 0 … 1, repeatable. */
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};

let server, player, visit, tapper, offset, restartMs = 0, played = 0;
// “playing” is the sound of the MP4, which is for playing; the FLAC beside it, the master, loses less.
const worst = { video: 0, audio: 0, playing: 0 }, sum = { video: 0, audio: 0, playing: 0 }, count = { video: 0, audio: 0, playing: 0 };
const drift = { mark: 0, tick: 0 };

before(async () => {
  console.log(`# seed ${SEED}; ${missing ? `not played in a browser: ${missing}` : 'every repaired segment is played in a browser'}`);
  server = await Server.start();
  offset = await crash.clockOffset(server);
  if (!missing) player = await Player.open();
});

after(async () => {
  await player?.close();
  await server?.stop();
});

const now = () => Date.now() / 1000 + offset;

async function takeVisit(run) {
  if (visit && run % PER_VISIT !== 0) return;
  if (visit) await finishVisit();
  visit = await crash.newVisit(server, undefined, `Kill ${run}`);
  tapper = new crash.Tapper(visit.id);
}

/** What is in a closed segment plays, decodes, and lies where it says. Gives how much plays, in seconds. */
async function checkSegment(trackOf, segment) {
  const playlist = await crash.getPlaylist(server, visit.id, trackOf.id, segment.number);
  if (playlist === null) return 0; // broken off before its first fragment was whole
  const mp4 = segment.files.find((file) => file.kind === 'mp4');
  assert.ok(playlist.ended, 'the playlist of a repaired segment has an end');
  assert.ok(playlist.whole <= mp4.size, 'the playlist reaches past the file');
  if (trackOf.kind === 'video') {
    assert.ok(Math.abs(playlist.seconds - segment.duration) < 0.05, `the playlist has ${playlist.seconds} s, the segment ${segment.duration}`);
    const frames = crash.decodeVideo(await crash.mediaFile(server, visit.id, mp4.name), playlist.whole);
    assert.ok(Math.abs(frames.length / 25 - segment.duration) < 0.13, `${frames.length} frames in ${segment.duration} s`);
    drift.mark = Math.max(drift.mark, crash.checkMarks(frames, segment));
  } else {
    const flac = segment.files.find((file) => file.kind === 'flac');
    const aac = crash.decodeSound(await crash.mediaFile(server, visit.id, mp4.name), playlist.whole);
    assert.equal(aac.errors, '', 'the sound does not decode');
    const master = crash.decodeSound(await crash.mediaFile(server, visit.id, flac.name));
    assert.ok(Math.max(playlist.seconds, master.seconds) > segment.duration - 0.15, `${master.seconds} s of FLAC, ${segment.duration} s said`);
    assert.ok(master.seconds > 0, 'the FLAC cannot be read');
    drift.tick = Math.max(drift.tick, crash.checkTicks(master, segment));
  }
  if (player) {
    await player.play(server, visit.id, trackOf.id, segment.number, Math.min(playlist.seconds, segment.duration));
    played++;
  }
  return playlist.seconds;
}

/** Records once more, ends well, and looks at every segment of the visit. */
async function finishVisit() {
  const before = await crash.getVisit(server, visit.id);
  if (before.state !== 'ended') {
    await server.good('POST', `/api/visits/${visit.id}/recording`, {});
    await crash.untilTrack(server, visit.id, 'video', (each) => each.seconds > 1);
    await server.good('POST', `/api/visits/${visit.id}/end`, {});
  }
  const ended = await crash.getVisit(server, visit.id);
  assert.equal(ended.state, 'ended');
  await crash.checkTaps(server, ended, tapper);
  const { observations } = await server.good('GET', `/api/visits/${visit.id}/observations`);
  assert.deepEqual(observations.filter((each) => each.open), [], 'no state stays open after the end of a lesson');
  for (const each of ended.tracks) {
    let last = { start: -1, duration: 0, number: 0 };
    for (const segment of each.segments) {
      assert.ok(segment.ended && segment.number > last.number, 'the segments are in order and closed');
      assert.ok(segment.start >= last.start + last.duration - 0.02, `segment ${segment.number} overlaps the one before`);
      last = segment;
    }
  }
}

/** Kills the server; gives the instant on the visit's timeline. */
async function kill() {
  const at = now();
  await server.kill();
  return at;
}

async function run(number, { wait, provoke = async () => {} }) {
  await takeVisit(number);
  const started = now();
  const start = server.good('POST', `/api/visits/${visit.id}/recording`, {}).catch((error) => error);
  if (wait > 0.5) assert.ok(!((await start) instanceof Error), `starting: ${await start}`);
  tapper.start(server);
  await sleep(wait * 1000);
  await provoke();
  const killed = await kill();
  await tapper.stop();

  const files = crash.listMedia(server.data, visit.id);
  const findings = number % 2 === 0 ? checkCommand() : null;
  const from = Date.now();
  await server.run({ signIn: number % 2 === 0 }); // signing in opens the vault
  if (number % 2 === 1) await checkLocked(files);
  await crash.untilMended(server, visit.id);
  restartMs = Math.max(restartMs, Date.now() - from);
  offset = await crash.clockOffset(server);

  const after = await crash.getVisit(server, visit.id);
  assert.equal(after.recording, false, 'a restart does not record by itself');
  if (after.state === 'ended') await crash.checkTaps(server, after, tapper);
  await tapper.resend(server);
  const tapsNow = await crash.checkTaps(server, await crash.getVisit(server, visit.id), tapper);
  crash.checkMended(files, crash.listMedia(server.data, visit.id));

  const zero = crash.wall(after.started_at ?? '1970-01-01T00:00:00Z');
  const loss = {};
  for (const kind of ['video', 'audio']) {
    const each = crash.track(after, kind);
    const segment = each?.segments.findLast(({ start: at }) => at > started - zero - 0.2);
    // Nothing of this run: then the whole run is lost, from the moment it was asked for.
    const end = segment ? segment.start + segment.duration : started - zero;
    loss[kind] = killed - zero - end;
    if (segment) {
      assert.ok(segment.ended, 'a segment stayed open after the repair');
      const said = findings?.join('\n') ?? server.errors;
      if (segment.note?.startsWith('broken off')) assert.ok(said.includes('Mended'), `it said: ${said}`);
      const plays = await checkSegment(each, segment);
      if (kind === 'audio') loss.playing = killed - zero - segment.start - plays;
    }
    for (const [which, lost] of Object.entries(loss).filter(([name]) => name === kind || (kind === 'audio' && name === 'playing'))) {
      assert.ok(lost <= ALLOWED, `${lost.toFixed(3)} s of ${which} lost: ${JSON.stringify(segment)} killed at ${killed - zero}`);
      assert.ok(lost > -0.25, `a track that ends ${-lost} s after the kill`);
      worst[which] = Math.max(worst[which], lost);
      sum[which] += lost;
      count[which]++;
    }
  }
  console.log(`# ${number}: killed after ${(killed - started).toFixed(2)} s; lost: picture ${loss.video.toFixed(2)} s, sound ${loss.audio.toFixed(2)} s; ${tapsNow} observations, all there`);
  return after;
}

/** Started again, and nobody has opened the vault: nothing can be read, nothing was touched, and the visit is there. */
async function checkLocked(files) {
  const { state } = await server.good('GET', '/api/vault');
  assert.equal(state, 'locked');
  const left = await crash.getVisit(server, visit.id);
  for (const each of left.tracks)
    for (const segment of each.segments) {
      const answer = await server.ask('GET', `/api/visits/${visit.id}/tracks/${each.id}/segments/${segment.number}/playlist.m3u8`);
      assert.equal(answer.status, 423, `${each.kind} ${segment.number} while locked: ${answer.status}`);
    }
  const now = crash.listMedia(server.data, visit.id);
  assert.deepEqual([...now].map(([name, { hash }]) => [name, hash]), [...files].map(([name, { hash }]) => [name, hash]));
  await server.unlock();
}

/** `terugblik check` while no server runs: it asks for the passphrase, mends, and says so; a second time there is nothing left to mend. */
function checkCommand() {
  const ask = (passphrase) => {
    const { status, stdout, stderr } = command(['check', '--json', '--data', server.data], { env: { ...process.env, LANGUAGE: 'C', TERUGBLIK_PASSPHRASE: passphrase } });
    return { status, stderr, ...(status === 0 || stdout ? JSON.parse(stdout) : {}) };
  };
  const before = crash.listMedia(server.data, visit.id);
  if (before.size > 0) {
    const refused = ask('niet deze woorden');
    assert.ok(refused.status === 1 && refused.findings === undefined, 'it opens for any passphrase');
    for (const [name, { hash }] of crash.listMedia(server.data, visit.id)) assert.equal(hash, before.get(name)?.hash, `check changed ${name}`);
  }
  const first = ask(PASSPHRASE);
  assert.ok(first.findings, `check ended with ${first.status}: ${first.stderr}`);
  const second = ask(PASSPHRASE);
  assert.equal(second.files, first.files);
  assert.deepEqual(second.findings.filter((line) => line.startsWith('Mended')), []);
  assert.deepEqual(second.findings.filter((line) => line.includes('missing')), [], 'a file is missing');
  return first.findings;
}

let number = 0;
for (let i = 0; i < KILLS; i++) test(`killed at a random instant, ${i + 1} of ${KILLS}`, { timeout: 90000 }, () => run(number++, { wait: 1.5 + 2.5 * random() }));

for (let i = 0; i < 2; i++) {
  test(`killed while the recording starts, ${i + 1}`, { timeout: 90000 }, () => run(number++, { wait: 0.4 * random() }));

  test(`killed while the recording stops, ${i + 1}`, { timeout: 90000 }, () => run(number++, {
    wait: 1.5 + random(),
    provoke: async () => {
      server.good('DELETE', `/api/visits/${visit.id}/recording`).catch(() => {});
      await sleep(120 * random());
    },
  }));

  test(`killed while the lesson ends, ${i + 1}`, { timeout: 90000 }, async () => {
    const left = await run(number++, {
      wait: 1.5 + random(),
      provoke: async () => {
        server.good('POST', `/api/visits/${visit.id}/end`, {}).catch(() => {});
        await sleep(150 * random());
      },
    });
    console.log(`# the lesson is ${left.state}`);
    await finishVisit(); // ended wholly or not at all: either way it can be ended now
    visit = undefined;
  });
}

test('the last visit can be recorded further, and ended', { timeout: 60000 }, async () => {
  if (visit) await finishVisit();
  const text = (kind) => `worst ${worst[kind].toFixed(2)} s, mean ${(sum[kind] / count[kind]).toFixed(2)} s`;
  console.log(`# ${count.video} kills. Lost of the picture: ${text('video')}; of the sound: ${text('audio')}; of the sound for playing: ${text('playing')} (allowed: ${ALLOWED} s)`);
  console.log(`# frames lie within ${(drift.mark * 1000).toFixed(1)} ms of their mark, ticks within ${(drift.tick * 1000).toFixed(1)} ms of their second`);
  console.log(`# from the start to everything mended took at most ${restartMs} ms; ${played} segments played in a browser`);
});
