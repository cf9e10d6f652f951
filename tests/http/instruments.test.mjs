// Kijkwijzers of the school: made as a draft, published as a version that stays, and what visits make of them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server, command, tap, until } from '../lib/terugblik.mjs';
import { assertFits, assertRefused, call, named } from './tools.mjs';

let server; // also the coach
let other; // a coach besides
/** Everybody who is no coach. */
const rest = [];

const words = (nl, en = nl) => ({ nl, en });
const code = (id, key, more = {}) => ({
  id, domain: 'les', kind: 'point', title: words(id), short: words(id), key, lead: 5, lag: 5, help: { counts: words('Ja'), not: words('Nee') }, ...more,
});
const written = (id, more = {}) => ({
  format: 1, id, version: 1, title: words('Van ons', 'Ours'), description: words('Voor de proef', 'For the trial'), default: false,
  domains: [{ id: 'les', title: words('Les', 'Lesson'), color: '#009E73' }],
  codes: [code('vraag', '1'), code('wachten', '2', { kind: 'state' })], subjects: [], ...more,
});
const begin = (document, who = server) => who.good('POST', '/api/instruments', { document });
const save = (id, document, seen, who = server) => who.ask('POST', `/api/instruments/${id}/draft`, { document, seen });
const publish = (id, seen, who = server) => who.ask('POST', `/api/instruments/${id}/publish`, { seen });
const retire = (id, retired, who = server) => who.ask('POST', `/api/instruments/${id}/retire`, { retired });
const get = (id, version, who = server) => who.ask('GET', `/api/instruments/${id}${version === undefined ? '' : `?version=${version}`}`);
const at = (who) => ({ port: server.port, cookie: who.cookie });
const listed = async (id, who = server) => (await who.good('GET', '/api/instruments')).instruments.find((one) => one.id === id);
const visit = (instruments, who = server) => who.ask('POST', '/api/visits', { title: 'Taal', instruments });

async function fits(answer, status, name) {
  const { status: got, body } = await answer;
  assert.equal(got, status, JSON.stringify(body));
  assertFits(body, named(name), name);
  return body;
}

/** Published right away. Gives its number. */
async function made(document) {
  const draft = await begin(document);
  return (await fits(publish(document.id, draft.revision), 200, 'InstrumentPublished')).version;
}

before(async () => {
  server = await Server.start();
  other = await server.invite({ name: 'Bert', roles: ['coach'] });
  for (const role of ['teacher', 'trainee', 'admin', 'privacy', 'head']) rest.push(await server.invite({ name: `Een ${role}`, roles: [role] }));
});
after(() => server?.stop());

test('what the program brings is listed with its kinds, and nothing is made of it yet', async () => {
  const { instruments } = await fits(server.ask('GET', '/api/instruments'), 200, 'InstrumentList');
  const quick = instruments.find((one) => one.id === 'snelle-start');
  assert.equal(instruments[0], quick, 'the default one first');
  assert.deepEqual(quick.kinds, ['point', 'state']);
  assert.deepEqual({ own: quick.own, draft: quick.draft, retired: quick.retired, used: quick.used }, { own: false, draft: null, retired: false, used: 0 });
  for (const one of instruments) {
    const whole = await fits(get(one.id), 200, 'Instrument');
    const { id, version, title, description, default: first, codes } = whole;
    assert.deepEqual([one.id, one.version, one.title, one.description, one.default, one.codes], [id, version, title, description, first, codes.length]);
    assert.deepEqual(one.kinds, ['point', 'state', 'interval', 'rating'].filter((kind) => codes.some((each) => each.kind === kind)), id);
  }
  assert.ok(instruments.some((one) => one.kinds.includes('interval')) && instruments.some((one) => one.kinds.includes('rating')));
  await visit(['snelle-start']);
  assert.equal((await listed('snelle-start')).used, 1);
});

test('nobody but a coach makes, publishes or retires, or sees what is not published', async () => {
  const draft = await begin(written('alleen-coach'));
  for (const who of rest) {
    const name = who.person.name;
    for (const [method, path, body] of [
      ['POST', '/api/instruments', { document: written('niet-van-hen') }],
      ['POST', '/api/instruments/check', { text: '{}' }],
      ['POST', '/api/instruments/alleen-coach/draft', { document: written('alleen-coach'), seen: draft.revision }],
      ['POST', '/api/instruments/alleen-coach/publish', { seen: draft.revision }],
      ['POST', '/api/instruments/snelle-start/retire', { retired: true }],
      ['GET', '/api/instruments/alleen-coach?version=draft'],
    ]) assertRefused(await call(at(who), method, path, { body }), 403, `${name}: ${method} ${path}`);
    assertRefused(await call(at(who), 'DELETE', '/api/instruments/alleen-coach/draft'), 403, `${name}: DELETE`);
    assert.equal((await get('alleen-coach', undefined, who)).status, 404, name);
    const { instruments } = await fits(who.ask('GET', '/api/instruments'), 200, 'InstrumentList');
    assert.ok(instruments.length > 0 && instruments.every((one) => one.id !== 'alleen-coach' && one.draft === undefined && one.used === undefined && one.retired === undefined), name);
  }
  assert.equal((await get('alleen-coach', 'draft', other)).status, 200, 'another coach goes on with it');
  await server.good('DELETE', '/api/instruments/alleen-coach/draft');
});

test('a draft is saved when it is wrong, and says what is wrong with it', async () => {
  const draft = await fits(server.ask('POST', '/api/instruments', { document: { id: 'half' } }), 201, 'InstrumentDraft');
  assert.deepEqual(draft.document, { id: 'half', version: 1 });
  assert.deepEqual(await listed('half'), {
    id: 'half', version: 1, title: words(''), description: words(''), default: false, codes: 0, kinds: [], own: false, draft: 1, retired: false, used: 0,
  });
  const wrong = written('half', { codes: [code('vraag', '1'), code('vraag', '2'), code('ander', 'm', { kind: 'smell' })] });
  const saved = await fits(save('half', wrong, draft.revision), 200, 'InstrumentDraftSaved');
  assert.ok(saved.revision > draft.revision);
  const fields = saved.problems.map((one) => one.field);
  assert.ok(fields.includes('codes[1].id') && fields.some((one) => one.startsWith('codes[2]')), JSON.stringify(saved.problems));
  assert.ok(saved.problems.every((one) => one.line === null));
  const refused = await call(server, 'POST', '/api/instruments/half/publish', { body: { seen: saved.revision } });
  assertRefused(refused, 400, 'publishing it');
  assert.equal(refused.json().error.field, fields[0]);
  assert.deepEqual((await get('half', 'draft')).body, { document: wrong, revision: saved.revision, saved_at: saved.saved_at });
  const right = await fits(save('half', written('half'), saved.revision), 200, 'InstrumentDraftSaved');
  assert.deepEqual(right.problems, []);
  assert.deepEqual((await listed('half')).kinds, ['point', 'state']);
});

test('a draft cannot be chosen for a visit, nor read as a version', async () => {
  assert.equal((await visit(['half'])).status, 400);
  for (const version of [undefined, 1]) assert.equal((await get('half', version)).status, 404, `${version}`);
  for (const version of ['0', 'x', '1.5', '-1', '']) assert.equal((await get('half', version)).status, 400, version);
});

test('of two coaches who save at once one is told', async () => {
  const { body: { revision } } = await get('half', 'draft', other);
  const answers = await Promise.all([
    save('half', written('half', { title: words('Van Anna') }), revision), save('half', written('half', { title: words('Van Bert') }), revision, other),
  ]);
  assert.deepEqual(answers.map((one) => one.status).sort(), [200, 409]);
  const won = answers.find((one) => one.status === 200).body;
  const lost = answers.find((one) => one.status === 409).body;
  assert.equal(lost.error.code, 'conflict');
  const { body: now } = await get('half', 'draft');
  assert.equal(now.revision, won.revision);
  assert.equal(now.document.title.nl, answers[0].status === 200 ? 'Van Anna' : 'Van Bert');
  assert.equal((await publish('half', revision, other)).status, 409, 'publishing what was not seen');
  // Not for a draft that came in the place of the one that was seen, either.
  await other.good('DELETE', '/api/instruments/half/draft');
  assert.equal((await save('half', written('half'), now.revision)).status, 404);
  await begin(written('half'), other);
  assert.equal((await save('half', written('half'), now.revision)).status, 409);
  await server.good('DELETE', '/api/instruments/half/draft');
});

test('an id is used once', async () => {
  for (const [document, status] of [
    [written('snelle-start'), 409], [{ ...written('x'), id: 'Niet Goed' }, 400], [{ ...written('x'), id: undefined }, 400], [{ ...written('x'), id: 7 }, 400],
  ]) assert.equal((await server.ask('POST', '/api/instruments', { document })).status, status, JSON.stringify(document.id));
  await begin(written('eens'));
  assert.equal((await other.ask('POST', '/api/instruments', { document: written('eens') })).status, 409);
  const renamed = await save('eens', written('anders'), (await get('eens', 'draft')).body.revision);
  assert.equal(renamed.status, 400);
  assert.equal(renamed.body.error.field, 'id');
  await server.good('DELETE', '/api/instruments/eens/draft');
  assert.equal(await listed('eens'), undefined);
});

test('an old visit keeps its version and its observations', async () => {
  assert.equal(await made(written('onze')), 1);
  const { body: old } = await visit(['onze']);
  await server.good('POST', `/api/visits/${old.id}/start`, {});
  const observed = async (id, name) => (await server.good('POST', `/api/visits/${id}/operations`, { operations: [tap({ instrument: 'onze', code: name })] })).results[0].status;
  assert.equal(await observed(old.id, 'vraag'), 'applied');

  const draft = await begin(written('onze', { version: 2, codes: [code('open-vraag', '1'), code('wachten', '2', { kind: 'state' })] }));
  assert.equal(draft.document.version, 2);
  const saved = await fits(save('onze', draft.document, draft.revision), 200, 'InstrumentDraftSaved');
  assert.equal(saved.problems[0].field, 'became');
  const refused = await publish('onze', saved.revision);
  assert.equal(refused.status, 400);
  assert.equal(refused.body.error.field, 'became');
  assert.match(refused.body.error.message, /“vraag”/);

  const mapped = { ...draft.document, format: 2, became: { from: 1, codes: { vraag: 'open-vraag' } } };
  const better = await fits(save('onze', mapped, saved.revision), 200, 'InstrumentDraftSaved');
  assert.deepEqual(better.problems, []);
  assert.equal((await fits(publish('onze', better.revision), 200, 'InstrumentPublished')).version, 2);
  assert.equal((await get('onze', 'draft')).status, 404);
  assert.deepEqual((await fits(get('onze'), 200, 'Instrument')), mapped);
  assert.equal((await get('onze', 1)).body.version, 1);
  assert.equal((await get('onze', 3)).status, 404);

  const { body: fresh } = await visit(['onze']);
  await server.good('POST', `/api/visits/${fresh.id}/start`, {});
  const held = async (id) => (await server.good('GET', `/api/visits/${id}/instruments/onze`)).version;
  await server.good('PATCH', `/api/visits/${old.id}`, { instruments: ['snelle-start', 'onze'] });
  assert.deepEqual([await held(old.id), await held(fresh.id)], [1, 2]);
  assert.equal(await observed(old.id, 'vraag'), 'applied', 'the old one goes on with its own codes');
  assert.equal(await observed(old.id, 'open-vraag'), 'refused');
  assert.equal(await observed(fresh.id, 'vraag'), 'refused');
  assert.equal(await observed(fresh.id, 'open-vraag'), 'applied');
  const { observations } = await server.good('GET', `/api/visits/${old.id}/observations`);
  assert.deepEqual(observations.map((one) => one.code), ['vraag', 'vraag']);
  const summary = await listed('onze');
  assert.deepEqual([summary.version, summary.used, summary.own], [2, 2, true]);
});

test('a bundled kijkwijzer gets a version of the school, which takes its place', async () => {
  const bundled = (await get('klassenmanagement')).body;
  const draft = await begin({ ...bundled, version: bundled.version + 1, title: words('Onze orde', 'Our order') });
  assert.deepEqual([(await listed('klassenmanagement')).draft, (await listed('klassenmanagement')).own], [bundled.version + 1, false]);
  await fits(publish('klassenmanagement', draft.revision), 200, 'InstrumentPublished');
  const { version, title, own, draft: none } = await listed('klassenmanagement');
  assert.deepEqual({ version, title, own, none }, { version: bundled.version + 1, title: words('Onze orde', 'Our order'), own: true, none: null });
  assert.deepEqual((await get('klassenmanagement', bundled.version)).body, bundled, 'the one before stays');
});

test('a retired one is not offered, and stays readable where it is used', async () => {
  const { body: used } = await visit(['onze']);
  for (let i = 0; i < 2; i++) await fits(retire('onze', true), 200, 'InstrumentRetired');
  assert.equal((await listed('onze')).retired, true);
  for (const who of rest) assert.equal(await listed('onze', who), undefined);
  assert.equal((await visit(['onze'])).status, 400);
  assert.equal((await server.good('GET', `/api/visits/${used.id}/instruments/onze`)).version, 2);
  assert.equal((await get('onze', undefined, rest[0])).status, 200, 'whoever has a visit with it');
  const changed = await server.ask('PATCH', `/api/visits/${used.id}`, { title: 'Anders', instruments: ['onze'] });
  assert.equal(changed.status, 200, JSON.stringify(changed.body));
  await server.good('POST', '/api/instruments/onze/retire', { retired: false });
  assert.equal((await visit(['onze'])).status, 201);
  assert.equal((await retire('bestaat-niet', true)).status, 404);
  await begin(written('nog-niet'));
  assert.equal((await retire('nog-niet', true)).status, 404, 'only a draft');
});

test('without the default one a new visit begins with nothing', async () => {
  await retire('snelle-start', true);
  assert.deepEqual((await server.good('POST', '/api/visits', { title: 'Zonder' })).instruments, []);
  await retire('snelle-start', false);
  assert.deepEqual((await server.good('POST', '/api/visits', { title: 'Met' })).instruments, ['snelle-start']);
});

test('a text is checked whole, with its lines', async () => {
  const good = JSON.stringify(written('van-elders'), null, 2);
  const right = await fits(server.ask('POST', '/api/instruments/check', { text: good }), 200, 'InstrumentChecked');
  assert.deepEqual(right, { problems: [], document: written('van-elders') });
  const lines = good.split('\n');
  const bad = good.replace('"key": "2"', '"key": "1"').replace('"color": "#009E73"', '"color": "#123456"');
  const wrong = await fits(server.ask('POST', '/api/instruments/check', { text: bad }), 200, 'InstrumentChecked');
  assert.equal(wrong.document, null);
  const where = Object.fromEntries(wrong.problems.map((one) => [one.field, one.line]));
  assert.deepEqual(where, { 'domains[0].color': lines.findIndex((line) => line.includes('#009E73')) + 1, 'codes[1].key': lines.findIndex((line) => line.includes('"key": "2"')) + 1 });
  const broken = good.replace('"subjects": []', '"subjects": [');
  const [problem] = (await fits(server.ask('POST', '/api/instruments/check', { text: broken }), 200, 'InstrumentChecked')).problems;
  assert.equal(problem.field, '');
  assert.ok(problem.line >= lines.length - 1, JSON.stringify(problem));
  for (const text of ['', 'x', '[]', '"x"', 'null', '1']) {
    const { problems, document } = await fits(server.ask('POST', '/api/instruments/check', { text }), 200, 'InstrumentChecked');
    assert.ok(problems.length === 1 && document === null, text);
  }
});

test('open pages of coaches are told of every change, and those of others of none', async () => {
  const heard = [];
  const elsewhere = [];
  let ready = 0;
  const listen = (list) => (event, data) => { if (event === 'hello') ready += 1; else if (event === 'instruments') list.push(data); };
  const stop = [other.follow('/api/events', listen(heard)), ...rest.map((who) => who.follow('/api/events', listen(elsewhere)))];
  await until(() => ready === 1 + rest.length, 5000, 'all streams are open');
  const told = async (what) => {
    await until(() => heard.length > 0, 5000, what);
    const [event] = heard.splice(0);
    assertFits(event, named('InstrumentsEvent'), what);
    assert.deepEqual(event, { id: 'gehoord' }, what);
  };
  const draft = await begin(written('gehoord'));
  await told('begun');
  const { body: { revision } } = await save('gehoord', draft.document, draft.revision);
  await told('saved');
  await publish('gehoord', revision);
  await told('published');
  await retire('gehoord', true);
  await told('retired');
  await begin(written('gehoord', { version: 2 }));
  await told('begun again');
  await server.good('DELETE', '/api/instruments/gehoord/draft');
  await told('thrown away');
  await save('gehoord', draft.document, revision);
  assert.deepEqual([heard, elsewhere], [[], []], 'what was refused');
  for (const end of stop) end();
});

test('the command line knows them too, beside a server', async () => {
  const list = command(['instrument', 'list', '--json', '--data', server.data]);
  assert.equal(list.status, 0, list.stderr);
  const found = Object.fromEntries(JSON.parse(list.stdout).instruments.map((one) => [one.id, one.version]));
  assert.deepEqual([found.onze, found['nog-niet'], found.gehoord], [2, undefined, undefined], 'neither drafts nor what was retired');
  const shown = command(['instrument', 'show', 'onze', '--json', '--data', server.data]);
  assert.deepEqual(JSON.parse(shown.stdout), (await get('onze')).body);
  assert.equal(command(['instrument', 'show', 'nog-niet', '--data', server.data]).status, 1);
});

test('all of it is there after a start anew', async () => {
  await server.kill('SIGTERM');
  await server.run();
  const { version, own, draft } = await listed('onze');
  assert.deepEqual({ version, own, draft }, { version: 2, own: true, draft: null });
  assert.equal((await listed('gehoord')).retired, true);
  assert.equal((await listed('nog-niet')).draft, 1);
});
