// Whether the page of a visit keeps up with the screen while one moves through 5,000 observations.
import { launch, open } from '../lib/browser.mjs';
import { lesson } from '../lib/many.mjs';
import { Server, sleep } from '../lib/terugblik.mjs';
import { quantile } from './tools.mjs';

const MANY = 5000, FEW = 50, ROUNDS = 3;
const STEPS = Number(process.env.TB_BENCH_STEPS ?? 60);
const FRAME = 1000 / 60, SLACK = 2;

/** Starts to write down when frames are made, and how long the page was busy at a stretch. */
function watch() {
  if (globalThis.watched) return;
  const watched = (globalThis.watched = { on: false, last: 0, frames: [], long: [] });
  new PerformanceObserver((list) => { if (watched.on) watched.long.push(...list.getEntries().map((one) => one.duration)); }).observe({ type: 'longtask' });
  const frame = (now) => {
    if (watched.on && watched.last > 0) watched.frames.push(now - watched.last);
    watched.last = watched.on ? now : 0;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

/** Processor seconds of the page's own thread so far. It counts also when others use the machine. */
async function worked(page) {
  page.devtools ??= await page.context().newCDPSession(page);
  if (!page.counted) await page.devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
  page.counted = true;
  const { metrics } = await page.devtools.send('Performance.getMetrics');
  return metrics.find((one) => one.name === 'TaskDuration').value;
}

async function during(page, results, name, moves, work) {
  const before = await worked(page);
  await page.evaluate(() => { Object.assign(globalThis.watched, { on: true, last: 0, frames: [], long: [] }); });
  await work();
  const { frames, long } = await page.evaluate(() => {
    globalThis.watched.on = false;
    return { frames: globalThis.watched.frames, long: globalThis.watched.long };
  });
  const known = (results[name] ??= { frames: [], long: [], work: 0, moves: 0 });
  known.work += (await worked(page)) - before;
  known.moves += moves;
  known.frames.push(...frames);
  known.long.push(...long);
}

/** Real wheel, mouse and keys, over the time line and over the list; on an empty page over the same places. */
async function move(page, results) {
  const box = async (selector, otherwise) => (await page.locator(selector).count()) ? page.locator(selector).boundingBox() : otherwise;
  const line = await box('tb-timeline canvas.scene', { x: 20, y: 300, width: 900, height: 200 });
  const list = await box('.review-panel', { x: 960, y: 100, width: 440, height: 600 });
  const [x, y] = [line.x + line.width * 0.6, line.y + Math.min(40, line.height / 2)];
  await page.mouse.move(x, y);
  await page.mouse.wheel(0, 20000); // the whole lesson
  await sleep(100);
  await during(page, results, 'zoom', STEPS + 8, async () => {
    for (let i = 0; i < STEPS; i++) await page.mouse.wheel(0, i % 30 < 15 ? -120 : 120);
    for (let i = 0; i < 8; i++) await page.mouse.wheel(0, -120);
  });
  await during(page, results, 'pan', STEPS, async () => {
    for (let i = 0; i < STEPS; i++) await page.mouse.wheel(i % 30 < 15 ? 90 : -90, 0);
  });
  await during(page, results, 'drag', STEPS, async () => {
    await page.mouse.move(x - 200, line.y + 8);
    await page.mouse.down();
    for (let i = 0; i < STEPS; i++) await page.mouse.move(x - 200 + 6 * (i % 60), line.y + 8);
    await page.mouse.up();
  });
  await during(page, results, 'keys', STEPS, async () => {
    for (let i = 0; i < STEPS; i++) await page.keyboard.press(i % 12 === 5 ? '+' : i % 12 === 11 ? '-' : 'ArrowRight');
  });
  await page.mouse.move(list.x + list.width / 2, list.y + list.height / 2);
  await during(page, results, 'list', STEPS * 2, async () => {
    for (let i = 0; i < STEPS * 2; i++) await page.mouse.wheel(0, i % 60 < 45 ? 160 : -160);
    await page.mouse.wheel(0, -1e6);
  });
}

const late = (frames) => frames.filter((one) => one > FRAME + SLACK).length / Math.max(1, frames.length);

function told({ frames, long }) {
  const of = (q) => quantile(frames, q).toFixed(1);
  return `p50 ${of(0.5)}, p95 ${of(0.95)}, p99 ${of(0.99)} ms; ${(late(frames) * 100).toFixed(1)} % late; longest task ${long.length > 0 ? Math.max(...long).toFixed(0) : '< 50'} ms`;
}

const workOf = ({ work, moves }) => (work / moves) * 1000;

const together = (results) => ({ frames: Object.values(results).flatMap((one) => one.frames), long: Object.values(results).flatMap((one) => one.long) });

/** Chromium without a graphics processor draws here, and shares the machine: only beside the others does a figure count. */
export async function scroll(table) {
  const server = await Server.start({ env: { G_DEBUG: '' } });
  const browser = await launch({ whole: true });
  try {
    const visits = [await lesson(server, MANY), await lesson(server, FEW)];
    const pages = [];
    for (const visit of visits) {
      const page = await open(browser, server, `/bezoeken/${visit.id}/terugkijken`);
      await page.locator('[data-observation]').first().waitFor();
      pages.push(page);
    }
    const empty = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
    await empty.setContent('<!doctype html><title>leeg</title>');
    pages.push(empty);
    for (const page of pages) await page.evaluate(watch);
    const results = pages.map(() => ({}));
    for (let round = 0; round <= ROUNDS; round++) {
      for (const [i, page] of pages.entries()) {
        await page.bringToFront();
        await sleep(500);
        await move(page, round === 0 ? {} : results[i]);
      }
    }
    for (const name of Object.keys(results[0])) {
      process.stderr.write(`  ${name}: ${results.map((one, i) => `${['5,000', '50', 'empty page'][i]} ${told(one[name])}; ${workOf(one[name]).toFixed(1)} ms of work a move`).join(' | ')}\n`);
    }
    const [many, few, none] = results.map(together);
    const p95 = (one) => quantile(one.frames, 0.95);
    // What even an hour with 50 observations cannot keep here is not the doing of the other 4,950.
    const excess = Math.max(0, p95(few) - FRAME);
    table.add('time between frames while zooming, panning and scrolling through 5,000 observations (Chromium, drawing in software)', told(many),
      `50 observations: ${told(few)}; an empty page: ${told(none)}`, `p95 ≤ 16.7 ms + what 50 observations exceed it by, to 0.1 ms: ${(FRAME + excess + 0.1).toFixed(1)} ms`, p95(many) <= FRAME + excess + 0.1);
    const work = (one) => Object.keys(one).map((name) => `${name} ${workOf(one[name]).toFixed(1)}`).join(', ');
    const most = Math.max(...Object.values(results[0]).map(workOf));
    table.add('processor time of the page’s own thread for one move of that, all frames meanwhile included', `${work(results[0])} ms`, `50 observations: ${work(results[1])} ms; an empty page: ${work(results[2])} ms`,
      '≤ 16.7 ms, each', most <= FRAME);
  } finally {
    await browser.close();
    await server.stop();
  }
}
