// What recording costs: processor time, frames, memory; and whether sound and picture stay together.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { readFileSync, writeFileSync } from 'node:fs';
import { decodeSound } from '../crash/tools.mjs';
import { marksOfFile } from '../lib/mark.mjs';
import { rtspCamera, Server, sleep } from '../lib/terugblik.mjs';
import { boxes, cpuOf, fetchFile, pairs, residentBytes, timed } from './tools.mjs';

const seconds = Number(process.env.TB_BENCH_SECONDS ?? 20);
const plugins = join(process.env.TB_BUILD_DIR, 'plugins/timemark');

/** Our recording, sealed, by a server of its own; gives the processor seconds it took and leaves the counts in COUNTS. */
async function ours(sources, counts) {
  const server = await Server.start({ env: { G_DEBUG: '' } });
  try {
    const visit = await server.good('POST', '/api/visits', { title: 'cost', sources });
    const before = cpuOf(server.pid);
    await server.good('POST', `/api/visits/${visit.id}/recording`, {});
    await sleep(seconds * 1000);
    const status = await server.good('DELETE', `/api/visits/${visit.id}/recording`);
    for (const track of status.tracks) {
      counts.dropped += track.dropped;
      counts.passthrough ||= track.passthrough;
    }
    const { tracks } = await server.good('GET', `/api/visits/${visit.id}`);
    for (const track of tracks) if (track.kind === 'video') counts.frames += Math.round(track.segments[0].duration * 25);
    return cpuOf(server.pid) - before;
  } finally {
    await server.stop();
  }
}

export async function record(table, folder) {
  const counts = { dropped: 0, frames: 0 };
  const out = (name) => `location=${join(folder, name)}`;
  // The recorder's own sources, encoders and muxers, bare.
  const reference = ['gst-launch-1.0', '-q', `--gst-plugin-path=${plugins}`,
    'videotestsrc', 'is-live=true', 'pattern=ball', 'background-color=0xff24384a', 'foreground-color=0xffe69f00', `num-buffers=${seconds * 25}`,
    '!', 'video/x-raw,format=I420,width=1280,height=720,framerate=25/1', '!', 'timemark', '!', 'videoconvert', '!', 'queue',
    '!', 'x264enc', 'tune=zerolatency', 'speed-preset=superfast', 'bframes=0', 'bitrate=2500', 'key-int-max=25', 'option-string=scenecut=0',
    '!', 'h264parse', '!', 'mp4mux', 'fragment-duration=1500', 'streamable=true', '!', 'filesink', out('ref.mp4'),
    'audiotestsrc', 'is-live=true', 'wave=silence', 'samplesperbuffer=960', `num-buffers=${seconds * 50}`,
    '!', 'audio/x-raw,format=S16LE,rate=48000,channels=1', '!', 'timetick', '!', 'queue', '!', 'audioconvert', '!', 'audioresample', '!', 'audiorate',
    '!', 'level', '!', 'tee', 'name=t', 't.', '!', 'queue', '!', 'audioconvert', '!', 'avenc_aac', '!', 'aacparse', '!', 'mp4mux', 'fragment-duration=1000', 'streamable=true',
    '!', 'filesink', out('ref.m4a'), 't.', '!', 'queue', '!', 'flacenc', '!', 'filesink', out('ref.flac')];
  const result = await pairs(3,
    () => ours([{ uri: 'test:', kind: 'video' }, { uri: 'test:', kind: 'audio' }], counts),
    async () => {
      const run = await timed(reference);
      if (run.status !== 0) throw new Error(`gst-launch-1.0: ${run.err}`);
      return run.cpu;
    });
  table.add('processor time of recording one camera (720p, 25/s, encoded here) and one microphone, sealed',
    `${result.ours.toFixed(2)} s for ${seconds} s; ${result.ratio.toFixed(2)} × (${result.low.toFixed(2)}–${result.high.toFixed(2)})`,
    `bare gst-launch-1.0, same settings: ${result.reference.toFixed(2)} s`, '≤ 1.10 ×', result.ratio <= 1.10);
  table.add('frames lost', `${counts.dropped} of ${counts.frames}`, '–', '0', counts.dropped === 0);
}

export async function passthrough(table, folder) {
  const port = 20000 + process.pid % 20000;
  const camera = spawn(rtspCamera, ['--port', String(port)], { stdio: 'ignore' });
  const address = `rtsp://127.0.0.1:${port}/camera`;
  const counts = { dropped: 0, frames: 0 };
  try {
    await sleep(1500);
    const result = await pairs(3,
      () => ours([{ uri: address, kind: 'video' }], counts),
      async () => (await timed(['ffmpeg', '-v', 'error', '-y', '-rtsp_transport', 'tcp', '-i', address, '-t', String(seconds), '-c', 'copy',
        '-movflags', 'frag_keyframe+empty_moov', join(folder, 'ref.mp4')])).cpu);
    if (!counts.passthrough) throw new Error('the camera was encoded anew');
    table.add('recording a camera that delivers H.264, sealed',
      `${result.ours.toFixed(2)} s for ${seconds} s; ${result.ratio.toFixed(2)} × (${result.low.toFixed(2)}–${result.high.toFixed(2)}), no re-encode`,
      `ffmpeg -c copy: ${result.reference.toFixed(2)} s`, '≤ 1.5 ×', result.ratio <= 1.5);
  } finally {
    camera.kill();
  }
}

/** The last seconds of a recorded picture as a file of its own. */
function tail(from, to) {
  const bytes = readFileSync(from);
  const top = boxes(bytes);
  const first = top.findIndex((box) => box.type === 'moof');
  writeFileSync(to, Buffer.concat([bytes.subarray(0, top[first].at), bytes.subarray(top.at(-6).at)]));
}

/** How far sound and picture are from the timeline at the end, in milliseconds: the tick from its whole second, the mark from its place. */
async function apart(server, visit, folder) {
  const path = async (kind) => {
    const track = visit.tracks.find((one) => one.kind === kind);
    const { name } = track.segments[0].files.find((one) => one.kind === 'mp4');
    return { segment: track.segments[0], file: await fetchFile(server, visit.id, name, join(folder, `${kind}.mp4`)) };
  };
  const sound = await path('audio'), picture = await path('video');
  const ticks = decodeSound(readFileSync(sound.file)).ticks.slice(1).map((at) => sound.segment.start + at).map((at) => (at - Math.round(at)) * 1000);
  tail(picture.file, join(folder, 'tail.mp4'));
  const marks = marksOfFile(join(folder, 'tail.mp4')).map((frame) => frame.mark - (picture.segment.start + frame.time) * 1000);
  return { first: ticks[0], last: ticks.at(-1), mark: marks.at(-1), worst: Math.max(...ticks.map(Math.abs), ...marks.map(Math.abs)) };
}

export async function memory(table, folder) {
  const minutes = Number(process.env.TB_BENCH_MINUTES ?? 10);
  const server = await Server.start({ env: { G_DEBUG: '' } });
  try {
    const visit = await server.good('POST', '/api/visits', { title: 'memory', sources: [{ uri: 'test:', kind: 'video' }, { uri: 'test:', kind: 'audio' }] });
    await server.good('POST', `/api/visits/${visit.id}/recording`, {});
    const end = server.follow(`/api/visits/${visit.id}/events`, () => {});
    await sleep(60000);
    const first = residentBytes(server.pid);
    await sleep((minutes - 1) * 60000);
    const last = residentBytes(server.pid);
    end();
    const status = await server.good('DELETE', `/api/visits/${visit.id}/recording`);
    const growth = (last / first - 1) * 100;
    table.add(`memory while recording, minute 1 to ${minutes}`, `${(last / 1e6).toFixed(1)} MB, ${growth >= 0 ? '+' : ''}${growth.toFixed(1)} %; ${status.tracks.reduce((n, t) => n + t.dropped, 0)} frames lost`,
      `its own at minute 1: ${(first / 1e6).toFixed(1)} MB`, '≤ +5 %', growth <= 5);
    const off = await apart(server, await server.good('GET', `/api/visits/${visit.id}`), folder);
    table.add(`sound and picture after ${minutes} minutes`, `tick ${off.last.toFixed(1)} ms (at the start ${off.first.toFixed(1)} ms), picture ${off.mark.toFixed(1)} ms from the timeline`,
      'one frame at 25/s: 40 ms', 'within one frame', off.worst <= 40);
  } finally {
    await server.stop();
  }
}
