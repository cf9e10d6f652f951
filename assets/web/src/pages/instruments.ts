// Kijkwijzers: those that come along and those of the school, a new one, and in from a file.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { language, t, words } from '../i18n';
import { heard } from '../model/events';
import { blank, copyOf, finished, uniqueSlug, whole } from '../model/instrument-draft';
import { isPublished, newest, nextNumber, read, save, take } from '../model/instrument-file';
import { observing } from '../model/observing';
import type { DocumentProblem } from '../model/observing-types';
import { problems as problemsOf } from '../model/instrument-problems';
import type { Instrument, InstrumentSummary } from '../model/types';
import { Part } from '../parts/base';
import { icon } from '../parts/icons';
import { placeText, ruleText } from '../parts/instrument-fields';
import { complain, confirm, errorText, say } from '../parts/toast';
import { navigate, paths } from '../router';

interface BadFile {
  name: string;
  tooLarge: boolean;
  problems: DocumentProblem[];
  /** what can be read of it, to name things by their titles */
  document: Instrument | null;
}

@customElement('tb-instruments')
export class InstrumentsPage extends Part {
  @state() private list: InstrumentSummary[] | null = null;
  @state() private error: unknown = null;
  /** the form of a new one; `from`: the id of what it begins with */
  @state() private making: { title: string; from: string } | null = null;
  @state() private bad: BadFile | null = null;
  @state() private busy = false;
  private toFocus = '';

  override connectedCallback(): void {
    super.connectedCallback();
    this.on(heard, 'instruments', () => void this.load());
    this.on(heard, 'hello', () => void this.load());
    void this.load();
  }

  private async load(): Promise<void> {
    try {
      this.list = await observing.instruments();
      this.error = null;
    } catch (error) {
      this.error = error;
    }
  }

  private titleOf(one: InstrumentSummary): string {
    return words(one.title) || t().kijkwijzer.untitled;
  }

  protected override updated(): void {
    if (this.toFocus === '') return;
    this.querySelector<HTMLElement>(this.toFocus)?.focus();
    this.toFocus = '';
  }

  private begin(from: InstrumentSummary | null): void {
    this.making = { title: from ? t().kijkwijzer.copyTitle(this.titleOf(from)) : '', from: from?.id ?? '' };
    this.toFocus = 'input[name=title]';
  }

  private async make(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const { title, from } = this.making!;
    const name = title.trim();
    if (name === '' || this.busy) return;
    this.busy = true;
    try {
      const source = this.list?.find((one) => one.id === from);
      const id = uniqueSlug(name, (this.list ?? []).map((one) => one.id));
      const both = language() === 'nl' ? { nl: name, en: '' } : { nl: '', en: name };
      const document = source ? copyOf(await newest(source), id, both) : blank(id, both);
      const draft = await observing.addDraft(finished(document));
      navigate(paths.instrument(draft.document.id));
    } catch (error) {
      complain(error);
    } finally {
      this.busy = false;
    }
  }

  private async download(one: InstrumentSummary): Promise<void> {
    try {
      save(await newest(one));
    } catch (error) {
      complain(error);
    }
  }

  private async bringBack(one: InstrumentSummary): Promise<void> {
    try {
      await observing.retire(one.id, false);
      await this.load();
      say(t().kijkwijzer.bringBackDone);
    } catch (error) {
      complain(error);
    }
  }

  private async takeFile(event: Event): Promise<void> {
    const input = event.target as HTMLInputElement;
    const file = input.files?.[0];
    input.value = '';
    if (!file) return;
    this.bad = null;
    try {
      const found = await read(file);
      if (!found.document) {
        const seen: unknown = await file.text().then((text) => JSON.parse(text) as unknown).catch(() => null);
        this.bad = { name: file.name, tooLarge: found.tooLarge ?? false, problems: found.problems, document: seen !== null && typeof seen === 'object' ? (seen as Instrument) : null };
        this.toFocus = '[data-test=bad-file]';
        return;
      }
      await this.load();
      const texts = t().kijkwijzer.file;
      const known = this.list?.find((one) => one.id === found.document.id);
      if (known) {
        const text = [texts.knownText(nextNumber(known)), typeof known.draft === 'number' ? texts.knownDraft : ''].filter(Boolean).join(' ');
        if (!(await confirm(texts.known(this.titleOf(known)), text, texts.take))) return;
      }
      await take(found.document, known);
      say(texts.taken);
      navigate(paths.instrument(found.document.id));
    } catch (error) {
      complain(error);
    }
  }

  /** In the words of the page where it sees the same, else in those of the program. */
  private problemWords(problem: DocumentProblem, document: Instrument | null): string {
    let own = '';
    try {
      const same = document ? problemsOf(whole(document)).find((one) => one.path === problem.field) : undefined;
      if (same) own = ruleText(same);
    } catch {
      // A document that is no kijkwijzer at all.
    }
    const message = problem.message.startsWith(problem.field) ? problem.message.slice(problem.field.length).replace(/^[^:]*: /, '') : problem.message;
    return own || message;
  }

  private badFile(bad: BadFile): TemplateResult {
    const texts = t().kijkwijzer.file;
    return html`<section class="card problem" data-test="bad-file" tabindex="-1" role="alert"><h2>${texts.bad(bad.name)}</h2>
      ${bad.tooLarge ? html`<p>${texts.tooLarge}</p>` : bad.document ? html`<p>${texts.badHelp}</p>` : html`<p>${texts.unreadable}</p>`}
      <ul>${bad.problems.map((one) => html`<li>${[one.line === null ? '' : texts.line(one.line), one.field ? placeText(one.field, bad.document) : ''].filter(Boolean).join(', ')}${one.line !== null || one.field ? ': ' : ''}${this.problemWords(one, bad.document)}</li>`)}</ul>
      <button type="button" @click=${() => { this.bad = null; this.toFocus = '[data-test=from-file]'; }}>${t().common.close}</button></section>`;
  }

  private form(): TemplateResult {
    const texts = t().kijkwijzer.form;
    const making = this.making!;
    const other = (this.list ?? []).filter((one) => !one.retired);
    return html`<form class="card" data-test="new-form" @submit=${(event: SubmitEvent) => void this.make(event)}><h2>${texts.title}</h2>
      <div class="columns"><label class="field"><span>${texts.name}</span><input type="text" name="title" maxlength="80" required autocomplete="off" .value=${making.title}
          @input=${(event: Event) => (this.making = { ...making, title: (event.target as HTMLInputElement).value })} /></label>
        <label class="field"><span>${texts.from}</span><select name="from" @change=${(event: Event) => (this.making = { ...making, from: (event.target as HTMLSelectElement).value })}>
          <option value="" ?selected=${making.from === ''}>${texts.empty}</option>${other.map((one) => html`<option value=${one.id} ?selected=${making.from === one.id}>${t().kijkwijzer.asCopyOf(this.titleOf(one))}</option>`)}</select></label></div>
      <div class="buttons"><button type="submit" class="primary" data-test="make" ?disabled=${this.busy}>${texts.make}</button>
        <button type="button" class="quiet" @click=${() => { this.making = null; this.toFocus = '[data-test=new]'; }}>${t().common.cancel}</button></div></form>`;
  }

  private card(one: InstrumentSummary): TemplateResult {
    const texts = t().kijkwijzer;
    const title = this.titleOf(one);
    const published = isPublished(one);
    const facts = [published ? texts.version(one.version) : '', texts.codes(one.codes), ...(one.kinds ?? []).map((kind) => texts.kinds[kind]), published ? texts.used(one.used ?? 0) : ''].filter(Boolean);
    return html`<li class="instrument-card" data-instrument=${one.id}>
      <a class="instrument-main" href=${paths.instrument(one.id)}><strong>${title}</strong>
        ${words(one.description) ? html`<span class="about">${words(one.description)}</span>` : nothing}
        <span class="small">${facts.join(' · ')}</span>
        <span class="badges">${typeof one.draft === 'number' ? html`<span class="badge draft" data-test="draft-badge">${published ? texts.draftOf(one.draft) : texts.draft}</span>` : nothing}
          ${one.default ? html`<span class="badge">${texts.standard}</span>` : nothing}</span></a>
      <div class="buttons">${one.retired
        ? html`<button type="button" class="quiet small" data-test="bring-back" @click=${() => void this.bringBack(one)}>${icon('undo')}${texts.bringBack}</button>`
        : html`<button type="button" class="quiet small" data-test="copy" aria-label=${texts.copyOf(title)} @click=${() => this.begin(one)}>${icon('copy')}${texts.copy}</button>`}
        <button type="button" class="quiet small" data-test="download" aria-label=${texts.downloadOf(title)} @click=${() => void this.download(one)}>${icon('download')}${texts.download}</button></div></li>`;
  }

  private group(id: string, title: string, list: InstrumentSummary[], empty = ''): TemplateResult {
    return html`<section aria-labelledby=${`group-${id}`}><h2 id=${`group-${id}`}>${title}</h2>
      ${list.length === 0 ? html`<p class="empty">${empty}</p>` : html`<ul class="instrument-cards">${list.map((one) => this.card(one))}</ul>`}</section>`;
  }

  protected override render(): TemplateResult {
    const texts = t().kijkwijzer;
    const { list } = this;
    const isOwn = (one: InstrumentSummary) => Boolean(one.own) || !isPublished(one);
    const kept = (list ?? []).filter((one) => !one.retired);
    const retired = (list ?? []).filter((one) => one.retired);
    return html`<main class="page" id="main"><div class="page-head"><h1>${texts.title}</h1>
        <div class="buttons"><input type="file" class="hidden-label" id="from-file" accept=".json,application/json" tabindex="-1" aria-hidden="true" @change=${(event: Event) => void this.takeFile(event)} />
          <button type="button" data-test="from-file" @click=${() => this.querySelector<HTMLInputElement>('#from-file')?.click()}>${icon('share')}${texts.fromFile}</button>
          <button type="button" class="primary" data-test="new" @click=${() => this.begin(null)}>${icon('plus')}${texts.create}</button></div></div>
      <p>${texts.intro}</p>
      ${this.error ? html`<div class="card problem" role="alert"><p>${errorText(this.error)}</p><button type="button" @click=${() => void this.load()}>${t().common.retry}</button></div>` : nothing}
      ${this.bad ? this.badFile(this.bad) : nothing} ${this.making ? this.form() : nothing}
      ${list
        ? html`${this.group('own', texts.own, kept.filter(isOwn), texts.ownNone)} ${this.group('bundled', texts.bundled, kept.filter((one) => !isOwn(one)))}
          ${retired.length > 0
            ? html`<details class="retired" data-test="retired"><summary>${texts.retired(retired.length)}</summary><p class="small">${texts.retiredHelp}</p><ul class="instrument-cards">${retired.map((one) => this.card(one))}</ul></details>`
            : nothing}`
        : this.error ? nothing : html`<p class="waiting">${t().common.loading}</p>`}</main>`;
  }
}
