#include "observe/part.h"

#include <string.h>

#include "base/json.h"
#include "observe/spread.h"

typedef struct {
  TbTime from, to;
  TbTime before; /* how much of the part is before this stretch in its visit */
} Stretch;

typedef struct {
  TbPartKind kind;
  char *name; /* of a range, when it has one of its own */
  TbTime from, to;
  guint32 code;
  GArray *stretches; /* Stretch, visit after visit */
  guint *first;      /* by visit: its first stretch; one more at the end */
  TbTime total;      /* how long all stretches are together */
} Part;

struct _TbParts {
  const TbEventSet *set; /* borrowed */
  GPtrArray *parts;      /* Part */
};

static void
free_part (gpointer data)
{
  Part *part = data;

  g_free (part->name);
  g_array_unref (part->stretches);
  g_free (part->first);
  g_free (part);
}

static Part *
add_part (TbParts *parts, TbPartKind kind)
{
  Part *part = g_new0 (Part, 1);

  part->kind = kind;
  part->stretches = g_array_new (FALSE, FALSE, sizeof (Stretch));
  part->first = g_new0 (guint, tb_event_set_n_visits (parts->set) + 1);
  g_ptr_array_add (parts->parts, part);
  return part;
}

/* FROM to TO of VISIT, which is the last visit so far; joins it to the stretch before when they touch. */
static void
add_stretch (Part *part, guint visit, TbTime from, TbTime to)
{
  Stretch stretch = { from, to, 0 };

  if (part->stretches->len > part->first[visit]) {
    Stretch *last = &g_array_index (part->stretches, Stretch, part->stretches->len - 1);

    if (from <= last->to) {
      last->to = MAX (last->to, to);
      return;
    }
    stretch.before = last->before + last->to - last->from;
  }
  g_array_append_val (part->stretches, stretch);
}

static void
add_up (Part *part)
{
  for (guint i = 0; i < part->stretches->len; i++) {
    const Stretch *stretch = &g_array_index (part->stretches, Stretch, i);

    part->total = tb_spread_add (part->total, stretch->to - stretch->from);
  }
}

static void
add_same_everywhere (const TbEventSet *set, Part *part)
{
  const guint n_visits = tb_event_set_n_visits (set);

  for (guint visit = 0; visit < n_visits; visit++) {
    const TbTime length = tb_event_set_visit_length (set, visit);
    const TbTime from = MAX (part->from, 0), to = MIN (part->to, length);

    part->first[visit] = part->stretches->len;
    /* A lesson without any length has its one instant. */
    if (from < to || (length == 0 && from == 0 && to == 0))
      add_stretch (part, visit, from, to);
  }
  part->first[n_visits] = part->stretches->len;
  add_up (part);
}

TbParts *
tb_parts_new (const TbEventSet *set)
{
  TbParts *parts = g_new0 (TbParts, 1);
  Part *whole;

  parts->set = set;
  parts->parts = g_ptr_array_new_with_free_func (free_part);
  whole = add_part (parts, TB_PART_WHOLE);
  whole->to = G_MAXINT64;
  add_same_everywhere (set, whole);
  return parts;
}

void
tb_parts_free (TbParts *parts)
{
  if (parts == NULL)
    return;
  g_ptr_array_unref (parts->parts);
  g_free (parts);
}

guint
tb_parts_add_range (TbParts *parts, TbTime from, TbTime to)
{
  return tb_parts_add_named_range (parts, NULL, from, to);
}

guint
tb_parts_add_named_range (TbParts *parts, const char *name, TbTime from, TbTime to)
{
  Part *part = add_part (parts, TB_PART_RANGE);

  g_assert (from < to);
  part->name = g_strdup (name);
  part->from = from;
  part->to = to;
  add_same_everywhere (parts->set, part);
  return parts->parts->len - 1;
}

guint
tb_parts_add_code (TbParts *parts, guint32 code)
{
  Part *part = add_part (parts, TB_PART_CODE);
  const guint n_visits = tb_event_set_n_visits (parts->set);

  part->code = code;
  for (guint visit = 0; visit < n_visits; visit++) {
    const TbTime length = tb_event_set_visit_length (parts->set, visit);
    guint n;
    const TbEvent *events = tb_event_set_visit_events (parts->set, visit, &n);

    part->first[visit] = part->stretches->len;
    for (guint i = 0; i < n; i++) {
      TbTime from, to;

      if (events[i].code != code || events[i].kind != TB_KIND_STATE)
        continue;
      from = CLAMP (events[i].at, 0, length);
      to = CLAMP (tb_event_set_end (parts->set, &events[i]), 0, length);
      if (from < to)
        add_stretch (part, visit, from, to);
    }
  }
  part->first[n_visits] = part->stretches->len;
  add_up (part);
  return parts->parts->len - 1;
}

guint
tb_parts_add_instrument (TbParts *parts, const char *instrument)
{
  const guint n_codes = tb_event_set_n_names (parts->set, TB_NAME_CODE);
  const gsize length = strlen (instrument);
  g_autofree gboolean *is_state = g_new0 (gboolean, n_codes);
  guint n, n_added = 0;
  const TbEvent *events = tb_event_set_events (parts->set, &n);

  for (guint i = 0; i < n; i++)
    is_state[events[i].code] |= events[i].kind == TB_KIND_STATE;
  for (guint code = 1; code < n_codes; code++) {
    const char *name = tb_event_set_name (parts->set, TB_NAME_CODE, code);

    if (!is_state[code] || strncmp (name, instrument, length) != 0 || name[length] != '/')
      continue;
    tb_parts_add_code (parts, code);
    n_added++;
  }
  return n_added;
}

static const Part *
get (const TbParts *parts, guint part)
{
  g_assert (part < parts->parts->len);
  return parts->parts->pdata[part];
}

guint
tb_parts_n (const TbParts *parts)
{
  return parts->parts->len;
}

TbPartKind
tb_parts_kind (const TbParts *parts, guint part)
{
  return get (parts, part)->kind;
}

void
tb_parts_range (const TbParts *parts, guint part, TbTime *from, TbTime *to)
{
  *from = get (parts, part)->from;
  *to = get (parts, part)->to;
}

guint32
tb_parts_code (const TbParts *parts, guint part)
{
  return get (parts, part)->code;
}

/* Without the zeros that say nothing: "600", "12.5". */
static char *
short_seconds (TbTime time)
{
  char *text = tb_time_format (time);

  if (strchr (text, '.') != NULL) {
    gsize length = strlen (text);

    while (text[length - 1] == '0')
      text[--length] = '\0';
    if (text[length - 1] == '.')
      text[length - 1] = '\0';
  }
  return text;
}

char *
tb_parts_name (const TbParts *parts, guint part)
{
  const Part *one = get (parts, part);

  if (one->kind == TB_PART_CODE)
    return g_strdup (tb_event_set_name (parts->set, TB_NAME_CODE, one->code));
  if (one->name != NULL)
    return g_strdup (one->name);
  if (one->kind == TB_PART_RANGE) {
    g_autofree char *from = short_seconds (one->from);
    g_autofree char *to = short_seconds (one->to);

    return g_strconcat (from, "-", to, NULL);
  }
  return NULL;
}

/* The last stretch of VISIT that begins at or before TIME; NULL when there is none. */
static const Stretch *
stretch_before (const Part *part, guint visit, TbTime time)
{
  const Stretch *stretches = (const Stretch *) (const void *) part->stretches->data;
  guint low = part->first[visit], high = part->first[visit + 1];

  while (low < high) {
    const guint middle = low + (high - low) / 2;

    if (stretches[middle].from <= time)
      low = middle + 1;
    else
      high = middle;
  }
  return low == part->first[visit] ? NULL : &stretches[low - 1];
}

/* How much of the part is before TIME. */
static TbTime
part_before (const Part *part, guint visit, TbTime time)
{
  const Stretch *stretch = stretch_before (part, visit, time);

  return stretch == NULL ? 0 : stretch->before + MIN (time, stretch->to) - stretch->from;
}

TbTime
tb_parts_length (const TbParts *parts, guint part, guint visit)
{
  return part_before (get (parts, part), visit, G_MAXINT64);
}

TbTime
tb_parts_total (const TbParts *parts, guint part)
{
  return get (parts, part)->total;
}

TbTime
tb_parts_overlap (const TbParts *parts, guint part, guint visit, TbTime from, TbTime to)
{
  const Part *one = get (parts, part);

  return part_before (one, visit, to) - part_before (one, visit, from);
}

int
tb_parts_stretch (const TbParts *parts, guint part, guint visit, TbTime time)
{
  const Part *one = get (parts, part);
  const TbTime length = tb_event_set_visit_length (parts->set, visit);
  const TbTime place = CLAMP (time, 0, length);
  const Stretch *stretch = stretch_before (one, visit, place);

  if (stretch == NULL || place > stretch->to || (place == stretch->to && place != length))
    return -1;
  return (int) (stretch - (const Stretch *) (const void *) one->stretches->data - one->first[visit]);
}

gboolean
tb_parts_get_stretch (const TbParts *parts, guint part, guint visit, guint index, TbTime *from, TbTime *to,
                      gboolean *has_end)
{
  const Part *one = get (parts, part);
  const Stretch *stretch;

  if (index >= one->first[visit + 1] - one->first[visit])
    return FALSE;
  stretch = &g_array_index (one->stretches, Stretch, one->first[visit] + index);
  *from = stretch->from;
  *to = stretch->to;
  *has_end = stretch->to == tb_event_set_visit_length (parts->set, visit);
  return TRUE;
}

static const char *
kind_name (TbPartKind kind)
{
  return kind == TB_PART_CODE ? "code" : kind == TB_PART_RANGE ? "range" : "whole";
}

json_object *
tb_parts_to_json (const TbParts *parts)
{
  json_object *array = json_object_new_array ();

  for (guint i = 0; i < parts->parts->len; i++) {
    const Part *part = parts->parts->pdata[i];
    g_autofree char *name = tb_parts_name (parts, i);
    json_object *object = json_object_new_object ();

    tb_json_add_int (object, "part", i);
    tb_json_add_string (object, "kind", kind_name (part->kind));
    tb_json_add_string (object, "name", name);
    tb_json_add_time (object, "from", part->kind == TB_PART_RANGE ? part->from : TB_TIME_NONE);
    tb_json_add_time (object, "to", part->kind == TB_PART_RANGE ? part->to : TB_TIME_NONE);
    tb_json_add_string (object, "code", tb_event_set_name (parts->set, TB_NAME_CODE, part->code));
    tb_json_add_time (object, "seconds", tb_parts_total (parts, i));
    json_object_array_add (array, object);
  }
  return array;
}
