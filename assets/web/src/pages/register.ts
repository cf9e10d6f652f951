// Register: what is kept, of whom, by whom and until when; for the privacy officer, without a picture.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { t } from '../i18n';
import { account } from '../model/account';
import { api } from '../model/api';
import { bytes, day, number } from '../model/format';
import type { RegisterRow } from '../model/types';
import { Part } from '../parts/base';
import { icon } from '../parts/icons';
import { errorText } from '../parts/toast';
import { paths } from '../router';

@customElement('tb-register')
export class RegisterPage extends Part {
  @state() private visits: RegisterRow[] | null = null;
  @state() private error: unknown = null;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
    this.on(account, 'return', () => void this.load());
  }

  private async load(): Promise<void> {
    try {
      this.visits = await api.register();
      this.error = null;
    } catch (error) {
      this.error = error;
    }
  }

  private row(one: RegisterRow): TemplateResult {
    const texts = t().register;
    return html`<tr>
      <td data-label=${texts.lesson}><strong>${one.title || t().visits.untitled}</strong></td>
      <td data-label=${texts.teacher}>${one.teacher || '–'}</td>
      <td data-label=${texts.coach}>${one.coach?.name ?? '–'}</td>
      <td data-label=${texts.filmed}>${one.started_at ? day(one.started_at) : '–'}</td>
      <td data-label=${texts.size} class="amount">${bytes(one.bytes)}</td>
      <td data-label=${texts.shared} class="amount">${one.releases === 0 ? texts.nobody : number(one.releases)}</td>
      <td data-label=${texts.firstEnd}>${one.first_until ? day(one.first_until) : '–'}</td>
      <td><a class="button small" href=${paths.looked(one.id)} aria-label=${texts.logOf(one.title || t().visits.untitled)}>${icon('search')}${t().nav.log}</a></td>
    </tr>`;
  }

  protected override render(): TemplateResult {
    const texts = t().register;
    const visits = this.visits;
    return html`<main class="page broad" id="main">
      <div class="page-head"><h1>${texts.title}</h1></div><p>${texts.text}</p>
      ${this.error ? html`<div class="card problem" role="alert"><p>${errorText(this.error)}</p><button type="button" @click=${() => void this.load()}>${t().common.retry}</button></div>` : nothing}
      ${visits === null
        ? this.error ? nothing : html`<p class="waiting">${t().common.loading}</p>`
        : visits.length === 0
          ? html`<p class="empty">${texts.empty}</p>`
          : html`<p class="small">${texts.total(visits.length, bytes(visits.reduce((sum, one) => sum + one.bytes, 0)))}</p>
            <table class="table" data-test="register"><caption class="hidden-label">${texts.title}</caption>
              <thead><tr>${[texts.lesson, texts.teacher, texts.coach, texts.filmed, texts.size, texts.shared, texts.firstEnd].map((name) => html`<th scope="col">${name}</th>`)}<td></td></tr></thead>
              <tbody>${visits.map((one) => this.row(one))}</tbody></table>`}
    </main>`;
  }
}

