import { html, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { t } from '../i18n';
import { Part } from '../parts/base';

@customElement('tb-steer')
export class Steer extends Part {
  @property() visitId = '';

  protected override render(): TemplateResult {
    return html`<main class="page" id="main"><h1>${t().steer.title}</h1></main>`;
  }
}
