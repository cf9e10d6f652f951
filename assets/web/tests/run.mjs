// Bundles every tests/*.test.ts with esbuild and runs them with node's own test runner.
//
//   node tests/run.mjs [--modules NODE_MODULES]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const at = process.argv.indexOf('--modules');
const modules = resolve(at > 0 ? process.argv[at + 1] : join(here, '../node_modules'));
const { build } = createRequire(join(modules, 'load.cjs'))('esbuild');
const folder = mkdtempSync(join(tmpdir(), 'terugblik-web-'));
let status = 1;
try {
  const names = readdirSync(here).filter((name) => name.endsWith('.test.ts'));
  await build({
    absWorkingDir: join(here, '..'),
    entryPoints: names.map((name) => join(here, name)),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node18',
    nodePaths: [modules],
    // node 18 has it, but not yet as a global
    banner: { js: "import { webcrypto } from 'node:crypto'; globalThis.crypto ??= webcrypto;" },
    logLevel: 'warning',
  });
  const files = names.map((name) => join(folder, name.replace(/\.ts$/, '.mjs')));
  status = spawnSync(process.execPath, ['--test', ...files], { stdio: 'inherit' }).status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(status);
