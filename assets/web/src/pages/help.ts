// Hulp: the user guide that was built into the page.
import { help } from 'virtual:help';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { unsafeHTML } from 'lit/directives/unsafe-html.js';
import { language, t } from '../i18n';
import { Part } from '../parts/base';

@customElement('tb-help')
export class HelpPage extends Part {
  @property() topic: string | null = null;

  protected override render(): TemplateResult {
    const texts = t().help;
    // A guide that was not translated yet is better in Dutch than not at all.
    const pages = help[language()].length > 0 ? help[language()] : help.nl;
    // The address may be that of the other language: the number of the topic is the same.
    const asked = [...pages, ...help.nl, ...help.en].find((one) => one.topic === this.topic);
    const index = this.topic === null ? 0 : pages.findIndex((one) => one === asked || (asked !== undefined && one.number === asked.number));
    const page = pages[index];
    if (pages.length === 0) return html`<main class="page" id="main"><h1>${texts.title}</h1><p class="empty">${texts.empty}</p></main>`;
    const next = page ? pages[index + 1] : undefined;
    return html`<main class="page help" id="main">
      <nav class="topics" aria-label=${texts.topics}><h2>${texts.topics}</h2>
        <ul>${pages.map((one) => html`<li><a href=${`/hulp/${one.topic}`} aria-current=${one === page ? 'page' : nothing}>${one.title}</a></li>`)}</ul></nav>
      <article class="guide">
        ${page ? unsafeHTML(page.html) : html`<h1>${texts.title}</h1><p>${texts.unknown}</p>`}
        ${next ? html`<p class="next-topic"><a class="button" href=${`/hulp/${next.topic}`}>${next.title} →</a></p>` : nothing}
      </article>
    </main>`;
  }
}
