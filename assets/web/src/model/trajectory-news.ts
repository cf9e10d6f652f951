// News of trajectories for the pages about them. During a talk every press on the screen is news of the talk; here only
// what moves a trajectory on counts, and what comes close together is one.
import type { Talk } from './coaching-types';
import { heard } from './events';

export interface CoachingNews {
  visit: string | null;
  trajectory: string | null;
  what: string;
}

const TOGETHER_MS = 250;
/** What is no part of where a trajectory stands. */
const SMALL = new Set(['moments', 'items', 'comments']);

/** Calls CHANGED after news that CONCERNS the page. Gives a function that ends it. */
export function followTrajectories(concerns: (news: CoachingNews) => boolean, changed: () => void): () => void {
  const stages = new Map<string, string>();
  let timer: ReturnType<typeof setTimeout> | null = null;
  const soon = () => {
    timer ??= setTimeout(() => {
      timer = null;
      changed();
    }, TOGETHER_MS);
  };
  const listeners: Record<string, (event: Event) => void> = {
    coaching: (event) => {
      const news = (event as CustomEvent<CoachingNews>).detail;
      if (!SMALL.has(news.what) && concerns(news)) soon();
    },
    talk: (event) => {
      const talk = (event as CustomEvent<Talk>).detail;
      const stage = [talk.coach_ready_at, talk.teacher_ready_at, talk.revealed_at, talk.started_at, talk.ended_at].join();
      if (stages.get(talk.visit) === stage) return;
      stages.set(talk.visit, stage);
      if (concerns({ visit: talk.visit, trajectory: null, what: 'talk' })) soon();
    },
  };
  for (const name of ['visit', 'releases', 'hello']) listeners[name] = soon;
  for (const [name, listener] of Object.entries(listeners)) heard.addEventListener(name, listener);
  return () => {
    if (timer) clearTimeout(timer);
    for (const [name, listener] of Object.entries(listeners)) heard.removeEventListener(name, listener);
  };
}
