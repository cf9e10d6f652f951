import assert from 'node:assert/strict';
import test from 'node:test';
import { Journal } from '../src/model/journal';
import type { Fields, JournalEntry, Observation, Operation } from '../src/model/types';

let made = 0;
const operation = (action: Operation['action'], target: string, fields?: Fields, of?: string): Operation => ({
  id: `op${++made}`, target: 'observation', target_id: target, action, ...(fields ? { fields } : {}), ...(of ? { of } : {}),
  author: 'ik', device: 'tablet', made_at: `2026-01-01T00:00:00.${String(made).padStart(6, '0')}Z`,
});
const undoOf = (of: Operation) => operation('undo', of.target_id, undefined, of.id);

const whole = (at: number, more: Fields = {}): Fields => ({
  instrument: 'k', code: 'c', kind: 'point', at, until: null, lead: 5, lag: 10, subject: null, note: '', valence: 'neutraal',
  observer: 'ik', closed_by: null, removed: false, ...more,
});
const object = (id: string, fields: Fields) => ({ id, ...fields }) as unknown as Observation;
const entry = (op: Operation, seq: number, fields: Fields): JournalEntry => ({ ...op, seq, at: '', object: object(op.target_id, fields) });
const notes = (journal: Journal) => journal.observations.map((one) => `${one.id}:${one.note}`);

test('a tap is visible before the server knows it, with its clip', () => {
  const journal = new Journal('ik', 'tablet');
  journal.apply(operation('add', 'a', whole(3)), whole(3));
  const [one] = journal.observations;
  assert.equal(one!.at, 3);
  assert.deepEqual(one!.clip, { from: 0, to: 13 });
  assert.equal(one!.open, false);
});

test('a state without an end is open and found by its code and observer', () => {
  const journal = new Journal('ik', 'tablet');
  journal.apply(operation('add', 'a', {}), whole(3, { kind: 'state' }));
  assert.equal(journal.openState('k', 'c', 'ik')?.id, 'a');
  assert.equal(journal.openState('k', 'c', 'een ander'), undefined);
  journal.apply(operation('change', 'a', { until: 9 }), { until: 9 });
  assert.equal(journal.openState('k', 'c', 'ik'), undefined);
});

test("the server's word replaces the guess, and comes only once", () => {
  const journal = new Journal('ik', 'tablet');
  const add = operation('add', 'a', {});
  journal.apply(add, whole(3));
  const told = entry(add, 1, whole(3.02));
  assert.equal(journal.receive(told), true);
  assert.equal(journal.observations[0]!.at, 3.02);
  assert.equal(journal.receive(told), false);
  assert.equal(journal.seq, 1);
});

test('what another device does is merged under what was not yet told back', () => {
  const journal = new Journal('ik', 'tablet');
  journal.reset([object('a', whole(3))], [], 1);
  journal.apply(operation('change', 'a', { note: 'van mij' }), { note: 'van mij' });
  const other = { ...operation('change', 'a', { at: 4 }), author: 'zij' };
  journal.receive(entry(other, 2, whole(4)));
  const [one] = journal.observations;
  assert.equal(one!.at, 4);
  assert.equal(one!.note, 'van mij');
});

test('undo and redo, at once and field by field', () => {
  const journal = new Journal('ik', 'tablet');
  journal.apply(operation('add', 'a', {}), whole(3));
  journal.apply(operation('change', 'a', { note: 'eerst' }), { note: 'eerst' });
  journal.apply(operation('change', 'a', { note: 'toen' }), { note: 'toen' });
  const undo = journal.undo(undoOf);
  assert.equal(undo[0]?.action, 'undo');
  assert.deepEqual(notes(journal), ['a:eerst']);
  journal.undo(undoOf);
  journal.undo(undoOf);
  assert.deepEqual(notes(journal), []);
  assert.equal(journal.canUndo, false);
  journal.redo(undoOf);
  journal.redo(undoOf);
  assert.deepEqual(notes(journal), ['a:eerst']);
  journal.redo(undoOf);
  assert.deepEqual(notes(journal), ['a:toen']);
  assert.equal(journal.canRedo, false);
  journal.undo(undoOf);
  assert.deepEqual(notes(journal), ['a:eerst']);
});

test('one step is taken back although others came after it', () => {
  const journal = new Journal('ik', 'tablet');
  journal.reset([object('a', whole(3))], [], 1);
  const removal = operation('remove', 'a');
  journal.apply(removal, { removed: true });
  journal.apply(operation('add', 'b', {}), whole(4));
  assert.deepEqual(journal.undoStepOf(removal.id, undoOf).map((one) => one.of), [removal.id]);
  assert.deepEqual(journal.observations.map((one) => one.id), ['a', 'b']);
  assert.deepEqual(journal.undoStepOf(removal.id, undoOf), [], 'once');
  assert.equal(journal.lastDone?.target_id, 'b');
});

test('doing something new ends redo', () => {
  const journal = new Journal('ik', 'tablet');
  journal.apply(operation('add', 'a', {}), whole(3));
  journal.undo(undoOf);
  journal.apply(operation('add', 'b', {}), whole(4));
  assert.equal(journal.canRedo, false);
});

test('a removed observation comes back with undo, after the server confirmed the removal', () => {
  const journal = new Journal('ik', 'tablet');
  journal.reset([object('a', whole(3, { note: 'x' }))], [], 1);
  const removal = operation('remove', 'a');
  journal.apply(removal, { removed: true });
  journal.receive(entry(removal, 2, whole(3, { note: 'x', removed: true })));
  assert.deepEqual(notes(journal), []);
  journal.undo(undoOf);
  assert.deepEqual(notes(journal), ['a:x']);
});

test('what the server had already, although its answer got lost, does not stay over what comes later', () => {
  const journal = new Journal('ik', 'tablet');
  const [here, later] = [operation('change', 'a', { note: 'van mij' }), operation('change', 'a', { at: 5 })];
  journal.reset([object('a', whole(3, { note: 'van mij' }))], [], 2);
  journal.restore(here);
  journal.restore(later);
  journal.sent([{ id: here.id, seq: 2 }, { id: later.id, seq: 3 }]);
  assert.equal(journal.observations[0]!.at, 5, 'what was not told back yet stays');
  journal.receive(entry(later, 3, whole(5, { note: 'van mij' })));
  journal.receive(entry({ ...operation('change', 'a', { note: 'van haar' }), author: 'zij' }, 4, whole(5, { note: 'van haar' })));
  assert.deepEqual(notes(journal), ['a:van haar']);
});

test('a refused operation disappears, also from undo', () => {
  const journal = new Journal('ik', 'tablet');
  const add = operation('add', 'a', {});
  journal.apply(add, whole(3));
  journal.refuse(add.id);
  assert.equal(journal.observations.length, 0);
  assert.equal(journal.canUndo, false);
});

test('after a reload what was done before can be undone, and only by who did it', () => {
  const journal = new Journal('ik', 'tablet');
  const mine = operation('add', 'a', {});
  const gone = operation('add', 'b', {});
  const other = { ...operation('add', 'c', {}), device: 'laptop' };
  journal.learnHistory([entry(mine, 1, whole(1)), entry(gone, 2, whole(2)), entry(other, 3, whole(3)), entry(undoOf(gone), 4, whole(2, { removed: true }))]);
  assert.equal(journal.lastDone?.id, mine.id);
  assert.equal(journal.canRedo, true);
  assert.equal(journal.undo(undoOf)[0]?.of, mine.id);
  assert.deepEqual(journal.undo(undoOf), []);
});

test('what one press did is taken back with one press, last first, and comes back in its order', () => {
  const journal = new Journal('ik', 'tablet');
  journal.reset([object('a', whole(3, { kind: 'state', code: 'uitleg' }))], [], 1);
  const end = operation('change', 'a', { until: 9 });
  const begin = operation('add', 'b', {});
  journal.apply(end, { until: 9 });
  journal.apply(begin, whole(9, { kind: 'state', code: 'werk' }), true);
  assert.equal(journal.openState('k', 'uitleg', 'ik'), undefined);
  assert.deepEqual(journal.undo(undoOf).map((one) => one.of), [begin.id, end.id]);
  assert.equal(journal.openState('k', 'uitleg', 'ik')?.id, 'a');
  assert.equal(journal.openState('k', 'werk', 'ik'), undefined);
  assert.deepEqual(journal.redo(undoOf).map((one) => one.target_id), ['a', 'b']);
  assert.equal(journal.openState('k', 'uitleg', 'ik'), undefined);
  assert.equal(journal.openState('k', 'werk', 'ik')?.id, 'b');
  assert.equal(journal.canRedo, false);
});

test('a step that was made before a reload is still one step', () => {
  const journal = new Journal('ik', 'tablet');
  const first = operation('add', 'a', {});
  const end = operation('change', 'a', { until: 9 });
  const begin = { ...operation('add', 'b', {}), made_at: end.made_at };
  journal.learnHistory([entry(first, 1, whole(1)), { seq: 2, hidden: true }, entry(end, 3, whole(1)), entry(begin, 4, whole(9))]);
  assert.deepEqual(journal.undo(undoOf).map((one) => one.of), [begin.id, end.id]);
  assert.deepEqual(journal.undo(undoOf).map((one) => one.of), [first.id]);
});

test('a step undone before a reload can be done again as one', () => {
  const journal = new Journal('ik', 'tablet');
  const end = operation('change', 'a', { until: 9 });
  const begin = { ...operation('add', 'b', {}), made_at: end.made_at };
  const back = undoOf(begin);
  const back2 = { ...undoOf(end), made_at: back.made_at };
  journal.learnHistory([entry(end, 1, whole(1)), entry(begin, 2, whole(9)), entry(back, 3, whole(9, { removed: true })), entry(back2, 4, whole(1))]);
  assert.equal(journal.canUndo, false);
  assert.deepEqual(journal.redo(undoOf).map((one) => one.of), [back2.id, back.id]);
});

test('an operation refused out of a step leaves the rest of it', () => {
  const journal = new Journal('ik', 'tablet');
  const first = operation('add', 'a', {});
  const second = operation('add', 'b', {});
  journal.apply(first, whole(1));
  journal.apply(second, whole(2), true);
  journal.refuse(second.id);
  assert.deepEqual(journal.undo(undoOf).map((one) => one.of), [first.id]);
});

test('what is hidden only counts', () => {
  const journal = new Journal('ik', 'tablet');
  assert.equal(journal.receive({ seq: 4, hidden: true }), false);
  assert.equal(journal.seq, 4);
  assert.equal(journal.receive({ seq: 2, hidden: true }), false);
  assert.equal(journal.seq, 4);
  assert.equal(journal.receive(entry(operation('add', 'a', {}), 5, whole(3))), true);
});

test('an open state is that of the one it is about', () => {
  const journal = new Journal('ik', 'tablet');
  journal.apply(operation('add', 'a', {}), whole(3, { kind: 'state', subject: 'Noor' }));
  assert.equal(journal.openState('k', 'c', 'ik', null), undefined);
  assert.equal(journal.openState('k', 'c', 'ik', 'Noor')?.id, 'a');
  assert.equal(journal.openState('k', 'c', 'ik')?.id, 'a');
});
