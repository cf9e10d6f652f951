/* Source addresses: text to TbSource. */

#include "media/sources.h"

#include <string.h>

#include <gio/gio.h>

#include "base/error.h"

#define URI_MAX 2000

const char *
tb_media_kind_name (TbMediaKind kind)
{
  return kind == TB_MEDIA_VIDEO ? "video" : "audio";
}

gboolean
tb_media_kind_parse (const char *text, TbMediaKind *kind, GError **error)
{
  if (g_strcmp0 (text, "video") == 0) {
    *kind = TB_MEDIA_VIDEO;
    return TRUE;
  }
  if (g_strcmp0 (text, "audio") == 0) {
    *kind = TB_MEDIA_AUDIO;
    return TRUE;
  }
  g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "A source is \"video\" or \"audio\", not \"%s\"", text ? text : "");
  return FALSE;
}

void
tb_source_free (TbSource *source)
{
  if (source == NULL)
    return;
  g_free (source->uri);
  g_free (source->location);
  g_free (source);
}

typedef struct {
  const char *name;
  gint min, max;
  gsize offset;
} TestOption;

static const TestOption test_options[] = {
  { "width", 160, 3840, G_STRUCT_OFFSET (TbSource, width) },
  { "height", 90, 2160, G_STRUCT_OFFSET (TbSource, height) },
  { "fps", 1, 120, G_STRUCT_OFFSET (TbSource, fps) },
  { "fail", 0, 86400, G_STRUCT_OFFSET (TbSource, fail_after) },
  { "stall", 0, 86400, G_STRUCT_OFFSET (TbSource, stall_after) },
  { "absent", 0, 1, G_STRUCT_OFFSET (TbSource, absent) },
};

static gboolean
parse_test_option (TbSource *source, const char *text, GError **error)
{
  const char *equals = strchr (text, '=');
  gint64 value;

  for (gsize i = 0; equals != NULL && i < G_N_ELEMENTS (test_options); i++) {
    const TestOption *option = &test_options[i];

    if (strlen (option->name) != (gsize) (equals - text) || strncmp (option->name, text, equals - text) != 0)
      continue;
    if (!g_ascii_string_to_signed (equals + 1, 10, option->min, option->max, &value, NULL)) {
      g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "test: %s must be a whole number from %d to %d", option->name,
                   option->min, option->max);
      return FALSE;
    }
    G_STRUCT_MEMBER (gint, source, option->offset) = (gint) value;
    return TRUE;
  }
  g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "test: has no option \"%s\" (width, height, fps)", text);
  return FALSE;
}

static gboolean
parse_test (TbSource *source, const char *rest, GError **error)
{
  g_auto (GStrv) options = NULL;

  source->width = 1280;
  source->height = 720;
  source->fps = 25;
  if (*rest == '\0')
    return TRUE;
  if (*rest != '?') {
    g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "Write test: or test:?width=640&height=360&fps=25, not \"%s\"",
                 source->uri);
    return FALSE;
  }
  options = g_strsplit (rest + 1, "&", -1);
  for (gsize i = 0; options[i] != NULL; i++)
    if (!parse_test_option (source, options[i], error))
      return FALSE;
  /* The picture's formats halve both directions. */
  source->width &= ~1;
  source->height &= ~1;
  return TRUE;
}

static gboolean
invalid (GError **error, const char *uri, const char *what)
{
  g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "The source \"%s\" cannot be used: %s", uri, what);
  return FALSE;
}

static gboolean
has_control_characters (const char *text)
{
  for (const guchar *p = (const guchar *) text; *p != '\0'; p++)
    if (*p < 0x20 || *p == 0x7f)
      return TRUE;
  return FALSE;
}

static gboolean
parse_rtsp (TbSource *source, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GUri) uri = g_uri_parse (source->uri, G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_PARSE_RELAXED, &local);

  if (uri == NULL)
    return invalid (error, source->uri, local->message);
  if (g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0')
    return invalid (error, source->uri, "the camera's address is missing after rtsp://");
  source->type = TB_SOURCE_RTSP;
  source->location = g_strdup (source->uri);
  return TRUE;
}

typedef struct {
  const char *prefix;
  TbSourceType type;
  const char *when_empty; /* what is wrong with an empty rest; NULL = nothing */
} Scheme;

static const Scheme schemes[] = {
  { "v4l2:", TB_SOURCE_V4L2, "write the device, as in v4l2:/dev/video0" },
  { "pulse:", TB_SOURCE_PULSE, NULL },
  { "alsa:", TB_SOURCE_ALSA, "write the device, as in alsa:hw:1" },
  { "pipewire:", TB_SOURCE_PIPEWIRE, NULL },
  { "file:", TB_SOURCE_FILE, "write the path of a film, as in file:/home/me/film.mp4" },
  { "test:", TB_SOURCE_TEST, NULL },
};

static gboolean
parse_into (TbSource *source, GError **error)
{
  if (has_control_characters (source->uri) || !g_utf8_validate (source->uri, -1, NULL))
    return invalid (error, "…", "it has characters that do not belong in an address");
  if (g_str_has_prefix (source->uri, "rtsp://") || g_str_has_prefix (source->uri, "rtsps://"))
    return parse_rtsp (source, error);
  if (g_str_equal (source->uri, "auto") || g_str_equal (source->uri, "auto:")) {
    source->type = TB_SOURCE_AUTO;
    source->location = g_strdup ("");
    return TRUE;
  }
  for (gsize i = 0; i < G_N_ELEMENTS (schemes); i++) {
    const char *rest;

    if (!g_str_has_prefix (source->uri, schemes[i].prefix))
      continue;
    rest = source->uri + strlen (schemes[i].prefix);
    source->type = schemes[i].type;
    if (*rest == '\0' && schemes[i].when_empty != NULL)
      return invalid (error, source->uri, schemes[i].when_empty);
    if (source->type == TB_SOURCE_TEST) {
      source->location = g_strdup ("");
      return parse_test (source, rest, error);
    }
    if (source->type == TB_SOURCE_V4L2 && *rest != '/')
      return invalid (error, source->uri, "the device must be a whole path, as in v4l2:/dev/video0");
    if (source->type == TB_SOURCE_FILE && g_str_has_prefix (rest, "///"))
      rest += 2; /* file:///path is the same file */
    source->location = g_strdup (rest);
    return TRUE;
  }
  return invalid (error, source->uri,
                  "it must begin with v4l2:, pulse:, alsa:, pipewire:, rtsp://, file: or test:, or be auto");
}

TbSource *
tb_source_parse (const char *uri, GError **error)
{
  g_autoptr (TbSource) source = g_new0 (TbSource, 1);

  if (uri == NULL || *uri == '\0' || strlen (uri) > URI_MAX) {
    invalid (error, "", uri != NULL && *uri != '\0' ? "it is too long" : "it is empty");
    return NULL;
  }
  source->uri = g_strdup (uri);
  if (!parse_into (source, error))
    return NULL;
  return g_steal_pointer (&source);
}

gboolean
tb_source_can_be (const TbSource *source, TbMediaKind kind)
{
  switch (source->type) {
  case TB_SOURCE_V4L2:
    return kind == TB_MEDIA_VIDEO;
  case TB_SOURCE_PULSE:
  case TB_SOURCE_ALSA:
    return kind == TB_MEDIA_AUDIO;
  case TB_SOURCE_PIPEWIRE:
  case TB_SOURCE_RTSP:
  case TB_SOURCE_FILE:
  case TB_SOURCE_TEST:
  case TB_SOURCE_AUTO:
    return TRUE;
  }
  return FALSE;
}

gboolean
tb_source_check (const char *uri, TbMediaKind kind, GError **error)
{
  g_autoptr (TbSource) source = tb_source_parse (uri, error);

  if (source == NULL)
    return FALSE;
  if (!tb_source_can_be (source, kind))
    return invalid (error, uri, kind == TB_MEDIA_VIDEO ? "it is a microphone and gives no picture"
                                                       : "it is a camera and gives no sound");
  return TRUE;
}

char *
tb_source_display_name (const TbSource *source)
{
  if (source->type == TB_SOURCE_TEST)
    return g_strdup ("test");
  if (source->type == TB_SOURCE_AUTO)
    return g_strdup ("auto");
  if (source->type == TB_SOURCE_FILE)
    return g_path_get_basename (source->location);
  if (source->type == TB_SOURCE_RTSP) {
    g_autoptr (GUri) uri = g_uri_parse (source->uri, G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_PARSE_RELAXED, NULL);

    return g_strdup (uri != NULL ? g_uri_get_host (uri) : "rtsp");
  }
  return g_strdup (*source->location != '\0' ? source->location : source->uri);
}
