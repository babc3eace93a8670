// A table that sorts by its headers, filters by text, and shows so many rows at a time that it stays quick.
import {type Child, el} from './dom';

export interface Column<T> {
  title: string;
  cell: (row: T) => Child;
  /** What the column sorts by; without it by the cell's text. */
  value?: (row: T) => number | string | null;
  number?: boolean;
  /** A text that would rather wrap late. */
  wide?: boolean;
}

export interface TableSpec<T> {
  caption: string;
  columns: Column<T>[];
  rows: T[];
  /** So many rows at first, and with every "more". */
  page?: number;
  /** The text that a row is found by; without it the table has no filter. */
  text?: (row: T) => string;
}

const PAGE = 100;

const classOf = (column: Column<any>): string | undefined => (column.number ? 'number' : column.wide ? 'wide' : undefined);

function compare(a: number | string | null, b: number | string | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a).localeCompare(String(b), 'en', {numeric: true});
}

export function table<T>(spec: TableSpec<T>): HTMLElement {
  const page = spec.page ?? PAGE;
  let shown = page;
  let sorted: {column: number; down: boolean} | null = null;
  let wanted = '';
  const texts = spec.text ? spec.rows.map((row) => spec.text!(row).toLowerCase()) : [];
  const body = el('tbody');
  const more = el('button', {type: 'button', class: 'more', click: () => { shown += page; draw(); }});
  const count = el('span', {class: 'count', role: 'status'});
  const headers = spec.columns.map((column, index) => {
    const button = el('button', {type: 'button', click: () => {
      sorted = {column: index, down: sorted?.column === index ? !sorted.down : Boolean(column.number)};
      draw();
    }}, column.title);
    return el('th', {scope: 'col', class: classOf(column)}, button);
  });

  function chosen(): T[] {
    let rows = wanted === '' ? spec.rows : spec.rows.filter((_, i) => texts[i]!.includes(wanted));
    if (sorted) {
      const column = spec.columns[sorted.column]!;
      const value = column.value ?? ((row: T) => String(column.cell(row) ?? ''));
      const sign = sorted.down ? -1 : 1;
      const keyed = rows.map((row) => ({row, key: value(row)}));
      keyed.sort((a, b) => (a.key === null || b.key === null ? 1 : sign) * compare(a.key, b.key));
      rows = keyed.map(({row}) => row);
    }
    return rows;
  }

  function draw(): void {
    const rows = chosen();
    body.replaceChildren(...rows.slice(0, shown).map((row) => el('tr', {}, ...spec.columns.map((column) =>
      el('td', {class: classOf(column)}, column.cell(row))))));
    headers.forEach((header, index) => {
      if (sorted?.column === index) header.setAttribute('aria-sort', sorted.down ? 'descending' : 'ascending');
      else header.removeAttribute('aria-sort');
    });
    more.hidden = rows.length <= shown;
    more.textContent = `Show ${Math.min(page, rows.length - shown)} more of ${rows.length}`;
    count.textContent = wanted ? `${rows.length} of ${spec.rows.length} rows` : `${spec.rows.length} rows`;
  }

  const parts: Child[] = [];
  if (spec.text && spec.rows.length > 8) {
    let timer = 0;
    const input = el('input', {type: 'search', autocomplete: 'off', spellcheck: 'false', input: () => {
      clearTimeout(timer);
      timer = setTimeout(() => { wanted = input.value.trim().toLowerCase(); shown = page; draw(); }, 80);
    }});
    parts.push(el('p', {class: 'filter'}, el('label', {}, 'Filter ', input), count));
  }
  parts.push(el('div', {class: 'scroll', tabindex: 0, role: 'group', 'aria-label': spec.caption},
                el('table', {}, el('caption', {}, spec.caption), el('thead', {}, el('tr', {}, ...headers)), body)), more);
  draw();
  return el('div', {class: 'table'}, ...parts);
}
