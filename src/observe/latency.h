/* Latency: how long after one code another comes.
 *
 * Each event of the first code is paired with the first of the second that
 * comes at the same instant or after it, in the same visit; of one and the same
 * code, with the next. So two questions before one answer are both paired with
 * that answer, and counted in SHARED. What has none after it is unpaired, and
 * listed. */
#pragma once

#include <glib.h>
#include <json-c/json.h>

#include "base/time.h"
#include "observe/event.h"
#include "observe/part.h"
#include "observe/spread.h"

typedef struct {
  guint32 from, to;  /* codes */
  guint same;        /* TbSame */
  gboolean from_end; /* count from where the first ends; one that nobody ended has no end, and stays unpaired */
  TbTime within;     /* one that comes later than this is no pair; 0 without a limit */
  guint part;        /* in which the first begins */
} TbLatencyQuestion;

typedef struct {
  guint from, to; /* places among tb_event_set_events() */
  TbTime latency; /* not below 0 */
} TbLatencyPair;

typedef struct {
  TbLatencyQuestion question;
  GArray *pairs;    /* TbLatencyPair, in the order of the set */
  GArray *unpaired; /* guint: places */
  guint shared;     /* pairs whose second an earlier pair has too */
  TbSpread spread;
} TbLatency;

/* SET must be sorted. New. */
TbLatency *tb_latency_new (const TbEventSet *set, const TbParts *parts, const TbLatencyQuestion *question);
void tb_latency_free (TbLatency *latency);

/* schemas/budget.schema.json, $defs/latency. New reference. */
json_object *tb_latency_to_json (const TbLatency *latency, const TbEventSet *set);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbLatency, tb_latency_free)
