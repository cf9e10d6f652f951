// Nabespreking: the large screen in the room. The picture, the question, what was noted and agreed; steered from here by
// keys, or from a phone. What only the coach reads is never drawn here.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { t, words } from '../i18n';
import { account } from '../model/account';
import { api } from '../model/api';
import type { Agreement, TalkItem } from '../model/coaching-types';
import { clockTime, number } from '../model/format';
import { boardCodes, codeOf, type BoardCode } from '../model/instruments';
import { instrumentsOf, liesIn, remarksOf, samplingCounts, seenOf } from '../model/seen';
import { presses, talked } from '../model/talk-math';
import { TalkStore } from '../model/talk-state';
import type { Observation } from '../model/types';
import '../parts/agreements';
import { Part } from '../parts/base';
import '../parts/beside-chooser';
import { icon, shape } from '../parts/icons';
import '../parts/note-field';
import { steerDialog } from '../parts/steer-dialog';
import { controlButton, controlsOf, talkKey } from '../parts/talk-controls';
import { titleOf, whoseOf } from '../parts/talk-list';
import '../parts/talk-stage';
import { complain, errorText } from '../parts/toast';
import { vars } from '../parts/vars';
import { paths } from '../router';

@customElement('tb-talk')
export class Talk extends Part {
  @property() visitId = '';
  @state() private choosing = false;
  @state() private full = false;
  @state() private seen: { observations: Observation[]; codes: BoardCode[] } | null = null;
  private store!: TalkStore;
  private asking = false;

  override connectedCallback(): void {
    super.connectedCallback();
    this.store = new TalkStore(this.visitId);
    this.on(this.store, 'change', () => this.onChange());
    this.on(this.store, 'failed', (event) => complain((event as CustomEvent<unknown>).detail));
    this.follow(account);
    this.on(window, 'keydown', (event) => this.onKey(event as KeyboardEvent));
    this.on(document, 'fullscreenchange', () => (this.full = document.fullscreenElement !== null));
    this.every(5000, () => this.requestUpdate());
    this.atEnd(() => {
      this.store.close();
      if (document.fullscreenElement) void document.exitFullscreen().catch(() => undefined);
      document.querySelector<HTMLDialogElement>('dialog.talk-help')?.close();
    });
    this.store.open();
  }

  private onChange(): void {
    if (this.store.state.scores && !this.seen && !this.asking) void this.loadSeen();
    this.requestUpdate();
  }

  /** What was tapped; asked for only when it is to be shown. */
  private async loadSeen(): Promise<void> {
    this.asking = true;
    try {
      const [{ observations }, visit] = await Promise.all([api.observations(this.visitId), api.visit(this.visitId)]);
      this.seen = { observations: observations.filter((one) => !one.removed), codes: boardCodes(await instrumentsOf(visit)) };
    } catch {
      this.seen = { observations: [], codes: [] };
    }
    this.asking = false;
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key === 'Escape' && this.choosing) {
      this.choosing = false;
      event.preventDefault();
      return;
    }
    talkKey(event, this.store, { besides: () => (this.choosing = !this.choosing), help: () => this.help(), fullscreen: () => void this.fullscreen() });
  }

  private async fullscreen(): Promise<void> {
    try {
      if (document.fullscreenElement) await document.exitFullscreen();
      else await document.documentElement.requestFullscreen();
    } catch {
      // a browser may refuse; the page stays as it is
    }
  }

  private help(): void {
    this.querySelector<HTMLDialogElement>('dialog.talk-help')?.showModal();
  }

  private async begin(): Promise<void> {
    try {
      await this.store.start();
    } catch (error) {
      complain(error);
    }
  }

  // --- what is drawn ---------------------------------------------------------------------------------------------------

  private clock(): TemplateResult | typeof nothing {
    const texts = t().talk;
    const minutes = this.store.state.minutes ?? null;
    if (!this.store.talk?.started_at) return nothing;
    const passed = this.store.minutes;
    return html`<span class="talk-clock" data-test="talk-clock" aria-label=${texts.clock}>${minutes ? html`<progress max=${minutes} value=${Math.min(minutes, passed)} aria-label=${texts.clock}></progress>` : nothing}
      <span>${minutes ? texts.elapsedOf(passed, minutes) : texts.elapsed(passed)}</span></span>`;
  }

  private bar(item: TalkItem | undefined): TemplateResult {
    const texts = t().talk;
    const all = talked(this.store.items);
    const index = all.findIndex((one) => one.id === item?.id);
    return html`<header class="talk-bar">
      <a class="button icon-only quiet" href=${paths.moments(this.visitId)} aria-label=${texts.leave} title=${texts.leave}>${icon('back')}</a>
      <div class="talk-heading"><h1>${item && index >= 0 ? texts.moment(index + 1, all.length) : texts.title}</h1>${item ? html`<p data-test="whose">${titleOf(this.store, item)} · ${whoseOf(this.store, item)}</p>` : nothing}</div>
      ${this.clock()}
      ${this.store.running ? nothing : html`<button type="button" class="primary" data-test="start-talk" @click=${() => void this.begin()}>${this.store.talk?.started_at ? t().steer.resume : t().steer.start}</button>`}
      <div class="talk-bar-tools">
        <button type="button" class="icon-only" data-test="steer-with" aria-label=${texts.steerWith} title=${texts.steerWith} @click=${() => steerDialog(this.visitId)}>${icon('device')}</button>
        <button type="button" class="icon-only" data-test="fullscreen" aria-pressed=${String(this.full)} aria-label=${texts.fullscreen} title=${texts.fullscreen} @click=${() => void this.fullscreen()}>${icon('full')}</button>
        <button type="button" class="icon-only" data-test="keys-help" aria-label=${texts.help} title=${texts.help} @click=${() => this.help()}>${icon('help')}</button></div>
    </header>`;
  }

  private state(): TemplateResult | typeof nothing {
    const state = this.store.state;
    const rate = state.rate ?? 1;
    const facts = [rate < 1 ? t().talk.slow(number(rate, rate * 10 % 1 === 0 ? 1 : 2)) : rate > 1 ? t().talk.speed(number(rate, rate % 1 === 0 ? 0 : 1)) : '', state.loop ? t().talk.looping : ''].filter((one) => one);
    return facts.length > 0 ? html`<p class="talk-facts" data-test="talk-facts">${facts.join(' · ')}</p>` : nothing;
  }

  private question(item: TalkItem | undefined): TemplateResult {
    return html`<section class="talk-question-large" aria-label=${t().talk.question}><p data-test="question-large" class=${item?.question ? '' : 'open-question'}>${item?.question || t().talk.noQuestion}</p></section>`;
  }

  private scores(item: TalkItem): TemplateResult | typeof nothing {
    if (!this.store.state.scores || !this.seen) return nothing;
    const { codes } = this.seen;
    // Scores of a kijkwijzer are of the whole lesson and stay out of the talk about a moment.
    const within = seenOf(this.seen.observations.filter((one) => liesIn(one, item)));
    const asked = samplingCounts(within.intervals, codes);
    return html`<section class="talk-scores" data-test="scores" aria-label=${t().talk.scores}>${within.moments.length + asked.length === 0
      ? html`<p class="small">${t().talk.scoresNone}</p>`
      : html`<ul>${within.moments.map((one) => {
          const code = codeOf(codes, one);
          const what = [code ? words(code.code.short) : t().record.moment, ...remarksOf(one, code, codes)].join(' · ');
          return html`<li ${vars({ '--code-color': code?.color ?? '#8d8173' })}>${shape(code?.shape ?? 'moment')}${what} <span class="time">${clockTime(one.at)}</span></li>`;
        })}${asked.flatMap((each) => each.codes.map(({ code, n }) => html`<li ${vars({ '--code-color': code.color })}>${shape(code.shape)}${words(code.code.short)}
          <span class="time">${t().look.timesOf(n, each.answered)}</span></li>`))}</ul>`}</section>`;
  }

  private list(now: TalkItem | undefined): TemplateResult {
    return html`<section class="talk-view-list" aria-label=${t().talk.list}><ol>${talked(this.store.items).map((one, index) => html`<li>
      <button type="button" data-go=${one.id} aria-current=${one.id === now?.id ? 'true' : nothing} @click=${() => this.store.press(presses.item(one.id))}>
        <span class="talk-number">${index + 1}</span><span class="what"><strong>${titleOf(this.store, one)}</strong><span>${whoseOf(this.store, one)}</span>${one.question ? html`<em>${one.question}</em>` : nothing}</span><span class="time">${clockTime(one.from)}</span></button></li>`)}</ol></section>`;
  }

  private notes(item: TalkItem): TemplateResult {
    const texts = t().talk;
    return html`<aside class="talk-notes" aria-label=${texts.notes}><tb-note-field label=${texts.notes} hint=${texts.notesHint} test="notes" rows="10" of=${item.id} .text=${item.notes}
      .save=${(notes: string) => this.store.changeItem(item.id, { notes })}></tb-note-field></aside>`;
  }

  private room(item: TalkItem | undefined): TemplateResult {
    const state = this.store.state;
    const show = state.show ?? 'moment';
    const all = controlsOf(this.store, () => (this.choosing = !this.choosing));
    return html`<div class="talk-main" data-show=${show} data-notes=${String(Boolean(state.notes && item))}>
        <div class="talk-stage-place"><tb-talk-stage .store=${this.store}></tb-talk-stage>${this.state()} ${item ? this.scores(item) : nothing}</div>
        ${show === 'list' ? this.list(item) : show === 'agreements'
          ? html`<section class="talk-view-agreements" aria-labelledby="talk-agreements"><h2 id="talk-agreements">${t().agreements.title}</h2>
              <tb-agreements large editable .visitId=${this.visitId} .agreements=${this.store.agreements} @changed=${(event: CustomEvent<Agreement[]>) => this.store.setAgreements(event.detail)}></tb-agreements></section>`
          : this.question(item)}
        ${state.notes && item ? this.notes(item) : nothing}
        ${this.choosing ? html`<tb-beside-chooser .store=${this.store} @done=${() => (this.choosing = false)}></tb-beside-chooser>` : nothing}
      </div>
      <div class="talk-controls" role="toolbar" aria-label=${t().steer.controls}>
        ${[all.previous, all.back, all.frameBack, all.play, all.frameNext, all.next, all.slow, all.loop, all.besides].map((one) => controlButton(one))}
        <span class="talk-views">${[all.picture, all.question, all.agreements, all.list].map((one) => controlButton(one))}
        ${controlButton({ id: 'notes', icon: 'note', label: t().talk.notes, pressed: Boolean(state.notes), run: () => this.store.press(presses.notes(!state.notes)) })}</span></div>`;
  }

  private notBegun(): TemplateResult {
    const texts = t().talk;
    return html`<section class="talk-empty"><h2>${this.store.talk?.revealed_at ? texts.nothing : texts.notBegun}</h2>${this.store.talk?.revealed_at ? nothing : html`<p>${texts.notBegunHelp}</p>`}
      <a class="button primary big" href=${paths.moments(this.visitId)}>${texts.toMoments}</a></section>`;
  }

  protected override render(): TemplateResult {
    const texts = t().talk;
    const { store } = this;
    const item = store.item;
    const there = store.talk?.revealed_at && store.items.length > 0;
    return html`<main class="talk-page dark" id="main">
      ${there ? this.bar(item) : html`<header class="talk-bar"><a class="button icon-only quiet" href=${paths.moments(this.visitId)} aria-label=${texts.leave}>${icon('back')}</a><div class="talk-heading"><h1>${texts.title}</h1></div></header>`}
      ${!store.connected && store.answer ? html`<p class="talk-away" role="status" data-test="away">${icon('warn')}<span>${texts.away}</span></p>` : nothing}
      ${there
        ? this.room(item)
        : store.answer
          ? this.notBegun()
          : store.error
            ? html`<div class="talk-empty"><p class="problem" role="alert">${errorText(store.error)}</p><button type="button" @click=${() => void store.load()}>${t().common.retry}</button></div>`
            : html`<p class="waiting talk-empty">${t().common.loading}</p>`}
      <p class="purpose-line">${t().coaching.purpose}</p>
      <dialog class="talk-help" aria-labelledby="talk-help-title"><h2 id="talk-help-title">${texts.help}</h2>
        <dl class="keys">${texts.keys.map(([key, what]) => html`<div><dt>${key}</dt><dd>${what}</dd></div>`)}</dl>
        <div class="buttons"><button type="button" class="primary" @click=${(event: Event) => (event.target as Element).closest('dialog')?.close()}>${t().common.close}</button></div></dialog>
    </main>`;
  }
}
