/* What every command shares: its entry in the table, --data, --json, and how
 * it fails. Exit status: 0 done, 1 could not, 2 wrong usage;
 * import and export: 3 done, but something was not carried as it was. */
#pragma once

#include <glib.h>
#include <json-c/json.h>

#include "base/paths.h"
#include "store/store.h"
#include "store/visit.h"
#include "vault/media-file.h"

typedef struct {
  const char *name;
  const char *arguments; /* for the usage line */
  const char *summary;   /* one line, English; translated when shown */
  int (*run) (int argc, char **argv);
  const char *note;      /* what --help says below the options; NULL without */
} TbCommand;

extern const TbCommand tb_commands[]; /* ended by one without a name */

/* --data and --json, which every command has. */
typedef struct {
  char *data; /* NULL: the default folder */
  gboolean json;
} TbCommonOptions;

/* Reads the options of a command: ENTRIES (may be NULL) and the common ones. *ARGV keeps
 * what is no option. FALSE after telling the person what is wrong (exit 2). */
gboolean tb_command_parse (const char *name, const GOptionEntry *entries, TbCommonOptions *common, int *argc,
                           char ***argv);

/* Prints "terugblik: MESSAGE" and gives 1; wrong usage prints a hint too and gives 2. */
int tb_command_fail (GError *error);
G_GNUC_PRINTF (2, 3) int tb_command_usage (const char *name, const char *format, ...);

/* Prints JSON as one document. OBJECT is taken. */
void tb_command_print_json (json_object *object);

/* The folder and what is in it, for commands that do not record. */
typedef struct {
  TbFolder *folder;
  TbStore *store;
  TbVault *vault;
  TbMediaStore *media;
} TbOpened;

/* Leaves the vault as it is: locked, or not there yet. */
gboolean tb_command_open (const TbCommonOptions *common, TbOpened *opened, GError **error);
/* The same in a folder that no server has: BUSY names the process. */
gboolean tb_command_open_alone (const TbCommonOptions *common, TbOpened *opened, GError **error);
/* Opens the vault for reading, by a passphrase that is asked (tb_passphrase_ask). Does nothing without a vault: then
 * nothing is sealed. DENIED, or what asking gave. */
gboolean tb_command_unlock (TbOpened *opened, GError **error);
void tb_opened_clear (TbOpened *opened);

/* The visit that PREFIX means. New. */
TbVisit *tb_command_visit (TbOpened *opened, const char *prefix, GError **error);

void tb_common_options_clear (TbCommonOptions *common);

int tb_command_serve (int argc, char **argv);
int tb_command_record (int argc, char **argv);
int tb_command_doctor (int argc, char **argv);
int tb_command_visits (int argc, char **argv);
int tb_command_show (int argc, char **argv);
int tb_command_budget (int argc, char **argv);
int tb_command_observe (int argc, char **argv);
int tb_command_concordance (int argc, char **argv);
int tb_command_import (int argc, char **argv);
int tb_command_export (int argc, char **argv);
int tb_command_clip (int argc, char **argv);
int tb_command_check (int argc, char **argv);
int tb_command_instrument (int argc, char **argv);
int tb_command_user (int argc, char **argv);
int tb_command_vault (int argc, char **argv);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TbOpened, tb_opened_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TbCommonOptions, tb_common_options_clear)
