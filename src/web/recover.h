/* What a crash left: segments that nobody closed. Looking at their files says
 * how long they are; nothing is deleted.
 *
 * A sealed file that was broken off is ended first (vault/media-care.h), for
 * which the vault must be open. Until it is, such segments wait as they are. */
#pragma once

#include <gio/gio.h>

#include "store/store.h"
#include "vault/media-file.h"

typedef struct _TbApp TbApp;

/* Closes every open segment of VISIT (NULL: of all) with the length of what is whole; those that cannot be read because
 * the vault is locked stay open. REPORT (may be NULL) gets a sentence (char *, new) for each. Returns how many were
 * closed. */
guint tb_recover_segments (TbStore *store, TbMediaStore *media, const char *visit, GPtrArray *report);

/* Segments that are open though nothing records them: they wait for the vault. */
guint tb_recover_count_waiting (TbApp *app);

/* When the vault has opened: closes the segments that waited, ends every other file that was broken off, and seals those
 * from before there was a vault. Leaves alone what is being recorded; tells who looks at a visit that it changed. For a
 * worker thread: may take long, and ends soon after CANCELLABLE or when the vault locks again. */
void tb_recover_sealed (TbApp *app, GCancellable *cancellable);
