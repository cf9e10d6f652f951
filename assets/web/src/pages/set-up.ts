// The first start: what this is, who the first coach is, and the recovery key.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import { language, t } from '../i18n';
import { account } from '../model/account';
import { ApiError, api } from '../model/api';
import { loginOf, strength } from '../model/passphrase';
import type { Language, Person, Recovery } from '../model/types';
import { Part } from '../parts/base';
import { icon } from '../parts/icons';
import '../parts/passphrase-field';
import type { PassphraseField } from '../parts/passphrase-field';
import { errorText } from '../parts/toast';
import '../parts/recovery-sheet';

const LANGUAGES: Language[] = ['nl', 'en'];

@customElement('tb-set-up')
export class SetUpPage extends Part {
  @state() private name = '';
  @state() private login = '';
  @state() private loginTyped = false;
  @state() private vaultExists = false;
  @state() private busy = false;
  @state() private problem = '';
  @state() private passphraseProblem = '';
  @state() private made: { person: Person; recovery: Recovery } | null = null;
  @query('tb-passphrase[fresh]') private passphrase!: PassphraseField;
  @query('tb-passphrase[name=vault-passphrase]') private vaultPassphrase!: PassphraseField | null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.vaultExists = account.vault !== 'none';
    this.atEnd(() => (account.held = false));
  }

  private async setUp(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (this.busy) return;
    const passphrase = this.passphrase.value;
    const vault = this.vaultExists ? { vault_passphrase: this.vaultPassphrase!.value } : {};
    this.problem = '';
    this.passphraseProblem = strength(passphrase) === 'short' ? t().passphrase.levels.short : '';
    if (this.passphraseProblem) return this.passphrase.focus();
    this.busy = true;
    account.held = true;
    try {
      const reply = await api.setUp({ name: this.name.trim(), login: this.login.trim(), passphrase, ...vault });
      if (reply.recovery) {
        this.made = { person: reply.person, recovery: reply.recovery };
        scrollTo(0, 0);
        await this.updateComplete;
        this.querySelector('h1')?.focus();
      } else await this.done();
    } catch (error) {
      account.held = false;
      if (error instanceof ApiError && error.code === 'conflict') await account.ask();
      else if (error instanceof ApiError && error.status === 400) this.passphraseProblem = t().passphrase.levels.refused;
      else this.problem = error instanceof ApiError && error.status === 403 ? (this.vaultExists ? t().vault.wrong : t().setUp.onlyHere) : errorText(error);
    } finally {
      this.busy = false;
    }
  }

  private async done(): Promise<void> {
    account.held = false;
    this.made = null;
    await account.ask();
  }

  private form(): TemplateResult {
    const texts = t().setUp;
    return html`<main class="page door wide" id="main">
      <div class="card">
        <div class="chips" role="group" aria-label=${t().settings.language}>${LANGUAGES.map((one) => html`<button type="button" class="chip" lang=${one} aria-pressed=${String(language() === one)}
          @click=${() => account.chooseLanguage(one)}>${t().settings.languages[one]}</button>`)}</div>
        <h1 tabindex="-1">${texts.title}</h1>
        <p>${texts.what}</p>
        <ul class="promises">${texts.promises.map((one) => html`<li>${icon('check')}<span>${one}</span></li>`)}</ul>
      </div>
      <form class="card" @submit=${(event: SubmitEvent) => void this.setUp(event)}>
        <h2>${texts.you}</h2><p class="small">${texts.youHelp}</p>
        <label class="field"><span>${texts.name}</span><input name="name" required maxlength="80" autocomplete="name" placeholder=${texts.nameExample} .value=${this.name}
          @input=${(event: Event) => {
            this.name = (event.target as HTMLInputElement).value;
            if (!this.loginTyped) this.login = loginOf(this.name);
          }} /></label>
        <label class="field"><span>${texts.login}</span><span class="small">${texts.loginHelp}</span>
          <input name="login" required maxlength="40" autocomplete="username" autocapitalize="off" spellcheck="false" .value=${this.login}
            @input=${(event: Event) => { this.login = (event.target as HTMLInputElement).value; this.loginTyped = true; }} /></label>
        <tb-passphrase fresh label=${texts.passphrase} .problem=${this.passphraseProblem}></tb-passphrase>
        <p class="small">${texts.passphraseHelp}</p>
        ${this.vaultExists
          ? html`<p class="notice">${icon('lock')}<span>${texts.vaultPassphraseHelp}</span></p><tb-passphrase name="vault-passphrase" label=${texts.vaultPassphrase}></tb-passphrase>`
          : nothing}
        ${this.problem ? html`<p class="problem" role="alert" data-test="problem">${icon('warn')}<span>${this.problem}</span></p>` : nothing}
        <button class="primary big wide" type="submit" data-test="set-up" ?disabled=${this.busy}>${this.busy ? texts.busy : texts.proceed}</button>
      </form></main>`;
  }

  protected override render(): TemplateResult {
    const made = this.made;
    if (!made) return this.form();
    const texts = t().recovery;
    return html`<main class="page door wide" id="main"><div class="card">
      <h1 tabindex="-1">${texts.title}</h1>
      <div class="no-print"><p>${texts.text}</p><p><strong>${texts.once}</strong></p></div>
      <tb-recovery-sheet .recovery=${made.recovery} person=${made.person.name} @done=${() => void this.done()}></tb-recovery-sheet>
    </div></main>`;
  }
}
