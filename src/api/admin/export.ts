import { setTimeout as pause } from 'node:timers/promises';
import type { Intent } from '../../domain/intent.js';
import { formatPlain } from '../../domain/money.js';
import { Overloaded } from '../../engine/batch.js';
import type { Engine } from '../../engine/engine.js';
import { csvLine } from '../csv.js';
import { statusWords } from './intent-row.js';
import type { AdminRequest } from './request.js';
import { numberOf } from './request.js';
import { FileReply, type Route, reading } from './route.js';

/** One row less than a search decodes in one go. */
const STEP_ROWS = 199;
/** Rows that are read before the columns are named. */
const FIRST_ROWS = 1_000;
const METADATA_COLUMNS_MAX = 100;
/** A minute of other searches. */
const TRIES_MAX = 240;
const TRY_PAUSE_MS = 250;
const TIME_MAX_MS = 253_402_300_799_000;

const COLUMNS: readonly (readonly [name: string, cell: (intent: Intent) => string])[] = [
  ['id', ({ id }) => id],
  ['created', ({ created }) => new Date(created * 1000).toISOString()],
  ['amount', ({ amount, currency }) => formatPlain(amount, currency)],
  ['captured', ({ captured, currency }) => formatPlain(captured, currency)],
  ['refunded', ({ refunded, currency }) => formatPlain(refunded, currency)],
  ['currency', ({ currency }) => currency],
  ['state', ({ state }) => state],
  ['made_by', ({ dialect }) => dialect],
  ['customer', ({ customer }) => customer ?? ''],
  ['description', ({ description }) => description ?? ''],
];

type Conditions = Parameters<Engine['search']>[0]['conditions'];

/**
 * Pages of an account's intents, newest first. By searches, which look at few rows at a time,
 * however few of them fit: payments go on beside a long file.
 */
async function* pagesOf(
  engine: Engine,
  account: string,
  conditions: Conditions,
): AsyncGenerator<readonly Intent[]> {
  const search = { table: 'intents', account, conditions, ways: [], limit: STEP_ROWS } as const;
  let olderThan: string | undefined;
  for (;;) {
    const page = await patiently(() =>
      engine.search({
        ...search,
        fits: () => true,
        ...(olderThan === undefined ? {} : { olderThan }),
      }),
    );
    yield page.rows;
    if (page.next === null) return;
    olderThan = page.next;
  }
}

/** A file that has begun waits for its turn where others search, and does not break off. */
async function patiently<T>(search: () => Promise<T>): Promise<T> {
  for (let n = 1; ; n++) {
    try {
      return await search();
    } catch (error) {
      if (!(error instanceof Overloaded) || n === TRIES_MAX) throw error;
      await pause(TRY_PAUSE_MS);
    }
  }
}

/** Metadata that the first rows have, as columns; what else later rows have is one of its own. */
function metadataColumns(first: readonly Intent[], isWhole: boolean): MetadataColumns {
  const keys = [...new Set(first.flatMap(({ metadata }) => Object.keys(metadata)))].sort();
  const named = keys.slice(0, METADATA_COLUMNS_MAX);
  const own = named.map((key) => `metadata.${key}`);
  if (isWhole && named.length === keys.length) return { names: own, cells: cellsOf(named) };
  return {
    names: [...own, 'metadata'],
    cells: (metadata) => {
      const others = Object.entries(metadata).filter(([key]) => !named.includes(key));
      const rest = others.length === 0 ? '' : JSON.stringify(Object.fromEntries(others));
      return [...cellsOf(named)(metadata), rest];
    },
  };
}

interface MetadataColumns {
  readonly names: readonly string[];
  readonly cells: (metadata: Intent['metadata']) => readonly string[];
}

function cellsOf(keys: readonly string[]): MetadataColumns['cells'] {
  return (metadata) =>
    keys.map((key) => (Object.hasOwn(metadata, key) ? (metadata[key] ?? '') : ''));
}

function lineOf(cells: readonly string[]): string {
  return `${csvLine(cells)}\r\n`;
}

/** The file, as texts of some rows each. */
async function* csvOf(
  deps: AdminRequest['deps'],
  pages: AsyncGenerator<readonly Intent[]>,
): AsyncGenerator<string> {
  const first: Intent[] = [];
  let isWhole = false;
  while (!isWhole && first.length < FIRST_ROWS) {
    const { value, done } = await pages.next();
    if (done === true) isWhole = true;
    else first.push(...value);
  }
  const { names, cells } = metadataColumns(first, isWhole);
  const linesOf = (intents: readonly Intent[]): string =>
    intents
      .map((intent) => {
        const { stripe, dojo } = statusWords(deps, intent);
        const own = COLUMNS.map(([, cell]) => cell(intent));
        return lineOf([...own, stripe, dojo, ...cells(intent.metadata)]);
      })
      .join('');
  yield lineOf([...COLUMNS.map(([name]) => name), 'stripe_status', 'dojo_status', ...names]);
  yield linesOf(first);
  for await (const page of pages) yield linesOf(page);
}

async function exportIntents({ deps, engine, account, query }: AdminRequest): Promise<FileReply> {
  const from = numberOf(query, 'from', 0, TIME_MAX_MS) ?? 0;
  const to = numberOf(query, 'to', 0, TIME_MAX_MS) ?? TIME_MAX_MS;
  const pages = pagesOf(engine, account, [
    { column: 'created', comparison: 'gte', value: Math.ceil(from / 1000) },
    { column: 'created', comparison: 'lt', value: Math.ceil(to / 1000) },
  ]);
  const headers = {
    'cache-control': 'no-store',
    'content-disposition': 'attachment; filename="payments.csv"',
    'content-type': 'text/csv; charset=utf-8',
    'cross-origin-resource-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
  };
  return new FileReply({ status: 200, headers, body: '', more: csvOf(deps, pages) });
}

export const EXPORT_ROUTES: readonly Route[] = [
  reading('/export/intents.csv', 'Payments as CSV, however many: from, to', exportIntents),
];
