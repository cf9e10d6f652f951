// What a loss of power would leave cannot be tried here; what is asked of the
// disk, and when, can: watched with strace.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Server, sleep, tap } from '../lib/terugblik.mjs';
import * as crash from './tools.mjs';

const works = spawnSync('strace', ['-f', '-o', '/dev/null', 'true'], { encoding: 'utf8' });
const skip = works.status === 0 ? false : `strace cannot be used here: ${works.error?.code ?? works.stderr.trim()}`;

/** The lines of a trace in order: [{time, thread, call, file, text}]; a call that was interrupted counts when it returned. */
function readTrace(path) {
  const started = new Map();
  const calls = [];
  for (const line of readFileSync(path, 'latin1').split('\n')) {
    const parts = /^(\d+) +(\d+\.\d+) (.*)$/.exec(line);
    if (!parts) continue;
    const [, thread, time, text] = parts;
    let whole = text;
    if (text.endsWith('<unfinished ...>')) {
      started.set(thread, text.slice(0, -'<unfinished ...>'.length));
      // What goes out may be read by the other side before the call has returned.
      if (!/^(send|write)/.test(text)) continue;
    } else if (text.startsWith('<... ')) {
      whole = (started.get(thread) ?? '') + text;
      started.delete(thread);
      if (/^(send|write)/.test(whole)) continue;
    }
    const [, call, file] = /^(\w+)\(\d+<([^>]*)>/.exec(whole) ?? [];
    if (call) calls.push({ time: Number(time), thread, call, file, text: whole });
  }
  return calls;
}

test('a tap is on the disk before it is answered, a film each second', { skip, timeout: 60000 }, async () => {
  const data = mkdtempSync(join(tmpdir(), 'terugblik-'));
  const trace = join(data, 'trace');
  const server = await Server.start({ data, prefix: ['strace', '-f', '-ttt', '-y', '-s', '4200', '-o', trace, '-e', 'trace=fdatasync,fsync,write,pwrite64,sendto,sendmsg,writev'] });
  const visit = await crash.newVisit(server);
  await server.good('POST', `/api/visits/${visit.id}/recording`, {});
  const taps = [];
  for (let i = 0; i < 25; i++) {
    const operation = tap();
    await server.good('POST', `/api/visits/${visit.id}/operations`, { operations: [operation] });
    taps.push(operation.id);
    await sleep(200);
  }
  await server.good('DELETE', `/api/visits/${visit.id}/recording`);
  const pid = Number(readFileSync(join(data, 'lock'), 'utf8'));
  process.kill(pid, 'SIGTERM');
  await server.exited;

  const calls = readTrace(trace);
  const log = calls.filter((each) => each.file.endsWith('terugblik.db-wal'));
  for (const id of taps) {
    const reply = calls.findIndex((each) => /^(send|write)/.test(each.call) && each.file.includes('socket') && each.text.includes(`\\"results\\"`) && each.text.includes(id));
    const written = calls.findIndex((each) => each.call === 'pwrite64' && each.file.endsWith('terugblik.db-wal') && each.text.includes(id));
    assert.ok(reply >= 0, `the answer to ${id} is not in the trace`);
    assert.ok(written >= 0 && written < reply, `operation ${id} is not in the log before its answer`);
    const synced = calls.slice(written, reply).some((each) => /^f(data)?sync$/.test(each.call) && each.file.endsWith('terugblik.db-wal'));
    assert.ok(synced, `the answer to ${id} went out with its operation not yet safe`);
  }
  console.log(`# ${taps.length} taps, each safe before its answer; ${log.filter((each) => each.call.includes('sync')).length} syncs of the log`);

  const files = [...new Set(calls.map((each) => each.file))].filter((file) => /\.(mp4|flac)$/.test(file));
  assert.equal(files.length, 3);
  for (const file of files) {
    const own = calls.filter((each) => each.file === file);
    let waiting = null, longest = 0, syncs = 0;
    for (const each of own) {
      if (each.call === 'write') waiting ??= each.time;
      if (each.call === 'fdatasync') {
        syncs++;
        longest = Math.max(longest, each.time - (waiting ?? each.time));
        waiting = null;
      }
    }
    assert.equal(waiting, null, `${file}: something was written after the last sync`);
    assert.ok(longest < 1.75, `${file}: ${longest.toFixed(2)} s of writing without a sync`);
    console.log(`# .${file.split('.').at(-1)}: ${syncs} syncs, at most ${longest.toFixed(2)} s after the first byte`);
  }
  const folders = calls.filter((each) => each.call === 'fsync' && each.file.endsWith(`/media/${visit.id}`));
  assert.ok(folders.length >= 3, 'the name of each new file is made safe too');
  rmSync(data, { recursive: true, force: true });
});
