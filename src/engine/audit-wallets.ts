import { verify } from 'node:crypto';
import type { Attempt } from '../domain/attempt.js';
import type { Intent } from '../domain/intent.js';
import {
  airdropEntries,
  entryRows,
  LEDGER,
  type Transfer,
  walletPaymentEntries,
} from '../domain/ledger.js';
import {
  INSTALLATION,
  type Submission,
  WALLET_CURRENCY,
  type Wallet,
} from '../domain/rendezvous.js';
import { publicKeyOf } from '../ed25519.js';
import type { RowTypes } from '../storage/schema.js';
import type { AuditStore, Key } from '../storage/store.js';
import { storedOf } from './audit-reads.js';
import { feesOf } from './submissions.js';

/** What the ledger accounts of the installation's books have, in quarks. */
export type WalletBalances = ReadonlyMap<string, bigint>;

/** Rows asked for at once. */
const LOAD_ROWS = 500;

/**
 * What is wrong with a page of wallets: each holds what its ledger account says, and never less
 * than nothing. `balances` were read before the page. A wallet that has moved since is looked at
 * again, `looks_max` times.
 */
export async function walletFaults(
  store: AuditStore,
  page: readonly Wallet[],
  balances: WalletBalances,
  looks_max: number,
): Promise<string[]> {
  let before = balances;
  const ledgerOf = (read: WalletBalances, { id }: Wallet): bigint =>
    read.get(LEDGER.wallet(id)) ?? 0n;
  let open = page.filter((wallet) => walletFault(wallet, ledgerOf(before, wallet)) !== null);
  const faults: string[] = [];
  for (let look = 1; open.length > 0; look++) {
    const wallets = await storedOf(store, 'wallets', open);
    const after = await ledgerBalances(store);
    open = wallets.filter((wallet) => {
      const fault = walletFault(wallet, ledgerOf(after, wallet));
      if (fault === null) return false;
      // What stood still while it was read is wrong; what moved may only look so.
      const moved = ledgerOf(before, wallet) !== ledgerOf(after, wallet);
      if (moved && look < looks_max) return true;
      const said = moved ? 'it changed while it was read; its balances were not compared' : fault;
      faults.push(`wallet ${wallet.id}: ${said}`);
      return false;
    });
    before = after;
  }
  return faults;
}

function walletFault({ balance }: Wallet, ledger: bigint): string | null {
  if (balance < 0n) return `its balance is ${balance}`;
  return balance === ledger ? null : `its balance is ${balance}, its ledger account has ${ledger}`;
}

/** Ledger accounts that hold a wallet's money, where there is no such wallet. */
export async function strayWalletFaults(
  store: AuditStore,
  balances: WalletBalances,
): Promise<string[]> {
  const prefix = LEDGER.wallet('');
  const names = [...balances.keys()].filter((name) => name.startsWith(prefix));
  const faults: string[] = [];
  for (let at = 0; at < names.length; at += LOAD_ROWS) {
    const some = names.slice(at, at + LOAD_ROWS);
    const keys = some.map((name): Key<'wallets'> => {
      return { table: 'wallets', account: INSTALLATION, id: name.slice(prefix.length) };
    });
    const { rows } = await store.load(keys, []);
    for (const [i, name] of some.entries())
      if (rows[i] === null) faults.push(`ledger account ${name}: there is no such wallet`);
  }
  return faults;
}

/** Reads the balances that wallets are compared with. */
export async function ledgerBalances(store: AuditStore): Promise<WalletBalances> {
  const balances = await store.balances(INSTALLATION);
  const inKin = balances.filter(({ currency }) => currency === WALLET_CURRENCY);
  return new Map(inKin.map(({ ledgerAccount, posted }) => [ledgerAccount, posted]));
}

/** What is wrong with a page of submissions, each as a sentence. */
export async function submissionFaults(
  store: AuditStore,
  page: readonly Submission[],
): Promise<string[]> {
  const transfers = await loadOf(store, 'transfers', page, ({ account, transfer: id }) => ({
    account,
    id,
  }));
  const intents = await loadOf(store, 'intents', page, ({ merchant, intent: id }) => ({
    account: merchant ?? '',
    id,
  }));
  const attempts = await loadOf(store, 'attempts', intents, (intent) => ({
    account: intent?.account ?? '',
    id: intent?.latestAttempt ?? null,
  }));
  return page.flatMap((submission, i) => {
    const faults = [
      ...signatureFaults(submission),
      ...transferFaults(submission, transfers[i] ?? null),
      ...intentFaults(submission, intents[i] ?? null, attempts[i] ?? null),
    ];
    return faults.map((fault) => `submission ${submission.id}: ${fault}`);
  });
}

/** One row for each of a list, null where it names none. */
async function loadOf<R, T extends 'transfers' | 'intents' | 'attempts'>(
  store: AuditStore,
  table: T,
  list: readonly R[],
  keyOf: (row: R) => { account: string; id: string | null },
): Promise<(RowTypes[T] | null)[]> {
  const keys = list.map(keyOf);
  const named = keys.flatMap(({ account, id }) => (id === null ? [] : [{ table, account, id }]));
  const { rows } = await store.load(named, []);
  let next = 0;
  return keys.map(({ id }) =>
    id === null ? null : ((rows[next++] as RowTypes[T] | null) ?? null),
  );
}

const KEY_BYTES = 32;

function signatureFaults({ kind, owner, actions, signature }: Submission): string[] {
  // Nothing was signed for test money that the installation gave of its own accord.
  if (kind === 'airdrop' && actions === '' && signature === '') return [];
  // A merchant pays back from his own account, of which no wallet has the key.
  if (kind === 'refund')
    return owner + actions + signature === '' ? [] : ['it is a refund, and signed'];
  const bytes = keyBytes(owner);
  const publicKey = bytes && publicKeyOf(bytes);
  if (publicKey === null) return ['its owner is no key'];
  const isValid = verify(
    null,
    Buffer.from(actions, 'base64'),
    publicKey,
    Buffer.from(signature, 'base64'),
  );
  return isValid ? [] : ['its signature is not by its owner'];
}

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** The bytes of a key in base58; null where it is none. */
function keyBytes(text: string): Buffer | null {
  let value = 0n;
  for (const char of text) {
    const digit = BASE58.indexOf(char);
    if (digit < 0) return null;
    value = value * 58n + BigInt(digit);
  }
  const hex = value.toString(16);
  return hex.length > 2 * KEY_BYTES ? null : Buffer.from(hex.padStart(2 * KEY_BYTES, '0'), 'hex');
}

function transferFaults(submission: Submission, transfer: Transfer | null): string[] {
  const { id, kind, quarks, fulfillment } = submission;
  const moves = kind !== 'open' && kind !== 'relationship';
  const means = [submission.transfer, fulfillment].filter((mean) => mean !== null).length;
  if (means !== (moves ? 1 : 0)) return [`${means} means move its ${quarks} quarks`];
  if (submission.transfer === null) return [];
  // That there is none at all is said where parents are looked for.
  if (transfer === null) return [];
  const faults: string[] = [];
  if (transfer.source !== id) faults.push(`its transfer ${transfer.id} is another's`);
  if (transfer.currency !== WALLET_CURRENCY) faults.push('its transfer moves another currency');
  const expected = entryRows(
    kind === 'airdrop'
      ? airdropEntries(submission.destination, quarks)
      : walletPaymentEntries(submission.source, submission.destination, quarks, feesOf(submission)),
  );
  if (JSON.stringify(transfer.entries) !== JSON.stringify(expected))
    faults.push('its transfer does not split its quarks as it says');
  return faults;
}

function intentFaults(
  { id, kind, merchant, intent: named, transfer, refund }: Submission,
  intent: Intent | null,
  attempt: Attempt | null,
): string[] {
  if ((kind === 'refund') !== (refund !== null))
    return [`it is a ${kind}, and carries out ${refund ?? 'no refund'}`];
  const concerns = kind === 'request' || kind === 'refund';
  if (concerns !== (merchant !== null && named !== null))
    return [`it is a ${kind}, and pays ${named ?? 'no intent'}`];
  if (named === null) return [];
  if (intent === null) return [`its intent ${named} of ${merchant} is not there`];
  // How the refunds of an intent went back to its wallet is checked with its books.
  if (kind === 'refund') return [];
  // On our own ledger the money has moved: the intent was paid in the same moment.
  if (transfer === null) return [];
  if (intent.state !== 'captured') return [`its intent ${named} is ${intent.state}`];
  return attempt?.methodDetails?.submission === id
    ? []
    : [`its intent ${named} was paid otherwise`];
}
