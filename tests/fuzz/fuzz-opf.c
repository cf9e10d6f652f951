/* A zip as it is; anything else is put into one, so that the fuzzer need not
 * learn check sums: up to the first NUL the columns, behind it the project. */
#include <archive.h>
#include <archive_entry.h>
#include <string.h>

#include "fuzz-exchange.h"

static la_ssize_t
append (struct archive *archive, void *data, const void *buffer, size_t length)
{
  g_byte_array_append (data, buffer, (guint) length);
  return (la_ssize_t) length;
}

static void
add (struct archive *archive, const char *name, const uint8_t *data, size_t size)
{
  struct archive_entry *entry = archive_entry_new ();

  archive_entry_set_pathname (entry, name);
  archive_entry_set_size (entry, (la_int64_t) size);
  archive_entry_set_filetype (entry, AE_IFREG);
  archive_entry_set_perm (entry, 0644);
  archive_write_header (archive, entry);
  archive_write_data (archive, data, size);
  archive_entry_free (entry);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const uint8_t *border = memchr (data, '\0', size);
  size_t first = border != NULL ? (size_t) (border - data) : size;
  g_autoptr (GByteArray) bytes = NULL;
  struct archive *archive;

  if (size > 1 && memcmp (data, "PK", 2) == 0)
    return try_format ("opf", data, size);
  bytes = g_byte_array_new ();
  archive = archive_write_new ();
  archive_write_set_format_zip (archive);
  archive_write_zip_set_compression_store (archive);
  archive_write_open (archive, bytes, NULL, append, NULL);
  add (archive, "db", data, first);
  if (border != NULL)
    add (archive, "project", border + 1, size - first - 1);
  archive_write_close (archive);
  archive_write_free (archive);
  return try_format ("opf", bytes->data, bytes->len);
}
