// What can be said beside a code: one of several, several of several, or a number. Pure.
import { words } from '../i18n';
import { number } from './format';
import type { Modifier, ModifierValues } from './types';

/** The values after CHOICE of a modifier was pressed: a second press takes it back. Null when nothing is left. */
export function withChoice(values: ModifierValues | null, modifier: Modifier, choice: string): ModifierValues | null {
  const before = values?.[modifier.id];
  if (modifier.type === 'many') {
    const chosen = new Set(Array.isArray(before) ? before : []);
    if (!chosen.delete(choice)) chosen.add(choice);
    // In the order of the kijkwijzer, whatever the order of the presses.
    const listed = (modifier.choices ?? []).map((one) => one.id).filter((id) => chosen.has(id));
    return put(values, modifier.id, listed.length > 0 ? listed : null);
  }
  return put(values, modifier.id, before === choice ? null : choice);
}

/** The values after a number was given; null takes it away. Kept within the bounds of the modifier. */
export function withNumber(values: ModifierValues | null, modifier: Modifier, value: number | null): ModifierValues | null {
  if (value === null || !Number.isFinite(value)) return put(values, modifier.id, null);
  return put(values, modifier.id, Math.min(modifier.max ?? value, Math.max(modifier.min ?? value, value)));
}

function put(values: ModifierValues | null, id: string, value: ModifierValues[string] | null): ModifierValues | null {
  const next: ModifierValues = { ...values };
  if (value === null) delete next[id];
  else next[id] = value;
  return Object.keys(next).length > 0 ? next : null;
}

export function isChosen(values: ModifierValues | null, modifier: Modifier, choice: string): boolean {
  const value = values?.[modifier.id];
  return Array.isArray(value) ? value.includes(choice) : value === choice;
}

/** As a person reads it: the choices by their titles, a number with the title of its modifier. */
export function modifierTexts(modifiers: Modifier[], values: ModifierValues | null): string[] {
  const texts: string[] = [];
  for (const modifier of modifiers) {
    const value = values?.[modifier.id];
    if (value === undefined) continue;
    if (typeof value === 'number') texts.push(`${words(modifier.title)} ${number(value, Number.isInteger(value) ? 0 : 1)}`);
    else for (const id of [value].flat()) texts.push(words(modifier.choices?.find((one) => one.id === id)?.title) || id);
  }
  return texts;
}
