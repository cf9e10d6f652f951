// A report that came along with a handover while its visit did not: to read only, without pictures.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { t } from '../i18n';
import { coaching } from '../model/coaching';
import type { Report, ReportContent } from '../model/coaching-types';
import { day } from '../model/format';
import { Part } from './base';
import { icon } from './icons';
import { complain } from './toast';

@customElement('tb-handed-report')
export class HandedReport extends Part {
  @property() trajectory = '';
  @property() visit = '';
  @state() private report: Report | null = null;
  @state() private open = false;

  private async toggle(): Promise<void> {
    this.open = !this.open;
    if (!this.open || this.report) return;
    try {
      this.report = await coaching.trajectoryReport(this.trajectory, this.visit);
    } catch (error) {
      this.open = false;
      complain(error);
    }
  }

  private content(content: ReportContent): TemplateResult {
    const texts = t().trajectory.handed;
    const part = (name: string, text: string | undefined) => (text ? html`<div><dt>${name}</dt><dd>${text}</dd></div>` : nothing);
    return html`<dl class="facts">
        ${part(texts.date, content.date ? day(content.date) : '')} ${part(texts.coach, content.coach)} ${part(texts.context, content.context)} ${part(texts.focus, content.focus)}
        ${content.moments?.map((one) => part(one.title || texts.moment, [one.question, one.coach, one.teacher].filter((each) => each).join(' – ')))}
        ${content.agreements?.map((one) => part(texts.agreement, one.text))}
        ${part(texts.next, content.next?.text)}
      </dl>`;
  }

  protected override render(): TemplateResult {
    const texts = t().trajectory.handed;
    return html`<button type="button" class="small" aria-expanded=${String(this.open)} @click=${() => void this.toggle()}>${icon('book')}${this.report?.content?.title || texts.open}</button>
      ${this.open ? (this.report?.content ? this.content(this.report.content) : html`<p class="waiting">${t().common.loading}</p>`) : nothing}`;
  }
}
