// The own list before the lists are opened: what was chosen, why, in which order. The coach chooses from clips and from
// what was tapped; the teacher while watching.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { t, words } from '../i18n';
import { api } from '../model/api';
import { coaching } from '../model/coaching';
import type { Moment, MomentFields, MomentKind, MomentsAnswer } from '../model/coaching-types';
import { heard } from '../model/events';
import { clockTime } from '../model/format';
import { boardCodes, codeOf, type BoardCode } from '../model/instruments';
import { instrumentsOf, remarksOf, seenOf } from '../model/seen';
import type { Clip, Observation, Visit } from '../model/types';
import { paths } from '../router';
import { Part } from './base';
import { icon, shape } from './icons';
import { KIND_ICONS } from './moment-card';
import './note-field';
import { complain, errorText, say } from './toast';
import { vars } from './vars';

const KINDS: MomentKind[] = ['pride', 'improve', 'other'];

interface Source {
  clip?: string;
  observation?: string;
  from: number;
  to: number;
  title: string;
  /** about whom, and what was said beside it */
  remarks?: string[];
  code?: BoardCode;
}

export function momentTitle(moment: Pick<Moment, 'title' | 'from'>): string {
  return moment.title || t().moments.untitled(clockTime(moment.from));
}

/** Events: `changed` after the own list did. */
@customElement('tb-moment-choice')
export class MomentChoice extends Part {
  @property() visitId = '';
  /** null: who may not open the visit chooses elsewhere */
  @property({ attribute: false }) visit: Visit | null = null;
  /** only what was chosen, nothing to change */
  @property({ type: Boolean }) fixed = false;
  @state() private answer: MomentsAnswer | null = null;
  @state() private clips: Clip[] = [];
  @state() private observations: Observation[] = [];
  @state() private codes: BoardCode[] = [];
  @state() private error: unknown = null;
  @state() private busy = false;
  private asked = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    this.on(heard, 'coaching', (event) => {
      const news = (event as CustomEvent<{ visit: string | null; what: string }>).detail;
      if (news.visit === this.visitId && news.what === 'moments') void this.load();
    });
    void this.load();
    void this.loadSources();
  }

  private async load(): Promise<void> {
    const turn = ++this.asked;
    try {
      const answer = await coaching.moments(this.visitId);
      if (turn !== this.asked) return;
      this.answer = answer;
      this.error = null;
      if (answer.side === 'coach' && this.codes.length === 0) void this.loadSources();
    } catch (error) {
      if (turn === this.asked) this.error = error;
    }
  }

  /** Clips and taps, for the coach. */
  private async loadSources(): Promise<void> {
    try {
      const [{ clips }, { observations }, visit] = await Promise.all([api.clips(this.visitId), api.observations(this.visitId), api.visit(this.visitId)]);
      const instruments = await instrumentsOf(visit);
      this.clips = clips.filter((one) => !one.removed).sort((a, b) => a.from - b.from);
      this.observations = seenOf(observations.filter((one) => !one.removed)).moments.sort((a, b) => a.at - b.at);
      this.codes = boardCodes(instruments);
    } catch {
      // a teacher with whom nothing is shared has nothing to choose from here
    }
  }

  private get mine(): Moment[] {
    const { answer } = this;
    return (answer?.moments ?? []).filter((one) => one.side === answer?.side).sort((a, b) => a.position - b.position);
  }

  private async attempt(run: () => Promise<unknown>): Promise<boolean> {
    this.busy = true;
    try {
      await run();
      await this.load();
      this.dispatchEvent(new Event('changed'));
      return true;
    } catch (error) {
      complain(error);
      return false;
    } finally {
      this.busy = false;
    }
  }

  private add(source: Source): void {
    const missing = this.answer?.missing;
    const kind: MomentKind = missing && missing.pride > 0 ? 'pride' : missing && missing.improve > 0 ? 'improve' : 'other';
    const { from, to, title } = source;
    const fields: MomentFields = { from, to, title, kind, ...(source.clip ? { clip: source.clip } : {}), ...(source.observation ? { observation: source.observation } : {}) };
    void this.attempt(() => coaching.addMoment(this.visitId, fields));
  }

  private change(moment: Moment, fields: MomentFields): Promise<unknown> {
    return coaching.changeMoment(this.visitId, moment.id, fields).then(() => this.load());
  }

  private async drop(moment: Moment): Promise<void> {
    const ids = this.mine.map((one) => one.id);
    if (!(await this.attempt(() => coaching.removeMoment(this.visitId, moment.id)))) return;
    const { from, to, title, kind, line, clip, observation, sight } = moment;
    const back = () => void this.attempt(async () => {
      const again = await coaching.addMoment(this.visitId, { from, to, title, kind, line, sight, ...(clip ? { clip } : {}), ...(observation ? { observation } : {}) });
      await coaching.orderMoments(this.visitId, ids.map((one) => (one === moment.id ? again.id : one)));
    });
    say(t().moments.removed, { label: t().common.undo, run: back });
  }

  private move(moment: Moment, by: 1 | -1): void {
    const ids = this.mine.map((one) => one.id);
    const at = ids.indexOf(moment.id);
    const other = ids[at + by];
    if (other === undefined) return;
    ids[at] = other;
    ids[at + by] = moment.id;
    void this.attempt(() => coaching.orderMoments(this.visitId, ids));
  }

  private card(moment: Moment, index: number, count: number): TemplateResult {
    const texts = t().moments;
    const title = momentTitle(moment);
    const kinds = t().momentsOfMine.kinds;
    if (this.fixed) {
      return html`<li class="choice ${moment.kind}" data-moment=${moment.id}><p class="choice-head">${icon(KIND_ICONS[moment.kind])}<strong>${title}</strong><span class="time">${texts.times(clockTime(moment.from), clockTime(moment.to))}</span></p>
        <p class="small">${kinds[moment.kind]}${moment.line ? html` · ${moment.line}` : nothing}</p></li>`;
    }
    return html`<li class="choice ${moment.kind}" data-moment=${moment.id}>
      <p class="choice-head"><strong>${title}</strong><span class="time">${texts.times(clockTime(moment.from), clockTime(moment.to))}</span></p>
      <div class="chips" role="group" aria-label=${texts.kind}>${KINDS.map((kind) => html`<button type="button" class="chip" data-kind=${kind} aria-pressed=${String(moment.kind === kind)}
        @click=${() => void this.change(moment, { kind }).catch(complain)}>${icon(KIND_ICONS[kind])}${kinds[kind]}</button>`)}</div>
      <tb-note-field label=${texts.line} rows="2" max="1000" test="line" of=${moment.id} .text=${moment.line} .save=${(line: string) => this.change(moment, { line })}></tb-note-field>
      <div class="buttons">
        <button type="button" class="icon-only quiet" aria-label=${texts.up(title)} title=${texts.up(title)} ?disabled=${index === 0 || this.busy} @click=${() => this.move(moment, -1)}>${icon('up')}</button>
        <button type="button" class="icon-only quiet" aria-label=${texts.down(title)} title=${texts.down(title)} ?disabled=${index === count - 1 || this.busy} @click=${() => this.move(moment, 1)}>${icon('down')}</button>
        <button type="button" class="icon-only quiet" data-test="drop-moment" aria-label=${texts.remove(title)} title=${texts.remove(title)} ?disabled=${this.busy} @click=${() => void this.drop(moment)}>${icon('trash')}</button>
      </div></li>`;
  }

  private source(source: Source): TemplateResult {
    const texts = t().moments;
    const chosen = this.mine.some((one) => (source.clip ? one.clip === source.clip : one.observation === source.observation));
    return html`<li ${vars({ '--code-color': source.code?.color ?? '#5b534b' })}>
      ${source.clip ? icon('film') : shape(source.code?.shape ?? 'moment')}<span class="what"><strong>${source.title}</strong> ${source.remarks?.length ? html`<span class="small">${source.remarks.join(' · ')}</span> ` : nothing}<span class="time">${texts.times(clockTime(source.from), clockTime(source.to))}</span></span>
      <a class="button icon-only quiet" href="${paths.review(this.visitId)}?t=${source.from.toFixed(1)}" aria-label="${texts.toReview}: ${source.title}, ${clockTime(source.from)}" title=${texts.toReview}>${icon('eye')}</a>
      <button type="button" class="small" data-source=${source.clip ?? source.observation ?? ''} ?disabled=${chosen || this.busy}
        @click=${() => this.add(source)}>${icon(chosen ? 'check' : 'plus')}${chosen ? texts.chosen : t().common.add}<span class="hidden-label">: ${source.title}, ${clockTime(source.from)}</span></button></li>`;
  }

  private sources(): TemplateResult {
    const texts = t().moments;
    const clips: Source[] = this.clips.map((one) => ({ clip: one.id, from: one.from, to: one.to, title: one.title || t().review.clipUntitled(clockTime(one.from)) }));
    const end = this.visit?.duration ?? 0;
    const taps: Source[] = this.observations.map((one) => {
      const code = codeOf(this.codes, one);
      const to = end > 0 ? Math.min(one.clip.to, end) : one.clip.to;
      return { observation: one.id, from: Math.max(0, one.clip.from), to: Math.max(to, one.clip.from + 1), title: code ? words(code.code.title) : t().record.moment, remarks: remarksOf(one, code, this.codes), code };
    });
    return html`<h3>${texts.addFrom}</h3>
      <details class="moment-sources" ?open=${clips.length > 0}><summary>${icon('film')}${texts.fromClips} (${clips.length})</summary>
        ${clips.length === 0 ? html`<p class="empty">${texts.noClips}</p>` : html`<ul>${clips.map((one) => this.source(one))}</ul>`}</details>
      <details class="moment-sources" ?open=${clips.length === 0}><summary>${icon('grid')}${texts.fromTaps} (${taps.length})</summary>
        ${taps.length === 0 ? html`<p class="empty">${texts.noTaps}</p>` : html`<ul>${taps.map((one) => this.source(one))}</ul>`}</details>`;
  }

  protected override render(): TemplateResult {
    const texts = t().moments;
    const { answer } = this;
    if (!answer) {
      return this.error
        ? html`<div class="problem" role="alert"><p>${errorText(this.error)}</p><button type="button" @click=${() => void this.load()}>${t().common.retry}</button></div>`
        : html`<p class="waiting">${t().common.loading}</p>`;
    }
    const mine = this.mine;
    return html`${mine.length === 0
        ? html`<p class="empty">${texts.none} ${texts.noneHelp}</p>`
        : html`<ol class="choices">${repeat(mine, (one) => one.id, (one, index) => this.card(one, index, mine.length))}</ol>
            ${this.fixed ? nothing : html`<p class="small">${texts.missing(answer.missing.pride, answer.missing.improve)}</p>`}`}
      ${this.fixed
        ? nothing
        : answer.side === 'coach'
          ? this.sources()
          : html`<p><a class="button primary" href=${paths.look(this.visitId)}>${icon('eye')}${texts.toLook}</a></p>`}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tb-moment-choice': MomentChoice;
  }
}
