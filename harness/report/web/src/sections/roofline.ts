// What a device's arithmetic and memory allow, and where the cases stand under it.
import * as Plot from '@observablehq/plot';
import {distinct, figure, groupBy, legend, scales} from '../chart';
import {caseColumn, fractionColumn, medianColumn, nothing, placeColumn, section} from '../columns';
import type {DeviceData, Report, Row} from '../data';
import {axisLabel, axisTick, show} from '../quantity';

interface Point {
  row: Row;
  x: number;
  y: number;
  dtype: string;
}

const modelOf = (device: DeviceData): string => device.sku ?? device.name;

function pointsOf(report: Report): Point[] {
  return report.rows.flatMap((row) => {
    const y = row.details.metrics?.['flop_per_s'] ?? (row.of.metric === 'flop_per_s' ? row.rate : null);
    if (!row.device || row.of.level !== 'device' || !row.of.flop_per_byte || !y) return [];
    return [{row, x: row.of.flop_per_byte, y, dtype: row.of.dtype}];
  });
}

function chart(model: string, device: DeviceData, points: Point[]): HTMLElement {
  const light = device.speed_of_light!;
  const memory = light.memory_bytes_per_s!;
  const dtypes = distinct(points.map((point) => point.dtype));
  const peaks = dtypes.flatMap((dtype) => {
    const peak = (light.flop_per_s as Record<string, number> | undefined)?.[dtype];
    return peak ? [{dtype, peak}] : [];
  });
  const xs = [...points.map((point) => point.x), ...peaks.map(({peak}) => peak / memory)];
  const low = Math.min(...xs) / 2;
  const high = Math.max(...xs) * 2;
  const roofs = peaks.flatMap(({dtype, peak}) => [
    {dtype, x: low, y: low * memory}, {dtype, x: peak / memory, y: peak}, {dtype, x: high, y: peak}]);
  return figure({
    title: `Roofline of ${model}`,
    note: `Memory ${show('bytes_per_s', memory)}; ${peaks.map(({dtype, peak}) => `${dtype} ${show('flop_per_s', peak)}`).join(', ')}. ${light.source ?? ''}`,
    legend: legend(dtypes),
    draw: (width) => Plot.plot({
      width, height: 340, marginLeft: 60, marginBottom: 44, ...scales(dtypes),
      x: {type: 'log', label: axisLabel('flop_per_byte'), tickFormat: axisTick(), grid: true, ticks: 5},
      y: {type: 'log', label: axisLabel('flop_per_s'), tickFormat: axisTick(), grid: true, ticks: 5},
      marks: [
        Plot.line(roofs, {x: 'x', y: 'y', z: 'dtype', stroke: 'dtype', strokeWidth: 1.5}),
        Plot.dot(points, {x: 'x', y: 'y', fill: 'dtype', symbol: 'dtype', r: 4.5, tip: true, title: (point: Point) => `${point.row.of.case}\n${show('flop_per_s', point.y)}`}),
      ],
    }),
    table: {caption: `Cases under the roofline of ${model}`, rows: points, text: (point: Point) => point.row.of.case, columns: [
      {...caseColumn, cell: (point: Point) => caseColumn.cell(point.row), value: (point: Point) => point.row.of.case},
      {...placeColumn, cell: (point: Point) => placeColumn.cell(point.row), value: (point: Point) => point.row.place},
      {title: axisLabel('flop_per_byte'), number: true, cell: (point: Point) => show('flop_per_byte', point.x), value: (point: Point) => point.x},
      {title: axisLabel('flop_per_s'), number: true, cell: (point: Point) => show('flop_per_s', point.y), value: (point: Point) => point.y},
      {...fractionColumn, cell: (point: Point) => fractionColumn.cell(point.row), value: (point: Point) => point.row.speed_of_light_fraction},
      {...medianColumn, cell: (point: Point) => medianColumn.cell(point.row), value: (point: Point) => point.row.median_s},
    ]},
  });
}

export function roofline(report: Report): HTMLElement {
  const charts = [...groupBy(pointsOf(report), (point) => modelOf(point.row.device!))].flatMap(([model, points]) => {
    // Of many devices of a model the first tells what all of them allow.
    const device = report.devices.find((one) => modelOf(one) === model && one.speed_of_light);
    return device?.speed_of_light?.memory_bytes_per_s ? [chart(model, device, points)] : [];
  });
  return section('roofline', 'Roofline', ...(charts.length > 0 ? charts : [nothing('No case here has both its operations and its bytes on a device whose speed of light is known.')]));
}
