// For what expects a window: imported first. Without a channel to other tabs, which would keep the test from ending.
Reflect.deleteProperty(globalThis, 'BroadcastChannel');
Object.assign(globalThis, { addEventListener: () => undefined, removeEventListener: () => undefined });
