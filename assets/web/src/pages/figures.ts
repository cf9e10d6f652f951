// Cijfers of a visit: counted, drawn, compared.
import { html, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { t } from '../i18n';
import { Part } from '../parts/base';

@customElement('tb-figures')
export class FiguresPage extends Part {
  @property() visitId = '';

  protected override render(): TemplateResult {
    return html`<main class="page" id="main"><h1>${t().figures.title}</h1></main>`;
  }
}
