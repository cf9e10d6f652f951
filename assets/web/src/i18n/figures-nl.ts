// Dutch: figures. Part of nl.ts.
export const figuresNl = {
  figures: {
    title: 'Cijfers',
  },
};
