// Visits on which one taps beside their coach, for who has no list of visits: a starting coach in training.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { t } from '../i18n';
import { account } from '../model/account';
import { api } from '../model/api';
import { heard } from '../model/events';
import { dateTime } from '../model/format';
import type { VisitSummary } from '../model/types';
import { visitTitle } from '../pages/visits';
import { paths } from '../router';
import { Part } from './base';
import { icon } from './icons';

const MOST = 100;

@customElement('tb-beside-visits')
export class BesideVisits extends Part {
  @state() private visits: VisitSummary[] = [];

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
    this.on(heard, 'observers', () => void this.load());
    this.on(heard, 'visit', () => void this.load());
    this.on(account, 'return', () => void this.load());
  }

  private async load(): Promise<void> {
    try {
      this.visits = (await api.visits('', MOST)).visits.filter((one) => one.beside);
    } catch (error) {
      console.warn('visits', error); // what was shared stands there all the same
    }
  }

  private card(visit: VisitSummary): TemplateResult {
    const href = visit.state === 'running' ? paths.record(visit.id) : paths.observers(visit.id);
    return html`<li class="visit" data-visit=${visit.id}>
      <a class="visit-main" href=${href}><strong>${visitTitle(visit)}</strong>
        <span class="small">${t().visits.beside(visit.coach?.name ?? '')} · ${dateTime(visit.started_at ?? visit.planned_at ?? visit.created_at)}</span></a>
      <span class="visit-links"><a class="button primary" href=${href}>${icon(visit.state === 'running' ? 'grid' : 'people')}${visit.state === 'running' ? t().observers.tap : t().observers.title}</a></span>
    </li>`;
  }

  protected override render(): TemplateResult | typeof nothing {
    if (this.visits.length === 0) return nothing;
    return html`<section aria-labelledby="beside-visits"><h2 id="beside-visits">${t().observers.link}</h2><ul class="visits" data-test="beside-visits">${this.visits.map((one) => this.card(one))}</ul></section>`;
  }
}
