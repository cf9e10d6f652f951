#include "web/access.h"

#include <string.h>

#include "base/error.h"
#include "base/time.h"
#include "base/uuid.h"
#include "store/layers.h"
#include "store/session.h"
#include "store/view-log.h"
#include "store/visit-people.h"
#include "vault/password.h"
#include "web/app.h"

/* One row for so long a time of looking at the same thing. */
#define VIEW_AGAIN_NS (10 * 60 * TB_SECOND)
/* How often a reply under way looks at the calendar. */
#define LOOK_EVERY_US (2 * G_USEC_PER_SEC)
/* Of the views remembered, so that they are not written twice; the oldest go when there are more. */
#define VIEWS_MAX 4096

struct _TbAccess {
  gint era;               /* atomic; grows with every change */
  gint64 active_us;       /* atomic pointer-sized: when somebody was last at work, monotonic */
  GMutex lock;
  GHashTable *views;      /* "session visit clip" → gint64 * wall time; lock */
};

TbAccess *
tb_access_new (void)
{
  TbAccess *access = g_new0 (TbAccess, 1);

  g_mutex_init (&access->lock);
  access->active_us = g_get_monotonic_time ();
  access->views = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return access;
}

void
tb_access_free (TbAccess *access)
{
  if (access == NULL)
    return;
  g_hash_table_unref (access->views);
  g_mutex_clear (&access->lock);
  g_free (access);
}

void
tb_access_changed (TbApp *app)
{
  g_atomic_int_inc (&app->access->era);
}

void
tb_access_touch (TbApp *app)
{
  __atomic_store_n (&app->access->active_us, g_get_monotonic_time (), __ATOMIC_RELAXED);
}

gint64
tb_access_idle_us (TbApp *app)
{
  return g_get_monotonic_time () - __atomic_load_n (&app->access->active_us, __ATOMIC_RELAXED);
}

/* --- the door --------------------------------------------------------------- */

const char *
tb_access_cookie_name (TbRequest *request)
{
  return tb_request_is_secure (request) ? "__Host-terugblik" : "terugblik";
}

const TbAccessRow *
tb_access_row (const char *method, const char *pattern)
{
  for (const TbAccessRow *row = tb_access_table; row->method != NULL; row++)
    if (strcmp (row->pattern, pattern) == 0 && strcmp (row->method, method) == 0)
      return row;
  return NULL;
}

/* Who asks; NULL without an error when nobody has signed in. */
static TbViewer *
find_viewer (TbApp *app, TbRequest *request, GError **error)
{
  g_autofree char *token = tb_request_cookie (request, tb_access_cookie_name (request));
  g_autoptr (GBytes) hash = token != NULL ? tb_token_hash (token) : NULL;
  g_autoptr (TbSession) session = NULL;
  g_autoptr (TbPerson) person = NULL;
  g_autoptr (GError) problem = NULL;
  gint era = g_atomic_int_get (&app->access->era);
  TbViewer *viewer;

  if (hash == NULL)
    return NULL;
  if (!tb_session_find (app->store, hash, tb_clock_wall (), &session, &person, &problem)) {
    if (!g_error_matches (problem, TB_ERROR, TB_ERROR_NOT_FOUND))
      g_propagate_error (error, g_steal_pointer (&problem));
    return NULL;
  }
  viewer = g_new0 (TbViewer, 1);
  viewer->person = g_steal_pointer (&person);
  viewer->session = g_strdup (session->id);
  viewer->era = era;
  return viewer;
}

/* What VIEWER is to VISIT now. */
static gboolean
relate (TbApp *app, TbViewer *viewer, const char *visit, GError **error)
{
  g_autofree char *coach = NULL;
  g_autofree char *teacher = NULL;
  const char *id = viewer->person->id;
  gboolean observes = FALSE;

  if (!tb_uuid_is_valid (visit)) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no visit under this address");
    return FALSE;
  }
  if (!tb_visit_people (app->store, visit, &coach, &teacher, error))
    return FALSE;
  if (g_strcmp0 (coach, id) == 0 && tb_viewer_has (viewer, TB_ROLE_COACH))
    viewer->relation |= TB_RELATION_COACH;
  if (g_strcmp0 (teacher, id) == 0)
    viewer->relation |= TB_RELATION_TEACHER;
  if (tb_viewer_has (viewer, TB_ROLE_PRIVACY))
    viewer->relation |= TB_RELATION_PRIVACY;
  if (viewer->relation & TB_RELATION_COACH)
    return TRUE;
  if (tb_viewer_has (viewer, TB_ROLE_COACH | TB_ROLE_TRAINEE)
      && !tb_layers_observes (app->store, visit, id, &observes, error))
    return FALSE;
  if (observes)
    viewer->relation |= TB_RELATION_OBSERVER;
  viewer->view = tb_release_view_of (app->store, visit, id, tb_clock_wall (), error);
  if (viewer->view == NULL)
    return FALSE;
  if (viewer->view->whole)
    viewer->relation |= TB_RELATION_WHOLE;
  else if (viewer->view->any)
    viewer->relation |= TB_RELATION_CLIP;
  return TRUE;
}

static TbReply *
refuse_role (void)
{
  return tb_reply_problem (403, "denied", "Your account may not do this");
}

static TbReply *
check_viewer (TbApp *app, TbRequest *request, const TbAccessRow *row, TbViewer *viewer)
{
  GError *error = NULL;

  if (strstr (row->pattern, "{visit}") == NULL)
    return (row->roles & viewer->person->roles) != 0 ? NULL : refuse_role ();
  if (!relate (app, viewer, tb_request_param (request, "visit"), &error))
    return tb_reply_error (error);
  if ((row->relations & viewer->relation) != 0)
    return NULL;
  /* To whom it is nothing, it does not exist; who knows of it is told that this is not for them. */
  return viewer->relation != 0 ? refuse_role ()
                               : tb_reply_problem (404, "not-found", "There is no visit under this address");
}

TbReply *
tb_access_check (TbApp *app, TbRequest *request, const TbAccessRow *row)
{
  GError *error = NULL;
  g_autoptr (TbViewer) viewer = NULL;
  TbReply *refusal;

  if (row == NULL)
    return refuse_role ();
  viewer = find_viewer (app, request, &error);
  if (error != NULL)
    return tb_reply_error (error);
  if (!(row->flags & TB_ACCESS_OPEN)) {
    if (viewer == NULL)
      return tb_reply_problem (401, "signed-out", "Sign in first");
    refusal = check_viewer (app, request, row, viewer);
    if (refusal != NULL)
      return refusal;
  }
  if (viewer != NULL && !(row->flags & TB_ACCESS_QUIET))
    tb_access_touch (app);
  tb_request_take_viewer (request, g_steal_pointer (&viewer));
  return NULL;
}

/* --- replies under way ------------------------------------------------------- */

/* Belongs to the thread of its connection. */
typedef struct {
  TbApp *app;
  const TbAccessRow *row;
  char *session;
  char *visit;    /* NULL: about none */
  char *seen;     /* what the person might see when it began */
  gint era;
  gint64 look_at; /* monotonic us: dates pass without anybody telling */
} Guard;

static void
guard_free (gpointer data)
{
  Guard *guard = data;

  g_free (guard->session);
  g_free (guard->visit);
  g_free (guard->seen);
  g_free (guard);
}

/* In words that are equal as long as nothing changed. */
static char *
describe (const TbViewer *viewer)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "%u", viewer->relation);
  for (guint i = 0; viewer->view != NULL && !viewer->view->whole && i < viewer->view->windows->len; i++) {
    const TbReleaseWindow *window = &g_array_index (viewer->view->windows, TbReleaseWindow, i);

    g_string_append_printf (text, " %" G_GINT64_FORMAT "-%" G_GINT64_FORMAT, window->from, window->to);
  }
  return g_string_free (text, FALSE);
}

static gboolean
still_holds (Guard *guard)
{
  g_autoptr (TbViewer) viewer = g_new0 (TbViewer, 1);
  g_autofree char *seen = NULL;

  viewer->session = g_strdup (guard->session);
  if (!tb_session_get (guard->app->store, guard->session, tb_clock_wall (), &viewer->person, NULL))
    return FALSE;
  if (guard->visit == NULL)
    return (viewer->person->roles & guard->row->roles) != 0;
  if (!relate (guard->app, viewer, guard->visit, NULL) || (viewer->relation & guard->row->relations) == 0)
    return FALSE;
  seen = describe (viewer);
  return g_str_equal (seen, guard->seen);
}

static gssize
pull_guarded (gpointer data, TbReplyInner *inner, guint64 offset, void *buffer, gsize size)
{
  Guard *guard = data;
  gint era = g_atomic_int_get (&guard->app->access->era);
  gint64 now = g_get_monotonic_time ();

  if (era != guard->era || now >= guard->look_at) {
    if (!still_holds (guard))
      return -1;
    guard->era = era;
    guard->look_at = now + LOOK_EVERY_US;
  }
  return tb_reply_pull_inner (inner, offset, buffer, size);
}

void
tb_access_guard (TbApp *app, TbRequest *request, const TbAccessRow *row, TbReply *reply)
{
  const TbViewer *viewer = tb_request_viewer (request);
  Guard *guard;

  if (row == NULL || (row->flags & TB_ACCESS_OPEN) || viewer == NULL)
    return;
  guard = g_new0 (Guard, 1);
  guard->app = app;
  guard->row = row;
  guard->session = g_strdup (viewer->session);
  guard->visit = strstr (row->pattern, "{visit}") != NULL ? g_strdup (tb_request_param (request, "visit")) : NULL;
  guard->seen = describe (viewer);
  guard->era = viewer->era;
  guard->look_at = g_get_monotonic_time () + LOOK_EVERY_US;
  if (!tb_reply_wrap (reply, pull_guarded, guard, guard_free))
    guard_free (guard);
}

/* --- who looked -------------------------------------------------------------- */

static gboolean
is_old (gpointer key, gpointer value, gpointer data)
{
  return *(gint64 *) data - *(gint64 *) value >= VIEW_AGAIN_NS;
}

gboolean
tb_access_log_view (TbApp *app, const TbViewer *viewer, const char *visit, const char *clip, GError **error)
{
  g_autofree char *key = g_strdup_printf ("%s %s %s", viewer->session, visit, clip != NULL ? clip : "");
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&app->access->lock);
  gint64 now = tb_clock_wall ();
  const gint64 *before = g_hash_table_lookup (app->access->views, key);

  if (before != NULL && now - *before < VIEW_AGAIN_NS)
    return TRUE;
  /* Under the lock: the second of two requests at once waits until the first has written. */
  if (!tb_view_log_add (app->store, now, viewer->person->id, viewer->person->name, visit, clip, "view", NULL, error))
    return FALSE;
  if (g_hash_table_size (app->access->views) >= VIEWS_MAX)
    g_hash_table_foreach_remove (app->access->views, is_old, &now);
  g_hash_table_insert (app->access->views, g_steal_pointer (&key), g_memdup2 (&now, sizeof now));
  return TRUE;
}
