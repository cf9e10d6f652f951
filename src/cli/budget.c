#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/time.h"
#include "cli/budget-print.h"
#include "cli/command.h"
#include "observe/figures.h"
#include "store/counting.h"
#include "web/app.h"

/* As they were typed. */
typedef struct {
  char **parts, **phases, **latencies, **during;
  char *within;
  int lag;
  gboolean by_subject, by_modifier, by_observer, by_visit;
  gboolean from_end, same_subject, transitions, repeats, csv;
} Options;

static void
options_clear (Options *options)
{
  g_strfreev (options->parts);
  g_strfreev (options->phases);
  g_strfreev (options->latencies);
  g_strfreev (options->during);
  g_free (options->within);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)
/* A TbFiguresComplaint. */
static char *
complain (const char *word, int mistake)
{
  if (mistake == TB_ERROR_CONFLICT)
    return g_strdup_printf (_ ("Several kijkwijzers have “%s”: say KIJKWIJZER/%s"), word, word);
  return g_strdup_printf (_ ("“%s” was not observed here"), word);
}

/* The two halves of "A-B" or "A,B"; an array of two, new. NULL when it is no such pair. */
static char **
split_pair (const char *word, const char *by)
{
  char **halves = g_strsplit (word, by, 2);

  if (g_strv_length (halves) == 2 && *halves[0] != '\0' && *halves[1] != '\0')
    return halves;
  g_strfreev (halves);
  return NULL;
}

static gboolean
parse_range (const char *word, TbTime *from, TbTime *to)
{
  g_auto (GStrv) halves = split_pair (word, "-");

  return halves != NULL && tb_time_parse (halves[0], from, NULL) && tb_time_parse (halves[1], to, NULL) && *from < *to;
}

/* What is wrong with the options as such, new; NULL when nothing. */
static char *
find_mistake (const Options *options, const TbCommonOptions *common)
{
  TbTime from, to;

  for (guint i = 0; options->parts != NULL && options->parts[i] != NULL; i++)
    if (!parse_range (options->parts[i], &from, &to))
      return g_strdup_printf (_ ("“%s” is no part; give it as FROM-TO in seconds, such as 0-600"), options->parts[i]);
  for (guint i = 0; options->latencies != NULL && options->latencies[i] != NULL; i++) {
    g_auto (GStrv) halves = split_pair (options->latencies[i], ",");

    if (halves == NULL)
      return g_strdup_printf (_ ("“%s” is not from what to what; give it as CODE,CODE"), options->latencies[i]);
  }
  if (options->within != NULL && (!tb_time_parse (options->within, &from, NULL) || from <= 0))
    return g_strdup_printf (_ ("“%s” is no number of seconds above 0"), options->within);
  if (options->lag < 1 || options->lag > 1000)
    return g_strdup (_ ("--lag is from 1 to 1000"));
  if (options->csv && common->json)
    return g_strdup (_ ("Give --csv or --json, not both"));
  return NULL;
}

/* The visits that PREFIXES mean; new. NULL with an error. */
static char **
find_visits (TbOpened *opened, char **prefixes, GError **error)
{
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (; *prefixes != NULL; prefixes++) {
    g_autofree char *id = tb_visit_find (opened->store, *prefixes, error);

    if (id == NULL)
      return NULL;
    g_strv_builder_add (ids, id);
    if (!g_hash_table_add (known, g_steal_pointer (&id))) {
      g_set_error (error, TB_ERROR, TB_ERROR_INVALID, _ ("“%s” is a visit that was named before"), *prefixes);
      return NULL;
    }
  }
  return g_strv_builder_end (ids);
}

static TbCounting *
gather (const TbCommonOptions *common, char **prefixes, GError **error)
{
  g_auto (TbOpened) opened = { 0 };
  g_autoptr (GPtrArray) catalogue = tb_app_catalogue (error);
  g_auto (GStrv) ids = NULL;

  if (catalogue == NULL || !tb_command_open (common, &opened, error)
      || (ids = find_visits (&opened, prefixes, error)) == NULL)
    return NULL;
  return tb_counting_new (opened.store, (const char *const *) ids, catalogue, NULL, NULL, error);
}

/* From, to, from, to …; new. */
static GPtrArray *
list_latencies (const Options *options)
{
  GPtrArray *words = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; options->latencies != NULL && options->latencies[i] != NULL; i++) {
    char **halves = split_pair (options->latencies[i], ",");

    g_ptr_array_add (words, halves[0]);
    g_ptr_array_add (words, halves[1]);
    g_free (halves);
  }
  g_ptr_array_add (words, NULL);
  return words;
}

static TbFigures *
compute (const TbCounting *counting, const Options *options, GError **error)
{
  g_autoptr (GArray) parts = g_array_new (FALSE, FALSE, sizeof (TbFiguresPart));
  g_autoptr (GPtrArray) latencies = list_latencies (options);
  TbFiguresQuestion question = {
    .by = (options->by_subject ? TB_BUDGET_BY_SUBJECT : 0) | (options->by_modifier ? TB_BUDGET_BY_MODIFIER : 0)
          | (options->by_observer ? TB_BUDGET_BY_OBSERVER : 0) | (options->by_visit ? TB_BUDGET_BY_VISIT : 0),
    .parts = parts,
    .phases = (const char *const *) options->phases,
    .latencies = (const char *const *) latencies->pdata,
    .during = (const char *const *) options->during,
    .from_end = options->from_end,
    .same_subject = options->same_subject,
    .transitions = options->transitions,
    .repeats = options->repeats,
    .lag = (guint) options->lag,
    .superseded = counting->superseded,
  };

  if (options->within != NULL && !tb_time_parse (options->within, &question.within, error))
    return NULL;
  for (guint i = 0; options->parts != NULL && options->parts[i] != NULL; i++) {
    TbFiguresPart part = { 0 };

    if (parse_range (options->parts[i], &part.from, &part.to))
      g_array_append_val (parts, part);
  }
  return tb_figures_new (counting->set, &question, complain, error);
}

static void
print_figures (const TbFigures *figures)
{
  tb_budget_print (figures->set, figures->parts, figures->budget, figures->by);
  if (figures->together->len > 0)
    g_print (_ ("Begun while another that excludes it still ran: %u\n"), figures->together->len);
  if (figures->superseded > 0)
    g_print (_ ("Ratings that a later one came in the place of, not counted: %u\n"), figures->superseded);
  if (figures->latencies->len > 0)
    g_print ("\n");
  for (guint i = 0; i < figures->latencies->len; i++)
    tb_budget_print_latency (figures->set, figures->parts, figures->latencies->pdata[i]);
  for (guint i = 0; i < figures->during->len; i++)
    tb_budget_print_during (figures->set, figures->during->pdata[i]);
  if (figures->transitions != NULL)
    tb_budget_print_transitions (figures->set, figures->transitions);
}

static int
run (const TbCommonOptions *common, const Options *options, char **prefixes)
{
  GError *error = NULL;
  g_autoptr (TbCounting) counting = gather (common, prefixes, &error);
  g_autoptr (TbFigures) figures = counting != NULL ? compute (counting, options, &error) : NULL;
  g_autofree char *csv = NULL;

  if (figures == NULL)
    return tb_command_fail (error);
  if (common->json) {
    tb_command_print_json (tb_figures_to_json (figures));
  } else if (options->csv) {
    csv = tb_budget_csv (figures->set, figures->parts, figures->budget);
    fputs (csv, stdout); /* as it is, in whatever the terminal writes */
  } else {
    print_figures (figures);
  }
  return 0;
}

int
tb_command_budget (int argc, char **argv)
{
  g_auto (TbCommonOptions) common = { 0 };
  g_auto (Options) o = { .lag = 1 };
  g_autofree char *mistake = NULL;
  const GOptionEntry entries[] = {
    { "part", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o.parts, N_ ("Also for this part, in seconds; may be repeated"),
      N_ ("FROM-TO") },
    { "phase", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o.phases,
      N_ ("Also for the time of this state, or of each state of a kijkwijzer; may be repeated"), N_ ("CODE") },
    { "by-subject", 0, 0, G_OPTION_ARG_NONE, &o.by_subject, N_ ("Each subject apart"), NULL },
    { "by-modifier", 0, 0, G_OPTION_ARG_NONE, &o.by_modifier, N_ ("Each modifier apart"), NULL },
    { "by-observer", 0, 0, G_OPTION_ARG_NONE, &o.by_observer, N_ ("Each observer apart"), NULL },
    { "by-visit", 0, 0, G_OPTION_ARG_NONE, &o.by_visit, N_ ("Each visit apart"), NULL },
    { "latency", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o.latencies,
      N_ ("How long after the first the second comes; may be repeated"), N_ ("CODE,CODE") },
    { "from-end", 0, 0, G_OPTION_ARG_NONE, &o.from_end, N_ ("Count --latency from where a state ends"), NULL },
    { "within", 0, 0, G_OPTION_ARG_STRING, &o.within, N_ ("What comes later than this is not after it"), N_ ("SECONDS") },
    { "during", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o.during,
      N_ ("What happens inside and outside this state; may be repeated"), N_ ("CODE") },
    { "transitions", 0, 0, G_OPTION_ARG_NONE, &o.transitions, N_ ("What comes after what"), NULL },
    { "lag", 0, 0, G_OPTION_ARG_INT, &o.lag, N_ ("The how manieth after it (1: the next)"), N_ ("N") },
    { "repeats", 0, 0, G_OPTION_ARG_NONE, &o.repeats, N_ ("A code can come after itself"), NULL },
    { "same-subject", 0, 0, G_OPTION_ARG_NONE, &o.same_subject,
      N_ ("Hold only what is of one subject against each other"), NULL },
    { "csv", 0, 0, G_OPTION_ARG_NONE, &o.csv, N_ ("Print a table that a spreadsheet opens"), NULL },
    { NULL },
  };

  if (!tb_command_parse ("budget", entries, &common, &argc, &argv))
    return 2;
  if (argc < 2)
    return tb_command_usage ("budget", "%s", _ ("Name a visit; “terugblik visits” lists them"));
  mistake = find_mistake (&o, &common);
  if (mistake != NULL)
    return tb_command_usage ("budget", "%s", mistake);
  return run (&common, &o, argv + 1);
}
