// English: choosing moments, the talk, agreements, coaching questions. Part of en.ts.
import type { talkNl } from './talk-nl';

export const talkEn: typeof talkNl = {
  moments: {
    title: 'Moments',
  },
  talk: {
    title: 'The talk',
  },
  steer: {
    title: 'Remote',
  },
  questions: {
    title: 'Coaching questions',
  },
  agreements: {},
};
