/* The whole program behind the page: made in one place, passed to every
 * handler. Its members never change after tb_app_new; each is thread-safe. */
#pragma once

#include <glib.h>

#include "base/paths.h"
#include "media/devices.h"
#include "media/encoders.h"
#include "observe/instrument.h"
#include "observe/questions.h"
#include "store/catalogue.h"
#include "store/search.h"
#include "store/store.h"
#include "vault/media-file.h"
#include "vault/vault.h"
#include "web/access.h"
#include "web/challenges.h"
#include "web/control.h"
#include "web/exports.h"
#include "web/http.h"
#include "web/hub.h"
#include "web/import-jobs.h"
#include "web/media-index.h"
#include "web/network.h"
#include "web/router.h"
#include "web/studio.h"
#include "web/vault-guard.h"
#include "web/voice-box.h"

struct _TbApp {
  TbFolder *folder;
  TbStore *store;
  TbVault *vault;
  TbMediaStore *media;
  TbEncoders *encoders;
  TbDevices *devices;
  TbHub *hub;
  TbStudio *studio;
  TbMediaIndex *index;
  TbExports *exports;
  TbAccess *access;
  TbChallenges *challenges; /* of passkeys */
  TbVaultGuard *guard;
  TbCatalogue *catalogue; /* the kijkwijzers: those of the program and of the school */
  TbQuestions *questions; /* those that come with the program */
  TbSearchKeeper *search;
  TbVoiceBox *voices;
  TbImportJobs *imports;
  GMutex talk_lock;       /* held from a change of a talk until it was told, so that news come in their order */
  TbNetwork *network;
  TbControl *control;
};

/* Opens everything in the data folder PATH, which must be free. NETWORK: see tb_network_new.
 * Errors: those of tb_folder_open_locked and tb_store_open. New. */
TbApp *tb_app_new (const char *path, const TbNetworkOptions *network, GError **error);

/* Starts answering at one more address; see tb_network_listen. */
gboolean tb_app_listen (TbApp *app, const char *listen, GError **error);

/* The kijkwijzers there are, without anything else of the app: those of the program and those in STORE, which must
 * outlive it; NULL: only those of the program. New. */
TbCatalogue *tb_app_catalogue_of (TbStore *store, GError **error);
/* The built-in ones alone. Array of TbInstrument, new. */
GPtrArray *tb_app_catalogue (GError **error);

/* Ends streams, recordings and jobs, in this order. NULL is allowed. */
void tb_app_free (TbApp *app);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbApp, tb_app_free)
