// Requests about figures.
import { get, visitPath } from './api';
import type { Budget, Concordance, Method } from './figures-types';

export interface BudgetQuestion {
  /** s; a part of the lesson beside the whole */
  part?: { from: number; to: number } | null;
  /** only of these; without, of the main layer (one's own, or that of the coach) */
  observers?: string[];
  subject?: string | null;
  /** "INSTRUMENT/CODE", from and to */
  latency?: [string, string] | null;
  fromEnd?: boolean;
  /** s; one that comes later than this is no pair */
  within?: number | null;
  during?: string | null;
  transitions?: boolean;
}

function budgetQuery(question: BudgetQuestion): URLSearchParams {
  const query = new URLSearchParams();
  if (question.part) query.append('part', `${question.part.from}-${question.part.to}`);
  for (const one of question.observers ?? []) query.append('observer', one);
  if (question.subject) query.set('subject', question.subject);
  if (question.latency) query.set('latency', question.latency.join(','));
  if (question.latency && question.fromEnd) query.set('from_end', 'true');
  if (question.latency && question.within) query.set('within', String(question.within));
  if (question.during) query.set('during', question.during);
  if (question.transitions) query.set('transitions', 'true');
  return query;
}

export const figures = {
  budget: (visit: string, question: BudgetQuestion) => get<Budget>(`${visitPath(visit)}/budget?${budgetQuery(question)}`),
  /** The same of several own visits, with rows for each. */
  budgetOf: (visits: string[]) => get<Budget>(`/api/budget?${new URLSearchParams(visits.map((one) => ['visit', one]))}`),
  concordance: (visit: string, by: string[], method: Method, tolerance: number, instrument?: string) => {
    const query = new URLSearchParams(by.map((one) => ['by', one]));
    query.set('method', method);
    if (method === 'event' || method === 'sampled') query.set('tolerance', String(tolerance));
    if (instrument) query.set('instrument', instrument);
    return get<Concordance>(`${visitPath(visit)}/concordance?${query}`);
  },
};
