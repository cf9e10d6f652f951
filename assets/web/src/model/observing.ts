// Requests about own kijkwijzers, observers, figures, imports and search.
import { ask, get, patch, post, remove, visitPath } from './api';
import type { DocumentProblem, Draft, Format, ImportJob, Loss, Observers, SearchHit, Taken } from './observing-types';
import type { Instrument, InstrumentSummary } from './types';

const instrumentPath = (id: string) => `/api/instruments/${encodeURIComponent(id)}`;
const UPLOAD_TIMEOUT_MS = 120000;

export const observing = {
  instruments: () => get<{ instruments: InstrumentSummary[] }>('/api/instruments').then((r) => r.instruments),
  /** the newest published version, or the one asked for */
  instrument: (id: string, version?: number) => get<Instrument>(instrumentPath(id) + (version === undefined ? '' : `?version=${version}`)),
  draft: (id: string) => get<Draft>(`${instrumentPath(id)}?version=draft`),
  /** A new one (its id must be free), or a next version of one that is there. */
  addDraft: (document: Instrument) => post<Draft>('/api/instruments', { document }),
  /** `seen`: the revision it is based on; 409 when somebody saved in between. A draft need not be right yet: `problems` says what is not. */
  saveDraft: (id: string, document: Instrument, seen: number) =>
    post<{ revision: number; saved_at: string; problems: DocumentProblem[] }>(`${instrumentPath(id)}/draft`, { document, seen }),
  dropDraft: (id: string) => remove<unknown>(`${instrumentPath(id)}/draft`),
  publish: (id: string, seen: number) => post<{ version: number }>(`${instrumentPath(id)}/publish`, { seen }),
  retire: (id: string, retired: boolean) => post<unknown>(`${instrumentPath(id)}/retire`, { retired }),
  /** The text of a file, whole. */
  checkText: (text: string) => post<{ problems: DocumentProblem[]; document: Instrument | null }>('/api/instruments/check', { text }),

  observers: (visit: string) => get<Observers>(`${visitPath(visit)}/observers`),
  addObserver: (visit: string, person: string) => post<Observers>(`${visitPath(visit)}/observers`, { person }),
  setBlind: (visit: string, blind: boolean) => patch<Observers>(`${visitPath(visit)}/observers`, { blind }),
  removeObserver: (visit: string, person: string) => remove<Observers>(`${visitPath(visit)}/observers/${encodeURIComponent(person)}`),
  setDone: (visit: string, done: boolean) => post<Observers>(`${visitPath(visit)}/observers/done`, { done }),
  openLayers: (visit: string) => post<Observers>(`${visitPath(visit)}/observers/open`),

  formats: () => get<{ formats: Format[] }>('/api/formats').then((r) => r.formats),
  importJob: (id: string) => get<ImportJob>(`/api/imports/${id}`),
  /** What the columns of a table are; gives the file as it is read then. */
  lookImport: (id: string, columns: Record<string, string>) => ask<ImportJob>('POST', `/api/imports/${id}/take`, { look: true, columns }, UPLOAD_TIMEOUT_MS),
  takeImport: (id: string, choice: { visit: string | null; sets: string[] | null; codes: Record<string, { instrument: string; code: string } | null> }) =>
    ask<Taken>('POST', `/api/imports/${id}/take`, choice, UPLOAD_TIMEOUT_MS),
  dropImport: (id: string) => remove<unknown>(`/api/imports/${id}`),
  foreign: (visit: string, format: string) => `${visitPath(visit)}/foreign?format=${encodeURIComponent(format)}`,
  foreignLoss: (visit: string, format: string) => get<Loss>(`${visitPath(visit)}/foreign/loss?format=${encodeURIComponent(format)}`),

  search: (query: { q: string; code?: string; limit?: number; before?: string }) =>
    get<{ hits: SearchHit[]; more: boolean }>(`/api/search?${new URLSearchParams(Object.entries(query).filter(([, v]) => v !== undefined).map(([k, v]) => [k, String(v)]))}`),
};
