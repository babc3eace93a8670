// Figures of another tool have the reasons that assay compare gives them. usage: node run.mjs reported_rates.test.mjs SITE COMPARISON A B
import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import {open} from './page.mjs';

export default async function (browser, file, documentFile, a, b) {
  const cases = JSON.parse(await readFile(documentFile, 'utf8')).cases;
  assert.ok(cases.some((one) => / GB\/s in A and .* GB\/s in B$/.test(one.reason)));
  const {page, problems, close} = await open(browser, file, {hash: `#compare=${encodeURIComponent(a)}&${encodeURIComponent(b)}`});
  try {
    await page.waitForTimeout(500);
    const rows = await page.$$eval('#pair > .table tbody tr', (all) => all.map((row) => [...row.cells].map((cell) => cell.textContent)));
    assert.deepEqual(rows.map((row) => [row[0], row.at(-1)]).sort(), cases.map((one) => [one.case, one.reason]).sort());
    assert.deepEqual(problems, []);
  } finally {
    await close();
  }
}
