// What stands beside the moment: another moment of the lesson, or a place in another visit of the same trajectory.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { t } from '../i18n';
import { coaching } from '../model/coaching';
import type { TrajectoryVisit } from '../model/coaching-types';
import { clockTime, dateTime, parseClockTime } from '../model/format';
import { presses, talked } from '../model/talk-math';
import type { TalkStore } from '../model/talk-state';
import { Part } from './base';
import { icon } from './icons';
import { titleOf } from './talk-list';

/** Events: `done` when something was chosen, or it is to be closed. */
@customElement('tb-beside-chooser')
export class BesideChooser extends Part {
  @property({ attribute: false }) store!: TalkStore;
  @state() private visits: TrajectoryVisit[] = [];
  @state() private at = '0:00';
  private asked = false;
  private found = false;

  override connectedCallback(): void {
    super.connectedCallback();
    this.follow(this.store);
    this.on(this.store, 'change', () => void this.load());
    void this.load();
  }

  /** Once, as soon as the visit is known. */
  private async load(): Promise<void> {
    const trajectory = this.store.visit?.trajectory?.id;
    if (!trajectory || this.asked) return;
    this.asked = true;
    try {
      const { visits } = await coaching.trajectory(trajectory);
      this.visits = visits.filter((one) => one.id !== this.store.visitId && one.started_at !== null);
    } catch {
      // then there is only this lesson
    }
  }

  protected override updated(): void {
    // On a phone the buttons stay in view, also when what they open lies further up.
    const { top, bottom } = this.getBoundingClientRect();
    if (!this.found && (top < 0 || bottom > innerHeight)) this.scrollIntoView({ block: 'start' });
    this.found = true;
  }

  private done(): void {
    this.dispatchEvent(new Event('done'));
  }

  private moment(id: string): void {
    this.store.press(presses.besideMoment(id));
    this.done();
  }

  private visit(id: string): void {
    this.store.press(presses.besideVisit(id, parseClockTime(this.at) ?? 0));
    this.done();
  }

  protected override render(): TemplateResult {
    const texts = t().talk;
    const items = talked(this.store.items).filter((one) => one.id !== this.store.item?.id);
    return html`<section class="beside-chooser" data-test="beside-chooser" aria-label=${texts.besideChoose}>
      <div class="beside-head"><h2>${texts.besideChoose}</h2><button type="button" class="icon-only quiet" aria-label=${t().common.close} @click=${() => this.done()}>${icon('close')}</button></div>
      ${items.length === 0 && this.visits.length === 0 ? html`<p class="empty">${texts.besideNone}</p>` : nothing}
      ${items.length > 0
        ? html`<h3>${texts.besideMoment}</h3><ul class="plain-list">${items.map((one) => html`<li><button type="button" class="wide" data-beside=${one.id} @click=${() => this.moment(one.id)}>
            <span class="what">${titleOf(this.store, one)}</span><span class="time">${clockTime(one.from)}</span></button></li>`)}</ul>`
        : nothing}
      ${this.visits.length > 0
        ? html`<h3>${texts.besideVisit}</h3>
            <label class="field"><span>${texts.besideAt}</span><input inputmode="decimal" .value=${this.at} @input=${(event: Event) => (this.at = (event.target as HTMLInputElement).value)} /></label>
            <ul class="plain-list">${this.visits.map((one) => html`<li><button type="button" class="wide" data-beside-visit=${one.id} @click=${() => this.visit(one.id)}>
              <span class="what">${one.title || t().visits.untitled}</span><span class="time">${dateTime(one.started_at)}</span></button></li>`)}</ul>`
        : nothing}
    </section>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tb-beside-chooser': BesideChooser;
  }
}
