// One case in full: its samples by pass, and every field of its measurement. `#case=…` chooses it.
import * as Plot from '@observablehq/plot';
import {figure} from '../chart';
import {nothing, section} from '../columns';
import {linkTo, type Report, type Row, statusOf} from '../data';
import {type Child, el, given, link} from '../dom';
import {axisLabel, axisTick, quantity, show, unitOf} from '../quantity';

interface Sample {
  index: number;
  value: number;
  pass: number;
}

function distribution(row: Row): HTMLElement | null {
  const samples = row.details.samples;
  if (!samples || samples.values_s.length === 0) return null;
  const passes = (samples as {pass?: number[]}).pass;
  const values: Sample[] = samples.values_s.map((value, index) => ({index, value, pass: passes?.[index] ?? 0}));
  const several = passes !== undefined && new Set(passes).size > 1;
  const kept = values.length < samples.count ? ` ${values.length} of ${samples.count} samples are kept, evenly in time.` : '';
  return figure({
    title: several ? 'Samples by pass' : 'Samples',
    note: `The band is the interval of the median (level ${show('level_fraction', samples.ci_level)}).${kept}${several ? '' : ' All are of one pass.'}`,
    draw: (width) => Plot.plot({
      width, height: 280, marginLeft: 60, marginBottom: 44, marginRight: 24,
      x: {label: several ? 'pass' : 'sample, in the order of time', grid: false, type: several ? 'band' : 'linear', tickFormat: (v: number) => (Number.isInteger(v) ? String(v + 1) : '')},
      y: {label: axisLabel('s').replace(/^s/, 'time'), tickFormat: axisTick(), grid: true, nice: true},
      marks: [
        Plot.ruleY([samples.median_s], {stroke: 'var(--c1)', strokeWidth: 1.5}),
        Plot.ruleY([samples.ci_low_s, samples.ci_high_s], {stroke: 'var(--c1)', strokeDasharray: '4,3'}),
        several ? Plot.boxY(values, {x: 'pass', y: 'value', fill: 'var(--c0)', fillOpacity: 0.35}) : null,
        several ? null : Plot.dot(values, {x: 'index', y: 'value', fill: 'var(--c0)', r: 2.5, tip: true, title: (sample: Sample) => show('value_s', sample.value)}),
      ],
    }),
    table: {caption: 'Samples', rows: values, columns: [
      {title: 'order', number: true, cell: (sample: Sample) => String(sample.index + 1), value: (sample: Sample) => sample.index},
      {title: 'pass', number: true, cell: (sample: Sample) => String(sample.pass + 1), value: (sample: Sample) => sample.pass},
      {title: 'time', number: true, cell: (sample: Sample) => show('value_s', sample.value), value: (sample: Sample) => sample.value},
    ]},
  });
}

/** Every field below `value`, with the unit that its name gives. */
function facts(list: HTMLElement, path: string, value: unknown): void {
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
    for (const [key, inner] of Object.entries(value)) if (key !== 'values_s' && key !== 'pass') facts(list, path ? `${path}.${key}` : key, inner);
    return;
  }
  const parts = path.split('.');
  const named = ['low', 'median', 'high'].includes(parts[parts.length - 1]!) ? parts[parts.length - 2]! : parts[parts.length - 1]!;
  const unit = unitOf(named);
  const text = typeof value === 'number' ? (unit ? `${quantity(value, unit)} (${value})` : String(value)) : typeof value === 'string' ? value : JSON.stringify(value);
  list.append(el('dt', {}, given(path.replaceAll('_', ' ').replaceAll('.', ': '))), el('dd', {}, given(text)));
}

function group(title: string, value: unknown): Child {
  if (value === undefined) return null;
  const list = el('dl', {class: 'facts'});
  facts(list, '', value);
  return list.childElementCount > 0 ? el('div', {class: 'group'}, el('h3', {}, title), list) : null;
}

function panel(report: Report, row: Row): Node[] {
  const {details} = row;
  const document = report.documents[details.document ?? 0]!;
  const head = {
    status: statusOf(row), reason: details.reason, where: row.place, series: row.of.series, scope: row.of.level, document: document.file, started: details.started,
    rate: row.rate === null ? undefined : quantity(row.rate, unitOf(row.of.metric ?? '')), median_s: row.median_s ?? undefined, ci_low_s: row.ci_low_s ?? undefined, ci_high_s: row.ci_high_s ?? undefined,
    speed_of_light_fraction: row.speed_of_light_fraction ?? undefined, of_peers: row.of_peers ?? undefined, speed_with_the_library_as_1: row.library_ratio ?? undefined, samples: row.count ?? undefined,
  };
  const parts: Child[] = [
    el('p', {class: 'case-name'}, link(linkTo(row), row.of.case), ' ', given(row.place)),
    group('Figures', Object.fromEntries(Object.entries(head).filter(([, value]) => value !== undefined))),
    distribution(row),
    details.samples || details.reason ? null : nothing('A page of this many measurements holds no samples or telemetry: look into the document.'),
    group('Samples', details.samples), group('Metrics', details.metrics), group('Verification', details.verification), group('Telemetry', details.telemetry),
    group('Transport', details.transport), group('Inputs', details.inputs), group('Other', details.extensions),
  ];
  return parts.filter((part): part is Node => part instanceof Node);
}

/** Where the verdict points first, else the first that was measured. */
function first(report: Report): Row | undefined {
  const wrong = (report.verdict?.requirements ?? []).filter((one) => one.verdict === 'fail' || one.verdict === 'warn');
  for (const one of wrong) {
    const named = report.rows.find((row) => row.device && one.subjects.some((subject) => subject.name === row.device!.subject) && one.reason.includes(row.of.case));
    if (named) return named;
  }
  return report.rows.find((row) => row.median_s !== null) ?? report.rows[0];
}

export function samples(report: Report): HTMLElement {
  const body = el('div', {'aria-live': 'polite'});
  const made = section('case', 'One case in full', el('p', {}, 'Every case name on this page leads here; the address names the case, so it can be shared.'), body);
  const choose = (jump: boolean): void => {
    const wanted = /^#case=(.*)$/.exec(location.hash)?.[1];
    const row = wanted ? report.byAnchor.get(safeDecode(wanted)) : undefined;
    if (wanted !== undefined && !row) {
      body.replaceChildren(nothing('This report has no such case.'));
    } else if (row) {
      body.replaceChildren(...panel(report, row));
    }
    if (wanted !== undefined && jump) {
      made.scrollIntoView();
      made.querySelector<HTMLElement>('h2')?.focus({preventScroll: true});
    }
  };
  const start = first(report);
  if (start) body.replaceChildren(...panel(report, start));
  else body.replaceChildren(nothing('These documents hold no measurement.'));
  choose(false);
  window.addEventListener('hashchange', () => choose(true));
  if (location.hash.startsWith('#case=')) setTimeout(() => choose(true), 300);
  return made;
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
