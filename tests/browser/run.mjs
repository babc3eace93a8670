// Runs scripts of this folder one after another in one Chromium, which takes as long to start as many a script.
// usage: node run.mjs SCRIPT ARGUMENT... [-- SCRIPT ARGUMENT...]...
import {launch} from './page.mjs';

const jobs = [[]];
for (const word of process.argv.slice(2)) word === '--' ? jobs.push([]) : jobs.at(-1).push(word);
const browser = await launch();
try {
  for (const [script, ...words] of jobs) await (await import(`./${script}`)).default(browser, ...words);
} finally {
  await browser.close();
}
