// English: figures. Part of en.ts.
import type { figuresNl } from './figures-nl';

export const figuresEn: typeof figuresNl = {
  figures: {
    title: 'Figures',
  },
};
