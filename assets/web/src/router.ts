// Addresses of the page. The server answers the same document for each of them; see the list in app.ts.

export type Route =
  | { page: 'home' }
  | { page: 'visits' | 'new' | 'settings' | 'shared' | 'people' | 'register' | 'log' | 'numbers' | 'account' | 'connect' | 'trajectories' | 'handover' | 'questions' | 'instruments' | 'import' }
  | { page: 'trajectory' | 'closing'; trajectory: string }
  | { page: 'instrument'; instrument: string }
  | { page: 'prepare' | 'record' | 'review' | 'share' | 'look' | 'looked' | 'moments' | 'talk' | 'steer' | 'report' | 'figures' | 'observers'; visit: string; at: string | null }
  | { page: 'help'; topic: string | null }
  | { page: 'invitation'; code: string }
  | { page: 'unknown' };

export type PageName = Route['page'];

const VISIT_PAGES = {
  voorbereiden: 'prepare', opnemen: 'record', terugkijken: 'review', delen: 'share', bekijken: 'look', inzage: 'looked',
  momenten: 'moments', nabespreking: 'talk', sturen: 'steer', verslag: 'report',
  cijfers: 'figures', waarnemers: 'observers',
} as const;

const PAGES = {
  bezoeken: 'visits', nieuw: 'new', instellingen: 'settings', gedeeld: 'shared', mensen: 'people', register: 'register',
  inzagelog: 'log', cijfers: 'numbers', account: 'account', koppelen: 'connect', trajecten: 'trajectories',
  overdracht: 'handover', vragen: 'questions', kijkwijzers: 'instruments', importeren: 'import',
} as const;

function own<T extends object>(map: T, name: string): T[keyof T] | undefined {
  return Object.hasOwn(map, name) ? map[name as keyof T] : undefined;
}

export function parseRoute(address: URL | Location): Route {
  // The code of an invitation stands behind the hash, so that it is sent to no server and kept in no log.
  const invitation = /^#\/?(?:welkom|koppel)\/([\w-]+)$/.exec(address.hash);
  if (invitation) return { page: 'invitation', code: invitation[1]! };
  const parts = address.pathname.split('/').filter((part) => part !== '');
  if (parts.length === 0) return { page: 'home' };
  if (parts[0] === 'hulp' && parts.length <= 2) return { page: 'help', topic: parts[1] ?? null };
  if (parts.length === 1) {
    const page = own(PAGES, parts[0]!);
    if (page) return { page };
  }
  if (parts[0] === 'trajecten' && (parts.length === 2 || (parts.length === 3 && parts[2] === 'afronden')))
    return { page: parts.length === 2 ? 'trajectory' : 'closing', trajectory: decodeURIComponent(parts[1]!) };
  if (parts[0] === 'kijkwijzers' && parts.length === 2) return { page: 'instrument', instrument: decodeURIComponent(parts[1]!) };
  if (parts[0] === 'bezoeken' && parts.length === 3) {
    const page = own(VISIT_PAGES, parts[2]!);
    if (page) return { page, visit: decodeURIComponent(parts[1]!), at: new URLSearchParams(address.search).get('t') };
  }
  return { page: 'unknown' };
}

export const paths = {
  visits: '/bezoeken',
  shared: '/gedeeld',
  people: '/mensen',
  register: '/register',
  log: '/inzagelog',
  numbers: '/cijfers',
  account: '/account',
  connect: '/koppelen',
  settings: '/instellingen',
  help: '/hulp',
  prepare: (visit: string) => `/bezoeken/${visit}/voorbereiden`,
  record: (visit: string) => `/bezoeken/${visit}/opnemen`,
  review: (visit: string) => `/bezoeken/${visit}/terugkijken`,
  share: (visit: string) => `/bezoeken/${visit}/delen`,
  look: (visit: string) => `/bezoeken/${visit}/bekijken`,
  looked: (visit: string) => `/bezoeken/${visit}/inzage`,
  moments: (visit: string) => `/bezoeken/${visit}/momenten`,
  talk: (visit: string) => `/bezoeken/${visit}/nabespreking`,
  steer: (visit: string) => `/bezoeken/${visit}/sturen`,
  report: (visit: string) => `/bezoeken/${visit}/verslag`,
  trajectories: '/trajecten',
  trajectory: (trajectory: string) => `/trajecten/${trajectory}`,
  closing: (trajectory: string) => `/trajecten/${trajectory}/afronden`,
  handover: '/overdracht',
  questions: '/vragen',
  figures: (visit: string) => `/bezoeken/${visit}/cijfers`,
  observers: (visit: string) => `/bezoeken/${visit}/waarnemers`,
  instruments: '/kijkwijzers',
  instrument: (instrument: string) => `/kijkwijzers/${instrument}`,
  import: '/importeren',
};

export function navigate(path: string, replace = false): void {
  if (replace) history.replaceState(null, '', path);
  else history.pushState(null, '', path);
  dispatchEvent(new Event('tb-navigate'));
}
