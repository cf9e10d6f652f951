/* The text form of a sealed file (`age --armor`): base64 in lines of 64, between
 * a line that begins it and one that ends it. Only white space may stand around
 * it, so one file has one text. */
#pragma once

#include <glib.h>

#define TB_AGE_ARMOR_LINE 64

typedef enum {
  TB_AGE_ARMOR_BEFORE = 0, /* where a zeroed struct starts */
  TB_AGE_ARMOR_BODY,
  TB_AGE_ARMOR_LAST, /* after a line that must be the last of the body */
  TB_AGE_ARMOR_AFTER
} TbAgeArmorPlace;

/* Zero it to begin. Belongs to one thread. */
typedef struct {
  TbAgeArmorPlace place;
  guint length; /* of what is in LINE */
  char line[TB_AGE_ARMOR_LINE + 1]; /* a full line and a carriage return */
} TbAgeArmor;

/* Whether a file that begins with BYTES is in this form. */
gboolean tb_age_armor_detect (const guint8 *bytes, gsize length);

/* Decodes the next LENGTH bytes of text. OUT has room for LENGTH * 3 / 4 + 48; *RET_LENGTH says how many came. FALSE
 * with CORRUPT. */
gboolean tb_age_armor_push (TbAgeArmor *armor, const guint8 *text, gsize length, guint8 *out, gsize *ret_length,
                            GError **error);

/* Says that there is no more text. FALSE with CORRUPT when there should be. */
gboolean tb_age_armor_end (TbAgeArmor *armor, GError **error);
