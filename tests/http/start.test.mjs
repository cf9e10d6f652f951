// How the server starts, refuses to start, and ends.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import net from 'node:net';
import { command, program, Server, until } from '../lib/terugblik.mjs';
import { call, hold, head, testPicture, testSound } from './tools.mjs';

let folder;
before(() => { folder = mkdtempSync(join(tmpdir(), 'terugblik-start-')); });
after(() => rmSync(folder, { recursive: true, force: true }));
const data = (name) => join(folder, name);
const serve = (...args) => command(['serve', '--data', data('refused'), ...args], { timeout: 10000, env: { ...process.env, LANGUAGE: 'C', LC_ALL: 'C.UTF-8' } });

describe('what it does not start with', () => {
  test('addresses that are none', () => {
    for (const address of ['127.0.0.1', 'x', '', ':8470', '127.0.0.1:', '127.0.0.1:x', '127.0.0.1:65536', '127.0.0.1:-1', '999.1.1.1:80', '[::1:80', 'bestaat-niet.invalid:80']) {
      const run = serve('--listen', address);
      assert.ok(run.status === 1 || run.status === 2, `“${address}”: ${run.status} ${run.stderr}`);
      assert.match(run.stderr, /^terugblik: .+\n/);
      assert.equal(run.stdout, '');
    }
  });

  test('wrong usage', () => {
    for (const args of [['--onzin'], ['--listen'], ['woord'], ['--data']]) {
      const run = command(['serve', ...args], { timeout: 10000 });
      assert.equal(run.status, 2, `${args}: ${run.stderr}`);
      assert.notEqual(run.stderr, '');
      assert.equal(run.stdout, '');
    }
    for (const args of [[], ['onzin']]) assert.equal(command(args).status, 2);
  });

  test('a folder that cannot be one', () => {
    for (const path of ['/proc/terugblik', '/dev/null', '/dev/null/x']) {
      const run = command(['serve', '--data', path, '--listen', '127.0.0.1:0'], { timeout: 10000 });
      assert.equal(run.status, 1, `${path}: ${run.stderr}`);
      assert.match(run.stderr, /^terugblik: .+\n$/);
    }
  });

  test('a folder that other users can look into', () => {
    const open = data('open folder');
    mkdirSync(open);
    for (const mode of [0o755, 0o710, 0o702]) {
      chmodSync(open, mode);
      for (const args of [['serve', '--listen', '127.0.0.1:0'], ['record', '--title', 'x'], ['visits']]) {
        const run = command([...args, '--data', open], { timeout: 10000, env: { ...process.env, LANGUAGE: 'C', LC_ALL: 'C.UTF-8' } });
        assert.equal(run.status, 1, `${args} ${mode.toString(8)}: ${run.stdout} ${run.stderr}`);
        assert.ok(run.stderr.includes(`chmod 700 '${open}'`), run.stderr);
      }
      assert.deepEqual(readdirSync(open), [], 'nothing was made in it');
    }
  });

  test('a folder that another server has', async () => {
    const server = await Server.start();
    const run = command(['serve', '--data', server.data, '--listen', '127.0.0.1:0'], { timeout: 10000, env: { ...process.env, LANGUAGE: 'C' } });
    assert.equal(run.status, 1);
    assert.match(run.stderr, new RegExp(`process ${server.pid}\\b`));
    assert.match(run.stderr, /--data/);
    assert.equal((await call(server, 'GET', '/api/about')).status, 200, 'the first goes on');
    await server.stop();
  });

  test('a port that another program has', async () => {
    const taken = net.createServer().listen(0, '127.0.0.1');
    await new Promise((done) => taken.once('listening', done));
    const { port } = taken.address();
    const run = serve('--listen', `127.0.0.1:${port}`);
    taken.close();
    assert.equal(run.status, 1);
    assert.match(run.stderr, new RegExp(`127\\.0\\.0\\.1:${port}`));
  });

  test('after a refusal the folder is free', async () => {
    assert.equal(serve('--listen', '127.0.0.1:70000').status, 1);
    const server = await Server.start({ data: data('refused') });
    await server.stop();
  });
});

describe('where it listens', () => {
  for (const [listen, url] of [['127.0.0.1:0', /^http:\/\/127\.0\.0\.1:\d+$/], ['localhost:0', /^http:\/\/(127\.0\.0\.1|\[::1\]):\d+$/], ['127.0.0.2:0', /^http:\/\/127\.0\.0\.2:\d+$/], ['[::1]:0', /^http:\/\/\[::1\]:\d+$/]]) {
    test(listen, async (t) => {
      const six = Object.values(networkInterfaces()).flat().some((one) => one.address === '::1');
      if (listen.startsWith('[') && !six) { t.skip('no IPv6 here'); return; }
      const server = await Server.start({ listen });
      assert.match(server.address, url);
      const answer = await fetch(`${server.address}/api/about`, { headers: { Origin: server.address } });
      assert.equal(answer.status, 200, 'it knows its own address');
      await server.stop();
    });
  }

  test('without --listen it takes the next free port', async () => {
    const servers = [];
    for (const name of ['one', 'two']) {
      const child = spawn(program, ['serve', '--json', '--data', data(name)], { stdio: ['ignore', 'pipe', 'ignore'] });
      let text = '';
      child.stdout.on('data', (chunk) => { text += chunk; });
      const exited = new Promise((done) => child.once('exit', (code) => done(code)));
      await until(() => text.includes('}\n'), 10000, 'ready');
      servers.push({ child, exited, ...JSON.parse(text) });
    }
    const ports = servers.map((server) => Number(new URL(server.address).port));
    assert.notEqual(ports[0], ports[1]);
    for (const port of ports) assert.ok(port >= 8470 && port < 8490, `${port}`);
    for (const server of servers) { server.child.kill('SIGTERM'); assert.equal(await server.exited, 0); }
  });
});

test('nobody else on this computer can read the folder', async () => {
  const server = await Server.start({ data: data('private') });
  const visit = await server.good('POST', '/api/visits', { title: 'Les' });
  assert.ok(visit.id);
  const walk = (path) => readdirSync(path, { withFileTypes: true }).flatMap((entry) => [join(path, entry.name), ...(entry.isDirectory() ? walk(join(path, entry.name)) : [])]);
  for (const path of [server.data, ...walk(server.data)]) assert.equal(statSync(path).mode & 0o077, 0, path);
  await server.stop();
});

describe('how it ends', () => {
  const quick = async (server, signal, limit = 2000) => {
    const from = Date.now();
    server.process.kill(signal);
    const [code, by] = await server.exited;
    const took = Date.now() - from;
    assert.equal(code, 0, `${code ?? by}: ${server.errors}`);
    assert.ok(took < limit, `${signal} took ${took} ms`);
    return took;
  };

  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
    test(`${signal} with nothing to do`, async () => {
      const server = await Server.start();
      await quick(server, signal);
      await server.stop();
    });
  }

  for (const signal of ['SIGTERM', 'SIGINT']) {
    test(`${signal} with pages open and a recording running`, async (t) => {
      const server = await Server.start({ data: data(`busy-${signal}`) });
      const visit = await server.good('POST', '/api/visits', { title: 'Les', sources: [testPicture, testSound] });
      await server.good('POST', `/api/visits/${visit.id}/recording`, {});
      const whole = await until(async () => { const now = await server.good('GET', `/api/visits/${visit.id}`); return now.tracks.length === 2 && now.tracks.every((track) => track.segments[0]?.duration > 1) && now; }, 15000, 'it records');
      const track = whole.tracks.find((one) => one.kind === 'video').id;
      const held = ['/api/events', `/api/visits/${visit.id}/events`, `/api/visits/${visit.id}/tracks/${track}/live.mjpeg`, `/api/visits/${visit.id}/tracks/${track}/live.h264`]
        .map((path) => hold(server, head(server, 'GET', path)));
      held.push(hold(server, ''), hold(server, 'GET /api'), hold(server, `${head(server, 'POST', '/api/visits', [['Content-Type', 'application/json'], ['Content-Length', '100']])}{`));
      // One that does not read what it is sent.
      const deaf = hold(server, head(server, 'GET', `/api/visits/${visit.id}/tracks/${track}/live.mjpeg`));
      deaf.socket.pause();
      await until(() => held.slice(0, 4).every((one) => one.said.length > 100), 8000, 'the streams run');
      t.diagnostic(`ended in ${await quick(server, signal)} ms`);
      await Promise.all(held.map((one) => one.closed));
      deaf.socket.destroy();
      // What was recorded was finished, not broken off.
      const again = await Server.start({ data: data(`busy-${signal}`) });
      assert.doesNotMatch(again.errors, /Mended/);
      const now = await again.good('GET', `/api/visits/${visit.id}`);
      assert.deepEqual([now.state, now.recording], ['running', false]);
      for (const one of now.tracks) {
        assert.equal(one.segments[0].ended, true);
        assert.equal(one.segments[0].note, null);
      }
      await again.stop();
    });
  }

  test('SIGTERM while a clip is being made', async () => {
    const server = await Server.start();
    const visit = await server.good('POST', '/api/visits', { title: 'Les', sources: [testPicture] });
    await server.good('POST', `/api/visits/${visit.id}/recording`, {});
    const whole = await until(async () => { const now = await server.good('GET', `/api/visits/${visit.id}`); return now.tracks[0]?.segments[0]?.duration > 1 && now; }, 15000, 'it records');
    await server.good('DELETE', `/api/visits/${visit.id}/recording`);
    for (let i = 0; i < 3; i++) await server.good('POST', `/api/visits/${visit.id}/exports`, { from: 0, to: 900, camera: whole.tracks[0].id });
    await quick(server, 'SIGTERM', 4000);
    await server.stop();
  });

  test('SIGTERM while a preview waits for a camera that is not there', async () => {
    const server = await Server.start();
    await server.good('POST', '/api/previews', { uri: 'test:?absent=1', kind: 'video' });
    await server.good('POST', '/api/previews', { uri: 'rtsp://127.0.0.1:9/niets', kind: 'video' });
    await quick(server, 'SIGTERM', 4000);
    await server.stop();
  });
});

test('from the command to the first answer', async (t) => {
  const times = [];
  for (let i = 0; i < 3; i++) {
    const from = performance.now();
    const server = await Server.start();
    await call(server, 'GET', '/api/visits');
    times.push(Math.round(performance.now() - from));
    await server.stop();
  }
  t.diagnostic(`${times.join(', ')} ms`);
});
