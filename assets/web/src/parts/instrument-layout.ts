// The tabs of the tap board: which there are, and which code stands where.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { t, words } from '../i18n';
import { LIMITS, LOOSE, addedTab, byTab, changedTab, movedTab, removedTab, tabPerDomain, withTabs, type Document, type Holder } from '../model/instrument-draft';
import type { InstrumentEditor } from '../model/instrument-editor';
import { boardCodes, type BoardCode } from '../model/instruments';
import { Part } from './base';
import { Mover } from './drag-list';
import { icon, shape } from './icons';
import { wordsField } from './instrument-fields';
import { sayDone } from './toast';
import { vars } from './vars';

@customElement('tb-instrument-layout')
export class InstrumentLayout extends Part {
  @property({ attribute: false }) editor!: InstrumentEditor;
  @state() private said = '';
  private toFocus = '';
  private readonly mover = new Mover(
    this, () => byTab(this.document),
    (holders) => this.editor.set(withTabs(this.document, holders)),
    (item, to, place, of) => {
      this.said = t().kijkwijzer.code.movedTo(this.titleOf(item), place, of, this.tabTitle(to));
      this.toFocus = `[data-item="${item}"] [data-handle]`;
    },
  );

  override connectedCallback(): void {
    super.connectedCallback();
    this.follow(this.editor);
  }

  private get document(): Document {
    return this.editor.document!;
  }

  private titleOf(id: string): string {
    const code = this.document.codes.find((one) => one.id === id);
    return words(code?.short) || words(code?.title) || t().kijkwijzer.code.untitled;
  }

  private tabTitle(id: string): string {
    if (id === LOOSE) return t().kijkwijzer.layout.loose;
    return words(this.document.layout?.tabs.find((one) => one.id === id)?.title) || t().kijkwijzer.layout.untitled;
  }

  private add(): void {
    const { document, id } = addedTab(this.document);
    this.editor.set(document);
    this.toFocus = `[data-holder="${id}"] input`;
  }

  private takeAway(id: string): void {
    const title = this.tabTitle(id);
    this.editor.set(removedTab(this.document, id));
    this.toFocus = '[data-test=add-tab]';
    sayDone(t().kijkwijzer.lists.removed(title), this.editor);
  }

  protected override updated(): void {
    if (this.toFocus === '') return;
    this.querySelector<HTMLElement>(this.toFocus)?.focus();
    this.toFocus = '';
  }

  private row(one: BoardCode, holder: Holder): TemplateResult {
    const texts = t().kijkwijzer.code;
    const { code } = one;
    const title = this.titleOf(code.id);
    return html`<li class="item ${this.mover.itemClass(holder, code.id)}" data-item=${code.id} ${vars({ '--code-color': one.color })} @keydown=${(event: KeyboardEvent) => this.mover.key(event, code.id, true)}>
      <div class="item-row">
        <button type="button" class="icon-only quiet drag-handle" data-handle aria-label=${texts.drag(title)} title=${texts.drag(title)}
          @pointerdown=${(event: PointerEvent) => this.mover.start(event, code.id)} @keydown=${(event: KeyboardEvent) => this.mover.key(event, code.id)}>${icon('grip')}</button>
        <span class="item-open">${shape(one.shape)}<span class="item-title">${title}</span></span>
        <button type="button" class="icon-only quiet" aria-label=${texts.up(title)} title=${texts.up(title)} ?disabled=${!this.mover.canStep(code.id, -1)} @click=${() => this.mover.step(code.id, -1)}>${icon('up')}</button>
        <button type="button" class="icon-only quiet" aria-label=${texts.down(title)} title=${texts.down(title)} ?disabled=${!this.mover.canStep(code.id, 1)} @click=${() => this.mover.step(code.id, 1)}>${icon('down')}</button>
      </div></li>`;
  }

  private holder(holder: Holder, at: number, codes: BoardCode[]): TemplateResult {
    const texts = t().kijkwijzer.layout;
    const tab = this.document.layout!.tabs.find((one) => one.id === holder.id);
    const title = this.tabTitle(holder.id);
    const rows = holder.items.map((id) => codes.find((one) => one.code.id === id)).filter((one): one is BoardCode => one !== undefined);
    return html`<section class="card holder ${this.mover.holderClass(holder)}" data-holder=${holder.id} data-path=${tab ? `layout.tabs[${at}]` : nothing} aria-label=${tab ? `${texts.tab}: ${title}` : title}>
      ${tab
        ? html`${wordsField(this.editor, { label: texts.name, path: `layout.tabs[${at}].title`, value: tab.title, limit: LIMITS.line, set: (value) => this.editor.set(changedTab(this.document, tab.id, value), `tab/${tab.id}`) })}`
        : html`<h3>${texts.loose}</h3><p class="small">${texts.looseHelp}</p>`}
      ${rows.length === 0 && tab ? html`<p class="empty">${texts.empty}</p>` : nothing}
      <ul class="items">${repeat(rows, (one) => one.code.id, (one) => this.row(one, holder))}</ul>
      ${tab
        ? html`<div class="buttons"><button type="button" class="icon-only" aria-label=${texts.left(title)} title=${texts.left(title)} ?disabled=${at === 0} @click=${() => this.editor.set(movedTab(this.document, tab.id, -1))}>${icon('up')}</button>
            <button type="button" class="icon-only" aria-label=${texts.right(title)} title=${texts.right(title)} ?disabled=${at === this.document.layout!.tabs.length - 1} @click=${() => this.editor.set(movedTab(this.document, tab.id, 1))}>${icon('down')}</button>
            <button type="button" class="quiet" data-test="remove-tab" aria-label=${texts.remove(title)} @click=${() => this.takeAway(tab.id)}>${icon('trash')}${t().common.remove}</button></div>`
        : nothing}</section>`;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { document } = this.editor;
    if (!document) return nothing;
    const texts = t().kijkwijzer.layout;
    if (!document.layout) {
      return html`<section class="card" data-path="layout"><p>${texts.automatic}</p><p class="small">${texts.help}</p>
        <button type="button" data-test="own-layout" ?disabled=${document.codes.length === 0} @click=${() => this.editor.set(tabPerDomain(document))}>${icon('columns')}${texts.own}</button></section>`;
    }
    const codes = boardCodes([document]);
    const holders = byTab(document).filter((one) => one.id !== LOOSE || one.items.length > 0 || this.mover.dragged !== null);
    return html`<p class="small">${texts.help}</p><p class="small">${t().kijkwijzer.code.listHelp}</p><span class="hidden-label" role="status" data-test="moved">${this.said}</span>
      <div class="tabs-grid" data-path="layout.tabs">${repeat(holders, (one) => one.id, (one, at) => this.holder(one, at, codes))}</div>
      <div class="buttons"><button type="button" data-test="add-tab" ?disabled=${document.layout.tabs.length >= LIMITS.tabs} @click=${() => this.add()}>${icon('plus')}${texts.add}</button>
        <button type="button" class="quiet" data-test="no-layout" @click=${() => { const { layout: _own, ...rest } = this.document; this.editor.set(rest); }}>${texts.back}</button></div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tb-instrument-layout': InstrumentLayout;
  }
}
