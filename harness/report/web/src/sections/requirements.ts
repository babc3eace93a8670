// Every requirement with the figures that its verdict rests on.
import {groupBy} from '../chart';
import {nothing, section} from '../columns';
import {linkTo, type Report, type Requirement, type Row} from '../data';
import {badge, type Child, el, given, link} from '../dom';
import {axisLabel, show} from '../quantity';
import {table, type TableSpec} from '../table';
import {action, requirementId, subjects} from './summary';

type Entry = Record<string, unknown>;

/** The measurement that an entry of the figures is about. */
export function rowOf(rows: Map<string, Row[]>, entry: Entry): Row | undefined {
  const found = rows.get(String(entry['case'])) ?? [];
  const fits = (row: Row): boolean => (entry['series'] === undefined || row.of.series === entry['series']) &&
    (entry['uuid'] === undefined || row.device?.uuid === entry['uuid']);
  return found.find(fits);
}

export const rowsByCase = (report: Report): Map<string, Row[]> => groupBy(report.rows, (row) => row.of.case);

function cell(rows: Map<string, Row[]>, entry: Entry, key: string): Child {
  const value = entry[key];
  if (value === undefined || value === null) return '–';
  if (typeof value === 'number') return show(key, value);
  if (key === 'case') {
    const row = rowOf(rows, entry);
    return row ? link(linkTo(row), String(value)) : given(String(value));
  }
  return given(typeof value === 'string' ? value : JSON.stringify(value));
}

function entries(rows: Map<string, Row[]>, name: string, list: Entry[], leftOut: number): HTMLElement {
  const keys = [...new Set(list.flatMap((entry) => Object.keys(entry)))].filter((key) => key !== 'uuid');
  const spec: TableSpec<Entry> = {
    caption: `${name.replaceAll('_', ' ')} (${list.length}${leftOut > 0 ? ` of ${list.length + leftOut}, those of what is named first` : ''})`,
    columns: keys.map((key) => ({
      title: axisLabel(key).replace(/ \(.*\)$/, ''), number: list.some((entry) => typeof entry[key] === 'number'),
      cell: (entry) => cell(rows, entry, key),
      value: (entry) => (typeof entry[key] === 'number' ? entry[key] as number : JSON.stringify(entry[key] ?? null)),
    })),
    rows: list,
    text: (entry) => JSON.stringify(entry),
  };
  return table(spec);
}

function figures(rows: Map<string, Row[]>, one: Requirement): Child[] {
  const single = el('dl', {class: 'facts'});
  const tables: Child[] = [];
  for (const [key, value] of Object.entries(one.figures as Entry)) {
    const isList = Array.isArray(value) && value.length > 0 && value.every((entry) => entry !== null && typeof entry === 'object');
    if (isList) tables.push(entries(rows, key, value as Entry[], one.left_out?.[key] ?? 0));
    else single.append(el('dt', {}, key.replaceAll('_', ' ')), el('dd', {}, typeof value === 'number' ? show(key, value) : given(JSON.stringify(value))));
  }
  return [single.childElementCount > 0 ? single : null, ...tables];
}

export function requirements(report: Report): HTMLElement {
  if (!report.verdict) return section('requirements', 'Requirements', nothing('These documents were not judged.'));
  const rows = rowsByCase(report);
  const list = report.verdict.requirements.map((one) => {
    const inner = el('div');
    const details = el('details', {id: requirementId(one), class: 'requirement', toggle: () => {
      if (details.open && inner.childElementCount === 0) {
        inner.append(...[el('p', {}, given(one.reason)), one.subjects.length > 0 ? subjects(report, one) : '', action(one), ...figures(rows, one)]
          .filter((child): child is Node => child instanceof Node));
      }
    }}, el('summary', {}, badge(one.reason_code === 'not_applicable' ? 'not_applicable' : one.verdict), ' ', given(one.id),
           el('span', {class: 'level'}, ` ${one.level}, ${one.axis}`)), inner);
    return details;
  });
  return section('requirements', 'Requirements', el('p', {}, `Profile ${report.verdict.profile.name}. Each opens to its reason and figures.`), ...list);
}
