/* Terugblik: films a lesson, ties what is observed to it, and looks back.
 *
 * Who runs where:
 *
 *   GStreamer streaming threads --bus--> recorder thread (own GMainContext)
 *     --news--> studio thread (writes segments) --> hub (bounded queues) --> event streams
 *   HTTP threads (one per connection) --calls--> store (connections of its own, one writer at a time)
 *   HTTP threads --invoke, wait with a deadline--> recorder thread
 *   HTTP threads --jobs--> export thread
 *   main thread: waits for a signal to end
 *
 * Calls go down the layers, news comes up as messages; nothing else is shared. */
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <glib/gi18n.h>

#include "cli/command.h"

static void
print_help (void)
{
  printf ("%s\n\n", _ ("Usage: terugblik COMMAND [OPTION…]"));
  for (const TbCommand *command = tb_commands; command->name != NULL; command++)
    printf ("  %-11s %s\n", command->name, _ (command->summary));
  printf ("\n%s\n", _ ("“terugblik COMMAND --help” tells more of each."));
}

int
main (int argc, char **argv)
{
  const struct rlimit none = { 0, 0 };
  const char *locale;

  setlocale (LC_ALL, "");
  /* Set by run.sh, so that the program speaks also where it is built. */
  locale = g_getenv ("TERUGBLIK_LOCALE");
  bindtextdomain ("terugblik", locale != NULL ? locale : TB_LOCALE_DIR);
  bind_textdomain_codeset ("terugblik", "UTF-8");
  textdomain ("terugblik");
  /* What is kept here is nobody else's business: not in files, and not in what a crash would leave of the memory. */
  umask (0077);
  setrlimit (RLIMIT_CORE, &none);

  if (argc < 2) {
    print_help ();
    return 2;
  }
  if (strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0 || strcmp (argv[1], "help") == 0) {
    print_help ();
    return 0;
  }
  if (strcmp (argv[1], "--version") == 0) {
    printf ("terugblik %s\n", TB_VERSION);
    return 0;
  }
  for (const TbCommand *command = tb_commands; command->name != NULL; command++)
    if (strcmp (command->name, argv[1]) == 0)
      return command->run (argc - 1, argv + 1);
  fprintf (stderr, _ ("terugblik: there is no command “%s”; “terugblik --help” lists them\n"), argv[1]);
  return 2;
}
