/* Writes FILE into a media folder as a sealed recording that was broken off: all of it is there, and nobody ended it.
 *
 *   broken-off DATA VISIT NAME FILE */
#include <unistd.h>

#include <glib.h>

#include "store/keyring.h"
#include "vault/media-file.h"

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *keys = argc == 5 ? g_build_filename (argv[1], "keys.db", NULL) : NULL;
  g_autofree char *media = argc == 5 ? g_build_filename (argv[1], "media", NULL) : NULL;
  g_autoptr (GMappedFile) file = NULL;
  TbKeyShelf shelf = { 0 };
  TbMediaStore *store;
  TbMediaWriter *writer;

  if (argc != 5 || !tb_keyring_open (keys, &shelf, &error)) {
    g_printerr ("broken-off: %s\n", error != NULL ? error->message : "DATA VISIT NAME FILE");
    return 2;
  }
  store = tb_media_store_new_sealed (media, tb_vault_new (&shelf));
  file = g_mapped_file_new (argv[4], FALSE, &error);
  writer = file != NULL ? tb_media_store_create (store, argv[2], argv[3], &error) : NULL;
  if (writer == NULL
      || !tb_media_writer_append (writer, g_mapped_file_get_contents (file), g_mapped_file_get_length (file), &error)
      || !tb_media_writer_sync (writer, &error)) {
    g_printerr ("broken-off: %s\n", error->message);
    return 1;
  }
  _exit (0); /* as a kill would: nothing is closed */
}
