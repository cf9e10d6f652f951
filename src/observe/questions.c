#include "observe/questions.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "observe/document-check.h"

#define FORMAT 1
#define TEXT_MAX_BYTES (1024 * 1024)
#define TITLE_MAX_LENGTH 80
#define LINE_MAX_LENGTH 160
#define TEXT_MAX_LENGTH 1000
#define MAX_DOMAINS 20
#define MAX_QUESTIONS 1000
#define MAX_PROMPTS 10
#define MAX_TAGS 20

/* A title and a line in both languages: [0] Dutch, [1] English. */
typedef struct {
  const char *title[2];
  const char *line[2];
} Named;

struct _TbQuestions {
  gatomicrefcount refs;
  json_object *json; /* owns every string below; only read while parsing */
  char *text;
  const char *id;
  gint64 version;
  GHashTable *domains;           /* id -> Named */
  Named phases[TB_N_PHASES + 1]; /* by TbPhase */
  GArray *questions;             /* TbQuestion */
  GPtrArray *tags;               /* the list of tags of each question, same index */
  GHashTable *by_id;             /* id -> index + 1 */
  GArray *prompts;               /* TbPrompt */
};

/* What the checking functions share. */
typedef struct {
  TbDocument document;
  GHashTable *sentences; /* every question so far, in both languages, without case and punctuation */
} Check;

static const char *const phase_names[]
    = { NULL, "opening", "pride", "looking-back", "becoming-aware", "alternatives", "trying", "closing" };

const char *
tb_phase_name (TbPhase phase)
{
  g_return_val_if_fail (phase >= TB_PHASE_OPENING && phase <= TB_PHASE_CLOSING, NULL);
  return phase_names[phase];
}

gboolean
tb_phase_from_name (const char *name, TbPhase *phase)
{
  for (int i = TB_PHASE_OPENING; name != NULL && i <= TB_PHASE_CLOSING; i++) {
    if (strcmp (name, phase_names[i]) == 0) {
      *phase = (TbPhase) i;
      return TRUE;
    }
  }
  return FALSE;
}

/* One line of text, with something in it. */
static gboolean
get_line (const TbDocument *document, const char *path, const char *field, json_object *object, gsize max_length,
          const char **line, GError **error)
{
  const char *last;

  if (!tb_document_get_text (document, path, field, object, max_length, line, error))
    return FALSE;
  for (const char *c = *line; *c != '\0'; c = g_utf8_next_char (c)) {
    if (g_unichar_iscntrl (g_utf8_get_char (c)))
      return tb_document_refuse (document, path, field, error, "must be one line without control characters");
  }
  last = g_utf8_prev_char (strchr (*line, '\0'));
  if (g_unichar_isspace (g_utf8_get_char (*line)) || g_unichar_isspace (g_utf8_get_char (last)))
    return tb_document_refuse (document, path, field, error, "must not begin or end with a space");
  return TRUE;
}

/* TEXT without what does not make it another sentence. New. */
static char *
plain_sentence (const char *text)
{
  g_autofree char *folded = g_utf8_casefold (text, -1);
  GString *plain = g_string_new (NULL);

  for (const char *c = folded; *c != '\0'; c = g_utf8_next_char (c)) {
    gunichar letter = g_utf8_get_char (c);

    if (g_unichar_isalnum (letter) || g_unichar_ismark (letter))
      g_string_append_unichar (plain, letter);
    else if (g_unichar_isspace (letter) && plain->len > 0 && plain->str[plain->len - 1] != ' ')
      g_string_append_c (plain, ' ');
  }
  return g_strchomp (g_string_free (plain, FALSE));
}

static gboolean
get_question_text (const Check *check, const char *path, const char *language, json_object *object, const char **text,
                   GError **error)
{
  g_autofree char *plain = NULL;

  if (!get_line (&check->document, path, language, object, TB_QUESTION_MAX_LENGTH, text, error))
    return FALSE;
  if (!g_str_has_suffix (*text, "?"))
    return tb_document_refuse (&check->document, path, language, error, "must end in “?”");
  plain = plain_sentence (*text);
  if (*plain == '\0')
    return tb_document_refuse (&check->document, path, language, error, "has no words");
  if (!g_hash_table_add (check->sentences, g_steal_pointer (&plain)))
    return tb_document_refuse (&check->document, path, language, error, "this question is there already");
  return TRUE;
}

static gboolean
tag_is_valid (const char *tag)
{
  const char *slash = strchr (tag, '/');

  return slash != NULL && tb_id_is_valid (tag, slash - tag) && tb_id_is_valid (slash + 1, strlen (slash + 1));
}

/* Into TAGS, closed by a NULL. */
static gboolean
read_tags (const Check *check, const char *path, json_object *object, GPtrArray *tags, GError **error)
{
  json_object *list = NULL;

  if (!tb_json_get_array (object, "tags", TB_JSON_OPTIONAL, MAX_TAGS, &list, NULL, error))
    return tb_document_place (&check->document, path, "tags", error);
  for (gsize i = 0; list != NULL && i < json_object_array_length (list); i++) {
    json_object *item = json_object_array_get_idx (list, i);
    g_autofree char *field = g_strdup_printf ("tags[%" G_GSIZE_FORMAT "]", i);
    const char *tag = json_object_is_type (item, json_type_string) ? json_object_get_string (item) : NULL;

    if (tag == NULL || strlen (tag) != (gsize) json_object_get_string_len (item) || !tag_is_valid (tag))
      return tb_document_refuse (&check->document, path, field, error, "must be “INSTRUMENT/CODE”");
    if (g_ptr_array_find_with_equal_func (tags, tag, g_str_equal, NULL))
      return tb_document_refuse (&check->document, path, field, error, "“%s” is there twice", tag);
    g_ptr_array_add (tags, (gpointer) tag);
  }
  g_ptr_array_add (tags, NULL);
  return TRUE;
}

static gboolean
get_phase (const Check *check, const char *path, const char *field, json_object *object, TbPhase *phase,
           GError **error)
{
  const char *name = NULL;

  if (!tb_json_get_string (object, field, TB_JSON_REQUIRED, TB_ID_MAX_LENGTH, &name, NULL, error))
    return tb_document_place (&check->document, path, field, error);
  if (!tb_phase_from_name (name, phase))
    return tb_document_refuse (&check->document, path, field, error, "“%s” is not a phase that this version knows",
                               name);
  return TRUE;
}

static gboolean
read_domain (const Check *check, TbQuestions *questions, const char *path, json_object *object, GError **error)
{
  static const char *const known[] = { "id", "title", NULL };
  Named named = { 0 };
  const char *id = NULL;

  if (!tb_document_known_fields (&check->document, path, object, known, error)
      || !tb_document_get_id (&check->document, path, "id", object, &id, error)
      || !tb_document_get_words (&check->document, path, "title", object, get_line, TITLE_MAX_LENGTH, named.title,
                                 error))
    return FALSE;
  if (!g_hash_table_insert (questions->domains, (gpointer) id, g_memdup2 (&named, sizeof named)))
    return tb_document_refuse (&check->document, path, "id", error, "“%s” is there twice", id);
  return TRUE;
}

static gboolean
read_phase (const Check *check, TbQuestions *questions, const char *path, json_object *object, GError **error)
{
  static const char *const known[] = { "id", "title", "line", NULL };
  Named named = { 0 };
  TbPhase phase = 0;

  if (!tb_document_known_fields (&check->document, path, object, known, error)
      || !get_phase (check, path, "id", object, &phase, error)
      || !tb_document_get_words (&check->document, path, "title", object, get_line, TITLE_MAX_LENGTH, named.title,
                                 error)
      || !tb_document_get_words (&check->document, path, "line", object, get_line, LINE_MAX_LENGTH, named.line, error))
    return FALSE;
  if (questions->phases[phase].title[0] != NULL)
    return tb_document_refuse (&check->document, path, "id", error, "“%s” is there twice", tb_phase_name (phase));
  questions->phases[phase] = named;
  return TRUE;
}

static gboolean
read_question (const Check *check, TbQuestions *questions, const char *path, json_object *object, GError **error)
{
  static const char *const known[] = { "id", "domain", "phase", "nl", "en", "tags", NULL };
  g_autoptr (GPtrArray) tags = g_ptr_array_new ();
  TbQuestion question = { 0 };

  if (!tb_document_known_fields (&check->document, path, object, known, error)
      || !tb_document_get_id (&check->document, path, "id", object, &question.id, error)
      || !tb_document_get_id (&check->document, path, "domain", object, &question.domain, error)
      || !get_phase (check, path, "phase", object, &question.phase, error))
    return FALSE;
  if (!g_hash_table_contains (questions->domains, question.domain))
    return tb_document_refuse (&check->document, path, "domain", error, "there is no domain “%s”", question.domain);
  if (!g_hash_table_insert (questions->by_id, (gpointer) question.id,
                            GUINT_TO_POINTER (questions->questions->len + 1)))
    return tb_document_refuse (&check->document, path, "id", error, "“%s” is there twice", question.id);
  if (!get_question_text (check, path, "nl", object, &question.nl, error)
      || !get_question_text (check, path, "en", object, &question.en, error)
      || !read_tags (check, path, object, tags, error))
    return FALSE;
  question.tags = (const char *const *) tags->pdata;
  g_array_append_val (questions->questions, question);
  g_ptr_array_add (questions->tags, g_steal_pointer (&tags));
  return TRUE;
}

static gboolean
read_prompt (const Check *check, TbQuestions *questions, const char *path, json_object *object, GError **error)
{
  static const char *const known[] = { "id", "kind", "title", "line", NULL };
  TbPrompt prompt = { 0 };
  Named named = { 0 };

  if (!tb_document_known_fields (&check->document, path, object, known, error)
      || !tb_document_get_id (&check->document, path, "id", object, &prompt.id, error)
      || !tb_document_get_id (&check->document, path, "kind", object, &prompt.kind, error)
      || !tb_document_get_words (&check->document, path, "title", object, get_line, TITLE_MAX_LENGTH, named.title,
                                 error)
      || !tb_document_get_words (&check->document, path, "line", object, get_line, LINE_MAX_LENGTH, named.line, error))
    return FALSE;
  if (strcmp (prompt.kind, "pride") != 0 && strcmp (prompt.kind, "improve") != 0)
    return tb_document_refuse (&check->document, path, "kind", error, "“%s” is not a kind of prompt (pride, improve)",
                               prompt.kind);
  for (guint i = 0; i < questions->prompts->len; i++) {
    if (strcmp (g_array_index (questions->prompts, TbPrompt, i).id, prompt.id) == 0)
      return tb_document_refuse (&check->document, path, "id", error, "“%s” is there twice", prompt.id);
  }
  prompt.title_nl = named.title[0];
  prompt.title_en = named.title[1];
  prompt.line_nl = named.line[0];
  prompt.line_en = named.line[1];
  g_array_append_val (questions->prompts, prompt);
  return TRUE;
}

typedef gboolean (*ReadItem) (const Check *check, TbQuestions *questions, const char *path, json_object *object,
                              GError **error);

static gboolean
read_list (const Check *check, TbQuestions *questions, const char *field, gsize max, ReadItem read, GError **error)
{
  json_object *list = NULL;

  if (!tb_json_get_array (questions->json, field, TB_JSON_REQUIRED, max, &list, NULL, error))
    return tb_document_place (&check->document, "", field, error);
  if (json_object_array_length (list) == 0)
    return tb_document_refuse (&check->document, "", field, error, "must not be empty");
  for (gsize i = 0; i < json_object_array_length (list); i++) {
    g_autofree char *path = g_strdup_printf ("%s[%" G_GSIZE_FORMAT "]", field, i);

    if (!read (check, questions, path, json_object_array_get_idx (list, i), error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
read_head (const Check *check, TbQuestions *questions, GError **error)
{
  static const char *const known[] = { "format", "id",     "version",   "title",   "description",
                                       "domains", "phases", "questions", "prompts", NULL };
  json_object *json = questions->json;
  const char *words[2];
  gint64 format = 0;

  if (!tb_document_known_fields (&check->document, "", json, known, error))
    return FALSE;
  if (!tb_json_get_int (json, "format", TB_JSON_REQUIRED, 1, G_MAXINT32, &format, NULL, error))
    return tb_document_place (&check->document, "", "format", error);
  if (format > FORMAT)
    return tb_document_refuse (&check->document, "", "format", error,
                               "format %d was made by a newer version; this one reads %d", (int) format, FORMAT);
  if (!tb_document_get_id (&check->document, "", "id", json, &questions->id, error))
    return FALSE;
  if (!tb_json_get_int (json, "version", TB_JSON_REQUIRED, 1, 1000000, &questions->version, NULL, error))
    return tb_document_place (&check->document, "", "version", error);
  return tb_document_get_words (&check->document, "", "title", json, get_line, TITLE_MAX_LENGTH, words, error)
         && tb_document_get_words (&check->document, "", "description", json, get_line, TEXT_MAX_LENGTH, words, error);
}

static gboolean
read_phases (const Check *check, TbQuestions *questions, GError **error)
{
  if (!read_list (check, questions, "phases", TB_N_PHASES, read_phase, error))
    return FALSE;
  for (int i = TB_PHASE_OPENING; i <= TB_PHASE_CLOSING; i++) {
    if (questions->phases[i].title[0] == NULL)
      return tb_document_refuse (&check->document, "", "phases", error, "the phase “%s” is missing", phase_names[i]);
  }
  return TRUE;
}

TbQuestions *
tb_questions_parse (const char *text, gsize length, GError **error)
{
  g_autoptr (TbQuestions) questions = NULL;
  g_autoptr (GHashTable) sentences = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Check check = { { text, length }, sentences };
  json_object *json;

  if (length > TEXT_MAX_BYTES) {
    g_set_error (error, TB_ERROR, TB_ERROR_TOO_LARGE, "A library of questions is at most %d bytes", TEXT_MAX_BYTES);
    return NULL;
  }
  json = tb_json_parse (text, length, error);
  if (json == NULL)
    return NULL;
  questions = g_new0 (TbQuestions, 1);
  g_atomic_ref_count_init (&questions->refs);
  questions->json = json;
  questions->domains = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  questions->questions = g_array_new (FALSE, FALSE, sizeof (TbQuestion));
  questions->tags = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  questions->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  questions->prompts = g_array_new (FALSE, FALSE, sizeof (TbPrompt));
  if (!read_head (&check, questions, error)
      || !read_list (&check, questions, "domains", MAX_DOMAINS, read_domain, error)
      || !read_phases (&check, questions, error)
      || !read_list (&check, questions, "questions", MAX_QUESTIONS, read_question, error)
      || !read_list (&check, questions, "prompts", MAX_PROMPTS, read_prompt, error))
    return NULL;
  /* Writing JSON out changes json-c's object, so it is done once, here. */
  questions->text = tb_json_to_text (json);
  return g_steal_pointer (&questions);
}

TbQuestions *
tb_questions_ref (TbQuestions *questions)
{
  g_atomic_ref_count_inc (&questions->refs);
  return questions;
}

void
tb_questions_unref (TbQuestions *questions)
{
  if (questions == NULL || !g_atomic_ref_count_dec (&questions->refs))
    return;
  g_hash_table_unref (questions->domains);
  g_hash_table_unref (questions->by_id);
  g_array_unref (questions->questions);
  g_ptr_array_unref (questions->tags);
  g_array_unref (questions->prompts);
  json_object_put (questions->json);
  g_free (questions->text);
  g_free (questions);
}

static int
language_index (const char *language)
{
  return g_strcmp0 (language, "en") == 0 ? 1 : 0;
}

const char *
tb_questions_id (const TbQuestions *questions)
{
  return questions->id;
}

gint64
tb_questions_version (const TbQuestions *questions)
{
  return questions->version;
}

const char *
tb_questions_text (const TbQuestions *questions)
{
  return questions->text;
}

const char *
tb_questions_domain_title (const TbQuestions *questions, const char *domain, const char *language)
{
  const Named *named = domain != NULL ? g_hash_table_lookup (questions->domains, domain) : NULL;

  return named != NULL ? named->title[language_index (language)] : NULL;
}

const char *
tb_questions_phase_title (const TbQuestions *questions, TbPhase phase, const char *language)
{
  g_return_val_if_fail (phase >= TB_PHASE_OPENING && phase <= TB_PHASE_CLOSING, NULL);
  return questions->phases[phase].title[language_index (language)];
}

const char *
tb_questions_phase_line (const TbQuestions *questions, TbPhase phase, const char *language)
{
  g_return_val_if_fail (phase >= TB_PHASE_OPENING && phase <= TB_PHASE_CLOSING, NULL);
  return questions->phases[phase].line[language_index (language)];
}

guint
tb_questions_count (const TbQuestions *questions)
{
  return questions->questions->len;
}

const TbQuestion *
tb_questions_get (const TbQuestions *questions, guint index)
{
  g_return_val_if_fail (index < questions->questions->len, NULL);
  return &g_array_index (questions->questions, TbQuestion, index);
}

const TbQuestion *
tb_questions_find (const TbQuestions *questions, const char *id)
{
  guint place_plus_one = id != NULL ? GPOINTER_TO_UINT (g_hash_table_lookup (questions->by_id, id)) : 0;

  return place_plus_one > 0 ? tb_questions_get (questions, place_plus_one - 1) : NULL;
}

const char *
tb_question_text (const TbQuestion *question, const char *language)
{
  return language_index (language) == 1 ? question->en : question->nl;
}

guint
tb_questions_n_prompts (const TbQuestions *questions)
{
  return questions->prompts->len;
}

const TbPrompt *
tb_questions_prompt (const TbQuestions *questions, guint index)
{
  g_return_val_if_fail (index < questions->prompts->len, NULL);
  return &g_array_index (questions->prompts, TbPrompt, index);
}

GPtrArray *
tb_questions_list (const TbQuestions *questions, const char *domain, const char *phase)
{
  GPtrArray *list = g_ptr_array_new ();
  TbPhase wanted = 0;

  if (phase != NULL && !tb_phase_from_name (phase, &wanted))
    return list;
  for (guint i = 0; i < questions->questions->len; i++) {
    const TbQuestion *question = tb_questions_get (questions, i);

    if ((phase == NULL || question->phase == wanted) && (domain == NULL || strcmp (question->domain, domain) == 0))
      g_ptr_array_add (list, (gpointer) question);
  }
  return list;
}
