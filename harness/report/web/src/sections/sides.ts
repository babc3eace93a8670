// Three and more sets of documents side by side: each case once, with what every side has of it.
import {nothing, section} from '../columns';
import type {ComparedCase, Comparison} from '../data';
import {badge, given} from '../dom';
import {show} from '../quantity';
import {type Column, table} from '../table';
import {change, changeInterval, letterOf, nameOf, ORDER, placeCell, placeOf} from './compared';

/** A case, and what the comparison at each place has of it. */
interface Line {
  any: ComparedCase;
  sides: (ComparedCase | undefined)[];
}

function linesOf(comparisons: Comparison[]): Line[] {
  const lines = new Map<string, Line>();
  comparisons.forEach((comparison, place) => comparison.cases.forEach((one) => {
    const key = JSON.stringify([one.case, one.series, one.scope, one.devices]);
    const line = lines.get(key) ?? {any: one, sides: comparisons.map(() => undefined)};
    line.sides[place] = one;
    lines.set(key, line);
  }));
  const worst = ({sides}: Line): number => Math.min(...sides.flatMap((one) => (one ? [ORDER.indexOf(one.verdict)] : [])));
  return [...lines.values()].sort((x, y) => worst(x) - worst(y));
}

const timeOfA = ({sides}: Line): number | null => sides.find((one) => one?.a_s !== undefined)?.a_s ?? null;

function columnsOf(place: number, priced: boolean): Column<Line>[] {
  const letter = letterOf(place);
  const of = (line: Line): ComparedCase | undefined => line.sides[place];
  const ratio = (one?: ComparedCase): string => (one?.ratio === undefined ? '–' : `${change(one.ratio)} (${changeInterval(one.ci_low, one.ci_high)})`);
  return [
    {title: letter, number: true, value: (line) => of(line)?.b_s ?? null, cell: (line) => show('b_s', of(line)?.b_s)},
    {title: `${letter}’s verdict`, value: (line) => of(line)?.verdict ?? null, cell: (line) => (of(line) ? badge(of(line)!.verdict) : '–')},
    {title: `${letter}’s time`, number: true, value: (line) => of(line)?.ratio ?? null, cell: (line) => ratio(of(line))},
    ...(priced ? [{title: `${letter}’s cost`, number: true, value: (line: Line) => of(line)?.cost?.ratio ?? null,
                   cell: (line: Line) => (of(line)?.cost ? change(of(line)!.cost!.ratio) : '–')}] : []),
  ];
}

export function sideBySide(comparisons: Comparison[]): HTMLElement {
  const rows = linesOf(comparisons);
  if (rows.length === 0) return section('sides', 'Side by side', nothing('The documents hold no measurement.'));
  const priced = comparisons[0]!.a.price_per_device_hour !== undefined;
  return section('sides', 'Side by side', table<Line>({
    caption: `Every case, the worse first; times ${priced ? 'and costs ' : ''}are against A’s, and the reasons stand in the sections below`, rows,
    text: ({any, sides}) => `${nameOf(any)} ${sides.map((one) => one?.verdict ?? '').join(' ')}`,
    columns: [
      {title: 'case', cell: ({any}) => given(any.case), value: ({any}) => any.case},
      {title: 'series', cell: ({any}) => any.series},
      {title: 'where', cell: ({any}) => placeCell(any), value: ({any}) => placeOf(any)},
      {title: 'A', number: true, value: timeOfA, cell: (line) => show('a_s', timeOfA(line))},
      ...comparisons.flatMap((_, place) => columnsOf(place, priced)),
    ]}));
}
