// The report of what could not be carried from or to another program's file: what, why, how often and where first.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { language, t } from '../i18n';
import { lossNl, lossPlaces } from '../i18n/exchange-loss';
import type { Loss, LossItem } from '../model/observing-types';
import { Part } from './base';
import { icon } from './icons';

const KINDS = ['dropped', 'changed', 'left'] as const;

export function lossWords(text: string): string {
  return language() === 'nl' ? (lossNl[text] ?? text) : text;
}

/** Empty when the place has no name. */
export function lossPlace(text: string): string {
  if (text === '“”') return '';
  if (language() !== 'nl') return text;
  return lossPlaces.reduce((done, [from, to]) => done.replace(from, to), text).replace(/(\d)\.(\d+ s)$/, '$1,$2');
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

function itemText(one: LossItem): string {
  return `${capital(lossWords(one.what))}: ${lossWords(one.why)}.`;
}

/** The whole as plain text, to keep. */
export function lossText(loss: Loss, heading: string): string {
  const texts = t().exchange.loss;
  const lines = [heading, '', texts.carried(loss.carried, loss.present)];
  for (const kind of KINDS) {
    const items = loss.items.filter((one) => one.kind === kind);
    if (items.length > 0) lines.push('', texts.kinds[kind], ...items.map((one) => `- ${itemText(one)} ${texts.times(one.count)}${lossPlace(one.where) ? ` ${texts.first(lossPlace(one.where))}` : ''}`));
  }
  if (loss.items.length === 0) lines.push('', texts.whole);
  return `${lines.join('\r\n')}\r\n`;
}

@customElement('tb-loss-report')
export class LossReport extends Part {
  @property({ attribute: false }) loss!: Loss;
  /** of writing a file, instead of reading one */
  @property({ type: Boolean }) export = false;
  /** the sentence with both numbers is said elsewhere */
  @property({ type: Boolean }) bare = false;

  private group(kind: LossItem['kind']): TemplateResult | typeof nothing {
    const texts = t().exchange.loss;
    const items = this.loss.items.filter((one) => one.kind === kind);
    if (items.length === 0) return nothing;
    return html`<h3>${(this.export ? texts.kindsExport : texts.kinds)[kind]}</h3>
      <ul class="loss-items" data-loss=${kind}>${items.map((one) => html`<li><span class="loss-count">${texts.times(one.count)}</span>
        <span><span class="loss-what">${itemText(one)}</span>${lossPlace(one.where) ? html`<span class="small loss-where">${texts.first(lossPlace(one.where))}</span>` : nothing}</span></li>`)}</ul>`;
  }

  protected override render(): TemplateResult {
    const texts = t().exchange.loss;
    const { loss } = this;
    const all = loss.carried === loss.present;
    return html`${this.bare
        ? nothing
        : html`<p class="loss-total ${all ? 'all' : ''}" data-test="loss-total">${icon(all ? 'check' : 'warn')}<strong>${(this.export ? texts.carriedExport : texts.carried)(loss.carried, loss.present)}</strong></p>`}
      ${loss.items.length === 0 ? (this.bare ? nothing : html`<p>${this.export ? texts.wholeExport : texts.whole}</p>`) : KINDS.map((kind) => this.group(kind))}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tb-loss-report': LossReport;
  }
}
