// Below the board: what can be added to the tap just made. It has its place from the start, so that nothing moves under
// a finger, and it asks for nothing: the tap counts already.
import { html, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { t, words } from '../i18n';
import { clockTime } from '../model/format';
import { codeOf, modifiersOf } from '../model/instruments';
import type { VisitStore } from '../model/visit-store';
import { Part } from './base';
import { icon, shape } from './icons';
import { modifierChoices } from './modifier-choice';
import { vars } from './vars';

const STAYS_MS = 45000;

@customElement('tb-modifier-bar')
export class ModifierBar extends Part {
  @property({ attribute: false }) store!: VisitStore;
  /** the tap that was made last */
  @property() newest: string | null = null;
  @state() private shown: string | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.atEnd(() => this.timer && clearTimeout(this.timer));
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (!changed.has('newest') || this.newest === null) return;
    const one = this.store.journal.find('observation', this.newest);
    // A tap to which nothing can be added leaves the one before within reach.
    if (!one || modifiersOf(codeOf(this.store.codes, one)).length === 0) return;
    this.shown = this.newest;
    if (this.timer) clearTimeout(this.timer);
    this.timer = setTimeout(() => (this.shown = null), STAYS_MS);
  }

  protected override render(): TemplateResult {
    const one = this.shown === null ? undefined : this.store.journal.find('observation', this.shown);
    const code = one && !one.removed ? codeOf(this.store.codes, one) : undefined;
    const texts = t().tapping;
    return html`<div class="modifier-bar ${code ? '' : 'idle'}" data-test="modifier-bar" ${vars({ '--code-color': code?.color ?? '#5b534b' })}>
      ${one && code
        ? html`<div class="modifier-head">${shape(code.shape)}<strong>${texts.modifiersOf(words(code.code.short), clockTime(one.at))}</strong></div>
            <div class="modifier-line">
              <div class="modifier-row">${modifierChoices(modifiersOf(code), one.modifiers, (modifiers) => this.store.changeObservation(one.id, { modifiers }))}</div>
              <button type="button" class="icon-only" aria-label=${texts.modifiersDone} title=${texts.modifiersDone} @click=${() => (this.shown = null)}>${icon('check')}</button>
            </div>`
        : html`<p class="small">${texts.modifiersIdle}</p>`}
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tb-modifier-bar': ModifierBar;
  }
}
