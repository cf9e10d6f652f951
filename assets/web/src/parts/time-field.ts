// A field for a time, with buttons to nudge it by a frame or a tenth: what dragging does, without dragging.
import { html, nothing, type TemplateResult } from 'lit';
import { t } from '../i18n';
import { clockTime, parseClockTime } from '../model/format';
import { icon } from './icons';
import { say } from './toast';

interface TimeField {
  label: string;
  value: number | null;
  /** s; what one small nudge is */
  frame: number;
  change(value: number): void;
  /** takes over the time of the playhead */
  here?: () => number;
  hereLabel?: string;
  test?: string;
}

export function timeField(field: TimeField): TemplateResult {
  const texts = t().review;
  const value = field.value;
  const nudge = (by: number) => {
    if (value !== null) field.change(Math.max(0, value + by));
  };
  const typed = (event: Event) => {
    const input = event.target as HTMLInputElement;
    const time = parseClockTime(input.value);
    if (time === null) {
      say(texts.badTime);
      input.value = value === null ? '' : clockTime(value, 2);
    } else if (value === null || Math.abs(time - value) > 0.004) field.change(time);
  };
  return html`<div class="time-field">
    <label class="field"><span>${field.label}</span>
      <input inputmode="decimal" data-test=${field.test ?? nothing} .value=${value === null ? '' : clockTime(value, 2)} @change=${typed} /></label>
    <div class="nudges">
      <button type="button" class="icon-only" title=${texts.frameEarlier} aria-label=${`${field.label}: ${texts.frameEarlier}`} ?disabled=${value === null} @click=${() => nudge(-field.frame)}>${icon('frameBack')}</button>
      <button type="button" class="icon-only" title=${texts.frameLater} aria-label=${`${field.label}: ${texts.frameLater}`} ?disabled=${value === null} @click=${() => nudge(field.frame)}>${icon('frameNext')}</button>
      ${field.here ? html`<button type="button" class="small" @click=${() => field.change(field.here!())}>${field.hereLabel ?? texts.hereAt}</button>` : nothing}
    </div>
  </div>`;
}

interface SecondsField {
  label: string;
  value: number;
  change(value: number): void;
}

export function secondsField(field: SecondsField): TemplateResult {
  return html`<label class="field seconds"><span>${field.label}</span>
    <span class="with-unit"><input type="number" min="0" max="600" step="0.5" .value=${String(Math.round(field.value * 1000) / 1000)}
      @change=${(event: Event) => {
        const value = Number((event.target as HTMLInputElement).value);
        if (Number.isFinite(value) && value >= 0 && value !== field.value) field.change(value);
      }} /> ${t().observation.seconds}</span></label>`;
}
