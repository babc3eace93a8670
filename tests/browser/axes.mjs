// The plots of a section as somebody reads them: title, what each axis says, and its ticks as numbers.
const PREFIXES = {n: 1e-9, µ: 1e-6, m: 1e-3, '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, Ki: 1024, Mi: 1024 ** 2, Gi: 1024 ** 3};
const MARGIN = 62; // pixels on the left of a plot, where the ticks of its y axis stand
const BOTTOM = 46;

function numbers(texts) {
  return texts.flatMap(({text}) => {
    const found = /^(\d+(?:\.\d+)?) ?([nµmkMGTP]|[KMG]i)?$/.exec(text);
    return found ? [Number(found[1]) * PREFIXES[found[2] ?? '']] : [];
  });
}

/** With an arrow; an axis of one value has none. */
const labelOf = (texts, arrow) => (texts.find(({text}) => text.includes(arrow)) ?? texts.find(({text}) => text.endsWith(')')))?.text ?? '';

export async function axesIn(page, section) {
  const figures = await page.$$eval(`${section} figure`, (all) => all.map((figure) => {
    const svg = figure.querySelector('.plot > svg');
    const frame = svg.getBoundingClientRect();
    return {title: figure.querySelector('h3').textContent, note: figure.querySelector('figcaption p')?.textContent ?? '', name: svg.getAttribute('aria-label'), lines: svg.querySelectorAll('g[fill=none] > path[stroke^="var("]').length,
            texts: [...svg.querySelectorAll('text')].map((text) => {
              const {right, top} = text.getBoundingClientRect();
              return {text: text.textContent, right: right - frame.left, bottom: frame.bottom - top};
            })};
  }));
  return figures.map(({title, note, name, lines, texts}) => ({
    title, note, name, lines, prefixes: PREFIXES, names: texts.map(({text}) => text),
    x: {label: labelOf(texts.filter(({bottom}) => bottom < BOTTOM), '→'), ticks: numbers(texts.filter(({bottom}) => bottom < BOTTOM))},
    y: {label: labelOf(texts.filter(({bottom}) => bottom >= BOTTOM), '↑'), ticks: numbers(texts.filter(({bottom, right}) => bottom >= BOTTOM && right < MARGIN))}}));
}
