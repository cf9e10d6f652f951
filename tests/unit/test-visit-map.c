/* Visits to files of other programs and back: the same observations, for every
 * format that goes both ways; and what a foreign list of codes becomes. */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "exchange-tools.h"
#include "exchange/csv.h"
#include "exchange/visit-map.h"
#include "observe/operation.h"

#define ROUNDS 60
#define FIXED_START (G_GINT64_CONSTANT (1790000000) * TB_SECOND)

static const char trial[]
    = "{'format':2,'id':'proef','version':3,'title':{'nl':'Proef','en':'Trial'},"
      "'description':{'nl':'x','en':'x'},'default':false,"
      "'domains':[{'id':'een','title':{'nl':'Domein één','en':'Domain one'},'color':'#0072B2'}],"
      "'groups':[{'id':'fase','title':{'nl':'Fase','en':'Phase'}}],"
      "'modifiers':[{'id':'aan-wie','title':{'nl':'Aan wie','en':'To whom'},'type':'one','choices':["
      "{'id':'een','title':{'nl':'Eén','en':'One'}},{'id':'klas','title':{'nl':'Klas','en':'Class'}}]},"
      "{'id':'hoe','title':{'nl':'Hoe','en':'How'},'type':'many','choices':["
      "{'id':'kort','title':{'nl':'Kort','en':'Short'}},{'id':'lang','title':{'nl':'Lang','en':'Long'}},"
      "{'id':'hard','title':{'nl':'Hard','en':'Loud'}}]},"
      "{'id':'aantal','title':{'nl':'Aantal','en':'Number'},'type':'number','min':0,'max':40}],"
      "'scales':[{'id':'vier','title':{'nl':'Vier','en':'Four'},'not_applicable':true,'steps':["
      "{'value':1,'title':{'nl':'a','en':'a'}},{'value':2,'title':{'nl':'b','en':'b'}},"
      "{'value':3,'title':{'nl':'c','en':'c'}},{'value':4,'title':{'nl':'d','en':'d'}}]}],"
      "'samplings':[{'id':'half','title':{'nl':'Half','en':'Half'},'every':30,'rule':'partial','many':true},"
      "{'id':'nu','title':{'nl':'Nu','en':'Now'},'every':20,'rule':'momentary','many':true}],"
      "'codes':[%s],"
      "'subjects':[{'id':'leraar','title':{'nl':'De leraar','en':'The teacher'}}]}";

static const struct {
  const char *id, *rest;
} codes[] = {
  { "vraag", "'kind':'point','modifiers':['aan-wie','hoe','aantal'],'key':'1'" },
  { "compliment", "'kind':'point'" },
  { "uitleg", "'kind':'state','group':'fase','modifiers':['hoe']" },
  { "werken", "'kind':'state','group':'fase'" },
  { "onrust", "'kind':'interval','sampling':'half'" },
  { "taak", "'kind':'interval','sampling':'nu'" },
  { "doel", "'kind':'rating','scale':'vier'" },
};

static char *
with_quotes (const char *text)
{
  return g_strdelimit (g_strdup (text), "'", '"');
}

static TbInstrument *
make_instrument (void)
{
  g_autoptr (GString) list = g_string_new (NULL);
  g_autofree char *text = NULL, *json = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) halves = g_strsplit (trial, "%s", 2);
  TbInstrument *instrument;

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    g_string_append_printf (list,
                            "%s{'id':'%s','domain':'een',%s,'title':{'nl':'%s','en':'%s'},'short':{'nl':'%s','en':'%s'},"
                            "'lead':5,'lag':5,'help':{'counts':{'nl':'x','en':'x'},'not':{'nl':'x','en':'x'}}}",
                            i > 0 ? "," : "", codes[i].id, codes[i].rest, codes[i].id, codes[i].id, codes[i].id,
                            codes[i].id);
  text = g_strconcat (halves[0], list->str, halves[1], NULL);
  json = with_quotes (text);
  instrument = tb_instrument_parse (json, strlen (json), &error);
  g_assert_no_error (error);
  return instrument;
}

static const char *const notes[] = { "", "een notitie", "twee\nregels", "a;b,c", "\"gezegd\"", "=1+1", "l'école", "-->" };

static char *
random_modifiers (GRand *rand, const TbCode *code)
{
  g_autoptr (json_object) object = json_object_new_object ();

  for (const TbModifier **list = code->modifiers; list != NULL && *list != NULL; list++) {
    const TbModifier *modifier = *list;
    json_object *some;

    if (g_rand_boolean (rand))
      continue;
    if (modifier->form == TB_MODIFIER_AMOUNT) {
      tb_json_add_double (object, modifier->id, g_rand_int_range (rand, 0, 80) / 2.0);
    } else if (modifier->form == TB_MODIFIER_ONE) {
      guint n = (guint) g_rand_int_range (rand, 0, (int) modifier->choices->len);

      tb_json_add_string (object, modifier->id, g_array_index (modifier->choices, TbChoice, n).id);
    } else {
      some = json_object_new_array ();
      for (guint c = 0; c < modifier->choices->len; c++)
        if (g_rand_boolean (rand) || c == 0)
          json_object_array_add (some, json_object_new_string (g_array_index (modifier->choices, TbChoice, c).id));
      tb_json_add (object, modifier->id, some);
    }
  }
  return json_object_object_length (object) > 0 ? tb_json_to_text (object) : NULL;
}

static void
set (char **place, const char *text)
{
  g_free (*place);
  *place = g_strdup (text);
}

/* ENDS: code, subject and observer to when the last state of it ended, so that none overlap. */
static TbObservation *
random_observation (GRand *rand, const TbInstrument *instrument, GHashTable *ends)
{
  static const char *const observers[] = { "Marieke", "Jan de Wit" };
  static const char *const subjects[] = { NULL, "leraar", "groepje bij het raam" };
  TbObservation *o = tb_observation_new ("");
  guint n = (guint) g_rand_int_range (rand, 0, G_N_ELEMENTS (codes) + 1);
  const TbCode *code = n < G_N_ELEMENTS (codes) ? tb_instrument_find (instrument, codes[n].id) : NULL;
  g_autofree char *key = NULL;
  gint64 *end;

  o->kind = code != NULL ? code->kind : TB_KIND_POINT;
  o->instrument = code != NULL ? g_strdup ("proef") : NULL;
  o->code = code != NULL ? g_strdup (code->id) : NULL;
  o->lead = code != NULL ? 5 * TB_SECOND : 10 * TB_SECOND;
  o->lag = 5 * TB_SECOND;
  o->at = g_rand_int_range (rand, 0, 2700000) * TB_MILLISECOND;
  o->rating = TB_RATING_NONE;
  set (&o->observer, observers[g_rand_int_range (rand, 0, G_N_ELEMENTS (observers))]);
  o->subject = g_strdup (subjects[g_rand_int_range (rand, 0, code != NULL ? G_N_ELEMENTS (subjects) : 1)]);
  set (&o->note, notes[g_rand_int_range (rand, 0, G_N_ELEMENTS (notes))]);
  o->valence = g_rand_int_range (rand, 1, 4);
  if (code == NULL)
    return o;
  key = g_strjoin ("\x1f", o->code, o->subject != NULL ? o->subject : "", o->observer, NULL);
  end = g_hash_table_lookup (ends, key);
  if (o->kind != TB_KIND_POINT && o->kind != TB_KIND_RATING && end != NULL)
    o->at = MAX (o->at, *end);
  if (o->kind == TB_KIND_RATING)
    o->rating = g_rand_int_range (rand, 0, 5) > 0 ? g_rand_int_range (rand, 1, 5) : TB_RATING_NONE;
  if (o->kind == TB_KIND_STATE)
    o->until = o->at + g_rand_int_range (rand, 0, 60000) * TB_MILLISECOND;
  if (o->kind == TB_KIND_INTERVAL) {
    o->at = (o->at + code->sampling->every - 1) / code->sampling->every * code->sampling->every;
    o->until = code->sampling->rule == TB_SAMPLING_MOMENTARY ? o->at : o->at + code->sampling->every;
  }
  o->modifiers = random_modifiers (rand, code);
  end = g_new (gint64, 1);
  *end = MAX (o->at, o->until) + TB_MILLISECOND;
  g_hash_table_insert (ends, g_steal_pointer (&key), end);
  return o;
}

static int
by_all (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* All that is said of an observation but its id. New. */
static char *
as_text (const TbObservation *o)
{
  return g_strdup_printf ("%012" G_GINT64_FORMAT "|%s/%s|%s|%" G_GINT64_FORMAT "|%" G_GINT64_FORMAT
                          "|%s|%s|%s|%s|%s|%" G_GINT64_FORMAT "|%" G_GINT64_FORMAT,
                          o->at, o->instrument != NULL ? o->instrument : "-", o->code != NULL ? o->code : "-",
                          tb_kind_name (o->kind), o->until, o->rating, o->subject != NULL ? o->subject : "-", o->note,
                          tb_valence_name (o->valence), o->observer, o->modifiers != NULL ? o->modifiers : "-",
                          o->lead, o->lag);
}

static GPtrArray *
all_as_text (GPtrArray *observations)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < observations->len; i++)
    g_ptr_array_add (lines, as_text (g_ptr_array_index (observations, i)));
  g_ptr_array_sort (lines, by_all);
  return lines;
}

/* Every observation is one that the engine takes. */
static void
check_valid (GPtrArray *observations)
{
  for (guint i = 0; i < observations->len; i++) {
    TbObject object = { TB_TARGET_OBSERVATION, g_ptr_array_index (observations, i), NULL };
    g_autoptr (GError) error = NULL;

    tb_object_check (&object, &error);
    g_assert_no_error (error);
  }
}

static GPtrArray *
random_visit (GRand *rand, const TbInstrument *instrument)
{
  GPtrArray *observations = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_observation_free);
  g_autoptr (GHashTable) ends = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  int n = g_rand_int_range (rand, 1, 80);

  for (int i = 0; i < n; i++)
    g_ptr_array_add (observations, random_observation (rand, instrument, ends));
  return observations;
}

static void
go_round (const char *format_id, GRand *rand, TbInstrument *instrument, GPtrArray *catalogue)
{
  const TbFormat *format = tb_format_find (format_id);
  g_autoptr (GPtrArray) observations = random_visit (rand, instrument);
  g_autoptr (GPtrArray) sources = g_ptr_array_new ();
  g_autoptr (TbLoss) out = tb_loss_new ();
  g_autoptr (TbLoss) in = tb_loss_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (TbExchange) given = NULL;
  g_autoptr (TbExchange) read = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (TbMapped) mapped = NULL;
  g_autoptr (GHashTable) suggestions = NULL;
  g_autoptr (GPtrArray) before = all_as_text (observations);
  g_autoptr (GPtrArray) after = NULL;
  TbVisitSource source = { "x", "Les één", "Anna", "groep 5", "rekenen", "beurten", "een les", FIXED_START, 0, 0, catalogue,
                           observations };
  TbVisitMapChoice choice = { .catalogue = catalogue, .observer = "niemand" };
  gsize size = 0;
  const guint8 *data;

  check_valid (observations);
  g_ptr_array_add (sources, &source);
  given = tb_visit_map_give (sources, out, &error);
  g_assert_no_error (error);
  bytes = format->write (given, out, &error);
  g_assert_no_error (error);
  g_assert_true (tb_loss_is_balanced (out));
  g_assert_cmpint (tb_loss_get (out, TB_LOSS_DROPPED), ==, 0);
  data = g_bytes_get_data (bytes, &size);
  read = format->read (data, size, in, &error);
  g_assert_no_error (error);
  suggestions = tb_visit_map_suggest (read, catalogue);
  g_assert_true (tb_visit_map_is_known (read, catalogue, suggestions) || g_hash_table_size (suggestions) > 0);
  choice.codes = suggestions;
  mapped = tb_visit_map_take (read, &choice, in, &error);
  g_assert_no_error (error);
  g_assert_true (tb_loss_is_balanced (in));
  g_assert_cmpuint (mapped->instruments->len, ==, 0);
  g_assert_cmpuint (mapped->visits->len, ==, 1);
  after = all_as_text (((TbMappedVisit *) g_ptr_array_index (mapped->visits, 0))->observations);
  for (guint i = 0; i < MIN (before->len, after->len); i++)
    g_assert_cmpstr (g_ptr_array_index (before, i), ==, g_ptr_array_index (after, i));
  g_assert_cmpuint (before->len, ==, after->len);
}

static void
test_round (gconstpointer data)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (20261122);
  g_autoptr (TbInstrument) instrument = make_instrument ();
  g_autoptr (GPtrArray) catalogue = g_ptr_array_new ();

  g_ptr_array_add (catalogue, instrument);
  for (int i = 0; i < ROUNDS; i++)
    go_round (data, rand, instrument, catalogue);
}

/* --- what others' codes become -------------------------------------------------- */

static TbMapped *
take (const TbExchange *document, TbVisitMapChoice *choice, TbLoss *loss)
{
  g_autoptr (GError) error = NULL;
  TbMapped *mapped = tb_visit_map_take (document, choice, loss, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < mapped->visits->len; i++)
    check_valid (((TbMappedVisit *) g_ptr_array_index (mapped->visits, i))->observations);
  return mapped;
}

static TbExchange *
foreign (void)
{
  TbExchange *document = tb_exchange_new ();
  TbExchangeSet *set = tb_exchange_set (document, "les 1");
  TbExchangeCode *code;

  tb_exchange_text (&document->title, "Ons project");
  code = tb_exchange_code (document, "Mag ik: dit?");
  code->kind = TB_KIND_STATE;
  tb_exchange_text (&code->key, "M");
  tb_exchange_text (&code->color, "#ff0000");
  g_ptr_array_add (code->excludes, g_strdup ("mag ik dit"));
  code = tb_exchange_code (document, "mag ik dit");
  code->kind = TB_KIND_STATE;
  g_ptr_array_add (code->excludes, g_strdup ("Mag ik: dit?"));
  tb_exchange_event (document, set, TB_KIND_STATE, "Mag ik: dit?", -2 * TB_SECOND, TB_SECOND);
  tb_exchange_event (document, set, TB_KIND_STATE, "mag ik dit", TB_SECOND, TB_TIME_NONE);
  for (int i = 0; i < 3; i++) {
    TbExchangeEvent *event = tb_exchange_event (document, set, TB_KIND_POINT, "score", i * TB_SECOND, TB_TIME_NONE);

    event->rating = i + 1;
    tb_exchange_event_modifier (document, event, "hoe", i == 0 ? "hard" : "zacht");
  }
  g_assert_true (tb_exchange_finish (document, NULL, NULL));
  return document;
}

static void
test_new_instrument (void)
{
  g_autoptr (TbExchange) document = foreign ();
  g_autoptr (TbLoss) loss = tb_loss_new ();
  TbVisitMapChoice choice = { .observer = "Marieke", .name = "/tmp/x/les.boris", .format = "BORIS" };
  g_autoptr (TbMapped) mapped = NULL;
  g_autoptr (TbMapped) again = NULL;
  const TbMappedVisit *visit;
  const TbInstrument *instrument;
  const TbObservation *o;

  tb_loss_present (loss, 5);
  tb_loss_carried (loss, 5);
  mapped = take (document, &choice, loss);
  again = take (document, &choice, NULL);
  g_assert_true (tb_loss_is_balanced (loss));
  g_assert_cmpuint (mapped->instruments->len, ==, 1);
  instrument = g_ptr_array_index (mapped->instruments, 0);
  /* The same list of codes, the same kijkwijzer. */
  g_assert_cmpstr (tb_instrument_text (instrument), ==, tb_instrument_text (g_ptr_array_index (again->instruments, 0)));
  g_assert_true (g_str_has_prefix (tb_instrument_id (instrument), "import-ons-project-"));
  g_assert_cmpuint (tb_instrument_n_codes (instrument), ==, 3);
  g_assert_nonnull (tb_instrument_find (instrument, "mag-ik-dit"));
  g_assert_cmpstr (tb_instrument_find (instrument, "mag-ik-dit")->title_nl, ==, "Mag ik: dit?");
  g_assert_nonnull (tb_instrument_find (instrument, "mag-ik-dit-2"));
  g_assert_nonnull (tb_instrument_find (instrument, "mag-ik-dit")->group);
  g_assert_cmpstr (tb_instrument_find (instrument, "mag-ik-dit")->group, ==,
                   tb_instrument_find (instrument, "mag-ik-dit-2")->group);
  g_assert_cmpint (tb_instrument_find (instrument, "score")->kind, ==, TB_KIND_RATING);
  g_assert_cmpuint (tb_instrument_find (instrument, "score")->scale->steps->len, ==, 4);
  visit = g_ptr_array_index (mapped->visits, 0);
  g_assert_cmpstr (visit->title, ==, "les 1");
  g_assert_cmpuint (visit->observations->len, ==, 5);
  o = g_ptr_array_index (visit->observations, 0);
  g_assert_cmpint (o->at, ==, 0); /* all moved up by two seconds */
  g_assert_cmpint (o->until, ==, 3 * TB_SECOND);
  g_assert_cmpstr (o->observer, ==, "Marieke");
  o = g_ptr_array_index (visit->observations, 1);
  g_assert_cmpint (o->rating, ==, 1);
  g_assert_cmpstr (o->modifiers, ==, "{\"hoe\":\"hard\"}");
  g_assert_cmpint (visit->length, ==, 4 * TB_SECOND);
}

/* What is said about a visit is a line; a longer one is cut, and said. */
static void
test_long_line (void)
{
  g_autoptr (TbExchange) document = foreign ();
  TbExchangeSet *set = g_ptr_array_index (document->sets, 0);
  g_autoptr (TbLoss) loss = tb_loss_new ();
  TbVisitMapChoice choice = { .observer = "Marieke", .name = "les.boris", .format = "BORIS" };
  g_autofree char *name = g_strnfill (201, 'x');
  g_autoptr (TbMapped) mapped = NULL;
  gint64 before;

  tb_loss_present (loss, 5);
  tb_loss_carried (loss, 5);
  tb_exchange_pair (document, set->pairs, "Teacher", "Juf An");
  tb_mapped_free (take (document, &choice, loss));
  before = tb_loss_get (loss, TB_LOSS_CHANGED);
  g_ptr_array_set_size (set->pairs, 0);
  tb_exchange_pair (document, set->pairs, "Teacher", name);
  mapped = take (document, &choice, loss);
  g_assert_cmpint (tb_loss_get (loss, TB_LOSS_CHANGED), ==, 2 * before + 1);
  g_assert_cmpint (g_utf8_strlen (((const TbMappedVisit *) g_ptr_array_index (mapped->visits, 0))->teacher, -1), <=, 200);
}

/* Nothing that was observed is lost where its new code has no room for it. */
static void
test_no_room (void)
{
  g_autoptr (TbExchange) document = foreign ();
  g_autoptr (TbInstrument) instrument = make_instrument ();
  g_autoptr (GPtrArray) catalogue = g_ptr_array_new ();
  g_autoptr (GHashTable) map = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, tb_code_target_free);
  g_autoptr (TbLoss) loss = tb_loss_new ();
  TbVisitMapChoice choice = { .catalogue = catalogue, .codes = map };
  g_autoptr (TbMapped) mapped = NULL;
  const TbMappedVisit *visit;
  const TbObservation *o;

  tb_loss_present (loss, 5);
  tb_loss_carried (loss, 5);
  g_ptr_array_add (catalogue, instrument);
  g_hash_table_insert (map, g_strdup ("Mag ik: dit?"), tb_code_target_new ("proef", "doel")); /* a state without a score */
  g_hash_table_insert (map, g_strdup ("mag ik dit"), NULL);                                     /* left out */
  g_hash_table_insert (map, g_strdup ("score"), tb_code_target_new ("proef", "uitleg"));        /* points as a state */
  mapped = take (document, &choice, loss);
  g_assert_true (tb_loss_is_balanced (loss));
  g_assert_cmpint (tb_loss_get (loss, TB_LOSS_DROPPED), ==, 1);
  g_assert_cmpuint (mapped->instruments->len, ==, 0);
  visit = g_ptr_array_index (mapped->visits, 0);
  g_assert_cmpuint (visit->observations->len, ==, 4);
  o = g_ptr_array_index (visit->observations, 0);
  g_assert_cmpint (o->kind, ==, TB_KIND_RATING); /* “does not apply” */
  g_assert_cmpint (o->rating, ==, TB_RATING_NONE);
  o = g_ptr_array_index (visit->observations, 1);
  g_assert_cmpstr (o->code, ==, "uitleg");
  g_assert_cmpint (o->until, ==, o->at);
  g_assert_cmpstr (o->note, ==, "score: 1");
  g_assert_cmpstr (o->modifiers, ==, "{\"hoe\":[\"hard\"]}");
  o = g_ptr_array_index (visit->observations, 2);
  g_assert_cmpstr (o->note, ==, "score: 2\nhoe: zacht");
}

/* Values of which the ids would be each other's names. */
static void
test_like_ids (void)
{
  static const char text[] = "start,code,x,y\n0,a,-1,Ja\n1,a,0,ja\n2,a,1,JA\n";
  g_autoptr (TbCsvMapping) mapping = tb_csv_guess (text);
  g_autoptr (TbLoss) loss = tb_loss_new ();
  g_autoptr (TbExchange) document = NULL;
  g_autoptr (TbMapped) mapped = NULL;
  TbVisitMapChoice choice = { .name = "lijst.csv" };
  const TbMappedVisit *visit;
  const TbInstrument *instrument;
  const TbCode *code;

  g_assert_true (tb_csv_mapping_set (mapping, "x", TB_CSV_MODIFIER, NULL));
  g_assert_true (tb_csv_mapping_set (mapping, "y", TB_CSV_MODIFIER, NULL));
  document = tb_csv_read_mapped ((const guint8 *) text, strlen (text), mapping, loss, NULL);
  mapped = take (document, &choice, loss);
  visit = g_ptr_array_index (mapped->visits, 0);
  instrument = g_ptr_array_index (mapped->instruments, 0);
  code = tb_instrument_find (instrument, "a");
  for (guint i = 0; i < 3; i++) {
    static const char *const x[] = { "-1", "0", "1" }, *const y[] = { "Ja", "ja", "JA" };
    const TbObservation *o = g_ptr_array_index (visit->observations, i);
    g_autoptr (json_object) modifiers = tb_json_parse (o->modifiers, strlen (o->modifiers), NULL);

    g_assert_cmpstr (tb_modifier_find (code->modifiers[0], json_object_get_string (json_object_object_get (modifiers, "x")))->title_nl, ==, x[i]);
    g_assert_cmpstr (tb_modifier_find (code->modifiers[1], json_object_get_string (json_object_object_get (modifiers, "y")))->title_nl, ==, y[i]);
  }
}

/* More codes than one kijkwijzer holds; texts that are too long. */
static void
test_large (void)
{
  g_autoptr (TbExchange) document = tb_exchange_new ();
  TbExchangeSet *set = tb_exchange_set (document, "");
  g_autofree char *lang = g_strnfill (5000, 'x');
  g_autoptr (TbLoss) loss = tb_loss_new ();
  TbVisitMapChoice choice = { .name = "lijst.csv" };
  g_autoptr (TbMapped) mapped = NULL;
  TbExchangeEvent *event = NULL;
  const TbMappedVisit *visit;

  for (int i = 0; i < 2100; i++) {
    g_autofree char *id = g_strdup_printf ("code %d %s", i, i % 2 ? "ééé" : "");

    event = tb_exchange_event (document, set, TB_KIND_POINT, id, i * TB_SECOND, TB_TIME_NONE);
  }
  tb_exchange_text (&event->comment, lang);
  tb_exchange_share (&event->subject, lang);
  g_assert_true (tb_exchange_finish (document, NULL, NULL));
  tb_loss_present (loss, 2100);
  tb_loss_carried (loss, 2100);
  mapped = take (document, &choice, loss);
  g_assert_true (tb_loss_is_balanced (loss));
  g_assert_cmpint (tb_loss_get_carried (loss), ==, 2100);
  g_assert_cmpuint (mapped->instruments->len, ==, 10);
  visit = g_ptr_array_index (mapped->visits, 0);
  g_assert_cmpuint (visit->observations->len, ==, 2100);
  g_assert_cmpstr (visit->title, ==, "lijst");
}

static TbInstrument *
small_instrument (const char *id, gboolean with_own)
{
  static const char code[] = "{'id':'%s','kind':'point','domain':'een','title':{'nl':'%s','en':'%s'},"
                             "'short':{'nl':'s','en':'s'},'key':'%c','lead':5,'lag':5,"
                             "'help':{'counts':{'nl':'a','en':'a'},'not':{'nl':'a','en':'a'}}}";
  g_autofree char *one = g_strdup_printf (code, "samen", "Samen", "Samen", '1');
  g_autofree char *own = g_strdup_printf (code, "eigen", "Eigen", "Eigen", '2');
  g_autofree char *single = g_strdup_printf (
      "{'format':2,'id':'%s','version':1,'title':{'nl':'x','en':'x'},'description':{'nl':'x','en':'x'},'default':false,"
      "'domains':[{'id':'een','title':{'nl':'Een','en':'One'},'color':'#0072B2'}],'codes':[%s%s%s]}",
      id, one, with_own ? "," : "", with_own ? own : "");
  g_autofree char *text = with_quotes (single);
  g_autoptr (GError) error = NULL;
  TbInstrument *instrument = tb_instrument_parse (text, strlen (text), &error);

  g_assert_no_error (error);
  return instrument;
}

/* A file that has only codes that two kijkwijzers share may be of either. */
static void
test_tied (void)
{
  for (guint i = 0; i < 2; i++) {
    g_autoptr (TbExchange) document = tb_exchange_new ();
    TbExchangeSet *set = tb_exchange_set (document, "les");
    g_autoptr (GPtrArray) catalogue = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_instrument_unref);
    g_autoptr (GHashTable) suggestions = NULL;
    g_autoptr (TbLoss) loss = tb_loss_new ();

    g_ptr_array_add (catalogue, small_instrument ("eerste", FALSE));
    g_ptr_array_add (catalogue, small_instrument ("tweede", TRUE));
    tb_exchange_event (document, set, TB_KIND_POINT, "samen", 0, TB_TIME_NONE);
    if (i == 1)
      tb_exchange_event (document, set, TB_KIND_POINT, "eigen", 0, TB_TIME_NONE);
    g_assert_true (tb_exchange_finish (document, NULL, NULL));
    suggestions = tb_visit_map_suggest (document, catalogue);
    tb_visit_map_report_tied (document, suggestions, loss);
    g_assert_cmpint (tb_loss_get (loss, TB_LOSS_CHANGED), ==, i == 0 ? 1 : 0);
    g_assert_cmpstr (((TbCodeTarget *) g_hash_table_lookup (suggestions, "samen"))->instrument, ==, i == 0 ? "eerste" : "tweede");
  }
}

static void
test_choice (void)
{
  g_autoptr (TbExchange) document = foreign ();
  g_autoptr (GPtrArray) sets = g_ptr_array_new ();
  g_autoptr (GHashTable) map = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, tb_code_target_free);
  TbVisitMapChoice choice = { .sets = sets };
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (sets, (gpointer) "les 2");
  g_assert_null (tb_visit_map_take (document, &choice, NULL, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
  g_clear_error (&error);
  choice.sets = NULL;
  choice.codes = map;
  g_hash_table_insert (map, g_strdup ("score"), tb_code_target_new ("proef", "doel"));
  g_assert_null (tb_visit_map_take (document, &choice, NULL, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "doel"));
}

/* A table of which somebody says what its columns are. */
static void
test_columns (void)
{
  static const char text[] = "wat ik zag;toen;hoe zeker\nlachen;3,5;heel\nhuilen;7,25;niet\n";
  g_autoptr (TbCsvMapping) mapping = tb_csv_guess (text);
  g_autoptr (GPtrArray) titles = tb_csv_mapping_titles (mapping);
  g_autoptr (TbLoss) loss = tb_loss_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (TbExchange) document = NULL;
  g_autofree char *events = NULL;

  g_assert_cmpuint (titles->len, ==, 3);
  g_assert_cmpstr (g_ptr_array_index (titles, 1), ==, "toen");
  g_assert_false (tb_csv_mapping_set (mapping, "er is geen", TB_CSV_CODE, &error));
  g_clear_error (&error);
  for (guint i = 0; i < 3; i++)
    g_assert_true (tb_csv_mapping_set (mapping, g_ptr_array_index (titles, i), TB_CSV_IGNORE, NULL));
  g_assert_true (tb_csv_mapping_set (mapping, "toen", TB_CSV_START, NULL));
  g_assert_true (tb_csv_mapping_set (mapping, "wat ik zag", TB_CSV_CODE, NULL));
  g_assert_false (tb_csv_mapping_set (mapping, "hoe zeker", TB_CSV_CODE, &error));
  g_assert_true (tb_csv_mapping_set (mapping, "hoe zeker", TB_CSV_MODIFIER, NULL));
  g_clear_error (&error);
  document = tb_csv_read_mapped ((const guint8 *) text, strlen (text), mapping, loss, &error);
  g_assert_no_error (error);
  events = events_as_text (document);
  g_assert_cmpstr (events, ==,
                   "|lachen|point|3.5|-|-|-|||hoe zeker=heel\n|huilen|point|7.25|-|-|-|||hoe zeker=niet\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (const Ability *ability = abilities; ability->format != NULL; ability++) {
    g_autofree char *name = g_strdup_printf ("/visit-map/there-and-back/%s", ability->format);

    g_test_add_data_func (name, ability->format, test_round);
  }
  g_test_add_func ("/visit-map/new-instrument", test_new_instrument);
  g_test_add_func ("/visit-map/long-line", test_long_line);
  g_test_add_func ("/visit-map/no-room", test_no_room);
  g_test_add_func ("/visit-map/large", test_large);
  g_test_add_func ("/visit-map/like-ids", test_like_ids);
  g_test_add_func ("/visit-map/tied", test_tied);
  g_test_add_func ("/visit-map/choice", test_choice);
  g_test_add_func ("/visit-map/columns", test_columns);
  return g_test_run ();
}
