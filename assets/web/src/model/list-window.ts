// Which rows of a long list are in the page: those in view and some around them. Rows may differ in height; of those
// never shown it is guessed. Pure; pixels.

/** Lists up to this long are in the page as a whole. */
export const WHOLE = 120;
/** First guess of a row's height with the gap below it. */
const ROW = 54;
/** Rows come and go in steps of this many, so that not every pixel changes the page. */
const STEP = 8;

export interface Rows {
  from: number;
  to: number;
}

export class RowHeights {
  private readonly known = new Map<string, number>();
  private guess: number | null = null;
  private ids: readonly string[] = [];
  private tops: Float64Array | null = null;

  setRows(ids: readonly string[]): void {
    this.ids = ids;
    this.tops = null;
  }

  /** Rows were measured; true when one of them is not what was thought. */
  learn(heights: Iterable<[id: string, height: number]>): boolean {
    let news = false;
    for (const [id, height] of heights) {
      const before = this.known.get(id);
      if (before !== undefined && Math.abs(before - height) < 0.5) continue;
      this.known.set(id, height);
      news = true;
    }
    if (!news) return false;
    // The first ones stand for all others; a guess that changes would move everything at every look.
    this.guess ??= [...this.known.values()].reduce((sum, one) => sum + one, 0) / this.known.size;
    this.tops = null;
    return true;
  }

  /** The width changed: all heights may be others. */
  forget(): void {
    this.known.clear();
    this.guess = null;
    this.tops = null;
  }

  private get all(): Float64Array {
    if (this.tops) return this.tops;
    const tops = new Float64Array(this.ids.length + 1);
    const guess = this.guess ?? ROW;
    this.ids.forEach((id, i) => (tops[i + 1] = tops[i]! + (this.known.get(id) ?? guess)));
    return (this.tops = tops);
  }

  /** Where a row begins, below the top of the list; of the index after the last: the height of the list. */
  top(index: number): number {
    return this.all[index] ?? 0;
  }

  private at(y: number): number {
    const tops = this.all;
    let [low, high] = [0, this.ids.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (tops[middle + 1]! > y) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** The rows between two places below the top of the list, and a little more. */
  between(from: number, to: number): Rows {
    return {
      from: Math.floor(this.at(from) / STEP) * STEP,
      to: Math.min(this.ids.length, Math.ceil((this.at(to) + 1) / STEP) * STEP),
    };
  }
}

/** The rows of a window and those that stay wherever the window is, in order, each with the height that is left out
 *  before it; and the height after the last. */
export function placeRows(heights: RowHeights, count: number, rows: Rows, kept: readonly number[]): { rows: { index: number; before: number }[]; after: number } {
  const indexes = [...new Set([...kept.filter((one) => one >= 0 && one < count), ...Array.from({ length: Math.max(0, rows.to - rows.from) }, (_, i) => rows.from + i)])]
    .filter((one) => one < count)
    .sort((a, b) => a - b);
  let end = 0;
  const placed = indexes.map((index) => {
    const before = heights.top(index) - heights.top(end);
    end = index + 1;
    return { index, before };
  });
  return { rows: placed, after: heights.top(count) - heights.top(end) };
}
