// Choosing one's own moments for the talk: places to fill, and a button that says it is done. The other side sees no
// more of it than is given.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { t, words } from '../i18n';
import { account } from '../model/account';
import type { Moment, MomentFields } from '../model/coaching-types';
import { around, fit, type Prompt, type Span } from '../model/moment-places';
import type { OwnMoments } from '../model/own-moments';
import { paths } from '../router';
import { Part } from './base';
import { icon } from './icons';
import './moment-card';
import { KIND_ICONS } from './moment-card';
import { complain, errorText, say } from './toast';

/** Events: `look` (s), `play` ({from, to}). */
@customElement('tb-my-moments')
export class MyMoments extends Part {
  @property() visitId = '';
  @property({ attribute: false }) store!: OwnMoments;
  @property({ attribute: false }) within: Span = { from: 0, to: 1 };
  @property({ attribute: false }) playhead: () => number = () => 0;
  @state() private open: string | null = null;
  @state() private busy = false;

  override connectedCallback(): void {
    super.connectedCallback();
    this.follow(this.store);
    this.on(this.store, 'refused', (event) => complain((event as CustomEvent<unknown>).detail));
  }

  private tell(name: string, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  get mayChoose(): boolean {
    return this.store.answer !== null && !this.store.ready && !this.store.revealed;
  }

  /** Chooses what is around the playhead, or `span`; for `prompt`, or the first place that is still empty. */
  async choose(prompt: Prompt | null = null, span: Span | null = null, fields: MomentFields = {}): Promise<void> {
    if (this.busy || !this.mayChoose) return;
    const all = this.store.places;
    const place = all.findIndex((one) => one.prompt !== null && (prompt === null || one.prompt.id === prompt.id));
    const kind = all[place]?.prompt?.kind ?? 'other';
    const index = place < 0 ? undefined : all.slice(0, place).filter((one) => one.moment !== null).length;
    const { from, to } = span ? fit(span.from, span.to, this.within) : around(this.playhead(), this.within);
    this.busy = true;
    try {
      const moment = await this.store.add({ from, to, kind, ...fields }, index);
      this.open = moment.id;
      await this.show(moment.id);
    } catch (error) {
      complain(error);
    } finally {
      this.busy = false;
    }
  }

  private async show(id: string): Promise<void> {
    await this.updateComplete;
    const card = this.querySelector<HTMLElement>(`[data-moment="${id}"]`);
    card?.focus({ preventScroll: true });
    card?.scrollIntoView({ block: 'nearest' });
    // Under the picture that stays in view.
    card?.scrollIntoView({ block: 'start' });
  }

  private async drop(moment: Moment): Promise<void> {
    const texts = t().momentsOfMine;
    const back = await this.store.remove(moment.id);
    if (back) say(texts.removed, { label: t().common.undo, run: () => void back().catch(complain) });
  }

  private move(moment: Moment, by: -1 | 1): void {
    const ids = this.store.mine.map((one) => one.id);
    const at = ids.indexOf(moment.id);
    const other = ids[at + by];
    if (other === undefined) return;
    ids[at] = other;
    ids[at + by] = moment.id;
    void this.store.order(ids).then(() => this.querySelector<HTMLElement>(`[data-moment="${moment.id}"] [data-test=${by < 0 ? 'move-up' : 'move-down'}]`)?.focus());
  }

  private async setReady(ready: boolean): Promise<void> {
    this.busy = true;
    try {
      await this.store.setReady(ready);
      this.open = null;
      say(t().momentsOfMine.takenBack);
      if (ready) say(t().momentsOfMine.saidReady, { label: t().common.undo, run: () => void this.setReady(false) });
    } catch (error) {
      complain(error);
    } finally {
      this.busy = false;
    }
  }

  private card(moment: Moment, mine: Moment[]): TemplateResult {
    return html`<tb-moment-card .moment=${moment} .within=${this.within} .playhead=${this.playhead} .open=${this.open === moment.id} .fixed=${!this.mayChoose}
      .first=${mine[0]?.id === moment.id} .last=${mine.at(-1)?.id === moment.id}
      @toggle-card=${() => (this.open = this.open === moment.id ? null : moment.id)}
      @fields=${(event: CustomEvent<{ fields: MomentFields; typing: boolean }>) => this.store.change(moment.id, event.detail.fields, event.detail.typing)}
      @look=${(event: CustomEvent<number>) => this.tell('look', event.detail)}
      @play=${() => this.tell('play', { from: moment.from, to: moment.to })}
      @move=${(event: CustomEvent<-1 | 1>) => this.move(moment, event.detail)} @drop=${() => void this.drop(moment)}></tb-moment-card>`;
  }

  private empty(prompt: Prompt): TemplateResult {
    const texts = t().momentsOfMine;
    return html`<div class="place ${prompt.kind}" data-test="place" data-kind=${prompt.kind}>
      <h3>${icon(KIND_ICONS[prompt.kind])}${words(prompt.title) || texts.kinds[prompt.kind]}</h3><p class="small">${words(prompt.line)}</p>
      <button type="button" class="wide" data-test="choose-here" ?disabled=${this.busy} @click=${() => void this.choose(prompt)}>${icon('plus')}${texts.choose}</button></div>`;
  }

  /** How far one is, and what comes next. */
  private progress(): TemplateResult {
    const texts = t().momentsOfMine;
    const { store } = this;
    const mine = store.mine;
    if (store.revealed) {
      return html`<div class="room-state" data-test="revealed"><p>${icon('check')}${texts.revealed}</p>
        <a class="button primary wide" href=${paths.moments(this.visitId)}>${icon('eye')}${texts.seeAll}</a></div>`;
    }
    if (store.ready) {
      const other = store.answer?.side === 'coach' ? store.talk?.teacher_ready_at : store.talk?.coach_ready_at;
      return html`<div class="room-state" data-test="is-ready"><p>${icon('check')}<span>${other ? texts.bothReady : texts.isReady}</span></p>
        ${other ? html`<a class="button primary wide" href=${paths.moments(this.visitId)}>${icon('eye')}${texts.together}</a>` : nothing}
        <button type="button" class="wide" data-test="not-ready" ?disabled=${this.busy} @click=${() => void this.setReady(false)}>${icon('undo')}${texts.notReady}</button></div>`;
    }
    if (mine.length === 0) return html`<p class="small">${texts.blind}</p>`;
    const empty = store.places.filter((one) => one.prompt !== null).length;
    return html`<div class="room-state"><p class="small">${empty > 0 ? texts.fewerIsFine(empty) : texts.readyHelp}</p>
      <button type="button" class="wide ${empty === 0 ? 'primary' : ''}" data-test="ready" ?disabled=${this.busy} @click=${() => void this.setReady(true)}>${icon('check')}${texts.ready}</button></div>`;
  }

  protected override render(): TemplateResult {
    const texts = t().momentsOfMine;
    const { store } = this;
    if (!store.answer) {
      return store.error
        ? html`<div class="problem" role="alert"><p>${errorText(store.error)}</p><button type="button" @click=${() => void store.load()}>${t().common.retry}</button></div>`
        : html`<p class="waiting">${t().common.loading}</p>`;
    }
    const mine = store.mine;
    const all = this.mayChoose ? store.places : mine.map((moment) => ({ moment, prompt: null }));
    const chosen = mine.length;
    return html`<h2 class="hidden-label">${texts.title}</h2>
      ${this.mayChoose ? html`<p class="room-lead" role="status" data-test="lead">${chosen === 0 ? texts.lead : texts.count(chosen)}</p>` : this.progress()}
      ${store.offline ? html`<p class="problem" role="status" data-test="not-saved">${icon('warn')}<span>${texts.notSaved}</span></p>` : nothing}
      <ol class="places">${repeat(all, (one) => one.moment?.id ?? one.prompt?.id, (one) => html`<li>${one.moment ? this.card(one.moment, mine) : this.empty(one.prompt!)}</li>`)}</ol>
      ${this.mayChoose && store.places.every((one) => one.prompt === null)
        ? html`<button type="button" class="wide" data-test="choose-more" ?disabled=${this.busy} @click=${() => void this.choose()}>${icon('plus')}${texts.chooseMore}</button>` : nothing}
      ${this.mayChoose ? this.progress() : nothing}
      <p class="small saved-line" role="status">${account.offline || store.offline ? nothing : store.unsaved ? texts.saving : texts.saved}</p>`;
  }
}
