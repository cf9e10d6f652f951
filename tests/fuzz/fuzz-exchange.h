/* What the targets of src/exchange share: any bytes as a file of FORMAT. What
 * is read must account for every observation, and can be written and read
 * again without losing count. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "exchange/formats.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
write_and_read (const TbFormat *format, const TbExchange *document)
{
  g_autoptr (TbLoss) writing = tb_loss_new ();
  g_autoptr (TbLoss) reading = tb_loss_new ();
  g_autoptr (GBytes) bytes = format->write (document, writing, NULL);
  g_autoptr (TbExchange) again = NULL;
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  g_assert_true (tb_loss_is_balanced (writing));
  g_assert_cmpint (tb_loss_get_present (writing), ==, tb_exchange_n_events (document));
  again = format->read (data, size, reading, NULL);
  g_assert_nonnull (again);
  g_assert_true (tb_loss_is_balanced (reading));
  g_assert_cmpint (tb_exchange_n_events (again), ==, tb_loss_get_carried (writing));
}

static int
try_format (const char *id, const uint8_t *data, size_t size)
{
  const TbFormat *format = tb_format_find (id);
  g_autoptr (TbLoss) loss = tb_loss_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (TbExchange) document = format->read (data, size, loss, &error);

  g_assert_true ((document != NULL) == (error == NULL));
  if (document == NULL)
    return 0;
  g_assert_true (tb_loss_is_balanced (loss));
  if (format->write != NULL)
    write_and_read (format, document);
  return 0;
}
