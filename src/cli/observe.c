#include "cli/command.h"

#include <glib/gi18n.h>

#include "base/json.h"
#include "base/time.h"
#include "base/uuid.h"
#include "store/journal.h"

/* The instrument of VISIT that has CODE; NULL when none has. Borrowed id. */
static const char *
find_instrument (TbOpened *opened, const TbVisit *visit, const char *code, TbKind *kind)
{
  for (guint i = 0; i < visit->instruments->len; i++) {
    const char *id = visit->instruments->pdata[i];
    g_autoptr (TbInstrument) instrument = tb_visit_instrument (opened->store, visit->id, id, NULL);
    const TbCode *found = instrument != NULL ? tb_instrument_find (instrument, code) : NULL;

    if (found != NULL) {
      *kind = found->kind;
      return id;
    }
  }
  return NULL;
}

static json_object *
make_operation (const char *instrument, const char *code, TbKind kind, TbTime at, TbTime until, const char *by,
                const char *note, const char *subject)
{
  json_object *operation = json_object_new_object ();
  json_object *fields = json_object_new_object ();
  g_autofree char *id = tb_uuid_new ();
  g_autofree char *target = tb_uuid_new ();

  tb_json_add_string (fields, "instrument", instrument);
  tb_json_add_string (fields, "code", code);
  tb_json_add_string (fields, "kind", tb_kind_name (kind));
  tb_json_add_time (fields, "at", at);
  if (until != TB_TIME_NONE)
    tb_json_add_time (fields, "until", until);
  if (note != NULL)
    tb_json_add_string (fields, "note", note);
  if (subject != NULL)
    tb_json_add_string (fields, "subject", subject);
  tb_json_add_string (fields, "observer", by);
  tb_json_add_string (operation, "id", id);
  tb_json_add_string (operation, "target", "observation");
  tb_json_add_string (operation, "target_id", target);
  tb_json_add_string (operation, "action", "add");
  tb_json_add_string (operation, "author", by);
  tb_json_add_string (operation, "device", "command-line");
  tb_json_add (operation, "fields", fields);
  return operation;
}

int
tb_command_observe (int argc, char **argv)
{
  g_auto (TbCommonOptions) common = { 0 };
  g_auto (TbOpened) opened = { 0 };
  g_autoptr (TbVisit) visit = NULL;
  g_autoptr (GPtrArray) results = NULL;
  g_autoptr (json_object) operations = NULL;
  g_autofree char *code = NULL, *at_text = NULL, *until_text = NULL, *by = NULL, *note = NULL, *subject = NULL;
  const char *instrument = NULL;
  TbTime at = TB_TIME_NONE, until = TB_TIME_NONE;
  TbKind kind = TB_KIND_POINT;
  const TbResult *result;
  GError *error = NULL;
  const GOptionEntry entries[] = {
    { "code", 0, 0, G_OPTION_ARG_STRING, &code, N_ ("What was seen; left out: a moment without a code"), N_ ("CODE") },
    { "at", 0, 0, G_OPTION_ARG_STRING, &at_text, N_ ("When, in seconds on the visit's timeline"), N_ ("T") },
    { "until", 0, 0, G_OPTION_ARG_STRING, &until_text, N_ ("Until when, for a state"), N_ ("T") },
    { "by", 0, 0, G_OPTION_ARG_STRING, &by, N_ ("Who observes"), N_ ("NAME") },
    { "note", 0, 0, G_OPTION_ARG_STRING, &note, N_ ("A note"), N_ ("TEXT") },
    { "subject", 0, 0, G_OPTION_ARG_STRING, &subject, N_ ("Whom it is about"), N_ ("SUBJECT") },
    { NULL },
  };

  if (!tb_command_parse ("observe", entries, &common, &argc, &argv))
    return 2;
  if (argc != 2)
    return tb_command_usage ("observe", "%s", _ ("Name one visit; “terugblik visits” lists them"));
  if (at_text == NULL)
    return tb_command_usage ("observe", "%s", _ ("Say when with --at"));
  if (!tb_time_parse (at_text, &at, &error) || (until_text != NULL && !tb_time_parse (until_text, &until, &error))) {
    int status = tb_command_usage ("observe", "%s", error->message);

    g_error_free (error);
    return status;
  }
  if (!tb_command_open (&common, &opened, &error) || (visit = tb_command_visit (&opened, argv[1], &error)) == NULL)
    return tb_command_fail (error);
  if (code != NULL) {
    instrument = find_instrument (&opened, visit, code, &kind);
    if (instrument == NULL) {
      g_printerr (_ ("terugblik: No kijkwijzer of this visit has the code “%s”\n"), code);
      return 1;
    }
  }
  operations = json_object_new_array ();
  json_object_array_add (operations,
                         make_operation (instrument, code, kind, at, until, by != NULL ? by : g_get_user_name (), note, subject));
  results = tb_journal_apply (opened.store, visit->id, operations, NULL, &error);
  if (results == NULL)
    return tb_command_fail (error);
  result = results->pdata[0];
  if (result->status == TB_STATUS_REFUSED)
    return tb_command_fail (g_error_copy (result->error));
  if (common.json)
    tb_command_print_json (tb_result_to_json (result));
  else
    g_print ("%s\n", result->id);
  return 0;
}
