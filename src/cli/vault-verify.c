/* `terugblik vault verify`: opens every byte that is sealed, and says what is
 * not sealed. */
#include "cli/vault-private.h"

#include <glib/gi18n.h>

#include "base/error.h"
#include "base/json.h"
#include "vault/media-care.h"

typedef struct {
  const TbVaultOptions *options;
  guint sealed, unfinished;
  guint64 bytes;
  json_object *plain;  /* of “VISIT/NAME” */
  json_object *broken; /* of {"file","message"} */
} Verify;

static void
note_broken (Verify *verify, const char *visit, const char *name, const GError *error)
{
  json_object *object = json_object_new_object ();
  g_autofree char *file = g_strdup_printf ("%s/%s", visit, name);

  tb_json_add_string (object, "file", file);
  tb_json_add_string (object, "message", error->message);
  json_object_array_add (verify->broken, object);
}

static void
verify_file (Verify *verify, TbMediaStore *media, const char *visit, const char *name)
{
  g_autoptr (GError) error = NULL;
  TbMediaForm form;
  guint64 size = 0;

  if (!tb_media_store_get_form (media, visit, name, &form, &error)) {
    note_broken (verify, visit, name, error);
    return;
  }
  if (form == TB_MEDIA_PLAIN && verify->options->seal) {
    if (!tb_media_store_seal_plain (media, visit, name, NULL, NULL, NULL, &error)) {
      note_broken (verify, visit, name, error);
      return;
    }
    form = TB_MEDIA_SEALED;
  }
  if (form == TB_MEDIA_PLAIN) {
    g_autofree char *file = g_strdup_printf ("%s/%s", visit, name);

    json_object_array_add (verify->plain, json_object_new_string (file));
    return;
  }
  if (!tb_media_store_verify (media, visit, name, NULL, NULL, NULL, &size, &error)) {
    note_broken (verify, visit, name, error);
    return;
  }
  verify->bytes += size;
  verify->sealed += form == TB_MEDIA_SEALED;
  verify->unfinished += form == TB_MEDIA_UNFINISHED;
}

static gboolean
verify_store (Verify *verify, TbMediaStore *media, GError **error)
{
  g_autoptr (GPtrArray) visits = tb_media_store_list_visits (media, error);

  for (guint v = 0; visits != NULL && v < visits->len; v++) {
    g_autoptr (GPtrArray) names = tb_media_store_list (media, visits->pdata[v], error);

    if (names == NULL)
      return FALSE;
    for (guint i = 0; i < names->len; i++)
      verify_file (verify, media, visits->pdata[v], names->pdata[i]);
  }
  return visits != NULL;
}

static void
print_text (const Verify *verify)
{
  g_print (_ ("%u sealed files open to their end (%.1f MB).\n"), verify->sealed, (double) verify->bytes / 1e6);
  if (verify->unfinished > 0)
    g_print (_ ("%u are being recorded, or were broken off and wait to be mended; what is there opens.\n"),
             verify->unfinished);
  for (gsize i = 0; i < json_object_array_length (verify->plain); i++)
    g_print (_ ("%s is not sealed; “terugblik vault verify --seal” does that\n"),
             json_object_get_string (json_object_array_get_idx (verify->plain, i)));
  for (gsize i = 0; i < json_object_array_length (verify->broken); i++) {
    json_object *broken = json_object_array_get_idx (verify->broken, i);

    g_print ("%s: %s\n", json_object_get_string (json_object_object_get (broken, "file")),
             json_object_get_string (json_object_object_get (broken, "message")));
  }
}

static int
report (Verify *verify)
{
  gboolean good = json_object_array_length (verify->broken) == 0;
  json_object *object;

  if (!verify->options->common.json) {
    print_text (verify);
    return good ? 0 : 1;
  }
  object = json_object_new_object ();
  tb_json_add_int (object, "sealed", verify->sealed);
  tb_json_add_int (object, "unfinished", verify->unfinished);
  tb_json_add_int (object, "bytes", (gint64) verify->bytes);
  tb_json_add (object, "plain", json_object_get (verify->plain));
  tb_json_add (object, "broken", json_object_get (verify->broken));
  tb_command_print_json (object);
  return good ? 0 : 1;
}

int
tb_vault_command_verify (const TbVaultOptions *options)
{
  g_auto (TbOpened) opened = { 0 };
  g_autoptr (TbMediaStore) exports = NULL;
  g_autofree char *exports_folder = NULL;
  Verify verify = { .options = options };
  GError *error = NULL;
  gboolean done;
  int status;

  /* Looking can be done beside a server; changing files cannot. */
  if (!(options->seal ? tb_command_open_alone (&options->common, &opened, &error)
                      : tb_command_open (&options->common, &opened, &error)))
    return tb_command_fail (error);
  if (tb_vault_get_state (opened.vault) == TB_VAULT_NONE) {
    g_printerr ("terugblik: %s\n", _ ("There is no vault here yet; “terugblik vault init” makes one"));
    return 1;
  }
  if (!tb_command_unlock (&opened, &error))
    return tb_command_fail (error);
  exports_folder = g_build_filename (tb_folder_path (opened.folder), "exports", NULL);
  exports = tb_media_store_new_sealed (exports_folder, opened.vault);
  verify.plain = json_object_new_array ();
  verify.broken = json_object_new_array ();
  done = verify_store (&verify, opened.media, &error) && verify_store (&verify, exports, &error);
  status = done ? report (&verify) : tb_command_fail (error);
  json_object_put (verify.plain);
  json_object_put (verify.broken);
  return status;
}
