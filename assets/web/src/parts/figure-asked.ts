// A figure with a question of its own to the server: asks again when the question changed, and keeps the last answer
// until the next is there.
import { html, type TemplateResult } from 'lit';
import { state } from 'lit/decorators.js';
import { t } from '../i18n';
import { figures, type BudgetQuestion } from '../model/figures';
import type { Budget } from '../model/figures-types';
import { errorText } from './toast';
import { FigurePart } from './figure-frame';

export abstract class AskingFigure extends FigurePart {
  @state() protected answer: Budget | null = null;
  @state() protected failed: unknown = null;
  private asked = '';

  /** Null when there is nothing to ask yet. */
  protected abstract question(): BudgetQuestion | null;

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    super.willUpdate(changed);
    const question = this.question();
    // A new budget means that something was observed since.
    if (changed.has('scene') && changed.get('scene') !== undefined && (changed.get('scene') as typeof this.scene).budget !== this.scene.budget) this.asked = '';
    const asked = JSON.stringify(question);
    if (!question || asked === this.asked) return;
    this.asked = asked;
    void this.ask(question, asked);
  }

  protected common(): BudgetQuestion {
    const { part, whole, observers, subject } = this.scene;
    return { part: whole ? null : part, observers, subject };
  }

  private async ask(question: BudgetQuestion, asked: string): Promise<void> {
    try {
      const answer = await figures.budget(this.scene.visit.id, question);
      if (asked !== this.asked) return; // overtaken
      this.answer = answer;
      this.failed = null;
    } catch (error) {
      if (asked === this.asked) this.failed = error;
    }
  }

  protected trouble(): TemplateResult {
    return html`<p class="problem" role="alert">${errorText(this.failed)} <button type="button" class="small" @click=${() => { this.asked = ''; this.failed = null; }}>${t().common.retry}</button></p>`;
  }
}
