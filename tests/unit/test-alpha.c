#include <math.h>

#include "observe/alpha.h"
#include "observe/icc.h"
#include "observe/unitising.h"

#define NONE NAN

static void
assert_near (TbEstimate estimate, double value, double within)
{
  g_assert_cmpint (estimate.why, ==, TB_WHY_DEFINED);
  g_assert_cmpfloat_with_epsilon (estimate.value, value, within);
}

static void
assert_none (TbEstimate estimate, TbWhy why)
{
  g_assert_cmpint (estimate.why, ==, why);
  g_assert_true (isnan (estimate.value));
}

/* Krippendorff, Computing Krippendorff's Alpha-Reliability, example C: 4 observers, 12 units, some left out. */
static const double krippendorff[12 * 4] = {
  1, 1, NONE, 1, 2, 2, 3, 2, 3, 3, 3, 3, 3,    3, 3, 3, 2,    2,    2, 2, 1,    2, 3,    4,
  4, 4, 4,    4, 1, 1, 2, 1, 2, 2, 2, 2, NONE, 5, 5, 5, NONE, NONE, 1, 1, NONE, 3, NONE, NONE,
};

static void
test_krippendorff (void)
{
  g_autoptr (TbAlpha) alpha = tb_alpha_new (krippendorff, 12, 4);
  const guint twice[12] = { 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2 };
  const guint without_last[12] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0 };

  assert_near (tb_alpha_estimate (alpha, TB_LEVEL_NOMINAL, NULL), 0.743, 5e-4);
  assert_near (tb_alpha_estimate (alpha, TB_LEVEL_ORDINAL, NULL), 0.815, 5e-4);
  assert_near (tb_alpha_estimate (alpha, TB_LEVEL_INTERVAL, NULL), 0.849, 5e-4);
  /* The last unit has one value: it changes nothing. */
  for (TbLevel level = TB_LEVEL_NOMINAL; level <= TB_LEVEL_INTERVAL; level++) {
    assert_near (tb_alpha_estimate (alpha, level, without_last), tb_alpha_estimate (alpha, level, NULL).value, 1e-12);
    g_assert_cmpfloat (tb_alpha_estimate (alpha, level, twice).value, <, 1);
  }
}

/* The same, example A: two observers, ten units of two values; 0.095. */
static void
test_binary (void)
{
  const double values[] = { 0, 0, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0 };
  const double two[] = { 0, 0, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0 };
  g_autoptr (TbAlpha) alpha = tb_alpha_new (two, 10, 2), other = tb_alpha_new (values, 10, 2);
  /* Of two values, all levels are the same. */
  double nominal = tb_alpha_estimate (alpha, TB_LEVEL_NOMINAL, NULL).value;

  assert_near (tb_alpha_estimate (alpha, TB_LEVEL_INTERVAL, NULL), nominal, 1e-12);
  assert_near (tb_alpha_estimate (alpha, TB_LEVEL_ORDINAL, NULL), nominal, 1e-12);
  assert_near (tb_alpha_estimate (other, TB_LEVEL_NOMINAL, NULL), 1 - 4. * 19 / (2 * 4. * 16), 1e-12);
}

static void
test_undefined (void)
{
  const double alike[] = { 3, 3, 3, 3 }, single[] = { 1, NONE, NONE, 2 }, missing[] = { NONE, NONE };
  g_autoptr (TbAlpha) one = tb_alpha_new (alike, 2, 2), apart = tb_alpha_new (single, 2, 2);
  g_autoptr (TbAlpha) none = tb_alpha_new (missing, 1, 2), empty = tb_alpha_new (NULL, 0, 2);

  for (TbLevel level = TB_LEVEL_NOMINAL; level <= TB_LEVEL_INTERVAL; level++) {
    assert_none (tb_alpha_estimate (one, level, NULL), TB_WHY_ONE_CATEGORY);
    assert_none (tb_alpha_estimate (apart, level, NULL), TB_WHY_ONE_OBSERVER);
    assert_none (tb_alpha_estimate (none, level, NULL), TB_WHY_NOTHING);
    assert_none (tb_alpha_estimate (empty, level, NULL), TB_WHY_NOTHING);
  }
}

static TbUnit
unit (guint observer, gint64 from, gint64 to, guint value)
{
  return (TbUnit){ observer, from * TB_SECOND, to * TB_SECOND, value };
}

/* Krippendorff, Content Analysis, 4th edition, figure 12.11: Alex, Paul and Suzan on a continuum of 60. */
static TbUnitising *
alex_paul_suzan (guint n_blocks)
{
  const TbUnit units[] = {
    unit (0, 0, 7, 1),   unit (0, 7, 13, 2),  unit (0, 30, 32, 5), unit (0, 32, 37, 6),
    unit (0, 37, 44, 6), unit (0, 44, 60, 7), unit (1, 0, 7, 1),   unit (1, 7, 13, 3),
    unit (1, 13, 21, 5), unit (1, 32, 44, 6), unit (2, 0, 7, 1),   unit (2, 7, 13, 4),
    unit (2, 13, 21, 5), unit (2, 32, 37, 6), unit (2, 37, 41, 6), unit (2, 41, 44, 6),
  };

  return tb_unitising_new (units, G_N_ELEMENTS (units), 3, 8, 0, 60 * TB_SECOND, TB_SECOND, n_blocks);
}

static void
test_unitising (void)
{
  g_autoptr (TbUnitising) whole = alex_paul_suzan (1), blocks = alex_paul_suzan (7);
  const guint twice[7] = { 2, 2, 2, 2, 2, 2, 2 };

  assert_near (tb_unitising_estimate (whole, TB_UNITISING_WHOLE, NULL), 0.510, 5e-4);
  assert_near (tb_unitising_estimate (whole, TB_UNITISING_BINARY, NULL), 0.413, 1e-3);
  assert_near (tb_unitising_estimate (whole, TB_UNITISING_CODING, NULL), 0.724, 5e-4);
  for (TbUnitisingForm form = TB_UNITISING_WHOLE; form <= TB_UNITISING_CODING; form++) {
    assert_near (tb_unitising_estimate (blocks, form, NULL), tb_unitising_estimate (whole, form, NULL).value, 1e-9);
    g_assert_cmpint (tb_unitising_estimate (blocks, form, twice).why, ==, TB_WHY_DEFINED);
  }
  assert_near (tb_unitising_share (blocks, NULL), tb_unitising_share (whole, NULL).value, 1e-12);
}

static void
test_unitising_ends (void)
{
  const TbUnit same[] = { unit (0, 3, 9, 1), unit (0, 12, 15, 2), unit (1, 3, 9, 1), unit (1, 12, 15, 2) };
  const TbUnit full[] = { unit (0, -5, 40, 1), unit (1, 0, 20, 1) };
  const TbUnit apart[] = { unit (0, 0, 10, 1), unit (1, 10, 20, 1) };
  g_autoptr (TbUnitising) alike = tb_unitising_new (same, 4, 2, 3, 0, 20 * TB_SECOND, 0, 1);
  g_autoptr (TbUnitising) covered = tb_unitising_new (full, 2, 2, 2, 0, 20 * TB_SECOND, 0, 3);
  g_autoptr (TbUnitising) gaps = tb_unitising_new (NULL, 0, 2, 2, 0, 20 * TB_SECOND, 0, 3);
  g_autoptr (TbUnitising) opposite = tb_unitising_new (apart, 2, 2, 2, 0, 20 * TB_SECOND, 0, 3);
  g_autoptr (TbUnitising) nothing = tb_unitising_new (same, 4, 2, 3, 0, 0, 0, 3);
  g_autoptr (TbUnitising) alone = tb_unitising_new (same, 2, 1, 3, 0, 20 * TB_SECOND, 0, 3);

  assert_near (tb_unitising_estimate (alike, TB_UNITISING_WHOLE, NULL), 1, 1e-12);
  assert_near (tb_unitising_estimate (alike, TB_UNITISING_CODING, NULL), 1, 1e-12);
  assert_near (tb_unitising_share (alike, NULL), 1, 1e-12);
  assert_none (tb_unitising_estimate (covered, TB_UNITISING_WHOLE, NULL), TB_WHY_ONE_CATEGORY);
  assert_none (tb_unitising_estimate (gaps, TB_UNITISING_BINARY, NULL), TB_WHY_ONE_CATEGORY);
  assert_none (tb_unitising_estimate (opposite, TB_UNITISING_CODING, NULL), TB_WHY_ONE_OBSERVER);
  g_assert_cmpfloat (tb_unitising_estimate (opposite, TB_UNITISING_WHOLE, NULL).value, <, 0);
  assert_near (tb_unitising_share (opposite, NULL), 0, 1e-12);
  assert_none (tb_unitising_estimate (nothing, TB_UNITISING_WHOLE, NULL), TB_WHY_NOTHING);
  assert_none (tb_unitising_estimate (alone, TB_UNITISING_WHOLE, NULL), TB_WHY_ONE_OBSERVER);
}

/* Shrout and Fleiss 1979, table 2: six targets, four judges; the figures of tables 3 and 4. */
static const double shrout[] = { 9, 2, 5, 8, 6, 1, 3, 2, 8, 4, 6, 8, 7, 1, 2, 6, 10, 5, 6, 9, 6, 2, 4, 7 };

/* Two who judge the other way round: the mean of both says nothing, and no coefficient is above 1. */
static void
test_icc_opposed (void)
{
  static const double opposed[] = { 1, 3, 2, 2, 3, 1 }, two[] = { 1, 2, 2, 1 };
  TbIcc icc;

  tb_icc (opposed, 3, 2, NULL, &icc);
  g_assert_cmpint (icc.forms[TB_ICC_2_K].why, ==, TB_WHY_OPPOSED);
  g_assert_cmpint (icc.forms[TB_ICC_1_1].why, ==, TB_WHY_DEFINED);
  g_assert_cmpfloat_with_epsilon (icc.forms[TB_ICC_1_1].value, -1, 1e-12);
  tb_icc (two, 2, 2, NULL, &icc);
  for (guint form = 0; form < TB_N_ICC; form++)
    g_assert_true (icc.forms[form].why != TB_WHY_DEFINED || icc.forms[form].value <= 1);
}

static void
test_icc (void)
{
  const double expected[TB_N_ICC] = { 0.17, 0.29, 0.71, 0.44, 0.62, 0.91 };
  const guint twice[] = { 2, 2, 2, 2, 2, 2 };
  TbIcc icc, doubled;

  tb_icc (shrout, 6, 4, NULL, &icc);
  for (guint form = 0; form < TB_N_ICC; form++)
    assert_near (icc.forms[form], expected[form], 5e-3);
  g_assert_cmpfloat_with_epsilon (icc.bms, 11.24, 5e-3);
  g_assert_cmpfloat_with_epsilon (icc.wms, 6.26, 5e-3);
  g_assert_cmpfloat_with_epsilon (icc.jms, 32.49, 5e-3);
  g_assert_cmpfloat_with_epsilon (icc.ems, 1.02, 5e-3);
  g_assert_cmpfloat_with_epsilon (icc.f_one, 1.79, 1e-2);
  g_assert_cmpfloat_with_epsilon (icc.f_two, 11.03, 1e-2);
  g_assert_cmpuint (icc.df_between, ==, 5);
  g_assert_cmpuint (icc.df_within, ==, 18);
  g_assert_cmpuint (icc.df_rest, ==, 15);
  tb_icc (shrout, 6, 4, twice, &doubled);
  g_assert_cmpuint (doubled.n_units, ==, 12);
  g_assert_cmpfloat_with_epsilon (doubled.bms, icc.bms * 2 * 5 / 11, 1e-9);
}

static void
test_icc_undefined (void)
{
  const double alike[] = { 2, 2, 2, 2 }, gaps[] = { 1, NONE, 3, 4 }, strict[] = { 1, 2, 1, 2, 1, 2 };
  TbIcc icc;

  tb_icc (alike, 2, 2, NULL, &icc);
  for (guint form = 0; form < TB_N_ICC; form++)
    assert_none (icc.forms[form], TB_WHY_NO_VARIANCE);
  tb_icc (gaps, 2, 2, NULL, &icc);
  g_assert_cmpuint (icc.n_left_out, ==, 1);
  assert_none (icc.forms[TB_ICC_2_1], TB_WHY_TOO_FEW);
  tb_icc (gaps, 4, 1, NULL, &icc);
  assert_none (icc.forms[TB_ICC_2_1], TB_WHY_ONE_OBSERVER);
  tb_icc (strict, 3, 2, NULL, &icc); /* no target differs from another */
  assert_none (icc.forms[TB_ICC_3_1], TB_WHY_NO_VARIANCE);
  g_assert_true (isnan (icc.f_two));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/alpha/krippendorff", test_krippendorff);
  g_test_add_func ("/alpha/binary", test_binary);
  g_test_add_func ("/alpha/undefined", test_undefined);
  g_test_add_func ("/unitising/alex-paul-suzan", test_unitising);
  g_test_add_func ("/unitising/ends", test_unitising_ends);
  g_test_add_func ("/icc/shrout-fleiss", test_icc);
  g_test_add_func ("/icc/shrout-fleiss-opposed", test_icc_opposed);
  g_test_add_func ("/icc/undefined", test_icc_undefined);
  return g_test_run ();
}
