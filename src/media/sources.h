/* Where picture and sound come from, as people write it:
 *
 *   v4l2:/dev/video0   a camera on this machine            (video)
 *   pulse:NAME         a microphone through PulseAudio     (audio)
 *   alsa:hw:1          a microphone through ALSA           (audio)
 *   pipewire:ID        a camera or microphone of PipeWire  (both)
 *   rtsp://…           a network camera, also rtsps://     (both)
 *   file:PATH          a film played as if live            (both)
 *   test:              moving picture with its running time as a mark, or a tick of sound each second (both)
 *   auto               the best present                    (both)
 *
 * "pulse:" alone is the default microphone. "test:" takes options: test:?width=640&height=360&fps=25 (these are
 * for the picture; 1280x720 at 25 if left out) and, for tests of what goes wrong, fail=S (the source ends in an
 * error after S seconds), stall=S (falls silent after S seconds), absent=1 (cannot be opened). Pure. */
#pragma once

#include <glib.h>

typedef enum {
  TB_MEDIA_VIDEO = 1,
  TB_MEDIA_AUDIO
} TbMediaKind;

/* "video", "audio"; static. */
const char *tb_media_kind_name (TbMediaKind kind);

/* Error: TB_ERROR_INVALID. */
gboolean tb_media_kind_parse (const char *text, TbMediaKind *kind, GError **error);

typedef enum {
  TB_SOURCE_V4L2 = 1,
  TB_SOURCE_PULSE,
  TB_SOURCE_ALSA,
  TB_SOURCE_PIPEWIRE,
  TB_SOURCE_RTSP,
  TB_SOURCE_FILE,
  TB_SOURCE_TEST,
  TB_SOURCE_AUTO
} TbSourceType;

typedef struct {
  TbSourceType type;
  char *uri;      /* as given */
  char *location; /* device, name, path or address; "" for test and auto */
  gint width;     /* test only */
  gint height;
  gint fps;
  gint fail_after;  /* test only, seconds; 0 never */
  gint stall_after; /* test only, seconds; 0 never */
  gboolean absent;  /* test only */
} TbSource;

/* New; NULL with TB_ERROR_INVALID and a sentence that says what is wrong. */
TbSource *tb_source_parse (const char *uri, GError **error);
void tb_source_free (TbSource *source);

/* Whether a source of this type can give KIND at all. */
gboolean tb_source_can_be (const TbSource *source, TbMediaKind kind);

/* Parses and checks the kind in one: TB_ERROR_INVALID when the URI is wrong or cannot be of KIND. */
gboolean tb_source_check (const char *uri, TbMediaKind kind, GError **error);

/* A name for people when none was given: "/dev/video0", "192.168.1.20", "test picture". No password
 * of an rtsp address is in it. New string. */
char *tb_source_display_name (const TbSource *source);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbSource, tb_source_free)
