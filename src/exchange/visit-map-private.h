/* What the files of the visit map share. */
#pragma once

#include <json-c/json.h>

#include "exchange/visit-map.h"

#define TB_MAP_LEAD (5 * TB_SECOND)
#define TB_MAP_LAG (5 * TB_SECOND)
/* Limits of schemas/instrument.schema.json: characters of an id and of a title, and how many parts of one sort. */
#define TB_MAP_ID 64
#define TB_MAP_TITLE 80
#define TB_MAP_PARTS 50
/* Characters of a line of a visit or an observation: its title, a name. */
#define TB_MAP_LINE 200

/* What was observed with one code of a file, in the sets that are taken. */
typedef struct {
  const char *name;
  gboolean numeric, several;
  double min, max;
  GPtrArray *values; /* char *, borrowed: each once, at most TB_MAP_VALUES + 1 */
} TbUsedModifier;

#define TB_MAP_VALUES 30

typedef struct {
  const TbExchangeCode *code;
  guint count;    /* observations */
  guint instants; /* without an end, and no state */
  guint lasting;  /* with an end, or a state */
  guint intervals, ratings; /* that are called so */
  guint scored;   /* have a rating */
  gboolean whole; /* all of these are whole numbers from −100 to 100 */
  gint64 values[11]; /* each once; more than ten: too many */
  guint n_values;
  double min, max;
  TbTime longest;  /* from start to end */
  TbTime measure;  /* the greatest common divisor of all starts */
  GPtrArray *modifiers; /* TbUsedModifier * */
  GHashTable *by_name;  /* the same by their names, which it borrows */
} TbCodeUse;

void tb_code_use_free (gpointer use);
void tb_code_use_add (TbCodeUse *use, const TbExchangeEvent *event);
/* Its modifier of that name; NULL. */
const TbUsedModifier *tb_code_use_find (const TbCodeUse *use, const char *name);
/* What USES (TbCodeUse *) have of modifiers that their codes do not declare, as of one code. New; borrows from them. */
TbCodeUse *tb_code_use_pool (GPtrArray *uses);

/* What codes of a kijkwijzer share: its modifiers, scales and time samples. Each is made once: who asks for the same
 * gets the same. Ids are borrowed; NULL when there is no such part here, or no room for it. */
typedef struct _TbMapParts TbMapParts;

/* The lists that they are added to are borrowed. New. */
TbMapParts *tb_map_parts_new (json_object *modifiers, json_object *scales, json_object *samplings);
void tb_map_parts_free (TbMapParts *parts);

const char *tb_map_parts_number (TbMapParts *parts, const char *name, double min, double max);
/* DECLARED and USED: what is known of it; may be NULL. */
const char *tb_map_parts_modifier (TbMapParts *parts, const char *name, const TbExchangeModifier *declared,
                                   const TbUsedModifier *used);
/* A scale that has all values that were given. */
const char *tb_map_parts_scale (TbMapParts *parts, const TbCodeUse *use);
/* Of time samples without an end, the measure of all their times; of others how long the longest is. NULL when that is
 * no length of an interval. */
const char *tb_map_parts_sampling (TbMapParts *parts, const TbCodeUse *use);

/* Makes kijkwijzers of USES (TbCodeUse *), and adds to TARGETS what each code became. FALSE with TB_ERROR_FAILED is a
 * fault of this function. */
gboolean tb_map_make_instruments (const TbExchange *document, GPtrArray *uses, const TbVisitMapChoice *choice,
                                  GPtrArray *instruments, GHashTable *targets, TbLoss *loss, GError **error);

/* What a code of a file becomes. Borrowed. */
typedef struct {
  const TbInstrument *instrument; /* NULL: a moment without a code */
  const TbCode *code;
  GHashTable *subjects; /* of the instrument: title -> id */
  gboolean out;         /* left out */
} TbMapPlace;

/* EVENT of the set called SET, later by SHIFT, as it will stand at PLACE (NULL: a moment without a code). OBSERVER: who
 * observed, where the event does not say; may be NULL. Its id is empty. New. */
TbObservation *tb_map_observation (const TbExchangeEvent *event, const char *set, const TbMapPlace *place, TbTime shift,
                                   const char *observer, TbLoss *loss);

/* “Mag ik: dit?” → "mag-ik-dit"; at most MAX characters; PLAIN when nothing is left; with a number behind it when it is
 * in TAKEN, to which it is added (and which owns it). Borrowed from TAKEN. */
const char *tb_map_slug (const char *text, const char *plain, gsize max, GHashTable *taken);

/* TEXT without what a line cannot have, cut to MAX characters; PLAIN when nothing is left. New. */
char *tb_map_line (const char *text, const char *plain, glong max);
/* The name of a file without its folder and ending; PLAIN when NAME is NULL or empty. New. */
char *tb_map_file_title (const char *name, const char *plain);
/* TEXT cut to MAX characters; *CUT (may be NULL) when it was. New. */
char *tb_map_cut (const char *text, glong max, gboolean *cut);

/* Adds {"nl": NL, "en": EN}. */
void tb_map_add_words (json_object *object, const char *field, const char *nl, const char *en);
/* Adds an object of that id and title to LIST. Borrowed. */
json_object *tb_map_add_named (json_object *list, const char *id, const char *title);

/* A modifier that only says a valence. */
gboolean tb_map_is_valence (const char *name, const char *value, TbValence *valence);

/* From TITLE of the subjects (or domains, by FIELD) of INSTRUMENT to their ids, or the other way round. New; owns both.
 */
GHashTable *tb_map_titles (const TbInstrument *instrument, const char *field, gboolean by_title);
