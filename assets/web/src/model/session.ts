// What the whole page shares: the settings of the server and of this device, the clock, the queue.
import { api } from './api';
import { ServerClock, rfc3339 } from './clock';
import { keptAnswer, queueStorage } from './database';
import { OperationQueue } from './queue';
import type { Settings } from './types';
import { uuid7 } from './uuid';
import { setLanguage } from '../i18n';

const DEVICE_KEY = 'terugblik.device';
const OBSERVER_KEY = 'terugblik.observer';

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
};

class Session extends EventTarget {
  settings: Settings = DEFAULTS;
  readonly device: string;
  readonly clock = new ServerClock(() => api.clock(), undefined, safeStorage());
  readonly queue = new OperationQueue(
    (visit, operations) => api.sendOperations(visit, operations),
    queueStorage,
    (deviceMs) => (this.clock.measured ? rfc3339(this.clock.serverTime(deviceMs - performance.timeOrigin)) : null),
  );
  ready = false;

  constructor() {
    super();
    const known = stored(DEVICE_KEY);
    this.device = known ?? uuid7();
    if (!known) store(DEVICE_KEY, this.device);
  }

  /** The name of who observes on this device; the server's setting unless this device has its own. */
  get observer(): string {
    return stored(OBSERVER_KEY) ?? this.settings.observer;
  }

  /** The name that goes with an observation, also when nobody has said a name yet. */
  get author(): string {
    return this.observer.trim() || 'observator';
  }

  async start(): Promise<void> {
    try {
      this.settings = { ...DEFAULTS, ...(await keptAnswer('settings', () => api.settings())) };
      setLanguage(this.settings.language);
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

  async save(fields: Partial<Settings>): Promise<void> {
    this.settings = { ...this.settings, ...fields };
    if (fields.language) setLanguage(fields.language);
    if (fields.observer !== undefined) store(OBSERVER_KEY, fields.observer);
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
