// Kijkwijzer: the editor.
import { html, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { t } from '../i18n';
import { Part } from '../parts/base';

@customElement('tb-instrument')
export class InstrumentPage extends Part {
  @property() instrumentId = '';

  protected override render(): TemplateResult {
    return html`<main class="page" id="main"><h1>${t().kijkwijzer.title}</h1></main>`;
  }
}
