#include "observe/during.h"

#include <math.h>

#include "base/json.h"
#include "observe/order.h"
#include "observe/part.h"
#include "observe/spread.h"

/* A point, or a stretch in which the state runs. Sorted by the fields, so that what belongs together stands together. */
typedef struct {
  guint32 code, visit, subject, observer;
  TbTime from, to; /* of a point the same; of a stretch TO is the first instant after it */
} Item;

static int
compare_items (gconstpointer a, gconstpointer b)
{
  const Item *left = a, *right = b;

  TB_ORDER (left->code, right->code);
  TB_ORDER (left->visit, right->visit);
  TB_ORDER (left->subject, right->subject);
  TB_ORDER (left->observer, right->observer);
  TB_ORDER (left->from, right->from);
  return 0;
}

static Item
item_of (const TbEvent *event, guint same, TbTime from, TbTime to)
{
  return (Item){ event->code, event->visit, same & TB_SAME_SUBJECT ? event->subject : 0,
                 same & TB_SAME_OBSERVER ? event->observer : 0, from, to };
}

/* Points of all codes into POINTS, states of CODE that have any length into STATES, both sorted. */
static void
list_items (const TbEventSet *set, guint32 code, guint same, GArray *points, GArray *states)
{
  guint n;
  const TbEvent *events = tb_event_set_events (set, &n);

  for (guint i = 0; i < n; i++) {
    const TbEvent *event = &events[i];
    const TbTime length = tb_event_set_visit_length (set, event->visit);
    const TbTime at = CLAMP (event->at, 0, length);
    const TbTime end = CLAMP (tb_event_set_end (set, event), 0, length);
    /* The end of the lesson itself belongs to a state that reaches it. */
    const Item item = item_of (event, same, at, end == length ? end + 1 : end);
    const Item point = item_of (event, same, at, at);

    if (event->kind == TB_KIND_POINT)
      g_array_append_val (points, point);
    else if (event->kind == TB_KIND_STATE && event->code == code && at < end)
      g_array_append_val (states, item);
  }
  g_array_sort (points, compare_items);
  g_array_sort (states, compare_items);
}

/* How many of POINTS come before WANTED. */
static guint
count_before (const GArray *points, const Item *wanted)
{
  guint low = 0, high = points->len;

  while (low < high) {
    const guint middle = low + (high - low) / 2;

    if (compare_items (&g_array_index (points, Item, middle), wanted) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static guint
count_inside (const GArray *points, guint32 code, const Item *stretch)
{
  Item from = *stretch, to = *stretch;

  from.code = to.code = code;
  to.from = stretch->to;
  return count_before (points, &to) - count_before (points, &from);
}

/* STATES joined where they touch or run together. New. */
static GArray *
join (const GArray *states)
{
  GArray *joined = g_array_new (FALSE, FALSE, sizeof (Item));

  for (guint i = 0; i < states->len; i++) {
    const Item *state = &g_array_index (states, Item, i);
    Item *last = joined->len > 0 ? &g_array_index (joined, Item, joined->len - 1) : NULL;

    if (last != NULL && last->visit == state->visit && last->subject == state->subject
        && last->observer == state->observer && state->from <= last->to)
      last->to = MAX (last->to, state->to);
    else
      g_array_append_val (joined, *state);
  }
  return joined;
}

/* How long STRETCHES, joined, are together. The end of a lesson is one instant more, which is no time. */
static TbTime
time_of (const TbEventSet *set, const GArray *stretches)
{
  TbTime time = 0;

  for (guint i = 0; i < stretches->len; i++) {
    const Item *stretch = &g_array_index (stretches, Item, i);

    time += MIN (stretch->to, tb_event_set_visit_length (set, stretch->visit)) - stretch->from;
  }
  return time;
}

/* All lessons together, each as often as there are observers of whom it has anything. */
static TbTime
lessons_of_each (const TbEventSet *set)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  guint n;
  const TbEvent *events = tb_event_set_events (set, &n);
  TbTime time = 0;

  for (guint i = 0; i < n; i++) {
    const gint64 who = ((gint64) events[i].visit << 32) | events[i].observer;

    if (g_hash_table_add (seen, g_memdup2 (&who, sizeof who)))
      time += tb_event_set_visit_length (set, events[i].visit);
  }
  return time;
}

TbDuring *
tb_during_new (const TbEventSet *set, guint32 code, guint same)
{
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (Item));
  g_autoptr (GArray) states = g_array_new (FALSE, FALSE, sizeof (Item));
  g_autoptr (GArray) stretches = NULL;
  TbDuring *during = g_new0 (TbDuring, 1);
  guint n;
  const TbEvent *events = tb_event_set_events (set, &n);

  during->code = code;
  during->same = same;
  during->rows = g_array_new (FALSE, FALSE, sizeof (TbDuringRow));
  for (guint i = 0; i < n; i++)
    during->states += events[i].code == code && events[i].kind == TB_KIND_STATE;
  list_items (set, code, same, points, states);
  stretches = join (states);
  if (same & TB_SAME_OBSERVER) {
    during->covered = time_of (set, stretches);
    during->lesson = lessons_of_each (set);
  } else {
    g_autoptr (TbParts) parts = tb_parts_new (set);

    during->covered = tb_parts_total (parts, tb_parts_add_code (parts, code));
    during->lesson = tb_parts_total (parts, 0);
  }
  for (guint i = 0; i < points->len;) {
    TbDuringRow row = { .code = g_array_index (points, Item, i).code };
    const Item next = { .code = row.code + 1 };
    const guint end = count_before (points, &next);

    for (guint s = 0; s < stretches->len; s++)
      row.inside += count_inside (points, row.code, &g_array_index (stretches, Item, s));
    for (guint s = 0; s < states->len; s++)
      row.states += count_inside (points, row.code, &g_array_index (states, Item, s)) > 0;
    row.outside = end - i - row.inside;
    g_array_append_val (during->rows, row);
    i = end;
  }
  return during;
}

void
tb_during_free (TbDuring *during)
{
  if (during == NULL)
    return;
  g_array_unref (during->rows);
  g_free (during);
}

double
tb_during_rate_inside (const TbDuring *during, const TbDuringRow *row)
{
  return during->same & TB_SAME_SUBJECT ? NAN : tb_spread_per_minute (row->inside, during->covered);
}

double
tb_during_rate_outside (const TbDuring *during, const TbDuringRow *row)
{
  return during->same & TB_SAME_SUBJECT ? NAN : tb_spread_per_minute (row->outside, during->lesson - during->covered);
}

json_object *
tb_during_to_json (const TbDuring *during, const TbEventSet *set)
{
  json_object *object = json_object_new_object (), *rows = json_object_new_array ();

  for (guint i = 0; i < during->rows->len; i++) {
    const TbDuringRow *row = &g_array_index (during->rows, TbDuringRow, i);
    json_object *one = json_object_new_object ();

    tb_json_add_string (one, "code", tb_event_set_name (set, TB_NAME_CODE, row->code));
    tb_json_add_int (one, "inside", row->inside);
    tb_json_add_int (one, "outside", row->outside);
    tb_json_add_int (one, "states", row->states);
    tb_json_add_double (one, "per_minute_inside", tb_during_rate_inside (during, row));
    tb_json_add_double (one, "per_minute_outside", tb_during_rate_outside (during, row));
    json_object_array_add (rows, one);
  }
  tb_json_add_string (object, "code", tb_event_set_name (set, TB_NAME_CODE, during->code));
  tb_json_add_bool (object, "same_subject", (during->same & TB_SAME_SUBJECT) != 0);
  tb_json_add_bool (object, "same_observer", (during->same & TB_SAME_OBSERVER) != 0);
  tb_json_add_int (object, "states", during->states);
  tb_json_add_time (object, "covered", during->covered);
  tb_json_add_time (object, "lesson", during->lesson);
  tb_json_add (object, "rows", rows);
  return object;
}
