/* Choosing blind, the reveal, and the talk. */
#include <string.h>

#include "store/moment.h"
#include "store/talk.h"
#include "talk-fixture.h"

/* CODE 0: it must go well. New id, NULL otherwise. */
static char *
choose (Talk *talk, const char *person, const char *text, int code)
{
  g_autoptr (json_object) fields = from_text (text);
  g_autoptr (GError) error = NULL;
  g_autoptr (TbMoment) moment = tb_moment_add (talk->store, talk->visit, person, fields, NOW, &error);

  assert_outcome (moment, error, code);
  return moment != NULL ? g_strdup (moment->id) : NULL;
}

static guint
count_seen (Talk *talk, const char *person)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) moments = tb_moment_list (talk->store, talk->visit, person, &error);

  g_assert_no_error (error);
  return moments->len;
}

static TbTalk *
set_ready (Talk *talk, const char *person, gboolean ready, int code)
{
  g_autoptr (GError) error = NULL;
  TbTalk *now = tb_talk_set_ready (talk->store, talk->visit, person, ready, NOW, &error);

  assert_outcome (now, error, code);
  return now;
}

static void
reveal (Talk *talk, const char *person, gboolean coach_yes, gboolean teacher_yes, int code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TbTalk) now = tb_talk_reveal (talk->store, talk->visit, person, coach_yes, teacher_yes, NOW, &error);

  assert_outcome (now, error, code);
}

static void
test_moment_fields (Talk *talk, gconstpointer data)
{
  g_autoptr (json_object) change = from_text ("{'title':'Rust','from':11}");
  g_autoptr (json_object) empty = from_text ("{'from':40}");
  g_autofree char *clip = tb_uuid_new ();
  g_autofree char *with_clip = g_strdup_printf ("{'clip':'%s'}", clip);
  g_autofree char *id = choose (talk, talk->teacher,
                                "{'from':10,'to':20.5,'title':'Start','kind':'pride','line':'Dit ging goed'}", 0);
  g_autofree char *from_clip = NULL;
  g_autoptr (TbMoment) moment = NULL;
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (GError) error = NULL;

  choose (talk, talk->teacher, "{'from':10}", TB_ERROR_INVALID);
  choose (talk, talk->teacher, "{'from':10,'to':10}", TB_ERROR_INVALID);
  choose (talk, talk->teacher, "{'from':-1,'to':10}", TB_ERROR_INVALID);
  choose (talk, talk->teacher, "{'from':1,'to':10,'kind':'best'}", TB_ERROR_INVALID);
  choose (talk, talk->teacher, "{'from':1,'to':10,'side':'coach'}", TB_ERROR_INVALID);
  choose (talk, talk->coach, "{'from':1,'to':10,'sight':'now'}", TB_ERROR_INVALID);
  choose (talk, talk->teacher, "{'from':1,'to':10,'observation':'een tik'}", TB_ERROR_INVALID);
  choose (talk, talk->teacher, "{'clip':'018f0000-0000-7000-8000-00000000000G'}", TB_ERROR_INVALID);
  choose (talk, talk->teacher, with_clip, TB_ERROR_NOT_FOUND);
  apply_ok (&talk->base, talk->visit,
            make_operation (NULL, "add", "clip", clip, "{'from':30,'to':35,'title':'Stukje'}", "Anna"));
  from_clip = choose (talk, talk->teacher, with_clip, 0);
  for (guint i = 0; i < 5; i++) {
    const char *const others[] = { talk->coach2, talk->teacher2, talk->head, talk->admin, talk->privacy };

    choose (talk, others[i], "{'from':1,'to':10}", TB_ERROR_DENIED);
    g_assert_null (tb_moment_list (talk->store, talk->visit, others[i], &error));
    g_assert_error (error, TB_ERROR, TB_ERROR_DENIED);
    g_clear_error (&error);
  }

  moment = tb_moment_change (talk->store, id, talk->teacher, change, NOW + 1, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (moment->title, ==, "Rust");
  g_assert_null (tb_moment_change (talk->store, id, talk->teacher, empty, NOW, NULL)); /* from after to */
  g_assert_null (tb_moment_change (talk->store, id, talk->coach, change, NOW, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_NOT_FOUND);
  g_clear_error (&error);

  list = tb_moment_list (talk->store, talk->visit, talk->teacher, &error);
  g_assert_cmpuint (list->len, ==, 2);
  moment = (tb_moment_free (moment), g_ptr_array_steal_index (list, 0));
  g_assert_cmpint (moment->from, ==, 11 * TB_SECOND);
  g_assert_cmpint (moment->to, ==, 20 * TB_SECOND + TB_SECOND / 2);
  g_assert_cmpstr (moment->line, ==, "Dit ging goed");
  g_assert_cmpstr (moment->side, ==, "teacher");
  g_assert_cmpint (moment->changed_at, ==, NOW + 1);
  g_assert_cmpint (((TbMoment *) list->pdata[0])->from, ==, 30 * TB_SECOND);
  g_assert_cmpint (((TbMoment *) list->pdata[0])->to, ==, 35 * TB_SECOND);
}

static void
test_blind (Talk *talk, gconstpointer data)
{
  g_autofree char *mine = choose (talk, talk->coach, "{'from':10,'to':20}", 0);
  g_autofree char *hers = choose (talk, talk->teacher, "{'from':12,'to':22}", 0);
  g_autofree char *open = choose (talk, talk->teacher, "{'from':50,'to':60,'sight':'now'}", 0);
  g_autoptr (GPtrArray) seen = tb_moment_list (talk->store, talk->visit, talk->coach, NULL);
  g_autoptr (GPtrArray) items = tb_talk_list_items (talk->store, talk->visit, talk->coach, NULL);

  /* The coach sees the own one and the one let go; the teacher nothing of the coach's. */
  g_assert_cmpuint (seen->len, ==, 2);
  g_assert_cmpstr (((TbMoment *) seen->pdata[0])->id, ==, mine);
  g_assert_cmpstr (((TbMoment *) seen->pdata[1])->id, ==, open);
  g_assert_cmpuint (count_seen (talk, talk->teacher), ==, 2);
  g_assert_cmpuint (items->len, ==, 0);
  g_assert_false (tb_moment_remove (talk->store, hers, talk->coach, NOW, NULL));

  reveal (talk, talk->coach, FALSE, FALSE, TB_ERROR_CONFLICT);
  reveal (talk, talk->coach, TRUE, FALSE, TB_ERROR_CONFLICT);
  reveal (talk, talk->teacher, FALSE, TRUE, TB_ERROR_CONFLICT);
  tb_talk_free (set_ready (talk, talk->coach, TRUE, 0));
  reveal (talk, talk->coach, TRUE, FALSE, TB_ERROR_CONFLICT);
  tb_talk_free (set_ready (talk, talk->teacher, TRUE, 0));
  tb_talk_free (set_ready (talk, talk->teacher, FALSE, 0)); /* not yet after all */
  reveal (talk, talk->coach, FALSE, FALSE, TB_ERROR_CONFLICT);
  set_ready (talk, talk->head, TRUE, TB_ERROR_DENIED);
  g_assert_cmpuint (count_seen (talk, talk->teacher), ==, 2);
  tb_talk_free (set_ready (talk, talk->teacher, TRUE, 0));
  g_assert_cmpuint (count_seen (talk, talk->coach), ==, 2); /* ready is not revealed */
  reveal (talk, talk->head, TRUE, TRUE, TB_ERROR_DENIED);
  reveal (talk, talk->teacher, FALSE, FALSE, 0);
  reveal (talk, talk->coach, FALSE, FALSE, 0); /* the second press is no error */
  g_assert_cmpuint (count_seen (talk, talk->teacher), ==, 3);
  g_assert_cmpuint (count_seen (talk, talk->coach), ==, 3);
  set_ready (talk, talk->teacher, FALSE, TB_ERROR_CONFLICT);
}

static void
test_items (Talk *talk, gconstpointer data)
{
  g_autofree char *late = choose (talk, talk->coach, "{'from':60,'to':70}", 0);
  g_autofree char *mine = choose (talk, talk->coach, "{'from':10,'to':20}", 0);
  g_autofree char *hers = choose (talk, talk->teacher, "{'from':12,'to':40}", 0);
  g_autofree char *after = NULL;
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GPtrArray) again = NULL;
  g_autoptr (GPtrArray) rest = NULL;
  g_autoptr (GPtrArray) others = NULL;
  g_autoptr (json_object) fields = from_text ("{'question':'Wat zag je?','notes':'Samen','private_note':'Let op'}");
  g_autoptr (json_object) shared = from_text ("{'notes':'Samen, en meer','skipped':true}");
  g_autoptr (TbTalkItem) changed = NULL;
  g_autoptr (GError) error = NULL;
  TbTalkItem *item;

  reveal (talk, talk->coach, TRUE, TRUE, 0);
  after = choose (talk, talk->teacher, "{'from':1,'to':2}", 0);
  items = tb_talk_list_items (talk->store, talk->visit, talk->coach, &error);
  g_assert_cmpuint (items->len, ==, 3);
  item = items->pdata[0];
  g_assert_cmpstr (item->coach_moment, ==, mine);
  g_assert_cmpstr (item->teacher_moment, ==, hers);
  g_assert_cmpint (item->from, ==, 10 * TB_SECOND);
  g_assert_cmpint (item->to, ==, 40 * TB_SECOND);
  item = items->pdata[1];
  g_assert_cmpstr (item->coach_moment, ==, late);
  g_assert_null (item->teacher_moment);
  g_assert_cmpint (item->from, ==, 60 * TB_SECOND);
  item = items->pdata[2];
  g_assert_cmpstr (item->teacher_moment, ==, after);

  {
    const char *const order[] = { ((TbTalkItem *) items->pdata[2])->id, ((TbTalkItem *) items->pdata[0])->id,
                                  ((TbTalkItem *) items->pdata[1])->id, NULL };
    const char *const short_order[] = { order[0], order[1], NULL };
    const char *const twice[] = { order[0], order[1], order[1], NULL };

    g_assert_false (tb_talk_order (talk->store, talk->visit, talk->teacher, short_order, NOW, &error));
    g_assert_error (error, TB_ERROR, TB_ERROR_CONFLICT);
    g_clear_error (&error);
    g_assert_false (tb_talk_order (talk->store, talk->visit, talk->teacher, twice, NOW, NULL));
    g_assert_false (tb_talk_order (talk->store, talk->visit, talk->head, order, NOW, NULL));
    g_assert_true (tb_talk_order (talk->store, talk->visit, talk->teacher, order, NOW, &error));
    changed = tb_talk_change_item (talk->store, order[1], talk->coach, fields, NOW + 5, &error);
    g_assert_no_error (error);
    g_assert_null (tb_talk_change_item (talk->store, order[1], talk->teacher, fields, NOW, &error));
    g_assert_error (error, TB_ERROR, TB_ERROR_DENIED);
    g_clear_error (&error);
    g_clear_pointer (&changed, tb_talk_item_free);
    changed = tb_talk_change_item (talk->store, order[1], talk->teacher, shared, NOW + 6, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (changed->private_note, ==, "");

    talk_reopen (talk);
    again = tb_talk_list_items (talk->store, talk->visit, talk->coach, &error);
    for (guint i = 0; i < 3; i++)
      g_assert_cmpstr (((TbTalkItem *) again->pdata[i])->id, ==, order[i]);
  }
  item = again->pdata[1];
  g_assert_cmpstr (item->question, ==, "Wat zag je?");
  g_assert_cmpstr (item->notes, ==, "Samen, en meer");
  g_assert_cmpstr (item->private_note, ==, "Let op");
  g_assert_true (item->skipped);
  others = tb_talk_list_items (talk->store, talk->visit, talk->teacher, &error);
  g_assert_cmpstr (((TbTalkItem *) others->pdata[1])->private_note, ==, "");
  g_assert_null (tb_talk_list_items (talk->store, talk->visit, talk->head, NULL));

  /* One of a pair leaves the other; the last takes the item along. */
  g_assert_true (tb_moment_remove (talk->store, hers, talk->teacher, NOW, &error));
  g_assert_true (tb_moment_remove (talk->store, late, talk->coach, NOW, &error));
  rest = tb_talk_list_items (talk->store, talk->visit, talk->coach, &error);
  g_assert_cmpuint (rest->len, ==, 2);
  item = rest->pdata[1];
  g_assert_cmpstr (item->coach_moment, ==, mine);
  g_assert_null (item->teacher_moment);
  g_assert_cmpint (item->to, ==, 20 * TB_SECOND);
}

static void
test_order (Talk *talk, gconstpointer data)
{
  g_autofree char *a = choose (talk, talk->teacher, "{'from':10,'to':20}", 0);
  g_autofree char *b = choose (talk, talk->teacher, "{'from':30,'to':40}", 0);
  g_autofree char *c = choose (talk, talk->coach, "{'from':30,'to':40}", 0);
  const char *const order[] = { b, a, NULL };
  const char *const foreign[] = { b, c, NULL };
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (tb_moment_order (talk->store, talk->visit, talk->teacher, order, NOW, &error));
  g_assert_false (tb_moment_order (talk->store, talk->visit, talk->teacher, foreign, NOW, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_CONFLICT);
  talk_reopen (talk);
  list = tb_moment_list (talk->store, talk->visit, talk->teacher, NULL);
  g_assert_cmpstr (((TbMoment *) list->pdata[0])->id, ==, b);
  g_assert_cmpstr (((TbMoment *) list->pdata[1])->id, ==, a);
}

static TbMoment *
plain (const char *side, const char *kind, int from, int to)
{
  TbMoment *moment = g_new0 (TbMoment, 1);

  moment->side = g_strdup (side);
  moment->kind = g_strdup (kind);
  moment->from = from * TB_SECOND;
  moment->to = to * TB_SECOND;
  return moment;
}

static void
test_pair (void)
{
  static const struct {
    int from, to;
    gboolean together;
  } cases[] = {
    { 10, 20, TRUE },  { 14, 24, TRUE },  { 15, 25, FALSE }, /* exactly half of the shorter is not more */
    { 20, 30, FALSE }, { 12, 14, TRUE },  { 0, 100, TRUE },  { 19, 20, TRUE }, { 5, 15, FALSE }, { 4, 16, TRUE },
  };
  guint pride, improve;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GPtrArray) moments = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_moment_free);
    g_autoptr (GArray) pairs = NULL;

    g_ptr_array_add (moments, plain ("teacher", "pride", cases[i].from, cases[i].to));
    g_ptr_array_add (moments, plain ("coach", "pride", 10, 20));
    pairs = tb_moment_pair (moments);
    if ((pairs->len == 1) != cases[i].together)
      g_error ("case %u: %u pairs", i, pairs->len);
    tb_moment_missing (moments, "teacher", &pride, &improve);
    g_assert_cmpuint (pride, ==, 1);
    g_assert_cmpuint (improve, ==, 1);
  }
  {
    g_autoptr (GPtrArray) moments = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_moment_free);
    g_autoptr (GArray) pairs = NULL;
    const TbMomentPair *first;

    /* Two of the coach overlap one of the teacher: the better one gets it. */
    g_ptr_array_add (moments, plain ("coach", "pride", 6, 16));
    g_ptr_array_add (moments, plain ("coach", "pride", 11, 21));
    g_ptr_array_add (moments, plain ("coach", "improve", 50, 60));
    g_ptr_array_add (moments, plain ("coach", "pride", 70, 80));
    g_ptr_array_add (moments, plain ("teacher", "other", 10, 20));
    pairs = tb_moment_pair (moments);
    g_assert_cmpuint (pairs->len, ==, 4);
    first = &g_array_index (pairs, TbMomentPair, 0);
    g_assert_true (first->coach == moments->pdata[0] && first->teacher == NULL);
    g_assert_true (first[1].coach == moments->pdata[1] && first[1].teacher == moments->pdata[4]);
    g_assert_true (first[2].coach == moments->pdata[2]);
    tb_moment_missing (moments, "coach", &pride, &improve);
    g_assert_cmpuint (pride + improve, ==, 0);
  }
}

static TbTalk *
press (Talk *talk, const char *person, gint64 seen, const char *text, gboolean *applied, int code)
{
  g_autoptr (json_object) state = from_text (text);
  g_autoptr (GError) error = NULL;
  TbTalk *now = tb_talk_set_state (talk->store, talk->visit, person, seen, state, NOW + 7, applied, &error);

  assert_outcome (now, error, code);
  return now;
}

static void
test_state (Talk *talk, gconstpointer data)
{
  g_autofree char *moment = choose (talk, talk->coach, "{'from':10,'to':20}", 0);
  g_autofree char *filler = g_strnfill (TB_TALK_STATE_MAX, 'x');
  g_autofree char *large = g_strdup_printf ("{'more':'%s'}", filler);
  g_autofree char *fitting = g_strdup_printf ("{'more':'%s'}", filler + strlen ("{'more':''}"));
  g_autofree char *unknown = g_strdup_printf ("{'item':'%s'}", moment);
  g_autoptr (TbTalk) first = NULL;
  g_autoptr (TbTalk) late = NULL;
  g_autoptr (TbTalk) back = NULL;
  g_autoptr (GError) error = NULL;
  gboolean applied = FALSE;

  press (talk, talk->coach, 0, "{'playing':true}", &applied, TB_ERROR_CONFLICT);
  g_assert_null (tb_talk_start (talk->store, talk->visit, talk->coach, NOW, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_CONFLICT);
  g_clear_error (&error);
  reveal (talk, talk->coach, TRUE, TRUE, 0);
  first = press (talk, talk->coach, 0, "{'position':12.25,'playing':true,'rate':0.5,'lines':[[1,2]]}", &applied, 0);
  g_assert_true (applied);
  g_assert_cmpint (first->state_seq, ==, 1);
  late = press (talk, talk->teacher, 0, "{'position':99}", &applied, 0);
  g_assert_false (applied);
  g_assert_cmpint (late->state_seq, ==, 1);
  g_assert_cmpstr (late->state, ==, first->state);
  tb_talk_free (press (talk, talk->teacher, 5, "{}", &applied, 0)); /* from nowhere */
  g_assert_false (applied);
  press (talk, talk->coach, 1, "{'playing':'yes'}", &applied, TB_ERROR_INVALID);
  press (talk, talk->coach, 1, "{'rate':9}", &applied, TB_ERROR_INVALID);
  press (talk, talk->coach, 1, "{'position':-1}", &applied, TB_ERROR_INVALID);
  press (talk, talk->coach, 1, "[1]", &applied, TB_ERROR_INVALID);
  press (talk, talk->coach, 1, unknown, &applied, TB_ERROR_INVALID);
  press (talk, talk->coach, 1, large, &applied, TB_ERROR_TOO_LARGE);
  press (talk, talk->head, 1, "{}", &applied, TB_ERROR_DENIED);
  tb_talk_free (press (talk, talk->coach, 1, fitting, &applied, 0));
  g_assert_true (applied);
  tb_talk_free (press (talk, talk->coach, 2, "{'position':3}", &applied, 0));

  tb_talk_free (tb_talk_start (talk->store, talk->visit, talk->coach, NOW + 1, NULL));
  tb_talk_free (tb_talk_end (talk->store, talk->visit, talk->teacher, NOW + 2, NULL));
  tb_talk_free (tb_talk_start (talk->store, talk->visit, talk->coach, NOW + 3, NULL));
  talk_reopen (talk);
  back = tb_talk_get (talk->store, talk->visit, talk->teacher, &error);
  g_assert_cmpstr (back->state, ==, "{\"position\":3}");
  g_assert_cmpint (back->state_seq, ==, 3);
  g_assert_cmpint (back->state_at, ==, NOW + 7);
  g_assert_cmpint (back->started_at, ==, NOW + 1);
  g_assert_cmpint (back->ended_at, ==, 0);
  g_assert_true (back->together);
  g_assert_null (tb_talk_get (talk->store, talk->visit, talk->admin, NULL));
}

/* The teacher's part is the teacher's: nobody else becomes it. */
static void
test_other_teacher (Talk *talk, gconstpointer data)
{
  g_autofree char *moment = choose (talk, talk->teacher, "{'from':10,'to':20}", 0);
  g_autoptr (json_object) fields = json_object_new_object ();
  g_autoptr (GError) error = NULL;

  tb_json_add_string (fields, "teacher_person", talk->teacher2);
  g_assert_null (tb_visit_update (talk->store, talk->visit, fields, talk->base.catalogue, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_CONFLICT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  talk_add ("/moment/fields", test_moment_fields);
  talk_add ("/moment/blind", test_blind);
  talk_add ("/moment/order", test_order);
  g_test_add_func ("/moment/pair", test_pair);
  talk_add ("/moment/other-teacher", test_other_teacher);
  talk_add ("/talk/items", test_items);
  talk_add ("/talk/state", test_state);
  return g_test_run ();
}
