// Scores on their scale, with what the chosen step means; the own earlier visits faint behind them, “does not apply” apart.
import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { t, words } from '../i18n';
import { day, number } from '../model/format';
import { lastRatings, fitText } from '../model/figures-math';
import { refOf, subjectTitle, type Look } from '../model/figures-view';
import type { Observation, Scale } from '../model/types';
import { FigurePart, legend, mark } from './figure-frame';
import { shape } from './icons';
import { vars } from './vars';

/** What was scored in an earlier visit of the same trajectory. */
export interface EarlierVisit {
  id: string;
  title: string;
  started_at: string | null;
  observations: Observation[];
}

interface Row {
  look: Look;
  scale: Scale;
  given: Observation[];
  before: { visit: EarlierVisit; one: Observation }[];
}

const ROW = 52;
const GAP = 36;

@customElement('tb-figure-ratings')
export class FigureRatings extends FigurePart {
  @property({ attribute: false }) earlier: EarlierVisit[] = [];

  private rows(): Row[] {
    const ratings = lastRatings(this.scene.observations.filter((one) => one.kind === 'rating'));
    return this.scene.looks.flatMap((look) => {
      const scale = look.instrument?.scales?.find((one) => one.id === look.code?.scale);
      const given = ratings.filter((one) => refOf(one) === look.ref);
      if (!scale || given.length === 0) return [];
      const before = this.earlier.flatMap((visit) => lastRatings(visit.observations.filter((one) => one.kind === 'rating' && refOf(one) === look.ref && one.rating !== null)).map((one) => ({ visit, one })));
      return [{ look, scale, given, before }];
    });
  }

  private stepTitle(scale: Scale, value: number): string {
    const step = scale.steps.find((one) => one.value === value);
    return step ? `${number(value)} · ${words(step.title)}` : number(value);
  }

  private get columns(): number {
    return this.wide >= 860 ? 2 : 1;
  }

  private get each(): number {
    return Math.floor((this.wide - (this.columns - 1) * GAP) / this.columns);
  }

  private drawing(row: Row): SVGTemplateResult {
    const { steps } = row.scale;
    const gutter = 14;
    const room = this.each - 2 * gutter;
    const x = (value: number) => gutter + (steps.findIndex((one) => one.value === value) / Math.max(1, steps.length - 1)) * room;
    const y = 20;
    const each = room / Math.max(1, steps.length - 1);
    // Two observers with one score stand beside each other.
    const beside = (list: Observation[], one: Observation) => {
      const same = list.filter((each) => each.rating === one.rating);
      return (same.indexOf(one) - (same.length - 1) / 2) * 20;
    };
    const given = row.given.filter((one) => one.rating !== null);
    const chosen = new Set(given.map((one) => one.rating));
    return svg`<path class="ground strong" d="M${gutter} ${y}H${gutter + room}"></path>
      ${steps.map((step, index) => svg`<path class="ground strong" d="M${x(step.value).toFixed(1)} ${y - 6}v12"></path>
        <text class=${chosen.has(step.value) ? 'value' : 'tick'} x=${index === 0 ? 2 : index === steps.length - 1 ? this.each - 2 : x(step.value)} y=${y + 26}
          text-anchor=${index === 0 ? 'start' : index === steps.length - 1 ? 'end' : 'middle'}>${fitText(`${number(step.value)} ${words(step.title)}`, each * (index === 0 || index === steps.length - 1 ? 0.62 : 0.8), 12.5) || number(step.value)}</text>`)}
      ${row.before.map(({ visit, one }, index) => mark(row.look, x(one.rating!) + (index % 3 - 1) * 5, y, { faint: true, scale: 1.15, title: t().figures.ratings.was(day(visit.started_at), this.stepTitle(row.scale, one.rating!)) }))}
      ${given.map((one) => mark(row.look, x(one.rating!) + beside(given, one), y, { scale: 1.35, at: one.at, title: `${one.observer}: ${this.stepTitle(row.scale, one.rating!)}` }))}`;
  }

  private evidence(one: Observation): string {
    const texts = t().figures.ratings;
    const n = one.evidence?.length ?? 0;
    return n > 0 ? texts.evidence(n) : texts.noEvidence;
  }

  private who(one: Observation, several: boolean): string {
    const parts = [several ? one.observer : '', one.subject === null ? '' : subjectTitle(this.scene.instruments, one.subject)].filter((part) => part);
    return parts.length > 0 ? ` (${parts.join(', ')})` : '';
  }

  private item(row: Row): TemplateResult {
    const several = new Set(row.given.map((one) => one.observer)).size > 1;
    const scored = row.given.filter((one) => one.rating !== null);
    const anchors = [...new Set(scored.map((one) => one.rating))].flatMap((value) => {
      const step = row.scale.steps.find((one) => one.value === value);
      const anchor = words(step?.anchor);
      return anchor ? [`${number(value!)}: ${anchor}`] : [];
    });
    return html`<li class="rated" data-rating=${row.look.ref} ${vars({ '--code-color': row.look.color })}>
      <h4>${shape(row.look.shape)}${row.look.title}</h4>
      ${scored.length > 0 ? this.picture(row.look.title, ROW, this.drawing(row), this.each) : nothing}
      ${anchors.map((text) => html`<p class="anchor">${text}</p>`)}
      <p class="small">${row.given.map((one) => `${one.rating === null ? t().figures.ratings.notApplicable : number(one.rating)}${this.who(one, several)}${one.rating === null ? '' : `: ${this.evidence(one)}`}`).join(' · ')}</p></li>`;
  }

  protected override render(): TemplateResult | typeof nothing {
    const rows = this.rows();
    if (rows.length === 0) return nothing;
    const texts = t().figures.ratings;
    const scored = rows.filter((row) => row.given.some((one) => one.rating !== null));
    const apart = rows.filter((row) => !scored.includes(row));
    const domains = [...new Map(scored.map((row) => [row.look.domain?.id ?? '', row.look.domain?.title ?? '']))];
    const hasBefore = rows.some((row) => row.before.length > 0);
    const key = { shape: 'circle' as const, color: '#14525a' };
    return this.frame('ratings', texts.title, {
      say: [[texts.text, hasBefore ? texts.earlier : ''].filter((one) => one).join(' ')],
      plot: html`${domains.map(([id, title]) => html`<h3>${title}</h3><ul class="ratings" ${vars({ '--columns': String(this.columns) })}>${scored.filter((row) => (row.look.domain?.id ?? '') === id).map((row) => this.item(row))}</ul>`)}
        ${apart.length > 0 ? html`<h3>${texts.notApplicable}</h3><p class="apart">${apart.map((row) => row.look.title).join(' · ')}</p>` : nothing}
        ${hasBefore ? legend([[mark(key, 0, 0), t().figures.visits.this], [mark(key, 0, 0, { faint: true }), texts.earlier]]) : nothing}`,
      table: {
        heads: [t().figures.code, texts.by, texts.score, texts.meaning],
        rows: rows.flatMap((row) => [
          ...row.given.map((one) => [row.look.title, one.observer, one.rating === null ? texts.notApplicable : { text: number(one.rating), at: one.at },
            one.rating === null ? null : words(row.scale.steps.find((step) => step.value === one.rating)?.title)]),
          ...row.before.map(({ visit, one }) => [row.look.title, day(visit.started_at), number(one.rating!), words(row.scale.steps.find((step) => step.value === one.rating)?.title)]),
        ]),
      },
    });
  }
}
