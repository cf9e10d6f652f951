// Waarnemers: who taps beside the coach, each in a layer of their own, and after opening the layers side by side.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { t } from '../i18n';
import { account } from '../model/account';
import { api } from '../model/api';
import { heard } from '../model/events';
import { looksOf, refOf, type Scene } from '../model/figures-view';
import type { Budget } from '../model/figures-types';
import { dateTime } from '../model/format';
import { observing } from '../model/observing';
import type { Observers, VisitObserver } from '../model/observing-types';
import type { Instrument, Observation, Visit } from '../model/types';
import { Part } from '../parts/base';
import { icon } from '../parts/icons';
import '../parts/layers-beside';
import { complain, confirm, errorText, say } from '../parts/toast';
import { paths } from '../router';
import { visitTitle } from './visits';

/** Nothing is counted here; Cijfers does that. */
const UNCOUNTED: Budget = {
  visits: [], parts: [], by: [], uncoded: 0, rows: [], latencies: [], during: [], transitions: null, exclusive: { count: 0 }, observers: [], superseded: 0,
};

@customElement('tb-observers')
export class ObserversPage extends Part {
  @property() visitId = '';
  @state() private visit: Visit | null = null;
  @state() private answer: Observers | null = null;
  @state() private instruments: Instrument[] = [];
  @state() private observations: Observation[] = [];
  @state() private error: unknown = null;
  @state() private adding = false;
  @state() private busy = false;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
    this.on(heard, 'observers', () => void this.load());
    this.on(account, 'return', () => void this.load());
  }

  private async load(): Promise<void> {
    try {
      const [visit, answer] = await Promise.all([api.visit(this.visitId), observing.observers(this.visitId)]);
      this.visit = visit;
      this.answer = answer;
      this.error = null;
      if (this.comparable) await this.loadLayers(visit);
    } catch (error) {
      this.error = error;
    }
  }

  private async loadLayers(visit: Visit): Promise<void> {
    const [{ observations }, ...instruments] = await Promise.all([
      api.observations(this.visitId),
      ...visit.instruments.map((id) => api.visitInstrument(this.visitId, id).catch(() => null)),
    ]);
    this.observations = observations.filter((one) => !one.removed);
    this.instruments = instruments.flatMap((one) => one ?? []);
  }

  /** Everybody's layer can be seen, and there are some to hold side by side. */
  private get comparable(): boolean {
    const answer = this.answer;
    return answer !== null && answer.observers.length > 1 && (answer.opened_at !== null || !answer.blind);
  }

  private get mine(): boolean {
    return this.answer?.observers.some((one) => one.me && one.coach) ?? false;
  }

  private get me(): VisitObserver | undefined {
    return this.answer?.observers.find((one) => one.me);
  }

  /** One request, whose answer is how it is now. */
  private async change(request: () => Promise<Observers>, said?: string): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      const before = this.answer?.opened_at ?? null;
      this.answer = await request();
      if (before === null && this.answer.opened_at !== null) say(t().observers.opened);
      else if (said) say(said);
      if (this.visit && this.comparable) await this.loadLayers(this.visit);
    } catch (error) {
      complain(error);
    } finally {
      this.busy = false;
    }
  }

  private async add(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const person = new FormData(event.target as HTMLFormElement).get('person') as string;
    const name = this.answer?.candidates?.find((one) => one.id === person)?.name ?? '';
    if (!person) return complain(new Error(t().observers.choose));
    await this.change(() => observing.addObserver(this.visitId, person), t().observers.added(name));
    this.adding = false;
  }

  private async takeAway(one: VisitObserver): Promise<void> {
    const texts = t().observers;
    if (!(await confirm(texts.removeQuestion(one.person.name), texts.removeText, texts.remove))) return;
    await this.change(() => observing.removeObserver(this.visitId, one.person.id), texts.removed(one.person.name));
  }

  private async openNow(): Promise<void> {
    const texts = t().observers;
    if (await confirm(texts.openQuestion, texts.openText, texts.open)) await this.change(() => observing.openLayers(this.visitId));
  }

  private row(one: VisitObserver): TemplateResult {
    const texts = t().observers;
    const about = [one.me ? texts.me : '', one.coach ? texts.coach : ''].filter((part) => part).join(', ');
    const opened = this.answer?.opened_at !== null;
    return html`<li class="observer" data-observer=${one.person.id}>
      <div><strong>${one.person.name}</strong>${about ? html` <span class="small">(${about})</span>` : nothing}
        <span class="block small">${one.observations === null ? texts.hidden : texts.count(one.observations)}</span></div>
      ${opened ? nothing : html`<span class="observer-state" data-done=${String(one.done_at !== null)}>${one.done_at ? html`${icon('check')}${texts.done}` : texts.busy}</span>`}
      ${this.mine && !one.coach ? html`<button type="button" class="small quiet" data-test="remove-observer" ?disabled=${this.busy} @click=${() => void this.takeAway(one)}>${icon('close')}${texts.remove}<span class="hidden-label"> ${one.person.name}</span></button>` : nothing}
    </li>`;
  }

  private adder(answer: Observers): TemplateResult {
    const texts = t().observers;
    const candidates = answer.candidates ?? [];
    if (!this.adding) return html`<button type="button" data-test="add-observer" @click=${() => (this.adding = true)}>${icon('plus')}${texts.add}</button>`;
    if (candidates.length === 0) return html`<p class="notice">${icon('help')}<span>${texts.nobody} <a href=${paths.people}>${texts.people}</a></span></p>`;
    return html`<form class="row" data-test="observer-form" @submit=${(event: SubmitEvent) => void this.add(event)}>
      <label class="field grow"><span>${texts.whom}</span><select name="person" required><option value="">${texts.choose}</option>${candidates.map((one) => html`<option value=${one.id}>${one.name}</option>`)}</select></label>
      <button type="submit" class="primary" ?disabled=${this.busy}>${texts.add}</button>
      <button type="button" class="quiet" @click=${() => (this.adding = false)}>${t().common.cancel}</button>
    </form>`;
  }

  private closing(answer: Observers): TemplateResult | typeof nothing {
    const texts = t().observers;
    const me = this.me;
    if (answer.opened_at !== null) return html`<p class="notice" data-test="opened">${icon('check')}<span>${texts.openedAt(dateTime(answer.opened_at))}</span></p>`;
    if (!answer.apart) return nothing;
    const waiting = answer.observers.filter((one) => one.done_at === null).map((one) => one.person.name);
    return html`<p>${answer.blind ? texts.doneHelp : nothing} ${waiting.length > 0 ? texts.waiting(waiting.join(', ')) : nothing}</p>
      <div class="buttons">
        ${me ? html`<button type="button" class=${me.done_at ? '' : 'primary'} data-test="done" ?disabled=${this.busy} @click=${() => void this.change(() => observing.setDone(this.visitId, me.done_at === null))}>
          ${icon(me.done_at ? 'undo' : 'check')}${me.done_at ? texts.notDone : texts.iAmDone}</button>` : nothing}
        ${this.mine && answer.blind ? html`<button type="button" data-test="open-layers" ?disabled=${this.busy} @click=${() => void this.openNow()}>${icon('eye')}${texts.open}</button>` : nothing}
      </div>`;
  }

  private layers(visit: Visit, answer: Observers): TemplateResult {
    const names = answer.observers.map((one) => one.layer);
    const observations = this.observations.filter((one) => names.includes(one.observer));
    const length = Math.max(1, visit.duration, ...observations.map((one) => one.until ?? one.at));
    const scene: Scene = {
      visit, instruments: this.instruments, looks: looksOf(this.instruments, new Set(observations.map(refOf))), observations, length,
      part: { from: 0, to: length }, whole: true, budget: UNCOUNTED, observers: names, subject: null,
      link: this.mine ? (at) => `${paths.review(visit.id)}?t=${at.toFixed(2)}` : null,
    };
    return html`<tb-layers-beside .scene=${scene} .names=${names} .tables=${true}></tb-layers-beside>
      <p><a class="button primary" data-test="compare" href=${paths.figures(visit.id)}>${icon('chart')}${t().observers.compare}</a></p>`;
  }

  protected override render(): TemplateResult {
    const texts = t().observers;
    const { visit, answer } = this;
    if (!visit || !answer) {
      return html`<main class="page" id="main"><h1 class="hidden-label">${texts.title}</h1>${this.error
        ? html`<div class="card problem" role="alert"><p>${errorText(this.error)}</p><div class="buttons"><button type="button" @click=${() => void this.load()}>${t().common.retry}</button><a class="button" href="/">${t().nav.start}</a></div></div>`
        : html`<p class="waiting">${t().common.loading}</p>`}</main>`;
    }
    return html`<main class="page" id="main">
      <div class="page-head"><div><h1>${texts.title}</h1><p class="small">${visitTitle(visit)}</p></div>
        ${visit.state === 'planned' ? !this.mine ? nothing : html`<a class="button quiet" data-test="to-prepare" href=${paths.prepare(visit.id)}>${icon('back')}${texts.toPrepare}</a>` : html`<a class="button" data-test="to-board" href=${paths.record(visit.id)}>${icon('grid')}${texts.tap}</a>`}</div>
      <p>${this.mine ? texts.intro : texts.introBeside(answer.observers.find((one) => one.coach)?.person.name ?? '')}</p>
      <section class="card"><h2>${texts.who}</h2>
        <ul class="observers">${answer.observers.map((one) => this.row(one))}</ul>
        ${this.mine ? this.adder(answer) : nothing}
        ${this.mine && answer.observers.length > 1 && answer.opened_at === null
          ? html`<label class="check blind-choice"><input type="checkbox" name="blind" .checked=${live(answer.blind)} ?disabled=${this.busy}
              @change=${(event: Event) => void this.change(() => observing.setBlind(this.visitId, (event.target as HTMLInputElement).checked))} /><span>${texts.blind}<span class="small block">${texts.blindHelp}</span></span></label>`
          : nothing}
        ${this.closing(answer)}
      </section>
      ${this.comparable ? this.layers(visit, answer) : nothing}
      <p class="purpose-line">${t().coaching.purpose}</p>
    </main>`;
  }
}
