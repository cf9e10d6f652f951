// The observations of a visit in the order of the lesson: the accessible twin of the time line. Arrow keys walk through
// it, Enter plays the clip, E edits, Delete removes.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { t, words } from '../i18n';
import { clockTime, dateTime } from '../model/format';
import { MOMENT_REF, codeOf, codeRef, modifiersOf, scaleOf, subjectTitle, subjectsOf, type BoardCode } from '../model/instruments';
import { modifierTexts } from '../model/modifiers';
import { answeredAt, answerTimes, boardSamplings, samplingOf } from '../model/samplings';
import type { Observation } from '../model/types';
import type { VisitStore } from '../model/visit-store';
import { Part } from './base';
import { icon, shape } from './icons';
import { modifierFields, noteField, subjectButtons, valenceButtons, valenceSign } from './quick-edit';
import { secondsField, timeField } from './time-field';
import { vars } from './vars';

@customElement('tb-observation-list')
export class ObservationList extends Part {
  @property({ attribute: false }) store!: VisitStore;
  @property() selected: string | null = null;
  @property() editing: string | null = null;
  @property({ type: Number }) frame = 0.04;
  @property({ attribute: false }) playhead: () => number = () => 0;
  @state() private filter = '';

  get shown(): Observation[] {
    const all = this.store.journal.observations;
    return this.filter === '' ? all : all.filter((one) => codeRef(one.instrument, one.code) === this.filter);
  }

  private tell(name: string, id: string): void {
    this.dispatchEvent(new CustomEvent(name, { detail: id }));
  }

  focusRow(id: string): void {
    void this.updateComplete.then(() => {
      const row = this.querySelector<HTMLElement>(`[data-observation="${CSS.escape(id)}"] .row-main`);
      row?.focus({ preventScroll: true });
      row?.scrollIntoView({ block: 'nearest' });
    });
  }

  revealRow(id: string): void {
    void this.updateComplete.then(() => {
      this.querySelector(`[data-observation="${CSS.escape(id)}"]`)?.scrollIntoView({ block: 'nearest' });
    });
  }

  private onKey(event: KeyboardEvent, one: Observation): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const shown = this.shown;
    const index = shown.findIndex((each) => each.id === one.id);
    let next: Observation | undefined;
    switch (event.key) {
      case 'ArrowDown':
        next = shown[index + 1];
        break;
      case 'ArrowUp':
        next = shown[index - 1];
        break;
      case 'Home':
        next = shown[0];
        break;
      case 'End':
        next = shown.at(-1);
        break;
      case 'Enter':
        this.tell('play-clip', one.id);
        break;
      case 'e':
      case 'E':
        this.tell('edit', one.id);
        break;
      case 'Delete':
      case 'Backspace':
        this.tell('drop', one.id);
        next = shown[index + 1] ?? shown[index - 1];
        break;
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
    if (!next) return;
    if (event.key !== 'Delete' && event.key !== 'Backspace') this.tell('choose', next.id);
    this.focusRow(next.id);
  }

  private codeSelect(one: Observation): TemplateResult {
    const change = (event: Event) => {
      const ref = (event.target as HTMLSelectElement).value;
      const code = this.store.codes.find((each) => each.ref === ref);
      // Another kind of code would need another shape of time; the list offers only codes of the same kind.
      this.store.changeObservation(one.id, { code: code?.code.id ?? null, instrument: code?.instrument.id ?? one.instrument });
    };
    const here = codeRef(one.instrument, one.code);
    // … and an interval only those that are asked about at the same times, a rating those with the same scale.
    const own = codeOf(this.store.codes, one);
    const fits = (code: BoardCode) => code.code.kind === one.kind
      && (one.kind === 'point' || one.kind === 'state' || (code.instrument === own?.instrument && code.code.sampling === own.code.sampling && code.code.scale === own.code.scale));
    return html`<label class="field"><span>${t().observation.code}</span>
      <select @change=${change}>
        ${one.kind === 'point' ? html`<option value=${MOMENT_REF} ?selected=${here === MOMENT_REF}>${t().record.moment}</option>` : nothing}
        ${this.store.codes.filter(fits).map((code) => html`<option value=${code.ref} ?selected=${code.ref === here}>${words(code.code.title)}</option>`)}
      </select></label>`;
  }

  /** An interval goes to the one before or after; it has no times of its own. */
  private intervalField(one: Observation): TemplateResult | typeof nothing {
    const sampling = samplingOf(boardSamplings(this.store.codes), one)?.sampling;
    const texts = t().tapping;
    if (!sampling) return nothing;
    const index = answeredAt(one.at, sampling);
    const move = (by: number) => this.store.changeObservation(one.id, answerTimes(Math.max(0, index + by), sampling));
    return html`<div class="interval-field" role="group" aria-label=${texts.interval}>
      <button type="button" class="icon-only" aria-label=${texts.intervalEarlier} title=${texts.intervalEarlier} ?disabled=${index === 0} @click=${() => move(-1)}>${icon('back')}</button>
      <span>${one.until === null || one.until === one.at ? texts.moment(clockTime(one.at)) : texts.intervalNow(clockTime(one.at), clockTime(one.until))}</span>
      <button type="button" class="icon-only" aria-label=${texts.intervalLater} title=${texts.intervalLater} @click=${() => move(1)}>${icon('next')}</button></div>`;
  }

  private ratingField(one: Observation): TemplateResult | typeof nothing {
    const scale = scaleOf(codeOf(this.store.codes, one));
    const texts = t().tapping;
    if (!scale) return nothing;
    const step = (value: number | null, title: string) => html`<button type="button" class="chip" aria-pressed=${String(one.rating === value)}
      @click=${() => { if (one.rating !== value) this.store.changeObservation(one.id, { rating: value }); }}>${title}</button>`;
    return html`<div class="chips" role="group" aria-label=${texts.rating}>
      ${scale.steps.map((each) => step(each.value, `${each.value} · ${words(each.title)}`))}
      ${scale.not_applicable ? step(null, texts.notApplicableLong) : nothing}</div>`;
  }

  /** What stands behind the name of a code: how long, how much, about whom, what besides. */
  private remarks(one: Observation, code: BoardCode | undefined): string[] {
    const texts = t().tapping;
    const remarks: string[] = [];
    if (one.kind === 'interval') remarks.push(one.until === null || one.until === one.at ? texts.moment(clockTime(one.at)) : texts.intervalNow(clockTime(one.at), clockTime(one.until)));
    if (one.kind === 'rating') {
      const step = scaleOf(code)?.steps.find((each) => each.value === one.rating);
      remarks.push(one.rating === null ? texts.notApplicableLong : step ? `${step.value} · ${words(step.title)}` : String(one.rating));
    }
    if (one.subject !== null) remarks.push(words(subjectTitle(subjectsOf(this.store.instruments), one.subject)));
    return [...remarks, ...modifierTexts(modifiersOf(code), one.modifiers)];
  }

  private detail(one: Observation): TemplateResult {
    const texts = t().observation;
    const change = (fields: Partial<Observation>) => this.store.changeObservation(one.id, fields);
    return html`<div class="row-detail">
      <p class="small">
        ${texts.by(one.observer)}.
        ${one.tapped_at && one.tapped_time !== null ? texts.tapped(dateTime(one.tapped_at), clockTime(one.tapped_time, 1)) : texts.placed}${one.tapped_at && one.uncertainty !== null ? html`, ${texts.uncertainty(Math.max(1, Math.round(one.uncertainty * 1000)))}` : nothing}.
        ${texts.plays(clockTime(one.clip.from, 1), clockTime(one.clip.to, 1))}.
      </p>
      ${one.closed_by === 'end' ? html`<p class="small">${icon('warn')} ${texts.closedByEndLong}</p>` : nothing}
      ${this.codeSelect(one)}
      ${one.kind === 'rating' ? this.ratingField(one) : nothing} ${modifierFields(this.store, one)}
      ${valenceButtons(this.store, one)} ${subjectButtons(this.store, one)} ${noteField(this.store, one)}
      ${one.kind === 'interval' ? this.intervalField(one) : nothing}
      ${one.kind === 'interval' || one.kind === 'rating' ? nothing : timeField({
        label: one.kind === 'state' ? texts.from : texts.at,
        value: one.at,
        frame: this.frame,
        test: 'edit-at',
        here: this.playhead,
        change: (at) => change({ at: one.until === null ? at : Math.min(at, one.until) }),
      })}
      ${one.kind === 'state'
        ? timeField({
            label: texts.until,
            value: one.until,
            frame: this.frame,
            test: 'edit-until',
            here: this.playhead,
            hereLabel: one.open ? t().review.closeHere : undefined,
            change: (until) => change({ until: Math.max(until, one.at) }),
          })
        : nothing}
      <div class="row">
        ${secondsField({ label: texts.lead, value: one.lead, change: (lead) => change({ lead }) })}
        ${secondsField({ label: texts.lag, value: one.lag, change: (lag) => change({ lag }) })}
      </div>
    </div>`;
  }

  private row(one: Observation, tabbable: boolean): TemplateResult {
    const texts = t().review;
    const code = codeOf(this.store.codes, one);
    const selected = this.selected === one.id;
    const editing = this.editing === one.id;
    return html`<li class="obs ${selected ? 'selected' : ''}" data-observation=${one.id} ${vars({ '--code-color': code?.color ?? '#5b534b' })}>
      <button type="button" class="row-main" tabindex=${tabbable ? '0' : '-1'} aria-current=${selected ? 'true' : nothing}
        @click=${() => this.tell('choose', one.id)} @dblclick=${() => this.tell('play-clip', one.id)}
        @keydown=${(event: KeyboardEvent) => this.onKey(event, one)}>
        <span class="time">${clockTime(one.at)}</span>
        ${shape(code?.shape ?? 'moment')}
        <span class="what"><strong>${code ? words(code.code.short) : t().record.moment}</strong>
          ${one.kind === 'state'
            ? one.open
              ? html`<em class="open-state">${t().observation.open}</em>`
              : html`<em>${clockTime((one.until ?? one.at) - one.at)}${one.closed_by === 'end' ? html` · ${t().observation.closedByEnd}` : nothing}</em>`
            : nothing}
          ${this.remarks(one, code).map((text) => html`<em>${text}</em>`)}
          ${one.note ? html`<span class="note">${one.note}</span>` : nothing}</span>
        ${valenceSign(one.valence) ? html`<span class="sign valence-${one.valence}" role="img" aria-label=${t().observation.valences[one.valence]} title=${t().observation.valences[one.valence]}>${valenceSign(one.valence)}</span>` : nothing}
      </button>
      ${selected
        ? html`<div class="row-buttons">
            <button type="button" class="small" @click=${() => this.tell('play-clip', one.id)}>${icon('play')}${texts.playClip}</button>
            <button type="button" class="small" data-test="edit" aria-expanded=${String(editing)} @click=${() => this.tell('edit', one.id)}>${icon('edit')}${texts.edit}</button>
            <button type="button" class="small" data-test="make-clip" title=${texts.makeClipHelp} @click=${() => this.tell('make-clip', one.id)}>${icon('scissors')}${texts.makeClip}</button>
            <button type="button" class="icon-only" data-test="remove" aria-label=${t().common.remove} title=${t().common.remove} @click=${() => this.tell('drop', one.id)}>${icon('trash')}</button>
          </div>`
        : nothing}
      ${editing ? this.detail(one) : nothing}
    </li>`;
  }

  protected override render(): TemplateResult {
    const texts = t().review;
    const shown = this.shown;
    const seen = new Set(this.store.journal.observations.map((one) => codeRef(one.instrument, one.code)));
    if (seen.size === 0) return html`<p class="empty">${texts.noObservations}</p>`;
    const tabbable = shown.some((one) => one.id === this.selected) ? this.selected : shown[0]?.id;
    return html`
      <label class="field filter"><span class="hidden-label">${texts.filter}</span>
        <select @change=${(event: Event) => (this.filter = (event.target as HTMLSelectElement).value)}>
          <option value="">${texts.allCodes} (${this.store.journal.observations.length})</option>
          ${this.store.codes.filter((one) => seen.has(one.ref)).map((one) => html`<option value=${one.ref} ?selected=${this.filter === one.ref}>${words(one.code.title)}</option>`)}
          ${seen.has(MOMENT_REF) ? html`<option value=${MOMENT_REF}>${t().record.moment}</option>` : nothing}
        </select></label>
      <ol class="observations" aria-label=${t().observation.many}>
        ${repeat(shown, (one) => one.id, (one) => this.row(one, one.id === tabbable))}
      </ol>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tb-observation-list': ObservationList;
  }
}
