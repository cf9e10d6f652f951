// Takes a copy of a clip as a film, where that was allowed.
import { html, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { t } from '../i18n';
import { api } from '../model/api';
import { bytes } from '../model/format';
import type { ExportJob } from '../model/types';
import { Part } from './base';
import { icon } from './icons';
import { complain } from './toast';

@customElement('tb-film-copy')
export class FilmCopy extends Part {
  @property() visit = '';
  @property() camera = '';
  @property() mic: string | null = null;
  @property() name = '';
  @property({ type: Number }) from = 0;
  @property({ type: Number }) to = 0;
  @state() private job: ExportJob | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.every(700, () => {
      if (this.job?.state !== 'waiting' && this.job?.state !== 'running') return;
      // Asked again in a moment when it fails.
      api.export(this.job.id).then((job) => (this.job = job), () => undefined);
    });
  }

  private async start(): Promise<void> {
    try {
      this.job = await api.startExport(this.visit, { from: this.from, to: this.to, camera: this.camera, mic: this.mic, title: this.name });
    } catch (error) {
      complain(error);
    }
  }

  private async cancel(job: ExportJob): Promise<void> {
    try {
      await api.cancelExport(job.id);
      this.job = { ...job, state: 'cancelled' };
    } catch (error) {
      complain(error);
    }
  }

  protected override render(): TemplateResult {
    const texts = t().review;
    const job = this.job;
    const start = html`<button type="button" class="small" data-test="export" @click=${() => void this.start()}>${icon('film')}${texts.export}</button>`;
    switch (job?.state) {
      case undefined:
        return start;
      case 'waiting':
      case 'running':
        return html`<div class="export" role="status"><span>${job.state === 'waiting' ? texts.exportWaiting : texts.exportRunning(Math.round(job.progress * 100))}</span>
          <progress max="1" .value=${job.progress}></progress><button type="button" class="small" @click=${() => void this.cancel(job)}>${t().common.cancel}</button></div>`;
      case 'done':
        return html`<div class="export" role="status"><span>${texts.exportDone(bytes(job.bytes ?? 0))}</span>
          <a class="button small" data-test="download" href=${api.exportFile(job.id)} download=${job.name ?? 'fragment.mp4'}>${icon('download')}${texts.download}</a></div>`;
      case 'failed':
        return html`<div class="export" role="alert"><span>${texts.exportFailed} ${job.message ?? ''}</span>${start}</div>`;
      case 'cancelled':
        return html`<div class="export" role="status"><span>${texts.exportCancelled}</span>${start}</div>`;
    }
  }
}
