#include "observe/budget.h"

#include <math.h>
#include <string.h>

#include "base/json.h"
#include "observe/order.h"

/* What one row has in every part. */
typedef struct {
  guint32 code, kind, subject, modifier, observer, visit;
} Key;

typedef struct {
  Key key;
  guint n;       /* events */
  guint *places; /* theirs in the set, in its order; borrowed from the groups */
} Group;

typedef struct {
  GPtrArray *list;    /* Group, by key */
  guint *places;      /* of all groups */
  gboolean *overlaps; /* by place in the set: a state that begins while another of its own runs */
  TbAnswers *answers; /* of all samplings */
} Groups;

/* An event of a group, while the groups are made. */
typedef struct {
  Group *group;
  guint place;
} Member;

struct _TbBudget {
  const TbEventSet *set;
  const TbParts *parts;
  guint by;
  GArray *rows; /* TbBudgetRow */
};

static guint
hash_key (gconstpointer data)
{
  const Key *key = data;
  guint hash = key->code;

  hash = hash * 31 + key->kind;
  hash = hash * 31 + key->subject;
  hash = hash * 31 + key->modifier;
  hash = hash * 31 + key->observer;
  return hash * 31 + key->visit;
}

static gboolean
equal_keys (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (Key)) == 0;
}

static void
groups_clear (Groups *groups)
{
  g_clear_pointer (&groups->list, g_ptr_array_unref);
  g_free (groups->places);
  g_free (groups->overlaps);
  tb_answers_free (groups->answers);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Groups, groups_clear)

static int
compare_groups (gconstpointer a, gconstpointer b)
{
  const Key *left = &(*(const Group *const *) a)->key, *right = &(*(const Group *const *) b)->key;

  TB_ORDER (left->code, right->code);
  TB_ORDER (left->kind, right->kind);
  TB_ORDER (left->subject, right->subject);
  TB_ORDER (left->modifier, right->modifier);
  TB_ORDER (left->observer, right->observer);
  TB_ORDER (left->visit, right->visit);
  return 0;
}

static void
put (GHashTable *groups, GArray *members, const Key *key, guint place)
{
  Member member = { g_hash_table_lookup (groups, key), place };

  if (member.group == NULL) {
    member.group = g_new0 (Group, 1);
    member.group->key = *key;
    g_hash_table_insert (groups, &member.group->key, member.group);
  }
  member.group->n++;
  g_array_append_val (members, member);
}

/* For each event: is it a state that begins while another of the same code, subject and observer runs. New. */
static gboolean *
find_overlaps (const TbEventSet *set)
{
  g_autoptr (GHashTable) ends = g_hash_table_new_full (hash_key, equal_keys, g_free, g_free);
  gboolean *overlaps;
  guint n;
  const TbEvent *events = tb_event_set_events (set, &n);

  overlaps = g_new0 (gboolean, MAX (n, 1));
  for (guint i = 0; i < n; i++) {
    const TbEvent *event = &events[i];
    const Key key = { event->code, TB_KIND_STATE, event->subject, 0, event->observer, event->visit };
    const TbTime end = tb_event_set_end (set, event);
    TbTime *latest;

    if (event->kind != TB_KIND_STATE)
      continue;
    latest = g_hash_table_lookup (ends, &key);
    if (latest == NULL) {
      g_hash_table_insert (ends, g_memdup2 (&key, sizeof key), g_memdup2 (&end, sizeof end));
      continue;
    }
    overlaps[i] = event->at < *latest;
    *latest = MAX (*latest, end);
  }
  return overlaps;
}

/* Gives each group of LIST its places. */
static void
deal (Groups *groups, const GArray *members)
{
  guint first = 0;

  groups->places = g_new (guint, MAX (members->len, 1));
  for (guint i = 0; i < groups->list->len; i++) {
    Group *group = groups->list->pdata[i];

    group->places = groups->places + first;
    first += group->n;
    group->n = 0;
  }
  for (guint i = 0; i < members->len; i++) {
    const Member *member = &g_array_index (members, Member, i);

    member->group->places[member->group->n++] = member->place;
  }
}

static void
group_events (const TbEventSet *set, guint by, Groups *groups)
{
  g_autoptr (GHashTable) by_key = g_hash_table_new (hash_key, equal_keys);
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (Member));
  GHashTableIter iter;
  gpointer group;
  guint n;
  const TbEvent *events = tb_event_set_events (set, &n);

  for (guint i = 0; i < n; i++) {
    const TbEvent *event = &events[i];
    Key key = {
      .code = event->code,
      .kind = event->kind,
      .subject = by & TB_BUDGET_BY_SUBJECT ? event->subject : TB_BUDGET_ANY,
      .modifier = by & TB_BUDGET_BY_MODIFIER ? 0 : TB_BUDGET_ANY,
      .observer = by & TB_BUDGET_BY_OBSERVER ? event->observer : TB_BUDGET_ANY,
      .visit = by & TB_BUDGET_BY_VISIT ? event->visit : TB_BUDGET_ANY,
    };
    guint n_modifiers = 0;
    const guint32 *modifiers = tb_event_set_modifier_list (set, event->modifiers, &n_modifiers);

    if ((by & TB_BUDGET_BY_MODIFIER) == 0 || n_modifiers == 0)
      put (by_key, members, &key, i);
    for (guint m = 0; (by & TB_BUDGET_BY_MODIFIER) != 0 && m < n_modifiers; m++) {
      key.modifier = modifiers[m];
      put (by_key, members, &key, i);
    }
  }
  groups->list = g_ptr_array_new_with_free_func (g_free);
  g_hash_table_iter_init (&iter, by_key);
  while (g_hash_table_iter_next (&iter, NULL, &group))
    g_ptr_array_add (groups->list, group);
  g_ptr_array_sort (groups->list, compare_groups);
  groups->overlaps = find_overlaps (set);
  groups->answers = tb_answers_new (set, (by & TB_BUDGET_BY_SUBJECT) != 0);
  deal (groups, members);
}

/* Of VALUES (double), which it sorts: so the mean is the same in whatever order they came. */
static void
sum_up (TbRatings *result, GArray *values)
{
  TbRatings ratings = *result;
  double sum = 0;

  if (values->len == 0)
    return;
  ratings.n = values->len;
  g_array_sort (values, tb_compare_doubles);
  for (guint i = 0; i < values->len; i++)
    sum += g_array_index (values, double, i);
  ratings.mean = sum / values->len;
  ratings.median
      = (g_array_index (values, double, (values->len - 1) / 2) + g_array_index (values, double, values->len / 2)) / 2;
  ratings.min = g_array_index (values, double, 0);
  ratings.max = g_array_index (values, double, values->len - 1);
  *result = ratings;
}

/* An interval in which a code was seen, by whom. */
typedef struct {
  guint32 visit, observer, subject;
  gint64 place;
} Seen;

/* The lists of one row, emptied and used again for the next. */
typedef struct {
  GArray *lasting, *gaps; /* TbTime */
  GArray *values;         /* double */
  GArray *seen;           /* Seen */
} Lists;

static int
compare_seen (gconstpointer a, gconstpointer b)
{
  const Seen *left = a, *right = b;

  TB_ORDER (left->visit, right->visit);
  TB_ORDER (left->observer, right->observer);
  TB_ORDER (left->subject, right->subject);
  TB_ORDER (left->place, right->place);
  return 0;
}

/* How many different ones; sorts them. */
static guint
count_seen (GArray *seen)
{
  guint n = 0;

  g_array_sort (seen, compare_seen);
  for (guint i = 0; i < seen->len; i++)
    n += i == 0 || compare_seen (&g_array_index (seen, Seen, i - 1), &g_array_index (seen, Seen, i)) != 0;
  return n;
}

static void
note_seen (const TbEventSet *set, const TbBudgetRow *row, const TbEvent *event, TbTime length, GArray *list)
{
  const TbSamplingFacts *sampling = row->sampling != 0 ? tb_event_set_sampling (set, row->sampling) : NULL;
  Seen seen = { event->visit, event->observer, row->subject == TB_BUDGET_ANY ? 0 : event->subject, 0 };

  if (sampling == NULL)
    return;
  seen.place = tb_interval_place (sampling, event->at);
  if (tb_interval_is_asked (sampling, seen.place, length))
    g_array_append_val (list, seen);
}

static void
note_rating (const TbEventSet *set, TbBudgetRow *row, const TbEvent *event, GArray *values)
{
  const TbScaleFacts *scale = row->ratings.scale != 0 ? tb_event_set_scale (set, row->ratings.scale) : NULL;

  row->ratings.not_applicable += event->kind == TB_KIND_RATING && isnan (event->value);
  if (isnan (event->value))
    return;
  g_array_append_val (values, event->value);
  for (guint i = 0; scale != NULL && i < scale->n; i++)
    row->ratings.steps[i] += scale->steps[i] == event->value;
}

static gboolean
is_outside (const TbEvent *event, TbTime length)
{
  return event->at < 0 || event->at > length || (event->until != TB_TIME_NONE && event->until > length);
}

/* What EVENT, of which the part has the beginning, adds to ROW. */
static void
count_event (const TbEventSet *set, TbBudgetRow *row, Lists *lists, const TbEvent *event, gboolean overlaps, TbTime end,
             TbTime length)
{
  row->count++;
  row->unfinished += event->kind == TB_KIND_STATE && event->until == TB_TIME_NONE;
  row->outside += is_outside (event, length);
  row->overlapping += overlaps;
  note_rating (set, row, event, lists->values);
  if (event->kind == TB_KIND_INTERVAL)
    note_seen (set, row, event, length, lists->seen);
  if (event->kind == TB_KIND_STATE) {
    const TbTime lasting = CLAMP (end, 0, length) - CLAMP (event->at, 0, length);

    g_array_append_val (lists->lasting, lasting);
  }
}

/* The gap between LATEST (the latest end so far in the visit) and AT. What lies outside the lesson is taken at its
 * nearer end, as everywhere: no gap is longer than the lesson. */
static void
note_gap (const TbParts *parts, guint part, guint visit, TbTime length, TbTime latest, TbTime at, GArray *gaps)
{
  const TbTime gap = at >= latest ? CLAMP (at, 0, length) - CLAMP (latest, 0, length) : -1;
  const int stretch = gap >= 0 ? tb_parts_stretch (parts, part, visit, at) : -1;

  if (stretch >= 0 && stretch == tb_parts_stretch (parts, part, visit, latest))
    g_array_append_val (gaps, gap);
}

static TbBudgetRow
make_row (const TbBudget *budget, const Groups *groups, const Group *group, guint part, Lists *lists)
{
  const Key *key = &group->key;
  TbBudgetRow row = { .code = key->code, .kind = key->kind, .subject = key->subject, .modifier = key->modifier,
                      .observer = key->observer, .visit = key->visit, .part = part };
  const TbCodeFacts facts = tb_event_set_code_facts (budget->set, key->code);
  const gboolean has_gaps = key->kind == TB_KIND_POINT || key->kind == TB_KIND_STATE;
  TbTime latest = TB_TIME_NONE, length = 0;
  guint32 visit = TB_BUDGET_ANY;
  guint n;
  const TbEvent *events = tb_event_set_events (budget->set, &n);

  row.sampling = key->kind == TB_KIND_INTERVAL ? facts.sampling : 0;
  row.ratings.scale = facts.scale;
  g_array_set_size (lists->seen, 0);
  g_array_set_size (lists->lasting, 0);
  g_array_set_size (lists->gaps, 0);
  g_array_set_size (lists->values, 0);
  row.of = key->visit == TB_BUDGET_ANY ? tb_parts_total (budget->parts, part)
                                       : tb_parts_length (budget->parts, part, key->visit);
  for (guint i = 0; i < group->n; i++) {
    const TbEvent *event = &events[group->places[i]];
    const TbTime end = tb_event_set_end (budget->set, event);

    if (event->visit != visit) {
      visit = event->visit;
      length = tb_event_set_visit_length (budget->set, visit);
      latest = TB_TIME_NONE;
    }
    if (tb_parts_stretch (budget->parts, part, visit, event->at) >= 0)
      count_event (budget->set, &row, lists, event, groups->overlaps[group->places[i]], end, length);
    if (latest != TB_TIME_NONE && has_gaps)
      note_gap (budget->parts, part, visit, length, latest, event->at, lists->gaps);
    if (event->kind == TB_KIND_STATE) {
      const TbTime fresh = latest == TB_TIME_NONE ? event->at : CLAMP (latest, event->at, end);

      row.total = tb_spread_add (row.total, tb_parts_overlap (budget->parts, part, visit, event->at, end));
      row.covered = tb_spread_add (row.covered, tb_parts_overlap (budget->parts, part, visit, fresh, end));
    }
    latest = latest == TB_TIME_NONE ? end : MAX (latest, end);
  }
  row.lasting = tb_spread_of (lists->lasting);
  row.gaps = tb_spread_of (lists->gaps);
  sum_up (&row.ratings, lists->values);
  row.intervals.seen = count_seen (lists->seen);
  if (row.sampling != 0)
    tb_answers_count (groups->answers, budget->parts, part, row.sampling, row.visit, row.observer, row.subject,
                      &row.intervals);
  return row;
}

TbBudget *
tb_budget_new (const TbEventSet *set, const TbParts *parts, guint by)
{
  g_auto (Groups) groups = { 0 };
  Lists lists = { g_array_new (FALSE, FALSE, sizeof (TbTime)), g_array_new (FALSE, FALSE, sizeof (TbTime)),
                  g_array_new (FALSE, FALSE, sizeof (double)), g_array_new (FALSE, FALSE, sizeof (Seen)) };
  TbBudget *budget = g_new0 (TbBudget, 1);

  budget->set = set;
  budget->parts = parts;
  budget->by = by;
  budget->rows = g_array_new (FALSE, FALSE, sizeof (TbBudgetRow));
  group_events (set, by, &groups);
  for (guint i = 0; i < groups.list->len; i++) {
    for (guint part = 0; part < tb_parts_n (parts); part++) {
      const TbBudgetRow row = make_row (budget, &groups, groups.list->pdata[i], part, &lists);

      g_array_append_val (budget->rows, row);
    }
  }
  g_array_unref (lists.lasting);
  g_array_unref (lists.gaps);
  g_array_unref (lists.values);
  g_array_unref (lists.seen);
  return budget;
}

void
tb_budget_free (TbBudget *budget)
{
  if (budget == NULL)
    return;
  g_array_unref (budget->rows);
  g_free (budget);
}

guint
tb_budget_n_rows (const TbBudget *budget)
{
  return budget->rows->len;
}

const TbBudgetRow *
tb_budget_row (const TbBudget *budget, guint index)
{
  g_assert (index < budget->rows->len);
  return &g_array_index (budget->rows, TbBudgetRow, index);
}

const TbBudgetRow *
tb_budget_find (const TbBudget *budget, const char *code, guint part)
{
  const guint number = tb_event_set_find (budget->set, TB_NAME_CODE, code);

  for (guint i = 0; i < budget->rows->len; i++) {
    const TbBudgetRow *row = tb_budget_row (budget, i);

    if (row->code == number && row->part == part)
      return row;
  }
  return NULL;
}

double
tb_budget_per_minute (const TbBudgetRow *row)
{
  if (row->kind == TB_KIND_INTERVAL || row->kind == TB_KIND_RATING)
    return NAN;
  return tb_spread_per_minute (row->count, row->of);
}

double
tb_budget_share (const TbBudgetRow *row)
{
  return tb_spread_share (row->covered, row->of);
}

static double
share_of (guint seen, guint all)
{
  return all > 0 ? (double) seen / all : NAN;
}

double
tb_budget_share_of_asked (const TbBudgetRow *row)
{
  return share_of (row->intervals.seen, row->intervals.asked);
}

double
tb_budget_share_of_answered (const TbBudgetRow *row)
{
  return share_of (row->intervals.seen, row->intervals.answered);
}

static json_object *
ratings_json (const TbEventSet *set, const TbRatings *ratings)
{
  json_object *object = json_object_new_object (), *steps = json_object_new_array ();
  const TbScaleFacts *scale = ratings->scale != 0 ? tb_event_set_scale (set, ratings->scale) : NULL;

  tb_json_add_int (object, "n", ratings->n);
  tb_json_add_double (object, "mean", ratings->n > 0 ? ratings->mean : NAN);
  tb_json_add_double (object, "median", ratings->n > 0 ? ratings->median : NAN);
  tb_json_add_double (object, "min", ratings->n > 0 ? ratings->min : NAN);
  tb_json_add_double (object, "max", ratings->n > 0 ? ratings->max : NAN);
  tb_json_add_int (object, "not_applicable", ratings->not_applicable);
  tb_json_add_string (object, "scale", tb_event_set_name (set, TB_NAME_SCALE, ratings->scale));
  for (guint i = 0; scale != NULL && i < scale->n; i++) {
    json_object *step = json_object_new_object ();

    tb_json_add_double (step, "value", scale->steps[i]);
    tb_json_add_int (step, "count", ratings->steps[i]);
    json_object_array_add (steps, step);
  }
  tb_json_add (object, "steps", steps);
  return object;
}

static const char *
rule_name (TbSamplingRule rule)
{
  return rule == TB_SAMPLING_PARTIAL ? "partial" : rule == TB_SAMPLING_WHOLE ? "whole" : "momentary";
}

static json_object *
intervals_json (const TbEventSet *set, const TbBudgetRow *row)
{
  const TbSamplingFacts *sampling = tb_event_set_sampling (set, row->sampling);
  json_object *object = json_object_new_object ();

  tb_json_add_string (object, "sampling", tb_event_set_name (set, TB_NAME_SAMPLING, row->sampling));
  tb_json_add_string (object, "rule", rule_name (sampling->rule));
  tb_json_add_time (object, "every", sampling->every);
  tb_json_add_int (object, "seen", row->intervals.seen);
  tb_json_add_int (object, "asked", row->intervals.asked);
  tb_json_add_int (object, "answered", row->intervals.answered);
  tb_json_add_int (object, "missed", row->intervals.asked - row->intervals.answered);
  tb_json_add_double (object, "share_of_asked", tb_budget_share_of_asked (row));
  tb_json_add_double (object, "share_of_answered", tb_budget_share_of_answered (row));
  return object;
}

static json_object *
row_json (const TbBudget *budget, const TbBudgetRow *row)
{
  const TbEventSet *set = budget->set;
  json_object *object = json_object_new_object ();

  tb_json_add_string (object, "code", tb_event_set_name (set, TB_NAME_CODE, row->code));
  tb_json_add_string (object, "kind", tb_kind_name (row->kind));
  if (row->subject != TB_BUDGET_ANY)
    tb_json_add_string (object, "subject", tb_event_set_name (set, TB_NAME_SUBJECT, row->subject));
  if (row->modifier != TB_BUDGET_ANY)
    tb_json_add_string (object, "modifier", tb_event_set_name (set, TB_NAME_MODIFIER, row->modifier));
  if (row->observer != TB_BUDGET_ANY)
    tb_json_add_string (object, "observer", tb_event_set_name (set, TB_NAME_OBSERVER, row->observer));
  if (row->visit != TB_BUDGET_ANY)
    tb_json_add_int (object, "visit", row->visit);
  tb_json_add_int (object, "part", row->part);
  tb_json_add_int (object, "count", row->count);
  tb_json_add_double (object, "per_minute", tb_budget_per_minute (row));
  tb_json_add_int (object, "unfinished", row->unfinished);
  tb_json_add_int (object, "outside", row->outside);
  tb_json_add_int (object, "overlapping", row->overlapping);
  if (row->kind == TB_KIND_STATE) {
    tb_json_add_time (object, "total", row->total);
    tb_json_add_time (object, "covered", row->covered);
    tb_json_add_double (object, "share", tb_budget_share (row));
    tb_json_add (object, "lasting", tb_spread_to_json (&row->lasting));
  }
  tb_json_add (object, "gaps", tb_spread_to_json (&row->gaps));
  if (row->kind == TB_KIND_RATING || row->ratings.n > 0)
    tb_json_add (object, "ratings", ratings_json (set, &row->ratings));
  if (row->sampling != 0)
    tb_json_add (object, "intervals", intervals_json (set, row));
  return object;
}

static json_object *
by_json (guint by)
{
  static const char *const names[] = { "subject", "modifier", "observer", "visit" };
  json_object *array = json_object_new_array ();

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (by & (1u << i))
      json_object_array_add (array, json_object_new_string (names[i]));
  return array;
}

json_object *
tb_budget_to_json (const TbBudget *budget)
{
  json_object *object = json_object_new_object (), *visits = json_object_new_array (), *rows = json_object_new_array ();

  for (guint i = 0; i < tb_event_set_n_visits (budget->set); i++) {
    json_object *visit = json_object_new_object ();

    tb_json_add_string (visit, "id", tb_event_set_visit_id (budget->set, i));
    tb_json_add_time (visit, "seconds", tb_event_set_visit_length (budget->set, i));
    json_object_array_add (visits, visit);
  }
  for (guint i = 0; i < budget->rows->len; i++)
    json_object_array_add (rows, row_json (budget, tb_budget_row (budget, i)));
  tb_json_add (object, "visits", visits);
  tb_json_add (object, "parts", tb_parts_to_json (budget->parts));
  tb_json_add (object, "by", by_json (budget->by));
  tb_json_add_int (object, "uncoded", tb_event_set_n_uncoded (budget->set));
  tb_json_add (object, "rows", rows);
  return object;
}
