// How often and how long: a bar for each code. Codes of one group, of which one runs at a time, are also one bar together.
import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { t, words } from '../i18n';
import { clockTime, number } from '../model/format';
import { fitText, niceTop } from '../model/figures-math';
import { refOf, rowsOfKind, type Look } from '../model/figures-view';
import type { BudgetRow } from '../model/figures-types';
import { FigurePart, barRows, decimals, lengthText } from './figure-frame';

interface Row {
  look: Look;
  row: BudgetRow;
}

@customElement('tb-figure-counts')
export class FigureCounts extends FigurePart {
  protected override render(): TemplateResult | typeof nothing {
    const texts = t().figures;
    const rows = rowsOfKind(this.scene, 'point');
    if (!rows.some(({ row }) => row.count > 0)) return nothing;
    const most = rows.reduce((best, one) => (one.row.count > best.row.count ? one : best));
    const drawn = barRows(rows.map(({ look, row }) => ({ look, value: row.count, text: texts.counts.bar(row.count, row.per_minute) })), niceTop(most.row.count, 4), this.wide, this.narrow);
    return this.frame('counts', texts.counts.title, {
      say: [`${texts.counts.text(clockTime(this.scene.part.to - this.scene.part.from))} ${texts.counts.most(most.look.short, most.row.count)}`],
      plot: this.picture(texts.counts.title, drawn.height, drawn.content),
      table: {
        heads: [texts.code, texts.counts.count, texts.counts.perMinute, texts.counts.gap],
        rows: rows.map(({ look, row }) => [look.title, number(row.count), decimals(row.per_minute, 2), lengthText(row.gaps.median)]),
      },
    });
  }
}

@customElement('tb-figure-shares')
export class FigureShares extends FigurePart {
  /** One bar of the whole part, cut in the codes of a group. */
  private stack(rows: Row[]): { height: number; content: SVGTemplateResult } {
    const { wide } = this;
    const left = Math.max(0, 1 - rows.reduce((sum, { row }) => sum + (row.share ?? 0), 0));
    let x = 0;
    // As they came in the lesson.
    const begin = (look: Look) => Math.min(...this.scene.observations.filter((one) => refOf(one) === look.ref).map((one) => one.at));
    const pieces = rows.filter(({ row }) => (row.share ?? 0) > 0).sort((a, b) => begin(a.look) - begin(b.look)).map(({ look, row }, index) => {
      const width = (row.share ?? 0) * wide;
      const piece = { look, index, x, width, share: row.share ?? 0 };
      x += width;
      return piece;
    });
    return {
      height: 62,
      content: svg`${pieces.map((one) => svg`<rect class="piece" x=${(one.x + 0.75).toFixed(1)} y="2" width=${Math.max(1, one.width - 1.5).toFixed(1)} height="34" fill=${one.look.color} fill-opacity=${one.index % 2 ? 0.62 : 0.9}><title>${one.look.title}: ${t().figures.percent(one.share)}</title></rect>
          ${one.width > 44 ? svg`<rect class="plate" x=${(one.x + one.width / 2 - 19).toFixed(1)} y="10" width="38" height="18" rx="4"></rect><text class="value" x=${(one.x + one.width / 2).toFixed(1)} y="23.500" text-anchor="middle">${t().figures.percent(one.share)}</text>` : nothing}
          <text class="under" x=${(one.x + 3).toFixed(1)} y="53">${fitText(one.look.short, one.width - 6, 13)}</text>`)}
        ${left > 0.004 ? svg`<rect class="rest" x=${x.toFixed(1)} y="2" width=${Math.max(1, wide - x).toFixed(1)} height="34"><title>${t().figures.shares.none}: ${t().figures.percent(left)}</title></rect>
          <text class="under soft" x=${(x + 3).toFixed(1)} y="53">${fitText(t().figures.shares.none, wide - x - 6, 13)}</text>` : nothing}`,
    };
  }

  private groups(rows: Row[]): { title: string; rows: Row[] }[] {
    const found = new Map<string, { title: string; rows: Row[] }>();
    for (const one of rows) {
      const { instrument, code } = one.look;
      if (!instrument || !code?.group) continue;
      const key = `${instrument.id}/${code.group}`;
      const group = found.get(key) ?? { title: words(instrument.groups?.find((each) => each.id === code.group)?.title) || words(instrument.title), rows: [] };
      group.rows.push(one);
      found.set(key, group);
    }
    // What overlapped all the same would not fit in one bar.
    return [...found.values()].filter((group) => group.rows.reduce((sum, { row }) => sum + (row.share ?? 0), 0) <= 1.001);
  }

  protected override render(): TemplateResult | typeof nothing {
    const texts = t().figures;
    const rows = rowsOfKind(this.scene, 'state');
    if (!rows.some(({ row }) => (row.covered ?? 0) > 0)) return nothing;
    const groups = this.groups(rows);
    const single = rows.filter((one) => !groups.some((group) => group.rows.includes(one)));
    const drawn = barRows(single.map(({ look, row }) => ({ look, value: row.share ?? 0, text: texts.shares.bar(row.share ?? 0, row.covered ?? 0) })), 1, this.wide, this.narrow);
    return this.frame('shares', texts.shares.title, {
      say: [texts.shares.text],
      plot: html`${groups.map((group) => {
          const stack = this.stack(group.rows);
          return html`<h3>${texts.shares.group(group.title)}</h3>${this.picture(group.title, stack.height, stack.content)}`;
        })}${single.length === 0 ? nothing : html`${groups.length > 0 ? html`<h3>${texts.shares.rest}</h3>` : nothing}${this.picture(texts.shares.title, drawn.height, drawn.content)}`}`,
      table: {
        heads: [texts.code, texts.shares.share, texts.shares.total, texts.shares.count, texts.shares.mean, texts.shares.longest],
        rows: rows.map(({ look, row }) => [look.title, row.share === null || row.share === undefined ? null : texts.percent(row.share), clockTime(row.covered ?? 0), number(row.count),
          lengthText(row.lasting?.mean), lengthText(row.lasting?.max)]),
      },
    });
  }
}
