// One moment in a report: its picture, the question and the words of both. Events: `moment-change` (fields), `moment-move`
// (-1 or 1), `moment-remove`, `moment-agree` (whether one's own side agrees to a clear picture).
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { language, t } from '../i18n';
import { account } from '../model/account';
import { coaching } from '../model/coaching';
import type { ClearAnswer, MomentKind, ReportMoment, Side } from '../model/coaching-types';
import { clockTime } from '../model/format';
import type { FullMoment } from '../model/report-changes';
import type { Language } from '../model/types';
import { Part } from './base';
import { icon } from './icons';
import { lineField, paperWords, textField } from './report-field';
import { openVault } from './vault';

type Still = ReportMoment['still'];
const KINDS: (MomentKind | null)[] = [null, 'pride', 'improve', 'other'];
const STILLS: Exclude<Still, undefined>[] = [null, 'soft', 'clear'];

@customElement('tb-report-moment')
export class ReportMomentPart extends Part {
  @property() visitId = '';
  @property() key = '';
  @property({ attribute: false }) moment!: FullMoment;
  @property({ type: Number }) index = 0;
  @property({ type: Number }) count = 1;
  @property({ type: Boolean }) editing = false;
  /** nothing can be agreed to any more */
  @property({ type: Boolean }) closed = false;
  @property() side: Side = 'coach';
  @property() otherName = '';
  @property() coachName = '';
  @property() teacherName = '';
  /** of the report */
  @property() paper: Language = 'nl';
  @property({ attribute: false }) clear: ClearAnswer['clear'][number] | undefined;
  /** the address of a picture that did not come */
  @state() private failed = '';

  override connectedCallback(): void {
    super.connectedCallback();
    this.on(account, 'change', () => {
      this.failed = '';
      this.requestUpdate();
    });
  }

  private tell(name: string, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  private change(fields: Partial<FullMoment>): void {
    this.tell('moment-change', fields);
  }

  private get mine(): boolean {
    return this.clear?.[this.side] ?? false;
  }

  private get others(): boolean {
    return this.clear?.[this.side === 'coach' ? 'teacher' : 'coach'] ?? false;
  }

  private choose(still: Exclude<Still, undefined>): void {
    this.change({ still });
    if (still === 'clear') this.tell('moment-agree', true);
    else if (this.mine) this.tell('moment-agree', false);
  }

  private refuse(): void {
    if (this.editing) this.change({ still: 'soft' });
    if (this.mine) this.tell('moment-agree', false);
  }

  private get plainTitle(): string {
    return this.moment.title || t().report.moment.untitled(this.index + 1);
  }

  private picture(): TemplateResult | typeof nothing {
    const { moment } = this;
    const texts = t().report.moment;
    if (!moment.id || !moment.still) return nothing;
    if (account.vault === 'locked') {
      return html`<div class="still still-box" data-test="still-locked" lang=${language()}>${icon('lock')}<span>${texts.locked}</span>
        ${account.has('coach') ? html`<button type="button" class="small no-print" @click=${openVault}>${icon('unlock')}${texts.lockedCoach}</button>` : nothing}</div>`;
    }
    const clear = moment.still === 'clear' && this.mine && this.others;
    const source = coaching.still(this.visitId, moment.id, clear);
    if (this.failed === source) return html`<div class="still still-box" data-test="still-none" lang=${language()}>${icon('film')}<span>${texts.noPicture}</span></div>`;
    return html`<img class="still" data-test="still" data-clear=${clear} src=${source} width="640" height="360" alt=${moment.alt || (clear ? texts.altPlain : texts.altSoft)}
      @error=${() => (this.failed = source)} />`;
  }

  /** How far the two are with a clear picture. */
  private agreement(): TemplateResult | typeof nothing {
    const texts = t().report.moment;
    if (!this.moment.id || this.moment.still !== 'clear') return nothing;
    const state = this.mine && this.others ? 'both' : this.mine ? 'waits' : this.others ? 'asked' : 'nobody';
    const words = { both: texts.clearBoth, waits: texts.clearWaits(this.otherName), asked: texts.clearAsked(this.otherName), nobody: texts.clearNobody }[state];
    return html`<div class="clear-state no-print" data-test="clear-state" data-state=${state}>
      <p role="status">${words}</p>
      ${this.closed ? nothing : html`<div class="buttons">
        ${this.mine
          ? html`<button type="button" class="small" data-test="clear-back" @click=${() => this.tell('moment-agree', false)}>${texts.clearBack}</button>`
          : html`<button type="button" class="small" data-test="clear-yes" @click=${() => this.tell('moment-agree', true)}>${icon('check')}${texts.clearYes}</button>`}
        ${state === 'asked' && this.editing ? html`<button type="button" class="small" data-test="clear-no" @click=${() => this.refuse()}>${texts.clearNo}</button>` : nothing}
      </div>`}
    </div>`;
  }

  private controls(): TemplateResult {
    const texts = t().report.moment;
    const { moment } = this;
    return html`<details class="moment-tools no-print" lang=${language()}>
      <summary data-test="moment-tools">${texts.more}<span class="hidden-label">: ${this.plainTitle}</span></summary>
      ${moment.id ? html`<fieldset class="still-choice"><legend>${texts.picture}</legend>
          ${STILLS.map((still) => html`<label class="check"><input type="radio" name=${`still-${this.key}`} value=${still ?? 'none'} .checked=${moment.still === still}
            @change=${() => this.choose(still)} /><span>${texts.pictures[still ?? 'none']}</span></label>`)}
          <p class="small">${texts.pictureHelp}</p></fieldset>
        ${moment.still ? html`<label class="field"><span>${texts.alt}</span>${lineField({ name: 'alt', value: moment.alt, editing: true, label: texts.alt, input: (alt) => this.change({ alt }) })}</label>` : nothing}` : nothing}
      <label class="field kind-choice"><span>${texts.kind}</span><select name="kind" @change=${(event: Event) => this.change({ kind: ((event.target as HTMLSelectElement).value || null) as MomentKind | null })}>
        ${KINDS.map((kind) => html`<option value=${kind ?? ''} ?selected=${kind === moment.kind}>${texts.kinds[kind ?? 'none']}</option>`)}</select></label>
      <div class="buttons">
        <button type="button" class="small" data-test="up" ?disabled=${this.index === 0} @click=${() => this.tell('moment-move', -1)}>${icon('up')}${texts.up}</button>
        <button type="button" class="small" data-test="down" ?disabled=${this.index === this.count - 1} @click=${() => this.tell('moment-move', 1)}>${icon('down')}${texts.down}</button>
        <button type="button" class="small" data-test="remove-moment" @click=${() => this.tell('moment-remove')}>${icon('trash')}${texts.remove}</button>
      </div>
    </details>`;
  }

  private words(name: 'question' | 'coach' | 'teacher', label: string, who = ''): TemplateResult | typeof nothing {
    const { moment, editing } = this;
    if (!editing && !moment[name]) return nothing;
    const id = `words-${this.key}-${name}`;
    return html`<div class="paper-words ${name}" ?data-empty=${!moment[name].trim()}><span class="paper-label" id=${id}>${who ? `${label}, ${who}` : label}</span>
      ${textField({ name, value: moment[name], editing, labelledBy: id, input: (text) => this.change({ [name]: text }) })}</div>`;
  }

  protected override render(): TemplateResult {
    const { moment, editing, index } = this;
    const words = paperWords(this.paper);
    const untitled = t().report.moment.untitled(index + 1);
    const where = moment.from === null || moment.to === null ? '' : words.momentAt(clockTime(moment.from), clockTime(moment.to));
    const line = [moment.kind ? words.kinds[moment.kind] : '', where].filter((one) => one).join(' · ');
    return html`<div class="paper-moment" data-moment=${this.key}>
      <h4 class=${editing ? 'behind-field' : ''}>${index + 1}. ${moment.title || html`<span lang=${language()}>${untitled}</span>`}</h4>
      ${editing ? html`<div class="moment-title no-print"><span aria-hidden="true">${index + 1}.</span>${lineField({ name: 'moment-title', value: moment.title, editing, label: `${untitled}: ${t().report.momentParts.title}`, input: (title) => this.change({ title }) })}</div>` : nothing}
      ${line ? html`<p class="small paper-where">${line}</p>` : nothing}
      <div class="moment-body">
        ${this.picture()}
        <div class="moment-words">${this.words('question', words.ask)}${this.words('coach', words.coachWords, this.coachName)}${this.words('teacher', words.teacherWords, this.teacherName)}</div>
      </div>
      <div lang=${language()}>${this.agreement()}</div>
      ${editing ? this.controls() : nothing}
    </div>`;
  }
}
