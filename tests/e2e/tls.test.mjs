// A tablet in the school's network, as a real Chromium: before it trusts us, on
// the page that helps it, and after.
import test from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { sizes } from '../lib/browser.mjs';
import { violations } from '../lib/looks.mjs';
import { Server, until } from '../lib/terugblik.mjs';

const lan = Object.values(networkInterfaces()).flat().find((one) => !one.internal && one.family === 'IPv4')?.address;
const skip = lan === undefined ? 'this machine has no network' : false;
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

let folder;
let server;
let port;
let trust;

const freePort = () => new Promise((done) => {
  const taken = net.createServer().listen(0, '0.0.0.0', () => { const { port: free } = taken.address(); taken.close(() => done(free)); });
});

test.before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'terugblik-tls-'));
  if (skip) return;
  [port, trust] = [await freePort(), await freePort()];
  server = await Server.start({ args: ['--listen', `${lan}:${port}`, '--trust-port', String(trust), '--name', 'bestaat-niet.invalid'] });
});
test.after(async () => { await server?.stop(); rmSync(folder, { recursive: true, force: true }); });

/** A Chromium with a home of its own; its list of authorities is there (.pki/nssdb). */
async function tablet(name, { trusts = false, size = 'phone', locale = 'nl-NL' } = {}) {
  const home = join(folder, name);
  const database = join(home, '.pki/nssdb');
  mkdirSync(database, { recursive: true });
  const certutil = (...args) => {
    const run = spawnSync('certutil', ['-d', `sql:${database}`, ...args], { encoding: 'utf8' });
    assert.equal(run.status, 0, `certutil (libnss3-tools): ${run.error ?? run.stderr}`);
  };
  certutil('-N', '--empty-password');
  const install = async () => {
    const file = join(home, 'ca.crt');
    writeFileSync(file, Buffer.from(await (await fetch(`http://${lan}:${trust}/terugblik-ca.crt`)).arrayBuffer()));
    certutil('-A', '-t', 'C,,', '-n', 'terugblik', '-i', file);
  };
  if (trusts) await install();
  const { G_DEBUG, ...env } = process.env;
  const { width, height, ...device } = sizes[size];
  const context = await chromium.launchPersistentContext(join(home, 'profile'), {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', headless: true, args: flags, env: { ...env, HOME: home },
    viewport: { width, height }, locale, ...device,
  });
  const page = context.pages()[0] ?? await context.newPage();
  page.problems = [];
  page.on('pageerror', (error) => page.problems.push(error.message));
  page.on('console', (message) => { if (/Content Security Policy|Refused to/.test(message.text())) page.problems.push(message.text()); });
  return { context, page };
}

const outcome = (page) => until(async () => {
  const state = await page.locator('main').getAttribute('data-state');
  return state !== 'start' && state !== 'busy' && state;
}, 20000, 'the test has an outcome');

test('a tablet that does not trust it yet is told so', { skip, timeout: 90000 }, async (t) => {
  const { context, page } = await tablet('before');
  t.after(() => context.close());
  await assert.rejects(page.goto(`https://${lan}:${port}/`), /ERR_CERT_AUTHORITY_INVALID/);
  await page.waitForURL('chrome-error://**').catch(() => {});
  await page.goto(`http://${lan}:${trust}/`);
  assert.equal(await outcome(page), 'untrusted');
  const said = page.getByRole('status');
  assert.match(await said.innerText(), /vertrouwt hem nog niet/);
  assert.match(await said.innerText(), /De tweede wordt vaak vergeten/);
  assert.equal(await page.getByRole('link', { name: 'Terugblik openen' }).count(), 0, 'nothing that would end in a warning is offered');
  const network = await server.good('GET', '/api/network');
  assert.equal((await page.locator('.fingerprint').innerText()).trim().split(/\s+/).join(':'), network.fingerprint);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), sizes.phone.width, 'it fits a phone');
  await page.locator('summary', { hasText: 'iPhone of iPad' }).click();
  assert.ok(await page.getByText('Nu nog aanzetten').isVisible());
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(await context.cookies(), []);
  assert.deepEqual(page.problems, []);

  // The laptop has gone: another sentence.
  await page.route('**/probe', (route) => route.abort());
  await page.getByRole('button', { name: 'Opnieuw kijken' }).click();
  await until(async () => await page.locator('main').getAttribute('data-state') === 'gone', 20000, 'it says that it is gone');
  assert.match(await said.innerText(), /hotspot/);
});

test('with the authority it works, also away from the laptop', { skip, timeout: 120000 }, async (t) => {
  const { context, page } = await tablet('after', { trusts: true });
  t.after(() => context.close());
  await page.goto(`http://${lan}:${trust}/`);
  // The name of this test is found by nobody; the number works.
  assert.equal(await outcome(page), 'nameless');
  assert.match(await page.getByRole('status').innerText(), /via het adres in cijfers/);
  assert.deepEqual(page.problems, []);
  const opens = page.getByRole('link', { name: 'Terugblik openen' });
  assert.equal(await opens.getAttribute('href'), `https://${lan}:${port}`);
  await opens.click();
  await page.waitForURL(`https://${lan}:${port}/**`);
  assert.equal(await page.evaluate(() => isSecureContext), true);
  const active = await page.evaluate(async () => {
    const registration = await Promise.race([navigator.serviceWorker.ready, new Promise((done) => setTimeout(() => done(null), 15000))]);
    return registration?.active?.scriptURL ?? null;
  });
  assert.match(active ?? 'no service worker', new RegExp(`^https://${lan}:${port}/`));

  // Paired as a tablet is: a link that the coach's laptop shows.
  const pair = await server.good('POST', '/api/sessions/pair');
  assert.ok(pair.link.startsWith('https://'), pair.link);
  const accepted = await page.evaluate(async (code) => (await fetch('/api/invitations/accept', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ code }) })).status, pair.code);
  assert.equal(accepted, 200);
  const [cookie] = await context.cookies(`https://${lan}:${port}/`);
  assert.deepEqual([cookie.secure, cookie.httpOnly, cookie.sameSite, cookie.name.startsWith('__Host-')], [true, true, 'Strict', true]);
  assert.equal(await page.evaluate(async () => (await (await fetch('/api/session')).json()).secure), true);
});

test('English, on a tablet', { skip, timeout: 60000 }, async (t) => {
  const { context, page } = await tablet('english', { size: 'tablet', locale: 'en-GB' });
  t.after(() => context.close());
  await page.goto(`http://${lan}:${trust}/`);
  assert.equal(await outcome(page), 'untrusted');
  assert.match(await page.getByRole('status').innerText(), /does not trust it yet/);
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'en');
});
