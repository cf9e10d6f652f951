// Kijkwijzers of the school's own in a real Chromium: one is made from nothing with every kind of code, put in order by
// mouse and by keyboard, undone, tried out, put into use and chosen for a visit; changed into a second version while the
// visit keeps the first; and carried to another server as a file.
import test from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Server, sleep, tap, until } from '../lib/terugblik.mjs';
import { launch, open } from '../lib/browser.mjs';
import { atEverySize, looksWell } from '../lib/looks.mjs';

const ID = 'rust-en-ritme';

let server, browser, page, visit;

test.before(async () => {
  server = await Server.start();
  browser = await launch();
  page = await open(browser, server, '/kijkwijzers');
  page.setDefaultTimeout(10000);
});

test.after(async () => {
  await browser?.close();
  await server?.stop();
});

const at = (path) => page.locator(`[data-path="${path}"]`);
const draft = (of = ID) => server.good('GET', `/api/instruments/${of}?version=draft`).then((all) => all.document);
/** What the page complained of; that a file or a saving was refused, the browser says of itself. */
const complaints = (of = page) => of.problems.filter((one) => !/status of (400|404|409)|INCOMPLETE_CHUNKED/.test(one));
const saved = () => page.locator('[data-test=save-state][data-state=saved]').waitFor();
const order = () => page.$$eval('tb-instrument-codes [data-holder]', (list) => list.map((holder) => [...holder.querySelectorAll('[data-item] .item-title strong')].map((one) => one.textContent)));
const section = (name) => page.locator(`[data-section=${name}]`).click();

const press = { of: 'main button, main a.button, main select, main input:not([type=checkbox], [type=file])', height: 47.5 };

/** A code with its words in Dutch; what else is said of it by select and chip. */
async function addCode(domain, title, short, kind) {
  const number = await page.locator('[data-item]').count();
  await page.locator('[data-holder]').nth(domain).locator('[data-test=add-code]').click();
  const code = `codes[${number}]`;
  await at(`${code}.title.nl`).fill(title);
  assert.equal(await page.evaluate(() => document.activeElement.dataset.path), `${code}.title.nl`, 'one can write at once');
  await at(`${code}.short.nl`).fill(short);
  await at(`${code}.kind`).locator(`[data-value=${kind}]`).click();
  await at(`${code}.help.counts.nl`).fill(`Wat telt bij ${title}`);
  await at(`${code}.help.not.nl`).fill(`Wat niet telt bij ${title}`);
  return code;
}

test('an empty one is begun; what must still be done leads to its place', async () => {
  await page.locator('[data-instrument=klassenmanagement]').waitFor();
  assert.equal(await page.locator('#group-own + .empty').count(), 1);
  await page.locator('[data-test=new]').click();
  await page.locator('input[name=title]').fill('Rust en ritme');
  await page.locator('[data-test=make]').click();
  await page.waitForURL(`**/kijkwijzers/${ID}`);
  await page.locator('[data-test=problems]').waitFor();
  assert.equal(await at('title.nl').inputValue(), 'Rust en ritme');
  assert.equal(await page.locator('[data-test=problems]').getAttribute('data-count'), '5');
  await page.locator('[data-problem="domains[0].title.en"]').click();
  await until(() => page.evaluate(() => document.activeElement?.dataset.path === 'domains[0].title.en'), 15000, 'the field of the problem has the focus');
  await section('about');
  await at('description.nl').fill('Kijkt naar rust in de les.');
  await at('description').locator('[data-test=same]').click();
  assert.equal(await at('description.en').inputValue(), 'Kijkt naar rust in de les.');
  await saved();
  assert.match(await page.locator('[data-test=save-state]').innerText(), /^Bewaard \d\d:\d\d$/);
  assert.equal((await draft()).description.en, 'Kijkt naar rust in de les.');
});

test('every kind of code, with groups, extra choices, a scale and how often is asked', async () => {
  await section('lists');
  await page.locator('[data-add=groups]').click();
  await at('groups[0].title.nl').fill('Fasen');
  await page.locator('[data-add=modifiers]').click();
  await at('modifiers[0].title.nl').fill('Hoe');
  await at('modifiers[0].choices[0].title.nl').fill('Met stem');
  await at('modifiers[0].choices[1].title.nl').fill('Zonder stem');
  await section('codes');
  await page.locator('[data-test=add-domain]').click();
  await at('domains[1].title.nl').fill('Leerlingen');
  await at('domains[1].color').locator('[data-value="#D55E00"]').click();

  const wave = await addCode(0, 'Geeft een gebaar', 'Gebaar', 'point');
  await page.locator('[data-test=suggest-key]').click();
  assert.equal(await at(`${wave}.key`).inputValue(), 'g');
  await at(`${wave}.modifiers`).locator('input').check();
  for (const [title, short] of [['Uitleg aan de groep', 'Uitleg'], ['Zelfstandig werken', 'Zelfstandig']]) {
    const state = await addCode(0, title, short, 'state');
    await at(`${state}.group`).selectOption({ label: 'Fasen' });
    await at(`${state}.lead`).fill('2.5');
  }
  const interval = await addCode(1, 'Aan het werk', 'Aan het werk', 'interval');
  await addCode(1, 'Met iets anders bezig', 'Iets anders', 'interval');
  const rating = await addCode(1, 'Er is rust in de klas', 'Rust', 'rating');
  assert.equal(await at(`${rating}.key`).count(), 0);
  await page.locator('[data-test=close-code]').click();

  // A key of two codes is said at the field and in the list.
  await page.locator('[data-open]', { hasText: 'Aan het werk' }).click();
  await at(`${interval}.key`).selectOption('g');
  await page.locator(`[data-problem="${interval}.key"]`).waitFor();
  assert.match(await at(`${interval}.key`).locator('xpath=..').innerText(), /Gebaar/);
  await at(`${interval}.key`).selectOption('a');

  // What is said in Dutch only goes to English in one press; then nothing is left to do.
  await page.locator('[data-test=fill]').click();
  assert.equal(await page.locator('[data-test=problems]').getAttribute('data-count'), '0');
  await section('lists');
  await at('samplings[0]').locator('.item-open').click();
  await at('samplings[0].none').selectOption({ label: 'Met iets anders bezig' });
  await at('samplings[0].every').fill('4000');
  await at('samplings[0].title.nl').focus();
  await page.locator('[data-problem="samplings[0].every"]').waitFor();
  await at('samplings[0].every').fill('20');
  await at('samplings[0].title.nl').focus();
  await saved();
  const made = await draft();
  assert.deepEqual(made.codes.map((one) => one.kind), ['point', 'state', 'state', 'interval', 'interval', 'rating']);
  assert.equal(made.codes[1].group, made.groups[0].id);
  assert.equal(made.codes[1].lead, 2.5);
  assert.equal(made.samplings[0].none, made.codes[4].id);
  assert.equal(made.samplings[0].every, 20);
  assert.equal(made.samplings[0].title.nl, 'Elke 20 seconden');
  assert.equal(made.codes[0].title.en, 'Geeft een gebaar');
  assert.deepEqual(page.problems, []);
});

test('in order by mouse and by keyboard, within and between domains, and undone', async () => {
  await section('codes');
  const start = [['Geeft een gebaar', 'Uitleg aan de groep', 'Zelfstandig werken'], ['Aan het werk', 'Met iets anders bezig', 'Er is rust in de klas']];
  await page.locator('tb-instrument-codes').waitFor();
  if (await page.locator('[data-test=close-code]').count()) await page.locator('[data-test=close-code]').click();
  assert.deepEqual(await order(), start);
  const row = (title) => page.locator('[data-item]', { hasText: title });
  const drag = async (title, target, below, release = true) => {
    await row(title).locator('[data-handle]').scrollIntoViewIfNeeded();
    const from = await row(title).locator('[data-handle]').boundingBox();
    await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
    await page.mouse.down();
    const to = await row(target).boundingBox();
    await page.mouse.move(to.x + 60, to.y + to.height * (below ? 0.8 : 0.2), { steps: 8 });
    if (release) await page.mouse.up();
  };
  await drag('Geeft een gebaar', 'Aan het werk', true);
  assert.deepEqual(await order(), [start[0].slice(1), ['Aan het werk', 'Geeft een gebaar', ...start[1].slice(1)]]);
  assert.equal((await page.locator('[data-test=moved]').innerText()).replace(/\s+/g, ' '), 'Geeft een gebaar: plaats 2 van 4 in Leerlingen');
  await drag('Geeft een gebaar', 'Zelfstandig werken', false, false);
  assert.equal(await page.locator('.drop-before').count(), 1, 'it is shown where it would come');
  await page.keyboard.press('Escape');
  await page.mouse.up();
  assert.equal((await order())[1][1], 'Geeft een gebaar', 'let go of without a change');

  // By keyboard: on the handle, across the border of a domain, and from within a code.
  const handle = (title) => row(title).locator('[data-handle]');
  await handle('Geeft een gebaar').focus();
  for (let i = 0; i < 2; i++) {
    await page.keyboard.press('ArrowUp');
    await until(() => handle('Geeft een gebaar').evaluate((one) => one === document.activeElement), 15000, 'the handle keeps the focus');
  }
  assert.deepEqual(await order(), [[...start[0].slice(1), 'Geeft een gebaar'], start[1]]);
  await row('Geeft een gebaar').locator('[data-test=up]').click();
  assert.deepEqual((await order())[0], ['Uitleg aan de groep', 'Geeft een gebaar', 'Zelfstandig werken']);
  await page.locator('[data-open]', { hasText: 'Geeft een gebaar' }).click();
  await at('codes[1].title.nl').focus();
  await page.keyboard.press('Alt+ArrowUp');
  assert.deepEqual(await order(), start);

  // Undo takes back one step at a time, in a field too; what was written in one go is one step.
  await at('codes[0].title.nl').focus();
  await page.keyboard.press('End');
  await page.keyboard.type(' met de hand');
  assert.equal(await at('codes[0].title.nl').inputValue(), 'Geeft een gebaar met de hand');
  await page.keyboard.press('Control+z');
  assert.equal(await at('codes[0].title.nl').inputValue(), 'Geeft een gebaar');
  await page.keyboard.press('Control+z');
  assert.deepEqual((await order())[0], ['Uitleg aan de groep', 'Geeft een gebaar', 'Zelfstandig werken']);
  await page.keyboard.press('Control+Shift+Z');
  assert.deepEqual(await order(), start);
  await page.keyboard.press('Control+y');
  assert.equal(await page.locator('[data-item] .item-title strong').first().innerText(), 'Geeft een gebaar met de hand');
  await page.locator('[data-test=undo]').click();
  await page.locator('[data-test=remove-code]').click();
  assert.equal((await order())[0].length, 2);
  await page.locator('.toast button', { hasText: 'Ongedaan maken' }).click();
  assert.deepEqual(await order(), start);
  // The offer is of the removal: the next step takes it away.
  await page.locator('[data-open]').first().click();
  await page.locator('[data-test=remove-code]').click();
  await page.locator('.toast button', { hasText: 'Ongedaan maken' }).waitFor();
  await page.locator('[data-test=undo]').click();
  await page.locator('.toast').waitFor({ state: 'detached', timeout: 3000 });
  assert.deepEqual(await order(), start);
  await saved();
  assert.deepEqual((await draft()).codes.map((one) => one.title.nl), start.flat());
});

test('an own layout of tabs', async () => {
  await section('layout');
  await page.locator('[data-test=own-layout]').click();
  assert.equal(await page.locator('[data-holder]').count(), 2);
  await page.locator('[data-test=add-tab]').click();
  await at('layout.tabs[2].title.nl').fill('Begin van de les');
  await at('layout.tabs[2].title').locator('[data-test=same]').click();
  const from = await page.locator('[data-item]', { hasText: 'Gebaar' }).locator('[data-handle]').boundingBox();
  const to = await page.locator('[data-holder]').nth(2).boundingBox();
  await page.mouse.move(from.x + 20, from.y + 20);
  await page.mouse.down();
  await page.mouse.move(to.x + 80, to.y + to.height - 40, { steps: 8 });
  await page.mouse.up();
  await saved();
  const made = await draft();
  assert.deepEqual(made.layout.tabs.map((one) => one.codes.length), [2, 3, 1]);
  assert.equal(made.layout.tabs[2].codes[0], made.codes[0].id);
});

test('tried out on the real board, and nothing is kept', async () => {
  await page.locator('[data-test=try]').click();
  const written = () => page.$$eval('[data-written]', (list) => list.map((one) => one.querySelector('.what').innerText.split('\n')[0]));
  await page.locator('tb-tap-board .tap').first().waitFor();
  const made = await draft();
  const button = (index) => page.locator(`tb-tap-board [data-code="${made.codes[index].id}"]`);
  await button(1).click();
  await sleep(500);
  await button(2).click();
  await until(async () => (await written()).length === 2, 15000, 'two taps are written');
  assert.equal(await page.locator(`[data-written="${made.codes[1].id}"]`, { hasText: 'loopt' }).count(), 0, 'the other of the group has ended');
  assert.equal(await page.locator(`[data-written="${made.codes[2].id}"]`, { hasText: 'loopt' }).count(), 1);
  await page.locator('tb-tap-board .tab', { hasText: 'Begin van de les' }).click();
  await page.keyboard.press('g');
  await until(async () => (await written())[0] === 'Geeft een gebaar', 15000, 'a key taps');
  await page.locator(`[data-answer="${made.codes[3].id}"]`).click();
  await page.locator(`[data-answer="${made.codes[4].id}"]`).click();
  assert.deepEqual((await written()).slice(0, 2), ['Met iets anders bezig', 'Geeft een gebaar'], 'one answer to one question');
  await page.locator('[data-rating] .chip').nth(2).click();
  assert.match(await page.locator('[data-written]').first().innerText(), /Er is rust in de klas[\s\S]*3 · Duidelijk te zien/);
  assert.deepEqual((await server.good('GET', '/api/visits')).visits, []);
  await page.keyboard.press('Escape');
  await page.locator('[data-test=publish]').waitFor();
  assert.deepEqual(page.problems, []);
});

test('put into use, it can be chosen for a visit; before that it cannot', async () => {
  visit = await server.good('POST', '/api/visits', { teacher: 'Noor Jansen' });
  const prepare = await open(browser, server, `/bezoeken/${visit.id}/voorbereiden`);
  await prepare.locator('.instrument', { hasText: 'Klassenmanagement' }).first().waitFor();
  assert.equal(await prepare.locator('.instrument', { hasText: 'Rust en ritme' }).count(), 0);
  await page.locator('[data-test=publish]').click();
  await page.locator('[data-test=publish-now]').click();
  await page.locator('tb-instrument-sheet').waitFor();
  assert.deepEqual((await server.good('GET', `/api/instruments/${ID}`)).codes.map((one) => one.id),
    ['geeft-een-gebaar', 'uitleg-aan-de-groep', 'zelfstandig-werken', 'aan-het-werk', 'met-iets-anders-bezig', 'er-is-rust-in-de-klas']);
  await prepare.reload();
  await prepare.locator('.instrument', { hasText: 'Rust en ritme' }).locator('input[type=checkbox]').check();
  await until(async () => (await server.good('GET', `/api/visits/${visit.id}`)).instruments.includes(ID), 15000, 'it is chosen');
  await prepare.context().close();
  await server.good('POST', `/api/visits/${visit.id}/start`, {});
  await server.good('POST', `/api/visits/${visit.id}/operations`, { operations: [tap({ instrument: ID, code: 'geeft-een-gebaar' })] });
});

test('a next version asks what became of each code that is gone; the visit keeps its own', async () => {
  await page.reload();
  await page.locator('[data-test=edit]').click();
  await section('codes');
  await page.locator('[data-open="geeft-een-gebaar"]').click();
  await page.locator('[data-test=remove-code]').click();
  // One that is published and becomes something else is another code.
  await page.locator('[data-open="zelfstandig-werken"]').click();
  await page.locator('[data-path$=".kind"] [data-value=point]').click();
  assert.equal(await page.locator('[data-open="zelfstandig-werken"]').count(), 0);
  await page.locator('[data-holder]').nth(0).locator('[data-test=add-code]').click();
  const number = (await page.locator('[data-item]').count()) - 1;
  for (const [path, text] of [['title.nl', 'Wenkt'], ['short.nl', 'Wenkt'], ['help.counts.nl', 'Wel'], ['help.not.nl', 'Niet']]) await at(`codes[${number}].${path}`).fill(text);
  await page.locator('[data-test=fill]').click();
  await page.locator('[data-test=publish]').click();
  const dialog = page.locator('dialog.publish');
  assert.match(await dialog.innerText(), /1 bezoek gebruikt een eerdere versie en houdt die/);
  await page.locator('[data-test=publish-now]').click();
  assert.equal(await dialog.evaluate((one) => one.open), true, 'without an answer it does not go on');
  await page.locator('[data-gone=geeft-een-gebaar]').selectOption({ label: 'Werd: Wenkt' });
  await page.locator('[data-gone=zelfstandig-werken]').selectOption({ label: 'Vervalt' });
  await page.locator('[data-test=publish-now]').click();
  await page.locator('tb-instrument-sheet').waitFor();
  const now = await server.good('GET', `/api/instruments/${ID}`);
  assert.equal(now.version, 2);
  assert.deepEqual(now.became, { from: 1, codes: { 'geeft-een-gebaar': 'wenkt', 'zelfstandig-werken': null } });
  assert.equal((await server.good('GET', `/api/visits/${visit.id}/instruments/${ID}`)).version, 1);
  assert.deepEqual(page.problems, []);
});

test('as a file to another server, and it is the same', async () => {
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('[data-test=download]').click()]);
  assert.equal(download.suggestedFilename(), `${ID}-2.json`);
  const file = await download.path();
  const other = await Server.start();
  try {
    const there = await open(browser, other, '/kijkwijzers');
    await there.locator('[data-instrument]').first().waitFor();
    await there.setInputFiles('#from-file', { name: 'kijkwijzer.json', mimeType: 'application/json', buffer: readFileSync(file) });
    await there.waitForURL(`**/kijkwijzers/${ID}`);
    await there.locator('[data-test=problems][data-count="0"]').waitFor();
    await there.locator('[data-test=publish]').click();
    await there.locator('[data-test=publish-now]').click();
    await there.locator('tb-instrument-sheet').waitFor();
    const { became, version, ...here } = await server.good('GET', `/api/instruments/${ID}`);
    const { version: one, ...copied } = await other.good('GET', `/api/instruments/${ID}`);
    assert.deepEqual(copied, here);
    assert.deepEqual([version, one], [2, 1], 'numbers begin anew there, and nothing became of codes that never were');
    // Once more: it is known now, and becomes the next version.
    await there.goto('/kijkwijzers');
    await there.locator(`[data-instrument=${ID}]`).waitFor();
    await there.setInputFiles('#from-file', { name: 'kijkwijzer.json', mimeType: 'application/json', buffer: readFileSync(file) });
    await there.locator('[data-test=confirm]').click();
    await there.waitForURL(`**/kijkwijzers/${ID}`);
    await until(async () => (await other.good('GET', `/api/instruments/${ID}?version=draft`)).document.version === 2, 15000, 'a draft of version 2');
    assert.deepEqual(complaints(there), []);
    await there.context().close();
  } finally {
    await other.stop();
  }
});

test('a file that is not right is refused with line and field', async () => {
  await page.goto('/kijkwijzers');
  const wrong = await server.good('GET', `/api/instruments/${ID}`);
  wrong.codes[1].key = 'k';
  const text = JSON.stringify(wrong, null, 2);
  const line = text.split('\n').findIndex((one) => one.includes('"key": "k"')) + 1;
  await page.locator(`[data-instrument=${ID}]`).waitFor();
  await page.setInputFiles('#from-file', { name: 'fout.json', mimeType: 'application/json', buffer: Buffer.from(text) });
  const said = (await page.locator('[data-test=bad-file]').innerText()).replace(/\s+/g, ' ');
  assert.match(said, new RegExp(`regel ${line}, Code ‘Zelfstandig werken’ · toets: deze toets is al nodig voor iets anders`));
  await page.setInputFiles('#from-file', { name: 'foto.jpg', mimeType: 'image/jpeg', buffer: Buffer.from([255, 216, 255, 0]) });
  await page.locator('[data-test=bad-file]', { hasText: 'geen bestand met een kijkwijzer' }).waitFor();
  assert.equal((await server.good('GET', '/api/instruments')).instruments.find((one) => one.id === ID).draft, null);
});

test('two who save the same draft choose, and nothing is lost', async () => {
  await page.goto(`/kijkwijzers/${ID}`);
  await page.locator('[data-test=edit]').click();
  await section('about');
  const other = await open(browser, server, `/kijkwijzers/${ID}`);
  await other.locator('[data-section=about]').click();
  await other.locator('[data-path="title.nl"]').fill('Rust van de ander');
  await other.locator('[data-test=save-state][data-state=saved]').waitFor();
  await until(async () => (await draft()).title.nl === 'Rust van de ander', 15000, 'the other has saved');
  await at('title.nl').fill('Rust van mij');
  await page.locator('[data-test=clash]').waitFor();
  for (const time of ['once', 'twice']) {
    await page.reload();
    await section('about');
    await page.locator('[data-test=clash]').waitFor();
    assert.equal(await at('title.nl').inputValue(), 'Rust van mij', time);
  }
  assert.match(await page.locator('[data-test=clash]').innerText(), /naam of uitleg/);
  await page.locator('[data-test=take-theirs]').click();
  assert.equal(await at('title.nl').inputValue(), 'Rust van de ander');
  await page.locator('[data-test=undo]').click();
  assert.equal(await at('title.nl').inputValue(), 'Rust van mij');
  await until(async () => (await draft()).title.nl === 'Rust van mij', 15000, 'undo brings the own text back');
  await other.locator('[data-path="title.nl"]').fill('Toch die van de ander');
  await other.locator('[data-test=take-mine]').click();
  await until(async () => (await draft()).title.nl === 'Toch die van de ander', 15000, 'the own text over the other');
  // The first page is told at its next change that the draft is gone.
  await other.locator('[data-test=drop]').click();
  await other.locator('[data-test=confirm]').click();
  await other.locator('tb-instrument-sheet').waitFor();
  await at('title.nl').fill('Nog steeds van mij');
  await page.locator('[data-test=let-go]').click();
  await page.locator('tb-instrument-sheet').waitFor();
  assert.equal((await server.good('GET', `/api/instruments/${ID}`)).title.nl, 'Rust en ritme');
  await other.context().close();
});

test('without a connection nothing that was written is lost', async () => {
  const away = await open(browser, server, `/kijkwijzers/${ID}`);
  await away.locator('[data-test=edit]').click();
  await away.locator('[data-section=about]').click();
  await away.locator('[data-test=save-state][data-state=saved]').waitFor();
  await away.route('**/draft', (route) => route.abort());
  await away.locator('[data-path="title.nl"]').fill('Geschreven zonder verbinding');
  await away.locator('[data-test=save-state][data-state=failed]').waitFor();
  await away.unroute('**/draft');
  await away.reload();
  await until(async () => (await draft()).title.nl === 'Geschreven zonder verbinding', 15000, 'it is saved after all');
  // What arrived, but of which the answer did not come back, is not the work of another.
  await away.locator('[data-section=about]').click();
  await away.locator('[data-test=save-state][data-state=saved]').waitFor();
  await away.route('**/draft', async (route) => { await route.fetch(); await route.abort(); });
  await away.locator('[data-path="title.nl"]').fill('Aangekomen zonder antwoord');
  await away.locator('[data-test=save-state][data-state=failed]').waitFor();
  await away.unroute('**/draft');
  await away.locator('[data-path="title.nl"]').fill('En verder geschreven');
  await until(async () => (await draft()).title.nl === 'En verder geschreven', 15000, 'one goes on without a question');
  assert.equal(await away.locator('[data-test=clash]').count(), 0);
  await away.locator('[data-test=drop]').click();
  await away.locator('[data-test=confirm]').click();
  await away.locator('tb-instrument-sheet').waitFor();
  await away.context().close();
});

test('one that is no longer used cannot be chosen, and comes back', async () => {
  await page.goto(`/kijkwijzers/${ID}`);
  await page.locator('[data-test=retire]').click();
  await page.locator('.notice', { hasText: 'niet meer te kiezen' }).waitFor();
  const fresh = await server.good('POST', '/api/visits', { teacher: 'Noor Jansen' });
  const prepare = await open(browser, server, `/bezoeken/${fresh.id}/voorbereiden`);
  await prepare.locator('.instrument', { hasText: 'Klassenmanagement' }).first().waitFor();
  assert.equal(await prepare.locator('.instrument', { hasText: 'Rust en ritme' }).count(), 0);
  await prepare.context().close();
  await page.goto('/kijkwijzers');
  await page.locator('[data-test=retired] summary').click();
  await page.locator(`[data-test=retired] [data-instrument=${ID}] [data-test=bring-back]`).click();
  await page.locator('[data-test=retired]').waitFor({ state: 'detached' });
  assert.equal(await page.locator(`[data-instrument=${ID}]`).count(), 1);
});

test('a copy of one that came along', async () => {
  await page.locator('[data-instrument=klassenmanagement] [data-test=copy]').click();
  assert.equal(await page.locator('input[name=title]').inputValue(), 'Klassenmanagement (kopie)');
  await page.locator('[data-test=make]').click();
  await page.waitForURL('**/kijkwijzers/klassenmanagement-kopie');
  await page.locator('[data-test=fill]').click();
  await page.locator('[data-test=problems][data-count="0"]').waitFor();
  const copy = await draft('klassenmanagement-kopie');
  const from = await server.good('GET', '/api/instruments/klassenmanagement');
  assert.equal(copy.version, 1);
  assert.deepEqual(copy.codes, from.codes);
  assert.deepEqual(complaints(), []);
});

test('every page at every size; in English on a phone, where the least fits', async (t) => {
  await server.good('POST', '/api/instruments', { document: { ...(await server.good('GET', `/api/instruments/${ID}`)), version: 3, became: undefined } });
  const places = {
    lijst: ['/kijkwijzers', (one) => one.locator('[data-test=new]').click()],
    lezen: ['/kijkwijzers/klassenmanagement'],
    codes: [`/kijkwijzers/${ID}`, async (one) => {
      await one.locator('[data-open]').nth(1).click();
      await one.locator('.code-form').waitFor();
    }],
    domein: ['/kijkwijzers/klassenmanagement-kopie', (one) => one.locator('.domain-open').first().click()],
    keuzes: [`/kijkwijzers/${ID}`, async (one) => {
      await one.locator('[data-section=lists]').click();
      await one.locator('[data-list=scales] .item-open').click();
    }],
    tussenpozen: [`/kijkwijzers/${ID}`, async (one) => {
      await one.locator('[data-section=lists]').click();
      await one.locator('[data-list=samplings] .item-open').click();
    }],
    'extra-keuzes': [`/kijkwijzers/${ID}`, async (one) => {
      await one.locator('[data-section=lists]').click();
      await one.locator('[data-list=modifiers] .item-open').click();
    }],
    tikbord: [`/kijkwijzers/${ID}`, (one) => one.locator('[data-section=layout]').click()],
    uitproberen: [`/kijkwijzers/${ID}`, async (one) => {
      await one.locator('[data-test=try]').click();
      await one.locator('tb-tap-board .tap').first().click();
    }],
    'in-gebruik': [`/kijkwijzers/${ID}`, (one) => one.locator('[data-test=publish]').click()],
  };
  for (const language of ['nl', 'en']) {
    await server.good('PATCH', '/api/settings', { language });
    for (const [name, [path, prepare]] of Object.entries(places)) {
      await t.test(`${name} (${language})`, () => atEverySize(browser, server, path, { prepare, only: language === 'en' ? ['phone'] : undefined }, async (one, size, thorough) => {
        await looksWell(one, `${name} at ${size}`, { thorough, press });
        if (process.env.TB_SHOTS) await one.screenshot({ path: `${process.env.TB_SHOTS}/${name}-${language}-${size}.png`, fullPage: true });
      }));
    }
  }
  const english = await open(browser, server, `/kijkwijzers/${ID}`);
  for (const name of ['about', 'codes', 'lists', 'layout']) {
    await english.locator(`[data-section=${name}]`).click();
    const text = await english.evaluate(() => document.querySelector('main').innerText);
    assert.deepEqual(text.match(/\b(Bewaard|Codes? toevoegen|Tabblad|Schalen|Tussenpozen|Klaar|Kijkwijzers|weghalen|Naam|geen|niet|wordt)\b/g), null, name);
  }
  await english.context().close();
  await server.good('PATCH', '/api/settings', { language: 'nl' });
});
