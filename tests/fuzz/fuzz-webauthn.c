/* What a browser sends of a passkey. The first byte says which: client data, the authenticator data of a registration,
 * that of a sign-in, or text in base64url. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/error.h"
#include "web/webauthn.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
read_client_data (GBytes *bytes)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *challenge = tb_webauthn_client_data (bytes, "webauthn.get", "http://localhost:8470", &error);

  g_assert_true ((challenge != NULL) == (error == NULL));
}

static void
read_registration (GBytes *bytes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TbWebauthnKey) key = tb_webauthn_register ("localhost", bytes, &error);

  g_assert_true ((key != NULL) == (error == NULL));
  if (key == NULL)
    return;
  g_assert_cmpuint (g_bytes_get_size (key->credential), >, 0);
  g_assert_cmpuint (g_bytes_get_size (key->credential), <=, TB_WEBAUTHN_CREDENTIAL_MAX);
  g_assert_cmpuint (g_bytes_get_size (key->public_key), >, 0);
}

/* Nobody has signed this: it is never right, whatever the key is. */
static void
read_sign_in (GBytes *bytes)
{
  gsize half = g_bytes_get_size (bytes) / 2;
  g_autoptr (GBytes) first = g_bytes_new_from_bytes (bytes, 0, half);
  g_autoptr (GBytes) rest = g_bytes_new_from_bytes (bytes, half, g_bytes_get_size (bytes) - half);
  guint32 counter = 0;

  for (const int *algorithm = tb_webauthn_algorithms; *algorithm != 0; algorithm++) {
    g_autoptr (GError) error = NULL;

    g_assert_false (tb_webauthn_verify ("localhost", *algorithm, rest, first, bytes, rest, &counter, &error));
    g_assert_error (error, TB_ERROR, TB_ERROR_DENIED);
  }
}

static void
read_text (GBytes *bytes)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  g_autofree char *text = g_strndup (data != NULL ? data : "", size);
  g_autoptr (GBytes) decoded = tb_base64url_decode (text);
  g_autofree char *rp = tb_webauthn_rp (text);
  g_autofree char *again = NULL;

  if (decoded == NULL)
    return;
  again = tb_base64url_encode (g_bytes_get_data (decoded, NULL), g_bytes_get_size (decoded));
  g_assert_cmpstr (again, ==, text);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) bytes = NULL;

  if (size == 0)
    return 0;
  bytes = g_bytes_new (data + 1, size - 1);
  switch (data[0] % 4) {
  case 0: read_client_data (bytes); break;
  case 1: read_registration (bytes); break;
  case 2: read_sign_in (bytes); break;
  default: read_text (bytes); break;
  }
  return 0;
}
