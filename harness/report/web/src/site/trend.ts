// One case over time, with the places where it changed; and every change of every case.
import * as Plot from '@observablehq/plot';
import {distinct, figure, legend, OUTCOME_LOOKS, scales} from '../chart';
import {nothing, section} from '../columns';
import {badge, el, given, link} from '../dom';
import {axisLabel, axisTick, quantity, show, unitOf} from '../quantity';
import {change, changeInterval} from '../sections/compared';
import {table} from '../table';
import {runLink} from './cells';
import {caseName, dayOf, type Figure, figuresOf, fromHash, type History, type SitePage, type SiteRun, trendLink, verdictOf} from './data';

interface Point {
  run: SiteRun;
  date: Date;
  value: number;
  low: number | null;
  high: number | null;
  verdict: string;
}
type Moved = {history: History; run: SiteRun; before: SiteRun; ratio: number; ci_low: number; ci_high: number};

const wordOf = (ratio: number): 'worse' | 'better' => (ratio > 1 ? 'worse' : 'better');

function moved(site: SitePage): Moved[] {
  const all = site.histories.flatMap((history) => history.changes.map((one) => (
    {...one, history, run: site.runs[one.run]!, before: site.runs[one.before]!})));
  const place = (one: Moved): number => (one.ratio > 1 ? 0 : 1);
  return all.sort((a, b) => b.run.started.localeCompare(a.run.started) || place(a) - place(b) || b.ratio - a.ratio);
}

export function changes(site: SitePage): HTMLElement {
  const all = moved(site);
  const explained = el('p', {}, 'A change is a place in a history where at least 3 runs on each side differ by more than the margin and more than chance explains (1 % of histories without a change show one).');
  if (all.length === 0) return section('changes', 'What changed', explained, nothing('No case of any machine changed.'));
  return section('changes', 'What changed', explained, table<Moved>({
    caption: 'Changes, the newest first', rows: all, text: (one) => `${one.history.machine} ${one.history.profile} ${caseName(site.cases[one.history.case]!)} ${wordOf(one.ratio)}`, columns: [
      {title: 'case', cell: (one) => link(trendLink(site, one.history), caseName(site.cases[one.history.case]!)), value: (one) => caseName(site.cases[one.history.case]!)},
      {title: 'change', cell: (one) => badge(wordOf(one.ratio)), value: (one) => wordOf(one.ratio)},
      {title: 'time', number: true, cell: (one) => change(one.ratio), value: (one) => one.ratio},
      {title: 'interval', number: true, cell: (one) => changeInterval(one.ci_low, one.ci_high), value: (one) => one.ci_low},
      {title: 'machine', cell: (one) => given(one.history.machine), value: (one) => one.history.machine},
      {title: 'profile', cell: (one) => given(one.history.profile), value: (one) => one.history.profile},
      {title: 'last before', cell: (one) => el('span', {class: 'whole'}, dayOf(one.before)), value: (one) => one.before.started},
      {title: 'first after', cell: (one) => runLink(one.run), value: (one) => one.run.started},
    ]}));
}

function pointsOf(site: SitePage, history: History): {field: string; points: Point[]} {
  const figures = history.runs.map((place): [SiteRun, Figure] => [site.runs[place]!, figuresOf(site, site.runs[place]!).get(history.case)!]);
  const metric = site.cases[history.case]!.metric;
  const byRate = metric !== undefined && figures.every(([, figure]) => figure.rate !== null);
  return {field: byRate ? metric : 'median_s', points: figures.map(([run, figure]) => ({
    run, date: new Date(run.started), verdict: verdictOf(run).replaceAll('_', ' '), value: (byRate ? figure.rate : figure.time_s)!,
    low: byRate ? figure.rate_low : null, high: byRate ? figure.rate_high : null}))};
}

const lookOf = (verdict: string): typeof OUTCOME_LOOKS.good =>
  OUTCOME_LOOKS[({pass: 'good', warn: 'warned', fail: 'bad', 'not evaluated': 'undecided'} as const)[verdict] ?? 'unknown'];

function chart(site: SitePage, history: History): HTMLElement {
  const {field, points} = pointsOf(site, history);
  const unit = unitOf(field);
  const verdicts = distinct(points.map((point) => point.verdict));
  const looks = verdicts.map(lookOf);
  const bars = points.filter((point) => point.low !== null);
  const steps = history.changes.map((one) => ({...one, date: new Date(site.runs[one.run]!.started)}));
  const title = `${caseName(site.cases[history.case]!)} on ${history.machine}`;
  return figure({
    title, legend: legend(verdicts, looks),
    note: `${points.length} runs of profile ${history.profile}. Marks are verdicts, bars ${site.level * 100} % intervals between runs; a dashed line stands where the figure changed.`,
    draw: (width) => Plot.plot({
      width, height: 300, marginLeft: 60, marginBottom: 44, marginTop: 28, ...scales(verdicts, looks),
      x: {type: 'utc', label: 'started', grid: false, ticks: Math.max(2, Math.min(points.length, width / 110))},
      y: {label: axisLabel(field), tickFormat: axisTick(unit), grid: true, nice: true},
      marks: [
        Plot.ruleX(steps, {x: 'date', stroke: 'currentColor', strokeDasharray: '4 4'}),
        Plot.text(steps, {x: 'date', frameAnchor: 'top', dy: -14, text: (one: {ratio: number}) => `time ${change(one.ratio)}`}),
        Plot.line(points, {x: 'date', y: 'value', stroke: 'currentColor', strokeOpacity: 0.35}),
        Plot.ruleX(bars, {x: 'date', y1: 'low', y2: 'high', stroke: 'verdict', strokeWidth: 2, strokeOpacity: 0.6}),
        Plot.dot(points, {x: 'date', y: 'value', fill: 'verdict', symbol: 'verdict', r: 4, tip: true, title: (point: Point) => `${point.run.name}\n${dayOf(point.run)}\n${show(field, point.value)}`}),
      ],
    }),
    table: {caption: title, rows: [...points].reverse(), text: (point: Point) => `${point.run.name} ${point.verdict}`, columns: [
      {title: 'run', cell: (point: Point) => runLink(point.run), value: (point: Point) => point.run.name},
      {title: 'started', cell: (point: Point) => el('span', {class: 'whole'}, dayOf(point.run)), value: (point: Point) => point.run.started},
      {title: axisLabel(field).replace(/ \(.*/, ''), number: true, cell: (point: Point) => quantity(point.value, unit), value: (point: Point) => point.value},
      {title: 'interval', number: true, cell: (point: Point) => (point.low === null ? '–' : `${quantity(point.low, unit)} to ${quantity(point.high, unit)}`), value: (point: Point) => point.low},
      {title: 'verdict', cell: (point: Point) => badge(verdictOf(point.run)), value: (point: Point) => point.verdict},
    ]},
  });
}

const groupOf = (history: History): string => `${history.machine}, ${history.profile}, ${history.skus.join(', ')}`;

export function trend(site: SitePage): HTMLElement {
  if (site.histories.length === 0) return section('trend', 'Trend', nothing('No run measured anything.'));
  const groups = [...new Set(site.histories.map(groupOf))];
  const of = el('select', {change: () => { fill(); draw(); }}, ...groups.map((group) => el('option', {value: group}, group)));
  const what = el('select', {change: () => draw()});
  const body = el('div');
  const fill = (): void => what.replaceChildren(...site.histories.flatMap((history, place) => groupOf(history) === of.value
    ? [el('option', {value: String(place)}, `${caseName(site.cases[history.case]!)}${history.changes.length > 0 ? ' (changed)' : ''}`)] : []));
  const draw = (): void => body.replaceChildren(chart(site, site.histories[Number(what.value)]!));
  const made = section('trend', 'Trend', el('p', {class: 'choices'}, el('label', {}, 'Machine, profile, SKU ', of), el('label', {}, 'Case ', what)), body);
  const choose = (place: number): void => {
    of.value = groupOf(site.histories[place]!);
    fill();
    what.value = String(place);
    draw();
  };
  const follow = (jump: boolean): boolean => {
    if (fromHash('trend') === null) return false;
    const place = site.histories.findIndex((history) => trendLink(site, history) === location.hash);
    if (place < 0) body.replaceChildren(nothing('This site has no such history.'));
    else choose(place);
    if (jump) made.querySelector('h2')?.focus();
    made.scrollIntoView();
    return true;
  };
  // What changed last is what somebody wants to see first; else what has most runs.
  const newest = moved(site)[0];
  const longest = site.histories.reduce((best, history, place) => (history.runs.length > site.histories[best]!.runs.length ? place : best), 0);
  choose(newest ? site.histories.indexOf(newest.history) : longest);
  if (fromHash('trend') !== null) setTimeout(() => follow(false), 300);
  window.addEventListener('hashchange', () => follow(true));
  return made;
}
