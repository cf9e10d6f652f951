/* The socket by which commands of the same user speak to the server that has
 * the data folder: DATA/control.sock. A request is one line of JSON, and so is
 * its answer; one of each for a connection.
 *
 *   {"do":"status"}                                  → {"pid","version","state"}
 *   {"do":"unlock","passphrase":…,"login":…|null}    → the same, when it has opened
 *   {"do":"lock"}                                    → the same
 *   anything that cannot be                          → {"error":{"code","message"}}
 *
 * Only the user whose server it is (and root, who can do anything in any case)
 * is answered: the folder and the socket are theirs alone, and the kernel says
 * who is at the other end. */
#pragma once

#include <glib.h>
#include <json-c/json.h>

#define TB_CONTROL_LINE_MAX 8192 /* bytes of a request */

typedef struct _TbApp TbApp;
typedef struct _TbControl TbControl;

/* Answers from a thread of its own, one after the other, until freed. APP is borrowed and must have its folder's lock:
 * what another server left behind is removed. FAILED. New. */
TbControl *tb_control_start (TbApp *app, GError **error);
/* Breaks off what is being asked, and removes the socket. NULL is allowed. */
void tb_control_free (TbControl *control);

/* Asks the server that has DATA_FOLDER; REQUEST is borrowed, its passphrase wiped when it was sent. NOT_FOUND: none is
 * running. DENIED: it is another user's. TIMEOUT: no answer in half a minute. Else the error it answered with. New. */
json_object *tb_control_ask (const char *data_folder, json_object *request, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbControl, tb_control_free)
