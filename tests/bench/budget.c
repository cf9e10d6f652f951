/* How long a budget takes, from observations as they come out of the store: the median of ROUNDS in milliseconds of
 * processor time, so that what else runs is not measured.
 *
 *   bench-budget EVENTS VISITS ROUNDS
 *   bench-budget FILE ROUNDS              another program's file */
#include <stdlib.h>
#include <time.h>

#include "exchange/formats.h"
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

/* How many events. */
static guint
read_file (const char *path, GPtrArray *visits)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *data = NULL;
  gsize size = 0;
  TbLoss *loss = tb_loss_new ();
  TbExchange *document = NULL;
  guint n;

  if (g_file_get_contents (path, &data, &size, &error))
    document = tb_exchange_read (path, (const guint8 *) data, size, NULL, loss, &error);
  if (document == NULL)
    g_error ("%s: %s", path, error->message);
  for (guint s = 0; s < document->sets->len; s++) {
    const TbExchangeSet *given = document->sets->pdata[s];
    GPtrArray *observations = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_observation_free);

    for (guint i = 0; i < given->events->len; i++) {
      const TbExchangeEvent *event = given->events->pdata[i];
      TbObservation *observation = tb_observation_new ("x");

      observation->instrument = g_strdup ("bench");
      observation->code = g_strdup (event->code);
      observation->subject = g_strdup (event->subject);
      observation->kind = event->kind;
      observation->at = event->at;
      observation->until = event->until;
      g_ptr_array_add (observations, observation);
    }
    g_ptr_array_add (visits, observations);
  }
  n = tb_exchange_n_events (document);
  tb_exchange_free (document);
  tb_loss_free (loss);
  return n;
}

static double
processor_ms (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static double
run_once (const GPtrArray *visits)
{
  const double begin = processor_ms ();
  g_autoptr (TbEventSet) set = tb_event_set_new ();
  g_autoptr (TbParts) parts = NULL;
  g_autoptr (TbBudget) budget = NULL;

  for (guint i = 0; i < visits->len; i++)
    tb_event_set_add_observations (set, tb_event_set_add_visit (set, NULL, 3000 * TB_SECOND), visits->pdata[i]);
  tb_event_set_sort (set);
  parts = tb_parts_new (set);
  tb_parts_add_range (parts, 0, 600 * TB_SECOND);
  budget = tb_budget_new (set, parts, TB_BUDGET_BY_SUBJECT);
  return processor_ms () - begin;
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
  const int rounds = argc > 1 ? atoi (argv[argc - 1]) : 0;

  if (argc == 3) {
    g_printerr ("%u events\n", read_file (argv[1], visits));
  } else if (argc == 4) {
    for (int i = 0; i < MAX (atoi (argv[2]), 1); i++)
      g_ptr_array_add (visits, g_ptr_array_new_with_free_func ((GDestroyNotify) tb_observation_free));
    for (int i = 0; i < atoi (argv[1]); i++)
      g_ptr_array_add (visits->pdata[i % visits->len], make_observation (rand));
  } else {
    g_printerr ("bench-budget EVENTS VISITS ROUNDS | FILE ROUNDS\n");
    return 2;
  }
  for (int i = 0; i < MAX (rounds, 1); i++) {
    const double time = run_once (visits);

    g_array_append_val (times, time);
  }
  g_array_sort (times, compare);
  g_print ("%.3f\n", g_array_index (times, double, times->len / 2));
  return 0;
}
