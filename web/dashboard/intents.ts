import type { IntentPage, IntentRow } from '../../src/api/admin/schema.js';
import { element } from '../frames/elements.js';
import type { App, Place } from './app.js';
import { queryOf } from './calls.js';
import { type Filters, makeFilters } from './filters.js';
import { drawRow } from './intent-row.js';
import { mergeNewest } from './merge.js';
import { emptyState, headOf } from './parts.js';
import { makeVirtualList, rowHeightOf } from './virtual-list.js';

/** The most that the API gives at once. */
const PAGE_ROWS = '200';

/** The rows that are known, and how more of them come. */
interface Feed {
  readonly rows: () => readonly IntentRow[];
  readonly isWhole: () => boolean;
  /** Begins anew: with the newest that fit. */
  fill(): Promise<void>;
  /** Goes on behind the last; one call at a time. */
  more(): void;
  /** Looks for what is new. */
  refresh(): Promise<void>;
  /** Whatever is still to be answered is for the waste bin. */
  leave(): void;
}

/** @param changed is called with how many rows came before those that are being read */
function makeFeed(
  ask: (cursor: string | null) => Promise<IntentPage>,
  changed: (added: number) => void,
  failed: (error: Error) => void,
): Feed {
  let known: readonly IntentRow[] = [];
  let next: string | null = null;
  let asking: Promise<void> | null = null;
  /** Which filters an answer belongs to. */
  let turn = 0;
  const after = async (): Promise<void> => {
    const own = turn;
    const page = await ask(next);
    if (own !== turn) return;
    known = [...known, ...page.rows];
    next = page.next;
    changed(0);
  };
  return {
    rows: () => known,
    isWhole: () => next === null,
    fill: async () => {
      turn += 1;
      const own = turn;
      const page = await ask(null);
      if (own !== turn) return;
      known = page.rows;
      next = page.next;
      changed(0);
    },
    more: () => {
      asking ??= after()
        .catch(failed)
        .finally(() => {
          asking = null;
        });
    },
    refresh: async () => {
      const own = turn;
      const page = await ask(null);
      if (own !== turn || asking !== null) return;
      const { rows, added, joins } = mergeNewest(known, page.rows);
      if (!joins || known.length === 0) next = page.next;
      known = rows;
      changed(joins ? added : 0);
    },
    leave: () => {
      turn += 1;
    },
  };
}

/** The intents of the account: filtered, searched, and drawn on as they change. */
export const intentsPlace: Place = async (app, _params, query) => {
  const place = element('div', { class: 'list-place' });
  const failed = (error: Error): void => app.say(error.message);
  const filters = makeFilters(query, () => {
    const address = filters.address();
    app.setQuery(address === '' ? '' : `?${address}`);
    exportLink.href = exportAddress(app, filters);
    void feed.fill().catch(failed);
  });
  const exportLink = element(
    'a',
    { class: 'button is-small', download: '', title: 'The newest 10,000 of the chosen days' },
    'Export CSV',
  );
  exportLink.href = exportAddress(app, filters);
  const feed = makeFeed(
    (cursor) => app.calls.intents({ ...filters.query(), limit: PAGE_ROWS, cursor }),
    (added) => show(added),
    failed,
  );
  const list = makeVirtualList<IntentRow>({
    label: 'Intents',
    keyOf: ({ id }) => id,
    draw: drawRow,
    needMore: feed.more,
  });
  const show = (added: number): void => {
    const rows = feed.rows();
    // A page may be empty and yet not the last: the server looks at so many rows at a time.
    const isEmpty = rows.length === 0 && feed.isWhole();
    if (isEmpty) place.replaceChildren(noRows(app, filters.address() !== ''));
    else if (!list.node.isConnected) place.replaceChildren(listHead(), list.node);
    list.set(rows, feed.isWhole());
    // Who reads further down keeps the lines before their eyes.
    if (added > 0 && scrollY > 0) scrollBy(0, added * rowHeightOf(list.node));
  };
  await feed.fill();
  return {
    title: 'Intents',
    node: element('div', {}, headOf('Intents', exportLink), filters.node, place),
    keys: {
      j: () => list.move(1),
      k: () => list.move(-1),
      '/': () => filters.search.select(),
    },
    refresh: feed.refresh,
    leave: () => {
      feed.leave();
      list.leave();
    },
  };
};

/** The file of the days that are chosen; other filters it does not know. */
function exportAddress({ session }: App, filters: Filters): string {
  const { from, to } = filters.query();
  return `/admin/v1/export/intents.csv${queryOf({ account: session.account.id, from, to })}`;
}

function listHead(): HTMLElement {
  const names = ['Amount', 'Status', 'What for', 'Paid by', 'Dialect', 'Created'];
  const classes = ['amount', 'status', 'about', 'method', 'dialect', 'time'];
  const cells = names.map((name, at) => element('span', { class: `cell is-${classes[at]}` }, name));
  return element('div', { class: 'row is-head', 'aria-hidden': 'true' }, ...cells);
}

function noRows(app: App, isFiltered: boolean): HTMLElement {
  if (!isFiltered)
    return emptyState(
      'No intents yet',
      'An intent is one payment, from the wish to be paid to the money. It appears here as soon ' +
        'as any dialect makes one: Stripe, Dojo or Code.',
    );
  const clear = element('button', { type: 'button', class: 'button' }, 'Clear the filters');
  clear.addEventListener('click', () => app.go('/intents'));
  return emptyState('No intent is like that', 'Take a filter away, or look for less.', clear);
}
