// The page of a node with faults: they are told in one screen, and found in each drawing.
// usage: node run.mjs faults.test.mjs PAGE
import assert from 'node:assert/strict';
import {open} from './page.mjs';

const PLANTED = {2: 'drain', 3: 'drain', 6: 'reset device', 7: 'drain'}; // what is to be done about each device

export default async function (browser, file) {
  const {page, problems, close} = await open(browser, file);
  const told = await page.$$eval('.findings > li', (all) => all.map((one) => ({text: one.textContent, bottom: one.getBoundingClientRect().bottom + scrollY})));
  assert.ok(told.length > 0 && told.every(({bottom}) => bottom <= 900), `the summary is one screen: ${told.map(({bottom}) => bottom)}`);
  for (const [device, todo] of Object.entries(PLANTED)) {
    const [one] = told.filter(({text}) => text.includes(`device ${device} `));
    assert.ok(one, `device ${device} is named in the summary`);
    assert.match(one.text, new RegExp(`Do: ${todo}`));
    assert.match(one.text, /How sure: \S/);
  }
  assert.match(told.find(({text}) => text.includes('wrong answer')).text, /How sure: seen, not estimated/);
  assert.match(told.find(({text}) => text.includes('device 7 ')).text, / 1[12](\.\d)? % below the median of its 7 peers/, 'the reason is that of the device');
  assert.match(told.find(({text}) => text.includes('8 ranks')).text, /How sure: [\d.]+ % interval [\d.]+ % to [\d.]+ %, below 90 %/);
  const cut = told.filter(({text}) => text.includes('…'));
  const reasons = await page.$eval('#data', (element) => JSON.parse(element.textContent).verdict.requirements.map(({reason}) => reason));
  for (const {text} of cut) {
    const shown = /\S+ (.*) … whole reason/.exec(text.slice(text.indexOf('Do: ')))?.[1].split(' ').slice(1).join(' ') ?? text;
    assert.ok(reasons.some((reason) => reason.includes(`${shown} `)), `cut within a word: ${shown}`);
  }
  const outcome = async (device) => page.$eval(`[id$="${encodeURIComponent(`device ${device}`)}"], [id*="${encodeURIComponent(`device ${device},`)}"]`,
                                               (name) => name.closest('tr').cells[2].textContent);
  assert.deepEqual(await Promise.all([0, 1, 3].map(outcome)), ['could not be evaluated', 'warned of', 'failed']);
  const figures = await page.$$eval('figure', (all) => all.map((one) => ({title: one.querySelector('h3').textContent, note: one.querySelector('figcaption p')?.textContent ?? '',
    legend: [...one.querySelectorAll('.legend li')].map((name) => name.textContent), ticks: [...one.querySelectorAll('.plot text')].map((text) => text.textContent)})));
  const titled = (title) => figures.find((one) => one.title.startsWith(title));
  assert.match(titled('Memory f32').note, /baseline/);
  const dashes = await page.$$eval('#shapes figure', (all) => [...all.find((one) => one.textContent.startsWith('Memory f32')).querySelectorAll('g[stroke-dasharray] line')].map((one) => one.getAttribute('stroke')));
  assert.ok(new Set(dashes).size > 1 && dashes.every((stroke) => stroke?.startsWith('var(--c')), `each baseline has the colour of what it is for: ${dashes}`);
  const beside = await page.$$eval('#shapes figure', (all) => [...all.find((one) => one.textContent.startsWith('Memory f32')).querySelectorAll('.plot g')]
    .filter((group) => group.querySelector(':scope > path[fill^="var(--c"]')).map((group) => group.getAttribute('transform')));
  assert.equal(new Set(beside).size, 4, 'read, write, copy and triad stand beside each other');
  assert.match(titled('all reduce f32, node, hot: bus bandwidth').note, /speed of light.*baseline/);
  const looks = await page.$$eval('#devices .legend li', (all) => all.map((one) => [one.textContent, one.querySelector('path').getAttribute('fill')]));
  assert.equal(Object.fromEntries(looks).failed, 'var(--fail)');
  assert.deepEqual(titled('attention forward').ticks.filter((text) => text.endsWith(' Ki')), ['4 Ki', '8 Ki']);
  assert.match(titled('power').note, /6 of 9 are drawn/);
  for (const device of [1, 2, 3, 6]) assert.ok(titled('power').legend.includes(`node-00000 / ${device}`), `device ${device} is drawn`);
  await page.$eval('#requirements details', (one) => { one.open = true; });
  await page.waitForFunction(() => /Do: \w+.*\(.+\)/.test(document.querySelector('#requirements details').textContent));
  // By keyboard alone: a link into a requirement opens it, and the focus goes with it.
  await page.focus('.findings a[href^="#requirement-"]');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.activeElement.matches('#requirements details[open] > summary'), undefined, {timeout: 5000});
  assert.equal(await page.evaluate(() => `#${document.activeElement.parentElement.id}`), await page.evaluate(() => location.hash));
  assert.deepEqual(problems, []);
  await close();
}
