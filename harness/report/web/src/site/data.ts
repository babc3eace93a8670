// The data of a site as `assay site` (harness/site/site_data.cpp) hands it over, and figures by their run.
import type {Case as ComparedCase} from '../schema/comparison';

type Cell = number | string | null;

export interface SiteCase {
  case: string;
  series: ComparedCase['series'];
  level: string;
  /** Of copies between devices: how many copy at once. */
  devices?: number;
  metric?: string;
}

export interface SiteRun {
  name: string;
  id: string;
  page: string;
  machine: string;
  started: string;
  finished: string;
  due?: string;
  profile: string;
  backend: string;
  status: string;
  simulated: boolean;
  skus: string[];
  clouds: string[];
  fabrics: string[];
  nodes: number;
  devices: number;
  margin: number;
  /** What is to be known of its documents before a figure of theirs is read. */
  marks?: string[];
  verdict?: string;
  wrong?: string[];
  more_wrong?: number;
  not_judged?: string;
  figures: Cell[][];
}

/** Of runs of one machine with one profile, in the order of time. */
export interface History {
  machine: string;
  profile: string;
  skus: string[];
  case: number;
  runs: number[];
  changes: {run: number; before: number; ratio: number; ci_low: number; ci_high: number}[];
}

/** code, what, value, whether it differs between the documents of the run. */
export type Condition = [string, string, string, boolean];

export interface SitePage {
  page: 'site';
  assay: string;
  level: number;
  figure_fields: string[];
  cases: SiteCase[];
  conditions: Condition[][];
  runs: SiteRun[];
  histories: History[];
  unreadable: {file: string; reason: string}[];
}

/** One case of one run, its devices together. */
export interface Figure {
  case: number;
  time_s: number | null;
  rate: number | null;
  rate_low: number | null;
  rate_high: number | null;
  bytes_per_s: number | null;
  passes: number;
  mean: number | null;
  variance: number | null;
  freedom: number | null;
  conditions: number;
  not_measured: string;
  contention: string;
}

export function figuresOf(site: SitePage, run: SiteRun): Map<number, Figure> {
  return new Map(run.figures.map((cells) => {
    const figure = Object.fromEntries(site.figure_fields.map((field, i) => [field, cells[i]])) as unknown as Figure;
    return [figure.case, figure];
  }));
}

export const dayOf = (run: SiteRun): string => run.started.slice(0, 10);
export const verdictOf = (run: SiteRun): string => run.verdict ?? 'not_judged';
export const caseName = (of: SiteCase): string => `${of.case} ${of.series} ${of.level}${of.devices === undefined ? '' : ` of ${of.devices}`}`;
export const encoded = (...parts: string[]): string => parts.map(encodeURIComponent).join('&');
/** What stands behind `#key=`; null for another hash. */
export function fromHash(key: string): string[] | null {
  if (!location.hash.startsWith(`#${key}=`)) return null;
  try {
    return location.hash.slice(key.length + 2).split('&').map(decodeURIComponent);
  } catch {
    return [];
  }
}
export const trendLink = (site: SitePage, of: History): string => `#trend=${encoded(of.machine, of.profile, of.skus.join(', '), caseName(site.cases[of.case]!))}`;
