// The teacher's room, in a real Chromium: on a phone, with the page alone, a teacher fills three moments, writes a line
// to each and comments with a voice note; the coach sees of it what is given, and answers; without sound what was seen
// stands over the picture.
import test from 'node:test';
import assert from 'node:assert/strict';
import { Server, sleep, tap, until } from '../lib/terugblik.mjs';
import { launch, open, sizes } from '../lib/browser.mjs';
import { atEverySize, looksWell, wider } from '../lib/looks.mjs';

let server, browser, visit, teacher, newcomer, phone, coach;
const sources = [{ uri: 'test:?width=640&height=360&fps=25', kind: 'video', name: 'Beeld' }, { uri: 'test:', kind: 'audio', name: 'Geluid' }];

test.before(async () => {
  server = await Server.start();
  browser = await launch({ microphone: true });
  teacher = await server.invite({ name: 'Sanne de Vries', roles: ['teacher'] });
  newcomer = await server.invite({ name: 'Youssef Amrani', roles: ['teacher'] });
  visit = await server.good('POST', '/api/visits', { title: 'Rekenen: breuken', teacher: 'Sanne de Vries', teacher_person: teacher.person.id, sources, instruments: ['snelle-start'] });
  await server.film(visit, 17);
  const seen = [[3, 'Jan en Fatima'], [8, ''], [11, '']].map(([at, note]) => tap({ instrument: 'snelle-start', code: 'compliment', at, note }));
  await server.good('POST', `/api/visits/${visit.id}/operations`, { operations: seen });
  await server.good('POST', `/api/visits/${visit.id}/end`, {});
  phone = await open(browser, server, '/', 'phone', { as: teacher, permissions: ['microphone'] });
  coach = await open(browser, server, `/bezoeken/${visit.id}/delen`);
});

test.after(async () => {
  await browser?.close();
  await server?.stop();
});

const visible = (page, selector, ms = 15000) => page.locator(selector).first().waitFor({ timeout: ms });
const shot = async (page, name) => { if (process.env.TB_SHOTS) await page.screenshot({ path: `${process.env.TB_SHOTS}/${name}.png` }); };
const within = '.look-scroll, .panel-tabs, .trim-edge, .review-panel';
const narrow = async (page, what) => {
  const px = await wider(page, within);
  assert.ok(px <= 0, `${what} is ${px} px wider than the screen`);
};
const seek = (page, at) => page.locator('input.scrub').evaluate((input, value) => { input.value = String(value); input.dispatchEvent(new Event('input')); }, at);
const moments = (who = teacher) => who.good('GET', `/api/visits/${visit.id}/moments`);
const mine = async () => (await moments()).moments.filter((one) => one.side === 'teacher').sort((a, b) => a.position - b.position);
const comments = async (who) => (await who.good('GET', `/api/visits/${visit.id}/comments`)).comments;
const send = async (page) => {
  await page.locator('[data-test=send-comment]').click();
  await page.locator('[data-test=comment-form]').waitFor({ state: 'detached' });
};

test('a teacher without a lesson can begin with a question', async () => {
  const page = await open(browser, server, '/gedeeld', 'phone', { as: newcomer });
  await visible(page, '[data-test=begin] a');
  await narrow(page, 'Gedeeld');
  assert.equal(await page.locator('[data-test=begin] a').getAttribute('href'), '/trajecten');
  await page.context().close();
});

test('the film is shared without the observations, and the teacher is told so', async () => {
  await coach.locator('[data-test=give-teacher]').click();
  assert.equal(await coach.locator('input[name=taps][value=true]').isChecked(), true);
  await coach.locator('input[name=taps][value=false]').check();
  await shot(coach, 'share');
  await coach.locator('[data-test=send-release]').click();
  await visible(coach, '[data-test=give-taps]');
  await visible(phone, '[data-test=next-step][data-step=choose]');
  await visible(phone, '.who-looked');
  await narrow(phone, 'Gedeeld');
  await shot(phone, 'shared-phone');
  await phone.locator('[data-test=next-step] a').click();
  await visible(phone, 'tb-player video');
  await phone.locator('[data-test=tab-seen]').click();
  await visible(phone, '[data-test=bare]');
  assert.equal(await phone.locator('[data-observation]').count(), 0);
});

test('the coach shows the observations too, and they come by themselves', async () => {
  await coach.locator('[data-test=give-taps]').click();
  await visible(phone, '[data-observation] >> nth=2');
  assert.equal(await phone.locator('[data-test=bare]').count(), 0);
  assert.equal(await coach.locator('[data-test=give-taps]').count(), 0);
  await shot(phone, 'seen-phone');
});

test('three places are filled, each with a line, by thumb', async () => {
  await phone.locator('[data-test=tab-moments]').click();
  assert.equal(await phone.locator('[data-test=place]').count(), 3);
  await shot(phone, 'places-phone');
  await seek(phone, 12);
  // The button below the thumb fills the first empty place.
  await phone.locator('[data-test=choose-now]').click();
  await visible(phone, '[data-moment] textarea');
  await sleep(500);
  await shot(phone, 'card-phone');
  await phone.locator('textarea[name=line]').fill('Hier zag ik Jan stralen.');
  await until(async () => (await mine())[0]?.line === 'Hier zag ik Jan stralen.', 15000, 'the line is saved while it is written');
  const [first] = await mine();
  assert.equal(first.kind, 'pride');
  assert.equal(first.sight, 'talk', 'the coach does not see it before the talk');
  assert.ok(first.from < 12 && first.to > 12 && first.to - first.from >= 5, `${first.from} … ${first.to}`);
  await phone.locator('[data-test=from-later]').click();
  await phone.locator('[data-test=to-earlier]').click();
  await until(async () => { const [one] = await mine(); return Math.abs(one.from - first.from - 1) < 0.01 && Math.abs(one.to - first.to + 1) < 0.01; }, 15000, 'trimmed');
  const handle = await phone.locator('[data-test=trim-to]').boundingBox();
  assert.ok(handle.width >= 44 && handle.height >= 44);
  const before = (await mine())[0].to;
  await phone.mouse.move(handle.x + 20, handle.y + 20);
  await phone.mouse.down();
  await phone.mouse.move(handle.x + 60, handle.y + 20, { steps: 4 });
  await phone.mouse.up();
  await until(async () => (await mine())[0].to > before + 0.5, 15000, 'the handle was dragged');
  await phone.locator('[data-test=close-moment]').click();

  // The last place first: what is still empty stays before it.
  await seek(phone, 15.5);
  await phone.locator('[data-test=place][data-kind=improve] [data-test=choose-here]').click();
  await phone.locator('textarea[name=line]').fill('Hier wil ik langer wachten.');
  await phone.locator('input[value=now]').check();
  await phone.locator('[data-test=close-moment]').click();
  assert.deepEqual(await phone.locator('[data-test=place]').evaluateAll((list) => list.map((one) => one.dataset.kind)), ['pride']);
  // An observation fills the last one, between the two.
  await phone.locator('[data-test=tab-seen]').click();
  await phone.locator('[data-test=choose-seen]').nth(1).click();
  await phone.locator('textarea[name=line]').fill('Nog een keer trots.');
  await until(async () => (await mine()).map((one) => one.line).join('|') === 'Hier zag ik Jan stralen.|Nog een keer trots.|Hier wil ik langer wachten.', 15000, 'in order, with their lines');
  assert.deepEqual((await mine()).map((one) => [one.kind, one.sight]), [['pride', 'talk'], ['pride', 'talk'], ['improve', 'now']]);
  assert.ok((await mine())[1].observation);
  assert.equal(await phone.locator('[data-test=place]').count(), 0);
  await narrow(phone, 'Bekijken');
  await phone.setViewportSize({ width: 360, height: 740 });
  await narrow(phone, 'Bekijken on a small phone');
  await shot(phone, 'card-360');
  const rows = await phone.locator('.trim-edge').evaluateAll((list) => list.map((one) => one.offsetHeight));
  assert.ok(rows.every((height) => height < 60), `one line each: ${rows}`);
  const bar = await phone.locator('[data-test=choose-now]').boundingBox();
  assert.ok(bar.y + bar.height <= 740 && bar.y > 600, 'under the thumb');
  await phone.setViewportSize({ width: sizes.phone.width, height: sizes.phone.height });
  // The coach gets the one that is given and no other.
  assert.deepEqual((await moments(server)).moments.map((one) => one.line), ['Hier wil ik langer wachten.']);
});

test('moments change places, go and come back', async () => {
  await phone.locator('[data-test=move-up]').click();
  await until(async () => (await mine())[0].line === 'Nog een keer trots.', 15000, 'moved up');
  await phone.locator('[data-test=drop-moment]').click();
  await until(async () => (await mine()).length === 2, 15000, 'removed');
  await visible(phone, '[data-test=place]');
  await phone.locator('.toast button').first().click();
  await until(async () => (await mine())[0]?.line === 'Nog een keer trots.', 15000, 'it came back to its place');
  assert.equal((await mine()).length, 3);
});

test('without a connection the words stay, it says so, and they are saved afterwards', async () => {
  await phone.locator('[data-test=open-moment]').first().click();
  await visible(phone, 'textarea[name=line]');
  await phone.context().setOffline(true);
  await phone.locator('textarea[name=line]').fill('In de trein geschreven.');
  await visible(phone, '[data-test=not-saved]');
  assert.notEqual((await mine())[0].line, 'In de trein geschreven.');
  await phone.context().setOffline(false);
  await until(async () => (await mine())[0].line === 'In de trein geschreven.', 10000, 'saved afterwards');
  await phone.locator('[data-test=not-saved]').waitFor({ state: 'detached', timeout: 8000 });
  await phone.locator('[data-test=close-moment]').click();
  phone.problems = phone.problems.filter((one) => !/ERR_INTERNET_DISCONNECTED|ApiError|offline/.test(one));
});

test('ready can be said and taken back', async () => {
  await phone.locator('[data-test=ready]').click();
  await visible(phone, '[data-test=is-ready]');
  await until(async () => (await moments()).talk.teacher_ready_at !== null, 15000, 'ready');
  await shot(phone, 'ready-phone');
  assert.equal(await phone.locator('[data-test=choose-now], textarea[name=line]').count(), 0);
  await phone.locator('[data-test=not-ready]').click();
  await visible(phone, '[data-test=ready]');
  assert.equal((await moments()).talk.teacher_ready_at, null);
});

test('a comment with a voice note, for the talk; and one the coach sees at once and answers', async () => {
  await coach.goto(`/bezoeken/${visit.id}/terugkijken`);
  await coach.locator('[data-test=tab-comments]').click();
  await seek(phone, 6);
  await phone.locator('[data-test=comment-now]').click();
  await visible(phone, '[data-test=comment-form]');
  await phone.locator('[data-test=make-stretch]').click();
  await phone.locator('textarea[name=comment]').fill('Hier hoor ik mezelf praten.');
  await phone.locator('[data-test=voice-start]').click();
  await visible(phone, '[data-test=voice-recording]');
  await until(() => phone.locator('[data-test=voice-clock]').innerText().then((text) => text >= '0:02'), 15000, 'it counts');
  await until(() => phone.locator('tb-level [role=meter]').getAttribute('aria-valuenow').then((value) => Number(value) > -59), 15000, 'it hears');
  await shot(phone, 'voice-phone');
  await phone.locator('[data-test=voice-stop]').click();
  await visible(phone, '[data-test=voice-made]');
  await phone.locator('[data-test=voice-made] [data-test=play-voice]').click();
  await visible(phone, '[data-test=voice-made] [data-playing=true]');
  await send(phone);
  await visible(phone, '[data-comment] [data-test=play-voice]');
  const [kept] = await comments(teacher);
  assert.equal(kept.voice, true);
  assert.equal(kept.sight, 'talk');
  assert.ok(kept.until > kept.at);
  await phone.locator('[data-comment] [data-test=play-voice]').click();
  await until(() => phone.locator('[data-comment] [data-test=voice-time]').innerText().then((text) => !text.startsWith('0:00')), 15000, 'it plays from the server');
  assert.deepEqual(await comments(server), [], 'the coach does not get it');

  await seek(phone, 13);
  await phone.locator('[data-test=comment-now]').click();
  await phone.locator('textarea[name=comment]').fill('Wat zag jij hier?');
  await phone.locator('input[name=comment-sight][value=now]').check();
  await send(phone);
  await visible(coach, '[data-comment]');
  assert.equal(await coach.locator('[data-comment]').count(), 1);
  assert.match(await coach.locator('[data-comment]').innerText(), /Sanne de Vries[\s\S]*Wat zag jij hier\?/);
  await coach.locator('[data-comment] [data-test=answer]').click();
  await coach.locator('textarea[name=comment]').fill('Dat iedereen meedeed.');
  await send(coach);
  await visible(phone, '.answers [data-comment]');
  assert.match(await phone.locator('.answers').innerText(), /Dat iedereen meedeed\./);
  await shot(phone, 'comments-phone');
  await coach.locator('[data-test=jump]').click();
  await until(() => coach.locator('tb-player').getAttribute('data-time').then((time) => Math.abs(Number(time) - 13) < 0.3), 15000, 'the coach is at its place');
  await shot(coach, 'review-comments');
  await narrow(phone, 'Bekijken');
});

test('a comment is mended, removed, and comes back', async () => {
  const own = phone.locator('.comments > [data-comment]').first();
  await own.locator('[data-test=mend]').click();
  await phone.locator('textarea[name=comment]').fill('Hier praat ik veel.');
  await send(phone);
  await until(async () => (await comments(teacher))[0].text === 'Hier praat ik veel.', 15000, 'mended');
  assert.equal((await comments(teacher))[0].voice, true, 'with its voice');
  await phone.locator('.comments > [data-comment]').first().locator('[data-test=drop-comment]').click();
  await until(async () => (await phone.locator('.comments > [data-comment]').count()) === 1, 15000, 'gone from the page');
  await phone.locator('.toast button').first().click();
  await until(async () => (await phone.locator('.comments > [data-comment]').count()) === 2, 15000, 'back');
  await sleep(7000);
  assert.equal((await comments(teacher)).filter((one) => one.parent === null).length, 2);
  await phone.locator('.comments > [data-comment]').first().locator('[data-test=drop-comment]').click();
  await until(async () => (await comments(teacher)).filter((one) => one.parent === null && !one.removed_at).length === 1, 15000, 'removed for good');
});

test('with the sound off, what was seen stands over the picture', async () => {
  assert.equal(await phone.locator('tb-captions').count(), 0);
  await phone.locator('[data-test=player] [data-test=mute]').click();
  await visible(phone, '[data-test=captions][aria-pressed=true]');
  const [seen] = (await teacher.good('GET', `/api/visits/${visit.id}/observations`)).observations.sort((a, b) => a.at - b.at);
  await seek(phone, seen.at + 0.5);
  await visible(phone, '[data-caption=seen]');
  assert.match(await phone.locator('[data-caption=seen]').innerText(), /Jan en Fatima/);
  assert.equal(await phone.locator('tb-captions').getAttribute('aria-hidden'), 'true');
  await seek(phone, 13.5);
  await visible(phone, '[data-caption=comment]');
  await shot(phone, 'captions-phone');
  await seek(phone, 0);
  await phone.locator('[data-caption]').waitFor({ state: 'detached' });
  await phone.locator('[data-test=captions]').click();
  await phone.reload();
  await visible(phone, '[data-test=captions]');
  await phone.locator('[data-test=player] [data-test=mute]').click();
  await sleep(300);
  assert.equal(await phone.locator('[data-test=captions]').getAttribute('aria-pressed'), 'false', 'the choice is remembered');
});

test('a microphone that is refused is told in one sentence, and so is a page that is not secure', async () => {
  const refused = await open(browser, server, `/bezoeken/${visit.id}/bekijken`, 'phone', { as: teacher });
  await refused.locator('[data-test=comment-now]').click();
  await refused.locator('[data-test=voice-start]').click();
  await visible(refused, '[data-test=voice-trouble]');
  assert.match(await refused.locator('[data-test=voice-trouble]').innerText(), /microfoon mag niet aan/);
  await refused.evaluate(() => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotFoundError')); });
  await refused.locator('[data-test=voice-start]').click();
  await until(() => refused.locator('[data-test=voice-trouble]').innerText().then((text) => /geen microfoon/.test(text)), 15000, 'no microphone');
  await refused.evaluate(() => Object.defineProperty(globalThis, 'isSecureContext', { value: false }));
  await refused.locator('[data-test=voice-start]').click();
  await until(() => refused.locator('[data-test=voice-trouble]').innerText().then((text) => /https/.test(text)), 15000, 'not secure');
  await refused.context().close();
});

test('what comes next stands with the lesson, until the report', async () => {
  const step = (name) => visible(phone, `[data-test=next-step][data-step=${name}]`);
  await phone.goto('/gedeeld');
  await step('choose');
  assert.match(await phone.locator('[data-test=next-step]').innerText(), /3 van 3/);
  // An answer that was under way when something was told does not undo it.
  let letThrough;
  const held = new Promise((resolve) => phone.route('**/api/visits/*/moments', async (route) => {
    const response = await route.fetch();
    resolve();
    await new Promise((go) => { letThrough = go; });
    await route.fulfill({ response });
  }, { times: 1 }));
  const [first] = await mine();
  await teacher.good('PATCH', `/api/visits/${visit.id}/moments/${first.id}`, { line: first.line });
  await held;
  await teacher.good('POST', `/api/visits/${visit.id}/talk/ready`, { ready: true });
  await step('ready');
  const answered = phone.waitForResponse((response) => response.url().endsWith('/moments'));
  letThrough();
  await answered;
  await sleep(300);
  assert.equal(await phone.locator('[data-test=next-step]').getAttribute('data-step'), 'ready');
  await server.good('POST', `/api/visits/${visit.id}/talk/ready`, { ready: true });
  await step('open');
  await server.good('POST', `/api/visits/${visit.id}/talk/reveal`, {});
  await step('talk');
  await server.good('POST', `/api/visits/${visit.id}/talk/start`, {});
  await server.good('POST', `/api/visits/${visit.id}/talk/end`, {});
  await step('report');
  assert.match(await phone.locator('[data-test=next-step] a').getAttribute('href'), /\/verslag$/);
  await shot(phone, 'shared-report-phone');
  await phone.goto(`/bezoeken/${visit.id}/bekijken`);
  await visible(phone, '[data-test=revealed]');
  assert.deepEqual(phone.problems, []);
  assert.deepEqual(coach.problems, []);
});

test('at every size it fits and has no fault that a machine can find', async (t) => {
  const places = {
    Gedeeld: ['/gedeeld', null],
    Momenten: [`/bezoeken/${visit.id}/bekijken`, null],
    Gezien: [`/bezoeken/${visit.id}/bekijken`, '[data-test=tab-seen]'],
    Opmerkingen: [`/bezoeken/${visit.id}/bekijken`, '[data-test=comment-now]'],
  };
  for (const [name, [path, press]] of Object.entries(places)) {
    const prepare = (page) => press && page.locator(press).click();
    await t.test(name, () => atEverySize(browser, server, path, { as: teacher, ready: path === '/gedeeld' ? '.my-lesson' : '[data-moment]', prepare }, async (page, size, thorough) => {
      await looksWell(page, `${name} at ${size}`, { thorough, within });
      await shot(page, `${name}-${size}`);
    }));
  }
  const prepare = async (page) => {
    await page.locator('[data-test=tab-comments]').click();
    await visible(page, '[data-comment]');
  };
  await t.test('Terugkijken', () => atEverySize(browser, server, `/bezoeken/${visit.id}/terugkijken`, { prepare }, async (page, size, thorough) => {
    await looksWell(page, `Terugkijken at ${size}`, { thorough, within, press: null });
    const cut = await page.$$eval('.panel-tabs button', (list) => list.filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.textContent.trim()));
    assert.deepEqual(cut, [], 'a name is cut off');
    await shot(page, `review-${size}`);
  }));
});
