#include "observe/document-check.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "observe/json-line.h"

/* Finding a line is reading the text from its beginning: nobody mends more at once. */
#define LINES_MAX 200

/* Of FIELD (may be NULL) at PATH. New. */
static char *
join (const char *path, const char *field)
{
  return g_strconcat (path, *path != '\0' && field != NULL ? "." : "", field, NULL);
}

void
tb_document_problem_free (TbDocumentProblem *problem)
{
  if (problem == NULL)
    return;
  g_free (problem->field);
  g_free (problem->message);
  g_free (problem);
}

gboolean
tb_document_go_on (const TbDocument *document, GError **error)
{
  if (document->problems == NULL)
    return FALSE;
  g_clear_error (error);
  return TRUE;
}

gboolean
tb_document_place (const TbDocument *document, const char *path, const char *field, GError **error)
{
  g_autofree char *full = NULL;
  guint line;

  if (error == NULL || *error == NULL)
    return FALSE;
  full = join (path, field);
  line = document->text != NULL && (document->problems == NULL || document->problems->len < LINES_MAX)
             ? tb_json_line (document->text, document->length, full)
             : 0;
  if (document->problems != NULL) {
    TbDocumentProblem *problem = g_new0 (TbDocumentProblem, 1);

    problem->field = g_strdup (full);
    problem->line = line;
    problem->message = g_strdup ((*error)->message);
    g_ptr_array_add (document->problems, problem);
  }
  if (line > 0)
    g_prefix_error (error, "%s (line %u): ", *full != '\0' ? full : "the whole", line);
  else
    g_prefix_error (error, "%s: ", *full != '\0' ? full : "the whole");
  return FALSE;
}

gboolean
tb_document_refuse (const TbDocument *document, const char *path, const char *field, GError **error,
                    const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, text);
  return tb_document_place (document, path, field, error);
}

gboolean
tb_document_known_fields (const TbDocument *document, const char *path, json_object *object, const char *const *known,
                          GError **error)
{
  return tb_json_check_fields (object, known, error) || tb_document_place (document, path, NULL, error);
}

gboolean
tb_id_is_valid (const char *id, gsize length)
{
  gboolean word = FALSE;

  for (gsize i = 0; i < length; i++) {
    if (id[i] == '-' && !word)
      return FALSE;
    if (id[i] != '-' && !g_ascii_islower (id[i]) && !g_ascii_isdigit (id[i]))
      return FALSE;
    word = id[i] != '-';
  }
  return word && length <= TB_ID_MAX_LENGTH;
}

gboolean
tb_document_get_text (const TbDocument *document, const char *path, const char *field, json_object *object,
                      gsize max_length, const char **text, GError **error)
{
  return tb_json_get_string (object, field, TB_JSON_REQUIRED | TB_JSON_NOT_EMPTY, max_length, text, NULL, error)
         || tb_document_place (document, path, field, error);
}

gboolean
tb_document_get_id (const TbDocument *document, const char *path, const char *field, json_object *object,
                    const char **id, GError **error)
{
  return tb_document_get_text (document, path, field, object, TB_ID_MAX_LENGTH, id, error)
         && (tb_id_is_valid (*id, strlen (*id))
             || tb_document_refuse (document, path, field, error,
                                    "“%s” is not an id: lower-case words joined by hyphens", *id));
}

gboolean
tb_document_get_words (const TbDocument *document, const char *path, const char *field, json_object *object,
                       TbDocumentGetText get, gsize max_length, const char *words[2], GError **error)
{
  static const char *const known[] = { "nl", "en", NULL };
  g_autofree char *inner = join (path, field);
  json_object *both = NULL;

  if (!tb_json_get_object (object, field, TB_JSON_REQUIRED, &both, NULL, error))
    return tb_document_place (document, path, field, error);
  return tb_document_known_fields (document, inner, both, known, error)
         && get (document, inner, "nl", both, max_length, &words[0], error)
         && get (document, inner, "en", both, max_length, &words[1], error);
}
