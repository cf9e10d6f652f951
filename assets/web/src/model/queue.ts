// Operations on their way to the server. Each is kept on the device before it is sent and until the server has said
// that it is durable; sending one twice changes nothing there, so when in doubt it is sent again.
import { ApiError } from './api';
import type { Operation, OperationResult, ServerError } from './types';

export interface QueuedOperation {
  visit: string;
  operation: Operation;
  /** who made it; none: made before there were accounts */
  person?: string;
  /** device time (ms) of a tap made while the difference with the server's clock was still unknown */
  unmappedTap?: number;
}

/** Whose operations are sent now. Those of others wait on the device until they sign in again. */
export interface QueueOwner {
  id: string;
  name: string;
}

export interface QueueStorage {
  all(): Promise<QueuedOperation[]>;
  put(item: QueuedOperation): Promise<void>;
  remove(ids: string[]): Promise<void>;
}

export interface QueueTimer {
  set(run: () => void, ms: number): unknown;
  clear(handle: unknown): void;
}

type Send = (visit: string, operations: Operation[]) => Promise<{ results: OperationResult[]; seq: number }>;

export type QueueNews =
  | { kind: 'count'; count: number; offline: boolean }
  | { kind: 'sent'; visit: string; results: OperationResult[] }
  | { kind: 'refused'; visit: string; operation: Operation; error: ServerError };

const BATCH = 200;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 15000;

/** Refusals that pass: signed out, too slow, the vault is locked, too often. */
const LATER = new Set([401, 408, 423, 429]);

const browserTimer: QueueTimer = {
  set: (run, ms) => setTimeout(run, ms),
  clear: (handle) => clearTimeout(handle as number),
};

export class OperationQueue {
  private items: QueuedOperation[] = [];
  private sending = false;
  private again = false;
  private pause = FIRST_PAUSE_MS;
  private timer: unknown = null;
  private readonly listeners = new Set<(news: QueueNews) => void>();
  private loaded: Promise<void> | null = null;
  private owner: QueueOwner | null = null;
  private stored: Promise<unknown> = Promise.resolve();
  offline = false;

  constructor(
    private readonly send: Send,
    private readonly storage: QueueStorage,
    private readonly mapTap: (deviceMs: number) => string | null = () => null,
    private readonly timers: QueueTimer = browserTimer,
  ) {}

  /** Reads what an earlier page left behind. Call once; later calls wait for the first. */
  load(): Promise<void> {
    this.loaded ??= this.storage
      .all()
      .catch(() => [])
      .then((kept) => {
        const known = new Set(this.items.map((one) => one.operation.id));
        this.items = [...kept.filter((one) => !known.has(one.operation.id)), ...this.items];
        this.tellCount();
        void this.flush();
      });
    return this.loaded;
  }

  /** Nothing is ever sent under the name of somebody else than who made it. */
  private get mine(): QueuedOperation[] {
    const owner = this.owner;
    return this.items.filter((one) =>
      one.person === undefined ? owner === null || one.operation.author === owner.name : one.person === owner?.id);
  }

  setOwner(owner: QueueOwner | null): void {
    this.owner = owner;
    this.pause = FIRST_PAUSE_MS;
    this.tellCount();
    if (owner) void this.flush();
  }

  get count(): number {
    return this.mine.length;
  }

  of(visit: string): Operation[] {
    return this.mine.filter((one) => one.visit === visit).map((one) => one.operation);
  }

  /** Everything that was added lies on the device. */
  async settled(): Promise<void> {
    await this.stored;
  }

  listen(listener: (news: QueueNews) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private tell(news: QueueNews): void {
    for (const listener of this.listeners) listener(news);
  }

  private tellCount(): void {
    this.tell({ kind: 'count', count: this.count, offline: this.offline });
  }

  add(made: QueuedOperation): void {
    const item = this.owner ? { ...made, person: this.owner.id } : made;
    this.items.push(item);
    const put = this.storage.put(item).catch(() => undefined);
    this.stored = Promise.all([this.stored, put]);
    this.tellCount();
    void this.flush();
  }

  /** Sends what waits, in order. Safe to call at any time, as often as wanted. */
  async flush(): Promise<void> {
    if (this.sending) {
      this.again = true;
      return;
    }
    this.sending = true;
    if (this.timer !== null) this.timers.clear(this.timer);
    this.timer = null;
    try {
      do {
        this.again = false;
        while (this.mine.length > 0 && (await this.sendSome()));
      } while (this.again && !this.offline);
    } finally {
      this.sending = false;
    }
    if (this.mine.length > 0) {
      this.timer = this.timers.set(() => void this.flush(), this.pause);
      this.pause = Math.min(this.pause * 2, LONGEST_PAUSE_MS);
    }
  }

  /** One batch of one visit; false when the server cannot be reached now. */
  private async sendSome(limit = BATCH): Promise<boolean> {
    const mine = this.mine;
    const visit = mine[0]!.visit;
    const batch = mine.filter((one) => one.visit === visit).slice(0, limit);
    try {
      const reply = await this.send(visit, batch.map((one) => this.mapped(one)));
      this.setOffline(false);
      this.pause = FIRST_PAUSE_MS;
      await this.finish(visit, batch, reply.results);
      return true;
    } catch (error) {
      const status = error instanceof ApiError ? error.status : 0;
      if (status < 400 || status >= 500 || LATER.has(status)) {
        this.setOffline(status === 0);
        return false;
      }
      // The server understood and will not have it. One by one, so that one bad operation does not hold up the rest.
      if (batch.length > 1) return this.sendSome(1);
      const refusal = error as ApiError;
      await this.finish(visit, batch, [
        { id: batch[0]!.operation.id, seq: 0, status: 'refused', error: { code: refusal.code, message: refusal.message } },
      ]);
      return true;
    }
  }

  private mapped(item: QueuedOperation): Operation {
    if (item.unmappedTap === undefined) return item.operation;
    const tapped = this.mapTap(item.unmappedTap);
    if (tapped === null) return item.operation;
    return { ...item.operation, fields: { ...item.operation.fields, tapped_at: tapped } };
  }

  private async finish(visit: string, batch: QueuedOperation[], results: OperationResult[]): Promise<void> {
    const byId = new Map(results.map((one) => [one.id, one]));
    const done = batch.filter((one) => byId.has(one.operation.id));
    if (done.length === 0) throw new ApiError('bad-answer', 'The server did not say what it did.', 502);
    const ids = new Set(done.map((one) => one.operation.id));
    this.items = this.items.filter((one) => !ids.has(one.operation.id));
    await this.storage.remove([...ids]).catch(() => undefined);
    const sent: OperationResult[] = [];
    for (const one of done) {
      const result = byId.get(one.operation.id)!;
      if (result.status !== 'refused') {
        sent.push(result);
        continue;
      }
      const error = result.error ?? { code: 'refused', message: '' };
      this.tell({ kind: 'refused', visit, operation: one.operation, error });
    }
    if (sent.length > 0) this.tell({ kind: 'sent', visit, results: sent });
    this.tellCount();
  }

  private setOffline(offline: boolean): void {
    if (this.offline === offline) return;
    this.offline = offline;
    this.tellCount();
  }
}
