// English: trajectories, closing, handing over. Part of en.ts.
import type { trajectoryNl } from './trajectory-nl';

export const trajectoryEn: typeof trajectoryNl = {
  trajectories: {
    title: 'Trajectories',
  },
  trajectory: {
    title: 'Trajectory',
  },
  closing: {
    title: 'Close the trajectory',
  },
  handover: {
    title: 'Handover',
  },
};
