// Time sampling: every so many seconds the page asks what is to be seen. Which interval is asked about now, what was
// answered to it, and what a press changes. Pure. Times are seconds on the visit's timeline.
import type { BoardCode } from './instruments';
import type { Instrument, Observation, Sampling } from './types';

export interface BoardSampling {
  instrument: Instrument;
  sampling: Sampling;
  /** what can be answered, the code that says “nothing of these” last */
  codes: BoardCode[];
  none: BoardCode | null;
  /** unique over all kijkwijzers of a visit */
  ref: string;
}

/** Times go through decimals on their way; a boundary is not missed by that. */
const NEAR = 1e-6;

/** The samplings of these codes that have something to answer. */
export function boardSamplings(codes: BoardCode[]): BoardSampling[] {
  const found: BoardSampling[] = [];
  for (const instrument of new Set(codes.map((one) => one.instrument))) {
    for (const sampling of instrument.samplings ?? []) {
      const own = codes.filter((one) => one.instrument === instrument && one.code.kind === 'interval' && one.code.sampling === sampling.id);
      if (own.length === 0) continue;
      const none = own.find((one) => one.code.id === sampling.none) ?? null;
      found.push({ instrument, sampling, codes: [...own.filter((one) => one !== none), ...(none ? [none] : [])], none, ref: `${instrument.id}/${sampling.id}` });
    }
  }
  return found;
}

export function samplingOf(samplings: BoardSampling[], one: Pick<Observation, 'instrument' | 'code'>): BoardSampling | undefined {
  return samplings.find((each) => each.instrument.id === one.instrument && each.codes.some((code) => code.code.id === one.code));
}

/** The number of the interval in which a time lies. */
export function intervalAt(time: number, every: number): number {
  return Math.max(0, Math.floor(time / every + NEAR));
}

/** A whole one can only be judged when it is over, and a momentary one is looked at just then. */
function isAskedAfter(sampling: Pick<Sampling, 'rule'>): boolean {
  return sampling.rule !== 'partial';
}

/** The interval that is asked about at a time. -1: nothing yet. */
export function askedAt(time: number, sampling: Pick<Sampling, 'every' | 'rule'>): number {
  const now = intervalAt(time, sampling.every);
  return isAskedAfter(sampling) ? now - 1 : now;
}

/** From when on something is asked about interval INDEX, and until when. */
export function askedFrom(index: number, sampling: Pick<Sampling, 'every' | 'rule'>): number {
  return (isAskedAfter(sampling) ? index + 1 : index) * sampling.every;
}

/** Where an answer about interval INDEX stands on the timeline: a momentary one at its end, the instant that is looked at. */
export function answerTimes(index: number, sampling: Pick<Sampling, 'every' | 'rule'>): { at: number; until: number } {
  const until = tidy((index + 1) * sampling.every);
  return { at: sampling.rule === 'momentary' ? until : tidy(index * sampling.every), until };
}

/** The interval that an answer is about. */
export function answeredAt(at: number, sampling: Pick<Sampling, 'every' | 'rule'>): number {
  return sampling.rule === 'momentary' ? Math.max(0, Math.round(at / sampling.every) - 1) : intervalAt(at, sampling.every);
}

/** 0.1 · 3 without the digits that floating point adds. */
function tidy(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}

/** The answers of one observer to each interval, by its number. */
export function answersOf(board: BoardSampling, observations: Observation[], observer: string): Map<number, Observation[]> {
  const codes = new Set(board.codes.map((one) => one.code.id));
  const answers = new Map<number, Observation[]>();
  for (const one of observations) {
    if (one.kind !== 'interval' || one.instrument !== board.instrument.id || one.code === null || !codes.has(one.code) || one.observer !== observer) continue;
    const index = answeredAt(one.at, board.sampling);
    const known = answers.get(index);
    if (known) known.push(one);
    else answers.set(index, [one]);
  }
  return answers;
}

/** What pressing a code does to what was already answered about the interval (and the subject). */
export interface Answer {
  remove: string[];
  /** takes another code instead */
  change: string | null;
  add: boolean;
}

/** Of several answers each press is one more or one less; “nothing of these” excludes the rest. Of one answer a press
 *  puts another in its place. */
export function answer(board: BoardSampling, before: Observation[], code: BoardCode): Answer {
  const same = before.filter((one) => one.code === code.code.id).map((one) => one.id);
  const others = before.filter((one) => one.code !== code.code.id);
  if (same.length > 0) return { remove: same, change: null, add: false };
  if (!board.sampling.many) {
    const [first, ...rest] = others.map((one) => one.id);
    return { remove: rest, change: first ?? null, add: first === undefined };
  }
  const none = board.none?.code.id;
  const excluded = none === undefined ? [] : others.filter((one) => code.code.id === none || one.code === none).map((one) => one.id);
  return { remove: excluded, change: null, add: true };
}

/** A stretch in which this device did not ask; `to` null: still. */
export interface Pause {
  from: number;
  to: number | null;
}

/** Nothing was asked for the greater part of the interval. */
export function isPaused(index: number, every: number, pauses: Pause[], now: number): boolean {
  let away = 0;
  for (const one of pauses) away += Math.max(0, Math.min((index + 1) * every, one.to ?? Math.max(now, one.from)) - Math.max(index * every, one.from));
  return away > every / 2;
}

/** The intervals before ASKED without an answer, pauses left out. */
export function missedBefore(asked: number, answers: ReadonlyMap<number, unknown>, every: number, pauses: Pause[], now: number): number[] {
  const missed: number[] = [];
  for (let i = 0; i < asked; i++) if (!answers.has(i) && !isPaused(i, every, pauses, now)) missed.push(i);
  return missed;
}
