#include "vault/age-armor.h"

#include <string.h>

#include "base/error.h"
#include "vault/age-header-private.h"

static const char first_line[] = "-----BEGIN AGE ENCRYPTED FILE-----", last_line[] = "-----END AGE ENCRYPTED FILE-----";

static gboolean
set_corrupt (GError **error)
{
  g_set_error_literal (error, TB_ERROR, TB_ERROR_CORRUPT, "The text of this sealed file (armored) is damaged or cut off");
  return FALSE;
}

gboolean
tb_age_armor_detect (const guint8 *bytes, gsize length)
{
  gsize at = 0;

  while (at < length && g_ascii_isspace (bytes[at]))
    at++;
  return length - at >= strlen (first_line) && memcmp (bytes + at, first_line, strlen (first_line)) == 0;
}

static gboolean
is_line (const TbAgeArmor *armor, const char *line)
{
  return armor->length == strlen (line) && memcmp (armor->line, line, armor->length) == 0;
}

/* A line of the body; one that is short or filled up with “=” is the last. */
static gboolean
read_body (TbAgeArmor *armor, guint8 *out, gsize *done, GError **error)
{
  guint length = armor->length, padding = 0;
  gsize size;

  while (padding < 2 && padding < length && armor->line[length - 1 - padding] == '=')
    padding++;
  size = (length - padding) * 3 / 4;
  if (armor->place != TB_AGE_ARMOR_BODY || length == 0 || length > TB_AGE_ARMOR_LINE || length % 4 != 0
      || !tb_age_base64_decode (armor->line, length - padding, out + *done, size))
    return set_corrupt (error);
  *done += size;
  if (length < TB_AGE_ARMOR_LINE || padding > 0)
    armor->place = TB_AGE_ARMOR_LAST;
  return TRUE;
}

static gboolean
read_line (TbAgeArmor *armor, guint8 *out, gsize *done, GError **error)
{
  if (armor->length > 0 && armor->line[armor->length - 1] == '\r')
    armor->length--;
  if (armor->place == TB_AGE_ARMOR_BEFORE) {
    if (!is_line (armor, first_line))
      return set_corrupt (error);
    armor->place = TB_AGE_ARMOR_BODY;
  } else if (is_line (armor, last_line)) {
    armor->place = TB_AGE_ARMOR_AFTER;
  } else if (!read_body (armor, out, done, error)) {
    return FALSE;
  }
  armor->length = 0;
  return TRUE;
}

gboolean
tb_age_armor_push (TbAgeArmor *armor, const guint8 *text, gsize length, guint8 *out, gsize *ret_length, GError **error)
{
  gsize done = 0;

  for (gsize i = 0; i < length; i++) {
    gboolean is_around = armor->place == TB_AGE_ARMOR_AFTER || (armor->place == TB_AGE_ARMOR_BEFORE && armor->length == 0);

    if (is_around && g_ascii_isspace (text[i]))
      continue;
    if (armor->place == TB_AGE_ARMOR_AFTER)
      return set_corrupt (error);
    if (text[i] == '\n') {
      if (!read_line (armor, out, &done, error))
        return FALSE;
      continue;
    }
    if (armor->length == sizeof armor->line)
      return set_corrupt (error);
    armor->line[armor->length++] = (char) text[i];
  }
  *ret_length = done;
  return TRUE;
}

gboolean
tb_age_armor_end (TbAgeArmor *armor, GError **error)
{
  /* The end of the last line may be missing. */
  if (armor->place == TB_AGE_ARMOR_AFTER
      || ((armor->place == TB_AGE_ARMOR_BODY || armor->place == TB_AGE_ARMOR_LAST) && is_line (armor, last_line)))
    return TRUE;
  return set_corrupt (error);
}
