// Dutch: the teacher's room: own moments, comments, captions. Part of nl.ts.
export const roomNl = {
  momentsOfMine: {},
  comments: {},
  captions: {},
};
