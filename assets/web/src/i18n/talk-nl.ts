// Dutch: choosing moments, the talk, agreements, coaching questions. Part of nl.ts.
export const talkNl = {
  moments: {
    title: 'Momenten',
  },
  talk: {
    title: 'Nabespreking',
  },
  steer: {
    title: 'Sturen',
  },
  questions: {
    title: 'Coachvragen',
  },
  agreements: {},
};
