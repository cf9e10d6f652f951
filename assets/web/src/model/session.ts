// What the whole page shares: the settings of the server and of this device, the clock, the queue.
import { account } from './account';
import { api } from './api';
import { ServerClock, rfc3339 } from './clock';
import { keptAnswer, queueStorage } from './database';
import { OperationQueue } from './queue';
import type { Settings } from './types';
import { uuid7 } from './uuid';

const DEVICE_KEY = 'terugblik.device';

function stored(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

export function store(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // private browsing: it lasts as long as the page
  }
}

export function readStored<T>(key: string, otherwise: T): T {
  try {
    return (JSON.parse(stored(key) ?? 'null') as T | null) ?? otherwise;
  } catch {
    return otherwise;
  }
}

const DEFAULTS: Settings = {
  language: 'nl',
  observer: '',
  school: '',
  keys_enabled: true,
  vibrate: true,
  disk_warn_minutes: 60,
  disk_stop_mb: 500,
  vault_idle_minutes: 30,
};

class Session extends EventTarget {
  settings: Settings = DEFAULTS;
  readonly device: string;
  readonly clock = new ServerClock(() => api.clock(), undefined, safeStorage());
  readonly queue = new OperationQueue(
    async (visit, operations) => {
      await account.verify();
      return api.sendOperations(visit, operations);
    },
    queueStorage,
    (deviceMs) => (this.clock.measured ? rfc3339(this.clock.serverTime(deviceMs - performance.timeOrigin)) : null),
  );
  ready = false;
  private started = false;
  private owner: string | null = null;

  constructor() {
    super();
    const known = stored(DEVICE_KEY);
    this.device = known ?? uuid7();
    if (!known) store(DEVICE_KEY, this.device);
  }

  /** The name that goes with an observation: of who is signed in. */
  get author(): string {
    return account.name || 'observator';
  }

  /** Once, when somebody has come in. */
  async start(): Promise<void> {
    if (this.started) return;
    this.started = true;
    account.leaving.push(() => this.queue.settled());
    this.own();
    account.addEventListener('change', () => this.own());
    try {
      this.settings = { ...DEFAULTS, ...(await keptAnswer('settings', () => api.settings())) };
    } catch {
      // the pages say themselves that the server does not answer
    }
    this.ready = true;
    this.dispatchEvent(new Event('change'));
    void this.queue.load();
    void this.clock.measure();
    setInterval(() => void this.clock.measure(3), 60000);
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) return;
      void this.clock.measure();
      void this.queue.flush();
    });
    addEventListener('online', () => {
      void this.clock.measure();
      void this.queue.flush();
    });
  }

  /** Only what this person made is sent. */
  private own(): void {
    const person = account.door === 'in' ? account.person : null;
    if (this.owner === (person?.id ?? null)) return;
    this.owner = person?.id ?? null;
    // The one who was here keeps owning what is tapped until they are back; sending waits for the sign-in.
    if (person) this.queue.setOwner(person);
  }

  async save(fields: Partial<Settings>): Promise<void> {
    this.settings = { ...this.settings, ...fields };
    this.dispatchEvent(new Event('change'));
    this.settings = { ...DEFAULTS, ...(await api.saveSettings(fields)) };
    this.dispatchEvent(new Event('change'));
  }
}

function safeStorage(): Storage | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

export const session = new Session();
