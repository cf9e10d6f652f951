// Interval tapping: one card per sampling, which asks every so many seconds. An answer belongs to the interval that was
// asked about when the finger came down, also when the next question is already there. What was answered comes from
// the journal; only the pauses are kept on the device.
import { html, nothing, svg, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { keyed } from 'lit/directives/keyed.js';
import { t, words } from '../i18n';
import { clockTime } from '../model/format';
import { boardTabs, type BoardCode } from '../model/instruments';
import { isOurs, normalKey } from '../model/keys';
import { answerTimes, answersOf, askedAt, askedFrom, isPaused, missedBefore, type BoardSampling, type Pause } from '../model/samplings';
import { readStored, session, store as keep } from '../model/session';
import type { Observation } from '../model/types';
import type { VisitStore } from '../model/visit-store';
import { Part } from './base';
import { icon, shape } from './icons';
import { vars } from './vars';

/** So many intervals before the present one are in reach. */
const CELLS = 6;
/** Shorter than this there is no time for words: big buttons, no counting down in digits. */
const QUICK = 20;
/** How long a finger may stay down. */
const PRESS_MS = 1500;
const SOUND_STORE = 'terugblik.interval-sound';
const RADIUS = 20;

const samePace = (a: BoardSampling | undefined, b: BoardSampling) => a?.ref === b.ref && a.sampling.every === b.sampling.every && a.sampling.rule === b.sampling.rule;

type Pauses = Record<string, Pause[]>;

@customElement('tb-sampling')
export class SamplingCard extends Part {
  @property({ attribute: false }) store!: VisitStore;
  @property({ attribute: false }) board!: BoardSampling;
  @property({ attribute: false }) keys = new Map<string, string>();
  @property() subject: string | null = null;
  /** the lesson runs */
  @property({ type: Boolean }) running = false;
  /** redraws with the clock of the page */
  @property({ type: Number }) now = 0;
  /** the interval that is being corrected instead of the present one */
  @state() private chosen: number | null = null;
  @state() private sound = readStored(SOUND_STORE, false);
  private pauses: Pause[] = [];
  private pausesOf = '';
  private press: { index: number; time: number } | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private audio: AudioContext | null = null;
  private asked = -1;

  override connectedCallback(): void {
    super.connectedCallback();
    this.on(window, 'keydown', (event) => this.onKey(event as KeyboardEvent));
    this.atEnd(() => {
      if (this.timer) clearTimeout(this.timer);
      this.timer = null;
      void this.audio?.close();
      this.audio = null;
    });
  }

  private get quick(): boolean {
    return this.board.sampling.every <= QUICK;
  }

  private get decimals(): number {
    return Number.isInteger(this.board.sampling.every) ? 0 : 1;
  }

  private get pausesKey(): string {
    return `terugblik.pauses.${this.store.id}`;
  }

  private get paused(): boolean {
    return this.pauses.at(-1)?.to === null;
  }

  private loadPauses(): void {
    if (this.pausesOf === this.board.ref) return;
    this.pausesOf = this.board.ref;
    this.pauses = readStored<Pauses>(this.pausesKey, {})[this.board.ref] ?? [];
  }

  private togglePause(): void {
    const time = this.store.timelineAt();
    this.pauses = this.paused ? this.pauses.map((one) => (one.to === null ? { ...one, to: time } : one)) : [...this.pauses, { from: time, to: null }];
    keep(this.pausesKey, JSON.stringify({ ...readStored<Pauses>(this.pausesKey, {}), [this.board.ref]: this.pauses }));
    this.chosen = null;
    this.requestUpdate();
  }

  private toggleSound(): void {
    this.sound = !this.sound;
    keep(SOUND_STORE, JSON.stringify(this.sound));
    if (this.sound) this.beep();
  }

  /** A soft, short tone: for who listens and looks at the class. */
  private beep(): void {
    try {
      this.audio ??= new AudioContext();
      const tone = this.audio.createOscillator();
      const loudness = this.audio.createGain();
      tone.frequency.value = 660;
      loudness.gain.setValueAtTime(0.08, this.audio.currentTime);
      loudness.gain.exponentialRampToValueAtTime(0.001, this.audio.currentTime + 0.15);
      tone.connect(loudness).connect(this.audio.destination);
      tone.start();
      tone.stop(this.audio.currentTime + 0.16);
    } catch {
      // without sound then
    }
  }

  /** Wakes at the next boundary, by the clock of the timeline. */
  private wake(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    if (!this.running || !this.isConnected) return;
    const { every } = this.board.sampling;
    const time = this.store.timelineAt();
    const rest = every - (time % every);
    this.timer = setTimeout(() => {
      this.timer = null;
      this.ask();
      this.wake();
    }, Math.max(15, Math.min(rest * 1000 + 5, 60000)));
  }

  private ask(): void {
    const asked = askedAt(this.store.timelineAt(), this.board.sampling);
    if (asked === this.asked) return;
    this.asked = asked;
    this.requestUpdate();
    if (asked < 0 || this.paused || document.hidden) return;
    // Before anything was pressed a browser lets no page vibrate, and complains.
    if (session.settings.vibrate && 'vibrate' in navigator && navigator.userActivation?.hasBeenActive !== false) navigator.vibrate(this.quick ? 20 : [40, 80, 40]);
    if (this.sound) this.beep();
  }

  /** The interval a press at PAGETIME is about. */
  private indexAt(pageTime?: number): number {
    return this.chosen ?? askedAt(this.store.timelineAt(pageTime), this.board.sampling);
  }

  private onDown(event: PointerEvent): void {
    if (event.button === 0) this.press = { index: this.indexAt(event.timeStamp), time: event.timeStamp };
  }

  private onClick(event: MouseEvent, code: BoardCode): void {
    const press = this.press && event.timeStamp - this.press.time < PRESS_MS ? this.press : null;
    this.press = null;
    this.give(code, press?.index ?? this.indexAt(event.timeStamp), press?.time ?? event.timeStamp);
  }

  private onKey(event: KeyboardEvent): void {
    if (!session.settings.keys_enabled || !this.running || event.repeat || !isOurs(event)) return;
    const key = normalKey(event.key);
    const code = key === '' ? undefined : this.board.codes.find((one) => this.keys.get(one.ref) === key);
    if (!code) return;
    event.preventDefault();
    this.give(code, this.indexAt(event.timeStamp), event.timeStamp);
  }

  private give(code: BoardCode, index: number, time: number): void {
    if (!this.running || index < 0 || (this.paused && this.chosen === null)) return;
    if (session.settings.vibrate && 'vibrate' in navigator) navigator.vibrate(10);
    this.store.answer(this.board, index, code, time, this.subject);
    // One answer was wanted and one was given: back to the class.
    if (!this.board.sampling.many) this.chosen = null;
  }

  private when(index: number): string {
    const { sampling } = this.board;
    const { at, until } = answerTimes(index, sampling);
    return sampling.rule === 'momentary' ? t().tapping.moment(clockTime(at, this.decimals)) : t().tapping.intervalNow(clockTime(at, this.decimals), clockTime(until, this.decimals));
  }

  private question(): string {
    const { many, rule } = this.board.sampling;
    const texts = t().tapping;
    if (rule === 'whole') return many ? texts.askWholeMany : texts.askWholeOne;
    if (rule === 'momentary') return many ? texts.askMomentMany : texts.askMomentOne;
    return many ? texts.askMany : texts.askOne;
  }

  /** How much of the time to answer is left. It moves by itself; only a new question draws it anew. */
  private ring(asked: number, time: number): TemplateResult {
    const { every } = this.board.sampling;
    const gone = Math.min(every, Math.max(0, time - askedFrom(asked, this.board.sampling)));
    const left = every - gone;
    return html`<span class="ring" role="img" aria-label=${t().tapping.left(left)} title=${t().tapping.left(left)}>
      ${keyed(`${asked}/${this.paused}`, html`<svg viewBox="0 0 48 48" aria-hidden="true" ${vars({ '--every': `${every}s`, '--gone': `-${gone}s` })}>
        ${svg`<circle class="ring-ground" cx="24" cy="24" r=${RADIUS} /><circle class="ring-left" cx="24" cy="24" r=${RADIUS} pathLength="1" />`}</svg>`)}
      ${this.quick ? nothing : html`<b aria-hidden="true">${left >= 60 ? clockTime(left) : Math.ceil(left)}</b>`}
    </span>`;
  }

  private cell(index: number, asked: number, answers: Map<number, Observation[]>, time: number): TemplateResult {
    const { every } = this.board.sampling;
    const texts = t().tapping;
    const given = answers.get(index) ?? [];
    const codes = this.board.codes.filter((code) => given.some((one) => one.code === code.code.id));
    const paused = given.length === 0 && isPaused(index, every, this.pauses, time);
    const now = index === asked;
    const shown = this.chosen === null ? now : this.chosen === index;
    const state = given.length > 0 ? 'given' : now ? 'waiting' : paused ? 'paused' : 'missed';
    const when = now ? `${texts.current}, ${this.when(index)}` : this.when(index);
    const what = given.length > 0 ? codes.map((one) => words(one.code.short)).join(', ') || texts.answered : now ? texts.current : paused ? texts.paused : texts.unanswered;
    return html`<button type="button" class="cell ${state}" data-index=${index} data-state=${state} aria-pressed=${String(shown)}
      aria-label=${texts.cell(when, what)} title=${texts.cell(when, what)}
      @click=${() => (this.chosen = now ? null : index)}>
      <span class="cell-colors" aria-hidden="true">${codes.slice(0, 4).map((one) => html`<i ${vars({ '--code-color': one.color })}></i>`)}
      </span>
      <span class="cell-time" aria-hidden="true">${now ? texts.current : clockTime(answerTimes(index, this.board.sampling).at, this.decimals)}</span>
    </button>`;
  }

  private grid(index: number, answers: Map<number, Observation[]>): TemplateResult {
    const about = (i: number) => (answers.get(i) ?? []).filter((one) => one.subject === this.subject);
    const given = new Set(about(index).map((one) => one.code));
    // What was chosen just before stays to be seen, so that going on with it is one look and one press.
    const before = this.quick && given.size === 0 ? new Set(about(index - 1).map((one) => one.code)) : new Set<string | null>();
    const off = !this.running || index < 0 || (this.paused && this.chosen === null);
    const button = (code: BoardCode) => {
      const key = session.settings.keys_enabled ? this.keys.get(code.ref) : undefined;
      return html`<button type="button" class="answer ${before.has(code.code.id) ? 'before' : ''} ${code === this.board.none ? 'none' : ''} ${code.code.size ?? ''}"
        data-answer=${code.code.id} aria-pressed=${String(given.has(code.code.id))} aria-disabled=${off ? 'true' : nothing} aria-keyshortcuts=${key ?? nothing}
        title=${words(code.code.title)} ${vars({ '--code-color': code.color })}
        @pointerdown=${(event: PointerEvent) => this.onDown(event)} @click=${(event: MouseEvent) => this.onClick(event, code)}>
        ${given.has(code.code.id) ? icon('check') : shape(code.shape)}<span>${words(code.code.short)}</span>
        ${key ? html`<kbd aria-hidden="true">${key.toUpperCase()}</kbd>` : nothing}</button>`;
    };
    const { none } = this.board;
    const sections = boardTabs(this.board.codes.filter((one) => one !== none));
    const grid = `replies ${this.quick ? 'fast' : ''}`;
    return html`<div role="group" aria-label=${`${t().tapping.answers}: ${index < 0 ? '' : this.when(index)}`}>
      ${sections.map((one, i) => html`${sections.length > 1 ? html`<h4 class="replies-of">${words(one.title)}</h4>` : nothing}
        <div class=${grid}>${one.codes.map(button)}${none && sections.length === 1 && i === 0 ? button(none) : nothing}</div>`)}
      ${none && sections.length !== 1 ? html`<div class="${grid} apart">${button(none)}</div>` : nothing}
    </div>`;
  }

  protected override render(): TemplateResult {
    this.loadPauses();
    const texts = t().tapping;
    const { sampling } = this.board;
    const time = this.running ? this.store.timelineAt() : this.now;
    const asked = askedAt(time, sampling);
    const answers = answersOf(this.board, this.store.journal.observations, this.store.observer);
    const index = this.chosen ?? asked;
    const missed = missedBefore(asked, answers, sampling.every, this.pauses, time);
    const first = Math.max(0, Math.min(asked - CELLS, this.chosen ?? asked));
    const cells = Array.from({ length: Math.max(0, Math.min(asked, first + CELLS) - first + 1) }, (_, i) => first + i);
    if (cells.length > 0 && cells.at(-1) !== asked) cells[cells.length - 1] = asked;
    return html`<section class="sampling ${this.paused ? 'is-paused' : ''}" data-sampling=${this.board.ref} aria-label=${words(sampling.title)}>
      <div class="sampling-head">
        ${this.running && asked >= 0 && !this.paused ? this.ring(asked, time) : nothing}
        <div class="sampling-title"><h3>${words(sampling.title)}</h3>
          <p class="small" data-test="interval-now">${this.running && asked >= 0 ? html`<b>${this.when(index)}</b> · ` : nothing}${texts.every(sampling.every)}</p></div>
        <div class="sampling-tools">
          <button type="button" class="icon-only" data-test="interval-sound" aria-pressed=${String(this.sound)} aria-label=${texts.sound} title=${texts.sound}
            @click=${() => this.toggleSound()}>${icon(this.sound ? 'sound' : 'soundOff')}</button>
          <button type="button" data-test="interval-pause" ?disabled=${!this.running} @click=${() => this.togglePause()}>${icon(this.paused ? 'play' : 'pause')}<span class="tool-text">${this.paused ? texts.resume : texts.pause}</span></button>
        </div>
      </div>
      <p class="sampling-ask">${this.chosen !== null
        ? html`<strong>${texts.correcting(this.when(this.chosen))}</strong> <button type="button" class="small" data-test="interval-back" @click=${() => (this.chosen = null)}>${icon('next')}${texts.backToNow}</button>`
        : this.paused ? texts.pausedLong : this.running && asked < 0 ? texts.askWait(askedFrom(0, sampling) - time) : this.question()}</p>
      ${this.grid(index, answers)}
      <div class="sampling-foot">
        <div class="cells" role="group" aria-label=${texts.cells}>${cells.map((one) => this.cell(one, asked, answers, time))}</div>
        ${missed.length > 0
          ? html`<button type="button" class="small missed-count" data-test="interval-missed" title=${texts.missedLong(missed.length)}
              ?disabled=${!this.running} @click=${() => (this.chosen = missed.at(-1)!)}>${texts.missed(missed.length)}</button>`
          : asked > 0 ? html`<span class="small">${texts.noneMissed}</span>` : nothing}
      </div>
    </section>`;
  }

  protected override updated(changed: Map<string, unknown>): void {
    if (!changed.has('running') && !changed.has('board')) return;
    // The page gives the same board anew at each redraw; one that comes just after a boundary asks as the timer would.
    if (changed.has('running') || !samePace(changed.get('board') as BoardSampling | undefined, this.board)) this.asked = askedAt(this.store.timelineAt(), this.board.sampling);
    else if (this.running) this.ask();
    this.wake();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tb-sampling': SamplingCard;
  }
}
