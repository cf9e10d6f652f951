// How soon a press on the remote shows on the large screen: two pages of a real Chromium, finger to frame.
import { Server, sleep, until } from '../lib/terugblik.mjs';
import { launch, open } from '../lib/browser.mjs';
import { quantile } from './tools.mjs';

const PRESSES = 150;
const figures = (list) => [0.5, 0.95, 0.99].map((q) => `p${q * 100} ${quantile(list, q).toFixed(0)} ms`).join(', ');

/** The time of day, to parts of a millisecond, of each change of what the page shows: when its next frame is drawn. */
function watch() {
  window.changes = [];
  const now = () => performance.timeOrigin + performance.now();
  const drawn = (show) => requestAnimationFrame(() => setTimeout(() => window.changes.push([show, now()])));
  new MutationObserver((list) => {
    for (const { target } of list) if (target.matches?.('.talk-main')) drawn(target.dataset.show);
  }).observe(document.body, { subtree: true, attributes: true, attributeFilter: ['data-show'] });
  window.addEventListener('pointerdown', () => { window.pressed = now(); }, true);
}

export async function screen(table) {
  const server = await Server.start({ env: { G_DEBUG: '' } });
  const browser = await launch({ whole: true });
  try {
    const visit = await server.good('POST', '/api/visits', { title: 'nabespreking', teacher: 'M. de Wit', sources: [{ uri: 'test:?width=640&height=360&fps=25', kind: 'video' }] });
    await server.good('POST', `/api/visits/${visit.id}/recording`, {});
    await sleep(6000);
    await server.good('POST', `/api/visits/${visit.id}/end`, {});
    await server.good('POST', `/api/visits/${visit.id}/moments`, { from: 1, to: 4 });
    await server.good('POST', `/api/visits/${visit.id}/talk/reveal`, { together: true });
    await server.good('POST', `/api/visits/${visit.id}/talk/start`, {});
    const large = await open(browser, server, `/bezoeken/${visit.id}/nabespreking`);
    const phone = await open(browser, server, `/bezoeken/${visit.id}/sturen`, 'phone');
    await large.locator('.talk-main').waitFor();
    await phone.locator('[data-test=control-show-question]').waitFor();
    await large.evaluate(watch);
    await phone.evaluate(watch);
    await sleep(1500);
    const times = [], own = [];
    for (let i = 0; i < PRESSES; i++) {
      const show = i % 2 === 0 ? 'question' : 'agreements';
      const count = i + 1;
      await phone.locator(`[data-test=control-show-${show}]`).tap();
      await until(() => large.evaluate((n) => window.changes.length >= n, count), 5000, `press ${count} on the large screen`);
      const pressed = await phone.evaluate(() => window.pressed);
      const [shown, at] = (await large.evaluate(() => window.changes)).at(-1);
      if (shown !== show) throw new Error(`press ${count} shows ${shown}`);
      times.push(at - pressed);
      const before = performance.now();
      await server.good('GET', '/api/ping');
      own.push(performance.now() - before);
    }
    table.add('press on the phone’s page → drawn on the large screen’s page, in Chromium', figures(times), `a bare request in between: ${figures(own)}`,
      'p95 ≤ 100 ms', quantile(times, 0.95) <= 100);
  } finally {
    await browser.close();
    await server.stop();
  }
}
