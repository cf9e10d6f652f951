// Choosing a question at a moment: proposals by phase of the talk, all questions by searching, or one's own words.
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { language, t } from '../i18n';
import { account } from '../model/account';
import { coaching } from '../model/coaching';
import type { Phase, QuestionLibrary, Suggestion } from '../model/coaching-types';
import { Part } from './base';
import { icon } from './icons';
import { complain, errorText, say } from './toast';

/** Asked beside a moment; opening and closing are not. */
const PHASES: Phase[] = ['looking-back', 'becoming-aware', 'alternatives', 'trying'];
const FIRST = 6;
const MOST = 40;

/** Searching ignores accents and case. */
export function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

/** Events: `choose` (detail: the text; '' for none). */
@customElement('tb-question-chooser')
export class QuestionChooser extends Part {
  @property() visitId = '';
  @property() item = '';
  @property() question = '';
  /** a moment of pride is asked about as such first */
  @property({ type: Boolean }) pride = false;
  @state() private phase: Phase = 'looking-back';
  @state() private list: Suggestion[] | null = null;
  @state() private error: unknown = null;
  @state() private search = '';
  @state() private library: QuestionLibrary | null = null;
  @state() private own = '';
  @state() private keepIt = false;
  @state() private all = false;
  private asked = 0;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('item')) return;
    this.own = this.question;
    this.search = '';
    this.choosePhase(this.pride ? 'pride' : 'looking-back');
  }

  private choosePhase(phase: Phase): void {
    this.phase = phase;
    this.all = false;
    this.search = '';
    void this.load();
  }

  private async load(): Promise<void> {
    const turn = ++this.asked;
    this.error = null;
    this.list = null;
    try {
      const list = await coaching.suggestions(this.visitId, this.item, language(), this.phase);
      if (turn === this.asked) this.list = list;
    } catch (error) {
      if (turn === this.asked) this.error = error;
    }
  }

  private async onSearch(event: Event): Promise<void> {
    this.search = (event.target as HTMLInputElement).value.trim();
    if (this.library || !this.search) return;
    try {
      this.library = await coaching.questions();
    } catch (error) {
      this.error = error;
    }
  }

  private get found(): Suggestion[] {
    const library = this.library;
    if (!library) return [];
    const now = language();
    const everything: Suggestion[] = [
      ...library.own.filter((one) => one.language === now).map((one) => ({ id: one.id, text: one.text, domain: one.domain, phase: one.phase, own: true })),
      ...library.questions.map((one) => ({ id: one.id, text: one[now], domain: one.domain, phase: one.phase, own: false })),
    ];
    const parts = plain(this.search).split(/\s+/);
    return everything.filter((one) => parts.every((part) => plain(one.text).includes(part)));
  }

  private choose(text: string): void {
    this.dispatchEvent(new CustomEvent('choose', { detail: text }));
  }

  private async useOwn(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const text = this.own.trim();
    this.choose(text);
    if (!this.keepIt || text === '') return;
    try {
      await coaching.addQuestion({ text, phase: this.phase, language: language() });
      say(t().chooser.kept);
    } catch (error) {
      complain(error);
    }
    this.keepIt = false;
  }

  private rows(list: Suggestion[]): TemplateResult {
    const texts = t().chooser;
    const shown = this.search ? list.slice(0, MOST) : this.all ? list : list.slice(0, FIRST);
    return html`${list.length === 0 ? html`<p class="empty" role="status">${texts.nothing}</p>` : nothing}
      <ul class="question-list">${shown.map((one) => html`<li><button type="button" data-question=${one.id} aria-pressed=${String(one.text === this.question)} @click=${() => this.choose(one.text)}>
        <span>${one.text}</span>${one.own ? html`<span class="small">${texts.isOwn}</span>` : nothing}</button></li>`)}</ul>
      ${shown.length < list.length && !this.search ? html`<button type="button" class="quiet" @click=${() => (this.all = true)}>${icon('down')}${texts.more}</button>` : nothing}`;
  }

  protected override render(): TemplateResult {
    const texts = t().chooser;
    const phases = this.pride ? (['pride', ...PHASES] as Phase[]) : PHASES;
    const found = this.search ? this.found : [];
    return html`<div class="question-chooser" data-test="question-chooser">
      <div class="chips" role="group" aria-label=${texts.phases}>${phases.map((one) => html`<button type="button" class="chip" data-phase=${one}
        aria-pressed=${String(one === this.phase && !this.search)} @click=${() => this.choosePhase(one)}>${texts.phaseNames[one]}</button>`)}</div>
      <label class="search">${icon('search')}<span class="hidden-label">${texts.search}</span>
        <input type="search" placeholder=${texts.search} .value=${this.search} @input=${(event: Event) => void this.onSearch(event)} /></label>
      ${this.search && this.library ? html`<p class="small" role="status">${texts.found(found.length)}</p>` : nothing}
      ${this.error
        ? html`<p class="problem" role="alert">${errorText(this.error)}</p>`
        : this.search
          ? this.library ? this.rows(found) : html`<p class="waiting">${texts.wait}</p>`
          : this.list ? this.rows(this.list) : html`<p class="waiting">${texts.wait}</p>`}
      <form @submit=${(event: SubmitEvent) => void this.useOwn(event)}>
        <label class="field"><span>${texts.own}</span><textarea rows="2" maxlength="500" data-test="own-question" .value=${this.own}
          @input=${(event: Event) => (this.own = (event.target as HTMLTextAreaElement).value)}></textarea></label>
        ${account.has('coach')
          ? html`<label class="check"><input type="checkbox" .checked=${this.keepIt} @change=${(event: Event) => (this.keepIt = (event.target as HTMLInputElement).checked)} />${texts.keep}</label>`
          : nothing}
        <div class="buttons"><button type="submit" class="primary" data-test="use-own">${texts.use}</button>
          ${this.question ? html`<button type="button" class="quiet" @click=${() => this.choose('')}>${texts.clear}</button>` : nothing}</div>
      </form></div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tb-question-chooser': QuestionChooser;
  }
}
