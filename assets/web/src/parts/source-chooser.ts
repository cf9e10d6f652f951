// Chooses what is recorded: what was found on the machine, a network camera, a film, or the test picture; each with a
// look at its picture and a listen to its level before the lesson begins.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { t } from '../i18n';
import { api } from '../model/api';
import { heard } from '../model/events';
import type { Device, MediaKind, Source } from '../model/types';
import { Part } from './base';
import { icon } from './icons';
import './source-preview';
import { complain } from './toast';

const TEST = 'test:';
/** Measured by the recorder, where the camera's clock allows it. */
const AUTOMATIC_DELAY = 0;

type Form = 'network' | 'film' | null;

@customElement('tb-source-chooser')
export class SourceChooser extends Part {
  @property({ attribute: false }) sources: Source[] = [];
  @state() private devices: Device[] | null = null;
  @state() private form: Form = null;
  @state() private watched: string | null = null;
  @state() private problem = '';

  override connectedCallback(): void {
    super.connectedCallback();
    api.devices().then((devices) => (this.devices = devices), complain);
    // Plugging a camera in or out shows at once.
    this.on(heard, 'devices', (event) => {
      this.devices = (event as CustomEvent<{ devices: Device[] }>).detail.devices;
    });
  }

  private tell(sources: Source[]): void {
    this.dispatchEvent(new CustomEvent('change-sources', { detail: sources }));
  }

  private has(uri: string, kind: MediaKind): boolean {
    return this.sources.some((one) => one.uri === uri && one.kind === kind);
  }

  private add(...added: Source[]): void {
    const fresh = added.filter((one) => !this.has(one.uri, one.kind));
    const camera = fresh.find((one) => one.kind === 'video');
    if (camera) this.watched = camera.uri;
    if (fresh.length > 0) this.tell([...this.sources, ...fresh]);
  }

  private drop(source: Source): void {
    this.tell(this.sources.filter((one) => one !== source));
  }

  private addTest(): void {
    const names = t().prepare.testNames;
    this.add({ uri: TEST, kind: 'video', name: names.video, delay: 0 }, { uri: TEST, kind: 'audio', name: names.audio, delay: 0 });
  }

  private addNetwork(event: SubmitEvent): void {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    const uri = String(data.get('address')).trim();
    if (!/^rtsps?:\/\/[^\s/]+/i.test(uri)) {
      this.problem = t().prepare.networkBad;
      return;
    }
    const name = String(data.get('name')).trim() || t().prepare.network;
    const sources: Source[] = [{ uri, kind: 'video', name, delay: AUTOMATIC_DELAY }];
    if (data.get('sound') !== null) sources.push({ uri, kind: 'audio', name, delay: AUTOMATIC_DELAY });
    this.add(...sources);
    this.show(null);
  }

  private addFilm(event: SubmitEvent): void {
    event.preventDefault();
    const path = String(new FormData(event.target as HTMLFormElement).get('path')).trim().replace(/^file:(\/\/)?/, '');
    if (!path.startsWith('/')) {
      this.problem = t().prepare.filmBad;
      return;
    }
    const uri = `file:${path}`;
    const name = path.split('/').at(-1) ?? path;
    this.add({ uri, kind: 'video', name, delay: 0 }, { uri, kind: 'audio', name, delay: 0 });
    this.show(null);
  }

  private show(form: Form): void {
    this.form = this.form === form ? null : form;
    this.problem = '';
  }

  private chosen(source: Source): TemplateResult {
    const texts = t().prepare;
    const cameras = this.sources.filter((one) => one.kind === 'video');
    // One moving picture at a time: a browser has few connections to spare. The others show a still now and then.
    const watched = cameras.find((one) => one.uri === this.watched) ?? cameras[0];
    const network = source.uri.startsWith('rtsp');
    return html`<li class="source" data-source=${source.uri} data-kind=${source.kind}>
      <div class="source-head">${icon(source.kind === 'video' ? 'camera' : 'mic')}
        <span><strong>${source.name || texts.cameraKinds[source.kind]}</strong><span class="small">${texts.cameraKinds[source.kind]}${network || source.uri.startsWith('file:') ? html` · ${source.uri.replace(/\/\/[^@/]*@/, '//')}` : nothing}</span></span>
        <button type="button" class="icon-only" aria-label=${`${texts.drop}: ${source.name}`} title=${texts.drop} @click=${() => this.drop(source)}>${icon('close')}</button></div>
      <tb-source-preview .uri=${source.uri} .kind=${source.kind} .moving=${source === watched} label=${source.name}></tb-source-preview>
      ${source.kind === 'video' && source !== watched ? html`<button type="button" class="small" @click=${() => (this.watched = source.uri)}>${texts.watch}</button>` : nothing}
      ${network
        ? html`<label class="field"><span>${texts.delay}</span><span class="small">${texts.delayHelp}</span>
            <input type="number" min="0" max="30" step="0.05" .value=${String(source.delay)} @change=${(event: Event) => {
              const delay = Number((event.target as HTMLInputElement).value);
              if (Number.isFinite(delay)) this.tell(this.sources.map((one) => (one === source ? { ...one, delay } : one)));
            }} /></label>`
        : nothing}
    </li>`;
  }

  private found(): TemplateResult {
    const texts = t().prepare;
    if (this.devices === null) return html`<p class="waiting">${t().common.loading}</p>`;
    const devices = this.devices.filter((one) => !one.builtin);
    const missing =
      devices.length === 0 ? `${texts.nothingFound} ${texts.nothingFoundHelp}`
      : !devices.some((one) => one.kind === 'video') ? texts.noCamera
      : !devices.some((one) => one.kind === 'audio') ? texts.noMic : '';
    return html`
      ${devices.length > 0
        ? html`<h3>${texts.found}</h3><ul class="devices">${devices.map((one) => html`<li>
            ${icon(one.kind === 'video' ? 'camera' : 'mic')}<span><strong>${one.name}</strong><span class="small">${texts.cameraKinds[one.kind]}</span></span>
            ${this.has(one.uri, one.kind)
              ? html`<span class="picked">${icon('check')}${texts.picked}</span>`
              : html`<button type="button" data-device=${one.uri} @click=${() => this.add({ uri: one.uri, kind: one.kind, name: one.name, delay: 0 })}>${texts.pick}</button>`}
          </li>`)}</ul>`
        : nothing}
      ${missing ? html`<p class="notice" data-test="no-devices">${icon('warn')}<span>${missing}</span></p>` : nothing}`;
  }

  private forms(): TemplateResult | typeof nothing {
    const texts = t().prepare;
    const problem = this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing;
    if (this.form === 'network') {
      return html`<form class="source-form" novalidate @submit=${this.addNetwork}>
        <label class="field"><span>${texts.networkAddress}</span><span class="small">${texts.networkHelp}</span><input name="address" inputmode="url" autocomplete="off" placeholder="rtsp://192.168.1.20/stream1" /></label>
        <label class="field"><span>${texts.networkName}</span><input name="name" autocomplete="off" maxlength="80" /></label>
        <label class="check"><input type="checkbox" name="sound" /><span>${texts.networkSound}</span></label>
        ${problem}<div class="buttons"><button type="submit" class="primary">${texts.add}</button><button type="button" class="quiet" @click=${() => this.show(null)}>${t().common.cancel}</button></div>
      </form>`;
    }
    if (this.form === 'film') {
      return html`<form class="source-form" novalidate @submit=${this.addFilm}>
        <label class="field"><span>${texts.filmPath}</span><span class="small">${texts.filmHelp}</span><input name="path" autocomplete="off" /></label>
        ${problem}<div class="buttons"><button type="submit" class="primary">${texts.add}</button><button type="button" class="quiet" @click=${() => this.show(null)}>${t().common.cancel}</button></div>
      </form>`;
    }
    return nothing;
  }

  protected override render(): TemplateResult {
    const texts = t().prepare;
    return html`
      <p class="small">${texts.sourcesHelp}</p>
      <h3>${texts.chosen}</h3>
      ${this.sources.length === 0 ? html`<p class="empty">${texts.noneChosen}</p>` : html`<ul class="sources">${this.sources.map((one) => this.chosen(one))}</ul>`}
      ${this.found()}
      <h3>${texts.other}</h3>
      <div class="buttons others">
        <button type="button" data-test="add-network" aria-expanded=${String(this.form === 'network')} @click=${() => this.show('network')}>${icon('network')}${texts.network}</button>
        <button type="button" data-test="add-film" aria-expanded=${String(this.form === 'film')} @click=${() => this.show('film')}>${icon('film')}${texts.film}</button>
        <button type="button" data-test="add-test" title=${texts.testPictureHelp} ?disabled=${this.has(TEST, 'video')} @click=${() => this.addTest()}>${icon('grid')}${texts.testPicture}</button>
      </div>
      ${this.forms()}`;
  }
}
