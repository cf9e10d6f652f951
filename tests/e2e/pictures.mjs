// Makes the pictures of the user guide from the real page, in both languages:
//
//   sh run.sh build && TB_BUILD_DIR=$PWD/build node tests/e2e/pictures.mjs [visit|observing] [NAME]
//
// They are committed; make them anew when a page has changed its looks. One word makes only that half, a NAME of it
// (such as prepare, or prepare,record) only that picture.
import { join } from 'node:path';

import { PASSPHRASE, Server, sleep, tap, uuid } from '../lib/terugblik.mjs';
import { launch, open } from '../lib/browser.mjs';
import { observing } from './pictures-observing.mjs';

const [only, single] = process.argv.slice(2);
const folder = process.env.TB_PICTURES ?? new URL('../../assets/help/pictures/', import.meta.url).pathname;

const words = {
  nl: {
    teachers: ['Sanne de Vries', 'Youssef Amrani', 'Lotte Bakker'],
    titles: ['Rekenen: breuken', 'Begrijpend lezen', 'Kring: de week'], groups: ['groep 6', 'groep 5', 'groep 3'],
    focus: 'Hoe krijgt iedere leerling een beurt?', camera: 'Camera achterin', mic: 'Microfoon leraar', clip: 'Iedereen krijgt een beurt', note: 'Wacht rustig; drie vingers erbij',
    learning: 'Hoe geef ik iedereen rustig een beurt?', context: 'Een rekenles van 45 minuten, met 26 leerlingen. De tweede les over breuken.',
    moments: {
      teacher: [['Ik wacht even', 'pride', 'Ik durfde stil te zijn, en toen kwamen er vingers bij.'], ['De overgang', 'improve', 'Het duurde me te lang voor iedereen zat.']],
      coach: [['De stilte', 'pride', 'Je wachtte rustig, en drie leerlingen dachten mee.']],
    },
    question: 'Wat zag je gebeuren toen je wachtte?', notes: 'Vijf tellen voelden als een minuut.', agreement: 'Ik tel tot vijf voordat ik iemand de beurt geef.', kept: 'Ik noem eerst het doel van de les.', next: 'Rekenen: breuken, vervolg',
  },
  en: {
    teachers: ['Sanne de Vries', 'Youssef Amrani', 'Lotte Bakker'],
    titles: ['Maths: fractions', 'Reading comprehension', 'Circle time: the week'], groups: ['grade 4', 'grade 3', 'grade 1'],
    focus: 'How does every pupil get a turn?', camera: 'Camera at the back', mic: "Teacher's microphone", clip: 'Everyone gets a turn', note: 'Waits calmly; three more hands go up',
    learning: 'How do I calmly give everyone a turn?', context: 'A maths lesson of 45 minutes, with 26 pupils. The second lesson on fractions.',
    moments: {
      teacher: [['I wait a moment', 'pride', 'I dared to be silent, and then more hands went up.'], ['The transition', 'improve', 'It took me too long until everybody sat.']],
      coach: [['The silence', 'pride', 'You waited calmly, and three pupils thought along.']],
    },
    question: 'What did you see happen while you waited?', notes: 'Five counts felt like a minute.', agreement: 'I count to five before I give somebody the turn.', kept: 'I name the goal of the lesson first.', next: 'Maths: fractions, continued',
  },
};

async function picture(browser, server, name, path, size, prepare = async () => {}, as = server) {
  if (single && !single.split(',').includes(name.slice(3))) return;
  const page = await open(browser, server, path, size, { as });
  await sleep(2500);
  await prepare(page);
  await page.screenshot({ path: join(folder, `${name}.png`) });
  await page.context().close();
}

/** The talk about a lesson that was recorded and shared, from choosing to the report. */
async function talkAfterwards(browser, server, language, text, visit, teacher) {
  const at = (path) => `/api/visits/${visit.id}/${path}`;
  const page = (name) => `/bezoeken/${visit.id}/${name}`;
  const choose = (who, [title, kind, line], from) => who.good('POST', at('moments'), { from, to: from + 4, title, kind, line });
  await choose(teacher, text.moments.teacher[0], 5);
  await choose(teacher, text.moments.teacher[1], 12);
  await picture(browser, server, `${language}-choose`, page('bekijken'), 'phone', undefined, teacher);
  await choose(server, text.moments.coach[0], 6);
  for (const who of [server, teacher]) await who.good('POST', at('talk/ready'), { ready: true });
  await server.good('POST', at('talk/reveal'), {});
  const { items } = await server.good('GET', at('talk'));
  await server.good('PATCH', at(`talk/items/${items[0].id}`), { question: text.question, notes: text.notes });
  await picture(browser, server, `${language}-moments`, page('momenten'), 'tablet');
  await server.good('POST', at('talk/start'), {});
  await server.good('POST', at('talk/state'), { seen: 0, state: { item: items[0].id, position: 7.2, playing: false, show: 'moment', minutes: 30 } });
  await picture(browser, server, `${language}-talk`, page('nabespreking'), 'desktop');
  await picture(browser, server, `${language}-steer`, page('sturen'), 'phone');
  const due = new Date(Date.now() + 21 * 864e5).toISOString();
  await server.good('POST', at('agreements'), { text: text.agreement, who_person: teacher.person.id, due_at: due });
  const kept = await server.good('POST', at('agreements'), { text: text.kept, who_person: teacher.person.id });
  await server.good('POST', at(`agreements/${kept.id}/outcome`), { outcome: 'kept' });
  await server.good('POST', at('talk/end'), {});
  const { trajectories: [trajectory] } = await server.good('GET', '/api/trajectories');
  const { visit: next } = await server.good('POST', `/api/trajectories/${trajectory.id}/visits`, { visit: null });
  await server.good('PATCH', `/api/visits/${next.id}`, { title: text.next, planned_at: due });
  await picture(browser, server, `${language}-trajectory`, `/trajecten/${trajectory.id}`, 'tablet');
  const { draft } = await server.good('GET', at(`report?language=${language}`));
  await server.good('POST', at('report'), { seen: 0, language, content: { ...draft, context: text.context } });
  await picture(browser, server, `${language}-report`, page('verslag'), 'tablet', (one) => one.locator('#part-focus').evaluate((heading) => heading.scrollIntoView()));
  await picture(browser, server, `${language}-closing`, `/trajecten/${trajectory.id}/afronden`, 'tablet');
}

for (const [language, text] of only === 'observing' ? [] : Object.entries(words)) {
  const server = await Server.start({ fresh: true, env: { G_DEBUG: '' } });
  const browser = await launch({ whole: true });
  await picture(browser, server, `${language}-set-up`, '/', 'tablet', async (page) => {
    if (language === 'en') await page.locator('[lang=en]').click();
    await page.locator('input[name=name]').fill('Marieke de Wit');
  }, null);
  const { person } = await server.good('POST', '/api/setup', { name: 'Marieke', login: 'marieke', passphrase: PASSPHRASE });
  server.person = person;
  await server.good('PATCH', '/api/settings', { language, school: 'De Regenboog' });
  const teacher = await server.invite({ name: text.teachers[0], roles: ['teacher'] });
  for (const i of [2, 1]) {
    const old = await server.good('POST', '/api/visits', { title: text.titles[i], teacher: text.teachers[i], group: text.groups[i] });
    if (i === 2) {
      await server.good('POST', `/api/visits/${old.id}/start`, {});
      await server.good('POST', `/api/visits/${old.id}/operations`, { operations: [tap(), tap(), tap()] });
      await server.good('POST', `/api/visits/${old.id}/end`, {});
    }
  }
  const visit = await server.good('POST', '/api/visits', {
    title: text.titles[0], teacher: text.teachers[0], teacher_person: teacher.person.id, group: text.groups[0], focus: text.focus,
    sources: [{ uri: 'test:', kind: 'video', name: text.camera }, { uri: 'test:', kind: 'audio', name: text.mic }],
  });
  const at = (page) => `/bezoeken/${visit.id}/${page}`;
  const trajectory = await teacher.good('POST', '/api/trajectories', { origin: 'request', coach: person.id, question: text.learning });
  await server.good('POST', `/api/trajectories/${trajectory.id}/visits`, { visit: visit.id });
  await picture(browser, server, `${language}-visits`, '/', 'desktop');
  await picture(browser, server, `${language}-prepare`, at('voorbereiden'), 'tablet');
  await picture(browser, server, `${language}-settings`, '/instellingen', 'tablet');
  await server.good('POST', `/api/visits/${visit.id}/recording`, {});
  await sleep(2500);
  const codes = [['lesovergang', 'state'], ['lesdoel', 'point'], ['begrip', 'point'], ['compliment', 'point'], ['wachttijd', 'state'], ['initiatief', 'point']];
  for (const [code, kind] of codes) {
    const operation = tap({ instrument: 'snelle-start', code, kind, ...(code === 'compliment' ? { valence: 'sterk', note: text.note } : {}) });
    await server.good('POST', `/api/visits/${visit.id}/operations`, { operations: [operation] });
    await sleep(1700);
    if (kind === 'state') {
      await server.good('POST', `/api/visits/${visit.id}/operations`, { operations: [{ ...tap(), action: 'change', target_id: operation.target_id, fields: { until_tapped_at: new Date().toISOString() } }] });
    }
    await sleep(1200);
  }
  await picture(browser, server, `${language}-record`, at('opnemen'), 'desktop');
  await picture(browser, server, `${language}-record-phone`, at('opnemen'), 'phone');
  await server.good('POST', `/api/visits/${visit.id}/end`, {});
  await picture(browser, server, `${language}-review`, at('terugkijken'), 'desktop', async (page) => {
    await page.locator('[data-observation]').nth(3).click();
    await sleep(2000);
  });
  const clip = uuid();
  await server.good('POST', `/api/visits/${visit.id}/operations`, {
    operations: [{ ...tap(), target: 'clip', target_id: clip, fields: { from: 4, to: 10, title: text.clip, observation: null, camera: null } }],
  });
  const end = new Date(Date.now() + 42 * 864e5).toISOString();
  await server.good('POST', `/api/visits/${visit.id}/releases`, { person: teacher.person.id, clip, purpose: 'coaching', until: end, download: false });
  await picture(browser, server, `${language}-share`, at('delen'), 'tablet');
  await picture(browser, server, `${language}-shared`, '/gedeeld', 'tablet', undefined, teacher);
  await server.good('POST', `/api/visits/${visit.id}/releases`, { person: teacher.person.id, clip: null, purpose: 'coaching', until: end, download: false });
  await talkAfterwards(browser, server, language, text, visit, teacher);
  await browser.close();
  await server.stop();
}

for (const language of only === 'visit' ? [] : Object.keys(words)) {
  const browser = await launch({ whole: true });
  await observing(browser, language, picture);
  await browser.close();
}
