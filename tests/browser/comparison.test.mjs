// The page of a comparison has the figures of its documents: of A and B, of A and C, and so on.
// usage: node run.mjs comparison.test.mjs PAGE DOCUMENT...
import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import {axesIn} from './axes.mjs';
import {open} from './page.mjs';

export default async function (browser, file, ...documentFiles) {
  const documents = await Promise.all(documentFiles.map(async (document) => JSON.parse(await readFile(document, 'utf8'))));
  const letters = documents.map((_, place) => String.fromCharCode('B'.charCodeAt(0) + place));
  // A document of two sides calls the other one B, whatever it is called beside more of them.
  const named = (one, letter) => (one.reason === undefined ? one : {...one, reason: one.reason.replaceAll(/\bB\b/g, letter)});
  const comparisons = documents.map((document, place) => ({...document, cases: document.cases.map((one) => named(one, letters[place]))}));
  const {page, problems, close} = await open(browser, file);
  const change = (ratio) => `${ratio < 1 ? '-' : '+'}${Math.abs((ratio - 1) * 100).toFixed(1)} %`;
  const interval = (one) => (one.ci_low === undefined ? '–' : `${change(one.ci_low)} to ${change(one.ci_high)}`);
  const words = (verdict) => verdict.replaceAll('_', ' ');
  const rowsIn = (section) => page.$$eval(`${section} > .table tbody tr`, (all) => all.map((row) => [...row.cells].map((cell) => cell.textContent)));

  async function hasCases(comparison, letter, section) {
    const rows = await rowsIn(section);
    assert.equal(rows.length, comparison.cases.length, section);
    for (const one of comparison.cases) {
      const row = rows.find((cells) => cells[0] === one.case && cells[2] === one.series);
      assert.ok(row, one.case);
      assert.equal(row[6], one.ratio === undefined ? '–' : change(one.ratio));
      assert.equal(row[7], interval(one));
      assert.ok(row[1].endsWith(words(one.verdict)), row[1]);
      const price = (value) => String(Number(value.toPrecision(3)));
      assert.deepEqual(row.slice(8, 12), one.cost ? [price(one.cost.a), price(one.cost.b), one.cost.unit, change(one.cost.ratio)] : ['–', '–', '–', '–']);
      assert.equal(row.at(-1), one.reason ?? '');
    }
    const known = comparison.cases.filter((one) => one.ci_low !== undefined);
    const [intervals] = await axesIn(page, section);
    assert.ok(intervals.x.label.startsWith(`${letter}’s time over A’s`), intervals.x.label);
    const ends = [Math.min(1, ...known.map((one) => one.ci_low)), Math.max(1, ...known.map((one) => one.ci_high))];
    assert.ok(Math.abs(Math.min(...intervals.x.ticks) - ends[0]) < 0.05 && Math.abs(Math.max(...intervals.x.ticks) - ends[1]) < 0.05, `${intervals.x.ticks} for ${ends}`);
  }

  /** One line a case, whichever sides have it: A's time, and of each side its time, verdict, ratio and cost. */
  async function hasSidesBesideEachOther() {
    const rows = await rowsIn('#sides');
    const keys = new Set(comparisons.flatMap((comparison) => comparison.cases.map((one) => `${one.case} ${one.series}`)));
    assert.deepEqual(new Set(rows.map(([name, series]) => `${name} ${series}`)), keys);
    assert.equal(rows.length, keys.size);
    for (const [name, series, , , ...cells] of rows) {
      comparisons.forEach((comparison, place) => {
        const one = comparison.cases.find((other) => other.case === name && other.series === series);
        const [time, verdict, ratio, cost] = cells.slice(4 * place, 4 * place + 4);
        const said = `${name} of ${letters[place]}`;
        assert.equal(time === '–', one?.b_s === undefined, said);
        assert.ok(verdict.endsWith(one ? words(one.verdict) : '–'), `${said}: ${verdict}`);
        assert.equal(ratio, one?.ratio === undefined ? '–' : `${change(one.ratio)} (${interval(one)})`, said);
        assert.equal(cost, one?.cost ? change(one.cost.ratio) : '–', said);
      });
    }
  }

  try {
    if (comparisons.length > 1) await hasSidesBesideEachOther();
    for (const [place, comparison] of comparisons.entries()) {
      await hasCases(comparison, letters[place], comparisons.length === 1 ? '#cases' : `#cases-${letters[place].toLowerCase()}`);
    }
    const shown = await page.$eval('#data', (element) => JSON.parse(element.textContent).comparisons);
    assert.deepEqual(shown, comparisons);  // to the last digit
    assert.deepEqual(problems, []);
  } finally {
    await close();
  }
}
