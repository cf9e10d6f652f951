// The one list for the talk: its order, what is skipped, a question at each, and what only the coach reads.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { t } from '../i18n';
import type { Moment, TalkItem } from '../model/coaching-types';
import { clockTime } from '../model/format';
import type { TalkStore } from '../model/talk-state';
import { Part } from './base';
import { icon } from './icons';
import { KIND_ICONS } from './moment-card';
import { momentTitle } from './moment-choice';
import './note-field';
import './question-chooser';
import { complain } from './toast';

/** What an item is called. */
export function titleOf(store: TalkStore, item: TalkItem): string {
  const known = [item.teacher_moment, item.coach_moment].map((id) => store.moment(id)).find((one) => one?.title);
  return known?.title ?? momentTitle({ title: '', from: item.from });
}

/** Whose it is, in words. */
export function whoseOf(store: TalkStore, item: TalkItem): string {
  const texts = t().talk.whose;
  if (item.coach_moment && item.teacher_moment) return texts.both;
  return item.coach_moment ? texts.coach(store.name('coach')) : texts.teacher(store.name('teacher'));
}

@customElement('tb-talk-list')
export class TalkList extends Part {
  @property({ attribute: false }) store!: TalkStore;
  @state() private open: string | null = null;
  /** while one is dragged: the order as it would be */
  @state() private dragged: { id: string; ids: string[] } | null = null;
  @state() private said = '';
  private toFocus = '';

  override connectedCallback(): void {
    super.connectedCallback();
    this.follow(this.store);
  }

  private get ids(): string[] {
    return this.dragged?.ids ?? this.store.items.map((one) => one.id);
  }

  private async keep(ids: string[]): Promise<void> {
    try {
      await this.store.order(ids);
    } catch (error) {
      complain(error);
    }
  }

  private moveTo(id: string, place: number): void {
    const ids = this.store.items.map((one) => one.id);
    const at = ids.indexOf(id);
    if (place < 0 || place >= ids.length || at === place) return;
    ids.splice(at, 1);
    ids.splice(place, 0, id);
    this.said = t().moments.movedTo(place + 1, ids.length);
    this.toFocus = `[data-item="${id}"] .drag-handle`;
    void this.keep(ids);
  }

  private onKey(event: KeyboardEvent, id: string): void {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.moveTo(id, this.ids.indexOf(id) + by);
  }

  private onDrag(event: PointerEvent, id: string): void {
    if (event.button !== 0) return;
    const handle = event.currentTarget as HTMLElement;
    event.preventDefault();
    handle.focus();
    handle.setPointerCapture(event.pointerId);
    this.dragged = { id, ids: this.store.items.map((one) => one.id) };
    const move = (next: PointerEvent) => {
      const rows = [...this.querySelectorAll<HTMLElement>('[data-item]')].filter((one) => one.dataset.item !== id);
      const before = rows.filter((one) => { const box = one.getBoundingClientRect(); return box.top + box.height / 2 < next.clientY; }).length;
      const ids = this.ids.filter((one) => one !== id);
      ids.splice(before, 0, id);
      if (ids.join() !== this.ids.join()) this.dragged = { id, ids };
    };
    const drop = () => {
      handle.removeEventListener('pointermove', move);
      const ids = this.ids;
      this.dragged = null;
      if (ids.join() !== this.store.items.map((one) => one.id).join()) void this.keep(ids);
    };
    handle.addEventListener('pointermove', move);
    handle.addEventListener('lostpointercapture', drop, { once: true });
  }

  private change(item: TalkItem, fields: Parameters<TalkStore['changeItem']>[1]): Promise<void> {
    return this.store.changeItem(item.id, fields);
  }

  private line(moment: Moment | undefined): TemplateResult | typeof nothing {
    if (!moment) return nothing;
    return html`<p class="talk-line">${icon(KIND_ICONS[moment.kind])}<span><strong>${this.store.name(moment.side)}:</strong> ${moment.line || t().momentsOfMine.kinds[moment.kind]}</span></p>`;
  }

  private row(item: TalkItem, index: number, count: number): TemplateResult {
    const texts = t().moments;
    const title = titleOf(this.store, item);
    const open = this.open === item.id;
    const moments = [this.store.moment(item.teacher_moment), this.store.moment(item.coach_moment)];
    return html`<li class="talk-item ${item.skipped ? 'skipped' : ''} ${this.dragged?.id === item.id ? 'dragged' : ''}" data-item=${item.id}>
      <div class="talk-item-head">
        <button type="button" class="icon-only quiet drag-handle" data-test="move-item" aria-label=${texts.move(title)} title=${texts.move(title)}
          @pointerdown=${(event: PointerEvent) => this.onDrag(event, item.id)} @keydown=${(event: KeyboardEvent) => this.onKey(event, item.id)}>${icon('list')}</button>
        <span class="talk-number">${index + 1}</span>
        <div class="what"><strong>${title}</strong><span class="small"><span class="time">${texts.times(clockTime(item.from), clockTime(item.to))}</span> · ${whoseOf(this.store, item)}${item.skipped ? html` · ${texts.skipped}` : nothing}</span></div>
        <div class="talk-item-tools">
          <button type="button" class="icon-only quiet" data-test="item-up" aria-label=${texts.up(title)} title=${texts.up(title)} ?disabled=${index === 0} @click=${() => this.moveTo(item.id, index - 1)}>${icon('up')}</button>
          <button type="button" class="icon-only quiet" data-test="item-down" aria-label=${texts.down(title)} title=${texts.down(title)} ?disabled=${index === count - 1} @click=${() => this.moveTo(item.id, index + 1)}>${icon('down')}</button>
          <button type="button" class="small quiet" data-test="skip" aria-pressed=${String(item.skipped)} @click=${() => void this.change(item, { skipped: !item.skipped }).catch(complain)}>${item.skipped ? texts.unskip : texts.skip}</button>
        </div>
      </div>
      ${moments.map((one) => this.line(one))}
      ${item.skipped ? nothing : html`<div class="talk-question"><p class=${item.question ? '' : 'small'}>${item.question || texts.noQuestion}</p>
        <button type="button" class="small" data-test="choose-question" aria-expanded=${String(open)} @click=${() => (this.open = open ? null : item.id)}>${icon('help')}${texts.chooseQuestion}</button></div>
      ${open
        ? html`<tb-question-chooser .visitId=${this.store.visitId} .item=${item.id} .question=${item.question} .pride=${moments.some((one) => one?.kind === 'pride')}
            @choose=${(event: CustomEvent<string>) => { this.open = null; void this.change(item, { question: event.detail }).catch(complain); }}></tb-question-chooser>`
        : nothing}
      ${this.store.side === 'coach'
        ? html`<details class="private" ?open=${item.private_note !== ''}><summary>${icon('lock')}${texts.privateNote}</summary>
            <tb-note-field label=${texts.privateNote} test="private-note" rows="2" of=${item.id} .text=${item.private_note} .save=${(text: string) => this.change(item, { private_note: text })}></tb-note-field></details>`
        : nothing}`}
    </li>`;
  }

  protected override updated(): void {
    if (this.toFocus === '') return;
    this.querySelector<HTMLElement>(this.toFocus)?.focus();
    this.toFocus = '';
  }

  protected override render(): TemplateResult {
    const texts = t().moments;
    const ids = this.ids;
    const items = ids.map((id) => this.store.items.find((one) => one.id === id)).filter((one): one is TalkItem => one !== undefined);
    if (items.length === 0) return html`<p class="empty">${texts.emptyList}</p>`;
    return html`<p class="small">${texts.listHelp}</p><span class="hidden-label" role="status">${this.said}</span>
      <ol class="talk-list">${repeat(items, (one) => one.id, (one, index) => this.row(one, index, items.length))}</ol>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tb-talk-list': TalkList;
  }
}
