// Two runs case by case by the rules of harness/compare: any two of many are too many to compare beforehand.
import type {ComparedCase, Comparison} from '../data';
import {type Condition, type Figure, figuresOf, type SitePage, type SiteRun} from './data';
import {studentQuantile} from './student';

/** An interval whose half is wider than this shows noise, not a difference. */
const MOST_HALF_WIDTH = 0.05;
/** One that is wider than so many margins and shows no difference is noise too. */
const MOST_MARGINS = 2.5;

type Outcome = Pick<ComparedCase, 'verdict'> & Partial<ComparedCase>;
const refused = (code: string, reason: string): Outcome => ({verdict: 'not_comparable', reason_code: code as ComparedCase['reason_code'], reason});
const open = (code: string, reason: string, ratio?: number): Outcome =>
  ({verdict: 'unclear', reason_code: code as ComparedCase['reason_code'], reason, ratio});

function obstacle(a: Figure, b: Figure, conditions: Condition[][]): Outcome | null {
  if (a.not_measured) return refused('not_measured', `A: ${a.not_measured}`);
  if (b.not_measured) return refused('not_measured', `B: ${b.not_measured}`);
  for (const [i, [code, what, value, differs]] of conditions[a.conditions]!.entries()) {
    const [, , other, differsToo] = conditions[b.conditions]![i]!;
    if (value === other && !differs && !differsToo) continue;
    const across = code === 'versions' ? ` (--across ${what} if that is what is compared)` : '';
    return refused(code, `${what}: ${value} in A and ${other} in B${across}`);
  }
  if (a.contention) return refused('contention', `A: ${a.contention}`);
  return b.contention ? refused('contention', `B: ${b.contention}`) : null;
}

function ratioAlone(a: Figure, b: Figure): number | undefined {
  if (a.time_s !== null && b.time_s !== null) return b.time_s / a.time_s;
  return a.bytes_per_s !== null && b.bytes_per_s !== null ? a.bytes_per_s / b.bytes_per_s : undefined;
}

/** Welch's. */
function interval(a: Figure, b: Figure, level: number): {ratio: number; ci_low: number; ci_high: number} {
  const difference = b.mean! - a.mean!;
  const variance = a.variance! + b.variance!;
  let half = 0;
  if (variance > 0) {
    const weights = (a.variance! * a.variance!) / a.freedom! + (b.variance! * b.variance!) / b.freedom!;
    half = studentQuantile((1 - level) / 2, (variance * variance) / weights) * Math.sqrt(variance);
  }
  return {ratio: Math.exp(difference), ci_low: Math.exp(difference - half), ci_high: Math.exp(difference + half)};
}

function whyTooFewPasses(a: Figure, b: Figure, profiles: [string, string]): string {
  const few = [a, b].flatMap((side, i) => (side.mean === null ? [i] : []));
  const names = few.map((i) => 'AB'[i]).join(' and ');
  return `one pass in ${names}: a run of profile ${[...new Set(few.map((i) => profiles[i]))].sort().join(', ')} measures this once, so there is no ` +
    `interval between passes; give ${few.length > 1 ? 'each side' : names} several runs, as a folder of their documents`;
}

/** What stands in no column of times. */
function ratesInWords(a: Figure, b: Figure): string {
  if ((a.time_s !== null && b.time_s !== null) || a.bytes_per_s === null || b.bytes_per_s === null) return '';
  return `: ${(a.bytes_per_s * 1e-9).toFixed(2)} GB/s in A and ${(b.bytes_per_s * 1e-9).toFixed(2)} GB/s in B`;
}

function judged(a: Figure, b: Figure, level: number, margin: number, profiles: [string, string]): Outcome {
  if (a.mean === null || b.mean === null) {
    const ratio = ratioAlone(a, b);
    if (a.passes === 0 || b.passes === 0) return open('no_interval', `another tool reported it, without samples${ratesInWords(a, b)}`, ratio);
    return open('too_few_passes', whyTooFewPasses(a, b, profiles), ratio);
  }
  const found = interval(a, b, level);
  const most = 1 + margin;
  const least = 1 / (1 + margin);
  const isOutside = found.ci_low > most || found.ci_high < least;
  const half = Math.log(found.ci_high / found.ci_low) / 2;
  if (half > Math.log1p(MOST_HALF_WIDTH) || (half > MOST_MARGINS * Math.log1p(margin) && !isOutside)) {
    return refused('noise', `runs differ too much: the ratio ${found.ratio.toFixed(3)} lies between ${found.ci_low.toFixed(3)} and ${found.ci_high.toFixed(3)}`);
  }
  const times = {...found, a_s: Math.exp(a.mean), b_s: Math.exp(b.mean)};
  if (isOutside) return {...times, verdict: found.ratio > 1 ? 'worse' : 'better'};
  if (found.ci_low >= least && found.ci_high <= most) return {...times, verdict: 'same'};
  return {...times, ...open('wide_interval', 'the interval is partly within the margin', found.ratio)};
}

export type Compared = Pick<Comparison, 'cases' | 'counts' | 'margin' | 'level'>;

/** The devices of a run together, in the order in which A, then B, has the cases. */
export function compareRuns(site: SitePage, a: SiteRun, b: SiteRun): Compared {
  const inA = figuresOf(site, a);
  const inB = figuresOf(site, b);
  const margin = Math.max(a.margin, b.margin);
  const counts = {worse: 0, better: 0, unclear: 0, same: 0, not_comparable: 0};
  const cases = [...new Set([...inA.keys(), ...inB.keys()])].map((place): ComparedCase => {
    const [left, right] = [inA.get(place), inB.get(place)];
    const of = site.cases[place]!;
    const outcome = !left || !right ? refused('missing', left ? 'only A measured it' : 'only B measured it')
      : obstacle(left, right, site.conditions) ?? judged(left, right, site.level, margin, [a.profile, b.profile]);
    ++counts[outcome.verdict];
    const times = {...(left?.time_s != null ? {a_s: left.time_s} : {}), ...(right?.time_s != null ? {b_s: right.time_s} : {})};
    return {case: of.case, series: of.series, scope: {level: of.level, members: []}, ...(of.devices === undefined ? {} : {devices: of.devices}), ...times, ...outcome} as ComparedCase;
  });
  return {cases, counts, margin, level: site.level};
}
