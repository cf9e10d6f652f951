// What codes of a kijkwijzer refer to: whom it is about, groups, extra choices, scales and how often is asked.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { t, words } from '../i18n';
import {
  LIMITS, added, changed, movedInList, newChoice, newGroup, newModifier, newSampling, newScale, newStep, newSubject, removed, retyped, shifted, usedBy, withEvery, type Document, type Listed, type ListName,
} from '../model/instrument-draft';
import type { InstrumentEditor } from '../model/instrument-editor';
import type { Modifier, Sampling, Scale, Words } from '../model/types';
import { Part } from './base';
import { icon } from './icons';
import { choiceField, numberField, selectField, wordsField } from './instrument-fields';
import { sayDone } from './toast';

type Shown = Exclude<ListName, 'domains'>;
const SHOWN: Shown[] = ['subjects', 'groups', 'modifiers', 'scales', 'samplings'];
const NEW = { subjects: newSubject, groups: newGroup, modifiers: newModifier, scales: newScale, samplings: newSampling };

@customElement('tb-instrument-lists')
export class InstrumentLists extends Part {
  @property({ attribute: false }) editor!: InstrumentEditor;
  /** "scales/ID" of what is open */
  @state() private open: string | null = null;
  private toFocus = '';

  override connectedCallback(): void {
    super.connectedCallback();
    this.follow(this.editor);
  }

  private get document(): Document {
    return this.editor.document!;
  }

  /** Opens what stands at PATH ("scales[0].steps[1].value"). */
  openAt(path: string): void {
    const found = /^(\w+)\[(\d+)\]/.exec(path);
    const item = found ? (this.document[found[1] as Shown] as { id: string }[] | undefined)?.[Number(found[2])] : undefined;
    if (item) this.open = `${found![1]}/${item.id}`;
  }

  private change<N extends Shown>(list: N, id: string, fields: Partial<Listed[N]>, field = ''): void {
    this.editor.set(changed(this.document, list, id, fields), field && `${list}/${id}/${field}`);
  }

  private add(list: Shown): void {
    const { document, id } = added(this.document, list, NEW[list]() as Omit<Listed[Shown], 'id'>);
    this.editor.set(document);
    this.open = `${list}/${id}`;
    this.toFocus = `[data-entry="${list}/${id}"] .item-form input`;
  }

  private takeAway(list: Shown, id: string, title: string): void {
    this.editor.set(removed(this.document, list, id));
    this.toFocus = `[data-add=${list}]`;
    sayDone(t().kijkwijzer.lists.removed(title), this.editor);
  }

  protected override updated(): void {
    if (this.toFocus === '') return;
    this.querySelector<HTMLElement>(this.toFocus)?.focus();
    this.toFocus = '';
  }

  /** Rows within a thing: steps, choices. */
  private innerButtons(title: string, at: number, of: number, least: number, move: (by: number) => void, drop: () => void): TemplateResult {
    const texts = t().kijkwijzer;
    return html`<span class="inner-buttons">
      <button type="button" class="icon-only quiet" aria-label=${texts.code.up(title)} title=${texts.code.up(title)} ?disabled=${at === 0} @click=${() => move(-1)}>${icon('up')}</button>
      <button type="button" class="icon-only quiet" aria-label=${texts.code.down(title)} title=${texts.code.down(title)} ?disabled=${at === of - 1} @click=${() => move(1)}>${icon('down')}</button>
      <button type="button" class="icon-only quiet" aria-label=${texts.lists.remove(title)} title=${texts.lists.remove(title)} ?disabled=${of <= least} @click=${drop}>${icon('trash')}</button></span>`;
  }

  private modifier(one: Modifier, path: string): TemplateResult {
    const texts = t().kijkwijzer.lists;
    const types = (['one', 'many', 'number'] as const).map((type) => ({ value: type, text: texts.types[type] }));
    const choices = one.choices ?? [];
    const set = (next: Modifier['choices'], field = '') => this.change('modifiers', one.id, { choices: next }, field);
    return html`${choiceField({ label: texts.type, path: `${path}.type`, value: one.type, options: types, set: (type) => this.editor.set({ ...this.document, modifiers: this.document.modifiers.map((each) => (each.id === one.id ? retyped(each, type as Modifier['type']) : each)) }) })}
      ${one.type === 'number'
        ? html`<div class="columns">${numberField(this.editor, { label: texts.min, path: `${path}.min`, value: one.min, min: -1e9, max: 1e9, set: (min) => this.change('modifiers', one.id, { min }) })}
            ${numberField(this.editor, { label: texts.max, path: `${path}.max`, value: one.max, min: -1e9, max: 1e9, set: (max) => this.change('modifiers', one.id, { max }) })}</div>`
        : html`<ul class="inner" data-path=${`${path}.choices`}>${choices.map((choice, at) => html`<li>
            ${wordsField(this.editor, { label: texts.choice(at + 1), path: `${path}.choices[${at}].title`, value: choice.title, limit: LIMITS.line, set: (title) => set(choices.map((each) => (each.id === choice.id ? { ...each, title } : each)), choice.id) })}
            ${this.innerButtons(words(choice.title) || texts.choice(at + 1), at, choices.length, 1, (by) => set(shifted(choices, at, at + by)), () => set(choices.filter((each) => each.id !== choice.id)))}</li>`)}</ul>
          <button type="button" class="quiet" data-test="add-choice" ?disabled=${choices.length >= LIMITS.choices} @click=${() => set([...choices, newChoice(one)])}>${icon('plus')}${texts.addChoice}</button>`}`;
  }

  private scale(one: Scale, path: string): TemplateResult {
    const texts = t().kijkwijzer.lists;
    const { steps } = one;
    const set = (next: Scale['steps'], field = '') => this.change('scales', one.id, { steps: next }, field);
    const step = (at: number, fields: Partial<Scale['steps'][number]>, field = '') => set(steps.map((each, index) => (index === at ? { ...each, ...fields } : each)), field && `${at}/${field}`);
    return html`<ul class="inner" data-path=${`${path}.steps`}>${steps.map((each, at) => html`<li class="scale-step">
        <div class="step-head"><strong>${texts.step(at + 1)}</strong>
          <button type="button" class="icon-only quiet" aria-label=${texts.remove(words(each.title) || texts.step(at + 1))} title=${texts.remove(words(each.title) || texts.step(at + 1))} ?disabled=${steps.length <= 2}
            @click=${() => set(steps.filter((_one, index) => index !== at))}>${icon('trash')}</button></div>
        <div class="step-fields">${numberField(this.editor, { label: texts.value, path: `${path}.steps[${at}].value`, value: each.value, min: -LIMITS.value, max: LIMITS.value, step: 1, set: (value) => step(at, { value }) })}
        ${wordsField(this.editor, { label: texts.name, path: `${path}.steps[${at}].title`, value: each.title, limit: LIMITS.line, set: (title) => step(at, { title }, 'title') })}</div>
        ${wordsField(this.editor, { label: texts.anchor, path: `${path}.steps[${at}].anchor`, value: each.anchor, limit: LIMITS.anchor, rows: 2, optional: true, set: (anchor) => step(at, { anchor }, 'anchor') })}</li>`)}</ul>
      <button type="button" class="quiet" data-test="add-step" ?disabled=${steps.length >= LIMITS.steps} @click=${() => set([...steps, newStep(one)])}>${icon('plus')}${texts.addStep}</button>
      <label class="check"><input type="checkbox" .checked=${one.not_applicable} @change=${(event: Event) => this.change('scales', one.id, { not_applicable: (event.target as HTMLInputElement).checked })} />${texts.notApplicable}</label>`;
  }

  private sampling(one: Sampling, path: string): TemplateResult {
    const texts = t().kijkwijzer.lists;
    const rules = (['momentary', 'partial', 'whole'] as const).map((rule) => ({ value: rule, text: texts.rules[rule] }));
    const mine = this.document.codes.filter((code) => code.kind === 'interval' && code.sampling === one.id);
    const options = [{ value: '', text: texts.noNoneCode }, ...mine.map((code) => ({ value: code.id, text: words(code.title) || t().kijkwijzer.code.untitled }))];
    return html`<div class="columns">${numberField(this.editor, { label: texts.every, path: `${path}.every`, value: one.every, min: 1, max: LIMITS.every, set: (every) => this.change('samplings', one.id, withEvery(one, every)) })}
        ${selectField(this.editor, { label: texts.noneCode, path: `${path}.none`, value: one.none ?? '', options, set: (nothing_) => this.change('samplings', one.id, { none: nothing_ || undefined }) })}</div>
      ${choiceField({ label: texts.rule, path: `${path}.rule`, value: one.rule, options: rules, set: (rule) => this.change('samplings', one.id, { rule: rule as Sampling['rule'] }) })}
      <label class="check"><input type="checkbox" .checked=${one.many} @change=${(event: Event) => this.change('samplings', one.id, { many: (event.target as HTMLInputElement).checked })} />${texts.many}</label>`;
  }

  private form(list: Shown, at: number): TemplateResult {
    const texts = t().kijkwijzer.lists;
    const one = this.document[list][at]!;
    const path = `${list}[${at}]`;
    const title = words(one.title) || texts.untitled;
    const move = (by: number) => this.editor.set(movedInList(this.document, list, one.id, by));
    return html`<div class="item-form">
      ${wordsField(this.editor, { label: texts.name, path: `${path}.title`, value: one.title, limit: LIMITS.line, set: (value: Words) => this.change(list, one.id, { title: value } as Partial<Listed[Shown]>, 'title') })}
      ${list === 'modifiers' ? this.modifier(one as Modifier, path) : list === 'scales' ? this.scale(one as Scale, path) : list === 'samplings' ? this.sampling(one as Sampling, path) : nothing}
      <div class="buttons"><button type="button" class="primary" @click=${() => { this.open = null; this.toFocus = `[data-entry="${list}/${one.id}"] .item-open`; }}>${t().kijkwijzer.code.close}</button>
        <button type="button" class="icon-only" aria-label=${t().kijkwijzer.code.up(title)} title=${t().kijkwijzer.code.up(title)} ?disabled=${at === 0} @click=${() => move(-1)}>${icon('up')}</button>
        <button type="button" class="icon-only" aria-label=${t().kijkwijzer.code.down(title)} title=${t().kijkwijzer.code.down(title)} ?disabled=${at === this.document[list].length - 1} @click=${() => move(1)}>${icon('down')}</button>
        <button type="button" class="quiet" data-test="remove-entry" @click=${() => this.takeAway(list, one.id, title)}>${icon('trash')}${t().common.remove}</button></div></div>`;
  }

  private list(list: Shown): TemplateResult {
    const texts = t().kijkwijzer.lists;
    const items = this.document[list] as { id: string; title: Words }[];
    return html`<section class="card holder" data-list=${list} data-path=${list} aria-labelledby=${`list-${list}`}><h3 id=${`list-${list}`}>${texts[list]}</h3><p class="small">${texts[`${list}Help`]}</p>
      ${items.length === 0 ? html`<p class="empty">${texts.none}</p>` : nothing}
      <ul class="items">${repeat(items, (one) => one.id, (one, at) => {
        const key = `${list}/${one.id}`;
        const open = this.open === key;
        const wrong = this.editor.found.some((problem) => problem.path.startsWith(`${list}[${at}]`));
        return html`<li class="item ${open ? 'opened' : ''}" data-entry=${key} data-path=${`${list}[${at}]`}><div class="item-row">
          <button type="button" class="quiet item-open" aria-expanded=${String(open)} @click=${() => (this.open = open ? null : key)}><span class="item-title"><strong>${words(one.title) || texts.untitled}</strong>
            ${list === 'subjects' ? nothing : html`<span class="small">${texts.usedBy(usedBy(this.document, list, one.id).length)}</span>`}</span>
            ${wrong ? html`<span class="dot-wrong">${icon('warn')}</span>` : nothing}${icon(open ? 'up' : 'down')}</button></div>
          ${open ? this.form(list, at) : nothing}</li>`;
      })}</ul>
      <button type="button" class="quiet" data-add=${list} ?disabled=${items.length >= LIMITS.list} @click=${() => this.add(list)}>${icon('plus')}${texts.add[list]}</button></section>`;
  }

  protected override render(): TemplateResult | typeof nothing {
    return this.editor.document ? html`${SHOWN.map((one) => this.list(one))}` : nothing;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tb-instrument-lists': InstrumentLists;
  }
}
