#include <string.h>

#include "base/error.h"
#include "observe/instrument.h"
#include "observe/questions.h"

#define WORDS(x) "{\"nl\":\"" x "\",\"en\":\"" x " e\"}"
#define PHASE(x) "{\"id\":\"" x "\",\"title\":" WORDS (x) ",\"line\":" WORDS (x) "}"

static const char small[]
    = "{\n"
      "\"format\":1,\"id\":\"proef\",\"version\":2,\n"
      "\"title\":" WORDS ("Proef") ",\"description\":" WORDS ("Uitleg") ",\n"
      "\"domains\":[{\"id\":\"algemeen\",\"title\":" WORDS ("Alg") "},{\"id\":\"orde\",\"title\":" WORDS ("Orde") "},"
      "{\"id\":\"leren\",\"title\":" WORDS ("Leren") "}],\n"
      "\"phases\":[" PHASE ("opening") "," PHASE ("pride") "," PHASE ("looking-back") "," PHASE ("becoming-aware") ","
      PHASE ("alternatives") "," PHASE ("trying") "," PHASE ("closing") "],\n"
      "\"questions\":[\n"
      "{\"id\":\"q-open\",\"domain\":\"algemeen\",\"phase\":\"opening\",\"nl\":\"Hoe is het?\","
      "\"en\":\"How is it?\"},\n"
      "{\"id\":\"q-alg\",\"domain\":\"algemeen\",\"phase\":\"trying\",\"nl\":\"Wat nu?\",\"en\":\"What now?\"},\n"
      "{\"id\":\"q-orde\",\"domain\":\"orde\",\"phase\":\"trying\",\"nl\":\"Wat hoor je?\","
      "\"en\":\"What do you hear?\"},\n"
      "{\"id\":\"q-bel\",\"domain\":\"orde\",\"phase\":\"trying\",\"nl\":\"Wat doet de bel?\","
      "\"en\":\"What does the bell do?\","
      "\"tags\":[\"snel/bel\",\"lang/bel\"]},\n"
      "{\"id\":\"q-rij\",\"domain\":\"orde\",\"phase\":\"trying\",\"nl\":\"Hoe loopt de rij?\","
      "\"en\":\"How is the line?\","
      "\"tags\":[\"lang/rij\"]},\n"
      "{\"id\":\"q-doel\",\"domain\":\"leren\",\"phase\":\"trying\",\"nl\":\"Wat is het doel?\","
      "\"en\":\"What is the goal?\","
      "\"tags\":[\"lang/bel\"]},\n"
      "{\"id\":\"q-terug\",\"domain\":\"orde\",\"phase\":\"looking-back\",\"nl\":\"Wat zie je?\","
      "\"en\":\"What do you see?\"}],\n"
      "\"prompts\":[{\"id\":\"p-een\",\"kind\":\"pride\",\"title\":" WORDS ("Trots") ",\"line\":" WORDS ("Kies") "}]\n"
      "}\n";

/* The ids of what was suggested, with spaces between. New. */
static char *
suggested (const TbQuestions *questions, const char *instrument, const char *code, const char *domain,
           const char *phase, const char *const *used, guint max)
{
  g_autoptr (GPtrArray) found = tb_questions_suggest (questions, instrument, code, domain, phase, used, max);
  GString *ids = g_string_new (NULL);

  for (guint i = 0; i < found->len; i++) {
    const TbQuestion *question = found->pdata[i];

    g_string_append_printf (ids, "%s%s", i > 0 ? " " : "", question->id);
  }
  return g_string_free (ids, FALSE);
}

#define ASSERT_SUGGESTED(expected, ...)                    \
  G_STMT_START                                             \
  {                                                        \
    g_autofree char *ids = suggested (__VA_ARGS__);        \
    g_assert_cmpstr (ids, ==, expected);                   \
  }                                                        \
  G_STMT_END

static void
test_good (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TbQuestions) questions = tb_questions_parse (small, strlen (small), &error);
  g_autoptr (TbQuestions) again = NULL;
  const TbQuestion *question;
  TbPhase phase = 0;

  g_assert_no_error (error);
  g_assert_cmpstr (tb_questions_id (questions), ==, "proef");
  g_assert_cmpint (tb_questions_version (questions), ==, 2);
  g_assert_cmpuint (tb_questions_count (questions), ==, 7);
  question = tb_questions_find (questions, "q-bel");
  g_assert_true (question == tb_questions_get (questions, 3));
  g_assert_cmpstr (question->domain, ==, "orde");
  g_assert_true (question->phase == TB_PHASE_TRYING);
  g_assert_cmpstr (question->tags[1], ==, "lang/bel");
  g_assert_null (question->tags[2]);
  g_assert_cmpstr (tb_question_text (question, "en"), ==, "What does the bell do?");
  g_assert_cmpstr (tb_question_text (question, "fr"), ==, "Wat doet de bel?");
  g_assert_null (tb_questions_find (questions, "q-geen"));
  g_assert_null (tb_questions_find (questions, NULL));
  g_assert_cmpstr (tb_questions_domain_title (questions, "orde", "en"), ==, "Orde e");
  g_assert_null (tb_questions_domain_title (questions, "rekenen", "nl"));
  g_assert_cmpstr (tb_questions_phase_title (questions, TB_PHASE_TRYING, "nl"), ==, "trying");
  g_assert_cmpstr (tb_questions_phase_line (questions, TB_PHASE_PRIDE, "en"), ==, "pride e");
  g_assert_cmpuint (tb_questions_n_prompts (questions), ==, 1);
  g_assert_cmpstr (tb_questions_prompt (questions, 0)->line_en, ==, "Kies e");
  again = tb_questions_parse (tb_questions_text (questions), strlen (tb_questions_text (questions)), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (tb_questions_text (again), ==, tb_questions_text (questions));

  for (int i = TB_PHASE_OPENING; i <= TB_PHASE_CLOSING; i++) {
    g_assert_true (tb_phase_from_name (tb_phase_name ((TbPhase) i), &phase));
    g_assert_cmpint (phase, ==, i);
  }
  g_assert_false (tb_phase_from_name ("later", &phase));
  g_assert_false (tb_phase_from_name (NULL, &phase));
}

/* One change makes it bad; the message says where. */
static void
test_bad (void)
{
  struct {
    const char *from;
    const char *to;
    const char *where;
  } const cases[] = {
    { "\"format\":1", "\"format\":2", "format (line 2): " },
    { "\"version\":2", "\"version\":0", "version (line 2): " },
    { "\"id\":\"proef\"", "\"id\":\"-proef\"", "id (line 2): " },
    { "\"en\":\"Uitleg e\"", "\"en\":\"\"", "description.en (line 3): " },
    { "\"id\":\"orde\"", "\"id\":\"algemeen\"", "domains[1].id (line 4): " },
    { "\"id\":\"pride\"", "\"id\":\"opening\"", "phases[1].id (line 5): " },
    { "\"id\":\"pride\"", "\"id\":\"shame\"", "phases[1].id (line 5): " },
    { "," PHASE ("closing"), "", "phases (line 5): the phase “closing” is missing" },
    { "\"line\":" WORDS ("trying"), "\"line\":\"x\"", "phases[5].line (line 5): " },
    { "\"id\":\"q-alg\"", "\"id\":\"q-open\"", "questions[1].id (line 8): " },
    { "\"algemeen\",\"phase\":\"trying\"", "\"elders\",\"phase\":\"trying\"", "questions[1].domain (line 8): " },
    { "\"phase\":\"opening\"", "\"phase\":\"ending\"", "questions[0].phase (line 7): " },
    { "Wat nu?", "Wat nu", "questions[1].nl (line 8): must end in “?”" },
    { "Wat nu?", "?", "questions[1].nl (line 8): has no words" },
    { "Wat nu?", " Wat nu?", "questions[1].nl (line 8): must not begin" },
    { "Wat nu?", "Wat\\u0007nu?", "questions[1].nl (line 8): must be one line" },
    { "Wat nu?", "HOE: is, het?", "questions[1].nl (line 8): this question is there already" },
    { "What now?", "Wat nu?", "questions[1].en (line 8): this question is there already" },
    { "What now?", "", "questions[1].en (line 8): " },
    { ",\"en\":\"What now?\"", "", "questions[1].en (line 8): " },
    { "\"snel/bel\"", "\"bel\"", "questions[3].tags[0] (line 10): " },
    { "\"snel/bel\"", "\"snel/bel/x\"", "questions[3].tags[0] (line 10): " },
    { "\"snel/bel\"", "\"lang/bel\"", "questions[3].tags[1] (line 10): " },
    { "\"snel/bel\"", "null", "questions[3].tags[0] (line 10): " },
    { "[\"lang/rij\"]", "\"lang/rij\"", "questions[4].tags (line 11): " },
    { "\"kind\":\"pride\"", "\"kind\":\"shame\"", "prompts[0].kind (line 14): " },
    { "\"prompts\":[{", "\"prompts\":[],\"x\":[{", "the whole (line 1): " },
    { "\"nl\":\"Trots\"", "\"nl\":\"a\\nb\"", "prompts[0].title.nl (line 14): " },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (GStrv) parts = g_strsplit (small, cases[i].from, 2);
    g_autofree char *text = NULL;
    g_autoptr (GError) error = NULL;

    g_assert_cmpuint (g_strv_length (parts), ==, 2);
    text = g_strconcat (parts[0], cases[i].to, parts[1], NULL);
    g_assert_null (tb_questions_parse (text, strlen (text), &error));
    g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
    g_test_message ("%s", error->message);
    g_assert_true (g_str_has_prefix (error->message, cases[i].where));
  }
}

static void
test_limits (void)
{
  g_auto (GStrv) parts = g_strsplit (small, "Wat nu?", 2);
  g_autofree char *longest = g_strnfill (TB_QUESTION_MAX_LENGTH - 1, 'a');
  g_autofree char *good = g_strconcat (parts[0], longest, "?", parts[1], NULL);
  g_autofree char *too_long = g_strconcat (parts[0], longest, "a?", parts[1], NULL);
  g_autofree char *huge = g_strnfill (1024 * 1024 + 1, ' ');
  g_autoptr (GError) error = NULL;
  g_autoptr (TbQuestions) questions = tb_questions_parse (good, strlen (good), &error);

  g_assert_no_error (error);
  g_assert_null (tb_questions_parse (too_long, strlen (too_long), &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (tb_questions_parse (huge, strlen (huge), &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_TOO_LARGE);
  g_clear_error (&error);
  g_assert_null (tb_questions_parse ("[]", 2, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
}

static void
test_suggest (void)
{
  g_autoptr (TbQuestions) questions = tb_questions_parse (small, strlen (small), NULL);
  const char *const used[] = { "q-bel", "q-alg", "weg", NULL };

  /* Tagged first, its domain, general; never what is about another code. */
  ASSERT_SUGGESTED ("q-bel q-orde q-alg", questions, "snel", "bel", "orde", "trying", NULL, 0);
  /* Tagged with exactly this code, even in another domain. */
  ASSERT_SUGGESTED ("q-bel q-doel q-orde q-alg", questions, "lang", "bel", "orde", "trying", NULL, 0);
  /* A school's own kijkwijzer with the same code: of its domain only. */
  ASSERT_SUGGESTED ("q-bel q-orde q-alg", questions, "eigen", "bel", "orde", "trying", NULL, 0);
  ASSERT_SUGGESTED ("q-bel q-orde q-alg", questions, NULL, "bel", "orde", "trying", NULL, 0);
  /* "la" is no "lang". */
  ASSERT_SUGGESTED ("q-orde q-alg", questions, "la", "rij-", "orde", "trying", NULL, 0);
  ASSERT_SUGGESTED ("q-orde", questions, "snel", "bel", "orde", "trying", used, 0);
  ASSERT_SUGGESTED ("q-bel q-orde", questions, "snel", "bel", "orde", "trying", NULL, 2);
  /* Without a code all of the domain, those for no code in particular first. */
  ASSERT_SUGGESTED ("q-orde q-alg q-bel q-rij", questions, NULL, NULL, "orde", "trying", NULL, 0);
  /* Any phase beside a moment, so no opening. */
  ASSERT_SUGGESTED ("q-bel q-orde q-terug q-alg", questions, "snel", "bel", "orde", NULL, NULL, 0);
  ASSERT_SUGGESTED ("q-open", questions, NULL, NULL, NULL, "opening", NULL, 0);
  /* Nothing known: general first, then all. A domain of the school's own: as none. */
  ASSERT_SUGGESTED ("q-alg q-orde q-bel q-rij q-doel", questions, NULL, NULL, NULL, "trying", NULL, 0);
  ASSERT_SUGGESTED ("q-alg", questions, "eigen", "zingen", "muziek", "trying", NULL, 0);
  ASSERT_SUGGESTED ("", questions, NULL, NULL, NULL, "later", NULL, 0);
}

static void
test_list (void)
{
  g_autoptr (TbQuestions) questions = tb_questions_parse (small, strlen (small), NULL);
  g_autoptr (GPtrArray) all = tb_questions_list (questions, NULL, NULL);
  g_autoptr (GPtrArray) some = tb_questions_list (questions, "orde", "trying");
  g_autoptr (GPtrArray) none = tb_questions_list (questions, "orde", "later");

  g_assert_cmpuint (all->len, ==, 7);
  g_assert_cmpuint (some->len, ==, 3);
  g_assert_true (some->pdata[0] == tb_questions_find (questions, "q-orde"));
  g_assert_cmpuint (none->len, ==, 0);
}

/* ── what is shipped ── */

static TbQuestions *
shipped (void)
{
  g_autofree char *path
      = g_build_filename (g_getenv ("TB_SOURCE_DIR"), "assets", "questions", "coachvragen.json", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  TbQuestions *questions;
  gsize length = 0;

  g_assert_true (g_file_get_contents (path, &text, &length, NULL));
  questions = tb_questions_parse (text, length, &error);
  g_assert_no_error (error);
  return questions;
}

static void
test_shipped_counts (void)
{
  static const char *const domains[]
      = { "algemeen", "klassenmanagement", "didactisch-handelen", "pedagogisch-handelen", NULL };
  static const char *const beside[] = { "looking-back", "becoming-aware", "alternatives", "trying", NULL };
  static const char *const other[] = { "opening", "pride", "closing", NULL };
  g_autoptr (TbQuestions) questions = shipped ();

  for (guint d = 0; domains[d] != NULL; d++) {
    for (guint p = 0; beside[p] != NULL; p++) {
      g_autoptr (GPtrArray) list = tb_questions_list (questions, domains[d], beside[p]);
      guint without_tags = 0;

      g_test_message ("%s %s: %u", domains[d], beside[p], list->len);
      g_assert_cmpuint (list->len, >=, 10);
      g_assert_cmpuint (list->len, <=, 14);
      for (guint i = 0; i < list->len; i++)
        without_tags += ((const TbQuestion *) list->pdata[i])->tags[0] == NULL;
      g_assert_cmpuint (without_tags, >=, 3);
    }
  }
  for (guint p = 0; other[p] != NULL; p++) {
    g_autoptr (GPtrArray) list = tb_questions_list (questions, TB_DOMAIN_GENERAL, other[p]);

    g_assert_cmpuint (list->len, >=, 8);
  }
}

/* The words of TEXT in small letters, as a set. New. */
static GHashTable *
words_of (const char *text)
{
  GHashTable *set = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_auto (GStrv) words = g_str_tokenize_and_fold (text, NULL, NULL);

  for (guint i = 0; words[i] != NULL; i++)
    g_hash_table_add (set, g_strdup (words[i]));
  return set;
}

/* Shared words as a part of all words. */
static double
likeness (GHashTable *a, GHashTable *b)
{
  GHashTableIter iter;
  gpointer word;
  guint shared = 0;

  g_hash_table_iter_init (&iter, a);
  while (g_hash_table_iter_next (&iter, &word, NULL))
    shared += g_hash_table_contains (b, word);
  return (double) shared / (g_hash_table_size (a) + g_hash_table_size (b) - shared);
}

static void
test_shipped_no_near_twins (void)
{
  g_autoptr (TbQuestions) questions = shipped ();
  static const char *const languages[] = { "nl", "en", NULL };

  for (guint l = 0; languages[l] != NULL; l++) {
    g_autoptr (GPtrArray) sets = g_ptr_array_new_with_free_func ((GDestroyNotify) g_hash_table_unref);

    for (guint i = 0; i < tb_questions_count (questions); i++) {
      const TbQuestion *question = tb_questions_get (questions, i);

      g_ptr_array_add (sets, words_of (tb_question_text (question, languages[l])));
      for (guint k = 0; k < i; k++) {
        double like = likeness (sets->pdata[i], sets->pdata[k]);

        if (like >= 0.65)
          g_error ("%s and %s are nearly the same (%.2f)", question->id, tb_questions_get (questions, k)->id, like);
      }
    }
  }
}

/* Questions that begin so are answered with yes or no. */
static const char *const closed_nl[]
    = { "ben",    "bent",   "is",     "zijn",   "was",    "waren",  "heb",     "hebt",   "heeft",  "hebben", "had",
        "hadden", "kan",    "kun",    "kunt",   "kunnen", "kon",    "konden",  "wil",    "wilt",   "willen", "wilde",
        "wou",    "zou",    "zouden", "zal",    "zul",    "zullen", "mag",     "mogen",  "mocht",  "moet",   "moeten",
        "moest",  "doe",    "doet",   "deed",   "deden",  "ga",     "gaat",    "gaan",   "ging",   "vind",   "vindt",
        "vond",   "zie",    "ziet",   "zag",    "weet",   "wist",   "denk",    "denkt",  "dacht",  "voel",   "voelde",
        "lukt",   "lukte",  "werkt",  "werkte", "merk",   "merkt",  "merkte",  "herken", "hoor",   "hoorde", "kom",
        "komt",   "kwam",   "durf",   "durft",  "geef",   "gaf",    "krijg",   "kreeg",  "klopt",  "komen",  "word",
        "wordt",  "werd",   "snap",   "begrijp", "gebeurt", "gebeurde", "zit", "staat",  "helpt",  "hielp",  NULL };
static const char *const closed_en[]
    = { "am",  "are",   "is",  "was",    "were",  "have", "has",  "had",  "do",    "does", "did",   "can",
        "could", "will", "would", "shall", "should", "may", "might", "must", "won't", NULL };

static void
check_text (const TbQuestion *question, const char *text, const char *const *closed)
{
  g_autofree char *small_letters = g_utf8_strdown (text, -1);
  g_auto (GStrv) words = g_strsplit (small_letters, " ", 2);

  g_test_message ("%s: %s", question->id, text);
  g_assert_cmpint (g_utf8_strlen (text, -1), <, 120);
  g_assert_cmpint (g_utf8_strlen (text, -1), >, 12);
  g_assert_true (g_str_has_suffix (text, "?"));
  g_assert_true (g_unichar_isupper (g_utf8_get_char (text)));
  g_assert_null (strstr (text, "  "));
  g_assert_false (g_strv_contains (closed, words[0]));
}

static void
test_shipped_wording (void)
{
  static const char *const accusing[] = { "waarom", "had je niet", "moeten", " fout ging", " u ", " uw ", NULL };
  g_autoptr (TbQuestions) questions = shipped ();

  for (guint i = 0; i < tb_questions_count (questions); i++) {
    const TbQuestion *question = tb_questions_get (questions, i);
    g_autofree char *nl = g_utf8_strdown (question->nl, -1);
    g_autofree char *en = g_utf8_strdown (question->en, -1);

    check_text (question, question->nl, closed_nl);
    check_text (question, question->en, closed_en);
    g_assert_cmpstr (question->nl, !=, question->en);
    for (guint k = 0; accusing[k] != NULL; k++)
      g_assert_null (strstr (nl, accusing[k]));
    g_assert_null (strstr (en, "why"));
  }
}

/* Every tag is a code of a kijkwijzer that is shipped, in the question's
 * domain; and every code finds a question of its own in each of the four phases. */
static void
test_shipped_tags (void)
{
  static const char *const names[]
      = { "snelle-start", "klassenmanagement", "didactisch-handelen", "pedagogisch-handelen", NULL };
  static const char *const beside[] = { "looking-back", "becoming-aware", "alternatives", "trying", NULL };
  g_autoptr (TbQuestions) questions = shipped ();
  g_autoptr (GHashTable) domains = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  for (guint n = 0; names[n] != NULL; n++) {
    g_autofree char *file = g_strconcat (names[n], ".json", NULL);
    g_autofree char *path = g_build_filename (g_getenv ("TB_SOURCE_DIR"), "assets", "instruments", file, NULL);
    g_autoptr (TbInstrument) instrument = tb_instrument_load (path, NULL);

    g_assert_nonnull (instrument);
    for (guint c = 0; c < tb_instrument_n_codes (instrument); c++) {
      const TbCode *code = tb_instrument_code (instrument, c);

      g_assert_nonnull (tb_questions_domain_title (questions, code->domain, "nl"));
      g_hash_table_insert (domains, g_strdup_printf ("%s/%s", tb_instrument_id (instrument), code->id),
                           g_strdup (code->domain));
      for (guint p = 0; beside[p] != NULL; p++) {
        g_autoptr (GPtrArray) found = tb_questions_suggest (questions, tb_instrument_id (instrument), code->id,
                                                            code->domain, beside[p], NULL, 3);
        const TbQuestion *first = found->pdata[0];
        g_autofree char *ending = g_strconcat ("/", code->id, NULL);
        gboolean own = FALSE;

        g_assert_cmpuint (found->len, ==, 3);
        for (guint t = 0; first->tags[t] != NULL; t++)
          own = own || g_str_has_suffix (first->tags[t], ending);
        g_test_message ("%s %s: %s", code->id, beside[p], first->id);
        g_assert_true (own);
      }
    }
  }
  for (guint i = 0; i < tb_questions_count (questions); i++) {
    const TbQuestion *question = tb_questions_get (questions, i);

    for (guint t = 0; question->tags[t] != NULL; t++)
      g_assert_cmpstr (g_hash_table_lookup (domains, question->tags[t]), ==, question->domain);
  }
}

/* Two of pride, one to improve, in this order. */
static void
test_shipped_prompts (void)
{
  static const char *const kinds[] = { "pride", "pride", "improve" };
  g_autoptr (TbQuestions) questions = shipped ();

  g_assert_cmpuint (tb_questions_n_prompts (questions), ==, G_N_ELEMENTS (kinds));
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    const TbPrompt *prompt = tb_questions_prompt (questions, i);

    g_assert_cmpstr (prompt->kind, ==, kinds[i]);
    g_assert_cmpstr (prompt->title_nl, !=, prompt->title_en);
    g_assert_cmpstr (prompt->line_nl, !=, prompt->line_en);
    g_assert_cmpint (g_utf8_strlen (prompt->line_nl, -1), <, 120);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/questions/good", test_good);
  g_test_add_func ("/questions/bad", test_bad);
  g_test_add_func ("/questions/limits", test_limits);
  g_test_add_func ("/questions/suggest", test_suggest);
  g_test_add_func ("/questions/list", test_list);
  g_test_add_func ("/questions/shipped/counts", test_shipped_counts);
  g_test_add_func ("/questions/shipped/no-near-twins", test_shipped_no_near_twins);
  g_test_add_func ("/questions/shipped/wording", test_shipped_wording);
  g_test_add_func ("/questions/shipped/tags", test_shipped_tags);
  g_test_add_func ("/questions/shipped/prompts", test_shipped_prompts);
  return g_test_run ();
}
