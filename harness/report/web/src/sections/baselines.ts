// What the verdict's baseline requirements held the cases to.
import type {Report} from '../data';
import {rowOf, rowsByCase} from './requirements';

/** By the anchor of the measurement. */
export function baselines(report: Report): Map<string, number> {
  const rows = rowsByCase(report);
  const found = new Map<string, number>();
  for (const one of report.verdict?.requirements ?? []) {
    for (const list of Object.values(one.figures as Record<string, unknown>)) {
      if (!Array.isArray(list)) continue;
      for (const entry of list as Record<string, unknown>[]) {
        const row = typeof entry?.['baseline'] === 'number' ? rowOf(rows, entry) : undefined;
        if (row) found.set(row.anchor, entry['baseline'] as number);
      }
    }
  }
  return found;
}
