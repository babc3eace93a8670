// Clocks, power and temperature while each case ran, over the time of the run.
import * as Plot from '@observablehq/plot';
import {distinct, figure, legend, scales} from '../chart';
import {caseColumn, nothing, placeColumn, rowText, section} from '../columns';
import {deviceName, type Report, type Row} from '../data';
import {axisLabel, axisTick, heading, show, unitOf} from '../quantity';

interface Spread {
  low: number;
  median: number;
  high: number;
}
interface Point extends Spread {
  row: Row;
  at: number;
  name: string;
  named: boolean; // by the verdict: drawn first
}

/** Beyond this many the ranges would cover each other. */
const DRAWN_DEVICES = 6;
const ORDER = ['sample_clock_hz', 'clock_hz', 'memory_clock_hz', 'power_w', 'temperature_c'];

function spread(value: unknown): Spread | null {
  const found = value as Partial<Spread> | null;
  return typeof found === 'object' && found !== null && typeof found.low === 'number' && typeof found.median === 'number' && typeof found.high === 'number'
    ? found as Spread : null;
}

function chart(field: string, points: Point[]): HTMLElement {
  const names = distinct([...points.filter((point) => point.named), ...points].map((point) => point.name));
  const drawn = names.slice(0, DRAWN_DEVICES);
  const chosen = points.filter((point) => drawn.includes(point.name));
  const unit = unitOf(field);
  const high = Math.max(...chosen.map((point) => point.high));
  const constant = high === Math.min(...chosen.map((point) => point.low));
  return figure({
    title: heading(field), legend: names.length > 1 ? legend(drawn) : undefined,
    note: `Lowest, median and highest reading during each case${names.length > drawn.length ? `; ${drawn.length} of ${names.length} are drawn, those that the verdict names first` : ''}.`,
    draw: (width) => Plot.plot({
      width, height: 220, marginLeft: 60, marginBottom: 44, ...scales(drawn),
      x: {label: 'since the run began (s)', grid: false},
      y: {label: axisLabel(field), grid: true, tickFormat: axisTick(unit), ...(constant ? {domain: [0, high * 1.25 || 1]} : {nice: true}), ticks: 5},
      marks: [
        Plot.ruleX(chosen, {x: 'at', y1: 'low', y2: 'high', stroke: 'name', strokeWidth: 3, strokeOpacity: 0.45}),
        Plot.dot(chosen, {x: 'at', y: 'median', fill: 'name', symbol: 'name', r: 3.5, tip: true, title: (point: Point) => `${point.row.of.case}\n${show(field, point.median)}`}),
      ],
    }),
    table: {caption: `${heading(field)} during each case`, rows: points, text: (point: Point) => rowText(point.row), columns: [
      {...caseColumn, cell: (point: Point) => caseColumn.cell(point.row), value: (point: Point) => point.row.of.case},
      {...placeColumn, cell: (point: Point) => placeColumn.cell(point.row), value: (point: Point) => point.row.place},
      {title: 'since the run began', number: true, cell: (point: Point) => `${point.at.toFixed(1)} s`, value: (point: Point) => point.at},
      ...(['low', 'median', 'high'] as const).map((key) => ({title: key, number: true, cell: (point: Point) => show(field, point[key]), value: (point: Point) => point[key]})),
    ]},
  });
}

export function telemetry(report: Report): HTMLElement {
  const byField = new Map<string, Point[]>();
  const named = new Set((report.verdict?.requirements ?? []).filter(({verdict}) => verdict === 'fail' || verdict === 'warn').flatMap((one) => one.subjects.map(({name}) => name)));
  for (const row of report.rows) {
    const began = report.documents[row.details.document ?? 0]!.run.started;
    const at = row.details.started ? (Date.parse(row.details.started) - Date.parse(began)) / 1000 : 0;
    for (const [field, value] of Object.entries(row.details.telemetry ?? {})) {
      const found = spread(value);
      if (!found) continue;
      byField.set(field, [...(byField.get(field) ?? []), {...found, row, at, name: row.device ? deviceName(report, row.device) : row.place, named: named.has(row.device?.subject ?? '')}]);
    }
  }
  const place = (field: string): number => ORDER.includes(field) ? ORDER.indexOf(field) : ORDER.length;
  const fields = [...byField.keys()].sort((a, b) => place(a) - place(b) || a.localeCompare(b));
  return section('telemetry', 'Clocks, power and temperature',
    ...(fields.length > 0 ? fields.map((field) => chart(field, byField.get(field)!)) : [nothing('These documents hold no readings of clocks, power or temperature.')]));
}
