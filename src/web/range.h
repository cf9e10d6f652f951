/* The Range header (RFC 9110 §14.1.2), one range only. Pure. */
#pragma once

#include <glib.h>

typedef enum {
  TB_RANGE_NONE = 1,     /* no header, not bytes, or more than one range: answer the whole */
  TB_RANGE_PART,         /* FROM..TO, both included, inside the file */
  TB_RANGE_UNSATISFIABLE /* well-formed, but nothing of the file is in it */
} TbRange;

/* HEADER may be NULL. */
TbRange tb_range_parse (const char *header, guint64 size, guint64 *from, guint64 *to);
