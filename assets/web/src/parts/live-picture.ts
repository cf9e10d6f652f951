// The live picture of a camera. The recording's own H.264 decoded by the browser where it can (no extra work for the
// recorder, least delay), otherwise a stream of JPEGs. Lets go of the connection while the tab is hidden.
import { html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { createRef, ref } from 'lit/directives/ref.js';
import { t } from '../i18n';
import { PICTURE_TABS, slots } from '../model/slots';
import { Part } from './base';

const HEADER = 13;
const FLAG_KEY = 1;
const FLAG_FORMAT = 2;
const MAX_WAITING_FRAMES = 20;

@customElement('tb-live-picture')
export class LivePicture extends Part {
  /** address of the JPEG stream */
  @property() picture = '';
  /** address of the H.264 stream, when there is one */
  @property() video = '';
  @property() label = '';
  @state() private mode: 'video' | 'picture' = 'picture';
  @state() private failed = false;
  /** nobody looks, or other tabs need the connection more */
  @state() private hiddenTab = resting();
  private readonly canvas = createRef<HTMLCanvasElement>();
  private abort: AbortController | null = null;
  private retry: ReturnType<typeof setTimeout> | null = null;
  private running = '';

  override connectedCallback(): void {
    super.connectedCallback();
    this.hiddenTab = resting();
    this.on(document, 'visibilitychange', () => (this.hiddenTab = resting()));
    this.on(slots(), 'change', () => (this.hiddenTab = resting()));
    this.mode = 'VideoDecoder' in window && this.video !== '' ? 'video' : 'picture';
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop();
    // An <img> keeps its stream open until it is told otherwise, even when it is no longer in the page.
    this.querySelector('img')?.removeAttribute('src');
  }

  private stop(): void {
    this.abort?.abort();
    this.abort = null;
    this.running = '';
    if (this.retry) clearTimeout(this.retry);
    this.retry = null;
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has('video') || changed.has('picture')) {
      this.failed = false;
      this.mode = 'VideoDecoder' in window && this.video !== '' ? 'video' : 'picture';
    }
  }

  protected override updated(): void {
    const wanted = this.mode === 'video' && !this.hiddenTab ? this.video : '';
    if (wanted === this.running) return;
    this.stop();
    if (wanted) void this.play(wanted);
  }

  private async play(address: string): Promise<void> {
    this.running = address;
    const abort = new AbortController();
    this.abort = abort;
    let decoder: VideoDecoder | null = null;
    try {
      const reply = await fetch(address, { signal: abort.signal, cache: 'no-store' });
      if (!reply.ok || !reply.body) throw new Error(`live picture: ${reply.status}`);
      decoder = new VideoDecoder({
        output: (frame) => this.draw(frame),
        error: () => abort.abort(),
      });
      let needKey = true;
      for await (const record of records(reply.body)) {
        if (record.flags & FLAG_FORMAT) {
          const format = JSON.parse(new TextDecoder().decode(record.data)) as { codec: string };
          decoder.configure({ codec: format.codec, optimizeForLatency: true });
          needKey = true;
          continue;
        }
        if (decoder.state !== 'configured') continue;
        const key = (record.flags & FLAG_KEY) !== 0;
        if (decoder.decodeQueueSize > MAX_WAITING_FRAMES) needKey = true; // too slow: go on from the next key frame
        if (needKey && !key) continue;
        needKey = false;
        decoder.decode(new EncodedVideoChunk({ type: key ? 'key' : 'delta', timestamp: record.time, data: record.data }));
      }
    } catch (error) {
      if (!this.isConnected || this.hiddenTab || this.abort !== abort) return;
      console.warn('live picture falls back to JPEG', error);
      this.mode = 'picture';
      return;
    } finally {
      if (decoder && decoder.state !== 'closed') decoder.close();
    }
    // The stream ended by itself, for instance because the camera went away: JPEG shows when it is back.
    if (this.isConnected && this.abort === abort) this.mode = 'picture';
  }

  private draw(frame: VideoFrame): void {
    const canvas = this.canvas.value;
    if (canvas) {
      if (canvas.width !== frame.displayWidth) canvas.width = frame.displayWidth;
      if (canvas.height !== frame.displayHeight) canvas.height = frame.displayHeight;
      canvas.getContext('2d')?.drawImage(frame, 0, 0);
    }
    frame.close();
  }

  private onPictureError(): void {
    if (this.hiddenTab) return;
    this.failed = true;
    this.retry = setTimeout(() => (this.failed = false), 1500);
  }

  protected override render() {
    if (this.mode === 'video') {
      return html`<div class="live"><canvas ${ref(this.canvas)} role="img" aria-label=${this.label} width="640" height="360"></canvas></div>`;
    }
    if (!this.picture || this.failed) return html`<div class="live no-picture">${t().record.noPicture}</div>`;
    return html`<div class="live">${this.hiddenTab
      ? nothing
      : html`<img src=${this.picture} alt=${this.label} @error=${this.onPictureError} />`}</div>`;
  }
}

function resting(): boolean {
  return document.hidden || slots().rank >= PICTURE_TABS;
}

interface StreamRecord {
  flags: number;
  /** microseconds on the visit's timeline */
  time: number;
  data: Uint8Array<ArrayBuffer>;
}

/** Cuts the byte stream into records: 4 bytes length, 1 byte flags, 8 bytes time, payload. */
async function* records(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamRecord> {
  const reader = body.getReader();
  let kept = new Uint8Array(0);
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const joined = new Uint8Array(kept.length + value.length);
    joined.set(kept);
    joined.set(value, kept.length);
    let at = 0;
    while (joined.length - at >= HEADER) {
      const view = new DataView(joined.buffer, at);
      const length = view.getUint32(0);
      if (joined.length - at < HEADER + length) break;
      yield {
        flags: view.getUint8(4),
        time: Number(view.getBigUint64(5)),
        data: joined.slice(at + HEADER, at + HEADER + length),
      };
      at += HEADER + length;
    }
    kept = joined.slice(at);
  }
}
