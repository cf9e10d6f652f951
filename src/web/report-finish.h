/* What Cairo 1.16 cannot write into a PDF, put in by libqpdf: /Lang, /Alt of
 * each Figure in the order of the structure tree, DisplayDocTitle, XMP
 * metadata with the title and language, and marks around what no tag holds
 * (/Artifact). Only report-pdf.c uses it. Any thread. */
#pragma once

#include <glib.h>

/* PDF must be one that Cairo made. TB_ERROR_FAILED, also when the number of
 * figures is not COUNT. */
GBytes *tb_report_finish (GBytes *pdf, const char *language, const char *title, const char *const *alts, guint count,
                          GError **error);
