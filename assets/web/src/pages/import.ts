// Importeren: another program's file, looked at, mapped, taken over; with what could not be carried said afterwards.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { keyed } from 'lit/directives/keyed.js';
import { t, words } from '../i18n';
import { account } from '../model/account';
import { number } from '../model/format';
import { ImportChoice } from '../model/import-choice';
import { importProblem } from '../model/import-upload';
import { observing } from '../model/observing';
import type { ImportJob, Taken } from '../model/observing-types';
import { Part } from '../parts/base';
import { icon } from '../parts/icons';
import { KnownInstruments } from '../parts/import-codes';
import '../parts/import-columns';
import '../parts/import-file';
import { lossText } from '../parts/import-loss';
import '../parts/import-sets';
import { errorText } from '../parts/toast';
import { paths } from '../router';

type Step = 'file' | 'columns' | 'sets' | 'codes' | 'summary' | 'done';

/** In this tab: what is being looked at, so that a page loaded again has it still. */
const KEPT = 'terugblik.import';

/** Names and visits that are shown before one asks for all. */
const NAMES = 6;
const VISITS = 8;

@customElement('tb-import')
export class ImportPage extends Part {
  @state() private step: Step = 'file';
  @state() private choice: ImportChoice | null = null;
  @state() private taken: Taken | null = null;
  @state() private waiting: File[] = [];
  @state() private error: unknown = null;
  @state() private hint = '';
  @state() private busy = false;
  @state() private showAll = false;
  private readonly known = new KnownInstruments();
  private name = '';
  private toHead = false;

  override connectedCallback(): void {
    super.connectedCallback();
    this.follow(this.known);
    // What is not taken over need not be kept.
    this.atEnd(() => this.drop());
    void this.resume();
  }

  /** Before the page was loaded anew a file was read already: the server has it still for a while. */
  private async resume(): Promise<void> {
    const id = sessionStorage.getItem(KEPT);
    if (!id) return;
    sessionStorage.removeItem(KEPT);
    const job = await observing.importJob(id).catch(() => null);
    if (job && this.step === 'file' && this.isConnected) this.begin(job);
  }

  private drop(): void {
    sessionStorage.removeItem(KEPT);
    if (this.choice && !this.taken) void observing.dropImport(this.choice.job.id).catch(() => undefined);
  }

  private get steps(): Step[] {
    const job = this.choice?.job;
    if (!job) return ['file'];
    return ['file', ...(job.columns ? (['columns'] as const) : []), 'sets', ...(job.codes.length > 0 || job.sets.length === 0 ? (['codes'] as const) : []), 'summary'];
  }

  private go(step: Step): void {
    this.step = step;
    this.error = null;
    this.hint = '';
    this.toHead = true;
    scrollTo(0, 0);
  }

  protected override updated(): void {
    if (!this.toHead) return;
    this.toHead = false;
    this.querySelector<HTMLElement>('[data-step-title]')?.focus();
  }

  private move(by: 1 | -1): void {
    const { steps } = this;
    const next = steps[steps.indexOf(this.step) + by];
    if (by > 0 && this.step === 'sets') {
      const texts = t().exchange.sets;
      this.hint = this.choice!.sets.size === 0 ? texts.needOne : this.choice!.into && !this.choice!.visit ? texts.needVisit : '';
      if (this.hint !== '') return;
    }
    if (next === 'file') this.another();
    else if (next) this.go(next);
  }

  private onRead(event: CustomEvent<{ job: ImportJob; rest: File[] }>): void {
    this.waiting = event.detail.rest;
    this.begin(event.detail.job);
  }

  private begin(job: ImportJob): void {
    sessionStorage.setItem(KEPT, job.id);
    this.taken = null;
    this.name = job.name;
    this.choice = new ImportChoice(job);
    void this.known.load().catch(() => undefined);
    this.go(job.columns ? 'columns' : 'sets');
  }

  private onLooked(event: CustomEvent<ImportJob>): void {
    this.choice = this.choice?.again(event.detail) ?? new ImportChoice(event.detail);
    this.go('sets');
  }

  /** Another file; what was being looked at is let go. Those that wait their turn go on waiting. */
  private another(): void {
    this.drop();
    this.choice = null;
    this.taken = null;
    this.showAll = false;
    this.go('file');
  }

  private async take(): Promise<void> {
    const { choice } = this;
    if (!choice || this.busy) return;
    this.busy = true;
    this.error = null;
    try {
      this.taken = await observing.takeImport(choice.job.id, choice.body);
      sessionStorage.removeItem(KEPT);
      this.go('done');
    } catch (error) {
      this.error = error;
    } finally {
      this.busy = false;
    }
  }

  private saveReport(taken: Taken): void {
    const lines = taken.visits.map((one) => `${one.title}: ${t().exchange.sets.observations(one.observations)}`).join('\r\n');
    const text = `${lossText(taken.loss, `${t().exchange.loss.title}: ${this.name} (${this.choice?.job.format_title ?? ''})`)}\r\n${lines}\r\n`;
    const link = document.createElement('a');
    // The mark makes an older Notepad read it as it is.
    link.href = URL.createObjectURL(new Blob(['\ufeff', text], { type: 'text/plain;charset=utf-8' }));
    link.download = t().exchange.loss.fileName;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  }

  /* --- drawing ------------------------------------------------------------- */

  private names(list: string[]): string {
    const some = list.filter((one) => one !== '');
    return some.slice(0, NAMES).join(', ') + (some.length > NAMES ? ` ${t().exchange.found.more(some.length - NAMES)}` : '');
  }

  private formatName(job: ImportJob): string {
    return t().exchange.export.formats[job.format]?.[0] ?? job.format_title;
  }

  private found(job: ImportJob, whole: boolean): TemplateResult {
    const texts = t().exchange.found;
    const observations = job.sets.reduce((sum, one) => sum + one.observations, 0);
    const facts: [string, string][] = [
      [texts.name, job.name], [texts.format, this.formatName(job)], [texts.heading, job.title], [texts.sets, job.sets.length > 0 ? number(job.sets.length) : ''],
      [texts.observations, job.sets.length > 0 ? number(observations) : ''], [texts.codes, job.codes.length > 0 ? number(job.codes.length) : ''],
      [texts.observers, this.names(job.observers)], [texts.subjects, this.names(job.subjects)],
    ];
    const counted = [texts.setsCount(job.sets.length), t().exchange.sets.observations(observations)];
    // What is in it is read once; after that it must not stand in the way.
    if (!whole) return html`<p class="small found-line" data-test="found-line">${[job.name, this.formatName(job), ...counted].join(' · ')}</p>`;
    return html`<section class="card found" aria-labelledby="found-title" data-test="found"><h2 id="found-title">${texts.title}</h2>
      <dl>${facts.filter(([, value]) => value !== '').map(([name, value]) => html`<div class=${value.length > 24 ? 'wide' : ''}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl></section>`;
  }

  private problem(): TemplateResult | typeof nothing {
    if (this.hint !== '') return html`<p class="problem" role="alert" data-test="hint">${icon('warn')}${this.hint}</p>`;
    if (!this.error) return nothing;
    const known = importProblem(this.error, { name: this.name, size: 0 });
    return html`<div class="problem" role="alert" data-test="problem"><p>${known?.text ?? errorText(this.error)}</p>
      ${known?.said ? html`<details><summary>${t().exchange.problem.said}</summary><p lang="en">${known.said}</p></details>` : nothing}</div>`;
  }

  private foot(next: TemplateResult | typeof nothing): TemplateResult {
    return html`${this.problem()}<div class="buttons import-foot"><button type="button" class="quiet" data-test="back" @click=${() => this.move(-1)}>${icon('back')}${t().exchange.back}</button>${next}</div>`;
  }

  private summary(choice: ImportChoice): TemplateResult {
    const texts = t().exchange.summary;
    const { job } = choice;
    const per = new Map<string, number>();
    for (const one of choice.count('known')) {
      const becomes = choice.becomes(one);
      if (typeof becomes === 'object') per.set(becomes.instrument, (per.get(becomes.instrument) ?? 0) + 1);
    }
    const fresh = choice.count('new').length;
    const out = choice.count('out');
    const all = job.sets.reduce((sum, one) => sum + one.observations, 0);
    const { dropped } = job.loss;
    return html`<ul class="summary" data-test="summary">
        <li>${icon('check')}<span>${choice.into && choice.visit ? texts.into(choice.visit.title) : texts.visits(choice.chosen.filter((one) => one.observations > 0).length)}</span></li>
        <li>${icon('check')}<span>${texts.observations(choice.observations, all)}${all > choice.observations ? html` ${texts.left(all - choice.observations)}` : nothing}${dropped > 0 ? html` ${texts.unread(dropped)}` : nothing}</span></li>
        ${[...per].map(([id, count]) => html`<li>${icon('check')}<span>${texts.codes(count, words(this.known.get(id)?.title) || id)}</span></li>`)}
        ${fresh > 0 ? html`<li>${icon('plus')}<span>${texts.fresh(fresh)}</span></li>` : nothing}
        ${out.length > 0 ? html`<li>${icon('close')}<span>${texts.out(out.length, out.reduce((sum, one) => sum + one.count, 0))}</span></li>` : nothing}
        ${job.observers.length === 0 ? html`<li>${icon('person')}<span>${texts.observer(account.name)}</span></li>` : nothing}</ul>
      ${job.loss.items.length > 0 ? html`<details class="loss-before" data-test="loss-before"><summary>${texts.loss} <span class="count">${job.loss.items.length}</span></summary><tb-loss-report .loss=${job.loss} bare></tb-loss-report></details>` : nothing}
      ${this.foot(html`<button type="button" class="primary big" data-test="take" ?disabled=${this.busy} @click=${() => void this.take()}>${icon('download')}${this.busy ? texts.taking : texts.take}</button>`)}`;
  }

  private done(taken: Taken): TemplateResult {
    const texts = t().exchange;
    const shown = this.showAll ? taken.visits : taken.visits.slice(0, VISITS);
    const rest = taken.visits.length - shown.length;
    const made = taken.visits.reduce((sum, one) => sum + one.observations, 0);
    return html`<section class="card import-done" data-test="done"><h2 tabindex="-1" data-step-title>${icon('check')}${texts.done.title}</h2>
      <p>${this.choice?.into ? texts.done.into : texts.done.visits(taken.visits.length)}</p>
      <ul class="made">${shown.map((one) => html`<li><a class="made-visit" data-made=${one.id} href=${paths.review(one.id)}><strong>${one.title || t().visits.untitled}</strong><span class="small">${texts.sets.observations(one.observations)}</span></a></li>`)}</ul>
      ${rest > 0 ? html`<p class="no-print"><button type="button" @click=${() => (this.showAll = true)}>${texts.done.showAll(rest)}</button></p>` : nothing}
      ${taken.instrument ? html`<p>${texts.done.instrument} <a class="made-instrument" data-test="made-instrument" href=${paths.instrument(taken.instrument.id)}>${words(taken.instrument.title)}</a></p>` : nothing}</section>
      <section class="card loss-card" aria-labelledby="loss-title" data-test="loss"><h2 id="loss-title">${texts.loss.title}</h2>
        <p class="small">${this.name} · ${this.choice ? this.formatName(this.choice.job) : ''}</p>
        <tb-loss-report .loss=${taken.loss}></tb-loss-report>
        ${made < taken.loss.carried ? html`<p class="small">${texts.loss.fewer(made)}</p>` : nothing}
        <div class="buttons no-print"><button type="button" data-test="save-report" @click=${() => this.saveReport(taken)}>${icon('download')}${texts.loss.save}</button>
          <button type="button" data-test="print-report" @click=${() => print()}>${icon('print')}${texts.loss.print}</button></div></section>
      <div class="buttons import-foot no-print"><button type="button" data-test="another" @click=${() => this.another()}>${icon('plus')}${this.waiting[0] ? texts.file.next(this.waiting[0].name, this.waiting.length) : texts.file.another}</button>
        <a class="button primary" href=${paths.visits}>${texts.done.toVisits}${icon('next')}</a></div>`;
  }

  private content(choice: ImportChoice): TemplateResult {
    const { job } = choice;
    const texts = t().exchange;
    const next = html`<button type="button" class="primary" data-test="next" @click=${() => this.move(1)}>${texts.columns.apply}${icon('next')}</button>`;
    const title: Partial<Record<Step, string>> = {
      columns: texts.columns.title, sets: job.sets.length > 1 ? texts.sets.title : texts.sets.titleOne, codes: texts.codes.title, summary: texts.summary.title,
    };
    const { steps } = this;
    const nothingIn = this.step === 'sets' && job.sets.every((one) => one.observations === 0);
    return html`<section class="card import-step" data-step=${this.step} aria-labelledby="step-title">
      <p class="small step-of">${texts.stepOf(steps.indexOf(this.step) + 1, steps.length)}</p><h2 id="step-title" tabindex="-1" data-step-title>${title[this.step]}</h2>
      ${this.step === 'columns'
        ? html`<tb-import-columns .job=${job} @looked=${(event: CustomEvent<ImportJob>) => this.onLooked(event)} @back=${() => this.move(-1)}></tb-import-columns>`
        : nothingIn
          ? html`<p class="notice" data-test="nothing-in">${icon('warn')}${texts.found.nothing}</p>${this.foot(nothing)}`
          : this.step === 'sets'
            ? html`<tb-import-sets .choice=${choice} @change=${() => { this.hint = ''; this.requestUpdate(); }}></tb-import-sets>${this.foot(next)}`
            : this.step === 'codes'
              ? html`<tb-import-codes .choice=${choice} .known=${this.known} @change=${() => this.requestUpdate()}></tb-import-codes>${this.foot(next)}`
              : this.summary(choice)}</section>`;
  }

  protected override render(): TemplateResult {
    const texts = t().exchange;
    const { choice, taken } = this;
    const at = this.step;
    return html`<main class="page import-page" id="main"><h1>${texts.title}</h1>
      ${at === 'file' || !choice
        ? html`<p>${texts.intro}</p><tb-import-file .waiting=${this.waiting} @read=${(event: CustomEvent<{ job: ImportJob; rest: File[] }>) => this.onRead(event)}></tb-import-file>`
        : at === 'done' && taken ? this.done(taken) : html`${this.found(choice.job, at === this.steps[1])}${keyed(choice.job.id, this.content(choice))}`}</main>`;
  }
}
