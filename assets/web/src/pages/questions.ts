// Coachvragen: the library by phase and domain, and the school's own.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { language, t, words } from '../i18n';
import { account } from '../model/account';
import { coaching } from '../model/coaching';
import type { OwnQuestion, Phase, QuestionLibrary } from '../model/coaching-types';
import { Part } from '../parts/base';
import { icon } from '../parts/icons';
import { plain } from '../parts/question-chooser';
import { complain, errorText, say } from '../parts/toast';

@customElement('tb-questions')
export class Questions extends Part {
  @state() private library: QuestionLibrary | null = null;
  @state() private error: unknown = null;
  @state() private search = '';
  @state() private domain = '';
  @state() private phase: Phase | '' = '';
  @state() private adding = false;
  @state() private busy = false;
  private toFocus = '';

  override connectedCallback(): void {
    super.connectedCallback();
    this.follow(account);
    void this.load();
  }

  private async load(): Promise<void> {
    try {
      this.library = await coaching.questions();
      this.error = null;
    } catch (error) {
      this.error = error;
    }
  }

  private fits(text: string, domain: string, phase: Phase): boolean {
    if (this.domain && domain !== this.domain) return false;
    if (this.phase && phase !== this.phase) return false;
    const here = plain(text);
    return plain(this.search).split(/\s+/).every((part) => here.includes(part));
  }

  private setOwn(own: OwnQuestion[]): void {
    if (this.library) this.library = { ...this.library, own };
  }

  private async add(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const text = String(form.get('text') ?? '').trim();
    if (text === '' || this.busy) return;
    this.busy = true;
    try {
      const own = await coaching.addQuestion({ text, phase: String(form.get('phase')) as Phase, domain: String(form.get('domain') ?? ''), language: language() });
      this.setOwn([...(this.library?.own ?? []), own]);
      this.adding = false;
      this.toFocus = '[data-test=add-question]';
      say(t().questions.added);
    } catch (error) {
      complain(error);
    } finally {
      this.busy = false;
    }
  }

  private async drop(one: OwnQuestion): Promise<void> {
    try {
      await coaching.removeQuestion(one.id);
      this.setOwn((this.library?.own ?? []).filter((each) => each.id !== one.id));
      const { text, phase, domain, language: spoken } = one;
      const back = async () => {
        try {
          this.setOwn([...(this.library?.own ?? []), await coaching.addQuestion({ text, phase, domain, language: spoken })]);
        } catch (error) {
          complain(error);
        }
      };
      say(t().questions.removed, { label: t().common.undo, run: () => void back() });
    } catch (error) {
      complain(error);
    }
  }

  protected override updated(): void {
    if (this.toFocus === '') return;
    this.querySelector<HTMLElement>(this.toFocus)?.focus();
    this.toFocus = '';
  }

  private filters(library: QuestionLibrary): TemplateResult {
    const texts = t().questions;
    return html`<div class="card question-filters">
      <label class="search">${icon('search')}<span class="hidden-label">${texts.search}</span>
        <input type="search" placeholder=${texts.search} .value=${this.search} @input=${(event: Event) => (this.search = (event.target as HTMLInputElement).value.trim())} /></label>
      <p class="filter-name" id="by-phase">${texts.phase}</p><div class="chips" role="group" aria-labelledby="by-phase">
        <button type="button" class="chip" aria-pressed=${String(this.phase === '')} @click=${() => (this.phase = '')}>${texts.all}</button>
        ${library.phases.map((one) => html`<button type="button" class="chip" data-phase=${one.id} aria-pressed=${String(this.phase === one.id)} @click=${() => (this.phase = one.id)}>${words(one.title)}</button>`)}</div>
      <p class="filter-name" id="by-domain">${texts.domain}</p><div class="chips" role="group" aria-labelledby="by-domain">
        <button type="button" class="chip" aria-pressed=${String(this.domain === '')} @click=${() => (this.domain = '')}>${texts.all}</button>
        ${library.domains.map((one) => html`<button type="button" class="chip" data-domain=${one.id} aria-pressed=${String(this.domain === one.id)} @click=${() => (this.domain = one.id)}>${words(one.title)}</button>`)}</div></div>`;
  }

  private form(library: QuestionLibrary): TemplateResult {
    const texts = t().questions;
    return html`<form data-test="question-form" @submit=${(event: SubmitEvent) => void this.add(event)}>
      <label class="field"><span>${texts.text}</span><textarea name="text" rows="2" maxlength="500" required></textarea></label>
      <div class="columns"><label class="field"><span>${texts.phase}</span><select name="phase">${library.phases.map((one) => html`<option value=${one.id} ?selected=${one.id === (this.phase || 'looking-back')}>${words(one.title)}</option>`)}</select></label>
        <label class="field"><span>${texts.domain}</span><select name="domain"><option value="">${texts.anyDomain}</option>${library.domains.map((one) => html`<option value=${one.id} ?selected=${one.id === this.domain}>${words(one.title)}</option>`)}</select></label></div>
      <div class="buttons"><button type="submit" class="primary" data-test="keep-question" ?disabled=${this.busy}>${t().common.save}</button><button type="button" class="quiet" @click=${() => { this.adding = false; this.toFocus = '[data-test=add-question]'; }}>${t().common.cancel}</button></div></form>`;
  }

  private own(library: QuestionLibrary): TemplateResult {
    const texts = t().questions;
    const own = library.own.filter((one) => one.language === language() && this.fits(one.text, one.domain, one.phase));
    const title = (phase: Phase) => words(library.phases.find((one) => one.id === phase)?.title);
    const coach = account.has('coach');
    return html`<section class="card" aria-labelledby="own"><h2 id="own">${texts.own}</h2>
      ${own.length === 0
        ? html`<p class="empty">${library.own.length === 0 ? texts.ownNone : texts.nothing}</p>`
        : html`<ul class="questions">${own.map((one) => html`<li data-own=${one.id}><span class="what">${one.text}<span class="small">${title(one.phase)} · ${texts.by(one.person.name)}</span></span>
            ${coach ? html`<button type="button" class="icon-only quiet" data-test="remove-question" aria-label=${texts.remove(one.text)} title=${t().common.remove} @click=${() => void this.drop(one)}>${icon('trash')}</button>` : nothing}</li>`)}</ul>`}
      ${!coach ? nothing : this.adding ? this.form(library) : html`<button type="button" data-test="add-question" @click=${() => { this.adding = true; this.toFocus = 'textarea[name=text]'; }}>${icon('plus')}${texts.add}</button>`}</section>`;
  }

  private bundled(library: QuestionLibrary): TemplateResult {
    const now = language();
    const found = library.questions.filter((one) => this.fits(one[now], one.domain, one.phase));
    return html`<section class="card" aria-labelledby="bundled"><h2 id="bundled">${t().questions.bundled} <span class="count">${found.length}</span></h2>
      ${found.length === 0 ? html`<p class="empty">${t().questions.nothing}</p>` : nothing}
      ${library.phases.map((phase) => {
        const here = found.filter((one) => one.phase === phase.id);
        return here.length === 0 ? nothing : html`<h3>${words(phase.title)}</h3><p class="small">${words(phase.line)}</p><ul class="questions">${here.map((one) => html`<li>${one[now]}</li>`)}</ul>`;
      })}</section>`;
  }

  protected override render(): TemplateResult {
    const texts = t().questions;
    const { library } = this;
    return html`<main class="page" id="main"><div class="page-head"><h1>${texts.title}</h1></div><p>${texts.intro}</p>
      ${this.error ? html`<div class="card problem" role="alert"><p>${errorText(this.error)}</p><button type="button" @click=${() => void this.load()}>${t().common.retry}</button></div>` : nothing}
      ${library ? html`${this.filters(library)} ${this.own(library)} ${this.bundled(library)}` : this.error ? nothing : html`<p class="waiting">${t().common.loading}</p>`}
      <p class="purpose-line">${t().coaching.purpose}</p></main>`;
  }
}
