/* A report as a tagged PDF: A4, calm, one to three pages for an ordinary talk
 * (long texts flow on), in Dutch or English.
 *
 * Pango and Cairo 1.16 set and draw it; Cairo writes the structure tree
 * (Document, Sect, H1, H2, H3, P, L, LI, Lbl, LBody, Figure), /MarkInfo, the
 * outline and the document's title, author, subject and dates. Cairo 1.16 does
 * not write the document's language, nor alternative texts, nor does it mark
 * what stands outside the tags; libqpdf puts these in afterwards: /Lang, /Alt
 * of every figure, "show the title", XMP metadata, and /Artifact around page
 * numbers and rules, so that a reader skips them. A text that goes on to the
 * next page is one P there and one here.
 *
 * Not claimed: PDF/UA-1. What is asked there beyond the above has not been
 * checked with a validator. Characters that no installed font has (emoji) are
 * drawn as a box with their number, but are in the text. */
#pragma once

#include "web/report-content.h"

/* MADE_WALL is the time of making, in the document's properties; equal
 * reports made at equal times by equal fonts give equal bytes. Gives up after TIME_LIMIT_MS
 * (0: 10 s), looked at between paragraphs and pictures.
 *
 * Any thread; nothing is shared between calls, and REPORT is only read. A PNG
 * is decoded here, a JPEG is put in as it is (damage in it shows as damage).
 * Errors: TB_ERROR_INVALID (a picture), TB_ERROR_TIMEOUT, TB_ERROR_FAILED. */
GBytes *tb_report_pdf (const TbReportContent *report, gint64 made_wall, guint time_limit_ms, GError **error);
