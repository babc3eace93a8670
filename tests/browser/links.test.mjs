// The drawing of a node has a line between each two devices that were measured. usage: node run.mjs links.test.mjs PAGE
import assert from 'node:assert/strict';
import {open} from './page.mjs';

export default async function (browser, file) {
  const {page, problems, close} = await open(browser, file);
  const lines = await page.$$eval('#topology path[d*=C]', (all) => all.map((one) => one.getAttribute('class')));
  assert.deepEqual(lines.sort(), ['link good', 'link good', 'link good', 'link good', 'link good', 'link middling']); // six pairs of four devices, one slow
  await page.$eval('#topology details', (one) => { one.open = true; });
  const slowest = await page.$$eval('#topology tbody tr', (rows) => rows.map((row) => row.cells[5].textContent));
  assert.deepEqual(slowest.slice(0, 4), ['70 %', '70 %', '100 %', '100 %']);
  assert.deepEqual(problems, []);
  await close();
}
