/* Bringing a database up to date by numbered SQL texts (schemas/0001-….sql).
 * Only for the files of this folder, and tests. */
#pragma once

#include <glib.h>

#include "store/db.h"

/* In PRAGMA application_id: "TBLK". */
#define TB_APPLICATION_ID 0x54424c4b

typedef struct {
  const char *name; /* "0001-start.sql": its number is its place in the list */
  const char *sql;
} TbMigration;

/* The migrations that are built in, in order. Array of TbMigration *, new. */
GPtrArray *tb_migrations_bundled (void);
/* A text out of schemas/. New string. */
char *tb_schema_text (const char *name);

/* Whose database is this, and of what version? 0 for one that is still empty.
 * TB_ERROR_INVALID: another program's. TB_ERROR_CORRUPT. */
gboolean tb_migrate_version (TbDb *db, int *version, GError **error);

/* Runs those not yet run: on a new database all in one transaction, else each
 * in its own, with the number. Before the first one on a database that is not
 * new, a copy is made ("….before-N", N being the version it is brought to).
 * TB_ERROR_TOO_NEW when the database has had more migrations than these. */
gboolean tb_migrate (TbDb *db, GPtrArray *migrations, GError **error);
