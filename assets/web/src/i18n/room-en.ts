// English: the teacher's room: own moments, comments, captions. Part of en.ts.
import type { roomNl } from './room-nl';

export const roomEn: typeof roomNl = {
  momentsOfMine: {},
  comments: {},
  captions: {},
};
