// The taps so far, newest first; the chosen one (by default the newest) opens for a quick addition.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { t, words } from '../i18n';
import { clockTime } from '../model/format';
import { codeOf, modifiersOf, subjectTitle, subjectsOf } from '../model/instruments';
import { modifierTexts } from '../model/modifiers';
import type { Observation } from '../model/types';
import type { VisitStore } from '../model/visit-store';
import { Part } from './base';
import { icon, shape } from './icons';
import { modifierFields, noteField, subjectButtons, valenceButtons, valenceSign } from './quick-edit';
import { say } from './toast';
import { vars } from './vars';

const SHOWN = 60;

@customElement('tb-tap-list')
export class TapList extends Part {
  @property({ attribute: false }) store!: VisitStore;
  /** redraws with the clock of the page, for states that run */
  @property({ type: Number }) now = 0;
  @property() newest: string | null = null;
  @state() private chosen: string | null = null;
  @state() private closed = false;

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (!changed.has('newest')) return;
    this.chosen = this.newest;
    this.closed = false;
  }

  private toggle(id: string): void {
    this.closed = this.chosen === id && !this.closed;
    this.chosen = id;
  }

  private drop(one: Observation): void {
    this.store.remove('observation', one.id);
    say(t().observation.removed, { label: t().common.undo, run: this.store.undoOfLast() });
  }

  private row(one: Observation): TemplateResult {
    const code = codeOf(this.store.codes, one);
    const open = this.chosen === one.id && !this.closed;
    const about = [
      ...(one.subject === null ? [] : [words(subjectTitle(subjectsOf(this.store.instruments), one.subject))]),
      ...modifierTexts(modifiersOf(code), one.modifiers),
    ];
    return html`<li class="tap-row ${open ? 'chosen' : ''}" data-observation=${one.id}
      ${vars({ '--code-color': code?.color ?? '#5b534b' })}>
      <button type="button" class="tap-line" aria-expanded=${String(open)} @click=${() => this.toggle(one.id)}>
        <span class="time">${clockTime(one.at)}</span>
        ${shape(code?.shape ?? 'moment')}
        <span class="what">${code ? words(code.code.short) : t().record.moment}
          ${one.open
            ? html`<em class="open-state">${t().record.runsFor(clockTime(Math.max(0, this.now - one.at)))}</em>`
            : one.kind === 'state' && one.until !== null
              ? html`<em>${clockTime(one.until - one.at)}</em>`
              : nothing}
          ${about.map((text) => html`<em>${text}</em>`)}
          ${one.observer !== this.store.observer ? html`<em>${one.observer}</em>` : nothing}</span>
        ${valenceSign(one.valence) ? html`<span class="sign valence-${one.valence}" title=${t().observation.valences[one.valence]}>${valenceSign(one.valence)}</span>` : nothing}
        ${one.note ? icon('note') : nothing}
      </button>
      ${one.note && !open ? html`<p class="tap-note">${one.note}</p>` : nothing}
      ${open
        ? !this.store.mayChange(one) ? html`<p class="small hint">${t().errors['not-yours']}</p>` : html`<div class="tap-more">
            ${modifierFields(this.store, one)} ${valenceButtons(this.store, one)} ${subjectButtons(this.store, one)} ${noteField(this.store, one)}
            <div class="buttons">
              ${one.open
                ? html`<button type="button" class="small" @click=${(event: Event) => this.store.closeState(one.id, event.timeStamp)}>${icon('check')}${t().record.closeState}</button>`
                : nothing}
              <button type="button" class="small quiet" @click=${() => this.drop(one)}>${icon('trash')}${t().common.remove}</button>
            </div>
          </div>`
        : nothing}
    </li>`;
  }

  protected override render(): TemplateResult {
    // Intervals and ratings have a place of their own, where they are given.
    const all = this.store.journal.observations.filter((one) => one.kind !== 'interval' && one.kind !== 'rating').reverse();
    const open = all.filter((one) => one.open);
    return html`<section class="tap-list" aria-label=${t().record.taps}>
      <div class="tap-list-head">
        <h2>${t().record.taps} <span class="small">${all.length || ''}</span></h2>
        <div class="buttons">
          <button type="button" class="small" data-test="undo" ?disabled=${!this.store.journal.canUndo}
            @click=${() => this.store.undo()}>${icon('undo')}${t().common.undo}</button>
          <button type="button" class="small icon-only" data-test="redo" aria-label=${t().common.redo} title=${t().common.redo}
            ?disabled=${!this.store.journal.canRedo} @click=${() => this.store.redo()}>${icon('redo')}</button>
        </div>
      </div>
      ${open.length > 0 ? html`<p class="small open-count">${t().record.openStates(open.length)}</p>` : nothing}
      ${all.length === 0
        ? html`<p class="empty">${t().record.noTaps}</p>`
        : html`<ol class="tap-rows">${repeat(all.slice(0, SHOWN), (one) => one.id, (one) => this.row(one))}</ol>
            ${all.length > SHOWN ? html`<p class="small">${t().record.olderTaps(all.length - SHOWN)}</p>` : nothing}`}
    </section>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tb-tap-list': TapList;
  }
}
