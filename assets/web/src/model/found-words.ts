// Where the words that were looked for stand in a text, so that they can be shown.
import { folded } from './import-upload';

export interface Piece {
  text: string;
  found: boolean;
}

/** Of a long note only the part around what was found is shown: so many letters before it. */
const AROUND = 60;

/** The beginning of a word that is one of those asked for counts, without case and accents, as the server finds them. */
export function markWords(text: string, query: string): Piece[] {
  const asked: string[] = folded(query).match(/[\p{L}\p{N}]+/gu) ?? [];
  if (asked.length === 0) return [{ text, found: false }];
  const last = asked.at(-1)!;
  const pieces: Piece[] = [];
  let at = 0;
  for (const match of text.matchAll(/[\p{L}\p{N}\p{M}]+/gu)) {
    const word = folded(match[0]);
    const whole = asked.includes(word);
    if (!whole && !word.startsWith(last)) continue;
    const end = match.index + (whole ? match[0].length : lettersFor(match[0], last.length));
    if (match.index > at) pieces.push({ text: text.slice(at, match.index), found: false });
    pieces.push({ text: text.slice(match.index, end), found: true });
    at = end;
  }
  if (at < text.length) pieces.push({ text: text.slice(at), found: false });
  return pieces;
}

/** How much of WORD is COUNT letters when folded. */
function lettersFor(word: string, count: number): number {
  let end = 0;
  while (end < word.length && folded(word.slice(0, end)).length < count) end += 1;
  while (end < word.length && /\p{M}/u.test(word[end]!)) end += 1;
  return end;
}

/** A long text around the first word that was found. */
export function excerpt(pieces: Piece[]): Piece[] {
  const first = pieces.findIndex((one) => one.found);
  const before = pieces[first - 1];
  if (first < 1 || !before || before.text.length <= AROUND * 2) return pieces;
  const cut = before.text.slice(-AROUND).replace(/^\S*\s/, '');
  return [{ text: `… ${cut}`, found: false }, ...pieces.slice(first)];
}
