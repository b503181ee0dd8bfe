import type { Intent, IntentState } from '../../domain/intent.js';
import { INTENT_LIFECYCLE } from '../../domain/intent.js';
import { formatPlain } from '../../domain/money.js';
import type { Need } from '../../engine/command.js';
import type { Engine } from '../../engine/engine.js';
import { invalid } from './fault.js';
import { byMetadata } from './metadata-search.js';
import { type AdminRequest, numberOf, pageOf } from './request.js';

type Conditions = Parameters<Engine['page']>[0]['conditions'];
type Ways = Parameters<Engine['search']>[0]['ways'];

const TEXT_CHARS_MAX = 200;
/** Customers of one e-mail address whose payments are looked for. */
const CUSTOMERS_MAX = 20;
const TIME_MAX = 253_402_300_799;

const DIALECTS = ['stripe', 'dojo', 'code'] as const;

function textOf(query: URLSearchParams, name: string): string | undefined {
  const text = query.get(name)?.trim();
  if (text === undefined || text === '') return undefined;
  if (text.length > TEXT_CHARS_MAX || text.includes('\0') || !text.isWellFormed())
    throw invalid(`${name} has ${TEXT_CHARS_MAX} characters at most.`);
  return text;
}

function wordOf<W extends string>(query: URLSearchParams, name: string, words: readonly W[]) {
  const text = textOf(query, name);
  const found = words.find((word) => word === text);
  if (text !== undefined && found === undefined)
    throw invalid(`${name} is none of ${words.join(', ')}.`);
  return found;
}

function conditionsOf(query: URLSearchParams): Conditions {
  const states = Object.keys(INTENT_LIFECYCLE) as IntentState[];
  const state = wordOf(query, 'state', states);
  const equal = [
    ['state', state],
    ['currency', textOf(query, 'currency')?.toLowerCase()],
    ['customer', textOf(query, 'customer')],
  ] as const;
  const bounds = [
    ['created', 'gte', numberOf(query, 'from', 0, TIME_MAX * 1000), 1000],
    ['created', 'lt', numberOf(query, 'to', 0, TIME_MAX * 1000), 1000],
    ['amount', 'gte', numberOf(query, 'min', 0, Number.MAX_SAFE_INTEGER), 1],
    ['amount', 'lte', numberOf(query, 'max', 0, Number.MAX_SAFE_INTEGER), 1],
  ] as const;
  return [
    ...equal.flatMap(([column, value]) =>
      value === undefined ? [] : [{ column, comparison: 'eq', value } as const],
    ),
    ...bounds.flatMap(([column, comparison, value, unit]) =>
      value === undefined ? [] : [{ column, comparison, value: Math.ceil(value / unit) }],
    ),
  ];
}

interface Wanted {
  readonly ways: Ways;
  readonly fits: (intent: Intent) => boolean;
}

const ALL: Wanted = { ways: [], fits: () => true };

/** What was typed: `key:value` of metadata, an e-mail address, an amount, or part of a text. */
async function wantedBy(request: AdminRequest, text: string): Promise<Wanted> {
  const found = byMetadata(text);
  if (found !== null) return found;
  const own = text.toLowerCase();
  if (text.includes('@')) return wantedByEmail(request, own);
  const isAmount = /^\d{1,13}([.,]\d{1,3})?$/.test(own);
  const amount = own.replace(',', '.');
  return {
    ways: [],
    fits: (intent) =>
      (isAmount && isSameAmount(intent, amount)) ||
      [intent.description ?? '', intent.receiptEmail ?? '', ...Object.values(intent.metadata)].some(
        (one) => one.toLowerCase().includes(own),
      ),
  };
}

function isSameAmount({ amount, currency }: Intent, text: string): boolean {
  const plain = formatPlain(amount, currency);
  return plain === text || plain.replace(/\.0+$/, '') === text;
}

/** By the customer of that address; by receipts, which have no index, where there is none. */
async function wantedByEmail({ engine, account }: AdminRequest, email: string): Promise<Wanted> {
  const { rows } = await engine.search({
    table: 'customers',
    account,
    ways: [[{ label: { name: 'email', value: email } }]],
    conditions: [],
    fits: (customer) => customer.email?.toLowerCase() === email,
    limit: CUSTOMERS_MAX,
  });
  const ids = new Set<string | null>(rows.map(({ id }) => id));
  return {
    ways: ids.size === 0 ? [] : [rows.map(({ id }) => ({ column: 'customer', value: id }))],
    fits: ({ customer, receiptEmail }) =>
      ids.has(customer) || receiptEmail?.toLowerCase() === email,
  };
}

/** The intent that an id leads to: its own, or that of a charge, refund or dispute. */
async function byId({ engine, account }: AdminRequest, text: string): Promise<Intent | null> {
  if (!/^\w{10,255}$/.test(text)) return null;
  const own = text.replace(/^pi_sandbox_/, 'pi_');
  return engine.read(
    account,
    (need) => {
      const { intent } = namedBy(need, own);
      need('intents', intent ?? own);
    },
    (rows) => {
      const named = ['attempts', 'refunds', 'disputes'] as const;
      const via = named.map((table) => rows.get(table, own)).find((row) => row !== null);
      return rows.get('intents', via?.intent ?? own);
    },
  );
}

function namedBy(need: Need, id: string): { intent: string | undefined } {
  const via = [need('attempts', id), need('refunds', id), need('disputes', id)];
  return { intent: via.find((row) => row)?.intent };
}

/**
 * The intents that a query of the list asks for, newest first. Looks at a bounded number of rows:
 * a page may hold fewer than asked for, or none, and still have a `next` that goes on.
 */
export async function searchIntents(
  request: AdminRequest,
): Promise<{ rows: readonly Intent[]; next: string | null }> {
  const { engine, account, query } = request;
  const page = pageOf(request);
  const text = textOf(query, 'q');
  const found = text === undefined ? null : await byId(request, text);
  if (found !== null) return { rows: page.olderThan === undefined ? [found] : [], next: null };
  const wanted = text === undefined ? ALL : await wantedBy(request, text);
  const dialect = wordOf(query, 'dialect', DIALECTS);
  const method = textOf(query, 'method');
  const customer = textOf(query, 'customer');
  const ways =
    customer === undefined
      ? wanted.ways
      : [...wanted.ways, [{ column: 'customer', value: customer }]];
  const { rows, next } = await engine.search({
    table: 'intents',
    account,
    conditions: conditionsOf(query),
    ways,
    fits: (intent) =>
      wanted.fits(intent) &&
      (dialect === undefined || intent.dialect === dialect) &&
      (method === undefined || intent.methodTypes.includes(method)),
    ...page,
  });
  return { rows, next };
}
