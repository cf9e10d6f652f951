// Scores on the scales of the kijkwijzer, by domain, each with what it rests on. For the lesson itself and for afterwards.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { t, words } from '../i18n';
import { clockTime } from '../model/format';
import { codeOf, scaleOf, type BoardCode } from '../model/instruments';
import { countRatings, lacksEvidence, ratingOf, stepOfKey, withEvidence } from '../model/ratings';
import { session } from '../model/session';
import type { Observation, Scale } from '../model/types';
import type { VisitStore } from '../model/visit-store';
import { Part } from './base';
import { icon, shape } from './icons';
import { vars } from './vars';

/** As many as fit in a list that is looked through. */
const OFFERED = 40;

/** Something a score can point at. */
interface Evidence {
  id: string;
  at: number;
  text: string;
  code: BoardCode | null;
  /** null: taken away meanwhile */
  kind: 'observation' | 'clip' | null;
}

export function ratingCodes(codes: BoardCode[]): BoardCode[] {
  return codes.filter((one) => one.code.kind === 'rating' && scaleOf(one));
}

@customElement('tb-rating-form')
export class RatingForm extends Part {
  @property({ attribute: false }) store!: VisitStore;
  @property() subject: string | null = null;
  /** what is selected beside the form: one press makes it evidence */
  @property() selected: string | null = null;
  /** the page can show an observation or a clip */
  @property({ type: Boolean }) looks = false;
  @property({ type: Boolean }) blocked = false;
  @state() private choosing: string | null = null;
  @state() private search = '';
  @state() private only = false;

  private get codes(): BoardCode[] {
    return ratingCodes(this.store.codes);
  }

  private rating(code: BoardCode): Observation | undefined {
    return ratingOf(code, this.store.journal.observations, this.store.observer, this.subject);
  }

  private evidence(id: string): Evidence {
    const { journal } = this.store;
    const one = journal.find('observation', id);
    if (one && !one.removed) {
      const code = codeOf(this.store.codes, one) ?? null;
      return { id, at: one.at, text: `${clockTime(one.at)} ${code ? words(code.code.short) : t().record.moment}`, code, kind: 'observation' };
    }
    const clip = journal.find('clip', id);
    if (clip && !clip.removed) return { id, at: clip.from, text: `${clockTime(clip.from)} ${clip.title}`, code: null, kind: 'clip' };
    return { id, at: Infinity, text: t().tapping.evidenceGone, code: null, kind: null };
  }

  /** What can be pointed at: what was seen and cut, in the order of the lesson. */
  private offers(): Evidence[] {
    const { journal } = this.store;
    // Intervals are many and much alike: only for who searches.
    const searching = this.search.trim() !== '';
    const seen = journal.observations.filter((one) => one.kind !== 'rating' && (searching || one.kind !== 'interval')).map((one) => one.id);
    return [...seen, ...journal.clips.map((one) => one.id)].map((id) => this.evidence(id)).sort((a, b) => a.at - b.at);
  }

  private give(code: BoardCode, value: number | null): void {
    if (!this.blocked) this.store.rate(code, value, this.subject);
  }

  private point(one: Observation, id: string, there: boolean): void {
    this.store.changeObservation(one.id, { evidence: withEvidence(one.evidence, id, there) });
  }

  private onKey(event: KeyboardEvent, code: BoardCode, scale: Scale): void {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target instanceof HTMLInputElement) return;
    const rows = [...this.querySelectorAll<HTMLElement>('.rating')];
    const here = rows.indexOf(event.currentTarget as HTMLElement);
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const next = rows[here + (event.key === 'ArrowDown' ? 1 : -1)];
      next?.querySelector<HTMLElement>('.step[aria-pressed="true"], .step')?.focus();
    } else {
      const step = stepOfKey(event.key, scale);
      if (step === undefined) return;
      this.give(code, step);
    }
    // The page has the same keys for other things.
    event.preventDefault();
    event.stopPropagation();
  }

  private step(code: BoardCode, one: Observation | undefined, value: number | null, sign: string, title: string): TemplateResult {
    return html`<button type="button" class="step ${value === null ? 'not-applicable' : ''}" data-step=${value === null ? 'na' : value} ?disabled=${this.blocked}
      aria-pressed=${String(one !== undefined && one.rating === value)} title=${title}
      @click=${() => this.give(code, value)}><b>${sign}</b><span>${value === null ? nothing : title}</span></button>`;
  }

  private proof(one: Observation, id: string): TemplateResult {
    const found = this.evidence(id);
    const name = html`${found.kind === 'clip' ? icon('scissors') : shape(found.code?.shape ?? 'moment')}<span>${found.text}</span>`;
    return html`<li class="proof" data-evidence=${id} ${vars({ '--code-color': found.code?.color ?? '#5b534b' })}>
      ${this.looks && found.kind !== null
        ? html`<button type="button" class="small" aria-label=${t().tapping.lookAt(found.text)}
            @click=${() => this.dispatchEvent(new CustomEvent('look', { detail: { kind: found.kind, id } }))}>${name}</button>`
        : html`<span class="proof-name">${name}</span>`}
      <button type="button" class="icon-only" aria-label=${t().tapping.evidenceRemove(found.text)} title=${t().tapping.evidenceRemove(found.text)}
        @click=${() => this.point(one, id, false)}>${icon('close')}</button></li>`;
  }

  private chooser(one: Observation): TemplateResult {
    const texts = t().tapping;
    const all = this.offers().filter((each) => !(one.evidence ?? []).includes(each.id));
    const wanted = this.search.trim().toLowerCase();
    const note = (each: Evidence) => (each.kind === 'observation' ? (this.store.journal.find('observation', each.id)?.note ?? '') : '');
    const fits = wanted === '' ? all : all.filter((each) => `${each.text} ${note(each)}`.toLowerCase().includes(wanted));
    if (this.store.journal.observations.every((each) => each.kind === 'rating') && this.store.journal.clips.length === 0) return html`<p class="small">${texts.evidenceNone}</p>`;
    return html`<div class="evidence-chooser">
      <input type="search" aria-label=${texts.evidenceSearch} placeholder=${texts.evidenceSearch} .value=${this.search}
        @input=${(event: Event) => (this.search = (event.target as HTMLInputElement).value)} />
      ${fits.length === 0 ? html`<p class="small">${texts.evidenceNothing}</p>` : nothing}
      <ul>${fits.slice(0, OFFERED).map((each) => html`<li><button type="button" class="offer" data-offer=${each.id} ${vars({ '--code-color': each.code?.color ?? '#5b534b' })}
        @click=${() => this.point(one, each.id, true)}>${each.kind === 'clip' ? icon('scissors') : shape(each.code?.shape ?? 'moment')}
        <span>${each.text}${note(each) ? html` <small>${note(each)}</small>` : nothing}</span></button></li>`)}</ul>
      ${fits.length > OFFERED ? html`<p class="small">${texts.evidenceMore(fits.length - OFFERED)}</p>` : nothing}
    </div>`;
  }

  /** What the selected thing is called when it can be added to this score. */
  private addable(one: Observation): Evidence | null {
    if (this.selected === null || this.selected === one.id || (one.evidence ?? []).includes(this.selected)) return null;
    const found = this.evidence(this.selected);
    if (found.kind === null || this.store.journal.find('observation', this.selected)?.kind === 'rating') return null;
    return found;
  }

  private under(code: BoardCode, one: Observation): TemplateResult {
    const texts = t().tapping;
    const addable = this.addable(one);
    const open = this.choosing === code.ref;
    return html`<div class="evidence">
      <ul class="proofs" aria-label=${texts.evidence}>${(one.evidence ?? []).map((id) => this.proof(one, id))}</ul>
      ${lacksEvidence(one) ? html`<span class="lacks" data-test="lacks-evidence">${icon('warn')}${texts.noEvidence}</span>` : nothing}
      ${addable ? html`<button type="button" class="small" data-test="add-selected" @click=${() => this.point(one, addable.id, true)}>${icon('plus')}${texts.addSelected(addable.text)}</button>` : nothing}
      <button type="button" class="small" data-test="choose-evidence" aria-expanded=${String(open)}
        @click=${() => { this.search = ''; this.choosing = open ? null : code.ref; }}>${icon('plus')}${texts.addEvidence}</button>
      <button type="button" class="small quiet" data-test="clear-score" @click=${() => this.store.remove('observation', one.id)}>${icon('trash')}${texts.clearScore}</button>
    </div>
    ${open ? this.chooser(one) : nothing}`;
  }

  private row(code: BoardCode): TemplateResult {
    const texts = t().tapping;
    const scale = scaleOf(code)!;
    const one = this.rating(code);
    const title = words(code.code.title);
    const chosen = scale.steps.find((step) => one !== undefined && step.value === one.rating);
    const help = code.code.help?.counts ? words(code.code.help.counts) : '';
    const anchors = scale.steps.filter((step) => step.anchor);
    return html`<div class="rating ${lacksEvidence(one) ? 'without' : ''}" data-rating=${code.code.id} ${vars({ '--code-color': code.color })}
      @keydown=${(event: KeyboardEvent) => this.onKey(event, code, scale)}>
      <h4>${title}</h4>
      ${help ? html`<p class="small">${help}</p>` : nothing}
      <div class="steps" role="group" aria-label=${texts.scoreOf(title)}>
        ${scale.steps.map((step) => this.step(code, one, step.value, String(step.value), words(step.title)))}
        ${scale.not_applicable ? this.step(code, one, null, texts.notApplicable, texts.notApplicableLong) : nothing}
      </div>
      ${chosen?.anchor ? html`<p class="anchor">${words(chosen.anchor)}</p>` : nothing}
      ${anchors.length > 0 ? html`<details class="anchors"><summary>${texts.anchors}</summary><dl>${anchors.map((step) => html`<div><dt>${step.value} · ${words(step.title)}</dt><dd>${words(step.anchor)}</dd></div>`)}</dl></details>` : nothing}
      ${one && !this.blocked ? this.under(code, one) : nothing}
    </div>`;
  }

  protected override render(): TemplateResult {
    const texts = t().tapping;
    const all = this.codes;
    const counts = countRatings(all, this.store.journal.observations, this.store.observer, this.subject);
    const shown = this.only ? all.filter((code) => lacksEvidence(this.rating(code)) || this.choosing === code.ref) : all;
    const domains = new Map<string, BoardCode[]>();
    for (const code of shown) {
      const id = `${code.instrument.id}/${code.domain.id}`;
      domains.set(id, [...(domains.get(id) ?? []), code]);
    }
    return html`<div class="rating-form">
      <div class="rating-head">
        <p role="status"><span data-test="scored">${texts.scored(counts.done, counts.codes)}</span>
          ${counts.withoutEvidence > 0 ? html` · <strong class="lacks" data-test="without-evidence">${icon('warn')}${texts.withoutEvidence(counts.withoutEvidence)}</strong>` : counts.done > 0 ? html` · ${texts.allEvidence}` : nothing}</p>
        ${counts.withoutEvidence > 0 || this.only
          ? html`<button type="button" class="small" data-test="only-without" aria-pressed=${String(this.only)} @click=${() => { this.only = !this.only; this.choosing = null; }}>${this.only ? texts.showAll : texts.onlyWithout}</button>`
          : nothing}
      </div>
      ${this.blocked ? html`<p class="notice">${texts.rateFirst}</p>` : nothing}
      ${this.only && shown.length === 0 ? html`<p>${texts.noneWithout}</p>` : nothing}
      ${[...domains.values()].map((codes) => html`<section class="rating-domain" ${vars({ '--code-color': codes[0]!.color })}>
        <h3>${shape(codes[0]!.shape)}${words(codes[0]!.domain.title)}</h3>
        ${codes.map((code) => this.row(code))}</section>`)}
      ${session.settings.keys_enabled ? html`<p class="small keys-line">${texts.rateKeys}</p>` : nothing}
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tb-rating-form': RatingForm;
  }
}
