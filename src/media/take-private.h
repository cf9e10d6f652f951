/* Shared by take.c (life) and take-chain.c (the elements after the source). */
#pragma once

#include "media/take.h"

#include "media/segment-file.h"
#include "media/source-elements.h"

/* An output file and the end of the pipeline that feeds it. */
typedef struct {
  TbTake *take; /* borrowed: an output lives in its take */
  const char *ending;
  char *name;
  TbSegmentFile *file; /* NULL until the first sample */
  guint64 offset;      /* bytes so far; streaming thread */
  gboolean rewriting;  /* the muxer went back to change its header; streaming thread */
  gboolean used;       /* part of this take at all */
  gboolean eos;        /* under take->lock */
} TbTakeOutput;

struct _TbTake {
  gatomicrefcount refs;

  /* Set before the thread starts, then only read. */
  GMainContext *context;
  TbTakeFunc func;
  gpointer user_data;
  TbMediaStore *store;
  TbEncoders *encoders;
  TbLiveHub *hub;
  char *visit;
  char *track;
  TbMediaKind kind;
  TbSource *source;
  gint64 base_ns;
  TbTime shift_ns;
  TbTime film_zero;
  TbTime delay_ns; /* TB_TIME_NONE = not known */
  guint video_kbps;

  GstElement *pipeline;
  GstBus *bus;

  /* Streaming thread of the recording branch only. */
  GstSegment segment;
  gboolean segment_sent;
  TbTime first_running;
  TbTime last_key_running;
  TbTime next_key_running;
  TbTime last_picture_running;
  gboolean warned_keys;
  gboolean picture_synced; /* a key frame has gone to the picture's decoder */
  GSList *added;           /* elements of the chain being built, the newest first; borrowed */
  GstClockTime flac_end;   /* of the sound that has gone into the FLAC encoder */
  GstClockTime aac_skip;   /* of sound that the AAC branch leaves out at its start */

  GMutex lock;
  GCond changed;
  gint number;
  TbTime start_ns;
  gboolean started;
  gboolean running_told;
  GstElement *head; /* EOS goes in here; borrowed from the pipeline */
  TbTakeOutput mp4, flac;
  TbTakeStats stats;
  gboolean stop;
  gint64 stop_at_us; /* deadline */
  char *reason, *code;
  gboolean disk_full;
};

/* The elements after the source. A TbSourceReady; USER_DATA is the take. */
void tb_take_attach (GstPad *pad, TbSourceForm form, gpointer user_data);

/* First sample at START_NS: makes the files. FALSE posts an error on the bus. */
gboolean tb_take_start_files (TbTake *take, TbTime start_ns);

/* Queues EVENT for the recorder's context; its strings are taken. */
void tb_take_tell (TbTake *take, TbTakeEvent *event);

/* Posts an error as if an element had. */
void tb_take_fail (TbTake *take, const char *code, const char *message);

/* One end of the recording branch has seen EOS. */
void tb_take_output_eos (TbTakeOutput *output);
