// Keeps all cameras and the sound of a visit on one timeline. The main camera leads while it has a picture, otherwise
// the sound, otherwise (in a gap, or when nothing was recorded) a clock; the others follow.
import { delayOf, frameDuration, segmentStart } from './timeline-math';
import { TrackPlayer } from './track-player';
import type { Track } from './types';

export interface Layout {
  main: string | null;
  others: string[];
  sound: string | null;
}

export interface Loop {
  from: number;
  to: number;
}

const FRAME_WAIT_MS = 600;

export class Conductor extends EventTarget {
  time = 0;
  playing = false;
  waiting = false;
  rate = 1;
  loop: Loop | null = null;
  end = 0;
  /** nothing outside this is played */
  range: Loop | null = null;
  /** the recording still grows: at the end we wait instead of stopping */
  growing = false;
  blocked = false;
  private readonly players = new Map<string, TrackPlayer>();
  private layout: Layout = { main: null, others: [], sound: null };
  private frameRequest = 0;
  private lastTick = 0;
  private stepping = false;
  private placed = false;

  constructor(private readonly visit: string) {
    super();
  }

  private changed(name = 'change'): void {
    this.dispatchEvent(new Event(name));
  }

  /** New facts about tracks (a segment grew, a delay was changed) and which of them are wanted. */
  setTracks(tracks: Track[], layout: Layout): void {
    const wanted = new Set([layout.main, ...layout.others, layout.sound].filter((id) => id !== null));
    for (const [id, player] of this.players) {
      if (wanted.has(id)) continue;
      player.destroy();
      this.players.delete(id);
    }
    let fresh = false;
    for (const track of tracks) {
      if (!wanted.has(track.id)) continue;
      const known = this.players.get(track.id);
      if (known) {
        if (delayOf(known.track) !== delayOf(track)) fresh = true;
        known.track = track;
        continue;
      }
      const player = new TrackPlayer(this.visit, track);
      player.addEventListener('frame', () => this.onFrame(player));
      player.addEventListener('failed', () => this.changed());
      player.addEventListener('refused', (event) => {
        this.dispatchEvent(new CustomEvent('refused', { detail: (event as CustomEvent<number>).detail }));
      });
      player.addEventListener('blocked', () => {
        this.blocked = true;
        this.pause();
      });
      this.players.set(track.id, player);
      fresh = true;
    }
    this.layout = layout;
    this.placeAtFirstPicture();
    if (fresh) this.seek(this.time);
    this.changed();
  }

  /** The camera starts a moment after the lesson: who opens the page sees its first picture, not the dark before it. */
  private placeAtFirstPicture(): void {
    const track = this.main?.track;
    const first = track?.segments.find((segment) => segment.duration > 0);
    if (this.placed || !track || !first) return;
    this.placed = true;
    const start = segmentStart(track, first);
    if (this.time === 0 && start > 0 && !this.range) this.time = start + 0.001;
  }

  player(id: string | null): TrackPlayer | undefined {
    return id === null ? undefined : this.players.get(id);
  }

  get main(): TrackPlayer | undefined {
    return this.player(this.layout.main);
  }

  get sound(): TrackPlayer | undefined {
    return this.player(this.layout.sound);
  }

  private onFrame(player: TrackPlayer): void {
    if (player === this.main) this.changed('time');
  }

  /** The time of the frame that is on the screen, or of the playhead where there is none. */
  get shownTime(): number {
    const main = this.main;
    return (main?.has(this.time) ? main.shownTime : null) ?? this.time;
  }

  get frame(): number {
    return frameDuration(this.main?.frameTimes ?? []);
  }

  private leader(): TrackPlayer | undefined {
    if (this.main?.has(this.time) && !this.main.failed) return this.main;
    return this.sound?.has(this.time) && !this.sound.failed ? this.sound : undefined;
  }

  play(): void {
    if (this.playing) return;
    if (this.time >= this.last - 0.05 && !this.growing) this.seek(this.first);
    this.playing = true;
    this.blocked = false;
    this.lastTick = performance.now();
    this.frameRequest = requestAnimationFrame(this.tick);
    this.changed();
  }

  pause(): void {
    if (!this.playing) return;
    this.playing = false;
    this.waiting = false;
    cancelAnimationFrame(this.frameRequest);
    for (const player of this.players.values()) {
      player.setPlaying(false);
      player.setRate(this.rate);
    }
    // The followers may be a little off; paused, everything shows the same instant.
    for (const player of this.players.values()) if (player !== this.leader()) player.seek(this.time);
    this.changed();
  }

  toggle(): void {
    if (this.playing) this.pause();
    else this.play();
  }

  setRate(rate: number): void {
    this.rate = rate;
    for (const player of this.players.values()) player.setRate(rate);
    this.changed();
  }

  private get first(): number {
    return this.range?.from ?? 0;
  }

  private get last(): number {
    return Math.min(this.range?.to ?? Infinity, this.end);
  }

  setRange(range: Loop | null): void {
    this.range = range;
    if (range && (this.time < range.from || this.time > range.to)) this.seek(range.from);
    this.changed();
  }

  /** Takes every picture and all sound away at once, also what the browser holds in store. The time stays. */
  cut(): void {
    this.pause();
    this.destroy();
    this.changed();
  }

  seek(time: number): void {
    this.time = Math.min(Math.max(this.first, time), this.growing ? Infinity : this.last);
    for (const player of this.players.values()) player.seek(this.time);
    this.changed('time');
  }

  private readonly tick = (now: number): void => {
    if (!this.playing) return;
    const passed = Math.min(0.25, (now - this.lastTick) / 1000);
    this.lastTick = now;
    const leader = this.leader();
    const before = this.waiting;
    if (!leader) {
      this.waiting = false;
      this.time += passed * this.rate;
    } else if (!leader.covers(this.time)) {
      leader.seek(this.time); // the next segment begins here
      this.waiting = true;
    } else if (leader.ended) {
      // The end of a segment: step over it, into the next one or the gap.
      this.waiting = false;
      this.time = Math.max(this.time, leader.time ?? this.time) + passed * this.rate;
    } else if (leader.ready) {
      this.waiting = false;
      this.time = leader.time ?? this.time;
    } else {
      this.waiting = true;
    }
    if (this.loop && this.time >= this.loop.to) {
      this.seek(this.loop.from);
    } else if (this.time >= this.last && !this.growing) {
      this.time = this.last;
      this.pause();
      this.changed('time');
      return;
    }
    for (const player of this.players.values()) {
      if (player !== leader) {
        player.follow(this.time, !this.waiting, this.rate);
        continue;
      }
      player.setRate(this.rate);
      if (leader.time === null) player.seek(this.time);
      player.setPlaying(true);
    }
    if (before !== this.waiting) this.changed();
    this.changed('time');
    this.frameRequest = requestAnimationFrame(this.tick);
  };

  /** One frame on or back: seeks to the middle of that frame and looks which frame came. */
  async step(direction: 1 | -1): Promise<void> {
    this.pause();
    if (this.stepping) return;
    const main = this.main;
    if (!main?.has(this.time) || main.shown === null) {
      this.seek(this.time + direction * this.frame);
      return;
    }
    this.stepping = true;
    try {
      const from = main.shown;
      const length = this.frame;
      for (let tries = 0; tries < 4; tries++) {
        const target = direction > 0 ? from + (1.5 + tries) * length : from - (0.5 + tries) * length;
        if (target < 0) return;
        const arrived = nextEvent(main, 'frame', FRAME_WAIT_MS);
        main.seekMedia(target);
        await arrived;
        if (direction > 0 ? main.shown > from + 1e-4 : main.shown < from - 1e-4) break;
      }
      this.time = main.shownTime ?? this.time;
      for (const player of this.players.values()) if (player !== main) player.seek(this.time);
      this.changed('time');
    } finally {
      this.stepping = false;
    }
  }

  destroy(): void {
    cancelAnimationFrame(this.frameRequest);
    this.playing = false;
    for (const player of this.players.values()) player.destroy();
    this.players.clear();
  }
}

function nextEvent(target: EventTarget, name: string, timeout: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, timeout);
    target.addEventListener(name, () => { clearTimeout(timer); resolve(); }, { once: true });
  });
}
