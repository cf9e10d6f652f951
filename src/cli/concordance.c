#include <math.h>
#include <string.h>

#include <glib/gi18n.h>

#include "base/error.h"
#include "base/json.h"
#include "base/time.h"
#include "cli/command.h"
#include "cli/concordance-words.h"
#include "store/counting.h"

/* "Marieke, Jan": who observed in the visit. New. */
static char *
observers_of (const TbEventSet *set)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 1; i < tb_event_set_n_names (set, TB_NAME_OBSERVER); i++)
    g_string_append_printf (text, "%s%s", i > 1 ? ", " : "", tb_event_set_name (set, TB_NAME_OBSERVER, i));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* The numbers of NAMES. */
static gboolean
find_observers (const TbEventSet *set, char **names, guint *observers, GError **error)
{
  for (guint i = 0; names[i] != NULL; i++) {
    g_autofree char *known = NULL;

    observers[i] = tb_event_set_find (set, TB_NAME_OBSERVER, names[i]);
    if (observers[i] != 0)
      continue;
    known = observers_of (set);
    if (*known == '\0')
      g_set_error_literal (error, TB_ERROR, TB_ERROR_NOT_FOUND, _ ("Nobody observed anything in this visit"));
    else
      g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, _ ("“%s” observed nothing in this visit; these did: %s"),
                   names[i], known);
    return FALSE;
  }
  return TRUE;
}

static void
print_estimate (const char *title, const TbEstimate *estimate, gboolean percent)
{
  const double by = percent ? 100 : 1;
  const char *unit = percent ? " %" : "";

  if (estimate->why != TB_WHY_DEFINED)
    g_print ("%-32s  –  %s\n", title, tb_why_words (estimate->why));
  else if (isnan (estimate->low))
    g_print ("%-32s %.*f%s\n", title, percent ? 0 : 3, estimate->value * by, unit);
  else
    g_print ("%-32s %.*f%s  (%.*f – %.*f)\n", title, percent ? 0 : 3, estimate->value * by, unit, percent ? 0 : 3,
             estimate->low * by, percent ? 0 : 3, estimate->high * by);
}

static void
print_figures (const TbConcordance *concordance)
{
  for (guint i = 0; i < concordance->figures->len; i++) {
    const TbFigure *figure = &g_array_index (concordance->figures, TbFigure, i);
    const TbFigureWords *words = tb_figure_words (concordance->method, figure->id);

    g_print ("\n");
    print_estimate (_ (words->title), &figure->estimate, g_str_has_prefix (figure->id, "percent"));
    g_print ("    %s\n", _ (words->meaning));
    if (words->caution != NULL)
      g_print ("    %s\n", _ (words->caution));
  }
  g_print (_ (
      "\nBetween brackets: where 95 %% of 1,000 redraws came out; without width it says that there is little to draw "
      "from, not that it is certain.\n"));
}

static void
print_codes (const TbConcordance *concordance, const TbEventSet *set)
{
  const guint n = concordance->n_observers;

  g_print ("\n%-40s", concordance->method == TB_METHOD_EVENT     ? _ ("events per code")
                      : concordance->method == TB_METHOD_SAMPLED ? _ ("samples per code")
                      : concordance->method == TB_METHOD_RATING  ? _ ("scores per code")
                      : concordance->method == TB_METHOD_INTERVAL ? _ ("intervals per code")
                                                                 : _ ("seconds per code"));
  for (guint o = 0; o < n; o++)
    g_print (" %10s", tb_event_set_name (set, TB_NAME_OBSERVER, concordance->observers[o]));
  g_print (" %10s\n", _ ("all"));
  for (guint i = 0; i < concordance->codes->len; i++) {
    const TbCodeConcordance *code = &g_array_index (concordance->codes, TbCodeConcordance, i);

    g_print ("%-40s", tb_event_set_name (set, TB_NAME_CODE, code->code));
    for (guint o = 0; o < n; o++)
      g_print (" %10g", concordance->amounts[i * n + o]);
    g_print (" %10g\n", code->all);
  }
}

static void
print_event (const TbEventSet *set, const TbEvent *event)
{
  if (event == NULL)
    g_print ("%10s  %-28s", "-", "");
  else
    g_print ("%10.2f  %-28s", tb_time_to_seconds (event->at),
             strchr (tb_event_set_name (set, TB_NAME_CODE, event->code), '/') + 1);
}

static void
print_rows (const TbConcordance *concordance, const TbEventSet *set)
{
  if (concordance->rows->len > 0)
    g_print ("\n");
  for (guint i = 0; i < concordance->rows->len; i++) {
    const TbConcordanceRow *row = &g_array_index (concordance->rows, TbConcordanceRow, i);

    print_event (set, row->left);
    print_event (set, row->right);
    g_print ("  %s\n", row->same                                 ? _ ("same")
                       : row->left != NULL && row->right != NULL ? _ ("other code")
                                                                 : _ ("missed"));
  }
}

static void
print_concordance (const TbConcordance *concordance, const TbEventSet *set)
{
  for (guint o = 0; o < concordance->n_observers; o++)
    g_print ("%s: %u\n", tb_event_set_name (set, TB_NAME_OBSERVER, concordance->observers[o]),
             concordance->n_events[o]);
  if (concordance->n_left_out > 0)
    g_print (_ ("Left out, because they cannot be compared so: %u\n"), concordance->n_left_out);
  if (concordance->n_not_applicable > 0)
    g_print (_ ("“Does not apply”, which is no score: %u\n"), concordance->n_not_applicable);
  if (concordance->scale != 0)
    g_print (_ ("Scale: %s\n"), tb_event_set_name (set, TB_NAME_SCALE, concordance->scale));
  if (concordance->sampling != 0)
    g_print (_ ("Sampling: %s; asked %u intervals, all answered %u\n"),
             tb_event_set_name (set, TB_NAME_SAMPLING, concordance->sampling), concordance->n_asked,
             concordance->n_answered);
  print_figures (concordance);
  print_codes (concordance, set);
  print_rows (concordance, set);
}

/* As they were typed. */
typedef struct {
  char **by, *tolerance, *method, *instrument, *scale;
  gboolean by_subject;
} Options;

static void
options_clear (Options *options)
{
  g_strfreev (options->by);
  g_free (options->tolerance);
  g_free (options->method);
  g_free (options->instrument);
  g_free (options->scale);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* What is wrong with the words, told; or NULL. New. */
static char *
read_options (const Options *options, TbConcordanceQuestion *question)
{
  g_autoptr (GError) error = NULL;
  guint n = options->by != NULL ? g_strv_length (options->by) : 0;

  if (n < 2)
    return g_strdup (_ ("Name two observers, each with --by"));
  for (guint i = 0; i < n; i++)
    for (guint j = i + 1; j < n; j++)
      if (g_str_equal (options->by[i], options->by[j]))
        return g_strdup_printf (_ ("“%s” is named twice"), options->by[i]);
  if (options->method != NULL && !tb_method_from_name (options->method, &question->method))
    return g_strdup (_ ("--method is event, sampled, overlap, rating or interval"));
  if (options->scale != NULL && question->method != TB_METHOD_RATING && question->method != TB_METHOD_INTERVAL)
    return g_strdup (_ ("--of goes with --method rating or interval"));
  if (options->tolerance != NULL && !tb_time_parse (options->tolerance, &question->tolerance, &error))
    return g_strdup (error->message);
  if (question->method == TB_METHOD_EVENT && n > 2)
    return g_strdup (_ ("Events are matched between two observers; for more, use another --method"));
  if (question->tolerance > TB_TOLERANCE_MAX
      || question->tolerance < (question->method == TB_METHOD_SAMPLED ? TB_TOLERANCE_MIN : 0))
    return g_strdup_printf (_ ("--tolerance is from %g to %g seconds"),
                            question->method == TB_METHOD_SAMPLED ? tb_time_to_seconds (TB_TOLERANCE_MIN) : 0,
                            tb_time_to_seconds (TB_TOLERANCE_MAX));
  question->n_observers = n;
  question->by_subject = options->by_subject;
  question->instrument = options->instrument;
  return NULL;
}

/* NULL with an error. */
static TbCounting *
gather (const TbCommonOptions *common, const char *prefix, GError **error)
{
  g_auto (TbOpened) opened = { 0 };
  g_autofree char *id = tb_command_open (common, &opened, error) ? tb_visit_find (opened.store, prefix, error) : NULL;
  const char *ids[] = { id, NULL };

  return id != NULL ? tb_counting_new (opened.store, ids, NULL, NULL, NULL, error) : NULL;
}

int
tb_command_concordance (int argc, char **argv)
{
  g_auto (TbCommonOptions) common = { 0 };
  g_auto (Options) options = { 0 };
  g_autoptr (TbCounting) counting = NULL;
  g_autoptr (TbConcordance) concordance = NULL;
  g_autofree guint *observers = NULL;
  g_autofree char *wrong = NULL;
  TbConcordanceQuestion question
      = { .method = TB_METHOD_EVENT, .tolerance = TB_TOLERANCE_USUAL, .bootstrap = TB_BOOTSTRAP_USUAL };
  GError *error = NULL;
  const GOptionEntry entries[] = {
    { "by", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.by, N_ ("An observer; give two, or more"), N_ ("NAME") },
    { "tolerance", 0, 0, G_OPTION_ARG_STRING, &options.tolerance,
      N_ ("How far apart a pair may be, or how often to look; 2 seconds unless said"), N_ ("S") },
    { "method", 0, 0, G_OPTION_ARG_STRING, &options.method,
      N_ ("How to compare: events one to one, samples in time, the overlap of states, scores, or intervals"),
      N_ ("event|sampled|overlap|rating|interval") },
    { "of", 0, 0, G_OPTION_ARG_STRING, &options.scale,
      N_ ("Which scale, or which sampling; unless said the one that was used most"), N_ ("ID") },
    { "instrument", 0, 0, G_OPTION_ARG_STRING, &options.instrument, N_ ("Only what is of this kijkwijzer"), N_ ("ID") },
    { "by-subject", 0, 0, G_OPTION_ARG_NONE, &options.by_subject, N_ ("Agreeing takes the same subject too"), NULL },
    { NULL },
  };

  if (!tb_command_parse ("concordance", entries, &common, &argc, &argv))
    return 2;
  if (argc != 2)
    return tb_command_usage ("concordance", "%s", _ ("Name one visit; “terugblik visits” lists them"));
  wrong = read_options (&options, &question);
  if (wrong != NULL)
    return tb_command_usage ("concordance", "%s", wrong);
  counting = gather (&common, argv[1], &error);
  if (counting == NULL)
    return tb_command_fail (error);
  question.observers = observers = g_new0 (guint, question.n_observers);
  if (!find_observers (counting->set, options.by, observers, &error)
      || !tb_concordance_choose (counting->set, &question, options.scale, &error)
      || (concordance = tb_concordance_new (counting->set, &question, &error)) == NULL)
    return tb_command_fail (error);
  if (common.json)
    tb_command_print_json (tb_concordance_to_json (concordance, counting->set, counting->observations->pdata[0]));
  else
    print_concordance (concordance, counting->set);
  return 0;
}
