#include <libxml/xmlwriter.h>
#include <math.h>
#include <string.h>

#include "base/json.h"
#include "exchange/bytes.h"
#include "exchange/eaf.h"
#include "exchange/left.h"

typedef struct {
  char *name;        /* of a modifier; NULL is the rating */
  guint turn;        /* 0 for the first value of that name in an event */
  guint rank;        /* where the code declares it */
  GPtrArray *values; /* of Reference */
  char *id;
} Child;

typedef struct {
  guint parent;     /* number of an annotation */
  const char *text; /* borrowed */
  char *own;
} Reference;

typedef struct {
  TbTime from, to;
  const TbExchangeEvent *event;
  guint number; /* a1, a2, … */
  guint first_slot, last_slot;
} Annotation;

typedef struct {
  const TbExchangeEvent *like; /* code, subject, observer */
  const char *shape;           /* "point", "state", "open", "empty" */
  TbTime end;                  /* of its last annotation */
  GArray *annotations;
  GPtrArray *children;
  char *id;
} Tier;

typedef struct {
  TbTime time;
  guint *slot; /* where its number goes */
} Slot;

typedef struct {
  const TbExchange *document;
  TbLoss *loss;
  GPtrArray *tiers;
  GHashTable *lanes; /* key → GPtrArray of Tier */
  GHashTable *ids;
  guint n_annotations; /* numbers given */
  guint n_references;  /* on tiers below; they get theirs last */
} Writing;

static void
reference_free (gpointer data)
{
  g_free (((Reference *) data)->own);
  g_free (data);
}

static void
child_free (gpointer data)
{
  Child *child = data;

  g_free (child->name);
  g_free (child->id);
  g_ptr_array_unref (child->values);
  g_free (child);
}

static void
tier_free (gpointer data)
{
  Tier *tier = data;

  g_array_unref (tier->annotations);
  g_ptr_array_unref (tier->children);
  g_free (tier->id);
  g_free (tier);
}

/* Without what XML cannot hold at all. New string. */
static char *
xml_text (Writing *writing, const char *text)
{
  GString *clean = g_string_new (NULL);

  for (; *text != '\0'; text = g_utf8_next_char (text)) {
    gunichar c = g_utf8_get_char (text);

    if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0xfffe || c == 0xffff) {
      tb_loss_add (writing->loss, TB_LOSS_LEFT, 1, "a character that XML cannot hold", "replaced", "text");
      c = 0xfffd;
    }
    g_string_append_unichar (clean, c);
  }
  return g_string_free (clean, FALSE);
}

/* A name that no other tier has: made of what is not NULL, as it will stand in the file. New string. */
static char *
tier_id (Writing *writing, const char *first, const char *second, const char *third)
{
  g_autoptr (GString) text = g_string_new (first);
  g_autofree char *clean = NULL;
  char *id;

  if (second != NULL)
    g_string_append_printf (text, " · %s", second);
  if (third != NULL)
    g_string_append_printf (text, " · %s", third);
  clean = xml_text (writing, text->str);
  id = g_strdup (clean);
  for (guint n = 2; g_hash_table_contains (writing->ids, id); n++) {
    g_free (id);
    id = g_strdup_printf ("%s (%u)", clean, n);
  }
  g_hash_table_add (writing->ids, g_strdup (id));
  return id;
}

/* On one tier annotations may not overlap: the first lane that is free. */
static Tier *
find_tier (Writing *writing, const TbExchangeEvent *event, const char *shape, TbTime from)
{
  g_autofree char *key = g_strjoin (
      "\x1f", shape, tb_kind_name (event->kind), event->code != NULL ? event->code : "\x1e",
      event->subject != NULL ? event->subject : "\x1e", event->observer != NULL ? event->observer : "\x1e", NULL);
  GPtrArray *lanes = g_hash_table_lookup (writing->lanes, key);
  Tier *tier;

  if (lanes == NULL) {
    lanes = g_ptr_array_new ();
    g_hash_table_insert (writing->lanes, g_steal_pointer (&key), lanes);
  }
  /* An open one has a tier to itself, which says where it ends for ELAN alone. */
  for (guint i = 0; i < lanes->len && !g_str_equal (shape, "open"); i++) {
    tier = g_ptr_array_index (lanes, i);
    if (tier->end <= from)
      return tier;
  }
  tier = g_new0 (Tier, 1);
  tier->like = event;
  tier->shape = shape;
  tier->annotations = g_array_new (FALSE, FALSE, sizeof (Annotation));
  tier->children = g_ptr_array_new_with_free_func (child_free);
  tier->id = tier_id (writing, tb_exchange_called (event), event->subject, event->observer);
  g_ptr_array_add (lanes, tier);
  g_ptr_array_add (writing->tiers, tier);
  return tier;
}

static guint
rank_of (const Writing *writing, const TbExchangeEvent *event, const char *name)
{
  const TbExchangeCode *code = tb_exchange_find_code (writing->document, event->code);

  for (guint i = 0; code != NULL && i < code->modifiers->len; i++)
    if (g_str_equal (((TbExchangeModifier *) g_ptr_array_index (code->modifiers, i))->name, name))
      return i;
  return G_MAXUINT - 1;
}

static void
add_reference (Writing *writing, Tier *tier, guint parent, const char *name, guint turn, const char *text, char *own)
{
  Reference *reference = g_new0 (Reference, 1);
  Child *child = NULL;

  for (guint i = 0; i < tier->children->len && child == NULL; i++) {
    Child *candidate = g_ptr_array_index (tier->children, i);

    if (candidate->turn == turn && g_strcmp0 (candidate->name, name) == 0)
      child = candidate;
  }
  if (child == NULL) {
    child = g_new0 (Child, 1);
    child->name = g_strdup (name);
    child->turn = turn;
    child->rank = name != NULL ? rank_of (writing, tier->like, name) : G_MAXUINT;
    child->values = g_ptr_array_new_with_free_func (reference_free);
    g_ptr_array_add (tier->children, child);
  }
  reference->parent = parent;
  reference->text = own != NULL ? own : text;
  reference->own = own;
  g_ptr_array_add (child->values, reference);
  writing->n_references++;
}

static void
add_modifiers (Writing *writing, Tier *tier, const TbExchangeEvent *event, guint parent)
{
  for (guint i = 0; event->modifiers != NULL && i < event->modifiers->len; i++) {
    const TbExchangePair *pair = g_ptr_array_index (event->modifiers, i);
    guint turn = 0;

    for (guint j = 0; j < i; j++)
      turn += g_str_equal (((TbExchangePair *) g_ptr_array_index (event->modifiers, j))->name, pair->name);
    add_reference (writing, tier, parent, pair->name, turn, pair->value, NULL);
  }
  if (!isnan (event->rating)) {
    char number[G_ASCII_DTOSTR_BUF_SIZE];

    add_reference (writing, tier, parent, NULL, 0, NULL,
                   g_strdup (g_ascii_dtostr (number, sizeof number, event->rating)));
  }
}

static void
add_event (Writing *writing, const TbExchangeEvent *event, TbTime end)
{
  gboolean rounded = FALSE;
  Annotation annotation = { 0 };
  const char *shape = "state";
  Tier *tier;
  g_autofree char *at = tb_time_plain (event->at, 0);
  const char *code = tb_exchange_called (event);

  annotation.from = tb_time_round (event->at, TB_MILLISECOND, &rounded);
  annotation.event = event;
  if (annotation.from < 0) {
    annotation.from = 0;
    tb_loss_add (writing->loss, TB_LOSS_CHANGED, 1, "something before the beginning", "put at 0, where ELAN begins",
                 "“%s” at %s s", code, at);
  }
  if (tb_exchange_is_instant (event)) {
    shape = "point";
    annotation.to = annotation.from + TB_EAF_POINT;
    tb_loss_add (writing->loss, TB_LOSS_CHANGED, 1, "a point", "ELAN has none: written as 0.04 s", "“%s” at %s s", code,
                 at);
  } else if (event->until == TB_TIME_NONE) {
    shape = "open";
    annotation.to = MAX (end, annotation.from + TB_MILLISECOND);
    tb_loss_add (writing->loss, TB_LOSS_CHANGED, 1, "a state without an end", "ELAN has none: it ends with the film",
                 "“%s” at %s s", code, at);
  } else {
    annotation.to = tb_time_round (event->until, TB_MILLISECOND, &rounded);
    if (annotation.to <= annotation.from) {
      shape = "empty";
      annotation.to = annotation.from + TB_MILLISECOND;
      tb_loss_add (writing->loss, TB_LOSS_CHANGED, 1, "a state of no length", "ELAN has none: written as 0.001 s",
                   "“%s” at %s s", code, at);
    }
  }
  if (rounded)
    tb_left_rounded (writing->loss, event, "ELAN counts in milliseconds");
  tier = find_tier (writing, event, shape, annotation.from);
  tier->end = annotation.to;
  annotation.number = ++writing->n_annotations;
  g_array_append_val (tier->annotations, annotation);
  add_modifiers (writing, tier, event, annotation.number);
  tb_loss_carried (writing->loss, 1);
}

static int
compare_slots (gconstpointer a, gconstpointer b, gpointer data)
{
  TbTime one = ((const Slot *) a)->time, other = ((const Slot *) b)->time;

  return one < other ? -1 : one > other;
}

static int
compare_children (gconstpointer a, gconstpointer b)
{
  const Child *one = *(const Child *const *) a, *other = *(const Child *const *) b;
  int order = one->rank < other->rank ? -1 : one->rank > other->rank;

  if (order == 0)
    order = g_strcmp0 (one->name, other->name);
  return order != 0 ? order : (one->turn < other->turn ? -1 : one->turn > other->turn);
}

G_GNUC_PRINTF (3, 4)
static void
attribute (xmlTextWriter *xml, const char *name, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  xmlTextWriterWriteAttribute (xml, BAD_CAST name, BAD_CAST text);
}

static void
attribute_text (Writing *writing, xmlTextWriter *xml, const char *name, const char *text)
{
  g_autofree char *clean = xml_text (writing, text);

  xmlTextWriterWriteAttribute (xml, BAD_CAST name, BAD_CAST clean);
}

static void
element_text (Writing *writing, xmlTextWriter *xml, const char *name, const char *text)
{
  g_autofree char *clean = xml_text (writing, text);

  xmlTextWriterWriteElement (xml, BAD_CAST name, BAD_CAST clean);
}

static void
write_property (Writing *writing, xmlTextWriter *xml, guint number, json_object *value)
{
  g_autofree char *plain = tb_json_to_text (value);
  g_autoptr (GString) text = g_string_new (plain);

  /* JSON has no need to escape these two, XML cannot hold them. */
  g_string_replace (text, "\357\277\276", "\\ufffe", 0);
  g_string_replace (text, "\357\277\277", "\\uffff", 0);
  xmlTextWriterStartElement (xml, BAD_CAST "PROPERTY");
  attribute (xml, "NAME", "%s%u", TB_EAF_TIER, number);
  xmlTextWriterWriteString (xml, BAD_CAST text->str);
  xmlTextWriterEndElement (xml);
  json_object_put (value);
}

static void
write_properties (Writing *writing, xmlTextWriter *xml, const TbExchangeSet *set)
{
  guint number = 0;

  if (set != NULL) {
    g_autofree char *clean = xml_text (writing, set->id);

    xmlTextWriterStartElement (xml, BAD_CAST "PROPERTY");
    attribute (xml, "NAME", "%s", TB_EAF_VISIT);
    xmlTextWriterWriteString (xml, BAD_CAST clean);
    xmlTextWriterEndElement (xml);
  }
  for (guint t = 0; t < writing->tiers->len; t++) {
    const Tier *tier = g_ptr_array_index (writing->tiers, t);
    const TbExchangeCode *code = tb_exchange_find_code (writing->document, tier->like->code);
    json_object *value = json_object_new_object ();

    tb_json_add_string (value, "tier", tier->id);
    tb_json_add_string (value, "shape", tier->shape);
    if (g_str_equal (tier->shape, "open"))
      tb_json_add_int (value, "end", tier->end / TB_MILLISECOND);
    tb_json_add_string (value, "kind", tb_kind_name (tier->like->kind));
    tb_json_add_string (value, "code", tier->like->code);
    tb_json_add_string (value, "subject", tier->like->subject);
    tb_json_add_string (value, "observer", tier->like->observer);
    if (code != NULL)
      tb_json_add_string (value, "category", code->category);
    write_property (writing, xml, ++number, value);
    for (guint c = 0; c < tier->children->len; c++) {
      const Child *child = g_ptr_array_index (tier->children, c);

      value = json_object_new_object ();
      tb_json_add_string (value, "tier", child->id);
      tb_json_add_string (value, "modifier", child->name);
      write_property (writing, xml, ++number, value);
    }
  }
  xmlTextWriterStartElement (xml, BAD_CAST "PROPERTY");
  attribute (xml, "NAME", "lastUsedAnnotationId");
  xmlTextWriterWriteFormatString (xml, "%u", writing->n_annotations + writing->n_references);
  xmlTextWriterEndElement (xml);
}

static void
write_header (Writing *writing, xmlTextWriter *xml, const TbExchangeSet *set)
{
  xmlTextWriterStartElement (xml, BAD_CAST "HEADER");
  attribute (xml, "MEDIA_FILE", "%s", "");
  attribute (xml, "TIME_UNITS", "milliseconds");
  for (guint i = 0; set != NULL && i < set->media->len; i++) {
    const TbExchangeMedia *media = g_ptr_array_index (set->media, i);
    TbTime origin = -tb_time_round (media->at, TB_MILLISECOND, NULL) / TB_MILLISECOND;

    xmlTextWriterStartElement (xml, BAD_CAST "MEDIA_DESCRIPTOR");
    attribute_text (writing, xml, "MEDIA_URL", media->path);
    attribute_text (writing, xml, "MIME_TYPE", media->type != NULL ? media->type : "video/mp4");
    if (origin != 0)
      attribute (xml, "TIME_ORIGIN", "%" G_GINT64_FORMAT, origin);
    xmlTextWriterEndElement (xml);
  }
  write_properties (writing, xml, set);
  xmlTextWriterEndElement (xml);
}

static void
write_times (Writing *writing, xmlTextWriter *xml)
{
  g_autoptr (GArray) slots = g_array_new (FALSE, FALSE, sizeof (Slot));

  for (guint t = 0; t < writing->tiers->len; t++) {
    Tier *tier = g_ptr_array_index (writing->tiers, t);

    for (guint i = 0; i < tier->annotations->len; i++) {
      Annotation *annotation = &g_array_index (tier->annotations, Annotation, i);
      Slot from = { annotation->from, &annotation->first_slot }, to = { annotation->to, &annotation->last_slot };

      g_array_append_val (slots, from);
      g_array_append_val (slots, to);
    }
  }
  g_qsort_with_data (slots->data, (gint) slots->len, sizeof (Slot), compare_slots, NULL);
  xmlTextWriterStartElement (xml, BAD_CAST "TIME_ORDER");
  for (guint i = 0; i < slots->len; i++) {
    const Slot *slot = &g_array_index (slots, Slot, i);

    *slot->slot = i + 1;
    xmlTextWriterStartElement (xml, BAD_CAST "TIME_SLOT");
    attribute (xml, "TIME_SLOT_ID", "ts%u", i + 1);
    attribute (xml, "TIME_VALUE", "%" G_GINT64_FORMAT, slot->time / TB_MILLISECOND);
    xmlTextWriterEndElement (xml);
  }
  xmlTextWriterEndElement (xml);
}

static void
write_child (Writing *writing, xmlTextWriter *xml, const Tier *tier, const Child *child)
{
  xmlTextWriterStartElement (xml, BAD_CAST "TIER");
  attribute (xml, "LINGUISTIC_TYPE_REF", "modifier");
  attribute_text (writing, xml, "PARENT_REF", tier->id);
  attribute_text (writing, xml, "TIER_ID", child->id);
  for (guint i = 0; i < child->values->len; i++) {
    const Reference *reference = g_ptr_array_index (child->values, i);

    xmlTextWriterStartElement (xml, BAD_CAST "ANNOTATION");
    xmlTextWriterStartElement (xml, BAD_CAST "REF_ANNOTATION");
    attribute (xml, "ANNOTATION_ID", "a%u", ++writing->n_annotations);
    attribute (xml, "ANNOTATION_REF", "a%u", reference->parent);
    element_text (writing, xml, "ANNOTATION_VALUE", reference->text);
    xmlTextWriterEndElement (xml);
    xmlTextWriterEndElement (xml);
  }
  xmlTextWriterEndElement (xml);
}

static void
write_tier (Writing *writing, xmlTextWriter *xml, const Tier *tier)
{
  xmlTextWriterStartElement (xml, BAD_CAST "TIER");
  if (tier->like->observer != NULL)
    attribute_text (writing, xml, "ANNOTATOR", tier->like->observer);
  attribute (xml, "LINGUISTIC_TYPE_REF", "observation");
  if (tier->like->subject != NULL)
    attribute_text (writing, xml, "PARTICIPANT", tier->like->subject);
  attribute_text (writing, xml, "TIER_ID", tier->id);
  for (guint i = 0; i < tier->annotations->len; i++) {
    const Annotation *annotation = &g_array_index (tier->annotations, Annotation, i);

    xmlTextWriterStartElement (xml, BAD_CAST "ANNOTATION");
    xmlTextWriterStartElement (xml, BAD_CAST "ALIGNABLE_ANNOTATION");
    attribute (xml, "ANNOTATION_ID", "a%u", annotation->number);
    attribute (xml, "TIME_SLOT_REF1", "ts%u", annotation->first_slot);
    attribute (xml, "TIME_SLOT_REF2", "ts%u", annotation->last_slot);
    element_text (writing, xml, "ANNOTATION_VALUE", annotation->event->comment);
    xmlTextWriterEndElement (xml);
    xmlTextWriterEndElement (xml);
  }
  xmlTextWriterEndElement (xml);
  for (guint c = 0; c < tier->children->len; c++)
    write_child (writing, xml, tier, g_ptr_array_index (tier->children, c));
}

static void
write_types (xmlTextWriter *xml)
{
  static const char *const constraints[][2] = {
    { "Time_Subdivision",
      "Time subdivision of parent annotation's time interval, no time gaps allowed within this interval" },
    { "Symbolic_Subdivision",
      "Symbolic subdivision of a parent annotation. Annotations refering to the same parent are ordered" },
    { "Symbolic_Association", "1-1 association with a parent annotation" },
    { "Included_In", "Time alignable annotations within the parent annotation's time interval, gaps are allowed" },
  };

  xmlTextWriterStartElement (xml, BAD_CAST "LINGUISTIC_TYPE");
  attribute (xml, "GRAPHIC_REFERENCES", "false");
  attribute (xml, "LINGUISTIC_TYPE_ID", "observation");
  attribute (xml, "TIME_ALIGNABLE", "true");
  xmlTextWriterEndElement (xml);
  xmlTextWriterStartElement (xml, BAD_CAST "LINGUISTIC_TYPE");
  attribute (xml, "CONSTRAINTS", "Symbolic_Association");
  attribute (xml, "GRAPHIC_REFERENCES", "false");
  attribute (xml, "LINGUISTIC_TYPE_ID", "modifier");
  attribute (xml, "TIME_ALIGNABLE", "false");
  xmlTextWriterEndElement (xml);
  for (guint i = 0; i < G_N_ELEMENTS (constraints); i++) {
    xmlTextWriterStartElement (xml, BAD_CAST "CONSTRAINT");
    attribute (xml, "DESCRIPTION", "%s", constraints[i][1]);
    attribute (xml, "STEREOTYPE", "%s", constraints[i][0]);
    xmlTextWriterEndElement (xml);
  }
}

static void
write_document (Writing *writing, xmlTextWriter *xml, const TbExchangeSet *set)
{
  g_autofree char *date = tb_wall_format (writing->document->made_at);

  xmlTextWriterSetIndent (xml, 1);
  xmlTextWriterStartDocument (xml, "1.0", "UTF-8", NULL);
  xmlTextWriterStartElement (xml, BAD_CAST "ANNOTATION_DOCUMENT");
  attribute (xml, "AUTHOR", "%s", "");
  attribute (xml, "DATE", "%s", date);
  attribute (xml, "FORMAT", "3.0");
  attribute (xml, "VERSION", "3.0");
  attribute (xml, "xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance");
  attribute (xml, "xsi:noNamespaceSchemaLocation", "http://www.mpi.nl/tools/elan/EAFv3.0.xsd");
  write_header (writing, xml, set);
  write_times (writing, xml);
  for (guint i = 0; i < writing->tiers->len; i++)
    write_tier (writing, xml, g_ptr_array_index (writing->tiers, i));
  write_types (xml);
  xmlTextWriterEndElement (xml);
  xmlTextWriterEndDocument (xml);
}

GBytes *
tb_eaf_write (const TbExchange *document, TbLoss *loss, GError **error)
{
  g_autoptr (GPtrArray) tiers = g_ptr_array_new_with_free_func (tier_free);
  g_autoptr (GHashTable) lanes
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Writing writing = { document, loss, tiers, lanes, ids, 0, 0 };
  const TbExchangeSet *set = tb_left_only_set (document, loss);
  xmlBuffer *buffer = xmlBufferCreate ();
  xmlTextWriter *xml = xmlNewTextWriterMemory (buffer, 0);
  GBytes *bytes;
  TbTime end = set != NULL ? tb_left_end (set) : 0;

  for (guint i = 0; set != NULL && i < set->events->len; i++)
    add_event (&writing, g_ptr_array_index (set->events, i), end);
  for (guint t = 0; t < tiers->len; t++) {
    Tier *tier = g_ptr_array_index (tiers, t);

    g_ptr_array_sort (tier->children, compare_children);
    for (guint c = 0; c < tier->children->len; c++) {
      Child *child = g_ptr_array_index (tier->children, c);

      child->id = tier_id (&writing, tier->id, child->name != NULL ? child->name : "score", NULL);
    }
  }
  write_document (&writing, xml, set);
  xmlFreeTextWriter (xml);
  bytes = g_bytes_new (xmlBufferContent (buffer), (gsize) xmlBufferLength (buffer));
  xmlBufferFree (buffer);
  tb_left_report (document, loss, TB_CARRIES_MEDIA);
  return bytes;
}
