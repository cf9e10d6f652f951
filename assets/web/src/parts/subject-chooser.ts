// About whom the next taps are. Stays chosen until it is changed; somebody who is in no list is typed on the spot.
import { html, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { t, words } from '../i18n';
import { ownSubjects, subjectTitle, subjectsOf, typedSubject } from '../model/instruments';
import type { VisitStore } from '../model/visit-store';
import { Part } from './base';
import { icon } from './icons';

interface Choice {
  store: VisitStore;
  value: string | null;
  typing: boolean;
  label: string;
  choose(subject: string | null): void;
  type(on: boolean): void;
}

/** The chips, for a whole board or for one observation. */
export function subjectChips(choice: Choice): TemplateResult {
  const texts = t().tapping;
  const subjects = subjectsOf(choice.store.instruments);
  const own = ownSubjects(subjects, choice.store.journal.observations);
  if (choice.value !== null && !own.includes(choice.value) && !subjects.some((one) => one.id === choice.value)) own.push(choice.value);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const input = (event.target as HTMLFormElement).elements.namedItem('subject') as HTMLInputElement;
    const subject = typedSubject(subjects, input.value);
    choice.type(false);
    if (subject !== null) choice.choose(subject);
  };
  const chip = (subject: string | null, title: string) => html`<button type="button" class="chip" data-subject=${subject ?? ''}
    aria-pressed=${String(choice.value === subject)} @click=${() => { choice.type(false); choice.choose(subject); }}>${title}</button>`;
  return html`<div class="chips subject-chips" role="group" aria-label=${choice.label}>
    ${chip(null, texts.aboutNobody)}
    ${subjects.map((one) => chip(one.id, words(one.title)))}
    ${own.map((one) => chip(one, words(subjectTitle(subjects, one))))}
    ${choice.typing
      ? html`<form class="subject-form" @submit=${submit}>
          <input name="subject" maxlength="200" autocomplete="off" aria-label=${texts.aboutTyped} placeholder=${texts.aboutTyped}
            @keydown=${(event: KeyboardEvent) => { if (event.key === 'Escape') { event.stopPropagation(); choice.type(false); } }} />
          <button type="submit" class="small">${texts.aboutSet}</button></form>`
      : html`<button type="button" class="chip" data-test="other-subject" @click=${() => choice.type(true)}>${icon('plus')}${texts.aboutOther}</button>`}
  </div>`;
}

@customElement('tb-subject-chooser')
export class SubjectChooser extends Part {
  @property({ attribute: false }) store!: VisitStore;
  @property() value: string | null = null;
  @property() label = '';
  @state() private typing = false;

  protected override render(): TemplateResult {
    const label = this.label || t().tapping.about;
    return html`<div class="subject-chooser">
      <span class="subject-label" aria-hidden="true">${label}</span>
      ${subjectChips({
        store: this.store, value: this.value, typing: this.typing, label,
        choose: (subject) => this.dispatchEvent(new CustomEvent('choose', { detail: subject })),
        type: (on) => (this.typing = on),
      })}
    </div>`;
  }

  protected override updated(changed: Map<string, unknown>): void {
    if (changed.has('typing') && this.typing) this.querySelector('input')?.focus();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tb-subject-chooser': SubjectChooser;
  }
}
