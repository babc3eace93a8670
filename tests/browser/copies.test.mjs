// Copies between devices stand beside those of as many devices, as assay compare has them. usage: node run.mjs copies.test.mjs SITE COMPARISON A B
import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import {open} from './page.mjs';

export default async function (browser, file, documentFile, a, b) {
  const copies = JSON.parse(await readFile(documentFile, 'utf8')).cases.filter((one) => one.case.startsWith('device_to_device.'));
  assert.deepEqual(copies.map((one) => one.devices), [2, 8]);
  const {page, problems, close} = await open(browser, file, {hash: `#compare=${encodeURIComponent(a)}&${encodeURIComponent(b)}`});
  const change = (ratio) => `${ratio < 1 ? '-' : '+'}${Math.abs((ratio - 1) * 100).toFixed(1)} %`;
  try {
    await page.waitForTimeout(500);
    const rows = await page.$$eval('#pair > .table tbody tr', (all) => all.map((row) => [...row.cells].map((cell) => cell.textContent)));
    for (const one of copies) {
      const row = rows.find((cells) => cells[0] === one.case && cells[3] === `${one.scope.level} of ${one.devices}`);
      assert.ok(row, `${one.case} of ${one.devices}`);
      assert.equal(row[6], change(one.ratio));
      assert.equal(row[7], `${change(one.ci_low)} to ${change(one.ci_high)}`);
    }
    assert.deepEqual(problems, []);
  } finally {
    await close();
  }
}
