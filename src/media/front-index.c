/* ISO/IEC 14496-12: a file is a row of boxes; “stco” and “co64” in the index (moov) say where in the file each chunk of
 * samples lies. When the index moves to the front all of them lie further by its size. */

#include "media/front-index.h"

#include <string.h>

#include "base/error.h"
#include "media/boxes.h"

#define INDEX_MAX (64 * 1024 * 1024)
#define DEPTH_MAX 8

struct _TbFrontIndex {
  TbMediaReader *reader;
  guint64 size;
  guint64 front;    /* bytes before the place of the index */
  guint64 moved_at; /* where the index lies in the file */
  guint8 *index;    /* changed for its new place; NULL: nothing is moved */
  gsize length;     /* of it */
};

static void
put (guint8 *at, guint64 value, guint bytes)
{
  for (guint i = 0; i < bytes; i++)
    at[i] = (guint8) (value >> (8 * (bytes - 1 - i)));
}

/* Adds BY to every place in a table of COUNT numbers of WIDTH bytes, which follow version and flags. */
static gboolean
move_table (guint8 *content, gsize size, guint width, guint64 by)
{
  TbBytes bytes = tb_bytes (content, size);
  guint64 count;

  tb_bytes_skip (&bytes, 4);
  count = tb_bytes_uint (&bytes, 4);
  if (bytes.bad || count > tb_bytes_left (&bytes) / width)
    return FALSE;
  for (guint64 i = 0; i < count; i++) {
    guint8 *at = content + bytes.at;
    guint64 place = tb_bytes_uint (&bytes, width) + by;

    if (width == 4 && place > G_MAXUINT32)
      return FALSE;
    put (at, place, width);
  }
  return TRUE;
}

/* Through the boxes in CONTENT, down to the tables. */
static gboolean
move_places (guint8 *content, gsize size, guint64 by, guint depth)
{
  TbBytes bytes = tb_bytes (content, size), inner;
  guint32 type;

  while (depth < DEPTH_MAX && tb_bytes_box (&bytes, &type, &inner)) {
    guint8 *at = content + (inner.data - content);
    gboolean good = TRUE;

    switch (type) {
    case TB_BOX ('t', 'r', 'a', 'k'):
    case TB_BOX ('m', 'd', 'i', 'a'):
    case TB_BOX ('m', 'i', 'n', 'f'):
    case TB_BOX ('s', 't', 'b', 'l'):
      good = move_places (at, inner.size, by, depth + 1);
      break;
    case TB_BOX ('s', 't', 'c', 'o'):
      good = move_table (at, inner.size, 4, by);
      break;
    case TB_BOX ('c', 'o', '6', '4'):
      good = move_table (at, inner.size, 8, by);
      break;
    }
    if (!good)
      return FALSE;
  }
  return tb_bytes_left (&bytes) == 0;
}

static gboolean
read_all (TbMediaReader *reader, guint64 offset, guint8 *bytes, gsize length, GError **error)
{
  gsize done = 0;

  while (done < length) {
    gssize got = tb_media_reader_read (reader, offset + done, bytes + done, length - done, error);

    if (got < 0)
      return FALSE;
    if (got == 0) {
      g_set_error_literal (error, TB_ERROR, TB_ERROR_CORRUPT, "A film is shorter than it says");
      return FALSE;
    }
    done += (gsize) got;
  }
  return TRUE;
}

/* Finds the end of ftyp and, behind the media, the index. *LENGTH stays 0 when it is not there. */
static gboolean
find_index (TbFrontIndex *film, gsize *length, GError **error)
{
  guint64 at = 0;

  while (film->size - at >= 16) {
    guint8 head[16];
    TbBytes bytes = tb_bytes (head, sizeof head);
    guint64 size;
    guint32 type;

    if (!read_all (film->reader, at, head, sizeof head, error))
      return FALSE;
    size = tb_bytes_uint (&bytes, 4);
    type = (guint32) tb_bytes_uint (&bytes, 4);
    if (size == 1)
      size = tb_bytes_uint (&bytes, 8);
    if (size < 8 || size > film->size - at || (at == 0) != (type == TB_BOX ('f', 't', 'y', 'p')))
      return TRUE;
    if (at == 0)
      film->front = size;
    if (type == TB_BOX ('m', 'o', 'o', 'v')) {
      film->moved_at = at;
      *length = at > film->front && at + size == film->size && size <= INDEX_MAX ? (gsize) size : 0;
      return TRUE;
    }
    at += size;
  }
  return TRUE;
}

TbFrontIndex *
tb_front_index_new (TbMediaReader *reader, GError **error)
{
  g_autoptr (TbFrontIndex) film = g_new0 (TbFrontIndex, 1);
  gsize length = 0;
  g_autofree guint8 *index = NULL;

  film->reader = reader;
  if (!tb_media_reader_size (reader, &film->size, error) || !find_index (film, &length, error))
    return NULL;
  if (length < 8)
    return g_steal_pointer (&film);
  index = g_malloc (length);
  if (!read_all (reader, film->moved_at, index, length, error))
    return NULL;
  if (move_places (index + 8, length - 8, length, 0)) {
    film->index = g_steal_pointer (&index);
    film->length = length;
  }
  return g_steal_pointer (&film);
}

void
tb_front_index_free (TbFrontIndex *film)
{
  if (film == NULL)
    return;
  tb_media_reader_free (film->reader);
  g_free (film->index);
  g_free (film);
}

guint64
tb_front_index_size (const TbFrontIndex *film)
{
  return film->size;
}

gssize
tb_front_index_read (TbFrontIndex *film, guint64 offset, void *bytes, gsize length, GError **error)
{
  if (offset >= film->size)
    return 0;
  length = (gsize) MIN (length, film->size - offset);
  if (film->index == NULL)
    return tb_media_reader_read (film->reader, offset, bytes, length, error);
  if (offset < film->front)
    return tb_media_reader_read (film->reader, offset, bytes, (gsize) MIN (length, film->front - offset), error);
  if (offset < film->front + film->length) {
    gsize within = (gsize) (offset - film->front);

    length = MIN (length, film->length - within);
    memcpy (bytes, film->index + within, length);
    return (gssize) length;
  }
  return tb_media_reader_read (film->reader, offset - film->length, bytes, length, error);
}
