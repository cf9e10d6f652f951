// Mensen: who has an account, and how somebody gets one. An administrator sees all; a coach invites teachers and trainees.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { t } from '../i18n';
import { account } from '../model/account';
import { api } from '../model/api';
import { dateTime } from '../model/format';
import { ROLES, type Invitation, type KnownPerson, type Role } from '../model/types';
import '../parts/add-person';
import type { Added } from '../parts/add-person';
import { Part } from '../parts/base';
import { icon } from '../parts/icons';
import '../parts/invitation-card';
import { complain, confirm, errorText, say } from '../parts/toast';

@customElement('tb-people')
export class PeoplePage extends Part {
  @state() private people: KnownPerson[] | null = null;
  @state() private error: unknown = null;
  @state() private adding = false;
  @state() private opened: string | null = null;
  @state() private invitation: { person: string; name: string; invitation: Invitation } | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
    this.on(account, 'return', () => void this.load());
  }

  private get manages(): boolean {
    return account.has('admin');
  }

  private async load(): Promise<void> {
    try {
      this.people = (await api.people()).sort((a, b) => Number(a.state === 'disabled') - Number(b.state === 'disabled') || a.name.localeCompare(b.name));
      this.error = null;
    } catch (error) {
      this.error = error;
    }
  }

  private async work(what: () => Promise<unknown>): Promise<void> {
    try {
      await what();
      say(t().common.saved);
    } catch (error) {
      complain(error);
    }
    await this.load();
  }

  private added(added: Added): void {
    this.adding = false;
    this.show(added.person, added.invitation);
    void this.load();
  }

  private show(person: { id: string; name: string }, invitation: Invitation): void {
    this.invitation = { person: person.id, name: person.name, invitation };
    this.opened = person.id;
  }

  private async invite(person: KnownPerson): Promise<void> {
    const texts = t().people;
    if (person.state === 'active' && !(await confirm(texts.newPassphraseQuestion(person.name), texts.newPassphraseText, texts.newInvitation))) return;
    try {
      this.show(person, await api.invite(person.id));
    } catch (error) {
      complain(error);
    }
    await this.load();
  }

  private async disable(person: KnownPerson): Promise<void> {
    const texts = t().people;
    if (!(await confirm(texts.disableQuestion(person.name), texts.disableText, texts.disable))) return;
    await this.work(() => api.changePerson(person.id, { disabled: true }));
  }

  private async toggleRole(person: KnownPerson, role: Role, wanted: boolean): Promise<void> {
    const roles = ROLES.filter((one) => (one === role ? wanted : person.roles.includes(one)));
    if (roles.length === 0) {
      complain(new Error(t().people.atLeastOneRole));
      this.people = [...(this.people ?? [])];
      return this.load();
    }
    await this.work(() => api.changePerson(person.id, { roles }));
    if (person.id === account.person?.id) void account.ask();
  }

  private mayInvite(person: KnownPerson): boolean {
    if (person.state === 'disabled' || person.id === account.person?.id) return false;
    return this.manages || (person.state === 'invited' && person.roles.every((role) => role === 'teacher' || role === 'trainee'));
  }

  private detail(person: KnownPerson): TemplateResult {
    const texts = t().people;
    const self = person.id === account.person?.id;
    return html`<div class="person-detail">
      ${this.invitation?.person === person.id ? html`<tb-invitation-card .invitation=${this.invitation.invitation} .name=${this.invitation.name}></tb-invitation-card>` : nothing}
      ${this.manages
        ? html`<fieldset><legend>${texts.roles}</legend>${ROLES.map((role) => html`<label class="check"><input type="checkbox" value=${role} .checked=${person.roles.includes(role)}
            @change=${(event: Event) => void this.toggleRole(person, role, (event.target as HTMLInputElement).checked)} /><span>${t().roles.names[role]}<span class="small block">${t().roles.explained[role]}</span></span></label>`)}</fieldset>`
        : nothing}
      <div class="buttons">
        ${this.mayInvite(person) ? html`<button type="button" data-test="invite" @click=${() => void this.invite(person)}>${icon('key')}${person.state === 'active' ? texts.forgotten : texts.newInvitation}</button>` : nothing}
        ${this.manages && !self
          ? person.state === 'disabled'
            ? html`<button type="button" data-test="enable" @click=${() => void this.work(() => api.changePerson(person.id, { disabled: false }))}>${texts.enable}</button>`
            : html`<button type="button" data-test="disable" @click=${() => void this.disable(person)}>${texts.disable}</button>`
          : nothing}
      </div></div>`;
  }

  private row(person: KnownPerson): TemplateResult {
    const texts = t().people;
    const opened = this.opened === person.id;
    const state = person.state === 'invited' && person.invited_until ? texts.invitedUntil(dateTime(person.invited_until)) : texts.states[person.state];
    const more = this.manages || this.mayInvite(person);
    return html`<li class="person ${person.state}" data-person=${person.id}>
      <div class="person-main">
        <span><strong>${person.name}</strong>${person.id === account.person?.id ? html` <span class="small">${texts.you}</span>` : nothing}
          <span class="small block">${person.roles.map((role) => t().roles.names[role]).join(', ')}${person.login ? html` · ${texts.signsInAs(person.login)}` : nothing}</span></span>
        <span class="person-state">${state}</span>
        ${more ? html`<button type="button" class="small" aria-expanded=${String(opened)} data-test="open-person" @click=${() => { this.opened = opened ? null : person.id; this.invitation = opened ? null : this.invitation; }}>
          ${opened ? t().common.close : texts.manage}<span class="hidden-label"> ${person.name}</span></button>` : nothing}
      </div>
      ${opened ? this.detail(person) : nothing}
    </li>`;
  }

  protected override render(): TemplateResult {
    const texts = t().people;
    const people = this.people;
    return html`<main class="page" id="main">
      <div class="page-head"><h1>${texts.title}</h1>
        ${this.adding ? nothing : html`<button type="button" class="primary big" data-test="new-person" @click=${() => (this.adding = true)}>${icon('plus')}${texts.add}</button>`}</div>
      <p>${this.manages ? texts.textAdmin : texts.textCoach}</p>
      ${this.adding
        ? html`<section class="card"><h2>${texts.add}</h2><tb-add-person .allowed=${this.manages ? ROLES : (['teacher', 'trainee'] as Role[])} ?single=${!this.manages}
            @added=${(event: CustomEvent<Added>) => this.added(event.detail)} @cancel=${() => (this.adding = false)}></tb-add-person></section>`
        : nothing}
      ${this.error ? html`<div class="card problem" role="alert"><p>${errorText(this.error)}</p><button type="button" @click=${() => void this.load()}>${t().common.retry}</button></div>` : nothing}
      ${people === null ? (this.error ? nothing : html`<p class="waiting">${t().common.loading}</p>`) : html`<ul class="people">${people.map((one) => this.row(one))}</ul>`}
    </main>`;
  }
}
