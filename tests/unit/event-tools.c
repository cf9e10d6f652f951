#include "event-tools.h"

#include <math.h>

static void
add (TbEventSet *set, guint visit, const char *code, TbKind kind, gint64 at, gint64 until, const char *subject,
     const char *observer)
{
  const TbEvent event = {
    .visit = visit, .code = tb_event_set_intern_code (set, "p", code),
    .subject = tb_event_set_intern (set, TB_NAME_SUBJECT, subject),
    .observer = tb_event_set_intern (set, TB_NAME_OBSERVER, observer),
    .kind = kind, .at = at * TB_SECOND, .until = until == NEVER ? TB_TIME_NONE : until * TB_SECOND, .value = NAN,
  };

  tb_event_set_add (set, &event);
}

void
add_point (TbEventSet *set, guint visit, const char *code, gint64 at, const char *subject, const char *observer)
{
  add (set, visit, code, TB_KIND_POINT, at, NEVER, subject, observer);
}

void
add_state (TbEventSet *set, guint visit, const char *code, gint64 at, gint64 until, const char *subject,
           const char *observer)
{
  add (set, visit, code, TB_KIND_STATE, at, until, subject, observer);
}

TbEventSet *
random_events (guint n)
{
  TbEventSet *set = tb_event_set_new ();
  const char *const modifiers[] = { "luid", "rij", NULL };
  const guint n_visits = g_test_rand_int_range (1, 4);
  const guint n_events = g_test_rand_int_range (0, n + 1);

  for (guint i = 0; i < n_visits; i++)
    tb_event_set_add_visit (set, NULL, g_test_rand_int_range (0, 5) == 0 ? 0 : g_test_rand_int_range (0, 30));
  for (guint i = 0; i < 3; i++) {
    const char name[] = { 'a' + i, '\0' };

    tb_event_set_intern_code (set, "p", name);
    tb_event_set_intern (set, TB_NAME_SUBJECT, name);
    tb_event_set_intern (set, TB_NAME_OBSERVER, name);
  }
  tb_event_set_modifiers (set, modifiers + 1);
  tb_event_set_modifiers (set, modifiers);
  for (guint i = 0; i < n_events; i++) {
    TbEvent event = {
      .visit = g_test_rand_int_range (0, n_visits), .code = g_test_rand_int_range (1, 4),
      .subject = g_test_rand_int_range (0, 3), .observer = g_test_rand_int_range (1, 3),
      .modifiers = g_test_rand_int_range (0, 3), .source = i,
      .kind = g_test_rand_bit () ? TB_KIND_POINT : TB_KIND_STATE,
      .at = g_test_rand_int_range (-4, 34), .until = TB_TIME_NONE,
      .value = g_test_rand_int_range (0, 4) == 0 ? g_test_rand_int_range (1, 5) : NAN,
    };

    if (event.kind == TB_KIND_STATE && g_test_rand_int_range (0, 5) != 0)
      event.until = event.at + g_test_rand_int_range (0, 9);
    tb_event_set_add (set, &event);
  }
  tb_event_set_sort (set);
  return set;
}

guint
code_number (const TbEventSet *set, const char *code)
{
  g_autofree char *name = g_strconcat ("p/", code, NULL);

  return tb_event_set_find (set, TB_NAME_CODE, name);
}
