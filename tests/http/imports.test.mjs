// Other programs' files: read, looked at, taken over; and visits as such files.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server, tap, uuid } from '../lib/terugblik.mjs';
import { assertFits, assertRefused, call, named } from './tools.mjs';

let server; // also the coach
let other; // a coach besides

before(async () => {
  server = await Server.start();
  other = await server.invite({ name: 'Bert', roles: ['coach'] });
});
after(() => server?.stop());

const as = (who) => ({ port: server.port, cookie: who.cookie });
const send = (name, body, who = server) =>
  call(as(who), 'POST', `/api/imports?name=${encodeURIComponent(name)}`, { body: Buffer.isBuffer(body) ? body : Buffer.from(body), type: 'application/octet-stream' });

async function read(name, body, who = server) {
  const answer = await send(name, body, who);
  assert.equal(answer.status, 201, answer.text());
  const job = answer.json();
  assertFits(job, named('ImportJob'), name);
  assert.equal(job.loss.present, job.loss.carried + job.loss.dropped);
  return job;
}

async function take(job, choice, who = server) {
  const answer = await call(as(who), 'POST', `/api/imports/${job.id}/take`, { body: choice });
  assert.equal(answer.status, 200, answer.text());
  assertFits(answer.json(), named('ImportTaken'), 'taken');
  return answer.json();
}

const observations = async (visit) => (await server.good('GET', `/api/visits/${visit}/observations`)).observations;
const table = 'visit,observer,code,start,end,comment\nles 1,Joost,compliment,1.5,,mooi\nles 1,Joost,Zelf bedacht,3,4.5,\nles 2,,compliment,2,,\n';

test('a file is read; its codes are matched with those that are here', async () => {
  const job = await read('map/les.csv', table);
  assert.equal(job.name, 'les.csv');
  assert.deepEqual(job.sets.map((set) => [set.id, set.observations, set.length]), [['les 1', 2, 4.5], ['les 2', 1, 2]]);
  assert.deepEqual(job.codes.map((code) => [code.id, code.kind, code.count, code.suggestion]),
    [['compliment', 'point', 2, { instrument: 'snelle-start', code: 'compliment' }], ['Zelf bedacht', 'state', 1, null]]);
  assert.deepEqual(job.observers, ['Joost']);
  assert.deepEqual((await call(server, 'GET', `/api/imports/${job.id}`)).json(), job);
  // It is its person's only.
  assertRefused(await call(as(other), 'GET', `/api/imports/${job.id}`), 404, 'of another');
  assertRefused(await call(as(other), 'POST', `/api/imports/${job.id}/take`, { body: {} }), 404, 'of another');

  const taken = await take(job, { sets: ['les 1'], codes: { compliment: job.codes[0].suggestion } });
  assert.equal(taken.visits.length, 1);
  assert.match(taken.instrument.id, /^import-les-/);
  assert.equal(taken.loss.dropped, 1); // of the other lesson
  const seen = await observations(taken.visits[0].id);
  assert.deepEqual(seen.map((one) => [one.instrument, one.code, one.kind, one.at, one.until, one.observer, one.note]),
    [['snelle-start', 'compliment', 'point', 1.5, null, 'Joost', 'mooi'], [taken.instrument.id, 'zelf-bedacht', 'state', 3, 4.5, 'Joost', '']]);
  const visit = await server.good('GET', `/api/visits/${taken.visits[0].id}`);
  assert.deepEqual([visit.title, visit.state, visit.duration, visit.instruments], ['les 1', 'ended', 4.5, ['snelle-start', taken.instrument.id]]);
  assert.ok((await server.good('GET', '/api/instruments')).instruments.some((one) => one.id === taken.instrument.id && one.own));
  assertRefused(await call(server, 'GET', `/api/imports/${job.id}`), 404, 'taken over once');
});

test('what is taken over is followed and undone as if it had been tapped', async () => {
  const visit = await server.good('POST', '/api/visits', { title: 'Hier' });
  await server.good('POST', `/api/visits/${visit.id}/start`);
  const job = await read('les.csv', table);
  assertRefused(await call(server, 'POST', `/api/imports/${job.id}/take`, { body: { visit: visit.id } }), 409, 'two lessons into one visit');
  const taken = await take(job, { visit: visit.id, sets: ['les 2'], codes: { compliment: job.codes[0].suggestion } });
  assert.equal(taken.visits[0].id, visit.id);
  assert.equal(taken.instrument, null);
  const { operations } = await server.good('GET', `/api/visits/${visit.id}/operations?after=0`);
  assert.equal(operations.length, 1);
  assert.equal(operations[0].object.observer, 'Test'); // the file did not say who
  const { results } = await server.good('POST', `/api/visits/${visit.id}/operations`, { operations: [undo(operations[0].id)] });
  assert.equal(results[0].status, 'applied');
  assert.equal((await observations(visit.id)).length, 0);
  // Not into a visit of somebody else, and not into one that has no time yet.
  const foreign = await read('les.csv', table, other);
  assertRefused(await call(as(other), 'POST', `/api/imports/${foreign.id}/take`, { body: { visit: visit.id, sets: ['les 2'] } }), 404, 'of another');
  const planned = await server.good('POST', '/api/visits', { title: 'Straks' });
  const again = await read('les.csv', table);
  assertRefused(await call(server, 'POST', `/api/imports/${again.id}/take`, { body: { visit: planned.id, sets: ['les 2'] } }), 409, 'not started');
});

function undo(of) {
  return { id: uuid(), action: 'undo', of, author: 'Test', device: 'proef' };
}

test('a table of which nobody knows what its columns are is asked about', async () => {
  const job = await read('eigen.csv', 'moment;gezien;zeker\n3,5;lachen;ja\n7;huilen;nee\n');
  assert.deepEqual(job.columns.names, ['moment', 'gezien', 'zeker']);
  assert.deepEqual(job.columns.rows, [['3,5', 'lachen', 'ja'], ['7', 'huilen', 'nee']]);
  assert.deepEqual(new Set(Object.values(job.columns.meaning)), new Set(['ignore']));
  assert.deepEqual([job.sets, job.codes], [[], []]);
  assertRefused(await call(server, 'POST', `/api/imports/${job.id}/take`, { body: {} }), 400, 'no time');
  const columns = { moment: 'start', gezien: 'code', zeker: 'modifier' };
  assertRefused(await call(server, 'POST', `/api/imports/${job.id}/take`, { body: { look: true, columns: { ...columns, zeker: 'code' } } }), 400, 'two codes');
  const looked = (await call(server, 'POST', `/api/imports/${job.id}/take`, { body: { look: true, columns } })).json();
  assertFits(looked, named('ImportJob'), 'looked');
  assert.deepEqual(looked.codes.map((code) => [code.id, code.count]), [['lachen', 1], ['huilen', 1]]);
  assert.equal(looked.columns.meaning.moment, 'start');
  const taken = await take(job, { codes: null });
  assert.deepEqual((await observations(taken.visits[0].id)).map((one) => [one.code, one.at, one.modifiers]),
    [['lachen', 3.5, { zeker: 'ja' }], ['huilen', 7, { zeker: 'nee' }]]);
});

test('what cannot be read is refused in one sentence; at most four wait', async () => {
  for (const [name, body, status] of [['les.mp4', 'x', 409], ['raar.bin', '\u0001\u0002', 409], ['leeg.csv', '', 400], ['kapot.boris', '{"project_format_version": "7.0", "observations"', 400],
    ['kijkwijzer.json', JSON.stringify({ format: 1, domains: [], codes: [] }), 409]])
    assertRefused(await send(name, body), status, name);
  assertRefused(await call(server, 'POST', '/api/imports', { body: Buffer.from(table), type: 'application/octet-stream' }), 400, 'no name');
  assertRefused(await call(server, 'POST', '/api/imports?name=les.csv', { body: table, type: 'text/plain' }), 415, 'as a form would send it');
  assertRefused(await call(server, 'POST', '/api/imports?name=les.csv', { body: '{}', type: 'application/json' }), 415, 'as JSON');
  const jobs = [];
  for (let i = 0; i < 5; i++) jobs.push(await read('les.csv', table, other));
  assertRefused(await call(as(other), 'GET', `/api/imports/${jobs[0].id}`), 404, 'the oldest made room');
  assert.equal((await call(as(other), 'DELETE', `/api/imports/${jobs[4].id}`)).status, 204);
  assertRefused(await call(as(other), 'DELETE', `/api/imports/${jobs[4].id}`), 404, 'dropped');
  assertRefused(await call(as(other), 'POST', `/api/imports/${jobs[3].id}/take`, { body: { codes: { compliment: { instrument: 'snelle-start', code: 'niets' } } } }), 400, 'no such code');
  assertRefused(await call(as(other), 'POST', `/api/imports/${jobs[3].id}/take`, { body: { nonsense: 1 } }), 400, 'an unknown field');
});

test('a visit as another program’s file, with its report; the layers of others stay out while they are blind', async () => {
  const visit = await server.good('POST', '/api/visits', { title: 'Taal “één”' });
  await server.good('POST', `/api/visits/${visit.id}/start`);
  await server.good('POST', `/api/visits/${visit.id}/operations`, { operations: [tap({ instrument: 'snelle-start', code: 'compliment', tapped_at: null, at: 2, note: 'a;b' })] });
  const answer = await call(server, 'GET', `/api/visits/${visit.id}/foreign?format=csv-excel`);
  assert.equal(answer.status, 200, answer.text());
  assert.match(answer.headers['content-type'], /^text\/csv/);
  assert.match(answer.headers['content-disposition'], /^attachment; filename="[ -~]+\.csv"; filename\*=UTF-8''Taal%20%E2%80%9C%C3%A9%C3%A9n%E2%80%9D\.csv$/);
  assert.ok(answer.text().startsWith('\ufeffklassenbezoek;'));
  assert.match(answer.text(), /;compliment;.*;2,0;;;;"a;b"\r\n/);
  const loss = (await call(server, 'GET', `/api/visits/${visit.id}/foreign/loss?format=csv-excel`)).json();
  assertFits(loss, named('Loss'), 'loss');
  assert.deepEqual([loss.present, loss.carried, loss.dropped], [1, 1, 0]);
  for (const format of ['lgm', 'nonsense', '']) assertRefused(await call(server, 'GET', `/api/visits/${visit.id}/foreign?format=${format}`), 400, format);
  assertRefused(await call(as(other), 'GET', `/api/visits/${visit.id}/foreign?format=csv`), 404, 'of another');

  await server.good('POST', `/api/visits/${visit.id}/observers`, { person: other.person.id });
  await other.good('POST', `/api/visits/${visit.id}/operations`, { operations: [tap({ instrument: 'snelle-start', code: 'compliment', tapped_at: null, at: 5, observer: 'Bert', note: 'geheim' }, { author: 'Bert' })] });
  const blind = await call(server, 'GET', `/api/visits/${visit.id}/foreign?format=csv`);
  assert.ok(!blind.text().includes('geheim') && !blind.text().includes('Bert'));
  await server.good('POST', `/api/visits/${visit.id}/observers/open`);
  assert.ok((await call(server, 'GET', `/api/visits/${visit.id}/foreign?format=csv`)).text().includes('geheim'));
  // Nobody writes in the layer of another by way of a file.
  const job = await read('les.csv', 'observer,code,start\nBert,compliment,9\n');
  assertRefused(await call(server, 'POST', `/api/imports/${job.id}/take`, { body: { visit: visit.id } }), 409, 'another observer');
});
