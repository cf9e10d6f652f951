// Cijfers of a visit: counted, drawn, compared. What is counted comes from the server; each part draws one question.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { t, words } from '../i18n';
import { account } from '../model/account';
import { api } from '../model/api';
import { coaching } from '../model/coaching';
import { heard } from '../model/events';
import { figures } from '../model/figures';
import { isPhases, looksOf, phasesOf, refOf, subjectTitle, type Look, type Scene } from '../model/figures-view';
import type { Budget } from '../model/figures-types';
import type { Span } from '../model/figures-math';
import { clockTime, day, parseClockTime } from '../model/format';
import { subjectsOf } from '../model/instruments';
import { observing } from '../model/observing';
import { session } from '../model/session';
import type { Instrument, Observation, Visit } from '../model/types';
import { Part } from '../parts/base';
import '../parts/figure-amounts';
import '../parts/figure-during';
import { selectOf } from '../parts/figure-frame';
import '../parts/figure-intervals';
import '../parts/figure-latency';
import '../parts/figure-lesson';
import '../parts/figure-observers';
import '../parts/figure-rate';
import '../parts/figure-ratings';
import type { EarlierVisit } from '../parts/figure-ratings';
import '../parts/figure-transitions';
import '../parts/figure-visits';
import type { OtherVisit } from '../parts/figure-visits';
import { icon, shape } from '../parts/icons';
import { complain, errorText, say } from '../parts/toast';
import { vars } from '../parts/vars';
import { paths } from '../router';
import { visitTitle } from './visits';

const MOST_OTHERS = 100;
/** Of so many earlier visits the scores are shown. */
const MOST_EARLIER = 4;
/** ms; while the lesson goes on */
const FRESH = 20000;
/** What a school's spreadsheet opens. */
const EXCEL = /excel/i;
const EVERYBODY = '';
const OWN_PART = 'own';

/** What the server counts by. */
interface Asked {
  range: PartChoice;
  ownPart: Span | null;
  observer: string | null;
  subject: string;
}

/** Whole: the whole lesson; a stretch "FROM-TO"; own: as typed. */
type PartChoice = 'whole' | typeof OWN_PART | `${number}-${number}`;

@customElement('tb-figures')
export class FiguresPage extends Part {
  @property() visitId = '';
  @state() private visit: Visit | null = null;
  @state() private instruments: Instrument[] = [];
  @state() private observations: Observation[] = [];
  @state() private budget: Budget | null = null;
  @state() private error: unknown = null;
  @state() private tables = false;
  @state() private range: PartChoice = 'whole';
  @state() private ownPart: Span | null = null;
  /** null: not chosen yet */
  @state() private observer: string | null = null;
  @state() private subject = '';
  @state() private instrument = '';
  @state() private hiddenDomains = new Set<string>();
  @state() private others: OtherVisit[] = [];
  @state() private earlier: EarlierVisit[] = [];
  @state() private excel: string | null = null;
  private turn = 0;
  /** what the numbers on the page are of */
  private counted: Asked | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
    this.on(account, 'return', () => void this.load());
    this.on(heard, 'observers', () => void this.load());
    this.every(FRESH, () => {
      if (this.visit?.state === 'running' && !document.hidden) void this.load();
    });
    observing.formats().then((formats) => (this.excel = formats.find((one) => one.writes && EXCEL.test(`${one.id} ${one.title}`))?.id ?? null), () => undefined);
  }

  // --- what it is about

  private async load(): Promise<void> {
    try {
      const [visit, { observations }] = await Promise.all([api.visit(this.visitId), api.observations(this.visitId)]);
      const present = observations.filter((one) => !one.removed);
      const ids = [...new Set([...visit.instruments, ...present.flatMap((one) => one.instrument ?? [])])];
      const instruments = await Promise.all(ids.map((id) => this.findInstrument(id)));
      const first = this.visit === null;
      this.visit = visit;
      this.instruments = instruments.flatMap((one) => one ?? []);
      this.observations = present;
      await this.count();
      if (first && this.own) void this.findOthers(visit);
    } catch (error) {
      this.error = error;
    }
  }

  /** As it was when the visit began; of one that is gone only the names of its codes are left. */
  private findInstrument(id: string): Promise<Instrument | null> {
    return api.visitInstrument(this.visitId, id).catch(() => api.instrument(id)).catch(() => null);
  }

  /** The numbers of the server, for what is chosen. */
  private async count(): Promise<void> {
    const turn = ++this.turn;
    const { range, ownPart, observer, subject } = this;
    try {
      const budget = await figures.budget(this.visitId, { part: this.partSpan(), observers: this.observers(), subject: this.subject || null, transitions: true });
      if (turn !== this.turn) return;
      this.budget = budget;
      this.counted = { range, ownPart, observer, subject };
      this.error = null;
    } catch (error) {
      if (turn !== this.turn) return;
      if (!this.budget) {
        this.error = error;
        return;
      }
      // The numbers that are there are of what was chosen before; under another choice they would say something else.
      Object.assign(this, this.counted);
      complain(error);
    }
  }

  /** Other visits to the same teacher: those of the trajectory, or by the teacher. */
  private async findOthers(visit: Visit): Promise<void> {
    try {
      const { visits } = await api.visits('', MOST_OTHERS);
      const same = visits.filter((one) => one.id !== visit.id && !one.shared && !one.beside && one.started_at !== null && one.observations > 0
        && (visit.teacher_person ? one.teacher_person?.id === visit.teacher_person.id : !one.teacher_person && visit.teacher.trim() !== '' && one.teacher.trim() === visit.teacher.trim()));
      this.others = same.map((one) => ({ id: one.id, title: visitTitle(one), started_at: one.started_at, instruments: one.instruments }));
      if (!visit.trajectory || !this.observations.some((one) => one.kind === 'rating')) return;
      const { visits: line } = await coaching.trajectory(visit.trajectory.id);
      const before = line.filter((one) => one.id !== visit.id && one.started_at !== null && visit.started_at !== null && one.started_at < visit.started_at).slice(-MOST_EARLIER);
      this.earlier = await Promise.all(before.map(async (one) => ({ id: one.id, title: one.title, started_at: one.started_at, observations: (await api.observations(one.id)).observations.filter((each) => !each.removed) })));
    } catch (error) {
      console.error(error); // the figures of this visit are there without
    }
  }

  /** One's own visit; who observes beside its coach has no film to look back at. */
  private get own(): boolean {
    return this.visit !== null && !this.visit.beside && !this.visit.shared;
  }

  private get length(): number {
    return Math.max(this.budget?.visits[0]?.seconds ?? this.visit?.duration ?? 0, 0.001);
  }

  private names(): string[] {
    const names = [...new Set(this.observations.map((one) => one.observer))];
    const own = session.author;
    return names.sort((a, b) => Number(b === own) - Number(a === own) || a.localeCompare(b));
  }

  /** Of whom: as chosen, else one's own, so that nothing counts twice. */
  private get who(): string {
    const names = this.names();
    if (names.length < 2) return EVERYBODY;
    return this.observer !== null && (this.observer === EVERYBODY || names.includes(this.observer)) ? this.observer : names[0]!;
  }

  /** For the server: one alone need not be named. */
  private observers(): string[] {
    const names = this.names();
    return names.length < 2 ? [] : this.who === EVERYBODY ? names : [this.who];
  }

  private partSpan(): Span | null {
    if (this.range === 'whole') return null;
    if (this.range === OWN_PART) return this.ownPart;
    const [from, to] = this.range.split('-').map(Number) as [number, number];
    return { from, to };
  }

  private chosen(): Observation[] {
    const domains = new Map(looksOf(this.instruments, new Set(this.observations.map(refOf))).map((look) => [look.ref, look.domain?.id ?? '']));
    return this.observations.filter((one) => (this.who === EVERYBODY || one.observer === this.who) && (this.subject === '' || one.subject === this.subject)
      && (this.instrument === '' || one.instrument === this.instrument) && !this.hiddenDomains.has(domains.get(refOf(one)) ?? ''));
  }

  private sceneOf(visit: Visit, budget: Budget): Scene {
    const observations = this.chosen();
    const span = this.partSpan();
    const part = span ? { from: span.from, to: Math.min(span.to, this.length) } : { from: 0, to: this.length };
    return {
      visit, budget, observations, instruments: this.instruments, looks: looksOf(this.instruments, new Set(observations.map(refOf))),
      length: this.length, part, whole: span === null, observers: this.observers(), subject: this.subject || null,
      link: this.own ? (at) => `${paths.review(visit.id)}?t=${Math.max(0, at).toFixed(2)}` : null,
    };
  }

  // --- choosing

  private choosePart(value: string): void {
    this.range = value as PartChoice;
    if (value === OWN_PART) this.ownPart ??= { from: 0, to: Math.round(this.length) };
    void this.count();
  }

  private typePart(event: Event): void {
    const form = (event.target as HTMLElement).closest('.own-part')!;
    const [from, to] = ['from', 'to'].map((name) => parseClockTime(form.querySelector<HTMLInputElement>(`input[name=${name}]`)!.value));
    if (from === null || from === undefined || to === null || to === undefined || from >= to || from >= this.length) return say(t().figures.filter.badTimes);
    this.ownPart = { from, to };
    void this.count();
  }

  private parts(): [string, string][] {
    const texts = t().figures.filter;
    const { length } = this;
    const phases = phasesOf(this.instruments, this.observations.filter((one) => this.who === EVERYBODY || one.observer === this.who), length);
    return [['whole', texts.whole],
      ...phases.map((one): [string, string] => [`${one.from}-${one.to}`, texts.stretch(one.title, one.from, one.to)]),
      ...(length >= 60 ? [[`0-${length / 2}`, texts.firstHalf], [`${length / 2}-${length}`, texts.secondHalf]] as [string, string][] : []),
      [OWN_PART, texts.own]];
  }

  private filters(): TemplateResult {
    const texts = t().figures.filter;
    const names = this.names();
    const subjects = [...new Set(this.observations.flatMap((one) => one.subject ?? []))];
    const listed = subjectsOf(this.instruments).map((one) => one.id);
    subjects.sort((a, b) => (listed.indexOf(a) + 1 || 1e6) - (listed.indexOf(b) + 1 || 1e6) || a.localeCompare(b));
    const used = this.instruments.filter((one) => this.observations.some((each) => each.instrument === one.id));
    const domains = [...new Map(looksOf(this.instruments, new Set(this.observations.map(refOf))).flatMap((look): [string, Look][] => (look.domain ? [[look.domain.id, look]] : [])))];
    const part = this.parts();
    return html`<section class="card figure-filters no-print" aria-labelledby="filter-title"><h2 id="filter-title">${texts.title}</h2>
      <div class="figure-controls">
        ${selectOf('part', texts.part, part.some(([value]) => value === this.range) ? part : [...part, [this.range, this.partText()]], this.range, (value) => this.choosePart(value))}
        ${this.range === OWN_PART ? html`<div class="own-part"><label class="field"><span>${texts.from}</span><input name="from" inputmode="numeric" .value=${clockTime(this.ownPart?.from ?? 0)} @change=${(event: Event) => this.typePart(event)} /></label>
          <label class="field"><span>${texts.to}</span><input name="to" inputmode="numeric" .value=${clockTime(this.ownPart?.to ?? this.length)} @change=${(event: Event) => this.typePart(event)} /></label></div>` : nothing}
        ${names.length > 1 ? selectOf('observer', texts.observer, [...names.map((one): [string, string] => [one, one]), [EVERYBODY, texts.everybody]], this.who, (value) => { this.observer = value; void this.count(); }) : nothing}
        ${subjects.length > 0 ? selectOf('subject', texts.subject, [['', texts.anybody], ...subjects.map((one): [string, string] => [one, subjectTitle(this.instruments, one)])], this.subject, (value) => { this.subject = value; void this.count(); }) : nothing}
        ${used.length > 1 ? selectOf('instrument', texts.instrument, [['', texts.allInstruments], ...used.map((one): [string, string] => [one.id, words(one.title)])], this.instrument, (value) => (this.instrument = value)) : nothing}
      </div>
      ${domains.length > 1 ? html`<div class="figure-choice" role="group" aria-label=${texts.domains}>${domains.map(([id, look]) => html`<button type="button" class="chip" data-domain=${id} aria-pressed=${String(!this.hiddenDomains.has(id))}
        ${vars({ '--code-color': look.color })} @click=${() => this.toggleDomain(id)}>${shape(look.shape)}${look.domain!.title}</button>`)}</div>` : nothing}
    </section>`;
  }

  private toggleDomain(id: string): void {
    const next = new Set(this.hiddenDomains);
    if (!next.delete(id)) next.add(id);
    this.hiddenDomains = next;
  }

  private showAll(): void {
    this.range = 'whole';
    this.observer = EVERYBODY;
    this.subject = '';
    this.instrument = '';
    this.hiddenDomains = new Set();
    void this.count();
  }

  private partText(): string {
    const span = this.partSpan();
    return span ? `${clockTime(span.from)}–${clockTime(span.to)}` : t().figures.filter.whole;
  }

  // --- what is shown

  private facts(visit: Visit): TemplateResult {
    const texts = t().figures.facts;
    const facts: [string, string][] = [
      [texts.school, session.settings.school], [texts.teacher, visit.teacher_person?.name ?? visit.teacher], [texts.group, visit.group], [texts.subject, visit.subject],
      [texts.date, day(visit.started_at)], [texts.coach, visit.coach?.name ?? ''], [texts.lesson, this.budget ? clockTime(this.length) : ''], [texts.focus, visit.focus],
    ];
    return html`<dl class="figure-facts">${facts.filter(([, value]) => value).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
  }

  /** On paper the choices are not there to be seen. */
  private chosenText(): TemplateResult | typeof nothing {
    const parts = [
      this.range === 'whole' ? '' : (this.parts().find(([value]) => value === this.range && value !== OWN_PART)?.[1] ?? this.partText()),
      this.names().length > 1 ? (this.who || t().figures.filter.everybody) : '',
      this.subject ? subjectTitle(this.instruments, this.subject) : '',
      this.instrument ? words(this.instruments.find((one) => one.id === this.instrument)?.title) : '',
    ].filter((one) => one);
    return parts.length > 0 ? html`<p class="paper-only">${t().figures.filter.shown(parts.join(' · '))}</p>` : nothing;
  }

  /** What the rules of counting did with what is not whole: one plain sentence each. */
  private remarks(scene: Scene): TemplateResult | typeof nothing {
    const texts = t().figures.remarks;
    const refs = new Set(scene.looks.map((one) => one.ref));
    const rows = scene.budget.rows.filter((row) => row.part === 0 && refs.has(row.code));
    const sum = (pick: (row: (typeof rows)[number]) => number) => rows.reduce((total, row) => total + pick(row), 0);
    const [unfinished, overlapping, outside] = [sum((row) => row.unfinished), sum((row) => row.overlapping), sum((row) => row.outside)];
    const uncoded = scene.observations.filter((one) => one.code === null).length;
    const several = new Set(scene.observations.map((one) => one.observer)).size;
    const lines = [
      unfinished > 0 ? texts.unfinished(unfinished) : '', overlapping > 0 ? texts.overlapping(overlapping) : '', outside > 0 ? texts.outside(outside) : '',
      scene.budget.exclusive.count > 0 ? texts.exclusive(scene.budget.exclusive.count) : '', scene.budget.superseded > 0 ? texts.superseded(scene.budget.superseded) : '',
      uncoded > 0 ? texts.uncoded(uncoded) : '', several > 1 ? texts.several(several) : '',
    ].filter((one) => one);
    return lines.length > 0 ? html`<p class="notice remarks" data-test="remarks">${icon('help')}<span>${lines.join(' ')}</span></p>` : nothing;
  }

  /** The two codes that followed each other most. */
  private proposed(scene: Scene): [string, string] | null {
    const phases = new Set(scene.instruments.filter(isPhases).map((one) => one.id));
    const all = scene.budget.transitions;
    const usable = (index: number) => scene.looks.some((one) => one.ref === all!.codes[index] && !phases.has(one.instrument?.id ?? ''));
    const best = all?.cells.filter((one) => one.from !== one.to && one.count > 0 && usable(one.from) && usable(one.to)).sort((a, b) => b.count - a.count)[0];
    return best ? [all!.codes[best.from]!, all!.codes[best.to]!] : null;
  }

  private drawn(visit: Visit, budget: Budget): TemplateResult {
    const scene = this.sceneOf(visit, budget);
    const { tables } = this;
    const names = this.names();
    if (scene.observations.length === 0) {
      return html`<section class="card"><p class="empty">${t().figures.emptyFilter}</p><button type="button" @click=${() => this.showAll()}>${t().figures.all}</button></section>`;
    }
    return html`${this.remarks(scene)}
      <tb-figure-lesson .scene=${scene} ?tables=${tables}></tb-figure-lesson>
      <tb-figure-counts .scene=${scene} ?tables=${tables}></tb-figure-counts>
      <tb-figure-shares .scene=${scene} ?tables=${tables}></tb-figure-shares>
      <tb-figure-intervals .scene=${scene} ?tables=${tables}></tb-figure-intervals>
      <tb-figure-ratings .scene=${scene} .earlier=${this.earlier} ?tables=${tables}></tb-figure-ratings>
      <tb-figure-rate .scene=${scene} ?tables=${tables}></tb-figure-rate>
      <tb-figure-latency .scene=${scene} .proposed=${this.proposed(scene)} ?tables=${tables}></tb-figure-latency>
      <tb-figure-during .scene=${scene} ?tables=${tables}></tb-figure-during>
      <tb-figure-transitions .scene=${scene} ?tables=${tables}></tb-figure-transitions>
      ${names.length > 1 ? html`<tb-figure-observers .scene=${scene} .names=${names} .all=${this.observations} ?tables=${tables}></tb-figure-observers>` : nothing}
      ${this.own ? html`<tb-figure-visits .scene=${scene} .others=${this.others} ?tables=${tables}></tb-figure-visits>` : nothing}`;
  }

  private empty(visit: Visit): TemplateResult {
    const texts = t().figures;
    return html`<section class="card"><h2>${texts.emptyTitle}</h2><p>${texts.emptyText}</p>
      <div class="buttons">${visit.state === 'ended' ? nothing : html`<a class="button primary" href=${paths.record(visit.id)}>${texts.emptyRecord}</a>`}
        ${this.own && visit.started_at ? html`<a class="button" href=${paths.review(visit.id)}>${icon('play')}${texts.toReview}</a>` : nothing}</div></section>`;
  }

  private content(visit: Visit): TemplateResult {
    const texts = t().figures;
    const title = visitTitle(visit);
    const some = this.observations.length > 0;
    return html`<div class="page-head"><h1>${texts.of(title)}</h1>
        <div class="buttons no-print">
          ${some ? html`<button type="button" data-test="tables" aria-pressed=${String(this.tables)} @click=${() => (this.tables = !this.tables)}>${icon('list')}${this.tables ? texts.hideTables : texts.showTables}</button>
            ${this.excel && this.own ? html`<a class="button" data-test="excel" href=${observing.foreign(visit.id, this.excel)} download>${icon('download')}${texts.excel}</a>` : nothing}
            <button type="button" data-test="print" @click=${() => print()}>${icon('print')}${texts.print}</button>` : nothing}</div></div>
      ${this.facts(visit)}
      ${visit.state === 'running' ? html`<p class="small no-print">${texts.running}</p>` : nothing}
      ${!some ? this.empty(visit) : html`${this.filters()}${this.chosenText()}${this.budget ? this.drawn(visit, this.budget) : html`<p class="waiting">${t().common.loading}</p>`}`}`;
  }

  protected override render(): TemplateResult {
    const texts = t().figures;
    return html`<main class="page figures-page" id="main">
      ${this.own ? html`<p class="no-print"><a class="button quiet back" href=${paths.review(this.visitId)}>${icon('back')}${texts.toReview}</a></p>` : nothing}
      ${this.error && !this.budget
        ? html`<h1>${texts.title}</h1><div class="card problem" role="alert"><p>${errorText(this.error)}</p><div class="buttons"><button type="button" @click=${() => { this.error = null; void this.load(); }}>${t().common.retry}</button></div></div>`
        : this.visit ? this.content(this.visit) : html`<h1>${texts.title}</h1><p class="waiting">${t().common.loading}</p>`}
      <p class="purpose-line">${t().coaching.purpose}</p>
    </main>`;
  }
}
