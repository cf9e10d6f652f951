// One chosen moment: what it is in a line, and opened everything that can be changed of it.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { t } from '../i18n';
import type { Moment, MomentFields, MomentKind, Sight } from '../model/coaching-types';
import { clockTime } from '../model/format';
import { SHORTEST, type Span } from '../model/moment-places';
import { Part } from './base';
import { icon, type IconName } from './icons';
import './trim-bar';

export const KIND_ICONS: Record<MomentKind, IconName> = { pride: 'star', improve: 'path', other: 'note' };
const KINDS: MomentKind[] = ['pride', 'improve', 'other'];
const SIGHTS: Sight[] = ['talk', 'now'];
const LINE_MAX = 1000;

/** A second earlier or later, or where the film stands: for who does not drag. */
export function nudges(name: string, by: (seconds: number) => void, here: () => void, test: string): TemplateResult {
  const texts = t().momentsOfMine;
  return html`<button type="button" title=${texts.secondEarlier} data-test="${test}-earlier" @click=${() => by(-1)}><span class="hidden-label">${name} </span>−1 s</button>
    <button type="button" title=${texts.secondLater} data-test="${test}-later" @click=${() => by(1)}><span class="hidden-label">${name} </span>+1 s</button>
    <button type="button" class="here" data-test="${test}-here" @click=${here}><span class="hidden-label">${name} </span>${texts.here}<span class="hidden-label">: ${texts.atPlayhead}</span></button>`;
}

/** Events: `fields` ({fields, typing}), `look` (s), `play`, `toggle-card`, `move` (-1 or 1), `drop`. */
@customElement('tb-moment-card')
export class MomentCard extends Part {
  @property({ attribute: false }) moment!: Moment;
  @property({ attribute: false }) within: Span = { from: 0, to: 1 };
  @property({ attribute: false }) playhead: () => number = () => 0;
  @property({ type: Boolean }) open = false;
  /** nothing can be changed now */
  @property({ type: Boolean }) fixed = false;
  @property({ type: Boolean }) first = false;
  @property({ type: Boolean }) last = false;

  private tell(name: string, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  private change(fields: MomentFields, typing = false): void {
    this.tell('fields', { fields, typing });
  }

  private nudge(edge: 'from' | 'to', to: number): void {
    const { moment, within } = this;
    const time = edge === 'from' ? Math.min(Math.max(within.from, to), moment.to - SHORTEST) : Math.max(Math.min(within.to, to), moment.from + SHORTEST);
    if (Math.abs(time - moment[edge]) < 0.001) return;
    this.tell('look', time);
    this.change({ [edge]: time });
  }

  private edge(edge: 'from' | 'to'): TemplateResult {
    const texts = t().momentsOfMine;
    const name = edge === 'from' ? texts.begin : texts.end;
    const time = this.moment[edge];
    return html`<div class="trim-edge" role="group" aria-label=${name}>
      <span>${name} <strong data-test="edge-${edge}">${clockTime(time, 1)}</strong></span>
      ${nudges(name, (by) => this.nudge(edge, time + by), () => this.nudge(edge, this.playhead()), edge)}
    </div>`;
  }

  private form(): TemplateResult {
    const texts = t().momentsOfMine;
    const { moment } = this;
    return html`<div class="moment-form">
      <button type="button" class="wide" data-test="play-moment" @click=${() => this.tell('play')}>${icon('play')}${texts.play}</button>
      <tb-trim .from=${moment.from} .to=${moment.to} .within=${this.within} @look=${(event: CustomEvent<number>) => this.tell('look', event.detail)}
        @trim=${(event: CustomEvent<Span>) => this.change({ from: event.detail.from, to: event.detail.to })}></tb-trim>
      ${this.edge('from')} ${this.edge('to')}
      <label class="field"><span>${texts.line}</span>
        <textarea rows="3" maxlength=${LINE_MAX} name="line" placeholder=${texts.linePlaceholder} .value=${moment.line}
          @input=${(event: Event) => this.change({ line: (event.target as HTMLTextAreaElement).value }, true)}
          @change=${(event: Event) => this.change({ line: (event.target as HTMLTextAreaElement).value })}></textarea></label>
      <fieldset><legend>${texts.kind}</legend><div class="chips">${KINDS.map((kind) => html`<button type="button" class="chip" data-kind=${kind}
        aria-pressed=${String(moment.kind === kind)} @click=${() => this.change({ kind })}>${icon(KIND_ICONS[kind])}${texts.kinds[kind]}</button>`)}</div></fieldset>
      <fieldset><legend>${texts.sight}</legend>${SIGHTS.map((sight) => html`<label class="check"><input type="radio" name="sight-${moment.id}" value=${sight}
        .checked=${moment.sight === sight} @change=${() => this.change({ sight })} /><span>${texts.sights[sight]}</span></label>`)}</fieldset>
      <div class="moment-buttons">
        <button type="button" class="icon-only" data-test="move-up" aria-label=${texts.up} title=${texts.up} ?disabled=${this.first} @click=${() => this.tell('move', -1)}>${icon('up')}</button>
        <button type="button" class="icon-only" data-test="move-down" aria-label=${texts.down} title=${texts.down} ?disabled=${this.last} @click=${() => this.tell('move', 1)}>${icon('down')}</button>
        <button type="button" class="icon-only" data-test="drop-moment" aria-label=${texts.remove} title=${texts.remove} @click=${() => this.tell('drop')}>${icon('trash')}</button>
        <button type="button" class="grow" data-test="close-moment" @click=${() => this.tell('toggle-card')}>${icon('check')}${texts.closeCard}</button>
      </div>
    </div>`;
  }

  protected override render(): TemplateResult {
    const texts = t().momentsOfMine;
    const { moment } = this;
    const what = html`<span class="kind">${icon(KIND_ICONS[moment.kind])}<strong>${texts.kinds[moment.kind]}</strong>
        <span class="time">${clockTime(moment.from)} – ${clockTime(moment.to)}</span></span>
      ${this.open && !this.fixed ? nothing : html`<span class="line ${moment.line ? '' : 'empty-line'}">${moment.line || (this.fixed ? '' : texts.noLine)}</span>
        ${moment.sight === 'now' ? html`<span class="small">${icon('eye')}${texts.sights.now}</span>` : nothing}`}`;
    return html`<article class="moment-card ${moment.kind}" data-moment=${moment.id} tabindex="-1" aria-label=${texts.name(texts.kinds[moment.kind], clockTime(moment.from), clockTime(moment.to))}>
      ${this.fixed
        ? html`<button type="button" class="moment-head" data-test="play-moment" @click=${() => this.tell('play')}><span class="hidden-label">${texts.play}: </span>${what}</button>`
        : html`<button type="button" class="moment-head" data-test="open-moment" aria-expanded=${String(this.open)} @click=${() => this.tell('toggle-card')}>${what}</button>`}
      ${this.open && !this.fixed ? this.form() : nothing}
    </article>`;
  }
}
