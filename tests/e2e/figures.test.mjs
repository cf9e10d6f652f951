// Cijfers in a real Chromium: what the page says is what a person counts by hand, and every figure is there on paper.
import test from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Server, tap, until } from '../lib/terugblik.mjs';
import { launch, open } from '../lib/browser.mjs';
import { atEverySize, looksWell, settled } from '../lib/looks.mjs';

const folder = mkdtempSync(join(tmpdir(), 'terugblik-figures-'));

let server, browser, karim, lesson, earlier, compared, nothing;

const point = (instrument, code, at, more = {}) => tap({ instrument, code, kind: 'point', at, ...more });
const state = (instrument, code, at, to, more = {}) => tap({ instrument, code, kind: 'state', at, ...(to === null ? {} : { until: to }), ...more });

async function send(who, visit, operations) {
  const { results } = await who.good('POST', `/api/visits/${visit.id}/operations`, { operations });
  assert.deepEqual(results.filter((one) => one.status !== 'applied'), []);
}

/** A lesson that was SECONDS long, with these observations. */
async function visited(title, seconds, instruments, operations, beside = []) {
  const visit = await server.good('POST', '/api/visits', { title, teacher: 'Sanne de Vries', group: 'groep 6', instruments });
  await server.good('POST', `/api/visits/${visit.id}/start`, {});
  await send(server, visit, operations);
  if (beside.length > 0) {
    await server.good('POST', `/api/visits/${visit.id}/observers`, { person: karim.person.id });
    await send(karim, visit, beside);
  }
  await server.good('POST', `/api/visits/${visit.id}/end`, {});
  execFileSync('sqlite3', [join(server.data, 'terugblik.db'), '.timeout 5000', `UPDATE visit SET started_wall = ended_wall - ${seconds}000000000 WHERE id = '${visit.id}'`]);
  return visit;
}

test.before(async () => {
  server = await Server.start();
  browser = await launch();
  await server.good('PATCH', '/api/settings', { school: 'OBS De Wilgen' });
  karim = await server.invite({ name: 'Karim Bos', roles: ['coach'] });
  const d = 'didactisch-handelen';
  // Ten minutes. Begrip at 60, 120, 300, 500; a turn 4, 6 and 20 s after the first three, and nothing after the last.
  lesson = await visited('Breuken vergelijken', 600, ['lesfasen', d, 'pedagogisch-handelen', 'betrokkenheid', 'kijkwijzer-drie-domeinen'], [
    state('lesfasen', 'instructie', 0, 240), state('lesfasen', 'zelfstandige-verwerking', 240, 600),
    ...[60, 120, 300, 500].map((at) => point(d, 'begrip', at)),
    point(d, 'beurt', 64, { subject: 'leerling' }), point(d, 'beurt', 126, { subject: 'klas' }), point(d, 'beurt', 320, { subject: 'leerling' }),
    state(d, 'wachttijd', 60, 63), state(d, 'wachttijd', 120, 123), state(d, 'verlengde-instructie', 360, null),
    point('pedagogisch-handelen', 'compliment', 200),
    // Asked at 60, 120 … 600: seven answered, three missed.
    ...[60, 120, 180, 240].map((at) => tap({ instrument: 'betrokkenheid', code: 'de-meesten', kind: 'interval', at })),
    ...[300, 360, 420].map((at) => tap({ instrument: 'betrokkenheid', code: 'een-paar', kind: 'interval', at })),
    tap({ instrument: 'kijkwijzer-drie-domeinen', code: 'doel-helder', kind: 'rating', at: 590, rating: 3 }),
    tap({ instrument: 'kijkwijzer-drie-domeinen', code: 'fouten-mogen', kind: 'rating', at: 590, rating: null }),
  ]);
  // Twenty minutes: six turns, so 3 per 10 minutes.
  earlier = await visited('Breuken, begin', 1200, [d], [100, 200, 300, 400, 500, 600].map((at) => point(d, 'beurt', at)));
  // Both saw four; of these one differs in code; each saw one alone.
  compared = await visited('Begrijpend lezen', 300, ['snelle-start'],
    [...[10, 50, 90].map((at) => point('snelle-start', 'compliment', at)), point('snelle-start', 'bijsturen', 130), point('snelle-start', 'begrip', 200)],
    [...[11, 51, 89].map((at) => point('snelle-start', 'compliment', at)), point('snelle-start', 'begrip', 130.5), point('snelle-start', 'lesdoel', 250)]);
  nothing = await server.good('POST', '/api/visits', { title: 'Nog niets', instruments: ['snelle-start'] });
});

test.after(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const figuresOf = (visit) => `/bezoeken/${visit.id}/cijfers`;
const plain = (text) => text.replace(/\s+/g, ' ').trim();

const there = '[data-figure], .empty, main .card';

async function look(visit, options = {}) {
  const page = await open(browser, server, figuresOf(visit), 'desktop', options);
  await page.locator(there).first().waitFor();
  await settled(page);
  return page;
}

/** The rows of a figure's table: {name: [cells]}. It is there for a screen reader before anything is pressed. */
async function table(page, figure) {
  const rows = await page.$$eval(`#table-${figure} tbody tr`, (list) => list.map((row) => [...row.children].map((one) => one.textContent.replace(/\s+/g, ' ').trim())));
  return Object.fromEntries(rows.map(([name, ...cells]) => [name, cells]));
}

const say = async (page, figure) => plain(await page.locator(`[data-figure=${figure}] .figure-say`).allInnerTexts().then((all) => all.join(' ')));

test('what the page says is what one counts by hand', async () => {
  const page = await look(lesson);
  const counts = await table(page, 'counts');
  assert.deepEqual(counts['Controleert of de leerlingen het begrijpen'].slice(0, 2), ['4', '0,40']);
  assert.deepEqual(counts['Geeft een beurt'].slice(0, 2), ['3', '0,30']);
  // Between 60, 120, 300 and 500 lie 60, 180 and 200 s; the middle is 180.
  assert.equal(counts['Controleert of de leerlingen het begrijpen'][2], '3:00 min');
  const shares = await table(page, 'shares');
  // Wachttijd twice 3 s of 600; the extra instruction from 360 to the end, because nobody stopped it.
  assert.deepEqual(shares['Wachttijd na een vraag'].slice(0, 4), ['1,0%', '0:06', '2', '3,0 s']);
  assert.deepEqual(shares['Verlengde instructie'].slice(0, 3), ['40%', '4:00', '1']);
  assert.match(await page.locator('[data-test=remarks]').innerText(), /1 code die duurt is niet gestopt; die telt door tot het eind van de les\./);
  assert.match(await say(page, 'lesson'), /in 10:00/);
  assert.equal((await table(page, 'lesson'))['Geeft een beurt'][1], '1:04, 2:06, 5:20');
  // Per minute: one in 1–2, 2–3, 5–6 and 8–9.
  const rate = await table(page, 'rate');
  const heads = await page.$$eval('#table-rate thead th', (list) => list.map((one) => one.textContent.trim()));
  const place = heads.indexOf('Controle begrip') - 1;
  assert.deepEqual(Object.values(rate).map((cells) => Number(cells[place])), [0, 1, 1, 0, 0, 1, 0, 0, 1, 0]);
  const asked = await say(page, 'intervals-betrokkenheid-elke-minuut');
  assert.match(asked, /10 keer gevraagd, 7 keer beantwoord\. 3 keer gemist/);
  const scores = await table(page, 'ratings');
  assert.deepEqual(scores['Het lesdoel is helder voor de leerlingen'].slice(1, 2), ['3']);
  assert.equal(await page.locator('[data-figure=ratings] .apart').count(), 1);
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test('how long until the next: chosen, counted, and what did not come', async () => {
  const page = await look(lesson);
  await page.selectOption('select[name=latency-from]', 'didactisch-handelen/begrip');
  await page.selectOption('select[name=latency-to]', 'didactisch-handelen/beurt');
  await until(async () => /3 van de 4 keer een ‘Geeft beurt’/.test(await say(page, 'latency')));
  // 4, 6 and 20 s.
  assert.match(await say(page, 'latency'), /De helft van de keren binnen 6,0 s; het kortst 4,0 s, het langst 20 s\. 1 keer kwam er binnen 30 s niets\./);
  await page.selectOption('select[name=within]', '10');
  await until(async () => /2 van de 4 keer/.test(await say(page, 'latency')));
  await page.selectOption('select[name=during]', 'lesfasen/instructie');
  // Inside the first four minutes: 60 and 120; outside 300 and 500 in six.
  await until(async () => (await table(page, 'during'))['Controleert of de leerlingen het begrijpen']?.join(' ') === '2 2 0,50 0,33');
  await page.context().close();
});

test('a part of the lesson, somebody, a domain', async () => {
  const page = await look(lesson);
  await page.selectOption('select[name=part]', '0-240');
  await until(async () => (await table(page, 'counts'))['Controleert of de leerlingen het begrijpen']?.slice(0, 2).join(' ') === '2 0,50');
  await page.selectOption('select[name=part]', 'whole');
  await page.selectOption('select[name=subject]', 'leerling');
  await until(async () => Object.keys(await table(page, 'counts')).join() === 'Geeft een beurt' && (await table(page, 'counts'))['Geeft een beurt'][0] === '2');
  await page.selectOption('select[name=subject]', '');
  await until(async () => 'Geeft een compliment' in await table(page, 'counts') || Object.keys(await table(page, 'counts')).length === 3);
  await page.locator('[data-domain=pedagogisch-handelen]').click();
  await until(async () => Object.keys(await table(page, 'counts')).length === 2);
  await page.context().close();
});

test('when counting fails the choice goes back to that of the numbers', async () => {
  const page = await look(lesson);
  await page.route('**/budget?**', (route) => route.abort());
  await page.selectOption('select[name=part]', '0-240');
  await page.locator('.toast.error').waitFor();
  assert.equal(await page.locator('select[name=part]').inputValue(), 'whole');
  assert.deepEqual((await table(page, 'counts'))['Controleert of de leerlingen het begrijpen'].slice(0, 2), ['4', '0,40']);
  await page.unroute('**/budget?**');
  await page.selectOption('select[name=part]', '0-240');
  await until(async () => (await table(page, 'counts'))['Controleert of de leerlingen het begrijpen']?.slice(0, 2).join(' ') === '2 0,50');
  assert.equal(await page.locator('select[name=part]').inputValue(), '0-240');
  await page.context().close();
});

test('beside another visit to the same teacher', async () => {
  const page = await look(lesson);
  await page.selectOption('select[name=other-visit]', earlier.id);
  // Three in ten minutes, and six in twenty.
  await until(async () => (await table(page, 'visits'))['Geeft een beurt']?.join(' ') === '3,0 3,0');
  assert.equal((await table(page, 'visits'))['Controleert of de leerlingen het begrijpen'][0], '4,0');
  await page.context().close();
});

test('two observers: not before it is opened, then each pair with a link to that moment', async () => {
  let page = await look(compared, { as: karim });
  assert.equal(await page.locator('[data-figure=observers] .match').count(), 0);
  await page.context().close();
  await server.good('POST', `/api/visits/${compared.id}/observers/open`, {});
  page = await look(compared);
  await page.locator('[data-figure=observers] .match').first().waitFor();
  assert.equal(plain(await page.locator('[data-test=matches-text]').innerText()), '3 keer hetzelfde, 1 keer een andere code, 2 keer alleen door een van beiden gezien.');
  // What only the other used has a row and its own name too, and every tie ends at a row.
  const drawn = page.locator('[data-figure=observers] svg:has(.tie)').first();
  assert.match(await drawn.textContent(), /Karim Bos: Bespreekt het lesdoel/);
  for (const tie of await drawn.locator('.tie').evaluateAll((all) => all.map((one) => one.getAttribute('d')))) assert.doesNotMatch(tie, /NaN|-/);
  assert.ok(!(await page.locator('.matches').innerText()).includes('lesdoel'), 'no id in place of a name');
  // Three alike of six; of the four pairs three.
  const value = (id) => page.locator(`[data-statistic=${id}] .big`).innerText();
  assert.equal(await value('percent'), '50%');
  assert.equal(await value('percent-pairs'), '75%');
  assert.match(await page.locator('[data-statistic=percent]').innerText(), /met dezelfde code\?[^]*Toeval is er niet af/);
  assert.equal(await page.locator('.match[data-result=missed]').count(), 2);
  await page.locator('[data-choose=result-other-code]').click();
  assert.equal(await page.locator('.match:visible').count(), 1);
  await page.locator('.match[data-result=other-code] a').first().click();
  await page.waitForURL(/terugkijken\?t=130/);
  await page.context().close();
});

test('a mark leads to its moment', async () => {
  const page = await look(lesson);
  await page.locator('[data-figure=lesson] .mark[data-at="64"]').click();
  await page.waitForURL(/terugkijken\?t=64/);
  await page.locator('[data-test=to-figures]').click();
  await page.waitForURL(/\/cijfers$/);
  await page.context().close();
});

test('nothing yet: it says what to do', async () => {
  const page = await look(nothing);
  assert.match(await page.locator('main').innerText(), /Er is nog niets om te tellen/);
  assert.equal(await page.locator('[data-figure]').count(), 0);
  await page.context().close();
});

test('looks well at every size, with and without tables', async () => {
  const press = { of: 'main button, main a.button, main select', height: 47.5, width: 0 };
  for (const visit of [lesson, compared, nothing]) {
    for (const shown of visit === nothing ? [false] : [false, true]) {
      const prepare = (page) => shown && page.locator('[data-test=tables]').click();
      await atEverySize(browser, server, figuresOf(visit), { ready: there, prepare }, async (page, size, thorough) => {
        await looksWell(page, `${visit.title} at ${size} size`, { thorough, press });
        if (process.env.TB_SHOTS) await page.screenshot({ path: `${process.env.TB_SHOTS}/cijfers-${visit.title}-${shown ? 'tables-' : ''}${size}.png`, fullPage: true });
      });
    }
  }
});

test('in English', async () => {
  await server.good('PATCH', '/api/settings', { language: 'en' });
  const page = await look(lesson);
  assert.equal((await table(page, 'counts'))['Gives a turn'][1], '0.30');
  const text = await page.locator('main').innerText();
  assert.doesNotMatch(text, /\b(keer|les|observaties|niet)\b/);
  await page.context().close();
  await server.good('PATCH', '/api/settings', { language: 'nl' });
});

test('on paper: the head, every figure with its table, and no buttons', async () => {
  if (spawnSync('pdftotext', ['-v']).error) return;
  const page = await look(lesson);
  const file = join(folder, 'cijfers.pdf');
  await page.pdf({ path: file, preferCSSPageSize: true, printBackground: true });
  const text = plain(execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' }));
  for (const wanted of ['OBS De Wilgen', 'Sanne de Vries', 'Cijfers van Breuken vergelijken', 'Lesbeeld', 'Hoe vaak', 'Hoe lang', 'Elke minuut', 'Scores', 'Door de les heen', 'Per minuut', '1:04, 2:06, 5:20',
    'Alleen voor coaching, nooit voor een beoordeling.']) assert.ok(text.includes(wanted), `on paper: ${wanted}`);
  for (const button of ['Toon de cijfers', 'Afdrukken', 'Waar kijk je naar?']) assert.ok(!text.includes(button), `not on paper: ${button}`);
  await page.context().close();
});
