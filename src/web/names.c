#include "web/names.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"

gsize
tb_address_parse (const char *text, guint8 *bytes)
{
  guint8 room[16];

  if (inet_pton (AF_INET, text, bytes != NULL ? bytes : room) == 1)
    return 4;
  if (inet_pton (AF_INET6, text, bytes != NULL ? bytes : room) == 1)
    return 16;
  return 0;
}

char *
tb_address_to_text (const guint8 *bytes, gsize size)
{
  char text[INET6_ADDRSTRLEN] = "";

  inet_ntop (size == 4 ? AF_INET : AF_INET6, bytes, text, sizeof text);
  return g_strdup (text);
}

gboolean
tb_address_is_private (const char *address)
{
  guint8 b[16];

  switch (tb_address_parse (address, b)) {
  case 4:
    return b[0] == 10 || b[0] == 127 || (b[0] == 172 && (b[1] & 0xf0) == 16) || (b[0] == 192 && b[1] == 168)
           || (b[0] == 169 && b[1] == 254);
  case 16:
    return (b[0] & 0xfe) == 0xfc || (b[0] == 0xfe && (b[1] & 0xc0) == 0x80) || strcmp (address, "::1") == 0;
  default: return FALSE;
  }
}

char *
tb_host_with_port (const char *host, guint port)
{
  return g_strdup_printf (strchr (host, ':') != NULL ? "[%s]:%u" : "%s:%u", host, port);
}

gboolean
tb_names_local_is_served (void)
{
  return g_file_test ("/run/avahi-daemon/socket", G_FILE_TEST_EXISTS);
}

/* --- names --------------------------------------------------------------- */

/* RFC 1123, lower case; a name whose last label is a number would be read as an address. */
static gboolean
is_host_name (const char *text)
{
  g_auto (GStrv) labels = g_strsplit (text, ".", -1);
  guint count = g_strv_length (labels);

  if (count == 0 || strlen (text) > 253)
    return FALSE;
  for (guint i = 0; i < count; i++) {
    gsize length = strlen (labels[i]);

    if (length == 0 || length > 63 || labels[i][0] == '-' || labels[i][length - 1] == '-'
        || strspn (labels[i], "abcdefghijklmnopqrstuvwxyz0123456789-") != length)
      return FALSE;
  }
  return strspn (labels[count - 1], "0123456789") != strlen (labels[count - 1]);
}

static void
add (GPtrArray *list, const char *text)
{
  if (!g_ptr_array_find_with_equal_func (list, text, g_str_equal, NULL))
    g_ptr_array_add (list, g_strdup (text));
}

static gboolean
add_extra (TbNames *names, const char *text, GError **error)
{
  g_autofree char *name = g_ascii_strdown (text, -1);
  guint8 bytes[16];
  gsize size = tb_address_parse (name, bytes);

  if (size > 0) {
    g_autofree char *plain = tb_address_to_text (bytes, size);

    add (names->addresses, plain);
    return TRUE;
  }
  if (!is_host_name (name)) {
    g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "“%s” is neither a name nor an address of a computer", text);
    return FALSE;
  }
  add (names->names, name);
  return TRUE;
}

static void
add_host_name (TbNames *names)
{
  char text[256] = "";
  g_autofree char *full = NULL;
  g_autofree char *first = NULL;
  g_autofree char *local = NULL;

  if (gethostname (text, sizeof text - 1) != 0)
    return;
  full = g_ascii_strdown (text, -1);
  first = g_strndup (full, strcspn (full, "."));
  if (!is_host_name (first) || strcmp (first, "localhost") == 0)
    return;
  local = g_strconcat (first, ".local", NULL);
  add (names->names, local);
  if (is_host_name (full))
    add (names->names, full);
  add (names->names, first);
}

/* --- addresses ----------------------------------------------------------- */

typedef struct {
  int rank;
  char text[INET6_ADDRSTRLEN];
} Found;

static int
compare_found (gconstpointer a, gconstpointer b)
{
  const Found *x = a, *y = b;

  return x->rank != y->rank ? x->rank - y->rank : strcmp (x->text, y->text);
}

/* A bridge or tunnel of this machine's own leads to no tablet: those stand last. */
static int
rank_of (const struct ifaddrs *one)
{
  g_autofree char *card = g_strdup_printf ("/sys/class/net/%s/device", one->ifa_name);
  int rank = g_file_test (card, G_FILE_TEST_EXISTS) ? 0 : 4;

  return rank + (one->ifa_addr->sa_family == AF_INET6 ? 2 : 0);
}

static gboolean
read_address (const struct ifaddrs *one, Found *found)
{
  if (one->ifa_addr == NULL || (one->ifa_flags & IFF_LOOPBACK) != 0 || (one->ifa_flags & IFF_UP) == 0)
    return FALSE;
  if (one->ifa_addr->sa_family == AF_INET) {
    const struct sockaddr_in *four = (const void *) one->ifa_addr;

    inet_ntop (AF_INET, &four->sin_addr, found->text, sizeof found->text);
  } else if (one->ifa_addr->sa_family == AF_INET6) {
    const struct sockaddr_in6 *six = (const void *) one->ifa_addr;

    if (IN6_IS_ADDR_LINKLOCAL (&six->sin6_addr))
      return FALSE;
    inet_ntop (AF_INET6, &six->sin6_addr, found->text, sizeof found->text);
  } else {
    return FALSE;
  }
  found->rank = rank_of (one);
  /* What a card gives itself when nobody does: of use only with a cable between the two. */
  found->rank += g_str_has_prefix (found->text, "169.254.") ? 1 : 0;
  return TRUE;
}

static void
add_addresses (TbNames *names)
{
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (Found));
  struct ifaddrs *list = NULL;

  if (getifaddrs (&list) != 0)
    return;
  for (const struct ifaddrs *one = list; one != NULL; one = one->ifa_next) {
    Found found = { 0 };

    if (read_address (one, &found))
      g_array_append_val (all, found);
  }
  freeifaddrs (list);
  g_array_sort (all, compare_found);
  for (guint i = 0; i < all->len; i++)
    add (names->addresses, g_array_index (all, Found, i).text);
}

TbNames *
tb_names_new (const char *const *extra, GError **error)
{
  g_autoptr (TbNames) names = g_new0 (TbNames, 1);

  names->names = g_ptr_array_new_with_free_func (g_free);
  names->addresses = g_ptr_array_new_with_free_func (g_free);
  add_host_name (names);
  add_addresses (names);
  for (gsize i = 0; extra != NULL && extra[i] != NULL; i++)
    if (!add_extra (names, extra[i], error))
      return NULL;
  return g_steal_pointer (&names);
}

void
tb_names_free (TbNames *names)
{
  if (names == NULL)
    return;
  g_ptr_array_unref (names->names);
  g_ptr_array_unref (names->addresses);
  g_free (names);
}

static gboolean
same (const GPtrArray *a, const GPtrArray *b)
{
  if (a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    if (!g_str_equal (a->pdata[i], b->pdata[i]))
      return FALSE;
  return TRUE;
}

gboolean
tb_names_equal (const TbNames *a, const TbNames *b)
{
  return same (a->names, b->names) && same (a->addresses, b->addresses);
}
