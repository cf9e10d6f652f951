// Two people tap on one visit, in a real Chromium: each in a layer of their own, blind to each other and both without a
// connection for a while; when both are done the layers stand side by side, and how far they agree is counted.
import test from 'node:test';
import assert from 'node:assert/strict';
import { Server, sleep, until } from '../lib/terugblik.mjs';
import { launch, open } from '../lib/browser.mjs';
import { atEverySize, looksWell, violations } from '../lib/looks.mjs';


let server, browser, trainee, visit, coach, other;
const visible = (page, selector, ms = 15000) => page.locator(selector).first().waitFor({ timeout: ms });
const shot = async (page, name) => { if (process.env.TB_SHOTS) await page.screenshot({ path: `${process.env.TB_SHOTS}/${name}.png`, fullPage: true }); };
const observations = async (who = server) => (await who.good('GET', `/api/visits/${visit.id}/observations`)).observations;
const board = (page, code) => page.locator(`tb-tap-board [data-code="${code}"]`).first();

test.before(async () => {
  server = await Server.start();
  browser = await launch();
  trainee = await server.invite({ name: 'Noor Bakker', roles: ['trainee'] });
  visit = await server.good('POST', '/api/visits', { title: 'Taal: woordenschat', teacher: 'Sanne de Vries', instruments: ['snelle-start'] });
  await server.good('POST', `/api/visits/${visit.id}/start`, {});
  coach = await open(browser, server, `/bezoeken/${visit.id}/waarnemers`, 'tablet');
});

test.after(async () => {
  await browser?.close();
  await server?.stop();
});

test('the coach asks a starting coach to observe, blind to each other', async () => {
  await coach.locator('[data-test=add-observer]').click();
  await coach.locator('[data-test=observer-form] select').selectOption({ label: 'Noor Bakker' });
  await coach.locator('[data-test=observer-form] button[type=submit]').click();
  await visible(coach, `[data-observer="${trainee.person.id}"]`);
  const blind = coach.locator('input[name=blind]');
  assert.equal(await blind.isChecked(), true);
  await coach.route('**/observers', (route) => (route.request().method() === 'GET' ? route.continue() : route.abort()));
  await blind.click();
  await visible(coach, '.toast.error');
  assert.equal(await blind.isChecked(), true, 'as it is kept, when it could not be changed');
  await coach.unroute('**/observers');
  assert.deepEqual(await violations(coach), []);
});

test('the other finds the visit at what is shared, and taps without seeing any picture', async () => {
  other = await open(browser, server, '/gedeeld', 'phone', { as: trainee });
  await other.locator('[data-test=beside-visits] .visit-main').click();
  await visible(other, 'tb-tap-board [data-code="compliment"]');
  assert.equal(await other.locator('tb-live-picture').count(), 0);
  await shot(other, 'beside-board');
});

test('both tap while nothing reaches the server; it comes later, and neither sees the other', async () => {
  await coach.goto(`/bezoeken/${visit.id}/opnemen`);
  await visible(coach, 'tb-tap-board [data-code="compliment"]');
  await coach.context().setOffline(true);
  await other.context().setOffline(true);
  for (let k = 0; k < 3; k++) {
    await board(coach, 'compliment').click();
    await sleep(150);
    await board(other, 'compliment').click();
    await sleep(1500);
  }
  await board(other, 'bijsturen').click();
  assert.equal((await observations(trainee)).length, 0);
  await coach.context().setOffline(false);
  await other.context().setOffline(false);
  await until(async () => (await observations(trainee)).length === 4, 30000, 'the taps of the other arrive');
  await until(async () => (await observations()).length === 3, 30000, 'the taps of the coach arrive');
  assert.ok((await observations(trainee)).every((one) => one.observer === 'Noor Bakker'));
  assert.ok((await observations()).every((one) => one.observer !== 'Noor Bakker'), 'the coach sees nothing of the other layer either');
  // Nor does the page hold it.
  assert.ok(!(await coach.content()).includes('Noor Bakker'));
});

test('when both are done the layers open by themselves and stand side by side', async () => {
  await server.good('POST', `/api/visits/${visit.id}/end`, {});
  await other.goto(`/bezoeken/${visit.id}/waarnemers`);
  await other.locator('[data-test=done]').click();
  await visible(other, `[data-observer="${trainee.person.id}"] [data-done=true]`);
  assert.equal(await other.locator('tb-layers-beside').count(), 0);
  await coach.goto(`/bezoeken/${visit.id}/waarnemers`);
  await coach.locator('[data-test=done]').click();
  await visible(coach, '[data-test=opened]');
  await visible(coach, 'tb-layers-beside .mark');
  await visible(other, 'tb-layers-beside .mark', 15000); // told by the server, without loading anew
  const drawn = await coach.locator('tb-layers-beside .mark').count();
  assert.equal(drawn, 7);
  assert.equal(await coach.locator('#table-layers tbody tr').count(), 2);
  for (const [name, page] of [['coach', coach], ['other', other]]) {
    assert.deepEqual(await violations(page), []);
    await shot(page, `observers-${name}`);
  }
});

test('how far they agree is what was tapped: three of three, and one alone', async () => {
  await coach.locator('[data-test=compare]').click();
  await visible(coach, '[data-figure=observers]');
  const answer = await server.good('GET', `/api/visits/${visit.id}/concordance?by=${encodeURIComponent('Noor Bakker')}&by=${encodeURIComponent((await observations()).find((one) => one.observer !== 'Noor Bakker').observer)}&tolerance=2`);
  const results = answer.matches.map((one) => one.result).sort();
  assert.deepEqual(results, ['missed', 'same', 'same', 'same']);
});

test('it fits on every screen, in both languages', async () => {
  for (const language of ['en', 'nl']) {
    await server.good('PATCH', '/api/settings', { language });
    await atEverySize(browser, server, `/bezoeken/${visit.id}/waarnemers`, { ready: 'tb-layers-beside .mark' }, async (page, size, thorough) => {
      await looksWell(page, `${size}, ${language}`, { thorough, press: null });
      await shot(page, `observers-${language}-${size}`);
    });
  }
});
