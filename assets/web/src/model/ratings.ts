// Scores of a kijkwijzer and what they rest on. Pure.
import type { BoardCode } from './instruments';
import type { Observation } from './types';

/** The score of one code by one observer about one subject. Of two, made on two devices, the later one counts. */
export function ratingOf(code: BoardCode, observations: Observation[], observer: string, subject: string | null): Observation | undefined {
  let found: Observation | undefined;
  for (const one of observations) {
    if (one.kind !== 'rating' || one.code !== code.code.id || one.instrument !== code.instrument.id) continue;
    if (one.observer !== observer || one.subject !== subject) continue;
    // Ids are made by the clock.
    if (!found || one.id > found.id) found = one;
  }
  return found;
}

/** A score that points at nothing. “Does not apply” needs no evidence. */
export function lacksEvidence(one: Observation | undefined): boolean {
  return one !== undefined && one.rating !== null && (one.evidence ?? []).length === 0;
}

export interface RatingCounts {
  codes: number;
  /** a score, or “does not apply” */
  done: number;
  withoutEvidence: number;
}

export function countRatings(codes: BoardCode[], observations: Observation[], observer: string, subject: string | null): RatingCounts {
  const counts: RatingCounts = { codes: codes.length, done: 0, withoutEvidence: 0 };
  for (const code of codes) {
    const one = ratingOf(code, observations, observer, subject);
    if (one) counts.done += 1;
    if (lacksEvidence(one)) counts.withoutEvidence += 1;
  }
  return counts;
}

/** The score that a key stands for: the number itself when the scale has it, else the step at that place. `0` and `n`: does not apply. */
export function stepOfKey(key: string, scale: { steps: { value: number }[]; not_applicable: boolean }): number | null | undefined {
  if (key === '0' || key.toLowerCase() === 'n') {
    if (key === '0' && scale.steps.some((one) => one.value === 0)) return 0;
    return scale.not_applicable ? null : undefined;
  }
  if (!/^[1-9]$/.test(key)) return undefined;
  const digit = Number(key);
  return scale.steps.find((one) => one.value === digit)?.value ?? (scale.steps.some((one) => one.value >= 1 && one.value <= 9) ? undefined : scale.steps[digit - 1]?.value);
}

/** The evidence with something more or less. At most 50, and null instead of nothing. */
export function withEvidence(evidence: string[] | null, id: string, there: boolean): string[] | null {
  const rest = (evidence ?? []).filter((one) => one !== id);
  const next = there ? [...rest, id].slice(-50) : rest;
  return next.length > 0 ? next : null;
}
