// Who looked, and what else was done with footage: of one lesson (its teacher), or of all (the privacy officer).
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { t } from '../i18n';
import { account } from '../model/account';
import { api } from '../model/api';
import { heard } from '../model/events';
import { dateTime, day } from '../model/format';
import type { LogRow, Purpose } from '../model/types';
import { Part } from '../parts/base';
import { icon } from '../parts/icons';
import { errorText } from '../parts/toast';
import { paths } from '../router';

/** The server writes what a release was with the words of the API; here they are those of the page. */
function detailText(detail: string): string {
  return detail
    .replace(/\((coaching|team|training)\b/, (_all, purpose: Purpose) => `(${t().purposes[purpose].toLowerCase()}`)
    .replace(/\b\d{4}-\d\d-\d\d\b/g, (date) => t().share.untilOn(day(date)).toLowerCase())
    .replace(/, download\)/, `, ${t().share.copiesAllowed})`);
}

@customElement('tb-view-log')
export class ViewLogPage extends Part {
  /** '' is all lessons */
  @property() visitId = '';
  @state() private rows: LogRow[] | null = null;
  @state() private sound = true;
  @state() private more = false;
  @state() private error: unknown = null;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
    this.on(heard, 'releases', () => void this.load());
    this.on(account, 'return', () => void this.load());
  }

  private async load(before?: number): Promise<void> {
    try {
      const answer = await (this.visitId ? api.visitLog(this.visitId) : api.log(before));
      const rows = [...answer.rows].sort((a, b) => b.seq - a.seq);
      this.rows = before === undefined ? rows : [...(this.rows ?? []), ...rows];
      this.sound = answer.sound;
      this.more = answer.more ?? false;
      this.error = null;
    } catch (error) {
      this.error = error;
    }
  }

  private row(one: LogRow): TemplateResult {
    const texts = t().log;
    const what = (texts.what as Record<string, string>)[one.what] ?? one.what;
    return html`<tr data-what=${one.what}>
      <td data-label=${texts.when}>${dateTime(one.at)}</td>
      <td data-label=${texts.who}>${one.person.name}</td>
      ${this.visitId ? nothing : html`<td data-label=${texts.lesson}>${one.visit_title || '–'}</td>`}
      <td data-label=${texts.did}>${what}${one.clip ? html` <span class="small">${texts.ofClip}</span>` : nothing}${one.detail ? html` <span class="small">${detailText(one.detail)}</span>` : nothing}</td>
    </tr>`;
  }

  protected override render(): TemplateResult {
    const texts = t().log;
    const rows = this.rows;
    return html`<main class="page" id="main">
      <div class="page-head"><h1>${this.visitId ? texts.titleVisit : texts.title}</h1></div>
      <p>${this.visitId ? texts.textVisit : texts.text}</p>
      ${this.error ? html`<div class="card problem" role="alert"><p>${errorText(this.error)}</p><button type="button" @click=${() => void this.load()}>${t().common.retry}</button></div>` : nothing}
      ${rows !== null
        ? this.sound
          ? html`<p class="good-note" data-test="sound">${icon('check')}<span>${texts.sound}</span></p>`
          : html`<p class="problem" role="alert" data-test="unsound">${icon('warn')}<span>${texts.unsound}</span></p>`
        : nothing}
      ${rows === null
        ? this.error ? nothing : html`<p class="waiting">${t().common.loading}</p>`
        : rows.length === 0
          ? html`<p class="empty">${texts.empty}</p>`
          : html`<table class="table" data-test="log"><caption class="hidden-label">${texts.title}</caption>
              <thead><tr><th scope="col">${texts.when}</th><th scope="col">${texts.who}</th>${this.visitId ? nothing : html`<th scope="col">${texts.lesson}</th>`}<th scope="col">${texts.did}</th></tr></thead>
              <tbody>${rows.map((one) => this.row(one))}</tbody></table>`}
      ${this.more ? html`<p class="more"><button type="button" @click=${() => void this.load(rows?.at(-1)?.seq)}>${t().visits.more}</button></p>` : nothing}
      ${this.visitId ? html`<p><a class="button quiet" href=${paths.shared}>${icon('back')}${t().nav.shared}</a></p>` : nothing}
    </main>`;
  }
}
