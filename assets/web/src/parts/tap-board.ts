// The board of codes. A press answers at once by look and vibration; it becomes a tap when the finger comes up (so that
// scrolling the board taps nothing) with the time at which it went down. A state that is pressed and held lasts as long
// as the hold.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { t, words } from '../i18n';
import { clockTime } from '../model/format';
import { MOMENT_REF, boardTabs, isTappable, oneTabAtATime, type BoardCode } from '../model/instruments';
import { isOurs, normalKey } from '../model/keys';
import { session } from '../model/session';
import { HOLD_MS, TapGuard } from '../model/taps';
import type { Observation } from '../model/types';
import { Part } from './base';
import { icon, shape } from './icons';
import { vars } from './vars';

const FEEDBACK_MS = 15;

/** The board asks its owner to do the tapping and gets back the id of the observation. */
export interface TapTarget {
  add(code: BoardCode | null, time: number): string;
  close(id: string, time: number): void;
  openState(code: BoardCode): Observation | undefined;
}

/** A state that runs about somebody else than is chosen now. */
export interface Elsewhere {
  code: BoardCode;
  observation: Observation;
  about: string;
}

interface Press {
  code: BoardCode | null;
  time: number;
  button: HTMLElement;
  timer: ReturnType<typeof setTimeout> | null;
  held: string | null;
}

@customElement('tb-tap-board')
export class TapBoard extends Part {
  @property({ attribute: false }) codes: BoardCode[] = [];
  @property({ attribute: false }) keys = new Map<string, string>();
  @property({ attribute: false }) target!: TapTarget;
  @property({ attribute: false }) counts = new Map<string, number>();
  @property({ attribute: false }) elsewhere: Elsewhere[] = [];
  /** seconds on the timeline, to show how long a state lasts */
  @property({ type: Number }) now = 0;
  @property({ type: Boolean }) blocked = false;
  @state() private tab: string | null = null;
  @state() private ignored: string | null = null;
  private readonly guard = new TapGuard();
  private readonly presses = new Map<number, Press>();
  private readonly keyPresses = new Map<string, { id: string | null; time: number }>();
  private readonly byPointer = new Map<string, number>();
  private ignoredTimer: ReturnType<typeof setTimeout> | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.on(window, 'keydown', (event) => this.onKey(event as KeyboardEvent));
    this.on(window, 'keyup', (event) => this.onKeyUp(event as KeyboardEvent));
  }

  private vibrate(pattern: number | number[] = FEEDBACK_MS): void {
    if (session.settings.vibrate && 'vibrate' in navigator) navigator.vibrate(pattern);
  }

  /** Adds or, for an open state, closes. Gives the id of a new observation. */
  private commit(code: BoardCode | null, time: number): string | null {
    const ref = code?.ref ?? MOMENT_REF;
    if (!this.guard.accept(ref, time)) {
      this.ignored = ref;
      this.vibrate([10, 40, 10]);
      if (this.ignoredTimer) clearTimeout(this.ignoredTimer);
      this.ignoredTimer = setTimeout(() => (this.ignored = null), 1500);
      return null;
    }
    const open = code?.code.kind === 'state' ? this.target.openState(code) : undefined;
    if (!open) return this.target.add(code, time);
    this.target.close(open.id, time);
    return null;
  }

  private flash(button: Element | null): void {
    if (!button) return;
    button.classList.remove('flash');
    void (button as HTMLElement).offsetWidth; // starts the animation anew when it still runs
    button.classList.add('flash');
  }

  private onDown(event: PointerEvent, code: BoardCode | null): void {
    if (event.button !== 0 || this.blocked) return;
    const button = event.currentTarget as HTMLElement;
    button.classList.add('pressed');
    this.vibrate();
    if (event.pointerType === 'mouse') button.setPointerCapture(event.pointerId);
    const press: Press = { code, time: event.timeStamp, button, timer: null, held: null };
    if (code?.code.kind === 'state' && !this.target.openState(code)) {
      press.timer = setTimeout(() => {
        press.timer = null;
        press.held = this.commit(code, press.time);
      }, HOLD_MS);
    }
    this.presses.set(event.pointerId, press);
  }

  private onUp(event: PointerEvent): void {
    const press = this.release(event.pointerId);
    if (!press) return;
    this.byPointer.set(press.code?.ref ?? MOMENT_REF, performance.now());
    if (press.held) {
      this.target.close(press.held, event.timeStamp);
      return;
    }
    const box = press.button.getBoundingClientRect();
    const slack = 12;
    const inside =
      event.clientX >= box.left - slack && event.clientX <= box.right + slack &&
      event.clientY >= box.top - slack && event.clientY <= box.bottom + slack;
    if (!inside) return; // slid off: changed one's mind
    this.commit(press.code, press.time);
    this.flash(press.button);
  }

  private onCancel(event: PointerEvent): void {
    const press = this.release(event.pointerId);
    if (press?.held) this.target.close(press.held, event.timeStamp);
  }

  private release(pointer: number): Press | undefined {
    const press = this.presses.get(pointer);
    this.presses.delete(pointer);
    if (press?.timer) clearTimeout(press.timer);
    press?.button.classList.remove('pressed');
    return press;
  }

  /** Enter, the space bar and screen readers come without a pointer. */
  private onClick(event: MouseEvent, code: BoardCode | null): void {
    const ref = code?.ref ?? MOMENT_REF;
    if (this.blocked || performance.now() - (this.byPointer.get(ref) ?? -Infinity) < 700) return;
    this.commit(code, event.timeStamp);
    this.flash(event.currentTarget as Element);
  }

  private onKey(event: KeyboardEvent): void {
    if (!session.settings.keys_enabled || this.blocked || event.repeat || !isOurs(event)) return;
    const key = normalKey(event.key);
    const ref = [...this.keys].find(([, value]) => value === key)?.[0];
    if (key === '' || ref === undefined) return;
    const code = ref === MOMENT_REF ? null : this.codes.find((one) => one.ref === ref && isTappable(one));
    if (code === undefined) return;
    event.preventDefault();
    this.vibrate();
    this.keyPresses.set(key, { id: this.commit(code, event.timeStamp), time: event.timeStamp });
    this.flash(this.renderRoot.querySelector(`[data-ref="${CSS.escape(ref)}"]`));
  }

  private onKeyUp(event: KeyboardEvent): void {
    const key = normalKey(event.key);
    const press = this.keyPresses.get(key);
    this.keyPresses.delete(key);
    if (!press?.id || event.timeStamp - press.time < HOLD_MS * 1.5) return;
    const open = this.codes.some((one) => one.code.kind === 'state' && this.target.openState(one)?.id === press.id);
    if (open) this.target.close(press.id, event.timeStamp);
  }

  private button(code: BoardCode | null): TemplateResult {
    const ref = code?.ref ?? MOMENT_REF;
    const open = code?.code.kind === 'state' ? this.target.openState(code) : undefined;
    const key = session.settings.keys_enabled ? this.keys.get(ref) : undefined;
    const count = this.counts.get(ref) ?? 0;
    const label = code ? words(code.code.title) : t().record.momentLong;
    const isState = code?.code.kind === 'state';
    return html`<button type="button"
      class="tap ${isState ? 'is-state' : 'is-point'} ${open ? 'is-open' : ''} ${code ? '' : 'is-moment'} ${code?.code.size ?? ''}"
      data-code=${code?.code.id ?? 'moment'} data-ref=${ref}
      aria-pressed=${isState ? String(open !== undefined) : nothing} aria-disabled=${this.blocked ? 'true' : nothing}
      aria-keyshortcuts=${key ?? nothing} title=${label}
      ${vars({ '--code-color': code?.color ?? '#5b534b' })}
      @pointerdown=${(event: PointerEvent) => this.onDown(event, code)}
      @pointerup=${this.onUp} @pointercancel=${this.onCancel} @lostpointercapture=${this.onCancel}
      @contextmenu=${(event: Event) => event.preventDefault()}
      @click=${(event: MouseEvent) => this.onClick(event, code)}>
      ${shape(code?.shape ?? 'moment')}
      <span class="tap-text">${code ? words(code.code.short) : t().record.moment}</span>
      <span class="tap-foot">
        ${this.ignored === ref
          ? html`<em>${t().record.doubleTap}</em>`
          : open
            ? html`<em>${t().record.runsFor(clockTime(Math.max(0, this.now - open.at)))}</em>`
            : isState
              ? html`<span>${code.code.group === undefined ? t().record.stateHint : t().tapping.groupHint}</span>`
              : nothing}
      </span>
      ${(code?.code.modifiers ?? []).length > 0 ? html`<span class="tap-more-dots" title=${t().tapping.hasModifiers} aria-hidden="true">•••</span>` : nothing}
      ${count > 0 ? html`<span class="tap-count" aria-hidden="true">${count}</span>` : nothing}
      ${key ? html`<kbd aria-hidden="true">${key.toUpperCase()}</kbd>` : nothing}
    </button>`;
  }

  /** States that run about somebody else: to be stopped here without choosing them first. */
  private others(): TemplateResult | typeof nothing {
    if (this.elsewhere.length === 0) return nothing;
    return html`<div class="domain running-others"><h3>${t().record.stillRunning}</h3>
      <div class="chips">${this.elsewhere.map(({ code, observation, about }) => html`<button type="button" class="chip" data-running=${observation.id}
        title=${t().tapping.runningAbout(words(code.code.short), about)} ${vars({ '--code-color': code.color })}
        @click=${(event: MouseEvent) => this.target.close(observation.id, event.timeStamp)}>
        ${shape(code.shape)}${words(code.code.short)} · ${about} · ${clockTime(Math.max(0, this.now - observation.at))} ${icon('check')}</button>`)}</div></div>`;
  }

  protected override render(): TemplateResult {
    const codes = this.codes.filter(isTappable);
    const sections = boardTabs(codes);
    const tabs = oneTabAtATime(sections);
    const chosen = tabs && this.tab !== 'all' ? (sections.find((one) => one.id === this.tab) ?? sections[0]) : null;
    const shown = chosen ? [chosen] : sections;
    // A state that runs stays in reach, whichever tab is open.
    const elsewhere = chosen
      ? codes.filter((one) => one.code.kind === 'state' && !chosen.codes.includes(one) && this.target.openState(one))
      : [];
    return html`<div class="board ${this.blocked ? 'blocked' : ''}">
      ${tabs
        ? html`<div class="tabs" role="group" aria-label=${t().record.domains}>
            ${sections.map((one) => html`<button type="button" class="tab" data-tab=${one.id} aria-pressed=${String(chosen?.id === one.id)}
              ${vars({ '--code-color': one.codes[0]!.color })}
              @click=${() => (this.tab = one.id)}>${shape(one.codes[0]!.shape)}${words(one.title)}</button>`)}
            <button type="button" class="tab" data-tab="all" aria-pressed=${String(chosen === null)} @click=${() => (this.tab = 'all')}>
              ${icon('grid')}${t().record.allCodes}</button>
          </div>`
        : nothing}
      ${this.others()}
      ${elsewhere.length > 0
        ? html`<div class="domain running"><h3>${t().record.stillRunning}</h3>
            <div class="taps">${elsewhere.map((one) => this.button(one))}</div></div>`
        : nothing}
      ${shown.map((one, index) => html`<div class="domain">
        <h3 class=${chosen ? 'hidden-label' : ''} ${vars({ '--code-color': one.codes[0]!.color })}>${shape(one.codes[0]!.shape)}${words(one.title)}</h3>
        <div class="taps">${one.codes.map((code) => this.button(code))}
          ${index === shown.length - 1 ? this.button(null) : nothing}</div>
      </div>`)}
      ${shown.length === 0 ? html`<div class="taps">${this.button(null)}</div>` : nothing}
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tb-tap-board': TapBoard;
  }
}
