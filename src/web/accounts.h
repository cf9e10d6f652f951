/* What set-up, signing in, invitations and the vault's door share: proving who
 * one is, and what is given for it. Any thread. */
#pragma once

#include "store/invitation.h"
#include "web/app.h"
#include "web/http.h"
#include "web/viewer.h"

/* {"id","name","login","roles"}. New. */
json_object *tb_accounts_person_json (const TbPerson *person);

/* {"id","name","login"?,"roles","state","invited_until"}: as others see the account. New. */
json_object *tb_accounts_known_json (const TbPerson *person, gboolean with_login);

/* Whether PASSPHRASE is that of LOGIN, whose PERSON is (NULL: nobody's; takes as long). NULL when it is; else the
 * refusal, new: 401 “wrong”, or 429 “wait” without having looked. */
TbReply *tb_accounts_prove (TbApp *app, TbRequest *request, const char *login, const TbPerson *person,
                            const char *passphrase);
/* The two refusals, new. */
TbReply *tb_accounts_refuse_wrong (void);
TbReply *tb_accounts_refuse_wait (gint64 wait_ns);

/* Opens the vault by PERSON's own slot; when a coach has none (or an old one) and the vault is open, makes it. PASSPHRASE
 * must have been proven to be PERSON's: proving takes as long again. DENIED: not a coach; LOCKED: no slot to open with. */
gboolean tb_accounts_open_vault (TbApp *app, const TbPerson *person, const char *passphrase, GError **error);
/* The same for a passphrase that was just proven or set; nothing is said when it cannot be. */
void tb_accounts_try_vault (TbApp *app, const TbPerson *person, const char *passphrase);
/* Removes PERSON's slot if there is one. NOT_FOUND is no error. */
gboolean tb_accounts_drop_slot (TbApp *app, const char *person, GError **error);

/* What the browser calls itself, in a few words: "Safari, iPad". New. */
char *tb_accounts_device (TbRequest *request);
/* The answer of GET /api/session for PERSON (NULL: nobody). New; NULL with an error. */
json_object *tb_accounts_session_json (TbApp *app, TbRequest *request, const TbPerson *person, GError **error);
/* Adds the cookie of a session; TOKEN NULL takes it away. Returns REPLY. */
TbReply *tb_accounts_cookie (TbRequest *request, TbReply *reply, const char *token);
/* Makes a session for PERSON in place of the one this browser had. The reply is BODY (taken; NULL: that of GET
 * /api/session) with the cookie. New. */
TbReply *tb_accounts_sign_in (TbApp *app, TbRequest *request, const TbPerson *person, int status, json_object *body);
/* Ends the session this browser had, if any. */
void tb_accounts_end_present (TbApp *app, TbRequest *request);

/* Pages of PERSON that are open fall to the sign-in page: those of one SESSION, or all (NULL). To be called after the
 * sessions have ended. */
void tb_accounts_tell_ended (TbApp *app, const char *person, const char *session);
/* Ends PERSON's sessions, but for KEEP (may be NULL), and tells. */
gboolean tb_accounts_end_sessions (TbApp *app, const char *person, const char *keep, GError **error);

/* FALSE when the body has something in it: whoever sends it expects it to count. */
gboolean tb_accounts_check_nothing (TbRequest *request, GError **error);

/* {"link","code","until","qr"} of a new invitation. PLACE: the page the link opens, "/" or without a slash at its end.
 * New; NULL with an error. */
json_object *tb_accounts_invite (TbApp *app, TbRequest *request, TbInvitationKind kind, const char *person,
                                 const char *place, GError **error);

/* {"words":[…],"key","qr"} of a recovery key's text, to be shown once. New; NULL with an error. */
json_object *tb_accounts_recovery_json (const char *key, GError **error);
