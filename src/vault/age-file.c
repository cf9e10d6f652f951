#include "vault/age-file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "vault/age-armor.h"
#include "vault/age-header.h"
#include "vault/new-file.h"

#define ROOM TB_AGE_HEADER_MAX /* also several chunks */

G_STATIC_ASSERT (ROOM > 2 * TB_AGE_SEALED_CHUNK);

#define TEXT 16384     /* bytes of armored text that are taken at once; decoded they are fewer */

/* A window on what FD gives, decoded where it is armored: bytes[at … have). */
typedef struct {
  int fd;
  const char *name;
  gboolean at_end; /* of FD */
  gboolean is_armored;
  TbAgeArmor armor;
  gsize at, have;
  guint8 bytes[ROOM + TEXT];
} Window;

static void
set_read_error (GError **error, const char *name)
{
  int number = errno;

  g_set_error (error, TB_ERROR, number == ENOENT ? TB_ERROR_NOT_FOUND : TB_ERROR_FAILED, "Could not read %s: %s", name,
               g_strerror (number));
}

/* Adds what TEXT holds to the window. */
static gboolean
decode (Window *window, const guint8 *text, gsize length, GError **error)
{
  gsize done = 0;

  if (!tb_age_armor_push (&window->armor, text, length, window->bytes + window->have, &done, error))
    return FALSE;
  window->have += done;
  return !window->at_end || tb_age_armor_end (&window->armor, error);
}

/* Reads on until WANT bytes are in the window or there are no more. */
static gboolean
fill (Window *window, gsize want, GError **error)
{
  if (window->have - window->at >= want || window->at_end)
    return TRUE;
  memmove (window->bytes, window->bytes + window->at, window->have - window->at);
  window->have -= window->at;
  window->at = 0;
  while (window->have < want && !window->at_end) {
    guint8 text[TEXT];
    guint8 *into = window->is_armored ? text : window->bytes + window->have;
    gssize got = read (window->fd, into, window->is_armored ? sizeof text : ROOM - window->have);

    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0) {
      set_read_error (error, window->name);
      return FALSE;
    }
    window->at_end = got == 0;
    if (!window->is_armored)
      window->have += (gsize) got;
    else if (!decode (window, text, (gsize) got, error))
      return FALSE;
  }
  return TRUE;
}

/* The beginning of the file, in its binary form. */
static gboolean
fill_first (Window *window, GError **error)
{
  g_autofree guint8 *text = NULL;
  gsize length;

  if (!fill (window, ROOM, error))
    return FALSE;
  window->is_armored = tb_age_armor_detect (window->bytes, window->have);
  if (!window->is_armored)
    return TRUE;
  length = window->have;
  text = g_memdup2 (window->bytes, length);
  window->have = 0;
  return decode (window, text, length, error) && fill (window, ROOM, error);
}

/* The header at the beginning of BYTES, and the file key by it. */
static gboolean
unlock_header (const guint8 *bytes, gsize length, const TbAgeUnlock *unlock, TbAgeFileKey *ret_key, gsize *ret_size,
               GError **error)
{
  g_autoptr (TbAgeHeader) header = tb_age_header_parse (bytes, length, ret_size, error);

  if (header == NULL)
    return FALSE;
  if (unlock->identities != NULL)
    return tb_age_header_unwrap (header, unlock->identities, ret_key, error);
  return tb_age_header_unwrap_passphrase (header, unlock->passphrase, unlock->passphrase_length, ret_key, error);
}

static TbAgeOpener *
make_opener (const TbAgeFileKey *key, const guint8 *nonce, gsize length, GError **error)
{
  if (length >= TB_AGE_PAYLOAD_NONCE)
    return tb_age_opener_new (key, nonce);
  g_set_error_literal (error, TB_ERROR, TB_ERROR_CORRUPT, "This sealed file is cut off");
  return NULL;
}

/* A chunk is the last when nothing comes after it, so one byte more than a chunk is asked for. */
static gboolean
open_payload (Window *window, const TbAgeOpener *opener, TbAgeTake take, gpointer user_data, GError **error)
{
  g_autofree guint8 *plain = g_malloc (TB_AGE_SEALED_CHUNK);
  gboolean is_last = FALSE, good = TRUE;

  for (guint64 number = 0; good && !is_last; number++) {
    gsize sealed, length;

    good = fill (window, TB_AGE_SEALED_CHUNK + 1, error);
    if (!good)
      break;
    sealed = MIN (window->have - window->at, TB_AGE_SEALED_CHUNK);
    is_last = window->have - window->at <= TB_AGE_SEALED_CHUNK;
    good = tb_age_opener_open (opener, number, is_last, window->bytes + window->at, sealed, plain, &length, error)
           && (length == 0 || take (plain, length, user_data, error));
    window->at += sealed;
  }
  tb_age_wipe (plain, TB_AGE_SEALED_CHUNK);
  return good;
}

static gboolean
open_window (Window *window, const TbAgeUnlock *unlock, TbAgeTake take, gpointer user_data, GError **error)
{
  g_auto (TbAgeFileKey) key = { 0 };
  g_autoptr (TbAgeOpener) opener = NULL;
  gsize size;

  if (!fill_first (window, error) || !unlock_header (window->bytes, window->have, unlock, &key, &size, error))
    return FALSE;
  window->at = size;
  if (!fill (window, TB_AGE_PAYLOAD_NONCE, error))
    return FALSE;
  opener = make_opener (&key, window->bytes + window->at, window->have - window->at, error);
  if (opener == NULL)
    return FALSE;
  window->at += TB_AGE_PAYLOAD_NONCE;
  return open_payload (window, opener, take, user_data, error);
}

gboolean
tb_age_open_fd (int fd, const char *name, const TbAgeUnlock *unlock, TbAgeTake take, gpointer user_data, GError **error)
{
  g_autofree Window *window = g_new0 (Window, 1);

  window->fd = fd;
  window->name = name;
  if (open_window (window, unlock, take, user_data, error))
    return TRUE;
  g_prefix_error (error, "%s: ", name);
  return FALSE;
}

typedef struct {
  TbNewFile *file;
  guint64 size;
} Output;

static gboolean
take_into_file (const guint8 *bytes, gsize length, gpointer user_data, GError **error)
{
  Output *output = user_data;

  output->size += length;
  return tb_new_file_write (output->file, bytes, length, error);
}

/* Nobody wants to lose the sealed file to what was in it. */
static gboolean
is_same_file (int fd, const char *path)
{
  struct stat one, other;

  return fstat (fd, &one) == 0 && stat (path, &other) == 0 && S_ISREG (one.st_mode) && one.st_dev == other.st_dev
         && one.st_ino == other.st_ino;
}

gboolean
tb_age_open_to_file (int fd, const char *name, const TbAgeUnlock *unlock, const char *output, guint64 *ret_size,
                     GError **error)
{
  g_autoptr (TbNewFile) file = NULL;
  Output target = { 0 };

  if (is_same_file (fd, output)) {
    g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "%s is the sealed file itself; choose another name", output);
    return FALSE;
  }
  file = tb_new_file_create (output, error);
  if (file == NULL)
    return FALSE;
  target.file = file;
  if (!tb_age_open_fd (fd, name, unlock, take_into_file, &target, error) || !tb_new_file_commit (file, error))
    return FALSE;
  *ret_size = target.size;
  return TRUE;
}

struct _TbAgeReader {
  int fd;
  char *path;
  TbAgeOpener *opener;
  guint64 start; /* of the first chunk, in the sealed file */
  TbAgeExtent extent;
  guint64 number; /* of the chunk in PLAIN, whose length is LENGTH; nothing is in it while LENGTH is 0 */
  gsize length;
  guint8 plain[TB_AGE_CHUNK];
  guint8 sealed[TB_AGE_SEALED_CHUNK];
};

void
tb_age_reader_free (TbAgeReader *reader)
{
  if (reader == NULL)
    return;
  if (reader->fd >= 0)
    close (reader->fd);
  tb_age_opener_free (reader->opener);
  g_free (reader->path);
  tb_age_wipe (reader->plain, sizeof reader->plain);
  g_free (reader);
}

/* As much as there is, up to LENGTH. */
static gboolean
read_at (int fd, const char *path, guint64 offset, guint8 *buffer, gsize length, gsize *ret_length, GError **error)
{
  gsize have = 0;

  while (have < length) {
    gssize got = pread (fd, buffer + have, length - have, (off_t) (offset + have));

    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0) {
      set_read_error (error, path);
      return FALSE;
    }
    if (got == 0)
      break;
    have += (gsize) got;
  }
  *ret_length = have;
  return TRUE;
}

static gboolean
load_chunk (TbAgeReader *reader, guint64 number, GError **error)
{
  gboolean is_last = number + 1 == reader->extent.chunks;
  gsize want = is_last ? (gsize) (reader->extent.plain - number * TB_AGE_CHUNK) + TB_AGE_TAG : TB_AGE_SEALED_CHUNK;
  gsize have = 0, length = 0;

  if (reader->length > 0 && reader->number == number)
    return TRUE;
  reader->length = 0;
  if (!read_at (reader->fd, reader->path, reader->start + number * TB_AGE_SEALED_CHUNK, reader->sealed, want, &have, error)
      || !tb_age_opener_open (reader->opener, number, is_last, reader->sealed, have, reader->plain, &length, error))
    return FALSE;
  reader->number = number;
  reader->length = length;
  return TRUE;
}

static gboolean
reader_start (TbAgeReader *reader, const TbAgeUnlock *unlock, GError **error)
{
  g_autofree guint8 *beginning = g_malloc (TB_AGE_HEADER_MAX);
  g_auto (TbAgeFileKey) key = { 0 };
  guint8 nonce[TB_AGE_PAYLOAD_NONCE];
  struct stat status;
  gsize have = 0, size = 0;

  if (fstat (reader->fd, &status) != 0) {
    set_read_error (error, reader->path);
    return FALSE;
  }
  if (!read_at (reader->fd, reader->path, 0, beginning, TB_AGE_HEADER_MAX, &have, error)
      || !unlock_header (beginning, have, unlock, &key, &size, error)
      || !read_at (reader->fd, reader->path, size, nonce, sizeof nonce, &have, error)
      || !tb_age_extent_of ((guint64) status.st_size - size, &reader->extent, error))
    return FALSE;
  reader->opener = make_opener (&key, nonce, have, error);
  reader->start = size + TB_AGE_PAYLOAD_NONCE;
  return reader->opener != NULL && load_chunk (reader, reader->extent.chunks - 1, error);
}

TbAgeReader *
tb_age_reader_open (const char *path, const TbAgeUnlock *unlock, GError **error)
{
  g_autoptr (TbAgeReader) reader = g_new0 (TbAgeReader, 1);

  reader->path = g_strdup (path);
  reader->fd = open (path, O_RDONLY | O_CLOEXEC);
  if (reader->fd < 0) {
    set_read_error (error, path);
    return NULL;
  }
  if (!reader_start (reader, unlock, error)) {
    g_prefix_error (error, "%s: ", path);
    return NULL;
  }
  return g_steal_pointer (&reader);
}

guint64
tb_age_reader_get_size (const TbAgeReader *reader)
{
  return reader->extent.plain;
}

gboolean
tb_age_reader_read (TbAgeReader *reader, guint64 offset, guint8 *buffer, gsize length, gsize *ret_length, GError **error)
{
  gsize done = 0;

  while (done < length && offset + done < reader->extent.plain) {
    guint64 at = offset + done;
    gsize within = at % TB_AGE_CHUNK, take;

    if (!load_chunk (reader, at / TB_AGE_CHUNK, error)) {
      g_prefix_error (error, "%s: ", reader->path);
      return FALSE;
    }
    take = MIN (length - done, reader->length - within);
    memcpy (buffer + done, reader->plain + within, take);
    done += take;
  }
  *ret_length = done;
  return TRUE;
}
