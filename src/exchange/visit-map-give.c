/* Visits to the neutral document. */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "exchange/visit-map-private.h"

/* Of one kijkwijzer in one version. */
typedef struct {
  const TbInstrument *instrument;
  GHashTable *subjects, *domains; /* id -> title */
} Titles;

typedef struct {
  TbExchange *document;
  TbLoss *loss;
  GPtrArray *titles;   /* Titles * */
  GHashTable *doubles; /* ids of codes that two kijkwijzers have; own */
  GHashTable *names;   /* "instrument\x1fcode" -> what it is called in the file; owns both */
} Giving;

static void
titles_free (gpointer data)
{
  Titles *titles = data;

  g_hash_table_unref (titles->subjects);
  g_hash_table_unref (titles->domains);
  g_free (titles);
}

/* --- codes -------------------------------------------------------------------- */

/* What a code is called: its id, unless a code of another kijkwijzer is called so too. Borrowed. */
static const char *
name_of (Giving *giving, const char *instrument, const char *code)
{
  g_autofree char *key = g_strdup_printf ("%s\x1f%s", instrument, code);
  char *name = g_hash_table_lookup (giving->names, key);

  if (name != NULL)
    return name;
  name = g_hash_table_contains (giving->doubles, code) ? g_strdup_printf ("%s/%s", instrument, code) : g_strdup (code);
  g_hash_table_insert (giving->names, g_steal_pointer (&key), name);
  return name;
}

static void
declare_modifiers (TbExchangeCode *foreign, const TbCode *code)
{
  for (const TbModifier **list = code->modifiers; list != NULL && *list != NULL; list++) {
    TbExchangeModifier *modifier = tb_exchange_modifier (foreign, (*list)->id);

    modifier->kind = (*list)->form == TB_MODIFIER_MANY   ? TB_MODIFIER_SEVERAL
                     : (*list)->form == TB_MODIFIER_ONE  ? TB_MODIFIER_SINGLE
                                                         : TB_MODIFIER_NUMBER;
    if (modifier->values->len > 0)
      continue;
    for (guint i = 0; i < (*list)->choices->len; i++)
      g_ptr_array_add (modifier->values, g_strdup (g_array_index ((*list)->choices, TbChoice, i).id));
  }
}

static void
declare_code (Giving *giving, const Titles *titles, const TbCode *code)
{
  const char *instrument = tb_instrument_id (titles->instrument);
  const char *name = name_of (giving, instrument, code->id);
  gboolean known = tb_exchange_find_code (giving->document, name) != NULL;
  TbExchangeCode *foreign = tb_exchange_code (giving->document, name);
  const char *domain = g_hash_table_lookup (titles->domains, code->domain);

  declare_modifiers (foreign, code);
  if (known)
    return;
  foreign->kind = code->kind;
  tb_exchange_text (&foreign->title, code->title_nl);
  tb_exchange_text (&foreign->category, domain != NULL ? domain : code->domain);
  tb_exchange_text (&foreign->key, code->key);
  tb_exchange_text (&foreign->color, code->color);
  for (guint i = 0; code->group != NULL && i < tb_instrument_n_codes (titles->instrument); i++) {
    const TbCode *other = tb_instrument_code (titles->instrument, i);

    if (other != code && g_strcmp0 (other->group, code->group) == 0)
      g_ptr_array_add (foreign->excludes, g_strdup (name_of (giving, instrument, other->id)));
  }
}

static const Titles *
titles_of (Giving *giving, const char *instrument)
{
  for (guint i = 0; instrument != NULL && i < giving->titles->len; i++) {
    const Titles *titles = g_ptr_array_index (giving->titles, i);

    if (g_str_equal (tb_instrument_id (titles->instrument), instrument))
      return titles;
  }
  return NULL;
}

static void
note_instrument (Giving *giving, const TbInstrument *instrument, GHashTable *owners)
{
  Titles *titles;

  for (guint i = 0; i < giving->titles->len; i++)
    if (((Titles *) g_ptr_array_index (giving->titles, i))->instrument == instrument)
      return;
  titles = g_new0 (Titles, 1);
  titles->instrument = instrument;
  titles->subjects = tb_map_titles (instrument, "subjects", FALSE);
  titles->domains = tb_map_titles (instrument, "domains", FALSE);
  g_ptr_array_add (giving->titles, titles);
  for (guint i = 0; i < tb_instrument_n_codes (instrument); i++) {
    const char *code = tb_instrument_code (instrument, i)->id;
    const char *owner = g_hash_table_lookup (owners, code);

    if (owner == NULL)
      g_hash_table_insert (owners, (gpointer) code, (gpointer) tb_instrument_id (instrument));
    else if (!g_str_equal (owner, tb_instrument_id (instrument)))
      g_hash_table_add (giving->doubles, g_strdup (code));
  }
}

static void
declare_instruments (Giving *giving, GPtrArray *sources)
{
  g_autoptr (GHashTable) owners = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint s = 0; s < sources->len; s++) {
    const TbVisitSource *source = g_ptr_array_index (sources, s);

    for (guint i = 0; i < source->instruments->len; i++)
      note_instrument (giving, g_ptr_array_index (source->instruments, i), owners);
  }
  for (guint t = 0; t < giving->titles->len; t++) {
    const Titles *titles = g_ptr_array_index (giving->titles, t);

    for (guint i = 0; i < tb_instrument_n_codes (titles->instrument); i++)
      declare_code (giving, titles, tb_instrument_code (titles->instrument, i));
  }
}

/* --- observations ------------------------------------------------------------------ */

static void
give_number (Giving *giving, TbExchangeEvent *event, const char *name, double number)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  tb_exchange_event_modifier (giving->document, event, name, g_ascii_dtostr (text, sizeof text, number));
}

static void
give_modifiers (Giving *giving, TbExchangeEvent *event, const TbObservation *observation)
{
  g_autoptr (json_object) modifiers
      = observation->modifiers != NULL
            ? tb_json_parse (observation->modifiers, strlen (observation->modifiers), NULL)
            : NULL;

  if (json_object_is_type (modifiers, json_type_object)) {
    json_object_object_foreach (modifiers, name, value)
    {
      if (json_object_is_type (value, json_type_string))
        tb_exchange_event_modifier (giving->document, event, name, json_object_get_string (value));
      else if (json_object_is_type (value, json_type_int) || json_object_is_type (value, json_type_double))
        give_number (giving, event, name, json_object_get_double (value));
      for (gsize i = 0; json_object_is_type (value, json_type_array) && i < json_object_array_length (value); i++)
        tb_exchange_event_modifier (giving->document, event, name,
                                    json_object_get_string (json_object_array_get_idx (value, i)));
    }
  }
  if (observation->valence != TB_VALENCE_NEUTRAL)
    tb_exchange_event_modifier (giving->document, event, TB_MAP_VALENCE, tb_valence_name (observation->valence));
}

/* What no format has words for. */
static void
report_observation (Giving *giving, const TbVisitSource *source, const TbObservation *o, const TbCode *code)
{
  const char *title = source->title != NULL ? source->title : "";

  if (o->evidence != NULL)
    tb_loss_add (giving->loss, TB_LOSS_CHANGED, 1, "which observations a score rests on", "no format has a place for it",
                 "“%.60s”", title);
  if ((code != NULL && (o->lead != code->lead || o->lag != code->lag))
      || (o->code == NULL && (o->lead != TB_MOMENT_LEAD || o->lag != TB_MOMENT_LAG)))
    tb_loss_add (giving->loss, TB_LOSS_LEFT, 1, "how much earlier and later a fragment runs", "no format has a place for it",
                 "“%.60s”", title);
  if (o->tapped_at != 0)
    tb_loss_add (giving->loss, TB_LOSS_LEFT, 1, "when something was tapped", "no format has a place for it", "“%.60s”",
                 title);
  if (o->closed_by != NULL)
    tb_loss_add (giving->loss, TB_LOSS_LEFT, 1, "that the end of the lesson ended a state",
                 "no format has a place for it", "“%.60s”", title);
}

static void
give_observation (Giving *giving, TbExchangeSet *set, const TbVisitSource *source, const TbObservation *o)
{
  const Titles *titles = titles_of (giving, o->instrument);
  const TbCode *code = titles != NULL && o->code != NULL ? tb_instrument_find (titles->instrument, o->code) : NULL;
  const char *name = o->code != NULL && o->instrument != NULL ? name_of (giving, o->instrument, o->code) : o->code;
  const char *subject = titles != NULL && o->subject != NULL ? g_hash_table_lookup (titles->subjects, o->subject) : NULL;
  TbExchangeEvent *event = tb_exchange_event (giving->document, set, o->kind, name, o->at, o->until);

  tb_exchange_share (&event->subject, subject != NULL ? subject : o->subject);
  if (*o->observer != '\0')
    tb_exchange_share (&event->observer, o->observer);
  tb_exchange_text (&event->comment, o->note);
  if (o->kind == TB_KIND_RATING && o->rating != TB_RATING_NONE)
    event->rating = (double) o->rating;
  give_modifiers (giving, event, o);
  report_observation (giving, source, o, code);
}

/* --- visits ----------------------------------------------------------------------------- */

/* Its title, or else its day; with a number when another visit is called so. New. */
static char *
set_id (const Giving *giving, const TbVisitSource *source)
{
  g_autofree char *day = source->started_at != 0 ? tb_wall_format (source->started_at) : NULL;
  g_autofree char *name = NULL;
  char *id;

  if (day != NULL)
    day[10] = '\0';
  name = source->title != NULL && *source->title != '\0' ? g_strdup (source->title)
         : day != NULL                                   ? g_strdup_printf ("Klassenbezoek %s", day)
                                                         : g_strdup ("Klassenbezoek");
  id = g_strdup (name);
  for (guint n = 2; tb_exchange_find_set (giving->document, id) != NULL; n++) {
    g_free (id);
    id = g_strdup_printf ("%s (%u)", name, n);
  }
  return id;
}

static void
give_pair (Giving *giving, TbExchangeSet *set, const char *name, const char *value)
{
  if (value != NULL && *value != '\0')
    tb_exchange_pair (giving->document, set->pairs, name, value);
}

static void
give_visit (Giving *giving, const TbVisitSource *source)
{
  g_autofree char *id = set_id (giving, source);
  TbExchangeSet *set = tb_exchange_set (giving->document, id);

  set->started_at = source->started_at;
  if (source->note != NULL)
    tb_exchange_text (&set->description, source->note);
  give_pair (giving, set, "teacher", source->teacher);
  give_pair (giving, set, "group", source->group);
  give_pair (giving, set, "subject", source->subject);
  give_pair (giving, set, "focus", source->focus);
  for (guint i = 0; i < source->observations->len; i++) {
    const TbObservation *o = g_ptr_array_index (source->observations, i);

    if (!o->removed)
      give_observation (giving, set, source, o);
  }
  tb_loss_add (giving->loss, TB_LOSS_LEFT, source->clips, "a fragment", "a film of it is written by itself", "“%s”", id);
  tb_loss_add (giving->loss, TB_LOSS_LEFT, source->tracks, "a recording", "a film of it is written by itself", "“%s”",
               id);
}

TbExchange *
tb_visit_map_give (GPtrArray *sources, TbLoss *loss, GError **error)
{
  g_autoptr (TbExchange) document = tb_exchange_new ();
  g_autoptr (GPtrArray) titles = g_ptr_array_new_with_free_func (titles_free);
  g_autoptr (GHashTable) doubles = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GError) over = NULL;
  Giving giving = { document, loss, titles, doubles, names };

  if (sources->len == 1) {
    const TbVisitSource *only = g_ptr_array_index (sources, 0);
    g_autofree char *id = set_id (&giving, only);

    tb_exchange_text (&document->title, id);
    document->made_at = only->started_at;
  }
  declare_instruments (&giving, sources);
  for (guint i = 0; i < sources->len; i++)
    give_visit (&giving, g_ptr_array_index (sources, i));
  if (!tb_exchange_finish (document, loss, &over)) {
    g_set_error (error, TB_ERROR, TB_ERROR_TOO_LARGE,
                 "This is more than fits in one file (at most %d observations): choose fewer visits",
                 TB_EXCHANGE_MAX_EVENTS);
    return NULL;
  }
  return g_steal_pointer (&document);
}
