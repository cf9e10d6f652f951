// Overdracht: a running trajectory passes to another coach, with the teacher's yes. Here it is asked for, and who takes
// over finds where each stands.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { t } from '../i18n';
import { account } from '../model/account';
import { coaching } from '../model/coaching';
import type { Handover, HandoverCandidate, TrajectoryAnswer } from '../model/coaching-types';
import { day } from '../model/format';
import { nextStep, openAgreements, otherName, type Step } from '../model/trajectory-stand';
import { followTrajectories } from '../model/trajectory-news';
import type { Named } from '../model/types';
import { Part } from '../parts/base';
import { icon } from '../parts/icons';
import { nextStepLine } from '../parts/next-step';
import { complain, confirm, errorText, say } from '../parts/toast';
import { paths } from '../router';

interface Stand {
  answer: TrajectoryAnswer;
  step: Step | null;
}

const SHOWN_AGREEMENTS = 5;

@customElement('tb-handover')
export class HandoverPage extends Part {
  @state() private candidates: HandoverCandidate[] | null = null;
  @state() private handovers: Handover[] = [];
  @state() private coaches: Named[] = [];
  @state() private stands = new Map<string, Stand>();
  @state() private error: unknown = null;
  /** the trajectory that is being asked for */
  @state() private asking: string | null = null;
  @state() private busy = false;
  private turn = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
    this.atEnd(followTrajectories((news) => news.what === 'handover' || news.what === 'trajectory', () => void this.load()));
    this.on(account, 'return', () => void this.load());
  }

  private async load(): Promise<void> {
    const turn = ++this.turn;
    try {
      const [answer, coaches] = await Promise.all([coaching.handovers(), coaching.coaches()]);
      if (turn !== this.turn) return;
      this.handovers = answer.handovers;
      this.candidates = answer.candidates;
      this.coaches = coaches;
      this.error = null;
    } catch (error) {
      if (turn === this.turn) this.error = error;
      return;
    }
    for (const one of this.received) {
      // It may have passed on, or been closed, since.
      const answer = await coaching.trajectory(one.trajectory).catch(() => null);
      const step = answer && (await nextStep(answer).catch(() => null));
      if (turn !== this.turn) return;
      if (answer?.side === 'coach') this.stands = new Map(this.stands).set(one.trajectory, { answer, step });
    }
  }

  private get received(): Handover[] {
    const own = account.person?.id;
    const seen = new Set<string>();
    return this.handovers.filter((one) => one.state === 'done' && one.to.id === own && !seen.has(one.trajectory) && seen.add(one.trajectory));
  }

  private async ask(event: Event, candidate: HandoverCandidate): Promise<void> {
    event.preventDefault();
    const to = String(new FormData(event.target as HTMLFormElement).get('to') ?? '');
    this.busy = true;
    try {
      await coaching.askHandover(candidate.trajectory, to);
      this.asking = null;
      say(t().handover.askedNow(candidate.teacher_name));
    } catch (error) {
      complain(error);
    } finally {
      this.busy = false;
    }
    await this.load();
  }

  private async withdraw(handover: Handover): Promise<void> {
    const texts = t().handover;
    if (!(await confirm(texts.withdrawQuestion, texts.withdrawText, texts.withdraw))) return;
    try {
      await coaching.withdrawHandover(handover.id);
      say(texts.withdrawn);
    } catch (error) {
      complain(error);
    }
    await this.load();
  }

  private form(candidate: HandoverCandidate): TemplateResult {
    const texts = t().handover;
    const others = this.coaches.filter((one) => one.id !== candidate.coach.id);
    if (others.length === 0) return html`<p class="small">${texts.noOtherCoach}</p>`;
    return html`<form class="hand-form" @submit=${(event: Event) => void this.ask(event, candidate)}>
      <label class="field"><span>${texts.to}</span><select name="to" required><option value="">${texts.chooseCoach}</option>${others.map((one) => html`<option value=${one.id}>${one.name}</option>`)}</select></label>
      <p class="small">${texts.askHelp(candidate.teacher_name)}</p>
      <div class="buttons"><button class="primary" data-test="ask-handover" ?disabled=${this.busy}>${texts.ask(candidate.teacher_name)}</button>
        <button type="button" class="quiet" @click=${() => (this.asking = null)}>${t().common.cancel}</button></div></form>`;
  }

  private candidate(one: HandoverCandidate): TemplateResult {
    const texts = t().handover;
    const own = one.coach.id === account.person?.id;
    const open = this.asking === one.trajectory;
    return html`<li class="card candidate" data-candidate=${one.trajectory}>
      <p><strong>${one.teacher_name}</strong><span class="small block">${own ? texts.yours : texts.coachIs(one.coach.name)}</span></p>
      ${one.asked ? html`<span class="release-state" data-state="asked">${texts.states.asked}</span>`
        : !one.has_account ? html`<p class="small">${texts.noAccount}</p>`
          : open ? nothing : html`<button type="button" data-test="hand" @click=${() => (this.asking = one.trajectory)}>${icon('share')}${texts.hand}<span class="hidden-label"> ${one.teacher_name}</span></button>`}
      ${open && !one.asked ? this.form(one) : nothing}</li>`;
  }

  private mayWithdraw(one: Handover): boolean {
    const own = account.person?.id;
    return one.by.id === own || one.from.id === own || account.has('admin');
  }

  private row(one: Handover): TemplateResult {
    const texts = t().handover;
    const when = one.done_at ?? one.answered_at ?? one.asked_at;
    return html`<li class="release" data-handover=${one.id} data-state=${one.state}><div><strong>${one.teacher.name}</strong>
      <span class="small block">${texts.fromTo(one.from.name, one.to.name)} · ${day(when)}</span>
      <span class="release-state" data-state=${one.state === 'done' ? 'live' : one.state}>${texts.states[one.state]}</span></div>
      ${one.state === 'asked' && this.mayWithdraw(one) ? html`<button type="button" class="small" data-test="withdraw" @click=${() => void this.withdraw(one)}>${texts.withdraw}</button>` : nothing}</li>`;
  }

  private stand(one: Handover): TemplateResult | typeof nothing {
    const texts = t().handover;
    const stand = this.stands.get(one.trajectory);
    if (!stand) return nothing;
    const { trajectory, visits, agreements } = stand.answer;
    const talk = visits.filter((each) => each.talk_ended_at).at(-1);
    const open = openAgreements(agreements);
    const given = one.allowed;
    return html`<li class="card" data-stand=${trajectory.id}><h3>${otherName(trajectory, 'coach')}</h3>
      <p class="small">${texts.tookOver(one.from.name, day(one.done_at))}</p>
      ${trajectory.question ? html`<p class="leervraag">${trajectory.question}</p>` : nothing}
      <dl class="facts">
        <div><dt>${texts.lastTalk}</dt><dd>${talk ? `${day(talk.talk_ended_at)}, ${talk.title || t().visits.untitled}` : texts.noTalk}</dd></div>
        <div><dt>${texts.youGot}</dt><dd>${texts.given(given?.visits?.length ?? 0, given?.reports?.length ?? 0, given?.agreements ?? false)}</dd></div>
        <div><dt>${texts.openAgreements}</dt><dd>${open.length === 0 ? t().common.none : html`<ul>${open.slice(0, SHOWN_AGREEMENTS).map((each) => html`<li>${each.text}</li>`)}</ul>`}</dd></div>
      </dl>
      ${nextStepLine(trajectory.id, stand.step, otherName(trajectory, 'coach'))}
      <p><a class="button" href=${paths.trajectory(trajectory.id)}>${icon('path')}${texts.toTrajectory}</a></p></li>`;
  }

  private content(candidates: HandoverCandidate[]): TemplateResult {
    const texts = t().handover;
    const received = this.received.filter((one) => this.stands.has(one.trajectory));
    const asked = this.handovers.filter((one) => one.state === 'asked');
    const past = this.handovers.filter((one) => one.state !== 'asked');
    const list = (id: string, title: string, items: unknown, kind = 'plain-list') => html`<section aria-labelledby=${id}><h2 id=${id}>${title}</h2><ul class=${kind} data-test=${id}>${items}</ul></section>`;
    return html`
      ${received.length > 0 ? list('received', texts.received, received.map((one) => this.stand(one))) : nothing}
      ${asked.length > 0 ? list('asked', texts.asked, asked.map((one) => this.row(one)), 'releases') : nothing}
      ${candidates.length > 0 ? list('candidates', texts.running, candidates.map((one) => this.candidate(one)))
        : html`<div class="card"><p>${texts.nothing}</p><p class="small">${texts.nothingHelp}</p></div>`}
      ${past.length > 0 ? list('past', texts.past, past.map((one) => this.row(one)), 'releases') : nothing}`;
  }

  protected override render(): TemplateResult {
    const texts = t().handover;
    return html`<main class="page handover-page" id="main">
      <div class="page-head"><h1>${texts.title}</h1></div>
      <p>${texts.text}</p>${account.has('admin') ? html`<p class="small">${texts.namesOnly}</p>` : nothing}
      ${this.error ? html`<div class="card problem" role="alert"><p>${errorText(this.error)}</p><button type="button" @click=${() => void this.load()}>${t().common.retry}</button></div>` : nothing}
      ${this.candidates ? this.content(this.candidates) : this.error ? nothing : html`<p class="waiting">${t().common.loading}</p>`}
      <p class="purpose-line">${t().coaching.purpose}</p>
    </main>`;
  }
}
