#include "web/range.h"

#include <string.h>

static gboolean
read_number (const char *text, const char *end, guint64 *number)
{
  g_autofree char *copy = g_strndup (text, (gsize) (end - text));

  return g_ascii_string_to_unsigned (copy, 10, 0, G_MAXINT64, number, NULL);
}

TbRange
tb_range_parse (const char *header, guint64 size, guint64 *from, guint64 *to)
{
  const char *spec, *dash, *end;
  guint64 first = 0, last = 0;

  if (header == NULL || g_ascii_strncasecmp (header, "bytes=", 6) != 0)
    return TB_RANGE_NONE;
  spec = header + 6;
  dash = strchr (spec, '-');
  end = spec + strlen (spec);
  if (dash == NULL || strchr (spec, ',') != NULL)
    return TB_RANGE_NONE;
  if (dash == spec) {
    if (!read_number (dash + 1, end, &last))
      return TB_RANGE_NONE;
    if (last == 0 || size == 0)
      return TB_RANGE_UNSATISFIABLE;
    *from = last < size ? size - last : 0;
    *to = size - 1;
    return TB_RANGE_PART;
  }
  if (!read_number (spec, dash, &first))
    return TB_RANGE_NONE;
  if (dash + 1 == end)
    last = G_MAXINT64;
  else if (!read_number (dash + 1, end, &last) || last < first)
    return TB_RANGE_NONE;
  if (first >= size)
    return TB_RANGE_UNSATISFIABLE;
  *from = first;
  *to = MIN (last, size - 1);
  return TB_RANGE_PART;
}
