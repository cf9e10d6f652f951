// What the server speaks about the talk afterwards. Times are seconds on the visit's timeline unless they are RFC 3339 text.
import type { Language, Named, Words } from './types';

export type Side = 'coach' | 'teacher';
export type MomentKind = 'pride' | 'improve' | 'other';
/** When the other side sees it. */
export type Sight = 'now' | 'talk';

export interface Moment {
  id: string;
  visit: string;
  person: Named;
  side: Side;
  from: number;
  to: number;
  title: string;
  kind: MomentKind;
  /** a line in the own words of who chose it */
  line: string;
  clip: string | null;
  observation: string | null;
  sight: Sight;
  position: number;
  created_at: string;
  changed_at: string;
}

export type MomentFields = Partial<Pick<Moment, 'from' | 'to' | 'title' | 'kind' | 'line' | 'clip' | 'observation' | 'sight'>>;

export interface MomentsAnswer {
  side: Side;
  moments: Moment[];
  /** what the own list lacks of two of pride and one to improve */
  missing: { pride: number; improve: number };
  talk: Talk;
}

/** What is on the large screen. */
export interface TalkState {
  item?: string | null;
  /** s on the timeline, as of `state_at` */
  position?: number;
  playing?: boolean;
  rate?: number;
  loop?: boolean;
  layout?: 'one' | 'two' | 'visits';
  /** the item beside the first, with `two` */
  second?: string | null;
  /** what stands beside it, with `visits` */
  other?: { visit: string; at: number } | null;
  show?: 'moment' | 'question' | 'agreements' | 'list';
  scores?: boolean;
  minutes?: number | null;
  /** the notes stand beside the picture */
  notes?: boolean;
  /** who pressed last */
  by?: string;
  /** s; of the film that is played, once the large screen knows it */
  frame?: number;
  /** the position is what the large screen truly showed */
  settled?: boolean;
}

export interface Talk {
  visit: string;
  coach_ready_at: string | null;
  teacher_ready_at: string | null;
  revealed_at: string | null;
  together: boolean;
  started_at: string | null;
  ended_at: string | null;
  state: TalkState;
  state_seq: number;
  state_at: string | null;
}

export interface TalkItem {
  id: string;
  position: number;
  coach_moment: string | null;
  teacher_moment: string | null;
  from: number;
  to: number;
  question: string;
  /** both see them */
  notes: string;
  /** the coach's own */
  private_note: string;
  skipped: boolean;
  changed_at: string;
}

export interface MomentPair {
  coach: string | null;
  teacher: string | null;
}

export interface TalkAnswer {
  side: Side;
  talk: Talk;
  now: string;
  moments: Moment[];
  items: TalkItem[];
  pairs: MomentPair[];
  /** the teacher has an account */
  has_teacher: boolean;
}

export type Outcome = 'kept' | 'partly' | 'not';

export interface Agreement {
  id: string;
  visit: string;
  visit_title: string;
  trajectory: string | null;
  text: string;
  who: { id: string | null; name: string };
  due_at: string | null;
  /** "instrument/code" */
  codes: string[];
  outcome: Outcome | null;
  outcome_note: string;
  outcome_at: string | null;
  became_visit: { id: string; title: string } | null;
  by: Named;
  created_at: string;
  changed_at: string;
}

export interface AgreementFields {
  text?: string;
  who_person?: string | null;
  who?: string;
  due_at?: string | null;
  codes?: string[];
}

export interface Comment {
  id: string;
  visit: string;
  at: number;
  /** null: an instant */
  until: number | null;
  /** what it answers */
  parent: string | null;
  person: Named;
  side: Side;
  text: string;
  /** there is a spoken one */
  voice: boolean;
  sight: Sight;
  created_at: string;
  changed_at: string;
  removed_at: string | null;
}

export interface CommentFields {
  at?: number;
  until?: number | null;
  parent?: string;
  text?: string;
  /** what uploading gave; null takes it away */
  voice?: string | null;
  sight?: Sight;
}

export type Phase = 'opening' | 'pride' | 'looking-back' | 'becoming-aware' | 'alternatives' | 'trying' | 'closing';

export interface OwnQuestion {
  id: string;
  text: string;
  domain: string;
  phase: Phase;
  language: Language;
  person: Named;
  created_at: string;
}

/** As bundled (assets/questions/coachvragen.json), with the school's own. */
export interface QuestionLibrary {
  id: string;
  version: number;
  domains: { id: string; title: Words }[];
  phases: { id: Phase; title: Words; line: Words }[];
  prompts: { id: string; kind: 'pride' | 'improve'; title: Words; line: Words }[];
  questions: { id: string; domain: string; phase: Phase; nl: string; en: string; tags?: string[] }[];
  own: OwnQuestion[];
}

export interface Suggestion {
  id: string;
  text: string;
  domain: string;
  phase: Phase;
  own: boolean;
}

export interface Trajectory {
  id: string;
  coach: Named;
  teacher_person: Named | null;
  teacher: string;
  /** leervraag */
  question: string;
  origin: 'request' | 'invitation';
  film_first: boolean;
  created_at: string;
  changed_at: string;
  closed_at: string | null;
  closed_by: Named | null;
  closing_note: string;
  kept: Kept | null;
  visits: number;
  agreements: number;
  agreements_kept: number;
  handover_asked: boolean;
}

export interface Kept {
  reports?: string[];
  clips?: string[];
  destroy_at?: string | null;
}

export interface TrajectoryVisit {
  id: string;
  title: string;
  focus: string;
  planned_at: string | null;
  started_at: string | null;
  ended_at: string | null;
  revealed_at: string | null;
  talk_started_at: string | null;
  talk_ended_at: string | null;
  report_final_at: string | null;
  report_number: number;
  agreements: Agreement[];
}

export interface Handover {
  id: string;
  trajectory: string;
  teacher: Named;
  from: Named;
  to: Named;
  by: Named;
  allowed: HandoverAllowed | null;
  state: 'asked' | 'refused' | 'withdrawn' | 'done';
  asked_at: string;
  answered_at: string | null;
  done_at: string | null;
}

export interface HandoverAllowed {
  visits?: string[];
  reports?: string[];
  agreements?: boolean;
}

export interface HandoverCandidate {
  trajectory: string;
  coach: Named;
  teacher_name: string;
  has_account: boolean;
  asked: boolean;
}

export interface TrajectoryAnswer {
  trajectory: Trajectory;
  side: Side;
  visits: TrajectoryVisit[];
  agreements: Agreement[];
  handovers: Handover[];
}

export interface Plot {
  instrument: string;
  instrument_title: Words;
  code: string;
  title: Words;
  domain: string;
  color: string | null;
  kind: 'point' | 'state' | 'interval';
  /** `answered`: of intervals, of how many there is an answer; null of all else. */
  points: { visit: string; title: string; at: string; minutes: number; count: number; seconds: number; answered: number | null }[];
}

export interface ClosingVisit {
  id: string;
  title: string;
  started_at: string | null;
  bytes: number;
  report: { number: number; final: boolean } | null;
  clips: { id: string; title: string; from: number; to: number }[];
  releases: number;
}

export interface ReportMoment {
  id?: string;
  title?: string;
  from?: number | null;
  to?: number | null;
  kind?: MomentKind | null;
  question?: string;
  coach?: string;
  teacher?: string;
  still?: null | 'soft' | 'clear';
  alt?: string;
}

/** schemas/report.schema.json */
export interface ReportContent {
  format: 1;
  language: Language;
  school?: string;
  title?: string;
  /** YYYY-MM-DD */
  date?: string;
  coach?: string;
  teacher?: string;
  group?: string;
  subject?: string;
  context?: string;
  focus?: string;
  question?: string;
  moments?: ReportMoment[];
  agreements?: { text: string; who?: string; due?: string }[];
  next?: { text?: string; date?: string } | null;
}

export interface Report {
  visit: string;
  number: number;
  language: Language;
  content: ReportContent | null;
  person: Named;
  at: string;
  coach_signed: { at: string; name: string } | null;
  teacher_signed: { at: string; name: string } | null;
  voided_at: string | null;
  final_at: string | null;
}

export interface ClearAnswer {
  clear: { moment: string; coach: boolean; teacher: boolean }[];
}

export interface ReportAnswer extends ClearAnswer {
  side: Side;
  report: Report | null;
  draft: ReportContent;
  versions: Report[];
}
