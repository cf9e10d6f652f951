#include "web/media-index.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "media/fragments.h"
#include "sound/peaks.h"
#include "store/cache.h"
#include "vault/age-bytes.h"

/* Files kept open at once; the one asked least lately goes. */
#define ENTRIES 64
/* A growing file is written to the cache each so many fragments. */
#define PERSIST_STEP 60
#define PEAK_STEP (10 * TB_MILLISECOND)

typedef struct _TbMediaFile {
  gint refs; /* atomic */
  GMutex lock; /* guards all below */
  char *visit;
  char *name;
  TbMediaReader *reader; /* never changes; needs no lock */
  TbFragments *fragments; /* of an MP4 */
  guint persisted;
  TbPeaks *peaks; /* of a FLAC */
  gboolean peaks_final;
  gint64 used; /* guarded by the index's lock */
} Entry;

struct _TbMediaIndex {
  TbStore *store;
  TbMediaStore *media;
  TbVault *vault;
  GMutex lock; /* guards ENTRIES; taken before no other lock */
  GHashTable *entries;
};

static void
entry_unref (gpointer data)
{
  Entry *entry = data;

  if (!g_atomic_int_dec_and_test (&entry->refs))
    return;
  g_clear_pointer (&entry->fragments, tb_fragments_free);
  g_clear_pointer (&entry->peaks, tb_peaks_free);
  tb_media_reader_free (entry->reader);
  g_mutex_clear (&entry->lock);
  g_free (entry->visit);
  g_free (entry->name);
  g_free (entry);
}

TbMediaIndex *
tb_media_index_new (TbStore *store, TbMediaStore *media, TbVault *vault)
{
  TbMediaIndex *index = g_new0 (TbMediaIndex, 1);

  index->store = store;
  index->media = media;
  index->vault = vault;
  g_mutex_init (&index->lock);
  index->entries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, entry_unref);
  return index;
}

void
tb_media_index_free (TbMediaIndex *index)
{
  if (index == NULL)
    return;
  g_hash_table_unref (index->entries);
  g_mutex_clear (&index->lock);
  g_free (index);
}

static void
drop_oldest (TbMediaIndex *index)
{
  GHashTableIter iter;
  gpointer key, value;
  const char *oldest = NULL;
  gint64 when = G_MAXINT64;

  g_hash_table_iter_init (&iter, index->entries);
  while (g_hash_table_iter_next (&iter, &key, &value)) {
    const Entry *entry = value;

    if (entry->used < when) {
      when = entry->used;
      oldest = key;
    }
  }
  if (oldest != NULL)
    g_hash_table_remove (index->entries, oldest);
}

/* The entry of a file, made when it is not there. Reference. */
static Entry *
find_entry (TbMediaIndex *index, const char *visit, const char *name, GError **error)
{
  g_autofree char *key = g_strconcat (visit, "/", name, NULL);
  Entry *entry;

  g_mutex_lock (&index->lock);
  entry = g_hash_table_lookup (index->entries, key);
  if (entry == NULL) {
    TbMediaReader *reader = tb_media_store_open (index->media, visit, name, error);

    if (reader == NULL) {
      g_mutex_unlock (&index->lock);
      return NULL;
    }
    if (g_hash_table_size (index->entries) >= ENTRIES)
      drop_oldest (index);
    entry = g_new0 (Entry, 1);
    entry->refs = 1;
    g_mutex_init (&entry->lock);
    entry->visit = g_strdup (visit);
    entry->name = g_strdup (name);
    entry->reader = reader;
    g_hash_table_insert (index->entries, g_steal_pointer (&key), entry);
  }
  entry->used = g_get_monotonic_time ();
  g_atomic_int_inc (&entry->refs);
  g_mutex_unlock (&index->lock);
  return entry;
}

TbMediaFile *
tb_media_index_open (TbMediaIndex *index, const char *visit, const char *name, GError **error)
{
  return find_entry (index, visit, name, error);
}

void
tb_media_file_unref (TbMediaFile *file)
{
  if (file != NULL)
    entry_unref (file);
}

TbMediaReader *
tb_media_file_reader (TbMediaFile *file)
{
  return file->reader;
}

/* --- fragments -------------------------------------------------------------- */

static void
restore_fragments (TbMediaIndex *index, Entry *entry)
{
  g_autoptr (TbCachedFile) known = tb_cache_get_fragments (index->store, entry->visit, entry->name);
  g_autofree TbFragment *list = NULL;
  g_autoptr (GError) error = NULL;

  if (known->fragments == NULL || known->fragments->len == 0)
    return;
  list = g_new0 (TbFragment, known->fragments->len);
  for (guint i = 0; i < known->fragments->len; i++) {
    const TbCachedFragment *cached = &g_array_index (known->fragments, TbCachedFragment, i);

    list[i] = (TbFragment){ .time = cached->time, .duration = cached->duration, .offset = cached->offset,
                            .size = cached->size, .key = cached->key };
  }
  if (tb_fragments_restore (entry->fragments, list, known->fragments->len, &error))
    entry->persisted = known->fragments->len;
  else
    g_debug ("cache of %s does not fit: %s", entry->name, error != NULL ? error->message : "");
}

static void
persist_fragments (TbMediaIndex *index, Entry *entry, gboolean closed)
{
  guint count = tb_fragments_count (entry->fragments);
  guint fresh = count - MIN (entry->persisted, count);
  const TbFragment *list = tb_fragments_list (entry->fragments);
  g_autofree TbCachedFragment *rows = NULL;

  if (fresh == 0 || (!closed && fresh < PERSIST_STEP))
    return;
  rows = g_new0 (TbCachedFragment, fresh);
  for (guint i = 0; i < fresh; i++) {
    const TbFragment *fragment = &list[entry->persisted + i];

    rows[i] = (TbCachedFragment){ .time = fragment->time, .duration = fragment->duration,
                                  .offset = fragment->offset, .size = fragment->size, .key = fragment->key };
  }
  if (tb_cache_put_fragments (index->store, entry->visit, entry->name, NULL,
                              tb_fragments_valid_size (entry->fragments), entry->persisted, rows, fresh))
    entry->persisted = count;
}

/* Under the entry's lock. */
static gboolean
update_fragments (TbMediaIndex *index, Entry *entry, gboolean closed, GError **error)
{
  if (entry->fragments == NULL) {
    entry->fragments = tb_fragments_new (entry->reader);
    restore_fragments (index, entry);
  }
  if (!tb_fragments_update (entry->fragments, error))
    return FALSE;
  persist_fragments (index, entry, closed);
  return TRUE;
}

/* What a player is given as one piece: fragments that follow each other in the file, the first with a key frame. A
 * camera with rare key frames has fragments without one, which cannot be played by themselves. */
typedef struct {
  guint64 offset, size;
  TbTime time, duration;
} Piece;

static GArray *
make_pieces (const TbFragments *fragments, gboolean closed)
{
  const TbFragment *list = tb_fragments_list (fragments);
  guint count = tb_fragments_count (fragments);
  GArray *pieces = g_array_new (FALSE, FALSE, sizeof (Piece));
  gboolean rare = FALSE;

  for (guint i = 0; i < count; i++) {
    /* A fragment lasts until the next begins: the sum of many then stays exact. */
    TbTime lasts = i + 1 < count ? list[i + 1].time - list[i].time : list[i].duration;
    Piece piece = { list[i].offset, list[i].size, list[i].time, lasts };
    Piece *last = pieces->len > 0 ? &g_array_index (pieces, Piece, pieces->len - 1) : NULL;

    rare |= !list[i].key;
    if (list[i].key || last == NULL) {
      g_array_append_val (pieces, piece);
    } else {
      last->size = piece.offset + piece.size - last->offset;
      last->duration = piece.time + piece.duration - last->time;
    }
  }
  /* The last piece of a growing file may still get longer; what was in a playlist must not. */
  if (rare && !closed && pieces->len > 0)
    g_array_set_size (pieces, pieces->len - 1);
  return pieces;
}

static gboolean
is_seen (const Piece *piece, const GArray *spans)
{
  for (guint i = 0; spans != NULL && i < spans->len; i++) {
    const TbMediaSpan *span = &g_array_index (spans, TbMediaSpan, i);

    if (piece->time < span->to && piece->time + piece->duration > span->from)
      return TRUE;
  }
  return spans == NULL;
}

static char *
write_playlist (Entry *entry, gboolean closed, const GArray *spans)
{
  /* 8: the first version with gaps. */
  GString *text = g_string_new (spans != NULL ? "#EXTM3U\n#EXT-X-VERSION:8\n#EXT-X-INDEPENDENT-SEGMENTS\n"
                                              : "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n");
  g_autoptr (GArray) pieces = make_pieces (entry->fragments, closed);
  TbTime longest = 2 * TB_SECOND;

  for (guint i = 0; i < pieces->len; i++)
    longest = MAX (longest, g_array_index (pieces, Piece, i).duration);
  g_string_append_printf (text, "#EXT-X-TARGETDURATION:%d\n#EXT-X-PLAYLIST-TYPE:%s\n#EXT-X-MEDIA-SEQUENCE:0\n",
                          (int) ((longest + TB_SECOND - 1) / TB_SECOND), closed ? "VOD" : "EVENT");
  g_string_append_printf (text, "#EXT-X-MAP:URI=\"/media/%s/%s\",BYTERANGE=\"%" G_GUINT64_FORMAT "@0\"\n",
                          entry->visit, entry->name, tb_fragments_init_size (entry->fragments));
  for (guint i = 0; i < pieces->len; i++) {
    const Piece *piece = &g_array_index (pieces, Piece, i);
    g_autofree char *duration = tb_time_format (piece->duration);

    if (!is_seen (piece, spans))
      g_string_append (text, "#EXT-X-GAP\n");
    g_string_append_printf (text, "#EXTINF:%s,\n#EXT-X-BYTERANGE:%" G_GUINT64_FORMAT "@%" G_GUINT64_FORMAT
                                  "\n/media/%s/%s\n",
                            duration, piece->size, piece->offset, entry->visit, entry->name);
  }
  if (closed)
    g_string_append (text, "#EXT-X-ENDLIST\n");
  return g_string_free (text, FALSE);
}

char *
tb_media_index_playlist (TbMediaIndex *index, const char *visit, const char *name, gboolean closed,
                         const GArray *spans, GError **error)
{
  Entry *entry = find_entry (index, visit, name, error);
  char *playlist = NULL;

  if (entry == NULL)
    return NULL;
  g_mutex_lock (&entry->lock);
  if (update_fragments (index, entry, closed, error)) {
    if (tb_fragments_count (entry->fragments) > 0)
      playlist = write_playlist (entry, closed, spans);
    else
      g_set_error_literal (error, TB_ERROR, TB_ERROR_NOT_FOUND, "Nothing has been recorded here yet");
  }
  g_mutex_unlock (&entry->lock);
  entry_unref (entry);
  return playlist;
}

/* Under the entry's lock. Goes through the pieces in the order of the file, as far as they follow each other. */
static gboolean
covers (Entry *entry, const GArray *spans, guint64 from, guint64 to)
{
  g_autoptr (GArray) pieces = make_pieces (entry->fragments, FALSE);
  guint64 at = from;

  if (at < tb_fragments_init_size (entry->fragments))
    at = tb_fragments_init_size (entry->fragments);
  for (guint i = 0; i < pieces->len && at <= to; i++) {
    const Piece *piece = &g_array_index (pieces, Piece, i);

    if (at >= piece->offset && at < piece->offset + piece->size && is_seen (piece, spans))
      at = piece->offset + piece->size;
  }
  return at > to;
}

gboolean
tb_media_index_allows (TbMediaIndex *index, const char *visit, const char *name, const GArray *spans, guint64 from,
                       guint64 to, GError **error)
{
  Entry *entry = find_entry (index, visit, name, error);
  gboolean allowed = FALSE;

  if (entry == NULL)
    return FALSE;
  g_mutex_lock (&entry->lock);
  if (update_fragments (index, entry, FALSE, error)) {
    allowed = tb_fragments_has_init (entry->fragments) && covers (entry, spans, from, to);
    if (!allowed)
      g_set_error_literal (error, TB_ERROR, TB_ERROR_DENIED, "This part of the recording was not shared with you");
  }
  g_mutex_unlock (&entry->lock);
  entry_unref (entry);
  return allowed;
}

void
tb_media_index_forget (TbMediaIndex *index)
{
  g_mutex_lock (&index->lock);
  g_hash_table_remove_all (index->entries);
  g_mutex_unlock (&index->lock);
}

TbTime
tb_media_index_duration (TbMediaIndex *index, const char *visit, const char *name)
{
  Entry *entry = find_entry (index, visit, name, NULL);
  TbTime duration = 0;

  if (entry == NULL)
    return 0;
  g_mutex_lock (&entry->lock);
  if (update_fragments (index, entry, FALSE, NULL))
    duration = tb_fragments_duration (entry->fragments);
  g_mutex_unlock (&entry->lock);
  entry_unref (entry);
  return duration;
}

/* --- sound ------------------------------------------------------------------- */

/* In the cache a sound picture is sealed to the visit's key, as the sound itself is: words can be seen in it. */
static GByteArray *
open_cached (TbMediaIndex *index, const char *visit, GBytes *sealed, GError **error)
{
  g_autoptr (TbAgeIdentity) identity = tb_vault_get_visit_identity (index->vault, visit, error);
  g_autoptr (GPtrArray) ring = NULL;
  TbAgeUnlock unlock = { 0 };
  gsize length;
  const guint8 *bytes = g_bytes_get_data (sealed, &length);

  if (identity == NULL)
    return NULL;
  ring = g_ptr_array_new ();
  g_ptr_array_add (ring, identity);
  unlock.identities = ring;
  return tb_age_open_bytes (bytes, length, &unlock, error);
}

/* Pairs of int16, least and greatest. */
static void
restore_peaks (TbMediaIndex *index, Entry *entry, const TbTrack *track, const TbSegment *segment)
{
  g_autoptr (GBytes) sealed = tb_cache_get_peaks (index->store, track->visit, track->id, segment->number);
  g_autoptr (GError) error = NULL;
  GByteArray *pairs = sealed != NULL ? open_cached (index, track->visit, sealed, &error) : NULL;
  guint count = pairs != NULL ? (guint) (pairs->len / (2 * sizeof (gint16))) : 0;
  g_autofree float *min = g_new (float, count + 1);
  g_autofree float *max = g_new (float, count + 1);

  if (error != NULL)
    g_debug ("the cached sound picture of %s is made anew: %s", entry->name, error->message);
  for (guint i = 0; i < count; i++) {
    gint16 pair[2];

    memcpy (pair, pairs->data + i * sizeof pair, sizeof pair);
    min[i] = pair[0] / 32767.0f;
    max[i] = pair[1] / 32767.0f;
  }
  tb_age_bytes_wipe (pairs);
  if (count == 0)
    return;
  tb_peaks_restore (entry->peaks, min, max, count);
  entry->peaks_final = segment->duration != TB_TIME_NONE;
}

static void
persist_peaks (TbMediaIndex *index, Entry *entry, const TbTrack *track, const TbSegment *segment)
{
  guint count = tb_peaks_count (entry->peaks);
  const float *min = tb_peaks_min (entry->peaks);
  const float *max = tb_peaks_max (entry->peaks);
  g_autofree gint16 *pairs = NULL;
  g_autoptr (GBytes) sealed = NULL;
  g_autoptr (GError) error = NULL;
  TbAgeRecipient recipient;

  if (count == 0) /* broken off before there was any sound */
    return;
  pairs = g_new (gint16, (gsize) count * 2);
  for (guint i = 0; i < count; i++) {
    pairs[2 * i] = (gint16) lrintf (CLAMP (min[i], -1.0f, 1.0f) * 32767.0f);
    pairs[2 * i + 1] = (gint16) lrintf (CLAMP (max[i], -1.0f, 1.0f) * 32767.0f);
  }
  if (tb_vault_get_visit_recipient (index->vault, track->visit, &recipient, &error))
    sealed = tb_age_seal_bytes (&recipient, (const guint8 *) pairs, (gsize) count * 2 * sizeof (gint16), &error);
  if (sealed != NULL)
    tb_cache_put_peaks (index->store, track->visit, track->id, segment->number, sealed);
  else
    g_debug ("the sound picture of %s is not kept: %s", entry->name, error->message);
}

static gboolean
update_peaks (TbMediaIndex *index, Entry *entry, const TbTrack *track, const TbSegment *segment, GError **error)
{
  gboolean closed = segment->duration != TB_TIME_NONE;

  if (entry->peaks == NULL) {
    entry->peaks = tb_peaks_new (entry->reader, PEAK_STEP);
    /* Only a finished sound picture is in the cache. */
    if (closed)
      restore_peaks (index, entry, track, segment);
  }
  if (entry->peaks_final)
    return TRUE;
  if (!tb_peaks_update (entry->peaks, closed, error))
    return FALSE;
  if (closed) {
    entry->peaks_final = TRUE;
    persist_peaks (index, entry, track, segment);
  }
  return TRUE;
}

/* Adds what a segment has to the steps it covers. */
static void
gather (const TbPeaks *peaks_const, TbTime segment_start, TbTime from, TbTime to, guint points, float *min, float *max)
{
  TbPeaks *peaks = (TbPeaks *) peaks_const;
  const float *low = tb_peaks_min (peaks);
  const float *high = tb_peaks_max (peaks);
  guint count = tb_peaks_count (peaks);

  for (guint p = 0; p < points; p++) {
    TbTime begin = from + (TbTime) ((double) (to - from) * p / points) - segment_start;
    TbTime end = from + (TbTime) ((double) (to - from) * (p + 1) / points) - segment_start;
    gint64 first = MAX (begin / PEAK_STEP, 0);
    gint64 last = MAX ((end + PEAK_STEP - 1) / PEAK_STEP, first + 1);

    if (end <= 0)
      continue;
    for (gint64 i = first; i < last && i < (gint64) count; i++) {
      min[p] = isnan (min[p]) ? low[i] : MIN (min[p], low[i]);
      max[p] = isnan (max[p]) ? high[i] : MAX (max[p], high[i]);
    }
  }
}

static json_object *
values_to_json (const float *values, guint count)
{
  json_object *array = json_object_new_array_ext ((int) count);

  for (guint i = 0; i < count; i++) {
    char text[16];

    if (isnan (values[i])) {
      json_object_array_add (array, NULL);
      continue;
    }
    g_ascii_formatd (text, sizeof text, "%.3f", (double) values[i]);
    json_object_array_add (array, json_object_new_double_s ((double) values[i], text));
  }
  return array;
}

static const char *
flac_of (const TbSegment *segment)
{
  for (guint i = 0; i < segment->files->len; i++)
    if (g_str_has_suffix (segment->files->pdata[i], ".flac"))
      return segment->files->pdata[i];
  return NULL;
}

json_object *
tb_media_index_peaks (TbMediaIndex *index, const TbTrack *track, TbTime from, TbTime to, guint points, GError **error)
{
  g_autofree float *min = g_new (float, points);
  g_autofree float *max = g_new (float, points);
  json_object *object;

  for (guint i = 0; i < points; i++)
    min[i] = max[i] = NAN;
  for (guint s = 0; s < track->segments->len; s++) {
    const TbSegment *segment = track->segments->pdata[s];
    const char *name = flac_of (segment);
    g_autoptr (GError) problem = NULL;
    Entry *entry = name != NULL ? find_entry (index, track->visit, name, &problem) : NULL;

    if (entry != NULL) {
      g_mutex_lock (&entry->lock);
      if (update_peaks (index, entry, track, segment, &problem))
        gather (entry->peaks, segment->start - tb_track_delay (track), from, to, points, min, max);
      g_mutex_unlock (&entry->lock);
      entry_unref (entry);
    }
    if (g_error_matches (problem, TB_ERROR, TB_ERROR_LOCKED)) {
      g_propagate_error (error, g_steal_pointer (&problem));
      return NULL;
    }
    /* A part that cannot be read leaves its place empty; the rest is still worth showing. */
    if (problem != NULL)
      g_debug ("no sound picture of %s: %s", name, problem->message);
  }
  object = json_object_new_object ();
  tb_json_add_time (object, "from", from);
  tb_json_add_time (object, "to", to);
  tb_json_add (object, "min", values_to_json (min, points));
  tb_json_add (object, "max", values_to_json (max, points));
  return object;
}
