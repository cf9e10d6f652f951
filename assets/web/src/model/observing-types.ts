// What the server says of own kijkwijzers, observers, imports and search. Figures are in figures-types.ts.
import type { Instrument, Named, Words } from './types';

export interface Draft {
  document: Instrument;
  /** goes up with each saving; say which one was seen */
  revision: number;
  saved_at: string;
}

export interface DocumentProblem {
  /** "codes[3].key" */
  field: string;
  line: number | null;
  message: string;
}

export interface VisitObserver {
  person: Named;
  /** the name under which they tap on this visit; it stays when they get another */
  layer: string;
  /** the visit's own coach */
  coach: boolean;
  me: boolean;
  added_at: string | null;
  done_at: string | null;
  /** how many; null while it must not be known */
  observations: number | null;
}

export interface Observers {
  blind: boolean;
  /** there is something to open; also of one who observed and became the coach */
  apart: boolean;
  opened_at: string | null;
  observers: VisitObserver[];
  /** who can be asked; only for the coach of the visit */
  candidates?: Named[];
}

export interface LossItem {
  kind: 'dropped' | 'changed' | 'left';
  what: string;
  where: string;
  why: string;
  count: number;
}

export interface Loss {
  present: number;
  carried: number;
  dropped: number;
  items: LossItem[];
}

export interface Format {
  id: string;
  title: string;
  suffixes: string[];
  reads: boolean;
  writes: boolean;
}

export interface ForeignCode {
  id: string;
  title: string;
  kind: 'point' | 'state';
  category: string | null;
  /** how many observations have it */
  count: number;
  /** a proposal: a code of a kijkwijzer of the same name */
  suggestion: { instrument: string; code: string } | null;
}

export interface ForeignSet {
  id: string;
  description: string;
  observations: number;
  started_at: string | null;
  /** s */
  length: number;
}

/** A file as it was read, before anything is taken over. */
export interface ImportJob {
  id: string;
  name: string;
  format: string;
  format_title: string;
  title: string;
  sets: ForeignSet[];
  codes: ForeignCode[];
  subjects: string[];
  observers: string[];
  loss: Loss;
  /** CSV: what the columns are, and the first rows, when the reader must be told */
  columns: { names: string[]; rows: string[][]; meaning: Record<string, string> } | null;
}

export interface Taken {
  visits: { id: string; title: string; observations: number }[];
  instrument: { id: string; title: Words } | null;
  loss: Loss;
}

export interface SearchHit {
  visit: string;
  visit_title: string;
  visit_started_at: string | null;
  observation: string;
  at: number;
  instrument: string | null;
  code: string | null;
  code_title: Words | null;
  observer: string;
  note: string;
}
