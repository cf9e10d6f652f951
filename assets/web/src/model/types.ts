// The shapes the server speaks. Times are seconds on the visit's timeline unless they are RFC 3339 text.

export type Language = 'nl' | 'en';
export type Words = Record<Language, string>;
export type Kind = 'point' | 'state' | 'interval' | 'rating';
export type Valence = 'sterk' | 'aandacht' | 'neutraal';
export type VisitState = 'planned' | 'running' | 'ended';

export type Role = 'coach' | 'teacher' | 'trainee' | 'privacy' | 'head' | 'admin';
export const ROLES: Role[] = ['coach', 'teacher', 'trainee', 'privacy', 'head', 'admin'];
export type VaultState = 'none' | 'locked' | 'open';

/** Somebody, as others see them. */
export interface Named {
  id: string;
  name: string;
}

export interface Person extends Named {
  login: string;
  roles: Role[];
}

export interface SessionAnswer {
  setup_needed: boolean;
  person: Person | null;
  vault: { state: VaultState };
  /** TLS, or this computer itself */
  secure: boolean;
  language: Language | null;
}

/** A QR code as an SVG path, one unit a module, without its quiet zone. */
export interface Qr {
  size: number;
  path: string;
}

export interface Recovery {
  words: string[];
  key: string;
  qr: Qr;
}

export interface Invitation {
  link: string;
  code: string;
  until: string;
  qr: Qr;
}

export interface InvitationLook {
  kind: 'person' | 'device';
  name: string;
  until: string;
}

export interface KnownPerson extends Named {
  /** only an administrator is told */
  login?: string;
  roles: Role[];
  state: 'invited' | 'active' | 'disabled';
  invited_until: string | null;
}

export interface Passkey {
  id: string;
  name: string;
  /** the host name it works at */
  rp: string;
  created_at: string;
  used_at: string | null;
}

/** Bytes are base64url. */
export interface PasskeyChallenge {
  challenge: string;
  rp: string;
  /** s; how long it is good */
  seconds: number;
  algorithms: number[];
  known?: string[];
  user?: { id: string; name: string; display_name: string };
}

export interface SignIn {
  id: string;
  device: string;
  created_at: string;
  seen_at: string;
  current: boolean;
}

export interface Vault {
  state: VaultState;
  idle_minutes: number;
  /** Parts of recordings that are mended when the vault opens. */
  waiting: number;
  slots: { person: string; name: string }[];
}

export type Purpose = 'coaching' | 'team' | 'training';
export const PURPOSES: Purpose[] = ['coaching', 'team', 'training'];

export interface Release {
  id: string;
  visit: string;
  visit_title: string;
  clip: { id: string; title: string; from: number; to: number } | null;
  person: Named;
  by: Named;
  purpose: Purpose;
  created_at: string;
  until: string;
  download: boolean;
  /** false: the film without the coach's observations */
  taps: boolean;
  state: 'asked' | 'refused' | 'live' | 'ended' | 'withdrawn';
  answered_at: string | null;
  withdrawn_at: string | null;
  withdrawn_by: Named | null;
  to_teacher: boolean;
}

export interface MyLesson {
  visit: string;
  title: string;
  started_at: string | null;
  coach: Named | null;
  /** how many releases of it are live */
  releases: number;
}

export interface MyReleases {
  to_me: Release[];
  to_answer: Release[];
  my_lessons: MyLesson[];
}

export interface LogRow {
  seq: number;
  at: string;
  person: Named;
  visit: string;
  visit_title: string;
  clip: string | null;
  what: string;
  detail: string;
  hash: string;
}

export interface LogAnswer {
  rows: LogRow[];
  /** every row is still there, unchanged */
  sound: boolean;
  more?: boolean;
}

export interface RegisterRow {
  id: string;
  title: string;
  coach: Named | null;
  teacher: string;
  started_at: string | null;
  bytes: number;
  releases: number;
  first_until: string | null;
}

export interface Numbers {
  months: { month: string; visits: number; coaches: number; teachers_with_release: number; releases: number }[];
  bytes: number;
  people: Partial<Record<Role, number>>;
}

export interface Network {
  addresses: string[];
  /** where another device gets the certificate; null when it needs none */
  trust: string | null;
  fingerprint: string | null;
  own_certificate: boolean;
  expires_at: string | null;
  qr: Qr | null;
}

export interface About {
  name: string;
  version: string;
  languages: Language[];
  test_sources: boolean;
}

export interface Settings {
  language: Language;
  observer: string;
  school: string;
  keys_enabled: boolean;
  vibrate: boolean;
  disk_warn_minutes: number;
  disk_stop_mb: number;
  vault_idle_minutes: number;
}

export interface Disk {
  free_bytes: number;
  total_bytes: number;
  seconds_left: number;
  state: 'ok' | 'low' | 'full';
}

export interface InstrumentSummary {
  id: string;
  version: number;
  title: Words;
  description: Words;
  default: boolean;
  codes: number;
  /** has a version of the school's own */
  own?: boolean;
  /** version of the draft, if there is one */
  draft?: number | null;
  retired?: boolean;
  /** how many visits use it, in any version */
  used?: number;
  kinds?: Kind[];
}

export interface Domain {
  id: string;
  title: Words;
  color: string;
}

export interface Code {
  id: string;
  domain: string;
  kind: Kind;
  title: Words;
  short: Words;
  key?: string;
  color?: string;
  lead: number;
  lag: number;
  help?: { counts?: Words; not?: Words };
  /** format 2: states of one group exclude each other */
  group?: string;
  /** ids of the modifiers that can be said of it */
  modifiers?: string[];
  /** of a rating */
  scale?: string;
  /** of an interval */
  sampling?: string;
  size?: 'normal' | 'wide' | 'big';
}

export interface Group {
  id: string;
  title: Words;
}

export interface Modifier {
  id: string;
  title: Words;
  type: 'one' | 'many' | 'number';
  choices?: { id: string; title: Words }[];
  min?: number;
  max?: number;
}

export interface Scale {
  id: string;
  title: Words;
  steps: { value: number; title: Words; anchor?: Words }[];
  not_applicable: boolean;
}

export interface Sampling {
  id: string;
  title: Words;
  /** s */
  every: number;
  rule: 'partial' | 'whole' | 'momentary';
  many: boolean;
  /** the code that says “nothing of these” */
  none?: string;
}

export interface Subject {
  id: string;
  title: Words;
}

export interface Instrument {
  format: number;
  id: string;
  version: number;
  title: Words;
  description: Words;
  default?: boolean;
  domains: Domain[];
  codes: Code[];
  subjects?: Subject[];
  /** from here on: format 2 */
  groups?: Group[];
  modifiers?: Modifier[];
  scales?: Scale[];
  samplings?: Sampling[];
  /** tabs of the tap board; without, one per domain */
  layout?: { tabs: { id: string; title: Words; codes: string[] }[] };
  /** what became of codes of version `from`: their id now, null when they went out */
  became?: { from: number; codes: Record<string, string | null> };
}

export type ModifierValues = Record<string, string | string[] | number>;

export type MediaKind = 'video' | 'audio';

export interface Device {
  uri: string;
  kind: MediaKind;
  name: string;
  builtin: boolean;
}

export interface Source {
  uri: string;
  kind: MediaKind;
  name: string;
  delay: number;
}

export interface Level {
  peak_db: number;
  rms_db: number;
}

export interface Preview {
  id: string;
  uri: string;
  kind: MediaKind;
  state?: 'connecting' | 'running' | 'failed';
  message?: string;
  level?: Level | null;
}

export interface VisitSummary {
  id: string;
  title: string;
  teacher: string;
  group: string;
  subject: string;
  focus: string;
  note: string;
  planned_at: string | null;
  created_at: string;
  started_at: string | null;
  ended_at: string | null;
  state: VisitState;
  recording: boolean;
  duration: number;
  observations: number;
  tracks: number;
  instruments: string[];
  coach: Named | null;
  teacher_person: Named | null;
  /** null: one's own */
  shared?: { purpose: Purpose; until: string; download: boolean; clips: { id: string; title: string; from: number; to: number }[] | null } | null;
  /** told to its coach and its teacher only */
  trajectory?: { id: string; question: string; film_first: boolean } | null;
  /** how many people it is shared with now */
  releases?: number;
  /** one observes beside its coach */
  beside?: boolean;
}

export interface Segment {
  number: number;
  start: number;
  duration: number;
  ended: boolean;
  files: { name: string; kind: 'mp4' | 'flac'; size: number }[];
  note?: string | null;
}

export interface Track {
  id: string;
  kind: MediaKind;
  name: string;
  uri: string;
  delay: number;
  delay_estimate: number | null;
  segments: Segment[];
}

export interface Visit extends Omit<VisitSummary, 'tracks'> {
  now: number | null;
  sources: Source[];
  tracks: Track[];
  seq: number;
}

export type VisitFields = Partial<
  Pick<VisitSummary, 'title' | 'teacher' | 'group' | 'subject' | 'focus' | 'note' | 'planned_at' | 'instruments'> & {
    sources: Source[];
    teacher_person: string | null;
  }
>;

export interface TrackStatus {
  id: string;
  kind: MediaKind;
  name: string;
  uri: string;
  actual: 'connecting' | 'recording' | 'retrying' | 'ended' | 'failed';
  message: string | null;
  retry_in: number | null;
  segment: number;
  seconds: number;
  bytes: number;
  frames: number;
  dropped: number;
  encoder: string | null;
  passthrough: boolean;
  level: Level | null;
  delay_estimate: number | null;
}

export interface RecordingStatus {
  wanted: 'recording' | 'stopped';
  actual: 'stopped' | 'starting' | 'recording' | 'stopping' | 'failed';
  reason: string | null;
  message: string | null;
  since: string | null;
  tracks: TrackStatus[];
  disk: Disk;
}

export interface Observation {
  id: string;
  instrument: string | null;
  code: string | null;
  kind: Kind;
  at: number;
  until: number | null;
  lead: number;
  lag: number;
  subject: string | null;
  note: string;
  valence: Valence;
  observer: string;
  tapped_at: string | null;
  tapped_time: number | null;
  uncertainty: number | null;
  closed_by: 'end' | null;
  modifiers: ModifierValues | null;
  /** of a rating; null there is “does not apply” */
  rating: number | null;
  /** of a rating: ids of observations and clips */
  evidence: string[] | null;
  removed: boolean;
  open: boolean;
  clip: { from: number; to: number };
}

export interface Clip {
  id: string;
  from: number;
  to: number;
  title: string;
  note: string;
  observation: string | null;
  camera: string | null;
  removed: boolean;
}

export type Target = 'observation' | 'clip';
export type Action = 'add' | 'change' | 'remove' | 'undo';
export type Fields = Record<string, unknown>;

export interface Operation {
  id: string;
  target: Target;
  target_id: string;
  action: Action;
  of?: string;
  fields?: Fields;
  author: string;
  device: string;
  made_at: string;
}

export interface JournalEntry extends Operation {
  seq: number;
  at: string;
  object: Observation | Clip;
}

/** Something that another observer did and that is not shown here; it only counts. */
export interface HiddenEntry {
  seq: number;
  hidden: true;
}

export interface OperationResult {
  id: string;
  seq: number;
  status: 'applied' | 'duplicate' | 'refused';
  error?: ServerError;
}

export interface ServerError {
  code: string;
  message: string;
  field?: string;
}

export interface Peaks {
  from: number;
  to: number;
  min: (number | null)[];
  max: (number | null)[];
}

export interface ExportJob {
  id: string;
  state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';
  progress: number;
  message: string | null;
  name: string | null;
  bytes: number | null;
}
