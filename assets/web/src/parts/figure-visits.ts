// Beside another visit to the same teacher: for each code this visit and that one on a line, as a pace or a share, so that a
// short and a long lesson compare.
import { html, nothing, svg, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { t } from '../i18n';
import { clockTime, day, number } from '../model/format';
import { figures } from '../model/figures';
import { niceTop, ticks } from '../model/figures-math';
import { looksOf, type Look } from '../model/figures-view';
import type { Budget } from '../model/figures-types';
import { FigurePart, label, legend, mark, selectOf } from './figure-frame';
import { errorText } from './toast';

export interface OtherVisit {
  id: string;
  title: string;
  started_at: string | null;
  instruments: string[] | null;
}

interface Row {
  look: Look;
  here: number | null;
  there: number | null;
}

@customElement('tb-figure-visits')
export class FigureVisits extends FigurePart {
  @property({ attribute: false }) others: OtherVisit[] = [];
  @state() private chosen = '';
  @state() private answer: Budget | null = null;
  @state() private failed: unknown = null;

  private async choose(id: string): Promise<void> {
    this.chosen = id;
    this.answer = null;
    this.failed = null;
    if (id === '') return;
    try {
      const answer = await figures.budgetOf([this.scene.visit.id, id]);
      if (this.chosen === id) this.answer = answer;
    } catch (error) {
      if (this.chosen === id) this.failed = error;
    }
  }

  private rows(kind: 'point' | 'state'): Row[] {
    const { answer, scene } = this;
    if (!answer) return [];
    const rows = answer.rows.filter((row) => row.kind === kind && row.part === 0);
    const place = (id: string) => answer.visits.findIndex((one) => one.id === id);
    const [here, there] = [place(scene.visit.id), place(this.chosen)];
    const value = (code: string, visit: number) => {
      const row = rows.find((one) => one.code === code && one.visit === visit);
      const minutes = (answer.visits[visit]?.seconds ?? 0) / 60;
      if (!row || !(minutes > 0)) return null;
      return kind === 'state' ? (row.covered ?? 0) / (minutes * 60) : (row.count / minutes) * 10;
    };
    return looksOf(scene.instruments, new Set(rows.map((row) => row.code)))
      .map((look) => ({ look, here: value(look.ref, here), there: value(look.ref, there) }))
      .filter((row) => (row.here ?? 0) > 0 || (row.there ?? 0) > 0);
  }

  private drawing(rows: Row[], states: boolean, title: string): TemplateResult {
    const gutter = this.narrow ? 0 : Math.min(230, this.wide * 0.3);
    const room = this.wide - gutter - 24;
    const most = Math.max(...rows.flatMap((row) => [row.here ?? 0, row.there ?? 0]));
    const top = states ? Math.min(1, niceTop(most, 0.2)) : niceTop(most, 2);
    const x = (value: number) => gutter + 10 + (value / top) * room;
    const height = this.narrow ? 50 : 34;
    const base = rows.length * height + 4;
    return this.picture(title, base + 22, svg`${ticks(top, this.narrow ? 3 : 6).map((one, index, all) => svg`<path class="grid" d="M${x(one).toFixed(1)} 0V${base}"></path>
        <text class="tick" x=${x(one).toFixed(1)} y=${base + 16} text-anchor=${index === all.length - 1 ? 'end' : index === 0 && this.narrow ? 'start' : 'middle'}>${states ? t().figures.percent(one) : number(one, top < 5 ? 1 : 0)}</text>`)}
      ${rows.map((row, index) => {
        const y = index * height + (this.narrow ? 34 : height / 2);
        return svg`${label(row.look, 0, this.narrow ? y - 20 : y, this.narrow ? this.wide : gutter)}
          ${row.here !== null && row.there !== null ? svg`<path class="span" d="M${x(row.there).toFixed(1)} ${y}H${x(row.here).toFixed(1)}" stroke=${row.look.color}></path>` : nothing}
          ${row.there !== null ? mark(row.look, x(row.there), y, { open: true, title: `${t().figures.visits.other}: ${this.amount(row.there, states)}` }) : nothing}
          ${row.here !== null ? mark(row.look, x(row.here), y, { title: `${t().figures.visits.this}: ${this.amount(row.here, states)}` }) : nothing}`;
      })}`);
  }

  private amount(value: number | null, states: boolean): string {
    return value === null ? '–' : states ? t().figures.percent(value) : number(value, 1);
  }

  protected override render(): TemplateResult {
    const texts = t().figures.visits;
    const { answer, others, scene } = this;
    const other = others.find((one) => one.id === this.chosen);
    const points = this.rows('point');
    const states = this.rows('state');
    const seconds = (id: string) => answer?.visits.find((one) => one.id === id)?.seconds ?? 0;
    const dated = (name: string, at: string | null) => `${name}${at ? ` (${day(at)})` : ''}`;
    const key = { shape: 'circle' as const, color: '#14525a' };
    return this.frame('visits', texts.title, {
      screenOnly: !answer,
      say: [texts.text, others.length === 0 ? texts.none : '', answer && other ? texts.lessons(clockTime(seconds(scene.visit.id)), clockTime(seconds(other.id))) : '',
        other?.instruments && !scene.visit.instruments.every((one) => other.instruments!.includes(one)) ? texts.notSame : ''],
      controls: others.length === 0 ? nothing : html`<div class="figure-controls no-print">${selectOf('other-visit', texts.choose,
        [['', texts.chooseOne], ...others.map((one): [string, string] => [one.id, dated(one.title, one.started_at)])], this.chosen, (id) => void this.choose(id))}</div>`,
      plot: this.failed ? html`<p class="problem" role="alert">${errorText(this.failed)}</p>` : !answer || !other ? nothing
        : points.length + states.length === 0 ? html`<p class="empty">${texts.nothing}</p>`
          : html`${legend([[mark(key, 0, 0), dated(texts.this, scene.visit.started_at)], [mark(key, 0, 0, { open: true }), dated(other.title, other.started_at)]])}
            ${points.length > 0 ? html`<h3>${texts.per10}</h3>${this.drawing(points, false, texts.per10)}` : nothing}
            ${states.length > 0 ? html`<h3>${texts.ofLesson}</h3>${this.drawing(states, true, texts.ofLesson)}` : nothing}`,
      table: answer && other && points.length + states.length > 0 ? {
        heads: [t().figures.code, texts.this, texts.other],
        rows: [...points.map((row) => [row.look.title, this.amount(row.here, false), this.amount(row.there, false)]),
          ...states.map((row) => [row.look.title, this.amount(row.here, true), this.amount(row.there, true)])],
      } : null,
    });
  }
}
