import type { Attempt } from '../domain/attempt.js';
import type { CashBalance } from '../domain/cash.js';
import type { Customer } from '../domain/customer.js';
import { type Balance, entriesOf, postingsOf, type Transfer } from '../domain/ledger.js';
import type { RowTypes, TableName } from '../storage/schema.js';
import type { Store } from '../storage/store.js';
import { cashFaults } from './audit-cash.js';
import { clockFaults } from './audit-clocks.js';
import { fulfillmentFaults } from './audit-fulfillments.js';
import { type IntentBooks, intentBookFaults, loadBooks } from './audit-intent.js';
import { labelFaults } from './audit-labels.js';
import { PARENT_TABLES, parentFaults } from './audit-parents.js';
import { keyName, linkPages, missingOf, pages } from './audit-reads.js';
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
/** Faults after which reading stops: whoever has so many needs no longer list. */
const FAULTS_MAX = 1000;

/** What is in the books of an intent, and is read with them. */
const BOOK_TABLES = ['attempts', 'refunds', 'disputes'] as const;
/** Tables of which keys and one column are read, unless that leads nowhere. */
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

/** The tables of which an audit reads every row. */
export const AUDITED_TABLES: readonly TableName[] = [
  ...new Set([...PARENT_TABLES, 'wallets' as const]),
];

type Report = (fault: string) => void;

class EnoughFaults extends Error {}

/**
 * Reads the whole store and checks every invariant; answers each broken one as a sentence, none
 * when all is well. It reads in pages and keeps no more than a page and one account's sums. It may
 * run beside a working engine; balances of an account that never stands still are reported as not
 * compared.
 */
export async function audit(store: Store): Promise<string[]> {
  const faults: string[] = [];
  const report = (fault: string): void => {
    faults.push(fault);
    if (faults.length >= FAULTS_MAX) throw new EnoughFaults();
  };
  try {
    const accounts = await auditLedger(store, report);
    await auditStrayBalances(store, accounts, report);
    await auditIntents(store, report);
    await auditStrays(store, report);
    await auditParents(store, report);
    await auditClocks(store, report);
    await auditCash(store, report);
    await auditSetups(store, report);
    await auditWallets(store, report);
    await auditSubmissions(store, report);
    await auditFulfillments(store, report);
    await auditTerminals(store, report);
  } catch (error) {
    if (!(error instanceof EnoughFaults)) throw error;
    faults.push(`reading stopped after ${FAULTS_MAX} faults`);
  }
  return faults;
}

/** Checks transfers and balances account by account; answers the accounts that have transfers. */
async function auditLedger(store: Store, report: Report): Promise<Set<string>> {
  const accounts = new Set<string>();
  let after: { account: string; id: string } | null = null;
  for (;;) {
    const [first] = await store.scan('transfers', after, 1);
    if (first === undefined) return accounts;
    const account: string = first.account;
    accounts.add(account);
    await auditAccount(store, account, report);
    after = { account, id: LAST_ID };
  }
}

/** Sorts after every id, whose characters are ASCII. */
const LAST_ID = '\u{10ffff}';

async function auditAccount(store: Store, account: string, report: Report): Promise<void> {
  for (let look = 1; ; look++) {
    const before = await store.balances(account);
    const found: string[] = [];
    const sums = await sumTransfers(store, account, (fault) => void found.push(fault));
    const after = await store.balances(account);
    const differences = balanceFaults(account, sums, after);
    const still = sameBalances(before, after);
    if ((differences.length > 0 || found.length > 0) && !still && look < LOOKS_MAX) continue;
    for (const fault of found) report(fault);
    if (still) for (const fault of differences) report(fault);
    else if (differences.length > 0)
      report(`account ${account}: changed while it was read; its balances were not compared`);
    return;
  }
}

async function sumTransfers(
  store: Store,
  account: string,
  report: Report,
): Promise<Map<string, { posted: bigint; pending: bigint }>> {
  const sums = new Map<string, { posted: bigint; pending: bigint }>();
  for await (const page of pages(store, 'transfers', { account, id: '' })) {
    const own = page.filter((transfer) => transfer.account === account);
    for (const fault of await parentFaults(store, 'transfers', own)) report(fault);
    for (const transfer of own) {
      for (const fault of transferFaults(transfer))
        report(`transfer ${transfer.id} of ${account}: ${fault}`);
      for (const { ledgerAccount, currency, posted, pending } of postingsOf(transfer)) {
        const name = sumName(ledgerAccount, currency);
        const sum = sums.get(name) ?? { posted: 0n, pending: 0n };
        sum.posted += posted;
        sum.pending += pending;
        sums.set(name, sum);
      }
    }
    if (own.length < page.length) return sums;
  }
  return sums;
}

function sumName(ledgerAccount: string, currency: string): string {
  return `${ledgerAccount} in ${currency}`;
}

function transferFaults(transfer: Transfer): string[] {
  const faults: string[] = [];
  const { kind, state, amount, settled, fee } = transfer;
  const entries = entriesOf(transfer);
  if (entries.reduce((sum, entry) => sum + entry.amount, 0n) !== 0n)
    faults.push('its entries do not sum to zero');
  const paid = entries.reduce((sum, entry) => (entry.amount > 0n ? sum + entry.amount : sum), 0n);
  const gross = amount < 0n ? -amount : amount;
  // A dispute's fee comes on top; a capture's stays behind.
  const onTop = kind === 'dispute' ? fee : 0n;
  if (paid !== gross + onTop) faults.push('its entries do not move its amount');
  if (fee < 0n || fee > gross + onTop) faults.push(`its fee is ${fee}`);
  if (kind === 'authorization') {
    if (settled < 0n || settled > amount) faults.push(`${settled} of ${amount} are settled`);
    if (state === 'voided' && settled !== 0n) faults.push('it is voided, and part of it settled');
    if (state === 'posted' && settled === 0n) faults.push('it is posted, and nothing settled');
  } else if (state !== 'posted') faults.push(`it is a ${kind} in state ${state}`);
  return faults;
}

function balanceFaults(
  account: string,
  sums: ReadonlyMap<string, { posted: bigint; pending: bigint }>,
  balances: readonly Balance[],
): string[] {
  const nothing = { posted: 0n, pending: 0n };
  const stored = new Map(balances.map((b) => [sumName(b.ledgerAccount, b.currency), b]));
  const faults: string[] = [];
  for (const name of new Set([...sums.keys(), ...stored.keys()])) {
    const sum = sums.get(name) ?? nothing;
    const balance = stored.get(name) ?? nothing;
    for (const part of ['posted', 'pending'] as const)
      if (sum[part] !== balance[part])
        faults.push(
          `account ${account}: ${name} has ${balance[part]} ${part}, ` +
            `its entries sum to ${sum[part]}`,
        );
  }
  return faults;
}

function sameBalances(before: readonly Balance[], after: readonly Balance[]): boolean {
  const text = (balances: readonly Balance[]): string =>
    balances.map((b) => `${b.ledgerAccount} ${b.currency} ${b.posted} ${b.pending}`).join('\n');
  return text(before) === text(after);
}

/** Balances of accounts that have no transfer at all. */
async function auditStrayBalances(
  store: Store,
  accounts: ReadonlySet<string>,
  report: Report,
): Promise<void> {
  const stray = (await store.balances(null)).filter(({ account }) => !accounts.has(account));
  for (const { account, ledgerAccount, currency } of stray) {
    const [transfer] = await store.scan('transfers', { account, id: '' }, 1);
    if (transfer?.account === account) continue;
    report(`account ${account}: ${ledgerAccount} in ${currency} has a balance without a transfer`);
  }
}

/** Each intent with its attempts, refunds, transfers and jobs, and with what they refer to. */
async function auditIntents(store: Store, report: Report): Promise<void> {
  for await (const page of pages(store, 'intents')) {
    const all = await loadBooks(store, page);
    for (const books of all) {
      let faults = intentBookFaults(books);
      for (let look = 1; faults.length > 0 && look < LOOKS_MAX; look++)
        faults = intentBookFaults(await readAgain(store, books));
      const { id, account } = books.intent;
      for (const fault of faults) report(`intent ${id} of ${account}: ${fault}`);
    }
    const found = [await parentFaults(store, 'intents', page)];
    for (const table of BOOK_TABLES)
      found.push(
        await parentFaults(
          store,
          table,
          all.flatMap((books) => [...books[table]]),
        ),
      );
    found.push(await labelFaults(store, 'intents', page));
    found.push(
      await labelFaults(
        store,
        'attempts',
        all.flatMap(({ attempts }) => [...attempts]),
      ),
    );
    for (const fault of found.flat()) report(fault);
  }
}

/** What is in the books of no intent, and methods of nobody: of the others a key is enough. */
async function auditStrays(store: Store, report: Report): Promise<void> {
  for (const [table, column, parent] of LINKED_TABLES)
    for await (const page of linkPages(store, table, column)) {
      const links = page.flatMap(({ account, id, value }) =>
        value === null ? [] : [{ id, key: { table: parent, account, id: value } }],
      );
      const missing = await missingOf(
        store,
        links.map(({ key }) => key),
      );
      const strays = links.filter(({ key }) => missing.has(keyName(key)));
      const { rows } = await store.load(
        strays.map(({ id, key: { account } }) => ({ table, account, id })),
        [],
      );
      const stored = (rows as (RowTypes[typeof table] | null)[]).filter((row) => row !== null);
      for (const fault of await parentFaults(store, table, stored)) report(fault);
      if (table === 'attempts')
        for (const fault of await labelFaults(store, table, stored as Attempt[])) report(fault);
    }
}

/** Every row that another refers to exists, and customers are found by their labels. */
async function auditParents(store: Store, report: Report): Promise<void> {
  for (const table of PARENT_TABLES.filter((name) => !READ_ELSEWHERE.has(name)))
    for await (const page of pages(store, table)) {
      for (const fault of await parentFaults(store, table, page)) report(fault);
      if (table === 'customers')
        for (const fault of await labelFaults(store, table, page as Customer[])) report(fault);
    }
}

async function readAgain(store: Store, books: IntentBooks): Promise<IntentBooks> {
  const { account, id } = books.intent;
  const { rows } = await store.load([{ table: 'intents', account, id }], []);
  const [intent] = rows as (RowTypes['intents'] | null)[];
  if (!intent) return books;
  const [again] = await loadBooks(store, [intent]);
  return again ?? books;
}

/** Each clock with the job that advances it. */
async function auditClocks(store: Store, report: Report): Promise<void> {
  for await (const page of pages(store, 'clocks')) {
    let faults = await clockFaults(store, page);
    for (let look = 1; faults.length > 0 && look < LOOKS_MAX; look++) {
      const { rows } = await store.load(
        page.map(({ account, id }) => ({ table: 'clocks', account, id }) as const),
        [],
      );
      const again = (rows as (RowTypes['clocks'] | null)[]).filter((clock) => clock !== null);
      faults = await clockFaults(store, again);
    }
    for (const fault of faults) report(fault);
  }
}

/** Each wallet with its ledger account. */
async function auditWallets(store: Store, report: Report): Promise<void> {
  const balances = await ledgerBalances(store);
  for await (const page of pages(store, 'wallets'))
    for (const fault of await walletFaults(store, page, balances, LOOKS_MAX)) report(fault);
  for (const fault of await strayWalletFaults(store, balances)) report(fault);
}

/** Each submission with its signature, its transfer and what it paid. */
async function auditSubmissions(store: Store, report: Report): Promise<void> {
  for await (const page of pages(store, 'submissions'))
    for (const fault of await submissionFaults(store, page)) report(fault);
}

/** Each transaction with its submission, its nonce and what it paid. */
async function auditFulfillments(store: Store, report: Report): Promise<void> {
  for await (const page of pages(store, 'fulfillments'))
    for (const fault of await fulfillmentFaults(store, page, LOOKS_MAX)) report(fault);
}

/** Each card machine's session with its step that is due, and with the money that it moved. */
async function auditTerminals(store: Store, report: Report): Promise<void> {
  for await (const page of pages(store, 'terminal_sessions'))
    for (const fault of await terminalFaults(store, page, LOOKS_MAX)) report(fault);
}

/** What each setup says of itself, with the job that ends it. */
async function auditSetups(store: Store, report: Report): Promise<void> {
  for await (const page of pages(store, 'setups'))
    for (const fault of await setupBookFaults(store, page, LOOKS_MAX)) report(fault);
}

/** Each customer's cash with its ledger accounts. */
async function auditCash(store: Store, report: Report): Promise<void> {
  for await (const page of pages(store, 'cash_balances'))
    for (const balance of page) {
      const { account, id } = balance;
      let faults = cashFaults(balance, await store.balances(account));
      for (let look = 1; faults.length > 0 && look < LOOKS_MAX; look++) {
        const { rows } = await store.load([{ table: 'cash_balances', account, id }], []);
        const again = (rows[0] as CashBalance | null) ?? balance;
        faults = cashFaults(again, await store.balances(account));
      }
      for (const fault of faults) report(`cash of ${id} of ${account}: ${fault}`);
    }
}
