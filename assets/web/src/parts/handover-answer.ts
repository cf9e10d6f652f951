// The teacher's answer to a handover: who asks, and what the new coach gets. Nothing is chosen beforehand.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { t } from '../i18n';
import { coaching } from '../model/coaching';
import type { Handover, TrajectoryAnswer, TrajectoryVisit } from '../model/coaching-types';
import { dateTime, day } from '../model/format';
import { Part } from './base';
import { icon } from './icons';
import { complain, confirm, errorText, say } from './toast';

/** Event: `answered`. */
@customElement('tb-handover-answer')
export class HandoverAnswer extends Part {
  @property({ attribute: false }) handover!: Handover;
  @state() private answer: TrajectoryAnswer | null = null;
  @state() private error: unknown = null;
  @state() private visits = new Set<string>();
  @state() private reports = new Set<string>();
  @state() private agreements = false;
  @state() private busy = false;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
  }

  private async load(): Promise<void> {
    try {
      this.answer = await coaching.trajectory(this.handover.trajectory);
      this.error = null;
    } catch (error) {
      this.error = error;
    }
  }

  /** A visit that was kept back at an earlier handover is still a coach's before this one, who cannot hand it over. */
  private get mayPass(): TrajectoryVisit[] {
    const before = this.answer?.handovers.filter((one) => one.state === 'done').sort((a, b) => a.done_at!.localeCompare(b.done_at!)).at(-1);
    const all = this.answer?.visits ?? [];
    if (!before) return all;
    return all.filter((one) => before.allowed?.visits?.includes(one.id) || (one.started_at ?? one.planned_at ?? '') > before.done_at!);
  }

  private get withReport(): TrajectoryVisit[] {
    return this.mayPass.filter((one) => one.report_number > 0);
  }

  private toggle(which: 'visits' | 'reports', id: string, wanted: boolean): void {
    const next = new Set(this[which]);
    if (wanted) next.add(id);
    else next.delete(id);
    this[which] = next;
  }

  private all(): void {
    this.visits = new Set(this.mayPass.map((one) => one.id));
    this.reports = new Set(this.withReport.map((one) => one.id));
    this.agreements = true;
  }

  private async say(agree: boolean): Promise<void> {
    const { id, to, from } = this.handover;
    const texts = t().handover;
    if (agree && !(await confirm(texts.yesQuestion(to.name), texts.yesText(from.name), texts.yes(to.name)))) return;
    if (!agree && !(await confirm(texts.noQuestion, texts.noText, texts.no))) return;
    this.busy = true;
    try {
      const allowed = { visits: [...this.visits], reports: [...this.reports], agreements: this.agreements };
      await coaching.answerHandover(id, agree, agree ? allowed : null);
      say(agree ? texts.saidYes(to.name) : texts.saidNo(to.name));
      this.dispatchEvent(new CustomEvent('answered', { bubbles: true }));
    } catch (error) {
      complain(error);
      await this.load();
    } finally {
      this.busy = false;
    }
  }

  private box(which: 'visits' | 'reports', visit: TrajectoryVisit): TemplateResult {
    return html`<label class="check"><input type="checkbox" name=${which} value=${visit.id} .checked=${this[which].has(visit.id)}
      @change=${(event: Event) => this.toggle(which, visit.id, (event.target as HTMLInputElement).checked)} />
      <span>${visit.title || t().trajectory.nth(this.answer!.visits.indexOf(visit) + 1)}<span class="small block">${visit.started_at ? day(visit.started_at) : visit.planned_at ? dateTime(visit.planned_at) : t().trajectory.noDate}</span></span></label>`;
  }

  private choice(): TemplateResult {
    const texts = t().handover;
    const { to } = this.handover;
    const visits = this.mayPass;
    const nothingYet = visits.length === 0 && (this.answer?.agreements.length ?? 0) === 0;
    return html`<p>${texts.chooseHelp(to.name)}</p>
      ${nothingYet ? html`<p class="small">${texts.nothingYet}</p>` : html`
        <p><button type="button" class="quiet" data-test="allow-all" @click=${() => this.all()}>${icon('check')}${texts.all}</button></p>
        ${visits.length > 0 ? html`<fieldset><legend>${texts.allowVisits}</legend>${visits.map((one) => this.box('visits', one))}</fieldset>` : nothing}
        ${this.withReport.length > 0 ? html`<fieldset><legend>${texts.allowReports}</legend>${this.withReport.map((one) => this.box('reports', one))}</fieldset>` : nothing}
        ${this.answer!.agreements.length > 0 ? html`<fieldset><legend>${texts.allowRest}</legend><label class="check"><input type="checkbox" name="agreements" .checked=${this.agreements}
          @change=${(event: Event) => (this.agreements = (event.target as HTMLInputElement).checked)} /><span>${texts.allowAgreements(this.answer!.agreements.length)}</span></label></fieldset>` : nothing}`}
      <p class="small">${texts.rest(this.handover.from.name)}</p>
      <div class="buttons">
        <button type="button" class="primary" data-test="agree" ?disabled=${this.busy} @click=${() => void this.say(true)}>${icon('check')}${texts.yes(to.name)}</button>
        <button type="button" data-test="refuse" ?disabled=${this.busy} @click=${() => void this.say(false)}>${icon('close')}${texts.no}</button>
      </div>`;
  }

  protected override render(): TemplateResult {
    const { from, to, by } = this.handover;
    const texts = t().handover;
    return html`<section class="card question-card" data-handover=${this.handover.id} aria-labelledby="ask-${this.handover.id}">
      <h2 id="ask-${this.handover.id}">${texts.askedTitle(from.name, to.name)}</h2>
      <p>${by.id === from.id ? texts.askedByCoach(from.name, to.name) : texts.askedByOther(by.name, from.name, to.name)}</p>
      ${this.error ? html`<p class="problem" role="alert">${errorText(this.error)}</p>` : this.answer ? this.choice() : html`<p class="waiting">${t().common.loading}</p>`}
    </section>`;
  }
}
