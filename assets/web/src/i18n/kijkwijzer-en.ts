// English: kijkwijzer. Part of en.ts.
import type { kijkwijzerNl } from './kijkwijzer-nl';

export const kijkwijzerEn: typeof kijkwijzerNl = {
  kijkwijzer: {
    title: 'Observation forms',
  },
};
