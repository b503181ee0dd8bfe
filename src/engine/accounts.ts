import type { Account } from '../domain/account.js';
import { INSTALLATION } from '../domain/rendezvous.js';
import type { Store } from '../storage/store.js';
import { type Command, done } from './command.js';

/** Sorts behind every id: they are base62 with underscores. */
const BEHIND_ALL_IDS = '~';

/**
 * Accounts that have intents, in the order of their ids: one short look at the index for each, so
 * that it costs the same however many intents they have.
 */
export async function usedAccounts(store: Pick<Store, 'scan'>, limit: number): Promise<string[]> {
  const accounts: string[] = [];
  let after: { account: string; id: string } | null = null;
  while (accounts.length < limit) {
    const [row]: { account: string }[] = await store.scan('intents', after, 1);
    if (row === undefined) break;
    if (row.account !== INSTALLATION) accounts.push(row.account);
    after = { account: row.account, id: BEHIND_ALL_IDS };
  }
  return accounts;
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
      if (stored === null) work.insert('accounts', { ...next, created: work.wallNow() });
      else work.update('accounts', next);
      return done(next);
    },
  };
}
