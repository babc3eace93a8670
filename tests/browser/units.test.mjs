// Every plot of rates and readings has the title, the unit and the range of what the document holds. usage: node units.test.mjs PAGE DOCUMENT
import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import {open} from './page.mjs';

const [file, source] = process.argv.slice(2);
const {measurements} = JSON.parse(await readFile(source, 'utf8'));
const PREFIXES = {n: 1e-9, µ: 1e-6, m: 1e-3, '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15};
// The document's own names say their units; this is written apart from the page's quantity.ts.
const UNITS = {flop_per_s: 'FLOP/s', bytes_per_s: 'B/s', clock_hz: 'Hz', sample_clock_hz: 'Hz', memory_clock_hz: 'Hz', power_w: 'W', temperature_c: '°C'};

const {page, problems, close} = await open(file);
const figures = async (section) => page.$$eval(`${section} figure`, (all) => all.map((figure) => ({
  title: figure.querySelector('h3').textContent, name: figure.querySelector('.plot > svg').getAttribute('aria-label'),
  texts: [...figure.querySelectorAll('.plot svg text')].map((text) => text.textContent)})));
/** The largest value that an axis names. */
const largestTick = (texts) => Math.max(...texts.flatMap((text) => {
  const found = /^(\d+(?:\.\d+)?) ?([nµmkMGTP]?)$/.exec(text);
  return found ? [Number(found[1]) * PREFIXES[found[2]]] : [];
}));

function check(figure, unit, values) {
  assert.ok(figure.name.startsWith(figure.title), `${figure.title}: the plot is called ${figure.name}`);
  assert.ok(figure.texts.some((text) => text.includes(`(${unit})`)), `${figure.title}: no axis is in ${unit}`);
  const tick = largestTick(figure.texts);
  const largest = Math.max(...values);
  assert.ok(tick > largest * 0.4 && tick < largest * 3, `${figure.title}: the axis ends near ${tick} and the document has ${largest} ${unit}`);
}

try {
  const shapes = await figures('#shapes');
  const measured = measurements.filter((one) => one.status === 'measured' && ['flop_per_s', 'bytes_per_s'].some((key) => one.metrics[key]));
  const seen = new Set();
  for (const figure of shapes) {
    const [what, series] = figure.title.split(', ');
    const of = measured.filter((one) => series === one.series && (what === `${one.workload.replaceAll('_', ' ')} ${one.dtype}` ||
      (what === `Memory ${one.dtype}` && one.workload.startsWith('memory_'))));
    assert.ok(of.length > 0, `${figure.title} is of nothing in the document`);
    of.forEach((one) => seen.add(one));
    const metric = of[0].workload.startsWith('memory_') ? 'bytes_per_s' : of[0].metrics.flop_per_s ? 'flop_per_s' : 'bytes_per_s';
    check(figure, UNITS[metric], of.map((one) => one.metrics[metric]));
  }
  assert.ok(shapes.length > 0 && seen.size > 0);
  const readings = new Map();
  for (const one of measurements) {
    for (const [field, value] of Object.entries(one.telemetry ?? {})) {
      if (typeof value === 'object' && value !== null && typeof value.high === 'number' && UNITS[field]) readings.set(field, [...readings.get(field) ?? [], value.high]);
    }
  }
  const telemetry = await figures('#telemetry');
  const titles = {clock_hz: 'clock', sample_clock_hz: 'clock over a sample', memory_clock_hz: 'memory clock', power_w: 'power', temperature_c: 'temperature'};
  for (const [field, values] of readings) {
    const figure = telemetry.find(({title}) => title === titles[field]);
    assert.ok(figure, `${field} is not drawn`);
    check(figure, UNITS[field], values);
  }
  assert.deepEqual(problems, []);
  console.log(`${shapes.length} plots of rates, ${readings.size} of readings`);
} finally {
  await close();
}
