// Every device as one mark: how its slowest case compares, and whether the verdict names it.
import * as Plot from '@observablehq/plot';
import {figure, legend, OUTCOME_LOOKS, scales} from '../chart';
import {nothing, section} from '../columns';
import {type CaseData, type DeviceData, deviceName, linkTo, type Report, type Row} from '../data';
import {el, given, link} from '../dom';
import {axisLabel, show} from '../quantity';
import {table} from '../table';
import {rankOf} from './summary';

interface Strip {
  device: DeviceData;
  index: number;
  name: string;
  outcome: string;
  of: CaseData | null;
  row: Row | null;
  value: number | null;
}

/** By the rank of the worst that the verdict says of a device. */
const OUTCOMES = ['not named by the verdict', 'could not be evaluated', 'warned of', 'a must could not be evaluated', 'failed'];
const LOOKS = (['good', 'unknown', 'warned', 'undecided', 'bad'] as const).map((outcome) => OUTCOME_LOOKS[outcome]);
/** Those whose device is to be found at a glance. */
const NAMED = ['warned of', 'failed'];

function outcomes(report: Report): Map<string, string> {
  const worst = new Map<string, number>();
  for (const one of report.verdict?.requirements ?? []) {
    if (one.reason_code === 'not_applicable') continue;
    const rank = rankOf(one);
    for (const {name} of one.subjects) worst.set(name, Math.max(worst.get(name) ?? 0, rank));
  }
  return new Map([...worst].map(([name, rank]) => [name, OUTCOMES[rank]!]));
}

/** Against its peers where it has some, else against the speed of light. */
function strips(report: Report): Strip[] {
  const rows = new Map<string, Row>();
  const key = (name: string, device: number): string => `${name} ${device}`;
  const places = new Map(report.devices.map((device, index) => [device, index]));
  for (const row of report.rows) if (row.device) rows.set(key(row.of.case + row.of.series + row.of.level, places.get(row.device)!), row);
  const named = outcomes(report);
  return report.devices.map((device, index) => {
    const of = device.slowest ? report.cases[device.slowest.case]! : null;
    return {device, index, name: deviceName(report, device), outcome: named.get(device.subject) ?? OUTCOMES[0]!, of,
            row: of ? rows.get(key(of.case + of.series + of.level, index)) ?? null : null, value: device.slowest?.value ?? null};
  });
}

const HEIGHT = 250;
const LETTER = 7; // pixels
const LINE = 14;
const LONGEST_LABEL = 14; // letters of a line, then it wraps
const MOST_LABELS = 12;

/** Of the devices that the verdict names those whose names do not cover each other, the worst first. */
function labelled(drawn: Strip[], isOneNode: boolean, width: number): {one: Strip; text: string}[] {
  const values = drawn.map((one) => one.value!);
  const step = width / drawn.length;
  const pixel = (HEIGHT - 76) / (Math.max(1, ...values) - Math.min(...values) || 1);
  const placed: {one: Strip; text: string; half: number; high: number}[] = [];
  const named = drawn.filter((one) => NAMED.includes(one.outcome)).sort((a, b) => OUTCOMES.indexOf(b.outcome) - OUTCOMES.indexOf(a.outcome) || a.value! - b.value!);
  for (const one of named) {
    const text = isOneNode ? (step < 9 * LETTER ? String(one.device.index) : `device ${one.device.index}`) : one.name;
    const half = Math.min(text.length, LONGEST_LABEL) * LETTER / 2;
    const high = Math.ceil(text.length / LONGEST_LABEL) * LINE;
    const covers = placed.some((other) => Math.abs(other.one.index - one.index) * step < half + other.half && Math.abs(other.one.value! - one.value!) * pixel < Math.max(high, other.high));
    if (!covers && placed.length < MOST_LABELS) placed.push({one, text, half, high});
  }
  return placed;
}

/** A page of very many measurements lists only some of them. */
const slowestCase = (one: Strip): HTMLElement | string => (one.of === null ? '–' : one.row ? link(linkTo(one.row), one.of.case) : given(one.of.case));

/** A link to a device that the table does not show yet narrows the table to it. */
function reveal(report: Report, facts: HTMLElement): void {
  const id = location.hash.slice(1);
  const device = report.devices.find(({subject}) => id === `device=${encodeURIComponent(subject)}`);
  const filter = facts.querySelector<HTMLInputElement>('input[type=search]');
  if (!device || !filter || document.getElementById(id)) return;
  filter.value = device.subject;
  filter.dispatchEvent(new Event('input'));
  new MutationObserver((_, observer) => {
    const found = document.getElementById(id);
    if (!found) return;
    observer.disconnect();
    found.scrollIntoView();
    found.focus({preventScroll: true});
  }).observe(facts, {childList: true, subtree: true});
}

export function devices(report: Report): HTMLElement {
  if (report.devices.length === 0) return section('devices', 'Devices', nothing('These documents describe no device.'));
  const field = report.slowest_by;
  const all = strips(report);
  const drawn = all.filter((one) => one.value !== null);
  const shown = OUTCOMES.filter((outcome) => all.some((one) => one.outcome === outcome));
  const looks = shown.map((outcome) => LOOKS[OUTCOMES.indexOf(outcome)]!);
  const chart = drawn.length < 2 ? null : figure({
    title: field === 'of_peers' ? 'Slowest case of every device, beside its peers' : 'Slowest case of every device, beside the speed of light',
    note: `${drawn.length} devices in the order of the documents.`,
    legend: legend(shown, looks),
    draw: (width) => Plot.plot({
      width, height: HEIGHT, marginTop: 32, marginLeft: 56, marginBottom: 44, ...scales(shown, looks),
      x: {label: 'device', axis: drawn.length > 40 ? null : 'bottom', type: drawn.length > 40 ? 'linear' : 'band',
          tickFormat: (i: number) => String(all[i]?.device.index ?? '')},
      y: {label: axisLabel(field), grid: true, percent: true}, r: {type: 'identity'},
      marks: [
        field === 'of_peers' ? Plot.ruleY([1]) : null,
        Plot.dot(drawn, {x: 'index', y: 'value', fill: 'outcome', symbol: 'outcome', r: (one: Strip) => (drawn.length > 500 && one.outcome === OUTCOMES[0] ? 2 : 4.5), tip: true, title: (one: Strip) => `${one.name}\n${show(field, one.value)}`}),
        Plot.text(labelled(drawn, report.nodes.length === 1, width), {x: ({one}: {one: Strip}) => one.index, y: ({one}: {one: Strip}) => one.value, text: 'text', dy: -9, lineAnchor: 'bottom', lineWidth: LONGEST_LABEL, stroke: 'var(--page)', strokeWidth: 4, fill: 'var(--text)'}),
      ],
    }),
    table: {
      caption: 'Slowest case of every device', rows: drawn, text: (one: Strip) => `${one.name} ${one.outcome}`,
      columns: [
        {title: 'device', cell: (one: Strip) => given(one.name)},
        {title: 'outcome', cell: (one: Strip) => one.outcome},
        {title: 'slowest case', cell: slowestCase, value: (one: Strip) => one.of?.case ?? ''},
        {title: axisLabel(field), number: true, cell: (one: Strip) => show(field, one.value), value: (one: Strip) => one.value},
      ],
    },
  });
  const facts = table<Strip>({
    caption: 'Devices', rows: all, text: (one) => `${one.name} ${one.device.subject} ${one.outcome} ${one.device.uuid}`,
    columns: [
      {title: 'device', cell: (one) => el('span', {id: `device=${encodeURIComponent(one.device.subject)}`, tabindex: -1}, given(one.name)), value: (one) => one.name},
      {title: 'model', cell: (one) => el('span', {class: 'whole'}, given(one.device.name)), value: (one) => one.device.name},
      {title: 'outcome', cell: (one) => el('span', {class: 'whole'}, one.outcome), value: (one) => one.outcome},
      {title: 'slowest case', cell: slowestCase, value: (one) => one.of?.case ?? ''},
      {title: axisLabel(field).replace(/ \(.*/, ''), number: true, cell: (one) => show(field, one.value), value: (one) => one.value},
      {title: 'power limit', number: true, cell: (one) => show('power_limit_w', one.device.power_limit_w), value: (one) => one.device.power_limit_w ?? null},
      {title: 'clock limit', number: true, cell: (one) => show('clock_limit_hz', one.device.clock_limit_hz), value: (one) => one.device.clock_limit_hz ?? null},
      {title: 'serial', cell: (one) => el('span', {class: 'whole'}, given(one.device.serial ?? '–'))},
      {title: 'PCI', cell: (one) => el('span', {class: 'whole'}, given(one.device.pci_bus_id ?? '–'))},
      {title: 'UUID', cell: (one) => el('span', {class: 'whole'}, given(one.device.uuid))},
    ],
  });
  window.addEventListener('hashchange', () => reveal(report, facts));
  setTimeout(() => reveal(report, facts));
  return section('devices', 'Devices', chart, facts);
}
