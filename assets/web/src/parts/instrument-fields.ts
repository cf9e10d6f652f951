// Fields of the kijkwijzer editor: every text stands in two languages side by side. Each field carries its place in the
// document (data-path), so that a problem can lead to it.
import { html, nothing, type TemplateResult } from 'lit';
import { t, words } from '../i18n';
import { COLORS, type Document } from '../model/instrument-draft';
import { pathParts, type Problem } from '../model/instrument-problems';
import type { InstrumentEditor } from '../model/instrument-editor';
import type { Language, Words } from '../model/types';
import { icon } from './icons';
import { vars } from './vars';

export const NOTHING: Words = { nl: '', en: '' };

interface WordsField {
  label: string;
  path: string;
  value: Words | undefined;
  limit: number;
  set(value: Words): void;
  /** more than one line */
  rows?: number;
  optional?: boolean;
  example?: string;
}

/** What is wrong here, as far as it is worth saying beside the field: that it is empty is seen. */
function wrong(editor: InstrumentEditor, path: string): string {
  const found = editor.found.find((one) => one.path === path && one.rule !== 'empty');
  return found ? ruleText(found) : '';
}

export function wordsField(editor: InstrumentEditor, field: WordsField): TemplateResult {
  const texts = t().kijkwijzer.edit;
  const value = field.value ?? NOTHING;
  const one = (language: Language) => {
    const path = `${field.path}.${language}`;
    const bad = wrong(editor, path);
    const label = `${field.label} (${texts[language]})`;
    const input = (event: Event) => field.set({ ...value, [language]: (event.target as HTMLInputElement).value });
    const id = bad ? `bad-${path.replace(/[^\w]+/g, '-')}` : '';
    const area = field.rows !== undefined;
    return html`<span class="words-one"><span class="tongue" aria-hidden="true">${language}</span>
      ${area
        ? html`<textarea rows=${field.rows!} data-path=${path} aria-label=${label} lang=${language} aria-invalid=${bad ? 'true' : nothing} aria-describedby=${id || nothing}
            .value=${value[language]} @input=${input}></textarea>`
        : html`<input type="text" data-path=${path} aria-label=${label} lang=${language} aria-invalid=${bad ? 'true' : nothing} aria-describedby=${id || nothing}
            placeholder=${language === 'nl' && field.example ? field.example : nothing} autocomplete="off" .value=${value[language]} @input=${input} />`}
      ${bad ? html`<span class="small bad" id=${id}>${bad}</span>` : nothing}</span>`;
  };
  return html`<div class="field words" role="group" aria-label=${field.label} data-path=${field.path}>
    <span aria-hidden="true">${field.label}${field.optional ? html` <span class="small">${texts.optional}</span>` : nothing}</span>
    <div class="words-pair">${one('nl')}
      <button type="button" class="icon-only quiet" data-test="same" title=${texts.sameAsNl(field.label)} aria-label=${texts.sameAsNl(field.label)}
        ?disabled=${value.nl.trim() === '' || value.en === value.nl} @click=${() => field.set({ nl: value.nl, en: value.nl })}>${icon('next')}</button>
      ${one('en')}</div></div>`;
}

/** Read when it is left: half a number is none. */
export function numberField(editor: InstrumentEditor, field: { label: string; path: string; value: number | undefined; set(value: number): void; min: number; max: number; step?: number }): TemplateResult {
  const bad = wrong(editor, field.path);
  const known = typeof field.value === 'number' && Number.isFinite(field.value);
  return html`<label class="field"><span>${field.label}</span>
    <input type="number" inputmode="decimal" data-path=${field.path} min=${field.min} max=${field.max} step=${field.step ?? 'any'} aria-invalid=${bad ? 'true' : nothing}
      .value=${known ? String(field.value) : ''} @change=${(event: Event) => field.set((event.target as HTMLInputElement).valueAsNumber)} />
    ${bad ? html`<span class="small bad">${bad}</span>` : nothing}</label>`;
}

export interface Option {
  value: string;
  text: string;
}

export function selectField(editor: InstrumentEditor, field: { label: string; path: string; value: string; options: Option[]; set(value: string): void; help?: string }): TemplateResult {
  const bad = wrong(editor, field.path);
  return html`<label class="field"><span>${field.label}</span>
    <select data-path=${field.path} aria-invalid=${bad ? 'true' : nothing} .value=${field.value} @change=${(event: Event) => field.set((event.target as HTMLSelectElement).value)}>
      ${field.options.map((one) => html`<option value=${one.value} ?selected=${one.value === field.value}>${one.text}</option>`)}</select>
    ${bad ? html`<span class="small bad">${bad}</span>` : field.help ? html`<span class="small">${field.help}</span>` : nothing}</label>`;
}

/** A few that exclude each other, all in view. */
export function choiceField(field: { label: string; path: string; value: string; options: (Option & { help?: string; before?: TemplateResult })[]; set(value: string): void }): TemplateResult {
  const chosen = field.options.find((one) => one.value === field.value);
  return html`<div class="field" role="group" aria-label=${field.label} data-path=${field.path}><span aria-hidden="true">${field.label}</span>
    <div class="chips">${field.options.map((one) => html`<button type="button" class="chip" data-value=${one.value} aria-pressed=${String(one.value === field.value)}
      @click=${() => field.set(one.value)}>${one.before ?? nothing}${one.text}</button>`)}</div>
    ${chosen?.help ? html`<span class="small">${chosen.help}</span>` : nothing}</div>`;
}

/** OWN: a first choice that is no colour of its own. */
export function colorField(field: { label: string; path: string; value: string | undefined; set(value: string | undefined): void; own?: { text: string; color: string } }): TemplateResult {
  const names = t().kijkwijzer.colors;
  const swatch = (color: string) => html`<span class="swatch" ${vars({ '--code-color': color })}></span>`;
  const options = COLORS.map((color) => ({ value: color as string, text: names[color]!, before: swatch(color) }));
  if (field.own) options.unshift({ value: '', text: field.own.text, before: swatch(field.own.color) });
  return html`<div class="colors">${choiceField({ label: field.label, path: field.path, value: field.value ?? '', options, set: (value) => field.set(value || undefined) })}</div>`;
}

// ---- problems in words

export function ruleText(problem: Problem): string {
  return t().kijkwijzer.problems.rules[problem.rule](problem.limit ?? 0, words(problem.other) || t().kijkwijzer.code.untitled);
}

/** "Code ‘Lesdoel’ · toets (Engels)" */
export function placeText(path: string, document: unknown): string {
  const texts = t().kijkwijzer.problems;
  const said: string[] = [];
  let here: unknown = document;
  let name = '';
  let language = '';
  for (const part of pathParts(path)) {
    here = here !== null && typeof here === 'object' ? (here as Record<string | number, unknown>)[part] : undefined;
    if (typeof part === 'number') {
      const title = (here as { title?: Partial<Words> } | undefined)?.title;
      const called = title && typeof title === 'object' ? words(title) : '';
      const what = Object.hasOwn(texts.where, name) ? texts.where[name]! : name;
      said.push(called ? texts.named(what, called) : texts.numbered(what, part + 1));
      name = '';
    } else if (part === 'nl' || part === 'en') language = t().kijkwijzer.edit[part];
    else name = part;
  }
  if (name) said.push(Object.hasOwn(texts.fields, name) ? texts.fields[name]! : Object.hasOwn(texts.where, name) ? texts.where[name]! : name);
  const text = said.join(' · ');
  return (language ? `${text} (${language})` : text).replace(/^./, (letter) => letter.toUpperCase());
}

export function problemText(problem: Problem, document: Document): string {
  return `${placeText(problem.path, document)}: ${ruleText(problem)}`;
}
