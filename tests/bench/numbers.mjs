// Figures of the numbers: what is computed from observations.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

function run(...words) {
  const made = spawnSync(join(process.env.TB_BUILD_DIR, 'tests/bench', words[0]), words.slice(1), { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`${words[0]}: ${made.stderr}`);
  return Number(made.stdout);
}

/** From observations to the budget by subject, of the lesson and of a part: in one visit, and spread over 137. */
export async function budget(table) {
  const one = run('bench-budget', '10786', '1', '21'), many = run('bench-budget', '10786', '137', '21');
  const sample = new URL('../../../shared/samples/boris/examplevideotrial.boris', import.meta.url).pathname;
  const real = existsSync(sample) ? run('bench-budget', sample, '21') : null;
  table.add('budget over 10,786 events, processor time',
    `${one.toFixed(1)} ms; in 137 visits ${many.toFixed(1)} ms${real === null ? '' : `; a BORIS project of as many records ${real.toFixed(1)} ms`}`,
    '–', '≤ 20 ms', Math.max(one, many, real ?? 0) <= 20);
}
