// The frame of every figure: a heading, a sentence, the picture, and a table of the same numbers. The picture is drawn as
// wide as there is room, on paper as wide as the sheet; the table is always there for a screen reader and on paper.
import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { t } from '../i18n';
import { clockTime, number } from '../model/format';
import { fitText, type Span } from '../model/figures-math';
import type { Look, Scene } from '../model/figures-view';
import type { Shape } from '../model/instruments';
import { rulerStep } from '../model/timeline-math';
import { navigate } from '../router';
import { Part } from './base';
import { icon } from './icons';

/** px; what an A4 has between its margins, as the style of paper draws it */
const PAPER = 655;
/** Below this names stand above what they name. */
const NARROW = 560;

/** Around 0, about 7 px from the middle. */
export const MARKS: Record<Shape | 'moment', string> = {
  circle: 'M-6.500 0a6.500 6.500 0 1 0 13 0a6.500 6.500 0 1 0-13 0z',
  square: 'M-5.800 -5.800h11.600v11.600h-11.600z',
  triangle: 'M0 -7.500l7.500 13h-15z',
  diamond: 'M0 -8l8 8l-8 8l-8-8z',
  hexagon: 'M-4 -7h8l4 7l-4 7h-8l-4-7z',
  star: 'M0 -8l2.300 5.300 5.700.400-4.400 3.600 1.500 5.700L0 4l-5.100 3 1.500-5.700-4.400-3.600 5.700-.400z',
  moment: 'M-5 -7h10v14l-5-4-5 4z',
};

export interface Cell {
  text: string;
  /** s; where it can be looked at again */
  at?: number;
}

export interface Table {
  heads: string[];
  /** the first of each is its heading */
  rows: (string | number | null | Cell | Cell[])[][];
}

export abstract class FigurePart extends Part {
  @property({ attribute: false }) scene!: Scene;
  /** of all figures */
  @property({ type: Boolean }) tables = false;
  @state() private own: boolean | null = null;
  @state() private room = 640;
  @state() private onPaper = false;

  override connectedCallback(): void {
    super.connectedCallback();
    const observer = new ResizeObserver(([entry]) => {
      const place = this.querySelector('.figure-plot') ?? this;
      const room = Math.round(place.clientWidth || entry!.contentRect.width);
      // While it is printed the sheet is the measure.
      if (room > 0 && room !== this.room && !this.onPaper) this.room = room;
    });
    observer.observe(this);
    this.atEnd(() => observer.disconnect());
    const paper = (on: boolean) => {
      this.onPaper = on;
      this.performUpdate(); // printing does not wait
    };
    this.on(window, 'beforeprint', () => paper(true));
    this.on(window, 'afterprint', () => paper(false));
  }

  protected override firstUpdated(): void {
    const room = this.querySelector('.figure-plot')?.clientWidth ?? 0;
    if (room > 0) this.room = Math.round(room);
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('tables')) this.own = null;
  }

  /** px */
  protected get wide(): number {
    return this.onPaper ? PAPER : Math.max(240, this.room);
  }

  protected get narrow(): boolean {
    return this.wide < NARROW;
  }

  protected get tableShown(): boolean {
    return this.own ?? this.tables;
  }

  protected frame(name: string, title: string, parts: {
    say: (TemplateResult | string | typeof nothing)[];
    controls?: TemplateResult | typeof nothing;
    plot: TemplateResult | SVGTemplateResult | typeof nothing;
    below?: TemplateResult | typeof nothing;
    table: Table | null;
    /** nothing to put on paper yet */
    screenOnly?: boolean;
  }): TemplateResult {
    const texts = t().figures;
    const shown = this.tableShown;
    return html`<section class="card figure ${parts.screenOnly ? 'no-print' : ''}" data-figure=${name} aria-labelledby="figure-${name}"><div class="figure-whole">
      <div class="figure-head"><h2 id="figure-${name}">${title}</h2>
        ${parts.table ? html`<button type="button" class="small quiet no-print" data-test="table-${name}" aria-expanded=${String(shown)} aria-controls="table-${name}" @click=${() => (this.own = !shown)}>
          ${icon('list')}${shown ? texts.hideTable : texts.showTable}<span class="hidden-label">: ${title}</span></button>` : nothing}</div>
      ${parts.say.filter((one) => one !== '' && one !== nothing).map((one) => html`<p class="figure-say">${one}</p>`)}
      ${parts.controls ?? nothing}
      <div class="figure-plot" @click=${(event: Event) => this.press(event)}>${parts.plot}</div></div>
      ${parts.below ?? nothing}
      ${parts.table ? this.table(name, title, parts.table) : nothing}
    </section>`;
  }

  /** A mark that was pressed. Who has no pointer finds the same moments as links in the table. */
  private press(event: Event): void {
    const mark = (event.target as Element).closest('[data-at]');
    const at = Number(mark?.getAttribute('data-at'));
    if (mark && this.scene.link && Number.isFinite(at)) navigate(this.scene.link(at));
  }

  protected picture(title: string, height: number, content: unknown, wide = this.wide): TemplateResult {
    return html`<svg class="drawn ${this.scene.link ? 'pressable' : ''}" viewBox="0 0 ${wide} ${height}" width=${wide} height=${height} role="img"
      aria-label=${t().figures.picture(title)}>${content}</svg>`;
  }

  private cell(cell: Table['rows'][number][number]): unknown {
    if (cell === null) return '–';
    if (Array.isArray(cell)) return cell.map((one, index) => html`${index > 0 ? ', ' : nothing}${this.cell(one)}`);
    if (typeof cell !== 'object') return cell;
    // What is out of sight must not take the focus.
    return cell.at !== undefined && this.scene.link && this.tableShown ? html`<a href=${this.scene.link(cell.at)}>${cell.text}</a>` : cell.text;
  }

  protected table(name: string, title: string, table: Table): TemplateResult {
    const shown = this.tableShown;
    return html`<div id="table-${name}" class="figure-table ${shown ? '' : 'hidden-label'}" role=${shown ? 'region' : nothing} tabindex=${shown ? '0' : nothing} aria-label=${shown ? t().figures.tableOf(title) : nothing}>
      <table><caption class="hidden-label">${title}</caption>
        <thead><tr>${table.heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
        <tbody>${table.rows.map((row) => html`<tr>${row.map((cell, index) => (index === 0
          ? html`<th scope="row">${this.cell(cell)}</th>` : html`<td>${this.cell(cell)}</td>`))}</tr>`)}</tbody></table></div>`;
  }
}

/** A mark; with AT it can be pressed. */
export function mark(look: Pick<Look, 'shape' | 'color'>, x: number, y: number, options: { at?: number; title?: string; open?: boolean; faint?: boolean; scale?: number } = {}): SVGTemplateResult {
  const scale = options.scale ?? 1;
  return svg`<path class="mark ${options.open ? 'open' : ''} ${options.faint ? 'faint' : ''}" d=${MARKS[look.shape]} fill=${options.open ? '#fffdf9' : look.color} stroke=${options.open ? look.color : '#2a2521'}
    transform="translate(${x.toFixed(1)} ${y.toFixed(1)}) scale(${scale})" data-at=${options.at ?? nothing}>${options.title ? svg`<title>${options.title}</title>` : nothing}</path>`;
}

/** The name of a code with its shape, from X on, in so much room. */
export function label(look: Look, x: number, y: number, room: number): SVGTemplateResult {
  return svg`<path d=${MARKS[look.shape]} fill=${look.color} class="key" transform="translate(${x + 8} ${y}) scale(0.85)"></path>
    <text class="name" x=${x + 22} y=${y + 4.5}>${fitText(look.short, room - 24, 14)}<title>${look.title}</title></text>`;
}

/** Times along the top or the bottom, with lines through the picture. */
export function timeAxis(part: Span, left: number, width: number, y: number, top: number, bottom: number): SVGTemplateResult {
  const step = Math.max(1, rulerStep(part, width, 62));
  const times: number[] = [];
  for (let k = Math.ceil(part.from / step - 1e-9); k * step <= part.to + 1e-9; k++) times.push(k * step);
  const x = (at: number) => left + ((at - part.from) / (part.to - part.from)) * width;
  return svg`${times.map((at, index) => {
    const last = index === times.length - 1 && x(at) > left + width - 24;
    return svg`<path class="grid" d="M${x(at).toFixed(1)} ${top}V${bottom}"></path>
      <text class="tick" x=${x(at).toFixed(1)} y=${y} text-anchor=${last ? 'end' : at === part.from ? 'start' : 'middle'}>${clockTime(at)}</text>`;
  })}`;
}

/** Bands behind a picture, every second one darker, and their names when there is room. */
export function bands(phases: (Span & { title: string })[], x: (at: number) => number, top: number, bottom: number, nameY: number | null): SVGTemplateResult {
  return svg`${phases.map((phase, index) => {
    const from = x(phase.from);
    const width = x(phase.to) - from;
    const name = nameY === null ? '' : fitText(phase.title, width - 8, 12.5);
    return svg`<rect class="band ${index % 2 ? 'odd' : ''}" x=${from.toFixed(1)} y=${top} width=${Math.max(0, width).toFixed(1)} height=${bottom - top}><title>${phase.title}</title></rect>
      <path class="band-edge" d="M${from.toFixed(1)} ${top}V${bottom}"></path>
      ${name ? svg`<text class="band-name" x=${(from + 5).toFixed(1)} y=${nameY}>${name}</text>` : nothing}`;
  })}`;
}

export interface BarRow {
  look: Look;
  value: number;
  text: string;
}

/** Bars that lie, one for each row, from 0 to TOP. Gives its height too. */
export function barRows(rows: BarRow[], top: number, wide: number, narrow: boolean): { height: number; content: SVGTemplateResult } {
  const gutter = narrow ? 0 : Math.min(230, wide * 0.3);
  const row = narrow ? 50 : 36;
  const room = wide - gutter;
  return {
    height: rows.length * row + 4,
    content: svg`${rows.map(({ look, value, text }, index) => {
      const y = index * row;
      const middle = narrow ? y + 35 : y + row / 2;
      const length = top > 0 ? (Math.min(value, top) / top) * room : 0;
      // The number stands in the bar when it does not fit behind it.
      const textRoom = text.length * 7.4 + 14;
      const inside = length + textRoom > room && length > textRoom;
      const at = inside ? gutter + length - 8 : gutter + Math.min(length + 8, room - textRoom + 8);
      return svg`${label(look, 0, narrow ? y + 12 : middle, narrow ? wide : gutter)}
        <rect class="bar-back" x=${gutter} y=${middle - 10} width=${room} height="20" rx="4"></rect>
        ${value > 0 ? svg`<rect class="bar" x=${gutter} y=${middle - 10} width=${Math.max(3, length).toFixed(1)} height="20" rx="4" fill=${look.color}><title>${look.title}: ${text}</title></rect>` : nothing}
        ${inside ? svg`<rect class="plate" x=${(at - textRoom + 10).toFixed(1)} y=${middle - 8.5} width=${(textRoom - 6).toFixed(1)} height="17" rx="4"></rect>` : nothing}
        <text class="value" x=${at.toFixed(1)} y=${middle + 4.5} text-anchor=${inside ? 'end' : 'start'}>${text}</text>`;
    })}`,
  };
}

/** Choosing one of a few, as buttons in a row. */
export function choice<T extends string | number>(name: string, title: string, options: [T, string][], chosen: T, choose: (value: T) => void): TemplateResult {
  return html`<div class="figure-choice" role="group" aria-label=${title}><span class="choice-name">${title}</span>
    ${options.map(([value, text]) => html`<button type="button" class="chip" data-choose="${name}-${value}" aria-pressed=${String(value === chosen)} @click=${() => choose(value)}>${text}</button>`)}</div>`;
}

export function selectOf(name: string, title: string, options: [string, string][], chosen: string, choose: (value: string) => void): TemplateResult {
  return html`<label class="field"><span>${title}</span><select name=${name} @change=${(event: Event) => choose((event.target as HTMLSelectElement).value)}>
    ${options.map(([value, text]) => html`<option value=${value} .selected=${value === chosen}>${text}</option>`)}</select></label>`;
}

/** A legend: what marks and lines stand for. */
export function legend(items: [TemplateResult, string][]): TemplateResult {
  return html`<ul class="legend">${items.map(([sign, text]) => html`<li><svg viewBox="-10 -10 20 20" width="22" height="22" aria-hidden="true">${sign}</svg>${text}</li>`)}</ul>`;
}

export const lengthText = (seconds: number | null | undefined) => (seconds === null || seconds === undefined ? null : t().figures.seconds(seconds));
export const decimals = (value: number | null | undefined, places: number) => (value === null || value === undefined ? null : number(value, places));
