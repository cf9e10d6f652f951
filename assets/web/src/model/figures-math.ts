// The arithmetic of drawing figures: scales, places, stretches of time. What is counted is counted by the server.
import type { TransitionCell } from './figures-types';
import type { Observation, Sampling } from './types';

export interface Span {
  from: number;
  to: number;
}

export function cut(span: Span, within: Span): Span | null {
  const from = Math.max(span.from, within.from);
  const to = Math.min(span.to, within.to);
  return to > from ? { from, to } : null;
}

/** Apart from each other and in order: what overlaps or touches is one. */
export function merged(spans: Span[]): Span[] {
  const result: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last && span.from <= last.to) last.to = Math.max(last.to, span.to);
    else result.push({ ...span });
  }
  return result;
}

export function coveredTime(spans: Span[], within: Span): number {
  return merged(spans).reduce((sum, span) => {
    const part = cut(span, within);
    return sum + (part ? part.to - part.from : 0);
  }, 0);
}

/** The row of each span, from 0, so that those in one row do not overlap. */
export function rowsOf(spans: Span[]): number[] {
  const ends: number[] = [];
  const rows = new Array<number>(spans.length).fill(0);
  const order = spans.map((_, index) => index).sort((a, b) => spans[a]!.from - spans[b]!.from);
  for (const index of order) {
    const free = ends.findIndex((end) => end <= spans[index]!.from);
    const row = free < 0 ? ends.length : free;
    ends[row] = spans[index]!.to;
    rows[index] = row;
  }
  return rows;
}

/** 1, 2, 2.5 or 5 times a power of ten, at least VALUE. */
function niceStep(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 2.5, 5].find((one) => one * power >= value * (1 - 1e-9)) ?? 10) * power;
}

/** 3 times 0.1 without the digits that floating point adds. */
const tidy = (value: number) => Number(value.toPrecision(12));

/** The end of a scale from 0: a few whole steps, at least VALUE and LEAST. */
export function niceTop(value: number, least = 0): number {
  const wanted = Math.max(value, least);
  if (!(wanted > 0)) return 1;
  const step = niceStep(wanted / 4);
  return tidy(Math.ceil(wanted / step - 1e-9) * step);
}

/** From 0 to TOP, so many steps at most. */
export function ticks(top: number, most = 4): number[] {
  const step = niceStep(top / most);
  const list: number[] = [];
  for (let i = 0; i * step <= top * (1 + 1e-9); i++) list.push(tidy(i * step));
  return list;
}

export interface Bin extends Span {
  /** that begin in it */
  count: number;
  /** of its time, 0 to 1; of what lasts */
  share: number;
}

type Timed = Pick<Observation, 'at' | 'until' | 'kind' | 'closed_by'>;

/** Nobody ended it: it is still open, or only the end of the lesson closed it. */
export const isUnfinished = (one: Timed) => one.kind === 'state' && (one.until === null || one.closed_by === 'end');

/** An unfinished state runs to the end of the lesson. */
export function spanOf(one: Timed, length: number): Span {
  return { from: one.at, to: isUnfinished(one) ? Math.max(length, one.at) : (one.until ?? one.at) };
}

/** Bins of STEP seconds that begin at whole steps of the lesson; the first and last are cut by the part. */
export function binsOf(observations: Timed[], within: Span, step: number, length: number): Bin[] {
  const bins: Bin[] = [];
  const states = observations.filter((one) => one.kind === 'state').map((one) => spanOf(one, length));
  for (let k = Math.floor(within.from / step + 1e-9); k * step < within.to - 1e-9; k++) {
    const bin = { from: Math.max(within.from, k * step), to: Math.min(within.to, (k + 1) * step) };
    bins.push({ ...bin, count: 0, share: coveredTime(states, bin) / (bin.to - bin.from) });
  }
  for (const one of observations) {
    // What lies before or after the lesson counts at its nearer end, as in the budget.
    const at = Math.min(Math.max(one.at, 0), length);
    const last = bins.at(-1);
    const bin = bins.find((each) => at >= each.from && at < each.to) ?? (last && at === last.to && at === length ? last : undefined);
    if (bin) bin.count += 1;
  }
  return bins;
}

/** How high each dot stands, from 0, so that no two nearer than GAP lie on one another. */
export function swarm(places: number[], gap: number): number[] {
  const levels = new Array<number>(places.length).fill(0);
  const ends: number[] = [];
  const order = places.map((_, index) => index).sort((a, b) => places[a]! - places[b]!);
  for (const index of order) {
    const free = ends.findIndex((end) => places[index]! - end >= gap);
    const level = free < 0 ? ends.length : free;
    ends[level] = places[index]!;
    levels[index] = level;
  }
  return levels;
}

/** Where a normal distribution leaves one in twenty outside. */
const STRIKING = 1.96;
/** Fewer than this expected, and a residual says little (Bakeman and Quera 2011). */
const LEAST_EXPECTED = 1;

/** What came clearly more often, or less often, than chance would give; the clearest first. */
export function striking(cells: TransitionCell[], most = 4): TransitionCell[] {
  return cells
    .filter((cell) => cell.residual !== null && cell.expected !== null && Math.abs(cell.residual) >= STRIKING && Math.max(cell.expected, cell.count) > LEAST_EXPECTED)
    .sort((a, b) => Math.abs(b.residual!) - Math.abs(a.residual!))
    .slice(0, most);
}

/** The codes that occur most in transitions, in their own order. */
export function busiest(n: number, cells: TransitionCell[], most: number): number[] {
  const sums = new Array<number>(n).fill(0);
  for (const cell of cells) {
    sums[cell.from]! += cell.count;
    sums[cell.to]! += cell.count;
  }
  return sums.map((_, index) => index).filter((index) => sums[index]! > 0)
    .sort((a, b) => sums[b]! - sums[a]! || a - b).slice(0, most).sort((a, b) => a - b);
}

/** One for each code, subject and observer: of two made offline the later one counts. Ids grow with time. */
export function lastRatings<T extends Pick<Observation, 'id' | 'instrument' | 'code' | 'subject' | 'observer'>>(ratings: T[]): T[] {
  const last = new Map<string, T>();
  for (const one of [...ratings].sort((a, b) => (a.id < b.id ? -1 : 1))) last.set(JSON.stringify([one.instrument, one.code, one.subject, one.observer]), one);
  return [...last.values()];
}

export interface Interval extends Span {
  index: number;
  /** ids of the codes seen in it */
  codes: Set<string>;
  missed: boolean;
}

const NEAR = 1e-6;

/** As the server counts them (src/observe/interval.h): interval i runs from i to i + 1 times EVERY and the last is cut by
 *  the end of the lesson; a momentary one is looked at where it ends, and not asked when that is after the lesson. Without
 *  an observation it was missed. WITHIN has those whose place lies in it. */
export function intervalsOf(observations: Pick<Observation, 'at' | 'code'>[], sampling: Pick<Sampling, 'every' | 'rule'>, length: number, within: Span): Interval[] {
  const { every } = sampling;
  const momentary = sampling.rule === 'momentary';
  const n = momentary ? Math.floor(length / every + NEAR) : Math.ceil(length / every - NEAR);
  const list = Array.from({ length: n }, (_, i): Interval => ({ index: i, from: i * every, to: Math.min(length, (i + 1) * every), codes: new Set(), missed: true }));
  for (const one of observations) {
    const found = list[momentary ? Math.round(one.at / every) - 1 : Math.floor(one.at / every + NEAR)];
    if (!found || one.code === null) continue;
    found.codes.add(one.code);
    found.missed = false;
  }
  const place = (one: Interval) => (momentary ? one.to : one.from);
  const reachesEnd = within.to >= length - NEAR;
  return list.filter((one) => place(one) >= within.from - NEAR && (place(one) < within.to - NEAR || reachesEnd));
}

/** TEXT in so many pixels, about: a letter is a little more than half as wide as it is high. */
export function fitText(text: string, room: number, size = 13): string {
  const letters = Math.floor(room / (size * 0.56));
  if (text.length <= letters) return text;
  return letters < 3 ? '' : `${text.slice(0, letters - 1).trimEnd()}…`;
}
