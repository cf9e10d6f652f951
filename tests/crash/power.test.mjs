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

/** The lines of a trace in order: [{time, thread, call, file, text}]; a call that was interrupted counts when it returned.
    A file that was made without a name is called by the one it was given. */
function readTrace(path) {
  const started = new Map();
  const calls = [], open = new Map(), given = new Map();
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
    const [, call, file] = /^(\w+)\(\d+<([^>]*)>/.exec(whole) ?? /^(rename)\("[^"]*", "([^"]*)"/.exec(whole) ?? [];
    const [, descriptor] = /^\w+\((\d+)</.exec(whole) ?? [];
    if (descriptor) open.set(descriptor, file);
    const [, link, name] = /^linkat\([^"]*"([^"]*)"[^"]*"([^"]*)"/.exec(whole) ?? [];
    if (link) given.set(open.get(link.replace('/proc/self/fd/', '')) ?? link, name);
    if (call) calls.push({ time: Number(time), thread, call, file, text: whole });
  }
  for (const each of calls) each.file = given.get(each.file) ?? each.file;
  return calls;
}

test('a tap is on the disk before it is answered, a film each second', { skip, timeout: 60000 }, async () => {
  const data = mkdtempSync(join(tmpdir(), 'terugblik-'));
  const trace = join(data, 'trace');
  const server = await Server.start({ data, prefix: ['strace', '-f', '-ttt', '-y', '-s', '4200', '-o', trace, '-e', 'trace=fdatasync,fsync,write,pwrite64,sendto,sendmsg,writev,rename,linkat'] });
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

  // What is in no whole chunk yet lies in the part beside the film, written anew under a hidden name.
  const files = [...new Set(calls.map((each) => each.file))].filter((file) => /\/[^./][^/]*\.(mp4|flac)\.age$/.test(file));
  assert.equal(files.length, 3);
  for (const file of files) {
    const part = `${file}.part`;
    const hidden = part.replace(/\/([^/]*)$/, '/.$1');
    const own = calls.filter((each) => [file, part, hidden].includes(each.file));
    const dirty = { [file]: false, [hidden]: false };
    let last = own[0].time, longest = 0, syncs = 0, renames = 0;
    for (const each of own) {
      if (/^p?write/.test(each.call)) dirty[each.file] = true;
      if (each.call === 'fdatasync') {
        dirty[each.file] = false;
        syncs++;
      }
      if (each.call !== 'rename') continue;
      assert.ok(!dirty[hidden], `${part} got its name before it was on the disk`);
      assert.ok(!dirty[file], `${part} says that chunks are whole that are not on the disk`);
      longest = Math.max(longest, each.time - last);
      last = each.time;
      renames++;
    }
    assert.ok(!dirty[file], `${file}: something was written after the last sync`);
    assert.ok(renames >= 4 && longest < 1.75, `${file}: ${longest.toFixed(2)} s without anything made safe, ${renames} times`);
    console.log(`# .${file.split('.').at(-2)}: made safe ${renames} times (${syncs} syncs), at most ${longest.toFixed(2)} s apart`);
  }
  const folders = calls.filter((each) => each.call === 'fsync' && each.file.endsWith(`/media/${visit.id}`));
  assert.ok(folders.length >= 3, 'the name of each new file is made safe too');
  rmSync(data, { recursive: true, force: true });
});
