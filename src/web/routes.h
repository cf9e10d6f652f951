/* What the files of routes share: one table each, and the app. */
#pragma once

#include "store/talk.h"
#include "web/app.h"
#include "web/http.h"
#include "web/router.h"

extern const TbRoute tb_routes_about[];
extern const TbRoute tb_routes_devices[];
extern const TbRoute tb_routes_events[];
extern const TbRoute tb_routes_exports[];
extern const TbRoute tb_routes_instruments[];
extern const TbRoute tb_routes_journal[];
extern const TbRoute tb_routes_live[];
extern const TbRoute tb_routes_log[];
extern const TbRoute tb_routes_media[];
extern const TbRoute tb_routes_network[];
extern const TbRoute tb_routes_page[];
extern const TbRoute tb_routes_recording[];
extern const TbRoute tb_routes_register[];
extern const TbRoute tb_routes_releases[];
extern const TbRoute tb_routes_suggestion[];
extern const TbRoute tb_routes_vault[];
extern const TbRoute tb_routes_visits[];
extern const TbRoute tb_routes_setup[];
extern const TbRoute tb_routes_session[];
extern const TbRoute tb_routes_passkeys[];
extern const TbRoute tb_routes_people[];
extern const TbRoute tb_routes_invitations[];
extern const TbRoute tb_routes_moments[];
extern const TbRoute tb_routes_talk[];
extern const TbRoute tb_routes_comments[];
extern const TbRoute tb_routes_voices[];
extern const TbRoute tb_routes_agreements[];
extern const TbRoute tb_routes_questions[];
extern const TbRoute tb_routes_report[];
extern const TbRoute tb_routes_trajectories[];
extern const TbRoute tb_routes_plots[];
extern const TbRoute tb_routes_closing[];
extern const TbRoute tb_routes_handovers[];
extern const TbRoute tb_routes_own_instruments[];
extern const TbRoute tb_routes_observers[];
extern const TbRoute tb_routes_figures[];
extern const TbRoute tb_routes_imports[];
extern const TbRoute tb_routes_foreign_files[];
extern const TbRoute tb_routes_search[];

/* How an operation of a layer that is not shown goes out; for printf with its number (gint64). */
#define TB_HIDDEN_OPERATION "{\"seq\":%" G_GINT64_FORMAT ",\"hidden\":true}"

/* Puts the stored settings to work; at the start and after a change. */
void tb_settings_apply (TbApp *app);

/* The visit "{visit}" of the address. NULL with an error. New. */
TbVisit *tb_routes_visit (TbApp *app, TbRequest *request, GError **error);

/* The track "{track}" of that visit. NULL with an error. New. */
TbTrack *tb_routes_track (TbApp *app, TbRequest *request, GError **error);

/* Whether the "sources" of FIELDS, if any, can be sources: the store knows them as text only. */
gboolean tb_routes_check_sources (json_object *fields, GError **error);

/* {"devices":[…]}. New reference. */
json_object *tb_devices_to_json (TbApp *app);

/* Whether PERSON, of one side of VISIT, has seen the list of the other. With the bare film its teacher then gets what was
 * tapped in it too. FALSE for anybody else. */
gboolean tb_routes_revealed_to (TbApp *app, const char *visit, const char *person);

/* A track with its segments and the sizes of their files. New reference. */
json_object *tb_track_whole_json (TbApp *app, const TbTrack *track);

/* The texts of {"ids":[…]}, which is the whole body; new. */
char **tb_routes_ids (TbRequest *request, GError **error);

/* "{item}" among ITEMS (TbTalkItem), borrowed. NULL with an error. */
const TbTalkItem *tb_routes_item (TbRequest *request, GPtrArray *items, GError **error);

/* MOMENTS as SIDE sees them, REVEALED or not yet. New. */
json_object *tb_moments_to_json (GPtrArray *moments, const char *side, gboolean revealed);
