// Dutch: observers. Part of nl.ts.
export const observersNl = {
  observers: {
    title: 'Waarnemers',
  },
};
