// A text that keeps itself while one writes. What another wrote meanwhile comes in when nobody is writing here.
import { html, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { t } from '../i18n';
import { Part } from './base';
import { complain } from './toast';

const PAUSE_MS = 700;

@customElement('tb-note-field')
export class NoteField extends Part {
  @property() label = '';
  @property() hint = '';
  @property() text = '';
  @property() test = '';
  @property({ type: Number }) rows = 3;
  @property({ type: Number }) max = 4000;
  /** what TEXT belongs to; with another one what was written before is kept there first */
  @property() of = '';
  @property({ attribute: false }) save: (text: string) => Promise<unknown> = () => Promise.resolve();
  @state() private written: string | null = null;
  @state() private said = '';
  private timer: ReturnType<typeof setTimeout> | null = null;
  private saveWritten: ((text: string) => Promise<unknown>) | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.atEnd(() => void this.flush());
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('of') && this.written !== null && changed.get('of') !== undefined) void this.flush();
  }

  private write(event: Event): void {
    this.written = (event.target as HTMLTextAreaElement).value;
    this.saveWritten = this.save;
    this.said = t().common.saving;
    if (this.timer) clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush(), PAUSE_MS);
  }

  private async flush(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    const { written, saveWritten } = this;
    if (written === null || !saveWritten) return;
    this.saveWritten = null;
    try {
      await saveWritten(written);
      this.said = t().common.saved;
      if (this.written === written) this.written = null;
    } catch (error) {
      this.said = t().common.notSaved;
      this.saveWritten ??= saveWritten;
      complain(error);
    }
  }

  protected override render(): TemplateResult {
    return html`<label class="field"><span>${this.label}</span>
      <textarea rows=${this.rows} maxlength=${this.max} placeholder=${this.hint} data-test=${this.test} .value=${this.written ?? this.text}
        @input=${(event: Event) => this.write(event)} @blur=${() => void this.flush()}></textarea></label>
      <span class="hidden-label" role="status">${this.said}</span>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tb-note-field': NoteField;
  }
}
