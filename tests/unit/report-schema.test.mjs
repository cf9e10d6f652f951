// schemas/report.schema.json says the same as the reader in src/web/report-content.c, whose test
// reads and writes the same files.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const root = new URL('../../', import.meta.url);
const read = (path) => JSON.parse(readFileSync(new URL(path, root), 'utf8'));
const ajv = new Ajv2020.default({ strict: true, allowUnionTypes: true });
addFormats.default(ajv);
const validate = ajv.compile(read('schemas/report.schema.json'));

test('what the program reads and writes is of the schema', () => {
  for (const name of ['full', 'written', 'least'])
    assert.ok(validate(read(`tests/fuzz/corpus/report/${name}.json`)), `${name}: ${ajv.errorsText(validate.errors)}`);
});

test('what is wrong is not', () => {
  const full = read('tests/fuzz/corpus/report/full.json');
  const bad = [
    { format: 2 }, { language: 'fr' }, { score: 3 }, { coach: 'a\nb' }, { note: 'x'.repeat(4001) }, { date: '22-11-2026' },
    { moments: Array(13).fill({}) }, { moments: [{ from: 1 }] }, { moments: [{ still: 'sharp' }] }, { next: { when: '' } },
    { agreements: [{ text: '' }] }, { signatures: [{ name: 'a', role: 'head', at: '2026-11-22T15:04:00Z' }] },
  ];
  for (const change of bad) assert.ok(!validate({ ...full, ...change }), JSON.stringify(change).slice(0, 80));
});
