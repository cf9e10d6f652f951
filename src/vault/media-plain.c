/* Plain files: FOLDER/VISIT/NAME holds the bytes as they are. */
#include "vault/media-private.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

typedef struct {
  TbMediaWriter base;
  int fd;
  char *path;
  gboolean patched;
} PlainWriter;

typedef struct {
  TbMediaReader base;
  int fd;
  char *path;
} PlainReader;

static gboolean
plain_append (TbMediaWriter *base, const guint8 *bytes, gsize length, GError **error)
{
  PlainWriter *writer = (PlainWriter *) base;

  while (length > 0) {
    gssize count = pwrite (writer->fd, bytes, length, (off_t) base->size);

    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0) {
      tb_media_set_errno (error, errno, "write to", writer->path);
      return FALSE;
    }
    bytes += count;
    length -= (gsize) count;
    base->size += (guint64) count;
  }
  return TRUE;
}

static gboolean
plain_patch (TbMediaWriter *base, guint64 offset, const guint8 *bytes, gsize length, GError **error)
{
  PlainWriter *writer = (PlainWriter *) base;

  return tb_media_write_at (writer->fd, writer->path, offset, bytes, length, error);
}

static gboolean
plain_sync (TbMediaWriter *base, GError **error)
{
  PlainWriter *writer = (PlainWriter *) base;

  if (fdatasync (writer->fd) == 0)
    return TRUE;
  tb_media_set_errno (error, errno, "make safe", writer->path);
  return FALSE;
}

static void
plain_writer_free (TbMediaWriter *base)
{
  PlainWriter *writer = (PlainWriter *) base;

  close (writer->fd);
  g_free (writer->path);
  g_free (writer);
}

static const TbMediaWriterClass plain_writer = { plain_append, NULL, plain_sync, plain_sync, plain_writer_free };
static const TbMediaWriterClass plain_patched
    = { plain_append, plain_patch, plain_sync, plain_sync, plain_writer_free };

TbMediaWriter *
tb_media_plain_create (TbMediaStore *store, const char *visit, const char *name, gboolean patched, GError **error)
{
  g_autofree char *path = tb_media_path (store, visit, name, "", error);
  PlainWriter *writer;
  int fd;

  if (path == NULL || !tb_media_make_folder (path, error))
    return NULL;
  fd = open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) {
    tb_media_set_errno (error, errno, "make", path);
    return NULL;
  }
  tb_media_sync_folder (path, NULL);
  writer = g_new0 (PlainWriter, 1);
  writer->base.class = patched ? &plain_patched : &plain_writer;
  writer->fd = fd;
  writer->path = g_steal_pointer (&path);
  return &writer->base;
}

static gboolean
plain_size (TbMediaReader *base, guint64 *size, GError **error)
{
  PlainReader *reader = (PlainReader *) base;
  struct stat info;

  if (fstat (reader->fd, &info) != 0) {
    tb_media_set_errno (error, errno, "read the size of", reader->path);
    return FALSE;
  }
  *size = (guint64) info.st_size;
  return TRUE;
}

static gssize
plain_read (TbMediaReader *base, guint64 offset, guint8 *bytes, gsize length, GError **error)
{
  PlainReader *reader = (PlainReader *) base;

  return tb_media_read_at (reader->fd, reader->path, offset, bytes, length, error);
}

static void
plain_reader_free (TbMediaReader *base)
{
  PlainReader *reader = (PlainReader *) base;

  close (reader->fd);
  g_free (reader->path);
  g_free (reader);
}

static const TbMediaReaderClass plain_reader = { plain_size, plain_read, plain_reader_free };

TbMediaReader *
tb_media_plain_open (TbMediaStore *store, const char *visit, const char *name, GError **error)
{
  g_autofree char *path = tb_media_path (store, visit, name, "", error);
  PlainReader *reader;
  struct stat info;
  int fd;

  if (path == NULL)
    return NULL;
  fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) {
    tb_media_set_errno (error, errno, "open", path);
    return NULL;
  }
  if (fstat (fd, &info) != 0 || !S_ISREG (info.st_mode)) {
    close (fd);
    g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "%s is not a file", path);
    return NULL;
  }
  reader = g_new0 (PlainReader, 1);
  reader->base.class = &plain_reader;
  reader->fd = fd;
  reader->path = g_steal_pointer (&path);
  return &reader->base;
}
