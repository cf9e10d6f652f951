// What is being recorded, per track, in plain words; and how much still fits on the disk.
import { html, nothing, type TemplateResult } from 'lit';
import { t } from '../i18n';
import { bytes, clockTime } from '../model/format';
import type { Disk, Level, TrackStatus } from '../model/types';
import { icon } from './icons';
import './level-meter';

function sentence(track: TrackStatus): string {
  const texts = t().track;
  switch (track.actual) {
    case 'connecting':
      return texts.connecting;
    case 'recording':
      return texts.recording(clockTime(track.seconds), bytes(track.bytes));
    case 'retrying':
      return track.retry_in === null ? texts.retrying : texts.retryingIn(Math.ceil(track.retry_in));
    case 'ended':
      return texts.ended(clockTime(track.seconds));
    case 'failed':
      return texts.failed;
  }
}

export function trackRow(track: TrackStatus, level: Level | null | undefined): TemplateResult {
  const bad = track.actual === 'retrying' || track.actual === 'failed';
  return html`<li class="track ${track.actual}" data-track=${track.id} data-actual=${track.actual}>
    <span class="track-icon">${icon(bad ? 'warn' : track.kind === 'video' ? 'camera' : 'mic')}</span>
    <span class="track-text">
      <strong>${track.name || t().track[track.kind]}</strong>
      <span class="small">${sentence(track)}${track.dropped > 0 ? html` · ${t().track.dropped(track.dropped)}` : nothing}</span>
      ${bad && track.message ? html`<span class="small detail">${track.message}</span>` : nothing}
    </span>
    ${track.kind === 'audio' && track.actual === 'recording'
      ? html`<span class="track-level"><tb-level .level=${level ?? track.level} label=${t().level.label}></tb-level></span>`
      : nothing}
  </li>`;
}

export function diskLine(disk: Disk | null | undefined): TemplateResult | typeof nothing {
  if (!disk) return nothing;
  const hours = disk.seconds_left / 3600;
  const texts = t().disk;
  const left = hours >= 100 ? texts.plenty : hours >= 1 ? texts.hours(hours) : texts.minutes(Math.max(0, Math.floor(disk.seconds_left / 60)));
  return html`<p class="disk ${disk.state}" role=${disk.state === 'ok' ? nothing : 'alert'} data-test="disk">
    ${disk.state === 'ok' ? nothing : icon('warn')}
    <span>${left}${disk.state === 'low' ? html` ${texts.low}` : disk.state === 'full' ? html` ${texts.full}` : nothing}</span></p>`;
}
