// The list of runs cuts a long reason for having no verdict, and leads to the whole of it. usage: node run.mjs not_judged.test.mjs PAGE
import assert from 'node:assert/strict';
import {open} from './page.mjs';

const MOST = 80; // letters of a reason in the list

export default async function (browser, file) {
  const {page, problems, close} = await open(browser, file);
  try {
    const {runs} = await page.$eval('#data', (element) => JSON.parse(element.textContent));
    const place = await page.$$eval('#runs thead th', (all) => all.findIndex((one) => one.textContent.startsWith('not met')));
    const cells = new Map(await page.$$eval('#runs tbody tr', (all, at) => all.map((row) => [row.cells[0].textContent, row.cells[at].textContent]), place));
    const cell = ({name}) => cells.get(name);
    const cut = runs.filter(({not_judged: reason}) => [...reason ?? ''].length > MOST);
    assert.equal(cut.length, 3);
    for (const run of cut) {
      const [begin, end] = cell(run).split(' … ');
      assert.equal(end, 'whole reason', cell(run));
      assert.ok(run.not_judged.startsWith(begin), begin);
      assert.ok([...begin].length <= MOST && [...begin].length > MOST / 2, `${[...begin].length} letters: ${begin}`);
      assert.ok(begin.isWellFormed?.() ?? !/[\ud800-\udbff]$/.test(begin), 'no letter is cut in two');
      if (run.name === 'words') assert.equal(run.not_judged[begin.length], ' ', 'cut at the end of a word');
    }
    const judged = runs.find(({name}) => name === 'judged');
    assert.equal(cell(judged), [...judged.wrong, ...(judged.more_wrong ? [`and ${judged.more_wrong} more`] : [])].join(', '));
    // The whole is one link away, for a finger and a keyboard too, and the words of it find the run.
    const words = runs.find(({name}) => name === 'words');
    await page.fill('#runs input[type=search]', 'third revision, which');
    assert.deepEqual(await page.$$eval('#runs tbody tr', (all) => all.map((row) => row.cells[0].textContent)), ['words']);
    await page.click('#runs tbody a[aria-label="whole reason of words"]');
    await page.waitForFunction(() => document.documentElement.dataset.ready === 'true');
    assert.ok((await page.textContent('#summary')).includes(words.not_judged));
    assert.deepEqual(problems, []);
  } finally {
    await close();
  }
}
