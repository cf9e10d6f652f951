#include "base/error.h"

GQuark
tb_error_quark (void)
{
  return g_quark_from_static_string ("terugblik");
}

const char *
tb_error_name (int code)
{
  switch ((TbErrorCode) code) {
  case TB_ERROR_FAILED: return "failed";
  case TB_ERROR_INVALID: return "invalid";
  case TB_ERROR_NOT_FOUND: return "not-found";
  case TB_ERROR_CONFLICT: return "conflict";
  case TB_ERROR_BUSY: return "busy";
  case TB_ERROR_FULL: return "disk-full";
  case TB_ERROR_UNSUPPORTED: return "unsupported";
  case TB_ERROR_CORRUPT: return "corrupt";
  case TB_ERROR_TOO_NEW: return "too-new";
  case TB_ERROR_TOO_LARGE: return "too-large";
  case TB_ERROR_CANCELLED: return "cancelled";
  case TB_ERROR_TIMEOUT: return "timeout";
  case TB_ERROR_DENIED: return "denied";
  case TB_ERROR_LOCKED: return "locked";
  }
  return "failed";
}
