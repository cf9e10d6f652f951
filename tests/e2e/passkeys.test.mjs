// Signing in by a passkey, in a Chromium whose authenticator is Chromium's own virtual one.
import test from 'node:test';
import assert from 'node:assert/strict';
import { Client, PASSPHRASE, Server } from '../lib/terugblik.mjs';
import { launch, open } from '../lib/browser.mjs';
import * as looks from '../lib/looks.mjs';


let server;
let browser;
/** The server as a browser on it sees it at its name: passkeys are bound to that. */
let byName;

test.before(async () => {
  server = await Server.start();
  byName = { get address() { return `http://localhost:${server.port}`; } };
  browser = await launch();
});
test.after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Puts an authenticator into PAGE; its id and what speaks to it. */
async function device(page, { verifies = true } = {}) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: verifies, automaticPresenceSimulation: true },
  });
  const credentials = async () => (await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials;
  const verify = (isUserVerified) => cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified });
  return { credentials, verify };
}

const violations = (page) => looks.violations(page, { within: 'tb-passkeys, tb-passkey-door' });

async function add(page, name, passphrase = PASSPHRASE) {
  await page.locator('input[name=passkey]').fill(name);
  await page.locator('tb-passkeys tb-passphrase input').first().fill(passphrase);
  await page.locator('[data-test=add-passkey]').click();
}

async function signOut(page) {
  await page.evaluate(() => fetch('/api/session', { method: 'DELETE', headers: { 'Content-Type': 'application/json' } }));
  await page.goto('/');
  await page.locator('[data-test=passkey]').waitFor();
}

test('a passkey is added, signs in, and is removed', async () => {
  const coach = new Client(byName);
  await coach.signIn('coach');
  const page = await open(browser, byName, '/account', 'desktop', { as: coach });
  const { credentials, verify } = await device(page);
  await page.locator('tb-passkeys h2').waitFor();
  await add(page, 'Laptop', 'dit is hem niet');
  await page.getByText('Dit is niet je wachtzin.').waitFor();
  assert.equal((await credentials()).length, 0, 'nothing is made in the device before the passphrase was right');
  await add(page, 'Laptop');
  await page.locator('[data-passkey] strong', { hasText: 'Laptop' }).waitFor();
  assert.deepEqual(await violations(page), []);
  const [made] = await credentials();
  assert.equal(made.rpId, 'localhost');
  assert.equal(made.isResidentCredential, true);
  await add(page, 'Nog een keer');
  await page.getByText('Dit apparaat heeft al een passkey voor jou.').waitFor();

  await server.lock();
  await signOut(page);
  assert.deepEqual(await violations(page), []);
  await page.locator('[data-test=passkey]').click();
  await page.getByText('De kluis is nog dicht', { exact: false }).waitFor();
  await page.locator('.toast button', { hasText: 'Kluis openen' }).click();
  const dialog = page.locator('dialog.vault-question');
  await dialog.locator('tb-passphrase input').first().fill(PASSPHRASE);
  await dialog.locator('button[type=submit]').click();
  await dialog.waitFor({ state: 'detached' });
  assert.equal((await server.good('GET', '/api/vault')).state, 'open');

  await signOut(page);
  await verify(false);
  await page.locator('[data-test=passkey]').click();
  await page.locator('[data-test=passkey-problem]').waitFor();
  await verify(true);
  await page.locator('[data-test=passkey]').click();
  await page.locator('tb-visits').waitFor();

  await page.goto('/account');
  await page.locator('[data-passkey] button').click();
  await page.locator('dialog.question button', { hasText: 'Verwijderen' }).click();
  await page.getByText('Je hebt nog geen passkey.').waitFor();
  await signOut(page);
  await page.locator('[data-test=passkey]').click();
  await page.getByText('Met deze passkey kun je hier niet inloggen.', { exact: false }).waitFor();
  // Refusals, and the stream that ends when one signs out, are told in the console.
  assert.deepEqual(page.problems.filter((problem) => !/responded with a status|ERR_INCOMPLETE_CHUNKED_ENCODING/.test(problem)), []);
  await page.context().close();
});

test('at an address in numbers the page offers none, and says why', async () => {
  const page = await open(browser, server, '/account');
  await page.locator('[data-test=no-passkeys]').waitFor();
  assert.match(await page.locator('[data-test=no-passkeys]').innerText(), /alleen als het adres van Terugblik een naam is/);
  assert.equal(await page.locator('[data-test=add-passkey]').count(), 0);
  await page.context().close();
  const out = await open(browser, server, '/', 'desktop', { as: null });
  await out.locator('[data-test=sign-in]').waitFor();
  assert.equal(await out.locator('[data-test=passkey]').count(), 0);
  await out.context().close();
});
