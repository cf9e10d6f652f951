// Every fixed text of a loss report has its Dutch words, for the command line and for the page, and they are the same.
import test from 'node:test';
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';

const root = new URL('../../', import.meta.url);
const text = (path) => readFileSync(new URL(path, root), 'utf8');

/** The text literals among the arguments of a call that begins at START, joined where they stand side by side. */
function literals(source, start) {
  let depth = 1, quoted = false, end = start;
  for (; depth > 0 && end < source.length; end++) {
    const c = source[end];
    if (quoted && c === '\\') end++;
    else if (c === '"') quoted = !quoted;
    else if (!quoted && c === '(') depth++;
    else if (!quoted && c === ')') depth--;
  }
  return [...source.slice(start, end).matchAll(/(?:"(?:[^"\\]|\\.)*"\s*)+/g)].map(([all]) => [...all.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((m) => m[1]).join(''));
}

/** What and why of all items; a place is no such text, nor is what has a % in it. */
function words() {
  const found = new Set();
  const places = ['', 'document', 'file', 'header', 'name', 'project', 'text'];
  const files = [...readdirSync(new URL('src/exchange/', root)).filter((name) => name.endsWith('.c')).map((name) => `src/exchange/${name}`), 'src/web/foreign.c'];
  for (const file of files) {
    const source = text(file);
    for (const call of source.matchAll(/(?<!\w)(?:tb_loss_add|changed|drop|tb_left_rounded|short_text) \(/g))
      for (const one of literals(source, call.index + call[0].length)) if (!one.includes('%') && !places.includes(one)) found.add(one);
  }
  return found;
}

test('every text has its Dutch words', () => {
  const po = new Map([...text('assets/po/nl.po').matchAll(/^msgid "(.*)"\nmsgstr "(.*)"$/gm)].map(([, id, str]) => [id, str]));
  const page = new Map([...text('assets/web/src/i18n/exchange-loss.ts').matchAll(/^ {2}'((?:[^'\\]|\\.)*)': '((?:[^'\\]|\\.)*)',$/gm)].map(([, id, str]) => [id.replaceAll("\\'", "'"), str.replaceAll("\\'", "'")]));
  const all = words();
  assert.ok(all.size > 140, `only ${all.size} were found`);
  assert.deepEqual([...all].filter((one) => !po.get(one)), [], 'not in assets/po/nl.po');
  assert.deepEqual([...all].filter((one) => po.get(one) !== page.get(one)), [], 'not the same in exchange-loss.ts');
});
