#include "cli/concordance-words.h"

#include <glib/gi18n.h>

static const TbFigureWords event_words[] = {
  { "percent", N_ ("Percent"), N_ ("Of all events that either saw, how many both saw under the same code."),
    N_ ("Chance is not taken off it: with few codes it looks high by itself.") },
  { "percent-pairs", N_ ("Percent of the pairs"), N_ ("Of the events that both saw, how many got the same code."),
    N_ ("What only one of them saw is not in it: read it beside the first figure.") },
  { "kappa-pairs", N_ ("Kappa of the pairs"),
    N_ ("How far the codes of the pairs agree beyond chance: 1 is always, 0 is what chance would give."),
    N_ ("What only one of them saw is not in it; with one code it has no value.") },
  { "kappa-events", N_ ("Kappa with the misses"),
    N_ ("The same, with what only one of them saw counted as disagreement."),
    N_ ("It falls when the tolerance is small for how quickly people tap.") },
  { "alpha-nominal", N_ ("Alpha of the pairs"),
    N_ ("Krippendorff's alpha of the pairs: as kappa, with both as drawn from one crowd of observers."),
    N_ ("What only one of them saw is not in it.") },
};

static const TbFigureWords sampled_words[] = {
  { "percent", N_ ("Percent"), N_ ("At how many of the samples both had the same going on."),
    N_ ("Where little happens, both having nothing makes it high.") },
  { "kappa", N_ ("Kappa per sample"), N_ ("How far the samples agree beyond chance, as the program BORIS computes it."),
    N_ ("Not for single taps: a tap a moment later falls in another sample. Match events instead.") },
  { "kappa-max", N_ ("Highest possible kappa"),
    N_ ("What kappa could be at most, given how much of each code each saw."),
    N_ ("It is not agreement; it tells how much of the difference is in the amounts.") },
  { "fleiss", N_ ("Fleiss' kappa"), N_ ("Agreement beyond chance for any number of observers together."),
    N_ ("Not for single taps.") },
  { "alpha-nominal", N_ ("Alpha per sample"), N_ ("Krippendorff's alpha of the samples, for any number of observers."),
    N_ ("Not for single taps.") },
};

static const TbFigureWords overlap_words[] = {
  { "percent", N_ ("Percent of the time"), N_ ("During how much of the lesson all had the same states going on."),
    N_ ("Where little happens, nothing going on makes it high.") },
  { "alpha-u", N_ ("Alpha of the cut"),
    N_ ("How far they cut the lesson up in the same states at the same times, beyond chance."),
    N_ ("Long states weigh more than short ones; taps without length are not in it.") },
  { "alpha-u-binary", N_ ("Alpha of something or nothing"),
    N_ ("The same, asking only when something was going on, not what."), NULL },
  { "alpha-u-coding", N_ ("Alpha of what was going on"),
    N_ ("The same, only where all had something going on: do they call it the same?"),
    N_ ("What only one of them saw is not in it.") },
};

static const TbFigureWords rating_words[] = {
  { "percent", N_ ("Percent the same"), N_ ("How many of the scores are the same."),
    N_ ("Chance is not taken off it: with few points it looks high by itself.") },
  { "percent-within-one", N_ ("Percent within one point"), N_ ("How many of the scores are at most one point apart."),
    N_ ("On a scale of three or four points nearly everything is.") },
  { "kappa", N_ ("Kappa"), N_ ("How far the scores are the same beyond chance; every difference counts alike."),
    N_ ("Two points apart is as bad as one: rather use a weighted kappa.") },
  { "kappa-linear", N_ ("Weighted kappa, linear"), N_ ("Kappa in which two points apart counts as twice one point."),
    NULL },
  { "kappa-quadratic", N_ ("Weighted kappa, quadratic"),
    N_ ("Kappa in which two points apart counts as four times one point."),
    N_ ("It hides that one is always a point stricter on a long scale.") },
  { "fleiss", N_ ("Fleiss' kappa"), N_ ("Agreement beyond chance for any number of observers together."),
    N_ ("All must have scored the same number of times; every difference counts alike.") },
  { "alpha-nominal", N_ ("Alpha, nominal"), N_ ("Krippendorff's alpha, in which every difference counts alike."),
    N_ ("Not for scores in an order.") },
  { "alpha-ordinal", N_ ("Alpha, ordinal"), N_ ("Krippendorff's alpha of the order of the scores; gaps are allowed."),
    NULL },
  { "alpha-interval", N_ ("Alpha, interval"),
    N_ ("Krippendorff's alpha with the points at equal distances; gaps are allowed."),
    N_ ("Only when a step on the scale means as much everywhere.") },
  { "icc-1-1", N_ ("ICC (1,1)"),
    N_ ("How much of the differences is in the things scored, each scored by other observers."),
    N_ ("Not when the same observers scored everything.") },
  { "icc-2-1", N_ ("ICC (2,1)"),
    N_ ("The same for observers who scored everything and stand for others; being stricter counts as disagreement."),
    NULL },
  { "icc-3-1", N_ ("ICC (3,1)"), N_ ("The same for these observers only; being stricter does not count."),
    N_ ("It says nothing about other observers.") },
  { "icc-1-k", N_ ("ICC (1,k)"), N_ ("As (1,1), of the mean of all observers."),
    N_ ("Not for the score of one observer.") },
  { "icc-2-k", N_ ("ICC (2,k)"), N_ ("As (2,1), of the mean of all observers."),
    N_ ("Not for the score of one observer.") },
  { "icc-3-k", N_ ("ICC (3,k)"), N_ ("As (3,1), of the mean of all observers."),
    N_ ("Not for the score of one observer.") },
};

static const TbFigureWords interval_words[] = {
  { "percent", N_ ("Percent of the intervals"), N_ ("In how many of the intervals that all answered they saw the same."),
    N_ ("Where one code is nearly always seen, it is high by itself.") },
  { "kappa", N_ ("Kappa per interval"), N_ ("How far the intervals agree beyond chance: 1 is always, 0 is what chance would give."),
    N_ ("What only one of them answered is not in it.") },
  { "kappa-max", N_ ("Highest possible kappa"),
    N_ ("What kappa could be at most, given how much of each code each saw."),
    N_ ("It is not agreement; it tells how much of the difference is in the amounts.") },
  { "fleiss", N_ ("Fleiss' kappa"), N_ ("Agreement beyond chance for any number of observers together."),
    N_ ("What only some of them answered is not in it.") },
  { "alpha-nominal", N_ ("Alpha per interval"),
    N_ ("Krippendorff's alpha of the intervals, for any number of observers; gaps are allowed."), NULL },
};

static const struct {
  const TbFigureWords *words;
  guint n;
} by_method[] = {
  { NULL, 0 },
  { event_words, G_N_ELEMENTS (event_words) },
  { sampled_words, G_N_ELEMENTS (sampled_words) },
  { overlap_words, G_N_ELEMENTS (overlap_words) },
  { rating_words, G_N_ELEMENTS (rating_words) },
  { interval_words, G_N_ELEMENTS (interval_words) },
};

const TbFigureWords *
tb_figure_words (TbMethod method, const char *id)
{
  for (guint i = 0; i < by_method[method].n; i++)
    if (g_str_equal (by_method[method].words[i].id, id))
      return &by_method[method].words[i];
  return NULL;
}

const char *
tb_why_words (TbWhy why)
{
  switch (why) {
  case TB_WHY_DEFINED:
    return "";
  case TB_WHY_NOTHING:
    return _ ("there is nothing to compare");
  case TB_WHY_ONE_CATEGORY:
    return _ ("only one thing occurs, so agreeing says nothing");
  case TB_WHY_ONE_OBSERVER:
    return _ ("nothing was seen by two of them");
  case TB_WHY_NO_VARIANCE:
    return _ ("all scores are alike");
  case TB_WHY_TOO_FEW:
    return _ ("too little was scored by all");
  case TB_WHY_OPPOSED:
    return _ ("the observers differ more than what they scored does, so their mean says nothing");
  case TB_WHY_UNEQUAL:
  default:
    return _ ("not everything was scored by as many");
  }
}
