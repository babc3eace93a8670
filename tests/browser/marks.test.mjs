// The marks above a report's verdict are these sentences.
// usage: node marks.test.mjs PAGE SENTENCE...
import assert from 'node:assert/strict';
import {launch, open} from './page.mjs';

const [file, ...sentences] = process.argv.slice(2);
const browser = await launch();
try {
  const {page, problems, close} = await open(file, {browser, width: 1100, scheme: 'light'});
  assert.deepEqual(await page.$$eval('#summary .marks li', (all) => all.map((one) => one.textContent)), sentences);
  assert.deepEqual(problems, []);
  await close();
} finally {
  await browser.close();
}
