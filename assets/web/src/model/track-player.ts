// Plays one track: a media element that is given the playlist of whichever segment covers the wanted time. Speaks in
// seconds on the visit's timeline; the segment's own clock stays inside.
import Hls from 'hls.js/light';
import { api } from './api';
import { fromMediaTime, segmentAt, toMediaTime } from './timeline-math';
import type { Segment, Track } from './types';

/** A frame begins a hair before the time it is stored under; without this a seek may show the one before. */
const SEEK_NUDGE = 0.001;
/** Past the last known end of a segment that still grows, the playlist may know more. */
const GROWING_SLACK = 8;
const LARGE_DRIFT = 0.1;
const SMALL_DRIFT = 0.03;
const MAX_CORRECTION = 0.06;

/** Signed out, may not, not (any more) for this person, the vault is locked. */
const REFUSALS = new Set([401, 403, 404, 423]);

/** Safari plays these playlists best by itself; elsewhere hls.js does, also while the recording still grows. */
const native = /apple/i.test(navigator.vendor) && document.createElement('video').canPlayType('application/vnd.apple.mpegurl') !== '';

export class TrackPlayer extends EventTarget {
  readonly element: HTMLMediaElement;
  failed = false;
  /** media time of the frame on the screen; null for sound, or when the browser does not tell */
  shown: number | null = null;
  readonly frameTimes: number[] = [];
  private hls: Hls | null = null;
  private segment: Segment | null = null;
  private pendingSeek: number | null = null;
  private tries = 0;
  private retry: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly visit: string,
    public track: Track,
  ) {
    super();
    const element = document.createElement(track.kind === 'video' ? 'video' : 'audio');
    element.preload = 'auto';
    if (element instanceof HTMLVideoElement) {
      element.muted = true; // sound has its own track
      element.playsInline = true;
      element.disablePictureInPicture = true;
      element.tabIndex = -1;
      this.watchFrames(element);
    }
    element.addEventListener('seeked', () => this.seekAgain());
    element.addEventListener('loadeddata', () => this.seekAgain());
    this.element = element;
  }

  private watchFrames(video: HTMLVideoElement): void {
    if (!('requestVideoFrameCallback' in video)) return;
    const next = (_now: number, frame: VideoFrameCallbackMetadata) => {
      this.shown = frame.mediaTime;
      this.frameTimes.push(frame.mediaTime);
      if (this.frameTimes.length > 90) this.frameTimes.shift();
      this.dispatchEvent(new Event('frame'));
      video.requestVideoFrameCallback(next);
    };
    video.requestVideoFrameCallback(next);
  }

  private find(time: number): Segment | undefined {
    const found = segmentAt(this.track, time);
    if (found) return found;
    const last = this.track.segments.at(-1);
    if (!last || last.ended) return undefined;
    const at = toMediaTime(this.track, last, time);
    return at >= 0 && at < last.duration + GROWING_SLACK ? last : undefined;
  }

  /** True when this track has something at that time. */
  has(time: number): boolean {
    return this.find(time) !== undefined;
  }

  /** True when the segment of that time is the one that is loaded. */
  covers(time: number): boolean {
    return this.segment !== null && this.find(time)?.number === this.segment.number;
  }

  /** Where the element is, on the timeline; null when nothing is loaded. */
  get time(): number | null {
    if (!this.segment || this.element.readyState < 1) return null;
    return fromMediaTime(this.track, this.segment, this.pendingSeek ?? this.element.currentTime);
  }

  /** The frame on the screen, on the timeline. */
  get shownTime(): number | null {
    return this.segment && this.shown !== null ? fromMediaTime(this.track, this.segment, this.shown) : null;
  }

  get ready(): boolean {
    return this.segment !== null && this.pendingSeek === null && !this.element.seeking && this.element.readyState >= 3;
  }

  /** On its way to another place: what is on the screen is not what was asked for. */
  get seeking(): boolean {
    return this.pendingSeek !== null || this.element.seeking;
  }

  get ended(): boolean {
    return this.element.ended;
  }

  /** Goes to a time; false (and silent) where this track has nothing. */
  seek(time: number): boolean {
    const segment = this.find(time);
    if (!segment) {
      this.element.pause();
      return false;
    }
    const wanted = Math.max(0, toMediaTime(this.track, segment, time)) + SEEK_NUDGE;
    if (segment.number !== this.segment?.number) this.load(segment, wanted);
    else this.seekMedia(wanted);
    return true;
  }

  /** Goes to a time of the element itself; the newest wish wins while an earlier seek is under way. */
  seekMedia(mediaTime: number): void {
    if (this.element.readyState < 1 || this.element.seeking) {
      this.pendingSeek = mediaTime;
      return;
    }
    this.pendingSeek = null;
    this.element.currentTime = mediaTime;
  }

  private seekAgain(): void {
    const wanted = this.pendingSeek;
    if (wanted === null) return;
    this.pendingSeek = null;
    if (Math.abs(this.element.currentTime - wanted) > 0.0005) this.element.currentTime = wanted;
  }

  /** Keeps this element with the leading time: little differences by speed, large ones by a seek. */
  follow(time: number, playing: boolean, rate: number): void {
    const here = this.time;
    if (!this.has(time)) {
      this.element.pause();
      return;
    }
    const other = this.find(time)?.number !== this.segment?.number;
    if (other || here === null) {
      if (other) this.seek(time);
    } else if (this.pendingSeek === null && !this.element.seeking) {
      const drift = time - here;
      if (Math.abs(drift) > (playing ? LARGE_DRIFT * Math.max(1, rate) : SMALL_DRIFT)) this.seek(time);
      else if (playing) this.setRate(Math.abs(drift) < SMALL_DRIFT ? rate : rate * (1 + clamp(drift, MAX_CORRECTION)));
    }
    this.setPlaying(playing);
  }

  setRate(rate: number): void {
    if (Math.abs(this.element.playbackRate - rate) > 0.001) this.element.playbackRate = rate;
  }

  setPlaying(playing: boolean): void {
    if (playing && this.element.paused && !this.element.ended) {
      this.element.play().catch((error: unknown) => {
        if ((error as DOMException).name === 'NotAllowedError') this.dispatchEvent(new Event('blocked'));
      });
    } else if (!playing && !this.element.paused) this.element.pause();
  }

  private load(segment: Segment, at: number): void {
    this.unload();
    this.segment = segment;
    this.failed = false;
    this.pendingSeek = at;
    const address = api.playlist(this.visit, this.track.id, segment.number);
    if (native || !Hls.isSupported()) {
      this.element.src = address;
      // The browser's own player does not say why; whoever listens can ask the server.
      this.element.onerror = () => this.dispatchEvent(new CustomEvent('refused', { detail: 0 }));
      return;
    }
    const hls = new Hls({
      startPosition: at,
      enableWorker: false, // fragmented MP4 needs no repacking
      maxBufferLength: 20,
      maxMaxBufferLength: 60,
      backBufferLength: 60,
      liveDurationInfinity: false,
      maxLiveSyncPlaybackRate: 1,
    });
    this.hls = hls;
    hls.on(Hls.Events.ERROR, (_event, data) => {
      const status = data.response?.code ?? 0;
      if (this.hls === hls && REFUSALS.has(status)) this.dispatchEvent(new CustomEvent('refused', { detail: status }));
      if (!data.fatal || this.hls !== hls) return;
      if (data.type === Hls.ErrorTypes.MEDIA_ERROR && this.tries++ < 2) {
        hls.recoverMediaError();
        return;
      }
      this.failed = true;
      this.dispatchEvent(new Event('failed'));
      // A recording that has only just begun has no first fragment yet; a server may be restarting.
      const where = this.time ?? fromMediaTime(this.track, segment, at);
      this.retry = setTimeout(() => {
        this.segment = null;
        this.seek(where);
      }, Math.min(1000 * 2 ** this.tries++, 8000));
    });
    hls.on(Hls.Events.FRAG_BUFFERED, () => {
      this.tries = 0;
      if (this.failed) this.dispatchEvent(new Event('failed'));
      this.failed = false;
    });
    hls.loadSource(address);
    hls.attachMedia(this.element);
  }

  private unload(): void {
    if (this.retry) clearTimeout(this.retry);
    this.retry = null;
    this.hls?.destroy();
    this.hls = null;
    this.segment = null;
    this.shown = null;
    this.frameTimes.length = 0;
    this.element.removeAttribute('src');
  }

  destroy(): void {
    this.element.pause();
    this.unload();
    this.element.load(); // lets go of what it holds
    this.element.remove();
  }
}

function clamp(value: number, limit: number): number {
  return Math.min(limit, Math.max(-limit, value));
}
