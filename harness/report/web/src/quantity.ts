// Numbers as people read them. The unit follows from the field's name, as in every document: SI, never scaled.

const PREFIXES = ['f', 'p', 'n', 'µ', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const UNITY = 5;

/** The unit that a field's name ends with; empty for a plain number, `%` for a fraction. */
export function unitOf(field: string): string {
  if (/flop_per_s/.test(field)) return 'FLOP/s';
  if (/(^|_)bytes_per_s$/.test(field)) return 'B/s';
  if (/flop_per_byte$/.test(field)) return 'FLOP/B';
  if (/(^|_)s_per_byte$/.test(field)) return 's/B';
  if (/(^|_)bytes$/.test(field)) return 'B';
  if (/(^|_)hz$/.test(field)) return 'Hz';
  if (/(^|_)s$/.test(field)) return 's';
  if (/(^|_)w$/.test(field)) return 'W';
  if (/(^|_)c$/.test(field)) return '°C';
  if (/^flop$/.test(field)) return 'FLOP';
  if (/(^|_)fraction$|(^|_)below$|^of_(peers|median)$|_residual$|^at_least$|^(fail|warn)_from$|^below_peers|^without_slowest_case$|(^|_)spread$/.test(field)) return '%';
  return '';
}

/** Degrees and percent take no prefix, and a plain count is written out. */
const UNSCALED = new Set(['°C', '%', '']);

/** Three significant digits with a prefix, like `assay check` prints them: `88.1 GFLOP/s`. */
export function quantity(value: number | null | undefined, unit: string): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  if (unit === '%') return `${trimmed(value * 100)} %`;
  if (UNSCALED.has(unit)) return unit === '' ? trimmed(value) : `${trimmed(value)} ${unit}`;
  if (value === 0) return `0 ${unit}`;
  const magnitude = Number(Math.abs(value).toExponential(2));
  const step = Math.max(-UNITY, Math.min(Math.floor(Math.log10(magnitude) / 3 + 1e-12), PREFIXES.length - 1 - UNITY));
  const shown = magnitude / 1000 ** step;
  const decimals = shown < 9.995 ? 2 : shown < 99.95 ? 1 : 0;
  return `${(value / 1000 ** step).toFixed(decimals)} ${PREFIXES[step + UNITY]}${unit}`;
}

function trimmed(value: number): string {
  if (Number.isInteger(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && size < 0.001) return value.toExponential(2);
  return value.toFixed(size < 10 ? 2 : size < 100 ? 1 : 0);
}

/** A field's value with the unit that its name gives. */
export const show = (field: string, value: number | null | undefined): string => quantity(value, unitOf(field));

/** A tick of an axis whose label names the unit: `10 T`. */
function tick(value: number, unit: string, digits: number): string {
  if (unit === '%') return String(Number((value * 100).toFixed(digits - 2)));
  if (value === 0 || UNSCALED.has(unit)) return String(Number(value.toFixed(digits)));
  const step = Math.max(-UNITY, Math.min(Math.floor(Math.log10(Math.abs(value)) / 3 + 1e-12), PREFIXES.length - 1 - UNITY));
  return `${Number((value / 1000 ** step).toPrecision(digits))} ${PREFIXES[step + UNITY]}`.trim();
}

/** The ticks of an axis, with as many digits as tell them apart: a history of 0.1 % has no four `47.3 T`. */
export const axisTick = (unit = 'B') => (value: number, _place?: number, all: Iterable<number> = []): string => {
  const values = [...all];
  let digits = 3;
  while (digits < 12 && new Set(values.map((one) => tick(one, unit, digits))).size < values.length) ++digits;
  return tick(value, unit, digits);
};

/** Sizes are powers of two in these suites: `128 Mi`. */
export function binaryTick(value: number): string {
  const steps = ['', 'Ki', 'Mi', 'Gi', 'Ti'];
  let step = 0;
  while (value >= 1024 && step + 1 < steps.length) {
    value /= 1024;
    ++step;
  }
  return `${Number(value.toPrecision(3))} ${steps[step]}`.trim();
}

const NAMES: Record<string, string> = {
  flop_per_s: 'arithmetic rate',
  bytes_per_s: 'bandwidth',
  bus_bandwidth_bytes_per_s: 'bus bandwidth',
  bytes: 'size',
  median_s: 'median time',
  speed_of_light_fraction: 'of speed of light',
  of_peers: 'of the peers’ median',
  clock_hz: 'clock',
  sample_clock_hz: 'clock over a sample',
  memory_clock_hz: 'memory clock',
  power_w: 'power',
  temperature_c: 'temperature',
};

/** A field as a heading without its unit. */
export const heading = (field: string): string => NAMES[field] ?? field.replace(/_(bytes_per_s|flop_per_s|s|hz|w|c|bytes)$/, '').replaceAll('_', ' ');
/** An axis label: what, and in which unit. */
export function axisLabel(field: string): string {
  const unit = unitOf(field);
  return unit ? `${heading(field)} (${unit})` : heading(field);
}
