// What comes after what: a disc in a field for each pair of codes, a dashed ring for what chance would give, and in words
// what stands out.
import { html, nothing, svg, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { t } from '../i18n';
import { number } from '../model/format';
import { busiest, fitText, striking } from '../model/figures-math';
import { lookOf } from '../model/figures-view';
import type { TransitionCell, Transitions } from '../model/figures-types';
import { FigurePart, MARKS, decimals, legend } from './figure-frame';

const MOST_WIDE = 10;
const MOST_NARROW = 6;
/** Fewer than so many for each field, and the expected counts say little (Bakeman and Quera 2011). */
const ENOUGH = 5;

@customElement('tb-figure-transitions')
export class FigureTransitions extends FigurePart {
  private matrix(all: Transitions, codes: number[]): TemplateResult {
    const texts = t().figures.transitions;
    const gutter = this.narrow ? 138 : 210;
    const side = Math.min(58, (this.wide - gutter - 4) / codes.length);
    const head = 34;
    const most = Math.max(1, ...all.cells.map((one) => Math.max(one.count, one.expected ?? 0)));
    const radius = (n: number) => Math.sqrt(n / most) * (side / 2 - 3);
    const cells = new Map(all.cells.map((one) => [one.from * all.codes.length + one.to, one]));
    const look = (index: number) => lookOf(this.scene, all.codes[index]!);
    const clear = new Set(all.fitted ? striking(all.cells, Infinity) : []);
    const disc = (cell: TransitionCell, x: number, y: number) => {
      const title = `${look(cell.from).short} → ${look(cell.to).short}: ${texts.count} ${number(cell.count)}${cell.expected === null ? '' : `, ${texts.expected} ${number(cell.expected, 1)}`}`;
      return svg`<g><title>${title}</title>
        ${clear.has(cell) ? svg`<rect class="clear" x=${x - side / 2 + 1} y=${y - side / 2 + 1} width=${side - 2} height=${side - 2} rx="5"></rect>` : nothing}
        ${cell.count > 0 ? svg`<circle class="disc" cx=${x} cy=${y} r=${radius(cell.count).toFixed(1)} fill=${look(cell.from).color}></circle>` : nothing}
        ${cell.expected !== null && cell.expected >= 0.5 ? svg`<circle class="ring" cx=${x} cy=${y} r=${radius(cell.expected).toFixed(1)}></circle>` : nothing}
        ${cell.count > 0 ? svg`<text class="value outlined" x=${x} y=${y + 4.5} text-anchor="middle">${number(cell.count)}</text>` : nothing}</g>`;
    };
    const content = svg`${codes.map((index, place) => svg`<text class="number" x=${gutter + (place + 0.5) * side} y="13" text-anchor="middle">${place + 1}</text>
        <path d=${MARKS[look(index).shape]} fill=${look(index).color} class="key" transform="translate(${gutter + (place + 0.5) * side} 24) scale(0.7)"></path>
        <text class="number" x="14" y=${head + (place + 0.5) * side + 4.5} text-anchor="end">${place + 1}</text>
        <path d=${MARKS[look(index).shape]} fill=${look(index).color} class="key" transform="translate(27 ${head + (place + 0.5) * side}) scale(0.85)"></path>
        <text class="name" x="40" y=${head + (place + 0.5) * side + 4.5}>${fitText(look(index).short, gutter - 44, 14)}</text>`)}
      ${codes.map((from, row) => codes.map((to, column) => {
        const x = gutter + (column + 0.5) * side;
        const y = head + (row + 0.5) * side;
        const cell = cells.get(from * all.codes.length + to);
        return svg`<rect class=${from === to && !all.repeats ? 'field none' : 'field'} x=${x - side / 2 + 1} y=${y - side / 2 + 1} width=${side - 2} height=${side - 2} rx="5"></rect>
          ${cell && (from !== to || all.repeats) ? disc(cell, x, y) : nothing}`;
      }))}`;
    return this.picture(texts.title, head + codes.length * side + 2, content);
  }

  protected override render(): TemplateResult | typeof nothing {
    const texts = t().figures.transitions;
    const all = this.scene.budget.transitions;
    if (!all || all.total < 2) return nothing;
    const shown = new Set(this.scene.looks.map((one) => one.ref));
    const wanted = new Set(all.codes.map((_, index) => index).filter((index) => shown.has(all.codes[index]!)));
    const within = all.cells.filter((one) => wanted.has(one.from) && wanted.has(one.to));
    const codes = busiest(all.codes.length, within, this.narrow ? MOST_NARROW : MOST_WIDE);
    if (codes.length < 2) return nothing;
    const name = (index: number) => lookOf(this.scene, all.codes[index]!).short;
    const clear = all.fitted ? striking(within) : [];
    const hidden = [...wanted].filter((index) => within.some((one) => one.count > 0 && (one.from === index || one.to === index))).length - codes.length;
    const few = all.total < ENOUGH * codes.length * (codes.length - 1);
    return this.frame('transitions', texts.title, {
      say: [texts.text(all.total), hidden > 0 ? texts.hidden(hidden) : ''],
      plot: html`${this.matrix({ ...all, cells: within }, codes)}${legend([
        [svg`<circle class="disc" r="7" fill="#0072b2"></circle>`, texts.count], [svg`<circle class="ring" r="7"></circle>`, texts.expected],
        [svg`<rect class="clear" x="-8" y="-8" width="16" height="16" rx="4"></rect>`, `${texts.more} / ${texts.less}`]])}`,
      below: html`<ul class="findings">
        ${!all.fitted ? html`<li>${texts.unfitted}</li>` : clear.length === 0 ? html`<li>${texts.nothing}</li>`
          : clear.map((one) => html`<li data-finding="${all.codes[one.from]}>${all.codes[one.to]}">${(one.residual! > 0 ? texts.often : texts.seldom)(name(one.from), name(one.to), one.count, one.expected!)}</li>`)}
        ${few ? html`<li class="small">${texts.few}</li>` : nothing}
        ${all.ties > 0 ? html`<li class="small">${texts.ties(all.ties)}</li>` : nothing}
        ${all.repeated > 0 ? html`<li class="small">${texts.repeated(all.repeated)}</li>` : nothing}</ul>`,
      table: {
        heads: [texts.first, texts.then, texts.count, texts.chance, texts.expected],
        rows: within.filter((one) => one.count > 0).sort((a, b) => b.count - a.count)
          .map((one) => [name(one.from), name(one.to), number(one.count), one.probability === null ? null : number(one.probability * 100), decimals(one.expected, 1)]),
      },
    });
  }
}
