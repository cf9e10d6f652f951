/* Where in a JSON text a value stands. json-c keeps no positions, so a message
 * about a bad field finds its line by reading the text again. */
#pragma once

#include <glib.h>

/* The line (from 1) of the value at PATH ("codes[3].key") in TEXT, which must
 * be valid JSON. When a part of PATH is not there: the line of the last part
 * that is. */
guint tb_json_line (const char *text, gsize length, const char *path);
