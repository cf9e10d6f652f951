#include "observe/matching.h"

/* What a pair costs. RANK is negative: the pairs won, of which one with the same code outweighs all others. */
typedef struct {
  gint64 rank;
  gint64 distance;
} Cost;

static Cost
cost_plus (Cost a, Cost b)
{
  return (Cost){ a.rank + b.rank, a.distance + b.distance };
}

static Cost
cost_minus (Cost a, Cost b)
{
  return (Cost){ a.rank - b.rank, a.distance - b.distance };
}

static gboolean
cost_less (Cost a, Cost b)
{
  return a.rank != b.rank ? a.rank < b.rank : a.distance < b.distance;
}

/* A mark with its place in what was given. */
typedef struct {
  TbTime at;
  guint code, index;
} Mark;

typedef struct {
  Cost cost;
  guint column;
} Reached;

/* One part of the lesson: rows are the marks of the left, columns those of the right. */
typedef struct {
  const Mark *rows, *columns;
  guint n_rows, n_columns;
  TbTime tolerance;
  gint64 same_rank;
  guint *mate;  /* of each row; TB_NO_MARK */
  guint *owner; /* of each column; TB_NO_MARK */
  Cost *price;  /* of each column */
  /* While a path is searched: */
  Cost *cost;      /* at which a column is reached */
  guint *via;      /* the row from which; TB_NO_MARK: not reached */
  gboolean *done;  /* nothing cheaper will come */
  GArray *touched; /* guint: columns reached */
  GArray *heap;    /* Reached: cheapest first, with outdated entries */
} Part;

static Cost
pair_cost (const Part *part, guint row, guint column)
{
  const Mark *left = &part->rows[row], *right = &part->columns[column];

  return (Cost){ left->code == right->code ? -part->same_rank : -1, ABS (left->at - right->at) };
}

static gboolean
reached_before (const Reached *a, const Reached *b)
{
  if (cost_less (a->cost, b->cost))
    return TRUE;
  return !cost_less (b->cost, a->cost) && a->column < b->column;
}

static void
heap_push (GArray *heap, Reached reached)
{
  Reached *all;
  guint at = heap->len;

  g_array_append_val (heap, reached);
  all = (Reached *)heap->data;
  while (at > 0 && reached_before (&reached, &all[(at - 1) / 2])) {
    all[at] = all[(at - 1) / 2];
    at = (at - 1) / 2;
  }
  all[at] = reached;
}

static Reached
heap_pop (GArray *heap)
{
  Reached *all = (Reached *)heap->data;
  Reached first = all[0], last = all[heap->len - 1];
  guint at = 0, n = heap->len - 1;

  g_array_set_size (heap, n);
  while (2 * at + 1 < n) {
    guint child = 2 * at + 1;

    if (child + 1 < n && reached_before (&all[child + 1], &all[child]))
      child++;
    if (!reached_before (&all[child], &last))
      break;
    all[at] = all[child];
    at = child;
  }
  if (n > 0)
    all[at] = last;
  return first;
}

/* The first column that is not before TIME. */
static guint
first_column (const Part *part, TbTime time)
{
  guint low = 0, high = part->n_columns;

  while (low < high) {
    guint middle = (low + high) / 2;

    if (part->columns[middle].at < time)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* Reaches the columns of ROW, to which the way cost BASE; not those that cost LIMIT or more. A free one lowers the
 * limit: the path ends there or earlier. */
static void
scan_row (Part *part, guint row, Cost base, Cost *limit)
{
  TbTime last = part->rows[row].at + part->tolerance;

  for (guint c = first_column (part, part->rows[row].at - part->tolerance);
       c < part->n_columns && part->columns[c].at <= last; c++) {
    Cost cost;

    if (part->done[c])
      continue;
    cost = cost_minus (cost_plus (base, pair_cost (part, row, c)), part->price[c]);
    if (!cost_less (cost, *limit))
      continue;
    if (part->owner[c] == TB_NO_MARK)
      *limit = cost;
    if (part->via[c] == TB_NO_MARK)
      g_array_append_val (part->touched, c);
    else if (!cost_less (cost, part->cost[c]))
      continue;
    part->cost[c] = cost;
    part->via[c] = row;
    heap_push (part->heap, (Reached){ cost, c });
  }
}

/* The cheapest column that is reached and not done; FALSE when there is none below LIMIT. */
static gboolean
next_column (Part *part, Cost limit, guint *column)
{
  while (part->heap->len > 0) {
    Reached first = heap_pop (part->heap);

    if (part->done[first.column] || cost_less (part->cost[first.column], first.cost))
      continue;
    *column = first.column;
    return cost_less (first.cost, limit);
  }
  return FALSE;
}

/* Gives COLUMN to the row it was reached from, that row's column to the row before, and so on back to ROW. */
static void
hand_over (Part *part, guint row, guint column)
{
  for (;;) {
    guint to = part->via[column], was = part->mate[to];

    part->owner[column] = to;
    part->mate[to] = column;
    if (to == row)
      return;
    column = was;
  }
}

/* The best matching of the rows so far becomes the best one of those and ROW. */
static void
add_row (Part *part, guint row)
{
  Cost base = { 0, 0 }; /* of the way to the row that is scanned */
  Cost alone = base;    /* of the cheapest way that ends in a row staying alone */
  Cost limit = base;    /* of the cheapest way to an end that is known */
  guint alone_row = row;
  guint scanned = row, column = TB_NO_MARK;
  Cost end;

  for (;;) {
    guint owner;

    scan_row (part, scanned, base, &limit);
    if (!next_column (part, alone, &column)) {
      column = TB_NO_MARK;
      break;
    }
    part->done[column] = TRUE;
    owner = part->owner[column];
    if (owner == TB_NO_MARK)
      break;
    base = cost_minus (part->cost[column], cost_minus (pair_cost (part, owner, column), part->price[column]));
    if (cost_less (base, alone)) {
      alone = base;
      alone_row = owner;
      limit = cost_less (alone, limit) ? alone : limit;
    }
    scanned = owner;
  }
  end = column != TB_NO_MARK ? part->cost[column] : alone;
  for (guint i = 0; i < part->touched->len; i++) {
    guint c = g_array_index (part->touched, guint, i);

    if (part->done[c])
      part->price[c] = cost_plus (part->price[c], cost_minus (part->cost[c], end));
  }
  if (column == TB_NO_MARK && alone_row != row) {
    column = part->mate[alone_row];
    part->mate[alone_row] = TB_NO_MARK;
  }
  if (column != TB_NO_MARK)
    hand_over (part, row, column);
  for (guint i = 0; i < part->touched->len; i++) {
    guint c = g_array_index (part->touched, guint, i);

    part->done[c] = FALSE;
    part->via[c] = TB_NO_MARK;
  }
  g_array_set_size (part->touched, 0);
  g_array_set_size (part->heap, 0);
}

static void
append_match (GArray *matches, const Part *part, guint row, guint column)
{
  TbMatch match = { TB_NO_MARK, TB_NO_MARK, FALSE };

  if (row != TB_NO_MARK)
    match.left = part->rows[row].index;
  if (column != TB_NO_MARK)
    match.right = part->columns[column].index;
  if (row != TB_NO_MARK && column != TB_NO_MARK)
    match.same = part->rows[row].code == part->columns[column].code;
  g_array_append_val (matches, match);
}

static void
append_matches (GArray *matches, const Part *part)
{
  guint c = 0;

  for (guint r = 0; r < part->n_rows; r++) {
    for (; c < part->n_columns && part->columns[c].at < part->rows[r].at; c++)
      if (part->owner[c] == TB_NO_MARK)
        append_match (matches, part, TB_NO_MARK, c);
    append_match (matches, part, r, part->mate[r]);
  }
  for (; c < part->n_columns; c++)
    if (part->owner[c] == TB_NO_MARK)
      append_match (matches, part, TB_NO_MARK, c);
}

static void
match_part (const Mark *rows, guint n_rows, const Mark *columns, guint n_columns, TbTime tolerance, GArray *matches)
{
  g_autofree guint *mate = g_new (guint, MAX (n_rows, 1));
  g_autofree guint *owner = g_new (guint, MAX (n_columns, 1));
  g_autofree guint *via = g_new (guint, MAX (n_columns, 1));
  g_autofree gboolean *done = g_new0 (gboolean, MAX (n_columns, 1));
  g_autofree Cost *price = g_new0 (Cost, MAX (n_columns, 1));
  g_autofree Cost *cost = g_new0 (Cost, MAX (n_columns, 1));
  g_autoptr (GArray) touched = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (GArray) heap = g_array_new (FALSE, FALSE, sizeof (Reached));
  /* No number of pairs with different codes is worth one with the same. */
  gint64 same_rank = (gint64)MIN (n_rows, n_columns) + 2;
  Part part
      = { rows, columns, n_rows, n_columns, tolerance, same_rank, mate, owner, price, cost, via, done, touched, heap };

  for (guint r = 0; r < n_rows; r++)
    mate[r] = TB_NO_MARK;
  for (guint c = 0; c < n_columns; c++)
    owner[c] = via[c] = TB_NO_MARK;
  if (n_columns > 0)
    for (guint r = 0; r < n_rows; r++)
      add_row (&part, r);
  append_matches (matches, &part);
}

static int
compare_marks (gconstpointer a, gconstpointer b)
{
  const Mark *left = a, *right = b;

  if (left->at != right->at)
    return left->at < right->at ? -1 : 1;
  return left->index < right->index ? -1 : left->index > right->index;
}

static Mark *
in_order (const TbMark *marks, guint n)
{
  Mark *sorted = g_new (Mark, MAX (n, 1));

  for (guint i = 0; i < n; i++)
    sorted[i] = (Mark){ marks[i].at, marks[i].code, i };
  qsort (sorted, n, sizeof (Mark), compare_marks);
  return sorted;
}

GArray *
tb_matching_new (const TbMark *left, guint n_left, const TbMark *right, guint n_right, TbTime tolerance)
{
  GArray *matches = g_array_new (FALSE, FALSE, sizeof (TbMatch));
  g_autofree Mark *rows = NULL, *columns = NULL;
  guint r = 0, c = 0;

  g_return_val_if_fail (tolerance >= 0, matches);
  rows = in_order (left, n_left);
  columns = in_order (right, n_right);
  while (r < n_left || c < n_right) {
    guint first_row = r, first_column = c;
    TbTime last = r < n_left && (c == n_right || rows[r].at <= columns[c].at) ? rows[r].at : columns[c].at;

    for (;;) {
      if (r < n_left && rows[r].at - last <= tolerance) {
        last = MAX (last, rows[r].at);
        r++;
      } else if (c < n_right && columns[c].at - last <= tolerance) {
        last = MAX (last, columns[c].at);
        c++;
      } else {
        break;
      }
    }
    match_part (rows + first_row, r - first_row, columns + first_column, c - first_column, tolerance, matches);
  }
  return matches;
}
