/* A budget for people: as a table, and as the CSV that a Dutch spreadsheet opens. Only for the command. */
#pragma once

#include <glib.h>

#include "observe/budget.h"
#include "observe/during.h"
#include "observe/latency.h"
#include "observe/transitions.h"

/* On standard output, in the language of the user. BY: as the budget was made. */
void tb_budget_print (const TbEventSet *set, const TbParts *parts, const TbBudget *budget, guint by);
void tb_budget_print_latency (const TbEventSet *set, const TbParts *parts, const TbLatency *latency);
void tb_budget_print_during (const TbEventSet *set, const TbDuring *during);
void tb_budget_print_transitions (const TbEventSet *set, const TbTransitions *transitions);

/* Semicolons, decimal commas, a mark that it is UTF-8; a line for each row in each part. New string. */
char *tb_budget_csv (const TbEventSet *set, const TbParts *parts, const TbBudget *budget);
