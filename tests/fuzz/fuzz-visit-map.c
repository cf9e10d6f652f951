/* Any bytes as a file of BORIS, or as a table, made into visits with a kijkwijzer of its codes: every observation is
 * accounted for, and is one that the engine takes; and into a document again. */
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "exchange/formats.h"
#include "exchange/visit-map.h"
#include "observe/operation.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
give_back (const TbMappedVisit *visit)
{
  g_autoptr (GPtrArray) sources = g_ptr_array_new ();
  g_autoptr (TbLoss) loss = tb_loss_new ();
  g_autoptr (TbExchange) document = NULL;
  TbVisitSource source = { .title = visit->title, .note = visit->note, .instruments = visit->instruments,
                           .observations = visit->observations };

  g_ptr_array_add (sources, &source);
  document = tb_visit_map_give (sources, loss, NULL);
  g_assert_cmpint (tb_exchange_n_events (document), ==, visit->observations->len);
}

static void
check_visit (const TbMappedVisit *visit)
{
  for (guint i = 0; i < visit->observations->len; i++) {
    TbObject object = { TB_TARGET_OBSERVATION, g_ptr_array_index (visit->observations, i), NULL };
    g_autoptr (GError) error = NULL;

    tb_object_check (&object, &error);
    g_assert_no_error (error);
  }
  give_back (visit);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const TbFormat *format = tb_format_find (size > 0 && *data == '{' ? "boris" : "csv");
  g_autoptr (TbLoss) loss = tb_loss_new ();
  g_autoptr (TbExchange) document = format->read (data, size, loss, NULL);
  TbVisitMapChoice choice = { .observer = "Anna", .name = "les", .format = format->title };
  g_autoptr (GError) error = NULL;
  g_autoptr (TbMapped) mapped = NULL;

  if (document == NULL)
    return 0;
  mapped = tb_visit_map_take (document, &choice, loss, &error);
  if (mapped == NULL) {
    g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
    g_assert_cmpstr (error->message, ==, "There is nothing in it to take over");
    return 0;
  }
  g_assert_true (tb_loss_is_balanced (loss));
  for (guint i = 0; i < mapped->visits->len; i++)
    check_visit (g_ptr_array_index (mapped->visits, i));
  return 0;
}
