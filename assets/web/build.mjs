// Builds the page into one flat folder, ready to be embedded by the server:
//
//   node build.mjs --out DIR [--depfile FILE] [--modules NODE_MODULES]
//
// DIR gets index.html, hashed scripts, styles and pictures, sw.js, the manifest, and for each compressible file
// also FILE.gz. manifest.txt names every file with its content type; web.gresource.xml lists them all for
// glib-compile-resources. FILE is a depfile of everything that was read. --modules says where the packages are
// installed when that is not beside this script.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const here = dirname(fileURLToPath(import.meta.url));
const options = readOptions(process.argv.slice(2));
const out = resolve(options.out ?? join(here, 'dist'));
const modules = resolve(options.modules ?? join(here, 'node_modules'));
const load = createRequire(join(modules, 'load.cjs'));
const esbuild = load('esbuild');
const MarkdownIt = load('markdown-it');

const helpRoot = resolve(here, '../help');
const read = new Set([fileURLToPath(import.meta.url), join(here, 'package-lock.json'), join(here, 'tsconfig.json')]);
const files = new Map(); // name -> Buffer

const TYPES = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  jpg: 'image/jpeg',
  webmanifest: 'application/manifest+json',
  txt: 'text/plain; charset=utf-8',
};

function readOptions(words) {
  const result = {};
  for (let i = 0; i < words.length; i += 2) {
    const name = words[i].replace(/^--/, '');
    if (!['out', 'depfile', 'modules'].includes(name) || words[i + 1] === undefined) {
      console.error('usage: node build.mjs --out DIR [--depfile FILE] [--modules NODE_MODULES]');
      process.exit(2);
    }
    result[name] = words[i + 1];
  }
  return result;
}

function readInput(path) {
  read.add(path);
  return readFileSync(path);
}

function shortHash(bytes) {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 8).toUpperCase();
}

/** Adds a file under a name with its hash and returns that name. */
function addHashed(path) {
  const bytes = readInput(path);
  const dot = basename(path).lastIndexOf('.');
  const name = `${basename(path).slice(0, dot)}-${shortHash(bytes)}${basename(path).slice(dot)}`;
  files.set(name, bytes);
  return name;
}

/** The user guide: one entry per Markdown file, in the order of the file names. */
function readHelp(language) {
  const folder = join(helpRoot, language);
  if (!existsSync(folder)) return [];
  read.add(folder);
  const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false });
  const plainImage = markdown.renderer.rules.image;
  markdown.renderer.rules.image = (tokens, index, env, a, self) => {
    const token = tokens[index];
    const source = token.attrGet('src') ?? '';
    const picture = join(helpRoot, 'pictures', basename(source));
    if (!existsSync(picture)) throw new Error(`help: picture ${source} does not exist`);
    token.attrSet('src', '/' + addHashed(picture));
    token.attrSet('loading', 'lazy');
    return plainImage(tokens, index, env, a, self);
  };
  // On a phone a table can be wider than its place; then the arrows scroll it.
  markdown.renderer.rules.table_open = () => '<table tabindex="0">\n';
  const plainLink = markdown.renderer.rules.link_open ?? ((tokens, index, o, env, self) => self.renderToken(tokens, index, o));
  markdown.renderer.rules.link_open = (tokens, index, o, env, self) => {
    const target = tokens[index].attrGet('href') ?? '';
    const page = /^(?:\.\/)?(?:\d+-)?([\w-]+)\.md(#.*)?$/.exec(target);
    if (page) tokens[index].attrSet('href', `/hulp/${page[1]}${page[2] ?? ''}`);
    return plainLink(tokens, index, o, env, self);
  };
  return readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => {
      const text = readInput(join(folder, name)).toString('utf8');
      const title = /^#\s+(.+)$/m.exec(text)?.[1] ?? name;
      // The page's policy forbids style attributes; column alignment of tables becomes a class.
      const html = markdown.render(text).replace(/ style="text-align:(\w+)"/g, ' class="align-$1"');
      return { number: parseInt(name, 10) || 0, topic: name.replace(/^\d+-/, '').replace(/\.md$/, ''), title, html };
    });
}

const helpPlugin = {
  name: 'help',
  setup(build) {
    build.onResolve({ filter: /^virtual:help$/ }, () => ({ path: 'help', namespace: 'help' }));
    build.onLoad({ filter: /.*/, namespace: 'help' }, () => ({
      contents: `export const help = ${JSON.stringify({ nl: readHelp('nl'), en: readHelp('en') })};`,
      loader: 'js',
    }));
  },
};

const common = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  write: false,
  metafile: true,
  target: 'es2022',
  legalComments: 'eof',
  nodePaths: [modules],
  logLevel: 'warning',
};

function collect(result) {
  for (const file of result.outputFiles) files.set(basename(file.path), Buffer.from(file.contents));
  for (const input of Object.keys(result.metafile.inputs)) {
    if (!input.includes(':')) read.add(resolve(here, input));
  }
}

function entryName(result, entry) {
  const found = Object.entries(result.metafile.outputs).find(([, value]) => value.entryPoint === entry);
  return basename(found[0]);
}

const page = await esbuild.build({
  ...common,
  entryPoints: ['src/app.ts', 'src/styles/app.css'],
  outdir: '/out',
  format: 'esm',
  splitting: true,
  entryNames: '[name]-[hash]',
  chunkNames: 'part-[hash]',
  define: { 'process.env.NODE_ENV': '"production"' },
  plugins: [helpPlugin],
});
collect(page);

for (const name of readdirSync(join(here, 'icons'))) files.set(name, readInput(join(here, 'icons', name)));
files.set('manifest.webmanifest', readInput(join(here, 'src/manifest.webmanifest')));
files.set(
  'index.html',
  Buffer.from(
    readInput(join(here, 'src/index.html'))
      .toString('utf8')
      .replace('%SCRIPT%', entryName(page, 'src/app.ts'))
      .replace('%STYLE%', entryName(page, 'src/styles/app.css')),
  ),
);

const shell = [...files.keys()].filter((name) => /\.(js|css|svg|webmanifest)$/.test(name)).map((name) => '/' + name);
const version = shortHash([...files.keys()].sort().map((name) => name + shortHash(files.get(name))).join('\n'));
const worker = await esbuild.build({
  ...common,
  entryPoints: ['src/sw.ts'],
  outdir: '/out',
  format: 'iife',
  define: { SHELL_FILES: JSON.stringify(['/', ...shell]), SHELL_VERSION: JSON.stringify(version) },
});
collect(worker);

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const written = [];
for (const name of [...files.keys()].sort()) {
  const bytes = files.get(name);
  writeFileSync(join(out, name), bytes);
  written.push(name);
  const type = name.slice(name.lastIndexOf('.') + 1);
  if (!['png', 'jpg'].includes(type)) {
    writeFileSync(join(out, name + '.gz'), gzipSync(bytes, { level: 9 }));
    written.push(name + '.gz');
  }
}
const list = [...files.keys()].sort().map((name) => {
  const type = TYPES[name.slice(name.lastIndexOf('.') + 1)];
  if (!type) throw new Error(`no content type known for ${name}`);
  return `${name} ${type}\n`;
});
writeFileSync(join(out, 'manifest.txt'), list.join(''));
written.push('manifest.txt');
writeFileSync(
  join(out, 'web.gresource.xml'),
  `<?xml version="1.0" encoding="UTF-8"?>\n<gresources>\n  <gresource prefix="/terugblik/web">\n` +
    written.map((name) => `    <file>${name}</file>\n`).join('') +
    `  </gresource>\n</gresources>\n`,
);

if (options.depfile) {
  const escape = (path) => path.replace(/ /g, '\\ ');
  const target = join(options.out ?? out, 'manifest.txt');
  const inputs = [...read].sort().map((path) => escape(relative(process.cwd(), path) || path));
  writeFileSync(options.depfile, `${escape(target)}: ${inputs.join(' ')}\n`);
}
