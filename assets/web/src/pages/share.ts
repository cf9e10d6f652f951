// Delen: from draft to the teacher, and only then to others; each with a purpose and an end.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { t } from '../i18n';
import { account } from '../model/account';
import { api } from '../model/api';
import { heard } from '../model/events';
import { clockTime, dateTime, day } from '../model/format';
import { PURPOSES, type Clip, type Invitation, type KnownPerson, type Purpose, type Release, type Visit } from '../model/types';
import '../parts/add-person';
import type { Added } from '../parts/add-person';
import { Part } from '../parts/base';
import { icon } from '../parts/icons';
import '../parts/invitation-card';
import { complain, confirm, errorText, say } from '../parts/toast';
import { paths } from '../router';
import { visitTitle } from './visits';

const WEEKS = 6;
const DAY_MS = 24 * 3600 * 1000;

function dateField(when: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${when.getFullYear()}-${two(when.getMonth() + 1)}-${two(when.getDate())}`;
}

@customElement('tb-share')
export class SharePage extends Part {
  @property() visitId = '';
  @state() private visit: Visit | null = null;
  @state() private releases: Release[] = [];
  @state() private clips: Clip[] = [];
  @state() private people: KnownPerson[] = [];
  @state() private error: unknown = null;
  @state() private inviting = false;
  @state() private invitation: { name: string; invitation: Invitation } | null = null;
  @state() private giving: 'teacher' | 'other' | null = null;
  @state() private busy = false;
  @state() private person = '';
  @state() private whole = true;
  @state() private chosenClips: string[] = [];
  @state() private purpose: Purpose = 'coaching';
  @state() private until = '';
  @state() private download = false;
  /** the teacher gets the observations with the film */
  @state() private taps = true;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
    this.on(heard, 'releases', () => void this.loadReleases());
    this.on(account, 'return', () => void this.load());
  }

  private async load(): Promise<void> {
    try {
      const [visit, { clips }, people] = await Promise.all([api.visit(this.visitId), api.clips(this.visitId), api.people()]);
      this.visit = visit;
      this.clips = clips.filter((one) => !one.removed).sort((a, b) => a.from - b.from);
      this.people = people.filter((one) => one.state !== 'disabled').sort((a, b) => a.name.localeCompare(b.name));
      await this.loadReleases();
      this.error = null;
    } catch (error) {
      this.error = error;
    }
  }

  private async loadReleases(): Promise<void> {
    try {
      this.releases = (await api.releases(this.visitId)).sort((a, b) => b.created_at.localeCompare(a.created_at));
    } catch (error) {
      complain(error);
    }
  }

  private get liveToTeacher(): Release[] {
    return this.releases.filter((one) => one.to_teacher && one.state === 'live');
  }

  private get teachers(): KnownPerson[] {
    return this.people.filter((one) => one.roles.includes('teacher') && one.id !== account.person?.id);
  }

  private async setTeacher(id: string | null): Promise<void> {
    try {
      this.visit = await api.changeVisit(this.visitId, { teacher_person: id });
    } catch (error) {
      complain(error);
    }
  }

  private async invited(added: Added): Promise<void> {
    this.inviting = false;
    this.invitation = { name: added.person.name, invitation: added.invitation };
    await this.setTeacher(added.person.id);
    this.people = await api.people().catch(() => this.people);
  }

  private give(to: 'teacher' | 'other'): void {
    this.giving = to;
    this.person = to === 'teacher' ? (this.visit?.teacher_person?.id ?? '') : '';
    const wholeAllowed = to === 'teacher' || this.liveToTeacher.some((one) => one.clip === null);
    this.whole = wholeAllowed && this.clips.length === 0;
    this.chosenClips = [];
    this.purpose = to === 'teacher' ? 'coaching' : 'team';
    this.until = dateField(new Date(Date.now() + WEEKS * 7 * DAY_MS));
    this.download = false;
    this.taps = !(to === 'teacher' && this.visit?.trajectory?.film_first);
  }

  private async send(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const texts = t().share;
    if (this.busy) return;
    if (!this.person) return complain(new Error(texts.choosePerson));
    if (!this.whole && this.chosenClips.length === 0) return complain(new Error(texts.chooseClip));
    this.busy = true;
    try {
      // The last moment of that day, here.
      const until = new Date(new Date(`${this.until}T00:00:00`).getTime() + DAY_MS - 1000).toISOString();
      for (const clip of this.whole ? [null] : this.chosenClips) {
        await api.release(this.visitId, { person: this.person, clip, purpose: this.purpose, until, download: this.download, taps: this.taps });
      }
      say(this.giving === 'teacher' ? texts.given : texts.askedNow);
      this.giving = null;
    } catch (error) {
      complain(error);
    } finally {
      this.busy = false;
    }
    await this.loadReleases();
  }

  private async giveTaps(release: Release): Promise<void> {
    try {
      await api.giveTaps(this.visitId, release.id);
      say(t().shareTaps.given);
    } catch (error) {
      complain(error);
    }
    await this.loadReleases();
  }

  private async withdraw(release: Release): Promise<void> {
    const texts = t().share;
    const rest = release.to_teacher && this.releases.some((one) => !one.to_teacher && (one.state === 'live' || one.state === 'asked'));
    const text = [texts.withdrawText(release.person.name), rest ? texts.withdrawRest : '', release.download ? texts.withdrawCopies : ''].filter((one) => one).join(' ');
    if (!(await confirm(texts.withdrawQuestion(release.person.name), text, texts.withdraw))) return;
    try {
      await api.withdraw(this.visitId, release.id);
      say(texts.withdrawn);
    } catch (error) {
      complain(error);
    }
    await this.loadReleases();
  }

  /** Clips that may be given: to others only what the teacher has. */
  private get givable(): Clip[] {
    if (this.giving === 'teacher' || this.liveToTeacher.some((one) => one.clip === null)) return this.clips;
    return this.clips.filter((clip) => this.liveToTeacher.some((one) => one.clip?.id === clip.id));
  }

  private tapsChoice(): TemplateResult {
    const texts = t().shareTaps;
    const choice = (taps: boolean, label: string, help: string) => html`<label class="check"><input type="radio" name="taps" value=${String(taps)} .checked=${this.taps === taps}
      @change=${() => (this.taps = taps)} /><span>${label}${help ? html`<span class="small block">${help}</span>` : nothing}</span></label>`;
    return html`<fieldset class="taps-choice"><legend>${texts.legend}</legend>${choice(true, texts.with, '')}${choice(false, texts.without, texts.withoutHelp)}</fieldset>`;
  }

  private form(): TemplateResult {
    const texts = t().share;
    const other = this.giving === 'other';
    const wholeAllowed = !other || this.liveToTeacher.some((one) => one.clip === null);
    const others = this.people.filter((one) => one.id !== this.visit?.teacher_person?.id && one.id !== account.person?.id && one.roles.some((role) => role === 'teacher' || role === 'trainee' || role === 'coach'));
    return html`<form class="share-form" data-test="share-form" @submit=${(event: SubmitEvent) => void this.send(event)}>
      ${other
        ? html`<label class="field"><span>${texts.withWhom}</span><select name="person" required @change=${(event: Event) => (this.person = (event.target as HTMLSelectElement).value)}>
            <option value="">${texts.choosePerson}</option>${others.map((one) => html`<option value=${one.id} ?selected=${one.id === this.person}>${one.name}</option>`)}</select></label>`
        : nothing}
      <fieldset><legend>${texts.what}</legend>
        ${wholeAllowed ? html`<label class="check"><input type="radio" name="what" value="whole" .checked=${this.whole} @change=${() => (this.whole = true)} /><span>${t().shared.whole}</span></label>` : nothing}
        ${this.givable.length > 0
          ? html`<label class="check"><input type="radio" name="what" value="clips" .checked=${!this.whole} @change=${() => (this.whole = false)} /><span>${texts.onlyClips}</span></label>
            ${this.whole ? nothing : html`<div class="clip-choice">${this.givable.map((clip) => html`<label class="check"><input type="checkbox" name="clip" value=${clip.id} .checked=${this.chosenClips.includes(clip.id)}
              @change=${(event: Event) => {
                const wanted = (event.target as HTMLInputElement).checked;
                this.chosenClips = this.clips.map((one) => one.id).filter((id) => (id === clip.id ? wanted : this.chosenClips.includes(id)));
              }} /><span>${clip.title || t().review.clipUntitled(clockTime(clip.from))} <span class="small">${clockTime(clip.from)} – ${clockTime(clip.to)}</span></span></label>`)}</div>`}`
          : html`<p class="small">${texts.noClips} <a href=${paths.review(this.visitId)}>${t().nav.review}</a></p>`}
      </fieldset>
      <div class="columns">
        <label class="field"><span>${t().shared.purpose}</span><select name="purpose" @change=${(event: Event) => (this.purpose = (event.target as HTMLSelectElement).value as Purpose)}>
          ${PURPOSES.map((one) => html`<option value=${one} ?selected=${one === this.purpose}>${t().purposes[one]}</option>`)}</select></label>
        <label class="field"><span>${texts.untilDay}</span><input type="date" name="until" required min=${dateField(new Date())} .value=${this.until}
          @change=${(event: Event) => (this.until = (event.target as HTMLInputElement).value)} /></label>
      </div>
      ${other ? nothing : this.tapsChoice()}
      <label class="check"><input type="checkbox" name="download" .checked=${this.download} @change=${(event: Event) => (this.download = (event.target as HTMLInputElement).checked)} />
        <span>${texts.download}<span class="small block">${texts.downloadHelp}</span></span></label>
      ${other ? html`<p class="notice">${icon('help')}<span>${texts.asksFirst(this.visit?.teacher_person?.name ?? '')}</span></p>` : nothing}
      <div class="buttons"><button type="submit" class="primary" data-test="send-release" ?disabled=${this.busy}>${icon('share')}${other ? texts.ask : texts.give}</button>
        <button type="button" class="quiet" @click=${() => (this.giving = null)}>${t().common.cancel}</button></div>
    </form>`;
  }

  private release(one: Release): TemplateResult {
    const texts = t().share;
    const may = one.state === 'live' || one.state === 'asked';
    return html`<li class="release" data-release=${one.id} data-state=${one.state}>
      <div><strong>${one.person.name}</strong> <span class="release-state" data-state=${one.state}>${texts.states[one.state]}</span>
        <span class="block">${one.clip ? t().shared.clip(one.clip.title, clockTime(one.clip.to - one.clip.from)) : t().shared.whole} · ${t().purposes[one.purpose]}</span>
        <span class="small block">${one.state === 'withdrawn' && one.withdrawn_by
          ? texts.withdrawnBy(one.withdrawn_by.name, dateTime(one.withdrawn_at))
          : one.state === 'ended' ? texts.endedOn(day(one.until)) : texts.untilOn(day(one.until))}${one.download ? html` · ${texts.copiesAllowed}` : nothing}${one.taps === false ? html` · <span data-test="bare">${t().shareTaps.bare}</span>` : nothing}</span></div>
      ${one.state === 'live' && one.taps === false ? html`<button type="button" class="small" data-test="give-taps" @click=${() => void this.giveTaps(one)}>${icon('eye')}${t().shareTaps.give}</button>` : nothing}
      ${may ? html`<button type="button" class="small" data-test="withdraw" @click=${() => void this.withdraw(one)}>${icon('undo')}${texts.withdraw}<span class="hidden-label"> ${one.person.name}</span></button>` : nothing}
    </li>`;
  }

  private list(releases: Release[]): TemplateResult | typeof nothing {
    return releases.length === 0 ? nothing : html`<ul class="releases">${releases.map((one) => this.release(one))}</ul>`;
  }

  private step(number: number, title: string, state: 'done' | 'now' | 'later', content: TemplateResult): TemplateResult {
    return html`<li class="share-step ${state}" aria-current=${state === 'now' ? 'step' : nothing}><span class="step-number" aria-hidden="true">${state === 'done' ? icon('check') : number}</span>
      <div class="step-content"><h2>${title}</h2>${content}</div></li>`;
  }

  private teacherStep(visit: Visit): TemplateResult {
    const texts = t().share;
    const teacher = visit.teacher_person;
    const mine = this.releases.filter((one) => one.to_teacher);
    const state = this.people.find((one) => one.id === teacher?.id)?.state;
    const used = mine.some((one) => one.state === 'live');
    return html`
      ${teacher
        ? html`<p>${texts.teacherIs} <strong>${teacher.name}</strong>${state === 'invited' ? html` <span class="small">${texts.notYetIn}</span>` : nothing}</p>`
        : html`<p>${visit.teacher ? texts.whoseAccount(visit.teacher) : texts.whoseAccountUnnamed}</p>`}
      ${used || this.inviting
        ? nothing
        : html`<div class="row"><label class="field grow"><span>${texts.teacherAccount}</span><select name="teacher" @change=${(event: Event) => void this.setTeacher((event.target as HTMLSelectElement).value || null)}>
              <option value="">${texts.chooseTeacher}</option>${this.teachers.map((one) => html`<option value=${one.id} ?selected=${one.id === teacher?.id}>${one.name}</option>`)}</select></label>
            <button type="button" data-test="invite-teacher" @click=${() => (this.inviting = true)}>${icon('plus')}${texts.inviteTeacher}</button></div>`}
      ${this.inviting ? html`<tb-add-person .allowed=${['teacher']} @added=${(event: CustomEvent<Added>) => void this.invited(event.detail)} @cancel=${() => (this.inviting = false)}></tb-add-person>` : nothing}
      ${this.invitation ? html`<tb-invitation-card .invitation=${this.invitation.invitation} .name=${this.invitation.name}></tb-invitation-card>` : nothing}
      ${this.list(mine)}
      ${teacher && this.giving === 'teacher' ? this.form() : nothing}
      ${teacher && this.giving !== 'teacher' ? html`<button type="button" class=${used ? '' : 'primary'} data-test="give-teacher" @click=${() => this.give('teacher')}>${icon('share')}${used ? texts.giveMore(teacher.name) : texts.giveTo(teacher.name)}</button>` : nothing}`;
  }

  private othersStep(visit: Visit): TemplateResult {
    const texts = t().share;
    const open = this.liveToTeacher.length > 0;
    return html`<p>${open ? texts.othersText(visit.teacher_person?.name ?? '') : texts.othersLater}</p>
      ${this.list(this.releases.filter((one) => !one.to_teacher))}
      ${this.giving === 'other' ? this.form() : open ? html`<button type="button" data-test="give-other" @click=${() => this.give('other')}>${icon('plus')}${texts.askOther}</button>` : nothing}`;
  }

  protected override render(): TemplateResult {
    const texts = t().share;
    const visit = this.visit;
    if (!visit) {
      return html`<main class="page" id="main"><h1 class="hidden-label">${texts.title}</h1>${this.error
        ? html`<div class="card problem" role="alert"><p>${errorText(this.error)}</p><div class="buttons"><button type="button" @click=${() => void this.load()}>${t().common.retry}</button><a class="button" href="/">${t().nav.visits}</a></div></div>`
        : html`<p class="waiting">${t().common.loading}</p>`}</main>`;
    }
    const withTeacher = this.liveToTeacher.length > 0;
    const withOthers = this.releases.some((one) => !one.to_teacher && one.state === 'live');
    return html`<main class="page" id="main">
      <div class="page-head"><div><h1>${texts.title}</h1><p class="small">${visitTitle(visit)}</p></div></div>
      <ol class="share-steps">
        ${this.step(1, texts.draft, withTeacher ? 'done' : 'now', html`<p>${withTeacher ? texts.draftDone : texts.draftText}</p>`)}
        ${this.step(2, texts.teacher, withTeacher ? 'done' : 'now', this.teacherStep(visit))}
        ${this.step(3, texts.others, withOthers ? 'done' : withTeacher ? 'now' : 'later', this.othersStep(visit))}
      </ol>
      <p><a class="button quiet" href=${paths.visits}>${icon('back')}${t().prepare.backToVisits}</a></p>
      <p class="purpose-line">${t().coaching.purpose}</p>
    </main>`;
  }
}
