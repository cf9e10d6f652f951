#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/time.h"
#include "cli/budget-print.h"
#include "cli/command.h"
#include "store/journal.h"

/* As they were typed. */
typedef struct {
  char **parts, **phases, **latencies, **during;
  char *within;
  int lag;
  gboolean by_subject, by_modifier, by_observer, by_visit;
  gboolean from_end, same_subject, transitions, repeats, csv;
} Options;

/* What the options mean, and what came of it. */
typedef struct {
  guint by;
  TbEventSet *set;
  TbParts *parts;
  TbBudget *budget;
  GPtrArray *latencies; /* TbLatency */
  GPtrArray *during;    /* TbDuring */
  TbTransitions *transitions;
} Numbers;

static void
options_clear (Options *options)
{
  g_strfreev (options->parts);
  g_strfreev (options->phases);
  g_strfreev (options->latencies);
  g_strfreev (options->during);
  g_free (options->within);
}

static void
numbers_clear (Numbers *numbers)
{
  g_clear_pointer (&numbers->latencies, g_ptr_array_unref);
  g_clear_pointer (&numbers->during, g_ptr_array_unref);
  tb_transitions_free (numbers->transitions);
  tb_budget_free (numbers->budget);
  tb_parts_free (numbers->parts);
  tb_event_set_free (numbers->set);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Numbers, numbers_clear)

static gboolean
add_visit (TbOpened *opened, TbEventSet *set, const char *prefix, GError **error)
{
  g_autoptr (TbVisit) visit = tb_command_visit (opened, prefix, error);
  g_autoptr (GPtrArray) observations
      = visit != NULL ? tb_observation_list (opened->store, visit->id, FALSE, NULL, error) : NULL;

  if (observations == NULL)
    return FALSE;
  for (guint i = 0; i < tb_event_set_n_visits (set); i++) {
    if (g_str_equal (tb_event_set_visit_id (set, i), visit->id)) {
      g_set_error (error, TB_ERROR, TB_ERROR_INVALID, _ ("“%s” is a visit that was named before"), prefix);
      return FALSE;
    }
  }
  tb_event_set_add_observations (set, tb_event_set_add_visit (set, visit->id, tb_command_length (visit, observations)),
                                 observations);
  return TRUE;
}

/* INSTRUMENT/CODE, or a CODE that only one instrument has. */
static gboolean
find_code (const TbEventSet *set, const char *word, guint32 *code, GError **error)
{
  const guint32 exact = tb_event_set_find (set, TB_NAME_CODE, word);
  guint32 found = exact;

  for (guint32 i = 1; exact == 0 && i < tb_event_set_n_names (set, TB_NAME_CODE); i++) {
    const char *name = tb_event_set_name (set, TB_NAME_CODE, i);

    if (!g_str_equal (strchr (name, '/') + 1, word))
      continue;
    if (found != 0) {
      g_set_error (error, TB_ERROR, TB_ERROR_CONFLICT, _ ("Several kijkwijzers have “%s”: say KIJKWIJZER/%s"), word,
                   word);
      return FALSE;
    }
    found = i;
  }
  if (found == 0) {
    g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, _ ("“%s” was not observed here"), word);
    return FALSE;
  }
  *code = found;
  return TRUE;
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

static gboolean
add_parts (Numbers *numbers, const Options *options, GError **error)
{
  TbTime from, to;

  for (guint i = 0; options->parts != NULL && options->parts[i] != NULL; i++)
    if (parse_range (options->parts[i], &from, &to))
      tb_parts_add_range (numbers->parts, from, to);
  for (guint i = 0; options->phases != NULL && options->phases[i] != NULL; i++) {
    guint32 code;

    if (tb_parts_add_instrument (numbers->parts, options->phases[i]) > 0)
      continue;
    if (!find_code (numbers->set, options->phases[i], &code, error))
      return FALSE;
    tb_parts_add_code (numbers->parts, code);
  }
  return TRUE;
}

static gboolean
add_latencies (Numbers *numbers, const Options *options, GError **error)
{
  TbLatencyQuestion question = { .same = options->same_subject ? TB_SAME_SUBJECT : 0, .from_end = options->from_end };

  if (options->within != NULL && !tb_time_parse (options->within, &question.within, error))
    return FALSE;
  for (guint i = 0; options->latencies != NULL && options->latencies[i] != NULL; i++) {
    g_auto (GStrv) halves = split_pair (options->latencies[i], ",");

    if (!find_code (numbers->set, halves[0], &question.from, error)
        || !find_code (numbers->set, halves[1], &question.to, error))
      return FALSE;
    for (question.part = 0; question.part < tb_parts_n (numbers->parts); question.part++)
      g_ptr_array_add (numbers->latencies, tb_latency_new (numbers->set, numbers->parts, &question));
  }
  return TRUE;
}

static gboolean
compute (Numbers *numbers, const Options *options, GError **error)
{
  const guint same = options->same_subject ? TB_SAME_SUBJECT : 0;
  const TbTransitionsQuestion question = { .lag = options->lag, .same = same, .repeats = options->repeats };
  guint32 code;

  numbers->by = (options->by_subject ? TB_BUDGET_BY_SUBJECT : 0) | (options->by_modifier ? TB_BUDGET_BY_MODIFIER : 0)
                | (options->by_observer ? TB_BUDGET_BY_OBSERVER : 0) | (options->by_visit ? TB_BUDGET_BY_VISIT : 0);
  tb_event_set_sort (numbers->set);
  numbers->parts = tb_parts_new (numbers->set);
  numbers->latencies = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_latency_free);
  numbers->during = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_during_free);
  if (!add_parts (numbers, options, error) || !add_latencies (numbers, options, error))
    return FALSE;
  numbers->budget = tb_budget_new (numbers->set, numbers->parts, numbers->by);
  for (guint i = 0; options->during != NULL && options->during[i] != NULL; i++) {
    if (!find_code (numbers->set, options->during[i], &code, error))
      return FALSE;
    g_ptr_array_add (numbers->during, tb_during_new (numbers->set, code, same));
  }
  if (options->transitions)
    numbers->transitions = tb_transitions_new (numbers->set, numbers->parts, &question, error);
  return !options->transitions || numbers->transitions != NULL;
}

static json_object *
numbers_json (const Numbers *numbers)
{
  json_object *object = tb_budget_to_json (numbers->budget);
  json_object *latencies = json_object_new_array (), *during = json_object_new_array ();

  for (guint i = 0; i < numbers->latencies->len; i++)
    json_object_array_add (latencies, tb_latency_to_json (numbers->latencies->pdata[i], numbers->set));
  for (guint i = 0; i < numbers->during->len; i++)
    json_object_array_add (during, tb_during_to_json (numbers->during->pdata[i], numbers->set));
  tb_json_add (object, "latencies", latencies);
  tb_json_add (object, "during", during);
  tb_json_add (object, "transitions",
               numbers->transitions != NULL ? tb_transitions_to_json (numbers->transitions, numbers->set) : NULL);
  return object;
}

static void
print_numbers (const Numbers *numbers)
{
  tb_budget_print (numbers->set, numbers->parts, numbers->budget, numbers->by);
  if (numbers->latencies->len > 0)
    g_print ("\n");
  for (guint i = 0; i < numbers->latencies->len; i++)
    tb_budget_print_latency (numbers->set, numbers->parts, numbers->latencies->pdata[i]);
  for (guint i = 0; i < numbers->during->len; i++)
    tb_budget_print_during (numbers->set, numbers->during->pdata[i]);
  if (numbers->transitions != NULL)
    tb_budget_print_transitions (numbers->set, numbers->transitions);
}

static gboolean
gather (const TbCommonOptions *common, Numbers *numbers, char **prefixes, GError **error)
{
  g_auto (TbOpened) opened = { 0 };

  numbers->set = tb_event_set_new ();
  if (!tb_command_open (common, &opened, error))
    return FALSE;
  for (; *prefixes != NULL; prefixes++)
    if (!add_visit (&opened, numbers->set, *prefixes, error))
      return FALSE;
  return TRUE;
}

static int
run (const TbCommonOptions *common, const Options *options, char **prefixes)
{
  g_auto (Numbers) numbers = { 0 };
  g_autofree char *csv = NULL;
  GError *error = NULL;

  if (!gather (common, &numbers, prefixes, &error) || !compute (&numbers, options, &error))
    return tb_command_fail (error);
  if (common->json) {
    tb_command_print_json (numbers_json (&numbers));
  } else if (options->csv) {
    csv = tb_budget_csv (numbers.set, numbers.parts, numbers.budget);
    fputs (csv, stdout); /* as it is, in whatever the terminal writes */
  } else {
    print_numbers (&numbers);
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
