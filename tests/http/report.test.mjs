// The report of a talk: what it begins with, two who write it, who signed, its pictures, the PDF and the calendar file;
// and that nobody else gets any of it. What is in the PDF is asked of poppler-utils.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { readMark } from '../lib/mark.mjs';
import { Server, until } from '../lib/terugblik.mjs';
import { assertFits, named, nobody } from './tools.mjs';

let server; // also the coach
let teacher;
/** Those who have nothing to do with it. */
let others;
let visit;
let next;
/** Of coach and teacher: at the same place, and of the coach alone, later. */
let mine, theirs, alone;
let folder;

const day = 86400e3;
const root = () => `/api/visits/${visit.id}`;
const report = (who = server, query = '') => who.good('GET', `${root()}/report${query}`);
const save = (who, seen, content, language = 'nl') => who.ask('POST', `${root()}/report`, { seen, language, content });
const sign = (who, number) => who.ask('POST', `${root()}/report/sign`, { number });
const agree = (who, moment, yes = true) => who.ask('POST', `${root()}/report/clear`, { moment, agree: yes });
const pdfPath = (number) => `${root()}/report/verslag.pdf${number ? `?number=${number}` : ''}`;

async function bytes(who, path) {
  const answer = await fetch(server.address + path, { headers: { Cookie: who.cookie } });
  return { status: answer.status, headers: answer.headers, body: Buffer.from(await answer.arrayBuffer()) };
}

/** What a program of poppler-utils or qpdf says of BODY; “%” is its file. */
function said(body, program, ...args) {
  const file = join(folder, 'a.pdf');
  writeFileSync(file, body);
  const run = spawnSync(program, args.map((arg) => (arg === '%' ? file : arg)), { encoding: 'utf8' });
  assert.equal(run.status, 0, `${program}: ${run.stderr}`);
  return run.stdout;
}
const textOf = (body) => said(body, 'pdftotext', '-layout', '%', '-');

/** Brightness of a JPEG, 640 wide. */
function pixels(jpeg) {
  const run = spawnSync('ffmpeg', ['-v', 'error', '-f', 'mjpeg', '-i', '-', '-pix_fmt', 'gray', '-f', 'rawvideo', '-'], { input: jpeg, maxBuffer: 1e8 });
  assert.equal(run.status, 0, String(run.stderr));
  assert.equal(run.stdout.length, 640 * 360);
  return run.stdout;
}
const markOf = (jpeg) => readMark(pixels(jpeg), 640, 360);

/** The pictures in a PDF. */
function picturesIn(body) {
  const to = mkdtempSync(join(folder, 'pictures-'));
  said(body, 'pdfimages', '-j', '%', join(to, 'p'));
  return readdirSync(to).sort().map((name) => readFileSync(join(to, name)));
}

/** A is in TEXT, then B after it, and so on. */
function assertOrder(text, ...parts) {
  let at = 0;
  for (const one of parts) {
    const found = text.indexOf(one, at);
    assert.ok(found >= 0, `“${one}” is not there, or not in this place:\n${text}`);
    at = found + one.length;
  }
}

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'report-'));
  server = await Server.start();
  teacher = await server.invite({ name: 'Tess Kok', roles: ['teacher'] });
  await server.good('PATCH', '/api/settings', { school: 'De Regenboog' });
  visit = await server.good('POST', '/api/visits', {
    title: 'Rekenen: breuken', teacher_person: teacher.person.id, group: '6', subject: 'Rekenen', focus: 'Hoe verdeel je de beurten?',
    note: 'alleen voor mij', sources: [{ uri: 'test:?width=640&height=360&fps=25', kind: 'video', name: 'Camera' }],
  });
  const trajectory = await server.good('POST', '/api/trajectories', { teacher_person: teacher.person.id, question: 'Hoe geef ik iedereen een beurt?' });
  await server.good('POST', `/api/trajectories/${trajectory.id}/visits`, { visit: visit.id });
  next = await server.good('POST', '/api/visits', {
    title: 'Rekenen: kommagetallen', teacher_person: teacher.person.id, planned_at: '2030-03-05T09:15:00+01:00', focus: 'Wie komt er aan het woord?', instruments: ['snelle-start'],
  });
  await server.good('POST', `/api/trajectories/${trajectory.id}/visits`, { visit: next.id });
  await server.good('POST', `${root()}/recording`, {});
  await until(async () => (await server.good('GET', root())).tracks[0]?.segments[0]?.duration > 6, 30000, 'six seconds');
  await server.good('DELETE', `${root()}/recording`);
  await server.good('POST', `${root()}/end`, {});
  visit = await server.good('GET', root());
  const start = visit.tracks[0].segments[0].start;
  const moment = (who, from, to, more) => who.good('POST', `${root()}/moments`, { from: start + from, to: start + to, ...more });
  mine = await moment(server, 1, 2.5, { title: 'De stilte', kind: 'pride', line: 'Je wachtte vijf tellen.' });
  theirs = await moment(teacher, 1.2, 2.6, { title: 'Wachten', kind: 'pride', line: 'Dat voelde lang.' });
  alone = await moment(server, 4, 5, { title: 'Het bord', kind: 'improve', line: 'Wie keek er?' });
  await moment(teacher, start + 900, start + 910, { title: 'Na afloop', line: 'Toen filmde niemand.' });
  others = {
    'another coach': await server.invite({ name: 'Cor Coach', roles: ['coach'] }),
    'another teacher': await server.invite({ name: 'Lot Leraar', roles: ['teacher'] }),
    trainee: await server.invite({ name: 'Stan Stagiair', roles: ['trainee'] }),
    head: await server.invite({ name: 'Dirk Directeur', roles: ['head'] }),
    admin: await server.invite({ name: 'Ada Beheer', roles: ['admin'] }),
    privacy: await server.invite({ name: 'Frits Privacy', roles: ['privacy'] }),
  };
  // One of them was given the film: that gives nothing of the talk.
  const release = (person, purpose) => server.good('POST', `${root()}/releases`, { person: person.person.id, clip: null, purpose, until: new Date(Date.now() + day).toISOString(), download: true });
  await release(teacher, 'coaching');
  const asked = await release(others.trainee, 'training');
  await teacher.good('POST', `${root()}/releases/${asked.id}/answer`, { agree: true });
});
after(async () => {
  await server?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

test('before both lists were shown there is nothing to write or to see', async () => {
  const given = await report(teacher);
  assertFits(given, named('ReportAnswer'), 'the report');
  assert.equal(given.side, 'teacher');
  assert.equal(given.report, null);
  assert.deepEqual([given.draft.moments, given.versions, given.clear], [[], [], []]);
  assert.equal((await save(teacher, 0, given.draft)).status, 409);
  assert.equal((await teacher.ask('GET', `${root()}/report/stills/${theirs.id}`)).status, 409);
  assert.equal((await teacher.ask('GET', pdfPath())).status, 404);
  assert.equal((await agree(server, mine.id)).status, 409);
  for (const who of [server, teacher]) await who.good('POST', `${root()}/talk/ready`, { ready: true });
  await server.good('POST', `${root()}/talk/reveal`, {});
  const { items } = await server.good('GET', `${root()}/talk`);
  const shared = items.find((item) => item.coach_moment === mine.id);
  assert.equal(shared.teacher_moment, theirs.id);
  await server.good('PATCH', `${root()}/talk/items/${shared.id}`, { question: 'Wat gebeurde er in die stilte?', private_note: 'geheim' });
  const due = '2030-02-28T23:00:00Z'; // the first of March, on the clock of the school
  await teacher.good('POST', `${root()}/agreements`, { text: 'Ik tel tot vijf voor ik een beurt geef.', who_person: teacher.person.id, due_at: due });
  await server.good('POST', `${root()}/agreements`, { text: 'Ik film alleen de achterste rij.', who_person: server.person.id });
});

test('it begins with what is known', async () => {
  for (const who of [server, teacher]) {
    const { draft } = await report(who, '?language=nl');
    assert.equal(draft.school, 'De Regenboog');
    assert.equal(draft.title, 'Rekenen: breuken');
    assert.equal(draft.date, new Date(visit.started_at).toLocaleDateString('sv-SE', { timeZone: 'Europe/Amsterdam' }));
    assert.deepEqual([draft.coach, draft.teacher, draft.group, draft.subject], ['Test', 'Tess Kok', '6', 'Rekenen']);
    assert.match(draft.context, /^Klassenbezoek van \d+:\d\d tot \d+:\d\d\.$/);
    assert.equal(draft.focus, 'Hoe verdeel je de beurten?');
    assert.equal(draft.question, 'Hoe geef ik iedereen een beurt?');
    const [both, coach, late] = draft.moments;
    assert.equal(draft.moments.length, 3);
    assert.equal(both.id, mine.id);
    assert.equal(both.title, 'De stilte / Wachten');
    assert.equal(both.question, 'Wat gebeurde er in die stilte?');
    assert.deepEqual([both.coach, both.teacher, both.kind, both.still], ['Je wachtte vijf tellen.', 'Dat voelde lang.', 'pride', 'soft']);
    assert.deepEqual([both.from, both.to], [mine.from, theirs.to]);
    assert.deepEqual([coach.id, coach.teacher, coach.kind, coach.still], [alone.id, '', 'improve', 'soft']);
    assert.deepEqual([late.title, late.coach, late.still], ['Na afloop', '', null], 'nobody filmed there');
    assert.deepEqual(draft.agreements, [
      { text: 'Ik tel tot vijf voor ik een beurt geef.', who: 'Tess Kok', due: '2030-03-01' },
      { text: 'Ik film alleen de achterste rij.', who: 'Test', due: null },
    ]);
    assert.deepEqual(draft.next, { text: 'Volgend klassenbezoek: Rekenen: kommagetallen\nKijkvraag: Wie komt er aan het woord?', date: '2030-03-05' });
    assert.ok(!/alleen voor mij|geheim/.test(JSON.stringify(draft)), 'what is the coach’s own');
  }
  assert.match((await report(server, '?language=en')).draft.next.text, /^Next classroom visit/);
  assert.equal((await report(server, '?language=en')).draft.language, 'en');
  assert.equal((await server.ask('GET', `${root()}/report?language=fr`)).status, 400);
});

test('what is left out of the talk is left out of the report', async () => {
  const { items } = await server.good('GET', `${root()}/talk`);
  const late = items.at(-1);
  await server.good('PATCH', `${root()}/talk/items/${late.id}`, { skipped: true });
  assert.deepEqual((await report()).draft.moments.map((one) => one.id), [mine.id, alone.id]);
  await server.good('POST', `${root()}/talk/order`, { ids: items.map((item) => item.id).reverse() });
  assert.deepEqual((await report()).draft.moments.map((one) => one.id), [alone.id, mine.id]);
  await server.good('POST', `${root()}/talk/order`, { ids: items.map((item) => item.id) });
});

test('both write it, and neither over the other', async () => {
  const news = [];
  const open = new Set();
  const ends = [server, teacher].map((who, i) => who.follow('/api/events', (event, data) => {
    open.add(i);
    if (event === 'coaching' && data.what === 'report') news.push([i, data.visit]);
  }));
  await until(() => open.size === 2, 5000, 'both listen');
  const { draft } = await report();
  const first = await save(server, 0, { ...draft, signatures: [{ name: 'Tess Kok', role: 'teacher', at: '2030-01-01T00:00:00Z' }], note: 'Goedgekeurd' });
  assert.equal(first.status, 201, JSON.stringify(first.body));
  assertFits(first.body, named('Report'), 'a version');
  assert.equal(first.body.number, 1);
  assert.deepEqual([first.body.content.signatures, first.body.content.note], [[], ''], 'nobody writes who signed');
  await until(() => [0, 1].every((i) => news.some(([who, of]) => who === i && of === visit.id)), 5000, 'both are told');
  for (const end of ends) end();
  assert.equal((await save(teacher, 0, draft)).status, 409);
  for (const bad of [{}, { ...draft, moments: 'x' }, { ...draft, score: 8 }, { ...draft, date: '1-2-2030' }, { ...draft, moments: [{ from: 3, to: 1 }] }])
    assert.equal((await save(teacher, 1, bad)).status, 400, JSON.stringify(bad).slice(0, 80));
  assert.equal((await save(teacher, 1, draft, 'fr')).status, 400);
  const changed = await save(teacher, 1, { ...draft, context: 'De klas had net gegymd.' });
  assert.equal(changed.body.number, 2);
  assert.equal(changed.body.person.id, teacher.person.id);
  assert.equal((await save(server, 1, draft)).status, 409);
  const { versions } = await report();
  assert.deepEqual(versions.map((one) => [one.number, one.content, one.voided_at === null]), [[2, null, true], [1, null, false]]);
  const old = await server.good('GET', `${root()}/report/versions/1`);
  assert.equal(old.content.context, draft.context);
  for (const number of ['3', '0', 'x', '-1']) assert.equal((await server.ask('GET', `${root()}/report/versions/${number}`)).status, 404, number);
});

test('it is final when both signed the same, until it changes', async () => {
  assert.equal((await sign(server, 1)).status, 409);
  const once = await sign(server, 2);
  assert.equal(once.status, 200);
  assert.deepEqual([once.body.coach_signed.name, once.body.teacher_signed, once.body.final_at], ['Test', null, null]);
  const twice = await sign(teacher, 2);
  assert.equal(twice.body.teacher_signed.name, 'Tess Kok');
  assert.ok(twice.body.final_at);
  const signed = textOf((await bytes(teacher, pdfPath())).body);
  assertOrder(signed, 'Ondertekend', 'Test (Coach):', 'Tess Kok (Leraar):');
  assert.ok(!signed.includes('Over deze versie') && !signed.includes('Goedgekeurd'));
  const { report: now } = await report();
  assert.equal((await save(server, 2, { ...now.content, focus: 'Wie krijgt de beurt?' })).body.number, 3);
  const voided = await report(teacher);
  assert.deepEqual([voided.report.coach_signed, voided.report.teacher_signed, voided.report.final_at], [null, null, null]);
  assert.ok(voided.versions.find((one) => one.number === 2).voided_at);
  const changed = textOf((await bytes(server, pdfPath())).body);
  assertOrder(changed.replace(/\s+/g, ' '), 'Over deze versie', 'Versie 2 was ondertekend door Test en Tess Kok. Daarna heeft Test het verslag gewijzigd, op');
  assert.ok(!changed.includes('Ondertekend'));
  assertOrder(textOf((await bytes(server, pdfPath(2))).body), 'Ondertekend', 'Tess Kok (Leraar):', 'Dit is versie 2. Sinds');
});

test('a picture is soft until both want it clear, and clear only when it is asked for', async () => {
  const still = (who, moment, query = '') => bytes(who, `${root()}/report/stills/${moment.id}${query}`);
  const soft = await still(teacher, mine);
  assert.equal(soft.status, 200);
  assert.equal(soft.headers.get('content-type'), 'image/jpeg');
  assert.equal(soft.headers.get('cache-control'), 'no-store');
  assert.equal(markOf(soft.body), null);
  for (const who of [server, teacher]) assert.equal(markOf((await still(who, mine, '?clear=1')).body), null, 'nobody agreed');
  const one = await agree(server, mine.id);
  assert.equal(one.status, 200);
  assert.deepEqual(one.body, { clear: [{ moment: mine.id, coach: true, teacher: false }] });
  for (const who of [server, teacher]) assert.equal(markOf((await still(who, mine, '?clear=1')).body), null, 'one side agreed');
  assert.deepEqual((await agree(teacher, mine.id)).body.clear, [{ moment: mine.id, coach: true, teacher: true }]);
  // A third of the moment on, to the frame; the mark counts milliseconds on the timeline.
  const at = (mine.from + (mine.to - mine.from) / 3) * 1000;
  const mark = markOf((await still(teacher, mine, '?clear=1')).body);
  assert.ok(mark !== null && at - mark >= -1 && at - mark <= 42, `${mark} at ${at}`);
  assert.equal(markOf((await still(teacher, mine)).body), null, 'not asked for');
  assert.equal(markOf((await still(teacher, alone, '?clear=1')).body), null, 'another moment');
  assert.equal((await still(teacher, mine, '?clear=2')).status, 400);
  assert.equal((await agree(teacher, nobody)).status, 404);
  assert.equal((await agree(teacher, 'x')).status, 400);
  assert.equal((await teacher.ask('GET', `${root()}/report/stills/${nobody}`)).status, 404);
  const { moments } = await teacher.good('GET', `${root()}/moments`);
  assert.equal((await still(teacher, moments.find((moment) => moment.title === 'Na afloop'))).status, 404, 'nothing was filmed');
  // The other side moves it: nobody has agreed to that picture.
  await server.good('PATCH', `${root()}/moments/${mine.id}`, { to: mine.to + 0.3 });
  assert.equal(markOf((await still(server, mine, '?clear=1')).body), null, 'moved');
  await server.good('PATCH', `${root()}/moments/${mine.id}`, { to: mine.to });
});

test('the PDF has the words of both, and the pictures as they may be', async () => {
  const { report: now } = await report();
  // Someone who writes other times into the report gets no other picture; nor one of another visit.
  const moments = now.content.moments.map((one) => ({ ...one, still: 'clear', from: 0, to: 900 }));
  assert.equal((await save(teacher, now.number, { ...now.content, moments: [...moments, { title: 'Elders', id: nobody, still: 'clear' }] })).status, 201);
  const pdf = await bytes(teacher, pdfPath());
  assert.equal(pdf.status, 200);
  assert.equal(pdf.headers.get('content-type'), 'application/pdf');
  assert.equal(pdf.headers.get('cache-control'), 'no-store');
  assert.equal(pdf.headers.get('content-disposition'), `inline; filename="verslag-rekenen-breuken-${now.content.date}.pdf"`);
  const text = textOf(pdf.body);
  assertOrder(text, 'Rekenen: breuken', 'De Regenboog, ', 'Coach: Test', 'Leraar: Tess Kok', 'Groep: 6', 'Kijkvraag', 'Wie krijgt de beurt?', 'Leervraag',
    'Hoe geef ik iedereen een beurt?', 'De klas had net gegymd.', '1. De stilte / Wachten', 'trots', 'Wat gebeurde er in die stilte?', 'Je wachtte vijf tellen.',
    'Dat voelde lang.', '2. Het bord', 'Wie keek er?', 'Afspraken', 'Ik tel tot vijf', 'Wie: Tess Kok · Uiterlijk: 1 maart 2030', 'Volgende stap', 'dinsdag 5 maart 2030');
  const info = said(pdf.body, 'pdfinfo', '%');
  assert.match(info, /Tagged: +yes/);
  const pages = Number(/Pages: +(\d+)/.exec(info)[1]);
  assert.equal(text.split('Alleen voor coaching, nooit voor een beoordeling').length - 1, pages, 'the purpose, once on every page');
  assert.match(said(pdf.body, 'qpdf', '--check', '%'), /No syntax/);
  const pictures = picturesIn(pdf.body).map(markOf);
  assert.equal(pictures.length, 2);
  const at = (mine.from + (mine.to - mine.from) / 3) * 1000;
  assert.ok(pictures[0] !== null && Math.abs(at - pictures[0]) <= 42, `clear, and of its moment: ${pictures[0]} at ${at}`);
  assert.equal(pictures[1], null, 'soft: nobody agreed');
  // On the page it is seen, where it belongs.
  const page = join(folder, 'page');
  said(pdf.body, 'pdftoppm', '-r', '60', '-gray', '-f', '1', '-l', '1', '-singlefile', '%', page);
  const drawn = readFileSync(`${page}.pgm`);
  assert.ok(drawn.filter((value) => value < 200).length > 4000, 'the page is not empty');

  await agree(teacher, mine.id, false);
  assert.deepEqual(picturesIn((await bytes(server, pdfPath())).body).map(markOf), [null, null], 'taken back');
  const rows = (await teacher.good('GET', `${root()}/log`)).rows;
  for (const what of ['report', 'view']) assert.ok(rows.some((row) => row.what === what && row.person.id === teacher.person.id), `${what} is in the log`);
});

test('without pictures, and in English', async () => {
  const { report: now, draft } = await report(server, '?language=en');
  const plain = { ...draft, moments: draft.moments.map((one) => ({ ...one, still: null })) };
  const saved = await save(server, now.number, plain, 'en');
  assert.equal(saved.body.content.language, 'en');
  const pdf = await bytes(server, pdfPath());
  assert.match(pdf.headers.get('content-disposition'), /^inline; filename="report-rekenen-breuken-/);
  const text = textOf(pdf.body);
  assertOrder(text, 'Teacher: Tess Kok', 'Focus question', 'Learning question', 'Classroom visit from', 'Moments', 'pride, in the lesson at', 'Je wachtte vijf tellen.', 'Dat voelde lang.',
    'Agreements', 'By: 1 March 2030', 'Next step', 'Tuesday 5 March 2030', 'For coaching only, never for appraisal');
  assert.equal(picturesIn(pdf.body).length, 0);
  assert.equal((await server.ask('GET', pdfPath(99))).status, 404);
  assert.equal((await server.ask('GET', `${pdfPath()}?number=x`)).status, 400);
});

test('while the vault is locked, words but no pictures', async () => {
  const { report: now } = await report();
  const soft = { ...now.content, moments: now.content.moments.map((one) => ({ ...one, still: 'soft' })) };
  assert.equal((await save(server, now.number, soft)).status, 201);
  await server.lock();
  assert.equal((await report(teacher)).report.number, now.number + 1);
  const still = await teacher.ask('GET', `${root()}/report/stills/${mine.id}`);
  const pdf = await teacher.ask('GET', pdfPath());
  assert.deepEqual([still.status, still.body.error.code], [423, 'locked']);
  assert.deepEqual([pdf.status, pdf.body.error.code], [423, 'locked']);
  await server.unlock();
  assert.equal((await bytes(teacher, pdfPath())).status, 200);
});

test('the calendar file of a visit that is planned', async () => {
  const path = `/api/visits/${next.id}/bezoek.ics`;
  for (const who of [server, teacher]) {
    const answer = await who.ask('GET', path);
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get('content-type'), /^text\/calendar/);
    assert.match(answer.headers.get('content-disposition'), /^attachment; filename="klassenbezoek\.ics"$/);
    const lines = answer.body.replaceAll('\r\n ', '').split('\r\n');
    for (const line of ['DTSTART:20300305T081500Z', 'DTEND:20300305T091500Z', 'SUMMARY:Klassenbezoek', 'DESCRIPTION:Kijkvraag: Wie komt er aan het woord?', `UID:${next.id}@terugblik`])
      assert.ok(lines.includes(line), `${line} in\n${answer.body}`);
    assert.ok(!/Tess|Regenboog/.test(answer.body), 'no names');
  }
  assert.match((await server.ask('GET', `${path}?language=en`)).body, /SUMMARY:Classroom visit/);
  assert.equal((await server.ask('GET', `${root()}/bezoek.ics`)).status, 409);
});

test('nobody else gets any of it', async () => {
  const { report: now } = await report();
  const asks = [
    ['GET', '/report'], ['POST', '/report', { seen: now.number, language: 'nl', content: now.content }], ['POST', '/report/sign', { number: now.number }],
    ['GET', '/report/versions/1'], ['POST', '/report/clear', { moment: mine.id, agree: true }], ['GET', `/report/stills/${mine.id}`], ['GET', `/report/stills/${mine.id}?clear=1`],
    ['GET', '/report/verslag.pdf'], ['GET', '/report/verslag.pdf?number=1'], ['GET', '/bezoek.ics'],
  ];
  for (const [who, client] of Object.entries(others))
    for (const [method, path, body] of asks) {
      const answer = await client.ask(method, root() + path, body);
      assert.ok([403, 404].includes(answer.status), `${who}: ${method} ${path} gives ${answer.status}`);
    }
  const after_ = await report();
  assert.equal(after_.report.number, now.number);
  assert.deepEqual([after_.report.coach_signed, after_.report.teacher_signed], [null, null]);
});
