// One visit as the page sees it: loads it, follows its events, and carries what is done here to the server. Everything
// a person does is visible at once and sent through the queue; what others do comes in by events.
import { account } from './account';
import { ApiError, api, visitPath } from './api';
import { parseRfc3339, rfc3339 } from './clock';
import { keepAnswer, keptAnswer } from './database';
import { EventStream } from './events';
import { boardCodes, groupMates, type BoardCode } from './instruments';
import { Journal } from './journal';
import { observing } from './observing';
import type { Observers, VisitObserver } from './observing-types';
import type { QueueNews } from './queue';
import { ratingOf } from './ratings';
import { answer, answerTimes, answersOf, type BoardSampling } from './samplings';
import { session } from './session';
import type {
  Action,
  Clip,
  Fields,
  HiddenEntry,
  Instrument,
  JournalEntry,
  Level,
  Observation,
  Operation,
  RecordingStatus,
  Target,
  Valence,
  Visit,
  VisitFields,
  VisitSummary,
} from './types';
import { uuid7 } from './uuid';

export const LEAD_WITHOUT_CODE = 5;
export const LAG_WITHOUT_CODE = 5;
const KEEP_AFTER_MS = 1000;
/** While others go on tapping, an answer may be older than what was told. */
const MOST_ATTEMPTS = 3;

/** Everybody sees everybody's taps, not only their own. */
const showsLayers = (one: Observers) => one.opened_at !== null || !one.blind;

export class VisitStore extends EventTarget {
  visit: Visit | null = null;
  instruments: Instrument[] = [];
  codes: BoardCode[] = [];
  recording: RecordingStatus | null = null;
  levels = new Map<string, Level>();
  connected = false;
  error: unknown = null;
  readonly journal = new Journal(session.author, session.device);

  private stream: EventStream | null = null;
  private stopQueue: (() => void) | null = null;
  private zeroMs: number | null = null;
  private catching = false;
  private refreshTimer: ReturnType<typeof setInterval> | null = null;
  private told = false;
  private closed = false;
  private fetching = false;
  /** kijkwijzers that the server does not have any more */
  private readonly gone = new Set<string>();
  private keepTimer: ReturnType<typeof setTimeout> | null = null;
  /** inside step(): the time at which all its operations are made, and whether one of them was */
  private stepping: { madeAt: string; begun: boolean } | null = null;
  /** whether what is known has the layers of the other observers; null: not known */
  private layersShown: boolean | null = null;
  /** null: not known */
  private observers: VisitObserver[] | null = null;

  constructor(readonly id: string) {
    super();
  }

  /** Tells the page, at most once per turn of the event loop. */
  private changed(): void {
    if (this.told) return;
    this.told = true;
    queueMicrotask(() => {
      this.told = false;
      this.dispatchEvent(new Event('change'));
    });
  }

  async open(): Promise<void> {
    await session.queue.load();
    if (this.closed) return;
    this.stopQueue = session.queue.listen((news) => this.onQueue(news));
    try {
      await this.load();
    } catch (error) {
      this.error = error;
      this.changed();
      return;
    }
    // Who left before it was there must not leave a stream behind.
    if (this.closed) return;
    for (const operation of session.queue.of(this.id)) this.journal.restore(operation);
    this.stream = new EventStream(
      () => `${visitPath(this.id)}/events?after=${this.journal.seq}`,
      (name, data) => this.onEvent(name, data),
      (connected) => {
        this.connected = connected;
        if (connected) {
          void session.queue.flush();
          void this.catchUp();
          void this.layersNews();
          void this.fetchMissing();
        }
        this.changed();
      },
    );
    this.refreshTimer = setInterval(() => {
      if (document.hidden || account.door !== 'in') return;
      // The lengths of growing segments are not in the events; the player needs them now and then.
      if (!this.connected || (this.visit?.state === 'running' && this.recording?.actual !== 'stopped')) void this.refresh();
      if (!this.connected) void this.poll();
      void this.fetchMissing();
    }, 5000);
    account.addEventListener('return', this.onReturn);
    this.changed();
    void this.learnHistory();
  }

  private readonly onReturn = (): void => {
    void this.refresh();
    void this.catchUp();
    void this.layersNews();
  };

  close(): void {
    this.closed = true;
    account.removeEventListener('return', this.onReturn);
    this.stream?.close();
    this.stopQueue?.();
    if (this.refreshTimer) clearInterval(this.refreshTimer);
    if (this.keepTimer) clearTimeout(this.keepTimer);
  }

  private async load(): Promise<void> {
    const key = `visit/${this.id}`;
    const visit = await keptAnswer(key, () => api.visit(this.id));
    this.setVisit(visit);
    const [observations, clips, instruments, recording, observers] = await Promise.all([
      keptAnswer(`${key}/observations`, () => api.observations(this.id)),
      this.beside ? { clips: [], seq: Infinity } : keptAnswer(`${key}/clips`, () => api.clips(this.id)),
      Promise.all(visit.instruments.map((id) => this.fetchInstrument(id))),
      this.beside ? null : api.recording(this.id).catch(() => null),
      this.visit?.shared ? null : keptAnswer(`${key}/observers`, () => observing.observers(this.id)).catch(() => null),
    ]);
    this.layersShown = observers && showsLayers(observers);
    this.observers = observers?.observers ?? null;
    this.recording = recording;
    this.setInstruments(instruments.filter((one) => one !== null));
    // The older of the two numbers: applying an operation again changes nothing, missing one would.
    this.journal.reset(observations.observations, clips.clips, Math.min(observations.seq, clips.seq));
  }

  private setInstruments(instruments: Instrument[]): void {
    this.instruments = instruments;
    this.codes = boardCodes(instruments);
  }

  /** Kijkwijzers of the visit that could not be loaded. */
  get missing(): string[] {
    return (this.visit?.instruments ?? []).filter((id) => !this.instruments.some((one) => one.id === id));
  }

  /** What was out of reach when the visit was loaded is asked for again: without it a board, or one's own name, is not there. */
  private async fetchMissing(): Promise<void> {
    const ids = this.missing.filter((id) => !this.gone.has(id));
    if (this.fetching || (ids.length === 0 && (this.observers !== null || this.visit?.shared))) return;
    this.fetching = true;
    try {
      if (this.observers === null) void this.layersNews();
      const found = await Promise.all(ids.map((id) => this.fetchInstrument(id)));
      const all = new Map([...this.instruments, ...found.flatMap((one) => one ?? [])].map((one) => [one.id, one]));
      if (all.size === this.instruments.length) return;
      this.setInstruments(this.visit!.instruments.flatMap((id) => all.get(id) ?? []));
      this.changed();
    } finally {
      this.fetching = false;
    }
  }

  private fetchInstrument(id: string): Promise<Instrument | null> {
    return keptAnswer(`visit/${this.id}/instrument/${id}`, () => api.visitInstrument(this.id, id)).catch((error: unknown) => {
      if (error instanceof ApiError && error.status === 404) this.gone.add(id);
      return null;
    });
  }

  /** The name under which this person taps on this visit. */
  get observer(): string {
    return this.observers?.find((one) => one.me)?.layer ?? session.author;
  }

  /** Each changes their own layer; what is in nobody's is the coach's. */
  mayChange(one: Observation): boolean {
    const me = this.observers?.find((each) => each.me);
    const owner = this.observers?.find((each) => each.layer === one.observer);
    return !me || (owner ? owner === me : me.coach);
  }

  /** One observes beside the coach: without pictures, sound, clips and recording. */
  get beside(): boolean {
    return this.visit?.beside === true;
  }

  private setVisit(visit: Visit): void {
    // Of a visit one observes beside its coach, nothing that was recorded is told.
    const beside = visit.beside === true || !('tracks' in visit);
    this.visit = { ...visit, beside, tracks: Array.isArray(visit.tracks) ? visit.tracks : [], sources: visit.sources ?? [], instruments: visit.instruments ?? [] };
    if (visit.started_at === null) return;
    // The start itself when it carries fractions of a second, otherwise what the server says it is now.
    if (/\.\d{3}/.test(visit.started_at)) this.zeroMs = parseRfc3339(visit.started_at);
    else if (visit.now !== null && this.zeroMs === null) this.zeroMs = session.clock.serverTime() - visit.now * 1000;
  }

  async refresh(): Promise<void> {
    try {
      this.setVisit(await api.visit(this.id));
      void this.fetchMissing();
      this.changed();
    } catch {
      // the next one will do
    }
  }

  private async learnHistory(): Promise<void> {
    try {
      const entries: (JournalEntry | HiddenEntry)[] = [];
      this.journal.setAuthor(this.observer);
      let after = 0;
      for (;;) {
        const page = await api.operations(this.id, after);
        entries.push(...page.operations);
        const last = page.operations.at(-1);
        if (!last || last.seq >= page.seq) break;
        after = last.seq;
      }
      this.journal.learnHistory(entries);
      this.changed();
    } catch {
      // only undo of earlier work is missed
    }
  }

  private onQueue(news: QueueNews): void {
    if (news.kind === 'count') this.changed();
    else if (news.visit !== this.id) return;
    else if (news.kind === 'refused') {
      this.journal.refuse(news.operation.id);
      this.changed();
    } else {
      this.journal.sent(news.results);
      this.changed();
      if (!this.connected) void this.catchUp();
    }
  }

  /** Fetches what happened after the last operation known here. */
  private async catchUp(): Promise<void> {
    if (this.catching) return;
    this.catching = true;
    try {
      for (;;) {
        const page = await api.operations(this.id, this.journal.seq);
        for (const entry of page.operations) this.journal.receive(entry);
        if (page.operations.length === 0 || this.journal.seq >= page.seq) break;
      }
      this.keepSoon();
      this.changed();
    } catch {
      // events or the next attempt bring it
    } finally {
      this.catching = false;
    }
  }

  /** What events would have told, for a tab without a stream. */
  private async poll(): Promise<void> {
    await this.catchUp();
    if (!this.beside) this.recording = await api.recording(this.id).catch(() => this.recording);
    void this.layersNews();
    this.changed();
  }

  /** Something may have changed with the observers. When their layers were opened, what was hidden is there now. */
  private async layersNews(): Promise<void> {
    if (!this.visit || this.visit.shared) return;
    try {
      const news = await observing.observers(this.id);
      const shown = showsLayers(news);
      this.observers = news.observers;
      this.changed();
      this.dispatchEvent(new Event('observers'));
      if (shown === this.layersShown) return;
      for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
        const { observations, seq } = await api.observations(this.id);
        // What was told meanwhile may not be in it.
        if (seq < this.journal.seq) continue;
        // The number stays: clips were not asked for, and applying an operation again changes nothing.
        this.journal.reset(observations, this.journal.known.clips, this.journal.seq);
        this.layersShown = shown;
        this.keepSoon();
        this.changed();
        return await this.catchUp();
      }
    } catch {
      // the next news brings it
    }
  }

  /** Keeps what is known for a reload without a connection; not at every tap, but soon. */
  private keepSoon(): void {
    this.keepTimer ??= setTimeout(() => {
      this.keepTimer = null;
      const { observations, clips, seq } = this.journal.known;
      keepAnswer(`visit/${this.id}/observations`, { observations, seq });
      if (!this.beside) keepAnswer(`visit/${this.id}/clips`, { clips, seq });
    }, KEEP_AFTER_MS);
  }

  private onEvent(name: string, data: unknown): void {
    switch (name) {
      case 'operation': {
        const entry = data as JournalEntry | HiddenEntry;
        // A gap means news was lost on the way; the rest is asked for in one go.
        if (entry.seq > this.journal.seq + 1) void this.catchUp();
        else if (this.journal.receive(entry)) {
          this.keepSoon();
          this.changed();
        }
        break;
      }
      case 'resync':
        void this.catchUp();
        break;
      case 'observers':
        if ((data as { visit?: string }).visit === this.id) void this.layersNews();
        break;
      case 'recording': {
        const before = this.recording?.actual;
        this.recording = data as RecordingStatus;
        if (before !== this.recording.actual) void this.refresh();
        this.changed();
        break;
      }
      case 'level':
        for (const one of (data as { tracks: (Level & { id: string })[] }).tracks) this.levels.set(one.id, one);
        this.dispatchEvent(new Event('level'));
        break;
      case 'visit': {
        const summary = data as VisitSummary;
        if (!this.visit || summary.id !== this.id) break;
        const known = this.visit;
        this.setVisit({ ...known, ...summary, tracks: known.tracks, ...(known.beside === undefined ? {} : { beside: known.beside }) });
        if (known.state !== summary.state || known.recording !== summary.recording) void this.refresh();
        this.changed();
        break;
      }
    }
  }

  /** Seconds on the timeline of an instant of this page (performance.now() scale), by default now. */
  timelineAt(pageTime?: number): number {
    if (this.zeroMs === null) return 0;
    return Math.max(0, (session.clock.serverTime(pageTime) - this.zeroMs) / 1000);
  }

  /** The end of the timeline so far. */
  get duration(): number {
    if (!this.visit) return 0;
    return this.visit.state === 'running' ? this.timelineAt() : this.visit.duration;
  }

  async start(): Promise<void> {
    this.setVisit(await api.startVisit(this.id));
    this.changed();
  }

  async end(): Promise<void> {
    await session.queue.flush();
    this.setVisit(await api.endVisit(this.id));
    await this.catchUp();
    this.changed();
  }

  async startRecording(): Promise<void> {
    this.recording = await api.startRecording(this.id);
    await this.refresh();
    this.changed();
  }

  async stopRecording(): Promise<void> {
    this.recording = await api.stopRecording(this.id);
    await this.refresh();
    this.changed();
  }

  async change(fields: VisitFields): Promise<void> {
    const before = this.visit?.instruments.join();
    this.setVisit(await api.changeVisit(this.id, fields));
    if (this.visit && this.visit.instruments.join() !== before) {
      this.setInstruments(await Promise.all(this.visit.instruments.map((id) => api.visitInstrument(this.id, id))));
    }
    this.changed();
  }

  private now(): string {
    return rfc3339(session.clock.serverTime());
  }

  private make(target: Target, targetId: string, action: Action, more: Partial<Operation> = {}): Operation {
    return {
      id: uuid7(),
      target,
      target_id: targetId,
      action,
      ...more,
      author: session.author,
      device: session.device,
      made_at: this.stepping?.madeAt ?? this.now(),
    };
  }

  /** Everything done in WORK is one step: undo takes all of it back. */
  private step<T>(work: () => T): T {
    if (this.stepping) return work();
    this.stepping = { madeAt: this.now(), begun: false };
    try {
      return work();
    } finally {
      this.stepping = null;
    }
  }

  private perform(operation: Operation, patch: Fields | null, unmappedTap?: number): void {
    this.journal.setAuthor(this.observer);
    this.journal.apply(operation, patch, this.stepping?.begun ?? false);
    if (this.stepping) this.stepping.begun = true;
    session.queue.add({ visit: this.id, operation, ...(unmappedTap === undefined ? {} : { unmappedTap }) });
    this.changed();
  }

  /** A tap made at `pageTime`. Gives the id of the observation. A state ends the one of its group that was still open. */
  tap(code: BoardCode | null, pageTime: number, fields: Fields = {}): string {
    return this.step(() => {
      for (const mate of code ? groupMates(this.codes, code) : []) {
        const open = this.journal.openState(mate.instrument.id, mate.code.id, this.observer, (fields.subject as string | null) ?? null);
        if (open) this.closeState(open.id, pageTime);
      }
      return this.addTap(code, pageTime, fields);
    });
  }

  private addTap(code: BoardCode | null, pageTime: number, fields: Fields): string {
    const id = uuid7();
    const tappedAt = rfc3339(session.clock.serverTime(pageTime));
    const sent: Fields = {
      instrument: code?.instrument.id ?? this.visit?.instruments[0] ?? null,
      code: code?.code.id ?? null,
      kind: code?.code.kind ?? 'point',
      tapped_at: tappedAt,
      uncertainty: session.clock.uncertainty,
      observer: this.observer,
      ...fields,
    };
    const time = this.timelineAt(pageTime);
    const unmapped = session.clock.measured ? undefined : performance.timeOrigin + pageTime;
    this.addObservation(id, sent, { at: time, ...sent, tapped_time: time }, code, unmapped);
    return id;
  }

  /** An observation put on the timeline afterwards. */
  place(code: BoardCode | null, at: number, until: number | null = null): string {
    const id = uuid7();
    const sent: Fields = {
      instrument: code?.instrument.id ?? this.visit?.instruments[0] ?? null,
      code: code?.code.id ?? null,
      kind: code?.code.kind ?? 'point',
      at,
      observer: this.observer,
      ...(until === null ? {} : { until }),
    };
    this.addObservation(id, sent, { ...sent, tapped_at: null, tapped_time: null, uncertainty: null }, code);
    return id;
  }

  private addObservation(id: string, sent: Fields, local: Fields, code: BoardCode | null, unmapped?: number): void {
    const whole: Fields = {
      until: null,
      lead: code?.code.lead ?? LEAD_WITHOUT_CODE,
      lag: code?.code.lag ?? LAG_WITHOUT_CODE,
      subject: null,
      note: '',
      valence: 'neutraal',
      modifiers: null,
      rating: null,
      evidence: null,
      closed_by: null,
      removed: false,
      ...local,
    };
    this.perform(this.make('observation', id, 'add', { fields: sent }), whole, unmapped);
  }

  closeState(id: string, pageTime: number): void {
    const until = this.timelineAt(pageTime);
    const fields = { until_tapped_at: rfc3339(session.clock.serverTime(pageTime)) };
    const at = this.journal.find('observation', id)?.at ?? 0;
    this.perform(this.make('observation', id, 'change', { fields }), { until: Math.max(at, until), closed_by: null });
  }

  changeObservation(id: string, fields: Partial<Observation>): void {
    const patch: Fields = { ...fields };
    if ('until' in patch) patch.closed_by = null;
    this.perform(this.make('observation', id, 'change', { fields: { ...fields } }), patch);
  }

  setValence(id: string, valence: Valence): void {
    this.changeObservation(id, { valence });
  }

  remove(target: Target, id: string): void {
    this.perform(this.make(target, id, 'remove'), { removed: true });
  }

  addClip(from: number, to: number, title: string, observation: string | null, camera: string | null): string {
    const id = uuid7();
    const fields: Fields = { from, to, title, observation, camera };
    this.perform(this.make('clip', id, 'add', { fields }), { ...fields, note: '', removed: false });
    return id;
  }

  changeClip(id: string, fields: Partial<Clip>): void {
    this.perform(this.make('clip', id, 'change', { fields: { ...fields } }), { ...fields });
  }

  /** The answer CODE to interval INDEX of a sampling, about SUBJECT, or that answer taken back. */
  answer(board: BoardSampling, index: number, code: BoardCode, pageTime: number, subject: string | null): void {
    const all = answersOf(board, this.journal.observations, this.observer).get(index) ?? [];
    const plan = answer(board, all.filter((one) => one.subject === subject), code);
    this.step(() => {
      for (const id of plan.remove) this.remove('observation', id);
      if (plan.change !== null) this.changeObservation(plan.change, { code: code.code.id });
      if (plan.add) this.addTap(code, pageTime, { ...answerTimes(index, board.sampling), subject });
    });
  }

  /** The score of this observer: a new one, or the one that is there in its new shape. Gives its id. */
  rate(code: BoardCode, rating: number | null, subject: string | null): string {
    const known = ratingOf(code, this.journal.observations, this.observer, subject);
    if (known) {
      if (known.rating !== rating) this.changeObservation(known.id, { rating });
      return known.id;
    }
    const id = uuid7();
    // It is about the lesson as a whole; where it stands on the timeline only tells when it was given.
    const at = Math.round(this.duration * 1000) / 1000;
    const sent: Fields = { instrument: code.instrument.id, code: code.code.id, kind: 'rating', at, observer: this.observer, rating, ...(subject === null ? {} : { subject }) };
    this.addObservation(id, sent, { ...sent, tapped_at: null, tapped_time: null, uncertainty: null }, code);
    return id;
  }

  /** False when there was nothing to take back. */
  private takeBack(turn: (make: (of: Operation) => Operation) => Operation[]): boolean {
    const operations = this.step(() => turn((of) => this.make(of.target, of.target_id, 'undo', { of: of.id })));
    for (const operation of operations) session.queue.add({ visit: this.id, operation });
    if (operations.length > 0) this.changed();
    return operations.length > 0;
  }

  undo(): boolean {
    return this.takeBack((make) => this.journal.undo(make));
  }

  redo(): boolean {
    return this.takeBack((make) => this.journal.redo(make));
  }

  /** Undo of what was done last by now, also when more is done before it is called. */
  undoOfLast(): () => boolean {
    const last = this.journal.lastDone?.id;
    return () => last !== undefined && this.takeBack((make) => this.journal.undoStepOf(last, make));
  }
}
