// Every operation of schemas/openapi.yaml: that its real answer is as described,
// and what it says to requests that are wrong. The wrong ones are made from the
// description, so that a new field is tried without anybody writing a test.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { Client, PASSPHRASE, Server, sleep, tap, until, uuid } from '../lib/terugblik.mjs';
import {
  assertAlive, assertDescribed, assertFits, assertRefused, call, named, nobody, operations, spec, testPicture, testSound,
  validator,
} from './tools.mjs';

let server;
/** For what would disturb the others: limits of the disk that nothing can meet. */
let other;
/** For what ends sign-ins, and is slowed down: people of their own, who come from addresses of their own. */
let door;
let fresh;
/** name → {port, cookie}: as the door's. */
const visitors = {};
const doorWords = { refusals: [401, 403, 423, 429] };
/** The things that the addresses name. */
const things = {};

const created = (body = {}) => server.good('POST', '/api/visits', { title: 'Rekenen', sources: [testPicture, testSound], ...body });
const startedVisit = async () => {
  const visit = await created();
  await server.good('POST', `/api/visits/${visit.id}/start`);
  return visit;
};
const clip = () => ({ from: things.from, to: things.from + 0.4, camera: things.track, title: 'Fragment' });

/** A preview that nobody asks for ends by itself: each case looks whether the last one is still there. */
async function previewed() {
  if ((await server.ask('GET', `/api/previews/${things.preview}`)).status !== 200)
    things.preview = (await server.good('POST', '/api/previews', { uri: 'test:?width=160&height=90', kind: 'video' })).id;
  return { preview: things.preview };
}

/** A live stream is read until it has said enough. */
const parts = (count) => (bytes) => bytes.toString('latin1').split('--terugblik').length > count;

/** Who is asked as, besides the coach. */
const people = {};

/** A visit released to its teacher, and asked for a colleague. */
async function asked() {
  const visit = await created({ teacher_person: people.teacher.person.id });
  await server.good('POST', `/api/visits/${visit.id}/releases`, releasing(people.teacher));
  return { visit: visit.id, release: (await server.good('POST', `/api/visits/${visit.id}/releases`, releasing(people.colleague))).id };
}

/** One more agreement about a visit of the teacher. */
async function agreed() {
  const visit = await created({ teacher_person: people.teacher.person.id });
  return { visit: visit.id, agreement: (await server.good('POST', `/api/visits/${visit.id}/agreements`, { text: 'Ik wacht' })).id };
}

/** A trajectory with nothing in it. */
async function begun() {
  return { trajectory: (await server.good('POST', '/api/trajectories', { teacher_person: people.teacher.person.id })).id };
}

/** One with a visit in it, which is remembered. */
async function inLine() {
  const names = await begun();
  things.removed = (await server.good('POST', `/api/trajectories/${names.trajectory}/visits`, {})).visit.id;
  return names;
}

/** One of which a handover waits. */
async function handed() {
  const { trajectory } = await begun();
  return { handover: (await server.good('POST', `/api/trajectories/${trajectory}/handover`, { to: people.interim.id })).id };
}

/** One with a report in it. */
async function reported() {
  const { trajectory } = await begun();
  const { visit: { id } } = await server.good('POST', `/api/trajectories/${trajectory}/visits`, {});
  for (const who of [server, people.teacher]) await who.good('POST', `/api/visits/${id}/talk/ready`, { ready: true });
  await server.good('POST', `/api/visits/${id}/talk/reveal`, {});
  const { draft } = await server.good('GET', `/api/visits/${id}/report?language=nl`);
  await server.good('POST', `/api/visits/${id}/report`, { seen: 0, language: 'nl', content: draft });
  return { trajectory, lesson: id };
}

/** One that was filmed for a moment, whose talk has a report. Made once; things.seen is its newest version. */
let withReport;
async function written() {
  withReport ??= (async () => {
    const visit = await created({ teacher_person: people.teacher.person.id, sources: [testPicture] });
    await server.good('POST', `/api/visits/${visit.id}/recording`, {});
    await until(async () => (await server.good('GET', `/api/visits/${visit.id}`)).tracks[0]?.segments[0]?.duration > 1.5, 20000, 'it records');
    await server.good('DELETE', `/api/visits/${visit.id}/recording`);
    const [segment] = (await server.good('GET', `/api/visits/${visit.id}`)).tracks[0].segments;
    const moment = await server.good('POST', `/api/visits/${visit.id}/moments`, { from: segment.start + 0.2, to: segment.start + 1 });
    for (const who of [server, people.teacher]) await who.good('POST', `/api/visits/${visit.id}/talk/ready`, { ready: true });
    await server.good('POST', `/api/visits/${visit.id}/talk/reveal`, {});
    await server.good('POST', `/api/visits/${visit.id}/report`, { seen: 0, language: 'nl', content: { format: 1, language: 'nl' } });
    return { visit: visit.id, moment: moment.id, number: 1 };
  })();
  const names = await withReport;
  things.seen = (await server.good('GET', `/api/visits/${names.visit}/report`)).report.number;
  things.filmed = names.moment;
  return names;
}

/** One that has begun, with a moment of the coach's, an item of the talk about it and a comment; both have said they are ready. */
async function talked(shown = true) {
  const visit = await created({ teacher_person: people.teacher.person.id });
  await server.good('POST', `/api/visits/${visit.id}/start`);
  const moment = await server.good('POST', `/api/visits/${visit.id}/moments`, { from: 1, to: 2 });
  const comment = await server.good('POST', `/api/visits/${visit.id}/comments`, { at: 1, text: 'Kijk' });
  for (const who of [server, people.teacher]) await who.good('POST', `/api/visits/${visit.id}/talk/ready`, { ready: true });
  if (shown) await server.good('POST', `/api/visits/${visit.id}/talk/reveal`, {});
  const { items: [item] } = await server.good('GET', `/api/visits/${visit.id}/talk`);
  things.ids = [shown ? item.id : moment.id];
  return { visit: visit.id, moment: moment.id, item: item?.id ?? nobody, comment: comment.id };
}
const choosing = async () => talked(false);

/** With something spoken. */
async function spoken() {
  const names = await talked();
  const { voice } = (await call(server, 'POST', `/api/visits/${names.visit}/voices`, { body: sound, type: 'audio/ogg' })).json();
  await server.good('PATCH', `/api/visits/${names.visit}/comments/${names.comment}`, { voice });
  return names;
}
const sound = Buffer.from('OggS and what follows');

const asking = () => ({ text: `Wat zag je? ${uuid()}`, phase: 'looking-back', language: 'nl', domain: '' });

/** A kijkwijzer as the program brings them, under a name of its own. */
const ourInstrument = () => ({ ...things.bundled, id: `ons-${uuid()}`, version: 1, default: false });

/** One that is not published yet. */
async function drafted() {
  things.draft = await server.good('POST', '/api/instruments', { document: ourInstrument() });
  return { instrument: things.draft.document.id };
}

const releasing = (client) => ({ person: client.person.id, clip: null, purpose: 'coaching', until: new Date(Date.now() + 86400e3).toISOString(), download: false });

/** Where an operation needs more than its address. as: who asks; at: who asks where; from: which address of this machine;
 *  refusals: besides those of every route; path: names for the address; body; status; enough; check. */
const cases = {
  getAbout: {},
  getClock: {},
  ping: {},
  getNetwork: { check: (answer) => assert.deepEqual(answer.json().addresses, [], 'nothing but loopback') },
  getSettings: {},
  changeSettings: { other: true, body: () => ({ language: 'en', observer: 'Noor', keys_enabled: false, disk_warn_minutes: 31 }) },
  getDisk: {},
  followProgram: { enough: (bytes) => bytes.includes('event: devices'), check: checkEvents },
  listInstruments: {},
  getInstrument: { query: '?version=1' },
  addInstrumentDraft: { body: () => ({ document: ourInstrument() }), status: 201 },
  checkInstrument: { body: () => ({ text: JSON.stringify(ourInstrument()) }), refusals: [] },
  saveInstrumentDraft: { path: drafted, body: () => ({ document: things.draft.document, seen: things.draft.revision }), refusals: [] },
  dropInstrumentDraft: { path: drafted, status: 204 },
  publishInstrument: { path: drafted, body: () => ({ seen: things.draft.revision }), refusals: [] },
  retireInstrument: { body: () => ({ retired: true }), afterwards: () => server.good('POST', '/api/instruments/snelle-start/retire', { retired: false }) },
  listDevices: { check: (answer) => assert.ok(answer.json().devices.filter((device) => device.builtin).length >= 2) },
  openPreview: { body: () => ({ uri: testPicture.uri, kind: 'video' }), status: 201 },
  getPreview: { path: previewed },
  closePreview: { path: async () => ({ preview: (await server.good('POST', '/api/previews', { uri: 'test:?fps=5', kind: 'video' })).id }), status: 204 },
  getPreviewPicture: { path: previewed },
  watchPreview: { path: previewed, enough: parts(2) },
  listVisits: { check: (answer) => assert.ok(answer.json().visits.length > 0) },
  createVisit: {
    body: () => ({
      title: 'Taal', teacher: 'M. de Wit', group: '5b', subject: 'Taal', focus: 'Wachttijd na een vraag', note: 'achterin',
      planned_at: '2026-03-04T09:00:00+01:00', instruments: ['snelle-start', 'klassenmanagement'], sources: [testPicture, { ...testSound, delay: 0.25 }],
    }),
    status: 201,
  },
  getVisit: {},
  setUp: { at: () => visitors.fresh, body: () => ({ name: 'Anna', login: 'anna', passphrase: PASSPHRASE }), status: 201, ...doorWords },
  getSession: {},
  signIn: { at: () => visitors.nobody, from: '127.0.0.11', body: () => ({ login: 'meldt.aan', passphrase: PASSPHRASE }), ...doorWords },
  signOut: { at: () => visitors.out, status: 204 },
  listSessions: {},
  signOutEverywhere: { at: () => visitors.everywhere, status: 204 },
  pairDevice: { at: () => visitors.door, body: () => ({}), status: 201 },
  signOutOf: { at: () => visitors.door, path: signedInOnceMore, status: 204 },
  changePassphrase: { at: () => visitors.phrase, from: '127.0.0.12', body: () => ({ old: PASSPHRASE, new: PASSPHRASE }), status: 204, ...doorWords },
  recover: { at: () => visitors.nobody, from: '127.0.0.13', body: () => ({ login: 'herstelt', recovery: door.recovery.key, passphrase: PASSPHRASE }), ...doorWords },
  // These tests ask at an address in numbers, where there are no passkeys; passkeys.test.mjs asks at a name.
  makePasskeyChallenge: { body: () => ({ purpose: 'sign-in', passphrase: PASSPHRASE }), status: 409, refusals: [] },
  signInByPasskey: { body: () => ({ credential: 'QUJD', client_data: 'QUJD', authenticator_data: 'QUJD', signature: 'QUJD', user: 'QUJD' }), status: 409, refusals: [] },
  listPasskeys: {},
  addPasskey: { body: () => ({ name: 'Laptop', client_data: 'QUJD', authenticator_data: 'QUJD' }), status: 409, refusals: [] },
  removePasskey: { status: 404 },
  listPeople: { check: (answer) => assert.ok(answer.json().people.some((person) => person.login === 'coach')) },
  createPerson: { at: () => visitors.door, body: () => ({ name: `Nieuw ${uuid()}`, login: `nieuw.${uuid()}`, roles: ['teacher'] }), status: 201, ...doorWords },
  changePerson: { at: () => visitors.door, path: somebody, body: () => ({ name: `Anders ${uuid()}`, roles: ['teacher'], disabled: false }), ...doorWords },
  invitePerson: { at: () => visitors.door, path: somebody, body: () => ({}), status: 201 },
  lookAtInvitation: { at: () => visitors.nobody, path: invited, body: () => ({ code: things.code }), ...doorWords },
  acceptInvitation: { at: () => visitors.nobody, path: invited, body: () => ({ code: things.code, passphrase: PASSPHRASE }), ...doorWords },
  suggestPassphrase: {},
  getVault: { check: (answer) => assert.deepEqual(answer.json().slots.map((slot) => slot.name), ['Test', 'interim']) },
  unlockVault: { at: () => visitors.opens, from: '127.0.0.14', body: () => ({ passphrase: PASSPHRASE }), ...doorWords },
  renewRecoveryKey: { at: () => visitors.renews, from: '127.0.0.15', body: () => ({ passphrase: PASSPHRASE }), ...doorWords },
  lockVault: { at: () => visitors.door, body: () => ({}) },
  changeVisit: { path: async () => ({ visit: (await created()).id }), body: () => ({ title: 'Anders', teacher: null, planned_at: null, sources: [testSound] }) },
  startVisit: { path: async () => ({ visit: (await created()).id }), body: () => ({}) },
  endVisit: { path: async () => ({ visit: (await startedVisit()).id }), body: () => ({}) },
  followVisit: { enough: (bytes) => ['hello', 'recording', 'operation', 'level', 'visit'].every((name) => bytes.includes(`event: ${name}`)), check: checkEvents, meanwhile: makeNews },
  getVisitInstrument: {},
  getRecording: {},
  startRecording: { path: async () => ({ visit: (await created()).id }), body: () => ({ sources: [testSound] }), status: 201, afterwards: (names) => server.good('DELETE', `/api/visits/${names.visit}/recording`) },
  stopRecording: {
    path: async () => {
      const visit = await created({ sources: [testSound] });
      await server.good('POST', `/api/visits/${visit.id}/recording`, {});
      return { visit: visit.id };
    },
  },
  changeTrack: { body: () => ({ name: 'Voor in de klas', delay: 0.2 }), afterwards: () => server.good('PATCH', `/api/visits/${things.visit}/tracks/${things.track}`, { delay: 0 }) },
  getLivePicture: {},
  watchLive: { enough: parts(2) },
  streamLive: { enough: (bytes) => bytes.length > 13 && bytes.length >= 13 + bytes.readUInt32BE(0) },
  getPeaks: { path: () => ({ track: things.mic }) },
  getPlaylist: {},
  listObservations: { query: '?removed=1', check: (answer) => assert.ok(answer.json().observations.length > 0) },
  listClips: { query: '?removed=1', check: (answer) => assert.ok(answer.json().clips.length > 0) },
  listOperations: { check: (answer) => assert.ok(answer.json().operations.length > 0) },
  sendOperations: { body: () => ({ operations: [tap(), tap({ at: 1 }), { id: 'x' }] }) },
  listObservers: { path: observed, check: (answer) => assert.equal(answer.json().observers.length, 2) },
  addObserver: { body: () => ({ person: people.interim.id }) },
  changeLayers: { body: () => ({ blind: false }) },
  removeObserver: { path: observed },
  setDone: { path: observed, body: () => ({ done: true }) },
  openLayers: { path: observed, body: () => ({}) },
  startExport: { body: clip, status: 202 },
  getExport: {},
  cancelExport: { path: async () => ({ export: (await server.good('POST', `/api/visits/${things.visit}/exports`, clip())).id }), status: 204 },
  getExportFile: {},
  getMedia: {},
  listMyReleases: { as: 'teacher', check: (answer) => assert.ok(answer.json().to_me.length * answer.json().to_answer.length * answer.json().my_lessons.length > 0) },
  listReleases: { check: (answer) => assert.equal(answer.json().releases.length, 2) },
  addRelease: { path: async () => ({ visit: (await created({ teacher_person: people.teacher.person.id })).id }), body: () => releasing(people.teacher), status: 201 },
  answerRelease: { as: 'teacher', path: asked, body: () => ({ agree: true }) },
  withdrawRelease: { path: asked, check: (answer) => assert.equal(answer.json().state, 'withdrawn') },
  listVisitLog: { as: 'teacher', check: (answer) => assert.ok(answer.json().sound && answer.json().rows.length > 1) },
  getBudget: { query: '?part=begin:0-1&by=observer&transitions=1', check: (answer) => assert.equal(answer.json().parts[1].name, 'begin') },
  getConcordance: { query: '?by=Test&by=Iemand', with: (name) => (name === 'by' ? 'by=Iemand&' : 'by=Test&by=Iemand&') },
  getBudgetOfVisits: { query: () => `?visit=${things.visit}`, with: (name) => (name === 'visit' ? '' : `visit=${things.visit}&`) },
  search: { query: '?q=les', with: (name) => (name === 'q' ? '' : 'q=les&') },
  listLog: { as: 'privacy', query: '?limit=1', check: (answer) => assert.ok(answer.json().more) },
  getRegister: { as: 'privacy', check: (answer) => assert.ok(answer.json().visits.length > 0) },
  getNumbers: { as: 'head', check: (answer) => assert.ok(answer.json().bytes > 0) },
  listAgreements: { check: (answer) => assert.ok(answer.json().agreements.length > 0) },
  addAgreement: {
    body: () => ({ text: 'Ik tel tot vijf', who_person: people.teacher.person.id, who: '', due_at: '2030-03-04T09:00:00+01:00', codes: ['snelle-start/lesovergang'] }),
    status: 201,
  },
  changeAgreement: { body: () => ({ text: 'Ik tel tot tien', who_person: null, who: 'Het team', due_at: null, codes: [] }) },
  removeAgreement: { path: agreed, status: 204 },
  setAgreementOutcome: { body: () => ({ outcome: 'partly', note: 'Soms' }) },
  becomeQuestion: { path: agreed, body: () => ({ visit: null }), refusals: [] },
  listTrajectories: { check: (answer) => assert.ok(answer.json().trajectories.length * answer.json().handovers.length > 0) },
  createTrajectory: { body: () => ({ origin: 'invitation', question: 'Rust', film_first: true, teacher_person: people.teacher.person.id }), status: 201 },
  getTrajectory: { check: (answer) => assert.ok(answer.json().visits.length * answer.json().agreements.length > 0) },
  changeTrajectory: { body: () => ({ question: 'Wachttijd', film_first: false }) },
  addTrajectoryVisit: { body: () => ({ visit: null }), status: 201 },
  removeTrajectoryVisit: { path: inLine, body: () => ({ visit: things.removed }) },
  getTrajectoryPlots: { check: (answer) => assert.ok(answer.json().plots.length > 0) },
  getClosing: { check: (answer) => assert.ok(answer.json().visits[0].bytes > 0) },
  closeTrajectory: { path: begun, body: () => ({ kept: { reports: [], clips: [], destroy_at: null }, both_agree: true, note: 'Klaar' }), refusals: [] },
  getTrajectoryReport: { path: reported },
  askHandover: { path: begun, body: () => ({ to: people.interim.id }), status: 201, refusals: [] },
  listHandovers: { check: (answer) => assert.ok(answer.json().candidates.length > 0) },
  answerHandover: { as: 'teacher', path: handed, body: () => ({ agree: true, allowed: { visits: [], reports: [], agreements: true } }), refusals: [] },
  withdrawHandover: { path: handed, check: (answer) => assert.equal(answer.json().state, 'withdrawn') },
  listCoaches: { check: (answer) => assert.equal(answer.json().coaches.length, 2) },
  getReport: { path: written, query: '?language=en', check: (answer) => assert.ok(answer.json().report.number > 0) },
  saveReport: { path: written, body: () => ({ seen: things.seen, language: 'nl', content: { format: 1, language: 'nl', title: `Verslag ${things.seen}` } }), status: 201, refusals: [] },
  signReport: { path: written, body: () => ({ number: things.seen }), refusals: [] },
  getReportVersion: { path: written },
  agreeClear: { path: written, body: () => ({ moment: things.filmed, agree: true }) },
  getReportStill: { path: written },
  getReportPdf: { path: written },
  getVisitCalendar: { path: async () => ({ visit: (await created({ planned_at: '2030-03-04T09:00:00+01:00' })).id }) },
  giveTaps: { path: asked, body: () => ({}) },
  listMoments: { path: talked },
  addMoment: { path: choosing, body: () => ({ from: 1, to: 2.5, title: 'Begin', kind: 'pride', line: 'Dit ging goed', sight: 'talk' }), status: 201 },
  orderMoments: { path: choosing, body: () => ({ ids: things.ids }) },
  changeMoment: { path: talked, body: () => ({ from: 1, to: 2.5, title: 'Begin', kind: 'improve', line: 'Anders', sight: 'talk' }) },
  removeMoment: { path: talked, status: 204 },
  getTalk: { path: talked },
  setReady: { path: choosing, body: () => ({ ready: false }) },
  revealTalk: { path: choosing, body: () => ({ together: false }) },
  startTalk: { path: talked, body: () => ({}) },
  endTalk: { path: begunTalk, body: () => ({}) },
  setTalkState: { path: talked, body: () => ({ seen: 0, state: { position: 1.5, playing: true, layout: 'one' } }) },
  orderTalk: { path: talked, body: () => ({ ids: things.ids }) },
  changeItem: { path: talked, body: () => ({ question: 'Wat zag je?', notes: 'Wachttijd', private_note: 'Vraag door', skipped: false }) },
  suggestQuestions: { path: talked, query: '?language=en&phase=looking-back', check: (answer) => assert.ok(answer.json().questions.length > 0) },
  listComments: { path: talked },
  addComment: { path: talked, body: () => ({ at: 1, until: 2, text: 'Kijk', sight: 'now' }), status: 201, refusals: [] },
  changeComment: { path: talked, body: () => ({ at: 1, until: 2, text: 'Kijk daar', sight: 'now' }), refusals: [] },
  removeComment: { path: talked, status: 204 },
  getVoice: { path: spoken, check: (answer) => assert.ok(answer.body.equals(sound)) },
  sendVoice: { path: talked, body: () => sound, type: 'audio/ogg', status: 201 },
  listFormats: { check: (answer) => assert.ok(answer.json().formats.some((format) => format.id === 'boris' && format.reads && format.writes)) },
  addImport: { query: '?name=les.csv', body: () => Buffer.from('start,code\n1,vraag\n'), type: 'application/octet-stream', status: 201 },
  getImport: { path: readIn },
  takeImport: { path: readIn, body: () => ({ visit: null, sets: null, codes: { vraag: null, huil: { instrument: 'snelle-start', code: 'compliment' } } }), refusals: [] },
  dropImport: { path: readIn, status: 204 },
  getForeign: { path: talked, query: '?format=csv-excel' },
  getForeignLoss: { path: talked, query: '?format=boris' },
  listQuestions: {},
  addQuestion: { body: asking, status: 201, refusals: [] },
  removeQuestion: { path: async () => ({ question: (await server.good('POST', '/api/questions', asking())).id }), status: 204 },
  pageMoments: {}, pageObservers: {}, pageFigures: {}, pageImport: {}, pageTalk: {}, pageSteer: {}, pageReport: {}, pageQuestions: {},
  pageTrajectories: {}, pageTrajectory: {}, pageClosing: {}, pageHandover: {},
  pageVisits: {}, pageVisitList: {}, pageNew: {}, pagePrepare: {}, pageRecord: {}, pageReview: {}, pageSettings: {}, pageShare: {}, pageLook: {}, pageLooked: {}, pageShared: {}, pagePeople: {}, pageRegister: {},
  pageInstruments: {}, pageInstrument: {}, pageLog: {}, pageNumbers: {}, pageAccount: {}, pageConnect: {}, pageHelp: {}, pageHelpTopic: {},
  // The server of these tests may be built without the page; then there is no file to give.
  getPageFile: { status: [200, 404] }, getPageFileInFolder: { status: [200, 404] },
};

function checkEvents(answer, operation) {
  const events = operation.op.responses['200'].content['text/event-stream']['x-events'];
  const seen = new Set();
  for (const block of answer.text().split('\n\n').slice(0, -1)) {
    const event = /^event: (.*)$/m.exec(block)?.[1];
    if (event === undefined) continue;
    assert.ok(event in events, `the event “${event}” is not described`);
    seen.add(event);
    assertFits(JSON.parse(/^data: (.*)$/m.exec(block)[1]), `${operation.place}/responses/200/content/text~1event-stream/x-events/${event}`, `event ${event}`);
    assert.equal(/^id: /m.test(block), event === 'operation', 'only an operation has an id');
  }
  return seen;
}

/** Another program's file that was read. */
async function readIn() {
  const answer = await call(server, 'POST', '/api/imports?name=les.csv', { body: Buffer.from('start,code\n1,vraag\n2,huil\n'), type: 'application/octet-stream' });
  return { import: answer.json().id };
}

/** One more sign-in of the door's coach; gives which. */
async function signedInOnceMore() {
  await new Client(door).signIn('coach');
  return { session: (await door.good('GET', '/api/sessions')).sessions[0].id };
}

/** Somebody who can be changed. */
async function somebody() {
  const { person } = await door.good('POST', '/api/people', { name: `Iemand ${uuid()}`, login: `iemand.${uuid()}`, roles: ['teacher'] });
  return { person: person.id };
}

/** A link that is good. */
async function invited() {
  const { person } = await somebody();
  things.code = (await door.good('POST', `/api/people/${person}/invitation`)).code;
  return {};
}

async function openDoor() {
  door = await Server.start();
  fresh = await Server.start({ fresh: true });
  visitors.door = { port: door.port, cookie: door.cookie };
  visitors.nobody = { port: door.port, cookie: null };
  visitors.fresh = { port: fresh.port, cookie: null };
  for (const [place, name, roles] of [
    ['out', 'Gaat uit', ['teacher']], ['everywhere', 'Overal uit', ['teacher']], ['phrase', 'Andere zin', ['teacher']],
    ['opens', 'Doet open', ['coach']], ['in', 'Meldt aan', ['teacher']], ['back', 'Herstelt', ['coach']],
  ]) visitors[place] = { port: door.port, cookie: (await door.invite({ name, roles })).cookie };
  Object.assign(things, await signedInOnceMore(), await somebody());
}

/** A running visit that somebody observes beside the coach. */
async function observed() {
  const visit = await startedVisit();
  await server.good('POST', `/api/visits/${visit.id}/observers`, { person: people.interim.id });
  return { visit: visit.id, person: people.interim.id };
}

/** Whose clock runs. */
async function begunTalk() {
  const names = await talked();
  await server.good('POST', `/api/visits/${names.visit}/talk/start`, {});
  return names;
}

async function makeNews() {
  await sleep(200);
  await server.good('POST', `/api/visits/${things.visit}/operations`, { operations: [tap()] });
  await server.good('PATCH', `/api/visits/${things.visit}`, { note: `nieuws ${Date.now()}` });
}

/** What an operation is asked with behind its address. */
const queryOf = (one) => (typeof one.query === 'function' ? one.query() : one.query ?? '');
const address = (operation, names = {}) => operation.path.replaceAll(/\{(\w+)\}/g, (_, name) => {
  const value = names[name] ?? things[name];
  assert.ok(value !== undefined, `${operation.id}: nothing to put for {${name}}`);
  return value;
});

before(async () => {
  await openDoor();
  server = await Server.start();
  other = await Server.start();
  visitors.renews = { port: other.port, cookie: other.cookie };
  for (const [name, role] of [['teacher', 'teacher'], ['colleague', 'teacher'], ['privacy', 'privacy'], ['head', 'head']])
    people[name] = await server.invite({ name, roles: [role] });
  people.interim = (await server.invite({ name: 'interim', roles: ['coach'] })).person;
  const shared = await asked();
  const visit = await server.good('GET', `/api/visits/${shared.visit}`);
  things.visit = visit.id;
  things.release = shared.release;
  await server.good('POST', `/api/visits/${visit.id}/recording`, {});
  const whole = await until(async () => {
    const now = await server.good('GET', `/api/visits/${visit.id}`);
    return now.tracks.length === 2 && now.tracks.every((track) => track.segments[0]?.duration > 0.5) && now;
  }, 20000, 'both tracks record');
  const picture = whole.tracks.find((track) => track.kind === 'video');
  things.track = picture.id;
  things.mic = whole.tracks.find((track) => track.kind === 'audio').id;
  things.segment = 1;
  things.from = picture.segments[0].start;
  things.file = picture.segments[0].files[0].name;
  things.instrument = 'snelle-start';
  things.topic = 'taps';
  things.passkey = nobody;
  things.import = nobody;
  things.folder = 'assets';
  things.preview = (await server.good('POST', '/api/previews', { uri: 'test:?width=160&height=90', kind: 'video' })).id;
  things.bundled = await server.good('GET', '/api/instruments/snelle-start');
  const code = things.bundled.codes.find((one) => one.kind === 'state').id;
  const gone = tap();
  const sent = await server.good('POST', `/api/visits/${visit.id}/operations`, {
    operations: [
      tap({ instrument: 'snelle-start', code, kind: 'state', subject: 'leraar', note: 'Wacht', valence: 'sterk' }), gone,
      tap({}, { target: 'clip', fields: { from: 0.5, to: 1, title: 'Begin', note: '', camera: things.track } }),
      { id: uuid(), target: 'observation', target_id: gone.target_id, action: 'remove', author: 'Test', device: 'test' },
      { id: uuid(), action: 'undo', author: 'Test', device: 'test' },
    ],
  });
  assert.deepEqual(sent.results.map((result) => result.status), Array(5).fill('applied'), JSON.stringify(sent.results));
  Object.assign(things, await handed(), await inLine(), { lesson: visit.id });
  things.agreement = (await server.good('POST', `/api/visits/${visit.id}/agreements`, { text: 'Ik tel tot vijf' })).id;
  things.trajectory = (await begun()).trajectory;
  await server.good('POST', `/api/trajectories/${things.trajectory}/visits`, { visit: visit.id });
  const { moment, number } = await written();
  things.moment ??= moment;
  things.number = number;
  Object.assign(things, { ...(await talked()), visit: visit.id, question: nobody });
  things.export = (await server.good('POST', `/api/visits/${visit.id}/exports`, clip())).id;
  await until(async () => (await server.good('GET', `/api/exports/${things.export}`)).state === 'done', 60000, 'the export is done');
});

after(async () => { await server?.stop(); await other?.stop(); await door?.stop(); await fresh?.stop(); });

test('the routes of the program and of the description are the same', () => {
  const folder = new URL('../../src/web/', import.meta.url);
  const routes = readdirSync(folder).filter((name) => name.endsWith('.c') && name !== 'access-table.c').flatMap((name) =>
    [...readFileSync(new URL(name, folder), 'utf8').matchAll(/^ *\{ "([A-Z]+)", "(\/[^"]*)", /gm)].map((row) => `${row[1]} ${row[2]}`));
  assert.ok(routes.length > 40);
  assert.deepEqual(routes.sort(), operations.map((operation) => `${operation.method} ${operation.path}`).sort());
});

test('every operation has a case here, and every case an operation', () => {
  assert.deepEqual(Object.keys(cases).sort(), operations.map((operation) => operation.id).sort());
});

const isPage = (operation) => operation.op.tags.includes('page');

/** Values of every kind, to put in the place of a right one. */
const strange = [
  true, 0, 1, -1, 1.5, 1e18, -1e18, '', 'x', 'é'.repeat(101), 'x'.repeat(201), 'x'.repeat(1001), 'x'.repeat(4001), 'a\u0000b', '2026-03-04', '2026-13-45T99:00:00Z',
  [], [1], ['x'], [{}], [null], Array(33).fill('x'), {}, { x: 1 },
];

/** Bodies with one field made strange, added or left out. */
function* mutations(body) {
  for (const field of Object.keys(body)) {
    for (const value of strange) yield [`${field} = ${JSON.stringify(value).slice(0, 40)}`, { ...body, [field]: value }];
    const { [field]: _, ...without } = body;
    yield [`without ${field}`, without];
  }
  yield ['a field more', { ...body, [`${Object.keys(body)[0] ?? 'x'}_`]: 1 }];
}

const fieldsOf = (operation) => {
  let place = operation.body;
  let schema = spec;
  for (;;) {
    schema = spec;
    for (const step of place.split('/').slice(1)) schema = schema[step.replaceAll('~1', '/').replaceAll('~0', '~')];
    if (schema.$ref === undefined) return schema.properties ?? {};
    place = schema.$ref;
  }
};

const listing = Object.keys(spec.paths).map((path) => [path, operations.filter((operation) => operation.path === path).map((operation) => operation.method)]);

/** Also of other patterns that the address fits: “pair” could be the id of a session. */
const methodsOf = (place) => [...new Set(listing
  .filter(([path]) => path === place || (path.startsWith('/api/') && new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(place.replaceAll(/\{\w+\}/g, 'x'))))
  .flatMap(([, methods]) => methods))];

for (const operation of operations) {
  const one = cases[operation.id] ?? {};
  const asker = () => one.at?.() ?? (one.as ? { port: server.port, cookie: people[one.as].cookie } : one.other ? other : server);
  const ask = (method, path, options) => call(asker(), method, path, { from: one.from, type: Buffer.isBuffer(options?.body) ? one.type : undefined, ...options });

  describe(`${operation.method} ${operation.path}`, () => {
    test('answers as described', async () => {
      const names = await one.path?.();
      const wanted = [one.status ?? 200].flat();
      const [answer] = await Promise.all([
        ask(operation.method, address(operation, names) + queryOf(one), { body: one.body?.(), enough: one.enough }),
        one.meanwhile?.(),
      ]);
      assert.ok(wanted.includes(answer.status), `${answer.status}: ${answer.text().slice(0, 400)}`);
      assertDescribed(operation, answer);
      await one.check?.(answer, operation);
      await one.afterwards?.(names);
    });

    if (operation.method === 'GET') {
      test('answers HEAD without a body', async () => {
        const answer = await ask('HEAD', address(operation, await one.path?.()) + queryOf(one));
        assert.ok([one.status ?? 200].flat().includes(answer.status), `${answer.status}`);
        assert.equal(answer.body.length, 0);
      });
    }

    test('other methods are refused', async () => {
      const allowed = methodsOf(operation.path);
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'].filter((name) => !allowed.includes(name))) {
        for (const body of [undefined, {}]) {
          const answer = await ask(method, address(operation), { body });
          assertRefused(answer, 405, `${method} ${operation.path}`);
          assert.equal(answer.json().error.code, 'method-not-allowed');
          assert.deepEqual(answer.headers.allow.split(', ').sort(), [...new Set([...allowed, ...(allowed.includes('GET') ? ['HEAD'] : [])])].sort());
        }
      }
    });

    if (!isPage(operation)) {
      for (const parameter of operation.parameters.filter((item) => item.in === 'path')) {
        test(`there is no such ${parameter.name}`, async () => {
          const names = await one.path?.();
          const unknown = { segment: 99, instrument: 'niets', file: `${nobody}-1.mp4` }[parameter.name] ?? nobody;
          for (const value of [unknown, 'x', 'X'.repeat(300), '-1', '0', '%20', `${things[parameter.name]}x`, `${things[parameter.name]}%27`, '*', '9'.repeat(30), '...']) {
            const answer = await ask(operation.method, address(operation, { ...names, [parameter.name]: value }), { body: one.body?.() });
            // What cannot be part of any address is refused as an address.
            assertRefused(answer, value === '%20' ? 400 : 404, `${parameter.name} = ${value}`);
          }
          for (const value of ['%00', '%2f', '%2e%2e', '%ff', '%', '%zz', 'a%5cb'])
            assertRefused(await ask(operation.method, address(operation, { [parameter.name]: value }), { body: one.body?.() }), 400, `${parameter.name} = ${value}`);
          await assertAlive(server);
        });
      }
    }

    for (const parameter of operation.parameters.filter((item) => item.in === 'query' && operation.method === 'GET')) {
      test(`the query's ${parameter.name}`, async () => {
        const accepts = validator(parameter.place);
        // What may be given several times is described as a list; other parameters that are always needed stand in `with`.
        const repeated = parameter.schema.type === 'array';
        const fits = (value) => accepts(repeated ? [value, ...(parameter.schema.minItems > 1 ? ['x'] : [])] : value);
        const others = one.with?.(parameter.name) ?? '';
        const numeric = ['integer', 'number'].includes(parameter.schema.type);
        const beyond = '9'.repeat(30); // no type of number holds it
        for (const text of ['0', '1', '-1', '200', '201', '1000', '1001', '8000', '8001', '1.5', 'x', '', '1x', ' 1', beyond, '2592000', '2592001', 'nan', 'inf', '1e400', nobody, 'x'.repeat(201)]) {
          if (numeric && text === '0' && parameter.name === 'to') continue; // “to” must be after “from”
          const value = numeric ? (/^-?[0-9]+(\.[0-9]+)?$/.test(text) ? Number(text) : NaN) : text;
          const answer = await ask('GET', `${address(operation, await one.path?.())}?${others}${parameter.name}=${encodeURIComponent(text)}`, { enough: one.enough && (() => true) });
          if (Number.isNaN(value) || !fits(value) || (numeric && text === beyond)) assertRefused(answer, 400, `${parameter.name}=${text}`);
          else if (parameter.name === 'before' && !numeric) assertRefused(answer, [404], `${parameter.name}=${text}`);
          else if (['number', 'version', 'visit'].includes(parameter.name) && answer.status === 404) assertRefused(answer, 404, `${parameter.name}=${text}`);
          else if (answer.status !== 200) assert.fail(`${parameter.name}=${text} is refused: ${answer.text().slice(0, 200)}`);
          else if (one.enough === undefined) assertDescribed(operation, answer);
        }
        if (!repeated) assertRefused(await ask('GET', `${address(operation)}?${others}${parameter.name}=1&${parameter.name}=1`), 400, 'twice');
        assertRefused(await ask('GET', `${address(operation)}?${parameter.name}=%00`), 400, 'NUL');
        await assertAlive(server);
      });
    }

    if (operation.body === undefined) {
      if (operation.op.requestBody !== undefined) return; // not JSON: the test of its own says what is refused
      test('a body is not taken', async () => {
        assertRefused(await ask(operation.method, address(operation), { body: '{}' }), 413, 'body');
      });
      return;
    }

    test('what is no JSON object is refused', async () => {
      const names = await one.path?.();
      for (const body of ['{', 'x', '[]', '[{}]', '"x"', '1', 'null', 'true', '{}x', '{"a":1,}', "{'a':1}", '{"a":NaN}', '\u0000', '{"a":"\u0000"}', '/* */{}', '{"a":"\\ud800"}',
        '['.repeat(100), '{"a":'.repeat(100), Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])]) {
        const answer = await ask(operation.method, address(operation, names), { body });
        assertRefused(answer, 400, JSON.stringify(body.toString('latin1').slice(0, 30)));
        assert.equal(answer.json().error.code, 'invalid');
      }
      await assertAlive(server);
    });

    test('without a body it is as with an empty object', async () => {
      const bare = await ask(operation.method, address(operation, await one.path?.()));
      const empty = await ask(operation.method, address(operation, await one.path?.()), { body: {} });
      const space = validator(operation.body)({});
      assert.equal(bare.status, empty.status);
      if (!space) assertRefused(bare, 400, 'nothing');
      else assert.ok(bare.status < 300 || operation.id === 'startRecording', bare.text());
      for (const answer of [bare, empty]) assertDescribed(operation, answer);
      if (operation.id === 'startRecording' && bare.status === 201) await stopAll();
    });

    test('only JSON is taken', async () => {
      for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/jsonx', 'application/json-patch+json', '', null]) {
        const answer = await ask(operation.method, address(operation, await one.path?.()), { body: JSON.stringify(one.body()), type, headers: type === '' ? { 'Content-Type': '' } : {} });
        assertRefused(answer, 415, `${type}`);
      }
      for (const type of ['application/json', 'Application/JSON', 'application/json; charset=utf-8', 'application/json ;charset=UTF-8']) {
        const answer = await ask(operation.method, address(operation, await one.path?.()), { body: '[]', type });
        assertRefused(answer, 400, type);
      }
    });

    test('too much is refused', async () => {
      for (const size of [4.5, 7.9])
        assertRefused(await ask(operation.method, address(operation), { body: JSON.stringify({ x: 'x'.repeat(size * 1024 * 1024) }) }), 413, `${size} MB`);
      await assertAlive(server);
    });

    test('fields that are not as described are refused, and change nothing', async () => {
      const fits = validator(operation.body);
      const properties = fieldsOf(operation);
      const full = one.body();
      // One that only reads what it is given: a strange body must not start or end anything that the others need.
      const names = await one.path?.();
      let wrong = 0;
      for (const [what, body] of mutations(full)) {
        const answer = await ask(operation.method, address(operation, names), { body });
        if (!fits(body)) {
          wrong++;
          const tooMany = Array.isArray(body.operations) && body.operations.length > 500;
          if (operation.id === 'sendOperations' && Array.isArray(body.operations) && Object.keys(body).length === 1) {
            assert.equal(answer.status, 200, what);
            for (const result of answer.json().results) assert.equal(result.status, 'refused', what);
          } else {
            assertRefused(answer, tooMany ? 413 : 400, what);
          }
        } else {
          // Right by its form; whether it makes sense is another matter, but it is never a failure of the server.
          assert.ok(answer.status < 500, `${what}: ${answer.status} ${answer.text().slice(0, 200)}`);
          if (answer.status >= 400) assertRefused(answer, [400, 404, 409, ...(one.refusals ?? [])], what);
          assertDescribed(operation, answer);
          await one.afterwards?.({ ...things, ...names });
        }
      }
      // Limits of numbers and texts, on both sides.
      for (const [field, schema] of Object.entries(properties)) {
        const at = schema.$ref ? schema.$ref.split('/').slice(1).reduce((node, step) => node[step], spec) : schema;
        for (const value of [at.minimum, at.minimum - 1, at.maximum, at.maximum + 1, at.maxLength && 'é'.repeat(at.maxLength), at.maxLength && 'é'.repeat(at.maxLength + 1)]) {
          if (value === undefined || Number.isNaN(value)) continue;
          const body = { ...full, [field]: value };
          const answer = await ask(operation.method, address(operation, names), { body });
          const what = `${field} = ${String(value).slice(0, 20)} (${String(value).length})`;
          if (!fits(body)) assertRefused(answer, 400, what);
          else assert.ok(answer.status < 300 || one.refusals !== undefined || ['from', 'to', 'uri'].includes(field), `${what} is refused: ${answer.text().slice(0, 200)}`);
        }
      }
      assert.ok(wrong > 0);
      await one.afterwards?.({ ...things, ...names });
      await assertAlive(server);
    });
  });
}

async function stopAll() {
  for (const visit of (await server.good('GET', '/api/visits?limit=200')).visits)
    if (visit.recording && visit.id !== things.visit) await server.good('DELETE', `/api/visits/${visit.id}/recording`);
}

test('a refused change of a visit changes nothing', async () => {
  const visit = await created();
  for (const body of [
    { title: 'Anders', instruments: ['bestaat-niet'] },
    { title: 'Anders', sources: [{ uri: 'test:', kind: 'audio' }, { uri: 'onzin:', kind: 'video' }] },
    { title: 'Anders', sources: [{ uri: 'pulse:', kind: 'video' }] },
    { title: 'Anders', note: 1 },
  ]) {
    assertRefused(await call(server, 'PATCH', `/api/visits/${visit.id}`, { body }), 400, JSON.stringify(body));
    const now = await server.good('GET', `/api/visits/${visit.id}`);
    for (const field of ['title', 'instruments', 'sources', 'note']) assert.deepEqual(now[field], visit[field]);
  }
});

test('a recording that is refused leaves the sources as they were', async () => {
  const planned = await created();
  const ended = await created();
  await server.good('POST', `/api/visits/${ended.id}/start`);
  await server.good('POST', `/api/visits/${ended.id}/end`);
  for (const [id, body, status] of [
    [planned.id, { sources: [{ uri: 'onzin:', kind: 'video' }] }, 400],
    [planned.id, { sources: [{ uri: 'test:', kind: 'smell' }] }, 400],
    [planned.id, { sources: [] }, 400],
    [things.visit, { sources: [testSound] }, 409],
    [ended.id, { sources: [testSound] }, 409],
  ]) {
    assertRefused(await call(server, 'POST', `/api/visits/${id}/recording`, { body }), status, JSON.stringify(body));
    assert.equal((await server.good('GET', `/api/visits/${id}`)).sources.length, 2, JSON.stringify(body));
  }
  assert.equal((await server.good('GET', `/api/visits/${planned.id}`)).state, 'planned');
});

test('an operation that is not as described is refused by itself', async () => {
  const visit = await startedVisit();
  const fits = validator(named('OperationGiven'));
  const whole = () => ({ ...tap({ at: 1, until: null, lead: 1, lag: 2, subject: 'leraar', note: 'x', valence: 'sterk' }) });
  const clipGiven = () => tap({}, { target: 'clip', fields: { from: 1, to: 2, title: 'x', note: '', observation: null, camera: null } });
  for (const make of [whole, clipGiven]) {
    const tries = [
      ...[...mutations(make())],
      ...[...mutations(make().fields)].map(([what, fields]) => [`fields: ${what}`, { ...make(), fields }]),
    ].map(([what, operation]) => [what, what.startsWith('id =') || what.startsWith('without id') ? operation : { ...operation, id: uuid(), target_id: operation.target_id === make().target_id ? uuid() : operation.target_id }]);
    for (let at = 0; at < tries.length; at += 100) {
      const some = tries.slice(at, at + 100);
      const answer = await call(server, 'POST', `/api/visits/${visit.id}/operations`, { body: { operations: some.map(([, operation]) => operation) } });
      assert.equal(answer.status, 200, answer.text().slice(0, 300));
      assertFits(answer.json(), named('OperationResults'), 'results');
      some.forEach(([what, operation], index) => {
        if (!fits(operation)) assert.equal(answer.json().results[index].status, 'refused', `${what} was taken: ${JSON.stringify(operation).slice(0, 300)}`);
      });
    }
  }
  const list = await call(server, 'GET', `/api/visits/${visit.id}/observations?removed=1`);
  assertFits(list.json(), named('ObservationList'), 'observations');
  assertFits((await call(server, 'GET', `/api/visits/${visit.id}/operations?limit=1000`)).json(), named('OperationList'), 'operations');
  assertFits((await call(server, 'GET', `/api/visits/${visit.id}/clips?removed=1`)).json(), named('ClipList'), 'clips');
});

test('addresses that nothing answers', async () => {
  for (const path of ['/api', '/api/', '/api/nothing', '/api/visits/', `/api/visits/${things.visit}/`, `/api/visits/${things.visit}/nothing`, '/media', '/media/', `/media/${things.visit}`, '/index.php', '/a/b/c']) {
    for (const method of ['GET', 'DELETE']) assertRefused(await call(server, method, path), path === '/index.php' || path === '/media' || path === '/api' ? [404, 405] : 404, `${method} ${path}`);
    assertRefused(await call(server, 'POST', path, { body: {} }), path === '/index.php' || path === '/media' || path === '/api' ? [404, 405] : 404, `POST ${path}`);
  }
});

test('stopping and ending twice changes nothing; starting after the end is refused', async () => {
  const visit = await created();
  assertRefused(await call(server, 'POST', `/api/visits/${visit.id}/end`), 409, 'end before the start');
  const stopped = await call(server, 'DELETE', `/api/visits/${visit.id}/recording`);
  assert.equal(stopped.status, 200, stopped.text());
  assertFits(stopped.json(), named('RecordingStatus'), 'stopped');
  const first = await server.good('POST', `/api/visits/${visit.id}/start`);
  const again = await server.good('POST', `/api/visits/${visit.id}/start`);
  assert.equal(again.started_at, first.started_at);
  const ended = await server.good('POST', `/api/visits/${visit.id}/end`);
  assert.equal((await server.good('POST', `/api/visits/${visit.id}/end`)).ended_at, ended.ended_at);
  assertRefused(await call(server, 'POST', `/api/visits/${visit.id}/start`), 409, 'start after the end');
  assertRefused(await call(server, 'POST', `/api/visits/${visit.id}/recording`, { body: {} }), 409, 'record after the end');
});

test('visits are searched and paged', async () => {
  const names = ['Aardrijkskunde één', 'Aardrijkskunde twee', 'Aardrijkskunde drie', 'Ruïne'];
  const made = [];
  for (const [index, title] of names.entries()) made.push((await created({ title, planned_at: `2030-01-0${index + 1}T10:00:00Z`, sources: [] })).id);
  const found = await server.good('GET', '/api/visits?search=AARDRIJKS%20een');
  assert.deepEqual(found.visits.map((visit) => visit.id), [made[0]]);
  assert.deepEqual((await server.good('GET', '/api/visits?search=ruine')).visits.map((visit) => visit.id), [made[3]]);
  const seen = [];
  for (let before_ = ''; ;) {
    const page = await server.good('GET', `/api/visits?search=aardrijkskunde&limit=2${before_}`);
    seen.push(...page.visits.map((visit) => visit.id));
    if (!page.more) break;
    before_ = `&before=${seen.at(-1)}`;
  }
  assert.deepEqual(seen, [made[2], made[1], made[0]]);
});
