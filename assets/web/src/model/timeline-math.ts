// Where things are on the timeline and on the screen. Pure. All times are seconds on the visit's timeline.
import type { Segment, Track } from './types';

type Delayed = Pick<Track, 'delay' | 'delay_estimate'>;

/** The camera's own delay: what somebody set, else (set to 0) what was measured. */
export function delayOf(track: Delayed): number {
  return track.delay !== 0 ? track.delay : track.delay_estimate ?? 0;
}

/** Where a segment begins on the timeline, the camera's own delay taken into account. */
export function segmentStart(track: Delayed, segment: Pick<Segment, 'start'>): number {
  return segment.start - delayOf(track);
}

export function segmentAt(track: Delayed & Pick<Track, 'segments'>, time: number): Segment | undefined {
  return track.segments.find((one) => {
    const from = segmentStart(track, one);
    return time >= from && time < from + one.duration;
  });
}

/** The place in a segment's own playlist of a time on the timeline, and back. */
export function toMediaTime(track: Delayed, segment: Pick<Segment, 'start'>, time: number): number {
  return time - segmentStart(track, segment);
}

export function fromMediaTime(track: Delayed, segment: Pick<Segment, 'start'>, mediaTime: number): number {
  return mediaTime + segmentStart(track, segment);
}

/** The end of what was recorded or observed. */
export function timelineEnd(duration: number, tracks: (Delayed & Pick<Track, 'segments'>)[], times: number[]): number {
  let end = duration;
  for (const track of tracks) {
    for (const one of track.segments) end = Math.max(end, segmentStart(track, one) + one.duration);
  }
  for (const time of times) end = Math.max(end, time);
  return Math.max(end, 1);
}

/** The duration of a frame from the media times of frames that were shown, or `otherwise` when too few are known. */
export function frameDuration(mediaTimes: number[], otherwise = 1 / 25): number {
  const sorted = [...mediaTimes].sort((a, b) => a - b);
  const steps: number[] = [];
  for (let i = 1; i < sorted.length; i++) {
    const step = sorted[i]! - sorted[i - 1]!;
    if (step > 0.004 && step < 0.25) steps.push(step);
  }
  if (steps.length < 3) return otherwise;
  steps.sort((a, b) => a - b);
  // Frames may have been skipped while playing fast: the lower middle is nearer to one frame than the mean.
  return steps[Math.floor((steps.length - 1) / 3)]!;
}

/** Part of the timeline that is in view. */
export interface View {
  from: number;
  to: number;
}

export const SHORTEST_VIEW = 2;

export function clampView(view: View, end: number): View {
  const length = Math.min(Math.max(view.to - view.from, Math.min(SHORTEST_VIEW, end)), end);
  const from = Math.min(Math.max(0, view.from), end - length);
  return { from, to: from + length };
}

/** Zooms by a factor (< 1 is closer) and keeps `anchor` where it is on the screen. */
export function zoomView(view: View, factor: number, anchor: number, end: number): View {
  const length = Math.min(Math.max((view.to - view.from) * factor, Math.min(SHORTEST_VIEW, end)), end);
  const share = (anchor - view.from) / (view.to - view.from || 1);
  return clampView({ from: anchor - share * length, to: anchor + (1 - share) * length }, end);
}

export function panView(view: View, by: number, end: number): View {
  return clampView({ from: view.from + by, to: view.to + by }, end);
}

/** Moves the view just enough to see a time, with some room around it. */
export function showTime(view: View, time: number, end: number): View {
  const length = view.to - view.from;
  if (time >= view.from && time <= view.to) return view;
  const from = time < view.from ? time - length * 0.2 : time - length * 0.1;
  return clampView({ from, to: from + length }, end);
}

export function timeToX(time: number, view: View, width: number): number {
  return ((time - view.from) / (view.to - view.from)) * width;
}

export function xToTime(x: number, view: View, width: number): number {
  return view.from + (x / width) * (view.to - view.from);
}

const STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];

/** Distance between the marks of the ruler so that their labels do not touch. */
export function rulerStep(view: View, width: number, labelWidth = 70): number {
  const least = ((view.to - view.from) / width) * labelWidth;
  return STEPS.find((step) => step >= least) ?? 3600;
}
