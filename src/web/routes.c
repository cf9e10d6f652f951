#include "web/routes.h"

#include "base/error.h"
#include "base/uuid.h"

/* The page comes last: it answers what nothing else does. */
const TbRoute *const tb_routes[] = {
  tb_routes_about,   tb_routes_instruments, tb_routes_devices, tb_routes_visits, tb_routes_recording,
  tb_routes_journal, tb_routes_events,      tb_routes_media,   tb_routes_live,   tb_routes_exports,
  tb_routes_setup,   tb_routes_session,     tb_routes_people,  tb_routes_invitations, tb_routes_passkeys,
  tb_routes_suggestion, tb_routes_vault,   tb_routes_releases,    tb_routes_log,     tb_routes_register,
  tb_routes_network, tb_routes_moments, tb_routes_talk, tb_routes_comments, tb_routes_voices,
  tb_routes_agreements, tb_routes_questions, tb_routes_report, tb_routes_trajectories, tb_routes_plots,
  tb_routes_closing, tb_routes_handovers, tb_routes_own_instruments, tb_routes_observers, tb_routes_figures,
  tb_routes_imports, tb_routes_foreign_files, tb_routes_search,
  tb_routes_page, NULL,
};

TbVisit *
tb_routes_visit (TbApp *app, TbRequest *request, GError **error)
{
  const char *id = tb_request_param (request, "visit");

  if (!tb_uuid_is_valid (id)) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no visit under this address");
    return NULL;
  }
  return tb_visit_get (app->store, id, error);
}

TbTrack *
tb_routes_track (TbApp *app, TbRequest *request, GError **error)
{
  const char *id = tb_request_param (request, "track");
  g_autoptr (TbTrack) track = NULL;

  if (tb_uuid_is_valid (id))
    track = tb_track_get (app->store, id, error);
  else
    g_set_error_literal (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no camera or microphone under this address");
  if (track != NULL && !g_str_equal (track->visit, tb_request_param (request, "visit"))) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no camera or microphone under this address");
    return NULL;
  }
  return g_steal_pointer (&track);
}
