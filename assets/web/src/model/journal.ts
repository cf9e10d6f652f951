// What this device knows of a visit's observations and clips: the server's objects, with this device's own operations
// that the server has not yet told back folded over them, so that a tap is visible at once. Also undo and redo.
// Pure: no network, no clock.
import type { Clip, Fields, HiddenEntry, JournalEntry, Observation, Operation, Target } from './types';

export interface Pending {
  operation: Operation;
  /** what it changes locally; null when unknown here (undo of something done before this page was loaded) */
  patch: Fields | null;
}

interface Done {
  operation: Operation;
  before: Fields | null;
  after: Fields | null;
}

/** What one press did: undo takes all of it back. */
type Step = Done[];

type Thing = Observation | Clip;

/** Fills in what follows from the rest: whether it is open, and which clip it gives. */
export function derive(observation: Observation): Observation {
  const open = observation.kind === 'state' && observation.until === null;
  const end = observation.until ?? observation.at;
  return {
    ...observation,
    open,
    clip: { from: Math.max(0, observation.at - observation.lead), to: end + observation.lag },
  };
}

export class Journal {
  private readonly base: Record<Target, Map<string, Thing>> = { observation: new Map(), clip: new Map() };
  private pendings: Pending[] = [];
  private undoable: Step[] = [];
  private redoable: Step[] = [];
  private views: { observation: Observation[]; clip: Clip[] } | null = null;
  private things: Record<Target, Map<string, Thing>> | null = null;
  seq = 0;

  constructor(
    private author: string,
    private readonly device: string,
  ) {}

  /** Replaces everything by what the server holds at `seq`. Own operations not yet told back stay folded over it. */
  reset(observations: Observation[], clips: Clip[], seq: number): void {
    this.base.observation = new Map(observations.map((one) => [one.id, one]));
    this.base.clip = new Map(clips.map((one) => [one.id, one]));
    this.seq = seq;
    this.changed();
  }

  /** What the server holds, as far as it is known here. */
  get known(): { observations: Observation[]; clips: Clip[]; seq: number } {
    return {
      observations: [...this.base.observation.values()] as Observation[],
      clips: [...this.base.clip.values()] as Clip[],
      seq: this.seq,
    };
  }

  /** What was worked out from the rest is worked out again when it is asked for. */
  private changed(): void {
    this.views = null;
    this.things = null;
  }

  setAuthor(author: string): void {
    this.author = author;
  }

  /** News from the server; false when it was known already. Of what is hidden from this observer only the number counts. */
  receive(entry: JournalEntry | HiddenEntry): boolean {
    if ('hidden' in entry) {
      this.seq = Math.max(this.seq, entry.seq);
      return false;
    }
    const before = this.pendings.length;
    this.pendings = this.pendings.filter((one) => one.operation.id !== entry.id);
    if (before !== this.pendings.length) this.changed();
    if (entry.seq <= this.seq) return before !== this.pendings.length;
    this.seq = entry.seq;
    this.base[entry.target].set(entry.target_id, entry.object);
    this.changed();
    return true;
  }

  /** Operations the server has, each with the number it got. What is known here contains those up to `seq` already; of
   *  the others the server still tells. */
  sent(results: readonly { id: string; seq: number }[]): void {
    this.settle(new Set(results.filter((one) => one.seq <= this.seq).map((one) => one.id)));
  }

  private settle(ids: ReadonlySet<string>): void {
    this.pendings = this.pendings.filter((one) => !ids.has(one.operation.id));
    this.changed();
  }

  /** The server will never apply this one. */
  refuse(id: string): void {
    this.settle(new Set([id]));
    const without = (steps: Step[]) => steps.map((step) => step.filter((one) => one.operation.id !== id)).filter((step) => step.length > 0);
    this.undoable = without(this.undoable);
    this.redoable = without(this.redoable);
  }

  /** Folds an operation of this device over the rest. `joined`: it belongs to the step before it. */
  apply(operation: Operation, patch: Fields | null, joined = false): void {
    const before = patch && operation.action !== 'add' ? this.valuesOf(operation, patch) : { removed: true };
    this.push({ operation, patch });
    const done = { operation, before, after: patch };
    if (joined && this.undoable.length > 0) this.undoable.at(-1)!.push(done);
    else this.undoable.push([done]);
    this.redoable = [];
  }

  /** Puts an operation of the kept queue back without touching undo. */
  restore(operation: Operation): void {
    if (this.pendings.some((one) => one.operation.id === operation.id)) return;
    const patch =
      operation.action === 'undo' ? null : operation.action === 'remove' ? { removed: true } : (operation.fields ?? {});
    this.push({ operation, patch });
  }

  private push(pending: Pending): void {
    this.pendings.push(pending);
    this.changed();
  }

  private valuesOf(operation: Operation, patch: Fields): Fields {
    const thing = this.find(operation.target, operation.target_id) as unknown as Fields | undefined;
    const values: Fields = {};
    for (const name of Object.keys(patch)) values[name] = thing?.[name] ?? (name === 'removed' ? false : null);
    return values;
  }

  get canUndo(): boolean {
    return this.undoable.length > 0;
  }

  get canRedo(): boolean {
    return this.redoable.length > 0;
  }

  /** The last operation undo would take back. */
  get lastDone(): Operation | undefined {
    return this.undoable.at(-1)?.at(-1)?.operation;
  }

  /** Turns the last step back, last operation first; `make` builds each undo operation. Empty when there is none. */
  undo(make: (of: Operation) => Operation): Operation[] {
    return this.turn(this.undoable, this.redoable, make);
  }

  /** Turns the step back in which operation ID was done, also when others came after it. Empty when that was done already. */
  undoStepOf(id: string, make: (of: Operation) => Operation): Operation[] {
    const at = this.undoable.findIndex((step) => step.some((one) => one.operation.id === id));
    return at < 0 ? [] : this.turn(this.undoable, this.redoable, make, at);
  }

  /** Redo is undoing the undo. */
  redo(make: (of: Operation) => Operation): Operation[] {
    return this.turn(this.redoable, this.undoable, make);
  }

  private turn(from: Step[], to: Step[], make: (of: Operation) => Operation, at = from.length - 1): Operation[] {
    const turned = (from.splice(Math.max(0, at), 1)[0] ?? []).reverse().map((done): Done => {
      const operation = make(done.operation);
      this.push({ operation, patch: done.before });
      return { operation, before: done.after, after: done.before };
    });
    if (turned.length > 0) to.push(turned);
    return turned.map((one) => one.operation);
  }

  /** After a reload: what this author did on this device earlier can still be undone. One step has one `made_at`. */
  learnHistory(entries: (JournalEntry | HiddenEntry)[]): void {
    if (this.undoable.length > 0 || this.redoable.length > 0) return;
    let before: JournalEntry | null = null;
    for (const entry of entries) {
      if ('hidden' in entry || entry.author !== this.author || entry.device !== this.device) continue;
      const joined = before !== null && before.made_at === entry.made_at && (before.action === 'undo') === (entry.action === 'undo');
      before = entry;
      const done: Done = { operation: entry, before: null, after: null };
      if (entry.action !== 'undo') {
        if (joined && this.undoable.length > 0) this.undoable.at(-1)!.push(done);
        else this.undoable.push([done]);
        this.redoable = [];
        continue;
      }
      if (!this.retrace(this.undoable, this.redoable, done, joined)) this.retrace(this.redoable, this.undoable, done, joined);
    }
  }

  /** An undo of the history: what it is of goes from the end of one list to the other. */
  private retrace(from: Step[], to: Step[], done: Done, joined: boolean): boolean {
    const step = from.at(-1);
    const of = done.operation.of;
    const at = step ? (of === undefined ? step.length - 1 : step.findIndex((one) => one.operation.id === of)) : -1;
    if (!step || at < 0) return false;
    step.splice(at, 1);
    if (step.length === 0) from.pop();
    if (joined && to.length > 0) to.at(-1)!.push(done);
    else to.push([done]);
    return true;
  }

  find(target: 'observation', id: string): Observation | undefined;
  find(target: 'clip', id: string): Clip | undefined;
  find(target: Target, id: string): Thing | undefined;
  find(target: Target, id: string): Thing | undefined {
    return this.folded()[target].get(id);
  }

  private folded(): Record<Target, Map<string, Thing>> {
    if (this.things) return this.things;
    const things = { observation: new Map(this.base.observation), clip: new Map(this.base.clip) };
    for (const { operation, patch } of this.pendings) {
      if (!patch) continue;
      const map = things[operation.target];
      const known = map.get(operation.target_id);
      if (!known && operation.action !== 'add') continue;
      const thing = { ...known, ...patch, id: operation.target_id } as Thing;
      map.set(operation.target_id, operation.target === 'observation' ? derive(thing as Observation) : thing);
    }
    this.things = things;
    return things;
  }

  private view(): { observation: Observation[]; clip: Clip[] } {
    if (!this.views) {
      const things = this.folded();
      const observation = ([...things.observation.values()] as Observation[]).filter((one) => !one.removed);
      const clip = ([...things.clip.values()] as Clip[]).filter((one) => !one.removed);
      observation.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
      clip.sort((a, b) => a.from - b.from || (a.id < b.id ? -1 : 1));
      this.views = { observation, clip };
    }
    return this.views;
  }

  /** Observations that are not removed, in the order of the timeline. */
  get observations(): Observation[] {
    return this.view().observation;
  }

  get clips(): Clip[] {
    return this.view().clip;
  }

  /** The newest open state of a code by this observer; about SUBJECT (null: nobody in particular), or about anybody. */
  openState(instrument: string, code: string, observer: string, subject?: string | null): Observation | undefined {
    return this.observations
      .filter((one) => one.open && one.instrument === instrument && one.code === code && one.observer === observer)
      .filter((one) => subject === undefined || one.subject === subject)
      .at(-1);
  }
}
