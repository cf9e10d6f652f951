// Sturen: the remote of the large screen for one thumb, and on a wider screen what the coach looks at meanwhile: what
// comes next, private notes, questions, agreements, the clock.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { t } from '../i18n';
import type { Agreement, TalkItem } from '../model/coaching-types';
import { clockTime, dateTime } from '../model/format';
import { neighbour, presses, talked } from '../model/talk-math';
import { TalkStore } from '../model/talk-state';
import '../parts/agreements';
import { Part } from '../parts/base';
import '../parts/beside-chooser';
import { icon } from '../parts/icons';
import '../parts/note-field';
import '../parts/question-chooser';
import { controlButton, controlsOf, talkKey } from '../parts/talk-controls';
import { titleOf, whoseOf } from '../parts/talk-list';
import { complain, confirm, errorText } from '../parts/toast';
import { paths } from '../router';

@customElement('tb-steer')
export class Steer extends Part {
  @property() visitId = '';
  @state() private besides = false;
  @state() private asking = false;
  private store!: TalkStore;

  override connectedCallback(): void {
    super.connectedCallback();
    this.store = new TalkStore(this.visitId);
    this.follow(this.store);
    this.on(this.store, 'failed', (event) => complain((event as CustomEvent<unknown>).detail));
    this.on(window, 'keydown', (event) => talkKey(event as KeyboardEvent, this.store, { besides: () => (this.besides = !this.besides) }));
    this.every(1000, () => {
      // The button of a moment that has come to its end.
      if (this.store.running) this.requestUpdate();
    });
    this.atEnd(() => this.store.close());
    this.store.open();
  }

  private async attempt(run: () => Promise<unknown>): Promise<void> {
    try {
      await run();
    } catch (error) {
      complain(error);
    }
  }

  private async end(): Promise<void> {
    const texts = t().steer;
    if (await confirm(texts.endQuestion, texts.endText, texts.end)) await this.attempt(() => this.store.end());
  }

  private connection(): TemplateResult {
    const texts = t().steer;
    const { store } = this;
    const by = store.state.by;
    return html`<p class="steer-connection ${store.connected ? '' : 'off'}" role="status" data-test="connection" data-connected=${String(store.connected)}>
      <i aria-hidden="true"></i>${store.connected ? texts.connected : texts.disconnected}${by ? html` · ${texts.lastBy(by)}` : nothing}</p>`;
  }

  private clock(): TemplateResult | typeof nothing {
    const texts = t().talk;
    const minutes = this.store.state.minutes ?? null;
    if (!this.store.talk?.started_at) return nothing;
    return html`<span class="talk-clock" data-test="talk-clock">${minutes ? texts.elapsedOf(this.store.minutes, minutes) : texts.elapsed(this.store.minutes)}</span>`;
  }

  private now(item: TalkItem): TemplateResult {
    const texts = t().steer;
    const all = talked(this.store.items);
    const index = all.findIndex((one) => one.id === item.id);
    const state = this.store.state;
    return html`<section class="steer-now" aria-label=${texts.now}><p class="small">${index >= 0 ? t().talk.moment(index + 1, all.length) : texts.now} · ${whoseOf(this.store, item)}</p>
      <h2>${titleOf(this.store, item)}</h2>
      <p class="steer-question" data-test="now-question">${item.question || t().talk.noQuestion}</p>
      <progress aria-label=${t().look.place} max=${item.to - item.from} value=${Math.min(Math.max(0, (state.position ?? item.from) - item.from), item.to - item.from)}></progress></section>`;
  }

  private controls(): TemplateResult {
    const all = controlsOf(this.store, () => (this.besides = !this.besides));
    return html`<div class="steer-controls" role="toolbar" aria-label=${t().steer.controls}>
      <div class="steer-main">${controlButton(all.previous)}${controlButton(all.play, 'play')}${controlButton(all.next)}</div>
      <div class="steer-row">${[all.back, all.frameBack, all.frameNext, all.slow, all.loop].map((one) => controlButton(one))}</div>
      <div class="steer-row named">${[all.picture, all.question, all.agreements, all.list, all.besides].map((one) => controlButton(one, '', true))}</div>
    </div>`;
  }

  private list(now: TalkItem): TemplateResult {
    return html`<ol class="steer-list" aria-label=${t().talk.list}>${talked(this.store.items).map((one, index) => html`<li><button type="button" class="wide" data-go=${one.id}
      aria-current=${one.id === now.id ? 'true' : nothing} @click=${() => this.store.press(presses.item(one.id))}><span class="talk-number">${index + 1}</span><span class="what">${titleOf(this.store, one)}</span><span class="time">${clockTime(one.from)}</span></button></li>`)}</ol>`;
  }

  private next(): TemplateResult {
    const texts = t().steer;
    const next = neighbour(this.store.state, this.store.items, 1);
    return html`<section class="card steer-next" data-test="up-next"><h2>${texts.upNext}</h2>
      ${next ? html`<p><strong>${titleOf(this.store, next)}</strong><br /><span class="small">${whoseOf(this.store, next)} · ${t().moments.times(clockTime(next.from), clockTime(next.to))}</span></p>${next.question ? html`<p><em>${next.question}</em></p>` : nothing}
        ${next.private_note ? html`<p class="private-line">${icon('lock')}<span>${next.private_note}</span></p>` : nothing}` : html`<p class="empty">${texts.last}</p>`}</section>`;
  }

  private privately(item: TalkItem): TemplateResult | typeof nothing {
    if (this.store.side !== 'coach') return nothing;
    return html`<section class="card private"><h2>${icon('lock')}${t().moments.privateNote}</h2>
      <tb-note-field label=${t().moments.privateNote} test="private-note" rows="4" of=${item.id} .text=${item.private_note} .save=${(text: string) => this.store.changeItem(item.id, { private_note: text })}></tb-note-field></section>`;
  }

  private question(item: TalkItem): TemplateResult {
    const pride = [item.coach_moment, item.teacher_moment].some((id) => this.store.moment(id)?.kind === 'pride');
    return html`<section class="card"><h2>${t().talk.question}</h2><p>${item.question || t().moments.noQuestion}</p>
      <button type="button" data-test="choose-question" aria-expanded=${String(this.asking)} @click=${() => (this.asking = !this.asking)}>${icon('help')}${t().moments.chooseQuestion}</button>
      ${this.asking
        ? html`<tb-question-chooser .visitId=${this.visitId} .item=${item.id} .question=${item.question} .pride=${pride}
            @choose=${(event: CustomEvent<string>) => { this.asking = false; void this.attempt(() => this.store.changeItem(item.id, { question: event.detail })); }}></tb-question-chooser>`
        : nothing}</section>`;
  }

  private course(): TemplateResult {
    const texts = t().steer;
    const talk = this.store.talk!;
    const scores = this.store.state.scores ?? false;
    return html`<section class="card steer-course"><div class="buttons">
      ${this.store.running
        ? html`<button type="button" data-test="end-talk" @click=${() => void this.end()}>${icon('check')}${texts.end}</button>`
        : html`<button type="button" class="primary" data-test="start-talk" @click=${() => void this.attempt(() => this.store.start())}>${icon('play')}${talk.started_at ? texts.resume : texts.start}</button>`}
      <button type="button" data-test="scores-on" aria-pressed=${String(scores)} @click=${() => this.store.press(presses.scores(!scores))}>${icon('grid')}${texts.scores}</button>
      <a class="button quiet" href=${paths.talk(this.visitId)}>${icon('film')}${texts.toScreen}</a>
      <a class="button quiet" href=${paths.moments(this.visitId)}>${icon('list')}${t().moments.title}</a></div>
      ${talk.ended_at ? html`<p class="small">${texts.endedAt(dateTime(talk.ended_at))} <a href=${paths.report(this.visitId)}>${t().moments.toReport}</a></p>` : nothing}</section>`;
  }

  private desk(item: TalkItem): TemplateResult {
    const { store } = this;
    const show = store.state.show ?? 'moment';
    return html`<div class="steer-grid">
      <div class="steer-hand">${this.now(item)}${this.besides ? html`<tb-beside-chooser .store=${store} @done=${() => (this.besides = false)}></tb-beside-chooser>` : nothing}
        ${show === 'list' ? this.list(item) : nothing}${this.controls()}</div>
      <div class="steer-desk">${this.next()} ${this.privately(item)}
        <section class="card"><tb-note-field label=${t().talk.notes} hint=${t().talk.notesHint} test="notes" rows="4" of=${item.id} .text=${item.notes} .save=${(notes: string) => store.changeItem(item.id, { notes })}></tb-note-field></section>
        ${this.question(item)}
        <section class="card" aria-labelledby="steer-agreements"><h2 id="steer-agreements">${t().agreements.title}</h2>
          <tb-agreements editable .visitId=${this.visitId} .agreements=${store.agreements} @changed=${(event: CustomEvent<Agreement[]>) => store.setAgreements(event.detail)}></tb-agreements></section>
        ${this.course()}</div>
    </div>`;
  }

  protected override render(): TemplateResult {
    const { store } = this;
    const item = store.item;
    const there = store.talk?.revealed_at && item;
    return html`<main class="page steer-page" id="main">
      <div class="steer-head"><h1>${t().steer.title}</h1>${this.clock()}${this.connection()}</div>
      ${there
        ? this.desk(item)
        : store.answer
          ? html`<section class="card"><h2>${store.talk?.revealed_at ? t().talk.nothing : t().talk.notBegun}</h2>${store.talk?.revealed_at ? nothing : html`<p>${t().talk.notBegunHelp}</p>`}<a class="button primary" href=${paths.moments(this.visitId)}>${t().talk.toMoments}</a></section>`
          : store.error
            ? html`<div class="card problem" role="alert"><p>${errorText(store.error)}</p><button type="button" @click=${() => void store.load()}>${t().common.retry}</button></div>`
            : html`<p class="waiting">${t().common.loading}</p>`}
      <p class="purpose-line">${t().coaching.purpose}</p>
    </main>`;
  }
}
