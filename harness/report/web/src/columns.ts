// The columns that tables of measurements share.
import {el, given, link} from './dom';
import {linkTo, type Row, statusOf} from './data';
import {quantity, show, unitOf} from './quantity';
import type {Column} from './table';

export const caseColumn: Column<Row> = {title: 'case', cell: (row) => link(linkTo(row), row.of.case), value: (row) => row.of.case};
export const placeColumn: Column<Row> = {title: 'where', cell: (row) => given(row.place), value: (row) => row.place};
export const seriesColumn: Column<Row> = {title: 'series', cell: (row) => row.of.series};
export const medianColumn: Column<Row> = {
  title: 'median', number: true, value: (row) => row.median_s,
  cell: (row) => row.median_s === null ? `${statusOf(row).replaceAll('_', ' ')}` : show('median_s', row.median_s),
};
export const intervalColumn: Column<Row> = {
  title: 'interval of the median', number: true, value: (row) => row.ci_low_s,
  cell: (row) => row.ci_low_s === null ? '–' : `${show('ci_low_s', row.ci_low_s)} to ${show('ci_high_s', row.ci_high_s)}`,
};
export const rateColumn: Column<Row> = {
  title: 'rate', number: true, value: (row) => row.rate,
  cell: (row) => row.rate === null ? '–' : quantity(row.rate, unitOf(row.of.metric ?? '')),
};
export const fractionColumn: Column<Row> = {
  title: 'of speed of light', number: true, value: (row) => row.speed_of_light_fraction,
  cell: (row) => row.speed_of_light_fraction === null ? 'unknown' : show('speed_of_light_fraction', row.speed_of_light_fraction),
};
export const libraryColumn: Column<Row> = {
  title: 'speed, library = 1', number: true, value: (row) => row.library_ratio,
  cell: (row) => row.library_ratio === null ? '–' : row.library_ratio.toFixed(2),
};
export const peersColumn: Column<Row> = {
  title: 'of peers', number: true, value: (row) => row.of_peers, cell: (row) => row.of_peers === null ? '–' : show('of_peers', row.of_peers),
};
export const countColumn: Column<Row> = {title: 'samples', number: true, value: (row) => row.count, cell: (row) => row.count === null ? '–' : String(row.count)};

export const baselineColumn = (baseline: Map<string, number>): Column<Row> => ({
  title: 'baseline', number: true, value: (row) => baseline.get(row.anchor) ?? null, cell: (row) => quantity(baseline.get(row.anchor), unitOf(row.of.metric ?? '')),
});

export const rowText = (row: Row): string => `${row.of.case} ${row.of.series} ${row.place} ${statusOf(row)}`;

/** A section with its heading; the text stands alone where there is nothing to draw. */
export function section(id: string, title: string, ...children: (Node | string | null)[]): HTMLElement {
  const body = children.filter((child): child is Node | string => child !== null);
  return el('section', {id, 'aria-labelledby': `${id}-title`}, el('h2', {id: `${id}-title`, tabindex: -1}, title), ...body);
}
/** What is to be known of documents before a figure of theirs is read. */
export const marks = (sentences: string[]): HTMLElement | null =>
  (sentences.length > 0 ? el('ul', {class: 'marks'}, ...sentences.map((sentence) => el('li', {}, given(sentence)))) : null);
export const nothing = (text: string): HTMLElement => el('p', {class: 'nothing'}, text);
