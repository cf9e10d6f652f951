// What every figure of a visit is drawn from: its codes as they look, what was observed, and the budget of the server.
import { t, words } from '../i18n';
import type { Budget, BudgetRow } from './figures-types';
import { merged, spanOf, type Span } from './figures-math';
import { MOMENT_REF, boardCodes, codeRef, subjectsOf, type Shape } from './instruments';
import type { Code, Instrument, Observation, Visit } from './types';

export interface Look {
  ref: string;
  title: string;
  /** fits in little room */
  short: string;
  color: string;
  shape: Shape | 'moment';
  instrument: Instrument | null;
  domain: { id: string; title: string } | null;
  code: Code | null;
}

/** What a figure looks at. */
export interface Scene {
  visit: Visit;
  instruments: Instrument[];
  /** codes that were observed, in the order of the kijkwijzers */
  looks: Look[];
  /** those of the chosen observer, subject, kijkwijzer and domains, over the whole lesson */
  observations: Observation[];
  /** s; of the lesson */
  length: number;
  part: Span;
  /** whether that is the whole lesson */
  whole: boolean;
  budget: Budget;
  /** asked with the budget, and so to be asked again with it */
  observers: string[];
  subject: string | null;
  /** where a moment can be looked at; null for who may not look back */
  link: ((at: number) => string) | null;
}

export const PLAIN_COLOR = '#8d8173';

/** How codes look that some observation has: those of the kijkwijzers, then what is not in them any more. */
export function looksOf(instruments: Instrument[], refs: Set<string>): Look[] {
  const looks: Look[] = boardCodes(instruments).filter((one) => refs.has(one.ref)).map((one) => ({
    ref: one.ref, title: words(one.code.title), short: words(one.code.short), color: one.color, shape: one.shape,
    instrument: one.instrument, domain: { id: one.domain.id, title: words(one.domain.title) }, code: one.code,
  }));
  const known = new Set(looks.map((one) => one.ref));
  for (const ref of refs) {
    if (known.has(ref)) continue;
    const title = ref === MOMENT_REF ? t().figures.moment : ref.slice(ref.indexOf('/') + 1) || t().figures.unknownCode;
    looks.push({ ref, title, short: title, color: PLAIN_COLOR, shape: 'moment', instrument: null, domain: null, code: null });
  }
  return looks;
}

export const refOf = (one: Pick<Observation, 'instrument' | 'code'>) => codeRef(one.instrument, one.code);

/** A kijkwijzer of lesson phases: all of it states, of which one runs at a time. */
export function isPhases(instrument: Instrument): boolean {
  const [first] = instrument.codes;
  return instrument.codes.length > 1 && first?.group !== undefined && instrument.codes.every((one) => one.kind === 'state' && one.group === first.group);
}

export interface Phase extends Span {
  title: string;
}

/** The phases that were observed, in order. */
export function phasesOf(instruments: Instrument[], observations: Observation[], length: number): Phase[] {
  const ids = new Set(instruments.filter(isPhases).map((one) => one.id));
  const byCode = new Map<string, Observation[]>();
  for (const one of observations) if (one.instrument !== null && ids.has(one.instrument) && one.code !== null) byCode.set(refOf(one), [...(byCode.get(refOf(one)) ?? []), one]);
  return looksOf(instruments, new Set(byCode.keys()))
    .flatMap((look) => merged(byCode.get(look.ref)!.map((one) => spanOf(one, length))).map((span) => ({ ...span, title: look.short })))
    .filter((one) => one.to > one.from)
    .sort((a, b) => a.from - b.from);
}

/** The rows of the part that is looked at, one for each code of these kinds. */
export function rowsOfKind(scene: Scene, kind: BudgetRow['kind']): { look: Look; row: BudgetRow }[] {
  const place = scene.budget.parts.length - 1;
  const rows = new Map(scene.budget.rows.filter((row) => row.part === place && row.kind === kind).map((row) => [row.code, row]));
  return scene.looks.flatMap((look) => {
    const row = rows.get(look.ref);
    return row ? [{ look, row }] : [];
  });
}

export function lookOf(scene: Pick<Scene, 'looks'>, ref: string): Look {
  return scene.looks.find((one) => one.ref === ref) ?? looksOf([], new Set([ref]))[0]!;
}

/** As people read it: the title of a subject of the kijkwijzers, or what was typed. */
export function subjectTitle(instruments: Instrument[], subject: string | null): string {
  if (subject === null) return t().figures.nobody;
  return words(subjectsOf(instruments).find((one) => one.id === subject)?.title) || subject;
}
