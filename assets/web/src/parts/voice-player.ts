// Plays a voice note. Only one is heard at a time.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { t } from '../i18n';
import { clockTime } from '../model/format';
import { Part } from './base';
import { icon } from './icons';
import { complain } from './toast';

let playing: VoicePlayer | null = null;

/** Event: `voice-plays` (bubbles), so that the recording can fall silent. */
@customElement('tb-voice-player')
export class VoicePlayer extends Part {
  @property() src = '';
  /** s, where it is known: what a browser records does not tell */
  @property({ type: Number }) seconds = 0;
  @state() private running = false;
  @state() private time = 0;
  private sound: HTMLAudioElement | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.atEnd(() => this.drop());
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('src')) this.drop();
  }

  private drop(): void {
    this.sound?.pause();
    this.sound?.removeAttribute('src');
    this.sound = null;
    this.running = false;
    this.time = 0;
  }

  stop(): void {
    this.sound?.pause();
  }

  private make(): HTMLAudioElement {
    const sound = new Audio();
    sound.preload = 'none';
    sound.src = this.src;
    sound.addEventListener('timeupdate', () => (this.time = sound.currentTime));
    sound.addEventListener('play', () => (this.running = true));
    sound.addEventListener('pause', () => (this.running = false));
    sound.addEventListener('ended', () => {
      this.running = false;
      this.time = 0;
    });
    return sound;
  }

  private async toggle(): Promise<void> {
    if (this.running) return this.stop();
    if (playing !== this) playing?.stop();
    playing = this;
    this.sound ??= this.make();
    this.dispatchEvent(new CustomEvent('voice-plays', { bubbles: true }));
    try {
      await this.sound.play();
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') return;
      console.error(error);
      this.drop();
      complain(new Error(t().voice.cannotPlay));
    }
  }

  protected override render(): TemplateResult {
    const texts = t().voice;
    return html`<button type="button" class="voice-play" data-test="play-voice" data-playing=${String(this.running)} @click=${() => void this.toggle()}>
      ${icon(this.running ? 'pause' : 'play')}<span>${this.running ? texts.pause : texts.listen}</span>
      <span class="time" data-test="voice-time">${clockTime(this.time)}${this.seconds > 0 ? html` / ${clockTime(this.seconds)}` : nothing}</span></button>`;
  }
}
