import type { Intent } from '../../domain/intent.js';
import { formatPlain } from '../../domain/money.js';
import type { Engine } from '../../engine/engine.js';
import { statusWords } from './intent-row.js';
import type { AdminRequest } from './request.js';
import { numberOf } from './request.js';
import { FileReply, type Route, reading } from './route.js';

/** Rows of one file; the command line exports without a limit. */
const EXPORT_ROWS_MAX = 10_000;
const STEP_ROWS = 500;
const TIME_MAX_MS = 253_402_300_799_000;

/**
 * A cell of CSV (RFC 4180). Spreadsheets run what begins like a formula: such a text gets an
 * apostrophe before it, as OWASP advises.
 */
export function csvCell(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

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

type Conditions = Parameters<Engine['page']>[0]['conditions'];

async function readAll(engine: Engine, account: string, conditions: Conditions): Promise<Intent[]> {
  const intents: Intent[] = [];
  for (;;) {
    const last = intents.at(-1);
    const page = await engine.page({
      table: 'intents',
      account,
      conditions,
      limit: STEP_ROWS,
      ...(last === undefined ? {} : { olderThan: last.id }),
    });
    intents.push(...page);
    if (page.length < STEP_ROWS || intents.length >= EXPORT_ROWS_MAX) return intents;
  }
}

async function exportIntents({ deps, engine, account, query }: AdminRequest): Promise<FileReply> {
  const from = numberOf(query, 'from', 0, TIME_MAX_MS) ?? 0;
  const to = numberOf(query, 'to', 0, TIME_MAX_MS) ?? TIME_MAX_MS;
  const intents = await readAll(engine, account, [
    { column: 'created', comparison: 'gte', value: Math.ceil(from / 1000) },
    { column: 'created', comparison: 'lt', value: Math.ceil(to / 1000) },
  ]);
  // Metadata is a column in every report: each key that occurs.
  const keys = [...new Set(intents.flatMap(({ metadata }) => Object.keys(metadata)))].sort();
  const head = [
    ...COLUMNS.map(([name]) => name),
    'stripe_status',
    'dojo_status',
    ...keys.map((key) => `metadata.${key}`),
  ];
  const lines = intents.map((intent) => {
    const { stripe, dojo } = statusWords(deps, intent);
    const own = keys.map((key) =>
      Object.hasOwn(intent.metadata, key) ? intent.metadata[key] : '',
    );
    return [...COLUMNS.map(([, cell]) => cell(intent)), stripe, dojo, ...own];
  });
  const body = [head, ...lines]
    .map((cells) => `${cells.map((cell) => csvCell(cell ?? '')).join(',')}\r\n`)
    .join('');
  const headers = {
    'cache-control': 'no-store',
    'content-disposition': 'attachment; filename="payments.csv"',
    'content-type': 'text/csv; charset=utf-8',
    'cross-origin-resource-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    // Says where a file ends before its time: the next one goes `to` the last row's second.
    'x-complete': String(intents.length < EXPORT_ROWS_MAX),
  };
  return new FileReply({ status: 200, headers, body });
}

export const EXPORT_ROUTES: readonly Route[] = [
  reading('/export/intents.csv', 'Payments as CSV, up to 10,000: from, to', exportIntents),
];
