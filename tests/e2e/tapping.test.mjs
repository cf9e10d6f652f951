// Everything a kijkwijzer of the school's own can ask during a lesson, in a real browser: states that exclude each other,
// what is added to a tap, about whom it is, intervals, and scores with what they rest on; over a reload and offline.
import test from 'node:test';
import assert from 'node:assert/strict';
import { Server, sleep, until, uuid } from '../lib/terugblik.mjs';
import { launch, open } from '../lib/browser.mjs';
import { settled } from '../lib/looks.mjs';

const words = (nl, en = nl) => ({ nl, en });
const code = (id, kind, more = {}) => ({
  id, domain: 'les', kind, title: words(id[0].toUpperCase() + id.slice(1)), short: words(id[0].toUpperCase() + id.slice(1)), lead: 5, lag: 5,
  help: { counts: words('Ja'), not: words('Nee') }, ...more,
});
const step = (value, title) => ({ value, title: words(title), anchor: words(`${title}: zo ziet dat eruit`) });

const instrument = {
  format: 2, id: 'proef-tikken', version: 1, title: words('Proef'), description: words('Voor de proef'), default: false,
  domains: [{ id: 'les', title: words('Les'), color: '#009E73' }, { id: 'leerlingen', title: words('Leerlingen'), color: '#0072B2' }],
  subjects: [{ id: 'klas', title: words('Hele klas') }, { id: 'leerling', title: words('Leerling') }],
  groups: [{ id: 'fase', title: words('Fase') }],
  modifiers: [
    { id: 'soort', title: words('Soort'), type: 'one', choices: [{ id: 'open', title: words('Open') }, { id: 'gesloten', title: words('Gesloten') }] },
    { id: 'beurten', title: words('Beurten'), type: 'number', min: 1, max: 9 },
  ],
  scales: [{ id: 'vier', title: words('Vier'), not_applicable: true, steps: [step(1, 'Zwak'), step(2, 'Matig'), step(3, 'Goed'), step(4, 'Sterk')] }],
  samplings: [
    { id: 'snel', title: words('Wie praat'), every: 3, rule: 'partial', many: false },
    { id: 'raster', title: words('Wat leerlingen doen'), every: 6, rule: 'partial', many: true, none: 'niets' },
  ],
  codes: [
    code('uitleg', 'state', { group: 'fase', key: '1' }), code('verwerking', 'state', { group: 'fase', key: '2' }),
    code('vraag', 'point', { key: '3', modifiers: ['soort', 'beurten'], size: 'wide' }), code('opsteken', 'point', { domain: 'leerlingen' }),
    code('leraar', 'interval', { sampling: 'snel', key: '7' }), code('leerling', 'interval', { sampling: 'snel', key: '8' }),
    code('luistert', 'interval', { sampling: 'raster', domain: 'leerlingen' }), code('schrijft', 'interval', { sampling: 'raster', domain: 'leerlingen' }),
    code('niets', 'interval', { sampling: 'raster', domain: 'leerlingen' }),
    code('rust', 'rating', { scale: 'vier' }), code('doel', 'rating', { scale: 'vier' }), code('inbreng', 'rating', { scale: 'vier', domain: 'leerlingen' }),
  ],
  layout: { tabs: [{ id: 'leraar', title: words('De leraar'), codes: ['uitleg', 'verwerking', 'vraag'] }] },
};

let server, browser, visit, page;
const all = async () => (await server.good('GET', `/api/visits/${visit.id}/observations`)).observations;
const of = async (id) => (await all()).filter((one) => one.code === id);
const open_ = async (id) => (await of(id)).some((one) => one.open);
const every = (id) => instrument.samplings.find((one) => one.id === id).every;
const card = (id) => page.locator(`[data-sampling="proef-tikken/${id}"]`);

test.before(async () => {
  server = await Server.start();
  browser = await launch();
  const draft = await server.good('POST', '/api/instruments', { document: instrument });
  await server.good('POST', '/api/instruments/proef-tikken/publish', { seen: draft.revision });
  visit = await server.good('POST', '/api/visits', { title: 'Rekenen', instruments: ['proef-tikken'] });
  await server.good('POST', `/api/visits/${visit.id}/start`);
  page = await open(browser, server, `/bezoeken/${visit.id}/opnemen`);
  await page.locator('[data-code=uitleg]').waitFor();
  await until(() => page.evaluate(() => localStorage.getItem('terugblik.clock') !== null), 15000, 'the clocks are compared');
});

test.after(async () => {
  await browser?.close();
  await server?.stop();
});

test('the board: tabs as laid out, and only what is pressed once', async () => {
  assert.deepEqual(await page.locator('.board .tab').allInnerTexts().then((texts) => texts.map((text) => text.trim())), ['De leraar', 'Overige', 'Alles']);
  assert.equal(await page.locator('[data-code=rust]').count(), 0);
  assert.equal(await page.locator('[data-code=leraar]').count(), 0);
  assert.match(await page.locator('[data-code=vraag]').getAttribute('class'), /wide/);
  await page.locator('[data-tab="proef-tikken/tab"]').click();
  await page.locator('[data-code=opsteken]').waitFor();
  await page.locator('[data-tab="proef-tikken/tab/leraar"]').click();
});

test('starting a state ends the other of its group in the same instant; one undo takes back both', async () => {
  await page.locator('[data-code=uitleg]').click();
  await until(() => open_('uitleg'), 15000, 'a state runs');
  await sleep(800);
  await page.locator('[data-code=verwerking]').click();
  await until(async () => (await open_('verwerking')) && !(await open_('uitleg')), 15000, 'the other one ended');
  const [[first], [second]] = [await of('uitleg'), await of('verwerking')];
  assert.ok(Math.abs(first.until - second.at) < 1e-6, `${first.until} and ${second.at}`);
  assert.equal(await page.locator('[data-code=uitleg]').getAttribute('aria-pressed'), 'false');
  await page.locator('tb-tap-list [data-test=undo]').click();
  await until(async () => (await open_('uitleg')) && (await of('verwerking')).length === 0, 15000, 'both are taken back');
  assert.equal(await page.locator('[data-code=uitleg]').getAttribute('aria-pressed'), 'true');
  await page.locator('tb-tap-list [data-test=redo]').click();
  await until(async () => (await open_('verwerking')) && !(await open_('uitleg')), 15000, 'both are done again');
  // After a reload the step is still one.
  await page.reload();
  await page.locator('[data-code=verwerking][aria-pressed=true]').waitFor();
  await until(() => page.locator('tb-tap-list [data-test=undo]').isEnabled(), 15000, 'the history is known');
  await page.keyboard.press('Control+z');
  await until(async () => (await open_('uitleg')) && (await of('verwerking')).length === 0, 15000, 'both are taken back after a reload');
});

test('a state of one subject does not end that of another', async () => {
  await page.locator('tb-subject-chooser:not(.of-one) [data-subject=klas]').click();
  assert.equal(await page.locator('[data-code=uitleg]').getAttribute('aria-pressed'), 'false');
  await page.locator('[data-code=verwerking]').click();
  await until(async () => (await open_('verwerking')) && (await open_('uitleg')), 15000, 'both run');
  assert.equal((await of('verwerking'))[0].subject, 'klas');
  await page.locator('[data-running]').click(); // that of nobody in particular
  await until(async () => !(await open_('uitleg')), 15000, 'stopped without choosing it first');
  await sleep(500); // twice within less is a tap by accident
  await page.locator('[data-code=verwerking]').click();
  await until(async () => !(await open_('verwerking')), 15000);
});

test('somebody typed on the spot stays chosen, over a reload', async () => {
  await page.locator('tb-subject-chooser:not(.of-one) [data-test=other-subject]').click();
  await page.keyboard.type('Voorste rij');
  await page.keyboard.press('Enter');
  await page.locator('[data-code=opsteken], [data-code=vraag]').first().click();
  await until(async () => (await of('vraag')).some((one) => one.subject === 'Voorste rij'), 15000, 'it is about whom was typed');
  await page.reload();
  await page.locator('tb-subject-chooser:not(.of-one) [data-subject="Voorste rij"][aria-pressed=true]').waitFor();
  await page.locator('tb-subject-chooser:not(.of-one) [data-subject=""]').click();
});

test('a tap counts at once; what is added comes after, and may be left out', async () => {
  const before = (await of('vraag')).length;
  const button = page.locator('[data-code=vraag]');
  await settled(page);
  const where = await button.boundingBox();
  const bar = page.locator('[data-test=modifier-bar]');
  const place = await bar.boundingBox();
  await page.keyboard.press('3');
  const one = await until(async () => (await of('vraag')).length === before + 1 && (await of('vraag')).at(-1), 15000, 'the tap is kept');
  assert.equal(one.modifiers, null);
  await bar.locator('[data-choice=open]').waitFor();
  assert.deepEqual(await button.boundingBox(), where, 'the board stays where it is');
  assert.equal((await bar.boundingBox()).y, place.y);
  await bar.locator('[data-choice=open]').click();
  await bar.locator('[data-choice=gesloten]').click();
  await bar.locator('.stepper button').last().click();
  await bar.locator('.stepper button').last().click();
  await until(async () => JSON.stringify((await of('vraag')).find((each) => each.id === one.id).modifiers) === '{"soort":"gesloten","beurten":2}'
    || JSON.stringify((await of('vraag')).find((each) => each.id === one.id).modifiers) === '{"beurten":2,"soort":"gesloten"}', 3000, 'what was added is kept');
  assert.equal((await of('vraag')).find((each) => each.id === one.id).at, one.at);
  assert.match(await page.locator(`[data-observation="${one.id}"]`).innerText(), /Gesloten/);
});

test('a tap of a finger, which takes the focus only later, loses nothing of what was being written', async () => {
  const one = (await of('vraag')).at(-1);
  await page.locator(`[data-observation="${one.id}"] [data-test=note]`).pressSequentially('Half een zin');
  await sleep(500); // twice within less is a tap by accident
  // Not every browser tells a field that leaves the page that it was changed.
  const writing = await page.locator('[data-code=vraag]').evaluate((button) => {
    const box = button.getBoundingClientRect();
    const at = { bubbles: true, pointerId: 7, pointerType: 'touch', button: 0, clientX: box.x + box.width / 2, clientY: box.y + box.height / 2 };
    for (const name of ['pointerdown', 'pointerup']) button.dispatchEvent(new PointerEvent(name, at));
    return document.activeElement.matches('[data-test=note]');
  });
  assert.equal(writing, false, 'finished before the row closes');
  await until(async () => (await of('vraag')).at(-1).id !== one.id, 15000, 'the tap is kept');
  await until(async () => (await of('vraag')).find((each) => each.id === one.id).note === 'Half een zin', 5000, 'the note too');
});

test('a number beyond the most becomes the most, on the screen too', async () => {
  const field = page.locator('[data-test=modifier-bar] .stepper input');
  for (const time of ['once', 'twice']) {
    await field.fill('50');
    await field.press('Tab');
    await until(async () => (await of('vraag')).at(-1).modifiers?.beurten === 9, 15000, 'the most is kept');
    assert.equal(await field.inputValue(), '9', time);
  }
});

test('undoing a removal takes back the removal, not what was tapped since', async () => {
  const one = (await of('vraag')).at(-1);
  await page.locator(`[data-observation="${one.id}"] .tap-more .buttons button`).last().click();
  await page.locator(`[data-observation="${one.id}"]`).waitFor({ state: 'detached' });
  await sleep(500); // twice within less is a tap by accident
  await page.locator('[data-code=vraag]').click();
  await page.locator('.toast button', { hasText: 'Ongedaan maken' }).click();
  await page.locator(`[data-observation="${one.id}"]`).waitFor();
  await until(async () => (await of('vraag')).filter((each) => !each.removed && each.at >= one.at).length === 2, 15000, 'both are there');
});

/** Waits for the beginning of an interval; gives its number. */
async function fresh(id) {
  const now = async () => Number(await card(id).locator('.cell').last().getAttribute('data-index'));
  const before = await now();
  return until(async () => { const index = await now(); return index > before && index; }, (every(id) + 3) * 1000, 'the next interval');
}

/** What must happen within one interval gets another interval when the machine was too slow for this one. */
async function within(work) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === 3) throw error;
    }
  }
}

test('one answer to each interval: a press changes it, keys too', () => within(async () => {
  const index = await fresh('snel');
  await card('snel').locator('[data-answer=leraar]').click();
  await page.keyboard.press('8');
  const one = await until(async () => (await of('leerling')).find((each) => each.at === index * 3), 2500, 'the last press counts');
  assert.equal(one.until, (index + 1) * 3);
  assert.ok(!(await of('leraar')).some((each) => each.at === index * 3), 'and is the only one');
}));

test('every interval asks with a signal, however often the page is drawn', async () => {
  await page.evaluate(() => {
    window.signals = 0;
    Object.defineProperty(navigator, 'vibrate', { configurable: true, value: () => { window.signals++; return true; } });
    window.drawing = setInterval(() => document.querySelector('tb-record').requestUpdate(), 1);
  });
  await fresh('snel');
  await page.evaluate(() => (window.signals = 0));
  for (let i = 0; i < 3; i++) await fresh('snel');
  // Three of this one, and one or two of the other.
  const signals = await page.evaluate(() => { clearInterval(window.drawing); return window.signals; });
  assert.ok(signals >= 4 && signals <= 6, `${signals} signals`);
});

test('a missed interval can be mended', () => within(async () => {
  const snel = card('snel');
  const missed = await fresh('snel');
  await fresh('snel');
  assert.equal(await snel.locator(`[data-index="${missed}"]`).getAttribute('data-state'), 'missed');
  await snel.locator('[data-test=interval-missed]').click();
  assert.equal(await snel.locator(`[data-index="${missed}"]`).getAttribute('aria-pressed'), 'true', 'the last one that was missed');
  await snel.locator('[data-answer=leraar]').click();
  await until(async () => (await of('leraar')).some((each) => each.at === missed * 3), 2500, 'it has an answer');
  assert.equal(await snel.locator('[data-test=interval-back]').count(), 0, 'and one is back at now');
}));

test('a press belongs to the interval in which the finger came down', () => within(async () => {
  const snel = card('snel');
  const index = await fresh('snel');
  await snel.locator('[data-answer=leraar]').hover();
  await sleep(2000);
  await page.mouse.down();
  await until(() => snel.locator('.cell').last().getAttribute('data-index').then((value) => Number(value) === index + 1), 15000, 'the next one has begun');
  await page.mouse.up();
  await until(async () => (await of('leraar')).some((one) => one.at === index * 3), 2500, 'it counts for the one before');
  assert.ok(!(await of('leraar')).some((one) => one.at === (index + 1) * 3));
}));

test('several answers to one interval; nothing of these excludes them; what was answered comes back after a reload', async () => {
  const index = await fresh('raster');
  const at = index * 6;
  const answered = async () => (await all()).filter((one) => one.kind === 'interval' && one.at === at && ['luistert', 'schrijft', 'niets'].includes(one.code)).map((one) => one.code).sort().join();
  await card('raster').locator('[data-answer=luistert]').click();
  await card('raster').locator('[data-answer=schrijft]').click();
  await until(async () => (await answered()) === 'luistert,schrijft', 15000, 'both');
  await page.reload();
  await card('raster').locator(`[data-index="${index}"][data-state=given]`).waitFor();
  await card('raster').locator(`[data-index="${index}"]`).click();
  assert.equal(await card('raster').locator('[data-answer=luistert]').getAttribute('aria-pressed'), 'true');
  await card('raster').locator('[data-answer=niets]').click();
  await until(async () => (await answered()) === 'niets', 15000, 'nothing of these');
  await page.keyboard.press('Control+z');
  await until(async () => (await answered()) === 'luistert,schrijft', 15000, 'one undo brings both back');
});

test('a pause asks nothing and is no miss', async () => {
  await card('raster').locator('[data-test=interval-pause]').click();
  assert.equal(await card('raster').locator('[data-answer=luistert]').getAttribute('aria-disabled'), 'true');
  assert.equal(await card('raster').locator('.ring').count(), 0);
  await page.reload();
  await until(async () => (await card('raster').locator('[data-answer=luistert]').getAttribute('aria-disabled')) === 'true', 15000, 'still paused after a reload');
  await card('raster').locator('[data-test=interval-pause]').click();
  await card('raster').locator('.ring').waitFor();
});

test('offline everything goes on, and arrives once', async () => {
  await page.context().setOffline(true);
  await sleep(300);
  const before = { vraag: (await of('vraag')).length };
  await page.locator('[data-code=uitleg]').click();
  await sleep(600);
  await page.locator('[data-code=verwerking]').click();
  await page.locator('[data-code=vraag]').click();
  await page.locator('[data-test=modifier-bar] [data-choice=open]').click();
  const index = await fresh('snel');
  await card('snel').locator('[data-answer=leerling]').click();
  await page.locator('[data-test=view-rate]').click();
  await page.locator('[data-rating=rust] [data-step="3"]').click();
  await page.locator('[data-test=unsent]').waitFor();
  assert.equal((await of('vraag')).length, before.vraag);
  await page.context().setOffline(false);
  await until(async () => (await of('rust')).length === 1, 20000, 'what was done offline arrives');
  const [rated] = await of('rust');
  assert.equal(rated.rating, 3);
  assert.equal(rated.kind, 'rating');
  assert.ok((await of('leerling')).some((one) => one.at === index * 3));
  const runs = (await of('uitleg')).at(-1);
  assert.ok(Math.abs(runs.until - (await of('verwerking')).at(-1).at) < 1e-6);
  assert.deepEqual((await of('vraag')).at(-1).modifiers, { soort: 'open' });
});

test('scores: one for each, changed in place, by keys, with what they rest on', async () => {
  const rust = page.locator('[data-rating=rust]');
  assert.match(await page.locator('[data-test=scored]').innerText(), /1 van 3/);
  assert.match(await page.locator('[data-test=without-evidence]').innerText(), /1 score zonder bewijs/);
  await rust.locator('[data-step="3"]').focus();
  await page.keyboard.press('4');
  await until(async () => (await of('rust'))[0].rating === 4, 15000, 'changed in place');
  assert.equal((await of('rust')).length, 1);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('n');
  await until(async () => (await of('doel')).length === 1 && (await of('doel'))[0].rating === null, 15000, 'does not apply');
  assert.match(await page.locator('[data-test=without-evidence]').innerText(), /1 score zonder bewijs/, 'which needs no evidence');
  assert.equal((await of('vraag')).filter((one) => one.removed).length, 0);
  await rust.locator('[data-test=choose-evidence]').click();
  await rust.locator('input[type=search]').fill('vraag');
  await rust.locator('[data-offer]').first().click();
  const [rated] = await until(async () => { const found = await of('rust'); return found[0].evidence?.length === 1 && found; }, 15000, 'evidence is kept');
  assert.equal((await all()).find((one) => one.id === rated.evidence[0]).code, 'vraag');
  await until(async () => (await page.locator('[data-test=without-evidence]').count()) === 0, 15000);
  await page.locator('[data-test=view-tap]').click();
});

test('who observes beside the coach has a board of their own, and sees the rest when it is opened', async () => {
  const joke = await server.invite({ name: 'Joke Smit', roles: ['coach'] });
  await server.good('POST', `/api/visits/${visit.id}/observers`, { person: joke.person.id });
  const beside = await open(browser, server, `/bezoeken/${visit.id}/opnemen`, 'tablet', { as: joke });
  await beside.locator('[data-test=beside]').waitFor();
  assert.equal(await beside.locator('[data-test=end-lesson], [data-test=start-recording], .record-side').count(), 0);
  assert.equal(await beside.locator('tb-tap-list [data-observation]').count(), 0, 'nothing of the coach is shown');
  await beside.locator('[data-code=vraag]').tap();
  await page.locator('[data-code=vraag]').click(); // what the coach does only counts for the other
  await beside.locator('[data-code=uitleg]').tap();
  const layer = async () => (await joke.good('GET', `/api/visits/${visit.id}/observations`)).observations;
  await until(async () => (await layer()).length === 2, 15000, 'what is tapped beside the coach is kept');
  await until(() => beside.locator('tb-tap-list [data-observation]').count().then((n) => n === 2), 15000);
  await beside.locator('[data-code=verwerking]').tap();
  await until(async () => (await layer()).length === 3 && (await layer()).filter((one) => one.open).length === 1, 15000);
  await beside.locator('tb-tap-list [data-test=undo]').tap();
  await until(async () => (await layer()).length === 2, 15000, 'undo is one step here too');
  assert.ok(!(await all()).some((one) => one.observer === 'Joke Smit'), 'the coach does not see it either');
  await server.good('POST', `/api/visits/${visit.id}/observers/open`, {});
  await until(() => beside.locator('tb-tap-list [data-observation]').count().then((n) => n > 2), 15000, 'what was hidden is there');
  await until(() => page.locator('tb-tap-list [data-observation]', { hasText: 'Joke Smit' }).count().then((n) => n === 2), 15000, 'for the coach too');
  const other = (await all()).find((one) => one.observer === 'Joke Smit');
  await page.locator(`tb-tap-list [data-observation="${other.id}"] .tap-line`).click();
  await page.locator(`tb-tap-list [data-observation="${other.id}"]`, { hasText: 'van een andere waarnemer' }).waitFor();
  assert.equal(await page.locator(`tb-tap-list [data-observation="${other.id}"]`).locator('textarea, .quiet').count(), 0, 'what is another’s cannot be changed');
  assert.deepEqual(beside.problems, []);
  await beside.context().close();
});

test('what is refused is said in the language of the page, wherever one is by then', async () => {
  const later = await open(browser, server, `/bezoeken/${visit.id}/opnemen`);
  await later.locator('[data-code=vraag]').waitFor();
  let answer;
  const asked = new Promise((done) => (answer = done));
  await later.route('**/operations', async (route) => {
    if (route.request().method() !== 'POST') return route.continue();
    answer();
    await later.locator('tb-visits').waitFor();
    const results = route.request().postDataJSON().operations.map((one) => ({ id: one.id, seq: 0, status: 'refused', error: { code: 'not-yours', message: 'This is another observer’s' } }));
    await route.fulfill({ json: { results, seq: 1 } });
  });
  await later.locator('[data-code=vraag]').click();
  await asked;
  await later.evaluate(() => { history.pushState(null, '', '/bezoeken'); dispatchEvent(new Event('tb-navigate')); });
  await later.locator('.toast.error', { hasText: 'van een andere waarnemer' }).waitFor();
  await later.context().close();
});

test('the screen stays on where the lesson is begun on another device', async () => {
  const fresh = await server.good('POST', '/api/visits', { title: 'Straks', instruments: ['proef-tikken'] });
  const waiting = await open(browser, server, `/bezoeken/${fresh.id}/opnemen`);
  await waiting.locator('main[data-state=planned]').waitFor();
  await waiting.evaluate(() => {
    window.locks = 0;
    const request = async () => { window.locks++; await new Promise((done) => setTimeout(done, 300)); return Object.assign(new EventTarget(), { release: async () => void window.locks-- }); };
    Object.defineProperty(navigator, 'wakeLock', { value: { request }, configurable: true });
  });
  await server.good('POST', `/api/visits/${fresh.id}/start`);
  await waiting.locator('main[data-state=running]').waitFor();
  await sleep(800);
  assert.equal(await waiting.evaluate(() => window.locks), 1, 'asked once');
  await waiting.evaluate(() => { history.pushState(null, '', '/bezoeken'); dispatchEvent(new Event('tb-navigate')); });
  await until(() => waiting.evaluate(() => window.locks === 0), 5000, 'let go');
  await waiting.context().close();
});

test('looking back: added, subject and score are mended; states share a lane, scores have none', async () => {
  await server.good('POST', `/api/visits/${visit.id}/operations`, { operations: [{
    id: uuid(), target: 'clip', target_id: uuid(), action: 'add', author: 'Test', device: 'test', made_at: new Date().toISOString(),
    fields: { from: 1, to: 4, title: 'Begin', observation: null, camera: null } }] });
  await page.locator('[data-test=end-lesson]').click();
  await page.locator('[data-test=confirm]').click();
  await page.waitForURL(/terugkijken/, { timeout: 20000 });
  await page.locator('tb-observation-list').waitFor();
  const lanes = await page.locator('tb-timeline').evaluate((one) => one.lanes.map((lane) => ({ title: lane.title, codes: lane.codes?.size ?? 1 })));
  assert.ok(lanes.some((lane) => lane.title === 'Wie praat' && lane.codes === 2), JSON.stringify(lanes));
  assert.ok(!lanes.some((lane) => lane.title === 'Rust'));
  const one = (await of('vraag')).at(-1);
  await page.locator(`[data-observation="${one.id}"] .row-main`).click();
  await page.locator(`[data-observation="${one.id}"] [data-test=edit]`).click();
  const detail = page.locator(`[data-observation="${one.id}"] .row-detail`);
  await detail.locator('[data-choice=gesloten]').click();
  await detail.locator('[data-subject=leerling]').click();
  await until(async () => { const now = (await of('vraag')).find((each) => each.id === one.id); return now.modifiers.soort === 'gesloten' && now.subject === 'leerling'; }, 15000, 'mended');

  await page.locator('[data-test=tab-ratings]').click();
  const inbreng = page.locator('[data-rating=inbreng]');
  await inbreng.locator('[data-step="2"]').click();
  await inbreng.locator('[data-test=add-selected]').click();
  await until(async () => (await of('inbreng'))[0]?.evidence?.[0] === one.id, 15000, 'what is selected is evidence');
  await inbreng.locator('[data-test=choose-evidence]').click();
  await inbreng.locator('[data-offer]', { hasText: 'Begin' }).click();
  await until(async () => (await of('inbreng'))[0]?.evidence?.length === 2, 15000, 'a clip too');
  await page.locator('[data-rating=rust] [data-step="1"]').focus();
  await page.keyboard.press('1');
  await until(async () => (await of('rust'))[0].rating === 1, 15000, 'by key, while the page has keys of its own');
  assert.deepEqual(page.problems.filter((text) => !/ERR_INTERNET_DISCONNECTED/.test(text)), []);
});
