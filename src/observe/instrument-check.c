/* What the parts of an instrument are checked with. */
#include <string.h>

#include "base/json.h"
#include "observe/instrument-private.h"

static const char *const okabe_ito[]
    = { "#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7", NULL };

/* KNOWN and LATER as one list. New; the strings are not. */
static const char **
both_lists (const char *const *known, const char *const *later)
{
  GPtrArray *all = g_ptr_array_new ();

  for (; *known != NULL; known++)
    g_ptr_array_add (all, (gpointer) *known);
  for (; *later != NULL; later++)
    g_ptr_array_add (all, (gpointer) *later);
  g_ptr_array_add (all, NULL);
  return (const char **) g_ptr_array_free (all, FALSE);
}

gboolean
tb_check_fields (const TbInstrumentCheck *check, const char *path, json_object *object, const char *const *known,
                 const char *const *later, GError **error)
{
  g_autofree const char **all = NULL;

  if (later == NULL)
    return tb_document_known_fields (&check->document, path, object, known, error);
  for (guint i = 0; check->instrument->format < 2 && later[i] != NULL; i++)
    if (json_object_is_type (object, json_type_object) && json_object_object_get_ex (object, later[i], NULL))
      return tb_document_refuse (&check->document, path, later[i], error,
                                 "“%s” is of format 2, and this document says format %d", later[i],
                                 (int) check->instrument->format);
  all = both_lists (known, later);
  return tb_document_known_fields (&check->document, path, object, all, error);
}

static gboolean
get_one_line (const TbDocument *document, const char *path, const char *field, json_object *object, gsize max_length,
              const char **line, GError **error)
{
  return tb_document_get_text (document, path, field, object, max_length, line, error)
         && (strpbrk (*line, "\n\r\t") == NULL
             || tb_document_refuse (document, path, field, error, "must be one line"));
}

static gboolean
get_both (const TbInstrumentCheck *check, const char *path, const char *field, json_object *object, gsize max_length,
          TbDocumentGetText get, const char **nl, const char **en, GError **error)
{
  const char *words[2] = { NULL, NULL };

  if (!tb_document_get_words (&check->document, path, field, object, get, max_length, words, error))
    return FALSE;
  if (nl != NULL)
    *nl = words[0];
  if (en != NULL)
    *en = words[1];
  return TRUE;
}

gboolean
tb_check_line (const TbInstrumentCheck *check, const char *path, const char *field, json_object *object,
               gsize max_length, const char **nl, const char **en, GError **error)
{
  return get_both (check, path, field, object, max_length, get_one_line, nl, en, error);
}

gboolean
tb_check_words (const TbInstrumentCheck *check, const char *path, const char *field, json_object *object,
                gsize max_length, const char **nl, const char **en, GError **error)
{
  return get_both (check, path, field, object, max_length, tb_document_get_text, nl, en, error);
}

gboolean
tb_check_color (const TbInstrumentCheck *check, const char *path, json_object *object, TbJsonFlags flags,
                const char **color, GError **error)
{
  gboolean found = FALSE;

  if (!tb_json_get_string (object, "color", flags, 7, color, &found, error))
    return tb_document_place (&check->document, path, "color", error);
  if (found && !g_strv_contains (okabe_ito, *color))
    return tb_document_refuse (&check->document, path, "color", error, "“%s” is none of the eight Okabe-Ito colours",
                               *color);
  return TRUE;
}

gboolean
tb_check_choice (const TbInstrumentCheck *check, const char *path, const char *field, json_object *object,
                 TbJsonFlags flags, const char *const *names, guint *number, GError **error)
{
  g_autofree char *list = NULL;
  const char *name = NULL;
  gboolean found = FALSE;

  if (!tb_json_get_string (object, field, flags, 40, &name, &found, error))
    return tb_document_place (&check->document, path, field, error);
  for (guint i = 0; found && names[i] != NULL; i++)
    if (g_str_equal (names[i], name)) {
      *number = i + 1;
      return TRUE;
    }
  if (!found)
    return TRUE;
  list = g_strjoinv (", ", (char **) names);
  return tb_document_refuse (&check->document, path, field, error, "“%s” is none of %s", name, list);
}

gboolean
tb_check_new_id (const TbInstrumentCheck *check, const char *path, json_object *object, GHashTable *ids, gpointer value,
                 const char **id, GError **error)
{
  if (!tb_document_get_id (&check->document, path, "id", object, id, error))
    return FALSE;
  if (g_hash_table_contains (ids, *id))
    return tb_document_refuse (&check->document, path, "id", error, "“%s” is there twice", *id);
  g_hash_table_insert (ids, (gpointer) *id, value);
  return TRUE;
}

gboolean
tb_check_each (TbInstrumentCheck *check, const char *path, const char *field, json_object *object, TbJsonFlags flags,
               gsize min, gsize max, TbCheckItem read, gpointer into, GError **error)
{
  json_object *list = NULL;

  if (!tb_json_get_array (object, field, flags, max, &list, NULL, error))
    return tb_document_place (&check->document, path, field, error);
  if (list == NULL)
    return TRUE;
  if (min > 0 && json_object_array_length (list) == 0)
    return tb_document_refuse (&check->document, path, field, error, "must not be empty");
  if (json_object_array_length (list) < min)
    return tb_document_refuse (&check->document, path, field, error, "must have at least %d", (int) min);
  for (gsize i = 0; i < json_object_array_length (list); i++) {
    g_autofree char *inner = g_strdup_printf ("%s%s%s[%" G_GSIZE_FORMAT "]", path, *path != '\0' ? "." : "", field, i);

    if (!tb_check_keep (check, read (check, inner, json_object_array_get_idx (list, i), into, error), error))
      return FALSE;
  }
  return TRUE;
}

gboolean
tb_check_keep (const TbInstrumentCheck *check, gboolean good, GError **error)
{
  return good || tb_document_go_on (&check->document, error);
}
