/* What the files behind vault/media-file.h share. Only for src/vault. */
#pragma once

#include "vault/age-stream.h"
#include "vault/media-file.h"
#include "vault/media-part.h"
#include "vault/vault.h"

#define TB_MEDIA_SEALED_SUFFIX ".age"
#define TB_MEDIA_PART_SUFFIX ".age.part"

typedef struct {
  gboolean (*append) (TbMediaWriter *writer, const guint8 *bytes, gsize length, GError **error);
  gboolean (*patch) (TbMediaWriter *writer, guint64 offset, const guint8 *bytes, gsize length, GError **error);
  gboolean (*sync) (TbMediaWriter *writer, GError **error);
  gboolean (*finish) (TbMediaWriter *writer, GError **error); /* free follows */
  void (*free) (TbMediaWriter *writer);
} TbMediaWriterClass;

struct _TbMediaWriter {
  const TbMediaWriterClass *class;
  guint64 size; /* bytes appended */
};

typedef struct {
  gboolean (*size) (TbMediaReader *reader, guint64 *size, GError **error);
  gssize (*read) (TbMediaReader *reader, guint64 offset, guint8 *bytes, gsize length, GError **error);
  void (*free) (TbMediaReader *reader);
} TbMediaReaderClass;

struct _TbMediaReader {
  const TbMediaReaderClass *class;
};

/* A sealed file that this process is writing: the end of it, which is in no chunk on the disk yet. What an append has
 * returned for is in WHOLE chunks of the file and LENGTH bytes here. */
typedef struct {
  gatomicrefcount refs;
  GMutex lock; /* guards what follows */
  gboolean done; /* the writer is gone: what counts is on the disk */
  guint64 whole;
  gsize length;
  guint8 pending[TB_AGE_CHUNK];
} TbMediaLive;

struct _TbMediaStore {
  gatomicrefcount refs;
  char *folder;   /* never changes */
  TbVault *vault; /* never changes; NULL: plain files */
  GMutex lock;    /* guards what follows; the last lock to be taken */
  GHashTable *live; /* path of a sealed file → its TbMediaLive */
  GMutex readers_lock; /* guards what follows; the first lock to be taken */
  GPtrArray *readers;  /* of sealed files, borrowed: whose keys are wiped when the vault locks */
};

/* FOLDER/VISIT/NAME + SUFFIX; NULL with NOT_FOUND when these cannot be names. New. */
char *tb_media_path (TbMediaStore *store, const char *visit, const char *name, const char *suffix, GError **error);
/* FOLDER/VISIT/.NAME + SUFFIX: what is listed nowhere. PATH is that of another form of the file. New. */
char *tb_media_hidden_path (const char *path);
/* Makes the folder that PATH lies in. */
gboolean tb_media_make_folder (const char *path, GError **error);
/* A new file's name must survive a loss of power as much as its bytes do: syncs the folder PATH lies in. ERROR may be
 * NULL. */
gboolean tb_media_sync_folder (const char *path, GError **error);
/* “Could not ATTEMPT PATH: …”, with the code that NUMBER (errno) means. */
void tb_media_set_errno (GError **error, int number, const char *attempt, const char *path);
/* All of BYTES at OFFSET. */
gboolean tb_media_write_at (int fd, const char *path, guint64 offset, const guint8 *bytes, gsize length, GError **error);
/* As much as there is of LENGTH bytes at OFFSET; -1 on error. */
gssize tb_media_read_at (int fd, const char *path, guint64 offset, guint8 *bytes, gsize length, GError **error);

/* A new file that has no name until tb_media_give_name, so that nothing of it stays when it never gets one. */
int tb_media_open_nameless (const char *path, char **ret_temporary, GError **error);
/* Gives it the name PATH; CONFLICT when that is in use. TEMPORARY is what tb_media_open_nameless said. */
gboolean tb_media_give_name (int fd, const char *temporary, const char *path, GError **error);

/* A sealed file opened: its beginning was read and its keys are known. */
typedef struct {
  int fd; /* -1: not open */
  char *path;
  guint64 start; /* of chunk 0 */
  TbAgeOpener *opener; /* NULL after it was wiped */
  TbPartTie tie;
} TbSealedFile;

/* FLAGS: O_RDONLY or O_RDWR. NOT_FOUND; CORRUPT: not even its beginning is whole; DENIED: for another key. */
gboolean tb_sealed_file_open (TbSealedFile *file, const char *path, int flags, const TbAgeIdentity *identity,
                              GError **error);
void tb_sealed_file_forget (TbSealedFile *file); /* wipes the keys */
void tb_sealed_file_clear (TbSealedFile *file);
/* Bytes of chunks in it, whole or not. */
gboolean tb_sealed_file_size (const TbSealedFile *file, guint64 *ret_sealed, GError **error);
/* Reads and opens a chunk of LENGTH plain bytes into PLAIN. SCRATCH: TB_AGE_SEALED_CHUNK bytes. */
gboolean tb_sealed_file_chunk (const TbSealedFile *file, guint64 number, gboolean is_last, gsize length,
                               guint8 *scratch, guint8 *plain, GError **error);
/* Whether the last chunk opens as the last; then *RET_EXTENT says what the file holds. */
gboolean tb_sealed_file_is_finished (const TbSealedFile *file, guint64 sealed, TbAgeExtent *ret_extent);
/* The number of chunks at the beginning that are whole, after leaving out from the end those that do not open. */
guint64 tb_sealed_file_count_whole (const TbSealedFile *file, guint64 sealed);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TbSealedFile, tb_sealed_file_clear)

/* media-plain.c */
TbMediaWriter *tb_media_plain_create (TbMediaStore *store, const char *visit, const char *name, gboolean patched,
                                      GError **error);
TbMediaReader *tb_media_plain_open (TbMediaStore *store, const char *visit, const char *name, GError **error);

/* media-writer.c; REPLACES_PLAIN: the plain file of that name may be there. */
TbMediaWriter *tb_media_sealed_create (TbMediaStore *store, const char *visit, const char *name,
                                       gboolean replaces_plain, GError **error);
TbMediaLive *tb_media_live_ref (TbMediaLive *live);
void tb_media_live_unref (TbMediaLive *live);

/* media-patched.c */
TbMediaWriter *tb_media_sealed_create_patched (TbMediaStore *store, const char *visit, const char *name, GError **error);

/* media-reader.c */
TbMediaReader *tb_media_sealed_open (TbMediaStore *store, const char *visit, const char *name, GError **error);
/* Forgets the keys and texts of the readers of VISIT (NULL: of all), which can read nothing from now on. DATA is the
 * store. */
void tb_media_readers_wipe (const char *visit, gpointer data);
/* Whether this process is writing PATH. New reference or NULL. */
TbMediaLive *tb_media_store_find_live (TbMediaStore *store, const char *path);
