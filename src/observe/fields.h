/* The fields of observations and clips as a table, so that reading, writing,
 * comparing and undoing them field by field is written once. Only for the
 * files of this folder. */
#pragma once

#include <glib.h>
#include <json-c/json.h>

#include "observe/operation.h"

typedef enum {
  TB_FIELD_TEXT = 1, /* char *, at most MAX characters */
  TB_FIELD_ID,       /* char *, a UUID */
  TB_FIELD_TIME,     /* TbTime */
  TB_FIELD_WALL,     /* gint64, 0 is none */
  TB_FIELD_BOOL,     /* gboolean */
  TB_FIELD_KIND,     /* TbKind */
  TB_FIELD_VALENCE,  /* TbValence */
  TB_FIELD_RATING,   /* gint64, TB_RATING_NONE is none */
  TB_FIELD_OBJECT,   /* char *, the JSON text of an object; its values are checked with the code (details.c) */
  TB_FIELD_LIST      /* char *, the JSON text of an array; the same */
} TbFieldType;

typedef enum {
  TB_FIELD_NULLABLE = 1 << 0,
  TB_FIELD_ON_ADD = 1 << 1,   /* a client may set it when adding */
  TB_FIELD_ON_CHANGE = 1 << 2 /* a client may set it when changing */
} TbFieldFlags;

typedef struct {
  const char *name;
  TbFieldType type;
  gsize offset; /* in TbObservation or TbClip */
  guint flags;
  gsize max; /* characters of a text */
} TbField;

/* Ends with a NULL name. Borrowed, static. */
const TbField *tb_fields (TbTarget target);
const TbField *tb_field_find (TbTarget target, const char *name);

/* RECORD is a TbObservation or a TbClip. The journal's form of a value: times
 * in whole nanoseconds. New reference (NULL is JSON's null). */
json_object *tb_field_get (const TbField *field, gconstpointer record);
gboolean tb_field_set (const TbField *field, gpointer record, json_object *value, GError **error);

/* Takes FIELD from a client's FIELDS when it is there. */
gboolean tb_field_read (const TbField *field, json_object *fields, gpointer record, GError **error);

void tb_field_copy (const TbField *field, gconstpointer from, gpointer to);
gboolean tb_field_equal (const TbField *field, gconstpointer a, gconstpointer b);
void tb_field_clear (const TbField *field, gpointer record);
