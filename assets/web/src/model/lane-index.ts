// What of a lane is in view, found without looking at all of it, and only what can be told apart on the screen. Pure.
import type { View } from './timeline-math';

/** What begins at `at` and lasts until `until` (seconds; null: to the end of the time line). */
interface Span {
  at: number;
  until: number | null;
  kind: string;
}

export interface LaneIndex<T extends Span> {
  /** by when they begin */
  sorted: T[];
  /** of each, the latest end of it and those before it; never goes down */
  reach: Float64Array;
}

function endOf(one: Span): number {
  return one.until ?? (one.kind === 'state' ? Infinity : one.at);
}

export function indexLane<T extends Span>(observations: T[]): LaneIndex<T> {
  const ordered = observations.every((one, i) => i === 0 || observations[i - 1]!.at <= one.at);
  const sorted = ordered ? observations : [...observations].sort((a, b) => a.at - b.at);
  const reach = new Float64Array(sorted.length);
  let end = -Infinity;
  sorted.forEach((one, i) => (reach[i] = end = Math.max(end, endOf(one))));
  return { sorted, reach };
}

/** The first index from 0 to `length` for which `test` is true, when it stays true from there on. */
function firstOf(length: number, test: (index: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (test(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Those of which something lies between `from` and `to`, by when they begin. */
export function inView<T extends Span>({ sorted, reach }: LaneIndex<T>, { from, to }: View): T[] {
  const first = firstOf(sorted.length, (i) => reach[i]! >= from);
  const last = firstOf(sorted.length, (i) => sorted[i]!.at > to);
  const found: T[] = [];
  for (let i = first; i < last; i++) if (endOf(sorted[i]!) >= from) found.push(sorted[i]!);
  return found;
}

/** Leaves out what would be drawn on top of one that looks the same and begins and ends in the same `step` seconds.
 *  The steps are counted from zero of the time line, so that the same ones stay while the view moves. */
export function apart<T extends Span>(observations: T[], step: number, look: (one: T) => string): T[] {
  const last = new Map<string, { from: number; to: number }>();
  return observations.filter((one) => {
    const from = Math.floor(one.at / step);
    const to = Math.floor(endOf(one) / step);
    const name = look(one);
    const before = last.get(name);
    if (!before) last.set(name, { from, to });
    else if (before.from === from && to <= before.to) return false;
    else [before.from, before.to] = [from, to];
    return true;
  });
}
