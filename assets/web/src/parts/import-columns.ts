// What the columns of a table mean: the server's guess, beside the first rows, to look at and change.
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { t } from '../i18n';
import { ApiError } from '../model/api';
import { observing } from '../model/observing';
import type { ImportJob } from '../model/observing-types';
import { Part } from './base';
import { icon } from './icons';
import { complain } from './toast';

/** In the order of the question; those of one table may stand on one column only, but for these two. */
const MEANINGS = ['start', 'end', 'duration', 'code', 'category', 'kind', 'subject', 'observer', 'comment', 'rating', 'modifier', 'modifiers', 'visit', 'ignore'];
const MANY = ['ignore', 'modifier'];
const EXAMPLES = 3;

/** Events: `looked` with the file as it is read with these columns; `back`. */
@customElement('tb-import-columns')
export class ImportColumns extends Part {
  @property({ attribute: false }) job!: ImportJob;
  @state() private meaning: Record<string, string> = {};
  @state() private problem = '';
  @state() private busy = false;

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('job')) this.meaning = { ...this.job.columns!.meaning };
  }

  private get names(): string[] {
    return this.job.columns!.names;
  }

  private wrong(): string {
    const texts = t().exchange.columns;
    if (!this.names.some((name) => this.meaning[name] === 'start')) return texts.noStart;
    for (const meaning of MEANINGS.filter((one) => !MANY.includes(one))) {
      const [a, b] = this.names.filter((name) => this.meaning[name] === meaning);
      if (a !== undefined && b !== undefined) return texts.twice(texts.meanings[meaning]!, a, b);
    }
    return '';
  }

  private async apply(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (this.busy) return;
    this.problem = this.wrong();
    if (this.problem !== '') return;
    this.busy = true;
    try {
      const job = await observing.lookImport(this.job.id, this.meaning);
      if (job.sets.every((one) => one.observations === 0)) this.problem = t().exchange.columns.nothing;
      else this.dispatchEvent(new CustomEvent('looked', { detail: job }));
    } catch (error) {
      if (error instanceof ApiError && error.code === 'invalid') this.problem = t().exchange.columns.nothing;
      else if (error instanceof ApiError && error.code === 'not-found') this.problem = t().exchange.problem.gone;
      else complain(error);
    } finally {
      this.busy = false;
    }
  }

  private change(name: string, value: string): void {
    this.meaning = { ...this.meaning, [name]: value };
    if (this.problem !== '') this.problem = this.wrong();
  }

  private column(name: string, index: number): TemplateResult {
    const texts = t().exchange.columns;
    const examples = this.job.columns!.rows.map((row) => row[index] ?? '').filter((cell) => cell !== '').slice(0, EXAMPLES);
    const chosen = this.meaning[name] ?? 'ignore';
    return html`<li><label class="field"><span>${texts.is(name)}</span>
        <select data-column=${name} @change=${(event: Event) => this.change(name, (event.target as HTMLSelectElement).value)}>
          ${MEANINGS.map((one) => html`<option value=${one} ?selected=${chosen === one}>${texts.meanings[one]}</option>`)}</select></label>
      ${examples.length > 0 ? html`<p class="small cells">${examples.map((one) => html`<span>${one}</span>`)}</p>` : nothing}</li>`;
  }

  protected override render(): TemplateResult {
    const texts = t().exchange.columns;
    const columns = this.job.columns!;
    return html`<form data-test="columns" @submit=${(event: SubmitEvent) => void this.apply(event)}><p>${texts.help}</p>
      <ul class="import-columns">${this.names.map((name, index) => this.column(name, index))}</ul>
      <h3 id="rows-title">${texts.preview}</h3>
      <div class="table-wrap" tabindex="0" role="region" aria-labelledby="rows-title"><table class="rows"><thead><tr>${this.names.map((name) => html`<th scope="col">${name}<span class="small">${texts.meanings[this.meaning[name] ?? 'ignore']}</span></th>`)}</tr></thead>
        <tbody>${columns.rows.map((row) => html`<tr>${this.names.map((name, index) => html`<td class=${this.meaning[name] === 'ignore' ? 'unused' : ''}>${row[index] ?? ''}</td>`)}</tr>`)}</tbody></table></div>
      ${this.problem ? html`<p class="problem" role="alert" data-test="columns-problem">${icon('warn')}${this.problem}</p>` : nothing}
      <div class="buttons import-foot"><button type="button" class="quiet" data-test="back" @click=${() => this.dispatchEvent(new Event('back'))}>${icon('back')}${t().exchange.back}</button><button type="submit" class="primary" data-test="apply-columns" ?disabled=${this.busy}>${texts.apply}${icon('next')}</button></div></form>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tb-import-columns': ImportColumns;
  }
}
