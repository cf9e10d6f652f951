/* The walk over a file's boxes: ftyp, moov, then moof and mdat in pairs.
 *
 * Nothing that comes out of the file is trusted: sizes are compared with what is left before they are used, times are
 * worked out in 128 bits and refused beyond TB_TIME_LIMIT, counts are bounded by the bytes they stand in. Where the
 * walk cannot go on, the file is taken to end there; a later update looks again, for the file may have grown. */

#include "media/fragments.h"

#include <string.h>

#include "base/error.h"
#include "media/boxes.h"

#define MOOV_MAX (4 * 1024 * 1024)
#define MOOF_MAX (16 * 1024 * 1024)
/* A fragment holds a second or two; a run without a size for each sample could else claim billions. */
#define SAMPLES_MAX 200000

struct _TbFragments {
  TbMediaReader *reader; /* borrowed; NULL = memory */
  GBytes *memory;

  gboolean has_init;
  guint64 init_size;
  TbMediaKind kind;
  guint32 timescale;
  char codec[24];
  gint width, height, sample_rate, channels;
  GBytes *codec_data;
  guint32 default_duration, default_size, default_flags; /* trex */

  GArray *list;        /* TbFragment */
  guint64 valid;       /* end of the last whole box (of moof and mdat together) */
  guint64 size;        /* of the file at the last look */
  guint64 next_decode; /* where a fragment without tfdt begins, in the file's units */
};

TbFragments *
tb_fragments_new (TbMediaReader *reader)
{
  TbFragments *fragments = g_new0 (TbFragments, 1);

  fragments->reader = reader;
  fragments->list = g_array_new (FALSE, FALSE, sizeof (TbFragment));
  return fragments;
}

TbFragments *
tb_fragments_new_memory (GBytes *bytes)
{
  TbFragments *fragments = tb_fragments_new (NULL);

  fragments->memory = g_bytes_ref (bytes);
  return fragments;
}

void
tb_fragments_free (TbFragments *fragments)
{
  if (fragments == NULL)
    return;
  g_clear_pointer (&fragments->memory, g_bytes_unref);
  g_clear_pointer (&fragments->codec_data, g_bytes_unref);
  g_array_unref (fragments->list);
  g_free (fragments);
}

/* Reading. */

static gboolean
look_size (TbFragments *fragments, GError **error)
{
  if (fragments->memory != NULL) {
    fragments->size = g_bytes_get_size (fragments->memory);
    return TRUE;
  }
  return tb_media_reader_size (fragments->reader, &fragments->size, error);
}

/* All of LENGTH, which the caller has compared with the size. */
static gboolean
read_all (TbFragments *fragments, guint64 offset, guint8 *out, gsize length, GError **error)
{
  gsize done = 0;

  if (fragments->memory != NULL) {
    memcpy (out, (const guint8 *) g_bytes_get_data (fragments->memory, NULL) + offset, length);
    return TRUE;
  }
  while (done < length) {
    gssize n = tb_media_reader_read (fragments->reader, offset + done, out + done, length - done, error);

    if (n < 0)
      return FALSE;
    if (n == 0) {
      g_set_error (error, TB_ERROR, TB_ERROR_FAILED, "The file became shorter while it was read");
      return FALSE;
    }
    done += (gsize) n;
  }
  return TRUE;
}

typedef struct {
  guint32 type;
  guint64 header; /* bytes */
  guint64 size;   /* header included */
} BoxHeader;

/* Reads the header of the box at OFFSET. *WHOLE says whether the box lies in the file entirely; a header that makes
 * no sense is not whole either. FALSE only when reading failed. */
static gboolean
read_header (TbFragments *fragments, guint64 offset, BoxHeader *box, gboolean *whole, GError **error)
{
  guint8 bytes[16];
  guint64 left = offset < fragments->size ? fragments->size - offset : 0;
  TbBytes b;

  *whole = FALSE;
  if (left < 8)
    return TRUE;
  if (!read_all (fragments, offset, bytes, (gsize) MIN (left, 16), error))
    return FALSE;
  b = tb_bytes (bytes, (gsize) MIN (left, 16));
  box->header = 8;
  box->size = tb_bytes_uint (&b, 4);
  box->type = (guint32) tb_bytes_uint (&b, 4);
  if (box->size == 1) {
    box->size = tb_bytes_uint (&b, 8);
    box->header = 16;
  }
  *whole = !b.bad && box->size >= box->header && box->size <= left;
  return TRUE;
}

/* The content of a whole box of at most MAX bytes; NULL without an error when it is larger. New. */
static guint8 *
read_content (TbFragments *fragments, guint64 offset, const BoxHeader *box, gsize max, GError **error)
{
  gsize length = (gsize) MIN (box->size - box->header, (guint64) max + 1);
  g_autofree guint8 *content = NULL;

  if (length > max)
    return NULL;
  content = g_malloc (length + 1);
  if (!read_all (fragments, offset + box->header, content, length, error))
    return NULL;
  return g_steal_pointer (&content);
}

/* Units of the file to nanoseconds; FALSE beyond the limit. */
static gboolean
to_ns (const TbFragments *fragments, __int128 units, TbTime *ns)
{
  __int128 value = units * TB_SECOND;

  value = (value + (value >= 0 ? fragments->timescale / 2 : -(gint64) (fragments->timescale / 2)))
          / (gint64) fragments->timescale;
  if (value > TB_TIME_LIMIT || value < -TB_TIME_LIMIT)
    return FALSE;
  *ns = (TbTime) value;
  return TRUE;
}

/* moov */

static void
read_avc (TbFragments *fragments, TbBytes entry)
{
  TbBytes config;

  tb_bytes_skip (&entry, 24);
  fragments->width = (gint) tb_bytes_uint (&entry, 2);
  fragments->height = (gint) tb_bytes_uint (&entry, 2);
  tb_bytes_skip (&entry, 50);
  if (entry.bad)
    return;
  entry = tb_bytes (entry.data + entry.at, entry.size - entry.at);
  if (!tb_bytes_find (entry, TB_BOX ('a', 'v', 'c', 'C'), &config) || config.size < 4)
    return;
  g_snprintf (fragments->codec, sizeof fragments->codec, "avc1.%02x%02x%02x", config.data[1], config.data[2],
              config.data[3]);
  fragments->codec_data = g_bytes_new (config.data, config.size);
}

/* A descriptor of esds: tag, then a length of up to four bytes of seven bits. */
static gboolean
read_descriptor (TbBytes *bytes, guint8 *tag, gsize *length)
{
  *tag = (guint8) tb_bytes_uint (bytes, 1);
  *length = 0;
  for (guint i = 0; i < 4; i++) {
    guint8 byte = (guint8) tb_bytes_uint (bytes, 1);

    *length = *length << 7 | (byte & 0x7f);
    if (!(byte & 0x80))
      break;
  }
  return !bytes->bad && *length <= tb_bytes_left (bytes);
}

static void
read_esds (TbFragments *fragments, TbBytes esds)
{
  guint8 tag, flags, object;
  gsize length;

  tb_bytes_skip (&esds, 4);
  if (!read_descriptor (&esds, &tag, &length) || tag != 3)
    return;
  tb_bytes_skip (&esds, 2);
  flags = (guint8) tb_bytes_uint (&esds, 1);
  if (flags & 0xe0) /* fields nobody writes */
    return;
  if (!read_descriptor (&esds, &tag, &length) || tag != 4)
    return;
  object = (guint8) tb_bytes_uint (&esds, 1);
  tb_bytes_skip (&esds, 12);
  if (!read_descriptor (&esds, &tag, &length) || tag != 5 || length < 2)
    return;
  g_snprintf (fragments->codec, sizeof fragments->codec, "mp4a.%02x.%d", object, esds.data[esds.at] >> 3);
  fragments->codec_data = g_bytes_new (esds.data + esds.at, length);
}

static void
read_mp4a (TbFragments *fragments, TbBytes entry)
{
  TbBytes esds;

  tb_bytes_skip (&entry, 16);
  fragments->channels = (gint) tb_bytes_uint (&entry, 2);
  tb_bytes_skip (&entry, 6);
  fragments->sample_rate = (gint) tb_bytes_uint (&entry, 2);
  tb_bytes_skip (&entry, 2);
  if (entry.bad)
    return;
  entry = tb_bytes (entry.data + entry.at, entry.size - entry.at);
  if (tb_bytes_find (entry, TB_BOX ('e', 's', 'd', 's'), &esds))
    read_esds (fragments, esds);
}

static gboolean
read_track (TbFragments *fragments, TbBytes trak)
{
  TbBytes mdia, mdhd, minf, stbl, stsd, entry;
  guint32 type;
  guint8 version;

  if (!tb_bytes_find (trak, TB_BOX ('m', 'd', 'i', 'a'), &mdia)
      || !tb_bytes_find (mdia, TB_BOX ('m', 'd', 'h', 'd'), &mdhd)
      || !tb_bytes_find (mdia, TB_BOX ('m', 'i', 'n', 'f'), &minf)
      || !tb_bytes_find (minf, TB_BOX ('s', 't', 'b', 'l'), &stbl)
      || !tb_bytes_find (stbl, TB_BOX ('s', 't', 's', 'd'), &stsd))
    return FALSE;
  version = (guint8) tb_bytes_uint (&mdhd, 1);
  tb_bytes_skip (&mdhd, version == 1 ? 19 : 11);
  fragments->timescale = (guint32) tb_bytes_uint (&mdhd, 4);
  tb_bytes_skip (&stsd, 8);
  if (mdhd.bad || fragments->timescale == 0 || !tb_bytes_box (&stsd, &type, &entry))
    return FALSE;
  if (type == TB_BOX ('a', 'v', 'c', '1') || type == TB_BOX ('a', 'v', 'c', '3')) {
    fragments->kind = TB_MEDIA_VIDEO;
    read_avc (fragments, entry);
    return TRUE;
  }
  if (type == TB_BOX ('m', 'p', '4', 'a')) {
    fragments->kind = TB_MEDIA_AUDIO;
    read_mp4a (fragments, entry);
    return TRUE;
  }
  return FALSE;
}

static gboolean
read_moov (TbFragments *fragments, TbBytes moov)
{
  TbBytes trak, mvex, trex;

  if (!tb_bytes_find (moov, TB_BOX ('t', 'r', 'a', 'k'), &trak) || !read_track (fragments, trak))
    return FALSE;
  if (tb_bytes_find (moov, TB_BOX ('m', 'v', 'e', 'x'), &mvex)
      && tb_bytes_find (mvex, TB_BOX ('t', 'r', 'e', 'x'), &trex)) {
    tb_bytes_skip (&trex, 12);
    fragments->default_duration = (guint32) tb_bytes_uint (&trex, 4);
    fragments->default_size = (guint32) tb_bytes_uint (&trex, 4);
    fragments->default_flags = (guint32) tb_bytes_uint (&trex, 4);
  }
  return TRUE;
}

/* moof */

typedef struct {
  guint64 moof;  /* offsets in the file */
  guint64 data;  /* of the mdat's content */
  guint64 end;
  guint32 default_duration, default_size, default_flags;
  guint64 base;  /* what data offsets count from */
  guint64 decode; /* of the next sample, in the file's units */
  guint64 next_offset; /* of a run without a data offset */
  guint64 begin;
  guint64 count;
  gboolean first_key;
  GArray *samples; /* NULL = only summed up */
} FragmentRead;

static gboolean
add_sample (TbFragments *fragments, FragmentRead *r, guint32 duration, guint32 size, guint32 flags, gint64 shift)
{
  gboolean key = !(flags & 0x10000);
  TbSample sample;

  if (r->count++ == 0)
    r->first_key = key;
  if (r->count > SAMPLES_MAX || r->next_offset < r->data || r->next_offset > r->end || size > r->end - r->next_offset)
    return FALSE;
  if (r->samples != NULL) {
    sample.offset = r->next_offset;
    sample.size = size;
    sample.key = key;
    if (!to_ns (fragments, r->decode, &sample.dts) || !to_ns (fragments, (__int128) r->decode + shift, &sample.pts)
        || !to_ns (fragments, (__int128) r->decode + duration, &sample.duration))
      return FALSE;
    sample.duration -= sample.dts;
    g_array_append_val (r->samples, sample);
  }
  r->next_offset += size;
  r->decode += duration;
  return TRUE;
}

static gboolean
read_trun (TbFragments *fragments, FragmentRead *r, TbBytes trun)
{
  guint8 version = (guint8) tb_bytes_uint (&trun, 1);
  guint32 flags = (guint32) tb_bytes_uint (&trun, 3);
  guint32 count = (guint32) tb_bytes_uint (&trun, 4);
  guint32 first_flags = 0;

  if (flags & 0x1) {
    gint32 offset = (gint32) (guint32) tb_bytes_uint (&trun, 4);

    if (offset < 0 || (guint64) offset > G_MAXINT64 - r->base)
      return FALSE;
    r->next_offset = r->base + (guint64) offset;
  }
  if (flags & 0x4)
    first_flags = (guint32) tb_bytes_uint (&trun, 4);
  for (guint32 i = 0; i < count && !trun.bad; i++) {
    guint32 duration = flags & 0x100 ? (guint32) tb_bytes_uint (&trun, 4) : r->default_duration;
    guint32 size = flags & 0x200 ? (guint32) tb_bytes_uint (&trun, 4) : r->default_size;
    guint32 sample_flags = flags & 0x400 ? (guint32) tb_bytes_uint (&trun, 4) : r->default_flags;
    guint32 raw = flags & 0x800 ? (guint32) tb_bytes_uint (&trun, 4) : 0;
    gint64 shift = version == 0 ? (gint64) raw : (gint64) (gint32) raw;

    if (i == 0 && (flags & 0x4))
      sample_flags = first_flags;
    if (trun.bad || !add_sample (fragments, r, duration, size, sample_flags, shift))
      return FALSE;
  }
  return !trun.bad;
}

static gboolean
read_tfhd (TbFragments *fragments, FragmentRead *r, TbBytes tfhd)
{
  guint32 flags;

  tb_bytes_skip (&tfhd, 1);
  flags = (guint32) tb_bytes_uint (&tfhd, 3);
  tb_bytes_skip (&tfhd, 4);
  r->base = flags & 0x1 ? tb_bytes_uint (&tfhd, 8) : r->moof;
  if (flags & 0x2)
    tb_bytes_skip (&tfhd, 4);
  r->default_duration = flags & 0x8 ? (guint32) tb_bytes_uint (&tfhd, 4) : fragments->default_duration;
  r->default_size = flags & 0x10 ? (guint32) tb_bytes_uint (&tfhd, 4) : fragments->default_size;
  r->default_flags = flags & 0x20 ? (guint32) tb_bytes_uint (&tfhd, 4) : fragments->default_flags;
  return !tfhd.bad && r->base <= G_MAXINT64;
}

/* Reads the runs of a moof. FALSE when it makes no sense. */
static gboolean
read_moof (TbFragments *fragments, FragmentRead *r, TbBytes moof)
{
  TbBytes traf, box;
  guint32 type;

  if (!tb_bytes_find (moof, TB_BOX ('t', 'r', 'a', 'f'), &traf)
      || !tb_bytes_find (traf, TB_BOX ('t', 'f', 'h', 'd'), &box) || !read_tfhd (fragments, r, box))
    return FALSE;
  r->decode = fragments->next_decode;
  if (tb_bytes_find (traf, TB_BOX ('t', 'f', 'd', 't'), &box)) {
    guint8 version = (guint8) tb_bytes_uint (&box, 1);

    tb_bytes_skip (&box, 3);
    r->decode = tb_bytes_uint (&box, version == 1 ? 8 : 4);
    if (box.bad)
      return FALSE;
  }
  if (r->decode > G_MAXINT64)
    return FALSE;
  r->begin = r->decode;
  r->next_offset = r->data;
  while (tb_bytes_box (&traf, &type, &box))
    if (type == TB_BOX ('t', 'r', 'u', 'n') && !read_trun (fragments, r, box))
      return FALSE;
  return r->count > 0;
}

/* A moof and the mdat after it. *DONE is FALSE when they are not (yet) whole or make no sense. */
static gboolean
read_fragment (TbFragments *fragments, guint64 offset, GArray *samples, FragmentRead *r, gboolean *done,
               GError **error)
{
  BoxHeader moof = { 0 }, mdat = { 0 };
  g_autofree guint8 *content = NULL;
  g_autoptr (GError) local = NULL;

  *done = FALSE;
  memset (r, 0, sizeof *r);
  if (!read_header (fragments, offset, &moof, done, error))
    return FALSE;
  if (!*done || moof.type != TB_BOX ('m', 'o', 'o', 'f')) {
    *done = FALSE;
    return TRUE;
  }
  if (!read_header (fragments, offset + moof.size, &mdat, done, error))
    return FALSE;
  if (!*done || mdat.type != TB_BOX ('m', 'd', 'a', 't')) {
    *done = FALSE;
    return TRUE;
  }
  *done = FALSE;
  content = read_content (fragments, offset, &moof, MOOF_MAX, &local);
  if (content == NULL) {
    if (local == NULL)
      return TRUE;
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  r->moof = offset;
  r->data = offset + moof.size + mdat.header;
  r->end = offset + moof.size + mdat.size;
  r->samples = samples;
  *done = read_moof (fragments, r, tb_bytes (content, (gsize) (moof.size - moof.header)));
  return TRUE;
}

/* Adds the fragment at the present end. */
static gboolean
take_fragment (TbFragments *fragments, gboolean *done, GError **error)
{
  FragmentRead r;
  TbFragment fragment = { 0 };
  TbTime end;

  if (!read_fragment (fragments, fragments->valid, NULL, &r, done, error))
    return FALSE;
  if (!*done)
    return TRUE;
  if (!to_ns (fragments, r.begin, &fragment.time) || !to_ns (fragments, r.decode, &end)) {
    *done = FALSE;
    return TRUE;
  }
  fragment.duration = end - fragment.time;
  fragment.offset = fragments->valid;
  fragment.size = r.end - fragments->valid;
  fragment.samples = (guint32) r.count;
  fragment.key = r.first_key;
  g_array_append_val (fragments->list, fragment);
  fragments->valid = r.end;
  fragments->next_decode = r.decode;
  return TRUE;
}

static gboolean
corrupt (GError **error, const char *what)
{
  g_set_error (error, TB_ERROR, TB_ERROR_CORRUPT, "The recording's file %s", what);
  return FALSE;
}

static gboolean
take_moov (TbFragments *fragments, const BoxHeader *box, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree guint8 *content = read_content (fragments, fragments->valid, box, MOOV_MAX, &local);

  if (content == NULL && local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  g_clear_pointer (&fragments->codec_data, g_bytes_unref);
  if (content == NULL || !read_moov (fragments, tb_bytes (content, (gsize) (box->size - box->header))))
    return corrupt (error, "has a beginning that cannot be understood");
  fragments->has_init = TRUE;
  fragments->valid += box->size;
  fragments->init_size = fragments->valid;
  return TRUE;
}

static gboolean
is_known_filler (guint32 type)
{
  return type == TB_BOX ('f', 'r', 'e', 'e') || type == TB_BOX ('s', 'k', 'i', 'p')
         || type == TB_BOX ('s', 't', 'y', 'p') || type == TB_BOX ('s', 'i', 'd', 'x')
         || type == TB_BOX ('m', 'f', 'r', 'a') || type == TB_BOX ('u', 'u', 'i', 'd')
         || type == TB_BOX ('p', 'r', 'f', 't') || type == TB_BOX ('e', 'm', 's', 'g');
}

/* One step on. *ON is FALSE where the walk ends. */
static gboolean
step (TbFragments *fragments, gboolean *on, GError **error)
{
  BoxHeader box = { 0 };
  gboolean whole;

  *on = FALSE;
  if (!read_header (fragments, fragments->valid, &box, &whole, error))
    return FALSE;
  if (fragments->valid == 0 && fragments->size >= 8 && box.type != TB_BOX ('f', 't', 'y', 'p'))
    return corrupt (error, "is not an MP4");
  if (!whole)
    return TRUE;
  if (box.type == TB_BOX ('m', 'o', 'o', 'f') && fragments->has_init)
    return take_fragment (fragments, on, error);
  if (box.type == TB_BOX ('m', 'o', 'o', 'v') && !fragments->has_init)
    return *on = take_moov (fragments, &box, error);
  if (box.type == TB_BOX ('f', 't', 'y', 'p') ? fragments->valid == 0 : is_known_filler (box.type)) {
    fragments->valid += box.size;
    *on = TRUE;
  }
  return TRUE;
}

gboolean
tb_fragments_update (TbFragments *fragments, GError **error)
{
  gboolean on = TRUE;

  if (!look_size (fragments, error))
    return FALSE;
  while (on)
    if (!step (fragments, &on, error))
      return FALSE;
  return TRUE;
}

static gboolean
known_fit (TbFragments *fragments, const TbFragment *known, guint n)
{
  guint64 at = fragments->init_size;

  for (guint i = 0; i < n; i++) {
    if (known[i].offset < at || known[i].size > fragments->size || known[i].offset > fragments->size - known[i].size
        || known[i].time < 0 || known[i].time > TB_TIME_LIMIT || known[i].duration < 0
        || known[i].duration > TB_TIME_LIMIT)
      return FALSE;
    at = known[i].offset + known[i].size;
  }
  return TRUE;
}

gboolean
tb_fragments_restore (TbFragments *fragments, const TbFragment *known, guint n, GError **error)
{
  FragmentRead r;
  gboolean on = TRUE;

  if (!look_size (fragments, error))
    return FALSE;
  while (on && !fragments->has_init)
    if (!step (fragments, &on, error))
      return FALSE;
  if (!fragments->has_init || fragments->list->len > 0 || !known_fit (fragments, known, n))
    return corrupt (error, "is not the one that was indexed");
  if (n == 0)
    return TRUE;
  /* The last one is looked at again: it says where the next begins, and that this is the same file. */
  if (!read_fragment (fragments, known[n - 1].offset, NULL, &r, &on, error))
    return FALSE;
  if (!on || r.end != known[n - 1].offset + known[n - 1].size)
    return corrupt (error, "is not the one that was indexed");
  g_array_append_vals (fragments->list, known, n);
  fragments->valid = r.end;
  fragments->next_decode = r.decode;
  return TRUE;
}

GArray *
tb_fragments_samples (TbFragments *fragments, guint index, GError **error)
{
  g_autoptr (GArray) samples = g_array_new (FALSE, FALSE, sizeof (TbSample));
  FragmentRead r;
  gboolean done;

  g_return_val_if_fail (index < fragments->list->len, NULL);
  if (!read_fragment (fragments, g_array_index (fragments->list, TbFragment, index).offset, samples, &r, &done, error))
    return NULL;
  if (!done) {
    corrupt (error, "has changed");
    return NULL;
  }
  return g_steal_pointer (&samples);
}

gboolean
tb_fragments_has_init (const TbFragments *fragments)
{
  return fragments->has_init;
}

guint64
tb_fragments_init_size (const TbFragments *fragments)
{
  return fragments->init_size;
}

TbMediaKind
tb_fragments_kind (const TbFragments *fragments)
{
  return fragments->kind;
}

guint32
tb_fragments_timescale (const TbFragments *fragments)
{
  return fragments->timescale;
}

const char *
tb_fragments_codec (const TbFragments *fragments)
{
  return fragments->codec[0] != '\0' ? fragments->codec : NULL;
}

gint
tb_fragments_width (const TbFragments *fragments)
{
  return fragments->width;
}

gint
tb_fragments_height (const TbFragments *fragments)
{
  return fragments->height;
}

gint
tb_fragments_sample_rate (const TbFragments *fragments)
{
  return fragments->sample_rate;
}

gint
tb_fragments_channels (const TbFragments *fragments)
{
  return fragments->channels;
}

GBytes *
tb_fragments_codec_data (const TbFragments *fragments)
{
  return fragments->codec_data;
}

guint
tb_fragments_count (const TbFragments *fragments)
{
  return fragments->list->len;
}

const TbFragment *
tb_fragments_list (const TbFragments *fragments)
{
  return (const TbFragment *) (void *) fragments->list->data;
}

gint
tb_fragments_find (const TbFragments *fragments, TbTime time)
{
  guint low = 0, high = fragments->list->len;

  while (low < high) {
    guint middle = low + (high - low) / 2;

    if (g_array_index (fragments->list, TbFragment, middle).time <= time)
      low = middle + 1;
    else
      high = middle;
  }
  return (gint) low - 1;
}

TbTime
tb_fragments_duration (const TbFragments *fragments)
{
  const TbFragment *last;

  if (fragments->list->len == 0)
    return 0;
  last = &g_array_index (fragments->list, TbFragment, fragments->list->len - 1);
  return last->time + last->duration;
}

guint64
tb_fragments_valid_size (const TbFragments *fragments)
{
  return fragments->valid;
}

guint64
tb_fragments_torn_bytes (const TbFragments *fragments)
{
  return fragments->size > fragments->valid ? fragments->size - fragments->valid : 0;
}
