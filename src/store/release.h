/* Releases: a visit or one clip of it made visible to a named person until a
 * date. First to the teacher; to anybody else only with the teacher's yes.
 *
 * A clip is released as it is: when the coach moves or trims it, what the
 * teacher may see moves with it, and while it is removed nothing of it may be
 * seen. Others see of it no more than it was when the teacher said yes.
 *
 * Each change and its row in the view log are one transaction: neither is ever
 * there without the other. */
#pragma once

#include <glib.h>
#include <json-c/json.h>

#include "base/time.h"
#include "store/store.h"

#define TB_RELEASE_LONGEST (400 * 24 * 3600 * G_GINT64_CONSTANT (1000000000)) /* from now to its end (ns) */

typedef enum {
  TB_RELEASE_ASKED = 1, /* waits for the teacher's yes */
  TB_RELEASE_REFUSED,
  TB_RELEASE_LIVE,
  TB_RELEASE_ENDED,     /* its date has passed */
  TB_RELEASE_WITHDRAWN
} TbReleaseState;

/* Strings are owned; wall times 0 when not set. */
typedef struct {
  char *id, *visit;
  char *visit_title;
  char *clip;       /* NULL: the whole visit */
  char *clip_title; /* with a clip */
  TbTime from, to;  /* with a clip: its place now */
  char *person, *person_name;
  char *by, *by_name;
  char *purpose;
  gboolean to_teacher, download;
  gboolean taps;    /* with what the coach observed; else the bare film */
  gint64 created_at, until, agreed_at, refused_at, withdrawn_at;
  char *withdrawn_by, *withdrawn_by_name; /* NULL when not withdrawn */
} TbRelease;

void tb_release_free (TbRelease *release);
TbReleaseState tb_release_state (const TbRelease *release, gint64 now_wall);
/* "asked", "refused", "live", "ended", "withdrawn". Borrowed, static. */
const char *tb_release_state_name (TbReleaseState state);
/* RELEASE of the API. New. */
json_object *tb_release_to_json (const TbRelease *release, gint64 now_wall);

/* CLIP NULL: the whole visit. BY is the coach. TAPS FALSE: the film without the coach's observations, and
 * so it is to others for as long as the teacher has the bare film there only. TB_ERROR_INVALID: purpose; a date not after now or over 400 days ahead; to somebody whose roles see no footage, or to
 * BY. TB_ERROR_NOT_FOUND: visit, clip or person; a removed clip; a disabled person. TB_ERROR_CONFLICT: not to the
 * teacher while the teacher has no live release that covers it; the same is live or asked already. New. */
TbRelease *tb_release_create (TbStore *store, const char *visit, const char *clip, const char *person,
                              const char *purpose, const char *by, gint64 until_wall, gboolean download,
                              gboolean taps, gint64 now_wall, GError **error);
/* Gives, by the coach, the observations too. One that has them already comes back as it is. TB_ERROR_CONFLICT when it
 * is neither live nor asked, or to somebody else than the teacher, who does not see them there. New. */
TbRelease *tb_release_give_taps (TbStore *store, const char *id, const char *by, gint64 now_wall, GError **error);
/* The answer of BY, the teacher. TB_ERROR_CONFLICT when it is not asked (any more). New. */
TbRelease *tb_release_answer (TbStore *store, const char *id, const char *by, gboolean agree, gint64 now_wall,
                              GError **error);
/* Withdraws it, and with the teacher's one every other that rested on it. WITHDRAWN (may be NULL): all that were, the
 * one asked for first, array of TbRelease, new. TB_ERROR_CONFLICT when it is neither live nor asked. */
gboolean tb_release_withdraw (TbStore *store, const char *id, const char *by, gint64 now_wall, GPtrArray **withdrawn,
                              GError **error);
/* TB_ERROR_NOT_FOUND. New. */
TbRelease *tb_release_get (TbStore *store, const char *id, GError **error);

/* Newest first; arrays of TbRelease, new. */
GPtrArray *tb_release_list_of_visit (TbStore *store, const char *visit, GError **error);
/* Without those whose clip is removed now. */
GPtrArray *tb_release_list_live_to (TbStore *store, const char *person, gint64 now_wall, GError **error);
/* With how many people something of each visit of COACH is shared now: visit → GUINT_TO_POINTER (count), none left out
 * but those with 0. New. */
GHashTable *tb_release_count_receivers (TbStore *store, const char *coach, gint64 now_wall, GError **error);
/* Those that wait for the yes of this teacher. */
GPtrArray *tb_release_list_asked_of (TbStore *store, const char *teacher, gint64 now_wall, GError **error);

/* What PERSON may see of VISIT now by live releases (a clip that was removed gives nothing). */
typedef struct {
  TbTime from, to;
  char *clip;    /* id */
  char *release; /* id */
  gboolean download;
  gboolean taps;
} TbReleaseWindow;
typedef struct {
  gboolean any;
  gboolean whole;          /* all of the visit */
  gboolean whole_download;
  gboolean whole_taps;     /* with WHOLE: one of them is with the observations */
  char *whole_release;     /* id, with WHOLE */
  GArray *windows;         /* TbReleaseWindow, by FROM; the clips released, not NULL */
} TbReleaseView;
void tb_release_view_free (TbReleaseView *view);
/* Cheap: asked for every request. New. */
TbReleaseView *tb_release_view_of (TbStore *store, const char *visit, const char *person, gint64 now_wall,
                                   GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbRelease, tb_release_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbReleaseView, tb_release_view_free)
