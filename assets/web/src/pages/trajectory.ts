// Traject: the leervraag, visits and talks in a line, what was agreed and came of it, and the same kijkwijzer over visits.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { t } from '../i18n';
import { account } from '../model/account';
import { api } from '../model/api';
import { coaching } from '../model/coaching';
import type { Agreement, Plot, Side, Trajectory, TrajectoryAnswer, TrajectoryVisit } from '../model/coaching-types';
import { dateTime, day } from '../model/format';
import { handedReports, nextPlanned, nextStep, openAgreements, otherName, sharedVisits, stageOf, trajectoriesOfVisits, type Stage, type Step } from '../model/trajectory-stand';
import { followTrajectories, type CoachingNews } from '../model/trajectory-news';
import type { VisitSummary } from '../model/types';
import '../parts/agreements';
import { Part } from '../parts/base';
import '../parts/handed-report';
import '../parts/handover-answer';
import { icon, type IconName } from '../parts/icons';
import { nextStepLine, planVisit } from '../parts/next-step';
import '../parts/small-plots';
import { complain, confirm, errorText, say } from '../parts/toast';
import { paths } from '../router';
import { visitTitle } from './visits';

const MOST_VISITS = 100;

@customElement('tb-trajectory')
export class TrajectoryPage extends Part {
  @property() trajectoryId = '';
  @state() private answer: TrajectoryAnswer | null = null;
  @state() private shared = new Set<string>();
  @state() private step: Step | null = null;
  @state() private plots: Plot[] = [];
  @state() private error: unknown = null;
  @state() private editing = false;
  /** visits that could be put in the line; null while not asked for */
  @state() private others: VisitSummary[] | null = null;
  private turn = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
    this.atEnd(followTrajectories((news) => this.concerns(news), () => void this.load()));
    this.on(account, 'return', () => void this.load());
  }

  private concerns(news: CoachingNews): boolean {
    return news.trajectory === this.trajectoryId || (this.answer?.visits.some((one) => one.id === news.visit) ?? false);
  }

  private async load(): Promise<void> {
    const turn = ++this.turn;
    try {
      const answer = await coaching.trajectory(this.trajectoryId);
      if (turn !== this.turn) return;
      this.answer = answer;
      this.error = null;
      const shared = await sharedVisits(answer.visits, answer.side);
      const step = await nextStep(answer, shared);
      if (turn !== this.turn) return;
      this.shared = shared;
      this.step = step;
    } catch (error) {
      if (turn === this.turn) this.error = error;
      return;
    }
    const plots = await coaching.plots(this.trajectoryId).catch(() => []);
    if (turn === this.turn) this.plots = plots;
  }

  private async work(what: () => Promise<unknown>, done?: string, undo?: () => Promise<unknown>): Promise<void> {
    try {
      await what();
      if (done) say(done, undo && { label: t().common.undo, run: () => void this.work(undo) });
    } catch (error) {
      complain(error);
    }
    await this.load();
  }

  // --- the leervraag

  private async saveQuestion(event: Event): Promise<void> {
    event.preventDefault();
    const question = String(new FormData(event.target as HTMLFormElement).get('question') ?? '').trim();
    try {
      await coaching.changeTrajectory(this.trajectoryId, { question });
      this.editing = false;
      say(t().common.saved);
    } catch (error) {
      complain(error);
    }
    await this.load();
  }

  private async edit(): Promise<void> {
    this.editing = true;
    await this.updateComplete;
    this.querySelector('textarea')?.focus();
  }

  private question(trajectory: Trajectory, side: Side): TemplateResult {
    const texts = t().trajectory;
    const title = trajectory.origin === 'request' ? texts.helpQuestion : texts.question;
    const editable = !trajectory.closed_at;
    return html`<section class="card question" aria-labelledby="question-title"><h2 id="question-title">${title}</h2>
      ${this.editing
        ? html`<form @submit=${(event: Event) => void this.saveQuestion(event)}><label class="field"><span class="hidden-label">${title}</span>
            <textarea name="question" rows="3" maxlength="2000" .value=${trajectory.question}></textarea></label>
            <div class="buttons"><button class="primary" data-test="save-question">${t().common.save}</button><button type="button" class="quiet" @click=${() => (this.editing = false)}>${t().common.cancel}</button></div></form>`
        : html`<p class="leervraag">${trajectory.question || html`<span class="small">${texts.noQuestion}</span>`}</p>
            ${editable ? html`<button type="button" class="small" data-test="edit-question" @click=${() => void this.edit()}>${icon('edit')}${trajectory.question ? texts.editQuestion : texts.writeQuestion}</button>` : nothing}`}
      ${side === 'coach' && editable && trajectory.teacher_person
        ? html`<label class="check"><input type="checkbox" name="film_first" .checked=${trajectory.film_first}
            @change=${(event: Event) => void this.work(() => coaching.changeTrajectory(trajectory.id, { film_first: (event.target as HTMLInputElement).checked }), t().common.saved)} />
            <span>${texts.filmFirst}<span class="small block">${texts.filmFirstHelp}</span></span></label>`
        : trajectory.film_first ? html`<p class="small">${side === 'teacher' ? texts.filmFirstTeacher : texts.filmFirst}</p>` : nothing}
    </section>`;
  }

  // --- the line

  private link(href: string, name: IconName, label: string, test: string): TemplateResult {
    return html`<a class="button small" data-test=${test} href=${href}>${icon(name)}${label}</a>`;
  }

  private calendar(visit: TrajectoryVisit): TemplateResult | typeof nothing {
    if (!visit.planned_at || visit.started_at) return nothing;
    return html`<a class="button small" data-test="calendar" href=${coaching.calendar(visit.id)} download>${icon('download')}${t().trajectory.calendar}</a>`;
  }

  private linksOfCoach(visit: TrajectoryVisit, stage: Stage, hasAccount: boolean): TemplateResult {
    const texts = t().trajectory;
    if (stage === 'planned') return html`${this.link(paths.prepare(visit.id), 'edit', t().nav.prepare, 'prepare')}${this.link(paths.record(visit.id), 'camera', t().nav.record, 'record')}${this.calendar(visit)}`;
    if (stage === 'running') return html`${this.link(paths.record(visit.id), 'camera', t().nav.record, 'record')}${this.link(paths.review(visit.id), 'play', t().nav.review, 'review')}`;
    return html`${this.link(paths.review(visit.id), 'play', t().nav.review, 'review')}
      ${hasAccount ? this.link(paths.share(visit.id), 'share', t().share.title, 'share') : nothing}
      ${this.link(paths.moments(visit.id), 'star', texts.moments, 'moments')}
      ${visit.revealed_at ? html`${this.link(paths.talk(visit.id), 'speech', t().talk.title, 'talk')}${this.link(paths.report(visit.id), 'book', t().report.title, 'report')}` : nothing}`;
  }

  private linksOfTeacher(visit: TrajectoryVisit, stage: Stage): TemplateResult | typeof nothing {
    const texts = t().trajectory;
    if (stage === 'planned') return this.calendar(visit);
    if (stage === 'running' || stage === 'filmed') return nothing;
    return html`${stage === 'shared' ? this.link(paths.look(visit.id), 'play', t().nav.look, 'look') : nothing}
      ${this.link(paths.moments(visit.id), 'star', texts.moments, 'moments')}
      ${visit.revealed_at ? html`${this.link(paths.talk(visit.id), 'speech', t().talk.title, 'talk')}${this.link(paths.report(visit.id), 'book', t().report.title, 'report')}` : nothing}`;
  }

  /** OWN: what came of them can be said here. */
  private agreements(list: Agreement[], answer: TrajectoryAnswer, own: boolean): TemplateResult {
    return html`<tb-agreements .agreements=${list} .next=${nextPlanned(answer.visits)} ?editable=${own && !answer.trajectory.closed_at} @changed=${() => void this.load()}></tb-agreements>`;
  }

  private takeOut(visit: TrajectoryVisit): void {
    const id = this.trajectoryId;
    void this.work(() => coaching.removeFromTrajectory(id, visit.id), t().trajectory.removed, () => coaching.addToTrajectory(id, visit.id));
  }

  private visit(visit: TrajectoryVisit, index: number, answer: TrajectoryAnswer): TemplateResult {
    const texts = t().trajectory;
    const { trajectory, side } = answer;
    const stage = stageOf(visit, this.shared.has(visit.id));
    const when = visit.started_at ?? visit.planned_at;
    const talked = visit.talk_ended_at;
    return html`<li class="line-visit" data-visit=${visit.id} data-stage=${stage}>
      <article class="card" aria-labelledby="visit-${visit.id}">
        <p class="line-head"><span class="stage" data-stage=${stage}>${texts.stages[stage]}</span><span class="small">${when ? dateTime(when) : texts.noDate}</span></p>
        <h3 id="visit-${visit.id}">${visit.title || texts.nth(index + 1)}</h3>
        <p class="focus">${visit.focus ? html`<span class="small">${texts.focus}</span> ${visit.focus}` : html`<span class="small">${texts.noFocus}</span>`}</p>
        ${talked ? html`<p class="small">${texts.talkedOn(day(talked))}${visit.report_final_at ? html` · ${texts.reportedOn(day(visit.report_final_at))}` : nothing}</p>` : nothing}
        <div class="buttons">${side === 'coach' ? this.linksOfCoach(visit, stage, trajectory.teacher_person !== null) : this.linksOfTeacher(visit, stage)}
          ${side === 'coach' && stage === 'planned' && !trajectory.closed_at ? html`<button type="button" class="small quiet" data-test="take-out" @click=${() => this.takeOut(visit)}>${icon('close')}${texts.takeOut}</button>` : nothing}</div>
        ${visit.agreements.length > 0 ? html`<h4>${texts.agreements}</h4>${this.agreements(visit.agreements, answer, true)}` : nothing}
      </article></li>`;
  }

  private line(answer: TrajectoryAnswer): TemplateResult {
    const texts = t().trajectory;
    const { trajectory, visits, side } = answer;
    return html`<section aria-labelledby="line-title"><h2 id="line-title">${texts.line}</h2>
      ${visits.length === 0
        ? html`<p class="empty">${side === 'coach' ? texts.emptyCoach : texts.emptyTeacher(trajectory.coach.name)}</p>`
        : html`<ol class="line">${repeat(visits, (one) => one.id, (one, index) => this.visit(one, index, answer))}</ol>`}
      ${side === 'coach' && !trajectory.closed_at ? this.adding(trajectory) : nothing}
      ${this.fromElsewhere(answer)}</section>`;
  }

  /** What came along with a handover of visits that did not; what their codes are called is not known here. */
  private fromElsewhere(answer: TrajectoryAnswer): TemplateResult | typeof nothing {
    const texts = t().trajectory;
    const shown = new Set(answer.visits.flatMap((one) => one.agreements.map((each) => each.id)));
    const agreements = answer.agreements.filter((one) => !shown.has(one.id));
    const reports = handedReports(answer, account.person?.id);
    if (agreements.length === 0 && reports.length === 0) return nothing;
    return html`<div class="card" data-test="elsewhere"><h3>${texts.elsewhere}</h3>
      ${agreements.length > 0 ? this.agreements(agreements.map((one) => ({ ...one, codes: [] })), answer, false) : nothing}
      ${reports.map((id) => html`<tb-handed-report .trajectory=${answer.trajectory.id} .visit=${id}></tb-handed-report>`)}</div>`;
  }

  // --- visits in and out

  private async findOthers(): Promise<void> {
    const trajectory = this.answer!.trajectory;
    try {
      const [{ visits }, taken] = await Promise.all([api.visits('', MOST_VISITS), trajectoriesOfVisits(true)]);
      this.others = visits.filter((one) => !one.shared && !taken.has(one.id)
        && (trajectory.teacher_person ? one.teacher_person?.id === trajectory.teacher_person.id : !one.teacher_person && one.teacher.trim() === trajectory.teacher.trim()));
    } catch (error) {
      complain(error);
    }
  }

  private async addOther(id: string): Promise<void> {
    this.others = null;
    await this.work(() => coaching.addToTrajectory(this.trajectoryId, id), t().trajectory.added, () => coaching.removeFromTrajectory(this.trajectoryId, id));
  }

  private adding(trajectory: Trajectory): TemplateResult {
    const texts = t().trajectory;
    const others = this.others;
    return html`<div class="buttons">
        <button type="button" data-test="plan" @click=${() => void planVisit(trajectory.id)}>${icon('plus')}${texts.plan}</button>
        <button type="button" class="quiet" data-test="add-existing" aria-expanded=${String(others !== null)} @click=${() => { if (others) this.others = null; else void this.findOthers(); }}>${texts.addExisting}</button>
      </div>
      ${others === null ? nothing : others.length === 0
        ? html`<p class="empty">${texts.nothingToAdd(otherName(trajectory, 'coach'))}</p>`
        : html`<ul class="visits" data-test="others">${others.map((one) => html`<li class="visit"><span class="visit-main"><strong>${visitTitle(one)}</strong>
            <span class="small">${dateTime(one.started_at ?? one.planned_at ?? one.created_at)}</span></span>
            <span class="visit-links"><button type="button" class="small" @click=${() => void this.addOther(one.id)}>${icon('plus')}${t().common.add}<span class="hidden-label"> ${visitTitle(one)}</span></button></span></li>`)}</ul>`}`;
  }

  // --- the end, and handing over

  private closedNote(trajectory: Trajectory): TemplateResult {
    const texts = t().trajectory;
    const kept = trajectory.kept;
    return html`<section class="card closed-note" data-test="closed"><h2>${texts.closedTitle}</h2>
      <p>${texts.closedBy(trajectory.closed_by?.name ?? '', day(trajectory.closed_at))}</p>
      ${trajectory.closing_note ? html`<blockquote>${trajectory.closing_note}</blockquote>` : nothing}
      <p>${texts.keeps(kept?.reports?.length ?? 0, kept?.clips?.length ?? 0)}</p>
      ${kept?.destroy_at ? html`<p>${t().closing.destroyOn(day(kept.destroy_at))} ${t().closing.notYet}</p>` : nothing}
    </section>`;
  }

  private async withdraw(id: string): Promise<void> {
    const texts = t().handover;
    if (!(await confirm(texts.withdrawQuestion, texts.withdrawText, texts.withdraw))) return;
    await this.work(() => coaching.withdrawHandover(id), texts.withdrawn);
  }

  private handovers(answer: TrajectoryAnswer): TemplateResult[] {
    const own = account.person?.id;
    return answer.handovers.filter((one) => one.state === 'asked').map((one) => one.teacher.id === own
      ? html`<tb-handover-answer .handover=${one} @answered=${() => void this.load()}></tb-handover-answer>`
      : html`<div class="card question-card" data-handover=${one.id}><p>${t().handover.waits(one.teacher.name, one.to.name)}</p>
          <button type="button" data-test="withdraw" @click=${() => void this.withdraw(one.id)}>${t().handover.withdraw}</button></div>`);
  }

  private plotsPart(answer: TrajectoryAnswer): TemplateResult | typeof nothing {
    const texts = t().trajectory.plots;
    const lessons = answer.visits.filter((one) => one.started_at).length;
    if (this.plots.length === 0 && lessons === 0) return nothing;
    return html`<section aria-labelledby="plots-title" class="plots-part"><h2 id="plots-title">${texts.title}</h2>
      <p>${texts.text}</p>
      ${this.plots.length === 0 ? html`<p class="empty">${answer.side === 'teacher' ? texts.emptyTeacher : texts.empty}</p>` : html`<tb-small-plots .plots=${this.plots}></tb-small-plots>`}</section>`;
  }

  private content(answer: TrajectoryAnswer): TemplateResult {
    const texts = t().trajectory;
    const { trajectory, side } = answer;
    const other = otherName(trajectory, side);
    const open = openAgreements(answer.agreements).length;
    return html`
      <div class="page-head"><div><h1>${texts.with(other)}</h1>
        <p class="small">${trajectory.origin === 'request' ? texts.begunByTeacher(day(trajectory.created_at)) : texts.begunByCoach(day(trajectory.created_at))}${open > 0 ? html` · ${texts.open(open)}` : nothing}</p></div></div>
      ${this.handovers(answer)}
      ${trajectory.closed_at ? this.closedNote(trajectory) : nothing}
      ${this.step ? html`<section class="card step-card" aria-labelledby="step-title"><h2 id="step-title">${texts.now}</h2>${nextStepLine(trajectory.id, this.step, other)}</section>` : nothing}
      ${this.question(trajectory, side)}
      ${this.line(answer)}
      ${this.plotsPart(answer)}
      ${trajectory.closed_at ? nothing : side === 'coach'
        ? html`<div class="buttons trajectory-foot"><a class="button" data-test="close" href=${paths.closing(trajectory.id)}>${icon('check')}${t().closing.title}</a>
            <a class="button quiet" data-test="hand-over" href=${paths.handover}>${icon('share')}${t().handover.hand}</a></div>`
        : html`<p class="small">${texts.closingTeacher(trajectory.coach.name)} <a href=${paths.closing(trajectory.id)}>${texts.closingLook}</a></p>`}`;
  }

  protected override render(): TemplateResult {
    return html`<main class="page trajectory-page" id="main">
      <p class="no-print"><a class="button quiet back" href=${paths.trajectories}>${icon('back')}${t().trajectories.title}</a></p>
      ${this.error
        ? html`<h1>${t().trajectory.title}</h1><div class="card problem" role="alert" data-test="gone"><p>${errorText(this.error)}</p><div class="buttons"><button type="button" @click=${() => void this.load()}>${t().common.retry}</button><a class="button" href=${paths.trajectories}>${t().trajectories.title}</a></div></div>`
        : this.answer ? this.content(this.answer) : html`<p class="waiting">${t().common.loading}</p>`}
      <p class="purpose-line">${t().coaching.purpose}</p>
    </main>`;
  }
}
