// Figures of the numbers: what is computed from observations.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

function run(...words) {
  const source = new URL('../..', import.meta.url).pathname;
  const made = spawnSync(join(process.env.TB_BUILD_DIR, 'tests/bench', words[0]), words.slice(1), { encoding: 'utf8', env: { ...process.env, TB_SOURCE_DIR: source } });
  if (made.status !== 0) throw new Error(`${words[0]}: ${made.stderr}`);
  return JSON.parse(made.stdout);
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

/** Searches of twelve kinds, from words that nobody has to a word that all have, of a coach who owns nearly all visits and of one who owns ten. */
export async function search(table, folder) {
  const own = join(folder, 'search');
  mkdirSync(own);
  const made = run('bench-search', own, '10000', '100', '100');
  rmSync(own, { recursive: true });
  const slowest = made.kinds.reduce((worst, kind) => (kind.p95 > worst.p95 ? kind : worst));
  table.add('search over 1,000,000 observations in 10,000 visits', `p50 ${made.p50.toFixed(1)} ms, p95 ${made.p95.toFixed(1)} ms; of the slowest kind (${slowest.kind}) p95 ${slowest.p95.toFixed(1)} ms`,
    `their processor time: p95 ${made.processor_p95.toFixed(1)} ms`, 'p95 ≤ 50 ms', made.p95 <= 50);
  table.add('making that index anew', `${made.index_s.toFixed(0)} s in the background, ${made.index_mb.toFixed(0)} MB`, '–', 'none');
}
