// What was recorded, afterwards: what was repaired, and how far each camera's picture runs behind.
import { html, nothing, type TemplateResult } from 'lit';
import { t } from '../i18n';
import { api } from '../model/api';
import { clockTime, number } from '../model/format';
import type { Track } from '../model/types';
import type { VisitStore } from '../model/visit-store';
import { icon } from './icons';
import { complain } from './toast';

async function setDelay(store: VisitStore, track: Track, delay: number): Promise<void> {
  try {
    await api.changeTrack(store.id, track.id, { delay });
    await store.refresh();
  } catch (error) {
    complain(error);
  }
}

function row(store: VisitStore, track: Track): TemplateResult {
  const texts = t().review;
  const length = track.segments.reduce((total, one) => total + one.duration, 0);
  const repairs = track.segments.filter((one) => one.note);
  const estimate = track.delay_estimate;
  return html`<li data-track=${track.id}>
    <p>${icon(track.kind === 'video' ? 'camera' : 'mic')}<strong>${track.name || t().track[track.kind]}</strong> <span class="small">${clockTime(length)}</span></p>
    ${repairs.map((one) => html`<p class="small">${texts.repaired(one.note ?? '')}</p>`)}
    ${track.kind === 'video'
      ? html`<label class="field"><span>${t().prepare.delay}</span>
          <input type="number" min="0" max="30" step="0.01" .value=${String(track.delay)} @change=${(event: Event) => {
            const delay = Number((event.target as HTMLInputElement).value);
            if (Number.isFinite(delay) && delay >= 0) void setDelay(store, track, delay);
          }} /></label>
        ${estimate !== null && track.delay === 0 ? html`<p class="small">${texts.measured(number(estimate, 2))}</p>` : nothing}
        ${estimate !== null && track.delay !== 0 && Math.abs(estimate - track.delay) > 0.005
          ? html`<button type="button" class="small" @click=${() => void setDelay(store, track, estimate)}>${texts.useEstimate(number(estimate, 2))}</button>`
          : nothing}`
      : nothing}
  </li>`;
}

export function trackSettings(store: VisitStore, tracks: Track[]): TemplateResult | typeof nothing {
  if (tracks.length === 0) return nothing;
  return html`<details class="keys-help"><summary>${t().review.tracks}</summary>
    <p class="small">${t().prepare.delayHelp}</p>
    <ul class="track-settings">${tracks.map((one) => row(store, one))}</ul></details>`;
}
