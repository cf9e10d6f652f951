#include "observe/exclusive.h"

#include <string.h>

#include "base/json.h"

typedef struct {
  guint32 visit, group, subject, observer;
} Key;

/* What runs of a key: the place of the state that ends last, and of the one of another code than it that does. */
typedef struct {
  Key key;
  guint last, other;
  gboolean has_other;
} Running;

static guint
hash_key (gconstpointer data)
{
  const Key *key = data;

  return ((key->visit * 31 + key->group) * 31 + key->subject) * 31 + key->observer;
}

static gboolean
equal_keys (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (Key)) == 0;
}

/* Puts the state at PLACE among what runs. */
static void
run (const TbEventSet *set, const TbEvent *events, Running *running, guint place)
{
  const TbTime end = tb_event_set_end (set, &events[place]);
  const gboolean same = events[place].code == events[running->last].code;

  if (end >= tb_event_set_end (set, &events[running->last])) {
    if (!same) {
      running->other = running->last;
      running->has_other = TRUE;
    }
    running->last = place;
  } else if (!same && (!running->has_other || end > tb_event_set_end (set, &events[running->other]))) {
    running->other = place;
    running->has_other = TRUE;
  }
}

static void
compare_with (const TbEventSet *set, const TbEvent *events, const Running *running, guint place, GArray *together)
{
  const gboolean same = events[running->last].code == events[place].code;
  TbTogether found = { running->last, place, events[place].at, 0 };

  if (same && !running->has_other)
    return;
  if (same)
    found.running = running->other;
  found.to = MIN (tb_event_set_end (set, &events[found.running]), tb_event_set_end (set, &events[place]));
  if (found.from < found.to)
    g_array_append_val (together, found);
}

GArray *
tb_exclusive_find (const TbEventSet *set)
{
  GArray *together = g_array_new (FALSE, FALSE, sizeof (TbTogether));
  g_autoptr (GHashTable) by_key = g_hash_table_new_full (hash_key, equal_keys, NULL, g_free);
  guint n;
  const TbEvent *events = tb_event_set_events (set, &n);

  for (guint i = 0; i < n; i++) {
    const guint32 group
        = events[i].kind == TB_KIND_STATE ? tb_event_set_code_facts (set, events[i].code).group : 0;
    const Key key = { events[i].visit, group, events[i].subject, events[i].observer };
    Running *running = group != 0 ? g_hash_table_lookup (by_key, &key) : NULL;

    if (group == 0)
      continue;
    if (running == NULL) {
      running = g_new0 (Running, 1);
      running->key = key;
      running->last = i;
      g_hash_table_insert (by_key, &running->key, running);
      continue;
    }
    compare_with (set, events, running, i, together);
    run (set, events, running, i);
  }
  return together;
}

json_object *
tb_exclusive_to_json (const GArray *together, const TbEventSet *set)
{
  json_object *object = json_object_new_object (), *list = json_object_new_array ();
  guint n;
  const TbEvent *events = tb_event_set_events (set, &n);

  for (guint i = 0; i < MIN (together->len, TB_EXCLUSIVE_MAX); i++) {
    const TbTogether *one = &g_array_index (together, TbTogether, i);
    const TbEvent *begun = &events[one->begun];
    json_object *item = json_object_new_object ();

    tb_json_add_int (item, "visit", begun->visit);
    tb_json_add_string (item, "group",
                        tb_event_set_name (set, TB_NAME_GROUP, tb_event_set_code_facts (set, begun->code).group));
    tb_json_add_string (item, "running", tb_event_set_name (set, TB_NAME_CODE, events[one->running].code));
    tb_json_add_string (item, "begun", tb_event_set_name (set, TB_NAME_CODE, begun->code));
    tb_json_add_string (item, "subject", tb_event_set_name (set, TB_NAME_SUBJECT, begun->subject));
    tb_json_add_string (item, "observer", tb_event_set_name (set, TB_NAME_OBSERVER, begun->observer));
    tb_json_add_time (item, "from", one->from);
    tb_json_add_time (item, "to", one->to);
    json_object_array_add (list, item);
  }
  tb_json_add_int (object, "count", together->len);
  tb_json_add (object, "first", list);
  return object;
}
