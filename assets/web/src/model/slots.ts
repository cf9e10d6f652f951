// A browser keeps six connections to a server, for all tabs together. The tabs tell each other who was used last; only
// the newest few keep a stream open, the others make do with asking now and then, and take their turn when used again.

const CHANNEL = 'terugblik.streams';

/** A tab keeps its event stream while fewer than this many tabs were used after it. */
export const EVENT_TABS = 3;
/** And its moving picture: 3 + 2 connections leave one for everything else. */
export const PICTURE_TABS = 2;

type Message = { kind: 'claim' | 'leave'; tab: string };

export interface Channel {
  postMessage(message: Message): void;
  onmessage: ((event: MessageEvent<Message>) => void) | null;
}

export class Slots extends EventTarget {
  private readonly newer = new Set<string>();

  constructor(
    private readonly tab: string,
    private readonly channel: Channel | null,
  ) {
    super();
    if (!channel) return;
    channel.onmessage = ({ data }) => {
      const before = this.newer.size;
      if (data.kind === 'leave') this.newer.delete(data.tab);
      else if (data.tab !== this.tab) this.newer.add(data.tab);
      if (before !== this.newer.size) this.dispatchEvent(new Event('change'));
    };
    this.claim();
  }

  /** How many tabs were used after this one. */
  get rank(): number {
    return this.newer.size;
  }

  /** This tab is used now. */
  claim(): void {
    const changed = this.newer.size > 0;
    this.newer.clear();
    this.channel?.postMessage({ kind: 'claim', tab: this.tab });
    if (changed) this.dispatchEvent(new Event('change'));
  }

  leave(): void {
    this.channel?.postMessage({ kind: 'leave', tab: this.tab });
  }
}

let shared: Slots | null = null;

/** The slots of this tab. */
export function slots(): Slots {
  if (shared) return shared;
  const made = new Slots(crypto.getRandomValues(new Uint32Array(2)).join('-'), 'BroadcastChannel' in window ? new BroadcastChannel(CHANNEL) : null);
  const used = () => {
    if (made.rank > 0 && !document.hidden) made.claim();
  };
  for (const name of ['focus', 'pointerdown', 'keydown']) addEventListener(name, used, { capture: true, passive: true });
  document.addEventListener('visibilitychange', () => (document.hidden ? made.leave() : made.claim()));
  addEventListener('pagehide', () => made.leave());
  shared = made;
  return made;
}
