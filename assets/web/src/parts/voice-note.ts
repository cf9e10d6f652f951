// Records a voice note on this device: how loud and how long it is, to be heard before it goes anywhere.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { t } from '../i18n';
import { clockTime } from '../model/format';
import type { Level } from '../model/types';
import { Part } from './base';
import { icon } from './icons';
import './level-meter';
import './voice-player';

export const LONGEST_S = 180;
const TICK_MS = 100;
/** Speech: three minutes stay below a megabyte. */
const BITS_PER_SECOND = 32000;
const TYPES = ['audio/webm;codecs=opus', 'audio/ogg;codecs=opus', 'audio/mp4', 'audio/webm'];

type Phase = 'idle' | 'asking' | 'recording' | 'made';
type Trouble = 'insecure' | 'unsupported' | 'refused' | 'noMicrophone' | 'busy' | 'failed';

function troubleOf(error: unknown): Trouble {
  const names: Record<string, Trouble> = {
    NotAllowedError: 'refused', SecurityError: 'refused', NotFoundError: 'noMicrophone', OverconstrainedError: 'noMicrophone',
    NotReadableError: 'busy', AbortError: 'busy',
  };
  return names[error instanceof DOMException ? error.name : ''] ?? 'failed';
}

const decibels = (value: number) => (value > 0 ? Math.max(-100, 20 * Math.log10(value)) : -100);

/** Events: `voice` (a Blob, or null when it is thrown away), `voice-busy` (boolean: it is being recorded). */
@customElement('tb-voice-note')
export class VoiceNote extends Part {
  @property({ type: Boolean }) disabled = false;
  @state() private phase: Phase = 'idle';
  @state() private trouble: Trouble | null = null;
  @state() private seconds = 0;
  @state() private level: Level | null = null;
  private stream: MediaStream | null = null;
  private recorder: MediaRecorder | null = null;
  private context: AudioContext | null = null;
  private timer: ReturnType<typeof setInterval> | null = null;
  private url: string | null = null;
  /** a later start, or the end of this part, makes an earlier question for the microphone void */
  private turn = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    this.atEnd(() => this.clear());
  }

  private tell(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  protected override updated(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('phase') && this.phase !== 'idle') this.scrollIntoView({ block: 'nearest' });
  }

  /** Lets go of the microphone. */
  private release(): void {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
    this.stream?.getTracks().forEach((one) => one.stop());
    this.stream = null;
    void this.context?.close().catch(() => undefined);
    this.context = null;
    this.level = null;
  }

  /** As if nothing was ever said. */
  clear(): void {
    this.turn++;
    const recorder = this.recorder;
    this.recorder = null;
    if (recorder && recorder.state !== 'inactive') recorder.stop();
    this.release();
    if (this.url) URL.revokeObjectURL(this.url);
    this.url = null;
    this.seconds = 0;
    this.phase = 'idle';
  }

  private async start(): Promise<void> {
    this.clear();
    const turn = this.turn;
    this.trouble = !isSecureContext ? 'insecure' : !navigator.mediaDevices?.getUserMedia || typeof MediaRecorder === 'undefined' ? 'unsupported' : null;
    if (this.trouble) return;
    this.phase = 'asking';
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true } });
      if (turn !== this.turn) return stream.getTracks().forEach((one) => one.stop());
      this.stream = stream;
      this.record(stream);
    } catch (error) {
      if (turn !== this.turn) return;
      console.warn('microphone', error);
      this.clear();
      this.trouble = troubleOf(error);
    }
  }

  private record(stream: MediaStream): void {
    const mimeType = TYPES.find((one) => MediaRecorder.isTypeSupported(one));
    const recorder = new MediaRecorder(stream, { ...(mimeType ? { mimeType } : {}), audioBitsPerSecond: BITS_PER_SECOND });
    const pieces: Blob[] = [];
    recorder.ondataavailable = (event) => {
      if (event.data.size > 0) pieces.push(event.data);
    };
    recorder.onstop = () => {
      if (this.recorder === recorder) this.made(new Blob(pieces, { type: (recorder.mimeType || 'audio/webm').split(';')[0]! }));
    };
    recorder.onerror = () => {
      this.clear();
      this.trouble = 'failed';
    };
    this.recorder = recorder;
    recorder.start(1000);
    this.phase = 'recording';
    this.tell('voice-busy', true);
    const began = performance.now();
    const measure = this.meter(stream);
    this.timer = setInterval(() => {
      this.seconds = Math.min(LONGEST_S, (performance.now() - began) / 1000);
      this.level = measure();
      if (this.seconds >= LONGEST_S) this.stop();
    }, TICK_MS);
  }

  private meter(stream: MediaStream): () => Level {
    this.context = new AudioContext();
    const analyser = this.context.createAnalyser();
    analyser.fftSize = 2048;
    this.context.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    return () => {
      analyser.getFloatTimeDomainData(samples);
      let peak = 0;
      let sum = 0;
      for (const one of samples) {
        peak = Math.max(peak, Math.abs(one));
        sum += one * one;
      }
      return { peak_db: decibels(peak), rms_db: decibels(Math.sqrt(sum / samples.length)) };
    };
  }

  private stop(): void {
    if (this.recorder?.state === 'recording') this.recorder.stop();
    this.release();
  }

  private made(sound: Blob): void {
    this.recorder = null;
    this.release();
    this.tell('voice-busy', false);
    if (sound.size === 0) {
      this.clear();
      this.trouble = 'failed';
      return;
    }
    this.url = URL.createObjectURL(sound);
    this.phase = 'made';
    this.tell('voice', sound);
  }

  private throwAway(): void {
    const busy = this.phase === 'recording';
    this.clear();
    if (busy) this.tell('voice-busy', false);
    this.tell('voice', null);
  }

  protected override render(): TemplateResult {
    const texts = t().voice;
    switch (this.phase) {
      case 'asking':
        return html`<p class="voice-note small" role="status">${texts.asking}</p>`;
      case 'recording':
        return html`<div class="voice-note on" data-test="voice-recording">
          <p class="voice-time"><span class="record-dot" aria-hidden="true"></span><span role="timer" data-test="voice-clock">${clockTime(this.seconds)}</span> <span class="small">${texts.of(clockTime(LONGEST_S))}</span></p>
          <div class="voice-level"><tb-level .level=${this.level} label=${texts.level}></tb-level></div>
          <div class="voice-buttons"><button type="button" class="primary" data-test="voice-stop" @click=${() => this.stop()}><span class="stop-square" aria-hidden="true"></span>${texts.stop}</button>
            <button type="button" data-test="voice-cancel" @click=${() => this.throwAway()}>${t().common.cancel}</button></div></div>`;
      case 'made':
        return html`<div class="voice-note" data-test="voice-made"><tb-voice-player .src=${this.url ?? ''} .seconds=${this.seconds}></tb-voice-player>
          <button type="button" class="icon-only" data-test="voice-drop" aria-label=${texts.drop} title=${texts.drop} ?disabled=${this.disabled} @click=${() => this.throwAway()}>${icon('trash')}</button></div>`;
      default:
        return html`<div class="voice-note"><button type="button" data-test="voice-start" ?disabled=${this.disabled} @click=${() => void this.start()}>${icon('mic')}${texts.start}</button></div>
          ${this.trouble ? html`<p class="problem" role="alert" data-test="voice-trouble">${icon('warn')}<span>${texts.troubles[this.trouble]}</span></p>` : nothing}`;
    }
  }
}
