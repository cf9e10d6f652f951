#include <math.h>
#include <string.h>

#include "base/error.h"
#include "exchange/bytes.h"
#include "exchange/captions.h"

typedef struct {
  TbExchange *document;
  TbExchangeSet *set;
  TbLoss *loss;
  json_object *note; /* what Terugblik said of the cue that follows; NULL without. Owned */
  guint n_blocks;
} Reading;

/* Without <tags>, and with the few letters that are written as words. New string. */
static char *
plain_text (const char *cue)
{
  static const char *const entities[][2] = {
    { "&amp;", "&" },           { "&lt;", "<" }, { "&gt;", ">" }, { "&nbsp;", "\302\240" }, { "&lrm;", "\342\200\216" },
    { "&rlm;", "\342\200\217" }
  };
  GString *text = g_string_new (NULL);
  const char *last = strrchr (cue, '>');

  while (*cue != '\0') {
    guint i = 0;

    if (*cue == '<' && last != NULL && cue < last) {
      cue = strchr (cue, '>') + 1;
      continue;
    }
    while (i < G_N_ELEMENTS (entities) && !g_str_has_prefix (cue, entities[i][0]))
      i++;
    if (i < G_N_ELEMENTS (entities)) {
      g_string_append (text, entities[i][1]);
      cue += strlen (entities[i][0]);
    } else {
      g_string_append_c (text, *cue++);
    }
  }
  return g_string_free (text, FALSE);
}

/* The name in “<v Name>”; NULL without. New string. */
static char *
voice_of (const char *cue)
{
  const char *open = strstr (cue, "<v");
  const char *close = open != NULL ? strchr (open, '>') : NULL;
  const char *name = open != NULL ? open + 2 + strcspn (open + 2, " \t>") : NULL;

  if (close == NULL || name >= close)
    return NULL;
  return g_strstrip (g_strndup (name, (gsize) (close - name)));
}

/* "00:01.500 --> 00:02.000 align:start". */
static gboolean
take_times (const char *line, TbTime *from, TbTime *to)
{
  const char *arrow = strstr (line, "-->");
  g_autofree char *first = arrow != NULL ? g_strstrip (g_strndup (line, (gsize) (arrow - line))) : NULL;
  g_autofree char *last = NULL;

  if (arrow == NULL)
    return FALSE;
  arrow += 3;
  arrow += strspn (arrow, " \t");
  last = g_strndup (arrow, strcspn (arrow, " \t"));
  return strchr (first, ':') != NULL && strchr (last, ':') != NULL && tb_loose_time (first, from)
         && tb_loose_time (last, to);
}

static void
read_cue (Reading *reading, const char *times, const char *text)
{
  TbTime from, to;
  TbExchangeEvent *event;
  g_autofree char *plain = plain_text (text);
  g_autofree char *voice = voice_of (text);

  tb_loss_present (reading->loss, 1);
  if (!take_times (times, &from, &to)) {
    tb_loss_add (reading->loss, TB_LOSS_DROPPED, 1, "a cue without a time", "its times cannot be read", "“%.60s”",
                 times);
    return;
  }
  tb_loss_carried (reading->loss, 1);
  if (to < from) {
    tb_loss_add (reading->loss, TB_LOSS_CHANGED, 1, "an end before its start", "taken as a cue of no length", "“%.60s”",
                 times);
    to = from;
  }
  if (reading->note != NULL) {
    tb_caption_own (reading->document, reading->set, reading->note, from, to);
    return;
  }
  event = tb_exchange_event (reading->document, reading->set, TB_KIND_STATE, NULL, from, to);
  tb_exchange_text (&event->comment, plain);
  if (voice != NULL && *voice != '\0')
    tb_exchange_share (&event->subject, voice);
}

/* A block: lines up to an empty one. */
static void
read_block (Reading *reading, GPtrArray *lines)
{
  const char *first = g_ptr_array_index (lines, 0);
  const char *second = lines->len > 1 ? g_ptr_array_index (lines, 1) : "";
  guint at = strstr (first, "-->") != NULL ? 0 : strstr (second, "-->") != NULL ? 1 : G_MAXUINT;
  g_autoptr (GString) text = g_string_new (NULL);

  if (reading->n_blocks++ == 0)
    return; /* “WEBVTT” and what stands with it */
  if (at == G_MAXUINT) {
    gboolean note = g_str_has_prefix (first, "NOTE");

    if (note && g_str_has_prefix (first, "NOTE " TB_CAPTION_MARK)) {
      g_clear_pointer (&reading->note, json_object_put);
      reading->note = tb_loose_json (first + strlen ("NOTE " TB_CAPTION_MARK), NULL);
      if (!json_object_is_type (reading->note, json_type_object))
        g_clear_pointer (&reading->note, json_object_put);
      return;
    }
    tb_loss_add (reading->loss, TB_LOSS_LEFT, 1, note ? "a note between the cues" : "a block that is no cue",
                 "Terugblik has no place for it", "“%.60s”", first);
    return;
  }
  for (guint i = at + 1; i < lines->len; i++)
    g_string_append_printf (text, "%s%s", i > at + 1 ? "\n" : "", (char *) g_ptr_array_index (lines, i));
  read_cue (reading, g_ptr_array_index (lines, at), text->str);
  g_clear_pointer (&reading->note, json_object_put);
}

TbExchange *
tb_webvtt_read (const guint8 *data, gsize size, TbLoss *loss, GError **error)
{
  g_autoptr (TbExchange) document = tb_exchange_new ();
  g_autofree char *text = tb_bytes_to_text (data, size, loss, error);
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  Reading reading = { document, NULL, loss, NULL, 0 };

  if (text == NULL)
    return NULL;
  if (!g_str_has_prefix (text, "WEBVTT")) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, "This is no WebVTT: it does not begin with “WEBVTT”");
    return NULL;
  }
  reading.set = tb_exchange_set (document, "");
  for (const char *at = text;;) {
    gsize length = strcspn (at, "\r\n");

    if (length > 0)
      g_ptr_array_add (lines, g_strndup (at, length));
    else if (lines->len > 0) {
      read_block (&reading, lines);
      g_ptr_array_set_size (lines, 0);
    }
    at += length;
    if (*at == '\0')
      break;
    at += at[0] == '\r' && at[1] == '\n' ? 2 : 1;
  }
  if (lines->len > 0)
    read_block (&reading, lines);
  g_clear_pointer (&reading.note, json_object_put);
  if (!tb_exchange_finish (document, loss, error))
    return NULL;
  return g_steal_pointer (&document);
}
