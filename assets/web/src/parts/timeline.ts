// The time line: a canvas to look at and point on, with real buttons where something is selected. Everything it does can
// also be done from the list of observations and by keyboard; to a screen reader the canvas is only a picture.
import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { t } from '../i18n';
import { api } from '../model/api';
import { clockTime } from '../model/format';
import { clampView, panView, showTime, timeToX, xToTime, zoomView, type View } from '../model/timeline-math';
import type { Clip, Observation, Peaks, Track } from '../model/types';
import { icon } from './icons';
import { LANE, RULER, drawHead, drawOverview, drawOverviewHead, drawScene, lanesTop, sceneHeight, type Lane, type Scene } from './timeline-drawing';
import { vars } from './vars';

export interface Selection {
  kind: 'observation' | 'clip';
  id: string;
}

type Edge = 'at' | 'from' | 'until';
type Paint = (draw: CanvasRenderingContext2D, scene: Scene, width: number, height: number) => void;

/** What a canvas shows apart from what moves over it, and, once only that moved, a copy of it. */
interface Ground {
  of: unknown[];
  copy: HTMLCanvasElement | null;
}

/** What is being dragged: an edge or the whole, and where it is now. */
interface Drag {
  selection: Selection;
  edge: Edge | 'whole';
  grab: number; // distance between pointer and start, s
  from: number;
  to: number | null;
  startX: number;
  moved: boolean;
}

const OVERVIEW = 36;
const HIT = 14;
const DRAG_PX = 5;
const SHORTEST = 0.04;

@customElement('tb-timeline')
export class Timeline extends LitElement {
  @property() visit = '';
  @property({ attribute: false }) lanes: Lane[] = [];
  @property({ attribute: false }) clips: Clip[] = [];
  @property({ attribute: false }) tracks: Track[] = [];
  @property({ type: Number }) end = 1;
  @property({ type: Number }) frame = 0.04;
  @property({ attribute: false }) selected: Selection | null = null;
  @property({ attribute: false }) mark: { from: number | null; to: number | null } = { from: null, to: null };
  @property({ attribute: false }) pins: number[] = [];
  @property() sound: string | null = null;
  @property() language = 'nl';
  @state() private view: View = { from: 0, to: 1 };
  @state() private width = 600;
  @state() private drag: Drag | null = null;
  private readonly grounds = new Map<string, Ground>();
  private frameAsked = 0;
  private whole = true;
  private time = 0;
  private peaks: Peaks | null = null;
  private peaksAsked = '';
  private peaksTimer: ReturnType<typeof setTimeout> | null = null;
  private observer: ResizeObserver | null = null;
  private readonly pointers = new Map<number, { x: number; y: number }>();
  private gesture: { kind: 'scrub' | 'pan' | 'pinch' | 'overview'; x: number; distance: number } | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.observer = new ResizeObserver(() => (this.width = Math.max(200, this.clientWidth)));
    this.observer.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.observer?.disconnect();
    cancelAnimationFrame(this.frameAsked);
    this.frameAsked = 0;
    if (this.peaksTimer) clearTimeout(this.peaksTimer);
  }

  /** Moves the playhead; called for every frame, so it only draws. */
  setTime(time: number, follow: boolean): void {
    this.time = time;
    if (follow && !this.gesture && !this.drag) {
      const view = showTime(this.view, time, this.end);
      if (view !== this.view) this.view = view;
    }
    this.draw();
  }

  zoom(factor: number): void {
    const inView = this.time >= this.view.from && this.time <= this.view.to;
    this.setView(zoomView(this.view, factor, inView ? this.time : (this.view.from + this.view.to) / 2, this.end));
  }

  private setView(view: View): void {
    this.whole = view.to - view.from >= this.end - 0.001;
    this.view = view;
  }

  private showAll(): void {
    this.setView({ from: 0, to: this.end });
  }

  /** Brings a span into view, for what was chosen in the list. */
  reveal(time: number): void {
    this.view = showTime(this.view, time, this.end);
  }

  private get gutter(): number {
    return this.width >= 700 ? 150 : this.width >= 480 ? 124 : 106;
  }

  private get inner(): number {
    return this.width - this.gutter;
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has('end')) this.view = this.whole ? { from: 0, to: this.end } : clampView(this.view, this.end);
    if (changed.has('view') || changed.has('end') || changed.has('sound') || changed.has('width')) this.askPeaks();
  }

  protected override updated(): void {
    this.draw();
  }

  /** The sound wave of what is in view, with as many points as there are pixels. */
  private askPeaks(): void {
    if (this.peaksTimer) clearTimeout(this.peaksTimer);
    const sound = this.sound;
    if (!sound) return;
    this.peaksTimer = setTimeout(() => {
      const points = Math.min(2000, Math.max(100, Math.round(this.inner)));
      const { from, to } = this.view;
      const asked = [sound, from, to, points].join();
      if (asked === this.peaksAsked) return;
      this.peaksAsked = asked;
      api.peaks(this.visit, sound, from, to, points).then(
        (peaks) => {
          if (asked !== this.peaksAsked) return;
          this.peaks = peaks;
          this.draw();
        },
        () => undefined, // the time line works without a wave
      );
    }, 120);
  }

  private scene(): Scene {
    const drag = this.drag;
    const place = (one: Observation): Observation =>
      drag?.moved && drag.selection.kind === 'observation' && drag.selection.id === one.id ? { ...one, at: drag.from, until: drag.to } : one;
    return {
      view: this.view,
      end: this.end,
      time: this.time,
      lanes: drag?.moved && drag.selection.kind === 'observation'
        ? this.lanes.map((lane) => (lane.observations.some((one) => one.id === drag.selection.id) ? { ...lane, observations: lane.observations.map(place) } : lane))
        : this.lanes,
      clips: this.clips.map((one) =>
        drag?.moved && drag.selection.kind === 'clip' && drag.selection.id === one.id ? { ...one, from: drag.from, to: drag.to ?? one.to } : one),
      tracks: this.tracks,
      peaks: this.peaks,
      selected: this.selected,
      mark: this.mark,
      pins: this.pins,
      gutter: this.gutter,
    };
  }

  /** At the next frame, however often it is asked before. */
  private draw(): void {
    if (this.frameAsked !== 0) return;
    this.frameAsked = requestAnimationFrame(() => {
      this.frameAsked = 0;
      const scene = this.scene();
      const { view, end, lanes, clips, tracks, peaks, selected, mark, pins, gutter } = scene;
      this.drawOn('scene', sceneHeight(scene), scene, [view, end, lanes, clips, tracks, peaks, selected, mark, pins, gutter, this.drag, this.language], drawScene, drawHead);
      // What is dragged has its new place in the overview when it is let go.
      this.drawOn('overview', OVERVIEW, { ...scene, lanes: this.lanes }, [end, this.lanes], drawOverview, drawOverviewHead);
    });
  }

  /** `of`: all that `ground` draws from. While that stays the same it is not drawn again. */
  private drawOn(name: string, height: number, scene: Scene, of: unknown[], ground: Paint, above: Paint): void {
    const width = this.width;
    const canvas = this.renderRoot.querySelector<HTMLCanvasElement>(`canvas.${name}`);
    const draw = canvas?.getContext('2d');
    if (!canvas || !draw) return;
    const ratio = devicePixelRatio || 1;
    const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== w) canvas.width = w;
    if (canvas.height !== h) canvas.height = h;
    const known = this.grounds.get(name);
    const now = [...of, w, h];
    if (known && now.every((one, i) => same(one, known.of[i]))) {
      known.copy ??= this.copyOf(w, h, ratio, (copy) => ground(copy, scene, width, height));
      draw.setTransform(1, 0, 0, 1, 0, 0);
      draw.drawImage(known.copy, 0, 0);
      draw.setTransform(ratio, 0, 0, ratio, 0, 0);
    } else {
      this.grounds.set(name, { of: now, copy: null });
      draw.setTransform(ratio, 0, 0, ratio, 0, 0);
      ground(draw, scene, width, height);
    }
    above(draw, scene, width, height);
  }

  private copyOf(width: number, height: number, ratio: number, paint: (draw: CanvasRenderingContext2D) => void): HTMLCanvasElement {
    const copy = document.createElement('canvas');
    [copy.width, copy.height] = [width, height];
    const draw = copy.getContext('2d')!;
    draw.setTransform(ratio, 0, 0, ratio, 0, 0);
    paint(draw);
    return copy;
  }

  private tell(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  private timeOf(event: PointerEvent | WheelEvent): number {
    const box = this.renderRoot.querySelector('canvas')!.getBoundingClientRect();
    return xToTime(event.clientX - box.left - this.gutter, this.view, this.inner);
  }

  private span(selection: Selection): { from: number; to: number | null } | null {
    if (selection.kind === 'clip') {
      const clip = this.clips.find((one) => one.id === selection.id);
      return clip ? { from: clip.from, to: clip.to } : null;
    }
    for (const lane of this.lanes) {
      const one = lane.observations.find((each) => each.id === selection.id);
      if (one) return { from: one.at, to: one.until };
    }
    return null;
  }

  /** What lies under the pointer; the one that is selected goes first. */
  private hit(event: PointerEvent): Selection | null {
    const box = this.renderRoot.querySelector('canvas')!.getBoundingClientRect();
    const x = event.clientX - box.left;
    const y = event.clientY - box.top;
    const slack = event.pointerType === 'touch' ? HIT * 1.5 : HIT;
    const scene = { tracks: this.tracks };
    const row = Math.floor((y - lanesTop(scene)) / LANE);
    const toX = (time: number) => this.gutter + timeToX(time, this.view, this.inner);
    const distance = (from: number, to: number) => (x < toX(from) ? toX(from) - x : x > toX(to) ? x - toX(to) : 0);
    if (row < 0) return null;
    const lane = this.lanes[row];
    const things = lane
      ? lane.observations.map((one) => ({ id: one.id, away: distance(one.at, one.until ?? (one.kind === 'state' ? this.end : one.at)), kind: 'observation' as const }))
      : row === this.lanes.length
        ? this.clips.map((one) => ({ id: one.id, away: distance(one.from, one.to), kind: 'clip' as const }))
        : [];
    const near = things.filter((one) => one.away <= slack).sort((a, b) => a.away - b.away);
    const best = near.find((one) => one.id === this.selected?.id) ?? near[0];
    return best ? { kind: best.kind, id: best.id } : null;
  }

  private onDown(event: PointerEvent): void {
    if (event.button !== 0) return;
    const canvas = event.currentTarget as HTMLElement;
    canvas.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (this.pointers.size === 2) {
      const [a, b] = [...this.pointers.values()];
      this.gesture = { kind: 'pinch', x: (a!.x + b!.x) / 2, distance: Math.abs(a!.x - b!.x) };
      this.drag = null;
      return;
    }
    const box = canvas.getBoundingClientRect();
    const found = this.hit(event);
    if (found) {
      const span = this.span(found)!;
      // With a finger, moving by mistake is too easy: only what was selected before can be moved as a whole.
      const movable = event.pointerType !== 'touch' || this.selected?.id === found.id;
      this.tell('select', found);
      if (movable) this.drag = { selection: found, edge: 'whole', grab: this.timeOf(event) - span.from, ...span, startX: event.clientX, moved: false };
      return;
    }
    const ruler = event.clientY - box.top < RULER || event.pointerType === 'mouse';
    this.gesture = { kind: ruler ? 'scrub' : 'pan', x: event.clientX, distance: 0 };
    if (ruler) this.tell('seek', this.timeOf(event));
  }

  private onMove(event: PointerEvent): void {
    if (!this.pointers.has(event.pointerId)) return;
    this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (this.drag) {
      this.dragTo(event);
      return;
    }
    const gesture = this.gesture;
    if (!gesture) return;
    const perPixel = (this.view.to - this.view.from) / this.inner;
    if (gesture.kind === 'scrub') this.tell('seek', Math.min(this.end, Math.max(0, this.timeOf(event))));
    else if (gesture.kind === 'pan') {
      gesture.distance += Math.abs(event.clientX - gesture.x);
      this.setView(panView(this.view, (gesture.x - event.clientX) * perPixel, this.end));
      gesture.x = event.clientX;
    } else if (gesture.kind === 'pinch' && this.pointers.size === 2) {
      const [a, b] = [...this.pointers.values()];
      const distance = Math.max(20, Math.abs(a!.x - b!.x));
      const box = this.renderRoot.querySelector('canvas')!.getBoundingClientRect();
      const middle = (a!.x + b!.x) / 2;
      const anchor = xToTime(middle - box.left - this.gutter, this.view, this.inner);
      this.setView(zoomView(this.view, Math.max(20, gesture.distance) / distance, anchor, this.end));
      this.setView(panView(this.view, (gesture.x - middle) * perPixel, this.end));
      gesture.distance = distance;
      gesture.x = middle;
    }
  }

  private onUp(event: PointerEvent): void {
    this.pointers.delete(event.pointerId);
    if (this.drag) {
      this.drop();
      return;
    }
    // A touch that did not move was meant as: go there.
    if (this.gesture?.kind === 'pan' && this.gesture.distance < DRAG_PX) this.tell('seek', this.timeOf(event));
    if (this.pointers.size === 0) this.gesture = null;
  }

  private onHandleDown(event: PointerEvent, edge: Edge): void {
    const span = this.selected && this.span(this.selected);
    if (!this.selected || !span || event.button !== 0) return;
    event.stopPropagation();
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    this.drag = { selection: this.selected, edge, grab: 0, ...span, startX: event.clientX, moved: false };
  }

  private dragTo(event: PointerEvent): void {
    const drag = this.drag!;
    if (!drag.moved && Math.abs(event.clientX - drag.startX) < DRAG_PX) return;
    const time = Math.min(this.end, Math.max(0, this.timeOf(event) - drag.grab));
    this.drag = { ...drag, ...moveEdge(drag, drag.edge, time), moved: true };
    this.tell('drag-time', drag.edge === 'until' ? this.drag.to : this.drag.from);
  }

  private drop(): void {
    const drag = this.drag!;
    this.drag = null;
    this.gesture = null;
    if (!drag.moved) {
      if (drag.edge === 'whole') this.tell('seek', drag.from);
      return;
    }
    this.tell('moved', { selection: drag.selection, from: drag.from, to: drag.to });
  }

  private onHandleKey(event: KeyboardEvent, edge: Edge): void {
    const direction = event.key === 'ArrowLeft' || event.key === 'ArrowDown' ? -1 : event.key === 'ArrowRight' || event.key === 'ArrowUp' ? 1 : 0;
    const span = this.selected && this.span(this.selected);
    if (direction === 0 || !span || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    const by = direction * (event.shiftKey ? 0.1 : this.frame);
    const moved = moveEdge(span, edge, (edge === 'until' ? (span.to ?? span.from) : span.from) + by);
    this.tell('moved', { selection: this.selected, ...moved });
    this.tell('drag-time', edge === 'until' ? moved.to : moved.from);
  }

  private onWheel(event: WheelEvent): void {
    event.preventDefault();
    const sideways = event.shiftKey ? event.deltaY + event.deltaX : event.deltaX;
    const perPixel = (this.view.to - this.view.from) / this.inner;
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) this.setView(panView(this.view, sideways * perPixel, this.end));
    else this.setView(zoomView(this.view, 1.0015 ** event.deltaY, this.timeOf(event), this.end));
  }

  private onOverview(event: PointerEvent): void {
    if (event.type === 'pointerdown') {
      (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
      this.gesture = { kind: 'overview', x: event.clientX, distance: 0 };
    } else if (this.gesture?.kind !== 'overview') return;
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const middle = ((event.clientX - box.left) / box.width) * this.end;
    const half = (this.view.to - this.view.from) / 2;
    if (this.whole) this.tell('seek', Math.min(this.end, Math.max(0, middle)));
    else this.setView(clampView({ from: middle - half, to: middle + half }, this.end));
    if (event.type === 'pointerup') this.gesture = null;
  }

  private handle(edge: Edge, time: number, label: string, y: number, height: number): TemplateResult | typeof nothing {
    const x = this.gutter + timeToX(time, this.view, this.inner);
    if (x < this.gutter - 2 || x > this.width + 2) return nothing;
    return html`<button type="button" class="handle ${edge}" role="slider" aria-label=${`${label} (${t().review.moveHint})`}
      aria-valuemin="0" aria-valuemax=${this.end.toFixed(2)} aria-valuenow=${time.toFixed(3)} aria-valuetext=${clockTime(time, 2)}
      ${vars({ '--x': `${x}px`, '--y': `${y}px`, '--h': `${height}px` })}
      @pointerdown=${(event: PointerEvent) => this.onHandleDown(event, edge)} @pointermove=${this.onMove} @pointerup=${this.onUp}
      @keydown=${(event: KeyboardEvent) => this.onHandleKey(event, edge)}></button>`;
  }

  private handles(): TemplateResult | typeof nothing {
    const selected = this.selected;
    const span = selected && (this.drag?.moved ? this.drag : this.span(selected));
    if (!selected || !span) return nothing;
    const texts = t().review;
    const row = selected.kind === 'clip' ? this.lanes.length : this.lanes.findIndex((lane) => lane.observations.some((one) => one.id === selected.id));
    const y = lanesTop({ tracks: this.tracks }) + row * LANE;
    const point = selected.kind === 'observation' && span.to === null;
    return html`${this.handle(point ? 'at' : 'from', span.from, point ? texts.handleAt : texts.handleFrom, y, LANE)}
      ${span.to !== null ? this.handle('until', span.to, texts.handleUntil, y, LANE) : nothing}`;
  }

  protected override render(): TemplateResult {
    const texts = t().review;
    return html`
      <div class="tools" role="toolbar" aria-label=${texts.timeline}>
        <button type="button" aria-label=${texts.zoomOut} title=${texts.zoomOut} ?disabled=${this.whole} @click=${() => this.zoom(2)}>${icon('zoomOut')}</button>
        <button type="button" aria-label=${texts.zoomIn} title=${texts.zoomIn} @click=${() => this.zoom(0.5)}>${icon('zoomIn')}</button>
        <button type="button" ?disabled=${this.whole} @click=${() => this.showAll()}>${texts.zoomAll}</button>
        <slot></slot>
      </div>
      <slot name="below"></slot>
      <div class="stage" ${vars({ '--height': `${sceneHeight({ tracks: this.tracks, lanes: this.lanes, clips: this.clips })}px` })}>
        <canvas class="scene" aria-hidden="true" @pointerdown=${this.onDown} @pointermove=${this.onMove} @pointerup=${this.onUp}
          @pointercancel=${this.onUp} @wheel=${{ handleEvent: (event: WheelEvent) => this.onWheel(event), passive: false }}></canvas>
        ${this.handles()}
      </div>
      <canvas class="overview" aria-hidden="true" title=${texts.overview} @pointerdown=${this.onOverview} @pointermove=${this.onOverview} @pointerup=${this.onOverview}></canvas>
      <p class="hidden">${texts.timelineHelp}</p>`;
  }

  static override styles = css`
    :host { display: block; background: #191714; color: #f3ede4; min-width: 0; }
    .tools { display: flex; flex-wrap: wrap; gap: 4px; align-items: center; padding: 4px 0; }
    .tools button { min-width: 48px; min-height: 48px; padding: 0 12px; border: 0; border-radius: 10px; background: transparent; color: inherit; font: inherit; cursor: pointer; display: inline-flex; align-items: center; justify-content: center; }
    .tools button:hover:not(:disabled) { background: #38322c; }
    .tools button:disabled { opacity: 0.45; cursor: default; }
    .icon { width: 22px; height: 22px; }
    .stage { position: relative; height: var(--height); overflow: hidden; }
    canvas { display: block; width: 100%; }
    canvas.scene { height: 100%; touch-action: pan-y; cursor: crosshair; }
    canvas.overview { height: ${OVERVIEW}px; margin-top: 6px; border-radius: 6px; touch-action: none; cursor: pointer; }
    .handle { position: absolute; left: calc(var(--x) - 14px); top: calc(var(--y) - 9px); width: 28px; height: calc(var(--h) + 18px); padding: 0; border: 0; background: transparent; cursor: ew-resize; touch-action: none; }
    .handle::before { content: ''; position: absolute; left: 50%; top: 6px; bottom: 6px; width: 6px; margin-left: -3px; border-radius: 3px; background: #fff; box-shadow: 0 0 0 2px #191714; }
    .handle.from { transform: translateX(-6px); }
    .handle.until { transform: translateX(6px); }
    .handle.at::before { top: auto; bottom: 0; height: 10px; width: 14px; margin-left: -7px; }
    :focus-visible { outline: 3px solid #56b4e9; outline-offset: 1px; }
    .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); margin: 0; }
  `;
}

/** The same thing, or a list of the same things. */
function same(a: unknown, b: unknown): boolean {
  return a === b || (Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((one, i) => one === b[i]));
}

/** Moves one edge, or everything, and keeps the order of begin and end. */
export function moveEdge(span: { from: number; to: number | null }, edge: Edge | 'whole', time: number): { from: number; to: number | null } {
  const at = Math.max(0, time);
  if (edge === 'whole' || edge === 'at') return { from: at, to: span.to === null ? null : at + (span.to - span.from) };
  if (edge === 'from') return { from: span.to === null ? at : Math.min(at, span.to - SHORTEST), to: span.to };
  return { from: span.from, to: Math.max(at, span.from + SHORTEST) };
}

declare global {
  interface HTMLElementTagNameMap {
    'tb-timeline': Timeline;
  }
}
