// The page of an imported output: where it is from, what that does not say, and no drawing of what it does not hold.
// usage: node run.mjs imported.test.mjs PAGE TOOL
import assert from 'node:assert/strict';
import {open} from './page.mjs';

export default async function (browser, file, tool) {
  const {page, problems, close} = await open(browser, file);
  try {
    assert.match(await page.textContent('#summary .marks'), new RegExp(`imported from ${tool}.*, which does not say`));
    const figures = await page.$$eval('figure', (all) => all.map((one) => [one.querySelector('h3').textContent, one.querySelector('figcaption p')?.textContent ?? '']));
    assert.ok(figures.every(([title]) => !title.endsWith(': time') && !title.startsWith('Topology')), `${figures}`);
    assert.ok(figures.every(([, note]) => !note.includes('speed of light')), `${figures}`);
    assert.equal(figures.some(([title]) => title.endsWith('bus bandwidth')), tool === 'nccl-tests');
    if (tool === 'dcgmi') {
      const device = await page.getAttribute('.findings a[href^="#device="]', 'href');
      const row = await page.$eval(`[id="${device.slice(1)}"]`, (name) => [...name.closest('tr').cells].map((cell) => cell.textContent));
      assert.deepEqual([row[0].endsWith('/ 2'), row[2]], [true, 'warned of']);
      const checks = await page.$$eval('#provenance details tbody tr', (all) => all.map((each) => [...each.cells].slice(0, 2).map((cell) => cell.textContent)));
      assert.ok(checks.some(([name, outcome]) => name === 'PCIe' && outcome.endsWith('fail')), `${checks}`);
    }
    assert.deepEqual(problems, []);
  } finally {
    await close();
  }
}
