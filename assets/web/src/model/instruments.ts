// The kijkwijzers of a visit as the tap board and the time line need them.
import type { Code, Domain, Instrument, Modifier, Observation, Scale, Subject, Words } from './types';

export type Shape = 'circle' | 'square' | 'triangle' | 'diamond' | 'hexagon' | 'star';

const SHAPES: Shape[] = ['circle', 'square', 'triangle', 'diamond', 'hexagon', 'star'];

/** A code with what belongs to it. `key` in the kijkwijzer is a proposal; the device may give it another. */
export interface BoardCode {
  instrument: Instrument;
  domain: Domain;
  code: Code;
  shape: Shape;
  color: string;
  /** unique over all kijkwijzers of a visit */
  ref: string;
}

export const MOMENT_REF = 'moment';

export function codeRef(instrument: string | null, code: string | null): string {
  return code === null ? MOMENT_REF : `${instrument ?? ''}/${code}`;
}

/** All codes of these kijkwijzers in their order. A domain keeps its colour and shape wherever it appears. */
export function boardCodes(instruments: Instrument[]): BoardCode[] {
  const shapes = new Map<string, Shape>();
  const codes: BoardCode[] = [];
  for (const instrument of instruments) {
    for (const domain of instrument.domains) {
      if (!shapes.has(domain.id)) shapes.set(domain.id, SHAPES[shapes.size % SHAPES.length]!);
      for (const code of instrument.codes.filter((one) => one.domain === domain.id)) {
        codes.push({
          instrument,
          domain,
          code,
          shape: shapes.get(domain.id)!,
          color: code.color ?? domain.color,
          ref: codeRef(instrument.id, code.id),
        });
      }
    }
  }
  return codes;
}

/** What a press on the board makes an observation of. */
export function isTappable(one: BoardCode): boolean {
  return one.code.kind === 'point' || one.code.kind === 'state';
}

export interface BoardTab {
  id: string;
  title: Words;
  codes: BoardCode[];
}

const OTHER: Words = { nl: 'Overige', en: 'Other' };
/** As many buttons fit on a board without tabs. */
const ALL_AT_ONCE = 12;

function layoutTabs(instrument: Instrument, codes: BoardCode[]): BoardTab[] {
  const left = new Map(codes.map((one) => [one.code.id, one]));
  const tabs = instrument.layout!.tabs.map((tab) => {
    const found = tab.codes.map((id) => left.get(id)).filter((one) => one !== undefined);
    for (const one of found) left.delete(one.code.id);
    return { id: `${instrument.id}/tab/${tab.id}`, title: tab.title, codes: found };
  });
  return [...tabs, { id: `${instrument.id}/tab`, title: OTHER, codes: [...left.values()] }].filter((tab) => tab.codes.length > 0);
}

/** The tabs of the board: those of the kijkwijzer, with what is in none of them last; else one for each domain. */
export function boardTabs(codes: BoardCode[]): BoardTab[] {
  const tabs: BoardTab[] = [];
  for (const instrument of new Set(codes.map((one) => one.instrument))) {
    const own = codes.filter((one) => one.instrument === instrument);
    if (instrument.layout) tabs.push(...layoutTabs(instrument, own));
    else {
      for (const domain of new Set(own.map((one) => one.domain)))
        tabs.push({ id: `${instrument.id}/${domain.id}`, title: domain.title, codes: own.filter((one) => one.domain === domain) });
    }
  }
  return tabs;
}

/** Whether one tab is shown at a time: many codes, or a kijkwijzer that was laid out so. */
export function oneTabAtATime(tabs: BoardTab[]): boolean {
  if (tabs.length < 2) return false;
  return tabs.some((tab) => tab.codes.some((one) => one.instrument.layout)) || tabs.reduce((n, tab) => n + tab.codes.length, 0) > ALL_AT_ONCE;
}

/** The states that exclude this one. */
export function groupMates(codes: BoardCode[], code: BoardCode): BoardCode[] {
  const { group, kind } = code.code;
  if (kind !== 'state' || group === undefined) return [];
  return codes.filter((one) => one !== code && one.instrument.id === code.instrument.id && one.code.group === group && one.code.kind === 'state');
}

export function modifiersOf(code: BoardCode | undefined): Modifier[] {
  const known = code?.instrument.modifiers ?? [];
  return (code?.code.modifiers ?? []).map((id) => known.find((one) => one.id === id)).filter((one) => one !== undefined);
}

export function scaleOf(code: BoardCode | undefined): Scale | undefined {
  return code?.instrument.scales?.find((one) => one.id === code.code.scale);
}

export function subjectsOf(instruments: Instrument[]): Subject[] {
  const seen = new Map<string, Subject>();
  for (const instrument of instruments) {
    for (const subject of instrument.subjects ?? []) if (!seen.has(subject.id)) seen.set(subject.id, subject);
  }
  return [...seen.values()];
}

/** A subject as it is shown: the title of a listed one; one's own is its text. */
export function subjectTitle(subjects: Subject[], subject: string): Words {
  return subjects.find((one) => one.id === subject)?.title ?? { nl: subject, en: subject };
}

/** Those that are in no list: what was typed on the spot, in the order of first use. */
export function ownSubjects(subjects: Subject[], observations: Pick<Observation, 'subject'>[]): string[] {
  const listed = new Set(subjects.map((one) => one.id));
  const found = new Set<string>();
  for (const { subject } of observations) if (subject && !listed.has(subject)) found.add(subject);
  return [...found];
}

/** What was typed, as a subject: a listed one when it is the name of one. */
export function typedSubject(subjects: Subject[], text: string): string | null {
  const typed = text.trim().replace(/\s+/g, ' ').slice(0, 200);
  if (typed === '') return null;
  const same = subjects.find((one) => [one.title.nl, one.title.en].some((title) => title.toLowerCase() === typed.toLowerCase()));
  return same?.id ?? typed;
}

export function codeOf(codes: BoardCode[], observation: Pick<Observation, 'instrument' | 'code'>): BoardCode | undefined {
  const ref = codeRef(observation.instrument, observation.code);
  return codes.find((one) => one.ref === ref);
}
