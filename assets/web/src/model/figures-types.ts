// What the server says of figures: schemas/budget.schema.json and concordance.schema.json. Times are seconds.

/** Of lengths of time, or of scores. */
export interface Spread {
  n: number;
  mean: number | null;
  median: number | null;
  min: number | null;
  max: number | null;
}

export interface BudgetPart {
  part: number;
  kind: 'whole' | 'range' | 'code';
  name: string | null;
  from: number | null;
  to: number | null;
  code: string | null;
  seconds: number;
}

/** Counts of intervals, which are no lengths of time. */
export interface IntervalCounts {
  /** "INSTRUMENT/SAMPLING" */
  sampling: string;
  rule: 'partial' | 'whole' | 'momentary';
  every: number;
  seen: number;
  asked: number;
  answered: number;
  missed: number;
  share_of_asked: number | null;
  share_of_answered: number | null;
}

export interface BudgetRow {
  /** "INSTRUMENT/CODE" */
  code: string;
  kind: 'point' | 'state' | 'interval' | 'rating';
  subject?: string | null;
  modifier?: string | null;
  observer?: string | null;
  /** place in `visits` */
  visit?: number;
  /** place in `parts` */
  part: number;
  count: number;
  per_minute: number | null;
  unfinished: number;
  outside: number;
  overlapping: number;
  total?: number;
  covered?: number;
  share?: number | null;
  lasting?: Spread;
  gaps: Spread;
  intervals?: IntervalCounts;
}

export interface Latency {
  from: string;
  to: string;
  part: number;
  counted_from: 'start' | 'end';
  seconds: Spread;
  /** pairs whose end a pair before has too */
  shared: number;
  pairs: { visit: number; at: number; next: number; latency: number }[];
  unpaired: { visit: number; at: number }[];
}

export interface During {
  code: string;
  states: number;
  covered: number;
  lesson: number;
  rows: { code: string; inside: number; outside: number; states: number; per_minute_inside: number | null; per_minute_outside: number | null }[];
}

export interface TransitionCell {
  /** place in `codes` */
  from: number;
  to: number;
  count: number;
  probability: number | null;
  expected: number | null;
  residual: number | null;
}

export interface Transitions {
  codes: string[];
  part: number;
  repeats: boolean;
  total: number;
  ties: number;
  repeated: number;
  fitted: boolean;
  cells: TransitionCell[];
}

export interface Budget {
  visits: { id: string | null; seconds: number }[];
  /** the first is the whole lesson */
  parts: BudgetPart[];
  by: ('subject' | 'modifier' | 'observer' | 'visit')[];
  /** moments without a code; in no row */
  uncoded: number;
  rows: BudgetRow[];
  latencies: Latency[];
  during: During[];
  transitions: Transitions | null;
  /** states of one group that ran at one time although they exclude each other */
  exclusive: { count: number };
  /** whose observations are counted */
  observers: string[];
  /** ratings that a later one came in the place of */
  superseded: number;
}

export type Method = 'event' | 'sampled' | 'overlap' | 'rating' | 'interval';

export interface ConcordanceFigure {
  id: string;
  /** a percent as a share, 0 to 1 */
  value: number | null;
  why: 'defined' | 'nothing' | 'one-category' | 'one-observer' | 'no-variance' | 'too-few' | 'unequal' | 'opposed';
  low: number | null;
  high: number | null;
  undefined: number;
}

export interface MatchedEvent {
  observation: string | null;
  code: string;
  subject: string | null;
  at: number;
}

export interface Match {
  left: MatchedEvent | null;
  right: MatchedEvent | null;
  result: 'same' | 'other-code' | 'missed';
  distance: number | null;
}

export interface Concordance {
  visit: string;
  method: Method;
  tolerance: number | null;
  observers: { name: string; events: number }[];
  left_out: number;
  figures: ConcordanceFigure[];
  codes: { code: string; each: number[]; any: number; all: number; value: number | null; why: ConcordanceFigure['why'] }[];
  matches: Match[];
  bootstrap: { rounds: number; level: number; resampled: 'events' | 'blocks' | 'scores'; units: number };
}
