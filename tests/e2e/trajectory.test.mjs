// A trajectory in a real Chromium: a teacher asks for help on a phone, visits and talks come into a line, an agreement
// becomes the next visit's question, another coach takes over as far as the teacher allows, and it is closed.
import test from 'node:test';
import assert from 'node:assert/strict';
import { Server, tap, until, uuid } from '../lib/terugblik.mjs';
import { launch, open } from '../lib/browser.mjs';
import * as looks from '../lib/looks.mjs';

const QUESTION = 'Hoe krijg ik rust bij het begin van de les?';
const AGREED = 'Ik wacht tot het stil is voor ik iets vraag';
const SAID = 'Bij de uitleg wel, bij het nakijken niet.';
const sources = [{ uri: 'test:?width=640&height=360&fps=25', kind: 'video', name: 'Beeld' }, { uri: 'test:', kind: 'audio', name: 'Geluid' }];

let server, browser, teacher, interim, admin, coachPage, teacherPage, trajectory, first, second, clip;

test.before(async () => {
  server = await Server.start();
  browser = await launch();
  teacher = await server.invite({ name: 'Sanne de Vries', roles: ['teacher'] });
  interim = await server.invite({ name: 'Noor Bakker', roles: ['coach'] });
  admin = await server.invite({ name: 'Els Jansen', roles: ['admin'] });
});

test.after(async () => {
  await browser?.close();
  await server?.stop();
});

const visible = (page, selector, ms = 15000) => page.locator(selector).first().waitFor({ timeout: ms });
const whole = (who = server) => who.good('GET', `/api/trajectories/${trajectory}`);
/** What the page says comes next. */
const step = (page, kind, within = '') => visible(page, `${within} [data-step=${kind}]`);
const texts = (page, selector) => page.locator(selector).allInnerTexts();

const press = { of: 'main button, main a.button, main select', height: 47.5, width: 0 };

/** A place as somebody sees it, at every size: it looks well, and says what it is for. */
const looksWell = (name, path, as, prepare) => looks.atEverySize(browser, server, path, { as, prepare }, async (page, size, thorough) => {
  await looks.looksWell(page, `${name} at ${size}`, { thorough, press });
  assert.equal(await page.locator('.purpose-line').count(), 1, `${name}: what it is for`);
  if (process.env.TB_SHOTS) await page.screenshot({ path: `${process.env.TB_SHOTS}/${name}-${size}.png`, fullPage: true });
});

/** A lesson of SECONDS in which CODES are tapped. */
async function lesson(visit, seconds, codes) {
  await server.film({ id: visit }, seconds);
  await server.good('POST', `/api/visits/${visit}/operations`, { operations: codes.map((code) => tap({ instrument: 'klassenmanagement', at: 1, ...code })) });
  await server.good('POST', `/api/visits/${visit}/end`, {});
}

test('a teacher asks a coach for help, on a phone', async () => {
  coachPage = await open(browser, server, '/trajecten', 'tablet');
  await visible(coachPage, '.empty-start');
  teacherPage = await open(browser, server, '/trajecten', 'phone', { as: teacher });
  await visible(teacherPage, '.empty-start');
  await looksWell('leeg', '/trajecten', teacher, (page) => page.locator('[data-test=ask]').click());
  await teacherPage.locator('[data-test=ask]').click();
  await teacherPage.locator('select[name=coach]').selectOption(server.person.id);
  await teacherPage.locator('textarea[name=question]').fill(QUESTION);
  await teacherPage.locator('[data-test=begin]').click();
  await teacherPage.waitForURL(/\/trajecten\/[\w-]+$/);
  trajectory = teacherPage.url().split('/').at(-1);
  await step(teacherPage, 'waitFirst');
  assert.match(await teacherPage.locator('.question').innerText(), new RegExp(`Hulpvraag.*${QUESTION.replace('?', '\\?')}`, 's'));
  // The coach's page shows it by itself.
  await step(coachPage, 'firstRequest', `[data-trajectory="${trajectory}"]`);
});

test('the coach plans a visit, and the teacher sees when', async () => {
  await coachPage.locator('[data-test=next-step]').click();
  await coachPage.waitForURL(/\/voorbereiden$/);
  await visible(coachPage, 'select[name=trajectory]');
  assert.equal(await coachPage.locator('select[name=trajectory]').inputValue(), trajectory);
  assert.equal(await coachPage.locator('select[name=teacher_person]').inputValue(), teacher.person.id);
  first = coachPage.url().split('/').at(-2);
  const when = new Date(Date.now() + 7 * 864e5);
  await coachPage.locator('input[name=planned_at]').fill(`${when.toISOString().slice(0, 10)}T10:15`);
  await until(async () => (await server.good('GET', `/api/visits/${first}`)).planned_at !== null, 15000, 'the date is kept');
  await coachPage.locator('[data-test=to-trajectory]').click();
  await step(coachPage, 'prepare');
  await teacherPage.reload();
  await step(teacherPage, 'coming');
  const file = await teacher.ask('GET', new URL(await teacherPage.locator('[data-test=next-step]').getAttribute('href'), server.address).pathname);
  assert.equal(file.status, 200);
  assert.match(file.headers.get('content-type'), /text\/calendar/);
  // Out of the line, and back by the undo.
  await coachPage.locator('[data-test=take-out]').click();
  await step(coachPage, 'firstRequest');
  await coachPage.locator('.toast button').first().click();
  await step(coachPage, 'prepare');
});

test('what comes next follows the visit from the film to the report, for both', async () => {
  await server.good('PATCH', `/api/visits/${first}`, { sources, instruments: ['klassenmanagement', 'snelle-start'], title: 'Rekenen', focus: 'Waar gaat het begin verloren?' });
  const code = (await server.good('GET', '/api/instruments/klassenmanagement')).codes.filter((one) => one.kind === 'point').map((one) => one.id);
  await lesson(first, 5, [{ code: code[0] }, { code: code[0] }, { code: code[1] }]);
  await step(coachPage, 'share');
  await teacherPage.reload();
  await step(teacherPage, 'waitShare');
  clip = uuid();
  await server.good('POST', `/api/visits/${first}/operations`, {
    operations: [{ ...tap(), target: 'clip', target_id: clip, fields: { from: 1, to: 3, title: 'Stil voor het begint', observation: null, camera: null } }],
  });
  await server.good('POST', `/api/visits/${first}/releases`, { person: teacher.person.id, purpose: 'coaching', until: new Date(Date.now() + 42 * 864e5).toISOString() });
  await step(coachPage, 'choose');
  await step(teacherPage, 'look');
  await visible(coachPage, '[data-stage=shared]');
  await server.good('POST', `/api/visits/${first}/talk/ready`, { ready: true });
  await step(coachPage, 'chosen');
  await teacher.good('POST', `/api/visits/${first}/talk/ready`, { ready: true });
  await step(coachPage, 'reveal');
  await step(teacherPage, 'reveal');
  await server.good('POST', `/api/visits/${first}/talk/reveal`, {});
  await step(coachPage, 'talk');
  await server.good('POST', `/api/visits/${first}/talk/start`, {});
  await server.good('POST', `/api/visits/${first}/agreements`, { text: AGREED, who_person: teacher.person.id, codes: [`klassenmanagement/${code[0]}`] });
  await server.good('POST', `/api/visits/${first}/talk/end`, {});
  await step(coachPage, 'reportMake');
  const { draft } = await server.good('GET', `/api/visits/${first}/report?language=nl`);
  const { number } = await server.good('POST', `/api/visits/${first}/report`, { seen: 0, language: 'nl', content: draft });
  await step(teacherPage, 'reportSign');
  await teacher.good('POST', `/api/visits/${first}/report/sign`, { number });
  await step(teacherPage, 'reportWait');
  await step(coachPage, 'reportSign');
  await server.good('POST', `/api/visits/${first}/report/sign`, { number });
  await step(coachPage, 'plan');
  await visible(coachPage, `[data-visit="${first}"][data-stage=reported]`);
});

test('an agreement becomes the next visit in one press, with its kijkwijzer', async () => {
  const card = coachPage.locator(`[data-visit="${first}"] .agreement`);
  assert.match(await card.innerText(), new RegExp(AGREED));
  await card.locator('[data-outcome=partly]').click();
  await until(async () => (await whole()).agreements[0].outcome === 'partly', 15000, 'it is kept that it came about in part');
  await visible(teacherPage, '.agreement [data-outcome=partly][aria-pressed=true]');
  // How it went, in a line: it stays with another outcome, and comes back with one that was taken away by mistake.
  const kept = async () => { const [one] = (await whole()).agreements; return [one.outcome, one.outcome_note]; };
  const keeps = (outcome, note) => until(async () => JSON.stringify(await kept()) === JSON.stringify([outcome, note]), 15000, `${outcome}: ${note}`);
  await card.locator('[data-test=outcome-note]').fill(SAID);
  await card.locator('[data-outcome=kept]').click();
  await keeps('kept', SAID);
  await until(async () => (await teacherPage.locator('.agreement [data-test=outcome-note]').inputValue()) === SAID, 15000, 'the teacher reads it');
  await card.locator('[data-outcome=kept]').click();
  await keeps(null, '');
  await until(async () => (await card.locator('[data-test=outcome-note]').count()) === 0, 15000, 'nothing came about yet: no line');
  await card.locator('[data-outcome=partly]').click();
  await keeps('partly', SAID);
  await until(async () => (await card.locator('[data-test=outcome-note]').inputValue()) === SAID, 15000, 'it is there again');
  await card.locator('[data-test=become-focus]').click();
  await until(async () => (await whole()).visits.length === 2, 15000, 'a second visit');
  second = (await whole()).visits.find((one) => one.id !== first).id;
  await visible(coachPage, `[data-visit="${second}"][data-stage=planned]`);
  await step(coachPage, 'prepare');
  await coachPage.locator('.step-card [data-test=next-step]').click();
  await visible(coachPage, 'textarea[name=focus]');
  assert.match(coachPage.url(), new RegExp(second));
  assert.equal(await coachPage.locator('textarea[name=focus]').inputValue(), AGREED);
  const chosen = await coachPage.$$eval('.instrument.chosen', (list) => list.map((one) => one.textContent));
  assert.ok(chosen.some((one) => /Klassenmanagement/.test(one)), chosen.join());
  assert.equal(await coachPage.locator('select[name=trajectory]').inputValue(), trajectory);
  await coachPage.goto('/bezoeken');
  await visible(coachPage, `[data-visit="${second}"] [data-test=of-trajectory]`);
});

test('the same kijkwijzer over the visits, as small plots with their numbers', async () => {
  const codes = (await server.good('GET', '/api/instruments/klassenmanagement')).codes;
  const point = codes.find((one) => one.kind === 'point').id;
  const lasting = codes.find((one) => one.kind === 'state')?.id;
  await server.good('PATCH', `/api/visits/${second}`, { sources });
  await lesson(second, 3, [{ code: point }, ...(lasting ? [{ code: lasting, kind: 'state' }] : [])]);
  await coachPage.goto(`/trajecten/${trajectory}`);
  await visible(coachPage, `[data-plot="${point}"] .mark`);
  const plot = coachPage.locator(`[data-plot="${point}"]`);
  assert.equal(await plot.locator('.mark').count(), 2);
  const rows = await plot.locator('tbody tr').allTextContents();
  assert.equal(rows.length, 2);
  const { plots } = await server.good('GET', `/api/trajectories/${trajectory}/plots`);
  const points = plots.find((one) => one.code === point).points;
  assert.deepEqual(points.map((one) => one.count), [2, 1]);
  const perTen = points.map((one) => (one.count / one.minutes) * 10);
  const shown = await plot.locator('tbody td:last-child').allTextContents();
  shown.forEach((text, index) => assert.ok(Math.abs(Number(text.replace('.', '').replace(',', '.')) - perTen[index]) < 0.06, `${text} is ${perTen[index]}`));
  // More often in the same time stands higher.
  const heights = await plot.locator('.mark').evaluateAll((list) => list.map((one) => Number(/ ([\d.]+)\)/.exec(one.getAttribute('transform'))[1])));
  assert.equal(perTen[0] > perTen[1], heights[0] < heights[1]);
  if (lasting) assert.match((await coachPage.locator(`[data-plot="${lasting}"] tbody td:last-child`).allTextContents()).join(), /%/);
  // The second visit was not shared: the teacher sees the first alone.
  await teacherPage.reload();
  await visible(teacherPage, `[data-plot="${point}"] .mark`);
  assert.equal(await teacherPage.locator(`[data-plot="${point}"] .mark`).count(), 1);
  const open_ = (page) => page.locator('[data-test=plot-tables]').click();
  await looksWell('traject-coach', `/trajecten/${trajectory}`, server, async (page) => { await visible(page, '.mark'); await open_(page); });
  await looksWell('traject-leraar', `/trajecten/${trajectory}`, teacher, (page) => visible(page, '.mark'));
  await looksWell('trajecten', '/trajecten', server, async (page) => { await visible(page, '.comes-next'); await page.locator('[data-test=invite]').click(); });
});

test('a handover is asked for by who knows the names only', async () => {
  const page = await open(browser, server, '/overdracht', 'desktop', { as: admin });
  await visible(page, `[data-candidate="${trajectory}"]`);
  const said = await page.locator('main').innerText();
  assert.match(said, /Sanne de Vries/);
  for (const secret of [QUESTION, AGREED, 'Rekenen']) assert.ok(!said.includes(secret), secret);
  await page.locator(`[data-candidate="${trajectory}"] [data-test=hand]`).click();
  await page.locator('select[name=to]').selectOption(interim.person.id);
  await page.locator('[data-test=ask-handover]').click();
  await visible(page, '[data-test=asked] [data-handover]');
  await page.locator('[data-test=withdraw]').click();
  await page.locator('[data-test=confirm]').click();
  await visible(page, '[data-test=past] [data-state=withdrawn]');
  await page.locator(`[data-candidate="${trajectory}"] [data-test=hand]`).click();
  await page.locator('select[name=to]').selectOption(interim.person.id);
  await page.locator('[data-test=ask-handover]').click();
  await visible(page, '[data-test=asked] [data-handover]');
  await page.context().close();
  await looksWell('overdracht-beheer', '/overdracht', admin);
});

test('the teacher chooses what the new coach gets, and the old one is cut off', async () => {
  // It stands on top of both pages, and nothing is ticked beforehand.
  await visible(teacherPage, 'tb-handover-answer input[name=visits]');
  await looksWell('overdracht-leraar', '/trajecten', teacher, (page) => visible(page, 'tb-handover-answer input'));
  assert.equal(await teacherPage.locator('tb-handover-answer input:checked').count(), 0);
  await visible(coachPage, '.question-card [data-test=withdraw]');
  await teacherPage.locator(`tb-handover-answer input[name=visits][value="${second}"]`).check();
  await teacherPage.locator(`tb-handover-answer input[name=reports][value="${first}"]`).check();
  await teacherPage.locator('tb-handover-answer input[name=agreements]').check();
  await teacherPage.locator('tb-handover-answer [data-test=agree]').click();
  await teacherPage.locator('[data-test=confirm]').click();
  await until(async () => (await whole(teacher)).trajectory.coach.id === interim.person.id, 15000, 'it has passed');
  // The page of the one before says so by itself, and so does the server.
  await visible(coachPage, '[data-test=gone]');
  assert.equal(await coachPage.locator('.line-visit').count(), 0);
  assert.equal((await server.ask('GET', `/api/trajectories/${trajectory}`)).status, 404);
  assert.equal((await server.ask('GET', `/api/visits/${second}/moments`)).status, 404);
  // In the log of who looked, in words.
  const log = await open(browser, server, `/bezoeken/${second}/inzage`, 'phone', { as: teacher });
  await visible(log, '[data-what=handover]');
  assert.match(await log.locator('[data-what=handover]').innerText(), /Overgedragen/);
  await log.context().close();
});

test('the new coach finds where it stands, and nothing that was kept back', async () => {
  const page = await open(browser, server, '/overdracht', 'desktop', { as: interim });
  const card = `[data-stand="${trajectory}"]`;
  await visible(page, card);
  const said = await page.locator(card).innerText();
  assert.match(said, /Sanne de Vries.*Overgenomen van Test/s);
  assert.match(said, /1 bezoek, 1 verslag, de afspraken/);
  await step(page, 'share', card);
  await looksWell('overdracht-coach', '/overdracht', interim, (one) => visible(one, card));
  await page.goto(`/trajecten/${trajectory}`);
  await visible(page, `[data-visit="${second}"]`);
  assert.equal(await page.locator(`[data-visit="${first}"]`).count(), 0);
  // What came along of the visit that did not.
  assert.match(await page.locator('[data-test=elsewhere]').innerText(), new RegExp(AGREED));
  await page.locator('tb-handed-report button').click();
  await visible(page, 'tb-handed-report .facts');
  assert.match(await page.locator('tb-handed-report').innerText(), new RegExp(AGREED));
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test('closing says what stays and what goes before it happens; then it can be read only', async () => {
  const kept = uuid();
  await interim.good('POST', `/api/visits/${second}/operations`, {
    operations: [{ ...tap(), target: 'clip', target_id: kept, fields: { from: 0.5, to: 1.5, title: 'Rustig begin', observation: null, camera: null } }],
  });
  const page = await open(browser, server, `/trajecten/${trajectory}/afronden`, 'tablet', { as: interim });
  await visible(page, '[data-test=destroyed]');
  assert.match(await page.locator('[data-test=honest]').innerText(), /Terugblik bewaart deze keuze\. Vernietigen doet het in deze versie nog niet zelf\./);
  assert.match(await page.locator('[data-test=destroyed]').innerText(), /Beeld en geluid/);
  assert.equal(await page.locator('input[name=clips]').count(), 0, 'no clip before both want it');
  await looksWell('afronden', `/trajecten/${trajectory}/afronden`, interim, (one) => one.locator('input[name=both_agree]').check());
  await page.locator('input[name=both_agree]').check();
  await page.locator(`input[name=clips][value="${kept}"]`).check();
  await page.locator('textarea[name=note]').fill('De start is rustig geworden.');
  await page.locator('[data-test=close-now]').click();
  assert.equal((await whole(teacher)).trajectory.closed_at, null, 'not before it is confirmed');
  await page.locator('[data-test=confirm]').click();
  await visible(page, '[data-test=closed]');
  const closed = (await whole(teacher)).trajectory;
  assert.deepEqual(closed.kept.clips, [kept]);
  assert.deepEqual(closed.kept.reports, [first], 'also the report that came along');
  assert.ok(closed.kept.destroy_at > new Date().toISOString());
  assert.equal(await page.locator('[data-test=plan], [data-test=edit-question], [data-test=become-focus], [data-test=close]').count(), 0);
  await visible(teacherPage, '[data-test=closed]');
  assert.match(await teacherPage.locator('[data-test=closed]').innerText(), /De start is rustig geworden/);
  assert.match(await teacherPage.locator('p[data-test=outcome-note]').first().innerText(), /bij het nakijken niet/);
  assert.equal(await teacherPage.locator('[data-test=edit-question], .agreement [aria-pressed]').count(), 0);
  await looksWell('afgerond', `/trajecten/${trajectory}`, teacher);
  await page.goto('/trajecten');
  await visible(page, `[data-test=closed] [data-trajectory="${trajectory}"]`);
  await page.context().close();
  assert.deepEqual(teacherPage.problems, []);
});

test('a coach begins with a teacher without an account, and takes a visit in from either page', async () => {
  const visit = await server.good('POST', '/api/visits', { title: 'Taal', teacher: 'Meester Jan' });
  await server.good('POST', '/api/visits', { title: 'Van iemand anders', teacher: 'Juf Ans' });
  const page = await open(browser, server, '/trajecten', 'phone');
  await page.locator('[data-test=invite]').click();
  await page.locator('select[name=teacher_person]').selectOption('name');
  assert.equal(await page.locator('input[name=film_first]').count(), 0, 'nobody to get the film');
  await page.locator('input[name=teacher]').fill('Meester Jan');
  await page.locator('[data-test=begin]').click();
  await page.waitForURL(/\/trajecten\/[\w-]+$/);
  const id = page.url().split('/').at(-1);
  const visits = async () => (await server.good('GET', `/api/trajectories/${id}`)).visits.map((one) => one.id);
  await step(page, 'first');
  await page.locator('[data-test=add-existing]').click();
  await visible(page, '[data-test=others] button');
  assert.deepEqual((await texts(page, '[data-test=others] strong')), ['Taal'], 'of this teacher only');
  await page.locator('[data-test=others] button').click();
  await step(page, 'prepare');
  assert.deepEqual(await visits(), [visit.id]);
  await page.locator('[data-test=prepare]').click();
  await page.locator('select[name=trajectory]').selectOption('');
  await until(async () => (await visits()).length === 0, 15000, 'it is out');
  await looks.settled(page);
  await page.locator('select[name=trajectory]').selectOption(id);
  await until(async () => (await visits()).length === 1, 15000, 'it is in again');
  await looks.settled(page);
  if (process.env.TB_SHOTS) await page.screenshot({ path: `${process.env.TB_SHOTS}/voorbereiden-phone.png`, fullPage: true });
  // The question, written down and changed.
  await page.goto(`/trajecten/${id}`);
  await page.locator('[data-test=edit-question]').click();
  await page.locator('textarea[name=question]').fill('Hoe laat ik ze samen praten?');
  await page.locator('[data-test=save-question]').click();
  await page.getByText('Hoe laat ik ze samen praten?').waitFor();
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test('all of it in English too', async () => {
  await server.good('PATCH', '/api/settings', { language: 'en' });
  for (const [path, as] of [['/trajecten', teacher], [`/trajecten/${trajectory}`, teacher], ['/overdracht', interim], ['/overdracht', admin]]) {
    await looks.atEverySize(browser, server, path, { as, only: ['desktop'] }, async (page) => {
      const text = (await texts(page, 'main')).join(' ').replaceAll(QUESTION, '').replaceAll(AGREED, '').replaceAll(SAID, '').replaceAll('De start is rustig geworden.', '').replaceAll('Rekenen', '');
      assert.equal(text.match(/\b(traject|bezoek|afspraak|afspraken|leraar|leervraag|hulpvraag|verslag|overdracht|gedeeld|wordt|geen|niet)\b/i), null, text);
    });
  }
  await server.good('PATCH', '/api/settings', { language: 'nl' });
});
