/* Pages of a report: places text and pictures from the top down, breaks
 * pages, and tags what it draws. Only report-pdf.c uses it. One thread.
 *
 * Lengths are points (1/72 inch). The first problem stays with the sheet:
 * whatever is asked after it does nothing, and tb_sheet_finish tells. */
#pragma once

#include <glib.h>

#include "web/report-content.h"

typedef struct _TbSheet TbSheet;

typedef enum {
  TB_STYLE_TITLE = 0,
  TB_STYLE_HEAD,
  TB_STYLE_SUBHEAD,
  TB_STYLE_LABEL, /* stands above what it names, and stays with it */
  TB_STYLE_BODY,
  TB_STYLE_LARGE,
  TB_STYLE_SMALL
} TbStyle;

typedef struct {
  const char *language; /* "nl", "en" */
  const char *purpose;  /* at the foot of every page */
  const char *page;     /* "Pagina %u van %u" as two words: "Pagina" */
  const char *of;       /* "van" */
  guint pages;          /* how many there will be; 0 while that is being found out */
  gint64 deadline;      /* g_get_monotonic_time () */
} TbSheetSetup;

/* SETUP's strings must outlive the sheet. */
TbSheet *tb_sheet_new (const TbSheetSetup *setup);
void tb_sheet_free (TbSheet *sheet);

/* "title", "author", "subject", in the document's properties. */
void tb_sheet_set_properties (TbSheet *sheet, const char *title, const char *author, const char *subject, gint64 made);

/* Tags the purpose at the foot of the first page, so that it is read aloud once, here. The feet themselves are not. */
void tb_sheet_purpose (TbSheet *sheet);

/* Grouping: Document, Sect, L, LI, LBody. May stay open over pages. */
void tb_sheet_open (TbSheet *sheet, const char *tag);
void tb_sheet_close (TbSheet *sheet);

/* Text over one or more paragraphs ("\n" between), each tagged TAG. */
void tb_sheet_text (TbSheet *sheet, const char *tag, TbStyle style, const char *text);
/* A heading, also in the outline under LEVEL 1 to 3, kept with what follows,
 * which needs FOLLOWING points. */
void tb_sheet_heading (TbSheet *sheet, guint level, const char *text, double following);
/* "NAME  value" pairs, two beside each other, each a P. Empty values are left out. */
void tb_sheet_pairs (TbSheet *sheet, const char *const *names, const char *const *values, guint count);
/* A bullet, tagged Lbl; what follows stands right of it until the outdent. */
void tb_sheet_bullet (TbSheet *sheet);
void tb_sheet_outdent (TbSheet *sheet);

/* A picture at the left; text that follows stands beside it, and below it
 * over the full width. tb_sheet_beside_end goes below both. The height it will
 * take is for tb_sheet_heading. */
double tb_sheet_picture_height (GBytes *bytes);
void tb_sheet_picture (TbSheet *sheet, GBytes *bytes);
void tb_sheet_beside_end (TbSheet *sheet);

void tb_sheet_space (TbSheet *sheet, double points);
void tb_sheet_rule (TbSheet *sheet);
/* A new page when less than POINTS is left. */
void tb_sheet_need (TbSheet *sheet, double points);

/* Ends the last page. The PDF; NULL with an error. *PAGES is how many. */
GBytes *tb_sheet_finish (TbSheet *sheet, guint *pages, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbSheet, tb_sheet_free)
