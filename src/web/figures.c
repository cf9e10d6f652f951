/* /api/visits/{visit}/budget, …/concordance, /api/budget: what was observed, counted and compared. */
#include "web/routes.h"

const TbRoute tb_routes_figures[] = {
  { NULL },
};
