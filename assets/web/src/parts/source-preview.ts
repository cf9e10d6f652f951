// The picture of one camera or the level of one microphone before anything is recorded. The server stops a preview that
// nobody looks at, so this asks as long as it is in view and the tab is not hidden.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { t } from '../i18n';
import { api, ApiError } from '../model/api';
import { PICTURE_TABS, slots } from '../model/slots';
import type { MediaKind, Preview } from '../model/types';
import { Part } from './base';
import { errorText } from './toast';
import './level-meter';

const SOUND_MS = 250;
const PICTURE_MS = 1500;
const STILL_MS = 2000;

@customElement('tb-source-preview')
export class SourcePreview extends Part {
  @property() uri = '';
  @property() kind: MediaKind = 'video';
  @property({ type: Boolean }) moving = false;
  @property() label = '';
  @state() private preview: Preview | null = null;
  /** what the server says about it, in its own words; null while all is well */
  @state() private failure: string | null = null;
  @state() private hiddenTab = document.hidden;
  @state() private still = 0;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private stopped = false;

  override connectedCallback(): void {
    super.connectedCallback();
    this.stopped = false;
    this.on(document, 'visibilitychange', () => {
      this.hiddenTab = document.hidden;
      if (!document.hidden) this.plan(0);
    });
    this.on(slots(), 'change', () => this.requestUpdate());
    this.every(STILL_MS, () => {
      if (this.kind === 'video' && !this.shouldMove) this.still++;
    });
    this.plan(0);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stopped = true;
    if (this.timer) clearTimeout(this.timer);
    this.querySelector('img')?.removeAttribute('src'); // otherwise the stream stays open
    if (this.preview) api.closePreview(this.preview.id).catch(() => undefined);
    this.preview = null;
  }

  private get shouldMove(): boolean {
    return this.moving && slots().rank < PICTURE_TABS;
  }

  private plan(ms: number): void {
    if (this.timer) clearTimeout(this.timer);
    if (!this.stopped) this.timer = setTimeout(() => void this.look(), ms);
  }

  private async look(): Promise<void> {
    if (this.stopped || document.hidden) return;
    try {
      const known = this.preview;
      const preview = known ? await api.preview(known.id) : await api.openPreview(this.uri, this.kind);
      if (this.stopped) {
        api.closePreview(preview.id).catch(() => undefined);
        return;
      }
      this.preview = preview;
      this.failure = preview.state === 'failed' ? (preview.message ?? '') : null;
      if (preview.state === 'failed') {
        this.preview = null; // asked for anew: the camera may have been switched on meanwhile
        this.plan(3000);
        return;
      }
    } catch (error) {
      this.preview = null;
      if (!(error instanceof ApiError && error.status === 404)) this.failure = errorText(error);
      this.plan(3000);
      return;
    }
    this.plan(this.kind === 'audio' ? SOUND_MS : PICTURE_MS);
  }

  protected override render(): TemplateResult {
    const preview = this.preview;
    const texts = t().prepare;
    const waiting = this.failure === null
      ? texts.connecting
      : html`<span>${this.kind === 'video' ? texts.noPicture : texts.noSound} ${this.failure ? html`<span class="small detail" lang="en">${this.failure}</span>` : nothing}</span>`;
    if (this.kind === 'audio') {
      return preview?.state === 'running' || preview?.level
        ? html`<tb-level .level=${preview.level} label=${`${t().level.label}: ${this.label}`}></tb-level>`
        : html`<p class="small ${this.failure !== null ? 'failure' : ''}" role="status">${waiting}</p>`;
    }
    if (!preview || this.hiddenTab) return html`<div class="live no-picture" role="status">${this.hiddenTab ? nothing : waiting}</div>`;
    const base = `/api/previews/${preview.id}`;
    return html`<div class="live">
      <img src=${this.shouldMove ? `${base}/picture.mjpeg` : `${base}/picture.jpg?${this.still}`} alt=${t().record.pictureOf(this.label)} />
      ${preview.state === 'connecting' ? html`<span class="over">${waiting}</span>` : nothing}
    </div>`;
  }
}
