/* An MP4 whose index lies at the end, read as if it lay in front, as films do
 * that are to be played while they arrive (“faststart”): our sealed exports are
 * written in one go, and putting the index in front on the disk would take a
 * second, plain file. Nothing is changed in the file. */
#pragma once

#include "vault/media-file.h"

/* Belongs to one thread at a time. */
typedef struct _TbFrontIndex TbFrontIndex;

/* READER is taken. A file of another build than ftyp … mdat … moov is given as it is. New; NULL when it cannot be
 * read (errors of tb_media_reader_read). */
TbFrontIndex *tb_front_index_new (TbMediaReader *reader, GError **error);
void tb_front_index_free (TbFrontIndex *film);

guint64 tb_front_index_size (const TbFrontIndex *film);

/* As tb_media_reader_read. */
gssize tb_front_index_read (TbFrontIndex *film, guint64 offset, void *bytes, gsize length, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbFrontIndex, tb_front_index_free)
