/* The one way to the bytes of a recording.
 *
 * Everything above names a file as (visit, name); where and how the bytes lie
 * is this module's business: plain files in a folder, or sealed ones.
 *
 * Files are append-only. A reader may read while a writer appends: what an
 * append has returned for can be read. */
#pragma once

#include <glib.h>

#include "vault/vault.h"

#define TB_MEDIA_PATCH_MAX 65536 /* bytes at the beginning of a file that can be changed until it is sealed */

typedef struct _TbMediaStore TbMediaStore;   /* thread-safe, reference counted */
typedef struct _TbMediaWriter TbMediaWriter; /* one thread at a time */
typedef struct _TbMediaReader TbMediaReader; /* any threads at once */

/* Plain files under FOLDER/VISIT/NAME. New reference. */
TbMediaStore *tb_media_store_new_folder (const char *folder);

/* Sealed files: FOLDER/VISIT/NAME.age is an age v1 file for the visit's key, and NAME.age.part beside it the end of one
 * that is being written (vault/media-part.h). Writing works while the vault is locked; opening and reading give
 * TB_ERROR_LOCKED then, also from a reader that was opened before. Plain files from before there was a vault are read
 * as they are (and sealed by vault/media-care.h). VAULT gets a reference of the store's own. New reference. */
TbMediaStore *tb_media_store_new_sealed (const char *folder, TbVault *vault);

TbMediaStore *tb_media_store_ref (TbMediaStore *store);
void tb_media_store_unref (TbMediaStore *store);

/* A name is 1 to 100 characters of [A-Za-z0-9._-], not starting with a dot. */
gboolean tb_media_name_is_valid (const char *name);

/* Makes a new file; TB_ERROR_CONFLICT when it exists already. New. */
TbMediaWriter *tb_media_store_create (TbMediaStore *store, const char *visit, const char *name, GError **error);

/* The same for a file of which the first TB_MEDIA_PATCH_MAX bytes can be changed until it is sealed (an MP4 whose front
 * is known last). It cannot be read, and a sealed one is not there at all, before tb_media_writer_seal; freed without
 * that, a sealed one leaves nothing. New. */
TbMediaWriter *tb_media_store_create_patched (TbMediaStore *store, const char *visit, const char *name, GError **error);
/* Writes over bytes that were appended already; only in a file made by tb_media_store_create_patched. INVALID: outside
 * what can be changed. */
gboolean tb_media_writer_patch (TbMediaWriter *writer, guint64 offset, const void *bytes, gsize length, GError **error);

/* Appends; all or an error (TB_ERROR_FULL when the disk is). After an error the
 * tail may hold a part of the bytes, which readers of boxes must expect. */
gboolean tb_media_writer_append (TbMediaWriter *writer, const void *bytes, gsize length, GError **error);

/* Asks that what was appended survives a loss of power (fdatasync), and, sealed, the end of the process too: what is in
 * no chunk yet is only written then, so this must come within a second of an append. May take long. */
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

/* Bytes on the disk of all files of a visit, whatever they are sealed to: opens none, so that it also works while the
 * vault is locked. 0 when there are none. */
gboolean tb_media_store_stored_bytes (TbMediaStore *store, const char *visit, guint64 *bytes, GError **error);

/* Bytes that can still be written. */
gboolean tb_media_store_free_bytes (TbMediaStore *store, guint64 *free_bytes, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbMediaStore, tb_media_store_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbMediaWriter, tb_media_writer_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbMediaReader, tb_media_reader_free)
