// Looking at what somebody shared: the pictures and what was tapped in them, nothing to change in it. The teacher whose
// lesson it is also chooses moments and writes comments here. It ends at once when it is no longer shared.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { language, t } from '../i18n';
import { account } from '../model/account';
import { ApiError, api } from '../model/api';
import type { Comment, Talk } from '../model/coaching-types';
import { Conductor } from '../model/conductor';
import { heard } from '../model/events';
import { clockTime, day } from '../model/format';
import { boardCodes, type BoardCode } from '../model/instruments';
import { isOurs } from '../model/keys';
import type { Span } from '../model/moment-places';
import { OwnMoments } from '../model/own-moments';
import { instrumentsOf, liesIn, seenOf } from '../model/seen';
import { timelineEnd } from '../model/timeline-math';
import type { Observation, Release, Track, Visit } from '../model/types';
import { Part } from '../parts/base';
import '../parts/captions';
import { captionsOf, captionsWanted, wantCaptions, type Caption } from '../parts/captions';
import '../parts/film-copy';
import { icon } from '../parts/icons';
import { marks } from '../parts/marks';
import '../parts/player';
import type { Player } from '../parts/player';
import { Room } from '../parts/room';
import { seenList } from '../parts/seen-list';
import { errorText } from '../parts/toast';
import { vaultPanel } from '../parts/vault';
import { paths } from '../router';
import { visitTitle } from './visits';

/** While it plays, how often the server is asked whether it still may, should the news not come through. */
const CHECK_MS = 5000;
const REST_MS = 3000;
const SAME = 0.05;
/** s */
const SKIP = 10;

@customElement('tb-look')
export class LookPage extends Part {
  @property() visitId = '';
  /** the clip to begin with */
  @property() release: string | null = null;
  @state() private visit: Visit | null = null;
  @state() private releases: Release[] = [];
  @state() private chosen: Release | null = null;
  @state() private observations: Observation[] = [];
  @state() private codes: BoardCode[] = [];
  @state() private error: unknown = null;
  @state() private over = false;
  @state() private main: string | null = null;
  @state() private mic: string | null = null;
  /** the coach shows the observations later */
  @state() private bare = false;
  @state() private comments: Comment[] = [];
  @state() private muted = false;
  @state() private wanted = captionsWanted();
  /** of the teacher whose lesson it is */
  private own: OwnMoments | null = null;
  private captions: Caption[] = [];
  @query('tb-player') private player!: Player | null;
  @query('tb-room') private room!: Room | null;
  @query('input.scrub') private scrub!: HTMLInputElement | null;
  private conductor!: Conductor;
  private away = false;
  private wasPlaying = false;
  private asked = 0;
  private restUntil = 0;
  /** s; where a moment that is looked at ends */
  private stopAt: number | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.conductor = new Conductor(this.visitId);
    this.follow(this.conductor);
    this.on(this.conductor, 'time', () => this.showTime());
    this.on(this.conductor, 'refused', (event) => this.refused((event as CustomEvent<number>).detail));
    this.on(heard, 'releases', () => void this.load());
    this.on(heard, 'talk', (event) => {
      const talk = (event as CustomEvent<Talk>).detail;
      // Opened together: what was held back comes.
      if (talk.visit === this.visitId && talk.revealed_at && this.bare) void this.load(true);
    });
    this.on(account, 'change', () => this.onAccount());
    this.on(account, 'return', () => void this.load());
    this.on(window, 'keydown', (event) => this.onKey(event as KeyboardEvent));
    this.every(CHECK_MS, () => {
      if (this.conductor.playing) void this.load();
    });
    this.atEnd(() => {
      this.conductor.destroy();
      this.own?.close();
    });
    void this.load();
  }

  private get closed(): boolean {
    return account.vault === 'locked' || account.door !== 'in';
  }

  /** What may be seen has become more, and that is not here yet. */
  private due = false;

  private async load(anew = false): Promise<void> {
    if (account.door !== 'in') return;
    const turn = ++this.asked;
    try {
      const mine = await api.myReleases();
      if (turn !== this.asked) return;
      const releases = mine.to_me.filter((one) => one.visit === this.visitId);
      if (releases.length === 0) return this.end();
      const wider = anew || this.over || this.due || releases.some((one) => !this.releases.some((known) => known.id === one.id && known.taps === one.taps));
      this.over = false;
      this.due = wider;
      this.releases = releases;
      const still = releases.find((one) => one.id === this.chosen?.id);
      if (!still) this.conductor.cut();
      if (wider || !this.visit || !still) await this.loadVisit(releases, turn);
      if (turn !== this.asked) return;
      this.choose(still ?? releases.find((one) => one.clip?.id === this.release) ?? releases[0]!, !still);
      this.error = null;
    } catch (error) {
      if (turn !== this.asked) return;
      if (error instanceof ApiError && (error.status === 403 || error.status === 404)) this.end();
      else if (!this.visit) this.error = error;
    }
  }

  private async loadVisit(releases: Release[], turn: number): Promise<void> {
    const visit = await api.visit(this.visitId);
    const [{ observations, bare }, instruments] = await Promise.all([
      api.observations(this.visitId),
      instrumentsOf(visit),
    ]);
    if (turn !== this.asked || releases.length === 0) return;
    this.due = false;
    this.visit = visit;
    this.bare = bare === true;
    if (visit.teacher_person?.id === account.person?.id && !this.own) {
      this.own = new OwnMoments(this.visitId);
      this.follow(this.own);
    }
    this.observations = observations.filter((one) => !one.removed).sort((a, b) => a.at - b.at);
    this.codes = boardCodes(instruments);
  }

  private get tracks(): Track[] {
    return (this.visit?.tracks ?? []).filter((one) => one.segments.length > 0);
  }

  private choose(release: Release, begin: boolean): void {
    this.chosen = release;
    const ends = [...this.observations.map((one) => one.until ?? one.at), release.clip?.to ?? 0];
    this.conductor.end = timelineEnd(this.visit?.duration ?? 0, this.tracks, ends);
    this.conductor.setRange(release.clip ? { from: release.clip.from, to: release.clip.to } : null);
    this.arrange();
    if (begin && release.clip) this.conductor.seek(release.clip.from);
  }

  private arrange(): void {
    if (this.closed || this.over) {
      this.away = this.closed;
      return;
    }
    if (performance.now() < this.restUntil) return;
    const cameras = this.tracks.filter((one) => one.kind === 'video');
    const mics = this.tracks.filter((one) => one.kind === 'audio');
    if (!cameras.some((one) => one.id === this.main)) this.main = cameras[0]?.id ?? null;
    if (!mics.some((one) => one.id === this.mic)) this.mic = mics[0]?.id ?? null;
    this.conductor.setTracks(this.tracks, { main: this.main, others: [], sound: this.mic });
  }

  private onAccount(): void {
    if (this.closed && !this.away) {
      this.wasPlaying = this.conductor.playing;
      this.conductor.cut();
    } else if (!this.closed && this.away && this.chosen) {
      this.arrange();
      if (this.wasPlaying) this.conductor.play();
    }
    this.away = this.closed;
    this.requestUpdate();
  }

  private refused(status: number): void {
    if (status === 423) account.setVault('locked');
    else if (status === 401) void account.ask();
    else if (status === 0) void this.load();
    else {
      // Should the list say that it is still shared, the pictures are tried again, but not at once.
      this.conductor.cut();
      this.restUntil = performance.now() + REST_MS;
      setTimeout(() => {
        if (this.isConnected && !this.over && this.chosen) this.arrange();
      }, REST_MS + 50);
      void this.load();
    }
  }

  /** It is no longer shared: nothing of it stays on the screen or in the browser. */
  private end(): void {
    this.conductor.cut();
    if (document.fullscreenElement) void document.exitFullscreen().catch(() => undefined);
    this.over = true;
    this.visit = null;
    this.chosen = null;
    this.releases = [];
    this.observations = [];
    this.comments = [];
    this.error = null;
  }

  private get within(): Observation[] {
    const clip = this.chosen?.clip;
    // A score is about the lesson, whenever it was given.
    return clip ? this.observations.filter((one) => one.kind === 'rating' || liesIn(one, clip)) : this.observations;
  }

  /** Of these what happened at its time: what the film itself shows. */
  private get moments(): Observation[] {
    return seenOf(this.within).moments;
  }

  private get span(): { from: number; to: number } {
    const clip = this.chosen?.clip;
    return clip ? { from: clip.from, to: clip.to } : { from: 0, to: this.conductor.end };
  }

  private showTime(): void {
    if (this.stopAt !== null && this.conductor.playing && this.conductor.time >= this.stopAt) {
      this.stopAt = null;
      this.conductor.pause();
    }
    const scrub = this.scrub;
    if (!scrub || scrub.matches(':active')) return;
    scrub.value = String(this.conductor.time);
    scrub.setAttribute('aria-valuetext', clockTime(this.conductor.time));
  }

  private move(to: number): void {
    this.stopAt = null;
    this.conductor.seek(to);
  }

  private jump(direction: 1 | -1): void {
    const time = this.conductor.time;
    const all = this.moments;
    const next = direction > 0 ? all.find((one) => one.at > time + SAME) : all.filter((one) => one.at < time - SAME).at(-1);
    if (next) this.move(next.at);
  }

  private toggleLoop(): void {
    this.conductor.loop = this.conductor.loop ? null : this.span;
    this.requestUpdate();
  }

  private onKey(event: KeyboardEvent): void {
    if (event.defaultPrevented || !isOurs(event) || !this.chosen || this.closed) return;
    if (event.composedPath().some((node) => node instanceof HTMLButtonElement || node instanceof HTMLAnchorElement || node instanceof HTMLInputElement)) return;
    const keys: Record<string, () => void> = {
      ' ': () => this.conductor.toggle(), k: () => this.conductor.toggle(), ArrowLeft: () => this.conductor.seek(this.conductor.time - 1),
      ArrowRight: () => this.conductor.seek(this.conductor.time + 1), ArrowUp: () => this.jump(-1), ArrowDown: () => this.jump(1),
      ',': () => void this.conductor.step(-1), '.': () => void this.conductor.step(1),
    };
    const run = keys[event.key];
    if (!run) return;
    event.preventDefault();
    run();
  }

  private facts(release: Release): TemplateResult {
    return html`<p class="shared-by" data-test="shared-by">${icon('share')}<span>${t().look.facts(release.by.name, day(release.until), t().purposes[release.purpose])}
      ${release.download ? t().look.mayCopy : t().look.mayNotCopy}</span></p>`;
  }

  private chooser(): TemplateResult | typeof nothing {
    if (this.releases.length < 2) return nothing;
    return html`<div class="chips" role="group" aria-label=${t().look.choose}>
      ${this.releases.map((one) => html`<button type="button" class="chip" aria-pressed=${String(one.id === this.chosen?.id)} @click=${() => this.choose(one, true)}>
        ${one.clip ? one.clip.title || t().review.clipUntitled(clockTime(one.clip.from)) : t().shared.whole}</button>`)}</div>`;
  }

  /** Goes to a place, in the release that holds it. */
  private look(at: number): void {
    const holds = (one: Release) => !one.clip || (at >= one.clip.from - SAME && at <= one.clip.to + SAME);
    const other = this.chosen && !holds(this.chosen) ? this.releases.find(holds) : null;
    if (other) this.choose(other, false);
    this.conductor.loop = null;
    this.stopAt = null;
    this.conductor.pause();
    this.conductor.seek(at);
    this.requestUpdate();
  }

  private playSpan(span: Span): void {
    this.look(span.from);
    this.stopAt = span.to;
    this.conductor.play();
  }

  private panel(): TemplateResult {
    const choices = { observations: this.within, codes: this.codes, bare: this.bare };
    if (!this.own) return html`<section class="review-panel" aria-labelledby="seen">${seenList({ ...choices, look: (at) => this.conductor.seek(at), choose: null })}</section>`;
    return html`<tb-room .visitId=${this.visitId} .store=${this.own} .within=${this.span} .playhead=${() => this.conductor.shownTime} .language=${language()}
      .observations=${choices.observations} .codes=${choices.codes} .bare=${choices.bare}
      @look=${(event: CustomEvent<number>) => this.look(event.detail)} @play=${(event: CustomEvent<Span>) => this.playSpan(event.detail)}
      @quiet=${() => this.conductor.pause()} @comments=${(event: CustomEvent<Comment[]>) => (this.comments = event.detail)}></tb-room>`;
  }

  private get captionsOn(): boolean {
    return this.wanted ?? (this.muted || this.mic === null);
  }

  private toggleCaptions(): void {
    this.wanted = !this.captionsOn;
    wantCaptions(this.wanted);
  }

  private stage(release: Release): TemplateResult {
    if (account.vault === 'locked') return vaultPanel();
    const { from, to } = this.span;
    return html`<tb-player data-test="player" .conductor=${this.conductor} .tracks=${this.tracks} .main=${this.main} .sound=${this.mic}
        .looping=${this.conductor.loop !== null} .language=${language()}
        @camera=${(event: CustomEvent<string>) => { this.main = event.detail; this.arrange(); }}
        @mic=${(event: CustomEvent<string>) => { this.mic = event.detail; this.arrange(); }}
        @previous=${() => this.jump(-1)} @next=${() => this.jump(1)} @loop=${() => this.toggleLoop()} @mute=${(event: CustomEvent<boolean>) => (this.muted = event.detail)}>
        ${this.captionsOn ? html`<tb-captions slot="captions" .conductor=${this.conductor} .captions=${this.captions}></tb-captions>` : nothing}</tb-player>
      <div class="look-scrub">${marks(this.moments, this.codes, this.own?.mine ?? [], this.comments, { from, to })}
      <input type="range" class="scrub" aria-label=${t().look.place} min=${from} max=${to} step="0.1"
        @input=${(event: Event) => this.move(Number((event.target as HTMLInputElement).value))} />
      <div class="scrub-buttons"><button type="button" data-test="back" title=${t().room.back} @click=${() => this.move(this.conductor.time - SKIP)}>−10 s</button>
      <button type="button" class="captions-toggle" data-test="captions" aria-pressed=${String(this.captionsOn)} @click=${() => this.toggleCaptions()}>${icon('captions')}${t().captions.toggle}</button>
      <button type="button" data-test="forward" title=${t().room.forward} @click=${() => this.move(this.conductor.time + SKIP)}>+10 s</button></div></div>
      ${release.download && this.main
        ? html`<tb-film-copy .visit=${this.visitId} .from=${from} .to=${to} .camera=${this.main} .mic=${this.mic}
            .name=${release.clip?.title || release.visit_title || t().visits.untitled}></tb-film-copy>`
        : nothing}`;
  }

  protected override render(): TemplateResult {
    const texts = t().look;
    if (this.over) {
      return html`<main class="page" id="main"><section class="card" data-test="not-shared" role="alert"><h1>${texts.overTitle}</h1><p>${texts.over}</p>
        <a class="button primary" href=${paths.shared}>${t().nav.shared}</a></section></main>`;
    }
    const { visit, chosen } = this;
    if (!visit || !chosen) {
      return html`<main class="page" id="main"><h1 class="hidden-label">${t().nav.look}</h1>${this.error
        ? html`<div class="card problem" role="alert"><p>${errorText(this.error)}</p><button type="button" @click=${() => void this.load()}>${t().common.retry}</button></div>`
        : html`<p class="waiting">${t().common.loading}</p>`}</main>`;
    }
    const { own } = this;
    // What it is about, and who looked: the teacher of the lesson knows, and finds it below.
    return html`<main class="review-page dark look-page" id="main"><div class="look-scroll">
      <div class="review-head"><h1>${visitTitle(visit)}</h1></div>
      ${own ? nothing : this.facts(chosen)} ${this.chooser()}
      <div class="review-grid"><div class="review-stage">${this.stage(chosen)}</div>${this.panel()}</div>
      ${own ? html`${this.facts(chosen)}<a class="button small" href=${paths.looked(visit.id)}>${icon('search')}${t().log.titleVisit}</a>` : nothing}
      <p class="purpose-line">${t().coaching.purpose}</p></div>
      ${own && !this.closed ? Room.bar(own, () => this.room) : nothing}
    </main>`;
  }

  protected override willUpdate(): void {
    this.captions = captionsOf(this.moments, this.codes, this.comments);
  }

  protected override updated(): void {
    this.player?.requestUpdate();
    this.showTime();
  }
}
