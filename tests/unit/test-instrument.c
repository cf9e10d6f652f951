#include <string.h>

#include "base/error.h"
#include "observe/document-check.h"
#include "observe/instrument.h"

static const char small[]
    = "{\n"
      "\"format\":1,\"id\":\"proef\",\"version\":3,\n"
      "\"title\":{\"nl\":\"Proef\",\"en\":\"Trial\"},\n"
      "\"description\":{\"nl\":\"Voor de test\",\"en\":\"For the test\"},\n"
      "\"default\":false,\n"
      "\"domains\":[{\"id\":\"dom\",\"title\":{\"nl\":\"Domein\",\"en\":\"Domain\"},\"color\":\"#009E73\"}],\n"
      "\"codes\":[\n"
      "{\"id\":\"een\",\"domain\":\"dom\",\"kind\":\"point\",\"title\":{\"nl\":\"Een\",\"en\":\"One\"},"
      "\"short\":{\"nl\":\"Een\",\"en\":\"One\"},\"key\":\"1\",\"lead\":8,\"lag\":2.5,"
      "\"help\":{\"counts\":{\"nl\":\"a\",\"en\":\"b\"},\"not\":{\"nl\":\"c\",\"en\":\"d\"}}},\n"
      "{\"id\":\"twee\",\"domain\":\"dom\",\"kind\":\"state\",\"title\":{\"nl\":\"Twee\",\"en\":\"Two\"},"
      "\"short\":{\"nl\":\"Twee\",\"en\":\"Two\"},\"key\":\"2\",\"lead\":0,\"lag\":600,"
      "\"help\":{\"counts\":{\"nl\":\"a\",\"en\":\"b\"},\"not\":{\"nl\":\"c\",\"en\":\"d\"}}}],\n"
      "\"subjects\":[]\n"
      "}\n";

static void
test_good (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TbInstrument) instrument = tb_instrument_parse (small, strlen (small), &error);
  g_autoptr (TbInstrument) again = NULL;
  const TbCode *code;

  g_assert_no_error (error);
  g_assert_cmpstr (tb_instrument_id (instrument), ==, "proef");
  g_assert_cmpint (tb_instrument_version (instrument), ==, 3);
  g_assert_cmpstr (tb_instrument_title (instrument, "en"), ==, "Trial");
  g_assert_cmpstr (tb_instrument_title (instrument, "fr"), ==, "Proef");
  g_assert_cmpstr (tb_instrument_description (instrument, "nl"), ==, "Voor de test");
  g_assert_false (tb_instrument_is_default (instrument));
  g_assert_cmpuint (tb_instrument_n_codes (instrument), ==, 2);
  code = tb_instrument_find (instrument, "een");
  g_assert_cmpint (code->kind, ==, TB_KIND_POINT);
  g_assert_cmpint (code->lead, ==, 8 * TB_SECOND);
  g_assert_cmpint (code->lag, ==, 2500 * TB_MILLISECOND);
  g_assert_cmpstr (code->key, ==, "1");
  g_assert_cmpstr (code->color, ==, "#009E73");
  g_assert_true (tb_instrument_code (instrument, 1)->kind == TB_KIND_STATE);
  g_assert_null (tb_instrument_find (instrument, "drie"));
  again = tb_instrument_parse (tb_instrument_text (instrument), strlen (tb_instrument_text (instrument)), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (tb_instrument_text (again), ==, tb_instrument_text (instrument));
}

typedef struct {
  const char *from;
  const char *to;
  const char *where; /* what the message begins with */
} Case;

/* TEXT with the first FROM changed into TO. New. */
static char *
changed (const char *text, const char *from, const char *to)
{
  g_auto (GStrv) parts = g_strsplit (text, from, 2);

  g_assert_cmpuint (g_strv_length (parts), ==, 2);
  return g_strconcat (parts[0], to, parts[1], NULL);
}

/* One change makes it bad; the message says where, and so does the list of all problems. */
static void
check_cases (const char *good, const Case *cases, guint n)
{
  for (guint i = 0; i < n; i++) {
    g_autofree char *text = changed (good, cases[i].from, cases[i].to);
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) problems = tb_instrument_problems (text, strlen (text));
    const TbDocumentProblem *first = problems->len > 0 ? problems->pdata[0] : NULL;
    g_autofree char *place = NULL;

    g_assert_null (tb_instrument_parse (text, strlen (text), &error));
    g_test_message ("%s -> %s: %s", cases[i].from, cases[i].to, error->message);
    g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
    g_assert_true (g_str_has_prefix (error->message, cases[i].where));
    g_assert_nonnull (first);
    place = g_strdup_printf ("%s (line %u): %s", *first->field != '\0' ? first->field : "the whole", first->line,
                             first->message);
    g_assert_cmpstr (error->message, ==, place);
  }
}

static void
test_bad (void)
{
  const Case cases[] = {
    { "\"format\":1", "\"format\":3", "format (line 2): format 3 was made by a newer version" },
    { "\"format\":1,", "", "format" },
    { "\"id\":\"proef\"", "\"id\":\"Proef\"", "id (line 2): " },
    { "\"version\":3", "\"version\":0", "version (line 2): " },
    { "\"version\":3", "\"version\":\"3\"", "version (line 2): " },
    { "\"default\":false", "\"default\":0", "default (line 5): " },
    { "\"en\":\"Trial\"", "\"en\":\"\"", "title.en (line 3): " },
    { ",\"en\":\"Trial\"", "", "title.en (line 3): " },
    { "\"nl\":\"Proef\"", "\"nl\":\"a\\nb\"", "title.nl (line 3): " },
    { "\"nl\":\"Proef\"", "\"fr\":\"a\"", "title (line 3): " },
    { "#009E73", "#123456", "domains[0].color (line 6): " },
    { "[{\"id\":\"dom\"", "[{\"id\":\"d m\"", "domains[0].id (line 6): " },
    { "\"twee\",\"domain\":\"dom\"", "\"twee\",\"domain\":\"ander\"", "codes[1].domain (line 9): " },
    { "\"id\":\"twee\"", "\"id\":\"een\"", "codes[1].id (line 9): " },
    { "\"key\":\"2\"", "\"key\":\"1\"", "codes[1].key (line 9): “1” is the key of “een” already" },
    { "\"key\":\"2\"", "\"key\":\"m\"", "codes[1].key (line 9): " },
    { "\"key\":\"2\"", "\"key\":\"22\"", "codes[1].key (line 9): " },
    { "\"key\":\"2\"", "\"key\":\"\"", "codes[1].key (line 9): " },
    { "\"kind\":\"state\"", "\"kind\":\"rating\"", "codes[1].kind (line 9): “rating” is none of point, state" },
    { "\"lead\":8", "\"lead\":-1", "codes[0].lead (line 8): " },
    { "\"lag\":600", "\"lag\":601", "codes[1].lag (line 9): " },
    { "\"lag\":600", "\"lag\":\"x\"", "codes[1].lag (line 9): " },
    { "\"nl\":\"Twee\",\"en\":\"Two\"},\"key\"", "\"nl\":\"Een veel te lange knop\",\"en\":\"Two\"},\"key\"",
      "codes[1].short.nl (line 9): " },
    { "\"key\":\"1\"", "\"sleutel\":\"1\"", "codes[0] (line 8): " },
    { "\"key\":\"1\",", "", "codes[0].key (line 8): “key” is missing" },
    { ",\n\"subjects\":[]", "", "subjects (line 1): “subjects” is missing" },
    { "\"subjects\":[]", "\"subjects\":{}", "subjects (line 10): " },
    { "\"subjects\":[]", "\"subjects\":[3]", "subjects[0] (line 10): " },
    { "\"subjects\":[]", "\"subjects\":[],\"x\":1", "the whole (line 1): " },
    { "\"not\":{\"nl\":\"c\"", "\"not\":{\"nl\":5", "codes[0].help.not.nl (line 8): " },
  };

  check_cases (small, cases, G_N_ELEMENTS (cases));
}

/* tests/unit/proef-twee.json: a document of format 2 that has everything once. New. */
static char *
second (void)
{
  g_autofree char *path = g_build_filename (g_getenv ("TB_SOURCE_DIR"), "tests", "unit", "proef-twee.json", NULL);
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

static void
test_parts (void)
{
  g_autofree char *text = second ();
  g_autoptr (GError) error = NULL;
  g_autoptr (TbInstrument) instrument = tb_instrument_parse (text, strlen (text), &error);
  g_autoptr (GPtrArray) problems = tb_instrument_problems (text, strlen (text));
  const TbModifier *modifier;
  const TbScale *scale;
  const TbSampling *sampling;
  const TbCode *code;

  g_assert_no_error (error);
  g_assert_cmpuint (problems->len, ==, 0);
  code = tb_instrument_find (instrument, "begin");
  g_assert_cmpstr (code->group, ==, "fase");
  g_assert_cmpint (code->size, ==, TB_SIZE_WIDE);
  g_assert_null (code->modifiers);
  g_assert_null (code->scale);
  g_assert_null (code->sampling);

  code = tb_instrument_find (instrument, "contact");
  g_assert_null (code->key);
  g_assert_null (code->group);
  g_assert_cmpint (code->size, ==, TB_SIZE_NORMAL);
  g_assert_cmpstr (code->modifiers[0]->id, ==, "hoe"); /* in the order of the code */
  g_assert_cmpstr (code->modifiers[1]->id, ==, "van");
  g_assert_cmpstr (code->modifiers[2]->id, ==, "aantal");
  g_assert_null (code->modifiers[3]);
  g_assert_cmpstr (tb_instrument_find (instrument, "kort")->color, ==, "#000000");
  g_assert_cmpint (tb_instrument_find (instrument, "kort")->size, ==, TB_SIZE_BIG);

  modifier = tb_instrument_find_modifier (instrument, "hoe");
  g_assert_cmpint (modifier->form, ==, TB_MODIFIER_MANY);
  g_assert_cmpuint (modifier->choices->len, ==, 2);
  g_assert_cmpstr (tb_modifier_find (modifier, "blik")->title_en, ==, "b");
  g_assert_null (tb_modifier_find (modifier, "leraar"));
  modifier = tb_instrument_find_modifier (instrument, "aantal");
  g_assert_cmpint (modifier->form, ==, TB_MODIFIER_AMOUNT);
  g_assert_cmpfloat (modifier->min, ==, 1);
  g_assert_cmpfloat (modifier->max, ==, 30.5);
  g_assert_cmpint (tb_instrument_find_modifier (instrument, "van")->form, ==, TB_MODIFIER_ONE);
  g_assert_null (tb_instrument_find_modifier (instrument, "fase"));

  scale = tb_instrument_find (instrument, "start")->scale;
  g_assert_true (scale == tb_instrument_find_scale (instrument, "vier"));
  g_assert_true (scale->not_applicable);
  g_assert_null (tb_scale_find (scale, -1)->anchor_nl);
  g_assert_cmpstr (tb_scale_find (scale, 2)->anchor_nl, ==, "Zo");
  g_assert_null (tb_scale_find (scale, 1));
  g_assert_false (tb_instrument_find (instrument, "slot")->scale->not_applicable);

  g_assert_cmpuint (tb_instrument_n_samplings (instrument), ==, 3);
  sampling = tb_instrument_find (instrument, "uitleg")->sampling;
  g_assert_true (sampling == tb_instrument_sampling (instrument, 0));
  g_assert_cmpint (sampling->every, ==, 120 * TB_SECOND);
  g_assert_cmpint (sampling->rule, ==, TB_SAMPLING_PARTIAL);
  g_assert_true (sampling->many);
  g_assert_cmpstr (sampling->none, ==, "niets");
  sampling = tb_instrument_find (instrument, "bezig")->sampling;
  g_assert_cmpint (sampling->every, ==, 2500 * TB_MILLISECOND);
  g_assert_cmpint (sampling->rule, ==, TB_SAMPLING_MOMENTARY);
  g_assert_false (sampling->many);
  g_assert_null (sampling->none);
  g_assert_cmpint (tb_instrument_find (instrument, "stil")->sampling->rule, ==, TB_SAMPLING_WHOLE);
}

#define CODE(id) "{\"id\":\"" id "\""
#define WORDS "{\"nl\":\"a\",\"en\":\"b\"}"

/* A list of N items made of FORMAT, with their numbers in it, in place of FROM in TEXT. New. */
static char *
with_many (const char *text, const char *from, const char *before, const char *after, guint n)
{
  g_autoptr (GString) list = g_string_new ("");

  for (guint i = 0; i < n; i++)
    g_string_append_printf (list, "%s%s%u%s", i > 0 ? "," : "", before, i, after);
  return changed (text, from, list->str);
}

static void
test_bad_parts (void)
{
  const Case cases[] = {
    /* A document of format 1 has none of it. */
    { "\"format\":2", "\"format\":1", "groups (line 7): “groups” is of format 2" },
    /* Groups. */
    { "{\"id\":\"fase\",", "{\"id\":\"F\",", "groups[0].id (line 7): " },
    { "\"group\":\"fase\"", "\"group\":\"ander\"", "codes[0].group (line 20): there is no group “ander”" },
    { "\"modifiers\":[\"van\"],\"size\"", "\"group\":\"fase\",\"size\"", "codes[3].group (line 23): is only for a state" },
    /* Modifiers. */
    { "\"modifiers\":[\"van\"]", "\"modifiers\":[\"wie\"]", "codes[3].modifiers[0] (line 23): there is no modifier “wie”" },
    { "\"modifiers\":[\"van\"]", "\"modifiers\":[\"van\",\"van\"]", "codes[3].modifiers[1] (line 23): “van” is there twice" },
    { "\"modifiers\":[\"van\"]", "\"modifiers\":[3]", "codes[3].modifiers[0] (line 23): " },
    { "\"modifiers\":[\"van\"]", "\"modifiers\":[\"a\",\"b\",\"c\",\"d\",\"f\",\"g\"]", "codes[3].modifiers (line 23): " },
    { "{\"id\":\"hoe\"", "{\"id\":\"van\"", "modifiers[1].id (line 10): “van” is there twice" },
    { "\"type\":\"one\"", "\"type\":\"two\"", "modifiers[0].type (line 9): " },
    { "\"type\":\"one\"", "\"type\":\"number\"", "modifiers[0].choices (line 9): a number has no choices" },
    { "\"type\":\"number\"", "\"type\":\"one\"", "modifiers[2].min (line 11): " },
    { "\"type\":\"one\",", "\"type\":\"one\",\"max\":3,", "modifiers[0].max (line 9): " },
    { "\"type\":\"one\",\"choices\"", "\"type\":\"one\",\"keuzes\"", "modifiers[0] (line 9): " },
    { "{\"id\":\"leerling\"", "{\"id\":\"leraar\"", "modifiers[0].choices[1].id (line 9): " },
    { "[{\"id\":\"stem\",\"title\":" WORDS "},{\"id\":\"blik\",\"title\":" WORDS "}]", "[]",
      "modifiers[1].choices (line 10): must not be empty" },
    { "\"min\":1,", "", "modifiers[2].min (line 11): " },
    { "\"max\":30.5", "\"max\":1", "modifiers[2].max (line 11): must be more than “min”" },
    { "\"max\":30.5", "\"max\":1e99", "modifiers[2].max (line 11): " },
    /* Scales. */
    { "\"scale\":\"vier\"", "\"scale\":\"vijf\"", "codes[8].scale (line 28): there is no scale “vijf”" },
    { ",\"scale\":\"vier\"", "", "codes[8].scale (line 28): is missing" },
    { "\"modifiers\":[\"van\"],\"size\"", "\"scale\":\"vier\",\"size\"", "codes[3].scale (line 23): is only for a rating" },
    { "{\"id\":\"streng\"", "{\"id\":\"vier\"", "scales[1].id (line 14): " },
    { "\"not_applicable\":true,", "", "scales[0].not_applicable (line 13): " },
    { "\"value\":-1", "\"value\":2", "scales[0].steps[1].value (line 13): must be more than" },
    { "\"value\":-1", "\"value\":-101", "scales[0].steps[0].value (line 13): " },
    { "\"value\":2,\"title\":" WORDS ",\"anchor\"", "\"value\":101,\"title\":" WORDS ",\"anchor\"",
      "scales[0].steps[1].value (line 13): " },
    { "\"value\":-1", "\"value\":1.5", "scales[0].steps[0].value (line 13): " },
    { "[{\"value\":1,\"title\":" WORDS "},", "[", "scales[1].steps (line 14): must have at least 2" },
    { "\"anchor\":{\"nl\":\"Zo\",", "\"anchor\":{\"nl\":\"\",", "scales[0].steps[1].anchor.nl (line 13): " },
    { ",\"anchor\":{\"nl\":\"Zo\",\"en\":\"So\"}", ",\"anker\":1", "scales[0].steps[1] (line 13): " },
    /* Samplings. */
    { "\"sampling\":\"teken\"", "\"sampling\":\"t\"", "codes[6].sampling (line 26): there is no sampling “t”" },
    { ",\"sampling\":\"teken\"", "", "codes[6].sampling (line 26): is missing" },
    { "\"modifiers\":[\"van\"],\"size\"", "\"sampling\":\"blok\",\"size\"",
      "codes[3].sampling (line 23): is only for an interval" },
    { "{\"id\":\"teken\"", "{\"id\":\"blok\"", "samplings[1].id (line 17): " },
    { "\"every\":120", "\"every\":0.5", "samplings[0].every (line 16): " },
    { "\"every\":120", "\"every\":3601", "samplings[0].every (line 16): " },
    { "\"rule\":\"whole\"", "\"rule\":\"half\"", "samplings[2].rule (line 18): " },
    { "\"rule\":\"whole\",", "", "samplings[2].rule (line 18): " },
    { "\"many\":true,", "", "samplings[0].many (line 16): " },
    { "\"none\":\"niets\"", "\"none\":\"stil\"", "samplings[0].none (line 16): “stil” is no code of this sampling" },
    { "\"none\":\"niets\"", "\"none\":\"kort\"", "samplings[0].none (line 16): " },
    { "\"none\":\"niets\"", "\"none\":\"weg\"", "samplings[0].none (line 16): " },
    /* The code itself. */
    { "\"kind\":\"rating\"", "\"kind\":\"score\"", "codes[8].kind (line 28): “score” is none of point, state, interval, rating" },
    { "\"size\":\"wide\"", "\"size\":\"huge\"", "codes[0].size (line 20): " },
    { "\"key\":\"2\"", "\"key\":\"1\"", "codes[1].key (line 21): “1” is the key of “begin” already" },
    { "\"key\":\"2\"", "\"key\":\"e\"", "codes[1].key (line 21): " },
    /* The tabs. */
    { "[\"begin\",\"eind\"]", "[\"begin\",\"begin\"]", "layout.tabs[0].codes[1] (line 30): “begin” has a place already" },
    { "\"codes\":[]", "\"codes\":[\"eind\"]", "layout.tabs[1].codes[0] (line 30): “eind” has a place already" },
    { "\"codes\":[]", "\"codes\":[\"weg\"]", "layout.tabs[1].codes[0] (line 30): there is no code “weg”" },
    { "\"codes\":[]", "\"codes\":[{}]", "layout.tabs[1].codes[0] (line 30): " },
    { "[{\"id\":\"een\",\"title\":" WORDS ",\"codes\":[\"begin\",\"eind\"]},{\"id\":\"leeg\",\"title\":" WORDS ",\"codes\":[]}]",
      "[]", "layout.tabs (line 30): must not be empty" },
    { "{\"id\":\"leeg\"", "{\"id\":\"een\"", "layout.tabs[1].id (line 30): " },
    { "\"layout\":{\"tabs\"", "\"layout\":{\"bladen\"", "layout (line 30): " },
    { "\"layout\":{", "\"layout\":3,\"x\":{", "the whole (line 1): " },
    /* What became of codes. */
    { "\"from\":2", "\"from\":3", "became.from (line 31): " },
    { "\"from\":2,", "", "became.from (line 31): " },
    { "\"oud\":\"begin\"", "\"oud\":\"kwijt\"", "became.codes.oud (line 31): there is no code “kwijt”" },
    { "\"oud\":\"begin\"", "\"oud\":7", "became.codes.oud (line 31): " },
    { "\"oud\":\"begin\"", "\"Oud\":\"begin\"", "became.codes (line 31): “Oud” is not an id" },
  };
  g_autofree char *text = second ();
  g_autofree char *anchor = g_strnfill (301, 'x');

  {
    const Case longer[] = { { "Zo", anchor, "scales[0].steps[1].anchor.nl (line 13): " } };

    check_cases (text, longer, 1);
  }
  check_cases (text, cases, G_N_ELEMENTS (cases));
}

/* As many as there may be, and one more. */
static void
test_most (void)
{
  static const struct {
    const char *from, *before, *after;
    guint most;
    const char *where;
  } cases[] = {
    { "{\"id\":\"leraar\",\"title\":" WORDS "},{\"id\":\"leerling\",\"title\":" WORDS "}", "{\"id\":\"k", "\",\"title\":" WORDS "}",
      30, "modifiers[0].choices (line 9): " },
    { "{\"value\":1,\"title\":" WORDS "},{\"value\":2,\"title\":" WORDS "}", "{\"value\":", ",\"title\":" WORDS "}", 10,
      "scales[1].steps (line 14): " },
    { "{\"id\":\"een\",\"title\":" WORDS ",\"codes\":[\"begin\",\"eind\"]},{\"id\":\"leeg\",\"title\":" WORDS ",\"codes\":[]}",
      "{\"id\":\"t", "\",\"title\":" WORDS ",\"codes\":[]}", 10, "layout.tabs (line 30): " },
    { "{\"id\":\"begin\"", "{\"id\":\"c",
      "\",\"domain\":\"dom\",\"kind\":\"point\",\"title\":" WORDS ",\"short\":" WORDS ",\"lead\":0,\"lag\":0,"
      "\"help\":{\"counts\":" WORDS ",\"not\":" WORDS "}}",
      190, "codes (line 19): " },
  };
  g_autofree char *text = second ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *most = with_many (text, cases[i].from, cases[i].before, cases[i].after, cases[i].most);
    g_autofree char *more = with_many (text, cases[i].from, cases[i].before, cases[i].after, cases[i].most + 1);
    g_autoptr (TbInstrument) good = NULL;
    g_autoptr (GError) error = NULL;

    if (i == 3) { /* before the ten that are there */
      char *joined = g_strconcat (most, NULL);

      g_free (most);
      most = changed (joined, "}}" ",\"domain\":\"dom\",\"kind\":\"state\"", "}},{\"id\":\"begin\",\"domain\":\"dom\",\"kind\":\"state\"");
      g_free (joined);
      joined = changed (more, "}}" ",\"domain\":\"dom\",\"kind\":\"state\"", "}},{\"id\":\"begin\",\"domain\":\"dom\",\"kind\":\"state\"");
      g_free (more);
      more = joined;
    }
    good = tb_instrument_parse (most, strlen (most), &error);
    g_assert_no_error (error);
    g_assert_null (tb_instrument_parse (more, strlen (more), &error));
    g_test_message ("%s", error->message);
    g_assert_true (g_str_has_prefix (error->message, cases[i].where));
  }
}

/* A check goes on after what is wrong, and tells everything once. */
static void
test_problems (void)
{
  static const char *const fields[] = { "format", "title.nl", "scales[1].id", "codes[1].key", "codes[2].lead",
                                        "codes[4].sampling", "codes[5].sampling", "became.codes.oud" };
  g_autofree char *one = second ();
  g_autofree char *two = changed (one, "\"format\":2", "\"format\":0");
  g_autofree char *three = changed (two, "{\"nl\":\"Proef\"", "{\"nl\":\"\"");
  g_autofree char *four = changed (three, "{\"id\":\"streng\"", "{\"id\":\"vier\"");
  g_autofree char *five = changed (four, "\"key\":\"2\"", "\"key\":\"1\"");
  g_autofree char *six = changed (five, "\"lead\":8,\"lag\":2,\"help\":{\"counts\":{\"nl\":\"a\",\"en\":\"b\"},\"not\":{\"nl\":\"c\",\"en\":\"d\"}},\"modifiers\":[\"hoe\"",
                                   "\"lead\":-8,\"lag\":2,\"help\":{\"counts\":{\"nl\":\"a\",\"en\":\"b\"},\"not\":{\"nl\":\"c\",\"en\":\"d\"}},\"modifiers\":[\"hoe\"");
  g_autofree char *seven = changed (six, "{\"id\":\"blok\"", "{\"id\":\"BLOK\"");
  g_autofree char *eight = changed (seven, "\"oud\":\"begin\"", "\"oud\":\"x\"");
  g_autoptr (GPtrArray) problems = tb_instrument_problems (eight, strlen (eight));
  g_autoptr (GHashTable) found = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < problems->len; i++) {
    const TbDocumentProblem *problem = problems->pdata[i];

    g_test_message ("%s (line %u): %s", problem->field, problem->line, problem->message);
    g_assert_true (g_hash_table_add (found, problem->field)); /* each once */
    g_assert_cmpuint (problem->line, >, 1);
  }
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    g_assert_true (g_hash_table_contains (found, fields[i]));
}

static TbInstrument *
parsed (const char *text)
{
  g_autoptr (GError) error = NULL;
  TbInstrument *instrument = tb_instrument_parse (text, strlen (text), &error);

  g_assert_no_error (error);
  return instrument;
}

/* Codes of the version before are the same one, have become another, or went out; nothing else. */
static void
test_successor (void)
{
  g_autofree char *text = second ();
  g_autofree char *renamed = changed (text, "{\"id\":\"kort\"", "{\"id\":\"lang\"");
  g_autofree char *told = changed (renamed, "\"weg\":null", "\"kort\":\"lang\"");
  g_autofree char *gone = changed (renamed, "\"weg\":null", "\"kort\":null");
  g_autofree char *other = changed (renamed, "\"weg\":null", "\"kort\":\"begin\"");
  g_autofree char *kind = changed (text, "{\"id\":\"kort\",\"domain\":\"dom\",\"kind\":\"point\"",
                                   "{\"id\":\"kort\",\"domain\":\"dom\",\"kind\":\"state\"");
  g_autoptr (TbInstrument) before = parsed (text);
  g_autoptr (TbInstrument) silent = parsed (renamed);
  g_autoptr (TbInstrument) says = parsed (told);
  g_autoptr (TbInstrument) without = parsed (gone);
  g_autoptr (TbInstrument) mixed = parsed (other);
  g_autoptr (TbInstrument) turned = parsed (kind);
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (tb_instrument_became (before, "kort"), ==, "kort");
  g_assert_cmpstr (tb_instrument_became (before, "oud"), ==, "begin");
  g_assert_null (tb_instrument_became (before, "weg"));
  g_assert_null (tb_instrument_became (before, "nooit"));
  g_assert_cmpstr (tb_instrument_became (says, "kort"), ==, "lang");

  g_assert_true (tb_instrument_check_successor (before, before, &error));
  g_assert_true (tb_instrument_check_successor (says, before, &error));
  g_assert_true (tb_instrument_check_successor (without, before, &error));
  g_assert_no_error (error);
  g_assert_false (tb_instrument_check_successor (silent, before, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "“kort”"));
  g_clear_error (&error);
  g_assert_false (tb_instrument_check_successor (mixed, before, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (tb_instrument_check_successor (turned, before, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
}

/* From format 2 on a code may do without its help, or with half of it. */
static void
test_little_help (void)
{
  static const char whole[] = "\"help\":{\"counts\":{\"nl\":\"a\",\"en\":\"b\"},\"not\":{\"nl\":\"c\",\"en\":\"d\"}}";
  static const char *const right[] = { "\"help\":{\"counts\":{\"nl\":\"a\",\"en\":\"b\"}}", "\"help\":{}", "\"help\":null" };
  static const char *const wrong[] = { "\"help\":[]", "\"help\":{\"counts\":null}", "\"help\":{\"when\":{}}" };
  g_autofree char *text = second ();
  g_autofree char *old = changed (small, whole, right[0]);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (right); i++) {
    g_autofree char *now = changed (text, whole, right[i]);
    g_autoptr (TbInstrument) instrument = parsed (now);

    g_assert_nonnull (instrument);
  }
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autofree char *now = changed (text, whole, wrong[i]);

    g_assert_null (tb_instrument_parse (now, strlen (now), &error));
    g_assert_true (strstr (error->message, ".help") != NULL);
    g_clear_error (&error);
  }
  g_assert_null (tb_instrument_parse (old, strlen (old), &error));
}

/* A document of format 1 has at most 100 codes. */
static void
test_most_old (void)
{
  const char *rest = "\",\"domain\":\"dom\",\"kind\":\"point\",\"title\":" WORDS ",\"short\":" WORDS
                     ",\"key\":\"9\",\"lead\":0,\"lag\":0,\"help\":{\"counts\":" WORDS ",\"not\":" WORDS "}}";
  g_auto (GStrv) parts = g_strsplit (small, "\"codes\":[\n", 2);
  g_autofree char *head = g_strconcat (parts[0], "\"codes\":[@],\"subjects\":[]}", NULL);
  g_autofree char *text = with_many (head, "@", "{\"id\":\"c", rest, 101);
  g_autoptr (GError) error = NULL;

  g_assert_null (tb_instrument_parse (text, strlen (text), &error));
  g_assert_true (g_str_has_prefix (error->message, "codes (line 7): “codes” has more than 100"));
}

/* What format 2 does not ask for. */
static void
test_least (void)
{
  g_autofree char *two = changed (small, "\"format\":1", "\"format\":2");
  g_autofree char *bare = changed (two, ",\n\"subjects\":[]", "");
  g_autofree char *keyless = changed (bare, "\"key\":\"1\",", "");
  g_autoptr (TbInstrument) instrument = parsed (keyless);

  g_assert_null (tb_instrument_find (instrument, "een")->key);
  g_assert_cmpuint (tb_instrument_n_samplings (instrument), ==, 0);
}

static void
test_not_json (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (tb_instrument_parse ("[]", 2, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (tb_instrument_parse ("{", 1, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (tb_instrument_from_json (NULL, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
  g_clear_error (&error);
  {
    g_autoptr (GPtrArray) list = tb_instrument_problems ("[]", 2);
    g_autoptr (GPtrArray) broken = tb_instrument_problems ("{", 1);

    g_assert_cmpuint (list->len, ==, 1);
    g_assert_cmpuint (broken->len, ==, 1);
    g_assert_cmpstr (((TbDocumentProblem *) broken->pdata[0])->field, ==, "");
  }
  g_assert_null (tb_instrument_load ("/bestaat/niet.json", &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_NOT_FOUND);
}

/* Those that are shipped: all readable, one default with at most nine codes. */
static void
test_shipped (void)
{
  g_autofree char *folder = g_build_filename (g_getenv ("TB_SOURCE_DIR"), "assets", "instruments", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint defaults = 0, kinds = 0, count = 0;

  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (TbInstrument) instrument = NULL;

    if (!g_str_has_suffix (name, ".json"))
      continue;
    instrument = tb_instrument_load (path, &error);
    g_assert_no_error (error);
    count++;
    for (guint i = 0; i < tb_instrument_n_codes (instrument); i++)
      kinds |= 1u << tb_instrument_code (instrument, i)->kind;
    if (tb_instrument_is_default (instrument)) {
      defaults++;
      g_assert_cmpuint (tb_instrument_n_codes (instrument), <=, 9);
    }
  }
  g_assert_cmpuint (defaults, ==, 1);
  g_assert_cmpuint (count, ==, 9);
  g_assert_cmpuint (kinds, ==, 1u << TB_KIND_POINT | 1u << TB_KIND_STATE | 1u << TB_KIND_INTERVAL | 1u << TB_KIND_RATING);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/instrument/good", test_good);
  g_test_add_func ("/instrument/bad", test_bad);
  g_test_add_func ("/instrument/parts", test_parts);
  g_test_add_func ("/instrument/bad-parts", test_bad_parts);
  g_test_add_func ("/instrument/most", test_most);
  g_test_add_func ("/instrument/little-help", test_little_help);
  g_test_add_func ("/instrument/most-old", test_most_old);
  g_test_add_func ("/instrument/least", test_least);
  g_test_add_func ("/instrument/problems", test_problems);
  g_test_add_func ("/instrument/successor", test_successor);
  g_test_add_func ("/instrument/not-json", test_not_json);
  g_test_add_func ("/instrument/shipped", test_shipped);
  return g_test_run ();
}
