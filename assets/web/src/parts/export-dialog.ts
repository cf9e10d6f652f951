// A visit as another program's file: which one, what goes along and what does not, and the file itself.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { t } from '../i18n';
import { observing } from '../model/observing';
import type { Format, Loss } from '../model/observing-types';
import { Part } from './base';
import { icon } from './icons';
import './import-loss';
import { errorText } from './toast';

/** What a school opens comes first; then what is used most. */
const ORDER = ['csv-excel', 'csv', 'boris', 'eaf', 'webvtt', 'srt', 'opf', 'otio', 'textgrid', 'sdis', 'webanno', 'tsv', 'boris-gz'];

@customElement('tb-export-dialog')
export class ExportDialog extends Part {
  @property() visitId = '';
  @state() private formats: Format[] | null = null;
  @state() private chosen: string | null = null;
  @state() private loss: Loss | null = null;
  @state() private error: unknown = null;
  private asked = 0;

  /** Asks anew what goes along: the visit may have changed. */
  show(): void {
    this.querySelector('dialog')?.showModal();
    this.querySelector<HTMLElement>('h2')?.focus();
    if (this.formats) {
      if (this.chosen) void this.look(this.chosen);
      return;
    }
    observing.formats().then((list) => (this.formats = list.filter((one) => one.writes).sort((a, b) => this.rank(a) - this.rank(b))), (error) => (this.error = error));
  }

  private rank(one: Format): number {
    const place = ORDER.indexOf(one.id);
    return place < 0 ? ORDER.length : place;
  }

  private async look(id: string): Promise<void> {
    const turn = ++this.asked;
    this.chosen = id;
    this.loss = null;
    this.error = null;
    try {
      const loss = await observing.foreignLoss(this.visitId, id);
      if (turn !== this.asked) return;
      this.loss = loss;
      await this.updateComplete;
      this.querySelector('.export-result')?.scrollIntoView({ block: 'nearest' });
    } catch (error) {
      if (turn === this.asked) this.error = error;
    }
  }

  private choice(one: Format): TemplateResult {
    const texts = t().exchange.export;
    const [name, about] = texts.formats[one.id] ?? [one.title, one.suffixes.join(', ')];
    return html`<label class="format-choice ${this.chosen === one.id ? 'chosen' : ''}"><input type="radio" name="format" value=${one.id} .checked=${this.chosen === one.id} @change=${() => void this.look(one.id)} />
      <span><strong>${name}</strong><span class="small">${about}${one.reads ? html` <em>(${one.suffixes[0]}, ${texts.two})</em>` : html` <em>(${one.suffixes[0]})</em>`}</span></span></label>`;
  }

  private result(): TemplateResult | typeof nothing {
    const texts = t().exchange.export;
    if (this.error) return html`<p class="problem" role="alert">${icon('warn')}${errorText(this.error)}</p>`;
    if (!this.chosen) return nothing;
    if (!this.loss) return html`<p class="waiting">${texts.checking}</p>`;
    if (this.loss.present === 0) return html`<p class="notice">${icon('warn')}${texts.nothing}</p>`;
    return html`<h3>${t().exchange.loss.titleExport(texts.formats[this.chosen]?.[0] ?? this.chosen)}</h3><tb-loss-report .loss=${this.loss} export></tb-loss-report>`;
  }

  protected override render(): TemplateResult {
    const texts = t().exchange.export;
    const ready = this.chosen !== null && this.loss !== null && this.loss.present > 0;
    return html`<dialog class="export-dialog" aria-labelledby="export-title" @close=${(event: Event) => event.stopPropagation()}>
      <h2 id="export-title" tabindex="-1">${texts.title}</h2><p>${texts.help}</p>
      ${this.formats ? html`<fieldset class="format-choices"><legend>${texts.which}</legend>${this.formats.map((one) => this.choice(one))}</fieldset>` : this.error ? nothing : html`<p class="waiting">${t().common.loading}</p>`}
      <div class="export-result" role="status">${this.result()}</div>
      <div class="buttons"><button type="button" class="quiet" @click=${() => this.querySelector('dialog')?.close()}>${t().common.close}</button>
        ${ready ? html`<a class="button primary" data-test="export-file" href=${observing.foreign(this.visitId, this.chosen!)} download>${icon('download')}${texts.download}</a>` : nothing}</div></dialog>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tb-export-dialog': ExportDialog;
  }
}
