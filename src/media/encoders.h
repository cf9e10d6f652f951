/* Which encoders work on this machine.
 *
 * An encoder that is installed does not always run (no driver, no rights, a broken device), so each candidate must
 * encode a few small pictures within a deadline before it is trusted. Tried once, at first need, best first:
 * hardware (VA-API, V4L2, NVENC), then x264, then openh264. The answer is kept in the object. Thread-safe; the
 * calls that may try encoders can take seconds. */
#pragma once

#include <glib.h>

typedef struct _TbEncoders TbEncoders; /* reference counted */

typedef enum {
  TB_ENCODER_H264 = 1,
  TB_ENCODER_AAC,
  TB_ENCODER_FLAC
} TbEncoderRole;

typedef struct {
  TbEncoderRole role;
  char *factory;      /* GStreamer's name: "x264enc" */
  gboolean hardware;
  gboolean installed;
  gboolean tried;
  gboolean works;     /* meaningful when tried */
  gboolean chosen;
  char *message;      /* why it does not work, or NULL */
} TbEncoderReport;

/* "h264", "aac", "flac"; static. */
const char *tb_encoder_role_name (TbEncoderRole role);

/* New reference. Initialises GStreamer if nobody did. FORCED_H264 (may be NULL) is used without a choice. */
TbEncoders *tb_encoders_new (const char *forced_h264);
TbEncoders *tb_encoders_ref (TbEncoders *encoders);
void tb_encoders_unref (TbEncoders *encoders);

/* The factory to use; borrowed, lives as long as ENCODERS. NULL with TB_ERROR_UNSUPPORTED naming what to install. */
const char *tb_encoders_choose (TbEncoders *encoders, TbEncoderRole role, GError **error);

/* Every candidate of every role, best first; with TRY_ALL each is tried, also those after the chosen one.
 * Array of TbEncoderReport with its free function set. New. */
GPtrArray *tb_encoders_report (TbEncoders *encoders, gboolean try_all);

void tb_encoder_report_free (TbEncoderReport *report);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbEncoders, tb_encoders_unref)
