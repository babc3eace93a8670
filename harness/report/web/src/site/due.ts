// Results that expire: a year after each last run it is to be measured again.
import {nothing, section} from '../columns';
import {badge, el, given} from '../dom';
import {table} from '../table';
import {joined, runLink} from './cells';
import {dayOf, type SitePage, type SiteRun} from './data';

const SOON_DAYS = 60;
const NAMED = 3; // of the runs of the future
const day = (time: number): string => new Date(time).toISOString().slice(0, 10);

/** By the clock of whoever reads the page: nothing follows from the age of such a run. */
const isInFuture = (run: SiteRun): boolean => dayOf(run) > day(Date.now());

/** As of the day on which the page is read. */
export function standing(run: SiteRun): {word: 'expired' | 'due soon' | 'valid' | 'never complete' | 'of the future'; cell: Node} {
  const now = Date.now();
  const word = run.due === undefined ? 'never complete' : isInFuture(run) ? 'of the future' : run.due < day(now) ? 'expired' : run.due <= day(now + SOON_DAYS * 86_400_000) ? 'due soon' : 'valid';
  const text = run.due === undefined || word === 'of the future' ? '–' : word === 'valid' ? run.due : `${run.due} (${word})`;
  return {word, cell: el('span', {class: 'whole'}, text)};
}

/** The last complete run of each machine with each profile. */
function last(site: SitePage): SiteRun[] {
  const found = new Map<string, SiteRun>();
  for (const run of site.runs) if (run.due !== undefined && run.status === 'complete' && !isInFuture(run)) found.set(JSON.stringify([run.machine, run.profile]), run);
  return [...found.values()].sort((a, b) => a.due!.localeCompare(b.due!));
}

function ofTheFuture(site: SitePage): Node | string {
  const runs = site.runs.filter(isInFuture);
  if (runs.length === 0) return '';
  const names = runs.slice(0, NAMED).flatMap((run, i) => [i > 0 ? ', ' : '', runLink(run), ` (${dayOf(run)})`]);
  return el('p', {}, el('strong', {}, `${runs.length} run${runs.length === 1 ? ' is' : 's are'} dated in the future`), ' and not counted here: ', ...names,
            runs.length > NAMED ? ` and ${runs.length - NAMED} more` : '', '.');
}

export function due(site: SitePage): HTMLElement {
  const all = last(site);
  if (all.length === 0) return section('due', 'Re-tests', ofTheFuture(site), nothing('No run is complete.'));
  const count = (word: string): number => all.filter((run) => standing(run).word === word).length;
  const marks: Record<string, string> = {expired: 'fail', 'due soon': 'warn', valid: 'pass'};
  return section('due', 'Re-tests', el('p', {}, `A result is valid for a year. As of ${day(Date.now())}: ${count('expired')} expired, ${count('due soon')} due within ${SOON_DAYS} days, ${count('valid')} valid.`), ofTheFuture(site),
    table<SiteRun>({caption: 'The last complete run of each machine and profile, the first due first', rows: all, text: (run) => `${run.machine} ${run.profile} ${standing(run).word}`, columns: [
      {title: 'machine', cell: (run) => given(run.machine), value: (run) => run.machine},
      {title: 'standing', cell: (run) => badge(marks[standing(run).word]!, standing(run).word), value: (run) => run.due!},
      {title: 're-test due', cell: (run) => el('span', {class: 'whole'}, run.due!), value: (run) => run.due!},
      {title: 'profile', cell: (run) => given(run.profile), value: (run) => run.profile},
      {title: 'SKU', cell: (run) => given(joined(run.skus)), value: (run) => joined(run.skus)},
      {title: 'last run', cell: runLink, value: (run) => run.name},
      {title: 'measured', cell: (run) => el('span', {class: 'whole'}, dayOf(run)), value: dayOf},
    ]}));
}
