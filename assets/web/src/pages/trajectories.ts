// Trajecten: what runs and what comes next in each, what was closed, and how one begins: a coach invites, a teacher asks.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { t } from '../i18n';
import { account } from '../model/account';
import { api } from '../model/api';
import { coaching } from '../model/coaching';
import type { Handover, Trajectory, TrajectoryAnswer } from '../model/coaching-types';
import { day } from '../model/format';
import { nextStep, openAgreements, otherName, sideIn, type Step } from '../model/trajectory-stand';
import { followTrajectories } from '../model/trajectory-news';
import type { Named } from '../model/types';
import { Part } from '../parts/base';
import '../parts/handover-answer';
import { icon } from '../parts/icons';
import { nextStepLine } from '../parts/next-step';
import { complain, errorText } from '../parts/toast';
import { navigate, paths } from '../router';

interface Stand {
  answer: TrajectoryAnswer;
  step: Step | null;
}

type Beginning = 'invite' | 'ask';

/** Chosen in the place of an account. */
const BY_NAME = 'name';

@customElement('tb-trajectories')
export class Trajectories extends Part {
  @state() private trajectories: Trajectory[] | null = null;
  @state() private handovers: Handover[] = [];
  @state() private stands = new Map<string, Stand>();
  @state() private error: unknown = null;
  @state() private beginning: Beginning | null = null;
  /** who can be invited or asked */
  @state() private people: Named[] = [];
  @state() private chosen = '';
  @state() private busy = false;
  private turn = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
    this.atEnd(followTrajectories(() => true, () => void this.load()));
    this.on(account, 'return', () => void this.load());
  }

  private async load(): Promise<void> {
    const turn = ++this.turn;
    try {
      const answer = await coaching.trajectories();
      if (turn !== this.turn) return;
      this.trajectories = answer.trajectories;
      this.handovers = answer.handovers;
      this.error = null;
    } catch (error) {
      if (turn === this.turn) this.error = error;
      return;
    }
    // One after the other: what comes next may be looked up while the list can be read.
    for (const one of this.trajectories.filter((each) => !each.closed_at)) {
      const answer = await coaching.trajectory(one.id).catch(() => null);
      const step = answer && (await nextStep(answer).catch(() => null));
      if (turn !== this.turn) return;
      if (answer) this.stands = new Map(this.stands).set(one.id, { answer, step });
    }
  }

  private async begin(kind: Beginning): Promise<void> {
    this.beginning = kind;
    this.chosen = '';
    const own = account.person?.id;
    try {
      const known = kind === 'ask' ? await coaching.coaches() : (await api.people()).filter((one) => one.roles.includes('teacher') && one.state !== 'disabled');
      this.people = known.filter((one) => one.id !== own).sort((a, b) => a.name.localeCompare(b.name));
      if (kind === 'ask' && this.people.length === 1) this.chosen = this.people[0]!.id;
      if (kind === 'invite' && this.people.length === 0) this.chosen = BY_NAME;
    } catch (error) {
      complain(error);
    }
    await this.updateComplete;
    this.querySelector<HTMLElement>('.begin select, .begin input')?.focus();
  }

  private async submit(event: Event): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const text = (name: string) => String(form.get(name) ?? '').trim();
    const fields = this.beginning === 'ask'
      ? { origin: 'request' as const, coach: text('coach'), question: text('question') }
      : { origin: 'invitation' as const, question: text('question'), film_first: form.has('film_first'), ...(this.chosen === BY_NAME ? { teacher: text('teacher') } : { teacher_person: this.chosen }) };
    this.busy = true;
    try {
      const made = await coaching.addTrajectory(fields);
      navigate(paths.trajectory(made.id));
    } catch (error) {
      complain(error);
    } finally {
      this.busy = false;
    }
  }

  private invitePeople(): TemplateResult {
    const texts = t().trajectories;
    const option = (value: string, label: string) => html`<option value=${value} ?selected=${this.chosen === value}>${label}</option>`;
    return html`<label class="field"><span>${texts.teacher}</span><select name="teacher_person" required @change=${(event: Event) => (this.chosen = (event.target as HTMLSelectElement).value)}>
        ${option('', texts.chooseTeacher)}${this.people.map((one) => option(one.id, one.name))}${option(BY_NAME, texts.byName)}</select></label>
      ${this.chosen === BY_NAME ? html`<label class="field"><span>${texts.teacherName}</span><span class="small">${texts.teacherNameHelp}</span><input name="teacher" required maxlength="200" autocomplete="off" /></label>` : nothing}`;
  }

  private coachChoice(): TemplateResult {
    const texts = t().trajectories;
    return html`<label class="field"><span>${texts.coach}</span><select name="coach" required>
      <option value="" ?selected=${this.chosen === ''}>${texts.chooseCoach}</option>${this.people.map((one) => html`<option value=${one.id} ?selected=${one.id === this.chosen}>${one.name}</option>`)}</select></label>`;
  }

  private form(kind: Beginning): TemplateResult {
    const texts = t().trajectories;
    const ask = kind === 'ask';
    return html`<section class="card begin" aria-labelledby="begin-title"><h2 id="begin-title">${ask ? texts.askTitle : texts.inviteTitle}</h2>
      <p>${ask ? texts.askText : texts.inviteText}</p>
      <form @submit=${(event: Event) => void this.submit(event)}>
        ${ask ? this.coachChoice() : this.invitePeople()}
        <label class="field"><span>${ask ? texts.helpQuestion : texts.question}</span><span class="small">${ask ? texts.helpQuestionHelp : texts.questionHelp}</span>
          <textarea name="question" rows="3" maxlength="2000" ?required=${ask} placeholder=${texts.questionExample}></textarea></label>
        ${ask || this.chosen === BY_NAME ? nothing : html`<label class="check"><input type="checkbox" name="film_first" /><span>${t().trajectory.filmFirst}<span class="small block">${t().trajectory.filmFirstHelp}</span></span></label>`}
        <div class="buttons"><button class="primary" data-test="begin" ?disabled=${this.busy}>${ask ? texts.sendAsk : texts.sendInvite}</button>
          <button type="button" class="quiet" @click=${() => (this.beginning = null)}>${t().common.cancel}</button></div>
      </form></section>`;
  }

  private card(one: Trajectory): TemplateResult {
    const texts = t().trajectories;
    const side = sideIn(one, account.person?.id);
    const other = otherName(one, side);
    const stand = one.closed_at ? undefined : this.stands.get(one.id);
    const open = stand ? openAgreements(stand.answer.agreements).length : 0;
    return html`<li class="card trajectory-card" data-trajectory=${one.id}>
      <a class="trajectory-main" href=${paths.trajectory(one.id)}>
        <span class="small">${side === 'coach' ? texts.withTeacher : texts.withCoach}</span>
        <strong>${other}</strong>
        ${one.question ? html`<span class="leervraag">${one.question}</span>` : nothing}
        <span class="small">${one.closed_at ? texts.closedOn(day(one.closed_at)) : texts.counts(one.visits, open)}</span>
      </a>
      ${one.handover_asked ? html`<p class="small handover-note">${icon('share')}${texts.handoverAsked}</p>` : nothing}
      ${stand ? nextStepLine(one.id, stand.step, other) : nothing}
    </li>`;
  }

  private empty(): TemplateResult {
    const texts = t().trajectories;
    const coach = account.has('coach');
    return html`<section class="card empty-start"><h2>${texts.emptyTitle}</h2>
      <ol>${(coach ? texts.emptyCoach : texts.emptyTeacher).map((step) => html`<li>${step}</li>`)}</ol>
      ${this.beginButtons(true)}</section>`;
  }

  private beginButtons(big = false): TemplateResult | typeof nothing {
    const texts = t().trajectories;
    if (this.beginning) return nothing;
    const button = (kind: Beginning, label: string, primary: boolean) =>
      html`<button type="button" class="${primary ? 'primary' : ''} ${big ? 'big' : ''}" data-test=${kind} @click=${() => void this.begin(kind)}>${icon(kind === 'ask' ? 'speech' : 'plus')}${label}</button>`;
    const coach = account.has('coach');
    return html`<div class="buttons">${coach ? button('invite', texts.invite, true) : nothing}${account.has('teacher') ? button('ask', texts.ask, !coach) : nothing}</div>`;
  }

  private lists(all: Trajectory[]): TemplateResult {
    const texts = t().trajectories;
    const running = all.filter((one) => !one.closed_at);
    const closed = all.filter((one) => one.closed_at);
    return html`
      ${all.length === 0 && !this.beginning ? this.empty() : nothing}
      ${running.length > 0 ? html`<section aria-labelledby="running"><h2 id="running">${texts.running}</h2><ul class="plain-list" data-test="running">${running.map((one) => this.card(one))}</ul></section>` : nothing}
      ${running.length === 0 && closed.length > 0 && !this.beginning ? html`<p class="empty">${texts.noneRunning}</p>` : nothing}
      ${closed.length > 0 ? html`<section aria-labelledby="closed"><h2 id="closed">${texts.closed}</h2><ul class="plain-list" data-test="closed">${closed.map((one) => this.card(one))}</ul></section>` : nothing}`;
  }

  protected override render(): TemplateResult {
    const texts = t().trajectories;
    const own = account.person?.id;
    const asked = this.handovers.filter((one) => one.state === 'asked' && one.teacher.id === own);
    return html`<main class="page" id="main">
      <div class="page-head"><h1>${texts.title}</h1>${this.trajectories && this.trajectories.length > 0 ? this.beginButtons() : nothing}</div>
      ${asked.map((one) => html`<tb-handover-answer .handover=${one} @answered=${() => void this.load()}></tb-handover-answer>`)}
      ${this.beginning ? this.form(this.beginning) : nothing}
      ${this.error ? html`<div class="card problem" role="alert"><p>${errorText(this.error)}</p><button type="button" @click=${() => void this.load()}>${t().common.retry}</button></div>` : nothing}
      ${this.trajectories ? this.lists(this.trajectories) : this.error ? nothing : html`<p class="waiting">${t().common.loading}</p>`}
      ${account.has('coach') ? html`<p><a class="button quiet" href=${paths.handover}>${icon('share')}${t().handover.title}</a> <a class="button quiet" href=${paths.questions}>${icon('speech')}${t().questions.title}</a></p>` : nothing}
      <p class="purpose-line">${t().coaching.purpose}</p>
    </main>`;
  }
}
