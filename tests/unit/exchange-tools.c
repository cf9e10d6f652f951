#include "exchange-tools.h"

#include <math.h>
#include <string.h>

#include "exchange/bytes.h"

const Ability abilities[] = { { "boris", 1, FALSE, TRUE, TRUE, FALSE },
                              { "boris-gz", 1, FALSE, TRUE, TRUE, FALSE },
                              { "csv", 1, FALSE, FALSE, FALSE, FALSE },
                              { "csv-excel", 1, FALSE, FALSE, FALSE, FALSE },
                              { "tsv", 1, FALSE, FALSE, FALSE, FALSE },
                              { "eaf", TB_MILLISECOND, TRUE, FALSE, FALSE, TRUE },
                              { "opf", TB_MILLISECOND, TRUE, FALSE, FALSE, TRUE },
                              { "webvtt", TB_MILLISECOND, TRUE, FALSE, FALSE, TRUE },
                              { "otio", TB_MILLISECOND, TRUE, FALSE, FALSE, TRUE },
                              { "webanno", 1, TRUE, FALSE, FALSE, FALSE },
                              { NULL } };

static const char *const words[] = {
  "Uitleg",
  "Vraag stellen",
  "compliment",
  "groep 3",
  "a;b",
  "a,b",
  "\"gezegd\"",
  "x < y & z",
  "l'école",
  "één",
  "日本語",
  "tab\there",
  "regel\nnog een",
  "  ruimte  ",
  "back\\slash",
  "(haakjes)",
  "[1]",
  "-->",
  "#kop",
  "=som",
  "a|b",
  "None",
  "\xf0\x9f\x98\x80",
  "100%",
  "{}",
  "-",
  "00:00:01,000",
  "'",
  "NULL",
  "\\n",
  "a\r\nb",
};

/* What stands for something in a format, or cannot stand in it. */
static const char *const rude[] = {
  "(no code)",
  "(no code) (2)",
  "moment",
  "0:kind",
  "Observer",
  "Visit",
  "rating (Terugblik)",
  "terugblik_kind",
  "score",
  "modifier 1",
  "observation",
  "\001",
  "\037",
  "a\001",
  "a\357\277\275",
  "\357\277\276",
  "\357\277\277",
  "\r",
  "\n",
  " ",
  "",
  "#4",
  "a (TEXT)",
  "b (MATRIX,true,c)-d",
  "x;code;begin\ny;1;2",
  "00:00:00:000,00:00:00:000,x",
  "\\",
  "WEBVTT",
  "NOTE",
  "]]>",
  "<!DOCTYPE",
};

static const char *
word (GRand *rand, const Ability *ability)
{
  return ability->rude && g_rand_boolean (rand) ? rude[g_rand_int_range (rand, 0, G_N_ELEMENTS (rude))]
                                                : words[g_rand_int_range (rand, 0, G_N_ELEMENTS (words))];
}

static char *
plain_word (GRand *rand)
{
  return g_strdup_printf ("waarde %d", g_rand_int_range (rand, 0, 9));
}

/* Made of a word and its number, so that they differ; a rude one is only a word. */
static char *
name_of (GRand *rand, const Ability *ability, const char *kind, int number)
{
  if (ability->rude) {
    const char *text = word (rand, ability);

    return g_strdup (*text != '\0' ? text : kind);
  }
  return g_strdup_printf ("%s %d %s", kind, number, words[number % G_N_ELEMENTS (words)]);
}

static void
add_modifiers (GRand *rand, const Ability *ability, TbExchange *document, TbExchangeCode *code, TbExchangeEvent *event)
{
  for (guint i = 0; i < code->modifiers->len; i++) {
    const TbExchangeModifier *modifier = g_ptr_array_index (code->modifiers, i);
    int n = g_rand_int_range (rand, 0, modifier->kind == TB_MODIFIER_SEVERAL ? 3 : 2);

    for (int v = 0; v < n; v++) {
      g_autofree char *value = ability->plain_modifiers ? plain_word (rand) : g_strdup (word (rand, ability));

      tb_exchange_event_modifier (document, event, modifier->name, value);
    }
  }
}

static void
add_codes (GRand *rand, const Ability *ability, TbExchange *document, int n)
{
  for (int i = 0; i < n; i++) {
    g_autofree char *id = name_of (rand, ability, "code", i);
    TbExchangeCode *code = tb_exchange_code (document, id);
    int sets = g_rand_int_range (rand, 0, 3);

    code->kind = g_rand_boolean (rand) ? TB_KIND_STATE : TB_KIND_POINT;
    tb_exchange_text (&code->category, word (rand, ability));
    tb_exchange_text (&code->description, word (rand, ability));
    for (int s = 0; s < sets; s++) {
      g_autofree char *name = name_of (rand, ability, "kenmerk", s);

      tb_exchange_modifier (code, name)->kind = s == 1 ? TB_MODIFIER_SEVERAL : TB_MODIFIER_SINGLE;
    }
  }
}

static void
add_event (GRand *rand, const Ability *ability, TbExchange *document, TbExchangeSet *set, GHashTable *ends)
{
  TbExchangeCode *code = g_ptr_array_index (document->codes, g_rand_int_range (rand, 0, (int) document->codes->len));
  TbTime low = ability->not_before_zero ? 0 : -10 * TB_SECOND;
  TbTime at = low / ability->step * ability->step
              + (TbTime) (g_rand_double (rand) * 3600e9 / (double) ability->step) * ability->step;
  TbTime until = TB_TIME_NONE;
  g_autofree char *subject
      = g_rand_boolean (rand) ? name_of (rand, ability, "leerling", g_rand_int_range (rand, 0, 4)) : NULL;
  g_autofree char *observer
      = g_rand_boolean (rand) ? name_of (rand, ability, "kijker", g_rand_int_range (rand, 0, 3)) : NULL;
  g_autofree char *key = g_strdup_printf ("%s\x1f%s\x1f%s", code->id, subject, observer);
  gboolean nothing = g_rand_int_range (rand, 0, 20) == 0;
  TbKind kind = nothing && !ability->rude ? TB_KIND_POINT : code->kind;
  TbExchangeEvent *event;

  if (kind == TB_KIND_STATE) {
    gint64 *end = g_hash_table_lookup (ends, key);

    if (ability->no_overlap && end != NULL)
      at = *end;
    if (at == G_MAXINT64)
      return;
    if (g_rand_int_range (rand, 0, 10) > 0)
      until = at + g_rand_int_range (rand, 0, 60000) * MAX (ability->step, TB_MILLISECOND);
    end = g_new (gint64, 1);
    *end = until == TB_TIME_NONE ? G_MAXINT64 : until;
    g_hash_table_insert (ends, g_steal_pointer (&key), end);
  }
  event = tb_exchange_event (document, set, kind, nothing ? NULL : code->id, at, until);
  tb_exchange_share (&event->subject, subject);
  tb_exchange_share (&event->observer, observer);
  if (g_rand_boolean (rand))
    tb_exchange_text (&event->comment, word (rand, ability));
  if (g_rand_int_range (rand, 0, 5) == 0)
    event->rating = g_rand_int_range (rand, -4, 40) / 4.0;
  if (!nothing)
    add_modifiers (rand, ability, document, code, event);
}

TbExchange *
make_document (GRand *rand, const Ability *ability)
{
  TbExchange *document = tb_exchange_new ();
  int n_sets = ability->one_set ? 1 : g_rand_int_range (rand, 1, 4);

  tb_exchange_text (&document->title, word (rand, ability));
  add_codes (rand, ability, document, g_rand_int_range (rand, 1, 7));
  for (int s = 0; s < n_sets; s++) {
    g_autofree char *id = name_of (rand, ability, "bezoek", s);
    TbExchangeSet *set = tb_exchange_set (document, id);
    g_autoptr (GHashTable) ends = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
    int n = g_rand_int_range (rand, 1, 60);

    tb_exchange_media (document, set, "film één.mp4")->length = 3600 * TB_SECOND;
    for (int i = 0; i < n; i++)
      add_event (rand, ability, document, set, ends);
    /* A set of nothing is not asked of every format. */
    if (set->events->len == 0)
      tb_exchange_event (document, set, TB_KIND_POINT, NULL, 0, TB_TIME_NONE);
  }
  g_assert_true (tb_exchange_finish (document, NULL, NULL));
  return document;
}

TbExchange *
read_as (const char *format, const char *text, gssize size, TbLoss *loss)
{
  g_autoptr (TbLoss) own = loss == NULL ? tb_loss_new () : NULL;
  g_autoptr (GError) error = NULL;
  TbExchange *document = tb_format_find (format)->read ((const guint8 *) text, size >= 0 ? (gsize) size : strlen (text),
                                                        loss != NULL ? loss : own, &error);

  g_assert_no_error (error);
  g_assert_nonnull (document);
  g_assert_true (tb_loss_is_balanced (loss != NULL ? loss : own));
  return document;
}

GBytes *
fixture (const char *name)
{
  g_autofree char *path = g_build_filename (g_getenv ("TB_SOURCE_DIR"), "tests", "unit", "exchange", name, NULL);
  g_autoptr (GError) error = NULL;
  char *data = NULL;
  gsize size = 0;

  g_file_get_contents (path, &data, &size, &error);
  g_assert_no_error (error);
  return g_bytes_new_take (data, size);
}

static const char *
or_dash (const char *text)
{
  return text != NULL ? text : "-";
}

char *
events_as_text (const TbExchange *document)
{
  GString *text = g_string_new (NULL);

  for (guint s = 0; s < document->sets->len; s++) {
    const TbExchangeSet *set = g_ptr_array_index (document->sets, s);

    for (guint i = 0; i < set->events->len; i++) {
      const TbExchangeEvent *event = g_ptr_array_index (set->events, i);
      g_autofree char *at = tb_time_plain (event->at, 0);
      g_autofree char *until = event->until == TB_TIME_NONE ? g_strdup ("-") : tb_time_plain (event->until, 0);

      g_string_append_printf (text, "%s|%s|%s|%s|%s|%s|%s|%s|", set->id, or_dash (event->code),
                              tb_kind_name (event->kind), at, until, or_dash (event->subject),
                              or_dash (event->observer), event->comment);
      if (!isnan (event->rating))
        g_string_append_printf (text, "%g", event->rating);
      g_string_append_c (text, '|');
      for (guint m = 0; event->modifiers != NULL && m < event->modifiers->len; m++) {
        const TbExchangePair *pair = g_ptr_array_index (event->modifiers, m);

        g_string_append_printf (text, "%s%s=%s", m > 0 ? ";" : "", pair->name, pair->value);
      }
      g_string_append_c (text, '\n');
    }
  }
  return g_string_free (text, FALSE);
}
