// Base class of pages and forms: light DOM, redrawn when the language changes.
import { LitElement } from 'lit';
import { onLanguage } from '../i18n';

export class Part extends LitElement {
  private stopLanguage: (() => void) | null = null;
  private readonly cleanups: (() => void)[] = [];

  protected override createRenderRoot(): HTMLElement | DocumentFragment {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.stopLanguage = onLanguage(() => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stopLanguage?.();
    for (const cleanup of this.cleanups.splice(0)) cleanup();
  }

  /** Redraws on an event of something, for as long as this is in the page. */
  protected follow(target: EventTarget, name = 'change'): void {
    this.on(target, name, () => this.requestUpdate());
  }

  protected on(target: EventTarget, name: string, listener: (event: Event) => void): void {
    target.addEventListener(name, listener);
    this.atEnd(() => target.removeEventListener(name, listener));
  }

  protected atEnd(cleanup: () => void): void {
    this.cleanups.push(cleanup);
  }

  /** What is being written in here is kept as by leaving its field: for what counts before it takes the focus, or closes the field. */
  protected finishWriting(): void {
    const field = document.activeElement;
    if ((field instanceof HTMLTextAreaElement || field instanceof HTMLInputElement) && this.contains(field)) field.blur();
  }

  protected every(ms: number, run: () => void): void {
    const timer = setInterval(run, ms);
    this.atEnd(() => clearInterval(timer));
  }
}
