// What can be pressed during a talk, by button on the remote and by key at the large screen: one list for both.
import { html, nothing, type TemplateResult } from 'lit';
import { t } from '../i18n';
import { number } from '../model/format';
import { isOurs } from '../model/keys';
import { neighbour, presses } from '../model/talk-math';
import type { TalkStore } from '../model/talk-state';
import { icon, type IconName } from './icons';

export const SLOW = 0.5;
const BACK_S = 5;

export interface Control {
  id: string;
  icon: IconName | null;
  /** instead of a picture */
  sign?: string;
  label: string;
  pressed?: boolean;
  disabled?: boolean;
  run: () => void;
}

export function go(store: TalkStore, direction: 1 | -1): void {
  const item = neighbour(store.state, store.items, direction);
  if (item) store.press(presses.item(item.id));
}

export type ControlName = 'previous' | 'play' | 'next' | 'back' | 'frameBack' | 'frameNext' | 'slow' | 'loop' | 'picture' | 'question' | 'agreements' | 'list' | 'besides';

/** BESIDES opens and closes the choice of what stands beside it. */
export function controlsOf(store: TalkStore, besides: () => void): Record<ControlName, Control> {
  const texts = t().steer;
  const state = store.state;
  const show = state.show ?? 'moment';
  const rate = state.rate ?? 1;
  const view = (id: 'moment' | 'question' | 'agreements' | 'list', name: IconName, label: string): Control =>
    ({ id: `show-${id}`, icon: name, label, pressed: show === id, run: () => store.press(presses.show(id)) });
  const two = (state.layout ?? 'one') !== 'one';
  return {
    previous: { id: 'previous', icon: 'prevMark', label: texts.previous, disabled: !neighbour(state, store.items, -1), run: () => go(store, -1) },
    play: { id: 'play', icon: state.playing ? 'pause' : 'play', label: state.playing ? texts.pause : texts.play, run: () => store.toggle() },
    next: { id: 'next', icon: 'nextMark', label: texts.next, disabled: !neighbour(state, store.items, 1), run: () => go(store, 1) },
    back: { id: 'back', icon: null, sign: `−${BACK_S} s`, label: texts.back, run: () => store.press(presses.move(-BACK_S)) },
    frameBack: { id: 'frame-back', icon: 'frameBack', label: texts.frameBack, run: () => store.press(presses.step(-1)) },
    frameNext: { id: 'frame-next', icon: 'frameNext', label: texts.frameNext, run: () => store.press(presses.step(1)) },
    slow: { id: 'slow', icon: null, sign: t().talk.speed(number(rate < 1 ? rate : SLOW, rate === 0.25 || rate === 0.75 ? 2 : 1)), label: rate < 1 ? texts.normal : texts.slow, pressed: rate < 1,
      run: () => store.press(presses.rate(rate < 1 ? 1 : SLOW)) },
    loop: { id: 'loop', icon: 'loop', label: texts.loop, pressed: state.loop ?? false, run: () => store.press(presses.loop(!state.loop)) },
    picture: view('moment', 'film', texts.picture),
    question: view('question', 'help', texts.question),
    agreements: view('agreements', 'check', texts.agreements),
    list: view('list', 'list', texts.list),
    besides: { id: 'besides', icon: 'columns', label: texts.besides, pressed: two, run: () => (two ? store.press(presses.one()) : besides()) },
  };
}

export function controlButton(control: Control, cls = '', named = false): TemplateResult {
  return html`<button type="button" class="control ${cls}" data-test="control-${control.id}" title=${named ? nothing : control.label} aria-label=${named ? nothing : control.sign ? `${control.label}, ${control.sign}` : control.label}
    aria-pressed=${control.pressed === undefined ? nothing : String(control.pressed)} ?disabled=${control.disabled ?? false} @click=${control.run}>
    ${control.icon ? icon(control.icon) : html`<span class="sign">${control.sign}</span>`}${named ? html`<span class="control-name">${control.label}</span>` : nothing}</button>`;
}

export interface Local {
  besides(): void;
  help?(): void;
  fullscreen?(): void;
}

/** True when the key was one of the talk. */
export function talkKey(event: KeyboardEvent, store: TalkStore, local: Local): boolean {
  if (event.defaultPrevented || !isOurs(event) || !store.talk?.revealed_at || document.querySelector('dialog[open]')) return false;
  const onButton = event.composedPath().some((node) => node instanceof HTMLButtonElement || node instanceof HTMLAnchorElement || (node instanceof Element && node.tagName === 'SUMMARY'));
  if (onButton && (event.key === ' ' || event.key === 'Enter')) return false;
  const all = controlsOf(store, local.besides);
  const state = store.state;
  const show = state.show ?? 'moment';
  const flip = (view: 'question' | 'agreements' | 'list') => store.press(presses.show(show === view ? 'moment' : view));
  // Held down, a key steps on; nothing else repeats.
  const keys: Record<string, { run?: () => void; held?: boolean }> = {
    ' ': { run: all.play.run }, k: { run: all.play.run }, arrowleft: { run: all.previous.run }, arrowright: { run: all.next.run },
    ',': { run: all.frameBack.run, held: true }, '<': { run: all.frameBack.run, held: true }, '.': { run: all.frameNext.run, held: true }, '>': { run: all.frameNext.run, held: true },
    '-': { run: () => store.press(presses.speed(-1)) }, '_': { run: () => store.press(presses.speed(-1)) },
    '+': { run: () => store.press(presses.speed(1)) }, '=': { run: () => store.press(presses.speed(1)) },
    b: { run: all.back.run }, l: { run: all.loop.run }, s: { run: all.besides.run }, q: { run: () => flip('question') }, a: { run: () => flip('agreements') },
    o: { run: () => flip('list') }, n: { run: () => store.press(presses.notes(!state.notes)) }, f: { run: local.fullscreen }, '?': { run: local.help },
  };
  const key = keys[event.key.toLowerCase()];
  if (!key?.run) return false;
  if (!event.repeat || key.held) key.run();
  event.preventDefault();
  return true;
}
