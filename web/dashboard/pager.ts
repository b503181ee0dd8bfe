import type { Page } from '../../src/api/admin/schema.js';
import { element } from '../frames/elements.js';
import { button } from '../wallet/dom.js';
import type { App } from './app.js';

interface Paged<T> {
  readonly ask: (cursor: string | null) => Promise<Page<T>>;
  /** Draws rows that came; called once for each page. */
  readonly draw: (rows: readonly T[]) => Node;
  /** What stands there where there is none at all. */
  readonly empty: () => HTMLElement;
}

/** Rows page by page: the first, and a button for each that follows. */
export async function paged<T>(app: App, { ask, draw, empty }: Paged<T>): Promise<HTMLElement> {
  let first = await ask(null);
  // A page may be empty and yet not the last: the server looks at so many rows at a time.
  while (first.rows.length === 0 && first.next !== null) first = await ask(first.next);
  if (first.rows.length === 0) return empty();
  const node = element('div', { class: 'pages' }, draw(first.rows));
  let next = first.next;
  const more = button('Show more', async () => {
    try {
      const page = await ask(next);
      next = page.next;
      more.before(draw(page.rows));
      if (next === null) more.remove();
    } catch (error) {
      app.say((error as Error).message);
    }
  });
  if (next !== null) node.append(more);
  return node;
}
