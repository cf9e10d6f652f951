/* Of the files that read tables. */
#pragma once

#include "exchange/csv.h"

/* "" where the row is too short; borrowed. */
static inline const char *
tb_csv_cell (const GPtrArray *row, guint column)
{
  return column < row->len ? g_ptr_array_index (row, column) : "";
}

/* The column of ROLE; -1 when there is none. */
int tb_csv_column (const TbCsvMapping *mapping, TbCsvRole role);
