// Kijkwijzers as files: out by the browser's own download, in by the server, which says line and field of what is wrong.
import { ApiError } from './api';
import { whole } from './instrument-draft';
import { observing } from './observing';
import type { DocumentProblem } from './observing-types';
import type { Instrument, InstrumentSummary } from './types';

const MOST_BYTES = 1024 * 1024;

export type Read = { document: Instrument; problems: [] } | { document: null; problems: DocumentProblem[]; tooLarge?: boolean };

export function fileName(instrument: Instrument): string {
  return `${instrument.id}-${instrument.version}.json`;
}

export function save(instrument: Instrument): void {
  const link = document.createElement('a');
  const address = URL.createObjectURL(new Blob([`${JSON.stringify(instrument, null, 2)}\n`], { type: 'application/json' }));
  link.href = address;
  link.download = fileName(instrument);
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

export async function read(file: Blob): Promise<Read> {
  if (file.size > MOST_BYTES) return { document: null, problems: [], tooLarge: true };
  try {
    const { document, problems } = await observing.checkText(await file.text());
    return document && problems.length === 0 ? { document, problems: [] } : { document: null, problems };
  } catch (error) {
    // No text at all, such as a picture.
    if (error instanceof ApiError && error.status === 400) return { document: null, problems: [] };
    throw error;
  }
}

/** The version that a document of this kijkwijzer would get. */
export function nextNumber(known: InstrumentSummary | undefined): number {
  if (!known) return 1;
  return isPublished(known) ? known.version + 1 : known.version;
}

/** Whether there is anything to choose: of one that was only drafted, the version is the draft's. */
export function isPublished(one: InstrumentSummary): boolean {
  return typeof one.draft !== 'number' || one.draft !== one.version;
}

export function canBeChosen(one: InstrumentSummary): boolean {
  return isPublished(one) && !one.retired;
}

/** What is in a file, as the draft of a new kijkwijzer or of the next version of KNOWN. */
export async function take(document: Instrument, known: InstrumentSummary | undefined): Promise<void> {
  const version = nextNumber(known);
  const { became, ...rest } = document;
  const next: Instrument = { ...rest, version };
  // What became of codes is said of the version before it: of another line it means nothing here.
  if (became && became.from === version - 1) next.became = became;
  if (known && typeof known.draft === 'number') {
    const draft = await observing.draft(known.id);
    await observing.saveDraft(known.id, next, draft.revision);
    return;
  }
  await observing.addDraft(next);
}

/** The draft when there is nothing else. */
export async function newest(one: InstrumentSummary): Promise<Instrument> {
  return isPublished(one) ? observing.instrument(one.id) : whole((await observing.draft(one.id)).document);
}
