/* Spoken notes that were sent and wait for the comment they belong to.
 *
 * They wait in memory: nothing of them touches the disk before a comment takes
 * them, and then sealed (voices.c), so that what nobody used is gone with the
 * program at the latest. One goes after an hour, when its person sends a fifth, and
 * when it is taken. Thread-safe; has a thread of its own. */
#pragma once

#include <glib.h>

typedef struct _TbVoiceBox TbVoiceBox;

#define TB_VOICE_MAX (10 * 1024 * 1024) /* bytes of one note */
#define TB_VOICES_EACH 4                /* that wait for one person */
#define TB_VOICE_KEPT_US ((gint64) 3600 * G_USEC_PER_SEC)

TbVoiceBox *tb_voice_box_new (void);
/* NULL is allowed. */
void tb_voice_box_free (TbVoiceBox *box);

/* What the bytes are by their beginning: "webm" (EBML, RFC 8794 §8.1), "ogg" (RFC 3533 §6) or "m4a" (an "ftyp" box,
 * ISO/IEC 14496-12 §4.3); the end of a file name. NULL for anything else. Borrowed, static. */
const char *tb_voice_ending (GBytes *bytes);

/* NOW_US: g_get_monotonic_time().
 *
 * Keeps BYTES (a reference) for a comment of PERSON on VISIT under the file name that is returned, new:
 * "voice-UUID.ENDING". TB_ERROR_INVALID: no sound that is known; TB_ERROR_BUSY: too much waits already. */
char *tb_voice_box_put (TbVoiceBox *box, const char *visit, const char *person, GBytes *bytes, gint64 now_us,
                        GError **error);

/* Takes it out. TB_ERROR_INVALID when PERSON has none of this NAME for VISIT (any more). New reference. */
GBytes *tb_voice_box_take (TbVoiceBox *box, const char *visit, const char *person, const char *name, gint64 now_us,
                           GError **error);

/* Puts one back that could not be used after all; its hour begins anew. */
void tb_voice_box_return (TbVoiceBox *box, const char *visit, const char *person, const char *name, GBytes *bytes,
                          gint64 now_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbVoiceBox, tb_voice_box_free)
