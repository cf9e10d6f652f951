// What is on the large screen, computed: the place in the film at any instant, and what each press makes of it. Pure.
import type { TalkItem, TalkState } from './coaching-types';

export interface Span {
  from: number;
  to: number;
}

/** A press says what it changes in the state it finds; null: it no longer makes sense. */
export type Press = (state: TalkState, items: TalkItem[]) => Partial<TalkState> | null;

export const TALK_SPEEDS = [0.25, 0.5, 0.75, 1, 1.5, 2];
/** So far before a moment one may go back, to see what led to it. */
export const LEAD_S = 30;
const FRAME_S = 1 / 25;
/** Nearer to the end than this is at the end. */
const END_S = 0.05;

/** Those that are talked about, in order. */
export function talked(items: TalkItem[]): TalkItem[] {
  return items.filter((one) => !one.skipped).sort((a, b) => a.position - b.position);
}

/** The moment on the screen; the first when none was chosen or it is gone. */
export function itemOf(state: TalkState, items: TalkItem[]): TalkItem | undefined {
  return items.find((one) => one.id === state.item) ?? talked(items)[0];
}

function wrap(position: number, { from, to }: Span): number {
  return to > from && position >= to ? from + ((position - from) % (to - from)) : position;
}

/** The state some ms after it was set: played on, stopped at the end of the moment or begun again there. */
export function playedOn(state: TalkState, passedMs: number, items: TalkItem[]): TalkState {
  const item = itemOf(state, items);
  const position = state.position ?? item?.from ?? 0;
  if (!state.playing || !item) return { ...state, position, playing: Boolean(state.playing && item) };
  const reached = position + (Math.max(0, passedMs) / 1000) * (state.rate ?? 1);
  if (state.loop) return { ...state, position: wrap(reached, item) };
  return reached >= item.to ? { ...state, position: item.to, playing: false } : { ...state, position: reached };
}

const clamp = (value: number, item: Span) => Math.min(Math.max(value, Math.max(0, item.from - LEAD_S)), item.to);

export const presses = {
  play: (on: boolean): Press => (state, items) => {
    const item = itemOf(state, items);
    if (!item) return null;
    if (!on) return state.playing ? { playing: false } : null;
    const position = state.position ?? item.from;
    return { item: item.id, playing: true, show: 'moment', position: position >= item.to - END_S ? item.from : position };
  },
  move: (seconds: number): Press => (state, items) => {
    const item = itemOf(state, items);
    return item ? { item: item.id, position: clamp((state.position ?? item.from) + seconds, item) } : null;
  },
  step: (direction: 1 | -1): Press => (state, items) => {
    const item = itemOf(state, items);
    return item ? { item: item.id, playing: false, position: clamp((state.position ?? item.from) + direction * (state.frame ?? FRAME_S), item) } : null;
  },
  rate: (rate: number): Press => () => ({ rate }),
  /** one step slower or faster */
  speed: (direction: 1 | -1): Press => (state) => {
    const rate = state.rate ?? 1;
    const next = direction > 0 ? TALK_SPEEDS.find((one) => one > rate) : TALK_SPEEDS.filter((one) => one < rate).at(-1);
    return next === undefined ? null : { rate: next };
  },
  loop: (loop: boolean): Press => () => ({ loop }),
  /** From its beginning, and still: the talk is about it first. */
  item: (id: string): Press => (_state, items) => {
    const item = items.find((one) => one.id === id);
    return item ? { item: id, position: item.from, playing: false, show: 'moment', layout: 'one', second: null, other: null } : null;
  },
  show: (show: NonNullable<TalkState['show']>): Press => () => ({ show }),
  notes: (notes: boolean): Press => () => ({ notes }),
  scores: (scores: boolean): Press => () => ({ scores }),
  minutes: (minutes: number | null): Press => () => ({ minutes }),
  besideMoment: (second: string): Press => (_state, items) => (items.some((one) => one.id === second) ? { layout: 'two', second, other: null, show: 'moment' } : null),
  besideVisit: (visit: string, at: number): Press => () => ({ layout: 'visits', second: null, other: { visit, at }, show: 'moment' }),
  one: (): Press => () => ({ layout: 'one', second: null, other: null }),
  /** What the screen truly shows; only as long as it is still about the same moment. */
  settle: (item: string, position: number, frame?: number): Press => (state) =>
    (state.item ?? item) === item ? { item, position, settled: true, ...(frame === undefined ? {} : { frame }) } : null,
};

/** The item before or after the one on the screen. */
export function neighbour(state: TalkState, items: TalkItem[], direction: 1 | -1): TalkItem | undefined {
  const all = talked(items);
  const now = itemOf(state, items);
  const index = all.findIndex((one) => one.id === now?.id);
  if (index >= 0) return all[index + direction];
  return now ? (direction > 0 ? all.find((one) => one.position > now.position) : all.filter((one) => one.position < now.position).at(-1)) : undefined;
}

export interface Pressed {
  /** ms of the server */
  at: number;
  press: Press;
  by: string;
}

/** What the presses make of a state that was set AT; and since when that holds. */
export function fold(state: TalkState, at: number, pressed: Pressed[], items: TalkItem[]): { state: TalkState; at: number } {
  let now = { state, at };
  for (const one of pressed) {
    const when = Math.max(now.at, one.at);
    const before = playedOn(now.state, when - now.at, items);
    const change = one.press(before, items);
    if (change) now = { state: { ...before, settled: false, ...change, ...(change.settled ? {} : { by: one.by }) }, at: when };
  }
  return now;
}
