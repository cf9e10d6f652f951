/* How long a budget takes, from observations as they come out of the store: terugblik's median of ROUNDS, in milliseconds.
 *
 *   budget EVENTS VISITS ROUNDS */
#include <stdlib.h>

#include "observe/budget.h"

static TbObservation *
make_observation (GRand *rand)
{
  TbObservation *observation = tb_observation_new ("x");
  const guint code = g_rand_int_range (rand, 0, 40);

  g_free (observation->instrument);
  observation->instrument = g_strdup ("bench");
  g_free (observation->code);
  observation->code = g_strdup_printf ("code-%u", code);
  g_free (observation->subject);
  observation->subject = g_strdup_printf ("leerling %d", g_rand_int_range (rand, 0, 25));
  g_free (observation->observer);
  observation->observer = g_strdup (g_rand_boolean (rand) ? "A" : "B");
  observation->kind = code % 2 == 0 ? TB_KIND_POINT : TB_KIND_STATE;
  observation->at = g_rand_int_range (rand, 0, 3000000) * TB_MILLISECOND;
  observation->until = TB_TIME_NONE;
  if (observation->kind == TB_KIND_STATE && g_rand_int_range (rand, 0, 50) != 0)
    observation->until = observation->at + g_rand_int_range (rand, 0, 120000) * TB_MILLISECOND;
  return observation;
}

static double
run_once (const GPtrArray *visits)
{
  const gint64 begin = g_get_monotonic_time ();
  g_autoptr (TbEventSet) set = tb_event_set_new ();
  g_autoptr (TbParts) parts = NULL;
  g_autoptr (TbBudget) budget = NULL;

  for (guint i = 0; i < visits->len; i++)
    tb_event_set_add_observations (set, tb_event_set_add_visit (set, NULL, 3000 * TB_SECOND), visits->pdata[i]);
  tb_event_set_sort (set);
  parts = tb_parts_new (set);
  tb_parts_add_range (parts, 0, 600 * TB_SECOND);
  budget = tb_budget_new (set, parts, TB_BUDGET_BY_SUBJECT);
  return (g_get_monotonic_time () - begin) / 1000.0;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const double left = *(const double *) a, right = *(const double *) b;

  return (left > right) - (left < right);
}

int
main (int argc, char **argv)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);
  g_autoptr (GPtrArray) visits = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (double));
  const int n_events = argc > 1 ? atoi (argv[1]) : 10786, n_visits = argc > 2 ? atoi (argv[2]) : 1;
  const int rounds = argc > 3 ? atoi (argv[3]) : 21;

  for (int i = 0; i < MAX (n_visits, 1); i++)
    g_ptr_array_add (visits, g_ptr_array_new_with_free_func ((GDestroyNotify) tb_observation_free));
  for (int i = 0; i < n_events; i++)
    g_ptr_array_add (visits->pdata[i % visits->len], make_observation (rand));
  for (int i = 0; i < MAX (rounds, 1); i++) {
    const double time = run_once (visits);

    g_array_append_val (times, time);
  }
  g_array_sort (times, compare);
  g_print ("%.3f\n", g_array_index (times, double, times->len / 2));
  return 0;
}
