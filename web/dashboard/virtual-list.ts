import { element } from '../frames/elements.js';
import { seenRows, withRow } from './window.js';

/** How near to its end the list is when more rows are asked for, in rows. */
const NEAR_END = 150;

/** A list of rows of one height, of which only those that are seen are drawn. */
export interface VirtualList<T> {
  readonly node: HTMLElement;
  /** Takes other rows; who has the focus keeps it, by the row's key. */
  set(rows: readonly T[], isWhole: boolean): void;
  /** Moves the focus by so many rows. */
  move(by: number): void;
  leave(): void;
}

interface Input<T> {
  readonly label: string;
  /** What makes a row the same row after a refresh. */
  readonly keyOf: (row: T) => string;
  /** Draws a row: what it returns can have the focus. */
  readonly draw: (row: T) => HTMLElement;
  /** Called when more rows should be asked for. */
  readonly needMore: () => void;
}

/** Puts nodes into an order; those that are in it already stay where they are, with the focus. */
function arrange(parent: Element, nodes: readonly Element[]): void {
  let next = parent.firstElementChild;
  for (const node of nodes) {
    if (node === next) next = next.nextElementSibling;
    else parent.insertBefore(node, next);
  }
}

/** Puts another line into its place; who had the focus there keeps it. */
function redraw(item: HTMLElement, line: HTMLElement): void {
  const hadFocus = item.contains(document.activeElement);
  item.replaceChildren(line);
  if (hadFocus) line.focus({ preventScroll: true });
}

/** Takes away what is not among the keys any more. */
function dropOthers(drawn: Map<string, { readonly item: Element }>, keys: Set<string>): void {
  for (const [key, { item }] of drawn) {
    if (keys.has(key)) continue;
    item.remove();
    drawn.delete(key);
  }
}

/** Says where in the list a row is, as most of the rows are not drawn. */
function number(item: Element, at: number, count: number | null): void {
  item.setAttribute('aria-posinset', String(at + 1));
  item.setAttribute('aria-setsize', String(count ?? -1));
}

/** How high a row of the list is, in px: `--row` of its style. */
export const rowHeightOf = (list: Element): number =>
  Number.parseFloat(getComputedStyle(list).getPropertyValue('--row'));

/** Makes an empty one. Its rows are as high as `--row` of its style says. */
export function makeVirtualList<T>({ label, keyOf, draw, needMore }: Input<T>): VirtualList<T> {
  const node = element('div', { class: 'rows', role: 'list', 'aria-label': label });
  const drawn = new Map<string, { readonly row: T; readonly item: HTMLElement }>();
  let rows: readonly T[] = [];
  let isWhole = true;
  let focused = -1;
  let isAsked = false;

  const itemOf = (row: T, at: number, rowHeight: number): HTMLElement => {
    const known = drawn.get(keyOf(row));
    const item = known?.item ?? element('div', { role: 'listitem', class: 'row-place' });
    if (known?.row !== row) {
      redraw(item, draw(row));
      drawn.set(keyOf(row), { row, item });
    }
    item.style.transform = `translateY(${at * rowHeight}px)`;
    number(item, at, isWhole ? rows.length : null);
    return item;
  };
  const paint = (): void => {
    isAsked = false;
    const rowHeight = rowHeightOf(node);
    const top = -node.getBoundingClientRect().top;
    const { first, end } = seenRows(rows.length, rowHeight, top, innerHeight);
    node.style.height = `${rows.length * rowHeight}px`;
    const wanted = withRow({ first, end }, focused);
    const seen = wanted.flatMap((at) => rows.slice(at, at + 1));
    dropOthers(drawn, new Set(seen.map(keyOf)));
    // In the order of the rows, for those who read or step through the page.
    arrange(
      node,
      seen.map((row, at) => itemOf(row, wanted[at] ?? 0, rowHeight)),
    );
    if (!isWhole && end > rows.length - NEAR_END) needMore();
  };
  const soon = (): void => {
    if (isAsked) return;
    isAsked = true;
    requestAnimationFrame(paint);
  };
  const focus = (at: number): void => {
    const row = rows[at];
    if (row === undefined) return;
    focused = at;
    paint();
    const target = drawn.get(keyOf(row))?.item.firstElementChild as HTMLElement | null;
    target?.focus({ preventScroll: true });
    target?.scrollIntoView({ block: 'nearest' });
  };
  node.addEventListener('focusin', ({ target }) => {
    focused = rows.findIndex((row) => drawn.get(keyOf(row))?.item.contains(target as Node));
  });
  addEventListener('scroll', soon, { passive: true });
  addEventListener('resize', soon);
  return {
    node,
    set: (next, whole) => {
      const key = rows[focused] && keyOf(rows[focused] as T);
      rows = next;
      isWhole = whole;
      focused = key === undefined ? -1 : rows.findIndex((row) => keyOf(row) === key);
      soon();
    },
    move: (by) => focus(Math.min(rows.length - 1, Math.max(0, focused + by))),
    leave: () => {
      removeEventListener('scroll', soon);
      removeEventListener('resize', soon);
    },
  };
}
