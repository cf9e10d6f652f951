#include "web/viewer.h"

void
tb_viewer_free (TbViewer *viewer)
{
  if (viewer == NULL)
    return;
  g_clear_pointer (&viewer->person, tb_person_free);
  g_clear_pointer (&viewer->view, tb_release_view_free);
  g_free (viewer->session);
  g_free (viewer);
}

gboolean
tb_viewer_has (const TbViewer *viewer, guint roles)
{
  return viewer != NULL && (viewer->person->roles & roles) != 0;
}

gboolean
tb_viewer_sees_all (const TbViewer *viewer)
{
  return viewer != NULL && (viewer->relation & (TB_RELATION_COACH | TB_RELATION_WHOLE)) != 0;
}

gboolean
tb_viewer_sees (const TbViewer *viewer, TbTime from, TbTime to)
{
  if (tb_viewer_sees_all (viewer))
    return TRUE;
  if (viewer == NULL || viewer->view == NULL)
    return FALSE;
  for (guint i = 0; i < viewer->view->windows->len; i++) {
    const TbReleaseWindow *window = &g_array_index (viewer->view->windows, TbReleaseWindow, i);

    if (from < window->to && to > window->from)
      return TRUE;
  }
  return FALSE;
}

gboolean
tb_viewer_sees_taps (const TbViewer *viewer, TbTime from, TbTime to)
{
  if (viewer != NULL && (viewer->relation & TB_RELATION_COACH) != 0)
    return TRUE;
  if (viewer == NULL || viewer->view == NULL)
    return FALSE;
  if (viewer->view->whole && viewer->view->whole_taps)
    return TRUE;
  for (guint i = 0; i < viewer->view->windows->len; i++) {
    const TbReleaseWindow *window = &g_array_index (viewer->view->windows, TbReleaseWindow, i);

    if (window->taps && from < window->to && to > window->from)
      return TRUE;
  }
  return FALSE;
}
