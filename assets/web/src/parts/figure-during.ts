// What happens during a state: for each code the pace inside it and the pace outside, on one line.
import { html, nothing, svg, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { t } from '../i18n';
import { number } from '../model/format';
import type { BudgetQuestion } from '../model/figures';
import { niceTop, ticks } from '../model/figures-math';
import { lookOf, rowsOfKind } from '../model/figures-view';
import { AskingFigure } from './figure-asked';
import { decimals, label, legend, mark, selectOf } from './figure-frame';

@customElement('tb-figure-during')
export class FigureDuring extends AskingFigure {
  @state() private chosen: string | null = null;

  private states(): string[] {
    return rowsOfKind(this.scene, 'state').map(({ look }) => look.ref);
  }

  private get code(): string | null {
    const states = this.states();
    if (this.chosen && states.includes(this.chosen)) return this.chosen;
    const rows = rowsOfKind(this.scene, 'state').filter(({ row }) => (row.share ?? 0) > 0);
    // What ran longest has most to tell.
    return rows.sort((a, b) => (b.row.covered ?? 0) - (a.row.covered ?? 0))[0]?.look.ref ?? null;
  }

  protected override question(): BudgetQuestion | null {
    const { code } = this;
    return code === null || rowsOfKind(this.scene, 'point').length === 0 ? null : { observers: this.scene.observers, subject: this.scene.subject, during: code };
  }

  protected override render(): TemplateResult | typeof nothing {
    const { code } = this;
    if (code === null || this.question() === null) return nothing;
    const texts = t().figures.during;
    const found = this.answer?.during[0];
    const during = found?.code === code ? found : null;
    const shown = new Set(this.scene.looks.map((one) => one.ref));
    const rows = (during?.rows ?? []).filter((row) => shown.has(row.code) && row.inside + row.outside > 0);
    const gutter = this.narrow ? 0 : Math.min(230, this.wide * 0.3);
    const room = this.wide - gutter - 24;
    const top = niceTop(Math.max(0, ...rows.flatMap((row) => [row.per_minute_inside ?? 0, row.per_minute_outside ?? 0])), 0.5);
    const x = (value: number) => gutter + 10 + (value / top) * room;
    const height = this.narrow ? 50 : 34;
    const base = rows.length * height + 4;
    const drawing = svg`${ticks(top, this.narrow ? 3 : 6).map((one, index, all) => svg`<path class="grid" d="M${x(one).toFixed(1)} 0V${base}"></path>
        <text class="tick" x=${x(one).toFixed(1)} y=${base + 16} text-anchor=${index === all.length - 1 ? 'end' : index === 0 && this.narrow ? 'start' : 'middle'}>${number(one, top < 10 ? 1 : 0)}</text>`)}
      <text class="tick" x=${x(top)} y=${base + 32} text-anchor="end">${texts.axis}</text>
      ${rows.map((row, index) => {
        const look = lookOf(this.scene, row.code);
        const y = index * height + (this.narrow ? 34 : height / 2);
        const inside = row.per_minute_inside;
        const outside = row.per_minute_outside;
        return svg`${label(look, 0, this.narrow ? y - 20 : y, this.narrow ? this.wide : gutter)}
          ${inside !== null && outside !== null ? svg`<path class="span" d="M${x(outside).toFixed(1)} ${y}H${x(inside).toFixed(1)}" stroke=${look.color}></path>` : nothing}
          ${outside !== null ? mark(look, x(outside), y, { open: true, title: `${texts.outside}: ${number(outside, 2)}` }) : nothing}
          ${inside !== null ? mark(look, x(inside), y, { title: `${texts.inside}: ${number(inside, 2)}` }) : nothing}`;
      })}`;
    const key = { shape: 'circle' as const, color: '#14525a' };
    return this.frame('during', texts.title, {
      say: [texts.text, during ? texts.facts(lookOf(this.scene, code).short, during.states, t().figures.percent(during.lesson > 0 ? during.covered / during.lesson : 0)) : ''],
      controls: html`<div class="figure-controls no-print">${selectOf('during', texts.state, this.states().map((ref) => [ref, lookOf(this.scene, ref).title]), code, (value) => (this.chosen = value))}</div>`,
      plot: this.failed ? this.trouble() : !during ? nothing : rows.length === 0 ? html`<p class="empty">${texts.none}</p>`
        : html`${this.picture(texts.title, base + 38, drawing)}${legend([[mark(key, 0, 0), texts.inside], [mark(key, 0, 0, { open: true }), texts.outside]])}`,
      table: rows.length === 0 ? null : {
        heads: [t().figures.code, texts.insideTimes, texts.outsideTimes, texts.insideRate, texts.outsideRate],
        rows: rows.map((row) => [lookOf(this.scene, row.code).title, number(row.inside), number(row.outside), decimals(row.per_minute_inside, 2), decimals(row.per_minute_outside, 2)]),
      },
    });
  }
}
