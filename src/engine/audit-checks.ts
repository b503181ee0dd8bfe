import type { Attempt } from '../domain/attempt.js';
import type { Customer } from '../domain/customer.js';
import { LEDGER } from '../domain/ledger.js';
import type { RowTypes, TableName } from '../storage/schema.js';
import type { AuditStore, KeyRange } from '../storage/store.js';
import { cashFaults } from './audit-cash.js';
import { clockFaults } from './audit-clocks.js';
import { fulfillmentFaults } from './audit-fulfillments.js';
import { type IntentBooks, intentBookFaults, loadBooks } from './audit-intent.js';
import { labelFaults } from './audit-labels.js';
import { auditLedger, type Report } from './audit-ledger.js';
import { PARENT_TABLES, parentFaults } from './audit-parents.js';
import { groupBy, keyName, pages, storedOf } from './audit-reads.js';
import { auditRollups } from './audit-rollups.js';
import { setupBookFaults } from './audit-setups.js';
import { terminalFaults } from './audit-terminals.js';
import {
  ledgerBalances,
  strayWalletFaults,
  submissionFaults,
  walletFaults,
} from './audit-wallets.js';

/** What is being written while it is read may look wrong once: it is read again so often. */
const LOOKS_MAX = 3;

/** What is in the books of an intent, and is read with them. */
const BOOK_TABLES = ['attempts', 'refunds', 'disputes'] as const;
/** Tables of which one column is followed, and rows are read only where that leads nowhere. */
const LINKED_TABLES = [
  ['attempts', 'intent', 'intents'],
  ['refunds', 'intent', 'intents'],
  ['disputes', 'intent', 'intents'],
  ['methods', 'customer', 'customers'],
] as const;
/** Tables whose rows are followed where they are read for another reason. */
const READ_ELSEWHERE: ReadonlySet<TableName> = new Set([
  'intents' as const,
  'transfers' as const,
  ...LINKED_TABLES.map(([table]) => table),
]);

/** Checks of one kind, over a table or a range of it. */
export interface Check {
  readonly table: TableName;
  /** By the whole table only: what it finds is of all rows together. */
  readonly isWhole: boolean;
  /** The rows of the table are read one by one. */
  readonly scans: boolean;
  run(store: AuditStore, range: KeyRange, report: Report): Promise<void>;
}

type FaultsOf<T extends TableName> = (
  store: AuditStore,
  page: readonly RowTypes[T][],
) => Promise<readonly string[]>;

/** A check of each page of a table for itself. */
function paged<T extends TableName>(table: T, faultsOf: FaultsOf<T>): Check {
  return {
    table,
    isWhole: false,
    scans: true,
    run: async (store, range, report) => {
      for await (const page of pages(store, table, range))
        for (const fault of await faultsOf(store, page)) report(fault);
    },
  };
}

/** Each intent with its attempts, refunds, transfers and jobs, and with what they refer to. */
async function auditIntents(store: AuditStore, page: readonly RowTypes['intents'][]) {
  const faults: string[] = [];
  const all = await loadBooks(store, page);
  for (const books of all) {
    let found = intentBookFaults(books);
    for (let look = 1; found.length > 0 && look < LOOKS_MAX; look++)
      found = intentBookFaults(await readAgain(store, books));
    const { id, account } = books.intent;
    for (const fault of found) faults.push(`intent ${id} of ${account}: ${fault}`);
  }
  const known = new Set(
    all.flatMap(({ intent: { account, id }, attempts }) => [
      keyName({ table: 'intents', account, id }),
      ...attempts.map((attempt) => keyName({ table: 'attempts', account, id: attempt.id })),
    ]),
  );
  faults.push(...(await parentFaults(store, 'intents', page)));
  for (const table of BOOK_TABLES) {
    const rows = all.flatMap((books): RowTypes[typeof table][] => [...books[table]]);
    faults.push(...(await parentFaults(store, table, rows, known)));
  }
  faults.push(...(await labelFaults(store, 'intents', page)));
  const attempts = all.flatMap((books) => [...books.attempts]);
  faults.push(...(await labelFaults(store, 'attempts', attempts)));
  return faults;
}

async function readAgain(store: AuditStore, books: IntentBooks): Promise<IntentBooks> {
  const [intent] = await storedOf(store, 'intents', [books.intent]);
  if (intent === undefined) return books;
  const [again] = await loadBooks(store, [intent]);
  return again ?? books;
}

/** What is in the books of no intent, and methods of nobody: of the others a key is enough. */
function strays([table, column, parent]: (typeof LINKED_TABLES)[number]): Check {
  return {
    table,
    isWhole: false,
    scans: false,
    run: async (store, range, report) => {
      const places = await store.strays(table, column, parent, range);
      const stored = await storedOf(store, table, places);
      for (const fault of await parentFaults(store, table, stored)) report(fault);
      if (table === 'attempts')
        for (const fault of await labelFaults(store, table, stored as Attempt[])) report(fault);
    },
  };
}

/** Every row that another refers to exists, and customers are found by their labels. */
function parents(table: TableName): Check {
  return paged(table, async (store, page) => [
    ...(await parentFaults(store, table, page)),
    ...(table === 'customers' ? await labelFaults(store, table, page as Customer[]) : []),
  ]);
}

/** Each clock with the job that advances it. */
const auditClocks: FaultsOf<'clocks'> = async (store, page) => {
  let faults = await clockFaults(store, page);
  for (let look = 1; faults.length > 0 && look < LOOKS_MAX; look++) {
    faults = await clockFaults(store, await storedOf(store, 'clocks', page));
  }
  return faults;
};

/** Each customer's cash with its ledger accounts. */
const auditCash: FaultsOf<'cash_balances'> = async (store, page) => {
  const all: string[] = [];
  for (const [account, rows] of groupBy(page, (row) => row.account)) {
    const held = groupBy(await store.balances(account), ({ ledgerAccount }) => ledgerAccount);
    for (const row of rows) {
      const { id } = row;
      const name = LEDGER.cash(id);
      let faults = cashFaults(row, held.get(name) ?? []);
      for (let look = 1; faults.length > 0 && look < LOOKS_MAX; look++) {
        const [again = row] = await storedOf(store, 'cash_balances', [row]);
        const balances = await store.balances(account);
        const own = balances.filter(({ ledgerAccount }) => ledgerAccount === name);
        faults = cashFaults(again, own);
      }
      for (const fault of faults) all.push(`cash of ${id} of ${account}: ${fault}`);
    }
  }
  return all;
};

/** Each wallet with its ledger account. */
const WALLETS: Check = {
  table: 'wallets',
  isWhole: true,
  scans: true,
  run: async (store, range, report) => {
    const balances = await ledgerBalances(store);
    for await (const page of pages(store, 'wallets', range))
      for (const fault of await walletFaults(store, page, balances, LOOKS_MAX)) report(fault);
    for (const fault of await strayWalletFaults(store, balances)) report(fault);
  },
};

/** The longest first that cannot be cut: others are done beside it. */
const LEDGER_CHECK: Check = {
  table: 'transfers',
  isWhole: true,
  scans: true,
  run: (store, _range, report) => auditLedger(store, report, LOOKS_MAX),
};

/** The dashboard's counts. */
const ROLLUPS: Check = {
  table: 'rollup_segments',
  isWhole: true,
  scans: true,
  run: (store, _range, report) => auditRollups(store, report, LOOKS_MAX),
};

/** All checks by their names, in the order in which they are begun. */
export const CHECKS: ReadonlyMap<string, Check> = new Map([
  ['ledger', LEDGER_CHECK],
  ['intents', paged('intents', auditIntents)],
  ...LINKED_TABLES.map((link) => [`strays:${link[0]}`, strays(link)] as const),
  ...PARENT_TABLES.filter((table) => !READ_ELSEWHERE.has(table)).map(
    (table) => [`parents:${table}`, parents(table)] as const,
  ),
  ['rollups', ROLLUPS],
  ['clocks', paged('clocks', auditClocks)],
  ['cash', paged('cash_balances', auditCash)],
  ['setups', paged('setups', (store, page) => setupBookFaults(store, page, LOOKS_MAX))],
  ['wallets', WALLETS],
  ['submissions', paged('submissions', submissionFaults)],
  [
    'fulfillments',
    paged('fulfillments', (store, page) => fulfillmentFaults(store, page, LOOKS_MAX)),
  ],
  [
    'terminals',
    paged('terminal_sessions', (store, page) => terminalFaults(store, page, LOOKS_MAX)),
  ],
]);
