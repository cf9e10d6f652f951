// The player: pictures and sound of a visit on one timeline, and the buttons to move through it.
import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { t } from '../i18n';
import { clockTime } from '../model/format';
import type { Conductor } from '../model/conductor';
import type { Track } from '../model/types';
import { icon, type IconName } from './icons';

export const SPEEDS = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2];

@customElement('tb-player')
export class Player extends LitElement {
  @property({ attribute: false }) conductor!: Conductor;
  @property({ attribute: false }) tracks: Track[] = [];
  @property() main: string | null = null;
  @property({ attribute: false }) others: string[] = [];
  @property() sound: string | null = null;
  @property({ type: Boolean }) looping = false;
  @property({ type: Boolean }) live = false;
  @property() language = 'nl';
  @state() private full = false;
  @state() private volume = 1;
  /** the sound is off; the page that shows captions wants to know */
  @property({ type: Boolean }) muted = false;

  private readonly onChange = () => this.requestUpdate();
  private readonly onTime = () => this.showTime();
  private readonly onFull = () => (this.full = document.fullscreenElement === this);

  override connectedCallback(): void {
    super.connectedCallback();
    this.conductor.addEventListener('change', this.onChange);
    this.conductor.addEventListener('time', this.onTime);
    document.addEventListener('fullscreenchange', this.onFull);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.conductor.removeEventListener('change', this.onChange);
    this.conductor.removeEventListener('time', this.onTime);
    document.removeEventListener('fullscreenchange', this.onFull);
  }

  /** Runs for every frame, therefore past the template. */
  private showTime(): void {
    this.dataset.time = this.conductor.shownTime.toFixed(6);
    const clock = this.renderRoot.querySelector('.now');
    const text = clockTime(this.conductor.time, 1);
    if (clock && clock.textContent !== text) clock.textContent = text;
    const shows = this.conductor.main?.has(this.conductor.time) ?? false;
    this.renderRoot.querySelector('.screens')?.classList.toggle('gap', this.main !== null && !shows);
  }

  protected override updated(): void {
    this.showTime();
    const sound = this.conductor.sound?.element;
    if (!sound) return;
    sound.volume = this.volume;
    sound.muted = this.muted;
  }

  private tell(name: string, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  private toggleMute(): void {
    this.muted = !this.muted;
    if (!this.muted && this.volume === 0) this.volume = 1;
    this.tell('mute', this.muted);
  }

  async toggleFullscreen(): Promise<void> {
    try {
      if (document.fullscreenElement) await document.exitFullscreen();
      else await this.requestFullscreen();
    } catch {
      // a browser may refuse; the picture stays as it is
    }
  }

  private button(name: IconName, label: string, run: () => void, more: { pressed?: boolean; test?: string; cls?: string } = {}): TemplateResult {
    return html`<button type="button" class=${more.cls ?? ''} title=${label} aria-label=${label} data-test=${more.test ?? nothing}
      aria-pressed=${more.pressed === undefined ? nothing : String(more.pressed)} @click=${run}>${icon(name)}</button>`;
  }

  private screens(): TemplateResult {
    const texts = t().review;
    const conductor = this.conductor;
    const cameras = [this.main, ...this.others].filter((id) => id !== null);
    const main = conductor.main;
    return html`<div class="screens count-${cameras.length}" @click=${() => conductor.toggle()}>
      ${cameras.map((id) => {
        const player = conductor.player(id);
        return player ? html`<figure>${player.element}
          ${cameras.length > 1 ? html`<figcaption>${player.track.name}</figcaption>` : nothing}</figure>` : nothing;
      })}
      ${cameras.length === 0
        ? html`<div class="message still"><span class="big-time" aria-hidden="true">${icon('eye')}</span></div>`
        : html`<div class="message no-picture">${texts.noPictureHere}</div>`}
      ${main?.failed ? html`<div class="message">${texts.playError}</div>` : conductor.waiting ? html`<div class="message waiting">${texts.buffering}</div>` : nothing}
      ${conductor.sound?.element ?? nothing}
      <slot name="captions"></slot>
    </div>`;
  }

  private sources(): TemplateResult {
    const texts = t().review;
    const cameras = this.tracks.filter((one) => one.kind === 'video');
    const mics = this.tracks.filter((one) => one.kind === 'audio');
    return html`
      ${cameras.length > 1
        ? html`<div class="group" role="group" aria-label=${texts.cameras}>
            ${cameras.map((one) => html`<button type="button" aria-pressed=${String(this.main === one.id && this.others.length === 0)}
              @click=${() => this.tell('camera', one.id)}>${one.name}</button>`)}
            <button type="button" aria-pressed=${String(this.others.length > 0)} @click=${() => this.tell('side-by-side')}>${texts.sideBySide}</button>
          </div>`
        : nothing}
      ${mics.length > 0
        ? html`<label class="group sound">
            ${mics.length > 1
              ? html`<select aria-label=${texts.sound} @change=${(event: Event) => this.tell('mic', (event.target as HTMLSelectElement).value)}>
                  ${mics.map((one) => html`<option value=${one.id} ?selected=${one.id === this.sound}>${one.name}</option>`)}</select>`
              : nothing}
            <input type="range" min="0" max="1" step="0.05" aria-label=${texts.volume} .value=${String(this.volume)}
              @input=${(event: Event) => (this.volume = Number((event.target as HTMLInputElement).value))} /></label>`
        : nothing}`;
  }

  protected override render(): TemplateResult {
    const texts = t().review;
    const conductor = this.conductor;
    return html`
      ${this.screens()}
      <div class="bar" role="toolbar" aria-label=${texts.player}>
        <div class="group main-buttons">
          ${this.button('prevMark', texts.previous, () => this.tell('previous'))}
          ${this.button('frameBack', texts.frameBack, () => void conductor.step(-1), { test: 'frame-back' })}
          ${this.button(conductor.playing ? 'pause' : 'play', conductor.playing ? texts.pause : texts.play, () => conductor.toggle(), { test: 'play', cls: 'play' })}
          ${this.button('frameNext', texts.frameNext, () => void conductor.step(1), { test: 'frame-next' })}
          ${this.button('nextMark', texts.next, () => this.tell('next'))}
        </div>
        <span class="times"><span class="now"></span><span class="end"> / ${clockTime(conductor.end)}</span></span>
        <div class="group">
          <select class="speed" aria-label=${texts.speed} title=${texts.speed} .value=${String(conductor.rate)}
            @change=${(event: Event) => conductor.setRate(Number((event.target as HTMLSelectElement).value))}>
            ${SPEEDS.map((one) => html`<option value=${one} ?selected=${one === conductor.rate}>${String(one).replace('.', this.language === 'nl' ? ',' : '.')}×</option>`)}
          </select>
          ${this.button('loop', this.looping ? texts.loopOff : texts.loop, () => this.tell('loop'), { pressed: this.looping })}
          ${this.sound === null ? nothing : this.button(this.muted ? 'soundOff' : 'sound', this.muted ? t().captions.unmute : t().captions.mute, () => this.toggleMute(), { pressed: this.muted, test: 'mute' })}
          ${this.live ? html`<button type="button" @click=${() => this.tell('live')}>${texts.live}</button>` : nothing}
          ${this.button('full', this.full ? texts.exitFullscreen : texts.fullscreen, () => void this.toggleFullscreen())}
        </div>
        ${this.sources()}
      </div>`;
  }

  static override styles = css`
    :host { display: flex; flex-direction: column; background: #000; color: #f3ede4; border-radius: 12px; overflow: hidden; min-height: 0; }
    :host(:fullscreen) { border-radius: 0; }
    .screens { position: relative; display: grid; grid-auto-flow: column; grid-auto-columns: minmax(0, 1fr); background: #000; flex: 1; min-height: 0; aspect-ratio: 16 / 9; max-height: var(--player-height, 60vh); cursor: pointer; }
    .screens.count-0 { aspect-ratio: auto; min-height: 96px; max-height: 120px; cursor: default; }
    .screens.count-2, .screens.count-3 { aspect-ratio: 32 / 9; }
    .screens.count-4 { grid-auto-flow: row; grid-template-columns: 1fr 1fr; }
    :host(:fullscreen) .screens { max-height: none; aspect-ratio: auto; }
    figure { margin: 0; position: relative; min-width: 0; min-height: 0; }
    figcaption { position: absolute; left: 8px; top: 8px; background: rgb(0 0 0 / 65%); padding: 2px 10px; border-radius: 6px; font-size: 0.85rem; }
    video { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: contain; display: block; }
    slot { display: block; position: absolute; inset: auto 0 0; pointer-events: none; }
    .message { position: absolute; inset: 0; display: grid; place-items: center; text-align: center; padding: 16px; pointer-events: none; color: #f3ede4; }
    .message.waiting { inset: auto 0 12px; }
    .message.no-picture { visibility: hidden; background: #12100e; }
    .gap .message.no-picture { visibility: visible; }
    .still { color: #8d8173; }
    .bar { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 12px; padding: 6px 10px; background: #26221e; }
    .group { display: inline-flex; align-items: center; gap: 4px; }
    button, select { min-height: 48px; min-width: 48px; padding: 0 10px; display: inline-flex; align-items: center; justify-content: center; border: 0; border-radius: 10px; background: transparent; color: inherit; font: inherit; cursor: pointer; touch-action: manipulation; }
    select { background: #38322c; }
    option { background: #26221e; color: #f3ede4; }
    button:hover { background: #4a423a; }
    button[aria-pressed='true'] { background: #f3ede4; color: #191714; }
    button.play { background: #f3ede4; color: #191714; border-radius: 50%; width: 52px; height: 52px; }
    :focus-visible { outline: 3px solid #56b4e9; outline-offset: 1px; }
    .icon { width: 24px; height: 24px; flex: none; }
    .times { font-variant-numeric: tabular-nums; white-space: nowrap; margin-right: auto; }
    .now { font-weight: 650; font-size: 1.1rem; }
    .end { color: #c0b5a7; }
    .sound { padding-left: 4px; }
    input[type='range'] { width: 80px; height: 48px; accent-color: #e69f00; }
    @media (max-width: 560px) {
      .bar { justify-content: space-between; padding: 4px; gap: 0 4px; }
      .main-buttons { width: 100%; justify-content: space-between; }
      .times { margin: 0 0 0 8px; }
      button, select { padding: 0 6px; }
      .sound:not(:has(select)) { display: none; } /* a phone has buttons for that */
    }
    @media (max-width: 380px) {
      .end { display: none; } /* one line less under the picture */
    }
  `;
}

declare global {
  interface HTMLElementTagNameMap {
    'tb-player': Player;
  }
}
