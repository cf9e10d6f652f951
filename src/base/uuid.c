#include "base/uuid.h"

#include <string.h>
#include <sys/random.h>

#include "base/time.h"

/* RFC 9562 §6.2, method 1: a counter in the twelve bits after the millisecond
 * keeps ids of one process rising. */
static GMutex lock;
static guint64 last_ms;
static guint counter;

/* Drawn for sixteen ids in one go, for an import makes tens of thousands. More the system may give only in part. */
static guint8 pool[256]; /* lock */
static gsize left;        /* lock */

static void
fill_pool (void)
{
  left = sizeof pool;
  if (getrandom (pool, sizeof pool, 0) == (gssize) sizeof pool)
    return;
  for (gsize i = 0; i < sizeof pool; i++)
    pool[i] = (guint8) g_random_int ();
}

/* Under the lock. */
static void
take_random (guint8 *bytes, gsize length)
{
  if (left < length)
    fill_pool ();
  left -= length;
  memcpy (bytes, pool + left, length);
}

/* By hand, for the same reason. */
static char *
to_text (const guint8 bytes[16])
{
  static const char digits[] = "0123456789abcdef";
  char *text = g_malloc (TB_UUID_LENGTH + 1), *at = text;

  for (int i = 0; i < 16; i++) {
    if (i == 4 || i == 6 || i == 8 || i == 10)
      *at++ = '-';
    *at++ = digits[bytes[i] >> 4];
    *at++ = digits[bytes[i] & 0xf];
  }
  *at = '\0';
  return text;
}

char *
tb_uuid_new (void)
{
  guint8 bytes[16];
  guint64 ms = (guint64) (tb_clock_wall () / TB_MILLISECOND);
  guint count;

  g_mutex_lock (&lock);
  take_random (bytes, sizeof bytes);
  if (ms > last_ms) {
    last_ms = ms;
    counter = ((guint) bytes[6] << 8 | bytes[7]) & 0x7ff; /* room above to count up */
  } else if (++counter > 0xfff) {
    last_ms++;
    counter = 0;
  }
  ms = last_ms;
  count = counter;
  g_mutex_unlock (&lock);

  for (int i = 0; i < 6; i++)
    bytes[i] = (guint8) (ms >> (40 - 8 * i));
  bytes[6] = (guint8) (0x70 | (count >> 8));
  bytes[7] = (guint8) count;
  bytes[8] = (guint8) (0x80 | (bytes[8] & 0x3f));

  return to_text (bytes);
}

gboolean
tb_uuid_is_valid (const char *text)
{
  if (text == NULL || strlen (text) != TB_UUID_LENGTH)
    return FALSE;
  for (int i = 0; i < TB_UUID_LENGTH; i++) {
    gboolean dash = i == 8 || i == 13 || i == 18 || i == 23;
    gboolean hex = g_ascii_isdigit (text[i]) || (text[i] >= 'a' && text[i] <= 'f');

    if (dash ? text[i] != '-' : !hex)
      return FALSE;
  }
  return TRUE;
}
