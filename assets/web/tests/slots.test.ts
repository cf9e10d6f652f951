import assert from 'node:assert/strict';
import test from 'node:test';
import { EVENT_TABS, PICTURE_TABS, Slots, type Channel } from '../src/model/slots';

/** A channel that reaches all others at once. */
function hub(): () => Channel {
  const all: Channel[] = [];
  return () => {
    const channel: Channel = {
      onmessage: null,
      postMessage: (data) => {
        for (const other of all) if (other !== channel) other.onmessage?.({ data } as MessageEvent);
      },
    };
    all.push(channel);
    return channel;
  };
}

test('of eight tabs the newest keep their streams, and one that is used again gets its turn', () => {
  const open = hub();
  const tabs = Array.from({ length: 8 }, (_, i) => new Slots(String(i), open()));
  const events = () => tabs.filter((one) => one.rank < EVENT_TABS).length;
  const pictures = () => tabs.filter((one) => one.rank < PICTURE_TABS).length;
  assert.equal(events(), 3);
  assert.equal(pictures(), 2);
  assert.ok(EVENT_TABS + PICTURE_TABS < 6);
  assert.equal(tabs[0]!.rank, 7);
  tabs[0]!.claim();
  assert.equal(tabs[0]!.rank, 0);
  assert.equal(tabs[7]!.rank, 1);
  assert.equal(events(), 3);
  tabs[0]!.leave();
  assert.equal(tabs[7]!.rank, 0);
});
