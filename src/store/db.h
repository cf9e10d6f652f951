/* A thin layer over SQLite: one connection with its prepared statements.
 * Only for the files of this folder. A connection is for one thread at a time. */
#pragma once

#include <glib.h>
#include <sqlite3.h>

#include "base/time.h"

typedef struct {
  sqlite3 *handle;
  char *path;
  GHashTable *statements; /* SQL text (static) -> sqlite3_stmt * */
  gboolean broken;        /* met damage or an I/O error: not to be used again */
} TbDb;

/* Opens, making the file when it is not there. Sets the time to wait for
 * other processes, nothing else: the file is not touched yet. New. */
TbDb *tb_db_open (const char *path, GError **error);
void tb_db_close (TbDb *db);

/* Sets ERROR from the connection's last failure. Always FALSE. */
gboolean tb_db_fail (TbDb *db, int code, GError **error);

/* Runs a text of one or more statements without values. */
gboolean tb_db_run (TbDb *db, const char *sql, GError **error);

/* A query being read: for a stack variable with g_auto (TbQuery). */
typedef struct {
  TbDb *db;
  sqlite3_stmt *statement;
  gboolean cached;
} TbQuery;

/* Prepares SQL (a string that stays: statements are kept by its address) and
 * binds the values after TYPES, one letter each:
 *   s  const char *, NULL is null     i  gint64
 *   t  TbTime, TB_TIME_NONE is null   w  gint64, 0 is null
 *   b  GBytes * */
gboolean tb_query_open (TbQuery *query, TbDb *db, GError **error, const char *sql, const char *types, ...);
/* 1: a row, 0: the end, -1: an error. */
int tb_query_next (TbQuery *query, GError **error);
void tb_query_close (TbQuery *query);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TbQuery, tb_query_close)

/* The columns of the present row; texts are borrowed until the next step. */
const char *tb_query_text (TbQuery *query, int column);
char *tb_query_dup (TbQuery *query, int column);
gint64 tb_query_int (TbQuery *query, int column);
TbTime tb_query_time (TbQuery *query, int column);
GBytes *tb_query_bytes (TbQuery *query, int column);

/* A statement without rows. */
gboolean tb_db_exec (TbDb *db, GError **error, const char *sql, const char *types, ...);
/* The first column of the first row, a number; FALLBACK when there is no row or it is null. */
gboolean tb_db_int (TbDb *db, gint64 fallback, gint64 *value, GError **error, const char *sql, const char *types, ...);

/* Cheap signs of damage: a root page of each table and index is read; a
 * database of up to a few MB is checked whole. */
gboolean tb_db_look_over (TbDb *db, GError **error);
/* All of it. */
gboolean tb_db_check (TbDb *db, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbDb, tb_db_close)
