/* Any bytes as a report, and as a still in one; a report that is accepted must
 * be accepted again, and say the same. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "web/report-content.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TbReportContent) report = tb_report_content_parse ((const char *) data, size, &error);
  g_autoptr (TbReportContent) again = NULL;
  g_autofree char *text = NULL;
  g_autofree char *second = NULL;
  guint width = 0, height = 0;

  if (tb_report_look_at_picture (data, size, NULL, &width, &height))
    g_assert_true (width > 0 && height > 0 && width <= TB_REPORT_STILL_SIDE_MAX && height <= TB_REPORT_STILL_SIDE_MAX);
  g_assert_true ((report != NULL) == (error == NULL));
  if (report == NULL)
    return 0;
  text = tb_report_content_to_text (report);
  again = tb_report_content_parse (text, strlen (text), NULL);
  g_assert_nonnull (again);
  second = tb_report_content_to_text (again);
  g_assert_cmpstr (text, ==, second);
  return 0;
}
