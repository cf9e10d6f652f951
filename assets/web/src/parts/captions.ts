// What was seen, as text over the picture at its time: for who watches without sound. It is not what was said.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { t, words } from '../i18n';
import type { Comment } from '../model/coaching-types';
import type { Conductor } from '../model/conductor';
import { codeOf, type BoardCode } from '../model/instruments';
import { remarksOf } from '../model/seen';
import type { Observation } from '../model/types';
import { Part } from './base';
import { icon, shape } from './icons';
import { vars } from './vars';

const WANTED_KEY = 'terugblik.captions';
/** s that something stays; who reads slowly gets some more for a long text */
const STAYS = 4;
const STAYS_LONGEST = 9;
const READ_PER_S = 14;
/** at once over the picture */
const MOST = 2;

export interface Caption {
  id: string;
  from: number;
  to: number;
  what: string;
  note: string;
  code: BoardCode | null;
  kind: 'seen' | 'comment';
}

function stays(text: string): number {
  return Math.min(STAYS_LONGEST, Math.max(STAYS, text.length / READ_PER_S));
}

/** Of OBSERVATIONS that happened at their time (seenOf). */
export function captionsOf(observations: Observation[], codes: BoardCode[], comments: Comment[]): Caption[] {
  const seen = observations.map((one): Caption => {
    const code = codeOf(codes, one) ?? null;
    const what = [code ? words(code.code.short) : t().record.moment, ...remarksOf(one, code ?? undefined, codes)].join(' · ');
    return { id: one.id, from: one.at, to: one.at + stays(`${what} ${one.note}`), what, note: one.note, code, kind: 'seen' };
  });
  const said = comments.filter((one) => one.parent === null).map((one): Caption => {
    const note = one.text || t().voice.one;
    return { id: one.id, from: one.at, to: Math.max(one.until ?? 0, one.at + stays(`${one.person.name} ${note}`)), what: one.person.name, note, code: null, kind: 'comment' };
  });
  return [...seen, ...said].sort((a, b) => a.from - b.from);
}

/** What is wished on this device; null when nobody chose. */
export function captionsWanted(): boolean | null {
  try {
    const kept = localStorage.getItem(WANTED_KEY);
    return kept === null ? null : kept === '1';
  } catch {
    return null;
  }
}

export function wantCaptions(wanted: boolean): void {
  try {
    localStorage.setItem(WANTED_KEY, wanted ? '1' : '0');
  } catch {
    // private browsing: it lasts as long as the page
  }
}

/** Lies over the picture. A reader of screens has the lists; here it stays quiet. */
@customElement('tb-captions')
export class Captions extends Part {
  @property({ attribute: false }) conductor!: Conductor;
  @property({ attribute: false }) captions: Caption[] = [];
  @state() private shown: Caption[] = [];

  override connectedCallback(): void {
    super.connectedCallback();
    this.setAttribute('aria-hidden', 'true');
    this.on(this.conductor, 'time', () => this.find());
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('captions')) this.find();
  }

  private find(): void {
    const time = this.conductor.time;
    const now = this.captions.filter((one) => one.from <= time && time < one.to).slice(-MOST);
    if (now.length !== this.shown.length || now.some((one, i) => one !== this.shown[i])) this.shown = now;
  }

  protected override render(): TemplateResult {
    return html`${this.shown.map((one) => html`<p class="caption" data-caption=${one.kind} ${vars({ '--code-color': one.code?.color ?? '#b9ac9b' })}>
      ${one.kind === 'comment' ? icon('speech') : shape(one.code?.shape ?? 'moment')}<span><strong>${one.what}</strong>${one.note ? html` ${one.note}` : nothing}</span></p>`)}`;
  }
}
