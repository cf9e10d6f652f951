// The page itself: the frame with the navigation, and one page element per address.
import { html, nothing, type TemplateResult } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import { customElement, state } from 'lit/decorators.js';
import { t } from './i18n';
import { account } from './model/account';
import { api } from './model/api';
import { EventStream } from './model/events';
import { session } from './model/session';
import { Part } from './parts/base';
import { complain, refusedText } from './parts/toast';
import { places, placesOf } from './parts/top-bar';
import { navigate, parseRoute, paths, type PageName, type Route } from './router';
import './pages/sign-in';
import './pages/visits';
import './pages/record';

/** Pages that are not needed for tapping come in their own files. */
const MODULES: Partial<Record<PageName, () => Promise<unknown>>> = {
  prepare: () => import('./pages/prepare'),
  review: () => import('./pages/review'),
  share: () => import('./pages/share'),
  look: () => import('./pages/look'),
  shared: () => import('./pages/shared'),
  looked: () => import('./pages/view-log'),
  log: () => import('./pages/view-log'),
  people: () => import('./pages/people'),
  register: () => import('./pages/register'),
  numbers: () => import('./pages/numbers'),
  account: () => import('./pages/account'),
  connect: () => import('./pages/connect'),
  settings: () => import('./pages/settings'),
  help: () => import('./pages/help'),
  invitation: () => import('./pages/invitation'),
  moments: () => import('./pages/moments'),
  talk: () => import('./pages/talk'),
  steer: () => import('./pages/steer'),
  report: () => import('./pages/report'),
  trajectories: () => import('./pages/trajectories'),
  trajectory: () => import('./pages/trajectory'),
  closing: () => import('./pages/closing'),
  handover: () => import('./pages/handover'),
  questions: () => import('./pages/questions'),
  instruments: () => import('./pages/instruments'),
  instrument: () => import('./pages/instrument'),
  figures: () => import('./pages/figures'),
  observers: () => import('./pages/observers'),
  import: () => import('./pages/import'),
};

/** Pages with an event stream of their own, that of their visit: a tab holds one. */
const OWN_STREAM: PageName[] = ['record', 'review'];

@customElement('tb-app')
class App extends Part {
  /** what is shown; null until the first page is there */
  @state() private route: Route | null = null;
  @state() private queued = 0;
  @state() private offline = false;
  private stream: EventStream | null = null;
  /** of the last call of go() */
  private turn = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    const follow = () => void this.go(parseRoute(location));
    this.on(window, 'popstate', follow);
    this.on(window, 'tb-navigate', follow);
    this.on(window, 'pagehide', () => this.finishWriting());
    this.on(document, 'click', (event) => this.onClick(event as MouseEvent));
    this.follow(session);
    this.on(account, 'change', () => this.onAccount());
    this.atEnd(
      session.queue.listen((news) => {
        // Said here, since the page of its visit may not be open any more.
        if (news.kind === 'refused') complain(new Error(refusedText(news.error)));
        if (news.kind !== 'count') return;
        this.queued = news.count;
        this.offline = news.offline;
      }),
    );
    this.atEnd(() => this.stream?.close());
    account.start();
    follow();
  }

  private onAccount(): void {
    if (account.door === 'in') {
      void session.start();
      // Who has just come in stands at the door; now the page behind it can be found.
      if (!this.route || this.route.page === 'home') void this.go(parseRoute(location));
    } else if (account.door === 'set-up') void import('./pages/set-up').then(() => this.requestUpdate(), complain);
    this.followEvents();
    this.requestUpdate();
  }

  /** News that is not about one visit. */
  private followEvents(): void {
    const wanted = account.door === 'in' && this.route !== null && !OWN_STREAM.includes(this.route.page);
    if (wanted) this.stream ??= new EventStream(() => '/api/events');
    else {
      this.stream?.close();
      this.stream = null;
    }
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

  /** Shows a page; the one before stays until the next is there. Who has gone on meanwhile is not brought back. */
  private async go(route: Route): Promise<void> {
    const turn = ++this.turn;
    const past = () => turn !== this.turn;
    if (route.page === 'home' && account.door === 'in') return navigate(placesOf()[0]!.href, true);
    try {
      if (route.page === 'new') {
        if (account.door !== 'in') await new Promise((done) => account.addEventListener('change', done, { once: true }));
        if (account.door !== 'in' || past()) return;
        const visit = await api.createVisit({});
        if (!past()) navigate(paths.prepare(visit.id), true);
        return;
      }
      await MODULES[route.page]?.();
    } catch (error) {
      if (past()) return;
      complain(error);
      if (route.page === 'new') navigate('/', true);
      return;
    }
    if (past()) return;
    if (JSON.stringify(route) !== JSON.stringify(this.route)) this.finishWriting();
    this.route = route;
    this.followEvents();
    scrollTo(0, 0);
  }

  private loading(): TemplateResult {
    return html`<p class="waiting page">${t().common.loading}</p>`;
  }

  private content(route: Route): TemplateResult {
    const visit = (page: (id: string) => TemplateResult) => ('visit' in route ? html`${keyed(route.visit, page(route.visit))}` : this.loading());
    switch (route.page) {
      case 'visits':
        return html`<tb-visits></tb-visits>`;
      case 'prepare':
        return visit((id) => html`<tb-prepare .visitId=${id}></tb-prepare>`);
      case 'record':
        return visit((id) => html`<tb-record .visitId=${id}></tb-record>`);
      case 'review':
        return visit((id) => html`<tb-review .visitId=${id} .startAt=${route.at}></tb-review>`);
      case 'share':
        return visit((id) => html`<tb-share .visitId=${id}></tb-share>`);
      case 'look':
        return visit((id) => html`<tb-look .visitId=${id} .release=${route.at}></tb-look>`);
      case 'looked':
        return visit((id) => html`<tb-view-log .visitId=${id}></tb-view-log>`);
      case 'moments':
        return visit((id) => html`<tb-moments .visitId=${id}></tb-moments>`);
      case 'talk':
        return visit((id) => html`<tb-talk .visitId=${id}></tb-talk>`);
      case 'steer':
        return visit((id) => html`<tb-steer .visitId=${id}></tb-steer>`);
      case 'report':
        return visit((id) => html`<tb-report .visitId=${id}></tb-report>`);
      case 'trajectories':
        return html`<tb-trajectories></tb-trajectories>`;
      case 'trajectory':
        return html`${keyed(route.trajectory, html`<tb-trajectory .trajectoryId=${route.trajectory}></tb-trajectory>`)}`;
      case 'closing':
        return html`${keyed(route.trajectory, html`<tb-closing .trajectoryId=${route.trajectory}></tb-closing>`)}`;
      case 'handover':
        return html`<tb-handover></tb-handover>`;
      case 'questions':
        return html`<tb-questions></tb-questions>`;
      case 'instruments':
        return html`<tb-instruments></tb-instruments>`;
      case 'instrument':
        return html`${keyed(route.instrument, html`<tb-instrument .instrumentId=${route.instrument}></tb-instrument>`)}`;
      case 'figures':
        return visit((id) => html`<tb-figures .visitId=${id}></tb-figures>`);
      case 'observers':
        return visit((id) => html`<tb-observers .visitId=${id}></tb-observers>`);
      case 'import':
        return html`<tb-import></tb-import>`;
      case 'log':
        return html`<tb-view-log></tb-view-log>`;
      case 'shared':
        return html`<tb-shared></tb-shared>`;
      case 'people':
        return html`<tb-people></tb-people>`;
      case 'register':
        return html`<tb-register></tb-register>`;
      case 'numbers':
        return html`<tb-numbers></tb-numbers>`;
      case 'account':
        return html`<tb-account></tb-account>`;
      case 'connect':
        return html`<tb-connect></tb-connect>`;
      case 'settings':
        return html`<tb-settings></tb-settings>`;
      case 'help':
        return html`<tb-help .topic=${route.topic}></tb-help>`;
      case 'home':
      case 'new':
        return this.loading();
      default:
        return html`<main class="page" id="main"><h1>${t().common.notFoundTitle}</h1>
          <p>${t().common.notFound}</p><p><a class="button" href="/">${t().nav.start}</a></p></main>`;
    }
  }

  /** Who may come in sees the page; others the door. What waits for somebody stays, out of sight. */
  private inside(): TemplateResult {
    const route = this.route;
    if (route?.page === 'invitation') return html`<tb-invitation .code=${route.code}></tb-invitation>`;
    const inside = account.door === 'in';
    const page = account.person && session.ready && route !== null && account.door !== 'set-up';
    // One template for both: what is drawn anew would be begun anew.
    return html`${inside ? (page ? nothing : this.loading()) : this.doorway()}
      ${page ? html`<div class="behind" ?hidden=${!inside} ?inert=${!inside}>${this.content(route)}</div>` : nothing}`;
  }

  private doorway(): TemplateResult {
    switch (account.door) {
      case 'set-up':
        return html`<tb-set-up></tb-set-up>`;
      case 'signed-out':
        return html`<tb-sign-in waitingFor=${account.name}></tb-sign-in>`;
      default:
        return this.loading();
    }
  }

  private get shownPage(): PageName | '' {
    if (account.door === 'in' || this.route?.page === 'invitation') return this.route?.page ?? '';
    return '';
  }

  private pageTitle(page: PageName | ''): string {
    const nav = t().nav;
    const names: Partial<Record<PageName, string>> = {
      visits: t().visits.title, prepare: nav.prepare, record: nav.record, review: nav.review, share: t().share.title, look: nav.look,
      looked: t().log.titleVisit, account: t().account.title, connect: t().connect.title, invitation: nav.start,
      moments: t().moments.title, talk: t().talk.title, steer: t().steer.title, report: t().report.title, closing: t().closing.title, handover: t().handover.title,
      questions: t().questions.title, figures: t().figures.title, observers: t().observers.title, import: t().exchange.title,
    };
    const door = { asking: '', in: '', 'set-up': t().setUp.title, 'signed-out': t().signIn.title }[account.door];
    const name = page === '' ? door : (names[page] ?? places().find((one) => one.pages.some((each) => each === page))?.label);
    return name ? `${name} · Terugblik` : 'Terugblik';
  }

  protected override render(): TemplateResult {
    const page = this.shownPage;
    document.body.dataset.page = page;
    document.title = this.pageTitle(page);
    return html`
      <a class="skip" href="#main">${t().nav.skip}</a>
      <tb-top-bar .page=${page} .queued=${this.queued} .offline=${this.offline}></tb-top-bar>
      ${this.inside()}
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
