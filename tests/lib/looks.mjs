// How places look at every size: nothing wider than the screen, large enough to press, nothing that axe finds, no error.
// Each place is opened at one size, in turn, which axe looks at too; the other sizes it is then brought to by resizing.
// TB_LONG=1 opens it anew at every size, and lets axe look each time.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { open, sizes } from './browser.mjs';
import { sleep } from './terugblik.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

export const long = Boolean(process.env.TB_LONG);

/** What axe finds, as “rule: places”. within: a selector; also: more tags of rules. */
export async function violations(page, { within = null, also = [] } = {}) {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe);
  return page.evaluate(async ([where, tags]) => {
    const found = await globalThis.axe.run(where ?? document, { runOnly: tags, resultTypes: ['violations'] });
    return found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(' ')).join(', ')}`);
  }, [within, [...WCAG, ...also]]);
}

/** How many px the page, or something in it that scrolls by itself (a selector), is wider than what is seen of it. */
export const wider = (page, within = null) => page.evaluate((where) => Math.max(...[document.documentElement, ...(where ? document.querySelectorAll(where) : [])]
  .map((one) => one.scrollWidth - one.clientWidth)), within);

/** What is too small to press, with its size. */
export const small = (page, { of = 'button, a.button, select', height = 43.5, width = 43.5 } = {}) => page.$$eval(of, (list, [h, w]) => list
  .map((one) => ({ text: one.textContent.trim() || one.getAttribute('aria-label'), box: one.getBoundingClientRect() }))
  .filter(({ box }) => box.width > 0 && (box.height < h || box.width < w)).map(({ text, box }) => `${text}: ${box.width}×${box.height}`), [height, width]);

/** Waits until the page stands still: nothing is asked, nothing moves and nothing comes or goes. What never stands still
 *  is waited for no longer than MS. */
export async function settled(page, ms = 2500) {
  const deadline = Date.now() + ms;
  do {
    while (page.asked.size > 0 && Date.now() < deadline) await sleep(20);
    await page.evaluate(async (most) => {
      await document.fonts.ready;
      const end = performance.now() + most;
      let last = performance.now();
      const seen = new MutationObserver(() => { last = performance.now(); });
      seen.observe(document.body, { childList: true, subtree: true });
      const moves = () => document.getAnimations().some((one) => one.playState === 'running' && Number.isFinite(one.effect?.getComputedTiming().endTime));
      do {
        await new Promise((done) => setTimeout(done, 20));
        if (moves()) last = performance.now();
      } while (performance.now() < Math.min(end, last + 200));
      seen.disconnect();
    }, deadline - Date.now());
  } while (page.asked.size > 0 && Date.now() < deadline);
}

/** All of that, for a page at the size it has. thorough: axe looks too; press: see small; within: see wider. */
export async function looksWell(page, name, { thorough = true, press = {}, within = null, also } = {}) {
  const px = await wider(page, within);
  assert.ok(px <= 0, `${name} is ${px} px wider than the screen`);
  if (press) assert.deepEqual(await small(page, press), [], `${name}: large enough to press`);
  if (thorough) assert.deepEqual(await violations(page, { also }), [], name);
}

let turn = 0;
const kept = new WeakMap();

export const resize = (page, size) => page.setViewportSize({ width: sizes[size].width, height: sizes[size].height });

/** PATH as somebody at a size, in the browser that they had for it before. */
async function again(browser, server, path, size, as) {
  const pages = kept.get(browser) ?? kept.set(browser, new Map()).get(browser);
  const key = `${as?.cookie} ${Boolean(sizes[size].isMobile)}`;
  const page = pages.get(key);
  if (!page) {
    const made = await open(browser, server, path, size, { as });
    pages.set(key, made);
    return made;
  }
  page.problems = [];
  await resize(page, size);
  await page.goto(path);
  return page;
}

/** Opens PATH as somebody and calls LOOK(page, size, thorough) at every size (or only these), as is said above.
 *  ready: what is waited for; prepare(page) and finish(page): what is done there first and last. Errors of the page are
 *  faults, but for what is to be ignored. */
export async function atEverySize(browser, server, path, { as = server, ready = 'h1', prepare = null, finish = null, only = Object.keys(sizes), ignore = () => false }, look) {
  const first = only[turn++ % only.length];
  for (const opened of long ? only : [first]) {
    const page = long ? await open(browser, server, path, opened, { as }) : await again(browser, server, path, opened, as);
    await page.locator(ready).first().waitFor();
    if (prepare) await prepare(page);
    for (const size of long ? [opened] : [opened, ...only.filter((one) => one !== opened)]) {
      if (size !== opened) await resize(page, size);
      await settled(page, size === opened ? 2500 : 800);
      await look(page, size, size === opened);
    }
    if (finish) await finish(page);
    assert.deepEqual(page.problems.filter((one) => !ignore(one)), [], `${path} opened at ${opened}`);
    if (long) await page.context().close();
    else await page.goto('about:blank');
  }
}
