// Traject afronden: what is kept and what is destroyed, shown before it happens.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { t } from '../i18n';
import { account } from '../model/account';
import { coaching } from '../model/coaching';
import type { ClosingVisit, TrajectoryAnswer } from '../model/coaching-types';
import { bytes, clockTime, day, longDate } from '../model/format';
import { handedReports, otherName } from '../model/trajectory-stand';
import { Part } from '../parts/base';
import { icon } from '../parts/icons';
import { complain, confirm, errorText, say } from '../parts/toast';
import { navigate, paths } from '../router';

/** What is proposed: time enough to look at something once more. */
const DESTROY_AFTER_DAYS = 28;
const DAY_MS = 864e5;

const dateField = (when: Date) => `${when.getFullYear()}-${String(when.getMonth() + 1).padStart(2, '0')}-${String(when.getDate()).padStart(2, '0')}`;

@customElement('tb-closing')
export class Closing extends Part {
  @property() trajectoryId = '';
  @state() private answer: TrajectoryAnswer | null = null;
  @state() private visits: ClosingVisit[] = [];
  @state() private error: unknown = null;
  @state() private reports = new Set<string>();
  @state() private clips = new Set<string>();
  @state() private both = false;
  @state() private date = dateField(new Date(Date.now() + DESTROY_AFTER_DAYS * DAY_MS));
  @state() private busy = false;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
    this.on(account, 'return', () => void this.load());
  }

  private async load(): Promise<void> {
    try {
      const [answer, visits] = await Promise.all([coaching.trajectory(this.trajectoryId), coaching.closing(this.trajectoryId)]);
      this.answer = answer;
      this.visits = visits;
      this.reports = new Set([...visits.filter((one) => one.report).map((one) => one.id), ...handedReports(answer, account.person?.id)]);
      this.error = null;
    } catch (error) {
      this.error = error;
    }
  }

  private get mayChoose(): boolean {
    return this.answer?.side === 'coach' && !this.answer.trajectory.closed_at;
  }

  /** Visits of it may still be those of a coach before. */
  private get passed(): boolean {
    return this.answer!.side === 'coach' && this.answer!.handovers.some((one) => one.state === 'done');
  }

  private named(visit: ClosingVisit): string {
    return visit.title || t().trajectory.nth(this.visits.indexOf(visit) + 1);
  }

  private toggle(which: 'reports' | 'clips', id: string, wanted: boolean): void {
    const next = new Set(this[which]);
    if (wanted) next.add(id);
    else next.delete(id);
    this[which] = next;
  }

  private setBoth(both: boolean): void {
    this.both = both;
    if (!both) this.clips = new Set();
  }

  /** The end of that day, here. */
  private get destroyAt(): Date | null {
    return this.date ? new Date(`${this.date}T23:59:59`) : null;
  }

  private get keptClips(): string[] {
    return this.visits.flatMap((one) => one.clips.map((clip) => clip.id)).filter((id) => this.clips.has(id));
  }

  private async close(event: Event): Promise<void> {
    event.preventDefault();
    const texts = t().closing;
    const when = this.destroyAt;
    if (!when || when.getTime() < Date.now()) return complain(new Error(texts.badDate));
    const note = String(new FormData(event.target as HTMLFormElement).get('note') ?? '').trim();
    if (!(await confirm(texts.sure, texts.sureText(otherName(this.answer!.trajectory, 'coach')), texts.close))) return;
    this.busy = true;
    try {
      const kept = { reports: [...this.reports], clips: this.keptClips, destroy_at: when.toISOString() };
      await coaching.closeTrajectory(this.trajectoryId, kept, this.both, note);
      say(texts.closed);
      navigate(paths.trajectory(this.trajectoryId), true);
    } catch (error) {
      complain(error);
    } finally {
      this.busy = false;
    }
  }

  private check(which: 'reports' | 'clips', id: string, label: string | TemplateResult, disabled: boolean): TemplateResult {
    return html`<label class="check"><input type="checkbox" name=${which} value=${id} .checked=${this[which].has(id)} ?disabled=${disabled}
      @change=${(event: Event) => this.toggle(which, id, (event.target as HTMLInputElement).checked)} /><span>${label}</span></label>`;
  }

  private kept(): TemplateResult {
    const texts = t().closing;
    const withReport = this.visits.filter((one) => one.report);
    const handed = handedReports(this.answer!, account.person?.id);
    const withClips = this.visits.filter((one) => one.clips.length > 0);
    return html`<section class="card" data-test="kept"><h2>${texts.keptTitle}</h2>
      <p>${texts.always}</p>
      <h3>${texts.reports}</h3>
      ${withReport.length + handed.length === 0 ? html`<p class="small">${texts.noReports}</p>` : withReport.map((one) => this.check('reports', one.id,
        html`${texts.reportOf(this.named(one))}<span class="small block">${day(one.started_at)}${one.report!.final ? '' : ` · ${texts.notFinal}`}</span>`, !this.mayChoose))}
      ${handed.map((id) => this.check('reports', id, texts.handedReport, !this.mayChoose))}
      <h3>${texts.clips}</h3>
      ${withClips.length === 0 ? html`<p class="small">${texts.noClips}</p>` : html`
        ${this.mayChoose ? html`<label class="check"><input type="checkbox" name="both_agree" .checked=${this.both} @change=${(event: Event) => this.setBoth((event.target as HTMLInputElement).checked)} />
          <span>${texts.both(otherName(this.answer!.trajectory, 'coach'))}<span class="small block">${texts.bothHelp}</span></span></label>` : html`<p class="small">${texts.bothHelp}</p>`}
        ${this.both ? withClips.map((one) => html`<fieldset><legend>${this.named(one)}</legend>${one.clips.map((clip) => this.check('clips', clip.id, `${clip.title || texts.untitledClip} (${clockTime(clip.to - clip.from)})`, false))}</fieldset>`) : nothing}`}
    </section>`;
  }

  private destroyed(): TemplateResult {
    const texts = t().closing;
    const when = this.destroyAt;
    const films = this.visits.filter((one) => one.bytes > 0);
    const shared = this.visits.reduce((sum, one) => sum + one.releases, 0);
    const clips = this.visits.reduce((sum, one) => sum + one.clips.length, 0) - this.keptClips.length;
    const reports = this.visits.filter((one) => one.report && !this.reports.has(one.id)).length;
    return html`<section class="card" data-test="destroyed"><h2>${texts.destroyedTitle}</h2>
      ${films.length === 0 ? html`<p>${texts.noFilms}</p>` : html`<ul>${films.map((one) => html`<li>${texts.film(this.named(one), day(one.started_at), bytes(one.bytes))}</li>`)}</ul>`}
      ${clips > 0 ? html`<p>${texts.otherClips(clips)}</p>` : nothing}
      ${reports > 0 ? html`<p>${texts.otherReports(reports)}</p>` : nothing}
      ${this.mayChoose ? html`<label class="field date"><span>${texts.when}</span><input type="date" name="destroy_at" required min=${dateField(new Date())} .value=${this.date} @change=${(event: Event) => (this.date = (event.target as HTMLInputElement).value)} /></label>` : nothing}
      <p class="notice" data-test="honest">${icon('warn')}<span>${this.mayChoose && when ? `${texts.destroyOn(longDate(when))} ` : ''}${texts.notYet}</span></p>
      ${this.passed ? html`<p class="small">${texts.passed}</p>` : nothing}
      ${shared > 0 ? html`<p class="small">${texts.stillShared(shared)}</p>` : nothing}
    </section>`;
  }

  private content(answer: TrajectoryAnswer): TemplateResult {
    const texts = t().closing;
    const { trajectory, side } = answer;
    const back = html`<a class="button quiet" href=${paths.trajectory(trajectory.id)}>${icon('back')}${texts.back}</a>`;
    if (trajectory.closed_at) return html`<p class="notice">${icon('check')}<span>${texts.already(day(trajectory.closed_at))}</span></p>${back}`;
    return html`<p>${side === 'coach' ? texts.text : texts.textTeacher(trajectory.coach.name)}</p>
      ${trajectory.handover_asked ? html`<p class="problem">${icon('warn')}<span>${texts.handoverFirst}</span></p>` : nothing}
      <form @submit=${(event: Event) => void this.close(event)}>
        ${this.kept()} ${this.destroyed()}
        ${side === 'coach'
          ? html`<section class="card"><label class="field"><span>${texts.note}</span><span class="small">${texts.noteHelp}</span><textarea name="note" rows="3" maxlength="4000"></textarea></label>
              <p class="small">${texts.after}</p>
              <div class="buttons"><button class="primary" data-test="close-now" ?disabled=${this.busy || trajectory.handover_asked}>${texts.close}</button>${back}</div></section>`
          : back}
      </form>`;
  }

  protected override render(): TemplateResult {
    const texts = t().closing;
    return html`<main class="page closing-page" id="main">
      <div class="page-head"><div><h1>${texts.title}</h1>${this.answer ? html`<p class="small">${t().trajectory.with(otherName(this.answer.trajectory, this.answer.side))}</p>` : nothing}</div></div>
      ${this.error
        ? html`<div class="card problem" role="alert"><p>${errorText(this.error)}</p><div class="buttons"><button type="button" @click=${() => void this.load()}>${t().common.retry}</button><a class="button" href=${paths.trajectories}>${t().trajectories.title}</a></div></div>`
        : this.answer ? this.content(this.answer) : html`<p class="waiting">${t().common.loading}</p>`}
      <p class="purpose-line">${t().coaching.purpose}</p>
    </main>`;
  }
}
