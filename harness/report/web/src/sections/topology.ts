// How the devices of a node hang together, with the measured links coloured by their rate.
import {figure, groupBy} from '../chart';
import {nothing, section} from '../columns';
import {type DeviceData, nodeOf, type NodeData, type Report, type Row} from '../data';
import {svg} from '../dom';
import {quantity, show, unitOf} from '../quantity';

const DRAWN_NODES = 4;
const ROW = 34;
const UNKNOWN_ROOT = 'root not known';
const PROCESSOR = 'processor';

interface Seat {
  device: DeviceData;
  root: string;
  measured: Row[];
}

/** A device's rates to and from the host. */
const isHostCopy = (row: Row): boolean => row.rate !== null && row.of.level === 'device' && /^(host_to_device|device_to_host)$/.test(row.of.workload);

/** The devices of every node that has some. */
function seatsByNode(report: Report): Map<NodeData, Seat[]> {
  const copies = new Map<DeviceData, Row[]>();
  for (const row of report.rows) if (row.device && isHostCopy(row)) copies.set(row.device, [...copies.get(row.device) ?? [], row]);
  const seats = new Map<NodeData, Seat[]>();
  for (const device of report.devices) {
    const node = nodeOf(report, device);
    const gpus = (node.topology['gpus'] ?? []) as {uuid?: string; pcie_root?: string}[];
    const isHost = report.documents[node.document]!.run.backend === 'host';
    const seat = {device, measured: copies.get(device) ?? [], root: String(gpus.find((gpu) => gpu.uuid === device.uuid)?.pcie_root ?? (isHost ? PROCESSOR : UNKNOWN_ROOT))};
    const known = seats.get(node);
    if (known) known.push(seat);
    else seats.set(node, [seat]);
  }
  return seats;
}

/** Red to blue would not do for everybody: width and a word say the same as the colour. */
function linkClass(fraction: number | null | undefined): string {
  if (fraction === null || fraction === undefined) return 'link';
  return fraction >= 0.8 ? 'link good' : fraction >= 0.5 ? 'link middling' : 'link bad';
}

interface Pair {
  a: number;
  b: number;
  fraction: number;
}

/** Of each two devices of a node the slower direction, against the speed of light or, where that is not known, the fastest pair. */
function pairsOf(report: Report, all: Seat[]): Pair[] {
  const places = new Map(all.map((seat, i) => [seat.device.uuid, i]));
  const copies = report.rows.filter((row) => row.rate !== null && row.details.members?.length === 2 && (row.of.workload === 'device_to_device' || row.of.workload === 'pair') &&
    row.details.members.every((member) => places.has(member)));
  const fastest = Math.max(...copies.map((row) => row.rate!));
  const slowest = new Map<string, Pair>();
  for (const row of copies) {
    const [a, b] = row.details.members!.map((member) => places.get(member)!).sort((one, other) => one - other) as [number, number];
    const fraction = row.speed_of_light_fraction ?? row.rate! / fastest;
    const known = slowest.get(`${a} ${b}`);
    if (!known || fraction < known.fraction) slowest.set(`${a} ${b}`, {a, b, fraction});
  }
  return [...slowest.values()];
}

function drawNode(node: NodeData, all: Seat[], pairs: Pair[], width: number): SVGElement {
  const roots = [...groupBy(all, (seat) => seat.root)];
  const height = Math.max(1, all.length) * ROW + 16;
  const columns = [10, width * 0.3, width * 0.58];
  const right = pairs.length > 0 ? width * 0.84 : width - 4;
  const fits = (text: string, wide: number): boolean => text.length * 6.6 <= wide - 8;
  const cut = (text: string, wide: number): string => (fits(text, wide) ? text : `${text.slice(0, Math.floor(wide / 6.8) - 2)}…`);
  /** With the first of the texts that there is room for. */
  const box = (x: number, y: number, wide: number, ...texts: string[]): SVGElement => svg('g', {},
    svg('rect', {x, y: y - 12, width: wide, height: 24, rx: 3, class: 'box'}),
    svg('text', {x: x + 6, y: y + 4}, texts.find((text) => fits(text, wide)) ?? cut(texts[texts.length - 1]!, wide)));
  const parts: SVGElement[] = [];
  const middle = height / 2;
  const seats: number[] = [];
  let y = ROW / 2 + 8;
  for (const [root, here] of roots) {
    const rootY = y + ((here.length - 1) * ROW) / 2;
    parts.push(svg('path', {d: `M${columns[0]! + width * 0.2},${middle}L${columns[1]},${rootY}`, class: 'link'}));
    for (const seat of here) {
      const row = [...seat.measured].sort((a, b) => (a.speed_of_light_fraction ?? 9) - (b.speed_of_light_fraction ?? 9))[0];
      parts.push(svg('path', {d: `M${columns[1]! + width * 0.2},${rootY}L${columns[2]},${y}`, class: linkClass(row?.speed_of_light_fraction)}));
      const rate = row ? [quantity(row.rate, unitOf(row.of.metric!))] : [];
      const {index, name} = seat.device;
      parts.push(box(columns[2]!, y, right - columns[2]!, `${index}: ${[name, ...rate].join(' ')}`, ...rate.map((text) => `${index}: ${text}`)));
      seats[all.indexOf(seat)] = y;
      y += ROW;
    }
    parts.push(box(columns[1]!, rootY, width * 0.2, root));
  }
  for (const {a, b, fraction} of pairs) {
    const bulge = right + (width - right - 6) * (0.3 + 0.7 * (b - a) / all.length);
    parts.push(svg('path', {d: `M${right},${seats[a]}C${bulge},${seats[a]} ${bulge},${seats[b]} ${right},${seats[b]}`, class: linkClass(fraction)}));
  }
  const processor = (node.topology['processor'] as {model?: string} | undefined)?.model ?? PROCESSOR;
  parts.push(box(columns[0]!, middle, width * 0.2, processor));
  return svg('svg', {viewBox: `0 0 ${width} ${height}`, width, height, class: 'topology'}, ...parts);
}

export function topology(report: Report): HTMLElement {
  const named = new Set((report.verdict?.requirements ?? []).flatMap((one) => one.verdict === 'pass' ? [] : one.subjects.map((subject) => subject.name)));
  const seats = seatsByNode(report);
  const isKnown = (all: Seat[]): boolean => all.some((seat) => seat.root !== UNKNOWN_ROOT || seat.measured.length > 0) || pairsOf(report, all).length > 0;
  const worth = [...seats].flatMap(([node, all]) => (isKnown(all) ? [node] : []));
  const isNamed = (node: NodeData): boolean => named.has(node.name) || seats.get(node)!.some((seat) => named.has(seat.device.subject));
  const chosen = [...worth.filter(isNamed), ...worth.filter((node) => !isNamed(node))].slice(0, DRAWN_NODES);
  const charts = chosen.map((node) => {
    const all = seats.get(node)!;
    const between = pairsOf(report, all);
    return figure({
      title: `Topology of ${node.name}`,
      note: `Measured links are as thick as they are fast: full, from 80 % of the speed of light${between.length > 0 ? ' (between devices where that is not known: of the fastest pair)' : ''}; broken, below 50 %.`,
      draw: (width) => drawNode(node, all, between, width),
      table: {caption: `Devices of ${node.name}`, rows: all, columns: [
        {title: 'device', number: true, cell: (seat: Seat) => String(seat.device.index), value: (seat: Seat) => seat.device.index},
        {title: 'PCIe root', cell: (seat: Seat) => seat.root},
        {title: 'PCI', cell: (seat: Seat) => seat.device.pci_bus_id ?? '–'},
        {title: 'PCIe', cell: (seat: Seat) => seat.device.pcie ? `generation ${seat.device.pcie.generation} x${seat.device.pcie.width}` : '–'},
        {title: 'NVLinks', cell: (seat: Seat) => seat.device.nvlink ? `${seat.device.nvlink.active ?? 0} of ${seat.device.nvlink.count ?? 0}` : '–'},
        {title: 'slowest pair', cell: (seat: Seat) => {
          const of = between.filter(({a, b}) => all[a] === seat || all[b] === seat);
          return of.length > 0 ? show('speed_of_light_fraction', Math.min(...of.map(({fraction}) => fraction))) : 'not measured';
        }},
        {title: 'host to device and back', cell: (seat: Seat) => seat.measured.map((row) => `${row.of.workload.replaceAll('_', ' ')} ${quantity(row.rate, unitOf(row.of.metric!))} (${show('speed_of_light_fraction', row.speed_of_light_fraction)})`).join(', ') || 'not measured'},
      ]},
    });
  });
  const rest = worth.length - chosen.length;
  if (rest > 0) charts.push(nothing(`${rest} more nodes are not drawn: those that the verdict names come first.`));
  return section('topology', 'Topology', ...(charts.length > 0 ? charts : [nothing(seats.size > 0 ? 'These documents do not say how the devices hang together.' : 'These documents describe no devices.')]));
}
