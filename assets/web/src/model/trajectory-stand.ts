// Where a trajectory stands: the state of each visit in its line, and the one thing that comes next for who looks at it.
import { language } from '../i18n';
import { paths } from '../router';
import { api } from './api';
import { coaching } from './coaching';
import type { Agreement, Side, Talk, Trajectory, TrajectoryAnswer, TrajectoryVisit } from './coaching-types';

export type Stage = 'planned' | 'running' | 'filmed' | 'shared' | 'revealed' | 'talked' | 'reported';

export type StepKind =
  | 'firstRequest' | 'first' | 'plan' | 'prepare' | 'record' | 'share' | 'choose' | 'chosen' | 'reveal' | 'talk' | 'reportMake' | 'reportSign' | 'reportWait'
  | 'waitFirst' | 'waitVisit' | 'coming' | 'comingSoon' | 'filming' | 'waitShare' | 'look';

export interface Step {
  kind: StepKind;
  visit: TrajectoryVisit | null;
  /** null: a visit is planned, or there is nothing to press */
  href: string | null;
  /** it is a file to keep, not a page */
  file?: boolean;
}

/** `shared`: the teacher can look at it now. */
export function stageOf(visit: TrajectoryVisit, shared: boolean): Stage {
  if (visit.report_final_at) return 'reported';
  if (visit.talk_ended_at) return 'talked';
  if (visit.revealed_at) return 'revealed';
  if (!visit.started_at) return 'planned';
  if (!visit.ended_at) return 'running';
  return shared ? 'shared' : 'filmed';
}

export function sideIn(trajectory: Trajectory, person: string | undefined): Side {
  return trajectory.coach.id === person ? 'coach' : 'teacher';
}

/** The other of the two. */
export function otherName(trajectory: Trajectory, side: Side): string {
  return side === 'coach' ? trajectory.teacher_person?.name ?? trajectory.teacher : trajectory.coach.name;
}

export function openAgreements(agreements: Agreement[]): Agreement[] {
  return agreements.filter((one) => one.outcome === null);
}

/** Ids of visits whose report came along with a handover while the visit did not. */
export function handedReports(answer: TrajectoryAnswer, person: string | undefined): string[] {
  if (answer.side !== 'coach') return [];
  const given = answer.handovers.filter((one) => one.state === 'done' && one.to.id === person).flatMap((one) => one.allowed?.reports ?? []);
  return [...new Set(given)].filter((id) => !answer.visits.some((one) => one.id === id));
}

export function nextPlanned(visits: TrajectoryVisit[]): TrajectoryVisit | null {
  return visits.find((one) => !one.started_at) ?? null;
}

/** The visit that something is to be done about: the last one, until its report is signed; then the next. */
function current(visits: TrajectoryVisit[]): TrajectoryVisit | null {
  const last = visits.filter((one) => one.started_at).at(-1);
  if (last && !last.report_final_at) return last;
  return nextPlanned(visits);
}

const quiet = <T>(asked: Promise<T>): Promise<T | null> => asked.catch(() => null);

/** Those of VISITS that are over, not talked about yet, and that the teacher can look at. */
export async function sharedVisits(visits: TrajectoryVisit[], side: Side): Promise<Set<string>> {
  const waiting = visits.filter((one) => one.ended_at && !one.revealed_at).map((one) => one.id);
  if (waiting.length === 0) return new Set();
  if (side === 'teacher') {
    const mine = await quiet(api.myReleases());
    return new Set(mine?.to_me.map((one) => one.visit).filter((one) => waiting.includes(one)));
  }
  const lists = await Promise.all(waiting.map((visit) => quiet(api.releases(visit))));
  return new Set(waiting.filter((_visit, index) => lists[index]?.some((one) => one.to_teacher && one.state === 'live')));
}

/** Of every visit in a trajectory which one that is; CLOSED: also of those that were closed. */
export async function trajectoriesOfVisits(closed: boolean): Promise<Map<string, Trajectory>> {
  const all = (await quiet(coaching.trajectories()))?.trajectories.filter((one) => one.visits > 0 && (closed || !one.closed_at)) ?? [];
  const found = new Map<string, Trajectory>();
  for (const one of all) for (const visit of (await quiet(coaching.trajectory(one.id)))?.visits ?? []) found.set(visit.id, one);
  return found;
}

function chooseStep(visit: TrajectoryVisit, side: Side, shared: boolean, hasAccount: boolean, talk: Talk | null): Step {
  const moments = paths.moments(visit.id);
  const own = side === 'coach' ? talk?.coach_ready_at : talk?.teacher_ready_at;
  const other = side === 'coach' ? talk?.teacher_ready_at : talk?.coach_ready_at;
  if (own && other) return { kind: 'reveal', visit, href: moments };
  if (own) return { kind: 'chosen', visit, href: moments };
  if (side === 'teacher') return shared ? { kind: 'look', visit, href: paths.look(visit.id) } : { kind: 'waitShare', visit, href: null };
  return hasAccount && !shared ? { kind: 'share', visit, href: paths.share(visit.id) } : { kind: 'choose', visit, href: moments };
}

async function reportStep(visit: TrajectoryVisit, side: Side): Promise<Step> {
  const href = paths.report(visit.id);
  if (visit.report_number === 0) return { kind: 'reportMake', visit, href };
  const report = (await quiet(coaching.report(visit.id, language())))?.report;
  const signed = side === 'coach' ? report?.coach_signed : report?.teacher_signed;
  return { kind: signed ? 'reportWait' : 'reportSign', visit, href };
}

function noVisitStep(trajectory: Trajectory, side: Side, visits: TrajectoryVisit[]): Step {
  const first = visits.length === 0;
  if (side === 'teacher') return { kind: first ? 'waitFirst' : 'waitVisit', visit: null, href: null };
  return { kind: first ? (trajectory.origin === 'request' ? 'firstRequest' : 'first') : 'plan', visit: null, href: null };
}

function plannedStep(visit: TrajectoryVisit, side: Side): Step {
  if (side === 'coach') return { kind: 'prepare', visit, href: paths.prepare(visit.id) };
  if (!visit.planned_at) return { kind: 'comingSoon', visit, href: null };
  return { kind: 'coming', visit, href: coaching.calendar(visit.id), file: true };
}

/** Null when it is closed. */
export async function nextStep(answer: TrajectoryAnswer, shared?: Set<string>): Promise<Step | null> {
  const { trajectory, side, visits } = answer;
  if (trajectory.closed_at) return null;
  const visit = current(visits);
  if (!visit) return noVisitStep(trajectory, side, visits);
  const seen = shared ?? (await sharedVisits([visit], side));
  switch (stageOf(visit, seen.has(visit.id))) {
    case 'planned':
      return plannedStep(visit, side);
    case 'running':
      return side === 'coach' ? { kind: 'record', visit, href: paths.record(visit.id) } : { kind: 'filming', visit, href: null };
    case 'filmed':
    case 'shared': {
      const moments = await quiet(coaching.moments(visit.id));
      return chooseStep(visit, side, seen.has(visit.id), trajectory.teacher_person !== null, moments?.talk ?? null);
    }
    case 'revealed':
      return { kind: 'talk', visit, href: paths.talk(visit.id) };
    default:
      return reportStep(visit, side);
  }
}
