// A kijkwijzer to read, on the screen and on paper: every code with its help.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { t, words } from '../i18n';
import { boardCodes, modifiersOf, scaleOf, type BoardCode } from '../model/instruments';
import { number } from '../model/format';
import type { Instrument, Modifier, Sampling, Scale } from '../model/types';
import { Part } from './base';
import { shape } from './icons';
import { vars } from './vars';

/** "30 seconden", "2 minuten" */
export function lengthText(seconds: number): string {
  const texts = t().kijkwijzer.lists;
  return seconds >= 60 && seconds % 60 === 0 ? texts.minute(seconds / 60) : texts.second(seconds);
}

@customElement('tb-instrument-sheet')
export class InstrumentSheet extends Part {
  @property({ attribute: false }) instrument!: Instrument;

  private nameOf(code: BoardCode['code']): string {
    return words(code.title) || t().kijkwijzer.code.untitled;
  }

  private facts(one: BoardCode): string {
    const texts = t().kijkwijzer;
    const { code, instrument } = one;
    const facts: string[] = [texts.kinds[code.kind]];
    const sampling = instrument.samplings?.find((each) => each.id === code.sampling);
    if (code.sampling && sampling) facts.push(words(sampling.title));
    if (code.kind === 'rating') facts.push(words(scaleOf(one)?.title));
    if (sampling?.none === code.id) facts.push(texts.view.none);
    facts.push(`${texts.view.button} ‘${words(code.short)}’`);
    if (code.key) facts.push(`${texts.view.key} ${code.key.toUpperCase()}`);
    if (code.kind !== 'rating') facts.push(texts.view.clip(number(code.lead, code.lead % 1 ? 1 : 0), number(code.lag, code.lag % 1 ? 1 : 0)));
    return facts.filter(Boolean).join(' · ');
  }

  private code(one: BoardCode): TemplateResult {
    const texts = t().kijkwijzer.view;
    const { code, instrument } = one;
    const mates = code.group ? instrument.codes.filter((each) => each.group === code.group && each.id !== code.id) : [];
    const modifiers = modifiersOf(one);
    return html`<li ${vars({ '--code-color': one.color })} data-code=${code.id}><p class="code-title">${shape(one.shape)}<strong>${this.nameOf(code)}</strong></p><p class="small">${this.facts(one)}</p>
      ${mates.length > 0 ? html`<p class="small">${texts.excludes(mates.map((each) => this.nameOf(each)).join(', '))}</p>` : nothing}
      ${modifiers.length > 0 ? html`<p class="small">${t().kijkwijzer.lists.modifiers}: ${modifiers.map((each) => words(each.title)).join(', ')}</p>` : nothing}
      ${words(code.help?.counts) ? html`<p><b>${texts.counts}:</b> ${words(code.help?.counts)}</p>` : nothing}
      ${words(code.help?.not) ? html`<p><b>${texts.not}:</b> ${words(code.help?.not)}</p>` : nothing}</li>`;
  }

  private scale(scale: Scale): TemplateResult {
    return html`<div class="sheet-part"><h3>${words(scale.title)}</h3><dl class="scale-steps">${scale.steps.map((step) => html`<dt>${number(step.value)} · ${words(step.title)}</dt><dd>${words(step.anchor)}</dd>`)}</dl>
      ${scale.not_applicable ? html`<p class="small">${t().kijkwijzer.view.notApplicable}</p>` : nothing}</div>`;
  }

  private modifier(one: Modifier): TemplateResult {
    const texts = t().kijkwijzer.lists;
    const what = one.type === 'number' ? `${texts.types.number}: ${number(one.min ?? 0)}–${number(one.max ?? 0)}` : `${texts.types[one.type]}: ${(one.choices ?? []).map((each) => words(each.title)).join(', ')}`;
    return html`<div class="sheet-part"><h3>${words(one.title)}</h3><p>${what}</p></div>`;
  }

  private sampling(one: Sampling): TemplateResult {
    const texts = t().kijkwijzer;
    return html`<div class="sheet-part"><h3>${words(one.title)}</h3><p>${texts.view.every(lengthText(one.every))}. ${texts.lists.rules[one.rule]}.${one.many ? html` ${texts.lists.many}.` : nothing}</p></div>`;
  }

  private section(id: string, title: string, parts: unknown[]): TemplateResult | typeof nothing {
    return parts.length === 0 ? nothing : html`<section class="card sheet-section" aria-labelledby=${`sheet-${id}`}><h2 id=${`sheet-${id}`}>${title}</h2>${parts}</section>`;
  }

  protected override render(): TemplateResult {
    const { instrument } = this;
    const texts = t().kijkwijzer;
    const codes = boardCodes([instrument]);
    const subjects = (instrument.subjects ?? []).map((one) => words(one.title)).join(', ');
    return html`<p class="sheet-lead">${words(instrument.description)}</p>
      ${instrument.domains.map((domain) => {
        const here = codes.filter((one) => one.domain === domain);
        return here.length === 0 ? nothing : html`<section class="card sheet-section" ${vars({ '--code-color': domain.color })}><h2>${shape(here[0]!.shape)}${words(domain.title)}</h2><ul class="codes">${here.map((one) => this.code(one))}</ul></section>`;
      })}
      ${this.section('scales', texts.lists.scales, (instrument.scales ?? []).map((one) => this.scale(one)))}
      ${this.section('samplings', texts.lists.samplings, (instrument.samplings ?? []).map((one) => this.sampling(one)))}
      ${this.section('modifiers', texts.lists.modifiers, (instrument.modifiers ?? []).map((one) => this.modifier(one)))}
      ${this.section('subjects', texts.view.subjects, subjects ? [html`<p>${subjects}</p>`] : [])}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tb-instrument-sheet': InstrumentSheet;
  }
}
