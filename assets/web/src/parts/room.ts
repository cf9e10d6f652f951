// The teacher's side of looking: own moments, what was seen, and comments; with what is done most under the thumb.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { t } from '../i18n';
import type { BoardCode } from '../model/instruments';
import type { Span } from '../model/moment-places';
import type { OwnMoments } from '../model/own-moments';
import { seenOf } from '../model/seen';
import type { Observation } from '../model/types';
import { Part } from './base';
import './comments';
import type { Comments } from './comments';
import { icon } from './icons';
import './my-moments';
import type { MyMoments } from './my-moments';
import { seenList } from './seen-list';

const mayChoose = (store: OwnMoments) => store.answer !== null && !store.ready && !store.revealed;

type Tab = 'moments' | 'seen' | 'comments';

/** Events: `look` (s), `play` ({from, to}), `comments`, `quiet` (the recording must pause). */
@customElement('tb-room')
export class Room extends Part {
  @property() visitId = '';
  @property({ attribute: false }) store!: OwnMoments;
  @property({ attribute: false }) within: Span = { from: 0, to: 1 };
  @property({ attribute: false }) playhead: () => number = () => 0;
  @property({ attribute: false }) observations: Observation[] = [];
  @property({ attribute: false }) codes: BoardCode[] = [];
  @property({ type: Boolean }) bare = false;
  @property() language = 'nl';
  @state() private tab: Tab = 'moments';
  @state() private said = 0;
  @query('tb-my-moments') private moments!: MyMoments | null;
  @query('tb-comments') private comments!: Comments | null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.follow(this.store);
  }

  private tell(name: string, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  /** Under the thumb: stands outside of what scrolls, so that it never hides any of it. */
  static bar(store: OwnMoments, room: () => Room | null): TemplateResult {
    return html`<div class="room-bar" role="group" aria-label=${t().room.label}>
      ${mayChoose(store) ? html`<button type="button" class="primary" data-test="choose-now" @click=${() => void room()?.chooseHere()}>${icon('star')}${t().momentsOfMine.choose}</button>` : nothing}
      <button type="button" data-test="comment-now" @click=${() => void room()?.writeHere()}>${icon('speech')}${t().room.commentHere}</button></div>`;
  }

  async chooseHere(): Promise<void> {
    this.tab = 'moments';
    this.tell('quiet');
    await this.updateComplete;
    await this.moments?.choose();
  }

  private async chooseSeen(one: Observation, title: string): Promise<void> {
    this.tab = 'moments';
    this.tell('look', one.clip.from);
    await this.updateComplete;
    await this.moments?.choose(null, one.clip, { observation: one.id, title });
  }

  async writeHere(): Promise<void> {
    this.tab = 'comments';
    this.tell('quiet');
    await this.updateComplete;
    this.comments?.write();
  }

  private tabButton(tab: Tab, label: string, count: number): TemplateResult {
    return html`<button type="button" role="tab" id="tab-${tab}" aria-controls="panel-${tab}" aria-selected=${String(this.tab === tab)}
      tabindex=${this.tab === tab ? 0 : -1} data-test="tab-${tab}" @click=${() => (this.tab = tab)}>${label}${count > 0 ? html` <span class="count">${count}</span>` : nothing}</button>`;
  }

  private onTabKey(event: KeyboardEvent): void {
    const tabs: Tab[] = ['moments', 'seen', 'comments'];
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    this.tab = tabs[(tabs.indexOf(this.tab) + by + tabs.length) % tabs.length]!;
    void this.updateComplete.then(() => this.querySelector<HTMLElement>(`#tab-${this.tab}`)?.focus());
  }

  protected override render(): TemplateResult {
    const texts = t().room;
    const panel = (tab: Tab, content: TemplateResult) => html`<div class="room-panel" role="tabpanel" id="panel-${tab}" aria-labelledby="tab-${tab}" ?hidden=${this.tab !== tab}>${content}</div>`;
    const look = (event: CustomEvent<number>) => this.tell('look', event.detail);
    return html`<section class="review-panel room" aria-label=${texts.label}>
      <div class="panel-tabs" role="tablist" aria-label=${texts.label} @keydown=${(event: KeyboardEvent) => this.onTabKey(event)}>
        ${this.tabButton('moments', texts.moments, this.store.mine.length)}
        ${this.tabButton('seen', texts.seen, seenOf(this.observations).moments.length)}
        ${this.tabButton('comments', texts.comments, this.said)}</div>
      ${panel('moments', html`<tb-my-moments .visitId=${this.visitId} .store=${this.store} .within=${this.within} .playhead=${this.playhead}
        @look=${look} @play=${(event: CustomEvent<Span>) => this.tell('play', event.detail)}></tb-my-moments>`)}
      ${panel('seen', seenList({
        observations: this.observations, codes: this.codes, bare: this.bare, look: (at) => this.tell('look', at),
        choose: mayChoose(this.store) ? (one, title) => void this.chooseSeen(one, title) : null,
      }))}
      ${panel('comments', html`<tb-comments .visitId=${this.visitId} side="teacher" .within=${this.within} .playhead=${this.playhead} @look=${look}
        @voice-plays=${() => this.tell('quiet')}
        @comments=${(event: CustomEvent<unknown[]>) => { this.said = event.detail.length; this.tell('comments', event.detail); }}></tb-comments>`)}
    </section>`;
  }
}
