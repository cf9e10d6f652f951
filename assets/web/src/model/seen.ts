// What was observed, for who looks back or talks about it: what happened at its time, apart from what a time sampling
// asked and from scores. Those two are no events of the lesson and do not belong over its picture.
import { words } from '../i18n';
import { api } from './api';
import { lastRatings } from './figures-math';
import { modifiersOf, subjectTitle, subjectsOf, type BoardCode } from './instruments';
import { modifierTexts } from './modifiers';
import { answeredAt, boardSamplings, samplingOf, type BoardSampling } from './samplings';
import type { Instrument, Observation, Visit } from './types';

export interface Seen {
  moments: Observation[];
  intervals: Observation[];
  /** of each code, observer and subject the one that counts */
  ratings: Observation[];
}

export function seenOf(observations: Observation[]): Seen {
  return {
    moments: observations.filter((one) => one.kind !== 'interval' && one.kind !== 'rating'),
    intervals: observations.filter((one) => one.kind === 'interval'),
    ratings: lastRatings(observations.filter((one) => one.kind === 'rating')),
  };
}

/** Whether some of it lies in the span. An interval ends where the next begins and is not in that one. */
export function liesIn(one: Observation, { from, to }: { from: number; to: number }): boolean {
  const until = one.until ?? one.at;
  return one.at <= to && (one.kind === 'interval' && until > one.at ? until > from : until >= from);
}

/** The kijkwijzers of a visit in the versions it uses; one that cannot be had is left out. */
export async function instrumentsOf(visit: Pick<Visit, 'id' | 'instruments'>): Promise<Instrument[]> {
  const found = await Promise.all(visit.instruments.map((id) => api.visitInstrument(visit.id, id).catch(() => api.instrument(id)).catch(() => null)));
  return found.filter((one) => one !== null);
}

/** What stands behind the name of a code: about whom, and what was said beside it. */
export function remarksOf(one: Observation, code: BoardCode | undefined, codes: BoardCode[]): string[] {
  const instruments = [...new Set(codes.map((each) => each.instrument))];
  const about = one.subject === null ? [] : [words(subjectTitle(subjectsOf(instruments), one.subject))];
  return [...about, ...modifierTexts(modifiersOf(code), one.modifiers)];
}

export interface SamplingCount {
  board: BoardSampling;
  /** intervals with an answer */
  answered: number;
  /** codes that were seen, each with the number of intervals */
  codes: { code: BoardCode; n: number }[];
}

/** A time sampling as one number for each code, instead of a row for each interval. */
export function samplingCounts(intervals: Observation[], codes: BoardCode[]): SamplingCount[] {
  const boards = boardSamplings(codes);
  return boards.flatMap((board): SamplingCount[] => {
    const own = intervals.filter((one) => samplingOf(boards, one) === board);
    const indexes = (some: Observation[]) => new Set(some.map((one) => answeredAt(one.at, board.sampling))).size;
    if (own.length === 0) return [];
    const counts = board.codes.map((code) => ({ code, n: indexes(own.filter((one) => one.code === code.code.id)) }));
    return [{ board, answered: indexes(own), codes: counts.filter((one) => one.n > 0) }];
  });
}
