/* Whole age v1 files: opening one from beginning to end, as `age -d` does, and
 * reading parts of one. */
#pragma once

#include <glib.h>

#include "vault/age-key.h"
#include "vault/age-stream.h"

/* What to open a file with: keys, or a passphrase. Everything borrowed. */
typedef struct {
  const GPtrArray *identities; /* of TbAgeIdentity; NULL: the passphrase */
  const char *passphrase;
  gsize passphrase_length;
} TbAgeUnlock;

/* Takes plain bytes that have been found authentic. FALSE with ERROR set ends the opening. */
typedef gboolean (*TbAgeTake) (const guint8 *bytes, gsize length, gpointer user_data, GError **error);

/* Opens what FD gives (a file or a pipe; binary or armored), called NAME in messages, to its end. TAKE gets authentic bytes only, but gets
 * them before the end is known to be right: unless TRUE comes back they are not the file.
 * CORRUPT, DENIED, TOO_NEW, TOO_LARGE, UNSUPPORTED, or what TAKE said. */
gboolean tb_age_open_fd (int fd, const char *name, const TbAgeUnlock *unlock, TbAgeTake take, gpointer user_data,
                         GError **error);

/* The same into OUTPUT, which is there afterwards only if all went well. *RET_SIZE: bytes written. */
gboolean tb_age_open_to_file (int fd, const char *name, const TbAgeUnlock *unlock, const char *output,
                              guint64 *ret_size, GError **error);

/* Reads parts of a sealed file (not armored), opening only the chunks they lie in. Belongs to one thread. */
typedef struct _TbAgeReader TbAgeReader;

/* New. Opens the last chunk at once: so a file that was cut off is refused here, and its size is to be trusted. */
TbAgeReader *tb_age_reader_open (const char *path, const TbAgeUnlock *unlock, GError **error);
void tb_age_reader_free (TbAgeReader *reader);

/* Plain bytes in the file. */
guint64 tb_age_reader_get_size (const TbAgeReader *reader);

/* Reads LENGTH bytes from OFFSET, fewer only where the file ends; *RET_LENGTH says how many. FALSE with CORRUPT when a
 * chunk does not open (BUFFER may hold a beginning then). */
gboolean tb_age_reader_read (TbAgeReader *reader, guint64 offset, guint8 *buffer, gsize length, gsize *ret_length,
                             GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbAgeReader, tb_age_reader_free)
