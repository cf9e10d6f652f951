// Writing a comment, an answer, or mending one: where it stands, words or a voice, and when the other side sees it.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { t } from '../i18n';
import { coaching } from '../model/coaching';
import type { Comment, CommentFields, Side, Sight } from '../model/coaching-types';
import { clockTime } from '../model/format';
import type { Span } from '../model/moment-places';
import { Part } from './base';
import { icon } from './icons';
import { nudges } from './moment-card';
import { complain } from './toast';
import './voice-note';
import type { VoiceNote } from './voice-note';

/** s of a stretch that is just made */
const STRETCH = 10;
const SHORTEST = 0.5;
const TEXT_MAX = 4000;
const SIGHTS: Sight[] = ['talk', 'now'];

/** Events: `sent`, `cancel`, `look` (s). */
@customElement('tb-comment-form')
export class CommentForm extends Part {
  @property() visitId = '';
  @property() side: Side = 'teacher';
  /** what it answers */
  @property() parent: string | null = null;
  /** what is mended */
  @property({ attribute: false }) comment: Comment | null = null;
  /** where a new one begins */
  @property({ type: Number }) start = 0;
  @property({ attribute: false }) within: Span = { from: 0, to: 1 };
  @property({ attribute: false }) playhead: () => number = () => 0;
  /** both see everything by now */
  @property({ type: Boolean }) revealed = false;
  @state() private at = 0;
  @state() private until: number | null = null;
  @state() private text = '';
  @state() private sight: Sight = 'talk';
  @state() private voice: Blob | null = null;
  @state() private busy = false;
  @state() private recording = false;
  /** uploaded, but the comment itself did not get through */
  private uploaded: { sound: Blob; name: string } | null = null;
  @query('textarea') private field!: HTMLTextAreaElement | null;

  override connectedCallback(): void {
    super.connectedCallback();
    const { comment } = this;
    this.at = comment?.at ?? this.start;
    this.until = comment?.until ?? null;
    this.text = comment?.text ?? '';
    this.sight = comment?.sight ?? 'talk';
  }

  protected override firstUpdated(): void {
    this.field?.focus({ preventScroll: true });
    this.scrollIntoView({ block: 'nearest' });
  }

  private tell(name: string, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  private get placed(): boolean {
    return this.parent === null && this.comment?.parent == null;
  }

  private setAt(time: number): void {
    const length = this.until === null ? null : this.until - this.at;
    this.at = Math.min(Math.max(this.within.from, time), this.within.to - (length === null ? 0 : SHORTEST));
    if (length !== null) this.until = Math.min(this.within.to, this.at + Math.max(SHORTEST, length));
    this.tell('look', this.at);
  }

  private setUntil(time: number): void {
    this.until = Math.max(this.at + SHORTEST, Math.min(time, this.within.to));
    this.tell('look', this.until);
  }

  private async send(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const text = this.text.trim();
    const sound = this.voice;
    if (this.busy || this.recording) return;
    if (text === '' && !sound && !this.comment?.voice) return complain(new Error(t().comments.nothingYet));
    this.busy = true;
    try {
      const fields: CommentFields = { text };
      if (sound) {
        if (this.uploaded?.sound !== sound) this.uploaded = { sound, name: await coaching.uploadVoice(this.visitId, sound) };
        fields.voice = this.uploaded.name;
      }
      if (this.placed) Object.assign(fields, { at: this.at, until: this.until, ...(this.revealed ? {} : { sight: this.sight }) });
      else if (this.parent !== null) fields.parent = this.parent;
      if (this.comment) await coaching.changeComment(this.visitId, this.comment.id, fields);
      else await coaching.addComment(this.visitId, fields);
      this.querySelector<VoiceNote>('tb-voice-note')?.clear();
      this.tell('sent');
    } catch (error) {
      complain(error);
    } finally {
      this.busy = false;
    }
  }

  private place(): TemplateResult {
    const texts = t().comments;
    return html`<div class="comment-place">
      <div class="trim-edge" role="group" aria-label=${texts.at}><span>${this.until === null ? texts.at : texts.from} <strong data-test="comment-at">${clockTime(this.at, 1)}</strong></span>
        ${nudges(texts.at, (by) => this.setAt(this.at + by), () => this.setAt(this.playhead()), 'at')}</div>
      ${this.until === null
        ? html`<button type="button" class="small" data-test="make-stretch" @click=${() => this.setUntil(this.at + STRETCH)}>${icon('scissors')}${texts.makeStretch}</button>`
        : html`<div class="trim-edge" role="group" aria-label=${texts.until}><span>${texts.until} <strong data-test="comment-until">${clockTime(this.until, 1)}</strong></span>
            ${nudges(texts.until, (by) => this.setUntil((this.until ?? 0) + by), () => this.setUntil(this.playhead()), 'until')}</div>
          <button type="button" class="small" @click=${() => (this.until = null)}>${texts.makeInstant}</button>`}
    </div>`;
  }

  protected override render(): TemplateResult {
    const texts = t().comments;
    const name = this.comment ? texts.mend : this.parent !== null ? texts.answer : texts.write;
    return html`<form class="comment-form" data-test="comment-form" aria-label=${name} @submit=${(event: SubmitEvent) => void this.send(event)}>
      ${this.placed ? this.place() : nothing}
      <label class="field"><span>${name}</span><textarea rows="3" name="comment" maxlength=${TEXT_MAX} .value=${this.text} ?disabled=${this.busy}
        @input=${(event: Event) => (this.text = (event.target as HTMLTextAreaElement).value)}></textarea></label>
      ${this.comment?.voice
        ? html`<tb-voice-player .src=${coaching.voice(this.visitId, this.comment.id)}></tb-voice-player>`
        : html`<tb-voice-note .disabled=${this.busy} @voice=${(event: CustomEvent<Blob | null>) => (this.voice = event.detail)}
            @voice-busy=${(event: CustomEvent<boolean>) => (this.recording = event.detail)}></tb-voice-note>`}
      ${this.placed && !this.revealed
        ? html`<fieldset><legend>${t().momentsOfMine.sight}</legend>${SIGHTS.map((sight) => html`<label class="check"><input type="radio" name="comment-sight" value=${sight}
            .checked=${this.sight === sight} @change=${() => (this.sight = sight)} /><span>${texts.sights[this.side][sight]}</span></label>`)}</fieldset>`
        : nothing}
      <div class="comment-buttons"><button type="submit" class="primary" data-test="send-comment" ?disabled=${this.busy || this.recording}>${icon('check')}${this.comment ? texts.keep : texts.send}</button>
        <button type="button" data-test="cancel-comment" ?disabled=${this.busy} @click=${() => this.tell('cancel')}>${t().common.cancel}</button></div>
    </form>`;
  }
}
