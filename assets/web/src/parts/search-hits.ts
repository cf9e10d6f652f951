// Observations that have the words looked for, below the visits that do.
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { t, words } from '../i18n';
import { account } from '../model/account';
import { clockTime, dateTime } from '../model/format';
import { excerpt, markWords } from '../model/found-words';
import { observing } from '../model/observing';
import type { SearchHit } from '../model/observing-types';
import { paths } from '../router';
import { Part } from './base';
import { errorText } from './toast';

const PAGE = 20;
const LEAST = 2;
const PAUSE_MS = 250;
/** A little before, so that one sees it begin. */
const BEFORE = 2;

@customElement('tb-search-hits')
export class SearchHits extends Part {
  @property() query = '';
  @state() private hits: SearchHit[] | null = null;
  /** what `hits` are of */
  @state() private asked = '';
  @state() private more = false;
  @state() private error: unknown = null;
  private turn = 0;
  private timer: ReturnType<typeof setTimeout> | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.atEnd(() => { if (this.timer) clearTimeout(this.timer); });
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('query')) return;
    if (this.timer) clearTimeout(this.timer);
    this.turn += 1;
    if (this.query.length < LEAST) this.hits = null;
    else this.timer = setTimeout(() => void this.load(), PAUSE_MS);
  }

  private async load(before?: string): Promise<void> {
    const turn = ++this.turn;
    const { query } = this;
    try {
      const reply = await observing.search({ q: query, limit: PAGE, ...(before ? { before } : {}) });
      if (turn !== this.turn) return;
      this.hits = before ? [...(this.hits ?? []), ...reply.hits] : reply.hits;
      this.more = reply.more;
      this.asked = query;
      this.error = null;
    } catch (error) {
      if (turn === this.turn) this.error = error;
    }
  }

  private marked(text: string, cut = false): TemplateResult {
    const pieces = markWords(text, this.asked);
    return html`${(cut ? excerpt(pieces) : pieces).map((one) => (one.found ? html`<mark>${one.text}</mark>` : one.text))}`;
  }

  private hit(one: SearchHit): TemplateResult {
    const texts = t().exchange.search;
    const time = clockTime(one.at);
    const visit = one.visit_title || t().visits.untitled;
    const own = one.observer === '' || one.observer === account.name;
    return html`<li class="hit" data-hit=${one.observation}><a href=${`${paths.review(one.visit)}?t=${Math.max(0, one.at - BEFORE)}`}>
      <span class="hit-time">${time}</span>
      <span class="hit-text"><strong>${one.code_title ? this.marked(words(one.code_title)) : texts.moment}</strong>
        ${one.note ? html`<span class="hit-note">${this.marked(one.note, true)}</span>` : nothing}
        <span class="small">${visit}${one.visit_started_at ? html` · ${dateTime(one.visit_started_at)}` : nothing}${own ? nothing : html` · ${one.observer}`}</span></span></a></li>`;
  }

  protected override render(): TemplateResult | typeof nothing {
    const texts = t().exchange.search;
    if (this.query.length < LEAST) return nothing;
    const { hits } = this;
    return html`<section class="hits" aria-labelledby="hits-title"><h2 id="hits-title">${texts.title}</h2>
      <p class="small" role="status" data-test="hits-count">${this.error ? errorText(this.error) : !hits ? texts.busy : hits.length === 0 ? texts.none(this.asked) : texts.count(hits.length, this.more)}</p>
      ${hits && hits.length > 0 ? html`<ul class="hit-list">${hits.map((one) => this.hit(one))}</ul>` : nothing}
      ${hits && this.more ? html`<p class="more"><button type="button" @click=${() => void this.load(hits.at(-1)?.observation)}>${texts.more}</button></p>` : nothing}</section>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tb-search-hits': SearchHits;
  }
}
