/* Layers inside a transaction, for the files of this folder. */
#pragma once

#include "store/db.h"
#include "store/layers.h"

/* TB_ERROR_NOT_FOUND. New. */
TbLayers *tb_layers_load_from (TbDb *db, const char *visit, GError **error);

/* PERSON, called NAME until now, is about to be renamed: where they tapped under NAME as a coach, they stay so. */
gboolean tb_layers_keep_name (TbDb *db, const char *person, const char *name, GError **error);

/* Whether the coach's own layer is one beside that of the coach before. */
gboolean tb_layers_coach_is_beside (const TbLayers *layers);

void tb_observer_free (TbObserver *observer);
/* The two have what load and changes must agree on: NAME, or NAME with a number when another has it here. New. */
char *tb_layers_free_name (GHashTable *taken, const char *person, const char *name);
/* person -> name under which they tap; new. */
GHashTable *tb_layers_load_names (TbDb *db, const char *visit, GError **error);
