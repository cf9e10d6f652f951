// How long another program's file takes to come in: the whole command, from its start to its end.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A BORIS project of as many observations and events as the public one, nearly all of them states. */
function project(sets, events) {
  const behaviors = {}, observations = {};
  for (let i = 0; i < 20; i++)
    behaviors[i] = { type: i % 4 === 0 ? 'Point event' : 'State event', key: '', code: `gedrag ${i}`, description: '', category: `groep ${i % 3}`, modifiers: {}, excluded: '', 'coding map': '' };
  for (let s = 0; s < sets; s++) {
    const list = [], share = Math.floor(events / sets) + (s < events % sets ? 1 : 0);
    for (let i = 0; i < share; i++) {
      const code = Math.floor(i / 2) * 7 % 20;
      list.push([i * 1.237 + s * 0.01, i % 5 === 0 ? 'leraar' : '', `gedrag ${code}`, '', i % 9 === 0 ? 'iets wat opviel' : '', 'NA']);
    }
    observations[`les ${s}`] = { type: 'MEDIA', date: '2026-01-02T10:00:00', description: '', 'time offset': 0, file: { 1: [`les ${s}.mp4`] }, media_info: { length: { [`les ${s}.mp4`]: 1800 } }, independent_variables: {}, events: list };
  }
  return JSON.stringify({ project_format_version: '7.0', project_name: 'proef', project_date: '2026-01-02T10:00:00', project_description: '', time_format: 'hh:mm:ss',
    behaviors_conf: behaviors, subjects_conf: { 0: { key: '', name: 'leraar', description: '' } }, observations, independent_variables: {}, converters: {} });
}

/** The middle one of five, each into a data folder of its own, made in the same run. */
function measure(folder, file) {
  const times = [];
  for (let i = 0; i < 5; i++) {
    const data = join(folder, `data-${i}`);
    const began = process.hrtime.bigint();
    const run = spawnSync(join(process.env.TB_BUILD_DIR, 'src/terugblik'), ['import', '--json', '--data', data, file], { encoding: 'utf8', maxBuffer: 64 << 20 });
    const took = Number(process.hrtime.bigint() - began) / 1e9;
    if (run.status !== 0 && run.status !== 3) throw new Error(run.stderr);
    const { loss } = JSON.parse(run.stdout).files[0];
    if (loss.present !== 10786 || loss.carried !== loss.present) throw new Error(`${loss.carried} of ${loss.present} carried`);
    times.push(took);
    rmSync(data, { recursive: true });
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
}

export async function importing(table, folder) {
  const own = join(folder, 'importing');
  mkdirSync(own);
  const made = join(own, 'proef.boris');
  writeFileSync(made, project(137, 10786));
  const sample = new URL('../../../shared/samples/boris/examplevideotrial.boris', import.meta.url).pathname;
  const took = measure(own, made), real = existsSync(sample) ? measure(own, sample) : null;
  table.add('import of 10,786 events in 137 observations (BORIS)', `${took.toFixed(2)} s${real === null ? '' : `; the public project of that size ${real.toFixed(2)} s`}`,
    '–', '≤ 0.3 s', Math.max(took, real ?? 0) <= 0.3);
}
