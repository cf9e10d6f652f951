/* The report of what could not be carried, for people. */
#pragma once

#include "exchange/loss.h"

/* Says how much was carried and all that was not. TO_ERROR: standard error, because standard output is the
 * file. */
void tb_loss_print (const TbLoss *loss, gboolean to_error);

/* 0 when every observation was carried as it was, else 3. */
int tb_loss_status (const TbLoss *loss);
