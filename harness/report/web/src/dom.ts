// Elements from text: nothing here takes markup, so nothing in a document can become any.

export type Child = Node | string | number | null | undefined | false;
type Attributes = Record<string, string | number | boolean | undefined | ((event: Event) => void)>;

export function el<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: Child[]):
    HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  apply(element, attributes, children);
  return element;
}

export function svg(tag: string, attributes: Attributes = {}, ...children: Child[]): SVGElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  apply(element, attributes, children);
  return element;
}

function apply(element: Element, attributes: Attributes, children: Child[]): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (typeof value === 'function') {
      element.addEventListener(name, value);
    } else {
      element.setAttribute(name, value === true ? '' : String(value));
    }
  }
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    element.append(typeof child === 'number' ? String(child) : child);
  }
}

/** A name that a machine gave: its direction does not leak into what stands beside it. */
export const given = (text: string): HTMLElement => el('bdi', {}, text);

export const link = (href: string, text: string): HTMLElement => el('a', {href}, given(text));

/** So many letters at most, up to the end of a word, or within one that has half of them; `null` where all of it fits. */
export function cutAtWord(text: string, most: number): string | null {
  const letters = [...text];
  if (letters.length <= most) return null;
  const end = letters.lastIndexOf(' ', most);
  return letters.slice(0, end > most / 2 ? end : most).join('');
}

/** A verdict as a word with its mark: never by colour alone. */
export function badge(verdict: string, word = verdict): HTMLElement {
  const marks: Record<string, string> = {pass: '✓', warn: '!', fail: '✗', not_evaluated: '?', better: '✓', worse: '✗', same: '=', unclear: '?'};
  return el('span', {class: `badge ${verdict}`}, el('span', {'aria-hidden': 'true'}, `${marks[verdict] ?? '·'} `),
            word.replaceAll('_', ' '));
}
