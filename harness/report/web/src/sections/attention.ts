// Attention over the length of the sequence.
import * as Plot from '@observablehq/plot';
import {distinct, figure, groupBy, legend, scales} from '../chart';
import {caseColumn, fractionColumn, intervalColumn, libraryColumn, medianColumn, nothing, placeColumn, rateColumn, rowText, section} from '../columns';
import type {Report, Row} from '../data';
import {axisLabel, axisTick, binaryTick, quantity, unitOf} from '../quantity';

const length = (row: Row): number => Number(row.of.shape['sk'] ?? row.of.shape['sq'] ?? 0);
/** The shape but for its lengths: one line a variant. */
const variant = (row: Row): string => row.of.shape_text.replace(/_?(sq|sk)\d+/g, '');

export function attention(report: Report): HTMLElement {
  const rows = report.rows.filter((row) => row.of.workload.startsWith('attention') && row.rate !== null && length(row) > 0);
  const charts = [...groupBy(rows, (row) => [row.of.workload, row.of.dtype, row.of.series, row.of.metric].join(' '))].map(([, of]) => {
    const metric = of[0]!.of.metric!;
    const line = (row: Row): string => `${row.of.implementation} ${variant(row)}`;
    const names = distinct(of.map(line));
    const lengths = distinct(of.map(length));
    const title = `${of[0]!.of.workload.replaceAll('_', ' ')} ${of[0]!.of.dtype}, ${of[0]!.of.series}`;
    return figure({
      title, legend: legend(names),
      draw: (width) => Plot.plot({
        width, height: 320, marginLeft: 60, marginBottom: 44, ...scales(names),
        x: {type: 'log', base: 2, label: 'keys and values (tokens)', tickFormat: binaryTick, grid: true,
            ticks: lengths.length <= width / 70 ? lengths : width / 70},
        y: {label: axisLabel(metric), tickFormat: axisTick(), grid: true, zero: true},
        marks: [
          Plot.line(of, {x: length, y: 'rate', z: (row: Row) => `${line(row)} ${row.place}`, stroke: line, sort: length}),
          Plot.dot(of, {x: length, y: 'rate', fill: line, symbol: line, r: 4.5, tip: true, title: (row: Row) => `${row.of.case}\n${quantity(row.rate, unitOf(metric))}`}),
        ],
      }),
      table: {caption: title, rows: of, text: rowText, columns: [caseColumn, placeColumn, rateColumn, fractionColumn, libraryColumn, medianColumn, intervalColumn]},
    });
  });
  return section('attention', 'Attention over sequence length', ...(charts.length > 0 ? charts : [nothing('These documents measured no attention.')]));
}
