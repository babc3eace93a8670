// Collectives over message size: bandwidth, and time with the fitted latency and bandwidth.
import * as Plot from '@observablehq/plot';
import {distinct, figure, groupBy, legend, scales, sentence} from '../chart';
import {baselineColumn, caseColumn, fractionColumn, intervalColumn, medianColumn, nothing, placeColumn, rateColumn, rowText, section} from '../columns';
import {type Fit, type Report, type Row} from '../data';
import {given} from '../dom';
import {axisLabel, axisTick, binaryTick, quantity, show, unitOf} from '../quantity';
import {table} from '../table';
import {baselines} from './baselines';

const bytes = (row: Row): number => Number(row.of.shape['bytes']);
const HALF_DASH = 1.15; // of a size, to both sides
/** The sizes that were measured; of many so many as have room. */
function sizeTicks(rows: Row[], width: number): number[] {
  const sizes = distinct(rows.map(bytes)).sort((a, b) => a - b);
  const step = Math.ceil(sizes.length / Math.max(3, width / 70));
  return sizes.filter((_, i) => (sizes.length - 1 - i) % step === 0);
}
const line = (row: Row): string => `${row.of.implementation}, ${row.of.shape['ranks']} ranks`;

/** Of each size once, whichever place it was held against. */
function baselineDashes(rows: Row[], baseline: Map<string, number>): {from: number; to: number; value: number}[] {
  const known = new Map(rows.flatMap((row): [string, [number, number]][] => {
    const value = baseline.get(row.anchor);
    return value === undefined ? [] : [[`${bytes(row)} ${value}`, [bytes(row), value]]];
  }));
  return [...known.values()].map(([size, value]) => ({from: size / HALF_DASH, to: size * HALF_DASH, value}));
}

const BOUNDS: Record<string, string> = {
  nvlink: 'NVLink', nvlink_switches: 'NVLink, switches adding (NVLS)', pcie: 'PCIe', nic: 'the NICs of a node'};
/** Each speed of light once, and in words what sets it; another maker's document may not say. */
function lightsOf(rows: Row[]): {value: number; by: string}[] {
  const known = new Map(rows.flatMap((row): [number, string][] => (row.speed_of_light_rate === null ? []
    : [[Number(row.speed_of_light_rate.toPrecision(6)), BOUNDS[row.details.bound ?? ''] ?? '']])));
  return [...known].map(([value, by]) => ({value, by}));
}

function bandwidth(title: string, rows: Row[], names: string[], baseline: Map<string, number>): HTMLElement {
  const metric = rows[0]!.of.metric!;
  const dashes = baselineDashes(rows, baseline);
  const lights = lightsOf(rows);
  const notes = [...(lights.length > 0 ? [`a line across is the speed of light${lights.some(({by}) => by) ? ' of what it names' : ''}`] : []), ...(dashes.length > 0 ? ['a short dashed line is the baseline at its size'] : [])];
  return figure({
    title: `${title}: ${axisLabel(metric).replace(/ \(.*/, '')}`, note: sentence(notes), legend: legend(names),
    draw: (width) => Plot.plot({
      width, height: 300, marginLeft: 60, marginBottom: 44, ...scales(names),
      x: {type: 'log', base: 2, label: axisLabel('bytes'), tickFormat: binaryTick, grid: true, ticks: sizeTicks(rows, width)},
      y: {label: axisLabel(metric), tickFormat: axisTick(), grid: true, zero: true},
      marks: [
        Plot.ruleY(lights, {y: 'value', strokeWidth: 2}),
        // Under its line: above it is the label of the axis, and small messages are far below.
        Plot.text(lights, {y: 'value', text: 'by', frameAnchor: 'left', lineAnchor: 'top', dx: 6, dy: 5}),
        Plot.line(rows, {x: bytes, y: 'rate', z: (row: Row) => `${line(row)} ${row.place}`, stroke: line, sort: bytes}),
        Plot.link(dashes, {x1: 'from', x2: 'to', y1: 'value', y2: 'value', strokeWidth: 2, strokeDasharray: '3,3'}),
        Plot.dot(rows, {x: bytes, y: 'rate', fill: line, symbol: line, r: 4, tip: true, title: (row: Row) => `${row.of.case}\n${quantity(row.rate, unitOf(metric))}`}),
      ],
    }),
    table: {caption: title, rows, text: rowText, columns: [caseColumn, placeColumn, rateColumn, fractionColumn, medianColumn, intervalColumn, baselineColumn(baseline)]},
  });
}

const fitted = (fit: Fit, size: number): number => fit.latency_s + fit.s_per_byte * size;
const PIECES = 12;

/** A straight line is a curve between logarithmic axes. */
const points = (fit: Fit, name: string): {x: number; y: number; fit: Fit; name: string}[] => Array.from({length: PIECES + 1}, (_, i) => {
  const x = fit.from_bytes * (fit.to_bytes / fit.from_bytes) ** (i / PIECES);
  return {x, y: fitted(fit, x), fit, name};
});

/** The curve that a measurement is a point of, as harness/fabric/curve_fits.cpp names it. */
function curveOf(row: Row): string {
  const {workload, dtype, implementation, shape_text: shape, series, level} = row.of;
  const member = row.details.members?.[0] ?? row.device?.uuid;
  return `${workload}.${dtype}.${implementation}/${shape.replace(/(^|_)bytes\d+/, '').replace(/^_/, '')}${series === 'hot' ? '' : ` (${series})`}` +
    (level === 'cluster' || member === undefined ? '' : ` in the ${level} of ${member}`);
}

function times(title: string, rows: Row[], names: string[], allFits: Fit[]): HTMLElement {
  const curves = new Map(rows.map((row) => [curveOf(row), line(row)]));
  const fits = allFits.filter((fit) => curves.has(fit.curve));
  return figure({
    title: `${title}: time`, legend: legend(names), note: fits.length > 0 ? 'Lines are the fitted latency and bandwidth, region by region.' : undefined,
    draw: (width) => Plot.plot({
      width, height: 300, marginLeft: 60, marginBottom: 44, ...scales(names),
      x: {type: 'log', base: 2, label: axisLabel('bytes'), tickFormat: binaryTick, grid: true, ticks: sizeTicks(rows, width)},
      y: {type: 'log', label: axisLabel('median_s'), tickFormat: axisTick(), grid: true, ticks: 5},
      marks: [
        Plot.line(fits.flatMap((fit) => points(fit, curves.get(fit.curve)!)), {x: 'x', y: 'y', z: (point: {fit: Fit}) => `${point.fit.curve} ${point.fit.from_bytes}`, stroke: 'name'}),
        Plot.dot(rows, {x: bytes, y: 'median_s', fill: line, symbol: line, r: 4, tip: true, title: (row: Row) => `${row.of.case}\n${show('median_s', row.median_s)}`}),
      ],
    }),
    table: {caption: `${title}: time`, rows, text: rowText, columns: [caseColumn, placeColumn, medianColumn, intervalColumn]},
  });
}

const FIT_TITLES: Record<string, string> = {from_bytes: 'from', to_bytes: 'to', latency_s: 'latency', s_per_byte: 'time a byte', bytes_per_s: 'size over time'};

/** Documents may hold fits of other makers. */
const isFit = (fit: Partial<Fit>): boolean => typeof fit.curve === 'string' && typeof fit.latency_s === 'number' && typeof fit.s_per_byte === 'number' &&
  typeof fit.from_bytes === 'number' && typeof fit.to_bytes === 'number';

export function messages(report: Report): HTMLElement {
  const allFits = report.fits.filter(isFit);
  const rows = report.rows.filter((row) => row.of.shape['ranks'] !== undefined && row.of.shape['bytes'] !== undefined && row.of.workload !== 'pair' && row.rate !== null);
  const baseline = rows.length > 0 ? baselines(report) : new Map<string, number>();
  const parts = [...groupBy(rows, (row) => [row.of.workload, row.of.dtype, row.of.series, row.of.level].join(' ')).values()].flatMap((of) => {
    const {workload, dtype, level, series} = of[0]!.of;
    const names = distinct(of.map(line));
    const title = `${workload.replaceAll('_', ' ')} ${dtype}, ${level}, ${series}`;
    // What was imported has rates without times.
    const timed = of.filter((row) => row.median_s !== null);
    return [bandwidth(title, of, names, baseline), ...(timed.length > 0 ? [times(title, timed, names, allFits)] : [])];
  });
  if (parts.length === 0) return section('messages', 'Collectives over message size', nothing('These documents measured no collective.'));
  if (allFits.length > 0) {
    parts.push(table<Fit>({caption: 'Fitted latency and bandwidth', rows: allFits, text: (fit) => fit.curve, columns: [
      {title: 'curve', cell: (fit) => given(fit.curve), value: (fit) => fit.curve},
      ...(['from_bytes', 'to_bytes', 'latency_s', 's_per_byte', 'bytes_per_s', 'rms_residual', 'max_residual'] as const).map((field) => ({
        title: FIT_TITLES[field] ?? field.replaceAll('_', ' '), number: true, cell: (fit: Fit) => show(field, fit[field]), value: (fit: Fit) => fit[field] ?? null})),
    ]}));
  }
  return section('messages', 'Collectives over message size', ...parts);
}
