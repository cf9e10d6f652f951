/* XML of other programs, through libxml2: no network, no entities, no document type. */
#pragma once

#include <glib.h>
#include <libxml/parser.h>

/* TEXT is UTF-8, whatever it says of itself. New, for xmlFreeDoc(); has a root. TB_ERROR_INVALID. */
xmlDoc *tb_xml_parse (const char *text, GError **error);

/* An element of that name. */
gboolean tb_xml_is (const xmlNode *node, const char *name);
/* The first child of that name; NULL when there is none. */
xmlNode *tb_xml_child (const xmlNode *node, const char *name);
