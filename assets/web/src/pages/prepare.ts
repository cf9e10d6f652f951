// Voorbereiden: who, what to look for, with which kijkwijzers, and what is recorded. Saves while one types.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { t, words } from '../i18n';
import { account } from '../model/account';
import { ApiError, api } from '../model/api';
import { coaching } from '../model/coaching';
import type { Trajectory } from '../model/coaching-types';
import type { Disk, Instrument, InstrumentSummary, KnownPerson, Source, Visit, VisitFields } from '../model/types';
import { Part } from '../parts/base';
import { icon, shape } from '../parts/icons';
import '../parts/source-chooser';
import { complain, errorText } from '../parts/toast';
import { diskLine } from '../parts/track-status';
import { vars } from '../parts/vars';
import { canBeChosen } from '../model/instrument-file';
import { boardCodes } from '../model/instruments';
import { paths } from '../router';
import { visitTitle } from './visits';

const SAVE_AFTER_MS = 500;
/** Not of the asked form, may not, no longer there, not in this state. */
const REFUSED = new Set([400, 403, 404, 409]);

type TextField = 'teacher' | 'group' | 'subject' | 'title' | 'focus' | 'note';

@customElement('tb-prepare')
export class PreparePage extends Part {
  @property() visitId = '';
  @state() private visit: Visit | null = null;
  @state() private error: unknown = null;
  @state() private instruments: InstrumentSummary[] = [];
  @state() private opened = new Map<string, Instrument>();
  @state() private disk: Disk | null = null;
  @state() private teachers: KnownPerson[] = [];
  @state() private trajectories: Trajectory[] = [];
  @state() private saving: 'no' | 'waiting' | 'busy' | 'failed' | 'done' = 'no';
  private unsaved: VisitFields = {};
  private timer: ReturnType<typeof setTimeout> | null = null;
  private working: Promise<void> | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
    this.every(20000, () => void this.loadDisk());
    // Leaving the page must not lose what was typed in the last half second.
    this.atEnd(() => void this.save());
    this.on(window, 'pagehide', () => void this.save());
  }

  private async load(): Promise<void> {
    try {
      const [visit, instruments] = await Promise.all([api.visit(this.visitId), api.instruments()]);
      this.visit = visit;
      // The one to begin with goes first.
      this.instruments = instruments.filter((one) => canBeChosen(one) || visit.instruments.includes(one.id)).sort((a, b) => Number(b.default) - Number(a.default));
      this.error = null;
    } catch (error) {
      this.error = error;
    }
    await this.loadDisk();
    const people = await api.people().catch(() => []);
    this.teachers = people.filter((one) => one.roles.includes('teacher') && one.state !== 'disabled').sort((a, b) => a.name.localeCompare(b.name));
    const running = await coaching.trajectories().catch(() => null);
    this.trajectories = running?.trajectories.filter((one) => !one.closed_at && one.coach.id === account.person?.id) ?? [];
  }

  private async loadDisk(): Promise<void> {
    this.disk = await api.disk().catch(() => null);
  }

  private change(fields: VisitFields, at: 'now' | 'soon' = 'soon'): void {
    if (!this.visit) return;
    const { teacher_person: teacher, ...rest } = fields;
    this.visit = { ...this.visit, ...rest };
    if (teacher !== undefined) this.visit.teacher_person = this.teachers.find((one) => one.id === teacher) ?? null;
    this.unsaved = { ...this.unsaved, ...fields };
    this.saving = 'waiting';
    if (this.timer) clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.save(), at === 'now' ? 0 : SAVE_AFTER_MS);
  }

  /** Sends what was changed; one request at a time, so that a later one cannot be overtaken. */
  private async save(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    await this.working;
    const fields = this.unsaved;
    if (Object.keys(fields).length === 0) return;
    this.unsaved = {};
    this.saving = 'busy';
    this.working = api.changeVisit(this.visitId, fields).then(
      () => {
        this.saving = Object.keys(this.unsaved).length > 0 ? 'waiting' : 'done';
      },
      (error: unknown) => {
        if (error instanceof ApiError && REFUSED.has(error.status)) {
          // Asking again would not help; what the server holds is shown instead.
          this.saving = 'failed';
          complain(error);
          void this.load();
          return;
        }
        this.unsaved = { ...fields, ...this.unsaved };
        this.saving = 'failed';
        complain(error);
        if (this.isConnected) this.timer = setTimeout(() => void this.save(), 4000);
      },
    );
    await this.working;
    this.working = null;
  }

  private field(name: TextField, label: string, more: { placeholder?: string; help?: string; area?: boolean } = {}): TemplateResult {
    const value = this.visit![name];
    const typed = (event: Event) => this.change({ [name]: (event.target as HTMLInputElement).value });
    return html`<label class="field"><span>${label}</span>
      ${more.help ? html`<span class="small">${more.help}</span>` : nothing}
      ${more.area
        ? html`<textarea rows="2" maxlength="2000" name=${name} placeholder=${more.placeholder ?? nothing} .value=${value} @input=${typed}></textarea>`
        : html`<input name=${name} maxlength="200" autocomplete="off" placeholder=${more.placeholder ?? nothing} .value=${value} @input=${typed} />`}
    </label>`;
  }

  /** Whose lesson it is: an account, when there is one, so that it can be shared later; beside the name as it is written. */
  private teacherAccount(): TemplateResult | typeof nothing {
    const known = this.visit!.teacher_person;
    if (this.teachers.length === 0 && !known) return nothing;
    const all = known && !this.teachers.some((one) => one.id === known.id) ? [known, ...this.teachers] : this.teachers;
    const chosen = (event: Event) => {
      const id = (event.target as HTMLSelectElement).value || null;
      const person = all.find((one) => one.id === id);
      this.change({ teacher_person: id, ...(person && this.visit!.teacher.trim() === '' ? { teacher: person.name } : {}) }, 'now');
    };
    return html`<label class="field"><span>${t().prepare.teacherAccount}</span><select name="teacher_person" @change=${chosen}>
      <option value="">${t().prepare.noAccount}</option>${all.map((one) => html`<option value=${one.id} ?selected=${one.id === known?.id}>${one.name}</option>`)}</select></label>`;
  }

  /** Which trajectory of this teacher the visit belongs to. */
  private trajectory(): TemplateResult | typeof nothing {
    const visit = this.visit!;
    const known = visit.trajectory ?? null;
    const teacher = visit.teacher_person?.id;
    const fitting = this.trajectories.filter((one) => (teacher ? one.teacher_person?.id === teacher : !one.teacher_person && one.teacher.trim() === visit.teacher.trim()));
    const all = known && !fitting.some((one) => one.id === known.id) ? [known, ...fitting] : fitting;
    if (all.length === 0) return nothing;
    return html`<label class="field"><span>${t().trajectory.title}</span><select name="trajectory" @change=${(event: Event) => void this.chooseTrajectory((event.target as HTMLSelectElement).value || null)}>
        <option value="" ?selected=${!known}>${t().trajectory.noTrajectory}</option>${all.map((one) => html`<option value=${one.id} ?selected=${one.id === known?.id}>${one.question || t().trajectory.with(visit.teacher)}</option>`)}</select></label>
      ${known ? html`<p class="small"><a class="button quiet small" data-test="to-trajectory" href=${paths.trajectory(known.id)}>${icon('path')}${t().handover.toTrajectory}</a></p>` : nothing}`;
  }

  private async chooseTrajectory(id: string | null): Promise<void> {
    const before = this.visit?.trajectory?.id;
    // What was typed just now may be what makes the visit fit.
    await this.save();
    try {
      if (before) await coaching.removeFromTrajectory(before, this.visitId);
      if (id) await coaching.addToTrajectory(id, this.visitId);
      const chosen = this.trajectories.find((one) => one.id === id);
      this.visit = { ...this.visit!, trajectory: chosen ? { id: chosen.id, question: chosen.question, film_first: chosen.film_first } : null };
      this.saving = 'done';
    } catch (error) {
      complain(error);
      await this.load();
    }
  }

  private planned(): TemplateResult {
    const value = this.visit!.planned_at ? localInput(new Date(this.visit!.planned_at)) : '';
    return html`<label class="field"><span>${t().prepare.plannedAt}</span>
      <input type="datetime-local" name="planned_at" .value=${value} @change=${(event: Event) => {
        const text = (event.target as HTMLInputElement).value;
        this.change({ planned_at: text === '' ? null : new Date(text).toISOString() });
      }} /></label>`;
  }

  private toggleInstrument(id: string, wanted: boolean): void {
    const chosen = this.visit!.instruments.filter((one) => one !== id);
    if (wanted) chosen.push(id);
    if (chosen.length === 0) {
      complain(new Error(t().prepare.atLeastOne));
      this.requestUpdate();
      return;
    }
    // In the order of the list, so that the board looks the same each time.
    this.change({ instruments: this.instruments.map((one) => one.id).filter((one) => chosen.includes(one)) }, 'now');
  }

  private async toggleCodes(id: string): Promise<void> {
    const opened = new Map(this.opened);
    if (!opened.delete(id)) {
      try {
        // Of a chosen one the version that this visit uses.
        const newest = () => api.instrument(id);
        opened.set(id, await (this.visit!.instruments.includes(id) ? api.visitInstrument(this.visitId, id).catch(newest) : newest()));
      } catch (error) {
        complain(error);
      }
    }
    this.opened = opened;
  }

  private codes(instrument: Instrument): TemplateResult {
    const texts = t().prepare;
    return html`<ul class="codes">${boardCodes([instrument]).map((one) => html`<li ${vars({ '--code-color': one.color })}>
      <p class="code-title">${shape(one.shape)}<strong>${words(one.code.title)}</strong>
        <span class="small">${words(one.domain.title)} · ${t().kijkwijzer.kinds[one.code.kind]}</span></p>
      ${one.code.help?.counts ? html`<p><b>${texts.counts}:</b> ${words(one.code.help.counts)}</p>` : nothing}
      ${one.code.help?.not ? html`<p><b>${texts.countsNot}:</b> ${words(one.code.help.not)}</p>` : nothing}
    </li>`)}</ul>`;
  }

  private instrumentCard(one: InstrumentSummary): TemplateResult {
    const visit = this.visit!;
    const chosen = visit.instruments.includes(one.id);
    const opened = this.opened.get(one.id);
    const kinds = (one.kinds ?? []).map((kind) => t().kijkwijzer.kinds[kind]);
    return html`<li class="instrument ${chosen ? 'chosen' : ''}">
      <label class="check"><input type="checkbox" .checked=${chosen} ?disabled=${chosen && visit.observations > 0}
        @change=${(event: Event) => this.toggleInstrument(one.id, (event.target as HTMLInputElement).checked)} />
        <strong>${words(one.title)}</strong></label>
      <p class="small">${words(one.description)}</p>
      ${kinds.length > 0 ? html`<p class="small kinds" data-test="kinds">${kinds.join(' · ')}</p>` : nothing}
      <button type="button" class="small quiet" aria-expanded=${String(opened !== undefined)} @click=${() => void this.toggleCodes(one.id)}>
        ${opened ? t().prepare.hideCodes : t().prepare.lookAtCodes(one.codes)}</button>
      ${opened ? this.codes(opened) : nothing}
    </li>`;
  }

  /** Those of the school apart from those that come with Terugblik; without any of its own there is nothing to tell apart. */
  private instrumentGroups(): TemplateResult {
    const own = this.instruments.filter((one) => one.own);
    const list = (some: InstrumentSummary[]) => html`<ul class="instruments">${some.map((one) => this.instrumentCard(one))}</ul>`;
    if (own.length === 0) return list(this.instruments);
    return html`<h3>${t().kijkwijzer.own}</h3>${list(own)}<h3>${t().kijkwijzer.bundled}</h3>${list(this.instruments.filter((one) => !one.own))}`;
  }

  private saved(): TemplateResult | typeof nothing {
    const texts = t().common;
    const text = { no: '', waiting: texts.saving, busy: texts.saving, failed: texts.notSaved, done: texts.saved }[this.saving];
    return html`<span class="small save-state" role="status" data-test="save-state">${this.saving === 'done' ? icon('check') : nothing}${text}</span>`;
  }

  protected override render(): TemplateResult {
    const texts = t().prepare;
    const visit = this.visit;
    if (!visit) {
      return html`<main class="page" id="main">${this.error
        ? html`<div class="card problem" role="alert"><p>${errorText(this.error)}</p>
            <div class="buttons"><button type="button" @click=${() => void this.load()}>${t().common.retry}</button><a class="button" href="/">${t().nav.visits}</a></div></div>`
        : html`<p class="waiting">${t().common.loading}</p>`}</main>`;
    }
    const ended = visit.state === 'ended';
    return html`<main class="page prepare" id="main">
      <div class="page-head">
        <div><h1>${ended ? texts.titleEnded : texts.title}</h1><p class="small">${visitTitle(visit)} ${this.saved()}</p></div>
      </div>
      <section class="card"><h2>${texts.about}</h2>
        <div class="columns">
          ${this.field('teacher', texts.teacher)} ${this.teacherAccount()} ${this.field('group', texts.group, { placeholder: texts.groupExample })}
          ${this.field('subject', texts.subject, { placeholder: texts.subjectExample })} ${this.planned()}
        </div>
        ${this.trajectory()}
        ${this.field('focus', texts.focus, { help: texts.focusHelp, placeholder: texts.focusExample, area: true })}
        <div class="columns">${this.field('note', texts.note, { area: true })} ${this.field('title', texts.visitTitle)}</div>
      </section>
      <section class="card"><h2>${texts.instruments}</h2>
        <p class="small">${visit.observations > 0 ? texts.instrumentsFixed : texts.instrumentsHelp}</p>
        ${this.instrumentGroups()}
        <p class="buttons"><a class="button small" data-test="to-instruments" href=${paths.instruments}>${icon('grid')}${texts.toInstruments}</a></p>
      </section>
      <section class="card"><h2>${t().observers.link}</h2>
        <p class="small">${texts.besideHelp}</p>
        <p class="buttons"><a class="button small" data-test="to-observers" href=${paths.observers(visit.id)}>${icon('people')}${t().observers.title}</a></p>
      </section>
      ${ended
        ? nothing
        : html`<section class="card"><h2>${texts.sources}</h2>
            <tb-source-chooser .sources=${visit.sources} @change-sources=${(event: CustomEvent<Source[]>) => this.change({ sources: event.detail }, 'now')}></tb-source-chooser>
            ${diskLine(this.disk)}
          </section>`}
      <div class="prepare-foot">
        <a class="button quiet" href="/">${icon('back')}${texts.backToVisits}</a>
        ${ended
          ? html`<a class="button primary big" href=${paths.review(visit.id)}>${texts.toReview}${icon('next')}</a>`
          : html`<a class="button primary big" data-test="to-lesson" href=${paths.record(visit.id)} @click=${() => void this.save()}>${texts.toLesson}${icon('next')}</a>`}
      </div>
    </main>`;
  }
}

/** What a datetime-local field wants: local time without a zone. */
function localInput(date: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`;
}
