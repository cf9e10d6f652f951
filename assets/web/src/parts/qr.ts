// A QR code of the server, drawn black on white with the quiet zone that scanners need.
import { html, type TemplateResult } from 'lit';
import type { Qr } from '../model/types';

const QUIET = 4;

export function qrCode(code: Qr, label: string): TemplateResult {
  const all = code.size + 2 * QUIET;
  return html`<svg class="qr" role="img" aria-label=${label} viewBox="${-QUIET} ${-QUIET} ${all} ${all}" shape-rendering="crispEdges">
    <rect x=${-QUIET} y=${-QUIET} width=${all} height=${all} fill="#fff"></rect><path d=${code.path} fill="#000"></path></svg>`;
}
