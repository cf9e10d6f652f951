// Other programs' files in a real browser: read, mapped and taken over with a report of what could not be carried; written
// and read again; and searching in what was observed.
import test from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Server, sleep, tap, until } from '../lib/terugblik.mjs';
import { launch, open, sizes } from '../lib/browser.mjs';
import { long, looksWell, resize, settled } from '../lib/looks.mjs';

let server, browser;

test.before(async () => {
  server = await Server.start();
  browser = await launch();
});
test.after(async () => {
  await browser?.close();
  await server?.stop();
});

const behaviour = (code, type) => ({ type, key: '', code, description: '', category: '', modifiers: '', excluded: '', 'coding map': '' });
const observation = (date, events) => ({ file: {}, type: 'LIVE', date, description: '', 'time offset': 0, events, observation_time_interval: 0, independent_variables: {} });
const compliment = 'Compliment gericht op gedrag';

/** A project with two lessons; in the second is an event that has no time. */
const project = {
  time_format: 'hh:mm:ss', project_date: '2026-01-12T08:00:00', project_name: 'Proefproject', project_description: '', project_format_version: '7.0',
  subjects_conf: { 0: { key: '', name: 'Noor', description: '' } },
  behaviors_conf: { 0: behaviour(compliment, 'Point event'), 1: behaviour('Uitleg geven', 'State event'), 2: behaviour('Gapen', 'Point event'), 3: behaviour('Krabbelen', 'Point event') },
  observations: {
    'les A': observation('2026-01-12T09:00:00', [[1.5, 'Noor', compliment, '', 'mooi gezegd'], [4, '', 'Uitleg geven', '', ''], [9.25, '', 'Uitleg geven', '', ''], [12, 'Noor', 'Gapen', '', ''], [13, '', 'Krabbelen', '', '']]),
    'les B': observation('2026-01-13T09:00:00', [[2, '', compliment, '', ''], ['geen tijd', '', 'Gapen', '', '']]),
  },
  independent_variables: {}, coding_map: {}, behaviors_coding_map: [], converters: {},
};

const file = (name, text) => ({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(text) });
const T = (page, name) => page.locator(`[data-test=${name}]`);
const step = (page, name) => page.locator(`[data-step=${name}]`).waitFor();
const observations = async (visit) => (await server.good('GET', `/api/visits/${visit}/observations`)).observations;

async function choose(page, ...files) {
  await T(page, 'choose-file').waitFor();
  await page.setInputFiles('#import-file', files);
}

/** Through the last steps; gives the ids of the visits that were made. */
async function takeOver(page) {
  while (!(await T(page, 'take').isVisible())) await T(page, 'next').click();
  await T(page, 'take').click();
  await T(page, 'done').waitFor();
  return page.$$eval('[data-made]', (list) => list.map((one) => one.dataset.made));
}

test('a BORIS project: lessons are chosen, codes mapped, and what was not carried is said', async () => {
  const used = await server.good('GET', '/api/instruments/snelle-start');
  await server.good('POST', '/api/instruments', { document: { ...used, id: 'alleen-ontwerp', version: 1, default: false } });
  const page = await open(browser, server, '/bezoeken', 'phone');
  await T(page, 'to-import').click();
  await choose(page, file('proef.boris', JSON.stringify(project)));
  await step(page, 'sets');
  assert.match(await T(page, 'found').innerText(), /proef\.boris[\s\S]*BORIS[\s\S]*Proefproject[\s\S]*Noor/);
  // What was read is still there when the page is loaded anew.
  await page.reload();
  await step(page, 'sets');
  assert.match(await T(page, 'found').innerText(), /Proefproject/);
  // Nothing chosen is not gone on with.
  await T(page, 'sets-none').click();
  await T(page, 'next').click();
  assert.match(await T(page, 'hint').innerText(), /ten minste één les/);
  await T(page, 'sets-all').click();
  assert.ok(await T(page, 'where-existing').isDisabled(), 'two lessons cannot go into one visit');
  await T(page, 'next').click();

  await step(page, 'codes');
  const select = (code) => page.locator(`select[data-foreign="${code}"]`);
  await until(async () => /Snelle start/.test(await select(compliment).locator('option:checked').innerText()), 15000, 'a proposal');
  assert.equal(await select(compliment).inputValue(), 'proposal');
  assert.equal(await select('Gapen').inputValue(), 'new');
  await select('Uitleg geven').selectOption('other');
  assert.equal(await page.locator('[data-test=pick-instrument] option[value=alleen-ontwerp]').count(), 0, 'of a draft there is nothing to choose');
  await page.locator('[data-test=pick-instrument]').selectOption('snelle-start');
  await page.locator('[data-pick=instructie]').or(page.locator('dialog.pick-code [data-pick]').filter({ hasText: 'Instructie' })).first().click();
  assert.match(await select('Uitleg geven').locator('option:checked').innerText(), /^Instructie.*\(Snelle start\)$/);
  await select('Krabbelen').selectOption('out');
  assert.match(await T(page, 'codes-tally').innerText(), /^2 bij een kijkwijzer · 1 nieuw · 1 weggelaten$/);
  // All at once, and back with one press.
  await T(page, 'bulk-out').click();
  assert.match(await T(page, 'codes-tally').innerText(), /^0 .* 4 weggelaten$/);
  await page.locator('.toast button', { hasText: 'Ongedaan' }).click();
  assert.match(await T(page, 'codes-tally').innerText(), /^2 bij een kijkwijzer · 1 nieuw · 1 weggelaten$/);
  await T(page, 'next').click();

  await step(page, 'summary');
  assert.match(await T(page, 'summary').innerText(), /2 bezoeken[\s\S]*1 kon Terugblik niet lezen[\s\S]*2 codes worden codes van ‘Snelle start’[\s\S]*nieuwe kijkwijzer[\s\S]*1 code laat je weg/);
  const made = await takeOver(page);
  assert.equal(made.length, 2);
  // 7 rows: one has no time, one has a code that is left out.
  assert.equal(await T(page, 'loss-total').innerText(), '5 van 7 observaties overgenomen.');
  const dropped = await page.locator('[data-loss=dropped]').innerText();
  assert.match(dropped, /Een observatie zonder tijd: de tijd is geen getal\./);
  assert.match(dropped, /Een observatie van een code die je weglaat/);
  assert.match(dropped, /les “les B”, regel 2/);
  assert.doesNotMatch(await T(page, 'loss').innerText(), /\b(the|its|an|was|without) [a-z]/, 'the report is Dutch');
  const [download] = await Promise.all([page.waitForEvent('download'), T(page, 'save-report').click()]);
  assert.match(readFileSync(await download.path(), 'utf8'), /proef\.boris \(BORIS\)[\s\S]*5 van 7 observaties[\s\S]*- Een observatie zonder tijd[\s\S]*les A: 3 observaties/);

  const seen = await observations(made[0]);
  assert.deepEqual(seen.map((one) => [one.instrument, one.code, one.at, one.until]).slice(0, 2), [['snelle-start', 'compliment', 1.5, null], ['snelle-start', seen[1].code, 4, 9.25]]);
  assert.match(seen[2].instrument, /^import-/);
  assert.equal(seen[0].note, 'mooi gezegd');
  await page.locator(`[data-made="${made[0]}"]`).click();
  await page.locator('tb-observation-list').getByText('mooi gezegd').waitFor();
  assert.equal(await page.locator('.review-head h1').innerText(), 'les A');
  // The same file once more: it is said that these lessons are there already.
  await page.goto('/importeren');
  await choose(page, file('proef.boris', JSON.stringify(project)));
  await step(page, 'sets');
  await until(async () => (await T(page, 'alike').count()) === 2, 15000, 'both lessons are found to be there');
  assert.match(await T(page, 'alike').first().innerText(), /Er is al een bezoek met deze naam, van .* met 3 observaties/);
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test('a table of which the columns must be said, into a visit that is there', async () => {
  const visit = await server.good('POST', '/api/visits', { title: 'Al begonnen' });
  await server.good('POST', `/api/visits/${visit.id}/start`);
  const page = await open(browser, server, '/importeren', 'tablet');
  await choose(page, file('eigen.csv', 'moment;gezien;zeker;opmerk\n3,5;lachen;ja;hardop\n7;huilen;nee;\n'), file('nog een.csv', 'start,code\n1,lachen\n'));
  await step(page, 'columns');
  assert.deepEqual(await page.locator('table.rows tbody tr').first().locator('td').allInnerTexts(), ['3,5', 'lachen', 'ja', 'hardop']);
  await T(page, 'apply-columns').click();
  assert.match(await T(page, 'columns-problem').innerText(), /begintijd/);
  const column = (name) => page.locator(`select[data-column=${name}]`);
  await column('moment').selectOption('start');
  await column('gezien').selectOption('code');
  await column('zeker').selectOption('code');
  await T(page, 'apply-columns').click();
  assert.match(await T(page, 'columns-problem').innerText(), /‘gezien’ en ‘zeker’/);
  await column('zeker').selectOption('modifier');
  await column('opmerk').selectOption('comment');
  await T(page, 'apply-columns').click();
  await step(page, 'sets');
  await T(page, 'where-existing').check();
  // Back to the columns and on again: what was chosen is still chosen.
  await T(page, 'back').click();
  await step(page, 'columns');
  await T(page, 'apply-columns').click();
  await step(page, 'sets');
  assert.ok(await T(page, 'where-existing').isChecked());
  await T(page, 'next').click();
  assert.match(await T(page, 'hint').innerText(), /Kies een bezoek/);
  await page.locator(`[data-test=into-visit] option[value="${visit.id}"]`).waitFor({ state: 'attached' });
  await T(page, 'into-visit').selectOption(visit.id);
  assert.deepEqual(await takeOver(page), [visit.id]);
  assert.equal(await T(page, 'loss-total').innerText(), '2 van 2 observaties overgenomen.');
  assert.deepEqual((await observations(visit.id)).map((one) => [one.at, one.code, one.modifiers, one.note]), [[3.5, 'lachen', { zeker: 'ja' }, 'hardop'], [7, 'huilen', { zeker: 'nee' }, '']]);
  // The second of the two that were chosen waits its turn.
  await T(page, 'another').click();
  await T(page, 'next-file').click();
  await T(page, 'found').waitFor();
  assert.match(await T(page, 'found').innerText(), /nog een\.csv/);
  // Back to the first step with one file leaves the others waiting.
  await T(page, 'back').click();
  await choose(page, file('eigen.csv', 'moment;gezien\n3,5;lachen\n'), file('nog een.csv', 'start,code\n1,lachen\n'));
  await step(page, 'columns');
  await T(page, 'back').click();
  await T(page, 'next-file').waitFor();
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test('what cannot be read is said in one sentence, with what to do; sending can be stopped', async () => {
  const page = await open(browser, server, '/importeren');
  for (const [name, text, says] of [
    ['raar.bin', '\u0001\u0002', /herkent ‘raar\.bin’ niet.*CSV/], ['les.mp4', 'x', /Films en geluid/], ['leeg.csv', '', /leeg/],
    ['kapot.boris', '{"project_format_version": "7.0", "observations"', /beschadigd of niet af/], ['kijk.json', JSON.stringify({ format: 1, domains: [], codes: [] }), /kijkwijzer/],
  ]) {
    await choose(page, file(name, text));
    await until(async () => says.test(await T(page, 'file-problem').innerText().catch(() => '')), 5000, name);
  }
  assert.equal(await T(page, 'file-problem').locator('a').getAttribute('href'), '/kijkwijzers');
  let go;
  const held = new Promise((done) => { go = done; });
  await page.route('**/api/imports?*', async (route) => {
    await held;
    await route.continue().catch(() => {});
  });
  await choose(page, file('groot.csv', 'start,code\n1,a\n'));
  await T(page, 'cancel-sending').click();
  await T(page, 'choose-file').waitFor();
  assert.equal(await T(page, 'file-problem').count(), 0);
  go();
  await page.unroute('**/api/imports?*');
  // Dropped instead of chosen.
  const dropped = await page.evaluateHandle(() => {
    const data = new DataTransfer();
    data.items.add(new File(['start,code\n1,a\n'], 'gesleept.csv'));
    return data;
  });
  await T(page, 'drop').dispatchEvent('drop', { dataTransfer: dropped });
  await T(page, 'found').waitFor();
  assert.match(await T(page, 'found').innerText(), /gesleept\.csv/);
  // The browser itself writes of every refusal.
  assert.deepEqual(page.problems.filter((one) => !/status of (400|409)|ERR_FAILED/.test(one)), []);
  await page.context().close();
});

test('a visit is written for two other programs, and read again as it was', async () => {
  const visit = await server.good('POST', '/api/visits', { title: 'Heen en weer' });
  await server.good('POST', `/api/visits/${visit.id}/start`);
  await server.good('POST', `/api/visits/${visit.id}/operations`, { operations: [
    tap({ instrument: 'snelle-start', code: 'compliment', tapped_at: null, at: 2.5, note: 'Zo "mooi"; echt' }),
    tap({ instrument: 'snelle-start', code: 'wachttijd', kind: 'state', tapped_at: null, at: 4, until: 7.25 }),
    tap({ instrument: 'snelle-start', code: 'compliment', tapped_at: null, at: 9, note: 'één café' })] });
  await server.good('POST', `/api/visits/${visit.id}/end`);
  const before = (await observations(visit.id)).map((one) => [one.instrument, one.code, one.at, one.until, one.note]);
  assert.equal(before.length, 3);
  const page = await open(browser, server, `/bezoeken/${visit.id}/terugkijken`);
  for (const format of ['boris', 'csv-excel']) {
    await page.goto(`/bezoeken/${visit.id}/terugkijken`);
    await T(page, 'export').click();
    await page.locator(`input[name=format][value=${format}]`).check();
    await T(page, 'export-file').waitFor();
    assert.equal(await page.locator('tb-export-dialog [data-test=loss-total]').innerText(), '3 van 3 observaties gaan mee.');
    const [download] = await Promise.all([page.waitForEvent('download'), T(page, 'export-file').click()]);
    const name = download.suggestedFilename();
    assert.match(name, /^Heen en weer\.(boris|csv)$/);
    await page.goto('/importeren');
    await choose(page, { name, mimeType: 'application/octet-stream', buffer: readFileSync(await download.path()) });
    await T(page, 'found').waitFor();
    const made = await takeOver(page);
    assert.deepEqual((await observations(made[0])).map((one) => [one.instrument, one.code, one.at, one.until, one.note]), before, format);
    assert.equal(await page.locator('[data-loss=dropped]').count(), 0);
  }
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test('searching finds a note by a word without its accent, and opens it there', async () => {
  const visit = await server.good('POST', '/api/visits', { title: 'Zoeken maar' });
  await server.good('POST', `/api/visits/${visit.id}/start`);
  await server.good('POST', `/api/visits/${visit.id}/operations`, { operations: [
    tap({ tapped_at: null, at: 90, note: 'Wat een prachtige coördinatie van het groepje' }), tap({ tapped_at: null, at: 120, note: 'iets anders' })] });
  await server.good('POST', `/api/visits/${visit.id}/end`);
  const page = await open(browser, server, '/bezoeken', 'phone');
  const search = page.locator('input[type=search]').first();
  await until(async () => {
    await search.fill('');
    await search.fill('coordin');
    await sleep(600);
    return (await page.locator('.hit').count()) === 1;
  }, 10000, 'the note is found');
  assert.equal(await page.locator('.hit mark').innerText(), 'coördin');
  assert.match(await page.locator('.hit').innerText(), /1:30[\s\S]*Zoeken maar/);
  await page.locator('.hit a').click();
  await page.waitForURL(/terugkijken\?t=/);
  await page.locator('tb-player').getByText(/^1:28/).first().waitFor({ timeout: 5000 });
  await page.goBack();
  await search.fill('bestaatnergens');
  await until(async () => /Geen observaties met ‘bestaatnergens’/.test(await T(page, 'hits-count').innerText().catch(() => '')), 15000, 'nothing found');
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

for (const language of ['nl', 'en']) {
  test(`every step can be read by all, in ${language}`, async () => {
    await server.good('PATCH', '/api/settings', { language });
    const [some] = (await server.good('GET', '/api/visits')).visits.filter((one) => one.observations > 0);
    // In short once, from a phone in the one language and a desktop in the other; every step is resized to the others.
    for (const size of long ? Object.keys(sizes) : [language === 'nl' ? 'phone' : 'desktop']) {
      const page = await open(browser, server, '/importeren', size);
      const fits = async (what) => {
        await settled(page);
        await looksWell(page, `${what} ${size}`, { press: null });
        const dutch = (await page.locator('main').innerText()).match(/\b(Lessen|Verder|Terug|Bestand|Kolom|Overnemen|Weglaten|Kies|geen|niet|wordt|observaties)\b/g);
        if (language === 'en') assert.deepEqual(dutch, null, `${what} says ${dutch}`);
        for (const other of long ? [] : [...Object.keys(sizes).filter((one) => one !== size), size]) {
          await resize(page, other);
          await looksWell(page, `${what} ${other}`, { thorough: false, press: null });
        }
      };
      await T(page, 'choose-file').waitFor();
      await page.locator('.import-kinds summary').click();
      await fits('file');
      await choose(page, file('raar.bin', '\u0001'));
      await T(page, 'file-problem').waitFor();
      await fits('problem');
      await choose(page, file('tabel.csv', 'moment;wat er gebeurde in deze les;zeker\n3,5;lachen;ja\n7;huilen om een heel lang verhaal dat maar doorgaat en doorgaat;nee\n'));
      await step(page, 'columns');
      await fits('columns');
      await T(page, 'back').click();
      await choose(page, file('proef.boris', JSON.stringify(project)));
      await step(page, 'sets');
      await fits('sets');
      await T(page, 'next').click();
      await step(page, 'codes');
      await fits('codes');
      await page.locator('select[data-foreign]').first().selectOption('other');
      await page.locator('[data-pick]').first().waitFor();
      await fits('another code');
      await page.keyboard.press('Escape');
      await T(page, 'next').click();
      await T(page, 'take').waitFor();
      await page.locator('[data-test=loss-before] summary').click();
      await fits('summary');
      await takeOver(page);
      await fits('done');
      await page.goto(`/bezoeken/${some.id}/terugkijken`);
      await T(page, 'export').click();
      await page.locator('input[name=format][value=eaf]').check();
      await T(page, 'export-file').waitFor();
      await fits('export');
      await page.goto('/bezoeken');
      await page.locator('.visit').first().waitFor();
      await fits('visits');
      await page.locator('input[type=search]').first().fill('compliment');
      await page.locator('.hit').first().waitFor();
      await fits('search');
      assert.deepEqual(page.problems.filter((one) => !/status of 409/.test(one)), []);
      await page.context().close();
    }
    await server.good('PATCH', '/api/settings', { language: 'nl' });
  });
}
