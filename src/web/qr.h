/* A text as a QR code (ISO/IEC 18004, through libqrencode): for a link that a
 * tablet takes up with its camera, and for the recovery key on paper. Error
 * correction M: up to 15 % of the code may be dirty or folded.
 *
 * What is given may be a secret, so errors do not repeat it and the modules
 * are wiped; wiping what comes back is the caller's (tb_age_secret_free for
 * text; JSON cannot be). */
#pragma once

#include <glib.h>
#include <json-c/json.h>

/* {"size": modules on a side, "path": SVG path of the dark ones, a unit a module}, without the quiet zone: who
 * draws it leaves four modules of white around it. New. INVALID for an empty text, TOO_LARGE over some 2300 bytes. */
json_object *tb_qr_to_json (const char *text, GError **error);

/* The same for a terminal: two rows of modules to a line of half blocks, black on white whatever the terminal's
 * colours, with the quiet zone; ends with a new line. New. */
char *tb_qr_to_terminal (const char *text, GError **error);
