// Looking back: play, step, change speed, drag, nudge, make and trim a clip,
// write it as a film; what one page changes, another shows; undo brings it back.
import test from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { Server, sleep, tap, until } from '../lib/terugblik.mjs';
import { launch, open } from '../lib/browser.mjs';
import { marksOfFile } from '../lib/mark.mjs';

let server, browser, visit, page;
const taps = [['compliment', 'point'], ['wachttijd', 'state'], ['lesdoel', 'point']];

test.before(async () => {
  server = await Server.start();
  browser = await launch();
  await server.good('PATCH', '/api/settings', { observer: 'Marieke' });
  visit = await server.good('POST', '/api/visits', {
    title: 'Rekenen', sources: [{ uri: 'test:?width=640&height=360&fps=25', kind: 'video', name: 'Beeld' }, { uri: 'test:', kind: 'audio', name: 'Geluid' }],
  });
  await server.film(visit, 2);
  for (const [code, kind] of taps) {
    const operation = tap({ instrument: 'snelle-start', code, kind, observer: 'Marieke' });
    await server.good('POST', `/api/visits/${visit.id}/operations`, { operations: [operation] });
    await sleep(1500);
    if (kind === 'state') {
      await server.good('POST', `/api/visits/${visit.id}/operations`, { operations: [{ ...tap(), action: 'change', target_id: operation.target_id, fields: { until_tapped_at: new Date().toISOString() } }] });
    }
  }
  await until(async () => (await server.good('GET', `/api/visits/${visit.id}`)).tracks.every((one) => one.segments[0]?.duration > 8), 60000, 'it is filmed');
  await server.good('POST', `/api/visits/${visit.id}/end`, {});
  page = await open(browser, server, `/bezoeken/${visit.id}/terugkijken`, 'desktop', { acceptDownloads: true });
  await until(() => page.locator('tb-player video').first().evaluate((video) => video.readyState >= 2), 15000, 'a picture');
});

test.after(async () => {
  await browser?.close();
  await server?.stop();
});

const observations = async () => (await server.good('GET', `/api/visits/${visit.id}/observations`)).observations;
const one = async (code) => (await observations()).find((each) => each.code === code);
const clips = async () => (await server.good('GET', `/api/visits/${visit.id}/clips`)).clips;
const shown = async () => Number(await page.locator('[data-test=player]').getAttribute('data-time'));
const row = (observation) => page.locator(`[data-observation="${observation.id}"]`);
/** Goes to an observation, and waits until the picture is there. */
async function goTo(observation) {
  await row(observation).locator('.row-main').click();
  await until(async () => Math.abs(await shown() - observation.at) < 3 && page.locator('tb-player video').first().evaluate((video) => video.readyState >= 2 && !video.seeking), 15000, 'it is there');
  await stands();
}
/** It stays at one picture; gives its time. */
async function stands() {
  let now;
  await until(async () => { now = await shown(); await sleep(400); return (await shown()) === now; }, 15000, 'it stands still');
  return now;
}
/** Plays for about SECONDS; gives how long it played by the clock and by the film. */
async function play(seconds) {
  const from = await shown(), begin = performance.now();
  await page.keyboard.press('Space');
  await sleep(seconds * 1000);
  await page.keyboard.press('Space');
  const clock = (performance.now() - begin) / 1000;
  return [clock, await stands() - from];
}
/** Presses KEY five times, each when the one before has been done; gives where it comes. */
async function steps(key) {
  for (let i = 0; i < 5; i++) {
    const before = await shown();
    await page.keyboard.press(key);
    await until(async () => (await shown()) !== before, 15000, 'a step');
  }
  return stands();
}
const leaveField = () => page.evaluate(() => document.activeElement?.blur());

test('plays in time, and stops', async () => {
  await goTo(await one('compliment'));
  await leaveField();
  const [clock, played] = await play(2.5);
  assert.ok(played > clock - 1 && played < clock + 0.7, `${played} s played in ${clock} s`);
});

test('steps frame by frame, and back', async () => {
  const begin = await shown();
  const after = await steps('.');
  assert.ok(Math.abs(after - begin - 0.2) < 0.021, `five frames are ${after - begin} s`);
  const back = await steps(',');
  assert.ok(Math.abs(back - begin) < 0.021, `and back: ${back - begin} s`);
});

test('plays slower', async () => {
  await goTo(await one('compliment'));
  await page.locator('tb-player select').first().selectOption({ value: '0.5' });
  await leaveField();
  const [clock, played] = await play(3);
  assert.ok(played > clock / 2 - 0.6 && played < clock / 2 + 0.4, `${played} s in ${clock} s at half speed`);
  await page.locator('tb-player select').first().selectOption({ value: '1' });
});

test('what is dragged on one page moves on another, and undo brings it back', async () => {
  const other = await open(browser, server, `/bezoeken/${visit.id}/terugkijken`);
  const before = await one('compliment');
  await goTo(before);
  const handle = await page.locator('tb-timeline .handle.at').boundingBox();
  await page.mouse.move(handle.x + handle.width / 2, handle.y + handle.height / 2);
  await page.mouse.down();
  await page.mouse.move(handle.x + 60, handle.y + handle.height / 2, { steps: 4 });
  await page.mouse.move(handle.x + 120, handle.y + handle.height / 2, { steps: 4 });
  await page.mouse.up();
  const moved = await until(async () => { const now = await one('compliment'); return now.at > before.at + 0.3 ? now : null; }, 15000, 'the tap has moved');
  assert.equal(moved.tapped_at, before.tapped_at);
  assert.equal(moved.tapped_time, before.tapped_time);
  const text = await row(before).locator('.time').innerText();
  await until(async () => (await other.locator(`[data-observation="${before.id}"] .time`).innerText()) === text, 15000, 'the other page shows it');
  await leaveField();
  await page.keyboard.press('Control+z');
  await until(async () => (await one('compliment')).at === before.at, 15000, 'undone');
  await other.context().close();
});

test('by keyboard: nudge, edit, remove and bring back', async () => {
  const before = await one('lesdoel');
  await goTo(before);
  await page.locator('tb-timeline .handle').first().focus();
  await page.keyboard.press('ArrowRight');
  await until(async () => (await one('lesdoel')).at > before.at, 15000, 'nudged');
  await row(before).locator('.row-main').focus();
  await page.keyboard.press('e');
  await page.locator('[data-test=edit-at]').waitFor();
  await page.locator('[data-test=note]').first().fill('Het doel staat op het bord');
  await page.locator('[data-test=note]').first().blur();
  await until(async () => (await one('lesdoel')).note === 'Het doel staat op het bord', 15000, 'the note is kept');
  await page.keyboard.press('Escape');
  await row(before).locator('.row-main').focus();
  await page.keyboard.press('Delete');
  await until(async () => (await one('lesdoel')) === undefined, 15000, 'removed');
  await leaveField();
  await page.keyboard.press('Control+z');
  await until(async () => (await one('lesdoel'))?.note === 'Het doel staat op het bord', 15000, 'and brought back');
});

test('a press on another mark loses nothing of what was being written', async () => {
  await goTo(await one('compliment'));
  const canvas = page.locator('tb-timeline canvas.scene');
  const [mark, whole] = [await page.locator('tb-timeline .handle').first().boundingBox(), await canvas.boundingBox()];
  const before = await one('lesdoel');
  await goTo(before);
  await row(before).locator('[data-test=edit]').click();
  await row(before).locator('[data-test=note]').fill('Het doel wordt herhaald');
  // Not every browser tells a field that leaves the page that it was changed.
  await page.evaluate(() => document.querySelector('tb-timeline').addEventListener('select', () => {
    window.stillWriting = document.activeElement.matches('[data-test=note]');
  }, { once: true }));
  await canvas.click({ position: { x: mark.x + mark.width / 2 - whole.x, y: mark.y + mark.height / 2 - whole.y } });
  const writing = await until(() => page.evaluate(() => (window.stillWriting === undefined ? null : String(window.stillWriting))), 5000, 'the mark is pressed');
  assert.equal(writing, 'false', 'finished before the row closes');
  await until(async () => (await one('lesdoel')).note === 'Het doel wordt herhaald', 15000, 'what was written is kept');
});

test('a clip is marked, written as a film, and holds what was asked', async () => {
  await goTo(await one('compliment'));
  await leaveField();
  await page.keyboard.press('i');
  for (let i = 0; i < 2; i++) {
    const before = await shown();
    await page.keyboard.press('ArrowRight');
    await until(async () => (await shown()) !== before, 15000, 'it goes on');
  }
  await stands();
  await page.keyboard.press('o');
  await page.locator('[data-test=clip-from-mark]').click();
  const clip = await until(async () => (await clips())[0], 15000, 'the clip is kept');
  assert.ok(clip.to > clip.from);
  await page.locator('[data-test=tab-clips]').click();
  await page.locator(`[data-clip="${clip.id}"]`).waitFor();
  await page.locator(`[data-clip="${clip.id}"]`).click().catch(() => {});
  await page.locator('tb-clip-list [data-test=export]').first().click();
  await page.locator('[data-test=download]').first().waitFor({ timeout: 60000 });
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('[data-test=download]').first().click()]);
  const path = await download.path();
  const marks = marksOfFile(path);
  assert.ok(Math.abs(marks[0].mark / 1000 - clip.from) <= 0.041, `begins at ${marks[0].mark} ms instead of ${clip.from} s`);
  assert.ok(Math.abs(marks.at(-1).mark / 1000 - clip.to) <= 0.041, `ends at ${marks.at(-1).mark} ms instead of ${clip.to} s`);
  const streams = spawnSync('ffprobe', ['-v', 'error', '-show_entries', 'stream=codec_name', '-of', 'csv=p=0', path], { encoding: 'utf8' }).stdout;
  assert.match(streams, /h264/);
  assert.match(streams, /aac/);
});

test('no error in the page meanwhile', () => {
  assert.deepEqual(page.problems, []);
});
