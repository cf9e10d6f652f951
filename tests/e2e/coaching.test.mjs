// The whole of it, by pages only, in three browsers: film → tap → release → the teacher chooses on a phone → both open
// together → the talk on the large screen, steered from a phone → an agreement → the next visit prefilled → the report,
// signed by both, as a PDF in Dutch and in English. Each page's own test goes deeper.
import test from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Server, sleep, until } from '../lib/terugblik.mjs';
import { launch, open } from '../lib/browser.mjs';

const folder = mkdtempSync(join(tmpdir(), 'terugblik-coaching-'));
const visible = (page, selector, ms = 15000) => page.locator(selector).first().waitFor({ timeout: ms });
const idOf = (page) => /bezoeken\/([^/]+)/.exec(page.url())[1];
let server, browser, teacher, coach, screenPhone, phone, visit, next;
const api = (path, who = server) => who.good('GET', `/api/visits/${visit}${path}`);

test.before(async () => {
  server = await Server.start();
  browser = await launch();
  teacher = await server.invite({ name: 'Sanne de Vries', roles: ['teacher'] });
  coach = await open(browser, server, '/trajecten');
  phone = await open(browser, server, '/gedeeld', 'phone', { as: teacher });
});

test.after(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('a trajectory is begun, and its first lesson filmed and tapped', async () => {
  await coach.locator('[data-test=invite]').click();
  await coach.locator('select[name=teacher_person]').selectOption(teacher.person.id);
  await coach.locator('textarea[name=question]').fill('Hoe geef ik rustig instructie?');
  await coach.locator('[data-test=begin]').click();
  await coach.waitForURL(/\/trajecten\/[\w-]+$/);
  await coach.locator('[data-test=next-step]').click();
  await coach.waitForURL(/voorbereiden/);
  visit = idOf(coach);
  await coach.getByLabel('Kijkvraag').first().fill('Hoe krijgt iedere leerling een beurt?');
  await coach.click('[data-test=add-test]');
  await until(async () => { const now = await api(''); return now.sources.length > 0 && now.focus !== ''; }, 10000, 'it is kept');
  await coach.click('[data-test=to-lesson]');
  await coach.waitForURL(/opnemen/);
  await coach.click('[data-test=start-recording]');
  await until(async () => (await api('/recording')).tracks.some((track) => track.actual === 'recording'), 20000, 'it records');
  // Three seconds apart, and as much before and after.
  const length = async () => Math.min(...(await api('/recording')).tracks.map((track) => track.seconds));
  for (const from of [3, 6, 9]) {
    await until(async () => (await length()) > from, 30000, `${from} s are recorded`);
    await coach.locator('[data-code=compliment]').click();
  }
  await until(async () => (await length()) > 13, 30000, '13 s are recorded');
  await coach.click('[data-test=end-lesson]');
  await coach.locator('[data-test=confirm]').click();
  await coach.waitForURL(/terugkijken/, { timeout: 20000 });
  assert.equal((await api('/observations')).observations.length, 3);
});

test('it is shared with the teacher, who chooses three moments on a phone', async () => {
  await coach.goto(`/bezoeken/${visit}/delen`);
  await coach.locator('[data-test=give-teacher]').click();
  await coach.locator('[data-test=send-release]').click();
  await visible(coach, '.release[data-state=live]');
  await visible(phone, '[data-test=next-step][data-step=choose]');
  await phone.locator('[data-test=next-step] a').click();
  await visible(phone, 'tb-player video');
  await visible(phone, '[data-test=place]');
  const words = ['Hier wachtte ik echt.', 'Iedereen deed mee.', 'Hier praatte ik door.'];
  for (const [i, line] of words.entries()) {
    await phone.locator('[data-test=tab-seen]').click();
    await phone.locator('[data-test=choose-seen]').nth(i).click();
    await phone.locator('textarea[name=line]').fill(line);
    await until(async () => (await api('/moments', teacher)).moments.some((one) => one.line === line), 10000, `“${line}” is kept`);
    await phone.locator('[data-test=close-moment]').click();
  }
  assert.deepEqual((await api('/moments', teacher)).moments.map((one) => one.kind).sort(), ['improve', 'pride', 'pride']);
  assert.deepEqual((await api('/moments')).moments, [], 'unseen by the coach');
  await phone.locator('[data-test=ready]').click();
  await visible(phone, '[data-test=is-ready]');
});

test('the coach chooses too, and they open together', async () => {
  await coach.goto(`/bezoeken/${visit}/momenten`);
  await visible(coach, '[data-test=ready-teacher][data-ready=true]');
  await coach.locator('[data-source]').first().click();
  await visible(coach, '.choice');
  await coach.locator('.choice [data-test=line]').first().fill('Je wachtte, en er kwamen vingers bij.');
  await coach.evaluate(() => document.activeElement?.blur());
  await until(async () => (await api('/moments')).moments[0]?.line !== '', 10000, 'the line is kept');
  assert.doesNotMatch(await coach.locator('body').innerText(), /Hier wachtte ik echt/);
  await coach.locator('[data-test=ready]').click();
  await until(() => coach.locator('[data-test=reveal]').isEnabled(), 10000, 'both are ready');
  await coach.locator('[data-test=reveal]').click();
  await coach.locator('[data-test=confirm]').click();
  await visible(coach, '[data-test=seen-theirs]');
  await until(async () => /Hier wachtte ik echt/.test(await coach.locator('main').innerText()), 10000, 'what the teacher chose');
  await visible(phone, '[data-test=revealed]');
});

test('the talk: a phone steers the large screen, an agreement is written', async () => {
  await coach.locator('[data-test=begin-talk]').click();
  await visible(coach, '[data-test=stage] video');
  await coach.locator('[data-test=steer-with]').click();
  const link = await until(() => coach.locator('[data-test=link]').inputValue().catch(() => ''), 15000, 'a code');
  await coach.locator('[data-test=close-steer]').click();
  screenPhone = await open(browser, server, new URL(link).pathname + new URL(link).hash, 'phone', { as: null });
  await screenPhone.locator('[data-test=accept]').click();
  await visible(screenPhone, '[data-test=control-next]');
  const item = () => coach.locator('[data-test=stage]').getAttribute('data-item');
  const before = await item();
  await screenPhone.locator('[data-test=control-next]').click();
  await until(async () => (await item()) !== before, 10000, 'the large screen goes on');
  await screenPhone.locator('[data-test=control-show-agreements]').click();
  await visible(coach, '.talk-main[data-show=agreements]');
  await screenPhone.locator('[data-test=add-agreement]').click();
  await screenPhone.locator('textarea[name=agreement]').fill('Ik tel tot drie voordat ik een beurt geef.');
  await until(async () => (await screenPhone.locator('select[name=who] option:checked').innerText()) === 'Sanne de Vries', 10000, 'who');
  await screenPhone.locator('input[name=due]').fill('2030-03-14');
  await screenPhone.locator('.code-choice summary').click();
  await screenPhone.locator('[data-code-ref="snelle-start/compliment"]').click();
  await screenPhone.locator('[data-test=keep-agreement]').click();
  await until(async () => /tot drie/.test(await coach.locator('.talk-view-agreements').innerText()), 10000, 'on the screen');
  await screenPhone.locator('[data-test=end-talk]').first().click();
  await screenPhone.locator('[data-test=confirm]').click({ timeout: 2000 }).catch(() => undefined);
  await until(async () => (await api('/talk')).talk.ended_at !== null, 10000, 'the talk has ended');
});

test('in one press the agreement is what the next visit looks at', async () => {
  const { trajectory } = await api('');
  await coach.goto(`/trajecten/${trajectory.id}`);
  await coach.locator('[data-test=become-focus]').first().click();
  next = (await until(async () => (await api('/agreements')).agreements[0].became_visit, 15000, 'the next visit')).id;
  await coach.goto(`/bezoeken/${next}/voorbereiden`);
  await until(async () => (await coach.getByLabel('Kijkvraag').first().inputValue()) === 'Ik tel tot drie voordat ik een beurt geef.', 10000, 'prefilled');
  assert.equal(await coach.locator('select[name=teacher_person]').inputValue(), teacher.person.id);
  assert.ok((await server.good('GET', `/api/visits/${next}`)).instruments.includes('snelle-start'));
});

/** The PDF of the report as PAGE gets it: its text, and its first page and pictures as files. */
async function readPdf(page, name) {
  const href = await page.locator('[data-test=pdf]').getAttribute('href');
  const bytes = await page.evaluate(async (address) => Array.from(new Uint8Array(await (await fetch(address)).arrayBuffer())), href);
  const file = join(folder, `${name}.pdf`);
  writeFileSync(file, Buffer.from(bytes));
  const run = (...command) => spawnSync(command[0], command.slice(1), { encoding: 'utf8' });
  const text = run('pdftotext', '-layout', file, '-');
  assert.equal(text.status, 0, text.stderr);
  assert.match(run('pdfinfo', file).stdout, /Tagged:\s+yes/);
  assert.equal(run('pdftoppm', '-png', '-r', '50', file, join(folder, name)).status, 0);
  assert.ok(readdirSync(folder).some((one) => one.startsWith(`${name}-`) && one.endsWith('.png')), 'its pages as pictures');
  const pictures = run('pdfimages', '-list', file).stdout.split('\n').filter((line) => / image /.test(line)).length;
  assert.ok(pictures >= 3, `${pictures} pictures`);
  return text.stdout.replace(/\s+/g, ' ');
}

test('the report: prefilled, signed by both, on paper in Dutch and in English', async () => {
  await coach.goto(`/bezoeken/${visit}/verslag`);
  await visible(coach, '[data-test=paper]');
  await coach.locator('[data-test=save]').click();
  await visible(coach, '[data-test=sign]');
  await coach.locator('[data-test=sign]').click();
  await coach.locator('[data-test=confirm]').click();
  await until(async () => (await api('/report')).report?.coach_signed, 10000, 'the coach agrees');
  await phone.goto(`/bezoeken/${visit}/verslag`);
  await phone.locator('[data-test=sign]').click();
  await phone.locator('[data-test=confirm]').click();
  await until(async () => (await api('/report')).report.final_at !== null, 10000, 'it is final');
  const dutch = await readPdf(coach, 'nl');
  for (const said of ['Sanne de Vries', 'Hoe krijgt iedere leerling een beurt?', 'Hoe geef ik rustig instructie?', 'Hier wachtte ik echt.', 'Hier praatte ik door.',
    'Je wachtte, en er kwamen vingers bij.', 'Ik tel tot drie voordat ik een beurt geef.', '14 maart 2030', 'Afspraken', 'Ondertekend', 'Alleen voor coaching, nooit voor een beoordeling'])
    assert.ok(dutch.includes(said), `“${said}” in ${dutch}`);

  const { report } = await api('/report');
  await server.good('POST', `/api/visits/${visit}/report`, { seen: report.number, language: 'en', content: report.content });
  await coach.reload();
  await visible(coach, '[data-test=paper]');
  const english = await readPdf(coach, 'en');
  for (const said of ['Hier wachtte ik echt.', 'Agreements', '14 March 2030', 'For coaching only, never for appraisal', 'Version 1 was signed by'])
    assert.ok(english.includes(said), `“${said}” in ${english}`);
  assert.equal((await api('/report')).report.final_at, null, 'a change asks both again');
  // A page that is left while it asks for something says that it could not.
  for (const page of [coach, phone, screenPhone]) assert.deepEqual(page.problems.filter((one) => !one.includes('Failed to fetch')), []);
});
