#include "web/coaching-news.h"

#include "base/json.h"
#include "store/visit-people.h"
#include "web/app.h"

static void
publish (TbApp *app, const char *person, const char *event, const char *key, const char *data)
{
  g_autofree char *topic = person != NULL ? g_strconcat ("person:", person, NULL) : NULL;

  if (topic != NULL)
    tb_hub_publish (app->hub, topic, event, key, 0, data);
}

/* Who is coach of a visit by its row but has that role no more is on no side of it. */
static gboolean
is_on_a_side (TbApp *app, const char *visit, const char *person)
{
  const char *side = NULL;

  return person != NULL && tb_talk_side (app->store, visit, person, &side, NULL);
}

static void
publish_to_both (TbApp *app, const char *visit, const char *event, const char *key, const char *data)
{
  g_autofree char *coach = NULL;
  g_autofree char *teacher = NULL;

  if (!tb_visit_people (app->store, visit, &coach, &teacher, NULL))
    return;
  if (is_on_a_side (app, visit, coach))
    publish (app, coach, event, key, data);
  publish (app, teacher, event, key, data);
}

static char *
make_text (const char *visit, const char *trajectory, const char *what)
{
  g_autoptr (json_object) object = json_object_new_object ();

  tb_json_add_string (object, "visit", visit);
  tb_json_add_string (object, "trajectory", trajectory);
  tb_json_add_string (object, "what", what);
  return tb_json_to_text (object);
}

void
tb_coaching_tell (TbApp *app, const char *visit, const char *what)
{
  g_autofree char *text = make_text (visit, NULL, what);
  g_autofree char *key = g_strconcat (what, ":", visit, NULL);

  publish_to_both (app, visit, "coaching", key, text);
}

void
tb_coaching_tell_side (TbApp *app, const char *visit, const char *person, const char *what)
{
  g_autofree char *text = make_text (visit, NULL, what);
  g_autofree char *key = g_strconcat (what, ":", visit, NULL);

  publish (app, person, "coaching", key, text);
}

void
tb_coaching_tell_trajectory (TbApp *app, const char *coach, const char *teacher, const char *trajectory,
                             const char *what)
{
  g_autofree char *text = make_text (NULL, trajectory, what);
  g_autofree char *key = g_strconcat (what, ":", trajectory, NULL);

  publish (app, coach, "coaching", key, text);
  publish (app, teacher, "coaching", key, text);
}

void
tb_coaching_tell_talk (TbApp *app, const TbTalk *talk)
{
  g_autoptr (json_object) object = tb_talk_to_json (talk);
  g_autofree char *text = tb_json_to_text (object);
  g_autofree char *key = g_strconcat ("talk:", talk->visit, NULL);

  publish_to_both (app, talk->visit, "talk", key, text);
}
