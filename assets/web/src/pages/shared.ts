// Met mij gedeeld: what waits for my answer, my own lessons with what to do next, and what others let me look at.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { t } from '../i18n';
import { account } from '../model/account';
import { api } from '../model/api';
import { coaching } from '../model/coaching';
import type { MomentsAnswer, Talk } from '../model/coaching-types';
import { heard } from '../model/events';
import { clockTime, dateTime, day } from '../model/format';
import type { MyLesson, MyReleases, Release } from '../model/types';
import { Part } from '../parts/base';
import '../parts/beside-visits';
import { icon } from '../parts/icons';
import { complain, confirm, errorText, say } from '../parts/toast';
import { paths } from '../router';

/** Where a release is looked at; that of a clip names the clip. */
export function lookPath(release: Release): string {
  return paths.look(release.visit) + (release.clip ? `?t=${release.clip.id}` : '');
}

/** Of so many lessons it is told at once who looked; the page behind the button tells it of each. */
const LOGS = 6;

interface Looked {
  people: number;
  last: string | null;
}

@customElement('tb-shared')
export class SharedPage extends Part {
  @state() private mine: MyReleases | null = null;
  @state() private error: unknown = null;
  @state() private answering: string | null = null;
  /** by lesson */
  @state() private moments = new Map<string, MomentsAnswer>();
  @state() private looked = new Map<string, Looked>();
  /** by lesson: how often its moments were asked for, and what was told of its talk since: an answer under way knows less */
  private readonly asked = new Map<string, number>();
  private readonly told = new Map<string, Talk>();

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
    this.on(heard, 'releases', () => void this.load());
    this.on(heard, 'hello', () => void this.load());
    this.on(account, 'return', () => void this.load());
    this.on(heard, 'talk', (event) => this.onTalk((event as CustomEvent<Talk>).detail));
    this.on(heard, 'coaching', (event) => {
      const { visit, what } = (event as CustomEvent<{ visit: string | null; what: string }>).detail;
      if (visit !== null && what === 'moments') void this.loadMoments(visit);
    });
  }

  private async load(): Promise<void> {
    try {
      this.mine = await api.myReleases();
      this.error = null;
      for (const lesson of this.mine.my_lessons) void this.loadMoments(lesson.visit);
      for (const lesson of this.mine.my_lessons.slice(0, LOGS)) void this.loadLooked(lesson.visit);
    } catch (error) {
      this.error = error;
    }
  }

  private async loadMoments(visit: string): Promise<void> {
    if (!this.mine?.my_lessons.some((one) => one.visit === visit)) return;
    const turn = (this.asked.get(visit) ?? 0) + 1;
    this.asked.set(visit, turn);
    this.told.delete(visit);
    try {
      const answer = await coaching.moments(visit);
      if (turn !== this.asked.get(visit)) return;
      this.moments = new Map(this.moments).set(visit, { ...answer, talk: this.told.get(visit) ?? answer.talk });
    } catch (error) {
      console.warn('moments', error); // the lesson stands there without its next step
    }
  }

  /** Who but oneself looked, and when last. */
  private async loadLooked(visit: string): Promise<void> {
    try {
      const { rows } = await api.visitLog(visit);
      const views = rows.filter((one) => one.what === 'view' && one.person.id !== account.person?.id);
      const last = views.map((one) => one.at).sort().at(-1) ?? null;
      this.looked = new Map(this.looked).set(visit, { people: new Set(views.map((one) => one.person.id)).size, last });
    } catch (error) {
      console.warn('log', error);
    }
  }

  private onTalk(talk: Talk): void {
    this.told.set(talk.visit, talk);
    const known = this.moments.get(talk.visit);
    if (known) this.moments = new Map(this.moments).set(talk.visit, { ...known, talk });
  }

  private async answer(release: Release, agree: boolean): Promise<void> {
    const texts = t().shared;
    if (!agree && !(await confirm(texts.noQuestion, texts.noText(release.person.name), texts.no))) return;
    this.answering = release.id;
    try {
      await api.answerRelease(release.visit, release.id, agree);
      say(agree ? texts.saidYes(release.person.name) : texts.saidNo(release.person.name));
      await this.load();
    } catch (error) {
      complain(error);
    } finally {
      this.answering = null;
    }
  }

  private what(release: Release): string {
    return release.clip ? t().shared.clip(release.clip.title, clockTime(release.clip.to - release.clip.from)) : t().shared.whole;
  }

  private question(release: Release): TemplateResult {
    const texts = t().shared;
    const busy = this.answering === release.id;
    return html`<li class="card question-card" data-release=${release.id}>
      <h3>${texts.question(release.by.name, release.person.name)}</h3>
      <dl class="facts">
        <div><dt>${texts.lesson}</dt><dd>${release.visit_title || t().visits.untitled}</dd></div>
        <div><dt>${texts.part}</dt><dd>${this.what(release)}</dd></div>
        <div><dt>${texts.purpose}</dt><dd>${t().purposes[release.purpose]}</dd></div>
        <div><dt>${texts.until}</dt><dd>${day(release.until)}</dd></div>
        <div><dt>${texts.copy}</dt><dd>${release.download ? texts.copyYes(release.person.name) : texts.copyNo}</dd></div>
      </dl>
      <p>${texts.answerHelp(release.person.name)}</p>
      <div class="buttons">
        <button type="button" class="primary" data-test="agree" ?disabled=${busy} @click=${() => void this.answer(release, true)}>${icon('check')}${texts.yes}</button>
        <button type="button" data-test="refuse" ?disabled=${busy} @click=${() => void this.answer(release, false)}>${icon('close')}${texts.no}</button>
      </div></li>`;
  }

  private card(release: Release): TemplateResult {
    const texts = t().shared;
    return html`<li class="visit" data-release=${release.id}>
      <a class="visit-main" href=${lookPath(release)}>
        <strong>${release.visit_title || t().visits.untitled}</strong>
        <span>${this.what(release)}</span>
        <span class="small">${texts.byUntil(release.by.name, day(release.until))} · ${t().purposes[release.purpose]}</span>
      </a>
      <span class="visit-links"><a class="button primary" href=${lookPath(release)}>${icon('play')}${texts.look}</a></span>
    </li>`;
  }

  /** What a teacher does next with a lesson: one thing, and where. */
  private next(lesson: MyLesson): TemplateResult | typeof nothing {
    const texts = t().nextStep;
    const answer = this.moments.get(lesson.visit);
    if (!answer) return nothing;
    const { talk, missing } = answer;
    const shared = this.mine?.to_me.find((one) => one.visit === lesson.visit);
    const step = (name: string, line: string, href: string, label: string, primary = true) => html`<div class="next-step" data-test="next-step" data-step=${name}>
      <p>${line}</p><a class="button big ${primary ? 'primary' : ''}" href=${href}>${label}</a></div>`;
    if (talk.ended_at) return step('report', texts.reportHelp, paths.report(lesson.visit), texts.report);
    if (talk.revealed_at) return step('talk', texts.talkHelp, paths.talk(lesson.visit), texts.talk);
    if (talk.teacher_ready_at && talk.coach_ready_at) return step('open', texts.both, paths.moments(lesson.visit), texts.open);
    if (!shared) return nothing;
    if (talk.teacher_ready_at) {
      return html`<div class="next-step" data-test="next-step" data-step="ready"><p class="is-ready">${icon('check')}<strong>${texts.ready}</strong></p><p class="small">${texts.readyHelp}</p>
        <a class="button" href=${lookPath(shared)}>${texts.change}</a></div>`;
    }
    return step('choose', texts.chosen(3 - missing.pride - missing.improve), lookPath(shared), texts.choose);
  }

  private lesson(lesson: MyLesson, releases: Release[]): TemplateResult {
    const texts = t().shared;
    const looked = this.looked.get(lesson.visit);
    return html`<li class="card my-lesson" data-lesson=${lesson.visit}>
      <h3>${lesson.title || t().visits.untitled}</h3>
      <p class="small">${dateTime(lesson.started_at)}${lesson.coach ? html` · ${texts.filmedBy(lesson.coach.name)}` : nothing}</p>
      ${this.next(lesson)}
      ${releases.length > 0
        ? html`<ul class="plain-list lesson-releases" data-test="to-me">${releases.map((one) => html`<li data-release=${one.id}>
            <span><strong>${this.what(one)}</strong><span class="small block">${texts.byUntil(one.by.name, day(one.until))} · ${t().purposes[one.purpose]}</span></span>
            <a class="button" href=${lookPath(one)}>${icon('play')}${texts.look}<span class="hidden-label">: ${lesson.title}, ${this.what(one)}</span></a></li>`)}</ul>`
        : html`<p class="small">${texts.releases(lesson.releases)}</p>`}
      <p class="who-looked"><span class="small">${icon('eye')}${looked ? (looked.people === 0 ? t().nextStep.nobodyLooked : t().nextStep.looked(looked.people, dateTime(looked.last))) : nothing}</span>
        <a class="button small" data-test="who-looked" href=${paths.looked(lesson.visit)}>${icon('search')}${t().log.titleVisit}<span class="hidden-label"> ${lesson.title}</span></a></p>
    </li>`;
  }

  private begin(): TemplateResult {
    const texts = t().nextStep;
    return html`<section class="card" data-test="begin"><h2>${texts.beginTitle}</h2><p>${texts.begin}</p>
      <a class="button primary big" href=${paths.trajectories}>${icon('path')}${texts.beginButton}</a></section>`;
  }

  private content(mine: MyReleases): TemplateResult {
    const texts = t().shared;
    const own = new Set(mine.my_lessons.map((one) => one.visit));
    const others = mine.to_me.filter((one) => !own.has(one.visit));
    const bare = mine.my_lessons.length === 0 && account.has('teacher');
    return html`
      ${mine.to_answer.length > 0 ? html`<section aria-labelledby="to-answer"><h2 id="to-answer">${texts.toAnswer}</h2><ul class="plain-list">${mine.to_answer.map((one) => this.question(one))}</ul></section>` : nothing}
      ${mine.my_lessons.length > 0
        ? html`<section aria-labelledby="my-lessons"><h2 id="my-lessons">${t().nextStep.mine}</h2><p class="small">${t().nextStep.mineHelp}</p>
            <ul class="plain-list my-lessons">${mine.my_lessons.map((one) => this.lesson(one, mine.to_me.filter((each) => each.visit === one.visit)))}</ul></section>`
        : nothing}
      ${bare ? this.begin() : nothing}
      ${others.length > 0
        ? html`<section aria-labelledby="to-me"><h2 id="to-me">${mine.my_lessons.length > 0 ? t().nextStep.others : texts.toMe}</h2><ul class="visits" data-test="to-me">${others.map((one) => this.card(one))}</ul></section>`
        : mine.my_lessons.length === 0 ? html`<section class="card" aria-labelledby="to-me"><h2 id="to-me">${texts.toMe}</h2><p>${texts.nothing}</p><p class="small">${texts.nothingHelp}</p></section>` : nothing}`;
  }

  protected override render(): TemplateResult {
    const mine = this.mine;
    return html`<main class="page" id="main">
      <div class="page-head"><h1>${t().shared.title}</h1></div>
      ${this.error ? html`<div class="card problem" role="alert"><p>${errorText(this.error)}</p><button type="button" @click=${() => void this.load()}>${t().common.retry}</button></div>` : nothing}
      ${account.has('trainee', 'coach') ? html`<tb-beside-visits></tb-beside-visits>` : nothing}
      ${mine ? this.content(mine) : this.error ? nothing : html`<p class="waiting">${t().common.loading}</p>`}
      <p class="purpose-line">${t().coaching.purpose}</p>
    </main>`;
  }
}
