import type { Transfer } from '../../domain/ledger.js';
import { INSTALLATION, type Submission } from '../../domain/rendezvous.js';
import { invalid } from './fault.js';
import { moneyOf } from './intent-row.js';
import { type AdminRequest, pageOf } from './request.js';
import { type Route, reading } from './route.js';
import type { LedgerRow, Page, StatementRow, WalletsView } from './schema.js';

const NAME_CHARS_MAX = 200;

async function balances({ engine, account }: AdminRequest): Promise<Page<LedgerRow>> {
  const found = await engine.balances(account);
  const rows = found.map(({ ledgerAccount, currency, posted, pending }) => ({
    ledgerAccount,
    currency,
    balance: Number(posted),
    pending: Number(pending),
  }));
  return { rows, next: null };
}

/** What a transfer moves on one account of the ledger; null where it does not touch it. */
function movedOn({ entries }: Transfer, name: string): bigint | null {
  const own = entries.filter(([ledgerAccount]) => ledgerAccount === name);
  return own.length === 0 ? null : own.reduce((sum, [, amount]) => sum + BigInt(amount), 0n);
}

async function statement(request: AdminRequest): Promise<Page<StatementRow>> {
  const { engine, account, path, query } = request;
  const { account: name = '' } = path;
  const currency = query.get('currency')?.toLowerCase() ?? '';
  if (name === '' || name.length > NAME_CHARS_MAX || currency.length > NAME_CHARS_MAX)
    throw invalid('There is no such account of the ledger.');
  const { rows, next } = await engine.search({
    table: 'transfers',
    account,
    ways: [],
    conditions: currency === '' ? [] : [{ column: 'currency', comparison: 'eq', value: currency }],
    fits: (transfer) => movedOn(transfer, name) !== null,
    ...pageOf(request),
  });
  const shown = rows.map((transfer) => ({
    transfer: transfer.id,
    atMs: transfer.created * 1000,
    kind: transfer.kind,
    state: transfer.state,
    intent: transfer.intent,
    amount: moneyOf(movedOn(transfer, name) ?? 0n, transfer.currency),
  }));
  return { rows: shown, next };
}

const DESTINATIONS_MAX = 20;
const PAYMENTS_MAX = 50;

async function newestPayments(
  { engine, account }: AdminRequest,
  addresses: readonly string[],
): Promise<Submission[]> {
  if (addresses.length === 0) return [];
  const { rows } = await engine.search({
    table: 'submissions',
    account: INSTALLATION,
    ways: [addresses.map((value) => ({ column: 'destination', value }))],
    conditions: [],
    fits: ({ merchant }) => merchant === account,
    limit: PAYMENTS_MAX,
  });
  return rows;
}

/** The transactions of payments that a chain moves, by their ids. */
async function settlementsOf({ engine }: AdminRequest, payments: readonly Submission[]) {
  return engine.read(
    INSTALLATION,
    (need) => {
      for (const { fulfillment } of payments) need('fulfillments', fulfillment);
    },
    (rows) => {
      const found = payments.flatMap(({ fulfillment }) =>
        fulfillment === null ? [] : (rows.get('fulfillments', fulfillment) ?? []),
      );
      return new Map(found.map((row) => [row.id, row]));
    },
  );
}

async function wallets(request: AdminRequest): Promise<WalletsView> {
  const { engine, account } = request;
  const { rows } = await engine.search({
    table: 'destinations',
    account: INSTALLATION,
    ways: [[{ column: 'merchant', value: account }]],
    conditions: [],
    fits: ({ merchant }) => merchant === account,
    limit: DESTINATIONS_MAX,
  });
  const payments = await newestPayments(
    request,
    rows.map(({ id }) => id),
  );
  const settlements = await settlementsOf(request, payments);
  const settled = ({ fulfillment }: Submission) => {
    const row = settlements.get(fulfillment ?? '');
    return { settlementState: row?.state ?? null, transaction: row?.transaction ?? null };
  };
  return {
    destinations: rows.map(({ id, proof, created }) => ({
      address: id,
      proof,
      createdMs: created * 1000,
    })),
    payments: payments.map((one) => ({
      id: one.id,
      atMs: one.created * 1000,
      destination: one.destination,
      intent: one.intent ?? '',
      quarks: String(one.quarks),
      currency: one.currency,
      nativeAmount: one.nativeAmount,
      settlement: one.fulfillment,
      ...settled(one),
    })),
  };
}

/** The books, and where wallets' money goes. */
export const LEDGER_ROUTES: readonly Route[] = [
  reading('/ledger', 'Accounts of the ledger with their balances', balances),
  reading('/ledger/:account/statement', 'Transfers of one account of the ledger', statement),
  reading('/wallets', 'Where wallets pay to, and what they have paid', wallets),
];
