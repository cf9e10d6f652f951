// Start of the server, repair, clips, ranges.
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, copyFileSync, cpSync, existsSync, ftruncateSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { program, Server, sleep, until } from '../lib/terugblik.mjs';
import { boxes, fetchFile, median, pairs, timed } from './tools.mjs';

const sql = (data, text) => {
  const run = spawnSync('sqlite3', [join(data, 'terugblik.db')], { input: text, encoding: 'utf8' });
  if (run.status !== 0) throw new Error(run.stderr);
};

/** Milliseconds from starting the program to its first answer. */
async function startTime(data) {
  const port = 21000 + Math.floor(Math.random() * 20000);
  const begin = performance.now();
  const run = spawn(program, ['serve', '--json', '--data', data, '--listen', `127.0.0.1:${port}`], { stdio: 'ignore' });
  for (;;) {
    try { await (await fetch(`http://127.0.0.1:${port}/api/visits?limit=1`)).text(); break; } catch { await sleep(2); }
  }
  const time = performance.now() - begin;
  run.kill('SIGTERM');
  await new Promise((done) => { run.on('exit', done); });
  return time;
}

async function startTimes(data, rounds = 7) {
  const times = [];
  for (let i = 0; i <= rounds; i++) times.push(await startTime(data));
  return median(times.slice(1));
}

export async function start(table, folder) {
  const data = join(folder, 'start');
  const empty = await startTimes(data);
  sql(data, `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
    INSERT INTO visit (id, title, teacher, group_name, subject, focus, note, created_wall, started_wall, ended_wall)
    SELECT printf('%08x-0000-7000-8000-%012x', i, i), 'Les ' || i, 'Leraar ' || (i % 40), 'groep ' || (i % 8 + 1), 'rekenen', '', '',
      1700000000000000000 + i * 3600000000000, 1700000000000000000 + i * 3600000000000, 1700003000000000000 + i * 3600000000000 FROM n;`);
  const many = await startTimes(data);
  table.add('start of the server to its first answer', `${empty.toFixed(0)} ms; with 10,000 visits ${many.toFixed(0)} ms`, '–', '≤ 300 ms', Math.max(empty, many) <= 300);
  rmSync(data, { recursive: true, force: true });
}

/** A recording of SECONDS made of the first whole fragments of a short one, with their times put right, and a torn end. */
function stretch(from, to, seconds) {
  const bytes = readFileSync(from);
  const top = boxes(bytes);
  const first = top.findIndex((box) => box.type === 'moof');
  const pairsOf = [];
  for (let i = first; i + 1 < top.length; i += 2) pairsOf.push(bytes.subarray(top[i].at, top[i + 1].at + top[i + 1].size));
  const tfdt = (part) => part.indexOf('tfdt') + 8; // after version and flags
  const wide = (part) => part[part.indexOf('tfdt') + 4] === 1;
  const time = (part) => (wide(part) ? Number(part.readBigUInt64BE(tfdt(part))) : part.readUInt32BE(tfdt(part)));
  const step = time(pairsOf[1]) - time(pairsOf[0]);
  const timescale = bytes.readUInt32BE(bytes.indexOf('mdhd') + 8 + (bytes[bytes.indexOf('mdhd') + 4] === 1 ? 16 : 8));
  const out = openSync(to, 'w');
  writeSync(out, bytes.subarray(0, top[first].at));
  const count = Math.floor(seconds * timescale / step);
  for (let i = 0; i < count; i++) {
    const part = Buffer.from(pairsOf[1]);
    if (wide(part)) part.writeBigUInt64BE(BigInt(i * step), tfdt(part)); else part.writeUInt32BE(i * step, tfdt(part));
    writeSync(out, part);
  }
  writeSync(out, pairsOf[1].subarray(0, Math.floor(pairsOf[1].length / 2)));
  closeSync(out);
}

const SOURCES = [{ uri: 'test:', kind: 'video' }, { uri: 'test:', kind: 'audio' }];

/** A visit with a recording of so long; gives it as it is then. */
async function recorded(server, seconds) {
  const visit = await server.good('POST', '/api/visits', { title: 'bench', sources: SOURCES });
  await server.good('POST', `/api/visits/${visit.id}/recording`, {});
  await sleep(seconds * 1000);
  await server.good('DELETE', `/api/visits/${visit.id}/recording`);
  return server.good('GET', `/api/visits/${visit.id}`);
}

/** Both films of a visit, opened. {video, audio} are paths. */
async function opened(server, visit, folder) {
  const paths = {};
  for (const track of visit.tracks) {
    const { name } = track.segments[0].files.find((one) => one.kind === 'mp4');
    paths[track.kind] = await fetchFile(server, visit.id, name, join(folder, `${track.kind}.mp4`));
  }
  return paths;
}

const brokenOff = join(process.env.TB_BUILD_DIR, 'tests/bench/broken-off');

export async function repair(table, folder) {
  const data = join(folder, 'repair');
  const server = await Server.start({ data, env: { G_DEBUG: '' } });
  const visit = await recorded(server, 5);
  const films = await opened(server, visit, folder);
  await server.stop();
  // Three hours of each, sealed, with a torn end and nobody who ended it.
  const media = join(data, 'media', visit.id), broken = join(folder, 'broken');
  rmSync(media, { recursive: true });
  for (const track of visit.tracks)
    for (const file of track.segments[0].files) {
      const long = join(folder, file.name);
      if (file.kind === 'mp4') {
        stretch(films[track.kind], long, 3 * 3600);
      } else {
        spawnSync('ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i', 'anoisesrc=d=10800:a=0.1:r=48000', '-ac', '1', '-f', 'flac', long]);
        const out = openSync(long, 'r+');
        ftruncateSync(out, statSync(long).size - 5000);
        closeSync(out);
      }
      const run = spawnSync(brokenOff, [data, visit.id, file.name, long], { encoding: 'utf8' });
      if (run.status !== 0) throw new Error(run.stderr);
      rmSync(long);
    }
  cpSync(media, broken, { recursive: true });
  const times = [], starts = [];
  for (let i = 0; i < 3; i++) {
    rmSync(media, { recursive: true });
    cpSync(broken, media, { recursive: true });
    sql(data, `UPDATE segment SET duration_ns = NULL, note = NULL; UPDATE visit SET ended_wall = NULL;`);
    starts.push(await startTime(data));
    await server.run({ signIn: false, env: { G_DEBUG: '' } });
    await server.unlock();
    const begin = performance.now();
    await until(async () => (await server.good('GET', `/api/visits/${visit.id}`)).tracks.every((track) => track.segments[0].ended), 60000, 'the repair');
    times.push(performance.now() - begin);
    const mended = await server.good('GET', `/api/visits/${visit.id}`);
    const lengths = mended.tracks.map((track) => track.segments[0].duration);
    if (!lengths.every((length) => length > 10700 && length < 10900)) throw new Error(`mended to ${lengths} s`);
    await server.stop();
  }
  table.add('repair of a broken, sealed 3 h recording (picture, AAC and FLAC)', `${(median(times) / 1000).toFixed(2)} s after the vault was opened`,
    `start of the server before that: ${median(starts).toFixed(0)} ms`, '≤ 2 s', median(times) <= 2000);
  rmSync(data, { recursive: true, force: true });
  rmSync(broken, { recursive: true, force: true });
}

export async function clip(table, folder) {
  const server = await Server.start({ env: { G_DEBUG: '' } });
  try {
    const visit = await recorded(server, 40);
    const films = await opened(server, visit, folder);
    const id = (kind) => visit.tracks.find((track) => track.kind === kind).id;
    const out = join(folder, 'clip.mp4');
    const result = await pairs(3,
      async () => {
        const begin = performance.now();
        const job = await server.good('POST', `/api/visits/${visit.id}/exports`, { from: 5.3, to: 35.3, camera: id('video'), mic: id('audio') });
        await until(async () => (await server.good('GET', `/api/exports/${job.id}`)).state === 'done', 60000, 'the clip');
        return (performance.now() - begin) / 1000;
      },
      async () => (await timed(['ffmpeg', '-v', 'error', '-y', '-ss', '5.3', '-i', films.video, '-ss', '5.3', '-i', films.audio, '-t', '30', '-c:v', 'libx264', '-preset', 'superfast', '-c:a', 'aac', out])).wall);
    const copy = await timed(['ffmpeg', '-v', 'error', '-y', '-ss', '5.3', '-i', films.video, '-t', '30', '-c', 'copy', out]);
    table.add('a 30 s clip, exact to the frame (encoded anew as a whole, for now), sealed', `${result.ours.toFixed(2)} s`,
      `ffmpeg re-encoding, plain: ${result.reference.toFixed(2)} s (${(1 / result.ratio).toFixed(1)} × faster here); ffmpeg -c copy: ${copy.wall.toFixed(2)} s`, 'not yet set');
  } finally {
    await server.stop();
  }
}

const wrkScript = (path) => `
math.randomseed(7)
request = function ()
  local from = math.random(0, 1023) * 1048576
  return wrk.format("GET", "${path}", { ["Range"] = "bytes=" .. from .. "-" .. (from + 1048575), ["Host"] = wrk.headers["Host"], ["Cookie"] = wrk.headers["Cookie"] })
end`;

/** MB a second of random 1 MB ranges on 4 connections. */
async function throughput(folder, address, path, cookie = 'none=') {
  const script = join(folder, 'ranges.lua');
  writeFileSync(script, wrkScript(path));
  const run = await timed(['wrk', '-t1', '-c4', '-d5s', '-s', script, '-H', `Host: ${new URL(address).host}`, '-H', `Cookie: ${cookie}`, address]);
  const found = /Transfer\/sec:\s+([\d.]+)(MB|GB)/.exec(run.out);
  if (!found || /Non-2xx/.test(run.out)) throw new Error(`wrk: ${run.out}${run.err}`);
  return Number(found[1]) * (found[2] === 'GB' ? 1024 : 1);
}

export async function ranges(table, folder) {
  const port = 22000 + process.pid % 20000;
  const name = 'ranges.mp4';
  const server = await Server.start({ env: { G_DEBUG: '' } });
  const { id: visit } = await server.good('POST', '/api/visits', { title: 'ranges', sources: SOURCES });
  const media = join(server.data, 'media', visit), plain = join(folder, name);
  mkdirSync(media, { recursive: true, mode: 0o700 });
  spawnSync('dd', ['if=/dev/urandom', `of=${plain}`, 'bs=1M', 'count=1024', 'status=none']);
  // A film from before the vault: it is sealed when the vault opens.
  await server.lock();
  copyFileSync(plain, join(media, name));
  await server.unlock();
  await until(() => existsSync(join(media, `${name}.age`)) && !existsSync(join(media, name)), 60000, 'the file sealed');
  const conf = join(folder, 'nginx.conf');
  writeFileSync(conf, `worker_processes 1; user ${process.getuid() === 0 ? 'root' : 'nobody'}; daemon off; pid ${folder}/nginx.pid; error_log /dev/null;
    events { worker_connections 256; } http { access_log off; sendfile on; server { listen 127.0.0.1:${port}; root ${folder}; } }`);
  const nginx = spawn('nginx', ['-c', conf, '-p', folder], { stdio: 'ignore' });
  try {
    await until(async () => { try { return (await fetch(`http://127.0.0.1:${port}/${name}`, { method: 'HEAD' })).ok; } catch { return false; } }, 5000, 'nginx');
    const result = await pairs(3,
      () => throughput(folder, server.address, `/media/${visit}/${name}`, server.cookie),
      () => throughput(folder, `http://127.0.0.1:${port}`, `/${name}`));
    table.add('serving 1 MB ranges of a sealed 1 GB recording, 4 connections', `${result.ours.toFixed(0)} MB/s; ${result.ratio.toFixed(2)} × (${result.low.toFixed(2)}–${result.high.toFixed(2)})`,
      `nginx, sendfile, the same file, plain: ${result.reference.toFixed(0)} MB/s`, '≥ 0.3 ×', result.ratio >= 0.3);
  } finally {
    nginx.kill();
    await server.stop();
    rmSync(plain, { force: true });
  }
}
