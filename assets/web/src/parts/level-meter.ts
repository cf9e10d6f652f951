// A bar for how loud it is, with words for who cannot see it. Decibels below full scale.
import { html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { t } from '../i18n';
import type { Level } from '../model/types';
import { Part } from './base';
import { vars } from './vars';

const QUIETEST_DB = -60;
const REMEMBER_MS = 3000;

function share(db: number): number {
  return Math.min(1, Math.max(0, 1 - db / QUIETEST_DB));
}

@customElement('tb-level')
export class LevelMeter extends Part {
  @property({ attribute: false }) level: Level | null | undefined = null;
  @property() label = '';

  private recent: { at: number; peak: number }[] = [];

  protected override willUpdate(): void {
    const now = performance.now();
    this.recent = this.recent.filter((one) => now - one.at < REMEMBER_MS);
    if (this.level) this.recent.push({ at: now, peak: this.level.peak_db });
  }

  /** In words, about the last seconds: between two sentences it is not "very quiet" yet. */
  private words(): string {
    if (!this.level) return t().level.none;
    const peak = Math.max(...this.recent.map((one) => one.peak));
    if (peak > -1) return t().level.tooLoud;
    return peak < -45 ? t().level.silent : t().level.good;
  }

  protected override render() {
    const level = this.level;
    const text = this.words();
    return html`<div class="level ${level && level.peak_db > -1 ? 'loud' : ''}" role="meter" aria-label=${this.label}
      aria-valuemin="-60" aria-valuemax="0" aria-valuenow=${level ? Math.round(Math.max(QUIETEST_DB, level.rms_db)) : -60}
      aria-valuetext=${text}
      ${vars({
        '--rms': String(level ? share(level.rms_db) : 0),
        '--peak': String(level ? share(level.peak_db) : 0),
      })}><i class="rms"></i><i class="peak"></i></div><span class="level-words" aria-hidden="true">${text}</span>`;
  }
}
