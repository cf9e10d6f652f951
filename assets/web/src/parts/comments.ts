// Comments of coach and teacher at an instant or a stretch of the recording, with answers. What the other side may not
// see yet does not come here at all.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { t } from '../i18n';
import { account } from '../model/account';
import { visitPath } from '../model/api';
import { coaching } from '../model/coaching';
import type { Comment, Side, Talk } from '../model/coaching-types';
import { heard } from '../model/events';
import { clockTime, dateTime } from '../model/format';
import type { Span } from '../model/moment-places';
import { Part } from './base';
import './comment-form';
import { icon } from './icons';
import { complain, errorText, say } from './toast';
import './voice-player';

/** How long a removal can be taken back: as long as the message stands. */
const UNDO_MS = 6000;

type Form = { kind: 'new'; at: number } | { kind: 'answer' | 'mend'; id: string };

/** Events: `look` (s), `comments` (what can be seen now), `voice-plays`. */
@customElement('tb-comments')
export class Comments extends Part {
  @property() visitId = '';
  @property() side: Side = 'teacher';
  @property({ attribute: false }) within: Span = { from: 0, to: 1 };
  @property({ attribute: false }) playhead: () => number = () => 0;
  @state() private all: Comment[] | null = null;
  @state() private error: unknown = null;
  @state() private form: Form | null = null;
  @state() private revealed = false;
  /** leave when their time to be taken back is over */
  private readonly leaving = new Map<string, ReturnType<typeof setTimeout>>();
  private asked = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    const again = () => void this.load();
    this.on(heard, 'coaching', (event) => {
      const { visit, what } = (event as CustomEvent<{ visit: string | null; what: string }>).detail;
      if (visit === this.visitId && what === 'comments') again();
    });
    this.on(heard, 'talk', (event) => {
      const talk = (event as CustomEvent<Talk>).detail;
      if (talk.visit === this.visitId && talk.revealed_at && !this.revealed) again();
    });
    this.on(heard, 'hello', again);
    this.on(account, 'return', again);
    this.on(window, 'pagehide', () => this.letGo(true));
    this.atEnd(() => this.letGo(false));
    again();
  }

  private async load(): Promise<void> {
    const turn = ++this.asked;
    try {
      const [all, { talk }] = await Promise.all([coaching.comments(this.visitId), coaching.moments(this.visitId)]);
      if (turn !== this.asked) return;
      this.all = all;
      this.revealed = talk.revealed_at !== null;
      this.error = null;
      this.show();
    } catch (error) {
      if (turn === this.asked) this.error = error;
    }
  }

  private get seen(): Comment[] {
    return (this.all ?? []).filter((one) => !this.leaving.has(one.id));
  }

  private show(): void {
    this.requestUpdate();
    this.dispatchEvent(new CustomEvent('comments', { detail: this.seen.filter((one) => one.removed_at === null) }));
  }

  /** A new one at the playhead. */
  write(): void {
    this.form = { kind: 'new', at: Math.min(Math.max(this.within.from, this.playhead()), this.within.to) };
  }

  private tell(name: string, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  private sent(text: string): void {
    this.form = null;
    say(text);
    void this.load();
  }

  private drop(comment: Comment): void {
    this.leaving.set(comment.id, setTimeout(() => void this.takeAway(comment.id), UNDO_MS));
    this.show();
    const back = () => {
      clearTimeout(this.leaving.get(comment.id));
      if (this.leaving.delete(comment.id)) this.show();
    };
    say(t().comments.removed, { label: t().common.undo, run: back });
  }

  private async takeAway(id: string): Promise<void> {
    clearTimeout(this.leaving.get(id));
    try {
      await coaching.removeComment(this.visitId, id);
    } catch (error) {
      complain(error);
    }
    if (this.isConnected) await this.load();
    this.leaving.delete(id);
    if (this.isConnected) this.show();
  }

  /** What was removed goes now; `last`: the page itself goes, and an ordinary request would go with it. */
  private letGo(last: boolean): void {
    for (const id of [...this.leaving.keys()]) {
      if (!last) void this.takeAway(id);
      else void fetch(`${visitPath(this.visitId)}/comments/${id}`, { method: 'DELETE', headers: { 'Content-Type': 'application/json' }, keepalive: true });
    }
  }

  private writer(one: Comment): string {
    return one.person.id === account.person?.id ? t().comments.you : one.person.name;
  }

  private body(one: Comment): TemplateResult {
    const texts = t().comments;
    if (one.removed_at !== null) return html`<p class="small">${texts.wasRemoved}</p>`;
    const own = one.person.id === account.person?.id;
    const mending = this.form?.kind === 'mend' && this.form.id === one.id;
    if (mending) {
      return html`<tb-comment-form .visitId=${this.visitId} .side=${this.side} .comment=${one} .within=${this.within} .playhead=${this.playhead} .revealed=${this.revealed}
        @look=${(event: CustomEvent<number>) => this.tell('look', event.detail)} @sent=${() => this.sent(texts.kept)} @cancel=${() => (this.form = null)}></tb-comment-form>`;
    }
    return html`<p class="comment-who"><strong>${this.writer(one)}</strong> <span class="small">${dateTime(one.created_at)}</span></p>
      ${one.text ? html`<p class="comment-text">${one.text}</p>` : nothing}
      ${one.voice ? html`<tb-voice-player .src=${coaching.voice(this.visitId, one.id)}></tb-voice-player>` : nothing}
      ${own && one.parent === null && !this.revealed ? html`<p class="small comment-sight" data-sight=${one.sight}>${icon(one.sight === 'now' ? 'eye' : 'lock')}${texts.seenBy[this.side][one.sight]}</p>` : nothing}
      <div class="comment-tools">
        ${one.parent === null ? html`<button type="button" class="small" data-test="answer" @click=${() => (this.form = { kind: 'answer', id: one.id })}>${icon('speech')}${texts.answerShort}</button>` : nothing}
        ${own
          ? html`<button type="button" class="small icon-only" data-test="mend" aria-label=${texts.mend} title=${texts.mend} @click=${() => (this.form = { kind: 'mend', id: one.id })}>${icon('edit')}</button>
            <button type="button" class="small icon-only" data-test="drop-comment" aria-label=${texts.remove} title=${texts.remove} @click=${() => this.drop(one)}>${icon('trash')}</button>`
          : nothing}
      </div>`;
  }

  private thread(one: Comment, answers: Comment[]): TemplateResult {
    const texts = t().comments;
    const when = one.until === null ? clockTime(one.at) : `${clockTime(one.at)} – ${clockTime(one.until)}`;
    return html`<li class="comment" data-comment=${one.id} data-side=${one.side}>
      <button type="button" class="comment-jump" data-test="jump" @click=${() => this.tell('look', one.at)}>${icon('play')}<span class="hidden-label">${texts.jump} </span><span class="time">${when}</span></button>
      ${this.body(one)}
      ${answers.length > 0 ? html`<ol class="answers">${answers.map((each) => html`<li class="comment" data-comment=${each.id} data-side=${each.side}>${this.body(each)}</li>`)}</ol>` : nothing}
      ${this.form?.kind === 'answer' && this.form.id === one.id
        ? html`<tb-comment-form .visitId=${this.visitId} .side=${this.side} .parent=${one.id} @sent=${() => this.sent(texts.answered)} @cancel=${() => (this.form = null)}></tb-comment-form>`
        : nothing}
    </li>`;
  }

  protected override render(): TemplateResult {
    const texts = t().comments;
    const seen = this.seen;
    const roots = seen.filter((one) => one.parent === null).sort((a, b) => a.at - b.at);
    return html`<h2 class="hidden-label">${texts.title}</h2>
      ${this.form?.kind === 'new'
        ? html`<tb-comment-form .visitId=${this.visitId} .side=${this.side} .start=${this.form.at} .within=${this.within} .playhead=${this.playhead} .revealed=${this.revealed}
            @look=${(event: CustomEvent<number>) => this.tell('look', event.detail)} @sent=${() => this.sent(texts.sent)} @cancel=${() => (this.form = null)}></tb-comment-form>`
        : html`<button type="button" class="wide" data-test="write-comment" @click=${() => this.write()}>${icon('plus')}${texts.writeHere}</button>`}
      ${this.error ? html`<div class="problem" role="alert"><p>${errorText(this.error)}</p><button type="button" @click=${() => void this.load()}>${t().common.retry}</button></div>` : nothing}
      ${this.all === null
        ? this.error ? nothing : html`<p class="waiting">${t().common.loading}</p>`
        : roots.length === 0
          ? html`<p class="empty">${texts.empty[this.side]}</p>`
          : html`<ol class="comments">${repeat(roots, (one) => one.id, (one) => this.thread(one, seen.filter((each) => each.parent === one.id)))}</ol>`}`;
  }
}
