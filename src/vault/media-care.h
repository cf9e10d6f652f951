/* Care of the files of a media store: what was broken off is ended, what is
 * plain is sealed, and all of it is looked through. On a store of plain files
 * there is nothing to end or seal.
 *
 * All of these may take long and may be called from any thread. */
#pragma once

#include <gio/gio.h>

#include "vault/media-file.h"

typedef enum {
  TB_MEDIA_PLAIN = 1,  /* from before there was a vault (or the store has none) */
  TB_MEDIA_SEALED,     /* finished */
  TB_MEDIA_UNFINISHED, /* sealed, and being written or broken off */
} TbMediaForm;

/* "plain", "sealed", "unfinished". Borrowed, static. */
const char *tb_media_form_name (TbMediaForm form);

/* How the file lies on the disk; needs no key and reads no contents. NOT_FOUND. */
gboolean tb_media_store_get_form (TbMediaStore *store, const char *visit, const char *name, TbMediaForm *ret_form,
                                  GError **error);

/* Names of the visit's files that are being written or were broken off, sorted. Works while the vault is locked. Array
 * of new strings. */
GPtrArray *tb_media_store_unfinished (TbMediaStore *store, const char *visit, GError **error);

/* Ends a file that was broken off, with all that can be read of it (vault/age-mend.h). *RET_MENDED: there was something
 * to do. LOCKED; BUSY: it is being written; CORRUPT: not even its beginning is whole; it is left as it is. */
gboolean tb_media_store_mend (TbMediaStore *store, const char *visit, const char *name, gboolean *ret_mended,
                              GError **error);

/* Told now and then: DONE of SIZE bytes. */
typedef void (*TbMediaProgress) (guint64 done, guint64 size, gpointer user_data);

/* Seals a plain file: writes the sealed one, reads it back and compares, then deletes the plain one. Nothing to do is
 * fine. LOCKED, CANCELLED, FULL, BUSY (it is being sealed already), CORRUPT (what was read back differs): the plain one is still there. */
gboolean tb_media_store_seal_plain (TbMediaStore *store, const char *visit, const char *name, TbMediaProgress progress,
                                    gpointer user_data, GCancellable *cancellable, GError **error);

/* Opens every byte of the file. CORRUPT names the first bad place. LOCKED, CANCELLED, NOT_FOUND. PROGRESS and
 * CANCELLABLE may be NULL; *RET_SIZE (may be NULL): bytes it holds. */
gboolean tb_media_store_verify (TbMediaStore *store, const char *visit, const char *name, TbMediaProgress progress,
                                gpointer user_data, GCancellable *cancellable, guint64 *ret_size, GError **error);
