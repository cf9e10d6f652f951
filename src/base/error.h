/* The one error domain. The code is for programs (an HTTP status, an exit
 * status); the message is one sentence for people that names the thing and
 * the attempt. */
#pragma once

#include <glib.h>

#define TB_ERROR (tb_error_quark ())

typedef enum {
  TB_ERROR_FAILED = 1,  /* could not, for a reason outside */
  TB_ERROR_INVALID,     /* what was given is not of the asked form */
  TB_ERROR_NOT_FOUND,   /* no such thing */
  TB_ERROR_CONFLICT,    /* is in a state in which this cannot be done */
  TB_ERROR_BUSY,        /* somebody else has it (a lock, a device) */
  TB_ERROR_FULL,        /* no room on the disk */
  TB_ERROR_UNSUPPORTED, /* this machine or build cannot do it */
  TB_ERROR_CORRUPT,     /* a file is damaged */
  TB_ERROR_TOO_NEW,     /* made by a newer version */
  TB_ERROR_TOO_LARGE,   /* over a limit */
  TB_ERROR_CANCELLED,   /* stopped because it was asked to */
  TB_ERROR_TIMEOUT,     /* no answer within the deadline */
  TB_ERROR_DENIED,      /* not allowed */
  TB_ERROR_LOCKED       /* the vault is locked: nothing sealed can be read now */
} TbErrorCode;

GQuark tb_error_quark (void);

/* The code's name as it stands in JSON: "not-found". Borrowed, static. */
const char *tb_error_name (int code);
