/* The door: who asks, what they are to the visit they ask about, and whether
 * the table lets them. Also what goes on after the door was passed: a reply
 * under way looks again when something changed. Thread-safe. */
#pragma once

#include "web/access-table.h"
#include "web/router.h"
#include "web/viewer.h"

typedef struct _TbAccess TbAccess;

TbAccess *tb_access_new (void);
void tb_access_free (TbAccess *access);

/* The cookie of a session: over TLS with a prefix that makes browsers keep it to this host and to TLS. */
const char *tb_access_cookie_name (TbRequest *request);

/* The row of a route; NULL when it has none. */
const TbAccessRow *tb_access_row (const char *method, const char *pattern);

/* Looks at REQUEST (its parameters set) for the ROW of its route, NULL for none, and gives it its viewer. NULL: go on;
 * else the refusal. New. */
TbReply *tb_access_check (TbApp *app, TbRequest *request, const TbAccessRow *row);

/* Somebody's access changed (a release, a role, a session): every reply under way looks again. */
void tb_access_changed (TbApp *app);

/* Somebody is at work; and for how long nobody was. */
void tb_access_touch (TbApp *app);
gint64 tb_access_idle_us (TbApp *app);

/* A reply that is sent little by little ends when what it was begun with holds no more: signed out, withdrawn, the
 * date passed. Noticed at the next piece after a change, and within two seconds of a date. */
void tb_access_guard (TbApp *app, TbRequest *request, const TbAccessRow *row, TbReply *reply);

/* Writes that VIEWER looks at VISIT (CLIP may be NULL), once for every ten minutes of looking. FALSE: it could not be
 * written, and nothing may be shown. */
gboolean tb_access_log_view (TbApp *app, const TbViewer *viewer, const char *visit, const char *clip, GError **error);
