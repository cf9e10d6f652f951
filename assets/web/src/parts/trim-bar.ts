// Begin and end of a moment: two handles as wide as a thumb that stand outside of what they bound, so that they never
// cover each other.
import { html, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { t } from '../i18n';
import { clockTime } from '../model/format';
import { SHORTEST, type Span } from '../model/moment-places';
import { Part } from './base';
import { vars } from './vars';

/** s of the recording beside the moment that can be reached by dragging */
const ROOM = 20;
const STEP = 0.5;
const LARGE_STEP = 5;

type Edge = 'from' | 'to';

/** Events: `look` (s: what is shown while it moves), `trim` ({from, to}, when let go). */
@customElement('tb-trim')
export class TrimBar extends Part {
  @property({ type: Number }) from = 0;
  @property({ type: Number }) to = 1;
  @property({ attribute: false }) within: Span = { from: 0, to: 1 };
  @state() private moved: Span | null = null;
  private window: Span | null = null;

  private get value(): Span {
    return this.moved ?? { from: this.from, to: this.to };
  }

  /** What the bar stands for. It stays while a handle is dragged. */
  private get shown(): Span {
    return this.window ?? { from: Math.max(this.within.from, this.from - ROOM), to: Math.min(this.within.to, this.to + ROOM) };
  }

  private place(edge: Edge, time: number): Span {
    const { from, to } = this.value;
    const shortest = Math.min(SHORTEST, this.within.to - this.within.from);
    return edge === 'from'
      ? { from: Math.max(this.within.from, Math.min(time, to - shortest)), to }
      : { from, to: Math.min(this.within.to, Math.max(time, from + shortest)) };
  }

  private move(edge: Edge, time: number): void {
    this.moved = this.place(edge, time);
    this.dispatchEvent(new CustomEvent('look', { detail: this.moved[edge] }));
  }

  private done(): void {
    const moved = this.moved;
    this.moved = null;
    this.window = null;
    if (moved && (moved.from !== this.from || moved.to !== this.to)) this.dispatchEvent(new CustomEvent('trim', { detail: moved }));
  }

  private onDown(edge: Edge, event: PointerEvent): void {
    const handle = event.currentTarget as HTMLElement;
    const track = this.querySelector('.trim-track')!.getBoundingClientRect();
    const shown = this.shown;
    const start = this.value[edge];
    const x = event.clientX;
    this.window = shown;
    handle.setPointerCapture(event.pointerId);
    const move = (next: PointerEvent) => this.move(edge, start + ((next.clientX - x) / track.width) * (shown.to - shown.from));
    const up = () => {
      handle.removeEventListener('pointermove', move);
      this.done();
    };
    handle.addEventListener('pointermove', move);
    handle.addEventListener('lostpointercapture', up, { once: true });
  }

  private onKey(edge: Edge, event: KeyboardEvent): void {
    const step = event.shiftKey ? LARGE_STEP : STEP;
    const by = { ArrowLeft: -step, ArrowDown: -step, ArrowRight: step, ArrowUp: step, PageDown: -LARGE_STEP, PageUp: LARGE_STEP }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    this.move(edge, this.value[edge] + by);
    this.done();
  }

  private handle(edge: Edge): TemplateResult {
    const texts = t().momentsOfMine;
    const value = this.value;
    const least = edge === 'from' ? this.within.from : value.from;
    const most = edge === 'from' ? value.to : this.within.to;
    return html`<span class="trim-handle ${edge}" role="slider" tabindex="0" data-test="trim-${edge}" aria-label=${edge === 'from' ? texts.begin : texts.end}
      aria-valuemin=${least.toFixed(1)} aria-valuemax=${most.toFixed(1)} aria-valuenow=${value[edge].toFixed(1)} aria-valuetext=${clockTime(value[edge], 1)}
      @pointerdown=${(event: PointerEvent) => this.onDown(edge, event)} @keydown=${(event: KeyboardEvent) => this.onKey(edge, event)}><i></i></span>`;
  }

  protected override render(): TemplateResult {
    const { from, to } = this.shown;
    const value = this.value;
    const share = (time: number) => `${(Math.min(1, Math.max(0, (time - from) / Math.max(0.1, to - from))) * 100).toFixed(3)}%`;
    return html`<div class="trim" ${vars({ '--from': share(value.from), '--to': share(value.to) })}>
      <div class="trim-track"><i class="trim-part"></i>${this.handle('from')}${this.handle('to')}</div></div>`;
  }
}
