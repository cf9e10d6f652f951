// Momenten: before they are opened each side's own list, and whether the other is ready; then both lists on one line of
// time, and the one list for the talk.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { t } from '../i18n';
import { account } from '../model/account';
import type { Moment, Side } from '../model/coaching-types';
import { clockTime, dateTime } from '../model/format';
import { presses } from '../model/talk-math';
import { TalkStore } from '../model/talk-state';
import { timelineEnd } from '../model/timeline-math';
import { Part } from '../parts/base';
import { icon } from '../parts/icons';
import { KIND_ICONS } from '../parts/moment-card';
import '../parts/moment-choice';
import { momentTitle } from '../parts/moment-choice';
import '../parts/moment-line';
import '../parts/talk-list';
import { complain, confirm, errorText } from '../parts/toast';
import { navigate, paths } from '../router';
import { visitTitle } from './visits';

const MINUTES = [15, 20, 30, 45, 60];

@customElement('tb-moments')
export class Moments extends Part {
  @property() visitId = '';
  @state() private busy = false;
  /** who has pressed on this screen, where one of the two has no account */
  @state() private pressed: Side[] = [];
  private store!: TalkStore;
  private wasClosed = false;
  /** the lists were opened while this page was open: they come in slowly */
  private unveiled = false;

  override connectedCallback(): void {
    super.connectedCallback();
    this.store = new TalkStore(this.visitId);
    this.on(this.store, 'change', () => this.onChange());
    this.on(this.store, 'failed', (event) => complain((event as CustomEvent<unknown>).detail));
    this.atEnd(() => this.store.close());
    this.store.open();
  }

  private onChange(): void {
    const talk = this.store.talk;
    if (talk && !talk.revealed_at) this.wasClosed = true;
    if (talk?.revealed_at && this.wasClosed) this.unveiled = true;
    this.requestUpdate();
  }

  private async attempt(run: () => Promise<unknown>): Promise<void> {
    this.busy = true;
    try {
      await run();
    } catch (error) {
      complain(error);
    } finally {
      this.busy = false;
    }
  }

  private async reveal(together: boolean): Promise<void> {
    const texts = t().moments;
    if (!together && !(await confirm(`${texts.open}?`, texts.openHelp, texts.open))) return;
    await this.attempt(() => this.store.reveal(together));
  }

  /** Without an account of the teacher both press here. */
  private press(side: Side): void {
    this.pressed = [...new Set([...this.pressed, side])];
    if (this.pressed.length === 2) void this.reveal(true).then(() => (this.pressed = []));
  }

  private readyOf(side: Side): TemplateResult {
    const texts = t().moments;
    const talk = this.store.talk!;
    const ready = (side === 'coach' ? talk.coach_ready_at : talk.teacher_ready_at) !== null;
    const name = this.store.name(side);
    const mine = side === this.store.side;
    const text = mine ? (ready ? texts.youReady : texts.youBusy) : ready ? texts.isReady(name) : texts.isBusy(name);
    return html`<li data-test="ready-${side}" data-ready=${String(ready)}>${icon(ready ? 'check' : 'edit')}<span>${text}</span></li>`;
  }

  private together(): TemplateResult {
    const texts = t().moments;
    const teacher = this.store.name('teacher');
    return html`<section class="card opening"><h2>${texts.together}</h2><p>${texts.togetherHelp(teacher)}</p><p class="small">${texts.openHelp}</p>
      <div class="buttons">${(['coach', 'teacher'] as Side[]).map((side) => html`<button type="button" class="big ${this.pressed.includes(side) ? '' : 'primary'}" data-test="press-${side}"
        ?disabled=${this.busy} aria-pressed=${String(this.pressed.includes(side))} @click=${() => this.press(side)}>
        ${this.pressed.includes(side) ? html`${icon('check')}${texts.pressed(this.store.name(side))}` : texts.press(this.store.name(side))}</button>`)}</div></section>`;
  }

  private choosing(): TemplateResult {
    const texts = t().moments;
    const talk = this.store.talk!;
    const side = this.store.side;
    const ready = (side === 'coach' ? talk.coach_ready_at : talk.teacher_ready_at) !== null;
    const both = talk.coach_ready_at !== null && talk.teacher_ready_at !== null;
    const alone = !this.store.answer!.has_teacher;
    return html`<p class="lead">${alone ? t().moments.onlyWhether : texts.intro}</p>
      <section class="card" aria-labelledby="mine"><h2 id="mine">${texts.mine}</h2>
        <tb-moment-choice .visitId=${this.visitId} .visit=${this.store.visit} .fixed=${ready && !alone}></tb-moment-choice></section>
      ${alone
        ? this.together()
        : html`<section class="card opening"><h2>${texts.readyTitle}</h2>
            <ul class="promises ready-list">${this.readyOf(side)} ${this.readyOf(side === 'coach' ? 'teacher' : 'coach')}</ul>
            <p class="small">${texts.onlyWhether}</p>
            <div class="buttons">
              <button type="button" class=${ready ? '' : 'primary'} data-test=${ready ? 'not-ready' : 'ready'} ?disabled=${this.busy} @click=${() => void this.attempt(() => this.store.setReady(!ready))}>
                ${icon(ready ? 'undo' : 'check')}${ready ? texts.notReady : texts.ready}</button>
              <button type="button" class="big ${both ? 'primary' : ''}" data-test="reveal" ?disabled=${!both || this.busy} @click=${() => void this.reveal(false)}>${icon('eye')}${texts.open}</button></div>
            ${both ? nothing : html`<p class="small">${texts.openWait}</p>`}</section>`}`;
  }

  // --- after -----------------------------------------------------------------------------------------------------------

  private get end(): number {
    const visit = this.store.visit;
    const last = Math.max(0, ...this.store.items.map((one) => one.to));
    return visit ? timelineEnd(visit.duration, visit.tracks, [last]) : last;
  }

  private chosen(moment: Moment, named: boolean): TemplateResult {
    return html`<p class="talk-line ${moment.kind}">${icon(KIND_ICONS[moment.kind])}<span>${named ? html`<strong>${this.store.name(moment.side)}:</strong> ` : nothing}${moment.line}
      <span class="small">${t().momentsOfMine.kinds[moment.kind]}</span></span></p>`;
  }

  private group(title: string, test: string, rows: Moment[][], none: string): TemplateResult {
    return html`<section class="seen-group" data-test=${test}><h3>${title} <span class="count">${rows.length}</span></h3>
      ${rows.length === 0
        ? html`<p class="empty">${none}</p>`
        : html`<ul>${rows.map((row) => html`<li data-moment=${row[0]!.id}><span class="time">${t().moments.times(clockTime(Math.min(...row.map((one) => one.from))), clockTime(Math.max(...row.map((one) => one.to))))}</span>
            <strong>${row.find((one) => one.title)?.title ?? momentTitle(row[0]!)}</strong>${row.map((one) => this.chosen(one, row.length > 1))}</li>`)}</ul>`}</section>`;
  }

  private lists(): TemplateResult {
    const texts = t().moments;
    const { pairs, moments } = this.store.answer!;
    const side = this.store.side;
    const other: Side = side === 'coach' ? 'teacher' : 'coach';
    const find = (id: string | null) => moments.find((one) => one.id === id);
    const both = pairs.filter((one) => one.coach && one.teacher).map((one) => [find(one.coach), find(one.teacher)].filter((each): each is Moment => each !== undefined)).filter((row) => row.length === 2);
    const paired = new Set(both.flat().map((one) => one.id));
    const alone = (whose: Side) => moments.filter((one) => one.side === whose && !paired.has(one.id)).sort((a, b) => a.from - b.from).map((one) => [one]);
    return html`<section class="card unveil" aria-labelledby="opened"><h2 id="opened" tabindex="-1">${texts.opened}</h2>
      ${moments.length === 0
        ? html`<p class="empty">${texts.nothingChosen}</p>`
        : html`<tb-moment-line data-test="moment-line" .moments=${moments} .pairs=${pairs} .end=${this.end} coach=${this.store.name('coach')} teacher=${this.store.name('teacher')}></tb-moment-line>
            <div class="seen-groups">${this.group(texts.both, 'seen-both', both, texts.nobodyBoth)}
              ${this.group(texts.onlyYou, 'seen-mine', alone(side), texts.nobodyOnly)} ${this.group(texts.only(this.store.name(other)), 'seen-theirs', alone(other), texts.nobodyOnly)}</div>`}
    </section>`;
  }

  private async begin(): Promise<void> {
    // The large screen is asked for while the press still counts as one.
    await this.attempt(async () => {
      if (!this.store.running) await this.store.start();
      navigate(paths.talk(this.visitId));
    });
  }

  private opened(): TemplateResult {
    const texts = t().moments;
    const talk = this.store.talk!;
    const minutes = this.store.state.minutes ?? null;
    return html`${talk.ended_at ? html`<p class="good-note">${icon('check')}<span>${texts.ended} <a href=${paths.report(this.visitId)}>${texts.toReport}</a></span></p>` : nothing}
      ${this.lists()}
      <section class="card" aria-labelledby="for-the-talk"><h2 id="for-the-talk">${texts.list}</h2><tb-talk-list .store=${this.store}></tb-talk-list>
        ${this.store.side === 'coach' ? html`<p><a class="button small quiet" href=${paths.review(this.visitId)}>${icon('plus')}${texts.addMine}</a></p>` : nothing}</section>
      <section class="card opening"><label class="field minutes"><span>${texts.minutes}</span>
          <select data-test="minutes" @change=${(event: Event) => { const value = Number((event.target as HTMLSelectElement).value); this.store.press(presses.minutes(value > 0 ? value : null)); }}>
            <option value="0" ?selected=${minutes === null}>${texts.minutesNone}</option>
            ${MINUTES.map((one) => html`<option value=${one} ?selected=${minutes === one}>${texts.minutesOf(one)}</option>`)}</select></label>
        <div class="buttons"><button type="button" class="primary big" data-test="begin-talk" ?disabled=${this.busy || this.store.items.length === 0} @click=${() => void this.begin()}>${icon('play')}${talk.started_at ? texts.again : texts.begin}</button>
          <a class="button" data-test="to-steer" href=${paths.steer(this.visitId)}>${icon('device')}${t().steer.title}</a>
          ${account.has('coach', 'teacher') ? html`<a class="button quiet" href=${paths.questions}>${icon('help')}${t().questions.title}</a>` : nothing}</div></section>`;
  }

  protected override render(): TemplateResult {
    const texts = t().moments;
    const { store } = this;
    const visit = store.visit;
    return html`<main class="page moments-page ${this.unveiled ? 'unveiling' : ''}" id="main">
      <div class="page-head"><div><h1>${texts.title}</h1>${visit ? html`<p class="small">${visitTitle(visit)}${visit.focus ? html` · <em>${visit.focus}</em>` : nothing}</p>` : nothing}</div>
        ${store.talk?.revealed_at ? html`<p class="small">${texts.openedAt(dateTime(store.talk.revealed_at))}</p>` : nothing}</div>
      ${store.error ? html`<div class="card problem" role="alert"><p>${errorText(store.error)}</p><button type="button" @click=${() => void store.load()}>${t().common.retry}</button></div>` : nothing}
      ${!store.connected && store.answer ? html`<p class="notice" role="status">${icon('warn')}<span>${t().steer.disconnected}</span></p>` : nothing}
      ${store.talk && store.answer ? (store.talk.revealed_at ? this.opened() : this.choosing()) : store.error ? nothing : html`<p class="waiting">${t().common.loading}</p>`}
      <p class="purpose-line">${t().coaching.purpose}</p>
    </main>`;
  }
}
