/* What the tests of the media layer share: a folder, a recorder, its news, and reading back what was recorded. */
#pragma once

#include <glib.h>

#include "media/fragments.h"
#include "media/recorder.h"
#include "vault/media-file.h"

#define VISIT "01890000-0000-7000-8000-000000000001"
#define VIDEO "01890000-0000-7000-8000-0000000000a1"
#define AUDIO "01890000-0000-7000-8000-0000000000b1"

typedef struct {
  char *folder;
  TbMediaStore *store;
  TbEncoders *encoders;
  TbRecorder *recorder;
  gint64 zero_wall;
  GMutex lock;
  GCond changed;
  GPtrArray *news; /* TbNews; under the lock */
} Fixture;

/* CONFIG may be NULL. */
Fixture *fixture_new (const TbRecorderConfig *config);
/* With another store in place of the folder (taken). */
Fixture *fixture_new_with_store (const TbRecorderConfig *config, TbMediaStore *store);
void fixture_free (Fixture *fixture);

/* Starts a recording of pairs of (kind, uri), ended by 0: the first video has id VIDEO, the first audio AUDIO. */
void fixture_start (Fixture *fixture, ...);
void fixture_stop (Fixture *fixture);

/* Waits for the N-th (from 1) news of TYPE of TRACK (NULL = any); fails after TIMEOUT_S. New copy. */
TbNews *fixture_wait (Fixture *fixture, TbNewsType type, const char *track, guint n, gdouble timeout_s);
/* How many there were. */
guint fixture_count (Fixture *fixture, TbNewsType type, const char *track);
/* Waits until the track is in STATE. */
void fixture_wait_track (Fixture *fixture, const char *track, TbTrackState state, gdouble timeout_s);
void fixture_wait_recording (Fixture *fixture, TbRecordingState state, gdouble timeout_s);

TbFragments *fixture_fragments (Fixture *fixture, const char *name, TbMediaReader **reader);
char *fixture_path (Fixture *fixture, const char *name);

/* Decodes all frames of a film: array of { pts, mark in ms or -1 }. */
typedef struct {
  TbTime pts;
  gint64 mark_ms;
} Frame;
GArray *decode_frames (const char *path);

/* Decodes all sound of a film to mono float at 48000 Hz; *FIRST is the PTS of the first sample. */
GArray *decode_sound (const char *path, TbTime *first);
/* Sample indices at which a tick begins. */
GArray *find_ticks (GArray *sound);

void remove_folder (const char *path);
