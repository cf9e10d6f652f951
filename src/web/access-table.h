/* Who may use which route: the one table. A route without a row is closed to
 * everybody, and fails the tests (tests/http/access.test.mjs walks all of it). */
#pragma once

#include <glib.h>

typedef enum {
  TB_ACCESS_OPEN = 1 << 0,  /* also without signing in */
  TB_ACCESS_QUIET = 1 << 1, /* pages ask it by themselves: does not count as somebody being at work */
} TbAccessFlags;

typedef struct {
  const char *method;
  const char *pattern; /* as in the table of routes */
  guint roles;         /* TbRoles: one of them is needed; without {visit} in the pattern */
  guint relations;     /* TbRelation: one of them is needed; with {visit} in the pattern */
  guint flags;         /* TbAccessFlags */
} TbAccessRow;

/* Ended by a row without a method. */
extern const TbAccessRow tb_access_table[];
