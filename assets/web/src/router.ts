// Addresses of the page. The server answers the same document for each of them; see the list in app.ts.

export type Route =
  | { page: 'visits' }
  | { page: 'new' }
  | { page: 'prepare' | 'record' | 'review'; visit: string; at: string | null }
  | { page: 'settings' }
  | { page: 'help'; topic: string | null }
  | { page: 'unknown' };

const VISIT_PAGES = { voorbereiden: 'prepare', opnemen: 'record', terugkijken: 'review' } as const;

export function parseRoute(address: URL | Location): Route {
  const parts = address.pathname.split('/').filter((part) => part !== '');
  if (parts.length === 0) return { page: 'visits' };
  if (parts[0] === 'nieuw' && parts.length === 1) return { page: 'new' };
  if (parts[0] === 'instellingen' && parts.length === 1) return { page: 'settings' };
  if (parts[0] === 'hulp' && parts.length <= 2) return { page: 'help', topic: parts[1] ?? null };
  if (parts[0] === 'bezoeken' && parts.length === 3) {
    const page = VISIT_PAGES[parts[2] as keyof typeof VISIT_PAGES] as (typeof VISIT_PAGES)[keyof typeof VISIT_PAGES] | undefined;
    if (page) return { page, visit: decodeURIComponent(parts[1]!), at: new URLSearchParams(address.search).get('t') };
  }
  return { page: 'unknown' };
}

export const paths = {
  prepare: (visit: string) => `/bezoeken/${visit}/voorbereiden`,
  record: (visit: string) => `/bezoeken/${visit}/opnemen`,
  review: (visit: string) => `/bezoeken/${visit}/terugkijken`,
};

export function navigate(path: string, replace = false): void {
  if (replace) history.replaceState(null, '', path);
  else history.pushState(null, '', path);
  dispatchEvent(new Event('tb-navigate'));
}
