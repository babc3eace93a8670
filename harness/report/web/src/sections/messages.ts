// Collectives over message size: bandwidth, and time with the fitted latency and bandwidth.
import * as Plot from '@observablehq/plot';
import {distinct, figure, groupBy, legend, scales} from '../chart';
import {caseColumn, fractionColumn, intervalColumn, medianColumn, nothing, placeColumn, rateColumn, rowText, section} from '../columns';
import {type Fit, type Report, type Row} from '../data';
import {given} from '../dom';
import {axisLabel, binaryTick, quantity, show, tick, unitOf} from '../quantity';
import {table} from '../table';

const bytes = (row: Row): number => Number(row.of.shape['bytes']);
const line = (row: Row): string => `${row.of.implementation}, ${row.of.shape['ranks']} ranks`;

function bandwidth(title: string, rows: Row[], names: string[]): HTMLElement {
  const metric = rows[0]!.of.metric!;
  return figure({
    title: `${title}: ${axisLabel(metric).replace(/ \(.*/, '')}`, legend: legend(names),
    draw: (width) => Plot.plot({
      width, height: 300, marginLeft: 60, marginBottom: 44, ...scales(names),
      x: {type: 'log', base: 2, label: axisLabel('bytes'), tickFormat: binaryTick, grid: true, ticks: Math.max(3, width / 90)},
      y: {label: axisLabel(metric), tickFormat: (v: number) => tick(v), grid: true, zero: true},
      marks: [
        Plot.line(rows, {x: bytes, y: 'rate', z: (row: Row) => `${line(row)} ${row.place}`, stroke: line, sort: bytes}),
        Plot.dot(rows, {x: bytes, y: 'rate', fill: line, symbol: line, r: 4, tip: true, title: (row: Row) => `${row.of.case}\n${quantity(row.rate, unitOf(metric))}`}),
      ],
    }),
    table: {caption: title, rows, text: rowText, columns: [caseColumn, placeColumn, rateColumn, fractionColumn, medianColumn, intervalColumn]},
  });
}

const fitted = (fit: Fit, size: number): number => fit.latency_s + fit.s_per_byte * size;
const PIECES = 12;

/** A straight line is a curve between logarithmic axes. */
const points = (fit: Fit): {x: number; y: number; fit: Fit}[] => Array.from({length: PIECES + 1}, (_, i) => {
  const x = fit.from_bytes * (fit.to_bytes / fit.from_bytes) ** (i / PIECES);
  return {x, y: fitted(fit, x), fit};
});

function times(title: string, rows: Row[], names: string[], fits: Fit[]): HTMLElement {
  return figure({
    title: `${title}: time`, legend: legend(names), note: fits.length > 0 ? 'Lines are the fitted latency and bandwidth, region by region.' : undefined,
    draw: (width) => Plot.plot({
      width, height: 300, marginLeft: 60, marginBottom: 44, ...scales(names),
      x: {type: 'log', base: 2, label: axisLabel('bytes'), tickFormat: binaryTick, grid: true, ticks: Math.max(3, width / 90)},
      y: {type: 'log', label: axisLabel('median_s'), tickFormat: (v: number) => tick(v), grid: true, ticks: 5},
      marks: [
        Plot.line(fits.flatMap(points), {x: 'x', y: 'y', z: (point: {fit: Fit}) => `${point.fit.curve} ${point.fit.from_bytes}`, strokeOpacity: 0.7}),
        Plot.dot(rows, {x: bytes, y: 'median_s', fill: line, symbol: line, r: 4, tip: true, title: (row: Row) => `${row.of.case}\n${show('median_s', row.median_s)}`}),
      ],
    }),
    table: {caption: `${title}: time`, rows, text: rowText, columns: [caseColumn, placeColumn, medianColumn, intervalColumn]},
  });
}

/** Documents may hold fits of other makers. */
const isFit = (fit: Partial<Fit>): boolean => typeof fit.curve === 'string' && typeof fit.latency_s === 'number' && typeof fit.s_per_byte === 'number' &&
  typeof fit.from_bytes === 'number' && typeof fit.to_bytes === 'number';

export function messages(report: Report): HTMLElement {
  const allFits = report.fits.filter(isFit);
  const rows = report.rows.filter((row) => row.of.shape['ranks'] !== undefined && row.of.shape['bytes'] !== undefined && row.of.workload !== 'pair' && row.rate !== null);
  const parts = [...groupBy(rows, (row) => [row.of.workload, row.of.dtype, row.of.series, row.of.level].join(' ')).values()].flatMap((of) => {
    const {workload, dtype, level, series} = of[0]!.of;
    const names = distinct(of.map(line));
    const title = `${workload.replaceAll('_', ' ')} ${dtype}, ${level}, ${series}`;
    const fits = allFits.filter((fit) => fit.curve.startsWith(`${workload}.${dtype}.`));
    return [bandwidth(title, of, names), times(title, of, names, fits)];
  });
  if (parts.length === 0) return section('messages', 'Collectives over message size', nothing('These documents measured no collective.'));
  if (allFits.length > 0) {
    parts.push(table<Fit>({caption: 'Fitted latency and bandwidth', rows: allFits, text: (fit) => fit.curve, columns: [
      {title: 'curve', cell: (fit) => given(fit.curve), value: (fit) => fit.curve},
      ...(['from_bytes', 'to_bytes', 'latency_s', 's_per_byte', 'rms_residual', 'max_residual'] as const).map((field) => ({
        title: field.replaceAll('_', ' '), number: true, cell: (fit: Fit) => show(field, fit[field]), value: (fit: Fit) => fit[field]})),
    ]}));
  }
  return section('messages', 'Collectives over message size', ...parts);
}
