#include "observe/latency.h"

#include "base/json.h"
#include "observe/order.h"

/* An event of the second code. Sorted by the fields, so that those that may be held against each other stand together. */
typedef struct {
  guint32 visit, subject, observer;
  TbTime at;
  guint place;
} Second;

static int
compare_seconds (gconstpointer a, gconstpointer b)
{
  const Second *left = a, *right = b;

  TB_ORDER (left->visit, right->visit);
  TB_ORDER (left->subject, right->subject);
  TB_ORDER (left->observer, right->observer);
  TB_ORDER (left->at, right->at);
  TB_ORDER (left->place, right->place);
  return 0;
}

static Second
second_of (const TbEvent *event, guint same, guint place)
{
  return (Second){ event->visit, same & TB_SAME_SUBJECT ? event->subject : 0,
                   same & TB_SAME_OBSERVER ? event->observer : 0, event->at, place };
}

/* The first of SECONDS that is not before WANTED and belongs with it; NULL when there is none. */
static const Second *
find_second (const GArray *seconds, const Second *wanted)
{
  guint low = 0, high = seconds->len;
  const Second *found;

  while (low < high) {
    const guint middle = low + (high - low) / 2;

    if (compare_seconds (&g_array_index (seconds, Second, middle), wanted) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  if (low == seconds->len)
    return NULL;
  found = &g_array_index (seconds, Second, low);
  if (found->visit != wanted->visit || found->subject != wanted->subject || found->observer != wanted->observer)
    return NULL;
  return found;
}

/* Sorted; new. */
static GArray *
list_seconds (const TbEvent *events, guint n, const TbLatencyQuestion *question)
{
  GArray *seconds = g_array_new (FALSE, FALSE, sizeof (Second));

  for (guint i = 0; i < n; i++) {
    const Second second = second_of (&events[i], question->same, i);

    if (events[i].code == question->to)
      g_array_append_val (seconds, second);
  }
  g_array_sort (seconds, compare_seconds);
  return seconds;
}

/* What EVENT is paired with; NULL when with nothing. */
static const Second *
pair_with (const TbLatencyQuestion *question, const TbEvent *event, guint place, const GArray *seconds, TbTime *anchor)
{
  Second wanted = second_of (event, question->same, 0);
  const Second *found;

  *anchor = event->at;
  if (question->from_end && event->kind == TB_KIND_STATE) {
    if (event->until == TB_TIME_NONE)
      return NULL;
    *anchor = wanted.at = event->until;
  }
  if (question->from == question->to && *anchor == event->at)
    wanted.place = place + 1; /* not itself */
  found = find_second (seconds, &wanted);
  return found != NULL && (question->within == 0 || found->at - *anchor <= question->within) ? found : NULL;
}

TbLatency *
tb_latency_new (const TbEventSet *set, const TbParts *parts, const TbLatencyQuestion *question)
{
  guint n;
  const TbEvent *events = tb_event_set_events (set, &n);
  g_autoptr (GArray) seconds = list_seconds (events, n, question);
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (TbTime));
  g_autofree gboolean *taken = g_new0 (gboolean, MAX (n, 1));
  TbLatency *latency = g_new0 (TbLatency, 1);

  latency->question = *question;
  latency->pairs = g_array_new (FALSE, FALSE, sizeof (TbLatencyPair));
  latency->unpaired = g_array_new (FALSE, FALSE, sizeof (guint));
  for (guint i = 0; i < n; i++) {
    TbLatencyPair pair = { .from = i };
    const Second *second;
    TbTime anchor;

    if (events[i].code != question->from
        || tb_parts_stretch (parts, question->part, events[i].visit, events[i].at) < 0)
      continue;
    second = pair_with (question, &events[i], i, seconds, &anchor);
    if (second == NULL) {
      g_array_append_val (latency->unpaired, i);
      continue;
    }
    pair.to = second->place;
    pair.latency = second->at - anchor;
    latency->shared += taken[pair.to];
    taken[pair.to] = TRUE;
    g_array_append_val (latency->pairs, pair);
    g_array_append_val (times, pair.latency);
  }
  latency->spread = tb_spread_of (times);
  return latency;
}

void
tb_latency_free (TbLatency *latency)
{
  if (latency == NULL)
    return;
  g_array_unref (latency->pairs);
  g_array_unref (latency->unpaired);
  g_free (latency);
}

json_object *
tb_latency_to_json (const TbLatency *latency, const TbEventSet *set)
{
  const TbLatencyQuestion *question = &latency->question;
  json_object *object = json_object_new_object ();
  json_object *pairs = json_object_new_array (), *unpaired = json_object_new_array ();
  guint n;
  const TbEvent *events = tb_event_set_events (set, &n);

  for (guint i = 0; i < latency->pairs->len; i++) {
    const TbLatencyPair *pair = &g_array_index (latency->pairs, TbLatencyPair, i);
    json_object *one = json_object_new_object ();

    tb_json_add_int (one, "visit", events[pair->from].visit);
    tb_json_add_time (one, "at", events[pair->from].at);
    tb_json_add_time (one, "next", events[pair->to].at);
    tb_json_add_time (one, "latency", pair->latency);
    json_object_array_add (pairs, one);
  }
  for (guint i = 0; i < latency->unpaired->len; i++) {
    const TbEvent *event = &events[g_array_index (latency->unpaired, guint, i)];
    json_object *one = json_object_new_object ();

    tb_json_add_int (one, "visit", event->visit);
    tb_json_add_time (one, "at", event->at);
    json_object_array_add (unpaired, one);
  }
  tb_json_add_string (object, "from", tb_event_set_name (set, TB_NAME_CODE, question->from));
  tb_json_add_string (object, "to", tb_event_set_name (set, TB_NAME_CODE, question->to));
  tb_json_add_int (object, "part", question->part);
  tb_json_add_string (object, "counted_from", question->from_end ? "end" : "start");
  tb_json_add_bool (object, "same_subject", (question->same & TB_SAME_SUBJECT) != 0);
  tb_json_add_bool (object, "same_observer", (question->same & TB_SAME_OBSERVER) != 0);
  tb_json_add_time (object, "within", question->within == 0 ? TB_TIME_NONE : question->within);
  tb_json_add (object, "seconds", tb_spread_to_json (&latency->spread));
  tb_json_add_int (object, "shared", latency->shared);
  tb_json_add (object, "pairs", pairs);
  tb_json_add (object, "unpaired", unpaired);
  return object;
}
