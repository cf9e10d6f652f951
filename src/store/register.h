/* What there is, without a second of footage: the register for the privacy
 * officer, numbers for the head, and a teacher's own lessons. */
#pragma once

#include <glib.h>
#include <json-c/json.h>

#include "store/store.h"

/* A visit as the register has it. Strings are owned; wall times 0 when not set. */
typedef struct {
  char *id, *title;
  char *coach, *coach_name; /* NULL when nobody's */
  char *teacher;            /* the name: of the account, else as it was typed; may be "" */
  gint64 started_at;
  guint releases;     /* live ones */
  gint64 first_until; /* the earliest end of those; 0 without */
} TbRegisterRow;

void tb_register_row_free (TbRegisterRow *row);

/* Every visit, newest first. Array of TbRegisterRow, new. */
GPtrArray *tb_register_list (TbStore *store, gint64 now_wall, GError **error);

/* The lessons of this teacher of which anything was ever released: what is still the coach's draft is not among them. */
GPtrArray *tb_register_list_lessons (TbStore *store, const char *teacher, gint64 now_wall, GError **error);

/* {"months":[{"month":"2026-11","visits","coaches","teachers_with_release","releases"}],"people":{"coach":2,…}}:
 * the newest month first, by the time of day of this machine; people who can sign in, each under every role they
 * have. Never a name. New reference. */
json_object *tb_register_numbers (TbStore *store, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbRegisterRow, tb_register_row_free)
