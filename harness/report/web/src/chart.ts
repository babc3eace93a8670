// A figure: a plot, its legend, and the table of what it shows.
import {el, svg, type Child} from './dom';
import {table, type TableSpec} from './table';

export interface Chart {
  title: string;
  note?: string;
  legend?: Child;
  /** Draws at this width in CSS pixels; called again when the width changes. */
  draw: (width: number) => Element;
  table: TableSpec<any>;
}

/** The parts of a note; none where there are none. */
export const sentence = (parts: string[]): string | undefined =>
  (parts.length === 0 ? undefined : `${parts[0]![0]!.toUpperCase()}${parts.join('; ').slice(1)}.`);

/** Drawn one a frame, so that no single task is long however many there are. */
const waiting: (() => void)[] = [];
let running = false;
function later(task: () => void): void {
  waiting.push(task);
  if (running) return;
  running = true;
  const next = (): void => {
    const first = waiting.shift();
    if (!first) {
      running = false;
      document.documentElement.dataset['ready'] = 'true';
      return;
    }
    first();
    setTimeout(next);
  };
  setTimeout(next);
}

/** Calls back when everything asked for so far has been drawn. */
export const whenDrawn = (): void => later(() => undefined);

export function figure(chart: Chart): HTMLElement {
  const plot = el('div', {class: 'plot'});
  let width = 0;
  const draw = (): void => {
    const now = Math.floor(plot.clientWidth);
    if (now === 0 || now === width) return;
    width = now;
    const drawn = chart.draw(Math.max(280, now));
    // The figure is one image with one name: the names that Plot gives its parts would be read as well.
    drawn.querySelectorAll('[aria-label]').forEach((part) => part.removeAttribute('aria-label'));
    drawn.setAttribute('role', 'img');
    drawn.setAttribute('aria-label', `${chart.title}. The table below has its figures.`);
    plot.replaceChildren(drawn);
  };
  later(draw);
  new ResizeObserver(() => { if (width > 0) later(draw); }).observe(plot);
  const details = el('details', {toggle: () => {
    if (details.open && details.childElementCount === 1) details.append(table(chart.table));
  }}, el('summary', {}, `Table: ${chart.title}`));
  return el('figure', {}, el('figcaption', {}, el('h3', {}, chart.title), chart.note ? el('p', {}, chart.note) : null),
            chart.legend, plot, details);
}

const COLOURS = [0, 1, 2, 3, 4, 5].map((i) => `var(--c${i})`);
const SYMBOLS = ['circle', 'square', 'triangle', 'diamond', 'cross', 'star'] as const;
const PATHS = ['M5,0A5,5,0,1,1,-5,0A5,5,0,1,1,5,0Z', 'M-4.5,-4.5h9v9h-9Z', 'M0,-6L5.5,4.5H-5.5Z', 'M0,-7L4.5,0L0,7L-4.5,0Z',
               'M-2,-6h4v4h4v4h-4v4h-4v-4h-4v-4h4Z', 'M0,-6.5L1.6,-2H6.2L2.5,.8L3.9,5.3L0,2.5L-3.9,5.3L-2.5,.8L-6.2,-2H-1.6Z'];

export interface Look {
  colour: string;
  symbol: typeof SYMBOLS[number];
}
const lookOf = (place: number): Look => ({colour: COLOURS[place % COLOURS.length]!, symbol: SYMBOLS[place % SYMBOLS.length]!});

/** The same outcome looks the same on every page, and nothing that is wrong is green. */
export const OUTCOME_LOOKS: Record<'good' | 'unknown' | 'warned' | 'undecided' | 'bad', Look> = {
  good: {colour: 'var(--c0)', symbol: 'circle'}, unknown: {colour: 'var(--c5)', symbol: 'square'}, warned: {colour: 'var(--c1)', symbol: 'diamond'},
  undecided: {colour: 'var(--c3)', symbol: 'star'}, bad: {colour: 'var(--fail)', symbol: 'triangle'},
};

/** What each colour and shape stands for. */
export function legend(names: string[], looks = names.map((_, i) => lookOf(i))): HTMLElement {
  return el('ul', {class: 'legend'}, ...names.map((name, i) => {
    const mark = svg('svg', {viewBox: '-8 -8 16 16', width: 14, height: 14, 'aria-hidden': 'true'},
                     svg('path', {d: PATHS[SYMBOLS.indexOf(looks[i]!.symbol)]!, fill: looks[i]!.colour}));
    return el('li', {}, mark, el('bdi', {}, name));
  }));
}

/** The scales that go with the legend. */
export function scales(names: string[], looks = names.map((_, i) => lookOf(i))): {color: object; symbol: object} {
  return {color: {domain: names, range: looks.map(({colour}) => colour)}, symbol: {domain: names, range: looks.map(({symbol}) => symbol)}};
}

export const distinct = <T>(values: Iterable<T>): T[] => [...new Set(values)];

export function groupBy<T>(values: T[], key: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const of = key(value);
    const found = groups.get(of);
    if (found) found.push(value);
    else groups.set(of, [value]);
  }
  return groups;
}
