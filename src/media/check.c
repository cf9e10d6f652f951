/* One file looked at, without changing it. */

#include "media/check.h"

#include <string.h>

#include "base/error.h"
#include "media/fragments.h"
#include "sound/peaks.h"

void
tb_file_check_clear (TbFileCheck *check)
{
  g_clear_pointer (&check->message, g_free);
  memset (check, 0, sizeof *check);
}

static void
say_torn (TbFileCheck *check)
{
  check->torn_bytes = check->size - check->valid_size;
  if (!check->usable)
    check->message = g_strdup ("Nothing usable was written to this file");
  else if (check->torn_bytes > 0)
    check->message = g_strdup_printf ("The last %" G_GUINT64_FORMAT " bytes are an unfinished piece and are left out",
                                      check->torn_bytes);
}

static gboolean
check_mp4 (TbMediaReader *reader, TbFileCheck *check, GError **error)
{
  g_autoptr (TbFragments) fragments = tb_fragments_new (reader);
  g_autoptr (GError) local = NULL;

  if (!tb_fragments_update (fragments, &local)) {
    if (!g_error_matches (local, TB_ERROR, TB_ERROR_CORRUPT)) {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  }
  check->kind = tb_fragments_kind (fragments);
  check->fragments = tb_fragments_count (fragments);
  check->usable = check->fragments > 0;
  check->valid_size = tb_fragments_valid_size (fragments);
  check->duration_ns = tb_fragments_duration (fragments);
  say_torn (check);
  return TRUE;
}

static gboolean
check_flac (TbMediaReader *reader, TbFileCheck *check, GError **error)
{
  g_autoptr (GError) local = NULL;

  check->kind = TB_MEDIA_AUDIO;
  if (tb_flac_length (reader, &check->duration_ns, &check->valid_size, &local)) {
    check->usable = TRUE;
  } else if (!g_error_matches (local, TB_ERROR, TB_ERROR_CORRUPT)) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  say_torn (check);
  return TRUE;
}

gboolean
tb_media_check_file (TbMediaStore *store, const char *visit, const char *name, TbFileCheck *check, GError **error)
{
  g_autoptr (TbMediaReader) reader = NULL;
  g_auto (TbFileCheck) result = { 0 };
  gboolean mp4 = g_str_has_suffix (name, ".mp4");

  if (!mp4 && !g_str_has_suffix (name, ".flac")) {
    g_set_error (error, TB_ERROR, TB_ERROR_UNSUPPORTED, "%s is no file of a recording", name);
    return FALSE;
  }
  reader = tb_media_store_open (store, visit, name, error);
  if (reader == NULL || !tb_media_reader_size (reader, &result.size, error))
    return FALSE;
  if (!(mp4 ? check_mp4 (reader, &result, error) : check_flac (reader, &result, error)))
    return FALSE;
  *check = result;
  result.message = NULL;
  return TRUE;
}
