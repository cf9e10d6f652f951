// The bar above every page: where one can go, the vault, and who is signed in.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { t } from '../i18n';
import { account } from '../model/account';
import { session } from '../model/session';
import type { Role } from '../model/types';
import { paths, type PageName } from '../router';
import { Part } from './base';
import { icon, type IconName } from './icons';
import { complain, confirm } from './toast';
import './vault';

interface Place {
  href: string;
  label: string;
  icon: IconName;
  /** empty: for everybody */
  roles: Role[];
  pages: PageName[];
}

/** Every place of the main menu, in order. */
export function places(): Place[] {
  const nav = t().nav;
  // Who has no list of visits comes to those where they observe beside the coach by what is shared.
  const beside: PageName[] = account.has('coach') ? [] : ['record', 'observers', 'figures'];
  return [
    { href: paths.visits, label: nav.visits, icon: 'list', roles: ['coach'], pages: ['visits', 'new', 'prepare', 'record', 'review', 'share', 'figures', 'observers', 'import'] },
    { href: paths.shared, label: nav.shared, icon: 'eye', roles: ['teacher', 'trainee'], pages: ['shared', 'look', 'looked', ...beside] },
    { href: paths.trajectories, label: nav.trajectories, icon: 'path', roles: ['coach', 'teacher'], pages: ['trajectories', 'trajectory', 'closing', 'moments', 'talk', 'steer', 'report', 'questions'] },
    { href: paths.instruments, label: nav.instruments, icon: 'grid', roles: ['coach'], pages: ['instruments', 'instrument'] },
    { href: paths.handover, label: nav.handover, icon: 'share', roles: ['admin'], pages: ['handover'] },
    { href: paths.numbers, label: nav.numbers, icon: 'chart', roles: ['head'], pages: ['numbers'] },
    { href: paths.register, label: nav.register, icon: 'book', roles: ['privacy'], pages: ['register'] },
    { href: paths.log, label: nav.log, icon: 'search', roles: ['privacy'], pages: ['log'] },
    { href: paths.people, label: nav.people, icon: 'people', roles: ['admin', 'coach'], pages: ['people'] },
    { href: paths.settings, label: nav.settings, icon: 'gear', roles: [], pages: ['settings', 'connect'] },
    { href: paths.help, label: nav.help, icon: 'help', roles: [], pages: ['help'] },
  ];
}

export function placesOf(): Place[] {
  return places().filter((one) => one.roles.length === 0 || account.has(...one.roles));
}

@customElement('tb-top-bar')
export class TopBar extends Part {
  @property() page: PageName | '' = '';
  @property({ type: Number }) queued = 0;
  @property({ type: Boolean }) offline = false;
  @state() private open = false;

  override connectedCallback(): void {
    super.connectedCallback();
    this.follow(account);
    this.on(document, 'click', (event) => {
      if (this.open && !event.composedPath().some((node) => node instanceof Element && node.matches('.account-menu > div, .account-menu > button'))) this.open = false;
    });
    this.on(window, 'keydown', (event) => {
      if (this.open && (event as KeyboardEvent).key === 'Escape') {
        this.open = false;
        this.querySelector<HTMLElement>('.account-menu > button')?.focus();
      }
    });
    this.on(window, 'tb-navigate', () => (this.open = false));
  }

  private async signOut(): Promise<void> {
    this.open = false;
    const texts = t().account;
    await session.queue.flush();
    const unsent = session.queue.count;
    if (unsent > 0 && !(await confirm(texts.unsentQuestion, texts.unsentText(unsent), texts.signOut))) return;
    try {
      await account.signOut();
    } catch (error) {
      complain(error);
    }
  }

  private link(place: Place): TemplateResult {
    return html`<a href=${place.href} aria-current=${place.pages.some((one) => one === this.page) ? 'page' : nothing}>${icon(place.icon)}<span>${place.label}</span></a>`;
  }

  private menu(): TemplateResult {
    const texts = t().account;
    const close = () => (this.open = false);
    return html`<div class="account-menu">
      <button type="button" aria-expanded=${String(this.open)} aria-controls="account-panel" data-test="account" aria-label=${texts.menuOf(account.name)}
        @click=${() => (this.open = !this.open)}>${icon('person')}<span>${account.name}</span></button>
      <div id="account-panel" ?hidden=${!this.open}>
        <p class="who"><strong>${account.name}</strong><span class="small">${account.person?.roles.map((role) => t().roles.names[role]).join(', ')}</span></p>
        <a href=${paths.account} @click=${close}>${icon('device')}${texts.title}</a>
        <a href=${paths.connect} @click=${close}>${icon('network')}${t().connect.title}</a>
        <div class="menu-places">${placesOf().map((one) => html`<a href=${one.href} @click=${close}>${icon(one.icon)}${one.label}</a>`)}</div>
        <button type="button" data-test="sign-out" @click=${() => void this.signOut()}>${icon('out')}${texts.signOut}</button>
      </div>
    </div>`;
  }

  protected override render(): TemplateResult {
    const inside = account.door === 'in';
    return html`<header class="top">
      <a class="brand" href="/" aria-label="Terugblik"><img src="/icon.svg" alt="" width="32" height="32" /><span>Terugblik</span></a>
      ${this.queued > 0
        ? html`<span class="unsent" role="status" data-test="unsent">${icon('warn')}${t().common.unsent(this.queued)}</span>`
        : this.offline
          ? html`<span class="unsent" role="status">${icon('warn')}${t().common.offline}</span>`
          : nothing}
      ${inside
        ? html`<nav aria-label=${t().nav.label}>${placesOf().map((one) => this.link(one))}</nav>
            <tb-vault-badge></tb-vault-badge>${this.menu()}`
        : nothing}
    </header>`;
  }
}
