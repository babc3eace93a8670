// A site's list narrows, its links lead, and any two runs compare as assay compare does. usage: node run.mjs site.test.mjs PAGE COMPARISON A B
import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import {axesIn} from './axes.mjs';
import {open} from './page.mjs';

export default async function (browser, file, documentFile, a, b) {
  const comparison = JSON.parse(await readFile(documentFile, 'utf8'));
  const share = `#compare=${encodeURIComponent(a)}&${encodeURIComponent(b)}`;
  const {page, problems, close} = await open(browser, file, {hash: share});
  const rows = (table) => page.$$eval(`${table} tbody tr`, (all) => all.map((row) => [...row.cells].map((cell) => cell.textContent)));
  const change = (ratio) => `${ratio < 1 ? '-' : '+'}${Math.abs((ratio - 1) * 100).toFixed(1)} %`;
  try {
    // A shared address opens its comparison, with the figures of the document.
    await page.waitForTimeout(500);
    const compared = await rows('#pair > .table');
    assert.equal(compared.length, comparison.cases.length);
    for (const one of comparison.cases) {
      const row = compared.find((cells) => cells[0] === one.case && cells[2] === one.series);
      assert.ok(row, one.case);
      assert.ok(row[1].endsWith(one.verdict.replaceAll('_', ' ')), `${one.case}: ${row[1]} is not ${one.verdict}`);
      assert.equal(row[6], one.ratio === undefined ? '–' : change(one.ratio));
      assert.equal(row[7], one.ci_low === undefined ? '–' : `${change(one.ci_low)} to ${change(one.ci_high)}`);
      assert.equal(row[8], one.reason ?? '');
    }
    // The list narrows.
    const site = await page.$eval('#data', (element) => JSON.parse(element.textContent));
    const machine = site.runs[0].machine;
    await page.selectOption('#runs select', machine);
    const narrowed = site.runs.filter((run) => run.machine === machine);
    assert.equal(await page.textContent('#runs .count'), `${narrowed.length} of ${site.runs.length} runs`);
    const day = narrowed[narrowed.length - 1].started.slice(0, 10);
    await page.fill('#runs input[type=date]', day);
    assert.deepEqual((await rows('#runs')).map((cells) => cells[0]), narrowed.filter((run) => run.started.slice(0, 10) >= day).map((run) => run.name).reverse());
    await page.click('#runs button[type=reset]');
    await page.waitForTimeout(200);
    assert.equal(await page.textContent('#runs .count'), `${site.runs.length} of ${site.runs.length} runs`);
    // A change is told apart from the other series and scopes of its case, and leads to its history.
    assert.ok((await rows('#changes')).every((cells) => /\/\S+ (cold|hot) \w+$/.test(cells[0])), 'series and scope stand by the case');
    const changed = site.histories.find((history) => history.changes.length > 0);
    await page.click('#changes tbody a');
    await page.waitForTimeout(300);
    assert.ok(location_of(await page.evaluate(() => location.hash)).includes(changed.machine));
    assert.match(await page.textContent('#trend h3'), new RegExp(changed.machine));
    // Its axis has the unit and the range of the figures.
    const [drawn] = await axesIn(page, '#trend');
    const history = site.histories.find((one) => drawn.title === `${site.cases[one.case].case} ${site.cases[one.case].series} ${site.cases[one.case].level} on ${one.machine}`);
    assert.ok(history, drawn.title);
    const {metric} = site.cases[history.case];
    assert.ok(drawn.y.label.includes(metric === 'flop_per_s' ? '(FLOP/s)' : '(B/s)'), `${metric}: ${drawn.y.label}`);
    const field = (name) => site.figure_fields.indexOf(name);
    const rates = history.runs.map((run) => site.runs[run].figures.find((cells) => cells[field('case')] === history.case)[field('rate')]);
    assert.ok(Math.abs(Math.max(...drawn.y.ticks) / Math.max(...rates) - 1) < 0.2, `${drawn.y.ticks} for ${Math.max(...rates)}`);
    // No two ticks read the same, however little the figures of a case differ.
    const cases = await page.$$eval('#trend select', (all) => [...all.at(-1).options].map((option) => option.value));
    for (const one of cases) {
      await page.locator('#trend select').last().selectOption(one);
      const [{title, y}] = await axesIn(page, '#trend');
      assert.equal(new Set(y.ticks).size, y.ticks.length, `${title}: ${y.ticks}`);
    }
    await page.locator('#trend select').last().selectOption(String(site.histories.indexOf(history)));
    // A and B choose what is compared, and the address says it.
    await page.click('#runs tbody tr:nth-child(3) button');
    const third = (await rows('#runs'))[2][0];
    assert.ok(location_of(await page.evaluate(() => location.hash)).startsWith(`#compare=${third}&`));
    // What is due is a matter of the day on which somebody reads it.
    const due = (await rows('#due')).map((cells) => cells[2]);
    assert.deepEqual(due, [...due].sort());
    // Nothing follows from the age of a run that the clock says is still to come, and the page says so.
    assert.match(await page.textContent('#due'), /1 run is dated in the future and not counted here: ahead\/2999-01-01/);
    assert.ok((await rows('#due')).every((cells) => cells[0] !== 'ahead'), 'a run of the future has no re-test');
    await page.selectOption('#runs select', 'ahead');
    assert.deepEqual((await rows('#runs')).map((cells) => cells[cells.length - 1]), ['–']);
    assert.deepEqual(problems, []);
  } finally {
    await close();
  }
}

function location_of(hash) {
  return decodeURIComponent(hash);
}
