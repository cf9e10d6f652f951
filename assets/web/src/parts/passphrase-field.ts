// A field for a passphrase that can be shown; for a new one also how strong it is, and a suggestion.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { t } from '../i18n';
import { api } from '../model/api';
import { strength } from '../model/passphrase';
import { Part } from './base';
import { icon } from './icons';

@customElement('tb-passphrase')
export class PassphraseField extends Part {
  @property() label = '';
  @property() name = 'passphrase';
  /** a passphrase that is chosen now, not one that is known */
  @property({ type: Boolean }) fresh = false;
  @property() problem = '';
  @state() private shown = false;
  @state() private text = '';
  @state() private suggesting = true;
  @query('input') private input!: HTMLInputElement;

  get value(): string {
    return this.input?.value ?? '';
  }

  clear(): void {
    this.text = '';
    if (this.input) this.input.value = '';
  }

  override focus(): void {
    this.input?.focus();
  }

  private typed(text: string): void {
    this.text = text;
    this.dispatchEvent(new Event('typed', { bubbles: true }));
  }

  private async suggest(): Promise<void> {
    try {
      this.input.value = await api.suggestPassphrase();
      this.shown = true;
      this.typed(this.input.value);
    } catch {
      this.suggesting = false;
    }
  }

  private hint(): TemplateResult {
    const texts = t().passphrase;
    const level = strength(this.text);
    return html`<span class="strength ${this.text === '' ? '' : level}" role="status">
      ${this.text === '' ? texts.hint : html`<meter min="0" max="3" low="2" high="2.5" optimum="3" .value=${['short', 'weak', 'fair', 'good'].indexOf(level)} aria-hidden="true"></meter>${texts.levels[level]}`}
    </span>`;
  }

  protected override render(): TemplateResult {
    const texts = t().passphrase;
    const id = `field-${this.name}`;
    return html`<div class="field">
      <label for=${id}>${this.label}</label>
      <div class="with-button">
        <input id=${id} name=${this.name} type=${this.shown ? 'text' : 'password'} required maxlength="200" autocapitalize="off" spellcheck="false"
          autocomplete=${this.fresh ? 'new-password' : 'current-password'} aria-invalid=${this.problem ? 'true' : nothing}
          aria-describedby=${this.problem ? `${id}-problem` : nothing} @input=${() => this.typed(this.input.value)} />
        <button type="button" aria-pressed=${String(this.shown)} @click=${() => (this.shown = !this.shown)}>${icon('eye')}${this.shown ? texts.hide : texts.show}</button>
      </div>
      ${this.problem ? html`<p class="field-problem" id="${id}-problem" role="alert">${icon('warn')}${this.problem}</p>` : nothing}
      ${this.fresh ? this.hint() : nothing}
      ${this.fresh && this.suggesting ? html`<button type="button" class="quiet small" data-test="suggest" @click=${() => void this.suggest()}>${icon('plus')}${texts.suggest}</button>` : nothing}
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tb-passphrase': PassphraseField;
  }
}
