// Dutch: tapping. Part of nl.ts.
export const tappingNl = {
  tapping: {
    title: 'Tikken',
  },
};
