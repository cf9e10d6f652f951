// Waarnemers: who taps beside the coach; their layers side by side.
import { html, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { t } from '../i18n';
import { Part } from '../parts/base';

@customElement('tb-observers')
export class ObserversPage extends Part {
  @property() visitId = '';

  protected override render(): TemplateResult {
    return html`<main class="page" id="main"><h1>${t().observers.title}</h1></main>`;
  }
}
