// The page of a comparison has the figures of its document. usage: node comparison.test.mjs PAGE DOCUMENT
import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import {axesIn} from './axes.mjs';
import {open} from './page.mjs';

const [file, documentFile] = process.argv.slice(2);
const comparison = JSON.parse(await readFile(documentFile, 'utf8'));
const {page, problems, close} = await open(file);
const change = (ratio) => `${ratio < 1 ? '-' : '+'}${Math.abs((ratio - 1) * 100).toFixed(1)} %`;
try {
  const rows = await page.$$eval('#cases > .table tbody tr', (all) => all.map((row) => [...row.cells].map((cell) => cell.textContent)));
  assert.equal(rows.length, comparison.cases.length);
  for (const one of comparison.cases) {
    const row = rows.find((cells) => cells[0] === one.case && cells[2] === one.series);
    assert.ok(row, one.case);
    assert.equal(row[6], one.ratio === undefined ? '–' : change(one.ratio));
    assert.equal(row[7], one.ci_low === undefined ? '–' : `${change(one.ci_low)} to ${change(one.ci_high)}`);
    assert.ok(row[1].endsWith(one.verdict.replaceAll('_', ' ')), row[1]);
    const price = (value) => String(Number(value.toPrecision(3)));
    assert.deepEqual(row.slice(8, 12), one.cost ? [price(one.cost.a), price(one.cost.b), one.cost.unit, change(one.cost.ratio)] : ['–', '–', '–', '–']);
    assert.equal(row.at(-1), one.reason ?? '');
  }
  const known = comparison.cases.filter((one) => one.ci_low !== undefined);
  const [intervals] = await axesIn(page, '#cases');
  assert.ok(intervals.x.label.startsWith('B’s time over A’s'), intervals.x.label);
  const ends = [Math.min(1, ...known.map((one) => one.ci_low)), Math.max(1, ...known.map((one) => one.ci_high))];
  assert.ok(Math.abs(Math.min(...intervals.x.ticks) - ends[0]) < 0.05 && Math.abs(Math.max(...intervals.x.ticks) - ends[1]) < 0.05, `${intervals.x.ticks} for ${ends}`);
  const shown = await page.$eval('#data', (element) => JSON.parse(element.textContent).comparisons[0]);
  assert.deepEqual(shown, comparison);  // to the last digit
  assert.deepEqual(problems, []);
} finally {
  await close();
}
