import { element } from '../frames/elements.js';
import { draw } from '../ui/drawing.js';
import { addressOf } from './app.js';
import { type Status, timeWords } from './format.js';

type Child = Node | string | null;

/** A link within the dashboard. @param path below `/dashboard` */
export function link(path: string, ...children: readonly Child[]): HTMLAnchorElement {
  return element('a', { href: addressOf(path) }, ...children);
}

/** A state in a word and a shape, never in colour alone. */
export function pill({ shape, word, look }: Status): HTMLElement {
  const sign = element('span', { 'aria-hidden': 'true' }, shape);
  return element('span', { class: `pill is-${look}` }, sign, word);
}

/** A time in the reader's zone, whole on hover. */
export function time(ms: number): HTMLElement {
  const { short, whole } = timeWords(ms);
  return element('time', { datetime: new Date(ms).toISOString(), title: whole }, short);
}

/** An id or text to take along: a press copies it. */
export function copyable(text: string, say: (text: string) => void): HTMLElement {
  const made = element(
    'button',
    { type: 'button', class: 'copyable', 'aria-label': `Copy ${text}`, title: 'Copy' },
    element('code', {}, text),
  );
  made.addEventListener('click', async () => {
    await navigator.clipboard.writeText(text).then(
      () => say(`Copied ${text}`),
      () => say('The browser did not let this page copy.'),
    );
  });
  return made;
}

/** Text of a machine, whole, with a button that copies it. */
export function codeBlock(text: string, say: (text: string) => void): HTMLElement {
  const copy = element('button', { type: 'button', class: 'button is-small' }, 'Copy');
  copy.addEventListener('click', () => {
    void navigator.clipboard.writeText(text).then(
      () => say('Copied'),
      () => say('The browser did not let this page copy.'),
    );
  });
  const content = element('pre', { tabindex: '0' }, element('code', {}, text));
  return element('div', { class: 'code-block' }, content, copy);
}

/** What stands where there is nothing yet: what would be here, and how it comes to be. */
export function emptyState(title: string, text: string, ...more: readonly Child[]): HTMLElement {
  return element(
    'div',
    { class: 'empty' },
    drawCoin(),
    element('h2', {}, title),
    element('p', {}, text),
    ...more,
  );
}

function drawCoin(): SVGElement {
  const look = { viewBox: '0 0 48 48', class: 'coin', 'aria-hidden': 'true' };
  const edge = { cx: '24', cy: '24', r: '20', 'stroke-dasharray': '3 3' };
  return draw('svg', look, draw('circle', edge));
}

/** A heading of the place, with what can be done beside it. */
export function headOf(title: string, ...actions: readonly Child[]): HTMLElement {
  const heading = element('h1', { tabindex: '-1' }, title);
  const beside = element('div', { class: 'head-actions' }, ...actions);
  return element('header', { class: 'head' }, heading, beside);
}

/** A part of a place with a heading of its own. */
export function section(title: string, ...content: readonly Child[]): HTMLElement {
  return element('section', { class: 'panel' }, element('h2', {}, title), ...content);
}

/** A column of a table; figures stand at its right edge. */
export interface Column<T> {
  readonly name: string;
  readonly cell: (row: T) => Child;
  readonly isFigure?: boolean;
}

/** A table, which scrolls within itself where it is wider than its place. */
export function table<T>(
  caption: string,
  columns: readonly Column<T>[],
  rows: readonly T[],
): HTMLElement {
  const look = (column: Column<T>): string | null => (column.isFigure ? 'figure' : null);
  const head = columns.map((each) => element('th', { scope: 'col', class: look(each) }, each.name));
  const body = rows.map((row) =>
    element(
      'tr',
      {},
      ...columns.map((each) => element('td', { class: look(each) }, each.cell(row))),
    ),
  );
  const made = element(
    'table',
    {},
    element('caption', { class: 'unseen' }, caption),
    element('thead', {}, element('tr', {}, ...head)),
    element('tbody', {}, ...body),
  );
  const around = { class: 'table', tabindex: '0', role: 'region', 'aria-label': caption };
  return element('div', around, made);
}

type Fact = readonly [name: string, value: Child];

/** Facts by name; null is none. */
export function factList(facts: readonly (Fact | null)[]): HTMLElement {
  const rows = facts
    .filter((fact) => fact !== null)
    .map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value)));
  return element('dl', { class: 'facts' }, ...rows);
}
