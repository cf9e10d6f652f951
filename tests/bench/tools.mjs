// What the figures share: processor time of a whole process, rounds in turn with a reference, a table.
import { spawn } from 'node:child_process';
import { cpus, hostname } from 'node:os';
import { readFileSync, writeFileSync } from 'node:fs';

export const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
export const quantile = (list, q) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * q))];

/** Runs a command to its end; gives processor seconds (children included) and wall seconds. */
export function timed(words, { input = '', quiet = true } = {}) {
  return new Promise((done, fail) => {
    const run = spawn('bash', ['-c', 'TIMEFORMAT="@ %U %S %R"; time "$@"', 'bash', ...words], { stdio: ['pipe', 'pipe', 'pipe'] });
    let out = '', err = '';
    run.stdout.on('data', (text) => { out += text; });
    run.stderr.on('data', (text) => { err += text; if (!quiet) process.stderr.write(text); });
    run.stdin.end(input);
    run.on('exit', (status) => {
      const found = /@ ([\d.]+) ([\d.]+) ([\d.]+)/.exec(err);
      if (!found) { fail(new Error(`${words[0]}: no time in: ${err}`)); return; }
      done({ cpu: Number(found[1]) + Number(found[2]), wall: Number(found[3]), status, out, err });
    });
  });
}

/** Ours and the reference in turn, ROUNDS times each, after one of each that is not counted. */
export async function pairs(rounds, ours, reference) {
  const a = [], b = [];
  for (let i = 0; i <= rounds; i++) {
    const first = await ours(i), second = await reference(i);
    if (i > 0 || rounds === 1) { a.push(first); b.push(second); }
  }
  return { ours: median(a), reference: median(b), ratio: median(a.map((value, i) => value / b[i])), low: Math.min(...a.map((v, i) => v / b[i])), high: Math.max(...a.map((v, i) => v / b[i])) };
}

/** The boxes at the top of an MP4. */
export function boxes(bytes) {
  const list = [];
  for (let at = 0; at + 8 <= bytes.length;) {
    const size = bytes.readUInt32BE(at);
    list.push({ type: bytes.toString('latin1', at + 4, at + 8), at, size });
    at += size;
  }
  return list;
}

export function machine() {
  const memory = /MemTotal:\s+(\d+)/.exec(readFileSync('/proc/meminfo', 'utf8'))[1];
  return `${hostname()}: ${cpus().length} × ${cpus()[0].model.trim()}, ${Math.round(memory / 1048576)} GiB`;
}

export const residentBytes = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024;

export class Table {
  rows = [];
  add(what, ours, reference, bar, holds) {
    this.rows.push([what, ours, reference, bar, holds === undefined ? '' : holds ? 'yes' : 'NO']);
    process.stderr.write(`${what}: ${ours} (${reference}; bar ${bar})${holds === false ? ' DOES NOT HOLD' : ''}\n`);
  }
  print() {
    console.log(`| what | here | reference, same run | bar | holds |\n|---|---|---|---|---|`);
    for (const row of this.rows) console.log(`| ${row.join(' | ')} |`);
  }
}

/** A film of a running server as a file of its own, to be read by others: on the server's disk it lies sealed. */
export async function fetchFile(server, visit, name, path) {
  const answer = await fetch(`${server.address}/media/${visit}/${name}`, { headers: { Cookie: server.cookie } });
  if (answer.status !== 200) throw new Error(`${name}: ${answer.status}`);
  writeFileSync(path, Buffer.from(await answer.arrayBuffer()));
  return path;
}

/** Processor seconds that a process has used so far, all its threads. */
export function cpuOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').replace(/^.*\) /, '').split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
