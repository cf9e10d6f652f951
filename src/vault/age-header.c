/* Reads the form of a header. */
#include "vault/age-header.h"

#include <string.h>

#include <sodium.h>

#include "base/error.h"
#include "vault/age-header-private.h"

#define LINE 64       /* characters of a full line of base64 */
#define LINE_BYTES 48 /* what it holds */
#define MAC_TEXT 43   /* 32 bytes in base64 */
#define BASE64 sodium_base64_VARIANT_ORIGINAL_NO_PADDING

typedef struct {
  const char *at;
  const char *end;
} Input;

static void
stanza_free (gpointer data)
{
  TbAgeStanza *stanza = data;

  g_strfreev (stanza->arguments);
  g_byte_array_unref (stanza->body);
  g_free (stanza);
}

void
tb_age_header_free (TbAgeHeader *header)
{
  if (header == NULL)
    return;
  g_ptr_array_unref (header->stanzas);
  g_bytes_unref (header->signed_part);
  g_free (header);
}

gboolean
tb_age_base64_decode (const char *text, gsize text_length, guint8 *ret_bytes, gsize length)
{
  size_t got = 0;
  const char *stop = NULL;

  /* libsodium refuses stray bits at the end, but takes some bytes above 127 for letters (seen in 1.0.18). */
  for (gsize i = 0; i < text_length; i++)
    if (!g_ascii_isalnum (text[i]) && text[i] != '+' && text[i] != '/')
      return FALSE;
  return sodium_base642bin (ret_bytes, length, text, text_length, NULL, &got, &stop, BASE64) == 0
         && stop == text + text_length && got == length;
}

static void
set_corrupt (GError **error, const char *what)
{
  g_set_error (error, TB_ERROR, TB_ERROR_CORRUPT, "The header of this sealed file is damaged: %s", what);
}

/* The next line without its end. */
static gboolean
next_line (Input *input, const char **ret_line, gsize *ret_length, GError **error)
{
  const char *feed = memchr (input->at, '\n', (gsize) (input->end - input->at));

  if (feed == NULL) {
    set_corrupt (error, "it stops in the middle");
    return FALSE;
  }
  *ret_line = input->at;
  *ret_length = (gsize) (feed - input->at);
  input->at = feed + 1;
  return TRUE;
}

static gboolean
read_version (Input *input, GError **error)
{
  static const char family[] = "age-encryption.org/", armor[] = "-----BEGIN AGE ENCRYPTED FILE-----";
  gsize left = (gsize) (input->end - input->at);
  const char *line;
  gsize length;

  if (left >= strlen (armor) && memcmp (input->at, armor, strlen (armor)) == 0) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_UNSUPPORTED, "This sealed file is in its text form (armored)");
    return FALSE;
  }
  if (left < strlen (family) || memcmp (input->at, family, strlen (family)) != 0) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_CORRUPT, "This is not a sealed file (age)");
    return FALSE;
  }
  if (!next_line (input, &line, &length, error))
    return FALSE;
  if (length == strlen (TB_AGE_VERSION_LINE) && memcmp (line, TB_AGE_VERSION_LINE, length) == 0)
    return TRUE;
  g_set_error_literal (error, TB_ERROR, TB_ERROR_TOO_NEW, "This file is sealed in another version of the age format");
  return FALSE;
}

/* Splits what follows “-> ”: words of visible ASCII, one space between. NULL when it is anything else. */
static char **
read_arguments (const char *text, gsize length, guint *ret_count)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  gsize start = 0;

  for (gsize i = 0; i <= length; i++) {
    if (i < length && text[i] != ' ') {
      if (!g_ascii_isgraph (text[i]))
        return NULL;
      continue;
    }
    if (i == start)
      return NULL;
    g_ptr_array_add (words, g_strndup (text + start, i - start));
    start = i + 1;
  }
  *ret_count = words->len;
  g_ptr_array_add (words, NULL);
  return (char **) g_ptr_array_steal (words, NULL);
}

/* The body: full lines, then one that is shorter and may be empty. */
static gboolean
read_body (Input *input, GByteArray *body, GError **error)
{
  for (;;) {
    guint8 bytes[LINE_BYTES];
    const char *line;
    gsize length, size;

    if (!next_line (input, &line, &length, error))
      return FALSE;
    size = length * 3 / 4;
    if (length > LINE || !tb_age_base64_decode (line, length, bytes, size)) {
      set_corrupt (error, "a key in it is not written as it should be");
      return FALSE;
    }
    g_byte_array_append (body, bytes, (guint) size);
    if (length < LINE)
      return TRUE;
  }
}

static gboolean
read_stanza (Input *input, TbAgeHeader *header, const char *line, gsize length, GError **error)
{
  guint count = 0;
  char **arguments = read_arguments (line + 3, length - 3, &count);
  TbAgeStanza *stanza;

  if (arguments == NULL) {
    set_corrupt (error, "a line in it is not written as it should be");
    return FALSE;
  }
  stanza = g_new0 (TbAgeStanza, 1);
  stanza->arguments = arguments;
  stanza->n_arguments = count;
  stanza->body = g_byte_array_new ();
  g_ptr_array_add (header->stanzas, stanza);
  if (header->stanzas->len > TB_AGE_STANZAS_MAX) {
    g_set_error (error, TB_ERROR, TB_ERROR_TOO_LARGE, "This file is sealed for more than %d receivers", TB_AGE_STANZAS_MAX);
    return FALSE;
  }
  return read_body (input, stanza->body, error);
}

/* A passphrase proves where a file comes from to who uses it, so it must not stand beside a key that somebody else
 * may have: the format forbids the mix. */
static gboolean
check_alone (TbAgeHeader *header, GError **error)
{
  for (guint i = 0; header->stanzas->len > 1 && i < header->stanzas->len; i++) {
    const TbAgeStanza *stanza = header->stanzas->pdata[i];

    if (g_str_equal (stanza->arguments[0], "scrypt")) {
      set_corrupt (error, "a passphrase stands beside other keys");
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
read_end (TbAgeHeader *header, const char *line, gsize length, const char *start, GError **error)
{
  if (length != 4 + MAC_TEXT || memcmp (line, "--- ", 4) != 0
      || !tb_age_base64_decode (line + 4, MAC_TEXT, header->mac, TB_AGE_MAC)) {
    set_corrupt (error, "its last line is not written as it should be");
    return FALSE;
  }
  if (header->stanzas->len == 0) {
    set_corrupt (error, "there is no key in it");
    return FALSE;
  }
  header->signed_part = g_bytes_new (start, (gsize) (line + 3 - start));
  return check_alone (header, error);
}

TbAgeHeader *
tb_age_header_parse (const guint8 *data, gsize length, gsize *ret_size, GError **error)
{
  const char *start = (const char *) data;
  Input input = { start, start + MIN (length, TB_AGE_HEADER_MAX) };
  g_autoptr (TbAgeHeader) header = g_new0 (TbAgeHeader, 1);
  const char *line;
  gsize line_length;

  header->stanzas = g_ptr_array_new_with_free_func (stanza_free);
  if (!read_version (&input, error))
    return NULL;
  for (;;) {
    if (!next_line (&input, &line, &line_length, error))
      return NULL;
    if (line_length >= 3 && memcmp (line, "---", 3) == 0)
      break;
    if (line_length < 3 || memcmp (line, "-> ", 3) != 0) {
      set_corrupt (error, "a line in it is not written as it should be");
      return NULL;
    }
    if (!read_stanza (&input, header, line, line_length, error))
      return NULL;
  }
  if (!read_end (header, line, line_length, start, error))
    return NULL;
  *ret_size = (gsize) (input.at - start);
  return g_steal_pointer (&header);
}

gboolean
tb_age_header_wants_passphrase (const TbAgeHeader *header)
{
  const TbAgeStanza *first = header->stanzas->pdata[0];

  return g_str_equal (first->arguments[0], "scrypt");
}
