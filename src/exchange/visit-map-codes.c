/* A kijkwijzer made of another program's list of codes. What a code is (a
 * point, a state, a time sample, a score) is taken from how it was used, for
 * most programs know only the first two. */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "exchange/visit-map-private.h"

/* Limits of schemas/instrument.schema.json. */
#define MAX_SHORT 18
#define MAX_TEXT 1000
#define MAX_CODES 200
#define MAX_DOMAINS 20
#define MAX_SUBJECTS 50
#define MAX_MODIFIERS 5 /* of one code */
/* More kijkwijzers of one file than this are not made. */
#define MAX_INSTRUMENTS 10

#define KEYS "0123456789abcdfghnpqrstuvwxyz"

static const char *const colors[]
    = { "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#000000" };

/* --- the document ------------------------------------------------------------ */

typedef struct {
  const TbExchange *document;
  const TbVisitMapChoice *choice;
  TbLoss *loss;
  json_object *json;
  json_object *domains, *codes, *groups, *subjects;
  GHashTable *domain_ids, *code_ids, *group_ids; /* own their ids */
  GHashTable *domain_of; /* category -> id; borrowed */
  GHashTable *code_of;   /* foreign id -> id; borrowed */
  GHashTable *keys;
  TbMapParts *parts;
  TbCodeUse *pool;       /* what no code declares, of all codes together: one name, one list of choices */
} Making;

static const char *
domain_of (Making *making, const char *category)
{
  const char *name = category != NULL && *category != '\0' ? category : "Codes";
  const char *id = g_hash_table_lookup (making->domain_of, name);
  gsize n = json_object_array_length (making->domains);
  json_object *domain;

  /* The last is for all that has no room of its own. */
  if (id == NULL && n >= MAX_DOMAINS - 1) {
    name = "…";
    id = g_hash_table_lookup (making->domain_of, name);
  }
  if (id != NULL)
    return id;
  id = tb_map_slug (name, "domein", TB_MAP_ID, making->domain_ids);
  g_hash_table_insert (making->domain_of, (gpointer) name, (gpointer) id);
  domain = tb_map_add_named (making->domains, id, name);
  tb_json_add_string (domain, "color", colors[n % G_N_ELEMENTS (colors)]);
  return id;
}

static void
add_modifier_ids (Making *making, json_object *code, const TbCodeUse *use, gboolean score)
{
  json_object *ids = json_object_new_array ();
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  guint declared = use->code->modifiers->len, used = use->modifiers != NULL ? use->modifiers->len : 0;
  const char *score_id = score ? tb_map_parts_number (making->parts, TB_MAP_SCORE, use->min, use->max) : NULL;

  if (score_id != NULL)
    json_object_array_add (ids, json_object_new_string (score_id));
  for (guint i = 0; i < declared + used; i++) {
    const TbExchangeModifier *known = i < declared ? g_ptr_array_index (use->code->modifiers, i) : NULL;
    const char *name
        = known != NULL ? known->name : ((TbUsedModifier *) g_ptr_array_index (use->modifiers, i - declared))->name;
    const char *id = NULL;

    if (!g_hash_table_add (seen, (gpointer) name))
      continue;
    if (json_object_array_length (ids) < MAX_MODIFIERS)
      id = tb_map_parts_modifier (making->parts, name, known,
                                  tb_code_use_find (known != NULL ? use : making->pool, name));
    if (id == NULL && known == NULL && json_object_array_length (ids) < MAX_MODIFIERS)
      id = tb_map_parts_modifier (making->parts, name, NULL, tb_code_use_find (use, name));
    if (id != NULL)
      json_object_array_add (ids, json_object_new_string (id));
    else
      tb_loss_add (making->loss, TB_LOSS_LEFT, 1, "a modifier of a code",
                   "a code here has at most five, each a number or one of at most thirty short choices",
                   "code “%.60s”, “%.60s”", use->code->id, name);
  }
  if (json_object_array_length (ids) > 0)
    tb_json_add (code, "modifiers", ids);
  else
    json_object_put (ids);
}

static void
add_key (Making *making, json_object *code, const TbExchangeCode *foreign)
{
  char key[2] = { 0 };

  if (foreign->key == NULL)
    return;
  key[0] = g_ascii_tolower (foreign->key[0]);
  if (strlen (foreign->key) == 1 && strchr (KEYS, key[0]) != NULL && g_hash_table_add (making->keys, g_strdup (key)))
    tb_json_add_string (code, "key", key);
  else
    tb_loss_add (making->loss, TB_LOSS_LEFT, 1, "the key of a code", "it is taken, or the player has it",
                 "code “%.60s”, “%.20s”", foreign->id, foreign->key);
}

static void
add_color (Making *making, json_object *code, const TbExchangeCode *foreign)
{
  if (foreign->color == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (colors); i++)
    if (g_ascii_strcasecmp (colors[i], foreign->color) == 0) {
      tb_json_add_string (code, "color", colors[i]);
      return;
    }
  tb_loss_add (making->loss, TB_LOSS_LEFT, 1, "the colour of a code", "it gets one that everybody can tell apart",
               "code “%.60s”", foreign->id);
}

/* A kijkwijzer says of each code what counts and what does not; files of others say one thing, or nothing. */
static void
add_help (Making *making, json_object *code, const TbExchangeCode *foreign)
{
  gboolean cut = FALSE;
  g_autofree char *text = g_strstrip (g_strdup (foreign->description));
  g_autofree char *fits = tb_map_cut (text, MAX_TEXT, &cut);
  json_object *help = json_object_new_object ();

  if (cut)
    tb_loss_add (making->loss, TB_LOSS_LEFT, 1, "a description of more than 1000 characters", "it was cut",
                 "code “%.60s”", foreign->id);
  tb_map_add_words (help, "counts", *fits != '\0' ? fits : "Het bestand zegt het niet.",
                    *fits != '\0' ? fits : "The file does not say.");
  tb_map_add_words (help, "not", "Het bestand zegt het niet.", "The file does not say.");
  tb_json_add (code, "help", help);
}

static void
make_code (Making *making, const TbCodeUse *use)
{
  const TbExchangeCode *foreign = use->code;
  json_object *code = json_object_new_object ();
  const char *id = tb_map_slug (foreign->id, "code", TB_MAP_ID, making->code_ids);
  const char *name = foreign->title != NULL && *foreign->title != '\0' ? foreign->title : foreign->id;
  g_autofree char *title = tb_map_line (name, id, TB_MAP_TITLE);
  g_autofree char *shorter = tb_map_line (name, id, MAX_SHORT);
  const char *sampling = NULL, *scale = NULL;
  gboolean lasts = use->lasting > 0 || (use->count == 0 && foreign->kind == TB_KIND_STATE);

  g_hash_table_insert (making->code_of, foreign->id, (gpointer) id);
  if (use->count > 0 && use->intervals == use->count)
    sampling = tb_map_parts_sampling (making->parts, use);
  else if (use->count > 0 && use->lasting == 0
           && (use->ratings == use->count || (use->scored == use->count && foreign->kind != TB_KIND_STATE)))
    scale = tb_map_parts_scale (making->parts, use);
  tb_json_add_string (code, "id", id);
  tb_json_add_string (code, "domain", domain_of (making, foreign->category));
  tb_json_add_string (code, "kind",
                      sampling != NULL ? "interval"
                      : scale != NULL  ? "rating"
                      : lasts          ? "state"
                                       : "point");
  tb_map_add_words (code, "title", title, title);
  tb_map_add_words (code, "short", shorter, shorter);
  add_key (making, code, foreign);
  add_color (making, code, foreign);
  tb_json_add_time (code, "lead", TB_MAP_LEAD);
  tb_json_add_time (code, "lag", TB_MAP_LAG);
  add_help (making, code, foreign);
  if (sampling != NULL)
    tb_json_add_string (code, "sampling", sampling);
  if (scale != NULL)
    tb_json_add_string (code, "scale", scale);
  add_modifier_ids (making, code, use, scale == NULL && use->scored > 0);
  json_object_array_add (making->codes, code);
}

/* --- which states exclude each other ------------------------------------------- */

static gboolean
excludes (const TbExchangeCode *one, const TbExchangeCode *other)
{
  return g_ptr_array_find_with_equal_func (one->excludes, other->id, g_str_equal, NULL);
}

/* The codes that FIRST and all among each other exclude: a group, for it is one here. Borrowed. New. */
static GPtrArray *
group_of (GPtrArray *uses, guint first, GHashTable *grouped)
{
  GPtrArray *group = g_ptr_array_new ();
  const TbCodeUse *start = g_ptr_array_index (uses, first);

  g_ptr_array_add (group, (gpointer) start->code);
  for (guint i = first + 1; i < uses->len; i++) {
    const TbCodeUse *use = g_ptr_array_index (uses, i);
    gboolean all = !g_hash_table_contains (grouped, use->code->id);

    for (guint g = 0; g < group->len && all; g++) {
      const TbExchangeCode *member = g_ptr_array_index (group, g);

      all = excludes (member, use->code) && excludes (use->code, member);
    }
    if (all)
      g_ptr_array_add (group, (gpointer) use->code);
  }
  return group;
}

static json_object *
code_json (const Making *making, const TbExchangeCode *code)
{
  const char *id = g_hash_table_lookup (making->code_of, code->id);

  for (gsize i = 0; id != NULL && i < json_object_array_length (making->codes); i++) {
    json_object *item = json_object_array_get_idx (making->codes, i), *value = NULL;

    if (json_object_object_get_ex (item, "id", &value) && g_str_equal (json_object_get_string (value), id))
      return item;
  }
  return NULL;
}

static gboolean
is_state (json_object *code)
{
  json_object *kind = NULL;

  return code != NULL && json_object_object_get_ex (code, "kind", &kind)
         && g_str_equal (json_object_get_string (kind), "state");
}

static void
make_groups (Making *making, GPtrArray *uses)
{
  g_autoptr (GHashTable) grouped = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < uses->len; i++) {
    const TbCodeUse *use = g_ptr_array_index (uses, i);
    g_autoptr (GPtrArray) group = NULL;
    g_autofree char *title = NULL;
    const char *id;

    if (use->code->excludes->len == 0 || g_hash_table_contains (grouped, use->code->id))
      continue;
    group = group_of (uses, i, grouped);
    for (guint g = group->len; g > 0; g--)
      if (!is_state (code_json (making, g_ptr_array_index (group, g - 1))))
        g_ptr_array_remove_index (group, g - 1);
    if (group->len < 2 || json_object_array_length (making->groups) == TB_MAP_PARTS) {
      tb_loss_add (making->loss, TB_LOSS_LEFT, 1, "that a code ends others",
                   "here states of one group exclude each other, all of them and only they", "code “%.60s”",
                   use->code->id);
      continue;
    }
    title = g_strdup_printf ("Groep %" G_GSIZE_FORMAT, json_object_array_length (making->groups) + 1);
    id = tb_map_slug (title, "groep", TB_MAP_ID, making->group_ids);
    tb_map_add_named (making->groups, id, title);
    for (guint g = 0; g < group->len; g++) {
      const TbExchangeCode *member = g_ptr_array_index (group, g);

      g_hash_table_add (grouped, member->id);
      tb_json_add_string (code_json (making, member), "group", id);
    }
  }
}

static void
add_subjects (Making *making)
{
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint n = making->document->subjects->len;

  /* A list of more is none to choose from while tapping. */
  for (guint i = 0; i < n && n <= MAX_SUBJECTS; i++) {
    const TbExchangePerson *subject = g_ptr_array_index (making->document->subjects, i);
    g_autofree char *line = tb_map_line (subject->name, "", TB_MAP_TITLE);

    if (*line != '\0' && g_str_equal (line, subject->name))
      tb_map_add_named (making->subjects, tb_map_slug (line, "wie", TB_MAP_ID, ids), line);
  }
}

static json_object *
add_list (Making *making, const char *field)
{
  json_object *list = json_object_new_array ();

  tb_json_add (making->json, field, list);
  return list;
}

static GHashTable *
new_ids (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

static void
making_begin (Making *making, guint part)
{
  const TbExchange *document = making->document;
  const char *name = making->choice->name != NULL ? making->choice->name : "";
  const char *format = making->choice->format != NULL ? making->choice->format : "";
  g_autofree char *base = g_path_get_basename (name);
  g_autofree char *plain = tb_map_file_title (name, "Import");
  const char *called = *document->title != '\0' ? document->title : plain;
  g_autofree char *numbered = part > 0 ? g_strdup_printf ("%.200s (%u)", called, part + 1) : g_strdup (called);
  g_autofree char *title = tb_map_line (numbered, "Import", TB_MAP_TITLE);
  g_autofree char *nl = g_strdup_printf ("%s%sOvergenomen uit %s%s%s.", document->description,
                                         *document->description != '\0' ? "\n\n" : "", *name != '\0' ? base : "een bestand",
                                         *format != '\0' ? " van " : "", format);
  g_autofree char *en = g_strdup_printf ("%s%sTaken over from %s%s%s.", document->description,
                                         *document->description != '\0' ? "\n\n" : "", *name != '\0' ? base : "a file",
                                         *format != '\0' ? " of " : "", format);
  g_autofree char *short_nl = tb_map_cut (nl, MAX_TEXT, NULL);
  g_autofree char *short_en = tb_map_cut (en, MAX_TEXT, NULL);
  json_object *modifiers, *scales;

  making->json = json_object_new_object ();
  tb_json_add_int (making->json, "format", 2);
  tb_json_add_string (making->json, "id", "import");
  tb_json_add_int (making->json, "version", 1);
  tb_map_add_words (making->json, "title", title, title);
  tb_map_add_words (making->json, "description", short_nl, short_en);
  tb_json_add_bool (making->json, "default", FALSE);
  making->domains = add_list (making, "domains");
  making->codes = add_list (making, "codes");
  making->subjects = add_list (making, "subjects");
  making->groups = add_list (making, "groups");
  modifiers = add_list (making, "modifiers");
  scales = add_list (making, "scales");
  making->parts = tb_map_parts_new (modifiers, scales, add_list (making, "samplings"));
  making->domain_ids = new_ids ();
  making->code_ids = new_ids ();
  making->group_ids = new_ids ();
  making->keys = new_ids ();
  making->domain_of = g_hash_table_new (g_str_hash, g_str_equal);
  making->code_of = g_hash_table_new (g_str_hash, g_str_equal);
}

static void
making_end (Making *making)
{
  json_object_put (making->json);
  tb_code_use_free (making->pool);
  g_hash_table_unref (making->domain_of);
  g_hash_table_unref (making->code_of);
  tb_map_parts_free (making->parts);
  g_hash_table_unref (making->keys);
  g_hash_table_unref (making->domain_ids);
  g_hash_table_unref (making->code_ids);
  g_hash_table_unref (making->group_ids);
}

/* What is in it is in its id: the same list of codes, read twice, is one kijkwijzer. */
static void
name_it (Making *making)
{
  g_autofree char *text = tb_json_to_text (making->json);
  g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
  g_autoptr (GHashTable) taken = new_ids ();
  json_object *words = NULL, *title = NULL;
  g_autofree char *id = NULL;

  json_object_object_get_ex (making->json, "title", &words);
  json_object_object_get_ex (words, "nl", &title);
  id = g_strdup_printf ("import-%s-%.6s", tb_map_slug (json_object_get_string (title), "bestand", 40, taken), sum);
  tb_json_add_string (making->json, "id", id);
}

static gboolean
make_one (Making *making, GPtrArray *uses, guint part, GPtrArray *instruments, GHashTable *targets, GError **error)
{
  TbInstrument *instrument;
  gboolean ok = FALSE;

  making_begin (making, part);
  making->pool = tb_code_use_pool (uses);
  for (guint i = 0; i < uses->len; i++)
    make_code (making, g_ptr_array_index (uses, i));
  make_groups (making, uses);
  add_subjects (making);
  name_it (making);
  instrument = tb_instrument_from_json (making->json, error);
  if (instrument != NULL) {
    GHashTableIter iter;
    gpointer foreign, code;

    g_ptr_array_add (instruments, instrument);
    g_hash_table_iter_init (&iter, making->code_of);
    while (g_hash_table_iter_next (&iter, &foreign, &code))
      g_hash_table_insert (targets, g_strdup (foreign), tb_code_target_new (tb_instrument_id (instrument), code));
    ok = TRUE;
  } else {
    g_prefix_error (error, "Making a kijkwijzer of the file's codes: ");
  }
  making_end (making);
  return ok;
}

static int
most_used_first (gconstpointer a, gconstpointer b)
{
  const TbCodeUse *one = *(const TbCodeUse *const *) a, *other = *(const TbCodeUse *const *) b;

  return one->count > other->count ? -1 : one->count < other->count;
}

gboolean
tb_map_make_instruments (const TbExchange *document, GPtrArray *uses, const TbVisitMapChoice *choice,
                         GPtrArray *instruments, GHashTable *targets, TbLoss *loss, GError **error)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_copy (uses, NULL, NULL);
  Making making = { .document = document, .choice = choice, .loss = loss };

  g_ptr_array_set_free_func (sorted, NULL);
  if (sorted->len > MAX_CODES)
    g_ptr_array_sort (sorted, most_used_first);
  for (guint part = 0; part * MAX_CODES < sorted->len && part < MAX_INSTRUMENTS; part++) {
    g_autoptr (GPtrArray) some = g_ptr_array_new ();

    for (guint i = part * MAX_CODES; i < sorted->len && i < (part + 1) * MAX_CODES; i++)
      g_ptr_array_add (some, g_ptr_array_index (sorted, i));
    if (!make_one (&making, some, part, instruments, targets, error))
      return FALSE;
  }
  if (sorted->len > MAX_INSTRUMENTS * MAX_CODES)
    tb_loss_add (loss, TB_LOSS_LEFT, sorted->len - MAX_INSTRUMENTS * MAX_CODES, "a code",
                 "of one file 2,000 codes are taken over, those that were used most", "document");
  return TRUE;
}
