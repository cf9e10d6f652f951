import { html, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { t } from '../i18n';
import { Part } from '../parts/base';

@customElement('tb-questions')
export class Questions extends Part {


  protected override render(): TemplateResult {
    return html`<main class="page" id="main"><h1>${t().questions.title}</h1></main>`;
  }
}
