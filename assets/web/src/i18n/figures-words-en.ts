// English: what the figures of concordance mean, and when not to use them. Part of figures-en.ts.
import type { FigureWords } from './figures-words-nl';

const FLEISS = 'Agreement beyond chance, of all observers together.';

export const concordanceEn: FigureWords = {
  'event/percent': ['Percent alike', 'Of everything that either saw: how much did both see, with the same code?', 'Chance is not taken off it. With few codes it looks high by itself.'],
  'event/percent-pairs': ['Percent of the pairs', 'Of what both saw: how much got the same code?', 'What only one of them saw is not in it. Read it beside the first figure.'],
  'event/kappa-pairs': ['Kappa of the pairs', 'How much more often did the pairs get the same code than by chance? 1 is always, 0 is what chance would give.', 'What only one of them saw is not in it. With one code there is no figure.'],
  'event/kappa-events': ['Kappa with the misses', 'The same, with what only one of them saw counted as a difference.', 'It falls when the time they may be apart is short for how quickly people tap.'],
  'event/alpha-nominal': ['Alpha of the pairs', 'As kappa of the pairs, but as if both observers came from one larger group.', 'What only one of them saw is not in it.'],
  'sampled/percent': ['Percent alike', 'At how many of the looks did both have the same going on?', 'Where little happens, both having nothing makes it high.'],
  'sampled/kappa': ['Kappa per look', 'How much more often did they have the same going on than by chance? 1 is always, 0 is what chance would give.', 'Not for single taps: a tap a moment later falls in another look. Compare those tap by tap.'],
  'sampled/kappa-max': ['Highest possible kappa', 'How high kappa can be, given how much of each code each saw.', 'It is not agreement. It tells how much of the difference is in the amounts.'],
  'sampled/fleiss': ['Kappa of Fleiss', FLEISS, 'Not for single taps.'],
  'sampled/alpha-nominal': ['Alpha per look', 'As kappa per look, for any number of observers.', 'Not for single taps.'],
  'overlap/percent': ['Percent of the time', 'How much of the lesson did both have exactly the same going on?', 'Where little happens, nothing going on makes it high.'],
  'overlap/alpha-u': ['Alpha of the division', 'How far do they divide the lesson at the same times in the same way, beyond chance? 1 is wholly, 0 is chance.', 'What lasts long weighs more. Taps without length are not in it.'],
  'overlap/alpha-u-binary': ['Alpha of something or nothing', 'The same, asking only when something was going on, not what.', ''],
  'overlap/alpha-u-coding': ['Alpha of what was going on', 'The same, only where both had something going on: do they call it the same?', 'What only one of them saw is not in it.'],
  'rating/percent': ['Percent alike', 'How many of the scores are the same?', 'Chance is not taken off it. With few points on the scale it looks high by itself.'],
  'rating/percent-within-one': ['Percent within one point', 'How many of the scores are at most one point apart?', 'On a scale of three or four points nearly all are.'],
  'rating/kappa': ['Kappa', 'How much more often are the scores the same than by chance? Every difference counts alike.', 'Two points apart counts as much as one. Then rather look at a weighted kappa.'],
  'rating/kappa-linear': ['Weighted kappa, linear', 'Kappa in which two points apart counts twice as much as one.', ''],
  'rating/kappa-quadratic': ['Weighted kappa, quadratic', 'Kappa in which two points apart counts four times as much as one.', 'On a long scale it hides that one is always a point stricter.'],
  'rating/fleiss': ['Kappa of Fleiss', FLEISS, 'Everything must have been scored by as many people. Every difference counts alike.'],
  'rating/alpha-nominal': ['Alpha, differences alike', 'Agreement beyond chance, in which every difference counts alike.', 'Not for scores in an order.'],
  'rating/alpha-ordinal': ['Alpha, by order', 'Agreement beyond chance in the order of the scores. Scores may be missing.', ''],
  'rating/alpha-interval': ['Alpha, by distance', 'Agreement beyond chance, with the points at equal distances. Scores may be missing.', 'Only when a step on the scale means as much everywhere.'],
  'rating/icc-1-1': ['ICC (1,1)', 'How much of the differences is in what was scored, when each was scored by other observers?', 'Not when the same observers scored everything.'],
  'rating/icc-2-1': ['ICC (2,1)', 'The same for observers who scored everything and stand for others. Being stricter counts as a difference.', ''],
  'rating/icc-3-1': ['ICC (3,1)', 'The same for these observers only. Being stricter does not count.', 'It says nothing about other observers.'],
  'rating/icc-1-k': ['ICC (1,k)', 'As (1,1), of the mean of all observers.', 'Not for the score of one observer.'],
  'rating/icc-2-k': ['ICC (2,k)', 'As (2,1), of the mean of all observers.', 'Not for the score of one observer.'],
  'rating/icc-3-k': ['ICC (3,k)', 'As (3,1), of the mean of all observers.', 'Not for the score of one observer.'],
};
