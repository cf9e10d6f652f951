// Requests about the talk afterwards: moments, the talk, agreements, comments, reports, trajectories.
import { ask, get, patch, post, remove, visitPath } from './api';
import type {
  Agreement, AgreementFields, ClearAnswer, ClosingVisit, Comment, CommentFields, Handover, HandoverAllowed, HandoverCandidate, Kept, Moment,
  MomentFields, MomentsAnswer, Outcome, OwnQuestion, Phase, Plot, QuestionLibrary, Report, ReportAnswer, ReportContent, Suggestion, Talk,
  TalkAnswer, TalkItem, TalkState, Trajectory, TrajectoryAnswer,
} from './coaching-types';
import type { Language, Named } from './types';

const part = (name: string, id: string) => `${name}/${encodeURIComponent(id)}`;
const trajectoryPath = (id: string) => part('/api/trajectories', id);
/** A voice note over a slow connection. */
const UPLOAD_TIMEOUT_MS = 120000;

export const coaching = {
  moments: (visit: string) => get<MomentsAnswer>(`${visitPath(visit)}/moments`),
  addMoment: (visit: string, fields: MomentFields) => post<Moment>(`${visitPath(visit)}/moments`, fields),
  changeMoment: (visit: string, id: string, fields: MomentFields) => patch<Moment>(part(`${visitPath(visit)}/moments`, id), fields),
  removeMoment: (visit: string, id: string) => remove<unknown>(part(`${visitPath(visit)}/moments`, id)),
  orderMoments: (visit: string, ids: string[]) => post<{ moments: Moment[] }>(`${visitPath(visit)}/moments/order`, { ids }).then((r) => r.moments),

  talk: (visit: string) => get<TalkAnswer>(`${visitPath(visit)}/talk`),
  setReady: (visit: string, ready: boolean) => post<Talk>(`${visitPath(visit)}/talk/ready`, { ready }),
  reveal: (visit: string, together = false) => post<Talk>(`${visitPath(visit)}/talk/reveal`, { together }),
  startTalk: (visit: string) => post<Talk>(`${visitPath(visit)}/talk/start`),
  endTalk: (visit: string) => post<Talk>(`${visitPath(visit)}/talk/end`),
  /** `seen`: the number of the state it is based on. When another press was first, `applied` is false. */
  setState: (visit: string, seen: number, state: TalkState) => post<{ applied: boolean; talk: Talk }>(`${visitPath(visit)}/talk/state`, { seen, state }),
  changeItem: (visit: string, id: string, fields: Partial<Pick<TalkItem, 'question' | 'notes' | 'skipped' | 'private_note'>>) =>
    patch<TalkItem>(part(`${visitPath(visit)}/talk/items`, id), fields),
  orderItems: (visit: string, ids: string[]) => post<{ items: TalkItem[] }>(`${visitPath(visit)}/talk/order`, { ids }).then((r) => r.items),
  suggestions: (visit: string, item: string, language: Language, phase?: Phase) =>
    get<{ questions: Suggestion[] }>(`${part(`${visitPath(visit)}/talk/items`, item)}/questions?${new URLSearchParams({ language, ...(phase ? { phase } : {}) })}`)
      .then((r) => r.questions),

  agreements: (visit: string) => get<{ agreements: Agreement[] }>(`${visitPath(visit)}/agreements`).then((r) => r.agreements),
  addAgreement: (visit: string, fields: AgreementFields) => post<Agreement>(`${visitPath(visit)}/agreements`, fields),
  changeAgreement: (visit: string, id: string, fields: AgreementFields) => patch<Agreement>(part(`${visitPath(visit)}/agreements`, id), fields),
  removeAgreement: (visit: string, id: string) => remove<unknown>(part(`${visitPath(visit)}/agreements`, id)),
  setOutcome: (visit: string, id: string, outcome: Outcome | null, note?: string) =>
    post<Agreement>(`${part(`${visitPath(visit)}/agreements`, id)}/outcome`, note === undefined ? { outcome } : { outcome, note }),
  /** `next` null: a new visit is made. */
  becomeFocus: (visit: string, id: string, next: string | null) =>
    post<{ agreement: Agreement; visit: { id: string; title: string; focus: string } }>(`${part(`${visitPath(visit)}/agreements`, id)}/next`, { visit: next }),

  comments: (visit: string) => get<{ comments: Comment[] }>(`${visitPath(visit)}/comments`).then((r) => r.comments),
  addComment: (visit: string, fields: CommentFields) => post<Comment>(`${visitPath(visit)}/comments`, fields),
  changeComment: (visit: string, id: string, fields: CommentFields) => patch<Comment>(part(`${visitPath(visit)}/comments`, id), fields),
  removeComment: (visit: string, id: string) => remove<unknown>(part(`${visitPath(visit)}/comments`, id)),
  uploadVoice: (visit: string, sound: Blob) => ask<{ voice: string }>('POST', `${visitPath(visit)}/voices`, sound, UPLOAD_TIMEOUT_MS).then((r) => r.voice),
  voice: (visit: string, comment: string) => `${part(`${visitPath(visit)}/comments`, comment)}/voice`,

  questions: () => get<QuestionLibrary>('/api/questions'),
  addQuestion: (fields: { text: string; phase: Phase; language: Language; domain?: string }) => post<OwnQuestion>('/api/questions', fields),
  removeQuestion: (id: string) => remove<unknown>(part('/api/questions', id)),

  report: (visit: string, language: Language) => get<ReportAnswer>(`${visitPath(visit)}/report?language=${language}`),
  saveReport: (visit: string, seen: number, language: Language, content: ReportContent) => post<Report>(`${visitPath(visit)}/report`, { seen, language, content }),
  signReport: (visit: string, number: number) => post<Report>(`${visitPath(visit)}/report/sign`, { number }),
  reportVersion: (visit: string, number: number) => get<Report>(`${visitPath(visit)}/report/versions/${number}`),
  agreeClear: (visit: string, moment: string, agree: boolean) => post<ClearAnswer>(`${visitPath(visit)}/report/clear`, { moment, agree }),
  still: (visit: string, moment: string, clear: boolean) => `${part(`${visitPath(visit)}/report/stills`, moment)}${clear ? '?clear=1' : ''}`,
  reportPdf: (visit: string, number?: number) => `${visitPath(visit)}/report/verslag.pdf${number ? `?number=${number}` : ''}`,
  calendar: (visit: string) => `${visitPath(visit)}/bezoek.ics`,

  trajectories: () => get<{ trajectories: Trajectory[]; handovers: Handover[] }>('/api/trajectories'),
  addTrajectory: (fields: { origin?: 'request' | 'invitation'; question?: string; film_first?: boolean; coach?: string; teacher_person?: string; teacher?: string }) =>
    post<Trajectory>('/api/trajectories', fields),
  trajectory: (id: string) => get<TrajectoryAnswer>(trajectoryPath(id)),
  changeTrajectory: (id: string, fields: { question?: string; film_first?: boolean }) => patch<Trajectory>(trajectoryPath(id), fields),
  /** `visit` null: a new one is made. */
  addToTrajectory: (id: string, visit: string | null) => post<{ visit: { id: string; title: string } }>(`${trajectoryPath(id)}/visits`, { visit }).then((r) => r.visit),
  removeFromTrajectory: (id: string, visit: string) => post<unknown>(`${trajectoryPath(id)}/visits/remove`, { visit }),
  plots: (id: string) => get<{ plots: Plot[] }>(`${trajectoryPath(id)}/plots`).then((r) => r.plots),
  closing: (id: string) => get<{ visits: ClosingVisit[] }>(`${trajectoryPath(id)}/closing`).then((r) => r.visits),
  closeTrajectory: (id: string, kept: Kept, bothAgree: boolean, note: string) =>
    post<Trajectory>(`${trajectoryPath(id)}/close`, { kept, both_agree: bothAgree, note }),
  trajectoryReport: (id: string, visit: string) => get<Report>(part(`${trajectoryPath(id)}/reports`, visit)),
  askHandover: (id: string, to: string) => post<Handover>(`${trajectoryPath(id)}/handover`, { to }),
  handovers: () => get<{ handovers: Handover[]; candidates: HandoverCandidate[] }>('/api/handovers'),
  answerHandover: (id: string, agree: boolean, allowed: HandoverAllowed | null) => post<Handover>(`${part('/api/handovers', id)}/answer`, { agree, allowed }),
  withdrawHandover: (id: string) => remove<Handover>(part('/api/handovers', id)),
  coaches: () => get<{ coaches: Named[] }>('/api/coaches').then((r) => r.coaches),
};
