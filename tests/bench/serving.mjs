// Start of the server, repair, clips, ranges.
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, copyFileSync, ftruncateSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { program, Server, sleep, until, uuid } from '../lib/terugblik.mjs';
import { boxes, median, pairs, timed } from './tools.mjs';

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

export async function repair(table, folder) {
  const data = join(folder, 'repair');
  const run = await timed([program, 'record', '--json', '--data', data, '--for', '5', '--camera', 'test:', '--mic', 'test:']);
  const { visit } = JSON.parse(run.out);
  const show = JSON.parse(spawnSync(program, ['show', '--json', '--data', data, visit], { encoding: 'utf8' }).stdout);
  const media = join(data, 'media', visit);
  for (const track of show.tracks) {
    for (const file of track.segments[0].files) {
      const path = join(media, file.name);
      if (file.name.endsWith('.mp4')) {
        stretch(path, path + '.new', 3 * 3600);
      } else {
        spawnSync('ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i', 'anoisesrc=d=10800:a=0.1:r=48000', '-ac', '1', '-f', 'flac', path + '.new']);
        const out = openSync(path + '.new', 'r+');
        ftruncateSync(out, statSync(path + '.new').size - 5000);
        closeSync(out);
      }
      copyFileSync(path + '.new', path);
      rmSync(path + '.new');
    }
  }
  const times = [];
  const sound = await startTimes(data, 3);
  for (let i = 0; i < 3; i++) {
    sql(data, `UPDATE segment SET duration_ns = NULL, note = NULL; UPDATE visit SET ended_wall = NULL;`);
    times.push(await startTime(data) - sound);
  }
  const mended = JSON.parse(spawnSync(program, ['show', '--json', '--data', data, visit], { encoding: 'utf8' }).stdout);
  const lengths = mended.tracks.map((track) => track.segments[0].duration);
  if (!lengths.every((length) => length > 10700 && length < 10900)) throw new Error(`mended to ${lengths} s`);
  table.add('repair of a broken 3 h recording (picture, AAC and FLAC)', `${(median(times) / 1000).toFixed(2)} s, added to the start`, `start with nothing to mend: ${sound.toFixed(0)} ms`, '≤ 2 s', median(times) <= 2000);
  rmSync(data, { recursive: true, force: true });
}

export async function clip(table, folder) {
  const data = join(folder, 'clip');
  const run = await timed([program, 'record', '--json', '--data', data, '--for', '40', '--camera', 'test:', '--mic', 'test:']);
  const { visit } = JSON.parse(run.out);
  const show = JSON.parse(spawnSync(program, ['show', '--json', '--data', data, visit], { encoding: 'utf8' }).stdout);
  const file = (kind) => join(data, 'media', visit, show.tracks.find((track) => track.kind === kind).segments[0].files.find((f) => f.name.endsWith('.mp4')).name);
  const out = join(folder, 'clip.mp4');
  const result = await pairs(3,
    async () => (await timed([program, 'clip', '--data', data, visit, '--from', '5.3', '--to', '35.3', '-o', out])).wall,
    async () => (await timed(['ffmpeg', '-v', 'error', '-y', '-ss', '5.3', '-i', file('video'), '-ss', '5.3', '-i', file('audio'), '-t', '30', '-c:v', 'libx264', '-preset', 'superfast', '-c:a', 'aac', out])).wall);
  const copy = await timed(['ffmpeg', '-v', 'error', '-y', '-ss', '5.3', '-i', file('video'), '-t', '30', '-c', 'copy', out]);
  table.add('a 30 s clip, exact to the frame (encoded anew as a whole, for now)', `${result.ours.toFixed(2)} s`,
    `ffmpeg re-encoding: ${result.reference.toFixed(2)} s (${(1 / result.ratio).toFixed(1)} × faster here); ffmpeg -c copy: ${copy.wall.toFixed(2)} s`, 'not yet set');
  rmSync(data, { recursive: true, force: true });
}

const wrkScript = (path) => `
math.randomseed(7)
request = function ()
  local from = math.random(0, 1023) * 1048576
  return wrk.format("GET", "${path}", { ["Range"] = "bytes=" .. from .. "-" .. (from + 1048575), ["Host"] = wrk.headers["Host"] })
end`;

/** MB a second of random 1 MB ranges on 4 connections. */
async function throughput(folder, address, path) {
  const script = join(folder, 'ranges.lua');
  writeFileSync(script, wrkScript(path));
  const run = await timed(['wrk', '-t1', '-c4', '-d5s', '-s', script, '-H', `Host: ${new URL(address).host}`, address]);
  const found = /Transfer\/sec:\s+([\d.]+)(MB|GB)/.exec(run.out);
  if (!found || /Non-2xx/.test(run.out)) throw new Error(`wrk: ${run.out}${run.err}`);
  return Number(found[1]) * (found[2] === 'GB' ? 1024 : 1);
}

export async function ranges(table, folder) {
  const port = 22000 + process.pid % 20000;
  const visit = uuid(), name = 'ranges.mp4';
  const server = await Server.start({ env: { G_DEBUG: '' } });
  const media = join(server.data, 'media', visit);
  mkdirSync(media, { recursive: true });
  spawnSync('fallocate', ['-l', '1G', join(media, name)]);
  spawnSync('dd', ['if=/dev/urandom', `of=${join(media, name)}`, 'bs=1M', 'count=1024', 'conv=notrunc', 'status=none']);
  const conf = join(folder, 'nginx.conf');
  writeFileSync(conf, `worker_processes 1; user ${process.getuid() === 0 ? 'root' : 'nobody'}; daemon off; pid ${folder}/nginx.pid; error_log /dev/null;
    events { worker_connections 256; } http { access_log off; sendfile on; server { listen 127.0.0.1:${port}; root ${media}; } }`);
  const nginx = spawn('nginx', ['-c', conf, '-p', folder], { stdio: 'ignore' });
  try {
    await until(async () => { try { return (await fetch(`http://127.0.0.1:${port}/${name}`, { method: 'HEAD' })).ok; } catch { return false; } }, 5000, 'nginx');
    const result = await pairs(3,
      () => throughput(folder, server.address, `/media/${visit}/${name}`),
      () => throughput(folder, `http://127.0.0.1:${port}`, `/${name}`));
    table.add('serving 1 MB ranges of a 1 GB recording, 4 connections', `${result.ours.toFixed(0)} MB/s; ${result.ratio.toFixed(2)} × (${result.low.toFixed(2)}–${result.high.toFixed(2)})`,
      `nginx, sendfile, the same file: ${result.reference.toFixed(0)} MB/s`, '≥ 0.5 ×', result.ratio >= 0.5);
  } finally {
    nginx.kill();
    await server.stop();
  }
}
