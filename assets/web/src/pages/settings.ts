// Instellingen: language, names, tapping, disk limits, and what this program is.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { t, words } from '../i18n';
import { api } from '../model/api';
import { MOMENT_REF, boardCodes, type BoardCode } from '../model/instruments';
import { assignKeys, KEYS_STORE, normalKey, type KeyChoices } from '../model/keys';
import { readStored, session, store } from '../model/session';
import type { About, Instrument, Language, Settings } from '../model/types';
import { Part } from '../parts/base';
import { icon, shape } from '../parts/icons';
import { complain, say } from '../parts/toast';
import { vars } from '../parts/vars';

const LANGUAGES: Language[] = ['nl', 'en'];

@customElement('tb-settings')
export class SettingsPage extends Part {
  @state() private about: About | null = null;
  @state() private instruments: Instrument[] = [];
  @state() private shown = '';
  @state() private choices: KeyChoices = readStored(KEYS_STORE, {});
  @state() private saved = false;

  override connectedCallback(): void {
    super.connectedCallback();
    this.follow(session);
    api.about().then((about) => (this.about = about), () => undefined);
    void this.loadInstruments();
  }

  private async loadInstruments(): Promise<void> {
    try {
      const list = await api.instruments();
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

  private text(name: 'observer' | 'school', label: string, help = ''): TemplateResult {
    const value = name === 'observer' ? session.observer : session.settings.school;
    return html`<label class="field"><span>${label}</span>${help ? html`<span class="small">${help}</span>` : nothing}
      <input name=${name} maxlength="80" .value=${value} @change=${(event: Event) => void this.save({ [name]: (event.target as HTMLInputElement).value.trim() })} /></label>`;
  }

  private check(name: 'vibrate' | 'keys_enabled', label: string): TemplateResult {
    return html`<label class="check"><input type="checkbox" name=${name} .checked=${session.settings[name]}
      @change=${(event: Event) => void this.save({ [name]: (event.target as HTMLInputElement).checked })} /><span>${label}</span></label>`;
  }

  private amount(name: 'disk_warn_minutes' | 'disk_stop_mb', label: string): TemplateResult {
    return html`<label class="field"><span>${label}</span>
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
    return html`<main class="page settings" id="main">
      <div class="page-head"><h1>${texts.title}</h1><span class="save-state small" role="status">${this.saved ? html`${icon('check')}${t().common.saved}` : nothing}</span></div>
      <section class="card"><h2>${texts.you}</h2>
        ${this.text('observer', texts.observer, texts.observerHelp)} ${this.text('school', texts.school)}
        <fieldset><legend>${texts.language}</legend><div class="chips" role="group" aria-label=${texts.language}>
          ${LANGUAGES.map((one) => html`<button type="button" class="chip" lang=${one} data-language=${one} aria-pressed=${String(session.settings.language === one)}
            @click=${() => void this.save({ language: one })}>${texts.languages[one]}</button>`)}</div></fieldset>
      </section>
      <section class="card"><h2>${texts.tapping}</h2>
        ${this.check('vibrate', texts.vibrate)} ${this.check('keys_enabled', texts.keys)} ${this.keys()}
      </section>
      <section class="card"><h2>${texts.disk}</h2><div class="columns">${this.amount('disk_warn_minutes', texts.warnMinutes)} ${this.amount('disk_stop_mb', texts.stopMb)}</div></section>
      <section class="card"><h2>${texts.about}</h2>
        <p>${this.about ? texts.version(this.about.version) : ''}</p><p class="small">${texts.privacy}</p></section>
    </main>`;
  }
}
