// What was observed, as a list that leads into the recording; what a time sampling asked, and scores, stay folded below it.
import { html, nothing, type TemplateResult } from 'lit';
import { t, words } from '../i18n';
import { clockTime } from '../model/format';
import { codeOf, scaleOf, type BoardCode } from '../model/instruments';
import { remarksOf, samplingCounts, seenOf, type SamplingCount } from '../model/seen';
import type { Observation } from '../model/types';
import { icon, shape } from './icons';
import { vars } from './vars';

const PLAIN_COLOR = '#5b534b';

interface SeenList {
  observations: Observation[];
  codes: BoardCode[];
  /** the coach shows them later */
  bare: boolean;
  look(at: number): void;
  /** takes it for one's own list; null: that cannot be done here */
  choose: ((one: Observation, title: string) => void) | null;
}

function row(one: Observation, { codes, look, choose }: SeenList): TemplateResult {
  const code = codeOf(codes, one);
  const title = code ? words(code.code.short) : t().record.moment;
  const remarks = remarksOf(one, code, codes);
  return html`<li class="obs" data-observation=${one.id} ${vars({ '--code-color': code?.color ?? PLAIN_COLOR })}>
    <button type="button" class="row-main" @click=${() => look(one.at)}><span class="time">${clockTime(one.at)}</span>${shape(code?.shape ?? 'moment')}
      <span class="what"><strong>${title}</strong>${remarks.length > 0 ? html`<em>${remarks.join(' · ')}</em>` : nothing}${one.note ? html`<span class="note">${one.note}</span>` : nothing}</span></button>
    ${choose ? html`<button type="button" class="icon-only" data-test="choose-seen" title=${t().momentsOfMine.choose}
      aria-label="${t().momentsOfMine.choose}: ${title}, ${clockTime(one.at)}" @click=${() => choose(one, title)}>${icon('star')}</button>` : nothing}</li>`;
}

function sampling(one: SamplingCount): TemplateResult {
  return html`<li><p>${words(one.board.sampling.title)} <span class="small">${t().tapping.every(one.board.sampling.every)}</span></p>
    <ul>${one.codes.map(({ code, n }) => html`<li ${vars({ '--code-color': code.color })}>${shape(code.shape)}<span class="what"><strong>${words(code.code.title)}</strong>
      <span class="small">${t().look.timesOf(n, one.answered)}</span></span></li>`)}</ul></li>`;
}

function score(one: Observation, { observations, codes, look }: SeenList): TemplateResult {
  const code = codeOf(codes, one);
  const step = scaleOf(code)?.steps.find((each) => each.value === one.rating);
  const value = one.rating === null ? t().tapping.notApplicableLong : step ? `${step.value} · ${words(step.title)}` : String(one.rating);
  const remarks = remarksOf(one, code, codes);
  const evidence = observations.filter((each) => each.kind !== 'rating' && one.evidence?.includes(each.id));
  return html`<li data-score=${one.id} ${vars({ '--code-color': code?.color ?? PLAIN_COLOR })}>${shape(code?.shape ?? 'moment')}
    <span class="what"><strong>${code ? words(code.code.title) : t().record.moment}</strong> <span class="value">${[value, ...remarks].join(' · ')}</span>
      ${one.note ? html`<span class="note">${one.note}</span>` : nothing}
      ${evidence.length > 0
        ? html`<span class="seen-evidence"><span class="small">${t().tapping.evidence}</span>${evidence.map((each) => html`<button type="button" class="small" @click=${() => look(each.at)}>${clockTime(each.at)}</button>`)}</span>`
        : nothing}</span></li>`;
}

export function seenList(list: SeenList): TemplateResult {
  const texts = t().look;
  const { bare, codes } = list;
  const { moments, intervals, ratings } = seenOf(list.observations);
  const samplings = samplingCounts(intervals, codes);
  const nothingSeen = moments.length + samplings.length + ratings.length === 0;
  return html`<h2 id="seen">${texts.seen}</h2>
    ${bare ? html`<p class="notice" data-test="bare">${icon('eye')}<span>${t().room.bare}</span></p>` : nothing}
    ${nothingSeen && !bare ? html`<p class="empty">${texts.nothingSeen}</p>` : nothing}
    ${moments.length > 0 ? html`<ol class="observations">${moments.map((one) => row(one, list))}</ol>` : nothing}
    ${samplings.length > 0
      ? html`<details class="seen-aside" data-test="seen-intervals"><summary>${texts.intervals}</summary><ul>${samplings.map(sampling)}</ul></details>`
      : nothing}
    ${ratings.length > 0
      ? html`<details class="seen-aside" data-test="seen-scores"><summary>${texts.scores}</summary><p class="small">${texts.scoresHelp}</p><ul>${ratings.map((one) => score(one, list))}</ul></details>`
      : nothing}`;
}
