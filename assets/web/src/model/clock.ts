// The difference between this device's clock and the server's. Several round trips are made and the shortest wins,
// because half its duration bounds the error. Measured again now and then, and after the device has slept.

export interface ClockSample {
  /** server minus device, ms */
  offset: number;
  /** half of the round trip, ms: the largest error the offset can have */
  error: number;
  /** device time of the sample, ms */
  at: number;
  /** wall clock minus monotonic clock at that time, ms; jumps when the device has slept */
  skew: number;
}

/** Two ordinary quartz clocks drift apart by less than this. */
const DRIFT_PER_MS = 50e-6;
const UNKNOWN_ERROR_MS = 1000;
/** A page that is loaded anew reads the wall clock once; that, and a small correction of it meanwhile, is this. */
const RELOAD_ERROR_MS = 50;
const KEY = 'terugblik.clock';

export function chooseSample(samples: ClockSample[]): ClockSample | null {
  return samples.reduce<ClockSample | null>((best, one) => (best && best.error <= one.error ? best : one), null);
}

/** A sample from the four instants of one round trip. */
export function sampleOf(sentAt: number, server: number, receivedAt: number, skew: number): ClockSample {
  const middle = (sentAt + receivedAt) / 2;
  return { offset: server - middle, error: (receivedAt - sentAt) / 2, at: receivedAt, skew };
}

/** RFC 3339 with microseconds, which Date does not write. */
export function rfc3339(ms: number): string {
  const whole = Math.floor(ms);
  const micro = Math.min(999, Math.floor((ms - whole) * 1000));
  return new Date(whole).toISOString().replace('Z', `${String(micro).padStart(3, '0')}Z`);
}

/** The reverse of rfc3339, keeping the microseconds. */
export function parseRfc3339(text: string): number {
  const fraction = /\.(\d+)/.exec(text)?.[1] ?? '';
  const whole = Date.parse(text.replace(/\.\d+/, ''));
  return whole + (fraction === '' ? 0 : Number(`0.${fraction}`) * 1000);
}

export interface ClockSource {
  /** ms, monotonic, on the wall clock's scale */
  now(): number;
  wall(): number;
}

const browserSource: ClockSource = {
  now: () => performance.timeOrigin + performance.now(),
  wall: () => Date.now(),
};

export class ServerClock {
  private best: ClockSample | null = null;

  constructor(
    private readonly ask: () => Promise<{ now: string }>,
    private readonly source: ClockSource = browserSource,
    private readonly keep: Pick<Storage, 'getItem' | 'setItem'> | null = null,
  ) {
    // Offline from the first moment: the offset of last time is better than none.
    try {
      const kept = JSON.parse(this.keep?.getItem(KEY) ?? 'null') as { offset: number; error: number; wall: number } | null;
      if (kept && Number.isFinite(kept.offset + kept.error + kept.wall)) {
        const age = Math.abs(source.wall() - kept.wall);
        const error = Math.min(UNKNOWN_ERROR_MS, kept.error + RELOAD_ERROR_MS + age * DRIFT_PER_MS);
        this.best = { offset: kept.offset, error, at: source.now(), skew: this.skew() };
      }
    } catch {
      // nothing usable was kept
    }
  }

  private skew(): number {
    return this.source.wall() - this.source.now();
  }

  /** Makes `rounds` round trips; false when the server did not answer. */
  async measure(rounds = 5): Promise<boolean> {
    const samples: ClockSample[] = [];
    for (let i = 0; i < rounds; i++) {
      const sentAt = this.source.now();
      try {
        const reply = await this.ask();
        samples.push(sampleOf(sentAt, parseRfc3339(reply.now), this.source.now(), this.skew()));
      } catch {
        break;
      }
    }
    const fresh = chooseSample(samples);
    if (!fresh) return false;
    // An older, sharper sample stays as long as drift has not made it worse, and the device has not slept.
    if (!this.best || this.slept(this.best) || fresh.error <= this.errorOf(this.best)) this.best = fresh;
    this.keep?.setItem(KEY, JSON.stringify({ offset: this.best.offset, error: this.errorOf(this.best), wall: this.source.wall() }));
    return true;
  }

  private slept(sample: ClockSample): boolean {
    return Math.abs(this.skew() - sample.skew) > 200;
  }

  private errorOf(sample: ClockSample): number {
    const age = Math.max(0, this.source.now() - sample.at);
    return sample.error + age * DRIFT_PER_MS + (this.slept(sample) ? UNKNOWN_ERROR_MS : 0);
  }

  get measured(): boolean {
    return this.best !== null;
  }

  /** Server time in ms of an instant of this device (performance.now() scale), by default now. */
  serverTime(pageTime?: number): number {
    const local = pageTime === undefined ? this.source.now() : performance.timeOrigin + pageTime;
    if (!this.best) return local;
    // After a sleep the monotonic clock stands behind by the length of the sleep; the wall clock tells how much.
    const jump = this.slept(this.best) ? this.skew() - this.best.skew : 0;
    return local + this.best.offset + jump;
  }

  /** How far serverTime may be off, in seconds. */
  get uncertainty(): number {
    const error = this.best ? this.errorOf(this.best) : UNKNOWN_ERROR_MS;
    return Math.round(error * 1000) / 1e6;
  }
}
