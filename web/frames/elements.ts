import { draw } from '../ui/drawing.js';

type Child = Node | string | null;

/** Makes an element with attributes and children; an attribute of null is left out. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Readonly<Record<string, string | null>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes))
    if (value !== null) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** The letters by which a card's mark is known; the networks' own marks are theirs. */
const LETTERS: Readonly<Record<string, string>> = {
  visa: 'VISA',
  mastercard: 'MC',
  amex: 'AMEX',
  discover: 'DISC',
  diners: 'DC',
  jcb: 'JCB',
  unionpay: 'UP',
};

/** A small card: with a network's letters, its security code marked, or plain. */
export function cardMark(brand: string, isSolid: boolean): SVGElement {
  const mark = draw('svg', { viewBox: '0 0 32 22', 'aria-hidden': 'true', class: 'mark' });
  const fill = isSolid ? 'currentColor' : 'none';
  const edge = { fill, stroke: 'currentColor', 'stroke-width': '1.5' };
  mark.append(draw('rect', { x: '1', y: '1', width: '30', height: '20', rx: '3', ...edge }));
  const ink = isSolid ? 'Canvas' : 'currentColor';
  const letters = LETTERS[brand];
  if (letters !== undefined) {
    const style = { 'text-anchor': 'middle', 'font-weight': '700', 'font-family': 'system-ui' };
    const size = letters.length > 3 ? '9' : '11';
    const text = draw('text', { x: '16', y: '14.8', fill: ink, 'font-size': size, ...style });
    text.textContent = letters;
    mark.append(text);
    return mark;
  }
  const bar = { x: '1', y: '5.5', width: '30', height: '3.5', fill: ink };
  const place = brand === 'cvc' ? { x: '19', width: '9' } : { x: '4.5', width: '8' };
  mark.append(draw('rect', bar));
  mark.append(draw('rect', { y: '13', height: '3.5', rx: '1', fill: ink, ...place }));
  return mark;
}

/** A sign beside what went wrong, so that colour is not all that says it. */
export function errorMark(): SVGElement {
  const mark = draw('svg', { viewBox: '0 0 16 16', 'aria-hidden': 'true', class: 'sign' });
  const line = { fill: 'none', stroke: 'currentColor', 'stroke-width': '1.6' };
  mark.append(draw('path', { d: 'M8 2 15 14H1Z', 'stroke-linejoin': 'round', ...line }));
  mark.append(draw('path', { d: 'M8 6.5v3.5m0 1.2v1.2', ...line }));
  return mark;
}
