// What coach and teacher chose on one line of time: the coach above, the teacher below, and between them what both saw.
// A picture; the lists beside it say the same.
import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { t } from '../i18n';
import type { Moment, MomentPair } from '../model/coaching-types';
import { clockTime } from '../model/format';
import { rulerStep } from '../model/timeline-math';
import { Part } from './base';

const LANE = 44;
const GAP = 40;
const TOP = 26;
const RULER = 28;
/** The least that can still be seen, px. */
const LEAST = 8;

@customElement('tb-moment-line')
export class MomentLine extends Part {
  @property({ attribute: false }) moments: Moment[] = [];
  @property({ attribute: false }) pairs: MomentPair[] = [];
  @property({ type: Number }) end = 0;
  @property() coach = '';
  @property() teacher = '';
  @state() private width = 600;

  override connectedCallback(): void {
    super.connectedCallback();
    const observer = new ResizeObserver((entries) => {
      const width = Math.round(entries[0]?.contentRect.width ?? 0);
      if (width > 0 && width !== this.width) this.width = width;
    });
    observer.observe(this);
    this.atEnd(() => observer.disconnect());
  }

  private get view(): { from: number; to: number } {
    return { from: 0, to: Math.max(this.end, ...this.moments.map((one) => one.to), 1) };
  }

  private x(time: number): number {
    return (time / this.view.to) * this.width;
  }

  private bar(moment: Moment): SVGTemplateResult {
    const x = this.x(moment.from);
    const width = Math.max(LEAST, this.x(moment.to) - x);
    const y = moment.side === 'coach' ? TOP : TOP + LANE + GAP;
    return svg`<rect class="line-moment ${moment.kind}" data-moment=${moment.id} x=${Math.min(x, this.width - width)} y=${y} width=${width} height=${LANE} rx="6" />`;
  }

  private link(pair: MomentPair): SVGTemplateResult | typeof nothing {
    const coach = this.moments.find((one) => one.id === pair.coach);
    const teacher = this.moments.find((one) => one.id === pair.teacher);
    if (!coach || !teacher) return nothing;
    const [a, b, c, d] = [coach.from, coach.to, teacher.from, teacher.to].map((time) => this.x(time)) as [number, number, number, number];
    const y = TOP + LANE;
    const middle = (a + b + c + d) / 4;
    return svg`<path class="line-both" d="M${a} ${y}L${Math.max(b, a + LEAST)} ${y}L${Math.max(d, c + LEAST)} ${y + GAP}L${c} ${y + GAP}z" />
      <circle class="line-dot" cx=${Math.min(Math.max(middle, 9), this.width - 9)} cy=${y + GAP / 2} r="8" />`;
  }

  private ruler(): SVGTemplateResult[] {
    const { to } = this.view;
    const step = rulerStep(this.view, this.width, 64);
    const marks: SVGTemplateResult[] = [];
    const y = TOP + 2 * LANE + GAP;
    for (let time = 0; time <= to; time += step) {
      const x = this.x(time);
      marks.push(svg`<path class="line-mark" d="M${x} ${TOP}V${y + 6}" /><text x=${x} y=${y + 22} text-anchor=${time === 0 ? 'start' : x > this.width - 24 ? 'end' : 'middle'}>${clockTime(time)}</text>`);
    }
    return marks;
  }

  protected override render(): TemplateResult {
    const texts = t().moments;
    const height = TOP + 2 * LANE + GAP + RULER + 20;
    const lane = TOP + LANE + GAP;
    return html`<svg class="moment-line" role="img" aria-label=${`${texts.line2}. ${texts.lineHelp}`} viewBox="0 0 ${this.width} ${height}" width=${this.width} height=${height}>
      <rect class="line-lane" x="0" y=${TOP} width=${this.width} height=${LANE} rx="6" />
      <rect class="line-lane" x="0" y=${lane} width=${this.width} height=${LANE} rx="6" />
      ${this.ruler()}
      <text class="line-name" x="0" y=${TOP - 8}>${this.coach}</text>
      ${this.pairs.map((pair) => this.link(pair))}
      <g class="line-coach">${this.moments.filter((one) => one.side === 'coach').map((one) => this.bar(one))}</g>
      <g class="line-teacher">${this.moments.filter((one) => one.side === 'teacher').map((one) => this.bar(one))}</g>
      <text class="line-name" x="0" y=${height - 6}>${this.teacher}</text>
    </svg>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tb-moment-line': MomentLine;
  }
}
