// Which lessons of the file are taken over, and into which visit.
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { t } from '../i18n';
import { api } from '../model/api';
import { clockTime, dateTime } from '../model/format';
import type { ImportChoice } from '../model/import-choice';
import { folded } from '../model/import-upload';
import type { ForeignSet, ImportJob } from '../model/observing-types';
import type { VisitSummary } from '../model/types';
import { visitTitle } from '../pages/visits';
import { Part } from './base';
import { icon } from './icons';
import { complain } from './toast';

const PAGE = 30;
const VISITS = 50;
/** lessons of a file for which a visit that is there already is looked for */
const LOOKED_UP = 10;

export function setTitle(one: ForeignSet, index: number): string {
  return one.id || one.description.split('\n')[0]!.slice(0, 80) || t().exchange.sets.untitled(index + 1);
}

/** What the visit that is made of it will be called. */
function madeTitle(job: ImportJob, one: ForeignSet): string {
  return one.id || job.title || job.name.replace(/\.[^.]*$/, '');
}

/** Changes `choice` itself. Events: `change`. */
@customElement('tb-import-sets')
export class ImportSets extends Part {
  @property({ attribute: false }) choice!: ImportChoice;
  @state() private words = '';
  @state() private shown = PAGE;
  @state() private visits: VisitSummary[] | null = null;
  /** visits that are called as what would be made, by the id of the lesson in the file */
  @state() private alike: ReadonlyMap<string, VisitSummary> = new Map();
  private timer: ReturnType<typeof setTimeout> | null = null;
  private asked = 0;

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('choice') && this.choice.into) void this.loadVisits('');
    if (changed.has('choice')) void this.lookAlike(this.choice);
  }

  /** Who takes the same file over twice has everything double; a hint only, so it may fail. */
  private async lookAlike(choice: ImportChoice): Promise<void> {
    this.alike = new Map();
    for (const one of choice.job.sets.slice(0, LOOKED_UP)) {
      const title = madeTitle(choice.job, one);
      const reply = await api.visits(title, VISITS).catch(() => null);
      if (this.choice !== choice) return;
      const found = reply?.visits.find((visit) => visit.title === title && visit.observations > 0 && !visit.beside);
      if (found) this.alike = new Map([...this.alike, [one.id, found]]);
    }
  }

  private alikeLine(id: string): TemplateResult | typeof nothing {
    const found = this.alike.get(id);
    if (!found || this.choice.into) return nothing;
    const texts = t().exchange.sets;
    return html`<span class="small alike" data-test="alike">${icon('warn')}<span>${texts.alike(dateTime(found.started_at ?? found.created_at), texts.observations(found.observations))}</span></span>`;
  }

  private news(): void {
    if (this.choice.sets.size !== 1) this.choice.into = false;
    this.requestUpdate();
    this.dispatchEvent(new Event('change'));
  }

  private async loadVisits(search: string): Promise<void> {
    const turn = ++this.asked;
    try {
      const reply = await api.visits(search, VISITS);
      if (turn === this.asked) this.visits = reply.visits.filter((one) => one.state !== 'planned' && !one.beside);
    } catch (error) {
      complain(error);
    }
  }

  private onVisitSearch(event: Event): void {
    const search = (event.target as HTMLInputElement).value.trim();
    if (this.timer) clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.loadVisits(search), 250);
  }

  private toggle(id: string, on: boolean): void {
    if (on) this.choice.sets.add(id);
    else this.choice.sets.delete(id);
    this.news();
  }

  private setAll(list: { one: ForeignSet }[], on: boolean): void {
    for (const { one } of list) {
      if (on) this.choice.sets.add(one.id);
      else this.choice.sets.delete(one.id);
    }
    this.news();
  }

  private row({ one, index }: { one: ForeignSet; index: number }): TemplateResult {
    const texts = t().exchange.sets;
    const facts = [texts.observations(one.observations), one.length > 0 ? clockTime(one.length) : '', dateTime(one.started_at)].filter(Boolean).join(' · ');
    const title = setTitle(one, index);
    return html`<li><label class="check"><input type="checkbox" data-set=${one.id} .checked=${this.choice.sets.has(one.id)} @change=${(event: Event) => { event.stopPropagation(); this.toggle(one.id, (event.target as HTMLInputElement).checked); }} />
      <span><strong>${title}</strong>${one.description && one.description !== title ? html`<span class="small about">${one.description}</span>` : nothing}<span class="small">${facts}</span>${this.alikeLine(one.id)}</span></label></li>`;
  }

  private list(): TemplateResult | typeof nothing {
    const texts = t().exchange.sets;
    const { job } = this.choice;
    if (job.sets.length < 2) return nothing;
    const words = folded(this.words);
    const found = job.sets.map((one, index) => ({ one, index })).filter(({ one, index }) => words === '' || folded(`${setTitle(one, index)} ${one.description}`).includes(words));
    return html`<div class="import-tools">${job.sets.length > PAGE / 2
          ? html`<label class="search">${icon('search')}<span class="hidden-label">${texts.search}</span><input type="search" placeholder=${texts.search} .value=${this.words}
              @input=${(event: Event) => { this.words = (event.target as HTMLInputElement).value.trim(); this.shown = PAGE; }} @change=${(event: Event) => event.stopPropagation()} /></label>`
          : nothing}
        <button type="button" data-test="sets-all" @click=${() => this.setAll(found, true)}>${texts.all}</button><button type="button" data-test="sets-none" @click=${() => this.setAll(found, false)}>${texts.none}</button></div>
      <p class="small" role="status" data-test="sets-chosen">${texts.chosen(this.choice.sets.size, job.sets.length, this.choice.observations)}</p>
      ${found.length === 0 ? html`<p class="empty">${texts.nothingFound}</p>` : html`<ul class="import-sets">${found.slice(0, this.shown).map((one) => this.row(one))}</ul>`}
      ${found.length > this.shown ? html`<p class="more"><button type="button" @click=${() => (this.shown += 5 * PAGE)}>${texts.shown(found.length - this.shown)}</button></p>` : nothing}`;
  }

  private setInto(into: boolean): void {
    this.choice.into = into;
    if (into && !this.visits) void this.loadVisits('');
    this.news();
  }

  private visitChoice(): TemplateResult {
    const texts = t().exchange.sets;
    const chosen = this.choice.visit;
    const list = this.visits ?? [];
    const away = chosen && !list.some((one) => one.id === chosen.id);
    return html`<div class="columns visit-choice"><label class="field"><span>${texts.visitSearch}</span><input type="search" @input=${(event: Event) => this.onVisitSearch(event)} @change=${(event: Event) => event.stopPropagation()} /></label>
      <label class="field"><span>${texts.visit}</span><select data-test="into-visit" @change=${(event: Event) => {
          event.stopPropagation();
          const one = list.find((visit) => visit.id === (event.target as HTMLSelectElement).value);
          this.choice.visit = one ? { id: one.id, title: visitTitle(one) } : null;
          this.news();
        }}><option value="" ?selected=${!chosen}>${texts.visitChoose}</option>${away ? html`<option value=${chosen.id} selected>${chosen.title}</option>` : nothing}
        ${list.map((one) => html`<option value=${one.id} ?selected=${chosen?.id === one.id}>${visitTitle(one)} (${dateTime(one.started_at)})</option>`)}</select></label></div>
      ${this.visits && list.length === 0 ? html`<p class="empty">${texts.noVisits}</p>` : html`<p class="small">${texts.zero}</p>`}`;
  }

  protected override render(): TemplateResult {
    const texts = t().exchange.sets;
    const { choice } = this;
    const one = choice.sets.size === 1;
    return html`${this.list()}
      <fieldset class="import-where"><legend class=${choice.job.sets.length < 2 ? 'hidden-label' : ''}>${texts.where}</legend>
        <label class="check"><input type="radio" name="where" data-test="where-new" .checked=${!choice.into} @change=${(event: Event) => { event.stopPropagation(); this.setInto(false); }} /><span>${texts.fresh(choice.sets.size)}${choice.job.sets.length === 1 ? this.alikeLine(choice.job.sets[0]!.id) : nothing}</span></label>
        <label class="check"><input type="radio" name="where" data-test="where-existing" ?disabled=${!one} .checked=${choice.into} @change=${(event: Event) => { event.stopPropagation(); this.setInto(true); }} /><span>${texts.existing}${one ? nothing : html`<span class="small">${texts.existingOne}</span>`}</span></label>
        ${choice.into ? this.visitChoice() : nothing}</fieldset>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tb-import-sets': ImportSets;
  }
}
