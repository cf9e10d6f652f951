// Which key stands for which code. The kijkwijzer proposes keys, this device may change them or switch one off, and the
// setting keys_enabled switches all of them off.
import { MOMENT_REF, type BoardCode } from './instruments';

export type KeyChoices = Record<string, string>; // code ref -> key; '' is "no key"

export const KEYS_STORE = 'terugblik.keys';
const MOMENT_KEY = 'm';

/** The key of every code. What the device chose goes first; of two codes that propose one key, the first gets it. */
export function assignKeys(codes: BoardCode[], choices: KeyChoices): Map<string, string> {
  const keys = new Map<string, string>();
  const taken = new Set<string>();
  const wishes = [...codes.map((one) => ({ ref: one.ref, wish: one.code.key ?? '' })), { ref: MOMENT_REF, wish: MOMENT_KEY }];
  for (const { ref } of wishes) {
    const chosen = choices[ref];
    if (chosen === undefined) continue;
    const key = normalKey(chosen);
    if (key !== '' && !taken.has(key)) {
      keys.set(ref, key);
      taken.add(key);
    }
  }
  for (const { ref, wish } of wishes) {
    if (choices[ref] !== undefined) continue;
    const key = normalKey(wish);
    if (key !== '' && !taken.has(key)) {
      keys.set(ref, key);
      taken.add(key);
    }
  }
  return keys;
}

/** One visible character, lower case; '' for anything else. */
export function normalKey(key: string): string {
  const small = key.toLowerCase();
  return [...small].length === 1 && small.trim() !== '' ? small : '';
}

interface KeyLike {
  key: string;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
  composedPath(): EventTarget[];
}

function isField(node: EventTarget): boolean {
  const tag = (node as Element).tagName;
  if (tag === 'INPUT') {
    const type = (node as HTMLInputElement).type;
    return type !== 'checkbox' && type !== 'radio' && type !== 'button';
  }
  return tag === 'TEXTAREA' || tag === 'SELECT' || tag === 'DIALOG' || (node as HTMLElement).isContentEditable === true;
}

/** True when a key press is meant for the page: not a browser's shortcut, not typed into something. */
export function isOurs(event: KeyLike): boolean {
  if (event.ctrlKey || event.altKey || event.metaKey) return false;
  return !event.composedPath().some((node) => isField(node));
}

/** Ctrl+Z, Ctrl+Shift+Z, Ctrl+Y, and with the command key on a Mac; not while typing. */
export function undoKey(event: KeyLike & { shiftKey: boolean }): 'undo' | 'redo' | null {
  if ((!event.ctrlKey && !event.metaKey) || event.altKey || event.composedPath().some((node) => isField(node))) return null;
  const key = event.key.toLowerCase();
  if (key === 'z') return event.shiftKey ? 'redo' : 'undo';
  return key === 'y' && !event.shiftKey ? 'redo' : null;
}
