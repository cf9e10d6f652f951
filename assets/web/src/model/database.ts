// What the browser keeps on this device: operations that were not yet sent, and the last answers of the server so that
// the tap board comes up without a connection. Where IndexedDB is missing everything stays in memory.
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import { ApiError } from './api';
import type { QueuedOperation, QueueStorage } from './queue';

interface Schema extends DBSchema {
  operations: { key: string; value: QueuedOperation };
  answers: { key: string; value: unknown };
}

let opened: Promise<IDBPDatabase<Schema> | null> | null = null;

function database(): Promise<IDBPDatabase<Schema> | null> {
  opened ??= openDB<Schema>('terugblik', 1, {
    upgrade(db) {
      db.createObjectStore('operations', { keyPath: 'operation.id' });
      db.createObjectStore('answers');
    },
  }).catch(() => null);
  return opened;
}

export const queueStorage: QueueStorage = {
  async all() {
    // Ids are UUIDv7: the order of the keys is the order in which they were made.
    return (await (await database())?.getAll('operations')) ?? [];
  },
  async put(item) {
    await (await database())?.put('operations', item);
  },
  async remove(ids) {
    const db = await database();
    if (!db) return;
    const work = db.transaction('operations', 'readwrite');
    await Promise.all([...ids.map((id) => work.store.delete(id)), work.done]);
  },
};

/** Forgets the answers of the server: what the next person at this device must not find. Unsent operations stay. */
export async function forgetAnswers(): Promise<void> {
  await (await database())?.clear('answers').catch(() => undefined);
}

export function keepAnswer(key: string, answer: unknown): void {
  void database().then((db) => db?.put('answers', answer, key).catch(() => undefined));
}

export async function keptBefore<T>(key: string): Promise<T | undefined> {
  return (await (await database())?.get('answers', key).catch(() => undefined)) as T | undefined;
}

export async function forgetAnswer(key: string): Promise<void> {
  await (await database())?.delete('answers', key).catch(() => undefined);
}

/** Asks the server and keeps the answer; without a connection gives the kept one. */
export async function keptAnswer<T>(key: string, ask: () => Promise<T>): Promise<T> {
  try {
    const answer = await ask();
    keepAnswer(key, answer);
    return answer;
  } catch (error) {
    if (!(error instanceof ApiError) || !error.offline) throw error;
    const kept = (await (await database())?.get('answers', key)) as T | undefined;
    if (kept === undefined) throw error;
    return kept;
  }
}
