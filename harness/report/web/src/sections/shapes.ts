// Rates over shapes: each implementation beside the library, the baseline and the speed of light.
import * as Plot from '@observablehq/plot';
import {distinct, figure, groupBy, legend, scales, sentence} from '../chart';
import {baselineColumn, caseColumn, fractionColumn, intervalColumn, libraryColumn, medianColumn, nothing, peersColumn, placeColumn, rateColumn, rowText, section} from '../columns';
import type {Report, Row} from '../data';
import {axisLabel, axisTick, quantity, unitOf} from '../quantity';
import {baselines} from './baselines';

const MANY_ROWS = 600;
const STEP = 6; // pixels between the implementations of a shape

/** Of very many devices, those that matter: the slowest, the fastest and the middle of each case. */
function thinned(rows: Row[]): Row[] {
  if (rows.length <= MANY_ROWS) return rows;
  return [...groupBy(rows, (row) => `${row.of.case} ${row.of.series}`).values()].flatMap((of) => {
    const sorted = [...of].sort((a, b) => a.rate! - b.rate!);
    return distinct([sorted[0]!, sorted[Math.floor(sorted.length / 2)]!, sorted[sorted.length - 1]!]);
  });
}

interface Mark {
  shape: string;
  value: number;
  /** Whose it is; of several implementations nobody's. */
  of: string | null;
}

function marksOf(rows: Row[], value: (row: Row) => number | null | undefined): Mark[] {
  const marks = new Map<string, Mark>();
  for (const row of rows) {
    const found = value(row);
    if (!found) continue;
    const {shape_text: shape, implementation} = row.of;
    const known = marks.get(`${shape} ${found}`);
    marks.set(`${shape} ${found}`, {shape, value: found, of: known && known.of !== implementation ? null : implementation});
  }
  return [...marks.values()];
}

function rateChart(title: string, rows: Row[], baseline: Map<string, number>): HTMLElement {
  const metric = rows[0]!.of.metric!;
  const unit = unitOf(metric);
  const names = distinct(rows.map((row) => row.of.implementation));
  const drawn = thinned(rows);
  const light = marksOf(rows, (row) => row.speed_of_light_rate);
  const base = marksOf(rows, (row) => baseline.get(row.anchor));
  const shapes = distinct(rows.map((row) => row.of.shape_text));
  const notes: string[] = [];
  if (light.length > 0) notes.push('a thin bar is the speed of light');
  if (base.length > 0) notes.push(`a dashed bar is the baseline${base.some(({of}) => of !== null) ? ', in the colour of what it is for' : ''}`);
  if (drawn.length < rows.length) notes.push(`of ${rows.length} measurements the slowest, middle and fastest of each case are drawn`);
  return figure({
    title, note: sentence(notes), legend: legend(names),
    draw: (width) => {
      const margin = Math.min(Math.max(...shapes.map((shape) => shape.length)) * 7.4 + 16, width * 0.45);
      return Plot.plot({
        width, height: 74 + shapes.length * Math.max(22, 12 + STEP * names.length), marginLeft: margin, marginBottom: 44, marginRight: 24, ...scales(names),
        x: {label: axisLabel(metric), tickFormat: axisTick(), grid: true, zero: true, ticks: Math.max(3, width / 110)},
        y: {label: null, domain: shapes, tickFormat: (shape: string) => shape.length * 7.4 + 16 > margin + 1 ? `${shape.slice(0, Math.floor(margin / 7.4) - 3)}…` : shape},
        marks: [
          Plot.tickX(light, {x: 'value', y: 'shape', strokeWidth: 2}),
          Plot.tickX(base.filter((mark) => mark.of === null), {x: 'value', y: 'shape', strokeWidth: 2, strokeDasharray: '3,3'}),
          Plot.tickX(base.filter((mark) => mark.of !== null), {x: 'value', y: 'shape', stroke: 'of', strokeWidth: 2.5, strokeDasharray: '3,3'}),
          // Beside each other: implementations are often as fast as one another.
          ...names.map((name, i) => Plot.dot(drawn.filter((row) => row.of.implementation === name), {
            x: 'rate', y: (row: Row) => row.of.shape_text, fill: (row: Row) => row.of.implementation, symbol: (row: Row) => row.of.implementation, dy: (i - (names.length - 1) / 2) * STEP,
            r: 4.5, tip: true, title: (row: Row) => `${row.of.case}\n${row.place}\n${quantity(row.rate, unit)}`})),
        ],
      });
    },
    table: {caption: title, rows, text: rowText,
            columns: [caseColumn, placeColumn, rateColumn, fractionColumn, libraryColumn, peersColumn, medianColumn, intervalColumn, baselineColumn(baseline)]},
  });
}

/** Collectives, pairs and copies between devices have sections of their own. */
const isShape = (row: Row): boolean => row.rate !== null && row.of.shape['ranks'] === undefined && row.of.workload !== 'pair' &&
  row.of.workload !== 'device_to_device' && !row.of.workload.startsWith('attention');

export function shapes(report: Report): HTMLElement {
  const baseline = baselines(report);
  const groups = groupBy(report.rows.filter(isShape), (row) => [row.of.workload.replace(/^memory_.*/, 'memory'), row.of.dtype, row.of.series, row.of.level, row.of.metric].join(' '));
  const charts = [...groups.values()].map((rows) => {
    const {workload, dtype, series, level} = rows[0]!.of;
    const isMemory = workload.startsWith('memory_');
    const what = isMemory ? `Memory ${dtype}` : `${workload.replaceAll('_', ' ')} ${dtype}`;
    const named = isMemory ? rows.map((row) => ({...row, of: {...row.of, implementation: row.of.workload.slice(7)}})) : rows;
    return rateChart(`${what}, ${series}${level === 'device' ? '' : `, per ${level}`}`, named, baseline);
  });
  return section('shapes', 'Rates over shapes', ...(charts.length > 0 ? charts : [nothing('These documents measured no such case.')]));
}
