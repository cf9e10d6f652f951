// Tablet of telefoon koppelen: first the other device learns to trust this computer, then it is signed in.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { t } from '../i18n';
import { account } from '../model/account';
import { ApiError, api } from '../model/api';
import { clockTime, day } from '../model/format';
import type { Invitation, Network } from '../model/types';
import { Part } from '../parts/base';
import { icon } from '../parts/icons';
import { qrCode } from '../parts/qr';
import { complain, errorText } from '../parts/toast';

@customElement('tb-connect')
export class ConnectPage extends Part {
  @state() private network: Network | null = null;
  @state() private asked = false;
  @state() private error: unknown = null;
  @state() private pairing: Invitation | null = null;
  @state() private left = 0;
  @state() private busy = false;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
    this.every(1000, () => this.count());
  }

  private async load(): Promise<void> {
    try {
      // Others than these are not told the addresses of the computer.
      if (account.has('coach', 'admin')) this.network = await api.network();
      this.error = null;
    } catch (error) {
      // 404: nothing but this computer can reach it.
      if (!(error instanceof ApiError) || error.status !== 404) this.error = error;
    }
    this.asked = true;
  }

  private count(): void {
    if (!this.pairing) return;
    this.left = Math.max(0, Math.round((Date.parse(this.pairing.until) - Date.now()) / 1000));
    if (this.left === 0) this.pairing = null;
  }

  private async pair(): Promise<void> {
    this.busy = true;
    try {
      this.pairing = await api.pair();
      this.count();
    } catch (error) {
      complain(error);
    } finally {
      this.busy = false;
    }
  }

  private trust(network: Network): TemplateResult {
    const texts = t().connect;
    if (!network.own_certificate || !network.trust || !network.qr) {
      return html`<section class="card"><h2>${texts.trustTitle}</h2><p>${icon('check')} ${texts.trusted}</p></section>`;
    }
    return html`<section class="card"><h2>${texts.trustTitle}</h2><p>${texts.trustText}</p>
      <div class="invitation-card">${qrCode(network.qr, texts.trustQr)}
        <div><ol>${texts.trustSteps.map((step) => html`<li>${step}</li>`)}</ol>
          <label class="field"><span>${texts.trustLink}</span><input readonly .value=${network.trust} @focus=${(event: Event) => (event.target as HTMLInputElement).select()} /></label></div></div>
      ${network.fingerprint ? html`<p>${texts.fingerprintText}</p><p class="fingerprint" data-test="fingerprint">${network.fingerprint}</p>` : nothing}
      ${network.expires_at ? html`<p class="small">${texts.expires(day(network.expires_at))}</p>` : nothing}</section>`;
  }

  private connect(): TemplateResult {
    const texts = t().connect;
    const pairing = this.pairing;
    return html`<section class="card"><h2>${texts.pairTitle}</h2><p>${texts.pairText}</p>
      ${pairing
        ? html`<div class="invitation-card" data-test="pairing">${qrCode(pairing.qr, texts.pairQr)}<div>
            <p class="countdown" role="timer">${texts.left(clockTime(this.left))}</p>
            <label class="field"><span>${t().people.link}</span><input readonly data-test="link" .value=${pairing.link} @focus=${(event: Event) => (event.target as HTMLInputElement).select()} /></label>
            <p class="small">${texts.pairHelp}</p></div></div>`
        : html`<button type="button" class="primary big" data-test="pair" ?disabled=${this.busy} @click=${() => void this.pair()}>${icon('device')}${texts.pair}</button>`}
      <details class="trouble"><summary>${texts.troubleTitle}</summary><ul>${texts.trouble.map((one) => html`<li>${one}</li>`)}</ul></details></section>`;
  }

  protected override render(): TemplateResult {
    const texts = t().connect;
    const network = this.network;
    const onlyHere = this.asked && !this.error && (location.hostname === '127.0.0.1' || location.hostname === 'localhost') && (network === null || network.addresses.length === 0);
    return html`<main class="page" id="main">
      <div class="page-head"><h1>${texts.title}</h1></div>
      ${this.error ? html`<div class="card problem" role="alert"><p>${errorText(this.error)}</p><button type="button" @click=${() => void this.load()}>${t().common.retry}</button></div>` : nothing}
      ${!this.asked
        ? html`<p class="waiting">${t().common.loading}</p>`
        : onlyHere
          ? html`<section class="card" data-test="only-here"><h2>${texts.onlyHereTitle}</h2><p>${texts.onlyHere}</p><p><code>terugblik serve --school</code></p><p class="small">${texts.onlyHereHelp}</p></section>`
          : html`${network ? this.trust(network) : nothing} ${this.connect()}`}
      ${network && network.addresses.length > 0 ? html`<p class="small">${texts.addresses} ${network.addresses.map((one, index) => html`${index > 0 ? ', ' : nothing}<span class="address">${one}</span>`)}</p>` : nothing}
    </main>`;
  }
}
