// What one wants to add to a tap while the lesson goes on: how it was, about whom, a few words.
import { html, nothing, type TemplateResult } from 'lit';
import { t } from '../i18n';
import type { VisitStore } from '../model/visit-store';
import { codeOf, modifiersOf } from '../model/instruments';
import type { Observation, Valence } from '../model/types';
import { modifierChoices } from './modifier-choice';
import './subject-chooser';

const VALENCES: { value: Valence; sign: string }[] = [
  { value: 'sterk', sign: '▲' },
  { value: 'neutraal', sign: '●' },
  { value: 'aandacht', sign: '◆' },
];

/** Neutral is how everything begins; only the other two are worth a sign in a list. */
export function valenceSign(valence: Valence): string {
  return valence === 'neutraal' ? '' : (VALENCES.find((one) => one.value === valence)?.sign ?? '');
}

export function valenceButtons(store: VisitStore, one: Observation): TemplateResult {
  return html`<div class="chips" role="group" aria-label=${t().observation.valence}>
    ${VALENCES.map(({ value, sign }) => html`<button type="button" class="chip valence-${value}"
      aria-pressed=${String(one.valence === value)}
      @click=${() => store.setValence(one.id, one.valence === value ? 'neutraal' : value)}>
      <span aria-hidden="true">${sign}</span> ${t().observation.valences[value]}</button>`)}
  </div>`;
}

export function subjectButtons(store: VisitStore, one: Observation): TemplateResult {
  return html`<tb-subject-chooser class="of-one" .store=${store} .value=${one.subject} label=${t().observation.subject}
    @choose=${(event: CustomEvent<string | null>) => { if (event.detail !== one.subject) store.changeObservation(one.id, { subject: event.detail }); }}></tb-subject-chooser>`;
}

/** What its code offers to say beside it. */
export function modifierFields(store: VisitStore, one: Observation): TemplateResult | typeof nothing {
  return modifierChoices(modifiersOf(codeOf(store.codes, one)), one.modifiers, (modifiers) => store.changeObservation(one.id, { modifiers }));
}

export function noteField(store: VisitStore, one: Observation): TemplateResult {
  const save = (event: Event) => {
    const value = (event.target as HTMLTextAreaElement).value.trim();
    if (value !== one.note) store.changeObservation(one.id, { note: value });
  };
  return html`<label class="field"><span>${t().observation.note}</span>
    <textarea rows="2" maxlength="2000" data-test="note" .value=${one.note} @change=${save}></textarea></label>`;
}
