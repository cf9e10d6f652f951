// Bezoeken: every classroom visit with its state, found by searching, newest first.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { t } from '../i18n';
import { account } from '../model/account';
import { api } from '../model/api';
import type { Trajectory } from '../model/coaching-types';
import { heard } from '../model/events';
import { clockTime, dateTime } from '../model/format';
import { trajectoriesOfVisits } from '../model/trajectory-stand';
import type { VisitSummary } from '../model/types';
import { Part } from '../parts/base';
import { icon } from '../parts/icons';
import '../parts/search-hits';
import { errorText } from '../parts/toast';
import { paths } from '../router';

const PAGE_SIZE = 30;

/** What a coach would call the state of a visit; "recorded" is a visit with pictures that is over. */
export function visitState(visit: Pick<VisitSummary, 'state' | 'tracks' | 'recording'>): 'planned' | 'running' | 'recorded' | 'ended' {
  if (visit.state !== 'ended') return visit.state;
  return visit.tracks > 0 ? 'recorded' : 'ended';
}

export function visitTitle(visit: Pick<VisitSummary, 'title' | 'teacher' | 'group' | 'subject'>): string {
  const parts = [visit.teacher, visit.group, visit.subject].filter((part) => part);
  return visit.title || parts.join(' · ') || t().visits.untitled;
}

@customElement('tb-visits')
export class VisitsPage extends Part {
  @state() private visits: VisitSummary[] | null = null;
  @state() private more = false;
  @state() private error: unknown = null;
  @state() private search = '';
  @state() private sharedWithMe = 0;
  @state() private trajectories = new Map<string, Trajectory>();
  private asked = 0;
  private searchTimer: ReturnType<typeof setTimeout> | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
    api.myReleases().then((mine) => (this.sharedWithMe = mine.to_me.length), () => undefined);
    void trajectoriesOfVisits(false).then((found) => (this.trajectories = found));
    this.on(heard, 'visit', () => void this.load());
    this.on(heard, 'releases', () => void this.load());
    this.on(account, 'return', () => void this.load());
  }

  private async load(before?: string): Promise<void> {
    const turn = ++this.asked;
    try {
      const reply = await api.visits(this.search, before ? PAGE_SIZE : Math.max(PAGE_SIZE, this.visits?.length ?? 0), before);
      if (turn !== this.asked) return; // an answer that was overtaken by a later question
      this.visits = before ? [...(this.visits ?? []), ...reply.visits] : reply.visits;
      this.more = reply.more;
      this.error = null;
    } catch (error) {
      if (turn === this.asked) this.error = error;
    }
  }

  private onSearch(event: Event): void {
    this.search = (event.target as HTMLInputElement).value.trim();
    if (this.searchTimer) clearTimeout(this.searchTimer);
    this.searchTimer = setTimeout(() => void this.load(), 200);
  }

  private target(visit: VisitSummary): string {
    if (visit.beside) return visit.state === 'running' ? paths.record(visit.id) : paths.observers(visit.id);
    if (visit.state === 'planned') return paths.prepare(visit.id);
    return visit.state === 'running' ? paths.record(visit.id) : paths.review(visit.id);
  }

  private card(visit: VisitSummary): TemplateResult {
    const kind = visitState(visit);
    const texts = t().visits;
    const trajectory = this.trajectories.get(visit.id);
    const when = visit.started_at ?? visit.planned_at ?? visit.created_at;
    return html`<li class="visit" data-visit=${visit.id}>
      <a class="visit-main" href=${this.target(visit)}>
        <span class="state ${kind}"><i aria-hidden="true"></i>${texts.states[kind]}${visit.recording ? html` · ${texts.recordingNow}` : nothing}</span>
        <strong>${visitTitle(visit)}</strong>
        ${visit.beside ? html`<span class="small shared-state" data-test="beside">${icon('people')}${texts.beside(visit.coach?.name ?? '')}</span>` : nothing}
        ${visit.focus ? html`<span class="focus">${visit.focus}</span>` : nothing}
        <span class="small">
          ${visit.title ? [visit.teacher, visit.group, visit.subject].filter((part) => part).concat('').join(' · ') : nothing}${dateTime(when)}${visit.duration > 0
            ? html` · ${clockTime(visit.duration)}`
            : nothing}${visit.state !== 'planned' ? html` · ${texts.observations(visit.observations)}` : nothing}
        </span>
        ${trajectory ? html`<span class="small shared-state" data-test="of-trajectory">${icon('path')}${trajectory.question || t().trajectory.title}</span>` : nothing}
        ${visit.releases ? html`<span class="small shared-state">${icon('share')}${texts.sharedWith(visit.releases)}</span>` : nothing}
      </a>
      <span class="visit-links">${visit.beside ? this.besideLinks(visit) : this.links(visit)}</span>
    </li>`;
  }

  private besideLinks(visit: VisitSummary): TemplateResult {
    return html`${visit.state === 'planned' ? nothing : html`<a class="button small" href=${paths.record(visit.id)}>${t().nav.record}</a>`}
      <a class="button small" href=${paths.observers(visit.id)}>${icon('people')}${t().observers.title}</a>`;
  }

  private links(visit: VisitSummary): TemplateResult {
    const texts = t().visits;
    return html`
        ${visit.state === 'running' ? html`<a class="button small" href=${paths.review(visit.id)}>${t().nav.review}</a>` : nothing}
        ${visit.state === 'planned' ? html`<a class="button small" href=${paths.record(visit.id)}>${t().nav.record}</a>` : nothing}
        ${visit.state === 'ended' && visit.tracks > 0 ? html`<a class="button small" data-test="share" href=${paths.share(visit.id)}>${icon('share')}${t().share.title}</a>` : nothing}
        ${visit.state === 'ended' ? html`<a class="button small" data-test="to-moments" href=${paths.moments(visit.id)}>${icon('speech')}${t().moments.title}</a>` : nothing}
        ${visit.state === 'ended' && visit.observations > 0 ? html`<a class="button small" data-test="to-figures" href=${paths.figures(visit.id)}>${icon('chart')}${t().figures.title}</a>` : nothing}
        ${visit.state === 'ended' ? html`<a class="button small quiet" href=${paths.prepare(visit.id)}>${texts.details}</a>` : nothing}`;
  }

  private empty(): TemplateResult {
    const texts = t().visits;
    if (this.search) return html`<p class="empty">${t().exchange.search.noVisits(this.search)}</p>`;
    return html`<section class="card empty-start">
      <h2>${texts.emptyTitle}</h2>
      <ol>${texts.emptySteps.map((step) => html`<li>${step}</li>`)}</ol>
      <p class="buttons"><a class="button primary big" href="/nieuw">${icon('plus')}${texts.first}</a><a class="button quiet big" href=${paths.import} data-test="to-import">${icon('download')}${t().exchange.title}</a></p>
      <p class="small">${texts.emptyHelp} <a href="/hulp">${t().nav.help}</a></p>
    </section>`;
  }

  protected override render(): TemplateResult {
    const texts = t().visits;
    const visits = this.visits;
    const bare = visits?.length === 0 && !this.search;
    return html`<main class="page" id="main">
      <div class="page-head">
        <h1>${texts.title}</h1>
        ${bare ? nothing : html`<div class="buttons"><a class="button quiet big" href=${paths.import} data-test="to-import">${icon('download')}${t().exchange.title}</a>
          <a class="button primary big" href="/nieuw" data-test="new-visit">${icon('plus')}${texts.create}</a></div>`}
      </div>
      ${this.sharedWithMe > 0 ? html`<p><a class="button" href=${paths.shared}>${icon('eye')}${texts.sharedWithMe(this.sharedWithMe)}</a></p>` : nothing}
      ${bare ? nothing : html`<label class="search">${icon('search')}<span class="hidden-label">${texts.search}</span>
        <input type="search" placeholder=${texts.search} @input=${this.onSearch} /></label>`}
      ${this.error
        ? html`<div class="card problem" role="alert"><p>${errorText(this.error)}</p>
            <button type="button" @click=${() => void this.load()}>${t().common.retry}</button></div>`
        : nothing}
      ${visits === null ? (this.error ? nothing : html`<p class="waiting">${t().common.loading}</p>`) : visits.length === 0
        ? this.empty()
        : html`<ul class="visits">${visits.map((visit) => this.card(visit))}</ul>`}
      ${this.more ? html`<p class="more"><button type="button" @click=${() => void this.load(visits?.at(-1)?.id)}>${texts.more}</button></p>` : nothing}
      <tb-search-hits .query=${this.search}></tb-search-hits>
    </main>`;
  }
}
