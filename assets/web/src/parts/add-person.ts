// The form that adds somebody: name, login and roles; gives the invitation.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { t } from '../i18n';
import { ApiError, api } from '../model/api';
import type { Invitation, KnownPerson, Role } from '../model/types';
import { loginOf } from '../model/passphrase';
import { Part } from './base';
import { icon } from './icons';
import { errorText } from './toast';

export interface Added {
  person: KnownPerson;
  invitation: Invitation;
}

/** Sends `added` with {person, invitation}, or `cancel`. */
@customElement('tb-add-person')
export class AddPerson extends Part {
  /** which may be given; one: it is not asked */
  @property({ attribute: false }) allowed: Role[] = ['teacher'];
  /** a person gets one of them, not several */
  @property({ type: Boolean }) single = false;
  @state() private name = '';
  @state() private login = '';
  @state() private loginTyped = false;
  @state() private roles: Role[] = [];
  @state() private busy = false;
  @state() private problem = '';

  override connectedCallback(): void {
    super.connectedCallback();
    this.roles = [this.allowed.includes('teacher') ? 'teacher' : this.allowed[0]!];
  }

  private toggle(role: Role, wanted: boolean): void {
    if (this.single) this.roles = [role];
    else this.roles = this.allowed.filter((one) => (one === role ? wanted : this.roles.includes(one)));
  }

  private async add(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (this.busy) return;
    if (this.roles.length === 0) {
      this.problem = t().people.atLeastOneRole;
      return;
    }
    this.busy = true;
    this.problem = '';
    try {
      const added: Added = await api.addPerson({ name: this.name.trim(), login: this.login.trim(), roles: this.roles });
      this.dispatchEvent(new CustomEvent('added', { detail: added }));
    } catch (error) {
      this.problem = error instanceof ApiError && error.status === 409 ? t().people.taken : errorText(error);
    } finally {
      this.busy = false;
    }
  }

  protected override render(): TemplateResult {
    const texts = t().people;
    return html`<form class="add-person" @submit=${(event: SubmitEvent) => void this.add(event)}>
      <div class="columns">
        <label class="field"><span>${texts.name}</span><input name="person-name" required maxlength="80" autocomplete="off" .value=${this.name}
          @input=${(event: Event) => {
            this.name = (event.target as HTMLInputElement).value;
            if (!this.loginTyped) this.login = loginOf(this.name);
          }} /></label>
        <label class="field"><span>${t().signIn.login}</span><input name="person-login" required maxlength="40" autocomplete="off" autocapitalize="off" spellcheck="false" .value=${this.login}
          @input=${(event: Event) => { this.login = (event.target as HTMLInputElement).value; this.loginTyped = true; }} /></label>
      </div>
      ${this.allowed.length > 1
        ? html`<fieldset><legend>${texts.roles}</legend>${this.allowed.map((role) => html`<label class="check"><input type=${this.single ? 'radio' : 'checkbox'} name="role" value=${role} .checked=${this.roles.includes(role)}
            @change=${(event: Event) => this.toggle(role, (event.target as HTMLInputElement).checked)} /><span>${t().roles.names[role]}<span class="small block">${t().roles.explained[role]}</span></span></label>`)}</fieldset>`
        : nothing}
      ${this.problem ? html`<p class="problem" role="alert">${icon('warn')}<span>${this.problem}</span></p>` : nothing}
      <div class="buttons"><button type="submit" class="primary" data-test="add-person" ?disabled=${this.busy}>${icon('plus')}${texts.invite}</button>
        <button type="button" class="quiet" @click=${() => this.dispatchEvent(new Event('cancel'))}>${t().common.cancel}</button></div>
    </form>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tb-add-person': AddPerson;
  }
}
