// Kijkwijzers: the list, and what to do with each.
import { html, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { t } from '../i18n';
import { Part } from '../parts/base';

@customElement('tb-instruments')
export class InstrumentsPage extends Part {
  protected override render(): TemplateResult {
    return html`<main class="page" id="main"><h1>${t().kijkwijzer.title}</h1></main>`;
  }
}
