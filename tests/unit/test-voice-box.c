/* Spoken notes that wait: for whom, how many, and how long. */
#include "web/voice-box.h"

#include "base/error.h"

#define START ((gint64) 50 * 24 * 3600 * G_USEC_PER_SEC)

static GBytes *
sound (void)
{
  static const char ogg[] = "OggS and what was said";

  return g_bytes_new_static (ogg, sizeof ogg);
}

static char *
put (TbVoiceBox *box, const char *person, gint64 now_us)
{
  g_autoptr (GBytes) bytes = sound ();
  g_autoptr (GError) error = NULL;
  char *name = tb_voice_box_put (box, "visit", person, bytes, now_us, &error);

  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (name, "voice-") && g_str_has_suffix (name, ".ogg"));
  return name;
}

static void
assert_take (TbVoiceBox *box, const char *visit, const char *person, const char *name, gint64 now_us, gboolean there)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = tb_voice_box_take (box, visit, person, name, now_us, &error);

  if (there)
    g_assert_no_error (error);
  else
    g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
  g_assert_true ((bytes != NULL) == there);
}

static void
test_taken_once (void)
{
  g_autoptr (TbVoiceBox) box = tb_voice_box_new ();
  gint64 now = g_get_monotonic_time ();
  g_autofree char *name = put (box, "anna", now);
  g_autoptr (GBytes) text = g_bytes_new_static ("plain words", 11);
  g_autoptr (GError) error = NULL;

  assert_take (box, "other", "anna", name, now, FALSE);
  assert_take (box, "visit", "bram", name, now, FALSE);
  assert_take (box, "visit", "anna", name, now, TRUE);
  assert_take (box, "visit", "anna", name, now, FALSE);
  g_assert_null (tb_voice_box_put (box, "visit", "anna", text, now, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
}

static void
test_oldest_makes_room (void)
{
  g_autoptr (TbVoiceBox) box = tb_voice_box_new ();
  gint64 now = g_get_monotonic_time ();
  g_autofree char *hers = put (box, "bram", now);
  g_autofree char *first = put (box, "anna", now);
  g_autofree char *second = put (box, "anna", now);

  for (int i = 2; i <= TB_VOICES_EACH; i++)
    g_free (put (box, "anna", now));
  assert_take (box, "visit", "anna", first, now, FALSE);
  assert_take (box, "visit", "anna", second, now, TRUE);
  assert_take (box, "visit", "bram", hers, now, TRUE);
}

/* Far in the future of this machine, so that only the time that is given counts. */
static void
test_gone_after_an_hour (void)
{
  g_autoptr (TbVoiceBox) box = tb_voice_box_new ();
  gint64 start = g_get_monotonic_time () + START;
  g_autofree char *old = put (box, "anna", start);
  g_autofree char *young = put (box, "anna", start + 1);
  g_autofree char *last = NULL;
  g_autoptr (GBytes) bytes = sound ();

  assert_take (box, "visit", "anna", old, start + TB_VOICE_KEPT_US, FALSE);
  assert_take (box, "visit", "anna", young, start + TB_VOICE_KEPT_US, TRUE);

  /* One that comes back has its hour anew. */
  tb_voice_box_return (box, "visit", "anna", young, bytes, start + TB_VOICE_KEPT_US);
  assert_take (box, "visit", "anna", young, start + 2 * TB_VOICE_KEPT_US - 1, TRUE);

  last = put (box, "anna", start);
  assert_take (box, "visit", "anna", last, start + TB_VOICE_KEPT_US - 1, TRUE);
}

typedef struct {
  GMutex lock;
  GCond changed;
  gboolean freed;
} Watch;

static void
on_freed (gpointer data)
{
  Watch *watch = data;

  g_mutex_lock (&watch->lock);
  watch->freed = TRUE;
  g_cond_signal (&watch->changed);
  g_mutex_unlock (&watch->lock);
}

/* Nobody asks for it, and still it does not stay in memory. */
static void
test_goes_by_itself (void)
{
  g_autoptr (TbVoiceBox) box = tb_voice_box_new ();
  Watch watch = { .freed = FALSE };
  g_autofree char *fresh = NULL;
  g_autofree char *name = NULL;
  gint64 now = g_get_monotonic_time ();
  GBytes *bytes;

  g_mutex_init (&watch.lock);
  g_cond_init (&watch.changed);
  bytes = g_bytes_new_with_free_func ("OggS", 4, on_freed, &watch);
  name = tb_voice_box_put (box, "visit", "anna", bytes, now - TB_VOICE_KEPT_US + G_USEC_PER_SEC / 10, NULL);
  g_assert_nonnull (name);
  g_bytes_unref (bytes);
  fresh = put (box, "anna", now);
  g_mutex_lock (&watch.lock);
  while (!watch.freed)
    g_assert_true (g_cond_wait_until (&watch.changed, &watch.lock, now + 20 * G_USEC_PER_SEC));
  g_mutex_unlock (&watch.lock);
  assert_take (box, "visit", "anna", fresh, now, TRUE);
  g_cond_clear (&watch.changed);
  g_mutex_clear (&watch.lock);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/voice-box/taken-once", test_taken_once);
  g_test_add_func ("/voice-box/oldest-makes-room", test_oldest_makes_room);
  g_test_add_func ("/voice-box/gone-after-an-hour", test_gone_after_an_hour);
  g_test_add_func ("/voice-box/goes-by-itself", test_goes_by_itself);
  return g_test_run ();
}
