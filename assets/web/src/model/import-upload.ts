// A file on its way to /api/imports, with how far it is; and what went wrong, in words for who chose it.
import { language, t } from '../i18n';
import { ApiError, signals } from './api';
import { bytes } from './format';
import type { ImportJob } from './observing-types';

export const MAX_BYTES = 64 * 1024 * 1024;

export interface Upload {
  done: Promise<ImportJob>;
  cancel(): void;
}

function answerOf(request: XMLHttpRequest): ImportJob {
  let data: unknown = null;
  try {
    data = JSON.parse(request.responseText);
  } catch {
    throw new ApiError('bad-answer', request.responseText.slice(0, 200), request.status);
  }
  if (request.status < 300) return data as ImportJob;
  const error = (data as { error?: { code?: string; message?: string } }).error;
  const code = error?.code ?? 'failed';
  if (code === 'signed-out' || code === 'locked') signals.dispatchEvent(new Event(code));
  throw new ApiError(code, error?.message ?? request.statusText, request.status);
}

/** `progress`: 0 to 1, of the sending. A cancelled one ends with the error “cancelled”. */
export function upload(file: File, progress: (part: number) => void): Upload {
  // fetch cannot say how far the sending is.
  const request = new XMLHttpRequest();
  const done = new Promise<ImportJob>((resolve, reject) => {
    if (file.size > MAX_BYTES) return reject(new ApiError('too-large', '', 413));
    request.open('POST', `/api/imports?name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.upload.onprogress = (event) => progress(event.total > 0 ? event.loaded / event.total : 1);
    request.onload = () => {
      try {
        resolve(answerOf(request));
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    };
    request.onerror = () => reject(new ApiError('offline', '', 0));
    request.onabort = () => reject(new ApiError('cancelled', '', 0));
    request.send(file);
  });
  return { done, cancel: () => request.abort() };
}

export interface Problem {
  text: string;
  /** what the program itself said of it, where that adds something */
  said: string;
  /** it is a kijkwijzer, which is read in elsewhere */
  instrument: boolean;
}

/** One sentence with what to do; null when it is of a general kind (offline, signed out). */
export function importProblem(error: unknown, file: { name: string; size: number } | null): Problem | null {
  if (!(error instanceof ApiError)) return null;
  const texts = t().exchange.problem;
  const name = file?.name ?? '';
  const said = error.message;
  const plain = (text: string, more: Partial<Problem> = {}): Problem => ({ text, said: '', instrument: false, ...more });
  switch (error.code) {
    case 'unsupported':
      if (said.includes('kijkwijzer')) return plain(texts.instrument, { instrument: true });
      return plain(said.startsWith('Films') ? texts.film : texts.unknown(name));
    case 'too-large':
      return plain(texts.tooLarge(file ? bytes(file.size) : ''));
    case 'not-found':
      return plain(texts.gone);
    case 'busy':
      return plain(texts.busy);
    case 'conflict':
      return plain(said.includes('not started') ? texts.notStarted : said.includes('observes this visit') ? texts.otherObserver : texts.tooMany, { said });
    case 'corrupt':
    case 'invalid':
      if (said === 'The file is empty') return plain(texts.empty);
      if (said.startsWith('There is nothing in it')) return plain(texts.nothing);
      return plain(texts.broken(name), { said });
    default:
      return null;
  }
}

/** Case and accents do not count in finding. */
export function folded(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase(language());
}
