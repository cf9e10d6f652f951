// Dutch: exchange. Part of nl.ts.
export const exchangeNl = {
  exchange: {
    title: 'Importeren',
  },
};
