// How hard a passphrase is to guess, in words a person understands. The server has the last word on what is too short.
export const SHORTEST_PASSPHRASE = 12;

export type Strength = 'short' | 'weak' | 'fair' | 'good';

/** What makes a sentence strong is that it has several words that do not follow from each other. */
export function strength(passphrase: string): Strength {
  const text = passphrase.trim();
  if ([...text].length < SHORTEST_PASSPHRASE) return 'short';
  const words = new Set(text.toLowerCase().split(/[\s,.;:_-]+/).filter((word) => word.length >= 3 && new Set(word).size >= 2));
  const different = new Set(text.toLowerCase()).size;
  const runs = /(.)\1{3,}|0123|1234|2345|3456|4567|5678|6789|abcd|qwert|asdf|wachtwoord|password|welkom|terugblik/i.test(text);
  if (different < 7 || runs) return 'weak';
  if (words.size >= 4 && text.length >= 18) return 'good';
  if (words.size >= 3 || text.length >= 18) return 'fair';
  return /[\d\W_]/.test(text) && different >= 9 ? 'fair' : 'weak';
}

/** A login name made of a name, until somebody types another: "Marieke de Wit" is marieke. */
export function loginOf(name: string): string {
  const plain = name.trim().toLowerCase().normalize('NFD').replace(/[\u0300-\u036f]/g, '');
  return (plain.split(/\s+/)[0] ?? '').replace(/[^a-z0-9._-]/g, '');
}
