// Choosing or dropping another program's file, and how far its sending is.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { t } from '../i18n';
import { ApiError } from '../model/api';
import { bytes } from '../model/format';
import { importProblem, upload, type Upload } from '../model/import-upload';
import { observing } from '../model/observing';
import type { Format, ImportJob } from '../model/observing-types';
import { paths } from '../router';
import { Part } from './base';
import { icon } from './icons';
import { errorText } from './toast';

/** Events: `read` with {job, rest}: the files that were dropped with it and are still to come. */
@customElement('tb-import-file')
export class ImportFile extends Part {
  /** files that wait their turn */
  @property({ attribute: false }) waiting: File[] = [];
  @state() private formats: Format[] = [];
  @state() private file: File | null = null;
  @state() private sent = 0;
  @state() private error: unknown = null;
  @state() private over = false;
  private sending: Upload | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    observing.formats().then((list) => (this.formats = list.filter((one) => one.reads)), () => undefined);
    // A file that misses the place must not take the page away.
    const stop = (event: Event) => { if ((event as DragEvent).dataTransfer?.types.includes('Files')) event.preventDefault(); };
    this.on(window, 'dragover', stop);
    this.on(window, 'drop', stop);
    this.atEnd(() => this.sending?.cancel());
  }

  private get busy(): boolean {
    return this.sending !== null;
  }

  async send(files: File[]): Promise<void> {
    const [file, ...rest] = files;
    if (!file || this.busy) return;
    this.file = file;
    this.sent = 0;
    this.error = null;
    const sending = (this.sending = upload(file, (part) => (this.sent = part)));
    let job: ImportJob;
    try {
      job = await sending.done;
    } catch (error) {
      if (!(error instanceof ApiError && error.code === 'cancelled')) this.error = error;
      return;
    } finally {
      this.sending = null;
      this.requestUpdate();
    }
    this.dispatchEvent(new CustomEvent('read', { detail: { job, rest } }));
  }

  private onChoose(event: Event): void {
    const input = event.target as HTMLInputElement;
    this.take([...(input.files ?? [])]);
    input.value = '';
  }

  private onDrop(event: DragEvent): void {
    event.preventDefault();
    this.over = false;
    this.take([...(event.dataTransfer?.files ?? [])]);
  }

  /** Before those that wait their turn. */
  private take(files: File[]): void {
    if (files.length > 0) void this.send([...files, ...this.waiting]);
  }

  private problem(): TemplateResult | typeof nothing {
    if (!this.error) return nothing;
    const known = importProblem(this.error, this.file);
    return html`<div class="card problem" role="alert" data-test="file-problem"><p>${known?.text ?? errorText(this.error)}</p>
      ${known?.said ? html`<details><summary>${t().exchange.problem.said}</summary><p lang="en">${known.said}</p></details>` : nothing}
      ${known?.instrument ? html`<p><a class="button" href=${paths.instruments}>${icon('list')}${t().exchange.problem.toInstruments}</a></p>` : nothing}</div>`;
  }

  private progress(file: File): TemplateResult {
    const texts = t().exchange.file;
    const whole = this.sent >= 1;
    return html`<div class="card import-progress" data-test="sending"><p role="status">${whole ? texts.reading(file.name) : texts.sending(file.name)}</p>
      ${whole ? html`<progress aria-label=${texts.reading(file.name)}></progress>` : html`<progress max="1" .value=${this.sent} aria-label=${texts.sending(file.name)}></progress>`}
      <p class="small">${texts.sent(bytes(file.size * this.sent), bytes(file.size))}</p>
      <button type="button" data-test="cancel-sending" @click=${() => this.sending?.cancel()}>${icon('close')}${t().common.cancel}</button></div>`;
  }

  private kinds(): TemplateResult | typeof nothing {
    const texts = t().exchange.file;
    if (this.formats.length === 0) return nothing;
    return html`<details class="import-kinds"><summary>${texts.kinds}</summary>
      <ul>${this.formats.map((one) => html`<li><strong>${t().exchange.export.formats[one.id]?.[0] ?? one.title}</strong>${texts.formats[one.id] ? html`, ${texts.formats[one.id]}` : nothing}
        <span class="small">${one.suffixes.join(', ')}</span></li>`)}</ul></details>`;
  }

  protected override render(): TemplateResult {
    const texts = t().exchange.file;
    if (this.busy && this.file) return this.progress(this.file);
    const next = this.waiting[0];
    return html`${this.problem()}
      <div class="drop-place ${this.over ? 'over' : ''}" data-test="drop" @dragover=${(event: DragEvent) => { event.preventDefault(); this.over = true; }}
        @dragleave=${() => (this.over = false)} @drop=${(event: DragEvent) => this.onDrop(event)}>
        ${icon('copy')}
        <p class="with-mouse">${texts.drop}</p><p class="with-finger">${texts.dropShort}</p>
        <input type="file" class="hidden-label" id="import-file" multiple tabindex="-1" aria-hidden="true" @change=${(event: Event) => this.onChoose(event)} />
        <button type="button" class="primary big" data-test="choose-file" @click=${() => this.querySelector<HTMLInputElement>('#import-file')?.click()}>${icon('plus')}${texts.choose}</button>
        ${next ? html`<button type="button" data-test="next-file" @click=${() => void this.send(this.waiting)}>${icon('next')}${texts.next(next.name, this.waiting.length)}</button>` : nothing}
        <p class="small">${texts.most}</p>
      </div>
      ${this.kinds()}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tb-import-file': ImportFile;
  }
}
