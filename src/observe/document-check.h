/* Checking a document of ours (an instrument, a library of questions) against its form: what is refused names the path
 * in the document and, when there is a text, the line. All errors are TB_ERROR_INVALID. */
#pragma once

#include <glib.h>
#include <json-c/json.h>

#define TB_ID_MAX_LENGTH 64

/* One thing that is wrong. */
typedef struct {
  char *field;   /* the path: "codes[3].key"; "" for the whole */
  guint line;    /* 0 without a text */
  char *message; /* without the path and the line */
} TbDocumentProblem;

void tb_document_problem_free (TbDocumentProblem *problem);

/* Borrowed. Without a TEXT nothing is said of lines. */
typedef struct {
  const char *text;
  gsize length;
  GPtrArray *problems; /* TbDocumentProblem: every refusal is added; NULL: the first one ends the check */
} TbDocument;

/* After a check of a part that gave ERROR: whether to go on to the next, with ERROR cleared. */
gboolean tb_document_go_on (const TbDocument *document, GError **error);

/* Puts "PATH.FIELD (line N): " before *ERROR; PATH may be "", FIELD NULL. Always FALSE. */
gboolean tb_document_place (const TbDocument *document, const char *path, const char *field, GError **error);
/* Sets ERROR, placed; always FALSE. */
gboolean tb_document_refuse (const TbDocument *document, const char *path, const char *field, GError **error,
                             const char *format, ...) G_GNUC_PRINTF (5, 6);

gboolean tb_document_known_fields (const TbDocument *document, const char *path, json_object *object,
                                   const char *const *known, GError **error);

/* Whether LENGTH bytes of ID are an id: lower-case words joined by hyphens, at most TB_ID_MAX_LENGTH. */
gboolean tb_id_is_valid (const char *id, gsize length);
gboolean tb_document_get_id (const TbDocument *document, const char *path, const char *field, json_object *object,
                             const char **id, GError **error);

/* One text that is there and not empty, of at most MAX_LENGTH characters. */
typedef gboolean (*TbDocumentGetText) (const TbDocument *document, const char *path, const char *field,
                                       json_object *object, gsize max_length, const char **text, GError **error);
gboolean tb_document_get_text (const TbDocument *document, const char *path, const char *field, json_object *object,
                               gsize max_length, const char **text, GError **error);

/* {"nl","en"}, each read by GET: WORDS[0] Dutch, WORDS[1] English. */
gboolean tb_document_get_words (const TbDocument *document, const char *path, const char *field, json_object *object,
                                TbDocumentGetText get, gsize max_length, const char *words[2], GError **error);
