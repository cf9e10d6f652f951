// Verslag: what the talk came to, written by both, signed by both, on screen and on paper.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { language, t } from '../i18n';
import { account } from '../model/account';
import { ApiError } from '../model/api';
import { coaching } from '../model/coaching';
import type { Side, Talk } from '../model/coaching-types';
import { heard } from '../model/events';
import { dateTime, day } from '../model/format';
import { planned, type Planned } from '../model/next-visit';
import { AGREEMENTS_MAX, MOMENTS_MAX, agreementLines, full, momentKeys, type Clash, type FullMoment, type FullReport, type Line, type Text } from '../model/report-changes';
import { ReportEditor, type Choice } from '../model/report-editor';
import type { Language } from '../model/types';
import { Part } from '../parts/base';
import { icon } from '../parts/icons';
import { dateField, lineField, paperTime, paperWords, textField } from '../parts/report-field';
import '../parts/report-moment';
import { changeList, placeName, placeValue, signers } from '../parts/report-versions';
import { complain, confirm, errorText, say } from '../parts/toast';
import { paths } from '../router';

const LANGUAGES: Language[] = ['nl', 'en'];
const FACTS: Line[] = ['teacher', 'coach', 'group', 'subject', 'date', 'school'];
const SIDES: Side[] = ['coach', 'teacher'];
const FOLLOWED = ['report', 'items', 'moments', 'agreements'];

@customElement('tb-report')
export class ReportPage extends Part {
  @property() visitId = '';
  @state() private error: unknown = null;
  @state() private next: Planned | null = null;
  @state() private closed = false;
  private editor!: ReportEditor;
  private readonly keeps = 'indexedDB' in globalThis;

  override connectedCallback(): void {
    super.connectedCallback();
    this.editor = new ReportEditor(this.visitId);
    this.follow(this.editor);
    this.follow(account);
    void this.load();
    void planned(this.visitId).then((found) => {
      this.next = found.next;
      this.closed = found.closed;
    });
    this.on(account, 'return', () => void this.load());
    this.on(heard, 'talk', (event) => {
      if ((event as CustomEvent<Talk>).detail.visit === this.visitId && (!this.editor.report || this.editor.notYet)) void this.load();
    });
    this.on(heard, 'coaching', (event) => {
      const news = (event as CustomEvent<{ visit: string | null; what: string }>).detail;
      if (news.visit === this.visitId && FOLLOWED.includes(news.what)) void this.load();
    });
    this.on(document, 'keydown', (event) => this.onKey(event as KeyboardEvent));
  }

  private get editing(): boolean {
    return !this.closed && (!this.editor.signed || this.editor.unlocked || this.editor.dirty);
  }

  private nameOf(side: Side): string {
    const { report } = this.editor;
    return (side === 'coach' ? report?.coach : report?.teacher) || t().report.parts[side];
  }

  private get otherName(): string {
    return this.nameOf(this.editor.side === 'coach' ? 'teacher' : 'coach');
  }

  private async load(): Promise<void> {
    try {
      const joined = this.editor.joined;
      await this.editor.load(language());
      this.error = null;
      if (this.editor.joined !== joined) this.tellJoined();
    } catch (error) {
      if (error instanceof ApiError && error.status === 409 && !this.editor.report) {
        this.editor.notYet = true;
        this.requestUpdate();
      } else if (this.editor.report) complain(error);
      else this.error = error;
    }
  }

  /** Mine and the newest version are one now. */
  private tellJoined(): void {
    const { joined } = this.editor;
    if (!joined) return;
    say(t().report.mergedClean(joined.name));
    if (joined.clashes.length > 0) void this.updateComplete.then(() => this.querySelector<HTMLElement>('[data-test=clashes]')?.focus());
  }

  private join(): void {
    this.editor.join();
    this.tellJoined();
  }

  private onKey(event: KeyboardEvent): void {
    if (!event.ctrlKey && !event.metaKey) return;
    const letter = event.key.toLowerCase();
    if (letter === 's' && this.editing) {
      event.preventDefault();
      void this.save();
    } else if (letter === 'z' && !event.shiftKey && !(event.target as HTMLElement).matches('input, textarea, select')) {
      event.preventDefault();
      this.editor.undo();
    }
  }

  private discard(): void {
    const back = this.editor.discard();
    say(t().report.discarded, { label: t().common.undo, run: back });
  }

  private async chooseLanguage(next: Language): Promise<void> {
    if (next === this.editor.report!.language) return;
    try {
      await this.editor.setLanguage(next);
      say(t().report.languageChanged(t().report.languages[next]));
    } catch (error) {
      complain(error);
    }
    this.requestUpdate();
  }

  // Moments

  private changeMoment(index: number, key: string, fields: Partial<FullMoment>): void {
    this.editor.moments((all) => all.map((one, at) => (at === index ? { ...one, ...fields } : one)), `${key}/${Object.keys(fields).join()}`);
  }

  private async moveMoment(index: number, by: number, key: string): Promise<void> {
    const to = index + by;
    if (to < 0 || to >= this.editor.report!.moments.length) return;
    this.editor.moments((all) => {
      const [one] = all.splice(index, 1);
      all.splice(to, 0, one!);
      return all;
    });
    await this.updateComplete;
    const part = this.querySelector<Part>(`tb-report-moment[data-key="${key}"]`);
    await part?.updateComplete;
    const buttons = ['up', 'down'].map((name) => part?.querySelector<HTMLButtonElement>(`[data-test=${name}]`));
    const wanted = by < 0 ? buttons : buttons.reverse();
    wanted.find((one) => one && !one.disabled)?.focus();
  }

  private async removeMoment(index: number): Promise<void> {
    const gone = this.editor.report!.moments[index]!;
    this.editor.moments((all) => all.filter((_, at) => at !== index));
    say(t().report.moment.removed, {
      label: t().common.undo,
      run: () => this.editor.moments((all) => [...all.slice(0, index), gone, ...all.slice(index)]),
    });
    await this.updateComplete;
    this.querySelector<HTMLElement>('[data-test=add-moment] button')?.focus();
  }

  private addMoment(moment: FullMoment): void {
    if (this.editor.report!.moments.length >= MOMENTS_MAX) return say(t().report.moment.tooMany(MOMENTS_MAX));
    this.editor.moments((all) => [...all, moment]);
    void this.updateComplete.then(async () => {
      const last = [...this.querySelectorAll<Part>('tb-report-moment')].at(-1);
      await last?.updateComplete;
      last?.querySelector<HTMLElement>('input, textarea')?.focus();
    });
  }

  // Agreements

  private removeAgreement(index: number): void {
    const gone = this.editor.report!.agreements[index]!;
    this.editor.agreements((all) => all.filter((_, at) => at !== index));
    say(t().report.agreement.removed, {
      label: t().common.undo,
      run: () => this.editor.agreements((all) => [...all.slice(0, index), gone, ...all.slice(index)]),
    });
    void this.updateComplete.then(() => this.querySelector<HTMLElement>('[data-test=add-agreement]')?.focus());
  }

  private addAgreement(one = { text: '', who: '', due: '' }): void {
    if (this.editor.report!.agreements.length >= AGREEMENTS_MAX) return;
    this.editor.agreements((all) => [...all, one]);
    void this.updateComplete.then(() => [...this.querySelectorAll<HTMLElement>('textarea[name=agreement]')].at(-1)?.focus());
  }

  // Saving and signing

  private async save(): Promise<void> {
    const { editor } = this;
    if (!editor.report || editor.busy || (!editor.dirty && editor.saved)) return;
    try {
      if (await editor.save()) say(t().report.savedVersion(editor.saved!.number));
      else this.tellJoined();
    } catch (error) {
      complain(error);
    }
  }

  private async sign(): Promise<void> {
    const { saved, dirty } = this.editor;
    const texts = t().report.sign;
    if (!saved || dirty || !(await confirm(texts.question(saved.number), texts.text, texts.agree))) return;
    try {
      await this.editor.sign();
      say(texts.done);
    } catch (error) {
      complain(error);
    }
    await this.load();
  }

  private async agreeClear(moment: string, agree: boolean): Promise<void> {
    try {
      await this.editor.agreeClear(moment, agree);
      if (!agree) say(t().report.moment.clearBackDone);
    } catch (error) {
      complain(error);
    }
  }

  private async putBack(number: number): Promise<void> {
    try {
      await this.editor.putBack(number);
      say(t().report.versions.restored(number), { label: t().common.undo, run: () => this.editor.undo() });
      scrollTo({ top: 0 });
    } catch (error) {
      complain(error);
    }
  }

  // What is shown

  private get stateLine(): string {
    const { saved } = this.editor;
    const texts = t().report.states;
    if (!saved) return texts.draft;
    if (saved.final_at) return texts.final(saved.number);
    const one = saved.coach_signed ?? saved.teacher_signed;
    return one ? texts.half(saved.number, one.name) : texts.saved(saved.number);
  }

  private toolbar(report: FullReport): TemplateResult {
    const texts = t().report;
    return html`<div class="report-tools no-print" role="group" aria-label=${texts.tools}>
      <p class="report-state ${this.editor.saved?.final_at ? 'final' : ''}" data-test="state">${this.editor.saved?.final_at ? icon('check') : nothing}${this.stateLine}</p>
      <label class="field"><span>${texts.language}</span><select name="report-language" ?disabled=${!this.editing} @change=${(event: Event) => void this.chooseLanguage((event.target as HTMLSelectElement).value as Language)}>
        ${LANGUAGES.map((one) => html`<option value=${one} ?selected=${one === report.language}>${texts.languages[one]}</option>`)}</select></label>
      <button type="button" data-test="print" @click=${() => print()}>${icon('print')}${texts.print}</button>
      ${this.editor.saved ? html`<a class="button" data-test="pdf" href=${coaching.reportPdf(this.visitId)} target="_blank" rel="noopener">${icon('download')}${texts.pdf}</a>` : nothing}
      ${!this.editor.saved ? html`<p class="small">${texts.pdfLater}</p>` : this.editor.dirty ? html`<p class="small">${texts.pdfOld}</p>` : nothing}
    </div>`;
  }

  private notes(): TemplateResult {
    const texts = t().report;
    const { saved } = this.editor;
    const { newer } = this.editor;
    return html`<div class="no-print">
      ${newer ? html`<div class="notice" role="status" data-test="newer">${icon('help')}<div><p>${texts.newer(newer.person.name, newer.number)}</p>
        <button type="button" data-test="join" @click=${() => this.join()}>${texts.joinNow}</button></div></div>` : nothing}
      ${this.editor.found && this.editor.dirty ? html`<p class="notice" role="status" data-test="found">${icon('note')}<span>${texts.found(dateTime(this.editor.found))}</span></p>` : nothing}
      ${this.editor.joined?.clashes.length ? this.clashes() : nothing}
      ${this.closed ? html`<p class="notice">${icon('lock')}<span>${texts.closedNote}</span></p>`
        : !saved ? html`<p class="notice">${icon('note')}<span>${texts.draftNote}</span></p>`
        : this.editor.signed ? html`<div class="notice" data-test="signed-note">${icon('check')}<div><p>${saved.final_at ? texts.finalNote : texts.signedNote}</p>
            ${this.editing ? nothing : html`<button type="button" data-test="change" @click=${() => this.editor.unlock()}>${icon('edit')}${texts.change}</button>`}</div></div>` : nothing}
      ${this.editor.lastSigned && !this.editor.signed ? html`<section class="notice" data-test="since-signed">${icon('help')}<div><p>${texts.sign.changedSince(this.editor.lastSigned.report.number, signers(this.editor.lastSigned.report))}</p>
        ${this.editor.lastSigned.list.length > 0 ? changeList(this.editor.lastSigned.list) : html`<p>${texts.sign.sameAgain}</p>`}</div></section>` : nothing}
    </div>`;
  }

  private clashes(): TemplateResult {
    const texts = t().report;
    const { clashes, choices, name } = this.editor.joined!;
    const joinable = (clash: Clash) => ['context', 'focus', 'question', 'coach', 'teacher', 'next.text', 'agreements'].includes(clash.place) && (clash.moment || !['coach', 'teacher'].includes(clash.place));
    return html`<section class="card clashes" tabindex="-1" data-test="clashes" aria-labelledby="clash-title"><h2 id="clash-title">${texts.clashTitle}</h2><p>${texts.clashText(name)}</p>
      ${clashes.map((clash, index) => html`<fieldset data-clash=${clash.place}><legend>${placeName(clash)}</legend>
        ${(['mine', 'theirs', ...(joinable(clash) ? ['both' as const] : [])] as Choice[]).map((choice) => html`<label class="check"><input type="radio" name=${`clash-${index}`} value=${choice} .checked=${choices[index] === choice}
          @change=${() => this.editor.choose(index, choice)} /><span>${choice === 'mine' ? texts.mine : choice === 'theirs' ? texts.theirs(name) : texts.both}
            ${choice === 'both' ? nothing : html`<span class="block clash-text">${placeValue(clash, choice === 'mine' ? clash.before : clash.after)}</span>`}</span></label>`)}</fieldset>`)}
      <div class="buttons"><button type="button" data-test="clashes-done" @click=${() => this.editor.doneChoosing()}>${texts.clashDone}</button></div></section>`;
  }

  private section(place: Text, title: string, report: FullReport): TemplateResult | typeof nothing {
    if (!this.editing && !report[place].trim()) return nothing;
    return html`<section class="paper-part" ?data-empty=${!report[place].trim()}><h3 id=${`part-${place}`}>${title}</h3>
      ${textField({ name: place, value: report[place], editing: this.editing, labelledBy: `part-${place}`, input: (value) => this.editor.plain(place, value) })}</section>`;
  }

  private facts(report: FullReport): TemplateResult {
    const words = paperWords(report.language);
    return html`<dl class="paper-facts">${FACTS.filter((place) => this.editing || report[place]).map((place) => {
      const field = { name: place, value: report[place], labelledBy: `fact-${place}`, editing: this.editing, input: (value: string) => this.editor.plain(place, value) };
      return html`<div ?data-empty=${!report[place].trim()}><dt id=${`fact-${place}`}>${words[place as 'teacher']}</dt><dd>${place === 'date' ? dateField(field, report.language, true) : lineField(field)}</dd></div>`;
    })}</dl>`;
  }

  private momentList(report: FullReport): TemplateResult | typeof nothing {
    const words = paperWords(report.language);
    const keys = momentKeys(report.moments);
    if (!this.editing && report.moments.length === 0) return nothing;
    return html`<section class="paper-part" ?data-empty=${report.moments.length === 0}><h3>${words.moments}</h3>
      ${report.moments.length === 0 ? html`<p class="empty">${words.noMoments}</p>` : nothing}
      ${repeat(report.moments, (_, index) => keys[index], (moment, index) => {
        const key = keys[index]!;
        return html`<tb-report-moment data-key=${key} .key=${key} .visitId=${this.visitId} .moment=${moment} .index=${index} .count=${report.moments.length} .editing=${this.editing}
          .closed=${this.closed} .side=${this.editor.side} .otherName=${this.otherName} .coachName=${report.coach} .teacherName=${report.teacher} .paper=${report.language}
          .clear=${this.editor.answer?.clear.find((one) => one.moment === moment.id)}
          @moment-change=${(event: CustomEvent<Partial<FullMoment>>) => this.changeMoment(index, key, event.detail)}
          @moment-move=${(event: CustomEvent<number>) => void this.moveMoment(index, event.detail, key)}
          @moment-remove=${() => void this.removeMoment(index)}
          @moment-agree=${(event: CustomEvent<boolean>) => void this.agreeClear(moment.id, event.detail)}></tb-report-moment>`;
      })}
      ${this.editing ? this.momentAdder(report) : nothing}</section>`;
  }

  private momentAdder(report: FullReport): TemplateResult {
    const texts = t().report.moment;
    const left = full(this.editor.answer!.draft).moments.filter((one) => !report.moments.some((there) => there.id === one.id));
    const none: FullMoment = { id: '', title: '', from: null, to: null, kind: null, question: '', coach: '', teacher: '', still: null, alt: '' };
    return html`<div class="adder no-print" data-test="add-moment" role="group" aria-label=${texts.add} lang=${language()}>
      ${left.length > 0 ? html`<p class="small">${texts.addText}</p>` : nothing}
      <div class="buttons">${left.map((one) => html`<button type="button" class="small" data-add=${one.id} @click=${() => this.addMoment(one)}>${icon('plus')}${one.title || texts.add}</button>`)}
        <button type="button" class="small" data-test="add-empty" @click=${() => this.addMoment(none)}>${icon('plus')}${texts.addEmpty}</button></div></div>`;
  }

  private agreementList(report: FullReport): TemplateResult | typeof nothing {
    const words = paperWords(report.language);
    const texts = t().report.agreement;
    const { editing } = this;
    if (!editing && report.agreements.length === 0) return nothing;
    const fresh = full(this.editor.answer!.draft).agreements.filter((one) => !report.agreements.some((there) => there.text === one.text));
    return html`<section class="paper-part" data-test="agreements" ?data-empty=${agreementLines(report.agreements) === ''}><h3>${words.agreements}</h3>
      <ol class="paper-agreements">${report.agreements.map((one, index) => {
        const set = (name: 'text' | 'who' | 'due') => (value: string) => this.editor.agreements((all) => all.map((each, at) => (at === index ? { ...each, [name]: value } : each)), `agreement-${index}-${name}`);
        const who = `agreement-${index}-who`;
        const due = `agreement-${index}-due`;
        return html`<li ?data-empty=${!one.text.trim()}>${textField({ name: 'agreement', value: one.text, editing, label: texts.text(index + 1), input: set('text') })}
          <div class="agreement-line">
            ${editing || one.who ? html`<span ?data-empty=${!one.who}><span class="paper-label" id=${who}>${words.who}</span> ${lineField({ name: 'who', value: one.who, editing, labelledBy: who, input: set('who') })}</span>` : nothing}
            ${editing || one.due ? html`<span ?data-empty=${!one.due}><span class="paper-label" id=${due}>${words.due}</span> ${dateField({ name: 'due', value: one.due, editing, labelledBy: due, input: set('due') }, report.language)}</span>` : nothing}
            ${editing ? html`<button type="button" class="small no-print" data-test="remove-agreement" lang=${language()} aria-label=${`${texts.remove}: ${texts.text(index + 1)}`} @click=${() => this.removeAgreement(index)}>${icon('trash')}</button>` : nothing}
          </div></li>`;
      })}</ol>
      ${editing ? html`<div class="adder no-print" lang=${language()}>${fresh.length > 0 ? html`<p class="small">${texts.fresh}</p>` : nothing}
        <div class="buttons">${fresh.map((one) => html`<button type="button" class="small" data-test="fresh-agreement" @click=${() => this.addAgreement(one)}>${icon('plus')}${one.text}</button>`)}
          <button type="button" class="small" data-test="add-agreement" @click=${() => this.addAgreement()}>${icon('plus')}${texts.add}</button></div></div>` : nothing}</section>`;
  }

  private nextStep(report: FullReport): TemplateResult | typeof nothing {
    const words = paperWords(report.language);
    const { editing } = this;
    const bare = !report.next.text.trim() && !report.next.date;
    if (!editing && bare && !this.next) return nothing;
    return html`<section class="paper-part" ?data-empty=${bare}><h3 id="part-next">${words.next}</h3>
      ${textField({ name: 'next', value: report.next.text, editing, labelledBy: 'part-next', input: (value) => this.editor.plain('next.text', value) })}
      ${editing || report.next.date ? html`<div class="next-date" ?data-empty=${!report.next.date}><span class="paper-label" id="next-date">${words.nextDate}</span>
        ${dateField({ name: 'next-date', value: report.next.date, editing, labelledBy: 'next-date', input: (value) => this.editor.plain('next.date', value) }, report.language, true)}</div>` : nothing}
      ${this.next ? html`<p class="no-print" lang=${language()}><a class="button" data-test="calendar" href=${coaching.calendar(this.next.id)} download="bezoek.ics">${icon('download')}<span>${t().report.calendar}<span class="small block">${day(this.next.planned_at)}</span></span></a></p>` : nothing}</section>`;
  }

  private signing(report: FullReport): TemplateResult {
    const words = paperWords(report.language);
    const texts = t().report.sign;
    const { saved } = this.editor;
    const mine = saved?.[`${this.editor.side}_signed`];
    return html`<section class="paper-part signing" data-test="signing"><h3>${words.signed}</h3>
      <ul class="signatures">${SIDES.map((side) => {
        const signed = this.editor.dirty ? null : saved?.[`${side}_signed`];
        return html`<li data-side=${side} data-signed=${Boolean(signed)}><span class="paper-label">${words[side]}</span> <strong>${signed?.name || this.nameOf(side)}</strong>
          ${signed ? html`<span>${icon('check')}${paperTime(report.language, signed.at)}</span>` : html`<span class="small no-print" lang=${language()}>${texts.notYet}</span><span class="paper-only sign-line"></span>`}</li>`;
      })}</ul>
      ${this.closed ? nothing : html`<div class="no-print" lang=${language()}>
        ${!this.editor.hasTeacher && this.editor.side === 'coach' ? html`<p class="small">${texts.noAccount}</p>` : nothing}
        ${mine && !this.editor.dirty ? nothing : html`${!saved || this.editor.dirty ? html`<p class="small" id="save-first">${texts.saveFirst}</p>` : nothing}
          <button type="button" class="primary" data-test="sign" ?disabled=${!saved || this.editor.dirty} aria-describedby=${!saved || this.editor.dirty ? 'save-first' : nothing} @click=${() => void this.sign()}>${icon('check')}${texts.agree}</button>`}</div>`}</section>`;
  }

  private paper(report: FullReport): TemplateResult {
    const words = paperWords(report.language);
    const title = report.title || words.title;
    const { saved } = this.editor;
    const version = !saved || this.editor.dirty ? words.draft : `${words.version(saved.number)}${saved.final_at ? ` · ${words.final}` : ''} · ${paperTime(report.language, saved.at)}`;
    return html`<article class="report-paper paper-${report.language}" data-test="paper" lang=${report.language} aria-labelledby="report-title">
      <h2 id="report-title" class=${this.editing ? 'behind-field' : ''}>${title}</h2>
      ${this.editing ? html`<div class="report-title no-print">${lineField({ name: 'title', value: report.title, editing: true, label: t().report.parts.title, input: (value) => this.editor.plain('title', value) })}</div>` : nothing}
      ${this.facts(report)}
      <p class="small paper-purpose">${words.purpose}</p>
      ${this.section('context', words.context, report)}
      ${this.section('focus', words.focus, report)}
      ${this.section('question', words.question, report)}
      ${this.momentList(report)}
      ${this.agreementList(report)}
      ${this.nextStep(report)}
      ${this.signing(report)}
      <p class="paper-only paper-version">${version}</p>
    </article>`;
  }

  private saveBar(): TemplateResult {
    const texts = t().report;
    const { saved, dirty } = this.editor;
    const line = this.editor.busy ? texts.saving
      : dirty ? (this.keeps ? texts.unsaved : texts.unsavedOnly)
      : saved ? texts.savedBy(saved.number, saved.person.name, dateTime(saved.at)) : texts.states.draft;
    return html`<div class="save-bar ${dirty || !saved ? 'waits' : ''} no-print" data-test="save-bar">
      <p class="small" role="status" data-test="save-state" data-dirty=${dirty}>${line}</p>
      <div class="buttons">
        ${this.editor.canUndo ? html`<button type="button" data-test="undo" @click=${() => this.editor.undo()}>${icon('undo')}${t().common.undo}</button>` : nothing}
        ${dirty && saved ? html`<button type="button" class="quiet" data-test="discard" @click=${() => this.discard()}>${texts.discard}</button>` : nothing}
        <button type="button" class="primary" data-test="save" ?disabled=${this.editor.busy || (!dirty && saved !== null)} @click=${() => void this.save()}>${texts.saveBar}</button>
      </div></div>`;
  }

  private early(): TemplateResult {
    const texts = t().report;
    return html`<main class="page" id="main"><h1>${texts.title}</h1>
      <section class="card" data-test="not-yet"><h2>${texts.notYetTitle}</h2><p>${texts.notYetText}</p>
        <a class="button primary" href=${paths.moments(this.visitId)}>${icon('star')}${texts.toMoments}</a></section>
      <p class="purpose-line">${t().coaching.purpose}</p></main>`;
  }

  protected override render(): TemplateResult {
    const texts = t().report;
    if (this.editor.notYet) return this.early();
    const { report } = this.editor;
    if (!report || !this.editor.answer) {
      return html`<main class="page" id="main"><h1 class=${this.error ? '' : 'hidden-label'}>${texts.title}</h1>${this.error
        ? html`<div class="card problem" role="alert"><p>${errorText(this.error)}</p><button type="button" @click=${() => void this.load()}>${t().common.retry}</button></div>`
        : html`<p class="waiting">${t().common.loading}</p>`}<p class="purpose-line">${t().coaching.purpose}</p></main>`;
    }
    return html`<main class="page report" id="main">
      <div class="page-head no-print"><h1>${texts.title}</h1><a class="button quiet" href=${paths.talk(this.visitId)}>${icon('back')}${texts.toTalk}</a></div>
      ${this.toolbar(report)}
      ${this.notes()}
      ${this.paper(report)}
      ${this.editing ? this.saveBar() : nothing}
      ${this.editor.answer.versions.length > 0 ? html`<tb-report-versions .visitId=${this.visitId} .versions=${this.editor.answer.versions} .editable=${!this.closed}
        @put-back=${(event: CustomEvent<number>) => void this.putBack(event.detail)}></tb-report-versions>` : nothing}
      <p class="purpose-line no-print">${t().coaching.purpose}</p>
    </main>`;
  }
}
