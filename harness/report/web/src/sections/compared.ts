// Two sets of documents side by side: the figures of `assay compare`, none of them computed here.
import * as Plot from '@observablehq/plot';
import {distinct, figure} from '../chart';
import {marks, nothing, section} from '../columns';
import type {ComparedCase, ComparedSide, Comparison} from '../data';
import {badge, type Child, el, given} from '../dom';
import {show} from '../quantity';
import {type Column, table} from '../table';

export const ORDER = ['worse', 'better', 'unclear', 'same', 'not_comparable'] as const;
const DRAWN = 40;
const LETTER = 7.4;

/** 1.052 as `+5.2 %`, as the text of `assay compare` has it. */
export const change = (ratio: number): string => `${ratio < 1 ? '-' : '+'}${Math.abs((ratio - 1) * 100).toFixed(1)} %`;
export const changeInterval = (low?: number, high?: number): string => (low === undefined || high === undefined ? '–' : `${change(low)} to ${change(high)}`);

const price = (value: number): string => String(Number(value.toPrecision(3)));

/** The device, or what the scope is. */
export function placeOf(one: ComparedCase): string {
  const {level, members} = one.scope;
  if (members.length === 0) return one.devices === undefined ? level : `${level} of ${one.devices}`;
  return members.length > 2 ? `${level} of ${members.length}` : members.join(' – ');
}

/** A short one stays on its line; a UUID breaks into few. */
export const placeCell = (one: ComparedCase): Child => el('span', {class: placeOf(one).length <= 20 ? 'whole' : 'long'}, given(placeOf(one)));

export const nameOf = (one: ComparedCase): string => `${one.case} ${one.series} ${placeOf(one)}`;
/** Of the other side of the comparison at `place`: B, C, … */
export const letterOf = (place: number): string => String.fromCharCode('B'.charCodeAt(0) + place);

/** The sides, and every fact in which they differ; what a side has in common with A stands there, too. */
function sides(comparisons: Comparison[]): HTMLElement {
  const all = [comparisons[0]!.a, ...comparisons.map((one) => one.b)];
  const facts = (of: (side: ComparedSide) => Child): Child[] => all.map(of);
  const rows: [string, Child[]][] = [
    ['documents', facts((side) => given(side.documents.map((one) => one.file).join(', ')))],
    ['nodes', facts((side) => String(side.nodes.length))],
    ['devices', facts((side) => given(Object.entries(side.devices).map(([device, count]) => `${count} x ${device}`).join(', ')))],
  ];
  if (all[0]!.price_per_device_hour !== undefined) rows.push(['price of a device and hour', facts((side) => String(side.price_per_device_hour ?? '–'))]);
  for (const what of distinct(comparisons.flatMap((one) => one.differences.map((difference) => difference.what)))) {
    if (what !== 'devices' && what !== 'number of nodes') rows.push([what.replaceAll('_', ' '), facts((side) => given(side.software[what] || '–'))]);
  }
  return table({caption: `The ${all.length === 2 ? 'two ' : ''}sides, and in what they differ`, rows, columns: [
    {title: 'what', cell: ([what]) => given(what)},
    ...all.map((_, i) => ({title: i === 0 ? 'A' : letterOf(i - 1), cell: ([, cells]: [string, Child[]]) => cells[i]})),
  ]});
}

export const countsList = (counts: Comparison['counts']): HTMLElement => el('ul', {class: 'counts', 'aria-label': 'Cases by verdict'},
  ...ORDER.map((word) => el('li', {}, el('strong', {}, String(counts[word] ?? 0)), ` ${word.replaceAll('_', ' ')}`)));

function outcome(comparison: Comparison, letter: string, several: boolean): HTMLElement[] {
  const worst = ORDER.find((word) => (comparison.counts[word] ?? 0) > 0) ?? 'not_comparable';
  const words = {worse: `some cases of ${letter} are worse`, better: `some cases of ${letter} are better, none is worse`, unclear: 'nothing is certain',
                 same: 'the same', not_comparable: 'nothing can be compared'};
  const said = words[worst];
  return [el('p', {class: `verdict ${worst}`}, badge(worst), several && !said.includes(letter) ? ` ${letter}: ${said}` : ` ${said}`), countsList(comparison.counts)];
}

type Mean = Comparison['means'][number] & {letter: string};
function means(comparisons: Comparison[]): HTMLElement | null {
  const rows = comparisons.flatMap((one, i) => one.means.map((mean): Mean => ({...mean, letter: letterOf(i)})));
  const several = comparisons.length > 1;
  return rows.length === 0 ? null : table<Mean>({caption: `Geometric means of the cases that ${several ? 'a side and A' : 'both sides'} have`, rows, columns: [
    {title: 'cases of', cell: (mean) => given(mean.what)},
    {title: 'cases', number: true, cell: (mean) => String(mean.cases)},
    ...(several ? [{title: 'side', cell: (mean: Mean) => mean.letter}] : []),
    {title: several ? 'time, against A' : 'B’s time', number: true, value: (mean) => mean.ratio, cell: (mean) => change(mean.ratio)},
    {title: 'interval', number: true, cell: (mean) => changeInterval(mean.ci_low, mean.ci_high)},
    {title: several ? 'cost, against A' : 'B’s cost', number: true, cell: (mean) => (mean.cost_ratio === undefined ? '–' : change(mean.cost_ratio))},
  ]});
}

export function comparedSummary(comparisons: Comparison[]): HTMLElement {
  const {a, level, margin} = comparisons[0]!;
  const said = [a, ...comparisons.map((one) => one.b)].flatMap((side, i) =>
    (side.marks ?? []).map(({sentence}) => `${i === 0 ? 'A' : letterOf(i - 1)}: ${sentence}`));
  const names = comparisons.flatMap((one, i) => [`, ${letterOf(i)} is `, given(one.b.name)]);
  const whose = comparisons.length === 1 ? 'B’s time' : 'Each side’s time';
  return section('summary', 'Summary', marks(said),
    ...comparisons.flatMap((one, i) => outcome(one, letterOf(i), comparisons.length > 1)),
    el('p', {}, `A is `, given(a.name), ...names, `. ${whose} against A’s: worse or better only where the ${level * 100}\u00a0% interval lies wholly outside ${margin * 100}\u00a0%.`),
    sides(comparisons), means(comparisons));
}

const columnsFor = (letter: string): Column<ComparedCase>[] => [
  {title: 'case', cell: (one) => given(one.case), value: (one) => one.case},
  {title: 'verdict', cell: (one) => badge(one.verdict), value: (one) => one.verdict},
  {title: 'series', cell: (one) => one.series},
  {title: 'where', cell: placeCell, value: placeOf},
  {title: 'A', number: true, value: (one) => one.a_s ?? null, cell: (one) => show('a_s', one.a_s)},
  {title: letter, number: true, value: (one) => one.b_s ?? null, cell: (one) => show('b_s', one.b_s)},
  {title: `${letter}’s time`, number: true, value: (one) => one.ratio ?? null, cell: (one) => (one.ratio === undefined ? '–' : change(one.ratio))},
  {title: 'interval', number: true, value: (one) => one.ci_low ?? null, cell: (one) => changeInterval(one.ci_low, one.ci_high)},
  {title: 'why', wide: true, cell: (one) => given(one.reason ?? ''), value: (one) => one.reason ?? ''},
];

/** What the same work costs on each side in the currency of the prices, where they are given. */
const costsFor = (letter: string): Column<ComparedCase>[] => [
  {title: 'A’s cost', number: true, value: (one) => one.cost?.a ?? null, cell: (one) => (one.cost ? price(one.cost.a) : '–')},
  {title: `${letter}’s cost`, number: true, value: (one) => one.cost?.b ?? null, cell: (one) => (one.cost ? price(one.cost.b) : '–')},
  {title: 'of', cell: (one) => el('span', {class: 'whole'}, one.cost?.unit ?? '–'), value: (one) => one.cost?.unit ?? ''},
  {title: `${letter}’s over A’s`, number: true, value: (one) => one.cost?.ratio ?? null, cell: (one) => (one.cost ? change(one.cost.ratio) : '–')},
];

function columnsOf(cases: ComparedCase[], letter: string): Column<ComparedCase>[] {
  const columns = columnsFor(letter);
  return cases.some((one) => one.cost) ? [...columns.slice(0, -1), ...costsFor(letter), columns[columns.length - 1]!] : columns;
}

/** The worse first. */
const inOrder = (cases: ComparedCase[]): ComparedCase[] => ORDER.flatMap((verdict) => cases.filter((one) => one.verdict === verdict));

const marginOf = (width: number): number => Math.min(320, width / 2);
/** As long as the margin has room for; both ends of a name matter. */
function shortened(name: string, margin: number): string {
  const room = Math.floor((margin - 16) / LETTER);
  return name.length <= room ? name : `${name.slice(0, Math.ceil(room * 0.6) - 1)}…${name.slice(name.length - Math.floor(room * 0.4))}`;
}

export function intervals(comparison: Pick<Comparison, 'margin'>, cases: ComparedCase[], letter = 'B'): HTMLElement | null {
  const known = inOrder(cases).filter((one) => one.ci_low !== undefined && one.ratio !== undefined);
  if (known.length === 0) return null;
  const drawn = known.slice(0, DRAWN);
  const note = drawn.length < known.length ? ` Of ${known.length} cases ${drawn.length} are drawn, the worst first.` : '';
  return figure({
    title: `${letter}’s time over A’s with its interval`,
    note: `The dashed lines are the margin: outside them ${letter} is slower on the right and faster on the left.${note}`,
    draw: (width) => Plot.plot({
      width, height: 60 + 22 * drawn.length, marginLeft: marginOf(width), marginBottom: 40,
      x: {label: `${letter}’s time over A’s`, grid: true, nice: true, ticks: Math.max(2, width / 130)},
      y: {label: null, domain: drawn.map(nameOf), tickFormat: (name: string) => shortened(name, marginOf(width))},
      marks: [
        Plot.ruleX([1], {stroke: 'currentColor'}),
        Plot.ruleX([1 / (1 + comparison.margin), 1 + comparison.margin], {stroke: 'currentColor', strokeDasharray: '4 4'}),
        Plot.link(drawn, {x1: 'ci_low', x2: 'ci_high', y1: nameOf, y2: nameOf, stroke: 'var(--c0)', strokeWidth: 2}),
        Plot.dot(drawn, {x: 'ratio', y: nameOf, fill: 'var(--c0)', r: 4}),
      ],
    }),
    table: {caption: `${letter}’s time over A’s`, columns: columnsOf(known, letter), rows: known},
  });
}

export const comparedCaseTable = (cases: ComparedCase[], letter = 'B'): HTMLElement => table<ComparedCase>({
  caption: 'Every case, the worse first', columns: columnsOf(cases, letter), rows: inOrder(cases), text: (one) => `${nameOf(one)} ${one.verdict} ${one.reason ?? ''}`});

/** Of two sides without a letter, else of A and the side with that letter. */
export function comparedCases(comparison: Comparison, letter?: string): HTMLElement {
  const [id, title] = letter === undefined ? ['cases', 'Cases'] : [`cases-${letter.toLowerCase()}`, `${letter} against A`];
  if (comparison.cases.length === 0) return section(id, title, nothing('The documents hold no measurement.'));
  return section(id, title, intervals(comparison, comparison.cases, letter), comparedCaseTable(comparison.cases, letter));
}

export function comparedProvenance(comparisons: Comparison[], version: string): HTMLElement {
  const lines = (letter: string, side: ComparedSide): Child[] => [
    el('h3', {}, `${letter}: `, given(side.name)),
    ...side.documents.map((one) => el('p', {}, given(`${one.file}: run ${one.run}, content SHA-256 ${one.sha256}`))),
    el('dl', {class: 'facts'}, ...Object.entries(side.software).flatMap(([what, value]) => [el('dt', {}, what.replaceAll('_', ' ')), el('dd', {}, given(value))])),
  ];
  return section('provenance', 'Provenance', el('p', {}, `Written by assay ${version}.`),
                 ...[lines('A', comparisons[0]!.a), ...comparisons.map((one, i) => lines(letterOf(i), one.b))].flat() as Node[]);
}
