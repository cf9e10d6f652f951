// One visit as the page sees it: loads it, follows its events, and carries what is done here to the server. Everything
// a person does is visible at once and sent through the queue; what others do comes in by events.
import { account } from './account';
import { api, visitPath } from './api';
import { parseRfc3339, rfc3339 } from './clock';
import { keepAnswer, keptAnswer } from './database';
import { EventStream } from './events';
import { boardCodes, type BoardCode } from './instruments';
import { Journal } from './journal';
import type { QueueNews } from './queue';
import { session } from './session';
import type {
  Action,
  Clip,
  Fields,
  Instrument,
  JournalEntry,
  Level,
  Observation,
  Operation,
  RecordingStatus,
  ServerError,
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
  private keepTimer: ReturnType<typeof setTimeout> | null = null;

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

  private refused(operation: Operation, error: ServerError): void {
    this.dispatchEvent(new CustomEvent('refused', { detail: { operation, error } }));
  }

  async open(): Promise<void> {
    await session.queue.load();
    this.stopQueue = session.queue.listen((news) => this.onQueue(news));
    try {
      await this.load();
    } catch (error) {
      this.error = error;
      this.changed();
      return;
    }
    for (const operation of session.queue.of(this.id)) this.journal.restore(operation);
    this.stream = new EventStream(
      () => `${visitPath(this.id)}/events?after=${this.journal.seq}`,
      (name, data) => this.onEvent(name, data),
      (connected) => {
        this.connected = connected;
        if (connected) {
          void session.queue.flush();
          void this.catchUp();
        }
        this.changed();
      },
    );
    this.refreshTimer = setInterval(() => {
      if (document.hidden || account.door !== 'in') return;
      // The lengths of growing segments are not in the events; the player needs them now and then.
      if (!this.connected || (this.visit?.state === 'running' && this.recording?.actual !== 'stopped')) void this.refresh();
      if (!this.connected) void this.poll();
    }, 5000);
    account.addEventListener('return', this.onReturn);
    this.changed();
    void this.learnHistory();
  }

  private readonly onReturn = (): void => {
    void this.refresh();
    void this.catchUp();
  };

  close(): void {
    account.removeEventListener('return', this.onReturn);
    this.stream?.close();
    this.stopQueue?.();
    if (this.refreshTimer) clearInterval(this.refreshTimer);
  }

  private async load(): Promise<void> {
    const key = `visit/${this.id}`;
    const visit = await keptAnswer(key, () => api.visit(this.id));
    this.setVisit(visit);
    const [observations, clips, instruments, recording] = await Promise.all([
      keptAnswer(`${key}/observations`, () => api.observations(this.id)),
      keptAnswer(`${key}/clips`, () => api.clips(this.id)),
      Promise.all(visit.instruments.map((id) => keptAnswer(`instrument/${id}`, () => api.instrument(id)).catch(() => null))),
      api.recording(this.id).catch(() => null),
    ]);
    this.recording = recording;
    this.setInstruments(instruments.filter((one) => one !== null));
    // The older of the two numbers: applying an operation again changes nothing, missing one would.
    this.journal.reset(observations.observations, clips.clips, Math.min(observations.seq, clips.seq));
  }

  private setInstruments(instruments: Instrument[]): void {
    this.instruments = instruments;
    this.codes = boardCodes(instruments);
  }

  private setVisit(visit: Visit): void {
    this.visit = visit;
    if (visit.started_at === null) return;
    // The start itself when it carries fractions of a second, otherwise what the server says it is now.
    if (/\.\d{3}/.test(visit.started_at)) this.zeroMs = parseRfc3339(visit.started_at);
    else if (visit.now !== null && this.zeroMs === null) this.zeroMs = session.clock.serverTime() - visit.now * 1000;
  }

  async refresh(): Promise<void> {
    try {
      this.setVisit(await api.visit(this.id));
      this.changed();
    } catch {
      // the next one will do
    }
  }

  private async learnHistory(): Promise<void> {
    try {
      const entries: JournalEntry[] = [];
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
      this.refused(news.operation, news.error);
      this.changed();
    } else if (!this.connected) void this.catchUp();
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
    this.recording = await api.recording(this.id).catch(() => this.recording);
    this.changed();
  }

  /** Keeps what is known for a reload without a connection; not at every tap, but soon. */
  private keepSoon(): void {
    this.keepTimer ??= setTimeout(() => {
      this.keepTimer = null;
      const { observations, clips, seq } = this.journal.known;
      keepAnswer(`visit/${this.id}/observations`, { observations, seq });
      keepAnswer(`visit/${this.id}/clips`, { clips, seq });
    }, KEEP_AFTER_MS);
  }

  private onEvent(name: string, data: unknown): void {
    switch (name) {
      case 'operation': {
        const entry = data as JournalEntry;
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
        this.setVisit({ ...known, ...summary, tracks: known.tracks });
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
      this.setInstruments(await Promise.all(this.visit.instruments.map((id) => api.instrument(id))));
    }
    this.changed();
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
      made_at: rfc3339(session.clock.serverTime()),
    };
  }

  private perform(operation: Operation, patch: Fields | null, unmappedTap?: number): void {
    this.journal.setAuthor(session.author);
    this.journal.apply(operation, patch);
    session.queue.add({ visit: this.id, operation, ...(unmappedTap === undefined ? {} : { unmappedTap }) });
    this.changed();
  }

  /** A tap made at `pageTime`. Gives the id of the observation. */
  tap(code: BoardCode | null, pageTime: number, fields: Fields = {}): string {
    const id = uuid7();
    const tappedAt = rfc3339(session.clock.serverTime(pageTime));
    const sent: Fields = {
      instrument: code?.instrument.id ?? this.visit?.instruments[0] ?? null,
      code: code?.code.id ?? null,
      kind: code?.code.kind ?? 'point',
      tapped_at: tappedAt,
      uncertainty: session.clock.uncertainty,
      observer: session.author,
      ...fields,
    };
    const time = this.timelineAt(pageTime);
    const unmapped = session.clock.measured ? undefined : performance.timeOrigin + pageTime;
    this.addObservation(id, sent, { ...sent, at: time, tapped_time: time }, code, unmapped);
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
      observer: session.author,
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

  private takeBack(direction: 'undo' | 'redo'): Operation | null {
    let undone: Operation | null = null;
    const operation = this.journal[direction]((of) => {
      undone = of;
      return this.make(of.target, of.target_id, 'undo', { of: of.id });
    });
    if (!operation) return null;
    session.queue.add({ visit: this.id, operation });
    this.changed();
    return undone;
  }

  undo(): Operation | null {
    return this.takeBack('undo');
  }

  redo(): Operation | null {
    return this.takeBack('redo');
  }
}
