/* Numbers for things that are the same when their bytes are: a set of codes, a code with its subject. Only for the files
 * of this folder. */
#pragma once

#include <glib.h>

/* Empty; g_hash_table_size() says how many numbers it gave. New; free with g_hash_table_unref(). */
GHashTable *tb_numbering_new (void);

/* The number of these SIZE bytes, which are copied: from 1, in the order in which they came. */
guint tb_numbering_get (GHashTable *numbering, gconstpointer bytes, gsize size);
