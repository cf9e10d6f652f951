// One server-sent event stream that lets go while the tab is hidden or others were used after it: a browser has six
// connections to a server, and eight open tabs must not block the taps of the ninth.
import { EVENT_TABS, slots } from './slots';

export type Listener = (name: string, data: unknown) => void;

const NAMES = ['hello', 'operation', 'recording', 'level', 'visit', 'devices', 'resync'];

export class EventStream {
  private source: EventSource | null = null;
  private stopped = false;
  private retry: ReturnType<typeof setTimeout> | null = null;

  /** `address` is asked anew at each connection, so that it can carry the last seen sequence number. */
  constructor(
    private readonly address: () => string,
    private readonly listener: Listener,
    private readonly onState: (connected: boolean) => void = () => undefined,
  ) {
    document.addEventListener('visibilitychange', this.follow);
    addEventListener('online', this.follow);
    addEventListener('pagehide', this.release);
    slots().addEventListener('change', this.follow);
    this.follow();
  }

  private readonly follow = (): void => {
    if (this.stopped || document.hidden || slots().rank >= EVENT_TABS) {
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
      this.retry = setTimeout(this.follow, 1500);
    };
    for (const name of NAMES) {
      source.addEventListener(name, (event) => {
        try {
          this.listener(name, JSON.parse((event as MessageEvent<string>).data));
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
    this.release();
  }
}
