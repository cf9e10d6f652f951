#include "web/access-table.h"

#include "web/viewer.h"

#define EVERYBODY TB_ROLES_ALL
#define COACH TB_ROLE_COACH
#define ADMIN TB_ROLE_ADMIN
#define PRIVACY TB_ROLE_PRIVACY
#define HEAD TB_ROLE_HEAD

/* Relations to the visit. */
#define OWN TB_RELATION_COACH
#define TAUGHT TB_RELATION_TEACHER
#define OFFICER TB_RELATION_PRIVACY
#define BESIDE TB_RELATION_OBSERVER
#define SHARED (TB_RELATION_WHOLE | TB_RELATION_CLIP)

#define OPEN TB_ACCESS_OPEN
#define QUIET TB_ACCESS_QUIET

/* clang-format off */
const TbAccessRow tb_access_table[] = {
  /* The door itself. */
  { "GET",    "/api/session",                                 0, 0, OPEN | QUIET },
  { "POST",   "/api/session",                                 0, 0, OPEN },
  { "POST",   "/api/setup",                                   0, 0, OPEN },
  { "POST",   "/api/recover",                                 0, 0, OPEN },
  { "POST",   "/api/passkeys/challenge",                      0, 0, OPEN },
  { "POST",   "/api/passkeys/sign-in",                        0, 0, OPEN },
  { "POST",   "/api/invitations/look",                        0, 0, OPEN },
  { "POST",   "/api/invitations/accept",                      0, 0, OPEN },
  { "GET",    "/api/passphrase/suggestion",                   0, 0, OPEN },
  { "GET",    "/api/ping",                                    0, 0, OPEN | QUIET },
  { "GET",    "/api/about",                                   0, 0, OPEN | QUIET },
  { "GET",    "/api/clock",                                   0, 0, OPEN | QUIET },

  /* One's own account. */
  { "DELETE", "/api/session",                                 EVERYBODY, 0, 0 },
  { "GET",    "/api/sessions",                                EVERYBODY, 0, 0 },
  { "DELETE", "/api/sessions",                                EVERYBODY, 0, 0 },
  { "DELETE", "/api/sessions/{session}",                      EVERYBODY, 0, 0 },
  { "POST",   "/api/sessions/pair",                           EVERYBODY, 0, 0 },
  { "POST",   "/api/passphrase",                              EVERYBODY, 0, 0 },
  { "GET",    "/api/passkeys",                                EVERYBODY, 0, 0 },
  { "POST",   "/api/passkeys",                                EVERYBODY, 0, 0 },
  { "DELETE", "/api/passkeys/{passkey}",                      EVERYBODY, 0, 0 },
  { "GET",    "/api/events",                                  EVERYBODY, 0, QUIET },

  /* Accounts of others, the vault, the machine. */
  { "GET",    "/api/people",                                  COACH | ADMIN, 0, 0 },
  { "POST",   "/api/people",                                  COACH | ADMIN, 0, 0 },
  { "PATCH",  "/api/people/{person}",                         ADMIN, 0, 0 },
  { "POST",   "/api/people/{person}/invitation",              COACH | ADMIN, 0, 0 },
  { "GET",    "/api/vault",                                   EVERYBODY, 0, QUIET },
  { "POST",   "/api/vault/unlock",                            COACH, 0, 0 },
  { "POST",   "/api/vault/recovery",                          COACH, 0, 0 },
  { "POST",   "/api/vault/lock",                              COACH | ADMIN, 0, 0 },
  { "GET",    "/api/network",                                 COACH | ADMIN, 0, QUIET },
  { "GET",    "/api/settings",                                EVERYBODY, 0, QUIET },
  { "PATCH",  "/api/settings",                                COACH | ADMIN, 0, 0 },
  { "GET",    "/api/disk",                                    COACH | ADMIN, 0, QUIET },
  { "GET",    "/api/devices",                                 COACH, 0, QUIET },
  { "POST",   "/api/previews",                                COACH, 0, 0 },
  { "GET",    "/api/previews/{preview}",                      COACH, 0, QUIET },
  { "DELETE", "/api/previews/{preview}",                      COACH, 0, QUIET },
  { "GET",    "/api/previews/{preview}/picture.mjpeg",        COACH, 0, QUIET },
  { "GET",    "/api/previews/{preview}/picture.jpg",          COACH, 0, QUIET },
  { "GET",    "/api/instruments",                             EVERYBODY, 0, 0 },
  { "GET",    "/api/instruments/{instrument}",                EVERYBODY, 0, 0 },

  /* Visits: the coach's own, and what was released. */
  { "GET",    "/api/visits",                                  COACH | TB_ROLE_TEACHER | TB_ROLE_TRAINEE, 0, 0 },
  { "POST",   "/api/visits",                                  COACH, 0, 0 },
  { "GET",    "/api/visits/{visit}",                          0, OWN | SHARED | BESIDE, 0 },
  { "PATCH",  "/api/visits/{visit}",                          0, OWN, 0 },
  { "POST",   "/api/visits/{visit}/start",                    0, OWN, 0 },
  { "POST",   "/api/visits/{visit}/end",                      0, OWN, 0 },
  { "GET",    "/api/visits/{visit}/recording",                0, OWN, QUIET },
  { "POST",   "/api/visits/{visit}/recording",                0, OWN, 0 },
  { "DELETE", "/api/visits/{visit}/recording",                0, OWN, 0 },
  { "PATCH",  "/api/visits/{visit}/tracks/{track}",           0, OWN, 0 },
  { "GET",    "/api/visits/{visit}/observations",             0, OWN | SHARED | BESIDE, 0 },
  { "GET",    "/api/visits/{visit}/clips",                    0, OWN | SHARED, 0 },
  { "GET",    "/api/visits/{visit}/operations",               0, OWN | BESIDE, QUIET },
  { "POST",   "/api/visits/{visit}/operations",               0, OWN | BESIDE, 0 },
  { "GET",    "/api/visits/{visit}/events",                   0, OWN | BESIDE, QUIET },
  { "GET",    "/api/visits/{visit}/instruments/{instrument}", 0, OWN | SHARED | BESIDE, 0 },

  /* Footage. */
  { "GET",    "/media/{visit}/{file}",                        0, OWN | SHARED, 0 },
  { "GET",    "/api/visits/{visit}/tracks/{track}/segments/{segment}/playlist.m3u8", 0, OWN | SHARED, QUIET },
  { "GET",    "/api/visits/{visit}/tracks/{track}/peaks",     0, OWN | SHARED, QUIET },
  { "GET",    "/api/visits/{visit}/tracks/{track}/live.mjpeg", 0, OWN, QUIET },
  { "GET",    "/api/visits/{visit}/tracks/{track}/live.jpg",  0, OWN, QUIET },
  { "GET",    "/api/visits/{visit}/tracks/{track}/live.h264", 0, OWN, QUIET },
  { "POST",   "/api/visits/{visit}/exports",                  0, OWN | SHARED, 0 },
  /* An export is that of who made it: exporting.c looks. */
  { "GET",    "/api/exports/{export}",                        COACH | TB_ROLE_TEACHER | TB_ROLE_TRAINEE, 0, QUIET },
  { "DELETE", "/api/exports/{export}",                        COACH | TB_ROLE_TEACHER | TB_ROLE_TRAINEE, 0, 0 },
  { "GET",    "/api/exports/{export}/file",                   COACH | TB_ROLE_TEACHER | TB_ROLE_TRAINEE, 0, 0 },

  /* Sharing, and who looked. */
  { "GET",    "/api/releases",                                COACH | TB_ROLE_TEACHER | TB_ROLE_TRAINEE, 0, 0 },
  { "GET",    "/api/visits/{visit}/releases",                 0, OWN | TAUGHT, 0 },
  { "POST",   "/api/visits/{visit}/releases",                 0, OWN, 0 },
  { "POST",   "/api/visits/{visit}/releases/{release}/answer", 0, TAUGHT, 0 },
  { "POST",   "/api/visits/{visit}/releases/{release}/taps",  0, OWN, 0 },
  { "DELETE", "/api/visits/{visit}/releases/{release}",       0, OWN | TAUGHT, 0 },
  { "GET",    "/api/visits/{visit}/log",                      0, TAUGHT | OFFICER, 0 },
  { "GET",    "/api/log",                                     PRIVACY, 0, 0 },
  { "GET",    "/api/register",                                PRIVACY, 0, 0 },
  { "GET",    "/api/numbers",                                 HEAD, 0, 0 },

  /* The talk afterwards: between the coach and the teacher of the visit, whatever was shared with whom. */
  { "GET",    "/api/visits/{visit}/moments",                       0, OWN | TAUGHT, 0 },
  { "POST",   "/api/visits/{visit}/moments",                       0, OWN | TAUGHT, 0 },
  { "POST",   "/api/visits/{visit}/moments/order",                 0, OWN | TAUGHT, 0 },
  { "PATCH",  "/api/visits/{visit}/moments/{moment}",              0, OWN | TAUGHT, 0 },
  { "DELETE", "/api/visits/{visit}/moments/{moment}",              0, OWN | TAUGHT, 0 },
  { "GET",    "/api/visits/{visit}/talk",                          0, OWN | TAUGHT, 0 },
  { "POST",   "/api/visits/{visit}/talk/ready",                    0, OWN | TAUGHT, 0 },
  { "POST",   "/api/visits/{visit}/talk/reveal",                   0, OWN | TAUGHT, 0 },
  { "POST",   "/api/visits/{visit}/talk/start",                    0, OWN | TAUGHT, 0 },
  { "POST",   "/api/visits/{visit}/talk/end",                      0, OWN | TAUGHT, 0 },
  { "POST",   "/api/visits/{visit}/talk/state",                    0, OWN | TAUGHT, 0 },
  { "POST",   "/api/visits/{visit}/talk/order",                    0, OWN | TAUGHT, 0 },
  { "PATCH",  "/api/visits/{visit}/talk/items/{item}",             0, OWN | TAUGHT, 0 },
  { "GET",    "/api/visits/{visit}/talk/items/{item}/questions",   0, OWN | TAUGHT, 0 },
  { "GET",    "/api/visits/{visit}/agreements",                    0, OWN | TAUGHT, 0 },
  { "POST",   "/api/visits/{visit}/agreements",                    0, OWN | TAUGHT, 0 },
  { "PATCH",  "/api/visits/{visit}/agreements/{agreement}",        0, OWN | TAUGHT, 0 },
  { "DELETE", "/api/visits/{visit}/agreements/{agreement}",        0, OWN | TAUGHT, 0 },
  { "POST",   "/api/visits/{visit}/agreements/{agreement}/outcome", 0, OWN | TAUGHT, 0 },
  { "POST",   "/api/visits/{visit}/agreements/{agreement}/next",   0, OWN, 0 },
  { "GET",    "/api/visits/{visit}/comments",                      0, OWN | TAUGHT, 0 },
  { "POST",   "/api/visits/{visit}/comments",                      0, OWN | TAUGHT, 0 },
  { "PATCH",  "/api/visits/{visit}/comments/{comment}",            0, OWN | TAUGHT, 0 },
  { "DELETE", "/api/visits/{visit}/comments/{comment}",            0, OWN | TAUGHT, 0 },
  { "POST",   "/api/visits/{visit}/voices",                        0, OWN | TAUGHT, 0 },
  { "GET",    "/api/visits/{visit}/comments/{comment}/voice",      0, OWN | TAUGHT, 0 },
  { "GET",    "/api/visits/{visit}/report",                        0, OWN | TAUGHT, 0 },
  { "POST",   "/api/visits/{visit}/report",                        0, OWN | TAUGHT, 0 },
  { "POST",   "/api/visits/{visit}/report/sign",                   0, OWN | TAUGHT, 0 },
  { "GET",    "/api/visits/{visit}/report/versions/{number}",      0, OWN | TAUGHT, 0 },
  { "POST",   "/api/visits/{visit}/report/clear",                  0, OWN | TAUGHT, 0 },
  { "GET",    "/api/visits/{visit}/report/stills/{moment}",        0, OWN | TAUGHT, 0 },
  { "GET",    "/api/visits/{visit}/report/verslag.pdf",            0, OWN | TAUGHT, 0 },
  { "GET",    "/api/visits/{visit}/bezoek.ics",                    0, OWN | TAUGHT, 0 },

  /* Trajectories: the store looks on which side of one somebody stands. */
  { "GET",    "/api/questions",                                    COACH | TB_ROLE_TEACHER | TB_ROLE_TRAINEE, 0, 0 },
  { "POST",   "/api/questions",                                    COACH, 0, 0 },
  { "DELETE", "/api/questions/{question}",                         COACH, 0, 0 },
  { "GET",    "/api/trajectories",                                 COACH | TB_ROLE_TEACHER, 0, 0 },
  { "POST",   "/api/trajectories",                                 COACH | TB_ROLE_TEACHER, 0, 0 },
  { "GET",    "/api/trajectories/{trajectory}",                    COACH | TB_ROLE_TEACHER, 0, 0 },
  { "PATCH",  "/api/trajectories/{trajectory}",                    COACH | TB_ROLE_TEACHER, 0, 0 },
  { "POST",   "/api/trajectories/{trajectory}/visits",             COACH, 0, 0 },
  { "POST",   "/api/trajectories/{trajectory}/visits/remove",      COACH, 0, 0 },
  { "GET",    "/api/trajectories/{trajectory}/plots",              COACH | TB_ROLE_TEACHER, 0, 0 },
  { "GET",    "/api/trajectories/{trajectory}/closing",            COACH | TB_ROLE_TEACHER, 0, 0 },
  { "POST",   "/api/trajectories/{trajectory}/close",              COACH, 0, 0 },
  { "GET",    "/api/trajectories/{trajectory}/reports/{lesson}",   COACH | TB_ROLE_TEACHER, 0, 0 },
  { "POST",   "/api/trajectories/{trajectory}/handover",           COACH | ADMIN, 0, 0 },
  { "GET",    "/api/handovers",                                    COACH | TB_ROLE_TEACHER | ADMIN, 0, 0 },
  { "POST",   "/api/handovers/{handover}/answer",                  TB_ROLE_TEACHER, 0, 0 },
  { "DELETE", "/api/handovers/{handover}",                         COACH | ADMIN, 0, 0 },
  { "GET",    "/api/coaches",                                      COACH | TB_ROLE_TEACHER | ADMIN, 0, 0 },

  /* Kijkwijzers of the school's own. */
  { "POST",   "/api/instruments",                             COACH, 0, 0 },
  { "POST",   "/api/instruments/check",                       COACH, 0, 0 },
  { "POST",   "/api/instruments/{instrument}/draft",          COACH, 0, 0 },
  { "DELETE", "/api/instruments/{instrument}/draft",          COACH, 0, 0 },
  { "POST",   "/api/instruments/{instrument}/publish",        COACH, 0, 0 },
  { "POST",   "/api/instruments/{instrument}/retire",         COACH, 0, 0 },

  /* Several observers: the layer of each is their own; footage comes only by release. */
  { "GET",    "/api/visits/{visit}/observers",                0, OWN | BESIDE, 0 },
  { "POST",   "/api/visits/{visit}/observers",                0, OWN, 0 },
  { "PATCH",  "/api/visits/{visit}/observers",                0, OWN, 0 },
  { "DELETE", "/api/visits/{visit}/observers/{person}",       0, OWN, 0 },
  { "POST",   "/api/visits/{visit}/observers/done",           0, OWN | BESIDE, 0 },
  { "POST",   "/api/visits/{visit}/observers/open",           0, OWN, 0 },

  /* Counting and comparing. */
  { "GET",    "/api/visits/{visit}/budget",                   0, OWN | BESIDE, 0 },
  { "GET",    "/api/visits/{visit}/concordance",              0, OWN | BESIDE, 0 },
  { "GET",    "/api/budget",                                  COACH, 0, 0 },
  { "GET",    "/api/search",                                  COACH, 0, 0 },

  /* Other programs' files. */
  { "GET",    "/api/formats",                                 COACH, 0, 0 },
  { "POST",   "/api/imports",                                 COACH, 0, 0 },
  { "GET",    "/api/imports/{import}",                        COACH, 0, QUIET },
  { "POST",   "/api/imports/{import}/take",                   COACH, 0, 0 },
  { "DELETE", "/api/imports/{import}",                        COACH, 0, 0 },
  { "GET",    "/api/visits/{visit}/foreign",                  0, OWN, 0 },
  { "GET",    "/api/visits/{visit}/foreign/loss",             0, OWN, 0 },

  /* The page itself: the same for everybody, with nothing of anybody in it. */
  { "GET",    "/",                                            0, 0, OPEN | QUIET },
  { "GET",    "/nieuw",                                       0, 0, OPEN | QUIET },
  { "GET",    "/bezoeken/{visit}/voorbereiden",               0, 0, OPEN | QUIET },
  { "GET",    "/bezoeken/{visit}/opnemen",                    0, 0, OPEN | QUIET },
  { "GET",    "/bezoeken/{visit}/terugkijken",                0, 0, OPEN | QUIET },
  { "GET",    "/bezoeken/{visit}/delen",                      0, 0, OPEN | QUIET },
  { "GET",    "/bezoeken/{visit}/bekijken",                   0, 0, OPEN | QUIET },
  { "GET",    "/bezoeken/{visit}/inzage",                     0, 0, OPEN | QUIET },
  { "GET",    "/bezoeken/{visit}/momenten",                    0, 0, OPEN | QUIET },
  { "GET",    "/bezoeken/{visit}/nabespreking",                0, 0, OPEN | QUIET },
  { "GET",    "/bezoeken/{visit}/sturen",                      0, 0, OPEN | QUIET },
  { "GET",    "/bezoeken/{visit}/verslag",                     0, 0, OPEN | QUIET },
  { "GET",    "/bezoeken",                                    0, 0, OPEN | QUIET },
  { "GET",    "/trajecten",                                    0, 0, OPEN | QUIET },
  { "GET",    "/trajecten/{trajectory}",                       0, 0, OPEN | QUIET },
  { "GET",    "/trajecten/{trajectory}/afronden",              0, 0, OPEN | QUIET },
  { "GET",    "/overdracht",                                   0, 0, OPEN | QUIET },
  { "GET",    "/vragen",                                       0, 0, OPEN | QUIET },
  { "GET",    "/bezoeken/{visit}/cijfers",                    0, 0, OPEN | QUIET },
  { "GET",    "/bezoeken/{visit}/waarnemers",                 0, 0, OPEN | QUIET },
  { "GET",    "/kijkwijzers",                                 0, 0, OPEN | QUIET },
  { "GET",    "/kijkwijzers/{instrument}",                    0, 0, OPEN | QUIET },
  { "GET",    "/importeren",                                  0, 0, OPEN | QUIET },
  { "GET",    "/gedeeld",                                     0, 0, OPEN | QUIET },
  { "GET",    "/mensen",                                      0, 0, OPEN | QUIET },
  { "GET",    "/register",                                    0, 0, OPEN | QUIET },
  { "GET",    "/inzagelog",                                   0, 0, OPEN | QUIET },
  { "GET",    "/cijfers",                                     0, 0, OPEN | QUIET },
  { "GET",    "/account",                                     0, 0, OPEN | QUIET },
  { "GET",    "/koppelen",                                    0, 0, OPEN | QUIET },
  { "GET",    "/instellingen",                                0, 0, OPEN | QUIET },
  { "GET",    "/hulp",                                        0, 0, OPEN | QUIET },
  { "GET",    "/hulp/{topic}",                                0, 0, OPEN | QUIET },
  { "GET",    "/{file}",                                      0, 0, OPEN | QUIET },
  { "GET",    "/{folder}/{file}",                             0, 0, OPEN | QUIET },
  { NULL },
};
/* clang-format on */
