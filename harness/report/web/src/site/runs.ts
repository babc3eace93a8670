// The list of runs, and what narrows it.
import {marks, section} from '../columns';
import {badge, type Child, cutAtWord, el, given} from '../dom';
import {type Column, table} from '../table';
import {joined, runLink} from './cells';
import {dayOf, type SitePage, type SiteRun, verdictOf} from './data';
import {standing} from './due';

/** A longer reason stands in the run's own report. */
const MOST_LETTERS = 80;

type Choice = {title: string; of: (run: SiteRun) => string[]};
const CHOICES: Choice[] = [
  {title: 'Machine', of: (run) => [run.machine]},
  {title: 'SKU', of: (run) => run.skus},
  {title: 'Cloud', of: (run) => run.clouds},
  {title: 'Fabric', of: (run) => run.fabrics},
  {title: 'Profile', of: (run) => [run.profile]},
  {title: 'Verdict', of: (run) => [verdictOf(run).replaceAll('_', ' ')]},
];

const wrongText = (run: SiteRun): string => run.not_judged ?? [...run.wrong ?? [], ...(run.more_wrong ? [`and ${run.more_wrong} more`] : [])].join(', ');

function wrong(run: SiteRun): Child {
  const words = run.not_judged === undefined ? null : cutAtWord(run.not_judged, MOST_LETTERS);
  return words === null ? given(wrongText(run)) : el('span', {}, given(`${words} … `), el('a', {href: run.page, 'aria-label': `whole reason of ${run.name}`}, 'whole reason'));
}

function columns(site: SitePage, pick: (side: 'a' | 'b', run: SiteRun) => void): Column<SiteRun>[] {
  const button = (side: 'a' | 'b', run: SiteRun): HTMLElement => el('button', {
    type: 'button', class: 'pick', 'aria-label': `Compare ${run.name} as ${side.toUpperCase()}`, click: () => pick(side, run)}, side.toUpperCase());
  return [
    {title: 'run', cell: runLink, value: (run) => run.name},
    {title: 'compare', cell: (run) => el('span', {class: 'picks'}, button('a', run), button('b', run)), value: (run) => run.started},
    {title: 'started', cell: (run) => el('time', {datetime: run.started, class: 'whole'}, dayOf(run)), value: (run) => run.started},
    {title: 'verdict', cell: (run) => badge(verdictOf(run)), value: verdictOf},
    ...(site.runs.some((run) => run.not_judged !== undefined || (run.wrong ?? []).length > 0) ? [{title: 'not met', wide: true, cell: wrong, value: wrongText}] : []),
    {title: 'profile', cell: (run) => given(run.profile), value: (run) => run.profile},
    {title: 'SKU', cell: (run) => el('span', {class: 'whole'}, given(joined(run.skus)), run.simulated ? ' (simulated)' : ''), value: (run) => joined(run.skus)},
    {title: 'nodes', number: true, cell: (run) => String(run.nodes), value: (run) => run.nodes},
    {title: 'devices', number: true, cell: (run) => String(run.devices), value: (run) => run.devices},
    {title: 'machine', cell: (run) => given(run.machine), value: (run) => run.machine},
    {title: 'cloud', cell: (run) => given(joined(run.clouds)), value: (run) => joined(run.clouds)},
    {title: 'fabric', cell: (run) => given(joined(run.fabrics)), value: (run) => joined(run.fabrics)},
    {title: 'valid until', cell: (run) => standing(run).cell, value: (run) => run.due ?? ''},
  ];
}

export function runs(site: SitePage, pick: (side: 'a' | 'b', run: SiteRun) => void): HTMLElement {
  const newest = [...site.runs].reverse();
  const list = el('div');
  const inputs = CHOICES.map((choice) => {
    const values = [...new Set(site.runs.flatMap(choice.of))].sort((a, b) => a.localeCompare(b, 'en', {numeric: true}));
    const select = el('select', {change: () => draw()}, el('option', {value: ''}, 'any'), ...values.map((value) => el('option', {value}, value)));
    return {choice, select, worth: values.length > 1};
  });
  const day = (): HTMLInputElement => el('input', {type: 'date', change: () => draw()});
  const [from, to] = [day(), day()];
  const words = el('input', {type: 'search', autocomplete: 'off', spellcheck: 'false', input: () => draw()});
  const text = new Map(newest.map((run) => [run, `${run.name} ${run.machine} ${run.profile} ${joined(run.skus)} ${wrongText(run)}`.toLowerCase()]));
  const count = el('span', {class: 'count', role: 'status'});
  function draw(): void {
    const chosen = newest.filter((run) => inputs.every(({choice, select}) => select.value === '' || choice.of(run).includes(select.value)) &&
      (from.value === '' || dayOf(run) >= from.value) && (to.value === '' || dayOf(run) <= to.value) && text.get(run)!.includes(words.value.trim().toLowerCase()));
    count.textContent = `${chosen.length} of ${newest.length} runs`;
    list.replaceChildren(table<SiteRun>({caption: 'Runs, the newest first', page: 25, columns: columns(site, pick), rows: chosen}));
  }
  const form = el('form', {class: 'choices', 'aria-label': 'Narrow the list', submit: (event) => event.preventDefault(), reset: () => setTimeout(draw)},
    ...inputs.filter(({worth}) => worth).map(({choice, select}) => el('label', {}, choice.title, select)),
    el('label', {}, 'From', from), el('label', {}, 'To', to), el('label', {}, 'Words', words), el('button', {type: 'reset', class: 'more'}, 'Clear'), count);
  draw();
  const simulated = site.runs.some((run) => run.simulated) ? ['Some runs are simulated: no hardware was measured for them.'] : [];
  return section('runs', 'Runs', marks(simulated), form, list);
}

export function unreadable(site: SitePage): HTMLElement | null {
  if (site.unreadable.length === 0) return null;
  return section('unreadable', 'Not shown', el('p', {}, 'These documents could not be read, or are copies.'), table({
    caption: 'Documents that are not shown', rows: site.unreadable, columns: [
      {title: 'file', cell: (one) => given(one.file), value: (one) => one.file},
      {title: 'why', cell: (one) => given(one.reason), value: (one) => one.reason}]}));
}

