import type { Metadata } from '../domain/json.js';
import type { Transfer } from '../domain/ledger.js';
import { formatPlain } from '../domain/money.js';
import { INSTALLATION } from '../domain/rendezvous.js';
import { dayName } from '../domain/rollup.js';
import type { Store } from '../storage/store.js';
import { rangeOf } from './accounts.js';
import { pages } from './audit-reads.js';
import { noSides, type Sides, sidesOf } from './report-lines.js';

export const REPORTS = ['payments', 'refunds', 'balance', 'fees', 'reconciliation'] as const;
export type ReportName = (typeof REPORTS)[number];

/** What a report reads: a store, or a database that is only looked at. */
export type Books = Pick<Store, 'scan' | 'gather'>;

export interface ReportQuery {
  readonly report: ReportName;
  /** Null: every merchant's. */
  readonly account: string | null;
  /** Business time, Unix seconds, of the first moment that is in it; null: from the beginning. */
  readonly from: number | null;
  /** The first moment that is not in it any more; null: to the end. */
  readonly until: number | null;
  /** Keys of the intents' metadata that are columns; a report by day is split by their values. */
  readonly metadata: readonly string[];
}

/** A line of a report: by column, texts, counts, and amounts as plain decimals. */
export type ReportRow = Readonly<Record<string, string | number>>;

/** Lines of a report by day that are summed at a time, so that it fits into memory. */
export const REPORT_GROUPS_MAX = 100_000;

/** The report would have more lines than can be summed at a time. */
export class ReportTooLong extends Error {}

const BY_DAY = ['account', 'day', 'currency'];
const OF_ONE = ['account', 'created', 'id', 'payment_intent'];

const COLUMNS: Readonly<Record<ReportName, readonly string[]>> = {
  payments: [...OF_ONE, 'charge', 'currency', 'amount', 'fee', 'net'],
  refunds: [...OF_ONE, 'refund', 'kind', 'currency', 'amount'],
  balance: [...BY_DAY, 'opening', 'in', 'out', 'closing'],
  fees: [...BY_DAY, 'transfers', 'amount', 'fees'],
  reconciliation: [
    ...[...BY_DAY, 'transfers', 'card', 'bank', 'wallet'],
    ...['fees', 'customers', 'destinations', 'merchant', 'difference'],
  ],
};

/** The columns of a report, in order: those of metadata come last. */
export function reportColumns({ report, metadata }: ReportQuery): string[] {
  return [...COLUMNS[report], ...metadata.map((key) => `metadata.${key}`)];
}

/**
 * The lines of a report, out of the ledger: what they sum to is what the books say. Payments and
 * refunds come one by one, as they are read; the others are summed by day (UTC) and currency, and
 * sorted so. It reads in pages, beside a working engine too. Throws ReportTooLong.
 */
export async function* report(store: Books, query: ReportQuery): AsyncGenerator<ReportRow> {
  const { report: name } = query;
  if (name === 'payments' || name === 'refunds') yield* single(store, query, name);
  else if (name === 'balance') yield* balance(store, query);
  else yield* summed(store, query, name);
}

/** ISO 8601 in UTC of Unix seconds. */
export function timeText(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000', '');
}

/** A transfer with the metadata of the intent that it belongs to. */
interface Line {
  readonly transfer: Transfer;
  readonly metadata: Metadata;
}

/** The merchants' transfers until the query's end that have moved money, page by page. */
async function* lines(store: Books, query: ReportQuery): AsyncGenerator<Line[]> {
  const { account, until } = query;
  const range = account === null ? { after: null, until: null } : rangeOf(account);
  for await (const page of pages(store, 'transfers', range)) {
    const asked = page.filter(
      (transfer) =>
        (account !== null || transfer.account !== INSTALLATION) &&
        transfer.kind !== 'authorization' &&
        (until === null || transfer.created < until),
    );
    yield await withMetadata(store, query, asked);
  }
}

async function withMetadata(
  store: Books,
  { metadata }: ReportQuery,
  transfers: readonly Transfer[],
): Promise<Line[]> {
  if (metadata.length === 0) return transfers.map((transfer) => ({ transfer, metadata: {} }));
  const found = new Map<string, Metadata>();
  for (const account of new Set(transfers.map((transfer) => transfer.account))) {
    const own = transfers.filter((transfer) => transfer.account === account);
    const ids = [...new Set(own.map(({ intent }) => intent).filter((id) => id !== ''))];
    const wanted = { table: 'intents', account, column: 'id', values: ids } as const;
    const intents = await store.gather({ ...wanted, limit: ids.length });
    for (const { id, metadata } of intents) found.set(`${account} ${id}`, metadata);
  }
  return transfers.map((transfer) => {
    const key = `${transfer.account} ${transfer.intent}`;
    return { transfer, metadata: found.get(key) ?? {} };
  });
}

/** Own keys only: a column may be named by any word. */
function metadataColumns({ metadata: keys }: ReportQuery, metadata: Metadata): ReportRow {
  return Object.fromEntries(
    keys.map((key) => [
      `metadata.${key}`,
      Object.hasOwn(metadata, key) ? (metadata[key] ?? '') : '',
    ]),
  );
}

function isIn({ from }: ReportQuery, { created }: Transfer): boolean {
  return from === null || created >= from;
}

const REFUNDS: ReadonlySet<Transfer['kind']> = new Set([
  'refund',
  'refund_failure',
  'unlinked_refund',
]);

async function* single(
  store: Books,
  query: ReportQuery,
  name: 'payments' | 'refunds',
): AsyncGenerator<ReportRow> {
  for await (const page of lines(store, query))
    for (const { transfer, metadata } of page) {
      const { account, id, kind, intent, source, amount, fee, currency, created } = transfer;
      if (!isIn(query, transfer)) continue;
      if (name === 'payments' ? kind !== 'capture' : !REFUNDS.has(kind)) continue;
      const money = (minor: bigint) => formatPlain(minor, currency);
      yield {
        account,
        created: timeText(created),
        id,
        payment_intent: intent,
        ...(name === 'payments'
          ? { charge: source, currency, amount: money(amount), fee: money(fee) }
          : { refund: source, kind, currency, amount: money(amount) }),
        ...(name === 'payments' ? { net: money(amount - fee) } : {}),
        ...metadataColumns(query, metadata),
      };
    }
}

/** What one line of a report by day sums up. */
interface Group {
  readonly account: string;
  readonly day: string;
  readonly currency: string;
  readonly metadata: ReportRow;
  transfers: number;
  /** Gross, of what had a fee. */
  amount: bigint;
  sides: Sides;
  incoming: bigint;
  outgoing: bigint;
}

/** Groups by what they are asked for; `REPORT_GROUPS_MAX` of them at most. */
class Groups {
  readonly #groups = new Map<string, Group>();

  of({ account, created, currency }: Transfer, metadata: ReportRow, isBefore: boolean): Group {
    // All that was before the report's first day is one line.
    const day = isBefore ? '' : dayName(created);
    const values = Object.values(metadata);
    const name = JSON.stringify([account, currency, day, ...values]);
    const known = this.#groups.get(name);
    if (known !== undefined) return known;
    if (this.#groups.size >= REPORT_GROUPS_MAX)
      throw new ReportTooLong(
        `The report has more than ${REPORT_GROUPS_MAX} lines. Ask for fewer days or columns.`,
      );
    const sums = { transfers: 0, amount: 0n, incoming: 0n, outgoing: 0n };
    const group = { account, day, currency, metadata, ...sums, sides: noSides() };
    this.#groups.set(name, group);
    return group;
  }

  /** By account, currency, day, and the columns of metadata. */
  sorted(): Group[] {
    return [...this.#groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
  }
}

function add(group: Group, transfer: Transfer, sides: Sides): void {
  for (const side of Object.keys(sides) as (keyof Sides)[]) group.sides[side] += sides[side];
  group.transfers += 1;
  if (sides.fees !== 0n) group.amount += transfer.amount;
  if (sides.merchant > 0n) group.incoming += sides.merchant;
  else group.outgoing += sides.merchant;
}

/** A merchant's money, available or settling, at the beginning and end of each day it moved. */
async function* balance(store: Books, query: ReportQuery): AsyncGenerator<ReportRow> {
  const groups = new Groups();
  for await (const page of lines(store, query))
    for (const { transfer } of page)
      add(groups.of(transfer, {}, !isIn(query, transfer)), transfer, sidesOf(transfer));
  let before = { account: '', currency: '', closing: 0n };
  for (const { account, day, currency, incoming, outgoing } of groups.sorted()) {
    const goesOn = before.account === account && before.currency === currency;
    const opening = goesOn ? before.closing : 0n;
    before = { account, currency, closing: opening + incoming + outgoing };
    if (day === '') continue;
    const money = (minor: bigint) => formatPlain(minor, currency);
    const moved = { in: money(incoming), out: money(outgoing) };
    const closing = money(before.closing);
    yield { account, day, currency, opening: money(opening), ...moved, closing };
  }
}

async function* summed(
  store: Books,
  query: ReportQuery,
  name: 'fees' | 'reconciliation',
): AsyncGenerator<ReportRow> {
  const groups = new Groups();
  for await (const page of lines(store, query))
    for (const { transfer, metadata } of page) {
      if (!isIn(query, transfer)) continue;
      const sides = sidesOf(transfer);
      if (name === 'fees' && sides.fees === 0n) continue;
      add(groups.of(transfer, metadataColumns(query, metadata), false), transfer, sides);
    }
  for (const group of groups.sorted()) {
    const { account, day, currency, transfers, metadata } = group;
    const columns = name === 'fees' ? feeColumns(group) : reconciled(group);
    yield { account, day, currency, transfers, ...columns, ...metadata };
  }
}

function feeColumns({ amount, sides, currency }: Group): ReportRow {
  return { amount: formatPlain(amount, currency), fees: formatPlain(sides.fees, currency) };
}

/** What came in by each rail, and where it is now; `difference` is what is nowhere: nothing. */
function reconciled({ sides, currency }: Group): ReportRow {
  const { fees, customers, destinations, merchant } = sides;
  // The money of the outside is negative in the books where it has paid in.
  const [card, bank, wallet] = [-sides.card, -sides.bank, -sides.wallet];
  const difference = card + bank + wallet - fees - customers - destinations - merchant;
  const shown = { card, bank, wallet, fees, customers, destinations, merchant, difference };
  return Object.fromEntries(
    Object.entries(shown).map(([column, amount]) => [column, formatPlain(amount, currency)]),
  );
}
