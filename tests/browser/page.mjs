// Opens pages of assay in Debian's Chromium and says what went wrong while it did.
import {chromium} from 'playwright-core';
import {createRequire} from 'node:module';
import {readFile} from 'node:fs/promises';

export const launch = () => chromium.launch({executablePath: process.env.ASSAY_CHROMIUM ?? '/usr/bin/chromium',
                                             args: ['--no-sandbox', '--force-color-profile=srgb', '--font-render-hinting=none',
                                                    '--disable-gpu', '--disable-software-rasterizer']}); // a process less that draws nothing here

export async function open(browser, file, options = {}) {
  const context = await browser.newContext({
    viewport: {width: options.width ?? 1100, height: 900}, colorScheme: options.scheme ?? 'light', reducedMotion: 'reduce', offline: true, bypassCSP: false});
  const page = await context.newPage();
  const problems = [];
  page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) problems.push(`console: ${message.text()}`); });
  page.on('pageerror', (error) => problems.push(`exception: ${error.message}`));
  page.on('dialog', (dialog) => { problems.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on('request', (request) => { if (!/^(file|data):/.test(request.url())) problems.push(`request: ${request.url()}`); });
  await options.before?.(page);
  const began = Date.now();
  await page.goto(`file://${file}${options.hash ?? ''}`);
  await page.waitForFunction(() => document.documentElement.dataset.ready === 'true', undefined, {timeout: 60000});
  return {page, problems, seconds: (Date.now() - began) / 1000, close: () => context.close()};
}

/**
 * axe-core through the debugger's own world: the page's policy would refuse a script of ours. Rows of a table that
 * differ in their text and the values of names and links alone are looked at once, so call it after all that reads them. `rules`: only these.
 */
export async function axe(page, rules) {
  if (!await page.evaluate(() => Boolean(globalThis.axe))) {
    await page.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
  }
  const found = await page.evaluate((only) => {
    // A name or a text that is empty counts: what lacks its label looks like nothing else.
    const attribute = ({name, value}) => (['class', 'style', 'role'].includes(name) ? `${name}=${value}` : `${name}${value.trim() ? '' : '='}`);
    const likeness = (element) => `${element.tagName}[${[...element.attributes].map(attribute)}]${element.textContent.trim() ? 'text' : ''}(${[...element.children].map(likeness)})`;
    for (const body of document.querySelectorAll('tbody')) {
      const seen = new Set();
      for (const row of [...body.rows]) {
        if (seen.has(likeness(row))) row.remove();
        seen.add(likeness(row));
      }
    }
    return globalThis.axe.run(document, {resultTypes: ['violations'], preload: false, ...(only ? {runOnly: {type: 'rule', values: only}} : {})});
  }, rules);
  return found.violations.map((one) => `${one.id}: ${one.nodes.length} times, e.g. ${one.nodes[0].html.slice(0, 160)} ${one.nodes[0].failureSummary}`);
}

export const SECTIONS = ['summary', 'requirements', 'devices', 'roofline', 'shapes', 'attention', 'messages', 'pairs', 'topology', 'telemetry', 'case', 'cases', 'provenance'];
