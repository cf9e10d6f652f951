// Met mij gedeeld: what waits for my answer, what I may look at, and my own lessons that were filmed.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { t } from '../i18n';
import { account } from '../model/account';
import { api } from '../model/api';
import { heard } from '../model/events';
import { clockTime, dateTime, day } from '../model/format';
import type { MyLesson, MyReleases, Release } from '../model/types';
import { Part } from '../parts/base';
import { icon } from '../parts/icons';
import { complain, confirm, errorText, say } from '../parts/toast';
import { paths } from '../router';

/** Where a release is looked at; that of a clip names the clip. */
export function lookPath(release: Release): string {
  return paths.look(release.visit) + (release.clip ? `?t=${release.clip.id}` : '');
}

@customElement('tb-shared')
export class SharedPage extends Part {
  @state() private mine: MyReleases | null = null;
  @state() private error: unknown = null;
  @state() private answering: string | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
    this.on(heard, 'releases', () => void this.load());
    this.on(heard, 'hello', () => void this.load());
    this.on(account, 'return', () => void this.load());
  }

  private async load(): Promise<void> {
    try {
      this.mine = await api.myReleases();
      this.error = null;
    } catch (error) {
      this.error = error;
    }
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

  private lesson(lesson: MyLesson): TemplateResult {
    const texts = t().shared;
    return html`<li class="visit">
      <a class="visit-main" href=${paths.looked(lesson.visit)}>
        <strong>${lesson.title || t().visits.untitled}</strong>
        <span class="small">${dateTime(lesson.started_at)}${lesson.coach ? html` · ${texts.filmedBy(lesson.coach.name)}` : nothing}</span>
        <span class="small">${texts.releases(lesson.releases)}</span>
      </a>
      <span class="visit-links"><a class="button small" data-test="who-looked" href=${paths.looked(lesson.visit)}>${icon('search')}${t().log.titleVisit}</a></span>
    </li>`;
  }

  protected override render(): TemplateResult {
    const texts = t().shared;
    const mine = this.mine;
    return html`<main class="page" id="main">
      <div class="page-head"><h1>${texts.title}</h1></div>
      ${this.error ? html`<div class="card problem" role="alert"><p>${errorText(this.error)}</p><button type="button" @click=${() => void this.load()}>${t().common.retry}</button></div>` : nothing}
      ${mine === null
        ? this.error ? nothing : html`<p class="waiting">${t().common.loading}</p>`
        : html`
          ${mine.to_answer.length > 0 ? html`<section aria-labelledby="to-answer"><h2 id="to-answer">${texts.toAnswer}</h2><ul class="plain-list">${mine.to_answer.map((one) => this.question(one))}</ul></section>` : nothing}
          <section aria-labelledby="to-me">
            <h2 id="to-me">${texts.toMe}</h2>
            ${mine.to_me.length > 0
              ? html`<ul class="visits" data-test="to-me">${mine.to_me.map((one) => this.card(one))}</ul>`
              : html`<div class="card"><p>${texts.nothing}</p><p class="small">${texts.nothingHelp}</p></div>`}
          </section>
          ${mine.my_lessons.length > 0 ? html`<section aria-labelledby="my-lessons"><h2 id="my-lessons">${texts.myLessons}</h2>
            <p class="small">${texts.myLessonsHelp}</p><ul class="visits">${mine.my_lessons.map((one) => this.lesson(one))}</ul></section>` : nothing}`}
    </main>`;
  }
}
