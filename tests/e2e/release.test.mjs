// Who may see a child, in a real Chromium: a teacher sees the one clip that was released and nothing else, is cut off when
// it is withdrawn while it plays; others only after the teacher's yes; the vault is locked and opened during a recording.
import test from 'node:test';
import assert from 'node:assert/strict';
import { PASSPHRASE, Server, sleep, tap, until, uuid } from '../lib/terugblik.mjs';
import { launch, open } from '../lib/browser.mjs';

let server, browser, visit, clip, teacher, colleague, coachPage, teacherPage;
const sources = [{ uri: 'test:?width=640&height=360&fps=25', kind: 'video', name: 'Beeld' }, { uri: 'test:', kind: 'audio', name: 'Geluid' }];

test.before(async () => {
  server = await Server.start();
  browser = await launch();
  teacher = await server.invite({ name: 'Sanne de Vries', roles: ['teacher'] });
  colleague = await server.invite({ name: 'Youssef Amrani', roles: ['teacher'] });
  visit = await server.good('POST', '/api/visits', { title: 'Rekenen', teacher: 'Sanne de Vries', teacher_person: teacher.person.id, sources });
  await server.film(visit, 15.5);
  await server.good('POST', `/api/visits/${visit.id}/operations`, { operations: [2, 6, 10].map((at) => tap({ instrument: 'snelle-start', code: 'compliment', at })) });
  await server.good('POST', `/api/visits/${visit.id}/end`, {});
  clip = uuid();
  const made = [
    { ...tap(), target: 'clip', target_id: clip, fields: { from: 2, to: 11, title: 'Iedereen doet mee', observation: null, camera: null } },
    { ...tap(), target: 'clip', target_id: uuid(), fields: { from: 12, to: 15, title: 'Niet om te delen', observation: null, camera: null } },
  ];
  await server.good('POST', `/api/visits/${visit.id}/operations`, { operations: made });
  coachPage = await open(browser, server, `/bezoeken/${visit.id}/delen`);
  teacherPage = await open(browser, server, '/', 'tablet', { as: teacher });
});

test.after(async () => {
  await browser?.close();
  await server?.stop();
});

const visible = (page, selector, ms = 15000) => page.locator(selector).first().waitFor({ timeout: ms });
const time = (page) => page.locator('[data-test=player]').getAttribute('data-time').then(Number);
const plays = async (page) => { const from = await time(page); await until(async () => (await time(page)) > from + 0.5, 15000, 'it plays'); };

/** A picture that is there, at the time the page says. */
const picture = (page, ms = 15000) =>
  until(() => page.locator('tb-player video').first().evaluate((video) => video.readyState >= 2 && video.videoWidth === 640, null, { timeout: 1000 }).catch(() => false), ms, 'a picture');

test('before it is shared there is nothing to see', async () => {
  await visible(teacherPage, 'tb-shared h2');
  assert.equal(await teacherPage.locator('[data-test=to-me]').count(), 0);
  // The coach's draft is not even named.
  assert.equal(await teacherPage.locator('[data-test=who-looked]').count(), 0);
  assert.equal((await teacher.ask('GET', `/api/visits/${visit.id}`)).status, 403);
});

test('the coach shares one clip with the teacher', async () => {
  await coachPage.locator('[data-test=give-teacher]').click();
  await coachPage.locator('input[name=what][value=clips]').check();
  await coachPage.locator(`input[name=clip][value="${clip}"]`).check();
  assert.equal(await coachPage.locator('input[name=download]').isChecked(), false);
  const weeks = (new Date(await coachPage.locator('input[name=until]').inputValue()) - Date.now()) / (7 * 864e5);
  assert.ok(weeks > 5.7 && weeks < 6.3, `${weeks} weeks`);
  await coachPage.locator('[data-test=send-release]').click();
  await visible(coachPage, '.release[data-state=live]');
  // The teacher's page shows it by itself.
  await visible(teacherPage, '[data-test=to-me] [data-release]');
  await coachPage.goto('/bezoeken');
  await visible(coachPage, '.shared-state');
});

test('the teacher sees that clip, and nothing else', async () => {
  await teacherPage.locator('[data-test=to-me] .button').click();
  await picture(teacherPage);
  const said = await teacherPage.locator('[data-test=shared-by]').innerText();
  assert.match(said, /Gedeeld door Test.*coaching.*Alleen om hier te bekijken/s);
  assert.equal(await teacherPage.locator('[data-test=export]').count(), 0, 'no copy');
  assert.equal(await teacherPage.locator('[data-test=edit], [data-test=mark-in], tb-timeline, [data-test=undo]').count(), 0, 'nothing to change');
  assert.doesNotMatch(await teacherPage.locator('body').innerText(), /Niet om te delen/);
  const at = await time(teacherPage);
  assert.ok(at >= 2 - 0.05 && at < 3, `begins at ${at}`);
  // Beyond the clip one does not come.
  await teacherPage.locator('input.scrub').evaluate((input) => { input.value = input.max; input.dispatchEvent(new Event('input')); });
  await sleep(600);
  assert.ok(await time(teacherPage) <= 11.1);
  await teacherPage.keyboard.press('ArrowRight');
  await sleep(400);
  assert.ok(await time(teacherPage) <= 11.1);
  assert.equal(teacherPage.problems.length, 0, teacherPage.problems.join());
});

test('it is cut off within seconds when it is withdrawn while it plays', async () => {
  await coachPage.goto(`/bezoeken/${visit.id}/delen`);
  await coachPage.locator('[data-test=withdraw]').first().waitFor();
  await teacherPage.locator('input.scrub').evaluate((input) => { input.value = '2'; input.dispatchEvent(new Event('input')); });
  await until(async () => (await time(teacherPage)) < 3, 15000, 'at the begin');
  await teacherPage.locator('[data-test=player] [data-test=play]').click();
  await plays(teacherPage);
  await coachPage.locator('[data-test=withdraw]').first().click();
  const begin = Date.now();
  await coachPage.locator('[data-test=confirm]').click();
  await visible(teacherPage, '[data-test=not-shared]');
  assert.ok(Date.now() - begin < 4000);
  assert.equal(await teacherPage.locator('video, audio, tb-player').count(), 0);
  await visible(coachPage, '.release[data-state=withdrawn]');
  // Who looked at one's own lesson can be read also then.
  await teacherPage.goto('/gedeeld');
  await visible(teacherPage, '[data-test=who-looked]');
  assert.equal((await teacher.ask('GET', `/api/visits/${visit.id}`)).status, 403);
});

test('somebody else sees it only after the teacher has said yes, and who looked is written', async () => {
  await coachPage.locator('[data-test=give-teacher]').click();
  await coachPage.locator('input[name=what][value=clips]').check();
  await coachPage.locator(`input[name=clip][value="${clip}"]`).check();
  await coachPage.locator('[data-test=send-release]').click();
  await coachPage.locator('[data-test=give-other]').click();
  await coachPage.locator('select[name=person]').selectOption(colleague.person.id);
  await coachPage.locator(`input[name=clip][value="${clip}"]`).check();
  await coachPage.locator('[data-test=send-release]').click();
  await visible(coachPage, '.release[data-state=asked]');
  assert.equal((await colleague.ask('GET', `/api/visits/${visit.id}`)).status, 404);

  await teacherPage.goto('/gedeeld');
  await teacherPage.locator('[data-test=agree]').click();
  await visible(coachPage, '.release[data-state=live] >> nth=1');

  const other = await open(browser, server, '/', 'desktop', { as: colleague });
  await other.locator('[data-test=to-me] .button').click();
  await picture(other);
  await other.context().close();
  await teacherPage.goto(`/bezoeken/${visit.id}/inzage`);
  await visible(teacherPage, '[data-test=sound]');
  const log = await teacherPage.locator('[data-test=log] tr').allInnerTexts();
  assert.ok(log.some((row) => row.includes('Youssef Amrani') && row.includes('Bekeken')), log.join('\n'));
  assert.ok(log.some((row) => row.includes('Sanne de Vries') && row.includes('Zei ja')), log.join('\n'));
});

test('the vault is locked and opened in the middle of a recording: that goes on, looking stops and goes on', async () => {
  const lesson = await server.good('POST', '/api/visits', { title: 'Lezen', sources });
  const recorder = await open(browser, server, `/bezoeken/${lesson.id}/opnemen`, 'tablet');
  await recorder.locator('[data-test=start-recording]').click();
  await visible(recorder, '[data-test=recording-state]', 20000);
  const recorded = async () => (await server.good('GET', `/api/visits/${lesson.id}/recording`)).tracks.map((one) => one.seconds);
  await until(async () => (await recorded()).every((one) => one > 4), 30000, 'there is something to look at');
  const looker = await open(browser, server, `/bezoeken/${lesson.id}/terugkijken`);
  await picture(looker, 20000);
  await looker.locator('[data-test=player] [data-test=play]').click();
  await plays(looker);

  await recorder.locator('[data-test=vault-badge]').click();
  await recorder.locator('[data-test=confirm]').click();
  await visible(looker, '[data-test=vault-panel]');
  assert.equal(await looker.locator('video, audio').count(), 0);
  const before = await recorded();
  await recorder.locator('[data-code=compliment]').click();
  await until(async () => (await recorded()).every((one, i) => one > before[i] + 1.5), 15000, 'it is recorded on');
  await visible(recorder, '[data-test=recording-state]');
  await until(async () => (await server.good('GET', `/api/visits/${lesson.id}/observations`)).observations.length === 1, 15000, 'the tap');

  await looker.locator('[data-test=panel-open]').click();
  await looker.locator('input[name=vault-passphrase]').fill('dit is de verkeerde zin');
  await looker.locator('[data-test=vault-open]').click();
  await visible(looker, 'dialog .problem');
  await looker.locator('input[name=vault-passphrase]').fill(PASSPHRASE);
  await looker.locator('[data-test=vault-open]').click();
  await picture(looker, 20000);
  await plays(looker);
  await visible(recorder, '[data-test=vault-badge][data-vault=open]');
  await server.good('POST', `/api/visits/${lesson.id}/end`, {});
  assert.deepEqual(recorder.problems, []);
  await recorder.context().close();
  await looker.context().close();
});
