// One page in several views: no request, no error, every section there, axe finds nothing.
// usage: node run.mjs healthy.test.mjs PAGE [WIDTH-SCHEME,...] [SECTION,...]
import assert from 'node:assert/strict';
import {axe, open, SECTIONS} from './page.mjs';

/** All that another scheme changes: the styles of dark are colours alone. */
const OF_SCHEME = ['color-contrast'];

/** The page as it opens at a width, then in the other schemes. */
async function check(browser, file, width, schemes, sections) {
  const {page, problems, close} = await open(browser, file, {width, scheme: schemes[0]});
  const ids = await page.$$eval('main > section', (all) => all.map((one) => one.id));
  assert.deepEqual(ids, sections);
  // Everything that opens is opened, so that axe sees it too.
  await page.$$eval('details', (all) => all.forEach((one) => { one.open = true; }));
  const incomplete = await page.$$eval('figure', (all) => all.filter((one) => !one.querySelector('.plot [role=img][aria-label]') || !one.querySelector('table caption')).map((one) => one.textContent.slice(0, 80)));
  assert.deepEqual(incomplete, [], 'figures without their plot or their table');
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(overflow <= 0, `at ${width} the page is ${overflow} pixels wider than the window`);
  for (const [place, scheme] of schemes.entries()) {
    await page.emulateMedia({colorScheme: scheme, reducedMotion: 'reduce'});
    await page.waitForTimeout(300);
    assert.deepEqual(await axe(page, place === 0 ? undefined : OF_SCHEME), [], `${width} ${scheme}`);
  }
  assert.deepEqual(problems, []);
  await close();
}

export default async function (browser, file, wanted = '1100-light', sections = SECTIONS.join()) {
  const views = wanted.split(',').map((view) => ({width: Number(view.split('-')[0]), scheme: view.split('-')[1]}));
  for (const width of new Set(views.map((view) => view.width)))
    await check(browser, file, width, views.filter((view) => view.width === width).map((view) => view.scheme), sections.split(','));
}
