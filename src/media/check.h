/* What one file of a recording holds, after a crash or any time. Never changes the file. */
#pragma once

#include <glib.h>

#include "base/time.h"
#include "media/sources.h"
#include "vault/media-file.h"

typedef struct {
  TbMediaKind kind;    /* 0 when the file has no usable beginning */
  gboolean usable;     /* at least one whole fragment (frame of sound) */
  guint64 size;
  guint64 valid_size;  /* players must not be given more than this */
  guint64 torn_bytes;  /* size - valid_size */
  TbTime duration_ns;  /* of what is whole */
  guint fragments;     /* MP4 only */
  char *message;       /* NULL when the file is whole, else a sentence in English */
} TbFileCheck;

void tb_file_check_clear (TbFileCheck *check);

/* By the name's ending: .mp4 or .flac. Errors: TB_ERROR_NOT_FOUND, TB_ERROR_UNSUPPORTED (another ending),
 * TB_ERROR_FAILED (cannot be read). A damaged file is not an error but a finding. */
gboolean tb_media_check_file (TbMediaStore *store, const char *visit, const char *name, TbFileCheck *check,
                              GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TbFileCheck, tb_file_check_clear)
