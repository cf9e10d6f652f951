// A report while it is written in: the newest version, what was changed since, and what the other side did meanwhile.
import { account } from './account';
import { ApiError } from './api';
import { coaching } from './coaching';
import type { Report, ReportAnswer, Side, Talk } from './coaching-types';
import { forgetAnswer, keepAnswer, keptBefore } from './database';
import { changes, equal, finished, full, merge, retell, takeTheirs, withPlain, AGREEMENTS_MAX, type Change, type Clash, type FullMoment, type FullReport, type Place } from './report-changes';
import type { Language } from './types';

const UNDO_STEPS = 100;

/** What was not saved yet, in this browser. */
interface Kept {
  number: number;
  base: FullReport;
  report: FullReport;
  at: string;
}

/** Two versions that were put together, and where both had written. */
export interface Joined {
  clashes: Clash[];
  choices: Choice[];
  theirs: FullReport;
  mine: FullReport;
  name: string;
}

export type Choice = 'mine' | 'theirs' | 'both';

/** Versions do not change: each is asked for once. */
const known = new Map<string, Promise<FullReport>>();

export function versionContent(visit: string, number: number): Promise<FullReport> {
  const key = `${visit}/${number}`;
  let asked = known.get(key);
  if (!asked) {
    asked = coaching.reportVersion(visit, number).then((report) => full(report.content ?? { format: 1, language: report.language }));
    asked.catch(() => known.delete(key));
    known.set(key, asked);
  }
  return asked;
}

/** Events: `change` of anything here. */
export class ReportEditor extends EventTarget {
  answer: ReportAnswer | null = null;
  talk: Talk | null = null;
  /** the teacher has an account */
  hasTeacher = true;
  /** the lists were not opened together yet */
  notYet = false;
  /** as it is on the screen */
  report: FullReport | null = null;
  /** a signed text is only changed on purpose */
  unlocked = false;
  /** when the changes were made that were found in this browser; '' for none */
  found = '';
  joined: Joined | null = null;
  /** the last version that was agreed to before this one, and what changed since */
  lastSigned: { report: Report; list: Change[] } | null = null;
  busy = false;
  /** version `number` with the text `base` is what the changes begin from; 0: the draft */
  private number = 0;
  private base: FullReport | null = null;
  private history: FullReport[] = [];
  private lastTouched = '';
  private looked = false;

  constructor(readonly visit: string) {
    super();
  }

  private changed(): void {
    this.dispatchEvent(new Event('change'));
  }

  private get key(): string {
    return `report/${account.person?.id ?? ''}/${this.visit}`;
  }

  get dirty(): boolean {
    return this.report !== null && this.base !== null && !equal(this.base, this.report);
  }

  /** The newest version. */
  get saved(): Report | null {
    return this.answer?.report ?? null;
  }

  get signed(): boolean {
    return Boolean(this.saved?.coach_signed || this.saved?.teacher_signed);
  }

  get side(): Side {
    return this.answer?.side ?? 'coach';
  }

  get canUndo(): boolean {
    return this.history.length > 0;
  }

  /** The other side's version that came while this was written. */
  get newer(): Report | null {
    return this.saved !== null && this.saved.number > this.number ? this.saved : null;
  }

  async load(language: Language): Promise<void> {
    const talk = await coaching.talk(this.visit).catch(() => null);
    this.talk = talk?.talk ?? null;
    this.hasTeacher = talk?.has_teacher ?? true;
    this.take(await coaching.report(this.visit, this.report?.language ?? language));
    if (!this.looked) {
      this.looked = true;
      await this.restore();
    }
    await this.compareWithSigned();
    this.changed();
  }

  private take(answer: ReportAnswer): void {
    const first = this.report === null;
    const dirty = this.dirty;
    if ((answer.report?.number ?? 0) < (this.saved?.number ?? 0)) return; // an answer that was long on its way
    this.answer = answer;
    this.notYet = !answer.report && this.talk !== null && this.talk.revealed_at === null;
    const newest = answer.report;
    if (!first && dirty) return; // what was written stays; a newer version is told of
    const stale = newest !== null && newest.number !== this.number;
    if (!first && !stale && newest !== null) return;
    this.number = newest?.number ?? 0;
    this.base = full(newest?.content ?? answer.draft);
    this.report = this.base;
    if (!first && stale) this.unlocked = false;
    if (stale) this.history = [];
  }

  /** Changes that were not saved when the page was left. */
  private async restore(): Promise<void> {
    const kept = await keptBefore<Kept>(this.key);
    if (!kept || !this.base || this.dirty || equal(kept.report, this.base)) return;
    this.found = kept.at;
    if (kept.number === this.number) this.report = kept.report;
    else this.join(kept.base, kept.report);
  }

  /** Mine, made from BASE, and the newest version in one. */
  join(base: FullReport = this.base!, mine: FullReport = this.report!): void {
    const newest = this.saved;
    if (!newest?.content) return;
    const theirs = full(newest.content);
    const { report, clashes } = merge(base, mine, theirs);
    this.number = newest.number;
    this.base = theirs;
    this.unlocked = true;
    this.remember();
    this.report = report;
    this.joined = { clashes, choices: clashes.map(() => 'mine'), theirs, mine: report, name: newest.person.name };
    this.keep();
  }

  /** What stands where both had written. */
  choose(index: number, choice: Choice): void {
    const { clashes, theirs, mine, choices } = this.joined!;
    const clash = clashes[index]!;
    this.joined = { ...this.joined!, choices: choices.map((one, at) => (at === index ? choice : one)) };
    if (choice === 'theirs') return this.set(takeTheirs(this.report!, theirs, clash));
    const my = takeTheirs(this.report!, mine, { ...clash, after: clash.before });
    if (choice === 'mine') return this.set(my);
    if (clash.place === 'agreements') {
      const more = theirs.agreements.filter((one) => !mine.agreements.some((own) => own.text === one.text));
      return this.set({ ...my, agreements: [...mine.agreements, ...more].slice(0, AGREEMENTS_MAX) });
    }
    this.set(takeTheirs(this.report!, theirs, { ...clash, after: `${clash.before}\n${clash.after}` }));
  }

  doneChoosing(): void {
    this.joined = null;
    this.changed();
  }

  private async compareWithSigned(): Promise<void> {
    const { answer } = this;
    const signed = answer?.versions.find((one) => one.coach_signed || one.teacher_signed);
    this.lastSigned = null;
    if (!answer?.report?.content || !signed || signed.number === answer.report.number) return;
    const before = await versionContent(this.visit, signed.number).catch(() => null);
    if (before && this.saved?.content) this.lastSigned = { report: signed, list: changes(before, full(this.saved.content)) };
  }

  private remember(): void {
    if (!this.report || this.history.at(-1) === this.report) return;
    this.history = [...this.history.slice(1 - UNDO_STEPS), this.report];
  }

  /** TOUCHED: what is being written in; one step back takes away all that was written there in one go. */
  set(report: FullReport, touched = ''): void {
    if (touched === '' || touched !== this.lastTouched) this.remember();
    this.lastTouched = touched;
    this.report = report;
    this.keep();
  }

  private keep(): void {
    if (!this.report || !this.base) return;
    if (this.dirty) {
      const kept: Kept = { number: this.number, base: this.base, report: this.report, at: new Date().toISOString() };
      keepAnswer(this.key, kept);
    } else {
      this.found = '';
      void forgetAnswer(this.key);
    }
    this.changed();
  }

  undo(): void {
    const before = this.history.at(-1);
    if (!before) return;
    this.history = this.history.slice(0, -1);
    this.lastTouched = '';
    this.report = before;
    this.keep();
  }

  plain(place: Place, value: string): void {
    this.set(withPlain(this.report!, place, value), place);
  }

  moments(change: (moments: FullMoment[]) => FullMoment[], touched = ''): void {
    this.set({ ...this.report!, moments: change([...this.report!.moments]) }, touched);
  }

  agreements(change: (all: FullReport['agreements']) => FullReport['agreements'], touched = ''): void {
    this.set({ ...this.report!, agreements: change([...this.report!.agreements]) }, touched);
  }

  unlock(): void {
    this.unlocked = true;
    this.changed();
  }

  /** Back to the newest version. Gives what brings the changes back. */
  discard(): () => void {
    const [number, base, mine] = [this.number, this.base!, this.report!];
    this.unlocked = false;
    this.joined = null;
    if (this.newer) {
      this.number = this.newer.number;
      this.base = full(this.saved!.content!);
    }
    this.set(this.base!);
    return () => {
      [this.number, this.base] = [number, base];
      this.set(mine);
    };
  }

  async setLanguage(next: Language): Promise<void> {
    const before = this.report!.language;
    const [from, to] = await Promise.all([coaching.report(this.visit, before), coaching.report(this.visit, next)]);
    this.set(retell(this.report!, full({ ...from.draft, language: before }), full({ ...to.draft, language: next })));
  }

  /** A new version. False: another came first; both were put together, and it is still to be saved. */
  async save(): Promise<boolean> {
    const sent = this.report!;
    const seen = this.number;
    this.busy = true;
    this.changed();
    try {
      const saved = await coaching.saveReport(this.visit, seen, sent.language, finished(sent));
      const content = saved.content ?? finished(sent);
      this.number = saved.number;
      this.base = full(content);
      if (this.report === sent) this.report = this.base;
      this.answer = { ...this.answer!, report: { ...saved, content } };
      this.history = [];
      this.lastTouched = '';
      this.joined = null;
      this.unlocked = false;
      this.keep();
      await this.load(sent.language);
      return true;
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 409) throw error;
      await this.load(sent.language);
      if (!this.newer) throw error;
      this.join();
      return false;
    } finally {
      this.busy = false;
      this.changed();
    }
  }

  async sign(): Promise<void> {
    const { saved } = this;
    const signed = await coaching.signReport(this.visit, saved!.number);
    this.answer = { ...this.answer!, report: { ...signed, content: signed.content ?? saved!.content } };
    this.changed();
  }

  async agreeClear(moment: string, agree: boolean): Promise<void> {
    const { clear } = await coaching.agreeClear(this.visit, moment, agree);
    this.answer = { ...this.answer!, clear };
    this.changed();
  }

  async putBack(number: number): Promise<void> {
    const before = await versionContent(this.visit, number);
    this.unlocked = true;
    this.set(before);
  }
}
