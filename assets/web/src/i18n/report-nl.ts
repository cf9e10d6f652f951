// Dutch: the report. Part of nl.ts.
export const reportNl = {
  report: {
    title: 'Verslag',
  },
};
