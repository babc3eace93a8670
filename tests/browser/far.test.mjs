// A link to a device that its table does not show at first: by a click, and as the address that somebody shared.
// usage: node run.mjs far.test.mjs PAGE DEVICE
import assert from 'node:assert/strict';
import {open} from './page.mjs';

export default async function (browser, file, wanted) {
  const first = await open(browser, file);
  assert.ok((await first.page.$$eval('#devices > .table tbody tr', (rows) => rows.map((row) => row.cells[0].textContent))).every((name) => name !== wanted));
  await first.page.click('.findings a[href^="#device="]');
  await first.page.waitForFunction((name) => document.activeElement.closest('tr')?.cells[0].textContent === name, wanted, {timeout: 5000});
  const hash = await first.page.evaluate(() => location.hash);
  assert.deepEqual(first.problems, []);
  await first.close();
  const shared = await open(browser, file, {hash});
  await shared.page.waitForFunction((name) => document.activeElement.closest('tr')?.cells[0].textContent === name, wanted, {timeout: 5000});
  assert.deepEqual(shared.problems, []);
  await shared.close();
}
