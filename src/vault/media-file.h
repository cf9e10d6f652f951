/* The one way to the bytes of a recording.
 *
 * Everything above names a file as (visit, name); where and how the bytes lie
 * is this module's business: today plain files in a folder, later sealed ones
 * or an object store, behind the same table of functions.
 *
 * Files are append-only. A reader may read while a writer appends: what an
 * append has returned for can be read. */
#pragma once

#include <glib.h>

typedef struct _TbMediaStore TbMediaStore;   /* thread-safe, reference counted */
typedef struct _TbMediaWriter TbMediaWriter; /* one thread at a time */
typedef struct _TbMediaReader TbMediaReader; /* any threads at once */

/* Plain files under FOLDER/VISIT/NAME. New reference. */
TbMediaStore *tb_media_store_new_folder (const char *folder);
TbMediaStore *tb_media_store_ref (TbMediaStore *store);
void tb_media_store_unref (TbMediaStore *store);

/* A name is 1 to 100 characters of [A-Za-z0-9._-], not starting with a dot. */
gboolean tb_media_name_is_valid (const char *name);

/* Makes a new file; TB_ERROR_CONFLICT when it exists already. New. */
TbMediaWriter *tb_media_store_create (TbMediaStore *store, const char *visit, const char *name, GError **error);

/* Appends; all or an error (TB_ERROR_FULL when the disk is). After an error the
 * tail may hold a part of the bytes, which readers of boxes must expect. */
gboolean tb_media_writer_append (TbMediaWriter *writer, const void *bytes, gsize length, GError **error);

/* Asks that what was appended survives a loss of power (fdatasync). May take long. */
gboolean tb_media_writer_sync (TbMediaWriter *writer, GError **error);

/* Bytes appended so far. */
guint64 tb_media_writer_size (const TbMediaWriter *writer);

/* Syncs, closes; frees the writer also on error. Nothing can be appended any more. */
gboolean tb_media_writer_seal (TbMediaWriter *writer, GError **error);

/* Closes without syncing. NULL is allowed. */
void tb_media_writer_free (TbMediaWriter *writer);

/* TB_ERROR_NOT_FOUND when there is none. New. */
TbMediaReader *tb_media_store_open (TbMediaStore *store, const char *visit, const char *name, GError **error);

/* The size now; it can grow while a writer appends. */
gboolean tb_media_reader_size (TbMediaReader *reader, guint64 *size, GError **error);

/* Reads up to LENGTH bytes at OFFSET; the count read, 0 at the end, -1 on error. */
gssize tb_media_reader_read (TbMediaReader *reader, guint64 offset, void *bytes, gsize length, GError **error);

void tb_media_reader_free (TbMediaReader *reader);

/* Names of the files of a visit, sorted; empty when there are none. Array of new strings. */
GPtrArray *tb_media_store_list (TbMediaStore *store, const char *visit, GError **error);

/* Names of the visits that have files, sorted. */
GPtrArray *tb_media_store_list_visits (TbMediaStore *store, GError **error);

gboolean tb_media_store_delete (TbMediaStore *store, const char *visit, const char *name, GError **error);

/* Bytes that can still be written. */
gboolean tb_media_store_free_bytes (TbMediaStore *store, guint64 *free_bytes, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbMediaStore, tb_media_store_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbMediaWriter, tb_media_writer_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbMediaReader, tb_media_reader_free)
