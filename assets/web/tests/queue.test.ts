import assert from 'node:assert/strict';
import test from 'node:test';
import { ApiError } from '../src/model/api';
import { OperationQueue, type QueueNews, type QueuedOperation, type QueueStorage, type QueueTimer } from '../src/model/queue';
import type { Operation, OperationResult } from '../src/model/types';

const operation = (id: string): Operation => ({
  id, target: 'observation', target_id: `o-${id}`, action: 'add', fields: {}, author: 'a', device: 'd', made_at: '2026-01-01T00:00:00Z',
});

class Disk implements QueueStorage {
  items = new Map<string, QueuedOperation>();
  all = async () => [...this.items.values()];
  put = async (item: QueuedOperation) => void this.items.set(item.operation.id, item);
  remove = async (ids: string[]) => ids.forEach((id) => this.items.delete(id));
}

class Timer implements QueueTimer {
  waiting: (() => void) | null = null;
  pauses: number[] = [];
  set = (run: () => void, ms: number) => { this.waiting = run; this.pauses.push(ms); return 1; };
  clear = () => { this.waiting = null; };
}

/** A server that applies each id once and may be out of reach, or lose its answer on the way back. */
class Server {
  applied: string[] = [];
  requests = 0;
  mode: 'up' | 'down' | 'answer-lost' | 'broken' = 'up';
  bad = new Set<string>();
  send = async (_visit: string, operations: Operation[]) => {
    this.requests++;
    if (this.mode === 'down') throw new ApiError('offline', '', 0);
    if (this.mode === 'broken') throw new ApiError('failed', '', 500);
    if (operations.some((one) => this.bad.has(one.id))) throw new ApiError('invalid', 'no', 400);
    const results = operations.map((one): OperationResult => {
      const status = this.applied.includes(one.id) ? 'duplicate' : 'applied';
      if (status === 'applied') this.applied.push(one.id);
      return { id: one.id, seq: this.applied.indexOf(one.id) + 1, status };
    });
    if (this.mode === 'answer-lost') throw new ApiError('offline', '', 0);
    return { results, seq: this.applied.length };
  };
}

const settle = () => new Promise((resolve) => setImmediate(resolve)).then(() => new Promise((resolve) => setImmediate(resolve)));

function setUp() {
  const server = new Server();
  const disk = new Disk();
  const timer = new Timer();
  const queue = new OperationQueue(server.send, disk, () => 'mapped', timer);
  const news: QueueNews[] = [];
  queue.listen((one) => news.push(one));
  return { server, disk, timer, queue, news };
}

test('an operation is sent at once and forgotten when acknowledged', async () => {
  const { server, disk, queue } = setUp();
  await queue.load();
  queue.add({ visit: 'v', operation: operation('1') });
  assert.equal(queue.count, 1);
  await settle();
  assert.deepEqual(server.applied, ['1']);
  assert.equal(queue.count, 0);
  assert.equal(disk.items.size, 0);
});

test('offline operations wait, in order, and go out once when the connection is back', async () => {
  const { server, disk, timer, queue } = setUp();
  server.mode = 'down';
  for (const id of ['1', '2', '3']) queue.add({ visit: 'v', operation: operation(id) });
  await settle();
  assert.equal(queue.count, 3);
  assert.equal(queue.offline, true);
  assert.equal(disk.items.size, 3);
  server.mode = 'up';
  timer.waiting!();
  await settle();
  assert.deepEqual(server.applied, ['1', '2', '3']);
  assert.equal(queue.count, 0);
  assert.equal(queue.offline, false);
});

test('an answer that got lost leads to a second sending and one application', async () => {
  const { server, queue, news } = setUp();
  server.mode = 'answer-lost';
  queue.add({ visit: 'v', operation: operation('1') });
  await settle();
  assert.equal(queue.count, 1);
  server.mode = 'up';
  await queue.flush();
  assert.deepEqual(server.applied, ['1']);
  assert.equal(queue.count, 0);
  assert.deepEqual(news.filter((one) => one.kind === 'sent'), [{ kind: 'sent', visit: 'v', results: [{ id: '1', seq: 1, status: 'duplicate' }] }]);
});

test('pauses grow, and a page that is loaded anew goes on with what was kept', async () => {
  const { server, disk, timer, queue } = setUp();
  server.mode = 'broken';
  queue.add({ visit: 'v', operation: operation('1') });
  await settle();
  for (let i = 0; i < 5; i++) {
    timer.waiting!();
    await settle();
  }
  assert.deepEqual(timer.pauses, [1000, 2000, 4000, 8000, 15000, 15000]);
  assert.equal(queue.offline, false);
  server.mode = 'up';
  const next = new OperationQueue(server.send, disk, () => null, new Timer());
  await next.load();
  await settle();
  assert.deepEqual(server.applied, ['1']);
  assert.equal(disk.items.size, 0);
});

test('one bad operation does not hold up the others', async () => {
  const { server, timer, queue, news } = setUp();
  server.mode = 'down';
  for (const id of ['1', '2', '3']) queue.add({ visit: 'v', operation: operation(id) });
  await settle();
  server.mode = 'up';
  server.bad.add('2');
  timer.waiting!();
  await settle();
  await settle();
  assert.deepEqual(server.applied, ['1', '3']);
  const refused = news.filter((one) => one.kind === 'refused');
  assert.equal(refused.length, 1);
  assert.equal(queue.count, 0);
});

test('visits do not get mixed up', async () => {
  const seen: string[] = [];
  const queue = new OperationQueue(async (visit, operations) => {
    seen.push(`${visit}:${operations.map((one) => one.id).join()}`);
    return { results: operations.map((one) => ({ id: one.id, seq: 1, status: 'applied' as const })), seq: 1 };
  }, new Disk(), () => null, new Timer());
  queue.add({ visit: 'a', operation: operation('1') });
  queue.add({ visit: 'b', operation: operation('2') });
  queue.add({ visit: 'a', operation: operation('3') });
  await settle();
  assert.deepEqual(seen, ['a:1', 'b:2', 'a:3']);
});

test('a tap made before the clock was known is mapped when it is sent', async () => {
  const sent: Operation[] = [];
  const queue = new OperationQueue(async (_visit, operations) => {
    sent.push(...operations);
    return { results: operations.map((one) => ({ id: one.id, seq: 1, status: 'applied' as const })), seq: 1 };
  }, new Disk(), (ms) => `server time of ${ms}`, new Timer());
  queue.add({ visit: 'v', operation: operation('1'), unmappedTap: 42 });
  await settle();
  assert.equal(sent[0]!.fields!.tapped_at, 'server time of 42');
});

test('what one person tapped is never sent by another, and waits on the device for who did', async () => {
  const { server, disk, queue } = setUp();
  queue.setOwner({ id: 'anna', name: 'Anna' });
  server.mode = 'down';
  queue.add({ visit: 'v', operation: operation('1') });
  await settle();
  assert.equal(disk.items.get('1')?.person, 'anna');

  server.mode = 'up';
  queue.setOwner({ id: 'bram', name: 'Bram' });
  await settle();
  assert.deepEqual(server.applied, []);
  assert.equal(queue.count, 0);
  assert.deepEqual(queue.of('v'), []);
  queue.add({ visit: 'v', operation: operation('2') });
  await settle();
  assert.deepEqual(server.applied, ['2']);

  queue.setOwner({ id: 'anna', name: 'Anna' });
  await settle();
  assert.deepEqual(server.applied, ['2', '1']);
  assert.equal(disk.items.size, 0);
});

test('a sign-in that has ended holds taps back and drops none', async () => {
  const disk = new Disk();
  const timer = new Timer();
  let signedIn = false;
  const server = new Server();
  const queue = new OperationQueue((visit, operations) => {
    if (!signedIn) throw new ApiError('signed-out', '', 401);
    return server.send(visit, operations);
  }, disk, () => null, timer);
  const news: QueueNews[] = [];
  queue.listen((one) => news.push(one));
  queue.setOwner({ id: 'anna', name: 'Anna' });
  queue.add({ visit: 'v', operation: operation('1') });
  await settle();
  assert.equal(queue.count, 1);
  assert.equal(queue.offline, false);
  assert.ok(timer.waiting);
  assert.equal(news.some((one) => one.kind === 'refused'), false);
  signedIn = true;
  queue.setOwner({ id: 'anna', name: 'Anna' });
  await settle();
  assert.deepEqual(server.applied, ['1']);
});

test('what was tapped before there were accounts goes out under the name that made it, not under another', async () => {
  const { server, disk, queue } = setUp();
  await disk.put({ visit: 'v', operation: { ...operation('1'), author: 'Anna' } });
  queue.setOwner({ id: 'bram', name: 'Bram' });
  await queue.load();
  await settle();
  assert.deepEqual(server.applied, []);
  queue.setOwner({ id: 'anna', name: 'Anna' });
  await settle();
  assert.deepEqual(server.applied, ['1']);
});
