// A shared link opens its case; title, figures and units are those of the document. usage: node run.mjs case_link.test.mjs PAGE DOCUMENT
import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import {open} from './page.mjs';

export default async function (browser, file, source) {
  const document = JSON.parse(await readFile(source, 'utf8'));
  const one = document.measurements[1];
  const node = document.nodes[0];
  const device = node.devices.find(({uuid}) => uuid === one.scope.members[0]);
  const anchor = `${one.case} ${one.series} ${node.name} / ${device.index}`;
  const {page, problems, close} = await open(browser, file, {hash: `#case=${encodeURIComponent(anchor)}`});
  try {
    await page.waitForTimeout(500);
    const text = await page.$eval('#case', (section) => section.innerText);
    assert.ok(text.includes(one.case), 'the case of the link is shown');
    // The document's own numbers, to the last digit, each beside its unit.
    for (const value of [one.samples.median_s, one.samples.ci_low_s, one.samples.ci_high_s, one.metrics.flop_per_s ?? one.metrics.bytes_per_s]) {
      assert.ok(text.includes(`(${value})`), `${value} is not on the page`);
    }
    assert.match(text, /median s\n?.*[nµm]?s \(/);
    for (const label of await page.$$eval('#shapes .plot > svg', (all) => all.map((svg) => svg.textContent))) {
      assert.match(label, /\((FLOP\/s|B\/s)\)/, 'an axis names its unit');
    }
    // The filter finds rows by their case, and the sort says which way.
    await page.fill('#cases input', 'no such case');
    await page.waitForTimeout(200);
    assert.equal(await page.$$eval('#cases tbody tr', (rows) => rows.length), 0);
    await page.click('#cases th button');
    assert.equal(await page.$eval('#cases th', (header) => header.getAttribute('aria-sort')), 'ascending');
    assert.deepEqual(problems, []);
  } finally {
    await close();
  }
}
