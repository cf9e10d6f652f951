// The language of the page. Catalogues are plain typed objects; a key missing in one of them does not compile.
import { en } from './en';
import { nl, type Catalogue } from './nl';
import type { Language, Words } from '../model/types';

const catalogues: Record<Language, Catalogue> = { nl, en };
let current: Language = 'nl';
const listeners = new Set<() => void>();

/** The texts of the language in use. */
export function t(): Catalogue {
  return catalogues[current];
}

export function language(): Language {
  return current;
}

export function setLanguage(next: Language): void {
  if (!(next in catalogues)) return;
  document.documentElement.lang = next;
  if (next === current) return;
  current = next;
  for (const listener of listeners) listener();
}

export function onLanguage(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** A text that came with both languages, such as those of a kijkwijzer. */
export function words(both: Partial<Words> | undefined | null): string {
  return both?.[current] ?? both?.nl ?? both?.en ?? '';
}
