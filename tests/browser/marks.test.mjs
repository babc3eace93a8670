// The marks above a report's verdict are these sentences.
// usage: node run.mjs marks.test.mjs PAGE SENTENCE...
import assert from 'node:assert/strict';
import {open} from './page.mjs';

export default async function (browser, file, ...sentences) {
  const {page, problems, close} = await open(browser, file, {width: 1100, scheme: 'light'});
  assert.deepEqual(await page.$$eval('#summary .marks li', (all) => all.map((one) => one.textContent)), sentences);
  assert.deepEqual(problems, []);
  await close();
}
