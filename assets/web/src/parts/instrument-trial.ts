// A kijkwijzer tried out: the real tap board, with presses that go nowhere, and what would be written down.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { t, words } from '../i18n';
import { clockTime } from '../model/format';
import { boardCodes, groupMates, isTappable, modifiersOf, scaleOf, type BoardCode } from '../model/instruments';
import { assignKeys } from '../model/keys';
import { answer, answerTimes, askedAt, boardSamplings, type BoardSampling } from '../model/samplings';
import type { Instrument, Observation } from '../model/types';
import { Part } from './base';
import { icon, shape } from './icons';
import './tap-board';
import type { TapTarget } from './tap-board';
import { vars } from './vars';

/** The longest list that is shown. */
const SHOWN = 40;

@customElement('tb-instrument-trial')
export class InstrumentTrial extends Part {
  @property({ attribute: false }) instrument!: Instrument;
  @state() private made: Observation[] = [];
  @state() private now = 0;
  private zero = performance.now();
  private made_ = 0;
  /** once for each document: the board keeps its tab as long as its codes are the same */
  private known: { instrument: Instrument; codes: BoardCode[] } | null = null;

  private readonly target: TapTarget = {
    add: (code, time) => this.add(code, this.at(time)),
    close: (id, time) => this.change(id, { until: Math.max(this.at(time), 0), open: false }),
    openState: (code) => this.made.find((one) => one.open && one.code === code.code.id),
  };

  override connectedCallback(): void {
    super.connectedCallback();
    this.every(500, () => (this.now = (performance.now() - this.zero) / 1000));
    this.on(window, 'keydown', (event) => {
      if ((event as KeyboardEvent).key === 'Escape') this.back();
    });
  }

  private back(): void {
    this.dispatchEvent(new Event('back'));
  }

  private at(time: number): number {
    return Math.max(0, (time - this.zero) / 1000);
  }

  private get codes(): BoardCode[] {
    if (this.known?.instrument !== this.instrument) this.known = { instrument: this.instrument, codes: boardCodes([this.instrument]) };
    return this.known.codes;
  }

  private add(code: BoardCode | null, at: number, more: Partial<Observation> = {}): string {
    // Another of its group ends, as it would during a lesson.
    if (code) for (const mate of groupMates(this.codes, code)) for (const one of this.made) if (one.open && one.code === mate.code.id) this.change(one.id, { until: at, open: false });
    const id = `trial-${(this.made_ += 1)}`;
    const kind = code?.code.kind ?? 'point';
    const one: Observation = {
      id, instrument: code?.instrument.id ?? null, code: code?.code.id ?? null, kind, at, until: null, lead: code?.code.lead ?? 5, lag: code?.code.lag ?? 5, subject: null, note: '', valence: 'neutraal', observer: '',
      tapped_at: null, tapped_time: null, uncertainty: null, closed_by: null, modifiers: null, rating: null, evidence: null, removed: false, open: kind === 'state', clip: { from: at, to: at }, ...more,
    };
    this.made = [...this.made, one];
    return id;
  }

  private change(id: string, fields: Partial<Observation>): void {
    this.made = this.made.map((one) => (one.id === id ? { ...one, ...fields } : one));
  }

  private again(): void {
    this.made = [];
    this.zero = performance.now();
    this.now = 0;
  }

  private sampling(board: BoardSampling): TemplateResult {
    const { sampling } = board;
    const index = Math.max(0, askedAt(this.now, sampling));
    const times = answerTimes(index, sampling);
    const here = this.made.filter((one) => one.kind === 'interval' && one.at === times.at && board.codes.some((code) => code.code.id === one.code));
    const press = (code: BoardCode) => {
      const step = answer(board, here, code);
      this.made = this.made.filter((one) => !step.remove.includes(one.id)).map((one) => (one.id === step.change ? { ...one, code: code.code.id } : one));
      if (step.add) this.add(code, times.at, { until: times.until });
    };
    return html`<section class="card trial-round" aria-label=${words(sampling.title)}><h3>${words(sampling.title)} <span class="small">${clockTime(times.at)}–${clockTime(times.at + sampling.every)}</span></h3>
      <div class="taps">${board.codes.map((code) => html`<button type="button" class="tap is-point" data-answer=${code.code.id} aria-pressed=${String(here.some((one) => one.code === code.code.id))}
        ${vars({ '--code-color': code.color })} @click=${() => press(code)}>${shape(code.shape)}<span class="tap-text">${words(code.code.short) || words(code.code.title)}</span></button>`)}</div></section>`;
  }

  private rating(code: BoardCode): TemplateResult {
    const scale = scaleOf(code);
    const given = this.made.find((one) => one.kind === 'rating' && one.code === code.code.id);
    const rate = (rating: number | null) => (given ? this.change(given.id, { rating }) : void this.add(code, this.now, { rating }));
    const chip = (rating: number | null, text: string) => html`<button type="button" class="chip" aria-pressed=${String(given !== undefined && given.rating === rating)} @click=${() => rate(rating)}>${text}</button>`;
    return html`<div class="trial-rating" role="group" aria-label=${words(code.code.title)} data-rating=${code.code.id}><p>${shape(code.shape)}${words(code.code.title)}</p>
      <div class="chips">${scale?.steps.map((step) => chip(step.value, `${step.value} · ${words(step.title)}`))}${scale?.not_applicable ? chip(null, t().kijkwijzer.trial.notApplicable) : nothing}</div></div>`;
  }

  private line(one: Observation): TemplateResult {
    const texts = t().kijkwijzer.trial;
    const code = this.codes.find((each) => each.code.id === one.code);
    const what = code ? words(code.code.title) || words(code.code.short) : texts.moment;
    const step = one.kind === 'rating' ? (one.rating === null ? texts.notApplicable : `${one.rating} · ${words(scaleOf(code)?.steps.find((each) => each.value === one.rating)?.title)}`) : '';
    const extra = modifiersOf(code).length > 0 ? texts.extra(modifiersOf(code).map((each) => words(each.title)).join(', ')) : '';
    const until = one.open ? texts.runs : one.until !== null && one.until !== one.at ? texts.until(clockTime(one.until)) : '';
    return html`<li data-written=${one.code ?? 'moment'}><span class="time">${clockTime(one.at)}</span><span class="what">${what}<span class="small">${[code ? t().kijkwijzer.kinds[one.kind] : '', until, step, extra].filter(Boolean).join(' · ')}</span></span></li>`;
  }

  protected override render(): TemplateResult {
    const texts = t().kijkwijzer.trial;
    const { codes } = this;
    const tappable = codes.filter(isTappable);
    const counts = new Map<string, number>();
    for (const code of codes) counts.set(code.ref, this.made.filter((one) => one.code === code.code.id).length);
    const ratings = codes.filter((one) => one.code.kind === 'rating');
    return html`<div class="page-head"><div><h1>${texts.title}</h1><p class="small">${texts.text}</p></div>
        <div class="buttons"><button type="button" data-test="trial-again" @click=${() => this.again()}>${icon('loop')}${texts.again}</button>
          <button type="button" class="primary" data-test="trial-back" @click=${() => this.back()}>${icon('back')}${texts.back}</button></div></div>
      ${codes.length === 0 ? html`<p class="empty">${texts.noCodes}</p>` : nothing}
      <div class="trial"><div class="trial-board">
        ${boardSamplings(codes).map((one) => this.sampling(one))}
        ${tappable.length > 0 || codes.length === 0 ? html`<tb-tap-board .codes=${tappable} .keys=${assignKeys(tappable, {})} .target=${this.target} .counts=${counts} .now=${this.now}></tb-tap-board>` : nothing}
        ${ratings.length > 0 ? html`<section class="card" aria-label=${t().kijkwijzer.kindNames.rating}>${ratings.map((one) => this.rating(one))}</section>` : nothing}
      </div><section class="card trial-list" aria-labelledby="trial-written"><h2 id="trial-written">${texts.written}</h2>
        ${this.made.length === 0 ? html`<p class="empty">${texts.nothing}</p>` : html`<ol reversed>${[...this.made].reverse().slice(0, SHOWN).map((one) => this.line(one))}</ol>`}</section></div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tb-instrument-trial': InstrumentTrial;
  }
}
