// Two observers of one lesson: their marks above and below a line for each code, tied where they saw the same; how far they
// agree, each figure with its uncertainty and what it means; and every pair and every miss as a link to look at together.
import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { t, words } from '../i18n';
import { ApiError } from '../model/api';
import { figures } from '../model/figures';
import { cut, spanOf } from '../model/figures-math';
import { lookOf, looksOf, refOf, type Look } from '../model/figures-view';
import type { Concordance, ConcordanceFigure, Match, MatchedEvent, Method } from '../model/figures-types';
import { clockTime, number } from '../model/format';
import type { Observation } from '../model/types';
import { paths } from '../router';
import { FigurePart, choice, label, legend, mark, selectOf, timeAxis } from './figure-frame';
import { icon, shape } from './icons';
import { errorText } from './toast';
import { vars } from './vars';

const TOLERANCES = [1, 2, 3, 5, 10];
const ROW = 54;
const HEAD = 24;
/** Kappa and its kin can fall below chance; further down than this is not drawn. */
const LOWEST = -0.2;

type Result = Match['result'];

@customElement('tb-figure-observers')
export class FigureObservers extends FigurePart {
  /** the names in the visit, the own one first */
  @property({ attribute: false }) names: string[] = [];
  /** of everybody: the figure compares two whatever is chosen for the others */
  @property({ attribute: false }) all: Observation[] = [];
  @state() private left = '';
  @state() private right = '';
  @state() private method: Method = 'event';
  @state() private tolerance = 2;
  @state() private instrument = '';
  @state() private answer: Concordance | null = null;
  @state() private failed: unknown = null;
  @state() private only: Result | 'all' = 'all';
  /** of everybody's codes: those of the scene are only of whom was chosen there */
  looks: Look[] = [];
  private asked = '';

  private pair(): [string, string] | null {
    const left = this.names.includes(this.left) ? this.left : this.names[0];
    const right = this.names.includes(this.right) && this.right !== left ? this.right : this.names.find((one) => one !== left);
    return left !== undefined && right !== undefined ? [left, right] : null;
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    super.willUpdate(changed);
    this.looks = looksOf(this.scene.instruments, new Set(this.all.map(refOf)));
    const pair = this.pair();
    if (!pair) return;
    if (changed.has('all') && changed.get('all') !== undefined) this.asked = '';
    const asked = JSON.stringify([pair, this.method, this.tolerance, this.ratedInstrument()]);
    if (asked === this.asked) return;
    this.asked = asked;
    void this.ask(pair, asked);
  }

  /** Scores are compared on the scale of one kijkwijzer. */
  private ratedInstrument(): string | undefined {
    if (this.method !== 'rating') return undefined;
    return this.instrument || this.rated()[0]?.[0];
  }

  private rated(): [string, string][] {
    const ids = new Set(this.all.filter((one) => one.kind === 'rating').map((one) => one.instrument));
    return this.scene.instruments.filter((one) => ids.has(one.id)).map((one) => [one.id, words(one.title)]);
  }

  private async ask(pair: [string, string], asked: string): Promise<void> {
    try {
      const answer = await figures.concordance(this.scene.visit.id, pair, this.method, this.tolerance, this.ratedInstrument());
      if (asked !== this.asked) return;
      this.answer = answer;
      this.failed = null;
    } catch (error) {
      if (asked !== this.asked) return;
      this.answer = null;
      this.failed = error;
    }
  }

  // --- the picture

  private laneLooks(pair: [string, string]): Look[] {
    const refs = new Set(this.all.filter((one) => pair.includes(one.observer) && one.code !== null && (one.kind === 'point' || one.kind === 'state')).map(refOf));
    return this.looks.filter((one) => refs.has(one.ref));
  }

  private drawing(pair: [string, string], looks: Look[]): TemplateResult {
    const { scene, wide } = this;
    const whole = { from: 0, to: scene.length };
    const gutter = this.narrow ? 0 : Math.min(200, wide * 0.26);
    const inner = wide - gutter - 10;
    const row = this.narrow ? ROW + 18 : ROW;
    const x = (at: number) => gutter + (Math.min(Math.max(at, 0), scene.length) / scene.length) * inner;
    const rows = new Map(looks.map((one, index) => [one.ref, index]));
    const middle = (ref: string) => HEAD + rows.get(ref)! * row + (this.narrow ? 18 : 0) + ROW / 2;
    const bottom = HEAD + looks.length * row;
    const matches = this.answer?.method === 'event' ? this.answer.matches : [];
    const missed = new Set(matches.filter((one) => one.result === 'missed').map((one) => (one.left ?? one.right)?.observation));
    const tie = (one: Match): SVGTemplateResult | typeof nothing => {
      if (!one.left || !one.right || !rows.has(one.left.code) || !rows.has(one.right.code)) return nothing;
      return svg`<path class="tie ${one.result}" d="M${x(one.left.at).toFixed(1)} ${middle(one.left.code) - 12}L${x(one.right.at).toFixed(1)} ${middle(one.right.code) + 12}"></path>`;
    };
    const drawn = (one: Observation, look: Look): SVGTemplateResult | typeof nothing => {
      const y = middle(look.ref) + (one.observer === pair[0] ? -12 : 12);
      const open = missed.has(one.id);
      const title = `${one.observer}: ${look.title} · ${clockTime(one.at)}`;
      if (one.kind === 'point') return mark(look, x(one.at), y, { at: one.at, open, title });
      const span = cut(spanOf(one, scene.length), whole);
      return span ? svg`<rect class="bar ${open ? 'open' : ''}" x=${x(span.from).toFixed(1)} y=${y - 6} width=${Math.max(3, x(span.to) - x(span.from)).toFixed(1)} height="12" rx="2.500"
        fill=${open ? '#fffdf9' : look.color} stroke=${look.color} data-at=${one.at}><title>${title}</title></rect>` : nothing;
    };
    const content = svg`${timeAxis(whole, gutter, inner, 14, 20, bottom)}
      ${looks.map((look, index) => svg`<path class="ground" d="M0 ${HEAD + index * row}H${wide}"></path>
        ${label(look, 0, this.narrow ? HEAD + index * row + 12 : middle(look.ref), this.narrow ? wide : gutter)}
        <path class="between" d="M${gutter} ${middle(look.ref)}H${gutter + inner}"></path>`)}
      ${matches.map(tie)}
      ${looks.map((look) => this.all.filter((one) => refOf(one) === look.ref && pair.includes(one.observer)).map((one) => drawn(one, look)))}
      <path class="ground" d="M0 ${bottom}H${wide}"></path>`;
    return this.picture(t().figures.observers.title, bottom + 2, content);
  }

  // --- the figures

  private shown(figure: ConcordanceFigure, value: number): string {
    return figure.id.startsWith('percent') ? t().figures.percent(value) : number(value, 2);
  }

  private gauge(figure: ConcordanceFigure): TemplateResult {
    const percent = figure.id.startsWith('percent');
    const low = percent ? 0 : LOWEST;
    const x = (value: number) => ((Math.min(1, Math.max(low, value)) - low) / (1 - low)) * 240;
    return html`<svg class="gauge" viewBox="0 -4 240 44" aria-hidden="true"><rect class="bar-back" x="0" y="4" width="240" height="14" rx="7"></rect>
      ${figure.low !== null && figure.high !== null ? svg`<rect class="unsure" x=${x(figure.low).toFixed(1)} y="4" width=${Math.max(4, x(figure.high) - x(figure.low)).toFixed(1)} height="14" rx="7"></rect>` : nothing}
      ${!percent ? svg`<path class="chance" d="M${x(0).toFixed(1)} 0V22"></path><text class="tick" x=${x(0).toFixed(1)} y="36" text-anchor="middle">0</text>` : svg`<text class="tick" x="0" y="36">0%</text>`}
      <text class="tick" x="240" y="36" text-anchor="end">${percent ? '100%' : '1'}</text>
      <path class="needle" d="M${x(figure.value!).toFixed(1)} -1V23"></path></svg>`;
  }

  private figure(figure: ConcordanceFigure, method: Method): TemplateResult {
    const texts = t().figures.observers;
    const [title, meaning, caution] = t().figures.concordance[`${method}/${figure.id}`] ?? [figure.id, '', ''];
    return html`<li class="agreement" data-statistic=${figure.id}>
      <h4>${title}</h4>
      ${figure.value === null ? html`<p class="big">–</p><p class="small">${texts.noValue}: ${texts.why[figure.why]}</p>`
        : html`<p class="big">${this.shown(figure, figure.value)}</p>${this.gauge(figure)}
          <p class="small">${figure.low !== null && figure.high !== null ? texts.interval(this.shown(figure, figure.low), this.shown(figure, figure.high)) : texts.noInterval}</p>`}
      <p>${meaning}</p>${caution ? html`<p class="caution">${icon('warn')}<span>${caution}</span></p>` : nothing}</li>`;
  }

  // --- each pair

  private event(event: MatchedEvent | null): TemplateResult {
    if (!event) return html`<span class="small">${t().figures.observers.notSeen}</span>`;
    const look = lookOf(this, event.code);
    const what = html`<span class="named" ${vars({ '--code-color': look.color })}>${shape(look.shape)}<span>${clockTime(event.at, 1)} · ${look.short}</span></span>`;
    return this.scene.link ? html`<a class="match-link" href=${this.scene.link(event.at)}>${what}<span class="hidden-label"> (${t().figures.toReview})</span></a>` : what;
  }

  private eachPair(answer: Concordance): TemplateResult | typeof nothing {
    if (answer.method !== 'event' || answer.matches.length === 0) return nothing;
    const texts = t().figures.observers;
    const n = (result: Result) => answer.matches.filter((one) => one.result === result).length;
    const options: [Result | 'all', string][] = [['all', `${texts.allResults} (${number(answer.matches.length)})`],
      ...(['same', 'other-code', 'missed'] as Result[]).map((one): [Result, string] => [one, `${texts.results[one]} (${number(n(one))})`])];
    const [left, right] = answer.observers.map((one) => one.name);
    return html`<h3>${texts.matchesTitle}</h3><p data-test="matches-text">${texts.matchesText(n('same'), n('other-code'), n('missed'))}</p>
      <div class="figure-controls no-print">${choice('result', texts.result, options, this.only, (only) => (this.only = only))}</div>
      <ul class="matches"><li class="match-head" aria-hidden="true"><span>${left}</span><span>${right}</span><span>${texts.result}</span></li>
        ${answer.matches.map((one) => html`<li class="match" data-result=${one.result} ?data-hidden=${this.only !== 'all' && this.only !== one.result}>
          <span><span class="hidden-label">${left}: </span>${this.event(one.left)}</span><span><span class="hidden-label">${right}: </span>${this.event(one.right)}</span>
          <span class="outcome">${icon(one.result === 'same' ? 'check' : one.result === 'missed' ? 'eye' : 'edit')}<span>${texts.results[one.result]}${one.distance !== null && one.distance > 0 ? html`<span class="small">, ${t().figures.seconds(one.distance)}</span>` : nothing}</span></span></li>`)}</ul>`;
  }

  private controls(pair: [string, string]): TemplateResult {
    const texts = t().figures.observers;
    const names = (not: string) => this.names.filter((one) => one !== not).map((one): [string, string] => [one, one]);
    const rated = this.rated();
    const methods = (['event', 'sampled', 'overlap', ...(rated.length > 0 ? ['rating' as Method] : []), ...(this.all.some((one) => one.kind === 'interval') ? ['interval' as Method] : [])] as Method[]).map((one): [Method, string] => [one, texts.methods[one]]);
    const timed = this.method === 'event' || this.method === 'sampled';
    return html`<div class="figure-controls no-print">
      ${selectOf('left', texts.left, names(pair[1]), pair[0], (value) => { this.right = pair[1]; this.left = value; })}
      ${selectOf('right', texts.right, names(pair[0]), pair[1], (value) => { this.left = pair[0]; this.right = value; })}
      ${timed ? selectOf('tolerance', this.method === 'event' ? texts.tolerance : texts.step, TOLERANCES.map((one) => [String(one), t().figures.seconds(one)]), String(this.tolerance), (value) => (this.tolerance = Number(value))) : nothing}
      ${this.method === 'rating' && rated.length > 1 ? selectOf('rated', t().figures.filter.instrument, rated, this.ratedInstrument() ?? '', (value) => (this.instrument = value)) : nothing}
      ${choice('method', texts.method, methods, this.method, (method) => (this.method = method))}</div>`;
  }

  protected override render(): TemplateResult | typeof nothing {
    const texts = t().figures.observers;
    if (this.failed instanceof ApiError && this.failed.code === 'not-opened') {
      return this.frame('observers', texts.title, { screenOnly: true, say: [texts.closed], plot: html`<p><a class="button" href=${paths.observers(this.scene.visit.id)}>${icon('people')}${texts.toObservers}</a></p>`, table: null });
    }
    const pair = this.pair();
    if (!pair) return nothing;
    const answer = this.answer;
    const looks = this.laneLooks(pair);
    const key = { shape: 'circle' as const, color: '#14525a' };
    return this.frame('observers', texts.title, {
      say: [texts.text, texts.methodHelp[this.method],
        answer ? [texts.compared(answer.observers[0]!.name, answer.observers[0]!.events, answer.observers[1]!.name, answer.observers[1]!.events), answer.left_out > 0 ? texts.leftOut(answer.left_out) : ''].filter((one) => one).join(' ') : ''],
      controls: this.controls(pair),
      plot: html`${this.failed ? html`<p class="problem" role="alert">${errorText(this.failed)}</p>` : nothing}
        ${looks.length > 0 && this.method !== 'rating' && this.method !== 'interval' ? html`${this.drawing(pair, looks)}<p class="small">${texts.plot}</p>
          ${this.method === 'event' ? legend([[mark(key, 0, 0), texts.results.same], [mark(key, 0, 0, { open: true }), texts.results.missed], [svg`<path class="tie other-code" d="M-8 -6L8 6"></path>`, texts.results['other-code']]]) : nothing}` : nothing}`,
      below: answer ? html`<ul class="agreements-list">${answer.figures.map((one) => this.figure(one, answer.method))}</ul><p class="small">${texts.width}</p>${this.eachPair(answer)}` : nothing,
      table: answer && answer.codes.length > 0 ? {
        heads: [texts.perCode, ...answer.observers.map((one) => one.name), texts.both, texts.value],
        rows: answer.codes.map((one) => [lookOf(this, one.code).title, ...one.each.map((each) => number(each)), number(one.all), one.value === null ? null : answer.method === 'event' || answer.method === 'rating' ? t().figures.percent(one.value) : number(one.value, 2)]),
      } : null,
    });
  }
}
