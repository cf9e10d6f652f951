// An invitation by a one-time link: choose a passphrase, or connect this device to an account that exists.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { t } from '../i18n';
import { account } from '../model/account';
import { ApiError, api } from '../model/api';
import { dateTime } from '../model/format';
import { strength } from '../model/passphrase';
import type { InvitationLook } from '../model/types';
import { Part } from '../parts/base';
import { icon } from '../parts/icons';
import '../parts/passphrase-field';
import type { PassphraseField } from '../parts/passphrase-field';
import { errorText } from '../parts/toast';
import { navigate, parseRoute } from '../router';

@customElement('tb-invitation')
export class InvitationPage extends Part {
  @property() code = '';
  @state() private look: InvitationLook | null = null;
  @state() private gone = false;
  @state() private error: unknown = null;
  @state() private busy = false;
  @state() private passphraseProblem = '';
  @query('tb-passphrase') private passphrase!: PassphraseField | null;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
  }

  private async load(): Promise<void> {
    this.error = null;
    try {
      this.look = await api.lookAtInvitation(this.code);
    } catch (error) {
      this.failed(error);
    }
  }

  private failed(error: unknown): void {
    if (error instanceof ApiError && error.status === 404) {
      this.gone = true;
      forgetCode();
    } else if (error instanceof ApiError && error.status === 400 && this.look) this.passphraseProblem = t().passphrase.levels.refused;
    else this.error = error;
  }

  private async accept(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const fresh = this.passphrase?.value;
    this.passphraseProblem = fresh !== undefined && strength(fresh) === 'short' ? t().passphrase.levels.short : '';
    if (this.busy) return;
    if (this.passphraseProblem) return this.passphrase?.focus();
    this.busy = true;
    this.error = null;
    try {
      const answer = await api.acceptInvitation(this.code, fresh);
      forgetCode();
      await account.signedIn(answer);
      navigate(afterwards(), true);
    } catch (error) {
      this.failed(error);
    } finally {
      this.busy = false;
    }
  }

  private form(look: InvitationLook): TemplateResult {
    const texts = t().invitation;
    const device = look.kind === 'device';
    const other = account.door === 'in' && account.person && account.name !== look.name ? account.name : '';
    return html`<h1>${device ? texts.deviceTitle : texts.title(look.name)}</h1>
      <p>${device ? texts.deviceText(look.name) : texts.text}</p>
      ${other ? html`<p class="notice">${icon('warn')}<span>${texts.other(other)}</span></p>` : nothing}
      <form @submit=${(event: SubmitEvent) => void this.accept(event)}>
        ${device ? nothing : html`<input class="hidden-label" tabindex="-1" aria-hidden="true" autocomplete="username" readonly .value=${look.name} />
          <tb-passphrase fresh label=${texts.passphrase} .problem=${this.passphraseProblem}></tb-passphrase>`}
        ${this.error ? html`<p class="problem" role="alert">${icon('warn')}<span>${errorText(this.error)}</span></p>` : nothing}
        <button class="primary big wide" type="submit" data-test="accept" ?disabled=${this.busy}>${this.busy ? t().signIn.busy : device ? texts.connect(look.name) : texts.accept}</button>
      </form>
      <p class="small">${texts.until(dateTime(look.until))}</p>`;
  }

  protected override render(): TemplateResult {
    const texts = t().invitation;
    return html`<main class="page door" id="main"><div class="card">
      ${this.gone
        ? html`<h1>${texts.goneTitle}</h1><p>${texts.gone}</p><p><a class="button" href="/">${texts.toStart}</a></p>`
        : this.look
          ? this.form(this.look)
          : this.error
            ? html`<h1>${t().nav.start}</h1><p class="problem" role="alert">${icon('warn')}<span>${errorText(this.error)}</span></p>
                <button type="button" @click=${() => void this.load()}>${t().common.retry}</button>`
            : html`<h1 class="hidden-label">${t().nav.start}</h1><p class="waiting">${t().common.loading}</p>`}
    </div></main>`;
  }
}

/** The code leaves the address bar, so that the next person at this device does not find it there. */
function forgetCode(): void {
  history.replaceState(null, '', afterwards());
}

/** A code may come with the remote of a talk; any other place is not what it is for. */
function afterwards(): string {
  const route = parseRoute(new URL(location.pathname, location.origin));
  return route.page === 'steer' ? location.pathname : '/';
}
