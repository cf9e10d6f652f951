// Who is here, in a real Chromium: set-up with its recovery key, an invitation in a second browser, signing in and out,
// another device, and a sign-in that ends while somebody is at work.
import test from 'node:test';
import assert from 'node:assert/strict';
import { Client, PASSPHRASE, Server, sleep, until } from '../lib/terugblik.mjs';
import { launch, open } from '../lib/browser.mjs';

let server, browser, coach, link;

test.before(async () => {
  server = await Server.start({ fresh: true });
  browser = await launch();
});

test.after(async () => {
  await browser?.close();
  await server?.stop();
});

const visible = (page, selector, ms = 15000) => page.locator(selector).first().waitFor({ timeout: ms });
const here = (address) => new URL(address).hash === '' ? address : server.address + '/' + new URL(address).hash;

/** An answer that is no answer is written in the console by the browser itself; that is not the page's doing. */
const own = (page) => page.problems.filter((one) => !/Failed to load resource/.test(one));

async function signInBy(page, login, passphrase = PASSPHRASE) {
  await page.locator('input[name=login]').fill(login);
  await page.locator('input[name=passphrase]').fill(passphrase);
  await page.locator('[data-test=sign-in]').click();
}

test('before anybody is set up, every address leads to the set-up', async () => {
  const page = await open(browser, server, '/instellingen', 'desktop', { as: null });
  await visible(page, 'tb-set-up [data-test=set-up]');
  assert.equal(await page.locator('tb-settings').count(), 0);
  await page.context().close();
});

test('the first coach is set up, and shows that the recovery key is kept', async () => {
  coach = await open(browser, server, '/', 'desktop', { as: null });
  await visible(coach, 'input[name=name]');
  await coach.locator('input[name=name]').fill('Marieke de Wit');
  assert.equal(await coach.locator('input[name=login]').inputValue(), 'marieke');
  await coach.locator('input[name=passphrase]').fill('te kort');
  await coach.locator('[data-test=set-up]').click();
  await visible(coach, '.field-problem');
  await coach.locator('[data-test=suggest]').click();
  await until(async () => (await coach.locator('input[name=passphrase]').inputValue()).split(' ').length >= 4, 15000, 'a suggestion');
  await coach.locator('input[name=passphrase]').fill(PASSPHRASE);
  await coach.locator('[data-test=set-up]').click();
  await visible(coach, '[data-test=recovery-words]', 30000);
  const words = await coach.locator('[data-test=recovery-words] li').allInnerTexts();
  assert.equal(words.length, 24);
  assert.equal(await coach.locator('.paper svg.qr path').count(), 1);
  const fields = await coach.locator('[data-place]').all();
  assert.equal(fields.length, 2);
  for (const field of fields) await field.fill('verkeerd');
  await coach.locator('input[name=kept]').check();
  await coach.locator('[data-test=recovery-done]').click();
  await visible(coach, 'tb-recovery-sheet .problem');
  for (const field of fields) await field.fill(words[Number(await field.getAttribute('data-place'))].replace(/^\d+\.\s*/, '').trim().toUpperCase());
  // The sheet stays while the page looks who is here, as when somebody comes back from another window.
  await coach.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await sleep(500);
  await coach.locator('[data-test=recovery-done]').click();
  await visible(coach, 'tb-visits h1');
  await visible(coach, '[data-test=vault-badge][data-vault=open]');
  assert.deepEqual(own(coach), []);
});

test('the key is nowhere in the browser afterwards', async () => {
  const left = await coach.evaluate(async () => {
    const stored = JSON.stringify({ ...localStorage, ...sessionStorage });
    const kept = await new Promise((done) => {
      const asked = indexedDB.open('terugblik');
      asked.onsuccess = () => {
        const all = asked.result.transaction('answers').objectStore('answers').getAll();
        all.onsuccess = () => { asked.result.close(); done(JSON.stringify(all.result)); };
      };
      asked.onerror = () => done('');
    });
    return document.documentElement.outerHTML + stored + kept;
  });
  assert.doesNotMatch(left, /AGE-SECRET-KEY/);
  assert.equal(left.includes(PASSPHRASE), false);
});

test('a coach invites a teacher, who comes in in a browser of their own', async () => {
  await coach.locator('nav a[href="/mensen"]').click();
  await coach.locator('[data-test=new-person]').click();
  await coach.locator('input[name=person-name]').fill('Sanne de Vries');
  assert.equal(await coach.locator('input[name=person-login]').inputValue(), 'sanne');
  await coach.locator('[data-test=add-person]').click();
  await visible(coach, '[data-test=invitation] svg.qr');
  link = here(await coach.locator('[data-test=link]').inputValue());
  assert.match(link, /\/#\/welkom\/[\w-]+$/);

  const teacher = await open(browser, server, link, 'phone', { as: null });
  await visible(teacher, 'h1:has-text("Welkom, Sanne de Vries")');
  await teacher.locator('input[name=passphrase]').fill(PASSPHRASE);
  await teacher.locator('[data-test=accept]').click();
  await visible(teacher, 'tb-shared h1');
  assert.equal(new URL(teacher.url()).hash, '');
  // Only what is theirs is in the menu.
  await teacher.locator('[data-test=account]').click();
  const places = await teacher.locator('.menu-places a').allInnerTexts();
  assert.deepEqual(places, ['Met mij gedeeld', 'Trajecten', 'Instellingen', 'Hulp']);
  assert.deepEqual(own(teacher), []);
  await teacher.context().close();
});

test('an invitation works once', async () => {
  const late = await open(browser, server, link, 'phone', { as: null });
  await visible(late, 'h1:has-text("Deze uitnodiging werkt niet meer")');
  assert.equal(new URL(late.url()).hash, '');
  await late.context().close();
});

test('a wrong passphrase is told so, and many of them wait', async () => {
  const page = await open(browser, server, '/', 'desktop', { as: null });
  for (let i = 0; i < 12 && (await page.locator('[data-test=wait]').count()) === 0; i++) {
    await signInBy(page, 'niemand', `zo is het niet ${i}`);
    await page.locator('[data-test=problem], [data-test=wait]').first().waitFor();
    await until(async () => (await page.locator('[data-test=sign-in]').innerText()) === 'Inloggen', 10000, 'an answer');
  }
  const seconds = async () => Number(/\d+/.exec(await page.locator('[data-test=wait]').innerText())[0]);
  const before = await seconds();
  await sleep(2200);
  if (before > 3) assert.ok((await seconds()) < before, 'it counts down');
  assert.equal(await page.locator('[data-test=sign-in]').isDisabled(), before > 3);
  await page.context().close();
});

test('another device is connected by a code, and signed out from the first', async () => {
  const client = new Client(server);
  await client.signIn('marieke');
  const pairing = await client.good('POST', '/api/sessions/pair', {});
  const tablet = await open(browser, server, here(pairing.link), 'tablet', { as: null });
  await visible(tablet, 'h1:has-text("Dit apparaat koppelen")');
  await tablet.locator('[data-test=accept]').click();
  await visible(tablet, 'tb-visits h1');
  assert.equal(new URL(tablet.url()).hash, '');

  await coach.goto('/account');
  await visible(coach, '[data-session]');
  await until(async () => (await coach.locator('[data-session]').count()) === 3, 15000, 'three sign-ins');
  const current = await tablet.evaluate(() => fetch('/api/sessions').then((one) => one.json()).then((all) => all.sessions.find((each) => each.current).id));
  await coach.locator(`[data-session="${current}"] button`).click();
  await visible(tablet, 'tb-sign-in');
  assert.equal(await tablet.locator('tb-visits').isVisible(), false);
  await tablet.context().close();
});

test('a sign-in that ends at the board loses no tap, and nobody else sends it', async () => {
  const client = new Client(server);
  await client.signIn('marieke');
  const visit = await client.good('POST', '/api/visits', { title: 'Zaakvakken' });
  await client.good('POST', `/api/visits/${visit.id}/start`, {});
  const count = () => client.good('GET', `/api/visits/${visit.id}/observations`).then((all) => all.observations.length);

  const board = await open(browser, server, `/bezoeken/${visit.id}/opnemen`, 'tablet', { as: null });
  await signInBy(board, 'marieke');
  await visible(board, '[data-code=compliment]');
  await sleep(1000);
  await board.context().setOffline(true);
  await board.locator('[data-code=compliment]').click();
  await visible(board, '[data-test=unsent]');
  // Signed out elsewhere while there was no connection.
  const own = await board.context().cookies(server.address).then((all) => all[0]);
  const same = new Client(server, `${own.name}=${own.value}`);
  await same.good('DELETE', '/api/session');
  await board.context().setOffline(false);
  await visible(board, 'tb-sign-in', 20000);
  assert.equal(await board.locator('[data-code=compliment]').isVisible(), false);
  assert.equal(await count(), 0);

  // Somebody else at this device: nothing of the coach is left on the screen, and the tap is not sent under their name.
  const sanne = board;
  await signInBy(sanne, 'sanne');
  await visible(sanne, 'tb-shared h1');
  await sleep(1500);
  assert.equal(await count(), 0);
  assert.equal(await sanne.locator('[data-test=unsent]').count(), 0);
  await sanne.locator('[data-test=account]').click();
  await sanne.locator('[data-test=sign-out]').click();
  await visible(sanne, 'tb-sign-in');

  await signInBy(board, 'marieke');
  await visible(board, 'tb-visits h1');
  await until(async () => (await count()) === 1, 15000, 'the tap arrives');
  const [one] = (await client.good('GET', `/api/visits/${visit.id}/observations`)).observations;
  assert.equal(one.observer, 'Marieke de Wit');
  await client.good('POST', `/api/visits/${visit.id}/end`, {});
  await board.context().close();
});

test('what is typed stays when the sign-in ends, and is there when the same person is back', async () => {
  const client = new Client(server);
  await client.signIn('marieke');
  const page = await open(browser, server, '/mensen', 'desktop', { as: client });
  await page.locator('[data-test=new-person]').click();
  await page.locator('input[name=person-name]').fill('Half Getypt');
  await client.good('DELETE', '/api/session');
  await visible(page, 'tb-sign-in');
  assert.equal(await page.locator('input[name=person-name]').isVisible(), false);
  await signInBy(page, 'marieke');
  await page.locator('input[name=person-name]').waitFor();
  assert.equal(await page.locator('input[name=person-name]').inputValue(), 'Half Getypt');
  await page.context().close();
});

test('signing out leaves nothing behind but the shell', async () => {
  await coach.goto('/bezoeken');
  await visible(coach, 'tb-visits h1');
  await coach.locator('[data-test=account]').click();
  await coach.locator('[data-test=sign-out]').click();
  await visible(coach, 'tb-sign-in');
  const left = await coach.evaluate(async () => {
    const names = [];
    for (const name of await caches.keys()) for (const request of await (await caches.open(name)).keys()) names.push(new URL(request.url).pathname);
    const answers = await new Promise((done) => {
      const asked = indexedDB.open('terugblik');
      asked.onsuccess = () => {
        const all = asked.result.transaction('answers').objectStore('answers').getAllKeys();
        all.onsuccess = () => { asked.result.close(); done(all.result); };
      };
    });
    return { names, answers, person: localStorage.getItem('terugblik.person') };
  });
  assert.deepEqual(left.answers, []);
  assert.equal(left.person, null);
  assert.deepEqual(left.names.filter((name) => name.startsWith('/api/') || name.startsWith('/media/')), []);
});
