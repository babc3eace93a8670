// Reads the page's data and draws its sections.
import {whenDrawn} from './chart';
import {section} from './columns';
import {type Comparison, readPage, type Report, reportOf} from './data';
import {el, given} from './dom';
import {attention} from './sections/attention';
import {cases} from './sections/cases';
import {comparedCases, comparedProvenance, comparedSummary, letterOf} from './sections/compared';
import {devices} from './sections/devices';
import {messages} from './sections/messages';
import {pairs} from './sections/pairs';
import {provenance} from './sections/provenance';
import {requirements} from './sections/requirements';
import {roofline} from './sections/roofline';
import {samples} from './sections/samples';
import {shapes} from './sections/shapes';
import {sideBySide} from './sections/sides';
import {summary} from './sections/summary';
import {telemetry} from './sections/telemetry';
import {topology} from './sections/topology';
import {dayOf, type SitePage} from './site/data';
import {due} from './site/due';
import {pair} from './site/pair';
import {runs, unreadable} from './site/runs';
import {changes, trend} from './site/trend';

const SECTIONS = [summary, requirements, devices, roofline, shapes, attention, messages, pairs, topology, telemetry, samples, cases, provenance];

/** A link into a closed part opens it. */
function openTarget(): void {
  const target = document.getElementById(location.hash.slice(1));
  if (target instanceof HTMLDetailsElement) target.open = true;
  if (location.hash.startsWith('#device=') || target instanceof HTMLDetailsElement) {
    target?.scrollIntoView();
    (target instanceof HTMLDetailsElement ? target.querySelector('summary') : target)?.focus();
  }
}

function siteHeader(site: SitePage): HTMLElement {
  const machines = new Set(site.runs.map((run) => run.machine)).size;
  const days = site.runs.map(dayOf);
  return el('header', {}, el('h1', {}, 'Assay runs'),
    el('p', {}, `${site.runs.length} run${site.runs.length === 1 ? '' : 's'} of ${machines} machine${machines === 1 ? '' : 's'}, ${days[0]} to ${days[days.length - 1]}`));
}

/** The list picks what the comparison shows. */
function siteSections(site: SitePage): HTMLElement[] {
  const {element, pick} = pair(site);
  return [runs(site, pick), due(site), changes(site), trend(site), element, unreadable(site),
          section('provenance', 'Provenance', el('p', {}, `Written by assay ${site.assay}.`))].filter((one): one is HTMLElement => one !== null);
}

function header(report: Report): HTMLElement {
  const run = report.documents[0]?.run;
  const models = [...new Set(report.devices.map((device) => device.name))];
  const what = `${report.nodes.length} node${report.nodes.length === 1 ? '' : 's'}, ${report.devices.length} device${report.devices.length === 1 ? '' : 's'}`;
  return el('header', {}, report.site ? el('p', {}, el('a', {href: report.site}, 'All runs')) : null, el('h1', {}, 'Assay report'),
    el('p', {}, given([models.slice(0, 3).join(', '), what, run ? `profile ${run.profile.name}` : '', run?.started ?? ''].filter(Boolean).join(' · '))));
}

function comparisonHeader(comparisons: Comparison[]): HTMLElement {
  const others = comparisons.map((one, i) => [i + 1 < comparisons.length ? ', ' : ' and ', given(one.b.name)]).flat();
  return el('header', {}, el('h1', {}, 'Assay comparison'), el('p', {}, given(comparisons[0]!.a.name), ...others));
}

function comparisonSections(comparisons: Comparison[]): HTMLElement[] {
  if (comparisons.length === 1) return [comparedSummary(comparisons), comparedCases(comparisons[0]!)];
  return [comparedSummary(comparisons), sideBySide(comparisons), ...comparisons.map((one, i) => comparedCases(one, letterOf(i)))];
}

const page = readPage(document.getElementById('data')!.textContent!);
let top: HTMLElement, drawn: HTMLElement[];
if (page.page === 'comparison') {
  const {comparisons} = page;
  const sum = (word: 'worse' | 'better'): number => comparisons.reduce((all, one) => all + one.counts[word], 0);
  top = comparisonHeader(comparisons);
  drawn = [...comparisonSections(comparisons), comparedProvenance(comparisons, page.assay)];
  document.title = `Assay comparison: ${sum('worse')} worse, ${sum('better')} better`;
} else if (page.page === 'site') {
  top = siteHeader(page);
  drawn = siteSections(page);
  document.title = `Assay runs: ${page.runs.length}`;
} else {
  const report = reportOf(page);
  top = header(report);
  drawn = SECTIONS.map((draw) => draw(report));
  document.title = `Assay report: ${report.verdict ? report.verdict.verdict.replaceAll('_', ' ') : 'not judged'}`;
}
const navigation = el('nav', {'aria-label': 'Sections'}, el('ul', {}, ...drawn.map((one) =>
  el('li', {}, el('a', {href: `#${one.id}`}, one.querySelector('h2')!.textContent!)))));
document.getElementById('page')!.append(el('a', {class: 'skip', href: '#main'}, 'Skip to the report'), top, navigation,
                                        el('main', {id: 'main', tabindex: -1}, ...drawn));
window.addEventListener('hashchange', openTarget);
openTarget();
whenDrawn();
