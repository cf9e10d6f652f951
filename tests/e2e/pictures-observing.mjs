// The pictures of the user guide about kijkwijzers, tapping, observing together, figures and other programs' files: a
// school of its own, with an invented lesson of forty minutes. Part of pictures.mjs.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { PASSPHRASE, Server, sleep, tap } from '../lib/terugblik.mjs';

const words = {
  nl: {
    teacher: 'Sanne de Vries', group: 'groep 6', beside: 'Karim Bos', lesson: 'Rekenen: breuken', together: 'Begrijpend lezen', running: 'Rekenen: breuken, vervolg', before: 'Rekenen: breuken, begin',
    focus: 'Wie denkt er mee, en hoe weet je dat?', guide: 'Beurten en bedenktijd', draft: 'Rust op de gang', about: 'Hoe komt de groep binnen, en wie wacht op wie?', notes: ['Wacht rustig; drie vingers erbij', 'Zo dacht je eerst. En nu?'],
    file: 'Waarnemingen stage.csv', head: 'Les;Tijd;Duur;Gedrag;Opmerking',
    rows: [['Taal', '12,4', '', 'Compliment gericht op gedrag', 'na het voorlezen'], ['Taal', '40,0', '180,5', 'Instructie aan de hele groep', ''], ['Taal', '231,0', '', 'Geeft een beurt', ''], ['Taal', '239,5', '', 'Vinger opsteken', 'vier leerlingen'], ['Taal', '402,0', '', 'Compliment gericht op gedrag', ''], ['Rekenen', '18,0', '', 'Geeft een beurt', ''], ['Rekenen', '64,5', '95,0', 'Instructie aan de hele groep', ''], ['Rekenen', 'eind', '', 'Geeft een beurt', '']],
  },
  en: {
    teacher: 'Sanne de Vries', group: 'grade 4', beside: 'Karim Bos', lesson: 'Maths: fractions', together: 'Reading comprehension', running: 'Maths: fractions, continued', before: 'Maths: fractions, the start',
    focus: 'Who is thinking along, and how do you know?', guide: 'Turns and time to think', draft: 'Quiet in the corridor', about: 'How does the class come in, and who waits for whom?', notes: ['Waits calmly; three more hands go up', 'So you thought first. And now?'],
    file: 'Observations placement.csv', head: 'Lesson;Time;Duration;Behaviour;Remark',
    rows: [['Language', '12,4', '', 'Praise for a specific behaviour', 'after reading aloud'], ['Language', '40,0', '180,5', 'Whole-class instruction', ''], ['Language', '231,0', '', 'Gives a turn', ''], ['Language', '239,5', '', 'Hand up', 'four pupils'], ['Language', '402,0', '', 'Praise for a specific behaviour', ''], ['Maths', '18,0', '', 'Gives a turn', ''], ['Maths', '64,5', '95,0', 'Whole-class instruction', ''], ['Maths', 'end', '', 'Gives a turn', '']],
  },
};

const both = (nl, en) => ({ nl, en });

/** A kijkwijzer of the school's own: what it asks beside a tap, and states of which one runs at a time. */
function turns(id, title) {
  const code = (name, kind, domain, nl, en, short, counts, not, more = {}) => ({ id: name, domain, kind, title: both(nl, en), short: both(...short), lead: 5, lag: 10, help: { counts: both(...counts), not: both(...not) }, ...more });
  return {
    format: 2, id, version: 1, title: both(title, title), default: false,
    description: both('Wie krijgt de beurt, hoe, en hoeveel tijd is er om na te denken?', 'Who gets the turn, how, and how much time is there to think?'),
    domains: [{ id: 'leraar', title: both('De leraar', 'The teacher'), color: '#009E73' }, { id: 'leerlingen', title: both('De leerlingen', 'The pupils'), color: '#0072B2' }],
    subjects: [{ id: 'leerling', title: both('Eén leerling', 'One pupil') }, { id: 'groepje', title: both('Groepje', 'Small group') }, { id: 'klas', title: both('Hele klas', 'Whole class') }],
    groups: [{ id: 'samen', title: both('Hoe er gewerkt wordt', 'How they work') }],
    modifiers: [
      { id: 'hoe', title: both('Hoe gegeven', 'How given'), type: 'one', choices: [{ id: 'vinger', title: both('Na een vinger', 'After a hand') }, { id: 'zonder', title: both('Zonder vinger', 'No hand up') }, { id: 'willekeurig', title: both('Door het lot', 'By lot') }] },
      { id: 'tellen', title: both('Tellen gewacht', 'Seconds waited'), type: 'number', min: 0, max: 20 },
    ],
    codes: [
      code('vraag', 'point', 'leraar', 'Stelt een vraag aan de klas', 'Asks the class a question', ['Vraag', 'Question'], ['Een vraag waarop iedereen een antwoord kan bedenken.', 'A question to which everybody can think of an answer.'], ['Een vraag aan één leerling van wie de naam al genoemd is.', 'A question to one pupil who was already named.'], { key: 'v' }),
      code('beurt', 'point', 'leraar', 'Geeft een beurt', 'Gives a turn', ['Geeft beurt', 'Gives turn'], ['Een leerling mag iets zeggen of laten zien.', 'A pupil may say or show something.'], ['Een leerling die voor de beurt praat.', 'A pupil who calls out.'], { key: 'b', modifiers: ['hoe', 'tellen'], size: 'wide' }),
      code('bedenktijd', 'state', 'leraar', 'Wacht na een vraag', 'Waits after a question', ['Bedenktijd', 'Thinking time'], ['Van het eind van de vraag tot de beurt.', 'From the end of the question to the turn.'], ['Stilte omdat er iets wordt uitgedeeld.', 'Silence because something is handed out.'], { key: 'w' }),
      code('klassikaal', 'state', 'leerlingen', 'Samen met de hele klas', 'Together as a class', ['Klassikaal', 'Whole class'], ['Iedereen is met hetzelfde bezig.', 'Everybody does the same thing.'], ['Een groepje aan de instructietafel.', 'A small group at the instruction table.'], { key: '1', group: 'samen' }),
      code('tweetallen', 'state', 'leerlingen', 'In tweetallen', 'In pairs', ['Tweetallen', 'In pairs'], ['Twee leerlingen overleggen over de vraag.', 'Two pupils talk about the question.'], ['Twee leerlingen die naast elkaar werken.', 'Two pupils who work side by side.'], { key: '2', group: 'samen' }),
      code('zelf', 'state', 'leerlingen', 'Ieder voor zich', 'On their own', ['Zelfstandig', 'On their own'], ['Ieder werkt aan het eigen werk.', 'Each works on their own work.'], ['Wachten tot er iets begint.', 'Waiting until something begins.'], { key: '3', group: 'samen' }),
      code('vinger', 'point', 'leerlingen', 'Steekt een vinger op', 'Puts a hand up', ['Vinger', 'Hand up'], ['Een leerling die nog niet eerder een vinger had.', 'A pupil who had no hand up before.'], ['Een vinger om naar de wc te gaan.', 'A hand up to leave the room.'], { key: 'h' }),
    ],
  };
}

const point = (instrument, code, at, more = {}) => tap({ instrument, code, kind: 'point', at, ...more });
const state = (instrument, code, at, until, more = {}) => tap({ instrument, code, kind: 'state', at, ...(until === null ? {} : { until }), ...more });

/** Forty minutes: phases, questions, turns and time to think, praise, and one thing that nobody stopped. */
function lesson(text, own) {
  const phases = [['start-en-lesdoel', 0, 180], ['voorkennis', 180, 420], ['instructie', 420, 960], ['begeleid-inoefenen', 960, 1320], ['zelfstandige-verwerking', 1320, 2160], ['afsluiting', 2160, 2400]];
  const asked = [95, 210, 262, 318, 377, 470, 548, 633, 701, 782, 866, 930, 1010, 1104, 1190, 1275, 2190, 2262, 2330];
  const operations = phases.map(([code, from, to]) => state('lesfasen', code, from, to));
  asked.forEach((at, i) => {
    const wait = 2 + (i * 7) % 5;
    operations.push(point(own, 'vraag', at), state(own, 'bedenktijd', at + 1, at + 1 + wait));
    if (i % 4 !== 3) operations.push(point(own, 'beurt', at + 2 + wait, { subject: i % 3 === 0 ? 'klas' : 'leerling', modifiers: { hoe: ['vinger', 'zonder', 'willekeurig'][i % 3], tellen: wait } }));
    if (i % 2 === 0) operations.push(point(own, 'vinger', at + 3), point(own, 'vinger', at + 5));
    if (i % 3 === 1) operations.push(point('pedagogisch-handelen', 'compliment', at + 14, { note: text.notes[i % 2] }));
  });
  operations.push(state(own, 'klassikaal', 0, 930), state(own, 'tweetallen', 930, 1320), state(own, 'zelf', 1320, 2150), state(own, 'klassikaal', 2150, 2400), state('pedagogisch-handelen', 'een-op-een', 1500, null));
  return operations;
}

/** What two people saw in ten minutes of the same lesson: much the same, and not all of it. */
function twoLayers() {
  const s = 'snelle-start';
  const coach = [point(s, 'lesdoel', 22), state(s, 'instructie', 30, 214), point(s, 'begrip', 118), state(s, 'wachttijd', 120, 126), point(s, 'compliment', 162), point(s, 'bijsturen', 190), state(s, 'lesovergang', 216, 281),
    point(s, 'aandacht-vragen', 230), point(s, 'compliment', 330), point(s, 'begrip', 371), state(s, 'wachttijd', 372, 380), point(s, 'initiatief', 402), point(s, 'compliment', 455), point(s, 'begrip', 512), point(s, 'initiatief', 548)];
  const other = [point(s, 'lesdoel', 23.1), state(s, 'instructie', 33, 210), point(s, 'begrip', 119), state(s, 'wachttijd', 120.5, 126.4), point(s, 'compliment', 163), state(s, 'lesovergang', 219, 286),
    point(s, 'bijsturen', 231), point(s, 'compliment', 330.8), point(s, 'begrip', 370.2), state(s, 'wachttijd', 373, 379), point(s, 'compliment', 403), point(s, 'compliment', 456.1), point(s, 'begrip', 511), point(s, 'initiatief', 549)];
  return [coach, other];
}

export async function observing(browser, language, picture) {
  const text = words[language];
  const server = await Server.start({ fresh: true, env: { G_DEBUG: '' } });
  const take = (name, ...how) => picture(browser, server, `${language}-${name}`, ...how);
  const { person } = await server.good('POST', '/api/setup', { name: 'Marieke', login: 'marieke', passphrase: PASSPHRASE });
  server.person = person;
  await server.good('PATCH', '/api/settings', { language, school: 'De Regenboog' });
  const karim = await server.invite({ name: text.beside, roles: ['coach'] });
  const send = async (who, visit, operations) => {
    const { results } = await who.good('POST', `/api/visits/${visit.id}/operations`, { operations });
    const refused = results.filter((one) => one.status !== 'applied');
    if (refused.length > 0) throw new Error(JSON.stringify(refused));
  };
  const sql = (statement) => execFileSync('sqlite3', [join(server.data, 'terugblik.db'), '.timeout 5000', statement]);
  /** As if it began SECONDS before it ended, or before now. */
  const lasted = (visit, seconds) => sql(`UPDATE visit SET started_wall = coalesce(ended_wall, started_wall) - ${seconds}000000000 WHERE id = '${visit.id}'`);
  const visited = async (title, instruments, more = {}) => {
    const visit = await server.good('POST', '/api/visits', { title, teacher: text.teacher, group: text.group, instruments, ...more });
    await server.good('POST', `/api/visits/${visit.id}/start`, {});
    return visit;
  };
  const done = (visit) => server.good('POST', `/api/visits/${visit.id}/end`, {});
  const at = (visit, page) => `/bezoeken/${visit.id}/${page}`;
  const scroll = (selector, up = 16) => (page) => page.locator(selector).first().evaluate((part, above) => scrollTo(0, part.getBoundingClientRect().top + scrollY - above - (document.querySelector('header')?.offsetHeight ?? 0)), up);

  const tall = (height) => async (page) => {
    await page.setViewportSize({ width: page.viewportSize().width, height });
    await sleep(500);
  };

  // --- kijkwijzers
  const own = language === 'nl' ? 'beurten-en-bedenktijd' : 'turns-and-time-to-think';
  const draft = await server.good('POST', '/api/instruments', { document: turns(own, text.guide) });
  await server.good('POST', `/api/instruments/${own}/publish`, { seen: draft.revision });
  const next = turns(own, text.guide);
  const visit = await visited(text.lesson, ['lesfasen', own, 'pedagogisch-handelen', 'kijkwijzer-drie-domeinen'], { focus: text.focus });
  await server.good('POST', '/api/instruments', { document: { ...next, version: 2 } });
  await server.good('POST', '/api/instruments', { document: { ...turns('rust-op-de-gang', text.draft), description: both(text.about, text.about), codes: next.codes.slice(0, 2) } });
  await take('guides', '/kijkwijzers', 'desktop');
  await take('guide-edit', `/kijkwijzers/${own}`, 'desktop', async (page) => {
    await page.locator('[data-item]').nth(1).locator('button[aria-expanded]').first().click();
    await sleep(600);
  });
  await take('guide-try', `/kijkwijzers/${own}`, 'tablet', async (page) => {
    await page.locator('[data-test=try]').click();
    await sleep(500);
    for (const key of ['1', 'v', 'b', '2']) {
      await page.keyboard.press(key);
      await sleep(700);
    }
    await tall(880)(page);
  });

  // --- figures of a whole lesson
  await send(server, visit, lesson(text, own));
  const { observations } = await server.good('GET', `/api/visits/${visit.id}/observations`);
  const proof = (...codes) => observations.filter((one) => codes.includes(one.code)).slice(0, 3).map((one) => one.id);
  const score = (code, rating, evidence = []) => tap({ instrument: 'kijkwijzer-drie-domeinen', code, kind: 'rating', at: 2390, rating, evidence });
  await send(server, visit, [score('doel-helder', 3, proof('start-en-lesdoel')), score('begrip-nagaan', 3, proof('vraag')), score('iedereen-denkt-mee', 2, proof('bedenktijd', 'tweetallen')), score('feedback', 3), score('fouten-mogen', null)]);
  await done(visit);
  lasted(visit, 2400);
  await take('figures', at(visit, 'cijfers'), 'desktop', scroll('[data-figure=lesson]'));
  await take('figures-amounts', at(visit, 'cijfers'), 'tablet', scroll('[data-figure=counts]'));
  await take('figures-follow', at(visit, 'cijfers'), 'tablet', scroll('[data-figure=transitions]'));

  // --- two observers
  const together = await visited(text.together, ['snelle-start']);
  await server.good('POST', `/api/visits/${together.id}/observers`, { person: karim.person.id });
  const [mine, theirs] = twoLayers();
  await send(server, together, mine);
  await send(karim, together, theirs);
  await done(together);
  lasted(together, 600);
  await take('observers', at(together, 'waarnemers'), 'tablet', tall(780));
  await server.good('POST', `/api/visits/${together.id}/observers/open`, {});
  await take('observers-open', at(together, 'waarnemers'), 'desktop', scroll('tb-layers-beside'));
  await take('agreement', at(together, 'cijfers'), 'desktop', async (page) => {
    await page.locator('[data-figure=observers] .match').first().waitFor();
    await scroll('[data-figure=observers]')(page);
    await sleep(500);
  });
  await take('agreement-figures', at(together, 'cijfers'), 'tablet', async (page) => {
    await page.locator('[data-statistic]').first().waitFor();
    await scroll('[data-statistic]')(page);
    await sleep(500);
  });

  // --- files of other programs
  const folder = mkdtempSync(join(tmpdir(), 'terugblik-pictures-'));
  writeFileSync(join(folder, text.file), [text.head, ...text.rows.map((row) => row.join(';')), ''].join('\r\n'));
  await imports(take, tall(860), join(folder, text.file));
  rmSync(folder, { recursive: true, force: true });

  // --- the tap board
  const now = await visited(text.running, ['lesfasen', own]);
  lasted(now, 640);
  await send(server, now, [state('lesfasen', 'start-en-lesdoel', 4, 130), state('lesfasen', 'voorkennis', 130, 402), state('lesfasen', 'instructie', 402, null), state(own, 'klassikaal', 4, null), point(own, 'vraag', 610)]);
  await take('tap-phases', at(now, 'opnemen'), 'desktop', async (page) => {
    await page.locator('[data-tab=all]').click();
    await page.locator('[data-code=beurt]').first().click();
    await page.locator('[data-test=modifier-bar] [data-choice=zonder]').click();
    await sleep(700);
  });
  await done(now);
  const grid = await visited(text.before, ['tweeminutengrid']);
  lasted(grid, 890);
  const answers = [['legt-uit', 'luisteren'], ['legt-uit', 'stelt-vragen', 'antwoordt-een'], ['stelt-vragen', 'wacht', 'antwoorden-allemaal'], null, ['loopt-rond', 'overleggen'], ['loopt-rond', 'helpt-een', 'werken-alleen'], ['helpt-groepje', 'werken-alleen'], ['loopt-rond', 'werken-alleen']];
  await send(server, grid, answers.flatMap((codes, i) => (codes ?? []).map((code) => tap({ instrument: 'tweeminutengrid', code, kind: 'interval', at: i * 120 }))));
  await take('tap-grid', at(grid, 'opnemen'), 'tablet', tall(1420));
  await done(grid);
  const rated = await visited(text.lesson, ['kijkwijzer-drie-domeinen', own]);
  await send(server, rated, [point(own, 'vraag', 12), state(own, 'bedenktijd', 13, 18), point(own, 'beurt', 19, { note: text.notes[0] })]);
  const seen = (await server.good('GET', `/api/visits/${rated.id}/observations`)).observations;
  const scored = (code, rating, evidence = []) => tap({ instrument: 'kijkwijzer-drie-domeinen', code, kind: 'rating', at: 20, rating, evidence });
  await send(server, rated, [scored('vlotte-start', 3), scored('afspraken-en-routines', 4, [seen[2].id]), scored('overzicht', 2), scored('doel-helder', 3, [seen[0].id]), scored('iedereen-denkt-mee', 3, seen.slice(0, 2).map((one) => one.id))]);
  await take('tap-scores', at(rated, 'opnemen'), 'tablet', async (page) => {
    await page.locator('[data-test=view-rate]').first().click();
    await sleep(800);
    await scroll('tb-rating-form', 130)(page);
  });
  await done(rated);
  await server.stop();
}

/** Taking over a table: what its codes become, and the report afterwards. */
async function imports(take, low, file) {
  await take('import-codes', '/importeren', 'tablet', async (page) => {
    await toCodes(page, file);
    await low(page);
  });
  await take('import-done', '/importeren', 'tablet', async (page) => {
    await toCodes(page, file);
    await page.locator('[data-test=next]').click();
    await page.locator('[data-test=take]').click();
    await page.locator('[data-test=loss]').waitFor();
    await low(page);
  });
}

async function toCodes(page, file) {
  await page.locator('#import-file').setInputFiles(file);
  const columns = page.locator('select[data-column]');
  await columns.first().waitFor();
  for (const [index, meaning] of ['visit', 'start', 'duration', 'code', 'comment'].entries()) await columns.nth(index).selectOption(meaning);
  await page.locator('[data-test=apply-columns]').click();
  await page.locator('[data-step=sets]').waitFor();
  await page.locator('[data-test=next]').click();
  await page.locator('[data-step=codes]').waitFor();
}
