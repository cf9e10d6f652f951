// The places that wait for somebody's own moments, and what of the recording a moment takes. Pure; seconds on the
// visit's timeline.
import type { Moment, QuestionLibrary } from './coaching-types';

/** A place that waits for a moment, as the library of questions brings it. */
export type Prompt = QuestionLibrary['prompts'][number];
export type Place = { moment: Moment; prompt: null } | { moment: null; prompt: Prompt };

/** s around an instant that is chosen: what leads to it counts more than what follows. */
const BEFORE = 8;
const AFTER = 4;
export const SHORTEST = 1;

/** Until the library is there, and should it not come: two of pride and one to improve. */
export const PLAIN: Prompt[] = (['pride', 'pride', 'improve'] as const).map((kind, i) => ({ id: `plain-${i}`, kind, title: { nl: '', en: '' }, line: { nl: '', en: '' } }));

export interface Span {
  from: number;
  to: number;
}

/** FROM … TO inside `within`, and no shorter than can be looked at. */
export function fit(from: number, to: number, within: Span): Span {
  const begin = Math.max(within.from, Math.min(from, within.to - SHORTEST));
  return { from: begin, to: Math.max(Math.min(to, within.to), Math.min(begin + SHORTEST, within.to)) };
}

export function around(at: number, within: Span): Span {
  return fit(at - BEFORE, at + AFTER, within);
}

/** The chosen moments in their order, and between them the places that are still empty: the first of a kind fills the
 *  first place of that kind, and an empty place stands after what fills the one before it. */
export function places(mine: Moment[], prompts: Prompt[]): Place[] {
  const left = [...mine];
  const filled = prompts.map((prompt) => {
    const at = left.findIndex((one) => one.kind === prompt.kind);
    return at < 0 ? null : left.splice(at, 1)[0]!;
  });
  const result: Place[] = mine.map((moment) => ({ moment, prompt: null }));
  let after = 0;
  prompts.forEach((prompt, i) => {
    const moment = filled[i];
    if (moment) after = Math.max(after, result.findIndex((one) => one.moment === moment) + 1);
    else result.splice(after++, 0, { moment: null, prompt });
  });
  return result;
}
