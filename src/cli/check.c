/* Looks at everything that is kept: the database, the log of who looked, and
 * every file of every recording. Mends what a crash left open; never deletes. */
#include "cli/command.h"

#include <glib/gi18n.h>

#include "base/error.h"
#include "base/json.h"
#include "base/time.h"
#include "media/check.h"
#include "store/comment.h"
#include "store/keyring.h"
#include "store/track.h"
#include "store/view-log.h"
#include "vault/media-care.h"
#include "web/recover.h"

typedef struct {
  TbOpened *opened;
  json_object *findings; /* of strings */
  guint files;
  guint damaged;
  gboolean log_sound;
} Check;

G_GNUC_PRINTF (2, 3)
static void
find (Check *check, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  json_object_array_add (check->findings, json_object_new_string (text));
}

static gboolean
is_known (GPtrArray *tracks, const char *name)
{
  for (guint t = 0; t < tracks->len; t++) {
    const TbTrack *track = tracks->pdata[t];

    for (guint s = 0; s < track->segments->len; s++) {
      const TbSegment *segment = track->segments->pdata[s];

      for (guint f = 0; f < segment->files->len; f++)
        if (g_str_equal (segment->files->pdata[f], name))
          return TRUE;
    }
  }
  return FALSE;
}

static void
check_file (Check *check, const char *visit, const char *name)
{
  g_auto (TbFileCheck) result = { 0 };
  g_autoptr (GError) error = NULL;

  check->files++;
  if (!tb_media_check_file (check->opened->media, visit, name, &result, &error)) {
    check->damaged += !g_error_matches (error, TB_ERROR, TB_ERROR_UNSUPPORTED);
    find (check, "%s: %s", name, error->message);
    return;
  }
  if (result.message != NULL) {
    check->damaged += !result.usable;
    find (check, "%s: %s", name, result.message);
  }
}

/* What was said with a comment: opened to its end, but no recording. */
static void
check_voice (Check *check, const char *visit, const char *name)
{
  g_autoptr (GError) error = NULL;

  check->files++;
  if (!tb_media_store_verify (check->opened->media, visit, name, NULL, NULL, NULL, NULL, &error)) {
    check->damaged++;
    find (check, "%s: %s", name, error->message);
  }
}

/* VOICES (char *): those that comments name. */
static void
check_voices (Check *check, const char *visit, GPtrArray *voices, GPtrArray *names)
{
  for (guint i = 0; i < names->len; i++) {
    const char *name = names->pdata[i];

    if (!tb_comment_is_voice (name))
      continue;
    check_voice (check, visit, name);
    if (!g_ptr_array_find_with_equal_func (voices, name, g_str_equal, NULL))
      find (check, _ ("%s belongs to no comment in the database; it is left where it is"), name);
  }
  for (guint i = 0; i < voices->len; i++)
    if (!g_ptr_array_find_with_equal_func (names, voices->pdata[i], g_str_equal, NULL)) {
      check->damaged++;
      find (check, _ ("%s is missing"), (const char *) voices->pdata[i]);
    }
}

static void
check_segments (Check *check, const TbTrack *track, GPtrArray *names)
{
  for (guint s = 0; s < track->segments->len; s++) {
    const TbSegment *segment = track->segments->pdata[s];

    for (guint f = 0; f < segment->files->len; f++)
      if (!g_ptr_array_find_with_equal_func (names, segment->files->pdata[f], g_str_equal, NULL)) {
        check->damaged++;
        find (check, _ ("%s is missing"), (const char *) segment->files->pdata[f]);
      }
  }
}

static gboolean
check_visit (Check *check, const char *visit, GError **error)
{
  g_autoptr (GPtrArray) tracks = tb_track_list (check->opened->store, visit, error);
  g_autoptr (GPtrArray) voices = tracks != NULL ? tb_comment_list_voices (check->opened->store, visit, error) : NULL;
  g_autoptr (GPtrArray) names = NULL;

  if (voices == NULL || (names = tb_media_store_list (check->opened->media, visit, error)) == NULL)
    return FALSE;
  for (guint i = 0; i < names->len; i++) {
    const char *name = names->pdata[i];

    if (tb_comment_is_voice (name))
      continue;
    check_file (check, visit, name);
    if (!is_known (tracks, name))
      find (check, _ ("%s belongs to no recording in the database; it is left where it is"), name);
  }
  for (guint t = 0; t < tracks->len; t++)
    check_segments (check, tracks->pdata[t], names);
  check_voices (check, visit, voices, names);
  return TRUE;
}

/* Folders of visits the database does not know: it was lost, or comes from an older copy. */
static gboolean
check_orphans (Check *check, GHashTable *known, GError **error)
{
  g_autoptr (GPtrArray) folders = tb_media_store_list_visits (check->opened->media, error);

  for (guint i = 0; folders != NULL && i < folders->len; i++) {
    const char *visit = folders->pdata[i];
    g_autoptr (GPtrArray) names = NULL;

    if (g_hash_table_contains (known, visit))
      continue;
    names = tb_media_store_list (check->opened->media, visit, error);
    if (names == NULL)
      return FALSE;
    for (guint n = 0; n < names->len; n++) {
      if (tb_comment_is_voice (names->pdata[n]))
        check_voice (check, visit, names->pdata[n]);
      else
        check_file (check, visit, names->pdata[n]);
      find (check, _ ("%s/%s belongs to no visit in the database; it is left where it is"), visit,
            (const char *) names->pdata[n]);
    }
  }
  return folders != NULL;
}

static gboolean
check_all (Check *check, GError **error)
{
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) visits = NULL;
  g_autofree char *before = NULL;
  gboolean more = TRUE;

  if (!tb_store_check (check->opened->store, error))
    return FALSE;
  while (more) {
    g_clear_pointer (&visits, g_ptr_array_unref);
    visits = tb_visit_list (check->opened->store, NULL, NULL, 200, before, &more, error);
    if (visits == NULL)
      return FALSE;
    for (guint i = 0; i < visits->len; i++) {
      const TbVisit *visit = visits->pdata[i];

      if (!check_visit (check, visit->id, error))
        return FALSE;
      g_hash_table_add (known, g_strdup (visit->id));
      g_free (before);
      before = g_strdup (visit->id);
    }
  }
  return check_orphans (check, known, error);
}

/* The head of the log lies beside the keys; without it rows cut off the end would not show. */
static gboolean
verify_log (TbStore *store, const char *keys, GError **error)
{
  g_autoptr (GBytes) hash = NULL;
  TbKeyShelf shelf = { 0 };
  gint64 seq = 0;
  gboolean ok;

  if (!g_file_test (keys, G_FILE_TEST_EXISTS))
    return tb_view_log_verify (store, error);
  if (!tb_keyring_open (keys, &shelf, error))
    return FALSE;
  ok = tb_keyring_get_log_head (shelf.data, &seq, &hash, error);
  shelf.free (shelf.data);
  if (!ok)
    return FALSE;
  tb_view_log_set_head_keeper (store, NULL, NULL, seq, hash);
  return tb_view_log_verify (store, error);
}

static gboolean
check_log (Check *check, GError **error)
{
  g_autofree char *keys = g_build_filename (tb_folder_path (check->opened->folder), "keys.db", NULL);
  g_autoptr (GError) problem = NULL;

  check->log_sound = verify_log (check->opened->store, keys, &problem);
  if (check->log_sound)
    return TRUE;
  if (!g_error_matches (problem, TB_ERROR, TB_ERROR_CORRUPT)) {
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  find (check, "%s", problem->message);
  return TRUE;
}

/* Mending needs the folder for oneself: a server may be recording into what looks broken off. */
static void
mend (Check *check, const TbCommonOptions *common)
{
  g_autofree char *path = tb_folder_default (common->data);
  g_autoptr (GError) error = NULL;
  g_autoptr (TbFolder) lock = tb_folder_open_locked (path, &error);
  g_autoptr (GPtrArray) report = g_ptr_array_new_with_free_func (g_free);

  if (lock == NULL) {
    find (check, _ ("Only looked, mended nothing: %s"), error->message);
    return;
  }
  tb_recover_segments (check->opened->store, check->opened->media, NULL, report);
  for (guint i = 0; i < report->len; i++)
    find (check, _ ("Mended: %s"), (const char *) report->pdata[i]);
}

/* Whether there is something for which the vault must be opened. */
static gboolean
has_sealed (TbMediaStore *media)
{
  g_autoptr (GPtrArray) visits = tb_media_store_list_visits (media, NULL);

  for (guint v = 0; visits != NULL && v < visits->len; v++) {
    g_autoptr (GPtrArray) names = tb_media_store_list (media, visits->pdata[v], NULL);

    for (guint i = 0; names != NULL && i < names->len; i++) {
      TbMediaForm form;

      if (tb_media_store_get_form (media, visits->pdata[v], names->pdata[i], &form, NULL) && form != TB_MEDIA_PLAIN)
        return TRUE;
    }
  }
  return FALSE;
}

int
tb_command_check (int argc, char **argv)
{
  g_auto (TbCommonOptions) common = { 0 };
  g_auto (TbOpened) opened = { 0 };
  g_autoptr (TbVisit) visit = NULL;
  Check check = { .opened = &opened };
  gboolean done;
  GError *error = NULL;

  if (!tb_command_parse ("check", NULL, &common, &argc, &argv))
    return 2;
  if (argc > 2)
    return tb_command_usage ("check", _ ("“%s” is one word too many"), argv[2]);
  if (!tb_command_open (&common, &opened, &error)
      || (argc > 1 && (visit = tb_command_visit (&opened, argv[1], &error)) == NULL))
    return tb_command_fail (error);
  if (has_sealed (opened.media) && !tb_command_unlock (&opened, &error))
    return tb_command_fail (error);
  check.findings = json_object_new_array ();
  mend (&check, &common);
  done = check_log (&check, &error)
         && (visit != NULL ? check_visit (&check, visit->id, &error) : check_all (&check, &error));
  if (!done) {
    json_object_put (check.findings);
    return tb_command_fail (error);
  }
  if (common.json) {
    json_object *object = json_object_new_object ();

    tb_json_add_int (object, "files", check.files);
    tb_json_add_int (object, "damaged", check.damaged);
    tb_json_add_bool (object, "log_sound", check.log_sound);
    tb_json_add (object, "findings", check.findings);
    tb_command_print_json (object);
    return check.damaged > 0 || !check.log_sound ? 1 : 0;
  }
  for (gsize i = 0; i < json_object_array_length (check.findings); i++)
    g_print ("%s\n", json_object_get_string (json_object_array_get_idx (check.findings, i)));
  g_print (_ ("%u files looked at, %u that cannot be used.\n"), check.files, check.damaged);
  if (!check.log_sound)
    g_print ("%s\n", _ ("The log of who looked cannot be trusted."));
  json_object_put (check.findings);
  return check.damaged > 0 || !check.log_sound ? 1 : 0;
}
