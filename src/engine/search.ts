import type { RowTypes, TableName } from '../storage/schema.js';
import type { Condition, SearchAnswer, SearchSource, Store } from '../storage/store.js';
import { Overloaded } from './batch.js';

export interface SearchLimits {
  /** Rows that one search looks at. */
  readonly search_rows_max: number;
  /** Time that one search works, without what it waits for others. */
  readonly search_ms_max: number;
  /** Rows looked at in one go: what others wait for. */
  readonly search_window_rows_max: number;
  /** Searches under way; more are refused. */
  readonly searches_max: number;
}

/** What is looked for among an account's rows, newest first. */
export interface Search<T extends TableName> {
  readonly table: T;
  readonly account: string;
  /**
   * Ways to the rows by an index; each finds all that can fit, as the union of its sources, and
   * the one that finds the fewest is taken. None: all rows are looked at.
   */
  readonly ways: readonly (readonly SearchSource[])[];
  /** What the database can tell of a row; holds for all that fit. */
  readonly conditions: readonly Condition[];
  /** Decides in the end. */
  fits(row: RowTypes[T]): boolean;
  readonly limit: number;
  /** Exclusive: only rows older than this id. */
  readonly olderThan?: string;
}

export interface Found<T extends TableName> {
  readonly rows: RowTypes[T][];
  /** Where to go on: rows older than this id; null when there are no more that fit. */
  readonly next: string | null;
  /** False where a limit ended the search before it had found `limit` rows or seen all. */
  readonly complete: boolean;
}

export interface Searcher {
  search<T extends TableName>(search: Search<T>): Promise<Found<T>>;
  /** How many rows fit, up to `count_max`; null where a limit came first. */
  count<T extends TableName>(search: Search<T>, count_max: number): Promise<number | null>;
}

/** Rows decoded in one go: some milliseconds of the main thread. */
const DECODED_ROWS_MAX = 200;

/** A look that finds too little is followed by one so many times as large. */
const WINDOW_GROWTH = 4;

/** Rows of one way that are counted to see which way finds the fewest. */
const COMPARED_ROWS = 512;

/**
 * Searches run in small looks, one at a time and in turns, so that an indexed search never waits
 * for more than one look of each that reads row by row.
 */
export function makeSearcher(store: Pick<Store, 'search'>, limits: SearchLimits): Searcher {
  let running = 0;
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <A>(look: () => Promise<A>): Promise<A> => {
    const turn = last.then(look);
    last = turn.catch(() => {});
    return turn;
  };
  const guarded = async <A>(run: () => Promise<A>): Promise<A> => {
    if (running >= limits.searches_max) throw new Overloaded(0);
    running += 1;
    try {
      return await run();
    } finally {
      running -= 1;
    }
  };
  return {
    search: (search) => guarded(() => find(store, limits, inTurn, search)),
    count: (search, count_max) =>
      guarded(async () => {
        const found = await find(store, limits, inTurn, { ...search, limit: count_max }, false);
        return found.complete ? found.count : null;
      }),
  };
}

function isFull({ rows }: SearchAnswer): boolean {
  return rows.length === DECODED_ROWS_MAX;
}

type Look<T extends TableName> = (
  sources: readonly SearchSource[],
  window: number,
  olderThan: string | undefined,
  answered_rows_max?: number,
) => Promise<SearchAnswer<T>>;

type InTurn = <A>(look: () => Promise<A>) => Promise<A>;

async function find<T extends TableName>(
  store: Pick<Store, 'search'>,
  limits: SearchLimits,
  inTurn: InTurn,
  search: Search<T>,
  keep = true,
): Promise<Found<T> & { count: number }> {
  const { table, account, conditions, limit } = search;
  const spent = { rows: 0, ms: 0 };
  const look: Look<T> = (sources, window, olderThan, answered_rows_max = DECODED_ROWS_MAX) =>
    inTurn(async (): Promise<SearchAnswer<T>> => {
      const startMs = performance.now();
      const answer = await store.search({
        table,
        account,
        sources,
        conditions,
        window,
        limit: answered_rows_max,
        ...(olderThan === undefined ? {} : { olderThan }),
      });
      // A full answer ends the look early, whatever the window was.
      spent.rows += isFull(answer) ? answer.rows.length : answer.examined;
      spent.ms += performance.now() - startMs;
      return answer;
    });
  const sources = await narrowest(search, look);
  const rows: RowTypes[T][] = [];
  let count = 0;
  let olderThan = search.olderThan;
  // The first look is small: by an index, most of what it finds fits, and the page is there.
  for (let window = Math.min(limit + 1, DECODED_ROWS_MAX); ; ) {
    const answer = await look(sources, window, olderThan);
    const startMs = performance.now();
    for (const row of answer.rows.filter((one) => search.fits(one))) {
      // One more than asked for tells that there is a next page.
      if (count === limit) return { rows, next: rows.at(-1)?.id ?? null, complete: true, count };
      count += 1;
      if (keep) rows.push(row);
    }
    spent.ms += performance.now() - startMs;
    if (answer.ended) return { rows, next: null, complete: true, count };
    olderThan = answer.last ?? olderThan;
    if (spent.rows >= limits.search_rows_max || spent.ms >= limits.search_ms_max)
      return { rows, next: olderThan ?? null, complete: count === limit, count };
    window = isFull(answer)
      ? Math.max(DECODED_ROWS_MAX, Math.ceil(window / 2))
      : Math.min(window * WINDOW_GROWTH, limits.search_window_rows_max);
  }
}

/** Of several ways, the one that finds the fewest rows; nothing is compared where there is one. */
async function narrowest<T extends TableName>(
  { ways, olderThan }: Search<T>,
  look: Look<T>,
): Promise<readonly SearchSource[]> {
  const [first = [], ...others] = ways;
  if (others.length === 0) return first;
  let best = first;
  let fewest = COMPARED_ROWS + 1;
  for (const way of ways) {
    const { examined } = await look(way, COMPARED_ROWS, olderThan, 1);
    if (examined < fewest) [best, fewest] = [way, examined];
  }
  return best;
}
