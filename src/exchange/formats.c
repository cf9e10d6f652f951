#include "exchange/formats.h"

#include <string.h>

#include "base/error.h"
#include "exchange/boris.h"
#include "exchange/bytes.h"
#include "exchange/captions.h"
#include "exchange/csv.h"
#include "exchange/eaf.h"
#include "exchange/lgm.h"
#include "exchange/opf.h"
#include "exchange/otio.h"
#include "exchange/otx.h"
#include "exchange/webanno.h"

static int
sniff_boris (const guint8 *data, gsize size)
{
  if (tb_bytes_is_gzip (data, size))
    return 1;
  if (tb_bytes_begin_with (data, size, "\"project_format_version\"")
      || tb_bytes_begin_with (data, size, "\"behaviors_conf\"")
      || tb_bytes_begin_with (data, size, "\"independent_variables\""))
    return 2;
  return tb_bytes_begin_with (data, size, "\"observations\"") || tb_bytes_begin_with (data, size, "\"time_format\"");
}

static int
sniff_eaf (const guint8 *data, gsize size)
{
  return tb_bytes_begin_with (data, size, "<ANNOTATION_DOCUMENT") ? 2 : 0;
}

static int
sniff_webvtt (const guint8 *data, gsize size)
{
  gsize mark = size >= 3 && memcmp (data, "\357\273\277", 3) == 0 ? 3 : 0;

  return size >= mark + 6 && memcmp (data + mark, "WEBVTT", 6) == 0 ? 2 : 0;
}

static int
sniff_otio (const guint8 *data, gsize size)
{
  return tb_bytes_begin_with (data, size, "\"OTIO_SCHEMA\"") ? 2 : 0;
}

static int
sniff_webanno (const guint8 *data, gsize size)
{
  if (tb_bytes_begin_with (data, size, "www.w3.org/ns/anno"))
    return 2;
  return tb_bytes_begin_with (data, size, "\"Annotation\"") || tb_bytes_begin_with (data, size, "\"AnnotationPage\"");
}

static int
sniff_lgm (const guint8 *data, gsize size)
{
  return tb_bytes_begin_with (data, size, "\"$type\"") && tb_bytes_begin_with (data, size, "LongoMatch.") ? 2 : 0;
}

/* Any text with a separator could be a table. */
static int
sniff_table (const guint8 *data, gsize size)
{
  gsize line = 0;

  if (size < 2 || strchr ("<{[", data[0]) != NULL)
    return 0;
  while (line < MIN (size, 4096) && data[line] != '\n')
    line++;
  /* Excel's “Unicode text” is UTF-16, which has a zero in each letter. */
  if (data[0] < 0xfe && memchr (data, '\0', line) != NULL)
    return 0;
  return memchr (data, ',', line) != NULL || memchr (data, ';', line) != NULL || memchr (data, '\t', line) != NULL;
}

#define SUFFIXES(...)                                                                                                  \
  (const char *const[])                                                                                                \
  {                                                                                                                    \
    __VA_ARGS__, NULL                                                                                                  \
  }

static const TbFormat formats[] = {
  { "boris", "BORIS", "application/json", SUFFIXES (".boris"), FALSE, sniff_boris, tb_boris_read, tb_boris_write },
  { "boris-gz", "BORIS, packed", "application/gzip", SUFFIXES (".boris.gz"), FALSE, sniff_boris, tb_boris_read,
    tb_boris_write_gzip },
  { "csv", "Table (CSV)", "text/csv", SUFFIXES (".csv", ".txt"), FALSE, sniff_table, tb_csv_read, tb_csv_write },
  { "csv-excel", "Table for Excel", "text/csv", SUFFIXES (".csv"), FALSE, sniff_table, tb_csv_read,
    tb_csv_write_excel },
  { "tsv", "Table with tabs", "text/tab-separated-values", SUFFIXES (".tsv", ".tab"), FALSE, sniff_table, tb_csv_read,
    tb_csv_write_tabs },
  { "eaf", "ELAN", "text/xml", SUFFIXES (".eaf"), TRUE, sniff_eaf, tb_eaf_read, tb_eaf_write },
  { "opf", "Datavyu", "application/zip", SUFFIXES (".opf"), TRUE, tb_opf_sniff, tb_opf_read, tb_opf_write },
  { "webvtt", "Subtitles (WebVTT)", "text/vtt", SUFFIXES (".vtt"), TRUE, sniff_webvtt, tb_webvtt_read,
    tb_webvtt_write },
  { "otio", "OpenTimelineIO", "application/json", SUFFIXES (".otio"), TRUE, sniff_otio, tb_otio_read, tb_otio_write },
  { "webanno", "Web Annotation", "application/ld+json", SUFFIXES (".jsonld"), TRUE, sniff_webanno, tb_webanno_read,
    tb_webanno_write },
  { "lgm", "LongoMatch", "application/json", SUFFIXES (".lgm"), TRUE, sniff_lgm, tb_lgm_read, NULL },
  { "otx", "The Observer XT", "text/xml", SUFFIXES (".odx", ".otx"), FALSE, tb_otx_sniff, tb_otx_read, NULL },
  { "srt", "Subtitles (SRT)", "application/x-subrip", SUFFIXES (".srt"), TRUE, NULL, NULL, tb_srt_write },
  { "textgrid", "Praat TextGrid", "text/plain", SUFFIXES (".TextGrid"), TRUE, NULL, NULL, tb_textgrid_write },
  { "sdis", "SDIS (GSEQ)", "text/plain", SUFFIXES (".sds"), FALSE, NULL, NULL, tb_sdis_write },
};

guint
tb_format_count (void)
{
  return G_N_ELEMENTS (formats);
}

const TbFormat *
tb_format_at (guint index)
{
  g_return_val_if_fail (index < G_N_ELEMENTS (formats), NULL);
  return &formats[index];
}

const TbFormat *
tb_format_find (const char *id)
{
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    if (g_strcmp0 (formats[i].id, id) == 0)
      return &formats[i];
  return NULL;
}

static gboolean
has_suffix (const TbFormat *format, const char *name)
{
  g_autofree char *lower = g_ascii_strdown (name != NULL ? name : "", -1);

  for (guint i = 0; format->suffixes[i] != NULL; i++)
    if (g_str_has_suffix (lower, format->suffixes[i]))
      return TRUE;
  return FALSE;
}

const TbFormat *
tb_format_guess (const char *name, const guint8 *data, gsize size)
{
  const TbFormat *best = NULL;
  int best_score = 0;

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    const TbFormat *format = &formats[i];
    int sure = format->sniff != NULL ? format->sniff (data, size) : 0;
    /* What a file is weighs more than how it is called; but text alone says little. */
    int score = sure * 3 + (has_suffix (format, name) ? 2 : 0);

    if (sure > 0 && score > best_score) {
      best = format;
      best_score = score;
    }
  }
  return best;
}

TbExchange *
tb_exchange_read (const char *name, const guint8 *data, gsize size, const TbFormat **format, TbLoss *loss,
                  GError **error)
{
  const TbFormat *found = NULL;

  if (size > TB_EXCHANGE_MAX_BYTES) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_TOO_LARGE, "The file is larger than 64 MB, the most that is read");
    return NULL;
  }
  found = tb_format_guess (name, data, size);
  if (found == NULL) {
    g_set_error (error, TB_ERROR, TB_ERROR_UNSUPPORTED, "“%s” is of no kind that Terugblik can read",
                 name != NULL ? name : "The file");
    return NULL;
  }
  if (format != NULL)
    *format = found;
  return found->read (data, size, loss, error);
}
