// Dutch: trajectories, closing, handing over. Part of nl.ts.
export const trajectoryNl = {
  trajectories: {
    title: 'Trajecten',
  },
  trajectory: {
    title: 'Traject',
  },
  closing: {
    title: 'Traject afronden',
  },
  handover: {
    title: 'Overdracht',
  },
};
