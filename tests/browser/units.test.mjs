// Every plot has the title, the units and the range of what the document holds. usage: node run.mjs units.test.mjs (PAGE DOCUMENT)...
import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import {axesIn} from './axes.mjs';
import {open} from './page.mjs';

// The document's own names say their units; this is written apart from the page's quantity.ts.
const UNITS = {flop_per_s: 'FLOP/s', bytes_per_s: 'B/s', bus_bandwidth_bytes_per_s: 'B/s', clock_hz: 'Hz', sample_clock_hz: 'Hz', memory_clock_hz: 'Hz', power_w: 'W', temperature_c: '°C'};
const READINGS = {clock_hz: 'clock', sample_clock_hz: 'clock over a sample', memory_clock_hz: 'memory clock', power_w: 'power', temperature_c: 'temperature'};
const BOUNDS = {nvlink: 'NVLink', nvlink_switches: 'NVLink, switches adding (NVLS)', pcie: 'PCIe', nic: 'the NICs of a node'};
const LINEAR = 0.4; // of the largest value that the last tick of an axis has at least
const LOGARITHMIC = 0.05;
const words = (text) => text.replaceAll('_', ' ');

/** The axis is in `unit` and ends near the largest of the document's values. */
function check(title, axis, unit, values, least = LINEAR) {
  assert.ok(axis.label.includes(`(${unit})`), `${title}: ${axis.label} is not in ${unit}`);
  const [tick, largest] = [Math.max(...axis.ticks), Math.max(...values)];
  assert.ok(tick > largest * least && tick < largest * 3, `${title}: the axis ends at ${tick} and the document has ${largest} ${unit}`);
}

function rates(figures, measured) {
  const seen = new Set();
  for (const {title, x, y} of figures) {
    const [what, series] = title.split(', ');
    const of = measured.filter((one) => series === one.series && (what === `${words(one.workload)} ${one.dtype}` ||
      (what === `Memory ${one.dtype}` && one.workload.startsWith('memory_'))));
    assert.ok(of.length > 0, `${title} is of nothing in the document`);
    of.forEach((one) => seen.add(one));
    const metric = of[0].workload.startsWith('memory_') ? 'bytes_per_s' : of[0].metrics.flop_per_s ? 'flop_per_s' : 'bytes_per_s';
    check(title, x.label.includes(UNITS[metric]) ? x : y, UNITS[metric], of.map((one) => one.metrics[metric])); // bars lie
  }
  return seen.size;
}

function readings(figures, measurements) {
  const known = new Map();
  for (const one of measurements) {
    for (const [field, value] of Object.entries(one.telemetry ?? {})) {
      if (typeof value === 'object' && value !== null && typeof value.high === 'number' && UNITS[field]) known.set(field, [...known.get(field) ?? [], value.high]);
    }
  }
  for (const [field, values] of known) {
    const figure = figures.find(({title}) => title === READINGS[field]);
    assert.ok(figure, `${field} is not drawn`);
    check(figure.title, figure.y, UNITS[field], values);
    assert.ok(figure.x.label.includes('(s)'), `${figure.title}: ${figure.x.label}`);
  }
  return known.size;
}

/** The fits of the measurements' own scope, not of the same case in another. */
const fitsOf = (fits, {workload, dtype, scope}) => fits.filter(({curve}) =>
  curve.startsWith(`${workload}.${dtype}.`) && (scope.level === 'cluster' ? !curve.includes(' in the ') : curve.includes(` in the ${scope.level} of `)));

function collectives(figures, measured, {fits}) {
  const of = measured.filter(({shape, workload}) => shape.ranks !== undefined && shape.bytes !== undefined && workload !== 'pair');
  const drawn = new Set();
  for (const one of of) {
    const title = `${words(one.workload)} ${one.dtype}, ${one.scope.level}, ${one.series}`;
    const alike = of.filter((other) => ['workload', 'dtype', 'series'].every((key) => other[key] === one[key]) && other.scope.level === one.scope.level);
    const metric = one.metrics.bus_bandwidth_bytes_per_s === undefined ? 'bytes_per_s' : 'bus_bandwidth_bytes_per_s';
    for (const [what, unit, value] of [[metric === 'bytes_per_s' ? 'bandwidth' : 'bus bandwidth', UNITS[metric], (each) => each.metrics[metric]],
                                       ['time', 's', (each) => each.samples.median_s]]) {
      const figure = figures.find((each) => each.title === `${title}: ${what}`);
      assert.ok(figure, `${title}: ${what} is not drawn`);
      drawn.add(figure);
      check(figure.title, figure.y, unit, alike.map(value), what === 'time' ? LOGARITHMIC : LINEAR);
      if (what === 'time') assert.equal(figure.lines, fitsOf(fits, one).length, `${figure.title}: the fitted lines`);
      const bound = what === 'time' ? undefined : one.extensions?.speed_of_light_bound;
      if (bound) assert.ok(figure.names.includes(BOUNDS[bound]), `${figure.title}: ${bound} is not named at its line`);
      check(figure.title, figure.x, 'B', alike.map(({shape}) => shape.bytes), LOGARITHMIC);
    }
  }
  assert.equal(figures.length, drawn.size, 'a plot is of nothing in the document');
  return drawn.size;
}

/** Rows and columns are the members; the scale of colours ends where the document's rates do. */
function pairs(figures, measured, {nodes}) {
  const devices = new Map(nodes.flatMap((node) => node.devices.map((device) => [device.uuid, `${node.name} / ${device.index}`])));
  const of = measured.filter(({scope, workload}) => scope.members.length === 2 && ['pair', 'device_to_device'].includes(workload));
  for (const figure of figures) {
    const here = of.filter((one) => figure.title.endsWith(`: ${one.case}, ${one.series}`));
    assert.ok(here.length > 0, `${figure.title} is of nothing in the document`);
    const metric = here[0].metrics.bus_bandwidth_bytes_per_s === undefined ? 'bytes_per_s' : 'bus_bandwidth_bytes_per_s';
    const [, unit, ...ends] = /\((.*?)\): dark (\S+) (\S*?)B\/s, bright (\S+) (\S*?)B\/s/.exec(figure.note);
    assert.equal(unit, UNITS[metric]);
    const rates = here.map((one) => one.metrics[metric]);
    for (const [place, value] of [Math.min(...rates), Math.max(...rates)].entries()) {
      assert.ok(Math.abs(Number(ends[2 * place]) * figure.prefixes[ends[2 * place + 1]] / value - 1) < 0.01, `${figure.note}: the document has ${value}`);
    }
    const members = new Set(here.flatMap(({scope}) => scope.members).map((member) => devices.get(member) ?? member));
    assert.deepEqual(new Set(figure.names), members, `${figure.title}: rows and columns`);
  }
  assert.equal(new Set(of.map((one) => `${one.case} ${one.series}`)).size, figures.length, 'pairs that are not drawn');
  return figures.length;
}

function rooflines(figures, measured) {
  for (const {title, x, y} of figures) {
    assert.ok(x.label.includes('(FLOP/B)'), `${title}: ${x.label}`);
    assert.ok(y.label.includes('(FLOP/s)'), `${title}: ${y.label}`);
    assert.ok(Math.max(...y.ticks) > LOGARITHMIC * Math.max(...measured.map((one) => one.metrics.flop_per_s ?? 0)), title);
  }
  return figures.length;
}

function attention(figures, measured) {
  for (const {title, x, y} of figures) {
    const of = measured.filter((one) => title === `${words(one.workload)} ${one.dtype}, ${one.series}`);
    assert.ok(of.length > 0, `${title} is of nothing in the document`);
    check(title, x, 'tokens', of.map(({shape}) => shape.sk ?? shape.sq), LOGARITHMIC);
    assert.ok(['(FLOP/s)', '(B/s)'].some((unit) => y.label.includes(unit)), `${title}: ${y.label}`);
  }
  return figures.length;
}

export default async function (browser, ...files) {
  const counts = {};
  for (let i = 0; i < files.length; i += 2) {
    const document = JSON.parse(await readFile(files[i + 1], 'utf8'));
    const measured = document.measurements.filter((one) => one.metrics !== undefined && ['measured', 'reported'].includes(one.status));
    const {page, problems, close} = await open(browser, files[i]);
    for (const [section, judge] of Object.entries({shapes: rates, telemetry: readings, messages: collectives, pairs, roofline: rooflines, attention})) {
      const figures = await axesIn(page, `#${section}`);
      for (const {title, name} of figures) assert.ok(name.startsWith(title), `${title}: the plot is called ${name}`);
      counts[section] = (counts[section] ?? 0) + judge(figures, section === 'telemetry' ? document.measurements : measured, document);
    }
    for (const {title, y} of await axesIn(page, '#case')) assert.ok(y.label.includes('(s)'), `${title}: ${y.label}`);
    assert.deepEqual(problems, []);
    await close();
  }
  for (const [section, count] of Object.entries(counts)) assert.ok(count > 0, `no document here has anything for ${section}`);
  console.log(JSON.stringify(counts));
}
