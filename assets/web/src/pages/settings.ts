// Instellingen: language, names, tapping, disk limits, and what this program is.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { language, t, words } from '../i18n';
import { account } from '../model/account';
import { api } from '../model/api';
import { canBeChosen } from '../model/instrument-file';
import { MOMENT_REF, boardCodes, type BoardCode } from '../model/instruments';
import { assignKeys, KEYS_STORE, normalKey, type KeyChoices } from '../model/keys';
import { readStored, session, store } from '../model/session';
import type { About, Instrument, Language, Recovery, Settings, Vault } from '../model/types';
import { Part } from '../parts/base';
import { icon, shape } from '../parts/icons';
import { complain, say } from '../parts/toast';
import { vars } from '../parts/vars';
import '../parts/recovery-sheet';
import { lockVault, openVault, renewRecovery } from '../parts/vault';
import { paths } from '../router';

const LANGUAGES: Language[] = ['nl', 'en'];

@customElement('tb-settings')
export class SettingsPage extends Part {
  @state() private about: About | null = null;
  @state() private instruments: Instrument[] = [];
  @state() private shown = '';
  @state() private choices: KeyChoices = readStored(KEYS_STORE, {});
  @state() private saved = false;
  @state() private vault: Vault | null = null;
  /** A new recovery key, until it was written down. */
  @state() private fresh: Recovery | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.follow(session);
    api.about().then((about) => (this.about = about), () => undefined);
    this.on(account, 'change', () => void this.loadVault());
    if (account.has('coach')) void this.loadInstruments();
    void this.loadVault();
  }

  private get manages(): boolean {
    return account.has('coach', 'admin');
  }

  private async loadVault(): Promise<void> {
    if (!this.manages || account.door !== 'in') return;
    this.vault = await api.vault().catch(() => null);
  }

  /** The language of this device; a coach's also becomes that of a device which has not chosen. */
  private setLanguage(next: Language): void {
    account.chooseLanguage(next);
    if (this.manages) void this.save({ language: next });
  }

  private async loadInstruments(): Promise<void> {
    try {
      const list = (await api.instruments()).filter(canBeChosen);
      this.instruments = await Promise.all(list.map((one) => api.instrument(one.id)));
      this.shown = (list.find((one) => one.default) ?? list[0])?.id ?? '';
    } catch (error) {
      complain(error);
    }
  }

  private async save(fields: Partial<Settings>): Promise<void> {
    this.saved = false;
    try {
      await session.save(fields);
      this.saved = true;
    } catch (error) {
      complain(error);
    }
  }

  private school(): TemplateResult {
    return html`<label class="field"><span>${t().settings.school}</span>
      <input name="school" maxlength="80" .value=${session.settings.school} @change=${(event: Event) => void this.save({ school: (event.target as HTMLInputElement).value.trim() })} /></label>`;
  }

  private vaultCard(vault: Vault): TemplateResult {
    const texts = t().vault;
    const coach = account.has('coach');
    const names = vault.slots.map((one) => one.name).filter((one) => one);
    return html`<section class="card" data-test="vault-settings"><h2>${texts.title}</h2>
      <p>${texts.what}</p>
      <p class="row-line">${icon(vault.state === 'open' ? 'unlock' : 'lock')}<strong>${vault.state === 'none' ? texts.none : vault.state === 'open' ? texts.isOpen : texts.isLocked}</strong>
        ${vault.state === 'open' ? html`<button type="button" data-test="lock-now" @click=${() => void lockVault()}>${icon('lock')}${texts.lock}</button>` : nothing}
        ${vault.state === 'locked' && coach ? html`<button type="button" data-test="open-now" @click=${openVault}>${icon('unlock')}${texts.open}</button>` : nothing}</p>
      ${this.amount('vault_idle_minutes', texts.idle, texts.idleHelp)}
      ${names.length > 0 ? html`<p><strong>${texts.whoCanOpen}</strong> ${names.join(', ')}</p>` : nothing}
      ${vault.waiting > 0 ? html`<p role="status">${icon('warn')}${texts.waiting(vault.waiting)}</p>` : nothing}
      <p class="small">${texts.recoveryNote}</p>
      ${coach && vault.state !== 'none' ? html`<button type="button" data-test="renew-recovery" @click=${() => renewRecovery((recovery) => (this.fresh = recovery))}>${texts.renew}</button>` : nothing}
    </section>`;
  }

  private check(name: 'vibrate' | 'keys_enabled', label: string): TemplateResult {
    return html`<label class="check"><input type="checkbox" name=${name} .checked=${session.settings[name]}
      @change=${(event: Event) => void this.save({ [name]: (event.target as HTMLInputElement).checked })} /><span>${label}</span></label>`;
  }

  private amount(name: 'disk_warn_minutes' | 'disk_stop_mb' | 'vault_idle_minutes', label: string, help = ''): TemplateResult {
    return html`<label class="field"><span>${label}</span>${help ? html`<span class="small">${help}</span>` : nothing}
      <input type="number" name=${name} min="0" max="1000000" step="1" .value=${String(session.settings[name])}
        @change=${(event: Event) => {
          const value = Number((event.target as HTMLInputElement).value);
          if (Number.isInteger(value) && value >= 0) void this.save({ [name]: value });
        }} /></label>`;
  }

  private setKey(codes: BoardCode[], ref: string, input: HTMLInputElement): void {
    const key = normalKey(input.value.slice(-1));
    const owner = [...assignKeys(codes, this.choices)].find(([other, value]) => value === key && other !== ref)?.[0];
    if (key !== '' && owner !== undefined) {
      const name = codes.find((one) => one.ref === owner);
      say(t().settings.keyTaken(key.toUpperCase(), name ? words(name.code.short) : t().record.moment));
    } else {
      this.choices = { ...this.choices, [ref]: key };
      store(KEYS_STORE, JSON.stringify(this.choices));
    }
    input.value = (assignKeys(codes, this.choices).get(ref) ?? '').toUpperCase();
  }

  private keys(): TemplateResult | typeof nothing {
    const instrument = this.instruments.find((one) => one.id === this.shown);
    if (!instrument || !session.settings.keys_enabled) return nothing;
    const texts = t().settings;
    const codes = boardCodes([instrument]);
    const keys = assignKeys(codes, this.choices);
    const line = (ref: string, code: BoardCode | null) => {
      const name = code ? words(code.code.title) : t().record.moment;
      return html`<li ${vars({ '--code-color': code?.color ?? '#5b534b' })}><label>
        ${shape(code?.shape ?? 'moment')}<span>${name}</span>
        <input class="key" maxlength="2" autocomplete="off" autocapitalize="off" spellcheck="false" aria-label=${texts.keyOf(name)}
          .value=${(keys.get(ref) ?? '').toUpperCase()} @focus=${(event: Event) => (event.target as HTMLInputElement).select()}
          @input=${(event: Event) => this.setKey(codes, ref, event.target as HTMLInputElement)} /></label></li>`;
    };
    return html`<p class="small">${texts.keysHelp}</p>
      <label class="field"><span>${texts.keysFor}</span><select @change=${(event: Event) => (this.shown = (event.target as HTMLSelectElement).value)}>
        ${this.instruments.map((one) => html`<option value=${one.id} ?selected=${one.id === this.shown}>${words(one.title)}</option>`)}</select></label>
      <ul class="keys">${codes.map((one) => line(one.ref, one))}${line(MOMENT_REF, null)}</ul>
      <button type="button" class="quiet" @click=${() => { this.choices = {}; store(KEYS_STORE, '{}'); }}>${icon('undo')}${texts.keysReset}</button>`;
  }

  protected override render(): TemplateResult {
    const texts = t().settings;
    if (this.fresh) {
      return html`<main class="page narrow" id="main"><h1>${t().vault.freshTitle}</h1><p>${t().vault.freshText}</p>
        <tb-recovery-sheet .recovery=${this.fresh} person=${account.name} @done=${() => { this.fresh = null; void this.loadVault(); }}></tb-recovery-sheet></main>`;
    }
    return html`<main class="page settings" id="main">
      <div class="page-head"><h1>${texts.title}</h1><span class="save-state small" role="status">${this.saved ? html`${icon('check')}${t().common.saved}` : nothing}</span></div>
      <section class="card"><h2>${texts.you}</h2>
        <p>${texts.signedInAs} <strong>${account.name}</strong>. <a href=${paths.account}>${t().account.title}</a></p>
        ${this.manages ? this.school() : nothing}
        <fieldset><legend>${texts.language}</legend><div class="chips" role="group" aria-label=${texts.language}>
          ${LANGUAGES.map((one) => html`<button type="button" class="chip" lang=${one} data-language=${one} aria-pressed=${String(language() === one)}
            @click=${() => this.setLanguage(one)}>${texts.languages[one]}</button>`)}</div></fieldset>
      </section>
      <section class="card"><h2>${t().connect.title}</h2><p>${texts.connectHelp}</p><a class="button" href=${paths.connect}>${icon('device')}${t().connect.title}</a></section>
      ${this.vault ? this.vaultCard(this.vault) : nothing}
      ${account.has('coach')
        ? html`<section class="card"><h2>${texts.tapping}</h2>
            ${this.check('vibrate', texts.vibrate)} ${this.check('keys_enabled', texts.keys)} ${this.keys()}
          </section>`
        : nothing}
      ${this.manages
        ? html`<section class="card"><h2>${texts.disk}</h2><div class="columns">${this.amount('disk_warn_minutes', texts.warnMinutes)} ${this.amount('disk_stop_mb', texts.stopMb)}</div></section>`
        : nothing}
      <section class="card"><h2>${texts.about}</h2>
        <p>${this.about ? texts.version(this.about.version) : ''}</p><p class="small">${texts.privacy}</p></section>
    </main>`;
  }
}
