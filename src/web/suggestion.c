/* /api/passphrase/suggestion */
#include "web/routes.h"

#include "base/json.h"
#include "vault/words.h"

/* 55 bits, and each guess costs Argon2id or scrypt; short enough to be learnt. */
#define SUGGESTED_WORDS 5

static TbReply *
get_suggestion (TbApp *app, TbRequest *request)
{
  char *passphrase = tb_words_suggest_passphrase (SUGGESTED_WORDS);
  json_object *body = json_object_new_object ();

  tb_json_add_string (body, "passphrase", passphrase);
  tb_age_secret_free (passphrase);
  return tb_reply_json (200, body);
}

const TbRoute tb_routes_suggestion[] = {
  { "GET", "/api/passphrase/suggestion", get_suggestion, 0 },
  { NULL },
};
