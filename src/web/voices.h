/* The files of spoken notes: from the box (voice-box.h) into the visit's media folder, sealed like all that lies there,
 * and out of it. */
#pragma once

#include <glib.h>

typedef struct _TbApp TbApp;

/* Writes the note NAME that PERSON sent for VISIT; works while the vault is locked. *KEPT (new) is for
 * tb_voice_take_back. TB_ERROR_INVALID: PERSON sent none of this name; TB_ERROR_FULL. */
gboolean tb_voice_store (TbApp *app, const char *visit, const char *person, const char *name, GBytes **kept,
                         GError **error);
/* The comment was refused: the file goes, and the note can be used again. KEPT is taken. */
void tb_voice_take_back (TbApp *app, const char *visit, const char *person, const char *name, GBytes *kept);
/* For good. NULL is allowed. */
void tb_voice_delete (TbApp *app, const char *visit, const char *name);
