/* Rows of people, for the files of this folder. */
#pragma once

#include "store/db.h"
#include "store/person.h"

/* TB_ERROR_NOT_FOUND. New. */
TbPerson *tb_person_load (TbDb *db, const char *id, GError **error);
/* Inside a writing transaction. */
gboolean tb_person_put_passphrase (TbDb *db, const char *id, const char *passphrase_hash, GError **error);
gboolean tb_session_delete_all (TbDb *db, const char *person, GError **error);
gboolean tb_passkey_delete_all (TbDb *db, const char *person, GError **error);
