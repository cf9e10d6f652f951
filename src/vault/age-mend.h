/* Ends a sealed recording that was broken off, in its place: only its last
 * chunk is written, so that three hours are mended as fast as a minute.
 *
 * Why no nonce is used for two texts. A chunk's nonce is its number and the
 * flag of the last. The writer seals (k, 0) once for each k, with a text that
 * is whole. (n, 1) is sealed
 *  - by the writer, only after the part durably holds number n, the flag
 *    “final” and exactly the text that it seals;
 *  - by the mender, which seals nothing with the flag 0, and before it seals
 *    (n, 1) makes the part durably hold number n, “final” and its text.
 * A mender that finds a part that is final takes number and text from it. So
 * whoever seals (n, 1), a writer, a mender, or a mender after one that was
 * killed, seals the very same bytes. Nobody else can make a part that is taken
 * for the file's own (vault/media-part.h), and two menders at once are kept
 * apart by a lock on the file.
 *
 * What this cannot know is that somebody put an older copy of the file and its
 * part back. Then the last chunk is sealed again with the beginning of the text
 * it was sealed with before: the bytes are the same as far as the shorter goes,
 * which tells nothing of the text. But whoever has both, two tags of one
 * Poly1305 key, can forge that last chunk: someone who can write the disk and
 * bring a crash about could so change the last second, and nothing else. */
#pragma once

#include <glib.h>

#include "vault/age-key.h"

/* Ends the file at PATH, whose part is (or was) at PART_PATH. *RET_MENDED: there was something to do. BUSY: it is being
 * written. CORRUPT: not even its beginning is whole, or so much of it does not open that it is left as it is. Never
 * takes away a chunk that opens. */
gboolean tb_age_mend (const char *path, const char *part_path, const TbAgeIdentity *identity, gboolean *ret_mended,
                      GError **error);
