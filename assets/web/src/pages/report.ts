import { html, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { t } from '../i18n';
import { Part } from '../parts/base';

@customElement('tb-report')
export class ReportPage extends Part {
  @property() visitId = '';

  protected override render(): TemplateResult {
    return html`<main class="page" id="main"><h1>${t().report.title}</h1></main>`;
  }
}
