// Two sets of documents side by side: the figures of `assay compare`, none of them computed here.
import * as Plot from '@observablehq/plot';
import {figure} from '../chart';
import {nothing, section} from '../columns';
import type {ComparedCase, ComparedSide, Comparison} from '../data';
import {badge, type Child, el, given} from '../dom';
import {show} from '../quantity';
import {type Column, table} from '../table';

const ORDER = ['worse', 'better', 'unclear', 'same', 'not_comparable'] as const;
const DRAWN = 40;

/** 1.052 as `+5.2 %`, as the text of `assay compare` has it. */
export const change = (ratio: number): string => `${ratio < 1 ? '-' : '+'}${Math.abs((ratio - 1) * 100).toFixed(1)} %`;
export const changeInterval = (low?: number, high?: number): string => (low === undefined || high === undefined ? '–' : `${change(low)} to ${change(high)}`);

const price = (value: number): string => String(Number(value.toPrecision(3)));

/** The device, or what the scope is. */
function placeOf(one: ComparedCase): string {
  const {level, members} = one.scope;
  if (members.length === 0) return level;
  return members.length > 2 ? `${level} of ${members.length}` : members.join(' – ');
}

const nameOf = (one: ComparedCase): string => `${one.case} ${one.series} ${placeOf(one)}`;

function sides(comparison: Comparison): HTMLElement {
  const facts = (of: (side: ComparedSide) => Child): Child[] => [of(comparison.a), of(comparison.b)];
  const rows: [string, Child[]][] = [
    ['documents', facts((side) => given(side.documents.map((one) => one.file).join(', ')))],
    ['nodes', facts((side) => String(side.nodes.length))],
    ['devices', facts((side) => given(Object.entries(side.devices).map(([device, count]) => `${count} x ${device}`).join(', ')))],
  ];
  if (comparison.a.price_per_device_hour !== undefined) rows.push(['price of a device and hour', facts((side) => String(side.price_per_device_hour ?? '–'))]);
  for (const one of comparison.differences) {
    if (one.what !== 'devices' && one.what !== 'number of nodes') rows.push([one.what.replaceAll('_', ' '), [given(one.a || '–'), given(one.b || '–')]]);
  }
  return table({caption: 'The two sides, and in what they differ', rows, columns: [
    {title: 'what', cell: ([what]) => given(what)},
    {title: 'A', cell: ([, cells]) => cells[0]},
    {title: 'B', cell: ([, cells]) => cells[1]},
  ]});
}

export const countsList = (counts: Comparison['counts']): HTMLElement => el('ul', {class: 'counts', 'aria-label': 'Cases by verdict'},
  ...ORDER.map((word) => el('li', {}, el('strong', {}, String(counts[word] ?? 0)), ` ${word.replaceAll('_', ' ')}`)));

export function comparedSummary(comparison: Comparison): HTMLElement {
  const worst = ORDER.find((word) => (comparison.counts[word] ?? 0) > 0) ?? 'not_comparable';
  const words = {worse: 'some cases of B are worse', better: 'some cases of B are better, none is worse', unclear: 'nothing is certain',
                 same: 'the same', not_comparable: 'nothing can be compared'};
  const means = comparison.means.length === 0 ? null : table({caption: 'Geometric means of the cases that both sides have', rows: comparison.means, columns: [
    {title: 'cases of', cell: (mean) => given(mean.what)},
    {title: 'cases', number: true, cell: (mean) => String(mean.cases)},
    {title: 'B’s time', number: true, value: (mean) => mean.ratio, cell: (mean) => change(mean.ratio)},
    {title: 'interval', number: true, cell: (mean) => changeInterval(mean.ci_low, mean.ci_high)},
    {title: 'B’s cost', number: true, cell: (mean) => (mean.cost_ratio === undefined ? '–' : change(mean.cost_ratio))},
  ]});
  const simulated = ([['A', comparison.a], ['B', comparison.b]] as const).filter(([, side]) => side.simulated)
    .map(([letter]) => el('li', {}, `${letter} is simulated: no hardware was measured for it.`));
  return section('summary', 'Summary', simulated.length > 0 ? el('ul', {class: 'marks'}, ...simulated) : null, el('p', {class: `verdict ${worst}`}, badge(worst), ` ${words[worst]}`),
    countsList(comparison.counts),
    el('p', {}, `A is `, given(comparison.a.name), `, B is `, given(comparison.b.name), `. B’s time against A’s: worse or better only where the ${comparison.level * 100} % interval lies wholly outside ${comparison.margin * 100} %.`),
    sides(comparison), means);
}

const COLUMNS: Column<ComparedCase>[] = [
  {title: 'case', cell: (one) => given(one.case), value: (one) => one.case},
  {title: 'verdict', cell: (one) => badge(one.verdict), value: (one) => one.verdict},
  {title: 'series', cell: (one) => one.series},
  {title: 'where', cell: (one) => given(placeOf(one)), value: placeOf},
  {title: 'A', number: true, value: (one) => one.a_s ?? null, cell: (one) => show('a_s', one.a_s)},
  {title: 'B', number: true, value: (one) => one.b_s ?? null, cell: (one) => show('b_s', one.b_s)},
  {title: 'B’s time', number: true, value: (one) => one.ratio ?? null, cell: (one) => (one.ratio === undefined ? '–' : change(one.ratio))},
  {title: 'interval', number: true, value: (one) => one.ci_low ?? null, cell: (one) => changeInterval(one.ci_low, one.ci_high)},
  {title: 'why', wide: true, cell: (one) => given(one.reason ?? ''), value: (one) => one.reason ?? ''},
];

/** What the same work costs on each side in the currency of the prices, where they are given. */
const COSTS: Column<ComparedCase>[] = [
  {title: 'A’s cost', number: true, value: (one) => one.cost?.a ?? null, cell: (one) => (one.cost ? price(one.cost.a) : '–')},
  {title: 'B’s cost', number: true, value: (one) => one.cost?.b ?? null, cell: (one) => (one.cost ? price(one.cost.b) : '–')},
  {title: 'of', cell: (one) => el('span', {class: 'whole'}, one.cost?.unit ?? '–'), value: (one) => one.cost?.unit ?? ''},
  {title: 'B’s over A’s', number: true, value: (one) => one.cost?.ratio ?? null, cell: (one) => (one.cost ? change(one.cost.ratio) : '–')},
];

const columnsOf = (cases: ComparedCase[]): Column<ComparedCase>[] =>
  cases.some((one) => one.cost) ? [...COLUMNS.slice(0, -1), ...COSTS, COLUMNS[COLUMNS.length - 1]!] : COLUMNS;

/** The worse first. */
const inOrder = (cases: ComparedCase[]): ComparedCase[] => ORDER.flatMap((verdict) => cases.filter((one) => one.verdict === verdict));

const marginOf = (width: number): number => Math.min(320, width / 2);
/** As long as the margin has room for at 7 pixels a letter; both ends of a name matter. */
function shortened(name: string, margin: number): string {
  const room = Math.floor((margin - 16) / 7);
  return name.length <= room ? name : `${name.slice(0, Math.ceil(room * 0.6) - 1)}…${name.slice(name.length - Math.floor(room * 0.4))}`;
}

export function intervals(comparison: Pick<Comparison, 'margin'>, cases: ComparedCase[]): HTMLElement | null {
  const known = inOrder(cases).filter((one) => one.ci_low !== undefined && one.ratio !== undefined);
  if (known.length === 0) return null;
  const drawn = known.slice(0, DRAWN);
  const note = drawn.length < known.length ? ` Of ${known.length} cases ${drawn.length} are drawn, the worst first.` : '';
  return figure({
    title: 'B’s time over A’s with its interval',
    note: `The dashed lines are the margin: outside them B is slower on the right and faster on the left.${note}`,
    draw: (width) => Plot.plot({
      width, height: 60 + 22 * drawn.length, marginLeft: marginOf(width), marginBottom: 40,
      x: {label: 'B’s time over A’s', grid: true, nice: true, ticks: Math.max(2, width / 130)},
      y: {label: null, domain: drawn.map(nameOf), tickFormat: (name: string) => shortened(name, marginOf(width))},
      marks: [
        Plot.ruleX([1], {stroke: 'currentColor'}),
        Plot.ruleX([1 / (1 + comparison.margin), 1 + comparison.margin], {stroke: 'currentColor', strokeDasharray: '4 4'}),
        Plot.link(drawn, {x1: 'ci_low', x2: 'ci_high', y1: nameOf, y2: nameOf, stroke: 'var(--c0)', strokeWidth: 2}),
        Plot.dot(drawn, {x: 'ratio', y: nameOf, fill: 'var(--c0)', r: 4}),
      ],
    }),
    table: {caption: 'B’s time over A’s', columns: columnsOf(known), rows: known},
  });
}

export const comparedCaseTable = (cases: ComparedCase[]): HTMLElement => table<ComparedCase>({
  caption: 'Every case, the worse first', columns: columnsOf(cases), rows: inOrder(cases), text: (one) => `${nameOf(one)} ${one.verdict} ${one.reason ?? ''}`});

export function comparedCases(comparison: Comparison): HTMLElement {
  if (comparison.cases.length === 0) return section('cases', 'Cases', nothing('The documents hold no measurement.'));
  return section('cases', 'Cases', intervals(comparison, comparison.cases), comparedCaseTable(comparison.cases));
}

export function comparedProvenance(comparison: Comparison, version: string): HTMLElement {
  const lines = (side: ComparedSide): Child[] => [
    ...side.documents.map((one) => el('p', {}, given(`${one.file}: run ${one.run}, content SHA-256 ${one.sha256}`))),
    el('dl', {class: 'facts'}, ...Object.entries(side.software).flatMap(([what, value]) => [el('dt', {}, what.replaceAll('_', ' ')), el('dd', {}, given(value))])),
  ];
  return section('provenance', 'Provenance', el('p', {}, `Written by assay ${version}.`),
                 el('h3', {}, 'A: ', given(comparison.a.name)), ...lines(comparison.a) as Node[],
                 el('h3', {}, 'B: ', given(comparison.b.name)), ...lines(comparison.b) as Node[]);
}
