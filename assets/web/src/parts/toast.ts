// Short messages at the bottom of the page, and the one question that stops everything: are you sure?
import { html, nothing, render } from 'lit';
import { ApiError } from '../model/api';
import { t } from '../i18n';
import type { ServerError } from '../model/types';
import { icon } from './icons';

interface Message {
  text: string;
  kind: 'plain' | 'error';
  action?: { label: string; run: () => void };
}

let shown: Message | null = null;
let host: HTMLElement | null = null;
let timer: ReturnType<typeof setTimeout> | null = null;

function place(): HTMLElement {
  if (!host) {
    host = document.createElement('div');
    host.className = 'toast-place';
    host.setAttribute('role', 'status');
    host.setAttribute('aria-live', 'polite');
    document.body.append(host);
  }
  return host;
}

function show(message: Message | null): void {
  if (timer) clearTimeout(timer);
  shown = message;
  const drop = () => show(null);
  render(
    message
      ? html`<div class="toast ${message.kind}">
          ${message.kind === 'error' ? icon('warn') : nothing}
          <span>${message.text}</span>
          ${message.action
            ? html`<button type="button" @click=${() => { drop(); message.action!.run(); }}>${message.action.label}</button>`
            : nothing}
          <button type="button" class="icon-only" aria-label=${t().common.close} @click=${drop}>${icon('close')}</button>
        </div>`
      : nothing,
    place(),
  );
  if (message) timer = setTimeout(drop, message.kind === 'error' ? 12000 : 6000);
}

export function say(text: string, action?: Message['action']): void {
  show({ text, kind: 'plain', action });
}

/** Says what was done just now to a document that undoes its last step: the next step takes the offer away. */
export function sayDone(text: string, editor: EventTarget & { readonly document: unknown; undo(): unknown }): void {
  const { document } = editor;
  const message: Message = { text, kind: 'plain', action: { label: t().common.undo, run: () => editor.undo() } };
  const onChange = () => {
    if (shown === message && editor.document === document) return;
    editor.removeEventListener('change', onChange);
    if (shown === message) show(null);
  };
  editor.addEventListener('change', onChange);
  show(message);
}

/** What went wrong, in the words of the page where it knows the code, otherwise in those of the server. */
export function errorText(error: unknown): string {
  if (!(error instanceof ApiError)) return error instanceof Error ? error.message : String(error);
  const known = t().errors as Record<string, string>;
  const text = known[error.code];
  if (text && error.code !== 'failed') return text;
  // Too general to stand alone: the server knows what it was about.
  return [text, error.message].filter((part) => part).join(' ') || t().errors.failed;
}

/** Why the server will not have a change that was made earlier. */
export function refusedText(error: ServerError): string {
  const why = (t().record.refusals as Record<string, string>)[error.code] ?? errorText(new ApiError(error.code, error.message, 0));
  return t().record.refused(why);
}

export function complain(error: unknown): void {
  console.error(error);
  show({ text: errorText(error), kind: 'error' });
}

/** A question with two answers; true when confirmed. */
export function confirm(question: string, explanation: string, yes: string, no: string = t().common.cancel): Promise<boolean> {
  return new Promise((resolve) => {
    const dialog = document.createElement('dialog');
    dialog.className = 'question';
    dialog.setAttribute('aria-label', question);
    render(
      html`<h2>${question}</h2>
        <p>${explanation}</p>
        <div class="buttons">
          <button type="button" class="quiet" @click=${() => dialog.close('')}>${no}</button>
          <button type="button" class="primary" data-test="confirm" @click=${() => dialog.close('yes')}>${yes}</button>
        </div>`,
      dialog,
    );
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
