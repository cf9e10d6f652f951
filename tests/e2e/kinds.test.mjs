// Intervals, scores and what is said beside a code, on the pages that are not about tapping: what a teacher sees over the
// film, in the talk, and what the coach chooses from; and the ways to kijkwijzers and observers.
import test from 'node:test';
import assert from 'node:assert/strict';
import { Server, tap, until } from '../lib/terugblik.mjs';
import { launch, open } from '../lib/browser.mjs';
import { atEverySize, looksWell, settled } from '../lib/looks.mjs';

const words = (nl) => ({ nl, en: `${nl} (en)` });
const code = (id, kind, title, more = {}) => ({ id, domain: 'les', kind, title: words(title), short: words(title), lead: 2, lag: 2, help: { counts: words('Alles'), not: words('Niets') }, ...more });
const instrument = {
  format: 2, id: 'proef-soorten', version: 1, title: words('Proef met soorten'), description: words('Om te proberen.'), default: false,
  domains: [{ id: 'les', title: words('De les'), color: '#0072B2' }],
  codes: [
    code('vraag', 'point', 'Vraag', { modifiers: ['soort'] }),
    code('oplet', 'interval', 'Let op', { sampling: 'steeds' }),
    code('niets', 'interval', 'Niets te zien', { sampling: 'steeds' }),
    code('start', 'rating', 'Vlotte start', { scale: 'stappen' }),
  ],
  subjects: [{ id: 'groepje', title: words('Het groepje') }],
  modifiers: [{ id: 'soort', title: words('Soort'), type: 'one', choices: [{ id: 'open', title: words('open vraag') }, { id: 'dicht', title: words('gesloten vraag') }] }],
  scales: [{ id: 'stappen', title: words('Stappen'), steps: [{ value: 1, title: words('Een begin'), anchor: words('Soms') }, { value: 2, title: words('Op orde'), anchor: words('Vaak') }], not_applicable: true }],
  samplings: [{ id: 'steeds', title: words('Steeds kijken'), every: 1, rule: 'partial', many: false, none: 'niets' }],
};

let server, browser, visit, teacher, trainee;
const problems = [];

const observed = (fields) => tap({ instrument: instrument.id, observer: server.name ?? 'Test', ...fields });
const operations = (list) => server.good('POST', `/api/visits/${visit.id}/operations`, { operations: list });
const visible = (page, selector, ms = 15000) => page.locator(selector).first().waitFor({ timeout: ms });
const shot = async (page, name) => { if (process.env.TB_SHOTS) await page.screenshot({ path: `${process.env.TB_SHOTS}/${name}.png` }); };
const leave = async (page) => {
  problems.push(...page.problems.map((one) => `${page.url()} ${one}`));
  await page.context().close();
};

const faultless = (page, what, thorough = true) => looksWell(page, what, { thorough, press: null });

test.before(async () => {
  server = await Server.start();
  browser = await launch();
  teacher = await server.invite({ name: 'Sanne de Vries', roles: ['teacher'] });
  trainee = await server.invite({ name: 'Youssef Amrani', roles: ['trainee'] });
  const draft = await server.good('POST', '/api/instruments', { document: instrument });
  await server.good('POST', `/api/instruments/${instrument.id}/publish`, { seen: draft.revision });
  visit = await server.good('POST', '/api/visits', {
    title: 'Rekenen: breuken', teacher: 'Sanne de Vries', teacher_person: teacher.person.id, instruments: [instrument.id],
    sources: [{ uri: 'test:?width=640&height=360&fps=25', kind: 'video', name: 'Beeld' }],
  });
  await server.film(visit, 6);
  const question = observed({ code: 'vraag', kind: 'point', at: 3.2, subject: 'groepje', modifiers: { soort: 'open' } });
  const intervals = [0, 1, 2, 3, 4].map((at) => observed({ code: at < 3 ? 'oplet' : 'niets', kind: 'interval', at }));
  await operations([question, ...intervals, observed({ code: 'start', kind: 'rating', at: 3, rating: 2, evidence: [question.target_id] })]);
  await server.good('POST', `/api/visits/${visit.id}/end`, {});
  const until_ = new Date(Date.now() + 42 * 864e5).toISOString();
  await server.good('POST', `/api/visits/${visit.id}/releases`, { person: teacher.person.id, clip: null, purpose: 'coaching', until: until_, download: false });
});

test.after(async () => {
  await browser?.close();
  await server?.stop();
});

test('over the film the teacher sees what happened, and neither intervals nor scores, at every size', async () => {
  const prepare = async (page) => {
    await page.locator('[data-test=tab-seen]').click();
    await visible(page, '[data-observation]');
    assert.equal(await page.locator('[data-observation]').count(), 1);
    assert.match(await page.locator('[data-observation]').innerText(), /Vraag\s*Het groepje · open vraag/);
    assert.match(await page.locator('[data-test=tab-seen]').innerText(), /1$/);
    assert.equal(await page.locator('.mark.tapped').count(), 1);
    const captions = page.locator('[data-test=captions]');
    if (await captions.getAttribute('aria-pressed') !== 'true') await captions.click();
    await page.locator('input.scrub').evaluate((input) => { input.value = '3.5'; input.dispatchEvent(new Event('input')); });
    await visible(page, '.caption');
    assert.deepEqual(await page.locator('.caption').allInnerTexts(), ['Vraag · Het groepje · open vraag']);
    // Asked for, they are there: folded, in words, with what a score rests on.
    const scores = page.locator('[data-test=seen-scores]'), asked = page.locator('[data-test=seen-intervals]');
    assert.equal(await scores.locator('li').first().isVisible(), false);
    await asked.locator('summary').click();
    await scores.locator('summary').click();
    assert.match(await asked.innerText(), /Let op\s*3 van 5 keer[^]*Niets te zien\s*2 van 5 keer/);
    assert.match(await scores.innerText(), /Vlotte start\s*2 · Op orde/);
    await scores.locator('button').scrollIntoViewIfNeeded();
  };
  const finish = async (page) => {
    await page.locator('[data-test=seen-scores] button').click();
    await until(() => page.locator('input.scrub').inputValue().then((value) => Math.abs(Number(value) - 3.2) < 0.3), 15000, 'it goes to what the score rests on');
  };
  await atEverySize(browser, server, `/bezoeken/${visit.id}/bekijken`, { as: teacher, ready: 'input.scrub', prepare, finish }, async (page, size, thorough) => {
    await faultless(page, `Bekijken, ${size}`, thorough);
    await shot(page, `look-${size}`);
  });
});

test('preparing tells whose kijkwijzer it is and of what kinds, and leads on, at every size', async () => {
  const prepare = async (page) => {
    const groups = page.locator('.instruments');
    assert.equal(await groups.count(), 2);
    assert.match(await groups.first().innerText(), /Proef met soorten[^]*moment · om de zoveel tijd · score/);
    assert.doesNotMatch(await groups.last().innerText(), /Proef met soorten/);
    await groups.first().locator('button').click();
    await visible(page, '.instruments .codes');
    assert.match(await groups.first().innerText(), /Vlotte start\s*De les · score/);
    assert.equal(await page.locator('[data-test=to-instruments]').getAttribute('href'), '/kijkwijzers');
    assert.equal(await page.locator('[data-test=to-observers]').getAttribute('href'), `/bezoeken/${visit.id}/waarnemers`);
    await page.locator('[data-test=to-instruments]').scrollIntoViewIfNeeded();
  };
  await atEverySize(browser, server, `/bezoeken/${visit.id}/voorbereiden`, { ready: '[data-test=kinds]', prepare }, async (page, size, thorough) => {
    await faultless(page, `Voorbereiden, ${size}`, thorough);
    await shot(page, `prepare-${size}`);
  });
});

test('without the observations there are no scores either', async () => {
  const [release] = (await server.good('GET', `/api/visits/${visit.id}/releases`)).releases;
  await server.good('DELETE', `/api/visits/${visit.id}/releases/${release.id}`);
  const until_ = new Date(Date.now() + 42 * 864e5).toISOString();
  await server.good('POST', `/api/visits/${visit.id}/releases`, { person: teacher.person.id, clip: null, purpose: 'coaching', until: until_, download: false, taps: false });
  const page = await open(browser, server, `/bezoeken/${visit.id}/bekijken`, 'phone', { as: teacher });
  await visible(page, '[data-test=tab-seen]');
  await page.locator('[data-test=tab-seen]').click();
  await visible(page, '[data-test=bare]');
  assert.equal(await page.locator('[data-test=seen-scores], [data-test=seen-intervals], [data-observation]').count(), 0);
  await leave(page);
});

test('moments for the talk are chosen from what happened at its time', async () => {
  const page = await open(browser, server, `/bezoeken/${visit.id}/momenten`);
  await visible(page, '.moment-sources:last-of-type li');
  const taps = page.locator('.moment-sources').last();
  assert.equal(await taps.locator('li').count(), 1);
  assert.match(await taps.innerText(), /Vraag\s*Het groepje · open vraag/);
  await faultless(page, 'Momenten');
  await leave(page);
});

test('in the talk taps are shown when asked for, and scores are not', async () => {
  for (const [who, kind] of [[server, 'pride'], [teacher, 'improve']]) {
    await who.good('POST', `/api/visits/${visit.id}/moments`, { from: 2, to: 4.5, kind, title: 'De vraag' });
    await who.good('POST', `/api/visits/${visit.id}/talk/ready`, { ready: true });
  }
  await server.good('POST', `/api/visits/${visit.id}/talk/reveal`, {});
  await server.good('POST', `/api/visits/${visit.id}/talk/start`, {});
  const page = await open(browser, server, `/bezoeken/${visit.id}/nabespreking`);
  await visible(page, '[data-test=question-large]');
  assert.equal(await page.locator('[data-test=scores]').count(), 0);
  const { state, state_seq: seen } = (await server.good('GET', `/api/visits/${visit.id}/moments`)).talk;
  await server.good('POST', `/api/visits/${visit.id}/talk/state`, { seen, state: { ...state, scores: true } });
  await visible(page, '[data-test=scores] li');
  const text = await page.locator('[data-test=scores]').innerText();
  assert.match(text, /Vraag · Het groepje · open vraag/);
  assert.match(text, /Let op\s*1 van 3 keer[^]*Niets te zien\s*2 van 3 keer/);
  assert.doesNotMatch(text, /Vlotte start/);
  await shot(page, 'talk');
  await leave(page);
});

test('who observes along without a list of visits finds the way, and every link leads somewhere', async () => {
  const next = await server.good('POST', '/api/visits', { title: 'Taal: spelling', instruments: [instrument.id, 'snelle-start'] });
  await server.good('POST', `/api/visits/${next.id}/observers`, { person: trainee.person.id });
  await server.good('POST', `/api/visits/${next.id}/start`, {});
  const coach = await open(browser, server, `/bezoeken/${next.id}/opnemen`, 'phone');
  await coach.locator('[data-test=to-observers]').click();
  await coach.waitForURL(`**/bezoeken/${next.id}/waarnemers`);
  await leave(coach);

  const page = await open(browser, server, '/', 'phone', { as: trainee });
  await visible(page, '[data-test=beside-visits] a');
  const seen = new Set(), todo = ['/'];
  while (todo.length > 0) {
    const path = todo.pop();
    seen.add(path);
    await page.goto(path);
    await visible(page, 'main h1, main h2');
    await settled(page);
    assert.equal(await page.locator('[data-test=unknown], main [role=alert]').count(), 0, `${path} is there`);
    assert.doesNotMatch(await page.locator('main').innerText(), /Deze pagina bestaat niet|niet gevonden|mag je niet/i, path);
    for (const href of await page.$$eval('nav a, main a', (list) => list.map((one) => one.getAttribute('href'))))
      if (href?.startsWith('/') && !href.startsWith('/api') && !href.startsWith('/hulp') && !seen.has(href) && !todo.includes(href)) todo.push(href);
  }
  for (const name of ['opnemen', 'waarnemers']) assert.ok(seen.has(`/bezoeken/${next.id}/${name}`), `${name} is found: ${[...seen].join(' ')}`);
  assert.ok(!seen.has('/kijkwijzers'));
  await leave(page);
});

test('no page complained', () => assert.deepEqual(problems, []));
