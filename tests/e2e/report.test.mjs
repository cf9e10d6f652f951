// The report of a talk, in a real Chromium: coach and teacher write it in two browsers, agree, and change it again; a clear
// picture only when both want it; as PDF, on paper, in Dutch and English, at three sizes.
import test from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Server, sleep, until } from '../lib/terugblik.mjs';
import { launch, open } from '../lib/browser.mjs';
import { atEverySize, looksWell, violations } from '../lib/looks.mjs';
import { readMark } from '../lib/mark.mjs';

const also = ['best-practice'];
const folder = mkdtempSync(join(tmpdir(), 'terugblik-report-'));

let server, browser, teacher, visit, coachPage, teacherPage;
const at = (path) => `/api/visits/${visit.id}/${path}`;
const visible = (page, selector, ms = 15000) => page.locator(selector).first().waitFor({ timeout: ms });
const said = (page, what, ms = 10000) => until(async () => what.test(await page.locator('[data-test=state]').innerText()), ms, `the state ${what}`);
const field = (page, name) => page.locator(`[data-test=paper] [name="${name}"]`).first();
/** Opens what lies behind “Beeld, soort en plaats” of all moments. */
const openTools = (page) => page.locator('.moment-tools').evaluateAll((all) => all.forEach((one) => { one.open = true; }));
const confirm = (page) => page.locator('[data-test=confirm]').click();

async function save(page) {
  await page.locator('[data-test=save]').click();
  await until(() => page.locator('[data-test=save-state]').getAttribute('data-dirty').then((dirty) => dirty === 'false'), 10000, 'saved');
}

/** The mark in the first picture of the report: readable only when it is clear. */
async function markOf(page) {
  await until(() => page.locator('img[data-test=still]').first().evaluate((image) => image.complete && image.naturalWidth), 15000, 'a picture');
  const pixels = await page.locator('img[data-test=still]').first().evaluate((image) => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [640, 360];
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0, 640, 360);
    const all = context.getImageData(0, 0, 640, 360).data;
    return Array.from({ length: 640 * 40 }, (_, i) => all[4 * i + 1]);
  });
  return readMark(pixels, 640, 360);
}

/** {text, pages} of a PDF's bytes. */
function readPdf(bytes) {
  const file = join(folder, 'one.pdf');
  writeFileSync(file, bytes);
  const text = spawnSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' });
  assert.equal(text.status, 0, text.stderr);
  const info = spawnSync('pdfinfo', [file], { encoding: 'utf8' }).stdout;
  const pictures = spawnSync('pdfimages', ['-list', file], { encoding: 'utf8' }).stdout.split('\n').filter((line) => / image /.test(line)).length;
  return { text: text.stdout.replace(/\s+/g, ' '), pages: Number(/Pages:\s+(\d+)/.exec(info)[1]), size: /Page size:\s+(.*)/.exec(info)[1], pictures };
}

async function downloadPdf(page) {
  const href = await page.locator('[data-test=pdf]').getAttribute('href');
  const bytes = await page.evaluate(async (address) => {
    const answer = await fetch(address);
    if (answer.status !== 200) throw new Error(`${answer.status}`);
    return Array.from(new Uint8Array(await answer.arrayBuffer()));
  }, href);
  return readPdf(Buffer.from(bytes));
}

test.before(async () => {
  server = await Server.start();
  browser = await launch();
  await server.good('PATCH', '/api/settings', { school: 'De Regenboog' });
  teacher = await server.invite({ name: 'Sanne de Vries', roles: ['teacher'] });
  visit = await server.good('POST', '/api/visits', {
    title: 'Rekenen: breuken', teacher: 'Sanne de Vries', teacher_person: teacher.person.id, group: 'groep 6', subject: 'rekenen', focus: 'Hoe krijgt iedere leerling een beurt?',
    sources: [{ uri: 'test:?width=640&height=360&fps=25', kind: 'video', name: 'Beeld' }],
  });
  const trajectory = await server.good('POST', '/api/trajectories', { origin: 'invitation', teacher_person: teacher.person.id, question: 'Hoe geef ik rustig instructie?' });
  await server.good('POST', `/api/trajectories/${trajectory.id}/visits`, { visit: visit.id });
  await server.film(visit, 8.5);
  await server.good('POST', at('end'), {});
  await server.good('POST', at('moments'), { from: 1, to: 4, title: 'De stilte', kind: 'pride', line: 'Je wachtte, en er kwamen drie vingers bij.' });
  await teacher.good('POST', at('moments'), { from: 2, to: 4.5, title: 'Wachten', kind: 'pride', line: 'Ik durfde stil te zijn.' });
  await teacher.good('POST', at('moments'), { from: 5, to: 8, title: 'De overgang', kind: 'improve', line: 'Het duurde me te lang.' });
});

test.after(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('before both lists are open there is no report yet, and the page says so', async () => {
  teacherPage = await open(browser, server, `/bezoeken/${visit.id}/verslag`, 'phone', { as: teacher });
  await visible(teacherPage, '[data-test=not-yet]');
  assert.equal(await teacherPage.locator('[data-test=paper]').count(), 0);
  assert.doesNotMatch(await teacherPage.locator('body').innerText(), /De stilte/);
  assert.deepEqual(await violations(teacherPage, { also }), []);
  for (const one of [server, teacher]) await one.good('POST', at('talk/ready'), { ready: true });
  await server.good('POST', at('talk/reveal'), {});
  // It comes by itself.
  await visible(teacherPage, '[data-test=paper]');
  await server.good('POST', at('agreements'), { text: 'Ik tel tot vijf voordat ik iemand een beurt geef', who_person: teacher.person.id, due_at: '2026-12-18T12:00:00Z' });
});

test('it begins with what is known of the visit and the talk', async () => {
  coachPage = await open(browser, server, `/bezoeken/${visit.id}/verslag`, 'desktop');
  await visible(coachPage, '[data-test=paper]');
  assert.match(await coachPage.locator('[data-test=state]').innerText(), /Opzet/);
  assert.equal(await field(coachPage, 'title').inputValue(), 'Rekenen: breuken');
  assert.equal(await field(coachPage, 'focus').inputValue(), 'Hoe krijgt iedere leerling een beurt?');
  assert.equal(await field(coachPage, 'question').inputValue(), 'Hoe geef ik rustig instructie?');
  assert.equal(await field(coachPage, 'school').inputValue(), 'De Regenboog');
  assert.ok(await coachPage.locator('tb-report-moment').count() >= 2);
  assert.match(await coachPage.locator('textarea[name=agreement]').first().inputValue(), /tot vijf/);
  assert.equal(await markOf(coachPage), null, 'softened');
  assert.match(await coachPage.locator('.purpose-line').innerText(), /Alleen voor coaching, nooit voor een beoordeling/);
  const levels = await coachPage.locator('main :is(h1,h2,h3,h4)').evaluateAll((all) => all.map((one) => Number(one.tagName[1])));
  levels.reduce((before, level) => (assert.ok(level <= before + 1, `a heading ${level} after ${before}`), level), 0);
});

test('what was not saved stays in the browser; moments come, go and move, and come back', async () => {
  await field(coachPage, 'context').fill('Een rustige dinsdagochtend; 26 leerlingen.');
  await until(async () => /in deze browser/.test(await coachPage.locator('[data-test=save-state]').innerText()));
  await sleep(300);
  await coachPage.reload();
  await visible(coachPage, '[data-test=found]');
  assert.match(await field(coachPage, 'context').inputValue(), /rustige dinsdagochtend/);
  const titles = () => coachPage.locator('[name="moment-title"]').evaluateAll((all) => all.map((one) => one.value));
  const before = await titles();
  const moments = coachPage.locator('tb-report-moment');
  await openTools(coachPage);
  await moments.nth(0).locator('[data-test=down]').focus();
  await coachPage.keyboard.press('Enter');
  await until(async () => (await titles())[1] === before[0]);
  assert.equal(await coachPage.evaluate(() => document.activeElement.closest('tb-report-moment')?.querySelector('[name="moment-title"]').value), before[0], 'the focus goes along');
  await coachPage.locator('[data-test=undo]').click();
  assert.deepEqual(await titles(), before);
  await moments.nth(0).locator('[data-test=remove-moment]').click();
  assert.deepEqual(await titles(), before.slice(1));
  await coachPage.locator('.toast button').first().click();
  assert.deepEqual(await titles(), before);
  await openTools(coachPage);
  await moments.nth(1).locator('[data-test=remove-moment]').click();
  await coachPage.locator('[data-test=add-moment] [data-add]').first().click();
  assert.deepEqual((await titles()).sort(), [...before].sort());
});

test('each version is saved on purpose, and the other sees it', async () => {
  await save(coachPage);
  await said(coachPage, /Versie 1, nog niet akkoord/);
  assert.match(await field(coachPage, 'context').inputValue(), /rustige dinsdagochtend/);
  await said(teacherPage, /Versie 1/);
  await until(async () => /rustige dinsdagochtend/.test(await field(teacherPage, 'context').inputValue()));
});

test('written by both at once: what does not touch is put together, the rest is shown side by side', async () => {
  await field(coachPage, 'context').fill('Context van de coach.');
  await coachPage.locator('tb-report-moment').first().locator('[name=coach]').fill('Woorden van de coach.');
  await field(teacherPage, 'context').fill('Context van de leraar.');
  await teacherPage.locator('tb-report-moment').first().locator('[name=teacher]').fill('Woorden van de leraar.');
  await save(teacherPage);
  await visible(coachPage, '[data-test=newer]');
  assert.equal(await field(coachPage, 'context').inputValue(), 'Context van de coach.');
  await coachPage.locator('[data-test=save]').click();
  await visible(coachPage, '[data-test=clashes]');
  assert.equal(await coachPage.locator('[data-clash]').count(), 1);
  const clash = await coachPage.locator('[data-clash=context]').innerText();
  assert.match(clash, /Context van de coach\./);
  assert.match(clash, /Context van de leraar\./);
  const first = coachPage.locator('tb-report-moment').first();
  assert.equal(await first.locator('[name=coach]').inputValue(), 'Woorden van de coach.');
  assert.equal(await first.locator('[name=teacher]').inputValue(), 'Woorden van de leraar.');
  await coachPage.locator('[data-clash=context] input[value=theirs]').check();
  assert.equal(await field(coachPage, 'context').inputValue(), 'Context van de leraar.');
  await coachPage.locator('[data-clash=context] input[value=both]').check();
  assert.equal(await field(coachPage, 'context').inputValue(), 'Context van de coach.\nContext van de leraar.');
  await save(coachPage);
  await said(coachPage, /Versie 3/);
});

test('a picture is clear only when both agree', async () => {
  const [coachs, teachers] = [coachPage, teacherPage].map((page) => page.locator('tb-report-moment').first());
  await openTools(coachPage);
  await coachs.locator('input[type=radio][value=clear]').check();
  await visible(coachPage, '[data-test=clear-state][data-state=waits]');
  await save(coachPage);
  assert.equal(await markOf(coachPage), null, 'still softened');
  const address = (await coachs.locator('img').getAttribute('src')) + '?clear=1';
  const [soft, asked] = await coachPage.evaluate(async (paths) => Promise.all(paths.map(async (path) => Array.from(new Uint8Array(await (await fetch(path)).arrayBuffer())).join())), [address.split('?')[0], address]);
  assert.equal(asked, soft, 'asking for it is not enough');
  await visible(teacherPage, '[data-test=clear-state][data-state=asked]');
  await teachers.locator('[data-test=clear-yes]').click();
  await visible(teacherPage, '[data-test=clear-state][data-state=both]');
  assert.equal(typeof await markOf(teacherPage), 'number', 'clear');
  await visible(coachPage, '[data-test=clear-state][data-state=both]');
  assert.equal(typeof await markOf(coachPage), 'number', 'clear');
});

test('both agree with the time; a later change voids that, and shows what changed', async () => {
  await coachPage.locator('[data-test=sign]').click();
  await confirm(coachPage);
  await said(coachPage, /Versie 4, akkoord van Test/);
  assert.equal(await coachPage.locator('[data-test=save]').count(), 0, 'what is signed is not changed by accident');
  await said(teacherPage, /akkoord van Test/);
  await teacherPage.locator('[data-test=sign]').click();
  await confirm(teacherPage);
  await said(teacherPage, /Definitief: versie 4/);
  await said(coachPage, /Definitief: versie 4/);
  assert.equal(await coachPage.locator('[data-side][data-signed=true]').count(), 2);
  assert.match(await coachPage.locator('[data-side=teacher]').innerText(), /Sanne de Vries.*2\d\d\d.*\d\d:\d\d/s);

  await teacherPage.locator('[data-test=change]').click();
  await field(teacherPage, 'next').fill('Volgende keer kijken we naar de overgangen.');
  await save(teacherPage);
  await said(coachPage, /Versie 5, nog niet akkoord/);
  assert.equal(await coachPage.locator('[data-side][data-signed=true]').count(), 0);
  await visible(coachPage, '[data-test=since-signed]');
  const since = await coachPage.locator('[data-test=since-signed]').innerText();
  assert.match(since, /Versie 4 had akkoord van Test, Sanne de Vries/);
  assert.match(since, /Volgende stap.*naar de overgangen/s);
  assert.equal(await coachPage.locator('[data-test=since-signed] [data-place]').count(), 1);
  await coachPage.locator('[data-version="4"] [data-test=show-changes]').click();
  await visible(coachPage, '[data-version="4"] [data-place=still]');
  await coachPage.locator('[data-version="4"] [data-test=put-back]').click();
  assert.equal(await coachPage.locator('[data-test=paper] [name=next]').inputValue(), '');
  await coachPage.locator('[data-test=discard]').click();
  for (const page of [coachPage, teacherPage]) {
    await page.locator('[data-test=sign]').click();
    await confirm(page);
    await sleep(500);
  }
  await said(coachPage, /Definitief: versie 5/);
});

test('as PDF from the server and on paper from the browser', async () => {
  const wanted = [/Rekenen: breuken/, /Sanne de Vries/, /Hoe krijgt iedere leerling een beurt\?/, /Hoe geef ik rustig instructie\?/, /Woorden van de coach\./,
    /Woorden van de leraar\./, /tot vijf voordat ik iemand een beurt geef/, /naar de overgangen/, /nooit voor een beoordeling|niet voor beoordeling/];
  const pdf = await downloadPdf(coachPage);
  for (const words of wanted) assert.match(pdf.text, words);
  assert.ok(pdf.pages <= 3, `${pdf.pages} pages`);
  assert.ok(pdf.pictures >= 2, `${pdf.pictures} pictures`);
  const printed = await coachPage.pdf({ preferCSSPageSize: true, printBackground: true });
  if (process.env.TB_SHOTS) writeFileSync(join(process.env.TB_SHOTS, 'print.pdf'), printed);
  const sheet = readPdf(printed);
  for (const words of [...wanted, /Akkoord/, /Versie 5 · Definitief/]) assert.match(sheet.text, words);
  assert.doesNotMatch(sheet.text, /Afdrukken|Bezoeken|Toch wijzigen|Versies|Scherp/);
  assert.ok(sheet.pages <= 3, `${sheet.pages} pages on paper`);
  assert.match(sheet.size, /A4/);
  // While it is written in, paper shows the text and not the fields.
  await teacherPage.locator('[data-test=change]').click();
  const written = readPdf(await teacherPage.pdf({ preferCSSPageSize: true, printBackground: true }));
  for (const words of wanted) assert.match(written.text, words);
  assert.ok(written.pages <= 3, `${written.pages} pages`);
  assert.doesNotMatch(written.text, /Weghalen|Verzacht\b|Moment toevoegen/);
  
});

test('the language of the report is not that of the screen', async () => {
  await coachPage.locator('[data-test=change]').click();
  await coachPage.locator('select[name=report-language]').selectOption('en');
  await until(async () => /Agreements/.test(await coachPage.locator('[data-test=agreements] h3').innerText()));
  assert.equal(await coachPage.locator('[data-test=paper]').getAttribute('lang'), 'en');
  assert.equal(await coachPage.locator('h1').innerText(), 'Verslag');
  assert.match(await field(coachPage, 'context').inputValue(), /Context van de coach\./, 'what they wrote is theirs');
  await save(coachPage);
  const pdf = await downloadPdf(coachPage);
  assert.match(pdf.text, /Focus question/);
  assert.match(pdf.text, /appraisal/);
  const sheet = readPdf(await coachPage.pdf({ preferCSSPageSize: true }));
  assert.match(sheet.text, /Learning question/);
  assert.match(sheet.text, /For coaching only, never for appraisal/);
  assert.ok(sheet.pages <= 3);
});

test('the next visit for the calendar', async () => {
  const { id } = (await server.good('GET', '/api/trajectories')).trajectories[0];
  const { visit: next } = await server.good('POST', `/api/trajectories/${id}/visits`, { visit: null });
  await server.good('PATCH', `/api/visits/${next.id}`, { planned_at: new Date(Date.now() + 7 * 864e5).toISOString() });
  await teacherPage.reload();
  await visible(teacherPage, '[data-test=calendar]');
  const calendar = await teacher.good('GET', await teacherPage.locator('[data-test=calendar]').getAttribute('href'));
  assert.match(calendar, /^BEGIN:VCALENDAR/);
});

test('what was left unsaved is put together with a version that came meanwhile', async () => {
  await field(coachPage, 'next').fill('Nog niet bewaard door de coach.');
  await sleep(300);
  await coachPage.goto('/instellingen');
  await field(teacherPage, 'context').fill('Context van de leraar, verbeterd.');
  await save(teacherPage);
  await coachPage.goto(`/bezoeken/${visit.id}/verslag`);
  await visible(coachPage, '[data-test=found]');
  assert.equal(await field(coachPage, 'next').inputValue(), 'Nog niet bewaard door de coach.');
  assert.equal(await field(coachPage, 'context').inputValue(), 'Context van de leraar, verbeterd.');
  assert.equal(await coachPage.locator('[data-test=clashes]').count(), 0);
  await coachPage.locator('[data-test=discard]').click();
  assert.equal(await field(coachPage, 'next').inputValue(), 'Volgende keer kijken we naar de overgangen.');
  await coachPage.locator('.toast button').first().click();
  assert.equal(await field(coachPage, 'next').inputValue(), 'Nog niet bewaard door de coach.');
  await coachPage.locator('[data-test=discard]').click();
});

test('every size, in both languages', async (t) => {
  for (const [language, as] of [['nl', teacher], ['en', server]]) {
    const prepare = async (page) => {
      await page.evaluate((chosen) => localStorage.setItem('terugblik.language', chosen), language);
      await page.reload();
      await visible(page, '[data-test=paper]');
    };
    await t.test(language, () => atEverySize(browser, server, `/bezoeken/${visit.id}/verslag`, { as, prepare }, async (page, size, thorough) => {
      await looksWell(page, `${size}, ${language}`, { thorough, also, press: null });
      if (process.env.TB_SHOTS) await page.screenshot({ path: join(process.env.TB_SHOTS, `report-${size}-${language}.png`), fullPage: true });
      if (size === 'phone') {
        await page.setViewportSize({ width: 360, height: 740 });
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 360), 'at 360 px');
      }
    }));
  }
});

test('with the vault locked the text is there, and in the place of the pictures why they are not', async () => {
  await server.lock();
  await visible(coachPage, '[data-test=still-locked]');
  await coachPage.reload();
  await visible(coachPage, '[data-test=still-locked]');
  assert.match(await field(coachPage, 'context').inputValue(), /Context van de leraar/);
  assert.equal(await coachPage.locator('img[data-test=still]').count(), 0);
  assert.deepEqual(await violations(coachPage, { also }), []);
  if (process.env.TB_SHOTS) await coachPage.screenshot({ path: join(process.env.TB_SHOTS, 'report-locked.png'), fullPage: true });
  await server.unlock();
  await visible(coachPage, 'img[data-test=still]');
  for (const page of [coachPage, teacherPage]) assert.deepEqual(page.problems.filter((one) => !/40[39]|423/.test(one)), []);
});
