// One page: no request, no error, every section there, axe finds nothing. usage: node healthy.test.mjs PAGE [WIDTH] [SCHEME] [SECTION,...]
import assert from 'node:assert/strict';
import {axe, open, SECTIONS} from './page.mjs';

const [file, width, scheme, sections] = process.argv.slice(2);
const {page, problems, close} = await open(file, {width: Number(width ?? 1100), scheme});
try {
  const ids = await page.$$eval('main > section', (all) => all.map((one) => one.id));
  assert.deepEqual(ids, sections?.split(',') ?? SECTIONS);
  // Everything that opens is opened, so that axe sees it too.
  await page.$$eval('details', (all) => all.forEach((one) => { one.open = true; }));
  await page.waitForTimeout(300);
  for (const figure of await page.$$('figure')) {
    assert.ok(await figure.$('.plot [role=img][aria-label]'), 'a figure without its plot');
    assert.ok(await figure.$('table caption'), 'a plot without its table');
  }
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(overflow <= 0, `the page is ${overflow} pixels wider than the window`);
  assert.deepEqual(await axe(page), []);
  assert.deepEqual(problems, []);
} finally {
  await close();
}
