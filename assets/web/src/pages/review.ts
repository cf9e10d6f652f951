// Terugkijken: the recording and the observations on one timeline, to look at, mend and cut.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { t, language, words } from '../i18n';
import { account } from '../model/account';
import type { Comment } from '../model/coaching-types';
import { Conductor } from '../model/conductor';
import { clockTime, number } from '../model/format';
import { MOMENT_REF, codeOf, type BoardCode } from '../model/instruments';
import { answeredAt, answerTimes, boardSamplings, samplingOf } from '../model/samplings';
import { assignKeys, isOurs, KEYS_STORE, normalKey, undoKey } from '../model/keys';
import { readStored, session } from '../model/session';
import { timelineEnd } from '../model/timeline-math';
import type { Observation, Track } from '../model/types';
import { VisitStore } from '../model/visit-store';
import { Part } from '../parts/base';
import '../parts/clip-list';
import '../parts/comments';
import '../parts/export-dialog';
import { icon, shape } from '../parts/icons';
import '../parts/observation-list';
import type { ObservationList } from '../parts/observation-list';
import '../parts/player';
import '../parts/rating-form';
import { ratingCodes } from '../parts/rating-form';
import '../parts/subject-chooser';
import { SPEEDS, type Player } from '../parts/player';
import '../parts/timeline';
import type { Selection, Timeline } from '../parts/timeline';
import { makeLanes, type Lane } from '../parts/timeline-drawing';
import { errorText, say } from '../parts/toast';
import { trackSettings } from '../parts/track-settings';
import { vars } from '../parts/vars';
import { vaultPanel } from '../parts/vault';
import { navigate, paths } from '../router';
import { visitTitle } from './visits';

/** Where the next or previous observation begins: a little tolerance, so that one does not stay on the same one. */
const SAME = 0.05;

@customElement('tb-review')
export class ReviewPage extends Part {
  @property() visitId = '';
  @property() startAt: string | null = null;
  @state() private main: string | null = null;
  @state() private sideBySide = false;
  @state() private mic: string | null = null;
  @state() private selection: Selection | null = null;
  @state() private editing: string | null = null;
  @state() private tab: 'observations' | 'clips' | 'comments' | 'ratings' = 'observations';
  /** whom the scores are about */
  @state() private subject: string | null = null;
  @state() private said: Comment[] = [];
  @state() private mark: { from: number | null; to: number | null } = { from: null, to: null };
  @state() private adding = false;
  @query('tb-timeline') private timeline!: Timeline | null;
  @query('tb-player') private player!: Player | null;
  @query('tb-observation-list') private list!: ObservationList | null;
  /** pictures were taken away (the vault was locked, or the sign-in ended); and whether they were playing then */
  private away = false;
  private wasPlaying = false;
  private lanesKept: { of: unknown[]; lanes: Lane[] } | null = null;
  private store!: VisitStore;
  private conductor!: Conductor;

  override connectedCallback(): void {
    super.connectedCallback();
    this.store = new VisitStore(this.visitId);
    this.conductor = new Conductor(this.visitId);
    this.on(this.store, 'change', () => this.onNews());
    this.follow(this.conductor);
    this.on(account, 'change', () => this.onAccount());
    this.on(this.conductor, 'refused', (event) => {
      const status = (event as CustomEvent<number>).detail;
      if (status === 423) account.setVault('locked');
      else if (status === 401 || status === 0) void account.ask();
    });
    this.on(this.conductor, 'time', () => this.timeline?.setTime(this.conductor.time, this.conductor.playing));
    this.on(window, 'keydown', (event) => this.onKey(event as KeyboardEvent));
    this.every(1000, () => {
      if (this.store.visit?.state === 'running') this.setEnd();
    });
    this.atEnd(() => {
      this.store.close();
      this.conductor.destroy();
    });
    void this.store.open().then(async () => {
      const at = Number(this.startAt);
      if (this.startAt === null || !Number.isFinite(at)) return;
      // The time line is there only once there is something to draw.
      await this.updateComplete;
      this.conductor.seek(at);
      this.timeline?.reveal(at);
    });
  }

  private get tracks(): Track[] {
    return (this.store.visit?.tracks ?? []).filter((one) => one.segments.length > 0);
  }

  private get closed(): boolean {
    return account.vault === 'locked' || account.door !== 'in';
  }

  /** The vault was locked or opened: pictures go at once, and come back where they were. */
  private onAccount(): void {
    if (this.closed && !this.away) {
      this.wasPlaying = this.conductor.playing;
      this.conductor.cut();
    } else if (!this.closed && this.away) {
      this.arrange(true);
      if (this.wasPlaying) this.conductor.play();
    }
    this.away = this.closed;
    this.requestUpdate();
  }

  private setEnd(): void {
    const times = this.store.journal.observations.filter((one) => one.kind !== 'rating').map((one) => one.until ?? one.at);
    const end = timelineEnd(this.store.duration, this.tracks, [...times, ...this.store.journal.clips.map((one) => one.to)]);
    this.conductor.growing = this.store.visit?.state === 'running';
    if (this.conductor.end === end) return;
    this.conductor.end = end;
    this.requestUpdate();
  }

  private onNews(): void {
    // What others shared is looked at elsewhere, without anything to change.
    if (this.store.visit?.shared) return navigate(paths.look(this.visitId), true);
    // Who observes beside the coach has the board, and no recording.
    if (this.store.beside) return navigate(paths.record(this.visitId), true);
    this.setEnd();
    this.arrange();
    this.requestUpdate();
  }

  /** Which tracks are played: one camera in front, the others beside it when wanted, and one microphone. */
  private arrange(again = false): void {
    if (this.closed && !again) {
      this.away = true;
      return;
    }
    const cameras = this.tracks.filter((one) => one.kind === 'video');
    const mics = this.tracks.filter((one) => one.kind === 'audio');
    if (!cameras.some((one) => one.id === this.main)) this.main = cameras[0]?.id ?? null;
    if (!mics.some((one) => one.id === this.mic)) this.mic = mics[0]?.id ?? null;
    this.conductor.setTracks(this.tracks, { main: this.main, others: this.otherCameras, sound: this.mic });
  }

  /** The same ones until an observation, a kijkwijzer or the language changes. */
  private get lanes(): Lane[] {
    const { codes, journal } = this.store;
    const of = [codes, journal.observations, language()];
    if (!this.lanesKept || of.some((one, i) => one !== this.lanesKept!.of[i])) this.lanesKept = { of, lanes: makeLanes(codes, journal.observations) };
    return this.lanesKept.lanes;
  }

  private get otherCameras(): string[] {
    return this.sideBySide ? this.tracks.filter((one) => one.kind === 'video' && one.id !== this.main).map((one) => one.id) : [];
  }

  private get selectedObservation(): Observation | undefined {
    return this.selection?.kind === 'observation' ? this.store.journal.find('observation', this.selection.id) : undefined;
  }

  private select(selection: Selection | null, seek: boolean): void {
    // A press on the time line counts before it takes the focus, and closes the row in which one may be writing.
    this.finishWriting();
    if (this.editing !== selection?.id) this.editing = null;
    this.selection = selection;
    if (!selection) return;
    // While scoring, what one looks at is what can become evidence.
    if (this.tab !== 'ratings') this.tab = selection.kind === 'clip' ? 'clips' : 'observations';
    const one = selection.kind === 'clip' ? this.store.journal.find('clip', selection.id)?.from : this.store.journal.find('observation', selection.id)?.at;
    if (one === undefined) return;
    if (seek) {
      this.setLoop(null);
      this.conductor.seek(one);
    }
    this.timeline?.reveal(one);
    if (selection.kind === 'observation') this.list?.revealRow(selection.id);
  }

  private setLoop(loop: { from: number; to: number } | null): void {
    this.conductor.loop = loop;
    this.requestUpdate();
  }

  /** The span that play-clip and loop are about: what is selected, or between the marks. */
  private span(selection: Selection | null = this.selection): { from: number; to: number } | null {
    if (selection?.kind === 'clip') {
      const clip = this.store.journal.find('clip', selection.id);
      if (clip) return { from: clip.from, to: clip.to };
    }
    if (selection?.kind === 'observation') {
      const one = this.store.journal.find('observation', selection.id);
      if (one) return one.clip;
    }
    const { from, to } = this.mark;
    return from !== null && to !== null ? { from, to } : null;
  }

  private playClip(selection: Selection): void {
    this.select(selection, false);
    const span = this.span(selection);
    if (!span) return;
    this.conductor.loop = { from: span.from, to: Math.min(span.to, this.conductor.end) };
    this.conductor.seek(span.from);
    this.conductor.play();
    this.requestUpdate();
  }

  private toggleLoop(): void {
    if (this.conductor.loop) return this.setLoop(null);
    const span = this.span();
    if (!span) return say(t().review.selectHint);
    this.setLoop({ from: span.from, to: Math.min(span.to, this.conductor.end) });
    if (this.conductor.time < span.from || this.conductor.time > span.to) this.conductor.seek(span.from);
  }

  private jump(direction: 1 | -1): void {
    const all = this.store.journal.observations.filter((one) => one.kind !== 'rating');
    const time = this.conductor.time;
    const index = all.findIndex((one) => one.id === this.selection?.id);
    const near = index >= 0 && Math.abs(all[index]!.at - time) < SAME;
    const next = near
      ? all[index + direction]
      : direction > 0 ? all.find((one) => one.at > time + SAME) : all.filter((one) => one.at < time - SAME).at(-1);
    if (next) this.select({ kind: 'observation', id: next.id }, true);
  }

  /** Says so when it is another observer's. */
  private mayChange(id: string): boolean {
    const one = this.store.journal.find('observation', id);
    const may = !one || this.store.mayChange(one);
    if (!may) say(t().errors['not-yours']);
    return may;
  }

  private edit(id: string): void {
    if (!this.mayChange(id)) return this.select({ kind: 'observation', id }, false);
    this.select({ kind: 'observation', id }, false);
    this.editing = this.editing === id ? null : id;
  }

  private drop(selection: Selection): void {
    if (selection.kind === 'observation' && !this.mayChange(selection.id)) return;
    this.store.remove(selection.kind, selection.id);
    if (this.selection?.id === selection.id) this.select(null, false);
    say(selection.kind === 'clip' ? t().review.clipRemoved : t().observation.removed, { label: t().common.undo, run: this.store.undoOfLast() });
  }

  private add(code: BoardCode | null): void {
    this.adding = false;
    this.conductor.pause();
    const at = this.conductor.shownTime;
    const sampling = code?.code.kind === 'interval' ? boardSamplings(this.store.codes).find((one) => one.codes.includes(code)) : undefined;
    if (code && sampling) {
      const times = answerTimes(answeredAt(at, sampling.sampling), sampling.sampling);
      this.select({ kind: 'observation', id: this.store.place(code, times.at, times.until) }, false);
      return;
    }
    const until = code?.code.kind === 'state' ? Math.min(this.conductor.end, at + 10) : null;
    const id = this.store.place(code, at, until);
    this.select({ kind: 'observation', id }, false);
    this.editing = id;
  }

  private setMark(edge: 'from' | 'to'): void {
    const time = this.conductor.shownTime;
    const mark = { ...this.mark, [edge]: time };
    if (mark.from !== null && mark.to !== null && mark.from >= mark.to) mark[edge === 'from' ? 'to' : 'from'] = null;
    this.mark = mark;
  }

  private clipFromMark(): void {
    const { from, to } = this.mark;
    if (from === null || to === null) return say(t().review.markHelp);
    this.makeClip(from, to, '', null);
    this.mark = { from: null, to: null };
  }

  private clipFromObservation(id: string): void {
    const one = this.store.journal.find('observation', id);
    if (!one) return;
    const code = codeOf(this.store.codes, one);
    this.makeClip(one.clip.from, Math.min(one.clip.to, this.conductor.end), code ? words(code.code.title) : t().record.moment, id);
  }

  private makeClip(from: number, to: number, title: string, observation: string | null): void {
    const id = this.store.addClip(from, to, title || t().review.clipUntitled(clockTime(from)), observation, this.main);
    this.select({ kind: 'clip', id }, false);
    say(t().review.clipMade, { label: t().common.undo, run: this.store.undoOfLast() });
  }

  private onMoved(event: CustomEvent<{ selection: Selection; from: number; to: number | null }>): void {
    const { selection, from, to } = event.detail;
    if (selection.kind === 'clip') {
      if (to !== null) this.store.changeClip(selection.id, { from, to });
      return;
    }
    const one = this.store.journal.find('observation', selection.id);
    if (!one || !this.mayChange(one.id)) return;
    const sampling = one.kind === 'interval' ? samplingOf(boardSamplings(this.store.codes), one)?.sampling : undefined;
    if (sampling) {
      // An interval has its place in the row; it moves to another, and never becomes longer.
      const index = sampling.rule === 'momentary' ? answeredAt(from, sampling) : Math.max(0, Math.round(from / sampling.every));
      const times = answerTimes(index, sampling);
      if (times.at !== one.at) this.store.changeObservation(one.id, times);
      return;
    }
    const fields: Partial<Observation> = {};
    if (from !== one.at) fields.at = from;
    if (to !== one.until && to !== null) fields.until = to;
    if (Object.keys(fields).length > 0) this.store.changeObservation(selection.id, fields);
  }

  private onKey(event: KeyboardEvent): void {
    const direction = undoKey(event);
    if (direction) {
      event.preventDefault();
      this.store[direction]();
      return;
    }
    if (event.defaultPrevented || !isOurs(event) || !this.store.visit?.started_at) return;
    const onButton = event.composedPath().some((node) => node instanceof HTMLButtonElement || node instanceof HTMLAnchorElement);
    if (onButton && (event.key === ' ' || event.key === 'Enter')) return;
    if (this.command(event)) event.preventDefault();
  }

  /** Keys of the player; then those of the codes. True when the key was used. */
  private command(event: KeyboardEvent): boolean {
    const conductor = this.conductor;
    const move = (by: number) => conductor.seek(conductor.time + by);
    switch (event.key) {
      case ' ': conductor.toggle(); return true;
      case 'ArrowLeft': move(event.shiftKey ? -5 : -1); return true;
      case 'ArrowRight': move(event.shiftKey ? 5 : 1); return true;
      case 'ArrowUp': this.jump(-1); return true;
      case 'ArrowDown': this.jump(1); return true;
      case 'Home': conductor.seek(0); return true;
      case 'End': conductor.seek(conductor.end); return true;
      case 'Enter': if (this.selection) this.playClip(this.selection); return this.selection !== null;
      case 'Delete': if (this.selection) this.drop(this.selection); return this.selection !== null;
      case 'Escape': this.setLoop(null); this.adding = false; this.editing = null; return true;
    }
    if (!session.settings.keys_enabled) return false;
    switch (event.key.toLowerCase()) {
      case 'k': conductor.toggle(); return true;
      case 'j': move(-3); return true;
      case 'l': this.faster(); return true;
      case ',': case '<': if (!event.repeat || !conductor.playing) void conductor.step(-1); return true;
      case '.': case '>': void conductor.step(1); return true;
      case 'i': this.setMark('from'); return true;
      case 'o': this.setMark('to'); return true;
      case 'e': if (this.selectedObservation) this.edit(this.selectedObservation.id); return true;
      case '+': case '=': this.timeline?.zoom(0.5); return true;
      case '-': this.timeline?.zoom(2); return true;
    }
    if (event.repeat) return false;
    const key = normalKey(event.key);
    const ref = [...assignKeys(this.store.codes, readStored(KEYS_STORE, {}))].find(([, value]) => value === key)?.[0];
    if (key === '' || ref === undefined) return false;
    const code = this.store.codes.find((one) => one.ref === ref) ?? null;
    if (code?.code.kind === 'rating') return false;
    this.add(code);
    return true;
  }

  private faster(): void {
    if (!this.conductor.playing) {
      this.conductor.setRate(1);
      this.conductor.play();
      return;
    }
    this.conductor.setRate(SPEEDS.find((one) => one > this.conductor.rate) ?? SPEEDS.at(-1)!);
  }

  private chooser(): TemplateResult | typeof nothing {
    if (!this.adding) return nothing;
    return html`<div class="add-codes" role="group" aria-label=${t().review.addHereTitle}>
      <p>${t().review.addHereTitle}</p>
      <div class="chips">
        ${this.store.codes.filter((one) => one.code.kind !== 'rating').map((one) => html`<button type="button" class="chip" data-add=${one.code.id} ${vars({ '--code-color': one.color })} @click=${() => this.add(one)}>
          ${shape(one.shape)}${words(one.code.short)}</button>`)}
        <button type="button" class="chip" data-add=${MOMENT_REF} @click=${() => this.add(null)}>${shape('moment')}${t().record.moment}</button>
      </div></div>`;
  }

  private clipTools(): TemplateResult {
    const texts = t().review;
    const { from, to } = this.mark;
    return html`<button type="button" data-test="add-observation" aria-expanded=${String(this.adding)} @click=${() => (this.adding = !this.adding)}>${icon('plus')}${texts.addHere}</button>
      <button type="button" data-test="mark-in" @click=${() => this.setMark('from')}>${from === null ? texts.setIn : texts.inAt(clockTime(from, 1))}</button>
      <button type="button" data-test="mark-out" @click=${() => this.setMark('to')}>${to === null ? texts.setOut : texts.outAt(clockTime(to, 1))}</button>
      <button type="button" data-test="clip-from-mark" ?disabled=${from === null || to === null} @click=${() => this.clipFromMark()}>${icon('scissors')}${texts.makeClip}</button>`;
  }

  private panel(): TemplateResult {
    const texts = t().review;
    const journal = this.store.journal;
    const selected = this.selection;
    const playhead = () => this.conductor.shownTime;
    const rates = ratingCodes(this.store.codes).length > 0;
    return html`<section class="review-panel" aria-label=${this.tab === 'clips' ? texts.clips : this.tab === 'ratings' ? t().tapping.rate : this.tab === 'comments' ? t().comments.title : t().observation.many}>
      <div class="panel-tabs">
        <button type="button" aria-pressed=${String(this.tab === 'observations')} @click=${() => (this.tab = 'observations')}>${t().observation.many} <span class="count">${number(journal.observations.length)}</span></button>
        <button type="button" aria-pressed=${String(this.tab === 'clips')} data-test="tab-clips" title=${texts.clips} @click=${() => (this.tab = 'clips')}>${rates ? html`${icon('scissors')}<span class="hidden-label">${texts.clips} </span>` : html`${texts.clips} `}<span class="count">${number(journal.clips.length)}</span></button>
        ${rates
          ? html`<button type="button" aria-pressed=${String(this.tab === 'ratings')} data-test="tab-ratings" title=${t().tapping.rate} @click=${() => (this.tab = 'ratings')}>${icon('star')}<span class="hidden-label">${t().tapping.rate} </span><span class="count">${number(journal.observations.filter((one) => one.kind === 'rating').length)}</span></button>`
          : nothing}
        <button type="button" aria-pressed=${String(this.tab === 'comments')} data-test="tab-comments" title=${t().comments.title} @click=${() => (this.tab = 'comments')}>${icon('speech')}<span class="hidden-label">${t().comments.title} </span><span class="count">${number(this.said.length)}</span></button>
        <span class="undo-pair"><button type="button" class="icon-only" data-test="undo" aria-label=${t().common.undo} title=${t().common.undo} ?disabled=${!journal.canUndo} @click=${() => this.store.undo()}>${icon('undo')}</button>
        <button type="button" class="icon-only" data-test="redo" aria-label=${t().common.redo} title=${t().common.redo} ?disabled=${!journal.canRedo} @click=${() => this.store.redo()}>${icon('redo')}</button></span>
      </div>
      ${this.tab === 'observations'
        ? html`<tb-observation-list .store=${this.store} .selected=${selected?.id ?? null} .editing=${this.editing} .frame=${this.conductor.frame} .playhead=${playhead}
            @choose=${(event: CustomEvent<string>) => this.select({ kind: 'observation', id: event.detail }, true)}
            @play-clip=${(event: CustomEvent<string>) => this.playClip({ kind: 'observation', id: event.detail })}
            @edit=${(event: CustomEvent<string>) => this.edit(event.detail)}
            @make-clip=${(event: CustomEvent<string>) => this.clipFromObservation(event.detail)}
            @drop=${(event: Event) => { if (event instanceof CustomEvent) this.drop({ kind: 'observation', id: event.detail as string }); }}></tb-observation-list>`
        : this.tab === 'clips' ? html`<tb-clip-list .store=${this.store} .tracks=${this.tracks} .selected=${selected?.id ?? null} .camera=${this.main} .sound=${this.mic} .frame=${this.conductor.frame} .playhead=${playhead}
            @choose=${(event: CustomEvent<string>) => this.select({ kind: 'clip', id: event.detail }, true)}
            @play-clip=${(event: CustomEvent<string>) => this.playClip({ kind: 'clip', id: event.detail })}
            @drop=${(event: Event) => { if (event instanceof CustomEvent) this.drop({ kind: 'clip', id: event.detail as string }); }}></tb-clip-list>` : nothing}
      ${this.tab === 'ratings'
        ? html`<tb-subject-chooser .store=${this.store} .value=${this.subject} @choose=${(event: CustomEvent<string | null>) => (this.subject = event.detail)}></tb-subject-chooser>
          <tb-rating-form .store=${this.store} .subject=${this.subject} .looks=${true} .selected=${selected?.id ?? null}
            @look=${(event: CustomEvent<Selection>) => this.select(event.detail, true)}></tb-rating-form>`
        : nothing}
      <tb-comments .visitId=${this.visitId} side="coach" ?hidden=${this.tab !== 'comments'} .within=${{ from: 0, to: this.conductor.end }} .playhead=${playhead}
        @look=${(event: CustomEvent<number>) => this.conductor.seek(event.detail)} @voice-plays=${() => this.conductor.pause()}
        @comments=${(event: CustomEvent<Comment[]>) => (this.said = event.detail)}></tb-comments>
    </section>`;
  }

  private keysHelp(): TemplateResult {
    return html`<details class="keys-help"><summary>${t().review.keysTitle}</summary>
      <dl>${t().review.keys.map(([key, what]) => html`<div><dt>${key}</dt><dd>${what}</dd></div>`)}</dl></details>`;
  }

  protected override render(): TemplateResult {
    const visit = this.store.visit;
    const texts = t().review;
    if (!visit) {
      return html`<main class="page" id="main">${this.store.error
        ? html`<div class="card problem" role="alert"><p>${errorText(this.store.error)}</p><a class="button" href="/">${t().nav.visits}</a></div>`
        : html`<p class="waiting">${t().common.loading}</p>`}</main>`;
    }
    if (visit.started_at === null) {
      return html`<main class="page" id="main"><h1>${visitTitle(visit)}</h1><section class="card"><h2>${texts.nothingYet}</h2><p>${texts.nothingYetHelp}</p>
        <div class="buttons"><a class="button" href=${paths.prepare(visit.id)}>${t().nav.prepare}</a><a class="button primary" href=${paths.record(visit.id)}>${t().nav.record}</a></div></section></main>`;
    }
    const tracks = this.tracks;
    return html`<main class="review-page dark" id="main">
      <div class="review-head">
        <h1>${visitTitle(visit)}</h1>
        ${visit.focus ? html`<p class="focus">${visit.focus}</p>` : nothing}
        ${visit.state === 'running' ? html`<a class="button small" href=${paths.record(visit.id)}>${texts.toBoard}</a>` : nothing}
        <a class="button small" data-test="to-share" href=${paths.share(visit.id)}>${icon('share')}${t().share.title}</a>
        <a class="button small" data-test="to-figures" href=${paths.figures(visit.id)}>${icon('chart')}${t().figures.title}</a>
        <a class="button small" data-test="to-observers" href=${paths.observers(visit.id)}>${icon('people')}${t().observers.title}</a>
        <button type="button" class="button small" data-test="export" @click=${() => this.querySelector('tb-export-dialog')?.show()}>${icon('download')}${t().exchange.export.button}</button>
        ${visit.state === 'ended' ? html`<a class="button small" data-test="to-moments" href=${paths.moments(visit.id)}>${icon('speech')}${t().moments.title}</a>` : nothing}
      </div>
      ${visit.state === 'running' ? html`<p class="small running-note">${texts.running}</p>` : nothing}
      ${tracks.length === 0 && visit.state === 'ended' ? html`<p class="small running-note">${texts.noMedia}</p>` : nothing}
      <div class="review-grid">
        <div class="review-stage">
          ${account.vault === 'locked' ? vaultPanel() : html`<tb-player data-test="player" .conductor=${this.conductor} .tracks=${tracks} .main=${this.main} .others=${this.otherCameras} .sound=${this.mic}
            .looping=${this.conductor.loop !== null} .live=${visit.state === 'running'} .language=${language()}
            @camera=${(event: CustomEvent<string>) => { this.main = event.detail; this.sideBySide = false; this.arrange(); }}
            @side-by-side=${() => { this.sideBySide = !this.sideBySide; this.arrange(); }}
            @mic=${(event: CustomEvent<string>) => { this.mic = event.detail; this.arrange(); }}
            @previous=${() => this.jump(-1)} @next=${() => this.jump(1)} @loop=${() => this.toggleLoop()}
            @live=${() => { this.conductor.seek(Math.max(0, this.store.duration - 4)); this.conductor.play(); }}></tb-player>`}
          <tb-timeline .visit=${this.visitId} .lanes=${this.lanes} .clips=${this.store.journal.clips}
            .tracks=${tracks} .end=${this.conductor.end} .frame=${this.conductor.frame} .selected=${this.selection} .mark=${this.mark} .pins=${this.said.map((one) => one.at)} .sound=${this.closed ? null : this.mic} .language=${language()}
            @seek=${(event: CustomEvent<number>) => this.conductor.seek(event.detail)}
            @drag-time=${(event: CustomEvent<number>) => this.conductor.seek(event.detail)}
            @select=${(event: Event) => { if (event instanceof CustomEvent) this.select(event.detail as Selection, false); }}
            @moved=${(event: CustomEvent<{ selection: Selection; from: number; to: number | null }>) => this.onMoved(event)}>
            <div class="clip-tools">${this.clipTools()}</div>
            <div slot="below">${this.chooser()}</div>
          </tb-timeline>
          <div class="review-more">${trackSettings(this.store, tracks)} ${this.keysHelp()}</div>
        </div>
        ${this.panel()}
      </div>
      <tb-export-dialog .visitId=${this.visitId}></tb-export-dialog>
    </main>`;
  }

  protected override updated(): void {
    // The lists draw from the store and the player from the conductor: one object each, whose contents changed.
    this.list?.requestUpdate();
    this.querySelector('tb-clip-list')?.requestUpdate();
    this.querySelector('tb-rating-form')?.requestUpdate();
    this.querySelector('tb-subject-chooser')?.requestUpdate();
    this.player?.requestUpdate();
  }
}
