// How long two observers take to compare.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** 1,000 rounds of the bootstrap on two observers of 2,000 events each. */
export async function concordance(table) {
  const run = spawnSync(join(process.env.TB_BUILD_DIR, 'tests/bench/two-observers'), { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(run.stderr || `ended with ${run.status}`);
  for (const [method, ms] of Object.entries(JSON.parse(run.stdout)))
    table.add(`concordance (${method}), 2 × 2,000 events, 1,000 rounds`, `${ms} ms`, '–', '≤ 1 s', ms <= 1000);
}
