// The page itself: the frame with the navigation, and one page element per address.
import { html, nothing, type TemplateResult } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import { customElement, state } from 'lit/decorators.js';
import { t } from './i18n';
import { api } from './model/api';
import { session } from './model/session';
import { Part } from './parts/base';
import { icon } from './parts/icons';
import { complain } from './parts/toast';
import { navigate, parseRoute, paths, type Route } from './router';
import './pages/visits';
import './pages/record';
import './parts/name-question';

@customElement('tb-app')
class App extends Part {
  /** what is shown; null until the first page is there */
  @state() private route: Route | null = null;
  @state() private queued = 0;
  @state() private offline = false;

  override connectedCallback(): void {
    super.connectedCallback();
    const follow = () => void this.go(parseRoute(location));
    this.on(window, 'popstate', follow);
    this.on(window, 'tb-navigate', follow);
    this.on(document, 'click', (event) => this.onClick(event as MouseEvent));
    this.follow(session);
    this.atEnd(
      session.queue.listen((news) => {
        if (news.kind !== 'count') return;
        this.queued = news.count;
        this.offline = news.offline;
      }),
    );
    void session.start();
    follow();
  }

  /** Links inside the page change the page without loading it anew. */
  private onClick(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement);
    if (!link || link.origin !== location.origin || link.target || link.hasAttribute('download')) return;
    if (parseRoute(link as unknown as Location).page === 'unknown') return;
    if (link.hash && link.pathname === location.pathname) return;
    event.preventDefault();
    navigate(link.pathname + link.search + link.hash);
  }

  /** Pages that are not needed for tapping come in their own files; the one before stays until the next is there. */
  private async go(route: Route): Promise<void> {
    try {
      switch (route.page) {
        case 'prepare':
          await import('./pages/prepare');
          break;
        case 'review':
          await import('./pages/review');
          break;
        case 'settings':
          await import('./pages/settings');
          break;
        case 'help':
          await import('./pages/help');
          break;
        case 'new': {
          const visit = await api.createVisit({});
          navigate(paths.prepare(visit.id), true);
          return;
        }
      }
    } catch (error) {
      complain(error);
      if (route.page === 'new') navigate('/', true);
      return;
    }
    this.route = route;
    scrollTo(0, 0);
  }

  private content(): TemplateResult | typeof nothing {
    const route = this.route;
    if (!session.ready || !route) return html`<p class="waiting">${t().common.loading}</p>`;
    switch (route.page) {
      case 'visits':
        return html`<tb-visits></tb-visits>`;
      case 'prepare':
        return html`${keyed(route.visit, html`<tb-prepare .visitId=${route.visit}></tb-prepare>`)}`;
      case 'record':
        return html`${keyed(route.visit, html`<tb-record .visitId=${route.visit}></tb-record>`)}`;
      case 'review':
        return html`${keyed(route.visit, html`<tb-review .visitId=${route.visit} .startAt=${route.at}></tb-review>`)}`;
      case 'settings':
        return html`<tb-settings></tb-settings>`;
      case 'help':
        return html`<tb-help .topic=${route.topic}></tb-help>`;
      case 'new':
        return html`<p class="waiting">${t().common.loading}</p>`;
      default:
        return html`<main class="page" id="main"><h1>${t().common.notFoundTitle}</h1>
          <p>${t().common.notFound}</p><p><a class="button" href="/">${t().nav.visits}</a></p></main>`;
    }
  }

  private pageTitle(page: string): string {
    const names: Record<string, string> = {
      visits: t().visits.title, prepare: t().nav.prepare, record: t().nav.record, review: t().nav.review,
      settings: t().nav.settings, help: t().nav.help,
    };
    return names[page] ? `${names[page]} · Terugblik` : 'Terugblik';
  }

  private link(href: string, label: string, name: 'list' | 'gear' | 'help', active: boolean): TemplateResult {
    return html`<a href=${href} aria-current=${active ? 'page' : nothing}>${icon(name)}<span>${label}</span></a>`;
  }

  protected override render(): TemplateResult {
    const page = this.route?.page ?? '';
    document.body.dataset.page = page;
    document.title = this.pageTitle(page);
    const atVisits = page === 'visits' || page === 'new' || page === 'prepare' || page === 'record' || page === 'review';
    return html`
      <a class="skip" href="#main">${t().nav.skip}</a>
      <header class="top">
        <a class="brand" href="/" aria-label="Terugblik"><img src="/icon.svg" alt="" width="32" height="32" /><span>Terugblik</span></a>
        ${this.queued > 0
          ? html`<span class="unsent" role="status" data-test="unsent">${icon('warn')}${t().common.unsent(this.queued)}</span>`
          : this.offline
            ? html`<span class="unsent" role="status">${icon('warn')}${t().common.offline}</span>`
            : nothing}
        <nav aria-label=${t().nav.label}>
          ${this.link('/', t().nav.visits, 'list', atVisits)}
          ${this.link('/instellingen', t().nav.settings, 'gear', page === 'settings')}
          ${this.link('/hulp', t().nav.help, 'help', page === 'help')}
        </nav>
      </header>
      ${session.ready && !session.observer && page === 'visits' ? html`<tb-name-question></tb-name-question>` : nothing}
      ${this.content()}
    `;
  }
}

// The shell is kept on the device so that a reload without a connection works. Only where the browser allows it.
if ('serviceWorker' in navigator && isSecureContext) {
  addEventListener('load', () => {
    navigator.serviceWorker.register('/sw.js').catch((error: unknown) => console.warn('service worker', error));
  });
}

declare global {
  interface HTMLElementTagNameMap {
    'tb-app': App;
  }
}
