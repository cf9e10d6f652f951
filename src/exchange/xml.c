#include "exchange/xml.h"

#include <string.h>

#include "base/error.h"

gboolean
tb_xml_is (const xmlNode *node, const char *name)
{
  return node->type == XML_ELEMENT_NODE && g_str_equal (node->name, name);
}

xmlNode *
tb_xml_child (const xmlNode *node, const char *name)
{
  for (xmlNode *child = node->children; child != NULL; child = child->next)
    if (tb_xml_is (child, name))
      return child;
  return NULL;
}

xmlDoc *
tb_xml_parse (const char *text, GError **error)
{
  xmlDoc *xml;

  /* Entities come only with a document type, which no program of the field writes. */
  if (strstr (text, "<!DOCTYPE") != NULL || strstr (text, "<!ENTITY") != NULL || strlen (text) > G_MAXINT32) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, "This XML declares a document type, which is not accepted");
    return NULL;
  }
  xml = xmlReadMemory (text, (int) strlen (text), NULL, "UTF-8",
                       XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA
                           | XML_PARSE_COMPACT);
  if (xml == NULL || xmlDocGetRootElement (xml) == NULL) {
    const xmlError *problem = xmlGetLastError ();

    g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "This is no whole XML: line %d",
                 problem != NULL ? problem->line : 0);
    xmlFreeDoc (xml);
    return NULL;
  }
  return xml;
}
