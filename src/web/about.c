/* /api/about, /api/clock, /api/settings, /api/disk */
#include "web/routes.h"

#include "base/error.h"
#include "base/json.h"
#include "base/time.h"
#include "store/settings.h"

static TbReply *
get_about (TbApp *app, TbRequest *request)
{
  json_object *about = json_object_new_object ();
  json_object *languages = json_object_new_array ();

  json_object_array_add (languages, json_object_new_string ("nl"));
  json_object_array_add (languages, json_object_new_string ("en"));
  tb_json_add_string (about, "name", "Terugblik");
  tb_json_add_string (about, "version", TB_VERSION);
  tb_json_add (about, "languages", languages);
  tb_json_add_bool (about, "test_sources", TRUE);
  return tb_reply_json (200, about);
}

static TbReply *
get_clock (TbApp *app, TbRequest *request)
{
  json_object *clock = json_object_new_object ();

  tb_json_add_wall (clock, "now", tb_clock_wall ());
  return tb_reply_json (200, clock);
}

static TbReply *
get_disk (TbApp *app, TbRequest *request)
{
  return tb_reply_json (200, tb_studio_disk (app->studio));
}

/* --- settings: a table, so that reading, checking and answering are one thing -- */

typedef enum { SETTING_TEXT = 1, SETTING_CHOICE, SETTING_BOOL, SETTING_INT } SettingType;

typedef struct {
  const char *name;
  SettingType type;
  const char *initial;
  gint64 min, max; /* of a number; MAX of a text's length */
} Setting;

static const Setting settings[] = {
  { "language", SETTING_CHOICE, "nl", 0, 0 },
  { "observer", SETTING_TEXT, "", 0, 100 },
  { "school", SETTING_TEXT, "", 0, 200 },
  { "keys_enabled", SETTING_BOOL, "true", 0, 0 },
  { "vibrate", SETTING_BOOL, "true", 0, 0 },
  { "disk_warn_minutes", SETTING_INT, "30", 1, 10000 },
  { "disk_stop_mb", SETTING_INT, "200", 20, 1000000 },
  { "vault_idle_minutes", SETTING_INT, "30", 0, 24 * 60 },
};

static json_object *
settings_to_json (GHashTable *values)
{
  json_object *object = json_object_new_object ();

  for (gsize i = 0; i < G_N_ELEMENTS (settings); i++) {
    const Setting *setting = &settings[i];
    const char *value = g_hash_table_lookup (values, setting->name);

    if (value == NULL)
      value = setting->initial;
    if (setting->type == SETTING_BOOL)
      tb_json_add_bool (object, setting->name, g_str_equal (value, "true"));
    else if (setting->type == SETTING_INT)
      tb_json_add_int (object, setting->name, g_ascii_strtoll (value, NULL, 10));
    else
      tb_json_add_string (object, setting->name, value);
  }
  return object;
}

static gboolean
read_setting (json_object *body, const Setting *setting, GHashTable *values, GError **error)
{
  const char *text = NULL;
  gboolean found = FALSE, flag = FALSE;
  gint64 number = 0;
  char *value = NULL;

  switch (setting->type) {
  case SETTING_TEXT:
  case SETTING_CHOICE:
    if (!tb_json_get_string (body, setting->name, 0, setting->type == SETTING_TEXT ? (gsize) setting->max : 2, &text,
                             &found, error))
      return FALSE;
    if (found && setting->type == SETTING_CHOICE && !g_str_equal (text, "nl") && !g_str_equal (text, "en")) {
      g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "“%s” must be nl or en", setting->name);
      return FALSE;
    }
    value = g_strdup (text);
    break;
  case SETTING_BOOL:
    if (!tb_json_get_bool (body, setting->name, 0, &flag, &found, error))
      return FALSE;
    value = g_strdup (flag ? "true" : "false");
    break;
  case SETTING_INT:
    if (!tb_json_get_int (body, setting->name, 0, setting->min, setting->max, &number, &found, error))
      return FALSE;
    value = g_strdup_printf ("%" G_GINT64_FORMAT, number);
    break;
  }
  if (found)
    g_hash_table_insert (values, g_strdup (setting->name), value);
  else
    g_free (value);
  return TRUE;
}

void
tb_settings_apply (TbApp *app)
{
  g_autoptr (GHashTable) values = tb_settings_all (app->store, NULL);
  g_autoptr (json_object) object = values != NULL ? settings_to_json (values) : NULL;
  gint64 warn = 0, stop = 0, idle = 0;

  if (object == NULL || !tb_json_get_int (object, "disk_warn_minutes", 0, 0, G_MAXINT32, &warn, NULL, NULL)
      || !tb_json_get_int (object, "disk_stop_mb", 0, 0, G_MAXINT32, &stop, NULL, NULL)
      || !tb_json_get_int (object, "vault_idle_minutes", 0, 0, G_MAXINT32, &idle, NULL, NULL))
    return;
  tb_studio_configure (app->studio, warn, stop);
  tb_vault_guard_set_idle (app->guard, (guint) idle);
}

static TbReply *
get_settings (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autoptr (GHashTable) values = tb_settings_all (app->store, &error);

  if (values == NULL)
    return tb_reply_error (error);
  return tb_reply_json (200, settings_to_json (values));
}

static TbReply *
patch_settings (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autoptr (json_object) body = tb_request_json (request, &error);
  g_autoptr (GHashTable) values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  const char *known[G_N_ELEMENTS (settings) + 1] = { NULL };

  for (gsize i = 0; i < G_N_ELEMENTS (settings); i++)
    known[i] = settings[i].name;
  if (body == NULL || !tb_json_check_fields (body, known, &error))
    return tb_reply_error (error);
  for (gsize i = 0; i < G_N_ELEMENTS (settings); i++)
    if (!read_setting (body, &settings[i], values, &error))
      return tb_reply_error (error);
  if (!tb_settings_set (app->store, values, &error))
    return tb_reply_error (error);
  tb_settings_apply (app);
  return get_settings (app, request);
}

const TbRoute tb_routes_about[] = {
  { "GET", "/api/about", get_about, 0 },
  { "GET", "/api/clock", get_clock, 0 },
  { "GET", "/api/disk", get_disk, 0 },
  { "GET", "/api/settings", get_settings, 0 },
  { "PATCH", "/api/settings", patch_settings, 16 * 1024 },
  { NULL },
};
