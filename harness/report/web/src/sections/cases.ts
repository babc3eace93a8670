// Every measurement in one table.
import {caseColumn, countColumn, fractionColumn, intervalColumn, libraryColumn, medianColumn, nothing, peersColumn, placeColumn, rateColumn, rowText, section, seriesColumn} from '../columns';
import type {Report, Row} from '../data';
import {el} from '../dom';
import {table} from '../table';

export function cases(report: Report): HTMLElement {
  if (report.rows.length === 0) return section('cases', 'All cases', nothing('These documents hold no measurement.'));
  const columns = [caseColumn, seriesColumn, placeColumn, medianColumn, intervalColumn, rateColumn, fractionColumn];
  if (report.rows.some((row) => row.library_ratio !== null)) columns.push(libraryColumn);
  if (report.rows.some((row) => row.of_peers !== null)) columns.push(peersColumn);
  const all = report.cases.reduce((sum, of) => sum + (of.measurements ?? of.rows.length), 0);
  const note = all > report.rows.length ? el('p', {}, `Of ${all} measurements ${report.rows.length} are listed: of each case those that were not measured, the slowest, the middle and the fastest. The documents hold all.`) : null;
  return section('cases', 'All cases', note, table<Row>({caption: 'All cases', columns: [...columns, countColumn], rows: report.rows, text: rowText}));
}
