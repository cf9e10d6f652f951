// Mijn account: where one is signed in, and the passphrase.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import { t } from '../i18n';
import { account } from '../model/account';
import { ApiError, api } from '../model/api';
import { dateTime } from '../model/format';
import { strength } from '../model/passphrase';
import type { SignIn } from '../model/types';
import { Part } from '../parts/base';
import { icon } from '../parts/icons';
import '../parts/passkeys';
import '../parts/passphrase-field';
import type { PassphraseField } from '../parts/passphrase-field';
import { complain, confirm, errorText, say } from '../parts/toast';

@customElement('tb-account')
export class AccountPage extends Part {
  @state() private signIns: SignIn[] | null = null;
  @state() private error: unknown = null;
  @state() private busy = false;
  @state() private oldProblem = '';
  @state() private newProblem = '';
  @query('tb-passphrase[name=old]') private old!: PassphraseField;
  @query('tb-passphrase[name=new]') private fresh!: PassphraseField;

  override connectedCallback(): void {
    super.connectedCallback();
    this.follow(account);
    void this.load();
    this.on(account, 'return', () => void this.load());
  }

  private async load(): Promise<void> {
    try {
      this.signIns = (await api.signIns()).sort((a, b) => Number(b.current) - Number(a.current) || b.seen_at.localeCompare(a.seen_at));
      this.error = null;
    } catch (error) {
      this.error = error;
    }
  }

  private async signOutOf(one: SignIn): Promise<void> {
    try {
      await api.signOutOf(one.id);
      say(t().account.signedOutOf(one.device));
    } catch (error) {
      complain(error);
    }
    await this.load();
  }

  private async everywhere(): Promise<void> {
    const texts = t().account;
    if (!(await confirm(texts.everywhereQuestion, texts.everywhereText, texts.everywhere))) return;
    await account.signOut(true).catch(complain);
  }

  private async change(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (this.busy) return;
    this.oldProblem = '';
    this.newProblem = strength(this.fresh.value) === 'short' ? t().passphrase.levels.short : '';
    if (this.newProblem) return this.fresh.focus();
    this.busy = true;
    try {
      await api.changePassphrase(this.old.value, this.fresh.value);
      this.old.clear();
      this.fresh.clear();
      say(t().account.changed);
      await this.load();
    } catch (error) {
      const known = error instanceof ApiError ? error : null;
      if (known?.status === 429) this.oldProblem = t().signIn.wait(Math.ceil(known.wait ?? 30));
      else if (known?.code === 'wrong') this.oldProblem = t().account.oldWrong;
      else this.newProblem = known?.status === 400 ? t().passphrase.levels.refused : errorText(error);
    } finally {
      this.busy = false;
    }
  }

  private row(one: SignIn): TemplateResult {
    const texts = t().account;
    return html`<li class="person" data-session=${one.id}><div class="person-main">
      <span>${icon('device')}</span>
      <span class="grow"><strong>${one.device || texts.unknownDevice}</strong>
        <span class="small block">${one.current ? texts.thisDevice : texts.seen(dateTime(one.seen_at))} · ${texts.since(dateTime(one.created_at))}</span></span>
      ${one.current ? nothing : html`<button type="button" class="small" @click=${() => void this.signOutOf(one)}>${texts.signOut}<span class="hidden-label"> ${one.device}</span></button>`}
    </div></li>`;
  }

  protected override render(): TemplateResult {
    const texts = t().account;
    const person = account.person;
    return html`<main class="page" id="main">
      <div class="page-head"><h1>${texts.title}</h1></div>
      <section class="card"><h2>${texts.you}</h2>
        <dl class="facts"><div><dt>${t().people.name}</dt><dd>${person?.name}</dd></div>
          ${person?.login ? html`<div><dt>${t().signIn.login}</dt><dd>${person.login}</dd></div>` : nothing}
          <div><dt>${t().people.roles}</dt><dd>${person?.roles.map((role) => t().roles.names[role]).join(', ')}</dd></div></dl></section>
      <section class="card"><h2>${texts.signIns}</h2><p class="small">${texts.signInsHelp}</p>
        ${this.error ? html`<p class="problem" role="alert">${icon('warn')}<span>${errorText(this.error)}</span></p>` : nothing}
        <ul class="people">${this.signIns?.map((one) => this.row(one))}</ul>
        <button type="button" data-test="everywhere" @click=${() => void this.everywhere()}>${icon('out')}${texts.everywhere}</button></section>
      <section class="card"><h2>${texts.passphrase}</h2>
        ${account.has('coach') ? html`<p class="small">${texts.passphraseCoach}</p>` : nothing}
        <form @submit=${(event: SubmitEvent) => void this.change(event)}>
          <input class="hidden-label" tabindex="-1" aria-hidden="true" autocomplete="username" readonly .value=${person?.login ?? ''} />
          <tb-passphrase name="old" label=${texts.old} .problem=${this.oldProblem}></tb-passphrase>
          <tb-passphrase name="new" fresh label=${t().signIn.newPassphrase} .problem=${this.newProblem}></tb-passphrase>
          <button type="submit" class="primary" data-test="change-passphrase" ?disabled=${this.busy}>${this.busy ? t().common.saving : texts.change}</button>
        </form></section>
      <tb-passkeys></tb-passkeys>
    </main>`;
  }
}
