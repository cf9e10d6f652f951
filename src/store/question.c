#include "store/question.h"

#include "base/error.h"
#include "base/json.h"
#include "base/uuid.h"
#include "store/coaching-private.h"

#define QUESTION_MAX 500
#define DOMAIN_MAX 80

/* Those of the bundled questions (observe/questions.h), in the order of a talk. */
static const char *const phases[]
    = { "opening", "pride", "looking-back", "becoming-aware", "alternatives", "trying", "closing", NULL };
static const char *const languages[] = { "nl", "en", NULL };

void
tb_own_question_free (TbOwnQuestion *question)
{
  if (question == NULL)
    return;
  g_free (question->id);
  g_free (question->text);
  g_free (question->domain);
  g_free (question->phase);
  g_free (question->language);
  g_free (question->person);
  g_free (question->person_name);
  g_free (question);
}

json_object *
tb_own_question_to_json (const TbOwnQuestion *question)
{
  json_object *object = json_object_new_object ();

  tb_json_add_string (object, "id", question->id);
  tb_json_add_string (object, "text", question->text);
  tb_json_add_string (object, "domain", question->domain);
  tb_json_add_string (object, "phase", question->phase);
  tb_json_add_string (object, "language", question->language);
  tb_json_add (object, "person", tb_coaching_person_to_json (question->person, question->person_name));
  tb_json_add_wall (object, "created_at", question->created_at);
  return object;
}

static gboolean
check_coach (TbDb *db, const char *person, GError **error)
{
  gint64 count = 0;

  return tb_db_int (db, 0, &count, error, "SELECT count(*) FROM person_role WHERE person = ?1 AND role = 'coach'", "s",
                    person)
         && (count > 0 || tb_refuse (error, TB_ERROR_DENIED, "The school's questions are the coaches'"));
}

static gboolean
check_new (TbDb *db, const TbOwnQuestion *question, GError **error)
{
  gint64 same = 0, count = 0;

  if (!tb_db_int (db, 0, &same, error,
                  "SELECT count(*) FROM own_question WHERE text = ?1 AND language = ?2 AND removed_wall IS NULL", "ss",
                  question->text, question->language)
      || !tb_db_int (db, 0, &count, error, "SELECT count(*) FROM own_question WHERE removed_wall IS NULL", ""))
    return FALSE;
  if (same > 0)
    return tb_refuse (error, TB_ERROR_CONFLICT, "This question is in the list already");
  return count < TB_OWN_QUESTIONS_MAX || tb_refuse (error, TB_ERROR_CONFLICT, "The list has 1000 questions already");
}

static gboolean
take_fields (TbOwnQuestion *question, json_object *fields, GError **error)
{
  static const char *const known[] = { "text", "domain", "phase", "language", NULL };

  if (!tb_json_check_fields (fields, known, error)
      || !tb_json_take_string (fields, "text", QUESTION_MAX, &question->text, error)
      || !tb_json_take_string (fields, "domain", DOMAIN_MAX, &question->domain, error)
      || !tb_take_choice (fields, "phase", phases, &question->phase, error)
      || !tb_take_choice (fields, "language", languages, &question->language, error))
    return FALSE;
  if (question->text == NULL || *g_strstrip (question->text) == '\0')
    return tb_refuse (error, TB_ERROR_INVALID, "“text” must not be empty");
  if (question->phase == NULL)
    return tb_refuse (error, TB_ERROR_INVALID, "“phase” is missing");
  return question->language != NULL || tb_refuse (error, TB_ERROR_INVALID, "“language” is missing");
}

TbOwnQuestion *
tb_own_question_add (TbStore *store, const char *person, json_object *fields, gint64 now_wall, GError **error)
{
  g_autoptr (TbOwnQuestion) question = g_new0 (TbOwnQuestion, 1);
  g_auto (TbWrite) write = { 0 };

  question->id = tb_uuid_new ();
  question->domain = g_strdup ("");
  question->person = g_strdup (person);
  question->created_at = now_wall;
  if (!take_fields (question, fields, error) || !tb_write_begin (&write, store, error)
      || !check_coach (write.db, person, error) || !check_new (write.db, question, error)
      || (question->person_name = tb_coaching_name (write.db, person, error)) == NULL
      || !tb_db_exec (write.db, error,
                      "INSERT INTO own_question (id, text, domain, phase, language, person, created_wall)"
                      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                      "ssssssi", question->id, question->text, question->domain, question->phase, question->language,
                      person, now_wall)
      || !tb_write_commit (&write, error))
    return NULL;
  return g_steal_pointer (&question);
}

gboolean
tb_own_question_remove (TbStore *store, const char *id, const char *person, gint64 now_wall, GError **error)
{
  g_auto (TbWrite) write = { 0 };
  gint64 count = 0;

  if (!tb_write_begin (&write, store, error) || !check_coach (write.db, person, error)
      || !tb_db_int (write.db, 0, &count, error,
                     "SELECT count(*) FROM own_question WHERE id = ?1 AND removed_wall IS NULL", "s", id))
    return FALSE;
  if (count == 0) {
    g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no question %.60s", id);
    return FALSE;
  }
  return tb_db_exec (write.db, error, "UPDATE own_question SET removed_wall = ?2 WHERE id = ?1", "si", id, now_wall)
         && tb_write_commit (&write, error);
}

static TbOwnQuestion *
read_row (TbQuery *query)
{
  TbOwnQuestion *question = g_new0 (TbOwnQuestion, 1);

  question->id = tb_query_dup (query, 0);
  question->text = tb_query_dup (query, 1);
  question->domain = tb_query_dup (query, 2);
  question->phase = tb_query_dup (query, 3);
  question->language = tb_query_dup (query, 4);
  question->person = tb_query_dup (query, 5);
  question->person_name = tb_query_dup (query, 6);
  question->created_at = tb_query_int (query, 7);
  return question;
}

GPtrArray *
tb_own_question_list (TbStore *store, const char *person, const char *language, GError **error)
{
  g_autoptr (GPtrArray) questions = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_own_question_free);
  g_auto (TbRead) read = { 0 };
  g_auto (TbQuery) query = { 0 };
  gint64 roles = 0;
  int step;

  if (!tb_read_begin (&read, store, error)
      || !tb_db_int (read.db, 0, &roles, error,
                     "SELECT count(*) FROM person_role WHERE person = ?1 AND role IN ('coach', 'teacher', 'trainee')",
                     "s", person))
    return NULL;
  if (roles == 0) {
    tb_refuse (error, TB_ERROR_DENIED, "Coaching questions are for coaches, teachers and trainees");
    return NULL;
  }
  if (!tb_query_open (&query, read.db, error,
                      "SELECT own_question.id, text, domain, phase, language, person, person.name,"
                      " own_question.created_wall FROM own_question JOIN person ON person.id = person"
                      " WHERE removed_wall IS NULL AND (?1 IS NULL OR language = ?1)"
                      " ORDER BY CASE phase WHEN 'opening' THEN 0 WHEN 'pride' THEN 1 WHEN 'looking-back' THEN 2"
                      " WHEN 'becoming-aware' THEN 3 WHEN 'alternatives' THEN 4 WHEN 'trying' THEN 5 ELSE 6 END,"
                      " domain, text, own_question.id",
                      "s", language))
    return NULL;
  while ((step = tb_query_next (&query, error)) > 0)
    g_ptr_array_add (questions, read_row (&query));
  return step == 0 ? g_steal_pointer (&questions) : NULL;
}
