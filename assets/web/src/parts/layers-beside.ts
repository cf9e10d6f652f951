// The layers of several observers side by side: a row for each code, and in it a line for each observer.
import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { t } from '../i18n';
import { clockTime } from '../model/format';
import { cut, spanOf } from '../model/figures-math';
import { refOf, type Look } from '../model/figures-view';
import type { Observation } from '../model/types';
import { FigurePart, label, mark, timeAxis, type Cell, type Table } from './figure-frame';

const RULER = 24;
const LINE = 22;
const BAR = 12;
const MOST_NAME = 110;

@customElement('tb-layers-beside')
export class LayersBeside extends FigurePart {
  /** the names they tap under, in the order in which they stand below one another */
  @property({ attribute: false }) names: string[] = [];

  private byLook(): { look: Look; layers: Observation[][] }[] {
    return this.scene.looks
      .map((look) => ({ look, layers: this.names.map((name) => this.scene.observations.filter((one) => one.observer === name && refOf(one) === look.ref && one.kind !== 'rating')) }))
      .filter((row) => row.layers.some((layer) => layer.length > 0));
  }

  private drawn(look: Look, layer: Observation[], y: number, x: (at: number) => number): SVGTemplateResult {
    const { scene } = this;
    return svg`${layer.map((one) => {
      const span = spanOf(one, scene.length);
      const title = [look.title, one.observer, one.kind === 'point' ? clockTime(one.at) : `${clockTime(span.from)}–${clockTime(span.to)}`, one.note].filter((part) => part).join(' · ');
      if (one.kind === 'point') return mark(look, x(one.at), y, { at: one.at, title });
      const shown = cut(span, scene.part);
      if (!shown) return nothing;
      return svg`<rect class="bar" x=${x(shown.from).toFixed(1)} y=${y - BAR / 2} width=${Math.max(3, x(shown.to) - x(shown.from)).toFixed(1)} height=${BAR} rx="2.500" fill=${look.color} data-at=${one.at}><title>${title}</title></rect>`;
    })}`;
  }

  private cells(layer: Observation[]): Cell[] {
    return layer.map((one) => {
      const span = spanOf(one, this.scene.length);
      return { text: one.kind === 'point' ? clockTime(one.at) : `${clockTime(span.from)}–${clockTime(span.to)}`, at: one.at };
    });
  }

  protected override render(): TemplateResult {
    const texts = t().observers;
    const { scene, wide, names } = this;
    const rows = this.byLook();
    const gutter = this.narrow ? 0 : Math.min(190, wide * 0.24);
    const nameRoom = this.narrow ? 74 : MOST_NAME;
    const left = gutter + nameRoom;
    const inner = wide - left - 12;
    const x = (at: number) => left + ((at - scene.part.from) / Math.max(1, scene.part.to - scene.part.from)) * inner;
    const head = this.narrow ? 20 : 0;
    const step = head + names.length * LINE + 10;
    const height = RULER + rows.length * step + 4;
    const table: Table = {
      heads: [t().figures.code, ...names],
      rows: rows.map(({ look, layers }) => [look.title, ...layers.map((layer) => (layer.length > 0 ? this.cells(layer) : null))]),
    };
    return this.frame('layers', texts.besideTitle, {
      say: rows.length === 0 ? [texts.nothing] : [texts.besideText],
      plot: rows.length === 0
        ? nothing
        : html`<svg class="drawn ${scene.link ? 'pressable' : ''}" viewBox="0 0 ${wide} ${height}" width=${wide} height=${height} role="img" aria-label=${texts.pictureOf(names.join(` ${texts.and} `))}>
            ${timeAxis(scene.part, left, inner, 14, RULER, height)}
            ${rows.map(({ look, layers }, index) => {
              const top = RULER + index * step;
              return svg`<g data-code=${look.ref}><path class="layer-rule" d="M0 ${top}h${wide}"></path>
                ${this.narrow ? label(look, 0, top + 11, wide) : label(look, 0, top + head + (names.length * LINE) / 2 + 3, gutter - 8)}
                ${layers.map((layer, place) => {
                  const y = top + head + 6 + place * LINE + LINE / 2;
                  return svg`<text class="layer-name" x=${left - 8} y=${y + 4} text-anchor="end">${this.short(names[place]!, nameRoom - 12)}</text>
                    <path class="layer-line" d="M${left} ${y}h${inner}"></path>${this.drawn(look, layer, y, x)}`;
                })}</g>`;
            })}</svg>`,
      table: rows.length === 0 ? null : table,
    });
  }

  private short(name: string, room: number): string {
    const first = name.split(' ')[0]!;
    const most = Math.max(3, Math.floor(room / 7));
    const text = this.names.filter((one) => one.split(' ')[0] === first).length > 1 ? name : first;
    return text.length > most ? `${text.slice(0, most - 1)}…` : text;
  }
}
