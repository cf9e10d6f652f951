// English: tapping. Part of en.ts.
import type { tappingNl } from './tapping-nl';

export const tappingEn: typeof tappingNl = {
  tapping: {
    title: 'Tapping',
  },
};
