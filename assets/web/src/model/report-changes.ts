// What differs between two forms of a report, and one out of two that were made at the same time. Pure.
import type { ReportContent, ReportMoment } from './coaching-types';

type Agreements = NonNullable<ReportContent['agreements']>;
/** Nothing left out: absent, null and empty are the same to the server. */
export type FullMoment = Required<ReportMoment>;
export interface FullReport extends Required<Omit<ReportContent, 'moments' | 'agreements' | 'next'>> {
  moments: FullMoment[];
  agreements: Required<Agreements[number]>[];
  next: { text: string; date: string };
}

export const LINES = ['title', 'school', 'coach', 'teacher', 'group', 'subject', 'date'] as const;
export const TEXTS = ['context', 'focus', 'question'] as const;
export const MOMENT_WORDS = ['title', 'question', 'coach', 'teacher', 'alt', 'kind', 'still'] as const;
export type Line = (typeof LINES)[number];
export type Text = (typeof TEXTS)[number];
export type MomentWord = (typeof MOMENT_WORDS)[number];
export type Place = 'language' | Line | Text | 'next.text' | 'next.date' | 'agreements' | 'order' | 'added' | 'removed' | MomentWord;

/** One difference. `moment`: its key and its title, when it is about one. */
export interface Change {
  place: Place;
  moment?: { key: string; title: string };
  before: string;
  after: string;
}

const PLAIN: Place[] = ['language', ...LINES, ...TEXTS, 'next.text', 'next.date'];

export const MOMENTS_MAX = 12;
export const AGREEMENTS_MAX = 20;
export const LINE_MAX = 200;
export const TEXT_MAX = 4000;

// Controls, and what hides or turns round text: the server refuses them, and nobody typed them knowingly.
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffd]/g;
const text = (value: string | null | undefined) => (value ?? '').replace(/\r\n?/g, '\n').replace(UNSEEN, '');
const line = (value: string | null | undefined) => text(value).replace(/[\n\t]/g, ' ');

export function full(content: ReportContent): FullReport {
  return {
    format: 1,
    language: content.language,
    school: line(content.school),
    title: line(content.title),
    date: line(content.date),
    coach: line(content.coach),
    teacher: line(content.teacher),
    group: line(content.group),
    subject: line(content.subject),
    context: text(content.context),
    focus: text(content.focus),
    question: text(content.question),
    moments: (content.moments ?? []).map((one) => ({
      id: one.id ?? '',
      title: line(one.title),
      from: one.from ?? null,
      to: one.to ?? null,
      kind: one.kind ?? null,
      question: text(one.question),
      coach: text(one.coach),
      teacher: text(one.teacher),
      still: one.still ?? null,
      alt: line(one.alt),
    })),
    agreements: (content.agreements ?? []).map((one) => ({ text: text(one.text), who: line(one.who), due: line(one.due) })),
    next: { text: text(content.next?.text), date: line(content.next?.date) },
  };
}

/** What is sent: an agreement without words is none. */
export function finished(report: FullReport): FullReport {
  const tidy = full(report);
  return { ...tidy, agreements: tidy.agreements.filter((one) => one.text.trim() !== '') };
}

export const equal = (a: FullReport, b: FullReport): boolean => JSON.stringify(finished(a)) === JSON.stringify(finished(b));

/** A name for each moment that stays when it moves: its id, or which of those without one it is. */
export function momentKeys(moments: FullMoment[]): string[] {
  let own = 0;
  const seen = new Set<string>();
  return moments.map((one) => {
    const key = one.id && !seen.has(one.id) ? one.id : `own-${++own}`;
    seen.add(key);
    return key;
  });
}

export function agreementLines(agreements: FullReport['agreements']): string {
  return agreements.filter((one) => one.text).map((one) => [one.text, one.who, one.due].filter((part) => part).join(' · ')).join('\n');
}

export function plainValue(report: FullReport, place: Place): string {
  if (place === 'next.text') return report.next.text;
  if (place === 'next.date') return report.next.date;
  return report[place as Line | Text | 'language'];
}

export function withPlain(report: FullReport, place: Place, value: string): FullReport {
  if (place === 'next.text') return { ...report, next: { ...report.next, text: value } };
  if (place === 'next.date') return { ...report, next: { ...report.next, date: value } };
  return { ...report, [place]: value };
}

const byKey = (report: FullReport) => {
  const keys = momentKeys(report.moments);
  return new Map(keys.map((key, index) => [key, report.moments[index]!]));
};

/** Field by field. */
export function changes(before: FullReport, after: FullReport): Change[] {
  const found: Change[] = [];
  for (const place of PLAIN) {
    const [was, is] = [plainValue(before, place), plainValue(after, place)];
    if (was !== is) found.push({ place, before: was, after: is });
  }
  const [old, now] = [byKey(before), byKey(after)];
  for (const [key, moment] of old) if (!now.has(key)) found.push({ place: 'removed', moment: { key, title: moment.title }, before: moment.title, after: '' });
  for (const [key, moment] of now) {
    const was = old.get(key);
    if (!was) {
      found.push({ place: 'added', moment: { key, title: moment.title }, before: '', after: moment.title });
      continue;
    }
    for (const place of MOMENT_WORDS)
      if (was[place] !== moment[place]) found.push({ place, moment: { key, title: moment.title || was.title }, before: was[place] ?? '', after: moment[place] ?? '' });
  }
  const common = (one: Map<string, FullMoment>, other: Map<string, FullMoment>) => [...one.keys()].filter((key) => other.has(key));
  if (common(old, now).join() !== common(now, old).join())
    found.push({ place: 'order', before: before.moments.map((one) => one.title).join('\n'), after: after.moments.map((one) => one.title).join('\n') });
  const [lines, fresh] = [agreementLines(before.agreements), agreementLines(after.agreements)];
  if (lines !== fresh) found.push({ place: 'agreements', before: lines, after: fresh });
  return found;
}

/** Both wrote at one place. `before` is mine, `after` theirs. */
export type Clash = Change;

export interface Merged {
  report: FullReport;
  clashes: Clash[];
}

/** MINE and THEIRS were both made from BASE. Where only one of them changed something that is taken; where both did,
 *  mine stays and theirs is in the clashes. What one took away and the other changed stays. */
export function merge(base: FullReport, mine: FullReport, theirs: FullReport): Merged {
  const clashes: Clash[] = [];
  let report = full(theirs);
  for (const place of PLAIN) {
    const [was, my, other] = [plainValue(base, place), plainValue(mine, place), plainValue(theirs, place)];
    if (my === was || my === other) continue;
    report = withPlain(report, place, my);
    if (other !== was) clashes.push({ place, before: my, after: other });
  }
  const lists = [base, mine, theirs].map((one) => JSON.stringify(one.agreements));
  if (lists[1] !== lists[0] && lists[1] !== lists[2]) {
    report = { ...report, agreements: mine.agreements };
    if (lists[2] !== lists[0]) clashes.push({ place: 'agreements', before: agreementLines(mine.agreements), after: agreementLines(theirs.agreements) });
  }
  return { report: { ...report, moments: mergeMoments(base, mine, theirs, clashes) }, clashes };
}

function mergeMoments(base: FullReport, mine: FullReport, theirs: FullReport, clashes: Clash[]): FullMoment[] {
  const [b, m, t] = [byKey(base), byKey(mine), byKey(theirs)];
  const untouched = (one: FullMoment | undefined, was: FullMoment | undefined) => JSON.stringify(one) === JSON.stringify(was);
  const moved = [...b.keys()].join() !== [...m.keys()].join();
  const order = moved ? [...m.keys(), ...[...t.keys()].filter((key) => !m.has(key))] : [...t.keys(), ...[...m.keys()].filter((key) => !t.has(key))];
  const merged: FullMoment[] = [];
  for (const key of order) {
    const [was, my, other] = [b.get(key), m.get(key), t.get(key)];
    if (my && other) {
      const one = { ...other };
      for (const place of MOMENT_WORDS) {
        if (my[place] === was?.[place] || my[place] === other[place]) continue;
        (one as Record<MomentWord, string | null>)[place] = my[place];
        if (!was || other[place] !== was[place]) clashes.push({ place, moment: { key, title: my.title }, before: my[place] ?? '', after: other[place] ?? '' });
      }
      merged.push(one);
    } else {
      const left = my ?? other;
      // In the base and now with one of us: the other took it away, which counts unless it was changed meanwhile.
      if (left && !(was && untouched(left, was))) merged.push(left);
    }
  }
  return merged;
}

/** THEIRS at the place of a clash, in REPORT. */
export function takeTheirs(report: FullReport, theirs: FullReport, clash: Clash): FullReport {
  if (clash.place === 'agreements') return { ...report, agreements: theirs.agreements };
  if (!clash.moment) return withPlain(report, clash.place, clash.after);
  const keys = momentKeys(report.moments);
  const value = clash.after === '' && (clash.place === 'kind' || clash.place === 'still') ? null : clash.after;
  return { ...report, moments: report.moments.map((one, index) => (keys[index] === clash.moment!.key ? { ...one, [clash.place]: value } : one)) };
}

/** What the program wrote itself, in another language; what people wrote stays. */
export function retell(report: FullReport, from: FullReport, to: FullReport): FullReport {
  let told: FullReport = { ...report, language: to.language };
  for (const place of PLAIN) if (place !== 'language' && plainValue(report, place) === plainValue(from, place)) told = withPlain(told, place, plainValue(to, place));
  const [old, fresh, keys] = [byKey(from), byKey(to), momentKeys(report.moments)];
  const moments = told.moments.map((one, index) => {
    const [was, now] = [old.get(keys[index]!), fresh.get(keys[index]!)];
    if (!was || !now) return one;
    const same = (place: 'title' | 'question' | 'alt') => (one[place] === was[place] ? now[place] : one[place]);
    return { ...one, title: same('title'), question: same('question'), alt: same('alt') };
  });
  return { ...told, moments };
}
