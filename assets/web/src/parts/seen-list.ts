// What was tapped, as a list that leads into the recording.
import { html, nothing, type TemplateResult } from 'lit';
import { t, words } from '../i18n';
import { clockTime } from '../model/format';
import { codeOf, type BoardCode } from '../model/instruments';
import type { Observation } from '../model/types';
import { icon, shape } from './icons';
import { vars } from './vars';

interface SeenList {
  observations: Observation[];
  codes: BoardCode[];
  /** the coach shows them later */
  bare: boolean;
  look(at: number): void;
  /** takes it for one's own list; null: that cannot be done here */
  choose: ((one: Observation, title: string) => void) | null;
}

export function seenList({ observations, codes, bare, look, choose }: SeenList): TemplateResult {
  const texts = t().look;
  return html`<h2 id="seen">${texts.seen}</h2>
    ${bare ? html`<p class="notice" data-test="bare">${icon('eye')}<span>${t().room.bare}</span></p>` : nothing}
    ${observations.length === 0
      ? bare ? nothing : html`<p class="empty">${texts.nothingSeen}</p>`
      : html`<ol class="observations">${observations.map((one) => {
          const code = codeOf(codes, one);
          const title = code ? words(code.code.short) : t().record.moment;
          return html`<li class="obs" data-observation=${one.id} ${vars({ '--code-color': code?.color ?? '#5b534b' })}>
            <button type="button" class="row-main" @click=${() => look(one.at)}><span class="time">${clockTime(one.at)}</span>${shape(code?.shape ?? 'moment')}
              <span class="what"><strong>${title}</strong>${one.note ? html`<span class="note">${one.note}</span>` : nothing}</span></button>
            ${choose ? html`<button type="button" class="icon-only" data-test="choose-seen" title=${t().momentsOfMine.choose}
              aria-label="${t().momentsOfMine.choose}: ${title}, ${clockTime(one.at)}" @click=${() => choose(one, title)}>${icon('star')}</button>` : nothing}</li>`;
        })}</ol>`}`;
}
