#include "web/app.h"

#include <gio/gio.h>

#include "base/error.h"
#include "base/json.h"
#include "store/keyring.h"
#include "web/recover.h"
#include "web/routes.h"

#define INSTRUMENTS "/nl/terugblik/instruments"
#define QUESTIONS "/nl/terugblik/questions/coachvragen.json"

static GPtrArray *
load_bundled (GError **error)
{
  g_autoptr (GPtrArray) bundled = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_instrument_unref);
  g_auto (GStrv) names = g_resources_enumerate_children (INSTRUMENTS, G_RESOURCE_LOOKUP_FLAGS_NONE, error);

  for (guint i = 0; names != NULL && names[i] != NULL; i++) {
    g_autofree char *path = g_strdup_printf (INSTRUMENTS "/%s", names[i]);
    g_autoptr (GBytes) bytes = g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, error);
    TbInstrument *instrument = NULL;
    gsize length = 0;
    const char *text = bytes != NULL ? g_bytes_get_data (bytes, &length) : NULL;

    if (text != NULL)
      instrument = tb_instrument_parse (text, length, error);
    if (instrument == NULL) {
      g_prefix_error (error, "Reading the kijkwijzer %s: ", names[i]);
      return NULL;
    }
    /* The default one stands first in every list. */
    g_ptr_array_insert (bundled, tb_instrument_is_default (instrument) ? 0 : -1, instrument);
  }
  return names != NULL ? g_steal_pointer (&bundled) : NULL;
}

static TbQuestions *
load_questions (GError **error)
{
  g_autoptr (GBytes) bytes = g_resources_lookup_data (QUESTIONS, G_RESOURCE_LOOKUP_FLAGS_NONE, error);
  gsize length = 0;
  const char *text = bytes != NULL ? g_bytes_get_data (bytes, &length) : NULL;
  TbQuestions *questions = text != NULL ? tb_questions_parse (text, length, error) : NULL;

  if (questions == NULL)
    g_prefix_error (error, "Reading the coaching questions: ");
  return questions;
}

GPtrArray *
tb_app_catalogue (GError **error)
{
  return load_bundled (error);
}

TbCatalogue *
tb_app_catalogue_of (TbStore *store, GError **error)
{
  g_autoptr (GPtrArray) bundled = load_bundled (error);

  return bundled != NULL ? tb_catalogue_new (store, bundled) : NULL;
}

static void
on_operation (const char *visit, gint64 seq, const char *operation, gpointer data)
{
  TbApp *app = data;

  tb_hub_publish (app->hub, visit, "operation", NULL, seq, operation);
  tb_search_keeper_tell (app->search, visit);
}

static void
on_devices (gpointer data)
{
  TbApp *app = data;
  g_autoptr (json_object) devices = NULL;
  g_autofree char *text = NULL;

  /* The first listing may be done before the constructor has returned. */
  if (g_atomic_pointer_get (&app->devices) == NULL)
    return;
  devices = tb_devices_to_json (app);
  text = tb_json_to_text (devices);
  tb_hub_publish (app->hub, "coaches", "devices", "", 0, text);
}

static void
mend (TbApp *app)
{
  g_autoptr (GPtrArray) report = g_ptr_array_new_with_free_func (g_free);
  guint waiting;

  tb_studio_recover (app->studio, report);
  for (guint i = 0; i < report->len; i++)
    g_printerr ("Mended after a stop that was not planned: %s\n", (const char *) report->pdata[i]);
  waiting = tb_recover_count_waiting (app);
  if (waiting > 0)
    g_printerr ("Recordings that were broken off and wait for the vault to be opened: %u\n", waiting);
}

TbApp *
tb_app_new (const char *path, const TbNetworkOptions *network, GError **error)
{
  g_autoptr (TbApp) app = g_new0 (TbApp, 1);
  g_autofree char *exports = NULL;

  g_mutex_init (&app->talk_lock);
  app->folder = tb_folder_open_locked (path, error);
  if (app->folder == NULL)
    return NULL;
  app->store = tb_store_open (app->folder, error);
  if (app->store == NULL)
    return NULL;
  app->catalogue = tb_app_catalogue_of (app->store, error);
  if (app->catalogue == NULL)
    return NULL;
  app->questions = load_questions (error);
  if (app->questions == NULL)
    return NULL;
  app->hub = tb_hub_new ();
  app->network = tb_network_new (tb_folder_path (app->folder), network);
  tb_store_set_listener (app->store, on_operation, app);
  app->search = tb_search_keeper_new (app->store);
  app->access = tb_access_new ();
  app->challenges = tb_challenges_new ();
  app->voices = tb_voice_box_new ();
  app->imports = tb_import_jobs_new (TB_IMPORT_KEPT_US);
  app->vault = tb_keyring_open_vault (app->folder, app->store, error);
  if (app->vault == NULL)
    return NULL;
  app->media = tb_media_store_new_sealed (tb_folder_media (app->folder), app->vault);
  app->encoders = tb_encoders_new (g_getenv ("TERUGBLIK_ENCODER"));
  app->index = tb_media_index_new (app->store, app->media, app->vault);
  exports = g_build_filename (tb_folder_path (app->folder), "exports", NULL);
  app->exports = tb_exports_new (exports, app->vault, app->media, app->encoders);
  app->studio = tb_studio_new (app->folder, app->store, app->media, app->encoders, app->hub);
  app->guard = tb_vault_guard_new (app);
  tb_settings_apply (app);
  mend (app);
  app->control = tb_control_start (app, error);
  if (app->control == NULL)
    return NULL;
  return g_steal_pointer (&app);
}

static gsize
body_limit (const char *method, const char *path, TbBody *body, gpointer data)
{
  return tb_router_body_limit (method, path, body);
}

static TbReply *
handle (TbRequest *request, gpointer data)
{
  return tb_router_handle (data, request);
}

gboolean
tb_app_listen (TbApp *app, const char *listen, GError **error)
{
  /* Looking for devices takes a second: it is not waited for. */
  if (g_atomic_pointer_get (&app->devices) == NULL)
    g_atomic_pointer_set (&app->devices, tb_devices_new (on_devices, app));
  return tb_network_listen (app->network, listen, body_limit, handle, app, error);
}

void
tb_app_free (TbApp *app)
{
  if (app == NULL)
    return;
  tb_control_free (app->control);
  if (app->hub != NULL)
    tb_hub_close (app->hub);
  tb_network_free (app->network);
  tb_devices_free (app->devices);
  tb_vault_guard_free (app->guard);
  tb_studio_free (app->studio);
  g_clear_pointer (&app->exports, tb_exports_free);
  tb_media_index_free (app->index);
  g_clear_pointer (&app->encoders, tb_encoders_unref);
  tb_media_store_unref (app->media);
  g_clear_pointer (&app->vault, tb_vault_unref);
  tb_catalogue_free (app->catalogue);
  g_clear_pointer (&app->questions, tb_questions_unref);
  tb_voice_box_free (app->voices);
  tb_import_jobs_free (app->imports);
  tb_search_keeper_free (app->search);
  tb_store_close (app->store);
  tb_hub_free (app->hub);
  tb_access_free (app->access);
  tb_challenges_free (app->challenges);
  tb_folder_free (app->folder);
  g_mutex_clear (&app->talk_lock);
  g_free (app);
}
