/* What works here and what to install. */
#include "cli/command.h"

#include <glib/gi18n.h>

#include "base/error.h"
#include "base/json.h"
#include "base/time.h"
#include "media/devices.h"
#include "media/encoders.h"
#include "web/certificate.h"
#include "web/status.h"

/* As in web/status.c: what one camera and one microphone write. */
#define USUAL_BYTES_PER_SECOND 420000

static json_object *
report_devices (gboolean json, guint *cameras, guint *mics)
{
  g_autoptr (TbDevices) devices = tb_devices_new (NULL, NULL);
  g_autoptr (GPtrArray) list = NULL;
  json_object *array = json_object_new_array ();

  tb_devices_wait (devices, 5000);
  list = tb_devices_list (devices);
  for (guint i = 0; i < list->len; i++) {
    const TbDevice *device = list->pdata[i];

    json_object_array_add (array, tb_device_to_json (device));
    if (device->builtin)
      continue;
    *cameras += device->kind == TB_MEDIA_VIDEO;
    *mics += device->kind == TB_MEDIA_AUDIO;
    if (!json)
      g_print ("  %s  %s  (%s)\n", device->kind == TB_MEDIA_VIDEO ? _ ("camera") : _ ("microphone"), device->name,
               device->uri);
  }
  return array;
}

/* TRUE in *COMPLETE when each role has an encoder that works. */
static json_object *
report_encoders (gboolean json, gboolean *complete)
{
  g_autoptr (TbEncoders) encoders = tb_encoders_new (NULL);
  g_autoptr (GPtrArray) report = tb_encoders_report (encoders, TRUE);
  json_object *array = json_object_new_array ();
  gboolean found[8] = { FALSE };

  for (guint i = 0; i < report->len; i++) {
    const TbEncoderReport *row = report->pdata[i];
    json_object *item = json_object_new_object ();

    tb_json_add_string (item, "role", tb_encoder_role_name (row->role));
    tb_json_add_string (item, "name", row->factory);
    tb_json_add_bool (item, "hardware", row->hardware);
    tb_json_add_bool (item, "installed", row->installed);
    tb_json_add_bool (item, "works", row->works);
    tb_json_add_bool (item, "chosen", row->chosen);
    tb_json_add_string (item, "message", row->message);
    json_object_array_add (array, item);
    found[row->role] |= row->works;
    if (!json)
      g_print ("  %-5s %-14s %s%s%s\n", tb_encoder_role_name (row->role), row->factory,
               row->chosen      ? _ ("works, is used")
               : row->works     ? _ ("works")
               : row->installed ? _ ("does not work here")
                                : _ ("not installed"),
               row->hardware ? _ (" (hardware)") : "", row->chosen ? " *" : "");
  }
  *complete = found[TB_ENCODER_H264] && found[TB_ENCODER_AAC] && found[TB_ENCODER_FLAC];
  return array;
}

/* A clock that is not kept right makes the times of day wrong, never the places on the timeline. */
static gboolean
clock_is_synchronised (void)
{
  return g_file_test ("/run/systemd/timesync/synchronized", G_FILE_TEST_EXISTS)
         || g_file_test ("/var/lib/chrony/drift", G_FILE_TEST_EXISTS) || g_file_test ("/var/lib/ntpsec/ntp.drift", G_FILE_TEST_EXISTS);
}

static json_object *
report_disk (const TbCommonOptions *common, gboolean json, gboolean *good)
{
  g_autofree char *path = tb_folder_default (common->data);
  g_autoptr (GError) error = NULL;
  g_autoptr (TbFolder) folder = tb_folder_open (path, &error);
  json_object *object = json_object_new_object ();
  guint64 free_bytes = 0;

  *good = folder != NULL && tb_folder_free_bytes (path, &free_bytes, NULL, &error);
  tb_json_add_string (object, "folder", path);
  tb_json_add_int (object, "free_bytes", (gint64) free_bytes);
  tb_json_add_int (object, "seconds_left", (gint64) (free_bytes / USUAL_BYTES_PER_SECOND));
  tb_json_add_string (object, "message", error != NULL ? error->message : NULL);
  if (!json && *good)
    g_print (_ ("  %s: room for about %u hours\n"), path, (guint) (free_bytes / USUAL_BYTES_PER_SECOND / 3600));
  else if (!json)
    g_print ("  %s\n", error->message);
  return object;
}

static json_object *
list_to_json (const GPtrArray *list)
{
  json_object *array = json_object_new_array ();

  for (guint i = 0; i < list->len; i++)
    json_object_array_add (array, json_object_new_string (list->pdata[i]));
  return array;
}

/* Where tablets would find this machine, and until when the certificate that was made for them holds. */
static json_object *
report_network (const TbCommonOptions *common, gboolean json)
{
  g_autofree char *path = tb_folder_default (common->data);
  g_autoptr (TbNames) names = tb_names_new (NULL, NULL);
  gint64 until = tb_certificate_peek (path);
  g_autoptr (GDateTime) day = g_date_time_new_from_unix_local (until / TB_SECOND);
  g_autofree char *day_text = g_date_time_format (day, "%Y-%m-%d");
  json_object *object = json_object_new_object ();

  tb_json_add (object, "names", list_to_json (names->names));
  tb_json_add (object, "addresses", list_to_json (names->addresses));
  tb_json_add_wall (object, "certificate_until", until);
  if (json)
    return object;
  for (guint i = 0; i < names->addresses->len; i++)
    g_print ("  %s\n", (const char *) names->addresses->pdata[i]);
  if (names->addresses->len == 0)
    g_print ("  %s\n", _ ("no network: tablets cannot reach this computer"));
  else if (until == 0)
    g_print ("  %s\n", _ ("tablets can come in with “terugblik serve --school”; a certificate is made then"));
  else
    g_print (_ ("  the certificate for tablets holds until %s and is renewed by itself\n"), day_text);
  return object;
}

int
tb_command_doctor (int argc, char **argv)
{
  g_auto (TbCommonOptions) common = { 0 };
  g_autoptr (json_object) object = json_object_new_object ();
  guint cameras = 0, mics = 0;
  gboolean encoders = FALSE, disk = FALSE, ready, clock;

  if (!tb_command_parse ("doctor", NULL, &common, &argc, &argv))
    return 2;
  if (argc > 1)
    return tb_command_usage ("doctor", _ ("“%s” is one word too many"), argv[1]);
  if (!common.json)
    g_print ("%s\n", _ ("Cameras and microphones"));
  tb_json_add (object, "devices", report_devices (common.json, &cameras, &mics));
  if (!common.json) {
    if (cameras == 0)
      g_print ("  %s\n", _ ("no camera: connect one, or use a network camera (rtsp://…) or the test picture (test:)"));
    if (mics == 0)
      g_print ("  %s\n", _ ("no microphone: connect one, or record without sound"));
    g_print ("\n%s\n", _ ("Encoders"));
  }
  tb_json_add (object, "encoders", report_encoders (common.json, &encoders));
  if (!common.json && !encoders)
    g_print ("  %s\n", _ ("install gstreamer1.0-plugins-ugly (x264) and gstreamer1.0-libav (AAC)"));
  if (!common.json)
    g_print ("\n%s\n", _ ("Disk"));
  tb_json_add (object, "disk", report_disk (&common, common.json, &disk));
  if (!common.json)
    g_print ("\n%s\n", _ ("Network"));
  tb_json_add (object, "network", report_network (&common, common.json));
  clock = clock_is_synchronised ();
  tb_json_add_bool (object, "clock_synchronised", clock);
  ready = encoders && disk;
  tb_json_add_bool (object, "ready", ready);
  if (common.json) {
    tb_command_print_json (g_steal_pointer (&object));
  } else {
    g_print ("\n%s\n  %s\n", _ ("Clock"),
             clock ? _ ("kept right by the system")
                   : _ ("not seen to be kept right by the system; times of day may be wrong, places in a lesson are not"));
    g_print ("\n%s\n", ready ? _ ("Ready to record.") : _ ("Not ready to record yet; see above."));
  }
  return ready ? 0 : 1;
}
