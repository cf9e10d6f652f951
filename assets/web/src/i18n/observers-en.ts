// English: observers. Part of en.ts.
import type { observersNl } from './observers-nl';

export const observersEn: typeof observersNl = {
  observers: {
    title: 'Observers',
  },
};
