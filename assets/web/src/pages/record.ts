// Opnemen: the board to tap on, the picture, what is being recorded, and the taps so far.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { t, words } from '../i18n';
import { api } from '../model/api';
import { clockTime } from '../model/format';
import { codeOf, codeRef, isTappable, modifiersOf, subjectTitle, subjectsOf, type BoardCode } from '../model/instruments';
import { assignKeys, KEYS_STORE, undoKey } from '../model/keys';
import { boardSamplings } from '../model/samplings';
import { readStored, session, store as keep } from '../model/session';
import type { Disk, TrackStatus } from '../model/types';
import { VisitStore } from '../model/visit-store';
import { Part } from '../parts/base';
import { icon, shape } from '../parts/icons';
import '../parts/live-picture';
import '../parts/modifier-bar';
import '../parts/rating-form';
import { ratingCodes } from '../parts/rating-form';
import '../parts/sampling';
import '../parts/subject-chooser';
import '../parts/tap-board';
import type { Elsewhere, TapTarget } from '../parts/tap-board';
import '../parts/tap-list';
import { complain, confirm, errorText } from '../parts/toast';
import { diskLine, trackRow } from '../parts/track-status';
import { vars } from '../parts/vars';
import { navigate, paths } from '../router';
import { visitTitle } from './visits';

const SUBJECT_STORE = 'terugblik.subject';

@customElement('tb-record')
export class RecordPage extends Part {
  @property() visitId = '';
  @state() private camera: string | null = null;
  @state() private busy: 'start' | 'observe' | 'stop' | 'end' | null = null;
  @state() private newest: string | null = null;
  @state() private live = '';
  @state() private disk: Disk | null = null;
  @state() private showPicture = true;
  @state() private now = 0;
  /** about whom the next taps are */
  @state() private subject: string | null = null;
  @state() private view: 'tap' | 'rate' | null = null;
  private store!: VisitStore;
  private wakeLock: { release(): Promise<void> } | null = null;
  private waking = false;
  /** refused; asked again when the page comes into view */
  private notAwake = false;

  private readonly target: TapTarget = {
    add: (code, time) => this.tapped(code, time),
    close: (id, time) => {
      this.store.closeState(id, time);
      const one = this.store.journal.find('observation', id);
      const code = this.store.codes.find((each) => each.ref === codeRef(one?.instrument ?? null, one?.code ?? null));
      this.live = t().record.saidClosed(code ? words(code.code.title) : '');
    },
    openState: (code) => this.store.journal.openState(code.instrument.id, code.code.id, this.store.observer, this.subject),
  };

  override connectedCallback(): void {
    super.connectedCallback();
    this.store = new VisitStore(this.visitId);
    this.subject = readStored<Record<string, string>>(SUBJECT_STORE, {})[this.visitId] ?? null;
    this.follow(this.store);
    // The lesson may be begun on another device.
    this.on(this.store, 'change', () => void this.keepAwake());
    this.follow(this.store, 'level');
    this.follow(session);
    this.on(window, 'keydown', (event) => this.onKey(event as KeyboardEvent));
    this.on(document, 'visibilitychange', () => {
      this.notAwake = false;
      void this.keepAwake();
    });
    this.every(500, () => (this.now = this.store.timelineAt()));
    this.atEnd(() => {
      this.store.close();
      void this.wakeLock?.release();
      this.wakeLock = null;
    });
    void this.store.open().then(() => {
      void this.keepAwake();
      if (!this.store.beside) api.disk().then((disk) => (this.disk = disk), () => undefined);
    });
  }

  private tapped(code: BoardCode | null, time: number): string {
    // A finger's tap counts before it takes the focus, and closes the row in which one may be writing.
    this.finishWriting();
    const id = this.store.tap(code, time, this.subject === null ? {} : { subject: this.subject });
    this.newest = id;
    this.live = t().record.saidTap(code ? words(code.code.title) : t().record.moment, clockTime(this.store.timelineAt(time)));
    return id;
  }

  /** Of one visit only, so that the next lesson begins with nobody. */
  private chooseSubject(subject: string | null): void {
    this.subject = subject;
    keep(SUBJECT_STORE, JSON.stringify(subject === null ? {} : { [this.visitId]: subject }));
  }

  private elsewhere(): Elsewhere[] {
    const subjects = subjectsOf(this.store.instruments);
    return this.store.journal.observations
      .filter((one) => one.open && one.observer === this.store.observer && one.subject !== this.subject)
      .flatMap((observation) => {
        const code = codeOf(this.store.codes, observation);
        const about = observation.subject === null ? t().tapping.aboutNobody : words(subjectTitle(subjects, observation.subject));
        return code ? [{ code, observation, about }] : [];
      });
  }

  private onKey(event: KeyboardEvent): void {
    const direction = undoKey(event);
    if (!direction) return;
    event.preventDefault();
    if (this.store[direction]()) this.live = direction === 'undo' ? t().record.saidUndo : t().record.saidRedo;
  }

  /** The screen of a tablet must not go dark in the middle of a lesson. */
  private async keepAwake(): Promise<void> {
    const wanted = !document.hidden && this.store.visit?.state === 'running';
    if (!wanted || this.wakeLock || this.waking || this.notAwake || !this.isConnected || !('wakeLock' in navigator)) return;
    this.waking = true;
    try {
      const lock = await navigator.wakeLock.request('screen');
      if (!this.isConnected) return void lock.release();
      this.wakeLock = lock;
      lock.addEventListener('release', () => (this.wakeLock = null));
    } catch {
      // low battery, or not allowed: the lesson goes on
      this.notAwake = true;
    } finally {
      this.waking = false;
    }
  }

  private async run(what: NonNullable<typeof this.busy>, work: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = what;
    try {
      await work();
      this.notAwake = false; // a press may be what the browser was waiting for
      void this.keepAwake();
    } catch (error) {
      complain(error);
    } finally {
      this.busy = null;
    }
  }

  private async end(): Promise<void> {
    const open = this.store.journal.observations.filter((one) => one.open).length;
    const texts = t().record;
    if (!(await confirm(texts.endQuestion, texts.endText(open), texts.end))) return;
    await this.run('end', async () => {
      await this.store.end();
      navigate(paths.review(this.visitId));
    });
  }

  private async stop(): Promise<void> {
    const texts = t().record;
    if (!(await confirm(texts.stopQuestion, texts.stopText, texts.stop))) return;
    await this.run('stop', () => this.store.stopRecording());
  }

  private get recordingOn(): boolean {
    const status = this.store.recording;
    return status !== null && (status.actual === 'recording' || status.actual === 'starting' || status.actual === 'stopping');
  }

  private buttons(): TemplateResult {
    const visit = this.store.visit!;
    const texts = t().record;
    if (this.store.beside) return html`<a class="button" data-test="to-observers" href=${paths.observers(visit.id)}>${icon('people')}${t().tapping.toObservers}</a>`;
    if (visit.state === 'ended') {
      return html`<a class="button primary" href=${paths.review(visit.id)}>${icon('eye')}${t().nav.review}</a>`;
    }
    const noSources = visit.sources.length === 0;
    return html`
      ${this.recordingOn
        ? html`<button type="button" data-test="stop-recording" ?disabled=${this.busy !== null} @click=${() => void this.stop()}>
            <i class="stop-square" aria-hidden="true"></i>${this.busy === 'stop' ? texts.stopping : texts.stop}</button>`
        : noSources
          ? html`<a class="button" href=${paths.prepare(visit.id)}>${icon('camera')}${texts.chooseCamera}</a>`
          : html`<button type="button" class="record" data-test="start-recording" ?disabled=${this.busy !== null}
              @click=${() => void this.run('start', () => this.store.startRecording())}>
              <i class="record-dot" aria-hidden="true"></i>${this.busy === 'start' ? texts.starting : texts.start}</button>`}
      ${visit.state === 'planned'
        ? html`<button type="button" class=${noSources ? 'primary' : ''} data-test="start-observing" ?disabled=${this.busy !== null}
            @click=${() => void this.run('observe', () => this.store.start())}>${icon('eye')}${texts.observeOnly}</button>`
        : html`<button type="button" class="primary" data-test="end-lesson" ?disabled=${this.busy !== null}
            @click=${() => void this.end()}>${icon('check')}${this.busy === 'end' ? texts.ending : texts.end}</button>`}`;
  }

  private badge(): TemplateResult {
    const visit = this.store.visit!;
    const texts = t().record;
    const status = this.store.recording;
    if (visit.state === 'planned') return html`<span class="state planned"><i></i>${texts.notStarted}</span>`;
    if (visit.state === 'ended') return html`<span class="state ended"><i></i>${t().visits.states.ended}</span>`;
    const bad = status?.tracks.some((one) => one.actual === 'retrying' || one.actual === 'failed');
    switch (status?.actual) {
      case 'recording':
        return html`<span class="state recording ${bad ? 'bad' : ''}" data-test="recording-state"><i></i>${bad ? texts.recordingPartly : texts.recording}</span>`;
      case 'starting':
        return html`<span class="state starting"><i></i>${texts.starting}</span>`;
      case 'stopping':
        return html`<span class="state starting"><i></i>${texts.stopping}</span>`;
      case 'failed':
        return html`<span class="state failed"><i></i>${texts.recordingFailed}</span>`;
      default:
        return html`<span class="state running"><i></i>${texts.observing}</span>`;
    }
  }

  private picture(tracks: TrackStatus[]): TemplateResult | typeof nothing {
    const cameras = tracks.filter((one) => one.kind === 'video' && one.actual !== 'ended');
    if (!this.recordingOn || cameras.length === 0) return nothing;
    const camera = cameras.find((one) => one.id === this.camera) ?? cameras[0]!;
    const gone = camera.actual === 'retrying' || camera.actual === 'failed';
    return html`<div class="dark picture-box">
      ${this.showPicture
        ? gone
          ? html`<div class="live no-picture">${t().track.noPictureNow}</div>`
          : html`<tb-live-picture .picture=${api.livePicture(this.visitId, camera.id)} .video=${api.liveVideo(this.visitId, camera.id)}
              label=${t().record.pictureOf(camera.name)}></tb-live-picture>`
        : nothing}
      <div class="picture-bar">
        ${cameras.length > 1
          ? cameras.map((one) => html`<button type="button" class="small" aria-pressed=${String(one.id === camera.id)}
              @click=${() => (this.camera = one.id)}>${one.name}</button>`)
          : html`<span class="small">${camera.name}</span>`}
        <button type="button" class="small" @click=${() => (this.showPicture = !this.showPicture)}>
          ${this.showPicture ? t().record.hidePicture : t().record.showPicture}</button>
      </div>
    </div>`;
  }

  private side(): TemplateResult | typeof nothing {
    if (this.store.beside) return nothing;
    const status = this.store.recording;
    const tracks = (status?.tracks ?? []).filter((one) => this.recordingOn || one.actual === 'failed');
    const texts = t().record;
    return html`<aside class="record-side" aria-label=${texts.whatRecords}>
      ${this.picture(tracks)}
      ${status?.actual === 'failed' && status.message ? html`<p class="problem" role="alert">${icon('warn')}${status.message}</p>` : nothing}
      ${status?.reason === 'disk-full' ? html`<p class="problem" role="alert">${icon('warn')}${texts.stoppedFull}</p>` : nothing}
      ${tracks.length > 0
        ? html`<ul class="tracks">${tracks.map((one) => trackRow(one, this.store.levels.get(one.id)))}</ul>`
        : this.store.visit!.state === 'planned'
          ? this.planned()
          : this.store.visit!.state === 'running'
          ? html`<p class="small hint">${texts.observingHint}</p>`
          : nothing}
      ${diskLine(status?.disk ?? this.disk)}
      <a class="button small quiet" data-test="to-observers" href=${paths.observers(this.visitId)}>${icon('people')}${t().tapping.toObservers}</a>
    </aside>`;
  }

  /** Before the lesson: what will be recorded, and the way back to change it. */
  private planned(): TemplateResult {
    const visit = this.store.visit!;
    return html`<h2>${t().prepare.chosen}</h2>
      ${visit.sources.length === 0
        ? html`<p class="small">${t().prepare.noneChosen}</p>`
        : html`<ul class="chosen-sources">${visit.sources.map((one) => html`<li>${icon(one.kind === 'video' ? 'camera' : 'mic')}${one.name || t().track[one.kind]}</li>`)}</ul>`}
      <a class="button small quiet" href=${paths.prepare(visit.id)}>${icon('back')}${t().nav.prepare}</a>`;
  }

  /** On a phone the list is below the board; the last tap and undo stay in reach. */
  private lastTap(): TemplateResult | typeof nothing {
    const last = this.newest === null ? undefined : this.store.journal.find('observation', this.newest);
    if (!last || last.removed || this.store.visit!.state !== 'running') return nothing;
    const code = codeOf(this.store.codes, last);
    return html`<div class="last-tap" ${vars({ '--code-color': code?.color ?? '#5b534b' })}>
      <span class="time">${clockTime(last.at)}</span>${shape(code?.shape ?? 'moment')}
      <strong>${code ? words(code.code.short) : t().record.moment}</strong>
      <button type="button" class="icon-only" aria-label=${t().common.undo} title=${t().common.undo} @click=${() => this.store.undo()}>${icon('undo')}</button>
    </div>`;
  }

  private counts(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const one of this.store.journal.observations) {
      const ref = codeRef(one.instrument, one.code);
      counts.set(ref, (counts.get(ref) ?? 0) + 1);
    }
    return counts;
  }

  private notice(): TemplateResult | typeof nothing {
    const visit = this.store.visit!;
    const texts = t().record;
    if (visit.state === 'running') return nothing;
    if (visit.state === 'ended') return html`<p class="notice">${texts.lessonOver}</p>`;
    if (this.store.beside) return html`<p class="notice">${t().tapping.besideWait}</p>`;
    return html`<p class="notice">${visit.sources.length === 0 ? texts.beginWithoutCamera : texts.beginFirst}</p>`;
  }

  /** Whoever observes beside the coach is told whose lesson it is. */
  private besideLine(): TemplateResult | typeof nothing {
    if (!this.store.beside) return nothing;
    const coach = this.store.visit!.coach?.name;
    return html`<p class="notice" data-test="beside">${icon('people')}${coach ? t().tapping.beside(coach) : t().tapping.besideUnnamed}</p>`;
  }

  private boardPart(): TemplateResult {
    const { store } = this;
    const visit = store.visit!;
    const texts = t().tapping;
    const running = visit.state === 'running';
    const rates = ratingCodes(store.codes).length > 0;
    const samplings = boardSamplings(store.codes);
    const tappable = store.codes.filter(isTappable);
    const view = !rates ? 'tap' : (this.view ?? (tappable.length === 0 && samplings.length === 0 ? 'rate' : 'tap'));
    const keys = assignKeys(store.codes, readStored(KEYS_STORE, {}));
    return html`
      ${rates
        ? html`<div class="tabs view-tabs" role="group" aria-label=${texts.view}>
            <button type="button" class="tab" data-test="view-tap" aria-pressed=${String(view === 'tap')} @click=${() => (this.view = 'tap')}>${icon('grid')}${texts.title}</button>
            <button type="button" class="tab" data-test="view-rate" aria-pressed=${String(view === 'rate')} @click=${() => (this.view = 'rate')}>${icon('star')}${texts.rate}</button></div>`
        : nothing}
      <tb-subject-chooser .store=${store} .value=${this.subject} @choose=${(event: CustomEvent<string | null>) => this.chooseSubject(event.detail)}></tb-subject-chooser>
      ${view === 'rate'
        ? html`<tb-rating-form .store=${store} .subject=${this.subject} .blocked=${visit.started_at === null}></tb-rating-form>`
        : html`${samplings.map((one) => html`<tb-sampling .store=${store} .board=${one} .keys=${keys} .subject=${this.subject} .running=${running} .now=${running ? this.now : visit.duration}></tb-sampling>`)}
            <tb-tap-board .codes=${store.codes} .keys=${keys} .target=${this.target} .counts=${this.counts()} .elsewhere=${this.elsewhere()} .now=${this.now} .blocked=${!running}></tb-tap-board>
            ${tappable.some((one) => modifiersOf(one).length > 0) ? html`<tb-modifier-bar .store=${store} .newest=${this.newest}></tb-modifier-bar>` : nothing}`}`;
  }

  protected override render(): TemplateResult {
    const visit = this.store.visit;
    if (!visit) {
      return html`<main class="page" id="main">${this.store.error
        ? html`<div class="card problem" role="alert"><p>${errorText(this.store.error)}</p><a class="button" href="/">${t().nav.visits}</a></div>`
        : html`<p class="waiting">${t().common.loading}</p>`}</main>`;
    }
    const texts = t().record;
    const unsent = session.queue.of(this.visitId).length;
    return html`<main class="record-page" id="main" data-state=${visit.state}>
      <div class="record-bar">
        <div class="record-title"><h1>${visitTitle(visit)}</h1>${visit.focus ? html`<p class="small">${visit.focus}</p>` : nothing}</div>
        <div class="record-clock">${this.badge()}<span class="clock" data-test="clock">${clockTime(visit.state === 'running' ? this.now : visit.duration)}</span></div>
        <div class="record-buttons">${this.buttons()}</div>
      </div>
      ${unsent > 0 && session.queue.offline
        ? html`<p class="notice" role="status">${icon('warn')}${texts.offlineHint(unsent)}</p>`
        : nothing}
      ${this.store.missing.length > 0 ? html`<p class="notice" role="status" data-test="missing">${icon('warn')}${texts.missing(this.store.missing.length)}</p>` : nothing}
      ${this.besideLine()}
      <div class="record-grid ${this.store.beside ? 'without-side' : ''}">
        ${this.side()}
        <section class="record-board" aria-label=${texts.board}>
          ${this.notice()} ${this.boardPart()}
        </section>
        <tb-tap-list .store=${this.store} .now=${this.now} .newest=${this.newest}></tb-tap-list>
      </div>
      ${this.lastTap()}
      <div class="hidden-label" role="status" aria-live="polite" data-test="last-tap">${this.live}</div>
    </main>`;
  }

  protected override updated(): void {
    // Lists draw from the store, which is one object; tell them that its contents changed.
    this.querySelector('tb-tap-list')?.requestUpdate();
    this.querySelector('tb-tap-board')?.requestUpdate();
    this.querySelector('tb-modifier-bar')?.requestUpdate();
    this.querySelector('tb-rating-form')?.requestUpdate();
    for (const part of this.querySelectorAll('tb-sampling, tb-subject-chooser')) (part as Part).requestUpdate();
  }
}

