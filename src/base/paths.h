/* The data folder: where it is, what lies in it, and the lock that says who
 * has it. */
#pragma once

#include <glib.h>

typedef struct _TbFolder TbFolder;

/* The folder to use: GIVEN if not NULL, else $TERUGBLIK_DATA, else
 * $XDG_DATA_HOME/terugblik. New string. */
char *tb_folder_default (const char *given);

/* Makes the folder (mode 0700) and its media folder where missing.
 * TB_ERROR_FAILED with path and reason; TB_ERROR_DENIED when anybody but its
 * owner may read, write or search one of the two: what is known of people in
 * the database is protected by these modes only. */
TbFolder *tb_folder_open (const char *path, GError **error);

/* Opens it and takes the one lock; TB_ERROR_BUSY names the process that has it.
 * The lock (fcntl on the file "lock") goes with the process, however it ends. */
TbFolder *tb_folder_open_locked (const char *path, GError **error);

void tb_folder_free (TbFolder *folder);

/* Borrowed. */
const char *tb_folder_path (const TbFolder *folder);
const char *tb_folder_database (const TbFolder *folder); /* terugblik.db */
const char *tb_folder_cache (const TbFolder *folder);    /* cache.db */
const char *tb_folder_media (const TbFolder *folder);    /* media/ */

/* Bytes an ordinary user can still write here, and how many there are in all. TOTAL may be NULL. */
gboolean tb_folder_free_bytes (const char *path, guint64 *free_bytes, guint64 *total, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbFolder, tb_folder_free)
