// What is chosen of a file that was read: which lessons, what each code becomes, and where it goes.
import type { ForeignCode, ForeignSet, ImportJob } from './observing-types';
import type { Kind } from './types';

export interface CodeTarget {
  instrument: string;
  code: string;
}

/** a code of a kijkwijzer here, a new one, or none at all */
export type Becomes = CodeTarget | 'new' | 'out';

export const isTarget = (becomes: Becomes): becomes is CodeTarget => typeof becomes === 'object';

export class ImportChoice {
  readonly sets: Set<string>;
  readonly codes: Map<string, Becomes>;
  /** an existing visit; null: new ones */
  visit: { id: string; title: string } | null = null;
  into = false;

  constructor(readonly job: ImportJob) {
    this.sets = new Set(job.sets.map((one) => one.id));
    // What is called the same here is the likelier; the summary says so.
    this.codes = new Map(job.codes.map((one) => [one.id, one.suggestion ?? 'new']));
  }

  /** The same file read in another way: what was chosen stays for what is in it still; what was only proposed is not a choice. */
  again(job: ImportJob): ImportChoice {
    const next = new ImportChoice(job);
    for (const code of this.job.codes) {
      const becomes = this.becomes(code);
      const chosen = becomes !== (code.suggestion ?? 'new');
      if (chosen && job.codes.some((one) => one.id === code.id && one.title === code.title)) next.codes.set(code.id, becomes);
    }
    for (const { id } of this.job.sets) if (!this.sets.has(id)) next.sets.delete(id);
    next.into = this.into;
    next.visit = this.visit;
    return next;
  }

  becomes(code: ForeignCode): Becomes {
    return this.codes.get(code.id) ?? 'new';
  }

  get chosen(): ForeignSet[] {
    return this.job.sets.filter((one) => this.sets.has(one.id));
  }

  get observations(): number {
    return this.chosen.reduce((sum, one) => sum + one.observations, 0);
  }

  count(what: 'new' | 'out' | 'known'): ForeignCode[] {
    return this.job.codes.filter((one) => {
      const becomes = this.becomes(one);
      return what === 'known' ? isTarget(becomes) : becomes === what;
    });
  }

  /** The body of the request. What is not named becomes a new code. */
  get body(): { visit: string | null; sets: string[] | null; codes: Record<string, CodeTarget | null> } {
    const codes = Object.fromEntries([...this.codes].flatMap(([id, becomes]) => (becomes === 'new' ? [] : [[id, becomes === 'out' ? null : becomes]])));
    return { visit: this.into ? (this.visit?.id ?? null) : null, sets: this.sets.size === this.job.sets.length ? null : [...this.sets], codes };
  }
}

/** What of an observation does not fit in a code of another kind. */
export function mismatch(from: ForeignCode['kind'], to: Kind | undefined): 'loses' | 'gains' | null {
  if (from === 'state' && (to === 'point' || to === 'rating')) return 'loses';
  return from === 'point' && to === 'state' ? 'gains' : null;
}
