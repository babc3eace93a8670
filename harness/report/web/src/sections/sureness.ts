// What was found of a place, and how sure that is: the interval or the chance that it was judged by, as a number.
import type {Requirement} from '../data';
import {show} from '../quantity';

type Entry = Record<string, unknown>;

const listed = (one: Requirement, wanted: (key: string) => boolean): Entry[] => Object.entries(one.figures as Entry).flatMap(([key, list]) =>
  (wanted(key) && Array.isArray(list) ? (list as unknown[]).filter((entry): entry is Entry => entry !== null && typeof entry === 'object') : []));
const isNumber = (value: unknown): value is number => typeof value === 'number';
const percent = (value: number): string => show('fraction', value);

/** The beginning of a requirement's reason is about the first of its places only. */
export function reasonOf(one: Requirement, place: string): string {
  const own = listed(one, (key) => key === 'findings').find((entry) => entry['subject'] === place);
  return own ? String(own['reason']) : one.reason.split('; ')[0]!;
}

/** What the reason is about, among the figures: the worst of the series of its case. */
function judged(one: Requirement, place: string, reason: string): Entry | undefined {
  const isHere = (entry: Entry): boolean => entry['device'] === undefined || place.startsWith(`${entry['node']} device ${entry['device']},`);
  const isSaid = (entry: Entry): boolean =>
    isNumber(entry['p_value']) ? reason.startsWith(`${entry['name']} `)
      : entry['case'] === undefined ? reason.includes(` in ${entry['family']} (`)
        : reason.includes(`${entry['case']} `) && (entry['devices'] === undefined || reason.includes(String(entry['devices'])));
  const worth = (entry: Entry): number => (isNumber(entry['favourable_fraction']) ? entry['favourable_fraction'] : 0);
  return listed(one, (key) => key !== 'findings' && key !== 'families').filter((entry) => isHere(entry) && isSaid(entry)).sort((a, b) => worth(a) - worth(b))[0];
}

function ofFraction(one: Requirement, entry: Entry, high: number, low: number): string {
  const limits = {...one.figures as Entry, ...entry};
  const limit = limits[one.verdict === 'warn' ? 'warn_below' : 'fail_below'];
  const where = !isNumber(limit) ? '' : high < limit ? ` below ${percent(limit)}` : low < limit ? ` reaching below ${percent(limit)}` : ` above ${percent(limit)}`;
  const level = entry['interval_level'];
  return `${isNumber(level) ? `${percent(level)} ` : ''}interval ${percent(low)} to ${percent(high)},${where}`;
}

/** null: neither an interval nor a chance was judged. */
function inNumbers(one: Requirement, place: string): string | null {
  const entry = judged(one, place, reasonOf(one, place));
  if (!entry) return null;
  const {p_value: chance, favourable_fraction: high, unfavourable_fraction: low, below_peers_ci_low: least, below_peers_ci_high: most} = entry;
  if (isNumber(chance)) return `noise alone reads so with a chance of ${chance.toPrecision(1)}`;
  if (isNumber(least) && isNumber(most)) return `95 % interval ${percent(least)} to ${percent(most)} below`;
  return isNumber(high) && isNumber(low) ? ofFraction(one, entry, high, low) : null;
}

export function howSure(one: Requirement, place: string): string {
  if (one.verdict !== 'warn' && one.axis !== 'performance') return one.verdict === 'fail' ? 'seen, not estimated' : 'unknown, as it could not be evaluated';
  const numbers = inNumbers(one, place);
  if (one.verdict === 'warn') return `${numbers ? `${numbers}; ` : ''}one run does not settle a warning`;
  if (one.verdict === 'not_evaluated') return numbers ?? 'unknown, as it could not be evaluated';
  return numbers ?? 'by the median alone';
}
