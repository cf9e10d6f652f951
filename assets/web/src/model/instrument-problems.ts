// What is not yet right in a kijkwijzer, and where. The same rules as the server's, which has the last word.
import { KEYS, LIMITS, codeById, sameKey, type Document } from './instrument-draft';
import type { Code, Language, Scale, Words } from './types';

export type Rule =
  | 'empty' | 'long' | 'oneLine' | 'noDomain' | 'noCodes' | 'tooMany' | 'badKey' | 'keyTaken' | 'clip' | 'noGroup' | 'noScale' | 'noSampling' | 'noModifier'
  | 'modifiers' | 'steps' | 'ascending' | 'value' | 'every' | 'noneCode' | 'choices' | 'range' | 'color';

export interface Problem {
  /** as the server names it: "codes[3].key" */
  path: string;
  rule: Rule;
  language?: Language;
  /** how many at most, or how many too many */
  limit?: number;
  /** the other one */
  other?: Words;
}

/** Parts of a path: ["codes", 3, "key"]. */
export function pathParts(path: string): (string | number)[] {
  return [...path.matchAll(/([A-Za-z_]+)|\[(\d+)\]/g)].map((part) => (part[1] !== undefined ? part[1] : Number(part[2])));
}

const LANGUAGES: Language[] = ['nl', 'en'];

class Finder {
  readonly found: Problem[] = [];

  add(path: string, rule: Rule, more: Partial<Problem> = {}): void {
    this.found.push({ path, rule, ...more });
  }

  words(path: string, words: Words | undefined, limit: number, needed = true, line = true): void {
    const texts = words ?? { nl: '', en: '' };
    const empty = LANGUAGES.filter((one) => texts[one].trim() === '');
    if (!needed && empty.length === LANGUAGES.length) return;
    for (const language of LANGUAGES) {
      const at = `${path}.${language}`;
      if (empty.includes(language)) this.add(at, 'empty', { language });
      else if ([...texts[language]].length > limit) this.add(at, 'long', { language, limit });
      else if (line && /[\n\r\t]/.test(texts[language])) this.add(at, 'oneLine', { language });
    }
  }

  many(path: string, list: readonly unknown[], limit: number): void {
    if (list.length > limit) this.add(path, 'tooMany', { limit });
  }
}

const within = (value: unknown, min: number, max: number) => typeof value === 'number' && Number.isFinite(value) && value >= min && value <= max;

function codeProblems(finder: Finder, document: Document, code: Code, at: string): void {
  finder.words(`${at}.title`, code.title, LIMITS.line);
  finder.words(`${at}.short`, code.short, LIMITS.short);
  finder.words(`${at}.help.counts`, code.help?.counts, LIMITS.text, false, false);
  finder.words(`${at}.help.not`, code.help?.not, LIMITS.text, false, false);
  if (!document.domains.some((one) => one.id === code.domain)) finder.add(`${at}.domain`, 'noDomain');
  if (code.key && !KEYS.includes(code.key)) finder.add(`${at}.key`, 'badKey');
  const other = sameKey(document, code)[0];
  if (other) finder.add(`${at}.key`, 'keyTaken', { other: other.title });
  for (const name of ['lead', 'lag'] as const) if (!within(code[name], 0, LIMITS.clip)) finder.add(`${at}.${name}`, 'clip', { limit: LIMITS.clip });
  if (code.group && !document.groups.some((one) => one.id === code.group)) finder.add(`${at}.group`, 'noGroup');
  if (code.kind === 'rating' && !document.scales.some((one) => one.id === code.scale)) finder.add(`${at}.scale`, 'noScale');
  if (code.kind === 'interval' && !document.samplings.some((one) => one.id === code.sampling)) finder.add(`${at}.sampling`, 'noSampling');
  if ((code.modifiers?.length ?? 0) > LIMITS.modifiersOfCode) finder.add(`${at}.modifiers`, 'modifiers', { limit: LIMITS.modifiersOfCode });
  if (code.modifiers?.some((id) => !document.modifiers.some((one) => one.id === id))) finder.add(`${at}.modifiers`, 'noModifier');
}

function scaleProblems(finder: Finder, scale: Scale, at: string): void {
  finder.words(`${at}.title`, scale.title, LIMITS.line);
  if (!within(scale.steps.length, 2, LIMITS.steps)) finder.add(`${at}.steps`, 'steps', { limit: LIMITS.steps });
  scale.steps.forEach((step, index) => {
    const here = `${at}.steps[${index}]`;
    if (!Number.isInteger(step.value) || !within(step.value, -LIMITS.value, LIMITS.value)) finder.add(`${here}.value`, 'value', { limit: LIMITS.value });
    else if (index > 0 && step.value <= scale.steps[index - 1]!.value) finder.add(`${here}.value`, 'ascending');
    finder.words(`${here}.title`, step.title, LIMITS.line);
    finder.words(`${here}.anchor`, step.anchor, LIMITS.anchor, false, false);
  });
}

export function problems(document: Document): Problem[] {
  const finder = new Finder();
  finder.words('title', document.title, LIMITS.line);
  finder.words('description', document.description, LIMITS.text, true, false);
  if (document.domains.length === 0) finder.add('domains', 'noDomain');
  finder.many('domains', document.domains, LIMITS.domains);
  document.domains.forEach((one, index) => {
    finder.words(`domains[${index}].title`, one.title, LIMITS.line);
    if (!one.color) finder.add(`domains[${index}].color`, 'color');
  });
  if (document.codes.length === 0) finder.add('codes', 'noCodes');
  finder.many('codes', document.codes, LIMITS.codes);
  document.codes.forEach((code, index) => codeProblems(finder, document, code, `codes[${index}]`));
  for (const list of ['subjects', 'groups', 'modifiers', 'scales', 'samplings'] as const) finder.many(list, document[list], LIMITS.list);
  document.subjects.forEach((one, index) => finder.words(`subjects[${index}].title`, one.title, LIMITS.line));
  document.groups.forEach((one, index) => finder.words(`groups[${index}].title`, one.title, LIMITS.line));
  document.modifiers.forEach((one, index) => {
    const at = `modifiers[${index}]`;
    finder.words(`${at}.title`, one.title, LIMITS.line);
    if (one.type === 'number') {
      if (!within(one.min, -1e9, 1e9) || !within(one.max, -1e9, 1e9) || one.min! >= one.max!) finder.add(`${at}.max`, 'range');
      return;
    }
    if (!within(one.choices?.length ?? 0, 1, LIMITS.choices)) finder.add(`${at}.choices`, 'choices', { limit: LIMITS.choices });
    one.choices?.forEach((choice, which) => finder.words(`${at}.choices[${which}].title`, choice.title, LIMITS.line));
  });
  document.scales.forEach((one, index) => scaleProblems(finder, one, `scales[${index}]`));
  document.samplings.forEach((one, index) => {
    const at = `samplings[${index}]`;
    finder.words(`${at}.title`, one.title, LIMITS.line);
    if (!within(one.every, 1, LIMITS.every)) finder.add(`${at}.every`, 'every', { limit: LIMITS.every });
    const nothing = one.none ? codeById(document, one.none) : undefined;
    if (one.none && (nothing?.kind !== 'interval' || nothing.sampling !== one.id)) finder.add(`${at}.none`, 'noneCode');
  });
  finder.many('layout.tabs', document.layout?.tabs ?? [], LIMITS.tabs);
  document.layout?.tabs.forEach((tab, index) => finder.words(`layout.tabs[${index}].title`, tab.title, LIMITS.line));
  return finder.found;
}

/** Where it is in the editor. */
export type Section = 'about' | 'codes' | 'lists' | 'layout';

export function sectionOf(path: string): Section {
  const first = pathParts(path)[0];
  if (first === 'codes' || first === 'domains') return 'codes';
  if (first === 'layout') return 'layout';
  return first === 'title' || first === 'description' || first === 'default' || first === undefined ? 'about' : 'lists';
}
