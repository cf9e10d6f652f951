// The codes of a kijkwijzer that is being made, by domain: in order, to be moved, and one of them opened.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { t, words } from '../i18n';
import {
  LIMITS, added, addedCode, byDomain, changed, codeById, duplicatedCode, movedInList, newDomain, removable, removed, removedCode, withDomains, type Document, type Holder,
} from '../model/instrument-draft';
import type { InstrumentEditor } from '../model/instrument-editor';
import { boardCodes, type BoardCode } from '../model/instruments';
import type { Code, Domain } from '../model/types';
import { Part } from './base';
import { Mover } from './drag-list';
import { icon, shape } from './icons';
import './instrument-code';
import { colorField, wordsField } from './instrument-fields';
import { sayDone } from './toast';
import { vars } from './vars';

@customElement('tb-instrument-codes')
export class InstrumentCodes extends Part {
  @property({ attribute: false }) editor!: InstrumentEditor;
  /** the code, or the domain, that is open */
  @property({ attribute: false }) open: string | null = null;
  @state() private said = '';
  private toFocus = '';
  private readonly mover = new Mover(
    this, () => byDomain(this.document),
    (holders) => this.editor.set(withDomains(this.document, holders)),
    (item, to, place, of) => {
      this.said = t().kijkwijzer.code.movedTo(this.titleOf(item), place, of, this.domainTitle(this.document.domains.find((one) => one.id === to)));
      this.toFocus = `[data-item="${item}"] ${this.querySelector(`[data-item="${item}"] .item-form :focus`) ? '' : '[data-handle]'}`.trim();
    },
  );

  override connectedCallback(): void {
    super.connectedCallback();
    this.follow(this.editor);
    this.on(this, 'renamed', (event) => this.show((event as CustomEvent<string>).detail));
  }

  private get document(): Document {
    return this.editor.document!;
  }

  private show(id: string | null): void {
    this.open = id;
    this.dispatchEvent(new CustomEvent('opened', { detail: id }));
  }

  private titleOf(id: string): string {
    const code = codeById(this.document, id);
    return words(code?.title) || words(code?.short) || t().kijkwijzer.code.untitled;
  }

  private domainTitle(domain: Domain | undefined): string {
    return words(domain?.title) || t().kijkwijzer.domain.untitled;
  }

  private add(domain: string): void {
    const { document, id } = addedCode(this.document, domain);
    this.editor.set(document);
    this.show(id);
    this.toFocus = `[data-item="${id}"] .item-form input`;
  }

  private duplicate(id: string): void {
    const made = duplicatedCode(this.document, id);
    this.editor.set(made.document);
    this.show(made.id);
    this.toFocus = `[data-item="${made.id}"] .item-form input`;
  }

  private takeAway(id: string): void {
    const title = this.titleOf(id);
    const before = this.document;
    this.editor.set(removedCode(before, id));
    this.show(null);
    this.toFocus = '[data-test=add-code]';
    sayDone(t().kijkwijzer.code.removed(title), this.editor);
  }

  private addDomain(): void {
    const { document, id } = added(this.document, 'domains', newDomain(this.document));
    this.editor.set(document);
    this.show(`domain/${id}`);
    this.toFocus = `[data-domain="${id}"] .domain-form input`;
  }

  private removeDomain(domain: Domain): void {
    this.editor.set(removed(this.document, 'domains', domain.id));
    this.show(null);
    this.toFocus = '[data-test=add-domain]';
    sayDone(t().kijkwijzer.domain.removed(this.domainTitle(domain)), this.editor);
  }

  protected override updated(): void {
    if (this.toFocus === '') return;
    const wanted = this.toFocus;
    this.toFocus = '';
    // The form of a code draws itself a moment later.
    void this.updateComplete.then(() => requestAnimationFrame(() => this.querySelector<HTMLElement>(wanted)?.focus()));
  }

  private summary(code: Code): string {
    const texts = t().kijkwijzer;
    const { document } = this;
    const parts = [texts.kinds[code.kind]];
    const title = (list: readonly { id: string; title: Code['title'] }[], id: string | undefined) => words(list.find((one) => one.id === id)?.title);
    for (const part of [title(document.groups, code.group), title(document.scales, code.scale), title(document.samplings, code.sampling)]) if (part) parts.push(part);
    return parts.join(' · ');
  }

  private row(one: BoardCode, holder: Holder): TemplateResult {
    const texts = t().kijkwijzer.code;
    const { code } = one;
    const open = this.open === code.id;
    const title = this.titleOf(code.id);
    const at = this.document.codes.indexOf(code);
    const wrong = this.editor.found.some((problem) => problem.path.startsWith(`codes[${at}].`));
    return html`<li class="item ${open ? 'opened' : ''} ${this.mover.itemClass(holder, code.id)}" data-item=${code.id} data-path=${`codes[${at}]`} ${vars({ '--code-color': one.color })}
      @keydown=${(event: KeyboardEvent) => this.mover.key(event, code.id, true)}>
      <div class="item-row">
        <button type="button" class="icon-only quiet drag-handle" data-handle aria-label=${texts.drag(title)} title=${texts.drag(title)} aria-describedby="move-help"
          @pointerdown=${(event: PointerEvent) => this.mover.start(event, code.id)} @keydown=${(event: KeyboardEvent) => this.mover.key(event, code.id)}>${icon('grip')}</button>
        <button type="button" class="quiet item-open" data-open=${code.id} aria-expanded=${String(open)} @click=${() => this.show(open ? null : code.id)}>
          ${shape(one.shape)}<span class="item-title"><strong>${title}</strong><span class="small">${this.summary(code)}</span></span>
          ${wrong ? html`<span class="dot-wrong" title=${t().kijkwijzer.problems.title(1)}>${icon('warn')}</span>` : nothing}
          ${code.key ? html`<kbd>${code.key.toUpperCase()}</kbd>` : nothing}</button>
        <button type="button" class="icon-only quiet" data-test="up" aria-label=${texts.up(title)} title=${texts.up(title)} ?disabled=${!this.mover.canStep(code.id, -1)}
          @click=${() => this.mover.step(code.id, -1)}>${icon('up')}</button>
        <button type="button" class="icon-only quiet" data-test="down" aria-label=${texts.down(title)} title=${texts.down(title)} ?disabled=${!this.mover.canStep(code.id, 1)}
          @click=${() => this.mover.step(code.id, 1)}>${icon('down')}</button>
      </div>
      ${open
        ? html`<div class="item-form"><tb-instrument-code .editor=${this.editor} .codeId=${code.id}></tb-instrument-code>
            <div class="buttons"><button type="button" class="primary" data-test="close-code" @click=${() => { this.show(null); this.toFocus = `[data-open="${code.id}"]`; }}>${texts.close}</button>
              <button type="button" data-test="duplicate" @click=${() => this.duplicate(code.id)}>${icon('copy')}${texts.duplicate}</button>
              <button type="button" class="quiet" data-test="remove-code" @click=${() => this.takeAway(code.id)}>${icon('trash')}${texts.remove}</button></div></div>`
        : nothing}
    </li>`;
  }

  private domainForm(domain: Domain, at: number): TemplateResult {
    const texts = t().kijkwijzer;
    const title = this.domainTitle(domain);
    const move = (by: number) => this.editor.set(movedInList(this.document, 'domains', domain.id, by));
    return html`<div class="domain-form item-form">
      ${wordsField(this.editor, { label: texts.lists.name, path: `domains[${at}].title`, value: domain.title, limit: LIMITS.line, set: (value) => this.editor.set(changed(this.document, 'domains', domain.id, { title: value }), `${domain.id}/title`) })}
      ${colorField({ label: texts.domain.color, path: `domains[${at}].color`, value: domain.color, set: (color) => this.editor.set(changed(this.document, 'domains', domain.id, { color: color ?? '' })) })}
      <div class="buttons"><button type="button" class="primary" @click=${() => { this.show(null); this.toFocus = `[data-domain="${domain.id}"] .domain-open`; }}>${texts.code.close}</button>
        <button type="button" class="icon-only" aria-label=${texts.code.up(title)} title=${texts.code.up(title)} ?disabled=${at === 0} @click=${() => move(-1)}>${icon('up')}</button>
        <button type="button" class="icon-only" aria-label=${texts.code.down(title)} title=${texts.code.down(title)} ?disabled=${at === this.document.domains.length - 1} @click=${() => move(1)}>${icon('down')}</button>
        <button type="button" class="quiet" data-test="remove-domain" title=${texts.domain.removeHelp} ?disabled=${!removable(this.document, 'domains', domain.id)}
          @click=${() => this.removeDomain(domain)}>${icon('trash')}${texts.domain.remove}</button></div></div>`;
  }

  private holder(holder: Holder, at: number, codes: BoardCode[]): TemplateResult {
    const texts = t().kijkwijzer;
    const domain = this.document.domains[at]!;
    const title = this.domainTitle(domain);
    const open = this.open === `domain/${domain.id}`;
    const rows = holder.items.map((id) => codes.find((one) => one.code.id === id)).filter((one): one is BoardCode => one !== undefined);
    return html`<section class="card holder ${this.mover.holderClass(holder)}" data-domain=${domain.id} data-holder=${domain.id} data-path=${`domains[${at}]`} aria-label=${title} ${vars({ '--code-color': domain.color })}>
      <div class="holder-head"><h3><span class="swatch"></span>${title}</h3>
        <button type="button" class="icon-only quiet domain-open" aria-expanded=${String(open)} aria-label=${texts.domain.settings(title)} title=${texts.domain.settings(title)}
          @click=${() => this.show(open ? null : `domain/${domain.id}`)}>${icon('edit')}</button></div>
      ${open ? this.domainForm(domain, at) : nothing}
      ${rows.length === 0 ? html`<p class="empty">${texts.code.none}</p>` : html`<ul class="items">${repeat(rows, (one) => one.code.id, (one) => this.row(one, holder))}</ul>`}
      <button type="button" class="quiet" data-test="add-code" aria-label=${texts.code.addIn(title)} ?disabled=${this.document.codes.length >= LIMITS.codes} @click=${() => this.add(domain.id)}>${icon('plus')}${texts.code.add}</button>
    </section>`;
  }

  protected override render(): TemplateResult | typeof nothing {
    if (!this.editor.document) return nothing;
    const texts = t().kijkwijzer;
    const codes = boardCodes([this.document]);
    return html`<p class="small" id="move-help">${texts.code.listHelp}</p><span class="hidden-label" role="status" data-test="moved">${this.said}</span>
      <div data-path="codes">${repeat(byDomain(this.document), (one) => one.id, (one, at) => this.holder(one, at, codes))}</div>
      <button type="button" data-test="add-domain" data-path="domains" ?disabled=${this.document.domains.length >= LIMITS.domains} @click=${() => this.addDomain()}>${icon('plus')}${texts.domain.add}</button>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tb-instrument-codes': InstrumentCodes;
  }
}
