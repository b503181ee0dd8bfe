import { type Balance, entriesOf, postingsOf, type Transfer } from '../domain/ledger.js';
import type { AuditStore } from '../storage/store.js';
import { accountAfter, rangeOf } from './accounts.js';
import { parentFaults } from './audit-parents.js';
import { pages } from './audit-reads.js';

/** Takes a broken invariant, as a sentence. */
export type Report = (fault: string) => void;

/**
 * Checks transfers and balances, account by account. It keeps no more than a page and one account's
 * sums. Balances of an account that never stands still are reported as not compared.
 */
export async function auditLedger(
  store: AuditStore,
  report: Report,
  looks_max: number,
): Promise<void> {
  const accounts = await auditAccounts(store, report, looks_max);
  await auditStrayBalances(store, accounts, report);
}

/** Answers the accounts that have transfers. */
async function auditAccounts(
  store: AuditStore,
  report: Report,
  looks_max: number,
): Promise<Set<string>> {
  const accounts = new Set<string>();
  let account = await accountAfter(store, 'transfers', null);
  while (account !== null) {
    accounts.add(account);
    await auditAccount(store, account, report, looks_max);
    account = await accountAfter(store, 'transfers', account);
  }
  return accounts;
}

async function auditAccount(
  store: AuditStore,
  account: string,
  report: Report,
  looks_max: number,
): Promise<void> {
  for (let look = 1; ; look++) {
    const before = await store.balances(account);
    const found: string[] = [];
    const sums = await sumTransfers(store, account, (fault) => void found.push(fault));
    const after = await store.balances(account);
    const differences = balanceFaults(account, sums, after);
    const still = sameBalances(before, after);
    if ((differences.length > 0 || found.length > 0) && !still && look < looks_max) continue;
    for (const fault of found) report(fault);
    if (still) for (const fault of differences) report(fault);
    else if (differences.length > 0)
      report(`account ${account}: changed while it was read; its balances were not compared`);
    return;
  }
}

async function sumTransfers(
  store: AuditStore,
  account: string,
  report: Report,
): Promise<Map<string, { posted: bigint; pending: bigint }>> {
  const sums = new Map<string, { posted: bigint; pending: bigint }>();
  for await (const page of pages(store, 'transfers', rangeOf(account))) {
    for (const fault of await parentFaults(store, 'transfers', page)) report(fault);
    for (const transfer of page) {
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
  store: AuditStore,
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
