// Cijfers: how much is visited and shared, never who. For the head.
import { html, nothing, svg, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { t } from '../i18n';
import { account } from '../model/account';
import { api } from '../model/api';
import { bytes, month, number } from '../model/format';
import { ROLES, type Numbers } from '../model/types';
import { Part } from '../parts/base';
import { errorText } from '../parts/toast';

const WIDTH = 640;
const HEIGHT = 200;
const SHOWN_MONTHS = 12;

@customElement('tb-numbers')
export class NumbersPage extends Part {
  @state() private numbers: Numbers | null = null;
  @state() private error: unknown = null;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
    this.on(account, 'return', () => void this.load());
  }

  private async load(): Promise<void> {
    try {
      this.numbers = await api.numbers();
      this.error = null;
    } catch (error) {
      this.error = error;
    }
  }

  /** Visits per month, the oldest left. The table below says the same. */
  private chart(months: Numbers['months']): TemplateResult {
    const most = Math.max(1, ...months.map((one) => one.visits));
    const step = WIDTH / Math.max(6, months.length);
    const bar = (one: Numbers['months'][number], index: number) => {
      const height = (one.visits / most) * (HEIGHT - 60);
      const x = index * step + step * 0.15;
      return svg`<g><rect x=${x} y=${HEIGHT - 30 - height} width=${step * 0.7} height=${height} fill="#14525a" rx="3"></rect>
        <text x=${x + step * 0.35} y=${HEIGHT - 36 - height} text-anchor="middle">${number(one.visits)}</text>
        <text x=${x + step * 0.35} y=${HEIGHT - 10} text-anchor="middle">${month(one.month).slice(0, 3)}</text></g>`;
    };
    return html`<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label=${t().numbers.chart}>${months.map(bar)}
      <path d="M0 ${HEIGHT - 30}h${WIDTH}" stroke="#8d8173" fill="none"></path></svg>`;
  }

  private content(numbers: Numbers): TemplateResult {
    const texts = t().numbers;
    const months = [...numbers.months].sort((a, b) => a.month.localeCompare(b.month));
    const sum = (pick: (one: Numbers['months'][number]) => number) => months.reduce((total, one) => total + pick(one), 0);
    const tile = (value: string, label: string) => html`<li class="card tile"><strong>${value}</strong><span>${label}</span></li>`;
    return html`<ul class="tiles">
        ${tile(number(sum((one) => one.visits)), texts.visits)} ${tile(number(sum((one) => one.releases)), texts.releases)} ${tile(bytes(numbers.bytes), texts.kept)}
        ${ROLES.filter((role) => numbers.people[role]).map((role) => tile(number(numbers.people[role]!), t().roles.many[role]))}
      </ul>
      ${months.length === 0
        ? html`<p class="empty">${texts.empty}</p>`
        : html`<section class="card"><h2>${texts.perMonth}</h2>${this.chart(months.slice(-SHOWN_MONTHS))}
          <table class="table" data-test="numbers"><caption class="hidden-label">${texts.perMonth}</caption>
            <thead><tr>${[texts.month, texts.visits, texts.coaches, texts.teachers, texts.releases].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
            <tbody>${[...months].reverse().map((one) => html`<tr><th scope="row" data-label=${texts.month}>${month(one.month)}</th>
              <td class="amount" data-label=${texts.visits}>${number(one.visits)}</td><td class="amount" data-label=${texts.coaches}>${number(one.coaches)}</td>
              <td class="amount" data-label=${texts.teachers}>${number(one.teachers_with_release)}</td><td class="amount" data-label=${texts.releases}>${number(one.releases)}</td></tr>`)}</tbody></table></section>`}`;
  }

  protected override render(): TemplateResult {
    const texts = t().numbers;
    return html`<main class="page" id="main">
      <div class="page-head"><h1>${texts.title}</h1></div><p>${texts.text}</p>
      ${this.error ? html`<div class="card problem" role="alert"><p>${errorText(this.error)}</p><button type="button" @click=${() => void this.load()}>${t().common.retry}</button></div>` : nothing}
      ${this.numbers ? this.content(this.numbers) : this.error ? nothing : html`<p class="waiting">${t().common.loading}</p>`}
    </main>`;
  }
}
