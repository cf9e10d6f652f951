// Sturen met je telefoon: the code that signs a phone in and opens the remote of this talk there.
import { html, nothing, render } from 'lit';
import { t } from '../i18n';
import { api } from '../model/api';
import { clockTime } from '../model/format';
import type { Invitation } from '../model/types';
import { paths } from '../router';
import { icon } from './icons';
import { qrCode } from './qr';
import { errorText } from './toast';

export function steerDialog(visit: string): void {
  if (document.querySelector('dialog.steer-dialog')) return;
  const texts = t().talk;
  const dialog = document.createElement('dialog');
  dialog.className = 'question steer-dialog';
  dialog.setAttribute('aria-labelledby', 'steer-dialog-title');
  let pairing: Invitation | null = null;
  let problem = '';
  const left = () => (pairing ? Math.max(0, Math.round((Date.parse(pairing.until) - Date.now()) / 1000)) : 0);
  const onlyHere = ['127.0.0.1', 'localhost'].includes(location.hostname);
  const ask = async () => {
    problem = '';
    try {
      pairing = await api.pair(visit);
    } catch (error) {
      problem = errorText(error);
    }
    draw();
  };
  const draw = () => {
    if (pairing && left() === 0) pairing = null;
    render(
      html`<h2 id="steer-dialog-title">${texts.pairTitle}</h2><p>${texts.pairText}</p>
        ${problem ? html`<p class="problem" role="alert">${icon('warn')}<span>${problem}</span></p>` : nothing}
        ${pairing
          ? html`<div class="invitation-card" data-test="pairing">${qrCode(pairing.qr, texts.pairQr)}<div><p class="countdown" role="timer">${texts.pairLeft(clockTime(left()))}</p>
              <label class="field"><span>${t().people.link}</span><input readonly data-test="link" .value=${pairing.link} @focus=${(event: Event) => (event.target as HTMLInputElement).select()} /></label></div></div>`
          : html`<button type="button" class="primary" data-test="pair-again" @click=${() => void ask()}>${icon('device')}${texts.pairAgain}</button>`}
        ${onlyHere ? html`<p class="notice">${icon('warn')}<span>${texts.pairOnlyHere} <a href=${paths.connect}>${t().connect.title}</a></span></p>` : nothing}
        <p class="small">${texts.pairKnown}</p>
        <div class="buttons"><button type="button" class="primary" data-test="close-steer" @click=${() => dialog.close()}>${t().common.close}</button></div>`,
      dialog,
    );
  };
  const timer = setInterval(draw, 1000);
  dialog.addEventListener('close', () => {
    clearInterval(timer);
    dialog.remove();
  });
  dialog.addEventListener('click', (event) => {
    if (event.target instanceof HTMLAnchorElement) dialog.close();
  });
  document.body.append(dialog);
  draw();
  dialog.showModal();
  void ask();
}
