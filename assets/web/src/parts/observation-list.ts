// The observations of a visit in the order of the lesson: the accessible twin of the time line. Arrow keys walk through
// it, Enter plays the clip, E edits, Delete removes.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { guard } from 'lit/directives/guard.js';
import { repeat } from 'lit/directives/repeat.js';
import { t, words } from '../i18n';
import { clockTime, dateTime, number } from '../model/format';
import { MOMENT_REF, codeOf, codeRef, modifiersOf, scaleOf, subjectTitle, subjectsOf, type BoardCode } from '../model/instruments';
import { RowHeights, WHOLE, placeRows, type Rows } from '../model/list-window';
import { modifierTexts } from '../model/modifiers';
import { answeredAt, answerTimes, boardSamplings, samplingOf } from '../model/samplings';
import type { Observation } from '../model/types';
import type { VisitStore } from '../model/visit-store';
import { Part } from './base';
import { icon, shape } from './icons';
import { modifierFields, noteField, subjectButtons, valenceButtons, valenceSign } from './quick-edit';
import { secondsField, timeField } from './time-field';
import { vars } from './vars';

/** Rows this many pixels outside the view are in the page already, so that they are there when one scrolls on. */
const AROUND = 600;

@customElement('tb-observation-list')
export class ObservationList extends Part {
  @property({ attribute: false }) store!: VisitStore;
  @property() selected: string | null = null;
  @property() editing: string | null = null;
  @property({ type: Number }) frame = 0.04;
  @property({ attribute: false }) playhead: () => number = () => 0;
  @state() private filter = '';
  @state() private sought = '';
  /** of a long list: the rows around what is in view */
  @state() private rows: Rows = { from: 0, to: 0 };
  /** a row that is about to get the focus, wherever it is */
  @state() private wanted: string | null = null;
  private readonly heights = new RowHeights();
  private kept: { of: unknown[]; shown: Observation[]; places: Map<string, number>; seen: Set<string> } | null = null;
  private width = 0;
  private revealing: { id: string; focus: boolean } | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    const look = () => this.look();
    // Either the panel or the page scrolls; what an element does is heard on the way down.
    document.addEventListener('scroll', look, { capture: true, passive: true });
    this.atEnd(() => document.removeEventListener('scroll', look, { capture: true }));
    this.on(window, 'resize', look);
    const observer = new ResizeObserver(() => {
      if (this.width !== this.clientWidth) this.heights.forget();
      this.width = this.clientWidth;
      this.look();
    });
    observer.observe(this);
    this.atEnd(() => observer.disconnect());
  }

  /** What the list is about, worked out again only when something of it changed. */
  private get found(): { shown: Observation[]; places: Map<string, number>; seen: Set<string> } {
    const all = this.store.journal.observations;
    const of = [all, this.filter, this.sought, this.store.codes, t()];
    if (this.kept && of.every((one, i) => one === this.kept!.of[i])) return this.kept;
    const sought = this.sought.trim().toLowerCase();
    const shown = all
      .filter((one) => this.filter === '' || codeRef(one.instrument, one.code) === this.filter)
      .filter((one) => sought === '' || this.textOf(one).includes(sought));
    const seen = new Set(all.map((one) => codeRef(one.instrument, one.code)));
    this.kept = { of, shown, places: new Map(shown.map((one, i) => [one.id, i])), seen };
    this.heights.setRows(shown.map((one) => one.id));
    return this.kept;
  }

  get shown(): Observation[] {
    return this.found.shown;
  }

  private textOf(one: Observation): string {
    const code = codeOf(this.store.codes, one);
    return [clockTime(one.at), code ? words(code.code.title) : t().record.moment, code ? words(code.code.short) : '', ...this.remarks(one, code), one.note].join(' ').toLowerCase();
  }

  private get long(): boolean {
    return this.shown.length > WHOLE;
  }

  /** Which rows are in view now, and AROUND before and after them. */
  private look(): void {
    const list = this.querySelector('.observations');
    if (!list || !this.long) return;
    const top = list.getBoundingClientRect().top;
    const rows = this.heights.between(-top - AROUND, innerHeight - top + AROUND);
    if (rows.from !== this.rows.from || rows.to !== this.rows.to) this.rows = rows;
  }

  protected override updated(): void {
    const list = this.querySelector('.observations');
    if (!list) return;
    if (this.long) this.measure(list);
    this.showRevealed();
    // Rows that came with it may not be as high as was thought; then it is looked for once more.
    if (!this.isUpdatePending) this.revealing = null;
  }

  private measure(list: Element): void {
    const gap = parseFloat(getComputedStyle(list).rowGap) || 0;
    const rows = [...list.querySelectorAll<HTMLElement>(':scope > .obs')];
    if (this.heights.learn(rows.map((row) => [row.dataset.observation ?? '', row.offsetHeight + gap]))) this.requestUpdate();
    this.look();
  }

  private showRevealed(): void {
    if (!this.revealing) return;
    const row = this.querySelector(`[data-observation="${CSS.escape(this.revealing.id)}"]`);
    const main = row?.querySelector<HTMLElement>('.row-main');
    if (this.revealing.focus) main?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: 'nearest' });
    if (this.revealing.focus) main?.scrollIntoView({ block: 'nearest' });
    this.look();
  }

  private tell(name: string, id: string): void {
    this.dispatchEvent(new CustomEvent(name, { detail: id }));
  }

  focusRow(id: string): void {
    this.reveal(id, true);
  }

  revealRow(id: string): void {
    this.reveal(id, false);
  }

  /** After what is about to be drawn: the row may not be in the page yet. */
  private reveal(id: string, focus: boolean): void {
    this.wanted = id;
    this.revealing = { id, focus: focus || (this.revealing?.id === id && this.revealing.focus) };
    this.requestUpdate();
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

  private row(one: Observation, tabbable: boolean, index: number, before = 0): TemplateResult {
    const texts = t().review;
    const code = codeOf(this.store.codes, one);
    const selected = this.selected === one.id;
    const editing = this.editing === one.id;
    const own = this.store.mayChange(one);
    return html`<li class="obs ${selected ? 'selected' : ''}" data-observation=${one.id} aria-setsize=${this.shown.length} aria-posinset=${index + 1}
      ${vars({ '--code-color': code?.color ?? '#5b534b', '--before': `${before}px` })}>
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
            ${own ? html`<button type="button" class="small" data-test="edit" aria-expanded=${String(editing)} @click=${() => this.tell('edit', one.id)}>${icon('edit')}${texts.edit}</button>` : nothing}
            <button type="button" class="small" data-test="make-clip" title=${texts.makeClipHelp} @click=${() => this.tell('make-clip', one.id)}>${icon('scissors')}${texts.makeClip}</button>
            ${own ? html`<button type="button" class="icon-only" data-test="remove" aria-label=${t().common.remove} title=${t().common.remove} @click=${() => this.tell('drop', one.id)}>${icon('trash')}</button>` : nothing}
          </div>`
        : nothing}
      ${editing ? this.detail(one) : nothing}
    </li>`;
  }

  protected override render(): TemplateResult {
    const texts = t().review;
    const { shown, places, seen } = this.found;
    if (seen.size === 0) return html`<p class="empty">${texts.noObservations}</p>`;
    const tabbable = places.has(this.selected ?? '') ? this.selected : shown[0]?.id;
    const all = this.store.journal.observations.length;
    return html`
      <label class="field filter"><span class="hidden-label">${texts.filter}</span>
        <select @change=${(event: Event) => (this.filter = (event.target as HTMLSelectElement).value)}>
          <option value="">${texts.allCodes} (${number(this.store.journal.observations.length)})</option>
          ${this.store.codes.filter((one) => seen.has(one.ref)).map((one) => html`<option value=${one.ref} ?selected=${this.filter === one.ref}>${words(one.code.title)}</option>`)}
          ${seen.has(MOMENT_REF) ? html`<option value=${MOMENT_REF}>${t().record.moment}</option>` : nothing}
        </select></label>
      ${all > WHOLE
        ? html`<label class="field filter"><span class="hidden-label">${texts.findInList}</span>
            <input type="search" data-test="find-in-list" placeholder=${texts.findInList} .value=${this.sought}
              @input=${(event: Event) => (this.sought = (event.target as HTMLInputElement).value)} /></label>`
        : nothing}
      ${shown.length === 0 ? html`<p class="empty">${texts.noneInList}</p>` : this.list(shown, places, tabbable ?? null)}`;
  }

  private list(shown: Observation[], places: Map<string, number>, tabbable: string | null): TemplateResult {
    const place = (id: string | null) => places.get(id ?? '') ?? -1;
    // What has the focus, or may get it, stays in the page wherever one scrolls.
    const { rows, after } = shown.length > WHOLE
      ? placeRows(this.heights, shown.length, this.rows, [place(tabbable), place(this.selected), place(this.editing), place(this.wanted)])
      : { rows: shown.map((_, index) => ({ index, before: 0 })), after: 0 };
    return html`<ol class="observations" role="list" aria-label=${t().observation.many}>
        ${repeat(rows, ({ index }) => shown[index]!.id, ({ index, before }) => {
          const one = shown[index]!;
          // Only the one that is looked at shows more than the observation itself.
          const more = one.id === this.selected || one.id === this.editing ? {} : null;
          return guard([one, more, one.id === tabbable, index, before, shown.length, this.store.codes, t()], () => this.row(one, one.id === tabbable, index, before));
        })}
      </ol><div class="rows-after" ${vars({ '--after': `${after}px` })}></div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tb-observation-list': ObservationList;
  }
}
