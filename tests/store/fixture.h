/* What the store's tests share: a data folder of their own, the
 * instrument of proef.json, and short ways to make operations. */
#pragma once

#include <glib.h>
#include <json-c/json.h>

#include "base/error.h"
#include "base/json.h"
#include "base/paths.h"
#include "base/time.h"
#include "base/uuid.h"
#include "store/journal.h"
#include "store/store.h"
#include "store/visit.h"

typedef struct {
  char *folder;
  char *database;
  char *cache;
  TbStore *store;
  GPtrArray *catalogue;
} Fixture;

#define FIXTURE_ZERO (G_GINT64_CONSTANT (1790000000) * TB_SECOND)

/* For g_test_add(): DATA is not used. */
void fixture_set_up (Fixture *fixture, gconstpointer data);
void fixture_tear_down (Fixture *fixture, gconstpointer data);
void fixture_reopen (Fixture *fixture);

#define fixture_add(path, function) \
  g_test_add (path, Fixture, NULL, fixture_set_up, function, fixture_tear_down)

/* Puts the instrument "proef-twee" (tests/unit) into the catalogue too: groups, modifiers, samplings and scales. */
void fixture_add_second (Fixture *fixture);

/* A visit with the instrument "proef", started at FIXTURE_ZERO unless PLANNED. New string. */
char *fixture_visit (Fixture *fixture, gboolean planned);

/* An operation; FIELDS is JSON text with ' for ", or NULL. New ids where NULL. New reference. */
json_object *make_operation (const char *id, const char *action, const char *target, const char *target_id,
                             const char *fields, const char *author);

/* Applies one and takes it; the result is new and was checked to be of STATUS. */
TbResult *apply (Fixture *fixture, const char *visit, json_object *operation, TbStatus status);
/* The same, result thrown away; its sequence number. */
gint64 apply_ok (Fixture *fixture, const char *visit, json_object *operation);

TbObservation *get_observation (Fixture *fixture, const char *visit, const char *id);
/* A visit's fields or any other JSON, with ' for ". New reference. */
json_object *from_text (const char *text);
char *file_bytes (const char *path, gsize *length);
