// What a loss report says, in Dutch; words that were found; and what a choice sends.
import test from 'node:test';
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lossNl } from '../src/i18n/exchange-loss';
import { excerpt, markWords } from '../src/model/found-words';
import { ImportChoice, mismatch } from '../src/model/import-choice';
import type { ImportJob } from '../src/model/observing-types';

/** What and why of every call in the sources that adds to a loss report; texts that are made elsewhere are left out. */
function saidBySources(): string[] {
  const source = join(process.cwd(), '../../src');
  const files = [...readdirSync(join(source, 'exchange')).filter((name) => name.endsWith('.c')).map((name) => join(source, 'exchange', name)), join(source, 'web/foreign.c')];
  const texts: string[] = [];
  const literal = '"(?:[^"\\\\]|\\\\.)*"(?:\\s*"(?:[^"\\\\]|\\\\.)*")*';
  const call = new RegExp(`(?:tb_loss_add \\([^;"]*?|\\b(?:changed|drop) \\([^;"]*?)(${literal}),\\s*(${literal})`, 'g');
  for (const file of files) {
    for (const match of readFileSync(file, 'utf8').matchAll(call)) {
      const plain = (text: string) => [...text.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((part) => part[1]).join('');
      texts.push(...[plain(match[1]!), plain(match[2]!)].filter((text) => !text.includes('%') && /^[\w ]/.test(text)));
    }
  }
  return [...new Set(texts)];
}

test('all that a report can say is there in Dutch', () => {
  const said = saidBySources();
  assert.ok(said.length > 100, `${said.length} texts found`);
  assert.deepEqual(said.filter((text) => lossNl[text] === undefined), []);
});

test('words are marked without case and accents, the last by its beginning', () => {
  const marked = (text: string, query: string) => markWords(text, query).map((one) => (one.found ? `[${one.text}]` : one.text)).join('');
  assert.equal(marked('Een Coördinatie', 'coord'), 'Een [Coörd]inatie');
  assert.equal(marked('Een Coo\u0308rdinatie', 'coord'), 'Een [Coo\u0308rd]inatie');
  assert.equal(marked('mooi, mooier', 'mooi gezegd'), '[mooi], mooier');
  assert.equal(marked('<b> & niets', 'b'), '<[b]> & niets');
  assert.equal(marked('niets', '  '), 'niets');
});

test('a long note is shown around what was found', () => {
  const note = `${'woord '.repeat(60)}schat en nog iets`;
  const text = excerpt(markWords(note, 'schat')).map((one) => one.text).join('');
  assert.ok(text.startsWith('… woord') && text.endsWith('schat en nog iets') && text.length < 90, text);
  assert.equal(excerpt(markWords('kort schat', 'schat')).map((one) => one.text).join(''), 'kort schat');
});

const job: ImportJob = {
  id: 'x', name: 'a.boris', format: 'boris', format_title: 'BORIS', title: '', subjects: [], observers: [], loss: { present: 3, carried: 3, dropped: 0, items: [] }, columns: null,
  sets: [{ id: 'A', description: '', observations: 2, started_at: null, length: 3 }, { id: 'B', description: '', observations: 1, started_at: null, length: 1 }],
  codes: [{ id: 'c', title: 'c', kind: 'point', category: null, count: 2, suggestion: { instrument: 'i', code: 'k' } }, { id: 'd', title: 'd', kind: 'state', category: null, count: 1, suggestion: null }],
};

test('a choice sends only what is not a matter of course', () => {
  const choice = new ImportChoice(job);
  assert.deepEqual(choice.body, { visit: null, sets: null, codes: { c: { instrument: 'i', code: 'k' } } });
  choice.sets.delete('B');
  choice.codes.set('c', 'new').set('d', 'out');
  choice.visit = { id: 'v', title: 'V' };
  assert.deepEqual(choice.body, { visit: null, sets: ['A'], codes: { d: null } });
  choice.into = true;
  assert.equal(choice.body.visit, 'v');
  assert.equal(choice.observations, 2);
});

test('a file that is read in another way keeps what was chosen of what is in it still', () => {
  const choice = new ImportChoice(job);
  choice.sets.delete('B');
  choice.codes.set('d', 'out');
  choice.into = true;
  choice.visit = { id: 'v', title: 'V' };
  const [c, d] = job.codes as [ImportJob['codes'][number], ImportJob['codes'][number]];
  const other = choice.again({ ...job, codes: [{ ...c, suggestion: { instrument: 'i', code: 'other' } }, d, { ...d, id: 'e', title: 'e' }], sets: [...job.sets, { ...job.sets[0]!, id: 'C' }] });
  assert.deepEqual(other.body, { visit: 'v', sets: ['A', 'C'], codes: { c: { instrument: 'i', code: 'other' }, d: null } });
  assert.deepEqual(choice.again({ ...job, codes: [c, { ...d, title: 'something else' }] }).becomes(d), 'new');
});

test('what does not fit in a code of another kind is known before', () => {
  assert.deepEqual([mismatch('state', 'point'), mismatch('point', 'state'), mismatch('state', 'state'), mismatch('point', 'rating'), mismatch('state', undefined)], ['loses', 'gains', null, null, null]);
});
