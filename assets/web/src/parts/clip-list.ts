// The clips of a visit: play, title, trim, save as a film.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { t } from '../i18n';
import { api } from '../model/api';
import { bytes, clockTime } from '../model/format';
import type { Clip, ExportJob, Track } from '../model/types';
import type { VisitStore } from '../model/visit-store';
import { Part } from './base';
import { icon } from './icons';
import { timeField } from './time-field';
import { complain } from './toast';

const SHORTEST = 0.04;

@customElement('tb-clip-list')
export class ClipList extends Part {
  @property({ attribute: false }) store!: VisitStore;
  @property({ attribute: false }) tracks: Track[] = [];
  @property() selected: string | null = null;
  @property() camera: string | null = null;
  @property() sound: string | null = null;
  @property({ type: Number }) frame = 0.04;
  @property({ attribute: false }) playhead: () => number = () => 0;
  @state() private jobs = new Map<string, ExportJob>();

  override connectedCallback(): void {
    super.connectedCallback();
    this.every(700, () => void this.look());
  }

  private tell(name: string, id: string): void {
    this.dispatchEvent(new CustomEvent(name, { detail: id }));
  }

  /** Asks how far the films are that are being made. */
  private async look(): Promise<void> {
    for (const [clip, job] of this.jobs) {
      if (job.state !== 'waiting' && job.state !== 'running') continue;
      try {
        this.setJob(clip, await api.export(job.id));
      } catch {
        // asked again in a moment
      }
    }
  }

  private setJob(clip: string, job: ExportJob): void {
    this.jobs = new Map(this.jobs).set(clip, job);
  }

  private cameraOf(clip: Clip): string | null {
    const cameras = this.tracks.filter((one) => one.kind === 'video');
    return cameras.find((one) => one.id === clip.camera)?.id ?? this.camera ?? cameras[0]?.id ?? null;
  }

  private async export(clip: Clip): Promise<void> {
    const camera = this.cameraOf(clip);
    if (!camera) return;
    try {
      const title = clip.title || t().review.clipUntitled(clockTime(clip.from));
      this.setJob(clip.id, await api.startExport(this.store.id, { from: clip.from, to: clip.to, camera, mic: this.sound, title }));
    } catch (error) {
      complain(error);
    }
  }

  private async cancel(clip: Clip, job: ExportJob): Promise<void> {
    try {
      await api.cancelExport(job.id);
      this.setJob(clip.id, { ...job, state: 'cancelled' });
    } catch (error) {
      complain(error);
    }
  }

  private film(clip: Clip): TemplateResult {
    const texts = t().review;
    const job = this.jobs.get(clip.id);
    const start = html`<button type="button" class="small" data-test="export" @click=${() => void this.export(clip)}>${icon('film')}${texts.export}</button>`;
    if (!this.cameraOf(clip)) return html`<p class="small">${texts.exportNoCamera}</p>`;
    switch (job?.state) {
      case undefined:
        return start;
      case 'waiting':
      case 'running':
        return html`<div class="export" role="status"><span>${job.state === 'waiting' ? texts.exportWaiting : texts.exportRunning(Math.round(job.progress * 100))}</span>
          <progress max="1" .value=${job.progress}></progress>
          <button type="button" class="small" @click=${() => void this.cancel(clip, job)}>${t().common.cancel}</button></div>`;
      case 'done':
        return html`<div class="export" role="status"><span>${texts.exportDone(bytes(job.bytes ?? 0))}</span>
          <a class="button small" data-test="download" href=${api.exportFile(job.id)} download=${job.name ?? 'fragment.mp4'}>${icon('download')}${texts.download}</a></div>`;
      case 'failed':
        return html`<div class="export" role="alert"><span>${texts.exportFailed} ${job.message ?? ''}</span>${start}</div>`;
      case 'cancelled':
        return html`<div class="export" role="status"><span>${texts.exportCancelled}</span>${start}</div>`;
    }
  }

  private detail(clip: Clip): TemplateResult {
    const texts = t().review;
    const change = (fields: Partial<Clip>) => this.store.changeClip(clip.id, fields);
    const cameras = this.tracks.filter((one) => one.kind === 'video');
    return html`<div class="row-detail">
      <label class="field"><span>${texts.clipTitle}</span>
        <input maxlength="200" data-test="clip-title" .value=${clip.title} @change=${(event: Event) => change({ title: (event.target as HTMLInputElement).value.trim() })} /></label>
      ${timeField({ label: t().observation.from, value: clip.from, frame: this.frame, here: this.playhead, hereLabel: texts.trimIn,
        change: (from) => change({ from: Math.min(from, clip.to - SHORTEST) }) })}
      ${timeField({ label: t().observation.until, value: clip.to, frame: this.frame, here: this.playhead, hereLabel: texts.trimOut,
        change: (to) => change({ to: Math.max(to, clip.from + SHORTEST) }) })}
      <label class="field"><span>${texts.clipNote}</span>
        <textarea rows="2" maxlength="2000" .value=${clip.note} @change=${(event: Event) => change({ note: (event.target as HTMLTextAreaElement).value.trim() })}></textarea></label>
      ${cameras.length > 1
        ? html`<label class="field"><span>${texts.exportWith}</span><select @change=${(event: Event) => change({ camera: (event.target as HTMLSelectElement).value })}>
            ${cameras.map((one) => html`<option value=${one.id} ?selected=${one.id === this.cameraOf(clip)}>${one.name}</option>`)}</select></label>`
        : nothing}
      ${this.film(clip)}
    </div>`;
  }

  protected override render(): TemplateResult {
    const texts = t().review;
    const clips = this.store.journal.clips;
    if (clips.length === 0) return html`<p class="empty">${texts.noClips}</p>`;
    return html`<ol class="observations" aria-label=${texts.clips}>
      ${repeat(clips, (one) => one.id, (clip) => {
        const selected = this.selected === clip.id;
        return html`<li class="obs clip ${selected ? 'selected' : ''}" data-clip=${clip.id}>
          <button type="button" class="row-main" aria-expanded=${String(selected)} @click=${() => this.tell('choose', clip.id)}>
            <span class="time">${clockTime(clip.from)}</span>${icon('film')}
            <span class="what"><strong>${clip.title || texts.clipUntitled(clockTime(clip.from))}</strong><em>${clockTime(clip.to - clip.from)}</em>
              ${clip.note && !selected ? html`<span class="note">${clip.note}</span>` : nothing}</span>
          </button>
          ${selected
            ? html`<div class="row-buttons">
                <button type="button" class="small" @click=${() => this.tell('play-clip', clip.id)}>${icon('play')}${texts.playClip}</button>
                <button type="button" class="icon-only" aria-label=${t().common.remove} title=${t().common.remove} @click=${() => this.tell('drop', clip.id)}>${icon('trash')}</button>
              </div>${this.detail(clip)}`
            : nothing}
        </li>`;
      })}
    </ol>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tb-clip-list': ClipList;
  }
}
