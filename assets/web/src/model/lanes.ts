// Which observations share a lane of the time line. Pure.
import type { BoardCode } from './instruments';
import type { Observation, Words } from './types';
import { codeRef } from './instruments';

export interface LaneGroup {
  title: Words;
  codes: BoardCode[];
  observations: Observation[];
}

/** What only one of several codes can be at a time: the states of a group, and the answers of a sampling with one answer. */
function sharedBy(code: BoardCode): { id: string; title: Words } | null {
  const { instrument } = code;
  if (code.code.kind === 'state' && code.code.group !== undefined) {
    const group = instrument.groups?.find((one) => one.id === code.code.group);
    return group ? { id: `${instrument.id}/group/${group.id}`, title: group.title } : null;
  }
  if (code.code.kind === 'interval') {
    const sampling = instrument.samplings?.find((one) => one.id === code.code.sampling);
    return sampling && !sampling.many ? { id: `${instrument.id}/sampling/${sampling.id}`, title: sampling.title } : null;
  }
  return null;
}

/** Two of them would hide each other: other observers or other subjects at the same time. */
function overlap(observations: Observation[]): boolean {
  const sorted = [...observations].sort((a, b) => a.at - b.at);
  let until = -Infinity;
  for (const one of sorted) {
    if (one.at < until - 1e-6) return true;
    until = Math.max(until, one.until ?? (one.kind === 'state' ? Infinity : one.at));
  }
  return false;
}

/** The lanes of what was seen, in the order of the board. Ratings have none. */
export function laneGroups(codes: BoardCode[], observations: Observation[]): LaneGroup[] {
  const byRef = new Map<string, Observation[]>();
  for (const one of observations) {
    if (one.kind === 'rating') continue;
    const ref = codeRef(one.instrument, one.code);
    const known = byRef.get(ref);
    if (known) known.push(one);
    else byRef.set(ref, [one]);
  }
  const shared = new Map<string, BoardCode[]>();
  for (const code of codes) {
    const id = sharedBy(code)?.id;
    if (id !== undefined && byRef.has(code.ref)) shared.set(id, [...(shared.get(id) ?? []), code]);
  }
  const lanes: LaneGroup[] = [];
  const drawn = new Set<BoardCode>();
  for (const code of codes) {
    const found = byRef.get(code.ref);
    if (!found || drawn.has(code)) continue;
    const group = sharedBy(code);
    const mates = group ? shared.get(group.id)! : [code];
    const all = mates.flatMap((one) => byRef.get(one.ref)!);
    if (group && mates.length > 1 && !overlap(all)) {
      for (const mate of mates) drawn.add(mate);
      lanes.push({ title: group.title, codes: mates, observations: all });
    } else lanes.push({ title: code.code.short, codes: [code], observations: found });
  }
  return lanes;
}
