#include "observe/figures.h"

#include "base/error.h"
#include "base/json.h"
#include "observe/exclusive.h"

static char *
complain_in_english (const char *word, int mistake)
{
  if (mistake == TB_ERROR_CONFLICT)
    return g_strdup_printf ("Several kijkwijzers have “%.100s”: say KIJKWIJZER/%.100s", word, word);
  return g_strdup_printf ("“%.200s” was not observed here", word);
}

static gboolean
find_code (const TbEventSet *set, const char *word, TbFiguresComplaint complain, guint32 *code, GError **error)
{
  gboolean several;
  g_autofree char *sentence = NULL;
  int mistake;

  *code = tb_event_set_find_code (set, word, &several);
  if (*code != 0)
    return TRUE;
  mistake = several ? TB_ERROR_CONFLICT : TB_ERROR_NOT_FOUND;
  sentence = complain != NULL ? complain (word, mistake) : complain_in_english (word, mistake);
  g_set_error_literal (error, TB_ERROR, mistake, sentence);
  return FALSE;
}

static gboolean
add_parts (TbFigures *figures, const TbFiguresQuestion *question, TbFiguresComplaint complain, GError **error)
{
  for (guint i = 0; question->parts != NULL && i < question->parts->len; i++) {
    const TbFiguresPart *part = &g_array_index (question->parts, TbFiguresPart, i);

    tb_parts_add_named_range (figures->parts, part->name, part->from, part->to);
  }
  for (guint i = 0; question->phases != NULL && question->phases[i] != NULL; i++) {
    guint32 code;

    if (tb_parts_add_instrument (figures->parts, question->phases[i]) > 0)
      continue;
    if (!find_code (figures->set, question->phases[i], complain, &code, error))
      return FALSE;
    tb_parts_add_code (figures->parts, code);
  }
  if (tb_parts_n (figures->parts) <= TB_FIGURES_PARTS_MAX)
    return TRUE;
  g_set_error (error, TB_ERROR, TB_ERROR_TOO_LARGE,
               "These are %u parts of the lesson; at most %d are counted at once, so ask for fewer",
               tb_parts_n (figures->parts), TB_FIGURES_PARTS_MAX);
  return FALSE;
}

/* What is held together in a latency, and during a state. Of several observers each has seen the whole lesson: from
 * what one saw to what another saw is no time that passed there. */
static guint
what_is_same (const TbFigures *figures, const TbFiguresQuestion *question)
{
  const gboolean several
      = (question->by & TB_BUDGET_BY_OBSERVER) != 0 || tb_event_set_n_names (figures->set, TB_NAME_OBSERVER) > 2;

  return (question->same_subject ? TB_SAME_SUBJECT : 0) | (several ? TB_SAME_OBSERVER : 0);
}

static gboolean
add_latencies (TbFigures *figures, const TbFiguresQuestion *question, TbFiguresComplaint complain, GError **error)
{
  TbLatencyQuestion one = { .same = what_is_same (figures, question),
                            .from_end = question->from_end,
                            .within = question->within };
  const char *const *words = question->latencies;
  guint n_pairs = 0;

  for (guint i = 0; words != NULL && words[i] != NULL && words[i + 1] != NULL; i += 2) {
    if (!find_code (figures->set, words[i], complain, &one.from, error)
        || !find_code (figures->set, words[i + 1], complain, &one.to, error))
      return FALSE;
    for (one.part = 0; one.part < tb_parts_n (figures->parts); one.part++) {
      TbLatency *latency = tb_latency_new (figures->set, figures->parts, &one);

      g_ptr_array_add (figures->latencies, latency);
      n_pairs += latency->pairs->len + latency->unpaired->len + 1;
      if (n_pairs <= TB_FIGURES_PAIRS_MAX)
        continue;
      g_set_error_literal (error, TB_ERROR, TB_ERROR_TOO_LARGE,
                           "So many latencies in so many parts are not counted at once: ask for fewer");
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
add_during (TbFigures *figures, const TbFiguresQuestion *question, TbFiguresComplaint complain, GError **error)
{
  for (guint i = 0; question->during != NULL && question->during[i] != NULL; i++) {
    guint32 code;

    if (!find_code (figures->set, question->during[i], complain, &code, error))
      return FALSE;
    g_ptr_array_add (figures->during, tb_during_new (figures->set, code, what_is_same (figures, question)));
  }
  return TRUE;
}

TbFigures *
tb_figures_new (const TbEventSet *set, const TbFiguresQuestion *question, TbFiguresComplaint complain, GError **error)
{
  g_autoptr (TbFigures) figures = g_new0 (TbFigures, 1);
  const TbTransitionsQuestion sequence = { .lag = question->lag,
                                           .same = question->same_subject ? TB_SAME_SUBJECT : 0,
                                           .repeats = question->repeats };

  figures->set = set;
  figures->by = question->by;
  figures->superseded = question->superseded;
  figures->parts = tb_parts_new (set);
  figures->latencies = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_latency_free);
  figures->during = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_during_free);
  figures->together = tb_exclusive_find (set);
  if (!add_parts (figures, question, complain, error) || !add_latencies (figures, question, complain, error)
      || !add_during (figures, question, complain, error))
    return NULL;
  figures->budget = tb_budget_new (set, figures->parts, question->by);
  if (!question->transitions)
    return g_steal_pointer (&figures);
  figures->transitions = tb_transitions_new (set, figures->parts, &sequence, error);
  return figures->transitions != NULL ? g_steal_pointer (&figures) : NULL;
}

void
tb_figures_free (TbFigures *figures)
{
  if (figures == NULL)
    return;
  tb_transitions_free (figures->transitions);
  g_ptr_array_unref (figures->during);
  g_ptr_array_unref (figures->latencies);
  g_array_unref (figures->together);
  tb_budget_free (figures->budget);
  tb_parts_free (figures->parts);
  g_free (figures);
}

/* Whose observations are counted. */
static json_object *
observers_json (const TbEventSet *set)
{
  json_object *array = json_object_new_array ();

  for (guint i = 1; i < tb_event_set_n_names (set, TB_NAME_OBSERVER); i++)
    json_object_array_add (array, json_object_new_string (tb_event_set_name (set, TB_NAME_OBSERVER, i)));
  return array;
}

json_object *
tb_figures_to_json (const TbFigures *figures)
{
  json_object *object = tb_budget_to_json (figures->budget);
  json_object *latencies = json_object_new_array (), *during = json_object_new_array ();

  for (guint i = 0; i < figures->latencies->len; i++)
    json_object_array_add (latencies, tb_latency_to_json (figures->latencies->pdata[i], figures->set));
  for (guint i = 0; i < figures->during->len; i++)
    json_object_array_add (during, tb_during_to_json (figures->during->pdata[i], figures->set));
  tb_json_add (object, "latencies", latencies);
  tb_json_add (object, "during", during);
  tb_json_add (object, "transitions",
               figures->transitions != NULL ? tb_transitions_to_json (figures->transitions, figures->set) : NULL);
  tb_json_add (object, "exclusive", tb_exclusive_to_json (figures->together, figures->set));
  tb_json_add (object, "observers", observers_json (figures->set));
  tb_json_add_int (object, "superseded", figures->superseded);
  tb_json_add (object, "renamed", tb_event_set_renamed_to_json (figures->set));
  return object;
}
