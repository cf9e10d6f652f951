// One talk as the pages show it: what the server said, and on top of it what was pressed here and is on its way. A press
// shows at once; when another was first, it is done again on what that one left.
import { t } from '../i18n';
import { account } from './account';
import { ApiError, api } from './api';
import { parseRfc3339 } from './clock';
import { coaching } from './coaching';
import type { Agreement, Moment, Side, Talk, TalkAnswer, TalkItem, TalkState } from './coaching-types';
import { heard } from './events';
import { session } from './session';
import { fold, itemOf, playedOn, presses, type Press, type Pressed } from './talk-math';
import type { Visit } from './types';

const RETRY_MS = 1500;
const ASK_AGAIN_MS = 3000;

/** Events: `change` of anything; `failed` (detail: the error) when a press was refused. */
export class TalkStore extends EventTarget {
  answer: TalkAnswer | null = null;
  visit: Visit | null = null;
  agreements: Agreement[] = [];
  /** why there is no answer */
  error: unknown = null;
  connected = true;
  private talkNow: Talk | null = null;
  private at = 0;
  private shown: { state: TalkState; at: number } = { state: {}, at: 0 };
  private pending: (Pressed & { tried: boolean })[] = [];
  private sending = false;
  private waiting: Talk | null = null;
  private asked = 0;
  /** rises with all that was told of the talk: an answer under way knows less */
  private told = 0;
  private closed = false;
  private offset = 0;
  private readonly cleanups: (() => void)[] = [];

  constructor(readonly visitId: string) {
    super();
  }

  open(): void {
    const listen = (target: EventTarget, name: string, run: (event: Event) => void) => {
      target.addEventListener(name, run);
      this.cleanups.push(() => target.removeEventListener(name, run));
    };
    listen(heard, 'talk', (event) => this.hear((event as CustomEvent<Talk>).detail));
    listen(heard, 'coaching', (event) => this.news((event as CustomEvent<{ visit: string | null; what: string }>).detail));
    listen(heard, 'hello', () => void this.load());
    listen(heard, 'resync', () => void this.load());
    listen(heard, 'broken', () => this.setConnected(false));
    listen(account, 'return', () => void this.load());
    const timer = setInterval(() => {
      if (!this.connected || this.error) void this.load();
    }, ASK_AGAIN_MS);
    this.cleanups.push(() => clearInterval(timer));
    void this.load();
    void this.loadVisit();
  }

  close(): void {
    this.closed = true;
    for (const cleanup of this.cleanups.splice(0)) cleanup();
  }

  private changed(): void {
    if (!this.closed) this.dispatchEvent(new Event('change'));
  }

  private setConnected(connected: boolean): void {
    if (this.connected === connected) return;
    this.connected = connected;
    this.changed();
    if (connected) void this.send();
  }

  async load(): Promise<void> {
    const turn = ++this.asked;
    const told = this.told;
    try {
      const [answer, agreements] = await Promise.all([coaching.talk(this.visitId), coaching.agreements(this.visitId).catch(() => this.agreements)]);
      if (turn !== this.asked || this.closed) return;
      if (!this.answer) this.offset = parseRfc3339(answer.now) - (performance.timeOrigin + performance.now());
      this.answer = { ...answer, items: [...answer.items].sort((a, b) => a.position - b.position) };
      this.agreements = agreements;
      this.error = null;
      if (told === this.told || !this.talkNow || answer.talk.state_seq > this.talkNow.state_seq) this.take(answer.talk);
      this.setConnected(true);
      this.changed();
    } catch (error) {
      if (turn !== this.asked || this.closed) return;
      if (error instanceof ApiError && error.offline) this.setConnected(false);
      if (!this.answer || !(error instanceof ApiError && error.offline)) this.error = error;
      this.changed();
    }
  }

  private async loadVisit(): Promise<void> {
    try {
      this.visit = await api.visit(this.visitId);
      this.changed();
    } catch {
      // A teacher with whom nothing is shared talks without pictures of their own.
    }
  }

  private news(what: { visit: string | null; what: string }): void {
    if (what.visit !== this.visitId) return;
    if (what.what === 'moments' || what.what === 'items' || what.what === 'agreements') void this.load();
  }

  private hear(talk: Talk): void {
    if (talk.visit !== this.visitId) return;
    // Its own press would be counted twice between this news and the answer to it.
    if (this.sending) {
      if (!this.waiting || talk.state_seq >= this.waiting.state_seq) this.waiting = talk;
      return;
    }
    const revealed = this.talkNow && !this.talkNow.revealed_at && talk.revealed_at;
    this.take(talk);
    this.changed();
    if (revealed) void this.load();
  }

  private take(talk: Talk): void {
    if (this.talkNow && talk.state_seq < this.talkNow.state_seq) return;
    this.told++;
    this.talkNow = talk;
    this.at = talk.state_at ? parseRfc3339(talk.state_at) : this.now;
    this.refold();
  }

  private refold(): void {
    this.shown = fold(this.talkNow?.state ?? {}, this.at, this.pending, this.items);
  }

  /** ms of the server's clock */
  get now(): number {
    return session.clock.measured ? session.clock.serverTime() : performance.timeOrigin + performance.now() + this.offset;
  }

  get talk(): Talk | null {
    return this.talkNow;
  }

  get side(): Side {
    return this.answer?.side ?? 'teacher';
  }

  get items(): TalkItem[] {
    return this.answer?.items ?? [];
  }

  /** What should be on the screen at this instant. */
  get state(): TalkState {
    return playedOn(this.shown.state, this.now - this.shown.at, this.items);
  }

  get item(): TalkItem | undefined {
    return itemOf(this.shown.state, this.items);
  }

  get running(): boolean {
    return Boolean(this.talkNow?.started_at && !this.talkNow.ended_at);
  }

  /** Changes with every state, also with each press here. */
  get stamp(): string {
    return `${this.talkNow?.state_seq ?? 0}.${this.pending.length}`;
  }

  get seq(): number {
    return this.talkNow?.state_seq ?? 0;
  }

  moment(id: string | null): Moment | undefined {
    return this.answer?.moments.find((one) => one.id === id);
  }

  /** Name of who sits on a side; as far as it is known to who looks. */
  name(side: Side): string {
    if (side === this.answer?.side) return account.name;
    const visit = this.visit;
    const known = side === 'coach' ? visit?.coach?.name : visit?.teacher_person?.name || visit?.teacher;
    return known || this.answer?.moments.find((one) => one.side === side)?.person.name || (side === 'coach' ? t().talk.coach : t().talk.teacher);
  }

  press(press: Press): void {
    if (!this.talkNow?.revealed_at) return;
    this.pending.push({ at: this.now, press, by: account.name, tried: false });
    this.refold();
    this.changed();
    void this.send();
  }

  toggle(): void {
    this.press(presses.play(!this.state.playing));
  }

  /** All presses that wait go as one state. */
  private async send(): Promise<void> {
    if (this.sending || this.pending.length === 0 || this.closed) return;
    this.sending = true;
    const count = this.pending.length;
    try {
      const { applied, talk } = await coaching.setState(this.visitId, this.seq, this.state);
      if (applied) this.pending.splice(0, count);
      else this.pending = this.pending.filter((one, index) => index >= count || !one.tried).map((one, index) => (index < count ? { ...one, tried: true } : one));
      this.settleNews(talk);
      this.setConnected(true);
    } catch (error) {
      if (error instanceof ApiError && error.offline) {
        this.setConnected(false);
        setTimeout(() => void this.send(), RETRY_MS);
      } else {
        this.pending.splice(0, count);
        this.dispatchEvent(new CustomEvent('failed', { detail: error }));
      }
      this.settleNews(null);
      this.sending = false;
      this.changed();
      return;
    }
    this.sending = false;
    this.changed();
    void this.send();
  }

  private settleNews(talk: Talk | null): void {
    if (talk) this.take(talk);
    const waiting = this.waiting;
    this.waiting = null;
    if (waiting) this.take(waiting);
    this.refold();
  }

  private put(talk: Talk): void {
    this.take(talk);
    this.changed();
  }

  async start(): Promise<void> {
    this.put(await coaching.startTalk(this.visitId));
  }

  async end(): Promise<void> {
    this.put(await coaching.endTalk(this.visitId));
  }

  async setReady(ready: boolean): Promise<void> {
    this.put(await coaching.setReady(this.visitId, ready));
  }

  async reveal(together: boolean): Promise<void> {
    this.put(await coaching.reveal(this.visitId, together));
    await this.load();
  }

  async changeItem(id: string, fields: Parameters<typeof coaching.changeItem>[2]): Promise<void> {
    const changed = await coaching.changeItem(this.visitId, id, fields);
    this.setItems(this.items.map((one) => (one.id === id ? changed : one)));
  }

  async order(ids: string[]): Promise<void> {
    const before = this.items;
    this.setItems(ids.map((id, position) => ({ ...before.find((one) => one.id === id)!, position })));
    try {
      this.setItems(await coaching.orderItems(this.visitId, ids));
    } catch (error) {
      this.setItems(before);
      throw error;
    }
  }

  private setItems(items: TalkItem[]): void {
    if (this.answer) this.answer = { ...this.answer, items: [...items].sort((a, b) => a.position - b.position) };
    this.refold();
    this.changed();
  }

  setAgreements(agreements: Agreement[]): void {
    this.agreements = agreements;
    this.changed();
  }

  /** Whole minutes since it began. */
  get minutes(): number {
    const talk = this.talkNow;
    if (!talk?.started_at) return 0;
    const until = talk.ended_at ? parseRfc3339(talk.ended_at) : this.now;
    return Math.max(0, Math.floor((until - parseRfc3339(talk.started_at)) / 60000));
  }
}

/** What a moment is called: by the title of either, or its place. */
export function itemTitle(store: TalkStore, item: TalkItem, untitled: string): string {
  return store.moment(item.teacher_moment)?.title || store.moment(item.coach_moment)?.title || untitled;
}
