// One code of a kijkwijzer that is being made: all that can be said of it.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { t, words } from '../i18n';
import { KEYS, LIMITS, changedCode, codeById, sameKey, suggestKey, withKind, type Document } from '../model/instrument-draft';
import type { InstrumentEditor } from '../model/instrument-editor';
import type { Code, Kind } from '../model/types';
import { Part } from './base';
import { icon } from './icons';
import { choiceField, colorField, numberField, selectField, wordsField, type Option } from './instrument-fields';
import { say } from './toast';

const KINDS: Kind[] = ['point', 'state', 'interval', 'rating'];

@customElement('tb-instrument-code')
export class InstrumentCode extends Part {
  @property({ attribute: false }) editor!: InstrumentEditor;
  @property({ attribute: false }) codeId = '';

  override connectedCallback(): void {
    super.connectedCallback();
    this.follow(this.editor);
  }

  private get document(): Document {
    return this.editor.document!;
  }

  private set(fields: Partial<Code>, field = ''): void {
    this.editor.set(changedCode(this.document, this.codeId, fields), field && `${this.codeId}/${field}`);
  }

  private setKind(kind: Kind): void {
    const { document, id } = withKind(this.document, this.codeId, kind, this.editor.published);
    if (id !== this.codeId) {
      say(t().kijkwijzer.code.kindChanged);
      this.dispatchEvent(new CustomEvent('renamed', { detail: id, bubbles: true }));
      this.codeId = id;
    }
    this.editor.set(document);
  }

  private kinds(code: Code, at: string): TemplateResult {
    const texts = t().kijkwijzer;
    const options = KINDS.map((kind) => ({ value: kind, text: texts.kindNames[kind], help: texts.kindHelp[kind] }));
    return choiceField({ label: texts.code.kind, path: `${at}.kind`, value: code.kind, options, set: (kind) => this.setKind(kind as Kind) });
  }

  private key(code: Code, at: string): TemplateResult {
    const texts = t().kijkwijzer.code;
    const bad = sameKey(this.document, code)[0];
    const taken = new Map(this.document.codes.filter((one) => one.id !== code.id && one.key).map((one) => [one.key!, one]));
    const option = (key: string, text: string) => html`<option value=${key} ?selected=${key === (code.key ?? '')}>${text}</option>`;
    const title = (one: Code) => words(one.short) || words(one.title) || texts.untitled;
    const proposal = suggestKey(this.document, code.id);
    return html`<div class="beside-button"><label class="field"><span>${texts.key}</span>
      <select data-path=${`${at}.key`} aria-invalid=${bad ? 'true' : nothing} .value=${code.key ?? ''} @change=${(event: Event) => this.set({ key: (event.target as HTMLSelectElement).value || undefined })}>
        ${option('', texts.noKey)}
        <optgroup label=${texts.freeKeys}>${KEYS.filter((key) => !taken.has(key)).map((key) => option(key, key.toUpperCase()))}</optgroup>
        <optgroup label=${texts.takenKeys}>${KEYS.filter((key) => taken.has(key)).map((key) => option(key, `${key.toUpperCase()} · ${title(taken.get(key)!)}`))}</optgroup>
      </select>
      ${bad ? html`<span class="small bad">${t().kijkwijzer.problems.rules.keyTaken(0, title(bad))}</span>` : nothing}</label>
      ${proposal && (bad || !code.key) ? html`<button type="button" data-test="suggest-key" @click=${() => this.set({ key: proposal })}>${texts.suggest(proposal.toUpperCase())}</button>` : nothing}</div>`;
  }

  private belongs(code: Code, at: string): TemplateResult {
    const texts = t().kijkwijzer.code;
    const { editor, document } = this;
    const named = (list: readonly { id: string; title: Code['title'] }[]): Option[] => list.map((one) => ({ value: one.id, text: words(one.title) || t().kijkwijzer.lists.untitled }));
    const domains = document.domains.map((one) => ({ value: one.id, text: words(one.title) || t().kijkwijzer.domain.untitled }));
    return html`<div class="columns">
      ${selectField(editor, { label: texts.domain, path: `${at}.domain`, value: code.domain, options: domains, set: (domain) => this.set({ domain }) })}
      ${code.kind === 'rating' ? nothing : this.key(code, at)}
      ${code.kind === 'state'
        ? selectField(editor, { label: texts.group, path: `${at}.group`, value: code.group ?? '', options: [{ value: '', text: texts.noGroup }, ...named(document.groups)], set: (group) => this.set({ group: group || undefined }) })
        : nothing}
      ${code.kind === 'rating'
        ? selectField(editor, { label: texts.scale, path: `${at}.scale`, value: code.scale ?? '', options: [{ value: '', text: texts.choose }, ...named(document.scales)], set: (scale) => this.set({ scale: scale || undefined }) })
        : nothing}
      ${code.kind === 'interval'
        ? selectField(editor, { label: texts.sampling, path: `${at}.sampling`, value: code.sampling ?? '', options: [{ value: '', text: texts.choose }, ...named(document.samplings)], set: (sampling) => this.set({ sampling: sampling || undefined }) })
        : nothing}
      ${numberField(editor, { label: texts.lead, path: `${at}.lead`, value: code.lead, min: 0, max: LIMITS.clip, set: (lead) => this.set({ lead }) })}
      ${numberField(editor, { label: texts.lag, path: `${at}.lag`, value: code.lag, min: 0, max: LIMITS.clip, set: (lag) => this.set({ lag }) })}
    </div><p class="small">${texts.clipHelp}</p>`;
  }

  private modifiers(code: Code, at: string): TemplateResult {
    const texts = t().kijkwijzer.code;
    const { modifiers } = this.document;
    const chosen = code.modifiers ?? [];
    const toggle = (id: string, on: boolean) => this.set({ modifiers: modifiers.map((one) => one.id).filter((one) => (one === id ? on : chosen.includes(one))) });
    return html`<fieldset class="field" data-path=${`${at}.modifiers`}><legend>${texts.modifiers}</legend>
      ${modifiers.length === 0 ? html`<p class="small">${texts.noModifiers}</p>` : nothing}
      <div class="checks">${modifiers.map((one) => html`<label class="check"><input type="checkbox" .checked=${chosen.includes(one.id)}
        ?disabled=${!chosen.includes(one.id) && chosen.length >= LIMITS.modifiersOfCode} @change=${(event: Event) => toggle(one.id, (event.target as HTMLInputElement).checked)} />
        ${words(one.title) || t().kijkwijzer.lists.untitled}</label>`)}</div>
      <button type="button" class="quiet small" @click=${() => this.dispatchEvent(new CustomEvent('go', { detail: 'modifiers', bubbles: true }))}>${texts.toLists}${icon('next')}</button></fieldset>`;
  }

  private help(code: Code, at: string): TemplateResult {
    const texts = t().kijkwijzer.code;
    const field = (name: 'counts' | 'not') => wordsField(this.editor, {
      label: texts[name], path: `${at}.help.${name}`, value: code.help?.[name], limit: LIMITS.text, rows: 3, optional: true, set: (value) => this.set({ help: { ...code.help, [name]: value } }, name),
    });
    return html`<p class="small">${texts.whyHelp}</p>${field('counts')} ${field('not')}`;
  }

  protected override render(): TemplateResult | typeof nothing {
    const texts = t().kijkwijzer.code;
    const document = this.editor.document;
    const code = document ? codeById(document, this.codeId) : undefined;
    if (!document || !code) return nothing;
    const at = `codes[${document.codes.indexOf(code)}]`;
    const domain = document.domains.find((one) => one.id === code.domain);
    const sizes = (['normal', 'wide', 'big'] as const).map((size) => ({ value: size, text: texts.sizes[size] }));
    return html`<div class="code-form">
      ${wordsField(this.editor, { label: texts.name, path: `${at}.title`, value: code.title, limit: LIMITS.line, set: (title) => this.set({ title }, 'title') })}
      ${wordsField(this.editor, { label: texts.short, path: `${at}.short`, value: code.short, limit: LIMITS.short, set: (short) => this.set({ short }, 'short') })}
      ${this.kinds(code, at)} ${this.belongs(code, at)} ${this.help(code, at)} ${this.modifiers(code, at)}
      <div class="columns">
        ${choiceField({ label: texts.size, path: `${at}.size`, value: code.size ?? 'normal', options: sizes, set: (size) => this.set({ size: size === 'normal' ? undefined : (size as Code['size']) }) })}
      </div>
      ${colorField({ label: texts.color, path: `${at}.color`, value: code.color, own: { text: texts.domainColor, color: domain?.color ?? '#000000' }, set: (color) => this.set({ color }) })}
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tb-instrument-code': InstrumentCode;
  }
}
