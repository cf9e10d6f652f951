// Figures over HTTP: the same document as the command line gives, of what whoever asks may see.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { command, Server, sleep, tap, uuid } from '../lib/terugblik.mjs';
import { assertFits, assertRefused, call, named, nobody } from './tools.mjs';

let server; // also the coach, called Test
let bram; // a coach who observes beside them
let visit;

const path = (rest, of = visit) => `/api/visits/${of.id}${rest}`;
const send = (who, ...operations) => who.good('POST', path('/operations'), { operations });
const budget = async (who, query = '') => {
  const answer = await who.good('GET', path(`/budget${query}`));
  assertFits(answer, named('Budget'), `budget${query}`);
  return answer;
};
const row = (document, code, more = () => true) => document.rows.find((one) => one.part === 0 && one.code === `proef/${code}` && more(one));

/** A kijkwijzer with every kind, published. */
async function publish() {
  const words = (text) => ({ nl: text, en: text });
  const code = (id, kind, more = {}) => ({
    id, domain: 'd', kind, title: words(id), short: words(id), lead: 0, lag: 0, help: { counts: words('ja'), not: words('nee') }, ...more,
  });
  const document = {
    format: 2, id: 'proef', version: 1, title: words('Proef'), description: words('Alle soorten'), default: false,
    domains: [{ id: 'd', title: words('Domein'), color: '#009E73' }],
    groups: [{ id: 'fase', title: words('Fase') }],
    modifiers: [{ id: 'hoe', title: words('Hoe'), type: 'one', choices: [{ id: 'luid', title: words('Luid') }, { id: 'zacht', title: words('Zacht') }] }],
    scales: [{ id: 'vier', title: words('Vier'), not_applicable: true, steps: [1, 2, 3, 4].map((value) => ({ value, title: words(`stap ${value}`) })) }],
    samplings: [{ id: 'beeld', title: words('Beeld'), every: 1, rule: 'momentary', many: false, none: 'niets' }],
    codes: [
      code('beurt', 'point', { key: '1', modifiers: ['hoe'] }), code('uitleg', 'state', { key: '2', group: 'fase' }), code('werken', 'state', { key: '3', group: 'fase' }),
      code('taak', 'interval', { sampling: 'beeld' }), code('niets', 'interval', { sampling: 'beeld' }),
      code('doel', 'rating', { scale: 'vier' }), code('sfeer', 'rating', { scale: 'vier' }),
    ],
  };
  const draft = await server.good('POST', '/api/instruments', { document });
  await server.good('POST', `/api/instruments/${draft.document.id}/publish`, { seen: draft.revision });
}

before(async () => {
  server = await Server.start();
  bram = await server.invite({ name: 'Bram', roles: ['coach'] });
  await publish();
  visit = await server.good('POST', '/api/visits', { title: 'Les', instruments: ['proef'] });
  await server.good('POST', path('/start'), {});
  await server.good('POST', path('/observers'), { person: bram.person.id });
  const see = (code, kind, at, more = {}) => tap({ instrument: 'proef', code, kind, at, ...more });
  for (const who of [server, bram]) {
    await send(who,
      see('beurt', 'point', 1, { modifiers: { hoe: 'luid' }, subject: 'leerling' }), see('beurt', 'point', 2, { modifiers: { hoe: 'zacht' } }),
      see('uitleg', 'state', 0, { until: 2 }), see('werken', 'state', 1.5, { until: 3 }),
      see('taak', 'interval', 1, { until: 1 }), see('niets', 'interval', 2, { until: 2 }),
      see('doel', 'rating', 0, { rating: who === server ? 3 : 4 }), see('sfeer', 'rating', 0, { rating: null }));
  }
  await sleep(4000); // so long is the lesson: what is beyond its end has no time
  // A second score of the same, later in the journal.
  await send(server, see('doel', 'rating', 0.5, { rating: 2 }));
});
after(() => server?.stop());

test('all kinds are counted, once', async () => {
  const document = await budget(server, '?part=begin:0-1.5&latency=proef/uitleg,proef/werken&during=proef/uitleg&transitions=1');
  assert.deepEqual(document.observers, ['Test'], 'the layer of the coach, not everybody’s added up');
  assert.equal(row(document, 'beurt').count, 2);
  assert.equal(row(document, 'uitleg').total, 2);
  assert.equal(document.parts[1].name, 'begin');
  assert.deepEqual(document.latencies[0].pairs.map((pair) => pair.latency), [1.5]);
  assert.equal(document.during[0].rows[0].inside, 1);
  assert.ok(document.transitions.total > 0);
  const { intervals } = row(document, 'taak');
  assert.deepEqual([intervals.rule, intervals.every, intervals.seen, intervals.answered, intervals.missed], ['momentary', 1, 1, 2, intervals.asked - 2]);
  assert.equal(row(document, 'taak').per_minute, null);
  assert.equal(document.superseded, 1);
  assert.deepEqual([row(document, 'doel').ratings.n, row(document, 'doel').ratings.mean], [1, 2]);
  assert.deepEqual(row(document, 'doel').ratings.steps.map((step) => step.count), [0, 1, 0, 0]);
  assert.deepEqual([row(document, 'sfeer').ratings.n, row(document, 'sfeer').ratings.not_applicable], [0, 1]);
  assert.deepEqual([document.exclusive.count, document.exclusive.first[0].running, document.exclusive.first[0].begun, document.exclusive.first[0].from, document.exclusive.first[0].to],
    [1, 'proef/uitleg', 'proef/werken', 1.5, 2]);
  const loud = await budget(server, '?by=modifier');
  assert.equal(row(loud, 'beurt', (one) => one.modifier === 'hoe=luid').count, 1);
  assert.equal(row(await budget(server, '?subject=leerling'), 'beurt').count, 1);
});

test('the command line says the same', async () => {
  const said = JSON.parse(command(['budget', '--json', '--data', server.data, visit.id]).stdout);
  assert.equal(row(said, 'beurt').count, 4, 'of both: the folder is hers who types');
  assert.deepEqual(Object.keys(said).sort(), Object.keys(await budget(server)).sort());
});

test('blind: one’s own, and no comparing', async () => {
  assert.deepEqual((await budget(bram)).observers, ['Bram']);
  assert.deepEqual((await budget(bram, '?by=observer')).observers, ['Bram']);
  assert.deepEqual((await budget(bram, '?observer=Test')).rows, []);
  for (const who of [server, bram]) {
    const answer = await who.ask('GET', path('/concordance?by=Test&by=Bram'));
    assert.deepEqual([answer.status, answer.body.error.code], [409, 'not-opened']);
  }
});

test('opened: compared, each in its own way', async () => {
  await server.good('POST', path('/observers/open'), {});
  const compare = async (query) => {
    const document = await bram.good('GET', path(`/concordance?by=Test&by=Bram${query}`));
    assertFits(document, named('Concordance'), query);
    return document;
  };
  const figure = (document, id) => document.figures.find((one) => one.id === id).value;
  const events = await compare('&tolerance=1');
  assert.deepEqual([figure(events, 'percent'), events.matches.length, events.left_out], [1, 4, 8]);
  assert.ok(Math.abs(figure(await compare('&method=overlap'), 'percent') - 1) < 1e-9);
  assert.equal(figure(await compare('&method=sampled&tolerance=0.5'), 'percent'), 1);
  const scores = await compare('&method=rating');
  assert.deepEqual([scores.scale.id, scores.scale.steps, scores.scale.not_applicable], ['proef/vier', [1, 2, 3, 4], 2]);
  assert.deepEqual([figure(scores, 'percent'), figure(scores, 'percent-within-one')], [0, 0]);
  const intervals = await compare('&method=interval&of=beeld');
  assert.deepEqual([intervals.sampling.answered_by_all, figure(intervals, 'percent')], [2, 1]);
  assert.equal((await compare('&instrument=niets')).matches.length, 0);
  assert.deepEqual((await budget(server, '?by=observer')).observers, ['Test', 'Bram']);
  assert.deepEqual((await budget(server)).observers, ['Test']);
});

test('over several visits, of one’s own', async () => {
  const second = await server.good('POST', '/api/visits', { title: 'Nog een', instruments: ['proef'] });
  await server.good('POST', path('/start', second), {});
  await server.good('POST', path('/operations', second), { operations: [tap({ instrument: 'proef', code: 'beurt', kind: 'point', at: 1 })] });
  const both = await server.good('GET', `/api/budget?visit=${visit.id}&visit=${second.id}`);
  assertFits(both, named('Budget'), 'both');
  assert.deepEqual(both.rows.filter((one) => one.code === 'proef/beurt').map((one) => [one.visit, one.count]), [[0, 2], [1, 1]]);
  assertRefused(await call(server, 'GET', `/api/budget?visit=${visit.id}&visit=${visit.id}`), 400, 'twice');
  assertRefused(await call(server, 'GET', `/api/budget?visit=${nobody}`), 404, 'nobody’s');
  assert.equal((await bram.ask('GET', `/api/budget?visit=${visit.id}`)).status, 404, 'another’s, though he observes it');
});

test('what is wrong is told', async () => {
  for (const query of ['part=1', 'part=2-1', 'part=a:b', 'by=code', 'latency=beurt', 'latency=zoek,beurt', 'during=zoek', 'phase=zoek', 'transitions=yes', 'lag=0', 'within=0', 'within=-1',
    Array.from({ length: 21 }, () => 'part=0-1').join('&')])
    assertRefused(await call(server, 'GET', path(`/budget?${query}`)), 400, query);
  for (const query of ['', 'by=Test', 'by=Test&by=Test', 'by=Test&by=', 'by=Test&by=Bram&method=guess', 'by=Test&by=Bram&tolerance=61', 'by=Test&by=Bram&by=Cor',
    'by=Test&by=Bram&method=sampled&tolerance=0', 'by=Test&by=Bram&method=rating&of=zoek'])
    assertRefused(await call(server, 'GET', path(`/concordance?${query}`)), 400, query);
  assertRefused(await call(server, 'GET', '/api/budget'), 400, 'no visit');
  assertRefused(await call(server, 'GET', `/api/visits/${uuid()}/budget`), 404, 'no such visit');
});
