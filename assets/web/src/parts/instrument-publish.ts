// Putting a draft into use: what is different, what became of codes that are gone, and who keeps what.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { t, words } from '../i18n';
import { differences, whole, type Difference } from '../model/instrument-draft';
import type { InstrumentEditor } from '../model/instrument-editor';
import type { Code } from '../model/types';
import { Part } from './base';
import { icon } from './icons';
import { complain } from './toast';

const OUT = '-';
/** As many differences as are worth reading. */
const SHOWN = 12;

export function differenceText(one: Difference): string {
  const texts = t().kijkwijzer.publishing;
  const part = texts.parts[one.part];
  return `${texts.what[one.what]}: ${one.title ? `${part} ‘${words(one.title) || t().kijkwijzer.lists.untitled}’` : part}`;
}

export function differenceList(list: Difference[]): TemplateResult {
  return html`<ul class="differences">${list.slice(0, SHOWN).map((one) => html`<li>${differenceText(one)}</li>`)}
    ${list.length > SHOWN ? html`<li>${t().kijkwijzer.problems.more(list.length - SHOWN)}</li>` : nothing}</ul>`;
}

@customElement('tb-instrument-publish')
export class InstrumentPublish extends Part {
  @property({ attribute: false }) editor!: InstrumentEditor;
  @state() private busy = false;
  /** what became of a code: an id, or OUT */
  @state() private answers: Record<string, string> = {};

  override connectedCallback(): void {
    super.connectedCallback();
    this.follow(this.editor);
  }

  protected override firstUpdated(): void {
    this.querySelector('dialog')?.showModal();
  }

  private close(): void {
    this.querySelector('dialog')?.close();
  }

  private options(old: Code): Code[] {
    const before = new Set((this.editor.published?.codes ?? []).map((one) => one.id));
    // A new one is the likelier.
    return this.editor.document!.codes.filter((one) => one.kind === old.kind).sort((a, b) => Number(before.has(a.id)) - Number(before.has(b.id)));
  }

  private async publish(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (this.busy) return;
    this.busy = true;
    try {
      const answers = Object.fromEntries(Object.entries(this.answers).map(([id, to]) => [id, to === OUT ? null : to]));
      const version = await this.editor.publish(answers);
      this.close();
      if (version !== null) this.dispatchEvent(new CustomEvent('published', { detail: version }));
    } catch (error) {
      complain(error);
    } finally {
      this.busy = false;
    }
  }

  private gone(old: Code): TemplateResult {
    const texts = t().kijkwijzer.publishing;
    const chosen = this.answers[old.id] ?? '';
    return html`<label class="field"><span>${words(old.title)}</span>
      <select required data-gone=${old.id} .value=${chosen} @change=${(event: Event) => (this.answers = { ...this.answers, [old.id]: (event.target as HTMLSelectElement).value })}>
        <option value="" ?selected=${chosen === ''}>${texts.choose}</option><option value=${OUT} ?selected=${chosen === OUT}>${texts.out}</option>
        ${this.options(old).map((one) => html`<option value=${one.id} ?selected=${chosen === one.id}>${texts.became(words(one.title))}</option>`)}</select></label>`;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { editor } = this;
    const { document, published } = editor;
    const texts = t().kijkwijzer.publishing;
    if (!document) return nothing;
    const wrong = editor.found.length > 0;
    const list = published ? differences(whole(published), document) : [];
    const gone = published ? editor.gone : [];
    return html`<dialog class="publish" aria-labelledby="publish-title" @close=${() => this.dispatchEvent(new Event('closed'))}>
      <form @submit=${(event: SubmitEvent) => void this.publish(event)}><h2 id="publish-title">${texts.title}</h2>
        ${wrong ? html`<p class="problem">${icon('warn')}${texts.notYet}</p>` : nothing}
        ${published ? html`<p>${texts.next(document.version)} ${texts.keep(editor.summary?.used ?? 0)}</p>` : html`<p>${texts.first}</p>`}
        ${published ? html`<h3>${texts.changes}</h3>${list.length === 0 ? html`<p class="small">${texts.noChanges}</p>` : differenceList(list)}` : nothing}
        ${gone.length > 0 ? html`<h3>${texts.gone}</h3><p class="small">${texts.goneHelp}</p>${gone.map((one) => this.gone(one))}` : nothing}
        <div class="buttons"><button type="button" class="quiet" @click=${() => this.close()}>${t().common.cancel}</button>
          <button type="submit" class="primary" data-test="publish-now" ?disabled=${wrong || this.busy || (published !== null && list.length === 0)}>${texts.title}</button></div></form></dialog>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tb-instrument-publish': InstrumentPublish;
  }
}
