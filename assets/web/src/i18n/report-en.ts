// English: the report. Part of en.ts.
import type { reportNl } from './report-nl';

export const reportEn: typeof reportNl = {
  report: {
    title: 'Report',
  },
};
