#include "vault/media-care.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "base/error.h"
#include "vault/age-header.h"
#include "vault/age-mend.h"
#include "vault/media-private.h"

#define BEGINNING 4096
#define PIECE (16 * TB_AGE_CHUNK)

const char *
tb_media_form_name (TbMediaForm form)
{
  switch (form) {
  case TB_MEDIA_PLAIN: return "plain";
  case TB_MEDIA_SEALED: return "sealed";
  case TB_MEDIA_UNFINISHED: return "unfinished";
  }
  g_assert_not_reached ();
}

/* Whether a sealed file has the size of a finished one: its header is in the open. */
static gboolean
has_finished_size (const char *path)
{
  g_autoptr (TbAgeHeader) header = NULL;
  guint8 beginning[BEGINNING];
  TbAgeExtent extent;
  struct stat info;
  gssize have;
  gsize size = 0;
  int fd = g_open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW, 0);

  if (fd < 0)
    return FALSE;
  have = tb_media_read_at (fd, path, 0, beginning, sizeof beginning, NULL);
  if (fstat (fd, &info) != 0)
    have = -1;
  close (fd);
  if (have < 0)
    return FALSE;
  header = tb_age_header_parse (beginning, (gsize) have, &size, NULL);
  return header != NULL && tb_age_extent_of ((guint64) info.st_size - size, &extent, NULL);
}

gboolean
tb_media_store_get_form (TbMediaStore *store, const char *visit, const char *name, TbMediaForm *ret_form,
                         GError **error)
{
  g_autofree char *plain = tb_media_path (store, visit, name, "", error);
  g_autofree char *sealed = NULL, *part = NULL;

  if (plain == NULL)
    return FALSE;
  if (g_file_test (plain, G_FILE_TEST_IS_REGULAR)) {
    *ret_form = TB_MEDIA_PLAIN;
    return TRUE;
  }
  sealed = g_strconcat (plain, TB_MEDIA_SEALED_SUFFIX, NULL);
  part = g_strconcat (plain, TB_MEDIA_PART_SUFFIX, NULL);
  if (store->vault == NULL || !g_file_test (sealed, G_FILE_TEST_IS_REGULAR)) {
    tb_media_set_errno (error, ENOENT, "find", plain);
    return FALSE;
  }
  *ret_form
      = g_file_test (part, G_FILE_TEST_EXISTS) || !has_finished_size (sealed) ? TB_MEDIA_UNFINISHED : TB_MEDIA_SEALED;
  return TRUE;
}

GPtrArray *
tb_media_store_unfinished (TbMediaStore *store, const char *visit, GError **error)
{
  g_autoptr (GPtrArray) names = tb_media_store_list (store, visit, error);
  GPtrArray *unfinished;

  if (names == NULL)
    return NULL;
  unfinished = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < names->len; i++) {
    TbMediaForm form;

    if (tb_media_store_get_form (store, visit, names->pdata[i], &form, NULL) && form == TB_MEDIA_UNFINISHED)
      g_ptr_array_add (unfinished, g_strdup (names->pdata[i]));
  }
  return unfinished;
}

gboolean
tb_media_store_mend (TbMediaStore *store, const char *visit, const char *name, gboolean *ret_mended, GError **error)
{
  g_autofree char *path = tb_media_path (store, visit, name, TB_MEDIA_SEALED_SUFFIX, error);
  g_autofree char *part_path = tb_media_path (store, visit, name, TB_MEDIA_PART_SUFFIX, NULL);
  g_autoptr (TbAgeIdentity) identity = NULL;
  TbMediaForm form;

  if (path == NULL || !tb_media_store_get_form (store, visit, name, &form, error))
    return FALSE;
  if (form == TB_MEDIA_PLAIN) {
    *ret_mended = FALSE;
    return TRUE;
  }
  identity = tb_vault_get_visit_identity (store->vault, visit, error);
  return identity != NULL && tb_age_mend (path, part_path, identity, ret_mended, error);
}

static gboolean
is_cancelled (GCancellable *cancellable, GError **error)
{
  if (cancellable == NULL || !g_cancellable_is_cancelled (cancellable))
    return FALSE;
  g_set_error_literal (error, TB_ERROR, TB_ERROR_CANCELLED, "Stopped");
  return TRUE;
}

/* Takes what was read at OFFSET. */
typedef gboolean (*Take) (guint64 offset, const guint8 *bytes, gsize length, gpointer data, GError **error);

typedef struct {
  TbMediaProgress progress; /* NULL: nobody wants to know */
  gpointer user_data;
  GCancellable *cancellable;
  Take take; /* NULL: nothing is done with it */
  gpointer data;
} Walk;

static gboolean
walk_reader (TbMediaReader *reader, const Walk *walk, guint64 *ret_size, GError **error)
{
  g_autofree guint8 *bytes = g_malloc (PIECE);
  guint64 size, offset = 0;
  gboolean good = TRUE;
  gssize got = 1;

  if (!tb_media_reader_size (reader, &size, error))
    return FALSE;
  while (good && got > 0) {
    got = is_cancelled (walk->cancellable, error) ? -1 : tb_media_reader_read (reader, offset, bytes, PIECE, error);
    good = got >= 0 && (got == 0 || walk->take == NULL || walk->take (offset, bytes, (gsize) got, walk->data, error));
    if (good)
      offset += (guint64) got;
    if (good && walk->progress != NULL)
      walk->progress (offset, MAX (size, offset), walk->user_data);
  }
  tb_age_wipe (bytes, PIECE);
  if (good && offset < size) {
    g_set_error (error, TB_ERROR, TB_ERROR_CORRUPT,
                 "The file ends after %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " bytes", offset, size);
    return FALSE;
  }
  if (good && ret_size != NULL)
    *ret_size = offset;
  return good;
}

gboolean
tb_media_store_verify (TbMediaStore *store, const char *visit, const char *name, TbMediaProgress progress,
                       gpointer user_data, GCancellable *cancellable, guint64 *ret_size, GError **error)
{
  g_autoptr (TbMediaReader) reader = tb_media_store_open (store, visit, name, error);
  const Walk walk = { progress, user_data, cancellable, NULL, NULL };

  return reader != NULL && walk_reader (reader, &walk, ret_size, error);
}

static gboolean
take_into_writer (guint64 offset, const guint8 *bytes, gsize length, gpointer data, GError **error)
{
  return tb_media_writer_append (data, bytes, length, error);
}

/* Whether the sealed file holds the same there. */
static gboolean
take_and_compare (guint64 offset, const guint8 *bytes, gsize length, gpointer data, GError **error)
{
  g_autofree guint8 *other = g_malloc (length);
  gssize got = tb_media_reader_read (data, offset, other, length, error);
  gboolean same;

  if (got < 0)
    return FALSE;
  same = (gsize) got == length && memcmp (bytes, other, length) == 0;
  tb_age_wipe (other, length);
  if (!same)
    g_set_error (error, TB_ERROR, TB_ERROR_CORRUPT,
                 "What was sealed differs from the file at byte %" G_GUINT64_FORMAT ": the plain file stays", offset);
  return same;
}

static gboolean
copy_sealed (TbMediaStore *store, const char *visit, const char *name, const Walk *progress, GError **error)
{
  g_autoptr (TbMediaReader) plain = tb_media_plain_open (store, visit, name, error);
  g_autoptr (TbMediaWriter) writer = NULL;
  Walk walk = *progress;

  if (plain == NULL)
    return FALSE;
  writer = tb_media_sealed_create (store, visit, name, TRUE, error);
  if (writer == NULL)
    return FALSE;
  walk.take = take_into_writer;
  walk.data = writer;
  return walk_reader (plain, &walk, NULL, error) && tb_media_writer_seal (g_steal_pointer (&writer), error);
}

static gboolean
compare_sealed (TbMediaStore *store, const char *visit, const char *name, const Walk *progress, GError **error)
{
  g_autoptr (TbMediaReader) plain = tb_media_plain_open (store, visit, name, error);
  g_autoptr (TbMediaReader) sealed = tb_media_sealed_open (store, visit, name, plain != NULL ? error : NULL);
  guint64 plain_size, sealed_size;
  Walk walk = { NULL, NULL, progress->cancellable, take_and_compare, sealed };

  if (plain == NULL || sealed == NULL || !tb_media_reader_size (sealed, &sealed_size, error)
      || !walk_reader (plain, &walk, &plain_size, error))
    return FALSE;
  if (plain_size == sealed_size)
    return TRUE;
  g_set_error_literal (error, TB_ERROR, TB_ERROR_CORRUPT,
                       "What was sealed is not as long as the file: the plain file stays");
  return FALSE;
}

/* Holds off another process or thread that would seal the same file: the slower would find the plain one gone, and
 * take the sealed one for a try that failed. *RET_IS_THERE: the file has not been sealed while we waited. -1: BUSY. */
static int
lock_plain (const char *plain, gboolean *ret_is_there, GError **error)
{
  int fd = g_open (plain, O_RDONLY | O_CLOEXEC | O_NOFOLLOW, 0);

  if (fd >= 0 && flock (fd, LOCK_EX | LOCK_NB) == 0) {
    *ret_is_there = g_file_test (plain, G_FILE_TEST_IS_REGULAR);
    return fd;
  }
  if (fd >= 0)
    g_set_error (error, TB_ERROR, TB_ERROR_BUSY, "%s is being sealed already", plain);
  else
    tb_media_set_errno (error, errno, "open", plain);
  if (fd >= 0)
    close (fd);
  return -1;
}

static gboolean
replace_plain (TbMediaStore *store, const char *visit, const char *name, const char *plain, const Walk *walk,
               GError **error)
{
  g_autofree char *sealed = g_strconcat (plain, TB_MEDIA_SEALED_SUFFIX, NULL);
  g_autofree char *part = g_strconcat (plain, TB_MEDIA_PART_SUFFIX, NULL);

  /* While the plain file is there, a sealed one beside it is a try that was broken off. */
  unlink (sealed);
  unlink (part);
  if (!copy_sealed (store, visit, name, walk, error) || !compare_sealed (store, visit, name, walk, error)) {
    unlink (sealed);
    unlink (part);
    return FALSE;
  }
  if (unlink (plain) == 0)
    return tb_media_sync_folder (plain, error);
  tb_media_set_errno (error, errno, "delete", plain);
  return FALSE;
}

gboolean
tb_media_store_seal_plain (TbMediaStore *store, const char *visit, const char *name, TbMediaProgress progress,
                           gpointer user_data, GCancellable *cancellable, GError **error)
{
  g_autofree char *plain = tb_media_path (store, visit, name, "", error);
  const Walk walk = { progress, user_data, cancellable, NULL, NULL };
  g_autoptr (GError) problem = NULL;
  gboolean good, is_there = FALSE;
  TbMediaForm form;
  int lock;

  if (plain == NULL || !tb_media_store_get_form (store, visit, name, &form, error))
    return FALSE;
  if (store->vault == NULL || form != TB_MEDIA_PLAIN)
    return TRUE;
  if (tb_vault_get_state (store->vault) != TB_VAULT_OPEN) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_LOCKED,
                         "The vault is locked: what is sealed could not be read back");
    return FALSE;
  }
  lock = lock_plain (plain, &is_there, &problem);
  if (lock < 0 && g_error_matches (problem, TB_ERROR, TB_ERROR_NOT_FOUND))
    return TRUE; /* somebody else has just done it */
  if (lock < 0) {
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  good = !is_there || replace_plain (store, visit, name, plain, &walk, error);
  close (lock);
  return good;
}
