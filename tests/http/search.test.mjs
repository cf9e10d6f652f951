// Searching: who finds what, and that nothing that is typed is an error.
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Server, tap, until, uuid } from '../lib/terugblik.mjs';
import { assertFits, assertRefused, call, named } from './tools.mjs';

let server; // also the coach, called Test
let bram; // another coach
let iris; // a trainee
const things = {};

const find = (who, query) => who.good('GET', `/api/search?${new URLSearchParams(query)}`);
const found = async (who, q) => (await find(who, { q })).hits;
const send = (who, visit, ...operations) => who.good('POST', `/api/visits/${visit.id}/operations`, { operations });
/** The index follows at once, but not in the same breath. */
const soon = (who, q, count) => until(async () => (await found(who, q)).length === count, 15000, `${count} of “${q}”`);

async function started(who, title) {
  const visit = await who.good('POST', '/api/visits', { title });
  return who.good('POST', `/api/visits/${visit.id}/start`, {});
}

before(async () => {
  server = await Server.start();
  bram = await server.invite({ name: 'Bram', roles: ['coach'] });
  iris = await server.invite({ name: 'Iris', roles: ['trainee'] });
  things.visit = await started(server, 'Rekenen 5b');
  things.other = await started(bram, 'Taal');
  things.tap = tap({ instrument: 'snelle-start', code: 'compliment', note: 'Zoë geeft een compliment', at: 4 });
  await send(server, things.visit, things.tap, tap({ note: 'Twee COMPLIMENTEN', at: 9 }));
  await send(bram, things.other, tap({ note: 'compliment bij Bram', at: 1 }));
  await soon(server, 'complim', 2);
});
after(() => server?.stop());

test('a hit says where it is', async () => {
  const answer = await find(server, { q: 'zoe compliment' });
  assertFits(answer, named('SearchResult'), 'search');
  const [hit] = answer.hits;
  assert.deepEqual([answer.hits.length, answer.more], [1, false]);
  assert.deepEqual([hit.visit, hit.visit_title, hit.observation, hit.at, hit.observer, hit.note],
    [things.visit.id, 'Rekenen 5b', things.tap.target_id, 4, 'Test', 'Zoë geeft een compliment']);
  assert.equal(typeof hit.code_title.nl, 'string');
  assert.ok((await find(server, { q: hit.code_title.nl })).hits.length > 0);
  const byCode = await find(server, { code: `${hit.instrument}/${hit.code}` });
  assert.ok(byCode.hits.length > 0 && byCode.hits.every((one) => one.code === hit.code));
});

test('case, accents, and the beginning of the last word', async () => {
  for (const q of ['ZOË', 'zoe', 'Zoe\u0308', 'zo']) assert.equal((await found(server, q)).length, 1, q);
  for (const q of ['compliment', 'COMP', 'c']) assert.ok((await found(server, q)).length >= 2, q);
  assert.equal((await found(server, 'comp zoe')).length, 0, 'only the last one may be a beginning');
});

test('newest first, in pages', async () => {
  const first = await find(server, { q: 'compliment', limit: 1 });
  assert.deepEqual([first.hits.map((hit) => hit.at), first.more], [[9], true]);
  const next = await find(server, { q: 'compliment', limit: 1, before: first.hits[0].observation });
  assert.deepEqual([next.hits.map((hit) => hit.at), next.more], [[4], false]);
  assertRefused(await call(server, 'GET', `/api/search?q=compliment&before=${uuid()}`), 404, 'before what is not there');
});

test('nothing that is typed is an error', async () => {
  const typed = ['"', '""', '"compliment', 'compliment"', "'", '*', '-', '^', '(', ')', '{a}', 'a:b', 'note:compliment', 'AND', 'OR', 'NOT', 'NEAR(a b, 2)', 'compliment AND', 'OR compliment',
    '+compliment -zoe', 'a"b"c', '\\', ';', "'; DROP TABLE observation; --", '%', '_', '_c', '\u{1F389}', '\u0301', 'ß', '٣', 'x'.repeat(500), 'a '.repeat(250), ' ', ''];
  for (const q of typed) {
    const answer = await call(server, 'GET', `/api/search?${new URLSearchParams({ q })}`);
    assert.equal(answer.status, 200, `${q}: ${answer.text()}`);
    assertFits(answer.json(), named('SearchResult'), q);
  }
  assertRefused(await call(server, 'GET', '/api/search'), 400, 'nothing asked');
  assertRefused(await call(server, 'GET', `/api/search?q=${'x'.repeat(501)}`), 400, 'too long');
});

test('one’s own visits only', async () => {
  assert.deepEqual((await found(bram, 'compliment')).map((hit) => hit.visit), [things.other.id]);
  assert.equal((await iris.ask('GET', '/api/search?q=compliment')).status, 403);
});

test('what changes, goes and comes back', async () => {
  const given = tap({ note: 'vliegwiel', at: 2 });
  await send(server, things.visit, given);
  await soon(server, 'vliegwiel', 1);
  const own = { target: 'observation', target_id: given.target_id, author: 'Test', device: 'test' };
  await send(server, things.visit, { id: uuid(), action: 'change', fields: { note: 'tandwiel' }, ...own });
  await soon(server, 'tandwiel', 1);
  await soon(server, 'vliegwiel', 0);
  await send(server, things.visit, { id: uuid(), action: 'remove', ...own });
  assert.equal((await found(server, 'tandwiel')).length, 0, 'at once, whatever the index still has');
});

test('a blind layer is not found before it is opened', async () => {
  const visit = await started(server, 'Samen');
  await server.good('POST', `/api/visits/${visit.id}/observers`, { person: bram.person.id });
  await send(bram, visit, tap({ note: 'sluierwoord van Bram', at: 3 }));
  await send(server, visit, tap({ note: 'sluierwoord van Test', at: 5 }));
  await soon(server, 'sluierwoord', 1);
  assert.equal((await found(bram, 'sluierwoord')).length, 0, 'the visit is not his');
  await server.good('POST', `/api/visits/${visit.id}/observers/open`, {});
  assert.deepEqual((await found(server, 'sluierwoord')).map((hit) => hit.observer), ['Test', 'Bram']);
});

test('the index may be thrown away', async () => {
  const own = await Server.start();
  const visit = await started(own, 'Les');
  await send(own, visit, tap({ note: 'waterval', at: 1 }));
  await soon(own, 'waterval', 1);
  await own.kill();
  for (const end of ['', '-wal', '-shm']) rmSync(join(own.data, `cache.db${end}`), { force: true });
  await own.run();
  await soon(own, 'waterval', 1);
  await own.stop();
});
