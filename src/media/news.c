/* Copies of news, and the names of states. */

#include "media/news.h"

const char *
tb_disk_state_name (TbDiskState state)
{
  return state == TB_DISK_OK ? "ok" : state == TB_DISK_LOW ? "low" : "full";
}

TbNews *
tb_news_copy (const TbNews *news)
{
  TbNews *copy = g_memdup2 (news, sizeof *news);

  copy->visit = g_strdup (news->visit);
  copy->track = g_strdup (news->track);
  copy->mp4_name = g_strdup (news->mp4_name);
  copy->flac_name = g_strdup (news->flac_name);
  return copy;
}

void
tb_news_free (TbNews *news)
{
  if (news == NULL)
    return;
  g_free (news->visit);
  g_free (news->track);
  g_free (news->mp4_name);
  g_free (news->flac_name);
  g_free (news);
}
