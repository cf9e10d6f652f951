/* Writes a sealed file of which the first chunk can be changed until the end.
 * That chunk stays in memory and is sealed once, when nothing changes any
 * more; the others go to their fixed places as they come. The file has no name
 * until it is finished, so that it is there whole or not at all. */
#include "vault/media-private.h"

#include <errno.h>
#include <unistd.h>

#include "base/error.h"
#include "vault/age-header.h"

G_STATIC_ASSERT (TB_MEDIA_PATCH_MAX == TB_AGE_CHUNK);

typedef struct {
  TbMediaWriter base;
  int fd;
  char *path;
  char *temporary; /* its name until it is finished; NULL: none */
  TbAgeSealer *sealer;
  GByteArray *out;
  guint64 first; /* where chunk 0 goes */
  guint64 end;   /* of what was written, the place of chunk 0 included */
  gboolean failed;
} PatchedWriter;

static gboolean
write_out (PatchedWriter *writer, GError **error)
{
  if (!tb_media_write_at (writer->fd, writer->path, writer->end, writer->out->data, writer->out->len, error)) {
    writer->failed = TRUE;
    return FALSE;
  }
  writer->end += writer->out->len;
  g_byte_array_set_size (writer->out, 0);
  return TRUE;
}

static gboolean
refuse_failed (PatchedWriter *writer, GError **error)
{
  g_set_error (error, TB_ERROR, TB_ERROR_FAILED, "Writing to %s failed before: it takes no more", writer->path);
  return FALSE;
}

static gboolean
patched_append (TbMediaWriter *base, const guint8 *bytes, gsize length, GError **error)
{
  PatchedWriter *writer = (PatchedWriter *) base;

  if (writer->failed)
    return refuse_failed (writer, error);
  while (length > 0) {
    gsize take = MIN (length, TB_AGE_CHUNK);

    tb_age_sealer_append (writer->sealer, bytes, take, writer->out);
    if (!write_out (writer, error))
      return FALSE;
    base->size += take;
    bytes += take;
    length -= take;
  }
  return TRUE;
}

static gboolean
patched_patch (TbMediaWriter *base, guint64 offset, const guint8 *bytes, gsize length, GError **error)
{
  PatchedWriter *writer = (PatchedWriter *) base;

  if (writer->failed)
    return refuse_failed (writer, error);
  if (tb_age_sealer_patch (writer->sealer, offset, bytes, length))
    return TRUE;
  g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "Only the beginning of %s can be changed", writer->path);
  return FALSE;
}

/* Nothing of it is to survive before it is finished. */
static gboolean
patched_sync (TbMediaWriter *base, GError **error)
{
  return TRUE;
}

static gboolean
patched_finish (TbMediaWriter *base, GError **error)
{
  PatchedWriter *writer = (PatchedWriter *) base;
  g_autoptr (GByteArray) first = g_byte_array_new ();

  if (writer->failed)
    return refuse_failed (writer, error);
  writer->failed = TRUE; /* nothing can follow */
  tb_age_sealer_finish_held (writer->sealer, first, writer->out);
  if (!write_out (writer, error)
      || !tb_media_write_at (writer->fd, writer->path, writer->first, first->data, first->len, error))
    return FALSE;
  if (fsync (writer->fd) != 0) {
    tb_media_set_errno (error, errno, "make safe", writer->path);
    return FALSE;
  }
  if (!tb_media_give_name (writer->fd, writer->temporary, writer->path, error))
    return FALSE;
  g_clear_pointer (&writer->temporary, g_free);
  return TRUE;
}

static void
patched_free (TbMediaWriter *base)
{
  PatchedWriter *writer = (PatchedWriter *) base;

  if (writer->temporary != NULL)
    unlink (writer->temporary);
  if (writer->fd >= 0)
    close (writer->fd);
  tb_age_sealer_free (writer->sealer);
  g_byte_array_unref (writer->out);
  g_free (writer->temporary);
  g_free (writer->path);
  g_free (writer);
}

static const TbMediaWriterClass patched_writer = { patched_append, patched_patch, patched_sync, patched_finish,
                                                   patched_free };

static gboolean
begin (PatchedWriter *writer, const TbAgeRecipient *recipient, GError **error)
{
  g_auto (TbAgeFileKey) key = { 0 };
  g_autoptr (GBytes) header = NULL;

  tb_age_file_key_generate (&key);
  header = tb_age_header_write (recipient, 1, &key, error);
  if (header == NULL)
    return FALSE;
  g_byte_array_append (writer->out, g_bytes_get_data (header, NULL), (guint) g_bytes_get_size (header));
  writer->sealer = tb_age_sealer_new (&key, writer->out);
  tb_age_sealer_hold_first (writer->sealer);
  if (!write_out (writer, error))
    return FALSE;
  writer->first = writer->end;
  writer->end += TB_AGE_SEALED_CHUNK; /* when there is a chunk 1, chunk 0 is a whole one */
  return TRUE;
}

TbMediaWriter *
tb_media_sealed_create_patched (TbMediaStore *store, const char *visit, const char *name, GError **error)
{
  g_autofree char *path = tb_media_path (store, visit, name, TB_MEDIA_SEALED_SUFFIX, error);
  g_autofree char *plain = tb_media_path (store, visit, name, "", NULL);
  g_autoptr (TbMediaWriter) base = NULL;
  PatchedWriter *writer;
  TbAgeRecipient recipient;

  if (path == NULL)
    return NULL;
  if (g_file_test (path, G_FILE_TEST_EXISTS) || g_file_test (plain, G_FILE_TEST_EXISTS)) {
    tb_media_set_errno (error, EEXIST, "make", plain);
    return NULL;
  }
  if (!tb_vault_get_visit_recipient (store->vault, visit, &recipient, error) || !tb_media_make_folder (path, error))
    return NULL;
  writer = g_new0 (PatchedWriter, 1);
  base = &writer->base;
  base->class = &patched_writer;
  writer->path = g_strdup (path);
  writer->out = g_byte_array_new ();
  writer->fd = tb_media_open_nameless (path, &writer->temporary, error);
  if (writer->fd < 0 || !begin (writer, &recipient, error))
    return NULL;
  return g_steal_pointer (&base);
}
