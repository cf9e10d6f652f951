// The vault as people meet it: the badge in the bar, the question for the passphrase, and what stands where pictures
// cannot be shown.
import { html, nothing, render, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { t } from '../i18n';
import { account } from '../model/account';
import { ApiError, api } from '../model/api';
import type { Recovery } from '../model/types';
import { Part } from './base';
import { icon } from './icons';
import './passphrase-field';
import type { PassphraseField } from './passphrase-field';
import { complain, confirm, errorText } from './toast';

interface Question {
  title: string;
  text: string;
  button: string;
  busy: string;
}

/** Asks the passphrase of whoever is signed in and does WORK with it; goes away when that went well. */
function askPassphrase(question: Question, work: (passphrase: string) => Promise<void>): void {
  if (document.querySelector('dialog.vault-question')) return;
  const dialog = document.createElement('dialog');
  dialog.className = 'question vault-question';
  dialog.setAttribute('aria-labelledby', 'vault-question-title');
  let busy = false;
  let problem = '';
  const open = async (event: SubmitEvent) => {
    event.preventDefault();
    const field = dialog.querySelector<PassphraseField>('tb-passphrase')!;
    if (busy || field.value === '') return;
    busy = true;
    problem = '';
    draw();
    try {
      await work(field.value);
      dialog.close();
    } catch (error) {
      const known = error instanceof ApiError ? error : null;
      problem = known?.status === 429 ? t().signIn.wait(Math.ceil(known.wait ?? 30)) : known?.status === 403 || known?.code === 'wrong' ? t().vault.wrong : errorText(error);
    }
    busy = false;
    draw();
    if (problem) field.focus();
  };
  const draw = () => render(
    html`<form @submit=${(event: SubmitEvent) => void open(event)}>
      <h2 id="vault-question-title">${question.title}</h2>
      <p>${question.text}</p>
      <input class="hidden-label" tabindex="-1" aria-hidden="true" autocomplete="username" readonly .value=${account.person?.login ?? ''} />
      <tb-passphrase name="vault-passphrase" label=${t().signIn.passphrase}></tb-passphrase>
      ${problem ? html`<p class="problem" role="alert">${icon('warn')}<span>${problem}</span></p>` : nothing}
      <div class="buttons"><button type="button" class="quiet" @click=${() => dialog.close()}>${t().common.cancel}</button>
        <button type="submit" class="primary" data-test="vault-open" ?disabled=${busy}>${busy ? question.busy : question.button}</button></div>
    </form>`,
    dialog,
  );
  draw();
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

/** The open page goes on by itself when the vault is open. */
export function openVault(): void {
  const texts = t().vault;
  askPassphrase({ title: texts.openTitle, text: texts.openText, button: texts.open, busy: texts.opening },
    async (passphrase) => account.setVault((await api.unlock(passphrase)).state));
}

/** A new recovery key in place of the old one; it goes to SHOW, this once. */
export function renewRecovery(show: (recovery: Recovery) => void): void {
  const texts = t().vault;
  askPassphrase({ title: texts.renewTitle, text: texts.renewText, button: texts.renew, busy: texts.renewing },
    async (passphrase) => {
      const { recovery } = await api.renewRecovery(passphrase);
      account.setVault('open');
      show(recovery);
    });
}

export async function lockVault(): Promise<void> {
  const texts = t().vault;
  if (!(await confirm(texts.lockQuestion, texts.lockText, texts.lock))) return;
  try {
    account.setVault((await api.lock()).state);
  } catch (error) {
    complain(error);
  }
}

@customElement('tb-vault-badge')
export class VaultBadge extends Part {
  override connectedCallback(): void {
    super.connectedCallback();
    this.follow(account);
  }

  protected override render(): TemplateResult | typeof nothing {
    const state = account.vault;
    const texts = t().vault;
    if (state === 'none') return nothing;
    const text = state === 'open' ? texts.isOpen : texts.isLocked;
    const sign = html`${icon(state === 'open' ? 'unlock' : 'lock')}<span>${text}</span>`;
    if (state === 'locked' && account.has('coach')) {
      return html`<button type="button" class="vault-badge locked" data-test="vault-badge" data-vault=${state} title=${texts.open} @click=${openVault}>${sign}</button>`;
    }
    if (state === 'open' && account.has('coach', 'admin')) {
      return html`<button type="button" class="vault-badge" data-test="vault-badge" data-vault=${state} title=${texts.lock} @click=${() => void lockVault()}>${sign}</button>`;
    }
    return state === 'locked' ? html`<span class="vault-badge locked" data-test="vault-badge" data-vault=${state}>${sign}</span>` : nothing;
  }
}

/** Where a picture would be. */
export function vaultPanel(): TemplateResult {
  const texts = t().vault;
  return html`<section class="vault-panel" data-test="vault-panel" role="status">
    ${icon('lock')}
    <h2>${texts.panelTitle}</h2>
    <p>${account.has('coach') ? texts.panelCoach : texts.panelOthers}</p>
    ${account.has('coach') ? html`<button type="button" class="primary big" data-test="panel-open" @click=${openVault}>${icon('unlock')}${texts.open}</button>` : nothing}
  </section>`;
}
