// From presses to taps: what counts as a tap, a hold, or a second tap by accident. Pure; times are in ms.

export const DOUBLE_MS = 400;
export const HOLD_MS = 350;

export class TapGuard {
  private readonly last = new Map<string, number>();

  /** False when this code was tapped so shortly before that it must be an accident. */
  accept(ref: string, time: number): boolean {
    const before = this.last.get(ref);
    if (before !== undefined && time - before >= 0 && time - before < DOUBLE_MS) return false;
    this.last.set(ref, time);
    return true;
  }
}
