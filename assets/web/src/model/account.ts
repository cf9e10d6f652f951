// Who is at this device: asks the server, signs in and out, and tells the pages. Also what is known of the vault.
import { ApiError, api, signals } from './api';
import { forgetAnswers } from './database';
import { heard, holdStreams } from './events';
import type { Language, Person, Role, SessionAnswer, VaultState } from './types';
import { setLanguage } from '../i18n';

/** `asking`: not known yet. */
export type Door = 'asking' | 'set-up' | 'signed-out' | 'in';

const PERSON_KEY = 'terugblik.person';
const LANGUAGE_KEY = 'terugblik.language';
const CHANNEL = 'terugblik.account';
const ASK_AGAIN_MS = 3000;

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // private browsing: it lasts as long as the page
  }
}

function keptPerson(): Person | null {
  try {
    return JSON.parse(read(PERSON_KEY) ?? 'null') as Person | null;
  } catch {
    return null;
  }
}

/** Events: `change` of anything here; `return` when the same person has signed in again on a page that waited for them. */
class Account extends EventTarget {
  door: Door = 'asking';
  /** Who the pages belong to. Stays when the sign-in has ended, so that what is half done waits for their return. */
  person: Person | null = null;
  vault: VaultState = 'none';
  secure = true;
  /** The server could not be asked; the person is who was here last. */
  offline = false;
  /** Something is on the screen that cannot be shown again; nobody is let in or out meanwhile. */
  held = false;
  /** What must be done before the page goes. */
  readonly leaving: (() => Promise<unknown>)[] = [];
  /** The server has said that the sign-in of this browser is that of `person`, and nothing since gives doubt. */
  private verified = false;
  private asking: Promise<void> | null = null;
  private again: ReturnType<typeof setTimeout> | null = null;
  private readonly channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel(CHANNEL) : null;

  start(): void {
    signals.addEventListener('signed-out', () => this.signedOut());
    signals.addEventListener('locked', () => this.setVault('locked'));
    heard.addEventListener('vault', (event) => this.setVault((event as CustomEvent<{ state: VaultState }>).detail.state));
    heard.addEventListener('session', () => this.signedOut());
    heard.addEventListener('broken', () => this.doubt());
    document.addEventListener('visibilitychange', () => {
      this.verified = false;
      if (!document.hidden) void this.ask();
    });
    addEventListener('online', () => void this.ask());
    // A browser has one sign-in for all its tabs.
    if (this.channel) this.channel.onmessage = () => void this.ask();
    void this.ask();
  }

  private changed(): void {
    holdStreams(this.door !== 'in');
    this.dispatchEvent(new Event('change'));
  }

  has(...roles: Role[]): boolean {
    return roles.some((role) => this.person?.roles.includes(role));
  }

  get name(): string {
    return this.person?.name ?? '';
  }

  setVault(state: VaultState): void {
    if (this.vault === state) return;
    this.vault = state;
    this.changed();
  }

  private doubt(): void {
    this.verified = false;
    if (this.door === 'in' && !this.again) this.askLater();
  }

  private askLater(): void {
    this.again ??= setTimeout(() => {
      this.again = null;
      void this.ask();
    }, ASK_AGAIN_MS);
  }

  /** Asks the server who is here. Several callers share one question. */
  ask(): Promise<void> {
    if (this.held) return Promise.resolve();
    this.asking ??= this.askNow().finally(() => (this.asking = null));
    return this.asking;
  }

  private async askNow(): Promise<void> {
    try {
      await this.take(await api.session());
    } catch (error) {
      this.offline = true;
      this.verified = false;
      if (this.door === 'asking' && error instanceof ApiError && error.offline) this.takeKept();
      this.askLater();
      this.changed();
    }
  }

  /** Without a connection the one who was here last can go on tapping. */
  private takeKept(): void {
    this.person = keptPerson();
    if (this.person) this.door = 'in';
    setLanguage((read(LANGUAGE_KEY) as Language | null) ?? 'nl');
  }

  private async take(answer: SessionAnswer): Promise<void> {
    this.offline = false;
    this.vault = answer.vault.state;
    this.secure = answer.secure;
    setLanguage((read(LANGUAGE_KEY) as Language | null) ?? answer.language ?? 'nl');
    if (answer.setup_needed) {
      this.door = 'set-up';
      this.changed();
    } else if (!answer.person) this.signedOut();
    else await this.enter(answer.person);
  }

  private async enter(person: Person): Promise<void> {
    const before = this.person;
    if (before && before.id !== person.id) return this.leave(person);
    if (!before) {
      // What somebody else left behind on this device is not for this person.
      if (keptPerson()?.id !== person.id) await forgetAnswers();
    }
    const back = before !== null && this.door !== 'in';
    this.person = person;
    this.door = 'in';
    this.verified = true;
    write(PERSON_KEY, JSON.stringify(person));
    this.changed();
    if (back) this.dispatchEvent(new Event('return'));
  }

  /** Another person: the page begins anew, so that nothing of the one before is left in its memory. */
  private async leave(next: Person | null): Promise<void> {
    this.verified = false;
    write(PERSON_KEY, next ? JSON.stringify(next) : null);
    await Promise.all(this.leaving.map((before) => before().catch(() => undefined)));
    await forgetAnswers();
    location.replace('/');
  }

  private signedOut(): void {
    this.verified = false;
    if (this.door === 'signed-out' || this.held) return;
    this.door = 'signed-out';
    this.changed();
  }

  /** Throws unless the sign-in of this browser is that of the person of this page. */
  async verify(): Promise<void> {
    if (!this.verified) await this.ask();
    if (this.verified && this.door === 'in') return;
    if (this.offline) throw new ApiError('offline', 'The server does not answer', 0);
    throw new ApiError('signed-out', 'Nobody is signed in', 401);
  }

  /** After signing in, accepting an invitation, or recovering. */
  async signedIn(answer: SessionAnswer): Promise<void> {
    await this.take(answer);
    this.channel?.postMessage('changed');
  }

  async signOut(everywhere = false): Promise<void> {
    holdStreams(true);
    this.held = true; // what still comes in is not news any more
    try {
      await (everywhere ? api.signOutEverywhere() : api.signOut());
    } catch (error) {
      this.held = false;
      this.changed();
      throw error;
    }
    this.channel?.postMessage('changed');
    await this.leave(null);
  }

  chooseLanguage(language: Language): void {
    write(LANGUAGE_KEY, language);
    setLanguage(language);
    this.changed();
  }
}

export const account = new Account();
