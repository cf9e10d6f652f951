// Afspraken: what coach and teacher agree, in the words of the teacher; who, when, and whether it came about.
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { t, words } from '../i18n';
import { account } from '../model/account';
import { api } from '../model/api';
import { coaching } from '../model/coaching';
import type { Agreement, AgreementFields, Outcome } from '../model/coaching-types';
import { longDate } from '../model/format';
import { boardCodes, type BoardCode } from '../model/instruments';
import { instrumentsOf } from '../model/seen';
import type { Named } from '../model/types';
import { navigate, paths } from '../router';
import { Part } from './base';
import { icon, shape } from './icons';
import './note-field';
import { complain, confirm, say } from './toast';
import { vars } from './vars';

const OUTCOMES: Outcome[] = ['kept', 'partly', 'not'];
/** characters of the line about how it went */
const NOTE_MAX = 400;
/** Everybody without an account is written down by name. */
const OTHER = 'other';

/** What is being written; `id` null: a new one. */
interface Draft {
  id: string | null;
  visit: string;
  text: string;
  /** id of a person, OTHER, or '' */
  who: string;
  name: string;
  /** YYYY-MM-DD, as a date field has it */
  due: string;
  codes: string[];
}

/** What is known of a visit for choosing who and what. */
interface Choice {
  people: Named[];
  teacher: string;
  codes: BoardCode[];
}

/** Midnight of that day here: the day stays the same when it is read back. */
function dueAt(date: string): string | null {
  return date === '' ? null : new Date(`${date}T00:00:00`).toISOString();
}

function dateField(text: string | null): string {
  if (!text) return '';
  const when = new Date(text);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${when.getFullYear()}-${two(when.getMonth() + 1)}-${two(when.getDate())}`;
}

/** Events: `changed` after anything was kept (detail: the agreements as they are now). */
@customElement('tb-agreements')
export class Agreements extends Part {
  /** where new ones are added; without it none are */
  @property() visitId = '';
  @property({ attribute: false }) agreements: Agreement[] = [];
  @property({ type: Boolean }) editable = false;
  /** to be read from across the room: what was agreed, and no more */
  @property({ type: Boolean, reflect: true }) large = false;
  /** from several visits: says of each which */
  @property({ type: Boolean }) several = false;
  /** the visit that is planned already: without it one is made when an agreement becomes a question */
  @property({ attribute: false }) next: { id: string; focus: string } | null = null;
  @state() private rows: Agreement[] = [];
  @state() private draft: Draft | null = null;
  @state() private busy = false;
  @state() private problem = '';
  @state() private readonly choices = new Map<string, Choice>();
  private toFocus = '';
  /** What is said of how it went is sent in the order in which it was said. */
  private turn: Promise<void> = Promise.resolve();
  /** by agreement; for who takes an outcome back and chooses again */
  private readonly notes = new Map<string, string>();

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('agreements')) return;
    this.rows = this.agreements;
    if (this.large) return;
    for (const visit of new Set(this.rows.filter((one) => one.codes.length > 0).map((one) => one.visit))) void this.learn(visit);
  }

  /** Names of codes and people of a visit, once. Who may not see the visit chooses by name. */
  private async learn(visit: string): Promise<Choice> {
    const known = this.choices.get(visit);
    if (known) return known;
    const choice: Choice = { people: account.person ? [{ id: account.person.id, name: account.person.name }] : [], teacher: '', codes: [] };
    this.choices.set(visit, choice);
    try {
      const found = await api.visit(visit);
      choice.people = [found.teacher_person, found.coach].filter((one) => one !== null);
      choice.teacher = found.teacher_person ? '' : found.teacher;
      choice.codes = boardCodes(await instrumentsOf(found));
    } catch {
      // what is known of oneself is enough to write an agreement down
    }
    this.requestUpdate();
    return choice;
  }

  private take(rows: Agreement[]): void {
    this.rows = rows;
    this.dispatchEvent(new CustomEvent('changed', { detail: rows }));
  }

  private put(one: Agreement): void {
    const known = this.rows.some((each) => each.id === one.id);
    this.take(known ? this.rows.map((each) => (each.id === one.id ? one : each)) : [...this.rows, one]);
  }

  private async attempt(run: () => Promise<void>): Promise<boolean> {
    this.busy = true;
    try {
      await run();
      return true;
    } catch (error) {
      complain(error);
      return false;
    } finally {
      this.busy = false;
    }
  }

  private async begin(one: Agreement | null): Promise<void> {
    const visit = one?.visit ?? this.visitId;
    this.problem = '';
    const named = one && one.who.id === null && one.who.name !== '';
    this.draft = {
      id: one?.id ?? null, visit, text: one?.text ?? '', who: one?.who.id ?? (named ? OTHER : ''), name: named ? one.who.name : '',
      due: dateField(one?.due_at ?? null), codes: [...(one?.codes ?? [])],
    };
    this.toFocus = 'textarea';
    const choice = await this.learn(visit);
    // What is agreed is mostly the teacher's to do.
    if (!one && this.draft?.id === null && this.draft.who === '') {
      const teacher = choice.people.find((each) => each.id !== account.person?.id || !account.has('coach'));
      if (choice.teacher) this.draft = { ...this.draft, who: OTHER, name: choice.teacher };
      else if (teacher) this.draft = { ...this.draft, who: teacher.id };
    }
  }

  private async keep(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const draft = this.draft;
    if (!draft || this.busy) return;
    if (draft.text.trim() === '') {
      this.problem = t().agreements.needText;
      this.querySelector('textarea')?.focus();
      return;
    }
    const person = draft.who !== '' && draft.who !== OTHER ? draft.who : null;
    const fields: AgreementFields = {
      text: draft.text.trim(), who_person: person, due_at: dueAt(draft.due), codes: draft.codes,
      ...(person ? {} : { who: draft.who === OTHER ? draft.name.trim() : '' }),
    };
    const kept = await this.attempt(async () => {
      this.put(draft.id ? await coaching.changeAgreement(draft.visit, draft.id, fields) : await coaching.addAgreement(draft.visit, fields));
    });
    if (!kept) return;
    this.draft = null;
    this.toFocus = '[data-test=add-agreement]';
  }

  private async drop(one: Agreement): Promise<void> {
    const gone = await this.attempt(async () => {
      await coaching.removeAgreement(one.visit, one.id);
      this.take(this.rows.filter((each) => each.id !== one.id));
    });
    if (!gone) return;
    const again = () => void this.attempt(async () => {
      let back = await coaching.addAgreement(one.visit, {
        text: one.text, who_person: one.who.id, ...(one.who.id ? {} : { who: one.who.name }), due_at: one.due_at, codes: one.codes,
      });
      if (one.outcome) back = await coaching.setOutcome(one.visit, back.id, one.outcome, one.outcome_note);
      this.put(back);
    });
    say(t().agreements.removed, { label: t().common.undo, run: again });
  }

  /** CHANGE gets the agreement as it is when its turn has come; null: nothing to say any more. */
  private tellOutcome(id: string, change: (now: Agreement) => { outcome: Outcome | null; note: string } | null): Promise<void> {
    const run = this.turn.then(async () => {
      const now = this.rows.find((each) => each.id === id);
      const wanted = now && change(now);
      if (wanted) this.put(await coaching.setOutcome(now.visit, id, wanted.outcome, wanted.note));
    });
    this.turn = run.catch(() => undefined);
    return run;
  }

  private setOutcome(one: Agreement, outcome: Outcome): void {
    const taken = one.outcome === outcome;
    void this.attempt(() => this.tellOutcome(one.id, (now) => {
      if (now.outcome) this.notes.set(now.id, now.outcome_note);
      return taken ? { outcome: null, note: '' } : { outcome, note: this.notes.get(now.id) ?? '' };
    }));
  }

  private setNote(id: string, note: string): Promise<void> {
    return this.tellOutcome(id, (now) => (now.outcome ? { outcome: now.outcome, note: note.trim() } : null));
  }

  private async become(one: Agreement): Promise<void> {
    const texts = t().agreements;
    const next = this.next && this.next.id !== one.visit ? this.next : null;
    if (next?.focus && !(await confirm(texts.replaceQuestion, texts.replaceText(next.focus), texts.replace))) return;
    await this.attempt(async () => {
      const { agreement, visit } = await coaching.becomeFocus(one.visit, one.id, next?.id ?? null);
      this.put(agreement);
      say(texts.became(visit.title), { label: t().agreements.toPrepare, run: () => navigate(paths.prepare(visit.id)) });
    });
  }

  protected override updated(): void {
    if (this.toFocus === '') return;
    this.querySelector<HTMLElement>(this.toFocus)?.focus();
    this.toFocus = '';
  }

  private code(visit: string, ref: string): TemplateResult {
    const code = this.choices.get(visit)?.codes.find((one) => one.ref === ref);
    return html`<span class="code-chip" ${vars({ '--code-color': code?.color ?? '#5b534b' })}>${shape(code?.shape ?? 'circle')}${code ? words(code.code.short) : ref.split('/')[1] ?? ref}</span>`;
  }

  private facts(one: Agreement): TemplateResult | typeof nothing {
    const texts = t().agreements;
    const parts = [one.who.name, one.due_at ? texts.dueBy(longDate(new Date(one.due_at))) : ''].filter((part) => part);
    return html`${parts.length > 0 ? html`<p class="agreement-facts">${parts.join(' · ')}</p>` : nothing}
      ${this.several && one.visit_title ? html`<p class="small">${texts.of(one.visit_title)}</p>` : nothing}
      ${one.codes.length > 0 && !this.large && this.choices.has(one.visit) ? html`<p class="code-chips">${one.codes.map((ref) => this.code(one.visit, ref))}</p>` : nothing}`;
  }

  private outcome(one: Agreement): TemplateResult | typeof nothing {
    const texts = t().agreements;
    if (!this.editable) {
      return one.outcome
        ? html`<p class="outcome" data-outcome=${one.outcome}>${texts.outcomes[one.outcome]}</p>${one.outcome_note ? html`<p class="outcome-note" data-test="outcome-note">${one.outcome_note}</p>` : nothing}`
        : nothing;
    }
    return html`<div class="agreement-outcome" role="group" aria-label=${texts.outcome}><span class="small">${texts.outcome}</span>
      ${OUTCOMES.map((each) => html`<button type="button" class="chip" data-outcome=${each} ?disabled=${this.busy} aria-pressed=${String(one.outcome === each)}
        @click=${() => this.setOutcome(one, each)}>${texts.outcomes[each]}</button>`)}</div>
      ${one.outcome
        ? html`<tb-note-field class="outcome-note" label=${texts.outcomeNote} test="outcome-note" rows="2" max=${NOTE_MAX} of=${one.id} .text=${one.outcome_note}
            .save=${(note: string) => this.setNote(one.id, note)}></tb-note-field>`
        : nothing}`;
  }

  private nextVisit(one: Agreement): TemplateResult | typeof nothing {
    const texts = t().agreements;
    const became = one.became_visit;
    if (became) {
      const title = became.title || texts.theNext;
      return html`<p class="small">${icon('next')}${texts.becameOf} ${account.has('coach') ? html`<a href=${paths.prepare(became.id)}>${title}</a>` : title}</p>`;
    }
    if (!this.editable || !account.has('coach')) return nothing;
    return html`<button type="button" class="small" data-test="become-focus" ?disabled=${this.busy} @click=${() => void this.become(one)}>${icon('eye')}${texts.become}</button>`;
  }

  private row(one: Agreement): TemplateResult {
    const texts = t().agreements;
    if (this.draft?.id === one.id) return html`<li class="agreement">${this.form(this.draft)}</li>`;
    return html`<li class="agreement" data-agreement=${one.id} data-outcome=${one.outcome ?? nothing}>
      <p class="agreement-text">${one.text}</p>${this.facts(one)} ${this.large ? nothing : this.outcome(one)}
      <div class="buttons">${this.large ? nothing : this.nextVisit(one)}
        ${this.editable
          ? html`<button type="button" class="icon-only quiet" data-test="edit-agreement" aria-label=${texts.edit(one.text)} title=${t().review.edit} @click=${() => void this.begin(one)}>${icon('edit')}</button>
              <button type="button" class="icon-only quiet" data-test="remove-agreement" aria-label=${texts.remove(one.text)} title=${t().common.remove} ?disabled=${this.busy} @click=${() => void this.drop(one)}>${icon('trash')}</button>`
          : nothing}</div>
    </li>`;
  }

  private change(fields: Partial<Draft>): void {
    if (this.draft) this.draft = { ...this.draft, ...fields };
  }

  private form(draft: Draft): TemplateResult {
    const texts = t().agreements;
    const choice = this.choices.get(draft.visit);
    const text = (event: Event) => (event.target as HTMLInputElement).value;
    return html`<form class="agreement-form" data-test="agreement-form" @submit=${(event: SubmitEvent) => void this.keep(event)}>
      <label class="field"><span>${texts.text}</span>
        <textarea rows="3" maxlength="4000" name="agreement" placeholder=${texts.example} .value=${draft.text} @input=${(event: Event) => this.change({ text: text(event) })}></textarea></label>
      ${this.problem ? html`<p class="field-problem" role="alert">${icon('warn')}${this.problem}</p>` : nothing}
      <div class="columns">
        <label class="field"><span>${texts.who}</span>
          <select name="who" @change=${(event: Event) => this.change({ who: text(event) })}>
            <option value="" ?selected=${draft.who === ''}>${texts.whoNobody}</option>
            ${choice?.people.map((one) => html`<option value=${one.id} ?selected=${draft.who === one.id}>${one.name}</option>`)}
            <option value=${OTHER} ?selected=${draft.who === OTHER}>${texts.whoOther}</option>
          </select></label>
        ${draft.who === OTHER
          ? html`<label class="field"><span>${texts.whoName}</span><input name="who-name" maxlength="200" .value=${draft.name} @input=${(event: Event) => this.change({ name: text(event) })} /></label>`
          : nothing}
        <label class="field"><span>${texts.due}</span><input type="date" name="due" .value=${draft.due} @input=${(event: Event) => this.change({ due: text(event) })} /></label>
      </div>
      ${choice && choice.codes.length > 0 ? this.codeChoice(draft, choice.codes) : nothing}
      <div class="buttons"><button type="submit" class="primary" data-test="keep-agreement" ?disabled=${this.busy}>${t().common.save}</button>
        <button type="button" class="quiet" @click=${() => { this.draft = null; this.toFocus = '[data-test=add-agreement]'; }}>${t().common.cancel}</button></div>
    </form>`;
  }

  private codeChoice(draft: Draft, codes: BoardCode[]): TemplateResult {
    const texts = t().agreements;
    const flip = (ref: string) => this.change({ codes: draft.codes.includes(ref) ? draft.codes.filter((one) => one !== ref) : [...draft.codes, ref] });
    return html`<details class="code-choice" ?open=${draft.codes.length > 0}><summary>${icon('eye')}${texts.codes}</summary><p class="small">${texts.codesHelp}</p>
      <div class="chips" role="group" aria-label=${texts.codes}>${codes.map((one) => html`<button type="button" class="chip" data-code-ref=${one.ref} aria-pressed=${String(draft.codes.includes(one.ref))}
        ${vars({ '--code-color': one.color })} @click=${() => flip(one.ref)}>${shape(one.shape)}${words(one.code.short)}</button>`)}</div></details>`;
  }

  protected override render(): TemplateResult {
    const texts = t().agreements;
    const adding = this.draft?.id === null;
    return html`${this.rows.length === 0
        ? adding ? nothing : html`<p class="empty">${texts.none}${this.editable && this.visitId ? html` ${texts.noneHelp}` : nothing}</p>`
        : html`<ul class="agreements">${this.rows.map((one) => this.row(one))}</ul>`}
      ${this.editable && this.visitId
        ? adding
          ? this.form(this.draft!)
          : html`<button type="button" data-test="add-agreement" @click=${() => void this.begin(null)}>${icon('plus')}${texts.add}</button>`
        : nothing}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tb-agreements': Agreements;
  }
}
