#include "observe/clip.h"

#include "base/json.h"
#include "observe/fields.h"

TbClip *
tb_clip_new (const char *id)
{
  TbClip *clip = g_new0 (TbClip, 1);

  clip->id = g_strdup (id);
  clip->from = TB_TIME_NONE;
  clip->to = TB_TIME_NONE;
  clip->title = g_strdup ("");
  clip->note = g_strdup ("");
  return clip;
}

TbClip *
tb_clip_copy (const TbClip *clip)
{
  TbClip *copy = g_new0 (TbClip, 1);

  copy->id = g_strdup (clip->id);
  for (const TbField *field = tb_fields (TB_TARGET_CLIP); field->name != NULL; field++)
    tb_field_copy (field, clip, copy);
  return copy;
}

void
tb_clip_free (TbClip *clip)
{
  if (clip == NULL)
    return;
  for (const TbField *field = tb_fields (TB_TARGET_CLIP); field->name != NULL; field++)
    tb_field_clear (field, clip);
  g_free (clip->id);
  g_free (clip);
}

json_object *
tb_clip_to_json (const TbClip *clip)
{
  json_object *object = json_object_new_object ();

  tb_json_add_string (object, "id", clip->id);
  tb_json_add_time (object, "from", clip->from);
  tb_json_add_time (object, "to", clip->to);
  tb_json_add_string (object, "title", clip->title);
  tb_json_add_string (object, "note", clip->note);
  tb_json_add_string (object, "observation", clip->observation);
  tb_json_add_string (object, "camera", clip->camera);
  tb_json_add_bool (object, "removed", clip->removed);
  return object;
}
