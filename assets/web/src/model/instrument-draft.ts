// A kijkwijzer that is being made: what can be done with the document. Pure: every operation gives a new document.
import type { Code, Domain, Group, Instrument, Kind, Modifier, Sampling, Scale, Subject, Words } from './types';

/** The colours that colour-blind people can tell apart (Okabe-Ito). */
export const COLORS = ['#0072B2', '#E69F00', '#009E73', '#CC79A7', '#56B4E9', '#D55E00', '#F0E442', '#000000'] as const;
/** The keys that the page leaves free. */
export const KEYS = [...'abcdfghnpqrstuvwxyz1234567890'];
export const LIMITS = {
  line: 80, short: 18, text: 1000, anchor: 300, domains: 20, codes: 200, list: 50, modifiersOfCode: 5, choices: 30, steps: 10, tabs: 10, clip: 600, every: 3600, value: 100,
} as const;

/** The lists of things that codes refer to. */
export type ListName = 'domains' | 'subjects' | 'groups' | 'modifiers' | 'scales' | 'samplings';
export type Listed = { domains: Domain; subjects: Subject; groups: Group; modifiers: Modifier; scales: Scale; samplings: Sampling };
/** All lists are there, also when empty. */
export type Document = Instrument & Required<Pick<Instrument, ListName>>;
/** Things with their items in order: domains with codes, or tabs with codes. */
export interface Holder {
  id: string;
  items: string[];
}

const both = (nl: string, en: string): Words => ({ nl, en });
const none = (): Words => both('', '');

const SUBJECTS: Subject[] = [
  { id: 'leraar', title: both('Leraar', 'Teacher') },
  { id: 'leerling', title: both('Leerling', 'Pupil') },
  { id: 'groepje', title: both('Groepje', 'Small group') },
  { id: 'klas', title: both('Hele klas', 'Whole class') },
];

/** Lower-case words joined by hyphens; '' when nothing of the text can be kept. */
export function slug(text: string): string {
  const plain = text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  return plain.replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 56).replace(/-+$/, '');
}

export function uniqueSlug(text: string, taken: Iterable<string>, otherwise = 'kijkwijzer'): string {
  const used = new Set(taken);
  const wish = slug(text) || otherwise;
  for (let n = 1; ; n++) {
    const id = n === 1 ? wish : `${wish}-${n}`;
    if (!used.has(id)) return id;
  }
}

/** An id for the time being; what it will be called depends on a title that is not written yet. */
const FRESH = /^nieuw-\d+$/;

function fresh(ids: Iterable<string>): string {
  const used = [...ids].filter((id) => FRESH.test(id)).map((id) => Number(id.slice(6)));
  return `nieuw-${Math.max(0, ...used) + 1}`;
}

const idsOf = (list: readonly { id: string }[]) => list.map((one) => one.id);

export function whole(document: Instrument): Document {
  return {
    ...document, format: 2, domains: document.domains ?? [], codes: document.codes ?? [], subjects: document.subjects ?? [], groups: document.groups ?? [],
    modifiers: document.modifiers ?? [], scales: document.scales ?? [], samplings: document.samplings ?? [],
  };
}

const said = (text: Words | undefined) => text !== undefined && (text.nl.trim() !== '' || text.en.trim() !== '');

function finishedCode(code: Code): Code {
  const { modifiers, help, ...rest } = code;
  const done: Code = { ...rest };
  const told = Object.fromEntries(Object.entries(help ?? {}).filter(([, text]) => said(text)));
  if (Object.keys(told).length > 0) done.help = told;
  if (modifiers && modifiers.length > 0) done.modifiers = modifiers;
  for (const name of ['key', 'color', 'group', 'scale', 'sampling', 'size'] as const) if (!done[name] || done[name] === 'normal') delete done[name];
  return done;
}

/** As it goes to the server: without lists and texts in which nothing stands. */
export function finished(document: Document): Instrument {
  const done: Instrument = { ...document, codes: document.codes.map(finishedCode) };
  for (const name of ['groups', 'modifiers', 'scales', 'samplings'] as const) if (done[name]?.length === 0) delete done[name];
  done.scales = done.scales?.map((scale) => ({ ...scale, steps: scale.steps.map(({ anchor, ...step }) => (said(anchor) ? { ...step, anchor: anchor! } : step)) }));
  done.samplings = done.samplings?.map(({ none: nothing, ...rest }) => (nothing ? { ...rest, none: nothing } : rest));
  if (!done.scales) delete done.scales;
  if (!done.samplings) delete done.samplings;
  if (!done.layout || done.layout.tabs.length === 0) delete done.layout;
  if (!done.became || Object.keys(done.became.codes).length === 0) delete done.became;
  return done;
}

export function blank(id: string, title: Words): Document {
  const domain: Domain = { id: uniqueSlug(title.nl, [], 'domein'), title: { ...title }, color: COLORS[0] };
  return whole({ format: 2, id, version: 1, title, description: none(), default: false, domains: [domain], codes: [], subjects: SUBJECTS });
}

export function copyOf(instrument: Instrument, id: string, title: Words): Document {
  const { became: _before, ...rest } = instrument;
  return whole({ ...rest, id, title, version: 1, default: false });
}

export function nextVersion(published: Instrument): Document {
  const { became: _before, ...rest } = published;
  return whole({ ...rest, version: published.version + 1 });
}

// ---- lists

export function added<N extends ListName>(document: Document, list: N, item: Omit<Listed[N], 'id'>): { document: Document; id: string } {
  const id = fresh(idsOf(document[list]));
  return { document: { ...document, [list]: [...document[list], { ...item, id }] }, id };
}

export function changed<N extends ListName>(document: Document, list: N, id: string, fields: Partial<Listed[N]>): Document {
  return { ...document, [list]: (document[list] as Listed[N][]).map((one) => (one.id === id ? { ...one, ...fields } : one)) };
}

/** The codes that refer to it. */
export function usedBy(document: Document, list: ListName, id: string): Code[] {
  const field = { domains: 'domain', groups: 'group', scales: 'scale', samplings: 'sampling' } as const;
  if (list === 'subjects') return [];
  if (list === 'modifiers') return document.codes.filter((code) => code.modifiers?.includes(id));
  return document.codes.filter((code) => code[field[list]] === id);
}

/** Whether it can be taken away without losing codes. */
export function removable(document: Document, list: ListName, id: string): boolean {
  return list !== 'domains' || document.domains.length > 1 || usedBy(document, list, id).length === 0;
}

/** The codes that referred to it no longer do; those of a domain go to the one beside it. */
export function removed(document: Document, list: ListName, id: string): Document {
  if (!removable(document, list, id)) return document;
  const at = document[list].findIndex((one) => one.id === id);
  if (at < 0) return document;
  const beside = document.domains[at === 0 ? 1 : at - 1]?.id ?? '';
  const codes = document.codes.map((code): Code => {
    switch (list) {
      case 'domains': return code.domain === id ? { ...code, domain: beside } : code;
      case 'groups': return code.group === id ? { ...code, group: undefined } : code;
      case 'scales': return code.scale === id ? { ...code, scale: undefined } : code;
      case 'samplings': return code.sampling === id ? { ...code, sampling: undefined } : code;
      case 'modifiers': return code.modifiers?.includes(id) ? { ...code, modifiers: code.modifiers.filter((one) => one !== id) } : code;
      default: return code;
    }
  });
  return { ...document, codes, [list]: (document[list] as { id: string }[]).filter((one) => one.id !== id) };
}

export function shifted<T>(list: readonly T[], from: number, to: number): T[] {
  if (from < 0 || from >= list.length || to < 0 || to >= list.length) return [...list];
  const next = [...list];
  next.splice(to, 0, ...next.splice(from, 1));
  return next;
}

/** One place up (-1) or down (1). */
export function movedInList(document: Document, list: ListName, id: string, by: number): Document {
  const at = document[list].findIndex((one) => one.id === id);
  return { ...document, [list]: shifted(document[list] as { id: string }[], at, at + by) };
}

export const newDomain = (document: Document): Omit<Domain, 'id'> => ({
  title: none(), color: COLORS.find((color) => !document.domains.some((one) => one.color === color)) ?? COLORS[0],
});
export const newSubject = (): Omit<Subject, 'id'> => ({ title: none() });
export const newGroup = (): Omit<Group, 'id'> => ({ title: none() });
export const newModifier = (): Omit<Modifier, 'id'> => ({ title: none(), type: 'one', choices: [{ id: 'nieuw-1', title: none() }, { id: 'nieuw-2', title: none() }] });
export const newScale = (): Omit<Scale, 'id'> => ({
  title: both('Vier stappen', 'Four steps'),
  steps: [
    { value: 1, title: both('Nog niet te zien', 'Not seen yet') }, { value: 2, title: both('Een beetje te zien', 'Seen a little') },
    { value: 3, title: both('Duidelijk te zien', 'Clearly seen') }, { value: 4, title: both('Sterk te zien', 'Strongly seen') },
  ],
  not_applicable: true,
});

function everyTitle(seconds: number): Words {
  if (seconds >= 60 && seconds % 60 === 0) return seconds === 60 ? both('Elke minuut', 'Every minute') : both(`Elke ${seconds / 60} minuten`, `Every ${seconds / 60} minutes`);
  return seconds === 1 ? both('Elke seconde', 'Every second') : both(`Elke ${seconds} seconden`, `Every ${seconds} seconds`);
}

export const newSampling = (): Omit<Sampling, 'id'> => ({ title: everyTitle(30), every: 30, rule: 'momentary', many: false });

/** Its name goes along as long as nobody gave it another. */
export function withEvery(sampling: Sampling, every: number): Partial<Sampling> {
  const known = everyTitle(sampling.every);
  const titled = Number.isFinite(every) && sampling.title.nl === known.nl && sampling.title.en === known.en;
  return titled ? { every, title: everyTitle(every) } : { every };
}

export function newChoice(modifier: Modifier): { id: string; title: Words } {
  return { id: fresh(idsOf(modifier.choices ?? [])), title: none() };
}

export function newStep(scale: Scale): Scale['steps'][number] {
  return { value: Math.max(0, ...scale.steps.map((one) => one.value)) + 1, title: none() };
}

/** A modifier of another sort keeps what it can. */
export function retyped(modifier: Modifier, type: Modifier['type']): Modifier {
  const { choices, min, max, ...rest } = modifier;
  if (type === 'number') return { ...rest, type, min: min ?? 0, max: max ?? 10 };
  return { ...rest, type, choices: choices && choices.length > 0 ? choices : newModifier().choices };
}

// ---- codes

export function codeById(document: Instrument, id: string): Code | undefined {
  return document.codes.find((one) => one.id === id);
}

export function addedCode(document: Document, domain: string): { document: Document; id: string } {
  const id = fresh(idsOf(document.codes));
  const code: Code = { id, domain, kind: 'point', title: none(), short: none(), lead: 5, lag: 10, help: { counts: none(), not: none() } };
  return { document: { ...document, codes: [...document.codes, code] }, id };
}

export function changedCode(document: Document, id: string, fields: Partial<Code>): Document {
  return { ...document, codes: document.codes.map((one) => (one.id === id ? { ...one, ...fields } : one)) };
}

/** A second one behind it, without its key. */
export function duplicatedCode(document: Document, id: string): { document: Document; id: string } {
  const at = document.codes.findIndex((one) => one.id === id);
  const made = fresh(idsOf(document.codes));
  const { key: _taken, ...rest } = document.codes[at]!;
  const codes = [...document.codes];
  codes.splice(at + 1, 0, { ...rest, id: made });
  return { document: { ...document, codes }, id: made };
}

function withoutInLayout(document: Document, ids: (id: string) => boolean): Document {
  if (!document.layout) return document;
  return { ...document, layout: { tabs: document.layout.tabs.map((tab) => ({ ...tab, codes: tab.codes.filter((one) => !ids(one)) })) } };
}

export function removedCode(document: Document, id: string): Document {
  const rest = withoutInLayout({ ...document, codes: document.codes.filter((one) => one.id !== id) }, (one) => one === id);
  return { ...rest, samplings: rest.samplings.map((one) => (one.none === id ? { ...one, none: undefined } : one)) };
}

function renamedCodes(document: Document, names: ReadonlyMap<string, string>): Document {
  const name = (id: string) => names.get(id) ?? id;
  return {
    ...document,
    codes: document.codes.map((one) => ({ ...one, id: name(one.id) })),
    samplings: document.samplings.map((one) => (one.none ? { ...one, none: name(one.none) } : one)),
    ...(document.layout ? { layout: { tabs: document.layout.tabs.map((tab) => ({ ...tab, codes: tab.codes.map(name) })) } } : {}),
    ...(document.became ? { became: { ...document.became, codes: Object.fromEntries(Object.entries(document.became.codes).map(([old, now]) => [old, now === null ? null : name(now)])) } } : {}),
  };
}

/** What goes with another kind is taken away, what the new kind needs is chosen or made. A code that was published as
 *  something else becomes another code: what was observed with it keeps its meaning. Gives its id. */
export function withKind(document: Document, id: string, kind: Kind, before: Instrument | null): { document: Document; id: string } {
  const code = codeById(document, id);
  if (!code || code.kind === kind) return { document, id };
  let next = document;
  const { group, scale, sampling, ...rest } = code;
  const other: Code = { ...rest, kind };
  if (kind === 'state' && group) other.group = group;
  if (kind === 'rating') {
    delete other.key;
    if (next.scales.length === 0) next = added(next, 'scales', newScale()).document;
    other.scale = scale ?? next.scales[0]!.id;
  }
  if (kind === 'interval') {
    if (next.samplings.length === 0) next = added(next, 'samplings', newSampling()).document;
    other.sampling = sampling ?? next.samplings[0]!.id;
  }
  next = { ...next, codes: next.codes.map((one) => (one.id === id ? other : one)), samplings: next.samplings.map((one) => (one.none === id ? { ...one, none: undefined } : one)) };
  const old = before ? codeById(before, id) : undefined;
  if (!old || old.kind === kind) return { document: next, id };
  const made = fresh(idsOf(next.codes));
  return { document: renamedCodes(next, new Map([[id, made]])), id: made };
}

/** A key for a code: a letter of its words that nobody has, else a digit, else any. Null when all are taken. */
export function suggestKey(document: Document, id: string): string | null {
  const code = codeById(document, id);
  const taken = new Set(document.codes.filter((one) => one.id !== id && one.key).map((one) => one.key));
  const letters = slug(`${code?.short.nl ?? ''} ${code?.title.nl ?? ''}`).replace(/[^a-z]/g, '');
  const free = (key: string) => KEYS.includes(key) && !taken.has(key);
  return [...letters, ...'1234567890', ...KEYS].find(free) ?? null;
}

/** The other codes with the same key. */
export function sameKey(document: Document, code: Code): Code[] {
  return code.key ? document.codes.filter((one) => one.id !== code.id && one.key === code.key) : [];
}

// ---- order

export function byDomain(document: Document): Holder[] {
  return document.domains.map((domain) => ({ id: domain.id, items: idsOf(document.codes.filter((one) => one.domain === domain.id)) }));
}

export function withDomains(document: Document, holders: Holder[]): Document {
  const codes = holders.flatMap((holder) => holder.items.map((id) => ({ ...codeById(document, id)!, domain: holder.id })));
  const lost = document.codes.filter((one) => !codes.some((each) => each.id === one.id));
  return { ...document, codes: [...codes, ...lost] };
}

/** What stands in no tab, as a last one. */
export const LOOSE = '';

export function byTab(document: Document): Holder[] {
  const tabs = document.layout?.tabs ?? [];
  const placed = new Set(tabs.flatMap((tab) => tab.codes));
  return [...tabs.map((tab) => ({ id: tab.id, items: tab.codes })), { id: LOOSE, items: idsOf(document.codes).filter((id) => !placed.has(id)) }];
}

export function withTabs(document: Document, holders: Holder[]): Document {
  const tabs = (document.layout?.tabs ?? []).map((tab) => ({ ...tab, codes: holders.find((one) => one.id === tab.id)?.items ?? tab.codes }));
  return { ...document, layout: { tabs } };
}

export function tabPerDomain(document: Document): Document {
  const tabs = byDomain(document).map((holder) => ({ id: holder.id, title: { ...document.domains.find((one) => one.id === holder.id)!.title }, codes: holder.items }));
  return { ...document, layout: { tabs: tabs.slice(0, LIMITS.tabs) } };
}

export function addedTab(document: Document): { document: Document; id: string } {
  const tabs = document.layout?.tabs ?? [];
  const id = fresh(idsOf(tabs));
  return { document: { ...document, layout: { tabs: [...tabs, { id, title: none(), codes: [] }] } }, id };
}

export function changedTab(document: Document, id: string, title: Words): Document {
  return { ...document, layout: { tabs: (document.layout?.tabs ?? []).map((tab) => (tab.id === id ? { ...tab, title } : tab)) } };
}

export function removedTab(document: Document, id: string): Document {
  return { ...document, layout: { tabs: (document.layout?.tabs ?? []).filter((tab) => tab.id !== id) } };
}

export function movedTab(document: Document, id: string, by: number): Document {
  const tabs = document.layout?.tabs ?? [];
  const at = tabs.findIndex((tab) => tab.id === id);
  return { ...document, layout: { tabs: shifted(tabs, at, at + by) } };
}

export function moved(holders: readonly Holder[], item: string, to: string, index: number): Holder[] {
  return holders.map((holder) => {
    const items = holder.items.filter((one) => one !== item);
    if (holder.id === to) items.splice(Math.max(0, Math.min(index, items.length)), 0, item);
    return { id: holder.id, items };
  });
}

/** Where an item is one place further up (-1) or down (1); beyond the end of a holder it goes into the next. Null at the ends. */
export function neighbour(holders: readonly Holder[], item: string, by: -1 | 1): { to: string; index: number } | null {
  const at = holders.findIndex((one) => one.items.includes(item));
  if (at < 0) return null;
  const index = holders[at]!.items.indexOf(item) + by;
  if (index >= 0 && index < holders[at]!.items.length) return { to: holders[at]!.id, index };
  const next = holders[at + by];
  return next ? { to: next.id, index: by < 0 ? next.items.length : 0 } : null;
}

// ---- languages

/** A text in two languages, wherever it stands. */
function eachWords(value: unknown, change: (words: Words) => Words): unknown {
  if (Array.isArray(value)) return value.map((one) => eachWords(one, change));
  if (value === null || typeof value !== 'object') return value;
  const object = value as Record<string, unknown>;
  if (typeof object['nl'] === 'string' && typeof object['en'] === 'string') return change(object as Words);
  return Object.fromEntries(Object.entries(object).map(([name, one]) => [name, eachWords(one, change)]));
}

const half = (words: Words) => (words.nl.trim() === '') !== (words.en.trim() === '');

/** How many texts stand in one language only. */
export function halfTexts(document: Document): number {
  let count = 0;
  eachWords(document, (words) => {
    if (half(words)) count += 1;
    return words;
  });
  return count;
}

/** What stands in one language only says the same in the other. */
export function filledOther(document: Document): Document {
  return eachWords(document, (words) => (half(words) ? both(words.nl.trim() === '' ? words.en : words.nl, words.en.trim() === '' ? words.nl : words.en) : words)) as Document;
}

// ---- versions

/** The codes of the version before that are not there any more, or only as something else. */
export function goneCodes(before: Instrument | null, document: Instrument): Code[] {
  return (before?.codes ?? []).filter((old) => codeById(document, old.id)?.kind !== old.kind);
}

export function withBecame(document: Document, before: Instrument, answers: Record<string, string | null>): Document {
  return { ...document, became: { from: before.version, codes: answers } };
}

function settledNames(items: readonly { id: string; title: Words }[], known: ReadonlySet<string>, otherwise: string): Map<string, string> {
  const names = new Map<string, string>();
  const taken = new Set(items.filter((one) => !FRESH.test(one.id) || known.has(one.id)).map((one) => one.id));
  for (const one of items) {
    if (!FRESH.test(one.id) || known.has(one.id)) continue;
    // Nothing that was ever called so, or observations would change their meaning.
    const name = uniqueSlug(one.title.nl || one.title.en, [...taken, ...known], otherwise);
    names.set(one.id, name);
    taken.add(name);
  }
  return names;
}

/** What was made since the version before gets its name for good, after its title. */
export function settled(document: Document, before: Instrument | null): Document {
  const known = (list: readonly { id: string }[] | undefined) => new Set(idsOf(list ?? []));
  const codes = settledNames(document.codes, known(before?.codes), 'code');
  let next = renamedCodes(document, codes);
  const names = (list: ListName, otherwise: string) => settledNames(next[list], known(before?.[list]), otherwise);
  const lists = {
    domains: names('domains', 'domein'), subjects: names('subjects', 'wie'), groups: names('groups', 'groep'),
    modifiers: names('modifiers', 'keuze'), scales: names('scales', 'schaal'), samplings: names('samplings', 'ronde'),
  };
  const name = (list: ListName, id: string) => lists[list].get(id) ?? id;
  for (const list of Object.keys(lists) as ListName[]) next = { ...next, [list]: (next[list] as { id: string }[]).map((one) => ({ ...one, id: name(list, one.id) })) };
  next = {
    ...next,
    codes: next.codes.map((code) => ({
      ...code, domain: name('domains', code.domain),
      ...(code.group ? { group: name('groups', code.group) } : {}),
      ...(code.scale ? { scale: name('scales', code.scale) } : {}),
      ...(code.sampling ? { sampling: name('samplings', code.sampling) } : {}),
      ...(code.modifiers ? { modifiers: code.modifiers.map((id) => name('modifiers', id)) } : {}),
    })),
    modifiers: next.modifiers.map((modifier) => {
      if (!modifier.choices) return modifier;
      const choices = settledNames(modifier.choices, known(before?.modifiers?.find((one) => one.id === modifier.id)?.choices), 'keuze');
      return { ...modifier, choices: modifier.choices.map((one) => ({ ...one, id: choices.get(one.id) ?? one.id })) };
    }),
  };
  if (!next.layout) return next;
  const tabs = settledNames(next.layout.tabs, known(before?.layout?.tabs), 'tab');
  const tabName = (id: string) => tabs.get(id) ?? id;
  return { ...next, layout: { tabs: next.layout.tabs.map((tab) => ({ ...tab, id: tabName(tab.id) })) } };
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

export interface Difference {
  what: 'added' | 'removed' | 'changed';
  /** a code, or one of the other parts of the document */
  part: 'code' | ListName | 'text' | 'layout';
  title: Words | null;
}

/** How B is other than A, in the order of the document. */
export function differences(a: Document, b: Document): Difference[] {
  const list: Difference[] = [];
  if (!same([a.title, a.description, a.default ?? false], [b.title, b.description, b.default ?? false])) list.push({ what: 'changed', part: 'text', title: null });
  const compare = (part: Difference['part'], from: readonly { id: string; title: Words }[], to: readonly { id: string; title: Words }[]) => {
    for (const one of to) {
      const old = from.find((each) => each.id === one.id);
      if (!old) list.push({ what: 'added', part, title: one.title });
      else if (!same(old, one)) list.push({ what: 'changed', part, title: one.title });
    }
    for (const one of from) if (!to.some((each) => each.id === one.id)) list.push({ what: 'removed', part, title: one.title });
  };
  for (const name of ['domains', 'subjects', 'groups', 'modifiers', 'scales', 'samplings'] as const) compare(name, a[name], b[name]);
  compare('code', a.codes.map(finishedCode), b.codes.map(finishedCode));
  if (!same(a.layout ?? null, b.layout ?? null) || !same(idsOf(a.codes).filter((id) => codeById(b, id)), idsOf(b.codes).filter((id) => codeById(a, id)))) list.push({ what: 'changed', part: 'layout', title: null });
  return list;
}

// ---- undo

/** Steps back and forth. What is written in one go in one place (TOUCHED) is one step. */
export class Steps<T> {
  private past: T[] = [];
  private future: T[] = [];
  private touched = '';

  constructor(private readonly most = 200) {}

  get canUndo(): boolean {
    return this.past.length > 0;
  }

  get canRedo(): boolean {
    return this.future.length > 0;
  }

  /** Before NOW is replaced by something else. */
  before(now: T, touched = ''): void {
    const goesOn = touched !== '' && touched === this.touched && this.past.length > 0;
    this.touched = touched;
    this.future = [];
    if (!goesOn) this.past = [...this.past.slice(1 - this.most), now];
  }

  /** What comes next is another step, also in the same place. */
  pause(): void {
    this.touched = '';
  }

  undo(now: T): T | null {
    const back = this.past.pop();
    if (back === undefined) return null;
    this.future.push(now);
    this.touched = '';
    return back;
  }

  redo(now: T): T | null {
    const next = this.future.pop();
    if (next === undefined) return null;
    this.past.push(now);
    this.touched = '';
    return next;
  }

  clear(): void {
    this.past = [];
    this.future = [];
    this.touched = '';
  }
}
