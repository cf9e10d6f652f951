// Importeren: another program's file, looked at, mapped, taken over.
import { html, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { t } from '../i18n';
import { Part } from '../parts/base';

@customElement('tb-import')
export class ImportPage extends Part {
  protected override render(): TemplateResult {
    return html`<main class="page" id="main"><h1>${t().exchange.title}</h1></main>`;
  }
}
