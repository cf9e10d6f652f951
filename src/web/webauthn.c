#include "web/webauthn.h"

#include <cbor.h>
#include <fido.h>
#include <fido/eddsa.h>
#include <fido/es256.h>
#include <fido/rs256.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "web/names.h"

#define CHALLENGE_LENGTH 200
#define ORIGIN_LENGTH 300
#define TYPE_LENGTH 40
#define RP_HASH 32        /* authenticator data begins with the SHA-256 of the RP's id (level 2, §6.1) */
#define PRESENT 0x01      /* flags of §6.1 */
#define VERIFIED 0x04
#define EXTENDED 0x80
#define FIXED 37          /* hash, flags and counter; extensions of a sign-in begin here */
#define ID_SIZE 53        /* where a registration has the size of the id, two bytes, and then the id and CBOR */

const int tb_webauthn_algorithms[] = { COSE_ES256, COSE_EDDSA, COSE_RS256, 0 };

static void
free_cred (fido_cred_t *cred)
{
  fido_cred_free (&cred);
}

static void
free_assert (fido_assert_t *assert)
{
  fido_assert_free (&assert);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (fido_cred_t, free_cred)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (fido_assert_t, free_assert)

void
tb_webauthn_key_free (TbWebauthnKey *key)
{
  if (key == NULL)
    return;
  g_bytes_unref (key->credential);
  g_bytes_unref (key->public_key);
  g_free (key);
}

/* --- base64url ------------------------------------------------------------------ */

char *
tb_base64url_encode (gconstpointer data, gsize size)
{
  char *text = g_base64_encode (data, size);

  text[strcspn (text, "=")] = '\0';
  return g_strdelimit (g_strdelimit (text, "+", '-'), "/", '_');
}

GBytes *
tb_base64url_decode (const char *text)
{
  gsize length = strlen (text), size = 0;
  g_autofree char *padded = g_strconcat (text, &"==="[3 - (4 - length % 4) % 4], NULL);
  g_autofree char *again = NULL;
  g_autofree guint8 *bytes = NULL;

  if (length % 4 == 1 || strpbrk (text, "+/=") != NULL)
    return NULL;
  bytes = g_base64_decode (g_strdelimit (g_strdelimit (padded, "-", '+'), "_", '/'), &size);
  /* GLib skips what it does not know: what comes out must be spelt as what went in. */
  again = tb_base64url_encode (bytes, size);
  return strcmp (again, text) == 0 ? g_bytes_new_take (g_steal_pointer (&bytes), size) : NULL;
}

/* --- what the browser says -------------------------------------------------------- */

char *
tb_webauthn_rp (const char *address)
{
  gboolean secure = g_str_has_prefix (address, "https://");
  const char *start = strstr (address, "://");
  g_autofree char *host = NULL;

  if (start == NULL || start[3] == '[')
    return NULL;
  start += 3;
  host = g_ascii_strdown (start, (gssize) strcspn (start, ":/"));
  if (*host == '\0' || tb_address_parse (host, NULL) > 0)
    return NULL;
  return secure || strcmp (host, "localhost") == 0 ? g_steal_pointer (&host) : NULL;
}

char *
tb_webauthn_client_data (GBytes *client_data, const char *type, const char *origin, GError **error)
{
  gsize size;
  const char *text = g_bytes_get_data (client_data, &size);
  g_autoptr (json_object) object = text != NULL ? tb_json_parse (text, size, error) : NULL;
  const char *given_type = NULL, *challenge = NULL, *given_origin = NULL, *top_origin = NULL;
  gboolean crossed = FALSE, has_top = FALSE;

  if (text == NULL)
    g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, "The client data is empty");
  /* Fields that are not known may come: browsers are told to add some (level 2, §5.8.1). */
  if (object == NULL || !json_object_is_type (object, json_type_object)) {
    if (object != NULL)
      g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, "The client data is no object");
    return NULL;
  }
  if (!tb_json_get_string (object, "type", TB_JSON_REQUIRED, TYPE_LENGTH, &given_type, NULL, error)
      || !tb_json_get_string (object, "challenge", TB_JSON_REQUIRED, CHALLENGE_LENGTH, &challenge, NULL, error)
      || !tb_json_get_string (object, "origin", TB_JSON_REQUIRED, ORIGIN_LENGTH, &given_origin, NULL, error)
      || !tb_json_get_bool (object, "crossOrigin", TB_JSON_OPTIONAL, &crossed, NULL, error)
      || !tb_json_get_string (object, "topOrigin", TB_JSON_OPTIONAL, ORIGIN_LENGTH, &top_origin, &has_top, error))
    return NULL;
  if (strcmp (given_type, type) != 0 || g_ascii_strcasecmp (given_origin, origin) != 0 || crossed || has_top) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_DENIED, "This passkey was used for something else");
    return NULL;
  }
  return g_strdup (challenge);
}

/* --- what the authenticator says -------------------------------------------------- */

/* libcbor makes room for as many items as a list says it has, before it has seen one: 45 bytes can ask for all memory
 * there is. So what the lists say is held against the number of bytes before libfido2 gets to see it. */
typedef struct {
  gsize left;
  gboolean too_many;
} Claims;

static void
on_list (void *data, size_t count)
{
  Claims *claims = data;

  claims->too_many = claims->too_many || count > claims->left;
  claims->left -= MIN (count, claims->left);
}

static gboolean
is_modest (const guint8 *cbor, gsize size)
{
  struct cbor_callbacks callbacks = cbor_empty_callbacks;
  Claims claims = { size, FALSE };

  callbacks.array_start = on_list;
  callbacks.map_start = on_list;
  while (size > 0 && !claims.too_many) {
    struct cbor_decoder_result step = cbor_stream_decode (cbor, size, &callbacks, &claims);

    if (step.status != CBOR_DECODER_FINISHED || step.read == 0)
      return FALSE;
    cbor += step.read;
    size -= step.read;
  }
  return !claims.too_many;
}

static gboolean
is_modest_registration (GBytes *data)
{
  gsize size, start;
  const guint8 *bytes = g_bytes_get_data (data, &size);

  if (size < ID_SIZE + 2)
    return FALSE;
  start = ID_SIZE + 2 + ((gsize) bytes[ID_SIZE] << 8 | bytes[ID_SIZE + 1]);
  return start < size && is_modest (bytes + start, size - start);
}

static gboolean
is_modest_sign_in (const guint8 *bytes, gsize size)
{
  if (size < FIXED)
    return FALSE;
  return (bytes[RP_HASH] & EXTENDED) == 0 || is_modest (bytes + FIXED, size - FIXED);
}

/* libfido2 wants to know the algorithm before it reads the key. NULL when the data is not of ALGORITHM, or nothing. */
static fido_cred_t *
read_credential (int algorithm, GBytes *data)
{
  g_autoptr (fido_cred_t) cred = fido_cred_new ();
  gsize size;
  const guint8 *bytes = g_bytes_get_data (data, &size);

  if (cred == NULL || fido_cred_set_type (cred, algorithm) != FIDO_OK
      || fido_cred_set_authdata_raw (cred, bytes, size) != FIDO_OK || fido_cred_id_len (cred) == 0
      || fido_cred_pubkey_len (cred) == 0)
    return NULL;
  return g_steal_pointer (&cred);
}

/* fido_cred_verify looks at this too, but it refuses a credential without attestation. */
static gboolean
is_for (const fido_cred_t *cred, const char *rp)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 hash[RP_HASH];
  gsize size = sizeof hash;

  g_checksum_update (checksum, (const guchar *) rp, (gssize) strlen (rp));
  g_checksum_get_digest (checksum, hash, &size);
  return fido_cred_authdata_raw_len (cred) >= RP_HASH && memcmp (fido_cred_authdata_raw_ptr (cred), hash, RP_HASH) == 0;
}

TbWebauthnKey *
tb_webauthn_register (const char *rp, GBytes *authenticator_data, GError **error)
{
  g_autoptr (fido_cred_t) cred = NULL;
  const int *algorithm = tb_webauthn_algorithms;
  TbWebauthnKey *key;

  fido_init (0);
  while (is_modest_registration (authenticator_data) && *algorithm != 0 && cred == NULL)
    cred = read_credential (*algorithm++, authenticator_data);
  if (cred == NULL || fido_cred_id_len (cred) > TB_WEBAUTHN_CREDENTIAL_MAX) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, "The authenticator data cannot be read");
    return NULL;
  }
  if (!is_for (cred, rp) || (fido_cred_flags (cred) & (PRESENT | VERIFIED)) != (PRESENT | VERIFIED)) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_DENIED,
                         "This passkey is for another server, or did not check who you are");
    return NULL;
  }
  key = g_new0 (TbWebauthnKey, 1);
  key->credential = g_bytes_new (fido_cred_id_ptr (cred), fido_cred_id_len (cred));
  key->public_key = g_bytes_new (fido_cred_pubkey_ptr (cred), fido_cred_pubkey_len (cred));
  key->algorithm = fido_cred_type (cred);
  key->counter = fido_cred_sigcount (cred);
  return key;
}

static gboolean
verify_es256 (const fido_assert_t *assert, gconstpointer bytes, gsize size)
{
  es256_pk_t *key = es256_pk_new ();
  gboolean ok = key != NULL && es256_pk_from_ptr (key, bytes, size) == FIDO_OK
                && fido_assert_verify (assert, 0, COSE_ES256, key) == FIDO_OK;

  es256_pk_free (&key);
  return ok;
}

static gboolean
verify_eddsa (const fido_assert_t *assert, gconstpointer bytes, gsize size)
{
  eddsa_pk_t *key = eddsa_pk_new ();
  gboolean ok = key != NULL && eddsa_pk_from_ptr (key, bytes, size) == FIDO_OK
                && fido_assert_verify (assert, 0, COSE_EDDSA, key) == FIDO_OK;

  eddsa_pk_free (&key);
  return ok;
}

static gboolean
verify_rs256 (const fido_assert_t *assert, gconstpointer bytes, gsize size)
{
  rs256_pk_t *key = rs256_pk_new ();
  gboolean ok = key != NULL && rs256_pk_from_ptr (key, bytes, size) == FIDO_OK
                && fido_assert_verify (assert, 0, COSE_RS256, key) == FIDO_OK;

  rs256_pk_free (&key);
  return ok;
}

static gboolean
verify (const fido_assert_t *assert, int algorithm, GBytes *public_key)
{
  gsize size;
  gconstpointer bytes = g_bytes_get_data (public_key, &size);

  switch (algorithm) {
  case COSE_ES256: return verify_es256 (assert, bytes, size);
  case COSE_EDDSA: return verify_eddsa (assert, bytes, size);
  case COSE_RS256: return verify_rs256 (assert, bytes, size);
  default: return FALSE;
  }
}

gboolean
tb_webauthn_verify (const char *rp, int algorithm, GBytes *public_key, GBytes *client_data,
                    GBytes *authenticator_data, GBytes *signature, guint32 *counter, GError **error)
{
  g_autoptr (fido_assert_t) assert = NULL;
  gsize client_size, data_size, signature_size;
  const guint8 *client = g_bytes_get_data (client_data, &client_size);
  const guint8 *data = g_bytes_get_data (authenticator_data, &data_size);
  const guint8 *sign = g_bytes_get_data (signature, &signature_size);

  fido_init (0);
  assert = fido_assert_new ();
  /* Present, verified, the RP's hash and the signature: all are looked at by fido_assert_verify. */
  if (assert == NULL || !is_modest_sign_in (data, data_size) || fido_assert_set_rp (assert, rp) != FIDO_OK
      || fido_assert_set_up (assert, FIDO_OPT_TRUE) != FIDO_OK || fido_assert_set_uv (assert, FIDO_OPT_TRUE) != FIDO_OK
      || fido_assert_set_clientdata (assert, client, client_size) != FIDO_OK
      || fido_assert_set_count (assert, 1) != FIDO_OK
      || fido_assert_set_authdata_raw (assert, 0, data, data_size) != FIDO_OK
      || fido_assert_set_sig (assert, 0, sign, signature_size) != FIDO_OK || !verify (assert, algorithm, public_key)) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_DENIED, "This passkey is not right");
    return FALSE;
  }
  *counter = fido_assert_sigcount (assert, 0);
  return TRUE;
}
