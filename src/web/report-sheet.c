#include "web/report-sheet.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <string.h>

#include "base/error.h"

#define PAGE_WIDTH 595.276
#define PAGE_HEIGHT 841.89
#define LEFT 62.0
#define RIGHT (PAGE_WIDTH - 62.0)
#define TOP 60.0
#define BOTTOM (PAGE_HEIGHT - 74.0)
#define FOOT (PAGE_HEIGHT - 50.0)
#define PICTURE_WIDTH 168.0
#define PICTURE_HEIGHT_MAX 170.0
/* So many lines may hang below the picture before the text takes the full width. */
#define HANGING_MAX 5
#define PICTURE_GAP 16.0
#define INDENT 14.0
/* What "as high as a line" means where no exact height is needed. */
#define LINE 15.0
#define FONT "Open Sans, DejaVu Sans"

typedef struct {
  double size;
  PangoWeight weight;
  double red, green, blue;
  double leading; /* line height, of the size */
  double after;
} Style;

/* The page's own colours: ink, soft, brand. */
static const Style styles[] = {
  [TB_STYLE_TITLE] = { 22, PANGO_WEIGHT_SEMIBOLD, 0.078, 0.322, 0.353, 1.25, 3 },
  [TB_STYLE_HEAD] = { 14, PANGO_WEIGHT_SEMIBOLD, 0.078, 0.322, 0.353, 1.3, 4 },
  [TB_STYLE_SUBHEAD] = { 11, PANGO_WEIGHT_SEMIBOLD, 0.165, 0.145, 0.129, 1.35, 2 },
  [TB_STYLE_LABEL] = { 8, PANGO_WEIGHT_SEMIBOLD, 0.373, 0.337, 0.302, 1.4, 0 },
  [TB_STYLE_BODY] = { 9.5, PANGO_WEIGHT_NORMAL, 0.165, 0.145, 0.129, 1.5, 5 },
  [TB_STYLE_LARGE] = { 11.5, PANGO_WEIGHT_NORMAL, 0.165, 0.145, 0.129, 1.45, 7 },
  [TB_STYLE_SMALL] = { 8, PANGO_WEIGHT_NORMAL, 0.373, 0.337, 0.302, 1.45, 3 },
};

struct _TbSheet {
  TbSheetSetup setup;
  GByteArray *bytes;
  cairo_surface_t *surface;
  cairo_t *cairo;
  PangoFontMap *fonts;
  PangoContext *context;
  GPtrArray *tags; /* names of the open ones, borrowed */
  double y;
  double left;
  double beside_bottom; /* of the picture that text stands beside; 0 without */
  gboolean labelled;    /* a label stands beside the picture; its text must too */
  gboolean purposed;    /* the purpose stands on this page already */
  guint page;           /* the one that is being drawn, from 1 */
  int outline[4];       /* last outline item by level; [0] is the root */
  GError *problem;
};

static cairo_status_t
take_bytes (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

TbSheet *
tb_sheet_new (const TbSheetSetup *setup)
{
  TbSheet *sheet = g_new0 (TbSheet, 1);
  cairo_font_options_t *options = cairo_font_options_create ();

  sheet->setup = *setup;
  sheet->bytes = g_byte_array_new ();
  sheet->surface = cairo_pdf_surface_create_for_stream (take_bytes, sheet->bytes, PAGE_WIDTH, PAGE_HEIGHT);
  sheet->cairo = cairo_create (sheet->surface);
  /* An own map: the default one is shared by what runs in this thread. */
  sheet->fonts = pango_cairo_font_map_new_for_font_type (CAIRO_FONT_TYPE_FT);
  pango_cairo_font_map_set_resolution (PANGO_CAIRO_FONT_MAP (sheet->fonts), 72);
  sheet->context = pango_font_map_create_context (sheet->fonts);
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_NONE);
  pango_cairo_context_set_font_options (sheet->context, options);
  cairo_font_options_destroy (options);
  pango_context_set_language (sheet->context, pango_language_from_string (setup->language));
  pango_context_set_round_glyph_positions (sheet->context, FALSE);
  pango_cairo_update_context (sheet->cairo, sheet->context);
  sheet->tags = g_ptr_array_new ();
  sheet->y = TOP;
  sheet->left = LEFT;
  sheet->page = 1;
  return sheet;
}

void
tb_sheet_free (TbSheet *sheet)
{
  g_clear_object (&sheet->context);
  g_clear_object (&sheet->fonts);
  cairo_destroy (sheet->cairo);
  cairo_surface_destroy (sheet->surface);
  g_byte_array_unref (sheet->bytes);
  g_ptr_array_unref (sheet->tags);
  g_clear_error (&sheet->problem);
  g_free (sheet);
}

static gboolean
is_fine (TbSheet *sheet)
{
  if (sheet->problem == NULL && g_get_monotonic_time () > sheet->setup.deadline)
    g_set_error_literal (&sheet->problem, TB_ERROR, TB_ERROR_TIMEOUT, "The report took too long to set");
  return sheet->problem == NULL;
}

void
tb_sheet_set_properties (TbSheet *sheet, const char *title, const char *author, const char *subject, gint64 made)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (made / TB_SECOND);
  g_autofree char *date = time != NULL ? g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ") : NULL;

  cairo_pdf_surface_set_metadata (sheet->surface, CAIRO_PDF_METADATA_TITLE, title);
  if (*author != '\0')
    cairo_pdf_surface_set_metadata (sheet->surface, CAIRO_PDF_METADATA_AUTHOR, author);
  cairo_pdf_surface_set_metadata (sheet->surface, CAIRO_PDF_METADATA_SUBJECT, subject);
  cairo_pdf_surface_set_metadata (sheet->surface, CAIRO_PDF_METADATA_CREATOR, "Terugblik " TB_VERSION);
  if (date != NULL) {
    cairo_pdf_surface_set_metadata (sheet->surface, CAIRO_PDF_METADATA_CREATE_DATE, date);
    cairo_pdf_surface_set_metadata (sheet->surface, CAIRO_PDF_METADATA_MOD_DATE, date);
  }
}

void
tb_sheet_open (TbSheet *sheet, const char *tag)
{
  g_ptr_array_add (sheet->tags, (gpointer) tag);
  cairo_tag_begin (sheet->cairo, tag, NULL);
}

void
tb_sheet_close (TbSheet *sheet)
{
  const char *tag = g_ptr_array_index (sheet->tags, sheet->tags->len - 1);

  cairo_tag_end (sheet->cairo, tag);
  g_ptr_array_remove_index (sheet->tags, sheet->tags->len - 1);
}

static void
set_color (TbSheet *sheet, const Style *style)
{
  cairo_set_source_rgb (sheet->cairo, style->red, style->green, style->blue);
}

static PangoLayout *
new_layout (TbSheet *sheet, const Style *style, const char *text, double width)
{
  PangoLayout *layout = pango_layout_new (sheet->context);
  PangoFontDescription *font = pango_font_description_from_string (FONT);

  pango_font_description_set_weight (font, style->weight);
  pango_font_description_set_absolute_size (font, style->size * PANGO_SCALE);
  pango_layout_set_font_description (layout, font);
  pango_font_description_free (font);
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  if (width > 0)
    pango_layout_set_width (layout, (int) (width * PANGO_SCALE));
  pango_layout_set_text (layout, text, -1);
  return layout;
}

static void
draw_purpose (TbSheet *sheet)
{
  const Style *style = &styles[TB_STYLE_SMALL];
  g_autoptr (PangoLayout) purpose = new_layout (sheet, style, sheet->setup.purpose, 0);

  set_color (sheet, style);
  cairo_move_to (sheet->cairo, LEFT, FOOT);
  pango_cairo_show_layout (sheet->cairo, purpose);
}

void
tb_sheet_purpose (TbSheet *sheet)
{
  if (!is_fine (sheet))
    return;
  cairo_tag_begin (sheet->cairo, "P", NULL);
  draw_purpose (sheet);
  cairo_tag_end (sheet->cairo, "P");
  sheet->purposed = TRUE;
}

/* Outside every tag; report-finish.c makes artifacts of it. */
static void
draw_foot (TbSheet *sheet)
{
  const Style *style = &styles[TB_STYLE_SMALL];
  g_autofree char *number = g_strdup_printf ("%s %u %s %u", sheet->setup.page, sheet->page, sheet->setup.of,
                                             sheet->setup.pages > 0 ? sheet->setup.pages : 99);
  g_autoptr (PangoLayout) right = new_layout (sheet, style, number, 0);
  int width;

  pango_layout_get_size (right, &width, NULL);
  cairo_set_source_rgb (sheet->cairo, 0.871, 0.831, 0.776);
  cairo_set_line_width (sheet->cairo, 0.6);
  cairo_move_to (sheet->cairo, LEFT, FOOT - 6);
  cairo_line_to (sheet->cairo, RIGHT, FOOT - 6);
  cairo_stroke (sheet->cairo);
  if (!sheet->purposed)
    draw_purpose (sheet);
  set_color (sheet, style);
  cairo_move_to (sheet->cairo, RIGHT - (double) width / PANGO_SCALE, FOOT);
  pango_cairo_show_layout (sheet->cairo, right);
}

/* Cairo 1.16 does not carry open tags to the next page well, so no paragraph
 * is open here; groups are. */
static void
turn_page (TbSheet *sheet)
{
  draw_foot (sheet);
  cairo_show_page (sheet->cairo);
  sheet->page++;
  sheet->y = TOP;
  sheet->beside_bottom = 0;
  sheet->labelled = FALSE;
  sheet->purposed = FALSE;
}

void
tb_sheet_need (TbSheet *sheet, double points)
{
  if (is_fine (sheet) && sheet->y > TOP && sheet->y + points > BOTTOM)
    turn_page (sheet);
}

void
tb_sheet_space (TbSheet *sheet, double points)
{
  if (sheet->y > TOP)
    sheet->y += points;
}

void
tb_sheet_rule (TbSheet *sheet)
{
  if (!is_fine (sheet))
    return;
  cairo_set_source_rgb (sheet->cairo, 0.871, 0.831, 0.776);
  cairo_set_line_width (sheet->cairo, 0.6);
  cairo_move_to (sheet->cairo, LEFT, sheet->y);
  cairo_line_to (sheet->cairo, RIGHT, sheet->y);
  cairo_stroke (sheet->cairo);
}

/* Draws the first COUNT lines from X at sheet->y, which moves below them. */
static void
draw_lines (TbSheet *sheet, PangoLayout *layout, const Style *style, const char *tag, double x, int count)
{
  PangoLayoutIter *iter = pango_layout_get_iter (layout);

  cairo_tag_begin (sheet->cairo, tag, NULL);
  set_color (sheet, style);
  for (int i = 0; i < count; i++) {
    PangoRectangle logical;
    double height = style->size * style->leading;

    pango_layout_iter_get_line_extents (iter, NULL, &logical);
    /* Lines lie evenly whatever fonts are in them: the baseline three quarters down. */
    cairo_move_to (sheet->cairo, x + (double) logical.x / PANGO_SCALE, sheet->y + height * 0.74);
    pango_cairo_show_layout_line (sheet->cairo, pango_layout_iter_get_line_readonly (iter));
    sheet->y += height;
    pango_layout_iter_next_line (iter);
  }
  cairo_tag_end (sheet->cairo, tag);
  pango_layout_iter_free (iter);
}

static gboolean
is_beside (const TbSheet *sheet, const Style *style)
{
  return sheet->beside_bottom > 0 && sheet->y + style->size * style->leading <= sheet->beside_bottom + 4;
}

/* How many of LINES stand in the column at hand. */
static int
lines_that_fit (const TbSheet *sheet, gboolean beside, int lines, double height)
{
  int page = CLAMP ((int) ((BOTTOM - sheet->y) / height + 0.001), 0, lines);
  int fit = page;

  if (beside) {
    fit = CLAMP ((int) ((sheet->beside_bottom + 4 - sheet->y) / height + 0.001), 0, page);
    if (sheet->labelled)
      fit = MAX (fit, MIN (page, 2));
    if (lines - fit <= HANGING_MAX && page == lines)
      return lines;
    return lines - fit == 1 && fit > 2 ? fit - 1 : fit;
  }
  if (fit < lines) {
    /* Two lines at least on either side of a page's end. */
    if (lines - fit == 1)
      fit--;
    if (fit < 2 && sheet->y > TOP)
      fit = 0;
  }
  return fit;
}

/* One paragraph, over as many columns and pages as it takes. */
static void
draw_paragraph (TbSheet *sheet, const char *tag, const Style *style, const char *text)
{
  double height = style->size * style->leading;

  while (*text != '\0' && is_fine (sheet)) {
    gboolean beside = sheet->beside_bottom > 0 && (sheet->labelled || is_beside (sheet, style));
    double x = beside ? sheet->left + PICTURE_WIDTH + PICTURE_GAP : sheet->left;
    g_autoptr (PangoLayout) layout = NULL;
    int lines, fit;

    if (!beside && sheet->beside_bottom > 0) {
      sheet->y = MAX (sheet->y, sheet->beside_bottom + 8);
      sheet->beside_bottom = 0;
    }
    layout = new_layout (sheet, style, text, RIGHT - x);
    lines = pango_layout_get_line_count (layout);
    fit = lines_that_fit (sheet, beside, lines, height);
    if (fit > 0)
      draw_lines (sheet, layout, style, tag, x, fit);
    sheet->labelled = beside && style == &styles[TB_STYLE_LABEL];
    if (fit >= lines)
      break;
    text += pango_layout_get_line_readonly (layout, fit)->start_index;
    if (!beside)
      turn_page (sheet);
    else /* below the picture; also when not a line fitted */
      sheet->y = MAX (sheet->y, sheet->beside_bottom + 8);
  }
  sheet->y += style->after;
}

void
tb_sheet_text (TbSheet *sheet, const char *tag, TbStyle style, const char *text)
{
  g_auto (GStrv) paragraphs = g_strsplit (text, "\n", -1);

  if (style == TB_STYLE_LABEL)
    tb_sheet_need (sheet, 4 * LINE);
  for (guint i = 0; paragraphs[i] != NULL; i++)
    if (*g_strstrip (paragraphs[i]) != '\0')
      draw_paragraph (sheet, tag, &styles[style], paragraphs[i]);
}

void
tb_sheet_heading (TbSheet *sheet, guint level, const char *text, double following)
{
  const TbStyle by_level[] = { TB_STYLE_BODY, TB_STYLE_TITLE, TB_STYLE_HEAD, TB_STYLE_SUBHEAD };
  const char *const tags[] = { "P", "H1", "H2", "H3" };
  const Style *style = &styles[by_level[level]];
  g_autoptr (PangoLayout) layout = new_layout (sheet, style, text, RIGHT - sheet->left);
  g_autofree char *place = NULL;

  tb_sheet_need (sheet, pango_layout_get_line_count (layout) * style->size * style->leading + following);
  if (!is_fine (sheet))
    return;
  place = g_strdup_printf ("page=%u pos=[%d %d]", sheet->page, (int) LEFT, (int) sheet->y);
  sheet->outline[level] = cairo_pdf_surface_add_outline (sheet->surface, sheet->outline[level - 1], text, place,
                                                         CAIRO_PDF_OUTLINE_FLAG_OPEN);
  draw_paragraph (sheet, tags[level], style, text);
}

void
tb_sheet_pairs (TbSheet *sheet, const char *const *names, const char *const *values, guint count)
{
  double column = (RIGHT - LEFT - PICTURE_GAP) / 2, below = sheet->y, row = sheet->y;
  guint shown = 0;

  for (guint i = 0; i < count && is_fine (sheet); i++) {
    double x = shown % 2 == 0 ? LEFT : LEFT + column + PICTURE_GAP;
    g_autofree char *text = g_strdup_printf ("%s: %s", names[i], values[i]);
    g_autoptr (PangoLayout) layout = new_layout (sheet, &styles[TB_STYLE_BODY], text, column);
    g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();
    PangoAttribute *bold = pango_attr_weight_new (PANGO_WEIGHT_SEMIBOLD);

    if (*values[i] == '\0')
      continue;
    bold->end_index = (guint) strlen (names[i]) + 1;
    pango_attr_list_insert (attributes, bold);
    pango_layout_set_attributes (layout, attributes);
    if (shown % 2 == 0)
      row = below;
    sheet->y = row;
    draw_lines (sheet, layout, &styles[TB_STYLE_BODY], "P", x, pango_layout_get_line_count (layout));
    below = MAX (below, sheet->y);
    shown++;
  }
  sheet->y = below;
}

void
tb_sheet_bullet (TbSheet *sheet)
{
  const Style *style = &styles[TB_STYLE_BODY];
  g_autoptr (PangoLayout) layout = new_layout (sheet, style, "•", 0);
  double y;

  tb_sheet_need (sheet, 2.5 * LINE);
  y = sheet->y;
  if (is_fine (sheet))
    draw_lines (sheet, layout, style, "Lbl", sheet->left, 1);
  sheet->y = y;
  sheet->left += INDENT;
}

void
tb_sheet_outdent (TbSheet *sheet)
{
  sheet->left -= INDENT;
}

/* Width and height as drawn: as wide as the column, unless that is too high. */
static gboolean
picture_size (GBytes *bytes, TbReportPicture *kind, guint *width, guint *height, double *scale)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);

  if (!tb_report_look_at_picture (data, length, kind, width, height))
    return FALSE;
  *scale = MIN (PICTURE_WIDTH / *width, PICTURE_HEIGHT_MAX / *height);
  return TRUE;
}

double
tb_sheet_picture_height (GBytes *bytes)
{
  TbReportPicture kind;
  guint width, height;
  double scale;

  return picture_size (bytes, &kind, &width, &height, &scale) ? height * scale : 0;
}

typedef struct {
  const guint8 *data;
  gsize length;
} Reading;

static cairo_status_t
give_bytes (void *closure, unsigned char *data, unsigned int length)
{
  Reading *reading = closure;

  if (length > reading->length)
    return CAIRO_STATUS_READ_ERROR;
  memcpy (data, reading->data, length);
  reading->data += length;
  reading->length -= length;
  return CAIRO_STATUS_SUCCESS;
}

/* Without transparency, which would make a group of the whole page. */
static cairo_surface_t *
decode_png (GBytes *bytes, guint width, guint height)
{
  Reading reading;
  cairo_surface_t *png, *flat;
  cairo_t *cairo;

  reading.data = g_bytes_get_data (bytes, &reading.length);
  png = cairo_image_surface_create_from_png_stream (give_bytes, &reading);
  if (cairo_surface_status (png) != CAIRO_STATUS_SUCCESS)
    return png;
  flat = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) width, (int) height);
  cairo = cairo_create (flat);
  cairo_set_source_rgb (cairo, 1, 1, 1);
  cairo_paint (cairo);
  cairo_set_source_surface (cairo, png, 0, 0);
  cairo_paint (cairo);
  cairo_destroy (cairo);
  cairo_surface_destroy (png);
  return flat;
}

/* The pixels stay empty: Cairo puts the JPEG itself into the file. */
static cairo_surface_t *
wrap_jpeg (GBytes *bytes, guint width, guint height)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) width, (int) height);
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);

  if (cairo_surface_set_mime_data (surface, CAIRO_MIME_TYPE_JPEG, data, length, (cairo_destroy_func_t) g_bytes_unref,
                                   bytes)
      == CAIRO_STATUS_SUCCESS)
    g_bytes_ref (bytes);
  return surface;
}

void
tb_sheet_picture (TbSheet *sheet, GBytes *bytes)
{
  TbReportPicture kind;
  guint width, height;
  double scale;
  cairo_surface_t *surface;

  if (!is_fine (sheet) || !picture_size (bytes, &kind, &width, &height, &scale))
    return;
  tb_sheet_need (sheet, height * scale);
  surface = kind == TB_REPORT_PICTURE_PNG ? decode_png (bytes, width, height) : wrap_jpeg (bytes, width, height);
  if (cairo_surface_status (surface) != CAIRO_STATUS_SUCCESS) {
    g_set_error (&sheet->problem, TB_ERROR, TB_ERROR_INVALID, "A still picture could not be read: %s",
                 cairo_status_to_string (cairo_surface_status (surface)));
    cairo_surface_destroy (surface);
    return;
  }
  cairo_tag_begin (sheet->cairo, "Figure", NULL);
  cairo_save (sheet->cairo);
  cairo_translate (sheet->cairo, sheet->left, sheet->y + 3);
  cairo_scale (sheet->cairo, scale, scale);
  cairo_set_source_surface (sheet->cairo, surface, 0, 0);
  cairo_paint (sheet->cairo);
  cairo_restore (sheet->cairo);
  cairo_tag_end (sheet->cairo, "Figure");
  cairo_surface_destroy (surface);
  sheet->beside_bottom = sheet->y + 3 + height * scale;
}

void
tb_sheet_beside_end (TbSheet *sheet)
{
  if (sheet->beside_bottom > 0)
    sheet->y = MAX (sheet->y, sheet->beside_bottom + 6);
  sheet->beside_bottom = 0;
  sheet->labelled = FALSE;
}

GBytes *
tb_sheet_finish (TbSheet *sheet, guint *pages, GError **error)
{
  cairo_status_t status;

  if (is_fine (sheet)) {
    draw_foot (sheet);
    cairo_show_page (sheet->cairo);
  }
  status = cairo_status (sheet->cairo);
  cairo_surface_finish (sheet->surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_status (sheet->surface);
  if (sheet->problem != NULL) {
    g_propagate_error (error, g_steal_pointer (&sheet->problem));
    return NULL;
  }
  if (status != CAIRO_STATUS_SUCCESS) {
    g_set_error (error, TB_ERROR, TB_ERROR_FAILED, "The report could not be drawn: %s",
                 cairo_status_to_string (status));
    return NULL;
  }
  *pages = sheet->page;
  return g_bytes_new (sheet->bytes->data, sheet->bytes->len);
}
