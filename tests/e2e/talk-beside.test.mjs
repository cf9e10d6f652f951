// Two visits beside each other in the talk: chosen on the phone, both pictures on the large screen at their own instants,
// which their marks tell; after a reload too; and never a visit that who looks may not see, or that is of others.
import test from 'node:test';
import assert from 'node:assert/strict';
import { Server, sleep, until } from '../lib/terugblik.mjs';
import { launch, open } from '../lib/browser.mjs';
import { violations } from '../lib/looks.mjs';
import { readStrip } from '../lib/mark.mjs';

const FRAME_MS = 40;
const sources = [{ uri: 'test:?width=640&height=360&fps=25', kind: 'video', name: 'Beeld' }, { uri: 'test:', kind: 'audio', name: 'Geluid' }];

let server, browser, teacher, visit, earlier, foreign, screen, phone;
const visible = (page, selector, ms = 15000) => page.locator(selector).first().waitFor({ timeout: ms });
const shot = (page, name) => (process.env.TB_SHOTS ? page.screenshot({ path: `${process.env.TB_SHOTS}/${name}.png` }) : null);
const press = (page, control) => page.locator(`[data-test=control-${control}]`).click();
const stage = (page, name) => page.locator('[data-test=stage]').getAttribute(`data-${name}`);

/** Waits until the screen stays at one picture; gives its time. */
async function standing() {
  let now;
  await until(async () => { now = await stage(screen, 'time'); await sleep(500); return (await stage(screen, 'time')) === now; }, 15000, 'it stands still');
  return Number(now);
}

/** The marks of both pictures at one instant, ms on the time line of each visit; null for one that is not there. */
async function marks(page) {
  const strips = await page.evaluate(() => ['picture', 'picture-beside'].map((name) => {
    const video = document.querySelector(`[data-test=${name}] video`);
    if (!video || video.readyState < 2 || video.seeking) return null;
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [640, 360];
    const context = canvas.getContext('2d');
    context.drawImage(video, 0, 0, 640, 360);
    const all = context.getImageData(0, 0, 640, 40).data;
    return Array.from({ length: 640 * 40 }, (_, i) => all[4 * i + 1]);
  }));
  return strips.map((strip) => strip && readStrip(strip, 640, 40));
}

/** Both stand still at these places (s), to the frame. */
async function stands(page, main, beside, what) {
  let seen;
  await until(async () => {
    seen = await marks(page).catch(() => [null, null]);
    return [main, beside].every((place, i) => seen[i] !== null && Math.abs(seen[i] - place * 1000) <= FRAME_MS + 10);
  }, 15000, what).catch((error) => { throw new Error(`${error.message}: ${seen} instead of ${main * 1000}, ${beside * 1000}`); });
}

async function film(fields, seconds) {
  const made = await server.good('POST', '/api/visits', { sources, ...fields });
  await server.film(made, seconds);
  await server.good('POST', `/api/visits/${made.id}/end`, {});
  return made;
}

async function choose(place, id) {
  await press(phone, 'besides');
  await visible(phone, `[data-beside-visit="${id}"]`);
  await phone.locator('[data-test=beside-chooser] input').fill(place);
  await phone.locator(`[data-beside-visit="${id}"]`).click();
  await until(async () => (await phone.locator('[data-test=beside-chooser]').count()) === 0, 15000, 'the choice is made');
}

test.before(async () => {
  server = await Server.start();
  browser = await launch();
  teacher = await server.invite({ name: 'Sanne de Vries', roles: ['teacher'] });
  const other = await server.invite({ name: 'Cor Bakker', roles: ['teacher'] });
  const line = await server.good('POST', '/api/trajectories', { teacher_person: teacher.person.id });
  [earlier, visit, foreign] = await Promise.all([film({ title: 'Kommagetallen', teacher_person: teacher.person.id }, 9),
    film({ title: 'Breuken', teacher_person: teacher.person.id }, 9), film({ title: 'Van Cor', teacher_person: other.person.id }, 2)]);
  const planned = await server.good('POST', '/api/visits', { title: 'Later', teacher_person: teacher.person.id });
  for (const one of [earlier, visit, planned]) await server.good('POST', `/api/trajectories/${line.id}/visits`, { visit: one.id });
  await server.good('POST', `/api/visits/${visit.id}/releases`, { person: teacher.person.id, purpose: 'coaching', until: new Date(Date.now() + 42 * 864e5).toISOString() });
  await server.good('POST', `/api/visits/${visit.id}/moments`, { from: 3, to: 8, title: 'De overgang', kind: 'improve', line: '' });
  for (const who of [server, teacher]) await who.good('POST', `/api/visits/${visit.id}/talk/ready`, { ready: true });
  await server.good('POST', `/api/visits/${visit.id}/talk/reveal`, {});
  await server.good('POST', `/api/visits/${visit.id}/talk/start`, {});
  screen = await open(browser, server, `/bezoeken/${visit.id}/nabespreking`);
  phone = await open(browser, server, `/bezoeken/${visit.id}/sturen`, 'phone');
});

test.after(async () => {
  await browser?.close();
  await server?.stop();
});

test('the phone chooses a place in an earlier visit, and both stand there', async () => {
  await visible(screen, '[data-test=picture] video');
  await press(phone, 'besides');
  await visible(phone, '[data-beside-visit]');
  assert.deepEqual(await phone.$$eval('[data-beside-visit]', (list) => list.map((one) => one.dataset.besideVisit)), [earlier.id], 'filmed, of this trajectory, and not the lesson itself');
  await shot(phone, 'beside-chooser-phone');
  await press(phone, 'besides');
  await choose('0:04,5', earlier.id);
  await until(async () => (await stage(screen, 'layout')) === 'visits', 15000, 'two visits');
  await stands(screen, 3, 4.5, 'both at the beginning');
  assert.match(await screen.locator('[data-test=picture-beside] figcaption').innerText(), /Kommagetallen/);
  await shot(screen, 'talk-visits-desktop');
  assert.deepEqual(await violations(screen), []);
  const [left, right] = await Promise.all(['picture', 'picture-beside'].map((one) => screen.locator(`[data-test=${one}]`).boundingBox()));
  assert.ok(Math.abs(left.width - right.width) < 2 && left.x + left.width <= right.x + 1, 'of one size, side by side');
});

test('they play together, stand still together, and go on frame by frame', async (t) => {
  await press(phone, 'play');
  const gaps = [];
  await until(async () => {
    const [main, beside] = await marks(screen);
    if (main !== null && beside !== null && main > 3400) gaps.push(beside - main);
    return main > 5000;
  }, 20000, 'it plays');
  await press(phone, 'play');
  await until(async () => (await stage(screen, 'playing')) === 'false', 15000, 'still');
  gaps.sort((a, b) => a - b);
  t.diagnostic(`beside while it plays: ${gaps.join(', ')} ms`);
  assert.ok(Math.abs(gaps[Math.floor(gaps.length / 2)] - 1500) <= 250, `${gaps}`);
  const at = await standing();
  assert.ok(at > 4.9 && at < 8);
  await stands(screen, at, at + 1.5, 'both after a pause');
  for (let i = 0; i < 5; i++) await press(phone, 'frame-next');
  await stands(screen, at + 0.2, at + 1.7, 'five frames on');
  await press(phone, 'slow');
  await until(async () => (await screen.$$eval('[data-test=stage] figure video', (list) => list.map((one) => one.playbackRate))).every((rate) => rate === 0.5), 15000, 'both slow');
  await press(phone, 'slow');
});

test('a reload shows both again, where they were', async () => {
  const at = await standing();
  await screen.reload();
  await visible(screen, '[data-test=picture-beside] video');
  await stands(screen, at, at + 1.5, 'both again');
  assert.equal(await stage(screen, 'layout'), 'visits');
  assert.equal(await stage(screen, 'playing'), 'false');
});

test('its very beginning is its first picture; past its end it says that there is none', async () => {
  await press(phone, 'besides');
  await until(async () => (await stage(screen, 'layout')) === 'one', 15000, 'one picture');
  assert.equal(await screen.locator('[data-test=picture-beside]').count(), 0);
  await phone.locator('[data-test=control-back]').click();
  await until(async () => Math.abs(Number(await stage(screen, 'time')) - 3) < 2.5, 15000, 'back');
  const at = await standing();
  await choose('0:00', earlier.id);
  let main, beside;
  await until(async () => {
    [main, beside] = await marks(screen).catch(() => [null, null]);
    return beside !== null && main !== null && Math.abs(main - at * 1000) <= FRAME_MS + 10;
  }, 15000, 'both pictures').catch((error) => { throw new Error(`${error.message}: ${main} instead of ${at * 1000}, ${beside}`); });
  assert.ok(beside >= 0 && beside < 3500, `${beside}`);
  await press(phone, 'besides');
  await until(async () => (await stage(screen, 'layout')) === 'one', 15000, 'one picture');
  await choose('5:00', earlier.id);
  await visible(screen, '[data-test=picture-beside] .stage-message');
  assert.equal((await marks(screen))[0] !== null, true);
});

test('the teacher’s own screen shows it only when it is shared with the teacher', async () => {
  await press(phone, 'besides');
  await until(async () => (await stage(screen, 'layout')) === 'one', 15000, 'one picture');
  await choose('0:02', earlier.id);
  const page = await open(browser, teacher, `/bezoeken/${visit.id}/nabespreking`, 'tablet', { as: teacher });
  const got = [];
  page.on('response', (answer) => { if (answer.url().includes(earlier.id)) got.push([new URL(answer.url()).pathname, answer.status()]); });
  await visible(page, '[data-test=picture] video');
  await visible(page, '[data-test=picture-beside] .stage-message');
  await until(async () => (await page.locator('[data-test=picture-beside]').innerText()) === 'Dit bezoek is hier niet te zien.', 15000, 'it says so');
  assert.equal(await page.locator('[data-test=picture-beside] video').count(), 0);
  await shot(page, 'talk-visits-teacher-tablet');
  await page.reload();
  await until(async () => (await page.locator('[data-test=picture-beside]').innerText().catch(() => '')) === 'Dit bezoek is hier niet te zien.', 15000, 'after a reload too');
  assert.ok(got.length > 0 && got.every(([, status]) => status === 403 || status === 404), JSON.stringify(got));

  const given = await server.good('POST', `/api/visits/${earlier.id}/releases`, { person: teacher.person.id, purpose: 'coaching', until: new Date(Date.now() + 864e5).toISOString() });
  await page.reload();
  await until(async () => (await marks(page).catch(() => [null, null]))[1] !== null, 15000, 'shared: a picture');
  await server.good('DELETE', `/api/visits/${earlier.id}/releases/${given.id}`);
  await page.reload();
  await until(async () => (await page.locator('[data-test=picture-beside]').innerText().catch(() => '')) === 'Dit bezoek is hier niet te zien.', 15000, 'withdrawn');
  await page.context().close();
});

test('nobody brings another teacher’s lesson on the coach’s screen', async () => {
  const { talk } = await teacher.good('GET', `/api/visits/${visit.id}/talk`);
  const { applied } = await teacher.good('POST', `/api/visits/${visit.id}/talk/state`, { seen: talk.state_seq, state: { ...talk.state, layout: 'visits', second: null, other: { visit: foreign.id, at: 1 }, show: 'moment' } });
  if (applied) {
    await until(async () => (await screen.locator('[data-test=picture-beside]').innerText()) === 'Dit bezoek is hier niet te zien.', 15000, 'not shown');
    assert.equal(await screen.locator('[data-test=picture-beside] video').count(), 0);
  }
  assert.doesNotMatch(await screen.locator('body').innerText(), /Van Cor/);
  await press(phone, 'besides');
  await until(async () => (await stage(screen, 'layout')) === 'one', 15000, 'one picture again');
  await choose('0:02', earlier.id);
  await until(async () => (await marks(screen).catch(() => [null, null]))[1] !== null, 15000, 'what may be shown still is');
  assert.deepEqual([screen.problems, phone.problems], [[], []]);
});
