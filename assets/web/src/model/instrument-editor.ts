// A kijkwijzer while it is worked on: the draft as it stands on the screen, saved by itself, with steps back and forth.
import { account } from './account';
import { ApiError } from './api';
import { forgetAnswer, keepAnswer, keptBefore } from './database';
import { Steps, finished, goneCodes, nextVersion, settled, whole, withBecame, type Document } from './instrument-draft';
import { isPublished } from './instrument-file';
import { problems, type Problem } from './instrument-problems';
import { observing } from './observing';
import type { DocumentProblem, Draft } from './observing-types';
import type { Code, Instrument, InstrumentSummary } from './types';

const SAVE_MS = 900;
const RETRY_MS = 5000;
/** A pause in typing after which undo takes back only what came later. */
const PAUSE_MS = 1500;

/** What was not saved yet, in this browser. */
interface Kept {
  revision: number;
  document: Document;
}

/** Somebody else saved in between, or published the draft or threw it away (null). */
export type Clash = { theirs: Draft | null };

const same = (a: Document, b: Document) => JSON.stringify(finished(a)) === JSON.stringify(finished(b));

/** Events: `change` of anything here. */
export class InstrumentEditor extends EventTarget {
  summary: InstrumentSummary | null = null;
  /** the newest version that can be chosen for a visit; null before the first */
  published: Instrument | null = null;
  /** the draft as it is on the screen; null without one */
  document: Document | null = null;
  found: Problem[] = [];
  /** what the server saw in the draft it saved last */
  told: DocumentProblem[] = [];
  state: 'saved' | 'waiting' | 'busy' | 'failed' = 'saved';
  savedAt = '';
  clash: Clash | null = null;
  private readonly steps = new Steps<Document>();
  private revision = 0;
  /** as the server has it */
  private base: Document | null = null;
  /** sent since the last answer: one of these may have arrived, although nobody said so */
  private readonly unanswered = new Set<Document>();
  private timer: ReturnType<typeof setTimeout> | null = null;
  private running: Promise<void> | null = null;
  private lastChange = 0;
  private ended = false;

  constructor(readonly id: string) {
    super();
  }

  private changed(): void {
    this.dispatchEvent(new Event('change'));
  }

  private get key(): string {
    return `instrument/${account.person?.id ?? ''}/${this.id}`;
  }

  get canUndo(): boolean {
    return this.steps.canUndo;
  }

  get canRedo(): boolean {
    return this.steps.canRedo;
  }

  /** Codes of the published version of which must be said what became of them. */
  get gone(): Code[] {
    return this.document ? goneCodes(this.published, this.document) : [];
  }

  /** True when there is nothing that is not on the server. */
  get safe(): boolean {
    return this.document === null || this.base === this.document || (this.base !== null && same(this.base, this.document));
  }

  async load(): Promise<void> {
    const all = await observing.instruments();
    this.summary = all.find((one) => one.id === this.id) ?? null;
    if (!this.summary) throw new ApiError('not-found', this.id, 404);
    this.published = isPublished(this.summary) ? await observing.instrument(this.id) : null;
    if (typeof this.summary.draft === 'number') {
      this.take(await observing.draft(this.id));
      await this.restore();
    } else this.document = this.base = null;
    this.changed();
  }

  private take(draft: Draft): void {
    this.revision = draft.revision;
    this.savedAt = draft.saved_at;
    this.base = this.document = whole(draft.document);
    this.found = problems(this.document);
    this.told = [];
    this.state = 'saved';
  }

  /** Changes that were not saved when the page was left. */
  private async restore(): Promise<void> {
    const kept = await keptBefore<Kept>(this.key);
    if (!kept || !this.document || same(kept.document, this.document)) return;
    const theirs = { document: this.document, revision: this.revision, saved_at: this.savedAt };
    const clash = kept.revision === theirs.revision ? null : { theirs };
    // What is kept again stays what it was: made of a revision before theirs, so that the next time asks as well.
    this.revision = kept.revision;
    this.set(kept.document);
    this.clash = clash;
  }

  /** Begins a next version of what is published. */
  async begin(): Promise<void> {
    this.take(await observing.addDraft(finished(nextVersion(this.published!))));
    this.summary = { ...this.summary!, draft: this.document!.version };
    this.steps.clear();
    this.changed();
  }

  /** TOUCHED: where something is being written; what is written there in one go is one step back. */
  set(document: Document, touched = ''): void {
    const before = this.document;
    if (before === null || before === document) return;
    const now = Date.now();
    if (now - this.lastChange > PAUSE_MS) this.steps.pause();
    this.lastChange = now;
    this.steps.before(before, touched);
    this.show(document);
  }

  private show(document: Document): void {
    this.document = document;
    this.found = problems(document);
    this.told = [];
    this.state = 'waiting';
    this.keep();
    this.plan(SAVE_MS);
    this.changed();
  }

  private keep(): void {
    const kept: Kept = { revision: this.revision, document: this.document! };
    keepAnswer(this.key, kept);
  }

  undo(): boolean {
    const back = this.document && this.steps.undo(this.document);
    if (back) this.show(back);
    return Boolean(back);
  }

  redo(): boolean {
    const next = this.document && this.steps.redo(this.document);
    if (next) this.show(next);
    return Boolean(next);
  }

  private plan(ms: number): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = this.ended ? null : setTimeout(() => void this.flush(), ms);
  }

  /** Saves what is not saved yet. */
  async flush(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    while (this.running) await this.running;
    if (this.clash) return;
    if (this.safe) {
      if (this.state !== 'saved') this.settle();
      return;
    }
    this.running = this.save().finally(() => (this.running = null));
    await this.running;
  }

  private settle(): void {
    this.base = this.document;
    this.state = 'saved';
    void forgetAnswer(this.key);
    this.changed();
  }

  private async save(): Promise<void> {
    const sent = this.document!;
    this.unanswered.add(sent);
    this.state = 'busy';
    this.changed();
    try {
      const answer = await observing.saveDraft(this.id, finished(sent), this.revision);
      this.told = answer.problems;
      this.arrived(sent, answer);
    } catch (error) {
      const between = error instanceof ApiError && (error.status === 409 || error.status === 404);
      if (!between) this.plan(RETRY_MS);
      if (!between || !(await this.meet())) this.state = 'failed';
    }
    this.changed();
  }

  /** The server has SENT. */
  private arrived(sent: Document, answer: Pick<Draft, 'revision' | 'saved_at'>): void {
    this.revision = answer.revision;
    this.savedAt = answer.saved_at;
    this.base = sent;
    this.unanswered.clear();
    if (this.document === sent) return this.settle();
    this.state = 'waiting';
    this.keep();
    this.plan(SAVE_MS);
  }

  /** Looks at what came in between. True when that was one's own, of which the answer got lost. */
  private async meet(): Promise<boolean> {
    try {
      const theirs = await observing.draft(this.id);
      const document = whole(theirs.document);
      const own = [...this.unanswered].find((one) => same(one, document));
      if (own) this.arrived(own, theirs);
      else this.clash = { theirs };
      return own !== undefined;
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) this.clash = { theirs: null };
      else this.plan(RETRY_MS);
      return false;
    }
  }

  /** What the other saved; one's own is a step back away. */
  takeTheirs(): void {
    const theirs = this.clash!.theirs!;
    this.clash = null;
    this.revision = theirs.revision;
    this.savedAt = theirs.saved_at;
    this.base = whole(theirs.document);
    this.set(this.base);
    this.settle();
  }

  /** One's own over what the other saved. */
  async takeMine(): Promise<void> {
    const { theirs } = this.clash!;
    this.clash = null;
    if (theirs) {
      this.revision = theirs.revision;
      this.base = whole(theirs.document);
    } else {
      const mine = this.document!;
      const summary = (await observing.instruments()).find((one) => one.id === this.id);
      const published = summary && isPublished(summary) ? await observing.instrument(this.id) : null;
      const draft = await observing.addDraft(finished({ ...mine, version: (published?.version ?? 0) + 1 }));
      this.published = published;
      this.revision = draft.revision;
      this.document = { ...mine, version: draft.document.version };
      this.base = null;
    }
    this.changed();
    await this.flush();
  }

  /** The draft was published or thrown away by another: leaves one's own. */
  async letGo(): Promise<void> {
    this.clash = null;
    this.document = this.base = null;
    this.steps.clear();
    await forgetAnswer(this.key);
    await this.load();
  }

  /** ANSWERS: what became of each code that is gone. Gives the number of the version; null when something came in between. */
  async publish(answers: Record<string, string | null>): Promise<number | null> {
    const { became: _before, ...rest } = this.document!;
    const gone = Object.fromEntries(this.gone.map((one) => [one.id, answers[one.id] ?? null]));
    const complete = this.published && this.gone.length > 0 ? withBecame(rest as Document, this.published, gone) : (rest as Document);
    this.set(settled(complete, this.published));
    await this.flush();
    if (this.clash) return null;
    if (!this.safe) throw new ApiError('offline', '', 0);
    const { version } = await observing.publish(this.id, this.revision);
    this.document = this.base = null;
    this.steps.clear();
    await this.load();
    return version;
  }

  /** The draft for a file. */
  export(): Instrument {
    return finished(settled(this.document!, this.published));
  }

  async drop(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    while (this.running) await this.running;
    await observing.dropDraft(this.id);
    this.document = this.base = null;
    this.steps.clear();
    await forgetAnswer(this.key);
    if (this.published) await this.load();
  }

  async retire(retired: boolean): Promise<void> {
    await observing.retire(this.id, retired);
    if (this.summary) this.summary = { ...this.summary, retired };
    this.changed();
  }

  /** The page is left. */
  close(): void {
    void this.flush();
    this.ended = true;
  }
}
