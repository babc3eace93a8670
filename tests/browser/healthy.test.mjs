// One page in several views: no request, no error, every section there, axe finds nothing.
// usage: node healthy.test.mjs PAGE [WIDTH-SCHEME,...] [SECTION,...]
import assert from 'node:assert/strict';
import {axe, open, SECTIONS} from './page.mjs';

const [file, wanted, sections] = process.argv.slice(2);
const views = (wanted ?? '1100-light').split(',').map((view) => ({width: Number(view.split('-')[0]), scheme: view.split('-')[1]}));
/** What may differ in another view than the first: all else is the same elements. */
const OF_SCHEME = ['color-contrast'];
const OF_WIDTH = ['target-size', 'scrollable-region-focusable'];

const {page, problems, close} = await open(file, views[0]);
async function show({width, scheme}) {
  await page.emulateMedia({colorScheme: scheme, reducedMotion: 'reduce'});
  await page.setViewportSize({width, height: 900});
  await page.waitForTimeout(300);
}
try {
  const ids = await page.$$eval('main > section', (all) => all.map((one) => one.id));
  assert.deepEqual(ids, sections?.split(',') ?? SECTIONS);
  // Everything that opens is opened, so that axe sees it too.
  await page.$$eval('details', (all) => all.forEach((one) => { one.open = true; }));
  const incomplete = await page.$$eval('figure', (all) => all.filter((one) => !one.querySelector('.plot [role=img][aria-label]') || !one.querySelector('table caption')).map((one) => one.textContent.slice(0, 80)));
  assert.deepEqual(incomplete, [], 'figures without their plot or their table');
  for (const view of views) {
    await show(view);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(overflow <= 0, `at ${view.width} the page is ${overflow} pixels wider than the window`);
  }
  for (const [place, view] of views.entries()) {
    await show(view);
    const changed = [...(view.scheme === views[0].scheme ? [] : OF_SCHEME), ...(view.width === views[0].width ? [] : OF_WIDTH)];
    assert.deepEqual(await axe(page, place === 0 ? undefined : changed), [], JSON.stringify(view));
  }
  assert.deepEqual(problems, []);
} finally {
  await close();
}
