#include "web/voice-box.h"

#include <string.h>

#include "base/error.h"
#include "base/uuid.h"

#define ALL_MAX ((gsize) 64 * 1024 * 1024) /* bytes of all that wait */

typedef struct {
  char *name, *visit, *person;
  GBytes *bytes;
  gint64 put_us; /* monotonic */
} Note;

struct _TbVoiceBox {
  GThread *broom;
  GMutex lock;      /* guards all below */
  GCond changed;
  gboolean ending;
  GPtrArray *notes; /* Note, oldest first */
};

static void
note_free (gpointer data)
{
  Note *note = data;

  g_free (note->name);
  g_free (note->visit);
  g_free (note->person);
  g_bytes_unref (note->bytes);
  g_free (note);
}

/* Under the lock: takes away what has waited too long. */
static void
sweep (TbVoiceBox *box, gint64 now_us)
{
  for (guint i = box->notes->len; i > 0; i--)
    if (now_us - ((const Note *) box->notes->pdata[i - 1])->put_us >= TB_VOICE_KEPT_US)
      g_ptr_array_remove_index (box->notes, i - 1);
}

/* Sweeps whenever the oldest has waited long enough, until the end. */
static gpointer
keep_clean (gpointer data)
{
  TbVoiceBox *box = data;

  g_mutex_lock (&box->lock);
  while (!box->ending) {
    const Note *oldest = box->notes->len > 0 ? box->notes->pdata[0] : NULL;

    if (oldest == NULL)
      g_cond_wait (&box->changed, &box->lock);
    else if (!g_cond_wait_until (&box->changed, &box->lock, oldest->put_us + TB_VOICE_KEPT_US))
      sweep (box, g_get_monotonic_time ());
  }
  g_mutex_unlock (&box->lock);
  return NULL;
}

TbVoiceBox *
tb_voice_box_new (void)
{
  TbVoiceBox *box = g_new0 (TbVoiceBox, 1);

  g_mutex_init (&box->lock);
  g_cond_init (&box->changed);
  box->notes = g_ptr_array_new_with_free_func (note_free);
  box->broom = g_thread_new ("tb-voices", keep_clean, box);
  return box;
}

void
tb_voice_box_free (TbVoiceBox *box)
{
  if (box == NULL)
    return;
  g_mutex_lock (&box->lock);
  box->ending = TRUE;
  g_cond_signal (&box->changed);
  g_mutex_unlock (&box->lock);
  g_thread_join (box->broom);
  g_ptr_array_unref (box->notes);
  g_cond_clear (&box->changed);
  g_mutex_clear (&box->lock);
  g_free (box);
}

const char *
tb_voice_ending (GBytes *bytes)
{
  gsize size;
  const char *start = g_bytes_get_data (bytes, &size);

  if (size >= 4 && memcmp (start, "\x1a\x45\xdf\xa3", 4) == 0)
    return "webm";
  if (size >= 4 && memcmp (start, "OggS", 4) == 0)
    return "ogg";
  if (size >= 12 && memcmp (start + 4, "ftyp", 4) == 0)
    return "m4a";
  return NULL;
}

/* Under the lock: makes room for SIZE bytes of PERSON, at the cost of the person's own oldest. */
static gboolean
make_room (TbVoiceBox *box, const char *person, gsize size, GError **error)
{
  gsize all = size;
  guint own = 0;

  for (guint i = box->notes->len; i > 0; i--) {
    const Note *note = box->notes->pdata[i - 1];

    if (g_str_equal (note->person, person) && ++own >= TB_VOICES_EACH)
      g_ptr_array_remove_index (box->notes, i - 1);
    else
      all += g_bytes_get_size (note->bytes);
  }
  if (all <= ALL_MAX)
    return TRUE;
  g_set_error_literal (error, TB_ERROR, TB_ERROR_BUSY, "Many spoken notes wait to be used; try again later");
  return FALSE;
}

/* Under the lock. */
static void
keep (TbVoiceBox *box, const char *visit, const char *person, const char *name, GBytes *bytes, gint64 now_us)
{
  Note *note = g_new0 (Note, 1);

  note->name = g_strdup (name);
  note->visit = g_strdup (visit);
  note->person = g_strdup (person);
  note->bytes = g_bytes_ref (bytes);
  note->put_us = now_us;
  g_ptr_array_add (box->notes, note);
  g_cond_signal (&box->changed);
}

char *
tb_voice_box_put (TbVoiceBox *box, const char *visit, const char *person, GBytes *bytes, gint64 now_us, GError **error)
{
  const char *ending = tb_voice_ending (bytes);
  g_autofree char *id = tb_uuid_new ();
  char *name = NULL;

  if (ending == NULL) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, "This is no sound in WebM, Ogg or MP4");
    return NULL;
  }
  g_mutex_lock (&box->lock);
  sweep (box, now_us);
  if (make_room (box, person, g_bytes_get_size (bytes), error)) {
    name = g_strdup_printf ("voice-%s.%s", id, ending);
    keep (box, visit, person, name, bytes, now_us);
  }
  g_mutex_unlock (&box->lock);
  return name;
}

GBytes *
tb_voice_box_take (TbVoiceBox *box, const char *visit, const char *person, const char *name, gint64 now_us,
                   GError **error)
{
  GBytes *bytes = NULL;

  g_mutex_lock (&box->lock);
  sweep (box, now_us);
  for (guint i = 0; bytes == NULL && i < box->notes->len; i++) {
    const Note *note = box->notes->pdata[i];

    if (!g_str_equal (note->name, name) || !g_str_equal (note->visit, visit) || !g_str_equal (note->person, person))
      continue;
    bytes = g_bytes_ref (note->bytes);
    g_ptr_array_remove_index (box->notes, i);
  }
  g_mutex_unlock (&box->lock);
  if (bytes == NULL)
    g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID,
                         "“voice” must be the name of a spoken note that you sent for this visit, and is used once");
  return bytes;
}

void
tb_voice_box_return (TbVoiceBox *box, const char *visit, const char *person, const char *name, GBytes *bytes,
                     gint64 now_us)
{
  g_mutex_lock (&box->lock);
  if (make_room (box, person, g_bytes_get_size (bytes), NULL))
    keep (box, visit, person, name, bytes, now_us);
  g_mutex_unlock (&box->lock);
}
