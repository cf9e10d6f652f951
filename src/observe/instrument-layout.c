/* Where codes stand on the tap board, and what became of those of the version before. */
#include <string.h>

#include "base/error.h"
#include "observe/instrument-private.h"

#define TABS_MAX 10
#define TAB_CODES_MAX 200
#define BECAME_MAX 400

typedef struct {
  GHashTable *tabs;   /* ids */
  GHashTable *placed; /* codes that have a tab */
} Layout;

/* INTO: the Layout. ITEM is an id, no object. */
static gboolean
place_code (TbInstrumentCheck *check, const char *path, json_object *item, gpointer into, GError **error)
{
  Layout *layout = into;
  const char *id = json_object_is_type (item, json_type_string) ? json_object_get_string (item) : NULL;

  if (id == NULL)
    return tb_document_refuse (&check->document, path, NULL, error, "must be the id of a code");
  if (!g_hash_table_contains (check->codes, id))
    return tb_document_refuse (&check->document, path, NULL, error, "there is no code “%.64s”", id);
  return g_hash_table_add (layout->placed, (gpointer) id)
         || tb_document_refuse (&check->document, path, NULL, error, "“%s” has a place already", id);
}

static gboolean
read_tab (TbInstrumentCheck *check, const char *path, json_object *object, gpointer into, GError **error)
{
  static const char *const known[] = { "id", "title", "codes", NULL };
  Layout *layout = into;
  const char *id = NULL;

  return tb_check_fields (check, path, object, known, NULL, error)
         && tb_check_new_id (check, path, object, layout->tabs, NULL, &id, error)
         && tb_check_keep (check, tb_check_line (check, path, "title", object, TB_CHECK_LINE_MAX, NULL, NULL, error),
                           error)
         && tb_check_each (check, path, "codes", object, TB_JSON_REQUIRED, 0, TAB_CODES_MAX, place_code, layout, error);
}

gboolean
tb_instrument_read_layout (TbInstrumentCheck *check, GError **error)
{
  static const char *const known[] = { "tabs", NULL };
  g_autoptr (GHashTable) tabs = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) placed = g_hash_table_new (g_str_hash, g_str_equal);
  Layout layout = { tabs, placed };
  json_object *object = NULL;

  if (!tb_json_get_object (check->instrument->json, "layout", 0, &object, NULL, error))
    return tb_document_place (&check->document, "", "layout", error);
  return object == NULL
         || (tb_check_fields (check, "layout", object, known, NULL, error)
             && tb_check_each (check, "layout", "tabs", object, TB_JSON_REQUIRED, 1, TABS_MAX, read_tab, &layout,
                               error));
}

static gboolean
check_change (const TbInstrumentCheck *check, const char *old, json_object *now, GError **error)
{
  const char *path = "became.codes";
  const char *id = json_object_is_type (now, json_type_string) ? json_object_get_string (now) : NULL;

  if (!tb_id_is_valid (old, strlen (old)))
    return tb_document_refuse (&check->document, path, NULL, error, "“%.64s” is not an id", old);
  if (now != NULL && id == NULL)
    return tb_document_refuse (&check->document, path, old, error, "must be the id of a code, or null");
  return now == NULL || g_hash_table_contains (check->codes, id)
         || tb_document_refuse (&check->document, path, old, error, "there is no code “%.64s”", id);
}

gboolean
tb_instrument_read_became (TbInstrumentCheck *check, GError **error)
{
  static const char *const known[] = { "from", "codes", NULL };
  TbInstrument *instrument = check->instrument;
  json_object *object = NULL, *codes = NULL;
  gint64 from = 0;

  if (!tb_json_get_object (instrument->json, "became", 0, &object, NULL, error))
    return tb_document_place (&check->document, "", "became", error);
  if (object == NULL)
    return TRUE;
  if (!tb_check_fields (check, "became", object, known, NULL, error))
    return FALSE;
  if (!tb_json_get_int (object, "from", TB_JSON_REQUIRED, 1, G_MAXINT32, &from, NULL, error)
      && !tb_check_keep (check, tb_document_place (&check->document, "became", "from", error), error))
    return FALSE;
  if (from >= instrument->version
      && !tb_check_keep (check,
                         tb_document_refuse (&check->document, "became", "from", error,
                                             "must be less than the version of this document"),
                         error))
    return FALSE;
  if (!tb_json_get_object (object, "codes", TB_JSON_REQUIRED, &codes, NULL, error))
    return tb_document_place (&check->document, "became", "codes", error);
  if (json_object_object_length (codes) > BECAME_MAX)
    return tb_document_refuse (&check->document, "became", "codes", error, "has more than %d codes", BECAME_MAX);
  json_object_object_foreach (codes, old, now)
  {
    if (!tb_check_keep (check, check_change (check, old, now, error), error))
      return FALSE;
  }
  instrument->became = codes;
  return TRUE;
}

const char *
tb_instrument_became (const TbInstrument *instrument, const char *code)
{
  json_object *now = NULL;
  const TbCode *found;

  if (instrument->became != NULL && json_object_object_get_ex (instrument->became, code, &now))
    return now != NULL ? json_object_get_string (now) : NULL;
  found = tb_instrument_find (instrument, code);
  return found != NULL ? found->id : NULL;
}

gboolean
tb_instrument_check_successor (const TbInstrument *instrument, const TbInstrument *before, GError **error)
{
  for (guint i = 0; i < tb_instrument_n_codes (before); i++) {
    const TbCode *old = tb_instrument_code (before, i);
    const char *id = tb_instrument_became (instrument, old->id);
    const TbCode *now = id != NULL ? tb_instrument_find (instrument, id) : NULL;
    gboolean told = instrument->became != NULL && json_object_object_get_ex (instrument->became, old->id, NULL);

    if (now == NULL && !told) {
      g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "“became” must say what became of “%s”, which version %d had",
                   old->id, (int) tb_instrument_version (before));
      return FALSE;
    }
    if (now != NULL && now->kind != old->kind) {
      g_set_error (error, TB_ERROR, TB_ERROR_INVALID,
                   "“%s” was a %s in version %d and cannot become “%s”, a %s: give what is new an id of its own",
                   old->id, tb_kind_name (old->kind), (int) tb_instrument_version (before), now->id,
                   tb_kind_name (now->kind));
      return FALSE;
    }
  }
  return TRUE;
}
