// Through the lesson: for each code a small picture of how often, or what share of the time, minute by minute.
import { html, nothing, svg, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { t } from '../i18n';
import { clockTime, number } from '../model/format';
import { binsOf, cut, niceTop, type Bin } from '../model/figures-math';
import { isPhases, phasesOf, refOf, type Look } from '../model/figures-view';
import { FigurePart, bands, choice } from './figure-frame';
import { shape } from './icons';
import { vars } from './vars';

const HEIGHT = 92;
const TOP = 12;
const BASE = 70;
/** Lessons from here on are shown per five minutes at first. */
const LONG = 20 * 60;

@customElement('tb-figure-rate')
export class FigureRate extends FigurePart {
  @state() private chosen: number | null = null;

  private get step(): number {
    const { part } = this.scene;
    return this.chosen ?? (part.to - part.from > LONG ? 300 : 60);
  }

  private small(look: Look, bins: Bin[], states: boolean, top: number, width: number): TemplateResult {
    const { part, instruments, observations, length } = this.scene;
    const left = 4;
    const inner = width - 8;
    const x = (at: number) => left + ((at - part.from) / (part.to - part.from)) * inner;
    const phases = phasesOf(instruments, observations, length).flatMap((phase) => {
      const within = cut(phase, part);
      return within ? [{ ...within, title: phase.title }] : [];
    });
    const value = (bin: Bin) => (states ? bin.share : bin.count);
    const highest = Math.max(...bins.map(value));
    const content = svg`${bands(phases, x, TOP - 8, BASE, null)}
      ${bins.map((bin) => {
        const height = (value(bin) / top) * (BASE - TOP);
        const width_ = Math.max(1, x(bin.to) - x(bin.from) - 1.5);
        const what = `${clockTime(bin.from)}–${clockTime(bin.to)}: ${states ? t().figures.percent(bin.share) : number(bin.count)}`;
        return value(bin) > 0 ? svg`<rect class="bar" x=${(x(bin.from) + 0.75).toFixed(1)} y=${(BASE - height).toFixed(1)} width=${width_.toFixed(1)} height=${height.toFixed(1)} rx="1.500" fill=${look.color} data-at=${bin.from}><title>${what}</title></rect>` : nothing;
      })}
      <path class="ground strong" d="M${left} ${BASE}H${left + inner}"></path>
      <text class="tick" x=${left} y=${BASE + 16}>${clockTime(part.from)}</text>
      <text class="tick" x=${left + inner / 2} y=${BASE + 16} text-anchor="middle">${clockTime((part.from + part.to) / 2)}</text>
      <text class="tick" x=${left + inner} y=${BASE + 16} text-anchor="end">${clockTime(part.to)}</text>`;
    const most = states ? t().figures.percent(highest) : t().figures.rate.mostIn(highest);
    return html`<li ${vars({ '--code-color': look.color })}><p class="small-name">${shape(look.shape)}<span title=${look.title}>${look.short}</span><span class="small">${states ? `≤ ${most}` : most}</span></p>
      <svg class="drawn ${this.scene.link ? 'pressable' : ''}" viewBox="0 0 ${width} ${HEIGHT}" width=${width} height=${HEIGHT} role="img" aria-label=${t().figures.picture(look.title)}>${content}</svg></li>`;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { scene } = this;
    const texts = t().figures;
    const drawn = scene.looks.flatMap((look) => {
      const observations = scene.observations.filter((one) => refOf(one) === look.ref);
      const kind = observations[0]?.kind;
      if ((kind !== 'point' && kind !== 'state') || (look.instrument && isPhases(look.instrument)) || look.ref === 'moment') return [];
      return [{ look, states: kind === 'state', bins: binsOf(observations, scene.part, this.step, scene.length) }];
    });
    if (drawn.length === 0) return nothing;
    const top = niceTop(Math.max(...drawn.filter((one) => !one.states).flatMap((one) => one.bins.map((bin) => bin.count)), 2));
    const columns = Math.max(1, Math.floor((this.wide + 20) / 260));
    const width = Math.floor((this.wide - (columns - 1) * 20) / columns);
    const steps: [number, string][] = [60, 300].map((one) => [one, texts.rate.minutes(one / 60)]);
    return this.frame('rate', texts.rate.title, {
      say: [`${texts.rate.text} ${texts.rate.short}`],
      controls: html`<div class="figure-controls no-print">${choice('step', texts.rate.per, steps, this.step, (step) => (this.chosen = step))}</div>`,
      plot: html`<ul class="smalls" ${vars({ '--columns': String(columns) })}>${drawn.map(({ look, states, bins }) => this.small(look, bins, states, states ? 1 : top, width))}</ul>`,
      table: {
        heads: [texts.rate.from, ...drawn.map(({ look }) => look.short)],
        rows: (drawn[0]?.bins ?? []).map((bin, index) => [
          { text: `${clockTime(bin.from)}–${clockTime(bin.to)}`, at: bin.from },
          ...drawn.map(({ states, bins }) => (states ? texts.percent(bins[index]!.share) : number(bins[index]!.count))),
        ]),
      },
    });
  }
}
