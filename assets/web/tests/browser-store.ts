// The little of IndexedDB that the page asks for, in memory: what was kept stays from one model to the next.
const kept = new Map<string, unknown>();
const place = (store: string, key: string) => `${store}/${key}`;
const database = {
  get: async (store: string, key: string) => kept.get(place(store, key)),
  getAll: async () => [],
  put: async (store: string, value: unknown, key: string) => void kept.set(place(store, key), value),
  delete: async (store: string, key: string) => void kept.delete(place(store, key)),
};

for (const name of ['IDBRequest', 'IDBTransaction', 'IDBDatabase', 'IDBObjectStore', 'IDBIndex', 'IDBCursor']) Object.assign(globalThis, { [name]: class {} });
Object.assign(globalThis, { indexedDB: { open: () => Object.assign(Promise.resolve(database), { addEventListener: () => undefined }) } });

export const forgetKept = () => kept.clear();
