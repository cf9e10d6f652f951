#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "exchange/bytes.h"
#include "exchange/eaf.h"
#include "exchange/xml.h"

#define UNKNOWN G_MININT64
/* Annotations on annotations on …: ELAN's own files have four. */
#define MAX_REFERENCES 100
/* Words of vocabularies; those that annotations use come with them. */
#define MAX_WORDS 50000

typedef struct {
  double value; /* in the file's unit; NAN when it has none */
  gboolean guessed;
} Slot;

typedef struct _Mark Mark;
struct _Mark {
  const char *id, *text;
  guint tier;
  guint first, last;    /* places in the list of slots; of a reference not used */
  const char *parent;   /* id; NULL for what has times of its own */
  const char *previous; /* id, in a chain of references */
  TbTime from, to;
  gboolean lost, done;
  gboolean busy;   /* its parents are being placed: who comes here again stands on itself */
  guint share, of; /* its part of the parent's time: SHARE of OF */
  TbExchangeEvent *event;
};

typedef struct {
  const char *id, *type, *participant, *annotator, *language;
  const char *vocabulary; /* id; NULL without */
  gboolean subdivided;    /* several references share their parent's time */
  json_object *own;       /* what Terugblik wrote of it; borrowed */
} Tier;

typedef struct {
  TbExchange *document;
  TbExchangeSet *set;
  TbLoss *loss;
  xmlNode *root;
  double unit; /* milliseconds in one of the file's */
  GArray *slots;
  GHashTable *slot_places; /* id → place + 1 */
  GArray *tiers;
  GPtrArray *marks;  /* of Mark */
  GHashTable *by_id; /* id → Mark */
  GHashTable *own;   /* tier id → json_object, owned */
  GPtrArray *texts;  /* what libxml2 gave, to be freed */
  gsize n_words;     /* of vocabularies, for each tier that uses them; a long one counts for more */
} Reading;

static const char *
keep (Reading *reading, xmlChar *text)
{
  if (text != NULL)
    g_ptr_array_add (reading->texts, text);
  return (const char *) text;
}

/* NULL when absent. Borrowed of READING. */
static const char *
get (Reading *reading, xmlNode *node, const char *name)
{
  return keep (reading, xmlGetNoNsProp (node, BAD_CAST name));
}

static void
read_slots (Reading *reading)
{
  xmlNode *order = tb_xml_child (reading->root, "TIME_ORDER");

  for (xmlNode *node = order != NULL ? order->children : NULL; node != NULL; node = node->next) {
    Slot slot = { NAN, FALSE };
    const char *id, *value;

    if (!tb_xml_is (node, "TIME_SLOT"))
      continue;
    id = get (reading, node, "TIME_SLOT_ID");
    value = get (reading, node, "TIME_VALUE");
    if (id == NULL)
      continue;
    if (value != NULL && !tb_loose_decimal (value, &slot.value))
      slot.value = NAN;
    g_array_append_val (reading->slots, slot);
    g_hash_table_insert (reading->slot_places, (gpointer) id, GUINT_TO_POINTER (reading->slots->len));
  }
}

static void
read_media (Reading *reading, xmlNode *node)
{
  const char *url = get (reading, node, "MEDIA_URL"), *relative = get (reading, node, "RELATIVE_MEDIA_URL");
  const char *type = get (reading, node, "MIME_TYPE"), *origin = get (reading, node, "TIME_ORIGIN");
  TbExchangeMedia *media;
  double ms;

  if ((url == NULL || *url == '\0') && relative == NULL)
    return;
  media = tb_exchange_media (reading->document, reading->set, url != NULL && *url != '\0' ? url : relative);
  if (type != NULL && *type != '\0')
    tb_exchange_text (&media->type, type);
  if (origin != NULL && tb_loose_decimal (origin, &ms))
    tb_time_from_seconds (-ms / 1000, &media->at);
}

static void
read_property (Reading *reading, xmlNode *node)
{
  const char *name = get (reading, node, "NAME"), *value = keep (reading, xmlNodeGetContent (node));
  json_object *own;

  if (name == NULL || value == NULL)
    return;
  if (g_str_equal (name, TB_EAF_VISIT)) {
    reading->set = tb_exchange_set (reading->document, value);
  } else if (g_str_has_prefix (name, TB_EAF_TIER)) {
    own = tb_loose_json (value, NULL);
    if (tb_loose_string (own, "tier") != NULL)
      g_hash_table_replace (reading->own, g_strdup (tb_loose_string (own, "tier")), own);
    else
      json_object_put (own);
  } else if (*value != '\0' && !g_str_equal (name, "lastUsedAnnotationId")) {
    tb_exchange_pair (reading->document, reading->document->pairs, name, value);
  }
}

static void
read_header (Reading *reading)
{
  xmlNode *header = tb_xml_child (reading->root, "HEADER");
  const char *units = header != NULL ? get (reading, header, "TIME_UNITS") : NULL;
  const char *author = get (reading, reading->root, "AUTHOR"), *date = get (reading, reading->root, "DATE");

  reading->unit = 1;
  if (g_strcmp0 (units, "PAL-frames") == 0)
    reading->unit = 40;
  else if (g_strcmp0 (units, "NTSC-frames") == 0)
    reading->unit = 1001.0 / 30;
  if (author != NULL && *author != '\0')
    tb_exchange_pair (reading->document, reading->document->pairs, "author", author);
  if (date != NULL)
    tb_wall_parse (date, &reading->document->made_at, NULL);
  /* First the name of the visit, which the media belong to. */
  for (xmlNode *node = header != NULL ? header->children : NULL; node != NULL; node = node->next)
    if (tb_xml_is (node, "PROPERTY"))
      read_property (reading, node);
  if (reading->set == NULL)
    reading->set = tb_exchange_set (reading->document, "");
  for (xmlNode *node = header != NULL ? header->children : NULL; node != NULL; node = node->next) {
    if (tb_xml_is (node, "MEDIA_DESCRIPTOR"))
      read_media (reading, node);
    else if (tb_xml_is (node, "LINKED_FILE_DESCRIPTOR"))
      tb_loss_add (reading->loss, TB_LOSS_LEFT, 1, "a linked file", "Terugblik looks at films and sound", "header");
  }
}

static guint
slot_of (Reading *reading, xmlNode *node, const char *name)
{
  const char *id = get (reading, node, name);

  return id != NULL ? GPOINTER_TO_UINT (g_hash_table_lookup (reading->slot_places, id)) : 0;
}

static void
read_annotation (Reading *reading, xmlNode *node, guint tier)
{
  xmlNode *aligned = tb_xml_child (node, "ALIGNABLE_ANNOTATION"), *reference = tb_xml_child (node, "REF_ANNOTATION");
  xmlNode *inner = aligned != NULL ? aligned : reference;
  xmlNode *value = inner != NULL ? tb_xml_child (inner, "ANNOTATION_VALUE") : NULL;
  const char *tier_id = g_array_index (reading->tiers, Tier, tier).id;
  Mark *mark;

  tb_loss_present (reading->loss, 1);
  if (inner == NULL) {
    tb_loss_add (reading->loss, TB_LOSS_DROPPED, 1, "an annotation of an unknown kind", "it is empty", "tier “%s”",
                 tier_id);
    return;
  }
  mark = g_new0 (Mark, 1);
  mark->id = get (reading, inner, "ANNOTATION_ID");
  mark->text = value != NULL ? keep (reading, xmlNodeGetContent (value)) : NULL;
  mark->tier = tier;
  mark->from = mark->to = UNKNOWN;
  mark->of = 1;
  if (aligned != NULL) {
    mark->first = slot_of (reading, inner, "TIME_SLOT_REF1");
    mark->last = slot_of (reading, inner, "TIME_SLOT_REF2");
  } else {
    mark->parent = get (reading, inner, "ANNOTATION_REF");
    mark->previous = get (reading, inner, "PREVIOUS_ANNOTATION");
    if (mark->parent == NULL)
      mark->parent = "";
  }
  g_ptr_array_add (reading->marks, mark);
  if (mark->id != NULL)
    g_hash_table_insert (reading->by_id, (gpointer) mark->id, mark);
}

/* What the types say: type id → its element. */
static void
read_tiers (Reading *reading)
{
  g_autoptr (GHashTable) types = g_hash_table_new (g_str_hash, g_str_equal);

  for (xmlNode *node = reading->root->children; node != NULL; node = node->next) {
    const char *id = tb_xml_is (node, "LINGUISTIC_TYPE") ? get (reading, node, "LINGUISTIC_TYPE_ID") : NULL;

    if (id != NULL)
      g_hash_table_insert (types, (gpointer) id, node);
  }
  for (xmlNode *node = reading->root->children; node != NULL; node = node->next) {
    Tier tier = { 0 };
    xmlNode *type;

    if (!tb_xml_is (node, "TIER"))
      continue;
    tier.id = get (reading, node, "TIER_ID");
    tier.type = get (reading, node, "LINGUISTIC_TYPE_REF");
    tier.participant = get (reading, node, "PARTICIPANT");
    tier.annotator = get (reading, node, "ANNOTATOR");
    tier.language = get (reading, node, "LANG_REF");
    if (tier.id == NULL || *tier.id == '\0')
      tier.id = "tier";
    tier.own = g_hash_table_lookup (reading->own, tier.id);
    type = tier.type != NULL ? g_hash_table_lookup (types, tier.type) : NULL;
    if (type != NULL) {
      const char *constraint = get (reading, type, "CONSTRAINTS");

      tier.vocabulary = get (reading, type, "CONTROLLED_VOCABULARY_REF");
      tier.subdivided = g_strcmp0 (constraint, "Symbolic_Subdivision") == 0;
    }
    g_array_append_val (reading->tiers, tier);
    for (xmlNode *child = node->children; child != NULL; child = child->next)
      if (tb_xml_is (child, "ANNOTATION"))
        read_annotation (reading, child, reading->tiers->len - 1);
  }
}

static Slot *
slot_at (Reading *reading, guint place)
{
  return place > 0 ? &g_array_index (reading->slots, Slot, place - 1) : NULL;
}

static Slot *
link_of (Reading *reading, const GArray *chain, guint index)
{
  return &g_array_index (reading->slots, Slot, g_array_index (chain, guint, index) - 1);
}

/* Fills what lies between two known slots of a chain evenly; CHAIN is of places. */
static void
fill_chain (Reading *reading, const GArray *chain)
{
  int known = -1;

  for (guint i = 0; i < chain->len; i++) {
    const Slot *slot = link_of (reading, chain, i);

    if (!isfinite (slot->value))
      continue;
    for (guint j = known < 0 ? i : (guint) known + 1; j < i; j++) {
      const Slot *before = link_of (reading, chain, (guint) known);
      Slot *between = link_of (reading, chain, j);

      between->value = before->value + (slot->value - before->value) * (j - (guint) known) / (i - (guint) known);
      between->guessed = TRUE;
    }
    known = (int) i;
  }
}

/* Slots without a time lie evenly between their neighbours: first along chains of annotations that touch each other
 * (what ELAN means by it), then along the order of all slots. */
static void
fill_slots (Reading *reading)
{
  g_autoptr (GArray) chain = g_array_new (FALSE, FALSE, sizeof (guint));
  guint tier = G_MAXUINT;

  for (guint i = 0; i < reading->marks->len; i++) {
    const Mark *mark = g_ptr_array_index (reading->marks, i);

    if (mark->parent != NULL || mark->first == 0 || mark->last == 0)
      continue;
    if (mark->tier != tier || chain->len == 0 || g_array_index (chain, guint, chain->len - 1) != mark->first) {
      fill_chain (reading, chain);
      g_array_set_size (chain, 0);
      g_array_append_val (chain, mark->first);
      tier = mark->tier;
    }
    g_array_append_val (chain, mark->last);
  }
  fill_chain (reading, chain);
  g_array_set_size (chain, 0);
  for (guint i = 1; i <= reading->slots->len; i++)
    g_array_append_val (chain, i);
  fill_chain (reading, chain);
}

/* The references on one parent, in their order, share its time. */
static void
share_time (GPtrArray *group)
{
  g_autoptr (GHashTable) after = g_hash_table_new (g_str_hash, g_str_equal);
  Mark *mark = NULL;
  guint n = 0;

  for (guint i = 0; i < group->len; i++) {
    Mark *each = g_ptr_array_index (group, i);

    each->share = i;
    each->of = group->len;
    if (each->previous == NULL)
      mark = each;
    else
      g_hash_table_insert (after, (gpointer) each->previous, each);
  }
  /* By the links, when they make one whole chain; else as they stand in the file. */
  for (const Mark *step = mark; step != NULL && n <= group->len; n++)
    step = step->id != NULL ? g_hash_table_lookup (after, step->id) : NULL;
  if (n != group->len)
    return;
  for (guint i = 0; mark != NULL; i++) {
    mark->share = i;
    mark = mark->id != NULL ? g_hash_table_lookup (after, mark->id) : NULL;
  }
}

static void
share_parents (Reading *reading)
{
  g_autoptr (GHashTable) groups
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  GHashTableIter iter;
  gpointer group;

  for (guint i = 0; i < reading->marks->len; i++) {
    Mark *mark = g_ptr_array_index (reading->marks, i);
    g_autofree char *key = NULL;

    if (mark->parent == NULL || !g_array_index (reading->tiers, Tier, mark->tier).subdivided)
      continue;
    key = g_strdup_printf ("%u\x1f%s", mark->tier, mark->parent);
    group = g_hash_table_lookup (groups, key);
    if (group == NULL) {
      group = g_ptr_array_new ();
      g_hash_table_insert (groups, g_steal_pointer (&key), group);
    }
    g_ptr_array_add (group, mark);
  }
  g_hash_table_iter_init (&iter, groups);
  while (g_hash_table_iter_next (&iter, NULL, &group))
    share_time (group);
}

static void
place_aligned (Reading *reading, Mark *mark)
{
  const Slot *first = slot_at (reading, mark->first), *last = slot_at (reading, mark->last);
  const char *tier = g_array_index (reading->tiers, Tier, mark->tier).id;

  mark->done = TRUE;
  if (first == NULL || last == NULL || !isfinite (first->value) || !isfinite (last->value)
      || !tb_time_from_seconds (first->value * reading->unit / 1000, &mark->from)
      || !tb_time_from_seconds (last->value * reading->unit / 1000, &mark->to)) {
    mark->lost = TRUE;
    tb_loss_add (reading->loss, TB_LOSS_DROPPED, 1, "an annotation without a time",
                 "its time slots have none, and nothing lies around them", "tier “%s”, annotation %s", tier,
                 mark->id != NULL ? mark->id : "");
    return;
  }
  if (first->guessed || last->guessed)
    tb_loss_add (reading->loss, TB_LOSS_CHANGED, 1, "an annotation without a time of its own",
                 "put evenly between its neighbours", "tier “%s”, annotation %s", tier,
                 mark->id != NULL ? mark->id : "");
  if (mark->to < mark->from) {
    TbTime swap = mark->from;

    mark->from = mark->to;
    mark->to = swap;
    tb_loss_add (reading->loss, TB_LOSS_CHANGED, 1, "an end before its start", "the two were exchanged",
                 "tier “%s”, annotation %s", tier, mark->id != NULL ? mark->id : "");
  }
}

static void
place (Reading *reading, Mark *mark, guint depth)
{
  Mark *parent;

  if (mark->done)
    return;
  if (mark->parent == NULL) {
    place_aligned (reading, mark);
    return;
  }
  parent = g_hash_table_lookup (reading->by_id, mark->parent);
  mark->busy = TRUE;
  if (parent != NULL && !parent->busy && depth < MAX_REFERENCES)
    place (reading, parent, depth + 1);
  mark->lost = parent == NULL || !parent->done || parent->lost;
  mark->done = TRUE;
  if (mark->lost) {
    tb_loss_add (reading->loss, TB_LOSS_DROPPED, 1, "an annotation on another that is not there", "so it has no time",
                 "tier “%s”, annotation %s", g_array_index (reading->tiers, Tier, mark->tier).id,
                 mark->id != NULL ? mark->id : "");
    return;
  }
  mark->from = parent->from + (parent->to - parent->from) / mark->of * mark->share;
  mark->to = mark->share + 1 == mark->of ? parent->to
                                         : parent->from + (parent->to - parent->from) / mark->of * (mark->share + 1);
}

/* The code of an annotation on a foreign tier; *COMMENT is what is left of its text. New string. */
static char *
foreign_code (Reading *reading, const Tier *tier, const char *text, const char **comment)
{
  TbExchangeCode *code;
  g_autofree char *id = NULL;

  *comment = text;
  if (tier->vocabulary == NULL || *text == '\0')
    return g_strdup (tier->id);
  *comment = "";
  code = tb_exchange_find_code (reading->document, text);
  id = code != NULL && g_strcmp0 (code->category, tier->id) != 0 ? g_strdup_printf ("%s/%s", tier->id, text)
                                                                 : g_strdup (text);
  code = tb_exchange_code (reading->document, id);
  code->kind = TB_KIND_STATE;
  if (code->category == NULL)
    tb_exchange_text (&code->category, tier->id);
  return g_steal_pointer (&id);
}

static void
foreign_event (Reading *reading, const Tier *tier, Mark *mark)
{
  const char *comment;
  g_autofree char *code = foreign_code (reading, tier, mark->text != NULL ? mark->text : "", &comment);

  mark->event = tb_exchange_event (reading->document, reading->set, TB_KIND_STATE, code, mark->from, mark->to);
  tb_exchange_text (&mark->event->comment, comment);
  if (tier->participant != NULL && *tier->participant != '\0')
    tb_exchange_share (&mark->event->subject, tier->participant);
  if (tier->annotator != NULL && *tier->annotator != '\0')
    tb_exchange_share (&mark->event->observer, tier->annotator);
}

/* Where what Terugblik wrote ends: a length that was only for ELAN is none, one that was given there is. */
static TbTime
own_end (const Tier *tier, const Mark *mark)
{
  const char *shape = tb_loose_string (tier->own, "shape");
  json_object *value = NULL;
  double end;

  if (g_strcmp0 (shape, "point") == 0)
    return mark->to - mark->from == TB_EAF_POINT ? TB_TIME_NONE : mark->to;
  if (g_strcmp0 (shape, "empty") == 0)
    return mark->to - mark->from == TB_MILLISECOND ? mark->from : mark->to;
  if (g_strcmp0 (shape, "open") != 0)
    return mark->to;
  if (!json_object_object_get_ex (tier->own, "end", &value) || !tb_loose_number (value, &end))
    return TB_TIME_NONE;
  return mark->to == (TbTime)round (end) * TB_MILLISECOND ? TB_TIME_NONE : mark->to;
}

static void
own_event (Reading *reading, const Tier *tier, Mark *mark)
{
  const char *code = tb_loose_string (tier->own, "code");
  const char *category = tb_loose_string (tier->own, "category");
  TbKind kind = TB_KIND_STATE;

  if (tb_loose_string (tier->own, "kind") != NULL)
    tb_kind_from_name (tb_loose_string (tier->own, "kind"), &kind);
  mark->event = tb_exchange_event (reading->document, reading->set, kind, code, mark->from, own_end (tier, mark));
  tb_exchange_share (&mark->event->subject, tb_loose_string (tier->own, "subject"));
  tb_exchange_share (&mark->event->observer, tb_loose_string (tier->own, "observer"));
  if (mark->text != NULL)
    tb_exchange_text (&mark->event->comment, mark->text);
  if (category != NULL && code != NULL)
    tb_exchange_text (&tb_exchange_code (reading->document, code)->category, category);
  if (code != NULL)
    tb_exchange_code (reading->document, code)->kind = kind;
}

/* What Terugblik wrote on a tier below: part of the event above. FALSE when it cannot be put there. */
static gboolean
own_modifier (Reading *reading, const Tier *tier, Mark *mark)
{
  const Mark *parent = mark->parent != NULL ? g_hash_table_lookup (reading->by_id, mark->parent) : NULL;
  const char *name = tb_loose_string (tier->own, "modifier");
  double rating;

  if (parent == NULL || parent->event == NULL)
    return FALSE;
  if (name != NULL)
    tb_exchange_event_modifier (reading->document, parent->event, name, mark->text != NULL ? mark->text : "");
  else if (mark->text != NULL && tb_loose_decimal (mark->text, &rating))
    parent->event->rating = rating;
  else
    return FALSE;
  parent->event->records++;
  return TRUE;
}

static void
make_events (Reading *reading)
{
  for (guint i = 0; i < reading->marks->len; i++)
    place (reading, g_ptr_array_index (reading->marks, i), 0);
  for (guint i = 0; i < reading->marks->len; i++) {
    Mark *mark = g_ptr_array_index (reading->marks, i);
    const Tier *tier = &g_array_index (reading->tiers, Tier, mark->tier);

    if (mark->lost)
      continue;
    tb_loss_carried (reading->loss, 1);
    if (tier->own != NULL && tb_loose_string (tier->own, "shape") != NULL)
      own_event (reading, tier, mark);
    else if (tier->own == NULL || !own_modifier (reading, tier, mark))
      foreign_event (reading, tier, mark);
  }
}

/* One entry of a vocabulary, which version 2.8 and later write once for each language. */
static void
read_entry (Reading *reading, const Tier *tier, xmlNode *entry)
{
  const char *value = NULL, *description = NULL, *comment;
  g_autofree char *id = NULL;
  gint64 others = -1;

  if (tb_xml_is (entry, "CV_ENTRY")) {
    value = keep (reading, xmlNodeGetContent (entry));
    description = get (reading, entry, "DESCRIPTION");
    others = 0;
  }
  for (xmlNode *node = tb_xml_is (entry, "CV_ENTRY_ML") ? entry->children : NULL; node != NULL; node = node->next) {
    const char *language = tb_xml_is (node, "CVE_VALUE") ? get (reading, node, "LANG_REF") : NULL;

    if (!tb_xml_is (node, "CVE_VALUE"))
      continue;
    others++;
    if (value != NULL && (tier->language == NULL || g_strcmp0 (language, tier->language) != 0))
      continue;
    value = keep (reading, xmlNodeGetContent (node));
    description = get (reading, node, "DESCRIPTION");
  }
  reading->n_words
      += 1 + (value != NULL ? strlen (value) / 64 : 0) + (description != NULL ? strlen (description) / 64 : 0);
  if (value == NULL || *value == '\0')
    return;
  tb_loss_add (reading->loss, TB_LOSS_LEFT, MAX (others, 0), "a word of a vocabulary in another language",
               "one language is kept", "tier “%s”, “%s”", tier->id, value);
  id = foreign_code (reading, tier, value, &comment);
  if (description != NULL && *description != '\0')
    tb_exchange_text (&tb_exchange_code (reading->document, id)->title, description);
}

static void
read_vocabularies (Reading *reading)
{
  g_autoptr (GHashTable) vocabularies = g_hash_table_new (g_str_hash, g_str_equal);

  for (xmlNode *node = reading->root->children; node != NULL; node = node->next) {
    const char *id = tb_xml_is (node, "CONTROLLED_VOCABULARY") ? get (reading, node, "CV_ID") : NULL;

    if (id != NULL)
      g_hash_table_insert (vocabularies, (gpointer) id, node);
    if (tb_xml_is (node, "LICENSE") || tb_xml_is (node, "EXTERNAL_REF") || tb_xml_is (node, "LEXICON_REF"))
      tb_loss_add (reading->loss, TB_LOSS_LEFT, 1, "a licence or a reference to something outside",
                   "Terugblik has no place for it", "%s", (const char *) node->name);
  }
  for (guint t = 0; t < reading->tiers->len; t++) {
    const Tier *tier = &g_array_index (reading->tiers, Tier, t);
    xmlNode *vocabulary = tier->vocabulary != NULL ? g_hash_table_lookup (vocabularies, tier->vocabulary) : NULL;

    for (xmlNode *entry = vocabulary != NULL ? vocabulary->children : NULL; entry != NULL; entry = entry->next) {
      if (!tb_xml_is (entry, "CV_ENTRY") && !tb_xml_is (entry, "CV_ENTRY_ML"))
        continue;
      if (reading->n_words > MAX_WORDS) {
        tb_loss_add (reading->loss, TB_LOSS_LEFT, 1, "a word of a vocabulary that is used nowhere",
                     "there are too many", "tier “%s”", tier->id);
        return;
      }
      read_entry (reading, tier, entry);
    }
  }
}

static void
read_root (Reading *reading)
{
  read_header (reading);
  read_slots (reading);
  read_tiers (reading);
  read_vocabularies (reading);
  fill_slots (reading);
  share_parents (reading);
  make_events (reading);
}

static void
put_json (gpointer data)
{
  json_object_put (data);
}

TbExchange *
tb_eaf_read (const guint8 *data, gsize size, TbLoss *loss, GError **error)
{
  g_autoptr (TbExchange) document = tb_exchange_new ();
  g_autofree char *text = tb_bytes_to_text (data, size, loss, error);
  xmlDoc *xml = text != NULL ? tb_xml_parse (text, error) : NULL;
  gboolean known;

  if (xml == NULL)
    return NULL;
  known = tb_xml_is (xmlDocGetRootElement (xml), "ANNOTATION_DOCUMENT");
  if (known) {
    g_autoptr (GArray) slots = g_array_new (FALSE, FALSE, sizeof (Slot));
    g_autoptr (GHashTable) places = g_hash_table_new (g_str_hash, g_str_equal);
    g_autoptr (GArray) tiers = g_array_new (FALSE, FALSE, sizeof (Tier));
    g_autoptr (GPtrArray) marks = g_ptr_array_new_with_free_func (g_free);
    g_autoptr (GHashTable) by_id = g_hash_table_new (g_str_hash, g_str_equal);
    g_autoptr (GHashTable) own = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, put_json);
    g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func ((GDestroyNotify) xmlFree);
    Reading reading
        = { document, NULL, loss, xmlDocGetRootElement (xml), 1, slots, places, tiers, marks, by_id, own, texts };

    read_root (&reading);
  }
  xmlFreeDoc (xml);
  if (!known) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, "This XML is no ELAN file");
    return NULL;
  }
  if (!tb_exchange_finish (document, loss, error))
    return NULL;
  return g_steal_pointer (&document);
}
