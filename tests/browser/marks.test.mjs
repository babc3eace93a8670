// The marks of a section are these sentences. usage: node run.mjs marks.test.mjs PAGE SECTION HASH SENTENCE...
import assert from 'node:assert/strict';
import {open} from './page.mjs';

export default async function (browser, file, section, hash, ...sentences) {
  const {page, problems, close} = await open(browser, file, {width: 1100, scheme: 'light', hash});
  try {
    await page.waitForFunction(([where, count]) => document.querySelectorAll(`${where} .marks li`).length === count, [section, sentences.length]);
    assert.deepEqual(await page.$$eval(`${section} .marks li`, (all) => all.map((one) => one.textContent)), sentences);
    assert.deepEqual(problems, []);
  } finally {
    await close();
  }
}
