/* The neutral document: what every reader of another program's file gives and
 * every writer takes. It knows nothing of visits in the database; who imports
 * maps a set to a visit, a code to one of a kijkwijzer, a name to a person.
 *
 * Plain values, public to readers and writers; all strings and arrays are
 * owned by the document. Texts are valid UTF-8 without NUL; "never NULL"
 * texts may be empty. Used by one thread at a time. */
#pragma once

#include <glib.h>

#include "base/time.h"
#include "exchange/loss.h"
#include "observe/instrument.h"

/* Limits that hold for every reader. */
#define TB_EXCHANGE_MAX_BYTES (G_GUINT64_CONSTANT (64) << 20)     /* of a file as it is given */
#define TB_EXCHANGE_MAX_EXPANDED (G_GUINT64_CONSTANT (256) << 20) /* of what is unpacked from it */
#define TB_EXCHANGE_MAX_DEPTH 64                                  /* of nesting */
#define TB_EXCHANGE_MAX_EVENTS 1000000
#define TB_EXCHANGE_MAX_NAMES 100000 /* codes, subjects, observers, sets, media, metadata: each */
#define TB_EXCHANGE_MAX_MODIFIERS 200 /* of one event */
#define TB_EXCHANGE_MAX_ALL_MODIFIERS 2000000 /* of all events */
#define TB_EXCHANGE_MAX_TEXT 65536   /* bytes of one text; longer is cut, and said */

/* A name with a value: a modifier of an event, a piece of metadata. Neither is NULL. */
typedef struct {
  GRefString *name; /* kept once */
  char *value;
} TbExchangePair;

typedef enum {
  TB_MODIFIER_SINGLE = 1, /* one of the values */
  TB_MODIFIER_SEVERAL,    /* any of the values */
  TB_MODIFIER_NUMBER,
  TB_MODIFIER_TEXT /* anything */
} TbModifierKind;

typedef struct {
  char *name; /* never NULL */
  TbModifierKind kind;
  GPtrArray *values; /* of char * */
} TbExchangeModifier;

typedef struct {
  char *id; /* what events call it: any text, not empty, unique */
  TbKind kind;
  char *title;          /* NULL when the file has none beside the id */
  char *description;    /* never NULL */
  char *category;       /* domain; NULL without */
  char *key;            /* NULL without */
  char *color;          /* NULL without */
  GPtrArray *excludes;  /* of char *: ids of codes that this one ends */
  GPtrArray *modifiers; /* of TbExchangeModifier * */
} TbExchangeCode;

typedef struct {
  char *name;        /* not empty, unique */
  char *description; /* never NULL */
} TbExchangePerson;

typedef struct {
  char *path;    /* as the file says it: a path, a URI; never NULL */
  char *type;    /* media type; NULL when not said */
  TbTime at;     /* where its first frame lies on the set's timeline */
  TbTime length; /* TB_TIME_NONE when not said */
  double rate;   /* frames a second; 0 when not said */
} TbExchangeMedia;

typedef struct {
  /* What many events share is kept once (tb_exchange_share()). */
  GRefString *code;     /* id of a code; NULL for a mark without one */
  GRefString *subject;  /* NULL when not said */
  GRefString *observer; /* NULL when not said */
  char *comment;        /* never NULL */
  TbKind kind;
  TbTime at;
  TbTime until;         /* TB_TIME_NONE for a point, and for a state that nobody ended */
  double rating;        /* NAN when there is none */
  GPtrArray *modifiers; /* of TbExchangePair *, in order; one name may stand more than once. NULL when there are none */
  guint records;        /* how many records of the file it was made from (BORIS: 2 for a state) */
  guint n_more;         /* modifiers that were too many to keep; tb_exchange_finish() reports them */
} TbExchangeEvent;

/* One timeline with what was observed on it: becomes a visit. */
typedef struct {
  char *id;          /* unique; never NULL, may be empty where the file names none */
  char *description; /* never NULL */
  gint64 started_at; /* wall time of the timeline's zero; 0 when not said */
  GPtrArray *media;  /* of TbExchangeMedia * */
  GPtrArray *events; /* of TbExchangeEvent *; after tb_exchange_finish() by time, else as in the file */
  GPtrArray *pairs;  /* of TbExchangePair *: free metadata (BORIS: independent variables) */
} TbExchangeSet;

typedef struct _TbExchangeNames TbExchangeNames;

typedef struct {
  char *title;          /* never NULL */
  char *description;    /* never NULL */
  gint64 made_at;       /* wall time; 0 when not said */
  GPtrArray *codes;     /* of TbExchangeCode * */
  GPtrArray *subjects;  /* of TbExchangePerson * */
  GPtrArray *observers; /* of TbExchangePerson * */
  GPtrArray *sets;      /* of TbExchangeSet * */
  GPtrArray *pairs;     /* of TbExchangePair * */
  TbExchangeNames *names;
} TbExchange;

TbExchange *tb_exchange_new (void);
void tb_exchange_free (TbExchange *document);

/* Adds, or gives what is there by that name. Borrowed. Over a limit they give a
 * place that is thrown away, and tb_exchange_finish() fails. A new code is a point. */
TbExchangeCode *tb_exchange_code (TbExchange *document, const char *id);
TbExchangePerson *tb_exchange_subject (TbExchange *document, const char *name);
TbExchangePerson *tb_exchange_observer (TbExchange *document, const char *name);
TbExchangeSet *tb_exchange_set (TbExchange *document, const char *id);

/* NULL when there is none. Borrowed. */
TbExchangeCode *tb_exchange_find_code (const TbExchange *document, const char *id);
TbExchangeSet *tb_exchange_find_set (const TbExchange *document, const char *id);

/* A new event, empty but for a place in time; and parts of things. Borrowed. */
TbExchangeEvent *tb_exchange_event (TbExchange *document, TbExchangeSet *set, TbKind kind, const char *code, TbTime at,
                                    TbTime until);
TbExchangeMedia *tb_exchange_media (TbExchange *document, TbExchangeSet *set, const char *path);
/* Adds, or gives what is there; the last one when a code has 1000. */
TbExchangeModifier *tb_exchange_modifier (TbExchangeCode *code, const char *name);
/* What people read an event as: its code, “moment” without one. Borrowed. */
const char *tb_exchange_called (const TbExchangeEvent *event);
/* It has no end because it has no length: a point, a score. (A state without an end is one that nobody ended.) */
gboolean tb_exchange_is_instant (const TbExchangeEvent *event);
/* Adds one; what is more than TB_EXCHANGE_MAX_MODIFIERS is only counted. */
void tb_exchange_event_modifier (TbExchange *document, TbExchangeEvent *event, const char *name, const char *value);
gboolean tb_exchange_event_has (const TbExchangeEvent *event, const char *name, const char *value);
void tb_exchange_pair (TbExchange *document, GPtrArray *pairs, const char *name, const char *value);
/* NULL when there is none. Borrowed. */
const char *tb_exchange_get (const GPtrArray *pairs, const char *name);

/* Puts TEXT on a line of its own behind what *PLACE says, unless that is the same, or TEXT is empty. */
void tb_exchange_join (char **place, const char *text);
/* Replaces *PLACE by a copy of TEXT, cut on a character so that it is at most TB_EXCHANGE_MAX_TEXT with the “…” that
 * then ends it; bytes that are no UTF-8 become U+FFFD. */
void tb_exchange_text (char **place, const char *text);
/* As that, of a text that many may share, which is kept once: a small file can give a million events one long name. */
void tb_exchange_share (GRefString **place, const char *text);

/* What every reader does last: sorts events by time (kept in order when equal),
 * sees that every code, subject and observer that an event names is declared,
 * and says in LOSS (may be NULL) which
 * texts were cut. TB_ERROR_TOO_LARGE when a limit was passed. */
gboolean tb_exchange_finish (TbExchange *document, TbLoss *loss, GError **error);

guint tb_exchange_n_events (const TbExchange *document);
/* About how much memory its events take, in bytes; a packed file says little of it. */
gsize tb_exchange_weight (const TbExchange *document);

/* Why two documents' events differ, in one sentence, or NULL when they are the
 * same: set by set, event by event, times within TOLERANCE. For tests. New string. */
char *tb_exchange_compare (const TbExchange *a, const TbExchange *b, TbTime tolerance);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbExchange, tb_exchange_free)
