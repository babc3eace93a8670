// Any two runs beside each other; the address names them, so the comparison can be shared.
import {marks, nothing, section} from '../columns';
import {el} from '../dom';
import {comparedCaseTable, countsList, intervals} from '../sections/compared';
import {runLink} from './cells';
import {compareRuns} from './compare';
import {dayOf, encoded, fromHash, type SitePage, type SiteRun} from './data';

export interface Pair {
  element: HTMLElement;
  pick: (side: 'a' | 'b', run: SiteRun) => void;
}

export function pair(site: SitePage): Pair {
  const newest = site.runs.map((run, place) => ({run, place})).reverse();
  const chooser = (): HTMLSelectElement => el('select', {change: () => share()}, ...newest.map(({run, place}) =>
    el('option', {value: String(place)}, `${dayOf(run)} ${run.machine}, ${run.profile}: ${run.name}`)));
  const selects = {a: chooser(), b: chooser()};
  const body = el('div', {id: 'pair'});
  const chosen = (side: 'a' | 'b'): SiteRun => site.runs[Number(selects[side].value)]!;
  function draw(): void {
    const [a, b] = [chosen('a'), chosen('b')];
    if (a === b) {
      body.replaceChildren(nothing('Choose two runs, here or with A and B in the list.'));
      return;
    }
    const compared = compareRuns(site, a, b);
    body.replaceChildren(
      ...[marks([...(a.marks ?? []).map((one) => `A: ${one}`), ...(b.marks ?? []).map((one) => `B: ${one}`)])].filter((part): part is HTMLElement => part !== null),
      el('p', {}, 'A is ', runLink(a), ', B is ', runLink(b), `: B’s time against A’s, the devices of each run together; worse or better only where the ${compared.level * 100} % interval lies wholly outside ${compared.margin * 100} %. `,
         el('code', {}, 'assay compare A B'), ' on their documents also compares device by device and adds costs and geometric means.'),
      countsList(compared.counts),
      ...[intervals(compared, compared.cases), comparedCaseTable(compared.cases)].filter((part): part is HTMLElement => part !== null));
  }
  function share(): void {
    const address = `#compare=${encoded(chosen('a').name, chosen('b').name)}`;
    if (location.hash !== address) history.replaceState(null, '', address);
    draw();
  }
  const made = section('compare', 'Compare two runs', el('p', {class: 'choices'}, el('label', {}, 'A ', selects.a), el('label', {}, 'B ', selects.b)), body);
  function follow(jump: boolean): void {
    const names = fromHash('compare');
    if (names === null) return;
    const places = names.map((name) => site.runs.findIndex((run) => run.name === name));
    if (places.length !== 2 || places.includes(-1)) {
      body.replaceChildren(nothing('This site has no such runs.'));
    } else {
      selects.a.value = String(places[0]);
      selects.b.value = String(places[1]);
      draw();
    }
    if (jump) made.querySelector('h2')?.focus();
    made.scrollIntoView();
  }
  // The last two of one machine and profile are what changed since yesterday.
  const last = site.runs[site.runs.length - 1]!;
  const before = site.runs.slice(0, -1).reverse().find((run) => run.machine === last.machine && run.profile === last.profile);
  selects.a.value = String(site.runs.indexOf(before ?? last));
  selects.b.value = String(site.runs.length - 1);
  draw();
  if (fromHash('compare') !== null) setTimeout(() => follow(false), 300);
  window.addEventListener('hashchange', () => follow(true));
  return {element: made, pick: (side, run) => {
    selects[side].value = String(site.runs.indexOf(run));
    share();
    made.scrollIntoView();
    selects[side].focus();
  }};
}
