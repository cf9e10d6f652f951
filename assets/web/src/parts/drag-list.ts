// Items that are moved within and between lists: by a handle that is dragged, by the arrow keys on it, or by buttons.
// While one is dragged only a line shows where it would come, so that nothing jumps under the finger.
import type { LitElement } from 'lit';
import { moved, neighbour, type Holder } from '../model/instrument-draft';

const EDGE_PX = 90;
const SCROLL_PX = 14;

interface Place {
  to: string;
  index: number;
}

/** Where it was put, for who listens: place and length of the list. */
export type Told = (item: string, to: string, place: number, of: number) => void;

export class Mover {
  dragged: string | null = null;
  place: Place | null = null;

  /** The host marks its lists with data-holder, its items with data-item, and the handle of an item with data-handle. */
  constructor(
    private readonly host: LitElement,
    private readonly read: () => Holder[],
    private readonly keep: (holders: Holder[], item: string) => void,
    private readonly tell: Told,
  ) {}

  private put(item: string, place: Place): void {
    const before = this.read();
    const after = moved(before, item, place.to, place.index);
    if (JSON.stringify(before) === JSON.stringify(after)) return;
    this.keep(after, item);
    const holder = after.find((one) => one.id === place.to)!;
    this.tell(item, place.to, holder.items.indexOf(item) + 1, holder.items.length);
  }

  step(item: string, by: -1 | 1): void {
    const place = neighbour(this.read(), item, by);
    if (place) this.put(item, place);
  }

  canStep(item: string, by: -1 | 1): boolean {
    return neighbour(this.read(), item, by) !== null;
  }

  /** On the handle; with Alt anywhere in the item. */
  key(event: KeyboardEvent, item: string, everywhere = false): void {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key] as -1 | 1 | undefined;
    if (by === undefined || event.altKey !== everywhere || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    this.step(item, by);
  }

  private placeAt(x: number, y: number): Place | null {
    let best: { holder: HTMLElement; away: number } | null = null;
    for (const holder of this.host.querySelectorAll<HTMLElement>('[data-holder]')) {
      const box = holder.getBoundingClientRect();
      const away = Math.max(box.top - y, y - box.bottom, 0) + Math.max(box.left - x, x - box.right, 0);
      if (!best || away < best.away) best = { holder, away };
    }
    if (!best) return null;
    const items = [...best.holder.querySelectorAll<HTMLElement>('[data-item]')].filter((one) => one.dataset.item !== this.dragged);
    const index = items.filter((one) => { const box = one.getBoundingClientRect(); return box.top + box.height / 2 < y; }).length;
    return { to: best.holder.dataset.holder ?? '', index };
  }

  start(event: PointerEvent, item: string): void {
    if (event.button !== 0 || this.dragged !== null) return;
    const handle = event.currentTarget as HTMLElement;
    event.preventDefault();
    handle.focus();
    handle.setPointerCapture(event.pointerId);
    this.dragged = item;
    let at = { x: event.clientX, y: event.clientY };
    let going = true;
    const show = () => {
      const place = this.placeAt(at.x, at.y);
      if (place?.to === this.place?.to && place?.index === this.place?.index) return;
      this.place = place;
      this.host.requestUpdate();
    };
    // At the edge of the screen the page goes on by itself.
    const scroll = () => {
      if (!going) return;
      const by = at.y < EDGE_PX ? -SCROLL_PX : at.y > innerHeight - EDGE_PX ? SCROLL_PX : 0;
      if (by !== 0) {
        scrollBy(0, by);
        show();
      }
      requestAnimationFrame(scroll);
    };
    const move = (next: PointerEvent) => {
      at = { x: next.clientX, y: next.clientY };
      show();
    };
    const end = (put: boolean) => {
      if (!going) return;
      going = false;
      handle.removeEventListener('pointermove', move);
      removeEventListener('keydown', stop, true);
      const { place } = this;
      this.dragged = this.place = null;
      if (put && place) this.put(item, place);
      this.host.requestUpdate();
    };
    const stop = (key: KeyboardEvent) => {
      if (key.key !== 'Escape') return;
      key.preventDefault();
      key.stopPropagation();
      end(false);
    };
    handle.addEventListener('pointermove', move);
    handle.addEventListener('pointerup', () => end(true), { once: true });
    handle.addEventListener('pointercancel', () => end(false), { once: true });
    handle.addEventListener('lostpointercapture', () => end(false), { once: true });
    addEventListener('keydown', stop, true);
    requestAnimationFrame(scroll);
    this.host.requestUpdate();
  }

  /** What an item looks like now. */
  itemClass(holder: Holder, item: string): string {
    if (item === this.dragged) return 'dragged';
    if (this.place?.to !== holder.id) return '';
    return holder.items.filter((one) => one !== this.dragged).indexOf(item) === this.place.index ? 'drop-before' : '';
  }

  holderClass(holder: Holder): string {
    if (this.place?.to !== holder.id) return '';
    return this.place.index >= holder.items.filter((one) => one !== this.dragged).length ? 'drop-here drop-end' : 'drop-here';
  }
}
