import { html, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { t } from '../i18n';
import { Part } from '../parts/base';

@customElement('tb-closing')
export class Closing extends Part {
  @property() trajectoryId = '';

  protected override render(): TemplateResult {
    return html`<main class="page" id="main"><h1>${t().closing.title}</h1></main>`;
  }
}
