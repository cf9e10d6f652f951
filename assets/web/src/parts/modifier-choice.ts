// The modifiers of a code as buttons: one of several, several, or a number.
import { html, nothing, type TemplateResult } from 'lit';
import { t, words } from '../i18n';
import { isChosen, withChoice, withNumber } from '../model/modifiers';
import type { Modifier, ModifierValues } from '../model/types';

type Change = (values: ModifierValues | null) => void;

export function modifierChoice(modifier: Modifier, values: ModifierValues | null, change: Change): TemplateResult {
  return html`<div class="modifier" role="group" aria-label=${words(modifier.title)} data-modifier=${modifier.id}>
    <span class="modifier-title" aria-hidden="true">${words(modifier.title)}</span>
    ${modifier.type === 'number'
      ? numberChoice(modifier, values, change)
      : (modifier.choices ?? []).map((one) => html`<button type="button" class="chip" data-choice=${one.id}
          aria-pressed=${String(isChosen(values, modifier, one.id))}
          @click=${() => change(withChoice(values, modifier, one.id))}>${words(one.title)}</button>`)}
  </div>`;
}

export function modifierChoices(modifiers: Modifier[], values: ModifierValues | null, change: Change): TemplateResult | typeof nothing {
  if (modifiers.length === 0) return nothing;
  return html`<div class="modifiers">${modifiers.map((one) => modifierChoice(one, values, change))}</div>`;
}

function numberChoice(modifier: Modifier, values: ModifierValues | null, change: Change): TemplateResult {
  const value = values?.[modifier.id];
  const known = typeof value === 'number' ? value : null;
  const min = modifier.min ?? 0;
  // The first press on plus gives the smallest that means something.
  const step = (by: number) => change(withNumber(values, modifier, known === null ? Math.max(min, by > 0 ? 1 : min) : known + by));
  const typed = (event: Event) => {
    const field = event.target as HTMLInputElement;
    const text = field.value.trim().replace(',', '.');
    const next = withNumber(values, modifier, text === '' ? null : Number(text));
    // What was typed may be out of bounds and so change nothing.
    field.value = String(next?.[modifier.id] ?? '');
    change(next);
  };
  const label = words(modifier.title);
  return html`<span class="stepper">
    <button type="button" class="icon-only" aria-label=${`${label}: ${t().tapping.less}`} ?disabled=${known === null || known <= min} @click=${() => step(-1)}>−</button>
    <input type="text" inputmode="decimal" size="4" aria-label=${label} .value=${known === null ? '' : String(known)} @change=${typed} />
    <button type="button" class="icon-only" aria-label=${`${label}: ${t().tapping.more}`} ?disabled=${known !== null && known >= (modifier.max ?? Infinity)} @click=${() => step(1)}>+</button>
  </span>`;
}
