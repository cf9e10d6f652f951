// What stands in the small plots of a trajectory: figures that let a short and a long lesson be compared.
import type { Plot } from './coaching-types';

type Point = Pick<Plot['points'][number], 'minutes' | 'count' | 'seconds' | 'answered'>;

/** Below these a difference is chance, not news: the scale goes at least this far. Per ten minutes; per cent. */
const LEAST_TOP = { point: 2, state: 20, interval: 20 };

/** Per ten minutes for what was counted, per cent of the lesson for what lasts, per cent of the answers for intervals; null
 *  when there was no lesson, or no answer. */
export function plotValue(kind: Plot['kind'], point: Point): number | null {
  if (kind === 'interval') return point.answered ? (point.count / point.answered) * 100 : null;
  if (!(point.minutes > 0)) return null;
  return kind === 'state' ? Math.min(100, (point.seconds / (point.minutes * 60)) * 100) : (point.count / point.minutes) * 10;
}

/** How far the scale of one plot goes. It begins at zero. */
export function plotTop(kind: Plot['kind'], values: (number | null)[]): number {
  return Math.max(LEAST_TOP[kind], ...values.map((value) => value ?? 0));
}
