// The fields of a report: they look like the text they hold, grow with it, and are plain text on paper.
import { html, nothing, type TemplateResult } from 'lit';
import { ifDefined } from 'lit/directives/if-defined.js';
import { live } from 'lit/directives/live.js';
import { reportEn } from '../i18n/report-en';
import { reportNl } from '../i18n/report-nl';
import type { Language } from '../model/types';
import { LINE_MAX, TEXT_MAX } from '../model/report-changes';

const PAPER = { nl: reportNl.report.paper, en: reportEn.report.paper };
const LOCALE = { nl: 'nl-NL', en: 'en-GB' };

/** The words on the report itself: in its language, which need not be that of the screen. */
export const paperWords = (language: Language): typeof reportNl.report.paper => PAPER[language];

/** "zondag 22 november 2026" of YYYY-MM-DD; '' for none. */
export function paperDate(language: Language, date: string, weekday = false): string {
  const [year, month, day] = date.split('-').map(Number);
  if (!year || !month || !day) return '';
  const options: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'long', year: 'numeric', ...(weekday ? { weekday: 'long' } : {}) };
  return new Intl.DateTimeFormat(LOCALE[language], options).format(new Date(year, month - 1, day));
}

/** "22 november 2026 om 16:04" */
export function paperTime(language: Language, at: string): string {
  return new Intl.DateTimeFormat(LOCALE[language], { dateStyle: 'long', timeStyle: 'short' }).format(new Date(at));
}

interface Field {
  name: string;
  value: string;
  /** id of the heading that names it, or `label` */
  labelledBy?: string;
  label?: string;
  editing: boolean;
  input: (value: string) => void;
}

const value = (event: Event) => (event.target as HTMLInputElement).value;

/** Several lines of text. */
export function textField(field: Field): TemplateResult | typeof nothing {
  if (!field.editing) return field.value ? html`<p class="paper-text" data-field=${field.name}>${field.value}</p>` : nothing;
  return html`<span class="grow"><textarea rows="1" name=${field.name} maxlength=${TEXT_MAX} aria-labelledby=${ifDefined(field.labelledBy)} aria-label=${ifDefined(field.label)}
    .value=${live(field.value)} @input=${(event: Event) => field.input(value(event))}></textarea><span class="mirror">${field.value} </span></span>`;
}

/** One line of text. */
export function lineField(field: Field): TemplateResult | typeof nothing {
  if (!field.editing) return field.value ? html`<span class="paper-line" data-field=${field.name}>${field.value}</span>` : nothing;
  return html`<span class="grow"><input name=${field.name} maxlength=${LINE_MAX} aria-labelledby=${ifDefined(field.labelledBy)} aria-label=${ifDefined(field.label)} autocomplete="off"
    .value=${live(field.value)} @input=${(event: Event) => field.input(value(event))} /><span class="mirror">${field.value} </span></span>`;
}

export function dateField(field: Field, language: Language, weekday = false): TemplateResult | typeof nothing {
  const words = paperDate(language, field.value, weekday);
  if (!field.editing) return words ? html`<span class="paper-line" data-field=${field.name}>${words}</span>` : nothing;
  return html`<span class="grow"><input type="date" name=${field.name} aria-labelledby=${ifDefined(field.labelledBy)} aria-label=${ifDefined(field.label)}
    .value=${live(field.value)} @change=${(event: Event) => field.input(value(event))} /><span class="mirror">${words} </span></span>`;
}
