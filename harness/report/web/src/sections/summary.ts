// The verdict in one screen: what is wrong, where, how sure, and what to do.
import {nothing, section} from '../columns';
import {type Report, type Requirement} from '../data';
import {badge, el, given, link} from '../dom';

const SHOWN_SUBJECTS = 6;

const isWrong = (one: Requirement): boolean => one.verdict !== 'pass' && one.reason_code !== 'not_applicable';

/** A named device links to its row among the devices. */
export function subjects(report: Report, one: Requirement): HTMLElement {
  const known = new Set(report.devices.map((device) => device.subject));
  const list = el('ul', {class: 'subjects'}, ...one.subjects.slice(0, SHOWN_SUBJECTS).map((subject) => el('li', {},
    known.has(subject.name) ? link(`#device=${encodeURIComponent(subject.name)}`, subject.name) : given(subject.name))));
  if (one.subjects.length > SHOWN_SUBJECTS) list.append(el('li', {}, `and ${one.subjects.length - SHOWN_SUBJECTS} more`));
  return list;
}

export const requirementId = (one: Requirement): string => `requirement-${one.id}`;

function finding(report: Report, one: Requirement): HTMLElement {
  const action = one.action && one.action !== 'none' ? el('p', {class: 'action'}, `Do: ${one.action.replaceAll('_', ' ')}`) : null;
  return el('li', {}, el('p', {class: 'head'}, badge(one.verdict), ' ', link(`#${requirementId(one)}`, one.id),
                        el('span', {class: 'level'}, ` ${one.level}, ${one.axis}`)),
            el('p', {}, given(one.reason)), one.subjects.length > 0 ? subjects(report, one) : null, action);
}

function marks(report: Report): HTMLElement | null {
  const texts: string[] = [];
  const simulations = report.documents.filter((one) => one.simulation).length;
  if (simulations > 0) {
    texts.push(`Simulated: no hardware was measured${simulations < report.documents.length ? ' for some of these documents' : ''}.`);
  }
  if (report.documents.some((one) => one.run.backend === 'host')) texts.push('Host backend: a CPU was measured, no accelerator.');
  for (const one of report.documents.filter(({status}) => status !== 'complete')) {
    texts.push(`${one.file} is ${one.status}${one.error ? `: ${one.error}` : ': it holds what was measured until then'}.`);
  }
  return texts.length > 0 ? el('ul', {class: 'marks'}, ...texts.map((text) => el('li', {}, given(text)))) : null;
}

export function summary(report: Report): HTMLElement {
  const {verdict} = report;
  if (!verdict) {
    return section('summary', 'Summary', marks(report), el('p', {class: 'verdict not_evaluated'}, 'Not judged'),
                   el('p', {}, given(report.not_judged ?? '')));
  }
  const wrong = verdict.requirements.filter(isWrong);
  const counts = (['fail', 'not_evaluated', 'warn', 'pass', 'not_applicable'] as const)
    .filter((word) => word !== 'not_applicable' || verdict.counts[word])
    .map((word) => el('li', {}, el('strong', {}, String(verdict.counts[word] ?? 0)), ` ${word.replaceAll('_', ' ')}`));
  return section('summary', 'Summary', marks(report),
    el('p', {class: `verdict ${verdict.verdict}`}, badge(verdict.verdict), ` ${report.meaning ?? ''}`),
    el('ul', {class: 'counts', 'aria-label': 'Requirements by outcome'}, ...counts),
    wrong.length === 0 ? nothing('Nothing is wrong: every requirement that applies is met.')
                       : el('ol', {class: 'findings', 'aria-label': 'What is wrong'}, ...wrong.map((one) => finding(report, one))));
}
