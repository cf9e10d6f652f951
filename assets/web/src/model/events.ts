// One server-sent event stream that lets go while the tab is hidden or others were used after it: a browser has six
// connections to a server, and eight open tabs must not block the taps of the ninth.
import { EVENT_TABS, slots } from './slots';

export type Listener = (name: string, data: unknown) => void;

const NAMES = ['hello', 'operation', 'recording', 'level', 'visit', 'devices', 'resync', 'releases', 'vault', 'session', 'talk', 'coaching', 'observers', 'instruments'];

/** What any stream of this tab tells, by its name: for who does not mind by which stream it comes. `broken`: one ended. */
export const heard = new EventTarget();

let held = false;

/** While nobody is signed in no stream is worth a try. */
export function holdStreams(hold: boolean): void {
  if (held === hold) return;
  held = hold;
  heard.dispatchEvent(new Event('held'));
}

export class EventStream {
  private source: EventSource | null = null;
  private stopped = false;
  private retry: ReturnType<typeof setTimeout> | null = null;

  /** `address` is asked anew at each connection, so that it can carry the last seen sequence number. */
  constructor(
    private readonly address: () => string,
    private readonly listener: Listener = () => undefined,
    private readonly onState: (connected: boolean) => void = () => undefined,
  ) {
    document.addEventListener('visibilitychange', this.follow);
    addEventListener('online', this.follow);
    addEventListener('pagehide', this.release);
    slots().addEventListener('change', this.follow);
    heard.addEventListener('held', this.follow);
    this.follow();
  }

  private readonly follow = (): void => {
    if (this.stopped || held || document.hidden || slots().rank >= EVENT_TABS) {
      if (this.source) this.onState(false);
      this.release();
    }
    else if (!this.source) this.connect();
  };

  private readonly release = (): void => {
    if (this.retry) clearTimeout(this.retry);
    this.retry = null;
    this.source?.close();
    this.source = null;
  };

  private connect(): void {
    const source = new EventSource(this.address());
    this.source = source;
    source.onopen = () => this.onState(true);
    source.onerror = () => {
      this.onState(false);
      // The browser's own retry would ask with an old address; a fresh one starts after what is known by now.
      if (this.source !== source) return;
      this.release();
      heard.dispatchEvent(new Event('broken'));
      this.retry = setTimeout(this.follow, 1500);
    };
    for (const name of NAMES) {
      source.addEventListener(name, (event) => {
        try {
          const data: unknown = JSON.parse((event as MessageEvent<string>).data);
          this.listener(name, data);
          heard.dispatchEvent(new CustomEvent(name, { detail: data }));
        } catch (error) {
          console.error(`event ${name}`, error);
        }
      });
    }
  }

  close(): void {
    this.stopped = true;
    document.removeEventListener('visibilitychange', this.follow);
    removeEventListener('online', this.follow);
    removeEventListener('pagehide', this.release);
    slots().removeEventListener('change', this.follow);
    heard.removeEventListener('held', this.follow);
    this.release();
  }
}
