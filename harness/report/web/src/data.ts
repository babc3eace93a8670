// The data of a page as `assay report` (harness/report/report_data.cpp) or `assay compare` hands it over, and rows by their case.
import type {Device as DeviceFacts, Imported, Node as NodeFacts, Run, Samples} from './schema/result';
import type {AssayComparisonDocument, Case as ComparedCase, Side as ComparedSide} from './schema/comparison';
import type {SitePage} from './site/data';
import type {AssayVerdictDocument, Requirement as RequirementFacts} from './schema/verdict';

/** Entries that a list of figures has beside those of the page, by the list. */
export type Requirement = RequirementFacts & {action?: string; action_reason?: string; left_out?: Record<string, number>};
export type Verdict = Omit<AssayVerdictDocument, 'requirements'> & {requirements: Requirement[]};

export interface DocumentData {
  file: string;
  sha256: string;
  schema_version: string;
  status: string;
  error?: string;
  simulated: boolean;
  run: Run;
  software: Record<string, string>;
  imported?: Imported;
  fabric?: {nodes: string[]; racks: string[]};
}

export interface NodeData extends Omit<NodeFacts, 'devices'> {
  document: number;
}

/** Of very many devices the page holds what its tables show. */
export interface DeviceData extends Omit<DeviceFacts, 'speed_of_light'> {
  speed_of_light?: DeviceFacts['speed_of_light'];
  node: number;
  subject: string;
  /** The index of its slowest case, and the value of `slowest_by` there. */
  slowest?: {case: number; value: number};
}

/** What only some rows have; samples and telemetry are left out of pages of very many rows. */
export interface Details {
  document?: number;
  status?: string;
  reason?: string;
  members?: string[];
  /** Of the speed of light of a collective: what sets it. */
  bound?: string;
  started?: string;
  inputs?: {pattern: string; seed: number};
  samples?: Samples;
  metrics?: Record<string, number>;
  verification?: Record<string, unknown>;
  telemetry?: Record<string, unknown>;
  transport?: Record<string, unknown>;
  ranks?: {rank: number; median_s: number; p99_s?: number}[];
  extensions?: Record<string, unknown>;
}

type Cell = number | null | Details;

export interface CaseData {
  case: string;
  workload: string;
  dtype: string;
  implementation: string;
  shape: Record<string, number | boolean>;
  shape_text: string;
  group: string;
  series: string;
  level: string;
  library?: boolean;
  metric?: string;
  flop_per_byte?: number;
  /** How many there are, where the rows are only those that somebody looks for. */
  measurements?: number;
  rows: Cell[][];
}

export interface Fit {
  curve: string;
  from_bytes: number;
  to_bytes: number;
  latency_s: number;
  s_per_byte: number;
  bytes_per_s?: number;
  rms_residual: number;
  max_residual: number;
}

export type {ComparedCase, ComparedSide};
export type Comparison = AssayComparisonDocument;

/** The page of `assay compare --format html`. */
export interface ComparisonPage {
  page: 'comparison';
  assay: string;
  /** Of B, C, … with one A. */
  comparisons: Comparison[];
}

export interface PageData {
  page: 'report';
  assay: string;
  /** A link to the page of all runs. */
  site?: string;
  verdict?: Verdict;
  meaning?: string;
  not_judged?: string;
  /** What is to be known of the documents before a figure of theirs is read. */
  marks: string[];
  documents: DocumentData[];
  nodes: NodeData[];
  devices: DeviceData[];
  row_fields: string[];
  slowest_by: 'of_peers' | 'speed_of_light_fraction';
  cases: CaseData[];
  links: {a: string; b: string; kind: string; case: string}[];
  fits: Fit[];
}

/** One measurement: its figures, and where it was made. */
export interface Row {
  of: CaseData;
  anchor: string;
  place: string;
  device: DeviceData | null;
  median_s: number | null;
  ci_low_s: number | null;
  ci_high_s: number | null;
  rate: number | null;
  speed_of_light_fraction: number | null;
  speed_of_light_rate: number | null;
  library_ratio: number | null;
  of_peers: number | null;
  count: number | null;
  details: Details;
}

export type Figure = Exclude<keyof Row, 'of' | 'anchor' | 'place' | 'device' | 'details'>;

/** A report as the sections draw it. */
export interface Report extends PageData {
  rows: Row[];
  byAnchor: Map<string, Row>;
}

export function nodeOf(data: PageData, device: DeviceData): NodeData {
  return data.nodes[device.node]!;
}

/** `node-a / 3`: short, and the same in every section. */
export function deviceName(data: PageData, device: DeviceData): string {
  return `${nodeOf(data, device).name} / ${device.index}`;
}

function placeOf(data: PageData, byUuid: Map<string, DeviceData>, of: CaseData, device: DeviceData | null, details: Details): string {
  if (device && of.level === 'device') return deviceName(data, device);
  if (device && details.members && details.members.length > 2) {
    return `${deviceName(data, device)}, ${details.members.length} at once`;
  }
  const names = (details.members ?? []).map((member) => {
    const known = byUuid.get(member);
    return known ? deviceName(data, known) : member;
  });
  if (names.length > 4) return `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
  return names.length > 0 ? names.join(', ') : of.level;
}

type Page = PageData | ComparisonPage | SitePage;
/** harness/report/page.cpp leaves no control or direction characters in it. */
export const readPage = (text: string): Page => JSON.parse(text) as Page;

export function reportOf(data: PageData): Report {
  const rows: Row[] = [];
  const byAnchor = new Map<string, Row>();
  const byUuid = new Map(data.devices.map((one) => [one.uuid, one]));
  for (const of of data.cases) {
    for (const cells of of.rows) {
      const details = (cells[data.row_fields.length] ?? {}) as Details;
      const named = Object.fromEntries(data.row_fields.map((field, i) => [field, cells[i]])) as unknown as
          Record<Figure, number | null> & {device: number | null};
      const device = named.device === null ? null : data.devices[named.device]!;
      const place = placeOf(data, byUuid, of, device, details);
      const base = `${of.case} ${of.series} ${place}`;
      let anchor = base;
      for (let again = 2; byAnchor.has(anchor); ++again) anchor = `${base} ~${again}`;
      const row: Row = {...named, of, anchor, place, device, details};
      rows.push(row);
      byAnchor.set(anchor, row);
    }
  }
  return {...data, rows, byAnchor};
}

export const statusOf = (row: Row): string => row.details.status ?? 'measured';
/** The shareable link to a measurement. */
export const linkTo = (row: Row): string => `#case=${encodeURIComponent(row.anchor)}`;
