/* Parts of lessons, for numbers "in this part": the whole, a range that is the
 * same in each visit, or wherever a state of one code runs (a lesson phase).
 *
 * A part is made of stretches that are within the lesson, in order, and apart
 * from each other. A stretch has its first instant and not its last, but the
 * one that reaches the end of the lesson has that too. What begins outside the
 * lesson is taken at its nearer end. So parts that together make up the lesson
 * give numbers that add up to those of the whole. */
#pragma once

#include <glib.h>
#include <json-c/json.h>

#include "base/time.h"
#include "observe/event.h"

typedef struct _TbParts TbParts;

typedef enum { TB_PART_WHOLE = 1, TB_PART_RANGE, TB_PART_CODE } TbPartKind;

/* SET must be sorted, and stay as it is for as long as the parts are there. Part 0 is the whole. */
TbParts *tb_parts_new (const TbEventSet *set);
void tb_parts_free (TbParts *parts);

/* FROM < TO, cut at the end of each lesson. The part's number. */
guint tb_parts_add_range (TbParts *parts, TbTime from, TbTime to);
/* The same with a name of one's own; NULL for none. */
guint tb_parts_add_named_range (TbParts *parts, const char *name, TbTime from, TbTime to);
/* Wherever a state of CODE runs, whoever observed it and of whom. The part's number. */
guint tb_parts_add_code (TbParts *parts, guint32 code);
/* A part for each code of INSTRUMENT of which there is a state, in the order of the codes' numbers. How many. */
guint tb_parts_add_instrument (TbParts *parts, const char *instrument);

guint tb_parts_n (const TbParts *parts);
TbPartKind tb_parts_kind (const TbParts *parts, guint part);
void tb_parts_range (const TbParts *parts, guint part, TbTime *from, TbTime *to); /* of TB_PART_RANGE */
guint32 tb_parts_code (const TbParts *parts, guint part);                         /* of TB_PART_CODE, else 0 */
/* "0-600" (seconds) of a range without a name of its own, the code's name of a code, NULL of the whole. New string. */
char *tb_parts_name (const TbParts *parts, guint part);

/* How long the part is in VISIT, and in all visits together. */
TbTime tb_parts_length (const TbParts *parts, guint part, guint visit);
TbTime tb_parts_total (const TbParts *parts, guint part);
/* How much of FROM to TO (FROM <= TO) lies in the part. */
TbTime tb_parts_overlap (const TbParts *parts, guint part, guint visit, TbTime from, TbTime to);
/* The stretch (from 0) that has TIME; -1 when it is not in the part. */
int tb_parts_stretch (const TbParts *parts, guint part, guint visit, TbTime time);
/* Stretch INDEX (from 0) of the part in VISIT; FALSE when there are no more. HAS_END: its last instant is in it too. */
gboolean tb_parts_get_stretch (const TbParts *parts, guint part, guint visit, guint index, TbTime *from, TbTime *to,
                               gboolean *has_end);

/* [{"part","kind","name","from","to","code","seconds"}]. New reference. */
json_object *tb_parts_to_json (const TbParts *parts);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbParts, tb_parts_free)
