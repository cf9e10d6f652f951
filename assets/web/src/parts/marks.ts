// A strip above the place in the recording: where something was tapped, chosen or said. The lists say the same in words.
import { html, type TemplateResult } from 'lit';
import type { Comment, Moment } from '../model/coaching-types';
import { codeOf, type BoardCode } from '../model/instruments';
import type { Span } from '../model/moment-places';
import type { Observation } from '../model/types';
import { vars } from './vars';

export function marks(observations: Observation[], codes: BoardCode[], moments: Moment[], comments: Comment[], span: Span): TemplateResult {
  const place = (time: number) => `${(((time - span.from) / Math.max(0.1, span.to - span.from)) * 100).toFixed(2)}%`;
  const inside = (from: number, to: number) => to >= span.from && from <= span.to;
  return html`<div class="marks" aria-hidden="true">
    ${moments.filter((one) => inside(one.from, one.to)).map((one) => html`<i class="mark chosen ${one.kind}" ${vars({
      '--at': place(Math.max(span.from, one.from)), '--until': place(Math.min(span.to, one.to)) })}></i>`)}
    ${observations.map((one) => html`<i class="mark tapped" ${vars({ '--at': place(Math.max(span.from, one.at)), '--code-color': codeOf(codes, one)?.color ?? '#b9ac9b' })}></i>`)}
    ${comments.filter((one) => one.parent === null && inside(one.at, one.at)).map((one) => html`<i class="mark said" ${vars({ '--at': place(one.at) })}></i>`)}
  </div>`;
}
