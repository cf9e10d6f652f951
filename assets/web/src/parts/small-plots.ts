// The same kijkwijzer over the visits of one trajectory: one small plot for each code. The counts are per ten minutes and
// the states a share of the lesson, so that long and short lessons compare; the table has the same numbers.
import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { language, t, words } from '../i18n';
import { api } from '../model/api';
import type { Plot } from '../model/coaching-types';
import { clockTime, number } from '../model/format';
import { boardCodes, type Shape } from '../model/instruments';
import { plotTop, plotValue } from '../model/plot-math';
import type { Instrument } from '../model/types';
import { Part } from './base';
import { icon, shape } from './icons';
import { vars } from './vars';

const WIDTH = 260;
const HEIGHT = 124;
const TOP = 28;
const BASE = 96;
/** A mark and its number need this much room. */
const LABEL_ROOM = 40;
const PLAIN_COLOR = '#8d8173';

const MARKS: Record<Shape, string> = {
  circle: 'M-7 0a7 7 0 1 0 14 0a7 7 0 1 0-14 0z',
  square: 'M-6 -6h12v12h-12z',
  triangle: 'M0 -7l8 13h-16z',
  diamond: 'M0 -8l8 8l-8 8l-8-8z',
  hexagon: 'M-4 -7h8l4 7l-4 7h-8l-4-7z',
  star: 'M0 -8l2.300 5.300 5.700.400-4.400 3.600 1.500 5.700L0 4l-5.100 3 1.500-5.700-4.400-3.600 5.700-.400z',
};

function shortDay(text: string): string {
  return new Intl.DateTimeFormat(language() === 'nl' ? 'nl-NL' : 'en-GB', { day: 'numeric', month: 'short' }).format(new Date(text));
}

@customElement('tb-small-plots')
export class SmallPlots extends Part {
  @property({ attribute: false }) plots: Plot[] = [];
  @state() private instruments = new Map<string, Instrument>();
  @state() private tables = false;
  private readonly asked = new Set<string>();

  protected override willUpdate(): void {
    for (const { instrument } of this.plots) {
      if (this.asked.has(instrument)) continue;
      this.asked.add(instrument);
      // Without it the plots are there all the same, in one colour and shape for each domain.
      api.instrument(instrument).then((one) => (this.instruments = new Map(this.instruments).set(instrument, one)), () => undefined);
    }
  }

  private look(plot: Plot, domains: string[]): { color: string; shape: Shape; domain: string } {
    const instrument = this.instruments.get(plot.instrument);
    const known = instrument && boardCodes([instrument]).find((one) => one.code.id === plot.code);
    if (known) return { color: known.color, shape: known.shape, domain: words(known.domain.title) };
    const shapes = Object.keys(MARKS) as Shape[];
    return { color: plot.color ?? PLAIN_COLOR, shape: shapes[Math.max(0, domains.indexOf(plot.domain)) % shapes.length]!, domain: '' };
  }

  private amount(kind: Plot['kind'], value: number): string {
    return kind === 'point' ? number(value, 1) : `${number(value)}%`;
  }

  private drawing(plot: Plot, mark: string): SVGTemplateResult {
    const step = (WIDTH - 16) / Math.max(1, plot.points.length);
    const x = (index: number) => 8 + step * (index + 0.5);
    const values = plot.points.map((point) => plotValue(plot.kind, point));
    const top = plotTop(plot.kind, values);
    const y = (value: number) => BASE - (value / top) * (BASE - TOP);
    const line = values.flatMap((value, index) => (value === null ? [] : [`${x(index).toFixed(1)} ${y(value).toFixed(1)}`]));
    // With many visits only the ends carry a text; the table has them all.
    const every = step >= LABEL_ROOM;
    const named = (index: number) => every || index === 0 || index === plot.points.length - 1;
    const anchor = (index: number) => (every ? 'middle' : index === 0 ? 'start' : 'end');
    const at = (index: number) => (every ? x(index) : index === 0 ? 2 : WIDTH - 2);
    return svg`<path class="ground" d="M4 ${BASE}H${WIDTH - 4}"></path>
      ${line.length > 1 ? svg`<path class="line" d="M${line.join('L')}"></path>` : nothing}
      ${plot.points.map((point, index) => {
        const value = values[index]!;
        return svg`${value === null ? nothing : svg`<path class="mark" d=${mark} transform="translate(${x(index).toFixed(1)} ${y(value).toFixed(1)})"></path>
            ${named(index) ? svg`<text x=${at(index)} y=${y(value) - 12} text-anchor=${anchor(index)}>${this.amount(plot.kind, value)}</text>` : nothing}`}
          ${named(index) ? svg`<text class="when" x=${at(index)} y=${HEIGHT - 8} text-anchor=${anchor(index)}>${shortDay(point.at)}</text>` : nothing}`;
      })}`;
  }

  private table(plot: Plot): TemplateResult {
    const texts = t().trajectory.plots;
    const { kind } = plot;
    const heads = { point: [texts.count, texts.per10], state: [texts.lasted, texts.share], interval: [texts.seenIn, texts.ofAnswers] }[kind];
    return html`<div class=${this.tables ? '' : 'hidden-label'}><table class="plot-table"><caption class="hidden-label">${words(plot.title)}</caption>
      <thead><tr><th scope="col">${texts.visit}</th><th scope="col">${texts.lesson}</th>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
      <tbody>${plot.points.map((point) => {
        const value = plotValue(plot.kind, point);
        return html`<tr><th scope="row">${shortDay(point.at)}${point.title ? html`<span class="small block">${point.title}</span>` : nothing}</th><td>${texts.minutes(point.minutes)}</td>
          <td>${kind === 'state' ? clockTime(point.seconds) : kind === 'interval' ? texts.outOf(point.count, point.answered ?? 0) : number(point.count)}</td><td>${value === null ? '–' : this.amount(plot.kind, value)}</td></tr>`;
      })}</tbody></table></div>`;
  }

  private plot(plot: Plot, domains: string[]): TemplateResult {
    const look = this.look(plot, domains);
    const texts = t().trajectory.plots;
    const unit = { point: texts.per10, state: texts.ofLesson, interval: texts.ofAnswers }[plot.kind];
    return html`<li><figure class="plot" data-plot=${plot.code} ${vars({ '--code-color': look.color })}>
      <figcaption>${shape(look.shape)}<span><strong>${words(plot.title)}</strong><span class="small block">${[look.domain, unit].filter((one) => one).join(' · ')}</span></span></figcaption>
      <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label=${t().trajectory.plots.picture(words(plot.title))}>${this.drawing(plot, MARKS[look.shape])}</svg>
      ${this.table(plot)}
    </figure></li>`;
  }

  protected override render(): TemplateResult | typeof nothing {
    if (this.plots.length === 0) return nothing;
    const texts = t().trajectory.plots;
    const domains = [...new Set(this.plots.map((one) => one.domain))];
    const instruments = [...new Map(this.plots.map((one) => [one.instrument, one.instrument_title]))];
    return html`<p><button type="button" class="small" data-test="plot-tables" aria-pressed=${String(this.tables)} @click=${() => (this.tables = !this.tables)}>${icon('list')}${this.tables ? texts.hideTables : texts.showTables}</button></p>
      ${instruments.map(([id, title]) => html`<h3>${words(title)}</h3>
        <ul class="plots">${this.plots.filter((one) => one.instrument === id).map((one) => this.plot(one, domains))}</ul>`)}`;
  }
}
