// What each code of the file becomes: one of a kijkwijzer here, a new one, or nothing.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { t, words } from '../i18n';
import { isTarget, mismatch, type Becomes, type CodeTarget, type ImportChoice } from '../model/import-choice';
import { folded } from '../model/import-upload';
import { canBeChosen } from '../model/instrument-file';
import { observing } from '../model/observing';
import type { ForeignCode } from '../model/observing-types';
import type { Code, Instrument, InstrumentSummary } from '../model/types';
import { Part } from './base';
import { icon } from './icons';
import { complain, say } from './toast';

const PAGE = 60;
const SEARCH_FROM = 12;

/** Kijkwijzers that were read, to say what a code is called; shared by the steps of one import. */
export class KnownInstruments extends EventTarget {
  list: InstrumentSummary[] | null = null;
  private readonly read = new Map<string, Instrument | null>();

  async load(): Promise<void> {
    this.list ??= (await observing.instruments()).filter(canBeChosen);
    this.dispatchEvent(new Event('change'));
  }

  /** The kijkwijzer when it is here; otherwise it is asked for, and `change` follows. */
  get(id: string): Instrument | undefined {
    const known = this.read.get(id);
    if (known === undefined) {
      this.read.set(id, null);
      observing.instrument(id).then((one) => {
        this.read.set(id, one);
        this.dispatchEvent(new Event('change'));
      }, (error) => {
        this.read.delete(id);
        complain(error);
      });
    }
    return known ?? undefined;
  }

  code(target: CodeTarget): Code | undefined {
    return this.get(target.instrument)?.codes.find((one) => one.id === target.code);
  }

  names(target: CodeTarget): [string, string] {
    const instrument = this.get(target.instrument);
    return [words(this.code(target)?.title) || target.code, words(instrument?.title) || target.instrument];
  }
}

const same = (a: Becomes | null, b: Becomes | null) => a === b || (!!a && !!b && isTarget(a) && isTarget(b) && a.instrument === b.instrument && a.code === b.code);

/** Changes `choice` itself. Events: `change`. */
@customElement('tb-import-codes')
export class ImportCodes extends Part {
  @property({ attribute: false }) choice!: ImportChoice;
  @property({ attribute: false }) known!: KnownInstruments;
  @state() private search = '';
  @state() private shown = PAGE;
  /** the code for which another is being looked up */
  @state() private picking: ForeignCode | null = null;
  @state() private pickFrom = '';
  @state() private pickSearch = '';

  override connectedCallback(): void {
    super.connectedCallback();
    this.follow(this.known);
    this.known.load().catch(complain);
  }

  private news(): void {
    this.requestUpdate();
    this.dispatchEvent(new Event('change'));
  }

  private set(code: ForeignCode, becomes: Becomes): void {
    this.choice.codes.set(code.id, becomes);
    this.news();
  }

  private get found(): ForeignCode[] {
    const search = folded(this.search);
    return this.choice.job.codes.filter((one) => search === '' || folded(`${one.title} ${one.category ?? ''}`).includes(search));
  }

  private bulk(list: ForeignCode[], to: (code: ForeignCode) => Becomes | null): void {
    const before = new Map(this.choice.codes);
    let count = 0;
    for (const one of list) {
      const becomes = to(one);
      if (becomes === null || same(becomes, this.choice.becomes(one))) continue;
      this.choice.codes.set(one.id, becomes);
      count += 1;
    }
    this.news();
    const undo = () => {
      for (const [id, becomes] of before) this.choice.codes.set(id, becomes);
      this.news();
    };
    say(t().exchange.codes.changed(count), count > 0 ? { label: t().common.undo, run: undo } : undefined);
  }

  private onSelect(code: ForeignCode, select: HTMLSelectElement): void {
    const value = select.value;
    if (value === 'other') {
      const becomes = this.choice.becomes(code);
      // Until another is chosen, it is what it was.
      select.value = this.pressed(code);
      this.pickFrom = isTarget(becomes) ? becomes.instrument : this.pickFrom || (this.known.list?.[0]?.id ?? '');
      this.pickSearch = '';
      this.picking = code;
      return;
    }
    if (value === 'new' || value === 'out') this.set(code, value);
    else if (value === 'proposal' && code.suggestion) this.set(code, code.suggestion);
  }

  private pressed(code: ForeignCode): string {
    const becomes = this.choice.becomes(code);
    if (!isTarget(becomes)) return becomes;
    return same(becomes, code.suggestion) ? 'proposal' : 'chosen';
  }

  private row(one: ForeignCode): TemplateResult {
    const texts = t().exchange.codes;
    const becomes = this.choice.becomes(one);
    const value = this.pressed(one);
    const target = isTarget(becomes) ? this.known.code(becomes) : undefined;
    const lost = isTarget(becomes) && one.count > 0 ? mismatch(one.kind, target?.kind) : null;
    const option = (name: string, text: string) => html`<option value=${name} ?selected=${value === name}>${text}</option>`;
    const facts = [texts.kinds[one.kind], texts.count(one.count), one.category && one.category !== one.title ? one.category : ''].filter(Boolean).join(' · ');
    return html`<li class=${becomes === 'out' ? 'out' : ''}><span class="foreign"><strong>${one.title}</strong><span class="small">${facts}</span></span>
      <span class="becomes"><select data-foreign=${one.id} aria-label=${texts.becomes(one.title)} .value=${value} @change=${(event: Event) => { event.stopPropagation(); this.onSelect(one, event.target as HTMLSelectElement); }}>
        ${one.suggestion ? option('proposal', texts.proposal(...this.known.names(one.suggestion))) : nothing}
        ${isTarget(becomes) && value === 'chosen' ? option('chosen', texts.chosen(...this.known.names(becomes))) : nothing}
        ${option('new', texts.fresh)}${option('out', texts.out)}${option('other', texts.other)}</select>
        ${lost ? html`<span class="small lost">${icon('warn')}${texts[lost]}</span>` : nothing}</span></li>`;
  }

  private picker(code: ForeignCode): TemplateResult {
    const texts = t().exchange.codes;
    const instrument = this.pickFrom ? this.known.get(this.pickFrom) : undefined;
    const search = folded(this.pickSearch);
    const list = (instrument?.codes ?? []).filter((one) => search === '' || folded(`${one.title.nl} ${one.title.en}`).includes(search));
    const close = () => this.querySelector<HTMLDialogElement>('dialog.pick-code')?.close();
    return html`<dialog class="pick-code" aria-labelledby="pick-title" @close=${(event: Event) => { event.stopPropagation(); this.picking = null; }} @change=${(event: Event) => event.stopPropagation()}>
      <h2 id="pick-title">${texts.pick(code.title)}</h2>
      <div class="columns"><label class="field"><span>${texts.instrument}</span><select data-test="pick-instrument" @change=${(event: Event) => (this.pickFrom = (event.target as HTMLSelectElement).value)}>
          ${(this.known.list ?? []).map((one) => html`<option value=${one.id} ?selected=${one.id === this.pickFrom}>${words(one.title)}</option>`)}</select></label>
        <label class="field"><span>${texts.pickSearch}</span><input type="search" .value=${this.pickSearch} @input=${(event: Event) => (this.pickSearch = (event.target as HTMLInputElement).value.trim())} /></label></div>
      ${!instrument ? html`<p class="waiting">${t().common.loading}</p>` : list.length === 0 ? html`<p class="empty">${texts.nothingFound}</p>`
        : html`<ul class="pick-list">${list.map((one) => html`<li><button type="button" data-pick=${one.id} @click=${() => { this.set(code, { instrument: instrument.id, code: one.id }); close(); }}>
            <span>${words(one.title)}</span><span class="small">${texts.kinds[one.kind]}</span></button></li>`)}</ul>`}
      <div class="buttons"><button type="button" class="quiet" @click=${close}>${t().common.cancel}</button></div></dialog>`;
  }

  protected override render(): TemplateResult {
    const texts = t().exchange.codes;
    const { job } = this.choice;
    const { found } = this;
    const proposals = found.filter((one) => one.suggestion).length;
    return html`<p>${texts.help}</p>
      ${job.codes.length >= SEARCH_FROM
        ? html`<label class="search">${icon('search')}<span class="hidden-label">${texts.search}</span><input type="search" placeholder=${texts.search} .value=${this.search} data-test="code-search"
            @input=${(event: Event) => { this.search = (event.target as HTMLInputElement).value.trim(); this.shown = PAGE; }} @change=${(event: Event) => event.stopPropagation()} /></label>`
        : nothing}
      ${job.codes.length > 1
        ? html`<div class="import-tools" role="group" aria-label=${this.search ? texts.bulkShown(found.length) : texts.bulk(found.length)}><span class="small">${this.search ? texts.bulkShown(found.length) : texts.bulk(found.length)}</span>
            ${proposals > 0 ? html`<button type="button" class="small" data-test="bulk-proposal" @click=${() => this.bulk(found, (one) => one.suggestion)}>${texts.bulkProposal(proposals)}</button>` : nothing}
            <button type="button" class="small" data-test="bulk-new" @click=${() => this.bulk(found, () => 'new')}>${texts.bulkFresh}</button>
            <button type="button" class="small" data-test="bulk-out" @click=${() => this.bulk(found, () => 'out')}>${texts.bulkOut}</button></div>`
        : nothing}
      <p class="small" role="status" data-test="codes-tally">${texts.tally(this.choice.count('known').length, this.choice.count('new').length, this.choice.count('out').length)}</p>
      ${found.length === 0 ? html`<p class="empty">${texts.nothingFound}</p>` : html`<ul class="import-codes">${found.slice(0, this.shown).map((one) => this.row(one))}</ul>`}
      ${found.length > this.shown ? html`<p class="more"><button type="button" @click=${() => (this.shown += 5 * PAGE)}>${texts.shown(found.length - this.shown)}</button></p>` : nothing}
      ${this.picking ? this.picker(this.picking) : nothing}`;
  }

  protected override updated(): void {
    const dialog = this.querySelector<HTMLDialogElement>('dialog.pick-code');
    if (dialog && !dialog.open) dialog.showModal();
    // A select keeps what was pressed, also when that was only a way to the dialog.
    for (const select of this.querySelectorAll<HTMLSelectElement>('select[data-foreign]')) {
      const code = this.choice.job.codes.find((one) => one.id === select.dataset['foreign']);
      if (code && select.value !== this.pressed(code)) select.value = this.pressed(code);
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tb-import-codes': ImportCodes;
  }
}
