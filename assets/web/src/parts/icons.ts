// Drawn icons and the shapes that, beside colour and text, tell domains apart.
import { html, svg, type TemplateResult } from 'lit';
import type { Shape } from '../model/instruments';

const PATHS = {
  plus: 'M12 5v14M5 12h14',
  back: 'M15 5l-7 7 7 7',
  next: 'M9 5l7 7-7 7',
  undo: 'M9 7L4 12l5 5M4 12h10a6 6 0 0 1 0 12h-2',
  redo: 'M15 7l5 5-5 5M20 12H10a6 6 0 0 0 0 12h2',
  note: 'M4 4h16v12l-5 5H4zM15 21v-5h5M8 9h8M8 13h5',
  trash: 'M5 7h14M10 4h4M7 7l1 13h8l1-13M10 11v6M14 11v6',
  edit: 'M4 20l1-5L16 4l4 4L9 19zM14 6l4 4',
  search: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16 16l5 5',
  camera: 'M3 7h12v10H3zM15 11l6-4v10l-6-4',
  mic: 'M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3zM6 11a6 6 0 0 0 12 0M12 17v4',
  play: 'M7 4l13 8-13 8z',
  pause: 'M7 4h4v16H7zM13 4h4v16h-4z',
  loop: 'M4 12a6 6 0 0 1 6-6h8l-3-3M20 12a6 6 0 0 1-6 6H6l3 3',
  full: 'M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5',
  close: 'M6 6l12 12M18 6L6 18',
  check: 'M5 13l4 4L19 7',
  warn: 'M12 3l10 18H2zM12 10v5M12 18v.5',
  help: 'M9 9a3 3 0 1 1 4 3c-1 .6-1 1.200-1 2M12 18v.5M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20z',
  gear: 'M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM12 2v3M12 19v3M2 12h3M19 12h3M5 5l2 2M17 17l2 2M5 19l2-2M17 7l2-2',
  path: 'M5 19a2.500 2.500 0 1 0 0-.01M19 5a2.500 2.500 0 1 0 0-.01M7 18h7a4 4 0 0 0 0-8h-4a3 3 0 0 1 0-6h6',
  star: 'M12 3l3 6 6 1-4.500 4.500 1 6.500-5.500-3-5.500 3 1-6.500L3 10l6-1z',
  speech: 'M4 4h16v12h-9l-5 5v-5H4z',
  up: 'M5 15l7-7 7 7',
  down: 'M5 9l7 7 7-7',
  list: 'M8 6h13M8 12h13M8 18h13M3 6h1M3 12h1M3 18h1',
  eye: 'M2 12s4-7 10-7 10 7 10 7-4 7-10 7-10-7-10-7zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z',
  zoomIn: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16 16l5 5M8 11h6M11 8v6',
  zoomOut: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16 16l5 5M8 11h6',
  film: 'M3 5h18v14H3zM7 5v14M17 5v14M3 10h4M3 14h4M17 10h4M17 14h4',
  network: 'M4 18a12 12 0 0 1 16 0M7 14a8 8 0 0 1 10 0M10 18a3 3 0 0 1 4 0M12 20v.5',
  grid: 'M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z',
  download: 'M12 3v12M7 11l5 5 5-5M4 20h16',
  scissors: 'M6 4a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM6 14a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM8.500 9L20 19M8.500 15L20 5',
  prevMark: 'M6 5v14M19 5l-9 7 9 7z',
  nextMark: 'M18 5v14M5 5l9 7-9 7z',
  frameBack: 'M16 5l-8 7 8 7M6 5v14',
  lock: 'M5 11h14v10H5zM8 11V8a4 4 0 0 1 8 0v3M12 15v2',
  unlock: 'M5 11h14v10H5zM8 11V8a4 4 0 0 1 7.500-2M12 15v2',
  person: 'M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4 21a8 8 0 0 1 16 0',
  people: 'M9 5a3.500 3.500 0 1 0 0 7 3.500 3.500 0 0 0 0-7zM2 20a7 7 0 0 1 14 0M16 5.500a3.500 3.500 0 0 1 0 6.500M18 14a7 7 0 0 1 4 6',
  share: 'M12 15V3M7 8l5-5 5 5M5 13v7h14v-7',
  print: 'M7 8V3h10v5M7 17H4V8h16v9h-3M7 14h10v7H7z',
  copy: 'M8 8h12v12H8zM16 8V4H4v12h4',
  key: 'M8 11a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM11 12L20 3M16 7l3 3',
  chart: 'M4 20V4M4 20h17M8 16v-5M13 16V7M18 16v-8',
  book: 'M5 4h13v16H6a2 2 0 0 1-2-2V5a1 1 0 0 1 1-1zM8 8h6M8 12h6',
  out: 'M10 4H5v16h5M14 8l5 4-5 4M19 12H9',
  device: 'M7 3h10v18H7zM11 18h2',
  sound: 'M4 9v6h4l5 4V5L8 9zM16 9a4 4 0 0 1 0 6M18.500 6.500a8 8 0 0 1 0 11',
  soundOff: 'M4 9v6h4l5 4V5L8 9zM16.500 9.500l5 5M21.500 9.500l-5 5',
  captions: 'M3 5h18v14H3zM7 15h6M16 15h1M7 11h2M12 11h5',
  frameNext: 'M8 5l8 7-8 7M18 5v14',
  columns: 'M3 5h8v14H3zM13 5h8v14h-8z',
  grip: 'M9 6v.010M15 6v.010M9 12v.010M15 12v.010M9 18v.010M15 18v.010',
} as const;

export type IconName = keyof typeof PATHS;

export function icon(name: IconName): TemplateResult {
  const filled = name === 'play' || name === 'pause' || name === 'prevMark' || name === 'nextMark';
  const tall = name === 'undo' || name === 'redo';
  return html`<svg class="icon" viewBox="0 0 24 ${tall ? 28 : 24}" aria-hidden="true" focusable="false"
    fill=${filled ? 'currentColor' : 'none'} stroke=${name === 'pause' ? 'none' : 'currentColor'} stroke-width="2" stroke-linecap="round"
    stroke-linejoin="round"><path d=${PATHS[name]} /></svg>`;
}

const SHAPES: Record<Shape, TemplateResult> = {
  circle: svg`<circle cx="12" cy="12" r="9" />`,
  square: svg`<rect x="4" y="4" width="16" height="16" />`,
  triangle: svg`<path d="M12 3l10 18H2z" />`,
  diamond: svg`<path d="M12 2l10 10-10 10L2 12z" />`,
  hexagon: svg`<path d="M7 3h10l5 9-5 9H7l-5-9z" />`,
  star: svg`<path d="M12 2l3 7 7 .5-5.500 4.500 2 7.500L12 17.500 5.500 21.500l2-7.500L2 9.500 9 9z" />`,
};

/** The shape of a domain, filled with the colour in --code-color. */
export function shape(name: Shape | 'moment'): TemplateResult {
  if (name === 'moment') {
    return html`<svg class="shape" viewBox="0 0 24 24" aria-hidden="true"><path d="M6 3h12v18l-6-5-6 5z" /></svg>`;
  }
  return html`<svg class="shape" viewBox="0 0 24 24" aria-hidden="true">${SHAPES[name]}</svg>`;
}
