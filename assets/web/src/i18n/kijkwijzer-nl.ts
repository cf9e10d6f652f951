// Dutch: kijkwijzer. Part of nl.ts.
export const kijkwijzerNl = {
  kijkwijzer: {
    title: 'Kijkwijzers',
  },
};
