// A one-time link to give to somebody: as a QR code to scan, and as text to send.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { t } from '../i18n';
import { dateTime } from '../model/format';
import type { Invitation } from '../model/types';
import { Part } from './base';
import { icon } from './icons';
import { qrCode } from './qr';
import { say } from './toast';

@customElement('tb-invitation-card')
export class InvitationCard extends Part {
  @property({ attribute: false }) invitation!: Invitation;
  @property() name = '';
  @state() private canCopy = 'clipboard' in navigator;

  private async copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.invitation.link);
      say(t().people.copied);
    } catch {
      this.canCopy = false;
      this.querySelector('input')?.select();
    }
  }

  protected override render(): TemplateResult {
    const texts = t().people;
    return html`<div class="invitation-card" data-test="invitation">
      ${qrCode(this.invitation.qr, texts.qrOf(this.name))}
      <div>
        <p><strong>${texts.inviteTitle(this.name)}</strong></p>
        <p>${texts.inviteText}</p>
        <label class="field"><span>${texts.link}</span><input readonly data-test="link" .value=${this.invitation.link} @focus=${(event: Event) => (event.target as HTMLInputElement).select()} /></label>
        ${this.canCopy ? html`<button type="button" @click=${() => void this.copy()}>${icon('copy')}${texts.copy}</button>` : nothing}
        <p class="small">${texts.validUntil(dateTime(this.invitation.until))}</p>
      </div>
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tb-invitation-card': InvitationCard;
  }
}
