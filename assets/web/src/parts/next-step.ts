// What comes next in a trajectory: one sentence and one button.
import { html, nothing, type TemplateResult } from 'lit';
import { t } from '../i18n';
import { coaching } from '../model/coaching';
import { dateTime } from '../model/format';
import type { Step } from '../model/trajectory-stand';
import { navigate, paths } from '../router';
import { icon } from './icons';
import { complain } from './toast';

/** Plans a visit in the trajectory, and goes to prepare it. */
export async function planVisit(trajectory: string): Promise<void> {
  try {
    const visit = await coaching.addToTrajectory(trajectory, null);
    navigate(paths.prepare(visit.id));
  } catch (error) {
    complain(error);
  }
}

const PLANS = ['firstRequest', 'first', 'plan'];

/** OTHER: the name of the other of the two. */
export function nextStepLine(trajectory: string, step: Step | null, other: string): TemplateResult | typeof nothing {
  if (!step) return nothing;
  const texts = t().trajectory.steps[step.kind];
  const when = step.visit?.planned_at ? dateTime(step.visit.planned_at) : '';
  return html`<div class="comes-next" data-step=${step.kind}>
    <p>${icon('next')}<span>${texts.text(other, when)}</span></p>
    ${step.href
      ? html`<a class="button primary" data-test="next-step" href=${step.href} ?download=${step.file ?? false}>${texts.button}</a>`
      : PLANS.includes(step.kind)
        ? html`<button type="button" class="primary" data-test="next-step" @click=${() => void planVisit(trajectory)}>${icon('plus')}${texts.button}</button>`
        : nothing}
  </div>`;
}
