#include "cli/command.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/json.h"
#include "base/time.h"
#include "base/uuid.h"
#include "store/journal.h"

typedef struct {
  char *code, *at_text, *until_text, *by, *note, *subject, *rating_text;
  char **modifiers, **evidence;
  TbTime at, until;
} Said;

static void
said_clear (Said *said)
{
  g_free (said->code);
  g_free (said->at_text);
  g_free (said->until_text);
  g_free (said->by);
  g_free (said->note);
  g_free (said->subject);
  g_free (said->rating_text);
  g_strfreev (said->modifiers);
  g_strfreev (said->evidence);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Said, said_clear)

/* The instrument of VISIT that has CODE, new, with the code in *FOUND; NULL when none has. */
static TbInstrument *
find_instrument (TbOpened *opened, const TbVisit *visit, const char *code, const TbCode **found)
{
  for (guint i = 0; i < visit->instruments->len; i++) {
    g_autoptr (TbInstrument) instrument = tb_visit_instrument (opened->store, visit->id, visit->instruments->pdata[i],
                                                               NULL);

    *found = instrument != NULL ? tb_instrument_find (instrument, code) : NULL;
    if (*found != NULL)
      return g_steal_pointer (&instrument);
  }
  return NULL;
}

static const TbModifier *
find_modifier (const TbCode *code, const char *id, gsize length)
{
  for (const TbModifier **one = code->modifiers; one != NULL && *one != NULL; one++)
    if (strlen ((*one)->id) == length && strncmp ((*one)->id, id, length) == 0)
      return *one;
  return NULL;
}

/* One K=V into VALUES; 2 after telling what is wrong. */
static int
add_modifier (const TbCode *code, const char *pair, json_object *values)
{
  const char *sign = strchr (pair, '=');
  const TbModifier *modifier = sign != NULL ? find_modifier (code, pair, (gsize) (sign - pair)) : NULL;
  json_object *already = NULL;
  char *end = NULL;

  if (sign == NULL || sign == pair || sign[1] == '\0')
    return tb_command_usage ("observe", _ ("Say --modifier MODIFIER=VALUE, not “%s”"), pair);
  if (modifier == NULL)
    return tb_command_usage ("observe", _ ("The code “%s” has no modifier “%.*s”"), code->id, (int) (sign - pair), pair);
  json_object_object_get_ex (values, modifier->id, &already);
  if (already != NULL && modifier->form != TB_MODIFIER_MANY)
    return tb_command_usage ("observe", _ ("The modifier “%s” takes one value"), modifier->id);
  if (modifier->form == TB_MODIFIER_MANY) {
    if (already == NULL) {
      already = json_object_new_array ();
      tb_json_add (values, modifier->id, already);
    }
    json_object_array_add (already, json_object_new_string (sign + 1));
  } else if (modifier->form == TB_MODIFIER_ONE) {
    tb_json_add_string (values, modifier->id, sign + 1);
  } else {
    double number = g_ascii_strtod (sign + 1, &end);

    if (*end != '\0')
      return tb_command_usage ("observe", _ ("The modifier “%s” takes a number, not “%s”"), modifier->id, sign + 1);
    tb_json_add_double (values, modifier->id, number);
  }
  return 0;
}

static int
add_modifiers (const Said *said, const TbCode *code, json_object *fields)
{
  json_object *values;

  if (said->modifiers == NULL)
    return 0;
  values = json_object_new_object ();
  tb_json_add (fields, "modifiers", values);
  for (char **pair = said->modifiers; *pair != NULL; pair++)
    if (add_modifier (code, *pair, values) != 0)
      return 2;
  return 0;
}

static int
add_rating (const Said *said, const TbCode *code, json_object *fields)
{
  const char *text = said->rating_text;
  char *end = NULL;
  gint64 value;

  if (code->kind == TB_KIND_RATING && text == NULL)
    return tb_command_usage ("observe", _ ("“%s” is rated: say --rating N, or --rating nvt"), code->id);
  if (text == NULL)
    return 0;
  if (code->kind != TB_KIND_RATING)
    return tb_command_usage ("observe", _ ("“%s” is not rated, so leave out --rating"), code->id);
  if (g_ascii_strcasecmp (text, "nvt") == 0 || g_ascii_strcasecmp (text, "n.v.t.") == 0) {
    tb_json_add (fields, "rating", NULL);
    return 0;
  }
  value = g_ascii_strtoll (text, &end, 10);
  if (end == text || *end != '\0')
    return tb_command_usage ("observe", _ ("--rating takes a whole number or nvt, not “%s”"), text);
  tb_json_add_int (fields, "rating", value);
  return 0;
}

static int
add_evidence (const Said *said, const TbCode *code, json_object *fields)
{
  json_object *list;

  if (said->evidence == NULL)
    return 0;
  if (code->kind != TB_KIND_RATING)
    return tb_command_usage ("observe", _ ("“%s” is not rated, so leave out --evidence"), code->id);
  list = json_object_new_array ();
  tb_json_add (fields, "evidence", list);
  for (char **id = said->evidence; *id != NULL; id++) {
    if (!tb_uuid_is_valid (*id))
      return tb_command_usage ("observe", _ ("--evidence takes the id of an observation or a clip, not “%s”"), *id);
    json_object_array_add (list, json_object_new_string (*id));
  }
  return 0;
}

/* FIELDS is taken. New. */
static json_object *
make_operation (const char *action, const char *target, const char *by, json_object *fields)
{
  json_object *operation = json_object_new_object ();
  g_autofree char *id = tb_uuid_new ();

  tb_json_add_string (operation, "id", id);
  tb_json_add_string (operation, "target", "observation");
  tb_json_add_string (operation, "target_id", target);
  tb_json_add_string (operation, "action", action);
  tb_json_add_string (operation, "author", by);
  tb_json_add_string (operation, "device", "command-line");
  tb_json_add (operation, "fields", fields);
  return operation;
}

static gboolean
is_beside (const TbObservation *observation, const char *instrument, const Said *said)
{
  return g_strcmp0 (observation->instrument, instrument) == 0 && g_strcmp0 (observation->observer, said->by) == 0
         && g_strcmp0 (observation->subject, said->subject) == 0;
}

/* The rating that is there already: there is one per code, observer and subject. The last one when there are more. */
static const TbObservation *
find_rating (GPtrArray *observations, const char *instrument, const Said *said)
{
  const TbObservation *found = NULL;

  for (guint i = 0; i < observations->len; i++) {
    const TbObservation *observation = observations->pdata[i];

    if (observation->kind == TB_KIND_RATING && is_beside (observation, instrument, said)
        && g_strcmp0 (observation->code, said->code) == 0)
      found = observation;
  }
  return found;
}

/* What ends the open states that CODE excludes; their ids are added to ENDED. New. */
static json_object *
end_others (GPtrArray *observations, const TbInstrument *instrument, const TbCode *code, const Said *said,
            json_object *ended)
{
  json_object *operations = json_object_new_array ();

  for (guint i = 0; i < observations->len && code->group != NULL; i++) {
    const TbObservation *observation = observations->pdata[i];
    const TbCode *other = observation->code != NULL ? tb_instrument_find (instrument, observation->code) : NULL;
    json_object *fields;

    if (!tb_observation_is_open (observation) || !is_beside (observation, tb_instrument_id (instrument), said)
        || other == NULL || g_strcmp0 (other->group, code->group) != 0 || observation->at > said->at)
      continue;
    fields = json_object_new_object ();
    tb_json_add_time (fields, "until", said->at);
    json_object_array_add (operations, make_operation ("change", observation->id, said->by, fields));
    json_object_array_add (ended, json_object_new_string (observation->id));
  }
  return operations;
}

/* What is written down, as the fields of an operation. */
static json_object *
make_fields (const Said *said, const char *instrument, const TbCode *code)
{
  json_object *fields = json_object_new_object ();

  tb_json_add_string (fields, "instrument", instrument);
  tb_json_add_string (fields, "code", said->code);
  tb_json_add_string (fields, "kind", tb_kind_name (code != NULL ? code->kind : TB_KIND_POINT));
  tb_json_add_time (fields, "at", said->at);
  if (said->until != TB_TIME_NONE)
    tb_json_add_time (fields, "until", said->until);
  if (said->note != NULL)
    tb_json_add_string (fields, "note", said->note);
  if (said->subject != NULL)
    tb_json_add_string (fields, "subject", said->subject);
  return fields;
}

/* Applies OPERATIONS (taken). The result of the first; NULL when one was refused. New. */
static json_object *
apply (TbOpened *opened, const TbVisit *visit, json_object *operations, GError **error)
{
  g_autoptr (json_object) owned = operations;
  g_autoptr (GPtrArray) results = tb_journal_apply (opened->store, visit->id, owned, NULL, error);

  for (guint i = 0; results != NULL && i < results->len; i++) {
    const TbResult *result = results->pdata[i];

    if (result->status == TB_STATUS_REFUSED) {
      g_propagate_error (error, g_error_copy (result->error));
      return NULL;
    }
  }
  return results != NULL ? tb_result_to_json (results->pdata[0]) : NULL;
}

static int
write_down (TbOpened *opened, const TbVisit *visit, const Said *said, const TbInstrument *instrument,
            const TbCode *code, json_object *fields, gboolean json)
{
  GError *error = NULL;
  g_autoptr (GPtrArray) observations = tb_observation_list (opened->store, visit->id, FALSE, NULL, &error);
  g_autoptr (json_object) ended = json_object_new_array ();
  g_autoptr (json_object) ends = NULL;
  g_autoptr (json_object) result = NULL;
  g_autoptr (json_object) more = NULL;
  g_autofree char *target = NULL;
  const TbObservation *rating = NULL;
  json_object *operations = json_object_new_array ();

  if (observations == NULL) {
    json_object_put (operations);
    return tb_command_fail (error);
  }
  if (code != NULL && code->kind == TB_KIND_RATING)
    rating = find_rating (observations, tb_instrument_id (instrument), said);
  ends = code != NULL ? end_others (observations, instrument, code, said, ended) : json_object_new_array ();
  target = rating != NULL ? g_strdup (rating->id) : tb_uuid_new ();
  json_object_get (fields);
  if (rating == NULL)
    tb_json_add_string (fields, "observer", said->by);
  json_object_array_add (operations, make_operation (rating != NULL ? "change" : "add", target, said->by, fields));
  result = apply (opened, visit, operations, &error);
  /* Only when the new one was taken; else the old one goes on. */
  if (result != NULL && json_object_array_length (ends) > 0)
    more = apply (opened, visit, json_object_get (ends), &error);
  if (error != NULL)
    return tb_command_fail (error);
  if (json) {
    tb_json_add_string (result, "observation", target);
    tb_json_add (result, "ended", json_object_get (ended));
    tb_command_print_json (json_object_get (result));
  } else {
    json_object *id = NULL;

    json_object_object_get_ex (result, "id", &id);
    g_print ("%s\n", json_object_get_string (id));
  }
  return 0;
}

/* What can be said of the options without a visit; 2 after telling what is wrong. */
static int
check_said (Said *said)
{
  g_autoptr (GError) error = NULL;

  if (said->at_text == NULL)
    return tb_command_usage ("observe", "%s", _ ("Say when with --at"));
  if (said->code == NULL && (said->modifiers != NULL || said->rating_text != NULL || said->evidence != NULL))
    return tb_command_usage ("observe", "%s", _ ("--modifier, --rating and --evidence need --code"));
  if (!tb_time_parse (said->at_text, &said->at, &error)
      || (said->until_text != NULL && !tb_time_parse (said->until_text, &said->until, &error)))
    return tb_command_usage ("observe", "%s", error->message);
  if (said->by == NULL)
    said->by = g_strdup (g_get_user_name ());
  return 0;
}

int
tb_command_observe (int argc, char **argv)
{
  g_auto (TbCommonOptions) common = { 0 };
  g_auto (TbOpened) opened = { 0 };
  g_auto (Said) said = { .at = TB_TIME_NONE, .until = TB_TIME_NONE };
  g_autoptr (TbVisit) visit = NULL;
  g_autoptr (TbInstrument) instrument = NULL;
  g_autoptr (json_object) fields = NULL;
  const TbCode *code = NULL;
  GError *error = NULL;
  const GOptionEntry entries[] = {
    { "code", 0, 0, G_OPTION_ARG_STRING, &said.code, N_ ("What was seen; left out: a moment without a code"), N_ ("CODE") },
    { "at", 0, 0, G_OPTION_ARG_STRING, &said.at_text, N_ ("When, in seconds on the visit's timeline"), N_ ("T") },
    { "until", 0, 0, G_OPTION_ARG_STRING, &said.until_text, N_ ("Until when, for a state"), N_ ("T") },
    { "by", 0, 0, G_OPTION_ARG_STRING, &said.by, N_ ("Who observes"), N_ ("NAME") },
    { "note", 0, 0, G_OPTION_ARG_STRING, &said.note, N_ ("A note"), N_ ("TEXT") },
    { "subject", 0, 0, G_OPTION_ARG_STRING, &said.subject, N_ ("Whom it is about"), N_ ("SUBJECT") },
    { "modifier", 0, 0, G_OPTION_ARG_STRING_ARRAY, &said.modifiers,
      N_ ("What is said beside the code; can be repeated"), N_ ("MODIFIER=VALUE") },
    { "rating", 0, 0, G_OPTION_ARG_STRING, &said.rating_text,
      N_ ("The step of the scale, or nvt; replaces the rating that is there"), N_ ("N") },
    { "evidence", 0, 0, G_OPTION_ARG_STRING_ARRAY, &said.evidence,
      N_ ("An observation or clip that supports the rating; can be repeated"), N_ ("ID") },
    { NULL },
  };

  if (!tb_command_parse ("observe", entries, &common, &argc, &argv))
    return 2;
  if (argc != 2)
    return tb_command_usage ("observe", "%s", _ ("Name one visit; “terugblik visits” lists them"));
  if (check_said (&said) != 0)
    return 2;
  if (!tb_command_open (&common, &opened, &error) || (visit = tb_command_visit (&opened, argv[1], &error)) == NULL)
    return tb_command_fail (error);
  if (said.code != NULL) {
    instrument = find_instrument (&opened, visit, said.code, &code);
    if (instrument == NULL) {
      g_printerr (_ ("terugblik: No kijkwijzer of this visit has the code “%s”\n"), said.code);
      return 1;
    }
  }
  fields = make_fields (&said, instrument != NULL ? tb_instrument_id (instrument) : NULL, code);
  if (code != NULL
      && (add_modifiers (&said, code, fields) != 0 || add_rating (&said, code, fields) != 0
          || add_evidence (&said, code, fields) != 0))
    return 2;
  return write_down (&opened, visit, &said, instrument, code, fields, common.json);
}
