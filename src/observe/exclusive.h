/* States that exclude each other and yet run at one time: of one group, one
 * subject and one observer. Nobody forbids it (two devices may have been out of
 * each other's sight), so it is told. */
#pragma once

#include <glib.h>
#include <json-c/json.h>

#include "observe/event.h"

/* The places (among tb_event_set_events()) of two states, and what they share. */
typedef struct {
  guint running, begun; /* BEGUN begins while RUNNING, of another code, runs */
  TbTime from, to;      /* FROM < TO */
} TbTogether;

/* SET must be sorted. Each state once at most as BEGUN: with the one that runs longest. Array of TbTogether, new. */
GArray *tb_exclusive_find (const TbEventSet *set);

/* schemas/budget.schema.json, "exclusive": the first TB_EXCLUSIVE_MAX with how many there are. New reference. */
#define TB_EXCLUSIVE_MAX 200
json_object *tb_exclusive_to_json (const GArray *together, const TbEventSet *set);
