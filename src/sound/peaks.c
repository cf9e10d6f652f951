/* Peaks of a FLAC that may still grow or be cut off.
 *
 * libsndfile decodes; it is given a file that looks whole: the real header with its unknown length replaced by the
 * longest there can be (with 0, what a FLAC that was never finished says, libsndfile reads nothing), then the frames
 * from where the last look ended. So each look costs what is new. Where a frame begins is found by its sync code,
 * number and CRC-8; the recorder's frames all have the same number of samples. */

#include "sound/peaks.h"

#include <math.h>
#include <string.h>

#include <sndfile.h>

#include "base/error.h"

#define HEADER_MAX (1024 * 1024)
#define READ_FRAMES 8192
/* A frame of 4608 stereo samples of 32 bits, incompressible, fits. */
#define TAIL (128 * 1024)
#define UNKNOWN_LENGTH ((G_GUINT64_CONSTANT (1) << 36) - 1)

typedef struct {
  guint8 *bytes; /* up to the first frame, length patched */
  gsize size;
  guint rate, channels;
  guint block; /* samples of a frame */
} Header;

/* The file as libsndfile sees it. */
typedef struct {
  TbMediaReader *reader;
  const Header *header;
  guint64 from; /* where in the real file the frames begin */
  guint64 end;
  sf_count_t at;
} View;

struct _TbPeaks {
  TbMediaReader *reader;
  TbTime step_ns;
  Header header;
  guint64 next_byte;   /* of the first frame not looked at yet; 0 = nothing yet */
  guint64 next_sample; /* of that frame */
  guint64 done;        /* samples in the peaks, the unfinished step included */
  GArray *min, *max;   /* gfloat; the finished steps */
  gfloat step_min, step_max;
  gboolean step_open;
};

static guint8
crc8 (const guint8 *data, gsize size)
{
  guint8 crc = 0;

  for (gsize i = 0; i < size; i++) {
    crc ^= data[i];
    for (gint bit = 0; bit < 8; bit++)
      crc = (guint8) (crc & 0x80 ? (crc << 1) ^ 0x07 : crc << 1);
  }
  return crc;
}

/* A frame header at DATA: its number. FALSE when there is none. */
static gboolean
parse_frame_header (const guint8 *data, gsize size, guint64 *number)
{
  gsize length = 5, extra;
  guint block_code, rate_code;
  guint64 value;

  if (size < 6 || data[0] != 0xff || data[1] != 0xf8)
    return FALSE;
  block_code = data[2] >> 4;
  rate_code = data[2] & 0xf;
  if (block_code == 0 || rate_code == 15 || (data[3] & 1))
    return FALSE;
  /* The number is coded as UTF-8 codes characters. */
  extra = data[4] < 0x80 ? 0 : data[4] < 0xc0 ? 99 : data[4] < 0xe0 ? 1 : data[4] < 0xf0 ? 2 : data[4] < 0xf8 ? 3
          : data[4] < 0xfc ? 4 : data[4] < 0xfe ? 5 : 99;
  if (extra == 99 || length + extra >= size)
    return FALSE;
  value = extra == 0 ? data[4] : data[4] & (0x3fu >> extra);
  for (gsize i = 0; i < extra; i++) {
    if ((data[length] & 0xc0) != 0x80)
      return FALSE;
    value = value << 6 | (data[length++] & 0x3f);
  }
  length += block_code == 6 ? 1 : block_code == 7 ? 2 : 0;
  length += rate_code == 12 ? 1 : rate_code == 13 || rate_code == 14 ? 2 : 0;
  if (length >= size || crc8 (data, length) != data[length])
    return FALSE;
  *number = value;
  return TRUE;
}

static gboolean
read_all (TbMediaReader *reader, guint64 offset, guint8 *out, gsize length, gsize *got, GError **error)
{
  *got = 0;
  while (*got < length) {
    gssize n = tb_media_reader_read (reader, offset + *got, out + *got, length - *got, error);

    if (n < 0)
      return FALSE;
    if (n == 0)
      return TRUE;
    *got += (gsize) n;
  }
  return TRUE;
}

static gboolean
corrupt (GError **error)
{
  g_set_error (error, TB_ERROR, TB_ERROR_CORRUPT, "The sound file has a beginning that cannot be understood");
  return FALSE;
}

/* Reads the metadata blocks. *WHOLE is FALSE while they are not all there yet. */
static gboolean
read_header (TbMediaReader *reader, guint64 size, Header *header, gboolean *whole, GError **error)
{
  gsize want = (gsize) MIN (size, HEADER_MAX), got, at = 4;
  g_autofree guint8 *bytes = g_malloc (want + 1);
  gboolean last = FALSE;

  *whole = FALSE;
  if (!read_all (reader, 0, bytes, want, &got, error))
    return FALSE;
  if (got < 4)
    return TRUE;
  if (memcmp (bytes, "fLaC", 4) != 0)
    return corrupt (error);
  while (!last) {
    gsize length;

    if (got - at < 4)
      return got == HEADER_MAX ? corrupt (error) : TRUE;
    last = bytes[at] >> 7;
    length = (gsize) bytes[at + 1] << 16 | (gsize) bytes[at + 2] << 8 | bytes[at + 3];
    if (at == 4 && ((bytes[at] & 0x7f) != 0 || length != 34))
      return corrupt (error);
    if (length > got - at - 4)
      return got == HEADER_MAX ? corrupt (error) : TRUE;
    at += 4 + length;
  }
  header->block = (guint) bytes[8] << 8 | bytes[9];
  header->rate = (guint) bytes[18] << 12 | (guint) bytes[19] << 4 | bytes[20] >> 4;
  header->channels = (bytes[20] >> 1 & 7) + 1u;
  if (header->rate == 0 || header->block < 16 || memcmp (bytes + 8, bytes + 10, 2) != 0)
    return corrupt (error);
  bytes[21] = (guint8) ((bytes[21] & 0xf0) | (UNKNOWN_LENGTH >> 32));
  memset (bytes + 22, 0xff, 4);
  memset (bytes + 26, 0, 16); /* no checksum of the whole */
  header->size = at;
  header->bytes = g_memdup2 (bytes, at);
  *whole = TRUE;
  return TRUE;
}

/* Virtual file. */

static sf_count_t
view_length (void *user_data)
{
  View *view = user_data;

  return (sf_count_t) (view->header->size + (view->end - view->from));
}

static sf_count_t
view_seek (sf_count_t offset, int whence, void *user_data)
{
  View *view = user_data;
  sf_count_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? view->at : view_length (view);

  view->at = CLAMP (base + offset, 0, view_length (view));
  return view->at;
}

static sf_count_t
view_read (void *out, sf_count_t count, void *user_data)
{
  View *view = user_data;
  sf_count_t header = (sf_count_t) view->header->size;
  sf_count_t want = MIN (count, view_length (view) - view->at);
  gsize got = 0;

  if (want <= 0)
    return 0;
  if (view->at < header) {
    got = (gsize) MIN (want, header - view->at);
    memcpy (out, view->header->bytes + view->at, got);
  } else if (!read_all (view->reader, view->from + (guint64) (view->at - header), out, (gsize) want, &got, NULL)) {
    return 0;
  }
  view->at += (sf_count_t) got;
  return (sf_count_t) got;
}

static sf_count_t
view_write (const void *data, sf_count_t count, void *user_data)
{
  return 0;
}

static sf_count_t
view_tell (void *user_data)
{
  return ((View *) user_data)->at;
}

/* Called with the samples one after the other; FRAMES of CHANNELS. */
typedef void (*SamplesFunc) (const gfloat *samples, guint frames, guint channels, gpointer user_data);

/* Decodes what lies in [from, end): the count of samples, 0 when there is no whole frame. */
static guint64
decode (TbMediaReader *reader, const Header *header, guint64 from, guint64 end, SamplesFunc func, gpointer user_data)
{
  View view = { reader, header, from, end, 0 };
  SF_VIRTUAL_IO io = { view_length, view_seek, view_read, view_write, view_tell };
  SF_INFO info = { 0 };
  SNDFILE *file = sf_open_virtual (&io, SFM_READ, &info, &view);
  g_autofree gfloat *samples = NULL;
  sf_count_t n;
  guint64 total = 0;

  if (file == NULL)
    return 0;
  samples = g_new (gfloat, READ_FRAMES * (gsize) info.channels);
  while ((n = sf_readf_float (file, samples, READ_FRAMES)) > 0) {
    func (samples, (guint) n, (guint) info.channels, user_data);
    total += (guint64) n;
  }
  sf_close (file);
  return total;
}

/* Looks back from END for the frame of NUMBER. */
static gboolean
find_frame (TbMediaReader *reader, guint64 from, guint64 end, guint64 number, guint64 *at)
{
  guint64 begin = end - from > TAIL ? end - TAIL : from;
  gsize length = (gsize) (end - begin), got;
  g_autofree guint8 *bytes = g_malloc (length + 1);

  if (!read_all (reader, begin, bytes, length, &got, NULL))
    return FALSE;
  for (gsize i = got; i-- > 0;) {
    guint64 is;

    if (bytes[i] == 0xff && parse_frame_header (bytes + i, got - i, &is) && is == number) {
      *at = begin + i;
      return TRUE;
    }
  }
  return FALSE;
}

/* Peaks. */

TbPeaks *
tb_peaks_new (TbMediaReader *reader, TbTime step_ns)
{
  TbPeaks *peaks = g_new0 (TbPeaks, 1);

  peaks->reader = reader;
  peaks->step_ns = MAX (step_ns, TB_MILLISECOND);
  peaks->min = g_array_new (FALSE, FALSE, sizeof (gfloat));
  peaks->max = g_array_new (FALSE, FALSE, sizeof (gfloat));
  return peaks;
}

void
tb_peaks_free (TbPeaks *peaks)
{
  if (peaks == NULL)
    return;
  g_free (peaks->header.bytes);
  g_array_unref (peaks->min);
  g_array_unref (peaks->max);
  g_free (peaks);
}

void
tb_peaks_restore (TbPeaks *peaks, const float *min, const float *max, guint n)
{
  g_array_set_size (peaks->min, 0);
  g_array_set_size (peaks->max, 0);
  g_array_append_vals (peaks->min, min, n);
  g_array_append_vals (peaks->max, max, n);
  peaks->done = peaks->next_byte = peaks->next_sample = 0;
  peaks->step_open = FALSE;
}

/* The first sample of a step. */
static guint64
step_begin (const TbPeaks *peaks, guint64 step)
{
  return (guint64) ((unsigned __int128) step * (guint64) peaks->step_ns * peaks->header.rate / TB_SECOND);
}

static void
close_step (TbPeaks *peaks)
{
  g_array_append_val (peaks->min, peaks->step_min);
  g_array_append_val (peaks->max, peaks->step_max);
  peaks->step_open = FALSE;
}

typedef struct {
  TbPeaks *peaks;
  guint64 position; /* of the next sample that comes */
} PeaksRun;

static void
add_samples (const gfloat *samples, guint frames, guint channels, gpointer user_data)
{
  PeaksRun *run = user_data;
  TbPeaks *peaks = run->peaks;
  guint64 boundary = step_begin (peaks, peaks->min->len + 1);

  for (guint i = 0; i < frames; i++, run->position++) {
    if (run->position < peaks->done)
      continue;
    for (guint c = 0; c < channels; c++) {
      gfloat value = CLAMP (samples[(gsize) i * channels + c], -1.0f, 1.0f);

      peaks->step_min = peaks->step_open ? MIN (peaks->step_min, value) : value;
      peaks->step_max = peaks->step_open ? MAX (peaks->step_max, value) : value;
      peaks->step_open = TRUE;
    }
    peaks->done++;
    if (peaks->done >= boundary) {
      close_step (peaks);
      boundary = step_begin (peaks, peaks->min->len + 1);
    }
  }
}

/* After restoring: the frame that holds the first sample not in the peaks. A file's frames cannot be counted off by
 * their bytes, so its place is guessed by bisecting on the numbers found. */
static void
seek_restored (TbPeaks *peaks, guint64 end)
{
  guint64 wanted = peaks->done / peaks->header.block;
  guint64 low = peaks->header.size, high = end, low_number = 0;
  g_autofree guint8 *bytes = g_malloc (TAIL);

  while (high - low > TAIL) {
    guint64 middle = low + (high - low) / 2, number = 0;
    gsize got = 0, i = 0;

    if (!read_all (peaks->reader, middle, bytes, TAIL, &got, NULL))
      return;
    while (i < got && !parse_frame_header (bytes + i, got - i, &number))
      i++;
    if (i < got && number <= wanted && number >= low_number) {
      low = middle + i;
      low_number = number;
    } else {
      high = middle;
    }
  }
  peaks->next_byte = low;
  peaks->next_sample = low_number * peaks->header.block;
}

gboolean
tb_peaks_update (TbPeaks *peaks, gboolean last, GError **error)
{
  PeaksRun run = { peaks, 0 };
  guint64 size, decoded, frame, at;
  gboolean whole = TRUE;

  if (!tb_media_reader_size (peaks->reader, &size, error))
    return FALSE;
  if (peaks->header.bytes == NULL && !read_header (peaks->reader, size, &peaks->header, &whole, error))
    return FALSE;
  if (!whole)
    return TRUE;
  if (peaks->next_byte == 0) {
    peaks->next_byte = peaks->header.size;
    peaks->done = step_begin (peaks, peaks->min->len);
    if (peaks->done > 0)
      seek_restored (peaks, size);
  }
  if (size > peaks->next_byte) {
    run.position = peaks->next_sample;
    decoded = decode (peaks->reader, &peaks->header, peaks->next_byte, size, add_samples, &run);
    /* Goes on at the last frame that was decoded: it is there for certain, what lies behind it may be torn. */
    frame = (peaks->next_sample + decoded) / peaks->header.block;
    if (decoded >= peaks->header.block && find_frame (peaks->reader, peaks->next_byte, size, frame - 1, &at)) {
      peaks->next_byte = at;
      peaks->next_sample = (frame - 1) * peaks->header.block;
    }
  }
  if (last && peaks->step_open)
    close_step (peaks);
  return TRUE;
}

guint
tb_peaks_count (const TbPeaks *peaks)
{
  return peaks->min->len;
}

const float *
tb_peaks_min (const TbPeaks *peaks)
{
  return (const float *) (void *) peaks->min->data;
}

const float *
tb_peaks_max (const TbPeaks *peaks)
{
  return (const float *) (void *) peaks->max->data;
}

TbTime
tb_peaks_step (const TbPeaks *peaks)
{
  return peaks->step_ns;
}

/* Length. */

static void
ignore_samples (const gfloat *samples, guint frames, guint channels, gpointer user_data)
{
}

/* The last frame header in the file: number and place. */
static gboolean
find_last_frame (TbMediaReader *reader, guint64 from, guint64 end, guint64 *number, guint64 *at)
{
  guint64 begin = end - from > TAIL ? end - TAIL : from;
  gsize length = (gsize) (end - begin), got;
  g_autofree guint8 *bytes = g_malloc (length + 1);

  if (!read_all (reader, begin, bytes, length, &got, NULL))
    return FALSE;
  for (gsize i = got; i-- > 0;)
    if (bytes[i] == 0xff && parse_frame_header (bytes + i, got - i, number)) {
      *at = begin + i;
      return TRUE;
    }
  return FALSE;
}

gboolean
tb_flac_length (TbMediaReader *reader, TbTime *duration, guint64 *valid_size, GError **error)
{
  Header header = { 0 };
  g_autofree guint8 *bytes = NULL;
  guint64 size, number, at, samples, last_samples;
  gboolean whole;

  if (!tb_media_reader_size (reader, &size, error) || !read_header (reader, size, &header, &whole, error))
    return FALSE;
  bytes = header.bytes;
  if (!whole || size <= header.size || !find_last_frame (reader, header.size, size, &number, &at))
    return corrupt (error);
  /* The last one counts only if it is whole; then it may also be a short one, as the last of a file is. */
  last_samples = decode (reader, &header, at, size, ignore_samples, NULL);
  samples = number * header.block + last_samples;
  if (samples == 0)
    return corrupt (error);
  if (duration != NULL)
    *duration = (TbTime) ((unsigned __int128) samples * TB_SECOND / header.rate);
  if (valid_size != NULL)
    *valid_size = last_samples > 0 ? size : at;
  return TRUE;
}
