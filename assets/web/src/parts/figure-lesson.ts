// The lesson in one picture: a row for each code, points as marks and states as bars, over bands of the lesson phases.
import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { t } from '../i18n';
import { clockTime } from '../model/format';
import { cut, isUnfinished, rowsOf, spanOf } from '../model/figures-math';
import { isPhases, phasesOf, refOf, subjectTitle, type Look } from '../model/figures-view';
import type { Observation } from '../model/types';
import { FigurePart, bands, label, mark, timeAxis, type Table } from './figure-frame';

const RULER = 24;
const BAND = 22;
const BAR = 13;

interface Lane {
  look: Look;
  observations: Observation[];
  /** of states that run at once, each has its own */
  rows: number[];
  height: number;
}

@customElement('tb-figure-lesson')
export class FigureLesson extends FigurePart {
  private lanes(): Lane[] {
    const { scene } = this;
    const byRef = new Map<string, Observation[]>();
    for (const one of scene.observations) {
      if (one.kind === 'rating') continue;
      if (one.kind === 'point' ? one.at < scene.part.from || one.at > scene.part.to : !cut(spanOf(one, scene.length), scene.part)) continue;
      byRef.set(refOf(one), [...(byRef.get(refOf(one)) ?? []), one]);
    }
    return scene.looks.flatMap((look) => {
      const observations = byRef.get(look.ref);
      // Phases are the bands; as rows they would say it twice.
      if (!observations || (look.instrument && isPhases(look.instrument))) return [];
      const rows = observations[0]!.kind === 'point' ? [] : rowsOf(observations.map((one) => spanOf(one, scene.length)));
      const deep = Math.max(1, ...rows.map((row) => row + 1));
      return [{ look, observations, rows, height: Math.max(28, deep * (BAR + 3) + 10) + (this.narrow ? 18 : 0) }];
    });
  }

  private what(look: Look, one: Observation): string {
    const span = spanOf(one, this.scene.length);
    const when = one.kind === 'point' ? clockTime(one.at) : `${clockTime(span.from)}–${clockTime(span.to)}`;
    return [look.title, when, one.subject === null ? '' : subjectTitle(this.scene.instruments, one.subject), one.note].filter((part) => part).join(' · ');
  }

  private drawn(lane: Lane, top: number, x: (at: number) => number): SVGTemplateResult {
    const { scene } = this;
    const middle = top + (this.narrow ? 18 : 0) + (lane.height - (this.narrow ? 18 : 0)) / 2;
    const deep = Math.max(1, ...lane.rows.map((row) => row + 1));
    return svg`${lane.observations.map((one, index) => {
      if (one.kind === 'point') return mark(lane.look, x(one.at), middle, { at: one.at, title: this.what(lane.look, one) });
      const span = cut(spanOf(one, scene.length), scene.part)!;
      const y = middle + (lane.rows[index]! - (deep - 1) / 2) * (BAR + 3) - BAR / 2;
      const from = x(span.from);
      const width = Math.max(3, x(span.to) - from);
      const open = isUnfinished(one) && span.to >= scene.length - 0.01;
      return svg`<rect class="bar" x=${from.toFixed(1)} y=${y.toFixed(1)} width=${width.toFixed(1)} height=${BAR} rx="2.500" fill=${lane.look.color} data-at=${one.at}><title>${this.what(lane.look, one)}</title></rect>
        ${open ? svg`<path class="frayed" d="M${(from + width - 3).toFixed(1)} ${y}v${BAR}m-5 -${BAR}v${BAR}m-5 -${BAR}v${BAR}"></path>` : nothing}`;
    })}`;
  }

  private tableOf(lanes: Lane[]): Table {
    const texts = t().figures;
    const { scene } = this;
    const phases = phasesOf(scene.instruments, scene.observations, scene.length);
    return {
      heads: [texts.code, texts.counts.count, texts.lesson.when],
      rows: [
        ...lanes.map((lane) => [lane.look.title, lane.observations.length, lane.observations.map((one) => {
          const span = spanOf(one, scene.length);
          return { text: one.kind === 'point' ? clockTime(one.at) : `${clockTime(span.from)}–${clockTime(span.to)}`, at: one.at };
        })]),
        ...phases.map((phase) => [`${texts.lesson.phase}: ${phase.title}`, 1, { text: `${clockTime(phase.from)}–${clockTime(phase.to)}`, at: phase.from }]),
      ],
    };
  }

  protected override render(): TemplateResult {
    const texts = t().figures.lesson;
    const { scene, wide } = this;
    const lanes = this.lanes();
    const phases = phasesOf(scene.instruments, scene.observations, scene.length).flatMap((phase) => {
      const part = cut(phase, scene.part);
      return part ? [{ ...part, title: phase.title }] : [];
    });
    const gutter = this.narrow ? 0 : Math.min(200, wide * 0.26);
    const inner = wide - gutter - 10;
    const x = (at: number) => gutter + ((Math.min(Math.max(at, scene.part.from), scene.part.to) - scene.part.from) / (scene.part.to - scene.part.from)) * inner;
    const head = RULER + (phases.length > 0 ? BAND : 0);
    const tops: number[] = [];
    let height = head;
    for (const lane of lanes) {
      tops.push(height);
      height += lane.height;
    }
    const bottom = height;
    const count = lanes.reduce((sum, lane) => sum + lane.observations.length, 0);
    const frayed = scene.observations.some(isUnfinished);
    const content = svg`${bands(phases, x, RULER - 2, bottom, RULER + 14)}
      ${timeAxis(scene.part, gutter, inner, 14, 20, bottom)}
      ${lanes.map((lane, index) => svg`<path class="ground" d="M0 ${tops[index]!}H${wide}"></path>
        ${label(lane.look, 0, this.narrow ? tops[index]! + 13 : tops[index]! + lane.height / 2, this.narrow ? wide : gutter)}
        ${this.drawn(lane, tops[index]!, x)}`)}
      <path class="ground" d="M0 ${bottom}H${wide}"></path>`;
    return this.frame('lesson', texts.title, {
      say: [html`${texts.text(count, clockTime(scene.part.to - scene.part.from))} ${phases.length > 0 ? texts.phases : nothing} ${frayed ? texts.frayed : nothing}
        ${scene.link ? html`<span class="no-print">${texts.press}</span>` : nothing}`],
      plot: this.picture(texts.title, bottom + 2, content),
      table: this.tableOf(lanes),
    });
  }
}
