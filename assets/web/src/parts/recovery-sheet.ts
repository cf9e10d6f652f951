// The recovery key, once: to print or write down, and proof that it was.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { t } from '../i18n';
import { longDate } from '../model/format';
import type { Recovery } from '../model/types';
import { Part } from './base';
import { icon } from './icons';
import { qrCode } from './qr';

const ASKED = 2;

/** Different places in the list, in order. */
function somePlaces(count: number, of: number): number[] {
  const places = new Set<number>();
  while (places.size < count) places.add(crypto.getRandomValues(new Uint32Array(1))[0]! % of);
  return [...places].sort((a, b) => a - b);
}

@customElement('tb-recovery-sheet')
export class RecoverySheet extends Part {
  @property({ attribute: false }) recovery!: Recovery;
  @property() person = '';
  @state() private kept = false;
  @state() private problem = '';
  private places: number[] = [];

  override connectedCallback(): void {
    super.connectedCallback();
    this.places = somePlaces(ASKED, this.recovery.words.length);
    // Going away now would lose it for ever.
    this.on(window, 'beforeunload', (event) => event.preventDefault());
  }

  private proceed(event: SubmitEvent): void {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const wrong = this.places.filter((place) => String(form.get(`word-${place}`)).trim().toLowerCase() !== this.recovery.words[place]);
    if (!this.kept) this.problem = t().recovery.tickFirst;
    else if (wrong.length > 0) this.problem = t().recovery.wrongWords(wrong.map((place) => place + 1));
    else this.dispatchEvent(new Event('done'));
  }

  protected override render(): TemplateResult {
    const texts = t().recovery;
    return html`
      <section class="paper" aria-label=${texts.sheet}>
        <h2 class="paper-title">${texts.paperTitle}</h2>
        <p class="paper-only">${texts.paperText}</p>
        <ol class="recovery-words" data-test="recovery-words">${this.recovery.words.map((word) => html`<li><span>${word}</span></li>`)}</ol>
        <div class="paper-foot">
          ${qrCode(this.recovery.qr, texts.qr)}
          <dl>
            <div><dt>${texts.madeOn}</dt><dd>${longDate(new Date())}</dd></div>
            <div><dt>${texts.madeBy}</dt><dd>${this.person}</dd></div>
            <div class="paper-only"><dt>${texts.school}</dt><dd class="line"></dd></div>
            <div class="paper-only"><dt>${texts.keptBy}</dt><dd class="line"></dd></div>
            <div class="paper-only"><dt>${texts.signature}</dt><dd class="line"></dd></div>
          </dl>
        </div>
        <p class="paper-safe">${texts.safe}</p>
      </section>
      <p class="no-print"><button type="button" class="big" data-test="print" @click=${() => print()}>${icon('print')}${texts.print}</button></p>
      <form class="no-print" @submit=${(event: SubmitEvent) => this.proceed(event)}>
        <label class="check"><input type="checkbox" name="kept" .checked=${this.kept} @change=${(event: Event) => (this.kept = (event.target as HTMLInputElement).checked)} />
          <span>${texts.kept}</span></label>
        <p>${texts.proof}</p>
        <div class="columns">${this.places.map((place) => html`<label class="field"><span>${texts.word(place + 1)}</span>
          <input name="word-${place}" data-place=${place} required maxlength="40" autocomplete="off" autocapitalize="off" spellcheck="false" /></label>`)}</div>
        ${this.problem ? html`<p class="problem" role="alert">${icon('warn')}<span>${this.problem}</span></p>` : nothing}
        <button class="primary big" type="submit" data-test="recovery-done">${texts.proceed}${icon('next')}</button>
      </form>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tb-recovery-sheet': RecoverySheet;
  }
}
