// The verdict in one screen: what is wrong, where, how sure, and what to do, by the places that have the same to be done.
import {groupBy} from '../chart';
import {marks, nothing, section} from '../columns';
import {type Report, type Requirement} from '../data';
import {badge, type Child, cutAtWord, el, given, link} from '../dom';
import {howSure, reasonOf} from './sureness';

const SHOWN_SUBJECTS = 6;
const SHOWN_FINDINGS = 5; // as many as a screen has room for
const LONGEST_REASON = 120;

const isWrong = (one: Requirement): boolean => one.verdict !== 'pass' && one.reason_code !== 'not_applicable';

/** The worse the higher: a must that could not be evaluated counts like one that failed. */
export const rankOf = (one: Requirement): number =>
  ({pass: 0, not_evaluated: one.level === 'must' ? 3 : 1, warn: 2, fail: 4})[one.verdict];

/** A named device links to its row among the devices. */
export function subjects(report: Report, one: Requirement): HTMLElement {
  const known = new Set(report.devices.map((device) => device.subject));
  const list = el('ul', {class: 'subjects'}, ...one.subjects.slice(0, SHOWN_SUBJECTS).map((subject) => el('li', {},
    known.has(subject.name) ? link(`#device=${encodeURIComponent(subject.name)}`, subject.name) : given(subject.name))));
  if (one.subjects.length > SHOWN_SUBJECTS) list.append(el('li', {}, `and ${one.subjects.length - SHOWN_SUBJECTS} more`));
  return list;
}

export const requirementId = (one: Requirement): string => `requirement-${one.id}`;

/** What is to be done, and why that; nothing where nothing is. */
export function action(one: Requirement): HTMLElement | null {
  if (!one.action || one.action === 'none') return null;
  return el('p', {}, el('strong', {}, `Do: ${one.action.replaceAll('_', ' ')}`), one.action_reason ? ` (${one.action_reason})` : '');
}

/** Places of which the same requirements are not met, the worst first. */
interface Finding {
  places: string[];
  wrong: Requirement[];
}

function findings(requirements: Requirement[]): Finding[] {
  const byPlace = new Map<string, Requirement[]>();
  for (const one of requirements) {
    for (const name of one.subjects.length > 0 ? one.subjects.map((subject) => subject.name) : ['the run']) {
      const known = byPlace.get(name);
      if (known) known.push(one);
      else byPlace.set(name, [one]);
    }
  }
  for (const wrong of byPlace.values()) wrong.sort((a, b) => rankOf(b) - rankOf(a));
  const groups = groupBy([...byPlace], ([, wrong]) => wrong.map(({id}) => id).join(' '));
  return [...groups.values()].map((of) => ({places: of.map(([name]) => name), wrong: of[0]![1]}))
    .sort((a, b) => rankOf(b.wrong[0]!) - rankOf(a.wrong[0]!));
}

/** `node-a device 3` is known by that; the rest of the name stands among the devices. */
function where(report: Report, {places}: Finding): Child[] {
  const name = places[0]!;
  const shown = report.devices.some((device) => device.subject === name) ? link(`#device=${encodeURIComponent(name)}`, name.split(',')[0]!) : given(name);
  return [shown, places.length > 1 ? ` and ${places.length - 1} more` : ''];
}

/** Cut at a word; the whole stands where the link leads. */
function shortened(one: Requirement, reason: string): Child[] {
  const words = cutAtWord(reason, LONGEST_REASON);
  return words === null ? [given(reason)] : [given(`${words} … `), el('a', {href: `#${requirementId(one)}`, 'aria-label': `whole reason of ${one.id}`}, 'whole reason')];
}

function finding(report: Report, found: Finding): HTMLElement {
  const [worst, ...others] = found.wrong as [Requirement, ...Requirement[]];
  const todo = worst.action && worst.action !== 'none' ? el('strong', {}, ` Do: ${worst.action.replaceAll('_', ' ')}`) : null;
  const also = others.slice(0, 4).flatMap((one, i) => [i > 0 ? ', ' : '', link(`#${requirementId(one)}`, one.id)]);
  const rest = others.length > 4 ? ` and ${others.length - 4} more` : '';
  return el('li', {}, el('p', {class: 'head'}, badge(worst.verdict), ' ', ...where(report, found), todo),
            el('p', {}, link(`#${requirementId(worst)}`, worst.id), ' ', ...shortened(worst, reasonOf(worst, found.places[0]!))),
            el('p', {class: 'level'}, `How sure: ${howSure(worst, found.places[0]!)}`, ...(others.length > 0 ? ['; also not met there: ', ...also, rest] : [])));
}

export function summary(report: Report): HTMLElement {
  const {verdict} = report;
  if (!verdict) {
    return section('summary', 'Summary', marks(report.marks), el('p', {class: 'verdict not_evaluated'}, 'Not judged'),
                   el('p', {}, given(report.not_judged ?? '')));
  }
  const found = findings(verdict.requirements.filter(isWrong));
  const left = found.length - SHOWN_FINDINGS;
  const counts = (['fail', 'not_evaluated', 'warn', 'pass', 'not_applicable'] as const)
    .filter((word) => word !== 'not_applicable' || verdict.counts[word])
    .map((word) => el('li', {}, el('strong', {}, String(verdict.counts[word] ?? 0)), ` ${word.replaceAll('_', ' ')}`));
  return section('summary', 'Summary', marks(report.marks),
    el('p', {class: `verdict ${verdict.verdict}`}, badge(verdict.verdict), ` ${report.meaning ?? ''}`),
    el('ul', {class: 'counts', 'aria-label': 'Requirements by outcome'}, ...counts),
    found.length === 0 ? nothing('Nothing is wrong: every requirement that applies is met.')
                       : el('ol', {class: 'findings', 'aria-label': 'What is wrong'}, ...found.slice(0, SHOWN_FINDINGS).map((one) => finding(report, one))),
    left > 0 ? el('p', {}, `${left} more finding${left === 1 ? '' : 's'}: see `, link('#requirements', 'the requirements'), '.') : null);
}
