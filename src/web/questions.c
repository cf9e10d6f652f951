/* /api/questions: the coaching questions that come with the program, and the school's own. */
#include "web/routes.h"

const TbRoute tb_routes_questions[] = {
  { NULL },
};
