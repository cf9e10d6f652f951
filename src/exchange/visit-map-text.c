/* Names and texts of one world put into the other's form. */
#include <string.h>

#include "base/json.h"
#include "exchange/visit-map-private.h"

static void
append_ascii (GString *slug, const char *text)
{
  g_autofree char *folded = g_str_to_ascii (text, "C");
  gboolean gap = FALSE;

  for (const char *at = folded; *at != '\0'; at++) {
    if (g_ascii_isalnum (*at)) {
      if (gap && slug->len > 0)
        g_string_append_c (slug, '-');
      g_string_append_c (slug, g_ascii_tolower (*at));
      gap = FALSE;
    } else if (*at != '\'') {
      gap = TRUE;
    }
  }
}

const char *
tb_map_slug (const char *text, const char *plain, gsize max, GHashTable *taken)
{
  g_autoptr (GString) slug = g_string_new (NULL);
  g_autofree char *base = NULL;
  char *name;

  append_ascii (slug, text);
  if (slug->len == 0)
    g_string_assign (slug, plain);
  g_string_truncate (slug, MIN (slug->len, max));
  while (slug->len > 0 && slug->str[slug->len - 1] == '-')
    g_string_truncate (slug, slug->len - 1);
  name = g_strdup (slug->str);
  for (guint n = 2; g_hash_table_contains (taken, name); n++) {
    g_autofree char *number = g_strdup_printf ("-%u", n);

    g_free (name);
    g_string_truncate (slug, MIN (slug->len, max - strlen (number)));
    base = (g_free (base), g_strdup (slug->str));
    while (*base != '\0' && base[strlen (base) - 1] == '-')
      base[strlen (base) - 1] = '\0';
    name = g_strconcat (base, number, NULL);
  }
  g_hash_table_add (taken, name);
  return name;
}

char *
tb_map_cut (const char *text, glong max, gboolean *cut)
{
  g_autofree char *part = NULL;

  if (g_utf8_strlen (text, -1) <= max)
    return g_strdup (text);
  if (cut != NULL)
    *cut = TRUE;
  part = g_utf8_substring (text, 0, max - 1);
  return g_strconcat (part, "…", NULL);
}

char *
tb_map_file_title (const char *name, const char *plain)
{
  g_autofree char *base = name != NULL && *name != '\0' ? g_path_get_basename (name) : g_strdup (plain);
  char *point = strrchr (base, '.');

  if (point != NULL && point > base && strlen (point) <= 9)
    *point = '\0';
  return g_steal_pointer (&base);
}

char *
tb_map_line (const char *text, const char *plain, glong max)
{
  g_autofree char *line = g_strdup (text);

  for (char *at = line; *at != '\0'; at++)
    if ((guchar) *at < ' ' || *at == 0x7f)
      *at = ' ';
  g_strstrip (line);
  return tb_map_cut (*line != '\0' ? line : plain, max, NULL);
}

gboolean
tb_map_is_valence (const char *name, const char *value, TbValence *valence)
{
  return g_str_equal (name, TB_MAP_VALENCE) && tb_valence_from_name (value, valence);
}

GHashTable *
tb_map_titles (const TbInstrument *instrument, const char *field, gboolean by_title)
{
  GHashTable *titles = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  const char *text = tb_instrument_text (instrument);
  g_autoptr (json_object) json = tb_json_parse (text, strlen (text), NULL);
  json_object *list = NULL;

  if (json == NULL || !json_object_object_get_ex (json, field, &list))
    return titles;
  for (gsize i = 0; i < json_object_array_length (list); i++) {
    json_object *item = json_object_array_get_idx (list, i), *words = NULL;
    const char *id = NULL, *nl = NULL;

    if (!tb_json_get_string (item, "id", 0, 64, &id, NULL, NULL) || id == NULL
        || !json_object_object_get_ex (item, "title", &words)
        || !tb_json_get_string (words, "nl", 0, 1000, &nl, NULL, NULL) || nl == NULL)
      continue;
    /* The first of two of one title. */
    if (!by_title)
      g_hash_table_insert (titles, g_strdup (id), g_strdup (nl));
    else if (!g_hash_table_contains (titles, nl))
      g_hash_table_insert (titles, g_strdup (nl), g_strdup (id));
  }
  return titles;
}

void
tb_map_add_words (json_object *object, const char *field, const char *nl, const char *en)
{
  json_object *words = json_object_new_object ();

  tb_json_add_string (words, "nl", nl);
  tb_json_add_string (words, "en", en);
  tb_json_add (object, field, words);
}

json_object *
tb_map_add_named (json_object *list, const char *id, const char *title)
{
  json_object *item = json_object_new_object ();
  g_autofree char *line = tb_map_line (title, id, TB_MAP_TITLE);

  tb_json_add_string (item, "id", id);
  tb_map_add_words (item, "title", line, line);
  json_object_array_add (list, item);
  return item;
}
