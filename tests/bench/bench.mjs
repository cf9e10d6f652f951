// Prints the figures of the README; see run.sh.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { machine, Table } from './tools.mjs';
import { record, passthrough, memory } from './recording.mjs';
import { tap, steer, frame } from './taps.mjs';
import { screen } from './steering.mjs';
import { scroll } from './scrolling.mjs';
import { budget, search } from './numbers.mjs';
import { start, repair, clip, ranges } from './serving.mjs';
import { concordance } from './comparing.mjs';
import { importing } from './importing.mjs';

const all = { record, passthrough, memory, tap, steer, screen, scroll, frame, start, repair, clip, ranges, importing, budget, concordance, search };
const wanted = process.argv.slice(2).length > 0 ? process.argv.slice(2) : Object.keys(all);
const folder = mkdtempSync(join(tmpdir(), 'terugblik-bench-'));
const table = new Table();
let failed = false;

for (const name of wanted) {
  if (!all[name]) { console.error(`bench: “${name}” is not one of ${Object.keys(all).join(' ')}`); process.exit(2); }
  try {
    await all[name](table, folder);
  } catch (error) {
    failed = true;
    table.add(name, `could not be measured: ${error.message.split('\n')[0]}`, '', '', false);
  }
}
rmSync(folder, { recursive: true, force: true });
console.log(`${machine()}, ${new Date().toISOString().slice(0, 10)}\n`);
table.print();
process.exit(failed ? 1 : 0);
