// English: exchange. Part of en.ts.
import type { exchangeNl } from './exchange-nl';

export const exchangeEn: typeof exchangeNl = {
  exchange: {
    title: 'Import',
  },
};
