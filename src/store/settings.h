/* Settings: names with a text. What they mean and their defaults are for the caller. */
#pragma once

#include <glib.h>

#include "store/store.h"

/* *VALUE is NULL when it was never set. New string. */
gboolean tb_settings_get (TbStore *store, const char *name, char **value, GError **error);
/* All, name to value. New. */
GHashTable *tb_settings_all (TbStore *store, GError **error);
/* Sets all of VALUES (name to text; NULL forgets) or none. */
gboolean tb_settings_set (TbStore *store, GHashTable *values, GError **error);
