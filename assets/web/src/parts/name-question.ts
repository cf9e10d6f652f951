// Asks kindly, once and without standing in the way, whose name goes with the observations.
import { html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { t } from '../i18n';
import { session } from '../model/session';
import { Part } from './base';
import { complain } from './toast';

@customElement('tb-name-question')
export class NameQuestion extends Part {
  @state() private later = false;

  private async save(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const name = new FormData(event.target as HTMLFormElement).get('name');
    if (typeof name !== 'string' || name.trim() === '') return;
    await session.save({ observer: name.trim() }).catch(complain);
  }

  protected override render() {
    if (this.later) return nothing;
    return html`<section class="card welcome" aria-labelledby="welcome-title">
      <h2 id="welcome-title">${t().welcome.title}</h2>
      <p>${t().welcome.text}</p>
      <form class="row" @submit=${(event: SubmitEvent) => void this.save(event)}>
        <label class="field grow"><span>${t().settings.observer}</span>
          <input name="name" autocomplete="name" required maxlength="80" /></label>
        <button class="primary" type="submit">${t().common.save}</button>
        <button class="quiet" type="button" @click=${() => (this.later = true)}>${t().welcome.later}</button>
      </form>
    </section>`;
  }
}
