/* Ids: UUID version 7 (RFC 9562), 36 lower-case characters. Sorting them as
 * text sorts them by the millisecond in which they were made. */
#pragma once

#include <glib.h>

#define TB_UUID_LENGTH 36

/* New string. Ids made by one process rise even within a millisecond. */
char *tb_uuid_new (void);

/* TRUE when TEXT is a UUID of any version in lower-case canonical form. NULL is FALSE. */
gboolean tb_uuid_is_valid (const char *text);
