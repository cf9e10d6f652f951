/* A file that is there whole or not at all: it gets its name when everything
 * in it is written and on the disk. Readable by its owner only. */
#pragma once

#include <glib.h>

typedef struct _TbNewFile TbNewFile;

/* New. A PATH that names something other than a file (a device, a pipe) is written to as it is. */
TbNewFile *tb_new_file_create (const char *path, GError **error);

/* Writes all of it. FULL, FAILED. */
gboolean tb_new_file_write (TbNewFile *file, const guint8 *bytes, gsize length, GError **error);

/* Gives the file its name, in place of one that had it. */
gboolean tb_new_file_commit (TbNewFile *file, GError **error);

/* Without a commit nothing stays behind. NULL is fine. */
void tb_new_file_free (TbNewFile *file);

/* Writes all of it to FD, which is called NAME in messages. */
gboolean tb_write_all (int fd, const char *name, const guint8 *bytes, gsize length, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbNewFile, tb_new_file_free)
