// The picture of the talk: plays what the state says, one moment or two beside each other. What it truly shows wins over
// what was computed: it is told back after a pause, and kept for a reload.
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { t } from '../i18n';
import { account } from '../model/account';
import { ApiError, api } from '../model/api';
import type { TalkItem, TalkState } from '../model/coaching-types';
import { Conductor } from '../model/conductor';
import { LEAD_S, presses } from '../model/talk-math';
import type { TalkStore } from '../model/talk-state';
import { segmentStart, timelineEnd } from '../model/timeline-math';
import type { Track, Visit } from '../model/types';
import { visitTitle } from '../pages/visits';
import { Part } from './base';
import { icon } from './icons';
import { vaultPanel } from './vault';

/** While it plays, it may run so far beside what was computed before it is put right, s. */
const PLAYING_DRIFT = 0.5;
/** Just stopped: so little is left where it is, and told instead. */
const STOPPED_DRIFT = 0.7;
const SECOND_DRIFT = 0.25;
/** A picture that has played so long, ms, and stands beside what was computed by so much, s, tells where it is. */
const SETTLE_AFTER_MS = 1200;
const SETTLE_DRIFT = 0.12;
/** So long, ms, a picture that stands still must be there before it is told. */
const STILL_MS = 500;
const SAME_FRAME = 0.002;
const KEEP_EVERY_MS = 200;

interface Kept {
  seq: number;
  item: string;
  position: number;
}

const tracksOf = (visit: Visit | null): Track[] => (visit?.tracks ?? []).filter((one) => one.segments.length > 0);
const firstOf = (tracks: Track[], kind: Track['kind']): string | null => tracks.find((one) => one.kind === kind)?.id ?? null;

@customElement('tb-talk-stage')
export class TalkStage extends Part {
  @property({ attribute: false }) store!: TalkStore;
  @state() private refused = false;
  @state() private other: Visit | null = null;
  /** who looks here may not see what should stand beside it */
  @state() private secondRefused = false;
  private conductor!: Conductor;
  private second: Conductor | null = null;
  private secondOf = '';
  private away = false;
  /** s; where to begin after a reload, once */
  private begin: number | null = null;
  private stamp = '';
  private span = '';
  private playingSince = 0;
  private stillSince = 0;
  private settledStamp = '';
  private keptAt = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    this.dataset.test = 'stage';
    this.conductor = new Conductor(this.store.visitId);
    this.follow(this.conductor);
    this.on(this.conductor, 'time', () => this.onTime());
    this.on(this.conductor, 'refused', (event) => this.onRefused((event as CustomEvent<number>).detail));
    this.on(this.store, 'change', () => this.sync());
    this.on(account, 'change', () => this.onAccount());
    this.on(window, 'pagehide', () => this.keep(true));
    for (const name of ['keydown', 'pointerdown']) this.on(window, name, () => this.unblock());
    this.every(250, () => this.watch());
    this.atEnd(() => {
      this.keep(true);
      this.conductor.destroy();
      this.dropSecond();
    });
    this.sync();
  }

  private get closed(): boolean {
    return account.vault === 'locked' || account.door !== 'in';
  }

  private onAccount(): void {
    if (this.closed && !this.away) {
      this.conductor.cut();
      this.dropSecond();
    }
    const back = !this.closed && this.away;
    this.away = this.closed;
    this.stamp = '';
    if (back) this.sync();
    this.requestUpdate();
  }

  private onRefused(status: number): void {
    if (status === 423) account.setVault('locked');
    else if (status === 401) void account.ask();
    else if (status === 403 || status === 404) {
      this.conductor.cut();
      this.refused = true;
    }
  }

  /** A browser plays no sound before somebody has pressed on its page. */
  private unblock(): void {
    if (!this.conductor.blocked) return;
    this.conductor.blocked = false;
    this.stamp = '';
    this.sync();
  }

  // --- what should be, and what is ---------------------------------------------------------------------------------

  private sync(): void {
    const item = this.store.item;
    const visit = this.store.visit;
    if (!item || !visit || this.closed || this.refused) {
      this.away = this.closed;
      return this.tell();
    }
    const tracks = tracksOf(visit);
    const fresh = this.conductor.end === 0;
    if (fresh) this.conductor.end = timelineEnd(visit.duration, tracks, this.store.items.map((one) => one.to));
    if (fresh) {
      // What is loaded first is what is wanted, not the beginning of the lesson.
      this.begin = this.readKept(item);
      this.conductor.seek(this.begin ?? this.store.state.position ?? item.from);
    }
    if (fresh || !this.conductor.main) this.conductor.setTracks(tracks, { main: firstOf(tracks, 'video'), others: [], sound: firstOf(tracks, 'audio') });
    const state = this.store.state;
    this.arrangeSecond(state);
    if (this.stamp !== this.store.stamp) this.place(state, item);
    this.stamp = this.store.stamp;
    this.tell();
  }

  private place(state: TalkState, item: TalkItem): void {
    const conductor = this.conductor;
    const stopped = conductor.playing && !state.playing;
    const moved = this.span !== `${item.id} ${item.from} ${item.to}`;
    this.span = `${item.id} ${item.from} ${item.to}`;
    const rate = state.rate ?? 1;
    if (conductor.rate !== rate) conductor.setRate(rate);
    if (moved) conductor.setRange({ from: Math.max(0, item.from - LEAD_S), to: item.to });
    conductor.loop = state.loop ? { from: item.from, to: Math.min(item.to, conductor.end) } : null;
    if (!state.playing) conductor.pause();
    const wanted = this.begin ?? state.position ?? item.from;
    this.begin = null;
    const drift = Math.abs(conductor.time - wanted);
    if (state.playing && conductor.playing ? drift > PLAYING_DRIFT : stopped && !moved && !state.settled ? drift > STOPPED_DRIFT : drift > 0.001) conductor.seek(wanted);
    if (state.playing && !conductor.blocked) conductor.play();
    this.playingSince = 0;
    this.stillSince = 0;
    this.alignSecond(true);
  }

  /** What was kept before a reload, as long as nobody has pressed since. */
  private readKept(item: TalkItem): number | null {
    try {
      const kept = JSON.parse(sessionStorage.getItem(this.key) ?? 'null') as Kept | null;
      return kept && kept.seq === this.store.seq && kept.item === item.id ? kept.position : null;
    } catch {
      return null;
    }
  }

  private get key(): string {
    return `terugblik.talk.${this.store.visitId}`;
  }

  private keep(now = false): void {
    const item = this.store.item;
    if (!item || !this.stamp || (!now && performance.now() - this.keptAt < KEEP_EVERY_MS)) return;
    this.keptAt = performance.now();
    const kept: Kept = { seq: this.store.seq, item: item.id, position: this.conductor.playing ? this.conductor.time : this.conductor.shownTime };
    try {
      sessionStorage.setItem(this.key, JSON.stringify(kept));
    } catch {
      // then the server's time says where it was
    }
  }

  private onTime(): void {
    this.tell();
    this.keep();
    this.alignSecond(false);
  }

  /** Tells the others where this screen truly is. The coach's does: two that tell would answer each other. */
  private watch(): void {
    const conductor = this.conductor;
    const item = this.store.item;
    const state = this.store.state;
    if (!item || this.store.side !== 'coach' || state.settled || this.settledStamp === this.store.stamp || this.stamp !== this.store.stamp || this.closed || conductor.blocked || conductor.waiting) return;
    if (conductor.playing && conductor.main) {
      this.playingSince ||= performance.now();
      if (performance.now() - this.playingSince < SETTLE_AFTER_MS) return;
    } else if (conductor.playing || state.playing || !this.isStill()) return;
    const here = conductor.playing ? conductor.time : conductor.shownTime;
    if (here < item.from - LEAD_S || here >= item.to) return;
    // A picture that is still on its way is not what is shown.
    if (!conductor.playing && Math.abs(here - conductor.time) > 1.5 * conductor.frame) return;
    const frame = Math.round(conductor.frame * 1e4) / 1e4;
    const known = conductor.main !== undefined && Math.abs(frame - (state.frame ?? 1 / 25)) < 0.002;
    const off = (state.position ?? item.from) - here;
    // Still: the same frame, which begins HERE, is where it should be.
    const beside = conductor.playing ? Math.abs(off) > SETTLE_DRIFT : off < -SAME_FRAME || off > conductor.frame - SAME_FRAME;
    this.settledStamp = this.store.stamp;
    if (beside || (!known && conductor.main && conductor.main.frameTimes.length > 20)) {
      this.store.press(presses.settle(item.id, here, frame));
    }
  }

  /** Stopped, and the picture that was asked for has had time to come: one frame before it would be told as a step back. */
  private isStill(): boolean {
    if (this.conductor.main?.seeking) {
      this.stillSince = 0;
      return false;
    }
    this.stillSince ||= performance.now();
    return performance.now() - this.stillSince >= STILL_MS;
  }

  /** For whoever wants to know, also past the template. */
  private tell(): void {
    const state = this.store.state;
    const data: Record<string, string> = {
      item: this.store.item?.id ?? '', time: this.conductor.shownTime.toFixed(3), playing: String(this.conductor.playing),
      rate: String(state.rate ?? 1), loop: String(state.loop ?? false), layout: state.layout ?? 'one', seq: String(this.store.seq),
    };
    for (const [name, value] of Object.entries(data)) if (this.dataset[name] !== value) this.dataset[name] = value;
  }

  // --- beside it -----------------------------------------------------------------------------------------------------

  private arrangeSecond(state: TalkState): void {
    const beside = this.store.items.find((one) => one.id === state.second);
    const visit = state.layout === 'visits' && state.other ? state.other.visit : state.layout === 'two' && beside ? this.store.visitId : '';
    const wanted = visit === '' ? '' : `${visit} ${state.second ?? ''} ${state.other?.at ?? ''}`;
    if (wanted === this.secondOf) return;
    this.dropSecond();
    this.secondOf = wanted;
    if (visit === '') return;
    if (visit === this.store.visitId) return this.openSecond(this.store.visit);
    void api.visit(visit).then((found) => {
      if (this.secondOf !== wanted || !this.isConnected) return;
      // What is asked for here comes from either side: never a visit that is not between the two.
      if (!found.trajectory || found.trajectory.id !== this.store.visit?.trajectory?.id) return this.refuseSecond();
      this.other = found;
      this.openSecond(found);
    }, (error: unknown) => {
      if (this.secondOf !== wanted) return;
      if (error instanceof ApiError && (error.status === 403 || error.status === 404)) this.refuseSecond();
      else this.dropSecond(); // asked for again with the next change
    });
  }

  private refuseSecond(): void {
    this.second?.cut();
    this.second = null;
    this.secondRefused = true;
  }

  private openSecond(visit: Visit | null): void {
    if (!visit) return;
    const tracks = tracksOf(visit);
    const second = new Conductor(visit.id);
    second.end = timelineEnd(visit.duration, tracks, []);
    second.addEventListener('change', () => this.requestUpdate());
    second.addEventListener('refused', (event) => {
      const status = (event as CustomEvent<number>).detail;
      if (this.second === second && (status === 403 || status === 404)) this.refuseSecond();
    });
    second.setTracks(tracks, { main: firstOf(tracks, 'video'), others: [], sound: null });
    this.second = second;
    this.alignSecond(true);
    this.requestUpdate();
  }

  private dropSecond(): void {
    this.second?.destroy();
    this.second = null;
    this.secondRefused = false;
    this.secondOf = '';
    this.other = null;
    this.requestUpdate();
  }

  /** Both begin at the same instant, each at its own place. */
  private alignSecond(exact: boolean): void {
    const { second } = this;
    const item = this.store.item;
    const state = this.store.state;
    if (!second || !item) return;
    const place = state.layout === 'visits' ? state.other?.at ?? 0 : this.store.items.find((one) => one.id === state.second)?.from ?? 0;
    // Its very beginning is its first picture: a camera starts a moment after the lesson.
    const first = second.main?.track.segments.find((one) => one.duration > 0);
    const begin = Math.max(place, first && second.main ? segmentStart(second.main.track, first) + 0.001 : 0);
    const wanted = Math.max(0, begin + this.conductor.time - item.from);
    const plays = this.conductor.playing && wanted < second.end - 0.1;
    if (second.rate !== this.conductor.rate) second.setRate(this.conductor.rate);
    if (!plays) second.pause();
    if (Math.abs(second.time - wanted) > (plays && !exact ? SECOND_DRIFT : 0.01)) second.seek(wanted);
    if (plays) second.play();
  }

  private figure(conductor: Conductor, caption: string | null, test: string): TemplateResult {
    const player = conductor.main;
    const texts = t().talk;
    const here = player?.has(conductor.time) ?? false;
    return html`<figure data-test=${test}>${player?.element ?? nothing}
      ${!player || !here ? html`<p class="stage-message">${texts.noPicture}</p>` : player.failed ? html`<p class="stage-message">${t().review.playError}</p>` : nothing}
      ${caption ? html`<figcaption>${caption}</figcaption>` : nothing}${conductor.sound?.element ?? nothing}</figure>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('store')) this.sync();
  }

  protected override render(): TemplateResult {
    const texts = t().talk;
    const state = this.store.state;
    if (account.vault === 'locked') return vaultPanel();
    if (this.refused || (!this.store.visit && this.store.answer)) return html`<div class="stage-pictures"><figure><p class="stage-message">${texts.notShared}</p></figure></div>`;
    const two = this.secondOf !== '';
    const beside = this.store.items.find((one) => one.id === state.second);
    const title = (item: TalkItem | undefined) => (item ? this.store.moment(item.teacher_moment)?.title || this.store.moment(item.coach_moment)?.title || null : null);
    return html`<div class="stage-pictures ${two ? 'two' : ''}">
      ${this.figure(this.conductor, two ? title(this.store.item) : null, 'picture')}
      ${two
        ? this.second
          ? this.figure(this.second, state.layout === 'visits' ? (this.other ? visitTitle(this.other) : '') : title(beside), 'picture-beside')
          : html`<figure data-test="picture-beside"><p class="stage-message">${this.secondRefused ? texts.besideNotShared : t().review.buffering}</p></figure>`
        : nothing}
      ${this.conductor.blocked ? html`<button type="button" class="primary big stage-blocked" @click=${() => this.unblock()}>${icon('play')}${texts.blocked}</button>` : nothing}
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tb-talk-stage': TalkStage;
  }
}
