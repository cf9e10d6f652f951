import assert from 'node:assert/strict';
import test from 'node:test';
import './bare';
import { forgetKept } from './browser-store';
import { ApiError } from '../src/model/api';
import { blank, finished } from '../src/model/instrument-draft';
import { InstrumentEditor } from '../src/model/instrument-editor';
import { observing } from '../src/model/observing';
import type { Draft } from '../src/model/observing-types';
import type { Instrument, InstrumentSummary } from '../src/model/types';

const titled = (nl: string): Instrument => finished(blank('rust', { nl, en: '' }));
const title = (editor: InstrumentEditor) => editor.document!.title.nl;
const write = (editor: InstrumentEditor, nl: string) => editor.set({ ...editor.document!, title: { nl, en: '' } });

/** A server with one draft, of which an answer may be lost on the way back. */
function server() {
  forgetKept();
  let draft: Draft = { document: titled('eerst'), revision: 1, saved_at: '' };
  const state = { down: false, lost: false, get title() { return draft.document.title.nl; }, by: (nl: string) => { draft = { document: titled(nl), revision: draft.revision + 1, saved_at: '' }; } };
  observing.instruments = async () => [{ id: 'rust', version: 1, draft: 1 } as InstrumentSummary];
  observing.draft = async () => structuredClone(draft);
  observing.saveDraft = async (_id, document, seen) => {
    if (state.down) throw new ApiError('offline', '', 0);
    if (seen !== draft.revision) throw new ApiError('conflict', '', 409);
    draft = { document: structuredClone(document), revision: draft.revision + 1, saved_at: '' };
    if (state.lost) throw new ApiError('offline', '', 0);
    return { revision: draft.revision, saved_at: '', problems: [] };
  };
  return state;
}

async function opened(): Promise<InstrumentEditor> {
  const editor = new InstrumentEditor('rust');
  await editor.load();
  return editor;
}

test('two who saved the same draft still have to choose after a reload, however often', async () => {
  const state = server();
  const mine = await opened();
  write(mine, 'van mij');
  state.by('van de ander');
  await mine.flush();
  assert.equal(mine.clash?.theirs?.document.title.nl, 'van de ander');
  mine.close();
  for (const time of ['once', 'twice']) {
    const again = await opened();
    assert.equal(again.clash?.theirs?.document.title.nl, 'van de ander', time);
    assert.equal(title(again), 'van mij');
    await again.flush();
    again.close();
    assert.equal(state.title, 'van de ander', 'nothing is saved before there was a choice');
  }
  const last = await opened();
  await last.takeMine();
  assert.equal(state.title, 'van mij');
  last.close();
});

test('what arrived without an answer is not taken for the work of another', async () => {
  const state = server();
  const editor = await opened();
  state.lost = true;
  write(editor, 'half');
  await editor.flush();
  assert.equal(state.title, 'half');
  assert.equal(editor.state, 'failed');
  write(editor, 'heel');
  state.lost = false;
  await editor.flush();
  assert.equal(editor.clash, null);
  await editor.flush();
  assert.equal(state.title, 'heel');
  assert.equal(editor.state, 'saved');
  editor.close();
});

test('what is written while it is saved is kept as made of what was saved', async () => {
  const state = server();
  const editor = await opened();
  write(editor, 'half');
  const saving = editor.flush();
  write(editor, 'heel');
  await saving;
  state.down = true;
  editor.close();
  state.down = false;
  const again = await opened();
  assert.equal(again.clash, null);
  assert.equal(title(again), 'heel');
  await again.flush();
  assert.equal(state.title, 'heel');
  again.close();
});
