// A visit with 5,000 observations: the page holds and draws only what is in view, and all of it stays within reach.
import test from 'node:test';
import assert from 'node:assert/strict';
import { Server, sleep, until } from '../lib/terugblik.mjs';
import { launch, open } from '../lib/browser.mjs';
import { lesson } from '../lib/many.mjs';

const MANY = 5000, FEW = 60;
const ROWS = 120;

let server, browser, visit, page, all;

test.before(async () => {
  server = await Server.start();
  browser = await launch();
  visit = await lesson(server, MANY);
  all = (await server.good('GET', `/api/visits/${visit.id}/observations`)).observations
    .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1)).map((one) => one.id);
  page = await open(browser, server, `/bezoeken/${visit.id}/terugkijken`);
  await page.locator('[data-observation]').nth(10).waitFor({ timeout: 30000 });
});

test.after(async () => {
  await browser?.close();
  await server?.stop();
});

const rows = (where = page) => where.locator('tb-observation-list .obs').count();
const row = (index, where = page) => where.locator(`[data-observation="${all[index]}"]`);
const focused = (where = page) => where.evaluate(() => document.activeElement?.closest('[data-observation]')?.dataset.observation ?? null);
const inView = (index, where = page) => row(index, where).evaluate((element) => {
  const box = element.getBoundingClientRect();
  return document.elementFromPoint(box.left + box.width / 2, box.top + Math.min(20, box.height / 2))?.closest('[data-observation]') === element;
}).catch(() => false);

/** Scrolls WHERE from top to bottom; gives every row that was under a reader's eye, in the order met. */
function scrollThrough(where, panel) {
  return where.evaluate(async (panel) => {
    const box = panel ? document.querySelector(panel) : document.scrollingElement;
    const met = [];
    const known = new Set();
    let most = 0;
    const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    for (;;) {
      await frame();
      const [low, high] = panel ? [box.getBoundingClientRect().top, box.getBoundingClientRect().bottom] : [0, innerHeight];
      const all = document.querySelectorAll('tb-observation-list .obs');
      most = Math.max(most, all.length);
      for (const one of all) {
        const { top, bottom } = one.getBoundingClientRect();
        if (bottom <= low || top >= high || known.has(one.dataset.observation)) continue;
        known.add(one.dataset.observation);
        met.push(one.dataset.observation);
      }
      if (box.scrollTop + box.clientHeight >= box.scrollHeight - 2) return { met, most };
      box.scrollTop += (high - low) * 0.8;
    }
  }, panel);
}

test('the list has few rows in the page, and says how many there are', async () => {
  assert.equal(all.length, MANY);
  assert.ok(await rows() <= ROWS, `${await rows()} rows`);
  const first = row(0);
  assert.equal(await first.getAttribute('aria-setsize'), String(MANY));
  assert.equal(await first.getAttribute('aria-posinset'), '1');
  assert.match(await page.locator('.panel-tabs .count').first().innerText(), /^5\.000$/);
});

test('scrolling meets every observation, in order', async () => {
  const { met, most } = await scrollThrough(page, '.review-panel');
  assert.ok(most <= ROWS, `${most} rows at a time`);
  assert.equal(met.length, MANY);
  assert.deepEqual(met, all);
});

test('the same where the page scrolls and not the panel', async () => {
  const phone = await open(browser, server, `/bezoeken/${visit.id}/terugkijken`, 'phone');
  await phone.locator('[data-observation]').first().waitFor({ timeout: 30000 });
  const { met, most } = await scrollThrough(phone, null);
  assert.ok(most <= ROWS, `${most} rows at a time`);
  assert.deepEqual(met, all);
  await phone.context().close();
});

test('the keyboard reaches every row: one on, one back, the last, the first', async () => {
  await row(0).locator('.row-main').focus();
  for (let i = 1; i <= 150; i++) {
    await page.keyboard.press('ArrowDown');
    await until(async () => (await focused()) === all[i], 15000, `row ${i} has the focus`);
  }
  assert.ok(await inView(150), 'it is in view');
  assert.ok(await rows() <= ROWS);
  await page.keyboard.press('End');
  await until(async () => (await focused()) === all.at(-1), 15000, 'the last');
  await until(() => inView(MANY - 1), 15000, 'the last is in view');
  assert.equal(await row(MANY - 1).getAttribute('aria-posinset'), String(MANY));
  await page.keyboard.press('ArrowUp');
  await until(async () => (await focused()) === all.at(-2), 15000, 'the one before');
  await page.keyboard.press('Home');
  await until(async () => (await focused()) === all[0], 15000, 'the first');
  await until(() => inView(0), 15000, 'the first is in view');
});

test('who scrolls on keeps the focus, and walks on from there', async () => {
  await row(0).locator('.row-main').click();
  await page.evaluate(() => { document.querySelector('.review-panel').scrollTop = 100000; });
  await until(async () => !(await inView(0)) && (await rows()) > 20, 15000, 'elsewhere in the list');
  await sleep(100);
  assert.equal(await focused(), all[0]);
  await page.keyboard.press('ArrowDown');
  await until(async () => (await focused()) === all[1], 15000);
  await until(() => inView(1), 15000, 'back where the focus is');
});

test('one far away is chosen on the time line, and its row comes into view', async () => {
  await page.locator('tb-timeline canvas.scene').click({ position: { x: 700, y: 8 } }); // moves the playhead only
  await page.evaluate(() => document.activeElement?.blur());
  await page.keyboard.press('ArrowDown'); // the next after the playhead
  const chosen = await until(() => page.locator('.obs.selected').getAttribute('data-observation').catch(() => null), 15000);
  const index = all.indexOf(chosen);
  assert.ok(index > 200, `the ${index}th`);
  await until(() => inView(index), 15000, 'its row is in view');
  await row(index).locator('[data-test=edit]').click();
  await row(index).locator('[data-test=note]').fill('ver weg');
  await row(index).locator('[data-test=note]').blur();
  await until(async () => (await server.good('GET', `/api/visits/${visit.id}/observations`)).observations.find((one) => one.id === chosen).note === 'ver weg', 15000, 'the note is kept');
  await page.keyboard.press('Escape');
});

test('the list is searched: what is out of view is found too', async () => {
  await page.locator('[data-test=find-in-list]').fill('VER weg');
  await until(async () => (await rows()) === 1, 15000, 'one is left');
  await page.locator('[data-test=find-in-list]').fill('dit staat nergens');
  await until(async () => (await rows()) === 0, 15000, 'none is left');
  await page.locator('tb-observation-list .empty').waitFor();
  await page.locator('[data-test=find-in-list]').fill('');
  await until(async () => (await rows()) > 20, 15000, 'all are back');
});

/** What is put on the canvases by CHANGE: marks and bars of the lanes. */
async function drawn(where, change) {
  await where.evaluate(() => {
    globalThis.drawn = { calls: 0, sizes: 0 };
    if (globalThis.counting) return;
    globalThis.counting = true;
    const kind = CanvasRenderingContext2D.prototype;
    for (const name of ['drawImage', 'fillRect', 'fill', 'stroke', 'strokeRect', 'fillText']) {
      const real = kind[name];
      kind[name] = function (...words) { globalThis.drawn.calls++; return real.apply(this, words); };
    }
    for (const name of ['width', 'height']) {
      const { get, set } = Object.getOwnPropertyDescriptor(HTMLCanvasElement.prototype, name);
      Object.defineProperty(HTMLCanvasElement.prototype, name, { get, set(value) { if (this.isConnected) globalThis.drawn.sizes++; set.call(this, value); } });
    }
  });
  await change();
  await sleep(400);
  return where.evaluate(() => globalThis.drawn);
}

test('moving the time line draws what is in view and nothing else', async () => {
  const canvas = page.locator('tb-timeline canvas.scene');
  const box = await canvas.boundingBox();
  await page.mouse.move(box.x + box.width * 0.6, box.y + 60);
  const whole = await drawn(page, () => page.mouse.wheel(0, -120));
  assert.ok(whole.calls > 100, `${whole.calls}: the lesson is drawn`);
  assert.ok(whole.calls < MANY * 0.8, `${whole.calls} of ${MANY}: what lies on top of another is left out`);
  for (let i = 0; i < 30; i++) await page.mouse.wheel(0, -120);
  await sleep(300);
  const pan = await drawn(page, () => page.mouse.wheel(60, 0));
  assert.ok(pan.calls > 10 && pan.calls < 400, `${pan.calls} for a small part of the lesson`);
  assert.equal(pan.sizes, 0, 'the canvas keeps its size');
  await page.locator('tb-timeline').getByRole('button', { name: 'Hele les' }).click();
  await sleep(300);
  await drawn(page, () => page.locator('tb-timeline canvas.scene').click({ position: { x: 600, y: 8 } }));
  const head = await drawn(page, () => page.locator('tb-timeline canvas.scene').click({ position: { x: 640, y: 8 } }));
  assert.ok(head.calls > 0 && head.calls < 30, `${head.calls} when only the playhead moves`);
});

test('a short list is in the page as a whole', async () => {
  const few = await lesson(server, FEW);
  const short = await open(browser, server, `/bezoeken/${few.id}/terugkijken`);
  await until(async () => (await rows(short)) === FEW, 10000, 'all rows');
  assert.equal(await short.locator('[data-test=find-in-list]').count(), 0);
  await short.context().close();
});

test('nothing went wrong on the page', () => assert.deepEqual(page.problems, []));
