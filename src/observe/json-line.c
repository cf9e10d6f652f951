#include "observe/json-line.h"

#include <string.h>

typedef struct {
  const char *at;
  const char *end;
} Cursor;

static void
skip_space (Cursor *cursor)
{
  while (cursor->at < cursor->end && g_ascii_isspace (*cursor->at))
    cursor->at++;
}

/* Over a string; CURSOR stands on its opening quote. */
static void
skip_string (Cursor *cursor)
{
  cursor->at++;
  while (cursor->at < cursor->end && *cursor->at != '"')
    cursor->at += *cursor->at == '\\' && cursor->at + 1 < cursor->end ? 2 : 1;
  if (cursor->at < cursor->end)
    cursor->at++;
}

static void
skip_value (Cursor *cursor)
{
  guint depth = 0;

  while (cursor->at < cursor->end) {
    char c = *cursor->at;

    if (c == '"') {
      skip_string (cursor);
      if (depth == 0)
        return;
      continue;
    }
    if (depth == 0 && (c == ',' || c == '}' || c == ']'))
      return;
    if (c == '{' || c == '[')
      depth++;
    if ((c == '}' || c == ']') && --depth == 0) {
      cursor->at++;
      return;
    }
    cursor->at++;
  }
}

/* Moves from before an array to before its INDEXth item. */
static gboolean
enter_item (Cursor *cursor, guint64 index)
{
  skip_space (cursor);
  if (cursor->at >= cursor->end || *cursor->at != '[')
    return FALSE;
  cursor->at++;
  for (guint64 i = 0;; i++) {
    skip_space (cursor);
    if (cursor->at >= cursor->end || *cursor->at == ']')
      return FALSE;
    if (i == index)
      return TRUE;
    skip_value (cursor);
    skip_space (cursor);
    if (cursor->at < cursor->end && *cursor->at == ',')
      cursor->at++;
  }
}

/* Moves from before an object to before the value of NAME. */
static gboolean
enter_field (Cursor *cursor, const char *name, gsize name_length)
{
  skip_space (cursor);
  if (cursor->at >= cursor->end || *cursor->at != '{')
    return FALSE;
  cursor->at++;
  for (;;) {
    const char *key;
    gboolean same;

    skip_space (cursor);
    if (cursor->at >= cursor->end || *cursor->at != '"')
      return FALSE;
    key = cursor->at + 1;
    skip_string (cursor);
    same = (gsize) (cursor->at - key) == name_length + 1 && strncmp (key, name, name_length) == 0;
    skip_space (cursor);
    if (cursor->at < cursor->end && *cursor->at == ':')
      cursor->at++;
    skip_space (cursor);
    if (same)
      return TRUE;
    skip_value (cursor);
    skip_space (cursor);
    if (cursor->at < cursor->end && *cursor->at == ',')
      cursor->at++;
  }
}

guint
tb_json_line (const char *text, gsize length, const char *path)
{
  Cursor cursor = { text, text + length };
  const char *found = text;
  guint line = 1;

  skip_space (&cursor);
  found = cursor.at;
  while (*path != '\0') {
    gboolean entered;

    if (*path == '[') {
      char *after = NULL;
      guint64 index = g_ascii_strtoull (path + 1, &after, 10);

      entered = enter_item (&cursor, index);
      path = *after == ']' ? after + 1 : after;
    } else {
      gsize name_length = strcspn (path, ".[");

      entered = enter_field (&cursor, path, name_length);
      path += name_length;
    }
    if (!entered)
      break;
    found = cursor.at;
    if (*path == '.')
      path++;
  }
  for (const char *c = text; c < found && c < text + length; c++)
    line += *c == '\n';
  return line;
}
