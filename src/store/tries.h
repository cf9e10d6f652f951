/* Tries to sign in, counted for each login (also one that nobody has) and for
 * each address they came from, so that guessing takes for ever. The first
 * TB_TRIES_FREE failures for a login cost nothing; after each one more the
 * next try must wait: 5, 15, 30, 60, 120, 240, 480 and then always 900 s. For
 * an address TB_TRIES_FREE_ADDRESS are free, for a whole school may come from
 * one. A day without a try and all is forgotten. */
#pragma once

#include <glib.h>

#include "store/store.h"

#define TB_TRIES_FREE 4
#define TB_TRIES_FREE_ADDRESS 20

/* Asks to try now. *WAIT_NS 0: go ahead, and the try counts as failed until tb_tries_succeeded is called, so that many
 * at once gain nothing. Else: how long to wait; it is not counted. LOGIN as typed (shortened and folded here). */
gboolean tb_tries_begin (TbStore *store, const char *login, const char *address, gint64 now_wall, gint64 *wait_ns,
                         GError **error);
/* The passphrase was right: the login's failures are forgotten, and this try is no failure of the address. */
gboolean tb_tries_succeeded (TbStore *store, const char *login, const char *address, GError **error);
