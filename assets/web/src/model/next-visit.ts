// The visit that is planned after one, and whether the trajectory it belongs to is over.
import { ApiError, api } from './api';
import { coaching } from './coaching';

export interface Planned {
  id: string;
  planned_at: string;
}

/** What cannot be found out is not there: it is an extra. */
export async function planned(visit: string): Promise<{ next: Planned | null; closed: boolean }> {
  try {
    const agreements = await coaching.agreements(visit);
    const trajectory = agreements.find((one) => one.trajectory)?.trajectory ?? (await trajectoryOf(visit));
    if (trajectory) {
      const { trajectory: whole, visits } = await coaching.trajectory(trajectory);
      const coming = visits.filter((one) => one.id !== visit && one.planned_at && !one.started_at).sort((a, b) => a.planned_at!.localeCompare(b.planned_at!))[0];
      return { next: coming ? { id: coming.id, planned_at: coming.planned_at! } : null, closed: whole.closed_at !== null };
    }
    for (const one of agreements) {
      if (!one.became_visit) continue;
      const next = await api.visit(one.became_visit.id);
      if (next.planned_at && !next.started_at) return { next: { id: next.id, planned_at: next.planned_at }, closed: false };
    }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
  return { next: null, closed: false };
}

async function trajectoryOf(visit: string): Promise<string | null> {
  const { trajectory } = (await api.visit(visit)) as { trajectory?: { id: string } | null };
  return trajectory?.id ?? null;
}
