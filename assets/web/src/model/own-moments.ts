// The moments that somebody chooses of a visit, for the talk. Shown as soon as they are changed, saved at once, and kept
// for another try for as long as the server does not answer.
import { account } from './account';
import { ApiError } from './api';
import { coaching } from './coaching';
import type { Moment, MomentFields, MomentsAnswer, Talk } from './coaching-types';
import { heard } from './events';
import { PLAIN, places, type Place, type Prompt } from './moment-places';

const RETRY_MS = 3000;
const TYPING_MS = 600;
/** sign-in ended: worth keeping until it is back */
const WAITS = new Set([0, 401, 423]);

/** Events: `change`; `refused` with the error as its detail. */
export class OwnMoments extends EventTarget {
  answer: MomentsAnswer | null = null;
  prompts: Prompt[] = PLAIN;
  error: unknown = null;
  /** something could not be saved yet */
  offline = false;
  private readonly waiting = new Map<string, MomentFields>();
  private flying: { id: string; fields: MomentFields } | null = null;
  private sending: Promise<void> | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private asked = 0;
  /** rises with what was changed here: an answer that was under way knows less */
  private changes = 0;
  /** told since it was last asked: an answer under way knows less */
  private told: Talk | null = null;
  private closed = false;

  constructor(private readonly visit: string) {
    super();
    heard.addEventListener('coaching', this.onCoaching);
    heard.addEventListener('talk', this.onTalk);
    heard.addEventListener('hello', this.again);
    account.addEventListener('return', this.again);
    addEventListener('online', this.again);
    addEventListener('pagehide', this.flushNow);
    account.leaving.push(this.flushNow);
    void this.load();
    coaching.questions().then((library) => {
      this.prompts = library.prompts;
      this.changed();
    }, () => undefined); // the places have names of their own
  }

  close(): void {
    this.flushNow();
    this.closed = true;
    heard.removeEventListener('coaching', this.onCoaching);
    heard.removeEventListener('talk', this.onTalk);
    heard.removeEventListener('hello', this.again);
    account.removeEventListener('return', this.again);
    removeEventListener('online', this.again);
    removeEventListener('pagehide', this.flushNow);
    const at = account.leaving.indexOf(this.flushNow);
    if (at >= 0) account.leaving.splice(at, 1);
  }

  private readonly flushNow = (): Promise<void> => this.flush();

  private readonly again = (): void => {
    void this.flush();
    void this.load();
  };

  private readonly onCoaching = (event: Event): void => {
    const { visit, what } = (event as CustomEvent<{ visit: string | null; what: string }>).detail;
    if (visit === this.visit && what === 'moments') void this.load();
  };

  private readonly onTalk = (event: Event): void => {
    const talk = (event as CustomEvent<Talk>).detail;
    if (talk.visit !== this.visit) return;
    this.told = talk;
    if (!this.answer) return;
    const fresh = talk.revealed_at !== null && !this.answer.talk.revealed_at;
    this.answer = { ...this.answer, talk };
    this.changed();
    if (fresh) void this.load();
  };

  private changed(): void {
    if (!this.closed) this.dispatchEvent(new Event('change'));
  }

  private refused(error: unknown): void {
    this.dispatchEvent(new CustomEvent('refused', { detail: error }));
    void this.load();
  }

  async load(): Promise<void> {
    const turn = ++this.asked;
    const changes = this.changes;
    this.told = null;
    try {
      const answer = await coaching.moments(this.visit);
      if (turn !== this.asked) return;
      if (changes !== this.changes) return this.load();
      this.answer = { ...answer, talk: this.told ?? answer.talk };
      this.error = null;
    } catch (error) {
      if (turn !== this.asked) return;
      this.error = error;
    }
    this.changed();
  }

  /** One's own list in its order, with what is not saved yet. */
  get mine(): Moment[] {
    const { answer, flying } = this;
    if (!answer) return [];
    return answer.moments
      .filter((one) => one.side === answer.side)
      .map((one) => ({ ...one, ...(flying?.id === one.id ? flying.fields : {}), ...this.waiting.get(one.id) }))
      .sort((a, b) => a.position - b.position);
  }

  get places(): Place[] {
    return places(this.mine, this.prompts);
  }

  get talk(): Talk | null {
    return this.answer?.talk ?? null;
  }

  get ready(): boolean {
    return this.talk !== null && (this.answer?.side === 'coach' ? this.talk.coach_ready_at : this.talk.teacher_ready_at) !== null;
  }

  get revealed(): boolean {
    return this.talk?.revealed_at != null;
  }

  get unsaved(): boolean {
    return this.waiting.size > 0 || this.flying !== null;
  }

  /** Takes over what the server made of a moment. */
  private put(moment: Moment): void {
    if (!this.answer) return;
    this.changes++;
    const moments = this.answer.moments.filter((one) => one.id !== moment.id);
    this.answer = { ...this.answer, moments: [...moments, moment] };
  }

  /** Adds a moment, at `index` of the list (at its end without). */
  async add(fields: MomentFields, index?: number): Promise<Moment> {
    const moment = await coaching.addMoment(this.visit, fields);
    this.offline = false;
    this.put(moment);
    this.changed();
    const ids = this.mine.map((one) => one.id).filter((id) => id !== moment.id);
    if (index !== undefined && index < ids.length) {
      ids.splice(index, 0, moment.id);
      await this.order(ids);
    }
    return moment;
  }

  /** `typing`: more of it comes in a moment. */
  change(id: string, fields: MomentFields, typing = false): void {
    this.waiting.set(id, { ...this.waiting.get(id), ...fields });
    if (this.timer) clearTimeout(this.timer);
    if (typing) this.timer = setTimeout(this.flushNow, TYPING_MS);
    else void this.flush();
    this.changed();
  }

  flush(): Promise<void> {
    this.sending ??= this.send().finally(() => (this.sending = null));
    return this.sending;
  }

  private async send(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    for (let next = this.waiting.entries().next(); !next.done; next = this.waiting.entries().next()) {
      const [id, fields] = next.value;
      this.waiting.delete(id);
      this.flying = { id, fields };
      try {
        this.put(await coaching.changeMoment(this.visit, id, fields));
        this.offline = false;
      } catch (error) {
        if (error instanceof ApiError && WAITS.has(error.status)) {
          this.waiting.set(id, { ...fields, ...this.waiting.get(id) });
          this.offline = true;
          if (!this.closed) this.timer = setTimeout(this.flushNow, RETRY_MS);
          return;
        }
        this.refused(error);
      } finally {
        this.flying = null;
        this.changed();
      }
    }
  }

  async order(ids: string[]): Promise<void> {
    if (!this.answer) return;
    const place = new Map(ids.map((id, i) => [id, i]));
    this.answer = { ...this.answer, moments: this.answer.moments.map((one) => ({ ...one, position: place.get(one.id) ?? one.position })) };
    this.changes++;
    this.changed();
    try {
      const moments = await coaching.orderMoments(this.visit, ids);
      for (const one of moments) this.put(one);
      this.changed();
    } catch (error) {
      this.refused(error);
    }
  }

  /** Gives what brings it back, or null when it was refused. */
  async remove(id: string): Promise<(() => Promise<unknown>) | null> {
    const index = this.mine.findIndex((one) => one.id === id);
    const moment = this.mine[index];
    if (!moment || !this.answer) return null;
    try {
      await coaching.removeMoment(this.visit, id);
    } catch (error) {
      this.refused(error);
      return null;
    }
    this.waiting.delete(id);
    this.changes++;
    this.answer = { ...this.answer, moments: this.answer.moments.filter((one) => one.id !== id) };
    this.changed();
    const { from, to, title, kind, line, sight, clip, observation } = moment;
    const sources = { ...(clip ? { clip } : {}), ...(observation ? { observation } : {}) };
    return () => this.add({ from, to, title, kind, line, sight, ...sources }, index);
  }

  async setReady(ready: boolean): Promise<void> {
    await this.flush();
    const talk = await coaching.setReady(this.visit, ready);
    if (this.answer) this.answer = { ...this.answer, talk };
    this.changed();
  }
}
