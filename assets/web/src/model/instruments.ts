// The kijkwijzers of a visit as the tap board and the time line need them.
import type { Code, Domain, Instrument, Observation, Subject } from './types';

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

export function subjectsOf(instruments: Instrument[]): Subject[] {
  const seen = new Map<string, Subject>();
  for (const instrument of instruments) {
    for (const subject of instrument.subjects ?? []) if (!seen.has(subject.id)) seen.set(subject.id, subject);
  }
  return [...seen.values()];
}

export function codeOf(codes: BoardCode[], observation: Pick<Observation, 'instrument' | 'code'>): BoardCode | undefined {
  const ref = codeRef(observation.instrument, observation.code);
  return codes.find((one) => one.ref === ref);
}
