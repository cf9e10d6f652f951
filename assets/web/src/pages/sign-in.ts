// The door: login and passphrase. Also the two ways back in for who has forgotten the passphrase.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { t } from '../i18n';
import { account } from '../model/account';
import { ApiError, api } from '../model/api';
import { strength } from '../model/passphrase';
import type { SessionAnswer } from '../model/types';
import { Part } from '../parts/base';
import { icon } from '../parts/icons';
import '../parts/passkeys';
import '../parts/passphrase-field';
import type { PassphraseField } from '../parts/passphrase-field';
import { errorText } from '../parts/toast';

@customElement('tb-sign-in')
export class SignInPage extends Part {
  /** somebody's page waits behind this one */
  @property() waitingFor = '';
  @state() private way: 'sign-in' | 'forgotten' | 'recover' = 'sign-in';
  @state() private busy = false;
  @state() private problem = '';
  @state() private wait = 0;
  @state() private login = '';
  @query('tb-passphrase') private passphrase!: PassphraseField;

  override connectedCallback(): void {
    super.connectedCallback();
    this.every(1000, () => {
      if (this.wait > 0) this.wait -= 1;
    });
  }

  /** Runs what signs in, and says what went wrong. */
  private async enter(work: () => Promise<SessionAnswer>, wrong: string): Promise<void> {
    if (this.busy || this.wait > 0) return;
    this.busy = true;
    this.problem = '';
    try {
      await account.signedIn(await work());
    } catch (error) {
      const known = error instanceof ApiError ? error : null;
      if (known?.status === 429) this.wait = Math.max(1, Math.ceil(known.wait ?? 30));
      else this.problem = known?.status === 401 ? wrong : known?.status === 400 && this.way === 'recover' ? t().passphrase.levels.refused : errorText(error);
    } finally {
      this.busy = false;
    }
    await this.updateComplete;
    if (this.problem && this.isConnected) this.passphrase?.focus();
  }

  private signIn(event: SubmitEvent): void {
    event.preventDefault();
    const login = String(new FormData(event.target as HTMLFormElement).get('login') ?? '').trim();
    const passphrase = this.passphrase.value;
    void this.enter(() => api.signIn(login, passphrase), t().signIn.wrong).then(() => {
      if (account.door === 'in') this.passphrase?.clear();
    });
  }

  private recover(event: SubmitEvent): void {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const passphrase = this.passphrase.value;
    if (strength(passphrase) === 'short') {
      this.problem = t().passphrase.levels.short;
      return;
    }
    const recovery = String(form.get('recovery') ?? '').trim().replace(/\s+/g, ' ');
    void this.enter(() => api.recover(String(form.get('login') ?? '').trim(), recovery, passphrase), t().signIn.wrongRecovery);
  }

  private turn(way: typeof this.way): void {
    this.way = way;
    this.problem = '';
    void this.updateComplete.then(() => this.querySelector('h1')?.focus());
  }

  private problems(): TemplateResult | typeof nothing {
    if (this.wait > 0) return html`<p class="problem" role="alert" data-test="wait">${icon('warn')}<span>${t().signIn.wait(this.wait)}</span></p>`;
    return this.problem ? html`<p class="problem" role="alert" data-test="problem">${icon('warn')}<span>${this.problem}</span></p>` : nothing;
  }

  private loginField(): TemplateResult {
    return html`<label class="field"><span>${t().signIn.login}</span>
      <input name="login" required maxlength="80" autocomplete="username" autocapitalize="off" spellcheck="false" .value=${this.login}
        @input=${(event: Event) => (this.login = (event.target as HTMLInputElement).value)} /></label>`;
  }

  private signInForm(): TemplateResult {
    const texts = t().signIn;
    return html`<h1 tabindex="-1">${texts.title}</h1>
      ${this.waitingFor ? html`<p class="notice">${icon('lock')}<span>${texts.waiting(this.waitingFor)}</span></p>` : nothing}
      <form @submit=${(event: SubmitEvent) => this.signIn(event)}>
        ${this.loginField()}
        <tb-passphrase label=${texts.passphrase}></tb-passphrase>
        ${this.problems()}
        <button class="primary big wide" type="submit" data-test="sign-in" ?disabled=${this.busy || this.wait > 0}>${this.busy ? texts.busy : texts.enter}</button>
      </form>
      <tb-passkey-door></tb-passkey-door>
      <p><button type="button" class="quiet" data-test="forgotten" @click=${() => this.turn('forgotten')}>${texts.forgotten}</button></p>`;
  }

  private forgotten(): TemplateResult {
    const texts = t().signIn;
    return html`<h1 tabindex="-1">${texts.forgottenTitle}</h1>
      <section><h2>${texts.forgottenOthersTitle}</h2><p>${texts.forgottenOthers}</p></section>
      <section><h2>${texts.forgottenCoachTitle}</h2><p>${texts.forgottenCoach}</p>
        <button type="button" data-test="recover" @click=${() => this.turn('recover')}>${icon('key')}${texts.useRecovery}</button></section>
      <p><button type="button" class="quiet" @click=${() => this.turn('sign-in')}>${icon('back')}${texts.backToSignIn}</button></p>`;
  }

  private recoverForm(): TemplateResult {
    const texts = t().signIn;
    return html`<h1 tabindex="-1">${texts.recoverTitle}</h1><p>${texts.recoverText}</p>
      <form @submit=${(event: SubmitEvent) => this.recover(event)}>
        ${this.loginField()}
        <label class="field"><span>${texts.recoveryKey}</span><span class="small">${texts.recoveryHelp}</span>
          <textarea name="recovery" rows="4" required maxlength="400" autocomplete="off" autocapitalize="off" spellcheck="false"></textarea></label>
        <tb-passphrase fresh label=${texts.newPassphrase}></tb-passphrase>
        ${this.problems()}
        <button class="primary big wide" type="submit" ?disabled=${this.busy || this.wait > 0}>${this.busy ? texts.busy : texts.recover}</button>
      </form>
      <p><button type="button" class="quiet" @click=${() => this.turn('sign-in')}>${icon('back')}${texts.backToSignIn}</button></p>`;
  }

  protected override render(): TemplateResult {
    const way = { 'sign-in': () => this.signInForm(), forgotten: () => this.forgotten(), recover: () => this.recoverForm() }[this.way];
    return html`<main class="page door" id="main"><div class="card">
      ${account.offline ? html`<p class="problem" role="status">${icon('warn')}<span>${t().errors.offline}</span></p>` : nothing}
      ${way()}</div></main>`;
  }
}
