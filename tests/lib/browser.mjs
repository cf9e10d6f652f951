// A real Chromium, as Debian brings it: without the windows around its pages (chromium-headless-shell) where that is
// installed, which opens a page in half the time; TB_LONG=1 takes the whole of it.
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--autoplay-policy=no-user-gesture-required'];

export const sizes = {
  phone: { width: 390, height: 844, hasTouch: true, isMobile: true },
  tablet: { width: 820, height: 1180, hasTouch: true, isMobile: true },
  desktop: { width: 1440, height: 900 },
};

const WHOLE = '/usr/bin/chromium', SHELL = '/usr/bin/chromium-headless-shell';

/** whole: with its windows, too. microphone: one that beeps (only the whole has it); who may use it is said when a page
 *  is opened (permissions: ['microphone']). */
export function launch({ microphone = false, whole = microphone || Boolean(process.env.TB_LONG) } = {}) {
  // What makes our own warnings fatal would end the browser over its own.
  const { G_DEBUG, ...env } = process.env;
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? (whole || !existsSync(SHELL) ? WHOLE : SHELL), headless: true, args: microphone ? [...flags, '--use-fake-device-for-media-stream'] : flags, env });
}

/** Gives a browser the sign-in of CLIENT. */
export async function signIn(context, client) {
  if (!client?.cookie) return;
  const [name, ...value] = client.cookie.split('=');
  const secure = client.address.startsWith('https:');
  await context.addCookies([{ name, value: value.join('='), url: client.address, httpOnly: true, secure, sameSite: 'Strict' }]);
}

/** A browser of its own (storage, cookies) at SIZE; its page. It is signed in as the server's coach, or as options.as
 *  (a client; null: nobody). Errors of the page are kept in page.problems, what it asks and has no whole answer
 *  to in page.asked (but for streams, which have no end). */
export async function open(browser, server, path = '/', size = 'desktop', { as = server, ...options } = {}) {
  const { width, height, ...device } = sizes[size];
  const context = await browser.newContext({ baseURL: server.address, viewport: { width, height }, locale: 'nl-NL', timezoneId: 'Europe/Amsterdam', ...device, ...options });
  await signIn(context, as);
  const page = await context.newPage();
  page.problems = [];
  page.on('pageerror', (error) => page.problems.push(`error: ${error.message}`));
  page.on('console', (message) => { if (message.type() === 'error') page.problems.push(`console: ${message.text()}`); });
  page.asked = new Set();
  page.on('request', (one) => { if (!['eventsource', 'media'].includes(one.resourceType()) && !/\/live\./.test(one.url())) page.asked.add(one); });
  for (const event of ['requestfinished', 'requestfailed']) page.on(event, (one) => page.asked.delete(one));
  await page.goto(path);
  return page;
}
