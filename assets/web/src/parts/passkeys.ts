// Passkeys as people meet them: the button at the door, and the list in one's account.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import { t } from '../i18n';
import { account } from '../model/account';
import { ApiError, api } from '../model/api';
import { dateTime } from '../model/format';
import { addPasskey, passkeyProblem, signInByPasskey, whyNoPasskeys } from '../model/passkeys';
import type { Passkey } from '../model/types';
import { Part } from './base';
import { icon } from './icons';
import './passphrase-field';
import type { PassphraseField } from './passphrase-field';
import { complain, confirm, errorText, say } from './toast';
import { openVault } from './vault';

function problemText(error: unknown, wrong: string): string {
  const problem = passkeyProblem(error);
  if (problem) return t().passkeys[problem];
  if (error instanceof ApiError && error.status === 429) return t().signIn.wait(Math.max(1, Math.ceil(error.wait ?? 30)));
  return error instanceof ApiError && error.code === 'wrong' ? wrong : errorText(error);
}

function problemLine(problem: string): TemplateResult | typeof nothing {
  return problem ? html`<p class="problem" role="alert" data-test="passkey-problem">${icon('warn')}<span>${problem}</span></p>` : nothing;
}

@customElement('tb-passkey-door')
export class PasskeyDoor extends Part {
  @state() private busy = false;
  @state() private problem = '';

  private async enter(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.problem = '';
    try {
      await account.signedIn(await signInByPasskey());
      if (account.has('coach') && account.vault === 'locked') say(t().passkeys.vaultLocked, { label: t().passkeys.openVault, run: openVault });
    } catch (error) {
      this.problem = problemText(error, t().passkeys.wrong);
    } finally {
      this.busy = false;
    }
  }

  protected override render(): TemplateResult | typeof nothing {
    if (whyNoPasskeys()) return nothing;
    const texts = t().passkeys;
    return html`${problemLine(this.problem)}
      <p><button type="button" class="big wide" data-test="passkey" ?disabled=${this.busy} @click=${() => void this.enter()}>${icon('key')}${this.busy ? texts.busy : texts.enter}</button></p>`;
  }
}

@customElement('tb-passkeys')
export class Passkeys extends Part {
  @state() private passkeys: Passkey[] | null = null;
  @state() private error: unknown = null;
  @state() private busy = false;
  @state() private problem = '';
  @query('tb-passphrase') private passphrase!: PassphraseField;

  override connectedCallback(): void {
    super.connectedCallback();
    this.follow(account);
    void this.load();
    this.on(account, 'return', () => void this.load());
  }

  private async load(): Promise<void> {
    try {
      this.passkeys = await api.passkeys();
      this.error = null;
    } catch (error) {
      this.error = error;
    }
  }

  private async add(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (this.busy) return;
    const form = event.target as HTMLFormElement;
    const name = String(new FormData(form).get('passkey') ?? '').trim();
    this.busy = true;
    this.problem = '';
    try {
      await addPasskey(name, this.passphrase.value);
      this.passphrase.clear();
      form.reset();
      say(t().passkeys.added(name));
      await this.load();
    } catch (error) {
      this.problem = problemText(error, t().passkeys.wrongPassphrase);
    } finally {
      this.busy = false;
    }
  }

  private async drop(one: Passkey): Promise<void> {
    const texts = t().passkeys;
    if (!(await confirm(texts.removeQuestion(one.name), texts.removeText, texts.remove))) return;
    try {
      await api.removePasskey(one.id);
      say(texts.removed(one.name));
    } catch (error) {
      complain(error);
    }
    await this.load();
  }

  private row(one: Passkey): TemplateResult {
    const texts = t().passkeys;
    const facts = [one.used_at ? texts.used(dateTime(one.used_at)) : texts.unused, texts.made(dateTime(one.created_at))];
    if (one.rp !== location.hostname) facts.push(texts.elsewhere(one.rp));
    return html`<li class="person" data-passkey=${one.id}><div class="person-main">
      <span>${icon('key')}</span>
      <span class="grow"><strong>${one.name}</strong><span class="small block">${facts.join(' · ')}</span></span>
      <button type="button" class="small" @click=${() => void this.drop(one)}>${texts.remove}<span class="hidden-label"> ${one.name}</span></button>
    </div></li>`;
  }

  private form(): TemplateResult {
    const texts = t().passkeys;
    const why = whyNoPasskeys();
    if (why) return html`<p class="notice" data-test="no-passkeys">${icon('warn')}<span>${texts.whyNot[why]}</span></p>`;
    return html`<form @submit=${(event: SubmitEvent) => void this.add(event)}>
      <label class="field"><span>${texts.name}</span><span class="small">${texts.nameHelp}</span>
        <input name="passkey" required maxlength="60" autocomplete="off" /></label>
      <tb-passphrase name="passkey-passphrase" label=${t().signIn.passphrase}></tb-passphrase>
      ${problemLine(this.problem)}
      <button type="submit" data-test="add-passkey" ?disabled=${this.busy}>${icon('plus')}${this.busy ? texts.busy : texts.add}</button>
    </form>`;
  }

  protected override render(): TemplateResult {
    const texts = t().passkeys;
    return html`<section class="card"><h2>${texts.title}</h2>
      <p class="small">${texts.help}${account.has('coach') ? html` ${texts.helpCoach}` : nothing}</p>
      ${this.error ? html`<p class="problem" role="alert">${icon('warn')}<span>${errorText(this.error)}</span></p>` : nothing}
      ${this.passkeys?.length ? html`<ul class="people">${this.passkeys.map((one) => this.row(one))}</ul>` : this.passkeys ? html`<p>${texts.none}</p>` : nothing}
      ${this.form()}</section>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tb-passkey-door': PasskeyDoor;
    'tb-passkeys': Passkeys;
  }
}
