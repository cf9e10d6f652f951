/* Two observers of one lesson of 45 minutes, 2,000 events each, compared with 1,000 rounds of the bootstrap. Prints
 * milliseconds (the median of five) by method: {"event":…,"sampled":…,"overlap":…} */
#include <math.h>
#include <stdlib.h>

#include "observe/concordance.h"

#define LESSON (45 * 60 * TB_SECOND)
#define N_EVENTS 2000
#define N_CODES 12

static void
add (TbEventSet *set, guint observer, guint code, TbTime at, TbTime until)
{
  TbEvent event = { .code = code,
                    .observer = observer,
                    .at = at,
                    .until = until,
                    .value = NAN,
                    .kind = until != TB_TIME_NONE ? TB_KIND_STATE : TB_KIND_POINT };

  tb_event_set_add (set, &event);
}

/* The second taps what the first does within a second and a half; a tenth is another code, a tenth somewhere else. */
static TbEventSet *
make_lesson (guint observers[2])
{
  TbEventSet *set = tb_event_set_new ();
  g_autoptr (GRand) random = g_rand_new_with_seed (2026);
  guint codes[N_CODES];

  tb_event_set_add_visit (set, NULL, LESSON);
  observers[0] = tb_event_set_intern (set, TB_NAME_OBSERVER, "A");
  observers[1] = tb_event_set_intern (set, TB_NAME_OBSERVER, "B");
  for (guint i = 0; i < N_CODES; i++) {
    g_autofree char *name = g_strdup_printf ("code-%u", i);

    codes[i] = tb_event_set_intern_code (set, "bench", name);
  }
  for (guint i = 0; i < N_EVENTS; i++) {
    guint code = (guint)g_rand_int_range (random, 0, N_CODES), other = code;
    TbTime at = (TbTime)(g_rand_double (random) * LESSON), then = at;
    TbTime length = code < N_CODES / 2 ? (TbTime)(g_rand_double_range (random, 0.5, 6) * TB_SECOND) : TB_TIME_NONE;

    if (g_rand_int_range (random, 0, 10) == 0)
      other = (code + 1) % (N_CODES / 2) + (code < N_CODES / 2 ? 0 : N_CODES / 2);
    if (g_rand_int_range (random, 0, 10) == 0)
      then = (TbTime)(g_rand_double (random) * LESSON);
    then = CLAMP (then + (TbTime)(g_rand_double_range (random, -1.5, 1.5) * TB_SECOND), 0, LESSON);
    add (set, observers[0], codes[code], at, length == TB_TIME_NONE ? TB_TIME_NONE : at + length);
    add (set, observers[1], codes[other], then, length == TB_TIME_NONE ? TB_TIME_NONE : then + length);
  }
  tb_event_set_sort (set);
  return set;
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double left = *(const double *)a, right = *(const double *)b;

  return (left > right) - (left < right);
}

static double
milliseconds (const TbEventSet *set, const guint *observers, TbMethod method)
{
  const TbConcordanceQuestion question = { .method = method,
                                           .observers = observers,
                                           .n_observers = 2,
                                           .tolerance = TB_TOLERANCE_USUAL,
                                           .bootstrap = TB_BOOTSTRAP_USUAL };
  double times[5];

  for (guint i = 0; i < G_N_ELEMENTS (times); i++) {
    gint64 start = g_get_monotonic_time ();
    g_autoptr (TbConcordance) concordance = tb_concordance_new (set, &question, NULL);

    times[i] = (double)(g_get_monotonic_time () - start) / 1000;
    g_assert (concordance != NULL && concordance->n_events[1] > 0);
  }
  qsort (times, G_N_ELEMENTS (times), sizeof (double), compare_doubles);
  return times[G_N_ELEMENTS (times) / 2];
}

int
main (void)
{
  guint observers[2];
  g_autoptr (TbEventSet) set = make_lesson (observers);

  g_print ("{\"event\":%.1f,\"sampled\":%.1f,\"overlap\":%.1f}\n", milliseconds (set, observers, TB_METHOD_EVENT),
           milliseconds (set, observers, TB_METHOD_SAMPLED), milliseconds (set, observers, TB_METHOD_OVERLAP));
  return 0;
}
