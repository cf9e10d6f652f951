// How long after one code another came: each pair a dot on a line of seconds, with the middle of them.
import { html, nothing, svg, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { t } from '../i18n';
import { clockTime, number } from '../model/format';
import type { BudgetQuestion } from '../model/figures';
import { niceTop, swarm, ticks } from '../model/figures-math';
import { lookOf } from '../model/figures-view';
import type { Latency } from '../model/figures-types';
import { AskingFigure } from './figure-asked';
import { mark, selectOf } from './figure-frame';

const GAP = 15;
const LEVEL = 14;
/** px; as high as the dots may stand */
const HIGHEST = 200;
/** s; 0: whenever it came */
const LIMITS = [5, 10, 30, 60, 300, 0];

@customElement('tb-figure-latency')
export class FigureLatency extends AskingFigure {
  /** the pair that is shown when none was chosen */
  @property({ attribute: false }) proposed: [string, string] | null = null;
  @state() private from: string | null = null;
  @state() private to: string | null = null;
  @state() private fromEnd = false;
  /** What comes much later has nothing to do with it any more. */
  @state() private within = 30;

  private codes(): string[] {
    return this.scene.looks.filter((one) => one.ref !== 'moment' && (one.code === null || one.code.kind === 'point' || one.code.kind === 'state')).map((one) => one.ref);
  }

  private pair(): [string, string] | null {
    const codes = this.codes();
    const first = this.from ?? this.proposed?.[0];
    const from = first && codes.includes(first) ? first : codes[0];
    const second = this.to ?? (this.from === null ? this.proposed?.[1] : undefined);
    const to = second && codes.includes(second) ? second : (codes.find((one) => one !== from) ?? from);
    return from !== undefined && to !== undefined ? [from, to] : null;
  }

  protected override question(): BudgetQuestion | null {
    const pair = this.pair();
    return pair && { ...this.common(), latency: pair, fromEnd: this.fromEnd, within: this.within || null };
  }

  private drawing(latency: Latency): TemplateResult {
    const texts = t().figures.latency;
    const look = lookOf(this.scene, latency.to);
    const room = this.wide - 24;
    const top = niceTop(latency.seconds.max ?? 1, 1);
    const x = (seconds: number) => 10 + (seconds / top) * room;
    const levels = swarm(latency.pairs.map((one) => x(one.latency)), GAP);
    const deep = Math.max(1, ...levels.map((one) => one + 1));
    const level = Math.min(LEVEL, HIGHEST / deep);
    const base = 32 + deep * level;
    const median = latency.seconds.median;
    return this.picture(texts.title, base + 40, svg`
      ${ticks(top, this.narrow ? 4 : 8).map((one, index, all) => svg`<path class="grid" d="M${x(one).toFixed(1)} 22V${base}"></path>
        <text class="tick" x=${x(one).toFixed(1)} y=${base + 17} text-anchor=${index === 0 ? 'start' : index === all.length - 1 ? 'end' : 'middle'}>${number(one, one < 10 && one % 1 !== 0 ? 1 : 0)}</text>`)}
      <path class="ground strong" d="M${x(0)} ${base}H${x(top)}"></path>
      <text class="tick" x=${x(top)} y=${base + 34} text-anchor="end">${texts.axis}</text>
      ${median === null ? nothing : svg`<path class="middle" d="M${x(median).toFixed(1)} 20V${base}"></path>
        <text class="value" x=${x(median).toFixed(1)} y="14" text-anchor=${x(median) > this.wide - 90 ? 'end' : x(median) < 70 ? 'start' : 'middle'}>${texts.median(median)}</text>`}
      ${latency.pairs.map((one, index) => mark(look, x(one.latency), base - 9 - levels[index]! * level, { scale: Math.max(0.5, level / LEVEL), at: one.at, title: `${clockTime(one.at)} → ${clockTime(one.next)}: ${t().figures.seconds(one.latency)}` }))}`);
  }

  protected override render(): TemplateResult | typeof nothing {
    const pair = this.pair();
    if (!pair) return nothing;
    const texts = t().figures.latency;
    const options = this.codes().map((ref): [string, string] => [ref, lookOf(this.scene, ref).title]);
    // The last is of the part that is looked at. An answer to an earlier choice is not shown as this one.
    const latency = this.answer?.latencies.at(-1);
    const fits = latency && latency.from === pair[0] && latency.to === pair[1] ? latency : null;
    const [from, to] = pair.map((ref) => lookOf(this.scene, ref).short) as [string, string];
    const { n, median, min, max } = fits?.seconds ?? { n: 0, median: null, min: null, max: null };
    const all = fits ? fits.pairs.length + fits.unpaired.length : 0;
    const say = !fits ? [] : all === 0 ? [texts.noFirst(from)] : n === 0 ? [texts.none(from, to)] : [
      [texts.found(from, to, n, all), texts.usual(median!, min!, max!, n), fits.unpaired.length > 0 ? texts.unpaired(fits.unpaired.length, this.within) : '', fits.shared > 0 ? texts.shared(fits.shared) : ''].filter((one) => one).join(' '),
    ];
    return this.frame('latency', texts.title, {
      say,
      controls: html`<div class="figure-controls no-print">
        ${selectOf('latency-from', texts.first, options, pair[0], (value) => { this.to = pair[1]; this.from = value; })}
        ${selectOf('latency-to', texts.second, options, pair[1], (value) => { this.from = pair[0]; this.to = value; })}
        ${selectOf('within', texts.within, LIMITS.map((one) => [String(one), one === 0 ? texts.ever : t().figures.seconds(one)]), String(this.within), (value) => (this.within = Number(value)))}
        <label class="check"><input type="checkbox" name="from-end" .checked=${this.fromEnd} @change=${(event: Event) => (this.fromEnd = (event.target as HTMLInputElement).checked)} /><span>${texts.fromEnd}</span></label></div>`,
      plot: this.failed ? this.trouble() : fits && n > 0 ? this.drawing(fits) : nothing,
      table: fits && all > 0 ? {
        heads: [texts.at, texts.next, texts.took],
        rows: [
          ...fits.pairs.map((one) => [{ text: clockTime(one.at), at: one.at }, { text: clockTime(one.next), at: one.next }, t().figures.seconds(one.latency)]),
          ...fits.unpaired.map((one) => [{ text: clockTime(one.at), at: one.at }, texts.nothing, null]),
        ],
      } : null,
    });
  }
}
