// All requests to the server. Every failure becomes an ApiError; `code` is what the page translates.
import type {
  About,
  Clip,
  Device,
  Disk,
  ExportJob,
  HiddenEntry,
  Instrument,
  InstrumentSummary,
  Invitation,
  InvitationLook,
  JournalEntry,
  KnownPerson,
  LogAnswer,
  MediaKind,
  MyReleases,
  Network,
  Numbers,
  Observation,
  Operation,
  OperationResult,
  Passkey,
  PasskeyChallenge,
  Peaks,
  Person,
  Preview,
  Purpose,
  Recovery,
  RecordingStatus,
  RegisterRow,
  Release,
  Role,
  SessionAnswer,
  Settings,
  SignIn,
  Source,
  Vault,
  Visit,
  VisitFields,
  VisitSummary,
} from './types';

export class ApiError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status: number,
    readonly field?: string,
    /** s; how long to wait before trying again */
    readonly wait?: number,
  ) {
    super(message);
  }

  /** The server did not answer at all: worth trying again later. */
  get offline(): boolean {
    return this.status === 0;
  }
}

const TIMEOUT_MS = 15000;
/** Opening a key takes its time on purpose. */
const KEY_TIMEOUT_MS = 60000;

/** What any answer may tell beside its own matter: `signed-out` and `locked` (the vault). */
export const signals = new EventTarget();

/** A Blob goes as it is, anything else as JSON. */
async function request<T>(method: string, path: string, body?: unknown, timeout = TIMEOUT_MS): Promise<T> {
  let reply: Response;
  const raw = body instanceof Blob ? body : null;
  // Whatever changes something must carry the JSON content type, also where there is nothing to say.
  try {
    reply = await fetch(path, {
      method,
      headers: method === 'GET' ? {} : { 'Content-Type': raw ? raw.type : 'application/json' },
      body: raw ?? (body === undefined ? undefined : JSON.stringify(body)),
      signal: AbortSignal.timeout(timeout),
      cache: 'no-store',
    });
  } catch (error) {
    throw new ApiError('offline', String(error), 0);
  }
  const text = await reply.text().catch((error: unknown) => {
    // An answer that was cut off is no answer, and not one that says nothing.
    if (reply.ok) throw new ApiError('offline', String(error), 0);
    return '';
  });
  let data: unknown = null;
  try {
    data = text === '' ? null : JSON.parse(text);
  } catch {
    throw new ApiError('bad-answer', text.slice(0, 200), reply.status);
  }
  if (!reply.ok) {
    const error = (data as { error?: { code?: string; message?: string; field?: string } } | null)?.error;
    const code = error?.code ?? 'failed';
    if (code === 'signed-out' || code === 'locked') signals.dispatchEvent(new Event(code));
    const wait = (data as { wait?: number } | null)?.wait ?? Number(reply.headers.get('Retry-After') ?? NaN);
    throw new ApiError(code, error?.message ?? reply.statusText, reply.status, error?.field, Number.isFinite(wait) ? wait : undefined);
  }
  return data as T;
}

export const ask = request;
export const get = <T>(path: string) => request<T>('GET', path);
export const post = <T>(path: string, body: unknown = {}) => request<T>('POST', path, body);
export const patch = <T>(path: string, body: unknown) => request<T>('PATCH', path, body);
const withKey = <T>(path: string, body: unknown) => request<T>('POST', path, body, KEY_TIMEOUT_MS);
export const remove = <T>(path: string) => request<T>('DELETE', path);

export const visitPath = (visit: string) => `/api/visits/${encodeURIComponent(visit)}`;
export const trackPath = (visit: string, track: string) => `${visitPath(visit)}/tracks/${encodeURIComponent(track)}`;

const personPath = (person: string) => `/api/people/${encodeURIComponent(person)}`;

export const api = {
  session: () => get<SessionAnswer>('/api/session'),
  setUp: (fields: { name: string; login: string; passphrase: string; vault_passphrase?: string }) =>
    withKey<{ person: Person; recovery: Recovery | null }>('/api/setup', fields),
  signIn: (login: string, passphrase: string) => withKey<SessionAnswer>('/api/session', { login, passphrase }),
  recover: (login: string, recovery: string, passphrase: string) => withKey<SessionAnswer>('/api/recover', { login, recovery, passphrase }),
  signOut: () => remove<unknown>('/api/session'),
  signIns: () => get<{ sessions: SignIn[] }>('/api/sessions').then((r) => r.sessions),
  signOutEverywhere: () => remove<unknown>('/api/sessions'),
  signOutOf: (id: string) => remove<unknown>(`/api/sessions/${encodeURIComponent(id)}`),
  changePassphrase: (old: string, fresh: string) => withKey<unknown>('/api/passphrase', { old, new: fresh }),
  suggestPassphrase: () => get<{ passphrase: string }>('/api/passphrase/suggestion').then((r) => r.passphrase),
  passkeyChallenge: (asked: { purpose: 'sign-in' } | { purpose: 'register'; passphrase: string }) => withKey<PasskeyChallenge>('/api/passkeys/challenge', asked),
  signInByPasskey: (answer: Record<'credential' | 'client_data' | 'authenticator_data' | 'signature', string> & { user: string | null }) =>
    post<SessionAnswer>('/api/passkeys/sign-in', answer),
  passkeys: () => get<{ passkeys: Passkey[] }>('/api/passkeys').then((r) => r.passkeys),
  addPasskey: (made: Record<'name' | 'client_data' | 'authenticator_data', string>) => post<Passkey>('/api/passkeys', made),
  removePasskey: (id: string) => remove<unknown>(`/api/passkeys/${encodeURIComponent(id)}`),
  /** With a visit the other device opens the remote of its talk. */
  pair: (visit?: string) => post<Invitation>('/api/sessions/pair', visit === undefined ? {} : { visit }),
  lookAtInvitation: (code: string) => post<InvitationLook>('/api/invitations/look', { code }),
  acceptInvitation: (code: string, passphrase?: string) =>
    withKey<SessionAnswer>('/api/invitations/accept', passphrase === undefined ? { code } : { code, passphrase }),

  people: () => get<{ people: KnownPerson[] }>('/api/people').then((r) => r.people),
  addPerson: (fields: { name: string; login: string; roles: Role[] }) =>
    post<{ person: KnownPerson; invitation: Invitation }>('/api/people', fields),
  changePerson: (id: string, fields: { name?: string; roles?: Role[]; disabled?: boolean }) => patch<unknown>(personPath(id), fields),
  invite: (id: string) => post<Invitation>(`${personPath(id)}/invitation`),

  vault: () => get<Vault>('/api/vault'),
  unlock: (passphrase: string) => withKey<Vault>('/api/vault/unlock', { passphrase }),
  lock: () => post<Vault>('/api/vault/lock'),
  renewRecovery: (passphrase: string) => withKey<{ recovery: Recovery }>('/api/vault/recovery', { passphrase }),
  network: () => get<Network>('/api/network'),
  ping: () => get<unknown>('/api/ping'),

  releases: (visit: string) => get<{ releases: Release[] }>(`${visitPath(visit)}/releases`).then((r) => r.releases),
  release: (visit: string, fields: { person: string; clip: string | null; purpose: Purpose; until: string; download: boolean; taps?: boolean }) =>
    post<Release>(`${visitPath(visit)}/releases`, fields),
  answerRelease: (visit: string, release: string, agree: boolean) =>
    post<Release>(`${visitPath(visit)}/releases/${encodeURIComponent(release)}/answer`, { agree }),
  giveTaps: (visit: string, release: string) => post<Release>(`${visitPath(visit)}/releases/${encodeURIComponent(release)}/taps`),
  withdraw: (visit: string, release: string) => remove<Release>(`${visitPath(visit)}/releases/${encodeURIComponent(release)}`),
  myReleases: () => get<MyReleases>('/api/releases'),
  visitLog: (visit: string) => get<LogAnswer>(`${visitPath(visit)}/log`),
  log: (before?: number) => get<LogAnswer>(before === undefined ? '/api/log' : `/api/log?before=${before}`),
  register: () => get<{ visits: RegisterRow[] }>('/api/register').then((r) => r.visits),
  numbers: () => get<Numbers>('/api/numbers'),

  about: () => get<About>('/api/about'),
  clock: () => get<{ now: string }>('/api/clock'),
  settings: () => get<Settings>('/api/settings'),
  saveSettings: (fields: Partial<Settings>) => patch<Settings>('/api/settings', fields),
  disk: () => get<Disk>('/api/disk'),
  instruments: () => get<{ instruments: InstrumentSummary[] }>('/api/instruments').then((r) => r.instruments),
  instrument: (id: string) => get<Instrument>(`/api/instruments/${encodeURIComponent(id)}`),
  /** in the version with which the visit began */
  visitInstrument: (visit: string, id: string) => get<Instrument>(`${visitPath(visit)}/instruments/${encodeURIComponent(id)}`),
  devices: () => get<{ devices: Device[] }>('/api/devices').then((r) => r.devices),

  openPreview: (uri: string, kind: MediaKind) => post<Preview>('/api/previews', { uri, kind }),
  preview: (id: string) => get<Preview>(`/api/previews/${id}`),
  closePreview: (id: string) => remove<unknown>(`/api/previews/${id}`),

  visits: (search: string, limit: number, before?: string) => {
    const query = new URLSearchParams({ limit: String(limit) });
    if (search) query.set('search', search);
    if (before) query.set('before', before);
    return get<{ visits: VisitSummary[]; more: boolean }>(`/api/visits?${query}`);
  },
  createVisit: (fields: VisitFields) => post<Visit>('/api/visits', fields),
  visit: (id: string) => get<Visit>(visitPath(id)),
  changeVisit: (id: string, fields: VisitFields) => patch<Visit>(visitPath(id), fields),
  startVisit: (id: string) => post<Visit>(`${visitPath(id)}/start`),
  endVisit: (id: string) => request<Visit>('POST', `${visitPath(id)}/end`, {}, 60000),

  recording: (id: string) => get<RecordingStatus>(`${visitPath(id)}/recording`),
  startRecording: (id: string, sources?: Source[]) =>
    request<RecordingStatus>('POST', `${visitPath(id)}/recording`, sources ? { sources } : {}, 60000),
  stopRecording: (id: string) => request<RecordingStatus>('DELETE', `${visitPath(id)}/recording`, undefined, 60000),
  changeTrack: (visit: string, track: string, fields: { name?: string; delay?: number }) =>
    patch<unknown>(trackPath(visit, track), fields),

  /** `bare`: the coach holds some back until later. */
  observations: (id: string) => get<{ observations: Observation[]; seq: number; bare?: boolean }>(`${visitPath(id)}/observations`),
  clips: (id: string) => get<{ clips: Clip[]; seq: number }>(`${visitPath(id)}/clips`),
  operations: (id: string, after: number) =>
    get<{ operations: (JournalEntry | HiddenEntry)[]; seq: number }>(`${visitPath(id)}/operations?after=${after}&limit=500`),
  sendOperations: (id: string, operations: Operation[]) =>
    post<{ results: OperationResult[]; seq: number }>(`${visitPath(id)}/operations`, { operations }),

  peaks: (visit: string, track: string, from: number, to: number, points: number) =>
    get<Peaks>(`${trackPath(visit, track)}/peaks?from=${from.toFixed(3)}&to=${to.toFixed(3)}&points=${points}`),

  startExport: (visit: string, job: { from: number; to: number; camera: string; mic: string | null; title: string }) =>
    post<ExportJob>(`${visitPath(visit)}/exports`, job),
  export: (id: string) => get<ExportJob>(`/api/exports/${id}`),
  cancelExport: (id: string) => remove<unknown>(`/api/exports/${id}`),
  exportFile: (id: string) => `/api/exports/${id}/file`,

  livePicture: (visit: string, track: string) => `${trackPath(visit, track)}/live.mjpeg`,
  liveVideo: (visit: string, track: string) => `${trackPath(visit, track)}/live.h264`,
  playlist: (visit: string, track: string, segment: number) =>
    `${trackPath(visit, track)}/segments/${segment}/playlist.m3u8`,
};
