import assert from 'node:assert/strict';
import test from 'node:test';
import './bare';
import { coaching } from '../src/model/coaching';
import type { Moment, MomentsAnswer, Talk } from '../src/model/coaching-types';
import { heard } from '../src/model/events';
import { OwnMoments } from '../src/model/own-moments';

const talk: Talk = {
  visit: 'v', coach_ready_at: null, teacher_ready_at: null, revealed_at: null, together: false, started_at: null,
  ended_at: null, state: {}, state_seq: 0, state_at: null,
};
const revealed: Talk = { ...talk, revealed_at: '2026-01-01T00:00:00Z' };
const moment = (id: string, side: Moment['side'], line = '') => ({ id, visit: 'v', side, line, position: 0 }) as Moment;
const answer = (moments: Moment[], of: Talk): MomentsAnswer => ({ side: 'teacher', moments, missing: { pride: 0, improve: 0 }, talk: of });
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

/** What the server is asked for: answered by hand, in the order of asking. */
function server(): ((answer: MomentsAnswer) => Promise<unknown>)[] {
  const asked: ((answer: MomentsAnswer) => Promise<unknown>)[] = [];
  coaching.moments = () => new Promise((resolve) => asked.push((one) => { resolve(one); return settled(); }));
  coaching.questions = () => Promise.reject(new Error('not here'));
  return asked;
}

test('what was saved while an answer was under way stays, and what the answer brought comes', async () => {
  const asked = server();
  const own = new OwnMoments('v');
  await asked[0]!(answer([moment('mine', 'teacher')], talk));

  heard.dispatchEvent(Object.assign(new Event('talk'), { detail: revealed }));
  assert.equal(asked.length, 2);
  coaching.changeMoment = async (_visit, id, fields) => moment(id, 'teacher', fields.line);
  own.change('mine', { line: 'de kring' });
  await settled();
  await asked[1]!(answer([moment('mine', 'teacher'), moment('theirs', 'coach')], revealed));
  assert.equal(own.mine[0]!.line, 'de kring', 'an answer from before it was saved does not take it away');

  assert.equal(asked.length, 3, 'and is asked for once more');
  await asked[2]!(answer([moment('mine', 'teacher', 'de kring'), moment('theirs', 'coach')], revealed));
  assert.deepEqual(own.answer!.moments.map((one) => `${one.id}:${one.line}`), ['mine:de kring', 'theirs:']);
  assert.equal(own.revealed, true);
  own.close();
});

test('what is told is newer than an answer under way', async () => {
  const asked = server();
  const own = new OwnMoments('v');
  heard.dispatchEvent(Object.assign(new Event('talk'), { detail: revealed }));
  await asked[0]!(answer([], talk));
  assert.equal(own.revealed, true);
  own.close();
});
