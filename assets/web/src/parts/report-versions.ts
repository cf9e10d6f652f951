// What a report was before: its versions, and what changed between them. Event: `put-back` (a version).
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { t } from '../i18n';
import { coaching } from '../model/coaching';
import type { MomentKind, Report } from '../model/coaching-types';
import { dateTime } from '../model/format';
import { changes, type Change } from '../model/report-changes';
import { versionContent } from '../model/report-editor';
import { Part } from './base';
import { icon } from './icons';
import { paperDate } from './report-field';
import { complain } from './toast';

/** Where it is, as people call it. */
export function placeName(change: Change): string {
  const texts = t().report;
  if (!change.moment || change.place === 'added' || change.place === 'removed') return (texts.parts as Record<string, string>)[change.place] ?? '';
  return texts.inMoment(change.moment.title || '…', (texts.momentParts as Record<string, string>)[change.place] ?? '');
}

/** What stands there. */
export function placeValue(change: Change, value: string): string {
  const texts = t().report;
  switch (change.place) {
    case 'language':
      return texts.languages[value as 'nl' | 'en'] ?? value;
    case 'date':
    case 'next.date':
      return paperDate(document.documentElement.lang === 'en' ? 'en' : 'nl', value) || texts.empty;
    case 'kind':
      return texts.moment.kinds[(value || 'none') as MomentKind | 'none'];
    case 'still':
      return texts.moment.pictures[(value || 'none') as 'none' | 'soft' | 'clear'];
    default:
      return value || texts.empty;
  }
}

export function changeList(list: Change[]): TemplateResult {
  const texts = t().report.versions;
  return html`<ul class="changes" data-test="changes">${list.map((one) => html`<li data-place=${one.place}><strong>${placeName(one)}</strong>
    ${one.place === 'added'
      ? html`<span class="block">${one.after}</span>`
      : one.place === 'removed'
        ? html`<span class="block"><del>${one.before}</del></span>`
        : html`<span class="block was"><span class="hidden-label">${texts.was}: </span><del>${placeValue(one, one.before)}</del></span>
          <span class="block is"><span class="hidden-label">${texts.is}: </span><ins>${placeValue(one, one.after)}</ins></span>`}</li>`)}</ul>`;
}

export const signers = (report: Report): string => [report.coach_signed?.name, report.teacher_signed?.name].filter((one) => one).join(', ');

@customElement('tb-report-versions')
export class ReportVersions extends Part {
  @property() visitId = '';
  /** newest first */
  @property({ attribute: false }) versions: Report[] = [];
  @property({ type: Boolean }) editable = false;
  @state() private shown = 0;
  @state() private list: Change[] | null = null;

  private async show(number: number): Promise<void> {
    if (this.shown === number) {
      this.shown = 0;
      return;
    }
    this.shown = number;
    this.list = null;
    try {
      const [before, after] = await Promise.all([number > 1 ? versionContent(this.visitId, number - 1) : null, versionContent(this.visitId, number)]);
      if (this.shown === number) this.list = before ? changes(before, after) : [];
    } catch (error) {
      this.shown = 0;
      complain(error);
    }
  }

  private details(number: number): TemplateResult {
    const texts = t().report.versions;
    if (!this.list) return html`<p class="waiting">${t().common.loading}</p>`;
    if (number === 1) return html`<p>${texts.first}</p>`;
    return this.list.length === 0 ? html`<p>${texts.same}</p>` : changeList(this.list);
  }

  private tools(one: Report): TemplateResult {
    const texts = t().report.versions;
    return html`<div class="buttons"><a class="button small" href=${coaching.reportPdf(this.visitId, one.number)} target="_blank" rel="noopener">${icon('download')}${texts.pdf(one.number)}</a>
      ${this.editable ? html`<button type="button" class="small" data-test="put-back" @click=${() => this.dispatchEvent(new CustomEvent('put-back', { detail: one.number }))}>${icon('undo')}${texts.restore}<span class="hidden-label"> ${texts.one(one.number)}</span></button>` : nothing}</div>`;
  }

  private version(one: Report, newest: boolean): TemplateResult {
    const texts = t().report.versions;
    const names = signers(one);
    const open = this.shown === one.number;
    return html`<li data-version=${one.number}>
      <div class="version-line"><div><strong>${texts.one(one.number)}</strong>${newest ? html` <span class="small">(${texts.newest})</span>` : nothing}
        <span class="block">${texts.by(one.person.name, dateTime(one.at))}</span>
        ${names ? html`<span class="block small">${texts.agreed(names)}</span>` : nothing}
        ${one.voided_at ? html`<span class="block small">${texts.voided(dateTime(one.voided_at))}</span>` : nothing}</div>
        <div class="buttons"><button type="button" class="small" data-test="show-changes" aria-expanded=${open} @click=${() => void this.show(one.number)}>${open ? texts.hide : texts.show}<span class="hidden-label"> ${texts.one(one.number)}</span></button></div></div>
      ${open ? html`${this.details(one.number)}${newest ? nothing : this.tools(one)}` : nothing}
    </li>`;
  }

  protected override render(): TemplateResult {
    const texts = t().report.versions;
    return html`<section class="card no-print" data-test="versions"><h2>${texts.title}</h2><p class="small">${texts.text}</p>
      <ol class="versions">${this.versions.map((one, index) => this.version(one, index === 0))}</ol></section>`;
  }
}
