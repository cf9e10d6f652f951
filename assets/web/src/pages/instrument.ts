// Kijkwijzer: one to read and print, or its draft to work on.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { t, words } from '../i18n';
import { heard } from '../model/events';
import { differences, filledOther, halfTexts, whole, LIMITS } from '../model/instrument-draft';
import { InstrumentEditor } from '../model/instrument-editor';
import { save } from '../model/instrument-file';
import { sectionOf, type Section } from '../model/instrument-problems';
import type { InstrumentSummary } from '../model/types';
import { Part } from '../parts/base';
import { icon } from '../parts/icons';
import '../parts/instrument-codes';
import { placeText, problemText, wordsField } from '../parts/instrument-fields';
import '../parts/instrument-layout';
import '../parts/instrument-lists';
import { differenceList } from '../parts/instrument-publish';
import '../parts/instrument-sheet';
import '../parts/instrument-trial';
import { complain, confirm, errorText, say } from '../parts/toast';
import { navigate, paths } from '../router';

const SECTIONS: Section[] = ['about', 'codes', 'lists', 'layout'];
/** As many as are shown before one asks for all. */
const PROBLEMS = 8;

const clock = (text: string) => (text ? new Intl.DateTimeFormat('nl-NL', { hour: '2-digit', minute: '2-digit' }).format(new Date(text)) : '');

@customElement('tb-instrument')
export class InstrumentPage extends Part {
  @property() instrumentId = '';
  @state() private editor!: InstrumentEditor;
  @state() private error: unknown = null;
  @state() private section: Section = 'codes';
  @state() private openCode: string | null = null;
  @state() private trying = false;
  @state() private publishing = false;
  /** the version in use, although there is a draft */
  @state() private reading = false;
  @state() private allProblems = false;
  @state() private busy = false;
  @state() private said = '';
  private toFocus = '';

  override connectedCallback(): void {
    super.connectedCallback();
    this.editor = new InstrumentEditor(this.instrumentId);
    this.follow(this.editor);
    this.on(window, 'keydown', (event) => this.onKey(event as KeyboardEvent));
    this.on(window, 'pagehide', () => void this.editor.flush());
    this.on(heard, 'instruments', (event) => {
      // What others do with the version in use; the draft on the screen is saved, and then one is told.
      if ((event as CustomEvent<{ id: string }>).detail.id === this.instrumentId && !this.editor.document && !this.busy) void this.editor.load().catch(() => undefined);
    });
    this.atEnd(() => this.editor.close());
    void this.load();
  }

  private async load(): Promise<void> {
    try {
      await this.editor.load();
      this.error = null;
      const { document } = this.editor;
      if (document && document.codes.length === 0) this.section = 'about';
    } catch (error) {
      this.error = error;
    }
  }

  private onKey(event: KeyboardEvent): void {
    if (!this.editor.document || this.trying || this.reading || this.publishing) return;
    if ((!event.ctrlKey && !event.metaKey) || event.altKey) return;
    const key = event.key.toLowerCase();
    const redo = (key === 'z' && event.shiftKey) || (key === 'y' && !event.shiftKey);
    if (key !== 'z' && !redo) return;
    // In a field too: one row of steps over everything.
    event.preventDefault();
    this.step(redo ? 'redo' : 'undo');
  }

  private step(way: 'undo' | 'redo'): void {
    const done = way === 'undo' ? this.editor.undo() : this.editor.redo();
    if (done) this.said = `${way === 'undo' ? t().kijkwijzer.edit.undone : t().kijkwijzer.edit.redone}${this.said.endsWith('\u00a0') ? '' : '\u00a0'}`;
  }

  private async run(work: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      await work();
    } catch (error) {
      complain(error);
    } finally {
      this.busy = false;
    }
  }

  /** To the field at PATH, wherever it is. */
  private go(path: string): void {
    const document = this.editor.document!;
    this.section = sectionOf(path);
    const code = /^codes\[(\d+)\]\./.exec(path);
    const domain = /^domains\[(\d+)\]\./.exec(path);
    if (code) this.openCode = document.codes[Number(code[1])]?.id ?? null;
    if (domain) this.openCode = `domain/${document.domains[Number(domain[1])]?.id ?? ''}`;
    this.toFocus = path;
    this.requestUpdate();
  }

  protected override updated(): void {
    if (this.toFocus === '') return;
    const path = this.toFocus;
    this.toFocus = '';
    this.querySelector('tb-instrument-lists')?.openAt(path);
    // The parts draw themselves after the page, and what is in them after that.
    requestAnimationFrame(() => requestAnimationFrame(() => {
      let at = path;
      let found: HTMLElement | null = null;
      while (!found && at !== '') {
        found = this.querySelector<HTMLElement>(`[data-path="${CSS.escape(at)}"]`);
        at = at.replace(/(\.\w+|\[\d+\]|^\w+)$/, '');
      }
      const field = found?.matches('input, select, textarea, button') ? found : (found?.querySelector<HTMLElement>('input, select, textarea, button') ?? found);
      field?.scrollIntoView({ block: 'center' });
      field?.focus({ preventScroll: true });
    }));
  }

  private async openPublish(): Promise<void> {
    await import('../parts/instrument-publish');
    await this.editor.flush();
    if (!this.editor.clash) this.publishing = true;
  }

  private async drop(): Promise<void> {
    const texts = t().kijkwijzer.edit;
    if (!(await confirm(texts.dropQuestion, this.editor.published ? texts.dropText : texts.dropTextNew, texts.drop))) return;
    await this.run(async () => {
      await this.editor.drop();
      say(texts.dropped);
      if (!this.editor.published) navigate(paths.instruments);
    });
  }

  private async retire(retired: boolean): Promise<void> {
    await this.run(async () => {
      await this.editor.retire(retired);
      const texts = t().kijkwijzer;
      say(retired ? texts.retireDone : texts.bringBackDone, { label: t().common.undo, run: () => void this.retire(!retired) });
    });
  }

  private facts(one: InstrumentSummary): string {
    const texts = t().kijkwijzer;
    const { published } = this.editor;
    return [published ? texts.version(published.version) : '', texts.used(one.used ?? 0), one.default ? texts.standard.toLowerCase() : ''].filter(Boolean).join(' · ');
  }

  // ---- to read

  private view(): TemplateResult {
    const { editor } = this;
    const texts = t().kijkwijzer;
    const summary = editor.summary!;
    const published = editor.published!;
    return html`<main class="page sheet" id="main"><p class="no-print"><a class="button quiet" href=${paths.instruments}>${icon('back')}${texts.title}</a></p>
      <div class="page-head"><div><h1>${words(published.title)}</h1><p class="small">${this.facts(summary)}</p></div>
        <div class="buttons no-print">
          ${editor.document
            ? html`<button type="button" class="primary" data-test="to-draft" @click=${() => (this.reading = false)}>${icon('edit')}${texts.view.toDraft}</button>`
            : html`<button type="button" class="primary" data-test="edit" title=${texts.view.editHelp} ?disabled=${this.busy} @click=${() => void this.run(() => editor.begin())}>${icon('edit')}${texts.view.edit}</button>`}
          <button type="button" data-test="print" @click=${() => print()}>${icon('print')}${texts.view.print}</button>
          <button type="button" data-test="download" @click=${() => save(published)}>${icon('download')}${texts.download}</button>
          <button type="button" class="quiet" data-test=${summary.retired ? 'bring-back' : 'retire'} ?disabled=${this.busy} @click=${() => void this.retire(!summary.retired)}>${summary.retired ? texts.bringBack : texts.retire}</button>
        </div></div>
      ${summary.retired ? html`<p class="notice no-print">${icon('warn')}${texts.isRetired}</p>` : nothing}
      <tb-instrument-sheet .instrument=${published}></tb-instrument-sheet></main>`;
  }

  // ---- to work on

  private saveState(): TemplateResult {
    const { editor } = this;
    const texts = t().kijkwijzer.edit;
    const text = { saved: texts.saved(clock(editor.savedAt)), waiting: texts.saving, busy: texts.saving, failed: texts.failed }[editor.state];
    return html`<p class="small save-state ${editor.state}" data-test="save-state" data-state=${editor.state}>${editor.state === 'saved' ? icon('check') : editor.state === 'failed' ? icon('warn') : nothing}<span>${text}</span></p>`;
  }

  private problems(): TemplateResult {
    const { editor } = this;
    const texts = t().kijkwijzer;
    const document = editor.document!;
    const half = halfTexts(document);
    const told = editor.found.length === 0 ? editor.told.filter((one) => !one.field.startsWith('became') && !one.field.startsWith('version')) : [];
    // What is wrong before what is only missing yet.
    const found = [...editor.found].sort((a, b) => Number(a.rule === 'empty') - Number(b.rule === 'empty'));
    const shown = this.allProblems ? found : found.slice(0, PROBLEMS);
    const line = (path: string, text: string) => html`<li><button type="button" class="quiet problem-link" data-problem=${path} @click=${() => this.go(path)}>${text}</button></li>`;
    return html`<section class="card problems" aria-labelledby="problems" data-test="problems" data-count=${editor.found.length + told.length}>
      <h2 id="problems">${editor.found.length + told.length > 0 ? texts.problems.title(editor.found.length + told.length) : html`${icon('check')}${texts.problems.none}`}</h2>
      ${half > 0 ? html`<button type="button" data-test="fill" @click=${() => editor.set(filledOther(document))}>${icon('copy')}${texts.edit.fill(half)}</button>` : nothing}
      <ul>${shown.map((one) => line(one.path, problemText(one, document)))}
        ${told.map((one) => line(one.field, `${placeText(one.field, document)}: ${one.message.startsWith(one.field) ? one.message.slice(one.field.length).replace(/^[^:]*: /, '') : one.message}`))}</ul>
      ${editor.found.length > PROBLEMS && !this.allProblems ? html`<button type="button" class="quiet" data-test="all-problems" @click=${() => (this.allProblems = true)}>${texts.problems.more(editor.found.length - PROBLEMS)}</button>` : nothing}</section>`;
  }

  private clash(): TemplateResult | typeof nothing {
    const { editor } = this;
    if (!editor.clash) return nothing;
    const texts = t().kijkwijzer.clash;
    const { theirs } = editor.clash;
    const take = () => {
      editor.takeTheirs();
      say(texts.theirsDone);
    };
    return html`<section class="card problem clash" role="alert" data-test="clash"><h2>${texts.title}</h2>
      ${theirs ? html`<p>${texts.text(clock(theirs.saved_at))}</p><h3>${texts.differs}</h3>${differenceList(differences(editor.document!, whole(theirs.document)))}` : html`<p>${texts.gone}</p>`}
      <div class="buttons">${theirs
        ? html`<button type="button" class="primary" data-test="take-mine" @click=${() => void this.run(() => editor.takeMine())}>${texts.mine}</button><button type="button" data-test="take-theirs" @click=${take}>${texts.theirs}</button>`
        : html`<button type="button" class="primary" data-test="take-mine" @click=${() => void this.run(() => editor.takeMine())}>${texts.mineAgain}</button>
            <button type="button" data-test="let-go" @click=${() => void this.run(() => editor.letGo())}>${texts.letGo}</button>`}</div></section>`;
  }

  private about(): TemplateResult {
    const { editor } = this;
    const document = editor.document!;
    const texts = t().kijkwijzer.edit;
    return html`<section class="card" aria-label=${texts.sections.about}>
      ${wordsField(editor, { label: texts.name, path: 'title', value: document.title, limit: LIMITS.line, set: (title) => editor.set({ ...editor.document!, title }, 'title') })}
      ${wordsField(editor, { label: texts.description, path: 'description', value: document.description, limit: LIMITS.text, rows: 4, set: (description) => editor.set({ ...editor.document!, description }, 'description') })}
      <label class="check"><input type="checkbox" data-path="default" .checked=${document.default ?? false} @change=${(event: Event) => editor.set({ ...editor.document!, default: (event.target as HTMLInputElement).checked })} />${texts.standard}</label>
    </section>`;
  }

  private shownSection(): TemplateResult {
    const { editor } = this;
    switch (this.section) {
      case 'about': return this.about();
      case 'codes': return html`<tb-instrument-codes .editor=${editor} .open=${this.openCode} @opened=${(event: CustomEvent<string | null>) => (this.openCode = event.detail)} @go=${(event: CustomEvent<string>) => this.go(event.detail)}></tb-instrument-codes>`;
      case 'lists': return html`<tb-instrument-lists .editor=${editor}></tb-instrument-lists>`;
      case 'layout': return html`<tb-instrument-layout .editor=${editor}></tb-instrument-layout>`;
    }
  }

  private tools(): TemplateResult {
    const { editor } = this;
    const texts = t().kijkwijzer;
    return html`<div class="editor-tools">${this.saveState()}<div class="buttons">
        <button type="button" class="icon-only" data-test="undo" aria-label=${texts.edit.undo} title=${texts.edit.undo} aria-keyshortcuts="Control+Z" ?disabled=${!editor.canUndo} @click=${() => this.step('undo')}>${icon('undo')}</button>
        <button type="button" class="icon-only" data-test="redo" aria-label=${texts.edit.redo} title=${texts.edit.redo} aria-keyshortcuts="Control+Shift+Z Control+Y" ?disabled=${!editor.canRedo} @click=${() => this.step('redo')}>${icon('redo')}</button>
        <button type="button" data-test="try" @click=${() => { this.trying = true; scrollTo(0, 0); }}>${icon('grid')}${texts.edit.tryOut}</button>
        <button type="button" class="primary" data-test="publish" ?disabled=${this.busy || editor.clash !== null} @click=${() => void this.openPublish()}>${icon('check')}${texts.edit.publish}</button></div></div>`;
  }

  private edit(): TemplateResult {
    const { editor } = this;
    const document = editor.document!;
    const texts = t().kijkwijzer;
    const marks = new Set(editor.found.map((one) => sectionOf(one.path)));
    return html`<main class="page editor" id="main"><p><a class="button quiet" href=${paths.instruments}>${icon('back')}${texts.title}</a></p>
      <div class="page-head"><div><h1>${words(document.title) || texts.untitled}</h1>
        <p class="small">${editor.published ? texts.edit.draftNote(document.version) : texts.edit.firstNote}</p></div>
        </div>
      <span class="hidden-label" role="status" data-test="said">${this.said}</span>
      ${this.clash()}
      <div class="editor-bar"><div class="chips sections" role="group" aria-label=${texts.edit.sectionsLabel}>${SECTIONS.map((one) => html`<button type="button" class="chip" data-section=${one} aria-pressed=${String(this.section === one)}
        @click=${() => (this.section = one)}>${texts.edit.sections[one]}${marks.has(one) ? html`<span class="dot-wrong">${icon('warn')}</span>` : nothing}</button>`)}</div>${this.tools()}</div>
      <div class="editor-columns"><div class="editor-main">${this.shownSection()}</div><aside class="editor-side">${this.problems()}
        <div class="buttons">${editor.published ? html`<button type="button" class="quiet" data-test="read" @click=${() => { this.reading = true; scrollTo(0, 0); }}>${icon('eye')}${texts.view.look(editor.published.version)}</button>` : nothing}
          <button type="button" class="quiet" data-test="download" @click=${() => void this.run(async () => { await editor.flush(); save(editor.export()); })}>${icon('download')}${texts.download}</button>
          <button type="button" class="quiet" data-test="drop" ?disabled=${this.busy} @click=${() => void this.drop()}>${icon('trash')}${texts.edit.drop}</button></div></aside></div>
      ${this.publishing
        ? html`<tb-instrument-publish .editor=${editor} @closed=${() => (this.publishing = false)}
            @published=${(event: CustomEvent<number>) => { this.publishing = false; this.reading = false; scrollTo(0, 0); say(texts.publishing.done(event.detail)); }}></tb-instrument-publish>`
        : nothing}</main>`;
  }

  protected override render(): TemplateResult {
    const { editor } = this;
    if (this.error) {
      return html`<main class="page" id="main"><h1>${t().kijkwijzer.title}</h1><div class="card problem" role="alert"><p>${errorText(this.error)}</p>
        <div class="buttons"><button type="button" @click=${() => void this.load()}>${t().common.retry}</button><a class="button" href=${paths.instruments}>${t().kijkwijzer.title}</a></div></div></main>`;
    }
    if (!editor.summary || (!editor.document && !editor.published)) return html`<main class="page" id="main"><p class="waiting">${t().common.loading}</p></main>`;
    if (!editor.document || (this.reading && editor.published)) return this.view();
    if (this.trying) {
      const back = () => {
        this.trying = false;
        void this.updateComplete.then(() => this.querySelector<HTMLElement>('[data-test=try]')?.focus());
      };
      return html`<main class="page editor" id="main"><tb-instrument-trial .instrument=${editor.document} @back=${back}></tb-instrument-trial></main>`;
    }
    return this.edit();
  }
}
