// Every device as one mark: how its slowest case compares, and whether the verdict names it.
import * as Plot from '@observablehq/plot';
import {figure, legend, scales} from '../chart';
import {nothing, section} from '../columns';
import {type DeviceData, deviceName, linkTo, type Report, type Row} from '../data';
import {el, given, link} from '../dom';
import {axisLabel, show} from '../quantity';
import {table} from '../table';

interface Strip {
  device: DeviceData;
  index: number;
  name: string;
  outcome: string;
  slowest: Row | null;
  value: number | null;
}

const OUTCOMES = ['not named by the verdict', 'warned of', 'could not be evaluated', 'failed'];

function outcomes(report: Report): Map<string, string> {
  const worst = new Map<string, number>();
  for (const one of report.verdict?.requirements ?? []) {
    const rank = {pass: 0, warn: 1, not_evaluated: 2, fail: 3}[one.verdict];
    if (one.reason_code === 'not_applicable') continue;
    for (const {name} of one.subjects) worst.set(name, Math.max(worst.get(name) ?? 0, rank));
  }
  return new Map([...worst].map(([name, rank]) => [name, OUTCOMES[rank]!]));
}

/** Against its peers where it has some, else against the speed of light. */
function strips(report: Report): {field: 'of_peers' | 'speed_of_light_fraction'; strips: Strip[]} {
  const field = report.rows.some((row) => row.of_peers !== null) ? 'of_peers' : 'speed_of_light_fraction';
  const slowest = new Map<DeviceData, Row>();
  for (const row of report.rows) {
    if (!row.device || row[field] === null) continue;
    const known = slowest.get(row.device);
    if (!known || row[field]! < known[field]!) slowest.set(row.device, row);
  }
  const named = outcomes(report);
  return {field, strips: report.devices.map((device, index) => {
    const row = slowest.get(device) ?? null;
    return {device, index, name: deviceName(report, device), outcome: named.get(device.subject) ?? OUTCOMES[0]!, slowest: row, value: row?.[field] ?? null};
  })};
}

export function devices(report: Report): HTMLElement {
  if (report.devices.length === 0) return section('devices', 'Devices', nothing('These documents describe no device.'));
  const {field, strips: all} = strips(report);
  const drawn = all.filter((one) => one.value !== null);
  const shown = OUTCOMES.filter((outcome) => all.some((one) => one.outcome === outcome));
  const chart = drawn.length < 2 ? null : figure({
    title: field === 'of_peers' ? 'Slowest case of every device, beside its peers' : 'Slowest case of every device, beside the speed of light',
    note: `${drawn.length} devices in the order of the documents.`,
    legend: legend(shown),
    draw: (width) => Plot.plot({
      width, height: 240, marginLeft: 56, marginBottom: 44, ...scales(shown),
      x: {label: 'device', axis: drawn.length > 40 ? null : 'bottom', type: drawn.length > 40 ? 'linear' : 'band',
          tickFormat: (i: number) => String(all[i]?.device.index ?? '')},
      y: {label: axisLabel(field), grid: true, percent: true},
      marks: [
        field === 'of_peers' ? Plot.ruleY([1]) : null,
        Plot.dot(drawn, {x: 'index', y: 'value', fill: 'outcome', symbol: 'outcome', r: drawn.length > 500 ? 2 : 4.5, tip: true, title: (one: Strip) => `${one.name}\n${show(field, one.value)}`}),
        Plot.text(drawn.filter((one) => one.outcome !== OUTCOMES[0]).slice(0, 12), {x: 'index', y: 'value', text: 'name', dy: -12, lineWidth: 14}),
      ],
    }),
    table: {
      caption: 'Slowest case of every device', rows: drawn, text: (one: Strip) => `${one.name} ${one.outcome}`,
      columns: [
        {title: 'device', cell: (one: Strip) => given(one.name)},
        {title: 'outcome', cell: (one: Strip) => one.outcome},
        {title: 'slowest case', cell: (one: Strip) => link(linkTo(one.slowest!), one.slowest!.of.case), value: (one: Strip) => one.slowest!.of.case},
        {title: axisLabel(field), number: true, cell: (one: Strip) => show(field, one.value), value: (one: Strip) => one.value},
      ],
    },
  });
  const facts = table<Strip>({
    caption: 'Devices', rows: all, text: (one) => `${one.device.subject} ${one.outcome} ${one.device.uuid}`,
    columns: [
      {title: 'device', cell: (one) => el('span', {id: `device=${encodeURIComponent(one.device.subject)}`, tabindex: -1}, given(one.name)), value: (one) => one.name},
      {title: 'model', cell: (one) => given(one.device.name), value: (one) => one.device.name},
      {title: 'outcome', cell: (one) => one.outcome},
      {title: 'slowest case', cell: (one) => one.slowest ? link(linkTo(one.slowest), one.slowest.of.case) : '–', value: (one) => one.slowest?.of.case ?? ''},
      {title: axisLabel(field).replace(/ \(.*/, ''), number: true, cell: (one) => show(field, one.value), value: (one) => one.value},
      {title: 'power limit', number: true, cell: (one) => show('power_limit_w', one.device.power_limit_w), value: (one) => one.device.power_limit_w ?? null},
      {title: 'clock limit', number: true, cell: (one) => show('clock_limit_hz', one.device.clock_limit_hz), value: (one) => one.device.clock_limit_hz ?? null},
      {title: 'serial', cell: (one) => given(one.device.serial ?? '–')},
      {title: 'PCI', cell: (one) => given(one.device.pci_bus_id ?? '–')},
      {title: 'UUID', cell: (one) => given(one.device.uuid)},
    ],
  });
  return section('devices', 'Devices', chart, facts);
}
