// Time sampling: a cell for each interval in which a code was seen; what was missed is hatched, and said.
import { html, nothing, svg, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { t, words } from '../i18n';
import { clockTime, number } from '../model/format';
import { intervalsOf } from '../model/figures-math';
import { refOf, rowsOfKind, type Look } from '../model/figures-view';
import type { Sampling } from '../model/types';
import { FigurePart, label, timeAxis } from './figure-frame';

const ROW = 30;
const HEAD = 24;

@customElement('tb-figure-intervals')
export class FigureIntervals extends FigurePart {
  private samplings(): { key: string; title: string; sampling: Sampling; looks: Look[] }[] {
    return this.scene.instruments.flatMap((instrument) => (instrument.samplings ?? []).flatMap((sampling) => {
      const looks = this.scene.looks.filter((one) => one.instrument?.id === instrument.id && one.code?.kind === 'interval' && one.code.sampling === sampling.id);
      return looks.length === 0 ? [] : [{ key: `${instrument.id}-${sampling.id}`, title: words(sampling.title) || words(instrument.title), sampling, looks }];
    }));
  }

  private figure({ key, title, sampling, looks }: ReturnType<FigureIntervals['samplings']>[number]): TemplateResult {
    const texts = t().figures.intervals;
    const { scene, wide } = this;
    const refs = new Set(looks.map((one) => one.ref));
    const cells = intervalsOf(scene.observations.filter((one) => one.kind === 'interval' && refs.has(refOf(one))), sampling, scene.length, scene.part);
    const rows = new Map(rowsOfKind(scene, 'interval').map(({ look, row }) => [look.ref, row.intervals]));
    const { asked, answered, missed } = rows.get(looks[0]!.ref) ?? { asked: 0, answered: 0, missed: 0 };
    const seen = (look: Look) => rows.get(look.ref)?.seen ?? 0;
    const share = (look: Look) => {
      const of = rows.get(look.ref)?.share_of_answered;
      return of === null || of === undefined ? '–' : t().figures.percent(of);
    };
    const gutter = this.narrow ? 0 : Math.min(200, wide * 0.26);
    const right = 54;
    const inner = wide - gutter - right;
    const row = this.narrow ? 46 : ROW;
    const x = (at: number) => gutter + ((Math.min(at, scene.part.to) - scene.part.from) / (scene.part.to - scene.part.from)) * inner;
    const gap = inner / Math.max(1, cells.length) > 5 ? 1 : 0;
    const bottom = HEAD + looks.length * row;
    const content = svg`<defs><pattern id="hatch-${key}" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0V6" stroke="#8d8173" stroke-width="1.6"></path></pattern></defs>
      ${timeAxis(scene.part, gutter, inner, 14, 20, bottom)}
      ${looks.map((look, index) => {
        const top = HEAD + index * row;
        const y = top + (this.narrow ? 21 : 5);
        return svg`${label(look, 0, this.narrow ? top + 10 : top + row / 2, this.narrow ? wide : gutter)}
          <rect class="bar-back" x=${gutter} y=${y} width=${inner} height="20" rx="2"></rect>
          ${cells.filter((one) => one.codes.has(look.code!.id)).map((one) => svg`<rect class="cell" x=${(x(one.from) + gap / 2).toFixed(2)} y=${y} width=${Math.max(0.8, x(one.to) - x(one.from) - gap).toFixed(2)} height="20" fill=${look.color} data-at=${one.from}><title>${clockTime(one.from)}: ${look.title}</title></rect>`)}
          ${cells.filter((one) => one.missed).map((one) => svg`<rect class="missed" x=${(x(one.from) + gap / 2).toFixed(2)} y=${y} width=${Math.max(0.8, x(one.to) - x(one.from) - gap).toFixed(2)} height="20" fill="url(#hatch-${key})"><title>${clockTime(one.from)}: ${texts.skipped}</title></rect>`)}
          <text class="value" x=${wide} y=${y + 15} text-anchor="end">${share(look)}</text>`;
      })}`;
    return this.frame(`intervals-${key}`, title, {
      say: [`${texts.every(sampling.every)}, ${texts.rules[sampling.rule]}. ${texts.answered(asked, answered)} ${texts.missed(missed)}`],
      plot: this.picture(title, bottom + 4, content),
      table: {
        heads: [t().figures.code, texts.cells, texts.share],
        rows: [...looks.map((look) => [look.title, number(seen(look)), share(look)]), ...(missed > 0 ? [[texts.skipped, number(missed), null]] : [])],
      },
    });
  }

  protected override render(): TemplateResult | typeof nothing {
    const samplings = this.samplings();
    return samplings.length === 0 ? nothing : html`${samplings.map((one) => this.figure(one))}`;
  }
}
