// Rates between two devices or two nodes, as a matrix.
import * as Plot from '@observablehq/plot';
import {distinct, figure, groupBy} from '../chart';
import {caseColumn, fractionColumn, intervalColumn, medianColumn, nothing, placeColumn, rateColumn, rowText, section} from '../columns';
import {deviceName, type Report, type Row} from '../data';
import {axisLabel, axisTick, quantity, unitOf} from '../quantity';

/** Larger matrices are a table alone: their cells would be smaller than a letter. */
const LARGEST_MATRIX = 64;

interface Cell {
  row: Row;
  a: string;
  b: string;
}

function cellsOf(report: Report): Cell[] {
  const byUuid = new Map(report.devices.map((device) => [device.uuid, deviceName(report, device)]));
  return report.rows.flatMap((row) => {
    const members = row.details.members ?? [];
    if (members.length !== 2 || row.rate === null) return [];
    if (row.of.workload !== 'pair' && row.of.workload !== 'device_to_device') return [];
    const [a, b] = members.map((member) => byUuid.get(member) ?? member);
    return [{row, a: a!, b: b!}];
  });
}

function matrix(title: string, cells: Cell[]): HTMLElement {
  const metric = cells[0]!.row.of.metric!;
  const members = distinct(cells.flatMap(({a, b}) => [a, b]));
  const small = members.length <= LARGEST_MATRIX;
  const longest = Math.max(...members.map((member) => member.length));
  return figure({
    title,
    note: small ? `From row to column, ${axisLabel(metric)}: dark ${quantity(Math.min(...cells.map((cell) => cell.row.rate!)), unitOf(metric))}, bright ${quantity(Math.max(...cells.map((cell) => cell.row.rate!)), unitOf(metric))}.` : `${members.length} members: the slowest ${LARGEST_MATRIX} pairs are drawn, the table has all.`,
    draw: (width) => {
      const margin = Math.min(longest * 7.4 + 16, width * 0.35);
      const short = (name: string): string => name.length * 7.4 + 16 > margin + 1 ? `…${name.slice(3 - Math.floor(margin / 7.4))}` : name;
      if (!small) {
        const slowest = [...cells].sort((x, y) => x.row.rate! - y.row.rate!).slice(0, LARGEST_MATRIX);
        return Plot.plot({width, height: 260, marginLeft: 60, marginBottom: 44, x: {axis: null}, y: {label: axisLabel(metric), tickFormat: axisTick(), grid: true, zero: true},
                          marks: [Plot.dot(slowest, {x: (_: Cell, i: number) => i, y: (cell: Cell) => cell.row.rate!, fill: 'var(--c0)', tip: true, title: (cell: Cell) => `${cell.a} → ${cell.b}`})]});
      }
      const side = Math.min(40, Math.max(10, (width - margin - 20) / members.length));
      return Plot.plot({
        width, height: side * members.length + margin + 8, marginLeft: margin, marginTop: margin, marginRight: Math.max(10, width - margin - side * members.length), padding: 0.04,
        x: {domain: members, label: null, axis: 'top', tickRotate: -60, tickFormat: short}, y: {domain: members, label: null, tickFormat: short},
        color: {type: 'linear', scheme: 'viridis'},
        marks: [
          Plot.cell(cells, {x: 'b', y: 'a', fill: (cell: Cell) => cell.row.rate, tip: true, title: (cell: Cell) => `${cell.a} → ${cell.b}\n${quantity(cell.row.rate, unitOf(metric))}`}),
        ],
      });
    },
    table: {caption: title, rows: cells, text: (cell: Cell) => rowText(cell.row),
            columns: [placeColumn, caseColumn, rateColumn, fractionColumn, medianColumn, intervalColumn].map((column) => ({
              ...column, cell: (cell: Cell) => column.cell(cell.row), value: column.value ? (cell: Cell) => column.value!(cell.row) : undefined}))},
  });
}

export function pairs(report: Report): HTMLElement {
  const groups = groupBy(cellsOf(report), ({row}) => `${row.of.workload === 'pair' ? 'Node pairs' : 'Device pairs'}: ${row.of.case}, ${row.of.series}`);
  const charts = [...groups].map(([title, cells]) => matrix(title, cells));
  return section('pairs', 'Pairs', ...(charts.length > 0 ? charts : [nothing('These documents measured no pairs of devices or nodes.')]));
}
