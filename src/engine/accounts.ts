import type { Account } from '../domain/account.js';
import { INSTALLATION } from '../domain/rendezvous.js';
import type { TableName } from '../storage/schema.js';
import type { KeyRange, Store } from '../storage/store.js';
import { type Command, done } from './command.js';
import type { Work } from './work.js';

/** Sorts after every id, whose characters are ASCII. */
const LAST_ID = '\u{10ffff}';

/** All rows of an account. */
export function rangeOf(account: string): KeyRange {
  return { after: { account, id: '' }, until: { account, id: LAST_ID } };
}

/**
 * The next account that has rows in a table, after one (null: the first); null where there is none.
 * One short look at the index, however many rows an account has.
 */
export async function accountAfter(
  store: Pick<Store, 'scan'>,
  table: TableName,
  account: string | null,
): Promise<string | null> {
  const after = account === null ? null : { account, id: LAST_ID };
  const [row]: { account: string }[] = await store.scan(table, after, 1);
  return row?.account ?? null;
}

/** Accounts that have intents, in the order of their ids. */
export async function usedAccounts(store: Pick<Store, 'scan'>, limit: number): Promise<string[]> {
  const accounts: string[] = [];
  let account = await accountAfter(store, 'intents', null);
  while (account !== null && accounts.length < limit) {
    if (account !== INSTALLATION) accounts.push(account);
    account = await accountAfter(store, 'intents', account);
  }
  return accounts;
}

/**
 * Writes changes into the row of a command's own account, and makes the row where there is none
 * yet. The row is loaded with every command.
 */
export function putAccount(work: Work, changes: Partial<Account>): void {
  const isStored = work.get('accounts', work.accountId) !== null;
  const row = { ...work.account(), ...changes };
  if (isStored) work.update('accounts', row);
  else work.insert('accounts', row);
}

/** The same, for marks that lie beside the account's own columns. */
export function markAccount(work: Work, marks: Account['wire']): void {
  putAccount(work, { wire: { ...work.account().wire, ...marks } });
}

/** Changes what a merchant's account says of itself; makes its row where there is none yet. */
export function updateAccount(
  account: string,
  changes: Partial<Pick<Account, 'statementDescriptorPrefix'>>,
): Command<Account> {
  return {
    account,
    needs: (need) => void need('accounts', account),
    decide: (work) => {
      const stored = work.get('accounts', account);
      const next: Account = { ...work.account(), ...changes };
      if (stored !== null) return done(work.update('accounts', next));
      return done(work.insert('accounts', { ...next, created: work.wallNow() }));
    },
  };
}
