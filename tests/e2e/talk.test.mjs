// The talk: coach and teacher choose apart, open together, make one list; the large screen is steered from a phone that
// was signed in by its code, from the teacher's page and by keys; what only the coach reads is nowhere else.
import test from 'node:test';
import assert from 'node:assert/strict';
import { Server, sleep, tap, until, uuid } from '../lib/terugblik.mjs';
import { launch, open, sizes } from '../lib/browser.mjs';
import { atEverySize, looksWell, settled } from '../lib/looks.mjs';

const SECRET = 'Niet over de wandeling beginnen';

let server, browser, visit, teacher, screen, phone, teacherPage, clips;
const sources = [{ uri: 'test:?width=640&height=360&fps=25', kind: 'video', name: 'Beeld' }, { uri: 'test:', kind: 'audio', name: 'Geluid' }];
const api = (path, who = server) => who.good('GET', `/api/visits/${visit.id}${path}`);
const visible = (page, selector, ms = 15000) => page.locator(selector).first().waitFor({ timeout: ms });
const stage = (page, name) => page.locator('[data-test=stage]').getAttribute(`data-${name}`);
const time = (page) => stage(page, 'time').then(Number);
const shows = (name, value, ms = 15000) => until(async () => (await stage(screen, name)) === value, ms, `the screen shows ${name} ${value}`);
const press = (page, control) => page.locator(`[data-test=control-${control}]`).click();
const at = (seconds, ms = 15000, slack = 0.05) => until(async () => Math.abs((await time(screen)) - seconds) < slack, ms, `the screen is at ${seconds}`);
/** The screen stays at one picture. */
const stands = () => until(async () => { const now = await time(screen); await sleep(400); return (await time(screen)) === now; }, 15000, 'it stands still');
const leaveField = (page) => page.evaluate(() => document.activeElement?.blur());
const shot = (page, name) => (process.env.TB_SHOTS ? page.screenshot({ path: `${process.env.TB_SHOTS}/${name}.png` }) : null);

const clean = (page, name, thorough = true) => looksWell(page, name, { thorough, press: { height: 47.5 } });

test.before(async () => {
  server = await Server.start();
  browser = await launch();
  teacher = await server.invite({ name: 'Sanne de Vries', roles: ['teacher'] });
  visit = await server.good('POST', '/api/visits', { title: 'Rekenen: breuken', teacher: 'Sanne de Vries', teacher_person: teacher.person.id, focus: 'Hoe krijgt iedere leerling een beurt?', sources });
  await server.film(visit, 20.5);
  await server.good('POST', `/api/visits/${visit.id}/operations`, { operations: [3, 9, 15].map((at) => tap({ instrument: 'snelle-start', code: 'compliment', at })) });
  await server.good('POST', `/api/visits/${visit.id}/end`, {});
  clips = [uuid(), uuid()];
  const made = [[4, 10, 'Iedereen telt mee'], [12, 17, 'De overgang']].map(([from, to, title], i) =>
    ({ ...tap(), target: 'clip', target_id: clips[i], fields: { from, to, title, observation: null, camera: null } }));
  await server.good('POST', `/api/visits/${visit.id}/operations`, { operations: made });
  const end = new Date(Date.now() + 42 * 864e5).toISOString();
  await server.good('POST', `/api/visits/${visit.id}/releases`, { person: teacher.person.id, clip: null, purpose: 'coaching', until: end, download: false });
  screen = await open(browser, server, '/bezoeken');
  teacherPage = await open(browser, server, `/bezoeken/${visit.id}/momenten`, 'tablet', { as: teacher });
});

test.after(async () => {
  await browser?.close();
  await server?.stop();
});

test('each chooses without seeing what the other chose', async () => {
  await screen.locator('[data-test=to-moments]').click();
  await screen.locator(`[data-source="${clips[0]}"]`).click();
  await visible(screen, '.choice');
  await screen.locator(`[data-source="${clips[1]}"]`).click();
  await visible(screen, '.choice >> nth=1');
  await screen.locator('.choice >> nth=0').locator('[data-test=line]').fill('Alle vingers gaan omhoog');
  await leaveField(screen);
  await until(async () => (await api('/moments')).moments[0]?.line === 'Alle vingers gaan omhoog', 15000, 'the line is kept');
  // By itself, or taken back.
  await screen.locator('[data-test=drop-moment]').last().click();
  await until(async () => (await screen.locator('.choice').count()) === 1, 15000, 'one is taken away');
  await screen.locator('.toast button').first().click();
  await until(async () => (await screen.locator('.choice').count()) === 2, 15000, 'and comes back');

  await visible(teacherPage, '[data-test=ready]');
  const chosen = [[5, 9.5, 'pride', 'Ik wachtte echt'], [18, 20, 'improve', 'Hier praatte ik door']];
  for (const [from, to, kind, line] of chosen) await teacher.good('POST', `/api/visits/${visit.id}/moments`, { from, to, kind, line, title: '' });
  await visible(teacherPage, '.choice >> nth=1');
  assert.doesNotMatch(await teacherPage.locator('body').innerText(), /Iedereen telt mee|vingers/);
  assert.doesNotMatch(JSON.stringify(await api('/moments', teacher)), /Iedereen telt mee/);
  assert.doesNotMatch(await screen.locator('body').innerText(), /Ik wachtte echt/);
  await shot(screen, 'moments-before-desktop');
  await clean(screen, 'the coach chooses');
  await clean(teacherPage, 'the teacher has chosen');
});

test('only whether the other is ready is told; then they open together', async () => {
  assert.ok(await screen.locator('[data-test=reveal]').isDisabled());
  await teacherPage.locator('[data-test=ready]').click();
  await visible(screen, '[data-test=ready-teacher][data-ready=true]');
  assert.doesNotMatch(await screen.locator('body').innerText(), /Ik wachtte echt/);
  await screen.locator('[data-test=ready]').click();
  await visible(teacherPage, '[data-test=ready-coach][data-ready=true]');
  await shot(teacherPage, 'moments-ready-tablet');
  await screen.locator('[data-test=reveal]').click();
  await screen.locator('[data-test=confirm]').click();
  await visible(screen, '[data-test=moment-line] .line-both');
  await visible(teacherPage, '[data-test=moment-line] .line-both');
  await settled(screen, 8000);
  const said = (page, part) => page.locator(`[data-test=${part}]`).innerText();
  assert.match(await said(screen, 'seen-both'), /Alle vingers.*Ik wachtte echt|Ik wachtte echt.*Alle vingers/s);
  assert.match(await said(screen, 'seen-mine'), /De overgang/);
  assert.match(await said(screen, 'seen-theirs'), /Alleen Sanne de Vries[\s\S]*Hier praatte ik door/);
  assert.match(await said(teacherPage, 'seen-mine'), /Hier praatte ik door/);
  await shot(screen, 'moments-after-desktop');
  await clean(screen, 'both lists');
});

test('the list for the talk: its order, a question, what only the coach reads', async () => {
  const order = async () => (await api('/talk')).items.sort((a, b) => a.position - b.position).map((one) => one.from);
  assert.deepEqual(await order(), [4, 12, 18]);
  const rows = screen.locator('.talk-item');
  await rows.nth(2).locator('[data-test=move-item]').focus();
  await screen.keyboard.press('ArrowUp');
  await until(async () => String(await order()) === '4,18,12', 15000, 'moved by key');
  const [from, to] = await Promise.all([rows.nth(1).locator('.drag-handle').boundingBox(), rows.nth(2).boundingBox()]);
  await screen.mouse.move(from.x + 20, from.y + 20);
  await screen.mouse.down();
  await screen.mouse.move(from.x + 20, to.y + to.height / 2, { steps: 4 });
  await screen.mouse.move(from.x + 20, to.y + to.height - 4, { steps: 4 });
  await screen.mouse.up();
  await until(async () => String(await order()) === '4,12,18', 15000, 'dragged back');
  await rows.nth(1).locator('[data-test=choose-question]').click();
  await visible(screen, '[data-test=question-chooser] [data-question]');
  await screen.locator('[data-test=question-chooser] [data-phase=alternatives]').click();
  await visible(screen, '[data-test=question-chooser] [data-question]');
  await settled(screen);
  const question = await screen.locator('[data-test=question-chooser] [data-question] span').first().innerText();
  await shot(screen, 'question-chooser-desktop');
  await clean(screen, 'choosing a question');
  await screen.locator('[data-test=question-chooser] [data-question]').first().click();
  await until(async () => (await api('/talk')).items.find((one) => one.from === 12).question === question, 15000, 'the question is kept');
  await rows.nth(0).locator('[data-test=choose-question]').click();
  await rows.nth(0).locator('input[type=search]').fill('wachten');
  await screen.locator('[data-test=own-question]').fill('Wat gebeurt er als je wacht?');
  await screen.locator('[data-test=use-own]').click();
  await until(async () => (await api('/talk')).items.find((one) => one.from === 4).question === 'Wat gebeurt er als je wacht?', 15000, 'own words are kept');
  await rows.nth(0).locator('details.private summary').click();
  await rows.nth(0).locator('[data-test=private-note]').fill(SECRET);
  await leaveField(screen);
  await until(async () => (await api('/talk')).items.find((one) => one.from === 4).private_note === SECRET, 15000, 'the note is kept');
  assert.doesNotMatch(JSON.stringify(await api('/talk', teacher)), new RegExp(SECRET));
  assert.doesNotMatch(await teacherPage.content(), new RegExp(SECRET));
  await teacher.ask('PATCH', `/api/visits/${visit.id}/talk/items/${(await api('/talk')).items[0].id}`, { private_note: 'x' }).then((answer) => assert.equal(answer.status, 403));
  await screen.locator('[data-test=minutes]').selectOption('30');
  await screen.locator('[data-test=begin-talk]').click();
  await visible(screen, '[data-test=stage] video');
  await until(() => screen.locator('[data-test=picture] video').evaluate((video) => video.readyState >= 2), 15000, 'a picture');
  await until(async () => /van 30 min/.test(await screen.locator('[data-test=talk-clock]').innerText()), 15000, 'the clock');
});

test('a phone is signed in by the code on the screen, and steers it', async () => {
  await screen.locator('[data-test=steer-with]').click();
  const link = await until(() => screen.locator('[data-test=link]').inputValue().catch(() => ''), 15000, 'a code');
  await shot(screen, 'steer-dialog-desktop');
  await screen.locator('[data-test=close-steer]').click();
  phone = await open(browser, server, new URL(link).pathname + new URL(link).hash, 'phone', { as: null });
  await phone.locator('[data-test=accept]').click();
  await visible(phone, '[data-test=control-play]');
  assert.equal(new URL(phone.url()).pathname, `/bezoeken/${visit.id}/sturen`);
  await visible(phone, '[data-test=connection][data-connected=true]');
  await shot(phone, 'steer-phone');
  const { width, height } = sizes.phone;
  const play = await phone.locator('[data-test=control-play]').boundingBox();
  assert.ok(play.y + play.height <= height && play.width > width * 0.35, 'play is large and in view');

  await press(phone, 'play');
  await shows('playing', 'true');
  await until(async () => (await time(screen)) > 5.2, 15000, 'it plays');
  await press(phone, 'play');
  await shows('playing', 'false');
  await stands();
  const paused = await time(screen);
  assert.ok(paused > 5.1 && paused < 9.5, `played to ${paused}`);
  // The remote knows what the screen truly shows.
  await until(async () => { const gap = (await api('/talk')).talk.state.position - (await time(screen)); return gap > -0.003 && gap < 0.04; }, 15000, 'told back');
  const from = await time(screen);
  for (let i = 0; i < 5; i++) await press(phone, 'frame-next');
  await at(from + 0.2, 15000, 0.025);
  await press(phone, 'frame-back');
  await at(from + 0.16, 15000, 0.025);
  await press(phone, 'slow');
  await shows('rate', '0.5');
  await visible(screen, '[data-test=talk-facts]');
  await press(phone, 'slow');
  await shows('rate', '1');
  await press(phone, 'back');
  await at(Math.max(0, from + 0.16 - 5), 15000, 0.06);
});

test('a moment stops at its end, or is repeated', async () => {
  await press(phone, 'next');
  await at(12);
  await press(phone, 'play');
  await shows('playing', 'true');
  await until(async () => (await stage(screen, 'playing')) === 'false', 15000, 'it stops');
  assert.ok(Math.abs((await time(screen)) - 17) < 0.1, `at ${await time(screen)}`);
  await until(async () => (await phone.locator('[data-test=control-play]').getAttribute('aria-label')) === 'Afspelen', 15000, 'the remote knows');
  await press(phone, 'loop');
  await shows('loop', 'true');
  await press(phone, 'play');
  await until(async () => (await time(screen)) > 16, 15000, 'nearly there');
  await until(async () => (await time(screen)) < 14, 15000, 'begins again');
  assert.equal(await stage(screen, 'playing'), 'true');
  await press(phone, 'loop');
  await press(phone, 'play');
  await shows('playing', 'false');
});

test('two beside each other', async () => {
  await press(phone, 'besides');
  await phone.locator('[data-beside]').first().click();
  await shows('layout', 'two');
  await until(() => screen.locator('[data-test=picture-beside] video').evaluate((video) => video.readyState >= 2).catch(() => false), 15000, 'a second picture');
  await press(phone, 'play');
  await until(async () => (await time(screen)) > 13, 15000, 'both play');
  await press(phone, 'play');
  await shows('playing', 'false');
  await stands();
  const [a, b] = await Promise.all(['picture', 'picture-beside'].map((one) => screen.locator(`[data-test=${one}] video`).evaluate((video) => video.currentTime)));
  assert.ok(Math.abs((a - b) - 8) < 0.15, `${a} beside ${b}`);
  await shot(screen, 'talk-two-desktop');
  await clean(screen, 'two pictures');
  await press(phone, 'besides');
  await shows('layout', 'one');
});

test('by keys at the screen, also by the teacher', async () => {
  await leaveField(screen);
  await screen.keyboard.press('ArrowLeft');
  await at(4);
  await until(async () => (await phone.locator('[data-test=now-question]').innerText()) === 'Wat gebeurt er als je wacht?', 15000, 'the phone follows');
  await screen.keyboard.press('q');
  await visible(screen, '.talk-main[data-show=question]');
  await shot(screen, 'talk-question-desktop');
  assert.ok(await screen.locator('[data-test=question-large]').evaluate((one) => parseFloat(getComputedStyle(one).fontSize)) > 60);
  await clean(screen, 'the question large');
  await screen.keyboard.press('q');
  await screen.keyboard.press('n');
  await screen.locator('[data-test=notes]').fill('Wachten werkt, q n s');
  await leaveField(screen);
  await until(async () => (await phone.locator('[data-test=notes]').inputValue()) === 'Wachten werkt, q n s', 15000, 'notes on the phone');
  assert.equal(await stage(screen, 'layout'), 'one', 'what is typed is no key');
  await shot(screen, 'talk-notes-desktop');
  await clean(screen, 'notes');
  await screen.keyboard.press('n');
  await screen.keyboard.press('?');
  await visible(screen, 'dialog.talk-help[open]');
  await shot(screen, 'talk-help-desktop');
  await clean(screen, 'the keys');
  await screen.keyboard.press('Escape');
  // From the frame that is shown: where frames begin differs from one recording to the next.
  const shown = await time(screen);
  await screen.keyboard.press('.');
  await at(shown + 0.04, 15000, 0.025);
  await screen.keyboard.press('-');
  await shows('rate', '0.75');
  await screen.keyboard.press('+');
  await shows('rate', '1');

  await teacherPage.goto(`/bezoeken/${visit.id}/sturen`);
  await visible(teacherPage, '[data-test=control-next]');
  await press(teacherPage, 'next');
  await at(12);
  assert.equal(await teacherPage.locator('[data-test=private-note]').count(), 0);
  await until(async () => /Sanne/.test(await phone.locator('[data-test=connection]').innerText()), 15000, 'who steered');
  await shot(teacherPage, 'steer-tablet');
  await clean(teacherPage, 'the teacher steers');
  await press(teacherPage, 'previous');
  await at(4);
});

test('agreements are written on the phone and stand on the screen', async () => {
  await press(phone, 'show-agreements');
  await visible(screen, '.talk-main[data-show=agreements]');
  await phone.locator('[data-test=add-agreement]').click();
  await phone.locator('textarea[name=agreement]').fill('Ik wacht drie tellen voordat ik iemand de beurt geef.');
  await until(async () => (await phone.locator('select[name=who] option:checked').innerText()) === 'Sanne de Vries', 15000, 'the teacher does it');
  await phone.locator('input[name=due]').fill('2030-03-14');
  await phone.locator('.code-choice summary').click();
  await phone.locator('[data-code-ref="snelle-start/compliment"]').click();
  await phone.locator('[data-test=keep-agreement]').click();
  await until(async () => /drie tellen[\s\S]*Sanne de Vries · voor 14 maart 2030/.test(await screen.locator('.talk-view-agreements').innerText()), 15000, 'on the screen');
  const [agreement] = (await api('/agreements')).agreements;
  assert.deepEqual(agreement.codes, ['snelle-start/compliment']);
  await shot(screen, 'talk-agreements-desktop');
  await shot(phone, 'steer-agreements-phone');
  await clean(screen, 'agreements on the screen');
  await phone.locator('[data-test=remove-agreement]').click();
  await until(async () => (await api('/agreements')).agreements.length === 0, 15000, 'removed');
  await phone.locator('.toast button').first().click();
  await until(async () => (await api('/agreements')).agreements.length === 1, 15000, 'and back');
  await phone.locator('[data-test=become-focus]').click();
  await visible(phone, '.toast button');
  const next = await until(async () => (await api('/agreements')).agreements[0].became_visit, 15000, 'the next visit');
  const focus = await server.good('GET', `/api/visits/${next.id}`);
  assert.match(focus.focus, /drie tellen/);
  assert.ok(focus.instruments.includes('snelle-start'));
  await press(phone, 'show-moment');
});

test('a reload comes back at the same instant', async () => {
  await press(phone, 'play');
  await shows('playing', 'true');
  await press(phone, 'play');
  await shows('playing', 'false');
  await stands();
  const before = await time(screen);
  await screen.reload();
  await visible(screen, '[data-test=stage] video');
  await until(() => screen.locator('[data-test=picture] video').evaluate((video) => video.readyState >= 2), 15000, 'a picture');
  await at(before, 15000, 0.021);
  // And while it plays.
  await press(phone, 'next');
  await at(12);
  await press(phone, 'play');
  const playing = await until(async () => { const now = await time(screen); return now > 12.5 && now; }, 15000, 'it plays');
  await screen.reload();
  await visible(screen, '[data-test=stage] video');
  await until(async () => (await stage(screen, 'playing')) === 'true', 15000, 'it plays on');
  const again = await until(async () => (await screen.locator('[data-test=picture] video').evaluate((video) => video.readyState >= 2 && !video.seeking)) && time(screen), 15000, 'a picture');
  assert.ok(again >= playing - 0.3 && again < 17.1, `${playing} … ${again}`);
  await press(phone, 'play');
  await shows('playing', 'false');
});

test('without the server it says so, goes on, and what was pressed counts when it is back', async () => {
  await press(phone, 'previous');
  await at(4);
  await stands();
  await screen.context().setOffline(true);
  await leaveField(screen);
  await screen.keyboard.press(' ');
  await shows('playing', 'true');
  await visible(screen, '[data-test=away]', 20000);
  await until(async () => (await time(screen)) > 4.5, 15000, 'it plays what it has');
  await screen.keyboard.press('l');
  await screen.context().setOffline(false);
  await until(async () => (await api('/talk')).talk.state.loop === true, 15000, 'the press arrives');
  await until(async () => (await screen.locator('[data-test=away]').count()) === 0, 15000, 'it is back');
  await screen.keyboard.press('l');
  await screen.keyboard.press('q');
  await screen.keyboard.press('q');
});

test('what was tapped is shown only when it is asked for; what is private nowhere', async () => {
  assert.equal(await screen.locator('[data-test=scores]').count(), 0);
  await phone.locator('[data-test=scores-on]').click();
  await visible(screen, '[data-test=scores]');
  await phone.locator('[data-test=scores-on]').click();
  await until(async () => (await screen.locator('[data-test=scores]').count()) === 0, 15000, 'gone again');
  assert.doesNotMatch(await screen.content(), new RegExp(SECRET));
  const fields = await screen.$$eval('textarea, input', (list) => list.map((one) => one.value).join('\n'));
  assert.doesNotMatch(fields, new RegExp(SECRET));
  assert.equal(await phone.locator('[data-test=private-note]').inputValue(), SECRET);
});

test('every page of it at every size', async (t) => {
  for (const [name, path, as] of [['momenten', 'momenten', server], ['momenten-leraar', 'momenten', teacher], ['nabespreking', 'nabespreking', server], ['sturen', 'sturen', server], ['sturen-leraar', 'sturen', teacher]]) {
    await t.test(name, () => atEverySize(browser, server, `/bezoeken/${visit.id}/${path}`, { as }, async (page, size, thorough) => {
      await clean(page, `${name} ${size}`, thorough);
      await shot(page, `${name}-${size}`);
    }));
  }
  const own = async () => (await server.good('GET', '/api/questions')).own.length;
  const prepare = async (page) => {
    await page.locator('[data-test=add-question]').click();
    await page.locator('textarea[name=text]').fill('Wat zou je een collega vertellen?');
    await page.locator('[data-test=keep-question]').click();
    await visible(page, '[data-own]');
    await page.locator('input[type=search]').fill('een collega vertellen');
  };
  const finish = async (page) => {
    await page.locator('[data-test=remove-question]').last().click();
    await until(async () => (await own()) === 0, 15000, 'removed');
  };
  await t.test('vragen', () => atEverySize(browser, server, '/vragen', { prepare, finish }, async (page, size, thorough) => {
    assert.equal(await own(), 1);
    await clean(page, `vragen ${size}`, thorough);
    await shot(page, `vragen-${size}`);
  }));
});

test('the talk is closed, and can be taken up again', async () => {
  await phone.locator('[data-test=end-talk]').click();
  await phone.locator('[data-test=confirm]').click();
  await until(async () => (await api('/talk')).talk.ended_at !== null, 15000, 'closed');
  await visible(screen, '[data-test=start-talk]');
  await phone.locator('[data-test=start-talk]').click();
  await until(async () => (await api('/talk')).talk.ended_at === null, 15000, 'taken up');
});

test('a teacher without an account: both press on this screen', async () => {
  const other = await server.good('POST', '/api/visits', { title: 'Lezen', teacher: 'Noor Bakker' });
  await server.good('POST', `/api/visits/${other.id}/start`, {});
  await server.good('POST', `/api/visits/${other.id}/end`, {});
  await server.good('POST', `/api/visits/${other.id}/moments`, { from: 0, to: 1, title: 'Het begin', kind: 'pride', line: '' });
  const page = await open(browser, server, `/bezoeken/${other.id}/momenten`);
  await page.locator('[data-test=press-coach]').click();
  assert.equal((await server.good('GET', `/api/visits/${other.id}/talk`)).talk.revealed_at, null);
  await shot(page, 'moments-together-desktop');
  await clean(page, 'both press here');
  await page.locator('[data-test=press-teacher]').click();
  await visible(page, '.talk-item');
  await page.context().close();
});

test('no error in the pages meanwhile', () => {
  const own = (page) => page.problems.filter((one) => !/ERR_INTERNET_DISCONNECTED|ERR_CONNECTION|Failed to fetch|ApiError/.test(one));
  assert.deepEqual([own(screen), own(phone), own(teacherPage)], [[], [], []]);
});
