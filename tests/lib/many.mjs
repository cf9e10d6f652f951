// A lesson of an hour with as many observations as asked: mostly moments, some states, some answers of a grid, some
// with a note. The same one every time.
import { tap } from './terugblik.mjs';

const POINTS = ['aandacht-vragen', 'bijsturen', 'lesdoel', 'begrip', 'compliment', 'initiatief'];
const STATES = ['lesovergang', 'instructie', 'wachttijd'];
const CELLS = ['legt-uit', 'stelt-vragen', 'loopt-rond', 'helpt-een', 'regelt', 'wacht'];
const NOTE = 'Wat hier gebeurde is meer dan één regel lang, en schuift dus wat eronder staat een eindje verder naar beneden.';
const HOUR = 3600;
const BATCH = 500;

function fields(i, count) {
  // The golden ratio spreads them without a pattern that repeats.
  const at = Math.round(((i * 0.6180339887) % 1) * HOUR * 1000) / 1000;
  if (i % 25 === 24) {
    const from = Math.floor(at / 120) * 120;
    return { instrument: 'tweeminutengrid', code: CELLS[Math.floor(i / 25) % CELLS.length], kind: 'interval', at: from, until: from + 120 };
  }
  const note = i % 40 === 7 ? NOTE : '';
  if (i % 5 === 3) return { instrument: 'snelle-start', code: STATES[Math.floor(i / 5) % STATES.length], kind: 'state', at, until: Math.min(HOUR, at + 2 + (i % 17)), note };
  return { instrument: 'snelle-start', code: POINTS[i % POINTS.length], kind: 'point', at: i === count - 1 ? HOUR - 1 : at, note };
}

/** Gives the visit, ended. */
export async function lesson(server, count) {
  const visit = await server.good('POST', '/api/visits', { title: `${count} waarnemingen`, instruments: ['snelle-start', 'tweeminutengrid'] });
  await server.good('POST', `/api/visits/${visit.id}/start`);
  const operations = Array.from({ length: count }, (_, i) => {
    const operation = tap();
    operation.fields = { observer: 'Test', ...fields(i, count) };
    return operation;
  });
  for (let from = 0; from < count; from += BATCH) {
    const { results } = await server.good('POST', `/api/visits/${visit.id}/operations`, { operations: operations.slice(from, from + BATCH) });
    const refused = results?.find((one) => one.error);
    if (refused) throw new Error(`${refused.error.message ?? JSON.stringify(refused)}`);
  }
  await server.good('POST', `/api/visits/${visit.id}/end`, {});
  return visit;
}
