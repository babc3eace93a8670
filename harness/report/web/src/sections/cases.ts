// Every measurement in one table.
import {caseColumn, countColumn, fractionColumn, intervalColumn, libraryColumn, medianColumn, nothing, peersColumn, placeColumn, rateColumn, rowText, section, seriesColumn} from '../columns';
import type {Report, Row} from '../data';
import {table} from '../table';

export function cases(report: Report): HTMLElement {
  if (report.rows.length === 0) return section('cases', 'All cases', nothing('These documents hold no measurement.'));
  const columns = [caseColumn, seriesColumn, placeColumn, medianColumn, intervalColumn, rateColumn, fractionColumn];
  if (report.rows.some((row) => row.library_ratio !== null)) columns.push(libraryColumn);
  if (report.rows.some((row) => row.of_peers !== null)) columns.push(peersColumn);
  return section('cases', 'All cases', table<Row>({caption: 'All cases', columns: [...columns, countColumn], rows: report.rows, text: rowText}));
}
