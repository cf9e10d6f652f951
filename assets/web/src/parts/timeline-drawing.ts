// Draws the time line on a canvas: ruler, what was recorded, the sound wave, a lane per code, the clips, the playhead.
import { t, words } from '../i18n';
import { clockTime } from '../model/format';
import { MOMENT_REF, codeRef, type BoardCode, type Shape } from '../model/instruments';
import { apart, inView, indexLane, type LaneIndex } from '../model/lane-index';
import { laneGroups } from '../model/lanes';
import { rulerStep, segmentStart, timeToX, type View } from '../model/timeline-math';
import type { Clip, Observation, Peaks, Track } from '../model/types';

export const RULER = 28;
export const MEDIA = 10;
export const WAVE = 38;
export const LANE = 25;
export const CLIPS = 34;
export const MOMENT_COLOR = '#b9ac9b';

export interface Lane {
  ref: string;
  title: string;
  color: string;
  shape: Shape | 'moment';
  observations: Observation[];
  /** of a lane that several codes share: the code of each by its id */
  codes?: Map<string, { title: string; color: string }>;
}

export interface Scene {
  view: View;
  end: number;
  time: number;
  lanes: Lane[];
  clips: Clip[];
  tracks: Track[];
  peaks: Peaks | null;
  selected: { kind: 'observation' | 'clip'; id: string } | null;
  mark: { from: number | null; to: number | null };
  /** where something was said about it */
  pins: number[];
  gutter: number;
}

/** One lane for each code that was seen, in the order of the board; codes of which only one is true at a time share
 *  one. Ratings are about the whole lesson and have no place here. */
export function makeLanes(codes: BoardCode[], observations: Observation[]): Lane[] {
  const lanes = laneGroups(codes, observations).map(({ title, codes: own, observations: found }): Lane => {
    const first = own[0]!;
    if (own.length === 1) return { ref: first.ref, title: words(first.code.short), color: first.color, shape: first.shape, observations: found };
    const each = new Map(own.map((one) => [one.code.id, { title: words(one.code.short), color: one.color }]));
    return { ref: first.ref, title: words(title), color: first.color, shape: first.shape, observations: found, codes: each };
  });
  const known = new Set(codes.map((one) => one.ref));
  const rest = new Map<string, Observation[]>();
  for (const one of observations) {
    const ref = codeRef(one.instrument, one.code);
    if (known.has(ref) || one.kind === 'rating') continue;
    const found = rest.get(ref);
    if (found) found.push(one);
    else rest.set(ref, [one]);
  }
  for (const [ref, found] of rest) {
    const title = ref === MOMENT_REF ? t().record.moment : (found[0]?.code ?? '');
    lanes.push({ ref, title, color: MOMENT_COLOR, shape: 'moment', observations: found });
  }
  return lanes;
}

export function mediaHeight(tracks: Track[]): number {
  return tracks.length === 0 ? 0 : tracks.length * MEDIA + 6;
}

export function lanesTop(scene: Pick<Scene, 'tracks'>): number {
  const sound = scene.tracks.some((one) => one.kind === 'audio');
  return RULER + mediaHeight(scene.tracks) + (sound ? WAVE + 6 : 0);
}

export function sceneHeight(scene: Pick<Scene, 'tracks' | 'lanes' | 'clips'>): number {
  return lanesTop(scene) + scene.lanes.length * LANE + (scene.clips.length > 0 ? CLIPS : 0) + 6;
}

const lightened = new Map<string, string>();

/** Colours of the kijkwijzers are chosen for paper; on the dark ground the darkest are lightened. */
export function onDark(color: string): string {
  const known = lightened.get(color);
  if (known !== undefined) return known;
  const value = parseInt(color.slice(1), 16);
  const parts = [value >> 16, (value >> 8) & 255, value & 255];
  const light = (0.2126 * parts[0]! + 0.7152 * parts[1]! + 0.0722 * parts[2]!) / 255;
  const mix = Math.max(0, 0.5 - light) * 0.8;
  const lighter = `rgb(${parts.map((part) => Math.round(part + (255 - part) * mix)).join(',')})`;
  lightened.set(color, lighter);
  return lighter;
}

export function drawShape(draw: CanvasRenderingContext2D, shape: Shape | 'moment', x: number, y: number, r: number): void {
  draw.beginPath();
  switch (shape) {
    case 'circle':
      draw.arc(x, y, r, 0, Math.PI * 2);
      break;
    case 'square':
      draw.rect(x - r * 0.88, y - r * 0.88, r * 1.76, r * 1.76);
      break;
    case 'moment':
      polygon(draw, [[-0.7, -1], [0.7, -1], [0.7, 1], [0, 0.45], [-0.7, 1]], x, y, r);
      break;
    case 'triangle':
      polygon(draw, [[0, -1.1], [1.05, 0.85], [-1.05, 0.85]], x, y, r);
      break;
    case 'diamond':
      polygon(draw, [[0, -1.15], [1.15, 0], [0, 1.15], [-1.15, 0]], x, y, r);
      break;
    case 'hexagon':
      polygon(draw, [[-0.5, -0.95], [0.5, -0.95], [1.05, 0], [0.5, 0.95], [-0.5, 0.95], [-1.05, 0]], x, y, r);
      break;
    case 'star': {
      const points = Array.from({ length: 10 }, (_, i): [number, number] => {
        const length = i % 2 === 0 ? 1.2 : 0.5;
        return [Math.sin((i * Math.PI) / 5) * length, -Math.cos((i * Math.PI) / 5) * length];
      });
      polygon(draw, points, x, y, r);
    }
  }
  draw.closePath();
}

function polygon(draw: CanvasRenderingContext2D, points: [number, number][], x: number, y: number, r: number): void {
  points.forEach(([dx, dy], i) => (i === 0 ? draw.moveTo(x + dx * r, y + dy * r) : draw.lineTo(x + dx * r, y + dy * r)));
}

/** Everything but the playhead. */
export function drawScene(draw: CanvasRenderingContext2D, scene: Scene, width: number, height: number): void {
  const inner = width - scene.gutter;
  const x = (time: number) => scene.gutter + timeToX(time, scene.view, inner);
  draw.clearRect(0, 0, width, height);
  draw.fillStyle = '#191714';
  draw.fillRect(0, 0, width, height);
  draw.save();
  draw.beginPath();
  draw.rect(scene.gutter, 0, inner, height);
  draw.clip();
  drawRuler(draw, scene, x, inner, height);
  drawPins(draw, scene, x);
  drawMark(draw, scene, x, height);
  drawMedia(draw, scene, x);
  drawWave(draw, scene, x);
  drawLanes(draw, scene, x, width);
  drawClips(draw, scene, x);
  draw.restore();
  drawLabels(draw, scene);
}

export function drawHead(draw: CanvasRenderingContext2D, scene: Scene, width: number, height: number): void {
  const head = scene.gutter + timeToX(scene.time, scene.view, width - scene.gutter);
  if (head >= scene.gutter - 1 && head <= width + 1) {
    draw.fillStyle = '#ffffff';
    draw.fillRect(head - 1, 0, 2, height);
    draw.beginPath();
    draw.moveTo(head - 7, 0);
    draw.lineTo(head + 7, 0);
    draw.lineTo(head, 10);
    draw.fill();
  }
}

function drawRuler(draw: CanvasRenderingContext2D, scene: Scene, x: (time: number) => number, inner: number, height: number): void {
  const step = rulerStep(scene.view, inner);
  draw.font = '12px system-ui, sans-serif';
  draw.textBaseline = 'middle';
  draw.textAlign = 'left';
  for (let i = Math.max(0, Math.floor(scene.view.from / step)); i * step <= scene.view.to; i++) {
    const at = x(i * step);
    draw.fillStyle = '#302a25';
    draw.fillRect(at, RULER - 6, 1, height);
    draw.fillStyle = '#c0b5a7';
    draw.fillText(clockTime(i * step, step < 1 ? 1 : 0), at + 4, RULER / 2 - 1);
  }
}

/** A small balloon on the lower edge of the ruler. */
function drawPins(draw: CanvasRenderingContext2D, scene: Scene, x: (time: number) => number): void {
  draw.fillStyle = '#7cc4c8';
  for (const pin of scene.pins) {
    const at = x(pin);
    draw.beginPath();
    draw.roundRect(at - 6, RULER - 13, 12, 8, 2);
    draw.moveTo(at - 3, RULER - 5);
    draw.lineTo(at + 3, RULER - 5);
    draw.lineTo(at, RULER);
    draw.fill();
  }
}

function drawMark(draw: CanvasRenderingContext2D, scene: Scene, x: (time: number) => number, height: number): void {
  const { from, to } = scene.mark;
  draw.fillStyle = '#e69f00';
  if (from !== null && to !== null) {
    draw.globalAlpha = 0.18;
    draw.fillRect(x(from), 0, x(to) - x(from), height);
    draw.globalAlpha = 1;
  }
  for (const edge of [from, to]) if (edge !== null) draw.fillRect(x(edge) - 1, 0, 2, height);
}

function drawMedia(draw: CanvasRenderingContext2D, scene: Scene, x: (time: number) => number): void {
  scene.tracks.forEach((track, i) => {
    draw.fillStyle = track.kind === 'video' ? '#8d8173' : '#5c6d6f';
    for (const segment of track.segments) {
      const from = x(segmentStart(track, segment));
      draw.fillRect(from, RULER + 2 + i * MEDIA, Math.max(2, x(segmentStart(track, segment) + segment.duration) - from), MEDIA - 4);
    }
  });
}

function drawWave(draw: CanvasRenderingContext2D, scene: Scene, x: (time: number) => number): void {
  const peaks = scene.peaks;
  if (!peaks || peaks.max.length === 0) return;
  const middle = RULER + mediaHeight(scene.tracks) + WAVE / 2;
  const step = (peaks.to - peaks.from) / peaks.max.length;
  const wide = Math.max(1, x(step) - x(0));
  draw.fillStyle = '#6fa8a3';
  peaks.max.forEach((max, i) => {
    const min = peaks.min[i];
    const time = peaks.from + i * step;
    if (max === null || min === null || min === undefined || time + step < scene.view.from || time > scene.view.to) return;
    // The square root: a quiet voice must be seen beside a loud one.
    const up = Math.sqrt(Math.max(0, max)) * (WAVE / 2);
    const down = Math.sqrt(Math.max(0, -min)) * (WAVE / 2);
    draw.fillRect(x(time), middle - up, wide, Math.max(1, up + down));
  });
}

function drawLanes(draw: CanvasRenderingContext2D, scene: Scene, x: (time: number) => number, width: number): void {
  const top = lanesTop(scene);
  scene.lanes.forEach((lane, i) => {
    const y = top + i * LANE;
    if (i % 2 === 0) {
      draw.fillStyle = 'rgb(255 255 255 / 3.5%)';
      draw.fillRect(0, y, width, LANE);
    }
    const selected = scene.selected?.kind === 'observation' ? scene.selected.id : '';
    for (const one of shownOf(scene, lane, width - scene.gutter)) if (one.id !== selected) drawObservation(draw, scene, lane, one, y + LANE / 2, colorIn(lane, one), x);
    const one = selected === '' ? undefined : lane.observations.find((each) => each.id === selected);
    if (one) drawObservation(draw, scene, lane, one, y + LANE / 2, colorIn(lane, one), x);
  });
}

function colorIn(lane: Lane, one: Observation): string {
  return onDark(lane.codes?.get(one.code ?? '')?.color ?? lane.color);
}

const indexes = new WeakMap<Observation[], LaneIndex<Observation>>();
/** Marks this close lie on top of each other: one of them is as good as both. */
const TOGETHER = 3;

function indexOf(lane: Lane): LaneIndex<Observation> {
  let index = indexes.get(lane.observations);
  if (!index) indexes.set(lane.observations, (index = indexLane(lane.observations)));
  return index;
}

/** What of a lane is drawn: what is in view, and of what cannot be told apart one. */
function shownOf(scene: Scene, lane: Lane, inner: number): Observation[] {
  const { from, to } = scene.view;
  const perPixel = (to - from) / inner;
  const room = 12 * perPixel; // a mark is wider than the moment it stands for
  const found = inView(indexOf(lane), { from: from - room, to: to + room });
  const look = (one: Observation) => (one.open || one.closed_by === 'end' ? 'frayed' : lane.codes ? (one.code ?? '') : one.kind);
  const points = found.length > 0 && found[0]!.kind === 'point';
  return apart(found, perPixel * (points ? TOGETHER : 1), look);
}

const sprites = new Map<string, CanvasImageSource>();
const SPRITE = 22;

/** A mark as a picture: hundreds of them are put down sooner than drawn. */
function sprite(shape: Shape | 'moment', color: string, ratio: number): CanvasImageSource {
  const name = `${shape} ${color} ${ratio}`;
  const known = sprites.get(name);
  if (known) return known;
  if (sprites.size > 200) sprites.clear(); // the page was zoomed many times
  const size = Math.ceil(SPRITE * ratio);
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = size;
  const draw = canvas.getContext('2d')!;
  draw.scale(ratio, ratio);
  draw.fillStyle = color;
  drawShape(draw, shape, SPRITE / 2, SPRITE / 2, 8);
  draw.fill();
  sprites.set(name, canvas);
  // A bitmap is put down sooner than a canvas; until it is there, the canvas does.
  void createImageBitmap(canvas).then((bitmap) => sprites.set(name, bitmap), () => undefined);
  return canvas;
}

function putMark(draw: CanvasRenderingContext2D, shape: Shape | 'moment', color: string, x: number, y: number): void {
  const ratio = devicePixelRatio || 1;
  const picture = sprite(shape, color, ratio);
  if (ratio === 1) {
    draw.drawImage(picture, Math.round(x - SPRITE / 2), Math.round(y - SPRITE / 2));
    return;
  }
  // On whole pixels of the screen, where it stays as sharp as it was drawn.
  const [left, top] = [Math.round((x - SPRITE / 2) * ratio) / ratio, Math.round((y - SPRITE / 2) * ratio) / ratio];
  draw.drawImage(picture, left, top, Math.ceil(SPRITE * ratio) / ratio, Math.ceil(SPRITE * ratio) / ratio);
}

function drawObservation(draw: CanvasRenderingContext2D, scene: Scene, lane: Lane, one: Observation, y: number, color: string, x: (time: number) => number): void {
  const selected = scene.selected?.kind === 'observation' && scene.selected.id === one.id;
  const at = x(one.at);
  if (selected) {
    draw.globalAlpha = 0.3;
    draw.fillStyle = color;
    draw.fillRect(x(one.clip.from), y - LANE / 2 + 2, x(one.clip.to) - x(one.clip.from), LANE - 4);
    draw.globalAlpha = 1;
  }
  draw.fillStyle = color;
  if (one.kind === 'state') {
    const until = x(one.until ?? scene.end);
    draw.globalAlpha = selected ? 1 : 0.8;
    // Those that share a lane follow each other without a gap: a line of the ground keeps them apart.
    draw.fillRect(at, y - 7, Math.max(4, until - at - (lane.codes ? 1.5 : 0)), 14);
    draw.globalAlpha = 1;
    const name = lane.codes?.get(one.code ?? '')?.title;
    if (name !== undefined) drawName(draw, name, Math.max(at, scene.gutter) + 5, y, until - 4, color);
    if (one.until === null || one.closed_by === 'end') {
      // Open, or only closed because the lesson ended: a frayed edge.
      draw.fillStyle = '#191714';
      for (let k = 0; k < 3; k++) draw.fillRect(until - 4 - k * 6, y - 7, 3, 14);
    }
  } else if (one.kind === 'interval') {
    drawCell(draw, at, x(one.until ?? one.at) - at, y, selected);
    return;
  } else if (!selected) {
    putMark(draw, lane.shape, color, at, y);
  } else {
    drawShape(draw, lane.shape, at, y, 10);
    draw.fill();
  }
  if (selected) {
    draw.strokeStyle = '#ffffff';
    draw.lineWidth = 2;
    if (one.kind === 'state') draw.strokeRect(at, y - 8, Math.max(4, x(one.until ?? scene.end) - at), 16);
    else draw.stroke();
  }
}

/** What was answered about an interval: a cell of a grid. One about a single moment is narrow. */
function drawCell(draw: CanvasRenderingContext2D, at: number, wide: number, y: number, selected: boolean): void {
  const width = Math.max(wide > 4 ? wide - 1.5 : wide, wide > 0 ? 1.5 : 7);
  const from = wide > 0 ? at : at - width / 2;
  draw.fillRect(from, y - 9, width, 18);
  if (!selected) return;
  draw.strokeStyle = '#ffffff';
  draw.lineWidth = 2;
  draw.strokeRect(from, y - 10, Math.max(4, width), 20);
}

/** The name of a state in its bar, as far as it fits. */
function drawName(draw: CanvasRenderingContext2D, name: string, from: number, y: number, to: number, ground: string): void {
  if (to - from < 24) return;
  const [red = 0, green = 0, blue = 0] = (ground.match(/\d+/g) ?? []).map(Number);
  const light = (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
  draw.save();
  draw.beginPath();
  draw.rect(from, y - 8, to - from, 16);
  draw.clip();
  draw.fillStyle = light > 0.55 ? '#191714' : '#ffffff';
  draw.font = '600 11px system-ui, sans-serif';
  draw.textAlign = 'left';
  draw.textBaseline = 'middle';
  draw.fillText(name, from, y + 0.5);
  draw.restore();
}

function drawClips(draw: CanvasRenderingContext2D, scene: Scene, x: (time: number) => number): void {
  const top = lanesTop(scene) + scene.lanes.length * LANE + 4;
  for (const clip of scene.clips) {
    const selected = scene.selected?.kind === 'clip' && scene.selected.id === clip.id;
    const from = x(clip.from);
    const wide = Math.max(4, x(clip.to) - from);
    draw.fillStyle = selected ? '#f4c463' : '#a8791b';
    draw.fillRect(from, top, wide, CLIPS - 8);
    draw.strokeStyle = selected ? '#ffffff' : '#191714';
    draw.lineWidth = selected ? 2 : 1;
    draw.strokeRect(from, top, wide, CLIPS - 8);
    if (wide < 30) continue;
    draw.save();
    draw.beginPath();
    draw.rect(from, top, wide, CLIPS);
    draw.clip();
    draw.fillStyle = '#191714';
    draw.font = '600 12px system-ui, sans-serif';
    draw.fillText(clip.title || clockTime(clip.from), Math.max(from, scene.gutter) + 6, top + (CLIPS - 8) / 2 + 1);
    draw.restore();
  }
}

function drawLabels(draw: CanvasRenderingContext2D, scene: Scene): void {
  if (scene.gutter === 0) return;
  draw.font = '13px system-ui, sans-serif';
  draw.textAlign = 'left';
  draw.textBaseline = 'middle';
  const label = (text: string, y: number, color = '#c0b5a7', indent = 10) => {
    draw.fillStyle = color;
    draw.fillText(fit(draw, text, scene.gutter - indent - 6), indent, y);
  };
  if (scene.tracks.length > 0) label(t().review.mediaLane, RULER + mediaHeight(scene.tracks) / 2);
  if (scene.peaks) label(t().review.soundLane, RULER + mediaHeight(scene.tracks) + WAVE / 2);
  const top = lanesTop(scene);
  scene.lanes.forEach((lane, i) => {
    const y = top + i * LANE + LANE / 2;
    draw.fillStyle = onDark(lane.color);
    drawShape(draw, lane.shape, 16, y, 6);
    draw.fill();
    label(lane.title, y, '#f3ede4', 30);
  });
  if (scene.clips.length > 0) label(t().review.clips, top + scene.lanes.length * LANE + CLIPS / 2, '#f4c463');
}

const fitted = new Map<string, string>();

function fit(draw: CanvasRenderingContext2D, text: string, room: number): string {
  const name = `${room} ${text}`;
  const known = fitted.get(name);
  if (known !== undefined) return known;
  let short = text;
  if (draw.measureText(text).width > room) {
    while (short.length > 1 && draw.measureText(short + '…').width > room) short = short.slice(0, -1);
    short = short.trimEnd() + '…';
  }
  if (fitted.size > 500) fitted.clear();
  fitted.set(name, short);
  return short;
}

/** The strip with the whole lesson. */
export function drawOverview(draw: CanvasRenderingContext2D, scene: Scene, width: number, height: number): void {
  const x = (time: number) => (time / scene.end) * width;
  draw.clearRect(0, 0, width, height);
  draw.fillStyle = '#26221e';
  draw.fillRect(0, 0, width, height);
  const rows = Math.max(1, scene.lanes.length);
  scene.lanes.forEach((lane, i) => {
    const y = 4 + (i / rows) * (height - 8);
    for (const one of apart(indexOf(lane).sorted, scene.end / width, (each) => each.code ?? '')) {
      draw.fillStyle = colorIn(lane, one);
      const wide = one.kind === 'state' ? x((one.until ?? scene.end) - one.at) : one.kind === 'interval' ? x((one.until ?? one.at) - one.at) : 3;
      draw.fillRect(x(one.at), y, Math.max(3, wide), Math.max(2, (height - 8) / rows - 1));
    }
  });
}

/** The part of it that is in view, and the playhead. */
export function drawOverviewHead(draw: CanvasRenderingContext2D, scene: Scene, width: number, height: number): void {
  const x = (time: number) => (time / scene.end) * width;
  draw.fillStyle = 'rgb(255 255 255 / 14%)';
  draw.fillRect(x(scene.view.from), 0, Math.max(4, x(scene.view.to) - x(scene.view.from)), height);
  draw.strokeStyle = '#f3ede4';
  draw.lineWidth = 2;
  draw.strokeRect(x(scene.view.from) + 1, 1, Math.max(2, x(scene.view.to) - x(scene.view.from) - 2), height - 2);
  draw.fillStyle = '#ffffff';
  draw.fillRect(x(scene.time) - 1, 0, 2, height);
}
