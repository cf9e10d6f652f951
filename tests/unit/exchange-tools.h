/* Documents to write and read again, and what tests of src/exchange share. */
#pragma once

#include "exchange/document.h"
#include "exchange/formats.h"

/* What a format can hold, so that only such documents are made for it. */
typedef struct {
  const char *format;
  TbTime step; /* times are whole multiples of it */
  gboolean one_set;
  gboolean plain_modifiers; /* none of ( | ) , ` ~ */
  gboolean no_overlap;      /* of states of the same code, subject and observer */
  gboolean not_before_zero;
  gboolean rude; /* also what no format can hold, and the names that formats have for things of their own */
} Ability;

/* Every two-way format; ends with a format NULL. */
extern const Ability abilities[];

TbExchange *make_document (GRand *rand, const Ability *ability);

/* Reads TEXT as FORMAT; fails the test when that does not succeed or the report does not add up. */
TbExchange *read_as (const char *format, const char *text, gssize size, TbLoss *loss);
/* The bytes of tests/unit/exchange/NAME. */
GBytes *fixture (const char *name);
/* The events of a document, one a line, for comparing with a text in a test:
 * "set|code|kind|at|until|subject|observer|comment|rating|name=value;name=value". New string. */
char *events_as_text (const TbExchange *document);
